"""Telegram: a message of the house's bot to a person who started it, or to a group it is a member of.

Protocol: https://core.telegram.org/bots/api#sendmessage. No `parse_mode`: nothing anybody wrote is markup. Previews of
links are off.

Set-up: @BotFather makes the bot and shows its token, the way's secret; its address is the number of the chat.
"""

import json
import re

from tribune.duty import CallMessage, Person, Way
from tribune.errors import BadConfiguration, Unavailable
from tribune.managers.edge import Edge, access, as_text, post

KIND = "telegram"
BASE_URL = "https://api.telegram.org"
LIMIT, UNIT = 4096, "utf16"
_CHAT = re.compile(r"-?[1-9][0-9]{0,18}")
_TOKEN = re.compile(r"[A-Za-z0-9:_-]{6,100}")


def check(way: Way, secret: str | None, field: str) -> None:
    """A chat's number and the bot's token. Raises BadConfiguration."""
    if not _CHAT.fullmatch(way.address):
        raise BadConfiguration("a Telegram way needs the number of the chat", field=field)
    if not _TOKEN.fullmatch(access(secret, BASE_URL, field)[1]):
        raise BadConfiguration("this is no token of a Telegram bot", field=field)


def send(message: CallMessage, person: Person, way: Way, secret: str | None, edge: Edge) -> None:
    """Send the message."""
    base, token = access(secret, BASE_URL, f"{person.id}.{KIND}")
    content = {
        "chat_id": int(way.address),
        "text": as_text(message, LIMIT, UNIT),
        "link_preview_options": {"is_disabled": True},
    }
    answer = post(f"{base}/bot{token}/sendMessage", json.dumps(content, ensure_ascii=False).encode(), edge)
    if not _taken(answer.body):
        raise Unavailable("Telegram did not take the message")


def _taken(body: bytes) -> bool:
    try:
        told = json.loads(body)
    except ValueError:
        return False
    return isinstance(told, dict) and told.get("ok") is True
