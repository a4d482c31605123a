"""The texts that can be said in a situation: ours, and a community's own; what no text may hold. Pure.

A text is a form with blanks (`{when}`, `{team}`). Which blanks a situation can fill is known beforehand, so that a
text that nothing could fill, or that would leave with a blank open, is refused where it is written.
"""

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from tribune import words, written

WAYS = 3
"""Every situation can be said in so many ways at least."""

_IN_DRAFTS = frozenset({"appeal", "citation", "help", "name", "signer", "since", "team", "title", "topic", "when"})
"""What a person's draft may say in any situation, if it is known."""
FILLED_LIKE: Mapping[str, str] = {
    "answer": "oui, la livraison en Belgique prend quatre à six jours",
    "appeal": "https://charte.example.com/decisions/exemple/0123456789abcdefghijklmnop",
    "citation": "C'est l'article 10 de notre charte : https://charte.example.com/charter/exemple/v1/fr#article-10",
    "faq_url": "https://www.example.com/aide/livraison",
    "help": "Le 3114 est gratuit, confidentiel, ouvert 24 h/24 : quelqu'un peut écouter maintenant.",
    "name": "Marie-Antoinette Delacroix",
    "sentence": "Oui, la livraison en Belgique prend quatre à six jours.",
    "signer": "Marie",
    "since": "trois semaines",
    "team": "l'équipe",
    "title": "Respect des personnes",
    "topic": "Sortie du dimanche autour du lac",
    "when": "17 h 30",
}
"""Each blank, filled as long as it may well be: what a new text is measured with."""
_CALM = ("reminder1", "warning", "protect.", "reserve", "care.", "human.")
_CALM_DRAFTS = frozenset({"condolences", "discrimination", "harm", "journalist", "legal", "safety", "victim"})

_OPEN_BLANK = re.compile(
    r"[{}]|\[[^\]]*\]?|<\w[^>]*>|_{2,}|\.{4,}|(?:…\s*){2,}|\b[xX]{2,}\b|\bTODO\b|\bTBD\b|à compléter|to be completed",
    re.IGNORECASE,
)
"""What somebody left for later: a brace that is no blank of ours, « [date] », « ____ », « XX »."""
_PICTURE = re.compile("[\u203c\u2049\u2600-\u27bf\u2b05-\u2b55\U0001f000-\U0001faff]")
_FIRST_PERSON = {
    "fr": re.compile(r"\b(?:je|j['’]|me|m['’]|mon|ma|mes|moi)(?![\w-])|\bj['’]", re.IGNORECASE),
    "en": re.compile(r"\b(?:I|[Mm]e|[Mm]y|[Mm]ine)\b"),
}
_PROMISES = {
    "fr": re.compile(
        r"\b(?:reviendr|rappeller|répondr|recontacter|écrir|tiendr|vérifier|donner|regarder)(?:ai|a|ons|ont)\b"
        r"|\b(?:nous|on|l['’]équipe|quelqu['’]un|une personne)\s(?:(?:vous|te|y|en)\s|t['’])*"
        r"(?:revien|reven|rappel|répond|recontact|écri|promet|tien|ten|vérifi)\w*|\bpromis\b|\bpromet\w*",
        re.IGNORECASE,
    ),
    "en": re.compile(r"\b(?:will|shall)\b|['’]ll\b|\bpromis\w*|\bget(?:ting)? back to you\b", re.IGNORECASE),
}
_HAS_READ = {
    "fr": re.compile(
        r"\b(?:avons|a|ont|ai|est|été|sont)\s(?:(?:bien|tous?)\s)*(?:lue?s?|vue?s?|entendue?s?)\b", re.IGNORECASE
    ),
    "en": re.compile(r"\b(?:we|have|has|been)(?:['’]ve)?\s(?:just\s)?(?:read|seen|heard)\b", re.IGNORECASE),
}

type Text = str | Mapping[str, str]
"""A text, or its two forms: `vous` and `tu`."""


class OwnTexts(written.Written):
    """Texts that a community wrote for one situation: said beside ours, or instead of them, as long as they are valid."""

    situation: str
    texts: dict[str, tuple[str, ...]]
    """Language -> texts, in the way the community addresses its members."""
    instead: bool = False
    """True: ours are not said; they come back when these have expired."""
    reviewed_at: date
    valid_until: date | None = None
    """The last day on which they may be said."""

    def holds(self, today: date | None) -> bool:
        """May they be said today? Without a day, only those that never expire."""
        return self.valid_until is None or (today is not None and today <= self.valid_until)


def mistakes(own: OwnTexts) -> Iterator[tuple[written.Location, str]]:
    """What is wrong with texts that somebody wrote: which part, and a sentence. Asked where they are written."""
    known = situations(words.LANGUAGES[0])
    if own.situation in words.SAID_NO_MORE:
        return
    if own.situation not in known:
        yield ("situation",), f"there is no such situation; the situations are: {', '.join(sorted(known))}"
        return
    if own.valid_until and own.valid_until < own.reviewed_at:
        yield ("valid_until",), "these texts end before the day they were reviewed on"
    if not own.texts:
        yield ("texts",), "write at least one text"
    least = WAYS if own.instead else 1
    for language, texts in own.texts.items():
        if language not in words.LANGUAGES:
            yield ("texts", language), f"we speak {', '.join(words.LANGUAGES)}"
            continue
        if len(set(texts)) < least:
            yield ("texts", language), f"write {least} different texts at least: nobody reads the same one twice"
        for number, text in enumerate(texts):
            yield from ((("texts", language, number), fault) for fault in faults(text, own.situation, language))


