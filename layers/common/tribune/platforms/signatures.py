"""Signature recipes: how platforms prove on raw bytes that they speak, and how we prove it to them.

Three rules hold for each of them. The header is looked at before it is compared: text that is not ASCII or not
of the documented shape is Forged and never reaches `compare_digest`, which raises on it. Every secret is tried,
without an early exit, so that the time taken does not tell which one is in use. An empty secret is a mistake of
the operator, never a secret: BadConfiguration.

Sources: Meta, *Validating payloads*; LINE, *Verify webhook signature*; X, *Securing webhooks*; LinkedIn, *Webhooks*;
Standard Webhooks 1.0.0.
"""

import base64
import binascii
import hashlib
import hmac
import re
from collections.abc import Mapping
from datetime import datetime, timedelta

from tribune.channel import Secrets
from tribune.comment import from_seconds
from tribune.errors import BadConfiguration, Forged

WINDOW = timedelta(seconds=300)
"""How far a signed timestamp may lie from now, in the past and in the future."""

_HEX = re.compile(r"[0-9a-f]{64}")
_BASE64 = re.compile(r"[A-Za-z0-9+/]{43}=")
_TIMESTAMP = re.compile(r"[0-9]{10}")
_DELIVERY_ID = re.compile(r"[!-\-/-~]{1,256}")
"""Visible ASCII without the full stop, which would let an id and a timestamp trade characters (spec 1.0.0)."""
_MOST_SIGNATURES = 16
_WHSEC = "whsec_"


# --- HMAC-SHA256 of the body, in hexadecimal behind a prefix (Meta) ---


def verify_hex(header: str | None, body: bytes, secrets: Secrets, prefix: str) -> None:
    """Prove that `header` is `prefix` + hex HMAC-SHA256 of `body` under one of the secrets. Raises Forged."""
    given = _shaped(header, prefix, _HEX)
    _one_of({given}, [_digest(_key(secret), body).hex() for secret in _every(secrets)])


def sign_hex(body: bytes, secret: str, prefix: str) -> str:
    """The header that `verify_hex` accepts."""
    return prefix + _digest(_key(secret), body).hex()


# --- HMAC-SHA256 of the body, in base64 (LINE), behind a prefix (X) ---


def verify_base64(header: str | None, body: bytes, secrets: Secrets, prefix: str = "") -> None:
    """Prove that `header` is `prefix` + base64 HMAC-SHA256 of `body` under one of the secrets. Raises Forged.

    Texts are compared, not decoded bytes: two texts can decode to the same bytes, and only one is what was sent.
    """
    given = _shaped(header, prefix, _BASE64)
    _one_of({given}, [_text(_digest(_key(secret), body)) for secret in _every(secrets)])


def sign_base64(body: bytes, secret: str, prefix: str = "") -> str:
    """The header that `verify_base64` accepts."""
    return prefix + _text(_digest(_key(secret), body))


# --- Standard Webhooks: `{id}.{timestamp}.{body}`, signatures `v1,<base64>` in a list ---


def verify_standard(headers: Mapping[str, str], body: bytes, secrets: Secrets, now: datetime) -> None:
    """Prove that the three `webhook-` headers belong to `body`, under one of the secrets, now. Raises Forged."""
    delivery_id = _shaped(headers.get("webhook-id"), "", _DELIVERY_ID)
    timestamp = timely(headers.get("webhook-timestamp"), now)
    listed = headers.get("webhook-signature", "").split(" ")
    given = {entry[3:] for entry in listed if entry.startswith("v1,") and _BASE64.fullmatch(entry[3:])}
    if not given or len(listed) > _MOST_SIGNATURES:
        raise Forged("no signature of a version we know")
    signed = _standard_content(delivery_id, timestamp, body)
    _one_of(given, [_text(_digest(standard_key(secret), signed)) for secret in _every(secrets)])


