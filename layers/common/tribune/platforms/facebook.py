"""Facebook Pages: comments, reactions and shares (webhook field `feed`), answered through the Graph API.

Source: Meta for Developers, *Webhooks for Pages*, *Webhooks reference: page, feed*, *Comments and @Mentions*,
*Graph API: handling errors* (v25.0). Where the documentation and real deliveries differ, both are read: ids as
numbers or text, times in seconds or milliseconds, a change directly in its entry.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from hmac import digest
from json import dumps
from typing import Any, ClassVar, Final
from urllib.parse import quote, urlencode

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
from tribune.comment import Audience, Author, Comment, Media, Reaction, Said, TeamAct, Thread, Verb, words_hash
from tribune.errors import CannotDo, Unreadable, UnreadableBody, WrongToken
from tribune.platforms import answers, shapes, signatures

CARD: Final = Card(
    name="facebook",
    title="Facebook Page",
    audience=Audience.PUBLIC,
    can=frozenset(ActKind),
    answer_within_s=5,
    text_limit=8000,
    text_unit="utf16",
    citation="link",
    reads_back=True,
    note="Comments, replies, edits, removals, reactions and shares of a Page; answers, hides and writes privately.",
)

BASE_URL: Final = "https://graph.facebook.com/v25.0"
SIGNATURE: Final = "x-hub-signature-256"
_PREFIX: Final = "sha256="
_MOST_CHALLENGE: Final = 256

# --- who speaks ---


def handshake(delivery: Delivery, secrets: Secrets) -> Answer | None:
    """`hub.challenge`, echoed to whoever knows the verify token. Raises WrongToken."""
    if delivery.method != "GET" or "hub.mode" not in delivery.query:
        return None
    challenge = delivery.query.get("hub.challenge", "")
    known = signatures.same(delivery.query.get("hub.verify_token", ""), secrets.token or "") and secrets.token
    harmless = challenge.isascii() and challenge.isalnum() and len(challenge) <= _MOST_CHALLENGE
    if not (known and harmless and delivery.query["hub.mode"] == "subscribe"):
        raise WrongToken("not a subscription of ours")
    return Answer(200, challenge)


def verify(delivery: Delivery, secrets: Secrets, now: datetime) -> None:  # noqa: ARG001  Meta signs no time
    """`X-Hub-Signature-256` over the raw body; the legacy SHA-1 header proves nothing. Raises Forged."""
    signatures.verify_hex(delivery.headers.get(SIGNATURE), delivery.body, secrets, _PREFIX)


def sign(body: bytes, secret: str, now: datetime, delivery_id: str) -> dict[str, str]:  # noqa: ARG001  the shape of every platform
    """The headers Meta would send with `body`."""
    return {"content-type": "application/json", SIGNATURE: signatures.sign_hex(body, secret, _PREFIX)}


# --- what was said ---


def split(payload: Any) -> Iterable[Item]:
    """One item per change of every entry of a Page. Raises UnreadableBody."""
    match payload:
        case {"object": "page", "entry": list(entries)}:
            return [item for entry in entries for item in _changes(entry)]
        case {"object": str(), "entry": list()}:
            return []
    raise UnreadableBody("no `object` with a list of `entry`")


def _changes(entry: Any) -> Iterator[Item]:
    match entry:
        case {"changes": list(changes)}:
            pass
        case {"field": str(field)}:
            changes = [{"field": field, "value": entry.get("value")}]
        case dict():
            return  # Messenger's `messaging` and `standby`, `changed_fields` without values
        case _:
            raise UnreadableBody("an entry that is no object")
    account = answers.text_of(entry.get("id"))
    if account is None or not all(isinstance(change, dict) for change in changes):
        raise UnreadableBody("an entry without id, or a change that is no object")
    for change in changes:
        yield Item(account, {"entry": {"id": account, "time": entry.get("time")}, "change": change})


@dataclass(frozen=True, slots=True)
class _Person:
    __pydantic_config__: ClassVar = shapes.SHAPE
    id: str | None = None
    name: str | None = None


@dataclass(frozen=True, slots=True)
class _Post:
    __pydantic_config__: ClassVar = shapes.SHAPE
    is_published: bool | None = None
    permalink_url: str | None = None
    promotion_status: str | None = None


@dataclass(frozen=True, slots=True)
class _Value:
    """`value` of a change of the field `feed`, as far as it concerns us."""

    __pydantic_config__: ClassVar = shapes.SHAPE
    item: str
    verb: str
    post_id: str | None = None
    comment_id: str | None = None
    parent_id: str | None = None
    share_id: str | None = None
    from_: _Person | None = None
    sender_id: str | None = None
    """`from.id` and `from.name` until v2.5."""
    sender_name: str | None = None
    message: str | None = None
    message_tags: Any = None
    created_time: int | str | None = None
    photo: Any = None
    video: Any = None
    permalink_url: str | None = None
    post: _Post | None = None
    reaction_type: str | None = None


@dataclass(frozen=True, slots=True)
class _Entry:
    __pydantic_config__: ClassVar = shapes.SHAPE
    id: str
    time: int | str | None = None


_COMMENT_VERBS: Final = {"add": Verb.CREATED, "edited": Verb.EDITED, "edit": Verb.EDITED, "remove": Verb.DELETED}
_TEAM_VERBS: Final = ("hide", "unhide")
_GIVEN: Final = {"add": False, "edit": False, "edited": False, "remove": True}
"""Verb of an interaction without words -> was it taken back?"""


def read(item: Item) -> Iterable[Said]:
    """Comments, what our team did to them, reactions and shares; nothing for posts and other fields. Raises Unreadable."""
    match item.payload:
        case {"entry": dict(raw_entry), "change": {"field": "feed", "value": {"item": str(kind)} as raw}}:
            pass
        case {"entry": dict(), "change": dict()}:
            return []
        case _:
            raise Unreadable("no entry with a change")
    reader = _READERS.get(kind)
    if reader is None:
        return []
    entry, value = shapes.fit(_Entry, raw_entry), shapes.fit(_Value, raw)
    said = reader(item.account, entry, value)
    return [] if said is None else [said]


def _read_comment(account: str, entry: _Entry, value: _Value) -> Said | None:
    if value.verb in _TEAM_VERBS:
        return TeamAct(
            platform=CARD.name,
            account=account,
            object=shapes.identifier(value.comment_id, "comment_id"),
            kind=value.verb,
            said_at=shapes.instant(entry.time, "entry.time"),
            thread=_thread(value),
        )
    verb = _COMMENT_VERBS.get(value.verb)
    if verb is None:
        return None
    said_at = _said_at(verb, entry, value)
    text = (value.message or "") if verb is not Verb.DELETED else ""
    return Comment(
        platform=CARD.name,
        account=account,
        object=shapes.identifier(value.comment_id, "comment_id"),
        verb=verb,
        said_at=said_at,
        posted_at=said_at,
        author=_author(entry, value),
        thread=_thread(value),
        text=text,
        parent=None if _at_top(value) else value.parent_id,
        media=_media(value, text) if verb is not Verb.DELETED else Media.NONE,
        url=shapes.web_address(value.permalink_url),
        tagged=_tagged(value.message_tags, text),
        sponsored=_sponsored(value.post),
    )


def _said_at(verb: Verb, entry: _Entry, value: _Value) -> datetime:
    """An edit repeats the original created_time, a removal has none: both are dated by the delivery."""
    if verb is Verb.CREATED and value.created_time is not None:
        return shapes.instant(value.created_time, "created_time")
    delivered = shapes.instant(entry.time, "entry.time")
    if value.created_time is None:
        return delivered
    # Nothing is edited before it is written, whatever the clocks say.
    return max(delivered, shapes.instant(value.created_time, "created_time"))


def _read_reaction(account: str, entry: _Entry, value: _Value) -> Said | None:
    target = value.comment_id or value.post_id
    if value.verb not in _GIVEN or target is None:
        return None  # a like of the Page itself hangs from no post
    author, undone = _author(entry, value), _GIVEN[value.verb]
    said_at = shapes.instant(value.created_time or entry.time, "created_time")
    if author.id is None and undone:
        return None  # who took it back is withheld: nothing to find again
    # Where the platform withholds who, the moment tells two of them apart.
    whose = author.id or f"{value.reaction_type}@{int(said_at.timestamp())}"
    return Reaction(
        platform=CARD.name,
        account=account,
        object=shapes.identifier(f"reaction:{target}:{whose}", "comment_id"),
        kind="reaction",
        said_at=said_at,
        author=author,
        thread=_thread(value),
        undone=undone,
    )


def _read_share(account: str, entry: _Entry, value: _Value) -> Said | None:
    shared = value.share_id or value.post_id
    if value.verb not in _GIVEN or shared is None:
        return None
    return Reaction(
        platform=CARD.name,
        account=account,
        object=shapes.identifier(f"share:{shared}", "share_id"),
        kind="share",
        said_at=shapes.instant(value.created_time or entry.time, "created_time"),
        author=_author(entry, value),
        thread=_thread(value),
        undone=_GIVEN[value.verb],
    )


_READERS: Final = {
    "comment": _read_comment,
    "reaction": _read_reaction,
    "like": _read_reaction,
    "share": _read_share,
}


def _author(entry: _Entry, value: _Value) -> Author:
    person = value.from_ or _Person(value.sender_id, value.sender_name)
    return Author(id=person.id, name=person.name, is_ours=person.id is not None and person.id == entry.id)


def _at_top(value: _Value) -> bool:
    parent, post = value.parent_id, value.post_id or ""
    return parent is None or parent == post or post.endswith(f"_{parent}")


def _thread(value: _Value) -> Thread:
    """Replies go one level deep: the thread is the comment that hangs from the post."""
    head = value.comment_id if _at_top(value) else value.parent_id
    post = value.post_id or value.share_id
    url = shapes.web_address(value.post.permalink_url) if value.post else None
    return Thread(id=shapes.identifier(head or post, "comment_id"), post=shapes.identifier(post, "post_id"), url=url)


def _media(value: _Value, text: str) -> Media:
    if value.video:
        return Media.VIDEO
    if value.photo:
        return Media.IMAGE
    return Media.NONE if text else Media.STICKER


def _tagged(tags: Any, text: str) -> tuple[str, ...]:
    """Names of persons; a Page that is mentioned is no person."""
    if not isinstance(tags, list):
        return ()
    names = [tag["name"] for tag in tags if isinstance(tag, dict) and tag.get("type") == "user" and "name" in tag]
    return tuple(name for name in names if isinstance(name, str) and name and name in text)


def _sponsored(post: _Post | None) -> bool:
    """A comment under an advertisement: its post is on no public feed, or is being promoted."""
    return post is not None and (post.is_published is False or post.promotion_status == "active")


# --- what we do ---


def act(order: Order, access: Access, now: datetime) -> Plan:  # noqa: ARG001  the shape of every platform
    """The Graph call for the order; the token travels in a header, never in the address. Raises CannotDo."""
    target = quote(order.target, safe="")
    if order.kind is ActKind.DELETE:
        call = _call("DELETE", access, target, _proof(access), order)
    elif order.kind is ActKind.REPLY:
        call = _post(access, order, f"{target}/comments", {"message": order.text})
    elif order.kind is ActKind.PRIVATE:
        fields = {"recipient": {"comment_id": order.target}, "message": {"text": order.text}}
        form = {name: dumps(value, ensure_ascii=False) for name, value in fields.items()}
        call = _post(access, order, f"{quote(order.account, safe='')}/messages", form)
    else:
        call = _post(access, order, target, {"is_hidden": "true" if order.kind is ActKind.HIDE else "false"})
    return Plan(call, way=order.kind.value, repeatable=order.kind in _REPEATABLE)


_REPEATABLE: Final = frozenset({ActKind.HIDE, ActKind.UNHIDE, ActKind.DELETE})


def _post(access: Access, order: Order, path: str, form: Mapping[str, str]) -> HttpCall:
    call = _call("POST", access, path, {}, order)
    headers = {**call.headers, "content-type": "application/x-www-form-urlencoded"}
    return HttpCall("POST", call.url, headers, urlencode({**form, **_proof(access)}).encode("ascii"))


def _call(method: str, access: Access, path: str, query: Mapping[str, str], order: Order) -> HttpCall:
    token = access.values.get("token")
    if not token:
        raise CannotDo("not_configured")
    base = access.values.get("base_url", BASE_URL).rstrip("/")
    address = f"{base}/{path}?{urlencode(query)}" if query else f"{base}/{path}"
    return HttpCall(method, address, {"authorization": f"Bearer {token}", "x-request-id": order.action_id})


def _proof(access: Access) -> dict[str, str]:
    """`appsecret_proof`: shows that the caller holds the app's secret and not only a stolen token."""
    secret = access.values.get("app_secret")
    if not secret:
        return {}
    return {"appsecret_proof": digest(secret.encode(), access.values["token"].encode(), "sha256").hex()}


