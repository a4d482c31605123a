"""Engagement: what a week or a month comes to, beside the one before; every figure with its name and its formula.

Nothing is computed here: figures come from `figures` and `report`, formulas from `measures`, pictures from `charts`.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any, Literal, NamedTuple

from markupsafe import Markup

from tribune import charts, measures, numerals, report, words
from tribune.charter import Charter
from tribune.charts import Chart, Series
from tribune.crowd import STANDARD_ERROR
from tribune.desk.place import named
from tribune.desk.route import Door, View
from tribune.desk.visit import Parts, Visit
from tribune.engagement import EXPOSURE
from tribune.errors import BadConfiguration
from tribune.figures import Figures
from tribune.leadership import Part
from tribune.measures import Measure, Spread, Unit
from tribune.report import LEVELS, Material, Period, Report, Total
from tribune.team import Right
from tribune.thanks import Contribution
from tribune.voice import clock_words, day_words
from tribune.workflow.masking import masked_line
from tribune.workflow.reporting import Gathering
from tribune.workflow.thanking import Thanking

MOST_POSTS = 8
WEEKS, MONTHS = 10, 13
"""How many are offered; an older one is found by its address."""
_SINCE = date(2010, 1, 1)
"""No figure of ours is older."""

MARKS = ("reminded", "hidden", "reversed")

_NONE: Mapping[str, Sequence[int]] = {}

type Draw = Callable[[Chart], Markup]
type Columns = Mapping[str, Sequence[int]]
type Write = Callable[[float], str]


class Choice(View):
    """A period that one may look at."""

    name: str
    """`2026-W47`, `2026-11`: for `?period=`."""
    said: str


class Sum(View):
    """Something counted, beside the period before."""

    name: str
    said: str
    n: int
    before: int
    told: str
    """The figure as this reader writes it…"""
    compared: str
    """…and what became of it since the period before."""
    source: str
    """Which counters it is the sum of."""


class Level(View):
    """One of the three levels (0: mere exposure)."""

    level: int
    said: str
    means: str
    total: Sum


class Day(View):
    """The interactions of one day, by level from 0 to 3."""

    day: date
    levels: tuple[int, ...]


class Role(View):
    """Public messages that lead, serve or police."""

    part: str
    said: str
    person: int
    machine: int


class Mechanic(View):
    """What posts of one kind drew, paid ones apart."""

    mechanic: str
    said: str
    posts: int
    interactions: int
    points: int


class Post(View):
    """A post that drew much, paid ones apart."""

    post: str
    """`platform/account/post`."""
    said: str
    interactions: int
    points: int
    people: int


class ClauseCount(View):
    """What one clause did."""

    clause: str
    said: str
    cited: int
    reminded: int
    hidden: int
    reversed: int


class Shown(View):
    """A formula with what it came to."""

    name: str
    said: str
    formula: str
    read: str
    """Which way is better, where we want it to be, what not to conclude from it."""
    source: str
    """Whose formula it is."""
    unit: str
    estimated: bool
    before: float | None
    """What it came to in the period before…"""
    told: str
    """…what it comes to now, as this reader writes it…"""
    compared: str
    """…and what became of it since."""
    facts: str
    """What it is made of, how far off an estimate may be, whose formula it is."""


class Measured(Shown):
    """A formula with both of its figures."""

    kind: Literal["measure"] = "measure"
    value: float | None
    """None: nothing was there to be measured."""
    numerator: float
    denominator: float

    @property
    def is_there(self) -> bool:
        """Was there anything to be measured?"""
        return self.value is not None


class Took(Shown):
    """How long something took, or how much there was of it: the middle one is told and compared."""

    kind: Literal["spread"] = "spread"
    sample: int
    median: float | None
    ninetieth: float | None

    @property
    def is_there(self) -> bool:
        """Was there anything to be measured?"""
        return self.median is not None


class Hour(View):
    """An hour of the week by the community's clock, and what the posts drew that appeared in it."""

    weekday: int
    """0: Monday."""
    hour: int
    posts: int
    """The sample."""
    value: float | None
    """Points that a post may draw, smoothed; None with too few posts."""
    estimated: bool


class Group(View):
    """Measures that are read together."""

    name: str
    said: str
    measures: tuple[Measured | Took, ...]

    @property
    def missing(self) -> list[str]:
        """What could not be measured, by name."""
        return [one.said for one in self.measures if not one.is_there]


