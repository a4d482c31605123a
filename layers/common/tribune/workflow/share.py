"""share: one case, one person at a time. Somebody takes it in hand for a while, or leaves it to a colleague.

Neither forbids anything: whoever decides first still wins. It is there so that two people do not write the same answer.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol

from tribune.community import Community
from tribune.decision import Urgency
from tribune.errors import AlreadyDone, Conflict, Gone
from tribune.journal import Call, Case, CaseState, Changes, Given, InHand
from tribune.workflow.consult import everybody_but
from tribune.workflow.opening import call_about, wake_up
from tribune.workflow.ports import Key, Keys, Queue
from tribune.workflow.worksheet import Known, ObjectId

IN_HAND_FOR = timedelta(minutes=15)
"""Long enough to read a thread and write an answer; whoever needs longer says so again."""
_TRIES = 6


class InHandAlready(AlreadyDone):
    """Somebody else looks at it."""


# ruff: disable[D102]  what each of these does is said where it is done
class Journal(Protocol):
    """What sharing needs of the journal."""

    def read(self, wanted: Iterable[Key]) -> Known: ...
    def commit(self, changes: Changes, now: datetime) -> None: ...


# ruff: enable[D102]


def in_hand(case: Case, now: datetime) -> InHand | None:
    """Who looks at a case now."""
    return case.in_hand if case.in_hand is not None and case.in_hand.until > now else None


@dataclass(frozen=True, slots=True)
class Sharing:
    """How a team shares its cases."""

    journal: Journal
    keys: Keys
    calls: Queue
    community: Community
    now: Callable[[], datetime]

    def take(self, at: ObjectId, person: str) -> Case:
        """Take a case in hand, or keep it there. Raises Gone, AlreadyDone, InHandAlready, Conflict, Unavailable."""

        def taken(case: Case, now: datetime) -> tuple[Case, tuple[Call, ...]]:
            held = in_hand(case, now)
            if held is not None and held.person != person:
                raise InHandAlready(held.person, held.since)
            since = held.since if held is not None else now
            return replace(case, in_hand=InHand(person, since, now + IN_HAND_FOR)), ()

        return self._changed(at, taken)

    def give(self, at: ObjectId, by: str, to: str, note: str, seen: int = 0) -> Case:
        """Leave a case to a colleague: it stands on top of what they see, and they hear of it while they are there.

        `seen`: the `rev` of the case that was looked at, so that a form sent twice rings nobody twice; 0: unknown.
        Raises Gone, AlreadyDone, Conflict, Unavailable.
        """

        def given(case: Case, now: datetime) -> tuple[Case, tuple[Call, ...]]:
            if seen and case.rev != seen:
                raise Conflict("the case changed since it was looked at")
            left = replace(case, in_hand=None, given=Given(to, by, now, note.strip()))
            return left, (self._call(left, to, by, now),)

        return self._changed(at, given)

    def _changed(self, at: ObjectId, change: Callable[[Case, datetime], tuple[Case, tuple[Call, ...]]]) -> Case:
        for _ in range(_TRIES):
            case, now = self.journal.read([self.keys.case(*at)]).case(*at), self.now()
            if case is None:
                raise Gone("there is no such case")
            if case.state is CaseState.CLOSED:
                raise AlreadyDone(case.closed_by or "", case.closed_at or now)
            changed, calls = change(case, now)
            changed = replace(changed, rev=case.rev + 1)
            try:
                self.journal.commit(Changes(cases=(changed,), calls=calls), now)
            except Conflict:
                continue
            self.calls.send([wake_up(call.community, call.id) for call in calls])
            return changed
        raise Conflict("the case keeps changing")

    def _call(self, case: Case, to: str, by: str, now: datetime) -> Call:
        call = call_about(case, f"given-{case.id}-{case.rev + 1}", "given", Urgency.HOURS, now)
        figures = {"person": self.community.called(by)}
        return replace(call, without=everybody_but(to, self.community), figures=figures)
