"""receive_erasure: a platform passes on that somebody wants to be forgotten, or took our access away."""

import base64
import json
from functools import cache
from typing import Any

from tribune import clock
from tribune.aws import clients, secrets
from tribune.aws.queues import Queue
from tribune.channel import Delivery
from tribune.errors import DeliveryRefused, Unavailable, UnreadableBody
from tribune.platforms import platform
from tribune.settings import ReceiveErasureSettings
from tribune.telemetry import count, logger
from tribune.workflow.forget import Asking


@cache
def _asking() -> Asking:
    settings = ReceiveErasureSettings.read()
    return Asking(
        platform=platform,
        secrets=lambda name, channel, fresh: secrets.verify_secrets(settings.stage, name, channel, refresh=fresh),
        erasures=Queue(clients.sqs(), settings.erasures_queue_url),
    )


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """HTTP API v2 event -> the address and the code that confirm the request."""
    path = event.get("pathParameters") or {}
    kind, name, channel = _kind(event), path.get("platform", ""), path.get("channel", "main")
    headers = {header.lower(): value for header, value in (event.get("headers") or {}).items()}
    try:
        code = _asking().ask(kind, name, channel, Delivery("POST", headers, _body(event)), clock.now())
    except DeliveryRefused as refused:
        if refused.reason == "forged":
            count("SignaturesRefused", platform=name)
        logger().info("refused", platform=name, channel=channel, reason=refused.reason)
        return _answer(refused.status, {})
    except Unavailable as unavailable:
        logger().error("not kept", platform=name, channel=channel, reason=str(unavailable))
        return _answer(503, {})
    host = headers.get("host", "")
    scheme = "http" if host.startswith(("127.0.0.1", "localhost")) else "https"
    return _answer(200, {"url": f"{scheme}://{host}/erasure/{code}", "confirmation_code": code})


def _kind(event: dict[str, Any]) -> str:
    return str(event["routeKey"]).split("/")[1]


def _body(event: dict[str, Any]) -> bytes:
    body = event.get("body") or ""
    try:
        return base64.b64decode(body, validate=True) if event.get("isBase64Encoded") else body.encode("utf-8")
    except ValueError as error:  # not base64, not even ASCII, or half a character
        raise UnreadableBody("the body's encoding is broken") from error


def _answer(status: int, body: dict[str, str]) -> dict[str, Any]:
    headers = {"content-type": "application/json", "x-content-type-options": "nosniff", "cache-control": "no-store"}
    return {"statusCode": status, "headers": headers, "body": json.dumps(body)}
