"""A charter's examples test it: in public or in private, plain or in the circumstances that they say."""

from datetime import date
from typing import Any

import pytest

from tribune.charter import Charter, Vocabulary
from tribune.charter.document import Clause, Kind, Staged
from tribune.charter.examples import examples_of
from tribune.charter.examples import test_examples as failing_examples
from tribune.charter.findings import Circumstances
from tribune.comment import Audience

BRAND = Vocabulary(brand="Vélos Garance")


def only(model: Charter, clause_id: str, **fields: Any) -> Charter:
    """The model with one rule, changed, beside the clause that protects."""
    clauses = [
        Clause.model_validate(clause.model_dump() | (fields if clause.id == clause_id else {}))
        for clause in model.clauses
        if clause.id in (clause_id, "bienvenue")
    ]
    return model.model_copy(update={"clauses": tuple(clauses)})


def failures(charter: Charter) -> list[tuple[str, str, str]]:
    return [(one.clause, one.expected, one.sentence) for one in failing_examples(charter, BRAND)]


def test_what_is_allowed_breaches_nothing_of_its_clause_and_what_is_forbidden_does(model: Charter) -> None:
    wrong = {"allowed": {"fr": ["@Karim t'es vraiment un abruti"]}, "forbidden": {"fr": ["Très beau vélo"]}}
    assert failures(only(model, "respect", examples=wrong)) == [
        ("respect", "allowed", "@Karim t'es vraiment un abruti"),
        ("respect", "forbidden", "Très beau vélo"),
    ]


@pytest.mark.parametrize("kind", ["protect", "thank", "frame"])
def test_what_members_are_shown_as_welcome_breaches_no_rule_at_all(model: Charter, kind: str) -> None:
    respect = model.clause("respect")
    assert respect is not None
    kept = only(model, "respect")
    welcome = kept.clauses[0].model_copy(
        update={
            "kind": Kind(kind),
            "examples": kept.clauses[0].examples.model_copy(update={"allowed": {"fr": ("@Karim t'es un abruti",)}}),
        }
    )
    spoilt = kept.model_copy(update={"clauses": (welcome, *kept.clauses[1:])})
    assert failures(spoilt) == [("bienvenue", "allowed", "@Karim t'es un abruti")]


def test_people_alone_apply_a_rule_without_detectors(model: Charter) -> None:
    alone = {
        "detectors": [],
        "ceiling": "none",
        "first_action": "note",
        "ladder": [],
        "examples": {"forbidden": {"fr": ["x y"]}},
    }
    assert failures(only(model, "respect", **alone)) == []


STAGED = Staged(
    text="Encore moi",
    language="fr",
    said_before=2,
    comments_before=5,
    reports=3,
    author="Vélos Garance officiel",
    of_the_house=True,
    newcomer=True,
    answers_member=True,
    topics=("vélo",),
    on=date(2026, 3, 1),
    in_reserve=True,
)


def test_a_staged_example_says_all_its_circumstances(model: Charter) -> None:
    flood = model.clause("flood")
    assert flood is not None
    own = flood.examples.model_copy(
        update={"allowed": {}, "forbidden": {}, "allowed_when": (), "forbidden_when": (STAGED,)}
    )
    [example] = examples_of(flood.model_copy(update={"examples": own}))
    assert (example.expected, example.sentence, example.language) == ("forbidden", "Encore moi", "fr")
    assert example.circumstances == Circumstances(
        audience=Audience.PUBLIC,
        language="fr",
        repetitions=2,
        rate=5,
        reports=3,
        author_name="Vélos Garance officiel",
        ambassador=True,
        newcomer=True,
        answers_member=True,
        topics=("vélo",),
        said_on=date(2026, 3, 1),
        reserve=True,
    )


@pytest.mark.parametrize(("times", "fails"), [(1, True), (2, False)])
def test_a_staged_example_proves_what_no_sentence_alone_can(model: Charter, times: int, fails: bool) -> None:
    staged = {"text": "Votez pour moi", "language": "fr", "said_before": times}
    charter = only(model, "flood", examples={"forbidden_when": [staged]})
    assert bool(failures(charter)) is fails
