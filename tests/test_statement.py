"""Our own validator of statements of reasons: every limit of schema v2, each shown a statement that breaks it."""

from typing import Any

import pytest

from tribune import words
from tribune.statement import allowed, problems

RIGHT: dict[str, Any] = {
    "decision_visibility": ["DECISION_VISIBILITY_CONTENT_DISABLED"],
    "decision_ground": "DECISION_GROUND_INCOMPATIBLE_CONTENT",
    "decision_ground_reference_url": "https://charte.example/charter/garance/v1/fr#article-10",
    "incompatible_content_ground": "Article 10",
    "incompatible_content_explanation": "Ces mots visent une personne.",
    "content_type": ["CONTENT_TYPE_TEXT"],
    "category": "STATEMENT_CATEGORY_CYBER_VIOLENCE",
    "category_specification": ["KEYWORD_CYBER_BULLYING_INTIMIDATION"],
    "territorial_scope": ["FR", "BE"],
    "content_language": "FR",
    "content_date": "2026-11-20",
    "application_date": "2026-11-22",
    "decision_facts": "Ces mots visent une personne.",
    "source_type": "SOURCE_VOLUNTARY",
    "automated_detection": "Yes",
    "automated_decision": "AUTOMATED_DECISION_FULLY",
    "puid": "4f9e-A_1",
}
ILLEGAL = {
    "decision_ground": "DECISION_GROUND_ILLEGAL_CONTENT",
    "incompatible_content_ground": None,
    "incompatible_content_explanation": None,
    "illegal_content_legal_ground": "Loi du 29 juillet 1881, article 24",
    "illegal_content_explanation": "Ces mots appellent à la haine.",
}


def with_(**changes: Any) -> dict[str, Any]:
    """The right statement with other fields; None takes one away."""
    return {name: value for name, value in (RIGHT | changes).items() if value is not None}


@pytest.mark.parametrize(
    "changes",
    [
        {},
        ILLEGAL,
        {"decision_visibility": None, "decision_provision": "DECISION_PROVISION_PARTIAL_SUSPENSION"},
        {"decision_visibility": None, "decision_account": "DECISION_ACCOUNT_SUSPENDED"},
        {"decision_visibility": None, "decision_monetary": "DECISION_MONETARY_OTHER", "decision_monetary_other": "x"},
        {"decision_visibility": ["DECISION_VISIBILITY_OTHER"], "decision_visibility_other": "x" * 500},
        {"content_type": ["CONTENT_TYPE_TEXT", "CONTENT_TYPE_OTHER"], "content_type_other": "autocollant"},
        {"category_specification": ["KEYWORD_OTHER"], "category_specification_other": "x"},
        {"incompatible_content_illegal": "No", "account_type": "ACCOUNT_TYPE_PRIVATE"},
        {"end_date_visibility_restriction": "2026-11-22", "end_date_service_restriction": "2038-01-01"},
        {"source_type": "SOURCE_ARTICLE_16", "source_identity": "une association"},
        {"content_id": {"EAN-13": "1234567890123"}, "category_addition": ["STATEMENT_CATEGORY_VIOLENCE"]},
        {"content_date": "2000-01-01", "application_date": "2020-01-01", "decision_facts": "x" * 5000},
    ],
)
def test_what_the_schema_allows_is_allowed(changes: dict[str, Any]) -> None:
    assert problems(with_(**changes)) == []


@pytest.mark.parametrize(
    ("field", "changes"),
    [
        *(
            (name, {name: None})
            for name in RIGHT
            if words.shared("statement")["fields"][name].get("required") == "always"
        ),
        ("decision_visibility", {"decision_visibility": None}),
        ("decision_visibility", {"decision_visibility": []}),
        ("decision_visibility", {"decision_visibility": "DECISION_VISIBILITY_CONTENT_DISABLED"}),
        ("decision_visibility", {"decision_visibility": ["DECISION_VISIBILITY_CONTENT_HIDDEN"]}),
        ("decision_visibility_other", {"decision_visibility": ["DECISION_VISIBILITY_OTHER"]}),
        ("decision_visibility_other", {"decision_visibility_other": "x"}),
        ("decision_ground_reference_url", {"decision_ground_reference_url": "https://x/" + "x" * 500}),
        ("decision_ground_reference_url", {"decision_ground_reference_url": "javascript:alert(1)"}),
        ("incompatible_content_ground", {"incompatible_content_ground": "x" * 501}),
        ("incompatible_content_explanation", {"incompatible_content_explanation": "x" * 2001}),
        ("incompatible_content_explanation", {"incompatible_content_explanation": " "}),
        ("illegal_content_legal_ground", {"illegal_content_legal_ground": "x"}),
        ("illegal_content_legal_ground", ILLEGAL | {"illegal_content_legal_ground": None}),
        ("incompatible_content_ground", ILLEGAL | {"incompatible_content_ground": "Article 10"}),
        ("incompatible_content_illegal", ILLEGAL | {"incompatible_content_illegal": "Yes"}),
        ("incompatible_content_illegal", {"incompatible_content_illegal": True}),
        ("content_type_other", {"content_type": ["CONTENT_TYPE_OTHER"]}),
        ("category", {"category": "STATEMENT_CATEGORY_PORNOGRAPHY_OR_SEXUALIZED_CONTENT"}),
        ("category", {"category": ["STATEMENT_CATEGORY_VIOLENCE"]}),
        ("category_specification", {"category_specification": ["KEYWORD_OTHER", "KEYWORD_OTHER"]}),
        ("category_specification_other", {"category_specification_other": "x"}),
        ("territorial_scope", {"territorial_scope": ["UK"]}),
        ("content_language", {"content_language": "fr"}),
        ("content_date", {"content_date": "1999-12-31"}),
        ("content_date", {"content_date": "2038-01-02"}),
        ("content_date", {"content_date": "22/11/2026"}),
        ("content_date", {"content_date": "2026-02-30"}),
        ("application_date", {"application_date": "2019-12-31"}),
        ("end_date_visibility_restriction", {"end_date_visibility_restriction": "2026-11-21"}),
        ("decision_facts", {"decision_facts": "x" * 5001}),
        ("source_identity", {"source_identity": "x"}),
        ("automated_detection", {"automated_detection": True}),
        ("automated_decision", {"automated_decision": "AUTOMATED_DECISION_MAYBE"}),
        ("content_id", {"content_id": {"EAN-13": "123"}}),
        ("content_id", {"content_id": {"EAN-13": "1234567890123", "ISBN": "1"}}),
        ("puid", {"puid": "a b"}),
        ("puid", {"puid": "é"}),
        ("puid", {"puid": "x" * 501}),
        ("redress", {"redress": "https://x"}),
    ],
)
def test_what_the_schema_refuses_is_refused_by_name(field: str, changes: dict[str, Any]) -> None:
    assert any(problem.startswith(f"{field}: ") for problem in problems(with_(**changes)))


def test_the_lists_are_whole() -> None:
    sizes = {"territorial_scope": 30, "category": 16, "category_specification": 69, "content_type": 8}

    assert {field: len(allowed(field)) for field in sizes} == sizes
    assert {"NL", "NO"} < set(allowed("territorial_scope"))
