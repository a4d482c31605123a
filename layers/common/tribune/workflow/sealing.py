"""sealing: recounts the hours that are over, and every hour that something late has touched since.

Whoever decides a batch notes first which objects it touches, and so does a person who acts from the desk or reviews an
appeal, however late. Here the notes of an hour of work are read, when nothing of it can still be on its way; each hour
that they name is counted again from its heads and put in the place of what stood there, then its days; then, last, how
far the notes were read. Whatever is interrupted or done twice gives the same figures. What became of an action is not
noted: an hour is counted again a day and eight days later.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final, Protocol

from tribune.community import Community
from tribune.errors import Conflict
from tribune.figures import HOUR, Figures, Known, hours_of, recount
from tribune.journal import Head, HeadKind
from tribune.workflow.ports import Communities, Key, Keys, readable

SETTLED_AFTER: Final = timedelta(minutes=15)
"""What was noted is written by then or never will be: far longer than the function that writes it may run."""
AGAIN_AFTER: Final = (timedelta(days=1), timedelta(days=8))
LEAST_SECONDS: Final = 20.0
"""An hour of work takes a second or two, one with a crisis in it ten."""
_AT_ONCE: Final = 500
"""Heads read in one go."""

type Place = tuple[str, str, str]
"""(platform, account, object)."""


# ruff: disable[D102]  what each of these does is said where it is done
class Heads(Protocol):
    """What was read of the journal."""

    def head(self, community: str, platform: str, account: str, object_id: str) -> Head | None: ...


class Journal(Protocol):
    """What sealing needs of the journal."""

    def read(self, wanted: Iterable[Key]) -> Heads: ...


class Sealed(Protocol):
    """Where figures are kept."""

    def first_note(self, community: str) -> datetime | None: ...
    def touched(self, community: str, since: str, until: str) -> dict[str, set[Place]]: ...
    def sealed_to(self, community: str) -> datetime | None: ...
    def keep_sealed_to(self, community: str, before: datetime | None, after: datetime) -> None: ...
    def objects(self, community: str, hour: str) -> tuple[set[Place], int]: ...
    def add_objects(self, community: str, hour: str, parts: int, objects: Iterable[Place], now: datetime) -> None: ...
    def keep_hour(
        self, community: str, space: str, hour: str, slices: Mapping[date, Figures], now: datetime
    ) -> None: ...
    def hours(self, community: str, space: str, first: str, last: str) -> dict[str, dict[date, Figures]]: ...
    def keep_day(self, community: str, space: str, day: date, figures: Figures, now: datetime) -> None: ...


# ruff: enable[D102]


@dataclass(frozen=True, slots=True)
class Sealing:
    """seal_hours' use case, with its edges."""

    journal: Journal
    keys: Keys
    communities: Communities
    sealed: Sealed

    def seal(self, communities: Sequence[str], now: datetime, seconds_left: Callable[[], float]) -> int:
        """Count what is due; answers how many hours were counted. What there is no time for is the next tick's.

        Raises Unavailable.
        """
        counted = 0
        for community in readable(self.communities, communities):  # what another one noted waits for thirty days
            try:
                counted += self._catch_up(community, now, seconds_left)
            except Conflict:
                continue  # another process counts the same
        return counted

    def _catch_up(self, community: Community, now: datetime, seconds_left: Callable[[], float]) -> int:
        counted = 0
        done = self.sealed.sealed_to(community.id)
        begin = done or self.sealed.first_note(community.id)
        while begin is not None and seconds_left() > LEAST_SECONDS:
            begin = begin.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
            end = begin + HOUR
            if end + SETTLED_AFTER > now:
                break
            counted += self._recount(community, begin, end, now)
            self.sealed.keep_sealed_to(community.id, done, end)
            done = begin = end
        return counted

    def _recount(self, community: Community, begin: datetime, end: datetime, now: datetime) -> int:
        """Every hour that was touched between two moments, or is due again."""
        noted = self.sealed.touched(community.id, _iso(begin), _iso(end))
        again = {f"{begin - later:%Y-%m-%dT%H}" for later in AGAIN_AFTER}
        days: set[tuple[str, date]] = set()
        for hour in sorted(noted.keys() | again):
            objects, parts = self.sealed.objects(community.id, hour)
            new = noted.get(hour, set()) - objects
            if new:
                self.sealed.add_objects(community.id, hour, parts, new, now)
            spaces: dict[str, dict[date, Figures]] = {}
            for (space, day), figures in self._figures(community, hour, objects | new).items():
                spaces.setdefault(space, {})[day] = figures
                days.add((space, day))
            for space, slices in spaces.items():
                self.sealed.keep_hour(community.id, space, hour, slices, now)
        for space, day in sorted(days):
            self._add_up(community, space, day, now)
        return len(noted.keys() | again)

    def _figures(self, community: Community, hour: str, objects: Iterable[Place]) -> dict[tuple[str, date], Figures]:
        heads = self._heads(community.id, objects)
        of_hour = [head for head in heads.values() if head.hour == hour]
        answered = {
            (head.platform, head.account, name)
            for head in of_hour
            for name in (head.parent, head.thread if head.kind is HeadKind.TEAM else None)
            if name and name != head.object
        }
        missing = {place for place in answered if (community.id, *place) not in heads}
        known: Known = {**heads, **self._heads(community.id, missing)}
        return recount(of_hour, known, community)

    def _heads(self, community: str, objects: Iterable[Place]) -> dict[tuple[str, str, str, str], Head]:
        places = sorted(objects)
        found = {}
        for start in range(0, len(places), _AT_ONCE):
            some = places[start : start + _AT_ONCE]
            known = self.journal.read(self.keys.head(community, *place) for place in some)
            found.update({head.at: head for place in some if (head := known.head(community, *place))})
        return found

    def _add_up(self, community: Community, space: str, day: date, now: datetime) -> None:
        hours = hours_of(day, community)
        kept = self.sealed.hours(community.id, space, hours[0], hours[-1])
        parts = (slices[day] for slices in kept.values() if day in slices)
        self.sealed.keep_day(community.id, space, day, sum(parts, Figures()), now)


def _iso(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
