"""Comments in our words: what is the same text, and what it costs to say so."""

import time
import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from tribune.comment import composed, words_hash

MARKS = "\u0327\u0301\u0316\u05b0"


@given(st.text(st.characters(codec="utf-8"), max_size=60))
def test_what_people_write_is_composed_as_unicode_says(text: str) -> None:
    assert composed(text) == unicodedata.normalize("NFC", text)


def test_words_hash_alike_however_they_are_spaced_and_composed() -> None:
    assert words_hash("Été  à\nBrest") == words_hash(unicodedata.normalize("NFD", "Été à Brest"))


def test_thousands_of_marks_on_one_letter_cost_no_more_than_in_proportion() -> None:
    began = time.process_time()
    words_hash("e" + MARKS * 20_000)
    assert time.process_time() - began < 1  # in the square of it, half a minute


def test_marks_beyond_thirty_are_still_words_of_their_own() -> None:
    assert words_hash("e" + MARKS * 10) != words_hash("e" + MARKS * 11)
