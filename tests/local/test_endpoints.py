"""`/_local/…`: every answer has the shape that its schema says, every wrong request is told what is wrong."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator, FormatChecker

import local

SCHEMAS = Path(local.__file__).parent / "schemas"


def valid(name: str, value: Any) -> Any:
    schema = json.loads((SCHEMAS / f"{name}.json").read_text(encoding="utf-8"))
    Draft202012Validator(schema, format_checker=FormatChecker()).validate(value)
    return value


def test_every_schema_is_a_schema() -> None:
    for file in SCHEMAS.glob("*.json"):
        Draft202012Validator.check_schema(json.loads(file.read_text(encoding="utf-8")))


def test_idle_is_200_with_its_shape_when_nothing_is_pending(tiny: Any) -> None:
    tiny.stack.settle(10)
    answer = tiny.ask("GET", "/_local/idle")

    assert answer.status == 200
    assert valid("idle", answer.json())["idle"] is True


def test_idle_is_409_and_says_what_is_pending(tiny: Any) -> None:
    tiny.stack.created.sqs.send_message(
        QueueUrl=tiny.stack.created.queues()["JobsQueue"],
        MessageBody=json.dumps({"id": "later", "do": "ok"}),
        DelaySeconds=60,
    )
    answer = tiny.ask("GET", "/_local/idle")

    assert answer.status == 409
    assert valid("idle", answer.json())["pending"]["queues"] == {
        "JobsQueue": {"waiting": 0, "in_flight": 0, "delayed": 1}
    }
    tiny.ask("POST", "/_local/clock", b'{"advance_s": 61}')
    tiny.stack.settle(10)
    assert tiny.count("later.done") == 1


@pytest.mark.parametrize("name", ["outbox"])
def test_what_has_happened_is_a_list(tiny: Any, name: str) -> None:
    answer = tiny.ask("GET", f"/_local/{name}")

    assert answer.status == 200
    assert answer.headers["content-type"] == "application/json; charset=utf-8"
    assert valid(name, answer.json()) == []


def test_the_clock_is_set_and_advanced(tiny: Any) -> None:
    body = valid("clock.request", {"now": "2031-05-06T07:08:09Z"})
    moved = valid("clock", tiny.ask("POST", "/_local/clock", json.dumps(body).encode()).json())
    assert moved["now"].startswith("2031-05-06T07:08:09")

    valid("clock.request", {"advance_s": 3600})
    tiny.ask("POST", "/_local/clock", b'{"advance_s": 3600}')
    shown = valid("clock", tiny.ask("GET", "/_local/clock").json())
    assert shown["now"].startswith("2031-05-06T08:08")

    tiny.ask("POST", "/_local/clock", json.dumps({"now": datetime.now(UTC).isoformat()}).encode())


@pytest.mark.parametrize("name", ["Tick", "tick"])
def test_a_kill_is_armed_by_either_name_of_the_function(tiny: Any, name: str) -> None:
    order = valid("kill.request", {"function": name, "at_call": 99})

    answer = tiny.ask("POST", "/_local/kill", json.dumps(order).encode())

    assert valid("kill", answer.json()) == {"armed": {"Tick": 99}}


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("clock", b"not json"),
        ("clock", b"[]"),
        ("clock", b"{}"),
        ("clock", b'{"advance_s": "1"}'),
        ("clock", b'{"advance_s": true}'),
        ("clock", b'{"advance_s": 1, "now": "2031-05-06T07:08:09Z"}'),
        ("clock", b'{"now": "tomorrow"}'),
        ("kill", b'{"function": "Nobody", "at_call": 1}'),
        ("kill", b'{"function": "Work", "at_call": 0}'),
        ("kill", b'{"function": "Work", "at_call": 1, "when": "during"}'),
        ("twin/nobody", b'{"fail": "429"}'),
    ],
)
def test_a_wrong_request_is_told_what_is_wrong(tiny: Any, path: str, body: bytes) -> None:
    answer = tiny.ask("POST", f"/_local/{path}", body)

    assert answer.status == 400
    assert valid("error", answer.json())["message"]


@pytest.mark.parametrize(
    ("method", "path"), [("GET", "/_local/nothing"), ("DELETE", "/_local/outbox"), ("GET", "/_local/")]
)
def test_an_unknown_endpoint_is_not_found(tiny: Any, method: str, path: str) -> None:
    answer = tiny.ask(method, path)

    assert answer.status == 404
    valid("error", answer.json())
