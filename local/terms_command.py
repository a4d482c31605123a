"""`tribune charter terms` and `tribune charter allow`: the words of a charter's file, in and out of a spreadsheet.

LIST is a clause (`respect`: the words of its own), one of its detectors (`respect/expression`), its exceptions
(`respect/exceptions`), or `allowed`: the allow-list of a configuration.
"""

import sys
from argparse import Namespace
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from local.charter_file import Opened, is_configuration, opened
from local.configuration import MODEL_FILE
from local.rewriting import with_one_more, with_value
from tribune import written
from tribune.charter.examples import test_examples
from tribune.charter.terms import FROM, Term, from_csv, to_csv
from tribune.charter.uses import WordUse
from tribune.errors import BadConfiguration
from tribune.written import Location

ALLOWED = "allowed"
EXCEPTIONS = "exceptions"
_STANDARD = "-"


@dataclass(frozen=True, slots=True)
class Listed:
    """One list of a file: where it stands in it, and what it says."""

    file: Path
    location: Location
    terms: tuple[Term, ...]
    clause: str = ""


def terms(arguments: Namespace) -> int:
    """Write a list to a CSV file, or put what a CSV file says in its place. Raises BadConfiguration."""
    return _export(arguments) if arguments.direction == "export" else _import(arguments)


def _export(arguments: Namespace) -> int:
    text = to_csv(_list(arguments.file, arguments.list).terms)
    if arguments.csv == _STANDARD:
        sys.stdout.write(text)
    else:
        Path(arguments.csv).write_text(text, encoding="utf-8")
    return 0


def _import(arguments: Namespace) -> int:
    listed = _list(arguments.file, arguments.list)
    if listed.file == MODEL_FILE and arguments.file != MODEL_FILE:
        raise BadConfiguration(
            "this configuration uses our model, which is everybody's: copy it, and name the copy in `charter`",
            file=str(arguments.file),
            field="community.charter",
        )
    text = written.text_of(listed.file)
    told = sys.stdin.read() if arguments.csv == _STANDARD else written.text_of(Path(arguments.csv))
    wanted = [one for one in from_csv(told, file=arguments.csv) if one.clause in ("", listed.clause)]
    by_language: dict[str, list[str]] = {}
    for one in wanted:
        by_language.setdefault(one.language, []).append(one.term)
    flat = list(dict.fromkeys(one.term for one in wanted))
    changed = with_value(
        text, listed.location, flat if listed.location[-1] == ALLOWED else by_language, file=str(listed.file)
    )
    listed.file.write_text(changed, encoding="utf-8")
    before, after = ({(one.language, one.term) for one in some} for some in (listed.terms, wanted))
    if listed.location[-1] == ALLOWED:
        before, after = ({("", term) for _, term in some} for some in (before, after))
    print(f"{listed.file}: {len(after - before)} added, {len(before - after)} removed, {len(after)} in all")
    return 0


def allow(arguments: Namespace) -> int:
    """Add one expression to the allow-list of a configuration, unless it would let a forbidden example through.

    Raises BadConfiguration.
    """
    expression = " ".join(arguments.expression.split())
    listed, before = _list(arguments.file, ALLOWED), opened(arguments.file)
    if not any(character.isalnum() for character in expression):
        raise BadConfiguration("an expression holds at least a letter or a digit", field="EXPRESSION")
    if expression in {one.term for one in listed.terms}:
        print(f"{listed.file}: “{expression}” is allowed already")
        return 0
    if let_through := _let_through(before, expression):
        raise BadConfiguration(
            f"with “{expression}” allowed, these forbidden examples would stay: write a longer expression\n"
            + "\n".join(let_through),
            file=str(before.file),
        )
    changed = with_one_more(written.text_of(listed.file), listed.location, expression, file=str(listed.file))
    listed.file.write_text(changed, encoding="utf-8")
    print(f"{listed.file}: “{expression}” is allowed; `tribune apply` brings it to the stack")
    return 0


def _let_through(ours: Opened, expression: str) -> list[str]:
    if ours.community is None:
        return []
    known = {(failure.clause, failure.sentence) for failure in test_examples(ours.charter, ours.vocabulary)}
    after = ours.community.model_copy(update={ALLOWED: (*ours.community.allowed, expression)})
    return [
        f"    {failure.clause} ({failure.language}): {failure.sentence}"
        for failure in test_examples(ours.charter, after.vocabulary)
        if (failure.clause, failure.sentence) not in known and failure.expected == "forbidden"
    ]


# --- finding a list ---


def _list(file: Path, name: str) -> Listed:
    if name == ALLOWED:
        return _allow_list(file)
    ours = opened(file)
    clause_id, _, part = name.partition("/")
    value = written.parse(written.text_of(ours.file), file=str(ours.file)).value
    place, clause = next(
        ((place, clause) for place, clause in enumerate(value["clauses"]) if clause.get("id") == clause_id), (0, None)
    )
    if clause is None:
        known = ", ".join(clause["id"] for clause in value["clauses"])
        raise BadConfiguration(
            f"no clause is called “{clause_id}”; there are: {known}", file=str(ours.file), field="LIST"
        )
    checked = ours.charter.clauses[place]
    if part == EXCEPTIONS:
        return Listed(ours.file, ("clauses", place, EXCEPTIONS), _rows(checked.exceptions, clause_id), clause_id)
    number = _use(clause, part, checked.detectors, ours.file)
    use = checked.detectors[number]
    found = use.terms if isinstance(use, WordUse) else {}
    return Listed(ours.file, ("clauses", place, "detectors", number, "terms"), _rows(found, clause_id), clause_id)


def _use(clause: dict[str, Any], name: str, uses: tuple[Any, ...], file: Path) -> int:
    """Which detector of a clause holds its words: the one that is named, else the first that has any, else the first."""
    numbers = [number for number, use in enumerate(uses) if isinstance(use, WordUse) and name in ("", use.name)]
    if not numbers:
        known = ", ".join(use.name for use in uses if isinstance(use, WordUse)) or "none"
        raise BadConfiguration(
            f"“{clause['id']}” has no detector “{name}” that looks for words; it has: {known}",
            file=str(file),
            field="LIST",
        )
    number = next((number for number in numbers if uses[number].terms), numbers[0])
    if named := clause["detectors"][number].get(FROM):
        raise BadConfiguration(
            f"the words of “{clause['id']}” stand in {named}: open that file", file=str(file), field="LIST"
        )
    return number


def _allow_list(file: Path) -> Listed:
    if not is_configuration(file):
        raise BadConfiguration(
            "a charter has no allow-list: give the configuration of a community", file=str(file), field="LIST"
        )
    told = written.parse(written.text_of(file), file=str(file)).value["community"].get(ALLOWED) or []
    language = opened(file).charter.languages[0]
    return Listed(file, ("community", ALLOWED), tuple(Term(str(term), language) for term in told))


def _rows(found: Any, clause: str) -> tuple[Term, ...]:
    return tuple(Term(term, language, clause) for language, some in found.items() for term in some)
