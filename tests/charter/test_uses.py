"""What a clause may ask of a detector: checked, explained, documented."""

import typing
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from tribune import written
from tribune.charter import Charter, uses
from tribune.charter.uses import Reserve, Use
from tribune.errors import BadConfiguration

MEMBERS: tuple[type[Use], ...] = typing.get_args(typing.get_args(uses.DetectorUse)[0])


def names(member: type[Use]) -> tuple[str, ...]:
    return typing.get_args(member.model_fields["name"].annotation)


def parameters() -> Iterator[tuple[type[written.Written], str]]:
    for member in (*MEMBERS, Reserve):
        for name in member.model_fields:
            yield member, name


@pytest.mark.parametrize(("member", "name"), list(parameters()), ids=lambda value: getattr(value, "__name__", value))
def test_every_parameter_says_what_it_means(member: type[Use], name: str) -> None:
    assert len(member.model_fields[name].description or "") > len("a word")


def test_no_name_belongs_to_two_detectors() -> None:
    known = [name for member in MEMBERS for name in names(member)]
    assert len(known) == len(set(known))


@pytest.mark.parametrize(
    "entry",
    [
        "{name: hats}",
        "{list: [x]}",
        "{name: hate, list: [x]}",
        "{name: contact_data, kinds: [fax]}",
        "{name: repetition, times: 1}",
        "{name: language}",
        "{name: neutrality, periods: [{start: 2026-03-01, end: 2026-02-01}]}",
        "{name: neutrality, periods: [{start: 2026-03-01, fin: x}]}",
    ],
)
def test_a_mistake_is_said_with_its_clause_and_its_line(charters: Path, entry: str) -> None:
    text = (charters / "model.fr-en.yaml").read_text("utf-8").replace("- name: repetition\n", f"- {entry}\n", 1)
    with pytest.raises(BadConfiguration) as refused:
        written.load(text, Charter, file="charter.yaml")
    assert str(refused.value.field).startswith("clauses[flood].detectors[0]")
    assert refused.value.line == text.splitlines().index(f"      - {entry}") + 1


def test_a_period_of_reserve_includes_both_its_days() -> None:
    reserve = Reserve(start=date(2026, 3, 1), end=date(2026, 3, 2))
    assert [reserve.holds(date(2026, 3, day)) for day in (1, 2, 3)] == [True, True, False]
