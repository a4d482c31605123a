"""The rota: who is on duty, when somebody may be rung, when the team is there. Pure.

A lone community manager is the normal case: everything has a default that fits one person. Hours are
written as people say them (`mon-fri 09:00-18:00`) and mean the wall clock of the community's time zone;
intervals are compared as instants, so that a day with 23 or 25 hours is handled like any other. Where the clocks
change, an hour that comes twice means the first time, and one that does not exist is read on the clock of before
the change: 02:30 is then what the wall calls 03:30.
"""

import heapq
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated, Any, Literal, Self
from zoneinfo import ZoneInfo

from pydantic import BeforeValidator, Field, PlainSerializer, PlainValidator, model_validator

from tribune.written import Written

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_HOURS = re.compile(r"(?:([a-z, -]+?)\s+)?(\d{1,2}):(\d{2})\s*[-–]\s*(\d{1,2}):(\d{2})")
_ONE_DAY = timedelta(days=1)
_A_YEAR = timedelta(days=366)
_FIRST_YEAR, _LAST_YEAR = 2000, 9998
"""A slip of the keyboard or "for good" beyond them (0001, 9999) is no instant that clocks can compute with."""


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


@dataclass(frozen=True, slots=True)
class Schedule:
    """Hours with a break, or that differ from day to day."""

    parts: tuple[Hours, ...]

    @property
    def days(self) -> frozenset[int]:
        """The days of the week on which there are any."""
        return frozenset(day for part in self.parts for day in part.days)

    def intervals(self, at: datetime, zone: ZoneInfo) -> Iterator[tuple[datetime, datetime, date]]:
        """As those of each of its parts, in order."""
        return heapq.merge(*(part.intervals(at, zone) for part in self.parts))


def read_schedule(written: Sequence[str]) -> Schedule:
    """Each as `read_hours` takes it; ValueError says what would be right, also when two of them overlap."""
    schedule = Schedule(tuple(read_hours(one) for one in written))
    any_week = datetime(2026, 1, 7, tzinfo=UTC)
    before = any_week - _ONE_DAY
    for begin, end, _ in schedule.intervals(any_week, ZoneInfo("UTC")):
        if begin < before:
            raise ValueError(f"two of these hours overlap: {', '.join(written)}")
        if begin > any_week + timedelta(weeks=1):
            break
        before = end
    return schedule


def _schedule(value: Any) -> Any:
    if isinstance(value, list | tuple) and value and all(isinstance(one, str) for one in value):
        return read_schedule(value)
    return read_schedule([value]) if isinstance(value, str) else value


def _as_written(schedule: Schedule) -> str | list[str]:
    parts = [str(part) for part in schedule.parts]
    return parts[0] if len(parts) == 1 else parts


type WrittenSchedule = Annotated[
    Schedule, BeforeValidator(_schedule), PlainSerializer(_as_written, return_type=str | list[str])
]
"""`mon-fri 09:00-18:00`, or several: `[mon-fri 09:00-12:30, mon-fri 14:00-18:00, sat 09:00-13:00]`."""


def _parsed(value: Any) -> Any:
    return read_hours(value) if isinstance(value, str) else value


type WrittenHours = Annotated[Hours, BeforeValidator(_parsed), PlainSerializer(str, return_type=str)]


@dataclass(frozen=True, slots=True)
class Button:
    """What can be done about a call from the message itself, where a way has buttons."""

    does: Literal["take", "pause"]
    words: str


@dataclass(frozen=True, slots=True)
class Press:
    """Somebody pressed a button of a message, as the way says it, proven."""

    kind: str
    """The way."""
    user: str
    """The way's id of who pressed (`Way.user`)."""
    does: str
    """`Button.does`; something else for what is no button of ours."""
    community: str
    call: str
    at: datetime
    """When, by the way's clock."""


