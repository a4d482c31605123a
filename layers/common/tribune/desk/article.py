"""One article of the charter's next version: how it says it in each language, and the words it holds, tried at once."""

from http import HTTPStatus
from typing import Literal

from pydantic import Field

from tribune.charter import Charter
from tribune.charter.document import FILLED_WHEN_PUBLISHED, Clause
from tribune.charter.drafting import (
    MOST_IN_A_TEXT,
    MOST_IN_A_TITLE,
    Part,
    Rewording,
    Wording,
    entries,
    parts,
    restored,
    reworded,
    rewordings,
)
from tribune.charter.examples import test_examples
from tribune.charter.lint import lint
from tribune.desk import draft
from tribune.desk.charter import named
from tribune.desk.route import Done, Door, Form, View
from tribune.desk.visit import Parts, Refused, Visit
from tribune.errors import NotFound
from tribune.team import Right


class InLanguage(View):
    """What an article says in a language."""

    language: str
    title: str
    text: str
    changed: bool
    """Does the draft say it otherwise than the version that it began from?"""


class Held(View):
    """The words of one kind and language that an article holds."""

    part: Part
    language: str
    texts: tuple[str, ...]


class ArticleView(View):
    """An article as the next version says it so far."""

    clause: str
    name: str
    seen: str
    """Which draft this is; empty when nobody began one."""
    said: tuple[InLanguage, ...]
    placeholders: tuple[str, ...]
    """What is filled in by itself, as it is written: `{brand}`."""
    held: tuple[Held, ...]
    """By kind and language, those without any too; empty for an article that is no rule."""
    failures: tuple[str, ...]
    """Its examples that are not judged as it says."""
    remarks: tuple[str, ...]
    longest_title: int
    longest_text: int


class Reword(Form):
    """How the article is said in a language, in the draft that was seen."""

    seen: str = ""
    clause: str
    language: str
    title: str = Field(max_length=1_000)
    text: str = Field(max_length=20_000)


class Restore(Form):
    """A title or a text is to be as the published version says it."""

    seen: str
    clause: str
    part: Literal["title", "text"]
    language: str


def article(visit: Visit, where: Parts) -> ArticleView:
    """The article, with what its examples prove as it stands."""
    found = visit.reach.charters.draft(visit.community.id)
    beside, one = draft.begun(found, visit)
    clause = one.clause(where["clause"])
    if clause is None:
        raise NotFound(where["clause"])
    vocabulary = visit.community.vocabulary
    changed = {
        rewording.language for rewording in rewordings(visit.charter(beside), one) if rewording.clause == clause.id
    }
    failures = test_examples(one, vocabulary) if found else ()
    remarks = lint(one, vocabulary, draft.today(visit), proven=False) if found else ()
    return ArticleView(
        clause=clause.id,
        name=named(clause, one, visit),
        seen=found.content_hash if found else "",
        said=tuple(
            InLanguage(
                language=language,
                title=clause.title.get(language, ""),
                text=clause.text.get(language, ""),
                changed=language in changed,
            )
            for language in one.languages
        ),
        placeholders=_placeholders(one),
        held=_held(clause, one),
        failures=tuple(draft.failure_said(failure, one, visit) for failure in failures if failure.clause == clause.id),
        remarks=tuple(draft.remark_said(remark, one, visit) for remark in remarks if remark.clause == clause.id),
        longest_title=MOST_IN_A_TITLE,
        longest_text=MOST_IN_A_TEXT,
    )


def _placeholders(charter: Charter) -> tuple[str, ...]:
    known = {*charter.values(charter.languages[0]), *FILLED_WHEN_PUBLISHED}
    return tuple(f"{{{name}}}" for name in sorted(known))


def _held(clause: Clause, charter: Charter) -> tuple[Held, ...]:
    found: dict[tuple[Part, str], list[str]] = {
        (part, language): [] for part in parts(clause) for language in charter.languages
    }
    for entry in entries(clause):
        found[entry.part, entry.language].append(entry.text)
    return tuple(Held(part=part, language=language, texts=tuple(texts)) for (part, language), texts in found.items())


def reword(visit: Visit, _where: Parts, form: Reword) -> Done:
    """The article is said otherwise in the draft; nothing changes for members before it is published."""
    wording = Wording(form.clause, form.language, form.title, form.text)
    draft.edited(visit, form.seen, lambda charter: reworded(charter, wording))
    return draft.done("drafted", visit, form.clause)


def restore(visit: Visit, _where: Parts, form: Restore) -> Done:
    """A change of words is given up."""
    found = visit.reach.charters.draft(visit.community.id)
    if found is None:
        raise Refused(HTTPStatus.CONFLICT, "draft_changed")
    base, one = visit.charter(found.beside), Rewording(form.clause, form.part, form.language, "", "")
    draft.edited(visit, form.seen, lambda charter: restored(charter, base, one))
    return draft.done("drafted", visit)


DOORS = (
    Door(
        "GET",
        "draft/article/{clause}",
        Right.READ,
        article,
        ArticleView,
        "One article of the charter's next version",
        "desk/article",
    ),
    Door("POST", "draft/reword", Right.HANDLE, reword, Done, "Say an article otherwise in the draft", takes=Reword),
    Door("POST", "draft/restore", Right.HANDLE, restore, Done, "Give up a change of its words", takes=Restore),
)
