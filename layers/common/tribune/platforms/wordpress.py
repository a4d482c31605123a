"""WordPress: our own plugin tells us of comments (Standard Webhooks), we answer through WordPress's REST API.

Set-up: copy `wordpress/tribune.php` into `wp-content/mu-plugins/`, add its three lines to `wp-config.php`, create a
user of role Editor for Tribune and give it an application password (Users → Profile → Application Passwords). The
channel's `act` holds `rest_url` (`https://…/wp-json`, or `https://…/?rest_route=`), `user` and `password`.

An object's id is `<post>_<comment>`, because an answer needs both. Our action's id travels as the request's user agent,
which WordPress keeps with the comment: whether a reply arrived is read back by that, not guessed from its words.
Source: WordPress/WordPress `wp-includes/rest-api/endpoints/class-wp-rest-comments-controller.php`, 6.1.
"""

from base64 import b64encode
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from json import dumps, loads
from re import ASCII
from re import compile as pattern
from typing import Any, ClassVar, Final
from urllib.parse import urlencode, urlsplit

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
from tribune.comment import Audience, Author, Comment, Said, TeamAct, Thread, Verb
from tribune.errors import CannotDo, Unreadable, UnreadableBody
from tribune.platforms import answers, shapes, signatures

CARD: Final = Card(
    name="wordpress",
    title="WordPress",
    audience=Audience.PUBLIC,
    can=frozenset({ActKind.REPLY, ActKind.HIDE, ActKind.UNHIDE, ActKind.DELETE}),
    answer_within_s=5,
    text_limit=10000,
    text_unit="codepoints",
    citation="link",
    reads_back=True,
    polls=True,
    note="Comments of a blog through our plugin; answers, holds back and approves through the site's REST API.",
)

# --- who speaks ---


def handshake(delivery: Delivery, secrets: Secrets) -> Answer | None:  # noqa: ARG001  the shape of every platform
    """Standard Webhooks has none."""
    return None


def verify(delivery: Delivery, secrets: Secrets, now: datetime) -> None:
    """`webhook-id`, `webhook-timestamp` (±300 s) and `webhook-signature` over the raw body. Raises Forged."""
    signatures.verify_standard(delivery.headers, delivery.body, secrets, now)


def sign(body: bytes, secret: str, now: datetime, delivery_id: str) -> dict[str, str]:
    """The headers that the plugin sends with `body`."""
    return {"content-type": "application/json", **signatures.sign_standard(body, secret, now, delivery_id)}


# --- what was said ---

_VERBS: Final = {
    "comment.created": Verb.CREATED,
    "comment.edited": Verb.EDITED,
    "comment.deleted": Verb.DELETED,
}
_ACTS: Final = {"comment.held": "hide", "comment.trashed": "hide", "comment.approved": "unhide"}
"""What people of the team do in WordPress's own pages (and what we do: the workflow knows its own acts)."""


def split(payload: Any) -> Iterable[Item]:
    """The one event of a delivery; none for a type we do not know. Raises UnreadableBody."""
    match payload:
        case {"type": str(kind)} if kind not in _VERBS and kind not in _ACTS:
            return []
        case {"type": str(), "data": {"space": str(account)}} if account:
            return [Item(account, payload)]
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
    post: str
    url: str | None = None


@dataclass(frozen=True, slots=True)
class _Data:
    __pydantic_config__: ClassVar = shapes.SHAPE
    id: str
    space: str
    thread: _Thread
    text: str = ""
    url: str | None = None
    created_at: str | None = None
    author: _Author = _Author()
    parent_id: str | None = None


@dataclass(frozen=True, slots=True)
class _Event:
    __pydantic_config__: ClassVar = shapes.SHAPE
    type: str
    timestamp: str
    data: _Data


def read(item: Item) -> Iterable[Said]:
    """The comment as written, changed or deleted, or what the team did with it. Raises Unreadable."""
    kind = str(item.payload.get("type"))
    if kind not in _VERBS and kind not in _ACTS:
        return []
    event = shapes.fit(_Event, item.payload)
    data, object_id = event.data, shapes.identifier(event.data.id, "data.id")
    thread = Thread(
        id=shapes.identifier(data.thread.id, "data.thread.id"),
        post=shapes.identifier(data.thread.post, "data.thread.post"),
        url=shapes.web_address(data.thread.url),
    )
    happened = shapes.instant(event.timestamp, "timestamp")
    if kind in _ACTS:
        return [TeamAct(CARD.name, item.account, object_id, _ACTS[kind], happened, thread)]
    verb = _VERBS[kind]
    said_at = shapes.instant(data.created_at, "data.created_at") if verb is Verb.CREATED else happened
    return [
        Comment(
            platform=CARD.name,
            account=item.account,
            object=object_id,
            verb=verb,
            said_at=said_at,
            posted_at=said_at,
            author=Author(id=data.author.id, name=data.author.name, is_ours=data.author.is_self),
            thread=thread,
            text="" if verb is Verb.DELETED else data.text,
            parent=shapes.identifier(data.parent_id, "data.parent_id") if data.parent_id else None,
            url=shapes.web_address(data.url),
        )
    ]


