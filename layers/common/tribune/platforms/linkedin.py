"""LinkedIn organisation pages: comments, their edits and deletions, mentions, likes and shares of a page's posts.

Set up: an app of a registered company with the *Community Management API* product approved (development tier first:
500 calls a day and, it seems, no webhooks). A person who is ADMINISTRATOR of the page grants it
`rw_organization_admin r_organization_social_feed w_organization_social_feed`. `verify.current` is the app's client
secret, which signs deliveries and answers the challenge; `act` holds `token` (60 days), `refresh_token` (365 days from
the person's consent, however often it is used: once a year somebody consents again), `client_id`, `client_secret`,
`expires_at`, and `version`, the month of the API (`202607`; LinkedIn retires each after about a year). Register
`…/webhooks/linkedin` in the portal's *Webhooks* tab, then subscribe the page with

    PUT https://api.linkedin.com/rest/eventSubscriptions/(developerApplication:urn%3Ali%3AdeveloperApplication%3A{app},
        user:urn%3Ali%3Aperson%3A{person},entity:urn%3Ali%3Aorganization%3A{page},
        eventType:ORGANIZATION_SOCIAL_ACTION_NOTIFICATIONS)      {"webhook": "https://…/webhooks/linkedin"}

The subscription ends with that person's grant or role. The account in our file is `urn:li:organization:{page}`.

A notification does not say which comment a comment answers, and may come without its text: each is completed by asking
for it. LinkedIn hides nothing and knows no private answer. Its terms let us keep what members wrote for 48 hours and
their profiles for 24: no name is ever asked for.

Sources: Microsoft Learn, LinkedIn, *Webhooks*, *Organization social action notifications*, *Comments API*,
*Reactions API*, *Error handling*, *Refresh tokens with OAuth 2.0* (2026-07).
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hmac import digest
from json import dumps
from typing import Any, ClassVar, Final
from urllib.parse import quote

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
from tribune.comment import Audience, Author, Comment, Media, Reaction, Said, Thread, Verb, milliseconds, words_hash
from tribune.errors import BadConfiguration, CannotDo, Unreadable, UnreadableBody, WrongToken
from tribune.platforms import answers, calls, oauth, shapes, signatures

CARD: Final = Card(
    name="linkedin",
    title="LinkedIn page",
    audience=Audience.PUBLIC,
    can=frozenset({ActKind.REPLY, ActKind.DELETE, ActKind.LIKE}),
    answer_within_s=3,
    text_limit=1250,
    text_unit="utf16",
    citation="link",
    reads_back=True,
    note="Comments of a page's posts, edits, deletions, mentions, likes and shares; answers, likes, deletes, cannot hide.",
    polls=True,
    looks_up=True,
    refreshes=True,
    words_kept=timedelta(hours=48),
)

BASE_URL: Final = "https://api.linkedin.com"
OAUTH_URL: Final = "https://www.linkedin.com"
VERSION: Final = "202607"
SIGNATURE: Final = "x-li-signature"
_PREFIX: Final = "hmacsha256="
"""Stands in what is signed; some say also in the header."""

# --- who speaks ---

_UUID: Final = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


def handshake(delivery: Delivery, secrets: Secrets) -> Answer | None:
    """`challengeCode` and its signature. Raises WrongToken for what is no UUID: nothing else is ever signed for anybody."""
    if delivery.method != "GET" or "challengeCode" not in delivery.query:
        return None
    code = delivery.query["challengeCode"]
    if not _UUID.fullmatch(code):
        raise WrongToken("not a challenge that LinkedIn would send")
    if not secrets.current:
        raise BadConfiguration("the secret is empty")
    response = digest(secrets.current.encode(), code.encode("ascii"), "sha256").hex()
    return Answer(200, dumps({"challengeCode": code, "challengeResponse": response}), "application/json")


def verify(delivery: Delivery, secrets: Secrets, now: datetime) -> None:  # noqa: ARG001  LinkedIn signs no time
    """`X-LI-Signature` over `hmacsha256=` and the raw body. Raises Forged."""
    header = delivery.headers.get(SIGNATURE)
    given = header.removeprefix(_PREFIX) if header else None
    signatures.verify_hex(given, _PREFIX.encode("ascii") + delivery.body, secrets, "")


def sign(body: bytes, secret: str, now: datetime, delivery_id: str) -> dict[str, str]:  # noqa: ARG001  the shape of every platform
    """The headers LinkedIn would send with `body`."""
    signed = signatures.sign_hex(_PREFIX.encode("ascii") + body, secret, "")
    return {"content-type": "application/json", SIGNATURE: signed}


# --- what things are called ---

_COMMENT: Final = re.compile(
    r"urn:li:comment:\((?:urn:li:)?(?P<kind>[A-Za-z]{1,32}):(?P<object>[A-Za-z0-9_-]{1,64}),(?P<id>[A-Za-z0-9_-]{1,64})\)"
)
_URN: Final = re.compile(r"urn:li:[A-Za-z]{1,32}:[A-Za-z0-9_-]{1,64}")
_PERSON: Final = re.compile(r"urn:li:(?:person|organization|member):[A-Za-z0-9_-]{1,64}")


@dataclass(frozen=True, slots=True)
class _Named:
    """A comment by its two ids: what it hangs from, and its own."""

    object: str
    id: str

    @property
    def urn(self) -> str:
        """The one form that we use, of the two that LinkedIn writes."""
        return f"urn:li:comment:({self.object},{self.id})"


def _named(urn: object) -> _Named | None:
    """`urn:li:comment:(activity:1,2)` and `urn:li:comment:(urn:li:activity:1,2)` name the same comment."""
    match = _COMMENT.fullmatch(urn) if isinstance(urn, str) else None
    return _Named(f"urn:li:{match['kind']}:{match['object']}", match["id"]) if match else None


# --- what was said ---

_TYPE: Final = "ORGANIZATION_SOCIAL_ACTION_NOTIFICATIONS"
_VERBS: Final = {
    "COMMENT": Verb.CREATED,
    "ADMIN_COMMENT": Verb.CREATED,
    "COMMENT_EDIT": Verb.EDITED,
    "COMMENT_DELETE": Verb.DELETED,
}


def split(payload: Any) -> Iterable[Item]:
    """One item per notification, at most ten; none of other types. Raises UnreadableBody."""
    match payload:
        case {"type": str(kind), "notifications": list(listed)} if kind == _TYPE:
            if not all(isinstance(one, dict) and isinstance(one.get("organizationalEntity"), str) for one in listed):
                raise UnreadableBody("a notification without its organization")
            return [_item(one) for one in listed]
        case {"type": str(kind)} if kind != _TYPE:
            return []
    raise UnreadableBody("no `type` with its `notifications`")


def _item(notification: Mapping[str, Any]) -> Item:
    verb = _VERBS.get(str(notification.get("action")))
    return Item(notification["organizationalEntity"], notification, incomplete=verb in (Verb.CREATED, Verb.EDITED))


@dataclass(frozen=True, slots=True)
class _Words:
    """A comment or a share, as a notification decorates it."""

    __pydantic_config__: ClassVar = shapes.SHAPE
    owner: str | None = None
    text: str | None = None
    entity: str | None = None


@dataclass(frozen=True, slots=True)
class _Decorated:
    __pydantic_config__: ClassVar = shapes.SHAPE
    comment: _Words | None = None
    share: _Words | None = None


@dataclass(frozen=True, slots=True)
class _Message:
    __pydantic_config__: ClassVar = shapes.SHAPE
    text: str | None = None
    attributes: Any = None


@dataclass(frozen=True, slots=True)
class _Whole:
    """A comment as the Comments API has it: what a notification leaves out."""

    __pydantic_config__: ClassVar = shapes.SHAPE
    actor: str | None = None
    message: _Message = _Message()
    parentComment: str | None = None  # noqa: N815  LinkedIn's own name
    content: Any = None


@dataclass(frozen=True, slots=True)
class _Notification:
    __pydantic_config__: ClassVar = shapes.SHAPE
    action: str
    lastModifiedAt: int | str  # noqa: N815  LinkedIn's own name
    notificationId: str | None = None  # noqa: N815  LinkedIn's own name
    sourcePost: str | None = None  # noqa: N815  LinkedIn's own name
    generatedActivity: str | None = None  # noqa: N815  LinkedIn's own name
    decoratedGeneratedActivity: _Decorated | None = None  # noqa: N815  LinkedIn's own name
    whole: _Whole | None = None
    """What `completed` adds."""


def read(item: Item) -> Iterable[Said]:
    """Comments, mentions in other people's posts, likes and shares; nothing for the rest. Raises Unreadable."""
    if not isinstance(item.payload, dict) or "action" not in item.payload:
        raise Unreadable("action (missing)")
    reader = _READERS.get(str(item.payload["action"]))
    said = reader(item.account, shapes.fit(_Notification, item.payload)) if reader else None
    return [] if said is None else [said]


