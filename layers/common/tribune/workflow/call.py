"""call_manager: one incident becomes one message to the person on duty, then to the next one, until somebody takes it.

A call is claimed with a lease before anybody is rung. A worker that dies in between leaves a call that rings
again: a person called twice is a nuisance, a person never called is what this module exists against.
"""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol
from zoneinfo import ZoneInfo

from tribune import words
from tribune.channel import ActKind
from tribune.community import Community
from tribune.decision import Urgency
from tribune.duty import Button, CallMessage, Person, Rota, Way, may_ring, on_duty
from tribune.errors import AlreadyDone, Conflict, NotFound, TribuneError, Unavailable, Unreadable
from tribune.journal import ActionState, Call, CallState, Head
from tribune.voice import help_line, moment_words
from tribune.workflow.alarm import told_of

LEASE = timedelta(seconds=90)
"""The function's timeout and a minute: nobody else rings meanwhile."""
TAKE_WITHIN_NOW = timedelta(minutes=15)
TAKE_WITHIN_HOURS = timedelta(minutes=30)
TRY_AGAIN = timedelta(minutes=5)
"""When no way worked."""
ROUNDS = 3
"""How often the whole line is rung at this pace; after that, once each time the team arrives."""
SUBJECT_LIMIT = 100
QUOTE_LIMIT = 140
_OVER = frozenset({CallState.TAKEN, CallState.CLOSED, CallState.FAILED})
_TOLD = frozenset({"alarm", "alarm_over"})
"""Reasons whose call brings its own words: `alarm.told_of` composes them when somebody is rung."""
_COLLISIONS = 4


class Outcome(StrEnum):
    """What became of one wake-up."""

    SENT = "sent"
    HELD = "held"
    """It is quiet time: it rings when that ends."""
    NOT_DUE = "not_due"
    """Somebody was called and still has time to answer, or another worker is calling."""
    OVER = "over"
    """Somebody took it, or there is nothing left to call about."""
    UNKNOWN = "unknown"
    """There is no such call (any more)."""


@dataclass(frozen=True, slots=True)
class Rung:
    """The outcome, and the kinds of way through which a person was reached."""

    outcome: Outcome
    ways: tuple[str, ...] = ()
    waited: timedelta | None = None
    """How long what cannot wait had waited for a person, when somebody was rung for it."""


class Store(Protocol):
    """Where calls and what they are about are kept."""

    def load_call(self, community: str, call_id: str) -> Call | None:
        """One incident, None when there is none."""

    def save_call(self, call: Call, now: datetime) -> Call:
        """Replace a call read at `call.rev`; answers it with its new rev. Raises Conflict."""

    def head_of(self, community: str, platform: str, account: str, object_id: str) -> Head | None:
        """What was decided and done about an object."""

    def words_of(self, community: str, platform: str, account: str, object_id: str) -> str | None:
        """The current words of an object, None when they were erased."""


class Screens(Protocol):
    """Where the desk's pages are; they show, and change nothing."""

    def about(self, call: Call) -> str:
        """The page of what a call is about."""

    def calls(self, community: str) -> str:
        """The list of calls."""


def read(body: str) -> tuple[str, str]:
    """(community, call) of one wake-up. Raises Unreadable."""
    try:
        message = json.loads(body)
        return str(message["community"]), str(message["call"])
    except (KeyError, TypeError, ValueError) as error:
        raise Unreadable("this is no wake-up of a call") from error


