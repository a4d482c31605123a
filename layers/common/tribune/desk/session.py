"""Who signed in: sealed into the cookie itself, so that there is no table of sessions to keep or to lose.

A seal is HMAC-SHA256 with the stack's own key; what it was made for is part of it, so that nothing sealed for one
purpose opens another door. Rights are never in the cookie: they are looked up.
"""

import base64
import binascii
import hashlib
import hmac
import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

COOKIE = "__Host-desk"
IDLE = timedelta(minutes=30)
"""Without a click for so long, one signs in again."""
LONGEST = timedelta(hours=10)
"""A working day: after that one signs in again whatever was clicked."""
RENEWED_AFTER = timedelta(minutes=5)
"""The cookie is not written anew at each click."""


@dataclass(frozen=True, slots=True)
class Session:
    """Somebody who signed in; `id` is new at each sign-in."""

    id: str
    email: str
    began_at: datetime
    seen_at: datetime

    @classmethod
    def begin(cls, email: str, now: datetime) -> "Session":
        """A session of somebody whom the provider just vouched for."""
        return cls(secrets.token_urlsafe(16), email.casefold(), now, now)

    def lasts(self, now: datetime) -> bool:
        """Is it still one?"""
        return (
            self.seen_at <= now + timedelta(minutes=1) and now - self.seen_at < IDLE and now - self.began_at < LONGEST
        )

    def renewed(self, now: datetime) -> "Session | None":
        """The session as seen now; None while the one in the cookie is fresh enough."""
        return replace(self, seen_at=now) if now - self.seen_at > RENEWED_AFTER else None

    def sealed(self, key: bytes) -> str:
        """As the cookie carries it."""
        content = {"i": self.id, "e": self.email, "b": _seconds(self.began_at), "s": _seconds(self.seen_at)}
        return seal("session", content, key)

    def csrf(self, key: bytes) -> str:
        """What each form of this session carries."""
        return _mark("csrf", self.id.encode(), key)

    def sent(self, token: str, keys: Sequence[bytes]) -> bool:
        """Was a form made in this session?"""
        return any(hmac.compare_digest(self.csrf(key).encode(), token.encode()) for key in keys)


def opened(cookie: str, keys: Sequence[bytes], now: datetime) -> Session | None:
    """The session of a cookie; None for one that is forged, broken or over."""
    content = unseal("session", cookie, keys)
    if content is None:
        return None
    try:
        session = Session(
            str(content["i"]),
            str(content["e"]),
            datetime.fromtimestamp(int(content["b"]), UTC),
            datetime.fromtimestamp(int(content["s"]), UTC),
        )
    except (KeyError, TypeError, ValueError, OverflowError):
        return None
    return session if session.lasts(now) else None


def seal(purpose: str, content: dict[str, Any], key: bytes) -> str:
    """Content that only we can have written, readable by whoever holds it."""
    body = base64.urlsafe_b64encode(json.dumps(content, separators=(",", ":")).encode()).rstrip(b"=")
    return f"{body.decode()}.{_mark(purpose, body, key)}"


def unseal(purpose: str, sealed: str, keys: Sequence[bytes]) -> dict[str, Any] | None:
    """The content of a seal; None when it is not ours, or made for something else."""
    body, dot, mark = sealed.partition(".")
    if not dot or not sealed.isascii():
        return None
    if not any(hmac.compare_digest(_mark(purpose, body.encode(), key).encode(), mark.encode()) for key in keys):
        return None
    try:
        content = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    except (binascii.Error, ValueError):
        return None
    return content if isinstance(content, dict) else None


def _mark(purpose: str, body: bytes, key: bytes) -> str:
    made = hmac.new(key, purpose.encode() + b"|" + body, hashlib.sha256).digest()
    return base64.urlsafe_b64encode(made).rstrip(b"=").decode()


def _seconds(moment: datetime) -> int:
    return int(moment.timestamp())
