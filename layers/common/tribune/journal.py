"""What is kept of a comment: the head item of its object, its actions, the thread, the case, the call.

A head is the decision, the outbox and the version at once. Every change carries `rev`: whoever writes
second reads again. No words of people stand here; they are in the text item, with a life of their own.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from tribune.channel import ActKind
from tribune.comment import Audience
from tribune.decision import Mode


class ActionState(StrEnum):
    """The life of one action. READY and SENDING are unfinished and stand in the index `due`."""

    READY = "READY"
    SENDING = "SENDING"
    SENT = "SENT"
    FAILED = "FAILED"
    UNCERTAIN = "UNCERTAIN"
    CANCELLED = "CANCELLED"
    PROPOSED = "PROPOSED"
    OBSERVED = "OBSERVED"


UNFINISHED = frozenset({ActionState.READY, ActionState.SENDING})


@dataclass(frozen=True, slots=True)
class Action:
    """One effect on the platform, decided once, carried out once."""

    id: str
    kind: ActKind
    purpose: str
    state: ActionState
    target: str
    created_at: datetime
    due_at: datetime
    """When somebody has to look at it next, while it is unfinished."""
    words: str | None = None
    """Hash of the text it sends; the text itself is a text item."""
    variant: str | None = None
    """Reply situation and variant, so that nobody reads the same sentence twice."""
    signed_by: str | None = None
    """The person who wrote or approved it; None when the machine speaks."""
    urgent: bool = False
    reply_token: str | None = None
    reply_token_at: datetime | None = None
    attempts: int = 0
    way: str = ""
    lease_until: datetime | None = None
    since: datetime | None = None
    """When the first attempt began."""
    platform_id: str | None = None
    """The platform's id of what was created (our reply)."""
    why: str = ""
    """Why it failed, waits or was cancelled: a bounded word."""
    withdraw: bool = False
    """Its ground is gone while it was being sent: take it back as soon as its fate is known."""
    done_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """The decision as it is kept: which words of which charter, what, why, under which mode."""

    measure: str
    reason: str
    mode: Mode
    clause: str | None = None
    clause_hash: str | None = None
    charter_version: int | None = None
    ground: str = "charter"
    detectors: tuple[str, ...] = ()
    strike: bool = False
    awaits_answer: bool = False
    at: datetime | None = None


class HeadKind(StrEnum):
    """Whose object it is."""

    COMMENT = "comment"
    REACTION = "reaction"
    OURS = "ours"
    """A message the machine or the desk sent."""
    TEAM = "team"
    """A message a person of the team sent from the platform's own application."""


@dataclass(frozen=True, slots=True)
class Head:
    """The head item of one object."""

    community: str
    platform: str
    account: str
    object: str
    kind: HeadKind
    v: str
    rev: int
    space: str
    thread: str
    post: str
    audience: Audience
    posted_at: datetime
    received_at: datetime
    author: str | None = None
    """HMAC of the author's id with the community's key."""
    parent: str | None = None
    url: str | None = None
    channel: str = "main"
    deleted: bool = False
    counted: tuple[str, int] | None = None
    """(kind, level) under which it was counted, None while it counts for nothing."""
    hour: str = ""
    """The hour of receipt in whose counter it stands."""
    verdict: Verdict | None = None
    actions: tuple[Action, ...] = ()
    reminded: bool = False
    case: bool = False
    language: str = "fr"
    confidential: bool = False
    expires: datetime | None = None
    """When the store may forget it (distress: 30 days)."""


class CaseState(StrEnum):
    """A case is open until a person settled it."""

    OPEN = "open"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Draft:
    """What the CM could say: prepared, never sent without them."""

    id: str
    kind: ActKind
    text: str
    variant: str = ""


@dataclass(frozen=True, slots=True)
class Case:
    """What waits for a person about one object."""

    community: str
    id: str
    platform: str
    account: str
    object: str
    thread: str
    space: str
    state: CaseState
    reason: str
    opened_at: datetime
    promise_at: datetime
    """When our own promise to answer runs out: the unanswered list is sorted by it."""
    rev: int
    clause: str | None = None
    drafts: tuple[Draft, ...] = ()
    awaits_answer: bool = False
    awaits_since: datetime | None = None
    closed_at: datetime | None = None
    closed_by: str | None = None
    promised: str | None = None
    """A promise the person made in the answer ("17 h"), as they wrote it."""
    remind_at: datetime | None = None
    """When the CM is reminded of that promise."""
    language: str = "fr"


class CallState(StrEnum):
    """READY, SENDING and SENT (until somebody takes it) stand in the index `due`."""

    READY = "READY"
    SENDING = "SENDING"
    SENT = "SENT"
    TAKEN = "TAKEN"
    CLOSED = "CLOSED"
    FAILED = "FAILED"


@dataclass(frozen=True, slots=True)
class Call:
    """One incident that a person is called for."""

    community: str
    id: str
    reason: str
    urgency: str
    state: CallState
    created_at: datetime
    due_at: datetime
    rev: int
    roles: tuple[str, ...] = ("cm",)
    platform: str | None = None
    account: str | None = None
    space: str | None = None
    thread: str | None = None
    objects: tuple[str, ...] = ()
    received_at: datetime | None = None
    """Received / known / acted: the clock that the law looks at (gravity 4)."""
    known_at: datetime | None = None
    acted_at: datetime | None = None
    sentence: str = ""
    """For alarms: what happened to the community, as the alarm's description says."""
    tried: tuple[str, ...] = ()
    """Who was reached so far, in order (person ids)."""
    lease_until: datetime | None = None
    taken_by: str | None = None
    taken_at: datetime | None = None
    attempts: int = 0
