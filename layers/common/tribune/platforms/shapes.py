"""From a platform's JSON to a typed shape: standard dataclasses that pydantic checks when an item is read.

The shapes are plain frozen dataclasses beside the platform that documents them, so that importing a platform
costs nothing; pydantic is loaded by the first `fit`, in the function that reads, never in the one that answers.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from tribune.comment import from_seconds
from tribune.errors import Unreadable

if TYPE_CHECKING:
    from pydantic import TypeAdapter

SHAPE: Final[Mapping[str, Any]] = {
    "extra": "ignore",
    "coerce_numbers_to_str": True,
    "alias_generator": lambda name: name.rstrip("_"),
}
"""The `__pydantic_config__` of a shape: numeric ids become text, unknown fields pass, `from_` is `from`."""

_MOST_ID = 256
_MILLISECONDS_SINCE = 10**11
"""A larger number of seconds would be the year 5138: it is milliseconds."""


_adapters: dict[type[Any], "TypeAdapter[Any]"] = {}


def _adapter[Shape](shape: type[Shape]) -> "TypeAdapter[Shape]":
    """Built once per shape and process: that is what takes time."""
    from pydantic import TypeAdapter  # noqa: PLC0415  the function that answers a platform never pays for it

    if shape not in _adapters:
        _adapters[shape] = TypeAdapter(shape)
    return _adapters[shape]


def fit[Shape](shape: type[Shape], payload: object) -> Shape:
    """`payload` as `shape`. Raises Unreadable, naming fields and never their content."""
    from pydantic import ValidationError  # noqa: PLC0415  only where an item is read

    try:
        return _adapter(shape).validate_python(payload)
    except ValidationError as error:
        wrong = (f"{'.'.join(str(part) for part in one['loc'])} ({one['type']})" for one in error.errors())
        raise Unreadable(", ".join(wrong)) from None


def identifier(value: str | None, field: str) -> str:
    """An id as keys can hold it: some text, 256 characters at most. Raises Unreadable."""
    if not value or len(value) > _MOST_ID:
        raise Unreadable(f"{field} (no usable id)")
    return value


def instant(value: int | str | None, field: str) -> datetime:
    """A moment given in seconds, milliseconds or ISO 8601 with its offset. Raises Unreadable."""
    try:
        if isinstance(value, str) and not value.isdecimal():
            moment = datetime.fromisoformat(value)
            if moment.tzinfo is None:
                raise Unreadable(f"{field} (no offset)")
            return moment.astimezone(UTC)
        number = int(value or 0)
        if number <= 0:
            raise Unreadable(f"{field} (no time)")
        return from_seconds(number / 1000 if number > _MILLISECONDS_SINCE else number)
    except (ValueError, OverflowError, OSError):
        raise Unreadable(f"{field} (no time)") from None


def web_address(value: str | None) -> str | None:
    """The address, when it is one of the web: anything else is never shown as a link."""
    return value if value and value.startswith(("https://", "http://")) else None
