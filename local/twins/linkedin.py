"""LinkedIn's twin: comments one level deep, months of the API that are retired, a minute's window, an access renewed.

Told to fail: besides the connection's modes `500`, `429` (a member's minute), `quota` (the application's day), `token`,
`role` (the administrator is none any more), `version` (the month was retired). `consistency_s` is how long a new comment
cannot be read.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import count
from typing import Any, ClassVar, Final
from urllib.parse import parse_qsl, unquote

from local.twins import Entry, Outbox, TwinAnswer, TwinRequest
from local.twins.acting import ActingTwin, Call, Done, Refusal, as_json, bearer, json_of
from tribune.channel import Platform
from tribune.comment import Comment, Verb, from_seconds, milliseconds
from tribune.errors import TribuneError
from tribune.platforms import linkedin
from tribune.platforms.body import parse

TOKEN_LIVES: Final = timedelta(days=60)
MOST_TEXT: Final = 1250
MOST_A_MINUTE: Final = 30
"""Comments of one page in a minute."""
OLDEST_VERSION: Final = "202508"
_TYPE: Final = "ORGANIZATION_SOCIAL_ACTION_NOTIFICATIONS"
_COMMENTS = re.compile(r"/rest/socialActions/(?P<urn>urn:li:[^/]+)/comments(?:/(?P<id>[^/]+))?")
_SPAN = re.compile(r"\(start:(?P<start>\d+),end:(?P<end>\d+)\)")


@dataclass(frozen=True, slots=True)
class Known:
    """A comment as LinkedIn has it, or a post that named the page (`object` is its own urn)."""

    urn: str
    page: str
    object: str
    author: str | None
    text: str
    at: datetime
    parent: str | None = None
    deleted: bool = False
    liked: bool = False

    @property
    def id(self) -> str:
        """The last part of the urn, by which the Comments API asks for it."""
        return self.urn.rstrip(")").rpartition(",")[2]

    @property
    def ours(self) -> bool:
        """Did the page write it?"""
        return self.author == self.page


class LinkedInTwin(ActingTwin):
    """The REST API for the pages whose access tokens it is given."""

    name: ClassVar[str] = "linkedin"
    speaks: ClassVar[Platform] = linkedin
    modes: ClassVar[frozenset[str]] = frozenset({"500", "429", "quota", "token", "role", "version"})

    def __init__(
        self,
        outbox: Outbox,
        tokens: Mapping[str, tuple[str, ...]],
        *,
        clients: Mapping[str, str] | None = None,
        refresh_tokens: Mapping[str, str] | None = None,
    ) -> None:
        """`tokens`: access token -> its pages. `clients`: client id -> secret, `refresh_tokens`: token -> access token."""
        super().__init__(outbox)
        self._tokens, self._clients, self._refresh = dict(tokens), dict(clients or {}), dict(refresh_tokens or {})
        self._expires: dict[str, datetime] = {}
        self.consistency_s = 0.0
        self.comments: dict[str, Known] = {}
        self.parents: dict[str, str] = {}
        """Comment -> the one it answers, which no notification tells: set before it is heard of."""
        self._told: list[tuple[datetime, dict[str, Any]]] = []
        self._created: list[tuple[str, datetime]] = []
        self._numbers = count(7_100_000_000_000_000_001)

    def fail(self, spec: object) -> None:
        """As every twin; `{"consistency_s": n}` sets how long a new comment cannot be read."""
        if isinstance(spec, Mapping) and "consistency_s" in spec:
            self.consistency_s = float(spec["consistency_s"])
            return
        super().fail(spec)

    def hear(self, body: bytes, now: datetime) -> None:
        """As every twin; its notifications are kept for whoever asks for them."""
        super().hear(body, now)
        try:
            items = list(linkedin.split(parse(body)))
        except TribuneError:
            return
        with self._lock:
            self._told += [(now, dict(item.payload)) for item in items]

    def _learn(self, comment: Comment, now: datetime) -> None:  # noqa: ARG002  the twins' shape
        known = self.comments.get(comment.object)
        if comment.verb is Verb.DELETED:
            if known is not None:
                self.comments[comment.object] = replace(known, deleted=True)
        elif known is None:
            author = comment.account if comment.author.is_ours else comment.author.id
            hangs_from = _object_of(comment.object)
            parent = self.parents.get(comment.object)
            made = Known(comment.object, comment.account, hangs_from, author, comment.text, comment.said_at, parent)
            self.comments[comment.object] = made
        else:
            self.comments[comment.object] = replace(known, text=comment.text)

    # --- acts ---

    def _handle(self, request: TwinRequest) -> TwinAnswer:
        if request.path.rstrip("/").endswith("/oauth/v2/accessToken"):
            return self._renew(request)
        return super()._handle(request)

    def _understand(self, request: TwinRequest) -> Call:
        _versioned(request)
        path, body = unquote(request.path), json_of(request.body)
        access, action, actor = bearer(request), request.headers.get("x-request-id"), request.query.get("actor")
        comments = _COMMENTS.fullmatch(path)
        match request.method, comments and comments["id"], body:
            case "POST", None, {"actor": str(actor), "object": str(), "message": {"text": str(text)}, **rest} if (
                comments
            ):
                if "content" in rest:
                    raise Refusal(_error(403, "content is not allowed", "ACCESS_DENIED"))
                target = self._answered(comments["urn"], body)
                return Call("reply", target, text, access, action, actor)
            case "DELETE", str(identity), _ if comments and actor:
                return Call("delete", f"urn:li:comment:({comments['urn']},{identity})", None, access, action, actor)
            case "POST", None, {"root": str(root), "reactionType": "LIKE"} if path == "/rest/reactions" and actor:
                return Call("like", root, None, access, action, actor)
        raise Refusal(_error(400, "Invalid request", "INVALID_REQUEST"))

    def _answered(self, urn: str, body: Mapping[str, Any]) -> str:
        """What a new comment answers. Raises Refusal where the parts of the request do not fit together."""
        known, parent = self.comments.get(urn), body.get("parentComment")
        if known is not None and known.parent is not None:
            raise Refusal(_error(400, "Comments nest one level deep", "INVALID_REQUEST"))
        if known is not None and (parent or known.object) not in (known.urn, known.object):
            raise Refusal(_error(400, "parentComment does not match", "INVALID_REQUEST"))
        if known is not None and body["object"] != known.object:
            raise Refusal(_error(400, "object does not match", "INVALID_REQUEST"))
        return urn

    def _apply(self, call: Call, now: datetime) -> Done:
        pages = self._pages(call.credential, now)
        page, known = call.key or "", self.comments.get(call.object or "")
        if page not in pages:
            raise Refusal(_NO_ROLE)
        if known is None or known.deleted or known.page not in pages:
            raise Refusal(_error(404, "Could not find entity", "NOT_FOUND"))
        if call.kind == "reply":
            return self._reply(call, known, page, now)
        if call.kind == "delete":
            self.comments[known.urn] = replace(known, deleted=True)
            return Done(TwinAnswer(204), page)
        if known.liked:
            raise Refusal(_error(409, "The reaction already exists", "CONFLICT"))
        self.comments[known.urn] = replace(known, liked=True)
        return Done(as_json(201, {"root": known.urn, "reactionType": "LIKE"}), page)

    def _reply(self, call: Call, known: Known, page: str, now: datetime) -> Done:
        text = call.text or ""
        if not 0 < len(text.encode("utf-16-le")) // 2 <= MOST_TEXT:
            raise Refusal(_error(400, f"text: at most {MOST_TEXT} characters", "INVALID_REQUEST"))
        if sum(by == page and now - at < timedelta(minutes=1) for by, at in self._created) >= MOST_A_MINUTE:
            raise Refusal(_THROTTLED)
        self._created.append((page, now))
        urn = f"urn:li:comment:({known.object},{next(self._numbers)})"
        parent = known.urn if known.urn != known.object else None
        made = Known(urn, page, known.object, page, text, now, parent)
        self.comments[urn] = made
        return Done(as_json(201, _shown(made), {"x-restli-id": made.id}), page, urn)

    def _pages(self, token: str, now: datetime) -> tuple[str, ...]:
        if token not in self._tokens or now >= self._expires.get(token, now + TOKEN_LIVES):
            raise Refusal(_DEAD_TOKEN)
        return self._tokens[token]

    def _account_of(self, call: Call) -> str | None:
        known = self.comments.get(call.object or "")
        return known.page if known else None

    # --- reads ---

    def _look(self, request: TwinRequest) -> TwinAnswer:
        _versioned(request)
        pages = self._pages(bearer(request), request.now)
        path = unquote(request.path)
        if path == "/rest/organizationalEntityNotifications":
            return self._notifications(request, pages)
        match _COMMENTS.fullmatch(path):
            case re.Match() as found if found["id"]:
                known = self.comments.get(f"urn:li:comment:({found['urn']},{found['id']})")
                if known is None or known.deleted or not self._readable(known, request.now):
                    return _error(404, "Could not find entity", "NOT_FOUND")
                return as_json(200, _shown(known))
            case re.Match() as found:
                return self._under(found["urn"], request)
        return _error(404, "No virtual resource found", "RESOURCE_NOT_FOUND")

    def _readable(self, known: Known, now: datetime) -> bool:
        return not known.ours or now - known.at >= timedelta(seconds=self.consistency_s)

    def _under(self, urn: str, request: TwinRequest) -> TwinAnswer:
        head = self.comments.get(urn)
        if head is None or head.deleted:
            return _error(404, "Could not find entity", "NOT_FOUND")
        found = [
            one
            for one in sorted(self.comments.values(), key=lambda one: one.at)
            if urn in (one.parent, one.object)
            and one.urn != urn
            and not one.deleted
            and self._readable(one, request.now)
        ]
        return _page([_shown(one) for one in found], request)

    def _notifications(self, request: TwinRequest, pages: tuple[str, ...]) -> TwinAnswer:
        page, span = request.query.get("organizationalEntity", ""), _SPAN.fullmatch(request.query.get("timeRange", ""))
        if page not in pages:
            return _NO_ROLE
        if span is None or request.query.get("q") != "criteria":
            return _error(400, "Invalid query parameters", "INVALID_REQUEST")
        actions = request.query.get("actions", "").removeprefix("List(").removesuffix(")").split(",")
        begins, ends = (from_seconds(int(span[name]) / 1000) for name in ("start", "end"))
        found = [
            told
            for at, told in self._told
            if told["organizationalEntity"] == page and told["action"] in actions and begins <= at <= ends
        ]
        return _page(found, request)

    # --- the access ---

    def _renew(self, request: TwinRequest) -> TwinAnswer:
        """The refresh token stays the same, and the access it gave before lives on."""
        form = dict(parse_qsl(request.body.decode("utf-8", "replace")))
        client, token = form.get("client_id", ""), form.get("refresh_token", "")
        if client not in self._clients or form.get("client_secret") != self._clients[client]:
            return as_json(401, {"error": "invalid_client", "error_description": "Client authentication failed"})
        access = self._refresh.get(token)
        if access is None or form.get("grant_type") != "refresh_token":
            return as_json(
                400, {"error": "invalid_grant", "error_description": "The provided refresh token is invalid"}
            )
        renewed = f"access-{next(self._numbers)}"
        self._tokens[renewed] = self._tokens[access]
        self._expires[renewed] = request.now + TOKEN_LIVES
        lives = int(TOKEN_LIVES.total_seconds())
        body = {
            "access_token": renewed,
            "expires_in": lives,
            "refresh_token": token,
            "refresh_token_expires_in": 439200,
        }
        return as_json(200, body)

    # --- failures and echoes ---

    def _refusal(self, mode: str) -> TwinAnswer:
        return _MODES.get(mode) or _error(500, "Internal Server Error", "INTERNAL_SERVER_ERROR")

    def echo(self, entry: Entry) -> bytes | None:
        """A page is told of its own comments, and of each deletion."""
        known = self.comments.get((entry.created if entry.kind == "reply" else entry.object) or "")
        if not entry.happened or known is None or entry.kind not in ("reply", "delete"):
            return None
        action = "ADMIN_COMMENT" if entry.kind == "reply" else "COMMENT_DELETE"
        told = notification(action, known.page, known.urn, entry.at, entry.seq)
        if entry.kind == "reply":
            comment = {"entity": known.urn, "owner": known.author, "text": known.text, "object": known.object}
            told["decoratedGeneratedActivity"] = {"comment": comment}
        return delivery(told)


def notification(action: str, page: str, urn: str, at: datetime, number: int) -> dict[str, Any]:
    """A notification about a comment, which names it in the shorter form."""
    return {
        "notificationId": number,
        "organizationalEntity": page,
        "action": action,
        "sourcePost": _object_of(urn),
        "lastModifiedAt": milliseconds(at),
        "generatedActivity": urn.replace("(urn:li:", "("),
        "subscriber": "urn:li:person:zLqTygBP8S",
    }


def delivery(*notifications: Mapping[str, Any]) -> bytes:
    """The body of a delivery."""
    return json.dumps({"type": _TYPE, "notifications": list(notifications)}, ensure_ascii=False).encode()


def _object_of(urn: str) -> str:
    """What a comment hangs from; a post hangs from nothing but itself."""
    return urn.removeprefix("urn:li:comment:(").rpartition(",")[0] if urn.startswith("urn:li:comment:(") else urn


def _shown(known: Known) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "$URN": known.urn,
        "commentUrn": known.urn,
        "id": known.id,
        "actor": known.author,
        "object": known.object,
        "message": {"attributes": [], "text": known.text},
        "created": {"actor": known.author, "time": milliseconds(known.at)},
        "lastModified": {"actor": known.author, "time": milliseconds(known.at)},
    }
    return shown | ({"parentComment": known.parent} if known.parent else {})


def _page(found: list[dict[str, Any]], request: TwinRequest) -> TwinAnswer:
    begins, size = int(request.query.get("start", "0")), int(request.query.get("count", "10"))
    links = [{"rel": "next", "href": f"/after/{begins + size}"}] if begins + size < len(found) else []
    paging = {"start": begins, "count": size, "links": links, "total": len(found)}
    return as_json(200, {"elements": found[begins : begins + size], "paging": paging})


def _versioned(request: TwinRequest) -> None:
    version = request.headers.get("linkedin-version", "")
    if request.headers.get("x-restli-protocol-version") != "2.0.0" or not re.fullmatch(
        r"20\d\d(0[1-9]|1[0-2])", version
    ):
        raise Refusal(_error(400, "A version must be present. Please specify a version by adding the LinkedIn-Version header.",
                             "VERSION_MISSING"))  # fmt: skip
    if version < OLDEST_VERSION:
        raise Refusal(_RETIRED)


def _error(status: int, message: str, code: str, service: int = 0) -> TwinAnswer:
    return as_json(status, {"status": status, "serviceErrorCode": service, "code": code, "message": message})


_DEAD_TOKEN: Final = _error(
    401, "The token used in the request has been revoked by the user", "REVOKED_ACCESS_TOKEN", 65601
)
_NO_ROLE: Final = _error(403, "Not enough permissions to access: the member is no ADMINISTRATOR", "ACCESS_DENIED", 100)
_RETIRED: Final = _error(426, "Requested version is not active", "NONEXISTENT_VERSION")
_THROTTLED: Final = _error(429, "Comment create throttled", "TOO_MANY_REQUESTS", 101)
_MODES: Final[Mapping[str, TwinAnswer]] = {
    "429": _THROTTLED,
    "quota": _error(429, "Resource level throttle APPLICATION DAY limit for calls to this resource is reached.",
                    "TOO_MANY_REQUESTS", 101),
    "token": _DEAD_TOKEN,
    "role": _NO_ROLE,
    "version": _RETIRED,
}  # fmt: skip
