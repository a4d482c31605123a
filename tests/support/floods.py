"""What bots and crowds do to a machine that answers, and what it does then: each scenario in a world in memory."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise

from memory_world import memory_world
from world import PAGE, World

QUESTION = "Vous êtes ouverts le dimanche ?"
IN_ONE_DELIVERY = 100
QUARTERS = 4
"""Of an hour."""
MOST_ROUNDS = 40
"""A bot that is still answered by then is answered for ever."""


@dataclass(frozen=True, slots=True)
class Figures:
    """What came of it."""

    said: int
    """Comments, by the crowd or the bot."""
    replies: int
    refused: int
    """Requests that the platform turned down."""
    closest_s: float | None
    """The least time between two of those."""
    calls: tuple[str, ...]
    """Why a person was called, each call once, with what else it tells."""
    named: int
    """Comments that those calls name: a call that named each of a crowd would not fit into its item."""
    rung: int
    """How often somebody's telephone rang for them."""
    counted: int
    """Comments in the live counters."""
    cases: int
    unsaid: tuple[tuple[str, int], ...]
    """Why the machine said nothing by itself, and how often."""

    def __str__(self) -> str:
        silence = ", ".join(f"{why} {n}" for why, n in self.unsaid) or "never"
        return (
            f"{self.said:6,} said · {self.counted:6,} counted · {self.replies:3} replies · {self.refused} refused · "
            f"calls: {', '.join(self.calls) or 'none'} (rung {self.rung}) · {self.cases} cases · silent: {silence}"
        )


def figures(world: World, said: int) -> Figures:
    """What a world looks like afterwards."""
    done = Counter(entry.kind for entry in world.outbox.effects)
    heads = world.journal.heads("garance", world.now - timedelta(days=60))
    unsaid = Counter(head.verdict.unsaid for head in heads if head.verdict and head.verdict.unsaid)
    calls = world.calls_of("garance")
    counted = world.counters()
    refused = sorted(entry.at for entry in world.outbox.entries if not entry.happened)
    gaps = ((later - earlier).total_seconds() for earlier, later in pairwise(refused))
    return Figures(
        said=said,
        replies=done["reply"] + done["private"],
        refused=len(refused),
        closest_s=min(gaps, default=None),
        calls=tuple(" + ".join((call.reason, *sorted(call.beside))) for call in calls),
        named=sum(len(call.objects) for call in calls),
        rung=len(world.rung),
        counted=counted.get("comment.1", 0) + counted.get("message.1", 0),
        cases=len(world.journal.open_cases("garance")),
        unsaid=tuple(sorted(unsaid.items())),
    )


def viral_post(n: int, *, posts: int = 1, hours: int = 1, refused: bool = False) -> Figures:
    """`n` people ask the same at once, or in each quarter of some hours, under so many posts.

    `refused`: all that the platform says is 429.
    """
    with memory_world() as world:
        if refused:
            world.facebook.fail({"mode": "429", "next": 1_000_000})
        parts = QUARTERS * hours if hours > 1 else 1
        for part in range(parts):
            begin = world.now
            _crowd(world, part * n, n, posts)
            world.pump_only("moderate_comments")
            world.settle(minutes=20 if parts == 1 else 12, quiet_minutes=8)
            world.now = max(world.now, begin + timedelta(minutes=15)) if parts > 1 else world.now
        return figures(world, n * parts)


def _crowd(world: World, first: int, n: int, posts: int) -> None:
    for start in range(first, first + n, IN_ONE_DELIVERY):
        numbers = range(start, min(first + n, start + IN_ONE_DELIVERY))
        bodies = [
            world.comment(number, QUESTION, author=f"9{number}", post=f"{PAGE}_{number % posts}") for number in numbers
        ]
        changes = [change for body in bodies for change in body["entry"][0]["changes"]]
        world.deliver("facebook", {"object": "page", "entry": [{**bodies[0]["entry"][0], "changes": changes}]})


def echo_bot(*, faces: bool, threads: bool) -> Figures:
    """A bot answers each reply of ours within seconds, always with the question that we answer by ourselves.

    `faces`: under a new name each time; `threads`: at top level, as a new thread, instead of below our reply.
    """
    with memory_world() as world:
        said = 0
        for _ in _rounds(world):
            number = 100 + said
            face, root = f"8{said if faces else 0}", None if threads or not said else 100
            world.deliver("facebook", world.comment(number, QUESTION, author=face, parent=root))
            said += 1
        return figures(world, said)


def echo_bot_in_private(*, talks_on: int = 0) -> Figures:
    """The same in a private conversation, where each message of ours is answered; `talks_on`: so many more unasked."""
    with memory_world() as world:
        said = 0
        for _ in _rounds(world):
            world.deliver("line", world.line_message(500 + said, QUESTION))
            said += 1
        for _ in range(talks_on):
            world.deliver("line", world.line_message(500 + said, QUESTION))
            said += 1
            world.pump()
            world.pump()
            world.now += timedelta(seconds=20)
        world.settle(minutes=4, quiet_minutes=2)
        return figures(world, said)


def _rounds(world: World) -> Iterator[None]:
    """Another round for each new reply of ours, a few seconds after it."""
    for _ in range(MOST_ROUNDS):
        before = len(world.outbox.effects)
        yield
        for _ in range(8):
            world.pump()
            world.now += timedelta(seconds=40)
            world.invoke("keep_watch", {})
            if len(world.outbox.effects) > before:
                break
        else:
            return
