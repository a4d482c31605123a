"""The next version of the charter: what it changes, tried at once, published by whoever directs. Its articles are said in `article`."""

import re
from collections.abc import Callable, Iterator
from datetime import date
from difflib import SequenceMatcher
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
    Rewording,
    added,
    applied,
    carried_over,
    changes,
    given_up,
    next_effect,
    rewordings,
)
from tribune.charter.examples import Failure, test_examples
from tribune.charter.lint import lint
from tribune.charter.remark import Remark
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
    """`title`, `text`, or where the words of an entry stand."""
    language: str
    text: str
    pieces: tuple[tuple[str, str], ...]
    """Of a title or a text: (`kept`, `gone` or `new`, what stands there)."""


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
    """What else keeps it from being published, a sentence each."""
    checked: bool
    """Was everything checked, or only what takes no time?"""
    clauses: tuple[tuple[str, str], ...]
    """(id, name) of the articles."""
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


class Drop(Seen):
    """A draft is given up for good: that is asked for twice."""

    sure: Literal["", "yes"] = Field("", description="`yes`: it is meant. Without it nothing is given up (422).")


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
    remarks = lint(one, vocabulary, today(visit), proven=whole) if found else []
    return DraftView(
        exists=found is not None,
        seen=found.content_hash if found else "",
        line=_line(found, visit),
        beside=found.beside if found else latest[-1].version,
        overtaken=found is not None and found.beside != latest[-1].version,
        changes=draft_changes(found, visit) if found else (),
        failures=tuple(failure_said(failure, one, visit) for failure in test_examples(one, vocabulary))
        if found
        else (),
        remarks=tuple(remark_said(remark, one, visit) for remark in remarks),
        checked=whole,
        clauses=tuple((clause.id, named(clause, one, visit)) for clause in one.clauses),
        effective=visit.telling.at(next_effect(latest[-1], visit.now)),
    )


def draft_changes(found: CharterDraft, visit: Visit) -> tuple[ChangeLine, ...]:
    """What a draft changes in the version that it began from."""
    base, one = visit.charter(found.beside), found.charter
    said = (_rewording(rewording, one, visit) for rewording in rewordings(base, one))
    return (*said, *(_change(change, one, base, visit) for change in changes(base, one)))


def today(visit: Visit) -> date:
    """The day it is where the community lives."""
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
        pieces=(),
    )


def _rewording(one: Rewording, charter: Charter, visit: Visit) -> ChangeLine:
    said = visit.screen[_HERE]
    return ChangeLine(
        said=said["reworded"][one.part].format(
            article=_named(one.clause, charter, charter, visit),
            language=said["languages"].get(one.language, one.language),
        ),
        added=True,
        clause=one.clause,
        part=one.part,
        language=one.language,
        text=one.after,
        pieces=tuple(_pieces(one.before, one.after)),
    )


def _pieces(before: str, after: str) -> Iterator[tuple[str, str]]:
    """What stays, what goes and what comes, word by word."""
    old, new = (re.findall(r"\s+|\S+", text) for text in (before, after))
    for what, i1, i2, j1, j2 in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if what == "equal":
            yield "kept", "".join(old[i1:i2])
            continue
        if i2 > i1:
            yield "gone", "".join(old[i1:i2])
        if j2 > j1:
            yield "new", "".join(new[j1:j2])


def remark_said(remark: Remark, one: Charter, visit: Visit) -> str:
    """What is wrong with a charter, as the team reads it."""
    sentence = remark.said(visit.language)
    if not remark.clause:
        return sentence[:1].upper() + sentence[1:]
    return str(visit.screen[_HERE]["remark"].format(article=_named(remark.clause, one, one, visit), remark=sentence))


def _named(clause_id: str, one: Charter, base: Charter, visit: Visit) -> str:
    clause: Clause | None = one.clause(clause_id) or base.clause(clause_id)
    return named(clause, one, visit) if clause else clause_id


def failure_said(failure: Failure, one: Charter, visit: Visit) -> str:
    """An example that is not judged as the charter says."""
    said = visit.screen[_HERE]["failures"][failure.expected]
    return str(said.format(text=failure.sentence, article=_named(failure.clause, one, one, visit)))


