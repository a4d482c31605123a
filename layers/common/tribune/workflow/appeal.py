"""appeal: a member contests a decision; somebody who did not take it reviews it, once.

A won appeal undoes everything that the decision did: the comment is shown again, our reminder withdrawn, the strike
erased, the rule charged with it. First decision wins; who comes second is told who and when.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from tribune import voice
from tribune.channel import ActKind, Platform
from tribune.comment import same_words, words_hash
from tribune.community import Community
from tribune.decision import Urgency
from tribune.duty import Person
from tribune.errors import AlreadyDone, Conflict, NotFound, OwnDecision
from tribune.journal import (
    Action,
    ActionState,
    AuthorNote,
    Call,
    Case,
    CaseState,
    Changes,
    Draft,
    Head,
    NoticeEnd,
    SaidWords,
    ThreadNote,
)
from tribune.notice import ANSWER_WITHIN, Appeal, AppealState, Notice, link
from tribune.workflow.by_hand import TEAM
from tribune.workflow.cases import can_write_alone, in_effect
from tribune.workflow.decisions import Decision, Decisions
from tribune.workflow.deed import EVIDENCE_KEPT, act_due, named
from tribune.workflow.opening import call_due, case_about, to_carry_out, wake_up
from tribune.workflow.ports import Key, Keys, Noting, Queue
from tribune.workflow.seal import Measure, sealed
from tribune.workflow.takeback import (
    CONTESTED,
    cancelled,
    closed,
    is_hidden,
    looked_at,
    standing_hides,
    taking_back,
    unexplained,
)
from tribune.workflow.tally import difference
from tribune.workflow.worksheet import Known, ObjectId

_TRIES = 6


class Received(StrEnum):
    """What became of an appeal that was made."""

    OPEN = "open"
    ALREADY = "already"
    """It had been made before: there is one for each decision."""
    TOO_LATE = "too_late"
    MOOT = "moot"
    """The measure has ended."""


# ruff: disable[D102]  what each of these does is said where it is done
class Keeping(Protocol):
    """What receiving an appeal needs of the journal."""

    def read(self, wanted: Iterable[Key]) -> Known: ...
    def reason(self, community: str, token: str) -> tuple[Notice | None, Appeal | None]: ...
    def commit(self, changes: Changes, now: datetime) -> None: ...
    def keep_appeal_words(self, at: ObjectId, words: str, text: str, expires: datetime) -> None: ...


# ruff: enable[D102]


@dataclass(frozen=True, slots=True)
class Receiving:
    """How an appeal is received, whichever way it comes."""

    journal: Keeping
    keys: Keys
    decisions: Decisions
    calls: Queue
    opened: Callable[[], None]
    """Counts an appeal."""

    def receive(self, community_id: str, token: str, text: str, now: datetime, way: str = "page") -> Received:
        """Contest a decision. Raises NotFound, Conflict, Unavailable, BadConfiguration."""
        for _ in range(_TRIES):
            decision = self.decisions.contested(community_id, token)
            if decision.appeal is not None:
                return Received.ALREADY
            if not decision.contestable:
                return Received.MOOT
            if not decision.open(now):
                return Received.TOO_LATE
            at = place(decision.notice)
            known = self.journal.read([self.keys.head(*at), self.keys.case(*at)])
            hashed = words_hash(text) if text else None
            if hashed:
                self.journal.keep_appeal_words(at, hashed, text, now + EVIDENCE_KEPT)
            appeal = made(decision, hashed, way, now)
            try:
                self.journal.commit(contested(decision, appeal, known.head(*at), known.case(*at)), now)
            except Conflict:
                continue
            self.calls.send([wake_up(community_id, _call_id(appeal))])
            self.opened()
            return Received.OPEN
        raise Conflict("the case keeps changing")


def made(decision: Decision, words: str | None, way: str, now: datetime) -> Appeal:
    """The appeal, with the answer promised as the charter promises it."""
    notice = decision.notice
    charter = decision.published.charter if decision.published else None
    return Appeal(
        community=notice.community,
        token=notice.token,
        platform=notice.platform,
        account=notice.account,
        object=notice.object,
        at=now,
        due_at=now + (charter.commitments.appeal_delay.lasting if charter else ANSWER_WITHIN),
        way=way,
        words=words,
    )


def contested(decision: Decision, appeal: Appeal, head: Head | None, case: Case | None) -> Changes:
    """All that follows from an appeal: it stands in the list that a CM opens, and a reviewer is called."""
    cases: tuple[Case, ...] = ()
    threads: tuple[ThreadNote, ...] = ()
    if head is not None and not head.deleted:
        cases = (_case(head, case, appeal),)
        threads = (ThreadNote(*head.thread_at, opened=frozenset({head.object})),)
    call = _call(decision, head, appeal)
    return Changes(cases=cases, threads=threads, calls=(call,), appeals=(appeal,))


def _case(head: Head, known: Case | None, appeal: Appeal) -> Case:
    if known is not None:
        awaited = known.state is CaseState.OPEN and known.awaits_answer
        due_at = min(known.promise_at, appeal.due_at) if awaited else appeal.due_at
        reopened = replace(known, state=CaseState.OPEN, reason=CONTESTED, closed_at=None, closed_by=None)
        return replace(reopened, promise_at=due_at, rev=known.rev + 1)
    return replace(case_about(head, None, CONTESTED, appeal.due_at, appeal.at), rev=1)


def _call(decision: Decision, head: Head | None, appeal: Appeal) -> Call:
    notice, others = decision.notice, bool(reviewers(decision.community, decision.notice))
    return replace(
        call_due(notice.community, _call_id(appeal), "appeal" if others else "appeal_alone", Urgency.HOURS, appeal.at),
        # What a CM decided is reviewed by the social media manager, who leads; what the machine decided, by a CM.
        roles=("smm",) if notice.decided_by else ("cm",),
        platform=notice.platform,
        account=notice.account,
        space=head.space if head else None,
        thread=head.thread if head else None,
        objects=(notice.object,),
        received_at=appeal.at,
        figures={"code": appeal.code},
        without=notice.decided_by if others else (),
    )


def _call_id(appeal: Appeal) -> str:
    return f"appeal-{appeal.code.lower()}-{appeal.token[:6]}"


def place(notice: Notice | Appeal) -> ObjectId:
    """The comment that a decision is about."""
    return (notice.community, notice.platform, notice.account, notice.object)


def reviewers(community: Community, notice: Notice) -> tuple[Person, ...]:
    """Who may review a decision: everybody of the team, the fallback included, but who took it."""
    return tuple(person for person in community.rota.everybody if person.id not in notice.decided_by)


# --- the review ---


# ruff: disable[D102]  what each of these does is said where it is done
class Journal(Keeping, Noting, Protocol):
    """What a review needs of the journal."""

    def appeals(self, community: str, *, waiting: bool) -> list[Appeal]: ...
    def appeal_words(self, at: ObjectId, words: str) -> str | None: ...
    def said_words(self, community: str, platform: str, account: str, object_id: str, v: str) -> SaidWords | None: ...


# ruff: enable[D102]


@dataclass(frozen=True, slots=True)
class Contested:
    """An appeal as a reviewer sees it."""

    appeal: Appeal
    notice: Notice
    words: str | None
    """What was said; None when it is gone."""
    text: str | None
    """Why the member contests it; None when they wrote nothing."""


@dataclass(frozen=True, slots=True)
class Reviewing:
    """What a person does about appeals, with the edges it needs."""

    journal: Journal
    keys: Keys
    actions: Queue
    platform: Callable[[str], Platform]
    community: Community
    now: Callable[[], datetime]

    def waiting(self) -> list[Appeal]:
        """The appeals that nobody has reviewed, the first promised on top."""
        return self.journal.appeals(self.community.id, waiting=True)

    def find(self, code: str) -> Contested:
        """One appeal by its code, reviewed or not. Raises NotFound."""
        wanted = code.strip().upper()
        known = (one for waiting in (True, False) for one in self.journal.appeals(self.community.id, waiting=waiting))
        found = next((one for one in known if one.code == wanted), None)
        if found is None:
            raise NotFound(f"there is no appeal {code}")
        return self._contested(found.token)

    def uphold(self, code: str, person: str, because: str) -> Appeal:
        """The decision stands; `because` is what the member reads. Raises NotFound, OwnDecision, AlreadyDone, Conflict."""
        return self._review(self.find(code).appeal.token, person, because, AppealState.UPHELD)

    def overturn(self, code: str, person: str, because: str = "") -> Appeal:
        """The decision is reversed, and all it did undone as far as that can be. Raises as `uphold`."""
        return self._review(self.find(code).appeal.token, person, because, AppealState.OVERTURNED)

    def give_in(self, at: ObjectId, person: str) -> bool:
        """Whoever shows a comment again grants each appeal that waits about a hide of it, also against their own decision;
        False when none does, and nothing was done. Raises NotFound, AlreadyDone, Conflict.
        """
        head = self.journal.read([self.keys.head(*at)]).head(*at)
        hides = (action for action in (head.actions if head else ()) if action.kind is ActKind.HIDE)
        granted = False
        for token in [action.notice for action in hides if action.notice]:
            _, appeal = self.journal.reason(self.community.id, token)
            if appeal is not None and appeal.state is AppealState.OPEN:
                self._review(token, person, "", AppealState.OVERTURNED, gives_in=True)
                granted = True
        return granted

    def _contested(self, token: str) -> Contested:
        notice, appeal = self.journal.reason(self.community.id, token)
        if notice is None or appeal is None:
            raise NotFound("there is no such appeal")
        at = place(notice)
        said = self.journal.said_words(*at, notice.v)
        text = self.journal.appeal_words(at, appeal.words) if appeal.words else None
        return Contested(appeal, notice, said.text if said else None, text)

    def _review(self, token: str, person: str, because: str, outcome: AppealState, *, gives_in: bool = False) -> Appeal:
        for _ in range(_TRIES):
            notice, appeal = self.journal.reason(self.community.id, token)
            if notice is None or appeal is None:
                raise NotFound("there is no such appeal")
            self._may_review(appeal, notice, "" if gives_in else person)
            at, now = place(notice), self.now()
            known = self.journal.read([self.keys.head(*at), self.keys.case(*at)])
            decided = replace(
                appeal, state=outcome, decided_by=person, decided_at=now, because=because.strip(), rev=appeal.rev + 1
            )
            before = known.head(*at)
            besides = self._besides(before, notice) if before is not None and not gives_in else ()
            changes = self._changes(decided, notice, before, known.case(*at), besides)
            self.journal.keep_words((), (), (), changes.heads)
            try:
                self.journal.commit(changes, now)
            except Conflict:
                continue
            if any(head.unfinished for head in changes.heads):
                self.actions.send([to_carry_out(at)])
            return decided
        raise Conflict("the case keeps changing: look at it again")

    def _besides(self, head: Head, notice: Notice) -> tuple[Action, ...]:
        """The other decisions that hide the comment too: each has a reason and a redress of its own."""
        hides = standing_hides(head) if notice.kind is ActKind.HIDE else ()
        return tuple(hide for hide in hides if hide.notice != notice.token and not self._is_over(hide))

    def _is_over(self, hide: Action) -> bool:
        notice, _ = self.journal.reason(self.community.id, hide.notice) if hide.notice else (None, None)
        return notice is not None and (notice.ended_at is not None or notice.reversed_at is not None)

    def _may_review(self, appeal: Appeal, notice: Notice, person: str) -> None:
        if appeal.state is not AppealState.OPEN:
            raise AlreadyDone(appeal.decided_by or "", appeal.decided_at or appeal.at)
        if person in notice.decided_by:
            raise OwnDecision(person, (other.id for other in reviewers(self.community, notice)))

    def _changes(
        self, appeal: Appeal, notice: Notice, before: Head | None, case: Case | None, besides: tuple[Action, ...]
    ) -> Changes:
        """`besides`: what else hides the comment; then it stays hidden, and only this decision is settled."""
        won, now = appeal.state is AppealState.OVERTURNED, appeal.decided_at or appeal.at
        ends = (NoticeEnd(notice.community, notice.token, now, reversed=True),) if won else ()
        if before is None:
            return Changes(appeals=(appeal,), notice_ends=ends)
        restores = won and not besides
        head, forgotten = self._restored(before, notice, appeal, now) if restores else (before, frozenset[str]())
        by = appeal.decided_by or ""
        taken = Measure("overturn" if won else "uphold", "appeal", by, clause=notice.clause, reverses=restores)
        head = head if besides else looked_at(head)
        head, seal = sealed(replace(head, by_hand=True, rev=before.rev + 1), taken, now)
        settled = self._settled(head, case, notice, appeal, besides)
        over = settled is None or settled.state is CaseState.CLOSED
        itself = frozenset({head.object})
        done = itself if over and not head.unfinished else frozenset[str]()
        authors: tuple[AuthorNote, ...] = ()
        if restores and head.author:
            authors = (AuthorNote(head.community, head.author, lifted=itself, forgotten=forgotten),)
        thread = self.journal.read([self.keys.thread(*head.thread_at)]).thread(*head.thread_at)
        explaining = unexplained(head, thread)
        return Changes(
            heads=(head,),
            cases=(settled,) if settled else (),
            threads=(ThreadNote(*head.thread_at, closed=done, forgotten=forgotten, explaining=explaining),),
            authors=authors,
            tallies=tuple(difference(before, head)),
            notice_ends=ends,
            appeals=(appeal,),
            seals=(seal,),
        )

    def _restored(self, head: Head, notice: Notice, appeal: Appeal, now: datetime) -> tuple[Head, frozenset[str]]:
        """The head with everything undone that the decision did, and the ids of what will not be said any more."""
        card = self.platform(head.platform).CARD
        shows = self._shows_again(head, notice)
        ours = ("withdraw",) if shows else ("withdraw", "restore")  # what was only proposed is done now
        actions, forgotten = cancelled(
            head.actions, "by_hand", now, lambda action: action.signed_by is None and action.purpose not in ours
        )
        back: list[Action] = []
        kept: list[Action] = []
        for action in actions:
            reminds = action.reminds and action.kind is ActKind.REPLY
            kept.append(replace(action, withdraw=True) if reminds and action.state is ActionState.SENDING else action)
            if reminds and action.state is ActionState.SENT and not head.deleted:
                back += taking_back(action, card, now, by_hand=True)
        back = [action for action in back if head.action(action.id) is None]
        if shows:
            back.append(_shown(head, appeal, now))
        head = replace(head, actions=(*kept, *back), hidden=None if shows else head.hidden)
        if head.verdict is not None:
            # What an edit brought since is another verdict: the rule is charged with the one that was contested.
            as_contested = same_words(head.v, notice.v)
            wrong = as_contested and head.verdict.alone
            verdict = replace(
                head.verdict,
                strike=False,
                reversed=head.verdict.reversed or wrong,
                acquitted=head.verdict.acquitted or as_contested,
            )
            head = replace(head, verdict=verdict)
        return head, forgotten

    def _shows_again(self, head: Head, notice: Notice) -> bool:
        able = ActKind.UNHIDE in self.platform(head.platform).CARD.can
        return notice.kind is ActKind.HIDE and is_hidden(head) and able and not head.deleted

    def _settled(
        self, head: Head, case: Case | None, notice: Notice, appeal: Appeal, besides: tuple[Action, ...]
    ) -> Case | None:
        """The case, settled; or waiting for the person to tell the member, or to do by hand what the platform cannot."""
        stays = appeal.state is AppealState.UPHELD or bool(besides)
        if case is None or (case.state is CaseState.CLOSED and stays):
            return None
        waits = case.awaits_answer or (case.state is CaseState.OPEN and case.owes_a_word)
        over = replace(closed(case, appeal.decided_by or TEAM, self.now()), rev=case.rev + 1)
        if stays:
            if case.drafts or waits or any(hide.confirm_by for hide in besides):
                return replace(case, reason=head.verdict.reason if head.verdict else case.reason, rev=case.rev + 1)
            return over
        drafts = self._words(head, notice, appeal)
        hidden = notice.kind is ActKind.HIDE and not head.deleted and is_hidden(head)
        by_hand = notice.kind is ActKind.BLOCK or hidden
        if not drafts and not by_hand and not waits:
            return over
        reason = "appeal_by_hand" if by_hand else "appeal_won"
        opened = replace(case, state=CaseState.OPEN, reason=reason, closed_at=None, closed_by=None)
        return replace(opened, drafts=drafts, rev=case.rev + 1)

    def _words(self, head: Head, notice: Notice, appeal: Appeal) -> tuple[Draft, ...]:
        """What the member could be told: in private where that can still be."""
        if head.deleted or head.confidential:
            return ()
        card, community = self.platform(head.platform).CARD, self.community
        alone = can_write_alone(card, head, self.now()) and in_effect(head, ActKind.PRIVATE) is None
        kind = ActKind.PRIVATE if alone else ActKind.REPLY
        if kind not in card.can or notice.kind is ActKind.DELETE:
            return ()
        language = community.answers_in(head.language)
        address = link(community.charter_base_url, community.id, notice.token)
        composed = voice.compose(
            "appeal.won",
            language=language,
            voice=community.voice,
            fields={"appeal": address} if address and alone else {},
            key=notice.token,
            automatic=False,
            signer=community.rota.person(appeal.decided_by or ""),
            limit=card.limit(kind),
            unit=card.text_unit,
            citation=card.citation,
        )
        return (Draft(named(notice.token, "appeal.won"), kind, composed.text, composed.variant),) if composed else ()


def _shown(head: Head, appeal: Appeal, now: datetime) -> Action:
    shown = act_due(named(appeal.token, "appeal"), ActKind.UNHIDE, "appeal_won", head.object, now)
    return replace(shown, signed_by=appeal.decided_by, urgent=True)
