"""call_manager: one incident becomes one message to the person on duty, then to the next one, until somebody takes it.

A call is claimed with a lease before anybody is rung, and each way is noted before it is tried. A worker that dies in
between leaves a call that rings again, through the next way: nobody reads the same message twice in the same place, and
a person called twice is a nuisance, a person never called is what this module exists against.

Acting is never gated, calling is: quiet hours hold all but danger for the morning, whoever was called often enough
within an hour reads the rest in one summary, and what somebody muted waits.
"""

import json
from collections import Counter
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from functools import partial
from typing import Any, Protocol

from tribune import words
from tribune.channel import ActKind
from tribune.climate import SIGNED_WITH
from tribune.community import Community
from tribune.decision import CALLS, Urgency
from tribune.duty import Button, CallMessage, Person, Way, having_the_duty, may_ring, next_presence, on_duty
from tribune.errors import (
    AlreadyDone,
    BadConfiguration,
    Conflict,
    NotFound,
    TribuneError,
    Unavailable,
    Unreached,
    Unreadable,
)
from tribune.journal import Action, ActionState, Call, CallState, Case, CaseState, Changes, Head, Ringing
from tribune.proposals import may_be_quoted
from tribune.voice import day_words, help_line, moment_words
from tribune.workflow.alarm import told_of
from tribune.workflow.by_hand import TEAM
from tribune.workflow.digest import DIGEST, digest_lines
from tribune.workflow.masking import masked_line, shortened
from tribune.workflow.reporting import REPORT, as_html, told_of_report
from tribune.workflow.takeback import last_visibility

LEASE = timedelta(seconds=90)
"""The function's timeout and a minute: nobody else rings meanwhile."""
MUTED = timedelta(hours=1)
AFTER_DIGEST = timedelta(minutes=2)
"""What was held for the morning rings no earlier than this after the team arrived: the digest tells of it first."""
TRY_AGAIN = timedelta(minutes=5)
"""When no way worked."""
READ_AGAIN = timedelta(hours=1)
"""When a call could not be read: its message is in the dead letters by then, and whoever is to know was mailed."""
ROUNDS = 3
"""How often the whole line is rung at this pace; after that, once each time the team arrives."""
TOOLS = "climate_event"
"""The reason of what is told to the tools that plan posts, not to a person."""
TOOLS_DEAF = 3
"""After so many refusals a person is told; the tools are told for a day."""
TOLD_FOR = timedelta(days=1)
MANY = "many"
SHORT_QUOTE = 70
QUOTES = 3
SUBJECT_LIMIT = 100
PLACE_LIMIT = 30
_OVER = frozenset({CallState.TAKEN, CallState.FOLDED, CallState.CLOSED, CallState.FAILED})
HOUR = timedelta(hours=1)
MOST_READ = 10
_NEVER_FOLDED = frozenset({MANY, DIGEST, REPORT, "alarm", "alarm_over"})
_TOLD = frozenset({"alarm", "alarm_over"})
"""Reasons whose call brings its own words: `alarm.told_of` composes them when somebody is rung."""
_OF_A_CASE = (CALLS - {"no_charter", "detector_failed"}) | {"promise", "promise_unclear"}
"""Reasons whose call is about its comment's case, and over with it."""
_COLLISIONS = 4


class Outcome(StrEnum):
    """What became of one wake-up."""

    SENT = "sent"
    HELD = "held"
    """It is quiet time: it rings when that ends."""
    NOT_DUE = "not_due"
    """Somebody was called and still has time to answer, or another worker is calling."""
    FOLDED = "folded"
    """Whoever is on duty had enough calls for this hour: a summary tells of it."""
    LATER = "later"
    """The tools did not take it: it is tried again."""
    OVER = "over"
    """Somebody took it, or there is nothing left to call about."""
    UNKNOWN = "unknown"
    """There is no such call (any more)."""


@dataclass(frozen=True, slots=True)
class Rung:
    """The outcome, and the kinds of way through which a person was reached."""

    outcome: Outcome
    ways: tuple[str, ...] = ()


