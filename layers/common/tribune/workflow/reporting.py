"""reporting: what a report is made of is read, the report is made, and everybody it is for is called once.

It travels as the digest does, in a call of its own for each person, named after the period and the person: whatever
crashes or comes twice, it is told once. The call holds figures and places, never a word: those are read when somebody
is reached. What is read is bounded, however much was said: the sealed days, the latest cases, appeals and calls, and of
the words at most a thousand comments of the busiest hours.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any, Final, Protocol

from pydantic import TypeAdapter

from tribune import measures, pages
from tribune.charter import Findings, PublishedCharter
from tribune.community import Community
from tribune.decision import Urgency
from tribune.errors import CharterUnreadable
from tribune.figures import HOUR, Figures, hour_start, hours_of
from tribune.journal import AuthorRecord, Call, Case, Changes, Head, HeadKind, SaidWords
from tribune.notice import Appeal
from tribune.proposals import Heard
from tribune.report import Material, Period, Place, Report, Thanked, build
from tribune.reported import Said, Told, tell
from tribune.workflow.lead import as_written
from tribune.workflow.opening import call_due, wake_up
from tribune.workflow.ports import Communities, Key, Keys, Queue, readable
from tribune.workflow.thanking import Thanking
from tribune.workflow.worksheet import ObjectId

REPORT: Final = "report"
"""The reason of its call."""
MOST_CASES: Final = 200
MOST_CALLS: Final = 500
MOST_HOURS: Final = 48
MOST_OF_AN_HOUR: Final = 100
MOST_READ: Final = 1000
MOST_REMINDED, MOST_OF_ONE = 100, 200
"""Members who were reminded and of whom it is read what became of it, and what is read of each."""
STILL_NEWS: Final = timedelta(days=2)
"""So long after its end a period is reported; after that, who wants it looks at the desk."""
COUNTED_WITHIN: Final = timedelta(hours=6)
"""So long the last hours may take to be counted; after that the report says up to when it counts."""
_REPORT: Final = TypeAdapter(Report)


# ruff: disable[D102]  what each of these does is said where it is done
class Known(Protocol):
    """What was read in one go."""

    def head(self, community: str, platform: str, account: str, object_id: str, /) -> Head | None: ...
    def case(self, community: str, platform: str, account: str, object_id: str, /) -> Case | None: ...
    def author(self, community: str, author: str, now: datetime, /) -> AuthorRecord: ...


class Journal(Protocol):
    """What a report needs of the journal."""

    def read(self, wanted: Iterable[Key]) -> Known: ...
    def latest_cases(self, community: str, since: datetime, limit: int) -> list[ObjectId]: ...
    def last_said(self, community: str, author: str, limit: int) -> list[ObjectId]: ...
    def latest_calls(self, community: str, since: datetime, limit: int) -> list[Call]: ...
    def appeals(self, community: str, *, waiting: bool) -> list[Appeal]: ...
    def current_words(self, heads: Iterable[Head]) -> Mapping[ObjectId, str]: ...
    def said_of(self, heads: Iterable[Head]) -> Mapping[ObjectId, SaidWords]: ...


class Calls(Protocol):
    """Where calls are kept."""

    def load_call(self, community: str, call_id: str) -> Call | None: ...
    def commit(self, changes: Changes, now: datetime) -> None: ...


class Sealed(Protocol):
    """Where figures are kept."""

    def sealed_to(self, community: str) -> datetime | None: ...
    def objects(self, community: str, hour: str) -> tuple[set[Place], int]: ...
    def days(self, community: str, space: str, first: date, last: date) -> Mapping[date, Figures]: ...


class Charters(Protocol):
    """The published charters."""

    def load(self, community: str, at: datetime) -> PublishedCharter | None: ...


# ruff: enable[D102]


# --- what it is made of ---


@dataclass(frozen=True, slots=True)
class Gathering:
    """Reads what a report is made of."""

    journal: Journal
    keys: Keys
    sealed: Sealed
    charters: Charters
    reading: Callable[[Community], Callable[[str], Findings]] = as_written
    """How the words of a community are read."""

    def report(self, community: Community, period: Period, now: datetime) -> Report:
        """The report of a period. Raises Unavailable."""
        return build(community, period, self.material(community, period, now), now)

    def material(self, community: Community, period: Period, now: datetime) -> Material:
        """Everything that it is made of, each thing read once. Raises Unavailable."""
        published = self.charter(community.id, now)
        counted = self.counted(community, period, published)
        since = period.before.bounds(community.zone)[0]
        return replace(
            counted,
            appeals=tuple(self.appeals(community.id)),
            calls=tuple(self.journal.latest_calls(community.id, since, MOST_CALLS)),
            read=tuple(self._read(community, counted.days)),
            reminded=tuple(self._reminded(community, period)),
            thanks=tuple(self._thanks(community, counted.figures, published, now)),
        )

    def counted(self, community: Community, period: Period, published: PublishedCharter | None) -> Material:
        """What of it was counted, with the latest cases: no words, no members. Raises Unavailable."""
        days = self.days(community, period.before.first, period.last)
        charter = published.charter if published else None
        return Material(
            days={day: figures for day, figures in days.items() if day >= period.first},
            before=sum((figures for day, figures in days.items() if day < period.first), Figures()),
            cases=tuple(self.cases(community.id, period.before.bounds(community.zone)[0])),
            counted_to=self.sealed.sealed_to(community.id),
            target=charter.commitments.response_target.lasting if charter else None,
            articles={clause.id: clause.number for clause in charter.clauses} if charter else {},
        )

    def charter(self, community: str, now: datetime) -> PublishedCharter | None:
        """The charter in force, None where there is none or it cannot be read."""
        try:
            return self.charters.load(community, now)
        except CharterUnreadable:  # whoever decides there says so
            return None

    def days(self, community: Community, first: date, last: date) -> dict[date, Figures]:
        """Of every space together."""
        found: dict[date, Figures] = {}
        for space in community.spaces:
            for day, figures in self.sealed.days(community.id, space, first, last).items():
                found[day] = found.get(day, Figures()) + figures
        return found

    def appeals(self, community: str) -> Iterator[Appeal]:
        """Those that wait, and those that were reviewed."""
        for waiting in (True, False):
            yield from self.journal.appeals(community, waiting=waiting)

    def cases(self, community: str, since: datetime) -> Iterator[Case]:
        """The latest open ones, and the latest of those settled since a moment."""
        places = self.journal.latest_cases(community, since, MOST_CASES)
        known = self.journal.read(self.keys.case(*at) for at in places)
        return (case for at in places if (case := known.case(*at)))

    def _reminded(self, community: Community, period: Period) -> Iterator[Head]:
        """What became of the reminders whose thirty days came to an end in the period, or in the one before."""
        since = measures.COMES_BACK_WITHIN
        days = self.days(community, period.before.first - since, period.last - since)
        who = sorted({author for figures in days.values() for author in figures.reminded})[:MOST_REMINDED]
        places = [at for author in who for at in self.journal.last_said(community.id, author, MOST_OF_ONE)]
        known = self.journal.read(self.keys.head(*at) for at in places)
        return (head for at in places if (head := known.head(*at)))

    def _read(self, community: Community, days: Mapping[date, Figures]) -> Iterator[tuple[Head, Heard]]:
        """Comments with their words, as far as these are still there."""
        places = [(community.id, *place) for place in self._places(community, days)]
        known = self.journal.read(self.keys.head(*at) for at in places)
        heads = [head for at in places if (head := known.head(*at)) and head.kind is HeadKind.COMMENT]
        kept = [head for head in heads if not (head.confidential or head.deleted)]
        said, read = self.journal.current_words(kept), self.reading(community)
        for head in kept:
            if head.at in said:
                yield head, _heard(head, said[head.at], read(said[head.at]))

    def _places(self, community: Community, days: Mapping[date, Figures]) -> list[Place]:
        """Objects of the busiest hours of receipt, the busiest first."""
        hours: Counter[str] = Counter()
        for day, figures in days.items():
            for hour in hours_of(day, community):
                names = _clock_hours(hour, day, community)
                hours[hour] += sum(n for (local, _), n in figures.clock.items() if local in names)
        hours = +hours
        found: list[Place] = []
        for hour, _ in sorted(hours.items(), key=lambda pair: (-pair[1], pair[0]))[:MOST_HOURS]:
            if len(found) >= MOST_READ:
                break
            objects, _ = self.sealed.objects(community.id, hour)
            found += sorted(objects)[:MOST_OF_AN_HOUR]
        return found[:MOST_READ]

    def _thanks(
        self, community: Community, figures: Figures, published: PublishedCharter | None, now: datetime
    ) -> Iterator[Thanked]:
        """Who gave most and can be thanked: nobody with a strike that has not lapsed."""
        lapse = published.charter.commitments.strike_ttl.lasting if published else timedelta.max
        for one in Thanking(self.journal, self.keys).most(community, figures.members, now, lapse):
            helped, days = one.gave.helps, len(one.gave.days)
            yield Thanked(one.head.at[1:], helped, days, ambassador=one.ambassador, may_be_named=one.may_be_named)


def _clock_hours(hour: str, day: date, community: Community) -> set[str]:
    """The clock hours of a day in which an hour (UTC) lies: two where the zone is off by half an hour."""
    begins = hour_start(hour)
    local = (at.astimezone(community.zone) for at in (begins, begins + HOUR - timedelta(minutes=1)))
    return {f"{at:%H}" for at in local if at.date() == day}


def _heard(head: Head, text: str, findings: Findings) -> Heard:
    return Heard(
        source=(head.platform, head.account, head.object),
        person=head.author or head.object,
        said_at=head.posted_at,
        reason=head.verdict.reason if head.verdict else "",
        waits=False,
        text=text,
        findings=findings,
    )


# --- to whom ---


@dataclass(frozen=True, slots=True)
class Reporting:
    """send_report's use case, with its edges."""

    gathering: Gathering
    communities: Communities
    journal: Calls
    calls: Queue

    def send(self, communities: Sequence[str], now: datetime) -> int:
        """Report each week and each month that is just over, wherever it was not yet; answers to how many people.

        Raises Unavailable.
        """
        return sum(self._send(community, now) for community in readable(self.communities, communities))

    def _send(self, community: Community, now: datetime) -> int:
        today = now.astimezone(community.zone).date()
        over = (Period.week(today).before, Period.month(today).before)
        return sum(self._tell(community, one, now) for one in over if now - one.bounds(community.zone)[1] < STILL_NEWS)

    def _tell(self, community: Community, period: Period, now: datetime) -> int:
        """One call a person, whoever writes it first."""
        people = [one for one in community.rota.people if not one.is_away(now, community.zone)]
        names = {f"{REPORT}-{period.name}-{one.id}": one.id for one in people}
        missing = [call for call in names if self.journal.load_call(community.id, call) is None]
        if not missing:
            return 0
        report = self.gathering.report(community, period, now)
        waits = not report.complete and now - period.bounds(community.zone)[1] < COUNTED_WITHIN
        if waits or not _is_worth_telling(report):
            return 0  # the last hours are about to be counted; or the community was not there yet, or sleeps
        told = tuple(_call(report, call, names[call], now) for call in missing)
        self.journal.commit(Changes(calls=told), now)
        self.calls.send([wake_up(one.community, one.id) for one in told])
        return len(told)


