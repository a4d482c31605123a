"""What a decision is given and what it says: types and bounded words, no rule."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Literal, Self

from tribune.budgets import Silence
from tribune.channel import ActKind
from tribune.charter.document import Step
from tribune.charter.findings import Vocabulary
from tribune.charter.reading import is_the_house, opens_with_a_person
from tribune.comment import Audience, Comment, Media, words_hash


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


class Unconfirmed(StrEnum):
    """What becomes of a provisional hide that nobody confirms in time."""

    RELEASE = "release"
    """It is shown again: who was hidden by a machine alone is not hidden for ever."""
    CALL = "call"
    """It stays hidden and the next person is called: danger is not republished by a timer."""


type Foreseen = Literal[Step.SUSPEND, Step.EXCLUDE]
"""The steps of a ladder that are proposed to people, in words: nothing of them stands ready to be carried out."""

type MachineKind = Literal[ActKind.REPLY, ActKind.PRIVATE, ActKind.HIDE]
"""All that a decision can ask for. To delete, to block, to suspend are acts of persons: no decision can even name them."""


@dataclass(frozen=True, slots=True)
class Act:
    """One thing to do on the platform, before voice turns `text` (a reply situation) into words."""

    kind: MachineKind
    purpose: str
    """For journal and metrics: `reminder`, `faq`, `spam`, `protect`, `provisional`, `flood`, `breach`, `withdraw`…"""
    leave: Leave
    text: str | None = None
    """The id of a reply situation in `words` (`reminder1.respect`, `faq`…), None for acts without words."""
    faq: str | None = None
    """The id of the FAQ entry that answers, for text `faq`."""
    urgent: bool = False
    """Protection: goes on while a thread is silent or paused (gravity 4, personal data)."""
    unconfirmed: Unconfirmed | None = None
    """A provisional hide: what becomes of it when no person confirms it. None for what is not provisional."""


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
    long_ago: bool = False
    """Said hours before we heard of it: a template out of the blue would be odd, a person answers."""
    thread_automatic: int = 0
    """Automatic messages already in the thread, sent or about to be."""
    post_automatic: int = 0
    """…under the post, this hour."""
    account_automatic: int = 0
    """…on the account, this hour."""
    explained: frozenset[str] = frozenset()
    """Clauses that a reminder of ours already cites in this thread: whoever is told again finds a short pointer."""
    thread_silent: bool = False
    """A person answered, or asked for a human, or an urgent case stands here: no messages by the machine."""
    already_reminded: bool = False
    """This very object was reminded before (an edit): never twice."""
    already_answered: bool = False
    """The machine answered this very object before (an edit): what it asks now is a person's to answer."""
    first_comment: bool = False
    newcomer: bool | None = None
    solicits: int | None = None
    """The engagement level that the post asks for, 1 to 3: whoever answers a question of ours deserves a follow-up."""
    told: frozenset[str] = frozenset()
    """Entries of the FAQ that were answered or put right in this thread: a fact is put right once."""
    covered: frozenset[str] = frozenset()
    """…that were answered under the post this hour, or that a person found there: enough for who reads on, in a flood."""


@dataclass(frozen=True, slots=True)
class Matter:
    """What a decision knows of the comment itself, besides the findings: never its words."""

    object: str
    words: str
    """`comment.words_hash` of the text."""
    audience: Audience = Audience.PUBLIC
    media: Media = Media.NONE
    to_member: bool = False
    """Said to another member: a reply to their comment, or with an @name that is not ours."""
    written_at: datetime | None = None
    """When the words were written; None: now."""

    @classmethod
    def of(cls, comment: Comment, *, answers_member: bool, vocabulary: Vocabulary) -> Self:
        """The matter of a comment; `answers_member`: it replies to somebody else's comment, not to ours.

        `vocabulary` tells our own names from those of persons.
        """
        to_persons = any(not is_the_house(name, vocabulary) for name in comment.tagged)
        return cls(
            object=comment.object,
            words=words_hash(comment.text),
            audience=comment.audience,
            media=comment.media,
            to_member=answers_member or to_persons or opens_with_a_person(comment.text, vocabulary),
            written_at=comment.posted_at,
        )


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
    unsaid: Silence | None = None
    """Why the machine does not say what it would have said by itself; None when it says it, or had nothing to say."""
    ground: str = "charter"
    """`charter`; without one `law` where gravity 4 is hidden, else `none`: nothing is held against anybody."""
    draft_faq: str | None = None
    """The FAQ entry that the draft answers with, for draft `faq`."""
    hostile: bool = False
    """Somebody is attacked here, or the name of who answers is demanded: in this thread nobody of the team is named."""
    foresees: Foreseen | None = None
    """What the charter foresees next and only people decide."""


SITUATIONS = frozenset(
    {
        # said by the machine, where a clause and the mode allow it
        "faq",
        "reminder1",
        "reminder1.respect",
        "reminder1.pointer",
        "protect.vie-privee",
        # about a clause, proposed to the CM
        "warning1",
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
        "human.name",
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
        # once somebody has reviewed a decision
        "appeal.won",
        # what the CM could say to everyone, proposed in the morning
        "lead.ask_back",
        "lead.floor",
        "lead.fact",
        "lead.redirect",
        "lead.answered_by_members",
        "lead.post",
    }
)
"""Every reply situation that a decision or a proposal can name: `words/<lang>/replies` has a text for each.

`reminder1` serves clauses without a reminder of their own, `reminder1.pointer` all those that a reminder already
cites in the thread. `warning1` tells whoever is hidden without a reminder that they are, and where the reason stands.
`protect.vie-privee` is the private notice that a
number was hidden; `protect.request` the same when the number came with a request (the CM answers both at
once); `protect.other` when it is somebody else's (it never asks for the data).
"""

REASONS = frozenset(
    {
        # before the charter
        "distress",
        "not_read",
        "hate",
        "threat",
        "grave",
        "doubtful",
        "discrimination",
        "insult_reported",
        "quoted_insult",
        "legal",
        "journalist",
        "safety",
        "harm",
        "no_charter",
        "detector_failed",
        # a clause is breached
        "spam",
        "own_data",
        "others_data",
        "flood",
        "insult_at_person",
        "attack_on_person",
        "scam",
        "proselytism",
        "off_topic",
        "undisclosed",
        "impersonation",
        "rate",
        "language",
        "neutrality",
        "reported",
        "breach",
        "breach_again",
        "last_warning",
        "after_last_warning",
        "still_breaching",
        # nothing is held against the words
        "human_request",
        "name_request",
        "condolences",
        "irony",
        "still_waiting",
        "criticism",
        "criticism_sourced",
        "complaint",
        "helps_member",
        "faq",
        "question",
        "participation",
        "sensitive_post",
        "praise",
        "loud",
        "message",
        "newcomer",
        "conversation",
        "nothing",
    }
)
"""Every reason a decision can give: `words/<lang>/reasons.yaml` has a sentence for each."""

DANGER = frozenset({"distress", "hate", "threat", "grave"})
"""The reasons that ring at any hour, and stand before everything else that waits."""

CALLS = frozenset(
    {
        "distress",
        "hate",
        "threat",
        "grave",
        "doubtful",
        "discrimination",
        "insult_reported",
        "legal",
        "journalist",
        "safety",
        "harm",
        "personal_data",
        "scam",
        "impersonation",
        "breach",
        "exclusion",
        "no_charter",
        "detector_failed",
    }
)
"""Every reason for which a decision calls a person: `words/<lang>/calls.yaml` has a sentence for each."""
