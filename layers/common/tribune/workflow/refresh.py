"""refresh: an access that ends soon is renewed, by one process at a time.

A refresh token may be good for one use only: whoever uses it holds a lease, reads it anew under that lease, and keeps
what the platform gave before doing anything else. What fails is tried again every hour, and somebody is called once.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol, cast

from tribune.channel import Access, HttpAnswer, HttpCall, Outcome, Platform, Refreshed, Verdict
from tribune.errors import BadConfiguration, CannotDo, Conflict, NotSent, PerhapsSent, Unavailable
from tribune.journal import Breaker, Call, Changes, Renewal
from tribune.workflow.ports import Communities, Key, Keys, Queue, readable
from tribune.workflow.rest import REFRESH_FAILED, Resting, revives

LEASE_MARGIN = timedelta(seconds=60)
FAILED_AGAIN_AFTER = timedelta(hours=1)
LEAST_SECONDS = 15.0
_KEPT_TRIES = 4


# ruff: disable[D102]  what each of these does is said where it is done
class Known(Protocol):
    """What was read of the journal."""

    def breaker(self, community: str, platform: str, account: str) -> Breaker: ...
    def renewal(self, community: str, platform: str, channel: str) -> Renewal: ...


class Journal(Protocol):
    """What refreshing needs of the journal."""

    def read(self, wanted: Iterable[Key]) -> Known: ...
    def keep_renewal(self, renewal: Renewal) -> None: ...
    def keep_breaker(self, breaker: Breaker) -> None: ...
    def load_call(self, community: str, call_id: str) -> Call | None: ...
    def commit(self, changes: Changes, now: datetime) -> None: ...


# ruff: enable[D102]


class Accesses(Protocol):
    """Where the `act` secrets are."""

    def read(self, platform: str, channel: str) -> Mapping[str, str]:
        """What stands there at this moment. Raises Unavailable."""

    def renew(self, platform: str, channel: str, values: Mapping[str, str]) -> None:
        """Keep what the platform gave in the place of what it no longer takes. Raises Unavailable."""


@dataclass(frozen=True, slots=True)
class Renewed:
    """What became of one channel, for the metrics."""

    platform: str
    why: str


@dataclass(frozen=True, slots=True)
class _Channel:
    community: str
    platform: str
    name: str
    accounts: tuple[tuple[str, str], ...]
    """(account, space)."""


@dataclass(frozen=True, slots=True)
class Refreshing:
    """refresh_tokens' use case, with its edges."""

    journal: Journal
    keys: Keys
    communities: Communities
    names: Callable[[], Sequence[str]]
    """Every community of this stack."""
    platform: Callable[[str], Platform]
    accesses: Accesses
    send: Callable[[HttpCall, float], HttpAnswer]
    """Send within some seconds. Raises NotSent, PerhapsSent."""
    calls: Queue
    now: Callable[[], datetime]
    opened: Callable[[str], None]
    """Counts a pause that a platform asked for."""

    def refresh(self, seconds_left: Callable[[], float]) -> list[Renewed]:
        """Renew whatever ends soon; answers what was tried. Raises Unavailable."""
        found = []
        for channel in self._channels():
            if seconds_left() < LEAST_SECONDS:
                break
            try:
                renewed = self._visit(channel, seconds_left)
            except (BadConfiguration, Conflict, Unavailable) as error:
                renewed = Renewed(channel.platform, error.reason)
            if renewed is not None:
                found.append(renewed)
        return found

    def _channels(self) -> Iterable[_Channel]:
        for community in readable(self.communities, self.names()):
            for channel in community.channels:
                if self.platform(channel.platform).CARD.refreshes:
                    accounts = tuple((account.id, account.space) for account in channel.accounts)
                    yield _Channel(community.id, channel.platform, channel.channel, accounts)

    def _visit(self, channel: _Channel, seconds_left: Callable[[], float]) -> Renewed | None:
        at, wanted = (channel.community, channel.platform, channel.name), self._request(channel, self._access(channel))
        now, record = self.now(), self.journal.read([self.keys.renewal(*at)]).renewal(*at)
        if record.not_before and record.not_before > now:
            return None
        if wanted is None:
            if record.failed_since:
                # A person gave another access: the next one that fails is another failure, and calls again.
                self._over(channel, record.failed_since)
                self._keep(record, not_before=None, failed_since=None)
            return None
        until = now + timedelta(seconds=seconds_left()) + LEASE_MARGIN
        record = self._keep(record, not_before=until)
        access = self._access(channel)
        call = self._request(channel, access)
        if call is None:
            self._keep(record, not_before=None)
            return None  # somebody renewed it while we took the lease
        return self._renew(channel, record, access, call, seconds_left)

    def _renew(
        self, channel: _Channel, record: Renewal, access: Access, call: HttpCall, seconds_left: Callable[[], float]
    ) -> Renewed:
        platform = cast("Refreshed", self.platform(channel.platform))
        try:
            answer = self.send(call, seconds_left() - 5.0)
        except (NotSent, PerhapsSent) as error:
            self._keep(record, not_before=None)
            return Renewed(channel.platform, error.reason)
        values, outcome = platform.refreshed(access, answer, self.now())
        if outcome.verdict is Verdict.DONE:
            if not self._kept(channel, values):
                # The old one is used up and the new one is lost with this process: a person has to give another.
                return self._failed(channel, record, "not_kept")
            self._over(channel, record.failed_since)
            self._keep(record, not_before=None, failed_since=None)
            self._revive(channel)
            return Renewed(channel.platform, "renewed")
        if outcome.verdict in (Verdict.TOKEN_DEAD, Verdict.REFUSED, Verdict.GONE):
            return self._failed(channel, record, outcome.verdict)
        self._keep(record, not_before=outcome.until)
        return Renewed(channel.platform, outcome.verdict)

    def _kept(self, channel: _Channel, values: Mapping[str, str]) -> bool:
        for _ in range(_KEPT_TRIES):
            try:
                self.accesses.renew(channel.platform, channel.name, values)
            except Unavailable:
                continue
            return True
        return False

    def _failed(self, channel: _Channel, record: Renewal, why: str) -> Renewed:
        now = self.now()
        since = record.failed_since or now
        self._keep(record, not_before=now + FAILED_AGAIN_AFTER, failed_since=since)
        account, space = channel.accounts[0]
        self._resting().call(
            (channel.community, channel.platform, account), REFRESH_FAILED, now, began=since, space=space
        )
        return Renewed(channel.platform, why)

    def _over(self, channel: _Channel, failed_since: datetime | None) -> None:
        account, _ = channel.accounts[0]
        if failed_since:
            at = (channel.community, channel.platform, account)
            self._resting().over(at, REFRESH_FAILED, self.now(), began=failed_since)

    def _revive(self, channel: _Channel) -> None:
        """Accounts that rest because of the dead access need not wait for the hour to end."""
        ats = [(channel.community, channel.platform, account) for account, _ in channel.accounts]
        known = self.journal.read(self.keys.breaker(*at) for at in ats)
        for at in ats:
            if revives(known.breaker(*at)):
                self._resting().rest(at, Outcome(Verdict.DONE), self.now())

    def _access(self, channel: _Channel) -> Access:
        return Access(channel.accounts[0][0], self.accesses.read(channel.platform, channel.name))

    def _request(self, channel: _Channel, access: Access) -> HttpCall | None:
        try:
            return cast("Refreshed", self.platform(channel.platform)).refresh(access, self.now())
        except CannotDo:
            return None  # nothing was given that could be renewed

    def _keep(self, record: Renewal, **changes: datetime | None) -> Renewal:
        """Write the record as it is now. Raises Conflict when somebody else renews."""
        kept = replace(record, rev=record.rev + 1, **changes)  # type: ignore[arg-type]  # its own fields
        self.journal.keep_renewal(kept)
        return kept

    def _resting(self) -> Resting:
        return Resting(self.journal, self.keys, self.calls, self.opened)