# --- changing it ---


def edit(visit: Visit, _parts: Parts, form: Edit) -> Done:
    """Words are added to the draft, or taken away; the first change begins it."""
    change = Change(Entry(form.clause, form.part, form.language, form.text), added=form.act == "add")
    edited(visit, form.seen, lambda charter: applied(charter, change))
    return done("drafted", visit, form.clause)


def undo(visit: Visit, _parts: Parts, form: Edit) -> Done:
    """A change of the draft is given up."""
    found = visit.reach.charters.draft(visit.community.id)
    if found is None:
        raise Refused(HTTPStatus.CONFLICT, "draft_changed")
    base = visit.charter(found.beside)
    change = Change(Entry(form.clause, form.part, form.language, form.text), added=form.act == "add")
    edited(visit, form.seen, lambda charter: given_up(charter, base, change))
    return done("drafted", visit)


def edited(visit: Visit, seen: str, edit: Callable[[Charter], Charter]) -> None:
    """The draft that was seen is changed; the first change begins it. Raises Refused."""
    found = _seen(visit, seen)
    beside, before = begun(found, visit)
    try:
        after = edit(before)
    except CannotEdit as cannot:
        raise Refused(HTTPStatus.UNPROCESSABLE_ENTITY, f"draft_{cannot.why}") from cannot
    _save(visit, after, found, beside)


def _seen(visit: Visit, seen: str) -> CharterDraft | None:
    """The draft that stands there, if it is the one that was seen. Raises Conflict."""
    found = visit.reach.charters.draft(visit.community.id)
    if (found.content_hash if found else "") != seen:
        raise Refused(HTTPStatus.CONFLICT, "draft_changed")
    return found


def begun(found: CharterDraft | None, visit: Visit) -> tuple[int, Charter]:
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
    it. False when the draft says so already, or has no such rule any more. Raises Refused.
    """
    if not expressions:
        return False
    found = visit.reach.charters.draft(visit.community.id)
    beside, before = begun(found, visit)
    if clause not in {rule.id for rule in before.rules_anywhere}:
        return False
    language = before.shown_in(language)
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


def drop(visit: Visit, _parts: Parts, form: Drop) -> Done:
    """The draft goes, for whoever says twice that they mean it."""
    if form.sure != "yes":
        raise Refused(HTTPStatus.UNPROCESSABLE_ENTITY, "not_dropped")
    if not visit.reach.charters.drop_draft(visit.community.id, form.seen):
        raise Refused(HTTPStatus.CONFLICT, "draft_changed")
    return done("draft_dropped", visit)


def move(visit: Visit, _parts: Parts, form: Seen) -> Done:
    """The draft's changes are made to the version that was published meanwhile."""
    found = _seen(visit, form.seen)
    latest = visit.reach.charters.stored_versions(visit.community.id)[-1].version
    if found is None or found.beside == latest:
        return done("draft_moved", visit)
    moved = carried_over(found.charter, visit.charter(found.beside), visit.charter(latest))
    _save(visit, moved, found, latest)
    return done("draft_moved", visit)


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
    wrong = [*lint(found.charter, vocabulary, today(visit)), *test_examples(found.charter, vocabulary)]
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


def done(said: str, visit: Visit, clause: str = "") -> Done:
    """What was done to the draft; its page, or that of one of its articles."""
    return Done(said=said, next=f"/desk/{visit.community.id}/draft" + (f"/article/{clause}" if clause else ""))


DOORS = (
    Door("GET", "draft", Right.READ, draft, DraftView, "The charter's next version", "desk/draft"),
    Door("POST", "draft/edit", Right.HANDLE, edit, Done, "Add words to the draft, or take them away", takes=Edit),
    Door("POST", "draft/undo", Right.HANDLE, undo, Done, "Give up a change of the draft", takes=Edit),
    Door("POST", "draft/drop", Right.HANDLE, drop, Done, "Give up the draft: asked for twice", takes=Drop),
    Door("POST", "draft/move", Right.HANDLE, move, Done, "Begin from the version published meanwhile", takes=Seen),
    Door("POST", "draft/publish", Right.DIRECT, publish, Done, "Publish the draft", takes=Publish),
)
