"""Whoever is called after the author changed a comment reads what it is now, and is told that it was changed."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from memory_world import memory_world
from world import World

THREAT = "On sait où est ton magasin, on va venir te défoncer"
HIS_NUMBER = "Le numéro de Karim c'est le 06 39 98 12 34, appelez-le tous"
CALM = "Bonne journée à tous"


@pytest.fixture
def place() -> Iterator[World]:
    """A community in mode act, in memory."""
    with memory_world() as world:
        yield world


def next_called(world: World, *versions: str) -> str:
    """What the next one in line reads, when the comment was edited while the first one had time to answer."""
    for number, text in enumerate(versions):
        world.deliver("facebook", world.comment(1, text, verb="edited" if number else "add"))
        world.settle(minutes=1, quiet_minutes=1)
    before = len(world.rung)
    for _ in range(40):
        if len(world.rung) > before:
            break
        world.now += timedelta(minutes=1)
        world.invoke("keep_watch", {})
        world.settle(minutes=1, quiet_minutes=1)
    return str(world.rung[-1]["text"]).replace("\u00a0", " ")


def test_what_is_quoted_is_not_passed_off_as_the_danger_once_its_author_took_that_away(place: World) -> None:
    told = next_called(place, THREAT, CALM)

    assert f"« {CALM} »" in told
    assert "Son auteur l'a modifié depuis cet appel." in told


def test_a_comment_as_it_was_written_is_not_said_to_be_edited(place: World) -> None:
    told = next_called(place, THREAT)

    assert THREAT in told
    assert "modifié" not in told


def test_a_comment_that_is_shown_again_is_not_said_to_be_hidden(place: World) -> None:
    told = next_called(place, HIS_NUMBER, CALM)

    assert not place.facebook.comments["1_1"].hidden
    assert "il est de nouveau visible." in told
    assert "masqué à titre provisoire" not in told
