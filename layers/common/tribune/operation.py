"""operation: a contest, a BlogStorming, an event, a campaign: what belongs to it, what enters it, for which team. Pure.

Whether something belongs is decided when it is judged, while its words are there, and kept as a mark in its head, which
holds no word. It belongs when it hangs from a post of the operation or bears one of its hashtags, and was written while
the operation lasted; what is changed in an operation later marks nothing again. An edit after the end leaves what had
begun to belong in it, as long as its words still do.
"""

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Annotated, Final, Self
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, Field, model_validator

from tribune.charter.text import fold
from tribune.comment import Comment, Media, Reaction, composed
from tribune.duty import Lasting
from tribune.written import Written

MOST_BY_HAND: Final = 1000
"""Articles, and outcomes, of one operation: it is one item."""
_TAG = re.compile(r"[#＃](\w{1,100})")
_ADDRESS = re.compile(
    r"https?://(?:www\.)?(?P<site>[\w-]+(?:\.[\w-]+)+)(?::\d+)?(?P<path>/[^?#\s]*)?(?:\?(?P<query>[^#\s]*))?(?:#\S*)?",
    re.IGNORECASE,
)
_TRACKERS = re.compile(r"utm_|fbclid=|gclid=")
_LANGUAGE = re.compile(r"[a-z]{2}")
_NAMED = r"^[a-z0-9][a-z0-9-]{0,39}$"
"""It stands inside the names of counters, so it holds no separator."""


class Kind(StrEnum):
    """What an operation is; also the mechanic of its posts (`words/engagement.yaml`)."""

    CONTEST = "contest"
    BLOGSTORMING = "blogstorming"
    EVENT = "event"
    CAMPAIGN = "campaign"


class Entry(StrEnum):
    """What enters an operation, among what belongs to it."""

    COMMENT = "comment"
    """A comment that answers no other one."""
    PARTICIPATES = "participates"
    """Words that say so."""
    HASHTAG = "hashtag"
    PICTURE = "picture"
    """An image or a video."""
    ARTICLE = "article"
    """Nothing that is said in a comment: articles are entered by hand."""


USUAL: Final[Mapping[Kind, Entry]] = MappingProxyType(
    {
        Kind.CONTEST: Entry.COMMENT,
        Kind.BLOGSTORMING: Entry.ARTICLE,
        Kind.EVENT: Entry.PARTICIPATES,
        Kind.CAMPAIGN: Entry.HASHTAG,
    }
)
"""What enters where nothing else is written."""


def hashtags(text: str) -> frozenset[str]:
    """The hashtags of a text, without case, accents nor joined letters (`cœur`, `coeur`), as people type them."""
    return frozenset(fold(tag) for tag in _TAG.findall(composed(text)))


def _one_hashtag(written: str) -> str:
    if not _TAG.fullmatch(composed(written)):
        raise ValueError("a hashtag is written with its #, in one word")
    return written


def _web_address(written: str) -> str:
    if not _ADDRESS.fullmatch(written) or not written.isprintable():
        raise ValueError("write the whole address, like https://example.org/page")
    return written


def _spoken(written: dict[str, str]) -> dict[str, str]:
    if not written or any(not _LANGUAGE.fullmatch(language) or not name.strip() for language, name in written.items()):
        raise ValueError("write its name by language: {fr: …, en: …}")
    return written


type Hashtag = Annotated[str, AfterValidator(_one_hashtag)]
type WebAddress = Annotated[str, Field(max_length=500), AfterValidator(_web_address)]
type Names = Annotated[dict[str, Annotated[str, Field(max_length=100)]], AfterValidator(_spoken)]
type Words = Annotated[str, Field(max_length=200)]


class PlacedPost(Written):
    """A post of the operation."""

    platform: str
    account: str
    id: str


class Team(Written):
    """A team; one belongs to it by its hashtag, or by its list."""

    id: str = Field(pattern=_NAMED)
    name: Names
    hashtag: Hashtag | None = None
    members: tuple[str, ...] = ()
    """Accounts as their platform names them (`facebook:1234`, or `1234` on any), or pseudonyms of ours."""

    @model_validator(mode="after")
    def _one_can_belong(self) -> Self:
        if self.hashtag is None and not self.members:
            raise ValueError("a team has a hashtag, or a list of members")
        return self


