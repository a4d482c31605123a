"""by_hand: what a person of the team did on the platform itself is done, and what the machine had planned gives way. Pure."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Final

from tribune.channel import ActKind
from tribune.comment import Audience, TeamAct, Verb, version_of
from tribune.journal import (
    BEGUN,
    BY_COLLEAGUE,
    Action,
    AuthorNote,
    Case,
    CaseState,
    Head,
    HeadKind,
    Promised,
    ThreadNote,
)
from tribune.workflow import promise
from tribune.workflow.deed import Deed, Outcome, hour_of
from tribune.workflow.opening import case_about
from tribune.workflow.restriction import ended
from tribune.workflow.takeback import (
    CONTESTED,
    OVERTAKEN,
    PROMISED,
    cancelled,
    closed,
    deleted_by_us,
    judged_by_hand,
    looked_at,
    without_strike,
)
from tribune.workflow.worksheet import Worksheet

TEAM: Final = "team"
"""Who acted on the platform itself: no platform says which person it was."""
TOLD_WITHIN = timedelta(minutes=2)
"""How much later than it was done a platform may say that an act of ours was."""
NOT_HEARD: Final = version_of(datetime.fromtimestamp(0, UTC), Verb.CREATED, "")
"""The version of a comment of which nothing is known but what a person did about it: older than any words."""
ON_THE_WAY: Final = timedelta(days=7)
"""How long a platform tries to deliver."""


def acted_on(deed: Deed, said: TeamAct, sheet: Worksheet) -> str:
    """A hide or un-hide: ours comes back to us as an event, anybody else's is a person's hand.

    What a colleague ordered at the desk still leaves, but for the contrary of what was done now; so does what takes
    back a message of ours.
    """
    head = sheet.head(deed.at)
    if head is None:
        sheet.put_head(_not_heard_yet(deed, said, sheet.now))
        return Outcome.RECORDED
    if head.kind is not HeadKind.COMMENT or head.deleted:
        return Outcome.DUPLICATE
    # A blog tells of our deletion as of one into its bin.
    binned = said.kind == ActKind.HIDE and deleted_by_us(head)
    if binned or _told_late(head, said) or _our_own(head, said):
        return Outcome.DUPLICATE
    after, forgotten = _acted(head, said, sheet.now)
    if head.by_hand and not forgotten and after.hidden is head.hidden:
        return Outcome.DUPLICATE
    sheet.put_head(after)
    if after.hidden is False:
        sheet.notice_ends += ended(head, sheet.now)
    lifted = frozenset({head.object}) if _struck(head) and not _struck(after) else frozenset[str]()
    if head.author and (lifted or forgotten):
        sheet.note_author(AuthorNote(head.community, head.author, lifted=lifted, forgotten=forgotten))
    case = sheet.case(deed.at)
    waits = case is not None and case.state is CaseState.OPEN and (case.reason == CONTESTED or case.owes_a_word)
    if case is not None and case.state is CaseState.OPEN and not waits:
        sheet.put_case(closed(case, TEAM, sheet.now))
    settled = frozenset[str]() if waits or after.unfinished else frozenset({head.object})
    sheet.note_thread(ThreadNote(*head.thread_at, closed=settled, forgotten=forgotten))
    return Outcome.RECORDED


def _acted(head: Head, said: TeamAct, now: datetime) -> tuple[Head, frozenset[str]]:
    """The head as a person's hand leaves it, and the ids of what will not be done any more."""
    kind = ActKind(said.kind)
    contrary = ActKind.UNHIDE if kind is ActKind.HIDE else ActKind.HIDE
    actions, forgotten = cancelled(
        head.actions,
        "by_hand",
        now,
        only=lambda one: one.purpose != "withdraw" and (one.signed_by is None or one.kind is contrary),
    )
    untold = [action for action in head.actions if action.id in forgotten]
    hidden = kind is ActKind.HIDE
    after = without_strike(replace(judged_by_hand(head, kind), by_hand=True, hidden=hidden, actions=actions), untold)
    if not hidden and after.verdict is not None:
        after = replace(after, verdict=replace(after.verdict, strike=False))
    return looked_at(replace(after, acted_at=said.said_at)), forgotten


def _struck(head: Head) -> bool:
    return head.verdict is not None and head.verdict.strike