class Thank(View):
    """Somebody to thank, in their last public comment."""

    at: str
    author: str
    place: str
    since: str
    quote: str
    url: str
    gave: str
    """What they gave, as a sentence."""
    points: int
    helps: int
    days: int
    ambassador: bool
    may_be_named: bool


class Engagement(View):
    """What a week or a month comes to."""

    language: str
    """In which things are said here."""
    period: Choice
    first: date
    last: date
    under_way: bool
    counted: str
    earlier: str
    later: str
    """Names of the periods beside it; empty: it has not begun."""
    weeks: tuple[Choice, ...]
    months: tuple[Choice, ...]
    totals: tuple[Sum, ...]
    levels: tuple[Level, ...]
    days: tuple[Day, ...]
    clock: tuple[int, ...]
    """Interactions received, by hour of the community's day, 24 of them."""
    roles: tuple[Role, ...]
    mechanics: tuple[Mechanic, ...]
    posts: tuple[Post, ...]
    clauses: tuple[ClauseCount, ...]
    groups: tuple[Group, ...]
    thanks: tuple[Thank, ...]
    hours: tuple[Hour, ...]
    """When a post draws most: the hours of the week in which some appeared, in this period and the one before."""
    target: float | None
    """How soon the charter promises a first answer, in seconds of presence…"""
    promise: str
    """…as a sentence."""

    @property
    def words(self) -> Any:
        """The words of this page."""
        return words.table(self.language, "engagement")

    @property
    def headline(self) -> tuple[Sum, ...]:
        """The totals that one reads first; the others are in the pictures' tables, and in the JSON."""
        return self._totals("interactions", "people", "asked", "answered")

    @property
    def messages(self) -> tuple[Sum, ...]:
        """What persons said beside what the machine said alone."""
        return self._totals("said_person", "said_machine")

    @property
    def pictures(self) -> tuple["Picture", ...]:
        """The same figures, drawn."""
        return tuple(_pictures(self))

    def _totals(self, *names: str) -> tuple[Sum, ...]:
        return tuple(one for one in self.totals if one.name in names)


class Picture(NamedTuple):
    """A chart and the same figures as a table."""

    title: str
    description: str
    drawn: Markup
    table: tuple[tuple[str, ...], ...]


# --- what was counted ---


def engagement(visit: Visit, _parts: Parts) -> Engagement:
    """The period that the address asks for (`?period=2026-W47`, `?period=2026-11`), else the current month."""
    period = _asked(visit)
    community, now = visit.community, visit.now
    gathering = Gathering(visit.reach.journal, visit.reach.handling.keys, visit.reach.sealed, visit.reach.charters)
    published = gathering.charter(community.id, now)
    material, charter = gathering.counted(community, period, published), published.charter if published else None
    return _view(visit, report.build(community, period, material, now), material, charter)


def _asked(visit: Visit) -> Period:
    """The period of the address; whatever is none, or has not begun, gives the current month."""
    today = visit.now.astimezone(visit.community.zone).date()
    try:
        period = Period.read(visit.request.query.get("period", ""))
    except BadConfiguration:
        return Period.month(today)
    return period if _SINCE <= period.first <= today else Period.month(today)


# --- what of it is shown ---


def _view(visit: Visit, told: Report, material: Material, charter: Charter | None) -> Engagement:
    today, table = visit.now.astimezone(visit.community.zone).date(), words.table(visit.language, "engagement")
    figures, period, later = material.figures, told.period, _after(told.period)
    counted = _period(figures, period, visit, material)
    earlier = _period(material.before, period.before, visit, material)
    say = partial(_named, language=visit.language, today=today)
    return Engagement(
        language=visit.language,
        period=say(period),
        first=period.first,
        last=period.last,
        under_way=period.last >= today,
        counted=_counted(visit, told),
        earlier=period.before.name,
        later=later.name if later.first <= today else "",
        weeks=tuple(map(say, _back(Period.week(today), WEEKS))),
        months=tuple(map(say, _back(Period.month(today), MONTHS))),
        totals=tuple(_sum(one, visit, table) for one in told.totals),
        levels=tuple(_level(level, told, visit, table) for level in LEVELS),
        days=tuple(Day(day=one.day, levels=one.levels) for one in told.days),
        clock=figures.by_hour(),
        roles=_roles(figures, table),
        mechanics=tuple(
            Mechanic(
                mechanic=one.mechanic,
                said=table["mechanics"].get(one.mechanic, one.mechanic),
                posts=one.posts,
                interactions=one.interactions,
                points=one.points,
            )
            for one in sorted(told.mechanics, key=lambda one: (-one.interactions, one.mechanic))
        ),
        posts=_posts(figures, visit),
        clauses=_clauses(told, charter, table, visit.language),
        groups=_groups(measures.of(counted), measures.of(earlier), visit.language),
        thanks=_thanks(figures, charter, visit),
        hours=tuple(
            Hour(weekday=one.weekday, hour=one.hour, posts=one.posts, value=one.value, estimated=one.estimated)
            for one in measures.best_times(_period(figures + material.before, _both(period), visit, material))
        ),
        target=told.target_s,
        promise=_promise(told.target_s, table, visit.language),
    )


