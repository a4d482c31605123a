"""An operation's results as people read them: the same on the page, on the command line, in JSON and in CSV."""

import csv
import io
import re
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from tribune import numerals, words
from tribune.charter.terms import without_formula
from tribune.crowd import MOST, STANDARD_ERROR
from tribune.desk.route import View
from tribune.desk.telling import Telling
from tribune.journal import Head
from tribune.measures import Measure, Unit
from tribune.operation import Article, Mark, Operation, Outcome
from tribune.partaking import is_valid
from tribune.results import Results, TeamResults
from tribune.workflow.operations import HEARD_LATE, Counted

_GROUPED = re.compile(r"\d{1,3}(,\d{3})+(\.\d+)?")
_TOLD = {"said", "told", "formula", "fraction"}
COLUMNS = ("part", "name", "said", "value", "numerator", "denominator", "source", "by", "at")


class Figure(View):
    """A count."""

    name: str
    said: str
    value: float | None
    """None: nobody looked it up, or there was nothing to count."""
    told: str


class Formula(View):
    """A named formula with both of its figures."""

    name: str
    said: str
    formula: str
    numerator: float
    denominator: float
    value: float | None
    estimated: bool
    told: str
    fraction: str


class TeamLine(View):
    """A team."""

    id: str
    said: str
    entries: int
    invalid: int
    participants: int
    comments: int
    articles: int
    told: str


class OutcomeLine(View):
    """A result that a person looked up."""

    id: str
    kind: str
    label: str
    value: float
    source: str
    by: str
    at: datetime
    stands: bool
    """Is it the latest of its kind?"""
    told: str
    seen: str


class ArticleLine(View):
    """An article."""

    id: str
    url: str
    site: str
    author: str
    title: str
    team: str
    by: str
    at: datetime
    told: str
    entered: str


class Heading(View):
    """What an operation is, before any count."""

    id: str
    kind: str
    name: str
    state: str
    rules_url: str | None
    start: datetime
    end: datetime
    said: tuple[str, ...]


class Summary(View):
    """What an operation came to; no count without the conversation beside it."""

    heading: Heading
    counted_to: datetime | None
    counted: str
    sentence: str
    counts: tuple[Figure, ...]
    conversation: tuple[Figure, ...]
    measures: tuple[Formula, ...]
    teams: tuple[TeamLine, ...]
    outcomes: tuple[OutcomeLine, ...]
    articles: tuple[ArticleLine, ...]


def heading(operation: Operation, telling: Telling) -> Heading:
    """What it is, how one enters it, since when and until when."""
    table, community = words.table(telling.language, "operation"), telling.community
    start, end = operation.bounds(community.zone)
    state = "coming" if telling.now < start else "running" if telling.now < end else "over"
    last = end - timedelta(seconds=1) if end.astimezone(community.zone).time() == datetime.min.time() else end
    moments = {"start": telling.at(start), "end": telling.at(last)}
    said = [words.fill(table["states"][state], moments), table["enters"][operation.enters]]
    if operation.series:
        said.append(words.fill(table["series"], {"series": operation.series}))
    return Heading(
        id=operation.id,
        kind=table["kinds"][operation.kind],
        name=operation.called(telling.language),
        state=state,
        rules_url=operation.rules_url,
        start=start,
        end=end,
        said=tuple(said),
    )


def summary(counted: Counted, telling: Telling) -> Summary:
    """Everything about one operation."""
    found, table = counted.results, words.table(telling.language, "operation")
    up_to = counted.counted_to
    standing = {one.id for one in found.entered.standing()}
    notes = [words.fill(table["late"], {"days": str(HEARD_LATE.days)})]
    if not (found.participants_exact and found.of_before_exact and found.talk.voices.is_exact):
        within = numerals.share(STANDARD_ERROR, telling.language)
        notes.append(words.fill(table["rough"], {"most": numerals.count(MOST - 1, telling.language), "within": within}))
    until = table["never_counted"] if up_to is None else words.fill(table["counted"], {"until": telling.until(up_to)})
    outcomes = sorted(found.entered.outcomes, key=lambda one: one.at, reverse=True)
    return Summary(
        heading=heading(found.operation, telling),
        counted_to=up_to,
        counted=" ".join((until, *notes)),
        sentence=_sentence(found, telling),
        counts=tuple(_figure("counts", name, value, found, telling) for name, value in found.counts()),
        conversation=tuple(
            _figure("conversation", name, value, found, telling) for name, value in found.conversation()
        ),
        measures=tuple(_formula(one, found, telling) for one in found.measures()),
        teams=tuple(_team(one, found.operation, telling) for one in found.teams),
        outcomes=tuple(_outcome(one, found.operation, telling, stands=one.id in standing) for one in outcomes),
        articles=tuple(_article(one, telling) for one in found.entered.articles),
    )


