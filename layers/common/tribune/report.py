"""report: everything that a week, or a month, comes to, and at most three things to do next. Pure.

It holds figures, names of measures and places of comments; never a word or a name of a member: whoever shows it reads
those where they still stand. Each figure says where it comes from, so that it can be counted again.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from tribune import measures
from tribune.charter.findings import Signal
from tribune.community import Community
from tribune.decision import NEVER_AUTOMATIC, Urgency
from tribune.duty import Rota, may_ring
from tribune.errors import BadConfiguration
from tribune.figures import Figures
from tribune.journal import Call, Case, Head
from tribune.measures import Measure, Spread, Unit, spread
from tribune.notice import Appeal, AppealState
from tribune.proposals import Heard, asked_by_many, may_be_quoted

LEVELS: Final = range(4)
MOST_QUESTIONS: Final = 3
MOST_VERBATIMS: Final = 2
MOST_THANKED: Final = 3
MOST_SUGGESTIONS: Final = 3
SMALL: Final = 30
"""With fewer interactions nothing is concluded from a share of them…"""
FEW_POSTS: Final = 5
"""…nor from fewer posts that one is better than another."""
FEW_ANSWERS: Final = 5
_QUOTED: Final = (20, 140)
"""How long, in characters, what is quoted may be: a line of it, and whole."""
_NO_ALERT: Final = frozenset({"digest", "report", "many", "climate_event"})
"""Calls that tell what there is to do, or tell it to tools: nobody was called away by them."""
_UNSAID: Final = "distress"
"""Stands in no report: that somebody was rung at night for it counts, for what it was does not."""
_WEEK = re.compile(r"(?P<year>\d{4})-W(?P<week>\d{2})")
_MONTH = re.compile(r"(?P<year>\d{4})-(?P<month>\d{2})")

type Place = tuple[str, str, str]
"""(platform, account, object)."""


@dataclass(frozen=True, slots=True)
class Period:
    """A week (from Monday on, ISO 8601) or a month, in the community's zone."""

    first: date
    last: date

    @classmethod
    def week(cls, day: date) -> "Period":
        """The week of a day."""
        monday = day - timedelta(days=day.weekday())
        return cls(monday, monday + timedelta(days=6))

    @classmethod
    def month(cls, day: date) -> "Period":
        """The month of a day."""
        first = day.replace(day=1)
        return cls(first, (first + timedelta(days=31)).replace(day=1) - timedelta(days=1))

    @classmethod
    def read(cls, written: str) -> "Period":
        """`2026-W47` or `2026-11`. Raises BadConfiguration."""
        try:
            if found := _WEEK.fullmatch(written):
                return cls.week(date.fromisocalendar(int(found["year"]), int(found["week"]), 1))
            if found := _MONTH.fullmatch(written):
                return cls.month(date(int(found["year"]), int(found["month"]), 1))
        except (ValueError, OverflowError):
            pass
        raise BadConfiguration(f"“{written}” is neither a week (2026-W47) nor a month (2026-11)")

    @property
    def is_week(self) -> bool:
        """Is it a week?"""
        return (self.last - self.first).days == 6  # noqa: PLR2004  no month is as short

    @property
    def name(self) -> str:
        """`2026-W47`, `2026-11`."""
        year, week, _ = self.first.isocalendar()
        return f"{year}-W{week:02d}" if self.is_week else f"{self.first:%Y-%m}"

    @property
    def before(self) -> "Period":
        """The one before, of the same kind."""
        day = self.first - timedelta(days=1)
        return Period.week(day) if self.is_week else Period.month(day)

    @property
    def days(self) -> tuple[date, ...]:
        """Its days, in order."""
        return tuple(self.first + timedelta(days=n) for n in range((self.last - self.first).days + 1))

    def bounds(self, zone: ZoneInfo) -> tuple[datetime, datetime]:
        """The instants at which it begins, and at which it is over."""
        begin, end = (datetime(day.year, day.month, day.day, tzinfo=zone) for day in (self.first, _after(self.last)))
        return begin.astimezone(UTC), end.astimezone(UTC)


def _after(day: date) -> date:
    return day + timedelta(days=1)


# --- what it is made of ---


