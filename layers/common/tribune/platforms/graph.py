"""What Meta's products have in common: the handshake, the signature, the envelope, a Graph call and its errors.

Used by `facebook`, `instagram`, `messenger` and `threads`; a platform of its own it is not.
Source: Meta for Developers, *Webhooks: getting started*, *Validating payloads*, *Graph API: handling errors*, *Rate
limits*, *Securing Graph API requests*, *Data deletion callback* (v25.0). Where real deliveries differ from the
documentation both are read: ids as numbers or text, times in seconds or milliseconds, a change directly in its entry.

Set-up that all of them share, in the App Dashboard (one app; the webhook address is `{WebhookUrl}` of the stack):

1. The app is in *Live* mode, with Advanced Access for assets of people who have no role in the app.
2. *Webhooks* -> the product -> callback URL `…/webhooks/<platform>`, verify token = `verify.token` of the channel. Only
   then is `GET ?hub.mode=subscribe` sent, and answered with its challenge.
3. `verify.current` is the app's secret (Instagram login and Threads have an app secret of their own: the wrong one is
   the commonest reason why every delivery is refused). After a reset, the old one stays in `verify.previous` for a day.
4. *Settings -> Advanced*: data deletion callback `…/erasure/<platform>`, deauthorise callback `…/deauthorise/<platform>`.

In `act`: `token`, `app_secret` (then `appsecret_proof` goes with every call), `base_url` (host and version, when the
default is retired: each version lives about two years).
"""

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hmac import compare_digest, digest
from json import dumps, loads
from typing import Any, Final
from urllib.parse import parse_qs, quote, urlencode

from tribune.channel import (
    Access,
    Answer,
    Asked,
    Delivery,
    Gathered,
    HttpAnswer,
    HttpCall,
    Item,
    Order,
    Outcome,
    Secrets,
    Sweep,
    Verdict,
)
from tribune.comment import from_seconds, words_hash
from tribune.errors import BadConfiguration, CannotDo, Forged, Unreadable, UnreadableBody, WrongToken
from tribune.platforms import answers, shapes, signatures

BASE_URL: Final = "https://graph.facebook.com/v25.0"
SIGNATURE: Final = "x-hub-signature-256"
_PREFIX: Final = "sha256="
_MOST_CHALLENGE: Final = 256
PRIVATE_WITHIN: Final = timedelta(days=7)
"""Later than that after a comment, a private reply to it is refused."""

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


def asked(delivery: Delivery, secrets: Secrets, now: datetime) -> Asked:  # noqa: ARG001  the request carries its own time
    """The person behind a `signed_request` (data deletion, deauthorisation). Raises Forged, UnreadableBody."""
    try:
        form = parse_qs(delivery.body.decode("ascii"), max_num_fields=10)
    except ValueError:
        raise UnreadableBody("no form") from None
    signature, _, payload = (form.get("signed_request") or [""])[0].partition(".")
    if not secrets.all():
        raise BadConfiguration("the channel has no secret")
    expected = [digest(secret.encode(), payload.encode(), "sha256") for secret in secrets.all()]
    given = _from_base64url(signature)
    # Every secret is tried: the time taken does not tell which one is in use.
    if True not in [compare_digest(given, one) for one in expected]:
        raise Forged("the request is not signed by the app's secret")
    return _asked(answers.json_object(_from_base64url(payload)))


def _asked(request: Mapping[str, Any]) -> Asked:
    person, at = answers.text_of(request.get("user_id")), request.get("issued_at")
    if person is None or str(request.get("algorithm", "")).upper() != "HMAC-SHA256":
        raise UnreadableBody("a signed request without `user_id`, or of another algorithm")
    try:
        return Asked(person, from_seconds(at) if isinstance(at, int) else None)
    except (ValueError, OverflowError, OSError):
        return Asked(person)


