"""The charter of the house: short, frame clauses only; nobody is watched or sanctioned by it."""

import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tribune.charter import Charter, Vocabulary, terms
from tribune.charter.document import CharterType, Kind
from tribune.charter.lint import lint

MODEL = Path(__file__).resolve().parents[2] / "charters" / "internal.fr-en.yaml"
TODAY = date(2026, 11, 24)
HEADINGS = {
    "parole",
    "comptes",
    "transparence",
    "confidentialite",
    "respect",
    "reclamations",
    "crise",
    "droits",
    "doute",
    "vie",
}


@pytest.fixture(scope="module")
def model() -> Charter:
    return terms.load(MODEL)


def changed(model: Charter, **clause: Any) -> Charter:
    first = model.clauses[0].model_copy(update=clause)
    return model.model_copy(update={"clauses": (first, *model.clauses[1:])})


def remarks(charter: Charter) -> list[str]:
    return [str(remark) for remark in lint(charter, Vocabulary(), TODAY)]


def test_the_model_has_ten_short_articles_in_both_languages_and_nothing_to_correct(model: Charter) -> None:
    assert model.type is CharterType.INTERNAL
    assert {clause.id for clause in model.clauses} == HEADINGS
    assert remarks(model) == []
    for clause in model.clauses:
        for language in ("fr", "en"):
            assert 80 < len(model.words_of(clause, language)) < 500, (clause.id, language)


def test_french_is_typed_as_french(model: Charter) -> None:
    for clause in model.clauses:
        assert not re.search(r" [;!?:»]|« |«[^\u00a0]", clause.text["fr"]), clause.id


def test_it_tells_of_a_forgotten_disclosure_in_private_and_forbids_to_pile_on_critics(model: Charter) -> None:
    disclosure, respect = (model.clause(name) for name in ("transparence", "respect"))
    assert disclosure is not None
    assert respect is not None
    assert "jamais en public" in disclosure.text["fr"]
    assert "never in public" in disclosure.text["en"]
    assert "meute" in respect.text["fr"]


@pytest.mark.parametrize("kind", [Kind.PROTECT, Kind.THANK, Kind.MEASURE])
def test_an_article_that_would_judge_colleagues_is_refused(model: Charter, kind: Kind) -> None:
    (remark,) = remarks(changed(model, kind=kind))

    assert "nobody of the house is watched" in remark


def test_the_house_says_when_it_reads_it_again(model: Charter) -> None:
    (remark,) = remarks(model.model_copy(update={"review_by": None}))

    assert "review_by" in remark


def test_a_charter_for_members_still_needs_a_rule_a_measure_and_the_protection_of_criticism(model: Charter) -> None:
    found = remarks(model.model_copy(update={"type": CharterType.EXTERNAL}))

    assert len(found) == 3
    assert any("protects criticism" in remark for remark in found)
