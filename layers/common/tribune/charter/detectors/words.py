"""Words and shapes that a charter adds, and what other members reported."""

from collections.abc import Iterator

from tribune.charter.detectors.match import Match, Watch, matched, whole
from tribune.charter.reading import Reading
from tribune.charter.uses import Reports, Words


def expression(reading: Reading, watch: Watch[Words]) -> Iterator[Match]:
    """Words that breach wherever they stand."""
    yield from (matched(reading, hit) for hit in reading.of(*watch.names))


def reports(reading: Reading, watch: Watch[Reports]) -> Iterator[Match]:
    """A comment that several members reported. Reports are also abused: a person looks, nothing follows by itself."""
    reported = reading.circumstances.reports
    if reported is not None and reported >= watch.use.reports:
        yield from whole(reading, doubtful=True)
