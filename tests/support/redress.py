"""Reading the page of a decision and contesting it, through the real doors."""

import base64
import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

from world import World

from tribune.aws import clients, keys
from tribune.aws.charters import Charters
from tribune.aws.communities import Communities
from tribune.aws.journal import Journal
from tribune.aws.queues import Queue
from tribune.channel import ActKind
from tribune.journal import Action, ActionState, Head
from tribune.notice import Appeal, Notice
from tribune.platforms import platform
from tribune.workflow.appeal import Reviewing
from tribune.workflow.cases import Handling

FELT = (ActionState.SENT, ActionState.UNCERTAIN)


def restrictions(head: Head) -> Iterator[Action]:
    """The acts that restrict the author of a comment, in effect or perhaps."""
    kinds = (ActKind.HIDE, ActKind.DELETE, ActKind.BLOCK)
    return (a for a in head.actions if a.kind in kinds and a.purpose != "withdraw" and a.state in FELT)


def decision_about(head: Head) -> str:
    """The address of the one decision that restricts the author of a comment."""
    (restriction,) = restrictions(head)
    assert restriction.notice is not None
    return restriction.notice


def show(world: World, token: str, *, more: str = "", language: str = "fr") -> dict[str, Any]:
    """GET the page of a decision (`more`: `.json`)."""
    path = f"/decisions/garance/{token}{more}"
    event = {
        "routeKey": "GET /decisions/{community}/{decision}",
        "rawPath": path,
        "headers": {"accept-language": language},
        "requestContext": {"http": {"method": "GET", "path": path}},
        "isBase64Encoded": False,
    }
    answer: dict[str, Any] = world.invoke("show_charter", event)
    return answer


def statement(world: World, token: str) -> dict[str, Any]:
    """What machines read of a decision."""
    page = show(world, token, more=".json")
    assert page["statusCode"] == 200, page
    value: dict[str, Any] = json.loads(page["body"])
    return value


def contest(world: World, token: str, text: str = "", *, raw: bytes | None = None, kind: str = "") -> dict[str, Any]:
    """POST the form of that page, as API Gateway hands it on."""
    body = urlencode({"text": text}).encode() if raw is None else raw
    path = f"/decisions/garance/{token}/appeal"
    event = {
        "routeKey": "POST /decisions/{community}/{decision}/appeal",
        "rawPath": path,
        "headers": {"content-type": kind or "application/x-www-form-urlencoded", "accept-language": "fr"},
        "requestContext": {"http": {"method": "POST", "path": path}},
        "body": base64.b64encode(body).decode(),
        "isBase64Encoded": True,
    }
    answer: dict[str, Any] = world.invoke("receive_appeal", event)
    return answer


def kept(world: World, token: str) -> tuple[Notice | None, Appeal | None]:
    """What the journal holds of a decision."""
    return world.journal.reason("garance", token)


def reviewing(world: World) -> Reviewing:
    """The review, as the command line has it."""
    tables = world.stack.tables()
    journal = Journal(clients.dynamodb(), tables["JournalTable"], tables["TextTable"], tables["CounterTable"], "desk")
    return Reviewing(
        journal=journal,
        keys=keys,
        actions=Queue(clients.sqs(), world.stack.queues()["ActionsQueue"]),
        platform=platform,
        community=Communities(tables["CommunityTable"], clients.dynamodb()).load("garance"),
        now=lambda: world.now,
    )


def handling(world: World) -> Handling:
    """What a person does about cases, as the command line has it."""
    charters = Charters(world.stack.tables()["CharterTable"], clients.dynamodb())
    return Handling(
        journal=reviewing(world).journal,  # the same journal
        keys=keys,
        actions=Queue(clients.sqs(), world.stack.queues()["ActionsQueue"]),
        now=lambda: world.now,
        platform=platform,
        charter=lambda community, version: charters.version(community, version).charter,
    )
