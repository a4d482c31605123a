"""`tribune operation`: what a contest, a BlogStorming, an event or a campaign came to, with the conversation beside it."""

from argparse import Namespace
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

from local.desk import Desk, opened, readable
from tribune import words
from tribune.desk import place
from tribune.desk.report import EARLIEST
from tribune.desk.summing import as_csv, heading, lines, number, summary, told_of
from tribune.duty import Person
from tribune.errors import AlreadyDone, BadConfiguration, TribuneError
from tribune.figures import hour_start
from tribune.operation import Article, Operation, Outcome, Ruled


def run(arguments: Namespace) -> int:
    """One action. Raises BadConfiguration for bad input, TribuneError for what cannot be done, Unavailable."""
    person = getattr(arguments, "person", None)
    with opened(arguments, person) as desk:
        if arguments.action == "list":
            return _list(desk)
        operation = _named(arguments.operation, desk)
        if person is None:
            return _LOOKS[arguments.action](arguments, operation, desk)
        return _CHANGES[arguments.action](arguments, operation, desk, desk.person(person))


def _table(desk: Desk) -> Any:
    return words.table(desk.language, "operation")


def _named(given: str, desk: Desk) -> Operation:
    found = desk.community.operation(given)
    if found is None:
        known = ", ".join(one.id for one in desk.community.operations)
        raise BadConfiguration(words.fill(_table(desk)["unknown"], {"id": given, "ids": known}), field="OPERATION")
    return found


# --- looking ---


def _list(desk: Desk) -> int:
    for one in desk.community.operations:
        told = heading(one, desk.telling)
        print(f"{one.id}  {told.name} · {told.kind} · {told.said[0]}")
    if not desk.community.operations:
        print(_table(desk)["none"])
    return 0


def _show(arguments: Namespace, operation: Operation, desk: Desk) -> int:
    told = summary(desk.operations.counted(desk.community, operation, desk.now()), desk.telling)
    if arguments.json:
        print(told.model_dump_json(indent=2))
    elif arguments.csv:
        print(as_csv(told), end="")
    else:
        print("\n".join(lines(told, desk.telling)))
    return 0


def _entries(arguments: Namespace, operation: Operation, desk: Desk) -> int:
    today = desk.now().astimezone(desk.community.zone).date()
    try:
        day = date.fromisoformat(arguments.day) if arguments.day else today
    except ValueError as error:
        raise BadConfiguration(_table(desk)["day"], field="--day") from error
    there = EARLIEST <= day <= today
    hours = desk.operations.hours_with_entries(desk.community, operation, day) if there else {}
    if not hours:
        print(_table(desk)["entries"]["none"])
    for hour, n in hours.items():
        print(words.fill(_table(desk)["entries"]["hour"], {"time": desk.at(hour_start(hour)), "n": str(n)}))
        for line in _of_hour(operation, hour, desk):
            print(f"  {line}")
    return 0


def _of_hour(operation: Operation, hour: str, desk: Desk) -> Iterator[str]:
    table, heads = _table(desk)["entries"], desk.operations.entries(desk.community, operation, hour)
    said = desk.journal.said_of(heads)
    for head in heads:
        known = said.get(head.at)
        name = desk.telling.author(known.author_name if known else None)
        fields = {"name": name, "place": desk.telling.place(head), "since": desk.since(head.posted_at)}
        text = readable(known.text, head.language) if known and known.text else desk.say("without_words")
        yield f"{place.named(head.at)}  {text} · {words.fill(table['by'], fields)} · {told_of(head, operation, desk.telling)[2]}"


# --- entering ---


def _article(arguments: Namespace, operation: Operation, desk: Desk, person: Person) -> int:
    team = arguments.team or ""
    if team and team not in {one.id for one in operation.teams}:
        raise BadConfiguration(_refused(desk, "no_team", team=team), field="--team")
    told = {"url": arguments.url, "author": arguments.author, "title": arguments.title or "", "team": team}
    with _entering(desk):
        written = Article.model_validate(told | {"by": person.id, "at": desk.now()})
        desk.operations.add_article(desk.community.id, operation.id, written, desk.now())
    return _done(desk, "article_entered")


def _outcome(arguments: Namespace, operation: Operation, desk: Desk, person: Person) -> int:
    told = {"kind": arguments.kind, "label": arguments.label or "", "source": arguments.source}
    with _entering(desk):
        value = number(arguments.value, desk.language)
        found = Outcome.model_validate(told | {"value": value, "by": person.id, "at": desk.now()})
        desk.operations.add_outcome(desk.community.id, operation.id, found, desk.now())
    return _done(desk, "outcome_entered")


def _remove(arguments: Namespace, operation: Operation, desk: Desk, _person: Person) -> int:
    with desk.refusing(arguments.name, "nothing_of_that_name"):
        desk.operations.take_out(desk.community.id, operation.id, arguments.name, desk.now())
    return _done(desk, "taken_out")


def _rule(arguments: Namespace, operation: Operation, desk: Desk, person: Person) -> int:
    with desk.refusing(arguments.entry, "nothing_of_that_name"):
        at = place.found(desk.community.id, arguments.entry)
        desk.operations.rule(at, operation.id, Ruled(arguments.ruling), person.id, desk.now())
    return _done(desk, "entry_ruled")


@contextmanager
def _entering(desk: Desk) -> Iterator[None]:
    """Raises BadConfiguration for what cannot be entered, TribuneError for what is there already."""
    try:
        yield
    except ValueError as error:
        raise BadConfiguration(_refused(desk, "not_entered_so")) from error
    except AlreadyDone as known:
        fields = {"person": desk.called(known.by), "time": desk.at(known.at)}
        raise TribuneError(_refused(desk, "article_known", **fields)) from known


def _refused(desk: Desk, which: str, **fields: str) -> str:
    return words.fill(words.table(desk.language, "screens")["refused"][which], fields)


def _done(desk: Desk, which: str) -> int:
    print(words.table(desk.language, "screens")["done"][which])
    return 0


_LOOKS: dict[str, Callable[[Namespace, Operation, Desk], int]] = {"show": _show, "entries": _entries}
_CHANGES: dict[str, Callable[[Namespace, Operation, Desk, Person], int]] = {
    "article": _article,
    "outcome": _outcome,
    "remove": _remove,
    "rule": _rule,
}
