"""The demo's story, as `story.yaml` tells it: who writes what, when, what Marie does, and what must come of it."""

from datetime import date, datetime, time
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo

from pydantic import Field

from tribune import written
from tribune.decision import Measure
from tribune.written import Written

STORY_FILE = Path(__file__).resolve().parent / "story.yaml"


class Place(Written):
    """Where people write: an account, and under which post."""

    platform: str
    account: str
    thread: str = ""
    """The post, or the article of a blog; a private conversation has none."""


class Person(Written):
    """A member, as the platform names them."""

    id: str
    name: str = ""


class Expected(Written):
    """Everything that must come of a row; what is left out must not have happened."""

    decision: tuple[Measure, str]
    """The measure and its reason."""
    version: int | None = 1
    """Of the charter that judged it."""
    article: int | None = None
    """The number of the clause that is cited."""
    counted: tuple[str, int] | None = None
    """Kind and level under which it counts."""
    hidden: bool = False
    replies: tuple[str, ...] = ()
    """What the machine said by itself."""
    taken_back: bool = False
    """Our own message was deleted again."""
    other_acts: tuple[str, ...] = ()
    """Whatever else reached a platform meanwhile."""
    drafts: tuple[str, ...] = ()
    case: Literal["open", "none"] = "none"
    awaits_answer: bool = False
    calls: tuple[str, ...] = ()
    called: tuple[str, ...] = ()
    """The people who were reached."""
    strike: bool = False
    thread_silent: bool = False
    person_silent: bool = False
    confidential: bool = False
    """Kept 30 days, nowhere in an author's history nor in a count."""
    way: str | None = None
    """How the platform was answered: LINE's `reply` is the token, `push` costs."""
    shown_as: str | None = None
    """How Marie reads it."""
    place_in_list: int | None = None
    """The place on the list of what waits."""
    overdue: bool | None = None
    """Is our promise to answer already out?"""
    law_clock: bool | None = None
    """Received, known and acted are kept, in this order."""
    in_quiet_hours: bool | None = None
    """Nothing less than danger may ring now."""


MAY_BE_UNSAID = frozenset({"way", "shown_as", "place_in_list", "overdue", "law_clock", "in_quiet_hours"})
"""What a row may leave open; everything else that it leaves out must not have happened."""


class Hand(Written):
    """What Marie does next, and when."""

    at: time
    takes_the_call: bool = False
    sends: str = ""
    sends_the_draft: bool = False
    then: Literal["", "settled", "promised"] = ""
    """What becomes of the case."""


class Words(Written):
    """What somebody writes."""

    at: time
    place: str
    id: str
    by: Person
    says: str
    tagged: tuple[str, ...] = ()


class Row(Words):
    """One line of the story."""

    row: int
    edits: int | None = None
    """The row that this one rewrites."""
    twice: bool = False
    """The platform delivers it a second time."""
    note: str = ""
    """What a reader may want to know besides."""
    expect: Expected
    marie: Hand | None = None


class Promise(Written):
    """What Marie promised comes back to her in time, and not before."""

    row: int
    quiet_until: time
    at: time
    call: str
    marie: Hand


class Waits(Written):
    """What waits for Marie at some hour: rows, in the order in which she should take them."""

    at: time
    rows: tuple[int, ...]


class Figures(Written):
    """The day in figures."""

    messages: int
    criticism_hidden: int
    hidden: dict[str, int]
    """By reason."""
    alone: dict[str, int]
    """Messages that left without a person, by purpose."""
    taken_back: int
    prepared: int
    calls: tuple[str, ...]
    led: int
    policed: int
    automatic_in_public: int
    uncited: int


class Phone(Written):
    """Marie answers a row from her own telephone; then somebody else writes in that thread."""

    at: time
    row: int
    id: str
    says: str
    then: Words


class Deletion(Written):
    """The author of a row deletes it."""

    at: time
    row: int


class Alarm(Written):
    """What a CloudWatch alarm becomes."""

    at: time
    call: str


class NextDay(Written):
    """What is shown after the twenty rows."""

    forged: Words
    phone: Phone
    deletion: Deletion
    alarm: Alarm


class Story(Written):
    """The whole story."""

    day: date
    next_day: date
    published: date
    places: dict[str, Place]
    rows: tuple[Row, ...] = Field(min_length=1)
    waits: Waits | None = None
    promise: Promise | None = None
    the_day: Figures | None = None
    after: NextDay | None = None
    acts: dict[str, int] = Field(default_factory=dict)
    """State of an act -> how many acts ended so."""

    def row(self, number: int) -> Row:
        """A row by its number. Raises StopIteration when the story has no such row."""
        return next(row for row in self.rows if row.row == number)


def load(file: Path = STORY_FILE) -> Story:
    """The story of a file. Raises BadConfiguration with file, line and field."""
    return written.load(file, Story)


def moment(day: date, at: time, zone: ZoneInfo) -> datetime:
    """A time of the story as an instant."""
    return datetime.combine(day, at, zone)
