"""Messenger and Instagram direct: what people write to us in private, answered within a day.

Source: Meta for Developers, *Messenger Platform: webhook events* (`messages`, `message_echoes`, `message_edits`,
`standby`), *Send API*, *Instagram messaging webhooks*, *Conversations API* (v25.0); what all of Meta's products share
is in `graph`. A person is known by an id of the Page's own (PSID) or of the account's own (IGSID).

Set-up, after that of `graph`: an application has one callback for each product, so private messages arrive where the
comments do, at `…/webhooks/facebook` or `…/webhooks/instagram`, and are handed on to the channel of the same name of
this platform; an application for messages alone may call `…/webhooks/messenger`. Fields `messages`, `message_echoes`
(what our people type in the inbox), `message_edits`, `standby` on *Page*, `messages` on *Instagram*, then
`POST /{page-id}/subscribed_apps` with the same fields. Permissions: `pages_messaging` and `pages_manage_metadata`, or
`instagram_business_manage_messages`. For Instagram direct under Instagram login:
`act.base_url: https://graph.instagram.com/v25.0`. `accounts[].id` is the Page's, or the professional account's.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, Final

from tribune.channel import Access, ActKind, Card, HttpAnswer, HttpCall, Item, Order, Outcome, Plan, Verdict
from tribune.comment import Audience, Author, Comment, Media, Said, Thread, Verb
from tribune.errors import CannotDo, Unreadable
from tribune.platforms import answers, graph, shapes

CARD: Final = Card(
    name="messenger",
    title="Messenger and Instagram direct",
    audience=Audience.PRIVATE,
    can=frozenset({ActKind.REPLY}),
    answer_within_s=5,
    text_limit=1000,  # Instagram's bytes; Messenger alone would take 2,000 characters
    text_unit="utf8",
    citation="link",
    reads_back=True,
    note="Private messages, edits and unsends, what our people type in the inbox; answers within 24 h of a message.",
    erases=True,
)

# --- who speaks ---

handshake = graph.handshake
verify = graph.verify
sign = graph.sign
asked = graph.asked
ask = graph.ask

# --- what was said ---


def split(payload: Any) -> Iterable[Item]:
    """One item per message, edit and unsend; none for what was delivered, read, tapped or liked. Raises UnreadableBody."""
    return [
        item
        for product in ("page", "instagram")
        for account, entry in graph.entries(payload, product)
        for item in graph.private(account, entry)
    ]


@dataclass(frozen=True, slots=True)
class _Party:
    __pydantic_config__: ClassVar = shapes.SHAPE
    id: str | None = None


@dataclass(frozen=True, slots=True)
class _Message:
    """`message` or `message_edit` of an event."""

    __pydantic_config__: ClassVar = shapes.SHAPE
    mid: str | None = None
    text: str | None = None
    attachments: Any = None
    is_echo: bool = False
    is_deleted: bool = False
    is_unsupported: bool = False


@dataclass(frozen=True, slots=True)
class _Event:
    __pydantic_config__: ClassVar = shapes.SHAPE
    sender: _Party
    recipient: _Party
    timestamp: int | str | None = None
    message: _Message | None = None
    message_edit: _Message | None = None


def read(item: Item) -> Iterable[Said]:
    """The message as written, edited or taken back; nothing for other events. Raises Unreadable."""
    match item.payload:
        case {"standby": bool(standby), "event": dict(raw)}:
            event = shapes.fit(_Event, raw)
        case _:
            raise Unreadable("no event")
    spoken = event.message or event.message_edit
    if spoken is None:
        return []
    own = spoken.is_echo or event.sender.id == item.account
    person = shapes.identifier((event.recipient if own else event.sender).id, "sender.id")
    verb = Verb.DELETED if spoken.is_deleted else Verb.CREATED if event.message else Verb.EDITED
    text = (spoken.text or "") if verb is not Verb.DELETED else ""
    said_at = shapes.instant(event.timestamp, "timestamp")
    return [
        Comment(
            platform=CARD.name,
            account=item.account,
            object=shapes.identifier(spoken.mid, "message.mid"),
            verb=verb,
            said_at=said_at,
            posted_at=said_at,
            author=Author(id=item.account if own else person, is_ours=own),
            thread=Thread(id=person, post=person),
            text=text,
            audience=Audience.PRIVATE,
            media=Media.NONE if verb is Verb.DELETED else _media(spoken),
            led_elsewhere=standby,
        )
    ]


_ATTACHED: Final = {
    "image": Media.IMAGE,
    "video": Media.VIDEO,
    "reel": Media.VIDEO,
    "ig_reel": Media.VIDEO,
    "audio": Media.VOICE,
    "sticker": Media.STICKER,
}


def _media(message: _Message) -> Media:
    """The first attachment; what we do not know by name is a file, never nothing."""
    match message.attachments:
        case [{"type": "image", "payload": {"sticker_id": _}}, *_]:
            return Media.STICKER  # as stickers came until September 2026
        case [{"type": str(kind)}, *_]:
            return _ATTACHED.get(kind, Media.FILE)
    return Media.FILE if message.is_unsupported else Media.NONE


# --- what we do ---

_WINDOW_CLOSED: Final = (Verdict.REFUSED, "window_closed")
_SPECIAL: Final[graph.Special] = {
    (10, 2018278): _WINDOW_CLOSED,
    (10, 2534022): _WINDOW_CLOSED,
    (551, 1545041): (Verdict.REFUSED, "person_unavailable"),
    (100, 2018001): (Verdict.GONE, "gone"),
    (100, 2534014): (Verdict.GONE, "gone"),
}
_INSTAGRAM_LOGIN: Final = "https://graph.instagram.com/"


def act(order: Order, access: Access, now: datetime) -> Plan:  # noqa: ARG001  the shape of every platform
    """A message to the person who wrote; later than 24 h after their last one it is refused. Raises CannotDo."""
    if order.kind is not ActKind.REPLY:
        raise CannotDo(order.kind.value)
    if not order.recipient:
        raise CannotDo("no_recipient")
    # Instagram's own host knows no `messaging_type`.
    more = {} if access.values.get("base_url", "").startswith(_INSTAGRAM_LOGIN) else {"messaging_type": "RESPONSE"}
    call = graph.message(order, access, {"id": order.recipient}, **more)
    return Plan(call, way=order.kind.value, repeatable=False)


def judge(order: Order, answer: HttpAnswer, now: datetime) -> Outcome:  # noqa: ARG001  the shape of every platform
    """The Graph error classes as verdicts; a success has the message's id."""
    failed = graph.failure(answer, now, repeatable=False, special=_SPECIAL)
    if failed is not None:
        return failed
    return graph.done(answer, now, answers.json_object(answer.body).get("message_id"), creates=True)


# --- reading back ---


def look_back(order: Order, access: Access) -> HttpCall | None:
    """The latest messages of the conversation with that person."""
    if order.kind is not ActKind.REPLY or not order.recipient:
        return None
    query = {"user_id": order.recipient, "fields": "messages.limit(50){id,message,from,created_time}"}
    path = f"{graph.segment(order.account)}/conversations"
    return graph.call("GET", access, path, query=query, action_id=order.action_id)


def settle(order: Order, answer: HttpAnswer) -> Outcome:
    """DONE when our words stand in the conversation, LATER when they certainly do not, UNKNOWN when it is not shown."""
    match graph.listed(answer):
        case [{"messages": dict(messages)}, *_]:
            pass
        case _:
            # The person wrote to us, so there is a conversation: an empty answer shows nothing.
            return Outcome(Verdict.UNKNOWN, why="unreadable_answer")

    def ours(message: Mapping[str, Any]) -> bool:
        author = message.get("from")
        return isinstance(author, dict) and answers.text_of(author.get("id")) == order.account

    return graph.found_among(order, graph.only(answer, messages), text="message", at="created_time", ours=ours)
