"""LangChain through the gateway: what it shows is whole, what leaves is masked."""

import asyncio
import functools
import json
import operator
import unittest

from langchain_anthropic import ChatAnthropic
from langchain_core.messages import HumanMessage
from langchain_core.tools import tool
from langchain_openai import ChatOpenAI, OpenAI, OpenAIEmbeddings
from pydantic import BaseModel

from support import API_KEY, EMAIL, GATEWAY, LETTER, last, requests, script


@tool
def send_mail(to: str) -> str:
    """Sends a mail."""
    return f"sent to {to}"


class Contact(BaseModel):
    """Somebody's address."""

    email: str


class Model:
    """What each class of models can do."""

    def test_answer(self):
        self.assertEqual(self.model().invoke(LETTER).text, LETTER)
        self.assertNotIn(EMAIL, json.dumps(last()))

    def test_stream(self):
        script({"piece": 3, "chunk": 7})
        self.assertEqual("".join(chunk.text for chunk in self.model().stream(LETTER)), LETTER)

    def test_tool_call_and_its_result(self):
        call = {"tool": {"name": "send_mail", "arguments": '{"to": "{{EMAIL}}"}'}}
        script({"parts": [{"text": "for {{EMAIL}}"}, call], "piece": 2}, {"parts": [{"text": "{{tool}}"}]})
        model = self.model().bind_tools([send_mail])
        question = HumanMessage(f"Write to {EMAIL}.")
        said = functools.reduce(operator.add, model.stream([question]))
        self.assertEqual(said.text, f"for {EMAIL}")
        (called,) = said.tool_calls
        self.assertEqual(called["args"], {"to": EMAIL})
        answer = model.invoke([question, said, send_mail.invoke(called)])
        self.assertEqual(answer.text, f"sent to {EMAIL}")

    def test_structured_output(self):
        by_method = {
            "json_schema": {"text": '{"email": "{{EMAIL}}"}'},
            "function_calling": {"tool": {"name": "Contact", "arguments": '{"email": "{{EMAIL}}"}'}},
        }
        for method, part in by_method.items():
            with self.subTest(method=method):
                script({"parts": [part]})
                contact = self.model().with_structured_output(Contact, method=method).invoke(LETTER)
                self.assertEqual(contact, Contact(email=EMAIL))

    def test_a_secret_is_refused_and_not_sent(self):
        before = len(requests())
        with self.assertRaisesRegex(Exception, "privacy_blocked"):
            self.model().invoke(f"the key is {API_KEY}")
        self.assertEqual(len(requests()), before)


class Chat(Model, unittest.TestCase):
    def model(self, **options):
        return ChatOpenAI(model="gpt-5.1", base_url=f"{GATEWAY}/v1", api_key="dummy", max_retries=0, **options)


class Responses(Chat):
    def model(self):
        return super().model(use_responses_api=True)


class Messages(Model, unittest.TestCase):
    def model(self):
        return ChatAnthropic(
            model="claude-sonnet-5", base_url=f"{GATEWAY}/anthropic", api_key="dummy", max_retries=0
        )

    def test_token_count(self):
        self.assertGreater(self.model().get_num_tokens_from_messages([HumanMessage(LETTER)]), 0)
        self.assertNotIn(EMAIL, json.dumps(last()))


class Asynchronous(unittest.TestCase):
    def test_stream(self):
        async def said(model):
            script({"piece": 3})
            return "".join([chunk.text async for chunk in model.astream(LETTER)])

        # In one loop: LangChain keeps its clients of OpenAI for the whole process.
        async def talk():
            return [await said(make().model()) for make in (Chat, Responses, Messages)]

        self.assertEqual(asyncio.run(talk()), [LETTER] * 3)


class OtherRoutes(unittest.TestCase):
    def test_completions(self):
        model = OpenAI(model="gpt-3.5-turbo-instruct", base_url=f"{GATEWAY}/v1", api_key="dummy", max_retries=0)
        self.assertEqual("".join(model.stream(LETTER)), LETTER)
        self.assertNotIn(EMAIL, json.dumps(last()))

    def test_embeddings(self):
        model = OpenAIEmbeddings(
            model="text-embedding-3-small", base_url=f"{GATEWAY}/v1", api_key="dummy", check_embedding_ctx_length=False
        )
        self.assertEqual(len(model.embed_documents([LETTER, "second"])), 2)
        self.assertNotIn(EMAIL, json.dumps(last()))