@dataclass(frozen=True, slots=True)
class Variant:
    """One way to say something, and the name under which we remember who read it."""

    name: str
    text: Text

    @property
    def forms(self) -> tuple[str, ...]:
        """The text, in each of its forms."""
        return (self.text,) if isinstance(self.text, str) else tuple(self.text.values())

    def addressed(self, address: str) -> str:
        """The form for `vous` or for `tu`."""
        return self.text if isinstance(self.text, str) else self.text[address]


def situations(language: str) -> Mapping[str, Any]:
    """Situation -> what we ship for it: `automatic`, and `texts`."""
    table: Mapping[str, Any] = words.table(language, "replies")["situations"]
    return table


def is_automatic(situation: str) -> bool:
    """May the machine say it by itself? KeyError for a situation that nobody wrote."""
    return bool(situations(words.LANGUAGES[0])[situation]["automatic"])


def variants(
    situation: str, language: str, own: tuple[OwnTexts, ...] = (), today: date | None = None
) -> tuple[Variant, ...]:
    """Every way to say it today, ours first. KeyError for a situation that nobody wrote.

    A text that is stored and cannot be said (written before we looked at such things) is left out.
    """
    ours = tuple(
        Variant(f"{situation}/{number}", text)
        for number, text in enumerate(situations(language)[situation]["texts"], start=1)
    )
    theirs = [one for one in own if one.situation == situation and one.holds(today)]
    added = [
        (one.instead, Variant(f"{situation}/{_digest(text)}", text))
        for one in theirs
        for text in one.texts.get(language, ())
        if not any(faults(text, situation, language))
    ]
    return (*(() if any(instead for instead, _ in added) else ours), *(variant for _, variant in added))


def _digest(text: str) -> str:
    """Names a text by what it says: moved about in its file, it stays the one that was read."""
    return hashlib.sha256(text.encode()).hexdigest()[:10]


# --- what no text may hold ---


@cache
def blanks(situation: str) -> frozenset[str]:
    """The blanks that can be filled in this situation."""
    shipped = frozenset[str]().union(*_shipped(situation))
    return shipped if is_automatic(situation) else shipped | _IN_DRAFTS


def _shipped(situation: str) -> list[frozenset[str]]:
    return [
        words.placeholders(form)
        for language in words.LANGUAGES
        for variant in variants(situation, language)
        for form in variant.forms
    ]


@cache
def _always(situation: str) -> frozenset[str]:
    """What each of our texts says here (an automatic reminder cites the charter); an answer counts in both its forms."""
    said = [frozenset("answer" if name == "sentence" else name for name in used) for used in _shipped(situation)]
    return frozenset.intersection(*said)


def is_calm(situation: str) -> bool:
    """Is this no place for exclamation marks nor for pictures: a sanction, a warning, somebody in trouble?"""
    return situation.startswith(_CALM) or situation.removeprefix("draft.") in _CALM_DRAFTS


def open_blank(text: str) -> str:
    """What somebody left for later in a text that has no blank of ours; "" when nothing is."""
    left = _OPEN_BLANK.search(text)
    return left[0].strip() if left else ""


def left_open(blank: str) -> str:
    """The sentence for it."""
    return f"a blank is left open: “{blank}”" + (" (write parentheses if it is none)" if blank[0] in "[<" else "")


def faults(text: str, situation: str, language: str) -> Iterator[str]:
    """Why this text cannot be said in this situation, a sentence each; nothing when it can."""
    used, fillable = words.placeholders(text), blanks(situation)
    for name in sorted(used - fillable):
        yield f"nothing fills {{{name}}} here; this situation knows: {', '.join(sorted(fillable)) or 'no blank'}"
    if left := open_blank(words.fill(text, dict.fromkeys(used, ""))):
        yield left_open(left)
    if not text.strip():
        yield "this text says nothing"
    told = {"answer" if name == "sentence" else name for name in used}
    for name in sorted(_always(situation) - told):
        yield f"every text of this situation says {{{name}}}"
    if is_calm(situation) and (loud := re.search("!", text) or _PICTURE.search(text)):
        yield f"“{loud[0]}” has no place in this situation"
    if is_automatic(situation):
        yield from _not_for_a_machine(text, language)


def _not_for_a_machine(text: str, language: str) -> Iterator[str]:
    """19. A machine's text never says "je", never promises, never claims to have read."""
    if first := _FIRST_PERSON[language].search(text):
        yield f"a machine says this by itself: it cannot say “{first[0].strip()}”"
    if promise := _PROMISES[language].search(text):
        yield f"a machine says this by itself: it cannot promise (“{promise[0].strip()}”)"
    if read := _HAS_READ[language].search(text):
        yield f"a machine says this by itself: it cannot claim to have read (“{read[0].strip()}”)"
