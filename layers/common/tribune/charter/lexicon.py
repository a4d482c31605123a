"""Terms and phrases on whole tokens: which of many lists a text speaks from, and where.

A dictionary of first words and one of phrases: no dependency, no substring (« concours » holds no insult), and every
hit already carries its offsets. Regular plurals and feminines are not stored: a word of a text is brought back to the
words it may be a form of, once, and remembered. Ten thousand terms are ready in some milliseconds, and a hundred
thousand cost a text no more than a hundred.
"""

from collections import defaultdict
from collections.abc import Container, Iterable, Iterator, Mapping
from itertools import product
from typing import NamedTuple

from tribune.charter.remembered import Remembered
from tribune.charter.text import Text, keys

_LONG_ENOUGH_FOR_A_FEMININE = 5
"""« con » + « es » would make « cônes »."""
_INVARIABLE = "sxz"
_NO_FEMININE = "ao"
_INFLECTED_WORDS = 2
"""In phrases of two words each word may agree; longer phrases are written as they are said."""
_KOREAN_PARTICLES = "은는이가을를도의에야아들과와로만"
_LONGEST_ENDING = len("nes")

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
        found: Places = defaultdict(list)
        sentences = text.sentences
        begun: tuple[tuple[_Index, str], ...] = ()
        for at, entry in enumerate(map(self._entries.__getitem__, text.keys)):
            if entry is None:
                begun = ()
                continue
            names, begins, follows = entry
            if begun and follows and sentences[at - 1] == sentences[at]:
                for index, base in begun:
                    for other, second in follows:
                        if other is index and (lengths := index.pairs.get((base, second))):
                            for last, lists in index.phrases_at(text, at - 1, (base, second), lengths):
                                _note(found, lists, (at - 1, last))
            for name in names:
                found[name].append((at, at))
            begun = begins
        return found

    def find(self, text: Text) -> dict[str, list[Hit]]:
        """Every hit of every list, by list, in the order of the text."""
        return {
            name: [Hit(name, first, last, *text.slice(first, last)) for first, last in places]
            for name, places in self.places(text).items()
        }


def _note(found: Places, names: tuple[str, ...], place: tuple[int, int]) -> None:
    for name in names:
        places = found[name]
        if not places or places[-1] != place:
            places.append(place)


class _Index:
    """Phrases by their words, each with the names of the lists that have it."""

    __slots__ = ("firsts", "inflected", "pairs", "phrases", "seconds", "single")

    def __init__(self, phrases: Mapping[str, Iterable[Phrase]], *, inflected: bool = False) -> None:
        self.inflected = inflected
        self.single: dict[str, tuple[str, ...]] = {}
        self.phrases: dict[Phrase, tuple[str, ...]] = {}
        self.pairs: dict[tuple[str, str], tuple[int, ...]] = {}
        """The first two words of phrases -> how many words the phrases have, the longest first."""
        single, several, pairs = self.single, self.phrases, self.pairs
        for name, entries in phrases.items():
            alone = (name,)
            for entry in entries:
                if len(entry) == 1:
                    known = single.get(entry[0])
                    single[entry[0]] = alone if known is None else tuple(dict.fromkeys((*known, name)))
                elif entry:
                    known = several.get(entry)
                    several[entry] = alone if known is None else tuple(dict.fromkeys((*known, name)))
                    pair, length = (entry[0], entry[1]), len(entry)
                    lengths = pairs.get(pair)
                    if lengths is None:
                        pairs[pair] = (length,)
                    elif length not in lengths:
                        pairs[pair] = tuple(sorted((*lengths, length), reverse=True))
        self.firsts = {first for first, _ in pairs}
        self.seconds = {second for _, second in pairs}

    def knows_none_of(self, key: str, stems: Iterable[str]) -> bool:
        """Is neither `key` nor anything it may be a form of a word of these phrases? So it is for most words."""
        asked = (key, *stems) if self.inflected else (key,)
        return self.single.keys().isdisjoint(asked) and self.firsts.isdisjoint(asked) and self.seconds.isdisjoint(asked)

    def bases(self, key: str, stems: Iterable[str], words: Container[str]) -> Iterator[str]:
        """Those of `words` that `key` is, or is a form of; `stems` is what it may be a form of."""
        if key in words:
            yield key
        if self.inflected:
            for stem in stems:
                if stem in words and key in forms(stem):
                    yield stem

    def phrases_at(
        self, text: Text, first: int, pair: tuple[str, str], lengths: tuple[int, ...]
    ) -> Iterator[tuple[int, tuple[str, ...]]]:
        """The last token and the lists of each phrase that begins with `pair` at `first`; only pairs agree."""
        for length in lengths:
            last = first + length - 1
            if length == _INFLECTED_WORDS:
                yield last, self.phrases[pair]
            elif last < len(text.keys) and text.sentences[last] == text.sentences[first]:
                names = self.phrases.get(tuple(text.keys[first : last + 1]))
                if names is not None:
                    yield last, names


class _Entry(NamedTuple):
    """What a word of a text is to the lists."""

    names: tuple[str, ...]
    """The lists that have it as a term of its own."""
    begins: tuple[tuple[_Index, str], ...]
    """The first words of phrases that it may be."""
    follows: tuple[tuple[_Index, str], ...]
    """The second words of phrases that it may be."""


class _Entries(Remembered[_Entry | None]):
    """A word of a text -> what it is to the lists; None for most words."""

    def __init__(self, indexes: tuple[_Index, ...]) -> None:
        super().__init__(self._entry)
        self.indexes = indexes

    def _entry(self, key: str) -> _Entry | None:
        stems = tuple(bases(key))
        names: dict[str, None] = {}
        begins: list[tuple[_Index, str]] = []
        follows: list[tuple[_Index, str]] = []
        for index in self.indexes:
            if index.knows_none_of(key, stems):
                continue
            for base in index.bases(key, stems, index.single):
                names |= dict.fromkeys(index.single[base])
            begins += [(index, base) for base in index.bases(key, stems, index.firsts)]
            follows += [(index, base) for base in index.bases(key, stems, index.seconds)]
        return _Entry(tuple(names), tuple(begins), tuple(follows)) if names or begins or follows else None


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
    if not word.isascii() and not "가" <= word[-1] <= "힣":
        return
    for cut in range(1, min(_LONGEST_ENDING, len(word) - 1) + 1):
        yield word[:-cut]
    if word.endswith(("se", "ses")):
        yield word[: word.rindex("s", 0, -1)] + "r"
