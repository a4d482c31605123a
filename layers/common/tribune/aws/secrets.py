"""Secrets, as SSM SecureStrings of JSON; nothing here ever logs or prints one.

    /tribune/<stage>/verify/<platform>/<channel>   {"current", "previous"?, "token"?}        ReceiveWebhook only
    /tribune/<stage>/act/<platform>/<channel>      {"token", "app_secret"?, "reply_url"?…}   PerformAction, PollPlatforms, RefreshTokens
    /tribune/<stage>/call/<community>              {"<person>.<way>": …}                     CallManager only
    /tribune/<stage>/press/<way>                   {"current", "previous"?}                     ReceivePress only
    /tribune/<stage>/pseudonym/<community>         the HMAC key behind authors' pseudonyms
    /tribune/<stage>/desk/keys                     {"current", "previous"?, "client_secret"?}   Desk only
    /tribune/<stage>/desk/provider                 {"issuer", "client_id"}: no secret, written by the template

Imported by the function whose cold start a platform waits for: the standard library and botocore, nothing else.
"""

import hashlib
import json
from collections.abc import Mapping
from datetime import timedelta
from typing import TYPE_CHECKING

from tribune.aws import clients, keys
from tribune.aws.kept import Kept, answered
from tribune.channel import Secrets
from tribune.errors import BadConfiguration

if TYPE_CHECKING:
    from mypy_boto3_ssm import SSMClient

KEEP = timedelta(minutes=5)
GIVEN = "given_sha256"
"""Beside an access that was renewed: the fingerprint of the one that a person had given."""

_kept: Kept[str] = Kept(KEEP)


def verify_secrets(stage: str, platform: str, channel: str, *, refresh: bool = False) -> Secrets | None:
    """What proves a sender on this channel, None when there is no such channel.

    `refresh`: read it again although one is kept (a signature did not match), at most once per minute.
    Raises Unavailable.
    """
    values = _mapping(keys.secret_path(stage, "verify", platform, channel), refresh=refresh)
    if not values.get("current"):
        return None
    return Secrets(current=values["current"], previous=values.get("previous"), token=values.get("token"))


def access(stage: str, platform: str, channel: str, *, refresh: bool = False) -> dict[str, str]:
    """What it takes to act on this channel, empty when nothing was given. Raises Unavailable."""
    return _mapping(keys.secret_path(stage, "act", platform, channel), refresh=refresh)


def renew(stage: str, platform: str, channel: str, values: Mapping[str, str]) -> None:
    """Keep what a platform gave in the place of an access it no longer takes, and what a person had given: `tribune
    apply` leaves it alone until they give something else. Raises Unavailable.
    """
    path = keys.secret_path(stage, "act", platform, channel)
    before = _read(stored(path), path)
    given = before.get(GIVEN) or fingerprint(before)
    put(path, as_text({**values, GIVEN: given}))


def given(text: str | None) -> str | None:
    """The fingerprint of what a person gave, whatever became of it since; None when nothing is stored, empty for what
    nobody gave us: it cannot be read.
    """
    if not text:
        return None
    try:
        values = _read(text, "")
    except BadConfiguration:
        return ""
    return values.get(GIVEN) or fingerprint(values)


def fingerprint(values: Mapping[str, str]) -> str:
    """What tells two sets of secrets apart without holding them."""
    return hashlib.sha256(as_text(values).encode()).hexdigest()


def call_secrets(stage: str, community: str, *, refresh: bool = False) -> dict[str, str]:
    """`<person>.<way>` -> the secret address of that way, empty when the ways need none. Raises Unavailable."""
    return _mapping(keys.secret_path(stage, "call", community), refresh=refresh)


def press_secrets(stage: str, way: str, *, refresh: bool = False) -> Secrets | None:
    """What proves that a way speaks which passes on presses of buttons, None when nobody gave it. Raises Unavailable."""
    values = _mapping(keys.secret_path(stage, "press", way), refresh=refresh)
    return Secrets(current=values["current"], previous=values.get("previous")) if values.get("current") else None


