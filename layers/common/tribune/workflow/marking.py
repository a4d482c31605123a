"""marking: what became of an action is written down once, with all that follows for its case, its thread, its author.

Whoever finds the action settled meanwhile leaves it so; whoever finds the record changed looks again.
"""

from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol

from tribune import duty
from tribune.channel import ActKind, Platform, Verdict
from tribune.comment import Verb, version_of
from tribune.decision import Urgency
from tribune.errors import Conflict
from tribune.journal import (
    IN_DOUBT,
    UNFINISHED,
    Action,
    ActionState,
    AuthorNote,
    Call,
    CaseState,
    Changes,
    Draft,
    Head,
    HeadKind,
    ThreadNote,
)
from tribune.workflow import promise
from tribune.workflow.by_hand import NOT_HEARD, settle_sent
from tribune.workflow.deed import SPEAKING, hour_of
from tribune.workflow.opening import call_about, case_about, wake_up
from tribune.workflow.ports import Communities, Key, Keys, Queue
from tribune.workflow.restriction import ended, recorded
from tribune.workflow.takeback import STANDING_WORDS, left_standing, with_actions, withdrawn_if_asked, without_strike
from tribune.workflow.worksheet import Known, ObjectId, Worksheet

TOLD_BEYOND = timedelta(minutes=15)
"""Danger that stays visible for longer, because the platform takes nothing from us, is told: a person can hide it there."""
_TRIES = 6
_ENDED_BADLY = {ActionState.FAILED: "act_failed", ActionState.UNCERTAIN: "act_uncertain"}


# ruff: disable[D102]  what each of these does is said where it is done
class Journal(Protocol):
    """What marking needs of the journal."""

    def read(self, wanted: Iterable[Key]) -> Known: ...
    def commit(self, changes: Changes, now: datetime) -> None: ...
    def outgoing_words(
        self, community: str, platform: str, account: str, object_id: str, action_id: str
    ) -> tuple[str, str | None] | None: ...


# ruff: enable[D102]


@dataclass(frozen=True, slots=True)
class Performed:
    """What became of one action, for the metrics."""

    platform: str
    kind: str
    state: ActionState
    why: str
    head: Head | None = None
    """As it stands after that, where it is known without reading it again."""
    answers: bool = False
    """It is what a person of the team says."""


@dataclass(frozen=True, slots=True)
class Marking:
    """How the end of an action is written down, with the edges it needs."""

    journal: Journal
    keys: Keys
    communities: Communities
    calls: Queue
    now: Callable[[], datetime]

    def head(self, at: ObjectId) -> Head | None:
        """It as it is now."""
        return self.journal.read([self.keys.head(*at)]).head(*at)

    def sent(self, head: Head, action: Action, created: str | None, platform: Platform) -> Performed | None:
        """Mark it, remember our own message, and let a person's answer count as one. Raises Conflict."""
        if action.kind in (*SPEAKING, ActKind.LIKE) and action.signed_by is None and not head.case:
            with suppress(Conflict):
                return self._sent_alone(head, action, created)
        own_at = (*head.at[:3], created) if created and action.kind is ActKind.REPLY else None
        for _ in range(_TRIES):
            sheet = self._sheet(head, *([self.keys.head(*own_at)] if own_at else []))
            current = sheet.head(head.at)
            sending = current.action(action.id) if current else None
            if current is None or sending is None or sending.state not in IN_DOUBT:
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
            if own_at and not _is_known(sheet.head(own_at)):
                sheet.put_head(_our_own(marked, own_at[3], done, sheet.now))
            if done.signed_by and done.kind in SPEAKING:
                self._answered(marked, done, sheet)
            self._note_settled(marked, sheet)
            try:
                self.journal.commit(sheet.changes(), sheet.now)
            except Conflict:
                continue
            answers = bool(done.signed_by) and done.kind in SPEAKING
            return Performed(head.platform, action.kind, ActionState.SENT, "", answers=answers)
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
        """A person answered from the desk: what follows, with the promise that their words make."""
        house = self.communities.load(head.community)
        words = self.journal.outgoing_words(*head.at, action.id)
        made = promise.made_in(words[0], house.languages, sheet.now, house.zone) if words else None
        settle_sent(head, action, sheet, made, spoken_at=sheet.now)

    @staticmethod
    def _note_settled(head: Head, sheet: Worksheet) -> None:
        """A thread need not remember an object under which nothing is open any more."""
        case = sheet.case(head.at)
        if head.unfinished or (case is not None and case.state is CaseState.OPEN):
            return
        sheet.note_thread(ThreadNote(*head.thread_at, closed=frozenset({head.object})))

    def finish(self, head: Head, action: Action, state: ActionState, why: str, *, tell: bool) -> Performed | None:
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
                self._to_the_cm(marked, _ENDED_BADLY.get(state) or _undone(action), sheet)
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
                self.calls.send([wake_up(call.community, call.id)])
            return Performed(head.platform, action.kind, state, why)
        raise Conflict("an action could not be marked")

    def propose(self, head: Head, action: Action, why: str) -> Performed | None:
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

    def mark(self, head: Head, action_id: str, change: Callable[[Action], Action]) -> Performed | None:
        """Write an unfinished action's new state; whoever is on duty hears of danger that is not hidden for long.

        Raises Conflict.
        """
        for _ in range(_TRIES):
            current, now = self.head(head.at), self.now()
            action = current.action(action_id) if current else None
            if current is None or action is None or action.state not in UNFINISHED:
                return None
            changed = change(action)
            marked = replace(with_actions(current, [changed]), rev=current.rev + 1)
            calls = (_stays_visible(marked, changed, now),) if _waits_long(changed, now) else ()
            try:
                self.journal.commit(Changes(heads=(marked,), calls=calls), now)
            except Conflict:
                continue
            self.calls.send([wake_up(call.community, call.id) for call in calls])
            return None
        raise Conflict("an action could not be marked")


def _undone(action: Action) -> str:
    """Why there is a case about what was not even tried."""
    if action.purpose == "withdraw":
        return STANDING_WORDS
    return "reply_not_sent" if action.kind in SPEAKING else "act_failed"


def _is_known(own: Head | None) -> bool:
    """Did our own message come back already? That a person acted on it says nothing of whose it is."""
    return own is not None and own.v != NOT_HEARD


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


def _our_own(head: Head, created: str, action: Action, now: datetime) -> Head:
    """The record of our own message: when it comes back as an event, it is known."""
    return replace(
        head,
        object=created,
        kind=HeadKind.OURS,
        v=version_of(now, Verb.CREATED, action.words or ""),
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
        hidden=None,
        acted_at=None,
        by_hand=False,
        sealed=(),
    )


def _waits_long(action: Action, now: datetime) -> bool:
    """Does the hide of danger wait? That of an access which is cut is told with the cut."""
    waits = action.state is ActionState.READY and action.due_at - now > TOLD_BEYOND
    return waits and action.purpose == "provisional" and action.why != Verdict.TOKEN_DEAD


def _stays_visible(head: Head, hide: Action, now: datetime) -> Call:
    """One call for each comment, however often its hide has to wait again."""
    return call_about(head, f"hide_waits-{hide.id}", "hide_waits", Urgency.NOW, now)


def _call(head: Head, reason: str, action: Action | None, now: datetime) -> Call:
    """One call a day and reason for an account: not one for each act that fails. A failed protection rings at once."""
    urgent = bool(action and action.urgent)
    name = f"{reason}-{head.platform}-{head.account}-{now.date().isoformat()}{'-urgent' if urgent else ''}"
    return call_about(head, name, reason, Urgency.NOW if urgent else Urgency.HOURS, now)
