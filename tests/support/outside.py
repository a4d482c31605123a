"""Whoever stands outside a running `tribune serve`: a platform, a forger, a script. Nothing of ours is imported."""

import json
import re
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from http.client import HTTPConnection
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import yaml
from jsonschema import Draft202012Validator, FormatChecker

ROOT = Path(__file__).resolve().parents[2]
SCHEMAS = ROOT / "local" / "schemas"
TRIBUNE = (sys.executable, "-m", "local.command")
A_LEASE_S = 240
"""Longer than any message stays invisible, or any action stays claimed."""


@dataclass
class Answer:
    """What came back over HTTP."""

    status: int
    kind: str
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Caller:
    """What can be asked and told over HTTP."""

    url: str
    configuration: dict[str, Any]
    process: subprocess.Popen[str]
    numbers: Iterator[int] = field(default_factory=lambda: count(900_100_200_300_400))

    # --- asking ---

    def ask(self, method: str, path: str, body: bytes | None = None, headers: dict[str, str] | None = None) -> Answer:
        connection = HTTPConnection(urlsplit(self.url).netloc, timeout=30)
        try:
            connection.request(method, path, body, headers or {})
            response = connection.getresponse()
            return Answer(response.status, response.headers.get_content_type(), response.read())
        finally:
            connection.close()

    def told(self, name: str) -> Any:
        """A local endpoint; what it says has the shape that its schema promises."""
        answer = self.ask("GET", f"/_local/{name}")
        conforms(answer.json, name)
        return answer.json

    def order(self, name: str, **what: Any) -> Answer:
        return self.ask("POST", f"/_local/{name}", json.dumps(what).encode())

    def outbox(self, **wanted: Any) -> list[dict[str, Any]]:
        """What left, reduced to the entries with these values."""
        return [entry for entry in self.told("outbox") if all(entry[key] == value for key, value in wanted.items())]

    def journal(self, *objects: str) -> list[dict[str, Any]]:
        return [entry for entry in self.told("journal") if entry["object"] in objects]

    def counted(self) -> Counter[str]:
        counts: Counter[str] = Counter()
        for entry in self.told("counters"):
            counts[entry["space"]] += entry["n"]
        return counts

    # --- time ---

    @property
    def now(self) -> datetime:
        return datetime.fromisoformat(self.told("clock")["now"])

    def settle(self, within_s: float = 30.0) -> dict[str, Any]:
        """Until nothing is in flight, delayed or due."""
        end = time.monotonic() + within_s
        while (answer := self.ask("GET", "/_local/idle")).status != 200:
            assert time.monotonic() < end, answer.json
            time.sleep(0.02)
        conforms(answer.json, "idle")
        state: dict[str, Any] = answer.json
        return state

    def recover(self) -> None:
        """Let time pass, a lease at a time, until what a crash left behind is done."""
        end, still = time.monotonic() + 60, 0
        while not (state := self.ask("GET", "/_local/idle").json)["idle"] or state["parked"].get("action"):
            assert time.monotonic() < end, state
            still = still + 1 if waits_for_time(state) else 0
            if still > 10:
                self.order("clock", advance_s=A_LEASE_S)
                still = 0
            time.sleep(0.03)

    # --- delivering ---

    def channel(self, platform: str) -> dict[str, Any]:
        return next(one for one in self.configuration["channels"] if one["platform"] == platform)

    def account(self, platform: str) -> str:
        return str(self.channel(platform)["accounts"][0]["id"])

    def send(self, platform: str, body: bytes, headers: dict[str, str], path: str = "") -> int:
        return self.ask(
            "POST", path or f"/webhooks/{platform}", body, {"content-type": "application/json", **headers}
        ).status


def waits_for_time(state: dict[str, Any]) -> bool:
    """Does nothing move any more until a message is visible again, or a lease is over?"""
    pending = state["pending"]
    return not (pending["running"] or pending["echoes"] or any(one["waiting"] for one in pending["queues"].values()))


def conforms(value: Any, name: str) -> None:
    schema = json.loads((SCHEMAS / f"{name}.json").read_text(encoding="utf-8"))
    Draft202012Validator(schema, format_checker=FormatChecker()).validate(value)


def serving[Who: Caller](who: type[Who], configuration: str, folder: Path, *arguments: str) -> Iterator[Who]:
    """`tribune serve` in a process of its own, until the test is over; it must end well."""
    log = folder / "stderr"
    with (
        log.open("w") as stderr,
        subprocess.Popen(
            [*TRIBUNE, "serve", "--port", "0", *arguments], cwd=ROOT, stdout=subprocess.PIPE, stderr=stderr, text=True
        ) as process,
    ):
        assert process.stdout is not None
        first = process.stdout.readline()
        ready = re.fullmatch(r"ready (http://127\.0\.0\.1:\d+)\n", first)
        assert ready, f"{first!r}\n{log.read_text()}"
        yield who(ready[1], yaml.safe_load(configuration), process)
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0, log.read_text()
