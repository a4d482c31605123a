"""press: somebody answers a call from the message itself. Who it is, is looked up in the rota; each press counts once.

A press that comes again (the way sends it again, somebody who overheard it plays it back) finds the call taken by the
same person, or a pause that was set by a press at least as new: nothing changes.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Literal, Protocol

from tribune import words
from tribune.community import Community
from tribune.duty import Person, Press, Rota
from tribune.errors import AlreadyDone, NotFound
from tribune.journal import Call
from tribune.voice import moment_words
from tribune.workflow.call import Store as Calls
from tribune.workflow.call import take, thread_of

PAUSE = timedelta(hours=1)


class Store(Calls, Protocol):
    """Where calls and pauses are kept."""

    def pause_once(self, community: str, scope: str, until: datetime, pressed_at: datetime) -> bool:
        """Pause a scope, unless a press as new as this one did; was it this one?"""


class Outcome(StrEnum):
    """What came of a press."""

    TAKEN = "taken"
    YOURS = "yours"
    """Whoever pressed has it already."""
    TOO_LATE = "too_late"
    """Somebody else has it."""
    PAUSED = "paused"
    AGAIN = "again"
    """This very press, or a newer one, was heard before."""
    STRANGER = "stranger"
    """Nobody of the rota."""
    GONE = "gone"
    """There is no such call (any more), or it is about no thread."""
    NOTHING = "nothing"
    """No button of ours."""


@dataclass(frozen=True, slots=True)
class Pressed:
    """What came of a press, and what is said about it."""

    outcome: Outcome
    words: str = ""
    to_all: bool = False
    """Everybody who sees the message is to know."""


@dataclass(frozen=True, slots=True)
class Pressing:
    """The use case, with its edges."""

    store: Store
    community: Callable[[str], Community]
    """Raises NotFound."""

    def press(self, press: Press, now: datetime) -> Pressed:
        """Do what the button says, for a person of the rota. Raises Unavailable."""
        try:
            community = self.community(press.community)
        except NotFound:
            return _told(Outcome.STRANGER, _texts(""))
        person = whose(community.rota, press)
        if person is None:
            return _told(Outcome.STRANGER, _texts(community.language))
        texts = _texts(person.languages[0] if person.languages else community.language)
        match press.does:
            case "take":
                return self._take(press, community, person, texts, now)
            case "pause":
                return self._pause(press, community, person, texts, now)
        return Pressed(Outcome.NOTHING)

    def _take(self, press: Press, community: Community, person: Person, texts: "_Texts", now: datetime) -> Pressed:
        try:
            take(self.store, community.id, press.call, person.id, now)
        except NotFound:
            return _told(Outcome.GONE, texts)
        except AlreadyDone as already:
            first = community.rota.person(already.by)
            fields = {
                "name": first.name if first else already.by,
                "time": texts.at(already.at, community, now),
            }
            outcome = Outcome.YOURS if already.by == person.id else Outcome.TOO_LATE
            return _told(outcome, texts, **fields)
        return _told(Outcome.TAKEN, texts, name=person.name)

    def _pause(self, press: Press, community: Community, person: Person, texts: "_Texts", now: datetime) -> Pressed:
        call: Call | None = self.store.load_call(community.id, press.call)
        scope = thread_of(call) if call else None
        if scope is None:
            return _told(Outcome.GONE, texts)
        until = press.at + PAUSE
        if not self.store.pause_once(community.id, scope, until, press.at):
            return _told(Outcome.AGAIN, texts)
        return _told(Outcome.PAUSED, texts, name=person.name, time=texts.at(until, community, now, "until"))


def whose(rota: Rota, press: Press) -> Person | None:
    """The person of the rota who pressed, None for anybody else."""
    known = (
        person
        for person in rota.everybody
        if any(way.kind == press.kind and way.user and way.user == press.user for way in person.ways)
    )
    return next(known, None)


@dataclass(frozen=True, slots=True)
class _Texts:
    language: str
    table: Mapping[str, str]

    def at(self, moment: datetime, community: Community, now: datetime, form: Literal["at", "until"] = "at") -> str:
        return moment_words(moment.astimezone(community.zone), now.astimezone(community.zone), self.language, form)


def _texts(language: str) -> _Texts:
    spoken = words.spoken(language)
    return _Texts(spoken, words.table(spoken, "calls")["pressed"])


_FOR_ALL = frozenset({Outcome.TAKEN, Outcome.PAUSED})


def _told(outcome: Outcome, texts: _Texts, **fields: str) -> Pressed:
    return Pressed(outcome, words.fill(texts.table[outcome], fields), outcome in _FOR_ALL)
