"""Slack, through the incoming webhook of an app; its address is the secret `<person>.slack`.

Protocol: https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks,
https://docs.slack.dev/messaging/formatting-message-text#escaping and
https://docs.slack.dev/messaging/creating-interactive-messages. Blocks are `plain_text`, in which Slack reads no markup
and no mention; only the links are `mrkdwn`. `text` is what the notification shows. Links are links and never buttons
with a `url`: pressing one of those sends a request too.

Set-up: an app of the workspace (https://api.slack.com/apps) with *Incoming Webhooks*, one webhook for each person
(their direct messages) or channel. For the buttons: *Interactivity & Shortcuts* on, its Request URL
`https://…/press/slack`, the app's *Signing Secret* under `press.slack` in the configuration, and the person's member
id (`U…`) as `user` of the way: without one the message has no buttons. Nothing else is needed, no bot token and no
scope besides `incoming-webhook`: a press carries the address under which it is answered.
"""

import hashlib
import hmac
import json
import re
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tribune.channel import Delivery, HttpCall, Secrets
from tribune.duty import CallMessage, Person, Press, Way
from tribune.errors import BadConfiguration, Forged, UnreadableBody
from tribune.lengths import length
from tribune.managers.edge import Edge, address, cut, is_loopback, post

KIND = "slack"
_SECTION = 3000
_HEADER = 150
_BUTTON = 75
_VALUE = 2000
_BLOCKS = 50
_UNIT = "utf16"


def check(way: Way, secret: str | None, field: str) -> None:
    """The webhook's address, the secret or the way's. Raises BadConfiguration."""
    if not (secret or way.address):
        raise BadConfiguration("the address of the Slack webhook is missing", field=field)
    address(secret or way.address, field)


def send(message: CallMessage, person: Person, way: Way, secret: str | None, edge: Edge) -> None:  # noqa: ARG001  the shape of every way
    """POST the message to the webhook."""
    content = payload(message, buttons=bool(way.user))
    post(secret or way.address, json.dumps(content, ensure_ascii=False).encode(), edge)


def payload(message: CallMessage, *, buttons: bool = False) -> dict[str, object]:
    """The message as Slack takes it; `buttons`: there is somebody who may press them."""
    after = [_links(message)] if message.links else []
    after += [_buttons(message)] if buttons and message.buttons else []
    blocks = [_plain("header", cut(message.subject, _HEADER, _UNIT))]
    blocks += [_plain("section", cut(paragraph, _SECTION, _UNIT)) for paragraph in message.paragraphs if paragraph]
    blocks = blocks[: _BLOCKS - len(after)] + after
    return {"text": escaped(message.subject), "blocks": blocks, "unfurl_links": False, "unfurl_media": False}


def _plain(kind: str, text: str) -> dict[str, object]:
    return {"type": kind, "text": {"type": "plain_text", "text": text, "emoji": False}}


def _links(message: CallMessage) -> dict[str, object]:
    links = [f"<{_link(where)}|{escaped(called)}>" for called, where in message.links]
    text = " · ".join(links)
    while length(text, _UNIT) > _SECTION and links:
        text = " · ".join(links := links[:-1])
    return {"type": "section", "text": {"type": "mrkdwn", "text": text, "verbatim": True}}


def _buttons(message: CallMessage) -> dict[str, object]:
    return {
        "type": "actions",
        "elements": [
            {
                "type": "button",
                "action_id": button.does,
                "text": {"type": "plain_text", "text": cut(button.words, _BUTTON, _UNIT), "emoji": False},
                "value": f"{message.community} {message.call}"[:_VALUE],
            }
            for button in message.buttons
        ],
    }


