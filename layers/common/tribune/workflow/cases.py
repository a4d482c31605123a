"""cases: what a CM does by hand, from the command line today and from the desk tomorrow.

Every act passes through the same outbox as the machine's, with the name of the person who decided; the first
decision wins, and the second person is told who and when.
"""

import secrets
import uuid
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Protocol

from tribune import promises
from tribune.channel import ActKind, Card, Platform
from tribune.charter import Charter, Clause
from tribune.comment import Audience, words_hash
from tribune.decision import DANGER, is_hostile
from tribune.errors import (
    AlreadyDone,
    CannotDo,
    CharterUnreadable,
    Conflict,
    Gone,
    NoGround,
    NotFound,
    NotHere,
    OwnDecision,
)
from tribune.journal import (
    BY_COLLEAGUE,
    IN_EFFECT,
    NOT_BEGUN,
    Action,
    ActionState,
    AuthorNote,
    Case,
    CaseState,
    Changes,
    Draft,
    Head,
    OutgoingWords,
    Outline,
    SaidWords,
    ThreadNote,
    Verdict,
)
from tribune.notice import RESTRICTING, code, token_of
from tribune.standing import Strike
from tribune.workflow.deed import WORDS_KEPT, act_due, case_id
from tribune.workflow.opening import to_carry_out
from tribune.workflow.ports import Key, Keys, Noting, Queue
from tribune.workflow.restriction import recorded
from tribune.workflow.seal import Measure, sealed
from tribune.workflow.takeback import (
    CONTESTED,
    cancelled,
    closed,
    is_hidden,
    judged_by_hand,
    last_visibility,
    looked_at,
    with_actions,
    without_strike,
)
from tribune.workflow.tally import difference
from tribune.workflow.worksheet import Known, ObjectId

_TRIES = 6
ACQUITTED = "acquitted"
"""The reason of a person who says that it was no breach."""
_VISIBILITY = frozenset({ActKind.HIDE, ActKind.UNHIDE})
_MODERATING = _VISIBILITY | {ActKind.DELETE, ActKind.BLOCK}
_REMINDING = ("reminder", "warning")
"""How the name of a text begins that tells somebody of a breach."""


# ruff: disable[D102]  what each of these does is said where it is done
class Journal(Noting, Protocol):
    """What a person's acts need of the journal."""

    def read(self, wanted: Iterable[Key]) -> Known: ...
    def commit(self, changes: Changes, now: datetime) -> None: ...
    def cases(self, community: str, state: CaseState) -> list[ObjectId]: ...
    def outlines(self, community: str) -> list[Outline]: ...
    def said_of(self, heads: Iterable[Head]) -> Mapping[ObjectId, SaidWords]: ...
    def said_words(self, community: str, platform: str, account: str, object_id: str, v: str) -> SaidWords | None: ...


# ruff: enable[D102]


@dataclass(frozen=True, slots=True)
class Shown:
    """A case as a CM sees it: what was said, what was decided, what could be said."""

    case: Case
    head: Head
    words: str | None
    """None when the author deleted them."""
    author: str | None

    @property
    def at(self) -> ObjectId:
        """The comment it is about."""
        return self.head.at


@dataclass(frozen=True, slots=True)
class _Wish:
    """What a person wants done, in their name, and the id it will have."""

    id: str
    person: str
    kind: ActKind
    purpose: str
    text: str = ""
    variant: str | None = None
    clause: str | None = None
    clause_hash: str | None = None
    charter_version: int | None = None
    confirmed_by: str | None = None


type CaseName = str | ObjectId
"""A case by its short name, which has to be looked for, or by the comment it is about."""

type _Step = Callable[[Head, Case], tuple[Changes, Action]]


