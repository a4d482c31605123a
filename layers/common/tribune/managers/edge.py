"""What the ways to a person are given: somebody who sends a request, somebody who sends a mail."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import urlsplit

from tribune.channel import HttpAnswer, HttpCall
from tribune.errors import BadConfiguration, Unavailable

_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


class SendMail(Protocol):
    """Sends one mail in plain text and HTML. Raises Unavailable."""

    def __call__(self, *, to: str, subject: str, text: str, html: str) -> None:
        """Returns once the mail service took it."""


@dataclass(frozen=True, slots=True)
class Edge:
    """The network and the mail service."""

    http: Callable[[HttpCall], HttpAnswer]
    """Sends one request. Raises NotSent, PerhapsSent."""
    mail: SendMail


def post(url: str, body: bytes, edge: Edge) -> None:
    """POST JSON; raises Unavailable unless the answer is a 2xx."""
    answer = edge.http(HttpCall("POST", url, {"content-type": "application/json; charset=utf-8"}, body))
    if not 200 <= answer.status < 300:  # noqa: PLR2004  HTTP's own lines
        raise Unavailable(f"the way to the person answered {answer.status}")


def is_loopback(url: str) -> bool:
    """Does the address stay on this machine?"""
    try:
        return (urlsplit(url).hostname or "") in _LOOPBACK
    except ValueError:  # no address at all
        return False


def address(url: str, field: str) -> str:
    """An address that a call may leave for: https, or this machine. Raises BadConfiguration."""
    if not (url.startswith("https://") or (url.startswith("http://") and is_loopback(url))):
        raise BadConfiguration("an https address is expected", field=field)
    return url
