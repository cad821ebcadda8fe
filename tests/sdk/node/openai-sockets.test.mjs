// The OpenAI SDK for Node over WebSocket through the gateway, whatever the provider speaks: shown whole, sent masked.

import assert from "node:assert/strict";
import { test } from "node:test";
import OpenAI from "openai";
import { ResponsesWS } from "openai/resources/responses/ws";
import { API_KEY, EMAIL, GATEWAY, LETTER, requests, script } from "./support.mjs";

const model = "gpt-5.1";
const tools = [{ type: "function", name: "send_mail", strict: false, parameters: { type: "object", properties: { to: { type: "string" } } } }];
const ends = ["response.completed", "response.failed", "response.incomplete"];

/** Opens a socket for `talk`, which gets a function that asks for a turn and gives its events. */
async function socket(talk) {
  const ws = new ResponsesWS(new OpenAI({ baseURL: `${GATEWAY}/v1`, apiKey: "dummy" }));
  const stream = ws.stream()[Symbol.asyncIterator]();
  async function turn(request) {
    ws.send({ type: "response.create", model, store: false, ...request });
    const events = [];
    for (;;) {
      const { value, done } = await stream.next();
      assert.ok(!done && value.type !== "close", "the socket ended");
      if (value.type === "error") {
        assert.ok(value.error.error, String(value.error));
        return [...events, value.error.error];
      }
      if (value.type === "message") events.push(value.message);
      if (ends.includes(events.at(-1)?.type)) return events;
    }
  }
  try {
    await talk(turn);
  } finally {
    ws.close();
  }
}

const said = (events) => events.filter(({ type }) => type === "response.output_text.delta").map(({ delta }) => delta).join("");
const asked = async () => (await requests()).filter(({ method }) => method !== "GET");
const works = async (turn) => assert.equal(said(await turn({ input: LETTER })), LETTER);

test("an answer", () => socket(async (turn) => {
  await script({ piece: 3 });
  const events = await turn({ input: LETTER });
  assert.equal(said(events), LETTER);
  assert.equal(events.at(-1).response.output[0].content[0].text, LETTER);
  assert.ok(!JSON.stringify((await asked()).at(-1)).includes(EMAIL));
}));

for (const store of [false, true]) {
  test(`a chain with store ${store}`, () => socket(async (turn) => {
    const again = { parts: [{ text: "It was {{EMAIL}}." }] };
    await script({ parts: [{ text: "Noted." }] }, again, again);
    let events = await turn({ input: `My address is ${EMAIL}.`, store });
    for (let n = 0; n < 2; n += 1) {
      events = await turn({ input: "Which?", previous_response_id: events.at(-1).response.id, store });
      assert.equal(said(events), `It was ${EMAIL}.`);
    }
  }));
}

test("a tool call and its output", () => socket(async (turn) => {
  await script({ parts: [{ tool: { name: "send_mail", arguments: '{"to": "{{EMAIL}}"}' } }], piece: 2 }, { parts: [{ text: "{{tool}}" }] });
  const { response } = (await turn({ input: `Write to ${EMAIL}.`, tools })).at(-1);
  const [call] = response.output;
  assert.deepEqual(JSON.parse(call.arguments), { to: EMAIL });
  const input = [{ type: "function_call_output", call_id: call.call_id, output: `sent to ${EMAIL}` }];
  assert.equal(said(await turn({ input, tools, previous_response_id: response.id })), `sent to ${EMAIL}`);
}));

test("a prewarming", () => socket(async (turn) => {
  const { response } = (await turn({ input: `My address is ${EMAIL}.`, generate: false })).at(-1);
  assert.deepEqual([response.status, response.output], ["completed", []]);
  await script({ parts: [{ text: "{{user}} {{EMAIL}}" }] });
  assert.equal(said(await turn({ input: "Which?", previous_response_id: response.id })), `Which? ${EMAIL}`);
}));

test("a secret is refused and not sent", () => socket(async (turn) => {
  await works(turn);
  const before = (await asked()).length;
  const [error] = await turn({ input: `the key is ${API_KEY}` });
  assert.deepEqual([error.type, error.status, error.error.code], ["error", 400, "privacy_blocked"]);
  assert.equal((await asked()).length, before);
  await works(turn);
}));

test("the provider's errors", () => socket(async (turn) => {
  for (const status of [400, 401, 404, 429, 500]) {
    await script({ status, fault: { message: "about {{EMAIL}}" } });
    const [error] = await turn({ input: EMAIL });
    assert.deepEqual([error.status, error.error.message], [status, `about ${EMAIL}`]);
    await works(turn);
  }
}));

test("an unknown response to go on from", () => socket(async (turn) => {
  const [error] = await turn({ input: "Which?", previous_response_id: "resp_unknown" });
  assert.deepEqual([error.status, error.error.code], [400, "previous_response_not_found"]);
  await works(turn);
}));
