"""Instagram's twin: the Graph API for the comments of a professional account, and what comes back of our own.

How it is told to fail, see `local.twins.graph`. A broadcast is on the air while its thread is in `on_air`.
"""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, ClassVar, Final

from local.twins import Entry, Outbox, TwinAnswer, TwinRequest
from local.twins.acting import Call, Done, Refusal, as_json
from local.twins.graph import GraphTwin, chosen, escaped, form_of, message_of, moment, page_of
from tribune.channel import Platform
from tribune.comment import Comment
from tribune.platforms import instagram

_PATH = re.compile(r"(?:/v\d+\.\d+)?/(?P<object>[^/]+)(?:/(?P<edge>[a-z_]+))?/?")
_MENTIONED = re.compile(
    r"mentioned_(?P<what>comment|media)\.(?:comment|media)_id\((?P<id>[0-9A-Za-z]+)\)\{(?P<fields>.*)\}"
)
_PRIVATE_WITHIN: Final = timedelta(days=7)
_SIXTY_DAYS: Final = 60 * 24 * 3600
_LIVE: Final = "live:"
_MOST_TEXT: Final = 300


@dataclass(frozen=True, slots=True)
class Known:
    """A comment as Instagram has it."""

    id: str
    account: str
    media: str
    thread: str
    author: str | None
    username: str | None
    text: str
    at: datetime
    hidden: bool = False
    deleted: bool = False
    ours: bool = False
    written_to: bool = False
    """Its author got the one private reply that a comment allows."""


