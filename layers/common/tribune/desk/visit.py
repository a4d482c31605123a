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


# ruff: disable[D102]  what each of these does is said where it is done
class Journal(Store, Reviews, Protocol):
    """What is kept of a community, beside its cases."""

    def read(self, wanted: Iterable[Key]) -> Any: ...
    def keep_proposals(self, proposals: Proposals) -> None: ...
    def keep_question_words(self, question: Question, words: QuestionWords) -> None: ...
    def said_of(self, heads: Iterable[Head]) -> Mapping[ObjectId, SaidWords]: ...
    def latest_cases(self, community: str, since: datetime, limit: int) -> list[ObjectId]: ...
    def current_words(self, heads: Iterable[Head]) -> Mapping[ObjectId, str]: ...
    def latest_calls(self, community: str, since: datetime, limit: int) -> list[Call]: ...
    def last_said(self, community: str, author: str, limit: int) -> list[ObjectId]: ...
    def open_calls(self, community: str) -> list[Call]: ...
    def pauses(self, community: str) -> Pauses: ...
    def pause(self, community: str, scope: str, until: datetime | None) -> None: ...
    def mute(self, community: str, scope: str, until: datetime | None) -> None: ...
    def release_brake(self, held: Held, community: str, by: str, now: datetime) -> None: ...


class Version(Announcing, Protocol):
    """A published version without its content."""

    @property
    def version(self) -> int: ...


class Charters(Protocol):
    """The published charters, and the next version while people work on it."""

    def versions(self, community: str) -> Sequence[Version]: ...
    def stored_versions(self, community: str) -> Sequence[Version]: ...
    def version(self, community: str, version: int) -> PublishedCharter: ...
    def draft(self, community: str) -> CharterDraft | None: ...
    def save_draft(  # noqa: PLR0913  all of it is kept
        self, community: str, charter: Charter, *, before: str | None, beside: int, by: str, now: datetime
    ) -> None: ...
    def drop_draft(self, community: str, content_hash: str) -> bool: ...
    def publish(  # noqa: PLR0913  all of it is kept
        self, community: str, charter: Charter, *, effective_from: datetime, now: datetime, summary: str, after: int
    ) -> int: ...
    def load(self, community: str, at: datetime) -> PublishedCharter | None: ...
    def changes(self, community: str) -> Mapping[int, Mapping[str, int]]: ...


class Sealed(Protocol):
    """What was counted."""

    def sealed_to(self, community: str) -> datetime | None: ...
    def objects(self, community: str, hour: str) -> tuple[set[tuple[str, str, str]], int]: ...
    def days(self, community: str, space: str, first: date, last: date) -> Mapping[date, Figures]: ...


class Communities(Protocol):
    """The communities of the stack."""

    def all(self) -> Sequence[str]: ...
    def load(self, community_id: str) -> Community: ...
    def stored(self, community_id: str) -> Community | None: ...
    def change(self, community_id: str, change: Callable[[Community], Community]) -> Community: ...


# ruff: enable[D102]


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
