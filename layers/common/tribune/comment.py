"""What a platform said, in our words: Comment, Author, Thread, Reaction, TeamAct.

Frozen dataclasses and the standard library only: platform modules are imported by the function that
answers a platform, and nothing here may slow it down. Times are aware datetimes in UTC; ids are strings.
"""

import hashlib
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

_MARKS = 30
"""How many marks one letter may carry; no language comes near."""
_MANY_MARKS = re.compile(rf"[^\w\s\x00-\x7f]{{{_MARKS + 1}}}")
"""What may be more; marks are not the only signs that stand in a row."""
_JOINER = "\u034f"
"""The combining grapheme joiner: invisible, and nothing is sorted across it."""


class Verb(StrEnum):
    """What happened to a comment. The order is the rank that settles two events of the same instant."""

    CREATED = "created"
    EDITED = "edited"
    DELETED = "deleted"

    @property
    def rank(self) -> int:
        """0 created, 1 edited, 2 deleted."""
        return list(Verb).index(self)


class Audience(StrEnum):
    """Who can read it: everybody, or only we."""

    PUBLIC = "public"
    PRIVATE = "private"


class Media(StrEnum):
    """What came instead of, or beside, the words."""

    NONE = "none"
    IMAGE = "image"
    VIDEO = "video"
    VOICE = "voice"
    STICKER = "sticker"
    FILE = "file"


@dataclass(frozen=True, slots=True)
class Author:
    """Who said it. `id` is None where the platform withholds it; `is_ours` when our own account speaks."""

    id: str | None
    name: str | None = None
    is_ours: bool = False
    username: str | None = None
    """The name that nobody else bears there, where the platform tells it; `name` may be anybody's free choice."""


@dataclass(frozen=True, slots=True)
class Thread:
    """A top-level comment and its replies (or a private conversation); `post` is what it hangs from."""

    id: str
    post: str
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Comment:
    """One comment or message, as created, edited or deleted.

    `said_at` orders the versions of one object (source time of this event); `posted_at` is when these
    words were written: the charter in force then is the one that judges them.
    """

    platform: str
    account: str
    object: str
    verb: Verb
    said_at: datetime
    posted_at: datetime
    author: Author
    thread: Thread
    text: str = ""
    parent: str | None = None
    """The object this one answers, when it is a reply to a comment; None at top level."""
    audience: Audience = Audience.PUBLIC
    media: Media = Media.NONE
    url: str | None = None
    language: str | None = None
    """The language the platform names, if it does ("fr", "en"): a hint, never trusted over the words."""
    tagged: tuple[str, ...] = ()
    """Names of persons mentioned through the platform's own mention, as they stand in the text."""
    reply_token: str | None = None
    """A short-lived, single-use right to answer (LINE)."""
    quote: str | None = None
    """What makes an answer show the words it answers (LINE's quote token); no right by itself."""
    sponsored: bool = False
    led_elsewhere: bool = False
    """It is read, the machine never answers: another application leads this conversation (LINE and Messenger standby), or
    the platform tells of our own comments too and withholds who wrote this one (Meta).
    """

    address: str | None = None
    """Where an answer goes, where the platform wants it in the answer (Mastodon); kept as long as the words, no longer."""

    @property
    def answered_at(self) -> str | None:
        """What an answer has to be sent to beside the object: the address, or the private conversation."""
        return self.address or (self.thread.id if self.audience is Audience.PRIVATE else None)

    @property
    def version(self) -> str:
        """The sortable version of this object: (source time in ms, verb rank, hash of the words)."""
        return version(self.said_at, self.verb, self.text)


@dataclass(frozen=True, slots=True)
class Reaction:
    """An interaction without words: a like, a share, a save; `undone` when it was taken back."""

    platform: str
    account: str
    object: str
    """Our id of the interaction itself: what was reacted to, by whom, how."""
    kind: str
    """`reaction`, `share`, `save`, `follow`…: the keys of `words/engagement.yaml`."""
    said_at: datetime
    author: Author
    thread: Thread
    undone: bool = False

    @property
    def version(self) -> str:
        """The sortable version of this interaction: given is `created`, taken back is `edited`."""
        return version(self.said_at, Verb.EDITED if self.undone else Verb.CREATED, "")


@dataclass(frozen=True, slots=True)
class TeamAct:
    """Somebody with rights on our account hid or un-hid a comment in the platform's own application (or we did)."""

    platform: str
    account: str
    object: str
    kind: str
    """`hide` or `unhide`."""
    said_at: datetime
    thread: Thread


type Said = Comment | Reaction | TeamAct


def version(said_at: datetime, verb: Verb, text: str) -> str:
    """(source time, verb rank, text hash) as one string whose order is the order of versions."""
    return version_of(said_at, verb, words_hash(text))


def version_of(said_at: datetime, verb: Verb, words: str) -> str:
    """The version of words of which only the hash is at hand."""
    return f"{milliseconds(said_at):015d}.{verb.rank}.{words}"


def same_words(one: str, other: str) -> bool:
    """Are two versions of the same words? A platform may tell the same words once more as an edit."""
    return one.rpartition(".")[2] == other.rpartition(".")[2]


def edited_at(v: str) -> datetime | None:
    """When the words of that version were edited; None when they are the first ones."""
    at, rank, _ = v.split(".", 2)
    return datetime.fromtimestamp(int(at) / 1000, UTC) if int(rank) == Verb.EDITED.rank else None


def composed(text: str) -> str:
    """`text` in Unicode's NFC, in linear time: thousands of marks on one letter would be sorted in the square of that.

    More than thirty are parted first, as the Stream-Safe Text Format does (UAX #15, section 13).
    """
    if _MANY_MARKS.search(text):
        text = "".join(_parted(text))
    return unicodedata.normalize("NFC", text)


def _parted(text: str) -> Iterator[str]:
    marks = 0
    for character in text:
        marks = marks + 1 if unicodedata.combining(character) else 0
        if marks > _MARKS:
            yield _JOINER
            marks = 1
        yield character


def words_hash(text: str) -> str:
    """22 characters that stand for the words; equal for texts a platform only re-spaced or re-composed."""
    plain = " ".join(composed(text).split())
    return hashlib.sha256(plain.encode("utf-8", "replace")).hexdigest()[:22]


def milliseconds(moment: datetime) -> int:
    """Milliseconds since 1970 of an aware datetime."""
    return int(moment.timestamp() * 1000)


def from_seconds(seconds: float) -> datetime:
    """The aware UTC datetime of a POSIX time in seconds."""
    return datetime.fromtimestamp(seconds, UTC)
