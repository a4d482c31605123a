"""rest: what a platform's answer means for the whole account. One memory for whoever asks the platform anything.

A refusal is for everybody: nothing more leaves for the account until it may be asked again, and the person on duty
is called once for each incident, not once for each comment.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol

from tribune.channel import ActKind, Outcome, Verdict
from tribune.decision import Urgency
from tribune.errors import Conflict
from tribune.journal import Breaker, Call, CallState, Changes
from tribune.workflow.gate import NEAR_THE_LIMIT
from tribune.workflow.opening import call_due, wake_up
from tribune.workflow.ports import Key, Keys, Queue

LIMITED_FOR = timedelta(hours=1)
"""How long an account rests where the platform does not say."""
TOKEN_TRIED_EVERY = timedelta(hours=1)
"""A person renews a dead token and nobody tells us when."""
SILENT_FOR = {1: timedelta(hours=24), 2: timedelta(hours=48)}
"""How long replies stop after a spam warning, and after another one."""
FORGIVEN_AFTER = timedelta(days=7)
UNABLE_FOR = timedelta(days=7)
"""How long we remember that an account may not do something: rights are given, plans are bought."""
REFRESH_FAILED = "refresh_failed"
_OVER = {Verdict.TOKEN_DEAD.value: "access_back", REFRESH_FAILED: "access_renewed"}
"""What somebody was called for -> the news that it is over."""
_CALLED_FOR = (Verdict.BLOCKED, Verdict.TOKEN_DEAD)
_TRIES = 6

type AccountId = tuple[str, str, str]
"""(community, platform, account)."""


# ruff: disable[D102]  what each of these does is said where it is done
class Known(Protocol):
    """What was read."""

    def breaker(self, community: str, platform: str, account: str) -> Breaker: ...


class Journal(Protocol):
    """What resting needs of the journal."""

    def read(self, wanted: Iterable[Key]) -> Known: ...
    def keep_breaker(self, breaker: Breaker) -> None: ...
    def load_call(self, community: str, call_id: str) -> Call | None: ...
    def commit(self, changes: Changes, now: datetime) -> None: ...


# ruff: enable[D102]


def rested(breaker: Breaker, outcome: Outcome, kind: ActKind | None, now: datetime) -> Breaker:
    """The account's memory after an outcome; the same one when there is nothing to remember. Pure."""
    match outcome.verdict:
        case Verdict.DONE:
            alive = replace(breaker, open_until=None, reason="", since=None) if revives(breaker) else breaker
            return _opened(alive, outcome.until, NEAR_THE_LIMIT, now) if outcome.until else alive
        case Verdict.LIMITED:
            return _opened(breaker, outcome.until or now + LIMITED_FOR, Verdict.LIMITED, now)
        case Verdict.TOKEN_DEAD:
            return _opened(breaker, outcome.until or now + TOKEN_TRIED_EVERY, Verdict.TOKEN_DEAD, now)
        case Verdict.BLOCKED:
            return _silenced(breaker, outcome, now)
        case Verdict.REFUSED if outcome.unable and kind:
            remembered = {name: until for name, until in breaker.unable.items() if until > now}
            return replace(breaker, unable={**remembered, kind.value: now + UNABLE_FOR})
    return breaker


def revives(breaker: Breaker) -> bool:
    """Does a success say something new about this account?"""
    return breaker.reason == Verdict.TOKEN_DEAD


def _opened(breaker: Breaker, until: datetime, reason: str, now: datetime) -> Breaker:
    """A longer pause that is there already stays; a dead token outweighs whatever it hides, and is one incident
    until something succeeds.
    """
    before = breaker.open_until
    if breaker.reason == Verdict.TOKEN_DEAD:
        reason = Verdict.TOKEN_DEAD
    if before and before >= until and before > now and reason != Verdict.TOKEN_DEAD:
        return breaker
    since = breaker.since if breaker.reason == reason else now
    return replace(breaker, open_until=max(until, before or until), reason=reason, since=since)


