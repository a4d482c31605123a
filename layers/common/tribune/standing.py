"""An author's history in one community: what they said lately, what they were reminded of, what they asked for.

Pure. Strikes lapse and are checked when read; nothing here is a label on a person.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

REPETITION_WINDOW = timedelta(hours=24)
"""How far back the same words by the same person count as a repetition."""

RATE_WINDOW = timedelta(minutes=10)
"""Over how long the comments of one person are counted."""

NEWCOMER_KNOWLEDGE = timedelta(days=90)
"""Who is a newcomer is unknown until the community has this much history."""


@dataclass(frozen=True, slots=True)
class Strike:
    """A breach that counts on the ladder: under a clause that says so, and whose author was told.

    A friendly word is none: no notice that protects, no nudge, no redirection ever becomes a strike.
    """

    clause: str
    object: str
    at: datetime
    """When they were told, not when they wrote it."""


@dataclass(frozen=True, slots=True)
class Utterance:
    """That something was said, without the words: the hash, the object, when."""

    words: str
    object: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Standing:
    """What one author's history says at a moment; the empty Standing is an unknown author without history."""

    first_seen: datetime | None = None
    first_object: str | None = None
    """The object in which they were first heard, as far as that is remembered."""
    strikes: tuple[Strike, ...] = ()
    said: tuple[Utterance, ...] = ()
    waiting_since: datetime | None = None
    """Since when this person waits for a human answer; None when nobody owes them one."""
    human_requested_at: datetime | None = None
    automatic_today: int = 0
    """Automatic public messages to this person in the last 24 hours."""
    variants: frozenset[str] = field(default_factory=frozenset)
    """Texts (template and variant) sent to this person within 30 days."""

    def following(
        self, now: datetime, waiting: Iterable[datetime], automatic: Iterable[datetime], heard_at: datetime | None
    ) -> "Standing":
        """The same history, with what follows at a moment from what waits since when, what the machine said to them when,
        and when they wrote what a person answered last.
        """
        asked_at = self.human_requested_at
        heard = asked_at is not None and heard_at is not None and asked_at <= heard_at
        return replace(
            self,
            waiting_since=min(waiting, default=None),
            human_requested_at=None if heard else asked_at,
            automatic_today=sum(now - at < timedelta(days=1) for at in automatic),
        )

    def told_before(self, written_at: datetime, lapse_after: timedelta, *, besides: str) -> int:
        """On how many comments besides one their author had been told what the charter says, before they wrote that one.

        A strike lapses after `lapse_after` without another: that is the charter's promise (`commitments.strike_ttl`).
        It is looked at here, whenever it is asked; nothing has to run for it, and no order of arrival changes it.
        """
        earlier = {strike.object: strike.at for strike in self.strikes if strike.object != besides}
        told, since = 0, written_at
        for at in sorted((at for at in earlier.values() if at < written_at), reverse=True):
            if since - at >= lapse_after:
                break
            told, since = told + 1, at
        return told

    def repetitions(self, words: str, object_id: str, now: datetime) -> int:
        """How many other comments with the same words this author left within 24 hours before or after `now`."""
        return len(
            {
                said.object
                for said in self.said
                if said.words == words and said.object != object_id and abs(now - said.at) < REPETITION_WINDOW
            }
        )

    def rate(self, object_id: str, at: datetime) -> int:
        """How many other comments this author left within the ten minutes before `at`."""
        return len(
            {
                said.object
                for said in self.said
                if said.object != object_id and timedelta(0) <= at - said.at < RATE_WINDOW
            }
        )

    def is_newcomer(self, community_since: datetime | None, now: datetime) -> bool | None:
        """True or False when the community's history is long enough to tell, None while it is unknown."""
        if community_since is None or now - community_since < NEWCOMER_KNOWLEDGE:
            return None
        return self.first_seen is None
