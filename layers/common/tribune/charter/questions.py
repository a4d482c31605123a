"""Which entries of the FAQ a text asks: every word that weighs in one of the entry's phrases stands in one sentence."""

from collections.abc import Container, Iterable, Mapping

from tribune.charter import lists
from tribune.charter.findings import Vocabulary
from tribune.charter.reading import is_the_house
from tribune.charter.text import Text, keys

_LONG_ENOUGH_TO_TRIM = 4


class Questions:
    """The phrases of a community's FAQ, compiled."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary
        self._entries = [
            (entry, words)
            for entry, written in vocabulary.questions.items()
            for phrase in written
            if (words := _words(phrase))
        ]
        self._said = _all_words(vocabulary.questions)

    def asked(self, text: Text) -> tuple[str, ...]:
        """The entries asked, the one that says most first; entries of equal weight in the order of the FAQ."""
        sentences = _sentences(text)
        best: dict[str, int] = {}
        for entry, words in self._entries:
            if any(words <= sentence for sentence in sentences.values()):
                best[entry] = max(len(words), best.get(entry, 0))
        return tuple(sorted(best, key=lambda entry: -best[entry]))

    def nothing_else(self, text: Text, entry: str, greeting: Container[int]) -> bool:
        """Does the text, a greeting left out, ask this entry in the words of its phrases, and nothing beside it?

        « Livrez-vous en Belgique et en Suisse ? », « …gratuitement ? » and « pourquoi pas… ? » are other questions.
        """
        asking, small = lists.words_of("asking_words"), lists.words_of("stopwords")
        return all(
            word in asking or _root(word) in self._said[entry] or is_the_house(word, self._vocabulary)
            for index, word in enumerate(text.keys)
            if word not in small and index not in greeting
        )


def _sentences(text: Text) -> dict[int, set[str]]:
    """The roots of the words of each sentence."""
    found: dict[int, set[str]] = {}
    for key, sentence in zip(text.keys, text.sentences, strict=True):
        found.setdefault(sentence, set()).add(_root(key))
    return found


def _all_words(questions: Mapping[str, tuple[str, ...]]) -> dict[str, frozenset[str]]:
    return {
        entry: frozenset(_root(word) for phrase in written for word in keys(phrase))
        for entry, written in questions.items()
    }


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