class Store(Protocol):
    """Where calls and what they are about are kept."""

    def load_call(self, community: str, call_id: str) -> Call | None:
        """One incident, None when there is none. Raises Unreadable."""

    def save_call(self, call: Call, now: datetime) -> Call:
        """Replace a call read at `call.rev`; answers it with its new rev. Raises Conflict."""

    def put_off(self, community: str, call_id: str, until: datetime) -> None:
        """Wake nobody for a call until a time, whatever else stands in it."""

    def commit(self, changes: Changes, now: datetime) -> None:
        """Write all or nothing. Raises Conflict."""

    def ringing(self, community: str) -> Ringing:
        """How often people were called lately, and what is muted."""

    def head_of(self, community: str, platform: str, account: str, object_id: str) -> Head | None:
        """What was decided and done about an object."""

    def case_of(self, community: str, platform: str, account: str, object_id: str) -> Case | None:
        """What waits, or waited, for a person about an object."""

    def words_of(self, community: str, platform: str, account: str, object_id: str) -> str | None:
        """The current words of an object, None when they were erased."""


class Waiting(Protocol):
    """Where what waits for a person is found."""

    def open_calls(self) -> list[Call]:
        """The calls of every community that nobody took yet."""

    def ringing(self, community: str) -> Ringing:
        """What is muted."""

    def case_of(self, community: str, platform: str, account: str, object_id: str) -> Case | None:
        """What waits, or waited, for a person about an object."""


