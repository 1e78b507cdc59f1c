// The check of what is deployed, from outside:
//
//   DEPLOYED_URL=https://….amazonaws.com/v1 DEPLOYED_KEY=… npm run deployed
//
// after `npm ci`, both in this folder; it takes six minutes or seven. It asks for long answers, which cost some
// cents. A check that the model did not give the occasion for is skipped with the reason: it has not passed.
//
//   DEPLOYED_URL              the stack's output ApiUrl, with /v1
//   DEPLOYED_KEY              a client key
//   DEPLOYED_MODEL            what is asked (chat)
//   DEPLOYED_LONG_PROMPT      what it answers for more than two minutes
//   DEPLOYED_REASONING_MODEL  a model that thinks for more than four minutes without a word; none: not checked
//   DEPLOYED_SHORT=1          leaves out what takes minutes
//   DEPLOYED_SIMULATE         where simulated providers are told to be slow: http://localhost:8080/simulate on a laptop
import assert from "node:assert/strict";
import http from "node:http";
import http2 from "node:http2";
import https from "node:https";
import { setTimeout as wait } from "node:timers/promises";
import { after, before, describe, test } from "node:test";

const { DEPLOYED_URL, DEPLOYED_KEY, DEPLOYED_REASONING_MODEL } = process.env;
const model = process.env.DEPLOYED_MODEL || "chat";
const simulated = process.env.DEPLOYED_SIMULATE !== undefined;
const base = DEPLOYED_URL?.replace(/\/+$/, "");
const skip =
  DEPLOYED_URL && DEPLOYED_KEY ? false : "set DEPLOYED_URL and DEPLOYED_KEY to check what is deployed (README)";

const leftOut = process.env.DEPLOYED_SHORT === "1" && "DEPLOYED_SHORT=1 leaves out what takes minutes";

const seconds = (millis) => `${(millis / 1000).toFixed(1)} s`;

/** A failure that is its message: what was seen, and what to switch. */
function fail(seen, advice) {
  const error = new Error(`${seen}. ${advice}`);
  error.stack = error.message;
  throw error;
}

const openai = {
  name: "OpenAI",
  path: "/chat/completions",
  headers: (key) => ({ authorization: `Bearer ${key}` }),
  body: (text, more) => ({ model, messages: [{ role: "user", content: text }], ...more }),
  content: ({ choices }) => {
    const delta = choices?.[0]?.delta ?? {};
    const call = delta.tool_calls?.[0]?.function?.arguments;
    return delta.content || delta.refusal || delta.reasoning_content || call || "";
  },
  isHeartbeat: (event) => event.startsWith(":"),
  isLast: (event) => event.includes("data: [DONE]"),
  thinking: { reasoning_effort: "high" },
};

const anthropic = {
  name: "Anthropic",
  path: "/messages",
  headers: (key) => ({ "x-api-key": key, "anthropic-version": "2023-06-01" }),
  body: (text, more) => ({ model, max_tokens: 1000, messages: [{ role: "user", content: text }], ...more }),
  content: ({ delta }) => delta?.text || delta?.thinking || delta?.partial_json || "",
  isHeartbeat: (event) => event.includes("event: ping"),
  isLast: (event) => event.includes("event: message_stop"),
  thinking: { max_tokens: 40000, thinking: { type: "enabled", budget_tokens: 32000 } },
};

/** Sends a request: `head` resolves with the status, the headers and the body's pieces, `hangUp` ends it at any time. */
function send(protocol, body, { key = DEPLOYED_KEY, overHttp2 = false } = {}) {
  const headers = { ...protocol.headers(key), "content-type": "application/json" };
  const url = new URL(base + protocol.path);
  const text = JSON.stringify(body);
  return overHttp2 ? sendOverHttp2(url, headers, text) : sendOverHttp1(url, headers, text);
}

function sendOverHttp1(url, headers, text) {
  const request = (url.protocol === "https:" ? https : http).request(url, { method: "POST", headers, agent: false });
  const head = new Promise((resolve, reject) => {
    request.on("error", reject);
    request.on("response", (response) =>
      resolve({ status: response.statusCode, headers: response.headers, pieces: response }),
    );
  });
  request.end(text);
  return { head, hangUp: () => request.destroy() };
}

