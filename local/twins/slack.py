"""Slack's twin: incoming webhooks of an app, the way a CM is called there, and the buttons of its messages.

Told to fail: besides the connection's modes `500`, `429`, `token` (the webhook was revoked). Told to press: a person
presses a button of a message, and Slack says so to the app, signed.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, Final
from urllib.parse import urlencode

from local.twins import Outbox, TwinAnswer, TwinRequest
from local.twins.acting import ActingTwin, Call, Done, Refusal, json_of
from tribune.managers import slack

_MOST: Final[Mapping[str, int]] = {"header": 150, "section": 3000, "button": 75, "value": 2000, "action_id": 255}
"""Characters: https://docs.slack.dev/reference/block-kit/blocks."""
_BLOCKS: Final = 50
_ANSWERS: Final = "/actions/"


@dataclass(frozen=True, slots=True)
class Posted:
    """A message with buttons."""

    to: str
    buttons: Mapping[str, str]
    """`action_id` -> `value`."""


class SlackTwin(ActingTwin):
    """`https://hooks.slack.com`: each path is one person's (or channel's) webhook."""

    name: ClassVar[str] = "slack"

    def __init__(self, outbox: Outbox, hooks: Mapping[str, str], *, url: str = "", signing_secret: str = "") -> None:
        """`hooks`: path (`/services/T0/B0/x`) -> who reads it, shown as `slack:<who>` in the outbox.

        `url`: where the twin is, for the answers to a press; `signing_secret`: the app's.
        """
        super().__init__(outbox)
        self._hooks, self._url, self._secret = dict(hooks), url, signing_secret
        self.posted: list[Posted] = []

    def press(self, what: Mapping[str, Any], now: datetime) -> tuple[dict[str, str], bytes]:
        """`{"user": "U…", "button": "take", "message"?: n}`: (headers, body) of what Slack sends the app.

        `message` counts the messages with buttons from 1; without it, the last one. Raises ValueError, in a sentence.
        """
        with self._lock:
            match what:
                case {"user": str(user), "button": str(button), **rest} if rest.keys() <= {"message"}:
                    number = rest.get("message", len(self.posted))
                case _:
                    raise ValueError('press: {"user": "U…", "button": "take", "message"?: 1}')
            if not isinstance(number, int) or not 1 <= number <= len(self.posted):
                raise ValueError(f"press: there are {len(self.posted)} messages with buttons")
            posted = self.posted[number - 1]
            if button not in posted.buttons:
                raise ValueError(f"press: its buttons are {', '.join(posted.buttons)}")
        payload = {
            "type": "block_actions",
            "user": {"id": user, "username": "someone", "team_id": "T0LOCAL"},
            "api_app_id": "A0LOCAL",
            "team": {"id": "T0LOCAL", "domain": "local"},
            "container": {"type": "message", "message_ts": f"{int(now.timestamp())}.000100", "channel_id": "D0LOCAL"},
            "trigger_id": "1.2.3",
            "response_url": f"{self._url}{_ANSWERS}T0LOCAL/{number}",
            "actions": [
                {
                    "type": "button",
                    "block_id": "b1",
                    "action_id": button,
                    "value": posted.buttons[button],
                    "action_ts": f"{now.timestamp():.6f}",
                }
            ],
        }
        body = urlencode({"payload": json.dumps(payload, ensure_ascii=False)}).encode()
        return {"content-type": "application/x-www-form-urlencoded", **slack.sign(body, self._secret, now)}, body

    def _understand(self, request: TwinRequest) -> Call:
        path, told = request.path.rstrip("/"), json_of(request.body)
        if request.method == "POST" and path.startswith(_ANSWERS):
            return self._answer(path, told)
        if request.method != "POST" or not path.startswith("/services/"):
            raise Refusal(_plain(404, "no_service"))
        match told:
            case {"text": str(text), "blocks": list(blocks)} if text.strip():
                shown = "\n".join(_shown(blocks))
                return Call("call", None, shown, credential=path, key=json.dumps(_buttons(blocks)))
            case {"text": str(text)} if text.strip():
                return Call("call", None, text, credential=path)
            case dict():
                raise Refusal(_plain(400, "no_text"))
        raise Refusal(_plain(400, "invalid_payload"))

    def _answer(self, path: str, told: Any) -> Call:
        number = path.rpartition("/")[2]
        match told:
            case {"text": str(text), "response_type": "ephemeral" | "in_channel"} if number.isdecimal():
                if 1 <= int(number) <= len(self.posted):
                    return Call("call", None, text, credential=f"{_ANSWERS}{self.posted[int(number) - 1].to}")
        raise Refusal(_plain(404, "used_url"))

    def _apply(self, call: Call, now: datetime) -> Done:
        del now
        if call.credential.startswith(_ANSWERS):
            return Done(_plain(200, "ok"), None)
        if call.credential not in self._hooks:
            raise Refusal(_plain(404, "no_service"))
        if buttons := json.loads(call.key or "{}"):
            self.posted.append(Posted(self._hooks[call.credential], buttons))
        return Done(_plain(200, "ok"), None)

    def _receiver(self, call: Call) -> str:
        who = call.credential.removeprefix(_ANSWERS)
        return f"{self.name}:{who if who != call.credential else self._hooks.get(call.credential, 'nobody')}"

    def _refusal(self, mode: str) -> TwinAnswer:
        match mode:
            case "429":
                return TwinAnswer(429, {"retry-after": "30", "content-type": "text/plain"}, b"rate_limited")
            case "token":
                return _plain(403, "action_prohibited")
        return _plain(500, "rollup_error")


def _shown(blocks: list[Any]) -> Iterator[str]:
    """What a reader sees of the blocks, buttons left out. Raises Refusal for what Slack does not take."""
    if not 0 < len(blocks) <= _BLOCKS:
        raise Refusal(_plain(400, "invalid_blocks"))
    for block in blocks:
        match block:
            case {"type": "header", "text": {"type": "plain_text", "text": str(text)}}:
                yield _fits("header", text)
            case {"type": "section", "text": {"type": "plain_text" | "mrkdwn", "text": str(text)}}:
                yield _fits("section", text)
            case {"type": "actions", "elements": list(elements)} if 0 < len(elements) <= 25:  # noqa: PLR2004  Slack's own limit
                for element in elements:
                    _fits("button", element["text"]["text"])
                    _fits("value", element["value"])
                    _fits("action_id", element["action_id"])
            case _:
                raise Refusal(_plain(400, "invalid_blocks"))


def _fits(what: str, text: str) -> str:
    if not 0 < len(text) <= _MOST[what]:
        raise Refusal(_plain(400, "invalid_blocks"))
    return text


def _buttons(blocks: list[Any]) -> dict[str, str]:
    return {
        element["action_id"]: element["value"]
        for block in blocks
        if block["type"] == "actions"
        for element in block["elements"]
    }


def _plain(status: int, word: str) -> TwinAnswer:
    return TwinAnswer(status, {"content-type": "text/plain"}, word.encode())