class InstagramTwin(GraphTwin):
    """The Graph API of the accounts whose tokens it is given."""

    name: ClassVar[str] = "instagram"
    speaks: ClassVar[Platform] = instagram
    error_type: ClassVar[str] = "IGApiException"

    def __init__(
        self,
        outbox: Outbox,
        tokens: Mapping[str, tuple[str, ...]],
        app_secret: str | None = None,
        consistency_s: float = 0,
    ) -> None:
        """As every `GraphTwin`."""
        super().__init__(outbox, tokens, app_secret, consistency_s)
        self.comments: dict[str, Known] = {}
        self.elsewhere: dict[str, dict[str, Any]] = {}
        """What was said about our accounts on somebody else's posts, by its id: what a mention is looked up in."""
        self.on_air: set[str] = set()
        """The live comments whose broadcast goes on."""

    def _learn(self, said: Comment, now: datetime) -> None:  # noqa: ARG002  the twins' shape
        """A comment; one under a broadcast is on the air."""
        if said.object in self.comments:
            return
        self.comments[said.object] = Known(
            id=said.object,
            account=said.account,
            media=said.thread.post,
            thread=said.thread.id,
            author=said.author.id,
            username=said.author.name,
            text=said.text,
            at=said.said_at,
            ours=said.author.is_ours,
        )
        if said.thread.id.startswith(_LIVE):
            self.on_air.add(said.object)

    # --- acts ---

    def _understand(self, request: TwinRequest) -> Call:
        target, edge = self._route(request)
        form = form_of(request)
        token, action = self._credential(request, form), request.headers.get("x-request-id")
        match request.method, edge, form:
            case "POST", "replies", {"message": str(message)} if message.strip():
                return Call("reply", target, message, token, action)
            case "POST", "mentions", {"media_id": str(media), "message": str(message)} if message.strip():
                return Call("reply", form.get("comment_id", media), message, token, action, target)
            case "POST", "messages", _ if (written := message_of(form)) and written.to == "comment_id":
                return Call("private", written.whom, written.text, token, action, target)
            case "POST", None, {"hide": "true" | "false" as hidden}:
                return Call("hide" if hidden == "true" else "unhide", target, None, token, action)
            case "DELETE", None, _:
                return Call("delete", target, None, token, action)
        raise self._invalid()

    def _apply(self, call: Call, now: datetime) -> Done:
        self._accounts(call.credential)
        if call.kind == "reply" and call.key is not None:
            return self._answer_mention(call)
        known = self.comments.get(call.object or "")
        if known is None or known.deleted:
            raise Refusal(self._gone(call.object))
        self._allowed(known.account, call.credential)
        match call.kind:
            case "reply":
                return self._reply(known, call.text or "", now)
            case "private":
                return self._write(known, call, now)
            case "delete":
                self._change(known.id, deleted=True)
            case _:
                self._change(known.id, hidden=call.kind == "hide")
        return Done(as_json(200, {"success": True}), known.account)

    def _reply(self, known: Known, text: str, now: datetime) -> Done:
        if known.hidden or known.id in self.on_air or len(text) > _MOST_TEXT:
            raise self._invalid("(#100) The comment cannot be replied to")
        created = str(next(self._numbers))
        self.comments[created] = Known(
            created, known.account, known.media, known.thread, known.account, "nous", text, now, ours=True
        )
        return Done(as_json(200, {"id": created}), known.account, created)

    def _answer_mention(self, call: Call) -> Done:
        account = call.key or ""
        self._allowed(account, call.credential)
        if call.object not in self.elsewhere:
            raise Refusal(self._gone(call.object))
        created = str(next(self._numbers))
        return Done(as_json(200, {"id": created}), account, created)

    def _write(self, known: Known, call: Call, now: datetime) -> Done:
        if call.key != known.account:
            raise Refusal(self._gone(call.key))
        if known.written_to:
            raise Refusal(self._error(400, 10900, "(#10900) Activity already replied to"))
        live = known.thread.startswith(_LIVE)
        if now - known.at > _PRIVATE_WITHIN or (live and known.id not in self.on_air):
            raise Refusal(self._error(400, 10901, "(#10901) This comment is too old for a private reply"))
        self._change(known.id, written_to=True)
        created = f"m_{next(self._numbers)}"
        answer = {"recipient_id": known.author or "", "message_id": created}
        return Done(as_json(200, answer), known.account, created)

    def _change(self, identity: str, **fields: Any) -> None:
        self.comments[identity] = replace(self.comments[identity], **fields)

    def _account_of(self, call: Call) -> str | None:
        known = self.comments.get(call.object or "")
        return known.account if known else call.key

    # --- reads ---

    def _look(self, request: TwinRequest) -> TwinAnswer:
        target, edge = self._route(request)
        token = self._credential(request, {})
        accounts = self._accounts(token)
        if target == "refresh_access_token":
            self._names_its_token(request)
            return self._renew(token, accounts)
        if mentioned := _MENTIONED.fullmatch(request.query.get("fields", "")):
            found = self.elsewhere.get(mentioned["id"])
            if target not in accounts or found is None:
                raise Refusal(self._gone(target))
            return as_json(200, {f"mentioned_{mentioned['what']}": found, "id": target})
        if edge == "media" and target in accounts:
            return page_of(self._media(target), request)
        if edge == "comments" and any(one.media == target for one in self.comments.values()):
            return page_of([self._with_replies(one, request.now) for one in self._on(target, request.now)], request)
        known = self.comments.get(target)
        if known is None or known.deleted:
            raise Refusal(self._gone(target))
        if edge == "replies":
            return page_of([chosen(_shown(one), request) for one in self._under(known, request.now)], request)
        return as_json(200, chosen(_shown(known), request))

    def _under(self, head: Known, now: datetime) -> list[Known]:
        found = [
            one
            for one in self.comments.values()
            if one.thread == head.id != one.id and not one.deleted and self._visible(one.at, ours=one.ours, now=now)
        ]
        return sorted(found, key=lambda one: one.at, reverse=True)

    def _media(self, account: str) -> list[dict[str, Any]]:
        """The posts of an account with how much was said under each; a broadcast is none of them."""
        posted = (one for one in self.comments.values() if one.account == account and not one.thread.startswith(_LIVE))
        said = Counter(one.media for one in posted if not one.deleted)
        return [{"id": media, "comments_count": count} for media, count in said.items()]

    def _on(self, media: str, now: datetime) -> list[Known]:
        """The top-level comments of a post, the latest first."""
        found = [one for one in self.comments.values() if one.media == media and one.thread == one.id]
        shown = [one for one in found if not one.deleted and self._visible(one.at, ours=one.ours, now=now)]
        return sorted(shown, key=lambda one: one.at, reverse=True)

    def _with_replies(self, head: Known, now: datetime) -> dict[str, Any]:
        below = [_shown(one) for one in self._under(head, now)]
        return _shown(head) | ({"replies": {"data": below}} if below else {})

    def _renew(self, token: str, accounts: tuple[str, ...]) -> TwinAnswer:
        """A new token for the same accounts; the old one works until it would have ended."""
        renewed = f"{token}-{next(self._numbers)}"
        self._tokens[renewed] = accounts
        return as_json(200, {"access_token": renewed, "token_type": "bearer", "expires_in": _SIXTY_DAYS})

    def _route(self, request: TwinRequest) -> tuple[str, str | None]:
        path = _PATH.fullmatch(request.path)
        if path is None:
            raise Refusal(self._error(400, 2500, "Unknown path components"))
        return path["object"], path["edge"]

    # --- echoes ---

    def echo(self, entry: Entry) -> bytes | None:
        """Instagram tells of our own comments, and of nothing that was done to a comment."""
        known = self.comments.get(entry.created or "")
        if not entry.happened or entry.kind != "reply" or known is None:
            return None
        return delivery(known.account, entry.at, comment_value(known))


def comment_value(known: Known) -> dict[str, Any]:
    """`value` of a change of the field `comments`."""
    speaker = {"id": known.author, "username": known.username or ""}
    value = {"id": known.id, "text": known.text, "from": speaker, "media": {"id": known.media}}
    return value | ({"parent_id": known.thread} if known.thread != known.id else {})


def delivery(account: str, at: datetime, *values: Mapping[str, Any], field: str = "comments") -> bytes:
    """The body of a webhook of an account, escaped as Meta escapes."""
    changes = [{"field": field, "value": value} for value in values]
    entry = {"id": account, "time": int(at.timestamp()), "changes": changes}
    return escaped({"object": "instagram", "entry": [entry]})


def _shown(known: Known) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "id": known.id,
        "text": known.text,
        "timestamp": moment(known.at),
        "username": known.username,
        "hidden": known.hidden,
        "media": {"id": known.media},
    }
    if known.author:
        shown["from"] = {"id": known.author, "username": known.username}
    if known.ours:
        shown["user"] = {"id": known.account}
    return shown | ({"parent_id": known.thread} if known.thread != known.id else {})
