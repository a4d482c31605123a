"""X's twin: posts that are answered, hidden and deleted, an access that is renewed once per token, windows of 15 minutes.

Told to fail: besides the connection's modes `500`, `429`, `token`, `spam`, `credits`, `unsummoned`. `consistency_s` is
how long a new post of ours stays off its timeline; `billed` counts the posts that were read, each of which X charges.
"""

import json
import re
from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from itertools import count
from typing import Any, ClassVar, Final
from urllib.parse import parse_qsl

from local.twins import Entry, Outbox, TwinAnswer, TwinRequest
from local.twins.acting import ActingTwin, Call, Done, Refusal, as_json, bearer, json_of
from tribune import lengths
from tribune.errors import TribuneError
from tribune.platforms import x
from tribune.platforms.body import parse

TOKEN_LIVES: Final = timedelta(hours=2)
WINDOW: Final = timedelta(minutes=15)
LIMITS: Final[Mapping[str, int]] = {"reply": 100, "hide": 50, "unhide": 50, "delete": 50, "read": 900}
"""Calls of each kind in a window, for one account."""
SAME_WORDS_FOR: Final = timedelta(hours=1)
"""How long X remembers what was posted, and refuses to post it again."""
_PROBLEMS: Final = "https://api.twitter.com/2/problems/"
_POST = re.compile(r"/2/tweets/(?P<post>[^/]+)(?P<hidden>/hidden)?")
_TIMELINE = re.compile(r"/2/users/(?P<user>[^/]+)/(?P<which>tweets|mentions)")
_EPOCH_MS: Final = 1288834974657


@dataclass(frozen=True, slots=True)
class Known:
    """A post as X has it."""

    id: str
    account: str
    """On whose behalf we know of it."""
    author: str
    text: str
    at: datetime
    conversation: str
    answers: str | None = None
    begun_by_us: bool = False
    """Did our account write the post that the conversation hangs from?"""
    summons: bool = False
    """Does it name or quote our account of its own accord?"""
    hidden: bool = False
    deleted: bool = False

    @property
    def ours(self) -> bool:
        """Did our account write it?"""
        return self.author == self.account


