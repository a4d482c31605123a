"""perform: the only door to a platform. Claim, send once, mark; what cannot be known goes to the CM.

A claim is a lease longer than the function can live, so nobody else is sending while we are. Whatever is left
unfinished stays in the index `due`, and keep_watch brings it back.
"""

import json
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Protocol

from tribune.channel import Access, ActKind, HttpAnswer, HttpCall, Order, Outcome, Plan, Platform
from tribune.channel import Verdict as Fate
from tribune.errors import CannotDo, Conflict, NotSent, PerhapsSent
from tribune.journal import (
    Action,
    ActionState,
    Breaker,
    BudgetNote,
    Call,
    Changes,
    Head,
    Pauses,
    ThreadNote,
    ThreadRecord,
)
from tribune.workflow import marking
from tribune.workflow.deed import SPEAKING, hour_of
from tribune.workflow.gate import Drop, Propose, Surroundings, Wait, counts_anew, gate, resting, spread
from tribune.workflow.marking import Marking, Performed
from tribune.workflow.ports import Communities, Key, Keys, Queue, Quotas
from tribune.workflow.rest import Resting, revives
from tribune.workflow.takeback import OVERTAKEN, overtaken, with_actions
from tribune.workflow.worksheet import Known, ObjectId

LEASE_MARGIN = timedelta(seconds=60)
MOST_ATTEMPTS = 8
FIRST_RETRY = timedelta(seconds=30)
LONGEST_RETRY = timedelta(hours=1)
MOST_STEPS = 5
"""Of one act; a platform that asks for more is not understood."""
_TRIES = 6
_WORDED = (*SPEAKING, ActKind.BLOCK)
"""Acts that need something of the text table: words, or whom they are about."""


# ruff: disable[D102]  what each of these does is said where it is done
class KnownMore(Known, Protocol):
    """What perform reads besides heads and threads."""

    def breaker(self, community: str, platform: str, account: str) -> Breaker: ...
    def pauses(self, community: str) -> Pauses: ...
    def outgoing(
        self, community: str, platform: str, account: str, object_id: str, action_id: str
    ) -> tuple[str, str | None] | None: ...


class Journal(marking.Journal, Protocol):
    """What perform needs of the journal."""

    def read(self, wanted: Iterable[Key]) -> KnownMore: ...
    def keep_breaker(self, breaker: Breaker) -> None: ...
    def load_call(self, community: str, call_id: str) -> Call | None: ...


# ruff: enable[D102]


@dataclass(frozen=True, slots=True)
class _Errand:
    """One action with everything that carrying it out takes."""

    head: Head
    action: Action
    order: Order
    platform: Platform
    access: Access
    seconds_left: Callable[[], float]


