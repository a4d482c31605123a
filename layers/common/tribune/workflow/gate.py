"""gate: may this action leave now? Asked again at the last moment: much can happen between deciding and sending. Pure."""

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from math import sqrt

from tribune.budgets import PER_ACCOUNT_AND_HOUR, PER_POST_AND_HOUR, PER_THREAD, THREAD_IN_PRIVATE, UNQUIET
from tribune.channel import ActKind, Verdict
from tribune.comment import Audience
from tribune.community import Community
from tribune.decision import Mode
from tribune.journal import Action, Brakes, Breaker, Budget, Head, Pauses, ThreadRecord
from tribune.workflow.brake import decided_before
from tribune.workflow.deed import SPEAKING, hour_of
from tribune.workflow.takeback import OVERTAKEN, is_hidden, overtaken

REPLY_STALE_AFTER = timedelta(hours=6)
"""A reply older than this answers a conversation that went on: it becomes a matter for the CM."""
LOOK_AGAIN = timedelta(minutes=5)
"""A pause can be lifted before its time: what waits for its end looks again at least this often."""
REOPENING = timedelta(seconds=120)
"""After a pause the waiting acts come back spread over this time, not all at once."""
NEAR_THE_LIMIT = "usage"
"""The reason of a breaker that nobody refused anything yet."""
_TAKES_BACK = ("withdraw", "restore", "release")
_OVER_THE_BRAKE = (*_TAKES_BACK, "provisional")
"""What takes back our own act helps whoever the clause hit; danger once hidden waits for a person hidden (gravity 4)."""


@dataclass(frozen=True, slots=True)
class Go:
    """Carry it out now."""


@dataclass(frozen=True, slots=True)
class Wait:
    """Not before `until`."""

    until: datetime
    why: str


@dataclass(frozen=True, slots=True)
class Drop:
    """Not any more; `tell`: the CM has to know."""

    why: str
    tell: bool = False


@dataclass(frozen=True, slots=True)
class Propose:
    """Not alone: it waits on the case for a person."""

    why: str


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What an action meets on its way out."""

    thread: ThreadRecord
    community: Community
    breaker: Breaker
    pauses: Pauses
    brakes: Brakes
    budget: Budget | None = None
    """This hour's, for a message that was planned in another one."""
    rewritten: bool = False
    """A person of the team put words of their own into the message that it takes back."""


def gate(  # noqa: PLR0911  one return an obstacle
    action: Action, head: Head, around: Surroundings, now: datetime
) -> Go | Wait | Drop | Propose:
    """Go, Wait, Drop or Propose, for an action that is not being sent yet."""
    by_machine = action.signed_by is None
    speaks = action.kind in SPEAKING
    if head.deleted and action.purpose != "withdraw":
        return Drop("deleted")
    if overtaken(action, head):
        return Drop(OVERTAKEN)
    if by_machine and (_a_persons_alone(action, head) or around.rewritten):
        return Drop("a_persons_alone", tell=True)
    if by_machine and not _mode_allows(action, head, around.community):
        return Drop("mode", tell=speaks)
    if by_machine and action.purpose not in _OVER_THE_BRAKE and decided_before(around.brakes, head):
        return Propose("brake")
    if action.kind in around.breaker.cannot(now):
        return Drop("unable", tell=True)
    paused_until = around.pauses.over(head, now)
    if paused_until and not action.urgent:
        if action.kind is ActKind.LIKE:
            return Drop("paused")  # a courtesy: late, it is none
        return (
            Drop("paused", tell=True) if speaks and by_machine else Wait(min(paused_until, now + LOOK_AGAIN), "paused")
        )
    silence = _silence(action, head, around, now) if speaks and by_machine else None
    return silence or resting(action, around, now) or Go()


def counts_anew(action: Action, head: Head, now: datetime) -> bool:
    """Does it leave in another hour than the one in whose budget it was planned?"""
    machine_speaks = action.kind in SPEAKING and action.signed_by is None
    return machine_speaks and head.audience is Audience.PUBLIC and hour_of(action.created_at) != hour_of(now)


def resting(action: Action, around: Surroundings, now: datetime) -> Wait | None:
    """Until when the account rests for this kind of act, None when it does not.

    What is left of a limit that comes near is for protection: what is urgent still leaves.
    """
    breaker = around.breaker
    waits = []
    if breaker.open_until and not (breaker.reason == NEAR_THE_LIMIT and action.urgent):
        waits.append(Wait(breaker.open_until, breaker.reason))
    if breaker.replies_until and action.kind in (*SPEAKING, ActKind.LIKE):
        waits.append(Wait(breaker.replies_until, Verdict.BLOCKED))
    longest = max(waits, key=lambda wait: wait.until, default=None)
    if longest is None or longest.until <= now:
        return None
    return replace(longest, until=longest.until + spread(action.id))


def _a_persons_alone(action: Action, head: Head) -> bool:
    """To delete what a member wrote, or to block them, takes a person's name, whatever wrote this action."""
    return action.kind is ActKind.BLOCK or (action.kind is ActKind.DELETE and action.target == head.object)


def _mode_allows(action: Action, head: Head, community: Community) -> bool:
    """What takes back our own act always may; gravity 4 may hide provisionally; the rest needs mode act."""
    if action.purpose in _TAKES_BACK:
        return True
    if action.purpose == "provisional" and community.modes.hide_gravity_4:
        return True
    clause = head.verdict.clause if head.verdict else None
    return community.modes.clauses.get(clause or "", community.modes.default) is Mode.ACT


def _silence(  # noqa: PLR0911  one return a reason
    action: Action, head: Head, around: Surroundings, now: datetime
) -> Drop | Propose | Wait | None:
    """Why the machine should not speak here (any more), or not yet."""
    thread = around.thread
    if thread.human_at:
        return Drop("human_answered")
    if thread.silent:
        return Drop("silent")
    if action.kind is ActKind.REPLY and is_hidden(head):
        return Drop("hidden")
    if now - action.created_at > REPLY_STALE_AFTER:
        return Drop("stale", tell=True)
    if around.brakes.climate.get(head.space) in UNQUIET:
        return Propose("climate")
    recent = {
        other: at
        for other, at in thread.automatic.items()
        if head.audience is Audience.PUBLIC or now - at < THREAD_IN_PRIVATE
    }
    order = sorted(recent, key=lambda other: (recent[other], other))
    if action.id in order and order.index(action.id) >= PER_THREAD:
        return Drop("budget", tell=True)
    if around.budget and _used_up(around.budget, head):
        return Wait(_next_hour(now) + spread(action.id), "budget")
    return None


def _used_up(budget: Budget, head: Head) -> bool:
    return budget.spent >= PER_ACCOUNT_AND_HOUR or budget.posts.get(head.post, 0) >= PER_POST_AND_HOUR


def _next_hour(now: datetime) -> datetime:
    return now.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)


def spread(action_id: str) -> timedelta:
    """The same moment within the reopening for the same action; few at first, ever more after that.

    Whoever comes first shows whether the platform lets us speak again; refused, it closes the door for the others.
    """
    return REOPENING * sqrt(int(hashlib.sha256(action_id.encode()).hexdigest()[:4], 16) / 0xFFFF)
