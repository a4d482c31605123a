"""Facebook Pages: comments, reviews, mentions, reactions and shares, answered through the Graph API.

Source: Meta for Developers, *Webhooks for Pages*, *Webhooks reference: page* (`feed`, `mention`, `ratings`), *Comments
and @Mentions*, *Page blocked* (v25.0); what all of Meta's products share is in `graph`.

Set-up, after that of `graph`: *Webhooks -> Page* -> fields `feed`, `mention`, `ratings`, callback `…/webhooks/facebook`;
then, for each Page and with its own token, `POST /{page-id}/subscribed_apps?subscribed_fields=feed,mention,ratings`
(`GET` shows it, and a field that is off in the dashboard is off without a word). Permissions: `pages_manage_metadata`,
`pages_show_list`, `pages_read_engagement`, `pages_read_user_engagement` (without it comments come without words),
`pages_manage_engagement`, `pages_messaging` for private replies. `accounts[].id` is the Page's id, `act.token` its token.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from json import dumps
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
from tribune.comment import Audience, Author, Comment, Media, Reaction, Said, TeamAct, Thread, Verb
from tribune.errors import CannotDo, Unreadable
from tribune.platforms import answers, graph, shapes

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
    note="Comments, visitors' posts, reviews, mentions, edits, removals, reactions and shares of a Page; "
    "missed comments are fetched.",
    polls=True,
    looks_up=True,
    erases=True,
    private_within=graph.PRIVATE_WITHIN,
    private_limit=2000,  # a private reply is sent as a message of Messenger is
)

# --- who speaks ---

handshake = graph.handshake
verify = graph.verify
sign = graph.sign
asked = graph.asked
ask = graph.ask

# --- what was said ---

_PRODUCT: Final = "page"
_SPOKEN: Final = ("add", "edit", "edited")


def split(payload: Any) -> Iterable[Item]:
    """One item per change of every entry of a Page, and its private messages for `messenger`. Raises UnreadableBody."""
    entries = graph.entries(payload, _PRODUCT)
    said = [
        Item(account, kept, incomplete=_says_too_little(field, value))
        for account, entry in entries
        for field, value, kept in graph.changes(account, entry)
    ]
    return [*said, *(item for account, entry in entries for item in graph.private(account, entry))]


def _says_too_little(field: str, value: Mapping[str, Any]) -> bool:
    """A comment, or a mention, without its author: whether it is our own cannot be told."""
    spoken = value.get("verb") in _SPOKEN and (value.get("item") == "comment" or field == "mention")
    return spoken and not (value.get("from") or value.get("sender_id")) and _object_of(value) is not None


def _object_of(value: Mapping[str, Any]) -> str | None:
    return answers.text_of(value.get("comment_id")) or answers.text_of(value.get("post_id"))


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
    """`value` of a change of the fields `feed`, `mention` and `ratings`, as far as it concerns us."""

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
    open_graph_story_id: str | None = None
    """What a review, and whatever was said under it, hangs from."""
    reviewer_id: str | None = None
    reviewer_name: str | None = None
    review_text: str | None = None


@dataclass(frozen=True, slots=True)
class _Entry:
    __pydantic_config__: ClassVar = shapes.SHAPE
    id: str
    time: int | str | None = None


_COMMENT_VERBS: Final = {
    "add": Verb.CREATED,
    "edited": Verb.EDITED,
    "edit": Verb.EDITED,
    "remove": Verb.DELETED,
    "delete": Verb.DELETED,
}
_TEAM_VERBS: Final = ("hide", "unhide")
_GIVEN: Final = {"add": False, "edit": False, "edited": False, "remove": True, "delete": True}
"""Verb of an interaction without words -> was it taken back?"""


def read(item: Item) -> Iterable[Said]:
    """What members and our team said and did; nothing for our own posts and other fields. Raises Unreadable."""
    match item.payload:
        case {"entry": dict(raw_entry), "change": {"field": str(field), "value": {"item": str(kind)} as raw}}:
            reader = _READERS.get(field, {}).get(kind)
        case {"entry": dict(), "change": dict()}:
            return []
        case _:
            raise Unreadable("no entry with a change")
    if reader is None:
        return []
    entry, value = shapes.fit(_Entry, raw_entry), shapes.fit(_Value, raw)
    said = reader(item.account, entry, replace(value, post_id=value.post_id or value.open_graph_story_id))
    return [] if said is None else [said]


def _read_comment(account: str, entry: _Entry, value: _Value) -> Said | None:
    if value.verb in _TEAM_VERBS:
        return _team_act(account, entry, value, shapes.identifier(value.comment_id, "comment_id"))
    verb = _COMMENT_VERBS.get(value.verb)
    if verb is None:
        return None
    text = (value.message or "") if verb is not Verb.DELETED else ""
    media = Media.NONE if verb is Verb.DELETED else _media(value, Media.NONE if text else Media.STICKER)
    return _comment(account, entry, value, verb, (text, media))


def _read_post(account: str, entry: _Entry, value: _Value) -> Said | None:
    """What somebody else posted, on our Page or naming it: a comment that is a thread of its own."""
    if value.verb in _TEAM_VERBS:
        return _team_act(account, entry, value, shapes.identifier(value.post_id, "post_id"))
    verb = _COMMENT_VERBS.get(value.verb)
    text, media = value.message or "", _media(value, _POSTED.get(value.item, Media.NONE))
    if verb is Verb.DELETED:
        text, media = "", Media.NONE
    elif verb is None or not (text or media is not Media.NONE) or (verb is Verb.EDITED and not value.message):
        return None  # a post is "edited" whenever somebody reacts to it
    as_comment = replace(value, comment_id=value.post_id, parent_id=None)
    return _comment(account, entry, as_comment, verb, (text, media))


def _read_visit(account: str, entry: _Entry, value: _Value) -> Said | None:
    """A post on our Page, unless it is one of our own."""
    author = _author(entry, value)
    return None if author.id is None or author.is_ours else _read_post(account, entry, value)


def _read_review(account: str, entry: _Entry, value: _Value) -> Said | None:
    """A review is what its author posted about us; one without words says nothing."""
    reviewer = _Person(value.reviewer_id, value.reviewer_name) if value.reviewer_id else value.from_
    said = replace(value, from_=reviewer, message=value.review_text, post_id=value.open_graph_story_id or value.post_id)
    return _read_post(account, entry, said)


def _team_act(account: str, entry: _Entry, value: _Value, target: str) -> TeamAct:
    return TeamAct(
        platform=CARD.name,
        account=account,
        object=target,
        kind=value.verb,
        said_at=shapes.instant(entry.time, "entry.time"),
        thread=_thread(value),
    )


def _comment(account: str, entry: _Entry, value: _Value, verb: Verb, words: tuple[str, Media]) -> Comment:
    text, media = words
    said_at, author = _said_at(verb, entry, value), _author(entry, value)
    return Comment(
        platform=CARD.name,
        account=account,
        object=shapes.identifier(value.comment_id, "comment_id"),
        verb=verb,
        said_at=said_at,
        posted_at=said_at,
        author=author,
        thread=_thread(value),
        text=text,
        parent=None if _at_top(value) else value.parent_id,
        media=media,
        url=shapes.web_address(value.permalink_url),
        tagged=_tagged(value.message_tags, text),
        sponsored=_sponsored(value.post),
        led_elsewhere=author.id is None,
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


type _Reader = Callable[[str, _Entry, _Value], Said | None]

_POSTED: Final = {"photo": Media.IMAGE, "album": Media.IMAGE, "video": Media.VIDEO}
_POSTS: Final = ("post", "status", "photo", "album", "video")
_UNDER: Final[Mapping[str, _Reader]] = {"comment": _read_comment, "reaction": _read_reaction, "like": _read_reaction}
_READERS: Final[Mapping[str, Mapping[str, _Reader]]] = {
    "feed": {**_UNDER, "share": _read_share, **dict.fromkeys(_POSTS, _read_visit)},
    "mention": {"comment": _read_comment, **dict.fromkeys((*_POSTS, "share", "mention"), _read_post)},
    "ratings": {**_UNDER, "rating": _read_review},
}
"""Field -> item -> what reads it."""


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


def _media(value: _Value, otherwise: Media) -> Media:
    if value.video:
        return Media.VIDEO
    return Media.IMAGE if value.photo else otherwise


def _tagged(tags: Any, text: str) -> tuple[str, ...]:
    """Names of persons; a Page that is mentioned is no person."""
    if not isinstance(tags, list):
        return ()
    names = [tag["name"] for tag in tags if isinstance(tag, dict) and tag.get("type") == "user" and "name" in tag]
    return tuple(name for name in names if isinstance(name, str) and name and name in text)


def _sponsored(post: _Post | None) -> bool:
    """A comment under an advertisement: its post is on no public feed, or is being promoted."""
    return post is not None and (post.is_published is False or post.promotion_status == "active")


# --- what an event does not say ---

_FIELDS: Final = (
    "id,from,message,parent,created_time,is_hidden,can_hide,can_remove,can_comment,can_reply_privately,permalink_url"
)


def lookup(item: Item, access: Access) -> HttpCall:
    """The comment as its own address has it, with its author. Raises CannotDo."""
    value = item.payload["change"]["value"]
    fields = _FIELDS if value.get("comment_id") else "id,from,message,created_time,permalink_url"
    return graph.call("GET", access, graph.segment(_object_of(value) or ""), query={"fields": fields})


def completed(item: Item, answer: HttpAnswer, now: datetime) -> tuple[Item | None, Outcome]:
    """The item with what the comment's own address says; as it stands, by nobody we know, where Graph withholds it."""
    outcome, change = graph.read(answer, now), item.payload["change"]
    # Elsewhere than on our Page, what Graph may not show us is to it what does not exist: the words we have are read.
    unseen = change["field"] == "mention" and graph.is_hidden_from_us(answer)
    if outcome.verdict is Verdict.REFUSED or unseen:
        return replace(item, incomplete=False), Outcome(Verdict.DONE, why=outcome.why)
    if outcome.verdict is not Verdict.DONE:
        return None, outcome
    found = answers.json_object(answer.body)
    known = {name: found[name] for name in ("from", "message", "permalink_url") if found.get(name)}
    known |= {"created_time": found["created_time"]} if "created_time" in found else {}
    match found.get("parent"):
        case {"id": str(parent)}:
            known["parent_id"] = parent
    payload = {**item.payload, "change": {**change, "value": {**change["value"], **known}}}
    return Item(item.account, payload), outcome


