"""X: mentions, replies, quotes and reposts, by the X Activity API or the older Account Activity API.

Set up: an app with its own project in the developer console, *Read and write*, OAuth 2.0 enabled. The account to speak
for grants it `tweet.read tweet.write tweet.moderate.write users.read offline.access` (authorisation code with PKCE).
`verify.current` is the app's consumer secret (API key secret), which signs deliveries and answers the CRC; `act` holds
`token`, `refresh_token`, `client_id`, `client_secret` (confidential apps) and `expires_at`: the access token lives two
hours, and each renewal spends the refresh token. Register `…/webhooks/x` with `POST /2/webhooks` (app-only bearer),
then subscribe the account with `POST /2/activity/subscriptions` to `post.mention.create`, `post.reply.create`,
`post.quote.create`, `post.repost.create`, and to `post.create` and `post.delete`, by which a person of the team who
answers in X's own application is recognised. The account in our file is the numeric id of the user.

What X does not do: it tells nobody when other people's posts are edited or deleted; only direct replies to our posts
and explicit mentions arrive. An app that pays by use may answer only those who summoned it (a mention, a quote):
whether this account may answer the others is learnt from its refusals. Each post we read is billed: nothing is read but
the account's own timeline after an answer of which nothing is known, and one post where a delivery of the older API
does not say which conversation it belongs to.

Sources: X developer platform, *Webhooks*, *X Activity API: event payloads*, *Account Activity API*, *Manage posts*,
*Hide replies*, *OAuth 2.0 authorization code flow with PKCE*, *Rate limits*, *Response codes* (2026-08).
"""

import re
from base64 import b64encode
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from json import dumps
from typing import Any, ClassVar, Final
from urllib.parse import quote, urlencode

from tribune import lengths
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
from tribune.errors import CannotDo, Unreadable, UnreadableBody, WrongToken
from tribune.platforms import answers, calls, oauth, shapes, signatures

CARD: Final = Card(
    name="x",
    title="X",
    audience=Audience.PUBLIC,
    can=frozenset({ActKind.REPLY, ActKind.HIDE, ActKind.UNHIDE, ActKind.DELETE}),
    answer_within_s=10,
    text_limit=280,
    text_unit="x_weighted",
    citation="link",
    reads_back=True,
    deletes_only_ours=True,
    note="Mentions, replies, quotes and reposts; answers whoever summoned us, hides replies, deletes only our own posts.",
    polls=True,
    looks_up=True,
    refreshes=True,
)

BASE_URL: Final = "https://api.x.com"
SIGNATURE: Final = "x-twitter-webhooks-signature"
_PREFIX: Final = "sha256="

# --- who speaks ---

_CRC: Final = re.compile(r"[A-Za-z0-9._~+/=-]{1,256}")
"""No brace, no quote: the answer must never be the signature of a body that we would read."""


def handshake(delivery: Delivery, secrets: Secrets) -> Answer | None:
    """The answer to a challenge-response check: `crc_token`, signed. Raises WrongToken for what is none."""
    if delivery.method != "GET" or "crc_token" not in delivery.query:
        return None
    token = delivery.query["crc_token"]
    if not _CRC.fullmatch(token):
        raise WrongToken("not a token that X would send")
    answer = signatures.sign_base64(token.encode("ascii"), secrets.current, _PREFIX)
    return Answer(200, dumps({"response_token": answer}), "application/json")


def verify(delivery: Delivery, secrets: Secrets, now: datetime) -> None:  # noqa: ARG001  X signs no time
    """`x-twitter-webhooks-signature` over the raw body. Raises Forged."""
    signatures.verify_base64(delivery.headers.get(SIGNATURE), delivery.body, secrets, _PREFIX)


def sign(body: bytes, secret: str, now: datetime, delivery_id: str) -> dict[str, str]:  # noqa: ARG001  the shape of every platform
    """The headers X would send with `body`."""
    return {"content-type": "application/json", SIGNATURE: signatures.sign_base64(body, secret, _PREFIX)}


# --- what was said ---


