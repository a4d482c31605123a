"""The story that the crash tests live, and what anybody can see of its ending."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from world import PAGE, Calls, Fault, Killed, World

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
