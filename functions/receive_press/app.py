"""receive_press: a person on duty answers a call with a button of its message; who they are, Slack signs."""

from functools import cache
from secrets import token_hex
from typing import Any

from tribune import clock, web
from tribune.aws import clients, secrets
from tribune.aws.communities import Communities
from tribune.aws.gateway import delivery
from tribune.aws.journal import Journal
from tribune.channel import Delivery, Secrets
from tribune.errors import DeliveryRefused, Forged, TooLarge, TribuneError
from tribune.managers import slack
from tribune.settings import PressSettings
from tribune.telemetry import count, logger
from tribune.workflow.press import Outcome, Pressing

MOST_BODY_BYTES = 256 * 1024
WAIT_FOR_SLACK = 1.0
"""Seconds to say what came of it: Slack waits three for our answer, and what was pressed is done by then."""
_NOBODY = Secrets(current=token_hex())
"""Where nobody gave a secret: the same work is done, and nobody knows this one."""


@cache
def _settings() -> PressSettings:
    return PressSettings.read()


@cache
def _pressing() -> Pressing:
    settings = _settings()
    journal = Journal(clients.dynamodb(), settings.journal_table)
    return Pressing(journal, Communities(settings.community_table).load)


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """HTTP API v2 event -> nothing but a status: what came of it is said under the message."""
    try:
        _receive(delivery(event))
    except Forged as forged:
        count("PressesRefused", way=slack.KIND)
        return {"statusCode": forged.status}
    except DeliveryRefused as refused:
        return {"statusCode": refused.status}
    except TribuneError as error:
        logger().error("not done", reason=error.reason)
        return {"statusCode": 503}  # Slack shows that it did not work; they press again
    return {"statusCode": 200}


def _receive(asked: Delivery) -> None:
    if len(asked.body) > MOST_BODY_BYTES:
        raise TooLarge(f"more than {MOST_BODY_BYTES} bytes")
    now = clock.now()
    try:
        slack.verify(asked, _secrets(fresh=False), now)
    except Forged:
        slack.verify(asked, _secrets(fresh=True), now)  # the secret may have been changed a minute ago
    read = slack.read_press(asked.body, now)
    if read is None:
        return
    press, answered_at = read
    pressed = _pressing().press(press, now)
    count("PressesReceived", outcome=pressed.outcome)
    call = slack.answer(answered_at, pressed.words, to_all=pressed.to_all)
    if pressed.outcome is Outcome.NOTHING or call is None:
        return
    try:
        web.send(call, WAIT_FOR_SLACK)
    except TribuneError as error:
        logger().warning("done, and not said", reason=error.reason)


def _secrets(*, fresh: bool) -> Secrets:
    return secrets.press_secrets(_settings().stage, slack.KIND, refresh=fresh) or _NOBODY
