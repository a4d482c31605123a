"""Climate: from calm to crisis, by what was said in a space within a quarter of an hour. Pure; the thresholds are data.

A space is compared with itself: the median of the same hour of the week over four weeks, the day before where there are
fewer. It rises at once and comes down after two calm quarters of an hour, so that a level is no flicker.
"""

import hashlib
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from functools import cache
from statistics import median
from zoneinfo import ZoneInfo

from pydantic import Field

from tribune.charter.findings import Signal
from tribune.echo import Likeness, Voiced, alike
from tribune.words import shared
from tribune.written import Written

BUCKET = timedelta(minutes=15)
HOUR = timedelta(hours=1)
WEEKS = 4
REMEMBERED = timedelta(weeks=WEEKS)
REPEATED_AFTER = timedelta(days=1)
"""When a matter that goes on is told again."""
CALM_BUCKETS = 2
"""So many quarters of an hour without it, and a level is over."""
SIGNED_WITH = "climate.tools"
"""Under which name, among the secrets of a community's calls, what signs its events is kept."""
FACES = 128
"""Authors are counted as marks on so many places: who they are cannot be read from it, and its size is bounded."""


ALARMING = frozenset({Signal.HARM, Signal.SAFETY, Signal.LEGAL_THREAT})
NEGATIVE = ALARMING | {Signal.GRIEVANCE, Signal.CRITICISM, Signal.STILL_WAITING, Signal.DISCRIMINATION}
POSITIVE = frozenset({Signal.PRAISE, Signal.THANKS})


class Tone(StrEnum):
    """How something was said, by its words: rough, since a list of words knows no irony."""

    NEGATIVE = "negative"
    POSITIVE = "positive"
    NEITHER = ""


class Level(StrEnum):
    """How it is in a space, the calmest first."""

    GREEN = "green"
    YELLOW = "yellow"
    ORANGE = "orange"
    RED = "red"

    @property
    def height(self) -> int:
        """0 for green to 3 for red."""
        return list(Level).index(self)


class Line(Written):
    """What has to be there, all of it, for a level to hold; 0 asks for nothing."""

    comments: int = Field(0, ge=0)
    times: float = Field(0, ge=0)
    negative: int = Field(0, ge=0, le=100)
    authors: int = Field(0, ge=0)
    alarming: int = Field(0, ge=0)


A_DAY = 24
"""Hours."""


@cache
def _usual(level: str) -> tuple[Line, ...]:
    return tuple(Line.model_validate(line) for line in shared("climate")[level])


class Thresholds(Written):
    """The lines of each level; one that is left out keeps those of `words/climate.yaml`."""

    yellow: tuple[Line, ...] = Field(default_factory=lambda: _usual("yellow"))
    orange: tuple[Line, ...] = Field(default_factory=lambda: _usual("orange"))
    red: tuple[Line, ...] = Field(default_factory=lambda: _usual("red"))
    echo: Likeness = Field(default_factory=lambda: Likeness.model_validate(shared("climate")["echo"]))
    """From when on several people who say nearly the same are somebody's to look at."""
    unknown: float = Field(default_factory=lambda: float(shared("climate")["unknown"]), ge=1)
    """Comments in a quarter of an hour that are taken for usual in a space that was not listened to for a day."""
    url: str = ""
    """Where a signed event goes whenever the level of a space changes: a tool that plans posts can pause."""

    def level(self, seen: "Seen") -> Level:
        """The highest level of which a line holds."""
        for level, lines in ((Level.RED, self.red), (Level.ORANGE, self.orange), (Level.YELLOW, self.yellow)):
            if any(seen.reaches(line) for line in lines):
                return level
        return Level.GREEN


def face(author: str) -> int:
    """The place that stands for an author (a pseudonym) for a quarter of an hour; many share one."""
    return int(hashlib.sha256(author.encode()).hexdigest()[:8], 16) % FACES


@dataclass(frozen=True, slots=True)
class Flood:
    """That the machine has said all that it may within an hour: somebody who came after that."""

    why: str
    """Under a `post`, or on the whole `account`."""
    platform: str
    account: str
    post: str
    object: str


@dataclass(frozen=True, slots=True)
class Bucket:
    """What was said in a space within a quarter of an hour."""

    comments: int = 0
    negative: int = 0
    faces: frozenset[int] = frozenset()
    alarming: frozenset[int] = frozenset()
    """The faces of those who spoke of danger, injury or the law."""
    floods: frozenset[Flood] = frozenset()

    def __add__(self, other: "Bucket") -> "Bucket":
        """Both together: what two environments counted."""
        return Bucket(
            self.comments + other.comments,
            self.negative + other.negative,
            self.faces | other.faces,
            self.alarming | other.alarming,
            self.floods | other.floods,
        )


