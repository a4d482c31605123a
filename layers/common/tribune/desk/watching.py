"""Who has the duty, as the team is told: at an instant, and day by day."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta

from tribune import words
from tribune.desk.telling import Telling
from tribune.duty import Person, Rota, Watch, watch_at
from tribune.voice import clock_words, day_words

_SOON = timedelta(days=90)
"""How long before the known holidays run out it is said."""


def said(watch: Watch, telling: Telling) -> Iterator[str]:
    """Each thing there is to know about the duty at an instant, one sentence a line."""
    rota, time_said = telling.community.rota, telling.at(watch.at)
    if not watch.line:
        yield telling.say("duty", "nobody", time=time_said)
    elif watch.until is None:
        yield telling.say("duty", "who_for_good", time=time_said, name=_name(watch.line[0], telling))
    else:
        yield telling.say(
            "duty", "who", time=time_said, name=_name(watch.line[0], telling), until=telling.until(watch.until)
        )
    if watch.until is not None and _first(watch.then) != _first(watch.line):
        following = _first(watch.then)
        yield (
            telling.say("duty", "then", name=_name(following, telling))
            if following
            else telling.say("duty", "then_nobody")
        )
    if watch.line:
        yield _without_an_answer(watch.line, rota, telling)
    if watch.away:
        yield telling.say("duty", "away", names=", ".join(person.name for person in watch.away))
    if watch.holiday is not None:
        yield _holiday(watch, telling)
    yield (
        telling.say("duty", "present", until=telling.until(watch.presence_changes))
        if watch.present
        else telling.say("duty", "absent", time=telling.at(watch.presence_changes))
    )
    if watch.quiet_until is not None:
        yield telling.say("duty", "quiet", until=telling.until(watch.quiet_until))
    if rota.holidays_until is not None and watch.at.date() > rota.holidays_until - _SOON:
        yield telling.say("duty", "known_until", day=_day(rota.holidays_until, telling))


def _without_an_answer(line: Sequence[Person], rota: Rota, telling: Telling) -> str:
    """Who is rung next; a team of one, or with nobody but the fallback, is told so plainly."""
    others = line[1:]
    if not others:
        return telling.say("duty", "alone", name=line[0].name)
    if len(others) == 1 and others[0] == rota.fallback:
        return telling.say("duty", "only_fallback", name=_name(others[0], telling))
    return telling.say(
        "duty", "next", names=telling.say("duty", "separator").join(_name(one, telling) for one in others)
    )


def _name(person: Person, telling: Telling) -> str:
    return (
        telling.say("duty", "fallback", name=person.name) if person == telling.community.rota.fallback else person.name
    )


def _first(line: Sequence[Person]) -> Person | None:
    return line[0] if line else None


def _holiday(watch: Watch, telling: Telling) -> str:
    names = watch.holiday.names if watch.holiday else {}
    name = names.get(telling.language) or next(iter(names.values()), "")
    return telling.say("duty", "holiday", name=name) if name else telling.say("duty", "day_off")


def _day(day: date, telling: Telling) -> str:
    return f"{day_words(day, telling.language)} {day.year}"


def week_line(day: date, telling: Telling) -> str:
    """`lundi 23 novembre : Marie, Tom dès 22 h · Jour férié : …`."""
    rota, zone = telling.community.rota, telling.community.zone
    begin, end = (datetime.combine(one, time(0), zone) for one in (day, day + timedelta(days=1)))
    watch = whole = watch_at(rota, begin, zone)
    parts = [_called(watch, telling)]
    while watch.until is not None and watch.until < end:
        watch = watch_at(rota, watch.until, zone)
        clock = clock_words(watch.at.astimezone(zone), telling.language)
        parts.append(telling.say("duty", "from", name=_called(watch, telling), clock=clock))
    notes = [_holiday(whole, telling).rstrip(".")] if whole.holiday else []
    if not whole.present and whole.presence_changes >= end:
        notes.append(telling.say("duty", "rest"))
    table = words.table(telling.language, "time")
    said = day_words(day, telling.language)
    return telling.say(
        "duty",
        "week",
        day=telling.say("duty", "day", weekday=table["weekdays"][day.weekday()], day=said),
        who=", ".join(parts),
        notes="".join(telling.say("duty", "note", note=note) for note in notes),
    )


def _called(watch: Watch, telling: Telling) -> str:
    person = _first(watch.line)
    return _name(person, telling) if person else telling.say("duty", "somebody_none")
