"""What AWS carries to a person: mail (SES) and text messages (SNS), written into the outbox once AWS took them.

They have no address of their own: whoever plays AWS asks them first, and tells them afterwards. Told to fail:
`500` and `throttled` (which a client tries again by itself: say `next` accordingly) and `refused`, AWS's definite no.
"""

import re
from abc import ABC, abstractmethod
from base64 import b64decode
from collections.abc import Mapping
from datetime import datetime
from email import message_from_bytes
from email.policy import SMTP
from http import HTTPStatus
from types import MappingProxyType
from typing import ClassVar
from urllib.parse import parse_qsl
from xml.sax.saxutils import escape

from local.twins import Entry, Outbox, TwinAnswer, TwinRequest

_E164 = re.compile(r"\+[1-9][0-9]{6,14}")
_MOST_BYTES = 1600
"""What SNS takes as one text message."""
_STATUS: Mapping[str, int] = MappingProxyType({"500": 500, "throttled": 400, "refused": 400})


class CarriedTwin(ABC):
    """One service of AWS that reaches persons."""

    name: ClassVar[str]
    codes: ClassVar[Mapping[str, str]]
    """How it is told to fail -> the code of AWS's error."""

    def __init__(self, outbox: Outbox) -> None:
        """`outbox`: where what reached somebody is written down."""
        self._outbox = outbox
        self._mode, self._left = "", 0

    def refusal(self, request: TwinRequest) -> TwinAnswer | None:
        """AWS's no to a request, None when it may have it."""
        told = dict(parse_qsl(request.body.decode()))
        if self._left:
            self._left -= 1
            self._record(request, told, _STATUS[self._mode])
            return _error(_STATUS[self._mode], self.codes[self._mode])
        wrong = self._wrong(told)
        return _error(HTTPStatus.BAD_REQUEST, "InvalidParameter", wrong) if wrong else None

    def took(self, request: TwinRequest) -> None:
        """AWS took it: somebody was reached."""
        self._record(request, dict(parse_qsl(request.body.decode())), HTTPStatus.OK)

    def handle(self, request: TwinRequest) -> TwinAnswer:  # noqa: ARG002  the twins' shape
        """It is reached through AWS alone."""
        return TwinAnswer(HTTPStatus.NOT_FOUND)

    def fail(self, spec: object) -> None:
        """`{"mode": "refused", "next": n}`, or just the mode (once); None ends it. Raises ValueError."""
        wanted = spec if isinstance(spec, Mapping) else {"mode": spec}
        mode, times = wanted.get("mode"), wanted.get("next", 1)
        if not isinstance(times, int) or times < 1 or mode not in {None, *self.codes}:
            raise ValueError(f"fail: mode is one of {', '.join(self.codes)}; next is 1 or more")
        self._mode, self._left = str(mode or ""), times if mode else 0

    def hear(self, body: bytes, now: datetime) -> None:  # noqa: B027  nobody has to override it
        """Nothing is delivered in its name."""

    def echo(self, entry: Entry) -> bytes | None:  # noqa: ARG002  the twins' shape
        """It tells us nothing."""
        return None

    def _record(self, request: TwinRequest, told: Mapping[str, str], status: int) -> None:
        to, text = self._read(told)
        self._outbox.record(at=request.now, to=f"{self.name}:{to}", kind="call", status=status, text=text)

    @abstractmethod
    def _read(self, told: Mapping[str, str]) -> tuple[str, str]:
        """(to whom, what they read)."""

    def _wrong(self, told: Mapping[str, str]) -> str:  # noqa: ARG002  for a twin to override
        """What the service would say about a request that it could never take; empty for one that it could."""
        return ""


class MailTwin(CarriedTwin):
    """SES, `SendRawEmail`."""

    name: ClassVar[str] = "email"
    codes: ClassVar[Mapping[str, str]] = MappingProxyType(
        {"500": "ServiceUnavailable", "throttled": "Throttling", "refused": "MessageRejected"}
    )

    def _read(self, told: Mapping[str, str]) -> tuple[str, str]:
        to = ",".join(value for name, value in sorted(told.items()) if name.startswith("Destinations."))
        letter = message_from_bytes(b64decode(told.get("RawMessage.Data", "")), policy=SMTP)
        text = letter.get_body(("plain",))
        lines = text.get_content().splitlines() if text else []
        return to, "\n".join((letter["Subject"] or "", *lines))


class SmsTwin(CarriedTwin):
    """SNS, `Publish` to a telephone."""

    name: ClassVar[str] = "sms"
    codes: ClassVar[Mapping[str, str]] = MappingProxyType(
        {"500": "InternalFailure", "throttled": "Throttled", "refused": "OptedOut"}
    )

    def _read(self, told: Mapping[str, str]) -> tuple[str, str]:
        return told.get("PhoneNumber", ""), told.get("Message", "")

    def _wrong(self, told: Mapping[str, str]) -> str:
        if not _E164.fullmatch(told.get("PhoneNumber", "")):
            return "Invalid parameter: PhoneNumber Reason: not valid to publish to"
        if not 0 < len(told.get("Message", "").encode()) <= _MOST_BYTES:
            return "Invalid parameter: Message too long"
        return ""


def _error(status: int, code: str, message: str = "as it was told") -> TwinAnswer:
    body = f"<ErrorResponse><Error><Code>{code}</Code><Message>{escape(message)}</Message></Error></ErrorResponse>"
    return TwinAnswer(status, {"content-type": "text/xml"}, body.encode())
