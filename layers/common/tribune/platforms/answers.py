"""What every platform's answers have in common: a JSON object, perhaps, and a time to come back."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from tribune.channel import HttpAnswer

LONGEST_WAIT: Final = timedelta(days=1)
_SHORTEST_WAIT: Final = timedelta(seconds=1)
SPAM_PAUSE: Final = timedelta(days=1)
"""How long replies stop, at least, once a platform takes us for spam."""


UNAUTHORIZED: Final = 401
FORBIDDEN: Final = 403
NOT_FOUND: Final = 404
TIMEOUT: Final = 408
CONFLICT: Final = 409
GONE: Final = 410
TOO_MANY: Final = 429
_SUCCESS: Final = range(200, 300)
_SERVER: Final = 500
_NOT_IMPLEMENTED: Final = 501

CLOCKS_DIFFER: Final = timedelta(minutes=2)
"""A platform's clock and ours may be apart by this much: finding an older twin of our reply is safer than missing it."""


def succeeded(answer: HttpAnswer) -> bool:
    """A 2xx."""
    return answer.status in _SUCCESS


def in_doubt(answer: HttpAnswer) -> bool:
    """An answer (5xx but 501, which nobody ever carries out, and 408) that does not say whether the call took effect."""
    return (answer.status >= _SERVER and answer.status != _NOT_IMPLEMENTED) or answer.status == TIMEOUT


def json_object(body: bytes) -> Mapping[str, Any]:
    """The JSON object of an answer; empty when the body is anything else (a proxy's page, nothing at all)."""
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def text_of(value: object) -> str | None:
    """An id of an answer as text; None when there is none."""
    if isinstance(value, bool) or not isinstance(value, str | int):
        return None
    return str(value) or None


def come_back(answer: HttpAnswer, now: datetime, otherwise: timedelta) -> datetime:
    """When `Retry-After` (seconds or an HTTP date) allows the next call, else `otherwise` from now; a day at most."""
    return now + bounded(_retry_after(answer.headers.get("retry-after", ""), now) or otherwise)


def bounded(wait: timedelta) -> timedelta:
    """A wait that a platform asks for, as long as it is one we would grant."""
    return min(max(wait, _SHORTEST_WAIT), LONGEST_WAIT)


def _retry_after(header: str, now: datetime) -> timedelta | None:
    if header.isascii() and header.isdigit():
        return timedelta(seconds=min(int(header[:9]), int(LONGEST_WAIT.total_seconds())))
    if not header:
        return None
    from email.utils import parsedate_to_datetime  # noqa: PLC0415  rare, and slow to import

    try:
        moment = parsedate_to_datetime(header)
    except ValueError:
        return None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)) - now