def _decoration(told: _Notification) -> _Decorated:
    return told.decoratedGeneratedActivity or _Decorated()


def _read_comment(account: str, told: _Notification) -> Said | None:
    decorated = _decoration(told).comment or _Words()
    named = _named(told.generatedActivity) or _named(decorated.entity)
    if named is None:
        raise Unreadable("generatedActivity (no comment)")
    verb, whole = _VERBS[told.action], told.whole or _Whole()
    deleted = verb is Verb.DELETED
    # The words of the notification, where it has some: asked again later, the comment may have been edited.
    text = "" if deleted else decorated.text if decorated.text is not None else whole.message.text or ""
    owner = decorated.owner or whole.actor
    ours = told.action == "ADMIN_COMMENT" or owner == account
    said_at = shapes.instant(told.lastModifiedAt, "lastModifiedAt")
    parent = _named(whole.parentComment)
    return Comment(
        platform=CARD.name,
        account=account,
        object=shapes.identifier(named.urn, "generatedActivity"),
        verb=verb,
        said_at=said_at,
        posted_at=said_at,
        author=Author(id=owner if owner and _PERSON.fullmatch(owner) else None, is_ours=ours),
        thread=Thread(id=(parent or named).urn, post=told.sourcePost or named.object),
        text=text,
        parent=parent.urn if parent else None,
        media=_media(whole.content, text) if not deleted else Media.NONE,
        url=_address(named),
        tagged=_tagged(whole.message, text),
    )


