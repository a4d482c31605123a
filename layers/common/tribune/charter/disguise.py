"""What hides behind disguises: leet, look-alike letters, stretched words, letters set apart, masks, cut words.

Only a place that *shows* a disguise is looked at, and only a term that fits it letter by letter comes out: a clean
text cannot match by evasion. What may be chance (`sa lope`) is marked uncertain. All of it is linear in the length of
the text, and what each way of looking needs is made when a text first needs it.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import cached_property, reduce
from itertools import islice
from operator import add, or_, sub
from typing import NamedTuple

from tribune.charter.lexicon import Phrase, bases, forms
from tribune.charter.look_alikes import LETTERS as LOOK_ALIKES
from tribune.charter.remembered import LONGEST, Remembered
from tribune.charter.shown import (
    SPELLING,
    Kind,
    Shown,
    doubles,
    fits_mask,
    longest_run,
    parts,
    pieces,
    show,
    skeleton,
    spelled,
    spelling_of,
    stands_for,
    without_punctuation,
)
from tribune.charter.text import Text, fold

_SHORTEST = 3
_SHORTEST_MASKED = 4
_SHORTEST_APART = 4
_SHORTEST_CUT = 5
_SHORTEST_GLUED = 9
_SHORTEST_HYPHENED = 6
_STRETCHED = 3
_STRETCHED_DOUBLES = 2
"""Two letters doubled that the term does not double: « coonnaard »."""
_FORMS = 3
"""How many letters a plural or feminine adds at most."""
_LONGEST_PIECE = 160
"""Characters: no term is longer, however far its letters are set apart."""
_LONGEST_LETTER = 12
"""Characters: one letter with its marks and punctuation."""
_CANDIDATES = 64
"""How many terms are compared with one piece at most: a bound on the work, far above what ordinary lists need."""

MOST_LOOKED_AT = 1_000
"""Characters of one text that are looked behind: in 8,000 of ordinary text, some fifty show anything. Counted, never
timed, and whether they are remembered or not: the same text is read the same everywhere."""

_CHUNK = re.compile(r"\S+")
_LOOKING_LIKE_LETTERS = "".join(sorted(one for one in LOOK_ALIKES if not one.isalnum()))
_SIGN = re.compile(
    rf"[^\w\s'’\"«»…?:;)“”](?=\S)|[@$€£|*#•●∗×°+§¢_{re.escape(_LOOKING_LIKE_LETTERS)}\U0001f110-\U0001f1ff]"
)
"""A sign inside a chunk, or one that stands for a letter: most texts have few."""
_CAPITAL_I = re.compile(r"(?<=[a-zà-ÿ])I")
_BOXED = re.compile("[\u249c-\u24e9\U0001f110-\U0001f1ff]")
_MIXED = re.compile(r"[^\W\d_][\d_]|[\d_][^\W\d_]")
_RUN = re.compile(r"(.)\1\1|(.)\2.*(.)\3")
_LETTER = re.compile(r"[^\W\d_]|[\u249c-\u24e9\U0001f110-\U0001f1ff]")
_JOINED = re.compile(r"[«“\"(]?[a-zà-ÿœ]?['’]?[A-ZÀ-Þ]?[a-zà-ÿœ]+(?:[\-,/.][a-zà-ÿœ]{2,})*[.,!?;:)»”\"]*")
"""« porte-bagages », « oui,merci », « (rendez-vous) ». What single words show is looked for in single words."""
_JOINER = re.compile(r"[\W_]+")
_EMAIL = re.compile(r"[^\W_]@[^\W_]+\.[^\W\d_]")
_LATIN = re.compile(r"[A-Za-zÀ-ɏ]")
_APART_BY = frozenset("._~·*")
"""Nobody joins words with these: one letter between them is enough."""
_UNITS = frozenset({
    "h", "s", "m", "g", "l", "k", "v", "w", "x", "p", "e", "j", "d", "a", "b", "cm", "mm", "km", "kg", "ml", "cl",
    "go", "mo", "to", "er", "re", "nd", "rd", "th", "st", "eme", "ieme", "min", "ans", "an", "eur", "wh", "kwh",
    "ah", "am", "pm", "px", "hz", "mg", "ha", "ko", "ca", "mn", "sec", "bis", "ter",
})  # fmt: skip


class Revealed(NamedTuple):
    """A term found behind a disguise: the characters of the original that show it, its words."""

    start: int
    end: int
    words: Phrase
    uncertain: bool = False


class Disguises:
    """The terms that are looked for behind disguises: insults and slurs, never product names or topics.

    `common` are the short words that people write beside each other: two of them are no term that was cut.
    """

    def __init__(self, phrases: Iterable[Phrase], common: frozenset[str] = frozenset()) -> None:
        self._common = common
        several: list[Phrase] = []
        words: set[str] = set()
        for phrase in phrases:
            words.update(phrase)
            if len(phrase) > 1:
                several.append(phrase)
        self._words = frozenset(word for word in words if len(word) >= _SHORTEST and word.isascii())
        glued = {joined: phrase for phrase in several if len(joined := "".join(phrase)) >= _SHORTEST_GLUED}
        self._glued = {joined: phrase for joined, phrase in glued.items() if joined not in words}
        """« niquetamere » -> its words."""
        self._cut = {word for word in self._words if len(word) >= _SHORTEST_CUT}
        self._cut |= {word + "s" for word in self._cut}
        self._odd = Remembered(self.shows)
        self._behind_token = Remembered(self.behind_token)
        self._chunks = Remembered(self._shown_by)
        self._last: tuple[str, list[Revealed]] = "", []
        """The chunk before: its tokens and its signs both ask for one."""
        self._left = 0
        """How many characters of the text being read may still be looked behind."""

    @cached_property
    def _sorted(self) -> list[str]:
        return sorted((*self._words, *self._glued))

    @cached_property
    def _by_skeleton(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        # All at once: ten thousand terms in some milliseconds. « ccconnard » is « connard » before it is « conard ».
        words = sorted(self._sorted, key=len, reverse=True)
        for word, bones in zip(words, skeleton("\n".join(words)).split("\n"), strict=True):
            found.setdefault(bones, []).append(word)
        return found

    @cached_property
    def _by_shape(self) -> dict[tuple[str, int], list[str]]:
        """By first letter and length."""
        found: dict[tuple[str, int], list[str]] = {}
        for word in self._sorted:
            found.setdefault((word[0], len(word)), []).append(word)
        return found

    @cached_property
    def _letters_of_shape(self) -> dict[tuple[str, int], dict[tuple[int, str], int]]:
        """Filled when a shape is first asked: (place, letter) -> which of its words have it there, a bit for each."""
        return {}

    @cached_property
    def _by_spelling(self) -> dict[str, dict[int, dict[str, str]]]:
        """First letter -> length, the longest first -> spelling -> word."""
        found: dict[str, dict[int, dict[str, str]]] = {}
        spellings = spelling_of("\n".join(self._sorted)).split("\n")
        for word, spelling in sorted(zip(self._sorted, spellings, strict=True), key=lambda both: -len(both[0])):
            if len(word) >= _SHORTEST_APART:
                found.setdefault(spelling[0], {}).setdefault(len(word), {}).setdefault(spelling, word)
        return found

    def reveal(self, text: Text) -> Text:
        """The text with what is behind its disguises put in place of what showed it.

        Where it shows more than MOST_LOOKED_AT, the rest is left alone and the text says so (`Text.unread`).
        """
        self._left = MOST_LOOKED_AT
        revealed = self._revealed(text)
        return replace(revealed, unread=True) if self._left < 0 else revealed

    def _revealed(self, text: Text) -> Text:
        found = [*self._in_tokens(text)]
        if not self._cut.isdisjoint(map(add, text.keys, text.keys[1:])):
            found += self._cut_in_two(text)
        found += self._around_signs(text.original)
        if _spells(text) or (not text.original.isascii() and _BOXED.search(text.original)):
            found += self._set_apart(text.original)
        if not found:
            return text
        latin = text.original.isascii() or _mostly_latin(text.original)
        found = [one for one in found if latin or _has_latin(text.original[one.start : one.end])]
        return _replaced(text, found) if found else text

    # --- where ---

    def _in_tokens(self, text: Text) -> Iterator[Revealed]:
        """« coooonnard », « c0nnard », « niquetamere »: what single tokens show, outside addresses."""
        start = done = asked = 0
        address = False
        for index, odd in enumerate(map(self._odd.__getitem__, text.keys)):
            if not odd:
                continue
            key = text.keys[index]
            self._left -= len(key)
            if self._left < 0:
                return
            words = self._behind_token[key]
            if words is None:
                continue
            begin, end = text.slice(index, index)
            if begin >= done:
                start, done = _chunk(text.original, begin)
                address = _address(text.original[start:done])
            if address:
                continue
            if words:
                yield Revealed(begin, end, words)
            elif begin >= asked:
                asked = done
                yield from self._in_chunk(text.original[start:done], start)

    def _cut_in_two(self, text: Text) -> Iterator[Revealed]:
        """« sa lope »: two neighbours that make a term together."""
        for index in range(len(text.keys) - 1):
            pair = text.keys[index : index + 2]
            word = "".join(pair)
            if word in self._cut and text.touching(index) and self._may_be_cut(pair):
                yield Revealed(text.starts[index], text.ends[index + 1], self._meant(word), uncertain=True)

    def _may_be_cut(self, pieces_of_word: Sequence[str]) -> bool:
        """Not where each piece is a common word, nor where one is a term by itself."""
        return self._words.isdisjoint(pieces_of_word) and not self._common.issuperset(pieces_of_word)

    def _around_signs(self, original: str) -> Iterator[Revealed]:
        """What each chunk shows that has a sign in it, from one space to the next."""
        places = [found.start() for found in _SIGN.finditer(original)]
        if "I" in original:
            places = sorted([*places, *(found.start() for found in _CAPITAL_I.finditer(original))])
        done = 0
        for place in places:
            if place < done:
                continue
            start, done = _chunk(original, place)
            chunk = original[start:done]
            if len(chunk) >= _SHORTEST and not self._ordinary(chunk) and not _address(chunk):
                yield from self._in_chunk(chunk, start)

    def _in_chunk(self, chunk: str, place: int) -> list[Revealed]:
        """What a chunk that stands at `place` shows."""
        if self._left < 0:
            return []
        chunk = chunk[: self._left + 1]
        self._left -= len(chunk)
        if self._last[0] != chunk:
            self._last = chunk, self._chunks[chunk]
        return [one._replace(start=one.start + place, end=one.end + place) for one in self._last[1]]

    def _shown_by(self, chunk: str) -> list[Revealed]:
        return [one for piece in pieces(show(chunk, 0)) for one in self.in_piece(piece)]

    def _ordinary(self, chunk: str) -> bool:
        """Does it hold no letter, or only whole words joined as everybody joins them, and no term among them?"""
        if not _LETTER.search(chunk):
            return True
        return _JOINED.fullmatch(chunk) is not None and fold(_JOINER.sub("", chunk)) not in self._cut

    def in_piece(self, piece: Sequence[Shown]) -> Iterator[Revealed]:
        """The term that a whole piece shows, else those in the letters it sets apart, else those of its parts."""
        for trimmed in without_punctuation(piece):
            if (found := self._whole(trimmed)) is not None:
                yield found
                return
        apart = parts(piece)
        if all(len(part) == 1 for part in apart):
            yield from self._among([part[0] for part in apart])
        elif len(apart) > 1:
            for part in apart:
                yield from filter(None, [next(filter(None, map(self._whole, without_punctuation(part))), None)])

    def _set_apart(self, original: str) -> Iterator[Revealed]:
        """« c o n n a r d »: three and more chunks of one letter in a row, signs between them left out."""
        run: list[Shown] = []
        for chunk in _CHUNK.finditer(original):
            word = len(chunk[0]) > _LONGEST_LETTER or (len(chunk[0]) > 1 and chunk[0].isalpha())
            shown = [] if word else show(chunk[0], chunk.start())
            letters = [one for one in shown if one.kind in SPELLING]
            if len(letters) == 1:
                run += letters
            elif letters or not shown or any(one.kind is Kind.OUTSIDE for one in shown):
                yield from self._among(run)
                run = []
        yield from self._among(run)

    # --- what ---

    def _whole(self, piece: Sequence[Shown]) -> Revealed | None:
        """The term that all of a piece stands for."""
        if not _SHORTEST <= len(piece) <= _LONGEST_PIECE:
            return None
        apart = parts(piece)
        letters = [one for part in apart for one in part]
        start, end = piece[0].start, piece[-1].end
        found: Phrase | None = None
        if all(one.kind in SPELLING for one in letters):
            separated = _are_set_apart(apart, piece)
            cut = not separated and len(apart) > 1
            emoji = any(one.kind is Kind.EMOJI for one in piece)
            long = len(letters) >= (_SHORTEST_APART if emoji else _SHORTEST_CUT)
            if not cut or (long and self._may_be_cut([spelled(part) for part in apart])):
                words = self._behind(letters, apart=len(apart) > 1)
                if words is not None and not cut:
                    return Revealed(start, end, words)
                found = words
        masked = [one for one in piece if one.kind is not Kind.JOINER or one.written == "_"]
        words = self._behind_mask(masked) or self._around_mask(letters)
        if words is not None:
            return Revealed(start, end, words)
        return None if found is None else Revealed(start, end, found, uncertain=True)

    def _among(self, run: list[Shown]) -> Iterator[Revealed]:
        """Terms spelled by letters set apart: the whole run, or four letters and more in it."""
        while run and run[-1].written == "!":
            run = run[:-1]
        if len(run) < _SHORTEST or sum(one.kind is not Kind.SIGN for one in run) * 2 < len(run):
            return
        if len(run) <= _LONGEST_PIECE and (words := self._behind(run, apart=True)) is not None:
            yield Revealed(run[0].start, run[-1].end, words)
            return
        spelling = spelled(run)
        position = 0
        while position < len(spelling):
            for length, by_spelling in self._by_spelling.get(spelling[position], {}).items():
                word = by_spelling.get(spelling[position : position + length])
                if word is None:
                    continue
                shown = run[position : position + length]
                if all(letter in one.letters for one, letter in zip(shown, word, strict=True)):
                    yield Revealed(shown[0].start, shown[-1].end, self._meant(word))
                    position += length
                    break
            else:
                position += 1

    def _behind(self, shown: Sequence[Shown], *, apart: bool) -> Phrase | None:
        """The term that letters and signs stand for together, None for none or where nothing shows a disguise."""
        if not _believable(shown):
            return None
        plain = all(one.kind is Kind.LETTER for one in shown)
        stretched = longest_run(shown) >= _STRETCHED
        twice = doubles("".join([one.letters[:1] for one in shown]))
        if plain and not apart and not stretched and twice < _STRETCHED_DOUBLES:
            return None
        bones = skeleton(spelled(shown))
        candidates = (word for base in (bones, *bases(bones)) for word in self._by_skeleton.get(base, ()))
        for word in islice(candidates, _CANDIDATES):
            for form in forms(word):
                doubled = twice - doubles(form) >= _STRETCHED_DOUBLES
                if stands_for(shown, form, stretched=stretched or doubled) and (
                    apart or not plain or stretched or doubled
                ):
                    return self._meant(word)
        return None

    def _behind_mask(self, shown: Sequence[Shown]) -> Phrase | None:
        """The term behind `c*nnard`: first letter known, at least half known, each mask exactly one letter."""
        known = sum(one.kind in SPELLING for one in shown)
        if known == len(shown) or len(shown) < _SHORTEST_MASKED or shown[0].kind not in SPELLING:
            return None
        if known < 2 or known * 2 < len(shown):  # noqa: PLR2004 - measured: one letter alone says nothing
            return None
        for length in range(len(shown), max(len(shown) - _FORMS, _SHORTEST) - 1, -1):
            for first in shown[0].letters:
                for word in islice(self._of_shape(first, length, shown), _CANDIDATES):
                    if any(fits_mask(shown, form) for form in forms(word)):
                        return self._meant(word)
        return None

    def _around_mask(self, shown: Sequence[Shown]) -> Phrase | None:
        """The term behind `conn*ard`: one mask between its letters that stands for none of them."""
        letters = [one for one in shown if one.kind in SPELLING]
        if len(letters) < _SHORTEST_CUT or len(letters) != len(shown) - 1:
            return None
        return self._behind(letters, apart=True)

    def _of_shape(self, first: str, length: int, shown: Sequence[Shown]) -> Iterator[str]:
        """The words of a shape that have the known letters at their places."""
        words = self._by_shape.get((first, length), [])
        having = self._letters_of_shape.get((first, length))
        if having is None:
            having = self._letters_of_shape[first, length] = {}
            for rank, word in enumerate(words):
                for lettered in enumerate(word):
                    having[lettered] = having.get(lettered, 0) | 1 << rank
        fitting = (1 << len(words)) - 1
        for place, one in enumerate(shown[:length]):
            if one.kind in SPELLING:
                fitting &= reduce(or_, (having.get((place, letter), 0) for letter in one.letters))
        while fitting:
            lowest = fitting & -fitting
            yield words[lowest.bit_length() - 1]
            fitting ^= lowest

    def _meant(self, word: str) -> Phrase:
        return self._glued.get(word, (word,))

    def shows(self, key: str) -> bool:
        """May something stand behind this folded token?"""
        return key in self._glued or (len(key) >= _SHORTEST and key not in self._words and _odd(key))

    def behind_token(self, key: str) -> Phrase | None:
        """The term that one folded token shows by itself: stretched, in leet, glued from a phrase's words.

        Empty where the original must be asked: folding took away what its letters look like (Η is H, η is n), or its
        digits may stand beside signs that are letters too (« a8rut! »).
        """
        if key in self._glued:
            return self._glued[key]
        if not key.isascii() or len(key) > LONGEST:
            return ()
        found = next(self.in_piece(show(key, 0)), None)
        if found is not None:
            return found.words
        bare = key.strip("0123456789_")
        if bare != key and bare in self._words:
            return (bare,)
        return () if _MIXED.search(key) else None


def _odd(key: str) -> bool:
    """Does a token show a disguise: digits among its letters, runs of a letter, letters that look like others?"""
    if not key.isascii() and not LOOK_ALIKES.keys().isdisjoint(key):
        return True
    return _MIXED.search(key) is not None or _RUN.search(key) is not None


def _believable(shown: Sequence[Shown]) -> bool:
    """Enough letters among the signs, and no number with its unit: « 1001 », « 45s », « 4x4 » disguise nothing."""
    signs = [one for one in shown if one.kind is Kind.SIGN]
    letters = len(shown) - len(signs)
    if not letters or len(shown) < _SHORTEST:
        return False
    if letters == 1 and (len(shown) < _SHORTEST_MASKED or all(one.written.isdigit() for one in signs)):
        return False
    number = 0
    while shown[number].written.isdigit():
        number += 1
    return not number or spelled(shown[number:]) not in _UNITS


def _are_set_apart(apart: Sequence[Sequence[Shown]], piece: Sequence[Shown]) -> bool:
    """Are the letters of one word set apart here? All of them, or one, where no hyphen or comma does it."""
    single = sum(len(part) == 1 for part in apart)
    letters = sum(map(len, apart))
    if len(apart) < 2 or not single:  # noqa: PLR2004 - one part is not apart from anything
        return False
    if single == len(apart):
        return single >= _SHORTEST
    unusual = all(one.kind is not Kind.JOINER or one.written in _APART_BY for one in piece)
    return letters >= (_SHORTEST_APART if unusual else _SHORTEST_HYPHENED)


def _spells(text: Text) -> bool:
    """Do three tokens of one letter stand in a row? Some letters are spellings of words (« u »): their width counts."""
    narrow = map(_IS_ONE, map(sub, text.ends, text.starts))
    short = bytes(map(or_, narrow, map(_IS_ONE, map(len, text.keys))))
    at = short.find(_THREE_SHORT)
    while at >= 0:
        if all(key.isascii() or key in LOOK_ALIKES for key in text.keys[at : at + _SHORTEST]):
            return True
        at = short.find(_THREE_SHORT, at + 1)
    return False


_IS_ONE = (1).__eq__
_THREE_SHORT = b"\1" * _SHORTEST


def _chunk(original: str, place: int) -> tuple[int, int]:
    """Where what stands at `place` begins and ends, from one space to the next."""
    start = end = place
    while start and not original[start - 1].isspace():
        start -= 1
    while end < len(original) and not original[end].isspace():
        end += 1
    return start, end


def _address(chunk: str) -> bool:
    """A link or an e-mail address: its letters disguise nothing."""
    return "://" in chunk or chunk.startswith("www.") or _EMAIL.search(chunk) is not None


def _mostly_latin(original: str) -> bool:
    """Is it a text in Latin letters? « сор » is a word of Russian in a Russian text."""
    latin = len(_LATIN.findall(original))
    return latin > sum(map(str.isalpha, original)) - latin


def _has_latin(shown: str) -> bool:
    """Do these characters hold a Latin letter, in whatever style, or no letter at all?"""
    letters = [character for character in shown if character.isalpha()]
    return not letters or any(
        unicodedata.name(letter, "").startswith(("LATIN", "FULLWIDTH LATIN", "MATHEMATICAL")) for letter in letters
    )


def _replaced(text: Text, found: list[Revealed]) -> Text:
    """The text with each revealed term standing where its characters stood; the first and longest counts."""
    keys: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    sentences: list[int] = []
    disguised: set[int] = set()
    uncertain: set[int] = set()
    plain = joined = 0
    """`joined`: how many ends of sentences were part of a disguise, and are none."""

    def copy(until: int) -> None:
        keys.extend(text.keys[plain:until])
        starts.extend(text.starts[plain:until])
        ends.extend(text.ends[plain:until])
        sentences.extend([sentence - joined for sentence in text.sentences[plain:until]])

    for one in sorted(found, key=lambda one: (one.start, -one.end, one.uncertain)):
        if ends and one.start < ends[-1] and plain and one.start < text.ends[plain - 1]:
            continue
        before = plain
        while before < len(text.keys) and text.ends[before] <= one.start:
            before += 1
        copy(before)
        after = before
        while after < len(text.keys) and text.starts[after] < one.end:
            after += 1
        sentence = text.sentences[min(before, len(text.keys) - 1)] - joined if text.keys else 0
        if after > before:
            joined += text.sentences[after - 1] - text.sentences[before]
        places = range(len(keys), len(keys) + len(one.words))
        disguised.update(places)
        if one.uncertain:
            uncertain.update(places)
        keys.extend(one.words)
        starts.extend(range(one.start, one.start + len(one.words)))
        ends.extend([*range(one.start + 1, one.start + len(one.words)), one.end])
        sentences.extend([sentence] * len(one.words))
        plain = after
    copy(len(text.keys))
    return Text(text.original, keys, starts, ends, sentences, frozenset(disguised), frozenset(uncertain))
