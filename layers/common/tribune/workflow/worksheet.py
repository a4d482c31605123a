"""The worksheet of one round: what was read, what changes, seen by each next decision as if it were written.

Every record is written at most once, however many decisions of the round touched it.
"""

from collections import Counter
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Protocol

from tribune.journal import (
    AuthorNote,
    AuthorRecord,
    Brakes,
    Breaker,
    Budget,
    BudgetNote,
    Call,
    Case,
    Changes,
    Count,
    Head,
    Lately,
    NoticeEnd,
    OutgoingWords,
    Pulse,
    SaidWords,
    ShadowCount,
    ShadowNote,
    ThreadNote,
    ThreadRecord,
)
from tribune.notice import Notice
from tribune.standing import REPETITION_WINDOW
from tribune.workflow.seal import sealed_verdict
from tribune.workflow.tally import difference

MOST_CODES = 20
"""How many measures about one author can be contested by writing a code; each has its page besides."""
MOST_REMEMBERED = 50
"""How many utterances of one author are kept to see repetitions."""

type ObjectId = tuple[str, str, str, str]
"""(community, platform, account, object)."""
type ThreadId = tuple[str, str, str, str]
"""(community, platform, account, thread)."""
type PersonId = tuple[str, str]
"""(community, author)."""
type CallId = tuple[str, str]
"""(community, call)."""
type BudgetId = tuple[str, str, str, str]
"""(community, platform, account, hour)."""


# ruff: disable[D102]  what each of these does is said where it is done
class Known(Protocol):
    """What was read from the journal in one go."""

    def head(self, community: str, platform: str, account: str, object_id: str) -> Head | None: ...
    def case(self, community: str, platform: str, account: str, object_id: str) -> Case | None: ...
    def thread(self, community: str, platform: str, account: str, thread_id: str) -> ThreadRecord: ...
    def author(self, community: str, author: str, now: datetime) -> AuthorRecord: ...
    def brakes(self, community: str) -> Brakes: ...
    def breaker(self, community: str, platform: str, account: str) -> Breaker: ...
    def budget(self, community: str, platform: str, account: str, hour: str) -> Budget: ...


# ruff: enable[D102]


