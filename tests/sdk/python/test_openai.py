"""The OpenAI SDK through the gateway: what it shows is whole, what leaves is masked."""

import asyncio
import json
import unittest

import openai
from pydantic import BaseModel

from support import API_KEY, EMAIL, GATEWAY, LETTER, SEAL, last, requests, script

MODEL = "gpt-5.1"
TOOL_PARAMETERS = {"type": "object", "properties": {"to": {"type": "string"}}, "required": ["to"]}
CHAT_TOOL = {"type": "function", "function": {"name": "send_mail", "parameters": TOOL_PARAMETERS}}
TOOL = {"type": "function", "name": "send_mail", "parameters": TOOL_PARAMETERS, "strict": False}


def client(**options):
    return openai.OpenAI(base_url=f"{GATEWAY}/v1", api_key="dummy", **options)


def user(text):
    return [{"role": "user", "content": text}]


class Contact(BaseModel):
    email: str
    note: str


class Chat(unittest.TestCase):
    def test_answer(self):
        answer = client().chat.completions.create(model=MODEL, messages=user(LETTER))
        self.assertEqual(answer.choices[0].message.content, LETTER)
        self.assertGreater(answer.usage.total_tokens, 0)
        self.assertNotIn(EMAIL, json.dumps(last()))

    def test_stream(self):
        script({"piece": 3, "chunk": 7})
        stream = client().chat.completions.create(
            model=MODEL, messages=user(LETTER), stream=True, stream_options={"include_usage": True}
        )
        chunks = list(stream)
        text = "".join(choice.delta.content or "" for chunk in chunks for choice in chunk.choices)
        self.assertEqual(text, LETTER)
        self.assertEqual(chunks[-1].choices, [])
        self.assertGreater(chunks[-1].usage.total_tokens, 0)

    def test_answers_under_a_wrong_label(self):
        for label in ("", "text/plain", "application/json", "text/event-stream"):
            with self.subTest(label=label):
                headers = [["content-type", label]]
                script({"headers": headers, "before": ": ping\n\n", "chunk": 7})
                stream = client().chat.completions.create(model=MODEL, messages=user(LETTER), stream=True)
                text = "".join(choice.delta.content or "" for chunk in stream for choice in chunk.choices)
                self.assertEqual(text, LETTER)
                script({"headers": headers, "before": "\n\n ", "chunk": 7})
                answer = client().chat.completions.create(model=MODEL, messages=user(LETTER))
                self.assertEqual(answer.choices[0].message.content, LETTER)

    def test_several_choices(self):
        script({"parts": [{"text": "{{choice}}: {{user}}"}], "piece": 1})
        stream = client().chat.completions.create(model=MODEL, messages=user(LETTER), n=3, stream=True)
        texts = ["", "", ""]
        for chunk in stream:
            for choice in chunk.choices:
                texts[choice.index] += choice.delta.content or ""
        self.assertEqual(texts, [f"{n}: {LETTER}" for n in range(3)])

    def test_parallel_tool_calls_and_their_results(self):
        call = {"tool": {"name": "send_mail", "arguments": '{"to": "{{EMAIL}}"}'}}
        script({"parts": [call, call], "piece": 2, "interleave": True})
        messages = user(f"Write to {EMAIL}.")
        with client().chat.completions.stream(model=MODEL, messages=messages, tools=[CHAT_TOOL]) as stream:
            said = stream.get_final_completion().choices[0].message
        self.assertEqual([json.loads(c.function.arguments) for c in said.tool_calls], [{"to": EMAIL}] * 2)
        messages.append(said.to_dict())
        for call in said.tool_calls:
            messages.append({"role": "tool", "tool_call_id": call.id, "content": f"sent to {EMAIL}"})
        script({"parts": [{"text": "{{tool}}"}]})
        answer = client().chat.completions.create(model=MODEL, messages=messages, tools=[CHAT_TOOL])
        self.assertEqual(answer.choices[0].message.content, f"sent to {EMAIL}")
        sent = last()["messages"]
        self.assertEqual([m["tool_call_id"] for m in sent[-2:]], [c["id"] for c in sent[-3]["tool_calls"]])

    def test_structured_output(self):
        script({"parts": [{"text": '{"email": "{{EMAIL}}", "note": "a \\"quoted\\" word"}'}]})
        answer = client().chat.completions.parse(
            model=MODEL, messages=user(f"Who wrote? {EMAIL}"), response_format=Contact
        )
        self.assertEqual(answer.choices[0].message.parsed, Contact(email=EMAIL, note='a "quoted" word'))

    def test_async_client(self):
        async def talk():
            async with openai.AsyncOpenAI(base_url=f"{GATEWAY}/v1", api_key="dummy") as caller:
                texts = [f"{n} {LETTER}" for n in range(4)]
                calls = [caller.chat.completions.create(model=MODEL, messages=user(text)) for text in texts]
                answers = await asyncio.gather(*calls)
                self.assertEqual([a.choices[0].message.content for a in answers], texts)
                stream = await caller.chat.completions.create(model=MODEL, messages=user(LETTER), stream=True)
                pieces = [chunk.choices[0].delta.content or "" async for chunk in stream if chunk.choices]
                self.assertEqual("".join(pieces), LETTER)

        asyncio.run(talk())