def _is_worth_telling(report: Report) -> bool:
    """Did anything happen in it, or in the period before?"""
    interactions = report.total("interactions")
    return bool(interactions.n or interactions.before or report.alerts.calls)


def _call(report: Report, name: str, person: str, now: datetime) -> Call:
    return replace(
        call_due(report.community, name, REPORT, Urgency.HOURS, now),
        only=person,
        figures={REPORT: packed(report), "period": report.period.name},
        places=report.places,
    )


# --- as it travels, as it is read ---


def packed(report: Report) -> str:
    """The report as JSON, whole: figures, names of measures, places."""
    return json.dumps(_REPORT.dump_python(report, mode="json"), ensure_ascii=False, separators=(",", ":"))


def unpacked(content: str) -> Report:
    """What was packed. Raises ValueError for anything else."""
    return _REPORT.validate_json(content)


def as_json(report: Report, language: str) -> dict[str, Any]:
    """The report for machines: each measure with its name, its formula, its value and both of its figures."""
    content: dict[str, Any] = _REPORT.dump_python(report, mode="json")
    content["period"]["name"] = report.period.name
    for shown, one in zip(content["measures"], report.measures, strict=True):
        shown["now"]["value"], shown["before"]["value"] = one.now.value, one.before.value
        shown.update(_formula(one.now.name, language))
    for shown, took in zip(content["times"], report.times, strict=True):
        shown.update(_formula(took.now.name, language))
    return {"schema": 1, **content}


def _formula(name: str, language: str) -> dict[str, str]:
    told = measures.told(name, language)
    return {"name": told.name, "formula": told.formula, "source": measures.card(name).source}


def told_of_report(call: Call, community: Community, said: Said, now: datetime, language: str) -> Told:
    """The report that a call brings, for the one whom it is for."""
    person = community.rota.person(call.only)
    report = unpacked(call.figures[REPORT])
    first_name = person.name.split()[0] if person and person.name.split() else ""
    return tell(report, community, reader=first_name, said=said, now=now, language=language)


def as_html(told: Told, links: Sequence[tuple[str, str]]) -> str:
    """The report as an e-mail; `links`: (what it is called, where it leads)."""
    return pages.render("report", told=told, links=links)