class Screens(Protocol):
    """Where the desk's pages are; they show, and change nothing."""

    def about(self, call: Call) -> str:
        """The page of what a call is about."""

    def calls(self, community: str) -> str:
        """The list of calls."""

    def report(self, call: Call) -> str:
        """The file of the report that a call brings."""


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
    announce: Callable[[str, str, str, bytes, datetime], None]
    """(address, secret, id, body, now): a signed event for the tools of a community. Raises a TribuneError when they did not
    take it.
    """

    def ring(self, community_id: str, call_id: str, now: datetime) -> Rung:  # noqa: PLR0911  one return an outcome
        """Do what is due about a call: ring, hold, or nothing. Raises Unreached, Unavailable, Unreadable."""
        for _ in range(_COLLISIONS):
            call = self._load(community_id, call_id, now)
            if call is None:
                return Rung(Outcome.UNKNOWN)
            if call.state in _OVER or self._ended_with_its_case(call, now):
                return Rung(Outcome.OVER)
            if call.state is not CallState.READY and call.due_at > now:
                return Rung(Outcome.NOT_DUE)
            community, book = self.community(community_id), self.store.ringing(community_id)
            ring_at = max(next_ring(call, community, now), book.muted_until(call, now) or now)
            try:
                if ring_at > now:
                    if call.due_at != ring_at:
                        self.store.save_call(replace(call, due_at=ring_at), now)
                    return Rung(Outcome.HELD)
                if call.reason == TOOLS:
                    return self._tell_tools(self.store.save_call(_claimed(call, now), now), community, now)
                round_ = _Round.of(call, community, now)
                if _enough(call, round_, community, book, now):
                    self._fold(call, round_, community, book, now)
                    return Rung(Outcome.FOLDED)
                claimed = self._claim(call, round_, book, now)
            except Conflict:
                continue
            return self._call_people(claimed, round_, community, now)
        raise Unavailable("the call keeps changing")

    def _load(self, community_id: str, call_id: str, now: datetime) -> Call | None:
        """What cannot be read is not woken each minute: its own message is tried a few times, then is a dead letter."""
        try:
            return self.store.load_call(community_id, call_id)
        except Unreadable:
            self.store.put_off(community_id, call_id, now + READ_AGAIN)
            raise

    def _ended_with_its_case(self, call: Call, now: datetime) -> bool:
        """A person settled all that it is about, before it rang or without taking it: nobody is rung about that any more."""
        if now - call.created_at < TRY_AGAIN or not _settled(call, self.store, self.community):
            return False
        with suppress(Conflict):  # somebody takes it at this moment
            self.store.save_call(replace(call, state=CallState.CLOSED, lease_until=None), now)
        return True

    def _claim(self, call: Call, round_: "_Round", book: Ringing, now: datetime) -> Call:
        """Nobody else rings it, and the ways that are tried first are noted."""
        spent = () if round_.afresh else call.trying
        claimed = replace(_claimed(call, now), rev=call.rev + 1, trying=(*spent, *round_.first_ways))
        rung = (*((who, at) for who, at in book.rung if now - at < HOUR), *((one.id, now) for one in round_.together))
        self.store.commit(Changes(resumed=(claimed,), ringings=(replace(book, rev=book.rev + 1, rung=rung),)), now)
        return claimed

    def _fold(self, call: Call, round_: "_Round", community: Community, book: Ringing, now: datetime) -> None:
        """It joins the summary of this hour, which counts it once; the first one opens it, or whatever comes once it was told."""
        gathering = self.store.load_call(community.id, book.summary) if book.until and book.until > now else None
        if book.until is None or gathering is None or not _takes_in(gathering, call):
            until = max(min(book.times(round_.first.id, now)) + HOUR, now + TRY_AGAIN)
            book = replace(book, rev=book.rev + 1, summary=f"{MANY}-{now:%Y%m%dT%H%M%S%f}", until=until)
            opened: tuple[Ringing, ...] = (book,)
        else:
            until, opened = book.until, ()
        summary = Call(
            community=community.id,
            id=book.summary,
            reason=MANY,
            urgency=Urgency.HOURS,
            created_at=now,
            due_at=until + LEASE,  # whoever is folding one at this moment is done by then
            roles=call.roles,
            objects=(f"{call.reason} {call.id}",),
        )
        folded = replace(call, state=CallState.FOLDED, folded=summary.id, lease_until=None, rev=call.rev + 1)
        self.store.commit(Changes(calls=(summary,), resumed=(folded,), ringings=opened), now)

    def _call_people(self, call: Call, round_: "_Round", community: Community, now: datetime) -> Rung:
        seen = self._seen(call, community)
        wave = _Wave(self, call, community, round_, now, self._secrets_of(community.id), seen)
        try:
            for queue in round_.queues:
                wave.reach_one(queue)
            if not wave.reached:
                wave.reach_one(round_.line)
        except _TakenMeanwhile:
            return Rung(Outcome.OVER, tuple(way.kind for _, way in wave.reached))
        call = wave.call
        if call.only and not round_.line:  # whoever it was for has left
            self._settle(call, now, state=CallState.CLOSED, due_at=now)
            return Rung(Outcome.OVER)
        if not wave.reached:
            self._settle(call, now, state=CallState.READY, due_at=now + TRY_AGAIN)
            raise Unreached("no way reached anybody on duty")
        tried = (*call.tried, *(person.id for person, _ in wave.reached))
        informs = _reason(call, community.language).get("informs", False)
        self._settle(
            call,
            now,
            state=CallState.CLOSED if informs else CallState.SENT,
            due_at=_answer_by(call, tried, round_.line, community, now),
            tried=tried,
        )
        return Rung(Outcome.SENT, tuple(way.kind for _, way in wave.reached))

    def _tell_tools(self, call: Call, community: Community, now: datetime) -> Rung:
        try:
            secret = self._secrets_of(community.id).get(SIGNED_WITH, "")
            self.announce(community.climate.url, secret, call.id, event_of(call), now)
        except TribuneError:
            if now - call.created_at >= TOLD_FOR:
                self._settle(call, now, state=CallState.FAILED, due_at=now)
                return Rung(Outcome.OVER)
            if call.attempts == TOOLS_DEAF:
                self.store.commit(Changes(calls=(_deaf(call, now),)), now)
            self._settle(call, now, state=CallState.READY, due_at=now + TRY_AGAIN * min(call.attempts, 12))
            return Rung(Outcome.LATER)
        self._settle(call, now, state=CallState.CLOSED, due_at=now)
        return Rung(Outcome.SENT, ("tools",))

    def _seen(self, call: Call, community: Community) -> "_Seen":
        """What it is about, read once, whoever is rung."""
        if call.reason in (DIGEST, REPORT):
            return _Seen((), (), self._named_in(call))
        heads = [head for at in _named(call) if (head := self.store.head_of(*at))]
        quoted = [(self._quote(call, head, community), head.url or "") for head in heads[:QUOTES]]
        return _Seen(tuple(heads), tuple((line, url) for line, url in quoted if line))

    def _named_in(self, call: Call) -> dict[tuple[str, str, str], tuple[str, str]]:
        """What was said where, as far as it still stands and may be shown."""
        found = {}
        for at in dict.fromkeys(one for named in call.places.values() for one in named):
            head = self.store.head_of(call.community, *at)
            if head is None or head.confidential or head.deleted:
                continue
            if call.reason == DIGEST or may_be_quoted(head):
                line = masked_line(self.store.words_of(*head.at) or "")
                found[at] = (shortened(line, SHORT_QUOTE) if call.reason == DIGEST else line, head.url or "")
        return found

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
                call,
                state=state,
                due_at=due_at,
                lease_until=None,
                trying=(),
                tried=call.tried if tried is None else tried,
            )
            try:
                self.store.save_call(settled, now)
            except Conflict:
                fresh = self.store.load_call(call.community, call.id)
                if fresh is None or fresh.state is not CallState.SENDING:
                    return  # taken, closed, or to be rung anew: somebody knows better
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