def told_of(head: Head, operation: Operation, telling: Telling) -> tuple[Mark, bool, str]:
    """The mark of an entry, whether it stands, and who says so."""
    table = words.table(telling.language, "operation")["entries"]
    mark = next(one for one in head.marks if one.operation == operation.id)
    valid = is_valid(head, mark)
    if mark.ruled is not None:
        fields = {"ruling": table[mark.ruled], "person": telling.called(mark.ruled_by)}
        return mark, valid, words.fill(table["ruled"], fields)
    return mark, valid, table["valid" if valid else "held"]


def number(written: str, language: str) -> float:
    """A number as people type it: `1 234,5`, in English as we write it too: `1,234.5`. ValueError for anything else."""
    plain = "".join(written.split())
    if words.spoken(language) == "en" and _GROUPED.fullmatch(plain):
        plain = plain.replace(",", "")
    return float(plain.replace(",", "."))


# --- a colleague's sentence ---


def _sentence(found: Results, telling: Telling) -> str:
    """Never a count alone: what people said to one another stands in the same breath."""
    table, talk = words.table(telling.language, "operation"), found.talk
    form, name = table["sentence"], found.operation.called(telling.language)
    if not (found.entries or found.invalid or found.comments or found.entered.articles):
        return words.fill(form["nothing"], {"name": name})
    fields = {
        "entries": _n("entries", found.entries, telling),
        "people": _n("people", found.participants, telling, rough=not found.participants_exact),
        "invalid": _n("invalid", found.invalid, telling),
        "articles": _n("articles", len(found.entered.articles), telling),
        "sites": _n("sites", found.sites, telling),
        "comments": _n("comments", talk.comments, telling),
        "to_member": _n("to_member", talk.to_member, telling),
        "returning": _n("returning", talk.returning, telling, rough=not talk.voices.is_exact),
        "by_person": _n("by_person", talk.by_person, telling),
        "name": name,
    }
    parts = ["counts"]
    parts += ["invalid"] if found.invalid else []
    parts += ["articles"] if found.entered.articles else []
    parts += ["talk"] + (["silent"] if talk.comments and not talk.to_member else [])
    return " ".join(words.fill(form[part], fields) for part in parts)


def _n(what: str, n: int, telling: Telling, *, rough: bool = False) -> str:
    """So many of something; French counts none as one."""
    table = words.table(telling.language, "operation")
    one = n == 1 or (n == 0 and words.spoken(telling.language) == "fr")
    number = numerals.count(n, telling.language)
    if rough:
        number = words.fill(table["about"], {"n": number})
    return words.fill(table["n"][what]["one" if one else "many"], {"n": number})


# --- line by line ---


def _figure(part: str, name: str, value: float | None, found: Results, telling: Telling) -> Figure:
    table = words.table(telling.language, "operation")
    if value is None:
        told = table["no_value" if part == "conversation" else "not_known"]
    else:
        told = numerals.decimal(value, telling.language)
    if value is not None and name == "cost":
        told = _money(value, found.operation, telling)
    if name == "threads" and not found.talk.threads_exact:
        told = words.fill(table["at_least"], {"n": told})
    elif value is not None and _is_estimate(name, found):
        told = words.fill(table["about"], {"n": told})
    return Figure(name=name, said=table[part][name], value=value, told=told)


def _is_estimate(name: str, found: Results) -> bool:
    match name:
        case "participants":
            return not found.participants_exact
        case "of_before":
            return not found.of_before_exact
        case "voices" | "returning":
            return not found.talk.voices.is_exact
        case "depth":
            return not found.talk.threads_exact
        case _:
            return False


def _money(value: float, operation: Operation, telling: Telling) -> str:
    return f"{numerals.decimal(value, telling.language, 2)}\u00a0{operation.currency}"


def _formula(one: Measure, found: Results, telling: Telling) -> Formula:
    table, language = words.table(telling.language, "operation"), telling.language
    if one.value is None:
        told = table["no_value"]
    elif one.unit is Unit.SHARE:
        told = numerals.share(one.value, language)
    elif one.name == "cost_per_participant":
        told = _money(one.value, found.operation, telling)
    else:
        told = numerals.decimal(one.value, language)
    both = {"numerator": one.numerator, "denominator": one.denominator}
    return Formula(
        name=one.name,
        said=table["measures"][one.name]["name"],
        formula=table["measures"][one.name]["formula"],
        value=one.value,
        estimated=one.estimated,
        told=words.fill(table["about"], {"n": told}) if one.estimated and one.value is not None else told,
        fraction=words.fill(
            table["fraction"], {name: numerals.decimal(value, language, 2) for name, value in both.items()}
        ),
        **both,
    )


