import assert from "node:assert/strict";
import { test } from "node:test";
import OpenAI from "openai";
import { zodResponseFormat } from "openai/helpers/zod";
import { z } from "zod";

const apiKey = process.env.BALANCER_KEY || "local";
const url = process.env.BALANCER_URL;
const client = new OpenAI({ baseURL: `${url}/v1`, apiKey, maxRetries: 0 });

const hello = [{ role: "user", content: "Hello" }];
const weather = {
  type: "function",
  function: {
    name: "weather",
    description: "The weather in a city",
    parameters: { type: "object", properties: { city: { type: "string" } }, required: ["city"] },
  },
};
const pixel =
  "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

for (const model of ["gpt", "claude"]) {
  test(`a chat with ${model}`, async () => {
    const { data, response } = await client.chat.completions
      .create({ model, messages: [{ role: "system", content: "Be brief." }, ...hello] })
      .withResponse();

    assert.match(data.choices[0].message.content, /^This is .*, a simulated provider\. You said: "Hello"$/);
    assert.equal(data.choices[0].finish_reason, "stop");
    assert.equal(data.usage.prompt_tokens + data.usage.completion_tokens, data.usage.total_tokens);
    assert.match(response.headers.get("x-lb-endpoint"), model === "gpt" ? /^openai-/ : /^anthropic$/);
    assert.match(data._request_id, /^req_/);
  });

  test(`a stream from ${model}, with its usage`, async () => {
    const stream = await client.chat.completions.create({
      model,
      messages: hello,
      stream: true,
      stream_options: { include_usage: true },
    });
    const chunks = [];
    for await (const chunk of stream) {
      chunks.push(chunk);
    }

    const words = chunks.map((chunk) => chunk.choices[0]?.delta.content ?? "");
    assert.match(words.join(""), /You said: "Hello"$/);
    assert.ok(words.filter((word) => word !== "").length > 5);
    assert.equal(chunks.at(-1).choices.length, 0);
    assert.ok(chunks.at(-1).usage.completion_tokens > 0);
  });

  test(`a loop of tools with ${model}`, async () => {
    const runner = client.chat.completions.runTools({
      model,
      messages: [{ role: "user", content: "What is the weather?" }],
      tools: [
        { ...weather, function: { ...weather.function, parse: JSON.parse, function: ({ city }) => `sunny in ${city}` } },
        {
          type: "function",
          function: {
            name: "time",
            parameters: { type: "object", properties: {} },
            function: () => "noon",
          },
        },
      ],
    });

    assert.match(await runner.finalContent(), /The tools said: "sunny in city", "noon"$/);
    assert.deepEqual(
      runner.messages.map((message) => message.role),
      ["user", "assistant", "tool", "tool", "assistant"],
    );
  });

  test(`a loop of tools with ${model}, streamed`, async () => {
    const runner = client.chat.completions.runTools({
      model,
      stream: true,
      messages: [{ role: "user", content: "What is the weather?" }],
      tools: [
        { ...weather, function: { ...weather.function, parse: JSON.parse, function: ({ city }) => `sunny in ${city}` } },
      ],
    });

    assert.match(await runner.finalContent(), /The tools said: "sunny in city"$/);
  });

  test(`tools for ${model} to choose from`, async () => {
    const ask = (choice) =>
      client.chat.completions.create({
        model,
        messages: hello,
        tools: [weather, { type: "function", function: { name: "time" } }],
        ...choice,
      });

    const named = await ask({ tool_choice: { type: "function", function: { name: "time" } } });
    const single = await ask({ tool_choice: "required", parallel_tool_calls: false });
    const none = await ask({ tool_choice: "none" });

    assert.deepEqual(named.choices[0].message.tool_calls.map((call) => call.function.name), ["time"]);
    assert.deepEqual(single.choices[0].message.tool_calls.map((call) => call.function.name), ["weather"]);
    assert.equal(single.choices[0].finish_reason, "tool_calls");
    assert.match(none.choices[0].message.content, /You said: "Hello"$/);
  });

  test(`an answer of ${model} in the form that was asked for`, async () => {
    const Invoice = z.object({
      number: z.string(),
      lines: z.array(z.object({ article: z.string(), pieces: z.number() })).min(1),
      paid: z.boolean(),
    });

    const completion = await client.chat.completions.parse({
      model,
      messages: hello,
      response_format: zodResponseFormat(Invoice, "invoice"),
    });

    assert.deepEqual(completion.choices[0].message.parsed, {
      number: "number",
      lines: [{ article: "article", pieces: 0 }],
      paid: true,
    });
  });

  test(`images for ${model}`, async () => {
    const completion = await client.chat.completions.create({
      model,
      messages: [
        {
          role: "user",
          content: [
            { type: "text", text: "What is this?" },
            { type: "image_url", image_url: { url: pixel } },
            { type: "image_url", image_url: { url: "https://example.com/cat.png" } },
          ],
        },
      ],
    });

    assert.match(completion.choices[0].message.content, /You said: "What is this\?" I see 2 images\.$/);
  });

  test(`an answer of ${model} that is cut at max_tokens`, async () => {
    const completion = await client.chat.completions.create({ model, messages: hello, max_completion_tokens: 2 });

    assert.equal(completion.choices[0].finish_reason, "length");
    assert.equal(completion.usage.completion_tokens, 2);
  });

  test(`a stream from ${model} that is given up`, async () => {
    const stream = await client.chat.completions.create({ model, messages: hello, stream: true });
    for await (const chunk of stream) {
      assert.equal(chunk.object, "chat.completion.chunk");
      break;
    }
    assert.ok(stream.controller.signal.aborted);

    const controller = new AbortController();
    const aborted = client.chat.completions.create({ model, messages: hello }, { signal: controller.signal });
    controller.abort();
    await assert.rejects(aborted, OpenAI.APIUserAbortError);
  });
}

