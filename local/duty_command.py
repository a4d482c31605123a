"""`tribune duty`: who is called, until when, who is next; and a day's changes to the rota."""

from argparse import Namespace
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, time, timedelta

from pydantic import ValidationError

from local.desk import Desk, moment, opened
from local.duty_changes import away, back, swapped, unswapped
from tribune import words
from tribune.community import Community
from tribune.duty import Away, Person, Rota, Span, Swap, Watch, watch_at
from tribune.errors import BadConfiguration
from tribune.voice import clock_words

_SOON = timedelta(days=90)
"""How long before the known holidays run out it is said."""

type Undo = Callable[[Rota], Rota | None]


def run(arguments: Namespace) -> int:
    """One action. Raises BadConfiguration for bad input, Conflict, Unavailable."""
    person = getattr(arguments, "person", None)
    with opened(arguments, person) as desk:
        if person is None:
            return _LOOKS[arguments.action](arguments, desk)
        return _CHANGES[arguments.action](arguments, desk, desk.person(person))


# --- looking ---


def _who(arguments: Namespace, desk: Desk) -> int:
    at = moment(arguments.at, desk, field="--at", past=True) if arguments.at else desk.now()
    watch = watch_at(desk.community.rota, at, desk.community.zone, (arguments.role,))
    print("\n".join(_said(watch, desk)))
    return 0


def _said(watch: Watch, desk: Desk) -> Iterator[str]:
    """Each thing there is to know about the duty at an instant, one sentence a line."""
    rota, time_said = desk.community.rota, desk.at(watch.at)
    if not watch.line:
        yield desk.say("duty", "nobody", time=time_said)
    elif watch.until is None:
        yield desk.say("duty", "who_for_good", time=time_said, name=_name(watch.line[0], desk))
    else:
        yield desk.say("duty", "who", time=time_said, name=_name(watch.line[0], desk), until=desk.until(watch.until))
    if watch.until is not None and _first(watch.then) != _first(watch.line):
        following = _first(watch.then)
        yield (desk.say("duty", "then", name=_name(following, desk)) if following else desk.say("duty", "then_nobody"))
    if watch.line:
        yield _without_an_answer(watch.line, rota, desk)
    if watch.away:
        yield desk.say("duty", "away", names=", ".join(person.name for person in watch.away))
    if watch.holiday is not None:
        yield _holiday(watch, desk)
    yield (
        desk.say("duty", "present", until=desk.until(watch.presence_changes))
        if watch.present
        else desk.say("duty", "absent", time=desk.at(watch.presence_changes))
    )
    if watch.quiet_until is not None:
        yield desk.say("duty", "quiet", until=desk.until(watch.quiet_until))
    if rota.holidays_until is not None and watch.at.date() > rota.holidays_until - _SOON:
        yield desk.say("duty", "known_until", day=_day(rota.holidays_until, desk))


def _without_an_answer(line: Sequence[Person], rota: Rota, desk: Desk) -> str:
    """Who is rung next; a team of one, or with nobody but the fallback, is told so plainly."""
    others = line[1:]
    if not others:
        return desk.say("duty", "alone", name=line[0].name)
    if len(others) == 1 and others[0] == rota.fallback:
        return desk.say("duty", "only_fallback", name=_name(others[0], desk))
    return desk.say("duty", "next", names=desk.say("duty", "separator").join(_name(one, desk) for one in others))


def _name(person: Person, desk: Desk) -> str:
    return desk.say("duty", "fallback", name=person.name) if person == desk.community.rota.fallback else person.name


def _first(line: Sequence[Person]) -> Person | None:
    return line[0] if line else None


def _holiday(watch: Watch, desk: Desk) -> str:
    names = watch.holiday.names if watch.holiday else {}
    name = names.get(desk.language) or next(iter(names.values()), "")
    return desk.say("duty", "holiday", name=name) if name else desk.say("duty", "day_off")


def _day(day: date, desk: Desk) -> str:
    table = words.table(desk.language, "time")
    return f"{words.fill(table['day'], {'number': str(day.day), 'month': table['months'][day.month - 1]})} {day.year}"