@dataclass(frozen=True, slots=True)
class Material:
    """What was read for a report, each thing once."""

    days: Mapping[date, Figures]
    """Of every space together, of the days that have any."""
    before: Figures
    """Of the period before."""
    cases: tuple[Case, ...] = ()
    appeals: tuple[Appeal, ...] = ()
    calls: tuple[Call, ...] = ()
    read: tuple[tuple[Head, Heard], ...] = ()
    """Comments of the time whose words were read: of the busiest hours where there were too many."""
    reminded: tuple[Head, ...] = ()
    """What the members said who were reminded thirty days before this time, or before the one before it."""
    thanks: tuple["Thanked", ...] = ()
    """Who gave most, and can be thanked."""
    counted_to: datetime | None = None
    """Up to when everything was counted; None: nothing ever was."""
    target: timedelta | None = None
    """How soon the charter promises a first answer, in hours of presence."""
    articles: Mapping[str, int] = field(default_factory=dict)
    """Clause -> the number of its article."""

    @property
    def figures(self) -> Figures:
        """Of the whole period."""
        return sum(self.days.values(), Figures())


@dataclass(frozen=True, slots=True)
class Total:
    """Something counted, and the same of the period before."""

    name: str
    n: int
    before: int
    source: str
    """Which counters it is the sum of."""


@dataclass(frozen=True, slots=True)
class Compared:
    """A measure, and the same of the period before."""

    now: Measure
    before: Measure


@dataclass(frozen=True, slots=True)
class Took:
    """How long something took, and the same of the period before."""

    now: Spread
    before: Spread


@dataclass(frozen=True, slots=True)
class Day:
    """One day of it: how many interactions of each level, 0 to 3."""

    day: date
    levels: tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class Mechanic:
    """What posts of one kind drew, paid ones apart."""

    mechanic: str
    """Empty: nobody said."""
    posts: int
    interactions: int
    points: int


@dataclass(frozen=True, slots=True)
class PostTold:
    """A post that stands out, and why, as far as that can be known."""

    post: str
    """`platform/account/post`."""
    title: str
    mechanic: str
    interactions: int
    points: int
    people: int
    why: str
    """A key of `why_best` or `why_worst` in `report.yaml`."""
    figures: Mapping[str, float] = field(default_factory=dict)
    """What that sentence is filled with."""
    small: bool = False
    """There is too little to compare it with: nothing is concluded."""


@dataclass(frozen=True, slots=True)
class AskedOften:
    """A question that several people asked."""

    people: int
    times: int
    faq: str | None
    """The answer of ours that it asks for; None: we have none."""
    source: Place
    """One comment that asks it, the first."""


@dataclass(frozen=True, slots=True)
class Thanked:
    """Somebody who deserves a word: they helped other members or came back day after day, and have no strike."""

    source: Place
    """Their last comment that may be shown."""
    helped: int
    """How often they helped another member."""
    days: int
    """On how many days they came."""
    ambassador: bool
    may_be_named: bool
    """They agreed to be thanked by name where everybody reads it."""


@dataclass(frozen=True, slots=True)
class ClauseTold:
    """What one clause did."""

    clause: str
    """Empty: the law, where no charter was in force."""
    article: int | None
    cited: int
    reminded: int
    hidden: int
    reversed: int


@dataclass(frozen=True, slots=True)
class Appeals:
    """How members contested, and how soon they were answered."""

    received: int
    decided: int
    overturned: int
    took: Spread


@dataclass(frozen=True, slots=True)
class Alerts:
    """Who was called about what: a measure of the team's health, not of its zeal."""

    calls: int
    reasons: tuple[tuple[str, int], ...]
    """The most frequent first."""
    taken: Spread
    """How soon somebody took what had to be taken."""
    nights: tuple[tuple[str, int], ...]
    """(person, how often they were rung in quiet hours)."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Something to do next, and the figures that say so."""

    kind: str
    """A key of `suggestions` in `report.yaml`."""
    figures: Mapping[str, str]
    because: tuple[str, ...]
    """The names of the totals, measures or parts of this report that it rests on."""


