"""Instagram: comments, live comments and mentions of a professional account, answered through the Graph API.

Source: Meta for Developers, *Instagram Platform: webhooks*, *Comment moderation*, *Private replies*, *IG Comment*,
*IG User: mentions, mentioned_comment, mentioned_media* (v25.0); what all of Meta's products share is in `graph`.
Instagram tells of no edit, no removal and no hiding, and its comments carry no time of their own.

Set-up, after that of `graph`: *Webhooks -> Instagram* -> fields `comments`, `live_comments`, `mentions`, callback
`…/webhooks/instagram`; then `POST https://graph.instagram.com/v25.0/{ig-id}/subscribed_apps?subscribed_fields=comments,
live_comments`. Two ways to log in, each with its host:

- *Instagram login*: `act.token` an Instagram user token (60 days: give `act.expires_at`, it is renewed), `act.app_secret`
  and `verify.current` the *Instagram app secret*, host `graph.instagram.com` (the default). Permissions
  `instagram_business_basic`, `instagram_business_manage_comments`, `instagram_business_manage_messages`.
- *Facebook login*: `act.token` the token of the linked Page, `act.base_url: https://graph.facebook.com/v25.0`.
  Permissions `instagram_basic`, `instagram_manage_comments`, `instagram_manage_messages`, `pages_show_list`. Only here
  do mentions elsewhere come as `mentions`.

`accounts[].id` is the id of the professional account, the one that stands in `entry[].id`; `accounts[].username` makes
us known where Instagram tells our own comments under yet another id.
"""

from collections.abc import Iterable, Mapping
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
from tribune.errors import CannotDo, Unreadable
from tribune.platforms import answers, graph, shapes

CARD: Final = Card(
    name="instagram",
    title="Instagram",
    audience=Audience.PUBLIC,
    can=frozenset({ActKind.REPLY, ActKind.HIDE, ActKind.UNHIDE, ActKind.DELETE, ActKind.PRIVATE}),
    answer_within_s=5,
    text_limit=300,
    text_unit="utf16",
    citation="name",
    reads_back=True,
    note="Comments, live comments and mentions of a professional account; no edits or removals are told.",
    polls=True,
    looks_up=True,
    refreshes=True,
    erases=True,
    private_within=graph.PRIVATE_WITHIN,
)

BASE_URL: Final = "https://graph.instagram.com/v25.0"
_LIVE: Final = "live:"
_MENTION: Final = "mention:"
"""How threads are named where answering differs: under a broadcast only privately, in a mention by an edge of its own."""

# --- who speaks ---

handshake = graph.handshake
verify = graph.verify
sign = graph.sign
asked = graph.asked
ask = graph.ask

# --- what was said ---

_PRODUCT: Final = "instagram"
_FIELDS: Final = ("comments", "live_comments", "mentions")


def split(payload: Any) -> Iterable[Item]:
    """One item per change of every entry, and its private messages for `messenger`. Raises UnreadableBody."""
    entries = graph.entries(payload, _PRODUCT)
    said = [
        Item(account, kept, incomplete=field == "mentions" or not value.get("from"))
        for account, entry in entries
        for field, value, kept in graph.changes(account, entry)
        if field in _FIELDS
    ]
    return [*said, *(item for account, entry in entries for item in graph.private(account, entry))]


@dataclass(frozen=True, slots=True)
class _Person:
    __pydantic_config__: ClassVar = shapes.SHAPE
    id: str | None = None
    username: str | None = None
    self_ig_scoped_id: str | None = None
    """Our own account as the application sees persons: given where we are the one who speaks."""


@dataclass(frozen=True, slots=True)
class _Media:
    __pydantic_config__: ClassVar = shapes.SHAPE
    id: str | None = None
    media_product_type: str | None = None
    ad_id: str | None = None
    original_media_id: str | None = None


@dataclass(frozen=True, slots=True)
class _Value:
    """`value` of a change, or what was looked up of it."""

    __pydantic_config__: ClassVar = shapes.SHAPE
    id: str | None = None
    comment_id: str | None = None
    """The older documents' name of `id`; in a mention, the comment that names us."""
    text: str | None = None
    from_: _Person | None = None
    media: _Media | None = None
    media_id: str | None = None
    parent_id: str | None = None
    timestamp: str | None = None
    permalink: str | None = None


@dataclass(frozen=True, slots=True)
class _Entry:
    __pydantic_config__: ClassVar = shapes.SHAPE
    id: str
    time: int | str | None = None


def read(item: Item) -> Iterable[Said]:
    """The comment; nothing for other fields and for a mention nobody looked up. Raises Unreadable."""
    match item.payload:
        case {"entry": dict(raw_entry), "change": {"field": str(field), "value": dict(raw)}}:
            pass
        case _:
            raise Unreadable("no entry with a change")
    if field not in _FIELDS:
        return []
    entry, value = shapes.fit(_Entry, raw_entry), shapes.fit(_Value, raw)
    if field == "mentions" and value.from_ is None:
        return []
    return [_comment(item.account, field, entry, value)]


