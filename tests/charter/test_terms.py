"""Lists of terms beside a charter: read with it, safe in a spreadsheet, each mistake with its line."""

import csv
import string
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tribune.charter import Charter, Circumstances, Reader, Vocabulary
from tribune.charter.terms import COLUMNS, Term, from_csv, load, to_csv
from tribune.charter.uses import WordUse
from tribune.errors import BadConfiguration

COLUMNS_WANTED = (
    "t.csv:1: the first line names the columns term, language, clause, note (the last two may be left out):"
)

cells = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=30).map(lambda text: " ".join(text.split()))
rows = st.builds(
    Term,
    term=cells.filter(lambda text: any(character.isalnum() for character in text)),
    language=st.sampled_from(("fr", "en", "de")),
    clause=st.text(string.ascii_lowercase, max_size=8),
    note=cells,
)


@given(st.lists(rows, unique=True, max_size=20))
def test_what_is_written_is_read_back(terms: list[Term]) -> None:
    assert from_csv(to_csv(terms)) == tuple(terms)


@given(st.lists(rows, max_size=20))
@example([Term("0", "fr", note=",=")])
def test_no_spreadsheet_runs_what_is_written(terms: list[Term]) -> None:
    for row in csv.reader(to_csv(terms).splitlines()[1:]):
        assert not [cell for cell in row if cell.startswith(("=", "+", "-", "@"))]


@pytest.mark.parametrize(
    "term", ["=cmd|x", "+33 6", "-able", "@moi", "'=x", "''@y", "c'est", "'tis", "a;b", 'dit "non"']
)
def test_signs_and_quotes_survive(term: str) -> None:
    assert from_csv(to_csv([Term(term, "fr")])) == (Term(term, "fr"),)


@pytest.mark.parametrize(
    "text",
    ["term,language\nâne,fr\n", "\ufeffterm;language\r\nâne;fr\r\n", "Language, Term \nfr,âne\n\n,\nfr,âne\n"],
    ids=["plain", "as a French spreadsheet saves it", "columns the other way round"],
)
def test_a_spreadsheet_s_ways_are_understood(text: str) -> None:
    assert from_csv(text) == (Term("âne", "fr"),)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", [f"{COLUMNS_WANTED} there is no column term, language"]),
        ("term,language,gravity\n", [f"{COLUMNS_WANTED} nobody reads gravity"]),
        (
            "term,language\nâne,fr\n,fr\nun mot,French\n?!,fr\na,b,fr\n",
            [
                "t.csv has 4 mistakes:",
                "t.csv:3: the term is missing: write it in the column term, or remove the line",
                "t.csv:4: the language is two small letters, like fr or en, not “French”",
                "t.csv:5: “?!” holds neither letter nor digit: no text could be found by it",
                "t.csv:6: there are more cells than columns: put a term that holds a comma in double quotes",
            ],
        ),
        ("term,language\n" + "a" * 201 + ",fr\n", ["t.csv:2: a term has at most 200 characters, this one 201: one line for each term"]),
    ],
)  # fmt: skip
def test_each_mistake_is_told_with_its_line(text: str, said: list[str]) -> None:
    with pytest.raises(BadConfiguration) as refused:
        from_csv(text, file="t.csv")
    assert str(refused.value).splitlines() == said


@given(st.text())
def test_any_text_is_read_or_refused_in_a_sentence(text: str) -> None:
    try:
        from_csv(text)
    except BadConfiguration as refused:
        assert refused.sentence  # noqa: PT017  any refusal will do, no refusal too


# --- beside a charter ---


def write(folder: Path, charters: Path, entry: str, **files: str) -> Path:
    """The model with one more detector under « respect », and the files that it names."""
    text = (charters / "model.fr-en.yaml").read_text("utf-8")
    old = "      - name: insult_addressed\n"
    assert old in text
    path = folder / "charter.yaml"
    path.write_text(text.replace(old, f"{old}      - {entry}\n", 1), "utf-8")
    for name, content in files.items():
        (folder / f"{name}.csv").write_text(content, "utf-8")
    return path


def own_terms(charter: Charter) -> dict[str, tuple[str, ...]]:
    respect = charter.clause("respect")
    assert respect is not None
    use = respect.detectors[-1]
    assert isinstance(use, WordUse)
    return use.terms


def test_the_terms_of_a_file_become_the_charter_s_own(tmp_path: Path, charters: Path) -> None:
    path = write(
        tmp_path,
        charters,
        "{name: expression, terms_from: own.csv, terms: {fr: [schtroumpf]}}",
        own=f"{','.join(COLUMNS)}\nschtroumpf,fr,,\ngargamel,fr,respect,the cat's master\nazrael,en,publicite,not here\n",
    )
    charter = load(path)
    assert own_terms(charter) == {"fr": ("schtroumpf", "gargamel")}
    findings = Reader(charter, Vocabulary()).read("Des Gargamels partout", Circumstances())
    assert [(breach.clause, breach.start, breach.end) for breach in findings.breaches] == [("respect", 4, 13)]


def test_a_charter_without_files_is_what_it_was(charters: Path, model: Charter) -> None:
    assert load(charters / "model.fr-en.yaml") == model


@pytest.mark.parametrize(
    ("entry", "stands", "says"),
    [
        ("{name: expression, terms_from: nowhere.csv}", ("charter.yaml", "nowhere"), "there is no file “nowhere.csv”"),
        ("{name: expression, terms_from: [own.csv]}", ("charter.yaml", "own.csv"), "write the path of a CSV file"),
        ("{name: expression, terms_from: own.csv}", ("own.csv", "x,francais"), "two small letters"),
        ("{name: expression, terms_from: own.csv, terms: 3}", ("charter.yaml", "terms: 3"), "one value for each name"),
        ("{name: contact_data, terms_from: own.csv}", ("charter.yaml", "contact_data"), "unknown field"),
    ],
)
def test_what_is_wrong_is_told_in_the_file_where_it_stands(
    tmp_path: Path, charters: Path, entry: str, stands: tuple[str, str], says: str
) -> None:
    file, line_holds = stands
    good = "term,language\nx,fr\n" if file == "charter.yaml" else "term,language\nx,francais\n"
    path = write(tmp_path, charters, entry, own=good)
    with pytest.raises(BadConfiguration, match=says) as refused:
        load(path)
    assert refused.value.file == str(tmp_path / file)
    assert line_holds in (tmp_path / file).read_text("utf-8").splitlines()[(refused.value.line or 0) - 1]
