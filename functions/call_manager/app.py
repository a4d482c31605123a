"""call_manager: the only door to a person of the team."""

from functools import cache, partial
from typing import Any

from tribune import clock, managers, web
from tribune.aws import clients, secrets
from tribune.aws.communities import Communities
from tribune.aws.journal import Journal
from tribune.aws.mail import Mail
from tribune.aws.sms import Sms
from tribune.desk.place import Screens
from tribune.errors import Conflict, TribuneError, Unavailable, Unreached, Unreadable
from tribune.managers.edge import Edge, announce
from tribune.platforms import generic
from tribune.settings import CallSettings
from tribune.telemetry import count, logger
from tribune.workflow.call import Calling, Outcome, read

WAIT_FOR_A_WAY = 5.0
"""Seconds: one deaf way must leave time for the next one."""


@cache
def _calling() -> Calling:
    settings = CallSettings.read()
    edge = Edge(
        http=lambda call: web.send(call, WAIT_FOR_A_WAY),
        mail=Mail(clients.ses(), settings.mail_sender),
        sms=Sms(clients.sns(), settings.sms_sender),
    )
    return Calling(
        store=Journal(clients.dynamodb(), settings.journal_table, settings.text_table),
        community=Communities(settings.community_table).load,
        secrets=lambda community: secrets.call_secrets(settings.stage, community),
        deliver=partial(managers.deliver, edge=edge),
        screens=Screens(settings.desk_url),
        announce=partial(announce, edge=edge, sign=generic.sign),
    )


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """SQS event -> the ids of the messages that must come again."""
    failed = []
    for record in event["Records"]:
        try:
            _ring(*read(record["body"]))
        except Exception as error:  # noqa: BLE001  a defect of ours too: the other calls of the batch ring
            why = error.reason if isinstance(error, TribuneError) else type(error).__name__
            logger().error("nobody called", message_id=record["messageId"], reason=why)
            failed.append({"itemIdentifier": record["messageId"]})
            if not _is_told_otherwise(error):
                count("CallsFailed")
    return {"batchItemFailures": failed}


def _is_told_otherwise(error: Exception) -> bool:
    """What did not answer is asked again within minutes; past that, and what nobody can read, the dead letters tell."""
    return isinstance(error, Unavailable | Conflict | Unreadable) and not isinstance(error, Unreached)


def _ring(community: str, call: str) -> None:
    try:
        rung = _calling().ring(community, call, clock.now())
    except Unreadable:
        logger().error("a call cannot be read", community=community, call=call)
        raise
    for way in rung.ways:
        count("CallsSent", way=way)
    level = logger().warning if rung.outcome is Outcome.UNKNOWN else logger().info
    level("call", community=community, outcome=rung.outcome)