def mute_scopes(call: Call) -> dict[str, str]:
    """What can be muted from a call: `call`, `reason`, and `space` where it has one -> the scope."""
    found = {"call": f"call#{call.id}", "reason": f"reason#{call.reason}"}
    return found | ({"space": f"space#{call.space}"} if call.space else {})


def next_ring(call: Call, community: Community, now: datetime) -> datetime:
    """When this call may ring next: at any hour, or once quiet time is over and the team has read its digest."""
    rota, zone = community.rota, community.zone
    if call.urgency == Urgency.DIGEST:
        asked = may_ring(rota, call.created_at, zone, Urgency.DIGEST)
        if asked > now:
            return asked + AFTER_DIGEST
    rings = _awake(Urgency.NOW if call.urgency == Urgency.NOW else Urgency.HOURS, community, now)
    return rings if rings == now else rings + AFTER_DIGEST


def _awake(urgency: str, community: Community, at: datetime) -> datetime:
    """The first instant that is not quiet; after quiet time, the team is there first, unless it only comes when it is quiet."""
    rota, zone = community.rota, community.zone
    rings = may_ring(rota, at, zone, urgency)
    if rings == at:
        return at
    there = next_presence(rota, rings, zone)
    return there if may_ring(rota, there, zone, urgency) == there else rings


def _waited(call: Call, now: datetime) -> timedelta | None:
    """From when it was received, for what is grave; that the machine knew of it at once is nobody looking after it."""
    if call.urgency != Urgency.NOW or call.received_at is None or call.reason in _TOLD:
        return None
    return now - call.received_at


def longest_wait(
    store: Waiting, communities: Container[str], community: Callable[[str], Community], now: datetime
) -> timedelta | None:
    """The longest that something grave has waited while nobody of the team looked after it, None where nothing waits.

    Whether anybody is rung meanwhile or not: in the night the line is rung a few times, and then no more.
    """
    waits = (
        waited
        for call in store.open_calls()
        if call.community in communities
        and (waited := _waited(call, now)) is not None
        and not _looked_after(call, store, community, now)
    )
    return max(waits, default=None)


def _looked_after(call: Call, store: Waiting, community: Callable[[str], Community], now: datetime) -> bool:
    """Did somebody mute it, or settle all that it is about?"""
    try:
        return store.ringing(call.community).muted_until(call, now) is not None or _settled(call, store, community)
    except (NotFound, BadConfiguration):
        return False  # settings that nobody can read: nobody can be rung there either


def _settled(call: Call, store: Store | Waiting, community: Callable[[str], Community]) -> bool:
    """Did people of the team settle all that it is about, since it was made?"""
    cases = [store.case_of(*at) for at in _named(call)] if call.reason in _OF_A_CASE else []
    ends = [(case.closed_by, case.closed_at) for case in cases if case and case.state is CaseState.CLOSED]
    if not ends or len(ends) < len(cases):
        return False
    people = {TEAM, *(person.id for person in community(call.community).rota.everybody)}
    return all(who in people and at is not None and at >= call.created_at for who, at in ends)


def _answer_by(
    call: Call, tried: Sequence[str], line: Sequence[Person], community: Community, now: datetime
) -> datetime:
    """Until when somebody may take it before the next one is rung."""
    within = community.rota.acknowledge
    pressing = call.urgency == Urgency.NOW or call.reason == "climate_orange"
    deadline = now + timedelta(minutes=within.now if pressing else within.hours)
    if len(tried) >= ROUNDS * len(line):
        return may_ring(community.rota, deadline, community.zone, Urgency.DIGEST)
    return _awake(call.urgency, community, deadline)


