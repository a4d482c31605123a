"""Slack's twin: incoming webhooks, the way a CM is called there.

Told to fail: besides the connection's modes `500`, `429`, `token` (the webhook was revoked).
"""

from collections.abc import Mapping
from datetime import datetime
from typing import ClassVar

from local.twins import Outbox, TwinAnswer, TwinRequest
from local.twins.acting import ActingTwin, Call, Done, Refusal, json_of


class SlackTwin(ActingTwin):
    """`https://hooks.slack.com`: each path is one person's (or channel's) webhook."""

    name: ClassVar[str] = "slack"

    def __init__(self, outbox: Outbox, hooks: Mapping[str, str]) -> None:
        """`hooks`: path (`/services/T0/B0/x`) -> who reads it, shown as `slack:<who>` in the outbox."""
        super().__init__(outbox)
        self._hooks = dict(hooks)

    def _understand(self, request: TwinRequest) -> Call:
        if request.method != "POST" or not request.path.startswith("/services/"):
            raise Refusal(_plain(404, "no_service"))
        match json_of(request.body):
            case {"text": str(text)} if text.strip():
                return Call("call", None, text, credential=request.path.rstrip("/"))
            case dict():
                raise Refusal(_plain(400, "no_text"))
        raise Refusal(_plain(400, "invalid_payload"))

    def _apply(self, call: Call, now: datetime) -> Done:
        del now
        if call.credential not in self._hooks:
            raise Refusal(_plain(404, "no_service"))
        return Done(_plain(200, "ok"), None)

    def _receiver(self, call: Call) -> str:
        return f"{self.name}:{self._hooks.get(call.credential, 'nobody')}"

    def _refusal(self, mode: str) -> TwinAnswer:
        match mode:
            case "429":
                return TwinAnswer(429, {"retry-after": "30", "content-type": "text/plain"}, b"rate_limited")
            case "token":
                return _plain(403, "action_prohibited")
        return _plain(500, "rollup_error")


def _plain(status: int, word: str) -> TwinAnswer:
    return TwinAnswer(status, {"content-type": "text/plain"}, word.encode())
