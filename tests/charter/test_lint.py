"""Is a charter complete, and what changes from one to the next."""

from typing import Any

import pytest

from tribune.charter import Charter
from tribune.charter.lint import diff, lint


def with_clause(model: Charter, clause_id: str, **fields: Any) -> Charter:
    clauses = [clause.model_dump() | (fields if clause.id == clause_id else {}) for clause in model.clauses]
    return Charter.model_validate(model.model_dump() | {"clauses": clauses})


@pytest.mark.parametrize(
    ("clause", "fields", "says"),
    [
        ("objet", {"text": {"fr": "Bonjour"}}, "objet: the text is missing in en"),
        ("objet", {"title": {"fr": "a", "en": "b", "de": "c"}}, "objet: the title is in de"),
        ("objet", {"text": {"fr": "{nobody}", "en": "x"}}, "objet: nothing fills {nobody} in fr"),
        ("objet", {"number": 77}, "objet: it stands at place 1 and is numbered 77"),
        ("respect", {"replies": []}, "respect: “remind” speaks to the author"),
        ("respect", {"detectors": [{"name": "expression", "lists": ["nothing"]}]}, "respect: no list is called"),
        ("respect", {"examples": {}}, "respect: fewer than 4 allowed examples in fr"),
        ("respect", {"strike": False}, "respect: a clause without strikes has no ladder"),
        ("publicite", {"strike": True}, "publicite: what is hidden in silence cannot count as a strike"),
        ("publicite", {"first_action": "remind"}, "publicite: only `first_action: hide` can be silent"),
        ("bienvenue", {"kind": "frame"}, "there is no clause that protects criticism"),
    ],
)
def test_what_is_missing_is_said(model: Charter, clause: str, fields: dict[str, Any], says: str) -> None:
    remarks = [str(remark) for remark in lint(with_clause(model, clause, **fields))]
    assert any(remark.startswith(says) for remark in remarks), remarks


def test_a_family_needs_its_heading(model: Charter) -> None:
    bare = Charter.model_validate(model.model_dump() | {"families": {}})
    assert "the family “loi” has no heading in fr" in [str(remark) for remark in lint(bare)]


def test_nothing_changes_from_a_charter_to_itself(model: Charter) -> None:
    assert diff(model, model) == []


def test_each_change_is_one_line_under_its_clause(model: Charter) -> None:
    changed = with_clause(model, "respect", gravity=3, title={"fr": "Respect", "en": "Respect"})
    assert diff(model, changed) == [
        "respect.title.fr: “Respect des personnes” → “Respect”",
        "respect.title.en: “Respect for people” → “Respect”",
        "respect.gravity: 2 → 3",
    ]


def test_clauses_that_come_and_go_are_named(model: Charter) -> None:
    shorter = Charter.model_validate(
        model.model_dump() | {"clauses": [clause.model_dump() for clause in model.clauses[:-1]]}
    )
    assert diff(model, shorter) == ["donnees: removed"]
    assert diff(shorter, model) == ["donnees: added as article 19"]


def test_a_changed_promise_is_a_change(model: Charter) -> None:
    later = model.model_copy(update={"commitments": model.commitments.model_copy(update={"notice_days": 30})})
    assert diff(model, later) == ["commitments.notice_days: 15 → 30"]
