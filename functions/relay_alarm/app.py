"""relay_alarm: a CloudWatch alarm, in any of its three shapes, becomes a call to the person on duty."""

from functools import cache
from typing import Any

from tribune import clock
from tribune.aws import clients, directory
from tribune.aws.communities import Communities
from tribune.aws.journal import Journal
from tribune.aws.queues import Queue
from tribune.settings import RelaySettings
from tribune.telemetry import count, logger
from tribune.workflow.relay import Relaying


@cache
def _relaying() -> Relaying:
    settings = RelaySettings.read()
    return Relaying(
        store=Journal(clients.dynamodb(), settings.journal_table),
        communities=lambda: directory.communities(settings.community_table),
        community=Communities(settings.community_table).load,
        calls=Queue(clients.sqs(), settings.calls_queue_url),
    )


def handler(event: dict[str, Any], _context: object) -> None:
    """One alarm (or an SNS batch of them). An error is retried by Lambda, then mailed to the alert address as it is."""
    relayed = _relaying().relay(event, clock.now())
    if relayed:
        count("AlarmsRelayed", relayed)
    logger().info("relayed", calls=relayed)
