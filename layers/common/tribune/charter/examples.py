"""A charter that tests itself: its allowed sentences must not breach their clause, its forbidden ones must."""

from dataclasses import dataclass

from tribune.charter.document import Charter, Clause, Kind
from tribune.charter.findings import Breach, Circumstances, Vocabulary
from tribune.charter.reader import Reader
from tribune.comment import Audience


@dataclass(frozen=True, slots=True)
class Failure:
    """One example that the detectors do not bear out."""

    clause: str
    language: str
    sentence: str
    expected: str
    """`allowed` or `forbidden`."""
    found: tuple[Breach, ...]
    """What was found in the sentence instead, for the person who corrects the charter."""


def test_examples(charter: Charter, vocabulary: Vocabulary) -> list[Failure]:
    """Every example that fails, in the order of the charter.

    A rule without detectors is a person's to apply: its forbidden examples are for members, and prove nothing here.
    The allowed examples of a clause that protects must breach no rule at all.
    """
    reader = Reader(charter, vocabulary)
    return [
        failure
        for clause in charter.clauses
        for expected, texts in (("allowed", clause.examples.allowed), ("forbidden", clause.examples.forbidden))
        if expected == "allowed" or clause.detectors
        for language, sentences in texts.items()
        for sentence in sentences
        if (failure := _failure(reader, clause, language, sentence, expected)) is not None
    ]


def _failure(reader: Reader, clause: Clause, language: str, sentence: str, expected: str) -> Failure | None:
    audience = Audience.PUBLIC if clause.applies_in(private=False) else Audience.PRIVATE
    found = reader.read(sentence, Circumstances(audience=audience, language=language)).breaches
    breached = bool(found) if clause.kind is Kind.PROTECT else any(breach.clause == clause.id for breach in found)
    if breached == (expected == "forbidden"):
        return None
    return Failure(clause.id, language, sentence, expected, found)
