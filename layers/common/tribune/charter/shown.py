"""What the characters of a text show: a letter, a sign that stands for one, a mask, a joiner, an emoji.

One character may stand for several letters (« 1 » for i or l): all of them are kept, and the term that it is compared
with decides. So there is no list of variants, and the work stays linear.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from enum import IntEnum
from itertools import groupby, pairwise
from typing import NamedTuple

from tribune.charter.look_alikes import LETTERS as LOOK_ALIKES
from tribune.charter.remembered import Remembered
from tribune.charter.text import fold

LEET = {
    "0": "o", "1": "il", "2": "z", "3": "e", "4": "a", "5": "s", "6": "gb", "7": "t", "8": "b", "9": "gq",
    "@": "a", "$": "s", "€": "e", "£": "l", "!": "il", "|": "il", "¡": "i", "+": "t", "(": "c", "<": "c", "¢": "c",
    "§": "s", "°": "o",
}  # fmt: skip
"""Signs that stand for one of these letters."""
_DRAWN = {
    "\\/\\/": "w", "|\\/|": "m", "|_|": "u", "|-|": "h", "|\\|": "n", "/\\": "a", "\\/": "v", "()": "o", "[]": "o",
    "|)": "d", "|<": "k", "|3": "b", "|=": "f", "|>": "p", "|2": "r",
}  # fmt: skip
"""Letters drawn with strokes."""
_SAME = str.maketrans("lqbz", "iggs")
"""Letters that one sign may stand for are one in spellings and skeletons: « 6 » is g or b, « 1 » is i or l."""
_MASKS = frozenset("*#•●∗×✱")
_JOINERS = frozenset(".-_~·,/\\:;=‑–—'’")
_PUNCTUATION_TOO = frozenset("!|¡(<+£¢§°")
"""At the edge of a word these are what they look like."""
_EXCLAMATIONS = "!¡°"
"""Alone at the end of a word they are no letter: « anna! »."""
_BOXED = (0x249C, 0x24B6, 0x24D0, 0x1F110, 0x1F130, 0x1F150, 0x1F170, 0x1F1E6)
"""Where the alphabet begins in ⒜, Ⓐ, ⓐ, 🄐, 🄰, 🅐, 🅰 and 🇦."""
_ALPHABET = "abcdefghijklmnopqrstuvwxyz"
_ONE = re.compile("|".join(map(re.escape, sorted(_DRAWN, key=len, reverse=True))) + "|.", re.DOTALL)


_MOST_LETTERS = 4
"""One character that reads as more (« ﷺ » is eighteen) is a whole phrase, and disguises no letter."""
_REPEATED = re.compile(r"(.)\1+")


class Kind(IntEnum):
    """What a shown character is to the word it stands in."""

    LETTER = 1
    SIGN = 2
    """Stands for a letter."""
    FOREIGN = 3
    """A letter of another script that looks like a Latin one."""
    DRAWN = 4
    """A letter in a box, a circle or a flag, made of strokes, or a capital I where an l is read."""
    MASK = 5
    JOINER = 6
    EMOJI = 7
    OUTSIDE = 8
    """Of no word: quotation marks, question marks, brackets."""


SPELLING = frozenset({Kind.LETTER, Kind.SIGN, Kind.FOREIGN, Kind.DRAWN})


class Shown(NamedTuple):
    """One shown character (or drawing): the letters it may stand for, its place in the original."""

    kind: Kind
    letters: str
    start: int
    end: int
    written: str


def _meaning(written: str) -> tuple[tuple[Kind, str], ...]:
    """What a character or drawing shows: nothing where it is invisible, two letters for a ligature."""
    return tuple(_letters(written))


def _letters(written: str) -> Iterator[tuple[Kind, str]]:
    drawn = _DRAWN.get(written) or _boxed(written)
    if drawn:
        yield Kind.DRAWN, drawn
        return
    look = LOOK_ALIKES.get(written)
    letters = look or fold(written)
    if len(letters) > _MOST_LETTERS:
        yield Kind.OUTSIDE, ""
        return
    for folded in letters:
        look = look or LOOK_ALIKES.get(folded)
        if look:
            yield Kind.FOREIGN, "il" if look in "il" else look
        elif folded in LEET:
            yield Kind.SIGN, LEET[folded]
        elif folded in _MASKS:
            yield Kind.MASK, ""
        elif folded.isalpha():
            yield Kind.LETTER, folded
        elif folded in _JOINERS:
            yield Kind.JOINER, ""
        elif unicodedata.category(folded) in {"So", "Sk", "Sm", "Cn"}:
            yield Kind.EMOJI, ""
        else:
            yield Kind.OUTSIDE, ""


def _boxed(written: str) -> str:
    for first in _BOXED if len(written) == 1 else ():
        if first <= ord(written) < first + len(_ALPHABET):
            return _ALPHABET[ord(written) - first]
    return ""


_MEANING = Remembered(_meaning)


def show(written: str, offset: int) -> list[Shown]:
    """What the characters of a piece of text show, the invisible ones left out; `offset` is where the piece begins."""
    shown: list[Shown] = []
    for found in _ONE.finditer(written):
        start, end = offset + found.start(), offset + found.end()
        for kind, letters in _MEANING[found[0]]:
            if found[0] == "I" and found.start() and written[found.start() - 1].islower():
                kind, letters = Kind.DRAWN, "il"  # noqa: PLW2901 - « saIope »
            shown.append(Shown(kind, letters, start, end, found[0]))
    return shown


def pieces(shown: Sequence[Shown]) -> Iterator[list[Shown]]:
    """What may be words: cut at what belongs to none."""
    for outside, piece in groupby(shown, lambda one: one.kind is Kind.OUTSIDE):
        if not outside:
            yield list(piece)


def without_punctuation(piece: Sequence[Shown]) -> Iterator[Sequence[Shown]]:
    """The piece without what is only punctuation or emphasis at its ends, then with its signs (« $@lope »)."""
    first, last = 0, len(piece)
    while first < last and (piece[first].kind not in SPELLING or piece[first].written in _PUNCTUATION_TOO):
        first += 1
    emphasis = sum(one.kind is Kind.MASK for one in piece[:first])
    while last > first and (
        piece[last - 1].kind in {Kind.JOINER, Kind.EMOJI}
        or piece[last - 1].written in _PUNCTUATION_TOO
        or (piece[last - 1].kind is Kind.MASK and emphasis > 0)
    ):
        emphasis -= piece[last - 1].kind is Kind.MASK
        last -= 1
    # A mention's « @ » is no letter where the rest is a word without it.
    if first < last and piece[first].written == "@":
        yield piece[first + 1 : last]
    yield piece[first:last]
    begin = next((index for index, one in enumerate(piece) if one.kind in SPELLING), len(piece))
    if begin < first:
        yield piece[begin:last]
    end = last
    while end < len(piece) and piece[end].kind is Kind.SIGN:
        end += 1
    signs = (*piece[first:last], *(one for one in piece[last:end] if one.written not in _EXCLAMATIONS))
    if end > last and any(one.kind is not Kind.LETTER for one in signs):
        yield piece[begin:end]


def parts(piece: Sequence[Shown]) -> list[list[Shown]]:
    """What joiners and emoji set apart. Masks, or one sign, between single letters set them apart too: « c*o*n », « c|o|n »."""
    between = {one.written for one in piece[1::2]}
    if len(between) == 1 and len(piece) % 2 and piece[1].kind is Kind.SIGN and not piece[1].written.isdigit():
        return [[one] for one in piece[::2]]
    found = [list(group) for apart, group in groupby(piece, _sets_apart) if not apart]
    if any(one.kind is Kind.MASK for one in piece):
        unmasked = [list(group) for masked, group in groupby(piece, lambda one: one.kind not in SPELLING) if not masked]
        if all(len(part) == 1 for part in unmasked):
            return unmasked
    return found


def _sets_apart(one: Shown) -> bool:
    return one.kind == Kind.JOINER or one.kind == Kind.EMOJI  # noqa: PLR1714 - asked for each character


def spelled(shown: Sequence[Shown]) -> str:
    """The letters, the first where a sign stands for several, those that a sign confuses as one."""
    return "".join([one.letters[:1] for one in shown]).translate(_SAME)


def spelling_of(word: str) -> str:
    """A term as `spelled` would spell it."""
    return word.translate(_SAME)


def skeleton(word: str) -> str:
    """A spelling with repeated letters squeezed: what all the disguises of a term have in common."""
    return _REPEATED.sub(r"\1", word.translate(_SAME))


def longest_run(shown: Sequence[Shown]) -> int:
    """How often the same letter stands in a row at most."""
    return max((sum(1 for _ in group) for _, group in groupby(shown, lambda one: one.letters[:1])), default=0)


def doubles(letters: str) -> int:
    """How many letters are the same as the one before; the « ée » at the end of a word is how it is written."""
    letters = letters.removesuffix("s")
    if letters.endswith("ee"):
        letters = letters[:-1]
    return sum(one == other for one, other in pairwise(letters))


def stands_for(shown: Sequence[Shown], word: str, *, stretched: bool) -> bool:
    """Run by run: never fewer letters than the word has, more only in a `stretched` word, each able to be its letter.

    « baissé » must not become a word with one s because an invisible character hides in it.
    """
    seen = [list(run) for _, run in groupby(shown, lambda one: one.letters[:1].translate(_SAME))]
    meant = [list(run) for _, run in groupby(word, lambda letter: letter.translate(_SAME))]
    return len(seen) == len(meant) and all(
        (len(some) == len(letters) or (stretched and len(some) > len(letters)))
        and all(any(letter in one.letters for letter in letters) for one in some)
        for some, letters in zip(seen, meant, strict=True)
    )


def fits_mask(shown: Sequence[Shown], word: str) -> bool:
    """Letter by letter; what is masked may be any."""
    return len(shown) == len(word) and all(
        one.kind not in SPELLING or letter in one.letters for one, letter in zip(shown, word, strict=True)
    )