# --- what the platform answers ---

_GRAPH: Final[Mapping[int, tuple[Verdict, str]]] = {
    **dict.fromkeys((4, 17, 32, 341, 613), (Verdict.LIMITED, "throttled")),
    **dict.fromkeys((102, 190), (Verdict.TOKEN_DEAD, "token")),
    **dict.fromkeys((3, 10, *range(200, 300)), (Verdict.REFUSED, "permission")),
    **dict.fromkeys((1, 2), (Verdict.LATER, "transient")),
    368: (Verdict.BLOCKED, "spam"),
    506: (Verdict.UNKNOWN, "duplicate"),
    803: (Verdict.GONE, "gone"),
}
_BAD_REQUEST: Final = 100
_OBJECT_GONE: Final = 33
_HTTP: Final = {
    answers.UNAUTHORIZED: (Verdict.TOKEN_DEAD, "token"),
    answers.TOO_MANY: (Verdict.LIMITED, "throttled"),
}
_HOUR: Final = timedelta(hours=1)
_SPAM_PAUSE: Final = timedelta(days=1)


def judge(order: Order, answer: HttpAnswer, now: datetime) -> Outcome:
    """The Graph error classes as verdicts.

    A 5xx after a message was sent is ambiguous even when Graph wrote it: only a read-back can tell, so it is UNKNOWN;
    for what may be repeated it is LATER.
    """
    body = answers.json_object(answer.body)
    error = body.get("error")
    if not isinstance(error, dict) and answers.succeeded(answer):
        return _judge_success(order, body)
    verdict, why = _class_of(error, answer.status) if isinstance(error, dict) else _HTTP.get(answer.status, _REFUSED)
    if answers.in_doubt(answer) and verdict in (Verdict.LATER, Verdict.REFUSED):
        return Outcome(Verdict.LATER if order.kind in _REPEATABLE else Verdict.UNKNOWN, why="server_error")
    return Outcome(verdict, why=why, until=_until(verdict, answer, now))


