"""`tribune serve` as a user starts it: the real template, the example configuration, a process of its own."""

import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from jsonschema import Draft202012Validator

import local
from local.configuration import EXAMPLE_FILE, Configuration, read
from local.running import running
from tribune.platforms import PLATFORMS

SCHEMAS = Path(local.__file__).parent / "schemas"


@dataclass
class Served:
    """A running `tribune serve`."""

    process: subprocess.Popen[str]
    url: str
    configuration: Configuration = field(default_factory=lambda: read(EXAMPLE_FILE))

    def ask(self, method: str, path: str, body: bytes | None = None, headers: dict[str, str] | None = None) -> Any:
        connection = HTTPConnection(urlsplit(self.url).netloc, timeout=30)
        try:
            connection.request(method, path, body, headers or {})
            response = connection.getresponse()
            told = response.read()
        finally:
            connection.close()
        kind = response.headers.get_content_type()
        return response.status, json.loads(told) if kind == "application/json" else told

    def shown(self, name: str) -> Any:
        _, told = self.ask("GET", f"/_local/{name}")
        Draft202012Validator(json.loads((SCHEMAS / f"{name}.json").read_text(encoding="utf-8"))).validate(told)
        return told

    def deliver(self, platform: str, body: Any, *, secret: str | None = None) -> int:
        raw = json.dumps(body, ensure_ascii=False).encode()
        channel = next(one for one in self.configuration.channels if one.platform == platform)
        headers = PLATFORMS[platform].sign(raw, secret or channel.verify["current"], datetime.now(UTC), "delivery")
        status, _ = self.ask("POST", f"/webhooks/{platform}", raw, {"content-type": "application/json", **headers})
        return int(status)

    def comment(self, number: int, text: str) -> dict[str, Any]:
        page = next(c for c in self.configuration.community.channels if c.platform == "facebook").accounts[0].id
        at = int(time.time())
        value = {
            "item": "comment",
            "verb": "add",
            "comment_id": f"{page}_{number}",
            "post_id": f"{page}_900100200300400",
            "parent_id": f"{page}_900100200300400",
            "from": {"id": "7001", "name": "Karim"},
            "message": text,
            "created_time": at,
        }
        return {"object": "page", "entry": [{"id": page, "time": at, "changes": [{"field": "feed", "value": value}]}]}

    def settle(self) -> None:
        until = time.monotonic() + 20
        while self.ask("GET", "/_local/idle")[0] != 200:
            assert time.monotonic() < until, self.ask("GET", "/_local/idle")
            time.sleep(0.05)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serving(tmp_path_factory.mktemp("serve") / "stderr") as one:
        yield one


@pytest.fixture
def alone(tmp_path: Path) -> Iterator[Served]:
    """One that no other test speaks to."""
    with serving(tmp_path / "stderr") as one:
        yield one


@contextmanager
def serving(log: Path) -> Iterator[Served]:
    with (
        log.open("w") as stderr,
        subprocess.Popen(
            [sys.executable, "-m", "local.command", "serve", "--port", "0"],
            stdout=subprocess.PIPE,
            stderr=stderr,
            text=True,
        ) as process,
    ):
        assert process.stdout is not None
        first = process.stdout.readline()
        assert first.startswith("ready http://127.0.0.1:"), log.read_text()
        yield Served(process, first.split()[1])
        process.kill()


def test_a_breach_gets_one_reply_that_cites_the_charter_however_often_it_is_delivered(alone: Served) -> None:
    comment = alone.comment(1, "@Karim t'es vraiment un abruti si tu crois ça")

    assert [alone.deliver("facebook", comment) for _ in range(3)] == [200, 200, 200]
    alone.settle()

    (reply,) = alone.shown("outbox")
    base = alone.configuration.community.charter_base_url
    assert (reply["to"], reply["kind"], reply["status"]) == ("facebook", "reply", 200)
    assert f"{base}/charter/garance/v1/fr#article-10" in reply["text"]
    (entry,) = alone.shown("journal")
    assert (entry["clause"], entry["measure"], entry["charter_version"]) == ("respect", "remind", 1)
    assert entry["actions"] == [{"kind": "reply", "state": "SENT"}]
    assert sum(one["n"] for one in alone.shown("counters")) == 1


def test_a_forged_delivery_is_refused_and_nothing_is_kept(served: Served) -> None:
    before = served.shown("journal")

    assert served.deliver("facebook", served.comment(2, "bonjour"), secret="not the secret") == 401
    served.settle()

    assert served.shown("journal") == before


def test_a_threat_is_hidden_and_somebody_is_called(served: Served) -> None:
    served.deliver("facebook", served.comment(3, "On sait où est ton magasin, on va venir te défoncer"))
    served.settle()

    seen = [(entry["to"], entry["kind"]) for entry in served.shown("outbox")]
    assert ("facebook", "hide") in seen
    assert ("console:marie", "call") in seen


def test_the_charter_is_shown(served: Served) -> None:
    status, page = served.ask("GET", "/charter/garance/v1/fr")

    assert status == 200
    assert b'id="article-10"' in page


def test_commands_find_the_running_stack(served: Served) -> None:
    (found,) = (one for one in running() if one["pid"] == served.process.pid)

    assert (found["url"], found["stage"]) == (served.url, "local")
    assert {"AWS_ENDPOINT_URL", "JOURNAL_TABLE", "TEXT_TABLE", "ACTIONS_QUEUE_URL"} <= found["environment"].keys()


def test_a_twin_fails_when_told_to_and_the_reply_is_made_up_for(served: Served) -> None:
    status, told = served.ask("POST", "/_local/twin/facebook", b'{"fail": {"mode": "500", "next": 1}}')
    assert (status, told) == (200, {"twin": "facebook"})
    status, told = served.ask("POST", "/_local/twin/facebook", b'{"fail": {"mode": "no such thing"}}')
    assert status == 400


def test_sigterm_ends_it_with_0(alone: Served) -> None:
    alone.process.send_signal(signal.SIGTERM)

    assert alone.process.wait(15) == 0
    assert alone.process.pid not in {one["pid"] for one in running()}
