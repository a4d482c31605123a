"""What would be done about a text, by what a charter alone says: nobody's history, no thread, no budget. Pure.

The command line asks it (`tribune check`), and so does the desk, where a sentence can be tried before anybody says it.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tribune.charter import Charter, Circumstances, Findings, Reader, Vocabulary
from tribune.charter.reading import opens_with_a_person
from tribune.comment import Audience, words_hash
from tribune.decision import Decision, Matter, Mode, Situation, decide
from tribune.standing import Standing


@dataclass(frozen=True, slots=True)
class Question:
    """One text to check."""

    text: str
    id: Any = None
    language: str | None = None
    private: bool = False


@dataclass(frozen=True, slots=True)
class Checker:
    """Checks texts against one charter."""

    charter: Charter
    reader: Reader

    @classmethod
    def of(cls, charter: Charter, vocabulary: Vocabulary | None = None) -> "Checker":
        """With what a community adds; without it, for a charter alone."""
        brand = charter.values(charter.languages[0]).get("brand", "")
        return cls(charter, Reader(charter, vocabulary or Vocabulary(brand=brand)))

    def read(self, question: Question) -> Findings:
        """What the words hold."""
        return self.reader.read(question.text, Circumstances(audience=_audience(question), language=question.language))

    def decided(self, question: Question, findings: Findings, now: datetime, mode: Mode) -> Decision:
        """What would be done about them in a mode, for an author whom nobody knows."""
        matter = Matter(
            object="check",
            words=words_hash(question.text),
            audience=_audience(question),
            to_member=opens_with_a_person(question.text, self.reader.vocabulary),
        )
        return decide(matter, findings, Standing(), Situation(now=now, mode=mode), self.charter)

    def check(self, question: Question, now: datetime) -> tuple[Findings, Decision]:
        """Both, in mode `act`."""
        findings = self.read(question)
        return findings, self.decided(question, findings, now, Mode.ACT)


def _audience(question: Question) -> Audience:
    return Audience.PRIVATE if question.private else Audience.PUBLIC
