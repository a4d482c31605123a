"""receive: prove who speaks, keep what was said, answer at once. Decides nothing.

Standard library only: a platform waits for the cold start of whoever imports this.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from tribune.channel import Answer, Delivery, Item, Platform, Secrets
from tribune.errors import Forged, TooLarge, UnknownChannel

MOST_BODY_BYTES = 1024 * 1024
CHANNEL = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
"""What a channel may be called; strangers choose what stands in a URL, and it becomes part of a secret's path."""
_DUMMY = Secrets(current="no-such-channel-but-the-same-work-as-for-one-that-exists")
"""Of a shape that every platform's own check takes: Telegram's secret travels in a header."""


class Inbox(Protocol):
    """Where the items wait for moderate_comments."""

    def send(self, messages: Sequence[Mapping[str, Any]]) -> None:
        """Keep every message. Raises Unavailable if any was not taken."""


type Owners = Mapping[str, tuple[str, str]]
"""Account -> (community, space)."""


@dataclass(frozen=True, slots=True)
class Place:
    """One account of ours: where it speaks, and whose it is."""

    platform: str
    channel: str
    account: str
    community: str
    space: str

    def message(self, item: Item, received_at: datetime, *, fetched: bool = False) -> dict[str, Any]:
        """An item as it waits in the inbox, or among the lookups while the platform has to be asked for the rest.

        `fetched`: nobody delivered it, we asked for it; it may have been said long ago.
        """
        return {
            "schema": 1,
            "platform": self.platform,
            "channel": self.channel,
            "account": self.account,
            "community": self.community,
            "space": self.space,
            "received_at": received_at.isoformat(),
            "payload": item.payload,
        } | ({"fetched": True} if fetched else {})


@dataclass(frozen=True, slots=True)
class Received:
    """What became of a delivery: the answer, and what to count."""

    answer: Answer
    items: int = 0
    dropped: int = 0


@dataclass(frozen=True, slots=True)
class Receiving:
    """receive_webhook's use case, with its edges."""

    platform: Callable[[str], Platform]
    """Raises UnknownChannel."""
    secrets: Callable[[str, str, bool], Secrets | None]
    """(platform, channel, fresh) -> its secrets, None when there is no such channel."""
    owners: Callable[[str, str], Owners]
    """(platform, channel) -> the accounts it may speak for."""
    parse: Callable[[bytes], Any]
    """Strict JSON. Raises UnreadableBody."""
    inbox: Inbox
    lookups: Inbox
    """Where items wait whose rest the platform has to be asked for."""

    def receive(self, name: str, channel: str, delivery: Delivery, now: datetime) -> Received:
        """Handle one delivery. Raises DeliveryRefused (with the status to answer) or Unavailable."""
        if len(delivery.body) > MOST_BODY_BYTES:
            raise TooLarge(f"more than {MOST_BODY_BYTES} bytes")
        # A handshake is rare, and an answer of yesterday's secret can end a subscription (X): it is not given from memory.
        platform, secrets = self._known(name, channel, fresh=delivery.method == "GET")
        if secrets is None:
            self._same_work(platform, delivery, now)
            raise UnknownChannel("no such platform or channel")
        handshake = platform.handshake(delivery, secrets)
        if handshake is not None:
            return Received(handshake)
        try:
            platform.verify(delivery, secrets, now)
        except Forged:
            fresh = self.secrets(name, channel, True)
            if fresh is None or fresh == secrets:
                raise
            platform.verify(delivery, fresh, now)
        return self._keep(platform, name, channel, delivery, now)

    def _known(self, name: str, channel: str, *, fresh: bool) -> tuple[Platform, Secrets | None]:
        if not CHANNEL.fullmatch(channel):
            return self.platform("generic"), None
        try:
            return self.platform(name), self.secrets(name, channel, fresh)
        except UnknownChannel:
            return self.platform("generic"), None

    @staticmethod
    def _same_work(platform: Platform, delivery: Delivery, now: datetime) -> None:
        try:
            platform.verify(delivery, _DUMMY, now)
        except Forged:
            return

    def _keep(self, platform: Platform, name: str, channel: str, delivery: Delivery, now: datetime) -> Received:
        items = list(platform.split(self.parse(delivery.body)))
        places = self._places(name, channel, {item.platform or name for item in items})
        ours = [(item, place) for item in items if (place := places.get((item.platform or name, item.account)))]
        self.inbox.send([place.message(item, now) for item, place in ours if not item.incomplete])
        self.lookups.send([place.message(item, now) for item, place in ours if item.incomplete])
        return Received(Answer(200, ""), items=len(ours), dropped=len(items) - len(ours))

    def _places(self, name: str, channel: str, readers: AbstractSet[str]) -> dict[tuple[str, str], Place]:
        """(platform, account) -> whose it is, for every platform that reads something of the delivery.

        What is handed on to the channel of the same name of another platform stays among the communities that the
        proven channel speaks for: its secret proves nothing about anybody else's.
        """
        if not readers:
            return {}
        own = self.owners(name, channel)
        served = {community for community, _ in own.values()}
        return {
            (reader, known): Place(reader, channel, *place)
            for reader in readers
            for known, place in _by_every_name(own if reader == name else self.owners(reader, channel)).items()
            if place[1] in served
        }


def _by_every_name(owners: Owners) -> dict[str, tuple[str, str, str]]:
    """Account, or space where a sender only knows that -> (account, community, space)."""
    by_space = {space: (account, community, space) for account, (community, space) in owners.items()}
    return by_space | {account: (account, community, space) for account, (community, space) in owners.items()}
