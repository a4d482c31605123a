"""The packaged lists of words: `words/<language>/lists/<name>.yaml`, data that a person can read and correct.

Each file says what its list is for, and holds `terms` and, where a term may be said innocently, `exceptions`.
A term may hold choices: `(je/on) (ne/) vois plus` stands for four phrases, the last choice being nothing at all.
A list of one name exists in one or several languages; threads mix languages, so all of them are always used.
"""

import re
from functools import cache
from importlib import resources
from itertools import product

from pydantic import Field, field_validator

from tribune import written
from tribune.charter.lexicon import Lexicon, phrases

LANGUAGES = ("fr", "en")
EXCEPT = "!"
"""What is added to a list's name for the phrases that do not count."""
_CHOICES = re.compile(r"\(([^()]*)\)")


def alternatives(term: str) -> tuple[str, ...]:
    """Every phrase that a term with choices stands for, in order: `prendre pour (un/une) con` is two."""
    pieces = [piece.split("/") if place % 2 else [piece] for place, piece in enumerate(_CHOICES.split(term))]
    return tuple(" ".join("".join(chosen).split()) for chosen in product(*pieces))


class WordList(written.Written):
    """One list, as its file says it."""

    purpose: str = Field(min_length=1)
    """What it is for, for the person who edits it."""
    inflect: bool = False
    """Also find the regular plurals and feminines of each term."""
    disguised: bool = False
    """Also look for the words behind disguises (`c0nn*rd`). Only for insults and slurs."""
    terms: tuple[str, ...] = ()
    exceptions: tuple[str, ...] = ()
    """Phrases that share words with a term and mean something else: no term counts where one of them stands."""
    language: str = ""
    """The folder it stands in; the file does not repeat it."""

    @field_validator("terms", "exceptions")
    @classmethod
    def _with_every_choice(cls, written_terms: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(phrase for term in written_terms for phrase in alternatives(term)))


@cache
def packaged() -> dict[str, tuple[WordList, ...]]:
    """Every packaged list by name, one WordList per language that has it. Raises BadConfiguration."""
    found: dict[str, tuple[WordList, ...]] = {}
    for language in LANGUAGES:
        folder = resources.files("tribune").joinpath("words", language, "lists")
        for entry in sorted(folder.iterdir(), key=lambda entry: entry.name):
            name = entry.name.removesuffix(".yaml")
            label = f"words/{language}/lists/{entry.name}"
            words = written.load(entry.read_text(encoding="utf-8"), WordList, file=label)
            words = words.model_copy(update={"language": language})
            found[name] = (*found.get(name, ()), words)
    return found


@cache
def lexicon() -> Lexicon:
    """All packaged lists, compiled once per process: terms under the list's name, exceptions under name + EXCEPT."""
    compiled: dict[str, set[tuple[str, ...]]] = {}
    for name, by_language in packaged().items():
        for words in by_language:
            compiled.setdefault(name, set()).update(phrases(words.terms, inflect=words.inflect))
            compiled.setdefault(name + EXCEPT, set()).update(phrases(words.exceptions))
    return Lexicon(compiled)


@cache
def disguised_words() -> frozenset[str]:
    """The words of the lists that are looked for behind disguises."""
    return frozenset(
        word
        for by_language in packaged().values()
        for words in by_language
        if words.disguised
        for phrase in phrases(words.terms, inflect=words.inflect)
        for word in phrase
    )


@cache
def words_of(name: str, language: str = "") -> frozenset[str]:
    """The single words of a list, folded, of one language or of all: for sets of small words (fillers…)."""
    return frozenset(
        phrase[0]
        for words in packaged()[name]
        if language in ("", words.language)
        for phrase in phrases(words.terms, inflect=words.inflect)
        if len(phrase) == 1
    )


@cache
def raw_terms(name: str) -> tuple[str, ...]:
    """The terms of a list as they are written (domains, signs): every language together."""
    return tuple(term for words in packaged().get(name, ()) for term in words.terms)
