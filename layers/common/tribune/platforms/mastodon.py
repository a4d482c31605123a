"""Mastodon: mentions and replies, asked for; answered by a post of ours that names the person.

Set up: *Preferences, Development, New application* on the account's own server, with the scopes `read:notifications
read:statuses write:statuses write:favourites write:blocks` (or simply `read write`). `act` holds
`token`, the application's access token, which does not expire, and `server`, the address of the server
(`https://mastodon.example`). The account in our file is its id there, as `GET /api/v1/accounts/verify_credentials` says.
A server's webhooks are for its administrators: nobody else is told anything, so the account's notifications are asked
for, and its own posts, by which a person of the team who answers elsewhere is recognised.

A reply reaches the person only if it names them, and is as visible as what it answers: both are kept beside the words,
as long as the words are. Edits are seen when a notification is read again, deletions never. Posting takes an
`Idempotency-Key`, which a server remembers for an hour. Nothing can be hidden; a private answer is a direct post.

Sources: docs.joinmastodon.org, *notifications*, *statuses*, *accounts*, *Status*, *Rate limits* (4.4).
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from html import unescape
from typing import Any, ClassVar, Final
from urllib.parse import quote, urlencode

from tribune.channel import (
    Access,
    ActKind,
    Answer,
    Card,
    Delivery,
    Gathered,
    HttpAnswer,
    HttpCall,
    Item,
    Order,
    Outcome,
    Plan,
    Secrets,
    Sweep,
    Verdict,
)
from tribune.comment import Audience, Author, Comment, Media, Reaction, Said, Thread, Verb, words_hash
from tribune.errors import CannotDo, Forged, Unreadable, UnreadableBody
from tribune.platforms import answers, body, calls, shapes

CARD: Final = Card(
    name="mastodon",
    title="Mastodon account",
    audience=Audience.PUBLIC,
    can=frozenset({ActKind.REPLY, ActKind.PRIVATE, ActKind.LIKE, ActKind.DELETE, ActKind.BLOCK}),
    answer_within_s=10,
    text_limit=460,
    text_unit="mastodon",
    citation="link",
    reads_back=True,
    deletes_only_ours=True,
    pushes=False,
    polls=True,
    looks_up=True,
    note="Mentions, replies, boosts and favourites, asked for; answers in kind or privately, deletes only our own posts, blocks.",
)
"""Of a server's 500 characters, the @name that an answer begins with takes its part."""

KEY_LIVES: Final = timedelta(minutes=55)
"""A server remembers an `Idempotency-Key` for an hour."""
_VISIBILITIES: Final = ("public", "unlisted", "private", "direct")

# --- who speaks: nobody does, we ask ---


def handshake(delivery: Delivery, secrets: Secrets) -> Answer | None:  # noqa: ARG001  the shape of every platform
    """There is none."""
    return None


def verify(delivery: Delivery, secrets: Secrets, now: datetime) -> None:  # noqa: ARG001  the shape of every platform
    """Mastodon sends us nothing: whoever says so is not it. Raises Forged."""
    raise Forged("nothing is pushed on this channel")


def sign(body: bytes, secret: str, now: datetime, delivery_id: str) -> dict[str, str]:  # noqa: ARG001  the shape of every platform
    """There is nothing to sign."""
    return {}


def split(payload: Any) -> Iterable[Item]:  # noqa: ARG001  the shape of every platform
    """Nothing is pushed. Raises UnreadableBody."""
    raise UnreadableBody("nothing is pushed on this channel")


# --- asking ---

_NOTIFICATIONS: Final = "notifications"
_OWN: Final = "own"
_SIZES: Final = {_NOTIFICATIONS: 30, _OWN: 40}
"""A page stays far below what is read at once: a post with pictures, a preview and emoji of its own has hundreds of values."""
_TYPES: Final = ("mention", "favourite", "reblog")