@dataclass(frozen=True, slots=True)
class Report:
    """Everything that a week or a month comes to."""

    community: str
    period: Period
    made_at: datetime
    counted_to: datetime | None
    complete: bool
    """Was everything counted when it was made?"""
    totals: tuple[Total, ...]
    measures: tuple[Compared, ...]
    times: tuple[Took, ...]
    target_s: float | None
    days: tuple[Day, ...]
    mechanics: tuple[Mechanic, ...]
    posts: int
    """How many posts drew something, paid ones apart."""
    best: PostTold | None
    worst: PostTold | None
    questions: tuple[AskedOften, ...]
    praise: tuple[Place, ...]
    criticism: tuple[Place, ...]
    thanks: tuple[Thanked, ...]
    clauses: tuple[ClauseTold, ...]
    appeals: Appeals
    alerts: Alerts
    read: int
    """How many comments were read for questions, verbatims and thanks."""
    suggestions: tuple[Suggestion, ...] = ()

    def total(self, name: str) -> Total:
        """One of the totals. KeyError when there is none of that name."""
        return {one.name: one for one in self.totals}[name]

    def measure(self, name: str) -> Compared:
        """One of the measures; without a value where nobody could look (no charter promises anything)."""
        none = Measure(name, 0, 0, Unit.SHARE)
        return next((one for one in self.measures if one.now.name == name), Compared(none, none))

    def time(self, name: str) -> Took:
        """One of the times. KeyError when there is none of that name."""
        return {one.now.name: one for one in self.times}[name]

    @property
    def places(self) -> dict[str, tuple[Place, ...]]:
        """Every comment that it names, by part."""
        return {
            "questions": tuple(one.source for one in self.questions),
            "praise": self.praise,
            "criticism": self.criticism,
            "thanks": tuple(one.source for one in self.thanks),
        }


def build(community: Community, period: Period, material: Material, now: datetime) -> Report:
    """The report of a period; the same from the same material."""
    figures, before = material.figures, material.before
    posts = ranked_posts(figures)
    begin, end = period.bounds(community.zone)
    measured = _all(figures, period, material, community, now)
    earlier = _all(before, period.before, material, community, now)
    made = Report(
        community=community.id,
        period=period,
        made_at=now,
        counted_to=material.counted_to,
        complete=material.counted_to is not None and material.counted_to >= end,
        totals=tuple(totals(figures, before)),
        measures=tuple(_compared(measured, earlier)),
        times=tuple(_took(measured, earlier)),
        target_s=material.target.total_seconds() if material.target else None,
        days=tuple(_day(day, material.days.get(day, Figures())) for day in period.days),
        mechanics=tuple(_mechanics(figures)),
        posts=len(posts),
        best=_best(posts, material, community),
        worst=_worst(posts, material, community),
        questions=tuple(_questions(material, community)),
        praise=_verbatims(material, Signal.PRAISE),
        criticism=_verbatims(material, Signal.CRITICISM, Signal.GRIEVANCE),
        thanks=material.thanks[:MOST_THANKED],
        clauses=tuple(_clauses(figures, material.articles)),
        appeals=_appeals(material.appeals, begin, end),
        alerts=_alerts(material.calls, community.rota, community.zone, begin, end),
        read=len(material.read),
    )
    return replace(made, suggestions=tuple(suggested(made))[:MOST_SUGGESTIONS])


# --- counted ---


def totals(figures: Figures, before: Figures) -> Iterator[Total]:
    """What was counted, each with the counters that it is the sum of."""

    def kind(wanted: str, of: Figures) -> int:
        return sum(n for (name, _), n in of.by_kind_and_level().items() if name == wanted)

    def mark(wanted: str, of: Figures) -> int:
        return sum(n for (_, name), n in of.clauses.items() if name == wanted)

    for name in ("comment", "message", "reaction", "share"):
        yield Total(name, kind(name, figures), kind(name, before), f"counts: kind {name}")
    yield Total("interactions", figures.counts.total(), before.counts.total(), "counts: all")
    for level in LEVELS:
        n, was = (sum(n for (_, at), n in of.by_kind_and_level().items() if at == level) for of in (figures, before))
        yield Total(f"level_{level}", n, was, f"counts: level {level}")
    yield Total("people", figures.size(), before.size(), "people: everybody")
    yield Total("asked", figures.talk["asked"], before.talk["asked"], "talk: asked")
    yield Total("answered", figures.answered, before.answered, "answers, less asked_elsewhere")
    for who in ("person", "machine"):
        n, was = (sum(n for (name, _), n in of.said.items() if name == who) for of in (figures, before))
        yield Total(f"said_{who}", n, was, f"said: {who}")
    for name in ("reminded", "hidden", "by_person", "shown", "reversed", "cited"):
        yield Total(name, mark(name, figures), mark(name, before), f"clauses: {name}")


