"""measures: every named formula, with its numerator and its denominator, from what was counted. Pure.

No formula of engagement is the standard one, so none is shown without its name, both of its figures and where it comes
from. A measure without a denominator has no value: nothing was there to be measured, which is not zero. What each is
called, what it says and how it is read stands in `words/<lang>/measures.yaml`; where it comes from, where we want it
to be and whether it is rough in `words/measures.yaml`. What was drawn by posts that were paid for is measured apart.
"""

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Any, Final
from zoneinfo import ZoneInfo

from tribune import numerals, words
from tribune.community import Community
from tribune.crowd import Crowd
from tribune.duty import Rota
from tribune.figures import ANSWERED, MOST_WAITING, PAID, THREADS, Figures
from tribune.journal import ActionState, Case, Head, HeadKind, Promised
from tribune.leadership import Part
from tribune.notice import Appeal, AppealState

COMES_BACK_WITHIN: Final = timedelta(days=30)
"""How long a member who was reminded is looked at."""
VERY_RESPONSIVE_WITHIN: Final = 15 * 60
"""Seconds: Facebook calls a page very responsive that answers nine of ten within a quarter of an hour, over a week."""
A_WEEK: Final = 7
LAST_HOUR: Final = timedelta(hours=1)
"""Whoever asks in the last hour of a stretch of presence may wait for the next one."""
FEWEST_POSTS: Final = 5
"""An hour of the week with fewer posts is no ground for advice."""
CONTESTS: Final = frozenset({"contest", "quiz"})
"""What draws people at any hour."""
OLD_POSTS_SPEAK_WITHIN: Final = timedelta(days=3)
"""A post of which nobody told when it appeared, and of which something is heard so early in a period, may be older."""
UNSAID: Final = "unsaid"
"""What a post asks for of which nobody said it."""
ENGAGED: Final = ("reaction", "comment", "share", "click")
"""What counts in the rates that others compare."""


class Unit(StrEnum):
    """What a value is."""

    SHARE = "share"
    """From 0 to 1; a balance from -1 to 1."""
    EACH = "each"
    """So many for each one of the denominator."""
    SECONDS = "seconds"


class Better(StrEnum):
    """Which way is better."""

    HIGHER = "higher"
    LOWER = "lower"
    NEITHER = "neither"
    """It is to be understood, not pushed."""


@dataclass(frozen=True, slots=True)
class Card:
    """What is known of a formula besides its words (`words/measures.yaml`)."""

    source: str = "Tribune"
    """Whose formula it is."""
    better: Better = Better.NEITHER
    target: float | None = None
    """Where we want it to be."""
    rough: bool = False
    """Its figures rest on lists of words, or on a guess, and it is said so wherever it is shown."""


@dataclass(frozen=True, slots=True)
class Measure:
    """A formula with its figures."""

    name: str
    numerator: float
    denominator: float
    unit: Unit
    estimated: bool = False
    """One of its figures is an estimate (`crowd.STANDARD_ERROR`)."""

    @property
    def value(self) -> float | None:
        """None where nothing was there to be measured."""
        return self.numerator / self.denominator if self.denominator else None

    @property
    def card(self) -> Card:
        """Where it comes from, and where we want it to be."""
        return card(self.name)

    @property
    def source(self) -> str:
        """Whose formula it is."""
        return self.card.source


@dataclass(frozen=True, slots=True)
class Spread:
    """How long something took, or how much there was of it: never a mean, which one forgotten question would spoil."""

    name: str
    sample: int
    median: float | None
    ninetieth: float | None
    """Nine of ten took no longer."""
    unit: Unit = Unit.SECONDS
    estimated: bool = False
    """Not all were looked at: a sample drawn at random."""

    @property
    def card(self) -> Card:
        """Where it comes from."""
        return card(self.name)

    @property
    def source(self) -> str:
        """Whose formula it is."""
        return self.card.source


def card(name: str) -> Card:
    """What is known of a formula by its name. KeyError where there is none."""
    told = words.shared("measures")[_formula(name)] or {}
    return Card(**{**told, "better": Better(told.get("better", Better.NEITHER))})