def poll(sweep: Sweep, access: Access, now: datetime) -> HttpCall:  # noqa: ARG001  the shape of every platform
    """The next page of notifications, then of our own posts, newest first. Raises CannotDo."""
    what, before = _page(sweep)
    query = [("limit", str(_SIZES[what]))] + ([("max_id", before)] if before else [])
    if what == _NOTIFICATIONS:
        query += [("types[]", kind) for kind in _TYPES]
        return _call("GET", access, f"api/v1/notifications?{urlencode(query)}")
    query.append(("exclude_reblogs", "true"))
    return _call("GET", access, f"api/v1/accounts/{quote(sweep.account, safe='')}/statuses?{urlencode(query)}")


def _page(sweep: Sweep) -> tuple[str, str]:
    what, _, before = sweep.page.partition(":")
    return what or _NOTIFICATIONS, before


def gather(sweep: Sweep, answer: HttpAnswer, now: datetime) -> Gathered:
    """What was said or edited since the sweep's moment."""
    if not answers.succeeded(answer):
        return Gathered((), _asked_in_vain(answer, now))
    listed = _listed(answer)
    if listed is None:
        return Gathered((), Outcome(Verdict.LATER, why="unreadable_answer"))
    what, _ = _page(sweep)
    fresh = [one for one in listed if _since(sweep, one)]
    items = tuple(_item(sweep.account, one) for one in fresh)
    more = len(listed) >= _SIZES[what] and len(fresh) == len(listed)
    following = f"{what}:{quote(str(listed[-1].get('id')))}" if more else f"{_OWN}:" if what == _NOTIFICATIONS else ""
    return Gathered(items, Outcome(Verdict.DONE, until=_spent(answer, now)), page=following)


def _listed(answer: HttpAnswer) -> list[dict[str, Any]] | None:
    try:
        found = body.parse(answer.body)
    except UnreadableBody:
        return None
    return found if isinstance(found, list) and all(isinstance(one, dict) for one in found) else None


def _since(sweep: Sweep, listed: Mapping[str, Any]) -> bool:
    """A notification or post of that time or later; one that says no time is read, and found wanting there."""
    try:
        return shapes.instant(_text(listed.get("created_at")), "created_at") >= sweep.since
    except Unreadable:
        return True


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None


def _item(account: str, found: Mapping[str, Any]) -> Item:
    """A notification; a post of our own becomes one."""
    told = found if "type" in found else {"type": "status", "status": found}
    match told:
        case {"type": "mention", "status": {"in_reply_to_id": str(), "in_reply_to_account_id": answered}}:
            # Whether that is a post of ours or our answer to somebody is nowhere in it.
            return Item(account, told, incomplete=answers.text_of(answered) == account)
    return Item(account, told)


def lookup(item: Item, access: Access) -> HttpCall:
    """What a reply to us answers. Raises CannotDo."""
    above = answers.text_of(item.payload["status"].get("in_reply_to_id"))
    return _call("GET", access, f"api/v1/statuses/{quote(above or '', safe='')}")


def completed(item: Item, answer: HttpAnswer, now: datetime) -> tuple[Item | None, Outcome]:
    """The reply with what it answers; where that is gone or not shown, as it came."""
    above = answers.json_object(answer.body)
    if answers.succeeded(answer) and "id" in above:
        begins = above.get("in_reply_to_id") is None
        return Item(item.account, {**item.payload, "under_our_post": begins}), Outcome(Verdict.DONE)
    outcome = _asked_in_vain(answer, now)
    if outcome.verdict in (Verdict.GONE, Verdict.REFUSED):
        return Item(item.account, item.payload), Outcome(Verdict.DONE, why="not_shown")
    return None, outcome


# --- what was said ---


@dataclass(frozen=True, slots=True)
class _Account:
    __pydantic_config__: ClassVar = shapes.SHAPE
    id: str
    acct: str = ""
    username: str = ""
    display_name: str = ""


@dataclass(frozen=True, slots=True)
class _Mention:
    __pydantic_config__: ClassVar = shapes.SHAPE
    id: str = ""
    username: str = ""
    acct: str = ""


