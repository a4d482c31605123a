"""tribune report: the week on a terminal, and as JSON whose every figure says where it comes from."""

import json
import os
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from memory_world import memory_world
from world import World

from local.command import main
from tribune.aws import stack
from tribune.aws.stack import QUEUES, TABLES, Place

type Tribune = Callable[..., tuple[int, str, str]]


@pytest.fixture(name="world")
def in_memory() -> Iterator[World]:
    with memory_world() as world:
        yield world


@pytest.fixture
def tribune(world: World, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Tribune:
    """Runs a command of the desk on the world, as on a deployed stack whose names CloudFormation knows."""
    tables, queues = world.stack.tables(), world.stack.queues()
    place = Place(
        stage="test",
        tables={short: tables[logical] for short, logical in TABLES.items()},
        queues={short: queues[logical] for short, logical in QUEUES.items()},
    )
    monkeypatch.setattr(stack, "locate", lambda _stage: place)

    def run(*arguments: str) -> tuple[int, str, str]:
        capsys.readouterr()
        code = main(["report", *arguments, "--stage", "test"])
        said = capsys.readouterr()
        return code, said.out.replace("\u00a0", " ").replace("\u202f", " "), said.err

    return run


def test_the_week_on_a_narrow_terminal_and_as_json(
    world: World, tribune: Tribune, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(1, 4):
        world.deliver(
            "facebook", world.comment(number, "Très beau vélo, il roule tout seul", author=str(7000 + number))
        )
    world.settle(minutes=10)
    world.now += timedelta(hours=2)
    world.invoke("seal_hours", {})
    monkeypatch.setattr("shutil.get_terminal_size", lambda *_: os.terminal_size((40, 24)))

    code, shown, _ = tribune("--week", "2026-W48")
    assert code == 0
    assert "3 commentaires de 3 personnes cette semaine." in " ".join(shown.split())
    assert "mar 24 3 ███" in shown
    assert max(map(len, shown.splitlines())) <= 40

    code, content, _ = tribune("--month", "2026-11", "--json", "--lang", "en")
    found = json.loads(content)
    assert (code, found["period"]["name"], found["complete"]) == (0, "2026-11", False)
    totals = {one["name"]: one for one in found["totals"]}
    assert (totals["comment"]["n"], totals["comment"]["source"]) == (3, "counts: kind comment")
    assert all(one["formula"] and "denominator" in one["now"] for one in found["measures"])

    code, quiet, _ = tribune()
    assert (code, "tout est resté calme" in quiet) == (0, True)


@pytest.mark.parametrize("arguments", [("--week", "2026-W60"), ("--month", "novembre")])
def test_what_is_no_period_is_refused_with_a_sentence(tribune: Tribune, arguments: tuple[str, ...]) -> None:
    code, _, error = tribune(*arguments)
    assert (code, "neither a week" in error) == (2, True)
