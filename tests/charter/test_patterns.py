"""Patterns of a charter's author: linear, folded like texts, refused with a sentence."""

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tribune.charter.patterns import Patterns, compile_pattern, folded
from tribune.errors import BadConfiguration


def found(written: str, original: str) -> list[str]:
    return [original[start:end] for start, end in compile_pattern(written).find(folded(original))]


@pytest.mark.parametrize(
    ("written", "original", "expected"),
    [
        (r"crédits? (rapide|express)", "Un CRÉDIT EXPRESS 😀, crédits rapides", ["CRÉDIT EXPRESS", "crédits rapide"]),
        (r"credit", "du cr\u00e9dit, cre\u0301dit, ﬁn", ["crédit", "cre\u0301dit"]),
        (r"fin", "la ﬁn", ["ﬁn"]),
        (r"\D\d{3}\D", "x123y", ["x123y"]),
        (r"gagn(ez|er) \d+ ?(€|euros)", "😀 Gagnez 300 € vite", ["Gagnez 300 €"]),
        (r"va\s+te", "va\u200b te", ["va\u200b te"]),
    ],
)
def test_a_pattern_finds_folded_words_at_their_places_in_the_original(
    written: str, original: str, expected: list[str]
) -> None:
    assert found(written, original) == expected


@pytest.mark.parametrize(
    ("written", "sentence"),
    [
        ("(?=con)", "ahead or behind"),
        ("(?<!con)cours", "ahead or behind"),
        (r"(a)\1", "back-references"),
        ("a{2000}", "repeats too often"),
        ("(a", "never closed"),
        ("a)", "closes nothing"),
        ("[a", "never closed"),
        ("a**", "repeats a repetition"),
        ("*a", "repeats nothing"),
        ("a\\", "backslash"),
        ("[z-a]", "no range"),
        ("(((a{100}){100}){100})", "repeats too often"),
        ("((\\pL{90}){11}){1,9}", "repeats too often"),
        ("\\pL{500}\\pN{500}\\pL{500}", "too large"),
        ("a*", "everywhere"),
        ("x" * 2000, "at most 1000"),
        ("a\ud800", "half a character"),
    ],
)
def test_what_is_refused_is_said_in_a_sentence(written: str, sentence: str, capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(BadConfiguration, match=sentence):
        compile_pattern(written)
    assert capfd.readouterr().err == ""


def test_many_patterns_are_tried_at_once_and_each_says_where_it_is() -> None:
    patterns = Patterns([compile_pattern(one) for one in ("prêt", "zzz", r"taux \d")])
    assert list(patterns.find(folded("un prêt à taux 2 %, prêt"))) == [(0, 3, 7), (0, 20, 24), (2, 10, 16)]
    assert list(Patterns([]).find(folded("prêt"))) == []


@given(st.text(alphabet=st.characters(codec="utf-32", exclude_categories=()), max_size=80))
def test_any_unicode_is_searched_and_every_place_is_in_the_original(original: str) -> None:
    for start, end in compile_pattern(r"\pL|[0-9]+|\s").find(folded(original)):
        assert 0 <= start < end <= len(original)


def test_a_pattern_that_would_hang_other_engines_ends() -> None:
    for written in (r"(a+)+b", r"^(\w+\s?)*x", r"(.*?,){11}P", r".*con.*nard", r"(c\s*)+(o\s*)+(n\s*)+!x"):
        pattern = compile_pattern(written)
        assert list(pattern.find(folded("a" * 7_999 + "!"))) == []


def test_no_charter_without_patterns_loads_the_engine() -> None:
    script = "import sys, tribune.charter; sys.exit('re2' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0
