"""A blog's twin: it receives our signed webhooks and does what they say, once per `webhook-id`.

Told to fail: besides the connection's modes `500`, `429`, `gone` (the endpoint was taken down).
"""

import json
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import count
from typing import Any, ClassVar, Final

from local.twins import Entry, Outbox, TwinAnswer, TwinRequest
from local.twins.acting import ActingTwin, Call, Done, Refusal, as_json, json_of
from tribune.channel import Platform, Secrets
from tribune.comment import Comment, Verb
from tribune.errors import Forged
from tribune.platforms import generic, signatures

_KINDS: Final = {"reply.create": "reply", "comment.hide": "hide", "comment.unhide": "unhide"}


@dataclass(frozen=True, slots=True)
class Known:
    """A comment as the site has it."""

    id: str
    space: str
    thread: str
    text: str
    at: datetime
    parent: str | None = None
    hidden: bool = False
    deleted: bool = False
    ours: bool = False


class GenericTwin(ActingTwin):
    """A site that speaks Standard Webhooks; `secrets` are those its spaces share with us for our acts."""

    name: ClassVar[str] = "generic"
    speaks: ClassVar[Platform] = generic
    modes: ClassVar[frozenset[str]] = frozenset({"500", "429", "gone"})

    def __init__(self, outbox: Outbox, secrets: tuple[str, ...]) -> None:
        """`secrets`: any of them may sign; a request signed by none is refused."""
        super().__init__(outbox)
        self._secrets = secrets
        self.comments: dict[str, Known] = {}
        self._done: dict[str, str | None] = {}
        self._numbers = count(1)

    def _learn(self, comment: Comment, now: datetime) -> None:  # noqa: ARG002  the twins' shape
        known = self.comments.get(comment.object)
        if known is None:
            self.comments[comment.object] = Known(
                id=comment.object,
                space=comment.account,
                thread=comment.thread.id,
                text=comment.text,
                at=comment.said_at,
                parent=comment.parent,
                deleted=comment.verb is Verb.DELETED,
                ours=comment.author.is_ours,
            )
        elif comment.verb is Verb.DELETED:
            self.comments[comment.object] = replace(known, deleted=True)
        elif comment.verb is Verb.EDITED:
            self.comments[comment.object] = replace(known, text=comment.text)

    def _understand(self, request: TwinRequest) -> Call:
        self._prove(request)
        match json_of(request.body):
            case {"type": str(kind), "data": {"id": str(identity), "target": str(target), "thread": str()} as data} if (
                kind in _KINDS and identity == request.headers.get("webhook-id")
            ):
                text = data.get("text")
                if (kind == "reply.create") != (isinstance(text, str) and bool(text.strip())):
                    raise Refusal(_error(422, "a reply has a text, and only a reply"))
                return Call(_KINDS[kind], target, text, action_id=identity, key=identity)
        raise Refusal(_error(422, "not an event we know"))

    def _prove(self, request: TwinRequest) -> None:
        if request.method != "POST":
            raise Refusal(_error(405, "POST only"))
        for secret in self._secrets:
            try:
                return signatures.verify_standard(request.headers, request.body, Secrets(secret), request.now)
            except Forged:
                continue
        raise Refusal(_error(401, "not signed by Tribune"))

    def _apply(self, call: Call, now: datetime) -> Done:
        known = self.comments.get(call.object or "")
        key = call.key or ""
        if key in self._done:
            account = known.space if known else None
            return Done(as_json(409, {"id": self._done[key]}), account)
        if known is None or known.deleted:
            raise Refusal(_error(404, "no such comment"))
        created = None
        if call.kind == "reply":
            created = f"reply-{next(self._numbers)}"
            self.comments[created] = Known(
                created, known.space, known.thread, call.text or "", now, parent=known.id, ours=True
            )
        else:
            self.comments[known.id] = replace(known, hidden=call.kind == "hide")
        self._done[key] = created
        return Done(as_json(201 if created else 200, {"id": created} if created else {}), known.space, created)

    def _account_of(self, call: Call) -> str | None:
        known = self.comments.get(call.object or "")
        return known.space if known else None

    def _refusal(self, mode: str) -> TwinAnswer:
        match mode:
            case "429":
                return as_json(429, {"error": "slow down"}, {"retry-after": "120"})
            case "gone":
                return _error(410, "this endpoint was taken down")
        return _error(500, "internal error")

    def echo(self, entry: Entry) -> bytes | None:
        """The site tells every listener about a new comment, also about the one we wrote."""
        known = self.comments.get(entry.created or "")
        if not entry.happened or entry.kind != "reply" or known is None:
            return None
        return delivery("comment.created", entry.at, comment_data(known, {"id": "tribune", "is_self": True}))


def comment_data(known: Known, author: dict[str, Any]) -> dict[str, Any]:
    """`data` of an event about a comment."""
    data: dict[str, Any] = {
        "id": known.id,
        "space": known.space,
        "text": known.text,
        "created_at": known.at.isoformat(),
        "author": author,
        "thread": {"id": known.thread},
    }
    return data | ({"parent_id": known.parent} if known.parent else {})


def delivery(kind: str, at: datetime, data: dict[str, Any]) -> bytes:
    """The body of an event."""
    return json.dumps({"type": kind, "timestamp": at.isoformat(), "data": data}, ensure_ascii=False).encode()


def _error(status: int, sentence: str) -> TwinAnswer:
    return as_json(status, {"error": sentence})