@dataclass(frozen=True, slots=True)
class Calling:
    """The use case, with its edges."""

    store: Store
    community: Callable[[str], Community]
    secrets: Callable[[str], Mapping[str, str]]
    """Community -> the mapping `<person>.<way>` -> secret address."""
    deliver: Callable[[CallMessage, Person, Way, str | None], None]
    """Raises a TribuneError when the way did not take the message."""
    screens: Screens

    def ring(self, community_id: str, call_id: str, now: datetime) -> Rung:
        """Do what is due about a call: ring, hold, or nothing. Raises Unavailable when nobody could be reached."""
        for _ in range(_COLLISIONS):
            call = self.store.load_call(community_id, call_id)
            if call is None:
                return Rung(Outcome.UNKNOWN)
            if call.state in _OVER:
                return Rung(Outcome.OVER)
            if call.state is not CallState.READY and call.due_at > now:
                return Rung(Outcome.NOT_DUE)
            community = self.community(community_id)
            ring_at = _ring_at(call, community.rota, community.zone, now)
            try:
                if ring_at > now:
                    if call.due_at != ring_at:
                        self.store.save_call(replace(call, due_at=ring_at), now)
                    return Rung(Outcome.HELD)
                claimed = self._claim(call, now)
            except Conflict:
                continue
            return self._call_people(claimed, community, now)
        raise Unavailable("the call keeps changing")

    def _claim(self, call: Call, now: datetime) -> Call:
        lease = now + LEASE
        claimed = replace(call, state=CallState.SENDING, lease_until=lease, due_at=lease, attempts=call.attempts + 1)
        return self.store.save_call(claimed, now)

    def _call_people(self, call: Call, community: Community, now: datetime) -> Rung:
        everybody = on_duty(community.rota, now, community.zone, call.roles)
        line = [person for person in everybody if person.id not in call.without] or everybody
        queues = _queues(line, call, community.rota)
        together = tuple(queue[0] for queue in queues if queue)
        head = self._head(call)
        quote = self._quote(call, head, community)
        wave = _Wave(self, call, community, line, together, now, self._secrets_of(community.id), head, quote)
        for queue in queues:
            wave.reach_one(queue)
        if not wave.reached:
            wave.reach_one(line)
        if not wave.reached:
            self._settle(call, now, state=CallState.READY, due_at=now + TRY_AGAIN)
            raise Unavailable("no way reached anybody on duty")
        tried = (*call.tried, *(person.id for person, _ in wave.reached))
        informs = _reason(call, community.language).get("informs", False)
        self._settle(
            call,
            now,
            state=CallState.CLOSED if informs else CallState.SENT,
            due_at=_answer_by(call, tried, line, community, now),
            tried=tried,
        )
        return Rung(Outcome.SENT, tuple(way.kind for _, way in wave.reached), _waited(call, now))

    def _head(self, call: Call) -> Head | None:
        if not call.objects or call.platform is None or call.account is None:
            return None
        return self.store.head_of(call.community, call.platform, call.account, call.objects[0])

    def _quote(self, call: Call, head: Head | None, community: Community) -> str:
        """At most a line of what was said; nothing where the words are confidential."""
        if head is None or head.confidential or not _reason(call, community.language)["quote"]:
            return ""
        said = self.store.words_of(head.community, head.platform, head.account, head.object)
        return masked_line(said or "")

    def _secrets_of(self, community_id: str) -> Mapping[str, str]:
        """Without the secrets, the ways that need none still work."""
        try:
            return self.secrets(community_id)
        except TribuneError:
            return {}

    def _settle(
        self, call: Call, now: datetime, *, state: CallState, due_at: datetime, tried: tuple[str, ...] | None = None
    ) -> None:
        """Write what became of the claim, whatever joined the call meanwhile; a call taken meanwhile stays taken."""
        for _ in range(_COLLISIONS):
            settled = replace(
                call, state=state, due_at=due_at, lease_until=None, tried=call.tried if tried is None else tried
            )
            try:
                self.store.save_call(settled, now)
            except Conflict:
                fresh = self.store.load_call(call.community, call.id)
                if fresh is None or fresh.state in _OVER:
                    return
                call = fresh
            else:
                return
        raise Unavailable("the call keeps changing")


def take(store: Store, community_id: str, call_id: str, person: str, now: datetime) -> Call:
    """`person` takes the call: nobody else is rung. Raises NotFound, AlreadyDone (by whom, when)."""
    for _ in range(_COLLISIONS):
        call = store.load_call(community_id, call_id)
        if call is None:
            raise NotFound(f"there is no call {call_id!r}")
        if call.taken_by is not None and call.taken_at is not None:
            raise AlreadyDone(call.taken_by, call.taken_at)
        taken = replace(
            call,
            state=CallState.TAKEN,
            taken_by=person,
            taken_at=now,
            known_at=call.known_at or now,
            lease_until=None,
        )
        try:
            return store.save_call(taken, now)
        except Conflict:
            continue
    raise Unavailable("the call keeps changing")


def _ring_at(call: Call, rota: Rota, zone: ZoneInfo, now: datetime) -> datetime:
    """When this call may ring next."""
    if call.urgency == Urgency.DIGEST:
        asked = may_ring(rota, call.created_at, zone, Urgency.DIGEST)
        return asked if asked > now else may_ring(rota, now, zone, Urgency.HOURS)
    return may_ring(rota, now, zone, call.urgency)


def _waited(call: Call, now: datetime) -> timedelta | None:
    """The clock that the law looks at: from when it was received, for what is grave and nobody has seen yet."""
    if call.urgency != Urgency.NOW or call.received_at is None or call.known_at or call.reason in _TOLD:
        return None
    return now - call.received_at