def _all(
    figures: Figures, of: Period, material: Material, community: Community, now: datetime
) -> dict[str, Measure | Spread]:
    """Every measure of a period by its name."""
    told = measured_of(figures, of, material, community, now)
    return {one.name: one for group in measures.of(told) for one in group.measures}


def measured_of(
    figures: Figures, of: Period, material: Material, community: Community, now: datetime
) -> measures.Period:
    """What the measures of a period are made from; of promises and appeals, those that fell due or were decided in it."""
    begin, end = of.bounds(community.zone)
    return measures.Period(
        figures,
        community,
        of.first,
        of.last,
        now,
        answer_within=material.target,
        heads=material.reminded,
        cases=[
            replace(case, promises=tuple(one for one in case.promises if begin <= one.due_at < end))
            for case in material.cases
        ],
        appeals=[one for one in material.appeals if begin <= (one.decided_at or one.due_at) < end],
    )


def _compared(measured: Mapping[str, Measure | Spread], earlier: Mapping[str, Measure | Spread]) -> Iterator[Compared]:
    for name, one in measured.items():
        if isinstance(one, Measure):
            was = earlier.get(name)
            yield Compared(one, was if isinstance(was, Measure) else replace(one, numerator=0, denominator=0))


def _took(measured: Mapping[str, Measure | Spread], earlier: Mapping[str, Measure | Spread]) -> Iterator[Took]:
    for name, one in measured.items():
        if isinstance(one, Spread):
            was = earlier.get(name)
            yield Took(one, was if isinstance(was, Spread) else Spread(name, 0, None, None))


def _day(day: date, figures: Figures) -> Day:
    found = figures.by_kind_and_level()
    zero, one, two, three = (sum(n for (_, at), n in found.items() if at == level) for level in LEVELS)
    return Day(day, (zero, one, two, three))


def _mechanics(figures: Figures) -> Iterator[Mechanic]:
    organic = figures.under_posts()
    for name in sorted({slot.mechanic for slot in organic}):
        mine = {slot: n for slot, n in organic.items() if slot.mechanic == name}
        points = sum(figures.points[slot] for slot in mine)
        yield Mechanic(name, len({slot.post for slot in mine}), sum(mine.values()), points)


def _clauses(figures: Figures, articles: Mapping[str, int]) -> Iterator[ClauseTold]:
    """The most used first."""
    names = sorted({clause for clause, _ in figures.clauses}, key=lambda one: (-figures.clauses[one, "cited"], one))
    for name in names:
        n = {mark: figures.clauses[name, mark] for mark in ("cited", "reminded", "hidden", "reversed")}
        yield ClauseTold(name, articles.get(name), **n)


def _appeals(appeals: Iterable[Appeal], begin: datetime, end: datetime) -> Appeals:
    known = tuple(appeals)
    decided = [one for one in known if one.decided_at is not None and begin <= one.decided_at < end]
    took = (((one.decided_at or one.at) - one.at).total_seconds() for one in decided)
    return Appeals(
        received=sum(begin <= one.at < end for one in known),
        decided=len(decided),
        overturned=sum(one.state is AppealState.OVERTURNED for one in decided),
        took=spread("appeal_time", took),
    )


def _alerts(calls: Iterable[Call], rota: Rota, zone: ZoneInfo, begin: datetime, end: datetime) -> Alerts:
    made = [one for one in calls if begin <= one.created_at < end and one.reason not in _NO_ALERT]
    told = [one for one in made if one.reason != _UNSAID]
    taken = ((one.taken_at - one.created_at).total_seconds() for one in told if one.taken_at is not None)
    nights = Counter(
        person
        for one in made
        if one.urgency == Urgency.NOW and may_ring(rota, one.created_at, zone, Urgency.HOURS) > one.created_at
        for person in dict.fromkeys(one.tried)
    )
    return Alerts(
        calls=len(told),
        reasons=tuple(Counter(one.reason for one in told).most_common()),
        taken=spread("call_taken", taken),
        nights=tuple(sorted(nights.items(), key=lambda pair: (-pair[1], pair[0]))),
    )


