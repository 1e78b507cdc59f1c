import assert from "node:assert/strict";
import { test } from "node:test";
import Anthropic from "@anthropic-ai/sdk";

const apiKey = process.env.BALANCER_KEY || "local";
const client = new Anthropic({ baseURL: process.env.BALANCER_URL, apiKey, maxRetries: 0 });
const request = { max_tokens: 1000, messages: [{ role: "user", content: "Hello" }] };

/** A client of the balancer whose providers fail, each in the way that its model's name says. */
const troubledClient = (options) =>
  new Anthropic({ baseURL: process.env.TROUBLED_URL, apiKey, maxRetries: 0, ...options });

test("a request that is malformed", async () => {
  await assert.rejects(client.messages.create({ ...request, model: "claude", messages: [] }), (error) => {
    assert.ok(error instanceof Anthropic.BadRequestError);
    assert.equal(error.type, "invalid_request_error");
    assert.match(error.requestID, /^req_/);
    return true;
  });
});

test("a request that the provider refuses", async () => {
  await assert.rejects(client.messages.create({ ...request, model: "claude", temprature: 1 }), (error) => {
    assert.ok(error instanceof Anthropic.BadRequestError);
    assert.match(error.apiMessage, /^temprature: Extra inputs are not permitted$/);
    return true;
  });
});

test("a wrong key", async () => {
  const stranger = new Anthropic({ baseURL: process.env.BALANCER_URL, apiKey: "wrong", maxRetries: 0 });

  await assert.rejects(stranger.messages.create({ ...request, model: "claude" }), (error) => {
    assert.ok(error instanceof Anthropic.AuthenticationError);
    assert.equal(error.type, "authentication_error");
    return true;
  });
});

test("a model that nobody serves", async () => {
  await assert.rejects(client.messages.create({ ...request, model: "claude-9" }), (error) => {
    assert.ok(error instanceof Anthropic.NotFoundError);
    assert.equal(error.type, "not_found_error");
    return true;
  });
});

test("a request that is too large", async () => {
  const large = { ...request, model: "claude", system: "x".repeat(6 << 20) };

  await assert.rejects(client.messages.create(large), Anthropic.ContentTooLargeError);
});

test("a model without room is asked again when there is", async () => {
  const simulate = (mode) =>
    fetch(process.env.SIMULATE_CLAUDE_LIMITED_URL, { method: "PUT", body: JSON.stringify({ mode }) });
  await simulate("rate_limited");
  await assert.rejects(troubledClient().messages.create({ ...request, model: "claude-limited" }), (error) => {
    assert.ok(error instanceof Anthropic.RateLimitError);
    assert.equal(error.type, "rate_limit_error");
    assert.ok(Number(error.headers.get("retry-after")) > 0);
    return true;
  });

  await simulate("ok");
  // One repetition: it is refused too where the client does not wait as long as it was told.
  const message = await troubledClient({ maxRetries: 1 }).messages.create({ ...request, model: "claude-limited" });
  assert.match(message.content[0].text, /You said: "Hello"$/);
});

for (const [model, type, status] of [
  ["claude-failing", Anthropic.InternalServerError, 502],
  ["gpt-failing", Anthropic.InternalServerError, 502],
  ["claude-keyless", Anthropic.ServiceUnavailableError, 503],
]) {
  test(`a model that cannot answer: ${model}`, async () => {
    await assert.rejects(troubledClient().messages.create({ ...request, model }), (error) => {
      assert.ok(error instanceof type);
      assert.equal(error.status, status);
      return true;
    });
  });
}

for (const model of ["claude-out", "gpt-out"]) {
  test(`a model whose endpoint is out: ${model}`, async () => {
    await assert.rejects(troubledClient().messages.create({ ...request, model }), Anthropic.APIError);
    await assert.rejects(troubledClient().messages.create({ ...request, model }), (error) => {
      assert.ok(error instanceof Anthropic.OverloadedError);
      assert.equal(error.type, "overloaded_error");
      return true;
    });
  });
}

for (const model of ["claude-breaking", "gpt-breaking"]) {
  test(`a stream from ${model}`, async () => {
    const stream = troubledClient().messages.stream({ ...request, model });
    const words = [];
    stream.on("text", (word) => words.push(word));

    await assert.rejects(stream.finalMessage(), Anthropic.APIError);
    assert.match(words.join(""), /^This is /);
  });
}
