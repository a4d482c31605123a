"""Facebook's twin: the Graph API for the comments of a Page, and what Meta pushes about our own acts.

Told to fail: besides the connection's modes `500`, `429`, `spam`, `token`. `consistency_s` is how long a new reply
stays invisible to whoever reads the thread.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from hmac import compare_digest, digest
from itertools import count
from typing import Any, ClassVar, Final
from urllib.parse import parse_qsl

from local.twins import Entry, Outbox, TwinAnswer, TwinRequest
from local.twins.acting import ActingTwin, Call, Done, Refusal, as_json, bearer, json_of
from tribune.comment import Comment, TeamAct, Verb
from tribune.errors import TribuneError
from tribune.platforms import facebook
from tribune.platforms.body import parse

_PATH = re.compile(r"(?:/v\d+\.\d+)?/(?P<object>[^/]+)(?:/(?P<edge>[a-z_]+))?/?")
_PRIVATE_WITHIN: Final = timedelta(days=7)
_TIMES: Final = "%Y-%m-%dT%H:%M:%S+0000"


@dataclass(frozen=True, slots=True)
class Known:
    """A comment as the Page has it."""

    id: str
    page: str
    post: str
    parent: str | None
    author: str | None
    text: str
    at: datetime
    name: str | None = None
    hidden: bool = False
    deleted: bool = False
    ours: bool = False
    written_to: bool = False
    """Its author got the one private reply that a comment allows."""


class FacebookTwin(ActingTwin):
    """The Graph API of the Pages whose tokens it is given."""

    name: ClassVar[str] = "facebook"
    modes: ClassVar[frozenset[str]] = frozenset({"500", "429", "spam", "token"})

    def __init__(
        self,
        outbox: Outbox,
        tokens: Mapping[str, tuple[str, ...]],
        app_secret: str | None = None,
        consistency_s: float = 0,
    ) -> None:
        """`tokens`: page token -> the pages it may act for. `app_secret`: demand a proof of it with every call."""
        super().__init__(outbox)
        self._tokens, self._app_secret = dict(tokens), app_secret
        self.consistency_s = consistency_s
        self.comments: dict[str, Known] = {}
        self._numbers = count(880_000_000_000_001)

    def fail(self, spec: object) -> None:
        """As every twin; `{"consistency_s": n}` sets how long a new reply cannot be read back."""
        if isinstance(spec, Mapping) and "consistency_s" in spec:
            self.consistency_s = float(spec["consistency_s"])
            return
        super().fail(spec)

    def hear(self, body: bytes, now: datetime) -> None:
        """Learn the comments that a delivery speaks of."""
        del now
        try:
            said = [one for item in facebook.split(parse(body)) for one in facebook.read(item)]
        except TribuneError:
            return
        with self._lock:
            for one in said:
                if isinstance(one, Comment):
                    self._learn(one)
                elif isinstance(one, TeamAct) and one.object in self.comments:
                    self._change(one.object, hidden=one.kind == "hide")

    def _learn(self, comment: Comment) -> None:
        known = self.comments.get(comment.object)
        if known is None or comment.verb is Verb.CREATED:
            gone = known is not None and known.deleted
            self.comments[comment.object] = Known(
                id=comment.object,
                page=comment.account,
                post=comment.thread.post,
                parent=comment.parent,
                author=comment.author.id,
                name=comment.author.name,
                text=comment.text,
                at=comment.said_at,
                deleted=gone or comment.verb is Verb.DELETED,
                ours=comment.author.is_ours,
            )
        elif comment.verb is Verb.DELETED:
            self._change(comment.object, deleted=True)
        else:
            self._change(comment.object, text=comment.text)

    def _change(self, identity: str, **fields: Any) -> None:
        self.comments[identity] = replace(self.comments[identity], **fields)

    # --- acts ---

    def _understand(self, request: TwinRequest) -> Call:
        target, edge = _route(request)
        form = _form(request)
        token, action = self._credential(request, form), request.headers.get("x-request-id")
        match request.method, edge, form:
            case "POST", "comments", {"message": str(message)} if message.strip():
                return Call("reply", target, message, token, action)
            case "POST", "messages", {"recipient": str(recipient), "message": str(message)}:
                return replace(_private(recipient, message), credential=token, action_id=action)
            case "POST", None, {"is_hidden": "true" | "false" as hidden}:
                return Call("hide" if hidden == "true" else "unhide", target, None, token, action)
            case "DELETE", None, _:
                return Call("delete", target, None, token, action)
        raise Refusal(_error(400, 100, "Invalid parameter"))

    def _credential(self, request: TwinRequest, form: Mapping[str, str]) -> str:
        token = bearer(request) or form.get("access_token") or request.query.get("access_token", "")
        if self._app_secret is None or not token:
            return token
        given = form.get("appsecret_proof") or request.query.get("appsecret_proof", "")
        right = digest(self._app_secret.encode(), token.encode(), sha256).hex()
        if not compare_digest(given.encode(), right.encode()):
            raise Refusal(_error(400, 100, "Invalid appsecret_proof provided in the API argument"))
        return token

    def _apply(self, call: Call, now: datetime) -> Done:
        pages = self._tokens.get(call.credential)
        if pages is None:
            raise Refusal(_DEAD_TOKEN)
        known = self.comments.get(call.object or "")
        if known is None or known.deleted:
            raise Refusal(_gone(call.object))
        if known.page not in pages:
            raise Refusal(_error(403, 200, "(#200) The user has not authorized application to perform this action"))
        match call.kind:
            case "reply":
                return self._reply(known, call.text or "", now)
            case "private":
                return self._write(known, now)
            case "delete":
                self._change(known.id, deleted=True)
            case _:
                self._change(known.id, hidden=call.kind == "hide")
        return Done(as_json(200, {"success": True}), known.page)

    def _reply(self, known: Known, text: str, now: datetime) -> Done:
        created = f"{known.id.partition('_')[0]}_{next(self._numbers)}"
        head = known.parent or known.id  # replies go one level deep
        self.comments[created] = Known(created, known.page, known.post, head, known.page, text, now, ours=True)
        return Done(as_json(200, {"id": created}), known.page, created)

    def _write(self, known: Known, now: datetime) -> Done:
        if known.written_to:
            raise Refusal(_error(400, 10900, "(#10900) Activity already replied to"))
        if now - known.at > _PRIVATE_WITHIN:
            raise Refusal(_error(400, 10901, "(#10901) This comment is too old for a private reply"))
        self._change(known.id, written_to=True)
        created = f"m_{next(self._numbers)}"
        answer = {"recipient_id": known.author or "", "message_id": created}
        return Done(as_json(200, answer), known.page, created)

    def _account_of(self, call: Call) -> str | None:
        known = self.comments.get(call.object or "")
        return known.page if known else None

    # --- reads ---

    def _look(self, request: TwinRequest) -> TwinAnswer:
        target, edge = _route(request)
        if self._tokens.get(self._credential(request, {})) is None:
            raise Refusal(_DEAD_TOKEN)
        known = self.comments.get(target)
        if known is None or known.deleted:
            raise Refusal(_gone(target))
        if edge is None:
            return as_json(200, _shown(known) | {"is_hidden": known.hidden})
        return self._replies(known, request)

    def _replies(self, head: Known, request: TwinRequest) -> TwinAnswer:
        visible_before = request.now - timedelta(seconds=self.consistency_s)
        replies = sorted(
            (one for one in self.comments.values() if one.parent == head.id and not one.deleted),
            key=lambda one: one.at,
            reverse=request.query.get("order") == "reverse_chronological",
        )
        seen = [_shown(one) for one in replies if not one.ours or one.at <= visible_before]
        limit = int(request.query.get("limit", "25"))
        paging = {"next": "https://graph.facebook.com/after"} if len(seen) > limit else {}
        return as_json(200, {"data": seen[:limit], "paging": paging})

    # --- failures and echoes ---

    def _refusal(self, mode: str) -> TwinAnswer:
        match mode:
            case "429":
                return _error(400, 32, "(#32) Page request limit reached", headers={"retry-after": "120"})
            case "spam":
                return _error(400, 368, "The action attempted has been deemed abusive or is otherwise disallowed")
            case "token":
                return _DEAD_TOKEN
        return _error(500, 2, "An unexpected error has occurred. Please retry your request later.", is_transient=True)

    def echo(self, entry: Entry) -> bytes | None:
        """Meta pushes a Page's own comments, and what was done to the others', like anybody's."""
        identity = entry.created if entry.kind == "reply" else entry.object
        known = self.comments.get(identity or "")
        if not entry.happened or known is None or entry.kind == "private":
            return None
        verb = {"reply": "add", "delete": "remove"}.get(entry.kind, entry.kind)
        return delivery(known.page, entry.at, comment_value(known, verb))