# --- posts ---


@dataclass(frozen=True, slots=True)
class RankedPost:
    """What one post drew."""

    post: str
    mechanic: str
    solicits: int
    n: int
    points: int
    comments: int
    deep: int
    """Interactions that cost their members more than seconds (levels 2 and 3)."""
    people: int


def ranked_posts(figures: Figures) -> list[RankedPost]:
    """Those that drew something, paid ones apart: the best first."""
    of: dict[str, list[tuple[int, int, bool, bool]]] = {}
    told: dict[str, tuple[str, int]] = {}
    for slot, n in figures.under_posts().items():
        row = (n, figures.points[slot], slot.kind == "comment", slot.level > 1)
        of.setdefault(slot.post, []).append(row)
        told[slot.post] = max(told.get(slot.post, ("", 0)), (slot.mechanic, slot.solicits))
    posts = [
        RankedPost(
            post=post,
            mechanic=told[post][0],
            solicits=told[post][1],
            n=sum(n for n, *_ in rows),
            points=sum(points for _, points, *_ in rows),
            comments=sum(n for n, _, comments, _ in rows if comments),
            deep=sum(n for n, _, _, deep in rows if deep),
            people=figures.size(f"post#{post}"),
        )
        for post, rows in of.items()
    ]
    return sorted(posts, key=lambda one: (-one.points, one.post))


def _best(posts: Sequence[RankedPost], material: Material, community: Community) -> PostTold | None:
    if not posts:
        return None
    best, rest = posts[0], posts[1:]
    return _told(best, community, *_why_best(best, rest, material, community), small=_is_small(posts))


def _worst(posts: Sequence[RankedPost], material: Material, community: Community) -> PostTold | None:
    """None where there is nothing to compare, or nothing between them."""
    if len(posts) < 2 or posts[-1].points == posts[0].points:  # noqa: PLR2004  one post is alone
        return None
    worst, rest = posts[-1], posts[:-1]
    return _told(worst, community, *_why_worst(worst, rest, material, community), small=_is_small(posts))


def _is_small(posts: Sequence[RankedPost]) -> bool:
    return len(posts) < FEW_POSTS or sum(one.n for one in posts) < SMALL


def _told(post: RankedPost, community: Community, why: str, figures: Mapping[str, float], *, small: bool) -> PostTold:
    platform, account, identity = post.post.split("/", 2)
    known = community.post(platform, account, identity)
    title = known.title if known else ""
    return PostTold(post.post, title, post.mechanic, post.n, post.points, post.people, why, figures, small)


type _Why = tuple[str, Mapping[str, float]]


def _why_best(  # noqa: PLR0911  one return a reason
    best: RankedPost, rest: Sequence[RankedPost], material: Material, community: Community
) -> _Why:
    """The first of these that holds; `unknown` rather than a reason that is none."""
    if not rest:
        return "alone", {}
    others = sum(one.n for one in rest)
    if best.n + others < SMALL:
        return "few", {}
    if best.deep * others > sum(one.deep for one in rest) * best.n and best.deep * 3 >= best.n:
        return "level", {"deep": best.deep, "n": best.n}
    if (ratio := _mechanic_ratio(best, rest)) is not None and ratio >= 1.25:  # noqa: PLR2004  a quarter more shows
        return "mechanic", {"percent": (ratio - 1) * 100}
    if (hour := _hour(best, material, community)) is not None and hour[1] >= 1.5 / 12:
        return "hour", {"hour": hour[0], "percent": hour[1] * 100}
    if best.comments * others > sum(one.comments for one in rest) * best.n and best.comments * 2 >= best.n:
        return "conversation", {"comments": best.comments, "people": best.people}
    return "unknown", {}