def ask(person: str, secret: str, now: datetime) -> Delivery:
    """The form that Meta posts when `person` wants to be forgotten."""
    request = {"algorithm": "HMAC-SHA256", "issued_at": int(now.timestamp()), "user_id": person}
    payload = _base64url(dumps(request).encode())
    signature = _base64url(digest(secret.encode(), payload.encode(), "sha256"))
    headers = {"content-type": "application/x-www-form-urlencoded"}
    return Delivery("POST", headers, urlencode({"signed_request": f"{signature}.{payload}"}).encode("ascii"))


def _base64url(content: bytes) -> str:
    return urlsafe_b64encode(content).rstrip(b"=").decode("ascii")


def _from_base64url(text: str) -> bytes:
    try:
        content = urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except ValueError:
        return b""
    # Two texts can decode to the same bytes, and only one of them is what was sent.
    return content if _base64url(content) == text else b""


# --- the envelope ---

_TEST_BUTTON: Final = "0"


def entries(payload: Any, product: str) -> list[tuple[str, Mapping[str, Any]]]:
    """(account, entry) of every entry about that product (`page`, `instagram`); none of another one's.

    The entry `0` is the dashboard's Test button, an asset of nobody. Raises UnreadableBody.
    """
    match payload:
        case {"object": str(spoken), "entry": list(found)}:
            pass
        case _:
            raise UnreadableBody("no `object` with a list of `entry`")
    if spoken != product:
        return []
    if not all(isinstance(entry, dict) for entry in found):
        raise UnreadableBody("an entry that is no object")
    named = [(answers.text_of(entry.get("id")) or "", entry) for entry in found]
    return [(account, entry) for account, entry in named if account != _TEST_BUTTON]


def changes(account: str, entry: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any], dict[str, Any]]]:
    """(field, value, the payload of its item) of every change of an entry, also of one that stands directly in it.

    `changed_fields` without values and changes without a value are none. Raises UnreadableBody.
    """
    listed = entry.get("changes", [entry] if "field" in entry else [])
    if not isinstance(listed, list) or not all(isinstance(change, dict) for change in listed):
        raise UnreadableBody("`changes` that are no list of objects")
    if listed and not account:
        raise UnreadableBody("an entry without id")
    for change in listed:
        field, value = change.get("field"), change.get("value")
        if isinstance(field, str) and isinstance(value, dict):
            kept = {"entry": {"id": account, "time": entry.get("time")}, "change": {"field": field, "value": value}}
            yield field, value, kept


_PRIVATE: Final = "messenger"
_PRIVATE_FIELDS: Final = ("messages", "message_echoes", "message_edits", "message_edit", "standby")
_WRITTEN: Final = ("message", "message_edit")


def private(account: str, entry: Mapping[str, Any]) -> Iterator[Item]:
    """The private messages of one entry, in the three forms it may have, for `messenger` to read. Raises UnreadableBody.

    An application has one address for each product: people's messages arrive beside their comments.
    """
    told = [(field == "standby", value) for field, value, _ in changes(account, entry) if field in _PRIVATE_FIELDS]
    for name in ("messaging", "standby"):
        events = entry.get(name, [])
        if not isinstance(events, list) or not all(isinstance(event, dict) for event in events):
            raise UnreadableBody(f"`{name}` that is no list of objects")
        told += [(name == "standby", event) for event in events]
    if told and not account:
        raise UnreadableBody("an entry without id")
    for standby, event in told:
        if any(isinstance(event.get(name), dict) for name in _WRITTEN):
            yield Item(account, {"standby": standby, "event": event}, platform=_PRIVATE)


# --- a call ---