_REFUSED: Final = (Verdict.REFUSED, "refused")


def _class_of(error: Mapping[str, Any], status: int) -> tuple[Verdict, str]:
    """What Graph says of an error; `is_transient` outweighs the codes 1 and 2, which can mean anything."""
    code, transient = error.get("code"), error.get("is_transient")
    if code == _BAD_REQUEST and error.get("error_subcode") == _OBJECT_GONE:
        return Verdict.GONE, "gone"
    known = _GRAPH.get(code) if isinstance(code, int) else None
    if known is None or known[0] is Verdict.LATER:
        if transient is not None:
            return (Verdict.LATER, "transient") if transient else _REFUSED
        return known or _HTTP.get(status, _REFUSED)
    return known


def _until(verdict: Verdict, answer: HttpAnswer, now: datetime) -> datetime | None:
    if verdict is Verdict.LIMITED:
        return answers.come_back(answer, now, _regain(answer.headers) or _HOUR)
    return now + _SPAM_PAUSE if verdict is Verdict.BLOCKED else None


def _judge_success(order: Order, body: Mapping[str, Any]) -> Outcome:
    if order.kind in _REPEATABLE:
        refused = body.get("success") in (False, "false")
        return Outcome(Verdict.REFUSED, why="refused") if refused else Outcome(Verdict.DONE)
    created = answers.text_of(body.get("id") if order.kind is ActKind.REPLY else body.get("message_id"))
    return Outcome(Verdict.DONE, id=created) if created else Outcome(Verdict.UNKNOWN, why="unreadable_answer")


