"""The rota: who is on duty, when somebody may be rung, when the team is there. Pure.

A lone community manager is the normal case: everything has a default that fits one person. Hours are
written as people say them (`mon-fri 09:00-18:00`) and mean the wall clock of the community's time zone;
intervals are compared as instants, so that a night with 23 or 25 hours is handled like any other.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated, Any, Literal, Self
from zoneinfo import ZoneInfo

from pydantic import BeforeValidator, Field, PlainSerializer, model_validator

from tribune.written import Written

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_HOURS = re.compile(r"(?:([a-z, -]+?)\s+)?(\d{1,2}):(\d{2})\s*[-–]\s*(\d{1,2}):(\d{2})")
_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Hours:
    """A daily interval of wall-clock time on some days of the week (0 = Monday).

    One whose end is not after its start goes past midnight and belongs to the day it starts on.
    """

    days: frozenset[int]
    start: time
    end: time

    def __str__(self) -> str:
        days = "" if len(self.days) == len(DAYS) else ",".join(DAYS[day] for day in sorted(self.days)) + " "
        return f"{days}{self.start:%H:%M}-{self.end:%H:%M}"

    def intervals(self, at: datetime, zone: ZoneInfo) -> Iterator[tuple[datetime, datetime, date]]:
        """The intervals from the day before `at` on, as instants in UTC, each with the day it starts on."""
        day = at.astimezone(zone).date() - _ONE_DAY
        while True:
            if day.weekday() in self.days:
                last = day if self.end > self.start else day + _ONE_DAY
                yield _instant(day, self.start, zone), _instant(last, self.end, zone), day
            day += _ONE_DAY


def _instant(day: date, clock: time, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, clock, zone).astimezone(UTC)


def read_hours(written: str) -> Hours:
    """`09:00-18:00` or `mon-fri 09:00-18:00` or `mon,wed 22:00-06:00`; ValueError says what would be right."""
    match = _HOURS.fullmatch(written.strip().lower())
    if not match:
        raise ValueError(f'"{written}" should read like "mon-fri 09:00-18:00"')
    days, *numbers = match.groups()
    hour, minute, to_hour, to_minute = map(int, numbers)
    if (to_hour, to_minute) == (24, 0):
        to_hour = 0
    try:
        return Hours(_days(days), time(hour, minute), time(to_hour, to_minute))
    except ValueError as error:
        raise ValueError(f'"{written}" should read like "mon-fri 09:00-18:00": {error}') from error


def _days(written: str | None) -> frozenset[int]:
    if not written:
        return frozenset(range(len(DAYS)))
    days: set[int] = set()
    for part in written.split(","):
        first, _, last = (name.strip() for name in part.partition("-"))
        begin, end = _day(first), _day(last or first)
        days.update(day % len(DAYS) for day in range(begin, (end if end >= begin else end + len(DAYS)) + 1))
    return frozenset(days)


def _day(name: str) -> int:
    if name not in DAYS:
        raise ValueError(f'"{name}" is none of {", ".join(DAYS)}')
    return DAYS.index(name)


def _parsed(value: Any) -> Any:
    return read_hours(value) if isinstance(value, str) else value


type WrittenHours = Annotated[Hours, BeforeValidator(_parsed), PlainSerializer(str, return_type=str)]


@dataclass(frozen=True, slots=True)
class CallMessage:
    """What reaches a person on duty, before a way gives it its form (mail, Slack, console)."""

    community: str
    call: str
    subject: str
    """At most 100 characters: makes sense alone, on a lock screen."""
    paragraphs: tuple[str, ...]
    """What happened, what was done, what to do next, who is next: plain text, one thought each."""
    link: str = ""
    """The comment's address, empty where it has none."""
    link_words: str = ""
    """What the link is called."""
    language: str = "fr"

    @property
    def text(self) -> str:
        """The whole message as plain text, subject left out."""
        link = (f"{self.link_words}\n{self.link}",) if self.link else ()
        return "\n\n".join((*self.paragraphs, *link))


class Way(Written):
    """One way to reach a person. What must stay secret (a Slack webhook's address) is in SSM, never here."""

    kind: Literal["console", "email", "slack"]
    address: str = ""
    """The mail address of `email`; empty where the secret `<person>.<kind>` says where to go."""


class Away(Written):
    """Leave, both days included: nobody calls a person who is away."""

    start: date
    end: date


class Person(Written):
    """Somebody of the team. `ways` are tried in their order."""

    id: str = Field(pattern=r"^[a-z0-9][a-z0-9-]{0,39}$")
    name: str
    initials: str = Field(default="", pattern=r"^[^\W\d_]{0,4}$")
    """What signs a message this person approved: `MC` signs `^MC`."""
    role: Literal["cm", "smm"] = "cm"
    languages: tuple[str, ...] = ("fr",)
    """The first one is the language of the calls."""
    ways: tuple[Way, ...] = ()
    away: tuple[Away, ...] = ()

    def is_away(self, day: date) -> bool:
        """Is this a day of leave?"""
        return any(leave.start <= day <= leave.end for leave in self.away)