def call(  # noqa: PLR0913  one request, part by part
    method: str,
    access: Access,
    path: str,
    *,
    query: Mapping[str, str] | None = None,
    form: Mapping[str, str] | None = None,
    content: Mapping[str, Any] | None = None,
    action_id: str = "",
    base_url: str = BASE_URL,
) -> HttpCall:
    """A Graph request with a `form` or a JSON `content`; the token travels in a header, never in the address.

    `appsecret_proof` shows that the caller holds the app's secret and not only a stolen token. Raises CannotDo.
    """
    token, secret = access.values.get("token"), access.values.get("app_secret")
    if not token:
        raise CannotDo("not_configured")
    proof = {"appsecret_proof": digest(secret.encode(), token.encode(), "sha256").hex()} if secret else {}
    headers = {"authorization": f"Bearer {token}"}
    if action_id:
        headers["x-request-id"] = action_id
    body = None
    if content is not None:
        headers["content-type"] = "application/json"
        body = dumps(content, ensure_ascii=False).encode("utf-8")
    elif form is not None:
        headers["content-type"] = "application/x-www-form-urlencoded"
        body, proof = urlencode({**form, **proof}).encode("ascii"), {}
    asked_for = {**(query or {}), **proof}
    address = f"{access.values.get('base_url', base_url).rstrip('/')}/{path}"
    return HttpCall(method, f"{address}?{urlencode(asked_for)}" if asked_for else address, headers, body)


def segment(identifier: str) -> str:
    """An id as one segment of a path: it cannot lead a call elsewhere."""
    return quote(identifier, safe="")


def message(
    order: Order, access: Access, recipient: Mapping[str, str], base_url: str = BASE_URL, **more: str
) -> HttpCall:
    """`POST /{account}/messages`: the one way to write to a person, or privately to the author of a comment."""
    content = {"recipient": recipient, **more, "message": {"text": order.text}}
    path = f"{segment(order.account)}/messages"
    return call("POST", access, path, content=content, action_id=order.action_id, base_url=base_url)


# --- what Graph answers ---