def _team(one: TeamResults, operation: Operation, telling: Telling) -> TeamLine:
    said = operation.team_called(one.team, telling.language)
    told = {
        "team": said,
        "entries": _n("entries", one.entries, telling),
        "people": _n("people", one.participants, telling, rough=not one.participants_exact),
        "comments": _n("comments", one.comments, telling),
    }
    return TeamLine(
        id=one.team,
        said=said,
        entries=one.entries,
        invalid=one.invalid,
        participants=one.participants,
        comments=one.comments,
        articles=one.articles,
        told=words.fill(words.table(telling.language, "operation")["team"], told),
    )


def _outcome(one: Outcome, operation: Operation, telling: Telling, *, stands: bool) -> OutcomeLine:
    table = words.table(telling.language, "operation")
    value = numerals.decimal(one.value, telling.language, 2)
    if one.kind == "cost":
        value = _money(one.value, operation, telling)
    fields = {"what": table["outcome_kinds"][one.kind], "label": one.label, "value": value}
    seen = {"source": one.source, "person": telling.called(one.by), "time": telling.at(one.at)}
    return OutcomeLine(
        id=one.id,
        kind=one.kind,
        label=one.label,
        value=one.value,
        source=one.source,
        by=telling.called(one.by),
        at=one.at,
        stands=stands,
        told=words.fill(table["outcome_of" if one.label else "outcome"], fields),
        seen=words.fill(table["seen"], seen),
    )


def _article(one: Article, telling: Telling) -> ArticleLine:
    table = words.table(telling.language, "operation")
    entered = {"person": telling.called(one.by), "time": telling.at(one.at)}
    return ArticleLine(
        id=one.id,
        url=one.url,
        site=one.site,
        author=one.author,
        title=one.title,
        team=one.team,
        by=telling.called(one.by),
        at=one.at,
        told=words.fill(table["article"], {"author": one.author, "site": one.site}),
        entered=words.fill(table["entered"], entered),
    )


# --- on a terminal, in a spreadsheet ---


def lines(told: Summary, telling: Telling) -> Iterator[str]:
    """The whole summary as lines of text."""
    table = words.table(telling.language, "operation")
    yield f"{told.heading.name} · {told.heading.kind}"
    yield from told.heading.said
    if told.heading.rules_url:
        yield words.fill(table["rules"], {"url": told.heading.rules_url})
    yield from ("", told.sentence, told.counted)
    for part, figures in (("counts", told.counts), ("conversation", told.conversation)):
        yield from ("", table["parts"][part])
        widest = max(len(one.said) for one in figures)
        yield from (f"  {one.said:<{widest}}  {one.told}" for one in figures)
    yield from ("", table["parts"]["measures"])
    yield from (f"  {words.fill(table['measure'], one.model_dump(include=_TOLD))}" for one in told.measures)
    if told.teams:
        yield from ("", table["parts"]["teams"], *(f"  {one.told}" for one in told.teams))
    yield from ("", table["parts"]["outcomes"])
    yield from (_outcome_lines(told, table["earlier"]) if told.outcomes else (f"  {table['no_outcomes']}",))
    yield from ("", table["parts"]["articles"])
    articles = (f"  {one.id}  {one.told} · {one.title or one.url} · {one.entered}" for one in told.articles)
    yield from articles if told.articles else (f"  {table['no_articles']}",)


def _outcome_lines(told: Summary, earlier: str) -> Iterator[str]:
    for one in told.outcomes:
        yield f"  {one.id}  {one.told} · {one.seen}" + ("" if one.stands else f" · {earlier}")


def as_csv(told: Summary) -> str:
    """The summary as CSV, safe to open in a spreadsheet."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for row in _rows(told):
        writer.writerow([without_formula(_cell(one)) for one in row])
    return text.getvalue()


def _cell(of: object) -> str:
    if isinstance(of, float):
        return f"{of:.10g}"
    return "" if of is None else str(of)


def _rows(told: Summary) -> Iterable[tuple[object, ...]]:
    what, counted = told.heading, told.counted_to.isoformat() if told.counted_to else None
    yield ("operation", what.id, what.name, None, None, None, what.rules_url, None, counted)
    for part, figures in (("counts", told.counts), ("conversation", told.conversation)):
        yield from ((part, one.name, one.said, one.value, *[None] * 5) for one in figures)
    for formula in told.measures:
        both = formula.numerator, formula.denominator
        yield ("measures", formula.name, formula.said, formula.value, *both, None, None, None)
    for team in told.teams:
        for name in ("entries", "invalid", "participants", "comments", "articles"):
            yield ("teams", f"{team.id}.{name}", team.said, getattr(team, name), *[None] * 5)
    for seen in told.outcomes:
        said = seen.label or seen.kind
        part = "outcomes" if seen.stands else "earlier_outcomes"
        yield (part, seen.kind, said, seen.value, None, None, seen.source, seen.by, seen.at.isoformat())
    for article in told.articles:
        said = article.title or article.site
        yield ("articles", article.author, said, None, None, None, article.url, article.by, article.at.isoformat())
