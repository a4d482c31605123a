"""A thread of the stack that does the same again and again, until it is stopped or the stack is."""

import threading
from abc import ABC, abstractmethod

from local.runtime import Stopped


class Rounds(ABC):
    """One round after the other, with a pause before each."""

    def __init__(self, name: str, every_s: float) -> None:
        """`name`: the thread's; `every_s`: how long the pause is."""
        self._every_s = every_s
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    @abstractmethod
    def _round(self) -> None:
        """What is done each time. Stopped, when the stack is, ends it all."""

    @property
    def running(self) -> bool:
        """Is there another round to come?"""
        return self._thread.is_alive()

    def start(self) -> None:
        """Go round from now on."""
        self._thread.start()

    def stop(self) -> None:
        """Finish the round that is made."""
        self._stopping.set()
        if self.running:
            self._thread.join()

    def _run(self) -> None:
        while not self._stopping.wait(self._every_s):
            try:
                self._round()
            except Stopped:
                return
