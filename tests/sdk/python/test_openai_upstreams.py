"""The OpenAI SDK before other upstreams: Azure's paths, and models that take no system message."""

import json
import unittest

import openai

from support import EMAIL, GATEWAY, LETTER, requests, script

VERSION = "2024-10-21"


def user(text):
    return [{"role": "user", "content": text}]


def last():
    """The last request at the provider: its path, its headers, its body."""
    request = requests()[-1]
    return request["target"], dict(request["headers"]), json.loads(request["body"])


class Azure(unittest.TestCase):
    def client(self, **options):
        return openai.AzureOpenAI(
            azure_endpoint=f"{GATEWAY}/azure", api_version=VERSION, api_key="key-of-the-caller", **options
        )

    def test_a_deployment_is_asked_where_it_is(self):
        answer = self.client().chat.completions.create(model="mine", messages=user(LETTER))
        self.assertEqual(answer.choices[0].message.content, LETTER)
        path, headers, body = last()
        self.assertEqual(path, f"/openai/deployments/mine/chat/completions?api-version={VERSION}")
        self.assertEqual(headers["api-key"], "key-of-the-caller")
        self.assertNotIn(EMAIL, json.dumps(body))

    def test_a_deployment_of_the_client(self):
        stream = self.client(azure_deployment="other").chat.completions.create(
            model="mine", messages=user(LETTER), stream=True
        )
        text = "".join(choice.delta.content or "" for chunk in stream for choice in chunk.choices)
        self.assertEqual(text, LETTER)
        self.assertEqual(last()[0], f"/openai/deployments/other/chat/completions?api-version={VERSION}")

    def test_responses_belong_to_no_deployment(self):
        answer = self.client().responses.create(model="mine", input=LETTER)
        self.assertEqual(answer.output_text, LETTER)
        self.assertEqual(last()[0], f"/openai/responses?api-version={VERSION}")

    def test_the_version_without_deployments(self):
        client = openai.OpenAI(base_url=f"{GATEWAY}/azure/openai/v1", api_key="key-of-the-caller")
        answer = client.responses.create(model="mine", input=LETTER)
        self.assertEqual(answer.output_text, LETTER)
        self.assertEqual(last()[0], "/openai/v1/responses")


class SystemRole(unittest.TestCase):
    def test_the_sdk_tries_again_and_succeeds(self):
        refusal = {"status": 400, "fault": {"message": "System role not supported"}}
        script(refusal, {})
        before = len(requests())
        client = openai.OpenAI(base_url=f"{GATEWAY}/v1", api_key="dummy", max_retries=1)
        answer = client.chat.completions.create(model="quaint-1", messages=user(LETTER))
        self.assertEqual(answer.choices[0].message.content.split("\n\n", 1)[1], LETTER)
        bodies = [json.loads(request["body"]) for request in requests()[before:]]
        roles = [[message["role"] for message in body["messages"]] for body in bodies]
        self.assertEqual(roles, [["system", "user"], ["user"]])
