"""ask_colleague: somebody outside the team reads a question and answers it, once, without an account."""

from functools import cache
from typing import Any

from tribune import clock
from tribune.aws import clients, keys
from tribune.aws.communities import Communities
from tribune.aws.gateway import delivery
from tribune.aws.journal import Journal
from tribune.aws.queues import Queue
from tribune.settings import AskSettings
from tribune.telemetry import logger
from tribune.workflow.answer import Replying
from tribune.workflow.consult import Answering


@cache
def _replying() -> Replying:
    settings = AskSettings.read()
    return Replying(
        Answering(
            journal=Journal(clients.dynamodb(), settings.journal_table, settings.text_table),
            keys=keys,
            communities=Communities(settings.community_table),
            calls=Queue(clients.sqs(), settings.calls_queue_url),
        )
    )


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """HTTP API v2 event -> the page, or what became of the answer."""
    headers = {name.lower(): value for name, value in (event.get("headers") or {}).items()}
    page = _replying().answer(
        event["requestContext"]["http"]["method"],
        event["rawPath"],
        lambda: delivery(event),
        headers.get("accept-language", ""),
        clock.now(),
    )
    if page.why:
        logger().error("not answered", reason=page.why)
    return {"statusCode": int(page.status), "headers": dict(page.headers), "body": page.body}
