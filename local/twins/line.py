"""LINE's twin: replies by a token that works once and for a minute, pushes with a retry key and a monthly limit.

Told to fail: besides the connection's modes `500`, `429`, `token`, `quota`. LINE never tells us about our own messages.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from itertools import count
from typing import Any, ClassVar, Final
from uuid import UUID

from local.twins import Outbox, TwinAnswer, TwinRequest
from local.twins.acting import ActingTwin, Call, Done, Refusal, as_json, bearer, json_of
from tribune.channel import Platform
from tribune.comment import Comment
from tribune.platforms import line

TOKEN_LIVES: Final = timedelta(seconds=60)
RETRY_KEY_LIVES: Final = timedelta(hours=24)
_JAPAN: Final = timezone(timedelta(hours=9))
_MOST_TEXT: Final = 5000
_MOST_MESSAGES: Final = 5


@dataclass(frozen=True, slots=True)
class Token:
    """A right to answer one message once."""

    account: str
    message: str
    heard_at: datetime


@dataclass(frozen=True, slots=True)
class Accepted:
    """A push that went out under a retry key."""

    request_id: str
    sent: tuple[dict[str, str], ...]
    at: datetime


class LineTwin(ActingTwin):
    """The Messaging API of the official accounts whose channel tokens it is given."""

    name: ClassVar[str] = "line"
    speaks: ClassVar[Platform] = line
    modes: ClassVar[frozenset[str]] = frozenset({"500", "429", "token", "quota"})

    def __init__(self, outbox: Outbox, tokens: Mapping[str, tuple[str, ...]], monthly_limit: int | None = None) -> None:
        """`tokens`: channel access token -> its accounts (bot user ids). `monthly_limit`: pushes a month, None for no limit."""
        super().__init__(outbox)
        self._tokens, self._monthly_limit = dict(tokens), monthly_limit
        self.reply_tokens: dict[str, Token] = {}
        self.quotes: set[str] = set()
        self.used: set[str] = set()
        self.conversations: dict[str, str] = {}
        """Conversation -> the account it is held with."""
        self._accepted: dict[str, Accepted] = {}
        self._pushed: list[datetime] = []
        self._numbers = count(560_000_000_000_001)

    def _learn(self, said: Comment, now: datetime) -> None:
        """A conversation and its reply token, which lives from its first delivery on."""
        self.conversations[said.thread.id] = said.account
        if said.quote:
            self.quotes.add(said.quote)
        if said.reply_token:
            self.reply_tokens.setdefault(said.reply_token, Token(said.account, said.object, now))

    def _understand(self, request: TwinRequest) -> Call:
        access, action = bearer(request), request.headers.get("x-request-id")
        body = json_of(request.body)
        self._check_quotes(body)
        match request.path.rstrip("/"), body:
            case "/v2/bot/message/reply", {"replyToken": str(token), "messages": list(messages)}:
                return Call("reply", None, words(messages), access, action, token)
            case "/v2/bot/message/push", {"to": str(to), "messages": list(messages)}:
                key = request.headers.get("x-line-retry-key")
                return Call("reply", to, words(messages), access, action, uuid(key) if key else None)
            case "/v2/bot/message/reply" | "/v2/bot/message/push", _:
                raise Refusal(error(400, "The request body has 1 error(s)"))
        raise Refusal(error(404, "Not found"))

    def _check_quotes(self, body: Any) -> None:
        """Only a message that exists can be quoted."""
        messages = body.get("messages") if isinstance(body, dict) else None
        for message in messages if isinstance(messages, list) else ():
            if isinstance(message, dict) and message.get("quoteToken", "") not in {"", *self.quotes}:
                raise Refusal(error(400, "Invalid quote token"))

    def _apply(self, call: Call, now: datetime) -> Done:
        accounts = self._tokens.get(call.credential)
        if accounts is None:
            raise Refusal(DEAD_TOKEN)
        return self._push(call, accounts, now) if call.object else self._reply(call, accounts, now)

    def _reply(self, call: Call, accounts: tuple[str, ...], now: datetime) -> Done:
        key = call.key or ""
        token = self.reply_tokens.get(key)
        if token is None or token.account not in accounts or key in self.used or now - token.heard_at > TOKEN_LIVES:
            raise Refusal(error(400, "Invalid reply token"))
        self.used.add(key)
        sent = self._sent()
        return Done(as_json(200, {"sentMessages": [sent]}), token.account, sent["id"], token.message)

    def _push(self, call: Call, accounts: tuple[str, ...], now: datetime) -> Done:
        account = self.conversations.get(call.object or "")
        if account not in accounts:
            raise Refusal(error(400, "Failed to send messages"))
        earlier = self._accepted.get(call.key or "")
        if earlier is not None and now - earlier.at < RETRY_KEY_LIVES:
            headers = {"x-line-accepted-request-id": earlier.request_id}
            body = {"message": "The retry key is already accepted", "sentMessages": list(earlier.sent)}
            return Done(as_json(409, body, headers), account)
        if self._monthly_limit is not None and self.pushed_in_month_of(now) >= self._monthly_limit:
            raise Refusal(MONTHLY_LIMIT)
        sent = self._sent()
        if call.key:
            self._accepted[call.key] = Accepted(f"request-{sent['id']}", (sent,), now)
        self._pushed.append(now)
        return Done(as_json(200, {"sentMessages": [sent]}), account, sent["id"])

    def _sent(self) -> dict[str, str]:
        number = str(next(self._numbers))
        return {"id": number, "quoteToken": f"quote-{number}"}

    def pushed_in_month_of(self, now: datetime) -> int:
        """How many pushes count against this month, which LINE begins in Japan."""
        here = now.astimezone(_JAPAN)
        months = (at.astimezone(_JAPAN) for at in self._pushed)
        return sum((at.year, at.month) == (here.year, here.month) for at in months)

    def _account_of(self, call: Call) -> str | None:
        token = self.reply_tokens.get(call.key or "")
        return token.account if token else self.conversations.get(call.object or "")

    def _look(self, request: TwinRequest) -> TwinAnswer:
        if self._tokens.get(bearer(request)) is None:
            raise Refusal(DEAD_TOKEN)
        match request.path.rstrip("/"):
            case "/v2/bot/message/quota":
                limit = self._monthly_limit
                return as_json(200, {"type": "none"} if limit is None else {"type": "limited", "value": limit})
            case "/v2/bot/message/quota/consumption":
                return as_json(200, {"totalUsage": self.pushed_in_month_of(request.now)})
        return error(404, "Not found")

    def _refusal(self, mode: str) -> TwinAnswer:
        match mode:
            case "429":
                return error(429, "The API rate limit has been exceeded. Try again later.")
            case "quota":
                return MONTHLY_LIMIT
            case "token":
                return DEAD_TOKEN
        return error(500, "Internal server error")


def words(messages: list[Any]) -> str:
    """The text of one to five text messages. Raises Refusal as LINE validates."""
    texts = [one.get("text") for one in messages if isinstance(one, dict) and one.get("type") == "text"]
    good = [text for text in texts if isinstance(text, str) and 0 < len(text.encode("utf-16-le")) // 2 <= _MOST_TEXT]
    if not 1 <= len(messages) <= _MOST_MESSAGES or len(good) != len(messages):
        details = [{"message": f"Length must be between 1 and {_MOST_TEXT}", "property": "messages[0].text"}]
        raise Refusal(as_json(400, {"message": "The request body has 1 error(s)", "details": details}))
    return "\n".join(good)


def uuid(key: str) -> str:
    """A retry key. Raises Refusal for what is none."""
    try:
        return str(UUID(key))
    except ValueError:
        raise Refusal(error(400, "The value for the 'X-Line-Retry-Key' header is invalid")) from None


def error(status: int, message: str) -> TwinAnswer:
    """LINE's way to say no."""
    return as_json(status, {"message": message})


DEAD_TOKEN: Final = error(
    401, "Authentication failed. Confirm that the access token in the authorization header is valid."
)
MONTHLY_LIMIT: Final = error(429, "You have reached your monthly limit.")