def _answer_by(
    call: Call, tried: Sequence[str], line: Sequence[Person], community: Community, now: datetime
) -> datetime:
    """Until when somebody may take it before the next one is rung."""
    deadline = now + (TAKE_WITHIN_NOW if call.urgency == Urgency.NOW else TAKE_WITHIN_HOURS)
    pace = Urgency.DIGEST if len(tried) >= ROUNDS * len(line) else call.urgency
    return may_ring(community.rota, deadline, community.zone, pace)


def _queues(line: Sequence[Person], call: Call, rota: Rota) -> list[list[Person]]:
    """Whom to ring now: at first one person of each wanted role, later the one who was rung least."""
    if call.tried:
        return [sorted(line, key=lambda person: call.tried.count(person.id))]
    return [[person for person in line if person.role == role and person != rota.fallback] for role in call.roles]


def _reason(call: Call, language: str) -> Mapping[str, str | bool]:
    reasons: Mapping[str, Mapping[str, str | bool]] = words.table(words.spoken(language), "calls")["reasons"]
    return reasons.get(call.reason, reasons["other"])


@dataclass(slots=True)
class _Wave:
    """One round of ringing: who was reached, who could not be."""

    calling: Calling
    call: Call
    community: Community
    line: Sequence[Person]
    together: Sequence[Person]
    """Who is rung at the same time, one of each role."""
    now: datetime
    secrets: Mapping[str, str]
    head: Head | None
    quote: str
    """Read once, whoever is rung."""
    reached: list[tuple[Person, Way]] = field(default_factory=list)
    failed: set[str] = field(default_factory=set)

    def reach_one(self, queue: Sequence[Person]) -> None:
        """Ring the first of the queue whom a way reaches, unless somebody of it was reached already."""
        for person in queue:
            if any(person.id == known.id for known, _ in self.reached):
                return
            if person.id not in self.failed and self._reach(person):
                return

    def _reach(self, person: Person) -> bool:
        message = self._message(person)
        for way in person.ways:
            try:
                self.calling.deliver(message, person, way, self.secrets.get(f"{person.id}.{way.kind}"))
            except TribuneError:
                continue
            self.reached.append((person, way))
            return True
        self.failed.add(person.id)
        return False

    def _message(self, person: Person) -> CallMessage:
        others = [other for other in self.together if other.id not in (person.id, *self.failed)]
        tried = (*self.call.tried, *(other.id for other in others), person.id)
        least_rung = min(self.line, key=lambda other: tried.count(other.id))
        return compose(
            self.call,
            self.community,
            person,
            self.now,
            head=self.head,
            quote=self.quote,
            due=_answer_by(self.call, tried, self.line, self.community, self.now),
            others=others,
            following=None if least_rung.id == person.id else least_rung,
            screens=self.calling.screens,
        )


def compose(  # noqa: PLR0913  a message depends on all of these, and each is named at the call
    call: Call,
    community: Community,
    person: Person,
    now: datetime,
    *,
    head: Head | None,
    quote: str,
    due: datetime,
    others: Sequence[Person] = (),
    following: Person | None,
    screens: Screens,
) -> CallMessage:
    """What `person` reads: what happened, what was done, what to do, who is next and when."""
    language = words.spoken(person.languages[0] if person.languages else community.language)
    table, reason, zone = words.table(language, "calls"), _reason(call, language), community.zone

    def at(moment: datetime) -> str:
        return moment_words(moment.astimezone(zone), now.astimezone(zone), language)

    fields = _fields(call, community, now, language)
    subject, *sentences = (
        told_of(call, community, now, language)
        if call.reason in _TOLD
        else [words.fill(str(reason["subject"]), fields)]
    )
    if call.reason not in _TOLD:
        sentences = [
            words.fill(str(reason["what"]), fields),
            words.fill(table["many"], {"n": str(len(call.objects))}) if len(call.objects) > 1 else "",
            _done(head, table, at) if head is not None and reason.get("done", True) else "",
            _clock(call, head, table, at),
            words.fill(table["quote"], {"quote": quote}) if quote else "",
            words.fill(str(reason["todo"]), fields),
        ]
    about_the_comment = reason["quote"] or reason.get("done", True)
    if not reason.get("informs"):
        if others:
            sentences.append(words.fill(table["also"], {"names": ", ".join(other.name for other in others)}))
        after = {"time": at(due), "next": following.name if following else ""}
        sentences.append(words.fill(table["next" if following else "again"], after))
        taking = {"community": community.id, "call": call.id, "person": person.id}
        sentences.append(words.fill(table["take"], taking))
    sentences.append(words.fill(table["closing"], fields))
    return CallMessage(
        community=community.id,
        call=call.id,
        subject=shortened(subject, SUBJECT_LIMIT),
        paragraphs=tuple(sentence for sentence in sentences if sentence),
        link=head.url if head and head.url and not head.deleted and about_the_comment else "",
        link_words=table["link"],
        language=language,
        desk=screens.about(call),
        desk_words=table["desk"],
        calls=screens.calls(community.id),
        buttons=() if reason.get("informs") else _buttons(call, table["buttons"]),
        turn=call.tried.count(person.id),
    )


