"""One fault, at every call, of every kind: the world must end as the faultless one does.

A comment that breaches clause 10 is received, decided, answered; the fault strikes before or after each AWS or
platform call that a door makes, as an error or as the death of the process; then the platform delivers again, the
queues come round, keep_watch ticks. Sources: facts on crash-at-every-call harnesses; the mutants below prove that the
harness bites.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from world import FAULTS, PAGE, START, Calls, Fault, Killed, World

from tribune.journal import ActionState

INSULT = "@Karim t'es vraiment un abruti si tu crois ça"


@dataclass(frozen=True)
class Ending:
    """What a member, a CM and an accountant can see of a run."""

    replies: int
    hides: int
    counters: tuple[tuple[str, int], ...]
    measures: tuple[str, ...]
    states: tuple[str, ...]


def story(world: World) -> list[dict[str, Any]]:
    """Three comments, one of them delivered twice."""
    insult = world.comment(1, INSULT)
    spam = world.comment(
        2, "Grâce à Mme Lefèvre j'ai obtenu mon prêt de 20 000 € en 48 h, WhatsApp +33 6 39 98 56 78", author="7002"
    )
    calm = world.comment(3, "Vous êtes des voleurs, un mois que j'attends mon remboursement !!!!", author="7003")
    return [insult, spam, insult, calm]


def run(world: World, fault: Fault | None = None) -> Ending:
    """Live the story, with at most one fault, to its end."""
    world.calls = Calls(faults=[fault] if fault else [])
    world.uncounted = {"keep_watch"}  # it ticks until the world is quiet; faults of its own are another test's
    for body in story(world):
        for _ in range(5):
            try:
                status = world.deliver("facebook", body)
            except Killed:
                world.doors.pop("receive_webhook", None)
                status = 0
            if status == 200:
                break
            world.now += timedelta(seconds=30)  # the platform tries again
    world.settle()
    return ending(world)


def ending(world: World) -> Ending:
    heads = [world.head("garance", "facebook", PAGE, f"1_{number}") for number in (1, 2, 3)]
    effects = world.outbox.effects
    return Ending(
        replies=sum(entry.kind == "reply" for entry in effects),
        hides=sum(entry.kind == "hide" for entry in effects),
        counters=tuple(sorted(world.counters().items())),
        measures=tuple(head.verdict.measure if head and head.verdict else "-" for head in heads),
        states=tuple(action.state for head in heads if head for action in head.actions),
    )


def test_without_a_fault_one_reminder_one_hide_three_counted(world: World) -> None:
    end = run(world)

    assert end.replies == 1
    assert end.hides == 1
    assert end.counters == (("comment.1", 3),)
    assert end.measures == ("remind", "hide", "draft")
    assert set(end.states) == {ActionState.SENT}


def calls_of_a_run() -> range:
    """How many calls the faultless story makes; a test below keeps the figure honest."""
    return range(1, MOST_CALLS + 1)


MOST_CALLS = 33


def test_the_harness_reaches_every_call(world: World) -> None:
    run(world)

    assert len(world.calls.names) == MOST_CALLS, world.calls.names


@pytest.mark.parametrize("kind", FAULTS)
@pytest.mark.parametrize("at_call", calls_of_a_run())
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
