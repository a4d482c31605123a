"""Contact data in public: whose it is is said too."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator

from tribune.charter.contacts import Contact, Shape
from tribune.charter.detectors.match import AUTHOR, OTHER, Match, Watch
from tribune.charter.lexicon import Hit
from tribune.charter.reading import Reading
from tribune.charter.uses import ContactData

CONTACT_WORDS = 8
"""How many words away « mon numéro » or « son adresse » may stand."""
_KINDS = {
    Shape.PHONE: "phone",
    Shape.LOCAL: "phone",
    Shape.EMAIL: "email",
    Shape.IBAN: "iban",
    Shape.HOME: "address",
    Shape.STREET: "address",
    Shape.REFERENCE: "reference",
}
"""What charters call each shape."""


def contact_data(reading: Reading, watch: Watch[ContactData]) -> Iterator[Match]:
    """Telephone numbers, e-mail addresses, IBANs, homes, order numbers, in public: whose they are is said too.

    A street is an address only where somebody lives; a code is an order number only where words say so.
    """
    if reading.private:
        return
    for contact in reading.contacts:
        hit = _as_hit(reading, contact) if _KINDS[contact.shape] in watch.use.kinds else None
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
    first = bisect_right(reading.text.ends, contact.start)
    last = bisect_left(reading.text.starts, contact.end) - 1
    return Hit("contact", first, last, contact.start, contact.end) if first <= last else None