def _address(named: _Named) -> str:
    return f"https://www.linkedin.com/feed/update/{named.object}/?commentUrn={quote(named.urn, safe='')}"


def _media(content: Any, text: str) -> Media:
    """A comment without words is a picture, whatever LinkedIn says of it."""
    match content:
        case [{"type": "VIDEO"}, *_]:
            return Media.VIDEO
        case [dict(), *_]:
            return Media.IMAGE
    return Media.NONE if text else Media.IMAGE


def _tagged(message: _Message, text: str) -> tuple[str, ...]:
    """Names of persons as they stand in the text; organizations are none."""
    attributes = message.attributes if isinstance(message.attributes, list) else []
    names = []
    for one in attributes:
        match one:
            case {"start": int(start), "length": int(length), "value": {"person": _} | {"member": _}} if start >= 0:
                names.append(text[start : start + length])
    return tuple(name for name in names if name)


def _read_mention(account: str, told: _Notification) -> Said | None:
    """A post of somebody's own that names the page: we may answer under it."""
    share = _decoration(told).share or _Words()
    identity = _urn(told.generatedActivity or share.entity, "generatedActivity")
    said_at = shapes.instant(told.lastModifiedAt, "lastModifiedAt")
    text = share.text or ""
    return Comment(
        platform=CARD.name,
        account=account,
        object=identity,
        verb=Verb.CREATED,
        said_at=said_at,
        posted_at=said_at,
        author=Author(id=share.owner, is_ours=share.owner == account),
        thread=Thread(id=identity, post=identity),
        text=text,
        media=_media(None, text),
        url=f"https://www.linkedin.com/feed/update/{identity}/",
    )