def _both(period: Period) -> Period:
    """With the one before: more posts to learn from."""
    return Period(period.before.first, period.last)


def _period(figures: Figures, of: Period, visit: Visit, material: Material) -> measures.Period:
    told = report.measured_of(figures, of, material, visit.community, visit.now)
    # What was not read here is left out, rather than said to be nothing: the report has it.
    return replace(told, heads=None, appeals=None)


def _named(period: Period, language: str, today: date) -> Choice:
    table, months = words.table(language, "engagement")["period"], words.table(language, "time")["months"]

    if period.is_week:
        ends = {"first": day_words(period.first, language, today), "last": day_words(period.last, language, today)}
        return Choice(name=period.name, said=words.fill(table["week"], ends))
    fields = {"month": months[period.first.month - 1], "year": str(period.first.year)}
    return Choice(name=period.name, said=words.fill(table["month"], fields))


def _after(period: Period) -> Period:
    day = period.last + timedelta(days=1)
    return Period.week(day) if period.is_week else Period.month(day)


def _back(period: Period, many: int) -> Iterable[Period]:
    for _ in range(many):
        yield period
        period = period.before


def _counted(visit: Visit, told: Report) -> str:
    table = words.table(visit.language, "engagement")["period"]
    if told.counted_to is None:
        return str(table["never"])
    return words.fill(table["counted"], {"until": visit.telling.until(told.counted_to)})


def _compared(now: float | None, before: float | None, write: Write, table: Any) -> str:
    said = table["compared"]
    if now is None or before is None:
        return str(said["none"])
    written = write(before)
    trend = "same" if write(now) == written else "up" if now > before else "down"
    return words.fill(said[trend], {"before": written})


def _sum(one: Total, visit: Visit, table: Any) -> Sum:
    count = partial(numerals.count, language=visit.language)
    return Sum(
        name=one.name,
        said=table["totals"][one.name],
        n=one.n,
        before=one.before,
        told=count(one.n),
        compared=_compared(one.n, one.before, count, table),
        source=one.source,
    )


def _level(level: int, told: Report, visit: Visit, table: Any) -> Level:
    total, said = told.total(f"level_{level}"), table["levels"][str(level)]
    return Level(level=level, said=said["name"], means=said["means"], total=_sum(total, visit, table))


def _roles(figures: Figures, table: Any) -> tuple[Role, ...]:
    said = table["charts"]["said"]["parts"]
    return tuple(
        Role(
            part=part,
            said=said[part],
            person=figures.said["person", part.value],
            machine=figures.said["machine", part.value],
        )
        for part in Part
    )


def _posts(figures: Figures, visit: Visit) -> tuple[Post, ...]:
    community, found = visit.community, report.ranked_posts(figures)[:MOST_POSTS]

    def called(post: str) -> str:
        platform, account, identity = post.split("/", 2)
        known = community.post(platform, account, identity)
        return (
            known.title if known and known.title else f"{community.name_of(platform, account) or platform}, {identity}"
        )

    return tuple(
        Post(post=one.post, said=called(one.post), interactions=one.n, points=one.points, people=one.people)
        for one in found
    )


def _clauses(told: Report, charter: Charter | None, table: Any, language: str) -> tuple[ClauseCount, ...]:
    def called(name: str) -> str:
        clause = charter.clause(name) if charter else None
        if charter is None or clause is None:
            return name or str(table["law"])
        title = charter.title_of(clause, charter.shown_in(language))
        return words.fill(table["article"], {"number": str(clause.number), "title": title})

    return tuple(
        ClauseCount(
            clause=one.clause,
            said=called(one.clause),
            cited=one.cited,
            reminded=one.reminded,
            hidden=one.hidden,
            reversed=one.reversed,
        )
        for one in told.clauses
    )