@dataclass(frozen=True, slots=True)
class _Status:
    __pydantic_config__: ClassVar = shapes.SHAPE
    id: str
    account: _Account
    created_at: str
    content: str = ""
    edited_at: str | None = None
    spoiler_text: str | None = None
    visibility: str = ""
    in_reply_to_id: str | None = None
    in_reply_to_account_id: str | None = None
    mentions: tuple[_Mention, ...] = ()
    media_attachments: Any = None
    poll: Any = None
    url: str | None = None
    language: str | None = None


@dataclass(frozen=True, slots=True)
class _Told:
    """A notification, or a post of our own in the shape of one."""

    __pydantic_config__: ClassVar = shapes.SHAPE
    type: str
    status: _Status | None = None
    id: str | None = None
    created_at: str | None = None
    account: _Account | None = None
    under_our_post: bool | None = None
    """What `completed` adds."""


def read(item: Item) -> Iterable[Said]:
    """Mentions, our own answers, boosts and favourites of our posts; nothing for the rest. Raises Unreadable."""
    if "type" not in item.payload:
        raise Unreadable("type (missing)")
    if item.payload["type"] not in ("status", *_TYPES):
        return []
    told = shapes.fit(_Told, item.payload)
    if told.status is None:
        raise Unreadable("status (missing)")
    if told.type in _REACTIONS:
        return [_reaction(item.account, told, told.status)]
    elsewhere = told.status.in_reply_to_account_id not in (None, item.account)
    if told.type == "status" and not (told.status.account.id == item.account and elsewhere):
        return []  # a post of ours that answers nobody else
    return [_comment(item.account, told, told.status)]


_REACTIONS: Final = {"favourite": "reaction", "reblog": "share"}


def _reaction(account: str, told: _Told, status: _Status) -> Reaction:
    kind, who = _REACTIONS[told.type], told.account
    post = shapes.identifier(status.id, "status.id")
    return Reaction(
        platform=CARD.name,
        account=account,
        object=shapes.identifier(f"{kind}:{post}:{who.id}" if who else None, "account.id"),
        kind=kind,
        said_at=shapes.instant(told.created_at, "created_at"),
        author=Author(id=who.id, name=_name(who)) if who else Author(id=None),
        thread=Thread(id=post, post=post),
    )


def _comment(account: str, told: _Told, status: _Status) -> Comment:
    identity = shapes.identifier(status.id, "status.id")
    said_at = shapes.instant(status.edited_at or status.created_at, "status.created_at")
    ours, text = status.account.id == account, _words(account, status)
    private = status.visibility == "direct"
    parent = None if told.under_our_post else status.in_reply_to_id
    head = _partner(status, ours=ours) if private else parent or identity
    return Comment(
        platform=CARD.name,
        account=account,
        object=identity,
        verb=Verb.EDITED if status.edited_at else Verb.CREATED,
        said_at=said_at,
        posted_at=said_at,
        author=Author(id=status.account.id, name=_name(status.account), is_ours=ours),
        thread=Thread(id=shapes.identifier(head, "status.account.acct"), post=status.in_reply_to_id or identity),
        text=text,
        parent=parent,
        audience=Audience.PRIVATE if private else Audience.PUBLIC,
        media=_media(status.media_attachments),
        url=shapes.web_address(status.url),
        language=status.language[:2].lower() if status.language else None,
        tagged=tuple(
            one.username for one in status.mentions if one.id != account and one.username and f"@{one.username}" in text
        ),
        address=f"{status.visibility} @{status.account.acct}" if not ours else None,
    )


def _partner(status: _Status, *, ours: bool) -> str | None:
    """The person with whom a direct post is exchanged, after whom the conversation is named."""
    return next((one.acct for one in status.mentions), None) if ours else status.account.acct


def _name(account: _Account) -> str | None:
    return account.display_name or account.username or None


