"""Operations: what each came to, with the conversation beside it; articles, results and rulings entered by hand."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from http import HTTPStatus
from typing import Any

from pydantic import Field

from tribune import words
from tribune.desk import place
from tribune.desk.report import EARLIEST
from tribune.desk.route import Done, Door, Form, View
from tribune.desk.summing import Heading, Summary, heading, number, summary, told_of
from tribune.desk.visit import Parts, Refused, Visit
from tribune.errors import AlreadyDone, NotFound
from tribune.figures import HOUR, hour_start
from tribune.journal import Head
from tribune.operation import Article, Operation, Outcome, OutcomeKind, Ruled
from tribune.team import Right
from tribune.workflow.operations import MOST_SHOWN


class OperationsView(View):
    """Every operation of the community, the latest first."""

    language: str
    operations: tuple[Heading, ...]

    @property
    def words(self) -> Any:
        """The words of the page."""
        return words.table(self.language, "operation")


class OperationView(View):
    """One operation."""

    language: str
    summary: Summary
    teams: tuple[tuple[str, str], ...]
    """(id, name)."""
    outcome_kinds: tuple[tuple[str, str], ...]
    days: tuple[tuple[str, str], ...]
    """(day, as it is said with how many): those that have entries."""

    @property
    def words(self) -> Any:
        """The words of the page."""
        return words.table(self.language, "operation")


class EntryLine(View):
    """An entry."""

    name: str
    """Of the comment, in addresses of the desk."""
    text: str | None
    """None: its words are kept no more, or it had none."""
    said_by: str
    team: str
    valid: bool
    told: str
    """What it is worth, and who says so."""
    url: str | None


class EntriesView(View):
    """The entries of an hour."""

    language: str
    heading: Heading
    day: str
    hour: str
    hours: tuple[tuple[str, str], ...]
    """(hour, as it is said with how many) of that day."""
    entries: tuple[EntryLine, ...]
    cut: bool
    """There are more in that hour."""

    @property
    def words(self) -> Any:
        """The words of the page."""
        return words.table(self.language, "operation")


class PublishedArticle(Form):
    """An article."""

    url: str = Field(max_length=500)
    author: str = Field(min_length=1, max_length=200)
    title: str = Field("", max_length=200)
    team: str = Field("", max_length=40)


class LookedUp(Form):
    """A result, with where it was seen."""

    kind: OutcomeKind
    label: str = Field("", max_length=200)
    value: str = Field(max_length=30)
    source: str = Field(max_length=200)


class TakenOut(Form):
    """The short name of an article or of a result."""

    name: str = Field(max_length=40)


class Ruling(Form):
    """What an entry is worth."""

    entry: str = Field(max_length=500)
    ruling: Ruled


# --- looking ---


def operations(visit: Visit, _parts: Parts) -> OperationsView:
    """Every operation, the latest first."""
    community = visit.community
    latest = sorted(community.operations, key=lambda one: one.bounds(community.zone), reverse=True)
    return OperationsView(language=visit.language, operations=tuple(heading(one, visit.telling) for one in latest))


def operation(visit: Visit, parts: Parts) -> OperationView:
    """One operation: its counts, and the conversation beside them."""
    one, language = _named(visit, parts), visit.language
    counted = visit.reach.operations.counted(visit.community, one, visit.now)
    table = words.table(language, "operation")
    return OperationView(
        language=language,
        summary=summary(counted, visit.telling),
        teams=tuple((team.id, one.team_called(team.id, language)) for team in one.teams),
        outcome_kinds=tuple((kind.value, table["outcome_kinds"][kind]) for kind in OutcomeKind),
        days=tuple(
            (day.isoformat(), words.fill(table["entries"]["hour"], {"time": visit.telling.day(day), "n": str(n)}))
            for day, n in sorted(counted.by_day.items(), reverse=True)
        ),
    )


def entries(visit: Visit, parts: Parts) -> EntriesView:
    """The entries of one hour of a day, to look at and to rule on; the last hour with any where a day is asked for."""
    one, community, running = _named(visit, parts), visit.community, visit.reach.operations
    days, hour = _when(parts["when"], visit)
    by_day = {day: running.hours_with_entries(community, one, day) for day in days}
    day = next((day for day, hours in by_day.items() if hour in hours), days[0])
    hours = by_day[day]
    hour = hour if hour in hours else max(hours, default="")
    heads = running.entries(community, one, hour) if hour else []
    said = visit.reach.journal.said_of(heads)
    table, telling = words.table(visit.language, "operation")["entries"], visit.telling
    return EntriesView(
        language=visit.language,
        heading=heading(one, telling),
        day=telling.day(day),
        hour=hour,
        hours=tuple(
            (name, words.fill(table["hour"], {"time": telling.at(hour_start(name)), "n": str(n)}))
            for name, n in hours.items()
        ),
        entries=tuple(_entry(head, said.get(head.at), one, visit) for head in heads),
        cut=len(heads) == MOST_SHOWN,
    )


def _when(written: str, visit: Visit) -> tuple[tuple[date, ...], str]:
    """`2026-12-03`, a day of the community's zone, or `2026-12-03T14`, an hour (UTC): two days share it where the
    clock is off by half an hour. Raises NotFound.
    """
    zone = visit.community.zone
    try:
        hour = written if "T" in written else ""
        moments = (hour_start(hour), hour_start(hour) + HOUR - timedelta.resolution) if hour else ()
        days = tuple(sorted({one.astimezone(zone).date() for one in moments})) or (date.fromisoformat(written),)
    except (ValueError, OverflowError) as error:
        raise NotFound(written) from error
    if not EARLIEST <= days[0] <= visit.now.astimezone(zone).date():
        raise NotFound(written)
    return days, hour


def _entry(head: Head, said: Any, operation: Operation, visit: Visit) -> EntryLine:
    mark, valid, told = told_of(head, operation, visit.telling)
    fields = {
        "name": visit.telling.author(said.author_name if said else None),
        "place": visit.telling.place(head),
        "since": visit.telling.since(head.posted_at),
    }
    return EntryLine(
        name=place.named(head.at),
        text=(said.text or None) if said else None,
        said_by=words.fill(words.table(visit.language, "operation")["entries"]["by"], fields),
        team=operation.team_called(mark.team, visit.language) if mark.team else "",
        valid=valid,
        told=told,
        url=head.url,
    )


def _named(visit: Visit, parts: Parts) -> Operation:
    found = visit.community.operation(parts["operation"])
    if found is None:
        raise NotFound(parts["operation"])
    return found


# --- entering ---


def article(visit: Visit, parts: Parts, form: PublishedArticle) -> Done:
    """Somebody published an article."""
    one = _named(visit, parts)
    if form.team and form.team not in {team.id for team in one.teams}:
        raise Refused(HTTPStatus.UNPROCESSABLE_ENTITY, "no_team", team=form.team)
    with _entering(visit):
        written = Article(**dict(form), by=visit.person.id, at=visit.now)
        visit.reach.operations.add_article(visit.community.id, one.id, written, visit.now)
    return Done(said="article_entered", next=_address(visit, one))


def outcome(visit: Visit, parts: Parts, form: LookedUp) -> Done:
    """Somebody looked a result up."""
    one = _named(visit, parts)
    with _entering(visit):
        found = Outcome(**dict(form) | {"value": number(form.value, visit.language)}, by=visit.person.id, at=visit.now)
        visit.reach.operations.add_outcome(visit.community.id, one.id, found, visit.now)
    return Done(said="outcome_entered", next=_address(visit, one))


def take_out(visit: Visit, parts: Parts, form: TakenOut) -> Done:
    """It was entered by mistake."""
    one = _named(visit, parts)
    visit.reach.operations.take_out(visit.community.id, one.id, form.name, visit.now)
    return Done(said="taken_out", next=_address(visit, one))


def rule(visit: Visit, parts: Parts, form: Ruling) -> Done:
    """A person says what an entry is worth."""
    one, at = _named(visit, parts), place.found(visit.community.id, form.entry)
    head = visit.reach.operations.rule(at, one.id, form.ruling, visit.person.id, visit.now)
    return Done(said="entry_ruled", next=f"{_address(visit, one)}/entries/{head.hour}")


@contextmanager
def _entering(visit: Visit) -> Iterator[None]:
    """Raises Refused for what cannot be entered."""
    try:
        yield
    except ValueError as error:  # a field of it, or one too many
        raise Refused(HTTPStatus.UNPROCESSABLE_ENTITY, "not_entered_so") from error
    except AlreadyDone as known:
        fields = {"person": visit.telling.called(known.by), "time": visit.telling.at(known.at)}
        raise Refused(HTTPStatus.CONFLICT, "article_known", **fields) from known


def _address(visit: Visit, operation: Operation) -> str:
    return f"/desk/{visit.community.id}/operations/{operation.id}"


_ONE = "operations/{operation}"
DOORS = (
    Door("GET", "operations", Right.READ, operations, OperationsView, "Every operation", "desk/operations"),
    Door("GET", _ONE, Right.READ, operation, OperationView, "What one came to, so far", "desk/operation"),
    Door("GET", f"{_ONE}/entries/{{when}}", Right.READ, entries, EntriesView, "Its entries, by hour", "desk/entries"),
    Door("POST", f"{_ONE}/article", Right.HANDLE, article, Done, "Enter an article", takes=PublishedArticle),
    Door("POST", f"{_ONE}/outcome", Right.HANDLE, outcome, Done, "Enter a result", takes=LookedUp),
    Door("POST", f"{_ONE}/out", Right.HANDLE, take_out, Done, "Take out what was entered", takes=TakenOut),
    Door("POST", f"{_ONE}/rule", Right.HANDLE, rule, Done, "Say what an entry is worth", takes=Ruling),
)
