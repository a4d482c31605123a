"""Files that a person wrote: read strictly, refused with the line, the field and what would be right."""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import Field

from tribune import written
from tribune.errors import BadConfiguration


class Colour(written.Written):
    name: str
    shade: int = Field(1, ge=1, le=9)


class Paint(written.Written):
    colours: tuple[Colour, ...]
    labels: dict[str, str] = Field(default_factory=dict)
    primer: Colour | None = None


def refusal(text: str) -> BadConfiguration:
    with pytest.raises(BadConfiguration) as refused:
        written.load(text, Paint, file="paint.yaml")
    return refused.value


def test_a_right_file_becomes_a_model(tmp_path: Path) -> None:
    path = tmp_path / "paint.yaml"
    path.write_text("colours:\n  - name: « bleu »\n    shade: 3\nlabels: {fr: peinture}\n", encoding="utf-8")
    paint = written.load(path, Paint)
    assert (paint.colours[0].name, paint.colours[0].shade, paint.labels) == ("« bleu »", 3, {"fr": "peinture"})


def test_an_unknown_field_is_told_with_its_line_and_the_nearest_name() -> None:
    error = refusal("colours:\n  - name: blue\n    shad: 3\n")
    assert (error.file, error.line, error.field) == ("paint.yaml", 3, "colours[0].shad")
    assert "did you mean “shade”" in error.sentence


def test_a_field_unlike_any_other_is_told_the_fields_there_are() -> None:
    assert "name, shade" in refusal("colours:\n  - name: blue\n    xyzzy: 3\n").sentence


def test_a_suggestion_is_found_behind_an_optional_part() -> None:
    assert "did you mean “name”" in refusal("colours: []\nprimer:\n  nane: grey\n").sentence


def test_a_missing_field_points_at_the_part_that_lacks_it() -> None:
    error = refusal("colours:\n  - name: blue\n  - shade: 2\n")
    assert (error.line, error.field) == (3, "colours[1].name")
    assert "missing" in error.sentence


def test_a_value_out_of_bounds_is_shown() -> None:
    error = refusal("colours:\n  - name: blue\n    shade: 12\n")
    assert (error.line, error.field) == (3, "colours[0].shade")
    assert "12" in error.sentence


def test_a_number_where_a_text_belongs_is_asked_in_quotes() -> None:
    assert "put 12 in quotes" in refusal("colours:\n  - name: 12\n").sentence


def test_an_entry_with_an_id_is_named_by_it() -> None:
    class Entry(written.Written):
        id: str
        weight: int

    class Entries(written.Written):
        entries: tuple[Entry, ...]

    with pytest.raises(BadConfiguration) as refused:
        written.load("entries:\n  - id: respect\n    weight: heavy\n", Entries)
    assert refused.value.field == "entries[respect].weight"


def test_every_mistake_is_told_in_the_order_of_the_file_each_with_its_line() -> None:
    error = refusal("colours:\n  - name: 1\n    shade: x\n  - shade: 0\nlabls: {}\n")
    assert str(error).splitlines() == [
        "paint.yaml has 5 mistakes:",
        "paint.yaml:2: colours[0].name: a text is expected here: put 1 in quotes",
        "paint.yaml:3: colours[0].shade: a whole number is expected here, not “x”",
        "paint.yaml:4: colours[1].shade: 1 or more is expected here, not 0",
        "paint.yaml:4: colours[1].name: this field is missing: add it",
        "paint.yaml:5: labls: unknown field; did you mean “labels”?",
    ]


def test_one_mistake_is_one_line() -> None:
    assert str(refusal("colours: 3\n")) == (
        "paint.yaml:1: colours: a list, like [one, another], is expected here, not 3"
    )


class Brush(written.Written):
    name: Literal["brush"]
    width: int = Field(description="How wide it paints. In centimetres.")


class Roller(written.Written):
    name: Literal["roller"]
    nap: Literal["short", "long"]


