"""What `tribune serve` shows while it runs: a live board on a terminal, plain lines elsewhere; always on stderr."""

import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Self, TextIO

from rich.console import Console, Group
from rich.live import Live
from rich.table import Table
from rich.text import Text

from local.pump import Batch
from local.runtime import Ending
from local.stack import Watcher
from local.twins import Entry

_LINES = 12
_SUMMARY_EVERY_S = 5.0
_REFRESHES_PER_S = 4


class Progress:
    """Counts what happens and shows it."""

    def __init__(self, out: TextIO = sys.stderr) -> None:
        self._console = Console(file=out)
        self._live: Live | None = None
        self._answers: Counter[int] = Counter()
        self._messages: Counter[str] = Counter()
        self._failed: Counter[str] = Counter()
        self._acts: Counter[tuple[str, str]] = Counter()
        self._last: list[str] = []
        self._lock = threading.Lock()
        self._summed_up = time.monotonic()

    @property
    def watcher(self) -> Watcher:
        """Whom the stack tells."""
        return Watcher(self._delivered, self._settled, self._received)

    @contextmanager
    def shown(self) -> Iterator[Self]:
        """Show the board while the block runs, where there is a terminal."""
        if not self._console.is_terminal:
            yield self
            return
        with Live(get_renderable=self._board, console=self._console, refresh_per_second=_REFRESHES_PER_S) as live:
            self._live = live
            try:
                yield self
            finally:
                self._live = None

    def say(self, line: str) -> None:
        """One line that stays."""
        self._console.print(line, markup=False, highlight=False, soft_wrap=True)

    def _delivered(self, _method: str, _path: str, status: int) -> None:
        with self._lock:
            self._answers[status] += 1
        self._sum_up()

    def _settled(self, batch: Batch) -> None:
        with self._lock:
            self._messages[batch.function] += batch.messages
            self._failed[batch.function] += batch.failed
        if batch.failed or batch.ending is not Ending.RETURNED:
            self._tell(f"{batch.function}: {batch.failed} of {batch.messages} come back ({batch.ending})")
        self._sum_up()

    def _received(self, entry: Entry) -> None:
        with self._lock:
            self._acts[entry.to, entry.kind] += 1
        if entry.kind == "call":
            self._tell(f"{entry.to}: {(entry.text or '').strip()}")
        else:
            self._tell(f"{entry.to}: {entry.kind} {entry.object or ''} {entry.status}")

    def _tell(self, line: str) -> None:
        with self._lock:
            self._last = [*self._last, line][-_LINES:]
        if not self._console.is_terminal:
            self.say(line)

    def _sum_up(self) -> None:
        """Elsewhere than on a terminal: one line of counts from time to time."""
        if self._console.is_terminal or time.monotonic() - self._summed_up < _SUMMARY_EVERY_S:
            return
        self._summed_up = time.monotonic()
        with self._lock:
            done = ", ".join(f"{function} {n}" for function, n in sorted(self._messages.items()))
            acts = self._acts.total()
            answers = self._answers.total()
        self.say(f"{answers} requests; messages: {done or 'none'}; {acts} acts")

    def _board(self) -> Group:
        with self._lock:
            table = Table(box=None, pad_edge=False)
            for title in ("", "done", "came back"):
                table.add_column(title, justify="left" if not title else "right")
            for function in sorted(self._messages):
                table.add_row(function, str(self._messages[function]), str(self._failed[function]))
            answers = "  ".join(f"{status}: {n}" for status, n in sorted(self._answers.items()))
            acts = "  ".join(f"{to} {kind}: {n}" for (to, kind), n in sorted(self._acts.items()))
            return Group(Text(f"door  {answers}"), table, Text(acts), Text("\n".join(self._last)))