def _read_share(account: str, told: _Notification) -> Said | None:
    share = _decoration(told).share or _Words()
    return _interaction(account, told, "share", share.owner)


def _read_like(account: str, told: _Notification) -> Said | None:
    person = _PERSON.search(told.generatedActivity or "")
    return _interaction(account, told, "reaction", person[0] if person else None)


def _interaction(account: str, told: _Notification, kind: str, author: str | None) -> Said | None:
    if author == account:
        return None
    post = _urn(told.sourcePost, "sourcePost")
    return Reaction(
        platform=CARD.name,
        account=account,
        object=shapes.identifier(f"{kind}:{told.generatedActivity or told.notificationId or ''}", "generatedActivity"),
        kind=kind,
        said_at=shapes.instant(told.lastModifiedAt, "lastModifiedAt"),
        author=Author(id=author),
        thread=Thread(id=post, post=post),
    )


def _urn(value: str | None, field: str) -> str:
    if not value or not _URN.fullmatch(value):
        raise Unreadable(f"{field} (no urn)")
    return value


_READERS: Final = {
    **dict.fromkeys(_VERBS, _read_comment),
    "SHARE_MENTION": _read_mention,
    "SHARE": _read_share,
    "LIKE": _read_like,
}

# --- what a notification leaves out ---


def lookup(item: Item, access: Access) -> HttpCall:
    """The comment itself: what it answers, and its text where the notification had none. Raises CannotDo."""
    named = _named(item.payload.get("generatedActivity"))
    if named is None:
        raise CannotDo("no_such_object")
    return _call("GET", access, f"rest/socialActions/{_quoted(named.object)}/comments/{_quoted(named.id)}")


def completed(item: Item, answer: HttpAnswer, now: datetime) -> tuple[Item | None, Outcome]:
    """The notification with its comment. Where it is not shown to us, its own words are read, if it has some."""
    body = answers.json_object(answer.body)
    if answers.succeeded(answer) and "message" in body:
        return Item(item.account, {**item.payload, "whole": body}), Outcome(Verdict.DONE)
    outcome = Outcome(Verdict.REFUSED, why="refused") if answers.succeeded(answer) else _asked_in_vain(answer, now)
    match item.payload:
        case {"decoratedGeneratedActivity": {"comment": {"text": str()}}} if outcome.verdict is Verdict.REFUSED:
            return Item(item.account, item.payload), Outcome(Verdict.DONE, why="not_shown")
    return None, outcome


# --- what we do ---


def act(order: Order, access: Access, now: datetime) -> Plan:  # noqa: ARG001  the shape of every platform
    """The request for the order. Raises CannotDo."""
    if order.kind not in CARD.can:
        raise CannotDo(order.kind.value)
    named = _named(order.target)
    if named is None and (order.kind is ActKind.DELETE or not _URN.fullmatch(order.target)):
        raise CannotDo("no_such_object")
    actor = f"actor={_quoted(order.account)}"
    if order.kind is ActKind.LIKE:
        body = {"root": order.target, "reactionType": "LIKE"}
        call = _call("POST", access, f"rest/reactions?{actor}", action=order.action_id, body=body)
    elif order.kind is ActKind.DELETE and named is not None:
        path = f"rest/socialActions/{_quoted(named.object)}/comments/{_quoted(named.id)}"
        call = _call("DELETE", access, f"{path}?{actor}", action=order.action_id)
    else:
        call = _answer(order, named, access)
    return Plan(call, way=order.kind.value, repeatable=order.kind is not ActKind.REPLY)


def _answer(order: Order, named: _Named | None, access: Access) -> HttpCall:
    head = _head(order)
    body: dict[str, Any] = {
        "actor": order.account,
        "object": named.object if named else order.target,
        "message": {"text": order.text},
    }
    if named is not None:
        body["parentComment"] = head
    return _call("POST", access, f"rest/socialActions/{_quoted(head)}/comments", action=order.action_id, body=body)


