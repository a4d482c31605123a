"""The next version of the charter: words added and taken away, tried at once, published by whoever directs."""

from datetime import date
from http import HTTPStatus
from typing import Literal

from pydantic import Field

from tribune.charter import Charter
from tribune.charter.document import Clause
from tribune.charter.drafting import (
    CannotEdit,
    Change,
    CharterDraft,
    Entry,
    Part,
    added,
    applied,
    carried_over,
    changes,
    next_effect,
)
from tribune.charter.examples import Failure, test_examples
from tribune.charter.lint import lint
from tribune.desk.charter import named
from tribune.desk.route import Done, Door, Form, View
from tribune.desk.visit import Parts, Refused, Visit
from tribune.errors import Conflict
from tribune.team import Right

_HERE = "draft"


class ChangeLine(View):
    """One thing that the draft changes."""

    said: str
    added: bool
    clause: str
    part: str
    language: str
    text: str


class DraftView(View):
    """The draft beside the version that it began from."""

    exists: bool
    seen: str
    """Which draft this is: what one changes is what one saw."""
    line: str
    beside: int
    overtaken: bool
    """Was another version published since it was begun?"""
    changes: tuple[ChangeLine, ...]
    failures: tuple[str, ...]
    """Sentences that are not judged as the draft says."""
    remarks: tuple[str, ...]
    """What else keeps it from being published, in the engineers' language."""
    checked: bool
    """Was everything checked, or only what takes no time?"""
    clauses: tuple[tuple[str, str], ...]
    """(id, name) of the articles whose words can be changed."""
    languages: tuple[str, ...]
    effective: str
    """When it would take effect if it were published now."""


class Words(Form):
    """Words of an article: what, where, and in which draft."""

    seen: str = ""
    clause: str
    part: Part
    language: str
    text: str = Field(max_length=2_000)


class Edit(Words):
    """Add them, or take them away."""

    act: Literal["add", "remove"]


class Seen(Form):
    """A draft as somebody saw it."""

    seen: str


class Publish(Seen):
    """What changes, in a sentence for members."""

    summary: str = Field(max_length=1_000)


def draft(visit: Visit, _parts: Parts) -> DraftView:
    """The draft, with its changes in words and everything that a look finds wrong with it."""
    found = visit.reach.charters.draft(visit.community.id)
    latest = visit.reach.charters.stored_versions(visit.community.id)
    if not latest:
        raise Refused(HTTPStatus.CONFLICT, "no_charter")
    base = visit.charter(found.beside if found else latest[-1].version)
    whole = visit.request.query.get("check") == "all"
    one = found.charter if found else base
    vocabulary = visit.community.vocabulary
    return DraftView(
        exists=found is not None,
        seen=found.content_hash if found else "",
        line=_line(found, visit),
        beside=found.beside if found else latest[-1].version,
        overtaken=found is not None and found.beside != latest[-1].version,
        changes=draft_changes(found, visit) if found else (),
        failures=tuple(_failure(failure, one, visit) for failure in test_examples(one, vocabulary)) if found else (),
        remarks=tuple(map(str, lint(one, vocabulary, _today(visit), proven=whole))) if found else (),
        checked=whole,
        clauses=tuple((clause.id, named(clause, visit)) for clause in one.rules_anywhere),
        languages=one.languages,
        effective=visit.telling.at(next_effect(latest[-1], visit.now)),
    )


def draft_changes(found: CharterDraft, visit: Visit) -> tuple[ChangeLine, ...]:
    """What a draft changes in the version that it began from."""
    base = visit.charter(found.beside)
    return tuple(_change(change, found.charter, base, visit) for change in changes(base, found.charter))


def _today(visit: Visit) -> date:
    return visit.now.astimezone(visit.community.zone).date()


def _line(found: CharterDraft | None, visit: Visit) -> str:
    said = visit.screen[_HERE]
    if found is None:
        return str(said["none"])
    person, time = visit.telling.called(found.by), visit.telling.at(found.at)
    return str(said["line"].format(person=person, time=time, version=found.beside))


def _change(change: Change, one: Charter, base: Charter, visit: Visit) -> ChangeLine:
    entry, said = change.entry, visit.screen[_HERE]
    return ChangeLine(
        said=said["change"]["added" if change.added else "removed"][entry.part].format(
            article=_named(entry.clause, one, base, visit),
            text=entry.text,
            language=said["languages"].get(entry.language, entry.language),
        ),
        added=change.added,
        clause=entry.clause,
        part=entry.part,
        language=entry.language,
        text=entry.text,
    )


def _named(clause_id: str, one: Charter, base: Charter, visit: Visit) -> str:
    clause: Clause | None = one.clause(clause_id) or base.clause(clause_id)
    return named(clause, visit) if clause else clause_id


def _failure(failure: Failure, one: Charter, visit: Visit) -> str:
    said = visit.screen[_HERE]["failures"][failure.expected]
    return str(said.format(text=failure.sentence, article=_named(failure.clause, one, one, visit)))


# --- changing it ---


def edit(visit: Visit, _parts: Parts, form: Edit) -> Done:
    """Words are added to the draft, or taken away; the first change begins it."""
    change = Change(Entry(form.clause, form.part, form.language, form.text), added=form.act == "add")
    return _changed(visit, form.seen, change)


def undo(visit: Visit, _parts: Parts, form: Edit) -> Done:
    """A change of the draft is given up."""
    entry = Entry(form.clause, form.part, form.language, form.text)
    return _changed(visit, form.seen, Change(entry, added=form.act == "remove"))


def _changed(visit: Visit, seen: str, change: Change) -> Done:
    found = _seen(visit, seen)
    beside, before = _begun(found, visit)
    after = _applied(before, change)
    _save(visit, after, found, beside)
    return _done("drafted", visit)


