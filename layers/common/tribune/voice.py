"""How we speak: which text, in which words, signed by whom. Pure.

A machine's text never says "je", never promises, never repeats what a member wrote, not even a name; a
person's initials stand only under what that person wrote or approved. In a hostile thread nobody is named: the
brand speaks.
"""

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Annotated, Literal, Protocol

from pydantic import Field

from tribune import lengths, replies, words, written
from tribune.replies import OwnTexts

NAME_LIMIT = 30
TOPIC_LIMIT = 60
"""A longer title is no subject to put into a sentence."""
_HALF_A_YEAR = timedelta(days=183)
_ENDED = ("!", "?", "…")
"""After these nothing goes on in the same sentence."""
_GREETED = 20
"""Letters after « Bonjour »: « à tous », « Madame »."""
_NOT_SPECIFIC = {"name", "team", "title"}
"""Values that fit any text; the others say something about this comment."""
_NOT_IN_A_NAME = re.compile(r"[@#<>{}\[\]|\\^*_~`\"]")
_LINK = re.compile(r"://|www\.|\b\w[\w-]*\.[a-z]{2,}\b", re.IGNORECASE)


class Former(written.Written):
    """Somebody who left the team: what they signed stays under their initials, and nobody signs with them any more."""

    id: str
    """Their id in the rota, as the journal knows them."""
    initials: str = Field(pattern=r"^[^\W\d_]{1,4}$")
    name: str = ""
    """As they signed, if they signed with it: a draft of theirs that still waits is not sent under it."""


class Voice(written.Written):
    """How a community speaks."""

    team_signature: dict[str, str] = Field(min_length=1)
    """Language -> what signs the machine's messages: "L'équipe Garance (message automatique)"."""
    identity_mode: Literal["brand", "initials", "first_name", "full_name", "persona"] = "initials"
    """How a person of the team signs; `brand` leaves it to the page's name."""
    persona: str = ""
    """The name that signs in mode `persona`."""
    address: Literal["vous", "tu"] = "vous"
    courtesy_delay_s: tuple[Annotated[int, Field(ge=0, le=600)], Annotated[int, Field(ge=0, le=600)]] = (40, 180)
    """Between how many seconds and how many a known answer waits before it leaves in public: nobody talks to a
    machine that fires back, and whoever of the team is there answers first.
    """
    team: dict[str, str] = Field(default_factory=dict)
    """Language -> who takes care of what members report ("l'atelier"); "l'équipe" when nothing is said."""
    former: tuple[Former, ...] = ()
    """Who left: their signatures are retired."""
    replies: tuple[OwnTexts, ...] = ()
    """Texts of the community's own, beside ours or instead of them."""

    def retired(self, person_id: str) -> Former | None:
        """Somebody who left the team, None for anybody else."""
        return next((one for one in self.former if one.id == person_id), None)


class FaqEntry(written.Written):
    """A question people ask, and the answer the team reviewed."""

    id: str = Field(pattern=r"^[a-z0-9][a-z0-9.-]{0,39}$")
    questions: dict[str, tuple[str, ...]]
    """Language -> phrases that ask it."""
    answer: dict[str, str]
    """Language -> the answer: whole sentences, or a phrase in lower case that follows "Bonjour, "."""
    topic: dict[str, str] = Field(default_factory=dict)
    """Language -> what it is about, as a title: "Nos horaires du dimanche"."""
    url: str | None = None
    reviewed_at: date
    valid_until: date | None = None
    """The last day on which the answer is true."""


