"""What puts people in danger: hatred, threats, incitement. Gravity 4, found even where no charter is published."""

from collections.abc import Iterator
from dataclasses import replace

from tribune.charter import lists
from tribune.charter.detectors.match import Match, Watch, between, matched
from tribune.charter.detectors.words import expression
from tribune.charter.lexicon import Hit
from tribune.charter.reading import Reading
from tribune.charter.uses import Words

BANTER_WORDS = 8
"""How many words away « à la prochaine course » may stand."""
VEILED_TOGETHER = 2
TO_WEAPON = 3
THREATENING = (
    "threats_doubtful",
    "threats_veiled",
    "threat_verbs",
    "threat_destructions",
    "threat_weapons",
    "threat_tools",
)
"""The words that a threat begins from, beside fixed threats."""
"""« venir avec un vieux fusil »."""


def hate(reading: Reading, watch: Watch[Words]) -> Iterator[Match]:
    """Slurs; hatred that stands by itself; the name of a group between the words that make hatred of it."""
    for hit in reading.of(*watch.names):
        yield _slur(reading, hit.first, hit.last)
    for hit in reading.of("hate_coded"):
        yield matched(reading, hit, doubtful=True)
    for hit in reading.of("hate_ambiguous"):
        if reading.aimed_at_person(hit):
            yield _slur(reading, hit.first, hit.last)
    groups = reading.of("hate_groups")
    openers, closers = reading.ending("hate_openers"), {hit.first: hit for hit in reading.of("hate_closers")}
    for group in groups:
        opener = openers.get(group.first - 1)
        if opener is not None and reading.text.touching(group.first - 1) and reading.same_sentence(opener, group):
            yield _slur(reading, opener, group.last)
        closer = closers.get(group.last + 1)
        if closer is not None and reading.same_sentence(closer.last, group):
            yield _slur(reading, group.first, closer.last)


def _slur(reading: Reading, first: int, last: int) -> Match:
    hit = Hit("", first, last, *reading.text.slice(first, last))
    return Match(hit.start, hit.end, quoted=reading.set_aside(hit))


def threat(reading: Reading, watch: Watch[Words]) -> Iterator[Match]:
    """Fixed threats, and what a first person announces to do to « te », « vous », « votre magasin ».

    What rivals promise each other for the next race is no threat; two veiled words together may be one.
    """
    yield from (replace(match, doubtful=match.doubtful or reading.laughs) for match in _threats(reading, watch))


def _threats(reading: Reading, watch: Watch[Words]) -> Iterator[Match]:
    yield from (matched(reading, hit) for hit in reading.of(*watch.names))
    yield from (matched(reading, hit, doubtful=True) for hit in reading.of("threats_doubtful"))
    veiled = reading.of("threats_veiled")
    if len({(hit.start, hit.end) for hit in veiled}) >= VEILED_TOGETHER:
        yield from (matched(reading, hit, doubtful=True) for hit in veiled)
    words = reading.text.keys
    for verb in reading.of("threat_verbs"):
        if not reading.before(verb, 6, "threat_subjects") or reading.near(verb, BANTER_WORDS, "banter"):
            continue
        first, last = verb.first, verb.last
        if reading.same_sentence(first - 1, verb) and words[first - 1] in lists.words_of("threat_objects", "fr"):
            yield _announced(reading, first - 1, last)
        elif reading.same_sentence(last + 1, verb) and words[last + 1] in lists.words_of("threat_objects", "en"):
            yield _announced(reading, first, last + 1)
        else:
            yield from _against(reading, verb, "roles")
    for destruction in reading.of("threat_destructions"):
        if reading.before(destruction, 4, "threat_subjects"):
            yield from _against(reading, destruction, "threat_places")
    for weapon in reading.of("threat_weapons", "threat_tools"):
        if reading.before(weapon, TO_WEAPON, "threat_arrivals"):
            harmless_too = weapon.name == "threat_tools"
            yield replace(_announced(reading, weapon.first, weapon.last), doubtful=harmless_too)


def _against(reading: Reading, violence: Hit, targets: str) -> Iterator[Match]:
    """« … brûler votre magasin », « … buter ton patron »: a possessive just after the verb, its target just after it."""
    for possessive in range(violence.last + 1, violence.last + 4):
        if not reading.same_sentence(possessive + 1, violence):
            return
        if possessive in reading.covered("possessives") and possessive + 1 in reading.covered(targets):
            yield _announced(reading, violence.first, possessive + 1)
            return


def _announced(reading: Reading, first: int, last: int) -> Match:
    """The threat from the first person who announces it to its object."""
    subjects = reading.ending("threat_subjects")
    for index in range(first - 1, max(first - 8, -1), -1):
        if index in subjects:
            first = subjects[index]
            break
    return between(reading, first, last)


def incitement(reading: Reading, watch: Watch[Words]) -> Iterator[Match]:
    """Telling somebody to die, praise of terrorism; orders only where they open a sentence."""
    yield from expression(reading, watch)
    yield from (matched(reading, hit) for hit in reading.of("incitement_orders") if reading.opens(hit))
