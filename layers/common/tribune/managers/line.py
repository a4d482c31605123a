"""LINE: a push from the house's official account to a person who added it as a friend.

Protocol: https://developers.line.biz/en/reference/messaging-api/#send-push-message. `X-Line-Retry-Key` makes a
repetition harmless: the same call to the same person, for the same time, is one message, and 409 says that LINE
has it already. A push counts against the month's messages of the plan.

Set-up: the way's address is the person's user id (`U…` and 32 hexadecimal digits: the webhook shows it when they
write to the account), its secret the channel access token.
"""

import json
import re
from uuid import UUID, uuid5

from tribune.duty import CallMessage, Person, Way
from tribune.errors import BadConfiguration
from tribune.managers.edge import Edge, access, as_text, post

KIND = "line"
BASE_URL = "https://api.line.me"
LIMIT, UNIT = 5000, "utf16"
_WHO = re.compile(r"[UCR][0-9a-f]{32}")
_CALLS = UUID("3d4a2f0e-7b1c-5c55-8f0e-0b6a0c9e2d61")
"""The namespace of our retry keys for calls."""
_ACCEPTED_BEFORE = 409


def check(way: Way, secret: str | None, field: str) -> None:
    """A person's id and the account's token. Raises BadConfiguration."""
    if not _WHO.fullmatch(way.address):
        raise BadConfiguration("a LINE way needs the person's user id, U and 32 hexadecimal digits", field=field)
    access(secret, BASE_URL, field)


def send(message: CallMessage, person: Person, way: Way, secret: str | None, edge: Edge) -> None:
    """Push the message."""
    base, token = access(secret, BASE_URL, f"{person.id}.{KIND}")
    content = {"to": way.address, "messages": [{"type": "text", "text": as_text(message, LIMIT, UNIT)}]}
    headers = {"authorization": f"Bearer {token}", "x-line-retry-key": retry_key(message, person)}
    body = json.dumps(content, ensure_ascii=False).encode()
    post(f"{base}/v2/bot/message/push", body, edge, headers, also=(_ACCEPTED_BEFORE,))


def retry_key(message: CallMessage, person: Person) -> str:
    """One key for each time that a person is reached about a call, whoever computes it."""
    return str(uuid5(_CALLS, f"{message.community}/{message.call}/{person.id}/{message.anew}/{message.turn}"))
