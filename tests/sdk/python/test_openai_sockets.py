"""The OpenAI SDK over WebSocket through the gateway, whatever the provider speaks: shown whole, sent masked."""

import asyncio
import json
import unittest

import openai

from support import API_KEY, EMAIL, GATEWAY, LETTER, requests, script

MODEL = "gpt-5.1"
TOOL = {"type": "function", "name": "send_mail", "strict": False,
        "parameters": {"type": "object", "properties": {"to": {"type": "string"}}}}
LAST = ("response.completed", "response.failed", "response.incomplete", "error")


def connect():
    return openai.OpenAI(base_url=f"{GATEWAY}/v1", api_key="dummy").responses.connect()


def turn(connection, **request):
    connection.response.create(model=MODEL, **request)
    events = []
    while not events or events[-1].type not in LAST:
        events.append(connection.recv())
    return events


def answered(connection, **request):
    """The response of a turn, which says the same in its deltas."""
    events = turn(connection, **request)
    assert events[-1].type == "response.completed", events[-1]
    response = events[-1].response
    assert said(events) == response.output_text, events
    return response


def said(events):
    return "".join(event.delta for event in events if event.type == "response.output_text.delta")


def asked():
    """What asked the provider for an answer; the handshakes are not among it."""
    return [request for request in requests() if request["method"] != "GET"]


class Turns(unittest.TestCase):
    def test_answer(self):
        script({"parts": [{"text": "{{user}}"}], "piece": 3})
        with connect() as connection:
            response = answered(connection, input=LETTER, instructions=f"Sign as {EMAIL}.", store=False)
        self.assertEqual(response.output_text, LETTER)
        self.assertNotIn(EMAIL, json.dumps(asked()[-1]))

    def test_chains_with_and_without_storage(self):
        for store in (False, True):
            with self.subTest(store=store), connect() as connection:
                script({"parts": [{"text": "Noted."}]}, *[{"parts": [{"text": "It was {{EMAIL}}."}]}] * 3)
                response = answered(connection, input=f"My address is {EMAIL}.", store=store)
                for _ in range(3):
                    previous = response.id
                    response = answered(connection, input="Which?", previous_response_id=previous, store=store)
                    self.assertEqual(response.output_text, f"It was {EMAIL}.")
                    self.assertNotEqual(response.id, previous)

    def test_what_is_stored_goes_on_elsewhere_and_the_rest_does_not(self):
        script({"parts": [{"text": "Noted."}]}, *[{"parts": [{"text": "It was {{EMAIL}}."}]}] * 2)
        with connect() as connection:
            response = answered(connection, input=f"My address is {EMAIL}.", store=True)
        with connect() as connection:
            for store in (True, False):
                response = answered(connection, input="Which?", previous_response_id=response.id, store=store)
                self.assertEqual(response.output_text, f"It was {EMAIL}.")
        with connect() as connection:
            error = turn(connection, input="Which?", previous_response_id=response.id, store=False)[-1]
        self.assertEqual((error.type, error.status), ("error", 400))
        self.assertEqual(error.error.code, "previous_response_not_found")

    def test_tool_call_and_its_output(self):
        script({"parts": [{"tool": {"name": "send_mail", "arguments": '{"to": "{{EMAIL}}"}'}}], "piece": 2},
               {"parts": [{"text": "{{tool}}"}]})
        with connect() as connection:
            events = turn(connection, input=f"Write to {EMAIL}.", tools=[TOOL], store=False)
            response = events[-1].response
            (call,) = response.output
            deltas = [event.delta for event in events if event.type == "response.function_call_arguments.delta"]
            self.assertEqual([json.loads(text) for text in ("".join(deltas), call.arguments)], [{"to": EMAIL}] * 2)
            output = {"type": "function_call_output", "call_id": call.call_id, "output": f"sent to {EMAIL}"}
            again = answered(connection, input=[output], tools=[TOOL], previous_response_id=response.id, store=False)
        self.assertEqual(again.output_text, f"sent to {EMAIL}")
        items = json.loads(asked()[-1]["seen"])["input"]
        called = [item["call_id"] for item in items if "call_id" in item]
        self.assertEqual(called, [call.call_id] * 2)

    def test_prewarming(self):
        script({"parts": [{"text": "{{user}} {{EMAIL}} {{system}}"}]})
        with connect() as connection:
            warm = turn(connection, input=f"My address is {EMAIL}.", instructions="Be brief.", store=False,
                        generate=False)[-1].response
            self.assertEqual((warm.status, warm.output), ("completed", []))
            response = answered(connection, input="Which?", instructions="Be brief.", previous_response_id=warm.id,
                                store=False)
        self.assertTrue(response.output_text.startswith(f"Which? {EMAIL} Be brief."), response.output_text)

    def test_async_client(self):
        async def ask(caller, text):
            async with caller.responses.connect() as connection:
                await connection.response.create(model=MODEL, input=text, store=False)
                async for event in connection:
                    if event.type in LAST:
                        return event.response

        async def talk():
            async with openai.AsyncOpenAI(base_url=f"{GATEWAY}/v1", api_key="dummy") as caller:
                texts = [f"{n} {LETTER}" for n in range(4)]
                answers = await asyncio.gather(*[ask(caller, text) for text in texts])
                self.assertEqual([answer.output_text for answer in answers], texts)

        asyncio.run(talk())


class Errors(unittest.TestCase):
    def still_works(self, connection):
        self.assertEqual(answered(connection, input=LETTER, store=False).output_text, LETTER)

    def test_a_secret_is_refused_with_a_reason_and_not_sent(self):
        with connect() as connection:
            before = len(asked())
            (error,) = turn(connection, input=f"the key is {API_KEY}", store=False)
            self.assertEqual((error.type, error.status, error.error.code), ("error", 400, "privacy_blocked"))
            self.assertIn("API_KEY", error.error.message)
            self.assertNotIn(API_KEY, error.to_json())
            self.assertEqual(len(asked()), before)
            self.still_works(connection)

    def test_the_providers_errors(self):
        for status in (400, 401, 404, 429, 500, 503):
            with self.subTest(status=status), connect() as connection:
                script({"status": status, "fault": {"message": "about {{EMAIL}}", "code": "some_code"}})
                (error,) = turn(connection, input=EMAIL, store=False)
                self.assertEqual((error.type, error.status), ("error", status))
                self.assertEqual((error.error.message, error.error.code), (f"about {EMAIL}", "some_code"))
                self.assertEqual(error.to_dict()["headers"].get("retry-after"), "1" if status == 429 else None)
                self.still_works(connection)

    def test_a_failed_response(self):
        script({"finish": "failed", "fault": {"message": "about {{EMAIL}}", "code": "server_error"}})
        with connect() as connection:
            failed = turn(connection, input=EMAIL, store=False)[-1]
            self.assertEqual((failed.type, failed.response.error.message), ("response.failed", f"about {EMAIL}"))
            self.still_works(connection)

    def test_an_error_in_the_middle(self):
        script({"end": {"error": 5}, "fault": {"message": "about {{EMAIL}}"}})
        with connect() as connection:
            error = turn(connection, input=EMAIL, store=False)[-1]
            self.assertEqual((error.type, error.status, error.error.message), ("error", 500, f"about {EMAIL}"))
            self.still_works(connection)

    def test_an_event_that_nobody_knows(self):
        with connect() as connection:
            connection.send({"type": "response.steer", "input": EMAIL})
            error = connection.recv()
            self.assertEqual((error.type, error.status), ("error", 400))
            self.still_works(connection)


if __name__ == "__main__":
    unittest.main()
