"""What breaches a clause: one ordered list of detectors, each small and pure.

A detector looks at a Reading and yields the exact words it objects to. It knows nothing of clauses: a charter says
which clause is watched by which detector, with which lists and terms of its own. Words alone are never a breach where
a person must be meant: the target is looked for around them (`Reading.aimed_at_person`), and what is quoted,
reported or said of oneself is set aside.
"""

import re
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

from tribune.charter import lists
from tribune.charter.contacts import Contact, Shape
from tribune.charter.findings import Signal
from tribune.charter.lexicon import Hit
from tribune.charter.reading import Reading, belongs_to, domain_of

AUTHOR = "author"
OTHER = "other"
CONTACT_WORDS = 8
"""How many words away « mon numéro » or « son adresse » may stand."""
REPEATED = 2
"""The third time within a day."""
MAX_MENTIONS = 5
BANTER_WORDS = 8
"""How many words away « à la prochaine course » may stand."""
VEILED_TOGETHER = 2
TO_WEAPON = 3
"""« venir avec un vieux fusil »."""


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
    """Said with a laugh, or in words that also mean something harmless: a person judges."""


@dataclass(frozen=True, slots=True)
class Watch:
    """What a clause asks of a detector: the lists to look in, the clause's own terms among them."""

    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Detector:
    """A name that charters use, what it finds, and the lists it uses when the charter names none."""

    name: str
    find: Callable[[Reading, Watch], Iterable[Match]]
    lists: tuple[str, ...] = ()


def hate(reading: Reading, watch: Watch) -> Iterator[Match]:
    """Slurs; hatred that stands by itself; the name of a group between the words that make hatred of it."""
    for hit in reading.of(*watch.names):
        yield _slur(reading, hit.first, hit.last)
    for hit in reading.of("hate_coded"):
        yield replace(_match(reading, hit), doubtful=True)
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


def threat(reading: Reading, watch: Watch) -> Iterator[Match]:
    """Fixed threats, and what a first person announces to do to « te », « vous », « votre magasin ».

    What rivals promise each other for the next race is no threat; two veiled words together may be one.
    """
    yield from (replace(match, doubtful=match.doubtful or reading.laughs) for match in _threats(reading, watch))


def _threats(reading: Reading, watch: Watch) -> Iterator[Match]:
    yield from (_match(reading, hit) for hit in reading.of(*watch.names))
    veiled = reading.of("threats_veiled")
    if len({(hit.start, hit.end) for hit in veiled}) >= VEILED_TOGETHER:
        yield from (replace(_match(reading, hit), doubtful=True) for hit in veiled)
    tokens = reading.text.tokens
    for verb in reading.of("threat_verbs"):
        if not reading.before(verb, 6, "threat_subjects") or reading.near(verb, BANTER_WORDS, "banter"):
            continue
        first, last = verb.first, verb.last
        if reading.same_sentence(first - 1, verb) and tokens[first - 1].key in lists.words_of("threat_objects", "fr"):
            yield _announced(reading, first - 1, last)
        elif reading.same_sentence(last + 1, verb) and tokens[last + 1].key in lists.words_of("threat_objects", "en"):
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
    return _span(reading, first, last)


def incitement(reading: Reading, watch: Watch) -> Iterator[Match]:
    """Telling somebody to die, praise of terrorism; orders only where they open a sentence."""
    yield from expression(reading, watch)
    yield from (_match(reading, hit) for hit in reading.of("incitement_orders") if reading.opens(hit))


def expression(reading: Reading, watch: Watch) -> Iterator[Match]:
    """Words that breach wherever they stand."""
    yield from (_match(reading, hit) for hit in reading.of(*watch.names))


def insult_at_person(reading: Reading, watch: Watch) -> Iterator[Match]:
    """Insults aimed at a natural person: a member, an employee, the host. The brand is not one."""
    for hit in reading.of(*watch.names):
        if reading.set_aside(hit, "self_related"):
            yield Match(hit.start, hit.end, quoted=True)
        elif reading.aimed_at_person(hit):
            yield Match(hit.start, hit.end, doubtful=reading.laughs)


def insult_addressed(reading: Reading, watch: Watch) -> Iterator[Match]:
    """Whole expressions that insult whom they address: in the singular anywhere, with « vous » only a person."""
    for hit in reading.of(*watch.names):
        yield replace(_match(reading, hit), doubtful=reading.laughs)
    for hit in reading.of("addressed_plural_insults"):
        if reading.addresses_somebody(hit):
            yield replace(_match(reading, hit), doubtful=reading.laughs)


