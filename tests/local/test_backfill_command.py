"""tribune backfill: what was missed is asked for at the next round, and nothing is decided twice."""

from datetime import timedelta

import pytest
import square
from world import World

from local.command import main
from tribune.aws import stack
from tribune.aws.stack import QUEUES, TABLES, Place


@pytest.fixture
def crier(world: World, monkeypatch: pytest.MonkeyPatch) -> square.Square:
    square.join(monkeypatch)
    twin = square.Square()
    world.join("square", twin, "square-secret", square.CHANNEL)
    world.apply()
    tables, queues = world.stack.tables(), world.stack.queues()
    place = Place(
        stage="test",
        tables={short: tables[logical] for short, logical in TABLES.items()},
        queues={short: queues[logical] for short, logical in QUEUES.items()},
    )
    monkeypatch.setattr(stack, "locate", lambda _stage: place)
    world.poll()
    return twin


def test_what_was_said_since_is_fetched_once_and_nobody_is_alarmed(
    world: World, crier: square.Square, capsys: pytest.CaptureFixture[str]
) -> None:
    heard = crier.say("c1", "Bonjour", world.now - timedelta(hours=2))
    world.deliver("square", [heard])  # type: ignore[arg-type]  # the square sends a list
    crier.say("c2", "Bonjour", world.now - timedelta(hours=3))
    crier.say("old", "Bonjour", world.now - timedelta(hours=30))
    assert main(["backfill", "square", "--hours", "4", "--stage", "test", "--lang", "en"]) == 0
    for _ in range(2):
        world.poll()
        world.pump()
        world.now += timedelta(minutes=5)

    assert "La place" in capsys.readouterr().out
    heads = [world.head("garance", "square", square.ACCOUNT, name) for name in ("c1", "c2", "old")]
    assert [head is not None for head in heads] == [True, True, False]
    assert world.counters() == {"comment.1": 2}
    assert world.calls_of("garance") == []
    assert crier.requests.count("GET /said") == 1


@pytest.mark.usefixtures("crier")
def test_a_platform_that_cannot_be_asked_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["backfill", "line", "--stage", "test", "--lang", "en"]) == 1
    assert "only delivers" in capsys.readouterr().out
    assert main(["backfill", "myspace", "--stage", "test"]) == 2
    assert main(["backfill", "--hours", "0", "--stage", "test"]) == 2
