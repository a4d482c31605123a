"""moderate: read -> check -> decide -> commit. Decides; never talks to a platform or to a person.

One read and one transaction for a batch; the wake-ups follow the commit, and whatever they lose the index
`due` remembers. What a Conflict or a crash interrupts is done again from the start: every step is repeatable.
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Protocol

from tribune.channel import ActKind, Item, Platform
from tribune.charter import PublishedCharter, Reader
from tribune.comment import Comment, Said, TeamAct, Verb, milliseconds
from tribune.community import Community
from tribune.errors import AlreadyDone, CharterUnreadable, Conflict, NotFound, Unavailable, UnknownChannel, Unreadable
from tribune.journal import IN_DOUBT, CaseState, Changes, Head, HeadKind, Promised, ThreadNote
from tribune.notice import MOST_CHARACTERS
from tribune.workflow import promise
from tribune.workflow.appeal import Receiving, Reviewing
from tribune.workflow.brake import braked
from tribune.workflow.by_hand import TEAM, settle_answered
from tribune.workflow.deed import Deed, Ground, Outcome, author_of, hour_of, thread_at
from tribune.workflow.opening import to_carry_out, wake_up
from tribune.workflow.ports import Communities, Key, Keys, Noting, Queue
from tribune.workflow.shadow import Shadow
from tribune.workflow.weigh import weigh
from tribune.workflow.worksheet import CallId, Known, ObjectId, Worksheet

MOST_ITEMS = 100
"""What one transaction can touch."""
MOST_CLOSED_AT_ONCE = 20
"""Cases closed in one transaction when a person answers: head, case and author each."""
_TRIES = 6


# ruff: disable[D102]  what each of these does is said where it is done
class Journal(Noting, Protocol):
    """What moderate needs of the journal."""

    def read(self, wanted: Iterable[Key]) -> Known: ...
    def commit(self, changes: Changes, now: datetime) -> None: ...
    def cost(self, changes: Changes) -> int: ...
    def erase_words(self, community: str, platform: str, account: str, object_id: str) -> None: ...


class Charters(Protocol):
    """The charters that were published."""

    def load(self, community: str, at: datetime) -> PublishedCharter | None: ...
    def changes(self, community: str) -> Mapping[int, Mapping[str, int]]: ...
    def shadow(self, community: str) -> str | None: ...
    def shadow_charter(self, community: str) -> PublishedCharter: ...


# ruff: enable[D102]


@dataclass(slots=True)
class Tally:
    """What a batch came to, for the metrics: (name, dimensions) -> how many."""

    failed: list[str] = field(default_factory=list)
    defects: dict[str, str] = field(default_factory=dict)
    """Message id -> the kind of error nobody foresaw: it comes again, then lies with the dead letters."""
    counts: dict[tuple[str, tuple[tuple[str, str], ...]], int] = field(default_factory=dict)

    def add(self, name: str, n: int = 1, **dimensions: str) -> None:
        """So many more."""
        slot = (name, tuple(sorted(dimensions.items())))
        self.counts[slot] = self.counts.get(slot, 0) + n


type _Counted = tuple[str, int, dict[str, str]]
"""(metric, how many, its dimensions)."""


@dataclass(frozen=True, slots=True)
class _Waiting:
    message: str
    """The id of the message it came in."""
    deed: Deed


@dataclass(slots=True)
class Moderation:
    """moderate_comments' use case, with its edges."""

    journal: Journal
    keys: Keys
    communities: Communities
    charters: Charters
    pseudonym: Callable[[str, str], str]
    """(community, platform's id of a person) -> the pseudonym."""
    platform: Callable[[str], Platform]
    actions: Queue
    calls: Queue
    appeals: Receiving
    """Where a code that a member writes leads to."""
    reviewing: Callable[[Community], Reviewing]
    """Where an appeal is granted when somebody of the team shows the comment again on the platform itself."""
    _readers: dict[tuple[str, str], tuple[Community, Reader]] = field(default_factory=dict)
    _called: set[CallId] = field(default_factory=set)
    """The calls of a day that this process made."""

    def moderate(self, messages: Sequence[tuple[str, str]], now: datetime) -> Tally:
        """Decide every item of a batch of (message id, body); the failed ids come back with the tally."""
        tally = Tally()
        waiting: list[_Waiting] = []
        for message, body in messages:
            try:
                waiting += [_Waiting(message, deed) for deed in self._read(body, tally)]
            except (Unreadable, NotFound, UnknownChannel):
                tally.add("ItemsUnreadable", platform=_platform_of(body))
                tally.failed.append(message)
            except Unavailable:
                tally.failed.append(message)
            except Exception as error:  # noqa: BLE001  a defect of ours, or a community that is none: its neighbours go on
                tally.defects[message] = type(error).__name__
                tally.failed.append(message)
        for batch in _rounds(waiting):
            self._settle(batch, now, tally)
        return tally

    # --- read ---

    def _read(self, body: str, tally: Tally) -> list[Deed]:
        envelope = _envelope(body)
        community = self.communities.load(envelope["community"])
        platform = self.platform(envelope["platform"])
        told = platform.read(Item(envelope["account"], envelope["payload"]))
        said = [_under_our_name(event, community) for event in told]
        if not said:
            tally.add("UnknownEvents", platform=envelope["platform"])
        return [
            Deed(
                said=event,
                community=envelope["community"],
                space=envelope["space"],
                channel=envelope["channel"],
                received_at=datetime.fromisoformat(envelope["received_at"]),
                fetched="fetched" in envelope,
            )
            for event in said
        ]

    # --- decide and commit ---

    def _settle(self, batch: Sequence[_Waiting], now: datetime, tally: Tally) -> None:
        """Decide a round; when it is too large for one transaction, or one of it breaks us, half of it first."""
        for _ in range(_TRIES):
            try:
                fitting, counts = self._decide([waiting.deed for waiting in batch], now)
            except Conflict:
                continue
            except Unavailable:
                break
            except Exception as error:  # noqa: BLE001  a defect of ours: it must not take its neighbours with it
                fitting, counts = False, []
                if len(batch) == 1:
                    tally.defects[batch[0].message] = type(error).__name__
                    break
            if not fitting:
                middle = len(batch) // 2
                self._settle(batch[:middle], now, tally)
                self._settle(batch[middle:], now, tally)
                return
            for name, n, dimensions in counts:
                tally.add(name, n, **dimensions)
            return
        tally.failed += [waiting.message for waiting in batch if waiting.message not in tally.failed]

    def _decide(self, deeds: Sequence[Deed], now: datetime) -> tuple[bool, list[_Counted]]:
        """(did it fit, what to count). Raises Conflict, Unavailable; nothing is half done then."""
        grounds = [self._ground(deed) for deed in deeds]
        known, deeds = self._known(deeds, grounds, now)
        grounds = [replace(ground, braked=self._braked(ground, known)) for ground in grounds]
        sheet = Worksheet(known, now, self._called)
        counts: list[_Counted] = []
        for deed, ground in zip(deeds, grounds, strict=True):
            outcome = weigh(deed, ground, sheet)
            counts += _counts(deed, ground, outcome, sheet)
        changes = sheet.changes()
        if self.journal.cost(changes) > MOST_ITEMS and len(deeds) > 1:
            return False, []
        lately = sheet.lately()
        if sheet.said or sheet.outgoing or lately or changes.heads:
            self.journal.keep_words(sheet.said, sheet.outgoing, lately, changes.heads)
        self.journal.commit(changes, now)
        self._called |= sheet.daily
        self._afterwards(deeds, sheet, now)
        counts += [("InteractionsCounted", count.n, {"level": str(count.level)}) for count in changes.counts]
        return True, counts

    def _ground(self, deed: Deed) -> Ground:
        community = self.communities.load(deed.community)
        said = deed.said
        written_at = said.posted_at if isinstance(said, Comment) else said.said_at
        try:
            charter = self.charters.load(community.id, written_at)
        except CharterUnreadable:
            charter = None
        return Ground(
            community=community,
            charter=charter,
            reader=self._reader(community, charter),
            card=self.platform(said.platform).CARD,
            pseudonym=lambda identity: self.pseudonym(community.id, identity),
            law=lambda: self._reader(community, None),
            shadow=self._shadow(community),
        )

    def _shadow(self, community: Community) -> Shadow | None:
        try:
            name = self.charters.shadow(community.id)
        except CharterUnreadable:
            return None  # the list of versions is damaged: there is nothing to compare with either

        def opened() -> tuple[PublishedCharter, Reader]:
            charter = self.charters.shadow_charter(community.id)
            return charter, self._reader(community, charter)

        return Shadow(name, opened) if name else None

    def _braked(self, ground: Ground, known: Known) -> frozenset[str]:
        brakes = known.brakes(ground.community.id)
        if not brakes.held or ground.charter is None:
            return frozenset()
        return braked(brakes, ground.charter.version, self.charters.changes(ground.community.id))

    def _reader(self, community: Community, published: PublishedCharter | None) -> Reader:
        slot = (community.id, published.content_hash if published else "")
        kept = self._readers.get(slot)
        if kept is not None and kept[0] == community:
            return kept[1]
        reader = Reader(published.charter if published else None, community.vocabulary)
        self._readers[slot] = (community, reader)
        return reader

    def _known(self, deeds: Sequence[Deed], grounds: Sequence[Ground], now: datetime) -> tuple[Known, Sequence[Deed]]:
        """Everything the round may need, and the events with the thread they really belong to.

        One read; another one when a comment answers a reply, and when a message of our own comes back (a third one
        when a person of the team may have written it at the desk).
        """
        wanted = [key for deed, ground in zip(deeds, grounds, strict=True) for key in self._keys_of(deed, ground)]
        wanted += [self.keys.budget(*account, hour_of(now)) for account in sorted({deed.at[:3] for deed in deeds})]
        known = self.journal.read(wanted)
        together = {deed.at: deed for deed in deeds}
        deeds = [_rooted(deed, known, together) for deed in deeds]
        threads = [thread_at(deed, ground) for deed, ground in zip(deeds, grounds, strict=True)]
        roots = [self.keys.thread(*thread) for deed, thread in zip(deeds, threads, strict=True) if deed.root]
        if roots:
            wanted += roots
            known = self.journal.read(wanted)
        waiting = [
            (*thread[:3], object_id)
            for deed, thread in zip(deeds, threads, strict=True)
            if isinstance(deed.said, Comment) and deed.said.author.is_ours
            for object_id in known.thread(*thread).open
        ]
        if waiting:
            wanted += [self.keys.head(*at) for at in waiting]
            known = self.journal.read(wanted)
            answering = [head for at in waiting if (head := known.head(*at)) and _a_person_answers(head)]
            if answering:
                wanted += [self.keys.case(*head.at) for head in answering]
                wanted += [self.keys.author(head.community, head.author) for head in answering if head.author]
                known = self.journal.read(wanted)
        return known, deeds

    def _keys_of(self, deed: Deed, ground: Ground) -> list[Key]:
        found = [self.keys.head(*deed.at), self.keys.case(*deed.at), self.keys.brakes(deed.community)]
        said = deed.said
        if isinstance(said, Comment):
            found.append(self.keys.thread(*thread_at(deed, ground)))
            found.append(self.keys.breaker(*deed.at[:3]))
            author = author_of(said, ground)
            if author:
                found += [self.keys.author(deed.community, author), self.keys.lately(deed.community, author)]
        if deed.answers:
            found.append(self.keys.head(*deed.answers))
        return found

    # --- afterwards: repeatable, and repeated when the same event comes again ---

    def _afterwards(self, deeds: Sequence[Deed], sheet: Worksheet, now: datetime) -> None:
        for at in sorted(sheet.erase):
            self.journal.erase_words(*at)
        for deed in deeds:
            head = sheet.head(deed.at)
            if head is not None and not head.deleted and self._by_a_person(head):
                self._follow(head, deed, now)
            self._grant(deed, head)
        for community, address, text in sheet.contests:
            self._contest(community, address, text, now)
        self.actions.send([_wake(head) for at in sorted(sheet.wakes) if (head := sheet.head(at))])
        self.calls.send([wake_up(community, call) for community, call in sorted(sheet.call_wakes)])

    def _contest(self, community: str, address: str, text: str, now: datetime) -> None:
        """A measure that has not taken effect, or is kept no more, cannot be contested yet, or any more."""
        with suppress(NotFound):
            self.appeals.receive(community, address, text[:MOST_CHARACTERS], now, way="message")

    def _grant(self, deed: Deed, head: Head | None) -> None:
        """What the team shows again where it stands needs no review any more: the member was right, and is told."""
        shown = isinstance(deed.said, TeamAct) and deed.said.kind == ActKind.UNHIDE
        if shown and head is not None and head.hidden is False:
            with suppress(AlreadyDone):
                self.reviewing(self.communities.load(deed.community)).give_in(deed.at, TEAM)

    @staticmethod
    def _by_a_person(head: Head) -> bool:
        """Are these words of ours a person's own, or rewritten by one where they stand?"""
        return head.kind is HeadKind.TEAM or (head.kind is HeadKind.OURS and head.by_hand)

    def _follow(self, head: Head, deed: Deed, now: datetime) -> None:
        """What follows from a person's words: they answer; rewritten, they promise what they say now. Words that were
        rewritten since promise nothing.
        """
        said = deed.said if isinstance(deed.said, Comment) and deed.said.version == head.v else None
        made = self._promise(deed) if said else None
        if made is not None:
            made = replace(made, made_at=head.posted_at)
        rewritten = said is not None and said.verb is Verb.EDITED and said.said_at > head.posted_at
        if rewritten and self._reword(head, made, now):
            return
        if made is not None or head.kind is HeadKind.TEAM:
            self._close_answered(head, made, now)

    def _reword(self, spoken: Head, made: Promised | None, now: datetime) -> bool:
        """A promise that a person had made in these words gives way to what they promise now; False where they made none."""
        thread = spoken.thread_at
        record = self.journal.read([self.keys.thread(*thread)]).thread(*thread)
        names = {spoken.parent, spoken.thread, *record.open}
        objects = [(*thread[:3], name) for name in sorted(name for name in names if name)]
        sheet = Worksheet(self.journal.read([self.keys.case(*at) for at in objects]), now)
        cases = [case for at in objects if (case := sheet.case(at))]
        promised = [case for case in cases if promise.made_then(case, spoken.posted_at)]
        for case in promised:
            after = promise.reworded(case, TEAM, made, said_at=spoken.posted_at, now=now)
            if after != case:
                sheet.put_case(after)
            if after.state is CaseState.CLOSED:
                sheet.note_thread(ThreadNote(*thread, closed=frozenset({case.object})))
        self.journal.commit(sheet.changes(), now)
        return bool(promised)

    def _promise(self, deed: Deed) -> Promised | None:
        """What a person of the team promised in words that they wrote on the platform itself."""
        said = deed.said
        if not isinstance(said, Comment):
            return None
        community = self.communities.load(deed.community)
        return promise.made_in(said.text, community.languages, said.posted_at, community.zone)

    def _close_answered(self, spoken: Head, made: Promised | None, now: datetime) -> None:
        """A person answered: everything in that thread that was said before is settled, a few at a time."""
        thread = spoken.thread_at
        record = self.journal.read([self.keys.thread(*thread)]).thread(*thread)
        objects = [(*thread[:3], object_id) for object_id in sorted(record.open)]
        kept_for = self._kept_for(spoken, objects) if made else None
        if kept_for and kept_for not in objects:
            objects.append(kept_for)
        for start in range(0, len(objects), MOST_CLOSED_AT_ONCE):
            self._close_some(objects[start : start + MOST_CLOSED_AT_ONCE], spoken, {kept_for: made}, now)

    def _kept_for(self, spoken: Head, objects: Sequence[ObjectId]) -> ObjectId | None:
        """The comment whose case keeps a promise: the one that was answered, the top of the thread, the latest open one;
        where none has a case, the first of them, which gets one.
        """
        place = spoken.at[:3]
        answered = [(*place, name) for name in (spoken.parent, spoken.thread) if name and name != spoken.object]
        candidates = list(dict.fromkeys((*answered, *objects)))
        known = self.journal.read([key for at in candidates for key in (self.keys.head(*at), self.keys.case(*at))])
        there = {
            at: head
            for at in candidates
            if (head := known.head(*at))
            and (case := known.case(*at))
            and not case.ended_by_author  # no promise opens that again
            and head.posted_at <= spoken.posted_at
        }
        latest = sorted(there, key=lambda at: there[at].posted_at, reverse=True)
        without = [
            at
            for at in answered
            if known.case(*at) is None
            and (head := known.head(*at))
            and head.kind is HeadKind.COMMENT
            and not head.deleted
            and head.posted_at <= spoken.posted_at
        ]
        return next(iter((*(at for at in answered if at in there), *latest, *without)), None)

    def _close_some(
        self, objects: Sequence[ObjectId], spoken: Head, made: Mapping[ObjectId | None, Promised | None], now: datetime
    ) -> None:
        wanted = [key for at in objects for key in (self.keys.head(*at), self.keys.case(*at))]
        wanted.append(self.keys.thread(*spoken.thread_at))
        first = self.journal.read(wanted)
        heads = [head for at in objects if (head := first.head(*at)) and head.posted_at <= spoken.posted_at]
        authors = [self.keys.author(head.community, head.author) for head in heads if head.author]
        sheet = Worksheet(self.journal.read([*wanted, *authors]), now)
        for head in heads:
            current = sheet.head(head.at)
            if current is not None:
                settle_answered(current, sheet.case(head.at), sheet, spoken, made.get(head.at))
        self.journal.commit(sheet.changes(), now)


