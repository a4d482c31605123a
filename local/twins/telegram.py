"""Telegram's twin: the methods of the Bot API that we call, once the bot is a member of the chat.

Told to fail: besides the connection's modes `500`, `429`, `token` (the bot's token was revoked), `rights` (the bot is
no administrator any more), `kicked` (it was thrown out).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import count
from typing import Any, ClassVar, Final

from local.twins import Outbox, TwinAnswer, TwinRequest
from local.twins.acting import ActingTwin, Call, Done, Refusal, as_json, json_of
from tribune.channel import Platform
from tribune.comment import Comment
from tribune.platforms import telegram

_KINDS: Final = {
    "sendMessage": "reply",
    "deleteMessage": "delete",
    "setMessageReaction": "like",
    "banChatMember": "block",
    "banChatSenderChat": "block",
}
MOST_UNITS: Final = 4096


@dataclass(frozen=True, slots=True)
class Known:
    """A message of a chat."""

    chat: str
    id: str
    text: str


class TelegramTwin(ActingTwin):
    """`tokens`: the tokens of bots that exist -> the accounts (chats) they are members of."""

    name: ClassVar[str] = "telegram"
    speaks: ClassVar[Platform] = telegram
    modes: ClassVar[frozenset[str]] = frozenset({"500", "429", "token", "rights", "kicked"})

    def __init__(self, outbox: Outbox, tokens: Mapping[str, tuple[str, ...]]) -> None:
        """`tokens`: bot token -> chats."""
        super().__init__(outbox)
        self._tokens = dict(tokens)
        self.messages: dict[str, Known] = {}
        self.banned: set[tuple[str, str]] = set()
        self._numbers = count(900_001)

    def _learn(self, said: Comment, now: datetime) -> None:  # noqa: ARG002  the twins' shape
        self.messages[said.object] = Known(said.account, said.object, said.text)

    def _understand(self, request: TwinRequest) -> Call:
        bot, _, method = request.path.removeprefix("/bot").partition("/")
        if bot not in self._tokens or not request.path.startswith("/bot"):
            raise Refusal(error(401, "Unauthorized"))
        if method not in _KINDS or request.method != "POST":
            raise Refusal(error(404, "Not Found: method not found"))
        match method, json_of(request.body):
            case "sendMessage", {
                "chat_id": int(chat),
                "text": str(text),
                "reply_parameters": {"message_id": int(message)},
            }:
                if len(text.encode("utf-16-le")) // 2 > MOST_UNITS:
                    raise Refusal(error(400, "Bad Request: message is too long"))
                return self._call("reply", bot, chat, message, text=text)
            case "deleteMessage", {"chat_id": int(chat), "message_id": int(message)}:
                return self._call("delete", bot, chat, message)
            case "setMessageReaction", {
                "chat_id": int(chat),
                "message_id": int(message),
                "reaction": [{"type": "emoji", "emoji": str()}],
            }:
                return self._call("like", bot, chat, message)
            case "banChatMember", {"chat_id": int(chat), "user_id": int(whom)} if whom > 0:
                return Call("block", None, str(whom), credential=bot, key=str(chat))
            case "banChatSenderChat", {"chat_id": int(chat), "sender_chat_id": int(whom)} if whom < 0:
                return Call("block", None, str(whom), credential=bot, key=str(chat))
        raise Refusal(error(400, "Bad Request: wrong parameters"))

    def _call(self, kind: str, bot: str, chat: int, message: int, text: str | None = None) -> Call:
        account = str(chat) if str(chat) in self._tokens[bot] else telegram.DIRECT
        return Call(kind, f"{chat}_{message}", text, credential=bot, key=account)

    def _apply(self, call: Call, now: datetime) -> Done:
        account = call.key or ""
        if account not in self._tokens[call.credential]:
            raise Refusal(error(400, "Bad Request: chat not found"))
        if call.kind == "block":
            self.banned.add((account, call.text or ""))
            return Done(_ok(result=True), account)
        known = self.messages.get(call.object or "")
        if known is None or known.chat != account:
            missing = {"reply": "message to be replied not found", "delete": "message to delete not found"}
            raise Refusal(error(400, f"Bad Request: {missing.get(call.kind, 'message not found')}"))
        if call.kind == "delete":
            del self.messages[known.id]
        if call.kind != "reply":
            return Done(_ok(result=True), account)
        chat, number = int(known.id.partition("_")[0]), next(self._numbers)
        created = f"{chat}_{number}"
        self.messages[created] = Known(account, created, call.text or "")
        message = {"message_id": number, "date": int(now.timestamp()), "chat": {"id": chat}, "text": call.text}
        return Done(_ok(result=message), account, created)

    def _account_of(self, call: Call) -> str | None:
        return call.key

    def _refusal(self, mode: str) -> TwinAnswer:
        match mode:
            case "429":
                limited = {"ok": False, "error_code": 429, "description": "Too Many Requests: retry after 35"}
                return as_json(429, limited | {"parameters": {"retry_after": 35}})
            case "token":
                return error(401, "Unauthorized")
            case "rights":
                return error(400, "Bad Request: not enough rights to send text messages to the chat")
            case "kicked":
                return error(403, "Forbidden: bot was kicked from the supergroup chat")
        return error(500, "Internal Server Error")


def _ok(*, result: Any) -> TwinAnswer:
    return as_json(200, {"ok": True, "result": result})


def error(status: int, description: str) -> TwinAnswer:
    """Telegram's way to say no."""
    return as_json(status, {"ok": False, "error_code": status, "description": description})