def pseudonym_key(stage: str, community: str) -> bytes:
    """The key of the HMAC that stands for authors. Raises BadConfiguration when none was made, Unavailable."""
    path = keys.secret_path(stage, "pseudonym", community)
    key = _kept.get(path, lambda: stored(path))
    if not key:
        raise BadConfiguration("there is no pseudonym key: `tribune apply` makes one", field=path)
    return key.encode()


def desk_keys(stage: str) -> tuple[bytes, ...]:
    """What seals the desk's sessions, the current key first. Raises BadConfiguration when none was made, Unavailable."""
    path = keys.secret_path(stage, "desk", "keys")
    values = _mapping(path, refresh=False)
    found = tuple(values[name].encode() for name in ("current", "previous") if values.get(name))
    if not found:
        raise BadConfiguration("there is no key for the desk's sessions: `tribune apply` makes one", field=path)
    return found


def desk_secret(stage: str) -> str:
    """The client secret that the sign-in provider knows us by; empty where PKCE alone proves us. Raises Unavailable."""
    return _mapping(keys.secret_path(stage, "desk", "keys"), refresh=False).get("client_secret", "")


def desk_provider(stage: str) -> dict[str, str]:
    """Who vouches for people at the desk: `issuer`, `client_id`. Raises BadConfiguration when nobody does, Unavailable."""
    path = keys.secret_path(stage, "desk", "provider")
    values = _mapping(path, refresh=False)
    if not values.get("issuer") or not values.get("client_id"):
        raise BadConfiguration("nobody vouches for who signs in: deploy the template anew", field=path)
    return values


def stored(path: str, ssm: "SSMClient | None" = None) -> str | None:
    """What stands under `path` right now, None when nothing does; without a client: this process's own. Raises Unavailable."""
    client = ssm or clients.ssm()
    with answered("ssm"):
        try:
            return client.get_parameter(Name=path, WithDecryption=True)["Parameter"]["Value"]
        except client.exceptions.ParameterNotFound:
            return None


def put(path: str, value: str, ssm: "SSMClient | None" = None) -> None:
    """Write a SecureString. Raises Unavailable."""
    with answered("ssm"):
        (ssm or clients.ssm()).put_parameter(Name=path, Value=value, Type="SecureString", Overwrite=True)
    _kept.forget()


def put_once(path: str, value: str, ssm: "SSMClient | None" = None) -> bool:
    """Write a SecureString that must never change; False when one stands there already. Raises Unavailable."""
    client = ssm or clients.ssm()
    with answered("ssm"):
        try:
            client.put_parameter(Name=path, Value=value, Type="SecureString", Overwrite=False)
        except client.exceptions.ParameterAlreadyExists:
            return False
    _kept.forget()
    return True


def remove(path: str, ssm: "SSMClient | None" = None) -> None:
    """Take a secret away; nothing happens when there is none. Raises Unavailable."""
    with answered("ssm"):
        (ssm or clients.ssm()).delete_parameters(Names=[path])
    _kept.forget()


def as_text(values: Mapping[str, str]) -> str:
    """A mapping as it is stored: the same values always give the same text."""
    return json.dumps(dict(values), sort_keys=True, ensure_ascii=False)


def forget() -> None:
    """Read everything anew from now on."""
    _kept.forget()


def _mapping(path: str, *, refresh: bool) -> dict[str, str]:
    values = _read(_kept.get(path, lambda: stored(path), refresh=refresh), path)
    return {name: value for name, value in values.items() if name != GIVEN}


def _read(text: str | None, path: str) -> dict[str, str]:
    if not text:
        return {}
    try:
        values = json.loads(text)
    except ValueError:
        values = None
    if not isinstance(values, dict):
        raise BadConfiguration("the stored secret is no JSON mapping: `tribune apply` writes it anew", field=path)
    return {str(name): str(value) for name, value in values.items() if value is not None}