def split(payload: Any) -> Iterable[Item]:
    """The one event of an Activity delivery, or each event of an Account Activity one. Raises UnreadableBody."""
    match payload:
        case {"data": {"event_type": str(kind), "filter": dict(wanted), "payload": dict(event)} as data}:
            account = answers.text_of(wanted.get("user_id"))
            if account is None or kind not in _READERS:
                return []
            return [Item(account, {"type": kind, "payload": event, "users": _users(data.get("includes"))})]
        case {"for_user_id": str(account)} if account:
            return list(_older(account, payload))
        case {"data": {"event_type": str()}} | {"user_event": dict()} | {"replay_job_status": dict()}:
            return []
    raise UnreadableBody("no `data` with an `event_type`, no `for_user_id`")


def _users(includes: Any) -> dict[str, str]:
    """Id -> name of the people an event mentions; of their profiles nothing else goes any further."""
    listed = includes.get("users") if isinstance(includes, dict) else None
    users = [one.get("data", one) for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []
    return {
        user["id"]: str(user.get("name") or user.get("username") or "")
        for user in users
        if isinstance(user, dict) and isinstance(user.get("id"), str)
    }


def _older(account: str, payload: Mapping[str, Any]) -> Iterator[Item]:
    for kind in ("tweet_create_events", "tweet_delete_events", "favorite_events"):
        events = payload.get(kind, [])
        if not isinstance(events, list) or not all(isinstance(event, dict) for event in events):
            raise UnreadableBody("a list of events that is none")
        for event in events:
            # Whether it answers our post or our answer to somebody is nowhere in it.
            answers_us = answers.text_of(event.get("in_reply_to_user_id_str")) == account
            ours = _person(event).get("id_str") == account
            yield Item(account, {"type": kind, "payload": event}, incomplete=answers_us and not ours)


@dataclass(frozen=True, slots=True)
class _Reference:
    __pydantic_config__: ClassVar = shapes.SHAPE
    type: str
    id: str


@dataclass(frozen=True, slots=True)
class _Post:
    """A post, as far as it concerns us."""

    __pydantic_config__: ClassVar = shapes.SHAPE
    id: str
    author_id: str
    created_at: int | str
    text: str = ""
    conversation_id: str | None = None
    in_reply_to_tweet_id: str | None = None
    in_reply_to_user_id: str | None = None
    referenced_tweets: tuple[_Reference, ...] | None = ()
    edit_history_tweet_ids: tuple[str, ...] | None = ()
    display_text_range: tuple[int, ...] | None = ()
    entities: Any = None
    attachments: Any = None
    lang: str | None = None
    note_tweet: Any = None
    """A long post whole."""

    def refers(self, type_: str) -> str | None:
        """The post that this one answers, quotes or repeats."""
        found = (one.id for one in self.referenced_tweets or () if one.type == type_)
        return next(found, self.in_reply_to_tweet_id if type_ == "replied_to" else None)


@dataclass(frozen=True, slots=True)
class _Gone:
    __pydantic_config__: ClassVar = shapes.SHAPE
    id: str
    author_id: str


@dataclass(frozen=True, slots=True)
class _Like:
    __pydantic_config__: ClassVar = shapes.SHAPE
    id: str
    liked_tweet_id: str
    liked_tweet_author_id: str | None = None
    timestamp_ms: int | str | None = None
    created_at: int | str | None = None


def read(item: Item) -> Iterable[Said]:
    """Replies, mentions, quotes, our own answers, reposts and likes of ours; nothing for the rest. Raises Unreadable."""
    match item.payload:
        case {"type": str(kind), "payload": dict(event)}:
            reader = _READERS.get(kind)
            said = reader(item.account, event, item.payload.get("users") or {}) if reader else None
            return [] if said is None else [said]
    raise Unreadable("type, payload (missing)")


def _read_post(account: str, event: Mapping[str, Any], users: Mapping[str, str]) -> Said | None:
    return _comment(account, shapes.fit(_Post, event), users)


def _read_own_post(account: str, event: Mapping[str, Any], users: Mapping[str, str]) -> Said | None:
    post = shapes.fit(_Post, event)
    ours = post.author_id == account and post.refers("replied_to") is not None
    return _comment(account, post, users) if ours else None


def _whole(post: _Post) -> _Post:
    """A post with all of its words: of a long one, `text` is the first 280 characters."""
    match post.note_tweet:
        case {"text": str(text), **more} if text:
            return replace(post, text=text, entities=more.get("entities") or post.entities)
    return post


def _comment(account: str, post: _Post, users: Mapping[str, str]) -> Comment:
    history = post.edit_history_tweet_ids or (post.id,)
    edited = history[0] != post.id
    # Each edit has an id of its own: the first one names the comment, whose versions they all are.
    identity = shapes.identifier(history[0], "edit_history_tweet_ids")
    said_at = _born(post.id) if edited else shapes.instant(post.created_at, "created_at")
    parent, thread = _place(account, post, identity)
    post = _whole(post)
    text, start = _words(post)
    return Comment(
        platform=CARD.name,
        account=account,
        object=identity,
        verb=Verb.EDITED if edited else Verb.CREATED,
        said_at=said_at,
        posted_at=said_at,
        author=Author(id=post.author_id, name=users.get(post.author_id) or None, is_ours=post.author_id == account),
        thread=thread,
        text=text,
        parent=parent,
        media=_media(post.attachments, text),
        url=f"https://x.com/i/web/status/{quote(post.id, safe='')}",
        language=post.lang if post.lang and re.fullmatch("[a-z]{2}", post.lang) else None,
        tagged=_tagged(account, post, start),
    )


def _place(account: str, post: _Post, identity: str) -> tuple[str | None, Thread]:
    """(what it answers, its thread): a reply to a post of ours begins a thread, any other belongs to what it answers."""
    answered, root = post.refers("replied_to"), post.conversation_id
    if answered is None:
        return None, Thread(id=identity, post=post.refers("quoted") or root or identity)
    answered = shapes.identifier(answered, "referenced_tweets.id")
    if answered == root and post.in_reply_to_user_id == account:
        return None, Thread(id=identity, post=root)
    return answered, Thread(id=answered, post=root or answered)


_MENTIONS: Final = re.compile(r"(?:@\w{1,15}\s*)+")
_OF_MEDIA: Final = re.compile(r"https?://(?:www\.)?(?:x|twitter)\.com/[^/]+/status/[0-9]+/(?:photo|video)/[0-9]+")


def _words(post: _Post) -> tuple[str, int]:
    """(what the person wrote, where it begins in the text): without the @names that a reply carries by itself.

    Links stand as people wrote them, not as X shortens them; those to a picture or to the quoted post are no words.
    """
    shown = post.display_text_range or (0,)
    start = shown[0] if _MENTIONS.fullmatch(post.text[: shown[0]]) else 0
    text, quoted = post.text[start:], post.refers("quoted")
    for link in _entities(post, "urls"):
        short, full = link.get("url"), link.get("expanded_url")
        if isinstance(short, str) and short and isinstance(full, str):
            unsaid = _OF_MEDIA.fullmatch(full) or (quoted is not None and full.endswith(f"/status/{quoted}"))
            text = text.replace(short, "" if unsaid else full)
    return _unescaped(text).strip(), start


def _unescaped(text: str) -> str:
    """X escapes these three, and only these."""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def _entities(post: _Post, kind: str) -> list[dict[str, Any]]:
    found = post.entities.get(kind) if isinstance(post.entities, dict) else None
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def _tagged(account: str, post: _Post, start: int) -> tuple[str, ...]:
    """Persons named in the words themselves; we ourselves are none."""
    return tuple(
        one["username"]
        for one in _entities(post, "mentions")
        if isinstance(one.get("username"), str)
        and one.get("id") != account
        and isinstance(one.get("start"), int)
        and one["start"] >= start
    )


def _media(attachments: Any, text: str) -> Media:
    """By the first number of a media key: 3 is a picture, 7, 13 and 16 move. A post without words shows something, said or not."""
    match attachments:
        case {"media_keys": [str(key), *_]}:
            return Media.IMAGE if key.startswith("3_") else Media.VIDEO
    return Media.NONE if text else Media.FILE


_EPOCH: Final = 1288834974657
"""Milliseconds: where X begins to count in its ids."""
_EDITABLE: Final = timedelta(hours=1)


def _born(identity: str) -> datetime:
    """When a post was written, as its id says."""
    if not identity.isdecimal():
        raise Unreadable("id (no number)")
    return shapes.instant((int(identity) >> 22) + _EPOCH, "id")


def _read_deletion(account: str, event: Mapping[str, Any], users: Mapping[str, str]) -> Said | None:  # noqa: ARG001  as the others
    gone = shapes.fit(_Gone, event)
    if gone.author_id != account:
        return None
    # X does not say when; a deletion comes after every edit, and a post can be edited for an hour.
    return _deleted(account, gone.id, _born(gone.id) + _EDITABLE)


def _deleted(account: str, identity: str, at: datetime) -> Comment:
    identity = shapes.identifier(identity, "id")
    return Comment(
        platform=CARD.name,
        account=account,
        object=identity,
        verb=Verb.DELETED,
        said_at=at,
        posted_at=at,
        author=Author(id=account, is_ours=True),
        thread=Thread(id=identity, post=identity),
    )


def _read_repost(account: str, event: Mapping[str, Any], users: Mapping[str, str]) -> Said | None:
    post = shapes.fit(_Post, event)
    repeated = post.refers("retweeted")
    return None if repeated is None or post.author_id == account else _share(account, post, repeated, users)


def _share(account: str, post: _Post, repeated: str, users: Mapping[str, str]) -> Reaction:
    return Reaction(
        platform=CARD.name,
        account=account,
        object=shapes.identifier(f"share:{post.id}", "id"),
        kind="share",
        said_at=shapes.instant(post.created_at, "created_at"),
        author=Author(id=post.author_id, name=users.get(post.author_id) or None),
        thread=Thread(id=shapes.identifier(repeated, "referenced_tweets.id"), post=repeated),
    )


def _read_like(account: str, event: Mapping[str, Any], users: Mapping[str, str]) -> Said | None:  # noqa: ARG001  as the others
    like = shapes.fit(_Like, event)
    # Who liked is not told; what we liked ourselves has another author.
    return _liked(account, like, Author(id=None)) if like.liked_tweet_author_id == account else None


def _liked(account: str, like: _Like, author: Author) -> Reaction:
    return Reaction(
        platform=CARD.name,
        account=account,
        object=shapes.identifier(f"reaction:{like.id}", "id"),
        kind="reaction",
        said_at=shapes.instant(like.timestamp_ms or like.created_at, "timestamp_ms"),
        author=author,
        thread=Thread(id=shapes.identifier(like.liked_tweet_id, "liked_tweet_id"), post=like.liked_tweet_id),
    )


# --- the older forms (Account Activity: posts of version 1.1) ---


def _person(event: Mapping[str, Any]) -> Mapping[str, Any]:
    return _mapping(event.get("user"))


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _read_older_post(account: str, event: Mapping[str, Any], users: Mapping[str, str]) -> Said | None:
    post, person = shapes.fit(_Post, _modern(event)), _person(event)
    users = {post.author_id: str(person.get("name") or person.get("screen_name") or "")}
    ours, repeated = post.author_id == account, post.refers("retweeted")
    if repeated is not None:
        original = event["retweeted_status"]
        of_ours = not ours and _person(original).get("id_str") == account
        return _share(account, post, repeated, users) if of_ours else None
    if ours and post.refers("replied_to") is None:
        return None
    return _comment(account, post, users)


def _modern(event: Mapping[str, Any]) -> dict[str, Any]:
    """A post of version 1.1 as one of version 2. Only its text ids are exact."""
    extended = event.get("extended_tweet")
    whole = {**event, **extended} if isinstance(extended, dict) else event
    entities = _mapping(whole.get("entities"))
    references = [
        {"type": type_, "id": answers.text_of(status.get("id_str"))}
        for type_, status in (("retweeted", event.get("retweeted_status")), ("quoted", event.get("quoted_status")))
        if isinstance(status, dict)
    ]
    return {
        "id": event.get("id_str"),
        "author_id": _person(event).get("id_str"),
        "created_at": event.get("timestamp_ms") or _older_time(event.get("created_at")),
        "text": whole.get("full_text") or whole.get("text") or "",
        "conversation_id": event.get("conversation_id"),
        "in_reply_to_tweet_id": event.get("in_reply_to_status_id_str"),
        "in_reply_to_user_id": event.get("in_reply_to_user_id_str"),
        "referenced_tweets": references,
        "display_text_range": whole.get("display_text_range"),
        "entities": {"urls": entities.get("urls"), "mentions": _older_mentions(entities.get("user_mentions"))},
        "attachments": _older_media(whole.get("extended_entities")),
        "lang": event.get("lang"),
    }


def _older_time(value: Any) -> Any:
    """`Mon Mar 26 16:33:26 +0000 2018`, the only time of an older post without `timestamp_ms`."""
    try:
        return datetime.strptime(value, "%a %b %d %H:%M:%S %z %Y").isoformat()
    except (TypeError, ValueError):
        return value


def _older_mentions(mentions: Any) -> list[dict[str, Any]]:
    return [
        {"start": indices[0], "username": mention.get("screen_name"), "id": mention.get("id_str")}
        for mention in (mentions if isinstance(mentions, list) else ())
        if isinstance(mention, dict) and isinstance(indices := mention.get("indices"), list) and indices
    ]


def _older_media(entities: Any) -> dict[str, Any] | None:
    match entities:
        case {"media": [{"type": str(kind)}, *_]}:
            return {"media_keys": ["3_" if kind == "photo" else "7_"]}
    return None


def _read_older_deletion(account: str, event: Mapping[str, Any], users: Mapping[str, str]) -> Said | None:  # noqa: ARG001  as the others
    match event:
        case {"status": {"id": identity, "user_id": author}, "timestamp_ms": at}:
            deleted, by = answers.text_of(identity), answers.text_of(author)
            if deleted is None or by is None:
                raise Unreadable("status.id, status.user_id (missing)")
            said_at = shapes.instant(at if isinstance(at, int | str) else None, "timestamp_ms")
            return _deleted(account, deleted, said_at) if by == account else None
    raise Unreadable("status, timestamp_ms (missing)")


def _read_older_like(account: str, event: Mapping[str, Any], users: Mapping[str, str]) -> Said | None:  # noqa: ARG001  has its own
    match event:
        case {"favorited_status": {"id_str": str(liked), "user": {"id_str": str(liked_of)}}}:
            like = shapes.fit(
                _Like, {**event, "liked_tweet_id": liked, "created_at": _older_time(event.get("created_at"))}
            )
            author = answers.text_of(_person(event).get("id_str"))
            if liked_of != account or author == account:
                return None
            return _liked(account, like, Author(id=author, name=_person(event).get("name")))
    raise Unreadable("favorited_status (missing)")


_READERS: Final = {
    "post.reply.create": _read_post,
    "post.mention.create": _read_post,
    "post.quote.create": _read_post,
    "post.create": _read_own_post,
    "post.delete": _read_deletion,
    "post.repost.create": _read_repost,
    "like.create": _read_like,
    "tweet_create_events": _read_older_post,
    "tweet_delete_events": _read_older_deletion,
    "favorite_events": _read_older_like,
}

# --- what we do ---


def act(order: Order, access: Access, now: datetime) -> Plan:  # noqa: ARG001  the shape of every platform
    """The request for the order. Raises CannotDo."""
    target = quote(order.target, safe="")
    if order.kind is ActKind.REPLY:
        body = {"text": order.text, "reply": {"in_reply_to_tweet_id": order.target}}
        call = _call("POST", access, "2/tweets", action=order.action_id, body=body)
    elif order.kind is ActKind.DELETE:
        call = _call("DELETE", access, f"2/tweets/{target}", action=order.action_id)
    elif order.kind in _HIDDEN:
        hidden = {"hidden": _HIDDEN[order.kind]}
        call = _call("PUT", access, f"2/tweets/{target}/hidden", action=order.action_id, body=hidden)
    else:
        raise CannotDo(order.kind.value)
    return Plan(call, way=order.kind.value, repeatable=order.kind is not ActKind.REPLY)


_HIDDEN: Final = {ActKind.HIDE: True, ActKind.UNHIDE: False}


def _call(  # noqa: PLR0913  a request, part by part
    method: str,
    access: Access,
    path: str,
    query: Mapping[str, str] | None = None,
    *,
    action: str = "",
    body: Mapping[str, Any] | None = None,
) -> HttpCall:
    address = f"{calls.base(access, BASE_URL)}/{path}"
    return calls.bearer(
        method, f"{address}?{urlencode(query)}" if query else address, access, content=body, action=action
    )


# --- what the platform answers ---

_WINDOW: Final = timedelta(minutes=15)
_NO_CREDITS: Final = 402


def judge(order: Order, answer: HttpAnswer, now: datetime) -> Outcome:
    """X's status codes and problems as verdicts. A 403 says why only in its `detail`."""
    body = answers.json_object(answer.body)
    if answers.succeeded(answer):
        return _judge_success(order, answer, body, now)
    if answers.in_doubt(answer):
        return Outcome(Verdict.UNKNOWN if order.kind is ActKind.REPLY else Verdict.LATER, why="server_error")
    if answer.status == answers.FORBIDDEN:
        return _judge_refusal(order, answer, body, now)
    return _refused(answer, body, now)


def _refused(answer: HttpAnswer, body: Mapping[str, Any], now: datetime) -> Outcome:
    """What a status alone says, whatever was asked."""
    if answer.status == answers.TOO_MANY:
        return Outcome(Verdict.LIMITED, why="throttled", until=_window_ends(answer, now))
    if answer.status == answers.NOT_FOUND:
        return Outcome(Verdict.GONE, why="gone") if _not_there(body) else Outcome(Verdict.REFUSED, why="refused")
    return Outcome(*_STATUSES.get(answer.status, (Verdict.REFUSED, None, "refused")))


_STATUSES: Final = {
    answers.UNAUTHORIZED: (Verdict.TOKEN_DEAD, None, "token"),
    _NO_CREDITS: (Verdict.TOKEN_DEAD, None, "credits"),
}


def _judge_success(order: Order, answer: HttpAnswer, body: Mapping[str, Any], now: datetime) -> Outcome:
    data = _mapping(body.get("data"))
    until = _spent(answer, now)
    if order.kind is ActKind.REPLY:
        created = answers.text_of(data.get("id"))
        return (
            Outcome(Verdict.DONE, created, until=until)
            if created
            else Outcome(Verdict.UNKNOWN, why="unreadable_answer")
        )
    name, wanted = ("deleted", True) if order.kind is ActKind.DELETE else ("hidden", _HIDDEN.get(order.kind))
    if "errors" in body:
        return Outcome(Verdict.GONE, why="gone") if _not_there(body) else Outcome(Verdict.REFUSED, why="refused")
    if data.get(name, wanted) is not wanted:
        return Outcome(Verdict.REFUSED, why="refused")
    return Outcome(Verdict.DONE, until=until)


def _not_there(body: Mapping[str, Any]) -> bool:
    """Does X say that there is no such post? It may say so in a 200."""
    match body:
        case {"type": str(problem)} | {"errors": [{"type": str(problem)}, *_]}:
            return problem.endswith("/resource-not-found")
    return False


_REFUSALS: Final = (
    ("deleted or not visible", Verdict.GONE, "gone"),
    ("blocked", Verdict.REFUSED, "person_unavailable"),
    ("user has been suspended", Verdict.REFUSED, "person_unavailable"),
    ("restricted who can reply", Verdict.REFUSED, "person_unavailable"),
    ("suspended", Verdict.TOKEN_DEAD, "suspended"),
    ("locked", Verdict.TOKEN_DEAD, "suspended"),
    ("automated", Verdict.BLOCKED, "spam"),
    ("update limit", Verdict.LIMITED, "throttled"),
    ("too long", Verdict.REFUSED, "too_long"),
)
"""What a 403 says -> what it means; the first that is found. One person who blocked us, was suspended, or lets only some
people answer, is one person: the others can still be answered.
"""


def _judge_refusal(order: Order, answer: HttpAnswer, body: Mapping[str, Any], now: datetime) -> Outcome:
    detail = str(body.get("detail")).lower()
    if "duplicate" in detail:
        # Perhaps the twin of our own earlier attempt, which a read-back shows; else the same words said elsewhere.
        again = order.kind is ActKind.REPLY and order.attempt > 1
        return Outcome(Verdict.UNKNOWN if again else Verdict.REFUSED, why="duplicate")
    verdict, why = next(((kind, word) for said, kind, word in _REFUSALS if said in detail), (Verdict.REFUSED, ""))
    if verdict is Verdict.LIMITED:
        return Outcome(verdict, why=why, until=_window_ends(answer, now))
    if verdict is Verdict.BLOCKED:
        return Outcome(verdict, why=why, until=now + answers.SPAM_PAUSE)
    if why:
        return Outcome(verdict, why=why)
    if order.kind is ActKind.REPLY:
        return Outcome(Verdict.REFUSED, why="not_summoned", unable=True)
    return Outcome(Verdict.REFUSED, why="permission")


_LIMITS: Final = ("x-rate-limit", "x-user-limit-24hour", "x-app-limit-24hour")


def _spent(answer: HttpAnswer, now: datetime) -> datetime | None:
    """When the limits of which nothing is left begin anew; None while something is."""
    return max((end for name in _LIMITS if (end := _reset(answer, name, now, left="0"))), default=None)


def _window_ends(answer: HttpAnswer, now: datetime) -> datetime:
    return _spent(answer, now) or _reset(answer, _LIMITS[0], now) or answers.come_back(answer, now, _WINDOW)


def _reset(answer: HttpAnswer, name: str, now: datetime, left: str | None = None) -> datetime | None:
    """`…-reset`, seconds since 1970; with `left`, only where `…-remaining` says so."""
    reset = answer.headers.get(f"{name}-reset", "")
    if not (reset.isascii() and reset.isdigit()) or left not in (None, answer.headers.get(f"{name}-remaining")):
        return None
    wait = timedelta(seconds=min(int(reset[:12]) - now.timestamp(), answers.LONGEST_WAIT.total_seconds()))
    return now + answers.bounded(wait)


# --- reading back ---

_PAGE: Final = "100"


def look_back(order: Order, access: Access) -> HttpCall | None:
    """What the account itself posted since the attempt began: the replies of others are not paid for."""
    if order.kind is not ActKind.REPLY:
        return None
    query = {"max_results": _PAGE, "tweet.fields": "referenced_tweets,entities"}
    if order.since:
        query["start_time"] = _iso(order.since - answers.CLOCKS_DIFFER)
    return _call("GET", access, f"2/users/{quote(order.account, safe='')}/tweets", query, action=order.action_id)


def settle(order: Order, answer: HttpAnswer) -> Outcome:
    """DONE when our words answer the post, LATER when they certainly do not, UNKNOWN when it cannot be read whole."""
    body = answers.json_object(answer.body)
    meta, posts = body.get("meta"), body.get("data", [])
    if not answers.succeeded(answer) or not isinstance(meta, dict) or not isinstance(posts, list):
        return Outcome(Verdict.UNKNOWN, why="unreadable_answer")
    for post in posts:
        if isinstance(post, dict) and _is_this(post, order):
            return Outcome(Verdict.DONE, id=answers.text_of(post.get("id")), why="read_back")
    if "next_token" in meta:
        return Outcome(Verdict.UNKNOWN, why="unreadable_answer")
    return Outcome(Verdict.LATER, why="read_back")


def _is_this(post: Mapping[str, Any], order: Order) -> bool:
    text, references = post.get("text"), post.get("referenced_tweets")
    if not isinstance(text, str) or not isinstance(references, list):
        return False
    answers_it = {"type": "replied_to", "id": order.target} in references
    return answers_it and words_hash(_bare(_unescaped(text))) == words_hash(_bare(order.text))


def _bare(text: str) -> str:
    """The words without their links, each of which X shows as one of its own, and without the @names it puts before."""
    for start, end in reversed(lengths.links(text)):
        text = f"{text[:start]} {text[end:]}"
    names = _MENTIONS.match(text)
    return text[names.end() :] if names else text


def _iso(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


# --- asking what was missed ---

_FIELDS: Final = (
    "author_id,conversation_id,created_at,display_text_range,edit_history_tweet_ids,entities,in_reply_to_user_id,lang,"
    "referenced_tweets,attachments,note_tweet"
)


def poll(sweep: Sweep, access: Access, now: datetime) -> HttpCall:  # noqa: ARG001  the shape of every platform
    """The mentions of the account since then, replies to it included. Raises CannotDo."""
    query = {
        "start_time": _iso(sweep.since),
        "max_results": _PAGE,
        "tweet.fields": _FIELDS,
        "expansions": "author_id",
        "user.fields": "name,username",
    } | ({"pagination_token": sweep.page} if sweep.page else {})
    return _call("GET", access, f"2/users/{quote(sweep.account, safe='')}/mentions", query)


def gather(sweep: Sweep, answer: HttpAnswer, now: datetime) -> Gathered:
    """A page of mentions, each as if it had been pushed."""
    body = answers.json_object(answer.body)
    meta, posts = body.get("meta"), body.get("data", [])
    if not answers.succeeded(answer):
        return Gathered((), _asked_in_vain(answer, now))
    if not isinstance(meta, dict) or not isinstance(posts, list):
        return Gathered((), Outcome(Verdict.LATER, why="unreadable_answer"))
    users = _users(body.get("includes"))
    items = tuple(
        Item(sweep.account, {"type": "post.mention.create", "payload": post, "users": users})
        for post in posts
        if isinstance(post, dict)
    )
    return Gathered(items, Outcome(Verdict.DONE, until=_spent(answer, now)), page=str(meta.get("next_token") or ""))


def _asked_in_vain(answer: HttpAnswer, now: datetime) -> Outcome:
    """A read that failed changed nothing."""
    if answers.in_doubt(answer):
        return Outcome(Verdict.LATER, why="server_error")
    return _refused(answer, answers.json_object(answer.body), now)


def lookup(item: Item, access: Access) -> HttpCall:
    """Which conversation a post of the older API belongs to. Raises CannotDo."""
    identity = quote(str(item.payload["payload"].get("id_str")), safe="")
    return _call("GET", access, f"2/tweets/{identity}", {"tweet.fields": "conversation_id"})


def completed(item: Item, answer: HttpAnswer, now: datetime) -> tuple[Item | None, Outcome]:
    """The post with its conversation. Where X will not show it, it is read without: no comment is lost for that."""
    body = answers.json_object(answer.body)
    match body:
        case {"data": {"conversation_id": str(conversation)}} if answers.succeeded(answer):
            known = {**item.payload["payload"], "conversation_id": conversation}
            return Item(item.account, {**item.payload, "payload": known}), Outcome(Verdict.DONE)
    if _not_there(body):
        return None, Outcome(Verdict.GONE, why="gone")
    outcome = Outcome(Verdict.REFUSED) if answers.succeeded(answer) else _asked_in_vain(answer, now)
    if outcome.verdict is Verdict.REFUSED:
        return Item(item.account, item.payload), Outcome(Verdict.DONE, why="not_shown")
    return None, outcome


# --- renewing the access ---


def refresh(access: Access, now: datetime) -> HttpCall | None:
    """The request for new tokens, once `expires_at` is near or unknown; None for an access that cannot be renewed."""
    if not oauth.due(access, now):
        return None
    address, client = f"{calls.base(access, BASE_URL)}/2/oauth2/token", access.values["client_id"]
    secret = access.values.get("client_secret")
    if not secret:
        return oauth.renewal(address, access, {"client_id": client}, {})
    basic = b64encode(f"{client}:{secret}".encode()).decode("ascii")
    return oauth.renewal(address, access, {}, {"authorization": f"Basic {basic}"})


def refreshed(access: Access, answer: HttpAnswer, now: datetime) -> tuple[Mapping[str, str], Outcome]:
    """The access with its new tokens: the refresh token that was used is spent, the new one must not be lost."""
    return oauth.renewed(access, answer, now)
