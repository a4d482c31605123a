"""provisional: what the machine hid alone under a partial ceiling waits for a person, in presence hours, not for ever.

Confirmed, shown again or closed by a person, it waits no more. At its term it is shown again; what the law forbids, and
danger, never is: then the next person is called, once for each term that passes (`facts/judgement.md`, 12).
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol

from tribune import duty
from tribune.channel import ActKind
from tribune.community import Community
from tribune.decision import Unconfirmed, Urgency
from tribune.errors import BadConfiguration, Conflict, NotFound
from tribune.journal import Action, ActionState, Call, CallState, Changes, Head
from tribune.ledger import Seal
from tribune.workflow.deed import act_due, case_id, named
from tribune.workflow.opening import call_about, to_carry_out, wake_up
from tribune.workflow.ports import Communities, Key, Keys, Queue
from tribune.workflow.seal import Measure, sealed
from tribune.workflow.takeback import with_actions
from tribune.workflow.worksheet import Known, ObjectId

CONFIRMED_WITHIN = timedelta(hours=4)
"""Of presence: half a day of work in which a person sees what the machine hid alone."""
_RINGING = (CallState.READY, CallState.SENDING, CallState.SENT)


# ruff: disable[D102]  what each of these does is said where it is done
class Journal(Protocol):
    """What these timers need of the journal."""

    def due(self, kind: str, now: datetime, limit: int = 100) -> list[Key]: ...
    def read(self, wanted: Iterable[Key]) -> Known: ...
    def load_call(self, community: str, call_id: str) -> Call | None: ...
    def commit(self, changes: Changes, now: datetime) -> None: ...


# ruff: enable[D102]


def confirm_by(community: Community, since: datetime) -> datetime:
    """Until when a person has to confirm what was hidden at `since`."""
    return duty.after_presence(community.rota, since, CONFIRMED_WITHIN, community.zone)


@dataclass(frozen=True, slots=True)
class Timers:
    """The timers of provisional hides, with their edges."""

    journal: Journal
    keys: Keys
    communities: Communities
    actions: Queue
    calls: Queue

    def run(self, now: datetime) -> int:
        """Whatever reached its term; answers how many were shown again or called about. Raises Unavailable."""
        places: list[ObjectId] = [self.keys.object_of(key) for key in self.journal.due("provisional", now)]
        known = self.journal.read([self.keys.head(*at) for at in places])
        return sum(self._at_term(head, now) for at in places if (head := known.head(*at)))

    def _at_term(self, head: Head, now: datetime) -> bool:
        hide = head.unconfirmed
        if hide is None or hide.confirm_by is None or hide.confirm_by > now:
            return False  # the index may be a moment behind the head
        try:
            community = self.communities.load(head.community)
        except (NotFound, BadConfiguration):
            return False  # nobody is there to confirm, and nothing is shown again
        later = _put_off(hide, community, now)
        if later is not None:
            self._commit(with_actions(head, [replace(hide, confirm_by=later)]), (), now)
            return False
        if hide.unconfirmed is Unconfirmed.RELEASE and not head.by_hand:
            shown, seal = sealed(_released(head, hide, now), Measure("unhide", "release", None, reverses=True), now)
            return self._commit(shown, (), now, (seal,))
        before = self.journal.load_call(head.community, hide.asked or _first_call(head))
        call = None if before is not None and before.state in _RINGING else _call(head, hide, before, now)
        asked = call.id if call is not None else hide.asked
        again = replace(hide, confirm_by=confirm_by(community, now), asked=asked)
        return self._commit(with_actions(head, [again]), (call,) if call is not None else (), now)

    def _commit(self, head: Head, calls: tuple[Call, ...], now: datetime, seals: tuple[Seal, ...] = ()) -> bool:
        """Write it, then wake who carries it out. A head that somebody changed meanwhile is the next minute's."""
        try:
            self.journal.commit(Changes(heads=(replace(head, rev=head.rev + 1),), calls=calls, seals=seals), now)
        except Conflict:
            return False
        if head.unfinished:
            self.actions.send([to_carry_out(head.at)])
        self.calls.send([wake_up(call.community, call.id) for call in calls])
        return True


def _put_off(hide: Action, community: Community, now: datetime) -> datetime | None:
    """A later term: the hide itself was late, the rota changed meanwhile, or nobody is there at this moment."""
    term = confirm_by(community, hide.done_at or hide.created_at)
    if term > now:
        return term
    there = duty.next_presence(community.rota, now, community.zone)
    return there if there > now else None


def _released(head: Head, hide: Action, now: datetime) -> Head:
    """The comment is shown again, in the place of whatever was only proposed about that."""
    overtaken = [
        replace(action, state=ActionState.CANCELLED, why="released", done_at=now)
        for action in head.actions
        if action.kind is ActKind.UNHIDE and action.state in (ActionState.PROPOSED, ActionState.OBSERVED)
    ]
    shown = act_due(named(hide.id, "release"), ActKind.UNHIDE, "release", hide.target, now)
    head = with_actions(head, [replace(hide, confirm_by=None), *overtaken])
    return replace(head, actions=(*head.actions, shown))


def _first_call(head: Head) -> str:
    """The call that the decision itself made, if it made one."""
    return f"{head.verdict.reason if head.verdict else ''}-{case_id(head.at)}"


def _call(head: Head, hide: Action, before: Call | None, now: datetime) -> Call:
    """A call to the next person: whoever took the call before, or was rung for it, comes after the others."""
    asked = (*before.tried, before.taken_by) if before is not None else ()
    name = f"unconfirmed-{case_id(head.at)}-{hide.confirm_by:%Y%m%dT%H%M}"
    return replace(
        call_about(head, name, "unconfirmed", Urgency.HOURS, now),
        received_at=head.received_at,
        known_at=before.known_at if before is not None else None,
        tried=tuple(dict.fromkeys(person for person in asked if person)),
    )
