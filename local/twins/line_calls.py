"""LINE's twin for calls: pushes of the house's official account to the persons who added it.

Told to fail: besides the connection's modes `500`, `429`, `token`, `quota`.
"""

from collections.abc import Mapping
from datetime import datetime
from itertools import count
from typing import ClassVar, Final

from local.twins import Outbox, TwinAnswer, TwinRequest
from local.twins.acting import ActingTwin, Call, Done, Refusal, as_json, bearer, json_of
from local.twins.line import DEAD_TOKEN, MONTHLY_LIMIT, error, uuid, words

_PUSH: Final = "/v2/bot/message/push"


class LineCallsTwin(ActingTwin):
    """The Messaging API, as far as calls use it."""

    name: ClassVar[str] = "line-calls"
    modes: ClassVar[frozenset[str]] = frozenset({"500", "429", "token", "quota"})

    def __init__(self, outbox: Outbox, friends: Mapping[tuple[str, str], str]) -> None:
        """`friends`: (channel access token, user id) -> who that is, shown as `line:<who>` in the outbox."""
        super().__init__(outbox)
        self._friends = dict(friends)
        self._accepted: dict[str, str] = {}
        self._numbers = count(570_000_000_000_001)

    def _understand(self, request: TwinRequest) -> Call:
        match request.path.rstrip("/"), json_of(request.body):
            case path, {"to": str(to), "messages": list(messages)} if path == _PUSH:
                key = request.headers.get("x-line-retry-key")
                return Call("call", to, words(messages), bearer(request), key=uuid(key) if key else None)
            case path, _ if path == _PUSH:
                raise Refusal(error(400, "The request body has 1 error(s)"))
        raise Refusal(error(404, "Not found"))

    def _apply(self, call: Call, now: datetime) -> Done:
        del now
        if call.credential not in {token for token, _ in self._friends}:
            raise Refusal(DEAD_TOKEN)
        if (call.credential, call.object or "") not in self._friends:
            raise Refusal(error(400, "Failed to send messages"))
        if call.key in self._accepted:
            headers = {"x-line-accepted-request-id": self._accepted[call.key]}
            return Done(as_json(409, {"message": "The retry key is already accepted"}, headers), None)
        number = str(next(self._numbers))
        if call.key:
            self._accepted[call.key] = f"request-{number}"
        return Done(as_json(200, {"sentMessages": [{"id": number}]}), None, number)

    def _receiver(self, call: Call) -> str:
        return f"line:{self._friends.get((call.credential, call.object or ''), 'nobody')}"

    def _refusal(self, mode: str) -> TwinAnswer:
        match mode:
            case "429":
                return error(429, "The API rate limit has been exceeded. Try again later.")
            case "quota":
                return MONTHLY_LIMIT
            case "token":
                return DEAD_TOKEN
        return error(500, "Internal server error")
