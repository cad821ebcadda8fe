// The AI SDK of Vercel through the gateway: what it shows is whole, what leaves is masked.

import assert from "node:assert/strict";
import { test } from "node:test";
import { createAnthropic } from "@ai-sdk/anthropic";
import { createOpenAI } from "@ai-sdk/openai";
import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import { APICallError, Output, embedMany, generateText, stepCountIs, streamText, tool } from "ai";
import { z } from "zod";
import { API_KEY, EMAIL, GATEWAY, LETTER, last, requests, script } from "./support.mjs";

const apiKey = "dummy";
const openai = createOpenAI({ baseURL: `${GATEWAY}/v1`, apiKey });
const anthropic = createAnthropic({ baseURL: `${GATEWAY}/anthropic/v1`, apiKey });
const compatible = createOpenAICompatible({ name: "mine", baseURL: `${GATEWAY}/openai/v1`, apiKey });
const models = {
  responses: openai("gpt-5.1"),
  chat: openai.chat("gpt-5.1"),
  compatible: compatible("gpt-5.1"),
  messages: anthropic("claude-sonnet-5"),
};

for (const [name, model] of Object.entries(models)) {
  const ask = (prompt, more = {}) => ({ model, maxRetries: 0, prompt, ...more });

  test(`${name}: an answer`, async () => {
    assert.equal((await generateText(ask(LETTER))).text, LETTER);
    assert.ok(!JSON.stringify((await last()).body).includes(EMAIL));
  });

  test(`${name}: an answer in small chunks`, async () => {
    await script({ piece: 3, chunk: 5 });
    let text = "";
    for await (const piece of streamText(ask(LETTER)).textStream) text += piece;
    assert.equal(text, LETTER);
  });

  test(`${name}: a tool call, its result, and the answer to it`, async () => {
    const called = { tool: { name: "send_mail", arguments: '{"to": "{{EMAIL}}"}' } };
    await script({ parts: [{ text: "for {{EMAIL}}, " }, called], piece: 2 }, { parts: [{ text: "{{tool}}" }] });
    const seen = [];
    const send_mail = tool({
      inputSchema: z.object({ to: z.string() }),
      execute: async ({ to }) => {
        seen.push(to);
        return `sent to ${to}`;
      },
    });
    const stream = streamText(ask(`Write to ${EMAIL}.`, { tools: { send_mail }, stopWhen: stepCountIs(2) }));
    let text = "";
    for await (const piece of stream.textStream) text += piece;
    assert.equal(text, `for ${EMAIL}, sent to ${EMAIL}`);
    assert.deepEqual(seen, [EMAIL]);
  });

  test(`${name}: an object`, async () => {
    await script({ parts: [{ text: '{"to": "{{EMAIL}}"}' }], piece: 2 });
    const output = Output.object({ schema: z.object({ to: z.string() }) });
    const stream = streamText(ask(`Write JSON for ${EMAIL}.`, { output }));
    await stream.consumeStream();
    assert.deepEqual(await stream.output, { to: EMAIL });
  });

  test(`${name}: a secret is refused and not sent`, async () => {
    const before = (await requests()).length;
    const asked = generateText({ ...ask(`the key is ${API_KEY}`), maxRetries: 2 });
    const refused = (error) => error instanceof APICallError && error.statusCode === 400 && error.message.includes("privacy_blocked");
    await assert.rejects(asked, refused);
    assert.equal((await requests()).length, before);
  });
}

test("embeddings", async () => {
  const { embeddings } = await embedMany({ model: openai.embedding("text-embedding-3-small"), values: [LETTER, "second"] });
  assert.equal(embeddings.length, 2);
  assert.ok(!JSON.stringify((await last()).body).includes(EMAIL));
});
