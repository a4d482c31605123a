"""One fault while alarms join an incident and end: each counts once, and the summary holds what followed the first."""

import copy
import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from memory_world import memory_world
from proof import items, waiting
from world import FAULTS, Calls, Fault, Killed, World

from tribune.errors import TribuneError

ROOT = Path(__file__).resolve().parents[2]
FIRST = json.loads((ROOT / "events/relay_alarm.json").read_text("utf-8"))


def told(name: str, second: int, state: str = "ALARM", began: int | None = None) -> dict[str, Any]:
    event = copy.deepcopy(FIRST)
    data = event["alarmData"]
    data["alarmName"] = name
    data["state"] |= {"value": state, "timestamp": f"2026-11-24T18:41:{second:02d}.000+0000"}
    if began is not None:
        data["previousState"] = {"value": "ALARM", "timestamp": f"2026-11-24T18:41:{began:02d}.000+0000"}
    return event


STORM = (told("cm-a", 1), told("cm-b", 2), told("cm-a", 5, "OK", 1), told("cm-a", 9))


def relayed(world: World) -> None:
    """Whoever invokes a function asynchronously tries again, twice."""
    for event in STORM:
        for _ in range(3):
            try:
                world.invoke("relay_alarm", event)
            except Killed:
                world.doors.pop("relay_alarm", None)
            except TribuneError:
                pass
            else:
                break
        world.now += timedelta(seconds=5)


def lived(fault: Fault | None) -> tuple[dict[str, tuple[str, ...]], int, int]:
    """(call -> what it heard, how many wake-ups, how many calls to AWS were made)."""
    with memory_world() as world:
        world.calls = Calls(faults=[fault] if fault else [])
        relayed(world)
        return dict(heard(world)), waiting(world), len(world.calls.names)


def heard(world: World) -> Iterator[tuple[str, tuple[str, ...]]]:
    for item in items(world, "JournalTable"):
        if item["sk"]["S"] == "call":
            marks = sorted(name.removeprefix("object.") for name in item if name.startswith("object."))
            yield item["id"]["S"], tuple(mark.split(" ", 1)[1] for mark in marks)


RIGHT = {
    "alarm-20261124T1830-hours": ("ALARM cm-a", "ALARM cm-b", "OK cm-a", "ALARM cm-a"),
    "alarm-20261124T1830-hours-0": ("ALARM cm-b", "OK cm-a", "ALARM cm-a"),
}


def test_without_a_fault_there_is_one_incident_and_one_summary() -> None:
    found, _, _ = lived(None)

    assert found == RIGHT


@pytest.mark.parametrize("kind", FAULTS)
def test_whatever_single_fault_strikes_each_alarm_counts_once(kind: str) -> None:
    _, _, points = lived(None)
    assert points >= 15

    for at_call in range(1, points + 1):
        found, woken, _ = lived(Fault(at_call, kind))
        assert found == RIGHT, f"{kind} at {at_call}"
        assert woken >= 1, f"{kind} at {at_call}: nobody is woken"