def _comment(account: str, field: str, entry: _Entry, value: _Value) -> Comment:
    media = value.media or _Media(value.media_id)
    # A mention in a caption has no comment: the post itself is what was said.
    identity = shapes.identifier(value.id or value.comment_id or value.media_id, "value.id")
    said_at = shapes.instant(value.timestamp or entry.time, "entry.time")
    post = shapes.identifier(media.original_media_id or media.id or identity, "value.media.id")
    text, author = value.text or "", _author(entry, value.from_)
    return Comment(
        platform=CARD.name,
        account=account,
        object=identity,
        verb=Verb.CREATED,
        said_at=said_at,
        posted_at=said_at,
        author=author,
        thread=Thread(id=_thread(field, identity, value, media), post=post),
        text=text,
        parent=value.parent_id,
        media=Media.NONE if text else Media.STICKER,
        url=shapes.web_address(value.permalink),
        sponsored=bool(media.ad_id) or media.media_product_type == "AD",
        led_elsewhere=author.id is None and not author.is_ours,
    )


def _thread(field: str, identity: str, value: _Value, media: _Media) -> str:
    if field == "mentions":
        return f"{_MENTION}{media.id or value.media_id}"
    if field == "live_comments" or media.media_product_type == "LIVE":
        return f"{_LIVE}{value.parent_id or identity}"
    return value.parent_id or identity


def _author(entry: _Entry, person: _Person | None) -> Author:
    """Ours under either of our two ids; where only a user name is told (a mention), that is who it is."""
    if person is None:
        return Author(None)
    own = person.id in (entry.id, person.self_ig_scoped_id) if person.id else bool(person.self_ig_scoped_id)
    return Author(id=person.id or person.username, name=person.username, is_ours=own, username=person.username)


# --- what an event does not say ---

_COMMENT: Final = "id,text,timestamp,username,from,user,parent_id,media{id,media_product_type}"


def lookup(item: Item, access: Access) -> HttpCall:
    """The comment by its own address; a mention, through the account that was named. Raises CannotDo."""
    change = item.payload["change"]
    value = change["value"]
    comment, media = (answers.text_of(value.get(name)) for name in ("comment_id", "media_id"))
    if change["field"] != "mentions":
        path, fields = graph.segment(answers.text_of(value.get("id")) or comment or ""), _COMMENT
    elif comment:
        path = graph.segment(item.account)
        fields = f"mentioned_comment.comment_id({_bare(comment)}){{id,text,timestamp,username,media{{id}}}}"
    else:
        path = graph.segment(item.account)
        fields = f"mentioned_media.media_id({_bare(media)}){{id,caption,timestamp,username,permalink}}"
    return graph.call("GET", access, path, query={"fields": fields}, base_url=BASE_URL)


def _bare(identity: str | None) -> str:
    """An id inside a field expression: letters and digits only, so that it asks for nothing else."""
    if not identity or not identity.isascii() or not identity.isalnum():
        raise CannotDo("no_such_object")
    return identity


def completed(item: Item, answer: HttpAnswer, now: datetime) -> tuple[Item | None, Outcome]:
    """The item with its words and its author. A mention that may not be read says nothing."""
    outcome, change = graph.read(answer, now), item.payload["change"]
    mention = change["field"] == "mentions"
    if outcome.verdict is Verdict.REFUSED:
        return None if mention else Item(item.account, item.payload), Outcome(Verdict.DONE, why=outcome.why)
    if outcome.verdict is not Verdict.DONE:
        return None, outcome
    body = answers.json_object(answer.body)
    found = body.get("mentioned_comment") or body.get("mentioned_media") if mention else body
    if not isinstance(found, dict):
        return None, Outcome(Verdict.DONE, why="nothing_found")
    known = {name: found[name] for name in ("text", "timestamp", "media", "parent_id", "permalink") if found.get(name)}
    known |= {"text": found["caption"]} if found.get("caption") else {}
    value = {**change["value"], **known, "from": _speaker(item.account, found)}
    return Item(item.account, {**item.payload, "change": {**change, "value": value}}), outcome


def _speaker(account: str, found: Mapping[str, Any]) -> Mapping[str, Any]:
    """`user` is only told of what the account itself wrote."""
    speaker = found.get("from")
    if found.get("user"):
        return {"id": account, "username": found.get("username")}
    return speaker if isinstance(speaker, dict) and speaker else {"username": found.get("username")}


# --- what was missed ---

_SAID: Final = "id,text,timestamp,username,from,user,parent_id"


def poll(sweep: Sweep, access: Access, now: datetime) -> HttpCall:  # noqa: ARG001  the shape of every polled platform
    """The latest posts; then, post by post, their comments with their replies. Raises CannotDo."""
    return graph.poll(_FEED, sweep, access)


def gather(sweep: Sweep, answer: HttpAnswer, now: datetime) -> Gathered:
    """The comments of a page, as the field `comments` would have told them."""
    return graph.gather(_FEED, sweep, answer, now)


def _spoken_under(post: Mapping[str, Any], since: datetime) -> bool:  # noqa: ARG001  nothing says when
    return post.get("comments_count") != 0


