"""What members say on every platform of `local/example.yaml`: the deliveries as the platforms document them.

Standard library only, nothing of ours: a caller from outside uses it, and a whole world in one process.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

INSULT = "@Karim t'es vraiment un abruti si tu crois ça"
QUESTION = "Vous êtes ouverts le dimanche ?"

PAGE, INSTAGRAM, THREADS = "102030405060708", "17841400000000001", "26000000000000001"
LINE, X, LINKEDIN = "Ubbbbbbbbbbbbbbbbbbbbbbbbbbbbbb01", "2244994945001", "urn:li:organization:96072893"
MASTODON, YOUTUBE, TELEGRAM = "109348684185010001", "UCgarance0000000000000001", "-1001234567890"
BLOG, WORDPRESS = "blog-garance", "atelier-garance"

ROOT_POST = "2125000000000000001"
ACTIVITY = "urn:li:activity:7094637247890620418"


@dataclass(frozen=True)
class Place:
    """A platform, as its members know it."""

    name: str
    account: str
    text: str
    """What somebody says that a machine may answer alone there."""
    said: Callable[[int, str, datetime], Any] | None = None
    """(number, text, when) -> the delivery about somebody's comment of that number; None where nothing is pushed."""
    ours: Callable[[int, str, datetime], Any] | None = None
    """The same for a comment in our own name; None where the platform never sends one."""
    target: Callable[[int], str] = str
    """What its act is done to, as the twin's outbox calls it."""
    named: Callable[[int], str] | None = None
    """What we call the comment, where that is something else."""
    path: str = ""
    """Whose address it is delivered to, where that is another platform's."""

    def object(self, number: int) -> str:
        """What we call the comment of that number."""
        return (self.named or self.target)(number)


def _seconds(at: datetime) -> int:
    return int(at.timestamp())


