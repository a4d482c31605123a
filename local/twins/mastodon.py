"""Mastodon's twin: one account's server: posts answered in kind, favourited, deleted, its notifications asked for.

Nothing is pushed: what members say (`said`, or a whole notification by `tell`) waits for whoever asks. Told to fail:
besides the connection's modes `500`, `429`, `token`, `disabled` (the account was frozen).
`consistency_s` is how long a new post of ours is not on its own page.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from html import escape
from itertools import count
from typing import Any, ClassVar, Final

from local.twins import Entry, Outbox, TwinAnswer, TwinRequest
from local.twins.acting import ActingTwin, Call, Done, Refusal, as_json, bearer, json_of

KEY_LIVES: Final = timedelta(hours=1)
WINDOW: Final = timedelta(minutes=5)
MOST_IN_A_WINDOW: Final = 300
MOST_TEXT: Final = 500
_STATUS = re.compile(r"/api/v1/statuses/(?P<id>[^/]+)(?P<favourite>/favourite)?")
_OWN = re.compile(r"/api/v1/accounts/(?P<id>[^/]+)/statuses")
_BLOCK = re.compile(r"/api/v1/accounts/(?P<id>[^/]+)/block")
_NAME = re.compile(r"@([\w.-]+)@[\w.-]+")
_VISIBILITIES: Final = ("public", "unlisted", "private", "direct")


@dataclass(frozen=True, slots=True)
class Known:
    """A post as the server has it."""

    id: str
    account: str
    """The account of ours on whose behalf it is known."""
    author: str
    acct: str
    text: str
    """As it was written, for ours; as HTML for the others'."""
    at: datetime
    answers: str | None = None
    visibility: str = "public"
    deleted: bool = False
    favourited: bool = False

    @property
    def ours(self) -> bool:
        """Did our account write it?"""
        return self.author == self.account