class XTwin(ActingTwin):
    """The API of version 2, for the accounts whose access tokens it is given."""

    name: ClassVar[str] = "x"
    modes: ClassVar[frozenset[str]] = frozenset({"500", "429", "token", "spam", "credits", "unsummoned"})

    def __init__(
        self,
        outbox: Outbox,
        tokens: Mapping[str, tuple[str, ...]],
        *,
        clients: Mapping[str, str] | None = None,
        refresh_tokens: Mapping[str, str] | None = None,
        summoned_only: bool = False,
    ) -> None:
        """`tokens`: access token -> its accounts. `clients`: client id -> secret, `refresh_tokens`: token -> access token.

        `summoned_only`: only a post that names or quotes us may be answered, as for an app that pays by use.
        """
        super().__init__(outbox)
        self._tokens, self._clients = dict(tokens), dict(clients or {})
        self._refresh, self._expires = dict(refresh_tokens or {}), dict[str, datetime]()
        self.summoned_only, self.consistency_s = summoned_only, 0.0
        self.posts: dict[str, Known] = {}
        self.billed = 0
        self._windows: dict[tuple[str, str], tuple[datetime, int]] = {}
        self._numbers = count(1)

    def fail(self, spec: object) -> None:
        """As every twin; `{"consistency_s": n}` sets how long a new post of ours is not on its timeline."""
        if isinstance(spec, Mapping) and "consistency_s" in spec:
            self.consistency_s = float(spec["consistency_s"])
            return
        super().fail(spec)

    def hear(self, body: bytes, now: datetime) -> None:
        """Learn the posts that a delivery of the Activity API speaks of."""
        try:
            items = list(x.split(parse(body)))
        except TribuneError:
            return
        with self._lock:
            for item in items:
                event = item.payload["payload"]
                if item.payload["type"] == "post.delete":
                    self._forget(str(event.get("id")))
                elif isinstance(event.get("conversation_id"), str) and isinstance(event.get("author_id"), str):
                    self._learn_post(item.account, event, now)

    def _forget(self, identity: str) -> None:
        if identity in self.posts:
            self.posts[identity] = replace(self.posts[identity], deleted=True)

    def _learn_post(self, account: str, event: Mapping[str, Any], now: datetime) -> None:
        references = {one["type"]: one["id"] for one in event.get("referenced_tweets") or ()}
        answered, begins = references.get("replied_to"), (event.get("display_text_range") or [0])[0]
        mentions = (event.get("entities") or {}).get("mentions") or ()
        named = any(one["id"] == account and one["start"] >= begins for one in mentions)
        root = event["conversation_id"]
        above = self.posts.get(answered or "")
        to_our_post = answered == root and event.get("in_reply_to_user_id") == account
        self.posts.setdefault(
            event["id"],
            Known(
                id=event["id"],
                account=account,
                author=event["author_id"],
                text=event.get("text", ""),
                at=now,
                conversation=root,
                answers=answered,
                begun_by_us=to_our_post or (above is not None and above.begun_by_us),
                summons=named or "quoted" in references,
            ),
        )

    # --- acts ---

    def _handle(self, request: TwinRequest) -> TwinAnswer:
        if request.path.rstrip("/") == "/2/oauth2/token":
            return self._renew(request)
        return super()._handle(request)

    def _understand(self, request: TwinRequest) -> Call:
        access, action, body = bearer(request), request.headers.get("x-request-id"), json_of(request.body)
        path = _POST.fullmatch(request.path)
        match request.method, path and path["hidden"], body:
            case "POST", None, {"text": str(text), "reply": {"in_reply_to_tweet_id": str(target)}} if (
                request.path == "/2/tweets" and text.strip()
            ):
                return Call("reply", target, text, access, action)
            case "PUT", "/hidden", {"hidden": bool(hidden)} if path:
                return Call("hide" if hidden else "unhide", path["post"], None, access, action)
            case "DELETE", None, _ if path:
                return Call("delete", path["post"], None, access, action)
        raise Refusal(
            _problem(400, "Invalid Request", "One or more parameters to your request was invalid.", "invalid-request")
        )

    def _apply(self, call: Call, now: datetime) -> Done:
        accounts = self._accounts(call.credential, now)
        known = self.posts.get(call.object or "")
        account = known.account if known and known.account in accounts else accounts[0]
        headers = self._counted(call.kind, account, now)
        if call.kind == "reply":
            return self._reply(call, known, account, headers, now)
        if known is None or known.deleted:
            raise Refusal(_NOT_FOUND)
        if call.kind == "delete":
            if not known.ours or known.account not in accounts:
                raise Refusal(_forbidden("You are not authorized to delete this Tweet."))
            self._forget(known.id)
            return Done(as_json(200, {"data": {"deleted": True}}, headers), account)
        if not known.begun_by_us or known.ours or known.account not in accounts:
            raise Refusal(_forbidden("You are not permitted to perform this action."))
        self.posts[known.id] = replace(known, hidden=call.kind == "hide")
        return Done(as_json(200, {"data": {"hidden": call.kind == "hide"}}, headers), account)

    def _reply(self, call: Call, known: Known | None, account: str, headers: Mapping[str, str], now: datetime) -> Done:
        text = call.text or ""
        if known is None or known.deleted:
            raise Refusal(_forbidden("You attempted to reply to a Tweet that is deleted or not visible to you."))
        if self.summoned_only and not known.summons:
            raise Refusal(_UNSUMMONED)
        if lengths.length(text, "x_weighted") > x.CARD.text_limit:
            raise Refusal(_forbidden("Your Tweet text is too long."))
        if any(
            one.ours and one.text == text and now - one.at < SAME_WORDS_FOR and not one.deleted
            for one in self._of(account)
        ):
            raise Refusal(_forbidden("You are not allowed to create a Tweet with duplicate content."))
        created = _identity(now, next(self._numbers))
        self.posts[created] = Known(
            created, account, account, text, now, known.conversation, answers=known.id, begun_by_us=known.begun_by_us
        )
        return Done(as_json(201, {"data": {"id": created, "text": _shown_text(text)}}, headers), account, created)

    def _of(self, account: str) -> list[Known]:
        return [one for one in self.posts.values() if one.account == account]

    def _accounts(self, token: str, now: datetime) -> tuple[str, ...]:
        if token not in self._tokens or now >= self._expires.get(token, now + TOKEN_LIVES):
            raise Refusal(_DEAD_TOKEN)
        return self._tokens[token]

    def _counted(self, kind: str, account: str, now: datetime) -> dict[str, str]:
        """One more call of its window. Raises Refusal when there were too many."""
        begun, used = self._windows.get((kind, account), (now, 0))
        if now - begun >= WINDOW:
            begun, used = now, 0
        left = LIMITS[kind] - used - 1
        headers = {
            "x-rate-limit-limit": str(LIMITS[kind]),
            "x-rate-limit-remaining": str(max(left, 0)),
            "x-rate-limit-reset": str(int((begun + WINDOW).timestamp())),
        }
        if left < 0:
            raise Refusal(_problem(429, "Too Many Requests", "Too Many Requests", headers=headers))
        self._windows[kind, account] = (begun, used + 1)
        return headers

    def _account_of(self, call: Call) -> str | None:
        known = self.posts.get(call.object or "")
        return known.account if known else None

    # --- reads ---

    def _look(self, request: TwinRequest) -> TwinAnswer:
        accounts = self._accounts(bearer(request), request.now)
        headers = self._counted("read", accounts[0], request.now)
        timeline, post = _TIMELINE.fullmatch(request.path), _POST.fullmatch(request.path)
        if timeline:
            return self._timeline(timeline["user"], request, headers, own=timeline["which"] == "tweets")
        if post and not post["hidden"]:
            known = self.posts.get(post["post"])
            if known is None or known.deleted:
                problem = {"title": "Not Found Error", "type": f"{_PROBLEMS}resource-not-found", "parameter": "id"}
                return as_json(200, {"errors": [problem]}, headers)
            self.billed += 1
            return as_json(200, {"data": self._shown(known)}, headers)
        raise Refusal(_NOT_FOUND)

    def _timeline(self, user: str, request: TwinRequest, headers: Mapping[str, str], *, own: bool) -> TwinAnswer:
        since = datetime.fromisoformat(request.query.get("start_time", "2006-03-21T00:00:00Z"))
        visible_before = request.now - timedelta(seconds=self.consistency_s)
        found = [
            one
            for one in sorted(self._of(user), key=lambda one: one.at, reverse=True)
            if one.ours is own and not one.deleted and one.at >= since and (not own or one.at <= visible_before)
        ]
        size, page = int(request.query.get("max_results", "10")), int(request.query.get("pagination_token", "0"))
        shown = found[page : page + size]
        self.billed += len(shown)
        meta: dict[str, Any] = {"result_count": len(shown)}
        if page + size < len(found):
            meta["next_token"] = str(page + size)
        body: dict[str, Any] = {"meta": meta} | ({"data": [self._shown(one) for one in shown]} if shown else {})
        return as_json(200, body, headers)

    def _shown(self, known: Known) -> dict[str, Any]:
        answered = self.posts.get(known.answers or "")
        prefix = f"@u{answered.author[-6:]} " if known.ours and answered else ""
        shown: dict[str, Any] = {
            "id": known.id,
            "text": prefix + _shown_text(known.text) if known.ours else known.text,
            "author_id": known.author,
            "conversation_id": known.conversation,
            "created_at": known.at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z"),
            "edit_history_tweet_ids": [known.id],
            "display_text_range": [len(prefix), len(prefix) + len(known.text)],
        }
        if known.answers:
            shown["referenced_tweets"] = [{"type": "replied_to", "id": known.answers}]
            shown["in_reply_to_user_id"] = answered.author if answered else known.account if known.begun_by_us else "0"
        return shown

    # --- the access ---

    def _renew(self, request: TwinRequest) -> TwinAnswer:
        """A refresh token works once; with its last access token it dies."""
        form = dict(parse_qsl(request.body.decode("utf-8", "replace")))
        spent = form.get("refresh_token", "")
        if not self._is_client(request, form) or form.get("grant_type") != "refresh_token":
            return as_json(
                401, {"error": "unauthorized_client", "error_description": "Missing valid authorization header"}
            )
        access = self._refresh.pop(spent, None)
        if access is None:
            description = "Value passed for the token was invalid."
            return as_json(400, {"error": "invalid_request", "error_description": description})
        number = next(self._numbers)
        renewed, following = f"access-{number}", f"refresh-{number}"
        self._tokens[renewed] = self._tokens.pop(access)
        self._expires[renewed] = request.now + TOKEN_LIVES
        self._refresh[following] = renewed
        body = {
            "token_type": "bearer",
            "expires_in": int(TOKEN_LIVES.total_seconds()),
            "access_token": renewed,
            "refresh_token": following,
            "scope": "tweet.read tweet.write tweet.moderate.write users.read offline.access",
        }
        return as_json(200, body)

    def _is_client(self, request: TwinRequest, form: Mapping[str, str]) -> bool:
        scheme, _, credentials = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "basic":
            return self._clients.get(form.get("client_id", "")) == ""
        client, _, secret = b64decode(credentials).decode().partition(":")
        return bool(secret) and self._clients.get(client) == secret

    # --- failures and echoes ---

    def _refusal(self, mode: str) -> TwinAnswer:
        match mode:
            case "429":
                return _problem(429, "Too Many Requests", "Too Many Requests", headers={"retry-after": "120"})
            case "token":
                return _DEAD_TOKEN
            case "spam":
                return _forbidden("This request looks like it might be automated.")
            case "credits":
                return _problem(402, "CreditsDepleted", "Your enrolled account does not have any credits.", "credits")
            case "unsummoned":
                return _UNSUMMONED
        return _problem(503, "Service Unavailable", "Service Unavailable")

    def echo(self, entry: Entry) -> bytes | None:
        """An account that is subscribed to its own posts hears of each, and of each deletion."""
        known = self.posts.get((entry.created if entry.kind == "reply" else entry.object) or "")
        if not entry.happened or known is None or entry.kind not in ("reply", "delete"):
            return None
        if entry.kind == "delete":
            return delivery("post.delete", known.account, {"id": known.id, "author_id": known.author})
        return delivery("post.create", known.account, self._shown(known))