def _claimed(call: Call, now: datetime) -> Call:
    lease = now + LEASE
    return replace(call, state=CallState.SENDING, lease_until=lease, due_at=lease, attempts=call.attempts + 1)


def _enough(call: Call, round_: "_Round", community: Community, book: Ringing, now: datetime) -> bool:
    """Did whoever would be rung first get enough calls within this hour? Danger, news and summaries always ring."""
    if call.urgency == Urgency.NOW or call.reason in _NEVER_FOLDED or call.only or call.tried or not round_.line:
        return False
    return len(book.times(round_.first.id, now)) >= community.rota.most_calls


def _takes_in(summary: Call, call: Call) -> bool:
    """Is it still gathering, and told to everybody who is to hear of the call?"""
    return summary.state is CallState.READY and {*call.roles} <= {*summary.roles}


def event_of(call: Call) -> bytes:
    """What the tools are told of a change of the climate; the latest `changed_at` of a space is the one that holds."""
    at = call.created_at.isoformat()
    data = {"community": call.community, "space": call.space, **call.figures, "changed_at": at}
    return json.dumps({"type": "climate.changed", "timestamp": at, "data": data}, ensure_ascii=False).encode()


def _deaf(call: Call, now: datetime) -> Call:
    return Call(
        community=call.community,
        id=f"tools_deaf-{call.id}",
        reason="tools_deaf",
        urgency=Urgency.HOURS,
        created_at=now,
        due_at=now,
        space=call.space,
        figures=call.figures,
    )


def _named(call: Call) -> list[tuple[str, str, str, str]]:
    """The first comments that it is about."""
    if call.platform is None or call.account is None or call.reason in _TOLD:
        return []
    return [(call.community, call.platform, call.account, one) for one in call.objects[:MOST_READ]]


@dataclass(frozen=True, slots=True)
class _Seen:
    """What a call is about."""

    heads: tuple[Head, ...]
    quotes: tuple[tuple[str, str], ...]
    """(a masked line, its address)."""
    said: Mapping[tuple[str, str, str], tuple[str, str]] = field(default_factory=dict)
    """For a digest or a report: the same of each comment that it names."""

    @property
    def head(self) -> Head | None:
        """The comment itself, where it is one."""
        return self.heads[0] if self.heads else None


@dataclass(frozen=True, slots=True)
class _Round:
    """Whom to ring now."""

    line: Sequence[Person]
    """Everybody, in order; nobody, where everybody is on leave."""
    queues: Sequence[Sequence[Person]]
    """At first one of each wanted role at the same time, later the one who was rung least."""
    spent: frozenset[str]
    """Ways through which this round may have left already."""
    afresh: bool
    """There is no other way left: the same one again rather than nobody."""

    @classmethod
    def of(cls, call: Call, community: Community, now: datetime) -> "_Round":
        """From the rota, and from what a worker that died had begun."""
        rota = community.rota
        line = on_duty(rota, now, community.zone, call.roles)
        if call.only:
            line = [person for person in (rota.person(call.only), rota.fallback) if person is not None]
        if call.without:
            # A case that was left to a colleague is for that colleague, whether or not they have the duty.
            there = [person for person in rota.everybody if not person.is_away(now, community.zone)]
            meant = ([person for person in those if person.id not in call.without] for those in (line, there))
            line = next((those for those in meant if those), line)
        if call.reason == REPORT:
            line = [_by_mail_first(person) for person in line]
        spent = frozenset(call.trying)
        afresh = not any(_ways(person, spent) for person in line)
        queues = [sorted(line, key=lambda person: call.tried.count(person.id))]
        if not call.tried and not call.only:
            having = having_the_duty(rota, now, community.zone, call.roles)
            queues = [[one for one in line if one.role == role and one in having] for role in call.roles]
        queues = [queue for queue in queues if queue] or [one for one in (line,) if one]
        return cls(line, queues, frozenset() if afresh else spent, afresh)

    @property
    def together(self) -> tuple[Person, ...]:
        """Who is rung at the same time."""
        return tuple(dict.fromkeys(queue[0] for queue in self.queues))

    @property
    def first(self) -> Person:
        """Whose hour it is that counts."""
        return self.queues[0][0]

    @property
    def first_ways(self) -> tuple[str, ...]:
        """What is tried before anything else."""
        return tuple(_way_name(one, ways[0]) for one in self.together if (ways := _ways(one, self.spent)))


