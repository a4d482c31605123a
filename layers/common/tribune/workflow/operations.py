"""operations: an operation while it runs: what it came to so far, what people enter of it, what they say of an entry."""

from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Final, Protocol

from tribune.community import Community
from tribune.crowd import Crowd
from tribune.errors import AlreadyDone, Conflict, Gone, NotFound
from tribune.figures import Figures, hours_of
from tribune.journal import Changes, Head
from tribune.operation import Article, Entered, Operation, Outcome, Ruled, last_day, ruled
from tribune.partaking import ENTRIES, INVALID, entrants
from tribune.results import Results, results
from tribune.workflow.ports import Key, Keys, Noting
from tribune.workflow.worksheet import Known, ObjectId, Worksheet

HEARD_LATE: Final = timedelta(days=31)
"""What was said in time and heard of later than that after the end stands in no result."""
MOST_SHOWN: Final = 200
"""Entries of one hour that are looked at in one go."""
_TRIES: Final = 3

type Place = tuple[str, str, str]
"""(platform, account, object)."""


# ruff: disable[D102]  what each of these does is said where it is done
class Store(Protocol):
    """Where it is kept what people enter."""

    def entered(self, community: str, operation: str) -> Entered: ...
    def keep(self, community: str, operation: str, after: Entered, now: datetime) -> None: ...


class Sealed(Protocol):
    """Where figures are kept."""

    def sealed_to(self, community: str) -> datetime | None: ...
    def days(self, community: str, space: str, first: date, last: date) -> dict[date, Figures]: ...
    def hours(self, community: str, space: str, first: str, last: str) -> dict[str, dict[date, Figures]]: ...
    def objects(self, community: str, hour: str) -> tuple[set[Place], int]: ...


class Journal(Noting, Protocol):
    """Where heads are kept."""

    def read(self, wanted: Iterable[Key]) -> Known: ...
    def commit(self, changes: Changes, now: datetime) -> None: ...


# ruff: enable[D102]


@dataclass(frozen=True, slots=True)
class Counted:
    """What an operation came to, and up to when it was counted."""

    results: Results
    counted_to: datetime | None
    """None: nothing was counted here yet."""
    by_day: Mapping[date, int]
    """Day -> entries, valid or not, where there are any."""


