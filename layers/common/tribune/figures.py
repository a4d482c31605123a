"""figures: what one hour, one day or one month of a space comes to, recounted from the heads of its objects. Pure.

Everything that is finer than kind and level is counted here, by the hour of receipt, so that it adds up to the live
counters. Recounting an hour again gives the same figures: whoever writes them replaces what stood there. Days and
clock hours are those of the community's zone: a day has 23 or 25 hours twice a year, and two hours of that name.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Final, NamedTuple

from tribune.channel import ActKind
from tribune.climate import Tone
from tribune.comment import Audience
from tribune.community import Community
from tribune.conversation import Threads, threads
from tribune.crowd import Crowd
from tribune.journal import Action, ActionState, Head, HeadKind
from tribune.leadership import answered, messages_of
from tribune.ledger import object_digest
from tribune.partaking import Partaking, partaking, speaks_to
from tribune.thanks import Contribution, Members

HOUR: Final = timedelta(hours=1)
MOST_WAITING: Final = 1000
"""Questions without an answer that are kept of an hour or a day, drawn by their hashes."""
EVERYBODY: Final = ""
"""Under this name, among the crowds, stands whoever took part."""
THREADS: Final = "threads"
"""Threads in which a member spoke in public…"""
ANSWERED: Final = "answered"
"""…and those in which we did."""
LAW: Final = ""
"""In the place of a clause: the law itself, where no charter was published."""
HIDDEN_ELSEWHERE: Final = "hidden_elsewhere"
"""Comments that the team hides on the platform itself and that no clause holds."""
PAID: Final = "paid."
"""Before the name of what is counted under posts that were paid for."""
MEASURES: Final = frozenset({ActKind.HIDE, ActKind.DELETE, ActKind.BLOCK})
GRAVEST: Final = ("block", "delete", "hide", "remind")
ANSWERS: Final = frozenset({ActKind.REPLY, ActKind.PRIVATE})


class Slot(NamedTuple):
    """What an interaction is counted under."""

    post: str
    """`platform/account/post`; empty for what was written to us alone: that is under no post, and names a person."""
    mechanic: str
    solicits: int
    """The level that the post asks for; 0: nobody said."""
    sponsored: bool
    kind: str
    level: int


@dataclass(frozen=True, slots=True)
class Figures:
    """What was counted; two of them make a third."""

    counts: Counter[Slot] = field(default_factory=Counter)
    points: Counter[Slot] = field(default_factory=Counter)
    """The same, each with the weight of its day (`engagement.Scale`)."""
    clock: Counter[tuple[str, int]] = field(default_factory=Counter)
    """(local hour of receipt `09`, level) -> how many."""
    posted: Counter[str] = field(default_factory=Counter)
    """Local hour in which the platform says it was said, `2026-11-24T09` -> how many."""
    clauses: Counter[tuple[str, str]] = field(default_factory=Counter)
    """(clause, or LAW, and `cited`, `alone`, `reversed`, `reminded`, `hidden`, of these `by_person`: a person hid it,
    here or on the platform itself, and `shown`: it is visible again; `deleted` or `excluded`) -> comments.
    """
    rungs: Counter[tuple[str, int, str]] = field(default_factory=Counter)
    """(clause, which strike of the author's it was, 0 where it counts for nothing; the gravest thing that was done) ->
    comments. What was reversed is left out.
    """
    talk: Counter[str] = field(default_factory=Counter)
    """`comments` in public, `to_member` and `to_us`: those that answer another member, or us; `asked`: they wait for an
    answer, or waited until a person gave it (what its author took back before that waits for nobody); `measures` and
    `cited`: measures of ours, and those that cite a clause or the law; `negative`, `positive`: how comments were said
    (`climate.Tone`); `criticism`: negative ones without a breach, `criticism_kept`: those of them that stand;
    HIDDEN_ELSEWHERE. PAID before `comments`, `to_member`, `to_us`, `negative`, `positive`: under posts that were paid
    for; the name alone holds them too.
    """
    said: Counter[tuple[str, str]] = field(default_factory=Counter)
    """(`person` or `machine`, `leadership.Part`) -> public messages of ours."""
    answers: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    """What waited for an answer -> when it was said and when a person answered first (seconds since 1970)."""
    waiting: Mapping[str, int] = field(default_factory=dict)
    """What waits for an answer that no person has given -> when it was said."""
    asked_elsewhere: frozenset[str] = frozenset()
    """Of `answers`, those to what was not asked in this time but before it: there it counts as asked."""
    threads: Threads = field(default_factory=Threads)
    first: Mapping[str, int] = field(default_factory=dict)
    """Post -> when the first of what is counted there was said: it stood by then."""
    members: Members = field(default_factory=Members)
    """What each member gave, sponsored posts left out."""
    reminded: Mapping[str, int] = field(default_factory=dict)
    """Pseudonym of whoever read a reminder -> when they first did."""
    people: Mapping[str, Crowd] = field(default_factory=dict)
    """EVERYBODY, `level#2`, `post#…`, THREADS, ANSWERED, those of an operation (`partaking`) -> who, or which."""
    operations: Partaking = field(default_factory=Partaking)

    def __add__(self, other: "Figures") -> "Figures":
        """Both together."""
        answers = dict(self.answers)
        for name, (asked, at) in other.answers.items():
            answers[name] = (asked, min(at, answers.get(name, (asked, at))[1]))
        waiting = {**self.waiting, **other.waiting}
        elsewhere = (self.asked_elsewhere | other.asked_elsewhere) - self.asked_here - other.asked_here
        scopes = self.people.keys() | other.people.keys()
        none = Crowd()
        return Figures(
            counts=_sum(self.counts, other.counts),
            points=_sum(self.points, other.points),
            clock=_sum(self.clock, other.clock),
            posted=_sum(self.posted, other.posted),
            clauses=_sum(self.clauses, other.clauses),
            rungs=_sum(self.rungs, other.rungs),
            talk=_sum(self.talk, other.talk),
            said=_sum(self.said, other.said),
            answers=answers,
            waiting={name: at for name, at in waiting.items() if name not in answers},
            asked_elsewhere=elsewhere,
            threads=self.threads + other.threads,
            first=_earliest(self.first, other.first),
            members=self.members + other.members,
            reminded=_earliest(self.reminded, other.reminded),
            people={scope: self.people.get(scope, none) | other.people.get(scope, none) for scope in sorted(scopes)},
            operations=self.operations + other.operations,
        )

    @property
    def asked_here(self) -> frozenset[str]:
        """What was asked in this time, answered or not; of a flood, as much as is kept."""
        return frozenset(self.waiting.keys() | (self.answers.keys() - self.asked_elsewhere))

    @property
    def answered(self) -> int:
        """How much of what was asked in this time a person answered."""
        return len(self.answers) - len(self.asked_elsewhere)

    def by_kind_and_level(self) -> Counter[tuple[str, int]]:
        """What the live counters hold."""
        found: Counter[tuple[str, int]] = Counter()
        for slot, n in self.counts.items():
            found[slot.kind, slot.level] += n
        return found

    def under_posts(self, *, sponsored: bool = False) -> dict[Slot, int]:
        """What posts drew, those that were paid for apart; what was written to us alone is under none."""
        return {slot: n for slot, n in self.counts.items() if slot.post and slot.sponsored is sponsored and n > 0}

    def by_hour(self) -> tuple[int, ...]:
        """How many interactions in each hour of the community's day, 24 of them."""
        hours = [0] * 24
        for (hour, _), n in self.clock.items():
            hours[int(hour)] += n
        return tuple(hours)

    def size(self, scope: str = EVERYBODY) -> int:
        """How many different ones there are in a crowd."""
        return self.people.get(scope, Crowd()).size


type Known = Mapping[tuple[str, str, str, str], Head]
type Sliced = dict[tuple[str, date], Figures]
"""(space, day of the community's zone) -> its part of an hour. Where the zone is off by half an hour, an hour has two."""


def recount(heads: Iterable[Head], known: Known, community: Community) -> Sliced:
    """Everything that the objects of one hour (`head.hour`) come to; `known`: also what they answer, of any hour."""
    slices: dict[tuple[str, date], list[Head]] = {}
    for head in heads:
        slices.setdefault((head.space, _local(head, community).date()), []).append(head)
    return {at: _Recount(community, known).figures(of) for at, of in slices.items()}


def hour_start(hour: str) -> datetime:
    """When an hour (`2026-11-22T08`, UTC) begins."""
    return datetime.strptime(hour, "%Y-%m-%dT%H").replace(tzinfo=UTC)


def hours_of(day: date, community: Community) -> list[str]:
    """The hours (UTC) of which a part lies in a day of the community's zone: 23 to 26 of them."""
    begins, ends = (
        datetime(one.year, one.month, one.day, tzinfo=community.zone).astimezone(UTC)
        for one in (day, day + timedelta(days=1))
    )
    at = begins.replace(minute=0)
    found = []
    while at < ends:
        found.append(at.strftime("%Y-%m-%dT%H"))
        at += HOUR
    return found


def _local(head: Head, community: Community) -> datetime:
    """When it was received, by the community's clock; an interaction told again keeps the hour it was counted in."""
    begins = hour_start(head.hour)
    at = head.received_at if begins <= head.received_at < begins + HOUR else begins
    return at.astimezone(community.zone)


@dataclass(frozen=True, slots=True)
class _Recount:
    """One slice of an hour under way."""

    community: Community
    known: Known
    figures_: Figures = field(default_factory=Figures)
    crowds: dict[str, set[str]] = field(default_factory=dict)
    answers: dict[str, tuple[int, int]] = field(default_factory=dict)
    waiting: dict[str, int] = field(default_factory=dict)
    asked: set[str] = field(default_factory=set)
    first: dict[str, int] = field(default_factory=dict)
    gave: dict[str, Contribution] = field(default_factory=dict)
    reminded: dict[str, int] = field(default_factory=dict)

    def figures(self, heads: Iterable[Head]) -> Figures:
        """What the heads come to."""
        heads = list(heads)
        for head in heads:
            if head.counted is not None:
                self._count(head, *head.counted)
            if not head.confidential:
                self._talk(head)
                self._clauses(head)
                self._answer(head)
                messages = messages_of(head, self.known)
                self.figures_.said.update(
                    ("person" if one.by_person else "machine", one.part.value) for one in messages
                )
        people = {scope: Crowd.of(names) for scope, names in sorted(self.crowds.items())}
        operations, partakers = partaking(heads, self.known)
        return replace(
            self.figures_,
            people=people | partakers,
            answers=self.answers,
            operations=operations,
            waiting={name: at for name, at in self.waiting.items() if name not in self.answers},
            asked_elsewhere=frozenset(self.answers.keys() - self.asked),
            threads=threads(heads, self.known),
            first=self.first,
            members=Members(self.gave),
            reminded=self.reminded,
        )

    def _count(self, head: Head, kind: str, level: int) -> None:
        local, public = _local(head, self.community), head.audience is Audience.PUBLIC
        post = f"{head.platform}/{head.account}/{head.post}" if public else ""
        told = self.community.post(head.platform, head.account, head.post)
        slot = Slot(
            post=post,
            mechanic=told.mechanic if told else "",
            solicits=(told.solicits or 0) if told else 0,
            sponsored=told.sponsored if told else False,
            kind=kind,
            level=level,
        )
        self.figures_.counts[slot] += 1
        self.figures_.points[slot] += (weight := self.community.scale(head.received_at).weight(kind, level))
        self.figures_.clock[f"{local:%H}", level] += 1
        said_at = int(head.posted_at.timestamp())
        if post:
            self.first[post] = min(said_at, self.first.get(post, said_at))
        self.figures_.posted[f"{head.posted_at.astimezone(self.community.zone):%Y-%m-%dT%H}"] += 1
        if head.author and not slot.sponsored:
            known, helps = self.gave.get(head.author, Contribution()), bool(head.verdict and head.verdict.helps)
            self.gave[head.author] = Contribution(known.points + weight, known.helps + helps, frozenset({local.date()}))
        if head.author:
            for scope in (EVERYBODY, f"level#{level}", f"post#{post}"):
                self.crowds.setdefault(scope, set()).add(head.author)

    def _talk(self, head: Head) -> None:
        """Who speaks with whom in public."""
        if head.audience is not Audience.PUBLIC or head.deleted:
            return
        thread = "#".join(head.thread_at[1:])
        if head.kind in (HeadKind.TEAM, HeadKind.OURS):
            self.crowds.setdefault(ANSWERED, set()).add(thread)
        elif head.kind is HeadKind.COMMENT and head.counted is not None:
            self._tone(head, speaks_to(head, self.known))
            self.crowds.setdefault(THREADS, set()).add(thread)

    def _tone(self, head: Head, to: str) -> None:
        """How a comment was said, `to` whom, and what becomes of criticism."""
        post, talk = self.community.post(head.platform, head.account, head.post), self.figures_.talk
        tone = head.verdict.tone if head.verdict else Tone.NEITHER
        places = ("", PAID) if post and post.sponsored else ("",)
        said = [what for what in ("comments", to, tone.value) if what]
        talk.update(f"{place}{what}" for place in places for what in said)
        if tone is Tone.NEGATIVE and not _breaks_a_rule(head):
            talk["criticism"] += 1
            talk["criticism_kept"] += _stands(head)

    def _clauses(self, head: Head) -> None:
        """What was done, under which clause; a deletion moves nothing: what the clause did to the comment, it did."""
        verdict, clauses = head.verdict, self.figures_.clauses
        sent = head.carried_out
        for action in sent:
            if action.kind in MEASURES or action.reminds:
                self.figures_.talk["measures"] += 1
                cited = action.clause or (verdict.clause if verdict else None)
                self.figures_.talk["cited"] += bool(cited or (verdict and verdict.ground == "law"))
            if action.reminds and head.author and action.done_at:
                at = int(action.done_at.timestamp())
                self.reminded[head.author] = min(at, self.reminded.get(head.author, at))
        by_hand = next((action.clause for action in sent if action.clause), None)
        clause = (verdict.clause if verdict else None) or by_hand
        if clause is None and (verdict is None or verdict.ground != "law"):
            if head.hidden and head.counted is not None:
                self.figures_.talk[HIDDEN_ELSEWHERE] += 1
            return
        hid = next((action for action in sent if action.kind is ActKind.HIDE), None)
        by_team = hid is None and bool(head.hidden)  # on the platform itself
        marks = {
            "cited": True,
            "alone": bool(verdict and verdict.alone),
            "reversed": bool(verdict and verdict.reversed),
            "reminded": any(action.reminds for action in sent),
            "hidden": hid is not None or by_team,
            "by_person": by_team or (hid is not None and hid.signed_by is not None),
            "shown": hid is not None and not _is_hidden(head),
            "deleted": any(action.kind is ActKind.DELETE for action in sent),
            "excluded": any(action.kind is ActKind.BLOCK for action in sent),
        }
        clauses.update((clause or LAW, mark) for mark, true in marks.items() if true)
        done = _gravest(sent)
        if done and not marks["reversed"]:
            self.figures_.rungs[clause or LAW, (verdict and verdict.strike_no) or 0, done] += 1

    def _answer(self, head: Head) -> None:
        """When a person first answered what waits for an answer: here, or with this message of theirs."""
        if head.verdict is not None and head.verdict.awaits_answer:
            name = _named(head)
            signed = (
                action.done_at
                for action in head.actions
                if action.signed_by and action.state is ActionState.SENT and action.kind in ANSWERS and action.done_at
            )
            if self._answered(head, min(signed, default=None)) or not head.deleted:
                self.asked.add(name)
                self.figures_.talk["asked"] += 1
                self.waiting[name] = int(head.posted_at.timestamp())
        if head.kind is HeadKind.TEAM and not head.deleted:
            found = answered(head, self.known)
            if found is not None and not found.confidential and found.verdict and found.verdict.awaits_answer:
                self._answered(found, head.posted_at)

    def _answered(self, asked: Head, at: datetime | None) -> bool:
        """Was it? Then it is noted when."""
        if at is None or at < asked.posted_at:
            return False
        name, said = _named(asked), int(asked.posted_at.timestamp())
        known = self.answers.get(name)
        self.answers[name] = (said, min(int(at.timestamp()), known[1] if known else int(at.timestamp())))
        return True


def _named(head: Head) -> str:
    return object_digest(*head.at[1:])[:32]


def _breaks_a_rule(head: Head) -> bool:
    """Does a clause, or the law, hold it, as we found or as a person did who acted on it?"""
    verdict, acts = head.verdict, head.actions
    found = verdict is not None and (verdict.clause is not None or verdict.ground == "law")
    return found or any(a.clause and a.kind in MEASURES and a.state is ActionState.SENT for a in acts)


def _stands(head: Head) -> bool:
    """Is it there for everybody to read, as far as what we did and what our team did goes?"""
    return all(action.kind is not ActKind.DELETE for action in head.carried_out) and not _is_hidden(head)


def _is_hidden(head: Head) -> bool:
    """Is it hidden, by us or on the platform itself, whoever did something last?"""
    if head.hidden is not None:
        return head.hidden
    seen = [one.kind for one in head.carried_out if one.kind in (ActKind.HIDE, ActKind.UNHIDE)]
    return seen[-1:] == [ActKind.HIDE]


def _gravest(sent: Iterable[Action]) -> str:
    """What was done, by the gravest of it: `block`, `delete`, `hide`, `remind`; empty where nothing was."""
    done = {"remind" if one.reminds else one.kind.value for one in sent}
    return next((what for what in GRAVEST if what in done), "")


def _earliest(one: Mapping[str, int], other: Mapping[str, int]) -> dict[str, int]:
    return {name: min(at for at in (one.get(name), other.get(name)) if at is not None) for name in {**one, **other}}


def _sum[T](one: Counter[T], other: Counter[T]) -> Counter[T]:
    """Unlike `+`, keeps what is zero or less: a difference must show."""
    both = Counter(one)
    both.update(other)
    return both
