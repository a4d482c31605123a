"""A stack of three tiny functions, really running: processes, HTTP, queues, one clock."""

import http.client
import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from commanding import tribune

from local import views
from local.pump import Batch
from local.stack import LocalStack, Watcher

__all__ = ["tribune"]

TINY = Path(__file__).resolve().parent / "tiny" / "template.yaml"


@dataclass(frozen=True)
class Answer:
    """What came back over HTTP."""

    status: int
    headers: dict[str, str]
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)


def ask(url: str, method: str, path: str, body: bytes | None = None, headers: dict[str, str] | None = None) -> Answer:
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=20)
    try:
        connection.request(method, path, body, headers or {})
        response = connection.getresponse()
        return Answer(response.status, {k.lower(): v for k, v in response.getheaders()}, response.read())
    finally:
        connection.close()


@dataclass
class Tiny:
    """The running stack, and short words for what tests do with it."""

    stack: LocalStack
    batches: list[Batch]

    def ask(self, method: str, path: str, body: bytes | None = None, headers: dict[str, str] | None = None) -> Answer:
        return ask(self.stack.url, method, path, body, headers)

    def send(self, *jobs: dict[str, str]) -> None:
        entries = [{"Id": str(number), "MessageBody": json.dumps(job)} for number, job in enumerate(jobs)]
        url = self.stack.created.queues()["JobsQueue"]
        self.stack.created.sqs.send_message_batch(QueueUrl=url, Entries=entries)

    def count(self, name: str, who: str = "work") -> int:
        items = views.items(self.stack.created.tables()["DoneTable"], self.stack.region)
        return next((int(item["n"]) for item in items if (item["pk"], item["sk"]) == (who, name)), 0)

    def depth(self, queue: str) -> views.Depth:
        return views.depth(self.stack.created.queues()[queue].rpartition("/")[2], self.stack.region)

    def until(self, what: Callable[[], bool], within_s: float = 10.0) -> None:
        end = time.monotonic() + within_s
        while not what():
            if time.monotonic() > end:
                raise TimeoutError(self.stack.state())
            time.sleep(0.01)


@pytest.fixture(scope="module")
def tiny() -> Iterator[Tiny]:
    batches: list[Batch] = []
    with LocalStack(
        template=TINY, parameters={"Stage": "tiny"}, environments=2, watcher=Watcher(settled=batches.append)
    ) as stack:
        yield Tiny(stack, batches)
