"""lookup: some events only say that something happened; the platform is asked for the rest, then it is in the inbox.

Nothing is lost on the way: what cannot be asked now comes again, what the platform refuses to tell is put aside for
a person, who is called, and can be sent through again once the right was given.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol, cast

from tribune.channel import Item, LookedUp, Platform, Verdict
from tribune.errors import BadConfiguration, Conflict, NotFound, PerhapsSent, Unavailable, UnknownChannel, Unreadable
from tribune.workflow.asking import Asking
from tribune.workflow.gate import spread
from tribune.workflow.ports import Queue
from tribune.workflow.receive import Place
from tribune.workflow.rest import revives

LEAST_SECONDS = 5.0
"""What one look-up may take; with less, it comes again."""


class Waiting(Protocol):
    """The queue that the messages came from."""

    def hide(self, receipt: str, wait: timedelta) -> None:
        """Let a message come again after a while. Raises Unavailable."""


@dataclass(frozen=True, slots=True)
class Message:
    """One message of the queue."""

    id: str
    receipt: str
    body: str


@dataclass(frozen=True, slots=True)
class Asked:
    """What became of one message; `again`: it is not done, it comes back."""

    message: str
    platform: str
    why: str
    again: bool = False


@dataclass(frozen=True, slots=True)
class LookingUp:
    """The use case, with its edges."""

    asking: Asking
    platform: Callable[[str], Platform]
    inbox: Queue
    waiting: Waiting
    aside: Queue
    """Where a message lies that the platform refuses to complete: with the dead letters, and somebody is called."""

    def look_up(self, messages: Sequence[Message], seconds_left: Callable[[], float]) -> list[Asked]:
        """Complete every item of a batch; whatever is not done comes again."""
        return [self._safely(message, seconds_left) for message in messages]

    def _safely(self, message: Message, seconds_left: Callable[[], float]) -> Asked:
        name = "unknown"
        try:
            envelope = json.loads(message.body)
            name = str(envelope["platform"])
            if seconds_left() < LEAST_SECONDS:
                return Asked(message.id, name, "no_time", again=True)
            return self._one(message, envelope, seconds_left)
        except (BadConfiguration, Conflict, NotFound, PerhapsSent, Unavailable, UnknownChannel, Unreadable) as error:
            return Asked(message.id, name, error.reason, again=True)
        except (KeyError, TypeError, ValueError):
            return Asked(message.id, name, "unreadable_item", again=True)

    def _one(self, message: Message, envelope: dict[str, Any], seconds_left: Callable[[], float]) -> Asked:
        place = Place(**{field: envelope[field] for field in ("platform", "channel", "account", "community", "space")})
        at = (place.community, place.platform, place.account)
        platform = cast("LookedUp", self.platform(place.platform))
        now, asking = self.asking.now(), self.asking
        breaker = asking.journal.read([asking.keys.breaker(*at)]).breaker(*at)
        if breaker.open_until and breaker.open_until > now:
            return self._later(message, place, breaker.open_until, breaker.reason)
        item = Item(place.account, envelope["payload"], incomplete=True)
        told = asking.ask(
            place,
            platform.CARD,
            lambda access: platform.lookup(item, access),
            lambda answer: platform.completed(item, answer, now),
            seconds_left() - 2.0,
        )
        if told.tomorrow:
            return self._later(message, place, told.tomorrow, "quota")
        whole, outcome = told.value, told.outcome
        match outcome.verdict:
            case Verdict.DONE | Verdict.GONE if whole is None or not whole.incomplete:
                if outcome.until or revives(breaker):
                    asking.resting.rest(at, outcome, now, space=place.space)
                if whole is not None:
                    received_at, fetched = datetime.fromisoformat(envelope["received_at"]), "fetched" in envelope
                    self.inbox.send([place.message(whole, received_at, fetched=fetched)])
                return Asked(message.id, place.platform, "done" if whole is not None else "gone")
            case Verdict.LIMITED | Verdict.TOKEN_DEAD | Verdict.BLOCKED:
                rested = asking.resting.rest(at, outcome, now, space=place.space)
                return self._later(message, place, rested.open_until or rested.replies_until or now, outcome.verdict)
            case Verdict.LATER | Verdict.UNKNOWN:
                return Asked(message.id, place.platform, outcome.verdict, again=True)
        today = now.replace(hour=0, minute=0, second=0, microsecond=0)
        asking.resting.call(at, "lookup_refused", now, began=today, space=place.space)
        self.aside.send([envelope])
        return Asked(message.id, place.platform, "refused")

    def _later(self, message: Message, place: Place, until: datetime, why: str) -> Asked:
        """The account rests: the message does too, so that waiting does not use up its attempts."""
        self.waiting.hide(message.receipt, until - self.asking.now() + spread(message.id))
        return Asked(message.id, place.platform, why, again=True)
