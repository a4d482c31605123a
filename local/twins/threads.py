"""Threads' twin: containers that are published once, replies that are hidden at the top, what comes back of our own.

How it is told to fail, see `local.twins.graph`. `{"processing_s": n}`: a container cannot be found for so long.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, ClassVar, Final

from local.twins import Entry, Fate, Outbox, TwinAnswer, TwinRequest
from local.twins.acting import BAD_GATEWAY, UNSEEN_AFTER, UNSEEN_BEFORE, Call, Done, Refusal, as_json
from local.twins.graph import GraphTwin, chosen, escaped, form_of, moment, page_of
from tribune.channel import Platform
from tribune.comment import Comment, Verb
from tribune.platforms import threads

_PATH = re.compile(r"(?:/v\d+\.\d+)?/(?P<object>[^/]+)(?:/(?P<edge>[a-z_]+))?/?")
_CONTAINER_LIVES: Final = timedelta(hours=24)
_SIXTY_DAYS: Final = 60 * 24 * 3600
_MOST_TEXT: Final = 500


@dataclass(frozen=True, slots=True)
class Known:
    """A post as Threads has it."""

    id: str
    account: str
    """Whose post the thread hangs from."""
    root: str
    parent: str
    username: str
    text: str
    at: datetime
    hidden: bool = False
    deleted: bool = False
    ours: bool = False


@dataclass(frozen=True, slots=True)
class Container:
    """What is made and not yet seen by anybody."""

    account: str
    reply_to: str
    text: str
    at: datetime


class ThreadsTwin(GraphTwin):
    """The Threads API of the accounts whose tokens it is given."""

    name: ClassVar[str] = "threads"
    speaks: ClassVar[Platform] = threads
    error_type: ClassVar[str] = "THApiException"

    def __init__(
        self,
        outbox: Outbox,
        tokens: Mapping[str, tuple[str, ...]],
        app_secret: str | None = None,
        consistency_s: float = 0,
    ) -> None:
        """As every `GraphTwin`."""
        super().__init__(outbox, tokens, app_secret, consistency_s)
        self.posts: dict[str, Known] = {}
        self.containers: dict[str, Container] = {}
        self.processing_s = 0.0

    def fail(self, spec: object) -> None:
        """See `processing_s`, and `local.twins.graph`."""
        if isinstance(spec, Mapping) and "processing_s" in spec:
            self.processing_s = float(spec["processing_s"])
            return
        super().fail(spec)

    def _learn(self, said: Comment, now: datetime) -> None:  # noqa: ARG002  the twins' shape
        if said.verb is Verb.DELETED:
            if said.object in self.posts:
                self._change(said.object, deleted=True)
            return
        self.posts.setdefault(
            said.object,
            Known(
                id=said.object,
                account=said.account,
                root=said.thread.post,
                parent=said.parent or said.thread.post,
                username=said.author.name or "",
                text=said.text,
                at=said.said_at,
                ours=said.author.is_ours,
            ),
        )

    def _change(self, identity: str, **fields: Any) -> None:
        self.posts[identity] = replace(self.posts[identity], **fields)

    # --- acts ---

    def _handle(self, request: TwinRequest) -> TwinAnswer:
        """A container is no act: nobody sees it. It fails as acts do."""
        target, edge = self._route(request)
        if request.method != "POST" or edge != "threads":
            return super()._handle(request)
        mode = self._failures.take("acts") or ""
        if mode in UNSEEN_BEFORE:
            return TwinAnswer(0, fate=UNSEEN_BEFORE[mode])
        answer = self._refuse(mode) or self._contain(target, request)
        if mode not in UNSEEN_AFTER:
            return answer
        fate = UNSEEN_AFTER[mode]
        return BAD_GATEWAY if fate is Fate.ANSWER else TwinAnswer(0, fate=fate)

    def _contain(self, account: str, request: TwinRequest) -> TwinAnswer:
        form = form_of(request)
        self._allowed(account, self._credential(request, form))
        match form:
            case {"media_type": "TEXT", "text": str(text), "reply_to_id": str(above)} if 0 < len(text) <= _MOST_TEXT:
                known = self.posts.get(above)
                if known is None or known.deleted:
                    return self._gone(above)
            case _:
                raise self._invalid()
        created = str(next(self._numbers))
        self.containers[created] = Container(account, above, text, request.now)
        return as_json(200, {"id": created})

    def _understand(self, request: TwinRequest) -> Call:
        target, edge = self._route(request)
        form = form_of(request)
        token, action = self._credential(request, form), request.headers.get("x-request-id")
        match request.method, edge, form:
            case "POST", "threads_publish", {"creation_id": str(made)}:
                container = self.containers.get(made)
                above, text = (container.reply_to, container.text) if container else (None, None)
                return Call("reply", above, text, token, action, f"{target}/{made}")
            case "POST", "manage_reply", {"hide": "true" | "false" as hidden}:
                return Call("hide" if hidden == "true" else "unhide", target, None, token, action)
            case "DELETE", None, _:
                return Call("delete", target, None, token, action)
        raise self._invalid()

    def _apply(self, call: Call, now: datetime) -> Done:
        self._accounts(call.credential)
        if call.kind == "reply":
            return self._publish(call, now)
        known = self.posts.get(call.object or "")
        if known is None or known.deleted:
            raise Refusal(self._gone(call.object))
        self._allowed(known.account, call.credential)
        if call.kind == "delete":
            if not known.ours:
                raise Refusal(self._error(400, 10, "(#10) Application does not have permission for this action"))
            self._change(known.id, deleted=True)
            return Done(as_json(200, {"success": True, "deleted_id": known.id}), known.account)
        if known.parent != known.root:
            raise self._invalid("(#100) Only top-level replies can be hidden")
        self._change(known.id, hidden=call.kind == "hide")
        return Done(as_json(200, {"success": True}), known.account)

    def _publish(self, call: Call, now: datetime) -> Done:
        account, _, made = (call.key or "").partition("/")
        self._allowed(account, call.credential)
        container = self.containers.get(made)
        age = now - container.at if container else _CONTAINER_LIVES
        if container is None or age >= _CONTAINER_LIVES or age.total_seconds() < self.processing_s:
            sentence = "The requested resource does not exist"
            raise Refusal(self._error(400, 24, sentence, error_subcode=4279009, is_transient=False))
        del self.containers[made]  # published once, and never again
        above = self.posts[container.reply_to]
        created = str(next(self._numbers))
        self.posts[created] = Known(
            created, account, above.root, above.id, f"user-{account}", container.text, now, ours=True
        )
        return Done(as_json(200, {"id": created}), account, created)

    def _account_of(self, call: Call) -> str | None:
        known = self.posts.get(call.object or "")
        return known.account if known else (call.key or "").partition("/")[0] or None

    # --- reads ---

    def _look(self, request: TwinRequest) -> TwinAnswer:
        target, edge = self._route(request)
        token = self._credential(request, {})
        accounts = self._accounts(token)
        if target == "refresh_access_token":
            self._names_its_token(request)
            renewed = f"{token}-{next(self._numbers)}"
            self._tokens[renewed] = accounts
            return as_json(200, {"access_token": renewed, "token_type": "bearer", "expires_in": _SIXTY_DAYS})
        if edge == "threads" and target in accounts:
            roots = dict.fromkeys(one.root for one in self.posts.values() if one.account == target)
            return page_of([{"id": root, "has_replies": True} for root in roots], request)
        if edge == "conversation":
            return self._page([one for one in self.posts.values() if one.root == target], request)
        known = self.posts.get(target)
        if known is None or known.deleted:
            raise Refusal(self._gone(target))
        if edge == "replies":
            return self._page([one for one in self.posts.values() if one.parent == target], request)
        return as_json(200, chosen(_shown(known), request))

    def _page(self, found: Sequence[Known], request: TwinRequest) -> TwinAnswer:
        seen = [one for one in found if not one.deleted and self._visible(one.at, ours=one.ours, now=request.now)]
        seen.sort(key=lambda one: one.at, reverse=request.query.get("reverse") == "true")
        return page_of([chosen(_shown(one), request) for one in seen], request)

    def _route(self, request: TwinRequest) -> tuple[str, str | None]:
        path = _PATH.fullmatch(request.path)
        if path is None:
            raise Refusal(self._error(400, 2500, "Unknown path components"))
        return path["object"], path["edge"]

    # --- echoes ---

    def echo(self, entry: Entry) -> bytes | None:
        """Our own reply under our own post is a reply like anybody's."""
        known = self.posts.get(entry.created or "")
        if not entry.happened or known is None:
            return None
        return delivery(known.account, entry.at, post_value(known))


def post_value(known: Known) -> dict[str, Any]:
    """`value` of the field `replies`."""
    return {
        "id": known.id,
        "username": known.username,
        "text": known.text,
        "media_type": "TEXT_POST",
        "timestamp": moment(known.at),
        "replied_to": {"id": known.parent},
        "root_post": {"id": known.root, "owner_id": known.account, "username": f"user-{known.account}"},
    }


def delivery(account: str, at: datetime, value: Mapping[str, Any], field: str = "replies") -> bytes:
    """The body of a webhook, escaped as Meta escapes."""
    target = account if field in {"mentions", "publish"} else value["id"]
    told = {"value": value, "field": field}
    return escaped({"topic": "moderate", "target_id": target, "time": int(at.timestamp()), "values": told})


def _shown(known: Known) -> dict[str, Any]:
    return {
        "id": known.id,
        "text": known.text,
        "username": known.username,
        "timestamp": moment(known.at),
        "is_reply": True,
        "is_reply_owned_by_me": known.ours,
        "replied_to": {"id": known.parent},
        "root_post": {"id": known.root},
    }