def _week(arguments: Namespace, desk: Desk) -> int:
    zone = desk.community.zone
    first = _date(arguments.start, desk) if arguments.start else desk.now().astimezone(zone).date()
    for number in range(7):
        print(_line_of(first + timedelta(days=number), desk))
    return 0


def _date(written: str, desk: Desk) -> date:
    try:
        return date.fromisoformat(written)
    except ValueError as error:
        raise BadConfiguration(desk.say("duty", "span", start=written, end=""), field="--from") from error


def _line_of(day: date, desk: Desk) -> str:
    """`lundi 23 novembre : Marie, Tom dès 22 h · Jour férié : …`."""
    rota, zone = desk.community.rota, desk.community.zone
    begin, end = (datetime.combine(one, time(0), zone) for one in (day, day + timedelta(days=1)))
    watch = whole = watch_at(rota, begin, zone)
    parts = [_called(watch, desk)]
    while watch.until is not None and watch.until < end:
        watch = watch_at(rota, watch.until, zone)
        clock = clock_words(watch.at.astimezone(zone), desk.language)
        parts.append(desk.say("duty", "from", name=_called(watch, desk), clock=clock))
    notes = [_holiday(whole, desk).rstrip(".")] if whole.holiday else []
    if not whole.present and whole.presence_changes >= end:
        notes.append(desk.say("duty", "rest"))
    table = words.table(desk.language, "time")
    said = words.fill(table["day"], {"number": str(day.day), "month": table["months"][day.month - 1]})
    return desk.say(
        "duty",
        "week",
        day=desk.say("duty", "day", weekday=table["weekdays"][day.weekday()], day=said),
        who=", ".join(parts),
        notes="".join(desk.say("duty", "note", note=note) for note in notes),
    )


def _called(watch: Watch, desk: Desk) -> str:
    person = _first(watch.line)
    return _name(person, desk) if person else desk.say("duty", "somebody_none")


# --- changing ---


def _swap(arguments: Namespace, desk: Desk, person: Person) -> int:
    gives, takes = (desk.person(given) for given in (arguments.gives, arguments.takes))
    if gives.id == takes.id:
        raise BadConfiguration(desk.say("duty", "same"))
    span = _span(arguments, desk, Swap, gives=gives.id, takes=takes.id, by=person.id)
    if arguments.undo:
        return _undone(desk, lambda rota: unswapped(rota, span))
    desk.communities.change(desk.community.id, lambda one: one.model_copy(update={"rota": swapped(one.rota, span)}))
    print(desk.say("duty", "swapped", takes=takes.name, gives=gives.name, **_bounds(arguments)))
    print(desk.say("duty", "survives"))
    return 0


def _away(arguments: Namespace, desk: Desk, person: Person) -> int:
    who = desk.person(arguments.who)
    span = _span(arguments, desk, Away, by=person.id)
    if arguments.undo:
        return _undone(desk, lambda rota: back(rota, who.id, span))
    desk.communities.change(
        desk.community.id, lambda one: one.model_copy(update={"rota": away(one.rota, who.id, span)})
    )
    print(desk.say("duty", "leave", person=who.name, **_bounds(arguments)))
    print(desk.say("duty", "survives"))
    return 0


def _undone(desk: Desk, change: Undo) -> int:
    def changed(community: Community) -> Community:
        rota = change(community.rota)
        if rota is None:
            raise BadConfiguration(desk.say("duty", "unknown"))
        return community.model_copy(update={"rota": rota})

    desk.communities.change(desk.community.id, changed)
    print(desk.say("duty", "undone"))
    return 0


def _bounds(arguments: Namespace) -> dict[str, str]:
    return {"start": arguments.start, "end": arguments.end or arguments.start}


def _span[S: Span](arguments: Namespace, desk: Desk, kind: type[S], **more: str) -> S:
    bounds = _bounds(arguments)
    try:
        return kind.model_validate(bounds | more)
    except ValidationError as error:
        raise BadConfiguration(desk.say("duty", "span", **bounds), field="--from") from error


_LOOKS = {"who": _who, "week": _week}
_CHANGES = {"swap": _swap, "away": _away}
