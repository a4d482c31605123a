"""What the sentences of a charter do not prove, where they contradict it, and what it does to ordinary words.

A detector or a term that no forbidden example needs could be removed, or misspelt, and nobody would see it. So each
detector of a rule is asked for an example that it alone finds, and each term of a list that a person can still read
through for an example that says it. And ordinary words and sentences are read under the whole charter: none of them
may be a breach, unless a forbidden example shows that it is meant.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import cache
from importlib import resources
from itertools import batched
from typing import Any

from pydantic import Field

from tribune import words, written
from tribune.charter.document import PLACEHOLDER, Charter, Clause, Kind
from tribune.charter.examples import Example, examples_of
from tribune.charter.findings import Circumstances, Signal, Vocabulary
from tribune.charter.reader import Reader
from tribune.charter.remark import Remark
from tribune.charter.text import fold
from tribune.charter.uses import DetectorUse, WordUse
from tribune.words import LANGUAGES

READ_THROUGH = 100
"""Longer lists than this are somebody's export: each term is not asked for an example of its own."""
HANDFUL = 40
"""Ordinary words that are read at once."""
MOST_SAID = 20
"""Ordinary words that one detector catches: the first of them are named."""
_WELL_SPELT = ("replies", "calls", "desk", "pages", "reasons")
"""What we say ourselves: words that somebody read over, with their accents."""
_WORD = re.compile(r"[^\W\d_]{3,}")
_APART = " | "
_ENDING = r"[^\W\d_]{0,3}"
"""The plural or the feminine of a term."""


class Ordinary(written.Written):
    """`words/<language>/ordinary.yaml`: what people say every day."""

    words: str = Field(min_length=1)
    sentences: tuple[str, ...] = Field(min_length=1)


@cache
def ordinary() -> dict[str, Ordinary]:
    """The ordinary words and sentences of each language."""
    found = {}
    for language in LANGUAGES:
        file = resources.files("tribune").joinpath("words", language, "ordinary.yaml")
        found[language] = written.load(
            file.read_text(encoding="utf-8"), Ordinary, file=f"words/{language}/ordinary.yaml"
        )
    return found


def unproven(charter: Charter, vocabulary: Vocabulary) -> Iterator[Remark]:
    """What no sentence of the charter proves, then which ordinary words its rules catch."""
    protecting = tuple(clause for clause in charter.clauses if clause.kind is Kind.PROTECT)
    for clause in charter.rules_anywhere:
        yield from _needless(charter, clause, protecting, vocabulary)
        yield from _unsaid(clause)
    reader = Reader(charter, vocabulary)
    yield from _contradicted(charter, reader)
    yield from _overreach(charter, reader)
    yield from _unaccented(charter)
    yield from _swapped(charter)


# --- each detector, each term ---


def _needless(
    charter: Charter, clause: Clause, protecting: tuple[Clause, ...], vocabulary: Vocabulary
) -> Iterator[Remark]:
    """The detectors that could be removed without any example failing."""
    forbidden = [example for example in examples_of(clause) if example.expected == "forbidden"]
    found = [
        _found_by(use, clause, charter.model_copy(update={"clauses": protecting}), forbidden, vocabulary)
        for use in clause.detectors
    ]
    for number, use in enumerate(clause.detectors):
        others = set().union(*(sentences for place, sentences in enumerate(found) if place != number))
        if not found[number] - others:
            yield Remark(clause.id, "detector_unproven", ("detectors", number), {"detector": use.name})


def _found_by(
    use: DetectorUse, clause: Clause, frame: Charter, forbidden: Iterable[Example], vocabulary: Vocabulary
) -> set[int]:
    """Which forbidden examples a detector finds when it stands alone in its clause."""
    alone = clause.model_copy(update={"detectors": (use,)})
    reader = Reader(frame.model_copy(update={"clauses": (*frame.clauses, alone)}), vocabulary)
    return {
        number
        for number, example in enumerate(forbidden)
        if any(breach.clause == clause.id for breach in reader.read(example.sentence, example.circumstances).breaches)
    }


def _unsaid(clause: Clause) -> Iterator[Remark]:
    """The terms and exceptions that no example says as they are written: misspelt, or never tried."""
    allowed, forbidden = _sentences(clause, "allowed"), _sentences(clause, "forbidden")
    for number, use in enumerate(clause.detectors):
        own = [term for terms in use.terms.values() for term in terms] if isinstance(use, WordUse) else []
        if len(own) <= READ_THROUGH:
            for term in own:
                if not _says(forbidden, term):
                    yield Remark(clause.id, "term_unsaid", ("detectors", number, "terms"), {"term": term})
    for language, expressions in clause.exceptions.items():
        for expression in expressions:
            if not _says(allowed, expression):
                yield Remark(clause.id, "exception_unsaid", ("exceptions", language), {"term": expression})


def _sentences(clause: Clause, expected: str) -> str:
    """All the examples of one kind, none of them touching the next."""
    return _APART.join(_alike(example.sentence) for example in examples_of(clause) if example.expected == expected)