@dataclass(frozen=True, slots=True)
class Told:
    """What a reader is told of a formula."""

    name: str
    formula: str
    """In one plain sentence."""
    read: str
    """Which way is better, where we want it to be, and what not to conclude from it."""


def told(name: str, language: str) -> Told:
    """A formula in the reader's words: `weighted_engagement.contest` is told of contests, `paid.…` of sponsored posts."""
    table, known = words.table(words.spoken(language), "measures"), card(name)
    said: Any = table["measures"][_formula(name)]
    called, mechanic = said["name"], name.removeprefix(PAID).partition(".")[2]
    if mechanic:
        # Somebody's own mechanic is called as they wrote it.
        names = words.table(words.spoken(language), "engagement")["mechanics"]
        known_as = names.get("" if mechanic == UNSAID else mechanic, mechanic)
        called = words.fill(table["of_mechanic"], {"name": called, "mechanic": known_as})
    if name.startswith(PAID):
        called = words.fill(table["paid"], {"name": called})
    read = [table["better"][known.better], _target(known, language), said.get("read", "")]
    read += [table["rough"]] if known.rough else []
    return Told(called, said["formula"], " ".join(one for one in read if one))


def _target(known: Card, language: str) -> str:
    if known.target is None:
        return ""
    said = words.table(words.spoken(language), "measures")["target_all" if known.target == 1 else "target"]
    return words.fill(said, {"target": numerals.share(known.target, language)})


def _formula(name: str) -> str:
    """`paid.weighted_engagement.contest` -> `weighted_engagement`."""
    return name.removeprefix(PAID).partition(".")[0]


@dataclass(frozen=True, slots=True)
class Period:
    """What the measures of some days are made from. None: nobody looked, and what needs it is left out."""

    figures: Figures
    community: Community
    first: date
    last: date
    """Both included, in the community's zone."""
    now: datetime
    answer_within: timedelta | None = None
    """What the charter promises, in hours of presence (`commitments.response_target`)."""
    heads: Sequence[Head] | None = None
    """What the members said who were reminded (`Figures.reminded`) thirty days before these days: what became of it."""
    cases: Sequence[Case] | None = None
    appeals: Sequence[Appeal] | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """Measures that are read together: `words/<lang>/measures.yaml` has its heading, and the words of each."""

    name: str
    measures: tuple[Measure | Spread, ...]


def of(period: Period) -> list[Group]:
    """Every measure of some days, in the order in which they are read; groups without any are left out."""
    figures, community = period.figures, period.community
    found: dict[str, list[Measure | Spread]] = {
        "leadership": [*leadership(figures), *threads(figures)],
        "commitments": [*_commitments(period)],
        "charter": [*charter(figures), *_reminded(period)],
        "engagement": [*engagement(figures)],
        "mechanics": [*by_mechanic(figures)],
        "audience": [*per_audience(figures, community)],
        "tone": [*tone(figures), *share_of_voice(community, period.first, period.last)],
        "sponsored": [*sponsored(figures)],
    }
    return [Group(name, tuple(some)) for name, some in found.items() if some]


def _commitments(period: Period) -> Iterator[Measure | Spread]:
    figures, rota, zone = period.figures, period.community.rota, period.community.zone
    yield response_rate(figures)
    yield from response_times(figures, rota, zone)
    if period.answer_within is not None:
        yield answered_in_time(figures, rota, zone, period.answer_within, period.now)
    begins, ends = _bounds(period)
    yield presence_kept(figures, rota, zone, begins, min(ends, period.now))
    if period.cases is not None:
        yield commitments_kept(period.cases, period.now)
    if period.appeals is not None:
        yield appeals_in_time(period.appeals, period.now)
    if (period.last - period.first).days < A_WEEK:
        yield very_responsive(figures)


def _reminded(period: Period) -> Iterator[Measure]:
    if period.heads is not None:
        begins, ends = _bounds(period)
        yield reminder_success(period.heads, begins - COMES_BACK_WITHIN, min(ends, period.now) - COMES_BACK_WITHIN)


