"""anchor: each hour, how far a community's chains have come is signed and put where nobody who writes them can reach.

A chain whose end was cut off looks whole; an anchor says how far it had come. An hour has one anchor, whatever runs
twice, and names the one before it: none can be left out.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from tribune.ledger import (
    FIRST_LOOKS_BACK,
    LATE,
    Anchor,
    End,
    Link,
    Statement,
    day_of,
    fingerprint,
    hour_of,
    message,
)


# ruff: disable[D102]  what each of these does is said where it is done
class Anchors(Protocol):
    """Where anchors are kept and cannot be changed."""

    def latest(self, community: str, now: datetime) -> Anchor | None: ...
    def keep(self, community: str, hour: str, anchor: Anchor) -> bool: ...


# ruff: enable[D102]


@dataclass(frozen=True, slots=True)
class Anchoring:
    """anchor_ledger's use case, with its edges."""

    anchors: Anchors
    ends: Callable[[str, str], Iterable[Link]]
    """(community, day) -> the last link of each of its chains. Raises Unavailable."""
    sign: Callable[[bytes], bytes]
    key: Callable[[], bytes]
    """The public key of what signs."""

    def anchor(self, community: str, now: datetime) -> bool:
        """Sign how far the chains came, unless this hour has its anchor already. Raises Unavailable."""
        found = self.anchors.latest(community, now)
        before = Statement.read(found.statement) if found else None
        hour = hour_of(now)
        if before is not None and before.hour >= hour:
            return False
        since = before.at - LATE if before else now - FIRST_LOOKS_BACK
        chains = [link for day in _days(since, now) for link in self.ends(community, day)]
        statement = Statement(
            community=community,
            hour=hour,
            at=now,
            prev=fingerprint(before.written().encode()) if before else None,
            ends=tuple(End(link.chain.day, link.chain.writer, link.seq, link.hash) for link in chains),
        ).written()
        return self.anchors.keep(community, hour, Anchor(statement, self.sign(message(statement)), self.key()))


def _days(since: datetime, until: datetime) -> list[str]:
    first, last = day_of(since), day_of(until)
    days = [day_of(since + timedelta(days=number)) for number in range((until - since).days + 2)]
    return [day for day in days if first <= day <= last]
