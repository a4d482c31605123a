"""poll_platforms: asks the platforms what was said where nothing is pushed, and for the rest of what said too little."""

from functools import cache
from typing import Any

from tribune import clock, web
from tribune.aws import clients, keys, secrets
from tribune.aws.communities import Communities
from tribune.aws.heard import Heard
from tribune.aws.journal import Journal
from tribune.aws.queues import Queue
from tribune.aws.quotas import Quotas
from tribune.platforms import platform
from tribune.settings import PollSettings
from tribune.telemetry import count, logger
from tribune.workflow.asking import Asking
from tribune.workflow.lookup import LookingUp, Message
from tribune.workflow.poll import Polling

FOR_READING = 0.5
"""How much of a day's quota reading may use up; the rest is for answering."""


@cache
def _edges() -> tuple[Polling, LookingUp]:
    settings = PollSettings.read()
    queue = {
        name: Queue(clients.sqs(), getattr(settings, f"{name}_url"))
        for name in ("inbox_queue", "lookups_queue", "lookups_unhandled", "calls_queue")
    }
    communities = Communities(settings.community_table)
    asking = Asking(
        journal=Journal(clients.dynamodb(), settings.journal_table),
        keys=keys,
        access=lambda name, channel, fresh: secrets.access(settings.stage, name, channel, refresh=fresh),
        send=web.send,
        quotas=Quotas(clients.dynamodb(), settings.journal_table, FOR_READING),
        calls=queue["calls_queue"],
        now=clock.now,
        opened=lambda name: count("BreakersOpened", platform=name),
    )
    heard = Heard(clients.dynamodb(), settings.counter_table)
    polling = Polling(
        asking, communities, communities.all, platform, heard.last, queue["inbox_queue"], queue["lookups_queue"]
    )
    return polling, LookingUp(
        asking, platform, queue["inbox_queue"], queue["lookups_queue"], queue["lookups_unhandled"]
    )


def handler(event: dict[str, Any], context: Any) -> dict[str, Any] | None:
    """A tick of the schedule, or an SQS event -> the ids of the messages that must come again."""
    polling, looking = _edges()

    def seconds_left() -> float:
        return float(context.get_remaining_time_in_millis()) / 1000

    if "Records" not in event:
        for visit in polling.poll(seconds_left):
            for name, n in (("ItemsPolled", visit.items), ("CommentsMissed", visit.missed)):
                if n:
                    count(name, n, platform=visit.platform)
            logger().info("swept", platform=visit.platform, items=visit.items, reason=visit.why)
        return None
    messages = [Message(one["messageId"], one["receiptHandle"], one["body"]) for one in event["Records"]]
    asked = looking.look_up(messages, seconds_left)
    for one in asked:
        if not one.again:
            count("LookupsRefused" if one.why == "refused" else "ItemsLookedUp", platform=one.platform)
        logger().info("looked up", platform=one.platform, reason=one.why)
    return {"batchItemFailures": [{"itemIdentifier": one.message} for one in asked if one.again]}