def _by_mail_first(person: Person) -> Person:
    """A report is a page to read: a mail shows it whole."""
    return person.model_copy(update={"ways": tuple(sorted(person.ways, key=lambda way: way.kind != "email"))})


def _ways(person: Person, spent: frozenset[str]) -> list[Way]:
    return [way for way in person.ways if _way_name(person, way) not in spent]


def _way_name(person: Person, way: Way) -> str:
    return f"{person.id}.{way.kind}" + (f".{way.address}" if way.address else "")


def informs(call: Call) -> bool:
    """Is it a piece of news, that nobody has to take?"""
    return bool(_reason(call, words.LANGUAGES[0]).get("informs"))


def called(reason: str, language: str) -> str:
    """What a kind of call is called, in two or three words."""
    reasons = words.table(words.spoken(language), "calls")["reasons"]
    return str(reasons.get(reason, reasons["other"])["short"])


def _reason(call: Call, language: str) -> Mapping[str, str | bool]:
    reasons: Mapping[str, Mapping[str, Any]] = words.table(words.spoken(language), "calls")["reasons"]
    reason = reasons.get(call.reason, reasons["other"])
    return {**reason, **reason.get("alone", {})} if len(call.objects) == 1 else reason


class _TakenMeanwhile(Exception):
    """Somebody took it, or wants it rung anew, while it was being rung."""


@dataclass(slots=True)
class _Wave:
    """One round of ringing: who was reached, who could not be."""

    calling: Calling
    call: Call
    community: Community
    round_: _Round
    now: datetime
    secrets: Mapping[str, str]
    seen: _Seen
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
        for way in _ways(person, self.round_.spent):
            self._note(_way_name(person, way))
            try:
                self.calling.deliver(message, person, way, self.secrets.get(f"{person.id}.{way.kind}"))
            except TribuneError:
                continue
            self.reached.append((person, way))
            return True
        self.failed.add(person.id)
        return False

    def _note(self, way: str) -> None:
        """Before it is tried: whoever comes after a crash does not try it again."""
        for _ in range(_COLLISIONS):
            if way in self.call.trying:
                return
            try:
                noted = replace(self.call, trying=(*self.call.trying, way))
                self.call = self.calling.store.save_call(noted, self.now)
            except Conflict:
                fresh = self.calling.store.load_call(self.call.community, self.call.id)
                if fresh is None or fresh.state is not CallState.SENDING:
                    raise _TakenMeanwhile from None
                self.call = fresh
        raise Unavailable("the call keeps changing")

    def _message(self, person: Person) -> CallMessage:
        others = [other for other in self.round_.together if other.id not in (person.id, *self.failed)]
        tried = (*self.call.tried, *(other.id for other in others), person.id)
        least_rung = min(self.round_.line, key=lambda other: tried.count(other.id))
        return compose(
            self.call,
            self.community,
            person,
            self.now,
            seen=self.seen,
            due=_answer_by(self.call, tried, self.round_.line, self.community, self.now),
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
    seen: "_Seen",
    due: datetime,
    others: Sequence[Person] = (),
    following: Person | None,
    screens: Screens,
) -> CallMessage:
    """What `person` reads: what happened, what was done, what to do, who is next and when."""
    language = words.spoken(person.languages[0] if person.languages else community.language)
    table, reason = words.table(language, "calls"), _reason(call, language)
    report = told_of_report(call, community, seen.said, now, language) if call.reason == REPORT else None
    if report is not None:
        subject, *sentences = report.subject, *report.paragraphs()
    elif call.reason in _TOLD:
        subject, *sentences = told_of(call, community, now, language)
    elif call.reason == DIGEST:
        subject, *sentences = digest_lines(call, community, seen.said, now, language)
    else:
        subject, *sentences = _what_happened(call, community, seen, now, language)
    if not reason.get("informs"):
        then = {"time": _at(due, community, now, language), "next": following.name if following else ""}
        sentences += _what_follows(call, person, others, then, table)
    sentences.append(words.fill(table["closing"], _fields(call, community, now, language)))
    head, desk = seen.head, screens.about(call)
    about_the_comment = (reason["quote"] or reason.get("done", True)) and len(seen.quotes) <= 1
    desk_words = table["screen_of_report"] if report else table["desk"]
    return CallMessage(
        community=community.id,
        call=call.id,
        subject=shortened(subject, SUBJECT_LIMIT),
        paragraphs=tuple(sentence for sentence in sentences if sentence),
        html=as_html(report, [(desk_words, desk), (table["file_of_report"], screens.report(call))]) if report else "",
        link=head.url if head and head.url and not head.deleted and about_the_comment else "",
        link_words=table["link"],
        language=language,
        desk=desk,
        desk_words=desk_words,
        calls=screens.calls(community.id),
        buttons=() if reason.get("informs") else _buttons(call, table["buttons"]),
        anew=call.anew,
        turn=call.tried.count(person.id),
    )


