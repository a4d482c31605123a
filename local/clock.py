"""One clock for everything on this machine: how far our time is ahead of the real one, shared between processes.

Time always runs; moving it adds to the distance. The distance is eight bytes in a file that every process of
the stack has mapped into its memory, so that reading the time costs nothing.
"""

import mmap
import struct
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Self

_DISTANCE = struct.Struct("<q")
"""Microseconds."""


class SharedClock:
    """The time of one stack."""

    def __init__(self, file: Path) -> None:
        """Follow the clock kept in `file`."""
        with file.open("r+b") as opened:
            self._memory = mmap.mmap(opened.fileno(), _DISTANCE.size)
        self.file = file

    @classmethod
    def create(cls, file: Path) -> Self:
        """A new clock that shows the real time."""
        file.write_bytes(_DISTANCE.pack(0))
        return cls(file)

    def now(self) -> datetime:
        """The time, aware, in UTC."""
        (distance,) = _DISTANCE.unpack_from(self._memory)
        return datetime.now(UTC) + timedelta(microseconds=distance)

    def advance(self, by: timedelta) -> datetime:
        """Move the clock on; what it shows then."""
        (distance,) = _DISTANCE.unpack_from(self._memory)
        _DISTANCE.pack_into(self._memory, 0, distance + by // timedelta(microseconds=1))
        return self.now()

    def set(self, to: datetime) -> datetime:
        """Show `to` (aware) from now on, running."""
        return self.advance(to - self.now())

    def close(self) -> None:
        """Let go of the file."""
        self._memory.close()
