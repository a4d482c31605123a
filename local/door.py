"""The HTTP API in front of the functions: genuine payload 2.0 events in, the function's answer out.

https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
"""

import base64
import binascii
import json
import re
import uuid
from collections.abc import Callable, Mapping
from datetime import datetime
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl, unquote

from local.resources import ACCOUNT, Route
from local.runtime import Ending, Result
from local.wire import HOST, Reply, Request

_TEXT = re.compile(r"text/.*|application/(json|xml|javascript)")
"""Media types whose bodies travel as text; everything else is base64, form-encoded bodies and a missing type included."""


def _message(status: int, sentence: str) -> Reply:
    return Reply(status, json.dumps({"message": sentence}).encode(), {"Content-Type": "application/json"})


NOT_FOUND = _message(HTTPStatus.NOT_FOUND, "Not Found")
FAILED = _message(HTTPStatus.INTERNAL_SERVER_ERROR, "Internal Server Error")
UNAVAILABLE = _message(HTTPStatus.SERVICE_UNAVAILABLE, "Service Unavailable")


class Door:
    """The routes of the template, each to its function."""

    def __init__(
        self,
        routes: tuple[Route, ...],
        region: str,
        *,
        invoke: Callable[[str, Mapping[str, Any]], Result],
        now: Callable[[], datetime],
    ) -> None:
        """A full match goes before a greedy one, as in API Gateway."""
        ordered = sorted(routes, key=lambda route: ("+}" in route.path, -len(route.path)))
        self._routes = [(route, _pattern(route.path)) for route in ordered]
        self._region = region
        self._invoke, self._now = invoke, now

    def handle(self, request: Request) -> Reply:
        """Answer one request as the deployed API would."""
        path = unquote(request.path)
        for route, pattern in self._routes:
            match = pattern.fullmatch(path)
            if match and route.method in {request.method, "ANY"}:
                result = self._invoke(route.function, self._event(request, route, path, match.groupdict()))
                return answer(result)
        return NOT_FOUND

    def _event(self, request: Request, route: Route, path: str, parameters: dict[str, str]) -> dict[str, Any]:
        now = self._now()
        headers = _joined((name.lower(), value) for name, value in request.headers if name.lower() != "cookie")
        host = headers.setdefault("host", HOST)
        headers |= {"x-forwarded-for": HOST, "x-forwarded-proto": "http"}
        body, encoded = body_of(request.body, headers.get("content-type", ""))
        cookies = [
            cookie.strip() for name, value in request.headers if name.lower() == "cookie" for cookie in value.split(";")
        ]
        query = _joined(parse_qsl(request.query, keep_blank_values=True))
        event = {
            "version": "2.0",
            "routeKey": route.key,
            "rawPath": path,
            "rawQueryString": request.query,
            "cookies": cookies,
            "headers": headers,
            "queryStringParameters": query,
            "requestContext": {
                "accountId": ACCOUNT,
                "apiId": "local",
                "domainName": host.partition(":")[0],
                "domainPrefix": "local",
                "http": {
                    "method": request.method,
                    "path": path,
                    "protocol": "HTTP/1.1",
                    "sourceIp": HOST,
                    "userAgent": headers.get("user-agent", ""),
                },
                "requestId": str(uuid.uuid4()),
                "routeKey": route.key,
                "stage": "$default",
                "time": now.strftime("%d/%b/%Y:%H:%M:%S +0000"),
                "timeEpoch": int(now.timestamp() * 1000),
            },
            "pathParameters": parameters,
            "body": body,
            "isBase64Encoded": encoded,
        }
        always = {"headers", "rawQueryString", "isBase64Encoded"}
        return {key: value for key, value in event.items() if value or key in always}


def body_of(body: bytes, content_type: str) -> tuple[str, bool]:
    """The body as the event carries it, and whether that is base64."""
    if not body:
        return "", False
    if _TEXT.fullmatch(content_type.partition(";")[0].strip().lower()):
        try:
            return body.decode("utf-8"), False
        except UnicodeDecodeError:
            # A string cannot carry these bytes.
            pass
    return base64.b64encode(body).decode("ascii"), True


def answer(result: Result) -> Reply:
    """The HTTP answer to what a function returned; a failure is a 500, no answer in time a 503."""
    if result.ending is Ending.RAISED:
        return FAILED
    if result.ending is not Ending.RETURNED:
        return UNAVAILABLE
    try:
        value = result.value()
        if not isinstance(value, dict) or "statusCode" not in value:
            return Reply(HTTPStatus.OK, json.dumps(value).encode(), {"Content-Type": "application/json"})
        text = value.get("body") or ""
        body = base64.b64decode(text, validate=True) if value.get("isBase64Encoded") else text.encode("utf-8")
        headers = [(str(name), str(content)) for name, content in (value.get("headers") or {}).items()]
        headers += [("Set-Cookie", cookie) for cookie in value.get("cookies") or ()]
        if not any(name.lower() == "content-type" for name, _ in headers):
            headers.append(("Content-Type", "text/plain;charset=UTF-8"))
        return Reply(HTTPStatus(int(value["statusCode"])), body, tuple(headers))
    except (ValueError, TypeError, AttributeError, binascii.Error):
        # Not the documented shape: API Gateway says the same, and no more.
        return FAILED


def _pattern(path: str) -> re.Pattern[str]:
    """`/charter/{proxy+}` as a pattern; a greedy parameter takes the rest."""
    parts = re.split(r"\{(\w+\+?)\}", path)
    texts = (re.escape(part) for part in parts[::2])
    names = [f"(?P<{name.removesuffix('+')}>{'.+' if name.endswith('+') else '[^/]+'})" for name in (*parts[1::2],)]
    return re.compile("".join(text + name for text, name in zip(texts, [*names, ""], strict=True)))


def _joined(pairs: Any) -> dict[str, str]:
    """Repeated names become one, their values joined by commas."""
    joined: dict[str, str] = {}
    for name, value in pairs:
        joined[name] = f"{joined[name]},{value}" if name in joined else value
    return joined