_BLOCK: Final = r"</?(?:p|ul|ol|li|blockquote|pre)\b[^>]*>"
_BREAK: Final = re.compile(rf"<br\s*/?>|{_BLOCK}(?:\s*{_BLOCK})*", re.IGNORECASE)
_TAG: Final = re.compile(r"<[^>]*>")
_AT: Final = re.compile(r"@([\w.-]+)(?:@[\w.-]+)?\s*")


def _words(account: str, status: _Status) -> str:
    """The text of the HTML, behind its warning if there is one and before what a poll puts to the vote, without the name
    that only begins a reply: ours, or the one that our own answers begin with.
    """
    text = _plain(status.content)
    us = {one.username for one in status.mentions if one.id == account}
    first = _AT.match(text)
    if first and (status.account.id == account or first[1] in us):
        text = text[first.end() :]
    return "\n".join(part for part in (status.spoiler_text or "", text, *_choices(status.poll)) if part)


def _choices(poll: Any) -> list[str]:
    options = poll.get("options") if isinstance(poll, dict) else None
    listed = options if isinstance(options, list) else []
    return [one["title"] for one in listed if isinstance(one, dict) and isinstance(one.get("title"), str)]


def _plain(content: str) -> str:
    """HTML as a server sanitises it: paragraphs, lists, quotations, line breaks, links and spans; what is invisible of a
    link is read.
    """
    return unescape(_TAG.sub("", _BREAK.sub("\n", content))).strip()


_MEDIA: Final = {"image": Media.IMAGE, "gifv": Media.VIDEO, "video": Media.VIDEO, "audio": Media.VOICE}


def _media(attached: Any) -> Media:
    match attached:
        case [{"type": str(kind)}, *_]:
            return _MEDIA.get(kind, Media.FILE)
    return Media.NONE


# --- what we do ---


def act(order: Order, access: Access, now: datetime) -> Plan:
    """The request for the order; a post is repeatable while the server remembers its key. Raises CannotDo."""
    target = quote(order.target, safe="")
    if order.kind in _SPEAKING:
        call = _post(order, access)
        fresh = order.since is None or now - order.since < KEY_LIVES
        return Plan(call, way=order.kind.value, repeatable=fresh)
    if order.kind is ActKind.LIKE:
        call = _call("POST", access, f"api/v1/statuses/{target}/favourite", action=order.action_id)
    elif order.kind is ActKind.BLOCK and order.recipient:
        person = quote(order.recipient, safe="")
        call = _call("POST", access, f"api/v1/accounts/{person}/block", action=order.action_id)
    elif order.kind is ActKind.DELETE:
        call = _call("DELETE", access, f"api/v1/statuses/{target}", action=order.action_id)
    else:
        raise CannotDo(order.kind.value)
    return Plan(call, way=order.kind.value, repeatable=True)


_SPEAKING: Final = (ActKind.REPLY, ActKind.PRIVATE)


def _post(order: Order, access: Access) -> HttpCall:
    visibility, _, name = (order.recipient or "").partition(" ")
    if visibility not in _VISIBILITIES or not name.startswith("@"):
        raise CannotDo("no_recipient")
    status = {
        "status": f"{name} {order.text}",
        "in_reply_to_id": order.target,
        "visibility": "direct" if order.kind is ActKind.PRIVATE else visibility,
    }
    return _call("POST", access, "api/v1/statuses", action=order.action_id, status=status)


def _call(
    method: str, access: Access, path: str, *, action: str = "", status: Mapping[str, str] | None = None
) -> HttpCall:
    server = access.values.get("server")
    if not server:
        raise CannotDo("not_configured")
    once = {"idempotency-key": action} if status is not None else {}
    return calls.bearer(method, f"{server.rstrip('/')}/{path}", access, content=status, action=action, headers=once)


# --- what the platform answers ---

_WINDOW: Final = timedelta(minutes=5)
_STATUSES: Final = {
    answers.UNAUTHORIZED: (Verdict.TOKEN_DEAD, "token"),
    answers.FORBIDDEN: (Verdict.REFUSED, "permission"),
    answers.NOT_FOUND: (Verdict.GONE, "gone"),
    answers.GONE: (Verdict.GONE, "gone"),
}