def _wake(head: Head) -> dict[str, Any]:
    """What perform has to look at; the thread and the actions let it read everything at once."""
    return to_carry_out(head.at) | {"thread": head.thread, "actions": [action.id for action in head.unfinished]}


def _a_person_answers(head: Head) -> bool:
    """Is a person's answer on its way, or its fate not known?"""
    return any(one.kind is ActKind.REPLY and one.signed_by and one.state in IN_DOUBT for one in head.actions)


def _under_our_name(said: Said, community: Community) -> Said:
    """Who bears the unique name that an account has on its platform is we, whatever id the platform gives.

    A name that people choose freely (X, Mastodon, a blog's guests) proves nothing.
    """
    names = {
        account.username.removeprefix("@").casefold()
        for channel in community.channels
        for account in channel.accounts
        if (channel.platform, account.id) == (said.platform, said.account) and account.username
    }
    if isinstance(said, TeamAct) or (said.author.username or "").removeprefix("@").casefold() not in names:
        return said
    return replace(said, author=replace(said.author, is_ours=True))


def _rooted(deed: Deed, known: Known, together: Mapping[ObjectId, Deed]) -> Deed:
    """The event in the thread of the comment it answers, where the platform took that comment for the thread.

    `together`: the events of the same round; what it answers may be one of them, and answer another one.
    """
    thread, above, passed = deed.said.thread.id, deed.answers, set[ObjectId]()
    while above is not None and above not in passed and thread == above[3]:
        passed.add(above)
        head, beside = known.head(*above), together.get(above)
        if head is not None:
            thread, above = head.thread, None
        elif beside is not None:
            thread, above = beside.said.thread.id, beside.answers
        else:
            above = None
    return deed if thread == deed.said.thread.id else replace(deed, root=thread)


