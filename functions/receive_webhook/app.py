"""receive_webhook: a platform speaks; prove who, keep what, answer at once."""

from functools import cache
from typing import Any

from tribune import clock
from tribune.aws import clients, directory, secrets
from tribune.aws.gateway import delivery
from tribune.aws.queues import Queue
from tribune.errors import DeliveryRefused, Unavailable, UnreadableBody
from tribune.platforms import platform
from tribune.platforms.body import parse
from tribune.settings import ReceiveSettings
from tribune.telemetry import count, logger
from tribune.workflow.receive import Receiving

# Made while the runtime starts: there the processor is whole, in the first invocation it is a fraction.
clients.sqs(), clients.dynamodb(), clients.ssm()

_REFUSALS = {
    "forged": "SignaturesRefused",
    "wrong_token": "SignaturesRefused",
    "unreadable_body": "DeliveriesUnreadable",
}


@cache
def _receiving() -> Receiving:
    settings = ReceiveSettings.read()
    return Receiving(
        platform=platform,
        secrets=lambda name, channel, fresh: secrets.verify_secrets(settings.stage, name, channel, refresh=fresh),
        owners=lambda name, channel: directory.channel_accounts(settings.community_table, name, channel),
        parse=parse,
        inbox=Queue(clients.sqs(), settings.inbox_queue_url),
        lookups=Queue(clients.sqs(), settings.lookups_queue_url),
    )


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """HTTP API v2 event -> the answer a platform waits for."""
    path = event.get("pathParameters") or {}
    name, channel = path.get("platform", ""), path.get("channel", "main")
    try:
        asked = delivery(event)
    except UnreadableBody as broken:
        return _answer(broken.status, "")  # nobody has said yet who speaks: it is no platform's
    try:
        received = _receiving().receive(name, channel, asked, clock.now())
    except DeliveryRefused as refused:
        # A channel of ours is named; where there is none, a stranger wrote the address, or somebody a token into it.
        ours = {"platform": name, "channel": channel} if refused.reason in _REFUSALS else {}
        if ours:
            count(_REFUSALS[refused.reason], platform=name)
        logger().info("refused", reason=refused.reason, **ours)
        return _answer(refused.status, "")
    except Unavailable as unavailable:
        count("DeliveriesNotKept", platform=name)
        logger().error("not kept", platform=name, channel=channel, reason=str(unavailable))
        return _answer(503, "")
    count("DeliveriesAccepted", platform=name)
    if received.items:
        count("ItemsReceived", received.items, platform=name)
    if received.dropped:
        count("ItemsDropped", received.dropped, platform=name)
    return _answer(received.answer.status, received.answer.body, received.answer.content_type)


def _answer(status: int, body: str, content_type: str = "text/plain; charset=utf-8") -> dict[str, Any]:
    headers = {"content-type": content_type, "x-content-type-options": "nosniff", "cache-control": "no-store"}
    return {"statusCode": status, "headers": headers, "body": body}
