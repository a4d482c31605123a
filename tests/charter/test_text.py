"""Tokens that keep their place in the original, and disguises that only a disguise can match."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tribune.charter import text
from tribune.charter.text import Token, fold, keys


def tokens(original: str) -> tuple[Token, ...]:
    return text.read(original).tokens


@given(st.text(max_size=300))
def test_offsets_stay_within_the_original_and_hold_something(original: str) -> None:
    last = 0
    for token in tokens(original):
        assert token.key
        assert last <= token.start < token.end <= len(original)
        last = token.end


@given(st.text(alphabet=st.characters(codec="utf-32", exclude_categories=()), max_size=200))
def test_any_unicode_is_read_even_lone_surrogates(original: str) -> None:
    tokens(original + "\ud800")


@given(st.text(max_size=100))
def test_folding_twice_changes_nothing_more(original: str) -> None:
    assert fold(fold(original)) == fold(original)


def test_case_accents_ligatures_and_compatibility_forms_fold() -> None:
    assert keys("ÉLÈVE Cœur ﬁls STRASSE straße Ⅻ ｆｕｌｌ") == (
        "eleve", "coeur", "fils", "strasse", "strasse", "xii", "full",
    )  # fmt: skip


@pytest.mark.parametrize("form", ["NFC", "NFD", "NFKC", "NFKD"])
def test_every_normal_form_gives_the_same_words(form: str) -> None:
    assert [token.key for token in tokens(unicodedata.normalize(form, "Été à Nîmes"))] == ["ete", "a", "nimes"]


def test_zero_width_and_bidirectional_controls_are_inside_the_word_and_not_in_its_key() -> None:
    original = "x co\u200bn\u202ena\u00adrd y"
    assert [(token.key, token.start, token.end) for token in tokens(original)] == [
        ("x", 0, 1), ("connard", 2, 12), ("y", 13, 14),
    ]  # fmt: skip


def test_words_end_where_their_script_ends_them() -> None:
    assert keys("géométrique baisser") == ("geometrique", "baisser")
    assert keys("Привет, мир!") == ("привет", "мир")
    assert len(keys("नमस्ते दुनिया")) == 2
    assert keys("l'été n'est") == ("l", "ete", "n", "est")


def test_sentences_end_at_strong_punctuation_and_not_at_an_ellipsis() -> None:
    assert [token.sentence for token in tokens("Un deux. Trois ! Quatre... cinq\nsix")] == [0, 0, 1, 2, 2, 3]


def test_only_the_first_eight_thousand_characters_are_read() -> None:
    assert len(text.read("mot " * 5_000).tokens) == text.MAX_CHARACTERS // 4


def test_a_term_of_a_script_without_spaces_is_a_row_of_letters() -> None:
    assert keys("傻逼") == ("傻", "逼")
    assert keys("ﾊﾞｶ") == keys("バカ") == ("バ", "カ")
    assert keys("ハカ") != keys("バカ")
    assert len(keys("ควย")) == 3


def test_arabic_marks_tatweel_and_persian_letters_fold() -> None:
    assert keys("الكَـــلب") == keys("الكلب") == keys("الکلب")


def test_a_korean_word_stays_whole() -> None:
    assert keys("시발점이다 바보") == ("시발점이다", "바보")


def test_an_encoded_link_is_read_as_it_reads_decoded_and_its_offsets_are_of_the_original() -> None:
    original = "voir https://a.example/cr%C3%A9dit-rapide?x=%zz%FF ok"
    assert [(token.key, original[token.start : token.end]) for token in tokens(original)][3:6] == [
        ("example", "example"), ("credit", "cr%C3%A9dit"), ("rapide", "rapide"),
    ]  # fmt: skip
    assert [token.key for token in tokens("100%20 de remise")] == ["100", "20", "de", "remise"]
