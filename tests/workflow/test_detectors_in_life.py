"""What surrounds a comment reaches the detectors, through the real doors; and what they say is kept."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import memory_world
import pytest
from world import World

from tribune.channel import ActKind
from tribune.charter import detectors, unpack
from tribune.charter.detectors import Match, Watch
from tribune.charter.reading import Reading
from tribune.journal import ActionState, Head

INSULT = "@Karim t'es vraiment un abruti si tu crois ça"
CALM = "@Karim je ne suis pas d'accord avec toi"


def head_of(world: World, number: int) -> Head:
    return world.kept(number)


def say(world: World, number: int, text: str, **how: Any) -> Head:
    world.deliver("facebook", world.comment(number, text, **how))
    world.settle()
    return head_of(world, number)


def broken(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """One detector raises, or finds without end."""

    def find(_: Reading, __: Watch[Any]) -> Iterator[Match]:
        while True:
            yield Match(0, 1)
            if name != "contact_data":
                raise ZeroDivisionError

    changed = (replace(one, find=find, also=None) if one.name == name else one for one in detectors.DETECTORS)
    monkeypatch.setattr(detectors, "DETECTORS", tuple(changed))
    monkeypatch.setattr(memory_world, "_readers", {})


@pytest.mark.parametrize("name", ["insult_at_person", "spam", "contact_data"])
def test_a_detector_that_fails_sends_the_comment_to_a_person(
    world: World, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    broken(monkeypatch, name)
    head = say(world, 1, CALM)
    assert head.verdict is not None
    assert head.case
    assert [entry.kind for entry in world.outbox.effects if entry.kind != "call"] == []
    assert all(action.state is not ActionState.SENT for action in head.actions)
    assert "failed" in head.verdict.trace or name == "contact_data"


def test_the_trace_of_every_match_is_kept_with_the_decision_and_holds_no_word(world: World) -> None:
    head = say(world, 1, INSULT)
    assert head.verdict is not None
    (one,) = unpack(head.verdict.trace)
    assert (one.clause, one.detector, INSULT[one.start : one.end], one.why) == (
        "respect",
        "insult_at_person",
        "abruti",
        "held",
    )
    assert "abruti" not in head.verdict.trace


def test_of_somebody_in_distress_no_trace_is_kept(world: World) -> None:
    head = say(world, 1, "J'en peux plus, j'ai envie d'en finir. Sale arabe")
    assert head.verdict is not None
    assert head.verdict.trace == ""


def test_the_sixth_comment_in_ten_minutes_is_laid_before_a_person(world: World) -> None:
    texts = ["Il est bleu", "Il est vert", "Il roule", "Il brille", "Il plie", "Il sonne"]
    at = world.now
    heads = [say(world, number, text, at=at) for number, text in enumerate(texts, 1)]
    reasons = [head.verdict.reason for head in heads if head.verdict]
    assert reasons[-1] == "rate"
    assert "rate" not in reasons[:-1]
    assert [action.state for action in heads[-1].actions] == [ActionState.PROPOSED]


@pytest.mark.parametrize("kindness", ["Merci !", "Trop beau 😍", "Thanks a lot!"])
def test_who_thanks_one_person_after_the_other_is_not_hidden(world: World, kindness: str) -> None:
    for number in range(1, 5):
        head = say(world, number, kindness)
        world.now += timedelta(hours=1)
    assert [action.kind for action in head.actions] == []
    assert head.verdict is not None
    assert head.verdict.clause is None


def test_two_words_that_come_again_are_laid_before_a_person(world: World) -> None:
    for number in range(1, 5):
        head = say(world, number, "Joyeux anniversaire")
        world.now += timedelta(hours=1)
    assert [(action.kind, action.state) for action in head.actions] == [(ActKind.HIDE, ActionState.PROPOSED)]


def test_comments_of_several_people_are_nobodys_flood(world: World) -> None:
    for number in range(1, 9):
        head = say(world, number, f"Il est bleu et il roule {number}", author=f"70{number:02d}")
        assert head.verdict is not None
        assert head.verdict.reason != "rate"
