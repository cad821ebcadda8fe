"""The Anthropic SDK through the gateway: what it shows is whole, what leaves is masked."""

import asyncio
import json
import unittest

import anthropic
import httpx2

from support import API_KEY, EMAIL, GATEWAY, LETTER, REDACTED, SEAL, last, requests, script

MODEL = "claude-sonnet-5"
TOOL = {"name": "send_mail", "input_schema": {"type": "object", "properties": {"to": {"type": "string"}}}}


def client(**options):
    return anthropic.Anthropic(base_url=f"{GATEWAY}/anthropic", api_key="dummy", **options)


def ask(text, **more):
    return {"model": MODEL, "max_tokens": 1000, "messages": [{"role": "user", "content": text}], **more}


class Messages(unittest.TestCase):
    def test_answer(self):
        answer = client().messages.create(**ask(LETTER, system=f"Sign as {EMAIL}."))
        self.assertEqual(answer.content[0].text, LETTER)
        self.assertNotIn(EMAIL, json.dumps(last()))

    def test_stream(self):
        script({"piece": 3, "chunk": 7})
        with client().messages.stream(**ask(LETTER)) as stream:
            self.assertEqual("".join(stream.text_stream), LETTER)
            self.assertEqual(stream.get_final_message().stop_reason, "end_turn")

    def test_answers_under_a_wrong_label(self):
        for label in ("", "text/plain", "application/json", "text/event-stream"):
            with self.subTest(label=label):
                headers = [["content-type", label]]
                script({"headers": headers, "before": ": ping\n\n", "chunk": 7})
                with client().messages.stream(**ask(LETTER)) as stream:
                    self.assertEqual("".join(stream.text_stream), LETTER)
                script({"headers": headers, "before": "\n\n ", "chunk": 7})
                self.assertEqual(client().messages.create(**ask(LETTER)).content[0].text, LETTER)

    def test_thinking_keeps_its_signature(self):
        thinking = {"thinking": {"text": "about {{EMAIL}}", "signature": SEAL}}
        script({"parts": [thinking, {"redacted_thinking": REDACTED}, {"text": "{{EMAIL}}"}], "piece": 3})
        with client().messages.stream(**ask(EMAIL, thinking={"type": "enabled", "budget_tokens": 1024})) as stream:
            said = stream.get_final_message().content
        self.assertEqual([block.type for block in said], ["thinking", "redacted_thinking", "text"])
        self.assertNotIn(EMAIL, said[0].thinking)
        self.assertEqual((said[0].signature, said[1].data, said[2].text), (SEAL, REDACTED, EMAIL))
        sealed = said[0].thinking
        history = [
            {"role": "user", "content": EMAIL},
            {"role": "assistant", "content": [block.to_dict() for block in said]},
            {"role": "user", "content": "again"},
        ]
        client().messages.create(model=MODEL, max_tokens=1000, messages=history)
        sent = last()["messages"][1]["content"]
        self.assertEqual((sent[0]["thinking"], sent[0]["signature"]), (sealed, SEAL))

    def test_tool_calls_and_their_results(self):
        call = {"tool": {"name": "send_mail", "arguments": '{"to": "{{EMAIL}}"}'}}
        script({"parts": [{"text": "for {{EMAIL}}"}, call, call], "piece": 2})
        with client().messages.stream(**ask(f"Write to {EMAIL}.", tools=[TOOL])) as stream:
            said = stream.get_final_message()
        self.assertEqual(said.content[0].text, f"for {EMAIL}")
        self.assertEqual([block.input for block in said.content[1:]], [{"to": EMAIL}] * 2)
        results = [
            {"type": "tool_result", "tool_use_id": block.id, "content": f"sent to {EMAIL}"} for block in said.content[1:]
        ]
        history = [
            {"role": "user", "content": f"Write to {EMAIL}."},
            {"role": "assistant", "content": [block.to_dict() for block in said.content]},
            {"role": "user", "content": results},
        ]
        script({"parts": [{"text": "{{tool}}"}]})
        answer = client().messages.create(model=MODEL, max_tokens=1000, messages=history, tools=[TOOL])
        self.assertEqual(answer.content[0].text, f"sent to {EMAIL}")
        sent = last()["messages"]
        self.assertEqual(
            [block["tool_use_id"] for block in sent[2]["content"]], [block["id"] for block in sent[1]["content"][1:]]
        )

    def test_citations_are_whole(self):
        script({"parts": [{"cited": {"text": "see {{EMAIL}}", "quote": "mail {{EMAIL}}"}}], "piece": 3})
        with client().messages.stream(**ask(EMAIL)) as stream:
            block = stream.get_final_message().content[0]
        self.assertEqual((block.text, block.citations[0].cited_text), (f"see {EMAIL}", f"mail {EMAIL}"))

    def test_token_count_is_masked(self):
        self.assertGreater(client().messages.count_tokens(model=MODEL, messages=ask(LETTER)["messages"]).input_tokens, 0)
        self.assertTrue(requests()[-1]["target"].endswith("/v1/messages/count_tokens"))
        self.assertNotIn(EMAIL, json.dumps(last()))

    def test_beta_headers_and_query_pass(self):
        betas = ["context-management-2025-06-27", "effort-2025-11-24"]
        answer = client().beta.messages.create(**ask(LETTER), betas=betas, extra_query={"beta": "true"})
        self.assertEqual(answer.content[0].text, LETTER)
        request = requests()[-1]
        self.assertEqual(request["target"], "/v1/messages?beta=true")
        sent = [value for name, value in request["headers"] if name == "anthropic-beta"]
        self.assertEqual(",".join(sent).replace(" ", "").split(","), betas)

    def test_models(self):
        self.assertEqual([model.id for model in client().models.list()], [MODEL])

    def test_async_client(self):
        async def talk():
            async with anthropic.AsyncAnthropic(base_url=f"{GATEWAY}/anthropic", api_key="dummy") as caller:
                texts = [f"{n} {LETTER}" for n in range(4)]
                answers = await asyncio.gather(*(caller.messages.create(**ask(text)) for text in texts))
                self.assertEqual([answer.content[0].text for answer in answers], texts)
                async with caller.messages.stream(**ask(LETTER)) as stream:
                    self.assertEqual("".join([text async for text in stream.text_stream]), LETTER)

        asyncio.run(talk())


