"""Threads: replies to our posts and mentions elsewhere, answered in two steps.

Source: Meta for Developers, *Webhooks for Threads*, *Reply management*, *Create replies*, *Delete posts*, *Troubleshooting*
(Threads API v1.0); what all of Meta's products share is in `graph`. Authors have a user name and no id. A reply is first a
container that nobody sees, then published; a container is published once at most, so it is kept between the two.

Set-up, after that of `graph`, whose secret is here the *Threads app secret*: *Use cases -> Threads -> Webhooks*, topic
`moderate` fields `replies` and `delete`, topic `interaction` fields `mentions` and `publish`, callback
`…/webhooks/threads`; the business is verified and the account is public. Permissions: `threads_basic`,
`threads_read_replies`, `threads_manage_replies`, `threads_content_publish`, `threads_manage_mentions`, `threads_delete`.
`act.token` is a long-lived user token (60 days: give `act.expires_at`, it is renewed); `accounts[].id` is the
Threads user id, the one that stands in `root_post.owner_id`; `accounts[].username` makes us known where only names are told.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, Final

from tribune.channel import (
    Access,
    ActKind,
    Card,
    Gathered,
    HttpAnswer,
    HttpCall,
    Item,
    Order,
    Outcome,
    Plan,
    Sweep,
    Verdict,
)
from tribune.comment import Audience, Author, Comment, Media, Said, Thread, Verb
from tribune.errors import CannotDo, Unreadable, UnreadableBody
from tribune.platforms import answers, graph, shapes

CARD: Final = Card(
    name="threads",
    title="Threads",
    audience=Audience.PUBLIC,
    can=frozenset({ActKind.REPLY, ActKind.HIDE, ActKind.UNHIDE, ActKind.DELETE}),
    answer_within_s=5,
    text_limit=500,
    text_unit="utf8",  # an emoji counts the bytes it takes
    citation="link",
    reads_back=True,
    deletes_only_ours=True,
    note="Replies and mentions; answers in two steps, hides top-level replies, deletes our own.",
    polls=True,
    looks_up=True,
    refreshes=True,
    erases=True,
)

BASE_URL: Final = "https://graph.threads.net/v1.0"
_MENTION: Final = "mention:"
"""How the threads of other people's posts are named: we may answer there, and hide nothing."""

# --- who speaks ---

handshake = graph.handshake
verify = graph.verify
sign = graph.sign
asked = graph.asked
ask = graph.ask

# --- what was said ---

_FIELDS: Final = ("replies", "mentions", "delete", "publish")


def split(payload: Any) -> Iterable[Item]:
    """One item per value, whether `values` is an object, a list, or the envelope of Meta's other products.

    Raises UnreadableBody.
    """
    match payload:
        case {"values": dict(value)}:
            return list(_items(payload, [value]))
        case {"values": list(values)} if all(isinstance(value, dict) for value in values):
            return list(_items(payload, values))
        case {"object": str(), "entry": list()}:
            told = [
                ({"target_id": account, "time": entry.get("time")}, {"field": field, "value": value})
                for account, entry in graph.entries(payload, "threads")
                for field, value, _ in graph.changes(account, entry)
            ]
            return [item for envelope, value in told for item in _items(envelope, [value])]
    raise UnreadableBody("no `values` of objects, and no list of `entry`")


def _items(envelope: Mapping[str, Any], values: Iterable[Mapping[str, Any]]) -> Iterator[Item]:
    for told in values:
        match told:
            case {"field": str(field), "value": dict(value)}:
                account = _account(field, value, envelope.get("target_id"))
                if account:
                    kept = {"field": field, "value": value, "time": envelope.get("time")}
                    yield Item(account, kept, incomplete=field == "publish")


def _account(field: str, value: Mapping[str, Any], target: Any) -> str | None:
    """Whose account it concerns: a reply hangs from a post of ours, what was deleted was ours, a mention names us."""
    match field, value:
        case "replies", {"root_post": {"owner_id": owner}}:
            return answers.text_of(owner)
        case "delete", {"owner": {"owner_id": owner}}:
            return answers.text_of(owner)
    return answers.text_of(target)


@dataclass(frozen=True, slots=True)
class _Post:
    __pydantic_config__: ClassVar = shapes.SHAPE
    id: str | None = None
    owner_id: str | None = None
    username: str | None = None


@dataclass(frozen=True, slots=True)
class _Value:
    """A post as a webhook tells it, or as it was looked up."""

    __pydantic_config__: ClassVar = shapes.SHAPE
    id: str | None = None
    username: str | None = None
    text: str | None = None
    media_type: str | None = None
    gif_url: str | None = None
    permalink: str | None = None
    timestamp: str | None = None
    deleted_at: str | None = None
    replied_to: _Post | None = None
    root_post: _Post | None = None
    is_reply_owned_by_me: bool = False