class MastodonTwin(ActingTwin):
    """The server of the accounts whose access tokens it is given."""

    name: ClassVar[str] = "mastodon"
    modes: ClassVar[frozenset[str]] = frozenset({"500", "429", "token", "disabled"})

    def __init__(self, outbox: Outbox, tokens: Mapping[str, tuple[str, ...]]) -> None:
        """`tokens`: access token -> its account, alone."""
        super().__init__(outbox)
        self._tokens = dict(tokens)
        self.consistency_s = 0.0
        self.posts: dict[str, Known] = {}
        self.blocked: set[tuple[str, str]] = set()
        """(account, person)."""
        self._told: list[tuple[str, dict[str, Any]]] = []
        self._accepted: dict[tuple[str, str], tuple[str, datetime]] = {}
        self._window: tuple[datetime, int] | None = None
        self._numbers = count(115_200_000_000_000_001)

    def fail(self, spec: object) -> None:
        """As every twin; `{"consistency_s": n}` sets how long a new post of ours is not on its page."""
        if isinstance(spec, Mapping) and "consistency_s" in spec:
            self.consistency_s = float(spec["consistency_s"])
            return
        super().fail(spec)

    def said(self, what: Mapping[str, Any], now: datetime) -> str:
        """A member named `account`, or answered `parent`: the id of the post. Raises ValueError."""
        account, text, parent = (str(what.get(name) or "") for name in ("account", "text", "parent"))
        if (account,) not in self._tokens.values() or not text:
            raise ValueError("say: {account, text} of an account of this server; author and parent may be told")
        author = str(what.get("author") or "amina")
        above = self.posts.get(parent)
        identity = str(next(self._numbers))
        status = {
            "id": identity,
            "created_at": now.isoformat(),
            "content": f'<p><span class="h-card">@<span>us</span></span> {escape(text)}</p>',
            "account": {"id": f"member-{author}", "acct": f"{author}@autre.example", "username": author},
            "mentions": [{"id": account, "username": "us", "acct": "us"}],
            "visibility": "public",
            "in_reply_to_id": parent or None,
            "in_reply_to_account_id": (account if above is None or above.ours else above.author) if parent else None,
        }
        with self._lock:
            self.tell(
                {"id": f"n{identity}", "type": "mention", "created_at": now.isoformat(), "status": status}, account
            )
        return identity

    def tell(self, notification: dict[str, Any], account: str) -> None:
        """A notification for an account, as `GET /api/v1/notifications` gives it, newer than those before."""
        status = notification["status"]
        self._told.insert(0, (account, notification))
        self.posts[status["id"]] = Known(
            id=status["id"],
            account=account,
            author=status["account"]["id"],
            acct=status["account"]["acct"],
            text=status["content"],
            at=datetime.fromisoformat(status["created_at"]),
            answers=status["in_reply_to_id"],
            visibility=status["visibility"],
        )

    # --- acts ---

    def _understand(self, request: TwinRequest) -> Call:
        access, action, body = bearer(request), request.headers.get("x-request-id"), json_of(request.body)
        found = _STATUS.fullmatch(request.path)
        match request.method, body:
            case "POST", {"status": str(text), "in_reply_to_id": str(target), "visibility": str(visibility)} if (
                request.path == "/api/v1/statuses" and visibility in _VISIBILITIES
            ):
                kind = "private" if self._is_private_answer(target, visibility) else "reply"
                key = f"{visibility} {request.headers.get('idempotency-key', '')}"
                return Call(kind, target, text, access, action, key)
            case "POST", _ if blocked := _BLOCK.fullmatch(request.path):
                return Call("block", blocked["id"], None, access, action)
            case "POST", _ if found and found["favourite"]:
                return Call("like", found["id"], None, access, action)
            case "DELETE", _ if found and not found["favourite"]:
                return Call("delete", found["id"], None, access, action)
        raise Refusal(_error(422, "Validation failed"))

    def _is_private_answer(self, target: str, visibility: str) -> bool:
        known = self.posts.get(target)
        return visibility == "direct" and known is not None and known.visibility != "direct"

    def _apply(self, call: Call, now: datetime) -> Done:
        account, headers = self._account(call.credential), self._counted(now)
        known = self.posts.get(call.object or "")
        if call.kind in ("reply", "private"):
            return self._post(call, known, account, headers, now)
        if call.kind == "block":
            self.blocked.add((account, call.object or ""))
            return Done(as_json(200, {"id": call.object, "blocking": True}, headers), account)
        if known is None or known.deleted or (call.kind == "delete" and not known.ours):
            raise Refusal(_error(404, "Record not found"))
        changed = replace(known, deleted=True) if call.kind == "delete" else replace(known, favourited=True)
        self.posts[known.id] = changed
        return Done(as_json(200, _shown(known), headers), account)

    def _post(self, call: Call, known: Known | None, account: str, headers: Mapping[str, str], now: datetime) -> Done:
        (visibility, _, key), text = (call.key or "").partition(" "), call.text or ""
        earlier = self._accepted.get((account, key))
        if key and earlier and now - earlier[1] < KEY_LIVES:
            return Done(as_json(200, _shown(self.posts[earlier[0]]), headers), account, earlier[0])
        if known is None or known.deleted:
            raise Refusal(_error(404, "The post you are trying to reply to does not appear to exist."))
        if len(_NAME.sub(r"@\1", text)) > MOST_TEXT:
            raise Refusal(_error(422, f"Validation failed: Text character limit of {MOST_TEXT} exceeded"))
        created = str(next(self._numbers))
        acct = f"@{known.acct}"
        self.posts[created] = Known(created, account, account, acct, text, now, known.id, visibility)
        if key:
            self._accepted[account, key] = (created, now)
        return Done(as_json(200, _shown(self.posts[created]), headers), account, created)

    def _account(self, token: str) -> str:
        if token not in self._tokens:
            raise Refusal(_DEAD_TOKEN)
        return self._tokens[token][0]

    def _counted(self, now: datetime) -> dict[str, str]:
        """One more call of the window. Raises Refusal when there were too many."""
        begun, used = self._window if self._window and now - self._window[0] < WINDOW else (now, 0)
        ends = (begun + WINDOW).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        left = max(MOST_IN_A_WINDOW - used - 1, 0)
        headers = {
            "x-ratelimit-limit": str(MOST_IN_A_WINDOW),
            "x-ratelimit-remaining": str(left),
            "x-ratelimit-reset": ends,
        }
        if used >= MOST_IN_A_WINDOW:
            raise Refusal(as_json(429, {"error": "Too many requests"}, headers))
        self._window = (begun, used + 1)
        return headers

    def _account_of(self, call: Call) -> str | None:
        known = self.posts.get(call.object or "")
        return known.account if known else None

    # --- reads ---

    def _look(self, request: TwinRequest) -> TwinAnswer:
        account, headers = self._account(bearer(request)), self._counted(request.now)
        before, size = request.query.get("max_id"), int(request.query.get("limit", "20"))
        if request.path == "/api/v1/notifications":
            told = [one for whom, one in self._told if whom == account]
            return _listed(_before(told, before)[:size], headers)
        if (own := _OWN.fullmatch(request.path)) and own["id"] == account:
            visible_before = request.now - timedelta(seconds=self.consistency_s)
            found = sorted((one for one in self.posts.values() if one.ours and not one.deleted), key=lambda one: one.at)
            shown = [_shown(one) for one in reversed(found) if one.at <= visible_before]
            return _listed(_before(shown, before)[:size], headers)
        post = _STATUS.fullmatch(request.path)
        known = self.posts.get(post["id"]) if post else None
        if known is None or known.deleted:
            return _error(404, "Record not found")
        return as_json(200, _shown(known), headers)

    # --- failures ---

    def _refusal(self, mode: str) -> TwinAnswer:
        match mode:
            case "429":
                return as_json(429, {"error": "Too many requests"}, {"retry-after": "120"})
            case "token":
                return _DEAD_TOKEN
            case "disabled":
                return _error(403, "Your login is currently disabled")
        return _error(500, "Remote SSL certificate could not be verified")

    def echo(self, entry: Entry) -> bytes | None:  # noqa: ARG002  the twins' shape
        """Nothing is pushed."""
        return None


