"""Calls and pauses: who is being rung about what, who takes it, what falls silent and until when."""

from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Literal

from tribune import duty
from tribune.desk import place
from tribune.desk.route import Done, Door, Form, View
from tribune.desk.visit import Parts, Refused, Visit
from tribune.journal import Call, Head
from tribune.team import Right
from tribune.workflow.call import informs, summary, take
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


class PauseLine(View):
    """Something that is silent."""

    scope: str
    name: str
    until: str


class Calls(View):
    """The second screen."""

    calls: tuple[CallLine, ...]
    pauses: tuple[PauseLine, ...]
    spaces: tuple[tuple[str, str], ...]
    """(scope, name): everything, and each page."""


class Nothing(Form):
    """A button and no more."""


class Pause(Form):
    """What falls silent, and how long: until the team is there again tomorrow at the latest, or until somebody resumes."""

    scope: str
    lasting: Literal["1h", "4h", "presence", "ever"] = "1h"


class Resume(Form):
    """What speaks again."""

    scope: str


def calls(visit: Visit, _parts: Parts) -> Calls:
    """Who is being rung about what, and what is silent."""
    telling, reach, name = visit.telling, visit.reach.journal, visit.community.id
    silent = {scope: until for scope, until in reach.pauses(name).until.items() if until > visit.now}
    return Calls(
        calls=tuple(_line(call, visit) for call in reach.open_calls(name) if not informs(call)),
        pauses=tuple(
            PauseLine(
                scope=scope,
                name=telling.scope(scope),
                until=telling.say("pause", "for_ever") if until >= FOR_EVER else telling.until(until),
            )
            for scope, until in sorted(silent.items())
        ),
        spaces=tuple(
            (scope, telling.scope(scope))
            for scope in ("all", *(f"space#{space}" for space in visit.community.spaces))
            if scope not in silent
        ),
    )


def _line(call: Call, visit: Visit) -> CallLine:
    telling = visit.telling
    about, todo = summary(call, visit.community, visit.now, visit.language)
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
        scopes=tuple((scope, telling.scope(scope)) for scope in (*spoken, "all")),
    )


def _objects(call: Call) -> list[ObjectId]:
    if call.platform is None or call.account is None:
        return []
    return [(call.community, call.platform, call.account, one) for one in call.objects]


def take_it(visit: Visit, parts: Parts, _form: Nothing) -> Done:
    """Take a call: nobody else is rung. The first one has it."""
    take(visit.reach.journal, visit.community.id, parts["call"], visit.person.id, visit.now)
    return _done("taken", visit)


def pause(visit: Visit, _parts: Parts, form: Pause) -> Done:
    """Something falls silent."""
    community = visit.community
    if not _is_scope(form.scope, visit):
        raise Refused(HTTPStatus.BAD_REQUEST, "form")
    if form.lasting == "ever":
        until = FOR_EVER
    elif form.lasting == "presence":
        until = duty.next_presence(community.rota, visit.now + timedelta(hours=1), community.zone)
    else:
        until = visit.now + _FOR[form.lasting]
    visit.reach.journal.pause(community.id, form.scope, until)
    return _done("paused", visit)


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
    return tuple((scope, visit.telling.scope(scope)) for scope in found)


def _done(said: str, visit: Visit) -> Done:
    return Done(said=said, next=f"/desk/{visit.community.id}/calls")


DOORS = (
    Door("GET", "calls", Right.READ, calls, Calls, "Who is being rung about what, and what is silent", "desk/calls"),
    Door("POST", "calls/{call}/take", Right.HANDLE, take_it, Done, "Take a call", takes=Nothing),
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
