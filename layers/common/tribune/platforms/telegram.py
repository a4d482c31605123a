"""Telegram groups and the discussions under a channel's posts, through a bot.

Set-up: make a bot with @BotFather, switch its privacy mode off (or make it an administrator of the group: only then
does it see what members say), and let `setWebhook` point at us with `secret_token` = the channel's `verify.current` and
`allowed_updates` = message, edited_message, message_reaction. An account is a chat: its id as Telegram writes it
(`-1001234567890`); private messages to the bot are the account `direct`. `act.token` is the bot's token. Where our people
answer as the channel that the group belongs to, `accounts[].username` is that channel's public name: Telegram says which
channel that is only under its own posts, and members may speak as channels of theirs.

Telegram signs nothing: the secret in a header is all that proves the sender. It tells of no deletion, a bot never
receives its own messages and cannot read a chat back, so an answer whose outcome is unknown goes to a person.
Telegram puts the token into the address of every call: addresses are never logged.
Source: core.telegram.org/bots/api (Bot API 9).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from json import dumps
from re import ASCII
from re import compile as pattern
from typing import Any, ClassVar, Final

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
from tribune.comment import Audience, Author, Comment, Media, Reaction, Said, Thread, Verb
from tribune.errors import CannotDo, UnreadableBody
from tribune.platforms import answers, shapes, signatures

CARD: Final = Card(
    name="telegram",
    title="Telegram group",
    audience=Audience.PUBLIC,
    can=frozenset({ActKind.REPLY, ActKind.DELETE, ActKind.LIKE, ActKind.BLOCK}),
    answer_within_s=10,
    text_limit=4096,
    text_unit="utf16",
    citation="link",
    reads_back=False,
    signs_body=False,
    note="Groups, discussions under a channel's posts, private messages; answers under the message, cannot hide.",
)

BASE_URL: Final = "https://api.telegram.org"
SECRET: Final = "x-telegram-bot-api-secret-token"  # noqa: S105  the name of a header
DIRECT: Final = "direct"
"""The account of whatever is written to the bot itself."""

# --- who speaks ---


def handshake(delivery: Delivery, secrets: Secrets) -> Answer | None:  # noqa: ARG001  the shape of every platform
    """Telegram has none."""
    return None


def verify(delivery: Delivery, secrets: Secrets, now: datetime) -> None:  # noqa: ARG001  Telegram signs no time
    """The secret we gave to `setWebhook`, in a header. Raises Forged."""
    signatures.verify_token(delivery.headers.get(SECRET), secrets)


def sign(body: bytes, secret: str, now: datetime, delivery_id: str) -> dict[str, str]:  # noqa: ARG001  the shape of every platform
    """The headers Telegram would send with `body`."""
    return {"content-type": "application/json", SECRET: signatures.the_token(secret)}


# --- what was said ---

_MESSAGES: Final = ("message", "edited_message")
_REACTION: Final = "message_reaction"


def split(payload: Any) -> Iterable[Item]:
    """The one event of an update; none for the kinds that concern no comment. Raises UnreadableBody."""
    match payload:
        case {"update_id": int()}:
            pass
        case _:
            raise UnreadableBody("no `update_id`")
    for kind in (*_MESSAGES, _REACTION):
        match payload.get(kind):
            case {"chat": {"id": int(chat), "type": str(shape)}}:
                return [Item(DIRECT if shape == "private" else str(chat), payload)]
            case None:
                continue
            case _:
                raise UnreadableBody(f"{kind} without its chat")
    return []


@dataclass(frozen=True, slots=True)
class _User:
    __pydantic_config__: ClassVar = shapes.SHAPE
    id: str
    is_bot: bool = False
    first_name: str = ""
    last_name: str = ""
    language_code: str | None = None


@dataclass(frozen=True, slots=True)
class _Chat:
    __pydantic_config__: ClassVar = shapes.SHAPE
    id: str
    type: str = ""
    title: str = ""
    username: str | None = None


@dataclass(frozen=True, slots=True)
class _Entity:
    __pydantic_config__: ClassVar = shapes.SHAPE
    type: str
    offset: int
    length: int


@dataclass(frozen=True, slots=True)
class _Answered:
    __pydantic_config__: ClassVar = shapes.SHAPE
    message_id: str
    sender_chat: _Chat | None = None
    is_automatic_forward: bool = False


@dataclass(frozen=True, slots=True)
class _Message:
    __pydantic_config__: ClassVar = shapes.SHAPE
    message_id: str
    date: int
    chat: _Chat
    from_: _User | None = None
    sender_chat: _Chat | None = None
    edit_date: int | None = None
    text: str | None = None
    caption: str | None = None
    entities: tuple[_Entity, ...] = ()
    caption_entities: tuple[_Entity, ...] = ()
    reply_to_message: _Answered | None = None
    message_thread_id: str | None = None
    is_automatic_forward: bool = False
    is_topic_message: bool = False
    photo: tuple[Any, ...] = ()
    video: Any = None
    video_note: Any = None
    animation: Any = None
    voice: Any = None
    audio: Any = None
    document: Any = None
    sticker: Any = None
    contact: Any = None
    location: Any = None
    venue: Any = None
    poll: Any = None
    dice: Any = None
    game: Any = None
    story: Any = None
    checklist: Any = None
    paid_media: Any = None


@dataclass(frozen=True, slots=True)
class _Reacted:
    __pydantic_config__: ClassVar = shapes.SHAPE
    chat: _Chat
    message_id: str
    date: int
    user: _User | None = None
    actor_chat: _Chat | None = None
    new_reaction: tuple[Any, ...] = ()


def read(item: Item) -> Iterable[Said]:
    """The message as written or edited, or the reaction; nothing for the rest. Raises Unreadable."""
    if _REACTION in item.payload:
        return _reaction(item.account, shapes.fit(_Reacted, item.payload[_REACTION]))
    for kind, verb in zip(_MESSAGES, (Verb.CREATED, Verb.EDITED), strict=True):
        if kind in item.payload:
            return _message(item.account, verb, shapes.fit(_Message, item.payload[kind]))
    return []


def _message(account: str, verb: Verb, message: _Message) -> Iterable[Comment]:
    media = _media(message)
    text = _words(message)
    if message.is_automatic_forward or (text is None and media is Media.NONE):
        return []  # the channel's own post, or news about the chat (somebody joined, a title changed)
    if message.from_ is not None and message.from_.is_bot and message.sender_chat is None:
        return []
    said_at = shapes.instant(message.edit_date if verb is Verb.EDITED else message.date, "date")
    own_id = shapes.identifier(message.message_id, "message_id")
    author = _author(message)
    return [
        Comment(
            platform=CARD.name,
            account=account,
            object=_object(message.chat, own_id),
            verb=verb,
            said_at=said_at,
            posted_at=said_at,
            author=author,
            thread=_thread(account, message),
            text=text or "",
            parent=_parent(message),
            audience=Audience.PRIVATE if account == DIRECT else Audience.PUBLIC,
            media=media,
            url=_address(message),
            language=(message.from_.language_code or "")[:2].lower() or None if message.from_ else None,
            tagged=_tagged(message),
            led_elsewhere=_is_a_channel(message) and not author.is_ours,
        )
    ]


def _words(message: _Message) -> str | None:
    """What was written, also where it stands in something else than a text: a question put to everybody, a place."""
    match message.poll, message.venue:
        case {"question": str(question), "options": list(options)}, _:
            choices = [one["text"] for one in options if isinstance(one, dict) and isinstance(one.get("text"), str)]
            return "\n".join((question, *choices))
        case _, {"title": str(title), "address": str(address)}:
            return f"{title}\n{address}"
    return message.text if message.text is not None else message.caption


def _reaction(account: str, reacted: _Reacted) -> Iterable[Reaction]:
    actor = reacted.user or reacted.actor_chat
    who = actor.id if actor else "somebody"
    return [
        Reaction(
            platform=CARD.name,
            account=account,
            object=f"reaction_{_object(reacted.chat, reacted.message_id)}_{who}",
            kind="reaction",
            said_at=shapes.instant(reacted.date, "date"),
            author=Author(id=actor.id if actor else None),
            thread=Thread(id=_object(reacted.chat, reacted.message_id), post=reacted.chat.id),
            undone=not reacted.new_reaction,
        )
    ]


def _author(message: _Message) -> Author:
    """An administrator who speaks as the group, and whoever speaks as the channel whose post is answered, speaks for the house.

    Members speak as channels of their own too: elsewhere in the group a channel is ours by its unique name alone.
    """
    speaker, answered = message.sender_chat, message.reply_to_message
    if speaker is not None:
        post = answered.sender_chat if answered and answered.is_automatic_forward else None
        linked = post is not None and post.id == speaker.id
        ours = speaker.id == message.chat.id or linked
        return Author(speaker.id, speaker.title or None, is_ours=ours, username=speaker.username)
    if message.from_ is None:
        return Author(id=None)
    name = f"{message.from_.first_name} {message.from_.last_name}".strip()
    return Author(message.from_.id, name or None)


def _is_a_channel(message: _Message) -> bool:
    """It may be ours, which is then not told: the machine never answers it."""
    return message.sender_chat is not None and message.sender_chat.type == "channel"


def _parent(message: _Message) -> str | None:
    """The message it answers; under a channel's post, the post is no message of a member."""
    answered = message.reply_to_message
    if answered is None or answered.is_automatic_forward:
        return None
    if message.is_topic_message and answered.message_id == message.message_thread_id:
        return None
    return _object(message.chat, answered.message_id)


