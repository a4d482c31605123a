"""What it speaks of: something else than the post, politics during a period of reserve. A person judges, always."""

from collections.abc import Iterator
from functools import lru_cache

from tribune.charter import lists
from tribune.charter.detectors.match import Match, Watch, matched, whole
from tribune.charter.findings import Signal
from tribune.charter.reading import Reading
from tribune.charter.text import keys
from tribune.charter.uses import Neutrality, OffTopic

SUBJECT_LETTERS = 4
"""Shorter words say nothing of a subject."""
SUBJECT_WORDS = 3
STEM = 5
"""« réparer » and « réparation » share a subject: so many letters say so."""
_ASIDE = frozenset({Signal.QUESTION, Signal.SHORT_QUESTION, Signal.CAPITALS, Signal.SWEARING})
"""What an off-topic comment may carry. Any other signal says that it is somebody's business with us."""


def off_topic(reading: Reading, watch: Watch[OffTopic]) -> Iterator[Match]:
    """Nothing in common with the post, where its subject is known. Cannot be told reliably: a suggestion only."""
    topics, said = reading.circumstances.topics, reading.text.tokens
    if topics is None or len(said) < watch.use.min_words or reading.has(*watch.names):
        return
    if reading.circumstances.answers_member or reading.mentions or reading.circumstances.contest:
        return
    if reading.signals - _ASIDE:
        return
    small = lists.words_of("stopwords")
    subject = {token.key for token in said if len(token.key) >= SUBJECT_LETTERS and token.key not in small}
    stems = {word[:STEM] for word in subject}
    if len(subject) >= SUBJECT_WORDS and stems.isdisjoint(_stems((reading.vocabulary.brand, *topics))):
        yield from whole(reading, doubtful=True)


@lru_cache(maxsize=512)
def _stems(topics: tuple[str, ...]) -> frozenset[str]:
    return frozenset(word[:STEM] for topic in topics for word in keys(topic) if len(word) >= SUBJECT_LETTERS)


def neutrality(reading: Reading, watch: Watch[Neutrality]) -> Iterator[Match]:
    """Political words during a declared period of reserve, whichever side they take."""
    circumstances = reading.circumstances
    day = circumstances.said_on
    reserved = circumstances.reserve is True or (
        day is not None and any(period.holds(day) for period in watch.use.periods)
    )
    if reserved:
        yield from (matched(reading, hit, doubtful=True) for hit in reading.of(*watch.names))
