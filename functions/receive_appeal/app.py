"""receive_appeal: a member contests a decision on its page; one appeal for each, reviewed by somebody else."""

from functools import cache
from typing import Any

from tribune import clock
from tribune.aws import clients, keys
from tribune.aws.charters import Charters
from tribune.aws.communities import Communities
from tribune.aws.gateway import delivery
from tribune.aws.journal import Journal
from tribune.aws.queues import Queue
from tribune.settings import AppealSettings
from tribune.telemetry import count, logger
from tribune.workflow.appeal import Receiving
from tribune.workflow.contest import Contesting
from tribune.workflow.decisions import Decisions


@cache
def _contesting() -> Contesting:
    settings = AppealSettings.read()
    journal = Journal(clients.dynamodb(), settings.journal_table, settings.text_table)
    receiving = Receiving(
        journal=journal,
        keys=keys,
        decisions=Decisions(
            kept=journal.reason,
            communities=Communities(settings.community_table),
            charters=Charters(settings.charter_table),
        ),
        calls=Queue(clients.sqs(), settings.calls_queue_url),
        opened=lambda: count("AppealsReceived"),
    )
    return Contesting(receiving)


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """HTTP API v2 event -> back to the page of the decision."""
    headers = {name.lower(): value for name, value in (event.get("headers") or {}).items()}
    page = _contesting().answer(
        event["rawPath"], lambda: delivery(event), headers.get("accept-language", ""), clock.now()
    )
    if page.why:
        logger().error("not received", reason=page.why)
    return {"statusCode": int(page.status), "headers": dict(page.headers), "body": page.body}
