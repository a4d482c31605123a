"""The HTTP API's door: genuine payload 2.0 events in, the function's answer out."""

import base64
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from local.door import Door, answer, body_of
from local.resources import Route
from local.runtime import Ending, Result
from local.wire import Request

NOW = datetime(2026, 11, 22, 9, 5, 7, tzinfo=UTC)
ROUTES = (
    Route("Webhook", "GET", "/webhooks/{platform}"),
    Route("Webhook", "POST", "/webhooks/{platform}"),
    Route("Webhook", "POST", "/webhooks/{platform}/{channel}"),
    Route("Charter", "GET", "/charter/{proxy+}"),
    Route("Latest", "GET", "/charter/latest"),
)


class Functions:
    """Remembers the last event and answers with its own name."""

    def __init__(self) -> None:
        self.event: dict[str, Any] = {}

    def invoke(self, function: str, event: Mapping[str, Any]) -> Result:
        self.event = dict(event)
        return Result(Ending.RETURNED, json.dumps({"statusCode": 200, "body": function}).encode())


@pytest.fixture
def functions() -> Functions:
    return Functions()


@pytest.fixture
def door(functions: Functions) -> Door:
    return Door(ROUTES, "eu-west-3", invoke=functions.invoke, now=lambda: NOW)


def request(method: str, target: str, body: bytes = b"", *headers: tuple[str, str]) -> Request:
    return Request(method, target, (("Host", "127.0.0.1:8787"), *headers), body)


@pytest.mark.parametrize(
    ("method", "target", "function"),
    [
        ("GET", "/webhooks/facebook?hub.mode=subscribe", b"Webhook"),
        ("POST", "/webhooks/line/second", b"Webhook"),
        ("GET", "/charter/garance/v1/fr", b"Charter"),
        ("GET", "/charter/latest", b"Latest"),
    ],
)
def test_each_route_goes_to_its_function(door: Door, method: str, target: str, function: bytes) -> None:
    assert door.handle(request(method, target)).body == function


@pytest.mark.parametrize(
    ("method", "target"),
    [
        ("GET", "/"),
        ("PUT", "/webhooks/facebook"),
        ("GET", "/charter"),
        ("GET", "/webhooks/a/b/c"),
        ("POST", "/webhooks/"),
    ],
)
def test_whatever_is_no_route_is_not_found(door: Door, functions: Functions, method: str, target: str) -> None:
    reply = door.handle(request(method, target))

    assert (reply.status, json.loads(reply.body)) == (404, {"message": "Not Found"})
    assert functions.event == {}


def test_the_event_is_what_the_documentation_shows(door: Door, functions: Functions) -> None:
    door.handle(
        request(
            "POST",
            "/webhooks/face%20book?a=1&a=2&b=%C3%A9",
            b'{"a":1}',
            ("Content-Type", "application/json; charset=utf-8"),
            ("X-Twice", "one"),
            ("x-twice", "two"),
            ("Cookie", "a=1; b=2"),
            ("User-Agent", "facebookexternalua"),
        )
    )
    event = functions.event

    assert event["version"] == "2.0"
    assert event["routeKey"] == "POST /webhooks/{platform}"
    assert event["rawPath"] == "/webhooks/face book"
    assert event["rawQueryString"] == "a=1&a=2&b=%C3%A9"
    assert event["queryStringParameters"] == {"a": "1,2", "b": "é"}
    assert event["pathParameters"] == {"platform": "face book"}
    assert event["cookies"] == ["a=1", "b=2"]
    assert event["headers"]["x-twice"] == "one,two"
    assert "cookie" not in event["headers"]
    assert (event["body"], event["isBase64Encoded"]) == ('{"a":1}', False)
    http = event["requestContext"]["http"]
    assert (http["method"], http["path"], http["userAgent"]) == ("POST", "/webhooks/face book", "facebookexternalua")
    assert event["requestContext"]["time"] == "22/Nov/2026:09:05:07 +0000"
    assert event["requestContext"]["timeEpoch"] == 1795338307000


def test_what_is_absent_is_left_out(door: Door, functions: Functions) -> None:
    door.handle(request("GET", "/charter/latest"))

    assert functions.event.keys().isdisjoint({"cookies", "queryStringParameters", "pathParameters", "body"})
    assert functions.event["isBase64Encoded"] is False


@pytest.mark.parametrize(
    ("content_type", "encoded"),
    [
        ("application/json", False),
        ("Application/JSON; charset=utf-8", False),
        ("application/xml", False),
        ("application/javascript", False),
        ("text/plain", False),
        ("text/anything;x=y", False),
        ("application/x-www-form-urlencoded", True),
        ("application/vnd.api+json", True),
        ("application/octet-stream", True),
        ("multipart/form-data; boundary=x", True),
        ("", True),
    ],
)
def test_only_text_travels_as_text(content_type: str, encoded: bool) -> None:
    body, is_encoded = body_of("é=1".encode(), content_type)

    assert is_encoded is encoded
    assert body == (base64.b64encode("é=1".encode()).decode() if encoded else "é=1")


@given(st.binary(max_size=200), st.sampled_from(["application/json", "text/plain", "", "image/png"]))
def test_no_byte_is_lost_on_the_way(body: bytes, content_type: str) -> None:
    text, encoded = body_of(body, content_type)

    assert (base64.b64decode(text) if encoded else text.encode()) == body


def returned(value: Any) -> Result:
    return Result(Ending.RETURNED, json.dumps(value).encode())


def test_the_answer_is_what_the_function_says() -> None:
    reply = answer(
        returned(
            {
                "statusCode": 201,
                "headers": {"content-type": "text/html", "x-a": "1"},
                "cookies": ["a=1"],
                "body": base64.b64encode(b"\x00").decode(),
                "isBase64Encoded": True,
            }
        )
    )

    assert reply.status == 201
    assert reply.body == b"\x00"
    assert reply.headers == (("content-type", "text/html"), ("x-a", "1"), ("Set-Cookie", "a=1"))


def test_an_answer_without_a_status_is_json() -> None:
    reply = answer(returned({"hello": "é"}))

    assert (reply.status, json.loads(reply.body)) == (200, {"hello": "é"})


@pytest.mark.parametrize(
    ("result", "status"),
    [
        (Result(Ending.RAISED, b'{"errorType": "ValueError"}'), 500),
        (Result(Ending.TIMED_OUT), 503),
        (Result(Ending.KILLED), 503),
        (Result(Ending.NEVER_STARTED), 503),
        (Result(Ending.RETURNED, b"no json"), 500),
        (returned({"statusCode": "many"}), 500),
        (returned({"statusCode": 200, "isBase64Encoded": True, "body": "%%%"}), 500),
        (returned({"statusCode": 200, "headers": ["a"]}), 500),
        (returned({"statusCode": 200, "body": {"a": 1}}), 500),
    ],
)
def test_a_function_that_fails_is_a_server_error_and_says_nothing_more(result: Result, status: int) -> None:
    reply = answer(result)

    assert reply.status == status
    assert json.loads(reply.body).keys() == {"message"}
