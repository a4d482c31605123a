"""An author's history in one community: what they said lately, what they were reminded of, what they asked for.

Pure. Strikes lapse and are checked when read; nothing here is a label on a person.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

STRIKES_LAPSE_AFTER = timedelta(days=90)
"""`facts`: a reminder lapses after 90 days without a breach; the charter's clause 17 says so to members."""

REPETITION_WINDOW = timedelta(hours=24)
"""How far back the same words by the same person count as a repetition."""

RATE_WINDOW = timedelta(minutes=10)
"""Over how long the comments of one person are counted."""

NEWCOMER_KNOWLEDGE = timedelta(days=90)
"""Who is a newcomer is unknown until the community has this much history."""


@dataclass(frozen=True, slots=True)
class Strike:
    """A breach that counts on the ladder: a reminder, a hide with notice."""

    clause: str
    object: str
    at: datetime


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
    strikes: tuple[Strike, ...] = ()
    said: tuple[Utterance, ...] = ()
    waiting_since: datetime | None = None
    """Since when this person waits for a human answer; None when nobody owes them one."""
    human_requested_at: datetime | None = None
    last_automatic_at: datetime | None = None
    automatic_today: int = 0
    """Automatic public messages to this person in the last 24 hours."""
    variants: frozenset[str] = field(default_factory=frozenset)
    """Texts (template and variant) sent to this person within 30 days."""

    def active_strikes(self, now: datetime) -> tuple[Strike, ...]:
        """The strikes that have not lapsed at `now`."""
        return tuple(strike for strike in self.strikes if now - strike.at < STRIKES_LAPSE_AFTER)

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