def _graph(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S+0000")


def _facebook(number: int, text: str, at: datetime, author: str = "") -> Any:
    post = f"{PAGE}_777000777"
    value = {
        "item": "comment",
        "verb": "add",
        "comment_id": f"777000777_{number}",
        "post_id": post,
        "parent_id": post,
        "created_time": _seconds(at),
        "message": text,
        "from": {"id": author or str(7_000_000_000 + number), "name": "Une personne"},
    }
    return {
        "object": "page",
        "entry": [{"id": PAGE, "time": _seconds(at), "changes": [{"field": "feed", "value": value}]}],
    }


def _instagram(number: int, text: str, at: datetime, author: str = "") -> Any:
    value = {
        "id": str(number),
        "from": {"id": author or str(5_300_000_000 + number), "username": f"membre.{number}"},
        "media": {"id": "17900000000000001", "media_product_type": "FEED"},
        "text": text,
    }
    changes = [{"field": "comments", "value": value}]
    return {"object": "instagram", "entry": [{"id": INSTAGRAM, "time": _seconds(at), "changes": changes}]}


def _messenger(number: int, text: str, at: datetime, *, echo: bool = False) -> Any:
    person, milliseconds = {"id": str(number)}, int(at.timestamp() * 1000)
    message = {"mid": f"m_{number}", "text": text} | ({"is_echo": True, "app_id": 263902037430900} if echo else {})
    sender, recipient = ({"id": PAGE}, person) if echo else (person, {"id": PAGE})
    event = {"sender": sender, "recipient": recipient, "timestamp": milliseconds, "message": message}
    return {"object": "page", "entry": [{"id": PAGE, "time": milliseconds, "messaging": [event]}]}


def _threads(number: int, text: str, at: datetime, author: str = "") -> Any:
    value = {
        "id": str(number),
        "username": author or f"membre.{number}",
        "media_type": "TEXT_POST",
        "timestamp": _graph(at),
        "text": text,
        "replied_to": {"id": "18050000000000001"},
        "root_post": {"id": "18050000000000001", "owner_id": THREADS, "username": "velosgarance"},
    }
    return {
        "app_id": "123456",
        "topic": "moderate",
        "target_id": str(number),
        "time": _seconds(at),
        "values": {"value": value, "field": "replies"},
    }


def _line(number: int, text: str, at: datetime) -> Any:
    event = {
        "type": "message",
        "mode": "active",
        "timestamp": int(at.timestamp() * 1000),
        "source": {"type": "user", "userId": f"U{number:032x}"},
        "webhookEventId": f"01{number:024d}",
        "deliveryContext": {"isRedelivery": False},
        "replyToken": f"{number:032x}",
        "message": {"id": str(number), "type": "text", "text": text, "quoteToken": "q"},
    }
    return {"destination": LINE, "events": [event]}


def _x(number: int, text: str, at: datetime, author: str = "") -> Any:
    words = f"@velosgarance {text}"
    mention = {"start": 0, "end": 13, "username": "velosgarance", "id": X}
    payload = {
        "id": str(number),
        "text": words,
        "author_id": author or str(1_790_000_000 + number),
        "conversation_id": ROOT_POST,
        "created_at": at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z"),
        "edit_history_tweet_ids": [str(number)],
        "display_text_range": [14, len(words)],
        "in_reply_to_user_id": X,
        "referenced_tweets": [{"type": "replied_to", "id": ROOT_POST}],
        "entities": {"mentions": [mention]},
    }
    kind = "post.create" if author else "post.reply.create"
    return {"data": {"event_uuid": str(number), "filter": {"user_id": X}, "event_type": kind, "payload": payload}}


def _urn(number: int) -> str:
    return f"urn:li:comment:({ACTIVITY},{number})"


def _linkedin(number: int, text: str, at: datetime, author: str = "") -> Any:
    comment = {
        "owner": author or f"urn:li:person:member{number}",
        "text": text,
        "entity": _urn(number),
        "object": ACTIVITY,
    }
    notification = {
        "lastModifiedAt": int(at.timestamp() * 1000),
        "sourcePost": ACTIVITY,
        "action": "ADMIN_COMMENT" if author else "COMMENT",
        "notificationId": number,
        "organizationalEntity": LINKEDIN,
        "generatedActivity": _urn(number),
        "decoratedGeneratedActivity": {"comment": comment},
    }
    return {"type": "ORGANIZATION_SOCIAL_ACTION_NOTIFICATIONS", "notifications": [notification]}


def _telegram(number: int, text: str, at: datetime, *, anonymous: bool = False) -> Any:
    chat = {"id": int(TELEGRAM), "type": "supergroup", "title": "Garance, entre cyclistes"}
    message = {"message_id": number, "date": _seconds(at), "chat": chat, "text": text}
    if anonymous:
        message |= {"from": {"id": 1087968824, "is_bot": True, "first_name": "Group"}, "sender_chat": chat}
    else:
        message["from"] = {"id": 7_000_000 + number, "is_bot": False, "first_name": "Une personne"}
    return {"update_id": number, "message": message}


def _generic(number: int, text: str, at: datetime, *, ours: bool = False) -> Any:
    data = {
        "id": f"c-{number}",
        "space": BLOG,
        "text": text,
        "created_at": at.isoformat(),
        "author": {"id": f"u-{number}", "name": "Une personne", "is_self": ours},
        "thread": {"id": f"billet-{number}"},
    }
    return {"type": "comment.created", "timestamp": at.isoformat(), "data": data}


def _wordpress(number: int, text: str, at: datetime, *, ours: bool = False) -> Any:
    data = {
        "id": f"12_{number}",
        "space": WORDPRESS,
        "text": text,
        "created_at": at.isoformat(),
        "author": {"id": f"guest-{number}", "name": "Une personne", "is_self": ours},
        "thread": {"id": f"12_{number}", "post": "12"},
    }
    return {"type": "comment.created", "timestamp": at.isoformat(), "data": data}


PLACES: Mapping[str, Place] = {
    place.name: place
    for place in (
        Place("facebook", PAGE, INSULT, _facebook, lambda *said: _facebook(*said, author=PAGE), "777000777_{}".format),
        Place("instagram", INSTAGRAM, INSULT, _instagram, lambda *said: _instagram(*said, author=INSTAGRAM)),
        Place("messenger", PAGE, QUESTION, _messenger, lambda *said: _messenger(*said, echo=True), named="m_{}".format, path="facebook"),
        Place("threads", THREADS, INSULT, _threads, lambda *said: _threads(*said, author="velosgarance")),
        Place("line", LINE, QUESTION, _line),
        Place("x", X, QUESTION, _x, lambda *said: _x(*said, author=X)),
        Place("linkedin", LINKEDIN, QUESTION, _linkedin, lambda *said: _linkedin(*said, author=LINKEDIN), _urn),
        Place("mastodon", MASTODON, QUESTION),
        Place("youtube", YOUTUBE, INSULT),
        Place("telegram", TELEGRAM, INSULT, _telegram, lambda *said: _telegram(*said, anonymous=True), f"{TELEGRAM}_{{}}".format),
        Place("generic", BLOG, INSULT, _generic, lambda *said: _generic(*said, ours=True), "c-{}".format),
        Place("wordpress", WORDPRESS, INSULT, _wordpress, lambda *said: _wordpress(*said, ours=True), "12_{}".format),
    )
}  # fmt: skip


def body(delivery: Any) -> bytes:
    """A delivery as bytes."""
    return json.dumps(delivery, ensure_ascii=False).encode()
