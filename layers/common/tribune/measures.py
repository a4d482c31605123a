"""measures: every named formula, with its numerator and its denominator, from what was counted. Pure.

No formula of engagement is the standard one, so none is shown without its name, both of its figures and where it comes
from. A measure without a denominator has no value: nothing was there to be measured, which is not zero.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo

from tribune.community import Community
from tribune.duty import Rota
from tribune.figures import ANSWERED, EVERYBODY, THREADS, Figures
from tribune.journal import Case, Head, HeadKind
from tribune.leadership import Part
from tribune.notice import Appeal

COMES_BACK_WITHIN: Final = timedelta(days=30)
"""How long a member who was reminded is looked at."""
OURS: Final = "Tribune"


class Unit(StrEnum):
    """What a value is."""

    SHARE = "share"
    """From 0 to 1."""
    EACH = "each"
    """So many for each one of the denominator."""
    SECONDS = "seconds"


@dataclass(frozen=True, slots=True)
class Measure:
    """A formula with its figures."""

    name: str
    numerator: float
    denominator: float
    unit: Unit
    source: str = OURS
    """Whose formula it is."""
    estimated: bool = False
    """One of its figures is an estimate (`crowd.STANDARD_ERROR`)."""

    @property
    def value(self) -> float | None:
        """None where nothing was there to be measured."""
        return self.numerator / self.denominator if self.denominator else None


@dataclass(frozen=True, slots=True)
class Spread:
    """How long something took: never a mean, which one forgotten question would spoil."""

    name: str
    sample: int
    median: float | None
    ninetieth: float | None
    """Nine of ten took no longer."""
    unit: Unit = Unit.SECONDS
    source: str = OURS


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
    """What the members said who were reminded (`reminder_success`)."""
    cases: Sequence[Case] | None = None
    appeals: Sequence[Appeal] | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """Measures that are read together: `words/<lang>/measures.yaml` has its heading, and the words of each."""

    name: str
    measures: tuple[Measure | Spread, ...]


def of(period: Period) -> list[Group]:
    """Every measure of some days, in the order in which they are read; groups without any are left out."""
    figures = period.figures
    told: dict[str, list[Measure | Spread]] = {
        "leadership": [*leadership(figures)],
        "commitments": [*_commitments(period)],
        "charter": [*charter(figures), *_reminded(period)],
        "engagement": [*engagement(figures)],
        "mechanics": [*by_mechanic(figures)],
        "sponsored": [*by_mechanic(figures, sponsored=True)],
    }
    return [Group(name, tuple(found)) for name, found in told.items() if found]


def _commitments(period: Period) -> Iterator[Measure | Spread]:
    yield response_rate(period.figures)
    yield from response_times(period.figures, period.community.rota, period.community.zone)
    if period.cases is not None:
        yield commitments_kept(period.cases, period.now)


def _reminded(period: Period) -> Iterator[Measure]:
    if period.heads is not None:
        yield reminder_success(period.heads, period.now)


# --- from the figures of a time -----------------------------------------------------------------------------------


def engagement(figures: Figures) -> Iterator[Measure]:
    """What members gave, for each post that drew something and for each member, sponsored posts left out."""
    organic = [slot for slot in figures.counts if not slot.sponsored]
    kinds: defaultdict[str, int] = defaultdict(int)
    for slot in organic:
        kinds[slot.kind] += figures.counts[slot]
    interactions, points = sum(kinds.values()), sum(figures.points[slot] for slot in organic)
    posts = len({slot.post for slot in organic if figures.counts[slot] > 0})
    of_posts = (("conversation_rate", "comment"), ("amplification_rate", "share"), ("applause_rate", "reaction"))
    for name, kind in of_posts:
        yield Measure(name, kinds[kind], posts, Unit.EACH, "TrueSocialMetrics")
    yield Measure("weighted_engagement", points, posts, Unit.EACH)
    yield Measure("weight_of_an_interaction", points, interactions, Unit.EACH)
    everybody = figures.people.get(EVERYBODY)
    yield Measure(
        "interactions_per_participant",
        figures.counts.total(),
        figures.size(),
        Unit.EACH,
        estimated=bool(everybody and not everybody.is_exact),
    )


def by_mechanic(figures: Figures, *, sponsored: bool = False) -> Iterator[Measure]:
    """The weighted engagement of each post, by what the post asks for; sponsored posts apart."""
    points: defaultdict[str, int] = defaultdict(int)
    posts: defaultdict[str, set[str]] = defaultdict(set)
    for slot, n in figures.counts.items():
        if slot.sponsored is sponsored and n > 0:
            points[slot.mechanic] += figures.points[slot]
            posts[slot.mechanic].add(slot.post)
    for mechanic in sorted(posts):
        name = f"weighted_engagement.{mechanic or 'unsaid'}"
        yield Measure(name, points[mechanic], len(posts[mechanic]), Unit.EACH)


def per_audience(figures: Figures, *, fans: int, reach: int | None = None) -> Iterator[Measure]:
    """The two rates that others compare: `fans` when it was published, `reach` as the platform counts it."""
    wanted = ("reaction", "comment", "share", "click")
    n = sum(n for (kind, _), n in figures.by_kind_and_level().items() if kind in wanted)
    yield Measure("engagement_rate_by_fans", n, fans, Unit.SHARE, "Iconosquare")
    if reach is not None:
        yield Measure("engagement_rate_by_reach", n, reach, Unit.SHARE, "Iconosquare")
        yield Measure("reach_rate", reach, fans, Unit.SHARE, "Iconosquare")


def leadership(figures: Figures) -> Iterator[Measure]:
    """Whether we lead: only what a person wrote or approved counts; where members speak with one another, and with us."""
    persons = {part: figures.said["person", part.value] for part in Part}
    everything = figures.said.total()
    yield Measure("leader_ratio", persons[Part.LEAD] + persons[Part.SERVE], sum(persons.values()), Unit.SHARE)
    yield Measure("said_by_a_person", sum(persons.values()), everything, Unit.SHARE)
    threads, answered = figures.people.get(THREADS), figures.people.get(ANSWERED)
    both = threads.common(answered) if threads and answered else 0
    estimated = bool(threads and not threads.is_exact)
    yield Measure("presence", both, figures.size(THREADS), Unit.SHARE, estimated=estimated)
    yield Measure("dialogue", figures.talk["to_member"], figures.talk["comments"], Unit.SHARE)
    yield Measure("answers_to_us", figures.talk["to_us"], figures.talk["comments"], Unit.SHARE)


def charter(figures: Figures) -> Iterator[Measure]:
    """Whether what we do rests on the charter, and whether it held."""
    of: defaultdict[str, int] = defaultdict(int)
    for (_, what), n in figures.clauses.items():
        of[what] += n
    yield Measure("charter_citation", figures.talk["cited"], figures.talk["measures"], Unit.SHARE)
    yield Measure("reversal_rate", of["reversed"], of["cited"], Unit.SHARE)
    yield Measure("decided_alone", of["alone"], of["cited"], Unit.SHARE)


def response_rate(figures: Figures) -> Measure:
    """Of what waited for an answer, what a person answered; an automatic message answers nothing."""
    return Measure("response_rate", len(figures.answers), figures.talk["asked"], Unit.SHARE)


def response_times(figures: Figures, rota: Rota, zone: ZoneInfo) -> tuple[Spread, Spread]:
    """How long it took until a person first answered: by the clock, and while the team was there."""
    clock = [float(at - asked) for asked, at in figures.answers.values()]
    working = [
        present_between(rota, datetime.fromtimestamp(asked, UTC), datetime.fromtimestamp(at, UTC), zone).total_seconds()
        for asked, at in figures.answers.values()
    ]
    return spread("response_time", clock), spread("response_time_working", working)


def spread(name: str, values: Iterable[float]) -> Spread:
    """The median and the ninetieth percentile (nearest rank)."""
    there = sorted(values)
    if not there:
        return Spread(name, 0, None, None)
    middle = len(there) // 2
    median = there[middle] if len(there) % 2 else (there[middle - 1] + there[middle]) / 2
    return Spread(name, len(there), median, there[-(-9 * len(there) // 10) - 1])


def present_between(rota: Rota, since: datetime, until: datetime, zone: ZoneInfo) -> timedelta:
    """For how long the team was there between two moments, public holidays left out."""
    there = timedelta()
    for opens, closes, day in rota.presence.intervals(since, zone):
        if opens >= until:
            break
        if rota.holiday(day) is None:
            there += max(timedelta(), min(closes, until) - max(opens, since))
    return there


# --- from the journal -------------------------------------------------------------------------------------------------


def reminder_success(heads: Iterable[Head], now: datetime) -> Measure:
    """Of the members who were reminded, those who spoke again within thirty days and broke no rule then.

    Whoever was reminded less than thirty days ago and has not failed is not counted yet.
    """
    said: defaultdict[str, list[Head]] = defaultdict(list)
    for head in heads:
        if head.kind is HeadKind.COMMENT and head.author is not None and not head.confidential:
            said[head.author].append(head)
    reminded = succeeded = 0
    for comments in said.values():
        told = [a.done_at for head in comments for a in head.actions if a.reminds and a.done_at is not None]
        if not told:
            continue
        first = min(told)
        later = [one for one in comments if first < one.posted_at <= first + COMES_BACK_WITHIN]
        failed = any(one.verdict is not None and one.verdict.clause is not None for one in later)
        if failed or now >= first + COMES_BACK_WITHIN:
            reminded += 1
            succeeded += bool(later) and not failed
    return Measure("reminder_success", succeeded, reminded, Unit.SHARE)


def commitments_kept(cases: Iterable[Case], now: datetime) -> Measure:
    """Of the promises to come back that persons made and whose time is over, those kept in time."""
    told = [kept for case in cases for promise in case.promises if (kept := promise.kept(now)) is not None]
    return Measure("promises_kept", sum(told), len(told), Unit.SHARE)
