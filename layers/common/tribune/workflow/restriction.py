"""restriction: what is kept of a measure once it took effect, and that it is over. Pure."""

from collections.abc import Iterator
from datetime import datetime

from tribune.channel import ActKind
from tribune.journal import FELT, Action, ActionState, Head, NoticeEnd
from tribune.notice import Notice


def recorded(head: Head, action: Action, now: datetime) -> Notice | None:
    """The reason of a measure as it stands; None for what restricts nobody, or has not taken effect."""
    if action.notice is None or action.state not in FELT:
        return None
    verdict = head.verdict
    clause = action.clause or (verdict.clause if verdict else None)
    cited = verdict is not None and clause == verdict.clause
    return Notice(
        community=head.community,
        token=action.notice,
        action=action.id,
        kind=action.kind,
        purpose=action.purpose,
        reason=verdict.reason if verdict and not head.confidential else "",
        platform=head.platform,
        account=head.account,
        object=head.object,
        v=head.v,
        language=head.language,
        posted_at=head.posted_at,
        applied_at=action.done_at or now,
        ground="charter" if clause else "law",
        clause=clause,
        clause_hash=action.clause_hash or (verdict.clause_hash if verdict and cited else None),
        charter_version=action.charter_version or (verdict.charter_version if verdict else None),
        found=action.signed_by is None or (cited and not head.confidential),
        decided_by=tuple(person for person in (action.signed_by, action.confirmed_by) if person),
        certain=action.state is ActionState.SENT,
        strike_no=verdict.strike_no if verdict and verdict.strike else None,
    )


def ended(head: Head, now: datetime) -> Iterator[NoticeEnd]:
    """That every hide of the comment itself is over: it is visible again."""
    for action in head.actions:
        if action.notice is not None and action.kind is ActKind.HIDE and action.state in FELT:
            yield NoticeEnd(head.community, action.notice, now)
