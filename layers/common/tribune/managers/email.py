"""E-mail: the subject is what the lock screen shows, the body has what happened, what was done, what to do."""

import re

from tribune import pages
from tribune.duty import CallMessage, Person, Way
from tribune.errors import BadConfiguration
from tribune.managers.edge import Edge

KIND = "email"
_ADDRESS = re.compile(r"[^@\s,;:<>()\[\]\"\\]{1,64}@(?:[\w-]{1,63}\.){1,8}[\w-]{1,63}")


def check(way: Way, secret: str | None, field: str) -> None:
    """One mail address, the way's or its secret. Raises BadConfiguration."""
    if not _ADDRESS.fullmatch(way.address or secret or ""):
        raise BadConfiguration("an e-mail way needs one mail address", field=field)


def send(message: CallMessage, person: Person, way: Way, secret: str | None, edge: Edge) -> None:  # noqa: ARG001  the shape of every way
    """Mail the message to the way's address."""
    to = way.address or secret or ""
    edge.mail(
        to=to, subject=" ".join(message.subject.split()), text=message.text, html=message.html or as_html(message)
    )


def as_html(message: CallMessage) -> str:
    """The message as HTML for mail programs, every character of other people escaped by the template."""
    return pages.render(
        "mail",
        language=message.language,
        subject=message.subject,
        paragraphs=[paragraph.split("\n") for paragraph in message.paragraphs],
        links=message.links,
    )
