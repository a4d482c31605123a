"""results: what an operation came to. Counts, and always beside them how people talked. Pure.

Counting people conquers a market; whether anybody spoke with anybody is another question, so no count is shown without
the measures of the conversation around the same interactions.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import reduce
from operator import or_
from statistics import median
from typing import Final

from tribune.conversation import Threads
from tribune.crowd import Crowd
from tribune.figures import Figures
from tribune.measures import Measure, Unit
from tribune.operation import Entered, Entry, Operation, OutcomeKind
from tribune.partaking import BY_MACHINE, BY_PERSON, ENTRIES, INVALID, TO_MEMBER, TO_US, entrants, voices


@dataclass(frozen=True, slots=True)
class TeamResults:
    """What a team came to."""

    team: str
    entries: int
    invalid: int
    participants: int
    participants_exact: bool
    comments: int
    articles: int


@dataclass(frozen=True, slots=True)
class Talk:
    """How people talked, in public."""

    comments: int
    voices: Crowd
    """Members who wrote something, an entry or not."""
    returning: int
    """Of these, on more than one day."""
    to_member: int
    to_us: int
    by_person: int
    by_machine: int
    depth: float | None
    """Public messages in a thread: half of the threads have no more."""
    threads: int
    """Of so many that is said: all of them, or a sample drawn at random."""
    threads_exact: bool


@dataclass(frozen=True, slots=True)
class Results:
    """An operation, counted."""

    operation: Operation
    entered: Entered
    entries: int
    """Valid ones."""
    invalid: int
    participants: int
    """Different people who gave a valid entry."""
    participants_exact: bool
    of_before: int | None
    """Of these, who took part in an earlier edition; None where there was none."""
    of_before_exact: bool
    kinds: Mapping[str, int]
    """Kind of interaction -> how many."""
    sites: int
    writers: int
    """Different people who sign the articles."""
    teams: tuple[TeamResults, ...]
    talk: Talk

    @property
    def comments(self) -> int:
        """In public, and written to us alone."""
        return self.kinds.get("comment", 0) + self.kinds.get("message", 0)

    @property
    def cost(self) -> float | None:
        """As somebody entered it, else as it was planned."""
        entered = self.entered.value_of(OutcomeKind.COST)
        return self.operation.cost if entered is None else entered

    def counts(self) -> Iterator[tuple[str, float | None]]:
        """The counts by their names, in the order in which they are read; None: nobody looked it up."""
        yield from (("entries", self.entries), ("invalid", self.invalid), ("participants", self.participants))
        if self.of_before is not None:
            yield "of_before", self.of_before
        yield from (("articles", len(self.entered.articles)), ("sites", self.sites), ("writers", self.writers))
        yield from (("comments", self.comments), ("likes", self.kinds.get("reaction", 0)))
        yield "shares", self.kinds.get("share", 0)
        yield "followers", self.entered.value_of(OutcomeKind.FOLLOWERS)
        yield "cost", self.cost

    def conversation(self) -> Iterator[tuple[str, float | None]]:
        """What stands beside them, in the same way."""
        talk = self.talk
        yield from (("voices", talk.voices.size), ("returning", talk.returning), ("to_member", talk.to_member))
        yield from (("to_us", talk.to_us), ("threads", talk.threads), ("depth", talk.depth))
        yield from (("by_person", talk.by_person), ("by_machine", talk.by_machine))

    def measures(self) -> tuple[Measure, ...]:
        """The named formulas, each with both of its figures."""
        rough, talk = not self.participants_exact, self.talk
        each = [
            Measure("comments_per_participant", self.comments, self.participants, Unit.EACH, estimated=rough),
            Measure("dialogue", talk.to_member, talk.comments, Unit.SHARE),
            Measure("returning", talk.returning, talk.voices.size, Unit.SHARE, estimated=not talk.voices.is_exact),
            Measure("said_by_a_person", talk.by_person, talk.by_person + talk.by_machine, Unit.SHARE),
        ]
        if self.cost is not None:
            each.insert(0, Measure("cost_per_participant", self.cost, self.participants, Unit.EACH, estimated=rough))
        return tuple(each)


def results(
    operation: Operation, days: Mapping[date, Figures], entered: Entered, before: Iterable[Crowd] = ()
) -> Results:
    """What an operation came to on some days (of the community's zone, all spaces together).

    `before`: who took part in each of the earlier editions of its series.
    """
    whole = sum(days.values(), Figures())
    of: _Of = Counter()
    for taken, n in whole.operations.counts.items():
        if taken.operation == operation.id:
            of[taken.team, taken.what] += n
    by_articles = operation.enters is Entry.ARTICLE
    people, editions = whole.people.get(entrants(operation.id), Crowd()), list(before)
    earlier = reduce(or_, editions, Crowd())
    writers = len({one.writer for one in entered.articles})
    return Results(
        operation=operation,
        entered=entered,
        entries=len(entered.articles) if by_articles else _all(of, ENTRIES),
        invalid=_all(of, INVALID),
        participants=writers if by_articles else people.size,
        participants_exact=by_articles or people.is_exact,
        of_before=people.common(earlier) if editions else None,
        of_before_exact=people.is_exact and earlier.is_exact,
        kinds={what: _all(of, what) for what in sorted({what for _, what in of} - _NOT_KINDS)},
        sites=len({one.site for one in entered.articles}),
        writers=writers,
        teams=tuple(_team(operation, team, of, whole, entered) for team in _teams(operation, of)),
        talk=_talk(operation, days, of, whole),
    )


type _Of = Counter[tuple[str, str]]
"""(team, what) -> how many, of one operation."""
_NOT_KINDS: Final = frozenset({ENTRIES, INVALID, TO_MEMBER, TO_US, BY_PERSON, BY_MACHINE})


def _all(of: _Of, what: str) -> int:
    return sum(n for (_, which), n in of.items() if which == what)


def _teams(operation: Operation, of: _Of) -> list[str]:
    """Its teams, in their order; then those that it no longer has."""
    told = [team.id for team in operation.teams]
    return [*told, *sorted({team for team, _ in of} - set(told) - {""})]


def _team(operation: Operation, team: str, of: _Of, whole: Figures, entered: Entered) -> TeamResults:
    articles = [one for one in entered.articles if one.team == team]
    by_articles = operation.enters is Entry.ARTICLE
    crowd = whole.people.get(entrants(operation.id, team), Crowd())
    return TeamResults(
        team=team,
        entries=len(articles) if by_articles else of[team, ENTRIES],
        invalid=of[team, INVALID],
        participants=len({one.writer for one in articles}) if by_articles else crowd.size,
        participants_exact=by_articles or crowd.is_exact,
        comments=of[team, "comment"] + of[team, "message"],
        articles=len(articles),
    )


def _talk(operation: Operation, days: Mapping[date, Figures], of: _Of, whole: Figures) -> Talk:
    name, threads = voices(operation.id), whole.operations.threads.get(operation.id, Threads())
    lengths = [thread.members + thread.ours for thread in threads.of.values() if thread.members]
    return Talk(
        comments=_all(of, "comment"),
        voices=whole.people.get(name, Crowd()),
        returning=Crowd.returning(one.people[name] for one in days.values() if name in one.people),
        to_member=_all(of, TO_MEMBER),
        to_us=_all(of, TO_US),
        by_person=_all(of, BY_PERSON),
        by_machine=_all(of, BY_MACHINE),
        depth=median(lengths) if lengths else None,
        threads=len(lengths),
        threads_exact=threads.is_exact,
    )
