"""A request of somebody who signed in: who they are in this community, and what the desk can reach."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol

from tribune import words
from tribune.charter import Charter, PublishedCharter
from tribune.charter.drafting import Announcing, CharterDraft
from tribune.community import Community
from tribune.desk.request import Request
from tribune.desk.telling import Telling
from tribune.duty import Person
from tribune.errors import Conflict, TribuneError
from tribune.figures import Figures
from tribune.journal import Call, Head, Held, Pauses, Proposals, SaidWords
from tribune.question import Question, QuestionWords
from tribune.team import Member, Right
from tribune.workflow.appeal import Journal as Reviews
from tribune.workflow.call import Store
from tribune.workflow.cases import Handling
from tribune.workflow.operations import Operations
from tribune.workflow.ports import Key, Queue
from tribune.workflow.worksheet import ObjectId


class Journal(Store, Reviews, Protocol):
    """What is kept of a community, beside its cases."""

    def read(self, wanted: Iterable[Key]) -> Any: ...  # noqa: D102
    def keep_proposals(self, proposals: Proposals) -> None: ...  # noqa: D102
    def keep_question_words(self, question: Question, words: QuestionWords) -> None: ...  # noqa: D102
    def said_of(self, heads: Iterable[Head]) -> Mapping[ObjectId, SaidWords]: ...  # noqa: D102
    def latest_cases(self, community: str, since: datetime, limit: int) -> list[ObjectId]: ...  # noqa: D102
    def current_words(self, heads: Iterable[Head]) -> Mapping[ObjectId, str]: ...  # noqa: D102
    def latest_calls(self, community: str, since: datetime, limit: int) -> list[Call]: ...  # noqa: D102
    def last_said(self, community: str, author: str, limit: int) -> list[ObjectId]: ...  # noqa: D102
    def open_calls(self, community: str) -> list[Call]: ...  # noqa: D102
    def pauses(self, community: str) -> Pauses: ...  # noqa: D102
    def pause(self, community: str, scope: str, until: datetime | None) -> None: ...  # noqa: D102
    def mute(self, community: str, scope: str, until: datetime | None) -> None: ...  # noqa: D102
    def release_brake(self, held: Held, community: str, by: str, now: datetime) -> None: ...  # noqa: D102


class Version(Announcing, Protocol):
    """A published version without its content."""

    @property
    def version(self) -> int: ...  # noqa: D102


class Charters(Protocol):
    """The published charters, and the next version while people work on it."""

    def versions(self, community: str) -> Sequence[Version]: ...  # noqa: D102
    def stored_versions(self, community: str) -> Sequence[Version]: ...  # noqa: D102
    def version(self, community: str, version: int) -> PublishedCharter: ...  # noqa: D102
    def draft(self, community: str) -> CharterDraft | None: ...  # noqa: D102
    def save_draft(  # noqa: D102, PLR0913
        self, community: str, charter: Charter, *, before: str | None, beside: int, by: str, now: datetime
    ) -> None: ...
    def drop_draft(self, community: str, content_hash: str) -> bool: ...  # noqa: D102
    def publish(  # noqa: D102, PLR0913
        self, community: str, charter: Charter, *, effective_from: datetime, now: datetime, summary: str, after: int
    ) -> int: ...
    def load(self, community: str, at: datetime) -> PublishedCharter | None: ...  # noqa: D102
    def changes(self, community: str) -> Mapping[int, Mapping[str, int]]: ...  # noqa: D102


class Sealed(Protocol):
    """What was counted."""

    def sealed_to(self, community: str) -> datetime | None: ...  # noqa: D102
    def objects(self, community: str, hour: str) -> tuple[set[tuple[str, str, str]], int]: ...  # noqa: D102
    def days(self, community: str, space: str, first: date, last: date) -> Mapping[date, Figures]: ...  # noqa: D102


class Communities(Protocol):
    """The communities of the stack."""

    def all(self) -> Sequence[str]: ...  # noqa: D102
    def load(self, community_id: str) -> Community: ...  # noqa: D102
    def stored(self, community_id: str) -> Community | None: ...  # noqa: D102
    def change(self, community_id: str, change: Callable[[Community], Community]) -> Community: ...  # noqa: D102


@dataclass(frozen=True, slots=True)
class Reach:
    """Everything that the screens reach."""

    communities: Communities
    charters: Charters
    handling: Handling
    journal: Journal
    sealed: Sealed
    operations: Operations
    calls: Queue


class Refused(TribuneError):
    """What somebody asks for is not for them, or cannot be read; `reason` is a key of `screens.yaml` refusals."""

    def __init__(self, status: int, reason: str, **fields: str) -> None:
        self.status, self.reason, self.fields = status, reason, fields
        super().__init__(reason)


@dataclass(frozen=True, slots=True)
class Visit:
    """One request of a member of the team of one community."""

    request: Request
    reach: Reach
    community: Community
    member: Member
    now: datetime
    language: str
    csrf: str
    """What every form of this answer carries."""
    elsewhere: tuple[tuple[str, str], ...] = ()
    """(id, name) of the other communities that this person belongs to."""

    @property
    def telling(self) -> Telling:
        """How things are said to this person."""
        return Telling(self.community, self.now, self.language)

    @property
    def as_stored(self) -> Community:
        """The community as it stands right now: what one sees of what one has just changed."""
        return self.reach.communities.stored(self.community.id) or self.community

    def change(self, change: Callable[[Community], Community]) -> None:
        """Change what is set for the community. Raises Refused when somebody else does at this very moment."""
        try:
            self.reach.communities.change(self.community.id, change)
        except Conflict as error:
            raise Refused(409, "changed_here") from error

    def telling_of(self, community: Community) -> Telling:
        """How things are said of the community as it stands, to this person."""
        return Telling(community, self.now, self.language)

    @property
    def screen(self) -> Any:
        """The words of the screens, in this person's language."""
        return words.table(self.language, "screens")

    @property
    def person(self) -> Person:
        """In whose name this person acts. Raises Refused when the rota knows nobody of that id."""
        found = self.community.rota.person(self.member.person)
        if found is None:
            raise Refused(403, "nobody")
        return found

    @property
    def signature(self) -> str:
        """The id under which this person's acts are kept: of the rota, else the address that signed in."""
        return self.member.person or self.member.email

    def charter(self, version: int) -> Charter:
        """A version of this community's charter. Raises NotFound, CharterUnreadable."""
        return self.reach.charters.version(self.community.id, version).charter

    def may(self, right: str) -> bool:
        """Has this person that right here? (For templates: what one may not do is not offered.)"""
        return self.member.may(Right(right))


type Parts = Mapping[str, str]
"""The named parts of a path."""
type Seen = Callable[[Visit, Parts], object]