@dataclass(slots=True)
class Performing:
    """perform_action's use case, with its edges."""

    journal: Journal
    keys: Keys
    communities: Communities
    platform: Callable[[str], Platform]
    access: Callable[[str, str, bool], Mapping[str, str]]
    """(platform, channel, fresh) -> the `act` secret."""
    send: Callable[[HttpCall, float], HttpAnswer]
    """Send within some seconds. Raises NotSent, PerhapsSent."""
    calls: Queue
    quotas: Quotas
    now: Callable[[], datetime]
    opened: Callable[[str], None]
    """Counts a pause that a platform asked for."""

    def perform(self, body: str, seconds_left: Callable[[], float]) -> list[Performed]:
        """Carry out whatever is unfinished and due under one head. Raises Unavailable, Conflict (try again)."""
        message = json.loads(body)
        at: ObjectId = (message["community"], message["platform"], message["account"], message["object"])
        done: list[Performed] = []
        seen: set[str] = set()
        collisions = 0
        told: Sequence[Key] = self._told(at, message)
        while True:
            head, known = self._look_around(at, told, seen)
            action = self._next(head, seen) if head else None
            if head is None or action is None:
                return done
            told = ()
            try:
                settled = self._perform(head, action, known, seconds_left)
            except Conflict:
                # Somebody else wrote in the thread while we claimed: look again now, not after the visibility timeout.
                collisions += 1
                if collisions == _TRIES:
                    raise
                continue
            seen.add(action.id)
            if settled:
                done.append(settled)
                if settled.head and self._next(settled.head, seen) is None:
                    return done

    def _next(self, head: Head, seen: Collection[str]) -> Action | None:
        return next((action for action in _in_turn(head) if action.id not in seen and self._is_due(action)), None)

    def _told(self, at: ObjectId, message: Mapping[str, Any]) -> list[Key]:
        """What a wake-up of moderate lets us read at once with the head; keep_watch knows only the head."""
        thread = [self.keys.thread(*at[:3], message["thread"])] if "thread" in message else []
        return thread + [self.keys.outgoing(*at, action) for action in message.get("actions", ())]

    def _look_around(self, at: ObjectId, told: Sequence[Key], seen: Collection[str]) -> tuple[Head | None, KnownMore]:
        """The head and whatever its next action meets on its way out: one read where `told` names what it takes."""
        wanted = [
            self.keys.head(*at),
            self.keys.breaker(*at[:3]),
            self.keys.pauses(at[0]),
            self.keys.brakes(at[0]),
            *told,
        ]
        while True:
            known = self.journal.read(wanted)
            head = known.head(*at)
            action = self._next(head, seen) if head else None
            missing = [key for key in self._needs(head, action) if key not in wanted] if head and action else []
            if not missing:
                return head, known
            wanted += missing

    def _needs(self, head: Head, action: Action) -> list[Key]:
        needs = [self.keys.thread(*head.thread_at)]
        if action.kind in _WORDED:
            needs.append(self.keys.outgoing(*head.at, action.id))
        if action.purpose == "withdraw":
            needs.append(self.keys.head(*head.at[:3], action.target))
        if counts_anew(action, head, self.now()):
            needs.append(self.keys.budget(*head.at[:3], hour_of(self.now())))
        return needs

    def _is_due(self, action: Action) -> bool:
        if action.state is ActionState.READY:
            return not action.why or action.due_at <= self.now()
        return bool(action.state is ActionState.SENDING and action.lease_until and action.lease_until <= self.now())

    @property
    def _marking(self) -> Marking:
        return Marking(self.journal, self.keys, self.communities, self.calls, self.now)

    # --- one action ---

    def _perform(  # noqa: PLR0911  each refusal on the way returns at once
        self, head: Head, action: Action, known: KnownMore, seconds_left: Callable[[], float]
    ) -> Performed | None:
        around = self._around(head, action, known)
        if action.state is ActionState.READY:
            allowed = gate(action, head, around, self.now())
            if isinstance(allowed, Wait):
                return self._marking.mark(head, action.id, lambda a: replace(a, due_at=allowed.until, why=allowed.why))
            if isinstance(allowed, Propose):
                return self._marking.propose(head, action, allowed.why)
            if isinstance(allowed, Drop):
                return self._marking.finish(head, action, ActionState.CANCELLED, allowed.why, tell=allowed.tell)
        elif rest := resting(action, around, self.now()):
            return self._marking.mark(head, action.id, lambda a: replace(a, due_at=rest.until, lease_until=rest.until))
        errand = self._errand(head, action, known, seconds_left)
        if errand is None:
            return self._wordless(head, action)
        try:
            plan = errand.platform.act(errand.order, errand.access, self.now())
        except CannotDo as refusal:
            # Nothing of a READY action has left; of an interrupted one, something may have.
            state = ActionState.FAILED if action.state is ActionState.READY else ActionState.UNCERTAIN
            return self._fail(head, action, state, str(refusal) or "cannot_do")
        if action.state is ActionState.READY:
            return self._attempt(errand, plan, around)
        return self._take_up_again(errand, plan, around)

    def _around(self, head: Head, action: Action, known: KnownMore) -> Surroundings:
        thread_at = head.thread_at
        hour = (*thread_at[:3], hour_of(self.now()))
        anew = counts_anew(action, head, self.now())
        ours = known.head(*head.at[:3], action.target) if action.purpose == "withdraw" else None
        return Surroundings(
            thread=known.thread(*thread_at),
            community=self.communities.load(head.community),
            breaker=known.breaker(*thread_at[:3]),
            pauses=known.pauses(head.community),
            brakes=known.brakes(head.community),
            budget=known.budget(*hour) if anew else None,
            rewritten=ours is not None and ours.by_hand,
        )

    def _wordless(self, head: Head, action: Action) -> Performed | None:
        """Its words, or whom it is about, are gone: erased with their author, or expired."""
        why = "words_gone" if action.kind in SPEAKING else "no_recipient"
        if action.state is not ActionState.READY:
            # An interrupted attempt may have left.
            return self._fail(head, action, ActionState.UNCERTAIN, why)
        if action.kind in SPEAKING and action.signed_by is None:
            # There is nothing that a person could do: nobody is told.
            return self._marking.finish(head, action, ActionState.CANCELLED, why, tell=False)
        return self._fail(head, action, ActionState.FAILED, why)

    def _errand(
        self, head: Head, action: Action, known: KnownMore, seconds_left: Callable[[], float]
    ) -> _Errand | None:
        """Everything that carrying it out takes; None when its words, or whom it is about, are gone."""
        text, recipient = "", None
        if action.kind in _WORDED:
            words = known.outgoing(*head.at, action.id)
            if words is None:
                return None
            text, recipient = words
        order = Order(
            action_id=action.id,
            kind=action.kind,
            account=head.account,
            target=action.target,
            thread=head.thread,
            text=text,
            recipient=recipient,
            reply_token=action.reply_token,
            reply_token_at=action.reply_token_at,
            quote=action.quote,
            attempt=action.attempts + 1,
            way=action.way or action.step,
            since=action.since,
        )
        access = Access(head.account, self.access(head.platform, head.channel, False))
        return _Errand(head, action, order, self.platform(head.platform), access, seconds_left)

    def _attempt(self, errand: _Errand, plan: Plan, around: Surroundings) -> Performed | None:
        """Claim, send once, and look at what became of it."""
        tomorrow = self._spend(errand, plan.call)
        if tomorrow is not None:
            return self._marking.mark(errand.head, errand.action.id, lambda a: _ready(a, tomorrow, "quota"))
        claimed = self._claim(errand, around, plan)
        if claimed is None:
            return None
        errand, plan, outcome = self._carry_out(claimed, plan)
        if outcome.verdict is Fate.UNKNOWN and not plan.repeatable:
            seen = self._look(errand)
            # Not seen yet is not "never arrived": the platform may be a little behind. The lease decides.
            if seen is not None and seen.verdict is Fate.DONE:
                outcome = seen
        return self._settle(errand, outcome, plan, around.breaker)

    def _carry_out(self, errand: _Errand, plan: Plan) -> tuple[_Errand, Plan, Outcome]:
        """Send; where the platform wants several steps, each is written down before the next one is made."""
        outcome = self._send_with_good_access(errand, plan)
        for _ in range(MOST_STEPS):
            if outcome.verdict is not Fate.NEXT:
                return errand, plan, outcome
            self._keep_step(errand, outcome.way)
            errand = replace(errand, order=replace(errand.order, way=outcome.way))
            try:
                plan = errand.platform.act(errand.order, errand.access, self.now())
            except CannotDo as refusal:
                return errand, plan, Outcome(Fate.REFUSED, why=str(refusal) or "cannot_do")
            if self._spend(errand, plan.call) is not None:
                return errand, plan, Outcome(Fate.LATER, why="quota")
            outcome = self._send_with_good_access(errand, plan)
        return errand, plan, Outcome(Fate.REFUSED, why="too_many_steps")

    def _send_with_good_access(self, errand: _Errand, plan: Plan) -> Outcome:
        """A token that is dead here may be the one before the last: it is read again, and tried once."""
        outcome = self._send(errand, plan)
        if outcome.verdict is not Fate.TOKEN_DEAD:
            return outcome
        fresh = Access(errand.access.account, self.access(errand.head.platform, errand.head.channel, True))
        if fresh == errand.access:
            return outcome
        renewed = replace(errand, access=fresh)
        try:
            return self._send(renewed, renewed.platform.act(renewed.order, fresh, self.now()))
        except CannotDo:
            return outcome

    def _keep_step(self, errand: _Errand, way: str) -> None:
        """Whoever takes this up again goes on from here. Raises Conflict."""
        self._marking.mark(errand.head, errand.action.id, lambda action: replace(action, way=way, step=way))

    def _spend(self, errand: _Errand, call: HttpCall) -> datetime | None:
        """None when the day's quota allows the call, else when it may be tried again."""
        card = errand.platform.CARD
        if not card.daily_units:
            return None
        return self.quotas.spend(errand.head.community, card, errand.head.channel, call.units, self.now())

    def _take_up_again(  # noqa: PLR0911  one return for each thing that can have become of it
        self, errand: _Errand, plan: Plan, around: Surroundings
    ) -> Performed | None:
        """An attempt was interrupted: its lease is over, so nobody is sending. Read back, then decide."""
        head, action = errand.head, errand.action
        if overtaken(action, head):
            return self._marking.finish(head, action, ActionState.CANCELLED, OVERTAKEN, tell=False)
        seen = None if plan.repeatable else self._look(errand)
        if plan.repeatable or (seen is not None and seen.verdict is Fate.LATER):
            if action.attempts >= MOST_ATTEMPTS:
                return self._fail(head, action, ActionState.UNCERTAIN, "unanswered")
            if _outspoken(action, around.thread):
                return self._marking.finish(head, action, ActionState.CANCELLED, "human_answered", tell=False)
            return self._attempt(errand, plan, around)
        if seen is None:
            return self._fail(head, action, ActionState.UNCERTAIN, "interrupted")
        if seen.verdict is not Fate.UNKNOWN:
            return self._settle(errand, seen, plan, around.breaker)
        if action.attempts >= MOST_ATTEMPTS:
            return self._fail(head, action, ActionState.UNCERTAIN, "unreadable")
        again = self.now() + _backoff(action)
        return self._marking.mark(
            head,
            action.id,
            lambda a: replace(a, attempts=a.attempts + 1, lease_until=again, due_at=again, why="unreadable"),
        )

    def _claim(self, errand: _Errand, around: Surroundings, plan: Plan) -> _Errand | None:
        """Take the action for as long as this function can live; None when it is no longer ours to take.

        Mostly the head alone, once: whoever changed the action since it was read wins. The thread need not be written:
        a message of the machine stands in it since it was planned, in the transaction that counted it, so two workers
        never count differently. That a person answered is asked in the read just before; an answer that is noted after
        it is like one that is noted after the claim, and whoever notes it cancels what is not claimed yet. It stays
        where it is in the index `due`: whoever comes while the lease runs sees that, and goes.

        Raises Conflict when only what is around it changed meanwhile: then it is looked at again from the start.
        """
        head, action, now = errand.head, errand.action, self.now()
        until = now + timedelta(seconds=max(0.0, errand.seconds_left())) + LEASE_MARGIN
        claimed = replace(
            action,
            state=ActionState.SENDING,
            lease_until=until,
            attempts=action.attempts + 1,
            way=plan.way,
            since=action.since or now,
            why="",
        )
        notes: tuple[ThreadNote, ...] = ()
        by_machine = action.kind in SPEAKING and action.signed_by is None
        if by_machine and action.id not in around.thread.automatic:
            notes = (ThreadNote(*head.thread_at, automatic={action.id: now}, expected_rev=around.thread.rev),)
        spent: tuple[BudgetNote, ...] = ()
        if around.budget and action.state is ActionState.READY:
            spent = (BudgetNote(*head.at[:3], around.budget.hour, posts={head.post: 1}),)
        head = replace(with_actions(head, [claimed]), rev=head.rev + 1)
        try:
            self.journal.commit(Changes(heads=(head,), threads=notes, budgets=spent), now)
        except Conflict:
            current = self._marking.head(head.at)
            if current is not None and current.action(action.id) == action:
                raise
            return None
        return replace(errand, head=head, order=replace(errand.order, way=plan.way, since=claimed.since))

    def _send(self, errand: _Errand, plan: Plan) -> Outcome:
        try:
            answer = self.send(plan.call, errand.seconds_left() - 2.0)
        except NotSent as error:
            return Outcome(Fate.LATER, why=str(error))
        except PerhapsSent as error:
            return Outcome(Fate.UNKNOWN, why=str(error))
        return errand.platform.judge(errand.order, answer, self.now())

    def _look(self, errand: _Errand) -> Outcome | None:
        """What the platform shows of an order; None where it cannot be read back."""
        call = errand.platform.look_back(errand.order, errand.access)
        if call is None:
            return None
        if self._spend(errand, call) is not None:
            return Outcome(Fate.UNKNOWN, why="quota")
        try:
            return errand.platform.settle(errand.order, self.send(call, errand.seconds_left() - 2.0))
        except (NotSent, PerhapsSent) as error:
            return Outcome(Fate.UNKNOWN, why=str(error))

    # --- what became of it ---

    def _settle(  # noqa: PLR0911  one return a verdict
        self, errand: _Errand, outcome: Outcome, plan: Plan, breaker: Breaker
    ) -> Performed | None:
        head, action = errand.head, errand.action
        outcome = _as_meant(action, outcome)
        if outcome.unable or (outcome.verdict is Fate.DONE and (outcome.until or revives(breaker))):
            self._rest(head, action, outcome)
        match outcome.verdict:
            case Fate.DONE:
                return self._marking.sent(head, action, outcome.id, errand.platform)
            case Fate.GONE:
                return self._marking.finish(head, action, ActionState.CANCELLED, "gone", tell=False)
            case Fate.REFUSED:
                return self._fail(head, action, ActionState.FAILED, outcome.why or "refused")
            case Fate.LATER:
                return self._later(head, action, plan, outcome.why or "later")
            case Fate.LIMITED | Fate.BLOCKED | Fate.TOKEN_DEAD:
                return self._pause(head, action, plan, outcome)
            case Fate.NEXT:
                raise AssertionError("steps are made before anything is settled")
            case Fate.UNKNOWN if plan.repeatable or errand.platform.CARD.reads_back:
                return None  # the lease runs out, keep_watch brings it back, and it is read back or sent again
            case Fate.UNKNOWN:
                return self._fail(head, action, ActionState.UNCERTAIN, outcome.why or "unknown")

    def _later(self, head: Head, action: Action, plan: Plan, why: str) -> Performed | None:
        if action.attempts + 1 >= MOST_ATTEMPTS:
            state = ActionState.UNCERTAIN if _in_doubt(action, plan) else ActionState.FAILED
            return self._fail(head, action, state, why)
        again = self.now() + _backoff(action)
        return self._marking.mark(head, action.id, _waiting(action, plan, again, why))

    def _pause(self, head: Head, action: Action, plan: Plan, outcome: Outcome) -> Performed | None:
        """The whole account rests: nothing more is tried until then, by anybody."""
        breaker = self._rest(head, action, outcome)
        until = breaker.replies_until if outcome.verdict is Fate.BLOCKED else breaker.open_until
        again = (until or self.now()) + spread(action.id)
        return self._marking.mark(head, action.id, _waiting(action, plan, again, outcome.verdict))

    def _rest(self, head: Head, action: Action, outcome: Outcome) -> Breaker:
        resting = Resting(self.journal, self.keys, self.calls, self.opened)
        return resting.rest(head.at[:3], outcome, self.now(), kind=action.kind, space=head.space)

    def _fail(self, head: Head, action: Action, state: ActionState, why: str) -> Performed | None:
        return self._marking.finish(head, action, state, why, tell=True)


