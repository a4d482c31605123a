"""A text as the detectors see it: folded tokens that keep their offsets in the original, and what hid behind disguises.

Tokens come from the original text, so that no map back is needed: every offset is a code point of what the person
wrote. A token is a letter or digit and what follows it of letters, digits, marks and invisible characters, in any
script; word-boundary escapes are never used (it takes « é » for a boundary in ASCII modes and splits marks from their letters).

Disguises (leet, look-alike letters of other scripts, stretched letters, letters set apart, masks) are looked at only
where the text *shows* one, and only a term that fits the disguise letter by letter comes out of it. A clean text
therefore cannot match by evasion. All of it is linear in the length of the text, which is cut at 8,000 characters.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import groupby

from tribune.charter import spelling

MAX_CHARACTERS = 8_000
"""Platforms accept up to 8,000 characters; words beyond are not read by the machine."""

_INVISIBLE = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f"
    "\u3164\ufe00-\ufe0f\ufeff\uffa0\U000e0000-\U000e01ef"
)
_MARKS = "\u0300-\u036f\u0483-\u0489\u0591-\u05bd\u064b-\u065f\u0900-\u0903\u093a-\u094f\u0e31\u0e34-\u0e3a\u0e47-\u0e4e\u20d0-\u20f0"
_TOKEN = re.compile(rf"[^\W_](?:\w|[{_MARKS}{_INVISIBLE}])*")
_CHUNK = re.compile(r"\S+")
_SENTENCE_END = re.compile(r"[!?;\n\r\u2028\u2029]|(?<!\.)\.(?!\.)|[。！？]")
"""An ellipsis does not end a sentence: « va te faire... »."""

_KNOWN_LETTERS = {
    "œ": "oe", "æ": "ae", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i",
    "ẞ": "ss", "’": "'",
}  # fmt: skip

_LOOK_ALIKES = dict(
    zip(
        "аеорсухкмтніјѕһԁԛԝьᴀвғɡɩʟɴᴏᴘʀᴛᴜᴠᴡᴢαβγεηικνορτυχωи",
        "aeopcyxkmthijshdqwbabfgilnoprtuvwzabyenikvoptuxwn",
        strict=False,
    )
)
"""Letters of other scripts that look like one Latin letter (TR39 confusables, and what trolls use beside them)."""

_LEET = {
    "0": "o", "1": "il", "3": "e", "4": "a", "5": "s", "7": "t", "8": "b", "9": "g",
    "@": "a", "$": "s", "€": "e", "£": "l", "!": "il", "|": "il", "¡": "i",
}  # fmt: skip
"""Signs that stand for a letter; the first of several is the one spelled in skeletons."""

_MASKS = frozenset("*#•●∗×")
_JOINERS = frozenset(".-_~·,/\\+")
_MIN_DISGUISED = 3
_MIN_MASKED = 4
_MIN_JOINED = 6
_STRETCHED = 3


class _Folding(dict[int, str]):
    """A memoising table for `str.translate`: case, accents, ligatures and invisible characters folded away."""

    def __missing__(self, code: int) -> str:
        character = chr(code)
        known = _KNOWN_LETTERS.get(character.lower())
        folded = (
            known
            if known is not None
            else "".join(
                _KNOWN_LETTERS.get(part, part)
                for part in unicodedata.normalize("NFKD", character).casefold()
                if unicodedata.category(part) not in {"Mn", "Cf", "Me"}
            )
        )
        if _is_invisible(character):
            folded = ""
        self[code] = folded
        return folded


def _is_invisible(character: str) -> bool:
    return _INVISIBLE_ONE.match(character) is not None


_INVISIBLE_ONE = re.compile(f"[{_INVISIBLE}]")
_FOLDING = _Folding()


def fold(text: str) -> str:
    """`text` without case, accents, ligatures, compatibility forms, zero-width and bidirectional controls."""
    return text.translate(_FOLDING)


@dataclass(frozen=True, slots=True)
class Token:
    """One word: its folded key, where it stands in the original, in which sentence."""

    key: str
    start: int
    end: int
    sentence: int = 0
    disguised: bool = False


@dataclass(frozen=True, slots=True)
class Text:
    """A text and its tokens. `original` is cut at MAX_CHARACTERS."""

    original: str
    tokens: tuple[Token, ...]

    def slice(self, first: int, last: int) -> tuple[int, int]:
        """The original offsets of the tokens from `first` to `last`, both included."""
        return self.tokens[first].start, self.tokens[last].end

    def between(self, index: int) -> str:
        """The original characters between token `index` and the next one."""
        after = self.tokens[index + 1].start if index + 1 < len(self.tokens) else len(self.original)
        return self.original[self.tokens[index].end : after]

    def touching(self, index: int) -> bool:
        """Do only spaces stand between token `index` and the next one?"""
        return not self.between(index).strip()


def keys(text: str) -> tuple[str, ...]:
    """The folded tokens of a term or phrase: terms go through the same function as texts."""
    return tuple(word for found in _TOKEN.finditer(text) if (key := fold(found[0])) for word in _meant(key))


def _meant(key: str) -> tuple[str, ...]:
    """The words that a folded token stands for: itself, unless it is a telephone's spelling."""
    return spelling.table().get(key, (key,))