def _applied(before: Charter, change: Change) -> Charter:
    try:
        return applied(before, change)
    except CannotEdit as cannot:
        raise Refused(HTTPStatus.UNPROCESSABLE_ENTITY, f"draft_{cannot.why}") from cannot


def _seen(visit: Visit, seen: str) -> CharterDraft | None:
    """The draft that stands there, if it is the one that was seen. Raises Conflict."""
    found = visit.reach.charters.draft(visit.community.id)
    if (found.content_hash if found else "") != seen:
        raise Refused(HTTPStatus.CONFLICT, "draft_changed")
    return found


def _begun(found: CharterDraft | None, visit: Visit) -> tuple[int, Charter]:
    """(the version that the draft begins from, the charter as the draft says it so far)."""
    if found is not None:
        return found.beside, found.charter
    versions = visit.reach.charters.stored_versions(visit.community.id)
    if not versions:
        raise Refused(HTTPStatus.CONFLICT, "no_charter")
    return versions[-1].version, visit.charter(versions[-1].version)


def _save(visit: Visit, after: Charter, found: CharterDraft | None, beside: int) -> None:
    """The draft as changed; one that changes nothing any more goes."""
    charters, community = visit.reach.charters, visit.community.id
    if after == visit.charter(beside):
        if found is not None and not charters.drop_draft(community, found.content_hash):
            raise Refused(HTTPStatus.CONFLICT, "draft_changed")
        return
    before = found.content_hash if found else None
    try:
        charters.save_draft(community, after, before=before, beside=beside, by=visit.signature, now=visit.now)
    except Conflict as error:
        raise Refused(HTTPStatus.CONFLICT, "draft_changed") from error


def allowed(visit: Visit, clause: str, language: str, expressions: list[str]) -> bool:
    """Expressions that turned out to be no breach of a clause: never one again in the draft, and an example that tests
    it. False when the draft says so already. Raises Refused.
    """
    if not expressions:
        return False
    found = visit.reach.charters.draft(visit.community.id)
    beside, before = _begun(found, visit)
    language = language if language in before.languages else before.languages[0]
    after = before
    for text in expressions:
        for part in (Part.EXCEPTIONS, Part.ALLOWED):
            try:
                after = added(after, Entry(clause, part, language, text))
            except CannotEdit as cannot:
                if cannot.why != "there":
                    raise Refused(HTTPStatus.UNPROCESSABLE_ENTITY, f"draft_{cannot.why}") from cannot
    if after == before:
        return False
    _save(visit, after, found, beside)
    return True


def drop(visit: Visit, _parts: Parts, form: Seen) -> Done:
    """The draft goes."""
    if not visit.reach.charters.drop_draft(visit.community.id, form.seen):
        raise Refused(HTTPStatus.CONFLICT, "draft_changed")
    return _done("draft_dropped", visit)


def move(visit: Visit, _parts: Parts, form: Seen) -> Done:
    """The draft's changes are made to the version that was published meanwhile."""
    found = _seen(visit, form.seen)
    latest = visit.reach.charters.stored_versions(visit.community.id)[-1].version
    if found is None or found.beside == latest:
        return _done("draft_moved", visit)
    moved = carried_over(found.charter, visit.charter(found.beside), visit.charter(latest))
    _save(visit, moved, found, latest)
    return _done("draft_moved", visit)


def publish(visit: Visit, _parts: Parts, form: Publish) -> Done:
    """Members are shown it, as long before it applies as they were promised. Not while it contradicts itself."""
    found = _seen(visit, form.seen)
    charters, community = visit.reach.charters, visit.community
    latest = charters.stored_versions(community.id)
    if found is None:
        raise Refused(HTTPStatus.CONFLICT, "draft_changed")
    if not form.summary.strip():
        raise Refused(HTTPStatus.UNPROCESSABLE_ENTITY, "no_summary")
    if found.beside != latest[-1].version:
        raise Refused(HTTPStatus.CONFLICT, "overtaken", version=str(latest[-1].version))
    vocabulary = community.vocabulary
    wrong = [*lint(found.charter, vocabulary, _today(visit)), *test_examples(found.charter, vocabulary)]
    if wrong:
        raise Refused(HTTPStatus.UNPROCESSABLE_ENTITY, "contradicts_itself", n=str(len(wrong)))
    try:
        charters.publish(
            community.id,
            found.charter,
            effective_from=next_effect(latest[-1], visit.now),
            now=visit.now,
            summary=form.summary.strip(),
            after=found.beside,
        )
    except Conflict as error:
        raise Refused(HTTPStatus.CONFLICT, "draft_changed") from error
    charters.drop_draft(community.id, found.content_hash)
    return Done(said="published", next=f"/desk/{community.id}/charter")


def _done(said: str, visit: Visit) -> Done:
    return Done(said=said, next=f"/desk/{visit.community.id}/draft")


DOORS = (
    Door("GET", "draft", Right.READ, draft, DraftView, "The charter's next version", "desk/draft"),
    Door("POST", "draft/edit", Right.HANDLE, edit, Done, "Add words to the draft, or take them away", takes=Edit),
    Door("POST", "draft/undo", Right.HANDLE, undo, Done, "Give up a change of the draft", takes=Edit),
    Door("POST", "draft/drop", Right.HANDLE, drop, Done, "Give up the draft", takes=Seen),
    Door("POST", "draft/move", Right.HANDLE, move, Done, "Begin from the version published meanwhile", takes=Seen),
    Door("POST", "draft/publish", Right.DIRECT, publish, Done, "Publish the draft", takes=Publish),
)
