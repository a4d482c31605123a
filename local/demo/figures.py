"""The day in figures: counted from the journal, the words kept, the outbox and the calls, never from the story."""

from collections import Counter
from collections.abc import Collection

from local.demo.facts import Facts
from local.demo.story import Figures
from tribune.channel import ActKind
from tribune.comment import Audience
from tribune.decision import CALLS
from tribune.journal import Action, Head
from tribune.workflow.deed import SPEAKING

CRITICISM = frozenset({"complaint", "criticism", "criticism_sourced", "irony", "still_waiting"})
"""Reasons of what criticises us: it stays."""


def counted(facts: Facts, prepared: Collection[str], uncited: Collection[str]) -> Figures:
    """The figures now. `prepared`: comments for which a draft lay on a case; `uncited`: those whose measure cites too little."""
    comments = facts.comments()
    hidden = [head for head in comments if facts.is_hidden(head.at)]
    reasons = [head.verdict.reason for head in hidden if head.verdict]
    spoken = _spoken(facts, comments)
    alone = [(head, action) for head, action in spoken if action.signed_by is None]
    by_hand = [head for head, action in spoken if action.signed_by and head.audience is Audience.PUBLIC]
    led = [head for head in by_hand if head.verdict is not None and head.verdict.clause is None]
    return Figures(
        messages=facts.texts(),
        criticism_hidden=sum(reason in CRITICISM for reason in reasons),
        hidden=dict(Counter(reasons)),
        alone=dict(Counter(action.purpose for _, action in alone)),
        taken_back=len(_deleted(facts) & {action.platform_id for _, action in alone}),
        prepared=len(prepared),
        calls=tuple(call.reason for call in facts.calls() if call.reason in CALLS),
        led=len(led),
        policed=len(by_hand) - len(led),
        automatic_in_public=sum(head.audience is Audience.PUBLIC for head, _ in alone),
        uncited=len(uncited),
    )


def _spoken(facts: Facts, comments: list[Head]) -> list[tuple[Head, Action]]:
    """Every message that reached a platform, with the action that sent it."""
    arrived = {entry.action_id for entry in facts.stack.outbox.effects}
    return [
        (head, action)
        for head in comments
        for action in head.actions
        if action.kind in SPEAKING and action.id in arrived
    ]


def _deleted(facts: Facts) -> set[str | None]:
    return {entry.object for entry in facts.stack.outbox.effects if entry.kind == ActKind.DELETE}
