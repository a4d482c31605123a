"""How we speak: which text, in which words, signed by whom. Pure.

A machine's text never says "je", never promises, never repeats what a member wrote, not even a name; a
person's initials stand only under what that person wrote or approved.
"""

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Literal, Protocol

from pydantic import Field

from tribune import lengths, words, written

NAME_LIMIT = 30
_NOT_SPECIFIC = {"name", "team", "title"}
"""Values that fit any text; the others say something about this comment."""
_NOT_IN_A_NAME = re.compile(r"[@#<>{}\[\]|\\^*_~`\"]")
_LINK = re.compile(r"://|www\.|\b\w[\w-]*\.[a-z]{2,}\b", re.IGNORECASE)


class Voice(written.Written):
    """How a community speaks."""

    team_signature: dict[str, str] = Field(min_length=1)
    """Language -> what signs the machine's messages: "L'équipe Garance (message automatique)"."""
    identity_mode: Literal["brand", "initials", "first_name", "full_name", "persona"] = "initials"
    """How a person of the team signs; `brand` leaves it to the page's name."""
    persona: str = ""
    """The name that signs in mode `persona`."""
    address: Literal["vous", "tu"] = "vous"
    team: dict[str, str] = Field(default_factory=dict)
    """Language -> who takes care of what members report ("l'atelier"); "l'équipe" when nothing is said."""


class FaqEntry(written.Written):
    """A question people ask, and the answer the team reviewed."""

    id: str = Field(pattern=r"^[a-z0-9][a-z0-9.-]{0,39}$")
    questions: dict[str, tuple[str, ...]]
    """Language -> phrases that ask it."""
    answer: dict[str, str]
    """Language -> the answer: whole sentences, or a phrase in lower case that follows "Bonjour, "."""
    url: str | None = None
    reviewed_at: date
    valid_until: date | None = None
    """The last day on which the answer is true."""


class Signer(Protocol):
    """Who signs: a person of the rota."""

    @property
    def name(self) -> str:
        """The name, first name first."""

    @property
    def initials(self) -> str:
        """What stands after ^."""


@dataclass(frozen=True, slots=True)
class Written:
    """A text ready to leave, and which variant it is (`reminder1.respect/2`), so that nobody reads it twice."""

    text: str
    variant: str


def compose(  # noqa: PLR0913  a text depends on all of these, and each is named at the call
    situation: str,
    *,
    language: str,
    voice: Voice,
    fields: Mapping[str, str],
    key: str,
    avoid: Iterable[str] = (),
    automatic: bool,
    signer: Signer | None = None,
    limit: int,
    unit: str,
    citation: str,
) -> Written | None:
    """The text of a situation, or None when no variant can be said.

    `fields` are the values the texts may use (see the head of `words/fr/replies.yaml`); a variant whose values
    are not all known is not eligible, and the one that uses most of them goes before the others. The choice
    among equals depends on `key` only. `avoid` holds variants already read; a draft comes back to them rather
    than stay empty, an automatic text does not. `limit` counts in `unit` (of `lengths.UNITS`) and includes
    the signature. `citation` is `link` or `name`; without a url nothing automatic cites the charter.
    KeyError for a situation that nobody wrote.
    """
    language = words.spoken(language)
    table = words.table(language, "replies")
    entry = table["situations"][situation]
    if automatic and not entry["automatic"]:
        return None
    signature = _signature(voice, language, signer, automatic=automatic)
    if signature is None:
        return None
    known = _known(fields, table, voice, language, signer, citation=citation, automatic=automatic)
    read = frozenset(avoid)
    variants = [
        (f"{situation}/{number}", _addressed(text, voice)) for number, text in enumerate(entry["texts"], start=1)
    ]
    eligible = [(name, text) for name, text in variants if words.placeholders(text) <= known.keys()]
    fresh = [(name, text) for name, text in eligible if name not in read]
    for name, text in _in_order(fresh if automatic else fresh or eligible, key):
        whole = _capital(_open_ended(words.fill(text, known), known)) + signature
        if lengths.length(whole, unit) <= limit:
            return Written(whole, name)
    return None