@dataclass(frozen=True, slots=True)
class CallMessage:
    """What reaches a person on duty, before a way gives it its form (mail, Slack, console)."""

    community: str
    call: str
    subject: str
    """At most 100 characters: makes sense alone, on a lock screen."""
    paragraphs: tuple[str, ...]
    """What happened, what was done, what to do next, who is next: plain text, one thought each."""
    html: str = ""
    """The whole of it as a mail, where it is more than paragraphs (a report); else a mail is made of these."""
    link: str = ""
    """The comment's address, empty where it has none."""
    link_words: str = ""
    """What the link is called."""
    language: str = "fr"
    desk: str = ""
    """The address of the desk's page about it: it shows, and changes nothing."""
    desk_words: str = ""
    """What that link is called."""
    calls: str = ""
    """The address of the desk's list of calls: the shortest one."""
    buttons: tuple[Button, ...] = ()
    anew: int = 0
    """How often the call began anew: it is told again…"""
    turn: int = 0
    """…and how often this person was reached about it since: what makes a repetition harmless where a way allows that."""

    @property
    def links(self) -> tuple[tuple[str, str], ...]:
        """(what it is called, where it leads): the page of the desk first, then the comment where it stands."""
        both = ((self.desk_words, self.desk), (self.link_words, self.link))
        return tuple((called, address) for called, address in both if address)

    @property
    def text(self) -> str:
        """The whole message as plain text, subject left out."""
        return "\n\n".join((*self.paragraphs, *(f"{called}\n{address}" for called, address in self.links)))


class Way(Written):
    """One way to reach a person. What must stay secret (a Slack webhook's address) is in SSM, never here."""

    kind: Literal["console", "email", "slack", "teams", "sms", "line", "telegram"]
    address: str = ""
    """A mail address, a telephone number, LINE's id of the person, the number of a Telegram chat; empty where the
    secret `<person>.<kind>` says where to go.
    """
    user: str = Field(default="", pattern=r"^([UW][A-Z0-9]{2,20})?$")
    """Slack's id of the person: whose presses of a button count as theirs."""


def _day_or_moment(value: Any) -> date | datetime:
    """A day, or a day and an hour by the community's clock. ValueError says what would be right."""
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value) if re.search(r"\d[T ]\d", value) else date.fromisoformat(value)
        except ValueError as error:
            raise ValueError(f'"{value}" should read like 2026-12-24, or 2026-12-24T14:00') from error
    if not isinstance(value, date):
        message = "a day is written like 2026-12-24, an hour of it like 2026-12-24T14:00"
        raise ValueError(message)  # noqa: TRY004  what pydantic makes a sentence with its place of
    if isinstance(value, datetime) and value.tzinfo is not None:
        raise ValueError("the hour is the community's own: leave out the time zone")
    if not _FIRST_YEAR <= value.year <= _LAST_YEAR:
        raise ValueError(f'"{value.isoformat()}" is not between the years {_FIRST_YEAR} and {_LAST_YEAR}')
    return value


type DayOrMoment = Annotated[
    date | datetime,
    PlainValidator(_day_or_moment),
    PlainSerializer(lambda value: value.isoformat(), return_type=str),
]
"""`2026-12-24`, the whole day; `2026-12-24T14:00`, that minute by the community's clock."""


def _begins(written: date) -> datetime:
    return written if isinstance(written, datetime) else datetime.combine(written, time(0))


def _ends(written: date) -> datetime:
    return written if isinstance(written, datetime) else datetime.combine(written + _ONE_DAY, time(0))


class Lasting(Written):
    """From one day to another, both included; or from one hour to another."""

    start: DayOrMoment
    end: DayOrMoment

    @model_validator(mode="after")
    def _goes_forward(self) -> Self:
        if _ends(self.end) <= _begins(self.start):
            raise ValueError("it ends before it begins")
        return self

    def bounds(self, zone: ZoneInfo) -> tuple[datetime, datetime]:
        """The instants from which on it holds, and from which on it holds no more."""
        begin, end = _begins(self.start), _ends(self.end)
        return _instant(begin.date(), begin.time(), zone), _instant(end.date(), end.time(), zone)

    def holds(self, at: datetime, zone: ZoneInfo) -> bool:
        """Does it hold at this instant?"""
        begin, end = self.bounds(zone)
        return begin <= at < end


