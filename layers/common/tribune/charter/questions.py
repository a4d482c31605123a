"""Which entries of the FAQ a text asks: every word that weighs in one of the entry's phrases stands in one sentence."""

from collections.abc import Iterable, Mapping

from tribune.charter import lists
from tribune.charter.text import Text, keys

_LONG_ENOUGH_TO_TRIM = 4


class Questions:
    """The phrases of a FAQ, compiled."""

    def __init__(self, questions: Mapping[str, tuple[str, ...]]) -> None:
        self._entries = [
            (entry, words) for entry, written in questions.items() for phrase in written if (words := _words(phrase))
        ]

    def asked(self, text: Text) -> tuple[str, ...]:
        """The entries asked, the one that says most first; entries of equal weight in the order of the FAQ."""
        sentences: dict[int, set[str]] = {}
        for key, sentence in zip(text.keys, text.sentences, strict=True):
            sentences.setdefault(sentence, set()).add(_root(key))
        best: dict[str, int] = {}
        for entry, words in self._entries:
            if any(words <= sentence for sentence in sentences.values()):
                best[entry] = max(len(words), best.get(entry, 0))
        return tuple(sorted(best, key=lambda entry: -best[entry]))


def weighing(words: Iterable[str]) -> frozenset[str]:
    """The roots of the words that say what a sentence is about: not those that any sentence holds."""
    small = lists.words_of("stopwords")
    return frozenset(_root(word) for word in words if word not in small)


def _words(phrase: str) -> frozenset[str]:
    """The words that weigh; all of them when a phrase holds only small words."""
    words = keys(phrase)
    return weighing(words) or frozenset(map(_root, words))


def _root(word: str) -> str:
    """A word without its plural and feminine endings: « ouverts », « ouverte » and « ouvert » are one."""
    if len(word) > _LONG_ENOUGH_TO_TRIM:
        word = word.removesuffix("s").removesuffix("x")
        word = word.removesuffix("e")
    return word
