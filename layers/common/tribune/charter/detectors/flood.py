"""What stops others from talking: the same words again, too many comments, too many people called.

Who waits for our answer repeats our failure, and under a contest the game is to repeat and to call: no opinion there.
"""

from collections.abc import Iterator

from tribune.charter.detectors.match import Match, Watch, whole
from tribune.charter.findings import Signal
from tribune.charter.reading import Reading
from tribune.charter.uses import MentionFlood, Rate, Repetition

FEW_WORDS = 3
"""« Merci ! », « Joyeux anniversaire », 👏: so few words are said anew to one person after the other."""


def repetition(reading: Reading, watch: Watch[Repetition]) -> Iterator[Match]:
    """The same words by the same author, too often within a day. Of two or three words a person judges; thanks are none."""
    few = len(reading.text.keys) <= FEW_WORDS
    kind = few and not reading.signals.isdisjoint({Signal.THANKS, Signal.PRAISE})
    if reading.circumstances.repetitions + 1 >= watch.use.times and not kind and not _excused(reading):
        yield from whole(reading, doubtful=few)


def rate(reading: Reading, watch: Watch[Rate]) -> Iterator[Match]:
    """Too many comments by one author within ten minutes. A lively member does that too: a person judges."""
    said_before = reading.circumstances.rate
    if said_before is not None and said_before + 1 > watch.use.comments and not _excused(reading):
        yield from whole(reading, doubtful=True)


def mention_flood(reading: Reading, watch: Watch[MentionFlood]) -> Iterator[Match]:
    """Too many people called at once."""
    named = reading.mentions
    if len(named) > watch.use.mentions and not reading.circumstances.contest:
        yield Match(named[0].start, named[-1].end)


def _excused(reading: Reading) -> bool:
    circumstances = reading.circumstances
    return circumstances.waiting or circumstances.contest or Signal.STILL_WAITING in reading.signals
