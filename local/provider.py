"""The sign-in provider of the local stack: OpenID Connect, where one signs in by saying who one is.

It checks what a real one checks of us (client, redirect address, state of the code, PKCE), so that the desk's own
sign-in is the deployed one. Only the question "who are you?" has an easy answer: the people of the team are listed.
"""

import base64
import hashlib
import hmac
import json
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from html import escape
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl, urlencode

from local.wire import Reply, Request

PREFIX = "/_local/sign-in"
CLIENT = "tribune-local"
_LASTS_S = 300


@dataclass(frozen=True, slots=True)
class _Code:
    email: str
    nonce: str
    challenge: str
    redirect: str


class Provider:
    """Vouches for whoever says to be of the team."""

    def __init__(self, url: str, now: Callable[[], datetime], people: Callable[[], list[str]]) -> None:
        """`url`: of the stack's own door; `people`: the addresses that may be chosen."""
        self.issuer = url + PREFIX
        self._redirect = f"{url}/desk/signed-in"
        self._now, self._people = now, people
        self._codes: dict[str, _Code] = {}
        self._key = secrets.token_bytes(32)

    def handle(self, request: Request) -> Reply:
        """Answer as a provider."""
        match request.method, request.path.removeprefix(PREFIX):
            case "GET", "/.well-known/openid-configuration":
                doors = {name: f"{self.issuer}/{name.partition('_')[0]}" for name in ("authorize", "token")}
                return _json(
                    HTTPStatus.OK,
                    {
                        "issuer": self.issuer,
                        "authorization_endpoint": doors["authorize"],
                        "token_endpoint": doors["token"],
                        "response_types_supported": ["code"],
                        "code_challenge_methods_supported": ["S256"],
                    },
                )
            case "GET", "/authorize":
                return self._ask_who(dict(parse_qsl(request.query)))
            case "POST", "/authorize":
                return self._vouch(dict(parse_qsl(request.query)), dict(parse_qsl(request.body.decode())))
            case "POST", "/token":
                return self._token(dict(parse_qsl(request.body.decode())))
        return _json(HTTPStatus.NOT_FOUND, {"error": "not_found"})

    def _ask_who(self, asked: Mapping[str, str]) -> Reply:
        if wrong := self._wrong(asked):
            return _json(HTTPStatus.BAD_REQUEST, {"error": "invalid_request", "error_description": wrong})
        buttons = "".join(
            f'<p><button name="email" value="{escape(email)}">{escape(email)}</button></p>' for email in self._people()
        )
        page = (
            '<!doctype html><html lang="en"><meta charset="utf-8">'
            '<meta name="viewport" content="width=device-width, initial-scale=1"><title>Local sign-in</title>'
            "<h1>Who are you?</h1><p>This is the local stack: nothing is checked here but that you are of the team.</p>"
            f'<form method="post" action="{PREFIX}/authorize?{escape(urlencode(asked))}">{buttons}'
            '<p><label>Somebody else <input name="other" type="email"></label> <button>Sign in</button></p></form></html>'
        )
        return Reply(HTTPStatus.OK, page.encode(), {"Content-Type": "text/html; charset=utf-8"})

    def _wrong(self, asked: Mapping[str, str]) -> str:
        wanted = {"response_type": "code", "client_id": CLIENT, "redirect_uri": self._redirect}
        if any(asked.get(name) != value for name, value in wanted.items()):
            return "client, response type or redirect address"
        if asked.get("code_challenge_method") != "S256" or not asked.get("code_challenge"):
            return "PKCE"
        return "" if "openid" in asked.get("scope", "").split() else "scope"

    def _vouch(self, asked: Mapping[str, str], said: Mapping[str, str]) -> Reply:
        email = said.get("email") or said.get("other") or ""
        if wrong := self._wrong(asked) or ("" if "@" in email else "email"):
            return _json(HTTPStatus.BAD_REQUEST, {"error": "invalid_request", "error_description": wrong})
        code = secrets.token_urlsafe(24)
        self._codes[code] = _Code(email, asked.get("nonce", ""), asked["code_challenge"], asked["redirect_uri"])
        back = urlencode({"code": code, "state": asked.get("state", "")})
        return Reply(HTTPStatus.SEE_OTHER, b"", {"Location": f"{self._redirect}?{back}"})

    def _token(self, asked: Mapping[str, str]) -> Reply:
        code = self._codes.pop(asked.get("code", ""), None)
        digest = hashlib.sha256(asked.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        if (
            code is None
            or asked.get("grant_type") != "authorization_code"
            or asked.get("client_id") != CLIENT
            or asked.get("redirect_uri") != code.redirect
            or challenge != code.challenge
        ):
            return _json(HTTPStatus.BAD_REQUEST, {"error": "invalid_grant"})
        now = int(self._now().timestamp())
        claims = {
            "iss": self.issuer,
            "aud": CLIENT,
            "sub": hashlib.sha256(code.email.encode()).hexdigest()[:16],
            "email": code.email,
            "email_verified": True,
            "nonce": code.nonce,
            "iat": now,
            "exp": now + _LASTS_S,
        }
        return _json(HTTPStatus.OK, {"token_type": "Bearer", "expires_in": _LASTS_S, "id_token": self._signed(claims)})

    def _signed(self, claims: Mapping[str, Any]) -> str:
        parts = [_encoded(json.dumps(part).encode()) for part in ({"alg": "HS256", "typ": "JWT"}, claims)]
        mark = hmac.new(self._key, ".".join(parts).encode(), hashlib.sha256).digest()
        return ".".join((*parts, _encoded(mark)))


def _encoded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _json(status: int, content: Mapping[str, Any]) -> Reply:
    return Reply(status, json.dumps(content).encode(), {"Content-Type": "application/json"})