def judge(order: Order, answer: HttpAnswer, now: datetime) -> Outcome:
    """The server's status codes as verdicts. A post in doubt stays so: its key and the time it began make it safe to repeat."""
    if answers.succeeded(answer):
        return _judge_success(order, answer, now)
    if answers.in_doubt(answer):
        return Outcome(Verdict.UNKNOWN if order.kind in _SPEAKING else Verdict.LATER, why="server_error")
    return _refused(answer, now)


def _judge_success(order: Order, answer: HttpAnswer, now: datetime) -> Outcome:
    created = answers.text_of(answers.json_object(answer.body).get("id"))
    if order.kind in _SPEAKING and not created:
        return Outcome(Verdict.UNKNOWN, why="unreadable_answer")
    return Outcome(Verdict.DONE, id=created if order.kind in _SPEAKING else None, until=_spent(answer, now))


def _refused(answer: HttpAnswer, now: datetime) -> Outcome:
    if answer.status == answers.TOO_MANY:
        return Outcome(
            Verdict.LIMITED, why="throttled", until=_reset(answer, now) or answers.come_back(answer, now, _WINDOW)
        )
    said = str(answers.json_object(answer.body).get("error")).lower()
    if answer.status == answers.FORBIDDEN and "disabled" in said:
        return Outcome(Verdict.TOKEN_DEAD, why="suspended")
    verdict, why = _STATUSES.get(answer.status, (Verdict.REFUSED, "refused"))
    return Outcome(verdict, why=why)


def _asked_in_vain(answer: HttpAnswer, now: datetime) -> Outcome:
    """A read that failed changed nothing."""
    if answers.succeeded(answer) or answers.in_doubt(answer):
        return Outcome(Verdict.LATER, why="server_error")
    return _refused(answer, now)


def _spent(answer: HttpAnswer, now: datetime) -> datetime | None:
    """When the window begins anew, where nothing is left of it."""
    return _reset(answer, now) if answer.headers.get("x-ratelimit-remaining") == "0" else None


def _reset(answer: HttpAnswer, now: datetime) -> datetime | None:
    """`X-RateLimit-Reset`, a moment in ISO 8601."""
    try:
        return now + answers.bounded(shapes.instant(answer.headers.get("x-ratelimit-reset"), "reset") - now)
    except Unreadable:
        return None


# --- reading back ---


def look_back(order: Order, access: Access) -> HttpCall | None:
    """What the account itself posted last."""
    if order.kind not in _SPEAKING:
        return None
    query = urlencode({"limit": str(_SIZES[_OWN]), "exclude_reblogs": "true"})
    return _call(
        "GET", access, f"api/v1/accounts/{quote(order.account, safe='')}/statuses?{query}", action=order.action_id
    )


def settle(order: Order, answer: HttpAnswer) -> Outcome:
    """DONE when our words answer the post, LATER when they certainly do not, UNKNOWN when it cannot be read whole."""
    listed = _listed(answer) if answers.succeeded(answer) else None
    if listed is None:
        return Outcome(Verdict.UNKNOWN, why="unreadable_answer")
    begun = Sweep(order.account, order.since - answers.CLOCKS_DIFFER) if order.since else None
    recent = [one for one in listed if begun is None or _since(begun, one)]
    for status in recent:
        if _is_this(status, order):
            return Outcome(Verdict.DONE, id=answers.text_of(status.get("id")), why="read_back")
    if len(listed) >= _SIZES[_OWN] and len(recent) == len(listed):
        return Outcome(Verdict.UNKNOWN, why="unreadable_answer")
    return Outcome(Verdict.LATER, why="read_back")


def _is_this(status: Mapping[str, Any], order: Order) -> bool:
    content = status.get("content")
    if not isinstance(content, str) or answers.text_of(status.get("in_reply_to_id")) != order.target:
        return False
    text = _plain(content)
    name = _AT.match(text)
    return words_hash(text[name.end() :] if name else text) == words_hash(order.text)