@dataclass(frozen=True, slots=True)
class Handling:
    """What a person does about cases, with the edges it needs."""

    journal: Journal
    keys: Keys
    actions: Queue
    now: Callable[[], datetime]
    platform: Callable[[str], Platform]
    charter: Callable[[str, int], Charter]
    """(community, version) -> that charter."""

    # --- looking ---

    def open(self, community: str, limit: int | None = None) -> list[Shown]:
        """The open cases: danger, then who waits for an answer, then the rest; in each, the promise that ran out first."""
        return self.look_at(one.at for one in self.waiting(community)[:limit])

    def waiting(self, community: str) -> list[Outline]:
        """The open cases in the same order, no more of them than says so."""
        return sorted(self.journal.outlines(community), key=_urgency)

    def settled(self, community: str, name: str = "") -> list[ObjectId]:
        """The comments of the settled cases, the latest first; only those whose short name begins with `name`."""
        return [at for at in self.journal.cases(community, CaseState.CLOSED) if case_id(at).startswith(name)]

    def look_at(self, places: Iterable[ObjectId]) -> list[Shown]:
        """The cases about these comments, as far as these are still there: three requests for each hundred."""
        places = list(places)
        known = self.journal.read(key(*at) for at in places for key in (self.keys.case, self.keys.head))
        found = [(case, head) for at in places if (case := known.case(*at)) and (head := known.head(*at))]
        said = self.journal.said_of(head for _, head in found)
        return [_shown(case, head, said.get(head.at)) for case, head in found]

    def find(self, community: str, name: CaseName) -> Shown:
        """One case, open or settled. Raises NotFound."""
        at = self._named(community, name) if isinstance(name, str) else name
        if at is not None:
            known = self.journal.read([self.keys.head(*at), self.keys.case(*at)])
            case, head = known.case(*at), known.head(*at)
            if case is not None and head is not None:
                return _shown(case, head, self.journal.said_words(*head.at, head.v))
        raise NotFound(f"there is no case {name}")

    def hostile(self, head: Head) -> bool:
        """Is nobody of the team named in the thread of this comment?"""
        around = self.journal.read([self.keys.thread(*head.thread_at), self.keys.brakes(head.community)])
        climate = around.brakes(head.community).climate.get(head.space, "green")
        return is_hostile(attacked=around.thread(*head.thread_at).attacked, climate=climate)

    def _named(self, community: str, name: str) -> ObjectId | None:
        """The comment whose case has this short name."""
        places = (at for state in CaseState for at in self.journal.cases(community, state))
        return next((at for at in places if case_id(at) == name), None)

    def clause(self, head: Head) -> Clause | None:
        """The clause that was cited, in the version that judged the words; None when there is none. Raises CharterUnreadable."""
        verdict = head.verdict
        if verdict is None or verdict.clause is None or verdict.charter_version is None:
            return None
        return self.charter(head.community, verdict.charter_version).clause(verdict.clause)

    def able(self, head: Head) -> frozenset[ActKind]:
        """What can be done about a comment where it stands, as far as we know what the account may do."""
        account = head.at[:3]
        breaker = self.journal.read([self.keys.breaker(*account)]).breaker(*account)
        return self._possible(head) - breaker.cannot(self.now())

    def _possible(self, head: Head) -> frozenset[ActKind]:
        card = self.platform(head.platform).CARD
        can = card.can - {ActKind.DELETE} if card.deletes_only_ours else card.can
        if not can_write_alone(card, head, self.now()):
            can -= {ActKind.PRIVATE}
        return can if head.audience is Audience.PUBLIC else can - _MODERATING

    # --- deciding ---

    def send(self, community: str, name: CaseName, person: str, text: str, draft: Draft | None = None) -> Action:
        """Answer as oneself. Raises NotFound, Gone, AlreadyDone, CannotDo, Conflict, Unavailable."""
        kind, variant = (draft.kind, draft.variant) if draft else (ActKind.REPLY, None)
        wish = _Wish(str(uuid.uuid4()), person, kind, "answer", text, variant)
        return self._decided(community, name, kind, lambda head, case: self._answer(head, case, wish))

    def write(self, community: str, name: CaseName, person: str, text: str) -> Action:
        """Write to the author in private, whatever is said in public. Raises as `send`."""
        wish = _Wish(str(uuid.uuid4()), person, ActKind.PRIVATE, "answer", text)
        return self._decided(community, name, wish.kind, lambda head, case: self._write(head, case, wish))

    def like(self, community: str, name: CaseName, person: str) -> Action:
        """Like the comment in the page's name: the case stays as it is. Raises as `send`."""
        wish = _Wish(str(uuid.uuid4()), person, ActKind.LIKE, "liked_by_hand")
        return self._decided(community, name, wish.kind, lambda head, _: self._like(head, wish))

    def hide(self, community: str, name: CaseName, person: str, clause: str | None = None) -> Action:
        """Hide the comment, or confirm that the machine did; `clause`: id or number, where none or another was cited.

        Raises NotFound, Gone, AlreadyDone, CannotDo, NoGround, Conflict, Unavailable.
        """
        wish = _Wish(str(uuid.uuid4()), person, ActKind.HIDE, "hidden_by_hand", clause=clause)
        return self._decided(community, name, wish.kind, lambda head, case: self._hide(head, case, wish))

    def delete(self, community: str, name: CaseName, person: str, clause: str | None = None) -> Action:
        """Delete the comment: nobody can undo it. Raises as `hide`."""
        wish = _Wish(str(uuid.uuid4()), person, ActKind.DELETE, "deleted_by_hand", clause=clause)
        return self._decided(community, name, wish.kind, lambda head, case: self._delete(head, case, wish))

    def block(self, community: str, name: CaseName, person: str, second: str, clause: str | None = None) -> Action:
        """Exclude the author; `second` is the other person it takes. Raises as `hide`, OwnDecision where that is the
        same one, CannotDo when we no longer know who it was.
        """
        if second == person:
            raise OwnDecision(person, ())
        wish = _Wish(str(uuid.uuid4()), person, ActKind.BLOCK, "excluded_by_hand", clause=clause, confirmed_by=second)
        return self._decided(community, name, wish.kind, lambda head, case: self._block(head, case, wish))

    def show(self, community: str, name: CaseName, person: str) -> Action:
        """Show the comment again: it was no breach. Raises NotFound, Gone, AlreadyDone, CannotDo, Conflict."""
        wish = _Wish(str(uuid.uuid4()), person, ActKind.UNHIDE, "shown_by_hand")
        return self._decided(community, name, wish.kind, lambda head, case: self._unhide(head, case, wish))

    def acquit(self, community: str, name: CaseName, person: str) -> None:
        """It was no breach: shown again where it is hidden, nothing held against its author, the case settled unless
        somebody waits for words. Raises as `show`.
        """
        shown = self.find(community, name)
        if is_hidden(shown.head):
            self.show(community, shown.at, person)
        else:
            self._settle(shown, lambda head, case: self._acquit(head, case, person))

    def close(self, community: str, name: CaseName, person: str) -> None:
        """Nothing more to do here; also where only the comment is gone, and somebody still had to do something by hand
        (an exclusion to lift). Raises NotFound, Gone, AlreadyDone, Conflict.
        """
        self._settle(self.find(community, name), lambda head, case: self._close(head, case, person), or_gone=True)

    def _decided(self, community: str, name: CaseName, kind: ActKind, step: _Step) -> Action:
        """Put a person's act in the outbox, and wake whoever carries it out."""
        shown = self.find(community, name)
        able = self.able(shown.head)
        if kind not in able:
            card = self.platform(shown.head.platform).CARD
            late = kind is ActKind.PRIVATE and kind in card.can and not can_write_alone(card, shown.head, self.now())
            which = "private_late" if late else kind
            raise NotHere(which, [one for one in ActKind if one in able], learned=kind in self._possible(shown.head))

        def careful(head: Head, case: Case) -> tuple[Changes, Action]:
            deletion = in_effect(head, ActKind.DELETE)
            if deletion is not None and kind is not ActKind.BLOCK:
                raise AlreadyDone(deletion.signed_by or "", deletion.done_at or deletion.created_at)
            return step(head, case)

        head, action = self._settle(shown, careful)
        if head.unfinished:
            self.actions.send([to_carry_out(shown.at)])
        return action

    def _settle[T](
        self, shown: Shown, step: Callable[[Head, Case], tuple[Changes, T]], *, or_gone: bool = False
    ) -> tuple[Head, T]:
        """Write what a person decided, on what stands there at that moment. Raises Gone, AlreadyDone, Conflict."""
        for _ in range(_TRIES):
            head, case = self._now_at(shown.at, or_gone=or_gone)
            changes, made = step(head, case)
            changes += Changes(
                tallies=tuple(difference(head, changes.heads[0])), authors=_unstruck(head, changes.heads[0])
            )
            changes += _reasoned(head, changes.heads[0], self.now())
            changes = self._sealed(changes, made)
            self.journal.keep_words((), (), touched=changes.heads)
            try:
                self.journal.commit(changes, self.now())
            except Conflict:
                continue
            return changes.heads[0], made
        raise Conflict("the case keeps changing: look at it again")

    def _sealed(self, changes: Changes, made: object) -> Changes:
        """The changes with the person's measure in the ledger: what they say or like is none."""
        head = changes.heads[0]
        match made:
            case Action() if made.kind in _MODERATING or made.reminds:
                measure = Measure(
                    measure=made.kind.value if made.kind in _MODERATING else "remind",
                    reason=made.purpose,
                    person=made.signed_by or "",
                    confirmed_by=made.confirmed_by,
                    clause=made.clause,
                    clause_hash=made.clause_hash,
                    reverses=made.kind is ActKind.UNHIDE,
                )
            case Measure():
                measure = made
            case None:
                measure = Measure("close", changes.cases[0].reason, changes.cases[0].closed_by or "")
            case _:
                return changes
        head, seal = sealed(head, measure, self.now())
        return replace(changes, heads=(head, *changes.heads[1:]), seals=(*changes.seals, seal))

    def _now_at(self, at: ObjectId, *, or_gone: bool) -> tuple[Head, Case]:
        known = self.journal.read([self.keys.head(*at), self.keys.case(*at)])
        head, case = known.head(*at), known.case(*at)
        if head is None or case is None or (head.deleted and not (or_gone and case.state is CaseState.OPEN)):
            raise Gone("its author deleted the comment")
        return head, case

    # --- each decision, on what stands there ---

    def _answer(self, head: Head, case: Case, wish: _Wish) -> tuple[Changes, Action]:
        """The case stays open until the answer has left: perform settles it then."""
        _still_open(case, self.now())
        earlier = next((a for a in head.unfinished if a.signed_by and a.kind is wish.kind), None)
        if earlier is not None:
            raise AlreadyDone(earlier.signed_by or "", earlier.created_at)
        return self._said(head, case, wish)

    def _write(self, head: Head, case: Case, wish: _Wish) -> tuple[Changes, Action]:
        """Once for each comment, before a public answer or after it; not to somebody who asked to be forgotten."""
        if case.ended_by_author:
            raise AlreadyDone(case.closed_by or "", case.closed_at or self.now())
        begun = (ActionState.SENDING, ActionState.SENT)
        for earlier in head.actions:
            signed = earlier.state is ActionState.READY and earlier.signed_by is not None
            if earlier.kind is ActKind.PRIVATE and (signed or earlier.state in begun):
                raise AlreadyDone(earlier.signed_by or "", earlier.done_at or earlier.created_at)
        return self._said(head, case, wish)

    def _said(self, head: Head, case: Case, wish: _Wish) -> tuple[Changes, Action]:
        said = self.journal.said_words(*head.at, head.v)
        words = OutgoingWords(
            *head.at,
            action_id=wish.id,
            text=wish.text,
            recipient=said.conversation if said else None,
            expires=self.now() + WORDS_KEPT,
        )
        self.journal.keep_words((), (words,))
        head = self._ordered(head, wish)
        answer = head.actions[-1]
        held_to = head.verdict.clause if head.verdict and answer.reminds else None
        return self._changes(head, replace(case, rev=case.rev + 1), held_to=held_to), answer

    def _like(self, head: Head, wish: _Wish) -> tuple[Changes, Action]:
        _not_yet(head, wish.kind)
        head = self._ordered(head, wish)
        return Changes(heads=(head,)), head.actions[-1]

    def _hide(self, head: Head, case: Case, wish: _Wish) -> tuple[Changes, Action]:
        """What the machine hid provisionally becomes the person's decision; nothing is sent twice."""
        last = last_visibility(head)
        hidden = last is not None and last.kind is ActKind.HIDE
        if last is not None and hidden and last.signed_by is not None:
            raise AlreadyDone(last.signed_by, last.done_at or last.created_at)
        wish = self._grounded(head, wish)
        if last is not None and hidden:
            action = replace(
                last,
                signed_by=wish.person,
                clause=wish.clause,
                clause_hash=wish.clause_hash,
                charter_version=wish.charter_version,
                confirm_by=None,
            )
            head = replace(with_actions(head, [action]), by_hand=True, rev=head.rev + 1)
        else:
            head = self._ordered(head, wish)
            action = head.actions[-1]
        case = _still_to_say(case, hidden=True)
        return self._changes(head, self._perhaps_closed(case, wish.person), held_to=wish.clause), action

    def _delete(self, head: Head, case: Case, wish: _Wish) -> tuple[Changes, Action]:
        """Nobody can be answered there any more: the machine's other acts are off, and the case is settled."""
        wish = self._grounded(head, wish)
        head = self._ordered(head, wish)
        actions, forgotten = cancelled(
            head.actions, "by_hand", self.now(), lambda other: other.signed_by is None and other.purpose != "withdraw"
        )
        head = replace(head, actions=actions)
        if case.state is CaseState.OPEN:
            case = closed(case, wish.person, self.now())
        unsaid = Changes(
            threads=(ThreadNote(*head.thread_at, forgotten=forgotten),),
            authors=_author(head, answered=frozenset({head.object}), forgotten=forgotten),
        )
        changes = self._changes(head, replace(case, rev=case.rev + 1), held_to=wish.clause)
        return changes + unsaid, head.actions[-1]

    def _block(self, head: Head, case: Case, wish: _Wish) -> tuple[Changes, Action]:
        """The platform's id of the person lives beside the act no longer than beside their own words."""
        _not_yet(head, wish.kind)
        wish = self._grounded(head, wish)
        if wish.clause is None:
            raise NoGround("no_charter")
        said = self.journal.said_words(*head.at, head.v)
        if said is None or not said.author_id:
            raise CannotDo("no_recipient")
        person = OutgoingWords(
            *head.at,
            action_id=wish.id,
            text="",
            recipient=said.author_id,
            expires=min(said.expires, self.now() + WORDS_KEPT),
        )
        self.journal.keep_words((), (person,))
        head = self._ordered(head, wish)
        return self._changes(head, self._perhaps_closed(case, wish.person), held_to=wish.clause), head.actions[-1]

    def _grounded(self, head: Head, wish: _Wish) -> _Wish:
        """The wish with the clause it rests on; None only where the law itself is the ground. Raises NoGround."""
        verdict = head.verdict
        if verdict is None or verdict.charter_version is None:
            if verdict is None or verdict.ground != "law" or wish.clause is not None:
                raise NoGround("no_charter")
            return wish
        if wish.clause is None and verdict.clause is not None:
            return _under(verdict, wish)
        try:
            charter = self.charter(head.community, verdict.charter_version)
        except (CharterUnreadable, NotFound) as error:
            raise NoGround("unreadable") from error
        rules = charter.rules(private=head.audience is Audience.PRIVATE)
        found = next((rule for rule in rules if wish.clause in (rule.id, str(rule.number))), None)
        if found is None:
            raise NoGround("which_clause" if wish.clause is None else "no_such_clause", (rule.id for rule in rules))
        hashed = charter.hash_of(found, head.language)
        return replace(wish, clause=found.id, clause_hash=hashed, charter_version=verdict.charter_version)

    def _unhide(self, head: Head, case: Case, wish: _Wish) -> tuple[Changes, Action]:
        last = last_visibility(head)
        if last is not None and last.kind is ActKind.UNHIDE:
            raise AlreadyDone(last.signed_by or "", last.done_at or last.created_at)
        head = self._ordered(head, wish)
        if head.verdict is not None:
            head = replace(head, verdict=replace(head.verdict, strike=False))
        case = _still_to_say(case, hidden=False)
        return self._changes(head, self._perhaps_closed(case, wish.person)), head.actions[-1]

    def _acquit(self, head: Head, case: Case, person: str) -> tuple[Changes, Measure]:
        """What was prepared against it is off; a reminder that left alone was a mistake, and counts as one."""
        now = self.now()
        _still_open(case, now)
        actions, forgotten = cancelled(
            head.actions, "by_hand", now, lambda one: not one.signed_by and (one.kind is ActKind.HIDE or one.reminds)
        )
        head = replace(looked_at(replace(head, actions=actions)), by_hand=True, rev=head.rev + 1)
        if head.verdict is not None:
            verdict = replace(head.verdict, strike=False, reversed=head.verdict.alone, acquitted=True)
            head = replace(head, verdict=verdict)
        settled = case if case.awaits_answer or case.owes_a_word else closed(case, person, now)
        changes = self._changes(head, replace(settled, rev=case.rev + 1))
        unsaid = Changes(threads=(ThreadNote(*head.thread_at, forgotten=forgotten),))
        return changes + unsaid, Measure("close", ACQUITTED, person, reverses=True)

    def _close(self, head: Head, case: Case, person: str) -> tuple[Changes, None]:
        now = self.now()
        _still_open(case, now)
        unasked = [
            replace(action, state=ActionState.CANCELLED, why="by_hand", done_at=now)
            for action in head.actions
            if action.state in (ActionState.PROPOSED, ActionState.OBSERVED)
        ]
        left = head.unconfirmed
        if left is not None:  # whoever leaves it hidden has decided that, and the member's page says so
            kept = replace(left, signed_by=person, confirm_by=None)
            unasked.append(_under(head.verdict, kept) if head.verdict and head.verdict.clause else kept)
        head = replace(looked_at(with_actions(head, unasked)), by_hand=True, rev=head.rev + 1)
        case = replace(closed(case, person, now), rev=case.rev + 1)
        answered = Changes(authors=_author(head, answered=frozenset({head.object})))
        return self._changes(head, case) + answered, None

    def _ordered(self, head: Head, wish: _Wish) -> Head:
        """The head with the person's act last in its outbox, in the place of what the machine had prepared."""
        now = self.now()
        prepared = [other for other in head.actions if other.kind is wish.kind and other.state in NOT_BEGUN]
        # What was drafted for the member leads to the address that the machine's act would have had.
        address = next((other.notice for other in prepared if other.notice), None)
        action = replace(
            act_due(wish.id, wish.kind, wish.purpose, head.object, now),
            words=words_hash(wish.text) if wish.text else None,
            variant=wish.variant,
            signed_by=wish.person,
            confirmed_by=wish.confirmed_by,
            clause=wish.clause,
            clause_hash=wish.clause_hash,
            charter_version=wish.charter_version,
            asks=bool(wish.text and promises.asks(wish.text)),
            notice=(address or token_of(secrets.token_bytes(16))) if wish.kind in RESTRICTING else None,
            urgent=wish.kind is ActKind.HIDE,
        )
        superseded = [replace(other, state=ActionState.CANCELLED, why="by_hand", done_at=now) for other in prepared]
        head = without_strike(with_actions(head, superseded), superseded)
        if wish.kind in _MODERATING:
            head = judged_by_hand(head, wish.kind)
        if wish.kind in _VISIBILITY:
            head = replace(head, hidden=None)
        by_hand = head.by_hand or wish.kind is not ActKind.LIKE
        return replace(head, actions=(*head.actions, action), by_hand=by_hand, rev=head.rev + 1)

    def _perhaps_closed(self, case: Case, person: str) -> Case:
        """A hide settles the case when nobody waits for a word, nor was promised one, nor for the review of an appeal."""
        waits = case.awaits_answer or case.owes_a_word or case.reason == CONTESTED
        if case.state is CaseState.OPEN and not case.drafts and not waits:
            case = closed(case, person, self.now())
        return replace(case, rev=case.rev + 1)

    def _changes(self, head: Head, case: Case, *, held_to: str | None = None) -> Changes:
        """All that is written; `held_to`: the clause that the member is held to, if it counts in a history."""
        strikes: tuple[AuthorNote, ...] = ()
        if held_to is not None and head.verdict is not None and self._counts(head, held_to):
            strikes = _author(head, strikes=(Strike(held_to, head.object, self.now()),))
            head = replace(head, verdict=replace(head.verdict, strike=True))
        done = case.state is CaseState.CLOSED and not head.unfinished
        threads = (ThreadNote(*head.thread_at, closed=frozenset({head.object})),) if done else ()
        return Changes(heads=(head,), cases=(case,), threads=threads, authors=strikes)

    def _counts(self, head: Head, held_to: str) -> bool:
        """Does a breach of a clause count in a person's history? Not while its charter cannot be read, nor in distress."""
        version = head.verdict.charter_version if head.verdict else None
        if version is None or head.confidential:
            return False
        try:
            clause = self.charter(head.community, version).clause(held_to)
        except (CharterUnreadable, NotFound):
            return False
        return clause is not None and clause.strike


