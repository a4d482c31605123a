"""What API Gateway hands to a function (HTTP API, payload format 2.0), as the request it was."""

import base64
from typing import Any

from tribune.channel import Delivery
from tribune.errors import UnreadableBody


def delivery(event: dict[str, Any]) -> Delivery:
    """The request of an event: raw bytes, header names in lower case. Raises UnreadableBody."""
    body = event.get("body") or ""
    try:
        raw = base64.b64decode(body, validate=True) if event.get("isBase64Encoded") else body.encode("utf-8")
    except ValueError as error:  # not base64, not even ASCII, or half a character
        raise UnreadableBody("the body's encoding is broken") from error
    return Delivery(
        method=event["requestContext"]["http"]["method"],
        headers={header.lower(): value for header, value in (event.get("headers") or {}).items()},
        body=raw,
        query=event.get("queryStringParameters") or {},
    )
