"""Two workers who take turns: each stops before every call it makes, and a schedule says who goes on.

Every schedule is tried by living the world again with another one, depth first, as Godefroid's VeriSoft does; `most_changes`
bounds how often a worker is interrupted while it could go on (Musuvathi and Qadeer, iterative context bounding).
"""

import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from world import World

MOST_STEPS = 200
"""A worker that makes more calls than this does not end."""


@dataclass
class _Worker:
    work: Callable[[], None]
    go: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))
    over: bool = False
    error: BaseException | None = None


@dataclass
class Turns:
    """One run of several workers under one schedule."""

    world: World
    unseen: frozenset[str]
    """Calls before which nobody stops: what they read never changes meanwhile."""
    schedule: Sequence[int]
    """Who goes on at each step; past its end, whoever went on last, else the first who can."""
    taken: list[tuple[int, tuple[int, ...]]] = field(default_factory=list)
    """(who went on, who could have) at each step."""

    def run(self, *works: Callable[[], None]) -> None:
        """Run them all to their end. Raises what one of them raised."""
        self._workers = [_Worker(work) for work in works]
        self._back = threading.Semaphore(0)
        self._mine = threading.local()
        calls = self.world.calls
        calls.step, calls.inside = self._stop, True
        threads = [threading.Thread(target=self._live, args=(worker,), daemon=True) for worker in self._workers]
        for thread in threads:
            thread.start()
        try:
            for worker in self._workers:  # to its first call: before it, nobody touches what another one sees
                worker.go.release()
                self._back.acquire()
            last = 0
            while able := tuple(number for number, worker in enumerate(self._workers) if not worker.over):
                last = self._next(able, last)
                self._workers[last].go.release()
                self._back.acquire()
        finally:
            calls.step, calls.inside = _nothing, False
        for worker in self._workers:
            if worker.error is not None:
                raise worker.error

    def _next(self, able: tuple[int, ...], last: int) -> int:
        step = len(self.taken)
        if step > MOST_STEPS:
            raise AssertionError("the workers never end")
        wanted = self.schedule[step] if step < len(self.schedule) else last
        chosen = wanted if wanted in able else able[0]
        self.taken.append((chosen, able))
        return chosen

    def _live(self, worker: _Worker) -> None:
        self._mine.worker = worker
        worker.go.acquire()
        try:
            worker.work()
        except BaseException as error:  # noqa: BLE001  it is raised again where the workers were started
            worker.error = error
        worker.over = True
        self._back.release()

    def _stop(self, name: str) -> None:
        if name in self.unseen:
            return
        worker: _Worker = self._mine.worker
        self._back.release()
        worker.go.acquire()


def _nothing(_name: str) -> None:
    """Nobody waits for a turn."""


def schedules(live: Callable[[Sequence[int]], Turns], most_changes: int | None = None) -> Iterator[Turns]:
    """Every order in which the workers can take turns, each lived once; at most `most_changes` interruptions."""
    waiting: list[list[int]] = [[]]
    while waiting:
        prefix = waiting.pop()
        turns = live(prefix)
        yield turns
        who = [chosen for chosen, _ in turns.taken]
        for step in range(len(prefix), len(who)):
            _, able = turns.taken[step]
            for other in able:
                if other == who[step]:
                    continue
                branch = [*who[:step], other]
                if most_changes is None or _changes(branch, turns) <= most_changes:
                    waiting.append(branch)


def _changes(who: Sequence[int], turns: Turns) -> int:
    """How often somebody was interrupted who could have gone on."""
    return sum(now != before and before in turns.taken[step + 1][1] for step, (before, now) in enumerate(pairwise(who)))
