"""Facebook's twin: the Graph API for the comments of a Page, and what Meta pushes about our own acts.

How it is told to fail, see `local.twins.graph`.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, ClassVar, Final

from local.twins import Entry, Outbox, TwinAnswer, TwinRequest
from local.twins.acting import Call, Done, Refusal, as_json, json_of
from local.twins.graph import GraphTwin, chosen, escaped, form_of, message_of, moment, page_of
from tribune.channel import Platform
from tribune.comment import Comment, TeamAct, Verb, from_seconds
from tribune.platforms import facebook

_PATH = re.compile(r"(?:/v\d+\.\d+)?/(?P<object>[^/]+)(?:/(?P<edge>[a-z_]+))?/?")
_PRIVATE_WITHIN: Final = timedelta(days=7)
_NEVER_PUSHED: Final = ("private", "like", "block")


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
    liked: bool = False


class FacebookTwin(GraphTwin):
    """The Graph API of the Pages whose tokens it is given."""

    name: ClassVar[str] = "facebook"
    speaks: ClassVar[Platform] = facebook

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
        self.blocked: set[tuple[str, str]] = set()
        """(Page, person)."""

    def _learn(self, comment: Comment, now: datetime) -> None:  # noqa: ARG002  the twins' shape
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

    def _see(self, act: TeamAct) -> None:
        if act.object in self.comments:
            self._change(act.object, hidden=act.kind == "hide")

    def _change(self, identity: str, **fields: Any) -> None:
        self.comments[identity] = replace(self.comments[identity], **fields)

        # --- acts ---

    def _understand(self, request: TwinRequest) -> Call:
        target, edge = self._route(request)
        form = form_of(request)
        token, action = self._credential(request, form), request.headers.get("x-request-id")
        match request.method, edge, form:
            case "POST", "comments", {"message": str(message)} if message.strip():
                return Call("reply", target, message, token, action)
            case "POST", "messages", _ if (written := message_of(form)) and written.to == _kind(written.whom, target):
                return Call("private", written.whom, written.text, token, action, target)
            case "POST", "likes", _:
                return Call("like", target, None, token, action)
            case "POST", "blocked", {"user": str(listed)}:
                match json_of(listed.encode()):
                    case [str(person)]:
                        return Call("block", person, None, token, action, target)
            case "POST", None, {"is_hidden": "true" | "false" as hidden}:
                return Call("hide" if hidden == "true" else "unhide", target, None, token, action)
            case "DELETE", None, _:
                return Call("delete", target, None, token, action)
        raise self._invalid()

    def _apply(self, call: Call, now: datetime) -> Done:
        if call.kind == "block":
            return self._block(call)
        self._accounts(call.credential)
        known = self.comments.get(call.object or "")
        if known is None or known.deleted:
            raise Refusal(self._gone(call.object))
        self._allowed(known.page, call.credential)
        match call.kind:
            case "reply":
                return self._reply(known, call.text or "", now)
            case "private":
                return self._write(known, call, now)
            case "delete":
                self._change(known.id, deleted=True)
            case "like":
                self._change(known.id, liked=True)
            case _:
                self._change(known.id, hidden=call.kind == "hide")
        return Done(as_json(200, {"success": True}), known.page)

    def _block(self, call: Call) -> Done:
        page, person = call.key or "", call.object or ""
        self._allowed(page, call.credential)
        self.blocked.add((page, person))
        return Done(as_json(200, {person: True}), page)

    def _reply(self, known: Known, text: str, now: datetime) -> Done:
        created = f"{known.id.partition('_')[0]}_{next(self._numbers)}"
        head = known.parent or known.id  # replies go one level deep
        self.comments[created] = Known(created, known.page, known.post, head, known.page, text, now, ours=True)
        return Done(as_json(200, {"id": created}), known.page, created)

    def _write(self, known: Known, call: Call, now: datetime) -> Done:
        if call.key != known.page:
            raise Refusal(self._gone(call.key))
        if known.written_to:
            raise Refusal(self._error(400, 10900, "(#10900) Activity already replied to"))
        if now - known.at > _PRIVATE_WITHIN:
            raise Refusal(self._error(400, 10901, "(#10901) This comment is too old for a private reply"))
        self._change(known.id, written_to=True)
        created = f"m_{next(self._numbers)}"
        answer = {"recipient_id": known.author or "", "message_id": created}
        return Done(as_json(200, answer), known.page, created)

    def _account_of(self, call: Call) -> str | None:
        known = self.comments.get(call.object or "")
        return known.page if known else call.key

    # --- reads ---

    def _look(self, request: TwinRequest) -> TwinAnswer:
        target, edge = self._route(request)
        accounts = self._accounts(self._credential(request, {}))
        if edge == "feed" and target in accounts:
            return page_of([chosen(post, request) for post in self._feed(target)], request)
        known = self.comments.get(target)
        if edge == "comments" and (known is not None or any(one.post == target for one in self.comments.values())):
            return page_of([chosen(_shown(one), request) for one in self._under(target, request)], request)
        if known is None or known.deleted or edge is not None:
            raise Refusal(self._gone(target))
        return as_json(200, chosen(_shown(known), request))

    def _feed(self, page: str) -> list[dict[str, Any]]:
        """The posts of a Page, the latest touched first."""
        moved: dict[str, datetime] = {}
        for one in self.comments.values():
            if one.page == page:
                moved[one.post] = max(one.at, moved.get(one.post, one.at))
        latest = sorted(moved.items(), key=lambda post: post[1], reverse=True)
        shown = {post: _shown(self.comments[post]) for post in moved if post in self.comments}
        return [shown.get(post, {}) | {"id": post, "updated_time": moment(at)} for post, at in latest]

    def _under(self, target: str, request: TwinRequest) -> list[Known]:
        """The replies of a comment, or everything under a post, that a reader can see now."""
        since = from_seconds(int(request.query.get("since", "0")))
        found = [
            one
            for one in self.comments.values()
            if (one.parent == target or (one.post == target != one.id)) and not one.deleted and one.at >= since
            if self._visible(one.at, ours=one.ours, now=request.now)
        ]
        return sorted(found, key=lambda one: one.at, reverse=request.query.get("order") == "reverse_chronological")

    def _route(self, request: TwinRequest) -> tuple[str, str | None]:
        path = _PATH.fullmatch(request.path)
        if path is None:
            raise Refusal(self._error(400, 2500, "Unknown path components"))
        return path["object"], path["edge"]

    # --- echoes ---

    def echo(self, entry: Entry) -> bytes | None:
        """Meta pushes a Page's own comments, and what was done to the others', like anybody's."""
        identity = entry.created if entry.kind == "reply" else entry.object
        known = self.comments.get(identity or "")
        if not entry.happened or known is None or entry.kind in _NEVER_PUSHED:
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
    """The body of a webhook of a Page, escaped as Meta escapes."""
    changes = [{"field": "feed", "value": value} for value in values]
    return escaped({"object": "page", "entry": [{"id": page, "time": int(at.timestamp()), "changes": changes}]})


def _kind(identity: str, page: str) -> str:
    """What an id of a Page is the id of: its posts', visitors' among them, begin with its own."""
    return "post_id" if identity.startswith(f"{page}_") else "comment_id"


def _shown(known: Known) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "id": known.id,
        "message": known.text,
        "created_time": moment(known.at),
        "is_hidden": known.hidden,
    }
    if known.author:
        shown["from"] = {"id": known.author, "name": known.name or ""}
    if known.parent:
        shown["parent"] = {"id": known.parent}
    return shown
