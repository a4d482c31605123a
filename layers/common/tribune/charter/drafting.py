"""The next version of a charter while people work on it: how it says its articles, which words it adds and takes away,
and what they may be. Pure.

A draft begins from a published version and differs from it by the title or the text of an article, and by entries: a
term of a rule, an expression that never breaches it, a sentence that has its place or has none. What else a version says
is changed in its file.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import chain
from typing import Any, Literal, Protocol

from tribune.charter import contacts
from tribune.charter.document import Charter, Clause, Kind
from tribune.charter.text import fold
from tribune.charter.uses import WordUse
from tribune.errors import TribuneError

MOST_CHARACTERS = 200
MOST_IN_A_TITLE = 120
MOST_IN_A_TEXT = 6_000
_ADDRESS = re.compile(r"://|www\.|@", re.IGNORECASE)
_SHORTEST_NAME = 3
"""Letters of a part of a name that is looked for: « de » is no name."""


class Part(StrEnum):
    """Where the words of an entry stand in their clause."""

    TERMS = "terms"
    """Its detectors find them."""
    EXCEPTIONS = "exceptions"
    """They never breach it."""
    ALLOWED = "allowed"
    """A sentence that has its place, for members to read and to test the clause with."""
    FORBIDDEN = "forbidden"
    """A sentence that breaches it."""


@dataclass(frozen=True, slots=True)
class Entry:
    """Words of a clause."""

    clause: str
    part: Part
    language: str
    text: str


@dataclass(frozen=True, slots=True)
class Change:
    """An entry that a draft adds, or takes away."""

    entry: Entry
    added: bool


@dataclass(frozen=True, slots=True)
class Wording:
    """How an article is said in a language."""

    clause: str
    language: str
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Rewording:
    """A title or a text that a draft says otherwise."""

    clause: str
    part: Literal["title", "text"]
    language: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class CharterDraft:
    """The next version as it stands: one in a community at a time."""

    charter: Charter
    content_hash: str
    """Of the charter as it is stored: what somebody saw when they changed or published it."""
    beside: int
    """The published version that it began from."""
    by: str
    """Who changed it last."""
    at: datetime


class CannotEdit(TribuneError):
    """A draft cannot be changed like this; `why`: `no_clause`, `no_article`, `no_words`, `language`, `empty`, `long`,
    `too_long`, `unsaid`, `personal`, `there` or `gone`.
    """

    reason = "cannot_edit"

    def __init__(self, why: str) -> None:
        self.why = why
        super().__init__(why)


# ruff: disable[D102]  what each of these does is said where it is done
class Announcing(Protocol):
    """A published version, and the promise that it made."""

    @property
    def notice_days(self) -> int: ...
    @property
    def effective_from(self) -> datetime: ...


# ruff: enable[D102]


def announced(latest: Announcing, now: datetime) -> datetime:
    """When a change may take effect: as long after `now` as the latest version promised to announce it."""
    return now + timedelta(days=latest.notice_days)


def next_effect(latest: Announcing, now: datetime) -> datetime:
    """When the version that follows the latest one takes effect: as promised, and never before the one it follows."""
    return max(announced(latest, now), latest.effective_from)


# --- changing ---


def personal(text: str, names: Iterable[str] = ()) -> bool:
    """Does it hold what belongs in no charter: an address, a number somebody can be reached by, one of these names?"""
    if _ADDRESS.search(text) or any(contacts.find(text, language) for language in ("fr", "en")):
        return True
    said = {*re.findall(r"\w+", fold(text))}
    return any(
        len(part) >= _SHORTEST_NAME and part in said for name in names for part in re.findall(r"\w+", fold(name))
    )


def added(charter: Charter, entry: Entry) -> Charter:
    """The charter with one more entry. Raises CannotEdit."""
    entry = _fit(charter, entry)
    held = _held(charter, entry)
    if entry.text in held:
        raise CannotEdit("there")
    return _with(charter, entry, (*held, entry.text))


def removed(charter: Charter, entry: Entry) -> Charter:
    """The charter without an entry. Raises CannotEdit."""
    held = _held(charter, entry)
    if entry.text not in held:
        raise CannotEdit("gone")
    return _with(charter, entry, tuple(text for text in held if text != entry.text))


def given_up(charter: Charter, base: Charter, change: Change) -> Charter:
    """The charter without a change that it makes to `base`: what it took away stands where it stood, whatever it says.

    Raises CannotEdit.
    """
    entry = change.entry
    if change.added:
        return removed(charter, entry)
    held, before = _held(charter, entry), _held(base, entry)
    if entry.text not in before:
        raise CannotEdit("gone")
    which = None
    if entry.part is Part.TERMS:  # in the detector that held it: a draft has the same ones
        number, was = _words(_clause(base, entry.clause), entry)
        use = _clause(charter, entry.clause).detectors[number]
        if isinstance(use, WordUse):
            which, held, before = (number, use), use.terms.get(entry.language, ()), was.terms[entry.language]
    again = {*held, entry.text}
    here = (text for text in before if text in again)
    return _with(charter, entry, (*here, *(text for text in held if text not in before)), which)


def applied(charter: Charter, change: Change) -> Charter:
    """The charter with a change. Raises CannotEdit."""
    return added(charter, change.entry) if change.added else removed(charter, change.entry)


def changes(old: Charter, new: Charter) -> list[Change]:
    """What `new` adds to `old` and takes away from it, clause by clause."""
    before, after = dict.fromkeys(_entries(old)), dict.fromkeys(_entries(new))
    made = [Change(entry, added=True) for entry in after if entry not in before]
    return made + [Change(entry, added=False) for entry in before if entry not in after]


def reworded(charter: Charter, wording: Wording) -> Charter:
    """The charter with an article said otherwise in a language. Raises CannotEdit."""
    clause = _article(charter, wording.clause)
    if wording.language not in charter.languages:
        raise CannotEdit("language")
    title, text = " ".join(wording.title.split()), _tidy(wording.text)
    if not title or not text:
        raise CannotEdit("unsaid")
    if len(title) > MOST_IN_A_TITLE or len(text) > MOST_IN_A_TEXT:
        raise CannotEdit("too_long")
    said = {"title": clause.title | {wording.language: title}, "text": clause.text | {wording.language: text}}
    return _edited(charter, clause.model_copy(update=said))


def restored(charter: Charter, base: Charter, one: Rewording) -> Charter:
    """The charter with a title or a text as `base` says it. Raises CannotEdit."""
    clause, before = _article(charter, one.clause), getattr(_article(base, one.clause), one.part)
    kept = {language: said for language, said in getattr(clause, one.part).items() if language != one.language}
    again = {one.language: before[one.language]} if one.language in before else {}
    return _edited(charter, clause.model_copy(update={one.part: kept | again}))


def rewordings(old: Charter, new: Charter) -> list[Rewording]:
    """What `new` says otherwise than `old`, article by article; an article that stands in one of them only is none."""
    found: list[Rewording] = []
    for clause in new.clauses:
        before = old.clause(clause.id)
        if before is None:
            continue
        parts: tuple[tuple[Literal["title", "text"], dict[str, str], dict[str, str]], ...] = (
            ("title", before.title, clause.title),
            ("text", before.text, clause.text),
        )
        for part, was, said in parts:
            found += [
                Rewording(clause.id, part, language, was.get(language, ""), said.get(language, ""))
                for language in dict.fromkeys((*was, *said))
                if was.get(language, "") != said.get(language, "")
            ]
    return found


def carried_over(draft: Charter, base: Charter, latest: Charter) -> Charter:
    """The draft's changes to the version it began from, made to a later one; those that make no sense there are left out.

    What both say otherwise is said as in the draft, which shows what it replaces.
    """
    moved = latest
    for one in rewordings(base, draft):
        try:
            clause = _article(moved, one.clause)
        except CannotEdit:
            continue
        said = getattr(clause, one.part) | {one.language: one.after}
        moved = _edited(moved, clause.model_copy(update={one.part: said}))
    for change in changes(base, draft):
        try:
            moved = applied(moved, change)
        except CannotEdit:
            continue
    return moved


def _fit(charter: Charter, entry: Entry) -> Entry:
    text = " ".join(entry.text.split())
    if not any(character.isalnum() for character in text):
        raise CannotEdit("empty")
    if len(text) > MOST_CHARACTERS:
        raise CannotEdit("long")
    if entry.language not in charter.languages:
        raise CannotEdit("language")
    if personal(text):
        raise CannotEdit("personal")
    return Entry(entry.clause, entry.part, entry.language, text)


def _tidy(text: str) -> str:
    """Lines without what stands after them, one empty line between paragraphs."""
    lines = "\n".join(line.rstrip() for line in text.splitlines()).strip()
    return re.sub(r"\n{3,}", "\n\n", lines)


def _article(charter: Charter, clause_id: str) -> Clause:
    found = charter.clause(clause_id)
    if found is None:
        raise CannotEdit("no_article")
    return found


def _clause(charter: Charter, clause_id: str) -> Clause:
    found = charter.clause(clause_id)
    if found is None or found.kind is not Kind.RULE:
        raise CannotEdit("no_clause")
    return found


def _held(charter: Charter, entry: Entry) -> tuple[str, ...]:
    clause = _clause(charter, entry.clause)
    match entry.part:
        case Part.TERMS:
            return _words(clause, entry)[1].terms.get(entry.language, ())
        case Part.EXCEPTIONS:
            return clause.exceptions.get(entry.language, ())
        case Part.ALLOWED:
            return clause.examples.allowed.get(entry.language, ())
        case Part.FORBIDDEN:
            return clause.examples.forbidden.get(entry.language, ())


def _words(clause: Clause, entry: Entry) -> tuple[int, WordUse]:
    """Which detector of a clause holds a term: the one that does, else the first that has any, else the first that may."""
    uses = [(number, use) for number, use in enumerate(clause.detectors) if isinstance(use, WordUse)]
    if not uses:
        raise CannotEdit("no_words")
    holding = [pair for pair in uses if entry.text in pair[1].terms.get(entry.language, ())]
    return (holding or [pair for pair in uses if pair[1].terms] or uses)[0]


def _with(charter: Charter, entry: Entry, held: tuple[str, ...], which: tuple[int, WordUse] | None = None) -> Charter:
    """`held` in the place of the words of an entry's kind; `which`: the detector, where a certain one is meant."""
    clause = _clause(charter, entry.clause)

    def texts(before: dict[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
        after = before | {entry.language: held}
        return {language: said for language, said in after.items() if said}

    update: dict[str, Any]
    match entry.part:
        case Part.TERMS:
            number, use = which or _words(clause, entry)
            changed = use.model_copy(update={"terms": texts(use.terms)})
            update = {"detectors": (*clause.detectors[:number], changed, *clause.detectors[number + 1 :])}
        case Part.EXCEPTIONS:
            update = {"exceptions": texts(clause.exceptions)}
        case Part.ALLOWED | Part.FORBIDDEN:
            own = clause.examples
            update = {"examples": own.model_copy(update={entry.part.value: texts(getattr(own, entry.part))})}
    return _edited(charter, clause.model_copy(update=update))


def _edited(charter: Charter, edited: Clause) -> Charter:
    return charter.model_copy(
        update={"clauses": tuple(edited if one.id == edited.id else one for one in charter.clauses)}
    )


def entries(clause: Clause) -> Iterator[Entry]:
    """The words that a rule holds; none where it is no rule."""
    if clause.kind is not Kind.RULE:
        return
    parts = {
        Part.EXCEPTIONS: clause.exceptions,
        Part.ALLOWED: clause.examples.allowed,
        Part.FORBIDDEN: clause.examples.forbidden,
    }
    held = [(Part.TERMS, use.terms) for use in clause.detectors if isinstance(use, WordUse)]
    for part, texts in (*held, *parts.items()):
        for language, said in texts.items():
            yield from (Entry(clause.id, part, language, text) for text in said)


def parts(clause: Clause) -> tuple[Part, ...]:
    """Which words a clause can hold: nothing is looked for where no detector reads words."""
    if clause.kind is not Kind.RULE:
        return ()
    reads = any(isinstance(use, WordUse) for use in clause.detectors)
    return tuple(part for part in Part if part is not Part.TERMS or reads)


def _entries(charter: Charter) -> Iterator[Entry]:
    return chain.from_iterable(map(entries, charter.clauses))
