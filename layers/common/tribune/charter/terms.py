"""Lists of terms as CSV, beside the charter that uses them: what people keep in a spreadsheet.

One row a term, under the columns `term`, `language`, `clause` and `note`; only `term` and `language` must be there.
In a charter's file, a detector that looks for words may say `terms_from: insultes.csv` (a path relative to that file)
instead of, or beside, its own `terms`: the rows of its clause, and those of no clause, are read with the file, so that
what is published holds the terms themselves.

A spreadsheet runs a cell that begins with = + - @ as a formula: such a term is written behind an apostrophe and read
without it (OWASP, CSV injection).
"""

import csv
import io
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tribune import written
from tribune.charter.document import Charter
from tribune.errors import BadConfiguration

COLUMNS = ("term", "language", "clause", "note")
NEEDED = COLUMNS[:2]
FROM = "terms_from"
"""What a detector's entry says in a file; no charter that was read has it."""
MAX_CHARACTERS = 32 * 1_048_576
MAX_TERM = 200

_LANGUAGE = re.compile(r"[a-z]{2}\Z")
_FORMULA = re.compile(r"'*[=+\-@＝＋－＠]")
_ESCAPED = re.compile(r"'+[=+\-@＝＋－＠]")


@dataclass(frozen=True, slots=True)
class Term:
    """One row."""

    term: str
    language: str
    clause: str = ""
    """Empty: for whichever clause reads the file."""
    note: str = ""


def load(path: Path) -> Charter:
    """The charter in a file, with the terms of the CSV files that it names.

    Raises BadConfiguration with file, line, field and a sentence for each mistake, in the charter or in a CSV file.
    """
    document = written.parse(written.text_of(path), file=str(path))
    for location, clause, use in _uses(document.value):
        if FROM in use:
            _take_in(use, clause, path, document.line_of((*location, FROM)), location)
    return written.check(document, Charter, file=str(path))


def from_csv(text: str, *, file: str = "") -> tuple[Term, ...]:
    """The terms of a CSV text, comma or semicolon between the columns, each once, in the order of the file.

    Raises BadConfiguration with the line of each mistake.
    """
    text = text.removeprefix("\ufeff")
    if len(text) > MAX_CHARACTERS:
        raise BadConfiguration(f"the file is longer than {MAX_CHARACTERS} characters", file=file)
    first_line = text.partition("\n")[0]
    rows = csv.reader(
        io.StringIO(text, newline=""), delimiter=";" if first_line.count(";") > first_line.count(",") else ","
    )
    try:
        return tuple(dict.fromkeys(_read(rows, file)))
    except csv.Error as broken:
        raise BadConfiguration(f"this is not CSV: {broken}", file=file, line=rows.line_num) from broken


def to_csv(terms: Iterable[Term]) -> str:
    """The terms as CSV, safe to open in a spreadsheet. `from_csv` reads them back."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for one in terms:
        writer.writerow([without_formula(cell) for cell in (one.term, one.language, one.clause, one.note)])
    return text.getvalue()


# --- reading ---


def _read(rows: Any, file: str) -> Iterator[Term]:
    columns = [name.strip().casefold() for name in next(rows, [])]
    missing, unknown = [name for name in NEEDED if name not in columns], set(columns) - {*COLUMNS, ""}
    if missing or unknown:
        wrong = f"there is no column {', '.join(missing)}" if missing else f"nobody reads {', '.join(sorted(unknown))}"
        raise BadConfiguration(
            f"the first line names the columns {', '.join(COLUMNS)} (the last two may be left out): {wrong}",
            file=file,
            line=1,
        )
    mistakes: list[BadConfiguration] = []
    for row in rows:
        cells = dict(zip(columns, map(_cell, row), strict=False))
        if not any(cells.values()):
            continue
        if sentence := _wrong(cells, len(row) > len(columns)):
            mistakes.append(BadConfiguration(sentence, file=file, line=rows.line_num))
        else:
            yield Term(cells["term"], cells["language"], cells.get("clause", ""), cells.get("note", ""))
    if mistakes:
        raise mistakes[0].with_others(mistakes[1:])


def _wrong(cells: dict[str, str], too_many: bool) -> str:  # noqa: FBT001  one caller
    if too_many:
        return "there are more cells than columns: put a term that holds a comma in double quotes"
    if not cells["term"]:
        return "the term is missing: write it in the column term, or remove the line"
    if len(cells["term"]) > MAX_TERM:
        return f"a term has at most {MAX_TERM} characters, this one {len(cells['term'])}: one line for each term"
    if not any(character.isalnum() for character in cells["term"]):
        return f"“{cells['term']}” holds neither letter nor digit: no text could be found by it"
    if not _LANGUAGE.match(cells.get("language", "")):
        return f"the language is two small letters, like fr or en, not “{cells.get('language', '')}”"
    return ""


def _cell(text: str) -> str:
    text = " ".join(text.split())
    return text[1:] if _ESCAPED.match(text) else text


def without_formula(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    cell = " ".join(cell.split())
    return f"'{cell}" if _FORMULA.match(cell) else cell


# --- a charter's file ---


def _uses(value: Any) -> Iterator[tuple[written.Location, str, dict[str, Any]]]:
    """The entries `detectors` of a file that may be anything yet: (where, of which clause, what it says)."""
    clauses = value.get("clauses") if isinstance(value, dict) else None
    for number, clause in enumerate(clauses if isinstance(clauses, list) else ()):
        uses = clause.get("detectors") if isinstance(clause, dict) else None
        for place, use in enumerate(uses if isinstance(uses, list) else ()):
            if isinstance(use, dict):
                yield ("clauses", number, "detectors", place), str(clause.get("id", "")), use


def _take_in(use: dict[str, Any], clause: str, path: Path, line: int | None, location: written.Location) -> None:
    """Put the terms of the file that an entry names where its own terms stand."""
    named, own = use.pop(FROM), use.setdefault("terms", {})
    field = f"clauses[{clause or location[1]}].detectors[{location[3]}].{FROM}"
    if not isinstance(named, str) or not (path.parent / named).is_file():
        raise BadConfiguration(
            f"there is no file “{named}” beside this one: write the path of a CSV file, relative to this file",
            file=str(path),
            line=line,
            field=field,
        )
    if not isinstance(own, dict):
        return  # reading the charter says so
    found: dict[str, dict[str, None]] = {}
    for one in from_csv(written.text_of(path.parent / named), file=str(path.parent / named)):
        if one.clause in ("", clause):
            found.setdefault(one.language, {})[one.term] = None
    for language, terms in found.items():
        written_here = own.setdefault(language, [])
        if isinstance(written_here, list):
            already = frozenset(map(str, written_here))
            written_here += [term for term in terms if term not in already]
