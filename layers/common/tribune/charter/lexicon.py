"""Terms and phrases on whole tokens: which of many lists a text speaks from, and where.

A dictionary of first words and one of phrases: no dependency, no substring (« concours » holds no insult), and every
hit already carries its offsets. Plurals and feminine forms are made here, when the lexicon is compiled.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import product

from tribune.charter.text import Text, keys

_LONG_ENOUGH_FOR_A_FEMININE = 5
"""« con » + « es » would make « cônes »."""
_INVARIABLE = "sxz"
_NO_FEMININE = "ao"
_INFLECTED_WORDS = 2
"""In phrases of two words each word may agree; longer phrases are written as they are said."""


@dataclass(frozen=True, slots=True)
class Hit:
    """Words of a list, found: tokens `first` to `last` (both included), and their original offsets."""

    name: str
    first: int
    last: int
    start: int
    end: int


class Lexicon:
    """Names of lists -> their phrases, compiled. Build once, use for every text."""

    def __init__(self, phrases: Mapping[str, Iterable[tuple[str, ...]]]) -> None:
        self._lengths: dict[str, tuple[int, ...]] = {}
        self._names: dict[tuple[str, ...], tuple[str, ...]] = {}
        lengths: dict[str, set[int]] = {}
        for name, entries in phrases.items():
            for entry in entries:
                if not entry or name in self._names.get(entry, ()):
                    continue
                self._names[entry] = (*self._names.get(entry, ()), name)
                lengths.setdefault(entry[0], set()).add(len(entry))
        self._lengths = {first: tuple(sorted(found, reverse=True)) for first, found in lengths.items()}

    def find(self, text: Text) -> dict[str, list[Hit]]:
        """Every hit of every list, by list, in the order of the text; a phrase stays within one sentence."""
        found: dict[str, list[Hit]] = {}
        words = tuple(token.key for token in text.tokens)
        for first, token in enumerate(text.tokens):
            for length in self._lengths.get(token.key, ()):
                last = first + length - 1
                if last >= len(words) or text.tokens[last].sentence != token.sentence:
                    continue
                for name in self._names.get(words[first : last + 1], ()):
                    found.setdefault(name, []).append(Hit(name, first, last, *text.slice(first, last)))
        return found


def phrases(terms: Iterable[str], *, inflect: bool = False) -> frozenset[tuple[str, ...]]:
    """The terms as tuples of folded words, with their plurals and feminines when `inflect`."""
    compiled: set[tuple[str, ...]] = set()
    for term in terms:
        words = keys(term)
        if inflect and 0 < len(words) <= _INFLECTED_WORDS:
            compiled.update(product(*(forms(word) for word in words)))
        elif words:
            compiled.add(words)
    return frozenset(compiled)


def forms(word: str) -> tuple[str, ...]:
    """A folded word with the regular plurals and feminines that French and English give it.

    `word` is folded, so « é » is « e » here: « demeuré » finds its feminine among the plural-like forms.
    """
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
