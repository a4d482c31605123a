"""What a charter would change: the same words under two charters, decision beside decision.

Both are asked as `tribune check` asks: an unknown author without history, mode `act`. What differs comes from the
charters and from nothing else; what an author did before, budgets and pauses are no part of it.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from tribune.aws.journal import Journal
from tribune.checking import Checker, Question
from tribune.comment import Audience
from tribune.journal import HeadKind

_LONGEST = 80


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one charter makes of some words: the measure, and the clause with the words it is about."""

    measure: str
    clause: str = ""
    start: int = 0
    end: int = 0

    def __str__(self) -> str:
        return f"{self.measure} {self.clause} {self.start}-{self.end}" if self.clause else self.measure


@dataclass(frozen=True, slots=True)
class Change:
    """Words that two charters decide differently."""

    question: Question
    before: Outcome
    after: Outcome

    def line(self, *, show_text: bool) -> str:
        """`id: before → after`, and the words where they are asked for."""
        text = self.question.text if len(self.question.text) <= _LONGEST else self.question.text[: _LONGEST - 1] + "…"
        shown = f"\n    {' '.join(text.split())}" if show_text else ""
        return f"{self.question.id}: {self.before} → {self.after}{shown}"


@dataclass(slots=True)
class Replay:
    """Two charters, and how many words were said under them so far."""

    before: Checker
    after: Checker
    now: datetime
    read: int = 0
    changed: int = 0

    def changes(self, questions: Iterable[Question]) -> Iterator[Change]:
        """The words that are decided otherwise, as they come."""
        for question in questions:
            self.read += 1
            before, after = (self._outcome(checker, question) for checker in (self.before, self.after))
            if before != after:
                self.changed += 1
                yield Change(question, before, after)

    def _outcome(self, checker: Checker, question: Question) -> Outcome:
        findings, decision = checker.check(question, self.now)
        breach = next((one for one in findings.breaches if one.clause == decision.clause), None)
        if breach is None:
            return Outcome(decision.measure, decision.clause or "")
        return Outcome(decision.measure, breach.clause, breach.start, breach.end)


def recorded(journal: Journal, community: str, since: datetime) -> Iterator[Question]:
    """The comments that were decided since a moment and whose words are still kept, by platform and id.

    Raises Unavailable.
    """
    for head in journal.heads(community, since):
        if head.kind is not HeadKind.COMMENT or head.verdict is None or head.deleted or head.confidential:
            continue
        said = journal.said_words(community, head.platform, head.account, head.object, head.v)
        if said is not None:
            private = head.audience is Audience.PRIVATE
            yield Question(said.text, f"{head.platform}/{head.object}", head.language, private)
