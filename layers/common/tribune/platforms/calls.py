"""What most platforms' requests have in common: a bearer token, our action's id, JSON."""

from collections.abc import Mapping
from json import dumps
from typing import Any, Final

from tribune.channel import Access, HttpCall
from tribune.errors import CannotDo

_NOTHING: Final[Mapping[str, str]] = {}


def bearer(  # noqa: PLR0913  a request, part by part
    method: str,
    address: str,
    access: Access,
    *,
    content: Mapping[str, Any] | None = None,
    action: str = "",
    headers: Mapping[str, str] = _NOTHING,
    units: int = 1,
) -> HttpCall:
    """A request for an address, in the name of the channel; `action` is told beside it. Raises CannotDo without a token."""
    token = access.values.get("token")
    if not token:
        raise CannotDo("not_configured")
    common = {"authorization": f"Bearer {token}"} | ({"x-request-id": action} if action else {})
    if content is None:
        return HttpCall(method, address, {**common, **headers}, units=units)
    body = dumps(content, ensure_ascii=False).encode("utf-8")
    return HttpCall(method, address, {**common, "content-type": "application/json", **headers}, body, units)


def base(access: Access, otherwise: str) -> str:
    """The address that all of a platform's begin with: `base_url` of the channel, where it says one."""
    return access.values.get("base_url", otherwise).rstrip("/")