# --- what was missed ---


def poll(sweep: Sweep, access: Access, now: datetime) -> HttpCall:  # noqa: ARG001  the shape of every polled platform
    """A page of the feed, to see which posts moved; then, post by post, the comments since. Raises CannotDo."""
    return graph.poll(_feed(sweep.since), sweep, access)


def gather(sweep: Sweep, answer: HttpAnswer, now: datetime) -> Gathered:
    """The comments of a page, as `feed` would have told them."""
    return graph.gather(_feed(sweep.since), sweep, answer, now)


def _feed(since: datetime) -> graph.Feed:
    said = {
        "filter": "stream",
        "order": "chronological",
        "since": str(int(since.timestamp())),
        "fields": "id,from,message,parent,created_time,permalink_url,attachment{type}",
        "limit": "100",
    }
    return graph.Feed(
        posts=("feed", {"fields": f"id,updated_time,{_POST}", "limit": "50"}),
        said=("comments", said),
        moved=_moved,
        item=_missed,
        posted=_visited,
        pages=4,
    )


_POST: Final = "from,message,created_time,permalink_url,attachments{media_type}"
_SHOWN: Final = {"photo": "photo", "album": "album", "video": "video"}


def _visited(sweep: Sweep, post: Mapping[str, Any]) -> Iterable[Item]:
    """What a visitor posted on the Page since; whose post it is not told of is taken for ours."""
    match post:
        case {"from": {"id": author}} if author != sweep.account and graph.after(post.get("created_time"), sweep.since):
            kinds = [str(one.get("media_type")) for one in graph.listed_in(post.get("attachments"))]
            value = {name: post[name] for name in ("from", "message", "created_time", "permalink_url") if name in post}
            value |= {"item": _SHOWN.get(kinds[0], "post") if kinds else "post", "verb": "add", "post_id": post["id"]}
            entry = {"id": sweep.account, "time": post.get("created_time")}
            yield Item(sweep.account, {"entry": entry, "change": {"field": "feed", "value": value}})