def escaped(text: str) -> str:
    """The three characters with which Slack's markup begins, made harmless."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _link(url: str) -> str:
    """An address inside a link: the bar would end it."""
    return escaped(url).replace("|", "%7C")


# --- what comes back: a press of a button (https://docs.slack.dev/authentication/verifying-requests-from-slack) ---

WINDOW = timedelta(minutes=5)
"""How far a signed timestamp, or the press itself, may lie from now."""
_SIGNATURE = re.compile(r"v0=[0-9a-f]{64}")
_TIMESTAMP = re.compile(r"[0-9]{10}")
_SECONDS = re.compile(r"[0-9]{10}(?:\.[0-9]{1,6})?")
_USER = re.compile(r"[UW][A-Z0-9]{2,20}")
_VALUE_OF_OURS = re.compile(r"([a-z0-9][a-z0-9-]{0,39}) ([^\s\x00-\x1f\ud800-\udfff]{1,200})")
"""A community and a call, whose name may hold the id of an account, in any script."""
_ANSWERED_AT = frozenset({"hooks.slack.com", "hooks.slack-gov.com"})


def sign(body: bytes, secret: str, now: datetime) -> dict[str, str]:
    """The headers that Slack would send with `body`."""
    timestamp = str(int(now.timestamp()))
    return {"x-slack-request-timestamp": timestamp, "x-slack-signature": _signature(body, secret, timestamp)}


def verify(delivery: Delivery, secrets: Secrets, now: datetime) -> None:
    """Prove on raw bytes, in constant time over every secret, that Slack speaks and does so now. Raises Forged."""
    timestamp = delivery.headers.get("x-slack-request-timestamp", "")
    given = delivery.headers.get("x-slack-signature", "")
    if not _TIMESTAMP.fullmatch(timestamp) or not _SIGNATURE.fullmatch(given):
        raise Forged("a header is missing or not of the documented shape")
    if abs(datetime.fromtimestamp(int(timestamp), UTC) - now) > WINDOW:
        raise Forged("the timestamp is too far from now")
    matches = [hmac.compare_digest(given, _signature(delivery.body, one, timestamp)) for one in secrets.all()]
    if True not in matches:
        raise Forged("the signature is not genuine")


def _signature(body: bytes, secret: str, timestamp: str) -> str:
    return "v0=" + hmac.new(secret.encode(), b"v0:" + timestamp.encode() + b":" + body, hashlib.sha256).hexdigest()


def read_press(body: bytes, now: datetime) -> tuple[Press, str] | None:
    """(the press, where it is answered) of a proven body; None for whatever is no press of a button of ours.

    Raises UnreadableBody when it is not what Slack documents, Forged for a press that is too far from now.
    """
    try:
        payload = json.loads(parse_qs(body.decode(), strict_parsing=True, max_num_fields=10)["payload"][0])
    except (ValueError, KeyError, RecursionError) as error:
        raise UnreadableBody("no form with a payload in JSON") from error
    match payload:
        case {
            "type": "block_actions",
            "user": {"id": str(user)},
            "response_url": str(answered_at),
            "actions": [{"action_id": str(does), "value": str(value), "action_ts": str(at)}],
        } if (ours := _VALUE_OF_OURS.fullmatch(value)) and _USER.fullmatch(user) and _SECONDS.fullmatch(at):
            pressed_at = datetime.fromtimestamp(float(at), UTC)
            if abs(pressed_at - now) > WINDOW:
                raise Forged("the press is too far from now")
            return Press(KIND, user, does, ours[1], ours[2], pressed_at), answered_at
        case {"type": str()}:
            return None
    raise UnreadableBody("no interaction")


def answer(answered_at: str, words: str, *, to_all: bool) -> HttpCall | None:
    """The request that says `words` under the message, to all who see it or only to who pressed; None for an address
    that is not Slack's (or this machine's): nothing is ever sent to where a payload wishes.
    """
    try:
        parts = urlsplit(answered_at)
        known = parts.scheme == "https" and parts.netloc in _ANSWERED_AT
    except ValueError:
        return None
    if not known and not (answered_at.startswith("http://") and is_loopback(answered_at)):
        return None
    content: dict[str, Any] = {
        "response_type": "in_channel" if to_all else "ephemeral",
        "replace_original": False,
        "text": escaped(words),
    }
    body = json.dumps(content, ensure_ascii=False).encode()
    return HttpCall("POST", answered_at, {"content-type": "application/json; charset=utf-8"}, body)