def _under[T: (_Wish, Action)](verdict: Verdict, wanted: T) -> T:
    """What a person wants done, or leaves done, under the clause that the words were judged by last."""
    return replace(
        wanted, clause=verdict.clause, clause_hash=verdict.clause_hash, charter_version=verdict.charter_version
    )


def _reasoned(before: Head, after: Head, now: datetime) -> Changes:
    """The reason of a measure that a person confirmed, and the code by which a new one can be contested."""
    known = {action.id: action for action in before.actions}
    ordered = {code(a.notice): (a.notice, now) for a in after.actions if a.notice and a.id not in known}
    confirmed = (recorded(after, a, now) for a in after.actions if known.get(a.id, a).signed_by != a.signed_by)
    return Changes(
        authors=_author(after, notices=ordered) if ordered else (),
        notices=tuple(notice for notice in confirmed if notice),
    )


def _shown(case: Case, head: Head, said: SaidWords | None) -> Shown:
    return Shown(case, head, said.text if said else None, said.author_name if said else None)


def _urgency(case: Outline) -> tuple[bool, bool, datetime]:
    return case.reason not in DANGER, not case.awaits_answer, case.promise_at


def _still_to_say(case: Case, *, hidden: bool) -> Case:
    """The case without the drafts that lost their ground: nobody is reminded of what is no breach, nor in public of what
    nobody sees any more; there only whoever waits for an answer gets one.
    """

    def stands(draft: Draft) -> bool:
        reminds = draft.variant.startswith(_REMINDING)
        if hidden and draft.kind is ActKind.REPLY and draft.variant != BY_COLLEAGUE:
            return case.awaits_answer and not reminds
        return hidden or not reminds

    return replace(case, drafts=tuple(draft for draft in case.drafts if stands(draft)))


