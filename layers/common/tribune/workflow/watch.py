"""watch: every minute, whatever is due and unfinished is woken again; nothing is forgotten because a message was lost.

It decides nothing but what a clock decides: perform and call look at what they are woken for, and step back when it
is not their turn.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from tribune.decision import Urgency
from tribune.errors import BadConfiguration, CharterUnreadable, Conflict, NotFound
from tribune.journal import Call, Case, CaseState, Changes
from tribune.workflow.brake import Braking
from tribune.workflow.consult import Following
from tribune.workflow.opening import call_about, to_carry_out, wake_up
from tribune.workflow.ports import Key, Keys, Queue
from tribune.workflow.promise import run_out
from tribune.workflow.provisional import Timers
from tribune.workflow.worksheet import ObjectId

COUNTED_EVERY = 5
"""Minutes between two looks at how many cases are open: so many index entries are read each time."""


# ruff: disable[D102]  what each of these does is said where it is done
class Journal(Protocol):
    """What watch needs of the journal."""

    def due(self, kind: str, now: datetime, limit: int = 100) -> list[Key]: ...
    def cases(self, community: str, state: CaseState) -> list[ObjectId]: ...
    def promises_due(self, community: str, now: datetime) -> list[Case]: ...
    def commit(self, changes: Changes, now: datetime) -> None: ...
    def end_pause(self, key: Key) -> None: ...


# ruff: enable[D102]


@dataclass(frozen=True, slots=True)
class Watching:
    """keep_watch's use case, with its edges."""

    journal: Journal
    keys: Keys
    actions: Queue
    calls: Queue
    communities: Sequence[str]
    timers: Timers
    questions: Following
    braking: Braking

    def watch(self, now: datetime) -> dict[str, int]:
        """Wake what is due; answers how much of each kind. Raises Unavailable."""
        actions = [to_carry_out(self.keys.object_of(key)) for key in self.journal.due("action", now)]
        calls = [wake_up(*self.keys.call_of(key)) for key in self.journal.due("call", now)]
        # At once: what cannot be read further down keeps nothing from waking that needs only its key.
        self.actions.send(actions)
        self.calls.send(calls)
        promises = [
            wake_up(call.community, call.id)
            for community in self.communities
            for call in self._promises(community, now)
        ]
        self.calls.send(promises)
        calls += promises
        breakers = self.journal.due("breaker", now)
        for key in breakers:
            self.journal.end_pause(key)
        return {
            "action": len(actions),
            "call": len(calls),
            "breaker": len(breakers),
            "provisional": self.timers.run(now),
            "question": self.questions.run(now),
            "brake": self._brake(now),
            "open": self._open(now),
        }

    def _open(self, now: datetime) -> int:
        """How many cases wait for a person, asked now and then."""
        if now.minute % COUNTED_EVERY:
            return 0
        return sum(len(self.journal.cases(community, CaseState.OPEN)) for community in self.communities)

    def _brake(self, now: datetime) -> int:
        """Last, so that nothing that waits waits for it; answers how many clauses were stopped from acting."""
        braked = 0
        for community in self.communities:
            try:
                calls = self.braking.evaluate(community, now)
            except (CharterUnreadable, NotFound, BadConfiguration):
                continue  # no clause acts there: moderate_comments says so, and calls
            self.calls.send([wake_up(call.community, call.id) for call in calls])
            braked += len(calls)
        return braked

    def _promises(self, community: str, now: datetime) -> list[Call]:
        """A promise that a person made in an answer runs out: remind them, once."""
        reminded = []
        for case in self.journal.promises_due(community, now):
            if case.remind_at is None or case.remind_at > now:
                continue  # the index may be a moment behind the case
            call = _promise(case, now)
            try:
                self.journal.commit(Changes(cases=(run_out(case),), calls=(call,)), now)
            except Conflict:
                continue
            reminded.append(call)
        return reminded


def _promise(case: Case, now: datetime) -> Call:
    last = case.promises[-1]
    reason = "promise_unclear" if last.guessed else "promise"
    call = call_about(case, f"promise-{case.id}-{now:%Y%m%d%H%M}", reason, Urgency.HOURS, now)
    return replace(call, sentence=last.words, received_at=last.made_at)