def _open_ended(text: str, known: Mapping[str, str]) -> str:
    """The text, without the full stop that would otherwise be clicked on as a part of its last link."""
    links = [known[name] for name in ("url", "faq_url", "appeal") if name in known]
    return text[:-1] if any(text.endswith(f"{link}.") for link in links) else text


def _signature(voice: Voice, language: str, signer: Signer | None, *, automatic: bool) -> str | None:
    """What follows the text; None when a machine's text would go unsigned."""
    if automatic:
        team = voice.team_signature.get(language)
        return f"\n{team}" if team else None
    if signer is None:
        return ""
    name = {
        "initials": f"^{signer.initials}" if signer.initials else "",
        "first_name": f"— {_first_name(signer)}",
        "full_name": f"— {signer.name}",
        "persona": f"— {voice.persona}" if voice.persona else "",
        "brand": "",
    }[voice.identity_mode]
    return f" {name}" if name else ""


def signed_by(  # noqa: PLR0913  each is named at the call
    text: str, signer: Signer, *, team: Iterable[Signer], voice: Voice, language: str, variant: str = ""
) -> str:
    """`text` under the name of the person who sends it; the signature of another of the `team` gives way.

    A draft of a `variant` in which its first signer names themselves ("C'est Marie") names this one instead.
    """
    body = text.rstrip()
    before = next((one for one in team if (mark := _mark(voice, language, one)) and body.endswith(mark)), None)
    if before is not None:
        body = body.removesuffix(_mark(voice, language, before)).rstrip()
        named, names = _signer_name(voice, before), _signer_name(voice, signer)
        if _names_its_signer(variant, language) and named:
            body = re.sub(rf"(?<!\w){re.escape(named)}(?!\w)", lambda _: names, body, count=1)
    return " ".join(part for part in (body, _mark(voice, language, signer)) if part)


def _mark(voice: Voice, language: str, signer: Signer) -> str:
    return (_signature(voice, language, signer, automatic=False) or "").strip()


def _names_its_signer(variant: str, language: str) -> bool:
    situation, _, number = variant.partition("/")
    entry = words.table(words.spoken(language), "replies")["situations"].get(situation)
    if entry is None or not number.isdigit() or not 1 <= int(number) <= len(entry["texts"]):
        return False
    text = entry["texts"][int(number) - 1]
    return any("signer" in words.placeholders(form) for form in ((text,) if isinstance(text, str) else text.values()))


def _known(  # noqa: PLR0913  as `compose`
    fields: Mapping[str, str],
    table: Mapping[str, str],
    voice: Voice,
    language: str,
    signer: Signer | None,
    *,
    citation: str,
    automatic: bool,
) -> dict[str, str]:
    """Every value a text may use, safe to show; empty ones are left out."""
    known = dict(fields) | {"team": voice.team.get(language) or table["team"]}
    known["name"] = "" if automatic else safe_name(known.get("name"))
    known["signer"] = _signer_name(voice, signer)
    known["citation"] = _citation(known, table["citation"], citation, automatic=automatic)
    answer = known.pop("answer", "").strip()
    if answer[:1].isupper():
        known["sentence"] = answer if answer[-1] in ".!?…" else f"{answer}."
    else:
        known["answer"] = answer.rstrip(".")
    return {name: value for name, value in known.items() if value}


def _citation(known: Mapping[str, str], forms: object, form: str, *, automatic: bool) -> str:
    if not isinstance(forms, Mapping) or not known.get("n"):
        return ""
    if not known.get("url") and automatic:
        return ""  # no address that people trust: no public reminder
    return words.fill(str(forms["link" if form == "link" and known.get("url") else "name"]), known)


