"""The one clock of the doors; the pure floors take `now` as an argument.

The local stack moves this clock together with its queues, twins and schedules, so that a lease, a
signature window and a visibility timeout always agree on what time it is.
"""

from collections.abc import Callable
from datetime import UTC, datetime


def system() -> datetime:
    """The real time."""
    return datetime.now(UTC)


_source: Callable[[], datetime] = system


def now() -> datetime:
    """The current time, aware, in UTC."""
    return _source()


def follow(source: Callable[[], datetime]) -> None:
    """Take the time from `source` from now on (the local stack's runtime does)."""
    global _source  # noqa: PLW0603  one clock per process is the point
    _source = source
