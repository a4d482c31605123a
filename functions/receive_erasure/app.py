"""receive_erasure: a platform passes on that somebody wants to be forgotten, or took our access away."""

import json
from functools import cache
from typing import Any

from tribune import clock
from tribune.aws import clients, secrets
from tribune.aws.gateway import delivery
from tribune.aws.queues import Queue
from tribune.errors import DeliveryRefused, Unavailable
from tribune.platforms import platform
from tribune.settings import ReceiveErasureSettings
from tribune.telemetry import count, logger
from tribune.workflow.forget import Forgetting


@cache
def _forgetting() -> Forgetting:
    settings = ReceiveErasureSettings.read()
    return Forgetting(
        platform=platform,
        secrets=lambda name, channel, fresh: secrets.verify_secrets(settings.stage, name, channel, refresh=fresh),
        erasures=Queue(clients.sqs(), settings.erasures_queue_url),
    )


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """HTTP API v2 event -> the address and the code that confirm the request."""
    path = event.get("pathParameters") or {}
    kind, name, channel = _kind(event), path.get("platform", ""), path.get("channel", "main")
    try:
        asked = delivery(event)
        code = _forgetting().ask(kind, name, channel, asked, clock.now())
    except DeliveryRefused as refused:
        # A channel of ours is named; where there is none, a stranger wrote the address.
        ours = {"platform": name, "channel": channel} if refused.reason == "forged" else {}
        if ours:
            count("SignaturesRefused", platform=name)
        logger().info("refused", reason=refused.reason, **ours)
        return _answer(refused.status, {})
    except Unavailable as unavailable:
        logger().error("not kept", platform=name, channel=channel, reason=str(unavailable))
        return _answer(503, {})
    host = asked.headers.get("host", "")
    scheme = "http" if host.startswith(("127.0.0.1", "localhost")) else "https"
    return _answer(200, {"url": f"{scheme}://{host}/erasure/{code}", "confirmation_code": code})


def _kind(event: dict[str, Any]) -> str:
    return str(event["routeKey"]).split("/")[1]


def _answer(status: int, body: dict[str, str]) -> dict[str, Any]:
    headers = {"content-type": "application/json", "x-content-type-options": "nosniff", "cache-control": "no-store"}
    return {"statusCode": status, "headers": headers, "body": json.dumps(body)}