# --- what we do ---

_OBJECT: Final = pattern(r"([0-9]{1,20})_([0-9]{1,20})", ASCII)
_STATUS: Final = {ActKind.HIDE: "hold", ActKind.UNHIDE: "approved"}


def act(order: Order, access: Access, now: datetime) -> Plan:  # noqa: ARG001  the shape of every platform
    """A reply under the comment, its status, or the bin. Raises CannotDo."""
    post, comment = _ids(order.target)
    one = f"/wp/v2/comments/{comment}"
    if order.kind is ActKind.REPLY:
        fields = {"post": post, "parent": comment, "content": _as_html(order.text)}
        return Plan(_call("POST", "/wp/v2/comments", access, _agent(order), fields), "reply", repeatable=False)
    if order.kind in _STATUS:
        call = _call("POST", one, access, _agent(order), {"status": _STATUS[order.kind]})
        return Plan(call, order.kind.value, repeatable=True)
    if order.kind is ActKind.DELETE:
        return Plan(_call("DELETE", one, access, _agent(order)), "delete", repeatable=True)
    raise CannotDo(order.kind.value)


def _ids(target: str) -> tuple[int, int]:
    """Post and comment."""
    found = _OBJECT.fullmatch(target)
    if found is None:
        raise CannotDo("no_such_object")
    return int(found[1]), int(found[2])


def _as_html(text: str) -> str:
    """WordPress takes comments as HTML: our text is text, its line ends are kept by the site's theme."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _call(method: str, route: str, access: Access, agent: str, fields: Mapping[str, object] | None = None) -> HttpCall:
    """A call to the site's REST API. Raises CannotDo."""
    rest, user, password = (access.values.get(name, "") for name in ("rest_url", "user", "password"))
    if not user or not password or urlsplit(rest).scheme not in ("https", "http"):
        raise CannotDo("not_configured")
    headers = {
        "authorization": "Basic " + b64encode(f"{user}:{password}".encode()).decode("ascii"),
        "user-agent": agent,
    }
    body = None
    if fields is not None:
        headers["content-type"] = "application/json"
        body = dumps(fields, ensure_ascii=False).encode()
    return HttpCall(method, rest.rstrip("/") + route, headers, body)


def _with(call: HttpCall, query: Mapping[str, object]) -> HttpCall:
    """The call with a query; a site without pretty addresses already has one (`/?rest_route=`)."""
    sign_ = "&" if "?" in call.url else "?"
    return replace(call, url=call.url + sign_ + urlencode(query))


def _agent(order: Order) -> str:
    return f"Tribune/{order.action_id}"


# --- what the site answers ---

_FLOOD: Final = timedelta(minutes=1)
_GONE_CODES: Final = frozenset({"rest_comment_invalid_id", "rest_comment_invalid_post_id", "rest_comment_trash_post"})
_DONE_CODES: Final = frozenset({"comment_duplicate", "rest_already_trashed"})
"""The site has it already: WordPress refuses the same words by the same person under the same comment."""
_UNPROVEN_CODES: Final = frozenset({"incorrect_password", "invalid_username", "invalid_email", "rest_not_logged_in"})


def judge(order: Order, answer: HttpAnswer, now: datetime) -> Outcome:
    """2xx is done; a flood or a busy site is worth another try; a wrong password parks the channel."""
    said = answers.json_object(answer.body)
    code = str(said.get("code") or "")
    if answers.succeeded(answer):
        return Outcome(Verdict.DONE, id=_created(said) if order.kind is ActKind.REPLY else None)
    if code in _DONE_CODES:
        return Outcome(Verdict.DONE, why=code)
    if code in _GONE_CODES:
        return Outcome(Verdict.GONE, why=code)
    return _refusal(answer, code, now, wrote=order.kind is ActKind.REPLY)


def _refusal(answer: HttpAnswer, code: str, now: datetime, *, wrote: bool) -> Outcome:
    if code == "comment_flood":
        return Outcome(Verdict.LIMITED, why=code, until=now + _FLOOD)
    if answer.status == answers.TOO_MANY:
        return Outcome(Verdict.LIMITED, why="throttled", until=answers.come_back(answer, now, _FLOOD))
    if answers.in_doubt(answer):
        return Outcome(Verdict.UNKNOWN if wrote else Verdict.LATER, why="server_error")
    if code in _UNPROVEN_CODES or (answer.status == answers.UNAUTHORIZED and not code.startswith("rest_cannot")):
        return Outcome(Verdict.TOKEN_DEAD, why=code or "unauthorized")
    return Outcome(Verdict.REFUSED, why=code if _CODE.fullmatch(code) else "refused")


