"""perform: the only door to a platform. Claim, send once, mark; what cannot be known goes to the CM.

A claim is a lease longer than the function can live, so nobody else is sending while we are. Whatever is left
unfinished stays in the index `due`, and keep_watch brings it back.
"""

import json
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Protocol

from tribune import duty
from tribune.channel import Access, ActKind, HttpAnswer, HttpCall, Order, Outcome, Plan, Platform
from tribune.channel import Verdict as Fate
from tribune.comment import Verb, milliseconds
from tribune.decision import Urgency
from tribune.errors import CannotDo, Conflict, NotSent, PerhapsSent
from tribune.journal import (
    UNFINISHED,
    Action,
    ActionState,
    AuthorNote,
    Breaker,
    BudgetNote,
    Call,
    CaseState,
    Changes,
    Draft,
    Head,
    HeadKind,
    Pauses,
    ThreadNote,
    ThreadRecord,
)
from tribune.workflow import promise
from tribune.workflow.deed import SPEAKING, hour_of
from tribune.workflow.gate import Drop, Propose, Surroundings, Wait, counts_anew, gate, resting, spread
from tribune.workflow.opening import call_about, case_about
from tribune.workflow.ports import Communities, Key, Keys, Queue, Quotas
from tribune.workflow.rest import Resting, revives
from tribune.workflow.restriction import ended, recorded
from tribune.workflow.takeback import STANDING_WORDS, left_standing, with_actions, withdrawn_if_asked, without_strike
from tribune.workflow.worksheet import Known, ObjectId, Worksheet

LEASE_MARGIN = timedelta(seconds=60)
MOST_ATTEMPTS = 8
FIRST_RETRY = timedelta(seconds=30)
LONGEST_RETRY = timedelta(hours=1)
MOST_STEPS = 5
"""Of one act; a platform that asks for more is not understood."""
_TRIES = 6
_WORDED = (*SPEAKING, ActKind.BLOCK)
"""Acts that need something of the text table: words, or whom they are about."""
_ENDED_BADLY = {ActionState.FAILED: "act_failed", ActionState.UNCERTAIN: "act_uncertain"}


class KnownMore(Known, Protocol):
    """What perform reads besides heads and threads."""

    def breaker(self, community: str, platform: str, account: str) -> Breaker: ...  # noqa: D102
    def pauses(self, community: str) -> Pauses: ...  # noqa: D102
    def outgoing(  # noqa: D102
        self, community: str, platform: str, account: str, object_id: str, action_id: str
    ) -> tuple[str, str | None] | None: ...


class Journal(Protocol):
    """What perform needs of the journal."""

    def read(self, wanted: Iterable[Key]) -> KnownMore: ...  # noqa: D102
    def commit(self, changes: Changes, now: datetime) -> None: ...  # noqa: D102
    def outgoing_words(  # noqa: D102
        self, community: str, platform: str, account: str, object_id: str, action_id: str
    ) -> tuple[str, str | None] | None: ...
    def keep_breaker(self, breaker: Breaker) -> None: ...  # noqa: D102


