"""Contact data in a text: telephone numbers, e-mail addresses, IBANs, streets, references. Pure shapes, no judgement."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice

from tribune.charter.text import fold

_MAX_PHONES = 30
_REGIONS = {"fr": "FR", "en": "GB"}
_NINE_DIGITS = re.compile(r"[0-9](?:[^\w@]{0,3}[0-9]){8}", re.ASCII)
_SERVICE_NUMBERS = ("08", "3", "1")
"""National numbers that ring at a service, not at a person."""
_COMPARED_DIGITS = 9
"""« 01 99 00 12 34 » and « +33 1 99 00 12 34 » are one number: the last nine digits say so."""

_EMAIL = re.compile(r"(?<![A-Za-z0-9._%+\-])[A-Za-z0-9._%+\-]{1,64}@(?:[A-Za-z0-9\-]{1,63}\.){1,5}[A-Za-z]{2,24}")
_SPELLED_EMAIL = re.compile(
    r"(?<![A-Za-z0-9._\-])[A-Za-z0-9._\-]{1,64} ?(?:\(at\)|\[at\]|\(arobase\)|\barobase\b) ?"
    r"[A-Za-z0-9\-]{1,63} ?(?:\.|\(dot\)|\[dot\]|\(point\)|\bpoint\b|\bdot\b) ?[A-Za-z]{2,10}(?![A-Za-z])",
    re.IGNORECASE,
)
_IBAN = re.compile(r"(?<![A-Za-z0-9])[A-Z]{2}[0-9]{2}(?: ?[A-Z0-9]){11,30}(?![A-Za-z0-9])")
_STREET = re.compile(
    r"[0-9]{1,4} ?(?:bis|ter|quater)?,? {1,3}(?:rue|avenue|av\.?|boulevard|bd|chemin|impasse|allée|allées"
    r"|place|route|quai|cours|square|passage|résidence|faubourg)(?: {1,3}[^\s,.;:!?0-9()]{1,30}){1,5}"
    r"(?P<town>,? {1,3}[0-9]{5}(?: {1,3}[^\s,.;:!?0-9()]{2,30})?)?",
    re.IGNORECASE,
)
_SMALL_WORDS = r"(?:(?i:de|du|des|la|le|les) {1,3})*"
_STREET_ALONE = re.compile(
    r"[0-9]{1,4} ?(?i:bis|ter|quater)?,? {1,3}(?P<kind>[^\s0-9]+) {1,3}"
    rf"(?P<name>{_SMALL_WORDS}(?:[dl]['’])?(?P<word>\S+)(?: {{1,3}}{_SMALL_WORDS}(?:[dl]['’])?[A-ZÀ-Þ]\S*)*)"
)
"""Where a street ends that no town follows: after a word, and those in capitals behind it."""
_COUNTED = frozenset({"place", "route", "cours", "square", "passage", "résidence"})
_THE_ONE = re.compile(r"(?:du|des|de la|de l['’])\b", re.IGNORECASE)
_ENGLISH_STREET = re.compile(
    r"[0-9]{1,4}[A-Za-z]? {1,3}(?:[A-Z][a-z]{1,20} {1,3}){1,3}"
    r"(?:Street|St|Road|Rd|Avenue|Ave|Lane|Ln|Drive|Close|Court|Terrace|Place)(?![a-z])"
    r"(?P<town>,? {1,3}(?:[A-Z][a-z]{1,20},? {1,3})?[A-Z]{1,2}[0-9]{1,2}[A-Z]? ?[0-9][A-Z]{2})?"
)
_LOCAL = re.compile(r"(?<![\w.,+/\-])\(?[2-9][0-9]{2}\)?[ .\-]{1,2}[2-9][0-9]{2}[ .\-][0-9]{4}(?![\w])")
_REFERENCE = re.compile(r"(?<![\w@/.])[A-Z]{0,4}-?[0-9][0-9A-Z\-]{4,18}(?![\w@])", re.IGNORECASE)
_FIVE_DIGITS = re.compile(r"[0-9]{5}")


_DIGITS = re.compile(r"[0-9]")
_NUMBER = re.compile(r"[0-9]+")
_IBAN_BEGINS = re.compile(r"[A-Z]{2}[0-9]{2}")
_SPELLED_AT = ("(at)", "[at]", "arobase")


class Shape(StrEnum):
    """What kind of contact data a piece of text looks like."""

    PHONE = "phone"
    EMAIL = "email"
    LOCAL = "local"
    """A number as North America writes its own: a telephone only where words say so."""
    IBAN = "iban"
    HOME = "home"
    """A street with a post code and a town."""
    STREET = "street"
    """A street alone: an address only where words say that somebody lives there."""
    REFERENCE = "reference"
    """A code with five digits in a row: an order number only where words say so."""


@dataclass(frozen=True, slots=True)
class Contact:
    """One piece of contact data; `key` is what equal data have in common, however they are written."""

    shape: Shape
    start: int
    end: int
    key: str


def find(original: str, language: str) -> list[Contact]:
    """The contact data of a text, in order, never two on the same characters."""
    taken = bytearray(len(original))
    found: list[Contact] = []
    for contact in _candidates(original, language):
        if not any(taken[contact.start : contact.end]):
            taken[contact.start : contact.end] = b"\x01" * (contact.end - contact.start)
            found.append(contact)
    return sorted(found, key=lambda contact: contact.start)


def key_of(written: str) -> str:
    """What stands for a contact as a person wrote it in the configuration: an e-mail address, a number, an address."""
    digits = _digits(written)
    if "@" in written:
        return written.strip().lower()
    if len(digits) >= _COMPARED_DIGITS and not any(character.isalpha() for character in written):
        return digits[-_COMPARED_DIGITS:]
    return _plain(written)


def is_ours(contact: Contact, own: Iterable[str], domains: Iterable[str] = ()) -> bool:
    """Is this one of the house's own contacts, part of one (a street of our address), or an address at our domains?"""
    keys = [key_of(entry) for entry in own]
    if contact.shape is Shape.EMAIL and any(contact.key.endswith("@" + domain.lower()) for domain in domains):
        return True
    if contact.shape in {Shape.HOME, Shape.STREET}:
        return any(key and (key in contact.key or contact.key in key) for key in keys)
    return contact.key in keys