def _why_worst(worst: RankedPost, rest: Sequence[RankedPost], material: Material, community: Community) -> _Why:
    if worst.n + sum(one.n for one in rest) < SMALL:
        return "few", {}
    if (ratio := _mechanic_ratio(worst, rest)) is not None and ratio <= 0.75:  # noqa: PLR2004  a quarter less shows
        return "mechanic", {"percent": (1 - ratio) * 100}
    if (hour := _hour(worst, material, community)) is not None and hour[1] <= 0.5 / 12:
        return "hour", {"hour": hour[0], "percent": hour[1] * 100}
    if worst.solicits == 0 and any(one.solicits > 0 for one in rest):
        return "asks_nothing", {}
    return "unknown", {}


def _mechanic_ratio(post: RankedPost, rest: Sequence[RankedPost]) -> float | None:
    """What posts of its mechanic draw on average, against the others; None where one post would be a rule."""
    mine = [one.points for one in (post, *rest) if one.mechanic == post.mechanic]
    others = [one.points for one in rest if one.mechanic != post.mechanic]
    if not post.mechanic or len(mine) < 2 or len(others) < 2 or not sum(others):  # noqa: PLR2004  one post is no rule
        return None
    return (sum(mine) / len(mine)) / (sum(others) / len(others))


def _hour(post: RankedPost, material: Material, community: Community) -> tuple[int, float] | None:
    """The clock hour in which it was first commented, and what of everything came in that hour or the next."""
    first = min(
        (head.posted_at for head, _ in material.read if f"{head.platform}/{head.account}/{head.post}" == post.post),
        default=None,
    )
    hours = material.figures.by_hour()
    if first is None or sum(hours) < SMALL:
        return None
    at = first.astimezone(community.zone).hour
    return at, (hours[at] + hours[(at + 1) % 24]) / sum(hours)


# --- what was said ---


def _verbatims(material: Material, *wanted: Signal) -> tuple[Place, ...]:
    """The longest that fit on a line, of different persons; nothing that mixes praise and grievance, nor misfortune."""
    never = (frozenset(NEVER_AUTOMATIC) - set(wanted)) | (
        {Signal.GRIEVANCE, Signal.CRITICISM, Signal.PRAISE} - set(wanted)
    )
    found: dict[str, tuple[int, datetime, Place]] = {}
    for head, heard in material.read:
        said, signals = len(" ".join(heard.text.split())), heard.findings.signals
        fits = _QUOTED[0] <= said <= _QUOTED[1] and not signals.isdisjoint(wanted) and signals.isdisjoint(never)
        if fits and may_be_quoted(head) and not heard.findings.breaches:
            known = found.get(heard.person, (0, heard.said_at, heard.source))
            found[heard.person] = max(known, (said, heard.said_at, heard.source))
    best = sorted(found.values(), key=lambda one: (-one[0], one[1], one[2]))
    return tuple(source for _, _, source in best[:MOST_VERBATIMS])


def _questions(material: Material, community: Community) -> Iterator[AskedOften]:
    """What three people or more asked, the most asked first."""
    asked = sorted(
        (heard for head, heard in material.read if may_be_quoted(head)), key=lambda one: (one.said_at, one.source)
    )
    for group in asked_by_many(asked, (community.name, *community.vocabulary.names))[:MOST_QUESTIONS]:
        entry = next(iter(group[0].findings.asks), None)
        yield AskedOften(len({one.person for one in group}), len(group), entry, group[0].source)


# --- what to do next ---


def suggested(report: Report) -> Iterator[Suggestion]:
    """Everything that the figures ask for, the most urgent first; nothing where they ask for nothing."""
    rules = (_late, _unanswered, _unclear, _gap, _nights, _promises, _lead, _join, _more_of, _thank, _say_what)
    for rule in rules:
        found = rule(report)
        if found is not None:
            yield found


def _late(report: Report) -> Suggestion | None:
    """One in five of those who wait for an answer waited longer than the charter promises."""
    kept = report.measure("answered_in_time").now
    late = int(kept.denominator - kept.numerator)
    if kept.denominator < FEW_ANSWERS or late * 5 < kept.denominator:
        return None
    return Suggestion("late", {"n": str(late), "of": str(int(kept.denominator))}, ("answered_in_time",))