def _moved(post: Mapping[str, Any], since: datetime) -> bool:
    """Did anything happen under a post? A comment moves its `updated_time`."""
    return graph.after(post.get("updated_time"), since)


_ATTACHED: Final = {
    "photo": "photo",
    "video_inline": "video",
    "animated_image_share": "video",
    "video_autoplay": "video",
}


def _missed(sweep: Sweep, post: str, comment: Mapping[str, Any]) -> Iterable[Item]:
    value = {name: comment[name] for name in ("from", "message", "created_time", "permalink_url") if name in comment}
    value |= {"item": "comment", "verb": "add", "comment_id": comment["id"], "post_id": post, "parent_id": post}
    match comment.get("parent"):
        case {"id": str(parent)}:
            value["parent_id"] = parent
    match comment.get("attachment"):
        case {"type": str(kind)} if kind in _ATTACHED:
            value[_ATTACHED[kind]] = kind
    entry = {"id": sweep.account, "time": comment.get("created_time")}
    return [Item(sweep.account, {"entry": entry, "change": {"field": "feed", "value": value}})]


# --- what we do ---

_REPEATABLE: Final = frozenset({ActKind.HIDE, ActKind.UNHIDE, ActKind.DELETE, ActKind.LIKE, ActKind.BLOCK})