def _bounds(period: Period) -> tuple[datetime, datetime]:
    """When its first day begins, and when its last one is over."""
    days = (period.first, period.last + timedelta(days=1))
    begins, ends = (datetime.combine(day, time(), period.community.zone).astimezone(UTC) for day in days)
    return begins, ends


# --- from the figures of a time: what members give --------------------------------------------------------------------


def engagement(figures: Figures) -> Iterator[Measure]:
    """What members gave, for each post that drew something and for each member; posts that were paid for left out."""
    return _engagement(figures, paid=False)


def sponsored(figures: Figures) -> Iterator[Measure]:
    """The same of posts that were paid for, their tone and their talk; nothing where there was none."""
    if any(slot.sponsored and n > 0 for slot, n in figures.counts.items()):
        for one in (*_engagement(figures, paid=True), *by_mechanic(figures, sponsored=True), *_tone(figures, PAID)):
            yield replace(one, name=f"{PAID}{one.name}")
        yield replace(_dialogue(figures, PAID), name=f"{PAID}dialogue")


def _engagement(figures: Figures, *, paid: bool) -> Iterator[Measure]:
    slots = [slot for slot, n in figures.counts.items() if slot.sponsored is paid and n > 0]
    kinds: Counter[str] = Counter()
    for slot in slots:
        kinds[slot.kind] += figures.counts[slot]
    under_posts = figures.under_posts(sponsored=paid)
    posts, drawn = {slot.post for slot in under_posts}, sum(figures.points[slot] for slot in under_posts)
    points, people = sum(figures.points[slot] for slot in slots), Crowd()
    for post in {slot.post for slot in slots}:
        people |= figures.people.get(f"post#{post}", Crowd())
    of_posts = (("conversation_rate", "comment"), ("amplification_rate", "share"), ("applause_rate", "reaction"))
    for name, kind in of_posts:
        yield Measure(name, kinds[kind], len(posts), Unit.EACH)
    yield Measure("weighted_engagement", drawn, len(posts), Unit.EACH)
    yield Measure("weight_of_an_interaction", points, kinds.total(), Unit.EACH)
    name, estimated = "interactions_per_participant", not people.is_exact
    yield Measure(name, kinds.total(), people.size, Unit.EACH, estimated)


def by_mechanic(figures: Figures, *, sponsored: bool = False) -> Iterator[Measure]:
    """The weighted engagement of each post, by what the post asks for; sponsored posts apart."""
    points: defaultdict[str, int] = defaultdict(int)
    posts: defaultdict[str, set[str]] = defaultdict(set)
    for slot in figures.under_posts(sponsored=sponsored):
        points[slot.mechanic] += figures.points[slot]
        posts[slot.mechanic].add(slot.post)
    for mechanic in sorted(posts):
        name = f"weighted_engagement.{mechanic or UNSAID}"
        yield Measure(name, points[mechanic], len(posts[mechanic]), Unit.EACH)


def per_audience(figures: Figures, community: Community) -> Iterator[Measure]:
    """The rates that others compare, over the posts of which somebody told the fans when it appeared, or the reach.

    Each post counts with the fans of its own day, so that a page that grows is not flattered. Nothing where nobody told.
    """
    seen: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for slot, n in figures.under_posts().items():
        seen[slot.post][slot.kind] += n
    posts = [(given, _fans(post, figures, community), _reach(post, community)) for post, given in seen.items()]
    with_fans = [(given, fans) for given, fans, _ in posts if fans]
    if with_fans:
        followed = sum(fans for _, fans in with_fans)
        yield Measure("engagement_rate_by_fans", sum(_engaged(given) for given, _ in with_fans), followed, Unit.SHARE)
        of_thousand = (("conversation", "comment"), ("amplification", "share"), ("applause", "reaction"))
        for name, kind in of_thousand:
            drawn = sum(given[kind] for given, _ in with_fans)
            yield Measure(f"{name}_per_thousand", drawn, followed / 1000, Unit.EACH)
    reached = [(given, reach) for given, _, reach in posts if reach]
    if reached:
        engaged = sum(_engaged(given) for given, _ in reached)
        yield Measure("engagement_rate_by_reach", engaged, sum(reach for _, reach in reached), Unit.SHARE)
    both = [(reach, fans) for _, fans, reach in posts if reach and fans]
    if both:
        yield Measure("reach_rate", sum(reach for reach, _ in both), sum(fans for _, fans in both), Unit.SHARE)


