import assert from "node:assert/strict";
import { test } from "node:test";
import Anthropic from "@anthropic-ai/sdk";
import { zodOutputFormat } from "@anthropic-ai/sdk/helpers/zod";
import { z } from "zod";

const apiKey = process.env.BALANCER_KEY || "local";
const client = new Anthropic({ baseURL: process.env.BALANCER_URL, apiKey, maxRetries: 0 });

const max_tokens = 1000;
const hello = [{ role: "user", content: "Hello" }];
const weather = {
  name: "weather",
  description: "The weather in a city",
  input_schema: { type: "object", properties: { city: { type: "string" } }, required: ["city"] },
};
const pixel = {
  type: "base64",
  media_type: "image/png",
  data: "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
};

/** What the callers of a tool send back. */
const results = (message) => ({
  role: "user",
  content: message.content
    .filter((block) => block.type === "tool_use")
    .map((block) => ({ type: "tool_result", tool_use_id: block.id, content: `${block.name} is fine` })),
});

for (const model of ["claude", "gpt"]) {
  test(`a message of ${model}`, async () => {
    const { data, response } = await client.messages
      .create({ model, max_tokens, system: "Be brief.", messages: hello })
      .withResponse();

    assert.equal(data.type, "message");
    assert.match(data.content[0].text, /^This is .*, a simulated provider\. You said: "Hello"$/);
    assert.equal(data.stop_reason, "end_turn");
    assert.ok(data.usage.input_tokens > 0 && data.usage.output_tokens > 0);
    assert.match(response.headers.get("x-lb-endpoint"), model === "gpt" ? /^openai-/ : /^anthropic$/);
    assert.match(data._request_id, /^req_/);
  });

  test(`a loop of tools with ${model}`, async () => {
    const tools = [weather, { name: "time", input_schema: { type: "object" } }];
    const messages = [{ role: "user", content: "What is the weather?" }];
    const first = await client.messages.create({ model, max_tokens, messages, tools });
    messages.push({ role: "assistant", content: first.content }, results(first));
    const second = await client.messages.create({ model, max_tokens, messages, tools });

    assert.equal(first.stop_reason, "tool_use");
    assert.deepEqual(
      first.content.map((block) => [block.name, block.input]),
      [["weather", { city: "city" }], ["time", {}]],
    );
    assert.match(second.content[0].text, /The tools said: "weather is fine", "time is fine"$/);
  });

  test(`tools for ${model} to choose from`, async () => {
    const ask = (tool_choice) =>
      client.messages.create({
        model,
        max_tokens,
        messages: hello,
        tools: [weather, { name: "time", input_schema: { type: "object" } }],
        tool_choice,
      });

    const named = await ask({ type: "tool", name: "time" });
    const single = await ask({ type: "any", disable_parallel_tool_use: true });
    const none = await ask({ type: "none" });

    assert.deepEqual(named.content.map((block) => block.name), ["time"]);
    assert.deepEqual(single.content.map((block) => block.name), ["weather"]);
    assert.match(none.content[0].text, /You said: "Hello"$/);
  });

  test(`an answer of ${model} in the form that was asked for`, async () => {
    const Invoice = z.object({ number: z.string(), paid: z.boolean() });

    const message = await client.messages.parse({
      model,
      max_tokens,
      messages: hello,
      output_config: { format: zodOutputFormat(Invoice) },
    });

    assert.deepEqual(message.parsed_output, { number: "number", paid: true });
  });

  test(`images for ${model}`, async () => {
    const message = await client.messages.create({
      model,
      max_tokens,
      messages: [
        {
          role: "user",
          content: [
            { type: "image", source: pixel },
            { type: "image", source: { type: "url", url: "https://example.com/cat.png" } },
            { type: "text", text: "What is this?" },
          ],
        },
      ],
    });

    assert.match(message.content[0].text, /You said: "What is this\?" I see 2 images\.$/);
  });

  test(`a message of ${model} that is cut at max_tokens`, async () => {
    const message = await client.messages.create({ model, max_tokens: 2, messages: hello });

    assert.equal(message.stop_reason, "max_tokens");
    assert.equal(message.usage.output_tokens, 2);
  });

  test(`a message of ${model} that is given up`, async () => {
    const controller = new AbortController();
    const aborted = client.messages.create({ model, max_tokens, messages: hello }, { signal: controller.signal });
    controller.abort();

    await assert.rejects(aborted, Anthropic.APIUserAbortError);
  });
}

for (const model of ["claude", "gpt"]) {
  test(`a stream from ${model}`, async () => {
    const stream = client.messages.stream({ model, max_tokens, messages: hello });
    const words = [];
    stream.on("text", (word) => words.push(word));
    const message = await stream.finalMessage();

    assert.match(words.join(""), /You said: "Hello"$/);
    assert.ok(words.length > 5);
    assert.equal(message.content[0].text, words.join(""));
    assert.equal(message.stop_reason, "end_turn");
    assert.ok(message.usage.output_tokens > 1);
  });

  test(`a loop of tools with ${model}, streamed`, async () => {
    const messages = [{ role: "user", content: "What is the weather?" }];
    const first = await client.messages.stream({ model, max_tokens, messages, tools: [weather] }).finalMessage();
    messages.push({ role: "assistant", content: first.content }, results(first));
    const second = await client.messages.stream({ model, max_tokens, messages, tools: [weather] }).finalText();

    assert.deepEqual(first.content[0].input, { city: "city" });
    assert.equal(first.stop_reason, "tool_use");
    assert.match(second, /The tools said: "weather is fine"$/);
  });

  test(`a stream from ${model} that is given up`, async () => {
    const stream = await client.messages.create({ model, max_tokens, messages: hello, stream: true });
    for await (const event of stream) {
      assert.equal(event.type, "message_start");
      break;
    }

    assert.ok(stream.controller.signal.aborted);
  });
}

for (const stream of [false, true]) {
  test(`thoughts that go with the message to the next turn, ${stream ? "streamed" : "whole"}`, async () => {
    const ask = async (messages) => {
      const request = {
        model: "claude",
        max_tokens: 4000,
        messages,
        tools: [weather],
        thinking: { type: "enabled", budget_tokens: 2000 },
      };
      return stream ? client.messages.stream(request).finalMessage() : client.messages.create(request);
    };
    const messages = [{ role: "user", content: "What is the weather?" }];
    const first = await ask(messages);
    const second = await ask([...messages, { role: "assistant", content: first.content }, results(first)]);

    assert.deepEqual(first.content.map((block) => block.type), ["thinking", "tool_use"]);
    assert.match(second.content.at(-1).text, /The tools said: "weather is fine"$/);
  });
}

test("the models", async () => {
  const models = await client.models.list();

  assert.deepEqual(models.data.map((model) => model.id), ["chat", "gpt", "embed", "claude"]);
});

test("how many tokens a message would take", async () => {
  const message = { model: "claude", messages: hello, system: "Be brief.", tools: [weather] };
  const count = await client.messages.countTokens(message);
  const { usage } = await client.messages.create({ ...message, max_tokens });

  assert.equal(count.input_tokens, usage.input_tokens);
});