def _says(sentences: str, term: str) -> bool:
    spelled = r"\s+".join(re.escape(word) + _ENDING for word in _alike(term).split())
    return re.search(rf"(?<!\w){spelled}(?!\w)", sentences) is not None


def _alike(text: str) -> str:
    """Without what a keyboard decides: capitals, the shape of apostrophes, how an accent is composed."""
    return unicodedata.normalize("NFC", text).casefold().replace("’", "'")


# --- one clause against another ---


def _contradicted(charter: Charter, reader: Reader) -> Iterator[Remark]:
    """The sentences that a rule allows and that another one finds. What is protected, `examples` looks at."""
    for clause in charter.rules_anywhere:
        for example in examples_of(clause):
            if example.expected == "allowed":
                found = reader.read(example.sentence, example.circumstances).breaches
                for other in dict.fromkeys(breach.clause for breach in found if breach.clause != clause.id):
                    at, fields = (
                        ("examples", "allowed", example.language),
                        {"sentence": example.sentence, "other": other},
                    )
                    yield Remark(clause.id, "example_forbidden_by", at, fields)


# --- ordinary words ---


def _overreach(charter: Charter, reader: Reader) -> Iterator[Remark]:
    """The ordinary words and sentences that a rule would hold against somebody."""
    meant = {clause.id: _sentences(clause, "forbidden") for clause in charter.rules_anywhere}
    caught: dict[tuple[str, str], dict[str, None]] = {}
    for language in dict.fromkeys(language for language in charter.languages if language in LANGUAGES):
        for said in _suspects(reader, language):
            for breach in reader.read(said, Circumstances(language=language)).breaches:
                words = said[breach.start : breach.end]
                if not _says(meant[breach.clause], words):
                    caught.setdefault((breach.clause, breach.detector), {})[words] = None
    for (clause, detector), found in caught.items():
        named = ", ".join(f"“{words}”" for words in list(found)[:MOST_SAID])
        code = "overreach_and_more" if len(found) > MOST_SAID else "overreach"
        yield Remark(clause, code, fields={"detector": detector, "words": named})


def _suspects(reader: Reader, language: str) -> Iterator[str]:
    """The sentences, and the words of each handful in which something is found: most handfuls hold nothing."""
    everyday = ordinary()[language]
    for handful in batched(dict.fromkeys(everyday.words.split()), HANDFUL, strict=False):
        findings = reader.read(". ".join(handful), Circumstances(language=language))
        if findings.breaches or Signal.DISTRESS in findings.signals:
            yield from handful
    yield from everyday.sentences


# --- accents ---


def _unaccented(charter: Charter) -> Iterator[Remark]:
    """The words of titles and texts that lost an accent which they have everywhere else."""
    for language in charter.languages:
        told = {
            clause.id: _words(clause.title.get(language, ""), clause.text.get(language, ""))
            for clause in charter.clauses
        }
        everyday = _everyday(language)
        accented = {fold(word): word for word in sorted(everyday.union(*told.values())) if fold(word) != word}
        for clause in charter.clauses:
            elsewhere = (words for other, words in told.items() if other != clause.id)
            for word in sorted((told[clause.id] - everyday).difference(*elsewhere)):
                if word in accented and not _conjugated(word, accented[word]):
                    fields = {"word": word, "language": language, "accented": accented[word]}
                    yield Remark(clause.id, "accent_lost", ("text", language), fields)


def _swapped(charter: Charter) -> Iterator[Remark]:
    """Titles and texts that say the words of another language, and not those of their own."""
    said = [
        (clause.id, name, language, _words(texts.get(language, "")))
        for clause in charter.clauses
        for name, texts in (("title", clause.title), ("text", clause.text))
        for language in charter.languages
    ]
    for clause_id, name, language, words_said in said:
        known = {
            other: (words_said & _everyday(other)).union(
                *(
                    words_said & inner
                    for place, part, of, inner in said
                    if of == other and (place, part) != (clause_id, name)
                )
            )
            for other in charter.languages
        }
        own = known.pop(language)
        for other, its_words in known.items():
            if len(its_words - own) > 1 + 2 * len(own - its_words):
                yield Remark(clause_id, f"{name}_swapped", (name, language), {"language": language, "other": other})


def _conjugated(word: str, accented: str) -> bool:
    """« insulte » and « insulté », « masques » and « masqués » are two words each."""
    return word.endswith(("e", "es")) and word.removesuffix("s")[:-1] == accented.removesuffix("s")[:-1]


@cache
def _everyday(language: str) -> frozenset[str]:
    """The words of what we say ourselves, and the ordinary ones."""
    if language not in LANGUAGES:
        return frozenset()
    said = (text for table in _WELL_SPELT for text in _texts(words.table(language, table)))
    return _words(*said, ordinary()[language].words, *ordinary()[language].sentences)


def _texts(value: Any) -> Iterator[str]:
    match value:
        case str():
            yield value
        case dict():
            for inner in value.values():
                yield from _texts(inner)
        case list():
            for inner in value:
                yield from _texts(inner)


def _words(*texts: str) -> frozenset[str]:
    return frozenset(word for text in texts for word in _WORD.findall(PLACEHOLDER.sub("", text).casefold()))