def _promise(target: float | None, table: Any, language: str) -> str:
    said = table["measures"]
    if target is None:
        return str(said["no_promise"])
    return words.fill(said["promise"], {"target": numerals.lasting(target, language)})


def _thanks(figures: Figures, charter: Charter | None, visit: Visit) -> tuple[Thank, ...]:
    table, reach, telling = words.table(visit.language, "engagement")["thanks"], visit.reach, visit.telling
    lapse = charter.commitments.strike_ttl.lasting if charter else timedelta.max
    thanking = Thanking(reach.journal, reach.handling.keys)

    def told(gave: Contribution) -> str:
        n = {"points": gave.points, "helps": gave.helps, "days": len(gave.days)}
        return words.fill(
            table["helped" if gave.helps else "gave"],
            {name: numerals.count(value, visit.language) for name, value in n.items()},
        )

    return tuple(
        Thank(
            at=named(one.head.at),
            author=telling.author(one.said.author_name),
            place=telling.place(one.head),
            since=telling.since(one.head.posted_at),
            quote=masked_line(one.said.text),
            url=one.head.url or "",
            gave=told(one.gave),
            points=one.gave.points,
            helps=one.gave.helps,
            days=len(one.gave.days),
            ambassador=one.ambassador,
            may_be_named=one.may_be_named,
        )
        for one in thanking.most(visit.community, figures.members, visit.now, lapse)
    )


def _groups(now: Sequence[measures.Group], before: Sequence[measures.Group], language: str) -> tuple[Group, ...]:
    """Every measure that there is, each beside the same of the period before."""
    headings = words.table(language, "measures")["groups"]
    earlier = {one.name: one for group in before for one in group.measures}
    return tuple(
        Group(
            name=group.name,
            said=headings[group.name],
            measures=tuple(_shown(one, earlier.get(one.name), language) for one in group.measures),
        )
        for group in now
    )


def _shown(one: Measure | Spread, before: Measure | Spread | None, language: str) -> Measured | Took:
    if isinstance(one, Spread):
        return _took(one, before if isinstance(before, Spread) else None, language)
    return _measured(one, before if isinstance(before, Measure) else None, language)


def _measured(one: Measure, before: Measure | None, language: str) -> Measured:
    table, said = words.table(language, "engagement"), measures.told(one.name, language)
    write, earlier = _write(one.unit, language), before.value if before else None
    facts = [" ÷ ".join(numerals.decimal(each, language) for each in (one.numerator, one.denominator))]
    return Measured(
        name=one.name,
        said=said.name,
        formula=said.formula,
        read=said.read,
        source=one.source,
        unit=one.unit,
        value=one.value,
        numerator=one.numerator,
        denominator=one.denominator,
        estimated=one.estimated,
        before=earlier,
        told=table["measures"]["nothing"] if one.value is None else write(one.value),
        compared=_compared(one.value, earlier, write, table),
        facts=_facts(one, facts, language),
    )


def _took(one: Spread, before: Spread | None, language: str) -> Took:
    table, said = words.table(language, "engagement"), measures.told(one.name, language)
    write, earlier, facts = _write(one.unit, language), before.median if before else None, []
    if one.ninetieth is not None:
        facts.append(words.fill(table["measures"]["ninetieth"], {"ninetieth": write(one.ninetieth)}))
    facts.append(words.fill(table["measures"]["sample"], {"n": numerals.count(one.sample, language)}))
    return Took(
        name=one.name,
        said=said.name,
        formula=said.formula,
        read=said.read,
        source=one.source,
        unit=one.unit,
        sample=one.sample,
        median=one.median,
        ninetieth=one.ninetieth,
        estimated=one.estimated,
        before=earlier,
        told=table["measures"]["nothing"]
        if one.median is None
        else words.fill(table["measures"]["median"], {"median": write(one.median)}),
        compared=_compared(one.median, earlier, write, table),
        facts=_facts(one, facts, language),
    )


def _facts(one: Measure | Spread, facts: list[str], language: str) -> str:
    said = words.table(language, "engagement")["measures"]
    if one.estimated and isinstance(one, Measure):
        facts.append(words.fill(said["estimated"], {"error": numerals.share(STANDARD_ERROR, language)}))
    elif one.estimated:
        facts.append(said["sampled"])
    if one.source != measures.Card().source:
        facts.append(words.fill(said["source"], {"source": one.source}))
    return " · ".join(facts)