def delivery(kind: str, account: str, payload: Mapping[str, Any]) -> bytes:
    """The body of an Activity event."""
    data = {
        "event_uuid": str(payload.get("id")),
        "filter": {"user_id": account},
        "event_type": kind,
        "payload": payload,
    }
    return json.dumps({"data": data}, ensure_ascii=False).encode()


def _identity(now: datetime, number: int) -> str:
    """An id that tells its time, as X's do."""
    return str(((int(now.timestamp() * 1000) - _EPOCH_MS) << 22) + number)


def _shown_text(text: str) -> str:
    """As X gives a text back: links shortened, three characters escaped."""
    for start, end in reversed(lengths.links(text)):
        short = b64encode(sha256(text[start:end].encode()).digest(), altchars=b"ab").decode()[:10]
        text = f"{text[:start]}https://t.co/{short}{text[end:]}"
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _problem(
    status: int, title: str, detail: str, kind: str = "", headers: Mapping[str, str] | None = None
) -> TwinAnswer:
    body = {"title": title, "detail": detail, "type": f"{_PROBLEMS}{kind}" if kind else "about:blank", "status": status}
    return as_json(status, body, {"content-type": "application/problem+json", **(headers or {})})


def _forbidden(detail: str) -> TwinAnswer:
    return _problem(403, "Forbidden", detail)


_DEAD_TOKEN: Final = _problem(401, "Unauthorized", "Unauthorized")
_NOT_FOUND: Final = _problem(404, "Not Found Error", "Could not find tweet with that id.", "resource-not-found")
_UNSUMMONED: Final = _forbidden(
    "Reply to this conversation is not allowed because you have not been mentioned or otherwise engaged by the author of "
    "the post you are replying to."
)
