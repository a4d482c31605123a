"""What there is to decide about a case where it stands, in the order in which it is offered."""

from tribune.channel import ActKind
from tribune.comment import Audience
from tribune.journal import CaseState, Head
from tribune.workflow.cases import Shown, in_effect
from tribune.workflow.takeback import CONTESTED, is_hidden, last_visibility


def offered(shown: Shown, can: frozenset[ActKind]) -> tuple[str, ...]:
    """`send private like confirm hide unhide delete block close`, as far as the platform allows (`can`) and it was not
    done yet. A measure is only offered where words are held against the comment; whoever wants another one names the
    article.
    """
    head, is_open = shown.head, shown.case.state is CaseState.OPEN
    if head.deleted:
        return _of_what_is_gone(shown)
    acts = ["send"] if is_open and ActKind.REPLY in can else []
    if ActKind.PRIVATE in can and head.audience is Audience.PUBLIC and not in_effect(head, ActKind.PRIVATE):
        acts.append("private")
    if ActKind.LIKE in can and not in_effect(head, ActKind.LIKE) and not _held(head):
        acts.append("like")
    acts += _visibility(head, can)
    if head.verdict is not None and head.verdict.clause is not None:
        acts += [kind.value for kind in (ActKind.DELETE, ActKind.BLOCK) if kind in can and not in_effect(head, kind)]
    return (*acts, *(["close"] if is_open else []))


def _of_what_is_gone(shown: Shown) -> tuple[str, ...]:
    """Nothing can be done about words that their author deleted, but to give in to their appeal and settle the case."""
    gives_in = ["unhide"] if shown.case.reason == CONTESTED and is_hidden(shown.head) else []
    return (*gives_in, *(["close"] if shown.case.state is CaseState.OPEN else []))


def _held(head: Head) -> bool:
    """Are the words held against a clause, or the law, at all?"""
    return head.verdict is not None and (head.verdict.clause is not None or head.verdict.ground == "law")


def _visibility(head: Head, can: frozenset[ActKind]) -> list[str]:
    if ActKind.HIDE not in can:
        return []
    last = last_visibility(head)
    if last is not None and last.kind is ActKind.HIDE:
        return ["unhide"] if last.signed_by else ["confirm", "unhide"]
    hide = ["hide"] if head.verdict is not None and head.verdict.clause else []
    return [*hide, "unhide"] if is_hidden(head) else hide
