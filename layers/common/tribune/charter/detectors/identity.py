"""Who speaks, and whether they say so: names and addresses that pass themselves off as ours, hidden advertising."""

from collections.abc import Iterable, Iterator
from functools import lru_cache

from tribune.charter import lists
from tribune.charter.detectors.match import Match, Watch, whole
from tribune.charter.look_alikes import LETTERS
from tribune.charter.reading import Reading, belongs_to, domain_of
from tribune.charter.text import fold
from tribune.charter.uses import Impersonation, LookalikeLink, Undisclosed

MIN_NAME = 4
MIN_TYPO = 6
"""Shorter names are one letter away from too many honest ones."""
MAX_NAME = 100
_LOOK_ALIKES = str.maketrans(LETTERS)
_LEET = str.maketrans("013457|$", "oleastls")


def impersonation(reading: Reading, watch: Watch[Impersonation]) -> Iterator[Match]:
    """An author called like us, like us and « service client », or like us but for a letter. A person judges."""
    name = reading.circumstances.author_name
    if not name:
        return
    protected = _protected((reading.vocabulary.brand, *reading.vocabulary.names, *watch.use.names))
    shown = _skeleton(name[:MAX_NAME])
    official = not _words(name[:MAX_NAME]).isdisjoint(lists.words_of("official_words"))
    if any(_passes_for(shown, ours, official=official) for ours in protected):
        yield from whole(reading, doubtful=True)


@lru_cache(maxsize=256)
def _protected(names: tuple[str, ...]) -> tuple[str, ...]:
    """Our own names as the eye reads them. Never called with anybody else's: it remembers."""
    return tuple(ours for ours in map(_skeleton, names) if len(ours) >= MIN_NAME)


def _passes_for(shown: str, ours: str, *, official: bool) -> bool:
    return shown == ours or (official and ours in shown) or _typo(shown, ours)


def lookalike_link(reading: Reading, watch: Watch[LookalikeLink]) -> Iterator[Match]:
    """A link to « garance.example.evil.test », « xn--garnce-….example », « garance-sav.test » or « garence.example »."""
    ours = (*reading.vocabulary.own_domains, *watch.use.domains)
    if not reading.links or not ours:
        return
    honest = (*ours, *watch.use.allow, *lists.raw_terms("source_domains"))
    for start, end in reading.links:
        domain = domain_of(reading.text.original[start:end])
        if domain and not belongs_to(domain, honest):
            sure = _disguised_domain(domain, ours)
            if sure or _near_domain(domain, ours):
                yield Match(start, end, independent=2 if sure else 1, doubtful=not sure)


def _disguised_domain(domain: str, ours: Iterable[str]) -> bool:
    """Does it read as one of ours without being it: foreign letters, our whole address in front of another?"""
    plain = _plain_domain(domain)
    return any(belongs_to(plain, (own,)) or plain.startswith(own + ".") for own in map(_plain_domain, ours))


def _near_domain(domain: str, ours: Iterable[str]) -> bool:
    """Does one of its parts hold our name beside an official word, or our name but for a letter?"""
    words = lists.words_of("official_words")
    labels = [label for label in _plain_domain(domain).split(".")[:-1] if label]
    for own in ours:
        name = _plain_domain(own).rpartition(".")[0].rpartition(".")[2]
        for label in labels if len(name) >= MIN_NAME else ():
            parts = label.split("-")
            if (name in parts and not words.isdisjoint(parts)) or _typo(label, name):
                return True
    return False


def _plain_domain(domain: str) -> str:
    """A host name as the eye reads it: punycode opened, look-alike letters as the Latin ones they imitate."""
    return ".".join(_plain_label(label) for label in domain.lower().split(".")[:10])


def _plain_label(label: str) -> str:
    if label.startswith("xn--"):
        try:
            label = label[4:].encode("ascii", "ignore").decode("punycode")
        except (UnicodeError, ValueError, OverflowError):
            return label
    kept = (character for character in _seen(label) if character.isalnum() or character == "-")
    return "".join(kept).translate(_LEET)


def _typo(shown: str, ours: str) -> bool:
    """Is it ours but for one letter, added, lost, changed, or two of them exchanged?"""
    if shown == ours or min(len(shown), len(ours)) < MIN_TYPO or abs(len(shown) - len(ours)) > 1:
        return False
    at = next((i for i, (a, b) in enumerate(zip(shown, ours, strict=False)) if a != b), min(len(shown), len(ours)))
    exchanged = shown[at + 1 : at + 2] + shown[at : at + 1] == ours[at : at + 2]
    return (
        shown[at + 1 :] == ours[at + 1 :]
        or shown[at + 1 :] == ours[at:]
        or shown[at:] == ours[at + 1 :]
        or (exchanged and shown[at + 2 :] == ours[at + 2 :])
    )


def _skeleton(name: str) -> str:
    """A name as the eye reads it: no capital, accent, blank or sign, foreign letters as those they imitate."""
    return "".join(character for character in _seen(name) if character.isalnum()).translate(_LEET)


def _words(name: str) -> frozenset[str]:
    return frozenset("".join(one if one.isalnum() else " " for one in _seen(name)).split())


def _seen(text: str) -> str:
    return fold(text.translate(_LOOK_ALIKES))


def undisclosed(reading: Reading, watch: Watch[Undisclosed]) -> Iterator[Match]:
    """Promotion by somebody the community knows as its ambassador, who does not say so here. Proposed, privately."""
    if reading.circumstances.ambassador is not True or reading.has("disclosure"):
        return
    promoted = reading.of(*watch.names)
    if promoted:
        yield Match(promoted[0].start, max(hit.end for hit in promoted), doubtful=True)