class Operation(Lasting):
    """An operation, as the configuration says it. Days and hours are the community's."""

    id: str = Field(pattern=_NAMED)
    kind: Kind
    name: Names
    hashtags: tuple[Hashtag, ...] = ()
    posts: tuple[PlacedPost, ...] = ()
    entry: Entry | None = None
    """None: what is usual for its kind."""
    teams: tuple[Team, ...] = ()
    series: str = Field("", pattern=r"^$|" + _NAMED)
    """Whose edition it is: those who took part in another one are told apart."""
    rules_url: WebAddress | None = None
    """Its rules (règlement), where everybody can read them."""
    cost: Annotated[float, Field(ge=0)] | None = None
    """What it costs, prizes included."""
    currency: str = Field("EUR", pattern=r"^[A-Z]{3}$")

    @model_validator(mode="after")
    def _can_be_run(self) -> Self:
        if self.kind is Kind.CONTEST and self.rules_url is None:
            raise ValueError("a contest has rules that everybody can read: rules_url")
        if not self.tags and not self.posts and self.enters is not Entry.ARTICLE:
            raise ValueError("nothing would ever belong to it: hashtags, or posts")
        if self.enters is Entry.HASHTAG and not self.tags:
            raise ValueError("one enters it by a hashtag, so it has one: hashtags, or another entry")
        names = [team.id for team in self.teams]
        if len(set(names)) < len(names):
            raise ValueError("a team stands there twice")
        tags = [next(iter(hashtags(team.hashtag))) for team in self.teams if team.hashtag]
        if len(set(tags)) < len(tags):
            raise ValueError("two teams have one hashtag: whose would an entry be?")
        return self

    @property
    def enters(self) -> Entry:
        """What enters it."""
        return self.entry or USUAL[self.kind]

    @property
    def is_game(self) -> bool:
        """Is it the game to repeat short answers and to tag friends?"""
        return self.kind is Kind.CONTEST

    def called(self, language: str) -> str:
        """Its name in a language, else in the first it has one in."""
        return _called(self.name, language)

    def team_called(self, team: str, language: str) -> str:
        """The name of one of its teams; the id of one that it no longer has."""
        return next((_called(one.name, language) for one in self.teams if one.id == team), team)

    def has_post(self, platform: str, account: str, post: str) -> bool:
        """Is this one of its posts?"""
        return any((one.platform, one.account, one.id) == (platform, account, post) for one in self.posts)

    def holds_words(self, said: Comment | Reaction, tags: frozenset[str]) -> bool:
        """Does it hang from one of its posts, or bear one of its hashtags? Whenever it was said."""
        if self.has_post(said.platform, said.account, said.thread.post):
            return True
        return bool(tags) and not tags.isdisjoint(self.tags)

    @property
    def tags(self) -> frozenset[str]:
        """Its hashtags and its teams', as `hashtags` finds them."""
        return hashtags(" ".join((*self.hashtags, *(team.hashtag for team in self.teams if team.hashtag))))

    def team_of(self, tags: frozenset[str], who: frozenset[str]) -> str:
        """The team that the words name, else that somebody is listed in; empty for none."""
        named = (team.id for team in self.teams if team.hashtag and hashtags(team.hashtag) <= tags)
        listed = (team.id for team in self.teams if not who.isdisjoint(team.members))
        return next(named, next(listed, ""))


def _called(name: Mapping[str, str], language: str) -> str:
    return name.get(language) or next(iter(name.values()))


# --- what belongs ---------------------------------------------------------------------------------------------------


class Ruled(StrEnum):
    """What a person said of an entry, whatever the machine thinks."""

    VALID = "valid"
    INVALID = "invalid"


@dataclass(frozen=True, slots=True)
class Mark:
    """That something belongs to an operation: no word of it, and nobody's name."""

    operation: str
    team: str = ""
    entry: bool = False
    ruled: Ruled | None = None
    ruled_by: str = ""
    """Who ruled, by their id in the rota."""


def belonging(
    said: Comment | Reaction, operations: Iterable[Operation], zone: ZoneInfo, before: Iterable[Mark] = ()
) -> tuple[Operation, ...]:
    """The operations that something belongs to; `before`: what it was marked with, where it is an edit."""
    known = {mark.operation for mark in before}
    at = _written_at(said)
    lasting = [one for one in operations if one.id in known or one.holds(at, zone)]
    if not lasting:
        return ()
    tags = _tags(said, lasting)
    return tuple(one for one in lasting if one.holds_words(said, tags))


def marks(  # noqa: PLR0913  each is named at the call
    said: Comment | Reaction,
    operations: Iterable[Operation],
    zone: ZoneInfo,
    who: frozenset[str],
    *,
    participates: bool = False,
    before: Iterable[Mark] = (),
) -> tuple[Mark, ...]:
    """What is kept of it, for the operations it belongs to. `who`: under which names its author may be listed.

    What a person ruled about stays as it was, whatever is edited; after the end nothing becomes an entry any more, nor
    another team's.
    """
    known = {mark.operation: mark for mark in before}
    found = {name: mark for name, mark in known.items() if mark.ruled is not None}
    operations, at = tuple(operations), _written_at(said)
    tags = _tags(said, operations)
    for one in operations:
        if one.id in found:
            continue
        entry = isinstance(said, Comment) and _enters(one, said, tags, participates=participates)
        earlier = None if one.holds(at, zone) else known.get(one.id)
        mark = Mark(one.id, one.team_of(tags, who), entry)
        found[one.id] = replace(earlier, entry=earlier.entry and entry) if earlier else mark
    return tuple(found[name] for name in sorted(found))