def read(item: Item) -> Iterable[Said]:
    """Replies, mentions and what we took down; nothing for our own posts and other fields. Raises Unreadable."""
    match item.payload:
        case {"field": str(field), "value": dict(raw)} if field in _FIELDS:
            value = shapes.fit(_Value, raw)
        case {"field": str()}:
            return []
        case _:
            raise Unreadable("no field with a value")
    if field == "delete":
        return [_taken_down(item.account, value)]
    if field == "publish" and value.replied_to is None:
        return []
    return [_written(item.account, field, value)]


def _written(account: str, field: str, value: _Value) -> Comment:
    identity = shapes.identifier(value.id, "value.id")
    said_at = shapes.instant(value.timestamp, "value.timestamp")
    root, above = value.root_post or _Post(), value.replied_to or _Post()
    # What we published may answer a post of somebody else's, of which nothing says whose it is.
    at_top = above.id is None or (above.id == root.id and field != "publish")
    elsewhere = field == "mentions" and root.owner_id != account
    ours = field == "publish" or value.is_reply_owned_by_me or _by_the_owner(account, value, root)
    text = value.text or ""
    return Comment(
        platform=CARD.name,
        account=account,
        object=identity,
        verb=Verb.CREATED,
        said_at=said_at,
        posted_at=said_at,
        author=Author(id=value.username, name=value.username, is_ours=ours, username=value.username),
        thread=Thread(
            id=f"{_MENTION}{identity}" if elsewhere else identity if at_top else above.id or identity,
            post=root.id or above.id or identity,
        ),
        text=text,
        parent=None if at_top or elsewhere else above.id,
        media=_media(value, text),
        url=shapes.web_address(value.permalink),
    )


def _by_the_owner(account: str, value: _Value, root: _Post) -> bool:
    """Under a post of ours, whoever has its author's name is we."""
    return root.owner_id == account and root.username is not None and value.username == root.username


def _taken_down(account: str, value: _Value) -> Comment:
    identity = shapes.identifier(value.id, "value.id")
    said_at = shapes.instant(value.deleted_at or value.timestamp, "value.deleted_at")
    return Comment(
        platform=CARD.name,
        account=account,
        object=identity,
        verb=Verb.DELETED,
        said_at=said_at,
        posted_at=said_at,
        author=Author(id=value.username, name=value.username, is_ours=True),
        thread=Thread(id=identity, post=identity),
    )


_ATTACHED: Final = {
    "TEXT_POST": Media.NONE,
    "TEXT": Media.NONE,
    "IMAGE": Media.IMAGE,
    "CAROUSEL_ALBUM": Media.IMAGE,
    "VIDEO": Media.VIDEO,
    "AUDIO": Media.VOICE,
}


def _media(value: _Value, text: str) -> Media:
    if value.gif_url:
        return Media.VIDEO
    known = _ATTACHED.get(value.media_type or "TEXT_POST", Media.FILE)
    return Media.FILE if known is Media.NONE and not text else known


# --- what an event does not say ---

_LOOKED_UP: Final = "id,text,username,timestamp,media_type,permalink,is_reply,replied_to,root_post"


def lookup(item: Item, access: Access) -> HttpCall:
    """What we published, with its words and what it answers: perhaps one of our people answered. Raises CannotDo."""
    path = graph.segment(answers.text_of(item.payload["value"].get("id")) or "")
    return graph.call("GET", access, path, query={"fields": _LOOKED_UP}, base_url=BASE_URL)


def completed(item: Item, answer: HttpAnswer, now: datetime) -> tuple[Item | None, Outcome]:
    """The whole post; nothing when it may not be read: our own words concern nobody."""
    outcome = graph.read(answer, now)
    if outcome.verdict is Verdict.REFUSED:
        return None, Outcome(Verdict.DONE, why=outcome.why)
    if outcome.verdict is not Verdict.DONE:
        return None, outcome
    value = {**item.payload["value"], **answers.json_object(answer.body)}
    return Item(item.account, {**item.payload, "value": value}), outcome


# --- what was missed ---


def poll(sweep: Sweep, access: Access, now: datetime) -> HttpCall:  # noqa: ARG001  the shape of every polled platform
    """Our latest posts; then, post by post, the conversation under it. Raises CannotDo."""
    return graph.poll(_FEED, sweep, access)


def gather(sweep: Sweep, answer: HttpAnswer, now: datetime) -> Gathered:
    """The replies of a page, as the field `replies` would have told them."""
    return graph.gather(_FEED, sweep, answer, now)


def _spoken_under(post: Mapping[str, Any], since: datetime) -> bool:  # noqa: ARG001  nothing says when
    return post.get("has_replies") is not False


