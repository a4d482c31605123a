"""moderate_comments: a batch of items from the inbox; each is decided once, and whoever has to act is woken."""

import hashlib
import hmac
import uuid
from functools import cache
from typing import Any

from tribune import clock
from tribune.aws import clients, keys, secrets
from tribune.aws.charters import Charters
from tribune.aws.communities import Communities
from tribune.aws.journal import Journal
from tribune.aws.queues import Queue
from tribune.platforms import platform
from tribune.settings import ModerateSettings
from tribune.telemetry import count, logger
from tribune.workflow.appeal import Receiving, Reviewing
from tribune.workflow.decisions import Decisions
from tribune.workflow.moderate import Moderation

_ENVIRONMENT = uuid.uuid4().hex
"""Each execution environment is the only writer of its own counters."""


@cache
def _moderation() -> Moderation:
    settings = ModerateSettings.read()

    def pseudonym(community: str, identity: str) -> str:
        key = secrets.pseudonym_key(settings.stage, community)
        return hmac.new(key, identity.encode(), hashlib.sha256).hexdigest()[:32]

    journal = Journal(
        clients.dynamodb(), settings.journal_table, settings.text_table, settings.counter_table, _ENVIRONMENT
    )
    communities, charters = Communities(settings.community_table), Charters(settings.charter_table)
    sqs = clients.sqs()
    actions, calls = Queue(sqs, settings.actions_queue_url), Queue(sqs, settings.calls_queue_url)
    return Moderation(
        journal=journal,
        keys=keys,
        communities=communities,
        charters=charters,
        pseudonym=pseudonym,
        platform=platform,
        actions=actions,
        calls=calls,
        appeals=Receiving(
            journal=journal,
            keys=keys,
            decisions=Decisions(journal.reason, communities, charters),
            calls=calls,
            opened=lambda: count("AppealsReceived"),
        ),
        reviewing=lambda community: Reviewing(journal, keys, actions, platform, community, clock.now),
    )


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """SQS event -> the ids of the messages that must come again."""
    messages = [(record["messageId"], record["body"]) for record in event["Records"]]
    tally = _moderation().moderate(messages, clock.now())
    for (name, dimensions), n in tally.counts.items():
        count(name, n, **dict(dimensions))
    for message, defect in tally.defects.items():
        logger().error("not decided", message_id=message, reason=defect)
    if tally.failed:
        logger().warning("not decided", messages=tally.failed)
    return {"batchItemFailures": [{"itemIdentifier": message} for message in tally.failed]}