def _signer_name(voice: Voice, signer: Signer | None) -> str:
    if voice.identity_mode == "persona":
        return voice.persona
    if signer is None or voice.identity_mode == "brand":
        return ""
    return signer.name if voice.identity_mode == "full_name" else _first_name(signer)


def _first_name(signer: Signer) -> str:
    return signer.name.split()[0] if signer.name.split() else ""


def _addressed(text: str | Mapping[str, str], voice: Voice) -> str:
    return text if isinstance(text, str) else text[voice.address]


def _in_order(variants: list[tuple[str, str]], key: str) -> list[tuple[str, str]]:
    """The most specific first; among equals an order that depends on the key alone."""

    def rank(variant: tuple[str, str]) -> tuple[int, bytes]:
        name, text = variant
        return -len(words.placeholders(text) - _NOT_SPECIFIC), hashlib.sha256(f"{key} {name}".encode()).digest()

    return sorted(variants, key=rank)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def safe_name(name: str | None) -> str:
    """A member's name as we may write it in a draft; empty when it is no name (a link, too long, no letter)."""
    if not name:
        return ""
    visible = "".join(
        " " if unicodedata.category(character) in {"Zs", "Zl", "Zp", "Cc"} else character
        for character in unicodedata.normalize("NFC", name)
        if unicodedata.category(character) not in {"Cf", "Cs", "Co", "Cn"}
    )
    plain = " ".join(_NOT_IN_A_NAME.sub("", visible).split())
    # What is left out may have kept two halves of a link apart.
    link = _LINK.search(name) or _LINK.search(plain)
    if link or len(plain) > NAME_LIMIT or not any(character.isalpha() for character in plain):
        return ""
    return plain


def faq_answer(entry: FaqEntry, language: str, now: datetime) -> str | None:
    """The answer in this language; None when it is out of date (`now` in the community's zone) or not written."""
    if entry.valid_until is not None and now.date() > entry.valid_until:
        return None
    return entry.answer.get(words.spoken(language)) or None


def help_line(country: str, language: str) -> str:
    """What to say to somebody in distress: the help line of the country (one of `Rota.care_country`)."""
    lines: Mapping[str, str] = words.table(words.spoken(language), "care")["lines"]
    return lines[country]


def clock_words(moment: datetime, language: str) -> str:
    """The hour as people write it: `17 h`, `17 h 30`, `5 pm`, `5:30 pm`; `moment` in the reader's zone."""
    if words.spoken(language) == "fr":
        minutes = f"\u00a0{moment.minute:02d}" if moment.minute else ""
        return f"{moment.hour}\u00a0h{minutes}"
    minutes = f":{moment.minute:02d}" if moment.minute else ""
    return f"{moment.hour % 12 or 12}{minutes} {'am' if moment.hour < 12 else 'pm'}"  # noqa: PLR2004  noon


def moment_words(moment: datetime, now: datetime, language: str, form: Literal["at", "since", "until"] = "at") -> str:
    """`à 17 h`, `le 22 novembre à 17 h`, `since 1:40 pm`; both in the reader's zone, the day only if it is not today."""
    table = words.table(words.spoken(language), "time")
    clock = clock_words(moment, language)
    if moment.date() == now.date():
        return words.fill(table[form], {"clock": clock})
    day = words.fill(table["day"], {"number": str(moment.day), "month": table["months"][moment.month - 1]})
    return words.fill(table[f"{form}_day"], {"clock": clock, "day": day})


# --- what a text says about time ---

