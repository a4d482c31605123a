"""A text as the detectors see it: folded tokens that keep their offsets in the original.

Tokens come from the original text, so that no map back is needed: every offset is a code point of what the person
wrote. A token is a letter or digit and what follows it of letters, digits, marks and invisible characters, in any
script; word-boundary escapes are never used (they take « é » for a boundary in ASCII modes and split marks from their
letters). Where a script sets no spaces between words (Chinese, Japanese, Thai…), each letter is a token: a term is a
phrase of letters there, and is found wherever they stand in a row.

What hides behind disguises is put in place by `disguise.py`. All of it is linear in the length of the text, which is
cut at 8,000 characters.
"""

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from operator import add
from typing import NamedTuple, cast

from tribune.charter import spelling
from tribune.charter.remembered import MOST, Remembered
from tribune.comment import composed

MAX_CHARACTERS = 8_000
"""Platforms accept up to 8,000 characters; words beyond are not read by the machine."""
INVISIBLE = (
    "\u00ad\u034f\u0600-\u0605\u061c\u0640\u06dd\u070f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e"
    "\u2060-\u206f\u2800\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"
    "\U000e0000-\U000e0fff"
)
"""For a regular expression's class: controls, joiners, selectors, tags, fillers; the Arabic tatweel is one too."""
_ACCENTS = (
    "\u0300-\u036f\u0483-\u0489\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed\u1ab0-\u1aff\u1dc0-\u1dff"
    "\u20d0-\u20ff\ufe20-\ufe2f"
)
"""Marks that a word may carry or not, in Latin, Greek, Cyrillic, Hebrew and Arabic."""
_VOWELS = (
    "\u0900-\u0903\u093a-\u094f\u0981-\u0983\u09bc-\u09cd\u0a01-\u0a03\u0a3c-\u0a4d\u0a81-\u0acd\u0b01-\u0bcd\u0c00-\u0ccd"
    "\u0d00-\u0d4d\u0e31\u0e34-\u0e3a\u0e47-\u0e4e\u0eb1\u0eb4-\u0ebc\u0ec8-\u0ecd\u102b-\u103e\u17b6-\u17d3\u3099\u309a"
    "\uff9e\uff9f"
)
"""Marks that are letters of their word: vowels of Indian scripts, Thai tones, the voicing of kana."""
_NO_SPACES = (
    "\u0e01-\u0eff\u0f40-\u0fbc\u1000-\u109f\u1780-\u17d3\u3005-\u3007\u3041-\u30ff\u3105-\u312f\u31f0-\u31ff\u3400-\u4dbf"
    "\u4e00-\u9fff\uf900-\ufaff\uff66-\uff9f\U00020000-\U0003ffff"
)
_INSIDE = f"{_ACCENTS}{_VOWELS}{INVISIBLE}"
_TOKEN = re.compile(rf"[^\W_](?:\w|[{_INSIDE}])*")
_WESTERN = re.compile(r"[ -~À-ÖØ-öø-ÿŒœŸ’]*")
"""Letters that fold to letters, one by one: most terms, and there are many."""
_WORD = re.compile(r"[a-z0-9]\w*")
_LETTER_BY_LETTER = re.compile(
    rf"[{_NO_SPACES}][{_INSIDE}]*|(?![{_NO_SPACES}])[^\W_](?:(?![{_NO_SPACES}])\w|[{_ACCENTS}{INVISIBLE}])*"
)
_WITHOUT_SPACES = re.compile(f"[{_NO_SPACES}]")
_ACCENT = re.compile(f"[{_ACCENTS}]")
_NOT_SHOWN = re.compile(f"[{INVISIBLE}]")
_STOP = re.compile(r"[!?;.\n\r\u2028\u2029。！？]+")
_ELLIPSIS = re.compile(r"\.{2,}")
_CHUNK = re.compile(r"\S+")
_LINK = re.compile(r"/|www\.", re.IGNORECASE)
_ESCAPES = re.compile(r"(?:%[0-9A-Fa-f]{2})+")
_ESCAPED = len("%C3")

_KNOWN_LETTERS = {
    "œ": "oe", "æ": "ae", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i",
    "ẞ": "ss", "’": "'", "ک": "ك", "ی": "ي", "ى": "ي",
}  # fmt: skip


class _Folding(dict[int, str]):
    """A memoising table for `str.translate`: case, accents, ligatures and invisible characters folded away."""

    def __missing__(self, code: int) -> str:
        if len(self) >= MOST:
            self.clear()
        character = chr(code)
        known = _KNOWN_LETTERS.get(character.lower())
        if _NOT_SHOWN.match(character):
            folded = ""
        elif known is not None:
            folded = known
        else:
            parts = unicodedata.normalize("NFKD", character).casefold()
            folded = "".join(_KNOWN_LETTERS.get(part, part) for part in parts if not _is_accent(part))
        self[code] = folded
        return folded


def _is_accent(character: str) -> bool:
    return _ACCENT.match(character) is not None or unicodedata.category(character) in {"Cf", "Me"}


_FOLDING = _Folding()


def fold(text: str) -> str:
    """`text` without case, accents, ligatures, compatibility forms, zero-width and bidirectional controls."""
    return composed(text.translate(_FOLDING))


def letters_of(text: str) -> Iterator[str]:
    """Each character of `text`, folded alone: none, one or several letters; half a character is none."""
    return ("" if "\ud800" <= one <= "\udfff" else one.translate(_FOLDING) for one in text)


