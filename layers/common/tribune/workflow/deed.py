"""deed: one event with where it came from, and the ground a community gives to a decision about it."""

import hashlib
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from tribune.channel import ActKind, Card
from tribune.charter import PublishedCharter, Reader
from tribune.comment import Audience, Comment, Reaction, Said
from tribune.community import Community
from tribune.decision import DANGER, Mode
from tribune.journal import Action, ActionState
from tribune.workflow.shadow import Shadow
from tribune.workflow.worksheet import ObjectId, ThreadId

WAKE_AGAIN_AFTER = timedelta(seconds=60)
"""A wake-up message that got lost costs at most this (and the minute between two rounds of keep_watch)."""
WORDS_KEPT = timedelta(days=30)
EVIDENCE_KEPT = timedelta(days=396)
NO_WEATHER = DANGER | {"spam", "participation"}
"""Reasons that say nothing of the climate: matters of their own, advertisements, the entries of a contest."""
SPEAKING = (ActKind.REPLY, ActKind.PRIVATE)
_NAMES = uuid.UUID("6f0c8f4e-4d0e-5a55-9a3c-6e1d6a1f9a10")


@dataclass(frozen=True, slots=True)
class Deed:
    """One event, with where it came from."""

    said: Said
    community: str
    space: str
    channel: str
    received_at: datetime
    fetched: bool = False
    """Nobody delivered it, we asked for it."""
    root: str | None = None
    """The thread that the answered comment belongs to, where the platform names only that comment (Facebook)."""

    @property
    def at(self) -> ObjectId:
        """The object it is about."""
        return (self.community, self.said.platform, self.said.account, self.said.object)

    @property
    def answers(self) -> ObjectId | None:
        """The comment it answers, None at top level."""
        parent = self.said.parent if isinstance(self.said, Comment) else None
        return (*self.at[:3], parent) if parent else None


class Outcome:
    """What became of an event, for the metrics."""

    DUPLICATE = "duplicate"
    DECIDED = "decided"
    RECORDED = "recorded"


@dataclass(frozen=True, slots=True)
class Ground:
    """What the community brings to a decision."""

    community: Community
    charter: PublishedCharter | None
    """The version in force when the words were written; None: none was, or it cannot be read."""
    reader: Reader
    card: Card
    pseudonym: Callable[[str], str]
    """HMAC with the community's key."""
    law: Callable[[], Reader]
    """Reads as if there were no charter: what the packaged words of the law find."""
    braked: frozenset[str] = frozenset()
    """Clauses that the brake holds under this version."""
    shadow: Shadow | None = None
    """The version on trial."""

    @property
    def clause_modes(self) -> dict[str, Mode]:
        """How far each clause may go: as people set it, and under the brake never further than to propose."""
        modes = self.community.modes
        acting = (clause for clause in self.braked if modes.clauses.get(clause, modes.default) is Mode.ACT)
        return modes.clauses | dict.fromkeys(acting, Mode.PROPOSE)


def author_of(comment: Comment, ground: Ground) -> str | None:
    """The pseudonym of an author, None where the platform withholds the id."""
    return ground.pseudonym(comment.author.id) if comment.author.id else None


def known_as(said: Comment | Reaction, ground: Ground) -> frozenset[str]:
    """Every name under which a list may hold the author: the platform's id, alone or after its platform, and ours."""
    who = said.author.id
    return frozenset({who, f"{said.platform}:{who}", ground.pseudonym(who)}) if who else frozenset()


def thread_at(deed: Deed, ground: Ground) -> ThreadId:
    """The thread an event is kept under: a private conversation is named after a person, so it gets a pseudonym."""
    said = deed.said
    private = isinstance(said, Comment) and said.audience is Audience.PRIVATE
    thread = ground.pseudonym(said.thread.id) if private else deed.root or said.thread.id
    return (deed.community, said.platform, said.account, thread)


def named(*parts: str) -> str:
    """A UUID that the same cause always gives again: ids of actions and drafts."""
    return str(uuid.uuid5(_NAMES, "|".join(parts)))


def act_due(action_id: str, kind: ActKind, purpose: str, target: str, now: datetime) -> Action:
    """An act that waits to be carried out; whatever else it says is its caller's to add. The same id is the same act."""
    return Action(
        id=action_id,
        kind=kind,
        purpose=purpose,
        state=ActionState.READY,
        target=target,
        created_at=now,
        due_at=now + WAKE_AGAIN_AFTER,
    )


def case_id(at: ObjectId) -> str:
    """The short name of a case, the same for ever: what a CM types."""
    return hashlib.sha256("|".join(at).encode()).hexdigest()[:10]


def clause_link(community: Community, version: int, language: str, number: int) -> str:
    """The public address of a clause in one version of the charter."""
    return f"{community.charter_base_url.rstrip('/')}/charter/{community.id}/v{version}/{language}#article-{number}"


def hour_of(moment: datetime) -> str:
    """The counter's hour: of receipt, in UTC."""
    return moment.strftime("%Y-%m-%dT%H")
