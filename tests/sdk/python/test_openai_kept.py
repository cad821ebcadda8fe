"""What the provider keeps, through the OpenAI SDK: background responses, conversations; and tokens with their odds."""

import json
import unittest

import openai

from support import EMAIL, GATEWAY, LETTER, last, requests, script

MODEL = "gpt-5.1"
SAID = f"Write to {EMAIL}, that is {EMAIL}"
SCRIPTED = {"parts": [{"text": "Write to {{EMAIL}}, that is {{EMAIL}}"}], "piece": 5, "chunk": 11}


def client(key="dummy"):
    return openai.OpenAI(base_url=f"{GATEWAY}/v1", api_key=key, max_retries=0)


def message(text):
    return {"type": "message", "role": "user", "content": text}


class Background(unittest.TestCase):
    def create(self, **more):
        script(SCRIPTED)
        return client().responses.create(model=MODEL, input=LETTER, background=True, **more)

    def test_poll(self):
        begun = self.create(instructions="Be kind.")
        self.assertEqual((begun.status, begun.output_text, begun.background), ("queued", "", True))
        polled = [client().responses.retrieve(begun.id) for _ in range(3)]
        self.assertEqual([answer.status for answer in polled], ["in_progress", "in_progress", "completed"])
        self.assertEqual(polled[-1].output_text, SAID)
        self.assertEqual(polled[-1].instructions, "Be kind.")

    def test_input_items(self):
        begun = self.create()
        items = client().responses.input_items.list(begun.id, order="asc", limit=1).data
        self.assertEqual(items[0].content[0].text, LETTER)

    def test_pages_of_input_items(self):
        texts = [f"{n} {EMAIL}" for n in range(5)]
        script(SCRIPTED)
        begun = client().responses.create(model=MODEL, input=[message(text) for text in texts])
        listed = client().responses.input_items.list(begun.id, order="asc", limit=2)
        self.assertEqual([item.content[0].text for item in listed], texts)

    def test_cancel(self):
        begun = self.create()
        self.assertEqual(client().responses.cancel(begun.id).status, "cancelled")
        self.assertEqual(client().responses.retrieve(begun.id).status, "cancelled")

    def test_delete(self):
        begun = self.create()
        client().responses.delete(begun.id)
        with self.assertRaises(openai.NotFoundError):
            client().responses.retrieve(begun.id)

    def test_somebody_elses_is_like_nobodys(self):
        begun = self.create()
        for call in (
            client("other").responses.retrieve,
            client("other").responses.delete,
            client("other").responses.cancel,
            client("other").responses.input_items.list,
        ):
            with self.assertRaises(openai.NotFoundError) as raised:
                call(begun.id)
            self.assertNotIn(EMAIL, str(raised.exception.body))
        self.assertEqual(client().responses.retrieve(begun.id).status, "in_progress")

    def test_a_stream_that_was_left_goes_on(self):
        whole = [event.to_dict() for event in self.create(stream=True)]
        begun = whole[0]["response"]["id"]
        text = "".join(event["delta"] for event in whole if event["type"] == "response.output_text.delta")
        self.assertEqual(text, SAID)
        self.assertEqual([event["sequence_number"] for event in whole], list(range(len(whole))))
        for after in range(len(whole) - 1):
            rest = client().responses.retrieve(begun, stream=True, starting_after=after)
            self.assertEqual([event.to_dict() for event in rest], whole[after + 1 :])
        self.assertEqual(json.dumps(whole).count("EMAIL_"), 0)