class Case(written.Written):
    tools: tuple[Annotated[Brush | Roller, Field(discriminator="name")], ...] = ()
    code: str = Field("a1", pattern="^[a-z]+[0-9]$", json_schema_extra=written.written_like("letters and a digit"))
    mode: Literal["dry", "wet"] | Colour = "dry"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("tools:\n- {name: brush,\n   widht: 3}", "3: tools[0].widht: unknown field; did you mean “width”?"),
        ("tools:\n- name: brush", "2: tools[0].width: this field is missing: add it (How wide it paints)"),
        ("tools:\n- nap: long\n  name: rolller", "3: tools[0].name: nothing is called “rolller” here; did you mean “roller”?"),
        ("tools:\n- name: sponge", "2: tools[0].name: nothing is called “sponge” here; there are: brush, roller"),
        ("tools:\n- nap: long", "2: tools[0]: the field 'name' is missing: it says what this is"),
        ("tools:\n- name: roller\n  nap: lnog", "3: tools[0].nap: “lnog” is not known here; did you mean “long”?"),
        ("tools:\n- name: roller\n  nap: 7", "3: tools[0].nap: 7 is not known here; write one of: short, long"),
        ("\ncode: A", "2: code: write letters and a digit, not “A”"),
        ("mode: wte", "1: mode: “wte” is not known here; did you mean “wet”?"),
        ("mode:\n  nmae: blue", "2: mode.nmae: unknown field; did you mean “name”?"),
    ],
)  # fmt: skip
def test_what_would_be_right_is_said_whichever_of_several_things_is_meant(text: str, said: str) -> None:
    with pytest.raises(BadConfiguration) as refused:
        written.load(text, Case, file="case.yaml")
    assert str(refused.value) == f"case.yaml:{said}"


@pytest.mark.parametrize(
    ("text", "says", "line"),
    [
        ("colours: [\n", "close every quote and bracket", 2),
        ("code: a: b\n", "put the text in quotes", 1),
        ("code: A1\n  size: 2\n", "put the text in quotes", 2),
        ('code: "A1\n', "a quote is opened and never closed", 2),
        ("size: 1\n colours: []\n", "put the text in quotes", 2),
        ("colours: []\n size: 1\n", "count the spaces", 2),
        ("code: @a\n", "cannot begin with this sign", 1),
        ("colours: []\ncolours: []\n", "written twice (first on line 1)", 2),
        ("colours: &all []\n", "anchors", 1),
        ("colours: []\nlabels: *all\n", "aliases", 2),
        ("colours: !!python/name:os.system []\n", "tags", 1),
        ("colours: []\n---\ncolours: []\n", "one document", 2),
        ("? [a]\n: b\n", "field name", 1),
    ],
)
def test_what_yaml_allows_and_people_do_not_mean_is_refused(text: str, says: str, line: int) -> None:
    error = refusal(text)
    assert says in error.sentence
    assert error.line == line


def test_deep_nesting_and_long_files_cost_nothing() -> None:
    assert "nested" in refusal("[" * 500_000).sentence
    assert "longer" in refusal(" " * (written.MAX_CHARACTERS + 1)).sentence


@pytest.mark.parametrize(
    "value", ["no", "on", "12:30", "2026-01-01", "0639981234", "+33639981234", "1_000", "0x1F", ".5"]
)
def test_only_what_looks_like_a_number_or_true_and_false_is_anything_but_text(value: str) -> None:
    assert written.parse(f"field: {value}").value == {"field": value}


def test_plain_numbers_booleans_and_nothing_are_what_they_look_like() -> None:
    assert written.parse("[1, -2, 3.5, true, false, null, ~, '1', \"true\"]").value == [
        1, -2, 3.5, True, False, None, None, "1", "true",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda _path: None, "cannot be read"),
        (lambda path: path.write_bytes(b"\xff\xfe\x00"), "not UTF-8"),
    ],
)
def test_a_file_that_is_missing_or_not_text_is_told(tmp_path: Path, make: Callable[[Path], Any], says: str) -> None:
    path = tmp_path / "paint.yaml"
    make(path)
    with pytest.raises(BadConfiguration, match=says):
        written.load(path, Paint)


@given(st.text())
def test_any_text_is_parsed_or_refused_in_a_sentence(text: str) -> None:
    refused: BadConfiguration | None = None
    try:
        written.parse(text)
    except BadConfiguration as error:
        refused = error
    assert refused is None or refused.sentence
