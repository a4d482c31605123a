"""A WordPress site's twin: its REST API for comments, as far as we use it.

Told to fail: besides the connection's modes `500`, `429`, `flood` (comments come too quickly), `token` (the
application password was revoked), `closed` (the post takes no more comments). What a real site answers is in
`tests/local/test_wordpress.py`, against a real one.
"""

import json
from base64 import b64decode
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import count
from typing import Any, ClassVar, Final

from local.twins import Entry, Outbox, TwinAnswer, TwinRequest
from local.twins.acting import ActingTwin, Call, Done, Refusal, as_json, json_of
from tribune.channel import Platform
from tribune.comment import Comment, Verb
from tribune.platforms import wordpress

COMMENTS: Final = "/wp/v2/comments"
_KIND_OF: Final = {"hold": "hide", "approved": "unhide"}
_STATUS_OF: Final = {"hide": "hold", "unhide": "approved", "delete": "trash"}


@dataclass(frozen=True, slots=True)
class Known:
    """A comment as the site has it."""

    id: int
    post: int
    parent: int
    space: str
    text: str
    at: datetime
    status: str = "approved"
    agent: str = ""
    ours: bool = False


class WordpressTwin(ActingTwin):
    """A site; `users` are those who may moderate on it, by name, with their application password."""

    name: ClassVar[str] = "wordpress"
    speaks: ClassVar[Platform] = wordpress
    modes: ClassVar[frozenset[str]] = frozenset({"500", "429", "flood", "token", "closed"})

    def __init__(self, outbox: Outbox, users: Mapping[str, str]) -> None:
        """`users`: name -> application password."""
        super().__init__(outbox)
        self._users = dict(users)
        self.comments: dict[int, Known] = {}
        self._numbers = count(900_001)

    def _learn(self, said: Comment, now: datetime) -> None:  # noqa: ARG002  the twins' shape
        post, _, number = said.object.partition("_")
        known = self.comments.get(int(number))
        if said.verb is Verb.DELETED:
            self.comments.pop(int(number), None)
        elif known is None:
            parent = int(said.parent.partition("_")[2]) if said.parent else 0
            self.comments[int(number)] = Known(
                int(number), int(post), parent, said.account, said.text, said.said_at, ours=said.author.is_ours
            )
        elif said.verb is Verb.EDITED:
            self.comments[int(number)] = replace(known, text=said.text)

    # --- the site ---

    def _understand(self, request: TwinRequest) -> Call:
        self._prove(request)
        agent = request.headers.get("user-agent", "")
        action = agent.removeprefix("Tribune/") if agent.startswith("Tribune/") else None
        match request.method, json_of(request.body) if request.body else {}:
            case "POST", {"post": int(post), "parent": int(parent), "content": str(content)} if _is_list(request):
                return Call("reply", f"{post}_{parent}", _plain(content), action_id=action, key=agent)
            case "POST", {"status": str(status)} if status in _KIND_OF and not _is_list(request):
                return Call(_KIND_OF[status], self._named(request), action_id=action)
            case "DELETE", {} if not _is_list(request):
                return Call("delete", self._named(request), action_id=action)
        raise Refusal(_error(404, "rest_no_route", "No route was found matching the URL and request method."))

    def _prove(self, request: TwinRequest) -> None:
        scheme, _, given = request.headers.get("authorization", "").partition(" ")
        try:
            user, _, password = b64decode(given, validate=True).decode().partition(":")
        except ValueError:
            user, password = "", ""
        if scheme != "Basic" or not password or self._users.get(user) != password:
            raise Refusal(
                _error(401, "incorrect_password", "The provided password is an invalid application password.")
            )

    def _named(self, request: TwinRequest) -> str:
        number = request.path.removeprefix(COMMENTS + "/")
        known = self.comments.get(int(number)) if number.isdecimal() else None
        return f"{known.post}_{known.id}" if known else f"0_{number}"

    def _apply(self, call: Call, now: datetime) -> Done:
        known = self._known(call)
        if call.kind == "reply":
            return self._answer(call, known, now)
        if known is None:
            raise Refusal(_error(404, "rest_comment_invalid_id", "Invalid comment ID."))
        if call.kind == "delete" and known.status == "trash":
            raise Refusal(_error(410, "rest_already_trashed", "The comment has already been trashed."))
        changed = replace(known, status=_STATUS_OF[call.kind])
        self.comments[known.id] = changed
        return Done(as_json(200, _shown(changed)), known.space)

    def _answer(self, call: Call, known: Known | None, now: datetime) -> Done:
        post, parent = (int(part) for part in (call.object or "0_0").split("_"))
        ours = [one for one in self.comments.values() if one.ours and one.status != "trash"]
        if any((one.post, one.parent, one.text) == (post, parent, call.text) for one in ours):
            raise Refusal(_error(409, "comment_duplicate", "Duplicate comment detected."))
        made = Known(
            next(self._numbers),
            post,
            parent,
            known.space if known else next((one.space for one in self.comments.values()), ""),
            call.text or "",
            now,
            agent=call.key or "",
            ours=True,
        )
        self.comments[made.id] = made
        return Done(as_json(201, _shown(made)), made.space, f"{post}_{made.id}")

    def _look(self, request: TwinRequest) -> TwinAnswer:
        self._prove(request)
        if not _is_list(request):
            raise Refusal(_error(404, "rest_no_route", "No route was found."))
        wanted = {
            name: int(request.query[name]) for name in ("post", "parent") if request.query.get(name, "").isdecimal()
        }
        since = datetime.fromisoformat(request.query["after"]) if "after" in request.query else None
        found = [
            one
            for one in sorted(self.comments.values(), key=lambda one: (one.at, one.id))
            if all(getattr(one, name) == value for name, value in wanted.items())
            and (since is None or one.at > since)
            and (request.query.get("status") == "all" or one.status == "approved")
        ]
        size, page = int(request.query.get("per_page", "10")), int(request.query.get("page", "1"))
        shown = [_shown(one) for one in found[(page - 1) * size : page * size]]
        headers = {"content-type": "application/json", "x-wp-totalpages": str(-(-len(found) // size))}
        return TwinAnswer(200, headers, json.dumps(shown, ensure_ascii=False).encode())

    def _known(self, call: Call) -> Known | None:
        return self.comments.get(int((call.object or "0_0").partition("_")[2]))

    def _account_of(self, call: Call) -> str | None:
        known = self._known(call)
        return known.space if known else None

    def _refusal(self, mode: str) -> TwinAnswer:
        match mode:
            case "429":
                return as_json(429, {"code": "too_many_requests"}, {"retry-after": "120"})
            case "flood":
                return _error(400, "comment_flood", "You are posting comments too quickly. Slow down.")
            case "token":
                return _error(401, "incorrect_password", "The provided password is an invalid application password.")
            case "closed":
                return _error(403, "rest_comment_closed", "Sorry, comments are closed for this item.")
        return _error(500, "rest_comment_failed_create", "Creating comment failed.")

    def echo(self, entry: Entry) -> bytes | None:
        """The plugin tells about every comment, also about the one we wrote."""
        number = (entry.created or "_0").partition("_")[2]
        made = self.comments.get(int(number))
        if not entry.happened or entry.kind != "reply" or made is None:
            return None
        event = {"type": "comment.created", "timestamp": entry.at.isoformat(), "data": _told(made, self.comments)}
        return json.dumps(event, ensure_ascii=False).encode()


def _is_list(request: TwinRequest) -> bool:
    return request.path == COMMENTS


def _plain(content: str) -> str:
    return content.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def _shown(known: Known) -> dict[str, Any]:
    """The comment in context `edit`, with the field that our plugin adds."""
    return {
        "id": known.id,
        "post": known.post,
        "parent": known.parent,
        "date_gmt": known.at.strftime("%Y-%m-%dT%H:%M:%S"),
        "content": {"raw": known.text},
        "status": known.status,
        "author_user_agent": known.agent,
        "tribune": _told(known, {}),
    }


def _told(known: Known, others: Mapping[int, Known]) -> dict[str, Any]:
    root = known
    while root.parent in others:
        root = others[root.parent]
    data: dict[str, Any] = {
        "id": f"{known.post}_{known.id}",
        "space": known.space,
        "text": known.text,
        "created_at": known.at.isoformat(),
        "author": {"id": "user-2", "is_self": True} if known.ours else {"id": "guest-1", "is_self": False},
        "thread": {"id": f"{root.post}_{root.id}", "post": str(root.post)},
    }
    return data | ({"parent_id": f"{known.post}_{known.parent}"} if known.parent else {})


def _error(status: int, code: str, message: str) -> TwinAnswer:
    return as_json(status, {"code": code, "message": message, "data": {"status": status}})
