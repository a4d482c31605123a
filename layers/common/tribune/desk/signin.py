"""Signing in by OpenID Connect: authorization code with PKCE, at whatever provider the stack names.

https://openid.net/specs/openid-connect-core-1_0.html (3.1) and RFC 7636. The ID token comes straight from the
provider's token endpoint over TLS, so its issuer is proven by that connection (3.1.3.7, point 6) and its signature
need not be; issuer, audience, times and nonce are checked.
"""

import base64
import hashlib
import json
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from tribune.channel import HttpAnswer, HttpCall
from tribune.errors import NotSent, PerhapsSent, TribuneError, Unavailable

COOKIE = "__Host-desk-door"
AT_MOST = timedelta(minutes=10)
"""Between leaving for the provider and coming back."""
SKEW = timedelta(minutes=2)
WAIT_S = 5.0
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
_HOME = "/desk"


class SignInRefused(TribuneError):
    """Whoever comes back from the provider is not let in; `reason` is the bounded word of the log."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


@dataclass(frozen=True, slots=True)
class Attempt:
    """One way to the provider and back, kept in a cookie of its own."""

    state: str
    nonce: str
    verifier: str
    back_to: str
    began: int

    @classmethod
    def begin(cls, back_to: str, now: datetime) -> "Attempt":
        """`back_to`: where they wanted to go; only a page of the desk."""
        return cls(
            state=secrets.token_urlsafe(24),
            nonce=secrets.token_urlsafe(24),
            verifier=secrets.token_urlsafe(48),
            back_to=at_the_desk(back_to),
            began=int(now.timestamp()),
        )

    @classmethod
    def of(cls, content: Mapping[str, Any] | None) -> "Attempt | None":
        """The attempt that a cookie holds."""
        try:
            return cls(**content) if content else None
        except TypeError:
            return None

    def as_content(self) -> dict[str, Any]:
        """As a cookie holds it."""
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(frozen=True, slots=True)
class Provider:
    """An OpenID Connect provider; it is asked once per process where its doors are."""

    issuer: str
    client_id: str
    send: Callable[[HttpCall, float], HttpAnswer]
    secret: Callable[[], str] = lambda: ""
    """Of a confidential client; PKCE alone proves a public one."""
    _doors: dict[str, str] = field(default_factory=dict)

    def leave(self, attempt: Attempt, redirect: str) -> str:
        """Where to send the browser. Raises Unavailable."""
        challenge = base64.urlsafe_b64encode(hashlib.sha256(attempt.verifier.encode()).digest()).rstrip(b"=").decode()
        query = {
            "response_type": "code",
            "client_id": self.client_id,
            "redirect_uri": redirect,
            "scope": "openid email",
            "state": attempt.state,
            "nonce": attempt.nonce,
            "code_challenge": challenge,
            "code_challenge_method": "S256",
        }
        address = self._door("authorization_endpoint")
        return f"{address}{'&' if '?' in address else '?'}{urlencode(query, quote_via=quote)}"

    def come_back(self, query: Mapping[str, str], attempt: Attempt | None, redirect: str, now: datetime) -> str:
        """The proven address of whoever came back. Raises SignInRefused, Unavailable."""
        if attempt is None or not 0 <= now.timestamp() - attempt.began <= AT_MOST.total_seconds():
            raise SignInRefused("no_attempt")
        if not secrets.compare_digest(query.get("state", "").encode(), attempt.state.encode()):
            raise SignInRefused("other_state")
        if "error" in query or not query.get("code"):
            raise SignInRefused("provider_refused")
        return self._email(self._claims(query["code"], attempt, redirect), attempt, now)

    def _claims(self, code: str, attempt: Attempt, redirect: str) -> Mapping[str, Any]:
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": redirect,
            "client_id": self.client_id,
            "code_verifier": attempt.verifier,
        }
        headers = {"content-type": "application/x-www-form-urlencoded", "accept": "application/json"}
        if secret := self.secret():
            pair = f"{quote(self.client_id, safe='')}:{quote(secret, safe='')}".encode()
            headers["authorization"] = f"Basic {base64.b64encode(pair).decode()}"
        answer = self._ask(HttpCall("POST", self._door("token_endpoint"), headers, urlencode(form).encode()))
        if answer.status != HTTPStatus.OK:
            raise SignInRefused("code_refused")
        token = _json(answer).get("id_token")
        parts = str(token).split(".")
        if len(parts) != 3:  # noqa: PLR2004  header, claims, signature
            raise SignInRefused("no_id_token")
        try:
            claims = json.loads(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
        except ValueError as error:
            raise SignInRefused("no_id_token") from error
        if not isinstance(claims, dict):
            raise SignInRefused("no_id_token")
        return claims

    def _email(self, claims: Mapping[str, Any], attempt: Attempt, now: datetime) -> str:
        audience = claims.get("aud")
        audiences = audience if isinstance(audience, list) else [audience]
        if claims.get("iss") != self.issuer:
            raise SignInRefused("other_issuer")
        if self.client_id not in audiences or (len(audiences) > 1 and claims.get("azp") != self.client_id):
            raise SignInRefused("other_audience")
        expires, issued = claims.get("exp"), claims.get("iat")
        moment, skew = now.timestamp(), SKEW.total_seconds()
        if not isinstance(expires, int | float) or not isinstance(issued, int | float):
            raise SignInRefused("no_times")
        if expires < moment - skew or issued > moment + skew:
            raise SignInRefused("stale_token")
        if not secrets.compare_digest(str(claims.get("nonce", "")).encode(), attempt.nonce.encode()):
            raise SignInRefused("other_nonce")
        email = claims.get("email")
        # Cognito and some others write the flag as text.
        if not isinstance(email, str) or "@" not in email or claims.get("email_verified") in (False, "false"):
            raise SignInRefused("no_proven_address")
        return email.casefold()

    def _door(self, name: str) -> str:
        if not self._doors:
            said = _json(
                self._ask(HttpCall("GET", f"{self.issuer.rstrip('/')}/.well-known/openid-configuration", {}, b""))
            )
            if said.get("issuer") != self.issuer:
                raise Unavailable("the sign-in provider calls itself otherwise")
            doors = {door: str(said.get(door, "")) for door in ("authorization_endpoint", "token_endpoint")}
            if not all(_safe(address) for address in doors.values()):
                raise Unavailable("the sign-in provider names no safe address")
            self._doors.update(doors)
        return self._doors[name]

    def _ask(self, call: HttpCall) -> HttpAnswer:
        try:
            return self.send(call, WAIT_S)
        except (NotSent, PerhapsSent) as error:
            raise Unavailable("the sign-in provider does not answer") from error


def at_the_desk(wanted: str) -> str:
    """A path of the desk, whatever was asked for: nobody is sent elsewhere after signing in."""
    plain = wanted.isascii() and wanted.isprintable() and "\\" not in wanted and "//" not in wanted
    inside = wanted == _HOME or wanted.startswith((f"{_HOME}/", f"{_HOME}?"))
    return wanted if plain and inside and "/../" not in f"{wanted}/" else _HOME


def _safe(address: str) -> bool:
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and (parts.hostname or "") in _LOOPBACK)


def _json(answer: HttpAnswer) -> Mapping[str, Any]:
    try:
        content = json.loads(answer.body)
    except ValueError as error:
        raise Unavailable("the sign-in provider does not speak JSON") from error
    if not isinstance(content, dict):
        raise Unavailable("the sign-in provider does not speak JSON")
    return content