def _unanswered(report: Report) -> Suggestion | None:
    """Three persons or more never had an answer."""
    left = report.total("asked").n - report.total("answered").n
    return Suggestion("unanswered", {"n": str(left)}, ("asked", "answered")) if left >= 3 else None  # noqa: PLR2004  as said


def _unclear(report: Report) -> Suggestion | None:
    """The team undid a fifth of what a clause did; else one clause alone is half of everything."""
    undone = next((one for one in report.clauses if one.reversed >= 2 and one.reversed * 5 >= one.cited), None)  # noqa: PLR2004  as said
    if undone is not None and undone.article is not None:
        figures = {"article": str(undone.article), "n": str(undone.reversed), "of": str(undone.cited)}
        return Suggestion("unclear", figures, ("clauses",))
    first, cited = next(iter(report.clauses), None), report.total("cited").n
    if first is None or first.article is None or first.cited < FEW_ANSWERS or first.cited * 2 < cited:
        return None
    return Suggestion(
        "explain", {"article": str(first.article), "n": str(first.cited), "of": str(cited)}, ("clauses", "cited")
    )


def _gap(report: Report) -> Suggestion | None:
    """Something is asked often and the FAQ is silent; else what it answers is asked so often that it makes a post."""
    silent = next((one for one in report.questions if one.faq is None), None)
    if silent is not None:
        return Suggestion("gap", {"n": str(silent.people)}, ("questions",))
    often = next(iter(report.questions), None)
    return Suggestion("post", {"n": str(often.people), "faq": str(often.faq)}, ("questions",)) if often else None


def _nights(report: Report) -> Suggestion | None:
    """Somebody was rung twice at night."""
    person, n = next(iter(report.alerts.nights), ("", 0))
    return Suggestion("nights", {"person": person, "n": str(n)}, ("alerts",)) if n > 1 else None


def _promises(report: Report) -> Suggestion | None:
    kept = report.measure("promises_kept").now
    broken = int(kept.denominator - kept.numerator)
    return (
        Suggestion("promises", {"n": str(broken), "of": str(int(kept.denominator))}, (kept.name,)) if broken else None
    )


def _lead(report: Report) -> Suggestion | None:
    """More than one message in five of the team's polices."""
    ratio = report.measure("leader_ratio").now
    if ratio.denominator < FEW_ANSWERS or ratio.numerator * 5 >= ratio.denominator * 4:
        return None
    police = int(ratio.denominator - ratio.numerator)
    return Suggestion("lead", {"n": str(police), "of": str(int(ratio.denominator))}, ("leader_ratio",))


def _join(report: Report) -> Suggestion | None:
    """The team spoke in fewer than a third of the threads."""
    presence = report.measure("presence").now
    if presence.denominator < 2 * FEW_ANSWERS or presence.numerator * 3 >= presence.denominator:
        return None
    figures = {"n": str(int(presence.numerator)), "of": str(int(presence.denominator))}
    return Suggestion("join", figures, ("presence",))


def _more_of(report: Report) -> Suggestion | None:
    """Posts of one mechanic drew half as much again as the others."""
    if report.posts < FEW_POSTS:
        return None
    known = [one for one in report.mechanics if one.mechanic and one.posts > 1]
    best = max(known, key=lambda one: one.points / one.posts, default=None)
    rest = [one for one in report.mechanics if one is not best]
    if best is None or not sum(one.posts for one in rest):
        return None
    mine, others = best.points / best.posts, sum(one.points for one in rest) / sum(one.posts for one in rest)
    if mine < 1.5 * others:
        return None
    return Suggestion("more_of", {"mechanic": best.mechanic, "n": str(best.posts)}, ("mechanics",))


def _thank(report: Report) -> Suggestion | None:
    n = sum(one.helped > 0 for one in report.thanks)
    return Suggestion("thank", {"n": str(n)}, ("thanks",)) if n else None


def _say_what(report: Report) -> Suggestion | None:
    """Nobody told what most posts ask for, so that nothing can be compared."""
    unsaid = sum(one.posts for one in report.mechanics if not one.mechanic)
    if unsaid < 2 or unsaid * 2 < report.posts:  # noqa: PLR2004  one post is an oversight
        return None
    return Suggestion("say_what", {"n": str(unsaid), "of": str(report.posts)}, ("mechanics",))
