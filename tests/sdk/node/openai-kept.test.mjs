// What the provider keeps, through the OpenAI SDK for Node: background responses, conversations; and tokens.

import assert from "node:assert/strict";
import { test } from "node:test";
import OpenAI from "openai";
import { EMAIL, GATEWAY, LETTER, all, last, requests, script } from "./support.mjs";

const model = "gpt-5.1";
const client = (apiKey = "dummy") => new OpenAI({ baseURL: `${GATEWAY}/v1`, apiKey, maxRetries: 0 });
const message = (content) => ({ type: "message", role: "user", content });
const said = `Write to ${EMAIL}, that is ${EMAIL}`;
const scripted = { parts: [{ text: "Write to {{EMAIL}}, that is {{EMAIL}}" }], piece: 5, chunk: 11 };
const begin = async (more = {}) => {
  await script(scripted);
  return client().responses.create({ model, input: LETTER, background: true, ...more });
};

test("background: poll, input items, cancel, delete", async () => {
  const { id, status } = await begin();
  assert.equal(status, "queued");
  let answer;
  do {
    answer = await client().responses.retrieve(id);
  } while (answer.status === "in_progress");
  assert.equal(answer.output_text, said);
  const items = await all(client().responses.inputItems.list(id));
  assert.equal(items[0].content[0].text, LETTER);
  const other = await begin();
  assert.equal((await client().responses.cancel(other.id)).status, "cancelled");
  await client().responses.delete(id);
  await assert.rejects(client().responses.retrieve(id), OpenAI.NotFoundError);
  await assert.rejects(client("other").responses.retrieve(other.id), OpenAI.NotFoundError);
});

test("background: a stream that was left goes on", async () => {
  const whole = await all(await begin({ stream: true }));
  const { id } = whole[0].response;
  for (const after of [0, 3, 8, 9, whole.length - 2]) {
    const rest = await all(await client().responses.retrieve(id, { stream: true, starting_after: after }));
    assert.deepEqual(rest, whole.slice(after + 1));
  }
  const text = whole.filter((event) => event.type === "response.output_text.delta").map((event) => event.delta);
  assert.equal(text.join(""), said);
});

test("conversations", async () => {
  const { id } = await client().conversations.create({ items: [message(LETTER)] });
  assert.ok(!JSON.stringify((await last()).body).includes(EMAIL));
  await client().conversations.items.create(id, { items: [message(`second ${EMAIL}`)] });
  await script({ parts: [{ text: "You are {{EMAIL}}." }] });
  const answer = await client().responses.create({ model, input: "Who?", conversation: id });
  assert.equal(answer.output_text, `You are ${EMAIL}.`);
  const items = await all(client().conversations.items.list(id, { order: "asc", limit: 2 }));
  const texts = items.map((item) => item.content[0].text);
  assert.deepEqual(texts, [LETTER, `second ${EMAIL}`, "Who?", `You are ${EMAIL}.`]);
  const item = await client().conversations.items.retrieve(items[1].id, { conversation_id: id });
  assert.equal(item.content[0].text, `second ${EMAIL}`);
  await client().conversations.items.delete(item.id, { conversation_id: id });
  assert.ok((await client().conversations.delete(id)).deleted);
  await assert.rejects(client().conversations.items.list(id), OpenAI.NotFoundError);
});

test("tokens repeat the text", async () => {
  const text = (tokens) => tokens.map((token) => token.token).join("");
  const asked = { model, messages: [{ role: "user", content: LETTER }], logprobs: true, top_logprobs: 1 };
  await script(scripted);
  const chunks = await all(await client().chat.completions.create({ ...asked, stream: true }));
  const chat = chunks.flatMap((chunk) => chunk.choices[0]?.logprobs?.content ?? []);
  assert.equal(text(chat), said);
  assert.ok(chat.every((token) => Buffer.from(token.bytes).toString() === token.token));
  await script(scripted);
  const include = ["message.output_text.logprobs"];
  const events = await all(await client().responses.create({ model, input: LETTER, include, stream: true }));
  const deltas = events.filter((event) => event.type === "response.output_text.delta");
  assert.equal(text(deltas.flatMap((event) => event.logprobs)), said);
  const done = events.find((event) => event.type === "response.output_text.done");
  assert.equal(text(done.logprobs), said);
});

test("files and batches say what to do instead", async () => {
  const before = (await requests()).length;
  const batch = client().batches.create({ input_file_id: "f", endpoint: "/v1/responses", completion_window: "24h" });
  await assert.rejects(batch, (error) => error instanceof OpenAI.NotFoundError && error.message.includes("background"));
  assert.equal((await requests()).length, before);
});