class Turn(Written):
    """A stretch of days on which these people are on duty, in calling order; both days included."""

    start: date
    end: date
    people: tuple[str, ...] = Field(min_length=1)


class Rota(Written):
    """Who is called, in which order, at which hours."""

    people: tuple[Person, ...] = Field(min_length=1)
    default: tuple[str, ...] = ()
    """On duty when no turn says otherwise, in calling order; empty: everybody, as listed."""
    turns: tuple[Turn, ...] = ()
    fallback: Person | None = None
    """The deputy, or a shared address: called when nobody on duty could be reached."""
    presence: WrittenHours = read_hours("mon-fri 09:00-18:00")
    """When members can expect a person."""
    quiet_hours: WrittenHours | None = read_hours("20:00-08:00")
    """When nobody is rung but for danger; so are the days without presence, and holidays."""
    holidays: tuple[date, ...] = ()
    care_country: Literal["fr", "be", "ch", "uk", "ie", "us", "ca"] = "fr"
    """Whose help line is given in distress."""

    @model_validator(mode="after")
    def _agrees_with_itself(self) -> Self:
        ids = [person.id for person in (*self.people, *((self.fallback,) if self.fallback else ()))]
        if len(set(ids)) != len(ids):
            raise ValueError("two people have the same id")
        named = {name for turn in self.turns for name in turn.people} | set(self.default)
        if missing := sorted(named - set(ids)):
            raise ValueError(f"on duty but not among the people: {', '.join(missing)}")
        if self.quiet_hours and self.quiet_hours.start == self.quiet_hours.end:
            raise ValueError("quiet_hours would never end")
        return self

    def person(self, person_id: str) -> Person | None:
        """Somebody of the team, the fallback included."""
        everybody = (*self.people, *((self.fallback,) if self.fallback else ()))
        return next((person for person in everybody if person.id == person_id), None)


def on_duty(rota: Rota, at: datetime, zone: ZoneInfo, roles: tuple[str, ...] = ("cm",)) -> list[Person]:
    """Who is called at `at`, in calling order: the wanted roles first, then their colleagues on duty, then the fallback.

    A turn replaces the default for the roles it names people of. Who is away is left out.
    """
    day = at.astimezone(zone).date()
    turn = [name for turn in rota.turns if turn.start <= day <= turn.end for name in turn.people]
    default = rota.default or tuple(person.id for person in rota.people)
    people = {person.id: person for person in rota.people}
    turned = {people[name].role for name in turn if name in people}
    line = [people[name] for name in dict.fromkeys(turn) if name in people]
    line += [people[name] for name in default if name in people and people[name].role not in turned]
    present = [person for person in line if not person.is_away(day)]
    called = [person for person in present if person.role in roles]
    called += [person for person in present if person.role not in roles]
    return [*called, *((rota.fallback,) if rota.fallback else ())]


def may_ring(rota: Rota, at: datetime, zone: ZoneInfo, urgency: str) -> datetime:
    """The first instant, not before `at`, at which somebody may be rung.

    `now` rings at any hour; `hours` waits until the quiet time ends on a day of presence; `digest` waits for
    the next time the team arrives.
    """
    if urgency == "now":
        return at
    if urgency == "digest":
        return next(begin for begin, _, day in rota.presence.intervals(at, zone) if begin >= at and _works(rota, day))
    ring = at
    while (later := _still_quiet(rota, ring, zone)) is not None:
        ring = later
    return ring


def _still_quiet(rota: Rota, at: datetime, zone: ZoneInfo) -> datetime | None:
    """When this stretch of quiet ends; None when it is not quiet."""
    if rota.quiet_hours:
        for begin, end, _ in rota.quiet_hours.intervals(at, zone):
            if begin > at:
                break
            if at < end:
                return end
    day = at.astimezone(zone).date()
    if day.weekday() not in rota.presence.days or day in rota.holidays:
        return _instant(day + _ONE_DAY, time(0), zone)
    return None


def _works(rota: Rota, day: date) -> bool:
    return day not in rota.holidays


def after_presence(rota: Rota, since: datetime, lasting: timedelta, zone: ZoneInfo) -> datetime:
    """The instant at which the team has been there for `lasting` altogether, from `since` on."""
    left = lasting
    for opens, closes, day in rota.presence.intervals(since, zone):
        begin = max(opens, since)
        if not _works(rota, day) or closes <= begin:
            continue
        if closes - begin >= left:
            return begin + left
        left -= closes - begin
    raise AssertionError("days do not end")


def is_present(rota: Rota, at: datetime, zone: ZoneInfo) -> bool:
    """Can a member expect a person at `at`?"""
    return next_presence(rota, at, zone) == at


def next_presence(rota: Rota, at: datetime, zone: ZoneInfo) -> datetime:
    """`at` when the team is there, else when it is there next."""
    return next(
        max(begin, at) for begin, end, day in rota.presence.intervals(at, zone) if end > at and _works(rota, day)
    )