class Span(Lasting):
    """What somebody writes into the rota."""

    by: str = ""
    """Who of the team wrote it with `tribune duty`; empty for what stands in the file."""


class Away(Span):
    """Leave: nobody calls a person who is away."""


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
    deputy: str = ""
    """Who stands in for this person while they are away, by id."""

    def is_away(self, at: datetime, zone: ZoneInfo) -> bool:
        """Is this person on leave?"""
        return any(leave.holds(at, zone) for leave in self.away)


class Turn(Span):
    """A stretch of time in which these people are on duty, in calling order."""

    people: tuple[str, ...] = Field(min_length=1)


class Swap(Span):
    """For a while, one takes the place of another: an exchange when both are on duty."""

    gives: str
    takes: str


class Weeks(Written):
    """Week after week, the next of these people comes first, and the others follow in their order."""

    since: DayOrMoment
    """When the first week of the first one begins; each week ends at that hour of that weekday."""
    people: tuple[str, ...] = Field(min_length=1)

    def begins(self, week: int, zone: ZoneInfo) -> datetime:
        """When the week of this number begins, 0 for the first one."""
        first = _begins(self.since)
        return _instant(first.date() + timedelta(weeks=week), first.time(), zone)

    def week(self, at: datetime, zone: ZoneInfo) -> int:
        """The number of the week at an instant; below 0 before the first one."""
        passed = at.astimezone(zone).replace(tzinfo=None) - _begins(self.since)
        week = passed // timedelta(weeks=1)
        # By the wall, an hour may be missing or come twice: the instants decide.
        return week + (self.begins(week + 1, zone) <= at) - (at < self.begins(week, zone))

    def people_at(self, at: datetime, zone: ZoneInfo) -> tuple[str, ...]:
        """Whose week it is, then the others; nobody before the first one."""
        week = self.week(at, zone)
        first = week % len(self.people)
        return (*self.people[first:], *self.people[:first]) if week >= 0 else ()


class Regular(Written):
    """The same hours every week: a Saturday, an evening, the midday break."""

    when: WrittenHours
    people: tuple[str, ...] = Field(min_length=1)

    def holds(self, at: datetime, zone: ZoneInfo) -> bool:
        """Is it that hour?"""
        for begin, end, _ in self.when.intervals(at, zone):
            if begin > at:
                return False
            if at < end:
                return True
        raise AssertionError("weeks do not end")


class Holiday(Written):
    """A day on which nobody is expected."""

    day: date
    names: dict[str, str] = Field(default_factory=dict)
    """What it is called, by language; nothing where it is only a day."""


class Acknowledge(Written):
    """How many minutes somebody who was called has to take it before the next one is called."""

    now: int = Field(15, ge=1, le=240)
    """Danger, distress, an orange or a red climate."""
    hours: int = Field(30, ge=1, le=480)
    """Everything else."""


def _holiday(value: Any) -> Any:
    return {"day": value} if isinstance(value, date | str) else value


