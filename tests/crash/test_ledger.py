"""Whatever fails at whatever call: every decision is sealed once, no chain forks, none has a hole."""

import pytest
from memory_world import memory_world
from story import run
from world import FAULTS, Fault, World

from tribune import ledger
from tribune.aws import clients
from tribune.aws import ledger as kept
from tribune.workflow.seal import decisions

OBJECTS = ("1_1", "1_2", "1_3")
AROUND_A_LINK = ("TransactWriteItems", "BatchWriteItem", "Query", "SendMessageBatch")
"""What writes one, what comes right before and after it; at the other calls nothing of the ledger is under way."""


def proven(world: World) -> ledger.Report:
    """What the chains and the heads prove together."""
    links = list(kept.links(clients.dynamodb(), world.stack.tables()["JournalTable"], "garance"))
    heads = [world.head("garance", "facebook", "1001", name) for name in OBJECTS]
    sealed = [one for head in heads if head for one in decisions(head)]
    lines = [ledger.heading("garance"), *map(ledger.line, [*links, *sealed])]
    assert len(sealed) == len(OBJECTS)
    return ledger.verify(lines, lambda *_: False)


def test_each_of_three_decisions_is_sealed() -> None:
    with memory_world() as world:
        run(world)

        report = proven(world)

    assert (report.faults, report.decisions, report.silent) == ((), 3, 0)


@pytest.mark.parametrize("kind", FAULTS)
def test_one_fault_around_any_link_breaks_no_chain(kind: str) -> None:
    with memory_world() as world:
        run(world)
        calls = [number for number, name in enumerate(world.calls.names, 1) if name in AROUND_A_LINK]
    assert calls
    for at_call in calls:
        with memory_world() as world:
            run(world, Fault(at_call, kind))

            report = proven(world)

        assert (report.faults, report.decisions, report.silent) == ((), 3, 0), f"call {at_call}"