def _buttons(call: Call, called: Mapping[str, str]) -> tuple[Button, ...]:
    """To take it; and to let the thread it is about fall silent, where it is about one."""
    take_it = Button("take", called["take"])
    return (take_it, Button("pause", called["pause"])) if thread_of(call) else (take_it,)


def thread_of(call: Call) -> str | None:
    """The scope of a pause that silences the thread a call is about, None where it is about none."""
    if call.platform is None or call.account is None or call.thread is None:
        return None
    return f"thread#{call.platform}#{call.account}#{call.thread}"


def _fields(call: Call, community: Community, now: datetime, language: str) -> dict[str, str]:
    """What the sentences of a call are filled with."""
    at = (call.received_at or call.created_at).astimezone(community.zone)
    return {
        "place": shortened(community.name_of(call.platform, call.account) or call.space or community.name, 30),
        "community": community.name,
        "community_id": community.id,
        "time": moment_words(at, now.astimezone(community.zone), language),
        "help": help_line(community.rota.care_country, language),
        "promised": call.sentence,
        **call.figures,
    }


def summary(call: Call, community: Community, now: datetime, language: str) -> tuple[str, str]:
    """(what it is about, what to do): two sentences of the call, for a list."""
    if call.reason in _TOLD:
        subject, *rest = told_of(call, community, now, language)
        return subject, " ".join(rest)
    reason, fields = _reason(call, language), _fields(call, community, now, language)
    return words.fill(str(reason["subject"]), fields), words.fill(str(reason["todo"]), fields)


_HIDES = {
    ActionState.READY: "hiding",
    ActionState.SENDING: "hiding",
    ActionState.SENT: "hidden",
    ActionState.FAILED: "failed",
    ActionState.UNCERTAIN: "failed",
    ActionState.CANCELLED: "nothing",
    ActionState.PROPOSED: "proposed",
    ActionState.OBSERVED: "observed",
}


def _hide_of(head: Head) -> tuple[str, datetime | None]:
    """What became of the hide of a comment: a key of `done`, and when it was done."""
    if head.deleted:
        return "deleted", None
    hides = [action for action in head.actions if action.kind is ActKind.HIDE]
    if not hides:
        return "nothing", None
    return _HIDES[hides[-1].state], hides[-1].done_at


def _done(head: Head, table: Mapping[str, Mapping[str, str]], at: Callable[[datetime], str]) -> str:
    what, when = _hide_of(head)
    return words.fill(table["done"][what], {"time": at(when) if when else ""}).strip()


def _clock(call: Call, head: Head | None, table: Mapping[str, str], at: Callable[[datetime], str]) -> str:
    """Received, known, acted: the clock that the law looks at, once a hide is done."""
    acted = call.acted_at or (_hide_of(head)[1] if head else None)
    if call.received_at is None or call.known_at is None or acted is None:
        return ""
    return words.fill(
        table["clock"], {"received": at(call.received_at), "known": at(call.known_at), "acted": at(acted)}
    )


# --- at most a line of what a member wrote ---

_PRIVATE = re.compile(
    r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+"
    r"|(?:https?://|www\.)\S+"
    r"|(?<!\w)@[\w.]+"
    r"|\+?\(?\d(?:[\s().\-/]{0,2}\d){5,}",
)
_MASK = "•••"


def masked_line(said: str) -> str:
    """The beginning of what was said on one line: addresses, numbers, links and mentions masked."""
    visible = "".join(character if character.isprintable() else " " for character in said)
    return shortened(_PRIVATE.sub(_MASK, " ".join(visible.split())), QUOTE_LIMIT)


def shortened(text: str, limit: int) -> str:
    """`text`, cut at a word with an ellipsis when it is longer than `limit`."""
    if len(text) <= limit:
        return text
    cut = text[: limit - 1]
    return (cut.rsplit(" ", 1)[0] if " " in cut[limit // 2 :] else cut).rstrip(" ,;:.") + "…"