class Rota(Written):
    """Who is called, in which order, at which hours.

    Who has the duty is said by, in this order: a turn, the regular hours, the weeks, the default. Each speaks for the
    roles of the people it names. Then come the swaps, then leave and who stands in for it.
    """

    people: tuple[Person, ...] = Field(min_length=1)
    default: tuple[str, ...] = ()
    """On duty when nothing says otherwise, in calling order; empty: everybody, as listed."""
    weeks: Weeks | None = None
    regular: tuple[Regular, ...] = ()
    turns: tuple[Turn, ...] = ()
    swaps: tuple[Swap, ...] = ()
    fallback: Person | None = None
    """The deputy, or a shared address: called when nobody on duty could be reached."""
    presence: WrittenSchedule = read_schedule(["mon-fri 09:00-18:00"])
    """When members can expect a person."""
    quiet_hours: WrittenHours | None = read_hours("20:00-08:00")
    """When nobody is rung but for danger; so are the days without presence, and holidays."""
    holidays: tuple[Annotated[Holiday, BeforeValidator(_holiday)], ...] = ()
    """Days of rest of the house's own."""
    holidays_of: tuple[str, ...] = ()
    """The countries (FR) or parts of one (FR-57) whose public holidays are days of rest, by ISO 3166."""
    public_holidays: tuple[Holiday, ...] = ()
    """Which days those are: `tribune apply` works them out and writes them here."""
    holidays_until: date | None = None
    """The last day for which it did."""
    acknowledge: Acknowledge = Acknowledge()
    most_calls: int = Field(6, ge=1, le=60)
    """How many calls one person gets within an hour, danger and distress apart; the others come in one summary."""
    care_country: Literal["fr", "be", "ch", "uk", "ie", "us", "ca"] = "fr"
    """Whose help line is given in distress."""

    @model_validator(mode="after")
    def _agrees_with_itself(self) -> Self:
        ids = [person.id for person in (*self.people, *((self.fallback,) if self.fallback else ()))]
        if len(set(ids)) != len(ids):
            raise ValueError("two people have the same id")
        if missing := sorted(self._named() - set(ids)):
            raise ValueError(f"on duty but not among the people: {', '.join(missing)}")
        if self.quiet_hours and self.quiet_hours.start == self.quiet_hours.end:
            raise ValueError("quiet_hours would never end")
        return self

    def _named(self) -> set[str]:
        """Everybody whom some part of it speaks of."""
        lists = [self.default, *(turn.people for turn in self.turns), *(part.people for part in self.regular)]
        lists += [self.weeks.people] if self.weeks else []
        lists += [(swap.gives, swap.takes) for swap in self.swaps]
        deputies = {person.deputy for person in self.people if person.deputy}
        return {name for names in lists for name in names} | deputies

    def holiday(self, day: date) -> Holiday | None:
        """The holiday that this day is, None for an ordinary one."""
        return next((one for one in (*self.holidays, *self.public_holidays) if one.day == day), None)

    @property
    def everybody(self) -> tuple[Person, ...]:
        """The team, the fallback included."""
        return (*self.people, *((self.fallback,) if self.fallback else ()))

    def person(self, person_id: str) -> Person | None:
        """Somebody of the team, the fallback included."""
        return next((person for person in self.everybody if person.id == person_id), None)


def on_duty(rota: Rota, at: datetime, zone: ZoneInfo, roles: tuple[str, ...] = ("cm",)) -> list[Person]:
    """Who is called at `at`, in calling order: the wanted roles first, then their colleagues on duty, then the fallback."""
    called = having_the_duty(rota, at, zone, roles)
    last = rota.fallback if rota.fallback and not rota.fallback.is_away(at, zone) else None
    return called if last is None or last in called else [*called, last]


def having_the_duty(rota: Rota, at: datetime, zone: ZoneInfo, roles: tuple[str, ...] = ("cm",)) -> list[Person]:
    """The same without the fallback, unless the rota itself gives it the duty.

    Nobody who is away: their deputy stands in their place, unless that one is away too.
    """
    names = dict.fromkeys(_standing_in(rota, name, at, zone) for name in _line(rota, at, zone))
    present = [person for name in names if name is not None and (person := rota.person(name)) is not None]
    return sorted(present, key=lambda person: person.role not in roles)


def _line(rota: Rota, at: datetime, zone: ZoneInfo) -> list[str]:
    """Who has the duty, in calling order, whether or not they are away."""
    roles = {person.id: person.role for person in rota.everybody}
    line: list[str] = []
    spoken_for: set[str] = set()
    for names in (
        [name for turn in rota.turns if turn.holds(at, zone) for name in turn.people],
        [name for regular in rota.regular if regular.holds(at, zone) for name in regular.people],
        rota.weeks.people_at(at, zone) if rota.weeks else (),
        rota.default or tuple(person.id for person in rota.people),
    ):
        known = [name for name in names if name in roles]
        line += [name for name in known if roles[name] not in spoken_for]
        spoken_for |= {roles[name] for name in known}
    for swap in rota.swaps:
        if swap.gives in line and swap.holds(at, zone):
            exchanged = {swap.gives: swap.takes, swap.takes: swap.gives}
            line = [exchanged.get(name, name) for name in line]
    return line