def _head(order: Order) -> str:
    """Where an answer hangs: replies go one level deep, so under the comment that begins the thread."""
    thread = _named(order.thread)
    return thread.urn if thread and _named(order.target) else order.target


def _quoted(urn: str) -> str:
    return quote(urn, safe="")


def _call(
    method: str, access: Access, path: str, *, action: str = "", body: Mapping[str, Any] | None = None
) -> HttpCall:
    headers = {
        "linkedin-version": access.values.get("version", VERSION),
        "x-restli-protocol-version": "2.0.0",
    }
    address = f"{calls.base(access, BASE_URL)}/{path}"
    return calls.bearer(method, address, access, content=body, action=action, headers=headers)


# --- what the platform answers ---

_MINUTE: Final = timedelta(minutes=1)
_RETIRED: Final = 426
_STATUSES: Final = {
    answers.UNAUTHORIZED: (Verdict.TOKEN_DEAD, "token"),
    answers.FORBIDDEN: (Verdict.REFUSED, "permission"),
    answers.NOT_FOUND: (Verdict.GONE, "gone"),
    _RETIRED: (Verdict.TOKEN_DEAD, "version"),
}


def judge(order: Order, answer: HttpAnswer, now: datetime) -> Outcome:
    """LinkedIn's status codes as verdicts; a like that was given before is given."""
    if answers.succeeded(answer):
        return _judge_success(order, answer)
    if answers.in_doubt(answer):
        return Outcome(Verdict.UNKNOWN if order.kind is ActKind.REPLY else Verdict.LATER, why="server_error")
    message = str(answers.json_object(answer.body).get("message")).lower()
    if order.kind is ActKind.LIKE and (answer.status == answers.CONFLICT or "already" in message):
        return Outcome(Verdict.DONE, why="already_accepted")
    if order.kind is ActKind.REPLY and "duplicate" in message:
        # Perhaps the twin of our own earlier attempt, which a read-back shows.
        return Outcome(Verdict.UNKNOWN if order.attempt > 1 else Verdict.REFUSED, why="duplicate")
    return _refused(answer, now)


def _judge_success(order: Order, answer: HttpAnswer) -> Outcome:
    if order.kind is not ActKind.REPLY:
        return Outcome(Verdict.DONE)
    body = answers.json_object(answer.body)
    created = _named(body.get("$URN") or body.get("commentUrn"))
    if created is None:
        identity = answer.headers.get("x-restli-id") or answers.text_of(body.get("id"))
        target = _named(order.target)
        hangs_from = target.object if target else order.target
        created = _named(f"urn:li:comment:({hangs_from},{identity})") if identity else None
    return Outcome(Verdict.DONE, id=created.urn) if created else Outcome(Verdict.UNKNOWN, why="unreadable_answer")


def _refused(answer: HttpAnswer, now: datetime) -> Outcome:
    if answer.status == answers.TOO_MANY:
        return Outcome(Verdict.LIMITED, why="throttled", until=answers.come_back(answer, now, _window(answer, now)))
    verdict, why = _STATUSES.get(answer.status, (Verdict.REFUSED, "refused"))
    return Outcome(verdict, why=why)