class Disguises:
    """The words that are looked for behind disguises: insults and slurs, never product names or topics."""

    def __init__(self, words: Iterable[str]) -> None:
        self._exact: frozenset[str] = frozenset(word for word in words if len(word) >= _MIN_DISGUISED)
        self._skeletons: dict[str, list[str]] = {}
        self._masked: dict[tuple[str, int], list[str]] = {}
        self._lengths = sorted({len(word) for word in self._exact if len(word) >= _MIN_MASKED}, reverse=True)
        for word in sorted(self._exact):
            self._skeletons.setdefault(_skeleton(word), []).append(word)
            self._masked.setdefault((word[0], len(word)), []).append(word)

    def behind(self, shown: list[str]) -> str | None:
        """The word that a run of characters (each already folded, signs kept) stands for, None for none."""
        stretched = any(character in _LEET or len(run) >= _STRETCHED for character, run in _grouped(shown))
        for word in self._skeletons.get(_skeleton(_spelled(shown)), ()):
            if _stands_for(shown, word, stretched=stretched):
                return word
        return None

    def behind_mask(self, shown: list[str]) -> str | None:
        """The word behind `c*nnard`: first letter known, at least half known, each mask exactly one letter."""
        if len(shown) < _MIN_MASKED or shown[0] in _MASKS:
            return None
        known = sum(character not in _MASKS for character in shown)
        if known < 2 or known * 2 < len(shown):  # noqa: PLR2004 - measured: one letter alone says nothing
            return None
        for word in self._masked.get((shown[0], len(shown)), ()):
            if all(seen in _MASKS or _may_be(seen, letter) for seen, letter in zip(shown, word, strict=True)):
                return word
        return None

    def among_letters(self, letters: list[str]) -> Iterator[tuple[int, int, str]]:
        """(first, last, word) for words spelled by letters set apart: the whole run, or four letters and more in it."""
        if (word := self.behind(letters)) is not None:
            yield 0, len(letters) - 1, word
            return
        spelled = _spelled(letters)
        position = 0
        while position < len(spelled):
            for length in self._lengths:
                word = spelled[position : position + length]
                if len(word) == length and word in self._exact:
                    yield position, position + length - 1, word
                    position += length
                    break
            else:
                position += 1


def read(original: str, disguises: Disguises | None = None) -> Text:
    """The tokens of `original`, with what `disguises` recognises put in place of what showed it."""
    original = original[:MAX_CHARACTERS]
    plain = _plain_tokens(original)
    if disguises is None:
        return Text(original, tuple(plain))
    revealed = sorted([*_revealed_chunks(original, disguises), *_revealed_letters(original, disguises)])
    return Text(original, tuple(_replaced(plain, revealed)) if revealed else tuple(plain))


def _plain_tokens(original: str) -> list[Token]:
    ends = [found.start() for found in _SENTENCE_END.finditer(original)]
    tokens: list[Token] = []
    sentence = 0
    for found in _TOKEN.finditer(original):
        while sentence < len(ends) and ends[sentence] < found.start():
            sentence += 1
        key = fold(found[0])
        if key:
            tokens += _tokens_of(key, found.start(), found.end(), sentence)
    return tokens


def _tokens_of(key: str, start: int, end: int, sentence: int) -> Iterator[Token]:
    """One token, or those that its spelling stands for: each its first letter, the last one what is left."""
    *firsts, last = _meant(key)
    for word in firsts:
        yield Token(word, start, start + 1, sentence)
        start += 1
    yield Token(last, start, end, sentence)