_NUMBERS = {
    "fr": r"\d{1,3}|une?|deux|trois|quatre|cinq|six|sept|huit|neuf|dix|onze|douze|quinze|vingt",
    "en": r"\d{1,3}|an?|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve",
}
_UNITS = {"fr": r"heures?|jours?|semaines?|mois|ans?", "en": r"hours?|days?|weeks?|months?|years?"}
_WAITING = {
    "fr": r"(?:de retard|d['’]attente|sans (?:réponse|nouvelles?)|que (?:j['’]|je |nous |on )attend)",
    "en": r"(?:late|overdue|of waiting|without (?:an answer|a reply|news))",
}
"""What after a length of time says that somebody waits."""
_SINCE = {
    "fr": re.compile(
        rf"(?:(?:au bout d(?:e |'|’)|depuis|après|encore|déjà|ça fait)\s*(?:plus de )?(?P<a>(?:{_NUMBERS['fr']})\s+(?:{_UNITS['fr']}))\b"
        rf"|\b(?P<b>(?:{_NUMBERS['fr']})\s+(?:{_UNITS['fr']}))\s+{_WAITING['fr']})",
        re.IGNORECASE,
    ),
    "en": re.compile(
        rf"(?:(?:after|for|already|another)\s+(?:over |more than )?(?P<a>(?:{_NUMBERS['en']})\s+(?:{_UNITS['en']}))\b(?! warranty| ago)"
        rf"|\b(?P<b>(?:{_NUMBERS['en']})\s+(?:{_UNITS['en']}))\s+{_WAITING['en']})",
        re.IGNORECASE,
    ),
}


def since_when(text: str, language: str) -> str | None:
    """How long the member says it has lasted ("deux mois"), from a closed vocabulary; for the drafts' {since}."""
    match = _SINCE[words.spoken(language)].search(text)
    found = (match["a"] or match["b"]) if match else None
    return " ".join(found.lower().split()) if found else None


_WAITED = {
    language: re.compile(
        rf"\b(?P<n>{_NUMBERS[language]})\s+(?P<unit>{_UNITS[language]})\s+{_WAITING[language]}", re.IGNORECASE
    )
    for language in words.LANGUAGES
}
_LASTS = {
    "h": timedelta(hours=1), "j": timedelta(days=1), "d": timedelta(days=1), "s": timedelta(weeks=1),
    "w": timedelta(weeks=1), "m": timedelta(days=30), "a": timedelta(days=365), "y": timedelta(days=365),
}  # fmt: skip
"""By the first letter of the unit, in both languages."""


def waited(text: str, language: str) -> timedelta | None:
    """How long the member says they have been waiting for us ("un mois que j'attends"); None when they do not say."""
    match = _WAITED[words.spoken(language)].search(text)
    if match is None:
        return None
    number = match["n"].lower()
    lasts: timedelta = _LASTS[match["unit"][0].lower()] * (_COUNTED.get(number) or int(number))
    return lasts


@dataclass(frozen=True, slots=True)
class Promise:
    """A promise to come back, as the person wrote it: a clock time (on a later day or not), or a delay."""

    words: str
    clock: time | None = None
    days: int = 0
    delay: timedelta | None = None

    def at(self, now: datetime) -> datetime:
        """When it runs out, for a promise made at `now` (in the community's zone): never in the past."""
        if self.delay is not None:
            return now + self.delay
        day = now.date() + timedelta(days=self.days)
        kept = datetime.combine(day, self.clock or time(12), now.tzinfo)
        return kept if kept > now else datetime.combine(day + timedelta(days=1), self.clock or time(12), now.tzinfo)


