"""One fault, at every call, of every kind: the world must end as the faultless one does.

A comment that breaches clause 10, spam and a harsh criticism are received, decided, answered; the fault strikes
before or after each AWS or platform call that a door makes, as an error, as the death of the process or as a second
worker with the same event; then the platform delivers again, the queues come round, keep_watch ticks. The mutants in
`test_mutants.py` prove that the harness bites.
"""

from datetime import timedelta

import pytest
from story import MOST_CALLS, run
from world import FAULTS, START, Fault, World

from tribune.journal import ActionState


def test_without_a_fault_one_reminder_one_hide_three_counted(world: World) -> None:
    end = run(world)

    assert end.replies == 1
    assert end.hides == 1
    assert end.counters == (("comment.1", 3),)
    assert end.measures == ("remind", "hide", "draft")
    assert set(end.states) == {ActionState.SENT}


def test_the_harness_reaches_every_call(world: World) -> None:
    run(world)

    assert len(world.calls.names) == MOST_CALLS, world.calls.names


@pytest.mark.parametrize("kind", FAULTS)
@pytest.mark.parametrize("at_call", range(1, MOST_CALLS + 1))
def test_one_fault_changes_nothing_that_anybody_sees(world: World, at_call: int, kind: str) -> None:
    end = run(world, Fault(at_call, kind))

    assert end.replies <= 1, "twice in public"
    assert end.counters == (("comment.1", 3),)
    assert end.measures == ("remind", "hide", "draft")
    assert end.hides >= 1
    assert set(end.states) <= {ActionState.SENT, ActionState.UNCERTAIN}
    if ActionState.UNCERTAIN not in end.states:
        assert end.replies == 1
    assert world.now - START < timedelta(hours=1), "it took more than an hour to recover"