def is_address(street: str) -> bool:
    """Is a street meant, where it is told without its town? « 1 place de libre » and « 3 cours de yoga » count something."""
    found = _STREET_ALONE.match(street)
    if found is None or (kind := found["kind"].lower()) not in _COUNTED:
        return True
    return found["word"][0].isupper() or (kind != "cours" and _THE_ONE.match(found["name"]) is not None)


def _candidates(original: str, language: str) -> Iterator[Contact]:
    """By shape, those that decide first; a shape is looked for where its first sign stands at all."""
    digits = _DIGITS.search(original) is not None
    if digits and _IBAN_BEGINS.search(original):
        for found in _IBAN.finditer(original):
            compact = found[0].replace(" ", "")
            if _is_iban(compact):
                yield Contact(Shape.IBAN, *found.span(), compact)
    if "@" in original:
        for found in _EMAIL.finditer(original):
            yield Contact(Shape.EMAIL, *found.span(), found[0].lower())
    lowered = original.lower()
    if any(sign in lowered for sign in _SPELLED_AT):
        for found in _SPELLED_EMAIL.finditer(original):
            yield Contact(Shape.EMAIL, *found.span(), found[0].lower())
    if digits:
        yield from _with_digits(original, language)


def _with_digits(original: str, language: str) -> Iterator[Contact]:
    if _NINE_DIGITS.search(original):
        yield from _phones(original, language)
        for found in _LOCAL.finditer(original):
            yield Contact(Shape.LOCAL, *found.span(), _digits(found[0])[-_COMPARED_DIGITS:])
    for number in _NUMBER.finditer(original):
        if original[number.start() - 1 : number.start()] != "/":
            for pattern in (_STREET, _ENGLISH_STREET):
                if street := pattern.match(original, number.start()):
                    shape, written = (Shape.HOME, street[0]) if street["town"] else (Shape.STREET, _alone(street[0]))
                    yield Contact(shape, street.start(), street.start() + len(written), _plain(written))
    for found in _REFERENCE.finditer(original) if _FIVE_DIGITS.search(original) else ():
        if _FIVE_DIGITS.search(found[0]):
            yield Contact(Shape.REFERENCE, *found.span(), found[0].upper())


def _alone(street: str) -> str:
    """A street without what is said behind it: « 12 rue des Lilas personne ne répond » is « 12 rue des Lilas »."""
    found = _STREET_ALONE.match(street)
    return found[0] if found else street


def _phones(original: str, language: str) -> Iterator[Contact]:
    """Numbers that telephone plans allow, written as people write them: with a leading 0, « + » or 00.

    Ranges reserved for fiction count: a plan that is only possible is enough, since hiding here protects.
    """
    import phonenumbers  # noqa: PLC0415 - 35 ms, and most comments hold no number

    matcher = phonenumbers.PhoneNumberMatcher(
        original, _REGIONS.get(language, "FR"), leniency=phonenumbers.Leniency.POSSIBLE, max_tries=_MAX_PHONES
    )
    for found in islice(matcher, _MAX_PHONES):
        written = found.raw_string.lstrip("( ")
        national = written.startswith("0") and not written.startswith("00")
        if not national and not written.startswith(("+", "00")):
            continue
        if national and written.startswith(_SERVICE_NUMBERS):
            continue
        digits = _digits(str(found.number.national_number))
        yield Contact(Shape.PHONE, found.start, found.end, digits[-_COMPARED_DIGITS:])


def _is_iban(compact: str) -> bool:
    """ISO 13616: the country and check digits moved to the end, letters as numbers, modulo 97 is 1."""
    turned = compact[4:] + compact[:4]
    return int("".join(str(int(character, 36)) for character in turned)) % 97 == 1


def _digits(written: str) -> str:
    return "".join(character for character in written if character in "0123456789")


def _plain(written: str) -> str:
    return " ".join("".join(one if one.isalnum() else " " for one in fold(written)).split())
