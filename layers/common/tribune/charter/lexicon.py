"""Terms and phrases on whole tokens: which of many lists a text speaks from, and where.

A dictionary of first words and one of phrases: no dependency, no substring (« concours » holds no insult), and every
hit already carries its offsets. Regular plurals and feminines are not stored: a word of a text is brought back to the
words it may be a form of, once, and remembered. Ten thousand terms are ready in some milliseconds, and a hundred
thousand cost a text no more than a hundred.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import product
from typing import NamedTuple

from tribune.charter.text import Text, keys

_LONG_ENOUGH_FOR_A_FEMININE = 5
"""« con » + « es » would make « cônes »."""
_INVARIABLE = "sxz"
_NO_FEMININE = "ao"
_INFLECTED_WORDS = 2
"""In phrases of two words each word may agree; longer phrases are written as they are said."""
_KOREAN_PARTICLES = "은는이가을를도의에야아들과와로만"
_LONGEST_ENDING = len("nes")
_REMEMBERED = 20_000

type Phrase = tuple[str, ...]
type Places = dict[str, list[tuple[int, int]]]
"""Name of a list -> (first, last) token of each of its hits, both included, in the order of the text."""


class Hit(NamedTuple):
    """Words of a list, found: tokens `first` to `last` (both included), and their original offsets."""

    name: str
    first: int
    last: int
    start: int
    end: int


class Lexicon:
    """Names of lists -> their phrases, ready to be looked for. Build once, use for every text.

    The phrases of `inflected` are also found in their plurals and feminines; a name may stand in both.
    """

    def __init__(
        self, phrases: Mapping[str, Iterable[Phrase]], inflected: Mapping[str, Iterable[Phrase]] | None = None
    ) -> None:
        self._entries = _Entries((_Index(phrases), _Index(inflected or {}, inflected=True)))

    def __add__(self, other: "Lexicon") -> "Lexicon":
        """Both at once, for the price of one: what a charter adds to the packaged lists."""
        both = Lexicon({})
        both._entries = _Entries((*self._entries.indexes, *other._entries.indexes))
        return both

    def places(self, text: Text) -> Places:
        """Where every list has its hits; a phrase stays within one sentence."""
        found: Places = {}
        keys, sentences = text.keys, text.sentences
        for first, entry in enumerate(map(self._entries.__getitem__, keys)):
            if entry is None:
                continue
            names, followed = entry
            for index, base, lengths in followed:
                for length in lengths:
                    last = first + length - 1
                    if last < len(keys) and sentences[last] == sentences[first]:
                        for name in index.names(base, keys[first + 1 : last + 1]):
                            _note(found, name, (first, last))
            for name in names:
                _note(found, name, (first, first))
        return found

    def find(self, text: Text) -> dict[str, list[Hit]]:
        """Every hit of every list, by list, in the order of the text."""
        return {
            name: [Hit(name, first, last, *text.slice(first, last)) for first, last in places]
            for name, places in self.places(text).items()
        }

    def names_of(self, word: str) -> tuple[str, ...]:
        """The lists that have this folded word as a term of its own."""
        entry = self._entries[word]
        return entry[0] if entry else ()


def _note(found: Places, name: str, place: tuple[int, int]) -> None:
    places = found.get(name)
    if places is None:
        found[name] = [place]
    elif places[-1] != place:
        places.append(place)


class _Index:
    """Phrases by their words, each with the names of the lists that have it."""

    __slots__ = ("inflected", "lengths", "phrases", "single")

    def __init__(self, phrases: Mapping[str, Iterable[Phrase]], *, inflected: bool = False) -> None:
        self.inflected = inflected
        self.single: dict[str, tuple[str, ...]] = {}
        self.phrases: dict[Phrase, tuple[str, ...]] = {}
        self.lengths: dict[str, tuple[int, ...]] = {}
        """First word -> lengths of the phrases that begin with it, the longest first."""
        single, several = self.single, self.phrases
        for name, entries in phrases.items():
            alone = (name,)
            for entry in entries:
                if len(entry) == 1:
                    known = single.get(entry[0])
                    single[entry[0]] = alone if known is None else tuple(dict.fromkeys((*known, name)))
                elif entry:
                    known = several.get(entry)
                    several[entry] = alone if known is None else tuple(dict.fromkeys((*known, name)))
        lengths = self.lengths
        for entry in several:
            length, before = len(entry), lengths.get(entry[0])
            if before is None:
                lengths[entry[0]] = (length,)
            elif length not in before:
                lengths[entry[0]] = tuple(sorted((*before, length), reverse=True))

    def bases(self, key: str) -> Iterator[str]:
        """The words of terms that `key` is, or is a form of."""
        if key in self.single or key in self.lengths:
            yield key
        if self.inflected:
            for base in bases(key):
                if (base in self.single or base in self.lengths) and key in forms(base):
                    yield base

    def followed(self, base: str, key: str) -> tuple[int, ...]:
        """The lengths of the phrases that begin with `base` where `key` stands: only pairs agree."""
        lengths = self.lengths.get(base, ())
        return lengths if base == key else tuple(length for length in lengths if length <= _INFLECTED_WORDS)

    def names(self, base: str, rest: Sequence[str]) -> Iterable[str]:
        """The lists that have the phrase of `base` and the words that follow it."""
        if not self.inflected or len(rest) >= _INFLECTED_WORDS:
            return self.phrases.get((base, *rest), ())
        return [
            name for agreeing in (rest[0], *bases(rest[0])) for name in self._agreeing(base, agreeing, written=rest[0])
        ]

    def _agreeing(self, base: str, word: str, *, written: str) -> tuple[str, ...]:
        names = self.phrases.get((base, word), ())
        return names if names and (word == written or written in forms(word)) else ()


class _Entries(dict[str, "tuple[tuple[str, ...], tuple[tuple[_Index, str, tuple[int, ...]], ...]] | None"]):
    """A word of a text -> the lists that have it, and the phrases it may begin; None for most words."""

    def __init__(self, indexes: tuple[_Index, ...]) -> None:
        super().__init__()
        self.indexes = indexes

    def __missing__(self, key: str) -> "tuple[tuple[str, ...], tuple[tuple[_Index, str, tuple[int, ...]], ...]] | None":
        if len(self) >= _REMEMBERED:
            self.clear()
        names: dict[str, None] = {}
        begun: list[tuple[_Index, str, tuple[int, ...]]] = []
        for index in self.indexes:
            for base in index.bases(key):
                names |= dict.fromkeys(index.single.get(base, ()))
                if lengths := index.followed(base, key):
                    begun.append((index, base, lengths))
        entry = (tuple(names), tuple(begun)) if names or begun else None
        self[key] = entry
        return entry


def phrases(terms: Iterable[str], *, inflect: bool = False) -> frozenset[Phrase]:
    """The terms as tuples of folded words, with their plurals and feminines when `inflect`."""
    compiled = {words for term in terms if (words := keys(term))}
    if not inflect:
        return frozenset(compiled)
    return frozenset(form for words in compiled for form in phrase_forms(words))


def phrase_forms(words: Phrase) -> Iterable[Phrase]:
    """A phrase and its plurals and feminines: each word of one or two agrees."""
    return product(*(forms(word) for word in words)) if len(words) <= _INFLECTED_WORDS else (words,)


def forms(word: str) -> tuple[str, ...]:
    """A folded word with the regular plurals and feminines that French and English give it; in Korean, its particles.

    `word` is folded, so « é » is « e » here: « demeuré » finds its feminine among the plural-like forms.
    """
    if not word.isascii():
        korean = "가" <= word[-1] <= "힣"
        return (word, *(word + particle for particle in _KOREAN_PARTICLES)) if korean else (word,)
    found = [word]
    if word[-1] not in _INVARIABLE:
        found.append(word + "s")
    if word.endswith(("au", "eu", "ou")):
        found.append(word + "x")
    if len(word) >= _LONG_ENOUGH_FOR_A_FEMININE and word[-1] not in _NO_FEMININE:
        found += [word + "e", word + "es"]
    if word.endswith("eur"):
        found += [word[:-1] + "se", word[:-1] + "ses"]
    if word.endswith(("ien", "on")):
        found += [word + "ne", word + "nes"]
    return tuple(dict.fromkeys(found))


def bases(word: str) -> Iterator[str]:
    """What `word` may be a form of: whoever has one of these asks `forms` whether it is."""
    for cut in range(1, min(_LONGEST_ENDING, len(word) - 1) + 1):
        yield word[:-cut]
    if word.endswith(("se", "ses")):
        yield word[: word.rindex("s", 0, -1)] + "r"