def mistakes(voice: Voice, faq: Iterable[FaqEntry]) -> Iterator[tuple[written.Location, str]]:
    """What no member should read in the way a community speaks, and where it stands: `voice…` or `faq…`.

    Asked where it is written, never where it is read: no later version of ours refuses a whole community for a text.
    """
    said: list[tuple[written.Location, str]] = [(("voice", "persona"), voice.persona)]
    for name, texts in (("team_signature", voice.team_signature), ("team", voice.team)):
        said += [(("voice", name, language), text) for language, text in texts.items()]
    for number, entry in enumerate(faq):
        for name, texts in (("answer", entry.answer), ("topic", entry.topic)):
            said += [(("faq", number, name, language), text) for language, text in texts.items()]
    for location, text in said:
        if left := replies.open_blank(text):
            yield location, replies.left_open(left)
    for number, own in enumerate(voice.replies):
        yield from ((("voice", "replies", number, *location), wrong) for location, wrong in replies.mistakes(own))


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
    today: date | None = None,
    hostile: bool = False,
) -> Written | None:
    """The text of a situation, or None when no variant can be said.

    `fields` are the values the texts may use (see the head of `words/fr/replies.yaml`); a variant whose values
    are not all known is not eligible, and the one that uses most of them goes before the others. The choice
    among equals depends on `key` only. `avoid` holds variants already read; a draft comes back to them rather
    than stay empty, an automatic text does not. `limit` counts in `unit` (of `lengths.UNITS`) and includes
    the signature. `citation` is `link` or `name`; without a url nothing automatic cites the charter. `today`, in the
    community's zone, is the day on which its own texts must hold. `hostile`: nobody is named (`decision.is_hostile`).
    KeyError for a situation that nobody wrote.
    """
    language = words.spoken(language)
    if automatic and not replies.is_automatic(situation):
        return None
    mode = _identity(voice, hostile=hostile)
    signature = f"\n{voice.team_signature.get(language, '')}" if automatic else _mark(mode, voice, signer)
    if automatic and not signature.strip():
        return None
    known = _known(fields, voice, language, citation=citation, automatic=automatic)
    known["signer"] = _signer_name(mode, voice, signer, language)
    read = frozenset(avoid)
    variants = [
        (variant.name, variant.addressed(voice.address))
        for variant in replies.variants(situation, language, voice.replies, today)
    ]
    eligible = [(name, text) for name, text in variants if words.placeholders(text) <= known.keys()]
    fresh = [(name, text) for name, text in eligible if name not in read]
    for name, text in _in_order(fresh if automatic else fresh or eligible, key):
        said = _capital(_open_ended(words.fill(text, known), known))
        whole = said + signature if automatic else " ".join(part for part in (said, signature) if part)
        if lengths.length(whole, unit) <= limit:
            return Written(whole, name)
    return None


def _open_ended(text: str, known: Mapping[str, str]) -> str:
    """The text, without the full stop that would otherwise be clicked on as a part of its last link."""
    links = [known[name] for name in ("url", "faq_url", "appeal") if name in known]
    return text[:-1] if any(text.endswith(f"{link}.") for link in links) else text


# --- who signs ---


def _identity(voice: Voice, *, hostile: bool) -> str:
    return "brand" if hostile else voice.identity_mode


def _mark(mode: str, voice: Voice, signer: Signer | None) -> str:
    """What stands under a person's text, "" where the brand speaks or nobody signs yet."""
    if signer is None:
        return ""
    return {
        "initials": f"^{signer.initials}" if signer.initials else "",
        "first_name": f"— {_first_name(signer)}",
        "full_name": f"— {signer.name}",
        "persona": f"— {voice.persona}" if voice.persona else "",
    }.get(mode, "")


def _signer_name(mode: str, voice: Voice, signer: Signer | None, language: str) -> str:
    """How a text names who signs it: "l'équipe" where the brand speaks or nobody is known."""
    brand = str(words.table(words.spoken(language), "replies")["somebody"])
    if mode == "persona":
        return voice.persona or brand
    if signer is None or mode == "brand":
        return brand
    return signer.name if mode == "full_name" else _first_name(signer)


def signed_by(  # noqa: PLR0913  each is named at the call
    text: str,
    signer: Signer,
    *,
    team: Iterable[Signer],
    voice: Voice,
    language: str,
    variant: str = "",
    hostile: bool = False,
) -> str:
    """`text` under the name of the person who sends it; any other signature of the `team`, past or present, gives way.

    A draft of a `variant` in which its first signer names themselves ("C'est Marie") names this one instead; in a
    `hostile` thread it names nobody.
    """
    mode = _identity(voice, hostile=hostile)
    body, before = _unsigned(text.rstrip(), (*team, *voice.former), voice)
    if before is not None and _names_its_signer(variant, language):
        named = "|".join(re.escape(name) for name in (before.name, _first_name(before), voice.persona) if name)
        names = _signer_name(mode, voice, signer, language)
        body = _capital(re.sub(rf"(?<!\w)(?:{named})(?!\w)", lambda _: names, body, count=1)) if named else body
    return " ".join(part for part in (body, _mark(mode, voice, signer)) if part)


