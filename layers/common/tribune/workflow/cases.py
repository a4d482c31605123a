"""cases: what a CM does by hand, from the command line today and from the desk tomorrow.

Every act passes through the same outbox as the machine's, with the name of the person who decided; the first
decision wins, and the second person is told who and when.
"""

import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Protocol

from tribune.channel import ActKind
from tribune.comment import words_hash
from tribune.errors import AlreadyDone, Conflict, NotFound
from tribune.journal import (
    Action,
    ActionState,
    Case,
    CaseState,
    Changes,
    Draft,
    Head,
    OutgoingWords,
    SaidWords,
    ThreadNote,
)
from tribune.workflow.deed import WAKE_AGAIN_AFTER, WORDS_KEPT
from tribune.workflow.takeback import closed, with_actions
from tribune.workflow.worksheet import Known, ObjectId, place

type Key = dict[str, str]
_TRIES = 6


class Journal(Protocol):
    """What a person's acts need of the journal."""

    def read(self, wanted: Iterable[Key]) -> Known: ...  # noqa: D102
    def commit(self, changes: Changes, now: datetime) -> None: ...  # noqa: D102
    def keep_words(self, said: Sequence[SaidWords], outgoing: Sequence[OutgoingWords]) -> None: ...  # noqa: D102
    def open_cases(self, community: str, limit: int = 200) -> list[Case]: ...  # noqa: D102
    def said_words(  # noqa: D102
        self, community: str, platform: str, account: str, object_id: str, v: str
    ) -> SaidWords | None: ...


class Keys(Protocol):
    """How the journal names what it keeps."""

    def head(self, community: str, platform: str, account: str, object_id: str) -> Key: ...  # noqa: D102
    def case(self, community: str, platform: str, account: str, object_id: str) -> Key: ...  # noqa: D102


class Queue(Protocol):
    """Where wake-ups go."""

    def send(self, messages: Sequence[Mapping[str, Any]]) -> None: ...  # noqa: D102


@dataclass(frozen=True, slots=True)
class Shown:
    """A case as a CM sees it: what was said, what was decided, what could be said."""

    case: Case
    head: Head
    words: str | None
    """None when the author deleted them."""
    author: str | None


@dataclass(frozen=True, slots=True)
class _Wish:
    """What a person wants done, in their name."""

    person: str
    kind: ActKind
    purpose: str
    text: str = ""
    variant: str | None = None


@dataclass(frozen=True, slots=True)
class Handling:
    """What a person does about cases, with the edges it needs."""

    journal: Journal
    keys: Keys
    actions: Queue
    now: Callable[[], datetime]

    def open(self, community: str) -> list[Shown]:
        """The open cases, the one whose promise runs out first on top; those that wait for an answer before the rest."""
        cases = self.journal.open_cases(community)
        known = self.journal.read([self.keys.head(*_at(case)) for case in cases])
        shown = [self._shown(case, head) for case in cases if (head := known.head(*_at(case)))]
        return sorted(shown, key=lambda one: (not one.case.awaits_answer, one.case.promise_at))

    def find(self, community: str, case_id: str) -> Shown:
        """One open case by its short name. Raises NotFound."""
        shown = next((one for one in self.open(community) if one.case.id == case_id), None)
        if shown is None:
            raise NotFound(f"there is no open case {case_id}")
        return shown

    def send(self, community: str, case_id: str, person: str, text: str, draft: Draft | None = None) -> Action:
        """Answer as oneself. Raises NotFound, AlreadyDone, Conflict."""
        shown = self.find(community, case_id)
        kind, variant = (draft.kind, draft.variant) if draft else (ActKind.REPLY, None)
        return self._order(shown, _Wish(person, kind, "answer", text, variant))

    def hide(self, community: str, case_id: str, person: str) -> Action:
        """Hide the comment: the person's decision. Raises NotFound, AlreadyDone, Conflict."""
        return self._order(self.find(community, case_id), _Wish(person, ActKind.HIDE, "hidden_by_hand"))

    def show(self, community: str, case_id: str, person: str) -> Action:
        """Show a hidden comment again. Raises NotFound, AlreadyDone, Conflict."""
        return self._order(self.find(community, case_id), _Wish(person, ActKind.UNHIDE, "shown_by_hand"))

    def close(self, community: str, case_id: str, person: str) -> None:
        """Nothing more to do here. Raises NotFound, Conflict."""
        shown = self.find(community, case_id)
        now = self.now()
        case = replace(closed(shown.case, person, now), rev=shown.case.rev + 1)
        note = ThreadNote(*_at(shown.case)[:3], shown.case.thread, closed=frozenset({shown.case.object}))
        self.journal.commit(Changes(cases=(case,), threads=(note,)), now)

    def _shown(self, case: Case, head: Head) -> Shown:
        said = self.journal.said_words(*place(head), head.v)
        return Shown(case, head, said.text if said else None, said.author_name if said else None)

    def _order(self, shown: Shown, wish: _Wish) -> Action:
        """Put a person's act in the outbox; the case it belongs to is theirs from now on."""
        for _ in range(_TRIES):
            now = self.now()
            at = _at(shown.case)
            known = self.journal.read([self.keys.head(*at), self.keys.case(*at)])
            head, case = known.head(*at), known.case(*at)
            if head is None or case is None or head.deleted:
                raise NotFound("its author deleted the comment")
            if case.state is CaseState.CLOSED:
                raise AlreadyDone(case.closed_by or "somebody", case.closed_at or now)
            earlier = next(
                (a for a in head.actions if a.signed_by and a.kind is wish.kind and a.state is not ActionState.FAILED),
                None,
            )
            if earlier is not None:
                raise AlreadyDone(earlier.signed_by or "somebody", earlier.created_at)
            action = _by_hand(head, wish, now)
            if wish.text:
                self.journal.keep_words((), (self._outgoing(head, action, wish.text),))
            superseded = [
                replace(other, state=ActionState.CANCELLED, why="by_hand", done_at=now)
                for other in head.actions
                if other.kind is wish.kind and other.state in (ActionState.PROPOSED, ActionState.READY)
            ]
            head = with_actions(head, superseded)
            head = replace(head, actions=(*head.actions, action), by_hand=True, rev=head.rev + 1)
            settled = case if wish.text else closed(case, wish.person, now)
            try:
                self.journal.commit(Changes(heads=(head,), cases=(replace(settled, rev=case.rev + 1),)), now)
            except Conflict:
                continue
            self.actions.send([{"schema": 1, "community": at[0], "platform": at[1], "account": at[2], "object": at[3]}])
            return action
        raise Conflict("the case keeps changing: look at it again")

    def _outgoing(self, head: Head, action: Action, text: str) -> OutgoingWords:
        said = self.journal.said_words(*place(head), head.v)
        recipient = said.conversation if said else None
        return OutgoingWords(
            *place(head), action_id=action.id, text=text, recipient=recipient, expires=self.now() + WORDS_KEPT
        )


def _by_hand(head: Head, wish: _Wish, now: datetime) -> Action:
    return Action(
        id=str(uuid.uuid4()),
        kind=wish.kind,
        purpose=wish.purpose,
        state=ActionState.READY,
        target=head.object,
        created_at=now,
        due_at=now + WAKE_AGAIN_AFTER,
        words=words_hash(wish.text) if wish.text else None,
        variant=wish.variant,
        signed_by=wish.person,
    )


def _at(case: Case) -> ObjectId:
    return (case.community, case.platform, case.account, case.object)
