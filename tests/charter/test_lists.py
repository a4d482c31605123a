"""The packaged lists: terms that stand for several phrases."""

import pytest

from tribune.charter import lists


@pytest.mark.parametrize(
    ("term", "phrases"),
    [
        ("abruti", ("abruti",)),
        ("prendre pour (un/une) con", ("prendre pour un con", "prendre pour une con")),
        ("je (ne/) vois plus", ("je ne vois plus", "je vois plus")),
        (
            "je (n'/)y arrive (pas/plus)",
            ("je n'y arrive pas", "je n'y arrive plus", "je y arrive pas", "je y arrive plus"),
        ),
        ("0/10", ("0/10",)),
    ],
)
def test_a_term_with_choices_stands_for_each_of_them(term: str, phrases: tuple[str, ...]) -> None:
    assert lists.alternatives(term) == phrases


def test_no_list_is_empty() -> None:
    assert [
        f"{words.language}/{name}"
        for name, by_language in lists.packaged().items()
        for words in by_language
        if not words.terms
    ] == []
