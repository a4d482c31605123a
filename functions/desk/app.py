"""desk: the screens from which the team leads the conversation, and the JSON behind them."""

import uuid
from functools import cache
from typing import Any

from tribune import clock, web
from tribune.aws import clients, keys, secrets
from tribune.aws.charters import Charters
from tribune.aws.communities import Communities
from tribune.aws.gateway import delivery
from tribune.aws.journal import Journal
from tribune.aws.operations import Operations as Store
from tribune.aws.queues import Queue
from tribune.aws.sealed import Sealed
from tribune.desk.doors import DOORS
from tribune.desk.openapi import description
from tribune.desk.request import Request, Response, cookies_of
from tribune.desk.route import Desk
from tribune.desk.signin import Provider
from tribune.desk.visit import Reach
from tribune.errors import UnreadableBody
from tribune.platforms import platform
from tribune.settings import DeskSettings
from tribune.telemetry import logger
from tribune.workflow.cases import Handling
from tribune.workflow.operations import Operations

_ENVIRONMENT = uuid.uuid4().hex
"""Each execution environment is the only writer of its own counters."""


@cache
def _desk() -> Desk:
    settings = DeskSettings.read()
    tables = (settings.journal_table, settings.text_table, settings.counter_table)
    journal = Journal(clients.dynamodb(), *tables, _ENVIRONMENT)
    charters, calls = Charters(settings.charter_table), Queue(clients.sqs(), settings.calls_queue_url)
    handling = Handling(
        journal=journal,
        keys=keys,
        actions=Queue(clients.sqs(), settings.actions_queue_url),
        now=clock.now,
        platform=platform,
        charter=lambda community, version: charters.version(community, version).charter,
    )
    sealed, door = Sealed(clients.dynamodb(), settings.counter_table), secrets.desk_provider(settings.stage)
    operations = Operations(Store(clients.dynamodb(), settings.journal_table), sealed, journal, keys)
    return Desk(
        doors=DOORS,
        reach=Reach(Communities(settings.community_table), charters, handling, journal, sealed, operations, calls),
        provider=Provider(door["issuer"], door["client_id"], web.send, lambda: secrets.desk_secret(settings.stage)),
        keys=lambda: secrets.desk_keys(settings.stage),
        description=lambda: description(DOORS),
    )


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """HTTP API v2 event -> a screen, or JSON."""
    try:
        asked = delivery(event)
    except UnreadableBody:
        return _answer(Response(400))
    cookies = cookies_of(event.get("cookies") or [])
    request = Request(asked.method, event["rawPath"], asked.query, asked.headers, cookies, asked.body)
    response = _desk().answer(request, clock.now())
    if response.why:
        logger().warning("desk", route=event["routeKey"], status=int(response.status), reason=response.why)
    return _answer(response)


def _answer(response: Response) -> dict[str, Any]:
    answer = {"statusCode": int(response.status), "headers": dict(response.headers), "body": response.body}
    return answer | ({"cookies": list(response.cookies)} if response.cookies else {})
