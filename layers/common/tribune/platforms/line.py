"""LINE official accounts: messages, answered by their reply token or, where none was tried, by a push.

Source: LINE Developers, *Messaging API reference* and *Receive messages (webhook)*; line/line-openapi (2026-07).
Set-up: a Messaging API channel in the LINE Developers Console. *Basic settings* shows the channel secret
(`verify.current`) and the bot's user id (`U…`, the `destination` of every delivery: `accounts[].id`); *Messaging API*
issues the channel access token (`act.token`, a long-lived one) and takes the webhook URL `…/webhooks/line`, with *Use
webhook* and *Webhook redelivery* on (without it a failed delivery is lost for ever), then *Verify*. In the Official
Account Manager, LINE's own automatic answers are off. Pushes count against the month's messages of the plan.

A reply token is single use and lives about a minute; a reply takes no retry key and cannot be read back, so it
is tried once. A push takes `X-Line-Retry-Key` and may be repeated, but never after a reply that may have arrived.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any, ClassVar, Final
from uuid import UUID, uuid5

from tribune.channel import (
    Access,
    ActKind,
    Answer,
    Card,
    Delivery,
    HttpAnswer,
    HttpCall,
    Item,
    Order,
    Outcome,
    Plan,
    Secrets,
    Verdict,
)
from tribune.comment import Audience, Author, Comment, Media, Said, Thread, Verb
from tribune.errors import CannotDo, UnreadableBody
from tribune.platforms import answers, calls, shapes, signatures

CARD: Final = Card(
    name="line",
    title="LINE official account",
    audience=Audience.PRIVATE,
    can=frozenset({ActKind.REPLY}),
    answer_within_s=2,
    text_limit=5000,
    text_unit="utf16",
    citation="link",
    reads_back=False,
    note="Private and group messages, edits and unsends; answers by reply token within 50 s, else by a push.",
)

BASE_URL: Final = "https://api.line.me"
SIGNATURE: Final = "x-line-signature"
REPLY_WITHIN: Final = timedelta(seconds=50)
"""A reply token lives about a minute: younger than this it is worth its only try."""
RETRY_KEY_LIVES: Final = timedelta(hours=24)
_ACTIONS: Final = UUID("6f6f8f7e-2f0b-5d0c-9a43-6b8f3c1d7a52")
"""The namespace of our retry keys: one action, one key, whoever computes it."""
_REPLY: Final = "reply"
_PUSH: Final = "push"

# --- who speaks ---


def handshake(delivery: Delivery, secrets: Secrets) -> Answer | None:  # noqa: ARG001  the shape of every platform
    """LINE has none: its Verify button sends a signed delivery without events."""
    return None


def verify(delivery: Delivery, secrets: Secrets, now: datetime) -> None:  # noqa: ARG001  LINE signs no time
    """`x-line-signature` over the raw body. Raises Forged."""
    signatures.verify_base64(delivery.headers.get(SIGNATURE), delivery.body, secrets)


def sign(body: bytes, secret: str, now: datetime, delivery_id: str) -> dict[str, str]:  # noqa: ARG001  the shape of every platform
    """The headers LINE would send with `body`."""
    return {"content-type": "application/json; charset=utf-8", SIGNATURE: signatures.sign_base64(body, secret)}


# --- what was said ---


def split(payload: Any) -> Iterable[Item]:
    """One item per event; none for the Verify button. Raises UnreadableBody."""
    match payload:
        case {"destination": str(account), "events": list(events)} if all(isinstance(one, dict) for one in events):
            return [Item(account, event) for event in events]
    raise UnreadableBody("no `destination` with a list of `events`")


@dataclass(frozen=True, slots=True)
class _Source:
    __pydantic_config__: ClassVar = shapes.SHAPE
    type: str = ""
    userId: str | None = None  # noqa: N815  LINE's spelling
    groupId: str | None = None  # noqa: N815  LINE's own name
    roomId: str | None = None  # noqa: N815  LINE's own name


@dataclass(frozen=True, slots=True)
class _Mentionee:
    __pydantic_config__: ClassVar = shapes.SHAPE
    index: int = 0
    length: int = 0
    type: str = ""
    isSelf: bool = False  # noqa: N815  LINE's own name


@dataclass(frozen=True, slots=True)
class _Mention:
    __pydantic_config__: ClassVar = shapes.SHAPE
    mentionees: tuple[_Mentionee, ...] = ()


@dataclass(frozen=True, slots=True)
class _Message:
    __pydantic_config__: ClassVar = shapes.SHAPE
    id: str
    type: str
    text: str | None = None
    quoteToken: str | None = None  # noqa: N815  LINE's own name
    title: str | None = None
    address: str | None = None
    mention: _Mention | None = None


@dataclass(frozen=True, slots=True)
class _Unsend:
    __pydantic_config__: ClassVar = shapes.SHAPE
    messageId: str  # noqa: N815  LINE's own name


@dataclass(frozen=True, slots=True)
class _Event:
    """A webhook event, as far as it concerns us."""

    __pydantic_config__: ClassVar = shapes.SHAPE
    type: str
    timestamp: int
    source: _Source
    mode: str = "active"
    replyToken: str | None = None  # noqa: N815  LINE's own name
    message: _Message | None = None
    unsend: _Unsend | None = None


_VERBS: Final = {"message": Verb.CREATED, "messageEdited": Verb.EDITED, "unsend": Verb.DELETED}
_MEDIA: Final = {
    "image": Media.IMAGE,
    "video": Media.VIDEO,
    "audio": Media.VOICE,
    "file": Media.FILE,
    "sticker": Media.STICKER,
}
"""What we do not know by name, and a place without a name, is a file, never nothing."""


def read(item: Item) -> Iterable[Said]:
    """Messages, their edits and unsends; nothing for the other events. Raises Unreadable."""
    verb = _VERBS.get(str(item.payload.get("type")))
    if verb is None:
        return []
    event = shapes.fit(_Event, item.payload)
    spoken = event.message
    message_id = event.unsend.messageId if event.unsend else spoken.id if spoken else None
    thread = event.source.groupId or event.source.roomId or event.source.userId
    text = _text(spoken) if spoken and verb is not Verb.DELETED else ""
    said_at = shapes.instant(event.timestamp, "timestamp")
    conversation = shapes.identifier(thread, "source")
    return [
        Comment(
            platform=CARD.name,
            account=item.account,
            object=shapes.identifier(message_id, "message.id"),
            verb=verb,
            said_at=said_at,
            posted_at=said_at,
            author=Author(id=event.source.userId),
            thread=Thread(id=conversation, post=conversation),
            text=text,
            audience=Audience.PRIVATE,
            media=_MEDIA.get(spoken.type, Media.FILE) if spoken and text == "" else Media.NONE,
            tagged=_tagged(spoken.mention, text) if spoken and spoken.mention else (),
            quote=spoken.quoteToken if spoken and verb is not Verb.DELETED else None,
            led_elsewhere=event.mode != "active",
            reply_token=event.replyToken if event.mode == "active" and verb is not Verb.DELETED else None,
        )
    ]


def _text(message: _Message) -> str:
    if message.type == "location":
        return "\n".join(part for part in (message.title, message.address) if part)
    return message.text or ""


def _tagged(mention: _Mention, text: str) -> tuple[str, ...]:
    """Names as they stand in the text; LINE counts in UTF-16 units. We ourselves are no person."""
    units = text.encode("utf-16-le", "surrogatepass")
    names = (
        units[2 * one.index : 2 * (one.index + one.length)].decode("utf-16-le", "replace").removeprefix("@")
        for one in mention.mentionees
        if one.type == "user" and not one.isSelf and one.index >= 0
    )
    return tuple(name for name in names if name)


# --- what we do ---


def act(order: Order, access: Access, now: datetime) -> Plan:
    """The reply while its token is fresh and untried, else a push to `recipient` (person, group or room). Raises CannotDo.

    `CannotDo("uncertain")`: an earlier attempt may have arrived, and nothing could make a second one harmless.
    """
    if order.kind is not ActKind.REPLY:
        raise CannotDo(order.kind.value)
    if order.way == _REPLY or _retry_key_died(order, now):
        raise CannotDo("uncertain")
    message = {"type": "text", "text": order.text} | ({"quoteToken": order.quote} if order.quote else {})
    if not order.way and _fresh(order, now):
        body = {"replyToken": order.reply_token, "messages": [message]}
        return Plan(_post(access, order, "reply", body), way=_REPLY, repeatable=False)
    if not order.recipient:
        raise CannotDo("no_recipient")
    body = {"to": order.recipient, "messages": [message]}
    call = _post(access, order, "push", body, {"x-line-retry-key": str(uuid5(_ACTIONS, order.action_id))})
    return Plan(call, way=_PUSH, repeatable=True)


def _fresh(order: Order, now: datetime) -> bool:
    return bool(order.reply_token) and order.reply_token_at is not None and now - order.reply_token_at < REPLY_WITHIN


def _retry_key_died(order: Order, now: datetime) -> bool:
    """LINE forgets a retry key after a day: from then on a repeated push would be a second message."""
    return order.way == _PUSH and order.since is not None and now - order.since >= RETRY_KEY_LIVES


def _post(
    access: Access, order: Order, verb: str, body: dict[str, Any], headers: Mapping[str, str] | None = None
) -> HttpCall:
    address = f"{calls.base(access, BASE_URL)}/v2/bot/message/{verb}"
    return calls.bearer("POST", address, access, content=body, action=order.action_id, headers=headers or {})


# --- what the platform answers ---

_JAPAN: Final = timezone(timedelta(hours=9))
_RATE: Final = timedelta(minutes=1)


def judge(order: Order, answer: HttpAnswer, now: datetime) -> Outcome:  # noqa: ARG001  the shape of every platform
    """LINE's status codes as verdicts; after a 5xx nobody knows, and only a push may be repeated, under its key.

    The monthly limit is REFUSED, not LIMITED: it concerns pushes only, and must not stop replies, which are free.
    """
    body = answers.json_object(answer.body)
    if answers.succeeded(answer):
        return Outcome(Verdict.DONE, id=_sent(body))
    if answer.status == answers.CONFLICT:
        return Outcome(Verdict.DONE, id=_sent(body), why="already_accepted")
    if answer.status == answers.TOO_MANY:
        return _too_many(body, answer, now)
    if answers.in_doubt(answer):
        return Outcome(Verdict.UNKNOWN, why="server_error")
    verdict, why = _REFUSALS.get(answer.status, (Verdict.REFUSED, "refused"))
    return Outcome(verdict, why="reply_token" if "reply token" in str(body.get("message")) else why)


_REFUSALS: Final = {
    answers.UNAUTHORIZED: (Verdict.TOKEN_DEAD, "token"),
    answers.FORBIDDEN: (Verdict.REFUSED, "plan"),
}


def _too_many(body: Mapping[str, Any], answer: HttpAnswer, now: datetime) -> Outcome:
    if "monthly limit" in str(body.get("message")):
        return Outcome(Verdict.REFUSED, why="monthly_limit", until=_next_month(now))
    return Outcome(Verdict.LIMITED, why="throttled", until=answers.come_back(answer, now, _RATE))


def _sent(body: Any) -> str | None:
    match body:
        case {"sentMessages": [{"id": identity}, *_]}:
            return answers.text_of(identity)
    return None


def _next_month(now: datetime) -> datetime:
    """LINE counts months in Japan."""
    here = now.astimezone(_JAPAN)
    first = here.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    return (first + timedelta(days=32)).replace(day=1).astimezone(now.tzinfo)


def look_back(order: Order, access: Access) -> HttpCall | None:  # noqa: ARG001  the shape of every platform
    """LINE has no history."""
    return None


def settle(order: Order, answer: HttpAnswer) -> Outcome:  # noqa: ARG001  the shape of every platform
    """Nothing is ever read back."""
    return Outcome(Verdict.UNKNOWN, why="no_read_back")
