"""The generic channel: any blog or forum that speaks Standard Webhooks, both ways.

In: `comment.created`, `comment.edited`, `comment.deleted`. Out, to the channel's `reply_url`: `reply.create`,
`comment.hide`, `comment.unhide`, signed, `webhook-id` = our action id, so that the other side can repeat safely.
Set-up: one shared secret, `whsec_` and at least 24 random bytes in base64: `verify.current` of the channel. The site posts
to `…/webhooks/generic`, the channel's `reply_url` is where our acts go, signed with the same secret unless `act.secret` is
another. An account is whatever the site calls its `space`.

Source: Standard Webhooks 1.0.0; the events are ours, described in the README.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from json import dumps
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
from tribune.comment import Audience, Author, Comment, Said, Thread, Verb
from tribune.errors import BadConfiguration, CannotDo, Unreadable, UnreadableBody
from tribune.platforms import answers, shapes, signatures

CARD: Final = Card(
    name="generic",
    title="Any site (Standard Webhooks)",
    audience=Audience.PUBLIC,
    can=frozenset({ActKind.REPLY, ActKind.HIDE, ActKind.UNHIDE}),
    answer_within_s=15,
    text_limit=10000,
    text_unit="codepoints",
    citation="link",
    reads_back=False,
    note="Comments of a blog or forum, edited and deleted ones too; answers and hides by a signed webhook.",
)

# --- who speaks ---


def handshake(delivery: Delivery, secrets: Secrets) -> Answer | None:  # noqa: ARG001  the shape of every platform
    """Standard Webhooks has none."""
    return None


def verify(delivery: Delivery, secrets: Secrets, now: datetime) -> None:
    """`webhook-id`, `webhook-timestamp` (±300 s) and `webhook-signature` over the raw body. Raises Forged."""
    signatures.verify_standard(delivery.headers, delivery.body, secrets, now)


def sign(body: bytes, secret: str, now: datetime, delivery_id: str) -> dict[str, str]:
    """The headers a site would send with `body`."""
    return {"content-type": "application/json", **signatures.sign_standard(body, secret, now, delivery_id)}


# --- what was said ---

_VERBS: Final = {
    "comment.created": Verb.CREATED,
    "comment.edited": Verb.EDITED,
    "comment.deleted": Verb.DELETED,
}


def split(payload: Any) -> Iterable[Item]:
    """The one event of a delivery; none for a type we do not know. Raises UnreadableBody."""
    match payload:
        case {"type": str(kind), "data": {"space": str(account)}} if kind in _VERBS and account:
            return [Item(account, payload)]
        case {"type": str(kind)} if kind not in _VERBS:
            return []
    raise UnreadableBody("no `type` with `data` that names its `space`")


@dataclass(frozen=True, slots=True)
class _Author:
    __pydantic_config__: ClassVar = shapes.SHAPE
    id: str | None = None
    name: str | None = None
    is_self: bool = False


@dataclass(frozen=True, slots=True)
class _Thread:
    __pydantic_config__: ClassVar = shapes.SHAPE
    id: str
    url: str | None = None


@dataclass(frozen=True, slots=True)
class _Data:
    __pydantic_config__: ClassVar = shapes.SHAPE
    id: str
    space: str
    thread: _Thread
    text: str | None = None
    lang: str | None = None
    url: str | None = None
    created_at: str | None = None
    author: _Author = _Author()
    parent_id: str | None = None


@dataclass(frozen=True, slots=True)
class _Event:
    __pydantic_config__: ClassVar = shapes.SHAPE
    type: str
    data: _Data
    timestamp: str | None = None


def read(item: Item) -> Iterable[Said]:
    """The comment as created, edited or deleted; nothing for other types. Raises Unreadable."""
    verb = _VERBS.get(str(item.payload.get("type")))
    if verb is None:
        return []
    event = shapes.fit(_Event, item.payload)
    data = event.data
    if verb is Verb.CREATED:
        said_at = shapes.instant(data.created_at or event.timestamp, "data.created_at")
    else:
        # Without a time of its own, an edit still follows the words it edits.
        said_at = shapes.instant(event.timestamp or data.created_at, "timestamp")
    if verb is not Verb.DELETED and data.text is None:
        raise Unreadable("data.text (missing)")
    thread = shapes.identifier(data.thread.id, "data.thread.id")
    return [
        Comment(
            platform=CARD.name,
            account=item.account,
            object=shapes.identifier(data.id, "data.id"),
            verb=verb,
            said_at=said_at,
            posted_at=said_at,
            # Whether a site's names are unique its owner knows: only then does the account have a `username`.
            author=Author(data.author.id, data.author.name, is_ours=data.author.is_self, username=data.author.name),
            thread=Thread(id=thread, post=thread, url=shapes.web_address(data.thread.url)),
            text=(data.text or "") if verb is not Verb.DELETED else "",
            parent=shapes.identifier(data.parent_id, "data.parent_id") if data.parent_id else None,
            url=shapes.web_address(data.url),
            language=data.lang[:2].lower() if data.lang else None,
        )
    ]


# --- what we do ---

_TYPES: Final = {
    ActKind.REPLY: "reply.create",
    ActKind.HIDE: "comment.hide",
    ActKind.UNHIDE: "comment.unhide",
}


def act(order: Order, access: Access, now: datetime) -> Plan:
    """A signed webhook to `reply_url`; its id is the action's, so repeating it is harmless. Raises CannotDo."""
    kind = _TYPES.get(order.kind)
    if kind is None:
        raise CannotDo(order.kind.value)
    address, secret = access.values.get("reply_url"), access.values.get("secret")
    if not address or not secret:
        raise CannotDo("not_configured")
    data = {"id": order.action_id, "target": order.target, "thread": order.thread}
    if order.kind is ActKind.REPLY:
        data["text"] = order.text
    body = dumps({"type": kind, "timestamp": now.isoformat(), "data": data}, ensure_ascii=False).encode("utf-8")
    try:
        headers = sign(body, secret, now, order.action_id)
    except BadConfiguration:
        raise CannotDo("not_configured") from None
    return Plan(HttpCall("POST", address, headers, body), way=order.kind.value, repeatable=True)


# --- what the site answers ---

_RATE: Final = timedelta(minutes=1)


def judge(order: Order, answer: HttpAnswer, now: datetime) -> Outcome:  # noqa: ARG001  the shape of every platform
    """2xx and 409 are done; other 4xx and redirects are a definite no; the rest is worth repeating."""
    if answers.succeeded(answer) or answer.status == answers.CONFLICT:
        created = answers.text_of(answers.json_object(answer.body).get("id"))
        return Outcome(Verdict.DONE, id=created, why="" if answers.succeeded(answer) else "already_accepted")
    if answer.status == answers.TOO_MANY:
        return Outcome(Verdict.LIMITED, why="throttled", until=answers.come_back(answer, now, _RATE))
    if answers.in_doubt(answer):
        return Outcome(Verdict.LATER, why="server_error")
    return Outcome(Verdict.REFUSED, why="endpoint_gone" if answer.status == answers.GONE else "refused")


def look_back(order: Order, access: Access) -> HttpCall | None:  # noqa: ARG001  the shape of every platform
    """There is nothing to read; sending again settles it."""
    return None


def settle(order: Order, answer: HttpAnswer) -> Outcome:  # noqa: ARG001  the shape of every platform
    """Nothing is ever read back."""
    return Outcome(Verdict.UNKNOWN, why="no_read_back")