def _replaced(plain: list[Token], revealed: list[tuple[int, int, str]]) -> Iterator[Token]:
    """The plain tokens, each revealed word standing where its characters stood."""
    position = 0
    for start, end, word in revealed:
        while position < len(plain) and plain[position].end <= start:
            yield plain[position]
            position += 1
        if position and start < plain[position - 1].start:
            continue
        sentence = plain[min(position, len(plain) - 1)].sentence if plain else 0
        while position < len(plain) and plain[position].start < end:
            position += 1
        yield Token(word, start, end, sentence, disguised=True)
    yield from plain[position:]


# --- the evidence gate ---


@dataclass(slots=True)
class _Shown:
    """The visible characters of a chunk, folded one by one, with their places."""

    characters: list[str] = field(default_factory=list)
    places: list[int] = field(default_factory=list)
    foreign: bool = False
    """A look-alike of another script stands beside Latin letters."""
    hidden: bool = False
    """An invisible character or a styled letter stands inside."""


def _revealed_chunks(original: str, disguises: Disguises) -> Iterator[tuple[int, int, str]]:
    for chunk in _CHUNK.finditer(original):
        if len(chunk[0]) >= _MIN_DISGUISED and _suspicious(chunk[0]) and not _address(chunk[0]):
            yield from _unmask(chunk[0], chunk.start(), disguises)


_SIGNS = re.compile(r"[0-9@$€£!|¡*#•●∗×]")
_INNER_JOINER = re.compile(r"[^\W_][.\-_~·,/\\+][^\W_]")
_LONG_RUN = re.compile(r"([^\W\d_])\1\1")
_NOT_PLAIN = re.compile(r"[^\x00-\x7f\u00c0-\u017f\u2018-\u201d«»…€]")


def _suspicious(chunk: str) -> bool:
    """Does the chunk show that something may be disguised? A plain dictionary word never does."""
    return bool(
        (_SIGNS.search(chunk) and any(character.isalpha() for character in chunk))
        or _LONG_RUN.search(chunk.lower())
        or _INNER_JOINER.search(chunk)
        or _NOT_PLAIN.search(chunk)
        or _CAPITAL_I.search(chunk)
    )


_CAPITAL_I = re.compile(r"[a-zà-ÿ]I")


def _address(chunk: str) -> bool:
    """A link or an e-mail address: its letters disguise nothing."""
    return "://" in chunk or chunk.startswith("www.") or bool(_EMAIL_LIKE.search(chunk))


_EMAIL_LIKE = re.compile(r"[^\W_]@[^\W_]+\.[^\W\d_]")


def _unmask(chunk: str, offset: int, disguises: Disguises) -> Iterator[tuple[int, int, str]]:
    shown = _show(chunk)
    for first, last in _pieces(shown.characters):
        characters = shown.characters[first:last]
        places = shown.places[first:last]
        word = _disguised_word(characters, shown, disguises)
        if word is not None:
            yield offset + places[0], offset + places[-1] + 1, word


def _disguised_word(characters: list[str], shown: _Shown, disguises: Disguises) -> str | None:
    if any(character in _MASKS for character in characters[1:]):
        return disguises.behind_mask([character for character in characters if character not in _JOINERS])
    joined = [character for character in characters if character not in _JOINERS]
    if len(joined) < _MIN_DISGUISED or not _shows_disguise(characters, joined, shown):
        return None
    return disguises.behind(joined)


def _shows_disguise(characters: list[str], joined: list[str], shown: _Shown) -> bool:
    letters = sum(character.isalpha() for character in joined)
    if letters < 2:  # noqa: PLR2004 - « 1001 » and « 45s » disguise nothing
        return False
    signs = len(joined) - letters
    if len(joined) != len(characters):
        pieces = [list(run) for inside, run in groupby(characters, lambda one: one not in _JOINERS) if inside]
        single = sum(len(piece) == 1 for piece in pieces)
        return single == len(pieces) >= _MIN_DISGUISED or (single > 0 and len(joined) >= _MIN_JOINED)
    stretched = any(len(list(run)) >= _STRETCHED for _, run in groupby(joined))
    return (0 < signs <= letters) or stretched or shown.foreign or shown.hidden or "I" in joined


