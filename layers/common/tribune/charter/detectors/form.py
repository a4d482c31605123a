"""How it is said: capitals, rows of signs, the language. Never more than a note or a suggestion.

No lesson in typography to somebody who complains or asks.
"""

import re
from collections.abc import Iterator
from functools import cache

from tribune import words
from tribune.charter import lists
from tribune.charter.detectors.match import Match, Watch, whole
from tribune.charter.findings import Signal
from tribune.charter.reading import Reading
from tribune.charter.uses import CharacterFlood, LanguageAsked, Shouting

FOREIGN_SHARE = 0.2
"""A fifth of small words of one language: nobody writes that by chance."""
FOREIGN_LEAD = 2
"""…and twice those of every language that is asked for: « la », « de » are Spanish too."""
SCRIPT_LETTERS = 20
_NOT_THE_MOMENT = frozenset(
    {Signal.GRIEVANCE, Signal.CRITICISM, Signal.QUESTION, Signal.STILL_WAITING, Signal.HUMAN_REQUEST}
)


def shouting(reading: Reading, watch: Watch[Shouting]) -> Iterator[Match]:
    """Capitals throughout; hashtags, names and links are left out."""
    if reading.signals & _NOT_THE_MOMENT:
        return
    letters, capitals = reading.capitals
    if letters >= watch.use.letters and 100 * capitals >= watch.use.percent * letters:
        yield from whole(reading)


def character_flood(reading: Reading, watch: Watch[CharacterFlood]) -> Iterator[Match]:
    """The same sign or letter over and over; digits and drawn lines are left out."""
    original, times = reading.text.original, watch.use.times
    if not reading.signals & _NOT_THE_MOMENT and _has_row(original, times):
        yield from (Match(*found.span()) for found in _row(times).finditer(original))


def _has_row(original: str, times: int) -> bool:
    """May a row of so many stand in it? One that does holds three neighbours at one of every `times - 2` places."""
    return any(original[at] == original[at + 1] == original[at + 2] for at in range(0, len(original) - 2, times - 2))


@cache
def _row(times: int) -> re.Pattern[str]:
    return re.compile(rf"([^\s\d.\-_=*~])\1{{{times - 1},}}")


def language(reading: Reading, watch: Watch[LanguageAsked]) -> Iterator[Match]:
    """A language that the charter does not ask for, where it is sure which one; short comments are left alone."""
    if reading.circumstances.answers_member or reading.circumstances.contest:
        return
    accepted = frozenset(watch.use.accepted)
    if _foreign_script(reading, accepted) or _foreign_words(reading, accepted, watch.use.min_words):
        yield from whole(reading, doubtful=True)


def _foreign_script(reading: Reading, accepted: frozenset[str]) -> bool:
    """Is most of it in letters that no accepted language is written in?"""
    original = reading.text.original
    if original.isascii():
        return False
    letters = sum(map(str.isalpha, original))
    for script in words.shared("languages")["scripts"].values():
        if accepted.isdisjoint(script["languages"]):
            found = sum(len(run) for run in re.findall(script["letters"], original))
            if found >= SCRIPT_LETTERS and found * 2 > letters:
                return True
    return False


def _foreign_words(reading: Reading, accepted: frozenset[str], least: int) -> bool:
    """Does another language that we know hold far more of the small words than all those that are accepted?"""
    said = reading.text.keys
    if len(said) < least:
        return False
    small = _small_words()
    if not accepted <= small.keys():
        return False
    shares = {name: sum(map(known.__contains__, said)) / len(said) for name, known in small.items()}
    ours = max(shares[name] for name in accepted)
    return any(
        share >= FOREIGN_SHARE and share >= FOREIGN_LEAD * ours
        for name, share in shares.items()
        if name not in accepted
    )


@cache
def _small_words() -> dict[str, frozenset[str]]:
    """The small words by which a language is known."""
    ours = {name: lists.words_of("stopwords", name) for name in lists.LANGUAGES}
    return ours | {name: frozenset(known) for name, known in words.shared("languages")["small_words"].items()}