def _missed(sweep: Sweep, media: str, comment: Mapping[str, Any]) -> Iterable[Item]:
    """A comment and its replies, whichever are new. One told before has its delivery's later time, and stays as it is."""
    replies = comment.get("replies")
    below = replies.get("data") if isinstance(replies, dict) else None
    said = [comment, *(one | {"parent_id": comment["id"]} for one in below or () if isinstance(one, dict))]
    for one in said:
        if graph.after(one.get("timestamp"), sweep.since):
            value = {name: one[name] for name in ("id", "text", "timestamp", "parent_id") if one.get(name)}
            value |= {"from": _speaker(sweep.account, one), "media": {"id": media}}
            entry = {"id": sweep.account, "time": one.get("timestamp")}
            yield Item(sweep.account, {"entry": entry, "change": {"field": "comments", "value": value}})


_FEED: Final = graph.Feed(
    posts=("media", {"fields": "id,comments_count", "limit": "25"}),
    said=("comments", {"fields": f"{_SAID},replies.limit(50){{{_SAID}}}", "limit": "50"}),
    moved=_spoken_under,
    item=_missed,
    latest_by="timestamp",
    base_url=BASE_URL,
)

# --- what we do ---

_REPEATABLE: Final = frozenset({ActKind.HIDE, ActKind.UNHIDE, ActKind.DELETE})
_SPECIAL: Final[graph.Special] = {
    (4, 2207051): (Verdict.BLOCKED, "spam"),
    (24, 2207006): (Verdict.GONE, "gone"),
}


def act(order: Order, access: Access, now: datetime) -> Plan:  # noqa: ARG001  the shape of every platform
    """The Graph call for the order. Raises CannotDo, also for what a broadcast or somebody else's post does not allow."""
    if order.kind not in CARD.can:
        raise CannotDo(order.kind.value)
    return Plan(_call(order, access), way=order.kind.value, repeatable=order.kind in _REPEATABLE)


def _call(order: Order, access: Access) -> HttpCall:
    target, named = graph.segment(order.target), order.thread.startswith(_MENTION)
    match order.kind:
        case ActKind.REPLY if named:
            media = order.thread.removeprefix(_MENTION)
            form = {"media_id": media, "comment_id": order.target, "message": order.text}
            if media == order.target:
                del form["comment_id"]
            path = f"{graph.segment(order.account)}/mentions"
        case _ if named:
            raise CannotDo("not_our_post")
        case ActKind.REPLY if order.thread.startswith(_LIVE):
            raise CannotDo("live")
        case ActKind.REPLY:
            path, form = f"{target}/replies", {"message": order.text}
        case ActKind.PRIVATE:
            # Once for each comment and within seven days of it; of a live one, only while it is on the air.
            return graph.message(order, access, {"comment_id": order.target}, BASE_URL)
        case ActKind.DELETE:
            return graph.call("DELETE", access, target, action_id=order.action_id, base_url=BASE_URL)
        case _:
            path, form = target, {"hide": "true" if order.kind is ActKind.HIDE else "false"}
    return graph.call("POST", access, path, form=form, action_id=order.action_id, base_url=BASE_URL)


def judge(order: Order, answer: HttpAnswer, now: datetime) -> Outcome:
    """The Graph error classes as verdicts; a success has an id where something was created."""
    failed = graph.failure(answer, now, repeatable=order.kind in _REPEATABLE, special=_SPECIAL)
    if failed is not None:
        return failed
    body = answers.json_object(answer.body)
    match order.kind:
        case ActKind.REPLY:
            return graph.done(answer, now, body.get("id"), creates=True)
        case ActKind.PRIVATE:
            return graph.done(answer, now, body.get("message_id"), creates=True)
    return graph.done(answer, now)


# --- reading back ---


def look_back(order: Order, access: Access) -> HttpCall | None:
    """The replies of the thread; what was said in somebody else's thread cannot be read again."""
    if order.kind is not ActKind.REPLY or order.thread.startswith((_MENTION, _LIVE)):
        return None
    query = {"fields": "id,text,timestamp,username,from,user", "limit": "100"}
    path = f"{graph.segment(order.thread)}/replies"
    return graph.call("GET", access, path, query=query, action_id=order.action_id, base_url=BASE_URL)


def settle(order: Order, answer: HttpAnswer) -> Outcome:
    """DONE when our words stand in the thread, LATER when they certainly do not, UNKNOWN when it cannot be read whole."""

    def ours(reply: Mapping[str, Any]) -> bool:
        return _author(_Entry(order.account), shapes.fit(_Person, _speaker(order.account, reply))).is_ours

    try:
        return graph.found_among(order, answer, text="text", at="timestamp", ours=ours)
    except Unreadable:
        return Outcome(Verdict.UNKNOWN, why="unreadable_answer")


# --- tokens ---


def refresh(access: Access, now: datetime) -> HttpCall | None:
    """The request for a new Instagram user token, ten days before the present one ends."""
    return graph.renewal(access, now, "ig_refresh_token", BASE_URL)


refreshed = graph.renewed
