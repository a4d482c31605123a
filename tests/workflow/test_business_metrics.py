"""What the dashboard shows is what happened: levels, who waits, who answered, how the climate turns."""

import json
from collections import Counter
from datetime import timedelta

import pytest
from memory_world import memory_world
from world import PAGE, World

COMPLAINT = "Commande {n} jamais arrivée, c'est une honte"


def counted(capsys: pytest.CaptureFixture[str]) -> Counter[str]:
    """Metric and its dimensions -> the sum of what was written since the last look."""
    total: Counter[str] = Counter()
    for line in capsys.readouterr().out.splitlines():
        if line.startswith('{"_aws"'):
            told = json.loads(line)
            (metric,) = told["_aws"]["CloudWatchMetrics"]
            name, named = metric["Metrics"][0]["Name"], metric["Dimensions"][-1][1:]
            total[" ".join((name, *(told[one] for one in named)))] += told[name]
    return total


def say(world: World, *bodies: dict[str, object]) -> None:
    for body in bodies:
        world.deliver("facebook", body)
    world.pump_only("moderate_comments")


def test_levels_and_answers_are_counted_and_what_is_deleted_is_taken_off(capsys: pytest.CaptureFixture[str]) -> None:
    with memory_world() as world:
        say(world, *(world.comment(n, COMPLAINT.format(n=n), author=f"8{n}") for n in (1, 2, 3)))
        first = counted(capsys)
        world.now += timedelta(minutes=5)
        say(world, world.comment(3, "", verb="remove", author="83"))
        say(world, world.comment(9, "Nous regardons tout de suite.", author=PAGE, parent=1))
        later = counted(capsys)

    assert (first["InteractionsCounted 1"], first["AnswersAwaited"], first["TeamAnswers"]) == (3, 3, 0)
    assert (later["InteractionsCounted 1"], later["AnswersAwaited"], later["TeamAnswers"]) == (-1, 0, 1)


def test_open_cases_are_looked_at_every_five_minutes_and_a_turn_of_the_climate_once(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with memory_world() as world:
        say(world, *(world.comment(n, COMPLAINT.format(n=n), author=f"8{n}") for n in range(1, 9)))
        world.now += timedelta(minutes=5 - world.now.minute % 5)
        counted(capsys)
        seen = []
        for _ in range(6):
            world.invoke("keep_watch", {})
            seen.append(counted(capsys))
            world.now += timedelta(minutes=1)

    assert [told["CasesOpen"] for told in seen] == [8, 0, 0, 0, 0, 8]
    assert sum((Counter({name: n for name, n in told.items() if "Climates" in name}) for told in seen), Counter()) == {
        "ClimatesTurned yellow": 1
    }
