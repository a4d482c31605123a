"""asking: one question to a platform, for whoever reads there: with access, within the quota, remembered for the account."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from tribune.channel import Access, Card, HttpAnswer, HttpCall, Outcome, Verdict
from tribune.errors import CannotDo
from tribune.journal import Breaker, Call, Changes, Head, SweepRecord
from tribune.workflow.ports import Key, Keys, Queue, Quotas
from tribune.workflow.receive import Place
from tribune.workflow.rest import Resting


# ruff: disable[D102]  what each of these does is said where it is done
class Known(Protocol):
    """What was read of the journal."""

    def head(self, community: str, platform: str, account: str, object_id: str) -> Head | None: ...
    def breaker(self, community: str, platform: str, account: str) -> Breaker: ...
    def sweep(self, community: str, platform: str, account: str) -> SweepRecord: ...


class Journal(Protocol):
    """What asking needs of the journal."""

    def read(self, wanted: Iterable[Key]) -> Known: ...
    def keep_sweep(self, sweep: SweepRecord) -> None: ...
    def keep_breaker(self, breaker: Breaker) -> None: ...
    def load_call(self, community: str, call_id: str) -> Call | None: ...
    def commit(self, changes: Changes, now: datetime) -> None: ...


# ruff: enable[D102]


@dataclass(frozen=True, slots=True)
class Told[T]:
    """What a platform told us."""

    value: T | None
    outcome: Outcome
    tomorrow: datetime | None = None
    """Nothing was asked: the day's quota is used up until then."""


@dataclass(frozen=True, slots=True)
class Asking:
    """How this function asks platforms."""

    journal: Journal
    keys: Keys
    access: Callable[[str, str, bool], Mapping[str, str]]
    """(platform, channel, fresh) -> the `act` secret."""
    send: Callable[[HttpCall, float], HttpAnswer]
    """Send within some seconds. Raises NotSent, PerhapsSent."""
    quotas: Quotas
    calls: Queue
    now: Callable[[], datetime]
    opened: Callable[[str], None]
    """Counts a pause that a platform asked for."""

    @property
    def resting(self) -> Resting:
        """The accounts' memory."""
        return Resting(self.journal, self.keys, self.calls, self.opened)

    def ask[T](
        self,
        place: Place,
        card: Card,
        request: Callable[[Access], HttpCall],
        meaning: Callable[[HttpAnswer], tuple[T, Outcome]],
        seconds: float,
    ) -> Told[T]:
        """Ask once; again with a token read anew when the one at hand is dead. Raises NotSent, PerhapsSent, Unavailable."""
        access = Access(place.account, self.access(place.platform, place.channel, False))
        told = self._ask(place, card, request, meaning, access, seconds)
        if told.outcome.verdict is not Verdict.TOKEN_DEAD:
            return told
        renewed = Access(place.account, self.access(place.platform, place.channel, True))
        return told if renewed == access else self._ask(place, card, request, meaning, renewed, seconds)

    def _ask[T](  # noqa: PLR0913, PLR0917  a question, whom, how
        self,
        place: Place,
        card: Card,
        request: Callable[[Access], HttpCall],
        meaning: Callable[[HttpAnswer], tuple[T, Outcome]],
        access: Access,
        seconds: float,
    ) -> Told[T]:
        try:
            call = request(access)
        except CannotDo as refusal:
            return Told(None, Outcome(Verdict.REFUSED, why=str(refusal) or "cannot_do"))
        if card.daily_units:
            tomorrow = self.quotas.spend(place.community, card, place.channel, call.units, self.now())
            if tomorrow:
                return Told(None, Outcome(Verdict.LATER, why="quota"), tomorrow)
        return Told(*meaning(self.send(call, seconds)))