@dataclass(frozen=True, slots=True)
class Operations:
    """The operations of a community, with their edges."""

    store: Store
    sealed: Sealed
    journal: Journal
    keys: Keys

    # --- what it came to ---

    def counted(self, community: Community, operation: Operation, now: datetime) -> Counted:
        """Two requests for each space and edition of its series, one more for each MB. Raises Unavailable."""
        days = self._days(community, operation, now)
        earlier = [
            self._people(community, one, now)
            for one in community.operations
            if operation.series and one.series == operation.series and one.id != operation.id
            if one.bounds(community.zone)[0] < operation.bounds(community.zone)[0]
        ]
        by_day = {day: n for day, figures in sorted(days.items()) if (n := _entries(figures, operation))}
        entered = self.store.entered(community.id, operation.id)
        return Counted(results(operation, days, entered, earlier), self.sealed.sealed_to(community.id), by_day)

    def _days(self, community: Community, operation: Operation, now: datetime) -> dict[date, Figures]:
        begin, _ = operation.bounds(community.zone)
        first = begin.astimezone(community.zone).date()
        last = min(last_day(operation, community.zone) + HEARD_LATE, now.astimezone(community.zone).date())
        found: dict[date, Figures] = {}
        for space in _spaces(community, operation) if first <= last else ():
            for day, figures in self.sealed.days(community.id, space, first, last).items():
                found[day] = found.get(day, Figures()) + figures
        return found

    def _people(self, community: Community, operation: Operation, now: datetime) -> Crowd:
        whole = sum(self._days(community, operation, now).values(), Figures())
        return whole.people.get(entrants(operation.id), Crowd())

    # --- what people enter ---

    def add_article(self, community: str, operation: str, article: Article, now: datetime) -> None:
        """Raises AlreadyDone when somebody entered that address, Conflict, Unavailable, ValueError for one too many."""

        def added(before: Entered) -> Entered:
            known = next((one for one in before.articles if one.id == article.id), None)
            if known is not None:
                raise AlreadyDone(known.by, known.at)
            return _with(before, articles=(*before.articles, article))

        self._change(community, operation, added, now)

    def add_outcome(self, community: str, operation: str, outcome: Outcome, now: datetime) -> None:
        """Raises Conflict, Unavailable, ValueError for one too many."""
        self._change(community, operation, lambda before: _with(before, outcomes=(*before.outcomes, outcome)), now)

    def take_out(self, community: str, operation: str, name: str, now: datetime) -> None:
        """Take out an article or an outcome that was entered by mistake. Raises NotFound, Conflict, Unavailable."""

        def without(before: Entered) -> Entered:
            articles = tuple(one for one in before.articles if one.id != name)
            outcomes = tuple(one for one in before.outcomes if one.id != name)
            if (articles, outcomes) == (before.articles, before.outcomes):
                raise NotFound(name)
            return _with(before, articles=articles, outcomes=outcomes)

        self._change(community, operation, without, now)

    def _change(self, community: str, operation: str, change: Callable[[Entered], Entered], now: datetime) -> None:
        _persistently(
            lambda: self.store.keep(community, operation, change(self.store.entered(community, operation)), now)
        )

    # --- its entries, one by one ---

    def hours_with_entries(self, community: Community, operation: Operation, day: date) -> dict[str, int]:
        """Hour of receipt (`2026-12-01T08`, UTC) -> entries, of a day of the community's zone. Raises Unavailable."""
        hours = hours_of(day, community)
        found: dict[str, int] = {}
        for space in _spaces(community, operation):
            for hour, slices in self.sealed.hours(community.id, space, hours[0], hours[-1]).items():
                n = _entries(slices.get(day, Figures()), operation)
                if n:
                    found[hour] = found.get(hour, 0) + n
        return dict(sorted(found.items()))

    def entries(self, community: Community, operation: Operation, hour: str) -> list[Head]:
        """The entries of an hour, in the order in which they were written: at most MOST_SHOWN. Raises Unavailable."""
        objects, _ = self.sealed.objects(community.id, hour)
        known = self.journal.read([self.keys.head(community.id, *place) for place in sorted(objects)])
        heads = (known.head(community.id, *place) for place in objects)
        there = [one for one in heads if one and one.counted and _enters(one, operation.id) and one.hour == hour]
        return sorted(there, key=lambda one: (one.posted_at, one.object))[:MOST_SHOWN]

    def rule(self, at: ObjectId, operation: str, ruling: Ruled, by: str, now: datetime) -> Head:
        """A person says what an entry is worth; the next hour's count knows it. Answers its head.

        Raises NotFound for what is no entry, Gone for what its author deleted, Conflict, Unavailable.
        """
        return _persistently(lambda: self._rule(at, operation, ruling, by, now))

    def _rule(self, at: ObjectId, operation: str, ruling: Ruled, by: str, now: datetime) -> Head:
        sheet = Worksheet(self.journal.read([self.keys.head(*at)]), now)
        head = sheet.head(at)
        if head is None or not _enters(head, operation):
            raise NotFound("|".join(at[1:]))
        if head.deleted:
            raise Gone("|".join(at[1:]))
        written = sheet.put_head(replace(head, marks=ruled(head.marks, operation, ruling, by)))
        self.journal.keep_words((), (), (), [written])
        self.journal.commit(sheet.changes(), now)
        return written


def _persistently[Done](act: Callable[[], Done]) -> Done:
    """Do it on what somebody else has just written. Raises Conflict where that goes on."""
    for _ in range(_TRIES - 1):
        with suppress(Conflict):
            return act()
    return act()


def _enters(head: Head, operation: str) -> bool:
    """Is it an entry of that operation, whatever it is worth?"""
    return any(mark.operation == operation and mark.entry for mark in head.marks)


def _spaces(community: Community, operation: Operation) -> tuple[str, ...]:
    """Where something of it can be: a hashtag is said anywhere."""
    if operation.tags:
        return community.spaces
    accounts = {(post.platform, post.account) for post in operation.posts}
    told = [(channel.platform, account) for channel in community.channels for account in channel.accounts]
    return tuple(dict.fromkeys(account.space for platform, account in told if (platform, account.id) in accounts))


def _entries(figures: Figures, operation: Operation) -> int:
    return sum(
        n
        for taken, n in figures.operations.counts.items()
        if taken.operation == operation.id and taken.what in (ENTRIES, INVALID)
    )


def _with(before: Entered, **changed: object) -> Entered:
    """Checked again: an operation takes so much and no more."""
    return Entered.model_validate(dict(before) | changed | {"rev": before.rev + 1})
