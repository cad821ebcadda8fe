// The Anthropic SDK for Node through the gateway: what it shows is whole, what leaves is masked.

import assert from "node:assert/strict";
import { test } from "node:test";
import Anthropic from "@anthropic-ai/sdk";
import { API_KEY, EMAIL, GATEWAY, LETTER, last, requests, script } from "./support.mjs";

const model = "claude-sonnet-5";
const tools = [{ name: "send_mail", input_schema: { type: "object", properties: { to: { type: "string" } } } }];
const client = (options = {}) => new Anthropic({ baseURL: `${GATEWAY}/anthropic`, apiKey: "dummy", ...options });
const ask = (content, more = {}) => ({ model, max_tokens: 1000, messages: [{ role: "user", content }], ...more });
const call = { tool: { name: "send_mail", arguments: '{"to": "{{EMAIL}}"}' } };

test("messages", async () => {
  const answer = await client().messages.create(ask(LETTER));
  assert.equal(answer.content[0].text, LETTER);
  assert.ok(!JSON.stringify((await last()).body).includes(EMAIL));
});

test("messages, streamed in small chunks", async () => {
  await script({ piece: 3, chunk: 5 });
  const stream = client().messages.stream(ask(LETTER));
  let text = "";
  stream.on("text", (piece) => (text += piece));
  assert.equal((await stream.finalMessage()).content[0].text, LETTER);
  assert.equal(text, LETTER);
});

test("tool calls and their results", async () => {
  await script({ parts: [{ text: "for {{EMAIL}}" }, call, call], piece: 2 });
  const said = await client().messages.stream(ask(`Write to ${EMAIL}.`, { tools })).finalMessage();
  assert.deepEqual(said.content.slice(1).map((block) => block.input), [{ to: EMAIL }, { to: EMAIL }]);
  const results = said.content.slice(1).map(({ id }) => ({ type: "tool_result", tool_use_id: id, content: `sent to ${EMAIL}` }));
  await script({ parts: [{ text: "{{tool}}" }] });
  const messages = [
    { role: "user", content: `Write to ${EMAIL}.` },
    { role: "assistant", content: said.content },
    { role: "user", content: results },
  ];
  const answer = await client().messages.create({ model, max_tokens: 1000, messages, tools });
  assert.equal(answer.content[0].text, `sent to ${EMAIL}`);
});

test("token count", async () => {
  const counted = await client().messages.countTokens({ model, messages: ask(LETTER).messages });
  assert.ok(counted.input_tokens > 0);
  assert.ok(!JSON.stringify((await last()).body).includes(EMAIL));
});

test("each status becomes its error", async (t) => {
  for (const [status, kind] of [
    [400, Anthropic.BadRequestError],
    [401, Anthropic.AuthenticationError],
    [429, Anthropic.RateLimitError],
    [529, Anthropic.InternalServerError],
  ]) {
    await t.test(String(status), async () => {
      await script({ status, fault: { message: "about {{EMAIL}}" } });
      const asked = client({ maxRetries: 0 }).messages.create(ask(EMAIL));
      await assert.rejects(asked, (error) => error instanceof kind && error.message.includes(`about ${EMAIL}`));
    });
  }
});

test("a secret is refused and not sent", async () => {
  const before = (await requests()).length;
  await assert.rejects(client().messages.create(ask(`the key is ${API_KEY}`)), Anthropic.BadRequestError);
  assert.equal((await requests()).length, before);
});

test("the SDK retries and gets its answer", async () => {
  await script({ status: 529, fault: { message: "busy" }, headers: [["retry-after-ms", "1"], ["retry-after", "0"]] });
  const answer = await client().messages.create(ask(LETTER));
  assert.equal(answer.content[0].text, LETTER);
});

test("a cut stream is no clean end", async () => {
  await script({ end: { cut: 900 } });
  await assert.rejects(client({ maxRetries: 0 }).messages.stream(ask(LETTER)).finalMessage());
});
