"""The question: what a community manager asks somebody outside the team about one comment, and until when. Pure.

Its token is the address of a page that needs no account: it shows that one comment in the version that was asked
about, takes one answer, and is worth nothing for anything else.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

LATE: Final = timedelta(days=3)
"""How long an answer is still taken after its deadline, while the case waits."""
MOST_CHARACTERS: Final = 2000
"""Of a question, and of its answer."""
MOST_OPEN: Final = 3
"""Questions that one case may have at the same time."""


class QuestionState(StrEnum):
    """Until it is over, a question stands in the index `due`."""

    ASKED = "asked"
    """Its mail has not left yet."""
    MAILED = "mailed"
    CHASED = "chased"
    """They were reminded, once."""
    PASSED = "passed"
    """Its deadline is over, and whoever asked was told."""
    ANSWERED = "answered"
    UNSENT = "unsent"
    """The mail would not leave, and whoever asked was told."""
    OVER = "over"
    """Nobody needs an answer any more: the case was settled, the words changed or were erased."""


_WAITS: Final = frozenset({QuestionState.ASKED, QuestionState.MAILED, QuestionState.CHASED, QuestionState.PASSED})


@dataclass(frozen=True, slots=True)
class Question:
    """What is kept of a question: no word, no name, no address; those stand beside the comment's own words."""

    community: str
    token: str
    platform: str
    account: str
    object: str
    v: str
    """The version of the words that it is about."""
    asked_by: str
    """The person of the team, by id."""
    asked_at: datetime
    answer_by: datetime
    due_at: datetime
    """When something has to be done next: the mail, the reminder, telling who asked."""
    language: str
    state: QuestionState = QuestionState.ASKED
    rev: int = 1
    attempts: int = 0
    """How often its mail would not leave."""
    answered_at: datetime | None = None

    @property
    def at(self) -> tuple[str, str, str, str]:
        """The comment: (community, platform, account, object)."""
        return (self.community, self.platform, self.account, self.object)

    @property
    def waits(self) -> bool:
        """Has nobody answered it, and does somebody still want to know?"""
        return self.state in _WAITS

    @property
    def chase_at(self) -> datetime:
        """When whoever was asked is reminded: a quarter of the time is left."""
        return self.answer_by - (self.answer_by - self.asked_at) / 4

    @property
    def ends_at(self) -> datetime:
        """When its page is worth nothing any more."""
        return self.answer_by + LATE


@dataclass(frozen=True, slots=True)
class QuestionWords:
    """What was asked, of whom: it goes when the comment's words go."""

    text: str
    name: str
    """Of whom is asked."""
    address: str
    """Where the mail goes."""
    proof: str
    """What the form of the page carries, and no mail does: only who opened the page can answer."""