class Responses(unittest.TestCase):
    def test_answer(self):
        answer = client().responses.create(model=MODEL, input=LETTER, instructions=f"Sign as {EMAIL}.")
        self.assertEqual(answer.output_text, LETTER)
        self.assertNotIn(EMAIL, json.dumps(last()))

    def test_stream_says_the_same_in_every_event(self):
        script({"parts": [{"thinking": {"text": "on {{EMAIL}}", "signature": SEAL}}, {"text": "{{user}}"}],
                "piece": 3, "chunk": 11})
        deltas, done, summary = "", [], []
        with client().responses.stream(model=MODEL, input=LETTER) as stream:
            for event in stream:
                match event.type:
                    case "response.output_text.delta":
                        deltas += event.delta
                    case "response.output_text.done":
                        done.append(event.text)
                    case "response.content_part.done":
                        done.append(event.part.text)
                    case "response.reasoning_summary_text.done":
                        summary.append(event.text)
                    case "response.output_item.done" if event.item.type == "message":
                        done.append(event.item.content[0].text)
                    case "response.completed":
                        done.append(event.response.output_text)
        self.assertEqual(deltas, LETTER)
        self.assertEqual(done, [LETTER] * 4)
        self.assertEqual(summary, [f"on {EMAIL}"])

    def test_tool_call_and_its_result(self):
        script({"parts": [{"tool": {"name": "send_mail", "arguments": '{"to": "{{EMAIL}}"}'}}], "piece": 2})
        items = user(f"Write to {EMAIL}.")
        with client().responses.stream(model=MODEL, input=items, tools=[TOOL]) as stream:
            answer = stream.get_final_response()
        call = answer.output[0]
        self.assertEqual(json.loads(call.arguments), {"to": EMAIL})
        items += [call.to_dict(), {"type": "function_call_output", "call_id": call.call_id, "output": f"sent {EMAIL}"}]
        script({"parts": [{"text": "{{tool}}"}]})
        answer = client().responses.create(model=MODEL, input=items, tools=[TOOL])
        self.assertEqual(answer.output_text, f"sent {EMAIL}")
        sent = last()["input"]
        self.assertEqual(sent[-1]["call_id"], sent[-2]["call_id"])

    def test_continuation_knows_the_values_of_the_turn_before(self):
        first = client().responses.create(model=MODEL, input=f"My address is {EMAIL}.")
        placeholder = last()["input"].removeprefix("My address is ").removesuffix(".")
        script({"parts": [{"text": f"It is {placeholder}."}]})
        again = client().responses.create(model=MODEL, input="Which one?", previous_response_id=first.id)
        self.assertEqual(again.output_text, f"It is {EMAIL}.")
        self.assertEqual(last()["previous_response_id"], first.id)

    def test_structured_output(self):
        script({"parts": [{"text": '{"email": "{{EMAIL}}", "note": "n"}'}]})
        answer = client().responses.parse(model=MODEL, input=f"Who wrote? {EMAIL}", text_format=Contact)
        self.assertEqual(answer.output_parsed, Contact(email=EMAIL, note="n"))

    def test_compaction_and_token_counts_are_masked(self):
        compacted = client().responses.compact(model=MODEL, input=user(LETTER))
        self.assertEqual(compacted.output[-1].type, "compaction")
        self.assertNotIn(EMAIL, json.dumps(last()))
        count = client().responses.input_tokens.count(model=MODEL, input=LETTER)
        self.assertGreater(count.input_tokens, 0)
        self.assertNotIn(EMAIL, json.dumps(last()))