@dataclass(frozen=True, slots=True)
class Seen:
    """A quarter of an hour beside the usual one."""

    comments: int
    share: int
    """Per cent that are negative."""
    authors: int
    """About how many different people; never more than there are comments."""
    times: float
    """How many times the usual."""
    alarming: int

    def reaches(self, line: Line) -> bool:
        """Is all that the line asks for there?"""
        return (
            self.comments >= line.comments
            and self.times >= line.times
            and self.share >= line.negative
            and self.authors >= line.authors
            and self.alarming >= line.alarming
        )


def tone_of(signals: frozenset[Signal], *, hostile: bool) -> Tone:
    """How a comment was said; `hostile`: it attacks somebody. Praise beside a grievance is none."""
    if hostile or not signals.isdisjoint(NEGATIVE):
        return Tone.NEGATIVE
    return Tone.NEITHER if signals.isdisjoint(POSITIVE) else Tone.POSITIVE


def bucket_of(author: str, signals: frozenset[Signal], *, hostile: bool) -> Bucket:
    """What one comment adds; `hostile`: it attacks somebody."""
    one = frozenset({face(author)})
    return Bucket(
        comments=1,
        negative=int(tone_of(signals, hostile=hostile) is Tone.NEGATIVE),
        faces=one,
        alarming=frozenset() if signals.isdisjoint(ALARMING) else one,
    )


def people(faces: frozenset[int]) -> int:
    """About how many people left these marks (linear counting, Whang et al. 1990); exact for a handful."""
    if len(faces) >= FACES:
        return round(FACES * math.log(FACES))
    return round(-FACES * math.log(1 - len(faces) / FACES))


def seen(bucket: Bucket, before: Bucket, usual: float) -> Seen:
    """A quarter of an hour, with the one before it, in a space where `usual` comments come in one."""
    return Seen(
        comments=bucket.comments,
        share=100 * bucket.negative // bucket.comments if bucket.comments else 0,
        authors=min(people(bucket.faces), bucket.comments),
        times=bucket.comments / max(usual, 1.0),
        alarming=len(bucket.alarming | before.alarming),
    )


@dataclass(frozen=True, slots=True)
class Matter:
    """What a person should know of a crowd whatever the figures say: it makes a space yellow, and is told once a day."""

    reason: str
    """`echo`, `flood_post` or `flood_account`: what a call about it says."""
    name: str
    """The same flood has the same name; an echo is known by its words."""
    platform: str
    account: str
    objects: tuple[str, ...]
    figures: Mapping[str, str] = field(default_factory=dict)
    words: frozenset[int] = frozenset()

    @property
    def told(self) -> str:
        """What is remembered of it."""
        return f"{self.reason} {self.name}"


@dataclass(frozen=True, slots=True)
class Told:
    """A matter that somebody heard of, and when."""

    what: str
    at: datetime
    words: frozenset[int] = frozenset()


def flood_matters(buckets: Iterable[Bucket], said: Mapping[str, int]) -> list[Matter]:
    """What the machine stopped answering; `said`: how often it may speak, under a `post` and on an `account`."""
    floods = sorted((one for bucket in buckets for one in bucket.floods), key=lambda one: (one.why, one.post))
    return [
        Matter(
            reason=f"flood_{one.why}",
            name="/".join((one.platform, one.account, *([one.post] if one.why == "post" else []))),
            platform=one.platform,
            account=one.account,
            objects=(one.object,),
            figures={"said": str(said[one.why])},
        )
        for one in floods
    ]


def echo_matter(voices: Sequence[Voiced]) -> Matter:
    """Several people who said nearly the same, the first one first."""
    first = voices[0]
    at = (first.platform, first.account)
    return Matter(
        reason="echo",
        name="/".join((*at, first.object)),
        platform=first.platform,
        account=first.account,
        objects=tuple(one.object for one in voices if (one.platform, one.account) == at),
        figures={"voices": str(len(voices))},
        words=first.words,
    )


