"""poll: ask the platforms what was said, where nothing is pushed to us, and where what is pushed fell silent.

An account is swept page by page under a lease. What a page holds is in the inbox before the page is written down,
and the mark of how far we came moves only when the last page is there: a crash asks for a page twice, never for
none. Each sweep goes back a little before the last one; the journal knows what it has decided.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import cast

from tribune.channel import (
    Access,
    Card,
    Gathered,
    HttpAnswer,
    HttpCall,
    Item,
    Outcome,
    Platform,
    Polled,
    Sweep,
    Verdict,
)
from tribune.comment import Comment, Verb
from tribune.errors import BadConfiguration, Conflict, NotSent, PerhapsSent, Unavailable, Unreadable
from tribune.journal import Breaker, SweepRecord
from tribune.workflow.asking import Asking, Told
from tribune.workflow.ports import Communities, Queue, readable
from tribune.workflow.receive import Place
from tribune.workflow.rest import revives

OVERLAP = timedelta(minutes=15)
"""How far a sweep goes back before the last one: platforms show comments late, and clocks differ."""
DELIVERED_WITHIN = timedelta(minutes=15)
"""A comment that is younger may still be on its way to us."""
ASKED_AFTER = timedelta(hours=24)
"""The silence after which a platform that pushes is asked, where the community says nothing else."""
REFUSED_FOR = timedelta(hours=1)
"""When what a platform refuses, or cannot give for long, is asked for again."""
LEASE_MARGIN = timedelta(seconds=60)
LEAST_SECONDS = 12.0
"""What one page may take; with less, it is left for the next round."""


@dataclass(frozen=True, slots=True)
class Swept:
    """What one visit to an account came to, for the metrics; `why` a bounded word where it did not end well."""

    platform: str
    items: int = 0
    missed: int = 0
    why: str = ""


@dataclass(frozen=True, slots=True)
class _Account:
    place: Place
    platform: Polled
    silence: timedelta | None
    """The silence that is too long; None: it is not watched."""

    @property
    def at(self) -> tuple[str, str, str]:
        return (self.place.community, self.place.platform, self.place.account)

    @property
    def card(self) -> Card:
        return self.platform.CARD


@dataclass(frozen=True, slots=True)
class Polling:
    """poll_platforms' use case, with its edges."""

    asking: Asking
    communities: Communities
    names: Callable[[], Sequence[str]]
    """Every community of this stack."""
    platform: Callable[[str], Platform]
    heard: Callable[[str, str], datetime | None]
    """(community, space) -> the beginning of the last hour in which somebody spoke there."""
    inbox: Queue
    lookups: Queue

    def now(self) -> datetime:
        """The time it is."""
        return self.asking.now()

    def poll(self, seconds_left: Callable[[], float]) -> list[Swept]:
        """Visit every account whose turn it is, whoever waits longest first. Raises Unavailable."""
        accounts = list(self._accounts())
        known = self.asking.journal.read(
            key for one in accounts for key in (self.asking.keys.sweep(*one.at), self.asking.keys.breaker(*one.at))
        )
        visits: list[Swept] = []
        for account in sorted(
            accounts, key=lambda one: known.sweep(*one.at).swept_to or datetime.min.replace(tzinfo=UTC)
        ):
            if seconds_left() < LEAST_SECONDS:
                break
            try:
                visit = self._visit(account, known.sweep(*account.at), known.breaker(*account.at), seconds_left)
            except (BadConfiguration, Conflict, Unavailable) as error:
                visit = Swept(account.place.platform, why=error.reason)
            if visit is not None:
                visits.append(visit)
        return visits

    def _accounts(self) -> Iterable[_Account]:
        for community in readable(self.communities, self.names()):
            for channel in community.channels:
                platform = self.platform(channel.platform)
                for account in channel.accounts:
                    hours = account.silence_hours
                    silence = timedelta(hours=hours) if hours else None
                    if hours is None and platform.CARD.polls:
                        silence = ASKED_AFTER
                    place = Place(channel.platform, channel.channel, account.id, community.id, account.space)
                    if platform.CARD.polls or silence:
                        yield _Account(place, cast("Polled", platform), silence)

    # --- is it its turn? ---

    def _visit(
        self, account: _Account, record: SweepRecord, breaker: Breaker, seconds_left: Callable[[], float]
    ) -> Swept | None:
        now = self.now()
        if breaker.open_until and breaker.open_until > now:
            if revives(breaker) and account.card.polls and account.card.pushes and record.wanted_since is None:
                # Whatever happens while the access is cut is asked for once it is renewed.
                self._keep(record, wanted_since=record.swept_to or breaker.since or now)
            return None
        if (record.lease_until and record.lease_until > now) or (record.not_before and record.not_before > now):
            return None
        if not account.card.polls:
            return self._listen(account, record, now)
        since = self._since(account, record, now)
        return self._sweep(account, record, breaker, since, seconds_left) if since else None

    def _since(self, account: _Account, record: SweepRecord, now: datetime) -> datetime | None:
        """Where a sweep has to go back to; None when it is not this account's turn. May begin to count its silence."""
        if record.begun_at and record.since:
            return record.since
        if record.wanted_since:
            return record.wanted_since - OVERLAP
        if not account.card.pushes or record.deaf_since:
            return (record.swept_to or now) - OVERLAP
        last = self._silent_since(account, record, now)
        return last - OVERLAP if last else None

    def _silent_since(self, account: _Account, record: SweepRecord, now: datetime) -> datetime | None:
        """When the last word was heard, if that is too long ago; else None."""
        if account.silence is None:
            return None
        if record.swept_to is None:
            self._keep(record, swept_to=now)  # from now on silence counts
            return None
        if now - record.swept_to < account.silence:
            return None
        heard = self.heard(account.place.community, account.place.space)
        last = max(record.swept_to, heard) if heard else record.swept_to
        hour = timedelta(hours=1) if last == heard else timedelta()  # the counters know the hour only
        return last if now - last >= account.silence + hour else None

    def _listen(self, account: _Account, record: SweepRecord, now: datetime) -> Swept | None:
        """A platform that cannot be asked: whoever is on duty hears that it is silent, once for each silence."""
        last = self._silent_since(account, record, now)
        if last is None or record.deaf_since == last:
            return None
        self.asking.resting.call(account.at, "silent", now, began=last, space=account.place.space)
        self._keep(record, deaf_since=last)
        return Swept(account.place.platform, why="silent")

    # --- page by page ---

    def _sweep(
        self,
        account: _Account,
        record: SweepRecord,
        breaker: Breaker,
        since: datetime,
        seconds_left: Callable[[], float],
    ) -> Swept:
        now, place = self.now(), account.place
        record = self._keep(
            record,
            lease_until=now + timedelta(seconds=max(0.0, seconds_left())) + LEASE_MARGIN,
            begun_at=record.begun_at or now,
            since=since,
        )
        items = 0
        while seconds_left() >= LEAST_SECONDS:
            told = self._page(account, record, seconds_left() - 2.0)
            if told.tomorrow:
                self.asking.resting.call(account.at, "quota_spent", now, began=told.tomorrow, space=place.space)
                self._keep(record, lease_until=None, not_before=told.tomorrow)
                return Swept(place.platform, items, why="quota")
            gathered = told.value or Gathered((), told.outcome)
            if gathered.outcome.verdict is not Verdict.DONE:
                return self._give_way(account, record, gathered.outcome, items)
            if gathered.outcome.until or revives(breaker):
                breaker = self.asking.resting.rest(account.at, gathered.outcome, self.now(), space=place.space)
            ours = [item for item in gathered.items if item.account == place.account]
            record = self._noticed(account, record, ours)
            self.inbox.send([place.message(item, self.now(), fetched=True) for item in ours if not item.incomplete])
            self.lookups.send([place.message(item, self.now(), fetched=True) for item in ours if item.incomplete])
            items += len(ours)
            if not gathered.page:
                return self._finish(account, record, gathered.cursor, items)
            if gathered.page == record.page:
                return self._give_way(account, record, Outcome(Verdict.REFUSED, why="same_page"), items)
            record = self._keep(record, page=gathered.page)
        self._keep(record, lease_until=None)
        return Swept(place.platform, items, why="to_be_continued")

    def _page(self, account: _Account, record: SweepRecord, seconds: float) -> Told[Gathered]:
        """What the next page holds."""
        sweep = Sweep(account.place.account, record.since or self.now(), record.cursor, record.page)

        def request(access: Access) -> HttpCall:
            return account.platform.poll(sweep, access, self.now())

        def meaning(answer: HttpAnswer) -> tuple[Gathered, Outcome]:
            gathered = account.platform.gather(sweep, answer, self.now())
            return gathered, gathered.outcome

        try:
            return self.asking.ask(account.place, account.card, request, meaning, seconds)
        except (NotSent, PerhapsSent) as error:
            return Told(None, Outcome(Verdict.LATER, why=error.reason))

    def _noticed(self, account: _Account, record: SweepRecord, items: Sequence[Item]) -> SweepRecord:
        """Which of these comments the platform should have delivered and did not, and which it did.

        Only a sweep that silence began tells: what a person asked for was said before anybody could be told.
        """
        if not account.card.pushes or record.wanted_since or not items:
            return record
        late, fresh = self.now() - DELIVERED_WITHIN, (record.since or self.now()) + OVERLAP
        said = {one.object: one for item in items for one in _comments(account.platform, item)}
        known = self.asking.journal.read(self.asking.keys.head(*account.at, object_id) for object_id in said)
        missed = delivered = 0
        for object_id, one in said.items():
            unknown = known.head(*account.at, object_id) is None
            missed += unknown and one.said_at <= late
            delivered += not unknown and one.said_at > fresh
        return replace(record, missed=record.missed + missed, delivered=record.delivered + delivered)

    def _finish(self, account: _Account, record: SweepRecord, cursor: str, items: int) -> Swept:
        """Everything up to where the sweep began is in the inbox."""
        now, missed = self.now(), record.missed
        deaf = record.deaf_since
        if missed:
            deaf = deaf or now
            self.asking.resting.call(account.at, "subscription_dead", now, began=deaf, space=account.place.space)
        elif record.delivered:
            deaf = None
        self._keep(
            record,
            cursor=cursor or record.cursor,
            swept_to=record.begun_at,
            lease_until=None,
            begun_at=None,
            since=None,
            page="",
            missed=0,
            delivered=0,
            deaf_since=deaf,
            wanted_since=None
            if record.since and record.since <= (record.wanted_since or record.since)
            else record.wanted_since,
            not_before=None,
        )
        return Swept(account.place.platform, items, missed)

    def _give_way(self, account: _Account, record: SweepRecord, outcome: Outcome, items: int) -> Swept:
        """The page was not read: the account rests, the mark that led here is given up, or a person has to look."""
        now, place = self.now(), account.place
        match outcome.verdict:
            case Verdict.LIMITED | Verdict.TOKEN_DEAD | Verdict.BLOCKED:
                self.asking.resting.rest(account.at, outcome, now, space=place.space)
                wait = outcome.until if outcome.verdict is Verdict.BLOCKED else None
                limited = outcome.verdict is Verdict.LIMITED
                self._keep(
                    record, lease_until=None, not_before=self._unheard(account, record, now) if limited else wait
                )
            case Verdict.REFUSED | Verdict.GONE if record.page:
                # A mark within a sweep lives shortly: begin the sweep again.
                self._keep(record, lease_until=None, page="", not_before=self._unheard(account, record, now))
            case Verdict.REFUSED | Verdict.GONE:
                today = now.replace(hour=0, minute=0, second=0, microsecond=0)
                self.asking.resting.call(account.at, "poll_refused", now, began=today, space=place.space)
                self._keep(record, lease_until=None, not_before=now + REFUSED_FOR)
            case _:
                self._keep(record, lease_until=None, not_before=self._unheard(account, record, now))
        return Swept(place.platform, items, why=outcome.verdict)

    def _unheard(self, account: _Account, record: SweepRecord, now: datetime) -> datetime | None:
        """A sweep that comes to no end for as long as the account may be silent: somebody is called, once, and it is asked
        each hour from then on; None before.
        """
        if account.silence is None or record.begun_at is None or now - record.begun_at < account.silence:
            return None
        self.asking.resting.call(account.at, "unheard", now, began=record.begun_at, space=account.place.space)
        return now + REFUSED_FOR

    def _keep(self, record: SweepRecord, **changes: object) -> SweepRecord:
        """Write the record as it is now. Raises Conflict when somebody else sweeps."""
        kept = replace(record, rev=record.rev + 1, **changes)  # type: ignore[arg-type]  # its own fields
        self.asking.journal.keep_sweep(kept)
        return kept


def _comments(platform: Platform, item: Item) -> list[Comment]:
    try:
        said = list(platform.read(item)) if not item.incomplete else []
    except Unreadable:
        return []
    return [one for one in said if isinstance(one, Comment) and one.verb is Verb.CREATED and not one.author.is_ours]