function sendOverHttp2(url, headers, text) {
  const session = http2.connect(url.origin);
  const request = session.request({ ":method": "POST", ":path": url.pathname, ...headers });
  const head = new Promise((resolve, reject) => {
    session.on("error", reject);
    request.on("error", reject);
    request.on("response", (fields) => resolve({ status: fields[":status"], headers: fields, pieces: request }));
  });
  request.on("close", () => session.close());
  request.end(text);
  return { head, hangUp: () => session.destroy() };
}

async function textOf(reply) {
  let text = "";
  for await (const piece of reply.pieces.setEncoding("utf8")) {
    text += piece;
  }
  return text;
}

/**
 * Reads a stream until it ends or `enough` of what was seen, and tells when what came: times in ms since the request.
 * `cut` is why it ended early.
 */
async function watch(protocol, body, { enough = () => false, patience = 60_000, ...options } = {}) {
  const start = performance.now();
  const seen = { bytes: [], contents: [], heartbeats: 0, isWhole: false, cut: "", took: 0 };
  const now = () => performance.now() - start;
  let hasHungUp = false;
  const { head, hangUp } = send(protocol, { ...body, stream: true }, options);
  const stop = (why) => {
    seen.cut ||= why;
    hasHungUp = true;
    hangUp();
  };
  const quiet = setInterval(() => {
    if (enough(seen, now())) {
      stop("");
    } else if (now() - (seen.bytes.at(-1) ?? 0) > patience) {
      stop(`${seen.bytes.length === 0 ? "not even a head" : "nothing more"} came for ${seconds(patience)}`);
    }
  }, 500);
  try {
    const reply = await head;
    seen.bytes.push(now());
    if (reply.status !== 200) {
      seen.cut = `${reply.status}: ${(await textOf(reply)).slice(0, 300)}`;
      return seen;
    }
    let rest = "";
    for await (const piece of reply.pieces.setEncoding("utf8")) {
      seen.bytes.push(now());
      rest += piece;
      for (let event = firstEvent(rest); event !== ""; event = firstEvent(rest)) {
        note(protocol, event, seen, now());
        rest = rest.slice(event.length);
      }
      if (enough(seen, now())) {
        stop("");
        break;
      }
    }
  } catch (error) {
    if (!hasHungUp) {
      seen.cut ||= error.message;
    }
  } finally {
    clearInterval(quiet);
    seen.took = now();
  }
  if (!hasHungUp && !seen.isWhole) {
    seen.cut ||= "the stream ended without its last event";
  }
  return seen;
}

/** Up to an empty line, or a comment alone, which no empty line ends; nothing where neither is whole. */
function firstEvent(text) {
  return text.match(/^(:[^\n]*\n|[^]*?\n\n)/)?.[0] ?? "";
}

function note(protocol, event, seen, at) {
  if (protocol.isHeartbeat(event)) {
    seen.heartbeats++;
  } else if (protocol.isLast(event)) {
    seen.isWhole = true;
  } else {
    const data = event.match(/^data: (.*)$/m);
    const json = data ? JSON.parse(data[1]) : {};
    if (json.error) {
      seen.cut ||= `an error event: ${JSON.stringify(json.error).slice(0, 300)}`;
    } else if (protocol.content(json) !== "") {
      seen.contents.push(at);
    }
  }
}

/** The largest share of the contents that came within 50 ms. */
function largestBurst(contents) {
  const largest = Math.max(0, ...contents.map((from) => contents.filter((at) => at >= from && at < from + 50).length));
  return largest / contents.length;
}

const LIVE = "LiveStreaming=true makes the deployed API stream; if it is set, StreamPaddingBytes=16384 helps where small pieces are held back";

async function checkSpread(t, overHttp2) {
  const seen = await watch(openai, openai.body("Describe a river from its spring to the sea, in 200 words."), { overHttp2 });
  if (seen.cut) {
    fail(seen.cut, "Look into the function's log for this request");
  }
  const [first, last, count] = [seen.contents[0], seen.contents.at(-1), seen.contents.length];
  t.diagnostic(`first token after ${seconds(first)}, the last of ${count} after ${seconds(last)}`);
  if (count < 5) {
    t.skip(`the model answered in ${count} pieces: too few to tell; set another DEPLOYED_MODEL`);
  } else if (largestBurst(seen.contents) > 0.5) {
    fail(
      `${Math.round(largestBurst(seen.contents) * 100)} % of the tokens came within 50 ms, ${seconds(first)} after the request`,
      LIVE,
    );
  }
}