def _window(answer: HttpAnswer, now: datetime) -> timedelta:
    """A member's window is a minute; an application's quota comes back at midnight UTC."""
    message = str(answers.json_object(answer.body).get("message")).lower()
    if "create throttled" in message or "member" in message:
        return _MINUTE
    midnight = (now.astimezone(UTC) + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight - now


def _asked_in_vain(answer: HttpAnswer, now: datetime) -> Outcome:
    """A read that failed changed nothing."""
    return Outcome(Verdict.LATER, why="server_error") if answers.in_doubt(answer) else _refused(answer, now)


# --- reading back ---

_PAGE: Final = 100


def look_back(order: Order, access: Access) -> HttpCall | None:
    """The comments under the one that begins the thread, or under the post that named us."""
    if order.kind is not ActKind.REPLY:
        return None
    path = f"rest/socialActions/{_quoted(_head(order))}/comments?start=0&count={_PAGE}"
    return _call("GET", access, path, action=order.action_id)


def settle(order: Order, answer: HttpAnswer) -> Outcome:
    """DONE when our words stand there, LATER when they certainly do not, UNKNOWN when it cannot be read whole."""
    body = answers.json_object(answer.body)
    comments = body.get("elements")
    if answer.status == answers.NOT_FOUND:
        return Outcome(Verdict.GONE, why="gone")
    if not answers.succeeded(answer) or not isinstance(comments, list):
        return Outcome(Verdict.UNKNOWN, why="unreadable_answer")
    for comment in comments:
        if isinstance(comment, dict) and _is_ours(comment, order):
            named = _named(comment.get("$URN") or comment.get("commentUrn"))
            return Outcome(Verdict.DONE, id=named.urn if named else None, why="read_back")
    if len(comments) >= _PAGE or _next(body):
        return Outcome(Verdict.UNKNOWN, why="unreadable_answer")
    return Outcome(Verdict.LATER, why="read_back")


def _is_ours(comment: Mapping[str, Any], order: Order) -> bool:
    match comment:
        case {"actor": str(actor), "message": {"text": str(text)}, "created": {"time": int(at)}}:
            since = milliseconds(order.since - answers.CLOCKS_DIFFER) if order.since else 0
            return actor == order.account and at >= since and words_hash(text) == words_hash(order.text)
    return False


def _next(body: Mapping[str, Any]) -> bool:
    match body.get("paging"):
        case {"links": list(links)}:
            return any(isinstance(link, dict) and link.get("rel") == "next" for link in links)
    return False


# --- asking what was missed ---

_ASKED: Final = "COMMENT,COMMENT_EDIT,COMMENT_DELETE,ADMIN_COMMENT,SHARE_MENTION"


def poll(sweep: Sweep, access: Access, now: datetime) -> HttpCall:
    """The notifications of the page since then; LinkedIn keeps sixty days. Raises CannotDo."""
    begins = sweep.page or "0"
    span = f"(start:{milliseconds(sweep.since)},end:{milliseconds(now)})"
    path = f"rest/organizationalEntityNotifications?q=criteria&actions=List({_ASKED})"
    page = f"&organizationalEntity={_quoted(sweep.account)}&timeRange={span}&start={_quoted(begins)}&count={_PAGE}"
    return _call("GET", access, path + page)


def gather(sweep: Sweep, answer: HttpAnswer, now: datetime) -> Gathered:
    """A page of notifications, each as if it had been pushed."""
    body = answers.json_object(answer.body)
    elements = body.get("elements")
    if not answers.succeeded(answer):
        return Gathered((), _asked_in_vain(answer, now))
    if not isinstance(elements, list):
        return Gathered((), Outcome(Verdict.LATER, why="unreadable_answer"))
    items = tuple(_item({"organizationalEntity": sweep.account, **one}) for one in elements if isinstance(one, dict))
    ours = tuple(item for item in items if item.account == sweep.account)
    page = str(int(sweep.page or "0") + len(elements)) if elements and _next(body) else ""
    return Gathered(ours, Outcome(Verdict.DONE), page=page)


# --- renewing the access ---

_BEFORE_IT_ENDS: Final = timedelta(days=7)


def refresh(access: Access, now: datetime) -> HttpCall | None:
    """The request for a new access token, a week before `expires_at`; None for an access that cannot be renewed."""
    values = access.values
    if not oauth.due(access, now, _BEFORE_IT_ENDS):
        return None
    base = values.get("oauth_url") or values.get("base_url") or OAUTH_URL
    client = {name: values[name] for name in ("client_id", "client_secret") if values.get(name)}
    return oauth.renewal(f"{base.rstrip('/')}/oauth/v2/accessToken", access, client, {})


def refreshed(access: Access, answer: HttpAnswer, now: datetime) -> tuple[Mapping[str, str], Outcome]:
    """The access with its new token; the refresh token stays as it is and ends a year after the consent."""
    return oauth.renewed(access, answer, now)
