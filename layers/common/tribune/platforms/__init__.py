"""The social edge: one module per platform, each of the shape `tribune.channel.Platform`.

To add a platform: one module here (its CARD, `handshake`, `verify`, `sign`, `split`, `read`, `act`, `judge`,
`look_back`, `settle`), what it really sends in `events/webhooks/<platform>__<event>.json`, a test file
`tests/platforms/test_<platform>.py`, and one line in `_MODULES`. The contract test then judges it like the others.

A module is pure: bytes and values in, values out. Importing one loads neither pydantic, boto3 nor an HTTP
client; and a platform is imported when it is first asked for, so that the function which answers one
platform does not pay for the others.
"""

from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import Final, cast

from tribune.channel import Platform
from tribune.errors import UnknownChannel

_MODULES: Final[Mapping[str, str]] = {
    "facebook": "tribune.platforms.facebook",
    "instagram": "tribune.platforms.instagram",
    "messenger": "tribune.platforms.messenger",
    "threads": "tribune.platforms.threads",
    "line": "tribune.platforms.line",
    "x": "tribune.platforms.x",
    "linkedin": "tribune.platforms.linkedin",
    "mastodon": "tribune.platforms.mastodon",
    "generic": "tribune.platforms.generic",
    "telegram": "tribune.platforms.telegram",
    "wordpress": "tribune.platforms.wordpress",
    "youtube": "tribune.platforms.youtube",
}


class _Platforms(Mapping[str, Platform]):
    """The list, each platform imported when it is looked up."""

    def __getitem__(self, name: str) -> Platform:
        return cast("Platform", import_module(_MODULES[name]))

    def __iter__(self) -> Iterator[str]:
        return iter(_MODULES)

    def __len__(self) -> int:
        return len(_MODULES)


PLATFORMS: Final[Mapping[str, Platform]] = _Platforms()
"""Every platform we speak with, by the name that stands in `/webhooks/{platform}`."""


def platform(name: str) -> Platform:
    """The platform of that name. Raises UnknownChannel."""
    try:
        return PLATFORMS[name]
    except KeyError:
        raise UnknownChannel("no such platform") from None
