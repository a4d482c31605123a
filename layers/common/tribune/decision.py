"""breaches + standing + budgets -> Nothing | Draft | Lead | Remind | Hide | Escalate, each with its reason. Pure.

The types stand here; `decide` is the one door. What the mode and the ceiling do not allow to happen alone
is prepared for a person instead, never dropped.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from functools import cached_property
from typing import Literal, Self

from tribune.budgets import FLOODS, UNQUIET, Silence, over
from tribune.channel import ActKind
from tribune.charter.document import Ceiling, Charter, Clause, Family, FirstAction, Gravity, Step
from tribune.charter.findings import Breach, Findings, Signal
from tribune.comment import Audience, Comment, Media, words_hash
from tribune.standing import Standing


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
    first_comment: bool = False
    newcomer: bool | None = None
    solicits: int | None = None
    """The engagement level that the post asks for, 1 to 3: whoever answers a question of ours deserves a follow-up."""
    told: frozenset[str] = frozenset()
    """Entries of the FAQ that were answered or put right in this thread: a fact is put right once."""


@dataclass(frozen=True, slots=True)
class Matter:
    """What a decision knows of the comment itself, besides the findings: never its words."""

    object: str
    words: str
    """`comment.words_hash` of the text."""
    audience: Audience = Audience.PUBLIC
    media: Media = Media.NONE
    to_member: bool = False
    """Said to another member: a reply to their comment, or with an @name."""
    written_at: datetime | None = None
    """When the words were written; None: now."""

    @classmethod
    def of(cls, comment: Comment, *, answers_member: bool) -> Self:
        """The matter of a comment; `answers_member`: it replies to somebody else's comment, not to ours."""
        return cls(
            object=comment.object,
            words=words_hash(comment.text),
            audience=comment.audience,
            media=comment.media,
            to_member=answers_member or bool(comment.tagged) or comment.text.lstrip().startswith("@"),
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
cites in the thread. `protect.vie-privee` is the private notice that a
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


@dataclass(frozen=True)
class _View:
    """Everything that a rule may look at."""

    matter: Matter
    findings: Findings
    standing: Standing
    situation: Situation
    charter: Charter | None
    freely: bool = False
    """What would be decided if nothing made the machine silent?"""

    def says(self, *signals: Signal) -> bool:
        """True when the text carries one of these signals."""
        return not self.findings.signals.isdisjoint(signals)

    @property
    def private(self) -> bool:
        return self.matter.audience is Audience.PRIVATE

    @property
    def can_hide(self) -> bool:
        """In a private thread there is nobody to hide from."""
        return not self.private and ActKind.HIDE in self.situation.can

    @property
    def privately(self) -> ActKind:
        """How a person is spoken to alone; on a platform without private messages the CM chooses where to say it."""
        return ActKind.PRIVATE if not self.private and ActKind.PRIVATE in self.situation.can else ActKind.REPLY

    @cached_property
    def held(self) -> tuple[tuple[Breach, Clause], ...]:
        """The breaches that a clause in force holds against these words in this place, most grave first."""
        if self.charter is None:
            return ()
        pairs = ((breach, self.charter.clause(breach.clause)) for breach in self.findings.breaches)
        return tuple((breach, clause) for breach, clause in pairs if clause and clause.applies_in(private=self.private))

    def sure_of(self, clause: Clause) -> bool:
        """Does this clause hold something besides doubts and suggestions?"""
        return any(not breach.doubtful for breach, held in self.held if held is clause)

    @property
    def wants_a_name(self) -> bool:
        """Does somebody want to know who answers for us? What members ask one another is theirs."""
        return self.says(Signal.NAME_REQUEST) and not self.matter.to_member

    @cached_property
    def ironic(self) -> bool:
        """Praise with a word of grievance: « Bravo, encore 3 semaines de retard »."""
        return self.says(Signal.PRAISE, Signal.THANKS) and self.says(*COMPLAINS)

    @property
    def waits(self) -> bool:
        """True of a person who waits for our answer, or says so."""
        return self.standing.waiting_since is not None or self.says(Signal.STILL_WAITING)

    @cached_property
    def delicate(self) -> bool:
        """Here every step belongs to a person, except protection."""
        return (
            self.ironic
            or self.says(*NEVER_AUTOMATIC)
            or self.situation.sensitive_post
            or self.situation.thread_silent
            or self.standing.human_requested_at is not None
        )

    @cached_property
    def may_speak(self) -> bool:
        """May a message leave without a person? Never in a delicate place, and only so many."""
        return self.freely or self.silence is None

    @cached_property
    def silence(self) -> Silence | None:
        """Why no message may leave here without a person; None when one may."""
        situation = self.situation
        reasons = {
            Silence.SUBJECT: self.ironic or self.says(*NEVER_AUTOMATIC),
            Silence.SENSITIVE: situation.sensitive_post,
            Silence.THREAD_SILENT: situation.thread_silent,
            Silence.HUMAN: self.standing.human_requested_at is not None,
            Silence.LONG_AGO: situation.long_ago,
            Silence.CLIMATE: situation.climate in UNQUIET,
        }
        return next((reason for reason, holds in reasons.items() if holds), None) or over(
            thread=situation.thread_automatic,
            person=self.standing.automatic_today,
            post=situation.post_automatic,
            account=situation.account_automatic,
            private=self.private,
        )

    def leave(self, clause: str | None, kind: MachineKind, *, alone: bool, danger: bool = False) -> Leave:
        """How an act leaves: the one place where ceilings and modes are looked at.

        `alone`: nothing about these words forbids it. `danger`: gravity 4, hidden unasked in every mode, which is
        the one exception. No setting goes further than the charter that people agreed to.
        """
        unlimited = clause is None or self.charter is None
        permitted = alone and (unlimited or self._under_the_ceiling(str(clause), kind, danger=danger))
        if danger and permitted and self.situation.hide_gravity_4:
            return Leave.ALONE
        mode = self.situation.clause_modes.get(clause, self.situation.mode) if clause else self.situation.mode
        if self.charter is not None:
            mode = min(mode, Mode(self.charter.mode), key=tuple(Mode).index)
        if mode is Mode.OBSERVE:
            return Leave.OBSERVED
        return Leave.ALONE if permitted and mode is Mode.ACT else Leave.PROPOSED

    def _under_the_ceiling(self, clause_id: str, kind: MachineKind, *, danger: bool) -> bool:
        """Does the clause let the machine do this alone at all?

        Members read that a machine may hide what is grave provisionally: below that, `partial` reminds and no more.
        """
        clause = self.charter.clause(clause_id) if self.charter else None
        if clause is None or clause.gravity is None:
            return False
        may_remind = clause.gravity <= Gravity.REMINDER
        match clause.ceiling:
            case Ceiling.FULL:
                return may_remind or kind is not ActKind.REPLY
            case Ceiling.PARTIAL:
                grave = danger or clause.gravity >= Gravity.GRAVE
                return may_remind if kind is ActKind.REPLY else grave and kind is ActKind.HIDE
            case Ceiling.PROPOSE | Ceiling.NONE:
                return False


type Rule = Callable[[_View], Decision | None]
"""A rule looks, and either decides or passes on (None)."""

COMPLAINS = (Signal.GRIEVANCE, Signal.CRITICISM, Signal.STILL_WAITING)
"""Something went wrong for this person: no courtesy, no template, an answer."""

ATTACKS = frozenset({"accusation_at_person", "hate", "incitement", "insult_addressed", "insult_at_person", "threat"})
"""Detectors of what is aimed at people: after it a thread is hostile."""

NEVER_AUTOMATIC = (
    Signal.DISTRESS,
    Signal.HARM,
    Signal.SAFETY,
    Signal.RIP,
    Signal.DISCRIMINATION,
    Signal.QUOTED_INSULT,
    Signal.LEGAL_THREAT,
    Signal.JOURNALIST,
    Signal.HUMAN_REQUEST,
    Signal.NAME_REQUEST,
)
"""Subjects on which a machine never speaks, and never acts alone except to protect."""

SPAM_SIGNALS = 2
"""Independent signals that a silent hide needs."""

GRAVE_REASONS = {"haine": "hate", "menace": "threat"}
REASONS_BY_CLAUSE = {
    "diffamation": "attack_on_person",
    "escroquerie": "scam",
    "respect": "insult_at_person",
    "neutralite": "proselytism",
    "hors-sujet": "off_topic",
    "transparence": "undisclosed",
}
"""Why, for the clauses of the model charter; for a clause of another charter `breach`, `grave` at gravity 4."""
REASONS_BY_DETECTOR = {
    "impersonation": "impersonation",
    "lookalike_link": "impersonation",
    "language": "language",
    "neutrality": "neutrality",
    "off_topic": "off_topic",
    "rate": "rate",
    "reports": "reported",
    "undisclosed": "undisclosed",
}
"""Why, where the detector says it better than the clause that it watches for."""


def is_hostile(*, attacked: bool, climate: str) -> bool:
    """Does the brand alone sign in a thread? `attacked`: what a decision there said of it (`Decision.hostile`)."""
    return attacked or climate in UNQUIET


def decide(
    matter: Matter,
    findings: Findings,
    standing: Standing,
    situation: Situation,
    charter: Charter | None,
) -> Decision:
    """What is done about a comment: the first of `RULES` that has something to say decides.

    `charter` is what members were shown and was in force when the words were written; None when none was published
    or it cannot be read: then nothing is held against anybody (law 1) and nothing goes out alone, gravity 4 excepted.
    """
    view = _View(matter, findings, standing, situation, charter)
    decision = _accounted(view, _first_of_the_rules(view))
    decision = _for_a_person(view, _unsure(view, decision))
    return _without_charter(view, decision) if charter is None else decision


def _first_of_the_rules(view: _View) -> Decision:
    return next((made for rule in RULES if (made := rule(view)) is not None), Decision(Measure.NOTHING, "nothing"))


def _accounted(view: _View, decision: Decision) -> Decision:
    """Where the machine would have spoken by itself and does not, the decision says why.

    What it may not say is drafted for a person. In a flood it is not: nobody reads ten thousand drafts of one answer,
    and one call says what is going on (`weigh`). Whatever else these words ask for is done all the same.
    """
    if view.silence is None or not any(act.text and act.leave is Leave.PROPOSED for act in decision.acts):
        return decision
    freely = _first_of_the_rules(replace(view, freely=True))
    if not any(act.text and act.leave is Leave.ALONE for act in freely.acts):
        return decision
    if view.silence not in FLOODS:
        return replace(decision, unsaid=view.silence)
    rest = tuple(act for act in freely.acts if not act.text)
    return replace(
        freely, measure=freely.measure if rest else Measure.NOTHING, acts=rest, strike=False, unsaid=view.silence
    )


# --- before the charter -------------------------------------------------------------------------------------


def distress(view: _View) -> Decision | None:
    """13. Distress comes before everything: a person is called at any hour; never hidden, no clause, no strike."""
    if not view.says(Signal.DISTRESS):
        return None
    return Decision(
        Measure.ESCALATE,
        "distress",
        draft="care.distress",
        draft_kind=view.privately,
        silence_thread=True,
        calls=(CallWish("distress", Urgency.NOW),),
        confidential=True,
        awaits_answer=True,
    )


def unread(view: _View) -> Decision | None:
    """8. What holds no words the machine can read is listed as such, never as clean."""
    if view.matter.media is Media.NONE or view.findings.words:
        return None
    return Decision(Measure.NOTHING, "not_read", case=True)


def grave(view: _View) -> Decision | None:
    """15. Gravity 4 is hidden provisionally, also in observe, and calls at any hour; a person confirms or restores.

    Not when the words may be a victim's: see `victim`. No strike before a person confirmed. What is said with a
    laugh, or in words that also mean something harmless, is a person's to judge: nothing leaves alone.
    """
    dangers = [breach for breach in view.findings.breaches if breach.gravity >= Gravity.DANGER]
    breach = next((breach for breach in dangers if not breach.doubtful), dangers[0] if dangers else None)
    if breach is None or (view.charter is not None and not any(held is breach for held, _ in view.held)):
        return None
    reason = GRAVE_REASONS.get(breach.clause, "grave")
    if view.says(Signal.QUOTED_INSULT) or (reason == "hate" and view.says(Signal.DISCRIMINATION)):
        return None
    clause = breach.clause if view.charter is not None else None
    if breach.doubtful:
        return _doubtful(view, clause)
    leave = view.leave(breach.clause, ActKind.HIDE, alone=True, danger=True)
    hide = Act(ActKind.HIDE, "provisional", leave, urgent=True, unconfirmed=Unconfirmed.CALL)
    return Decision(
        Measure.HIDE if view.can_hide else Measure.ESCALATE,
        reason,
        clause=clause,
        acts=(hide,) if view.can_hide else (),
        case=True,
        silence_thread=True,
        calls=(CallWish(reason, Urgency.NOW),),
        ground="charter" if clause else "law",
    )


def _doubtful(view: _View, clause: str | None) -> Decision:
    """Grave if it is meant: a person judges, in presence hours; the hide stands ready."""
    hide = Act(ActKind.HIDE, "provisional", view.leave(clause, ActKind.HIDE, alone=False))
    return Decision(
        Measure.ESCALATE,
        "doubtful",
        clause=clause,
        acts=(hide,) if view.can_hide else (),
        silence_thread=True,
        calls=(CallWish("doubtful", Urgency.HOURS),),
        ground="charter" if clause else "law",
    )


def victim(view: _View) -> Decision | None:
    """2. Who quotes an insult, or reports discrimination, is never silenced; CM and social media manager are called."""
    quotes = view.says(Signal.QUOTED_INSULT)
    if view.says(Signal.DISCRIMINATION) or (quotes and view.findings.gravity >= Gravity.DANGER):
        return _escalation(view, "discrimination", "draft.discrimination")
    if quotes and view.says(*COMPLAINS):
        return _escalation(view, "insult_reported", "draft.victim")
    return None


def outside_the_charter(view: _View) -> Decision | None:
    """4 and 14. Legal threat, journalist, harm, safety: a person speaks, nothing is hidden."""
    for signal, reason in (
        (Signal.LEGAL_THREAT, "legal"),
        (Signal.JOURNALIST, "journalist"),
        (Signal.SAFETY, "safety"),
        (Signal.HARM, "harm"),
    ):
        if view.says(signal) and not (signal is Signal.HARM and view.says(Signal.RIP)):
            return _escalation(view, reason, f"draft.{reason}")
    return None


# --- hides that protect or clean ----------------------------------------------------------------------------


def spam(view: _View) -> Decision | None:
    """3. Spam is hidden without a word when two independent signals agree; otherwise the hide is proposed."""
    held = [(breach, clause) for breach, clause in view.held if clause.silent]
    if not held:
        return None
    breach, clause = max(held, key=lambda pair: pair[0].independent)
    sure = breach.independent >= SPAM_SIGNALS and not breach.doubtful
    if not sure and any(breach.whose for breach, _ in view.held):
        return None
    if not view.can_hide:
        return _cannot(view, "spam", clause)
    leave = view.leave(clause.id, ActKind.HIDE, alone=sure and not view.delicate)
    hide = Act(ActKind.HIDE, "spam", leave, unconfirmed=_if_unconfirmed(clause))
    return Decision(Measure.HIDE, "spam", clause=clause.id, acts=(hide,))


def contact_data(view: _View) -> Decision | None:
    """16. The author's own contact data is hidden to protect them; somebody else's too, and a person looks.

    The only private reply is not spent on a notice when the comment is also a request: the CM answers both.
    """
    held = [pair for pair in view.held if pair[0].whose or pair[1].first_action is FirstAction.PROTECT]
    if not held:
        return None
    others = any(breach.whose == "other" for breach, _ in held)
    clause = held[0][1]
    if not view.can_hide:
        return _cannot(view, "others_data" if others else "own_data", clause)
    doubtful = any(clause.silent for _, clause in view.held)
    sure = view.sure_of(clause)
    leave = view.leave(clause.id, ActKind.HIDE, alone=sure and not view.says(Signal.QUOTED_INSULT))
    hide = Act(ActKind.HIDE, "protect", leave, urgent=True, unconfirmed=_if_unconfirmed(clause))
    if others:
        return Decision(
            Measure.HIDE,
            "others_data",
            clause=clause.id,
            acts=(hide,),
            draft="protect.other",
            draft_kind=view.privately,
            calls=(CallWish("personal_data", Urgency.HOURS),),
        )
    if view.says(Signal.CONTACT_REQUEST, Signal.QUESTION, Signal.HUMAN_REQUEST, *COMPLAINS) and not doubtful:
        return Decision(
            Measure.HIDE,
            "own_data",
            clause=clause.id,
            acts=(hide,),
            draft="protect.request",
            draft_kind=view.privately,
            awaits_answer=True,
        )
    note = view.leave(clause.id, ActKind.PRIVATE, alone=sure and view.may_speak and not doubtful)
    notice = (Act(ActKind.PRIVATE, "protect", note, text="protect.vie-privee"),)
    return Decision(
        Measure.HIDE,
        "own_data",
        clause=clause.id,
        acts=(hide, *(notice if ActKind.PRIVATE in view.situation.can else ())),
    )


def name_request(view: _View) -> Decision | None:
    """Nobody of the team is named on demand: the draft says who answers without saying their name."""
    if not view.wants_a_name:
        return None
    return Decision(Measure.DRAFT, "name_request", draft="human.name", awaits_answer=True)


def human_request(view: _View) -> Decision | None:
    """18. Whoever asks for a human gets one: the machine falls silent for this person and in this thread."""
    if not view.says(Signal.HUMAN_REQUEST):
        return None
    return Decision(Measure.DRAFT, "human_request", draft="human.requested", awaits_answer=True)


def copies(view: _View) -> Decision | None:
    """8. Of the same words said again and again one stays; never those of somebody who waits for our answer."""
    found = next((clause for _, clause in view.held if clause.first_action is FirstAction.HIDE_COPIES), None)
    repeated = view.standing.repetitions(view.matter.words, view.matter.object, view.situation.now)
    if view.waits and (found or repeated) and all(clause is found for _, clause in view.held):
        return _still_waiting()
    if found is None or view.waits:
        return None
    sure = repeated > 0 and not view.says(*COMPLAINS, Signal.QUESTION)
    if not view.can_hide:
        return _cannot(view, "flood", found)
    leave = view.leave(found.id, ActKind.HIDE, alone=sure and not view.delicate)
    hide = Act(ActKind.HIDE, "flood", leave, unconfirmed=_if_unconfirmed(found))
    return Decision(Measure.HIDE, _why(view, found, otherwise="flood"), clause=found.id, acts=(hide,))


# --- the ladder ---------------------------------------------------------------------------------------------


def prepared_only(view: _View) -> Decision | None:
    """Clauses about which the charter announces no measure: the CM finds a word prepared.

    Who forgot to say that they are of the house is told so alone: where nobody can be, nothing is prepared.
    """
    found = _worst(view)
    if found is None or found.first_action not in PREPARED_ONLY:
        return None
    draft, kind = PREPARED_ONLY[found.first_action]
    if kind is ActKind.PRIVATE and not view.private and kind not in view.situation.can:
        return Decision(Measure.DRAFT, _why(view, found), clause=found.id, case=True)
    return Decision(
        Measure.DRAFT,
        _why(view, found),
        clause=found.id,
        draft=draft,
        draft_kind=view.privately if kind is ActKind.PRIVATE else kind,
        awaits_answer=view.says(*COMPLAINS, Signal.QUESTION),
    )


def again(view: _View) -> Decision | None:
    """A comment is reminded of the charter once, edits included; breaching still, it goes to the CM."""
    found = _worst(view)
    if found is None or not view.situation.already_reminded:
        return None
    return Decision(Measure.ESCALATE, "still_breaching", clause=found.id)


def ladder(view: _View) -> Decision | None:
    """1, 10 and 17. The clause's first action, then each step of the ladder that the charter announces.

    Nothing here deletes, suspends or excludes. A step is climbed only by somebody who had been told of the one before.
    """
    clause = _worst(view)
    if clause is None or view.charter is None:
        return None
    written_at = view.matter.written_at or view.situation.now
    lapse_after = view.charter.commitments.strike_ttl.lasting
    told = view.standing.told_before(written_at, lapse_after, besides=view.matter.object)
    if not told or not clause.ladder:
        return _first(view, clause)
    match clause.ladder[min(told, len(clause.ladder)) - 1]:
        case Step.REMIND:
            return _remind(view, clause)
        case Step.HIDE_AND_REMIND:
            return _hide_and_tell(view, clause, "breach_again", "warning2")
        case Step.LAST_WARNING:
            return _hide_and_tell(view, clause, "last_warning", "warning3.final")
        case (Step.SUSPEND | Step.EXCLUDE) as step:
            return _for_people(view, clause, step)


def _first(view: _View, clause: Clause) -> Decision:
    """What the charter announces for a first breach."""
    if clause.first_action is FirstAction.REMIND:
        return _remind(view, clause)
    return _hide_and_tell(view, clause, _why(view, clause), _own_text("reminder1", clause))


def _worst(view: _View) -> Clause | None:
    """The clause of the gravest breach that asks for more than a note."""
    return next((clause for _, clause in view.held if clause.first_action is not FirstAction.NOTE), None)


def _remind(view: _View, clause: Clause) -> Decision:
    """The first reminder: public, citing the clause; the comment stays. Alone only behind a link people trust."""
    reason = _why(view, clause)
    if ActKind.REPLY not in view.situation.can:
        return _cannot(view, reason, clause)
    alone = view.sure_of(clause) and view.may_speak and (view.situation.trusted_link or view.private)
    leave = view.leave(clause.id, ActKind.REPLY, alone=alone)
    return Decision(
        Measure.REMIND,
        reason,
        clause=clause.id,
        acts=(Act(ActKind.REPLY, "reminder", leave, text=_reminder(view, clause)),),
        strike=clause.strike and leave is Leave.ALONE,
        awaits_answer=view.says(*COMPLAINS, Signal.QUESTION),
    )


def _hide_and_tell(view: _View, clause: Clause, reason: str, text: str) -> Decision:
    """A hide, provisional where the ceiling is partial, and what the person is told in private, always through the CM.

    A last warning is a person's, and so is every step against somebody who also complains: criticism stays.
    """
    if not view.can_hide:
        return _cannot(view, reason, clause)
    harmless = not view.delicate and not view.says(*COMPLAINS)
    alone = view.sure_of(clause) and reason != "last_warning" and harmless
    leave = view.leave(clause.id, ActKind.HIDE, alone=alone)
    hide = Act(ActKind.HIDE, "breach", leave, unconfirmed=_if_unconfirmed(clause))
    escalates = clause.first_action is FirstAction.HIDE_AND_ESCALATE
    return Decision(
        Measure.HIDE,
        reason,
        clause=clause.id,
        acts=(hide,),
        draft=text,
        draft_kind=view.privately,
        calls=(CallWish(reason if reason in CALLS else "breach", Urgency.HOURS),) if escalates else (),
        awaits_answer=view.says(*COMPLAINS, Signal.QUESTION),
    )


def _if_unconfirmed(clause: Clause) -> Unconfirmed | None:
    """12. Under a partial ceiling a person confirms: what the law forbids, and danger, no timer ever shows again."""
    if clause.ceiling is not Ceiling.PARTIAL:
        return None
    danger = clause.family is Family.LAW or clause.gravity is Gravity.DANGER
    return Unconfirmed.CALL if danger else Unconfirmed.RELEASE


def _for_people(view: _View, clause: Clause, step: Foreseen) -> Decision:
    """A suspension, an exclusion: people are told what the charter foresees, two of them for an exclusion."""
    hide = Act(ActKind.HIDE, "breach", view.leave(clause.id, ActKind.HIDE, alone=False))
    return Decision(
        Measure.ESCALATE,
        "after_last_warning",
        clause=clause.id,
        acts=(hide,) if view.can_hide else (),
        calls=(CallWish("exclusion", Urgency.HOURS, roles=("cm", "smm")),) if step is Step.EXCLUDE else (),
        foresees=step,
        awaits_answer=view.says(*COMPLAINS, Signal.QUESTION),
    )


# --- nothing is held against the words: what could be said? -------------------------------------------------


def condolences(view: _View) -> Decision | None:
    """4. On a death the machine is quiet; under a post flagged sensitive it prepares nothing either."""
    if not view.says(Signal.RIP):
        return None
    if view.situation.sensitive_post:
        return Decision(Measure.NOTHING, "condolences")
    return Decision(Measure.DRAFT, "condolences", draft="draft.condolences")


def irony(view: _View) -> Decision | None:
    """4. « Bravo, encore 3 semaines de retard 👏 »: never a thank-you."""
    if not view.ironic:
        return None
    return Decision(Measure.DRAFT, "irony", draft="draft.irony", awaits_answer=True)


def complaint(view: _View) -> Decision | None:
    """10. Criticism stays and gets an answer; who says we did not answer comes first."""
    if not view.says(*COMPLAINS):
        return None
    if view.says(Signal.STILL_WAITING):
        return _still_waiting()
    if view.says(Signal.SOURCE_LINK):
        return Decision(Measure.DRAFT, "criticism_sourced", draft="draft.facts", awaits_answer=True)
    criticises = view.says(Signal.CRITICISM)
    reason, draft = ("criticism", "criticism") if criticises else ("complaint", "draft.complaint")
    fact = _fact_to_put_right(view)
    if fact is not None:
        return Decision(Measure.DRAFT, reason, draft="lead.fact", draft_faq=fact, awaits_answer=True)
    return Decision(Measure.DRAFT, reason, draft=draft, awaits_answer=True)


def _fact_to_put_right(view: _View) -> str | None:
    """What somebody complains of though our FAQ says how it is: prepared once in a thread, not to who has an order."""
    if view.says(Signal.QUESTION, Signal.SHORT_QUESTION, Signal.DEALINGS):
        return None
    return next((entry for entry in view.findings.asks if entry not in view.situation.told), None)


def helper(view: _View) -> Decision | None:
    """21. Who helps another member is thanked, by a person."""
    if not view.says(Signal.HELPS_MEMBER) or view.situation.sensitive_post:
        return None
    return Decision(Measure.DRAFT, "helps_member", draft="thanks.help")


def faq(view: _View) -> Decision | None:
    """4. A known answer goes out alone to one short question and nothing else; otherwise it is drafted."""
    if not view.findings.asks:
        return None
    entry = view.findings.asks[0]
    if not view.says(Signal.SHORT_QUESTION) or ActKind.REPLY not in view.situation.can:
        return Decision(Measure.DRAFT, "faq", draft="faq", draft_faq=entry, awaits_answer=True)
    leave = view.leave(None, ActKind.REPLY, alone=view.may_speak and view.charter is not None)
    return Decision(
        Measure.LEAD,
        "faq",
        acts=(Act(ActKind.REPLY, "faq", leave, text="faq", faq=entry),),
        awaits_answer=leave is not Leave.ALONE,
    )


def question(view: _View) -> Decision | None:
    """8. A question waits for a human answer; so does who tells us of their own order: those who look after it do."""
    if view.says(Signal.QUESTION, Signal.SHORT_QUESTION, Signal.CONTACT_REQUEST):
        return Decision(Measure.DRAFT, "question", draft="draft.question", awaits_answer=True)
    if view.says(Signal.DEALINGS) and not view.matter.to_member and not view.situation.sensitive_post:
        draft = "draft.message" if view.private else "lead.redirect"
        return Decision(Measure.DRAFT, "question", draft=draft, awaits_answer=True)
    return None


def participation(view: _View) -> Decision | None:
    """An entry under a contest is counted, not answered one by one."""
    return Decision(Measure.NOTHING, "participation") if view.says(Signal.PARTICIPATES) else None


def sensitive(view: _View) -> Decision | None:
    """4. Under a post flagged sensitive no courtesy is prepared."""
    return Decision(Measure.NOTHING, "sensitive_post") if view.situation.sensitive_post else None


def praise(view: _View) -> Decision | None:
    """21. Thanks are proposed, never sent alone; those that members give one another are theirs."""
    if not view.says(Signal.PRAISE, Signal.THANKS) or view.matter.to_member:
        return None
    return Decision(Measure.DRAFT, "praise", draft="thanks")


def message(view: _View) -> Decision | None:
    """Who writes to us in private speaks to us, and waits."""
    if not view.private or not view.findings.words:
        return None
    return Decision(Measure.DRAFT, "message", draft="draft.message", awaits_answer=True)


def quoted(view: _View) -> Decision | None:
    """2. An insult that is quoted, or said of oneself, and nothing that says whether it concerns us: the CM looks."""
    return Decision(Measure.NOTHING, "quoted_insult", case=True) if view.says(Signal.QUOTED_INSULT) else None


def noise(view: _View) -> Decision | None:
    """11. Capitals and swearing without a target: a note, no lesson."""
    if not view.says(Signal.CAPITALS, Signal.SWEARING):
        return None
    return Decision(Measure.NOTHING, "loud")


def welcome(view: _View) -> Decision | None:
    """21. A newcomer is welcomed, by a person, and only where we know that they are one."""
    if not (view.situation.first_comment and view.situation.newcomer) or view.matter.to_member:
        return None
    return Decision(Measure.DRAFT, "newcomer", draft="welcome")


def conversation(view: _View) -> Decision | None:
    """We asked something under our post and somebody answered: that deserves a follow-up."""
    if not view.situation.solicits or view.matter.to_member or view.findings.words < ANSWER_WORDS:
        return None
    return Decision(Measure.DRAFT, "conversation", draft="draft.conversation")


ANSWER_WORDS = 4
"""« Oui ! » under our question is an answer; it needs no follow-up."""

PREPARED_ONLY = {
    FirstAction.QUEUE: ("reserve", ActKind.REPLY),
    FirstAction.REDIRECT: ("redirect.hors-sujet", ActKind.REPLY),
    FirstAction.NUDGE: ("disclosure.nudge", ActKind.PRIVATE),
}
"""Clauses about which the machine only prepares a word: first action -> the draft and how it is said."""

RULES: tuple[Rule, ...] = (
    distress,
    unread,
    grave,
    victim,
    outside_the_charter,
    spam,
    contact_data,
    name_request,
    human_request,
    copies,
    prepared_only,
    again,
    ladder,
    condolences,
    irony,
    complaint,
    helper,
    faq,
    question,
    participation,
    sensitive,
    praise,
    message,
    quoted,
    noise,
    welcome,
    conversation,
)
"""The policy, in order. The numbers in the docstrings are those of the judgement rules."""


# --- what rules share ---------------------------------------------------------------------------------------


def _escalation(view: _View, reason: str, draft: str) -> Decision:
    """CM and social media manager are called, the machine is quiet in the thread; nothing is hidden without them."""
    shown = next((clause for breach, clause in view.held if breach.whose), None)
    protect = (
        Act(ActKind.HIDE, "protect", view.leave(shown.id, ActKind.HIDE, alone=False))
        if shown and view.can_hide
        else None
    )
    return Decision(
        Measure.ESCALATE,
        reason,
        clause=shown.id if shown and protect else None,
        acts=(protect,) if protect else (),
        draft=draft,
        silence_thread=True,
        calls=(CallWish(reason, Urgency.HOURS, roles=("cm", "smm")),),
        awaits_answer=True,
    )


def _cannot(view: _View, reason: str, clause: Clause) -> Decision:
    """The platform has no such act: a person is told instead."""
    return Decision(
        Measure.ESCALATE,
        reason,
        clause=clause.id,
        awaits_answer=view.says(*COMPLAINS, Signal.QUESTION),
    )


def _still_waiting() -> Decision:
    """Repeating oneself to somebody who does not answer is our failure: top of the list, nothing hidden."""
    return Decision(Measure.DRAFT, "still_waiting", draft="draft.waiting", awaits_answer=True)


def _why(view: _View, clause: Clause, otherwise: str = "breach") -> str:
    """What the first detector that this clause relies on says, else the clause."""
    detector = next(breach.detector for breach, held in view.held if held is clause)
    return REASONS_BY_DETECTOR.get(detector) or REASONS_BY_CLAUSE.get(clause.id, otherwise)


def _own_text(situation: str, clause: Clause) -> str:
    """The clause's own text where there is one, else the one that serves every clause."""
    own = f"{situation}.{clause.id}"
    return own if own in SITUATIONS else situation


def _reminder(view: _View, clause: Clause) -> str:
    """It is explained once in a thread."""
    return "reminder1.pointer" if clause.id in view.situation.explained else _own_text("reminder1", clause)


def _unsure(view: _View, decision: Decision) -> Decision:
    """A detector failed or gave up: a person looks. Only what protects people by what the others found goes on."""
    if not view.findings.unsure or decision.confidential:
        return decision
    proposed = Leave.PROPOSED
    acts = tuple(
        replace(act, leave=proposed) if act.leave is Leave.ALONE and not act.urgent else act for act in decision.acts
    )
    settled = decision.measure is Measure.ESCALATE or any(act.urgent and act.leave is Leave.ALONE for act in acts)
    return replace(
        decision,
        measure=decision.measure if settled else Measure.ESCALATE,
        reason=decision.reason if settled else "detector_failed",
        acts=acts,
        case=True,
        strike=False,
        calls=(*decision.calls, CallWish("detector_failed", Urgency.HOURS, per_object=False)),
    )


def _for_a_person(view: _View, decision: Decision) -> Decision:
    """What every decision has in common: whatever waits for a person is a case; a human asked for is a human owed."""
    asked = view.says(Signal.HUMAN_REQUEST)
    waits = any(act.leave is not Leave.ALONE for act in decision.acts)
    found = {breach.detector for breach in view.findings.breaches}
    attacked = any(breach.detector in ATTACKS and not breach.doubtful for breach in view.findings.breaches)
    return replace(
        decision,
        case=(
            decision.case
            or decision.measure is Measure.ESCALATE
            or asked
            or waits
            or decision.draft is not None
            or decision.awaits_answer
        ),
        silence_thread=decision.silence_thread or asked,
        silence_person=decision.silence_person or asked,
        detectors=() if decision.confidential else tuple(sorted(found)),
        hostile=not decision.confidential and (attacked or view.wants_a_name),
    )


def _without_charter(view: _View, decision: Decision) -> Decision:
    """Law 1. With no charter nobody is sanctioned and nothing passes for clean: all goes to the CM, one call a day."""
    if decision.confidential:
        return replace(decision, ground="none")
    unchecked = decision.measure is Measure.NOTHING or (view.findings.breaches and decision.measure is Measure.DRAFT)
    return replace(
        decision,
        measure=Measure.ESCALATE if unchecked else decision.measure,
        reason="no_charter" if unchecked else decision.reason,
        case=True,
        calls=(*decision.calls, CallWish("no_charter", Urgency.HOURS, per_object=False)),
        ground="law" if decision.ground == "law" else "none",
    )
