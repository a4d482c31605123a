"""One fault while the brake's figures are written, or while it takes hold: they end as without it, and one call is made."""

from datetime import timedelta

import pytest
from publishing import decide, in_force, publish, say, with_term
from world import FAULTS, Calls, Fault, Killed, World

from tribune.aws import keys

FIRST_CALL, LAST_CALL = 11, 19
"""Which calls of a round of keep_watch are the brake's; a test keeps the figures honest. What it wakes has tests of its own."""
COUNTED = {
    "1 respect cited": 1,
    "1 respect alone": 1,
    "1  seen": 1,
    "2 respect cited": 3,
    "2 respect alone": 3,
    "2  seen": 3,
}


def misfire(world: World, fault: Fault | None = None) -> None:
    """An insult under the first version, then three people who said a word that was just made one."""
    say(world, 100, "@Karim t'es vraiment un abruti si tu crois ça")
    decide(world)
    publish(world, with_term(in_force(world), "respect", "tandem"))
    for number in (201, 202, 203):
        say(world, number, f"@Karim t'es vraiment un tandem si tu crois ça, {number}")
    world.calls = Calls(faults=[fault] if fault else [])
    for _ in range(4):
        try:
            decide(world)
        except Killed:
            world.doors.pop("moderate_comments", None)
        world.now += timedelta(minutes=7)  # what was being worked on is visible again


def watch(world: World, fault: Fault | None = None) -> None:
    """Rounds of keep_watch, the first of them with a fault; then everybody who is to be called is called."""
    world.calls = Calls(faults=[fault] if fault else [])
    for _ in range(3):
        try:
            world.invoke("keep_watch", {})
        except Exception:  # noqa: BLE001  the next minute is the retry
            world.doors.pop("keep_watch", None)
        except Killed:
            world.doors.pop("keep_watch", None)
        world.calls.faults = []
        world.now += timedelta(minutes=2)
    world.pump_only("call_manager")


def figures(world: World) -> dict[str, int]:
    since, total = world.now - timedelta(days=7), dict[str, int]()
    for tally in world.journal.tallies("garance", ["facebook"], since):
        name = f"{tally.version} {tally.clause} {tally.what}"
        total[name] = total.get(name, 0) + tally.n
    return total


@pytest.mark.parametrize("kind", FAULTS)
@pytest.mark.parametrize("call", ["BatchGetItem", "TransactWriteItems", "SendMessageBatch"])
def test_a_decision_counts_once_whatever_happens_to_it(world: World, call: str, kind: str) -> None:
    misfire(world, Fault(call, kind))

    assert figures(world) == COUNTED


def test_the_harness_reaches_every_call_of_the_round(world: World) -> None:
    misfire(world)
    world.calls = Calls()
    world.invoke("keep_watch", {})

    names = world.calls.names
    assert names[: FIRST_CALL - 1].count("SendMessageBatch") == 1, "what waits is woken first"
    assert names[LAST_CALL - 2 : LAST_CALL] == ["TransactWriteItems", "SendMessageBatch"], names


@pytest.mark.parametrize("kind", ["error_before", "kill_after", "another_worker"])
@pytest.mark.parametrize("at_call", range(FIRST_CALL, LAST_CALL + 1))
def test_the_brake_takes_hold_once_and_one_call_is_made(world: World, at_call: int, kind: str) -> None:
    misfire(world)
    watch(world, Fault(at_call, kind))

    held = world.journal.read([keys.brakes("garance")]).brakes("garance").held
    assert {clause: (one.since, one.why) for clause, one in held.items()} == {"respect": (2, "share")}
    assert [call.id for call in world.calls_of("garance") if call.reason.startswith("brake")] == ["brake-respect-v2"]
    assert sum("page Appels du bureau" in str(message) for message in world.rung) == 1
