"""What the ways to a person are given: somebody who sends a request, a mail, a text message; and what they share."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from ipaddress import ip_address
from typing import Protocol
from urllib.parse import urlsplit

from tribune.channel import HttpAnswer, HttpCall
from tribune.duty import CallMessage
from tribune.errors import BadConfiguration, Unavailable
from tribune.lengths import length

_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
_VISIBLE = re.compile(r"[!-~]+")
"""What an address or a token is written in: a line break in one would begin another header."""
_JSON = "application/json; charset=utf-8"


class SendMail(Protocol):
    """Sends one mail in plain text and HTML. Raises Unavailable."""

    def __call__(self, *, to: str, subject: str, text: str, html: str) -> None:
        """Returns once the mail service took it."""


class SendText(Protocol):
    """Sends one text message to a telephone. Raises Unavailable."""

    def __call__(self, *, to: str, text: str) -> None:
        """Returns once the service took it."""


@dataclass(frozen=True, slots=True)
class Edge:
    """The network, the mail service and the telephone."""

    http: Callable[[HttpCall], HttpAnswer]
    """Sends one request. Raises NotSent, PerhapsSent."""
    mail: SendMail
    sms: SendText


def post(
    url: str, body: bytes, edge: Edge, headers: Mapping[str, str] | None = None, *, also: tuple[int, ...] = ()
) -> HttpAnswer:
    """POST JSON and answer what came back; raises Unavailable unless that is a 2xx, or one of the statuses in `also`."""
    answer = edge.http(HttpCall("POST", url, {"content-type": _JSON, **(headers or {})}, body))
    if not 200 <= answer.status < 300 and answer.status not in also:  # noqa: PLR2004  HTTP's own lines
        raise Unavailable(f"the way to the person answered {answer.status}")
    return answer


class Sign(Protocol):
    """The headers that prove who sends a body."""

    def __call__(self, body: bytes, secret: str, now: datetime, delivery_id: str) -> Mapping[str, str]:
        """As the recipe of a platform writes them. Raises BadConfiguration."""


def announce(  # noqa: PLR0913  what a signed event is made of, then the edges
    url: str, secret: str, event_id: str, body: bytes, now: datetime, *, edge: Edge, sign: Sign
) -> None:
    """Tell a tool that plans posts, in a signed event whose id is the same however often it is sent.

    Raises BadConfiguration, Unavailable, NotSent, PerhapsSent.
    """
    post(address(url, "climate.url"), body, edge, sign(body, secret, now, event_id))


def is_loopback(url: str) -> bool:
    """Does the address stay on this machine?"""
    try:
        return (urlsplit(url).hostname or "") in _LOOPBACK
    except ValueError:  # no address at all
        return False


def address(url: str, field: str) -> str:
    """An address that a call may leave for: https to a public host, or this machine. Raises BadConfiguration.

    What it refuses: the inside of a network by its number or a name without a dot (a cloud's own metadata), and
    names or passwords before the host, behind which another host hides.
    """
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
        plain = parts.username is None and parts.password is None and bool(_VISIBLE.fullmatch(url))
        here = parts.scheme in ("http", "https") and host in _LOOPBACK
    except ValueError:
        plain, here, host = False, False, ""
    if not plain or not (here or (url.startswith("https://") and _is_public(host))):
        raise BadConfiguration("an https address of a public host is expected", field=field)
    return url


def _is_public(host: str) -> bool:
    try:
        return ip_address(host).is_global
    except ValueError:
        # "127.1" and "0x7f.1" are no addresses to us and would be to a resolver: a name's last part is no number.
        last = host.rstrip(".").rpartition(".")
        return bool(last[1]) and not last[2][0].isdigit()


def access(secret: str | None, base: str, field: str) -> tuple[str, str]:
    """(where a service is, the token for it), from a secret: the token, behind the address where that is not `base`.

    Raises BadConfiguration.
    """
    elsewhere, _, token = (secret or "").strip().rpartition(" ")
    if not token or not _VISIBLE.fullmatch(token):
        raise BadConfiguration("the token of the account that calls is missing, or is none", field=field)
    return (address(elsewhere.strip(), field) if elsewhere else base).rstrip("/"), token


def as_text(message: CallMessage, limit: int, unit: str) -> str:
    """The whole message as plain text, at most `limit` long in `unit`: the end of what is told is cut, never a link."""
    links = "".join(f"\n\n{called}\n{where}" for called, where in message.links)
    room = limit - length(links, unit)
    told = cut("\n\n".join((message.subject, *message.paragraphs)), max(room, 0), unit)
    return told + links if room > 0 else cut(told or message.subject, limit, unit)


def cut(text: str, limit: int, unit: str) -> str:
    """`text`, ended with an ellipsis where it is longer than `limit` in `unit`; nothing where not even that fits."""
    if length(text, unit) <= limit:
        return text
    kept = text[:limit]
    while kept and length(kept + "…", unit) > limit:
        kept = kept[:-1]
    return kept.rstrip() + "…" if kept else ""
