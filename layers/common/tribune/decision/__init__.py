"""breaches + standing + budgets -> Nothing | Draft | Lead | Remind | Hide | Escalate, each with its reason. Pure.

`decide` is the one door: it asks the rules of `RULES`, in order, and the first that has something to say decides. What
the mode and the ceiling do not allow to happen alone is prepared for a person instead, never dropped. Inside, in
reading order: terms (what a decision is given and says) · view (what a rule may look at, how far the machine may go) ·
danger (what comes before the charter) · breaches (what a clause holds against the words) · leading (what could be said).
"""

from collections.abc import Callable
from dataclasses import replace

from tribune.budgets import FLOODS, UNQUIET
from tribune.charter.document import Charter
from tribune.charter.findings import Findings, Signal
from tribune.decision.breaches import REASONS_BY_DETECTOR, again, contact_data, copies, ladder, prepared_only, spam
from tribune.decision.danger import distress, grave, outside_the_charter, unread, victim
from tribune.decision.leading import (
    complaint,
    condolences,
    conversation,
    faq,
    helper,
    human_request,
    irony,
    message,
    name_request,
    noise,
    participation,
    praise,
    question,
    quoted,
    sensitive,
    welcome,
)
from tribune.decision.terms import (
    CALLS,
    DANGER,
    REASONS,
    SITUATIONS,
    Act,
    CallWish,
    Decision,
    Leave,
    MachineKind,
    Matter,
    Measure,
    Mode,
    Situation,
    Unconfirmed,
    Urgency,
)
from tribune.decision.view import COMPLAINS, NEVER_AUTOMATIC, View
from tribune.standing import Standing

__all__ = [
    "CALLS",
    "COMPLAINS",
    "DANGER",
    "NEVER_AUTOMATIC",
    "REASONS",
    "REASONS_BY_DETECTOR",
    "SITUATIONS",
    "Act",
    "CallWish",
    "Decision",
    "Leave",
    "MachineKind",
    "Matter",
    "Measure",
    "Mode",
    "Situation",
    "Unconfirmed",
    "Urgency",
    "decide",
    "is_hostile",
]

ATTACKS = frozenset({"accusation_at_person", "hate", "incitement", "insult_addressed", "insult_at_person", "threat"})
"""Detectors of what is aimed at people: after it a thread is hostile."""

type Rule = Callable[[View], Decision | None]
"""A rule looks, and either decides or passes on (None)."""

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
    view = View(matter, findings, standing, situation, charter)
    decision = _accounted(view, _first_of_the_rules(view))
    decision = _for_a_person(view, _unsure(view, decision))
    return _without_charter(view, decision) if charter is None else decision


def _first_of_the_rules(view: View) -> Decision:
    return next((made for rule in RULES if (made := rule(view)) is not None), Decision(Measure.NOTHING, "nothing"))


def _accounted(view: View, decision: Decision) -> Decision:
    """Where the machine would have spoken by itself and does not, the decision says why.

    What it may not say is drafted for a person. In a flood it is not, where the same answer stands under the post or
    waits for a person: nobody reads ten thousand drafts of it, and one call says what is going on (`weigh`). A breach
    that nothing answers is a case all the same, and whatever else these words ask for is done.
    """
    if view.silence is None or not any(act.text and act.leave is Leave.PROPOSED for act in decision.acts):
        return decision
    freely = _first_of_the_rules(replace(view, freely=True))
    if not any(act.text and act.leave is Leave.ALONE for act in freely.acts):
        return decision
    unheard = any(act.faq and act.faq not in view.situation.covered for act in freely.acts)
    if view.silence not in FLOODS or unheard:
        return replace(decision, unsaid=view.silence)
    rest = tuple(act for act in freely.acts if not act.text)
    return replace(
        freely,
        measure=freely.measure if rest else Measure.NOTHING,
        acts=rest,
        strike=False,
        case=freely.case or (freely.clause is not None and not rest),
        unsaid=view.silence,
    )


def _unsure(view: View, decision: Decision) -> Decision:
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


def _for_a_person(view: View, decision: Decision) -> Decision:
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


def _without_charter(view: View, decision: Decision) -> Decision:
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


def is_hostile(*, attacked: bool, climate: str) -> bool:
    """Does the brand alone sign in a thread? `attacked`: what a decision there said of it (`Decision.hostile`)."""
    return attacked or climate in UNQUIET