@dataclass(slots=True)
class Worksheet:
    """One round's reading and writing."""

    known: Known
    now: datetime
    called: AbstractSet[CallId] = frozenset()
    """The calls of a day that were made before."""
    daily: set[CallId] = field(default_factory=set)
    """Those that this round makes."""
    said: list[SaidWords] = field(default_factory=list)
    outgoing: list[OutgoingWords] = field(default_factory=list)
    wakes: set[ObjectId] = field(default_factory=set)
    """Heads whose actions somebody should carry out now."""
    call_wakes: set[CallId] = field(default_factory=set)
    erase: set[ObjectId] = field(default_factory=set)
    """Objects whose words go, once the decision is written."""
    notices: list[Notice] = field(default_factory=list)
    """Restrictions that took effect."""
    notice_ends: list[NoticeEnd] = field(default_factory=list)
    contests: list[tuple[str, str, str]] = field(default_factory=list)
    """(community, token of a measure, words): its author wrote the code that contests it."""
    _heads: dict[ObjectId, Head | None] = field(default_factory=dict)
    _cases: dict[ObjectId, Case | None] = field(default_factory=dict)
    _threads: dict[ThreadId, ThreadRecord] = field(default_factory=dict)
    _authors: dict[PersonId, AuthorRecord] = field(default_factory=dict)
    _changed_heads: set[ObjectId] = field(default_factory=set)
    _changed_cases: set[ObjectId] = field(default_factory=set)
    _thread_notes: list[ThreadNote] = field(default_factory=list)
    _author_notes: list[AuthorNote] = field(default_factory=list)
    _budgets: dict[BudgetId, BudgetNote] = field(default_factory=dict)
    _calls: dict[CallId, Call] = field(default_factory=dict)
    _counts: dict[tuple[str, str, str, str, int], int] = field(default_factory=dict)
    _pulses: dict[tuple[str, str, str, int], Pulse] = field(default_factory=dict)
    _shadows: list[ShadowNote] = field(default_factory=list)
    _shadow_counts: Counter[tuple[str, str, str]] = field(default_factory=Counter)

    # --- heads and cases: one writer at a time, `rev` proves it ---

    def head(self, at: ObjectId) -> Head | None:
        """The head of an object as this round leaves it so far."""
        if at not in self._heads:
            self._heads[at] = self.known.head(*at)
        return self._heads[at]

    def put_head(self, head: Head) -> Head:
        """Write a head; answers it with the rev it will have."""
        at = head.at
        before = self.known.head(*at)
        written = replace(head, rev=(before.rev if before else 0) + 1)
        self._heads[at] = written
        self._changed_heads.add(at)
        return written

    def case(self, at: ObjectId) -> Case | None:
        """The case about an object as this round leaves it so far."""
        if at not in self._cases:
            self._cases[at] = self.known.case(*at)
        return self._cases[at]

    def put_case(self, case: Case) -> None:
        """Write a case."""
        at = (case.community, case.platform, case.account, case.object)
        before = self.known.case(*at)
        self._cases[at] = replace(case, rev=(before.rev if before else 0) + 1)
        self._changed_cases.add(at)

    # --- threads and authors: notes that commute ---

    def thread(self, at: ThreadId) -> ThreadRecord:
        """A thread as this round leaves it so far."""
        if at not in self._threads:
            self._threads[at] = self.known.thread(*at)
        return self._threads[at]

    def note_thread(self, note: ThreadNote) -> None:
        """Something happened in a thread."""
        at = (note.community, note.platform, note.account, note.id)
        before = self.thread(at)
        automatic = {**before.automatic, **note.automatic}
        self._threads[at] = replace(
            before,
            human_at=note.human_at or before.human_at,
            silent=note.silent or before.silent,
            attacked=note.attacked or before.attacked,
            automatic={action: when for action, when in automatic.items() if action not in note.forgotten},
            used=before.used | note.used,
            open=(before.open | note.opened) - note.closed,
            explaining={**before.explaining, **note.explaining},
        )
        self._thread_notes.append(note)

    def author(self, at: PersonId) -> AuthorRecord:
        """An author as this round leaves them so far."""
        if at not in self._authors:
            self._authors[at] = self.known.author(*at, self.now)
        return self._authors[at]

    def note_author(self, note: AuthorNote) -> None:
        """An author did or received something; what is too old to matter is forgotten on the way."""
        before = self.author((note.community, note.author))
        if note.heard_at and before.heard_at:
            note = replace(note, heard_at=max(note.heard_at, before.heard_at))
        stale = _too_old(before, self.now)
        note = replace(note, unsaid=(note.unsaid | stale) - {said.object for said in note.said})
        notices = {**before.notices, **note.notices}
        newest = sorted(notices, key=lambda code: notices[code][1], reverse=True)
        note = replace(note, lapsed=frozenset(newest[MOST_CODES:]) & before.notices.keys())
        standing = before.standing
        waiting = {
            object_id: since
            for object_id, since in {**before.waiting, **note.waiting}.items()
            if object_id not in note.answered
        }
        automatic = {
            action: at for action, at in {**before.automatic, **note.automatic}.items() if action not in note.forgotten
        }
        after = replace(
            standing,
            first_seen=standing.first_seen or note.first_at,
            first_object=standing.first_object if standing.first_seen else _first_object(note),
            said=tuple(said for said in standing.said if said.object not in note.unsaid) + note.said,
            strikes=tuple(strike for strike in standing.strikes if strike.object not in note.lifted) + note.strikes,
            human_requested_at=note.human_requested_at or standing.human_requested_at,
            variants=standing.variants | note.used.keys(),
        )
        self._authors[note.community, note.author] = replace(
            before,
            standing=after.following(self.now, waiting.values(), automatic.values(), note.heard_at),
            waiting=waiting,
            automatic=automatic,
            heard_at=note.heard_at or before.heard_at,
            turns=tuple(turn for turn in before.turns if turn.object not in note.over) + note.turns,
            notices={code: notices[code] for code in newest[:MOST_CODES]},
        )
        self._author_notes.append(note)

    # --- budgets: what is planned in this round counts in it ---

    def budget(self, at: BudgetId) -> Budget:
        """An account's hour as this round leaves it so far."""
        known, note = self.known.budget(*at), self._budgets.get(at)
        if note is None:
            return known
        posts = Counter(known.posts) + Counter(note.posts)
        return replace(known, posts=posts, told=known.told | note.told)

    def note_budget(self, note: BudgetNote) -> None:
        """The machine plans messages, or somebody is told that it plans no more."""
        at = (note.community, note.platform, note.account, note.hour)
        known = self._budgets.get(at, BudgetNote(*at))
        posts = Counter(known.posts) + Counter(note.posts)
        self._budgets[at] = replace(known, posts=posts, told=known.told | note.told)

    def lately(self) -> tuple[Lately, ...]:
        """What is remembered of the words of authors about whom nothing else changes.

        An item of its own, written without a condition beside the words: half of what the standing costs in the
        transaction, for nearly every comment. Two workers who hear the same person at the same moment may lose one
        utterance; it could only have made the next one a repetition.
        """
        return tuple(found for person, notes in self._notes_of().items() if (found := self._remembered(person, notes)))

    def _remembered(self, person: PersonId, notes: Sequence[AuthorNote]) -> Lately | None:
        before, after = self.known.author(*person, self.now), self.author(person)
        unsaid = frozenset(object_id for note in notes for object_id in note.unsaid)
        said = {said.object: said for said in before.lately if said.object not in unsaid}
        if not any(map(_counts, notes)):
            said |= {said.object: said for note in notes for said in note.said}
        if tuple(said.values()) == before.lately or after.standing.first_seen is None:
            return None
        return Lately(*person, tuple(said.values()), after.standing.first_seen, after.standing.first_object)

    def _notes_of(self) -> dict[PersonId, list[AuthorNote]]:
        found: dict[PersonId, list[AuthorNote]] = {}
        for note in self._author_notes:
            found.setdefault((note.community, note.author), []).append(note)
        return found

    # --- calls and counts: upserts and sums ---

    def call(self, call: Call) -> None:
        """Call somebody about an incident, or add an object to it."""
        at = (call.community, call.id)
        known = self._calls.get(at)
        self._calls[at] = replace(known, objects=known.objects + call.objects) if known else call
        self.call_wakes.add(at)

    def call_once_a_day(self, call: Call) -> None:
        """Call somebody about what is the same all day: no item could name each comment of a crowd, nor bear each write."""
        at = (call.community, call.id)
        if at not in self.called:
            self.daily.add(at)
            self.call(call)

    def count(self, count: Count) -> None:
        """Move a live counter."""
        slot = (count.community, count.space, count.hour, count.kind, count.level)
        self._counts[slot] = self._counts.get(slot, 0) + count.n

    def feel(self, pulse: Pulse) -> None:
        """Something was said that the climate looks at."""
        slot = (pulse.community, pulse.space, pulse.hour, pulse.quarter)
        known = self._pulses.get(slot)
        if known:
            observed = Counter(known.observed) + Counter(pulse.observed)
            pulse = replace(pulse, bucket=known.bucket + pulse.bucket, observed=observed)
        self._pulses[slot] = pulse

    def note_shadow(self, note: ShadowNote) -> None:
        """A version on trial would have decided otherwise (or no longer would)."""
        self._shadows.append(note)

    def count_shadow(self, community: str, shadow: str, *what: str) -> None:
        """A version on trial was asked."""
        self._shadow_counts.update((community, shadow, one) for one in what)

    def changes(self) -> Changes:
        """Everything that this round writes, all or nothing."""
        changed = [(self.known.head(*at), head) for at in sorted(self._changed_heads) if (head := self._heads[at])]
        kept = [sealed_verdict(before, head) for before, head in changed]
        return Changes(
            heads=tuple(head for head, _ in kept),
            seals=tuple(seal for _, seals in kept for seal in seals),
            cases=tuple(case for at in sorted(self._changed_cases) if (case := self._cases[at])),
            threads=tuple(self._thread_notes),
            authors=tuple(note for notes in self._notes_of().values() if any(map(_counts, notes)) for note in notes),
            calls=tuple(self._calls.values()),
            counts=tuple(Count(*slot, n=n) for slot, n in self._counts.items() if n),
            tallies=tuple(
                tally
                for at in sorted(self._changed_heads)
                for tally in difference(self.known.head(*at), self._heads[at])
            ),
            shadows=tuple(self._shadows),
            shadow_counts=tuple(ShadowCount(*slot, n=n) for slot, n in self._shadow_counts.items()),
            budgets=tuple(self._budgets.values()),
            pulses=tuple(self._pulses.values()),
            notices=tuple(self.notices),
            notice_ends=tuple(self.notice_ends),
        )


def _first_object(note: AuthorNote) -> str | None:
    return note.said[0].object if note.said else None


def _counts(note: AuthorNote) -> bool:
    """Does it change more than what is remembered of words?"""
    return note != AuthorNote(note.community, note.author, first_at=note.first_at, said=note.said, unsaid=note.unsaid)


def _too_old(record: AuthorRecord, now: datetime) -> frozenset[str]:
    """Utterances that no longer count: twice the window old (events arrive late), or beyond the newest fifty."""
    newest = sorted(record.standing.said, key=lambda said: said.at, reverse=True)
    horizon: timedelta = 2 * REPETITION_WINDOW
    return frozenset(
        said.object for number, said in enumerate(newest) if number >= MOST_REMEMBERED or now - said.at > horizon
    )