def ruled(known: Iterable[Mark], operation: str, ruling: Ruled, by: str) -> tuple[Mark, ...]:
    """The marks once a person said what an entry of an operation is worth."""
    return tuple(replace(mark, ruled=ruling, ruled_by=by) if mark.operation == operation else mark for mark in known)


def _written_at(said: Comment | Reaction) -> datetime:
    """When its words, as they stand, were written."""
    return said.said_at if isinstance(said, Reaction) else said.posted_at


def _tags(said: Comment | Reaction, operations: Iterable[Operation]) -> frozenset[str]:
    if isinstance(said, Comment) and any(one.tags for one in operations):
        return hashtags(said.text)
    return frozenset()


def _enters(operation: Operation, said: Comment, tags: frozenset[str], *, participates: bool) -> bool:
    match operation.enters:
        case Entry.COMMENT:
            return said.parent is None
        case Entry.PARTICIPATES:
            return participates
        case Entry.HASHTAG:
            return not tags.isdisjoint(operation.tags)
        case Entry.PICTURE:
            return said.media in (Media.IMAGE, Media.VIDEO)
        case Entry.ARTICLE:
            return False


# --- what is entered by hand ----------------------------------------------------------------------------------------


class ByHand(Written):
    """Something that a person enters while an operation runs, or after it."""

    by: str
    """Who, by their id in the rota."""
    at: datetime


class Article(ByHand):
    """An article that somebody published for an operation."""

    url: WebAddress
    author: Words
    """As they sign."""
    title: Words = ""
    team: str = ""

    @property
    def id(self) -> str:
        """Its short name: the same for the same address."""
        return _short(self.address)

    @property
    def address(self) -> str:
        """Its address without what differs from one who passes it on to another."""
        parts = self._parts
        asked = [one for one in (parts["query"] or "").split("&") if one and not _TRACKERS.match(one)]
        return f"{self.site}{(parts['path'] or '').rstrip('/')}" + (f"?{'&'.join(asked)}" if asked else "")

    @property
    def site(self) -> str:
        """The site that publishes it."""
        return self._parts["site"].casefold()

    @property
    def _parts(self) -> re.Match[str]:
        found = _ADDRESS.fullmatch(self.url)
        assert found is not None  # noqa: S101  for the type checker: `_web_address` saw to it
        return found

    @property
    def writer(self) -> str:
        """Its author, as one of several."""
        return _typed(self.author)


class OutcomeKind(StrEnum):
    """What was looked up somewhere else."""

    FOLLOWERS = "followers"
    """New ones."""
    LIKES = "likes"
    """Where we do not hear them."""
    SHARES = "shares"
    COST = "cost"
    SEARCH_RANK = "search_rank"
    RANKING = "ranking"
    OTHER = "other"


class Outcome(ByHand):
    """A figure that a person looked up, with where they saw it. The latest of a kind and label stands."""

    kind: OutcomeKind
    label: Words = ""
    """What exactly: the words searched for, the ranking's name, the site."""
    value: Annotated[float, Field(ge=0, le=1e12, allow_inf_nan=False)]
    source: Words
    """Where it was seen."""

    @model_validator(mode="after")
    def _says_what(self) -> Self:
        if self.kind is OutcomeKind.OTHER and not self.label.strip():
            raise ValueError("say what it is: a label")
        if not self.source.strip():
            raise ValueError("say where you saw it: a source")
        return self

    @property
    def id(self) -> str:
        """Its short name."""
        return _short(f"{self.kind}\n{self.label}\n{self.at.isoformat()}")


class Entered(Written):
    """Everything that people entered of one operation. Whoever changes it writes the next `rev`."""

    rev: int = 0
    articles: tuple[Article, ...] = Field((), max_length=MOST_BY_HAND)
    outcomes: tuple[Outcome, ...] = Field((), max_length=MOST_BY_HAND)

    def standing(self) -> tuple[Outcome, ...]:
        """The latest outcome of each kind and label; the earlier ones are its history."""
        latest = {(one.kind, _typed(one.label)): one for one in sorted(self.outcomes, key=lambda one: one.at)}
        return tuple(latest[name] for name in sorted(latest))

    def value_of(self, kind: OutcomeKind) -> float | None:
        """The sum over the labels of a kind; None where nobody entered any."""
        found = [one.value for one in self.standing() if one.kind is kind]
        return sum(found) if found else None


def _typed(what: str) -> str:
    """What somebody typed, the same whatever its case, its spaces and the form of its accents."""
    return " ".join(composed(what).casefold().split())


def _short(what: str) -> str:
    return hashlib.sha256(what.encode("utf-8", "replace")).hexdigest()[:8]


def last_day(operation: Operation, zone: ZoneInfo) -> date:
    """The last day of the community's zone of which a part is in it."""
    _, end = operation.bounds(zone)
    return (end - timedelta(seconds=1)).astimezone(zone).date()