def comment_value(known: Known, verb: str) -> dict[str, Any]:
    """`value` of a change of the field `feed` for a comment, as Meta writes it."""
    value: dict[str, Any] = {
        "item": "comment",
        "verb": verb,
        "comment_id": known.id,
        "post_id": known.post,
        "parent_id": known.parent or known.post,
        "from": {"id": known.author, "name": known.name or ""},
    }
    if verb != "remove":
        value |= {"message": known.text, "created_time": int(known.at.timestamp())}
    return value


def delivery(page: str, at: datetime, *values: Mapping[str, Any]) -> bytes:
    r"""The body of a webhook of a Page, escaped as Meta escapes: `\uXXXX` in lower case, `\/`."""
    changes = [{"field": "feed", "value": value} for value in values]
    body = {"object": "page", "entry": [{"id": page, "time": int(at.timestamp()), "changes": changes}]}
    return json.dumps(body, separators=(",", ":")).replace("/", "\\/").encode("ascii")


def _route(request: TwinRequest) -> tuple[str, str | None]:
    path = _PATH.fullmatch(request.path)
    if path is None:
        raise Refusal(_error(400, 2500, "Unknown path components"))
    return path["object"], path["edge"]


def _form(request: TwinRequest) -> dict[str, str]:
    if request.headers.get("content-type", "").startswith("application/json"):
        body = json_of(request.body)
        fields = body if isinstance(body, dict) else {}
        return {name: value if isinstance(value, str) else json.dumps(value) for name, value in fields.items()}
    return dict(parse_qsl(request.body.decode("utf-8", "replace"), keep_blank_values=True))


def _private(recipient: str, message: str) -> Call:
    match json_of(recipient.encode()), json_of(message.encode()):
        case {"comment_id": str(target)}, {"text": str(text)} if text.strip():
            return Call("private", target, text)
    raise Refusal(_error(400, 100, "(#100) param recipient must be an object with comment_id"))


def _shown(known: Known) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "id": known.id,
        "message": known.text,
        "created_time": known.at.astimezone(UTC).strftime(_TIMES),
    }
    return shown | ({"from": {"id": known.author, "name": known.name or ""}} if known.author else {})


def _gone(identity: str | None) -> TwinAnswer:
    return _error(
        400,
        100,
        f"Unsupported post request. Object with ID '{identity}' does not exist, cannot be loaded due to missing "
        "permissions, or does not support this operation",
        error_subcode=33,
    )


def _error(
    status: int, code: int, message: str, headers: Mapping[str, str] | None = None, **more: object
) -> TwinAnswer:
    error = {"message": message, "type": "OAuthException", "code": code, "fbtrace_id": "ATwin", **more}
    return as_json(status, {"error": error}, headers)


_DEAD_TOKEN: Final = _error(401, 190, "Error validating access token: Session has expired", error_subcode=463)