def _still_open(case: Case, now: datetime) -> None:
    if case.state is CaseState.CLOSED:
        raise AlreadyDone(case.closed_by or "", case.closed_at or now)


def in_effect(head: Head, kind: ActKind) -> Action | None:
    """The act of that kind about the comment itself that was carried out or is on its way."""
    acts = (a for a in head.actions if a.kind is kind and a.target == head.object and a.state in IN_EFFECT)
    return next(acts, None)


def can_write_alone(card: Card, head: Head, now: datetime) -> bool:
    """Does the platform (still) let us write to the comment's author in private?"""
    in_time = card.private_within is None or now - head.posted_at < card.private_within
    return ActKind.PRIVATE in card.can and in_time


def _not_yet(head: Head, kind: ActKind) -> None:
    earlier = in_effect(head, kind)
    if earlier is not None:
        raise AlreadyDone(earlier.signed_by or "", earlier.done_at or earlier.created_at)


def _unstruck(before: Head, after: Head) -> tuple[AuthorNote, ...]:
    """What no longer counts in a person's history: they were shown to be right, or nobody told them."""
    was, now = (bool(head.verdict and head.verdict.strike) for head in (before, after))
    return _author(after, lifted=frozenset({after.object})) if was and not now else ()


def _author(head: Head, **what: Any) -> tuple[AuthorNote, ...]:
    return (AuthorNote(head.community, head.author, **what),) if head.author else ()
