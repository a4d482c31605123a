"""The charter as the team reads it, and a sentence tried on it: which article, what would be done in each mode."""

from datetime import datetime

from pydantic import Field

from tribune import words
from tribune.charter import Charter, PublishedCharter
from tribune.charter.document import Clause, Kind
from tribune.checking import Checker, Question
from tribune.decision import Decision, Leave, Mode
from tribune.desk.route import Door, Form, View
from tribune.desk.visit import Parts, Visit
from tribune.explained import sentences
from tribune.team import Right

MOST_CHARACTERS = 5_000
_LEAVES = (Leave.ALONE, Leave.PROPOSED, Leave.OBSERVED)


class Article(View):
    """One article, in the words of the version in force."""

    number: int
    id: str
    title: str
    paragraphs: tuple[str, ...]
    facts: tuple[str, ...]
    """How grave a breach is, how far the machine may go, what follows first; nothing for what cannot be breached."""
    allowed: tuple[str, ...]
    forbidden: tuple[str, ...]


class InMode(View):
    """What would be done about a sentence in one mode."""

    mode: str
    done: str
    now: bool
    """Is this how the article that it is about is set today?"""


class Tried(View):
    """A sentence under one charter."""

    under: str
    """Which charter: a version, or the draft."""
    pieces: tuple[tuple[str, bool], ...]
    """(stretch of the sentence, is it held against it?)."""
    article: str
    reason: str
    modes: tuple[InMode, ...]
    why: tuple[str, ...]
    """What the machine looked at, and what became of it: one line each."""


class CharterView(View):
    """The charter in force."""

    version: int | None
    """None while members were never shown one."""
    line: str
    announced: str
    """The version that will follow it, empty when none is announced."""
    page: str
    """The public address; empty without one."""
    drafted: str
    """Who works on the next version, and since when; empty when nobody does."""
    articles: tuple[Article, ...]
    asked: str
    tried: tuple[Tried, ...]


class Sentence(Form):
    """A sentence to try. It is kept nowhere."""

    text: str = Field(max_length=MOST_CHARACTERS)


def charter(visit: Visit, _parts: Parts) -> CharterView:
    """The version in force, article by article."""
    return _view(visit)


def try_sentence(visit: Visit, _parts: Parts, form: Sentence) -> CharterView:
    """The same page, with what would be done about a sentence. A form, so that the sentence stands in no address."""
    return _view(visit, form.text)


def _view(visit: Visit, asked: str = "") -> CharterView:
    charters, community = visit.reach.charters, visit.community
    published, draft = charters.load(community.id, visit.now), charters.draft(community.id)
    coming = [one for one in charters.versions(community.id) if one.effective_from > visit.now]
    said = visit.screen["charter"]
    under = [(said["in_force"].format(version=published.version), published.charter)] if published else []
    under += [(said["the_draft"], draft.charter)] if draft else []
    return CharterView(
        version=published.version if published else None,
        line=_line(published, visit),
        announced=", ".join(_announced(one.version, one.effective_from, visit) for one in coming),
        page=f"{community.charter_base_url}/charter/{community.id}" if community.charter_base_url else "",
        drafted=said["drafted"].format(person=visit.telling.called(draft.by), time=visit.telling.at(draft.at))
        if draft
        else "",
        articles=tuple(_article(clause, published, visit) for clause in published.charter.clauses) if published else (),
        asked=asked,
        tried=tuple(tried(asked, name, one, visit) for name, one in under) if asked.strip() else (),
    )


def _line(published: PublishedCharter | None, visit: Visit) -> str:
    said = visit.screen["charter"]
    if published is None:
        return str(said["none"])
    return str(said["version"].format(version=published.version, time=visit.telling.since(published.effective_from)))


def _announced(version: int, effective_from: datetime, visit: Visit) -> str:
    return str(visit.screen["charter"]["announced"].format(version=version, time=visit.telling.at(effective_from)))


def named(clause: Clause, charter: Charter, visit: Visit) -> str:
    """`Article 10, Le respect des personnes`."""
    title = charter.title_of(clause, charter.shown_in(visit.language))
    return str(visit.screen["case"]["cited"].format(number=clause.number, title=title))


def _article(clause: Clause, published: PublishedCharter, visit: Visit) -> Article:
    language = published.charter.shown_in(visit.language)
    return Article(
        number=clause.number,
        id=clause.id,
        title=published.charter.title_of(clause, language),
        paragraphs=tuple(
            part for part in published.words_of(clause, language, visit.community.zone).split("\n\n") if part.strip()
        ),
        facts=_facts(clause, visit),
        allowed=clause.examples.allowed.get(language, ()),
        forbidden=clause.examples.forbidden.get(language, ()),
    )


def _facts(clause: Clause, visit: Visit) -> tuple[str, ...]:
    if clause.kind is not Kind.RULE or clause.gravity is None or clause.first_action is None:
        return ()
    shown, modes = words.table(visit.language, "pages"), visit.community.modes
    said = visit.screen["charter"]
    mode = said["modes"][modes.clauses.get(clause.id, modes.default)]
    return (
        said["gravity"][clause.gravity],
        shown["first_action"][clause.first_action],
        shown["ceiling"][clause.ceiling],
        said["mode"].format(mode=mode),
    )


def tried(text: str, under: str, charter: Charter, visit: Visit) -> Tried:
    """What would be done about a sentence that somebody unknown writes in public."""
    checker, question = Checker.of(charter, visit.community.vocabulary), Question(text)
    findings = checker.read(question)
    decisions = {mode: checker.decided(question, findings, visit.now, mode) for mode in Mode}
    decision = decisions[Mode.ACT]
    cited = charter.clause(decision.clause) if decision.clause else None
    modes = visit.community.modes
    today = modes.clauses.get(cited.id, modes.default) if cited else modes.default
    said = visit.screen["charter"]
    quoted = sentences(findings.trace, charter, visit.language, lambda start, end: text[start:end])
    return Tried(
        under=under,
        pieces=_pieces(text, [(one.start, one.end) for one in findings.breaches]),
        article=named(cited, charter, visit) if cited else "",
        reason=words.table(visit.language, "reasons")[decision.reason]["sentence"],
        modes=tuple(
            InMode(mode=said["modes"][mode], done=_done(one, visit), now=mode is today)
            for mode, one in decisions.items()
        ),
        why=tuple(quoted) or (words.table(visit.language, "trace")["none"],),
    )


def _done(decision: Decision, visit: Visit) -> str:
    """The measure, and how it would leave: by itself, through a person, or not at all."""
    measure = str(words.table(visit.language, "check")["measures"][decision.measure])
    leaves = [leave for leave in _LEAVES if any(act.leave is leave for act in decision.acts)]
    return str(visit.screen["charter"]["leaves"][leaves[0]].format(measure=measure)) if leaves else measure


def _pieces(text: str, spans: list[tuple[int, int]]) -> tuple[tuple[str, bool], ...]:
    pieces: list[tuple[str, bool]] = []
    end = 0
    for start, stop in sorted(spans):
        if start >= end:
            pieces += [(text[end:start], False), (text[start:stop], True)]
            end = stop
    return tuple(piece for piece in (*pieces, (text[end:], False)) if piece[0])


DOORS = (
    Door("GET", "charter", Right.READ, charter, CharterView, "The charter in force", "desk/charter"),
    Door(
        "POST",
        "charter/try",
        Right.READ,
        try_sentence,
        CharterView,
        "What would be done about a sentence, in each mode; changes nothing, and keeps nothing of it",
        "desk/charter",
        takes=Sentence,
    ),
)