def _what_happened(call: Call, community: Community, seen: "_Seen", now: datetime, language: str) -> tuple[str, ...]:
    """The subject, then what happened around a comment or a crowd, what was done, what to do."""
    table, reason, fields = (
        words.table(language, "calls"),
        _reason(call, language),
        _fields(call, community, now, language),
    )
    at = partial(_at, community=community, now=now, language=language)
    return (
        words.fill(str(reason["subject"]), fields),
        words.fill(str(reason["what"]), fields),
        *_beside(call, fields, language),
        _crowd(call, seen, table, reason),
        _done(seen.head, table, at) if seen.head is not None and reason.get("done", True) else "",
        _clock(call, seen.head, table, at),
        table["edited"] if _edited(call, seen.head) else "",
        *_quoted(seen.quotes, table),
        words.fill(str(reason["todo"]), fields),
    )


def _what_follows(
    call: Call, person: Person, others: Sequence[Person], then: Mapping[str, str], table: Mapping[str, Any]
) -> Iterator[str]:
    """Who knows already, who is called next and when unless somebody takes it (`then`), and how it is taken."""
    if others:
        yield words.fill(table["also"], {"names": ", ".join(other.name for other in others)})
    yield words.fill(table["next" if then["next"] else "again"], then)
    yield words.fill(table["take"], {"community": call.community, "call": call.id, "person": person.id})


def _at(moment: datetime, community: Community, now: datetime, language: str) -> str:
    return moment_words(moment.astimezone(community.zone), now.astimezone(community.zone), language)


def _beside(call: Call, fields: Mapping[str, str], language: str) -> Iterator[str]:
    """What else is to be told of the incident."""
    reasons = words.table(language, "calls")["reasons"]
    for reason, figures in sorted(call.beside.items()):
        yield words.fill(str(reasons[reason]["what"]), {**fields, **figures})


def _crowd(call: Call, seen: "_Seen", table: Mapping[str, str], reason: Mapping[str, str | bool]) -> str:
    """How many comments, and by how many people where all of them were looked at."""
    n = len(call.objects)
    if n < 2 or reason.get("crowd"):  # noqa: PLR2004  one comment is no crowd
        return ""
    people = {head.author for head in seen.heads if head.author}
    known = len(people) if len(seen.heads) == n and people else 0
    return words.fill(table["many_people" if known > 1 else "many"], {"n": str(n), "people": str(known)})


def _edited(call: Call, head: Head | None) -> bool:
    """Did its author change what the call is about, and only that, since it was made? It may say nothing grave any more."""
    judged = head.verdict.at if head and head.verdict and not head.deleted else None
    return call.reason in _OF_A_CASE and len(call.objects) == 1 and judged is not None and judged > call.created_at