def _regain(headers: Mapping[str, str]) -> timedelta | None:
    """The longest `estimated_time_to_regain_access` (minutes) of `X-Business-Use-Case-Usage`."""
    usage = answers.json_object(headers.get("x-business-use-case-usage", "").encode("utf-8", "replace"))
    minutes = [
        use["estimated_time_to_regain_access"]
        for uses in usage.values()
        if isinstance(uses, list)
        for use in uses
        if isinstance(use, dict) and isinstance(use.get("estimated_time_to_regain_access"), int)
    ]
    longest = max(minutes, default=0)
    return timedelta(minutes=min(longest, 24 * 60)) if longest > 0 else None


# --- reading back ---

_CLOCKS_DIFFER: Final = timedelta(minutes=2)
"""Meta's clock and ours may be apart by this much: finding an older twin of our reply is safer than missing it."""
_PAGE_OF_REPLIES: Final = "100"


def look_back(order: Order, access: Access) -> HttpCall | None:
    """The latest replies of the thread: a reply to a reply is kept under the top-level comment."""
    if order.kind is not ActKind.REPLY:
        return None
    query = {
        "fields": "id,message,from,created_time",
        "order": "reverse_chronological",
        "limit": _PAGE_OF_REPLIES,
        **_proof(access),
    }
    return _call("GET", access, f"{quote(order.thread, safe='')}/comments", query, order)