_PROMISES = {
    "fr": re.compile(
        r"\b(?:je|j['’]|on|nous)\s*(?:vous |te |t['’]|y )?(?:reviens|reviendrai|revient|revenons|réponds|répondrai|répond|répondons"
        r"|rappelle|rappelons|écris|écrirai|tiens|tient|tenons|donne|donnerai)\b",
        re.IGNORECASE,
    ),
    "en": re.compile(
        r"\b(?:I|we)(?:['’]ll| will)\s+(?:\w+\s+){0,1}?(?:be back|get back|come back|reply|answer|update|call|let you know|write|return)\b"
        r"|\bwill (?:be back|get back|come back|answer|update you|call you)\b",
        re.IGNORECASE,
    ),
}
_REACH = 60
_DELAYS = {
    "fr": re.compile(rf"\bdans (?P<n>{_NUMBERS['fr']}) (?P<unit>min|minutes?|h|heures?)\b", re.IGNORECASE),
    "en": re.compile(rf"\bin (?P<n>{_NUMBERS['en']}) (?P<unit>min|minutes?|h|hours?)\b", re.IGNORECASE),
}
_CLOCKS = {
    "fr": re.compile(
        r"\b(?:(?P<tomorrow>demain)\s*)?(?:à|avant|vers|d['’]ici(?: à)?|pour|dès)\s(?P<hour>[01]?\d|2[0-3])\s?[h:]\s?(?P<minute>[0-5]\d)?",
        re.IGNORECASE,
    ),
    "en": re.compile(
        r"\b(?:(?P<tomorrow>tomorrow)\s*)?(?:at|by|before|around)\s"
        r"(?P<hour>[01]?\d|2[0-3])(?=[:.]\d\d|\s?[ap]\.?m)(?:[:.](?P<minute>[0-5]\d))?(?!\d)\s?(?P<half>[ap]\.?m\b\.?)?",
        re.IGNORECASE,
    ),
}
_DAYTIMES: dict[str, tuple[tuple[str, int, time], ...]] = {
    "fr": (
        ("demain matin", 1, time(10)),
        ("demain soir", 1, time(18)),
        ("demain", 1, time(12)),
        ("ce midi", 0, time(12)),
        ("à midi", 0, time(12)),
        ("cet après-midi", 0, time(17)),
        ("ce soir", 0, time(19)),
        ("dans la journée", 0, time(18)),
        ("aujourd'hui", 0, time(18)),
    ),
    "en": (
        ("tomorrow morning", 1, time(10)),
        ("tomorrow evening", 1, time(18)),
        ("tomorrow", 1, time(12)),
        ("at noon", 0, time(12)),
        ("this afternoon", 0, time(17)),
        ("this evening", 0, time(19)),
        ("tonight", 0, time(19)),
        ("today", 0, time(18)),
    ),
}
_COUNTED = {
    name: number
    for names, number in (
        (("un", "une", "a", "an", "one"), 1),
        (("deux", "two"), 2),
        (("trois", "three"), 3),
        (("quatre", "four"), 4),
        (("cinq", "five"), 5),
        (("six",), 6),
        (("sept", "seven"), 7),
        (("huit", "eight"), 8),
        (("neuf", "nine"), 9),
        (("dix", "ten"), 10),
        (("onze", "eleven"), 11),
        (("douze", "twelve"), 12),
        (("quinze",), 15),
        (("vingt",), 20),
    )
    for name in names
}


def promise_in(text: str, language: str) -> Promise | None:
    """The promise a person makes in an answer ("je reviens ici à 17 h"), so that somebody is reminded of it."""
    language = words.spoken(language)
    plain = text.replace("\u00a0", " ").replace("\u202f", " ").replace("’", "'")
    made = _PROMISES[language].search(plain)
    if made is None:
        return None
    reach = plain[made.end() : made.end() + _REACH]
    if delay := _DELAYS[language].search(reach):
        number = delay["n"].lower()
        n = _COUNTED.get(number) or int(number)
        return Promise(delay[0], delay=timedelta(hours=n) if delay["unit"][0] in "hH" else timedelta(minutes=n))
    if clock := _CLOCKS[language].search(reach):
        return _clock_promise(clock)
    for said, days, when in _DAYTIMES[language]:
        if said in reach.lower():
            return Promise(said, clock=when, days=days)
    return None


def _clock_promise(match: re.Match[str]) -> Promise | None:
    hour, minute = int(match["hour"]), int(match["minute"] or 0)
    half = (match.groupdict().get("half") or "").lower()
    if half:
        if not 1 <= hour <= 12:  # noqa: PLR2004  a clock face
            return None
        hour = hour % 12 + (12 if half.startswith("p") else 0)
    return Promise(match[0].strip(), clock=time(hour, minute), days=1 if match["tomorrow"] else 0)