def _thread(account: str, message: _Message) -> Thread:
    """The message that opened it, as far as the update says: an answer to an answer names the one above it."""
    if account == DIRECT:
        return Thread(id=message.chat.id, post=message.chat.id)
    post = _object(message.chat, message.message_thread_id) if message.message_thread_id else message.chat.id
    return Thread(id=_parent(message) or _object(message.chat, message.message_id), post=post)


def _object(chat: _Chat, message_id: str) -> str:
    """Telegram numbers the messages of each chat: an id needs both."""
    return f"{chat.id}_{message_id}"


def _address(message: _Message) -> str | None:
    """Where people can open it: a public group by its name, a private one by its number (for its members only)."""
    if message.chat.username and _NAME.fullmatch(message.chat.username):
        return f"https://t.me/{message.chat.username}/{message.message_id}"
    if message.chat.id.startswith(_SUPERGROUP):
        return f"https://t.me/c/{message.chat.id.removeprefix(_SUPERGROUP)}/{message.message_id}"
    return None


_NAME: Final = pattern(r"[A-Za-z0-9_]{3,64}", ASCII)
_SUPERGROUP: Final = "-100"


def _tagged(message: _Message) -> tuple[str, ...]:
    """Names of persons as they stand in the text; Telegram counts in UTF-16 units."""
    entities = message.entities if message.text is not None else message.caption_entities
    units = (message.text or message.caption or "").encode("utf-16-le", "surrogatepass")
    named = (
        units[2 * one.offset : 2 * (one.offset + one.length)].decode("utf-16-le", "replace").removeprefix("@")
        for one in entities
        if one.type in ("mention", "text_mention") and one.offset >= 0
    )
    return tuple(name for name in named if name)


