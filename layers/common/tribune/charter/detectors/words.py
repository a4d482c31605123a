"""Words and shapes that a charter adds, and what other members reported."""

from collections.abc import Iterator
from functools import lru_cache

from tribune.charter.detectors.match import Match, Watch, matched, whole
from tribune.charter.patterns import Patterns, compile_pattern, folded
from tribune.charter.reading import Reading
from tribune.charter.uses import Pattern, Reports, Words


def expression(reading: Reading, watch: Watch[Words]) -> Iterator[Match]:
    """Words that breach wherever they stand."""
    yield from (matched(reading, hit) for hit in reading.of(*watch.names))


def pattern(reading: Reading, watch: Watch[Pattern]) -> Iterator[Match]:
    """Shapes that a regular expression says, wherever they stand; quoted ones are set aside."""
    for _, start, end in _together(watch.use.patterns).find(folded(reading.text.original)):
        yield Match(start, end, quoted=reading.aside.hold(start, end))


@lru_cache(maxsize=64)
def _together(written: tuple[str, ...]) -> Patterns:
    return Patterns([compile_pattern(one) for one in written])


def reports(reading: Reading, watch: Watch[Reports]) -> Iterator[Match]:
    """A comment that several members reported. Reports are also abused: a person looks, nothing follows by itself."""
    reported = reading.circumstances.reports
    if reported is not None and reported >= watch.use.reports:
        yield from whole(reading, doubtful=True)