class Others(unittest.TestCase):
    def test_embeddings(self):
        answer = client().embeddings.create(model="text-embedding-3-small", input=[LETTER, "a"])
        self.assertEqual([len(item.embedding) for item in answer.data], [4, 4])
        self.assertNotIn(EMAIL, json.dumps(last()))

    def test_legacy_completions(self):
        answer = client().completions.create(model="gpt-3.5-turbo-instruct", prompt=LETTER)
        self.assertEqual(answer.choices[0].text, LETTER)
        stream = client().completions.create(model="gpt-3.5-turbo-instruct", prompt=LETTER, stream=True)
        self.assertEqual("".join(c.choices[0].text for c in stream), LETTER)

    def test_models(self):
        self.assertEqual([model.id for model in client().models.list()], [MODEL])


class Errors(unittest.TestCase):
    def test_each_status_becomes_its_exception(self):
        for status, exception in [
            (400, openai.BadRequestError),
            (401, openai.AuthenticationError),
            (403, openai.PermissionDeniedError),
            (404, openai.NotFoundError),
            (422, openai.UnprocessableEntityError),
            (429, openai.RateLimitError),
            (500, openai.InternalServerError),
        ]:
            with self.subTest(status=status):
                script({"status": status, "fault": {"message": "about {{EMAIL}}"}})
                with self.assertRaises(exception) as raised:
                    client(max_retries=0).chat.completions.create(model=MODEL, messages=user(EMAIL))
                self.assertIn(f"about {EMAIL}", raised.exception.message)
                self.assertEqual(raised.exception.status_code, status)
                self.assertTrue(raised.exception.request_id)

    def test_an_error_page_is_an_error_of_its_status(self):
        for status, exception in [(404, openai.NotFoundError), (429, openai.RateLimitError), (502, openai.InternalServerError)]:
            with self.subTest(status=status):
                headers = [["content-type", "text/html"], ["retry-after", "17"]]
                script({"status": status, "raw": "<html>about {{EMAIL}}</html>", "headers": headers})
                with self.assertRaises(exception) as raised:
                    client(max_retries=0).chat.completions.create(model=MODEL, messages=user(EMAIL))
                self.assertEqual(raised.exception.code, "upstream_error_unreadable")
                self.assertEqual(raised.exception.response.headers["retry-after"], "17")
                self.assertNotIn("EMAIL_", str(raised.exception.body))

    def test_a_secret_is_refused_with_a_reason_and_not_sent(self):
        before = len(requests())
        with self.assertRaises(openai.BadRequestError) as raised:
            client().chat.completions.create(model=MODEL, messages=user(f"the key is {API_KEY}"))
        self.assertEqual(raised.exception.code, "privacy_blocked")
        self.assertNotIn(API_KEY, str(raised.exception.body))
        self.assertEqual(len(requests()), before)

    def test_the_sdk_retries_and_gets_its_answer(self):
        before = len(requests())
        headers = [["retry-after", "0"], ["retry-after-ms", "1"]]
        script(
            {"status": 429, "fault": {"message": "slow down"}, "headers": headers},
            {"status": 500, "fault": {"message": "oh"}, "headers": headers},
        )
        answer = client(max_retries=2).chat.completions.create(model=MODEL, messages=user(LETTER))
        self.assertEqual(answer.choices[0].message.content, LETTER)
        self.assertEqual(len(requests()), before + 3)

    def test_an_error_in_the_stream_is_raised(self):
        script({"end": {"error": 3}, "fault": {"message": "about {{EMAIL}}"}})
        with self.assertRaises(openai.APIError) as raised:
            list(client().chat.completions.create(model=MODEL, messages=user(EMAIL), stream=True))
        self.assertIn(EMAIL, raised.exception.message)

    def test_a_failed_response_is_reported(self):
        script({"finish": "failed", "fault": {"message": "about {{EMAIL}}", "code": "server_error"}})
        with client().responses.stream(model=MODEL, input=EMAIL) as stream:
            failed = [event.response for event in stream if event.type == "response.failed"]
        self.assertEqual(failed[0].error.message, f"about {EMAIL}")

    def test_a_cut_stream_is_no_clean_end(self):
        script({"end": {"cut": 900}})
        with self.assertRaises(openai.APIError):
            list(client(max_retries=0).chat.completions.create(model=MODEL, messages=user(LETTER), stream=True))


if __name__ == "__main__":
    unittest.main()