def _media(message: _Message) -> Media:
    for found, media in (
        (message.photo, Media.IMAGE),
        (message.video or message.video_note or message.animation, Media.VIDEO),
        (message.voice or message.audio, Media.VOICE),
        (message.sticker or message.dice, Media.STICKER),
        (message.document or message.contact or message.location or message.game or message.story, Media.FILE),
        (message.poll or message.checklist or message.paid_media, Media.FILE),
    ):
        if found:
            return media
    return Media.NONE


# --- what we do ---

LIKE: Final = "👍"


def act(order: Order, access: Access, now: datetime) -> Plan:  # noqa: ARG001  the shape of every platform
    """An answer under the message, its deletion, a thumb, a ban. Raises CannotDo."""
    chat, message = _place(order)
    match order.kind:
        case ActKind.REPLY:
            body = {
                "chat_id": chat,
                "text": order.text,
                "reply_parameters": {"message_id": message},
                "link_preview_options": {"is_disabled": True},
            }
            return Plan(_call("sendMessage", access, body), "reply", repeatable=False)
        case ActKind.DELETE:
            body = {"chat_id": chat, "message_id": message}
            return Plan(_call("deleteMessage", access, body), "delete", repeatable=True)
        case ActKind.LIKE:
            body = {"chat_id": chat, "message_id": message, "reaction": [{"type": "emoji", "emoji": LIKE}]}
            return Plan(_call("setMessageReaction", access, body), "like", repeatable=True)
        case ActKind.BLOCK if order.recipient and _NUMBER.fullmatch(order.recipient):
            whom = int(order.recipient)
            # Who speaks as a channel is that channel to us, and a channel has a negative number.
            method, name = ("banChatMember", "user_id") if whom > 0 else ("banChatSenderChat", "sender_chat_id")
            return Plan(_call(method, access, {"chat_id": chat, name: whom}), "block", repeatable=True)
    raise CannotDo(order.kind.value)


