"""Microsoft Teams, through a workflow that takes Adaptive Cards; its address is the secret `<person>.teams`.

Protocol: https://learn.microsoft.com/connectors/teams (trigger *When a Teams webhook request is received*) and
https://adaptivecards.io/explorer. Connectors of Microsoft 365 are retired; a workflow takes the same message: one
attachment, the card. Words stand in `TextRun`s, which read no Markdown; `{{`, with which a card asks for a date to be
put in, is broken. Teams answers 202 before it has posted.

Set-up: in Teams, *Workflows*, template *Post to a channel when a webhook request is received* (or *to a chat*); the
address it shows is the secret: it carries its own signature.
"""

import json

from tribune.duty import CallMessage, Person, Way
from tribune.errors import BadConfiguration
from tribune.managers.edge import Edge, address, cut, post

KIND = "teams"
VERSION = "1.4"
LIMIT = 28_000
"""Bytes: Teams takes 28 KB."""
_PARAGRAPHS = 20
_PARAGRAPH = 1000
_SUBJECT = 200
_CARD = "application/vnd.microsoft.card.adaptive"
_UNIT = "utf16"


def check(way: Way, secret: str | None, field: str) -> None:
    """The workflow's address, the secret or the way's. Raises BadConfiguration."""
    if not (secret or way.address):
        raise BadConfiguration("the address of the Teams workflow is missing", field=field)
    address(secret or way.address, field)


def send(message: CallMessage, person: Person, way: Way, secret: str | None, edge: Edge) -> None:  # noqa: ARG001  the shape of every way
    """POST the message to the workflow."""
    post(secret or way.address, body(message), edge)


def body(message: CallMessage) -> bytes:
    """The message as Teams takes it, no larger than that: paragraphs are left out from the end."""
    told = message.paragraphs[:_PARAGRAPHS]
    while len(written := json.dumps(payload(message, told), ensure_ascii=False).encode()) > LIMIT and told:
        told = told[:-1]
    return written


def payload(message: CallMessage, paragraphs: tuple[str, ...]) -> dict[str, object]:
    """A message with one card."""
    subject = {"size": "Large", "weight": "Bolder"}
    lines = [line for paragraph in paragraphs for line in [cut(paragraph, _PARAGRAPH, _UNIT)] if line]
    card = {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": VERSION,
        "lang": message.language,
        "fallbackText": _harmless(message.subject),
        "body": [_text(cut(message.subject, _SUBJECT, _UNIT), **subject), *map(_text, lines)],
        "actions": [{"type": "Action.OpenUrl", "title": called, "url": where} for called, where in message.links],
    }
    return {"type": "message", "attachments": [{"contentType": _CARD, "contentUrl": None, "content": card}]}


def _text(words: str, **style: str) -> dict[str, object]:
    return {"type": "RichTextBlock", "inlines": [{"type": "TextRun", "text": _harmless(words), **style}]}


def _harmless(words: str) -> str:
    """Without the opening of a date function, which a client would work out."""
    return words.replace("{{", "{ {")
