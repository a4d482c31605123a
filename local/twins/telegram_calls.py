"""Telegram's twin for calls: messages of the house's bot to the persons who started it.

Told to fail: besides the connection's modes `500`, `429`, `token` (the bot's token was revoked), `blocked` (the
person stopped the bot).
"""

from collections.abc import Mapping
from datetime import datetime
from itertools import count
from typing import ClassVar

from local.twins import Outbox, TwinAnswer, TwinRequest
from local.twins.acting import ActingTwin, Call, Done, Refusal, as_json, json_of
from local.twins.telegram import MOST_UNITS, error


class TelegramCallsTwin(ActingTwin):
    """The Bot API, as far as calls use it."""

    name: ClassVar[str] = "telegram-calls"
    modes: ClassVar[frozenset[str]] = frozenset({"500", "429", "token", "blocked"})

    def __init__(self, outbox: Outbox, chats: Mapping[tuple[str, str], str]) -> None:
        """`chats`: (bot token, chat) -> who reads it, shown as `telegram:<who>` in the outbox."""
        super().__init__(outbox)
        self._chats = dict(chats)
        self._numbers = count(1)

    def _understand(self, request: TwinRequest) -> Call:
        bot, _, method = request.path.removeprefix("/bot").partition("/")
        if not request.path.startswith("/bot") or bot not in {token for token, _ in self._chats}:
            raise Refusal(error(401, "Unauthorized"))
        if request.method != "POST" or method != "sendMessage":
            raise Refusal(error(404, "Not Found: method not found"))
        match json_of(request.body):
            case {"parse_mode": _}:
                raise Refusal(error(400, "Bad Request: can't parse entities"))
            case {"chat_id": int(chat), "text": str(text)} if text.strip():
                if len(text.encode("utf-16-le")) // 2 > MOST_UNITS:
                    raise Refusal(error(400, "Bad Request: message is too long"))
                return Call("call", str(chat), text, credential=bot)
        raise Refusal(error(400, "Bad Request: message text is empty"))

    def _apply(self, call: Call, now: datetime) -> Done:
        if (call.credential, call.object or "") not in self._chats:
            raise Refusal(error(400, "Bad Request: chat not found"))
        number = next(self._numbers)
        message = {"message_id": number, "date": int(now.timestamp()), "text": call.text}
        return Done(as_json(200, {"ok": True, "result": message}), None, str(number))

    def _receiver(self, call: Call) -> str:
        return f"telegram:{self._chats.get((call.credential, call.object or ''), 'nobody')}"

    def _refusal(self, mode: str) -> TwinAnswer:
        match mode:
            case "429":
                limited = {"ok": False, "error_code": 429, "description": "Too Many Requests: retry after 35"}
                return as_json(429, limited | {"parameters": {"retry_after": 35}})
            case "token":
                return error(401, "Unauthorized")
            case "blocked":
                return error(403, "Forbidden: bot was blocked by the user")
        return error(500, "Internal Server Error")
