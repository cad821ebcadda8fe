// The OpenAI SDK for Node through the gateway: what it shows is whole, what leaves is masked.

import assert from "node:assert/strict";
import { test } from "node:test";
import OpenAI from "openai";
import { API_KEY, EMAIL, GATEWAY, LETTER, all, last, requests, script } from "./support.mjs";

const model = "gpt-5.1";
const parameters = { type: "object", properties: { to: { type: "string" } } };
const client = (options = {}) => new OpenAI({ baseURL: `${GATEWAY}/v1`, apiKey: "dummy", ...options });
const user = (content) => [{ role: "user", content }];
const call = { tool: { name: "send_mail", arguments: '{"to": "{{EMAIL}}"}' } };

test("chat", async () => {
  const answer = await client().chat.completions.create({ model, messages: user(LETTER) });
  assert.equal(answer.choices[0].message.content, LETTER);
  assert.ok(!JSON.stringify((await last()).body).includes(EMAIL));
});

test("chat, streamed in small chunks", async () => {
  await script({ piece: 3, chunk: 5 });
  const stream = await client().chat.completions.create({ model, messages: user(LETTER), stream: true });
  const chunks = await all(stream);
  assert.equal(chunks.map((chunk) => chunk.choices[0]?.delta.content ?? "").join(""), LETTER);
});

test("chat, parallel tool calls and their results", async () => {
  await script({ parts: [call, call], piece: 2, interleave: true });
  const tools = [{ type: "function", function: { name: "send_mail", parameters } }];
  const messages = user(`Write to ${EMAIL}.`);
  const said = (await client().chat.completions.stream({ model, messages, tools }).finalChatCompletion()).choices[0].message;
  assert.deepEqual(said.tool_calls.map((made) => JSON.parse(made.function.arguments)), [{ to: EMAIL }, { to: EMAIL }]);
  const results = said.tool_calls.map(({ id }) => ({ role: "tool", tool_call_id: id, content: `sent to ${EMAIL}` }));
  await script({ parts: [{ text: "{{tool}}" }] });
  const answer = await client().chat.completions.create({ model, messages: [...messages, said, ...results], tools });
  assert.equal(answer.choices[0].message.content, `sent to ${EMAIL}`);
});

test("chat, structured output", async () => {
  await script({ parts: [{ text: '{"email": "{{EMAIL}}"}' }] });
  const schema = { type: "object", properties: { email: { type: "string" } }, required: ["email"], additionalProperties: false };
  const response_format = { type: "json_schema", json_schema: { name: "contact", schema, strict: true } };
  const answer = await client().chat.completions.parse({ model, messages: user(EMAIL), response_format });
  assert.deepEqual(JSON.parse(answer.choices[0].message.content), { email: EMAIL });
});

test("responses", async () => {
  const answer = await client().responses.create({ model, input: LETTER });
  assert.equal(answer.output_text, LETTER);
  assert.ok(!JSON.stringify((await last()).body).includes(EMAIL));
});

test("responses, streamed", async () => {
  await script({ parts: [{ text: "{{user}}" }, { refusal: "no {{EMAIL}}" }, call], piece: 3, chunk: 9 });
  const tools = [{ type: "function", name: "send_mail", parameters, strict: false }];
  const stream = client().responses.stream({ model, input: LETTER, tools });
  const events = await all(stream);
  const said = (type, field) => events.filter((event) => event.type === type).map((event) => event[field]).join("");
  assert.equal(said("response.output_text.delta", "delta"), LETTER);
  assert.equal(said("response.output_text.done", "text"), LETTER);
  assert.equal(said("response.refusal.delta", "delta"), `no ${EMAIL}`);
  assert.deepEqual(JSON.parse(said("response.function_call_arguments.delta", "delta")), { to: EMAIL });
  const numbers = events.map((event) => event.sequence_number);
  assert.deepEqual(numbers, [...numbers].sort((a, b) => a - b));
  const final = await stream.finalResponse();
  assert.equal(final.output_text, LETTER);
  assert.equal(final.output[0].content[1].refusal, `no ${EMAIL}`);
});

test("responses, tool result turn", async () => {
  await script({ parts: [call] });
  const tools = [{ type: "function", name: "send_mail", parameters, strict: false }];
  const input = user(`Write to ${EMAIL}.`);
  const { output } = await client().responses.create({ model, input, tools });
  assert.deepEqual(JSON.parse(output[0].arguments), { to: EMAIL });
  const result = { type: "function_call_output", call_id: output[0].call_id, output: `sent ${EMAIL}` };
  await script({ parts: [{ text: "{{tool}}" }] });
  const answer = await client().responses.create({ model, input: [...input, ...output, result], tools });
  assert.equal(answer.output_text, `sent ${EMAIL}`);
});

test("embeddings", async () => {
  const answer = await client().embeddings.create({ model: "text-embedding-3-small", input: [LETTER] });
  assert.equal(answer.data[0].embedding.length, 4);
  assert.ok(!JSON.stringify((await last()).body).includes(EMAIL));
});

test("each status becomes its error", async (t) => {
  for (const [status, kind] of [
    [400, OpenAI.BadRequestError],
    [401, OpenAI.AuthenticationError],
    [404, OpenAI.NotFoundError],
    [429, OpenAI.RateLimitError],
    [500, OpenAI.InternalServerError],
  ]) {
    await t.test(String(status), async () => {
      await script({ status, fault: { message: "about {{EMAIL}}" } });
      const asked = client({ maxRetries: 0 }).chat.completions.create({ model, messages: user(EMAIL) });
      await assert.rejects(asked, (error) => error instanceof kind && error.message.includes(`about ${EMAIL}`));
    });
  }
});

test("a secret is refused and not sent", async () => {
  const before = (await requests()).length;
  const asked = client().chat.completions.create({ model, messages: user(`the key is ${API_KEY}`) });
  await assert.rejects(asked, (error) => error instanceof OpenAI.BadRequestError && error.code === "privacy_blocked");
  assert.equal((await requests()).length, before);
});

test("the SDK retries and gets its answer", async () => {
  await script({ status: 429, fault: { message: "slow down" }, headers: [["retry-after-ms", "1"], ["retry-after", "0"]] });
  const answer = await client().chat.completions.create({ model, messages: user(LETTER) });
  assert.equal(answer.choices[0].message.content, LETTER);
});

test("a cut stream is no clean end", async () => {
  await script({ end: { cut: 900 } });
  const stream = await client({ maxRetries: 0 }).chat.completions.create({ model, messages: user(LETTER), stream: true });
  await assert.rejects(all(stream));
});

test("leaving a stream is passed on to the provider", async () => {
  await script({ end: { stall: 1500 } });
  const stream = await client().chat.completions.create({ model, messages: user(LETTER), stream: true });
  for await (const _ of stream) break;
  let outcome;
  for (let tries = 0; tries < 500 && outcome !== "Cancelled"; tries += 1) {
    outcome = (await requests()).at(-1).outcome;
  }
  assert.equal(outcome, "Cancelled");
});