def _quoted(quotes: Sequence[tuple[str, str]], table: Mapping[str, str]) -> list[str]:
    """Each with its address, where there are several: one alone has it below the message."""
    told = [words.fill(table["quote"], {"quote": line}) for line, _ in quotes]
    return told if len(told) == 1 else [f"{line}\n{url}".strip() for line, (_, url) in zip(told, quotes, strict=True)]


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
        "place": shortened(_place(call, community), PLACE_LIMIT),
        "community": community.name,
        "community_id": community.id,
        "time": moment_words(at, now.astimezone(community.zone), language),
        "help": help_line(community.rota.care_country, language),
        "since": moment_words(at, now.astimezone(community.zone), language, "since"),
        "id": call.id,
        "space": call.space or "",
        "promised": _promised(call, at, now.astimezone(community.zone), language),
        **_counted(call, language),
        **call.figures,
        "alarming": _alarming(int(call.figures.get("alarming", "0")), language),
    }


def _promised(call: Call, said_at: datetime, now: datetime, language: str) -> str:
    """What was promised, as it was written; and on which day, if that is over: tomorrow is today by now."""
    forms: Mapping[str, str] = words.table(words.spoken(language), "calls")["promised"]
    day = day_words(said_at.date(), language, now.date())
    form = forms["today" if said_at.date() == now.date() else "earlier"]
    return words.fill(form, {"words": call.sentence, "day": day})


def _alarming(people: int, language: str) -> str:
    """How many speak of danger, as the end of a sentence; nothing where nobody does."""
    forms: Mapping[str, str] = words.table(words.spoken(language), "calls")["alarming"]
    return words.fill(words.counted(forms, people), {"n": str(people)}) if people else ""


def _place(call: Call, community: Community) -> str:
    told = community.name_of(call.platform, call.account) or community.space_name(call.space)
    return told or call.space or community.name


def _counted(call: Call, language: str) -> dict[str, str]:
    """What a summary tells: how many calls, and about what, the most frequent first."""
    if call.reason != MANY:
        return {}
    reasons = words.table(words.spoken(language), "calls")["reasons"]
    counted = Counter(str(one).partition(" ")[0] for one in call.objects)
    told = (
        f"{n} × {reasons.get(reason, reasons['other']).get('short', reason)}" for reason, n in counted.most_common()
    )
    return {"n": str(len(call.objects)), "list": ", ".join(told)}


def summary(call: Call, community: Community, now: datetime, language: str) -> tuple[str, str]:
    """(what it is about, what to do): two sentences of the call, for a list."""
    if call.reason in _TOLD:
        subject, *rest = told_of(call, community, now, language)
        return subject, " ".join(rest)
    if call.reason == DIGEST:
        subject, *rest = digest_lines(call, community, {}, now, language)
        return subject, " ".join(rest)
    if call.reason == REPORT:
        report = told_of_report(call, community, {}, now, language)
        return report.subject, " ".join(report.opening)
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
    hides = _hides(head)
    if not hides:
        return "nothing", None
    if _was_shown_again(head):
        return "shown", hides[-1].done_at
    last = hides[-1]
    return "waits" if last.state is ActionState.READY and last.why else _HIDES[last.state], last.done_at


def _hides(head: Head) -> list[Action]:
    """Of the comment itself: our own words may be taken back by a hide too."""
    return [action for action in head.actions if action.kind is ActKind.HIDE and action.target == head.object]


def _was_shown_again(head: Head) -> bool:
    """Was it shown again, by us or on the platform itself? What is only on its way to be is not told."""
    last = last_visibility(head)
    return head.hidden is False or (last is not None and (last.kind, last.state) == (ActKind.UNHIDE, ActionState.SENT))


def _done(head: Head, table: Mapping[str, Mapping[str, str]], at: Callable[[datetime], str]) -> str:
    what, when = _hide_of(head)
    return words.fill(table["done"][what], {"time": at(when) if when else ""}).strip()


def _clock(call: Call, head: Head | None, table: Mapping[str, str], at: Callable[[datetime], str]) -> str:
    """Received, known, acted: the clock that the law looks at, once a hide is done."""
    acted = call.acted_at or (_hidden_at(head) if head else None)
    if call.received_at is None or call.known_at is None or acted is None:
        return ""
    return words.fill(
        table["clock"], {"received": at(call.received_at), "known": at(call.known_at), "acted": at(acted)}
    )


def _hidden_at(head: Head) -> datetime | None:
    """When it was hidden, if it was: what was called off is done too, and hid nothing."""
    hides = _hides(head)
    return hides[-1].done_at if hides and hides[-1].state is ActionState.SENT and not head.deleted else None