test("the first token comes early and tokens are spread in time, over HTTP/1.1", { skip }, (t) => checkSpread(t, false));

const noHttp2 = base?.startsWith("http:") && "HTTP/2 goes with https, and DEPLOYED_URL is http";
test("the first token comes early and tokens are spread in time, over HTTP/2", { skip: skip || noHttp2 }, (t) =>
  checkSpread(t, true),
);

/** What is answered for more than two minutes. A simulated OpenAI writes the list that a schema wants, for 160 s. */
function longRequest() {
  const words = { type: "array", minItems: 7000, items: { const: "abcd" } };
  const tool = {
    type: "function",
    function: { name: "recite", parameters: { type: "object", required: ["words"], properties: { words } } },
  };
  const prompt =
    process.env.DEPLOYED_LONG_PROMPT ||
    "Write the numbers from 1 to 3000 in English words, each on a line of its own. Leave none out, do not stop early.";
  return openai.body(prompt, simulated ? { model: "gpt", tools: [tool], tool_choice: "required" } : {});
}

test("a stream of 120 s", { skip: skip || leftOut }, async (t) => {
  const enough = 120_000;
  const seen = await watch(openai, longRequest(), { enough: ({ contents }) => contents.at(-1) >= enough });
  if (seen.cut) {
    fail(
      `The stream was cut off after ${seconds(seen.took)}: ${seen.cut}`,
      seen.contents.length === 0
        ? LIVE
        : "After 29 s: the integration's TimeoutInMillis is not in force; later: AnswerMinutes is too short, or see the log",
    );
  }
  t.diagnostic(`${seen.contents.length} pieces in ${seconds(seen.took)}`);
  if (seen.took >= enough && largestBurst(seen.contents) > 0.5) {
    fail(`It took ${seconds(seen.took)}, and most of it came at once`, LIVE);
  }
  if (seen.isWhole) {
    t.skip(`the model had said all after ${seconds(seen.took)}; set DEPLOYED_LONG_PROMPT or a slower DEPLOYED_MODEL`);
  }
});

describe("4 minutes of silence are bridged by heartbeats", { concurrency: true }, () => {
  const silence = 240_000;
  const longestGap = 20_000;
  before(() => !skip && !leftOut && simulated && simulateLatency(silence + 10_000));
  after(() => !skip && !leftOut && simulated && simulateLatency(100));

  const noModel = !simulated && !DEPLOYED_REASONING_MODEL && "set DEPLOYED_REASONING_MODEL to a model that thinks so long";
  for (const protocol of [openai, anthropic]) {
    test(`in the words of ${protocol.name}`, { skip: skip || leftOut || noModel }, async (t) => {
      const hard = "Find all integer solutions of x^3 + y^3 + z^3 = 42 with |x|, |y|, |z| < 100, and prove each step.";
      const more = simulated ? {} : { model: DEPLOYED_REASONING_MODEL, ...protocol.thinking };
      const seen = await watch(protocol, protocol.body(hard, more), {
        enough: ({ contents }, now) => contents.length > 0 || now >= silence,
        patience: longestGap,
      });
      const first = seen.contents[0] ?? Infinity;
      if (seen.status === 400) {
        t.skip(`the model does not think when asked in these words: ${seen.cut}`);
        return;
      }
      if (seen.cut) {
        fail(`After ${seconds(seen.took)}: ${seen.cut}`, `Heartbeats come from the tenth second, each 5 s. ${LIVE}`);
      }
      t.diagnostic(`${seen.heartbeats} heartbeats in ${seconds(seen.took)}`);
      if (first < silence) {
        t.skip(`the model began to speak after ${seconds(first)}: the silence was too short to tell`);
      } else if (seen.heartbeats < silence / 10_000) {
        fail(`Only ${seen.heartbeats} heartbeats came`, LIVE);
      }
    });
  }
});

async function simulateLatency(millis) {
  const address = process.env.DEPLOYED_SIMULATE;
  const { providers } = await (await fetch(address)).json();
  for (const { name } of providers) {
    const told = await fetch(`${address}/${name}`, { method: "PUT", body: JSON.stringify({ latency_ms: millis }) });
    assert.equal(told.status, 200, await told.text());
  }
}

