import assert from "node:assert/strict";
import { test } from "node:test";
import { createAnthropic } from "@ai-sdk/anthropic";
import { createOpenAI } from "@ai-sdk/openai";
import { APICallError, embedMany, generateText, Output, stepCountIs, streamText, tool } from "ai";
import { z } from "zod";

const url = process.env.BALANCER_URL;
const openai = createOpenAI({ baseURL: `${url}/v1`, apiKey: "local" });
const anthropic = createAnthropic({ baseURL: `${url}/v1`, apiKey: "local" });
const troubled = createOpenAI({ baseURL: `${process.env.TROUBLED_URL}/v1`, apiKey: "local" });

const tools = {
  weather: tool({
    description: "The weather in a city",
    inputSchema: z.object({ city: z.string() }),
    execute: async ({ city }) => `sunny in ${city}`,
  }),
  time: tool({ inputSchema: z.object({}), execute: async () => "noon" }),
};
const Invoice = z.object({ number: z.string(), lines: z.array(z.object({ pieces: z.number() })), paid: z.boolean() });
const pixel = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
  "base64",
);

// What is only said of models whose names the library knows.
globalThis.AI_SDK_LOG_WARNINGS = false;

const models = {
  "openai('gpt')": openai("gpt"),
  "openai.chat('gpt')": openai.chat("gpt"),
  "openai.chat('claude')": openai.chat("claude"),
  "anthropic('claude')": anthropic("claude"),
  "anthropic('gpt')": anthropic("gpt"),
};

for (const [name, model] of Object.entries(models)) {
  test(`a text of ${name}`, async () => {
    const { text, finishReason, usage } = await generateText({ model, system: "Be brief.", prompt: "Hello" });

    assert.match(text, /^This is .*, a simulated provider\. You said: "Hello"$/);
    assert.equal(finishReason, "stop");
    assert.ok(usage.inputTokens > 0 && usage.outputTokens > 0);
  });

  test(`a loop of tools with ${name}`, async () => {
    const { text, steps } = await generateText({
      model,
      prompt: "What is the weather?",
      tools,
      stopWhen: stepCountIs(3),
    });

    assert.match(text, /The tools said: "sunny in city", "noon"$/);
    assert.deepEqual(
      steps.map((step) => step.toolCalls.map((call) => call.toolName)),
      [["weather", "time"], []],
    );
  });

  test(`a conversation with ${name}`, async () => {
    const first = await generateText({ model, prompt: "Hello" });
    const { text } = await generateText({
      model,
      messages: [
        { role: "user", content: "Hello" },
        ...first.response.messages,
        { role: "user", content: "And now?" },
      ],
    });

    assert.match(text, /You said: "And now\?"$/);
  });

  test(`an object of ${name}`, async () => {
    const { output } = await generateText({ model, prompt: "Hello", output: Output.object({ schema: Invoice }) });

    assert.deepEqual(output, { number: "number", lines: [], paid: true });
  });

  test(`an image for ${name}`, async () => {
    const content = [
      { type: "text", text: "What is this?" },
      { type: "image", image: pixel, mediaType: "image/png" },
    ];
    const { text } = await generateText({ model, messages: [{ role: "user", content }] });

    assert.match(text, /You said: "What is this\?" I see 1 image\.$/);
  });
}

for (const [name, model] of Object.entries(models)) {
  test(`a stream from ${name}`, async () => {
    const { textStream, usage } = streamText({ model, prompt: "Hello" });
    const words = [];
    for await (const word of textStream) {
      words.push(word);
    }

    assert.match(words.join(""), /You said: "Hello"$/);
    assert.ok(words.length > 5);
    assert.ok((await usage).outputTokens > 0);
  });

  test(`a loop of tools with ${name}, streamed`, async () => {
    const { text, steps } = streamText({ model, prompt: "What is the weather?", tools, stopWhen: stepCountIs(3) });

    assert.match(await text, /The tools said: "sunny in city", "noon"$/);
    assert.deepEqual(
      (await steps).map((step) => step.toolCalls.map((call) => call.toolName)),
      [["weather", "time"], []],
    );
  });

  test(`a stream from ${name} that is given up`, async () => {
    const controller = new AbortController();
    const aborts = [];
    const { fullStream } = streamText({
      model,
      prompt: "Hello",
      abortSignal: controller.signal,
      onAbort: (event) => aborts.push(event),
    });
    for await (const part of fullStream) {
      if (part.type === "text-delta") {
        controller.abort();
      }
    }

    assert.equal(aborts.length, 1);
  });
}

test("embeddings", async () => {
  const { embeddings, usage } = await embedMany({ model: openai.embedding("embed"), values: ["one", "two", "two"] });

  assert.equal(embeddings.length, 3);
  assert.notDeepEqual(embeddings[0], embeddings[1]);
  assert.deepEqual(embeddings[1], embeddings[2]);
  assert.ok(usage.tokens > 0);
});

for (const [name, model, status, isRetryable] of [
  ["with a wrong key", createOpenAI({ baseURL: `${url}/v1`, apiKey: "wrong" })("gpt"), 401, false],
  ["of a model that nobody serves", openai("gpt-9"), 404, false],
  ["of a model that nobody serves, to Anthropic", anthropic("claude-9"), 404, false],
  ["of a model whose provider fails", troubled.chat("gpt-failing"), 502, true],
  ["of a model whose key is missing", troubled.chat("gpt-keyless"), 503, true],
]) {
  test(`an error: a text ${name}`, async () => {
    await assert.rejects(generateText({ model, prompt: "Hello", maxRetries: 0 }), (error) => {
      assert.ok(APICallError.isInstance(error));
      assert.equal(error.statusCode, status);
      assert.equal(error.isRetryable, isRetryable);
      assert.notEqual(error.message, "");
      assert.match(error.responseHeaders["x-request-id"], /^req_/);
      return true;
    });
  });
}

test("a model without room is asked again when there is", async () => {
  const simulate = (mode) =>
    fetch(process.env.SIMULATE_GPT_LIMITED_URL, { method: "PUT", body: JSON.stringify({ mode }) });
  const model = troubled.chat("gpt-limited");
  await simulate("rate_limited");
  await assert.rejects(generateText({ model, prompt: "Hello", maxRetries: 0 }), { statusCode: 429, isRetryable: true });

  await simulate("ok");
  const { text } = await generateText({ model, prompt: "Hello", maxRetries: 1 });
  assert.match(text, /You said: "Hello"$/);
});
