"""E-mail: the subject is what the lock screen shows, the body has what happened, what was done, what to do."""

from html import escape

from tribune.duty import CallMessage, Person, Way
from tribune.errors import BadConfiguration
from tribune.managers.edge import Edge

KIND = "email"


def send(message: CallMessage, person: Person, way: Way, secret: str | None, edge: Edge) -> None:
    """Mail the message to the way's address."""
    to = way.address or secret or ""
    if "@" not in to:
        raise BadConfiguration("an e-mail way needs an address", field=f"{person.id}.{KIND}")
    edge.mail(to=to, subject=" ".join(message.subject.split()), text=message.text, html=as_html(message))


def as_html(message: CallMessage) -> str:
    """The message as HTML, every character of other people escaped."""
    paragraphs = "".join(f"<p>{escape(paragraph).replace('\n', '<br>')}</p>" for paragraph in message.paragraphs)
    link = f'<p><a href="{escape(message.link)}">{escape(message.link_words)}</a></p>' if message.link else ""
    return (
        f'<!doctype html><html lang="{escape(message.language)}"><head><meta charset="utf-8">'
        f"<title>{escape(message.subject)}</title></head>"
        f'<body style="font-family:sans-serif;max-width:36em"><p><strong>{escape(message.subject)}</strong></p>'
        f"{paragraphs}{link}</body></html>"
    )