def _as_meant(action: Action, outcome: Outcome) -> Outcome:
    """A deletion that finds nothing any more was carried out by its earlier attempt."""
    again = action.kind is ActKind.DELETE and action.attempts > 0
    return Outcome(Fate.DONE) if again and outcome.verdict is Fate.GONE else outcome


def _outspoken(action: Action, thread: ThreadRecord) -> bool:
    """A person spoke while the machine's message was interrupted: it is not sent again."""
    return action.kind in SPEAKING and action.signed_by is None and bool(thread.human_at or thread.silent)


def _backoff(action: Action) -> timedelta:
    wait: timedelta = min(LONGEST_RETRY, FIRST_RETRY * 2**action.attempts)
    return wait


def _in_turn(head: Head) -> list[Action]:
    """Protection first, then in the order decided."""
    return sorted(head.unfinished, key=lambda action: (not action.urgent, action.created_at))


def _in_doubt(action: Action, plan: Plan) -> bool:
    """May an earlier attempt have said it already? A refusal of this one says nothing of that."""
    return plan.repeatable and action.kind in SPEAKING and action.state is ActionState.SENDING


def _waiting(action: Action, plan: Plan, again: datetime, why: str) -> Callable[[Action], Action]:
    """Tried again at a time. What is in doubt stays so, since when it is: the key that makes it one message dies."""
    if _in_doubt(action, plan):
        return lambda claimed: replace(claimed, due_at=again, lease_until=again, why=why)
    return lambda claimed: _ready(claimed, again, why)


def _ready(action: Action, again: datetime, why: str) -> Action:
    return replace(action, state=ActionState.READY, due_at=again, why=why, lease_until=None, way="", since=None)
