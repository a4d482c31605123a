"""Whoever writes the @name of our own account speaks to us, and what they say of us is said of nobody's person."""

from collections.abc import Iterator
from typing import Any

import pytest
from memory_world import memory_world
from world import BLOG, CONFIGURATION, World

from local.apply import Target, apply
from local.configuration import read
from tribune.aws import clients
from tribune.journal import Head

OURS = "@garance_lyon"


@pytest.fixture
def place() -> Iterator[World]:
    """A community whose account is not called like the brand."""
    with memory_world() as world:
        tables = world.stack.tables()
        target = Target("test", tables["CommunityTable"], tables["CharterTable"], clients.dynamodb(), clients.ssm())
        written = CONFIGURATION.replace("@VelosGarance", OURS).replace("name: Vélos Garance", "name: Deux Roues")
        apply(read(written, file="world"), target, world.now)
        yield world


def said(world: World, text: str) -> Head:
    body: dict[str, Any] = world.blog_comment("c-1", text)
    world.deliver("generic", body)
    world.settle(minutes=6, quiet_minutes=4)
    head = world.head("garance", "generic", BLOG, "c-1")
    assert head is not None
    return head


@pytest.mark.parametrize(
    "text", [f"{OURS} connards !", f"{OURS} vous êtes une bande d'abrutis", f"{OURS} you are a bunch of idiots"]
)
def test_what_is_shouted_at_the_brand_is_criticism_and_no_attack_on_a_person(place: World, text: str) -> None:
    head = said(place, text)

    assert head.verdict is not None
    assert head.verdict.clause is None
    assert not place.outbox.effects


def test_the_same_words_to_a_member_are_an_attack(place: World) -> None:
    head = said(place, "@Karim vous êtes une bande d'abrutis")

    assert head.verdict is not None
    assert head.verdict.clause == "respect"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (f"{OURS} ma commande est en préparation chez vous", "question"),
        (f"{OURS} merci pour tout, super équipe", "praise"),
    ],
)
def test_what_is_said_to_us_by_our_name_is_laid_before_a_person(place: World, text: str, reason: str) -> None:
    head = said(place, text)

    assert head.verdict is not None
    assert (head.verdict.reason, head.case) == (reason, True)