def settle(order: Order, answer: HttpAnswer) -> Outcome:
    """DONE when our words stand in the thread, LATER when they certainly do not, UNKNOWN when it cannot be read whole."""
    body = answers.json_object(answer.body)
    match body.get("error"):
        case {"code": 100, "error_subcode": 33}:
            return Outcome(Verdict.GONE, why="gone")
    replies = body.get("data")
    if not answers.succeeded(answer) or not isinstance(replies, list):
        return Outcome(Verdict.UNKNOWN, why="unreadable_answer")
    since = order.since - _CLOCKS_DIFFER if order.since else None
    recent = [reply for reply in replies if isinstance(reply, dict) and _written_after(reply, since)]
    for reply in recent:
        if _is_ours(reply, order):
            return Outcome(Verdict.DONE, id=answers.text_of(reply.get("id")), why="read_back")
    more = isinstance(body.get("paging"), dict) and "next" in body["paging"]
    if more and len(recent) == len(replies):
        return Outcome(Verdict.UNKNOWN, why="unreadable_answer")
    return Outcome(Verdict.LATER, why="read_back")


def _written_after(reply: Mapping[str, Any], since: datetime | None) -> bool:
    try:
        return since is None or shapes.instant(reply.get("created_time"), "created_time") >= since
    except Unreadable:
        return True


def _is_ours(reply: Mapping[str, Any], order: Order) -> bool:
    message, author = reply.get("message"), reply.get("from")
    author_id = answers.text_of(author.get("id")) if isinstance(author, dict) else None
    return isinstance(message, str) and author_id == order.account and words_hash(message) == words_hash(order.text)
