"""What a detector is: a name that charters use, the parameters it takes, a small pure function, and what it yields."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from tribune.charter.lexicon import Hit
from tribune.charter.reading import Reading
from tribune.charter.uses import Use

AUTHOR = "author"
OTHER = "other"


@dataclass(frozen=True, slots=True)
class Match:
    """Words that a detector objects to."""

    start: int
    end: int
    independent: int = 1
    whose: str = ""
    quoted: bool = False
    """Set aside: said by somebody else or of oneself. A signal, never a breach."""
    doubtful: bool = False
    """Said with a laugh, in words that also mean something harmless, or a mere suggestion: a person judges."""


@dataclass(frozen=True, slots=True)
class Watch[U: Use]:
    """What a clause asks of a detector: the lists to look in, the clause's own terms among them, and its parameters."""

    names: tuple[str, ...]
    use: U


@dataclass(frozen=True, slots=True)
class Detector:
    """A name that charters use, what it finds, its parameters, and the lists it uses when the charter names none."""

    name: str
    find: Callable[[Reading, Watch[Any]], Iterable[Match]]
    use: type[Use]
    lists: tuple[str, ...] = ()
    also: tuple[str, ...] | None = None
    """The lists besides: where neither they nor those it watches have a hit, it finds nothing and is not asked.

    None: it looks beyond words, and is asked about every text.
    """


def matched(reading: Reading, hit: Hit, *, doubtful: bool = False) -> Match:
    """The match of a hit, set aside where it is quoted."""
    return Match(hit.start, hit.end, quoted=reading.aside.hold(hit.start, hit.end), doubtful=doubtful)


def between(reading: Reading, first: int, last: int) -> Match:
    """The match of the tokens `first` to `last`."""
    return matched(reading, Hit("", first, last, *reading.text.slice(first, last)))


def whole(reading: Reading, *, doubtful: bool = False) -> Iterator[Match]:
    """The whole text, blanks around it left out; nothing where it is empty."""
    original = reading.text.original
    start, end = len(original) - len(original.lstrip()), len(original.rstrip())
    if end > start:
        yield Match(start, end, doubtful=doubtful)