def _standing_in(rota: Rota, name: str, at: datetime, zone: ZoneInfo) -> str | None:
    """Who is there in somebody's place: they themselves, else their deputy, else that one's; None when nobody is."""
    asked: set[str] = set()
    while name and name not in asked:
        asked.add(name)
        person = rota.person(name)
        if person is None:
            return None
        if not person.is_away(at, zone):
            return name
        name = person.deputy
    return None


@dataclass(frozen=True, slots=True)
class Watch:
    """The duty at one instant: who, until when, who comes after; and whether anybody is expected to be there."""

    at: datetime
    line: Sequence[Person]
    """Who is called, in order, the fallback last."""
    until: datetime | None
    """When that changes; None when the rota says nothing else within a year."""
    then: Sequence[Person]
    """Who is called after that."""
    away: Sequence[Person]
    """Who would have the duty and is on leave."""
    present: bool
    """Is the team there?"""
    presence_changes: datetime
    """When it leaves, or comes next."""
    quiet_until: datetime | None
    """Until when only danger rings; None when anything may."""
    holiday: Holiday | None


def watch_at(rota: Rota, at: datetime, zone: ZoneInfo, roles: tuple[str, ...] = ("cm",)) -> Watch:
    """The duty at `at`."""
    line = on_duty(rota, at, zone, roles)
    until, then = None, line
    for edge in _edges(rota, at, zone):
        if edge > at + _A_YEAR:
            break
        if (then := on_duty(rota, edge, zone, roles)) != line:
            until = edge
            break
    here, ring = next_presence(rota, at, zone), may_ring(rota, at, zone, "hours")
    having = (rota.person(name) for name in _line(rota, at, zone))
    return Watch(
        at=at,
        line=line,
        until=until,
        then=then,
        away=[person for person in having if person is not None and person.is_away(at, zone)],
        present=here == at,
        presence_changes=_leaves(rota, at, zone) if here == at else here,
        quiet_until=ring if ring > at else None,
        holiday=rota.holiday(at.astimezone(zone).date()),
    )


def _edges(rota: Rota, at: datetime, zone: ZoneInfo) -> Iterator[datetime]:
    """Every instant after `at` at which somebody else may have the duty, in order."""
    spans: Iterable[Span] = (*rota.turns, *rota.swaps, *(leave for person in rota.everybody for leave in person.away))
    sources: list[Iterable[datetime]] = [sorted(edge for span in spans for edge in span.bounds(zone))]
    sources += [_hour_edges(regular.when, at, zone) for regular in rota.regular]
    if rota.weeks:
        sources.append(_week_edges(rota.weeks, at, zone))
    return (edge for edge in heapq.merge(*sources) if edge > at)


def _hour_edges(hours: Hours, at: datetime, zone: ZoneInfo) -> Iterator[datetime]:
    for begin, end, _ in hours.intervals(at, zone):
        yield begin
        yield end


def _week_edges(weeks: Weeks, at: datetime, zone: ZoneInfo) -> Iterator[datetime]:
    week = max(0, weeks.week(at, zone))
    while True:
        yield weeks.begins(week, zone)
        week += 1


def _leaves(rota: Rota, at: datetime, zone: ZoneInfo) -> datetime:
    """When the team that is there at `at` leaves."""
    return next(end for begin, end, _ in rota.presence.intervals(at, zone) if begin <= at < end)


def may_ring(rota: Rota, at: datetime, zone: ZoneInfo, urgency: str) -> datetime:
    """The first instant, not before `at`, at which somebody may be rung.

    `now` rings at any hour; `hours` waits until the quiet time ends on a day of presence; `digest` waits for
    the next time the team arrives, after a night or after a break.
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
    rests = day.weekday() not in rota.presence.days or rota.holiday(day)
    if rests and not is_present(rota, at, zone):  # the evening before may go on past midnight
        return _instant(day + _ONE_DAY, time(0), zone)
    return None


def _works(rota: Rota, day: date) -> bool:
    return rota.holiday(day) is None


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
