"""echo: do several people say nearly the same, in more words than come to many by themselves? Pure; the limits are data.

Texts resemble one another as far as they share their words (Jaccard's index): whoever rewords a model lightly, or puts
its parts in another order, keeps most of them, and two people who complain of the same thing by themselves do not.
What is kept of a text is a set of numbers: none of its words can be read from it.
"""

import re
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from pydantic import Field

from tribune.charter import text
from tribune.written import Written

_BESIDE = re.compile(r"[#@]\S+|https?://\S+|www\.\S+")
"""Hashtags, mentions and links: many use the same ones, each for what they have to say."""


class Likeness(Written):
    """What makes an echo."""

    people: int = Field(ge=3)
    """Different authors, within an hour."""
    words: int = Field(ge=5)
    """Different words of a text; what is shorter, many say by themselves."""
    alike: int = Field(ge=30, le=100)
    """Per cent of the words of two texts that stand in both."""


@dataclass(frozen=True, slots=True)
class Voiced:
    """What one person said, as far as it can be an echo."""

    platform: str
    account: str
    object: str
    author: str
    at: datetime
    words: frozenset[int]


def words_of(said: str) -> frozenset[int]:
    """The different words of a text, folded, as numbers: without figures, hashtags, mentions and links."""
    keys = text.read(_BESIDE.sub(" ", said)).keys
    return frozenset(zlib.crc32(key.encode("utf-8", "replace")) for key in keys if not key.isdecimal())


def alike(one: frozenset[int], other: frozenset[int]) -> int:
    """Per cent of the words of both that they share; 0 where there are none."""
    both = len(one | other)
    return 100 * len(one & other) // both if both else 0


def loudest(said: Sequence[Voiced], likeness: Likeness) -> tuple[Voiced, ...]:
    """The largest number of different people who said nearly the same, each once, the first one first; none are empty."""
    long = sorted(
        (one for one in said if len(one.words) >= likeness.words), key=lambda one: (one.at, one.platform, one.object)
    )
    best: dict[str, Voiced] = {}
    for centre in long:
        found: dict[str, Voiced] = {}
        for one in long:
            if one.author not in found and alike(centre.words, one.words) >= likeness.alike:
                found[one.author] = one
        if len(found) > len(best):
            best = found
    return tuple(best.values()) if len(best) >= likeness.people else ()
