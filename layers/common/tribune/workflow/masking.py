"""masking: what a member wrote, as somebody else than its reader may see it. Pure."""

import re
from collections.abc import Callable
from typing import Final

from tribune import words
from tribune.charter import contacts
from tribune.charter.contacts import Contact, Shape

QUOTE_LIMIT: Final = 140
MASK: Final = "•••"
_PRIVATE = re.compile(
    r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+"
    r"|(?:https?://|www\.)\S+"
    r"|(?<!\w)@[\w.]+"
    r"|\+?\(?\d(?:[^\w@]{0,3}\d){8,}"  # as far apart as where contact data is a breach (`charter.contacts`)
    r"|\+?\(?\d(?:[\s().\-/]{0,2}\d){5,}",
)
_NOT_SEEN_WHOLE: Final = frozenset({Shape.EMAIL, Shape.IBAN, Shape.HOME})
"""Of what the charter takes for contact data, what `_PRIVATE` misses or cuts."""


def without_contacts(said: str, goes: Callable[[Contact], bool], language: str) -> str:
    """What was said, contact data that `goes` masked."""
    told, end = "", 0
    for contact in contacts.find(said, language):
        if goes(contact):
            told, end = told + said[end : contact.start] + MASK, contact.end
    return told + said[end:]


def masked(said: str) -> str:
    """What was said: addresses, streets with their number, telephone numbers, links and mentions masked."""

    def goes(contact: Contact) -> bool:
        lives = contact.shape is Shape.STREET and contacts.is_address(said[contact.start : contact.end])
        return lives or contact.shape in _NOT_SEEN_WHOLE

    return _PRIVATE.sub(MASK, without_contacts(said, goes, words.LANGUAGES[0]))


def masked_line(said: str) -> str:
    """The beginning of it on one line."""
    visible = "".join(character if character.isprintable() else " " for character in said)
    return shortened(masked(" ".join(visible.split())), QUOTE_LIMIT)


def shortened(text: str, limit: int) -> str:
    """`text`, cut at a word with an ellipsis when it is longer than `limit`."""
    if len(text) <= limit:
        return text
    cut = text[: limit - 1]
    return (cut.rsplit(" ", 1)[0] if " " in cut[limit // 2 :] else cut).rstrip(" ,;:.") + "…"
