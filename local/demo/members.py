"""What each platform pushes when somebody of the story writes, corrects or deletes, signed as that platform signs."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any

from local.demo.story import Place, Words
from local.twins import facebook, generic
from tribune.platforms import PLATFORMS


@dataclass(frozen=True, slots=True)
class Utterance:
    """Somebody says something somewhere."""

    place: Place
    words: Words
    at: datetime
    verb: str = "add"
    """`add`, `edited` or `remove`, as Facebook calls them."""
    first_at: datetime | None = None
    """When it was first written, for an edit."""
    parent: str | None = None
    """The comment it answers."""


def pushed(said: Utterance) -> bytes:
    """The body of the platform's webhook."""
    return _BODIES[said.place.platform](said)


def headers(platform: str, body: bytes, secret: str, now: datetime, delivery: str) -> dict[str, str]:
    """The headers of a genuine delivery; with another secret than the channel's, of a forged one."""
    return {"content-type": "application/json", **PLATFORMS[platform].sign(body, secret, now, delivery)}


def _facebook(said: Utterance) -> bytes:
    words, page = said.words, said.place.account
    known = facebook.Known(
        id=words.id,
        page=page,
        post=said.place.thread,
        parent=said.parent,
        author=words.by.id,
        name=words.by.name,
        text=words.says,
        at=said.first_at or said.at,
    )
    value = facebook.comment_value(known, said.verb)
    if said.verb != "remove":
        value["permalink_url"] = f"https://www.facebook.com/{said.place.thread}?comment_id={words.id}"
        value |= _tags(words)
    return facebook.delivery(page, said.at, value)


def _tags(words: Words) -> dict[str, Any]:
    tags = [
        {"id": str(number), "name": name, "type": "user", "offset": words.says.index(name), "length": len(name)}
        for number, name in enumerate(words.tagged, start=7100000000000001)
    ]
    return {"message_tags": tags} if tags else {}


def _line(said: Utterance) -> bytes:
    milliseconds = int(said.at.timestamp() * 1000)
    message = {"id": said.words.id, "type": "text", "text": said.words.says, "quoteToken": f"quote-{said.words.id}"}
    event = {
        "type": "message",
        "mode": "active",
        "timestamp": milliseconds,
        "source": {"type": "user", "userId": said.words.by.id},
        "webhookEventId": f"01DEMO{milliseconds}",
        "deliveryContext": {"isRedelivery": False},
        "replyToken": f"token-{said.words.id}",
        "message": message,
    }
    return json.dumps({"destination": said.place.account, "events": [event]}, ensure_ascii=False).encode()


def _generic(said: Utterance) -> bytes:
    kind = {"add": "comment.created", "edited": "comment.edited", "remove": "comment.deleted"}[said.verb]
    data = {
        "id": said.words.id,
        "text": said.words.says,
        "created_at": (said.first_at or said.at).isoformat(),
        "author": {"id": said.words.by.id, "name": said.words.by.name},
        "space": said.place.account,
        "thread": {"id": said.place.thread},
    }
    return generic.delivery(kind, said.at, data)


_BODIES: Mapping[str, Callable[[Utterance], bytes]] = MappingProxyType(
    {"facebook": _facebook, "line": _line, "generic": _generic}
)
