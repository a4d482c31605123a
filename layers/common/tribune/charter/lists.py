"""The packaged lists of words: `words/<language>/lists/<name>.yaml`, data that a person can read and correct.

Each file says what its list is for, and holds `terms` and, where a term may be said innocently, `exceptions`.
A term may hold choices: `(je/on) (ne/) vois plus` stands for four phrases, the last choice being nothing at all.
A list of one name exists in one or several languages; threads mix languages, so all of them are always used.
"""

import hashlib
import json
import re
import unicodedata
from collections.abc import Iterator
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any, NamedTuple

from pydantic import Field, field_validator

from tribune import written
from tribune.charter.lexicon import Lexicon, Phrase, forms
from tribune.charter.text import keys

LANGUAGES = ("fr", "en")
EXCEPT = "!"
"""What is added to a list's name for the phrases that do not count."""
COMPILED = Path(__file__).with_name("lists.json")
"""Written into the layer when it is built (layers/common/Makefile), never kept in the repository."""
_WORDS = Path(__file__).resolve().parents[1] / "words"
_READ_BY = ("lists.py", "lexicon.py", "text.py", "spelling.py")
"""The modules that make phrases of what the files say."""
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
    """Phrases that share words with a term and mean something else: no term counts where one of them stands, but one
    that holds all of it and says more (« en finir avec cette », and « en finir avec cette vie »)."""
    language: str = ""
    """The folder it stands in; the file does not repeat it."""

    @field_validator("terms", "exceptions")
    @classmethod
    def _with_every_choice(cls, written_terms: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(phrase for term in written_terms for phrase in alternatives(term)))


class Packaged(NamedTuple):
    """One list, ready: its file's name and content, its terms and exceptions as phrases."""

    name: str
    words: WordList
    terms: tuple[Phrase, ...]
    exceptions: tuple[Phrase, ...]


@cache
def loaded() -> tuple[Packaged, ...]:
    """Every list with its phrases, read once per process. Raises BadConfiguration."""
    return tuple(_compiled() or _written())


@cache
def packaged() -> dict[str, tuple[WordList, ...]]:
    """Every packaged list by name, one WordList per language that has it. Raises BadConfiguration."""
    found: dict[str, tuple[WordList, ...]] = {}
    for one in loaded():
        found[one.name] = (*found.get(one.name, ()), one.words)
    return found


SMALL_WORDS = frozenset(
    {
        "adversatives",
        "asking_words",
        "continuations",
        "fillers",
        "official_words",
        "stopwords",
        "subject_breaks",
        "threat_objects",
    }
)
"""Lists that are asked about one word (`words_of`), never looked for: half the words of any text stand in one."""


@cache
def lexicon() -> Lexicon:
    """The packaged lists that are looked for, compiled once per process.

    Terms stand under the list's name, exceptions under name + EXCEPT.
    """
    as_written: dict[str, list[Phrase]] = {}
    inflected: dict[str, list[Phrase]] = {}
    for one in loaded():
        if one.name in SMALL_WORDS:
            continue
        (inflected if one.words.inflect else as_written).setdefault(one.name, []).extend(one.terms)
        as_written.setdefault(one.name + EXCEPT, []).extend(one.exceptions)
    return Lexicon(as_written, inflected)


@cache
def disguised() -> frozenset[Phrase]:
    """The phrases of the lists that are looked for behind disguises."""
    return frozenset(phrase for one in loaded() if one.words.disguised for phrase in one.terms)


@cache
def common_words() -> frozenset[str]:
    """Words that people write beside each other: those of our lists, the shortest of each language among them."""
    return frozenset(word for one in loaded() for phrase in one.terms for word in phrase)


@cache
def words_of(name: str, language: str = "") -> frozenset[str]:
    """The single words of a list, folded, of one language or of all: for sets of small words (fillers…)."""
    return frozenset(
        form
        for one in loaded()
        if one.name == name and language in ("", one.words.language)
        for phrase in one.terms
        if len(phrase) == 1
        for form in (forms(phrase[0]) if one.words.inflect else phrase)
    )


@cache
def raw_terms(name: str) -> tuple[str, ...]:
    """The terms of a list as they are written (domains, signs): every language together."""
    return tuple(term for words in packaged().get(name, ()) for term in words.terms)


# --- one file instead of a hundred and fifty ---


def compiled_text() -> str:
    """All lists as one JSON text, with the digest of what it was made from: what COMPILED holds."""
    lists = [
        [
            one.name,
            one.words.model_dump(mode="json"),
            *([" ".join(phrase) for phrase in phrases] for phrases in one[2:]),
        ]
        for one in _written()
    ]
    return json.dumps({"digest": _digest(), "lists": lists}, ensure_ascii=False, separators=(",", ":"))


def _compiled() -> list[Packaged]:
    """What COMPILED holds, where it is there and was made from these very files; else nothing."""
    try:
        compiled = json.loads(COMPILED.read_bytes())
    except FileNotFoundError:
        return []
    if compiled["digest"] != _digest():
        return []
    return [
        Packaged(
            name,
            _constructed(words),
            tuple(tuple(phrase.split(" ")) for phrase in terms),
            tuple(tuple(phrase.split(" ")) for phrase in exceptions),
        )
        for name, words, terms, exceptions in compiled["lists"]
    ]


def _constructed(words: dict[str, Any]) -> WordList:
    """The list that was checked before it was compiled."""
    words["terms"], words["exceptions"] = tuple(words["terms"]), tuple(words["exceptions"])
    return WordList.model_construct(**words)


def _written() -> Iterator[Packaged]:
    for language in LANGUAGES:
        for path in sorted((_WORDS / language / "lists").iterdir()):
            label = f"words/{language}/lists/{path.name}"
            words = written.load(path.read_text(encoding="utf-8"), WordList, file=label)
            words = words.model_copy(update={"language": language})
            yield Packaged(path.stem, words, tuple(map(keys, words.terms)), tuple(map(keys, words.exceptions)))


def _digest() -> str:
    """SHA-256 (hex) of all that decides what is compiled: equal exactly when compiling again would change nothing."""
    digest = hashlib.sha256(unicodedata.unidata_version.encode())
    for file in (
        *(Path(__file__).with_name(name) for name in _READ_BY),
        *sorted(_WORDS.glob("*/spellings.yaml")),
        *sorted(_WORDS.glob("*/lists/*")),
    ):
        digest.update(f"\0{file.relative_to(_WORDS.parent)}\0".encode())
        digest.update(file.read_bytes())
    return digest.hexdigest()