def accusation_at_person(reading: Reading, watch: Watch) -> Iterator[Match]:
    """A crime laid at the door of a named member. Of the brand and its trades it is criticism."""
    for hit in reading.of(*watch.names):
        if not reading.set_aside(hit) and reading.aimed_at_member(hit):
            yield Match(hit.start, hit.end)


def contact_data(reading: Reading, watch: Watch) -> Iterator[Match]:
    """Telephone numbers, e-mail addresses, IBANs, homes, order numbers, in public: whose they are is said too.

    A street is an address only where somebody lives; a code is an order number only where words say so.
    """
    del watch
    if reading.private:
        return
    for contact in reading.contacts:
        hit = _as_hit(reading, contact)
        if hit is not None and not reading.is_ours(contact) and _is_personal(reading, contact, hit):
            yield Match(contact.start, contact.end, whose=_whose(reading, hit))


def _is_personal(reading: Reading, contact: Contact, hit: Hit) -> bool:
    if contact.shape is Shape.REFERENCE:
        return reading.before(hit, 4, "order_words")
    if contact.shape is Shape.LOCAL:
        return reading.near(hit, CONTACT_WORDS, "own_contact", "other_contact", "contact_request")
    if contact.shape is Shape.PHONE and reading.near(hit, CONTACT_WORDS, "service_lines"):
        return reading.near(hit, CONTACT_WORDS, "own_contact", "other_contact", "contact_request")
    at_home = reading.near(hit, CONTACT_WORDS, "home_words")
    if contact.shape is Shape.HOME:
        return at_home or not reading.near(hit, CONTACT_WORDS, "shop_words")
    return contact.shape is not Shape.STREET or at_home


def _whose(reading: Reading, hit: Hit) -> str:
    """Another person's only where words say so; else the author's: hidden to protect either way."""
    if reading.near(hit, CONTACT_WORDS, "own_contact"):
        return AUTHOR
    return OTHER if reading.near(hit, CONTACT_WORDS, "other_contact") else AUTHOR


def _as_hit(reading: Reading, contact: Contact) -> Hit | None:
    """The tokens that a piece of contact data covers."""
    tokens = reading.text.tokens
    first = bisect_left(tokens, contact.start, key=lambda token: token.end - 1)
    last = bisect_left(tokens, contact.end, key=lambda token: token.start) - 1
    return Hit("contact", first, last, contact.start, contact.end) if first <= last else None


def spam(reading: Reading, watch: Watch) -> Iterator[Match]:
    """A spam family, with the independent signs beside it; or an innocent topic between a testimonial and a contact.

    A topic, an amount and a messaging service are one sign only: a person decides.

    Newcomers and links alone are never spam.
    """
    family = list(scam(reading, watch))
    yield from family
    topics = reading.of("spam_topics")
    signs = spam_signs(reading)
    if not topics or family or not signs & {"contact", "shortener"} or _complains_beside(reading, topics):
        return
    if "testimonial" in signs:
        yield Match(topics[0].start, topics[-1].end, independent=1 + len(signs))
    elif "amount" in signs and reading.has("spam_messaging"):
        yield Match(topics[0].start, topics[-1].end)


def scam(reading: Reading, watch: Watch) -> Iterator[Match]:
    """A scam or spam family, with the independent signs beside it. Inside a complaint it is a person's to judge."""
    family = reading.of(*watch.names)
    if family:
        signs = spam_signs(reading)
        doubtful = _complains_beside(reading, family) and "testimonial" not in signs
        yield Match(family[0].start, max(hit.end for hit in family), independent=1 if doubtful else 1 + len(signs))


def _complains_beside(reading: Reading, family: list[Hit]) -> bool:
    """Is there a complaint outside the advertisement's own words? « capable de rembourser » is none."""
    start, end = family[0].start, max(hit.end for hit in family)
    return any(hit.end <= start or hit.start >= end for hit in reading.of("grievance", "still_waiting"))


