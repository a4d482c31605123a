"""What several use cases need of the edges, as Protocols; each use case names what only it needs beside itself."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Protocol

from tribune.channel import Card
from tribune.community import Community
from tribune.errors import BadConfiguration, NotFound
from tribune.journal import Head, Lately, OutgoingWords, SaidWords

type Key = dict[str, str]


# ruff: disable[D102]  what each of these does is said where it is done
class Keys(Protocol):
    """How the journal names what it keeps (`tribune.aws.keys`)."""

    def head(self, community: str, platform: str, account: str, object_id: str) -> Key: ...
    def case(self, community: str, platform: str, account: str, object_id: str) -> Key: ...
    def thread(self, community: str, platform: str, account: str, thread_id: str) -> Key: ...
    def author(self, community: str, author_hash: str) -> Key: ...
    def lately(self, community: str, author_hash: str) -> Key: ...
    def outgoing(self, community: str, platform: str, account: str, object_id: str, action_id: str) -> Key: ...
    def breaker(self, community: str, platform: str, account: str) -> Key: ...
    def renewal(self, community: str, platform: str, channel: str) -> Key: ...
    def sweep(self, community: str, platform: str, account: str) -> Key: ...
    def pauses(self, community: str) -> Key: ...
    def brakes(self, community: str) -> Key: ...
    def climate(self, community: str, space: str) -> Key: ...
    def climate_of(self, key: Key) -> tuple[str, str]: ...
    def budget(self, community: str, platform: str, account: str, hour: str) -> Key: ...
    def question(self, community: str, token: str) -> Key: ...
    def question_words(self, community: str, platform: str, account: str, object_id: str, token: str) -> Key: ...
    def object_of(self, key: Key) -> tuple[str, str, str, str]: ...
    def call_of(self, key: Key) -> tuple[str, str]: ...
    def question_of(self, key: Key) -> tuple[str, str]: ...
    def proposals(self, community: str, day: date) -> Key: ...


# ruff: enable[D102]


class Queue(Protocol):
    """Where messages wait for another function."""

    def send(self, messages: Sequence[Mapping[str, Any]]) -> None:
        """Keep every message. Raises Unavailable if any was not taken."""


class Noting(Protocol):
    """What is written before the decision that refers to it."""

    def keep_words(
        self,
        said: Sequence[SaidWords],
        outgoing: Sequence[OutgoingWords],
        lately: Sequence[Lately] = (),
        touched: Sequence[Head] = (),
    ) -> None:
        """Keep words, what authors said lately, and which heads will change; again is harmless. Raises Unavailable."""


class Communities(Protocol):
    """The communities of this stack."""

    def load(self, community_id: str) -> Community:
        """One community's settings. Raises NotFound, BadConfiguration, Unavailable."""


def readable(communities: Communities, names: Iterable[str]) -> Iterator[Community]:
    """Those whose settings can be read; of another one moderate_comments says so, and its neighbours do not wait for it."""
    for name in names:
        try:
            community = communities.load(name)
        except (NotFound, BadConfiguration):
            continue
        yield community


class Quotas(Protocol):
    """What is left of a day's quota."""

    def spend(self, community: str, card: Card, channel: str, units: int, now: datetime) -> datetime | None:
        """Count units before they are used: None when they are granted, else when a new day begins."""
