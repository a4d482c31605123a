"""erase_person: somebody asked to be forgotten; every word of theirs goes, the decisions stay nobody's."""

import hashlib
import hmac
import json
from functools import cache
from typing import Any

from tribune import clock
from tribune.aws import clients, directory, keys, secrets
from tribune.aws.confirmations import Confirmations
from tribune.aws.journal import Journal
from tribune.aws.queues import Queue
from tribune.errors import TribuneError
from tribune.settings import EraseSettings
from tribune.telemetry import count, logger
from tribune.workflow.erase import Erasing


@cache
def _erasing() -> Erasing:
    settings = EraseSettings.read()

    def pseudonym(community: str, identity: str) -> str:
        key = secrets.pseudonym_key(settings.stage, community)
        return hmac.new(key, identity.encode(), hashlib.sha256).hexdigest()[:32]

    return Erasing(
        journal=Journal(clients.dynamodb(), settings.journal_table, settings.text_table, settings.counter_table),
        keys=keys,
        accounts=lambda name, channel: directory.channel_accounts(settings.community_table, name, channel),
        pseudonym=pseudonym,
        confirmations=Confirmations(clients.dynamodb(), settings.community_table),
        again=Queue(clients.sqs(), settings.erasures_queue_url),
        calls=Queue(clients.sqs(), settings.calls_queue_url),
        now=clock.now,
        opened=lambda name: count("BreakersOpened", platform=name),
    )


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """SQS event -> the ids of the messages that must come again."""
    failed = []
    for record in event["Records"]:
        try:
            erased = _erasing().erase(record["body"], lambda: context.get_remaining_time_in_millis() / 1000)
        except TribuneError as error:
            logger().error("not erased", message_id=record["messageId"], reason=error.reason)
            failed.append({"itemIdentifier": record["messageId"]})
        else:
            count("ErasuresDone", platform=json.loads(record["body"])["platform"])
            logger().info("erased", objects=erased)
    return {"batchItemFailures": failed}
