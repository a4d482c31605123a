"""The rota: who is called now and this week; leave, and one who takes another's place for a while."""

from datetime import date, datetime, timedelta
from http import HTTPStatus

from pydantic import Field, ValidationError

from tribune import rota_changes
from tribune.community import Community
from tribune.desk.route import Done, Door, Form, View
from tribune.desk.visit import Parts, Refused, Visit
from tribune.desk.watching import said, week_line
from tribune.duty import Away, Rota, Span, Swap, watch_at
from tribune.team import Right
from tribune.voice import clock_words

_DAYS = 7


class Planned(View):
    """A change of the rota that is not over."""

    said: str
    who: str
    """Who is away, or whose place is taken."""
    takes: str
    """Who takes it; empty for leave."""
    start: str
    end: str
    by: str
    """Who entered it; empty for what the file says, which is changed there."""
    mine: bool
    """May this person take it back?"""


class RotaView(View):
    """The rota as it stands."""

    now: tuple[str, ...]
    week: tuple[str, ...]
    planned: tuple[Planned, ...]
    people: tuple[tuple[str, str], ...]
    """(id, name) of those whose leave or place can be entered by whoever asks."""
    everybody: tuple[tuple[str, str], ...]
    """(id, name) of the whole rota, whoever looks last: one takes somebody else's place."""
    today: str
    """As a form takes days."""


class Leave(Form):
    """Somebody is on leave, from one day to another, both included."""

    who: str
    start: str = Field(max_length=20)
    end: str = Field(max_length=20)


class Place(Form):
    """`takes` takes the place of `gives`, from one day to another."""

    gives: str
    takes: str
    start: str = Field(max_length=20)
    end: str = Field(max_length=20)


def rota(visit: Visit, _parts: Parts) -> RotaView:
    """Who is called, now and in the days to come."""
    community = visit.as_stored
    telling, rota = visit.telling_of(community), community.rota
    today = visit.now.astimezone(community.zone).date()
    return RotaView(
        now=tuple(said(watch_at(rota, visit.now, community.zone), telling)),
        week=tuple(week_line(today + timedelta(days=number), telling) for number in range(_DAYS)),
        planned=tuple(_planned(rota, community, visit)),
        people=tuple((one.id, one.name) for one in rota.people if _may(visit, one.id)),
        everybody=tuple(
            (one.id, one.name) for one in sorted(rota.people, key=lambda one: one.id == visit.member.person)
        ),
        today=today.isoformat(),
    )


def _planned(rota: Rota, community: Community, visit: Visit) -> list[Planned]:
    spans: list[tuple[Span, str, str]] = [(swap, swap.gives, swap.takes) for swap in rota.swaps]
    spans += [(leave, person.id, "") for person in rota.everybody for leave in person.away]
    left = [one for one in spans if one[0].bounds(community.zone)[1] > visit.now]
    return [
        Planned(
            said=visit.screen["rota"]["swap" if takes else "leave"].format(
                who=community.called(who),
                takes=community.called(takes),
                start=_day(span.start, visit),
                end=_day(span.end, visit),
            ),
            who=who,
            takes=takes,
            start=span.start.isoformat(),
            end=span.end.isoformat(),
            by=community.called(span.by) if span.by else "",
            mine=bool(span.by) and (_may(visit, who) or _may(visit, takes)),
        )
        for span, who, takes in sorted(left, key=lambda one: one[0].bounds(community.zone)[0])
    ]


def _day(written: date, visit: Visit) -> str:
    clock = f" {clock_words(written, visit.language)}" if isinstance(written, datetime) else ""
    return visit.telling.day(written) + clock


def _may(visit: Visit, person: str) -> bool:
    """Everybody enters their own leave and takes a place themselves; whoever directs, everybody's."""
    return visit.member.may(Right.DIRECT) or (visit.member.may(Right.HANDLE) and visit.member.person == person)


# --- changing it ---


def leave(visit: Visit, _parts: Parts, form: Leave) -> Done:
    """Somebody is on leave."""
    away = _away(form, visit)
    return _changed(visit, lambda rota: rota_changes.away(rota, form.who, away), "away")


def back(visit: Visit, _parts: Parts, form: Leave) -> Done:
    """Somebody is not on leave after all."""
    away = _away(form, visit)
    return _changed(visit, lambda rota: rota_changes.back(rota, form.who, away), "rota_undone")


def _away(form: Leave, visit: Visit) -> Away:
    if form.who not in [one.id for one in visit.as_stored.rota.everybody] or not _may(visit, form.who):
        raise Refused(HTTPStatus.FORBIDDEN, "not_yours")
    return _span(Away, start=form.start, end=form.end, by=visit.person.id)


def swap(visit: Visit, _parts: Parts, form: Place) -> Done:
    """Somebody takes another's place."""
    exchange = _exchange(form, visit, (form.takes,))
    return _changed(visit, lambda rota: rota_changes.swapped(rota, exchange), "swapped")


def unswap(visit: Visit, _parts: Parts, form: Place) -> Done:
    """They do not after all: either of the two may say so."""
    exchange = _exchange(form, visit, (form.takes, form.gives))
    return _changed(visit, lambda rota: rota_changes.unswapped(rota, exchange), "rota_undone")


def _exchange(form: Place, visit: Visit, entitled: tuple[str, ...]) -> Swap:
    known = visit.as_stored.rota
    if form.gives == form.takes:
        raise Refused(HTTPStatus.UNPROCESSABLE_ENTITY, "same_person")
    if any(known.person(one) is None for one in (form.gives, form.takes)) or not any(
        _may(visit, one) for one in entitled
    ):
        raise Refused(HTTPStatus.FORBIDDEN, "not_yours")
    return _span(Swap, start=form.start, end=form.end, gives=form.gives, takes=form.takes, by=visit.person.id)


def _span[S: Span](kind: type[S], **fields: str) -> S:
    try:
        return kind.model_validate(fields)
    except ValidationError as error:
        raise Refused(HTTPStatus.UNPROCESSABLE_ENTITY, "span") from error


def _changed(visit: Visit, change: rota_changes.RotaChange, said: str) -> Done:
    def changed(community: Community) -> Community:
        after = change(community.rota)
        if after is None:
            raise Refused(HTTPStatus.CONFLICT, "not_entered")
        return community.model_copy(update={"rota": after})

    visit.change(changed)
    return Done(said=said, next=f"/desk/{visit.community.id}/rota")


DOORS = (
    Door("GET", "rota", Right.READ, rota, RotaView, "Who is called, now and this week", "desk/rota"),
    Door("POST", "rota/leave", Right.HANDLE, leave, Done, "Enter somebody's leave", takes=Leave),
    Door("POST", "rota/back", Right.HANDLE, back, Done, "Take leave back", takes=Leave),
    Door("POST", "rota/swap", Right.HANDLE, swap, Done, "Take somebody's place for a while", takes=Place),
    Door("POST", "rota/unswap", Right.HANDLE, unswap, Done, "Give the place back", takes=Place),
)