def _before(listed: list[dict[str, Any]], identity: str | None) -> list[dict[str, Any]]:
    """What is older than `identity`: lists go from new to old."""
    places = [number for number, one in enumerate(listed) if one["id"] == identity]
    return listed[places[0] + 1 :] if places else listed


def _listed(found: list[dict[str, Any]], headers: Mapping[str, str]) -> TwinAnswer:
    return TwinAnswer(
        200, {"content-type": "application/json", **headers}, json.dumps(found, ensure_ascii=False).encode()
    )


def _shown(known: Known) -> dict[str, Any]:
    """A post as the API gives it: ours in HTML, the names in it as links."""
    content = known.text
    if known.ours:
        linked = _NAME.sub(
            r'<span class="h-card"><a class="u-url mention">@<span>\1</span></a></span>', escape(known.text)
        )
        content = "<p>" + linked.replace("\n", "<br />") + "</p>"
    named = {"id": "0", "username": known.acct.strip("@").partition("@")[0], "acct": known.acct.strip("@")}
    return {
        "id": known.id,
        "created_at": known.at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        "edited_at": None,
        "in_reply_to_id": known.answers,
        "in_reply_to_account_id": "0" if known.ours and known.answers else None,
        "visibility": known.visibility,
        "content": content,
        "account": {"id": known.author, "acct": known.acct, "username": named["username"]},
        "mentions": [named] if known.ours else [],
        "media_attachments": [],
    }


def _error(status: int, sentence: str) -> TwinAnswer:
    return as_json(status, {"error": sentence})


_DEAD_TOKEN: Final = _error(401, "The access token is invalid")
