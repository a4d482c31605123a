"""forget: somebody asks a platform to be forgotten by us, and the platform passes it on, signed.

`ask` proves it, at the door, where nothing but the standard library is loaded; `forget` does it: every word they
wrote and every word we were about to say to them goes, the decisions stay without an author, their standing is
forgotten, and what still comes late is decided without its words being kept. A page confirms, under a code that
nobody can guess and that says nothing about anybody.
"""

import base64
import hashlib
import hmac
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol, cast

from tribune.channel import Delivery, Erasing, Platform, Secrets
from tribune.errors import Forged, TooLarge, UnknownChannel
from tribune.workflow.receive import CHANNEL

MOST_BODY_BYTES = 16 * 1024
ERASURE, DEAUTHORISATION = "erasure", "deauthorise"
_DUMMY = Secrets(current="no such channel: the same work as for one that exists")


class Outgoing(Protocol):
    """Where requests wait for erase_person."""

    def send(self, messages: Sequence[Mapping[str, Any]]) -> None:
        """Keep every message. Raises Unavailable if any was not taken."""


@dataclass(frozen=True, slots=True)
class Forgetting:
    """The door's half of the use case, with its edges."""

    platform: Callable[[str], Platform]
    """Raises UnknownChannel."""
    secrets: Callable[[str, str, bool], Secrets | None]
    """(platform, channel, fresh) -> its secrets, None when there is no such channel."""
    erasures: Outgoing

    def ask(self, kind: str, name: str, channel: str, delivery: Delivery, now: datetime) -> str:
        """Prove the request and keep it; answers the code that confirms it, the same one for the same request.

        Raises DeliveryRefused (with the status to answer), Unavailable.
        """
        if len(delivery.body) > MOST_BODY_BYTES:
            raise TooLarge(f"more than {MOST_BODY_BYTES} bytes")
        platform = self.platform(name)
        if not platform.CARD.erases:
            raise UnknownChannel("it passes nothing on")
        if not CHANNEL.fullmatch(channel):
            raise UnknownChannel("no channel is called that")
        erasing, secrets = cast("Erasing", platform), self.secrets(name, channel, False)
        if secrets is None:
            with suppress(Forged):
                erasing.asked(delivery, _DUMMY, now)
            raise UnknownChannel("no such platform or channel")
        try:
            asked = erasing.asked(delivery, secrets, now)
        except Forged:
            fresh = self.secrets(name, channel, True)
            if fresh is None or fresh == secrets:
                raise
            asked, secrets = erasing.asked(delivery, fresh, now), fresh
        about = "|".join((kind, name, channel, asked.person, asked.at.isoformat() if asked.at else ""))
        digest = hmac.new(secrets.current.encode(), about.encode("utf-8", "replace"), hashlib.sha256).digest()
        code = base64.b32encode(digest[:20]).decode().lower()
        request = {"schema": 1, "kind": kind, "platform": name, "channel": channel, "person": asked.person}
        self.erasures.send([{**request, "code": code, "asked_at": now.isoformat()}])
        return code