class Conversations(unittest.TestCase):
    def test_items(self):
        caller = client()
        made = caller.conversations.create(items=[message(LETTER)], metadata={"for": EMAIL})
        self.assertEqual(made.metadata, {"for": EMAIL})
        self.assertNotIn(EMAIL, json.dumps(last()))
        self.assertNotIn("instructions", last())
        added = caller.conversations.items.create(made.id, items=[message(f"second {EMAIL}")])
        self.assertEqual(added.data[0].content[0].text, f"second {EMAIL}")
        texts = [item.content[0].text for item in caller.conversations.items.list(made.id, order="asc", limit=1)]
        self.assertEqual(texts, [LETTER, f"second {EMAIL}"])
        one = caller.conversations.items.retrieve(added.data[0].id, conversation_id=made.id)
        self.assertEqual(one.content[0].text, f"second {EMAIL}")
        caller.conversations.items.delete(one.id, conversation_id=made.id)
        self.assertEqual(len(list(caller.conversations.items.list(made.id))), 1)
        self.assertEqual(caller.conversations.update(made.id, metadata={"a": EMAIL}).metadata, {"a": EMAIL})
        self.assertEqual(caller.conversations.retrieve(made.id).metadata, {"a": EMAIL})
        with self.assertRaises(openai.NotFoundError):
            client("other").conversations.items.list(made.id)
        self.assertTrue(caller.conversations.delete(made.id).deleted)
        with self.assertRaises(openai.NotFoundError):
            caller.conversations.retrieve(made.id)

    def test_turns(self):
        made = client().conversations.create(items=[message(f"I am {EMAIL}.")])
        for _ in range(2):
            script({"parts": [{"text": "You are {{EMAIL}}."}]})
            answer = client().responses.create(model=MODEL, input="Who am I?", conversation=made.id)
            self.assertEqual(answer.output_text, f"You are {EMAIL}.")
        texts = [item.content[0].text for item in client().conversations.items.list(made.id, order="asc")]
        self.assertEqual(texts, [f"I am {EMAIL}.", *["Who am I?", f"You are {EMAIL}."] * 2])


class Tokens(unittest.TestCase):
    def assert_repeat(self, tokens, text):
        self.assertEqual("".join(token.token for token in tokens), text)
        for token in tokens:
            if getattr(token, "bytes", None) is not None:
                self.assertEqual(bytes(token.bytes).decode(), token.token)
            self.assertLess(token.logprob, 0)
            self.assertEqual(token.top_logprobs[0].token, token.token)

    def test_chat(self):
        messages = [{"role": "user", "content": LETTER}]
        asked = {"model": MODEL, "messages": messages, "logprobs": True, "top_logprobs": 2}
        script(SCRIPTED)
        whole = client().chat.completions.create(**asked).choices[0].logprobs.content
        self.assert_repeat(whole, SAID)
        script(SCRIPTED)
        streamed = []
        for chunk in client().chat.completions.create(**asked, stream=True):
            for choice in chunk.choices:
                streamed += choice.logprobs.content or [] if choice.logprobs else []
        self.assert_repeat(streamed, SAID)
        script(SCRIPTED)
        with client().chat.completions.stream(**asked) as stream:
            final = stream.get_final_completion().choices[0]
        self.assert_repeat(final.logprobs.content, SAID)
        self.assertEqual(final.message.content, SAID)

    def test_responses(self):
        asked = {"model": MODEL, "input": LETTER, "top_logprobs": 2, "include": ["message.output_text.logprobs"]}
        script(SCRIPTED)
        whole = client().responses.create(**asked).output[0].content[0].logprobs
        self.assert_repeat(whole, SAID)
        script(SCRIPTED)
        streamed, done = [], []
        with client().responses.stream(**asked) as stream:
            for event in stream:
                if event.type == "response.output_text.delta":
                    streamed += event.logprobs
                elif event.type == "response.output_text.done":
                    done = event.logprobs
            final = stream.get_final_response().output[0].content[0].logprobs
        for tokens in (streamed, done, final):
            self.assert_repeat(tokens, SAID)


class Refused(unittest.TestCase):
    def test_files_and_batches(self):
        before = len(requests())
        with self.assertRaises(openai.NotFoundError) as raised:
            client().files.create(file=("a.txt", LETTER.encode()), purpose="user_data")
        self.assertIn("input_file", raised.exception.message)
        with self.assertRaises(openai.NotFoundError) as raised:
            client().batches.create(input_file_id="file-1", endpoint="/v1/responses", completion_window="24h")
        self.assertIn("background", raised.exception.message)
        self.assertEqual(len(requests()), before)


if __name__ == "__main__":
    unittest.main()