def _silenced(breaker: Breaker, outcome: Outcome, now: datetime) -> Breaker:
    if breaker.replies_until and breaker.replies_until > now:
        return breaker  # what was in flight when the first warning came
    again = breaker.blocked_at is not None and now - breaker.blocked_at < FORGIVEN_AFTER
    level = 2 if again else 1
    until = max(now + SILENT_FOR[level], outcome.until or now)
    return replace(breaker, replies_until=until, blocked_at=now, level=level)


@dataclass(frozen=True, slots=True)
class Resting:
    """Remembers for the account, and calls the person on duty where a person has to act."""

    journal: Journal
    keys: Keys
    calls: Queue
    opened: Callable[[str], None]
    """Counts a pause that a platform asked for."""

    def rest(
        self,
        at: AccountId,
        outcome: Outcome,
        now: datetime,
        *,
        kind: ActKind | None = None,
        space: str | None = None,
    ) -> Breaker:
        """What the account's memory is after this outcome. Raises Conflict, Unavailable."""
        for _ in range(_TRIES):
            before = self.journal.read([self.keys.breaker(*at)]).breaker(*at)
            after = rested(before, outcome, kind, now)
            if outcome.verdict is Verdict.DONE and revives(before) and before.since:
                # First: whatever dies after this finds the account as it was, and says it again.
                self.over(at, Verdict.TOKEN_DEAD, now, began=before.since)
            if after != before:
                after = replace(after, rev=before.rev + 1)
                try:
                    self.journal.keep_breaker(after)
                except Conflict:
                    continue
                if outcome.verdict is not Verdict.DONE:
                    self.opened(at[1])
            if outcome.verdict in _CALLED_FOR:
                began = after.since if outcome.verdict is Verdict.TOKEN_DEAD else after.blocked_at
                self.call(at, outcome.verdict, now, began=began, space=space)
            return after
        raise Conflict("an account's memory keeps changing")

    def call(
        self, at: AccountId, reason: str, now: datetime, *, began: datetime | None, space: str | None = None
    ) -> None:
        """Call the person on duty about an account, once for what began then. Raises Unavailable."""
        call = account_call(at, reason, now, began or now, space)
        self.journal.commit(Changes(calls=(call,)), now)
        self.calls.send([wake_up(call.community, call.id)])

    def over(self, at: AccountId, reason: str, now: datetime, *, began: datetime) -> None:
        """What somebody was called for is over: nobody is called about it any more, and whoever heard of it hears that.

        Raises Conflict, Unavailable.
        """
        for _ in range(_TRIES):
            known = self.journal.load_call(at[0], _incident(at, reason, began))
            if known is None or known.state is CallState.CLOSED:
                return
            closed = replace(known, state=CallState.CLOSED, lease_until=None, rev=known.rev + 1)
            news = (_news(known, now),) if known.heard else ()
            try:
                self.journal.commit(Changes(resumed=(closed,), calls=news), now)
            except Conflict:
                continue
            self.calls.send([wake_up(call.community, call.id) for call in news])
            return
        raise Conflict("the call keeps changing")


def _incident(at: AccountId, reason: str, began: datetime) -> str:
    _, platform, account = at
    return f"{reason}-{platform}-{account}-{began:%Y%m%dT%H%M%S}"


def _news(known: Call, now: datetime) -> Call:
    return replace(
        call_due(known.community, f"{known.id}-over", _OVER[known.reason], Urgency.HOURS, now),
        platform=known.platform,
        account=known.account,
        space=known.space,
        received_at=known.created_at,
    )


def account_call(at: AccountId, reason: str, now: datetime, began: datetime, space: str | None) -> Call:
    """One call for one incident of an account."""
    community, platform, account = at
    urgency = Urgency.NOW if reason == Verdict.TOKEN_DEAD else Urgency.HOURS
    return replace(
        call_due(community, _incident(at, reason, began), reason, urgency, now),
        platform=platform,
        account=account,
        space=space,
    )