class Errors(unittest.TestCase):
    def test_each_status_becomes_its_exception(self):
        for status, exception in [
            (400, anthropic.BadRequestError),
            (401, anthropic.AuthenticationError),
            (403, anthropic.PermissionDeniedError),
            (404, anthropic.NotFoundError),
            (429, anthropic.RateLimitError),
            (500, anthropic.InternalServerError),
            (529, anthropic.InternalServerError),
        ]:
            with self.subTest(status=status):
                script({"status": status, "fault": {"message": "about {{EMAIL}}"}})
                with self.assertRaises(exception) as raised:
                    client(max_retries=0).messages.create(**ask(EMAIL))
                self.assertIn(f"about {EMAIL}", raised.exception.message)
                self.assertEqual(raised.exception.status_code, status)
                self.assertTrue(raised.exception.request_id)

    def test_an_error_page_is_an_error_of_its_status(self):
        for status, exception in [(403, anthropic.PermissionDeniedError), (429, anthropic.RateLimitError)]:
            with self.subTest(status=status):
                script({"status": status, "raw": "about {{EMAIL}}", "headers": [["content-type", "text/plain"]]})
                with self.assertRaises(exception) as raised:
                    client(max_retries=0).messages.create(**ask(EMAIL))
                self.assertIn("could not be read", raised.exception.body["error"]["message"])
                self.assertNotIn("EMAIL_", str(raised.exception.body))

    def test_a_secret_is_refused_with_a_reason_and_not_sent(self):
        before = len(requests())
        with self.assertRaises(anthropic.BadRequestError) as raised:
            client().messages.create(**ask(f"the key is {API_KEY}"))
        self.assertEqual(raised.exception.body["type"], "error")
        self.assertNotIn(API_KEY, str(raised.exception.body))
        self.assertEqual(len(requests()), before)

    def test_the_sdk_retries_and_gets_its_answer(self):
        before = len(requests())
        headers = [["retry-after", "0"], ["retry-after-ms", "1"]]
        script({"status": 529, "fault": {"message": "busy"}, "headers": headers})
        answer = client(max_retries=2).messages.create(**ask(LETTER))
        self.assertEqual(answer.content[0].text, LETTER)
        self.assertEqual(len(requests()), before + 2)

    def test_an_error_in_the_stream_is_raised(self):
        script({"end": {"error": 3}, "fault": {"message": "about {{EMAIL}}"}})
        with self.assertRaises(anthropic.APIError) as raised:
            with client().messages.stream(**ask(EMAIL)) as stream:
                stream.until_done()
        self.assertIn(EMAIL, raised.exception.message)

    def test_a_cut_stream_is_no_clean_end(self):
        script({"end": {"cut": 900}})
        with self.assertRaises((httpx2.RemoteProtocolError, anthropic.APIError)):
            with client(max_retries=0).messages.stream(**ask(LETTER)) as stream:
                stream.until_done()


if __name__ == "__main__":
    unittest.main()
