"""opening: the call about a comment, and the case about it, as they begin; what wakes whoever carries on. Pure."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from tribune import duty
from tribune.community import Community
from tribune.journal import Call, Case, CaseState, Head
from tribune.workflow.deed import WAKE_AGAIN_AFTER, case_id
from tribune.workflow.speech import RESPONSE_TARGET
from tribune.workflow.takeback import CONTESTED
from tribune.workflow.worksheet import ObjectId


def wake_up(community: str, call_id: str) -> dict[str, Any]:
    """The message that wakes whoever makes a call; `call.read` reads it."""
    return {"schema": 1, "community": community, "call": call_id}


def to_carry_out(at: ObjectId) -> dict[str, Any]:
    """The message that wakes whoever carries out what is decided about a comment; `perform` reads it."""
    return {"schema": 1, **dict(zip(("community", "platform", "account", "object"), at, strict=True))}


def call_due(community: str, call_id: str, reason: str, urgency: str, now: datetime) -> Call:
    """A call that waits to be made; whatever else it says is its caller's to add. The same id is the same call."""
    return Call(
        community=community,
        id=call_id,
        reason=reason,
        urgency=urgency,
        created_at=now,
        due_at=now + WAKE_AGAIN_AFTER,
    )


def call_about(what: Head | Case, call_id: str, reason: str, urgency: str, now: datetime) -> Call:
    """The same about a comment, or the case of one."""
    return replace(
        call_due(what.community, call_id, reason, urgency, now),
        platform=what.platform,
        account=what.account,
        space=what.space,
        thread=what.thread,
        objects=(what.object,),
    )


def is_promised(case: Case) -> bool:
    """Does our promise to answer hold for it: does somebody wait for words, or for the review of what they contest?"""
    return case.awaits_answer or case.reason == CONTESTED


def answer_due(case: Case, community: Community) -> datetime:
    """When our own promise to answer runs out. Whoever says that they have waited stands first in the list, but what we
    promise counts from what we heard.
    """
    if case.says_waited is None or case.awaits_since is None:
        return case.promise_at
    return duty.next_presence(community.rota, case.awaits_since, community.zone) + RESPONSE_TARGET


def case_about(head: Head, known: Case | None, reason: str, promise_at: datetime, now: datetime) -> Case:
    """The case of a comment, open from now on; `known`: as it was settled, whose promises stay written down."""
    return Case(
        community=head.community,
        id=case_id(head.at),
        platform=head.platform,
        account=head.account,
        object=head.object,
        thread=head.thread,
        space=head.space,
        state=CaseState.OPEN,
        reason=reason,
        opened_at=now,
        promise_at=promise_at,
        rev=0,
        clause=head.verdict.clause if head.verdict else None,
        language=head.language,
        promises=known.promises if known else (),
        questions=known.questions if known else (),
    )
