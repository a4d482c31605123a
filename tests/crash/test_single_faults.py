"""One fault, of every kind, at every call of every function that has effects: the world ends as the faultless one does.

In memory always; on moto in `make crash`, and a few of them in every run.
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import pytest
from memory_world import loader, remembered
from moto import mock_aws
from proof import EVERYTHING, FUNCTIONS, MODES, STORIES, Story, lived, singles, tried
from proof_table import tell
from world import World, living

from local import moto_patch
from local.resources import Template, create
from tribune.aws import clients

ELSEWHERE = {"show_charter", "desk", "anchor_ledger", "seal_hours", "ask_colleague", "receive_press"}
"""The first only reads; what a person does at the second is `test_persons_acts`; the third needs S3 and KMS, its faults
are in `tests/functions/test_anchor_ledger.py`; those of `seal_hours` and `ask_colleague` are in their own tests. A press
makes two conditional writes that a replay repeats: `tests/functions/test_receive_press.py` sends it again and again.
"""
LONG = 40
"""Of a story with more calls than this, every third world is lived in every run."""
PART_ON_MOTO = 43
"""Of so many worlds on moto, one is lived in every run."""

type OnMoto = Callable[[], AbstractContextManager[World]]


@pytest.fixture
def on_moto(template: Template) -> OnMoto:
    """A world as every test has it, but on moto, as often as it is asked for."""
    moto_patch.apply()
    sns: Any = clients._client("sns")

    @contextmanager
    def make() -> Iterator[World]:
        with mock_aws():
            parameters = {"Stage": "test", "AlertAddress": "alerts@example.test", "MailSender": "tribune@example.test"}
            stack = create(
                template, dynamodb=clients.dynamodb(), sqs=clients.sqs(), sns=sns, name="test", parameters=parameters
            )
            world = World(stack, loader(stack))
            with remembered(), living(world):
                world.forget()
                world.apply()
                yield world
                world.forget()

    return make


def name_of(value: Any) -> str | None:
    return f"{value.function}: {value.name}" if isinstance(value, Story) else None


@pytest.mark.parametrize("story", STORIES, ids=name_of)
def test_one_fault_changes_nothing_that_anybody_sees(story: Story, record_property: Any) -> None:
    worlds = list(singles(story))
    points = len(worlds) // len(MODES)
    number, found = tried(story, worlds if EVERYTHING or points <= LONG else worlds[::3])

    tell(record_property, story.function, "points", points)
    tell(record_property, story.function, "single faults", number)
    tell(record_property, story.function, "wrong worlds", len(found))
    assert found == []


@pytest.mark.parametrize("mode", MODES if EVERYTHING else ["a part"])
@pytest.mark.parametrize("story", STORIES, ids=name_of)
def test_nor_does_it_on_moto(story: Story, mode: str, on_moto: OnMoto, record_property: Any) -> None:
    worlds = list(singles(story, [mode])) if EVERYTHING else list(singles(story))[9::PART_ON_MOTO]
    number, found = tried(story, worlds, on_moto)

    tell(record_property, story.function, "on moto", number)
    tell(record_property, story.function, "wrong worlds", len(found))
    assert found == []


@pytest.mark.parametrize("story", STORIES, ids=name_of)
def test_the_memory_makes_the_same_calls_as_moto_and_ends_the_same(story: Story, on_moto: OnMoto) -> None:
    here, there = lived(story), lived(story, (), on_moto)

    assert here.names == there.names
    assert here.ending == there.ending


def test_every_function_that_has_effects_has_a_story() -> None:
    assert {story.function for story in STORIES} == set(FUNCTIONS) - ELSEWHERE


@pytest.mark.parametrize("story", STORIES, ids=name_of)
def test_each_story_shows_something(story: Story) -> None:
    ending = lived(story).ending

    assert ending.effects or ending.decided or ending.calls or ending.special