/** How many calls are over, of all endpoints. */
async function callsOver() {
  const response = await fetch(`${base}/pool`, { headers: openai.headers(DEPLOYED_KEY) });
  assert.equal(response.status, 200, "GET /v1/pool");
  return (await response.json()).endpoints.reduce((sum, endpoint) => sum + endpoint.total_requests, 0);
}

test("a caller who hangs up ends the call", { skip }, async (t) => {
  const patience = 40_000;
  const before = await callsOver();
  let during;
  const seen = await watch(openai, longRequest(), { enough: ({ contents }) => contents.length >= 5 && (during ??= callsOver()) });
  const hungUp = performance.now();
  if (seen.cut) {
    fail(`There was no stream to hang up on: ${seen.cut}`, LIVE);
  }
  if (seen.isWhole) {
    t.skip("the answer was whole before the caller could hang up; set DEPLOYED_LONG_PROMPT");
    return;
  }
  if ((await during) !== before) {
    t.skip("others call this deployment now: whose call ended cannot be told");
    return;
  }
  while ((await callsOver()) === before) {
    if (performance.now() - hungUp > patience) {
      fail(
        `GET /v1/pool did not show the call as over ${seconds(patience)} after the caller hung up`,
        "The gateway does not tell the function: answers nobody reads run on and are paid for; AnswerMinutes bounds them",
      );
    }
    await wait(500);
  }
  t.diagnostic(`seen ${seconds(performance.now() - hungUp)} after it`);
});

describe("errors come in the caller's protocol", () => {
  const tooLong = "x".repeat(6_500_000);
  for (const [protocol, status, kind, body, key] of [
    [openai, 401, "invalid_api_key", openai.body("Hello"), "wrong"],
    [anthropic, 401, "authentication_error", anthropic.body("Hello"), "wrong"],
    [openai, 404, "model_not_found", openai.body("Hello", { model: "no-such-model" }), DEPLOYED_KEY],
    [anthropic, 404, "not_found_error", anthropic.body("Hello", { model: "no-such-model" }), DEPLOYED_KEY],
    [openai, 413, undefined, openai.body(tooLong), DEPLOYED_KEY],
    [anthropic, 413, "request_too_large", anthropic.body(tooLong), DEPLOYED_KEY],
  ]) {
    test(`${status} in the words of ${protocol.name}`, { skip }, async (t) => {
      const reply = await send(protocol, body, { key }).head;
      const text = await textOf(reply);
      if (reply.status !== status) {
        fail(`The status is ${reply.status}: ${text.slice(0, 300)}`, "Look into the function's log for this request");
      }
      if (status === 413 && /^(\{"message":"[^"]*"\}|HTTP content .*)$/.test(text)) {
        t.skip(`the gateway refused it before the function saw it, in its own words: ${text}`);
        return;
      }
      const { type, error } = JSON.parse(text);
      assert.equal(typeof error.message, "string");
      if (protocol === anthropic) {
        assert.deepEqual([type, error.type], ["error", kind]);
      } else if (kind) {
        assert.equal(error.code, kind);
      }
    });
  }
});

/** The SDK; undefined, and the test skipped, where it is not installed. */
async function sdk(t, name) {
  try {
    return (await import(name)).default;
  } catch {
    t.skip(`${name} is not installed: run npm ci in this folder`);
    return undefined;
  }
}

test("OpenAI's SDK streams", { skip }, async (t) => {
  const OpenAI = await sdk(t, "openai");
  if (OpenAI) {
    const client = new OpenAI({ baseURL: base, apiKey: DEPLOYED_KEY, maxRetries: 0 });
    const stream = await client.chat.completions.create({ ...openai.body("Say hello in a sentence."), stream: true });
    let words = "";
    for await (const chunk of stream) {
      words += chunk.choices[0]?.delta.content ?? "";
    }
    assert.notEqual(words, "", "no word came");
  }
});

test("Anthropic's SDK streams", { skip }, async (t) => {
  const Anthropic = await sdk(t, "@anthropic-ai/sdk");
  if (Anthropic) {
    const client = new Anthropic({ baseURL: base.replace(/\/v1$/, ""), apiKey: DEPLOYED_KEY, authToken: null, maxRetries: 0 });
    const stream = client.messages.stream(anthropic.body("Say hello in a sentence."));
    assert.notEqual(await stream.finalText(), "", "no word came");
  }
});
