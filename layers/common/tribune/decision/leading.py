"""Nothing is held against the words: what could be said, and by whom."""

from tribune.channel import ActKind
from tribune.charter.findings import Signal
from tribune.decision.terms import Act, Decision, Leave, Measure
from tribune.decision.view import COMPLAINS, View

ANSWER_WORDS = 4
"""« Oui ! » under our question is an answer; it needs no follow-up."""


def name_request(view: View) -> Decision | None:
    """Nobody of the team is named on demand: the draft says who answers without saying their name."""
    if not view.wants_a_name:
        return None
    return Decision(Measure.DRAFT, "name_request", draft="human.name", awaits_answer=True)


def human_request(view: View) -> Decision | None:
    """18. Whoever asks for a human gets one: the machine falls silent for this person and in this thread."""
    if not view.says(Signal.HUMAN_REQUEST):
        return None
    return Decision(Measure.DRAFT, "human_request", draft="human.requested", awaits_answer=True)


def condolences(view: View) -> Decision | None:
    """4. On a death the machine is quiet; under a post flagged sensitive it prepares nothing either."""
    if not view.says(Signal.RIP):
        return None
    if view.situation.sensitive_post:
        return Decision(Measure.NOTHING, "condolences")
    return Decision(Measure.DRAFT, "condolences", draft="draft.condolences")


def irony(view: View) -> Decision | None:
    """4. « Bravo, encore 3 semaines de retard 👏 »: never a thank-you."""
    if not view.ironic:
        return None
    return Decision(Measure.DRAFT, "irony", draft="draft.irony", awaits_answer=True)


def complaint(view: View) -> Decision | None:
    """10. Criticism stays and gets an answer; who says we did not answer comes first."""
    if not view.says(*COMPLAINS):
        return None
    if view.says(Signal.STILL_WAITING):
        return still_waiting()
    if view.says(Signal.SOURCE_LINK):
        return Decision(Measure.DRAFT, "criticism_sourced", draft="draft.facts", awaits_answer=True)
    criticises = view.says(Signal.CRITICISM)
    reason, draft = ("criticism", "criticism") if criticises else ("complaint", "draft.complaint")
    fact = _fact_to_put_right(view)
    if fact is not None:
        return Decision(Measure.DRAFT, reason, draft="lead.fact", draft_faq=fact, awaits_answer=True)
    return Decision(Measure.DRAFT, reason, draft=draft, awaits_answer=True)


def still_waiting() -> Decision:
    """Repeating oneself to somebody who does not answer is our failure: top of the list, nothing hidden."""
    return Decision(Measure.DRAFT, "still_waiting", draft="draft.waiting", awaits_answer=True)


def _fact_to_put_right(view: View) -> str | None:
    """What somebody complains of though our FAQ says how it is: prepared once in a thread, not to who has an order."""
    if view.says(Signal.QUESTION, Signal.SHORT_QUESTION, Signal.DEALINGS):
        return None
    return next((entry for entry in view.findings.asks if entry not in view.situation.told), None)


def helper(view: View) -> Decision | None:
    """21. Who helps another member is thanked, by a person."""
    if not view.says(Signal.HELPS_MEMBER) or view.situation.sensitive_post:
        return None
    return Decision(Measure.DRAFT, "helps_member", draft="thanks.help")


def faq(view: View) -> Decision | None:
    """4. A known answer goes out alone to one short question and nothing else; otherwise it is drafted."""
    if not view.findings.asks:
        return None
    entry = view.findings.asks[0]
    if not view.says(Signal.SHORT_QUESTION) or ActKind.REPLY not in view.situation.can:
        return Decision(Measure.DRAFT, "faq", draft="faq", draft_faq=entry, awaits_answer=True)
    alone = view.may_speak and view.charter is not None and not view.situation.already_answered
    leave = view.leave(None, ActKind.REPLY, alone=alone)
    return Decision(
        Measure.LEAD,
        "faq",
        acts=(Act(ActKind.REPLY, "faq", leave, text="faq", faq=entry),),
        awaits_answer=leave is not Leave.ALONE,
    )


def question(view: View) -> Decision | None:
    """8. A question waits for a human answer; so does who tells us of their own order: those who look after it do."""
    if view.says(Signal.QUESTION, Signal.SHORT_QUESTION, Signal.CONTACT_REQUEST):
        return Decision(Measure.DRAFT, "question", draft="draft.question", awaits_answer=True)
    if view.says(Signal.DEALINGS) and not view.matter.to_member and not view.situation.sensitive_post:
        draft = "draft.message" if view.private else "lead.redirect"
        return Decision(Measure.DRAFT, "question", draft=draft, awaits_answer=True)
    return None


def participation(view: View) -> Decision | None:
    """An entry under a contest is counted, not answered one by one."""
    return Decision(Measure.NOTHING, "participation") if view.says(Signal.PARTICIPATES) else None


def sensitive(view: View) -> Decision | None:
    """4. Under a post flagged sensitive no courtesy is prepared."""
    return Decision(Measure.NOTHING, "sensitive_post") if view.situation.sensitive_post else None


def praise(view: View) -> Decision | None:
    """21. Thanks are proposed, never sent alone; those that members give one another are theirs."""
    if not view.says(Signal.PRAISE, Signal.THANKS) or view.matter.to_member:
        return None
    return Decision(Measure.DRAFT, "praise", draft="thanks")


def message(view: View) -> Decision | None:
    """Who writes to us in private speaks to us, and waits."""
    if not view.private or not view.findings.words:
        return None
    return Decision(Measure.DRAFT, "message", draft="draft.message", awaits_answer=True)


def quoted(view: View) -> Decision | None:
    """2. An insult that is quoted, or said of oneself, and nothing that says whether it concerns us: the CM looks."""
    return Decision(Measure.NOTHING, "quoted_insult", case=True) if view.says(Signal.QUOTED_INSULT) else None


def noise(view: View) -> Decision | None:
    """11. Capitals and swearing without a target: a note, no lesson."""
    if not view.says(Signal.CAPITALS, Signal.SWEARING):
        return None
    return Decision(Measure.NOTHING, "loud")


def welcome(view: View) -> Decision | None:
    """21. A newcomer is welcomed, by a person, and only where we know that they are one."""
    if not (view.situation.first_comment and view.situation.newcomer) or view.matter.to_member:
        return None
    return Decision(Measure.DRAFT, "newcomer", draft="welcome")


def conversation(view: View) -> Decision | None:
    """We asked something under our post and somebody answered: that deserves a follow-up."""
    if not view.situation.solicits or view.matter.to_member or view.findings.words < ANSWER_WORDS:
        return None
    return Decision(Measure.DRAFT, "conversation", draft="draft.conversation")
