"""How long a text is, as each platform counts it: the units of `Card.text_unit`. Pure, standard library only.

Sources: X, *Counting characters*, and the configuration v3 of twitter-text (weights, 23 for a link, 2 for an emoji
however it is composed, counted in NFC); Mastodon, `StatusLengthValidator` (23 for a link, whatever its length).
"""

import re
import unicodedata
from collections.abc import Callable, Mapping
from typing import Final

LINK_WEIGHT: Final = 23
"""X and Mastodon count every link as so long."""
_LIGHT: Final = ((0, 4351), (8192, 8205), (8208, 8223), (8242, 8247))
"""Code points that weigh 1; every other weighs 2."""

_PICTURE = (
    "[\u203c\u2049\u2122\u2139\u2194-\u21aa\u231a-\u23ff\u24c2\u25aa-\u25fe\u2600-\u27bf\u2934\u2935\u2b05-\u2b55"
    "\u3030\u303d\u3297\u3299\U0001f000-\U0001faff]"
)
_DRESSED = rf"{_PICTURE}[\ufe0f\U0001f3fb-\U0001f3ff]*[\U000e0020-\U000e007f]*"
_EMOJI = rf"[\U0001f1e6-\U0001f1ff]{{2}}|[0-9#*]\ufe0f?\u20e3|[\u00a9\u00ae]\ufe0f|{_DRESSED}(?:\u200d{_DRESSED})*"
_LETTERS = "a-zA-Z0-9\u00c0-\u024f"
_HOST = rf"(?:[{_LETTERS}](?:[{_LETTERS}-]*[{_LETTERS}])?\.)+[a-zA-Z]{{2,24}}"
_INSIDE = rf"[{_LETTERS}\u0400-\u04ff!*';:=+,.$%#_/?&~@|-]"
_BRACKETED = rf"\({_INSIDE}+\)"
_PATH = rf"(?:[/?](?:{_INSIDE}|{_BRACKETED})*(?:[{_LETTERS}\u0400-\u04ff=_#/+&-]|{_BRACKETED})|/)"
_LINK = rf"(?<![@\w.$#/])(?P<link>(?P<scheme>(?i:https?)://)?{_HOST}(?::[0-9]+)?{_PATH}?)(?![\w@])"
_PARTS: Final = re.compile(rf"{_LINK}|(?P<emoji>{_EMOJI})")


def length(text: str, unit: str) -> int:
    """How long `text` is in `unit`, one of UNITS."""
    return UNITS[unit](text)


def links(text: str) -> tuple[tuple[int, int], ...]:
    """Where the links of a text stand (start, end in code points), as X finds them: with `https://` or without."""
    return tuple(match.span("link") for match in _PARTS.finditer(text) if match["link"])


def _utf16(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _utf8(text: str) -> int:
    return len(text.encode("utf-8", "surrogatepass"))


def _x_weighted(text: str) -> int:
    """Where a name without `https://` may or may not be a link to X, the longer count stands: a refusal is worse."""
    composed = unicodedata.normalize("NFC", text)
    total, end = 0, 0
    for part in _PARTS.finditer(composed):
        total += _weight(composed[end : part.start()])
        if part["emoji"]:
            total += 2
        else:
            total += LINK_WEIGHT if part["scheme"] else max(LINK_WEIGHT, _weight(part["link"]))
        end = part.end()
    return total + _weight(composed[end:])


def _mastodon(text: str) -> int:
    """A server counts graphemes: never more than these code points. Only what says `https://` is a link there."""
    shortened = (part["link"] for part in _PARTS.finditer(text) if part["scheme"])
    return len(text) + sum(LINK_WEIGHT - len(link) for link in shortened)


def _weight(text: str) -> int:
    return sum(1 if any(first <= ord(one) <= last for first, last in _LIGHT) else 2 for one in text)


UNITS: Final[Mapping[str, Callable[[str], int]]] = {
    "utf8": _utf8,
    "utf16": _utf16,
    "codepoints": len,
    "mastodon": _mastodon,
    "x_weighted": _x_weighted,
}
"""The name of a unit, and how it counts."""
