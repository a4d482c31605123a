"""tribune backfill: what was missed is asked for at the next round, and nothing is decided twice."""

from datetime import timedelta

import pytest
import square
from commanding import Tribune
from world import World


@pytest.fixture
def crier(world: World, monkeypatch: pytest.MonkeyPatch) -> square.Square:
    square.join(monkeypatch)
    twin = square.Square()
    world.join("square", twin, "square-secret", square.CHANNEL)
    world.apply()
    world.poll()
    return twin


def test_what_was_said_since_is_fetched_once_and_nobody_is_alarmed(
    world: World, crier: square.Square, tribune: Tribune
) -> None:
    heard = crier.say("c1", "Bonjour", world.now - timedelta(hours=2))
    world.deliver("square", [heard])  # the square sends a list
    crier.say("c2", "Bonjour", world.now - timedelta(hours=3))
    crier.say("old", "Bonjour", world.now - timedelta(hours=30))
    said = tribune("backfill", "square", "--hours", "4", "--lang", "en")
    for _ in range(2):
        world.poll()
        world.pump()
        world.now += timedelta(minutes=5)

    assert (said.code, "La place" in said.out) == (0, True)
    heads = [world.head("garance", "square", square.ACCOUNT, name) for name in ("c1", "c2", "old")]
    assert [head is not None for head in heads] == [True, True, False]
    assert world.counters() == {"comment.1": 2}
    assert world.calls_of("garance") == []
    assert crier.requests.count("GET /said") == 1


@pytest.mark.usefixtures("crier")
def test_a_platform_that_cannot_be_asked_is_said(tribune: Tribune) -> None:
    said = tribune("backfill", "line", "--lang", "en")
    assert (said.code, "only delivers" in said.out) == (1, True)
    assert tribune("backfill", "myspace").code == 2
    assert tribune("backfill", "--hours", "0").code == 2
