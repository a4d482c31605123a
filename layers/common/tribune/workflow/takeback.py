"""takeback: what undoes an earlier act, and how a head, an action or a case comes to its end. Pure."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime

from tribune.channel import ActKind, Card
from tribune.journal import BEGUN, IN_EFFECT, NOT_BEGUN, Action, ActionState, Case, CaseState, Head, ThreadRecord
from tribune.workflow.deed import act_due, named

STANDING_WORDS = "reminder_stands"
"""Why a case is there: our words lost their ground, and only a person can take them away."""
CONTESTED = "appeal"
"""Why a case is there: a member contests a decision, and whoever reviews it settles the case."""
PROMISED = "promised"
"""Why a case is there: a person promised to come back to somebody who was not known to wait for anything."""
OVERTAKEN = "overtaken"
"""Why a hide or an un-hide is not carried out, or not again: the contrary was decided since."""
_VISIBILITY = (ActKind.HIDE, ActKind.UNHIDE)


def taking_back(action: Action, card: Card, now: datetime, *, by_hand: bool = False) -> list[Action]:
    """The actions that take back `action`: our reminder is deleted (or hidden), a hide is lifted.

    A hide that was more than protection is only proposed to be lifted: a person looks first.
    """
    if action.kind is ActKind.HIDE:
        alone = action.purpose == "protect" and not by_hand
        return [_undoing(action, ActKind.UNHIDE, action.target, now, alone=alone)]
    way = next((kind for kind in (ActKind.DELETE, ActKind.HIDE) if kind in card.can), None)
    if way is None or action.platform_id is None:
        return [_left_standing(action, now)]
    return [_undoing(action, way, action.platform_id, now, alone=True)]


def withdrawn_if_asked(head: Head, card: Card, now: datetime) -> Head:
    """The head, with the withdrawal of each message that lost its ground while it was being sent."""
    late = [action for action in head.actions if action.withdraw and action.state is ActionState.SENT]
    if not late:
        return head
    settled = with_actions(head, [replace(action, withdraw=False) for action in late])
    more = tuple(undo for action in late for undo in taking_back(action, card, now, by_hand=head.by_hand))
    return replace(settled, actions=settled.actions + more)


def unexplained(head: Head, thread: ThreadRecord) -> dict[str, str]:
    """The clauses whose reminder in the thread was this comment's and is taken back, or will be once it left: nothing
    explains them there any more. Each with what takes the reminder back.
    """
    gone = {action.id for action in head.actions if action.withdraw or _is_undone(action, head)}
    return {clause: named(action, "withdraw") for clause, action in thread.explaining.items() if action in gone}


def _is_undone(action: Action, head: Head) -> bool:
    undo = head.action(named(action.id, "withdraw"))
    return undo is not None and undo.state in IN_EFFECT


def _left_standing(action: Action, now: datetime) -> Action:
    """Where our words cannot be taken back from here, what failed is written down: a person does it by hand."""
    undo = _undoing(action, ActKind.DELETE, action.platform_id or action.target, now, alone=True)
    return replace(undo, state=ActionState.FAILED, why="unable", done_at=now)


def left_standing(before: Head | None, after: Head) -> bool:
    """Do words of ours stand there without a ground since this change? Then a person has to be told, this once."""
    known = {action.id for action in before.actions} if before else frozenset[str]()
    return any(
        action.purpose == "withdraw" and action.state is ActionState.FAILED and action.id not in known
        for action in after.actions
    )


def _undoing(action: Action, kind: ActKind, target: str, now: datetime, *, alone: bool) -> Action:
    purpose = "restore" if kind is ActKind.UNHIDE else "withdraw"
    undo = act_due(named(action.id, purpose), kind, purpose, target, now)
    return replace(undo, state=ActionState.READY if alone else ActionState.PROPOSED, urgent=True)


def with_actions(head: Head, changed: Iterable[Action]) -> Head:
    """The head with these actions in the place of their earlier selves."""
    by_id = {action.id: action for action in changed}
    return replace(head, actions=tuple(by_id.get(action.id, action) for action in head.actions))


def cancelled(
    actions: tuple[Action, ...], why: str, now: datetime, only: Callable[[Action], bool] = lambda _: True
) -> tuple[tuple[Action, ...], frozenset[str]]:
    """The actions with everything not begun cancelled, and the ids of those."""
    gone = frozenset(action.id for action in actions if action.state in NOT_BEGUN and only(action))
    return (
        tuple(
            replace(action, state=ActionState.CANCELLED, why=why, done_at=now) if action.id in gone else action
            for action in actions
        ),
        gone,
    )


def is_hidden(head: Head) -> bool:
    """Is the comment hidden, or about to be: by us, by a person of the team through us, or on the platform itself?"""
    return head.hidden if head.hidden is not None else bool(standing_hides(head))


def visibility_changed(head: Head) -> bool:
    """Did anybody hide the comment or show it again: we, a person of the team through us, or on the platform itself?"""
    return head.hidden is not None or last_visibility(head) is not None


def is_shown_again(head: Head) -> bool:
    """Was it hidden or shown, and is it to be seen since, or about to be?"""
    return visibility_changed(head) and not is_hidden(head)


def last_visibility(head: Head) -> Action | None:
    """The last hide or un-hide of the comment itself that was carried out or is on its way (our own reminder may be taken
    back by a hide too); None where somebody hid or showed it on the platform itself since then.
    """
    if head.hidden is not None:
        return None
    found = [a for a in head.actions if a.kind in _VISIBILITY and a.target == head.object and a.state in IN_EFFECT]
    return found[-1] if found else None


def standing_hides(head: Head) -> tuple[Action, ...]:
    """The hides of the comment, carried out or on their way, that nobody has lifted since."""
    if head.hidden is not None:
        return ()
    ordered = [action for action in head.actions if action.target == head.object and action.state in IN_EFFECT]
    lifted = max((number for number, action in enumerate(ordered) if action.kind is ActKind.UNHIDE), default=-1)
    return tuple(action for action in ordered[lifted + 1 :] if action.kind is ActKind.HIDE)


def overtaken(action: Action, head: Head) -> bool:
    """Was the contrary of this hide or un-hide decided since, by us or on the platform itself?"""
    if action.kind not in _VISIBILITY or action.target != head.object:
        return False
    if head.hidden is not None:
        return head.hidden is not (action.kind is ActKind.HIDE)
    last = last_visibility(head)
    return last is not None and last.kind is not action.kind


def deleted_by_us(head: Head) -> bool:
    """Did a person of the team have the comment itself deleted?"""
    return any(a.kind is ActKind.DELETE and a.target == head.object and a.state in BEGUN for a in head.actions)


def without_strike(head: Head, unsent: Iterable[Action]) -> Head:
    """The head; nothing counts in anybody's history when the reminder is among what never left: they were not told."""
    unread = {action.id for action in unsent if action.reminds}
    told = any(action.reminds and action.may_be_read and action.id not in unread for action in head.actions)
    if head.verdict is None or not head.verdict.strike or not unread or told:
        return head
    return replace(head, verdict=replace(head.verdict, strike=False))


def looked_at(head: Head) -> Head:
    """The head, once a person has decided about it: what was provisional waits for nobody any more."""
    return with_actions(head, [replace(a, confirm_by=None) for a in head.actions if a.confirm_by is not None])


def judged_by_hand(head: Head, kind: ActKind) -> Head:
    """The head, once a person hides or shows it: showing it acquits it, and reverses what the machine alone hid."""
    if head.verdict is None:
        return head
    hid = any(a.kind is ActKind.HIDE and a.signed_by is None and a.state in IN_EFFECT for a in head.actions)
    undone = kind is ActKind.UNHIDE and head.verdict.alone and (hid or head.verdict.reversed)
    return replace(head, verdict=replace(head.verdict, reversed=undone, acquitted=kind is ActKind.UNHIDE))


def closed(case: Case, by: str, now: datetime) -> Case:
    """The case, settled by somebody."""
    ended = replace(case, in_hand=None, given=None, drafts=(), remind_at=None)
    return replace(ended, state=CaseState.CLOSED, closed_at=now, closed_by=by)