def _engaged(given: Counter[str]) -> int:
    return sum(given[kind] for kind in ENGAGED)


def _fans(post: str, figures: Figures, community: Community) -> int | None:
    platform, account, _ = post.split("/", 2)
    appeared, _ = _appeared(post, figures, community)
    return community.fans_of(platform, account, appeared.date()) if appeared else None


def _reach(post: str, community: Community) -> int | None:
    known = community.post(*post.split("/", 2))
    return known.reach if known else None


def _appeared(post: str, figures: Figures, community: Community) -> tuple[datetime | None, bool]:
    """When a post appeared by the community's clock, and whether somebody said so: else, when it was first spoken of."""
    known, heard = community.post(*post.split("/", 2)), figures.first.get(post)
    if known is not None and known.published_at is not None:
        return known.published_at.astimezone(community.zone), True
    return (datetime.fromtimestamp(heard, community.zone) if heard is not None else None), False


# --- …how we lead -----------------------------------------------------------------------------------------------------


def leadership(figures: Figures) -> Iterator[Measure]:
    """Whether we lead: only what a person wrote or approved counts; where members speak with one another, and with us."""
    persons = {part: figures.said["person", part.value] for part in Part}
    everything = figures.said.total()
    yield Measure("leader_ratio", persons[Part.LEAD] + persons[Part.SERVE], sum(persons.values()), Unit.SHARE)
    yield Measure("said_by_a_person", sum(persons.values()), everything, Unit.SHARE)
    spoken, answered = figures.people.get(THREADS), figures.people.get(ANSWERED)
    both = spoken.common(answered) if spoken and answered else 0
    estimated = bool(spoken and not spoken.is_exact)
    yield Measure("presence", both, figures.size(THREADS), Unit.SHARE, estimated)
    yield _dialogue(figures)
    comments = figures.talk["comments"] - figures.talk[f"{PAID}comments"]
    yield Measure("answers_to_us", figures.talk["to_us"] - figures.talk[f"{PAID}to_us"], comments, Unit.SHARE)


def _dialogue(figures: Figures, place: str = "") -> Measure:
    to_member, comments = _under(figures, "to_member", place), _under(figures, "comments", place)
    return Measure("dialogue", to_member, comments, Unit.SHARE)


def _under(figures: Figures, what: str, place: str) -> int:
    """What was counted under posts that were paid for (PAID), or under all others."""
    paid = figures.talk[f"{PAID}{what}"]
    return paid if place else figures.talk[what] - paid


def threads(figures: Figures) -> Iterator[Measure | Spread]:
    """How deep threads go, how much of them is ours, and whether anybody answers what we ask."""
    every, estimated = figures.threads.of.values(), not figures.threads.is_exact
    spoken = [one for one in every if one.members]
    depth = spread("thread_depth", (one.members + one.ours for one in spoken))
    yield replace(depth, unit=Unit.EACH, estimated=estimated)
    asked = [one for one in every if one.asked]
    heard = sum(one.heard > one.asked for one in asked)
    yield Measure("our_questions_answered", heard, len(asked), Unit.SHARE, estimated)
    joined = [one for one in spoken if one.ours]
    ours, all_of_it = sum(one.ours for one in joined), sum(one.ours + one.members for one in joined)
    yield Measure("our_share_of_a_thread", ours, all_of_it, Unit.SHARE, estimated)


# --- …whether the charter holds ---------------------------------------------------------------------------------------


