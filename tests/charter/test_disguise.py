"""What hides behind disguises: only a place that shows one is looked at, only a term that fits it comes out."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tribune.charter import Charter, Circumstances, Reader, Vocabulary, text
from tribune.charter.disguise import Disguises
from tribune.charter.reader import DISGUISES
from tribune.charter.remembered import LONGEST, MOST, Remembered
from tribune.charter.shown import LEET, Kind, show, spelling_of
from tribune.charter.text import Text, Token, keys

WORDS = Disguises(
    map(
        keys,
        ["connard", "abruti", "salope", "pute", "merde", "con", "encule", "baise", "fdp", "nique", "nique ta mère"],
    ),
    common=frozenset(["mer", "de", "chien", "ne", "pis", "se", "sa", "la", "bon", "jour"]),
)


def read(original: str) -> Text:
    return WORDS.reveal(text.read(original))


def tokens(original: str) -> tuple[Token, ...]:
    return read(original).tokens


def revealed(original: str) -> list[tuple[str, str]]:
    return [(token.key, original[token.start : token.end]) for token in tokens(original) if token.disguised]


@given(st.text(max_size=300))
def test_offsets_stay_within_the_original_and_hold_something(original: str) -> None:
    last = 0
    for token in tokens(original):
        assert token.key
        assert last <= token.start < token.end <= len(original)
        last = token.end


@given(st.text(alphabet="c0o°n.*-_ @4ar d😀🅐іI!|/\\()<\u200b\u0301мерд", max_size=60))
def test_whatever_is_mixed_offsets_stay_in_order(original: str) -> None:
    ends = [0, *(token.end for token in tokens(original))]
    assert all(before <= token.start for before, token in zip(ends, tokens(original), strict=False))


@given(st.text(alphabet=st.characters(codec="utf-32", exclude_categories=()), max_size=200))
def test_any_unicode_is_read_even_lone_surrogates(original: str) -> None:
    tokens(original + "\ud800")


@pytest.mark.parametrize(
    ("original", "word", "shown"),
    [
        ("espèce de c0nnard !", "connard", "c0nnard"),
        ("C.O.N.N.A.R.D", "connard", "C.O.N.N.A.R.D"),
        ("c o n n a r d !", "connard", "c o n n a r d"),
        ("c . o . n . n . a . r . d", "connard", "c . o . n . n . a . r . d"),
        ("c*o*n*n*a*r*d", "connard", "c*o*n*n*a*r*d"),
        ("c_o_n_n_a_r_d", "connard", "c_o_n_n_a_r_d"),
        ("quel c*nnard", "connard", "c*nnard"),
        ("p*te", "pute", "p*te"),
        ("p_te", "pute", "p_te"),
        ("c🍆nnard", "connard", "c🍆nnard"),
        ("c🔥o🔥n🔥n🔥a🔥r🔥d", "connard", "c🔥o🔥n🔥n🔥a🔥r🔥d"),
        ("coooonnaaard", "connard", "coooonnaaard"),
        ("coonnaard", "connard", "coonnaard"),
        ("\u0441onnard", "connard", "\u0441onnard"),
        ("ᴄᴏɴɴᴀʀᴅ", "connard", "ᴄᴏɴɴᴀʀᴅ"),
        ("coиnard", "connard", "coиnard"),
        ("🅒🅞🅝🅝🅐🅡🅓", "connard", "🅒🅞🅝🅝🅐🅡🅓"),
        ("🇨🇴🇳🇳🇦🇷🇩", "connard", "🇨🇴🇳🇳🇦🇷🇩"),
        ("🇨 🇴 🇳 🇳 🇦 🇷 🇩", "connard", "🇨 🇴 🇳 🇳 🇦 🇷 🇩"),
        ("c⭕nnard", "connard", "c⭕nnard"),
        ("$alope", "salope", "$alope"),
        ("$@1ope", "salope", "$@1ope"),
        ("saIope", "salope", "saIope"),
        ("s.alope", "salope", "s.alope"),
        ("l'encul3", "encule", "encul3"),
        ("n!que", "nique", "n!que"),
        ("pu+€", "pute", "pu+€"),
        ("m|_|, p|_|te", "pute", "p|_|te"),
        ("f.d.p", "fdp", "f.d.p"),
        ("m3rde!!!", "merde", "m3rde"),
        ("p u t e", "pute", "p u t e"),
        ("p u 7 3", "pute", "p u 7 3"),
        ("pute69", "pute", "pute69"),
    ],
)
def test_a_disguise_is_seen_through_and_its_very_characters_are_named(original: str, word: str, shown: str) -> None:
    assert revealed(original) == [(word, shown)]


@pytest.mark.parametrize(
    "original",
    [
        "Le concours de cons est ouvert à Condom",
        "géométrique baisser raping baissé",
        unicodedata.normalize("NFD", "baissé, baissée"),
        "bais\u200bse",
        "45s ça?? anna! 20€ 1001 a1 b2",
        "la mer de Chine, il y a t il, un chien ne mord pas, pis se tait",
        "la mer🌊de Chine, la mer-de-glace",
        "on n'a c a n c e r que du bon",
        "https://exemple.example/c0nnard c0nnard@exemple.example",
        "co-nnaissance con-centré peut-être",
        "4 5 5 0 7 3",
        "**important** #vélo @connaisseur",
        "M. Conrad et Mme Putter",
        "Это сор и мусор, а не мерде: просто русский текст",
        "🇫🇷🇨🇴 4x4 C4 R5 5G 3D",
    ],
)
def test_clean_words_never_match_by_evasion(original: str) -> None:
    assert revealed(original) == []


@given(st.lists(st.from_regex(r"(?!.*(.)\1\1)(?!.*(.)\2.*(.)\3)[a-zéèàç]{2,12}", fullmatch=True), max_size=20))
def test_plain_words_match_only_as_they_stand(words: list[str]) -> None:
    assert revealed(", ".join(words)) == []


@pytest.mark.parametrize("shown", ["ⓒⓞⓝⓝⓐⓡⓓ", "⒞⒪⒩⒩⒜⒭⒟", "c|o|n|n|a|r|d", "c+o+n+n+a+r+d", "conn*ard", "єnсulé"])
def test_boxes_bars_and_a_mask_too_many_hide_nothing(shown: str) -> None:
    found = read(f"@Karim t'es un {shown}, voilà")
    assert {found.keys[index] for index in found.disguised} & {"connard", "encule"}
    assert not found.uncertain


def test_an_emoji_between_letters_makes_them_no_two_words() -> None:
    found = read("sale pu👍te")
    assert [found.keys[index] for index in found.disguised] == ["pute"]


def test_a_character_that_is_a_whole_phrase_is_no_letter_of_a_word() -> None:
    assert [one.kind for one in show("ﷺ", 0)] == [Kind.OUTSIDE]
    assert revealed("ﷺconnnard") == [("connard", "connnard")]


def test_letters_may_be_stretched_but_never_dropped() -> None:
    assert revealed("connnnard") == [("connard", "connnnard")]
    assert revealed("c0nard") == []


def test_a_cut_word_is_found_and_marked_uncertain() -> None:
    found = read("quelle sa lope, et encu-lé")
    assert [(found.keys[index], index in found.uncertain) for index in sorted(found.disguised)] == [
        ("salope", True), ("encule", True),
    ]  # fmt: skip
    assert not read("quel c0nnard").uncertain


def test_two_common_words_are_no_cut_word_and_a_term_beside_a_fragment_stays_itself() -> None:
    assert revealed("mer de, chien ne") == []
    assert revealed("con nard") == []


def test_glued_words_of_a_phrase_become_its_words_again() -> None:
    assert [token.key for token in tokens("#niquetamere")] == ["nique", "ta", "mere"]
    assert [token.key for token in tokens("n1quetam3re")] == ["nique", "ta", "mere"]


def test_letters_that_one_sign_may_stand_for_are_spelled_alike() -> None:
    assert all(len({spelling_of(letter) for letter in letters}) == 1 for letters in LEET.values())


def test_a_text_that_shows_more_disguises_than_anybody_writes_goes_to_a_person(model: Charter) -> None:
    reader, odd = Reader(model, Vocabulary()), "q0nn4rt "
    few, many = (reader.read(odd * times, Circumstances()) for times in (50, 400))
    assert (few.unsure, many.unsure) == ((), (DISGUISES,))
    assert reader.read(odd * 400, Circumstances()) == many
    hidden = reader.read("@Karim t'es un c0nn4rd. " + odd * 400, Circumstances())
    assert hidden.breaches
    assert hidden.unsure == (DISGUISES,)


def test_what_strangers_write_cannot_fill_the_memory() -> None:
    found: list[str] = []
    remembered = Remembered(lambda word: found.append(word) or len(word))
    assert [remembered["abc"], remembered["abc"], remembered["x" * (LONGEST + 1)]] == [3, 3, LONGEST + 1]
    assert found == ["abc", "x" * (LONGEST + 1)]
    for number in range(MOST + 10):
        remembered[str(number)]
    assert len(remembered) <= MOST
    assert LONGEST + 1 not in map(len, remembered)
