"""The model charter: complete, in both languages, and true to its own sentences."""

import json
from datetime import date
from pathlib import Path

import pytest
import yaml

from tribune import words
from tribune.charter import Charter, Vocabulary
from tribune.charter.document import Ceiling, Family, FirstAction, Gravity, Kind
from tribune.charter.examples import test_examples as failing_examples
from tribune.charter.lint import lint
from tribune.charter.schema import json_schema


def test_it_is_complete(model: Charter, vocabulary: Vocabulary) -> None:
    assert [str(remark) for remark in lint(model, vocabulary, date(2026, 11, 22))] == []


def test_its_sentences_hold(model: Charter, vocabulary: Vocabulary) -> None:
    assert failing_examples(model, vocabulary) == []


def test_it_fits_the_schema_that_editors_use(charters: Path) -> None:
    import jsonschema  # noqa: PLC0415  only here

    jsonschema.validate(yaml.safe_load((charters / "model.fr-en.yaml").read_text(encoding="utf-8")), json_schema())


def test_it_has_nineteen_clauses_in_three_families(model: Charter) -> None:
    assert [clause.number for clause in model.clauses] == list(range(1, 20))
    assert {family: [c.number for c in model.clauses if c.family is family] for family in Family} == {
        Family.LAW: [5, 6, 7, 8, 9],
        Family.UNWORTHY: [10, 11, 12, 13, 14],
        Family.SPAM: [15, 16],
    }


def test_danger_is_hidden_and_always_shown_to_a_person(model: Charter) -> None:
    dangers = [clause for clause in model.rules() if clause.gravity == Gravity.DANGER]
    assert [clause.id for clause in dangers] == ["haine", "menace"]
    for clause in dangers:
        assert clause.first_action is FirstAction.HIDE_AND_ESCALATE
        assert clause.ceiling is Ceiling.PARTIAL


def test_no_machine_calls_anything_a_crime(model: Charter) -> None:
    assert {clause.dsa.ground for clause in model.clauses if clause.dsa} == {"DECISION_GROUND_INCOMPATIBLE_CONTENT"}


def test_personal_data_and_spam_are_no_fault_that_counts(model: Charter) -> None:
    assert not any(clause.strike for clause in model.clauses if clause.id in {"vie-privee", "publicite", "langage"})


def test_every_text_it_names_is_spoken_in_both_languages(model: Charter) -> None:
    named = {reply for clause in model.clauses for reply in clause.replies}
    for language in model.languages:
        assert named - words.SAID_NO_MORE <= words.table(language, "replies")["situations"].keys()


def test_french_is_typed_as_french(model: Charter) -> None:
    for clause in model.clauses:
        text = clause.text["fr"] + clause.title["fr"]
        for wrong in (" :", " ;", " !", " ?", "« ", " »"):
            assert wrong not in text, (clause.id, wrong)


@pytest.mark.parametrize("language", ["fr", "en"])
def test_criticism_is_protected_in_every_language(model: Charter, language: str) -> None:
    protecting = [clause for clause in model.clauses if clause.kind is Kind.PROTECT]
    assert [clause.id for clause in protecting] == ["bienvenue"]
    assert len(protecting[0].examples.allowed[language]) >= 4


def test_it_survives_being_stored_as_json(model: Charter) -> None:
    stored = json.dumps(model.model_dump(mode="json"))
    assert Charter.model_validate(json.loads(stored)) == model


@pytest.mark.parametrize("language", ["fr", "en"])
def test_each_rule_shows_ten_sentences_and_more_of_each_kind(model: Charter, language: str) -> None:
    few = [
        (clause.id, kind)
        for clause in model.rules_anywhere
        for kind, sentences in (("allowed", clause.examples.allowed), ("forbidden", clause.examples.forbidden))
        if len(set(sentences[language])) < 10
    ]
    assert few == []
    assert len(set(model.clauses[3].examples.allowed[language])) >= 10
