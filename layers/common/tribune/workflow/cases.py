"""cases: what a CM does by hand, from the command line today and from the desk tomorrow.

Every act passes through the same outbox as the machine's, with the name of the person who decided; the first
decision wins, and the second person is told who and when.
"""

import uuid
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Protocol

from tribune.channel import ActKind, Platform
from tribune.charter import Charter, Clause
from tribune.comment import words_hash
from tribune.decision import DANGER
from tribune.errors import AlreadyDone, CannotDo, CharterUnreadable, Conflict, Gone, NotFound
from tribune.journal import (
    Action,
    ActionState,
    AuthorNote,
    Case,
    CaseState,
    Changes,
    Draft,
    Head,
    OutgoingWords,
    SaidWords,
    ThreadNote,
)
from tribune.standing import Strike
from tribune.workflow.deed import WAKE_AGAIN_AFTER, WORDS_KEPT, case_id
from tribune.workflow.ports import Key, Keys, Queue
from tribune.workflow.takeback import closed, judged_by_hand, with_actions
from tribune.workflow.tally import difference
from tribune.workflow.worksheet import Known, ObjectId

_TRIES = 6
_VISIBILITY = (ActKind.HIDE, ActKind.UNHIDE)
_IN_EFFECT = (ActionState.READY, ActionState.SENDING, ActionState.SENT, ActionState.UNCERTAIN)
_PREPARED = (ActionState.PROPOSED, ActionState.OBSERVED, ActionState.READY)


class Journal(Protocol):
    """What a person's acts need of the journal."""

    def read(self, wanted: Iterable[Key]) -> Known: ...  # noqa: D102
    def commit(self, changes: Changes, now: datetime) -> None: ...  # noqa: D102
    def keep_words(self, said: Sequence[SaidWords], outgoing: Sequence[OutgoingWords]) -> None: ...  # noqa: D102
    def cases(self, community: str, state: CaseState) -> list[ObjectId]: ...  # noqa: D102
    def said_words(  # noqa: D102
        self, community: str, platform: str, account: str, object_id: str, v: str
    ) -> SaidWords | None: ...


@dataclass(frozen=True, slots=True)
class Shown:
    """A case as a CM sees it: what was said, what was decided, what could be said."""

    case: Case
    head: Head
    words: str | None
    """None when the author deleted them."""
    author: str | None

    @property
    def at(self) -> ObjectId:
        """The comment it is about."""
        return self.head.at


@dataclass(frozen=True, slots=True)
class _Wish:
    """What a person wants done, in their name, and the id it will have."""

    id: str
    person: str
    kind: ActKind
    purpose: str
    text: str = ""
    variant: str | None = None


type _Step = Callable[[Head, Case], tuple[Changes, Action]]


