"""Terms and phrases on whole tokens; the packaged lists that hold them."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tribune.charter import lists, text
from tribune.charter.lexicon import Lexicon, forms, phrases

LIST_FILES = sorted((Path(lists.__file__).parents[1] / "words").glob("*/lists/*.yaml"))


def found(lexicon: Lexicon, original: str) -> list[tuple[str, str]]:
    return [
        (hit.name, original[hit.start : hit.end]) for hits in lexicon.find(text.read(original)).values() for hit in hits
    ]


def test_a_phrase_is_found_across_punctuation_but_not_across_sentences() -> None:
    lexicon = Lexicon({"order": phrases(["va te faire"])})
    assert found(lexicon, "Va… te, faire") == [("order", "Va… te, faire")]
    assert found(lexicon, "Va. Te faire") == []


def test_a_term_never_matches_inside_a_word() -> None:
    assert found(Lexicon({"i": phrases(["con"])}), "concours, Scunthorpe, reconnu") == []


def test_one_phrase_may_stand_in_several_lists_and_begin_another() -> None:
    lexicon = Lexicon({"one": phrases(["mort"]), "two": phrases(["mort de rire", "mort"])})
    assert sorted(found(lexicon, "mort de rire")) == [("one", "mort"), ("two", "mort"), ("two", "mort de rire")]


@pytest.mark.parametrize(
    ("word", "more"),
    [
        ("abruti", {"abrutis", "abrutie", "abruties"}),
        ("voleur", {"voleurs", "voleuse", "voleuses"}),
        ("blaireau", {"blaireaux"}),
        ("con", {"cons", "conne", "connes"}),
        ("gros", set()),
    ],
)
def test_plurals_and_feminines_are_made_when_compiled(word: str, more: set[str]) -> None:
    assert more <= set(forms(word))


def test_short_words_take_no_feminine() -> None:
    assert "cone" not in forms("con")
    assert "cones" not in forms("con")


def test_both_words_of_a_phrase_agree() -> None:
    assert ("sales", "races") in phrases(["sale race"], inflect=True)


@given(st.lists(st.sampled_from(["un", "deux", "trois"]), max_size=12))
def test_every_place_of_a_phrase_is_found(words: list[str]) -> None:
    lexicon = Lexicon({"pair": phrases(["un deux"])})
    expected = sum(words[i : i + 2] == ["un", "deux"] for i in range(len(words)))
    assert len(found(lexicon, " ".join(words))) == expected


# --- the packaged lists ---


@pytest.mark.parametrize("path", LIST_FILES, ids=lambda path: f"{path.parts[-3]}-{path.stem}")
def test_every_list_says_what_it_is_for_and_loses_no_sign(path: Path) -> None:
    (words,) = [one for one in lists.packaged()[path.stem] if one.language == path.parts[-3]]
    assert words.purpose.endswith(".")
    assert words.terms
    assert len(set(words.terms)) == len(words.terms)
    for term in (*words.terms, *words.exceptions):
        assert re.fullmatch(r"[\w\s'’.\-/]+", term), f"{term}: signs are not matched"
        assert text.keys(term)


@pytest.mark.parametrize("path", LIST_FILES, ids=lambda path: f"{path.parts[-3]}-{path.stem}")
def test_every_exception_can_meet_a_term(path: Path) -> None:
    by_language = lists.packaged()[path.stem]
    known = {word for one in by_language for phrase in phrases(one.terms, inflect=one.inflect) for word in phrase}
    for one in by_language:
        for exception in one.exceptions:
            assert known & set(text.keys(exception)), exception


def test_every_language_has_the_lists_that_reading_needs() -> None:
    for name in ("insults", "hate_slurs", "threats", "distress", "grievance", "criticism", "fillers", "reporting"):
        assert {one.language for one in lists.packaged()[name]} == set(lists.LANGUAGES)


def test_only_insults_are_looked_for_behind_disguises() -> None:
    disguised = {name for name, by_language in lists.packaged().items() if any(one.disguised for one in by_language)}
    assert disguised == {
        "insults", "grave_insults", "addressed_insults", "addressed_plural_insults", "swearing", "hate_slurs",
    }  # fmt: skip
