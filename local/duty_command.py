"""`tribune duty`: who is called, until when, who is next; and a day's changes to the rota."""

from argparse import Namespace
from datetime import date, timedelta

from pydantic import ValidationError

from local.desk import Desk, moment, opened
from tribune.community import Community
from tribune.desk.watching import said, week_line
from tribune.duty import Away, Person, Span, Swap, watch_at
from tribune.errors import BadConfiguration
from tribune.rota_changes import RotaChange, away, back, swapped, unswapped


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
    print("\n".join(said(watch, desk.telling)))
    return 0


def _week(arguments: Namespace, desk: Desk) -> int:
    zone = desk.community.zone
    first = _date(arguments.start, desk) if arguments.start else desk.now().astimezone(zone).date()
    for number in range(7):
        print(week_line(first + timedelta(days=number), desk.telling))
    return 0


def _date(written: str, desk: Desk) -> date:
    try:
        return date.fromisoformat(written)
    except ValueError as error:
        raise BadConfiguration(desk.say("duty", "no_day", given=written), field="--from") from error


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


def _undone(desk: Desk, change: RotaChange) -> int:
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
