"""A FAQ answer meets one question alone: the one that its entry was written for, and no other one beside it."""

import pytest

from tribune.charter import Circumstances, Reader, Signal, Vocabulary

READER = Reader(
    None,
    Vocabulary(
        brand="Vélos Garance",
        questions={
            "dimanche": ("ouverts le dimanche", "open on Sundays"),
            "belgique": ("livrez-vous en Belgique", "livraison en Belgique", "ship to Belgium"),
        },
    ),
)


@pytest.mark.parametrize(
    ("text", "entry"),
    [
        ("Vous êtes ouverts le dimanche ?", "dimanche"),
        ("Bonjour Garance, êtes-vous ouverts le dimanche s'il vous plaît ? Bonne journée", "dimanche"),
        ("@velosgarance le magasin est bien ouvert le dimanche ?", "dimanche"),
        ("BONSOIR LIVREZ VOUS EN BELGIQUE ? 😊", "belgique"),
        ("Hi guys, do you also ship to Belgium please?", "belgique"),
        ("Livraison en Belgique possible ?", "belgique"),
    ],
)
def test_an_answer_may_meet_the_question_that_it_was_written_for(text: str, entry: str) -> None:
    found = READER.read(text, Circumstances())
    assert found.asks[0] == entry
    assert Signal.SHORT_QUESTION in found.signals


@pytest.mark.parametrize(
    "text",
    [
        "Livrez-vous en Belgique et en Suisse ?",
        "La livraison en Belgique est gratuite ?",
        "Combien coûte la livraison en Belgique ?",
        "Livrez-vous en Belgique sous 24 h ?",
        "Pourquoi n'êtes-vous pas ouverts le dimanche ?",
        "Êtes-vous ouverts le dimanche 25 décembre ?",
        "Le resto à côté est ouvert le dimanche ?",
        "@Karim tu es ouvert le dimanche ?",
        "Do you ship to Belgium or Luxembourg?",
        "How long does it take to ship to Belgium?",
    ],
)
def test_of_another_question_about_the_same_thing_the_answer_is_drafted(text: str) -> None:
    found = READER.read(text, Circumstances())
    assert found.asks
    assert Signal.QUESTION in found.signals
    assert Signal.SHORT_QUESTION not in found.signals