_NUMBER: Final = pattern(r"-?[0-9]{1,19}", ASCII)
_OBJECT: Final = pattern(r"(-?[0-9]{1,19})_([0-9]{1,19})", ASCII)


def _place(order: Order) -> tuple[int, int]:
    """Chat and message."""
    found = _OBJECT.fullmatch(order.target)
    if found is None:
        raise CannotDo("no_such_object")
    return int(found[1]), int(found[2])


def _call(method: str, access: Access, body: Mapping[str, object]) -> HttpCall:
    token = access.values.get("token", "")
    if not _TOKEN.fullmatch(token):
        raise CannotDo("not_configured")
    base = access.values.get("base_url", BASE_URL).rstrip("/")
    content = dumps(body, ensure_ascii=False).encode()
    return HttpCall("POST", f"{base}/bot{token}/{method}", {"content-type": "application/json"}, content)


_TOKEN: Final = pattern(r"[A-Za-z0-9:_\-]{6,100}", ASCII)


# --- what the platform answers ---

_RATE: Final = timedelta(minutes=1)
_GONE: Final = ("message to be replied not found", "message to reply not found", "message not found")
_DONE: Final = ("message to delete not found",)
_UNREACHED: Final = ("bot was blocked by the user", "user is deactivated", "can't initiate conversation")
"""One person does not want us, or is no more: the others can still be answered."""


def judge(order: Order, answer: HttpAnswer, now: datetime) -> Outcome:
    """`ok` is done; 429 says how long to wait; a token that Telegram does not know parks the channel."""
    said = answers.json_object(answer.body)
    if answers.succeeded(answer) and said.get("ok") is True:
        return Outcome(Verdict.DONE, id=_created(said.get("result")))
    description = str(said.get("description") or "").lower()
    if answer.status == answers.TOO_MANY:
        return Outcome(Verdict.LIMITED, why="throttled", until=_until(said, answer, now))
    if answers.in_doubt(answer) or answers.succeeded(answer):
        return Outcome(Verdict.UNKNOWN if order.kind is ActKind.REPLY else Verdict.LATER, why="server_error")
    return _refusal(answer, description)


def _refusal(answer: HttpAnswer, description: str) -> Outcome:
    """Telegram says why in words: those that mean something else than no."""
    if answer.status in (answers.UNAUTHORIZED, answers.NOT_FOUND):
        return Outcome(Verdict.TOKEN_DEAD, why="token")
    if any(text in description for text in _DONE):
        return Outcome(Verdict.DONE, why="gone_already")
    if any(text in description for text in _GONE):
        return Outcome(Verdict.GONE, why="message_gone")
    if any(text in description for text in _UNREACHED):
        return Outcome(Verdict.REFUSED, why="person_unavailable")
    if answer.status == answers.FORBIDDEN or "not enough rights" in description:
        return Outcome(Verdict.REFUSED, why="not_allowed", unable=True)
    return Outcome(Verdict.REFUSED, why="chat_moved" if "upgraded to a supergroup" in description else "refused")


def _created(result: Any) -> str | None:
    match result:
        case {"message_id": int(number), "chat": {"id": int(chat)}}:
            return f"{chat}_{number}"
    return None


def _until(said: Mapping[str, Any], answer: HttpAnswer, now: datetime) -> datetime:
    match said.get("parameters"):
        case {"retry_after": int(seconds)} if seconds > 0:
            return now + answers.bounded(timedelta(seconds=min(seconds, 10**6)))
    return answers.come_back(answer, now, _RATE)


def look_back(order: Order, access: Access) -> HttpCall | None:  # noqa: ARG001  the shape of every platform
    """A bot cannot read a chat."""
    return None


def settle(order: Order, answer: HttpAnswer) -> Outcome:  # noqa: ARG001  the shape of every platform
    """Nothing is ever read back."""
    return Outcome(Verdict.UNKNOWN, why="no_read_back")