_CODE: Final = pattern(r"[a-z_]{1,40}", ASCII)


def _created(comment: Mapping[str, Any]) -> str | None:
    post, comment_id = answers.text_of(comment.get("post")), answers.text_of(comment.get("id"))
    return f"{post}_{comment_id}" if post and comment_id else None


def look_back(order: Order, access: Access) -> HttpCall | None:
    """The answers under the comment, the newest first; the other acts are simply repeated."""
    if order.kind is not ActKind.REPLY:
        return None
    post, comment = _ids(order.target)
    query = {"context": "edit", "post": post, "parent": comment, "status": "all", "per_page": 100}
    return _with(_call("GET", "/wp/v2/comments", access, "Tribune"), query)


def settle(order: Order, answer: HttpAnswer) -> Outcome:
    """Ours is the one that carries our action's id."""
    comments = _comments(answer)
    if comments is None:
        return Outcome(Verdict.UNKNOWN, why="unreadable")
    for comment in comments:
        if comment.get("author_user_agent") == _agent(order):
            return Outcome(Verdict.DONE, id=_created(comment))
    return Outcome(Verdict.LATER, why="not_there")


def _comments(answer: HttpAnswer) -> list[Mapping[str, Any]] | None:
    if not answers.succeeded(answer):
        return None
    try:
        listed = loads(answer.body)
    except (ValueError, RecursionError):
        return None
    if not isinstance(listed, list):
        return None
    return [one for one in listed if isinstance(one, dict)]


# --- what the plugin could not tell ---

_PAGE: Final = 100


def poll(sweep: Sweep, access: Access, now: datetime) -> HttpCall:  # noqa: ARG001  the shape of every platform
    """The comments since a moment, oldest first, a hundred at a time. Raises CannotDo."""
    after, number = _place(sweep)
    query = {
        "context": "edit",
        "status": "approve",
        "after": after.isoformat(),
        "orderby": "date_gmt",
        "order": "asc",
        "per_page": _PAGE,
        "page": number,
    }
    return _with(_call("GET", "/wp/v2/comments", access, "Tribune"), query)


def gather(sweep: Sweep, answer: HttpAnswer, now: datetime) -> Gathered:
    """The page's comments as our plugin would have told them: it adds the field `tribune` to each."""
    if not answers.succeeded(answer):
        code = str(answers.json_object(answer.body).get("code") or "")
        if code == "rest_comment_invalid_page_number":
            return Gathered((), Outcome(Verdict.DONE))
        return Gathered((), _refusal(answer, code, now, wrote=False))
    comments = _comments(answer)
    if comments is None:
        return Gathered((), Outcome(Verdict.LATER, why="unreadable"))
    told = [comment["tribune"] for comment in comments if isinstance(comment.get("tribune"), dict)]
    if len(told) < len(comments):
        return Gathered((), Outcome(Verdict.REFUSED, why="plugin_missing"))
    events = [{"type": "comment.created", "timestamp": data.get("created_at"), "data": data} for data in told]
    items = tuple(Item(sweep.account, event) for event in events if event["data"].get("space") == sweep.account)
    return Gathered(items, Outcome(Verdict.DONE), page=_following(sweep, answer, told))


def _place(sweep: Sweep) -> tuple[datetime, int]:
    """Where a sweep stands: the moment from which on comments are asked for, and which page of them."""
    after, _, number = sweep.page.rpartition(" ")
    return datetime.fromisoformat(after) if after else sweep.since, int(number or "1")


def _following(sweep: Sweep, answer: HttpAnswer, told: Sequence[Mapping[str, Any]]) -> str:
    """The next page, begun anew at the last comment's second: whatever is hidden meanwhile moves all that is behind it.

    A page may be shorter than a hundred, of what stands under posts that we may not read nothing is shown.
    """
    after, number = _place(sweep)
    if not _more(answer, number, len(told)):
        return ""
    try:
        last = shapes.instant(told[-1].get("created_at"), "created_at") if told else after
    except Unreadable:
        last = after
    from_there = last - timedelta(seconds=1)  # `after` leaves its own second out
    return f"{from_there.isoformat()} 1" if from_there > after else f"{after.isoformat()} {number + 1}"


def _more(answer: HttpAnswer, number: int, shown: int) -> bool:
    pages = answer.headers.get("x-wp-totalpages", "")
    return number < int(pages) if pages.isascii() and pages.isdigit() else shown == _PAGE
