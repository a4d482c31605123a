"""Kills on request: the k-th call of a function to AWS or to a platform is its last."""

import threading
from enum import StrEnum


class When(StrEnum):
    """Does the call that kills still take effect?"""

    BEFORE = "before"
    AFTER = "after"


class Kills:
    """Which functions are to be killed, at which of their calls from now."""

    def __init__(self) -> None:
        self._left: dict[str, tuple[int, When]] = {}
        self._lock = threading.Lock()

    def arm(self, function: str, at_call: int, when: When = When.BEFORE) -> None:
        """Kill `function` at its `at_call`-th call from now (1 is the next); replaces an earlier order."""
        with self._lock:
            self._left[function] = (at_call, when)

    def armed(self) -> dict[str, int]:
        """Function: how many calls it has left."""
        with self._lock:
            return {function: left for function, (left, _) in self._left.items()}

    def count(self, function: str) -> When | None:
        """Count one call; when the function dies of it, before or after it takes effect."""
        with self._lock:
            if function not in self._left:
                return None
            left, when = self._left[function]
            if left > 1:
                self._left[function] = (left - 1, when)
                return None
            del self._left[function]
            return when