def _missed(sweep: Sweep, post: str, reply: Mapping[str, Any]) -> Iterable[Item]:
    if graph.after(reply.get("timestamp"), sweep.since):
        value = {**reply, "root_post": {"id": post, "owner_id": sweep.account}}
        yield Item(sweep.account, {"field": "replies", "value": value, "time": reply.get("timestamp")})


_FEED: Final = graph.Feed(
    posts=("threads", {"fields": "id,has_replies", "limit": "25"}),
    said=(
        "conversation",
        {
            "fields": "id,text,username,timestamp,media_type,permalink,replied_to,is_reply_owned_by_me",
            "reverse": "true",
            "limit": "100",
        },
    ),
    moved=_spoken_under,
    item=_missed,
    latest_by="timestamp",
    base_url=BASE_URL,
)

# --- what we do ---

_REPEATABLE: Final = frozenset({ActKind.HIDE, ActKind.UNHIDE, ActKind.DELETE})
_CONTAINER: Final = "container"
_PUBLISH: Final = "publish:"
_SPECIAL: Final[graph.Special] = {
    # The container is not there: not yet, or no more because it was published. Only the thread can tell.
    (24, 4279009): (Verdict.UNKNOWN, "container_not_found"),
}


def act(order: Order, access: Access, now: datetime) -> Plan:  # noqa: ARG001  the shape of every platform
    """The call for the order; of a reply its container, or its publication once `Order.way` names one. Raises CannotDo."""
    if order.kind not in CARD.can:
        raise CannotDo(order.kind.value)
    target, user, id_ = graph.segment(order.target), graph.segment(order.account), order.action_id
    if order.kind is ActKind.REPLY and order.way.startswith(_PUBLISH):
        form = {"creation_id": order.way.removeprefix(_PUBLISH)}
        call = graph.call("POST", access, f"{user}/threads_publish", form=form, action_id=id_, base_url=BASE_URL)
        return Plan(call, way=order.way, repeatable=False)
    if order.kind is ActKind.REPLY:
        form = {"media_type": "TEXT", "text": order.text, "reply_to_id": order.target}
        call = graph.call("POST", access, f"{user}/threads", form=form, action_id=id_, base_url=BASE_URL)
        # Nobody sees a container: making another one repeats nothing.
        return Plan(call, way=_CONTAINER, repeatable=True)
    if order.kind is ActKind.DELETE:
        call = graph.call("DELETE", access, target, action_id=id_, base_url=BASE_URL)
        return Plan(call, way=order.kind.value, repeatable=True)
    if order.thread.startswith(_MENTION):
        raise CannotDo("not_our_post")
    if order.target != order.thread:
        raise CannotDo("not_at_top")
    form = {"hide": "true" if order.kind is ActKind.HIDE else "false"}
    call = graph.call("POST", access, f"{target}/manage_reply", form=form, action_id=id_, base_url=BASE_URL)
    return Plan(call, way=order.kind.value, repeatable=True)


def judge(order: Order, answer: HttpAnswer, now: datetime) -> Outcome:
    """The Graph error classes as verdicts; a container made leads on to its publication."""
    publishing = order.way.startswith(_PUBLISH)
    repeatable = order.kind in _REPEATABLE or not publishing
    failed = graph.failure(answer, now, repeatable=repeatable, special=_SPECIAL)
    if failed is not None:
        return failed
    if order.kind is not ActKind.REPLY:
        return graph.done(answer, now)
    created = answers.text_of(answers.json_object(answer.body).get("id"))
    if publishing:
        return graph.done(answer, now, created, creates=True)
    if created is None:
        return Outcome(Verdict.LATER, why="unreadable_answer")
    return Outcome(Verdict.NEXT, way=f"{_PUBLISH}{created}")


# --- reading back ---


def look_back(order: Order, access: Access) -> HttpCall | None:
    """The replies of what we answered, the latest first; a container alone is seen nowhere."""
    if order.kind is not ActKind.REPLY or not order.way.startswith(_PUBLISH):
        return None
    query = {"fields": "id,text,timestamp,username,is_reply_owned_by_me", "reverse": "true", "limit": "100"}
    path = f"{graph.segment(order.target)}/replies"
    return graph.call("GET", access, path, query=query, action_id=order.action_id, base_url=BASE_URL)


def settle(order: Order, answer: HttpAnswer) -> Outcome:
    """DONE when our words stand in the thread, LATER when they certainly do not, UNKNOWN when it cannot be read whole."""

    def ours(reply: Mapping[str, Any]) -> bool:
        return reply.get("is_reply_owned_by_me") is True

    return graph.found_among(order, answer, text="text", at="timestamp", ours=ours)


# --- tokens ---


def refresh(access: Access, now: datetime) -> HttpCall | None:
    """The request for a new long-lived token, ten days before the present one ends."""
    return graph.renewal(access, now, "th_refresh_token", BASE_URL)


refreshed = graph.renewed