def _show(chunk: str) -> _Shown:
    """Each visible character of the chunk, folded; look-alikes of other scripts become Latin beside Latin letters."""
    shown = _Shown()
    latin = any("a" <= fold(character)[:1] <= "z" for character in chunk)
    for place, character in enumerate(chunk):
        folded = fold(character)
        if character == "I" and place and chunk[place - 1].islower():
            folded = "I"
        elif not folded:
            shown.hidden = shown.hidden or _is_invisible(character)
            continue
        elif latin and (look := _LOOK_ALIKES.get(folded)):
            folded, shown.foreign = look, True
        elif (enclosed := _enclosed(character)) is not None:
            folded, shown.foreign = enclosed, True
        elif character.isalpha() and ord(character) > 0x2000 and folded.isascii():  # noqa: PLR2004 - styled letters
            shown.hidden = True
        for letter in folded:
            shown.characters.append(letter)
            shown.places.append(place)
    return shown


def _enclosed(character: str) -> str | None:
    """The letter inside 🅰, 🄰 or 🇦, None for anything else."""
    code = ord(character)
    for first in (0x1F130, 0x1F150, 0x1F170, 0x1F1E6):
        if first <= code < first + 26:
            return chr(ord("a") + code - first)
    return None


def _pieces(characters: list[str]) -> Iterator[tuple[int, int]]:
    """Where the words of a chunk begin and end: punctuation is left outside, at both ends and between words."""
    begin: int | None = None
    for position, character in enumerate([*characters, " "]):
        inside = character.isalnum() or character in _LEET or character in _MASKS or character in _JOINERS
        if inside and begin is None:
            begin = position
        elif not inside and begin is not None:
            first, last = _trimmed(characters, begin, position)
            if last - first >= _MIN_DISGUISED:
                yield first, last
            begin = None


def _trimmed(characters: list[str], first: int, last: int) -> tuple[int, int]:
    """Without joiners, masks and a mention's « @ » around the word; « ! » after a word is punctuation."""
    while first < last and (
        characters[first] in _JOINERS or characters[first] in _MASKS or characters[first] in "@!|¡"
    ):
        first += 1
    while last > first and (characters[last - 1] in _JOINERS or characters[last - 1] in "!|¡€£#"):
        last -= 1
    return first, last


def _revealed_letters(original: str, disguises: Disguises) -> Iterator[tuple[int, int, str]]:
    """« c o n n a r d »: three and more one-letter chunks in a row."""
    run: list[tuple[int, str]] = []
    for chunk in [*_CHUNK.finditer(original), None]:
        folded = fold(chunk[0]).rstrip("!?,;.") if chunk else ""
        if chunk and len(folded) == 1 and (folded.isalnum() or folded in _LEET):
            run.append((chunk.start(), _LOOK_ALIKES.get(folded, folded)))
            continue
        if len(run) >= _MIN_DISGUISED and sum(letter.isalpha() for _, letter in run) * 2 > len(run):
            for first, last, word in disguises.among_letters([letter for _, letter in run]):
                yield run[first][0], run[last][0] + 1, word
        run = []


# --- does what is shown stand for a word? ---


def _spelled(shown: list[str]) -> str:
    return "".join(_LEET.get(character, character)[0] for character in shown)


def _skeleton(word: str) -> str:
    """The word with l and i as one, and repeated letters squeezed: what all its disguises have in common."""
    return "".join(letter for letter, _ in groupby(word.lower().replace("l", "i")))


def _may_be(seen: str, letter: str) -> bool:
    return seen == letter or letter in _LEET.get(seen, "") or (seen == "I" and letter in "il")


def _stands_for(shown: list[str], word: str, *, stretched: bool) -> bool:
    """Run by run: never fewer letters than the word has, more only in a `stretched` word, each able to be its letter.

    « baissé » must not become a word with one s because an invisible character hides in it.
    """
    seen = _runs(shown)
    meant = _runs(list(word))
    return len(seen) == len(meant) and all(
        (len(some) == len(letters) or (stretched and len(some) > len(letters)))
        and all(any(_may_be(one, letter) for letter in letters) for one in some)
        for some, letters in zip(seen, meant, strict=True)
    )


def _grouped(characters: list[str]) -> list[tuple[str, list[str]]]:
    return [(character, list(run)) for character, run in groupby(characters)]


def _runs(characters: list[str]) -> list[list[str]]:
    """Neighbours that share a skeleton letter, together."""
    return [list(run) for _, run in groupby(characters, lambda one: _skeleton(_spelled([one])))]
