"""Calls: who is being rung about what, who takes it, what one does not want to hear of, what falls silent and until when."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Literal

from tribune import duty
from tribune.decision import Urgency
from tribune.desk import place, stops
from tribune.desk.route import Done, Door, Form, View
from tribune.desk.stops import SpaceLine, StopLine
from tribune.desk.telling import Telling
from tribune.desk.visit import Parts, Refused, Visit
from tribune.errors import Conflict, NotFound
from tribune.journal import Call, Head, Ringing
from tribune.team import Right
from tribune.workflow.call import called, informs, mute_scopes, summary, take
from tribune.workflow.opening import wake_up
from tribune.workflow.worksheet import ObjectId

FOR_EVER = datetime(9999, 12, 31, tzinfo=UTC)
"""Until somebody resumes."""
_FOR = {"1h": timedelta(hours=1), "4h": timedelta(hours=4)}


class CallLine(View):
    """One call that nobody took yet."""

    id: str
    about: str
    todo: str
    since: str
    rung: tuple[str, ...]
    """Who was rung so far, in order."""
    next: str
    """When it goes on."""
    cases: tuple[str, ...]
    """The comments it is about, as addresses name them."""
    scopes: tuple[tuple[str, str], ...]
    """(scope, name): what can fall silent with one tap from here."""
    muted: str
    """Until when nobody is rung about it; empty when somebody is."""
    mutes: tuple[str, ...]
    """What this person may ask not to hear of: `call reason space`."""


class PauseLine(View):
    """Something that is silent, or that nobody is rung about."""

    scope: str
    name: str
    until: str


class Calls(View):
    """The second screen."""

    calls: tuple[CallLine, ...]
    muted: tuple[PauseLine, ...]
    """What nobody is rung about for a while."""
    climate: tuple[SpaceLine, ...]
    """How it is in each space, the tensest first."""
    stops: tuple[StopLine, ...]
    """The articles that the brake holds."""
    released: tuple[str, ...]
    """Who let which one act again lately, a sentence each."""
    resting: tuple[str, ...]
    """The accounts that rest because their platform asks for it, a sentence each."""
    pauses: tuple[PauseLine, ...]
    spaces: tuple[tuple[str, str], ...]
    """(scope, name): everything, and each page."""


class Nothing(Form):
    """A button and no more."""


class Pause(Form):
    """What falls silent, and how long: until the team is there again tomorrow at the latest, or until somebody resumes."""

    scope: str
    lasting: Literal["1h", "4h", "presence", "ever"] = "1h"


class Mute(Form):
    """What one does not want to hear of, and how long: at the latest until the team is there again."""

    of: Literal["call", "reason", "space"] = "call"
    lasting: Literal["1h", "4h", "presence"] = "1h"


class Unmute(Form):
    """What one wants to hear of again."""

    scope: str


class Resume(Form):
    """What speaks again."""

    scope: str


def calls(visit: Visit, _parts: Parts) -> Calls:
    """Who is being rung about what, danger first, and what is silent."""
    telling, reach, name = visit.telling, visit.reach.journal, visit.community.id
    silent = _silent(visit)
    book, waiting = reach.ringing(name), [call for call in reach.open_calls(name) if not informs(call)]
    waiting.sort(key=lambda call: call.urgency != Urgency.NOW)
    around = stops.look(visit)
    return Calls(
        calls=tuple(_line(call, book, visit) for call in waiting),
        muted=tuple(
            PauseLine(scope=scope, name=_muted(scope, waiting, visit), until=telling.until(until))
            for scope, until in sorted(book.muted.items())
            if until > visit.now
        ),
        climate=around.spaces,
        stops=around.stops,
        released=around.released,
        resting=around.resting,
        pauses=_paused(silent, visit),
        spaces=tuple(
            (scope, telling.scope(scope))
            for scope in ("all", *(f"space#{space}" for space in visit.community.spaces))
            if scope not in silent
        ),
    )


def paused(visit: Visit) -> tuple[PauseLine, ...]:
    """What is silent."""
    return _paused(_silent(visit), visit)


def _silent(visit: Visit) -> dict[str, datetime]:
    found = visit.reach.journal.pauses(visit.community.id).until
    return {scope: until for scope, until in found.items() if until > visit.now}


def _paused(silent: dict[str, datetime], visit: Visit) -> tuple[PauseLine, ...]:
    telling = visit.telling
    return tuple(
        PauseLine(
            scope=scope,
            name=telling.scope(scope),
            until=telling.say("pause", "for_ever") if until >= FOR_EVER else telling.until(until),
        )
        for scope, until in sorted(silent.items())
    )


def _line(call: Call, book: Ringing, visit: Visit) -> CallLine:
    telling = visit.telling
    about, todo = summary(call, visit.community, visit.now, visit.language)
    muted_until = book.muted_until(call, visit.now)
    spoken = [] if call.space is None else [f"space#{call.space}"]
    if call.thread is not None and call.platform is not None:
        spoken.insert(0, f"thread#{call.platform}#{call.account}#{call.thread}")
    return CallLine(
        id=call.id,
        about=about,
        todo=todo,
        since=telling.since(call.received_at or call.created_at),
        rung=tuple(telling.called(person) for person in dict.fromkeys(call.tried)),
        next=telling.at(call.due_at),
        cases=tuple(place.named(at) for at in _objects(call)),
        scopes=tuple((scope, _from_within(scope, telling)) for scope in (*spoken, "all")),
        muted="" if muted_until is None else telling.until(muted_until),
        mutes=tuple(
            of
            for of, scope in mute_scopes(call).items()
            if book.muted.get(scope, visit.now) <= visit.now and (of == "call" or call.urgency != Urgency.NOW)
        ),
    )


def _objects(call: Call) -> list[ObjectId]:
    if call.platform is None or call.account is None:
        return []
    return [(call.community, call.platform, call.account, one) for one in call.objects]


def take_it(visit: Visit, parts: Parts, _form: Nothing) -> Done:
    """Take a call: nobody else is rung. The first one has it."""
    take(visit.reach.journal, visit.community.id, parts["call"], visit.person.id, visit.now)
    return _done("taken", visit)


def mute(visit: Visit, parts: Parts, form: Mute) -> Done:
    """Nobody is rung about a call, calls of its kind or of its page for a while; danger rings all the same, unless it is
    the call itself that was muted.
    """
    journal, community = visit.reach.journal, visit.community.id
    call = journal.load_call(community, parts["call"])
    if call is None:
        raise NotFound(parts["call"])
    scope = mute_scopes(call).get(form.of)
    if scope is None:
        raise Refused(HTTPStatus.UNPROCESSABLE_ENTITY, "no_space")
    journal.mute(community, scope, _until(form.lasting, visit))
    return _done("muted", visit)


def unmute(visit: Visit, _parts: Parts, form: Unmute) -> Done:
    """One is rung about it again, at once about what was only waiting for the end of that."""
    journal, community = visit.reach.journal, visit.community.id
    book = journal.ringing(community)
    if form.scope in book.muted:
        held = [call for call in journal.open_calls(community) if call.due_at == book.muted_until(call, visit.now)]
        journal.mute(community, form.scope, None)
        for call in held:
            with suppress(Conflict):  # somebody takes it at this moment
                journal.save_call(replace(call, due_at=visit.now), visit.now)
        visit.reach.calls.send([wake_up(community, call.id) for call in held])
    return _done("unmuted", visit)


def _muted(scope: str, waiting: Sequence[Call], visit: Visit) -> str:
    """What nobody is rung about, as the team calls it."""
    kind, _, rest = scope.partition("#")
    if kind == "space":
        return str(visit.screen["calls"]["muted_space"].format(space=visit.telling.space(rest)))
    if kind == "reason":
        return str(visit.screen["calls"]["muted_reason"].format(reason=called(rest, visit.language)))
    one = next((call for call in waiting if call.id == rest), None)
    if one is None:
        return str(visit.screen["calls"]["muted_call"])
    return summary(one, visit.community, visit.now, visit.language)[0]


def pause(visit: Visit, _parts: Parts, form: Pause) -> Done:
    """Something falls silent."""
    if not _is_scope(form.scope, visit):
        raise Refused(HTTPStatus.BAD_REQUEST, "form")
    visit.reach.journal.pause(visit.community.id, form.scope, _until(form.lasting, visit))
    return _done("paused", visit)


def _until(lasting: str, visit: Visit) -> datetime:
    if lasting == "ever":
        return FOR_EVER
    if lasting == "presence":
        community = visit.community
        return duty.next_presence(community.rota, visit.now + timedelta(hours=1), community.zone)
    return visit.now + _FOR[lasting]


def resume(visit: Visit, _parts: Parts, form: Resume) -> Done:
    """Something speaks again."""
    visit.reach.journal.pause(visit.community.id, form.scope, None)
    return _done("resumed", visit)


def _is_scope(scope: str, visit: Visit) -> bool:
    kind, _, rest = scope.partition("#")
    depth = {"all": 0, "space": 1, "post": 3, "thread": 3}.get(kind)
    if depth is None or len(rest.split("#", 2) if rest else []) != depth:
        return False
    return kind != "space" or rest in visit.community.spaces


def scopes_of(head: Head, visit: Visit) -> tuple[tuple[str, str], ...]:
    """(scope, name): what can fall silent with one tap from a comment."""
    around = f"{head.platform}#{head.account}"
    found = (f"thread#{around}#{head.thread}", f"post#{around}#{head.post}", f"space#{head.space}", "all")
    return tuple((scope, _from_within(scope, visit.telling)) for scope in found)


def _from_within(scope: str, telling: Telling) -> str:
    """How a scope is called beside a comment in it: a thread has no name, it is this one."""
    return telling.say("pause", "this_thread") if scope.startswith("thread#") else telling.scope(scope)


def _done(said: str, visit: Visit) -> Done:
    return Done(said=said, next=f"/desk/{visit.community.id}/calls")


DOORS = (
    Door("GET", "calls", Right.READ, calls, Calls, "Who is being rung about what, and what is silent", "desk/calls"),
    Door("POST", "calls/{call}/take", Right.HANDLE, take_it, Done, "Take a call", takes=Nothing),
    Door(
        "POST",
        "calls/{call}/mute",
        Right.HANDLE,
        mute,
        Done,
        "Hear no more of a call, its kind or its page for a while",
        takes=Mute,
    ),
    Door("POST", "unmute", Right.HANDLE, unmute, Done, "Hear of it again", takes=Unmute),
    Door(
        "POST",
        "pause",
        Right.HANDLE,
        pause,
        Done,
        "Let a thread, a post, a space or everything fall silent",
        takes=Pause,
    ),
    Door("POST", "resume", Right.HANDLE, resume, Done, "Let it speak again", takes=Resume),
)
