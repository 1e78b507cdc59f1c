import assert from "node:assert/strict";
import { test } from "node:test";
import OpenAI from "openai";

const apiKey = process.env.BALANCER_KEY || "local";
const healthy = process.env.BALANCER_URL;
const troubled = process.env.TROUBLED_URL;
const client = new OpenAI({ baseURL: `${healthy}/v1`, apiKey, maxRetries: 0 });
const messages = [{ role: "user", content: "Hello" }];

/** A client of the balancer whose providers fail, each in the way that its model's name says. */
const troubledClient = (options) => new OpenAI({ baseURL: `${troubled}/v1`, apiKey, maxRetries: 0, ...options });

test("a request that is malformed", async () => {
  await assert.rejects(client.chat.completions.create({ model: "gpt", messages: [] }), (error) => {
    assert.ok(error instanceof OpenAI.BadRequestError);
    assert.equal(error.param, "messages");
    assert.equal(error.type, "invalid_request_error");
    assert.match(error.requestID, /^req_/);
    return true;
  });
});

test("a request that the provider refuses", async () => {
  await assert.rejects(client.chat.completions.create({ model: "gpt", messages, temprature: 1 }), (error) => {
    assert.ok(error instanceof OpenAI.BadRequestError);
    assert.match(error.message, /Unrecognized request argument supplied: temprature/);
    return true;
  });
});

test("a wrong key", async () => {
  const stranger = new OpenAI({ baseURL: `${healthy}/v1`, apiKey: "wrong", maxRetries: 0 });

  await assert.rejects(stranger.models.list(), OpenAI.AuthenticationError);
  await assert.rejects(stranger.chat.completions.create({ model: "gpt", messages }), (error) => {
    assert.ok(error instanceof OpenAI.AuthenticationError);
    assert.equal(error.code, "invalid_api_key");
    return true;
  });
});

test("a model that nobody serves", async () => {
  await assert.rejects(client.chat.completions.create({ model: "gpt-9", messages }), (error) => {
    assert.ok(error instanceof OpenAI.NotFoundError);
    assert.equal(error.code, "model_not_found");
    return true;
  });
});

test("a request that is too large", async () => {
  const large = [{ role: "user", content: "x".repeat(6 << 20) }];

  await assert.rejects(client.chat.completions.create({ model: "gpt", messages: large }), (error) => {
    assert.ok(error instanceof OpenAI.APIError);
    assert.equal(error.status, 413);
    return true;
  });
});

test("a model without room is asked again when there is", async () => {
  await fetch(process.env.SIMULATE_GPT_LIMITED_URL, { method: "PUT", body: '{"mode":"rate_limited"}' });
  await assert.rejects(troubledClient().chat.completions.create({ model: "gpt-limited", messages }), (error) => {
    assert.ok(error instanceof OpenAI.RateLimitError);
    assert.equal(error.code, "rate_limit_exceeded");
    assert.ok(Number(error.headers.get("retry-after-ms")) > 0);
    return true;
  });

  await fetch(process.env.SIMULATE_GPT_LIMITED_URL, { method: "PUT", body: '{"mode":"ok"}' });
  // One repetition: it is refused too where the client does not wait as long as it was told.
  const completion = await troubledClient({ maxRetries: 1 }).chat.completions.create({ model: "gpt-limited", messages });
  assert.match(completion.choices[0].message.content, /You said: "Hello"$/);
});

for (const [model, status] of [
  ["gpt-failing", 502],
  ["claude-failing", 502],
  ["gpt-keyless", 503],
]) {
  test(`a model that cannot answer: ${model}`, async () => {
    await assert.rejects(troubledClient().chat.completions.create({ model, messages }), (error) => {
      assert.ok(error instanceof OpenAI.InternalServerError);
      assert.equal(error.status, status);
      return true;
    });
  });
}

for (const model of ["gpt-breaking", "claude-breaking"]) {
  test(`a stream from ${model}`, async () => {
    const stream = await troubledClient().chat.completions.create({ model, messages, stream: true });
    const words = [];

    await assert.rejects(async () => {
      for await (const chunk of stream) {
        words.push(chunk.choices[0].delta.content);
      }
    }, OpenAI.APIError);
    assert.match(words.join(""), /^This is /);
  });
}
