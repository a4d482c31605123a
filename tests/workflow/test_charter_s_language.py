"""A charter in one language, in a community that speaks two: whoever breaks it in the other is told all the same."""

from dataclasses import replace
from datetime import timedelta

import pytest
from memory_world import memory_world
from world import CONFIGURATION, PAGE

from local.apply import Target, apply
from local.configuration import Configuration, read
from tribune.aws import clients

INSULT = "@Karim you are a complete idiot"
NUMBER = "My phone number is 06 39 98 12 34"


def in_french_alone() -> Configuration:
    """The world's community under a charter that nobody translated."""
    written = read(CONFIGURATION, file="world")
    clauses = [
        clause.model_copy(update={"title": {"fr": clause.title["fr"]}, "text": {"fr": clause.text["fr"]}})
        for clause in written.charter.clauses
    ]
    charter = written.charter.model_copy(
        update={"languages": ("fr",), "title": {"fr": written.charter.title["fr"]}, "clauses": tuple(clauses)}
    )
    return replace(written, charter=charter)


@pytest.mark.parametrize(("said", "kinds"), [(INSULT, ["reply"]), (NUMBER, ["hide", "private"])])
def test_a_charter_in_one_language_holds_whatever_language_it_is_broken_in(said: str, kinds: list[str]) -> None:
    with memory_world() as world:
        tables = world.stack.tables()
        target = Target("test", tables["CommunityTable"], tables["CharterTable"], clients.dynamodb(), clients.ssm())
        apply(in_french_alone(), target, world.now)
        world.now += timedelta(days=60)
        world.deliver("facebook", world.comment(1, said))
        world.settle(minutes=6, quiet_minutes=4)

        assert world.head("garance", "facebook", PAGE, "1_1") is not None
        assert sorted(entry.kind for entry in world.outbox.effects) == kinds
        links = [entry.text for entry in world.outbox.effects if entry.kind == "reply"]
        assert all("/charter/garance/v2/fr#article-10" in text for text in links)
