"""perform_action: carries out what was decided under one object, and marks what became of it."""

from functools import cache
from typing import Any

from tribune import clock, web
from tribune.aws import clients, keys, secrets
from tribune.aws.communities import Communities
from tribune.aws.journal import Journal
from tribune.aws.queues import Queue
from tribune.aws.quotas import Quotas
from tribune.errors import Conflict, Unavailable
from tribune.journal import ActionState
from tribune.platforms import platform
from tribune.settings import PerformSettings
from tribune.telemetry import count, logger
from tribune.workflow.perform import Performing

_METRICS = {
    ActionState.SENT: "ActionsSent",
    ActionState.FAILED: "ActionsFailed",
    ActionState.UNCERTAIN: "ActionsUncertain",
}


@cache
def _performing() -> Performing:
    settings = PerformSettings.read()
    return Performing(
        journal=Journal(clients.dynamodb(), settings.journal_table, settings.text_table),
        keys=keys,
        communities=Communities(settings.community_table),
        platform=platform,
        access=lambda name, channel, fresh: secrets.access(settings.stage, name, channel, refresh=fresh),
        send=web.send,
        calls=Queue(clients.sqs(), settings.calls_queue_url),
        quotas=Quotas(clients.dynamodb(), settings.journal_table),
        now=clock.now,
        opened=lambda name: count("BreakersOpened", platform=name),
    )


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """SQS event -> the ids of the messages that must come again."""
    failed = []
    for record in event["Records"]:
        try:
            _perform(record["body"], context)
        except (Conflict, Unavailable) as error:
            logger().warning("not performed", message_id=record["messageId"], reason=error.reason)
            failed.append({"itemIdentifier": record["messageId"]})
        except Exception as error:  # noqa: BLE001  a defect of ours, or a community that is none: its neighbours go on
            logger().error("not performed", message_id=record["messageId"], reason=type(error).__name__)
            failed.append({"itemIdentifier": record["messageId"]})
    return {"batchItemFailures": failed}


def _perform(body: str, context: Any) -> None:
    for performed in _performing().perform(body, lambda: context.get_remaining_time_in_millis() / 1000):
        name = _METRICS.get(performed.state)
        if name:
            count(name, platform=performed.platform, kind=performed.kind)
        if performed.answers:
            count("TeamAnswers")
        logger().info("performed", kind=performed.kind, state=performed.state, reason=performed.why)