_MODES = ("full_name", "first_name", "persona", "initials")
_INITIALS = re.compile(r"\s\^[^\W\d_]{1,4}\Z")


def _unsigned(text: str, team: Iterable[Signer], voice: Voice) -> tuple[str, Signer | None]:
    """The text without the signature it was prepared with, however the brand signed then, and whose that was."""
    for one in team:
        for mode in _MODES:
            if (mark := _mark(mode, voice, one)) and text.endswith(mark):
                return text.removesuffix(mark).rstrip(), one
    return _INITIALS.sub("", text), None


def _names_its_signer(variant: str, language: str) -> bool:
    situation = variant.partition("/")[0]
    if situation not in replies.situations(words.spoken(language)):
        return False
    ours = replies.variants(situation, words.spoken(language))
    return any("signer" in words.placeholders(form) for one in ours if one.name == variant for form in one.forms)


def _known(fields: Mapping[str, str], voice: Voice, language: str, *, citation: str, automatic: bool) -> dict[str, str]:
    """Every value a text may use, safe to show; empty ones are left out. A machine uses no name."""
    table = words.table(language, "replies")
    known = dict(fields) | {"team": voice.team.get(language) or table["team"]}
    known["name"] = "" if automatic else safe_name(known.get("name"))
    known["topic"] = _subject(known.get("topic"))
    known["citation"] = _citation(known, table["citation"], citation, automatic=automatic)
    answer = _ungreeted(known.pop("answer", ""), table["greetings"])
    if answer[:1].isupper() or answer.endswith(_ENDED):
        known["sentence"] = _capital(answer) if answer.endswith((".", *_ENDED)) else f"{answer}."
    else:
        known["answer"] = answer.rstrip(".")
    return {name: value for name, value in known.items() if value}


def _ungreeted(answer: str, greetings: Iterable[str]) -> str:
    """The answer without the greeting that it begins with: the text around it says hello already."""
    hello = rf"\A(?:{'|'.join(map(re.escape, greetings))})\b[^,.!:\n]{{0,{_GREETED}}}[,.!:]\s*(?=\S)"
    return re.sub(hello, "", answer.strip(), flags=re.IGNORECASE)


def _citation(known: Mapping[str, str], forms: Mapping[str, str], form: str, *, automatic: bool) -> str:
    if not known.get("n") or (automatic and not known.get("url")):
        return ""  # no address that people trust: no public reminder
    return words.fill(forms[form if known.get("url") else "bare"], known)


def _first_name(signer: Signer) -> str:
    return signer.name.split()[0] if signer.name.split() else ""


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
    plain = " ".join(_NOT_IN_A_NAME.sub("", _visible(name)).split())
    # What is left out may have kept two halves of a link apart.
    link = _LINK.search(name) or _LINK.search(plain)
    if link or len(plain) > NAME_LIMIT or not any(character.isalpha() for character in plain):
        return ""
    return plain


def _subject(title: str | None) -> str:
    """A title of the team's own as a subject within a sentence; empty when it is none (a link, too long, no letter)."""
    plain = " ".join(_visible(title or "").split()).rstrip(".")
    fits = len(plain) <= TOPIC_LIMIT and any(character.isalpha() for character in plain)
    return plain if fits and not _LINK.search(plain) else ""


def _visible(text: str) -> str:
    """One line, without what nobody sees."""
    return "".join(
        " " if unicodedata.category(character) in {"Zs", "Zl", "Zp", "Cc"} else character
        for character in unicodedata.normalize("NFC", text)
        if unicodedata.category(character) not in {"Cf", "Cs", "Co", "Cn"}
    )


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
    return words.fill(table[f"{form}_day"], {"clock": clock, "day": day_words(moment.date(), language, now.date())})


def day_words(day: date, language: str, today: date | None = None) -> str:
    """`22 novembre`, `1er décembre`, `1 December`; with its year where another year's would be nearer to `today`."""
    table = words.table(words.spoken(language), "time")
    far = today is not None and abs(day - today) > _HALF_A_YEAR
    number = table["first"] if day.day == 1 else str(day.day)
    fields = {"number": number, "month": table["months"][day.month - 1], "year": str(day.year)}
    return words.fill(table["day_of_year" if far else "day"], fields)
