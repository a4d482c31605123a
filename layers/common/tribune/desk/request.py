"""What a browser sends and gets, without HTTP's clutter."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus

from tribune import forms

MOST_BYTES = 64 * 1024
"""Of a form: the longest one carries an answer."""
NOT_KEPT = {"cache-control": "no-store"}


@dataclass(frozen=True, slots=True)
class Request:
    """One request: header names in lower case, cookies by name, the body as raw bytes."""

    method: str
    path: str
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    cookies: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""

    @property
    def wants_json(self) -> bool:
        """Is it a program that asks?"""
        return "application/json" in self.headers.get("accept", "")

    @property
    def sends_json(self) -> bool:
        """Is the body JSON (else a form)?"""
        return forms.kind_of(self.headers.get("content-type", "")) == "application/json"

    def form(self) -> dict[str, str]:
        """The fields of a form, the last of each name. Raises UnreadableBody."""
        return forms.fields(self.body, self.headers.get("content-type", ""), most_bytes=MOST_BYTES)


@dataclass(frozen=True, slots=True)
class Response:
    """One answer: header names in lower case; `cookies` as Set-Cookie wants them."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: str = ""
    cookies: tuple[str, ...] = ()
    why: str = ""
    """For the log, when something of ours failed: a bounded word."""


def redirection(location: str, cookies: tuple[str, ...] = ()) -> Response:
    """See there, with GET."""
    return Response(HTTPStatus.SEE_OTHER, {"location": location, **NOT_KEPT}, cookies=cookies)


def cookies_of(lines: list[str]) -> dict[str, str]:
    """`name=value` lines, as API Gateway hands cookies over; the first of a name stands."""
    found: dict[str, str] = {}
    for line in lines:
        name, _, value = line.strip().partition("=")
        found.setdefault(name, value)
    return found


def kept(name: str, value: str, seconds: int, *, same_site: str = "Strict") -> str:
    """A cookie of this host alone, that no script reads and no plain connection carries."""
    return f"{name}={value}; Path=/; Max-Age={seconds}; Secure; HttpOnly; SameSite={same_site}"


def dropped(name: str) -> str:
    """The cookie goes."""
    return f"{name}=; Path=/; Max-Age=0; Secure; HttpOnly; SameSite=Strict"
