"""breaches + standing + budgets -> Nothing | Draft | Lead | Remind | Hide | Escalate, each with its reason. Pure.

The types stand here; `decide` is the one door. What the mode and the ceiling do not allow to happen alone
is prepared for a person instead, never dropped.
"""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from tribune.channel import ActKind


class Measure(StrEnum):
    """What is done about a comment: the words of `tribune check --json` and of the journal."""

    NOTHING = "nothing"
    DRAFT = "draft"
    LEAD = "lead"
    REMIND = "remind"
    HIDE = "hide"
    ESCALATE = "escalate"


class Mode(StrEnum):
    """How far the machine may go: a community starts in observe."""

    OBSERVE = "observe"
    PROPOSE = "propose"
    ACT = "act"


class Leave(StrEnum):
    """How an act leaves us."""

    ALONE = "alone"
    """The machine carries it out by itself."""
    PROPOSED = "proposed"
    """It waits on the case for a person."""
    OBSERVED = "observed"
    """Mode observe: shown as what would have been done, never carried out."""


class Urgency(StrEnum):
    """How a call treats the hour: gravity 4, distress and red climate ring at any time."""

    DIGEST = "digest"
    HOURS = "hours"
    NOW = "now"


@dataclass(frozen=True, slots=True)
class Act:
    """One thing to do on the platform, before voice turns `text` (a reply situation) into words."""

    kind: ActKind
    purpose: str
    """`reminder`, `faq`, `spam`, `protect`, `provisional`, `flood`, `withdraw`, `restore`…: bounded, for journal and metrics."""
    leave: Leave
    text: str | None = None
    """The id of a reply situation in `words` (`reminder1.respect`, `faq`, `protect.vie-privee`…), None for acts without words."""
    faq: str | None = None
    """The id of the FAQ entry that answers, for text `faq`."""
    urgent: bool = False
    """Protection: goes on while a thread is silent or paused (gravity 4, personal data)."""


@dataclass(frozen=True, slots=True)
class CallWish:
    """That somebody must be called, and about what; grouped into one call per incident."""

    reason: str
    """`threat`, `hate`, `distress`, `discrimination`, `legal`, `no_charter`…: keys of `words/<lang>/calls.yaml`."""
    urgency: Urgency
    roles: tuple[str, ...] = ("cm",)
    """`cm`, and `smm` where the social media manager is called too."""
    per_object: bool = True
    """True: a call of its own (gravity 4, distress); False: one call per reason and day (no charter)."""


@dataclass(frozen=True, slots=True)
class Situation:
    """Everything around the comment that a decision depends on, besides its words and its author."""

    now: datetime
    mode: Mode = Mode.OBSERVE
    clause_modes: dict[str, Mode] = field(default_factory=dict)
    """A clause switched further (or less far) than the community, by a person's decision."""
    hide_gravity_4: bool = True
    """The one exception to observe, on by default: gravity 4 is hidden provisionally."""
    can: frozenset[ActKind] = frozenset(ActKind)
    trusted_link: bool = True
    """Is there a CharterBaseUrl of the brand's own? Without one no automatic public reminder leaves."""
    sensitive_post: bool = False
    contest: bool = False
    climate: str = "green"
    thread_automatic: int = 0
    """Automatic messages already in the thread, sent or about to be."""
    thread_silent: bool = False
    """A person answered, or asked for a human, or an urgent case stands here: no messages by the machine."""
    already_reminded: bool = False
    """This very object was reminded before (an edit): never twice."""
    first_comment: bool = False
    newcomer: bool | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """What was decided and why; `acts` is what follows on the platform, `leave` said for each."""

    measure: Measure
    reason: str
    """A bounded word (`insult_at_person`, `criticism`, `irony`, `distress`…): keys of `words/<lang>/reasons.yaml`."""
    clause: str | None = None
    """The id of the clause that was cited, None when nothing is held against the words."""
    acts: tuple[Act, ...] = ()
    draft: str | None = None
    """The reply situation prepared for the CM (`draft.complaint`, `draft.irony`…), None when nothing is drafted."""
    draft_kind: ActKind = ActKind.REPLY
    """`reply` in public or `private`."""
    case: bool = False
    """Does this open a case for the CM (drafts, questions and complaints without a human answer, escalations)?"""
    strike: bool = False
    silence_thread: bool = False
    """The machine says nothing more in this thread (urgent case, a human was asked for)."""
    silence_person: bool = False
    """…nor to this person."""
    calls: tuple[CallWish, ...] = ()
    detectors: tuple[str, ...] = ()
    confidential: bool = False
    """Distress: nothing in standing, reports or chat text; the record is kept 30 days."""
    awaits_answer: bool = False
    """A question or a complaint that a person should answer: belongs in `unanswered`."""
    ground: str = "charter"
    """`charter`, or `law` when no charter is published and gravity 4 is hidden."""


SITUATIONS = frozenset(
    {
        # said by the machine, where a clause and the mode allow it
        "faq",
        "reminder1",
        "reminder1.respect",
        "protect.vie-privee",
        # about a clause, proposed to the CM
        "reminder1.flood",
        "warning2",
        "warning3.final",
        "protect.request",
        "protect.other",
        "redirect.hors-sujet",
        "disclosure.nudge",
        "reserve",
        # what the CM could say
        "thanks",
        "thanks.help",
        "welcome",
        "criticism",
        "human.requested",
        "care.distress",
        "draft.complaint",
        "draft.irony",
        "draft.facts",
        "draft.waiting",
        "draft.question",
        "draft.message",
        "draft.conversation",
        "draft.discrimination",
        "draft.victim",
        "draft.legal",
        "draft.journalist",
        "draft.harm",
        "draft.safety",
        "draft.condolences",
    }
)
"""Every reply situation that a decision can name: `words/<lang>/replies` has a text for each, a test says so.

`reminder1` serves clauses without a reminder of their own. `protect.vie-privee` is the private notice that a
number was hidden; `protect.request` the same when the number came with a request (the CM answers both at
once); `protect.other` when it is somebody else's (it never asks for the data).
"""
