"""A text message to a telephone: what it is about, in a hundred characters, and where the calls stand.

A text message is paid by the segment. The alphabet of GSM (3GPP TS 23.038) takes 160 characters in one and 153 in each
of several; one character outside of it makes the whole message UCS-2, 70 and 67. So what French needs besides is
written with what the alphabet has (`ç` as `c`, a no-break space as a space) where that leaves it readable.

The service takes messages that it will not deliver: above the account's monthly spending limit (one dollar until AWS
raises it), or to a number that asked for no more. Whoever has only this way may not be reached: give another one too.
"""

import re
import unicodedata

from tribune.duty import CallMessage, Person, Way
from tribune.errors import BadConfiguration
from tribune.managers.edge import Edge, cut

KIND = "sms"
SUBJECT = 100
SEGMENTS = 3
"""What a call may cost, at most."""
_E164 = re.compile(r"\+[1-9][0-9]{6,14}")
_SEPARATORS = re.compile(r"[\s.()/-]")
_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡"
    "ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENDED = frozenset("^{}\\[~]|€")
"""Two septets each."""
_WRITTEN_AS = str.maketrans(
    {
        "\u00a0": " ", "\u202f": " ", "\u2009": " ", "’": "'", "‘": "'", "«": '"', "»": '"', "“": '"', "”": '"', "„": '"',
        "–": "-", "—": "-", "…": "...", "œ": "oe", "Œ": "OE", "•": "*", "·": "-", "×": "x", "→": "->",
    }
)  # fmt: skip


def check(way: Way, secret: str | None, field: str) -> None:
    """A number with its country, the way's or its secret. Raises BadConfiguration."""
    if not _E164.fullmatch(number(way, secret)):
        raise BadConfiguration("a text message needs a number with its country: +33612345678", field=field)


def send(message: CallMessage, person: Person, way: Way, secret: str | None, edge: Edge) -> None:  # noqa: ARG001  the shape of every way
    """Send the message to the number."""
    edge.sms(to=number(way, secret), text=as_sms(message))


def number(way: Way, secret: str | None) -> str:
    """The number as the service takes it: people write it with spaces."""
    return _SEPARATORS.sub("", way.address or secret or "")


def as_sms(message: CallMessage) -> str:
    """The subject and the list of calls, in as few segments as it takes; the end of the subject goes first."""
    subject = " ".join(message.subject.split())
    for length in range(min(SUBJECT, len(subject)), -1, -1):
        text = folded("\n".join(part for part in (cut(subject, length, "codepoints"), message.calls) if part))
        if segments(text) <= SEGMENTS:
            return text
    return folded(cut(subject, SUBJECT, "codepoints"))


def folded(text: str) -> str:
    """`text` in the alphabet of GSM where it can be written so and still be read, else as it is."""
    written = "".join(map(_folded, text.translate(_WRITTEN_AS)))
    return written if is_gsm(written) else text


def _folded(character: str) -> str:
    if character in _BASIC or character in _EXTENDED:
        return character
    bare = "".join(part for part in unicodedata.normalize("NFKD", character) if not unicodedata.combining(part))
    return bare if bare and is_gsm(bare) else character


def is_gsm(text: str) -> bool:
    """Is every character one of GSM's alphabet?"""
    return all(character in _BASIC or character in _EXTENDED for character in text)


def segments(text: str) -> int:
    """How many segments it takes: no character stands in two of them."""
    if is_gsm(text):
        widths, alone, each = [2 if character in _EXTENDED else 1 for character in text], 160, 153
    else:
        widths, alone, each = [len(character.encode("utf-16-le", "replace")) // 2 for character in text], 70, 67
    if sum(widths) <= alone:
        return 1
    count, left = 1, each
    for width in widths:
        if width > left:
            count, left = count + 1, each
        left -= width
    return count
