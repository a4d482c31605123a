"""What was found of a word once is not looked for again: words come again and again, some twenty thousand in a day."""

from collections.abc import Callable

MOST = 20_000
"""Words remembered at once. Beyond, memory starts again from nothing."""
LONGEST = 64
"""Characters: longer words come once, and would fill the memory."""


class Remembered[Found](dict[str, Found]):
    """A word -> what `find` finds of it."""

    def __init__(self, find: Callable[[str], Found]) -> None:
        super().__init__()
        self._find = find

    def __missing__(self, word: str) -> Found:
        if len(self) >= MOST:
            self.clear()
        found = self._find(word)
        if len(word) <= LONGEST:
            self[word] = found
        return found