_CODES: Final[Mapping[int, tuple[Verdict, str]]] = {
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
_NO_CAPABILITY: Final = 3
"""The application itself may not do this, whatever it is done to."""
_HTTP: Final = {
    answers.UNAUTHORIZED: (Verdict.TOKEN_DEAD, "token"),
    answers.TOO_MANY: (Verdict.LIMITED, "throttled"),
}
_REFUSED: Final = (Verdict.REFUSED, "refused")
_HOUR: Final = timedelta(hours=1)

type Special = Mapping[tuple[int, int], tuple[Verdict, str]]
"""(code, subcode) -> what it means to one product only."""


def failure(answer: HttpAnswer, now: datetime, *, repeatable: bool, special: Special | None = None) -> Outcome | None:
    """What a Graph error means; None when the call succeeded.

    A 5xx after a message was sent is ambiguous even when Graph wrote it: only a read-back can tell, so it is UNKNOWN;
    for what may be repeated it is LATER.
    """
    error = answers.json_object(answer.body).get("error")
    if not isinstance(error, dict):
        if answers.succeeded(answer):
            return None
        error = {}
    verdict, why = _class_of(error, answer.status, special or {})
    if answers.in_doubt(answer) and verdict in (Verdict.LATER, Verdict.REFUSED):
        return Outcome(Verdict.LATER if repeatable else Verdict.UNKNOWN, why="server_error")
    unable = verdict is Verdict.REFUSED and error.get("code") == _NO_CAPABILITY
    return Outcome(verdict, why=why, until=_until(verdict, answer, now), unable=unable)


def _class_of(error: Mapping[str, Any], status: int, special: Special) -> tuple[Verdict, str]:
    """What Graph says of an error; `is_transient` outweighs the codes 1 and 2, which can mean anything."""
    code, subcode, transient = error.get("code"), error.get("error_subcode"), error.get("is_transient")
    if not isinstance(code, int):
        return _HTTP.get(status, _REFUSED)
    if isinstance(subcode, int) and (code, subcode) in special:
        return special[code, subcode]
    if (code, subcode) == (_BAD_REQUEST, _OBJECT_GONE):
        return Verdict.GONE, "gone"
    known = _CODES.get(code)
    if known is None or known[0] is Verdict.LATER:
        if transient is not None:
            return (Verdict.LATER, "transient") if transient else _REFUSED
        return known or _HTTP.get(status, _REFUSED)
    return known


def _until(verdict: Verdict, answer: HttpAnswer, now: datetime) -> datetime | None:
    if verdict is Verdict.LIMITED:
        return answers.come_back(answer, now, regained_in(answer.headers) or _HOUR)
    return now + answers.SPAM_PAUSE if verdict is Verdict.BLOCKED else None


def is_hidden_from_us(answer: HttpAnswer) -> bool:
    """Does the answer leave open whether the object is gone, or only may not be seen by us?"""
    match answers.json_object(answer.body).get("error"):
        case {"code": 100, "error_subcode": 33}:
            return True
    return False


def is_gone(answer: HttpAnswer) -> bool:
    """Does the answer say that the object exists no more (or that we may no longer see it)?"""
    match answers.json_object(answer.body).get("error"):
        case {"code": 100, "error_subcode": 33} | {"code": 803}:
            return True
    return False


# --- usage: slowing down before the limit ---

_EASE_AT: Final = 80
"""Percent of a limit: from here on Meta's own advice is to make fewer calls."""
_EASE_FOR: Final = timedelta(minutes=5)
_ALL_OF_THE_APP: Final = ("x-app-usage", "x-page-usage")
_BY_BUSINESS: Final = "x-business-use-case-usage"
_COUNTED: Final = ("call_count", "total_time", "total_cputime")


def ease_off(answer: HttpAnswer, now: datetime) -> datetime | None:
    """When calls may go on, where the usage headers say that a limit is near; None where there is no hurry."""
    wait = regained_in(answer.headers)
    if wait is None:
        used = [use.get(name) for use in _usages(answer.headers) for name in _COUNTED]
        worst = max((one for one in used if isinstance(one, int | float)), default=0)
        wait = _EASE_FOR if worst >= _EASE_AT else None
    return now + answers.bounded(wait) if wait else None


def regained_in(headers: Mapping[str, str]) -> timedelta | None:
    """The longest `estimated_time_to_regain_access` (minutes) of `X-Business-Use-Case-Usage`; None when nothing is lost."""
    minutes = [use.get("estimated_time_to_regain_access") for use in _usages(headers)]
    longest = max((one for one in minutes if isinstance(one, int)), default=0)
    return timedelta(minutes=min(longest, 24 * 60)) if longest > 0 else None


def _usages(headers: Mapping[str, str]) -> Iterator[Mapping[str, Any]]:
    for name in _ALL_OF_THE_APP:
        yield _object_of(headers, name)
    for uses in _object_of(headers, _BY_BUSINESS).values():
        if isinstance(uses, list):
            yield from (use for use in uses if isinstance(use, dict))


def _object_of(headers: Mapping[str, str], name: str) -> Mapping[str, Any]:
    return answers.json_object(headers.get(name, "").encode("utf-8", "replace"))


def done(answer: HttpAnswer, now: datetime, created: object = None, *, creates: bool = False) -> Outcome:
    """A success: with the id of what was created, or with the `success` flag; slower from now on if need be."""
    body = answers.json_object(answer.body)
    if creates:
        identity = answers.text_of(created)
        if identity is None:
            return Outcome(Verdict.UNKNOWN, why="unreadable_answer")
        return Outcome(Verdict.DONE, id=identity, until=ease_off(answer, now))
    if body.get("success") in (False, "false"):
        return Outcome(Verdict.REFUSED, why="refused")
    return Outcome(Verdict.DONE, until=ease_off(answer, now))


# --- reading ---


def read(answer: HttpAnswer, now: datetime) -> Outcome:
    """What became of a read: DONE, or what to do about the account."""
    failed = failure(answer, now, repeatable=True)
    return failed or Outcome(Verdict.DONE, until=ease_off(answer, now))


def listed(answer: HttpAnswer) -> Sequence[Mapping[str, Any]]:
    """The objects under `data` of a page of results."""
    return listed_in(answers.json_object(answer.body))


def listed_in(results: object) -> Sequence[Mapping[str, Any]]:
    """The same of results that stand within an answer."""
    found = results.get("data") if isinstance(results, dict) else None
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def next_page(answer: HttpAnswer) -> str:
    """The cursor of the next page of results, empty after the last one."""
    match answers.json_object(answer.body).get("paging"):
        case {"next": str(), "cursors": {"after": str(after)}}:
            return after
    return ""


def only(answer: HttpAnswer, part: Mapping[str, Any]) -> HttpAnswer:
    """The same answer, as if that part of it had been asked for alone."""
    return HttpAnswer(answer.status, answer.headers, dumps(part).encode("utf-8"))


def found_among(
    order: Order, answer: HttpAnswer, *, text: str, at: str, ours: Callable[[Mapping[str, Any]], bool]
) -> Outcome:
    """Is our reply among the latest ones of a thread? DONE with its id, LATER when it certainly is not.

    `text` and `at` name the fields of a reply, `ours` knows our own. UNKNOWN when there are more, and the page is full
    of replies younger than the attempt or does not begin with the latest: ours may stand on another one.
    """
    if is_gone(answer):
        return Outcome(Verdict.GONE, why="gone")
    body = answers.json_object(answer.body)
    if not answers.succeeded(answer) or not isinstance(body.get("data"), list):
        return Outcome(Verdict.UNKNOWN, why="unreadable_answer")
    replies = listed(answer)
    since = order.since - answers.CLOCKS_DIFFER if order.since else None
    recent = [reply for reply in replies if after(reply.get(at), since)]
    for reply in recent:
        said = reply.get(text)
        if ours(reply) and isinstance(said, str) and words_hash(said) == words_hash(order.text):
            return Outcome(Verdict.DONE, id=answers.text_of(reply.get("id")), why="read_back")
    more = isinstance(body.get("paging"), dict) and "next" in body["paging"]
    if more and (len(recent) == len(replies) or not _latest_first(replies, at)):
        return Outcome(Verdict.UNKNOWN, why="unreadable_answer")
    return Outcome(Verdict.LATER, why="read_back")


def _latest_first(replies: Sequence[Mapping[str, Any]], at: str) -> bool:
    """Not every product can be asked for an order, nor says in which one it answers."""
    try:
        return shapes.instant(replies[0].get(at), at) >= shapes.instant(replies[-1].get(at), at)
    except Unreadable:
        return False


def after(moment: Any, since: datetime | None) -> bool:
    """Is a time of an answer this late? One that cannot be read may be."""
    if since is None or not isinstance(moment, str | int):
        return True
    try:
        return shapes.instant(moment, "created_time") >= since
    except Unreadable:
        return True


# --- what was missed: the posts of an account, then what was said under each ---


@dataclass(frozen=True, slots=True)
class Feed:
    """How a product lists the posts of an account, and what was said under one."""

    posts: tuple[str, Mapping[str, str]]
    """The edge of the account, and what is asked of it."""
    said: tuple[str, Mapping[str, str]]
    """The edge of a post, and what is asked of it."""
    moved: Callable[[Mapping[str, Any], datetime], bool]
    """(post, since): may something have been said under it?"""
    item: Callable[[Sweep, str, Mapping[str, Any]], Iterable[Item]]
    """(sweep, post, what was said): the items that the webhook would have brought since."""
    posted: Callable[[Sweep, Mapping[str, Any]], Iterable[Item]] = lambda _sweep, _post: ()
    """(sweep, post): the same for a post itself, where others than we write some."""
    pages: int = 1
    """How many pages of posts are looked at."""
    latest_by: str = ""
    """The field by which what was said comes latest first, where nothing asks only for what is new."""
    base_url: str = BASE_URL


@dataclass(frozen=True, slots=True)
class _Progress:
    """How far a sweep came: the posts still to read, and the page of the first one's comments or of the posts."""

    posts: tuple[str, ...] = ()
    after: str = ""
    feed: str = ""
    feed_pages: int = 0

    @classmethod
    def of(cls, page: str) -> "_Progress":
        """From `Sweep.page`, which only `next` of another one wrote."""
        if not page:
            return cls()
        posts, cursor, feed, feed_pages = loads(page)
        return cls(tuple(posts), cursor, feed, feed_pages)

    @property
    def next(self) -> str:
        """What `Gathered.page` says: empty once nothing is left to read."""
        if not self.posts and not self.feed:
            return ""
        return dumps([self.posts, self.after, self.feed, self.feed_pages], separators=(",", ":"))


def poll(feed: Feed, sweep: Sweep, access: Access) -> HttpCall:
    """A page of the posts; then, post by post, what was said under it. Raises CannotDo."""
    at = _Progress.of(sweep.page)
    whose, (edge, query), cursor = (
        (at.posts[0], feed.said, at.after) if at.posts else (sweep.account, feed.posts, at.feed)
    )
    asked_for = {**query, "after": cursor} if cursor else query
    return call("GET", access, f"{segment(whose)}/{edge}", query=asked_for, base_url=feed.base_url)


def gather(feed: Feed, sweep: Sweep, answer: HttpAnswer, now: datetime) -> Gathered:
    """The items of a page. A post that is gone meanwhile is passed over."""
    outcome, at = read(answer, now), _Progress.of(sweep.page)
    if outcome.verdict is Verdict.GONE and at.posts:
        return Gathered((), Outcome(Verdict.DONE, why="gone"), page=replace(at, posts=at.posts[1:], after="").next)
    if outcome.verdict is not Verdict.DONE:
        return Gathered((), outcome)
    found, cursor = [one for one in listed(answer) if answers.text_of(one.get("id"))], next_page(answer)
    if not at.posts:
        moved = tuple(str(post["id"]) for post in found if feed.moved(post, sweep.since))
        pages = at.feed_pages + 1
        posted = tuple(item for post in found for item in feed.posted(sweep, post))
        return Gathered(posted, outcome, page=_Progress(moved, "", cursor if pages < feed.pages else "", pages).next)
    items = tuple(item for one in found for item in feed.item(sweep, at.posts[0], one))
    older = feed.latest_by and not all(after(one.get(feed.latest_by), sweep.since) for one in found)
    ended = older or not cursor
    left = replace(at, posts=at.posts[1:], after="") if ended else replace(at, after=cursor)
    return Gathered(items, outcome, page=left.next)


# --- tokens that live for sixty days (Instagram login, Threads) ---

_BEFORE_IT_ENDS: Final = timedelta(days=10)
_MOST_SECONDS: Final = 400 * 24 * 3600
_VERSION: Final = re.compile(r"/v[0-9]+\.[0-9]+$")


def renewal(access: Access, now: datetime, grant: str, base_url: str) -> HttpCall | None:
    """The request for a new long-lived token once the present one has ten days left (`expires_at` in `act`).

    None before, and for a token that is not said to end (a Page's). Meta renews no token younger than a day, nor a dead one.
    """
    ends = access.values.get("expires_at")
    try:
        if not ends or shapes.instant(ends, "expires_at") - now > _BEFORE_IT_ENDS:
            return None
    except Unreadable:
        return None
    host = _VERSION.sub("", access.values.get("base_url", base_url).rstrip("/"))
    unversioned = replace(access, values={**access.values, "base_url": host})
    # The one call whose documentation wants the token in the address: it is what is renewed, not only who asks.
    query = {"grant_type": grant, "access_token": access.values.get("token", "")}
    return call("GET", unversioned, "refresh_access_token", query=query)


def renewed(access: Access, answer: HttpAnswer, now: datetime) -> tuple[Mapping[str, str], Outcome]:
    """The `act` mapping with the new token and when it ends; the old one with what to do about it."""
    failed = failure(answer, now, repeatable=True)
    if failed is not None:
        dead = failed.verdict is Verdict.REFUSED
        return access.values, Outcome(Verdict.TOKEN_DEAD, why="token") if dead else failed
    match answers.json_object(answer.body):
        case {"access_token": str(token), "expires_in": int(seconds)} if token:
            ends = now + timedelta(seconds=min(max(seconds, 0), _MOST_SECONDS))
            return {**access.values, "token": token, "expires_at": ends.isoformat()}, Outcome(Verdict.DONE)
    return access.values, Outcome(Verdict.LATER, why="unreadable_answer")
