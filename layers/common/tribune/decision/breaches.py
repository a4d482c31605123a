"""What a clause holds against the words: hides that protect or clean, then the ladder."""

from tribune.channel import ActKind
from tribune.charter.document import Ceiling, Clause, Family, FirstAction, Gravity, Step
from tribune.charter.findings import Signal
from tribune.decision.leading import still_waiting
from tribune.decision.terms import (
    CALLS,
    SITUATIONS,
    Act,
    CallWish,
    Decision,
    Foreseen,
    Leave,
    Measure,
    Unconfirmed,
    Urgency,
)
from tribune.decision.view import COMPLAINS, View

SPAM_SIGNALS = 2
"""Independent signals that a silent hide needs."""

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

PREPARED_ONLY = {
    FirstAction.QUEUE: ("reserve", ActKind.REPLY),
    FirstAction.REDIRECT: ("redirect.hors-sujet", ActKind.REPLY),
    FirstAction.NUDGE: ("disclosure.nudge", ActKind.PRIVATE),
}
"""Clauses about which the machine only prepares a word: first action -> the draft and how it is said."""

# --- hides that protect or clean ----------------------------------------------------------------------------


def spam(view: View) -> Decision | None:
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


def contact_data(view: View) -> Decision | None:
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


def copies(view: View) -> Decision | None:
    """8. Of the same words said again and again one stays; never those of somebody who waits for our answer.

    Too many comments, or a word or two that come again, are a person's to judge.
    """
    found = next((clause for _, clause in view.held if clause.first_action is FirstAction.HIDE_COPIES), None)
    repeated = view.standing.repetitions(view.matter.words, view.matter.object, view.situation.now)
    if view.waits and (found or repeated) and _worst(view) is None:
        return still_waiting()
    if found is None or view.waits:
        return None
    sure = repeated > 0 and view.sure_of(found) and not view.says(*COMPLAINS, Signal.QUESTION)
    if not view.can_hide:
        return _cannot(view, "flood", found)
    leave = view.leave(found.id, ActKind.HIDE, alone=sure and not view.delicate)
    hide = Act(ActKind.HIDE, "flood", leave, unconfirmed=_if_unconfirmed(found))
    return Decision(Measure.HIDE, _why(view, found, otherwise="flood"), clause=found.id, acts=(hide,))


# --- the ladder ---------------------------------------------------------------------------------------------


def prepared_only(view: View) -> Decision | None:
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


def again(view: View) -> Decision | None:
    """A comment is reminded of the charter once, edits included; breaching still, it goes to the CM."""
    found = _worst(view)
    if found is None or not view.situation.already_reminded:
        return None
    return Decision(Measure.ESCALATE, "still_breaching", clause=found.id)


def ladder(view: View) -> Decision | None:
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


def _first(view: View, clause: Clause) -> Decision:
    """What the charter announces for a first breach."""
    if clause.first_action is FirstAction.REMIND:
        return _remind(view, clause)
    return _hide_and_tell(view, clause, _why(view, clause), "warning1")


def _worst(view: View) -> Clause | None:
    """The clause of the gravest breach that asks for more than a note; about copies `copies` alone decides."""
    elsewhere = (FirstAction.NOTE, FirstAction.HIDE_COPIES)
    return next((clause for _, clause in view.held if clause.first_action not in elsewhere), None)


def _remind(view: View, clause: Clause) -> Decision:
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


def _hide_and_tell(view: View, clause: Clause, reason: str, text: str) -> Decision:
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


def _for_people(view: View, clause: Clause, step: Foreseen) -> Decision:
    """A suspension, an exclusion: people are told what the charter foresees, two of them for an exclusion."""
    hide = Act(ActKind.HIDE, "breach", view.leave(clause.id, ActKind.HIDE, alone=False))
    return Decision(
        Measure.ESCALATE,
        "after_last_warning",
        clause=clause.id,
        acts=(hide,) if view.can_hide else (),
        draft="warning1" if view.can_hide else None,
        draft_kind=view.privately,
        calls=(CallWish("exclusion", Urgency.HOURS, roles=("cm", "smm")),) if step is Step.EXCLUDE else (),
        foresees=step,
        awaits_answer=view.says(*COMPLAINS, Signal.QUESTION),
    )


# --- what rules share ---------------------------------------------------------------------------------------


def _if_unconfirmed(clause: Clause) -> Unconfirmed | None:
    """12. Under a partial ceiling a person confirms: what the law forbids, and danger, no timer ever shows again."""
    if clause.ceiling is not Ceiling.PARTIAL:
        return None
    danger = clause.family is Family.LAW or clause.gravity is Gravity.DANGER
    return Unconfirmed.CALL if danger else Unconfirmed.RELEASE


def _cannot(view: View, reason: str, clause: Clause) -> Decision:
    """The platform has no such act: a person is told instead."""
    return Decision(
        Measure.ESCALATE,
        reason,
        clause=clause.id,
        awaits_answer=view.says(*COMPLAINS, Signal.QUESTION),
    )


def _why(view: View, clause: Clause, otherwise: str = "breach") -> str:
    """What the first detector that this clause relies on says, else the clause."""
    detector = next(breach.detector for breach, held in view.held if held is clause)
    return REASONS_BY_DETECTOR.get(detector) or REASONS_BY_CLAUSE.get(clause.id, otherwise)


def _own_text(situation: str, clause: Clause) -> str:
    """The clause's own text where there is one, else the one that serves every clause."""
    own = f"{situation}.{clause.id}"
    return own if own in SITUATIONS else situation


def _reminder(view: View, clause: Clause) -> str:
    """It is explained once in a thread."""
    return "reminder1.pointer" if clause.id in view.situation.explained else _own_text("reminder1", clause)
