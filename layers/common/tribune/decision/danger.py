"""Before the charter: what no clause says better, danger, and what only a person may speak on."""

from tribune.channel import ActKind
from tribune.charter.document import Gravity
from tribune.charter.findings import Signal
from tribune.comment import Media
from tribune.decision.terms import Act, CallWish, Decision, Measure, Unconfirmed, Urgency
from tribune.decision.view import COMPLAINS, View

GRAVE_REASONS = {"haine": "hate", "menace": "threat"}


def distress(view: View) -> Decision | None:
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


def unread(view: View) -> Decision | None:
    """8. What holds no words the machine can read is listed as such, never as clean."""
    if view.matter.media is Media.NONE or view.findings.words:
        return None
    return Decision(Measure.NOTHING, "not_read", case=True)


def grave(view: View) -> Decision | None:
    """15. Gravity 4 is hidden provisionally, also in observe, and calls at any hour; a person confirms or restores.

    Hatred not when the words may be a victim's: see `victim`. A threat beside the insult that somebody quotes rings all
    the same, and is hidden by a person. No strike before a person confirmed. What is said with a laugh, or in words
    that also mean something harmless, is a person's to judge: nothing leaves alone.
    """
    dangers = [breach for breach in view.findings.breaches if breach.gravity >= Gravity.DANGER]
    breach = next((breach for breach in dangers if not breach.doubtful), dangers[0] if dangers else None)
    if breach is None or (view.charter is not None and not any(held is breach for held, _ in view.held)):
        return None
    reason = GRAVE_REASONS.get(breach.clause, "grave")
    quotes = view.says(Signal.QUOTED_INSULT)
    if (quotes and breach.doubtful) or (reason == "hate" and view.says(Signal.QUOTED_INSULT, Signal.DISCRIMINATION)):
        return None
    clause = breach.clause if view.charter is not None else None
    if breach.doubtful:
        return _doubtful(view, clause)
    leave = view.leave(breach.clause, ActKind.HIDE, alone=not quotes, danger=True)
    hide = Act(ActKind.HIDE, "provisional", leave, urgent=True, unconfirmed=Unconfirmed.CALL)
    return Decision(
        Measure.HIDE if view.can_hide and not quotes else Measure.ESCALATE,
        reason,
        clause=clause,
        acts=(hide,) if view.can_hide else (),
        case=True,
        silence_thread=True,
        calls=(CallWish(reason, Urgency.NOW, roles=("cm", "smm") if quotes else ("cm",)),),
        awaits_answer=quotes,
        ground="charter" if clause else "law",
    )


def _doubtful(view: View, clause: str | None) -> Decision:
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


def victim(view: View) -> Decision | None:
    """2. Who quotes an insult, or reports discrimination, is never silenced; CM and social media manager are called."""
    quotes = view.says(Signal.QUOTED_INSULT)
    if view.says(Signal.DISCRIMINATION) or (quotes and view.findings.gravity >= Gravity.DANGER):
        return _escalation(view, "discrimination", "draft.discrimination")
    if quotes and view.says(*COMPLAINS):
        return _escalation(view, "insult_reported", "draft.victim")
    return None


def outside_the_charter(view: View) -> Decision | None:
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


def _escalation(view: View, reason: str, draft: str) -> Decision:
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
