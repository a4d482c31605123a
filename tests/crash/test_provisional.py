"""One fault while keep_watch shows a provisional hide again, or calls about it: each of the two happens once all the same."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from memory_world import memory_world
from publishing import decide, in_force, publish, say, with_clause
from world import FAULTS, Calls, Fault, Killed, World

from tribune.workflow.call import take

INSULT = "@Karim t'es vraiment un abruti si tu crois ça"
THREAT = "On sait où est ton magasin, on va venir te défoncer"
FIRST_CALL, LAST_CALL = 10, 16
"""Which calls of a round of keep_watch are those of the timers; a test keeps the figures honest."""


@pytest.fixture
def place() -> Iterator[World]:
    """Two comments that were hidden four hours of presence ago, and whose first call somebody took."""
    with memory_world() as world:
        harsh = {"gravity": 3, "ceiling": "partial", "first_action": "hide_and_remind"}
        publish(world, with_clause(in_force(world), "respect", **harsh))
        for number, text in ((1, INSULT), (2, THREAT)):
            say(world, number, text)
        decide(world)
        world.settle(minutes=4)
        (threat,) = [call for call in world.calls_of("garance") if call.reason == "threat"]
        take(world.journal, "garance", threat.id, "marie", world.now)
        world.now += timedelta(hours=4, minutes=10)
        world.calls = Calls()
        yield world


def rounds(world: World, fault: Fault | None = None) -> None:
    """The first round has the fault; then an hour passes, and whatever was woken is carried out."""
    world.calls = Calls(faults=[fault] if fault else [])
    for _ in range(10):
        try:
            world.invoke("keep_watch", {})
        except Exception:  # noqa: BLE001  the next minute is the retry
            world.doors.pop("keep_watch", None)
        except Killed:
            world.doors.pop("keep_watch", None)
        world.calls.faults = []
        world.pump_only("perform_action")
        world.pump_only("call_manager")
        world.now += timedelta(minutes=2)


def outcome(world: World) -> tuple[list[tuple[str, str | None]], list[tuple[str, ...]]]:
    shown = [(entry.kind, entry.object) for entry in world.outbox.effects if entry.kind == "unhide"]
    return shown, [call.tried for call in world.calls_of("garance") if call.reason == "unconfirmed"]


def test_the_harness_reaches_every_call_of_the_timers(place: World) -> None:
    place.invoke("keep_watch", {})

    names = place.calls.names
    assert names[FIRST_CALL - 2 : LAST_CALL + 1] == [
        "Query",
        "BatchGetItem",  # both heads
        "GetItem",  # the community
        "TransactWriteItems",  # shown again, with its link in the ledger
        "SendMessageBatch",
        "BatchGetItem",  # the call before
        "TransactWriteItems",  # the next term and the call
        "SendMessageBatch",
        "Query",
    ], names


@pytest.mark.parametrize("kind", FAULTS)
@pytest.mark.parametrize("at_call", range(FIRST_CALL, LAST_CALL + 1))
def test_it_is_shown_again_once_and_one_person_is_called_once(place: World, at_call: int, kind: str) -> None:
    rounds(place, Fault(at_call, kind))

    assert outcome(place) == ([("unhide", "1_1")], [("marie", "lea")])