def _meant(written: str) -> str | tuple[str, ...]:
    """The folded key of a token as it is written, or its words where it is a telephone's spelling of several."""
    key = fold(written)
    words = spelling.table().get(key, (key,)) if key else ()
    return words[0] if len(words) == 1 else words


_WORDS = Remembered(_meant)


class Token(NamedTuple):
    """One word: its folded key, where it stands in the original, in which sentence."""

    key: str
    start: int
    end: int
    sentence: int = 0
    disguised: bool = False


@dataclass(frozen=True)
class Text:
    """A text and its words, as lists side by side: key, start, end and sentence number of each.

    `original` is cut at MAX_CHARACTERS.
    """

    original: str
    keys: Sequence[str]
    starts: Sequence[int]
    ends: Sequence[int]
    sentences: Sequence[int]
    disguised: frozenset[int] = frozenset()
    """The words that were found behind a disguise."""
    uncertain: frozenset[int] = frozenset()
    """Those of them that may be chance: neighbours which make a word together."""
    unread: bool = False
    """Does it show more disguises than are looked behind?"""

    @cached_property
    def tokens(self) -> tuple[Token, ...]:
        """The words one by one; detectors that look at few of them ask the lists."""
        plain = map(Token, self.keys, self.starts, self.ends, self.sentences)
        if not self.disguised:
            return tuple(plain)
        return tuple(token._replace(disguised=index in self.disguised) for index, token in enumerate(plain))

    def slice(self, first: int, last: int) -> tuple[int, int]:
        """The original offsets of the tokens from `first` to `last`, both included."""
        return self.starts[first], self.ends[last]

    def between(self, index: int) -> str:
        """The original characters between token `index` and the next one."""
        after = self.starts[index + 1] if index + 1 < len(self.starts) else len(self.original)
        return self.original[self.ends[index] : after]

    def touching(self, index: int) -> bool:
        """Do only spaces stand between token `index` and the next one?"""
        return not self.between(index).strip()


def keys(text: str) -> tuple[str, ...]:
    """The folded tokens of a term or phrase: terms go through the same function as texts."""
    if _WESTERN.fullmatch(text):
        found = _WORD.findall(text.lower() if text.isascii() else text.translate(_FOLDING))
        spelled = spelling.table()
        if not spelled.keys().isdisjoint(found):
            found = [word for key in found for word in spelled.get(key, (key,))]
        return tuple(found)
    return tuple(read(text).keys)


def read(original: str) -> Text:
    """The words of `original`; those of an encoded link (`%C3%A9`) as it reads decoded."""
    original = original[:MAX_CHARACTERS]
    if "%" in original and (decoded := _decoded(original)) is not None:
        view, places = decoded
        text = _read(view)
        starts = [places[start] for start in text.starts]
        ends = [places[end] for end in text.ends]
        return Text(original, text.keys, starts, ends, text.sentences)
    return _read(original)


def _read(original: str) -> Text:
    tokens = _TOKEN
    if not original.isascii() and _WITHOUT_SPACES.search(original):
        tokens = _LETTER_BY_LETTER
    written = tokens.findall(original)
    find, end = original.find, 0
    # What stands between two tokens begins none: the next place of these characters is theirs.
    starts = [start for one in written if (end := (start := find(one, end)) + len(one))]
    ends = list(map(add, starts, map(len, written)))
    words = list(map(_WORDS.__getitem__, written))
    if tuple in map(type, words):
        keys, starts, ends = _spelled_out(words, starts, ends)
    else:
        keys = cast("list[str]", words)
    return Text(original, keys, starts, ends, _sentences(original, starts))


def _spelled_out(
    words: Iterable[str | tuple[str, ...]], starts: list[int], ends: list[int]
) -> tuple[list[str], list[int], list[int]]:
    """The tokens one word each: of a spelling of several (« jveux »), each but the last stands on one character."""
    keys: list[str] = []
    firsts: list[int] = []
    lasts: list[int] = []
    for word, start, end in zip(words, starts, ends, strict=True):
        meant = (word,) if isinstance(word, str) else word
        keys += meant
        firsts += range(start, start + len(meant))
        lasts += [*range(start + 1, start + len(meant)), end] if meant else ()
    return keys, firsts, lasts


def _sentences(original: str, starts: list[int]) -> list[int]:
    """The number of the sentence in which each token begins."""
    sentences: list[int] = []
    for number, stop in enumerate(_stops(original)):
        sentences += [number] * (bisect_right(starts, stop) - len(sentences))
    return sentences


def _stops(original: str) -> Iterator[int]:
    """Where sentences end. An ellipsis ends none: « va te faire... »."""
    for found in _STOP.finditer(original):
        if not _ELLIPSIS.fullmatch(found[0]):
            yield found.start()
    yield len(original)


def _decoded(original: str) -> tuple[str, list[int]] | None:
    """The text with the escapes of its links decoded, and the place in the original of each of its characters."""
    view: list[str] = []
    places: list[int] = []
    position = 0
    for chunk in _CHUNK.finditer(original):
        if "%" not in chunk[0] or not _LINK.search(chunk[0]):
            continue
        for escapes in _ESCAPES.finditer(original, *chunk.span()):
            try:
                characters = bytes.fromhex(escapes[0].replace("%", "")).decode()
            except UnicodeDecodeError:
                continue
            view += (original[position : escapes.start()], characters)
            places += range(position, escapes.start())
            place = escapes.start()
            for character in characters:
                places.append(place)
                place += _ESCAPED * len(character.encode())
            position = escapes.end()
    if not view:
        return None
    return "".join([*view, original[position:]]), [*places, *range(position, len(original) + 1)]
