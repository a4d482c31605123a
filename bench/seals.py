"""How each platform proves that it speaks, from its documentation alone: an opinion independent of `tribune.platforms`.

Standard library only. Sources: Meta, *Validating payloads*; LINE, *Verify webhook signature*; X, *Securing webhooks*;
LinkedIn, *Webhooks*; Telegram, *setWebhook*; Standard Webhooks 1.0.0.
"""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType

META = ("facebook", "instagram", "messenger", "threads")
STANDARD = ("generic", "wordpress")
SILENT = ("mastodon", "youtube")
"""They push nothing: whoever speaks in their name is an impostor."""
WAYS: Mapping[str, str] = MappingProxyType(
    dict.fromkeys(META, "meta")
    | dict.fromkeys(STANDARD, "standard")
    | {name: name for name in ("line", "x", "linkedin", "telegram", *SILENT)}
)
"""Platform -> its scheme."""


def sealed(  # noqa: PLR0911  one return a scheme
    way: str, body: bytes, secret: str, at: datetime, identity: str = "msg_1"
) -> dict[str, str]:
    """The headers with which a platform proves itself."""
    match way:
        case "meta":
            return {"x-hub-signature-256": "sha256=" + mac(secret.encode(), body).hex()}
        case "linkedin":
            return {"x-li-signature": mac(secret.encode(), b"hmacsha256=" + body).hex()}
        case "x":
            return {"x-twitter-webhooks-signature": "sha256=" + text(mac(secret.encode(), body))}
        case "line":
            return {"x-line-signature": text(mac(secret.encode(), body))}
        case "telegram":
            return {"x-telegram-bot-api-secret-token": secret}
        case "standard":
            stamp = str(int(at.timestamp()))
            signature = text(mac(_standard_key(secret), f"{identity}.{stamp}.".encode() + body))
            return {"webhook-id": identity, "webhook-timestamp": stamp, "webhook-signature": f"v1,{signature}"}
    return {}


def mac(key: bytes, content: bytes) -> bytes:
    """HMAC-SHA256."""
    return hmac.new(key, content, hashlib.sha256).digest()


def text(digest: bytes) -> str:
    """Base64."""
    return base64.b64encode(digest).decode()


def _standard_key(secret: str) -> bytes:
    try:
        return base64.b64decode(secret.removeprefix("whsec_"), validate=True)
    except binascii.Error:
        return secret.encode()
