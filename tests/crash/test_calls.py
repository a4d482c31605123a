"""One fault while a person is called: somebody is reached, and nobody twice through the same way.

In this world everybody has one way, so twice the same person would be twice the same way. The time that is looked at
ends before anybody who was reached would be called again by design.
"""

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from memory_world import memory_world
from proof import THREAT, delivered, nobody_was_woken
from world import FAULTS, Calls, Fault, Killed, World

from tribune.errors import TribuneError
from tribune.workflow.call import LEASE

ALARM = json.loads((Path(__file__).resolve().parents[2] / "events/relay_alarm.json").read_text("utf-8"))
SOON = LEASE + timedelta(minutes=8)
"""Longer than a lease and a visibility; shorter than anybody has to answer."""


def threatened(world: World) -> None:
    delivered(world, world.comment(1, THREAT))
    world.pump_only("moderate_comments")


def alarmed(world: World) -> None:
    """Whoever invokes a function asynchronously tries again."""
    for _ in range(3):
        try:
            world.invoke("relay_alarm", ALARM)
        except Killed:
            world.doors.pop("relay_alarm", None)
        except TribuneError:
            pass
        else:
            return


def unwoken(world: World) -> None:
    """The wake-up of the threat was lost: keep_watch finds it two minutes later."""
    nobody_was_woken(world)
    world.now += timedelta(minutes=2)


def rung(function: str, live: Callable[[World], None], fault: Fault | None) -> tuple[list[str], int]:
    """(who was reached, in order; how many calls the function made)."""
    with memory_world() as world:
        first = live if function == "relay_alarm" else (lambda _: None)
        if function != "relay_alarm":
            live(world)
        world.calls = Calls(faults=[fault] if fault else [])
        world.uncounted = {"call_manager", "relay_alarm", "keep_watch", "perform_action"} - {function}
        first(world)
        until = world.now + SOON
        while world.now < until:
            for step in (lambda: world.pump_only("call_manager"), lambda: world.invoke("keep_watch", {})):
                try:
                    step()
                except Killed:
                    world.doors.clear()
                except TribuneError:
                    pass
            world.now += timedelta(seconds=45)
        about_it = [told["to"] for told in world.rung if not told["call"].startswith("failed")]
        return about_it, len(world.calls.names)


STORIES = {"call_manager": threatened, "relay_alarm": alarmed, "keep_watch": unwoken}
WATCHED = 6
"""Of keep_watch only the first calls concern a call that was lost; the rest has tests of its own."""


@pytest.mark.parametrize("function", STORIES)
def test_without_a_fault_one_person_is_reached_once(function: str) -> None:
    assert rung(function, STORIES[function], None)[0] == ["marie"]


@pytest.mark.parametrize("kind", FAULTS)
@pytest.mark.parametrize("function", STORIES)
def test_somebody_is_reached_and_nobody_twice(function: str, kind: str) -> None:
    live = STORIES[function]
    points = min(rung(function, live, None)[1], WATCHED if function == "keep_watch" else 10)
    assert points >= 4

    for at_call in range(1, points + 1):
        reached, _ = rung(function, live, Fault(at_call, kind))
        assert reached, f"{kind} at {at_call}: nobody"
        assert len(set(reached)) == len(reached), f"{kind} at {at_call}: {reached}"
