"""The console: the call shown by the local stack on this machine. Never leaves it, never writes a log."""

import json

from tribune.duty import CallMessage, Person, Way
from tribune.errors import BadConfiguration
from tribune.managers.edge import Edge, is_loopback, post

KIND = "console"


def send(message: CallMessage, person: Person, way: Way, secret: str | None, edge: Edge) -> None:
    """POST the message to the console twin, whose address is the way's or its secret."""
    url = secret or way.address
    if not url.startswith("http://") or not is_loopback(url):
        raise BadConfiguration("the console is an http address on this machine", field=f"{person.id}.{KIND}")
    content = {
        "to": person.id,
        "community": message.community,
        "call": message.call,
        "subject": message.subject,
        "text": message.text,
    }
    post(url, json.dumps(content, ensure_ascii=False).encode(), edge)
