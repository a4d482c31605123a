"""brake: watches what was just changed in a charter; what gets out of line only proposes, and the CM is told.

Where the line runs is `charter.brake`'s to say; here the figures are gathered and the brake is written down, with the
call, in one transaction. It holds until the clause is published otherwise, or a person releases it.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from tribune.charter import brake
from tribune.charter.brake import LIMITS, Record, Why
from tribune.decision import Urgency
from tribune.errors import Conflict
from tribune.journal import BrakeNote, Brakes, Call, Changes, Head, Held, Tally
from tribune.workflow.opening import call_due
from tribune.workflow.ports import Key, Keys


# ruff: disable[D102]  what each of these does is said where it is done
class Version(Protocol):
    """What is known of a published version without its content."""

    @property
    def version(self) -> int: ...
    @property
    def published_at(self) -> datetime: ...
    @property
    def effective_from(self) -> datetime: ...
    @property
    def changed(self) -> Mapping[str, int]: ...


class KnownBrakes(Protocol):
    """What was read."""

    def brakes(self, community: str) -> Brakes: ...


class Journal(Protocol):
    """What the brake needs of the journal and its counters."""

    def read(self, wanted: Iterable[Key]) -> KnownBrakes: ...
    def tallies(self, community: str, spaces: Iterable[str], since: datetime) -> Iterable[Tally]: ...
    def commit(self, changes: Changes, now: datetime) -> None: ...


class Charters(Protocol):
    """The charters that were published."""

    def versions(self, community: str) -> Sequence[Version]: ...


# ruff: enable[D102]


def braked(brakes: Brakes, version: int, changes: Mapping[int, Iterable[str]]) -> frozenset[str]:
    """The clauses that only propose under a version; `changes`: version -> the clauses that changed in it.

    A brake holds from the version in which its clause changed until the next one in which it changes again.
    """
    return frozenset(
        clause
        for clause, held in brakes.held.items()
        if held.since <= version
        and not any(held.since < later <= version and clause in changed for later, changed in changes.items())
    )


def decided_before(brakes: Brakes, head: Head) -> bool:
    """Was this decided under words that the brake came to hold a moment later?"""
    verdict = head.verdict
    held = brakes.held.get(verdict.clause or "") if verdict else None
    return bool(held and verdict and verdict.charter_version and held.since <= verdict.charter_version <= held.until)


@dataclass(frozen=True, slots=True)
class _Watched:
    """A clause that changed less than a day ago."""

    clause: str
    number: int
    since: int
    """The version in which it changed."""
    at: datetime
    """When that took effect."""
    first: bool


@dataclass(frozen=True, slots=True)
class Braking:
    """keep_watch's use of the brake, with its edges."""

    journal: Journal
    keys: Keys
    charters: Charters
    spaces: Callable[[str], Sequence[str]]
    """The spaces of a community. Raises NotFound."""

    def evaluate(self, community: str, now: datetime) -> tuple[Call, ...]:
        """Brake whatever is out of line; answers the calls that say so, written and still to be woken.

        One query where nothing changed within a day. Raises Unavailable, CharterUnreadable, NotFound.
        """
        versions = self.charters.versions(community)
        watched = list(_watched(versions, now))
        if not watched:
            return ()
        brakes = self.journal.read([self.keys.brakes(community)]).brakes(community)
        loose = [one for one in watched if not _settled(one, brakes)]
        found = [
            (one, record, why) for one, record in self._records(community, loose, now) if (why := brake.judge(record))
        ]
        if not found:
            return ()
        until = max(version.version for version in versions if version.effective_from <= now)
        held = tuple(Held(one.clause, one.since, until, now, why) for one, _, why in found)
        calls = tuple(_call(community, one, record, why, now) for one, record, why in found)
        try:
            self.journal.commit(Changes(calls=calls, brakes=(BrakeNote(community, brakes.rev, held),)), now)
        except Conflict:
            return ()  # another round did, or a person released one: the next round looks again
        return calls

    def _records(self, community: str, watched: Sequence[_Watched], now: datetime) -> Iterator[tuple[_Watched, Record]]:
        """What each clause did that did something alone, beside how much was decided in all."""
        found = self.journal.tallies(community, self.spaces(community), now - brake.HISTORY) if watched else ()
        tallies = list(found)
        seen = [tally for tally in tallies if tally.what == "seen"]
        for one in (one for one in watched if _sum(tallies, one, "alone")):
            yield (
                one,
                Record(
                    seen=sum(tally.n for tally in seen if tally.version >= one.since),
                    cited=_sum(tallies, one, "cited"),
                    alone=_sum(tallies, one, "alone"),
                    reversed=_sum(tallies, one, "reversed"),
                    seen_before=sum(tally.n for tally in seen if tally.version < one.since),
                    cited_before=_sum(tallies, one, "cited", before=True),
                    first=one.first,
                ),
            )


def _watched(versions: Sequence[Version], now: datetime) -> Iterator[_Watched]:
    """Each clause by its latest change, when that took effect within a day."""
    latest = {
        clause: (number, version)
        for version in versions
        if version.effective_from <= now
        for clause, number in version.changed.items()
    }
    for clause, (number, version) in latest.items():
        if now - version.effective_from <= brake.WATCHED:
            first = version.version == versions[0].version
            yield _Watched(clause, number, version.version, version.effective_from, first)


def _settled(one: _Watched, brakes: Brakes) -> bool:
    """Braked already, or released by a person since it changed."""
    held = brakes.held.get(one.clause)
    return (held is not None and held.since == one.since) or brakes.released.get(one.clause) == one.since


def _sum(tallies: Iterable[Tally], one: _Watched, what: str, *, before: bool = False) -> int:
    return sum(
        tally.n
        for tally in tallies
        if tally.clause == one.clause and tally.what == what and (tally.version < one.since) is before
    )


def _call(community: str, one: _Watched, record: Record, why: Why, now: datetime) -> Call:
    """What the CM reads: figures, and how to let the clause act again."""
    compared = record.seen_before >= LIMITS.history and record.times >= 2  # noqa: PLR2004  "twice as many" and more
    told = why if why is Why.REVERSED else Why.JUMP if compared else Why.SHARE
    return replace(
        call_due(community, f"brake-{one.clause}-v{one.since}", f"brake_{told}", Urgency.HOURS, now),
        received_at=one.at,
        figures={
            "clause": one.clause,
            "article": str(one.number),
            "cited": str(record.cited),
            "seen": str(record.seen),
            "alone": str(record.alone),
            "undone": str(record.reversed),
            "times": str(round(record.times)),
        },
    )
