"""A charter that tests itself: its allowed sentences must not breach their clause, its forbidden ones must."""

from collections.abc import Iterator
from dataclasses import dataclass

from tribune.charter.document import Ceiling, Charter, Clause, Kind, Staged
from tribune.charter.findings import Breach, Circumstances, Vocabulary
from tribune.charter.reader import Reader
from tribune.comment import Audience


@dataclass(frozen=True, slots=True)
class Example:
    """One sentence of a clause, and in which circumstances it is said."""

    clause: Clause
    language: str
    sentence: str
    expected: str
    """`allowed` or `forbidden`."""
    staged: Staged | None = None

    @property
    def circumstances(self) -> Circumstances:
        """In public where the clause holds there; what a staged example says besides."""
        audience = Audience.PUBLIC if self.clause.applies_in(private=False) else Audience.PRIVATE
        staged = self.staged
        if staged is None:
            return Circumstances(audience=audience, language=self.language)
        return Circumstances(
            audience=audience,
            language=self.language,
            answers_member=staged.answers_member,
            repetitions=staged.said_before,
            rate=staged.comments_before,
            newcomer=staged.newcomer,
            author_name=staged.author,
            ambassador=staged.of_the_house,
            reports=staged.reports,
            topics=staged.topics,
            said_on=staged.on,
            reserve=staged.in_reserve,
        )


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


def examples_of(clause: Clause) -> Iterator[Example]:
    """Every sentence of a clause, in the order of the document."""
    own = clause.examples
    for expected, texts, staged in (
        ("allowed", own.allowed, own.allowed_when),
        ("forbidden", own.forbidden, own.forbidden_when),
    ):
        for language, sentences in texts.items():
            yield from (Example(clause, language, sentence, expected) for sentence in sentences)
        yield from (Example(clause, one.language, one.text, expected, one) for one in staged)


def test_examples(charter: Charter, vocabulary: Vocabulary) -> list[Failure]:
    """Every example that fails, in the order of the charter.

    A rule without detectors is a person's to apply: its forbidden examples are for members, and prove nothing here.
    Neither do they where every detector looks beyond the words, and nothing is done alone: there the examples that say
    in which circumstances do.
    The allowed examples of a clause that is no rule, what is protected or thanked for, must breach none at all.
    """
    reader = Reader(charter, vocabulary)
    return [
        Failure(clause.id, example.language, example.sentence, example.expected, found)
        for clause in charter.clauses
        for example in examples_of(clause)
        if example.expected == "allowed" or _proves(example)
        if not _borne_out(example, found := reader.read(example.sentence, example.circumstances).breaches)
    ]


def _proves(example: Example) -> bool:
    clause = example.clause
    if example.staged or clause.ceiling in (Ceiling.FULL, Ceiling.PARTIAL):
        return bool(clause.detectors)
    return any(not use.beyond_words for use in clause.detectors)


def _borne_out(example: Example, found: tuple[Breach, ...]) -> bool:
    clause = example.clause
    breached = any(breach.clause == clause.id for breach in found) if clause.kind is Kind.RULE else bool(found)
    return breached == (example.expected == "forbidden")