def _write(unit: Unit, language: str) -> Write:
    written = {Unit.SHARE: numerals.share, Unit.EACH: numerals.decimal, Unit.SECONDS: numerals.lasting}
    return partial(written[unit], language=language)


# --- what of it is drawn ---


def _pictures(view: Engagement) -> Iterator[Picture]:
    said = view.words["charts"]
    count, levels = partial(numerals.count, language=view.language), view.levels

    def picture(name: str, draw: Draw, labels: Iterable[str], columns: Columns, beside: Columns = _NONE) -> Picture:
        """`beside`: what only the table tells."""
        chart = Chart(
            id=name,
            title=said[name]["title"],
            description=said[name]["description"],
            axis=said[name]["axis"],
            labels=tuple(labels),
            series=_series(columns),
            nothing=said["nothing"],
            number=count,
        )
        whole = replace(chart, series=chart.series + _series(beside))
        return Picture(chart.title, chart.description, draw(chart), charts.as_table(whole))

    by_level = {one.said: [day.levels[one.level] for day in view.days] for one in levels}
    seen = {one.said: by_level.pop(one.said) for one in levels if one.level == EXPOSURE}
    yield picture(
        "days",
        charts.columns,
        [day_words(one.day, view.language).replace(" ", "\u00a0") for one in view.days],
        by_level,
        seen,
    )
    of_whom = {said["said"][who]: [getattr(one, who) for one in view.roles] for who in ("person", "machine")}
    yield picture("said", charts.bars, [one.said for one in view.roles], of_whom)
    yield picture(
        "mechanics",
        charts.bars,
        [one.said for one in view.mechanics],
        {view.words["totals"]["interactions"]: [one.interactions for one in view.mechanics]},
        {said["mechanics"][name]: [getattr(one, name) for one in view.mechanics] for name in ("posts", "points")},
    )
    yield picture(
        "posts",
        charts.bars,
        [one.said for one in view.posts],
        {said["mechanics"]["points"]: [one.points for one in view.posts]},
        {
            view.words["totals"]["interactions"]: [one.interactions for one in view.posts],
            said["posts"]["people"]: [one.people for one in view.posts],
        },
    )
    marks = {said["clauses"][name]: [getattr(one, name) for one in view.clauses] for name in MARKS}
    cited = said["clauses"]["cited"]
    yield picture(
        "clauses",
        charts.bars,
        [one.said for one in view.clauses],
        {cited: [one.cited for one in view.clauses]},
        marks,
    )
    hours = [clock_words(datetime(2000, 1, 1, hour), view.language) for hour in range(24)]  # noqa: DTZ001  an hour of no day
    yield picture("clock", charts.columns, hours, {view.words["totals"]["interactions"]: view.clock})
    yield _best_times(view, hours)


def _best_times(view: Engagement, hours: Sequence[str]) -> Picture:
    """A row for each hour between the first and the last in which a post appeared, a column for each weekday."""
    said, known = view.words["charts"]["hours"], {(one.weekday, one.hour): one for one in view.hours}
    there = [one.hour for one in view.hours]
    rows = range(min(there, default=0), max(there, default=-1) + 1)
    days = words.table(view.language, "time")["weekdays"]

    def column(weekday: int) -> Series:
        cells = [known.get((weekday, hour)) for hour in rows]
        values = tuple(one.value if one else None for one in cells)
        return Series(days[weekday][:3], values, tuple(one.posts if one else 0 for one in cells))

    chart = Chart(
        id="hours",
        title=said["title"],
        description=said["description"],
        axis=said["axis"],
        labels=tuple(hours[hour] for hour in rows),
        series=tuple(map(column, range(len(days)))),
        nothing=said["nothing"],
        number=partial(numerals.decimal, language=view.language),
    )
    return Picture(chart.title, chart.description, charts.grid(chart), charts.as_table(chart))


def _series(columns: Columns) -> tuple[Series, ...]:
    return tuple(Series(name, tuple(values)) for name, values in columns.items())


DOORS = (
    Door(
        "GET",
        "engagement",
        Right.READ,
        engagement,
        Engagement,
        "What a week or a month comes to, and every measure of it; ?period= 2026-W47 or 2026-11",
        "desk/engagement",
    ),
)