def charter(figures: Figures) -> Iterator[Measure]:
    """Whether what we do rests on the charter, whether criticism stays, and whether everybody is treated alike."""
    marks: defaultdict[str, int] = defaultdict(int)
    for (_, what), n in figures.clauses.items():
        marks[what] += n
    yield Measure("charter_citation", figures.talk["cited"], figures.talk["measures"], Unit.SHARE)
    yield Measure("criticism_kept", figures.talk["criticism_kept"], figures.talk["criticism"], Unit.SHARE)
    yield consistency(figures)
    yield Measure("reversal_rate", marks["reversed"], marks["cited"], Unit.SHARE)
    yield Measure("decided_alone", marks["alone"], marks["cited"], Unit.SHARE)


def consistency(figures: Figures) -> Measure:
    """Of the comments under the same clause and at the same strike, those that met with what is usual there.

    Where there was one only, there is nothing to compare it with.
    """
    rungs: defaultdict[tuple[str, int], list[int]] = defaultdict(list)
    for (clause, strike, _), n in figures.rungs.items():
        rungs[clause, strike].append(n)
    compared = [done for done in rungs.values() if sum(done) > 1]
    return Measure("consistency", sum(map(max, compared)), sum(map(sum, compared)), Unit.SHARE)


# --- …how it sounds ---------------------------------------------------------------------------------------------------


def tone(figures: Figures) -> Iterator[Measure]:
    """How comments sound, by lists of words: rough, since no list knows irony."""
    return _tone(figures, "")


def _tone(figures: Figures, place: str) -> Iterator[Measure]:
    comments = _under(figures, "comments", place)
    negative, positive = _under(figures, "negative", place), _under(figures, "positive", place)
    yield Measure("negative_share", negative, comments, Unit.SHARE)
    yield Measure("net_sentiment", positive - negative, comments, Unit.SHARE)


def share_of_voice(community: Community, first: date, last: date) -> Iterator[Measure]:
    """Of all that was said of us and of those we compare ourselves with, what was said of us; by figures entered by hand.

    Nothing where nobody entered any that lie within these days.
    """
    told = [one for one in community.mentions if first <= one.first and one.last <= last]
    if told:
        ours, others = sum(one.ours for one in told), sum(one.others for one in told)
        yield Measure("share_of_voice", ours, ours + others, Unit.SHARE)


# --- …whether we keep our word ----------------------------------------------------------------------------------------


def response_rate(figures: Figures) -> Measure:
    """Of what waited for an answer, what a person answered; an automatic message answers nothing."""
    return Measure("response_rate", figures.answered, figures.talk["asked"], Unit.SHARE)


def very_responsive(figures: Figures) -> Measure:
    """Of what waited for an answer, what a person answered within a quarter of an hour, by the clock."""
    here = (when for name, when in figures.answers.items() if name not in figures.asked_elsewhere)
    soon = sum(at - asked <= VERY_RESPONSIVE_WITHIN for asked, at in here)
    return Measure("very_responsive", soon, figures.talk["asked"], Unit.SHARE)


def response_times(figures: Figures, rota: Rota, zone: ZoneInfo) -> tuple[Spread, Spread]:
    """How long it took until a person first answered: by the clock, and while the team was there."""
    told = [(_moment(asked), _moment(at)) for asked, at in figures.answers.values()]
    there = _presence_around(told, rota, zone)
    clock = [(at - asked).total_seconds() for asked, at in told]
    working = [there.between(asked, at).total_seconds() for asked, at in told]
    return spread("response_time", clock), spread("response_time_working", working)


def answered_in_time(figures: Figures, rota: Rota, zone: ZoneInfo, promise: timedelta, now: datetime) -> Measure:
    """Of what a person answered or should have by now, what they answered within our promise, in hours of presence."""
    told = [(_moment(asked), _moment(at)) for asked, at in figures.answers.values()]
    waiting = [(_moment(asked), now) for asked in figures.waiting.values()]
    there = _presence_around(told + waiting, rota, zone)
    kept = sum(there.between(asked, at) <= promise for asked, at in told)
    late = sum(there.between(asked, at) > promise for asked, at in waiting)
    # Of a flood, a thousand questions are kept, drawn at random: they stand for all of them.
    flood = len(waiting) >= MOST_WAITING
    unanswered = max(len(waiting), figures.talk["asked"] - figures.answered) if flood else len(waiting)
    overdue = round(late * unanswered / len(waiting)) if waiting else 0
    return Measure("answered_in_time", kept, len(told) + overdue, Unit.SHARE, flood)


