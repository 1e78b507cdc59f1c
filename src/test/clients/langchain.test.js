import assert from "node:assert/strict";
import { test } from "node:test";
import { HumanMessage, SystemMessage } from "@langchain/core/messages";
import { tool } from "@langchain/core/tools";
import { ChatOpenAI, OpenAIEmbeddings } from "@langchain/openai";
import { z } from "zod";

const configuration = { baseURL: `${process.env.BALANCER_URL}/v1` };
const chat = (model, options) => new ChatOpenAI({ model, apiKey: "local", configuration, maxRetries: 0, ...options });

const weather = tool(async ({ city }) => `sunny in ${city}`, {
  name: "weather",
  description: "The weather in a city",
  schema: z.object({ city: z.string() }),
});
const pixel =
  "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

const models = {
  gpt: chat("gpt"),
  "gpt, by responses": chat("gpt", { useResponsesApi: true }),
  claude: chat("claude"),
};

for (const [name, model] of Object.entries(models)) {
  test(`a chat with ${name}`, async () => {
    const message = await model.invoke([new SystemMessage("Be brief."), new HumanMessage("Hello")]);

    assert.match(message.text, /^This is .*, a simulated provider\. You said: "Hello"$/);
    assert.ok(message.usage_metadata.output_tokens > 0);
  });

  test(`a loop of tools with ${name}`, async () => {
    const messages = [new HumanMessage("What is the weather?")];
    const withTools = model.bindTools([weather]);
    const first = await withTools.invoke(messages);
    messages.push(first);
    for (const call of first.tool_calls) {
      messages.push(await weather.invoke(call));
    }
    const second = await withTools.invoke(messages);

    assert.deepEqual(first.tool_calls.map((call) => call.args), [{ city: "city" }]);
    assert.match(second.text, /The tools said: "sunny in city"$/);
  });

  test(`an answer of ${name} in the form that was asked for`, async () => {
    const Invoice = z.object({ number: z.string(), paid: z.boolean() });

    const invoice = await model.withStructuredOutput(Invoice, { method: "jsonSchema", name: "invoice" }).invoke("Hello");

    assert.deepEqual(invoice, { number: "number", paid: true });
  });

  test(`an image for ${name}`, async () => {
    const content = [{ type: "text", text: "What is this?" }, { type: "image_url", image_url: { url: pixel } }];

    const message = await model.invoke([new HumanMessage({ content })]);

    assert.match(message.text, /I see 1 image\.$/);
  });
}

for (const [name, model] of Object.entries(models)) {
  test(`a stream from ${name}`, async () => {
    let whole;
    let chunks = 0;
    for await (const chunk of await model.stream("Hello")) {
      whole = whole === undefined ? chunk : whole.concat(chunk);
      chunks++;
    }

    assert.match(whole.text, /You said: "Hello"$/);
    assert.ok(chunks > 5);
    assert.ok(whole.usage_metadata.output_tokens > 0);
  });

  test(`a call of a tool by ${name}, streamed`, async () => {
    let whole;
    for await (const chunk of await model.bindTools([weather]).stream("What is the weather?")) {
      whole = whole === undefined ? chunk : whole.concat(chunk);
    }

    assert.deepEqual(whole.tool_calls.map((call) => [call.name, call.args]), [["weather", { city: "city" }]]);
  });

  test(`a stream from ${name} that is given up`, async () => {
    const controller = new AbortController();

    await assert.rejects(async () => {
      for await (const _ of await model.stream("Hello", { signal: controller.signal })) {
        controller.abort();
      }
    }, /abort/i);
  });
}

test("embeddings", async () => {
  const embeddings = new OpenAIEmbeddings({ model: "embed", apiKey: "local", configuration });
  const [one, two] = await embeddings.embedDocuments(["one", "two"]);

  assert.notDeepEqual(one, two);
  assert.deepEqual(await embeddings.embedQuery("two"), two);
});

test("a wrong key", async () => {
  await assert.rejects(chat("gpt", { apiKey: "wrong" }).invoke("Hello"), {
    status: 401,
    lc_error_code: "MODEL_AUTHENTICATION",
  });
});

test("a model that nobody serves", async () => {
  await assert.rejects(chat("gpt-9").invoke("Hello"), { status: 404, lc_error_code: "MODEL_NOT_FOUND" });
});

test("a model without room is asked again when there is", async () => {
  const simulate = (mode) =>
    fetch(process.env.SIMULATE_GPT_LIMITED_URL, { method: "PUT", body: JSON.stringify({ mode }) });
  const limited = (maxRetries) =>
    chat("gpt-limited", { maxRetries, configuration: { baseURL: `${process.env.TROUBLED_URL}/v1` } });
  await simulate("rate_limited");
  await assert.rejects(limited(0).invoke("Hello"), { status: 429 });

  await simulate("ok");
  assert.match((await limited(1).invoke("Hello")).text, /You said: "Hello"$/);
});