@dataclass(frozen=True, slots=True)
class Handling:
    """What a person does about cases, with the edges it needs."""

    journal: Journal
    keys: Keys
    actions: Queue
    now: Callable[[], datetime]
    platform: Callable[[str], Platform]
    charter: Callable[[str, int], Charter]
    """(community, version) -> that charter."""

    # --- looking ---

    def open(self, community: str, limit: int | None = None) -> list[Shown]:
        """The open cases: danger, then who waits for an answer, then the rest; in each, the promise that ran out first."""
        places = self.journal.cases(community, CaseState.OPEN)
        known = self.journal.read([key for at in places for key in (self.keys.head(*at), self.keys.case(*at))])
        found = [(case, head) for at in places if (case := known.case(*at)) and (head := known.head(*at))]
        waiting = [(case, head) for case, head in found if case.state is CaseState.OPEN]
        waiting.sort(key=lambda pair: _urgency(pair[0]))
        return [self._shown(case, head) for case, head in waiting[:limit]]

    def find(self, community: str, name: str) -> Shown:
        """One case by its short name, open or settled. Raises NotFound."""
        for state in CaseState:
            at = next((at for at in self.journal.cases(community, state) if case_id(at) == name), None)
            if at is not None:
                known = self.journal.read([self.keys.head(*at), self.keys.case(*at)])
                case, head = known.case(*at), known.head(*at)
                if case is not None and head is not None:
                    return self._shown(case, head)
        raise NotFound(f"there is no case {name}")

    def clause(self, head: Head) -> Clause | None:
        """The clause that was cited, in the version that judged the words; None when there is none. Raises CharterUnreadable."""
        verdict = head.verdict
        if verdict is None or verdict.clause is None or verdict.charter_version is None:
            return None
        return self.charter(head.community, verdict.charter_version).clause(verdict.clause)

    # --- deciding ---

    def send(self, community: str, name: str, person: str, text: str, draft: Draft | None = None) -> Action:
        """Answer as oneself. Raises NotFound, Gone, AlreadyDone, CannotDo, Conflict, Unavailable."""
        kind, variant = (draft.kind, draft.variant) if draft else (ActKind.REPLY, None)
        wish = _Wish(str(uuid.uuid4()), person, kind, "answer", text, variant)
        return self._decided(community, name, kind, lambda head, case: self._answer(head, case, wish))

    def hide(self, community: str, name: str, person: str) -> Action:
        """Hide the comment, or confirm that the machine did. Raises NotFound, Gone, AlreadyDone, CannotDo, Conflict."""
        wish = _Wish(str(uuid.uuid4()), person, ActKind.HIDE, "hidden_by_hand")
        return self._decided(community, name, wish.kind, lambda head, case: self._hide(head, case, wish))

    def show(self, community: str, name: str, person: str) -> Action:
        """Show the comment again: it was no breach. Raises NotFound, Gone, AlreadyDone, CannotDo, Conflict."""
        wish = _Wish(str(uuid.uuid4()), person, ActKind.UNHIDE, "shown_by_hand")
        return self._decided(community, name, wish.kind, lambda head, case: self._unhide(head, case, wish))

    def close(self, community: str, name: str, person: str) -> None:
        """Nothing more to do here. Raises NotFound, Gone, AlreadyDone, Conflict."""
        self._settle(self.find(community, name), lambda head, case: self._close(head, case, person))

    def _decided(self, community: str, name: str, kind: ActKind, step: _Step) -> Action:
        """Put a person's act in the outbox, and wake whoever carries it out."""
        shown = self.find(community, name)
        if kind not in self.platform(shown.head.platform).CARD.can:
            raise CannotDo(kind.value)
        head, action = self._settle(shown, step)
        if head.unfinished:
            wake = dict(zip(("community", "platform", "account", "object"), shown.at, strict=True))
            self.actions.send([{"schema": 1, **wake}])
        return action

    def _settle[T](self, shown: Shown, step: Callable[[Head, Case], tuple[Changes, T]]) -> tuple[Head, T]:
        """Write what a person decided, on what stands there at that moment. Raises Gone, AlreadyDone, Conflict."""
        for _ in range(_TRIES):
            head, case = self._now_at(shown.at)
            changes, made = step(head, case)
            changes += Changes(tallies=tuple(difference(head, changes.heads[0])))
            try:
                self.journal.commit(changes, self.now())
            except Conflict:
                continue
            return changes.heads[0], made
        raise Conflict("the case keeps changing: look at it again")

    def _now_at(self, at: ObjectId) -> tuple[Head, Case]:
        known = self.journal.read([self.keys.head(*at), self.keys.case(*at)])
        head, case = known.head(*at), known.case(*at)
        if head is None or case is None or head.deleted:
            raise Gone("its author deleted the comment")
        return head, case

    def _shown(self, case: Case, head: Head) -> Shown:
        said = self.journal.said_words(*head.at, head.v)
        return Shown(case, head, said.text if said else None, said.author_name if said else None)

    # --- each decision, on what stands there ---

    def _answer(self, head: Head, case: Case, wish: _Wish) -> tuple[Changes, Action]:
        """The case stays open until the answer has left: perform settles it then."""
        _still_open(case, self.now())
        on_its_way = (ActionState.READY, ActionState.SENDING)
        earlier = next((a for a in head.actions if a.signed_by and a.kind is wish.kind and a.state in on_its_way), None)
        if earlier is not None:
            raise AlreadyDone(earlier.signed_by or "", earlier.created_at)
        said = self.journal.said_words(*head.at, head.v)
        words = OutgoingWords(
            *head.at,
            action_id=wish.id,
            text=wish.text,
            recipient=said.conversation if said else None,
            expires=self.now() + WORDS_KEPT,
        )
        self.journal.keep_words((), (words,))
        head = self._ordered(head, wish)
        answer = head.actions[-1]
        return self._changes(head, replace(case, rev=case.rev + 1), struck=answer.reminds), answer

    def _hide(self, head: Head, case: Case, wish: _Wish) -> tuple[Changes, Action]:
        """What the machine hid provisionally becomes the person's decision; nothing is sent twice."""
        last = last_visibility(head)
        if last is not None and last.kind is ActKind.HIDE:
            if last.signed_by is not None:
                raise AlreadyDone(last.signed_by, last.done_at or last.created_at)
            action = replace(last, signed_by=wish.person)
            head = replace(with_actions(head, [action]), by_hand=True, rev=head.rev + 1)
        else:
            head = self._ordered(head, wish)
            action = head.actions[-1]
        return self._changes(head, self._perhaps_closed(case, wish.person), struck=True), action

    def _unhide(self, head: Head, case: Case, wish: _Wish) -> tuple[Changes, Action]:
        last = last_visibility(head)
        if last is not None and last.kind is ActKind.UNHIDE:
            raise AlreadyDone(last.signed_by or "", last.done_at or last.created_at)
        head = self._ordered(head, wish)
        changes = self._changes(head, self._perhaps_closed(case, wish.person), struck=False)
        return changes + Changes(authors=_author(head, lifted=frozenset({head.object}))), head.actions[-1]

    def _close(self, head: Head, case: Case, person: str) -> tuple[Changes, None]:
        now = self.now()
        _still_open(case, now)
        unasked = [
            replace(action, state=ActionState.CANCELLED, why="by_hand", done_at=now)
            for action in head.actions
            if action.state in (ActionState.PROPOSED, ActionState.OBSERVED)
        ]
        head = replace(with_actions(head, unasked), by_hand=True, rev=head.rev + 1)
        case = replace(closed(case, person, now), rev=case.rev + 1)
        answered = Changes(authors=_author(head, answered=frozenset({head.object})))
        return self._changes(head, case, struck=False) + answered, None

    def _ordered(self, head: Head, wish: _Wish) -> Head:
        """The head with the person's act last in its outbox, in the place of what the machine had prepared."""
        now = self.now()
        action = Action(
            id=wish.id,
            kind=wish.kind,
            purpose=wish.purpose,
            state=ActionState.READY,
            target=head.object,
            created_at=now,
            due_at=now + WAKE_AGAIN_AFTER,
            words=words_hash(wish.text) if wish.text else None,
            variant=wish.variant,
            signed_by=wish.person,
            urgent=wish.kind is ActKind.HIDE,
        )
        superseded = [
            replace(other, state=ActionState.CANCELLED, why="by_hand", done_at=now)
            for other in head.actions
            if other.kind is wish.kind and other.state in _PREPARED
        ]
        head = judged_by_hand(with_actions(head, superseded), wish.kind)
        return replace(head, actions=(*head.actions, action), by_hand=True, rev=head.rev + 1)

    def _perhaps_closed(self, case: Case, person: str) -> Case:
        """A hide settles the case when nobody waits for a word."""
        if case.state is CaseState.OPEN and not case.drafts and not case.awaits_answer:
            case = closed(case, person, self.now())
        return replace(case, rev=case.rev + 1)

    def _changes(self, head: Head, case: Case, *, struck: bool) -> Changes:
        """All that is written; `struck`: the member is held to the clause that was cited, if it counts in a history."""
        strikes: tuple[AuthorNote, ...] = ()
        if struck and head.verdict is not None and self._counts(head):
            strikes = _author(head, strikes=(Strike(head.verdict.clause or "", head.object, head.posted_at),))
            head = replace(head, verdict=replace(head.verdict, strike=True))
        done = case.state is CaseState.CLOSED and not head.unfinished
        threads = (ThreadNote(*head.thread_at, closed=frozenset({head.object})),) if done else ()
        return Changes(heads=(head,), cases=(case,), threads=threads, authors=strikes)

    def _counts(self, head: Head) -> bool:
        """Does a breach of the cited clause count in a person's history? Not while its charter cannot be read."""
        try:
            clause = self.clause(head)
        except (CharterUnreadable, NotFound):
            return False
        return clause is not None and clause.strike


def _urgency(case: Case) -> tuple[bool, bool, datetime]:
    return case.reason not in DANGER, not case.awaits_answer, case.promise_at


def _still_open(case: Case, now: datetime) -> None:
    if case.state is CaseState.CLOSED:
        raise AlreadyDone(case.closed_by or "", case.closed_at or now)


def last_visibility(head: Head) -> Action | None:
    """The last hide or un-hide that was carried out or is on its way."""
    found = [a for a in head.actions if a.kind in _VISIBILITY and a.state in _IN_EFFECT]
    return found[-1] if found else None


def _author(head: Head, **what: Any) -> tuple[AuthorNote, ...]:
    return (AuthorNote(head.community, head.author, **what),) if head.author else ()