test("embeddings, one and several, as the client decodes them and as numbers", async () => {
  const decoded = await client.embeddings.create({ model: "embed", input: ["one", "two"] });
  const numbers = await client.embeddings.create({ model: "embed", input: "two", encoding_format: "float" });
  const short = await client.embeddings.create({ model: "embed", input: "two", dimensions: 3 });

  assert.equal(decoded.data.length, 2);
  assert.notDeepEqual(decoded.data[0].embedding, decoded.data[1].embedding);
  decoded.data[1].embedding.forEach((number, i) =>
    assert.ok(Math.abs(number - numbers.data[0].embedding[i]) < 1e-6),
  );
  assert.equal(short.data[0].embedding.length, 3);
});

test("a response", async () => {
  const response = await client.responses.create({ model: "gpt", instructions: "Be brief.", input: "Hello" });

  assert.match(response.output_text, /You said: "Hello"$/);
  assert.equal(response.status, "completed");
  assert.ok(response.usage.input_tokens > 0);
});

test("a response, streamed", async () => {
  const stream = client.responses.stream({ model: "gpt", input: "Hello" });
  const words = [];
  stream.on("response.output_text.delta", (event) => words.push(event.delta));
  const response = await stream.finalResponse();

  assert.match(words.join(""), /You said: "Hello"$/);
  assert.ok(words.length > 5);
  assert.equal(response.output_text, words.join(""));
  assert.equal(response.status, "completed");
});

test("responses that call a tool and hear what it said", async () => {
  const tools = [{ type: "function", name: "weather", strict: false, parameters: weather.function.parameters }];
  const input = [{ role: "user", content: "What is the weather?" }];
  const first = await client.responses.create({ model: "gpt", input, tools });
  const call = first.output.find((item) => item.type === "function_call");
  const second = await client.responses.create({
    model: "gpt",
    input: [...input, ...first.output, { type: "function_call_output", call_id: call.call_id, output: "sunny" }],
    tools,
  });

  assert.deepEqual(JSON.parse(call.arguments), { city: "city" });
  assert.match(second.output_text, /The tools said: "sunny"$/);
});

test("a response in the form that was asked for", async () => {
  const response = await client.responses.parse({
    model: "gpt",
    input: "Hello",
    text: {
      format: {
        type: "json_schema",
        name: "answer",
        strict: true,
        schema: {
          type: "object",
          properties: { answer: { type: "string" } },
          required: ["answer"],
          additionalProperties: false,
        },
      },
    },
  });

  assert.deepEqual(response.output_parsed, { answer: "answer" });
});

test("the models", async () => {
  const models = await client.models.list();

  assert.deepEqual(models.data.map((model) => model.id), ["chat", "gpt", "embed", "claude"]);
});
