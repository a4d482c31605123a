"""The console: the call shown by the local stack on this machine. Never leaves it, never writes a log."""

import json

from tribune.duty import CallMessage, Person, Way
from tribune.errors import BadConfiguration
from tribune.managers.edge import Edge, is_loopback, post

KIND = "console"


def check(way: Way, secret: str | None, field: str) -> None:
    """An http address on this machine, the way's or its secret. Raises BadConfiguration."""
    url = _url(way, secret)
    if not url.startswith("http://") or not is_loopback(url):
        raise BadConfiguration("the console is an http address on this machine", field=field)


def send(message: CallMessage, person: Person, way: Way, secret: str | None, edge: Edge) -> None:
    """POST the message to the console twin."""
    content = {
        "to": person.id,
        "community": message.community,
        "call": message.call,
        "subject": message.subject,
        "text": message.text,
    }
    post(_url(way, secret), json.dumps(content, ensure_ascii=False).encode(), edge)


def _url(way: Way, secret: str | None) -> str:
    return secret or way.address