def _not_heard_yet(deed: Deed, said: TeamAct, now: datetime) -> Head:
    """What a person did about a comment whose words are still on their way, kept for as long as they may take."""
    return Head(
        community=deed.community,
        platform=said.platform,
        account=said.account,
        object=said.object,
        kind=HeadKind.COMMENT,
        v=NOT_HEARD,
        rev=0,
        space=deed.space,
        thread=said.thread.id,
        post=said.thread.post,
        audience=Audience.PUBLIC,
        posted_at=said.said_at,
        received_at=deed.received_at,
        channel=deed.channel,
        hour=hour_of(deed.received_at),
        hidden=ActKind(said.kind) is ActKind.HIDE,
        acted_at=said.said_at,
        by_hand=True,
        expires=now + ON_THE_WAY,
    )


def _told_late(head: Head, said: TeamAct) -> bool:
    """Is it told late, or again: did a person hide or show it since, there or from the desk?"""
    since = (head.acted_at, *(_done(action) for action in _ours(head) if action.signed_by))
    return any(at is not None and said.said_at < at for at in since)


def _our_own(head: Head, said: TeamAct) -> bool:
    """Does an act of ours come back? The last one, unless a person acted there since; or one before it, told a little later."""
    ours = _ours(head)
    same = [action for action in ours if action.kind == said.kind]
    if not same:
        return False
    stands = head.hidden is None or (head.acted_at is not None and head.acted_at < _done(ours[-1]))
    return (stands and same[-1] is ours[-1]) or said.said_at < _done(same[-1]) + TOLD_WITHIN


def _ours(head: Head) -> list[Action]:
    """What the machine or the desk did to the comment itself to be seen or not, as far as it began."""
    tried = (a for a in head.actions if a.state in BEGUN or a.why == OVERTAKEN)
    return [a for a in tried if a.kind in (ActKind.HIDE, ActKind.UNHIDE) and a.target == head.object]


def _done(action: Action) -> datetime:
    return action.done_at or action.since or action.created_at


def settle_answered(head: Head, case: Case | None, sheet: Worksheet, spoken: Head, made: Promised | None) -> None:
    """A person answered in its thread: what the machine meant to say is not said, the case is closed, or stays open
    for the promise that the answer made.
    """
    actions, forgotten = cancelled(
        head.actions, "human_answered", sheet.now, only=lambda action: not action.urgent and action.signed_by is None
    )
    after = without_strike(replace(head, actions=actions), [a for a in head.actions if a.id in forgotten])
    if after != head:
        sheet.put_head(after)
    itself = frozenset({head.object})
    if case is None and made:
        case = case_about(head, None, PROMISED, made.due_at, sheet.now)
    news = case is not None and not promise.is_old_news(case, spoken.posted_at)
    if case is not None and news and (made or case.state is CaseState.OPEN):
        case = promise.answered(case, TEAM, made, spoken_at=spoken.posted_at, now=sheet.now)
        sheet.put_case(case)
    waits = case is not None and case.state is CaseState.OPEN
    none = frozenset[str]()
    opened, settled = (itself, none) if waits else (none, itself)
    sheet.note_thread(ThreadNote(*head.thread_at, opened=opened, closed=settled, forgotten=forgotten))
    if head.author:
        untold = itself if after.verdict != head.verdict else frozenset()
        sheet.note_author(
            AuthorNote(
                head.community,
                head.author,
                answered=itself,
                lifted=untold,
                forgotten=forgotten,
                heard_at=head.posted_at,
            )
        )


def settle_sent(head: Head, action: Action, sheet: Worksheet, made: Promised | None, *, spoken_at: datetime) -> None:
    """What a person wrote at the desk has left: the case is settled, or is open for the promise that the answer made.

    Words that the member edited after it was written wait for an answer of their own.
    """
    case, by = sheet.case(head.at), action.signed_by or TEAM
    seen = not (head.verdict and head.verdict.at and head.verdict.at > action.created_at)
    if case is not None and case.state is CaseState.OPEN and not seen:
        sheet.put_case(promise.spoken(case, made, spoken_at))
    elif case is not None and (case.state is CaseState.OPEN or (made and not head.deleted)):
        case = promise.answered(case, by, made, spoken_at=spoken_at, now=sheet.now)
        sheet.put_case(replace(case, drafts=()) if action.variant == BY_COLLEAGUE else case)
    itself, none = frozenset({head.object}), frozenset[str]()
    read = (action.variant,) if action.variant else ()
    opened = itself if made else none
    sheet.note_thread(ThreadNote(*head.thread_at, human_at=spoken_at, used=frozenset(read), opened=opened))
    if head.author:
        heard_at = head.posted_at if seen else None
        answered, used = itself if seen else none, dict.fromkeys(read, spoken_at)
        sheet.note_author(AuthorNote(head.community, head.author, answered=answered, heard_at=heard_at, used=used))
