"""What it speaks of: something else than the post, politics during a period of reserve. A person judges, always."""

from collections.abc import Iterable, Iterator
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
_OURS = ("service_words", "speaks_to_us")
"""Somebody's own business with us: no post is about it, and we answer."""
_ASIDE = frozenset({Signal.QUESTION, Signal.SHORT_QUESTION, Signal.CAPITALS, Signal.SWEARING})
"""What an off-topic comment may carry. Any other signal says that it is somebody's business with us."""


def off_topic(reading: Reading, watch: Watch[OffTopic]) -> Iterator[Match]:
    """Nothing in common with the post, where its subject is known. Cannot be told reliably: a suggestion only."""
    topics, said = reading.circumstances.topics, reading.text.keys
    if topics is None or len(said) < watch.use.min_words or reading.has(*_OURS) or reading.signals - _ASIDE:
        return
    if reading.circumstances.answers_member or reading.mentions or reading.circumstances.contest:
        return
    small = lists.words_of("stopwords")
    words = {word for word in said if word not in small}
    ours = (reading.vocabulary.brand, *topics, *(word for some in watch.use.subjects.values() for word in some))
    subject = {word for word in words if len(word) >= SUBJECT_LETTERS}
    if len(subject) >= SUBJECT_WORDS and words.isdisjoint(_about(ours)) and _stems(subject).isdisjoint(_about(ours)):
        yield from whole(reading, doubtful=True)


@lru_cache(maxsize=512)
def _about(topics: tuple[str, ...]) -> frozenset[str]:
    """The words of these topics, and the stems of the longer ones."""
    words = {word for topic in topics for word in keys(topic)} - lists.words_of("stopwords")
    return frozenset(words | _stems(words))


def _stems(words: Iterable[str]) -> set[str]:
    return {word[:STEM] for word in words if len(word) >= SUBJECT_LETTERS}


def neutrality(reading: Reading, watch: Watch[Neutrality]) -> Iterator[Match]:
    """Political words during a declared period of reserve, whichever side they take."""
    circumstances = reading.circumstances
    day = circumstances.said_on
    reserved = circumstances.reserve is True or (
        day is not None and any(period.holds(day) for period in watch.use.periods)
    )
    if reserved:
        yield from (matched(reading, hit, doubtful=True) for hit in reading.of(*watch.names))