def _envelope(body: str) -> dict[str, Any]:
    try:
        envelope = json.loads(body)
        if not isinstance(envelope, dict) or envelope.get("schema") != 1:
            raise Unreadable("not an inbox message of schema 1")
        missing = {"platform", "channel", "account", "community", "space", "received_at", "payload"} - envelope.keys()
    except ValueError as error:
        raise Unreadable("not JSON") from error
    if missing:
        raise Unreadable(f"no {', '.join(sorted(missing))}")
    return envelope


def _platform_of(body: str) -> str:
    try:
        return str(_envelope(body)["platform"])
    except Unreadable:
        return "unknown"


def _rounds(waiting: Sequence[_Waiting]) -> Iterable[list[_Waiting]]:
    """Each object at most once a round, its versions in order; the same version twice collapses."""
    by_object: dict[tuple[ObjectId, str], dict[str, _Waiting]] = {}
    for item in waiting:
        said = item.deed.said
        version = f"{_order(said)}.{said.kind}" if isinstance(said, TeamAct) else said.version
        kind = "act" if isinstance(said, TeamAct) else "said"
        by_object.setdefault((item.deed.at, kind), {}).setdefault(version, item)
    queues = [sorted(versions.values(), key=lambda item: _order(item.deed.said)) for versions in by_object.values()]
    while queues:
        round_ = [queue[0] for queue in queues]
        objects = [item.deed.at for item in round_]
        # A team act and a comment about one object may share a round: the act waits for the next one.
        yield [item for number, item in enumerate(round_) if item.deed.at not in objects[:number]]
        taken = {id(item) for number, item in enumerate(round_) if item.deed.at not in objects[:number]}
        queues = [rest for queue in queues if (rest := [item for item in queue if id(item) not in taken])]


def _order(said: Said) -> str:
    """What sorts the events of one object; acts of the same second stay as they came."""
    return f"{milliseconds(said.said_at):015d}" if isinstance(said, TeamAct) else said.version


def _counts(deed: Deed, ground: Ground, outcome: str, sheet: Worksheet) -> list[_Counted]:
    platform = {"platform": deed.said.platform}
    if outcome == Outcome.DUPLICATE:
        return [("DuplicatesDropped", 1, platform)]
    head = sheet.head(deed.at)
    if head is not None and head.kind is HeadKind.TEAM and not head.deleted:
        return [("TeamAnswers", 1, {})]
    if outcome != Outcome.DECIDED or head is None or head.verdict is None:
        return []
    counts: list[_Counted] = [("CommentsDecided", 1, {**platform, "measure": head.verdict.measure})]
    if head.verdict.clause:
        counts.append(("BreachesFound", 1, platform))
    if head.verdict.awaits_answer:
        counts.append(("AnswersAwaited", 1, {}))
    if ground.charter is None:
        counts.append(("CharterMissing", 1, {}))
    return counts