def act(order: Order, access: Access, now: datetime) -> Plan:  # noqa: ARG001  the shape of every platform
    """The Graph call for the order. Raises CannotDo."""
    return Plan(_call(order, access), way=order.kind.value, repeatable=order.kind in _REPEATABLE)


def _call(order: Order, access: Access) -> HttpCall:
    target = graph.segment(order.target)
    match order.kind:
        case ActKind.REPLY:
            path, form = f"{target}/comments", {"message": order.text}
        case ActKind.PRIVATE:
            # Once for each comment and within seven days of it; what is too late is refused (10900, 10901).
            return graph.message(order, access, {_spoken_in(order): order.target})
        case ActKind.DELETE:
            return graph.call("DELETE", access, target, action_id=order.action_id)
        case ActKind.LIKE:
            path, form = f"{target}/likes", {}
        case ActKind.BLOCK:
            if not order.recipient:
                raise CannotDo("no_recipient")
            path, form = f"{graph.segment(order.account)}/blocked", {"user": dumps([order.recipient])}
        case _:
            path, form = target, {"is_hidden": "true" if order.kind is ActKind.HIDE else "false"}
    return graph.call("POST", access, path, form=form, action_id=order.action_id)


def _spoken_in(order: Order) -> str:
    """How a private reply names what it answers: a visitor's post, whose id begins with the Page's, is no comment."""
    return "post_id" if order.target.startswith(f"{order.account}_") else "comment_id"


def judge(order: Order, answer: HttpAnswer, now: datetime) -> Outcome:
    """The Graph error classes as verdicts; a success has an id where something was created."""
    failed = graph.failure(answer, now, repeatable=order.kind in _REPEATABLE)
    if failed is not None:
        return failed
    body = answers.json_object(answer.body)
    match order.kind:
        case ActKind.REPLY:
            return graph.done(answer, now, body.get("id"), creates=True)
        case ActKind.PRIVATE:
            return graph.done(answer, now, body.get("message_id"), creates=True)
        case ActKind.BLOCK if False in body.values():
            return Outcome(Verdict.REFUSED, why="refused")
    return graph.done(answer, now)


# --- reading back ---


def look_back(order: Order, access: Access) -> HttpCall | None:
    """The latest replies of the thread: a reply to a reply is kept under the top-level comment."""
    if order.kind is not ActKind.REPLY:
        return None
    query = {"fields": "id,message,from,created_time", "order": "reverse_chronological", "limit": "100"}
    path = f"{graph.segment(order.thread)}/comments"
    return graph.call("GET", access, path, query=query, action_id=order.action_id)


def settle(order: Order, answer: HttpAnswer) -> Outcome:
    """DONE when our words stand in the thread, LATER when they certainly do not, UNKNOWN when it cannot be read whole."""

    def ours(reply: Mapping[str, Any]) -> bool:
        author = reply.get("from")
        return isinstance(author, dict) and answers.text_of(author.get("id")) == order.account

    return graph.found_among(order, answer, text="message", at="created_time", ours=ours)
