"""receive: what one address hands on to another platform of the same channel, and to nobody else."""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import pytest

from tribune.channel import Delivery, Secrets
from tribune.platforms import platform
from tribune.platforms.body import parse
from tribune.workflow.receive import Owners, Received, Receiving

NOW = datetime(2026, 9, 1, 9, 0, 5, tzinfo=UTC)
PAGE = "102030405060708"


class Box:
    """A queue that remembers."""

    def __init__(self) -> None:
        self.kept: list[Mapping[str, Any]] = []

    def send(self, messages: Sequence[Mapping[str, Any]]) -> None:
        self.kept += messages


@pytest.fixture
def inbox() -> Box:
    return Box()


@pytest.fixture
def lookups() -> Box:
    return Box()


def received(inbox: Box, lookups: Box, owners: Mapping[tuple[str, str], Owners], *values: Any) -> Received:
    comment, message = values
    body = {
        "object": "page",
        "entry": [
            {"id": PAGE, "time": 1788253200, "changes": [{"field": "feed", "value": comment}]},
            {"id": PAGE, "time": 1788253200000, "messaging": [message]},
        ],
    }
    receiving = Receiving(
        platform=platform,
        secrets=lambda _name, _channel, _fresh: Secrets("s"),
        owners=lambda name, channel: owners.get((name, channel), {}),
        parse=parse,
        inbox=inbox,
        lookups=lookups,
    )
    raw = json.dumps(body).encode()
    delivery = Delivery("POST", platform("facebook").sign(raw, "s", NOW, ""), raw)
    return receiving.receive("facebook", "shop", delivery, NOW)


COMMENT = {
    "item": "comment", "verb": "add", "comment_id": "9_1", "post_id": f"{PAGE}_9", "parent_id": f"{PAGE}_9",
    "message": "Bonjour", "created_time": 1788253200, "from": {"id": "7", "name": "Amina"},
}  # fmt: skip
MESSAGE = {
    "sender": {"id": "7"}, "recipient": {"id": PAGE}, "timestamp": 1788253200417, "message": {"mid": "m_1", "text": "Bonjour"},
}  # fmt: skip
OURS = {PAGE: ("garance", "facebook-garance")}


def test_private_messages_are_handed_on_to_the_channel_of_the_same_name(inbox: Box, lookups: Box) -> None:
    owners = {("facebook", "shop"): OURS, ("messenger", "shop"): {PAGE: ("garance", "messenger-garance")}}
    told = received(inbox, lookups, owners, COMMENT, MESSAGE)
    assert (told.items, told.dropped) == (2, 0)
    assert [(one["platform"], one["channel"], one["space"]) for one in inbox.kept] == [
        ("facebook", "shop", "facebook-garance"),
        ("messenger", "shop", "messenger-garance"),
    ]


@pytest.mark.parametrize(
    "messenger",
    [{}, {PAGE: ("another", "messenger")}, {"999": ("garance", "messenger")}],
    ids=["none", "theirs", "other"],
)
def test_a_secret_speaks_for_its_own_communities_only(messenger: Owners, inbox: Box, lookups: Box) -> None:
    owners = {("facebook", "shop"): OURS, ("messenger", "shop"): messenger}
    told = received(inbox, lookups, owners, COMMENT, MESSAGE)
    assert (told.items, told.dropped) == (1, 1)
    assert [one["platform"] for one in inbox.kept] == ["facebook"]


def test_a_comment_whose_author_is_withheld_waits_among_the_lookups(inbox: Box, lookups: Box) -> None:
    unsaid = {name: value for name, value in COMMENT.items() if name != "from"}
    told = received(inbox, lookups, {("facebook", "shop"): OURS}, unsaid, MESSAGE)
    assert (told.items, len(inbox.kept), [one["payload"]["change"]["field"] for one in lookups.kept]) == (
        1,
        0,
        ["feed"],
    )
