"""A charter that was spoilt by hand is found out: by its own sentences, or by lint, in a sentence that names the clause."""

import unicodedata
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tribune import written
from tribune.charter import Charter, Vocabulary
from tribune.charter.document import Clause
from tribune.charter.examples import test_examples as failing_examples
from tribune.charter.lint import lint
from tribune.charter.uses import TextLists, WordUse

TODAY = date(2026, 11, 22)
MODEL = written.load(Path(__file__).resolve().parents[2] / "charters" / "model.fr-en.yaml", Charter)

type Mutant = tuple[str, str, dict[str, Any]]
"""(the clause, what was done to it, the fields that change)."""


def without_a_detector() -> Iterator[Mutant]:
    for clause in MODEL.rules_anywhere:
        for number, use in enumerate(clause.detectors):
            left = [one.model_dump() for place, one in enumerate(clause.detectors) if place != number]
            yield clause.id, f"without {use.name}", {"detectors": left}


def spoilt(text: str) -> Iterator[tuple[str, str]]:
    """A word as it is mistyped: a letter lost, two letters the other way round, an accent lost."""
    middle = len(text) // 2
    yield "a letter lost", text[:middle] + text[middle + 1 :]
    if text[middle - 1] != text[middle]:
        yield "two letters changed places", text[: middle - 1] + text[middle] + text[middle - 1] + text[middle + 1 :]
    yield "an accent lost", plain(text)


def plain(text: str) -> str:
    return "".join(one for one in unicodedata.normalize("NFD", text) if not unicodedata.combining(one))


def with_a_spoilt_term() -> Iterator[Mutant]:
    """The words that the model adds itself, and its exceptions."""
    for clause in MODEL.rules_anywhere:
        for number, use in enumerate(clause.detectors):
            if isinstance(use, WordUse):
                uses = [one.model_dump() for one in clause.detectors]
                for how, terms in with_one_spoilt(use.terms):
                    yield (
                        clause.id,
                        how,
                        {"detectors": [*uses[:number], uses[number] | {"terms": terms}, *uses[number + 1 :]]},
                    )
        for how, exceptions in with_one_spoilt(clause.exceptions):
            yield clause.id, how, {"exceptions": exceptions}


def with_one_spoilt(texts: TextLists) -> Iterator[tuple[str, TextLists]]:
    for language, terms in texts.items():
        for place, term in enumerate(terms):
            for how, wrong in spoilt(term):
                if wrong != term:
                    yield f"“{term}”: {how}", texts | {language: (*terms[:place], wrong, *terms[place + 1 :])}


def with_accents_lost() -> Iterator[Mutant]:
    for clause in MODEL.clauses:
        for field in ("title", "text"):
            texts = getattr(clause, field)
            if plain(texts["fr"]) != texts["fr"] and field == "text":
                yield clause.id, f"{field} without accents", {field: texts | {"fr": plain(texts["fr"])}}


def with_a_list_lost() -> Iterator[Mutant]:
    for clause in MODEL.rules_anywhere:
        for number, use in enumerate(clause.detectors):
            if isinstance(use, WordUse) and use.lists:
                uses = [one.model_dump() for one in clause.detectors]
                uses[number]["lists"] = ("no_such_list",)
                yield clause.id, f"{use.name} with a list misspelt", {"detectors": uses}


MUTANTS = (*without_a_detector(), *with_a_spoilt_term(), *with_accents_lost(), *with_a_list_lost())


def mutated(clause_id: str, fields: dict[str, Any]) -> Charter:
    clauses = tuple(
        Clause.model_validate(clause.model_dump() | fields) if clause.id == clause_id else clause
        for clause in MODEL.clauses
    )
    return MODEL.model_copy(update={"clauses": clauses})


def test_there_are_mutants_of_every_rule_that_a_machine_watches() -> None:
    watched = {clause.id for clause in MODEL.rules_anywhere if clause.detectors}
    assert {clause for clause, _, _ in without_a_detector()} == watched
    assert len(MUTANTS) > 30


@pytest.mark.parametrize(("clause", "how", "fields"), MUTANTS, ids=[f"{clause}: {how}" for clause, how, _ in MUTANTS])
def test_a_spoilt_clause_is_found_out_and_named(clause: str, how: str, fields: dict[str, Any]) -> None:
    charter, vocabulary = mutated(clause, fields), Vocabulary(brand="Vélos Garance")
    beside = [one for one in charter.clauses if one.id in (clause, "bienvenue")]
    numbered = (one.model_copy(update={"number": number}) for number, one in enumerate(beside, start=1))
    alone = charter.model_copy(update={"clauses": tuple(numbered)})
    if "misspelt" not in how and failing_examples(alone, vocabulary):
        return
    # Only beside the others is it seen that a word is written otherwise.
    read = charter if "accents" in how else alone
    assert clause in {remark.clause for remark in lint(read, vocabulary, TODAY)}
