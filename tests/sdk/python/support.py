"""What the SDK tests share: where the gateway and the fake provider are, and the values that must not leave."""

import json
import os
import urllib.request

GATEWAY = os.environ["BAUTA_TEST_GATEWAY"]
FAKE = os.environ["BAUTA_TEST_FAKE"]
LETTER = os.environ["BAUTA_TEST_LETTER"]
EMAIL = os.environ["BAUTA_TEST_EMAIL"]
# What providers seal thinking with.
SEAL = (
    "EqQBCgIYAhIMix/U8IAgqR6ODkEjL1v7nmKQ/h2naOl/xW4Si8OA88aV225ICwZ8UvfPyiLj9bMEiWbT/eXV6RdQi5PJrbOnUlgg"
    "prO+Q13Y5L2QPPwe90am5/K3v2rsBUj9SHV6I5/6oCaNNZxnLcIACOrl19YQ"
)
REDACTED = (
    "EmwKAhgBnvFaO12b+MBbmRLM4EhYSkwCBtn8LVxZxusxrQi8ij5Zqi/YQCdCdLabbS89HBXWv8xEC0QhYIsI4ZR8GrZ0ncKv"
)
API_KEY = os.environ["BAUTA_TEST_API_KEY"]


def script(*replies):
    """Queues replies at the fake provider."""
    request = urllib.request.Request(f"{FAKE}/_fake/script", json.dumps(replies).encode(), method="POST")
    urllib.request.urlopen(request).read()


def requests():
    """Everything that the fake provider received so far."""
    return json.load(urllib.request.urlopen(f"{FAKE}/_fake/requests"))


def last():
    """The body of the last request."""
    return json.loads(requests()[-1]["body"])
