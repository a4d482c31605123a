"""Patterns that a charter's author writes: RE2's regular expressions, which take linear time whatever is written.

A pattern is looked for in the folded text (no capitals, accents or invisible characters), so its own letters are
folded too, and what it finds is given in offsets of the original. All the patterns of a charter are tried at once
(`re2.Set`); only those that are somewhere in the text are looked for one by one.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, NamedTuple

from tribune.charter.text import fold, letters_of
from tribune.errors import BadConfiguration

MAX_CHARACTERS = 1_000
MAX_MEMORY = 1 << 20
"""Bytes that RE2 may take for one pattern: what needs more repeats something far too often."""
MAX_FOUND = 50
"""How often one pattern may be found in one text: enough to decide, and each search may read all that is left."""

_SENTENCES = (
    (
        "invalid perl operator: (?",
        "looking ahead or behind, (?=…), (?!…), (?<=…), is not accepted: write what you look for",
    ),
    ("invalid escape sequence", "“{}” is not understood here: back-references (\\1) and this escape are not accepted"),
    ("invalid repetition size", "“{}” repeats too often: at most 1,000 times in all"),
    ("bad repetition operator", "“{}” repeats a repetition: keep one of the signs"),
    ("no argument for repetition operator", "“{}” repeats nothing: put something before it, or a backslash"),
    ("missing )", "a bracket ( is opened and never closed"),
    ("unexpected )", "a bracket ) closes nothing: put a backslash before it, or open one"),
    ("missing ]", "a bracket [ is opened and never closed"),
    ("trailing \\", "a backslash stands at the end, before nothing"),
    ("invalid character class", "“{}” is no range of characters: the smaller one comes first"),
    ("pattern too large", "the pattern is too large: it repeats or lists too much"),
)
"""How RE2's complaint begins -> what the author reads; {} is the part that RE2 shows."""


class Folded(NamedTuple):
    """A text as patterns see it, and the place in the original of each of its characters (and of its end)."""

    view: str
    places: Sequence[int]


@dataclass(frozen=True, slots=True)
class Pattern:
    """One pattern that RE2 accepted."""

    written: str
    compiled: Any

    def find(self, text: Folded) -> Iterator[tuple[int, int]]:
        """Where it is found, in offsets of the original, end exclusive; never two on the same characters."""
        for found in islice(self.compiled.finditer(text.view), MAX_FOUND):
            start, end = found.span()
            if start < end:
                yield text.places[start], text.places[end - 1] + 1


class Patterns:
    """Several patterns, tried at once."""

    def __init__(self, patterns: Sequence[Pattern]) -> None:
        self._patterns = tuple(patterns)
        self._all = _re2().Set.SearchSet(_options())
        for pattern in self._patterns:
            self._all.Add(_folded_pattern(pattern.written))
        if self._patterns:
            self._all.Compile()

    def find(self, text: Folded) -> Iterator[tuple[int, int, int]]:
        """(which pattern, start, end) of everything found, in the order of the patterns."""
        if self._patterns and text.view:
            for which in sorted(self._all.Match(text.view) or ()):
                for start, end in self._patterns[which].find(text):
                    yield which, start, end


def folded(original: str) -> Folded:
    """The text as patterns see it."""
    if original.isascii():
        return Folded(original.lower(), range(len(original) + 1))
    view: list[str] = []
    places: list[int] = []
    for place, letters in enumerate(letters_of(original)):
        view.append(letters)
        places += [place] * len(letters)
    return Folded("".join(view), places)


def compile_pattern(text: str) -> Pattern:
    """The pattern that a person wrote. Raises BadConfiguration with a sentence where it is refused."""
    if len(text) > MAX_CHARACTERS:
        raise BadConfiguration(f"a pattern has at most {MAX_CHARACTERS} characters, not {len(text)}")
    try:
        compiled = _re2().compile(_folded_pattern(text), _options())
    except _re2().error as refused:
        raise BadConfiguration(_explained(refused)) from refused
    except UnicodeEncodeError as broken:
        raise BadConfiguration("the pattern holds half a character (a lone surrogate): write it again") from broken
    if compiled.search("") is not None:
        raise BadConfiguration("this pattern matches nothing at all, so it would match everywhere: ask for a character")
    return Pattern(text, compiled)


def _folded_pattern(text: str) -> str:
    """Accents folded away as in texts; what is ASCII stays as it is: a small and a capital d are not the same there."""
    return "".join(one if one.isascii() else fold(one) or one for one in text)


def _re2() -> Any:
    import re2  # type: ignore[import-untyped]  # noqa: PLC0415 - 5 ms, and most charters have no pattern

    return re2


def _options() -> Any:
    options = _re2().Options()
    options.case_sensitive = False
    options.log_errors = False
    options.max_mem = MAX_MEMORY
    return options


def _explained(refused: Exception) -> str:
    said = refused.args[0]
    said = said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)
    for beginning, sentence in _SENTENCES:
        if said.startswith(beginning):
            return sentence.replace("{}", said.partition(": ")[2])
    return f"this pattern is not understood: {said}"
