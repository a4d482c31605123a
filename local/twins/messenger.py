"""Messenger's twin: messages to people who wrote within a day, and what comes back of our own.

How it is told to fail, see `local.twins.graph`.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, ClassVar, Final

from local.twins import Entry, Outbox, TwinAnswer, TwinRequest
from local.twins.acting import Call, Done, Refusal, as_json
from local.twins.graph import GraphTwin, escaped, form_of, message_of, moment
from tribune.channel import Platform
from tribune.comment import Comment, Verb, milliseconds
from tribune.platforms import messenger

_PATH = re.compile(r"(?:/v\d+\.\d+)?/(?P<account>[^/]+)/(?P<edge>messages|conversations)/?")
_WINDOW: Final = timedelta(hours=24)
_MOST_TEXT: Final = 2000
_OUR_APP: Final = 4242


@dataclass(frozen=True, slots=True)
class Known:
    """A message of a conversation."""

    id: str
    account: str
    person: str
    text: str
    at: datetime
    ours: bool = False


class MessengerTwin(GraphTwin):
    """The Send and Conversations APIs of the Pages and accounts whose tokens it is given."""

    name: ClassVar[str] = "messenger"
    speaks: ClassVar[Platform] = messenger

    def __init__(
        self,
        outbox: Outbox,
        tokens: Mapping[str, tuple[str, ...]],
        app_secret: str | None = None,
        consistency_s: float = 0,
    ) -> None:
        """As every `GraphTwin`."""
        super().__init__(outbox, tokens, app_secret, consistency_s)
        self.messages: dict[str, Known] = {}

    def _learn(self, said: Comment, now: datetime) -> None:  # noqa: ARG002  the twins' shape
        known = self.messages.get(said.object)
        if said.verb is Verb.DELETED:
            self.messages.pop(said.object, None)
        elif said.verb is Verb.EDITED and known is not None:
            self.messages[known.id] = replace(known, text=said.text)
        else:
            ours = said.author.is_ours
            self.messages[said.object] = Known(
                said.object, said.account, said.thread.id, said.text, said.said_at, ours=ours
            )

    def _understand(self, request: TwinRequest) -> Call:
        account, edge = self._route(request)
        form = form_of(request)
        token, action = self._credential(request, form), request.headers.get("x-request-id")
        written = message_of(form)
        if request.method != "POST" or edge != "messages" or written is None or written.to != "id":
            raise self._invalid()
        return Call("reply", written.whom, written.text, token, action, account)

    def _apply(self, call: Call, now: datetime) -> Done:
        account, person, text = call.key or "", call.object or "", call.text or ""
        self._allowed(account, call.credential)
        heard = [one.at for one in self._conversation(account, person) if not one.ours]
        if not heard:
            raise Refusal(self._error(400, 100, "(#100) No matching user found", error_subcode=2018001))
        if now - max(heard) > _WINDOW:
            sentence = "(#10) This message is sent outside of allowed window."
            raise Refusal(self._error(400, 10, sentence, error_subcode=2018278))
        if len(text) > _MOST_TEXT:
            raise self._invalid("(#100) Length of param message[text] must be less than or equal to 2000")
        created = f"m_{next(self._numbers)}"
        self.messages[created] = Known(created, account, person, text, now, ours=True)
        return Done(as_json(200, {"recipient_id": person, "message_id": created}), account, created)

    def _conversation(self, account: str, person: str) -> list[Known]:
        return [one for one in self.messages.values() if (one.account, one.person) == (account, person)]

    def _account_of(self, call: Call) -> str | None:
        return call.key

    def _look(self, request: TwinRequest) -> TwinAnswer:
        account, edge = self._route(request)
        self._allowed(account, self._credential(request, {}))
        if edge != "conversations":
            raise self._invalid()
        person = request.query.get("user_id", "")
        shown = [
            {"id": one.id, "message": one.text, "created_time": moment(one.at), "from": {"id": speaker}}
            for one in sorted(self._conversation(account, person), key=lambda one: one.at, reverse=True)
            if self._visible(one.at, ours=one.ours, now=request.now)
            for speaker in [one.account if one.ours else one.person]
        ]
        found = [{"id": f"t_{person}", "messages": {"data": shown}}] if shown else []
        return as_json(200, {"data": found})

    def _route(self, request: TwinRequest) -> tuple[str, str]:
        path = _PATH.fullmatch(request.path)
        if path is None:
            raise Refusal(self._error(400, 2500, "Unknown path components"))
        return path["account"], path["edge"]

    def echo(self, entry: Entry) -> bytes | None:
        """What our application wrote comes back as an echo."""
        known = self.messages.get(entry.created or "")
        if not entry.happened or known is None:
            return None
        return delivery(known)


def delivery(known: Known, **more: Any) -> bytes:
    """The body of a webhook with one message, escaped as Meta escapes."""
    sender, recipient = (known.account, known.person) if known.ours else (known.person, known.account)
    message: dict[str, Any] = {"mid": known.id, "text": known.text}
    if known.ours:
        message |= {"is_echo": True, "app_id": _OUR_APP}
    event = {
        "sender": {"id": sender},
        "recipient": {"id": recipient},
        "timestamp": milliseconds(known.at),
        "message": message | more,
    }
    return escaped(
        {"object": "page", "entry": [{"id": known.account, "time": milliseconds(known.at), "messaging": [event]}]}
    )