@dataclass(frozen=True, slots=True)
class Performed:
    """What became of one action, for the metrics."""

    platform: str
    kind: str
    state: ActionState
    why: str
    head: Head | None = None
    """As it stands after that, where it is known without reading it again."""


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
        if counts_anew(action, head, self.now()):
            needs.append(self.keys.budget(*head.at[:3], hour_of(self.now())))
        return needs

    def _head(self, at: ObjectId) -> Head | None:
        return self.journal.read([self.keys.head(*at)]).head(*at)

    def _is_due(self, action: Action) -> bool:
        if action.state is ActionState.READY:
            return not action.why or action.due_at <= self.now()
        return bool(action.state is ActionState.SENDING and action.lease_until and action.lease_until <= self.now())

    # --- one action ---

    def _perform(  # noqa: PLR0911  each refusal on the way returns at once
        self, head: Head, action: Action, known: KnownMore, seconds_left: Callable[[], float]
    ) -> Performed | None:
        around = self._around(head, action, known)
        if action.state is ActionState.READY:
            allowed = gate(action, head, around, self.now())
            if isinstance(allowed, Wait):
                return self._mark(head, action.id, lambda a: replace(a, due_at=allowed.until, why=allowed.why))
            if isinstance(allowed, Propose):
                return self._propose(head, action, allowed.why)
            if isinstance(allowed, Drop):
                return self._finish(head, action, ActionState.CANCELLED, allowed.why, tell=allowed.tell)
        elif rest := resting(action, around, self.now()):
            return self._mark(head, action.id, lambda a: replace(a, due_at=rest.until, lease_until=rest.until))
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
        return Surroundings(
            thread=known.thread(*thread_at),
            community=self.communities.load(head.community),
            breaker=known.breaker(*thread_at[:3]),
            pauses=known.pauses(head.community),
            brakes=known.brakes(head.community),
            budget=known.budget(*hour) if anew else None,
        )

    def _wordless(self, head: Head, action: Action) -> Performed | None:
        """Its words, or whom it is about, are gone: erased with their author, or expired."""
        why = "words_gone" if action.kind in SPEAKING else "no_recipient"
        if action.state is not ActionState.READY:
            return self._fail(head, action, ActionState.UNCERTAIN, why)  # an interrupted attempt may have left
        if action.kind in SPEAKING and action.signed_by is None:
            return self._finish(head, action, ActionState.CANCELLED, why, tell=False)  # nothing that a person could do
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
            return self._mark(errand.head, errand.action.id, lambda a: _ready(a, tomorrow, "quota"))
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
        self._mark(errand.head, errand.action.id, lambda action: replace(action, way=way, step=way))

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
        seen = None if plan.repeatable else self._look(errand)
        if plan.repeatable or (seen is not None and seen.verdict is Fate.LATER):
            if action.attempts >= MOST_ATTEMPTS:
                return self._fail(head, action, ActionState.UNCERTAIN, "unanswered")
            if _outspoken(action, around.thread):
                return self._finish(head, action, ActionState.CANCELLED, "human_answered", tell=False)
            return self._attempt(errand, plan, around)
        if seen is None:
            return self._fail(head, action, ActionState.UNCERTAIN, "interrupted")
        if seen.verdict is not Fate.UNKNOWN:
            return self._settle(errand, seen, plan, around.breaker)
        if action.attempts >= MOST_ATTEMPTS:
            return self._fail(head, action, ActionState.UNCERTAIN, "unreadable")
        again = self.now() + _backoff(action)
        return self._mark(
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
            current = self._head(head.at)
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
                return self._sent(head, action, outcome.id, errand.platform)
            case Fate.GONE:
                return self._finish(head, action, ActionState.CANCELLED, "gone", tell=False)
            case Fate.REFUSED:
                return self._fail(head, action, ActionState.FAILED, outcome.why or "refused")
            case Fate.LATER:
                return self._later(head, action, outcome.why or "later")
            case Fate.LIMITED | Fate.BLOCKED | Fate.TOKEN_DEAD:
                return self._pause(head, action, outcome)
            case Fate.NEXT:
                raise AssertionError("steps are made before anything is settled")
            case Fate.UNKNOWN if plan.repeatable or errand.platform.CARD.reads_back:
                return None  # the lease runs out, keep_watch brings it back, and it is read back or sent again
            case Fate.UNKNOWN:
                return self._fail(head, action, ActionState.UNCERTAIN, outcome.why or "unknown")

    def _sent(self, head: Head, action: Action, created: str | None, platform: Platform) -> Performed | None:
        """Mark it, remember our own message, and let a person's answer count as one. Raises Conflict."""
        if action.kind in (*SPEAKING, ActKind.LIKE) and action.signed_by is None and not head.case:
            with suppress(Conflict):
                return self._sent_alone(head, action, created)
        own_at = (*head.at[:3], created) if created and action.kind is ActKind.REPLY else None
        for _ in range(_TRIES):
            sheet = self._sheet(head, *([self.keys.head(*own_at)] if own_at else []))
            current = sheet.head(head.at)
            sending = current.action(action.id) if current else None
            if current is None or sending is None or sending.state not in (ActionState.SENDING, ActionState.UNCERTAIN):
                return None
            done = replace(
                sending, state=ActionState.SENT, platform_id=created, done_at=sheet.now, why="", lease_until=None
            )
            marked = withdrawn_if_asked(with_actions(current, [done]), platform.CARD, sheet.now)
            stands = left_standing(current, marked)
            sheet.put_head(replace(marked, case=marked.case or stands))
            if stands:
                self._to_the_cm(marked, STANDING_WORDS, sheet)
                sheet.call(_call(marked, "failed", None, sheet.now))
            _told(marked, done, sheet)
            if own_at and sheet.head(own_at) is None:
                sheet.put_head(_our_own(marked, own_at[3], done, sheet.now))
            if done.signed_by and done.kind in SPEAKING:
                self._answered(marked, done, sheet)
            self._note_settled(marked, sheet)
            try:
                self.journal.commit(sheet.changes(), sheet.now)
            except Conflict:
                continue
            return Performed(head.platform, action.kind, ActionState.SENT, "")
        raise Conflict("a sent action could not be marked")

    def _sent_alone(self, head: Head, action: Action, created: str | None) -> Performed | None:
        """What the machine said by itself, and nobody wrote since the claim: nothing else changes, so nothing is read.

        Raises Conflict when somebody wrote, or when the platform told us of our own message before.
        """
        now, sending = self.now(), head.action(action.id)
        if sending is None or sending.state is not ActionState.SENDING or sending.withdraw:
            raise Conflict("it is not as we claimed it")
        done = replace(sending, state=ActionState.SENT, platform_id=created, done_at=now, why="", lease_until=None)
        marked = replace(with_actions(head, [done]), rev=head.rev + 1)
        own = replace(_our_own(marked, created, done, now), rev=1) if created and action.kind is ActKind.REPLY else None
        self.journal.commit(Changes(heads=(marked, own) if own else (marked,)), now)
        return Performed(head.platform, action.kind, ActionState.SENT, "", marked)

    def _sheet(self, head: Head, *more: Key) -> Worksheet:
        """A head as it is now, its case and its thread, in one read."""
        wanted = [self.keys.head(*head.at), self.keys.case(*head.at), self.keys.thread(*head.thread_at), *more]
        if head.author:
            wanted.append(self.keys.author(head.community, head.author))
        return Worksheet(self.journal.read(wanted), self.now())

    def _answered(self, head: Head, action: Action, sheet: Worksheet) -> None:
        """A person answered from the desk: the case is settled, or becomes the promise that the answer made."""
        now, community = sheet.now, self.communities.load(head.community)
        case = sheet.case(head.at)
        if case is not None and case.state is CaseState.OPEN:
            words = self.journal.outgoing_words(*head.at, action.id)
            made = promise.made_in(words[0], (head.language,), now, community.zone) if words else None
            by = action.signed_by or "team"
            sheet.put_case(promise.answered(case, by, made, spoken_at=now, now=now))
        read = (action.variant,) if action.variant else ()
        sheet.note_thread(ThreadNote(*head.thread_at, human_at=now, used=frozenset(read)))
        if head.author:
            answered, used = frozenset({head.object}), dict.fromkeys(read, now)
            sheet.note_author(
                AuthorNote(head.community, head.author, answered=answered, heard_at=head.posted_at, used=used)
            )

    @staticmethod
    def _note_settled(head: Head, sheet: Worksheet) -> None:
        """A thread need not remember an object under which nothing is open any more."""
        case = sheet.case(head.at)
        if head.unfinished or (case is not None and case.state is CaseState.OPEN):
            return
        sheet.note_thread(ThreadNote(*head.thread_at, closed=frozenset({head.object})))

    def _later(self, head: Head, action: Action, why: str) -> Performed | None:
        if action.attempts + 1 >= MOST_ATTEMPTS:
            return self._fail(head, action, ActionState.FAILED, why)
        again = self.now() + _backoff(action)
        return self._mark(head, action.id, lambda a: _ready(a, again, why))

    def _pause(self, head: Head, action: Action, outcome: Outcome) -> Performed | None:
        """The whole account rests: nothing more is tried until then, by anybody."""
        breaker = self._rest(head, action, outcome)
        until = breaker.replies_until if outcome.verdict is Fate.BLOCKED else breaker.open_until
        again = (until or self.now()) + spread(action.id)
        return self._mark(head, action.id, lambda a: _ready(a, again, outcome.verdict))

    def _rest(self, head: Head, action: Action, outcome: Outcome) -> Breaker:
        resting = Resting(self.journal, self.keys, self.calls, self.opened)
        return resting.rest(head.at[:3], outcome, self.now(), kind=action.kind, space=head.space)

    def _fail(self, head: Head, action: Action, state: ActionState, why: str) -> Performed | None:
        return self._finish(head, action, state, why, tell=True)

    def _finish(self, head: Head, action: Action, state: ActionState, why: str, *, tell: bool) -> Performed | None:
        """A final state; `tell`: it becomes a case, and whoever is on duty is called. Raises Conflict."""
        for _ in range(_TRIES):
            sheet = self._sheet(head)
            current = sheet.head(head.at)
            unfinished = current.action(action.id) if current else None
            if current is None or unfinished is None or unfinished.state not in UNFINISHED:
                return None
            final = replace(unfinished, state=state, why=why, done_at=sheet.now, lease_until=None)
            marked = replace(with_actions(current, [final]), case=current.case or tell)
            sheet.put_head(marked)
            _told(marked, final, sheet)
            call = None
            if tell:
                unsaid = "reply_not_sent" if action.kind in SPEAKING else "act_failed"
                self._to_the_cm(marked, _ENDED_BADLY.get(state, unsaid), sheet)
            if state in (ActionState.FAILED, ActionState.UNCERTAIN):
                call = _call(marked, "failed" if state is ActionState.FAILED else "uncertain", final, sheet.now)
                sheet.call(call)
            if action.kind in SPEAKING and state is ActionState.CANCELLED:
                _forget(marked, action, sheet)
            self._lift_unless_told(marked, final, sheet)
            if state is not ActionState.UNCERTAIN:
                self._note_settled(marked, sheet)
            try:
                self.journal.commit(sheet.changes(), sheet.now)
            except Conflict:
                continue
            if call:
                self.calls.send([{"schema": 1, "community": call.community, "call": call.id}])
            return Performed(head.platform, action.kind, state, why)
        raise Conflict("an action could not be marked")

    def _propose(self, head: Head, action: Action, why: str) -> Performed | None:
        """What the machine may not do alone any more waits on the case, as if it were decided now. Raises Conflict.

        A hide is proposed; a message that was ready becomes a draft of the same words, and counts in no budget.
        """
        speaks = action.kind in SPEAKING
        words = self.journal.outgoing_words(*head.at, action.id) if speaks else None
        drafts = (Draft(action.id, action.kind, words[0], action.variant or ""),) if words else ()
        for _ in range(_TRIES):
            sheet = self._sheet(head)
            current = sheet.head(head.at)
            ready = current.action(action.id) if current else None
            if current is None or ready is None or ready.state is not ActionState.READY:
                return None
            state = ActionState.CANCELLED if speaks else ActionState.PROPOSED
            kept = replace(ready, state=state, why=why, done_at=sheet.now if speaks else None)
            marked = replace(with_actions(current, [kept]), case=True)
            sheet.put_head(marked)
            self._to_the_cm(marked, marked.verdict.reason if marked.verdict else why, sheet, drafts)
            if speaks:
                _forget(marked, action, sheet)
                self._lift_unless_told(marked, kept, sheet)
            try:
                self.journal.commit(sheet.changes(), sheet.now)
            except Conflict:
                continue
            return Performed(head.platform, action.kind, state, why)
        raise Conflict("an action could not be marked")

    @staticmethod
    def _lift_unless_told(head: Head, unsent: Action, sheet: Worksheet) -> None:
        """What nobody can say was read is held against nobody."""
        after = without_strike(head, [unsent])
        if after is head:
            return
        sheet.put_head(after)
        if head.author:
            sheet.note_author(AuthorNote(head.community, head.author, lifted=frozenset({head.object})))

    def _to_the_cm(self, head: Head, reason: str, sheet: Worksheet, drafts: tuple[Draft, ...] = ()) -> None:
        at, now = head.at, sheet.now
        known = sheet.case(at)
        if known is not None and known.state is CaseState.OPEN:
            if drafts:
                sheet.put_case(replace(known, drafts=known.drafts + drafts))
            return
        community = self.communities.load(head.community)
        promise_at = max(now, duty.next_presence(community.rota, now, community.zone))
        case = case_about(head, known, reason, promise_at, now)
        waits = bool(head.verdict and head.verdict.awaits_answer)
        sheet.put_case(replace(case, drafts=drafts, awaits_answer=waits))
        sheet.note_thread(ThreadNote(*head.thread_at, opened=frozenset({head.object})))

    def _mark(self, head: Head, action_id: str, change: Callable[[Action], Action]) -> Performed | None:
        """Write an unfinished action's new state. Raises Conflict."""
        for _ in range(_TRIES):
            current = self._head(head.at)
            action = current.action(action_id) if current else None
            if current is None or action is None or action.state not in UNFINISHED:
                return None
            marked = with_actions(current, [change(action)])
            try:
                self.journal.commit(Changes(heads=(replace(marked, rev=current.rev + 1),)), self.now())
            except Conflict:
                continue
            return None
        raise Conflict("an action could not be marked")


def _as_meant(action: Action, outcome: Outcome) -> Outcome:
    """A deletion that finds nothing any more was carried out by its earlier attempt."""
    again = action.kind is ActKind.DELETE and action.attempts > 0
    return Outcome(Fate.DONE) if again and outcome.verdict is Fate.GONE else outcome


def _told(head: Head, action: Action, sheet: Worksheet) -> None:
    """Whoever is restricted, or may be, can read why; whoever is shown again, that it is over."""
    notice = recorded(head, action, sheet.now)
    if notice is not None:
        sheet.notices.append(notice)
    if action.kind is ActKind.UNHIDE and action.state is ActionState.SENT:
        sheet.notice_ends += ended(head, sheet.now)


def _forget(head: Head, unsent: Action, sheet: Worksheet) -> None:
    """What was never said counts in nobody's budget."""
    forgotten = frozenset({unsent.id})
    sheet.note_thread(ThreadNote(*head.thread_at, forgotten=forgotten))
    if head.author:
        sheet.note_author(AuthorNote(head.community, head.author, forgotten=forgotten))


def _outspoken(action: Action, thread: ThreadRecord) -> bool:
    """A person spoke while the machine's message was interrupted: it is not sent again."""
    return action.kind in SPEAKING and action.signed_by is None and bool(thread.human_at or thread.silent)


def _backoff(action: Action) -> timedelta:
    wait: timedelta = min(LONGEST_RETRY, FIRST_RETRY * 2**action.attempts)
    return wait


def _in_turn(head: Head) -> list[Action]:
    """Protection first, then in the order decided."""
    return sorted(head.unfinished, key=lambda action: (not action.urgent, action.created_at))


def _ready(action: Action, again: datetime, why: str) -> Action:
    return replace(action, state=ActionState.READY, due_at=again, why=why, lease_until=None, way="", since=None)


def _our_own(head: Head, created: str, action: Action, now: datetime) -> Head:
    """The record of our own message: when it comes back as an event, it is known."""
    return replace(
        head,
        object=created,
        kind=HeadKind.OURS,
        v=f"{milliseconds(now):015d}.{Verb.CREATED.rank}.{action.words or ''}",
        rev=0,
        author=None,
        parent=head.object,
        url=None,
        posted_at=now,
        received_at=now,
        hour=hour_of(now),
        counted=None,
        verdict=None,
        actions=(),
        case=False,
    )


def _call(head: Head, reason: str, action: Action | None, now: datetime) -> Call:
    """One call a day and reason for an account: not one for each act that fails. A failed protection rings at once."""
    urgent = bool(action and action.urgent)
    name = f"{reason}-{head.platform}-{head.account}-{now.date().isoformat()}{'-urgent' if urgent else ''}"
    return call_about(head, name, reason, Urgency.NOW if urgent else Urgency.HOURS, now)