def sign_standard(body: bytes, secret: str, now: datetime, delivery_id: str) -> dict[str, str]:
    """The three headers that `verify_standard` accepts. Raises BadConfiguration for a secret or id it could not."""
    if not _DELIVERY_ID.fullmatch(delivery_id):
        raise BadConfiguration("a webhook-id is visible ASCII without a full stop, 256 characters at most")
    timestamp = str(int(now.timestamp()))
    digest = _digest(standard_key(secret), _standard_content(delivery_id, timestamp, body))
    return {"webhook-id": delivery_id, "webhook-timestamp": timestamp, "webhook-signature": f"v1,{_text(digest)}"}


def standard_key(secret: str) -> bytes:
    """The key behind a Standard Webhooks secret: base64, with or without `whsec_` and padding.

    A secret without the prefix that is no base64 is taken as the bytes it is. Raises BadConfiguration.
    """
    encoded = secret.removeprefix(_WHSEC)
    if not encoded:
        raise BadConfiguration("the secret is empty")
    try:
        return base64.b64decode(encoded + "=" * (-len(encoded) % 4), validate=True)
    except (binascii.Error, ValueError):
        if secret.startswith(_WHSEC):
            raise BadConfiguration("what follows `whsec_` in a secret is base64") from None
        return _key(secret)


def timely(header: str | None, now: datetime) -> str:
    """The timestamp of a header, in seconds, when it lies within WINDOW of now. Raises Forged."""
    timestamp = _shaped(header, "", _TIMESTAMP)
    if abs(from_seconds(int(timestamp)) - now) > WINDOW:
        raise Forged("the timestamp is too far from now")
    return timestamp


def _standard_content(delivery_id: str, timestamp: str, body: bytes) -> bytes:
    return f"{delivery_id}.{timestamp}.".encode() + body


# --- no signature at all: a secret in a header (Telegram) ---

_TOKEN = re.compile(r"[!-~]{1,256}")


def verify_token(header: str | None, secrets: Secrets) -> None:
    """Prove that `header` is one of the secrets. Raises Forged."""
    given = _shaped(header, "", _TOKEN)
    matches = [same(given, the_token(secret)) for secret in _every(secrets)]
    if True not in matches:
        raise Forged("the secret is not ours")


def the_token(secret: str) -> str:
    """The header that `verify_token` accepts. Raises BadConfiguration for a secret that no header can carry."""
    if not _TOKEN.fullmatch(secret):
        raise BadConfiguration("this secret travels in a header: visible ASCII without spaces, 256 characters at most")
    return secret


# --- what they share ---


def same(given: str, expected: str) -> bool:
    """Whether two secrets are the same, in a time that does not tell how much of them is."""
    return hmac.compare_digest(
        hashlib.sha256(given.encode("utf-8", "replace")).digest(),
        hashlib.sha256(expected.encode("utf-8", "replace")).digest(),
    )


def _every(secrets: Secrets) -> tuple[str, ...]:
    found = secrets.all()
    if not found:
        raise BadConfiguration("the channel has no secret")
    return found


def _key(secret: str) -> bytes:
    if not secret:
        raise BadConfiguration("the secret is empty")
    return secret.encode()


def _shaped(header: str | None, prefix: str, pattern: re.Pattern[str]) -> str:
    if header is None or not header.startswith(prefix):
        raise Forged("a header is missing")
    value = header[len(prefix) :]
    if not pattern.fullmatch(value):
        raise Forged("a header is not of the documented shape")
    return value


def _one_of(given: set[str], expected: list[str]) -> None:
    matches = [hmac.compare_digest(one, right) for one in given for right in expected]
    if True not in matches:
        raise Forged("the signature is not genuine")


def _digest(key: bytes, content: bytes) -> bytes:
    return hmac.digest(key, content, "sha256")


def _text(digest: bytes) -> str:
    return base64.b64encode(digest).decode("ascii")