def presence_kept(figures: Figures, rota: Rota, zone: ZoneInfo, begins: datetime, ends: datetime) -> Measure:
    """Of the stretches of presence that we announced and in which somebody waited, those in which a person answered.

    Whoever asked in the last hour of one may wait for the next; a stretch that is not over is not looked at.
    """
    never = datetime.max.replace(tzinfo=UTC)
    waits = [(_moment(asked), _moment(at)) for asked, at in figures.answers.values()]
    waits += [(_moment(asked), never) for asked in figures.waiting.values()]
    waits.sort()
    answered = sorted(at for _, at in waits)
    kept = called = 0
    for opens, closes in Presence.of(rota, zone, begins, ends).stretches:
        if opens < begins or closes > ends:
            continue
        asked_by_then = bisect_right(waits, (closes - LAST_HOUR, never))
        answered_before = bisect_right(answered, opens)
        answers = bisect_right(answered, closes) - answered_before
        if answers or asked_by_then > answered_before:
            called, kept = called + 1, kept + bool(answers)
    return Measure("presence_kept", kept, called, Unit.SHARE)


def _moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def _presence_around(told: Sequence[tuple[datetime, datetime]], rota: Rota, zone: ZoneInfo) -> "Presence":
    if not told:
        return Presence(())
    return Presence.of(rota, zone, min(asked for asked, _ in told), max(at for _, at in told))


@dataclass(frozen=True, slots=True)
class Presence:
    """When the team was there, public holidays left out: stretches in order, that do not overlap."""

    stretches: tuple[tuple[datetime, datetime], ...]

    @classmethod
    def of(cls, rota: Rota, zone: ZoneInfo, since: datetime, until: datetime) -> "Presence":
        """Every stretch of which a part may lie between two moments."""
        found = []
        for opens, closes, day in rota.presence.intervals(since, zone):
            if opens >= until:
                break
            if rota.holiday(day) is None:
                found.append((opens, closes))
        return cls(tuple(found))

    def between(self, since: datetime, until: datetime) -> timedelta:
        """For how long the team was there between two moments."""
        there = timedelta()
        for opens, closes in self.stretches[max(0, bisect_right(self.stretches, (since, since)) - 1) :]:
            if opens >= until:
                break
            there += max(timedelta(), min(closes, until) - max(opens, since))
        return there


