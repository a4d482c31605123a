"""How long a text is, as each platform counts it."""

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tribune.lengths import LINK_WEIGHT, UNITS, length, links


@pytest.mark.parametrize(
    ("text", "utf16", "codepoints", "x_weighted"),
    [
        ("", 0, 0, 0),
        ("Hello, world! 👋", 16, 15, 16),
        ("👏", 2, 1, 2),
        ("👾", 2, 1, 2),
        ("🙋🏽", 4, 2, 2),
        ("👨\u200d👩\u200d👧\u200d👦", 11, 7, 2),
        ("👨\u200d🎤", 5, 3, 2),
        ("🇫🇷", 4, 2, 2),
        ("🏴\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f", 14, 7, 2),
        ("❤️", 2, 2, 2),
        ("1️⃣", 3, 3, 2),
        ("2 ans, 3 mois", 13, 13, 13),
        ("café", 4, 4, 4),
        ("日本語", 3, 3, 6),
        ("« Bonjour » : l’atelier — ouvert…", 33, 33, 34),
        ("Привет", 6, 6, 6),
    ],
)
def test_each_platform_counts_in_its_own_way(text: str, utf16: int, codepoints: int, x_weighted: int) -> None:
    assert [length(text, unit) for unit in ("utf16", "codepoints", "x_weighted")] == [utf16, codepoints, x_weighted]


def test_x_counts_what_it_composes() -> None:
    assert length(unicodedata.normalize("NFD", "café"), "x_weighted") == 4


@pytest.mark.parametrize(
    ("text", "weight"),
    [
        ("https://example.com", 23),
        ("https://example.com/a/very/long/path?with=parameters&and=more#article-10", 23),
        ("http://exemple.fr", 23),
        ("Voir https://exemple.fr/charte.", 5 + 23 + 1),
        ("(https://exemple.fr/charte)", 1 + 23 + 1),
        ("Https://exemple.fr/une-adresse-qu-un-telephone-commence", 23),
        ("(https://exemple.fr/wiki/Selle_(velo))", 1 + 23 + 1),
        ("https://exemple.fr/wiki/Selle_(velo)#histoire", 23),
        ("https://exemple.fr/a et https://exemple.fr/b", 23 + 4 + 23),
        ("exemple.fr/charte", 23),
        ("charte.velos-garance-et-compagnie.exemple.fr/article-10", 55),
        ("@marie.dupont.fr", 16),
        ("a@exemple.fr", 12),
        ("10.30", 5),
        ("https://localhost", 17),
    ],
)
def test_x_counts_every_link_the_same(text: str, weight: int) -> None:
    assert length(text, "x_weighted") == weight


@pytest.mark.parametrize(
    ("text", "characters"),
    [
        ("Bonjour", 7),
        ("https://e.fr", 23),
        ("Voir https://exemple.fr/charte/garance/v1/fr#article-10.", 5 + 23 + 1),
        ("exemple.fr", 10),
        ("👨\u200d👩\u200d👧\u200d👦", 7),
    ],
)
def test_mastodon_counts_every_link_the_same(text: str, characters: int) -> None:
    assert length(text, "mastodon") == characters


def test_links_are_found_where_they_stand() -> None:
    text = "Notre charte : https://exemple.fr/charte#article-10, ou exemple.fr."
    assert [text[start:end] for start, end in links(text)] == ["https://exemple.fr/charte#article-10", "exemple.fr"]


@given(text=st.text(max_size=60))
@settings(deadline=None)
def test_a_character_weighs_at_most_two_on_x_and_four_anywhere(text: str) -> None:
    characters, links = max(len(text), len(unicodedata.normalize("NFC", text))), LINK_WEIGHT * text.count(".")
    assert 0 <= length(text, "x_weighted") <= 2 * characters + links
    for unit in UNITS:
        assert 0 <= length(text, unit) <= 4 * characters + links


def test_a_long_text_is_measured_quickly() -> None:
    for text in (
        "a" * 20_000,
        "a." * 10_000,
        "https://a.fr/" + "/" * 20_000,
        "a.fr/" + "(a" * 9_999,
        "👨\u200d" * 5_000,
    ):
        assert length(text, "x_weighted") > 0
