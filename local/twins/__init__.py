"""Twins: the platforms and the CM's channels as they behave from our side of the wire, on this machine.

A twin keeps what the real service keeps (which comments exist, which reply tokens were used), refuses what
the real service refuses, in its own error format, and can be told to fail. It holds no socket: whoever
hosts it (the local stack, a test) turns an HTTP request into a `TwinRequest`, and a `TwinAnswer` into bytes,
silence or a reset. Every act that reaches a twin is written into one `Outbox`, in order.

The host's duties: call `hear` with every webhook delivery before the door answers it, so that the twin
knows the comments and reply tokens that exist; give the path without the `/twins/{name}` it is mounted on;
deliver `echo` to the door, signed, for what a platform pushes back about our own acts.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from threading import Lock
from typing import Any, Protocol, runtime_checkable


@dataclass(frozen=True, slots=True)
class TwinRequest:
    """One HTTP request to a twin: header names in lower case, path below the twin's mount point, the one clock's time."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes
    now: datetime
    query: Mapping[str, str] = field(default_factory=dict)


class Fate(StrEnum):
    """What the caller sees of an answer."""

    ANSWER = "answer"
    HANG = "hang"
    """Nothing is ever sent: the caller gives up by its own timeout."""
    RESET = "reset"
    """The connection is closed without an answer."""


@dataclass(frozen=True, slots=True)
class TwinAnswer:
    """What the twin answers; `status` and `body` are never sent when the fate is not ANSWER."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    fate: Fate = Fate.ANSWER


@dataclass(frozen=True, slots=True)
class Entry:
    """One act that a twin received, as `GET /_local/outbox` shows it."""

    seq: int
    at: datetime
    to: str
    """The twin: `facebook`, `line`, `generic`, `slack`…"""
    kind: str
    """`reply`, `hide`, `unhide`, `delete`, `private`, `like`, `block` or `call`."""
    community: str | None
    account: str | None
    object: str | None
    """What was acted on."""
    text: str | None
    action_id: str | None
    status: int
    """The HTTP status the twin gave, or would have given had the connection held. Below 300: it happened."""
    created: str | None = None
    """The id of what the act created (our reply)."""

    @property
    def happened(self) -> bool:
        """Did the act take effect?"""
        return self.status < 300  # noqa: PLR2004  HTTP's own line

    def shown(self) -> dict[str, Any]:
        """The entry as JSON, in the shape of `local/schemas/outbox.json`."""
        return {
            "seq": self.seq,
            "at": self.at.isoformat(),
            "to": self.to,
            "kind": self.kind,
            "community": self.community,
            "account": self.account,
            "object": self.object,
            "text": self.text,
            "action_id": self.action_id,
            "status": self.status,
        }


class Outbox:
    """Every act that the twins of one stack received, in order; safe between threads."""

    def __init__(self, community_of: Callable[[str, str | None], str | None] = lambda _to, _account: None) -> None:
        """`community_of` answers (twin name, account) with the community, None when it is nobody's."""
        self._community_of = community_of
        self._entries: list[Entry] = []
        self._lock = Lock()

    def record(  # noqa: PLR0913  one entry, field by field
        self,
        *,
        at: datetime,
        to: str,
        kind: str,
        status: int,
        account: str | None = None,
        object: str | None = None,  # noqa: A002  the design's word
        text: str | None = None,
        action_id: str | None = None,
        created: str | None = None,
    ) -> Entry:
        """Write one act down and give it its number."""
        community = self._community_of(to, account)
        with self._lock:
            entry = Entry(
                len(self._entries) + 1, at, to, kind, community, account, object, text, action_id, status, created
            )
            self._entries.append(entry)
        return entry

    @property
    def entries(self) -> tuple[Entry, ...]:
        """All of them, refused ones too."""
        with self._lock:
            return tuple(self._entries)

    @property
    def effects(self) -> tuple[Entry, ...]:
        """Those that took effect."""
        return tuple(entry for entry in self.entries if entry.happened)


class Twin(Protocol):
    """The shape of every twin."""

    @property
    def name(self) -> str:
        """What `/twins/{name}` and the outbox call it."""

    def handle(self, request: TwinRequest) -> TwinAnswer:
        """Answer one request as the real service would."""

    def fail(self, spec: object) -> None:
        """Be told to fail: `{"mode": "500", "next": 2, "of": "acts"}`, just `"500"` (once), or None to stop.

        Every twin knows `timeout_before|timeout_after|reset_before|reset_after|502|502_after`, and its service's own
        (`500`, `429`, `token`, `spam`, `quota`, `gone`). `of` is `acts` or `reads`. Raises ValueError, in a sentence.
        """

    def hear(self, body: bytes, now: datetime) -> None:
        """Learn from a delivery made in the platform's name which comments and reply tokens exist; ignores the unreadable."""

    def echo(self, entry: Entry) -> bytes | None:
        """The webhook body that the platform pushes back about our own act, None where it pushes none."""


@runtime_checkable
class Peopled(Protocol):
    """A twin of a platform that pushes nothing: members speak on it when it is told so, and the next poll finds it."""

    def said(self, what: Mapping[str, Any], now: datetime) -> str:
        """`{"account", "text", "author"?, "parent"?}`; the id of what was said. Raises ValueError, in a sentence."""