def spread(name: str, values: Iterable[float]) -> Spread:
    """The median and the ninetieth percentile (nearest rank)."""
    there = sorted(values)
    if not there:
        return Spread(name, 0, None, None)
    middle = len(there) // 2
    median = there[middle] if len(there) % 2 else (there[middle - 1] + there[middle]) / 2
    return Spread(name, len(there), median, there[-(-9 * len(there) // 10) - 1])


# --- …and when to speak -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Cell:
    """An hour of the week by the community's clock, and what the posts drew that appeared in it."""

    weekday: int
    """0: Monday."""
    hour: int
    posts: int
    """The sample: how many posts."""
    points: int
    smoothed: float
    """Points for each post, as if five posts more had drawn what a usual one does: a few lucky ones do not win."""
    estimated: bool
    """Of one of them nobody told when it appeared: when it was first spoken of stands for it."""

    @property
    def value(self) -> float | None:
        """What a post that appears in it may draw; None with fewer than five posts."""
        return self.smoothed if self.posts >= FEWEST_POSTS else None


def best_times(period: Period) -> list[Cell]:
    """Every hour of the week in which a post appeared, in order; a year is better ground for it than a week.

    Posts that were paid for and contests are left out. The hour that comes twice where the clocks change is one hour of
    the clock. A post that drew nothing counts where somebody told when it appeared.
    """
    figures, community = period.figures, period.community
    drawn: dict[str, int] = {}
    for slot in figures.under_posts():
        if slot.mechanic not in CONTESTS:
            drawn[slot.post] = drawn.get(slot.post, 0) + figures.points[slot]
    for told in community.posts:
        at = told.published_at.astimezone(community.zone).date() if told.published_at else None
        if at and period.first <= at <= period.last and not told.sponsored and told.mechanic not in CONTESTS:
            drawn.setdefault(f"{told.platform}/{told.account}/{told.id}", 0)
    surely_new = period.first + OLD_POSTS_SPEAK_WITHIN
    cells: defaultdict[tuple[int, int], list[tuple[int, bool]]] = defaultdict(list)
    for post, points in drawn.items():
        appeared, said = _appeared(post, figures, community)
        if appeared is not None and (period.first if said else surely_new) <= appeared.date() <= period.last:
            cells[appeared.weekday(), appeared.hour].append((points, said))
    posts = [one for of_cell in cells.values() for one in of_cell]
    usual = sum(points for points, _ in posts) / len(posts) if posts else 0.0
    return [_cell(at, cells[at], usual) for at in sorted(cells)]


def _cell(at: tuple[int, int], posts: Sequence[tuple[int, bool]], usual: float) -> Cell:
    n, points = len(posts), sum(points for points, _ in posts)
    smoothed = (points + FEWEST_POSTS * usual) / (n + FEWEST_POSTS)
    return Cell(*at, n, points, smoothed, not all(said for _, said in posts))


# --- from the journal -------------------------------------------------------------------------------------------------


def reminder_success(heads: Iterable[Head], since: datetime, until: datetime) -> Measure:
    """Of the members who first read a reminder between two moments, those who spoke again within thirty days and broke no
    rule then, as far as the team let that stand; `until` is thirty days ago or more: of who was reminded later, those who
    fail would count first.
    """
    said: defaultdict[str, list[Head]] = defaultdict(list)
    for head in heads:
        if head.kind is HeadKind.COMMENT and head.author is not None and not head.confidential:
            said[head.author].append(head)
    reminded = succeeded = 0
    for comments in said.values():
        reminders = [a for head in comments for a in head.actions if a.reminds and a.state is ActionState.SENT]
        told = [a.done_at for a in reminders if a.done_at is not None]
        if not told or not since <= min(told) < until:
            continue
        first = min(told)
        later = [one for one in comments if first < one.posted_at <= first + COMES_BACK_WITHIN]
        failed = any(v is not None and v.clause is not None and not v.reversed for v in (one.verdict for one in later))
        reminded += 1
        succeeded += bool(later) and not failed
    return Measure("reminder_success", succeeded, reminded, Unit.SHARE)


_BY_ITS_AUTHOR = ("edited", "deleted", "erased")
"""What closes a case without anybody of the team."""


def commitments_kept(cases: Iterable[Case], now: datetime) -> Measure:
    """Of the promises to come back that persons made and whose time is over, those kept in time."""
    promises = (promise for case in cases for promise in case.promises if not _released(promise, case))
    told = [kept for promise in promises if (kept := promise.kept(now)) is not None]
    return Measure("promises_kept", sum(told), len(told), Unit.SHARE)


def _released(promise: Promised, case: Case) -> bool:
    """Did the member take their words back, or were they forgotten, before we had to come back? Nobody waits then."""
    taken_back = case.closed_by in _BY_ITS_AUTHOR and case.closed_at is not None and case.closed_at <= promise.due_at
    return taken_back and promise.kept_at is None


def appeals_in_time(appeals: Iterable[Appeal], now: datetime) -> Measure:
    """Of the appeals that were decided, or whose promised answer is overdue, those decided in time."""
    known = [one for one in appeals if one.state is not AppealState.OPEN or one.due_at < now]
    kept = sum(one.decided_at is not None and one.decided_at <= one.due_at for one in known)
    return Measure("appeals_in_time", kept, len(known), Unit.SHARE)