def spam_signs(reading: Reading) -> set[str]:
    """The independent signs beside a spam family: none of them is a breach by itself."""
    signs: set[str] = set()
    domains = [domain_of(reading.text.original[start:end]) for start, end in reading.links]
    if any(belongs_to(domain, lists.raw_terms("shorteners")) for domain in domains):
        signs.add("shortener")
    if reading.has("spam_testimonial"):
        signs.add("testimonial")
    if reading.has("spam_messaging") or any(
        contact.shape in {Shape.PHONE, Shape.EMAIL} and not reading.is_ours(contact) for contact in reading.contacts
    ):
        signs.add("contact")
    if _PROMISED_AMOUNT.search(reading.text.original):
        signs.add("amount")
    if reading.circumstances.newcomer is True:
        signs.add("newcomer")
    return signs


_PROMISED_AMOUNT = re.compile(
    r"\d[\d  .,]{0,12}(?:€|euros?\b|\$|£|%|usd\b)|(?:€|\$|£) ?\d|\d{1,3} ?(?:h|heures|hours|jours|days)\b",
    re.IGNORECASE,
)


def repetition(reading: Reading, watch: Watch) -> Iterator[Match]:
    """The same words a third time within a day, unless we owe this person an answer or a contest asks for it."""
    del watch
    circumstances = reading.circumstances
    owed = circumstances.waiting or Signal.STILL_WAITING in reading.signals
    if circumstances.repetitions >= REPEATED and not owed and not circumstances.contest:
        yield from _whole(reading)


def mention_flood(reading: Reading, watch: Watch) -> Iterator[Match]:
    """More than five people called at once, unless a contest asks for it."""
    del watch
    named = reading.mentions
    if len(named) > MAX_MENTIONS and not reading.circumstances.contest:
        yield Match(named[0].start, named[-1].end)


def shouting(reading: Reading, watch: Watch) -> Iterator[Match]:
    """Capitals throughout: a note, and no lesson in typography to somebody who complains or asks."""
    del watch
    if Signal.CAPITALS in reading.signals and not reading.signals & _NOT_THE_MOMENT:
        yield from _whole(reading)


def character_flood(reading: Reading, watch: Watch) -> Iterator[Match]:
    """The same sign or letter ten times and more: a note, under the same reserve."""
    del watch
    if not reading.signals & _NOT_THE_MOMENT:
        yield from (Match(*found.span()) for found in _SIGN_FLOOD.finditer(reading.text.original))


_SIGN_FLOOD = re.compile(r"([^\s\d.\-_=*~])\1{9,}")
_NOT_THE_MOMENT = frozenset(
    {Signal.GRIEVANCE, Signal.CRITICISM, Signal.QUESTION, Signal.STILL_WAITING, Signal.HUMAN_REQUEST}
)

DETECTORS: tuple[Detector, ...] = (
    # What puts people in danger comes first: gravity 4, found even where no charter is published.
    Detector("hate", hate, ("hate_slurs", "hate_calls")),
    Detector("threat", threat, ("threats",)),
    Detector("incitement", incitement, ("incitement", "terror_praise")),
    # Then what is aimed at a person, the gravest first, so that the milder word in the same span gives way.
    Detector("accusation_at_person", accusation_at_person, ("accusations",)),
    Detector("insult_at_person", insult_at_person, ("insults",)),
    Detector("insult_addressed", insult_addressed, ("addressed_insults",)),
    # Spam before contact data: the number in an advertisement is no private life.
    Detector("spam", spam, ("spam_loan", "spam_fortune", "spam_trading", "spam_gain", "spam_referral")),
    Detector("scam", scam, ("scam_recovery", "scam_support")),
    Detector("contact_data", contact_data),
    # Then what stops others from talking.
    Detector("repetition", repetition),
    Detector("mention_flood", mention_flood),
    # Then what a charter adds in its own words, and at last what is never more than a note.
    Detector("expression", expression),
    Detector("shouting", shouting),
    Detector("character_flood", character_flood),
)

LAW_DETECTORS = ("hate", "threat", "incitement")
"""Gravity 4: what the law forbids, whatever a charter says."""


def named(name: str) -> Detector | None:
    """The detector with this name, None when there is none."""
    return next((detector for detector in DETECTORS if detector.name == name), None)


def _match(reading: Reading, hit: Hit) -> Match:
    return Match(hit.start, hit.end, quoted=reading.aside.hold(hit.start, hit.end))


def _span(reading: Reading, first: int, last: int) -> Match:
    hit = Hit("", first, last, *reading.text.slice(first, last))
    return _match(reading, hit)


def _whole(reading: Reading) -> Iterator[Match]:
    original = reading.text.original
    start, end = len(original) - len(original.lstrip()), len(original.rstrip())
    if end > start:
        yield Match(start, end)
