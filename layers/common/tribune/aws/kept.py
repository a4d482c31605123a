"""Values read from elsewhere and kept in the process for a while.

A source that does not answer costs nobody anything while an older value is at hand: secrets, the account
directory and the communities change a few times a year, and an outage of SSM must not refuse a genuine comment.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from botocore.exceptions import BotoCoreError, ClientError

from tribune import clock
from tribune.errors import Unavailable

RETRY = timedelta(seconds=60)
"""The least time between two fetches of one value that was asked for again, is absent, or could not be fetched."""

MOST = 512
"""How many values one store keeps: strangers choose the names of channels in URLs, and must not fill our memory."""


@contextmanager
def answered(service: str) -> Iterator[None]:
    """Run a request to AWS; a refusal or silence of `service` becomes Unavailable, with the code and no content."""
    try:
        yield
    except ClientError as error:
        raise Unavailable(f"{service}: {error.response.get('Error', {}).get('Code', 'refused')}") from error
    except BotoCoreError as error:
        raise Unavailable(f"{service}: {type(error).__name__}") from error


@dataclass(slots=True)
class _Entry[T]:
    value: T | None
    fetched_at: datetime
    tried_at: datetime


class Kept[T]:
    """A store of values by name: fetched when unknown or older than `keep`, None standing for "there is none"."""

    def __init__(self, keep: timedelta) -> None:
        self._keep = keep
        self._retry = min(keep, RETRY)
        self._entries: dict[str, _Entry[T]] = {}

    def get(self, name: str, fetch: Callable[[], T | None], *, refresh: bool = False) -> T | None:
        """The value of `name`.

        `refresh` asks for a newer one than is kept (a signature did not match), honoured at most once per minute.
        Raises what `fetch` raised (Unavailable) when nothing older can serve.
        """
        now = clock.now()
        entry = self._entries.get(name)
        if entry is not None and not self._must_fetch(entry, now, refresh=refresh):
            return entry.value
        try:
            value = fetch()
        except Unavailable:
            if entry is None:
                raise
            entry.tried_at = now
            return entry.value
        self._entries.pop(name, None)
        while len(self._entries) >= MOST:
            self._entries.pop(self._least_useful())
        self._entries[name] = _Entry(value, now, now)
        return value

    def _must_fetch(self, entry: _Entry[T], now: datetime, *, refresh: bool) -> bool:
        if abs(now - entry.tried_at) < self._retry:
            return False
        return refresh or entry.value is None or abs(now - entry.fetched_at) >= self._keep

    def _least_useful(self) -> str:
        """An absence before any value, then the oldest."""
        return next((name for name, entry in self._entries.items() if entry.value is None), next(iter(self._entries)))

    def forget(self) -> None:
        """Fetch everything anew."""
        self._entries.clear()