@dataclass(frozen=True, slots=True)
class Weather:
    """How it is in a space, since when, and what is usual there."""

    level: Level = Level.GREEN
    since: datetime | None = None
    """Since when it has not been green; None while it is."""
    highest: Level = Level.GREEN
    """What it came to since then."""
    told: tuple[Told, ...] = ()
    """Matters of the last day."""
    changed_at: datetime | None = None
    look_at: datetime | None = None
    """When to look again although nobody says anything; None while it is green."""
    hours: Mapping[int, int] = field(default_factory=dict)
    """Hour (since 1970) -> comments, of the last four weeks; an hour that is not there had none."""
    known_from: int | None = None
    """The first hour that was listened to."""
    known_to: int | None = None
    """The last one that is over and stands in `hours`."""

    def usual(self, at: datetime, zone: ZoneInfo) -> float | None:
        """How many comments come in a quarter of an hour at this hour of this weekday, by the clock of `zone`.

        None in a space that was not listened to for a day: nobody knows.
        """
        if self.known_from is None or self.known_to is None or hour_number(at) - self.known_from < A_DAY:
            return None
        local = at.astimezone(zone).replace(tzinfo=None)
        weeks = (hour_number((local - timedelta(weeks=n)).replace(tzinfo=zone)) for n in range(1, WEEKS + 1))
        same = [self.hours.get(hour, 0) for hour in weeks if self.known_from <= hour <= self.known_to]
        if len(same) == WEEKS:
            return median(same) / 4
        now = hour_number(at)
        day = [hour for hour in range(now - A_DAY, now) if self.known_from <= hour <= self.known_to]
        return sum(self.hours.get(hour, 0) for hour in day) / len(day) / 4 if day else 0.0

    def remembering(self, hours: Mapping[int, int], first: int, last: int) -> "Weather":
        """With the hours from `first` to `last`, all of them over, and none that is older than four weeks."""
        oldest = last + 1 - REMEMBERED // HOUR
        known = {hour: n for hour, n in {**self.hours, **hours}.items() if n and oldest <= hour <= last}
        began = first if self.known_from is None else self.known_from
        return replace(self, hours=known, known_from=max(began, oldest), known_to=last)

    def after(self, level: Level, now: datetime) -> "Weather":
        """The same at another level."""
        if level is Level.GREEN:
            return replace(self, level=level, since=None, highest=level, changed_at=now)
        highest = max(self.highest, level, key=lambda one: one.height)
        return replace(self, level=level, since=self.since or now, highest=highest, changed_at=now)

    def new(self, matters: Iterable[Matter], likeness: Likeness, now: datetime) -> tuple[Matter, ...]:
        """Those that nobody was told of within a day, each once; an echo is another one when its words are."""
        lately = [one for one in self.told if now - one.at < REPEATED_AFTER]
        found: dict[str, Matter] = {}
        for matter in matters:
            same = any(one.what == matter.told or alike(one.words, matter.words) >= likeness.alike for one in lately)
            if not same:
                found.setdefault(matter.told, matter)
        return tuple(found.values())

    def telling(self, matters: Iterable[Matter], now: datetime) -> "Weather":
        """The same, once somebody is told of them."""
        lately = tuple(one for one in self.told if now - one.at < REPEATED_AFTER)
        return replace(self, told=(*lately, *(Told(one.told, now, one.words) for one in matters)))

    def looked(self, now: datetime) -> "Weather":
        """The same, to be looked at again when this quarter of an hour is over, unless it is green."""
        return replace(self, look_at=None if self.level is Level.GREEN else bucket_start(now) + BUCKET)


def hour_number(at: datetime) -> int:
    """The hour an instant lies in, counted from 1970."""
    return int(at.timestamp()) // 3600


def bucket_start(at: datetime) -> datetime:
    """When the quarter of an hour began."""
    at = at.astimezone(UTC)
    return at.replace(minute=at.minute - at.minute % 15, second=0, microsecond=0)


def judge(
    weather: Weather, buckets: Mapping[datetime, Bucket], thresholds: Thresholds, zone: ZoneInfo, now: datetime
) -> tuple[Level, Seen]:
    """The level that holds now, and what was seen: of the quarters of an hour it looks at, the one that says most.

    `buckets`: by their start, at least the last four. It rises with the quarter that runs, or the one just over; it
    comes down to the highest of the calm ones, once two that began after it rose are over.
    """
    running = bucket_start(now)
    looked = [_looked_at(weather, buckets, running - n * BUCKET, thresholds, zone) for n in range(CALM_BUCKETS + 1)]
    level, what = max(looked[:2], key=lambda found: (found[0].height, found[1].times))
    if level.height >= weather.level.height:
        return level, what
    risen = weather.changed_at or now
    if running - CALM_BUCKETS * BUCKET < bucket_start(risen) + BUCKET:
        return weather.level, what
    calm = max((found[0] for found in looked), key=lambda found: found.height)
    return min(calm, weather.level, key=lambda found: found.height), what


def _looked_at(
    weather: Weather, buckets: Mapping[datetime, Bucket], start: datetime, thresholds: Thresholds, zone: ZoneInfo
) -> tuple[Level, Seen]:
    none, usual = Bucket(), weather.usual(start, zone)
    usual = thresholds.unknown if usual is None else usual
    what = seen(buckets.get(start, none), buckets.get(start - BUCKET, none), usual)
    return thresholds.level(what), what


def totals(buckets: Iterable[tuple[datetime, Bucket]]) -> dict[int, int]:
    """Comments by the hour."""
    found: dict[int, int] = {}
    for start, bucket in buckets:
        found[hour_number(start)] = found.get(hour_number(start), 0) + bucket.comments
    return found
