"""Echoes: several people who say nearly the same, in more words than come to many by themselves."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tribune.climate import Told, Weather, echo_matter
from tribune.echo import Likeness, Voiced, alike, loudest, words_of
from tribune.words import shared

NOW = datetime(2026, 11, 24, 14, 0, tzinfo=UTC)
LIMITS = Likeness.model_validate(shared("climate")["echo"])
MODEL = "Livraison nulle, service client injoignable, mon vélo commandé jamais reçu depuis trois semaines, quelle honte"
REWORDED = (
    "Service client injoignable et livraison nulle : mon vélo n'est jamais arrivé, trois semaines de commande, une honte !",
    "Quelle honte, livraison nulle, mon vélo commandé depuis trois semaines jamais reçu et service client injoignable",
    "Trois semaines que mon vélo commandé n'est jamais reçu, le service client est injoignable, livraison nulle, honte !",
    "LIVRAISON NULLE !!! service client injoignable, mon velo commande jamais recu depuis 3 semaines... quelle honte #stop",
)
BY_THEMSELVES = (
    "Ma commande d'octobre n'est toujours pas là et personne ne me répond, je suis vraiment très déçue de votre maison",
    "Un mois d'attente pour un vélo annoncé sous dix jours, et au téléphone on me dit de patienter encore, c'est trop long",
    "Le colis est arrivé ouvert, il manquait une pédale, et votre atelier refuse de m'en envoyer une autre sans facture",
    "Je regrette mon achat : freins mal réglés dès le premier jour, selle abîmée, et un rendez-vous seulement dans un mois",
    "Bonjour, ma commande passée il y a trois semaines n'est jamais arrivée, pouvez-vous me dire où elle en est ? Merci",
)


def voices(*texts: str, authors: int | None = None, first: int = 0) -> list[Voiced]:
    return [
        Voiced(
            "facebook",
            "1001",
            f"1_{n}",
            f"a{n % (authors or len(texts))}",
            NOW + n * timedelta(minutes=1),
            words_of(text),
        )
        for n, text in enumerate(texts, first)
    ]


@pytest.mark.parametrize("reworded", REWORDED)
def test_light_rewording_and_another_order_stay_alike(reworded: str) -> None:
    assert alike(words_of(MODEL), words_of(reworded)) >= LIMITS.alike


@pytest.mark.parametrize("other", BY_THEMSELVES)
def test_who_complains_of_the_same_by_themselves_says_it_in_their_own_words(other: str) -> None:
    assert all(alike(words_of(other), words_of(one)) < LIMITS.alike / 2 for one in (MODEL, *REWORDED))


def test_an_echo_takes_different_people() -> None:
    assert len(loudest(voices(MODEL, *REWORDED), LIMITS)) == 5
    assert loudest(voices(*[MODEL] * 10, authors=1), LIMITS) == ()
    assert loudest(voices(*[MODEL] * 10, authors=4), LIMITS) == ()
    assert loudest(voices(*BY_THEMSELVES), LIMITS) == ()


@pytest.mark.parametrize(
    "short",
    [
        "Bravo !",
        "👏👏👏",
        "moi !",
        "#BoycottGarance",
        "C'est nul, honte à vous",
        "@Marie @Karim https://a.example/x",
        "",
    ],
)
def test_what_is_short_comes_to_many_by_itself(short: str) -> None:
    assert loudest(voices(*[short] * 50), LIMITS) == ()


def test_figures_links_mentions_and_hashtags_make_no_difference() -> None:
    assert words_of("@Marie commande 4417 jamais reçue #honte https://a.example/x") == words_of("Commande jamais reçue")


def test_of_several_echoes_the_loudest_is_told() -> None:
    other = " ".join(f"mot{n}" for n in range(12))
    found = loudest(voices(*[other] * 5, *[MODEL] * 6), LIMITS)

    assert {one.object for one in found} == {f"1_{n}" for n in range(5, 11)}


def test_the_same_echo_is_told_once_a_day_however_it_grows_and_another_one_again() -> None:
    first = echo_matter(loudest(voices(MODEL, *REWORDED), LIMITS))
    grown = echo_matter(loudest(voices(REWORDED[0], *[MODEL] * 30), LIMITS))
    other = echo_matter(loudest(voices(*[BY_THEMSELVES[0]] * 6, first=100), LIMITS))
    told = Weather().telling([first], NOW)

    assert told.new([grown], LIMITS, NOW + timedelta(hours=3)) == ()
    assert told.new([other, grown], LIMITS, NOW + timedelta(hours=3)) == (other,)
    assert told.new([grown], LIMITS, NOW + timedelta(days=1)) == (grown,)
    assert told.telling([other], NOW + timedelta(days=1)).told == (
        Told(other.told, NOW + timedelta(days=1), other.words),
    )


def test_what_is_kept_of_a_text_is_numbers() -> None:
    assert all(isinstance(one, int) for one in words_of(MODEL))


@given(st.text(), st.text())
def test_likeness_is_the_same_from_both_sides_and_whole_with_oneself(one: str, other: str) -> None:
    first, second = words_of(one), words_of(other)

    assert alike(first, second) == alike(second, first)
    assert alike(first, first) == (100 if first else 0)
