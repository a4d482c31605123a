"""Renewing an access by OAuth 2.0 (RFC 6749, section 6), for the platforms whose tokens live shorter than we do.

The `act` mapping of a channel holds `token`, `refresh_token`, `client_id`, `client_secret` where the app has one, and
`expires_at` (ISO 8601), which each renewal writes; without it the access is renewed at once.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import urlencode

from tribune.channel import Access, HttpAnswer, HttpCall, Outcome, Verdict
from tribune.errors import Unreadable
from tribune.platforms import answers, shapes

SOON: Final = timedelta(minutes=10)
"""An access that ends sooner is renewed before it is used."""
_LONGEST: Final = timedelta(days=3650)


def due(access: Access, now: datetime, before: timedelta = SOON) -> bool:
    """Can the access be renewed, and does it end within `before`?"""
    values = access.values
    return bool(values.get("refresh_token") and values.get("client_id")) and not lasts(access, now, before)


def lasts(access: Access, now: datetime, before: timedelta = SOON) -> bool:
    """Is the access good for longer than `before`? Not when nobody wrote down when it ends."""
    try:
        return shapes.instant(access.values.get("expires_at"), "expires_at") - now > before
    except Unreadable:
        return False


def renewal(address: str, access: Access, form: Mapping[str, str], headers: Mapping[str, str]) -> HttpCall:
    """The request for new tokens; `form` and `headers` say who the app is, as the platform wants it."""
    whole = {"grant_type": "refresh_token", "refresh_token": access.values["refresh_token"], **form}
    content = {"content-type": "application/x-www-form-urlencoded", **headers}
    return HttpCall("POST", address, content, urlencode(whole).encode("ascii"))


def renewed(access: Access, answer: HttpAnswer, now: datetime) -> tuple[Mapping[str, str], Outcome]:
    """The access with its new tokens; a refresh token that is answered takes the place of the one that was spent."""
    match answers.json_object(answer.body):
        case {"access_token": str(token), "expires_in": int(seconds), **rest} if answers.succeeded(answer) and token:
            following = rest.get("refresh_token")
            lives = timedelta(seconds=min(max(seconds, 0), _LONGEST.total_seconds()))
            kept = {"refresh_token": following} if isinstance(following, str) and following else {}
            ends = {"expires_at": (now + lives).isoformat()}
            return {**access.values, "token": token, **ends, **kept}, Outcome(Verdict.DONE)
    passing = answers.succeeded(answer) or answers.in_doubt(answer) or answer.status == answers.TOO_MANY
    return access.values, Outcome(Verdict.LATER if passing else Verdict.TOKEN_DEAD, why="refresh")
