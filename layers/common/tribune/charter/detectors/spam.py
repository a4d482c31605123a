"""Advertising and scams: families of words, and the independent signs beside them."""

import re
from collections.abc import Iterator

from tribune.charter import lists
from tribune.charter.contacts import Shape
from tribune.charter.detectors.match import Match, Watch
from tribune.charter.lexicon import Hit
from tribune.charter.reading import Reading, belongs_to, domain_of
from tribune.charter.uses import Links, Words

TOPICS = "spam_topics"
"""Subjects that honest people speak of too (« crypto »): no family by themselves."""


def spam(reading: Reading, watch: Watch[Words]) -> Iterator[Match]:
    """A spam family, with the independent signs beside it; or an innocent topic between a testimonial and a contact.

    A topic, an amount and a messaging service are one sign only: a person decides.

    Newcomers and links alone are never spam.
    """
    family = list(scam(reading, watch))
    yield from family
    topics = reading.of(TOPICS)
    if not topics or family:
        return
    signs = spam_signs(reading)
    if not signs & {"contact", "shortener"} or _complains_beside(reading, topics):
        return
    if "testimonial" in signs:
        yield Match(topics[0].start, topics[-1].end, independent=1 + len(signs))
    elif "amount" in signs and reading.has("spam_messaging"):
        yield Match(topics[0].start, topics[-1].end)


def scam(reading: Reading, watch: Watch[Words]) -> Iterator[Match]:
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


def links(reading: Reading, watch: Watch[Links]) -> Iterator[Match]:
    """A link by a newcomer or through a shortener, beside a spam family: never the one without the other.

    Beside an innocent topic alone (« crypto »), a newcomer's shortened link is a person's to judge.
    """
    if not reading.links or not reading.has(*watch.names):
        return
    newcomer = reading.circumstances.newcomer is True
    allowed = (*watch.use.allow, *lists.raw_terms("source_domains"), *reading.vocabulary.own_domains)
    family = any(hit.name != TOPICS for hit in reading.of(*watch.names))
    for start, end in reading.links:
        domain = domain_of(reading.text.original[start:end])
        shortened = belongs_to(domain, lists.raw_terms("shorteners"))
        enough = (newcomer or shortened) if family else (newcomer and shortened)
        if enough and not belongs_to(domain, allowed):
            yield Match(start, end, independent=1 + newcomer + shortened if family else 1, doubtful=not family)
