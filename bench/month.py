"""A month of interactions through the workflow, on AWS in memory: is every counter what an independent recount says?

Reactions, comments and shares of a page, signed and delivered through the real door, decided and counted by the real
functions. Some deliveries come twice, some late, an edit before the comment that it edits; comments are edited and
deleted days later, likes are taken back, workers are killed at any call. Whoever recounts reads what the platform
knows and nothing of ours: the latest version of each object, in the hour in which something of it first arrived.

`python -m bench.month` runs 200,000 interactions of October 2026, whose 25th has 25 hours in Paris.
"""

import argparse
import io
import random
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import redirect_stdout
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from importlib import import_module
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from tribune.aws import clients
from tribune.aws.communities import Communities
from tribune.aws.sealed import Sealed
from tribune.community import Post
from tribune.crowd import MOST, STANDARD_ERROR
from tribune.figures import Figures, hour_start

SUPPORT = Path(__file__).resolve().parents[1] / "tests/support"
PAGE = "1001"
"""The world's page of Facebook."""
ZONE = ZoneInfo("Europe/Paris")
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
SAID = {1: ("Très beau vélo", "Bravo à toute l'équipe"), 2: ("Je participe !", "Je participe au concours !")}
"""Level -> words that count so."""
KINDS = (("reaction", 70), ("comment", 27), ("share", 3))
LEVELS = {"reaction": 1, "share": 2}
DUPLICATES, SWAPPED, EDITED, DELETED, LATE = 0.05, 0.02, 0.03, 0.02, 0.01
KILLED = 0.01
"""Which part of the batches meets a fault."""
FAULTS = ("kill_before", "kill_after", "error_before", "error_after", "another_worker", "throttled")
DELIVERED_WITHIN = 45 * MINUTE
"""Of each hour; what was killed comes again in the rest of it, so that whoever recounts knows the hour."""
PEOPLE, POSTS, CONTESTS = 6000, 30, 10
"""The first posts ask to take part."""
IN_A_BATCH = 10


@dataclass(slots=True)
class Told:
    """One delivery: about which object, in which version."""

    object: str
    verb: str
    at: datetime
    body: dict[str, Any]
    level: int
    kind: str
    person: str
    post: str


@dataclass(slots=True)
class Truth:
    """What the platform knows."""

    hour: dict[str, datetime] = field(default_factory=dict)
    """Object -> the hour in which something of it first arrived."""
    latest: dict[str, Told] = field(default_factory=dict)
    gone: set[str] = field(default_factory=set)

    def hear(self, told: Told, now: datetime) -> None:
        """Something was delivered."""
        self.hour.setdefault(told.object, now.replace(minute=0, second=0, microsecond=0))
        known = self.latest.get(told.object)
        if known is None or told.at > known.at:
            self.latest[told.object] = told
        if told.verb == "remove" and told.kind == "comment":
            self.gone.add(told.object)

    def standing(self) -> Iterator[tuple[datetime, Told]]:
        """What counts, and in which hour."""
        for name, told in self.latest.items():
            if name not in self.gone and told.verb != "remove":
                yield self.hour[name], told


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a run."""

    interactions: int
    deliveries: int
    kills: int
    wrong: tuple[str, ...]
    """Every figure that is not what the recount says."""
    figures: int
    """How many figures were compared."""
    hours: dict[date, int]
    """Local day -> how many sealed hours it has."""
    people: dict[str, tuple[int, int]]
    """Crowd -> (said, true)."""
    calls: tuple[float, float]
    """AWS calls for each delivery, in the first tenth and in the last one."""
    pages: tuple[int, int]
    """Requests to read the month: alone, and with nine more months of history beside it."""
    seconds: float


def run(first: date, days: int, interactions: int, seed: int = 2026) -> Outcome:
    """Live it. `first`: a local day."""
    dice = random.Random(seed)  # noqa: S311  a simulation, not a secret
    begins = datetime(first.year, first.month, first.day, tzinfo=ZONE).astimezone(UTC)
    last = first + timedelta(days=days)
    ends = datetime(last.year, last.month, last.day, tzinfo=ZONE).astimezone(UTC)
    started, truth = time.process_time(), Truth()
    if str(SUPPORT) not in sys.path:
        sys.path.insert(0, str(SUPPORT))
    with import_module("memory_world").memory_world() as world, redirect_stdout(_Nowhere()):
        month = _Month(world, truth, dice)
        _tell_of_contests(world)
        hours = int((ends - begins) / HOUR)
        for number in range(hours):
            wanted = interactions * (number + 1) // hours - interactions * number // hours
            month.hour(begins + number * HOUR, wanted)
        world.now = ends + timedelta(hours=2)
        world.invoke("seal_hours", {})
        return _judged(world, month, interactions, first, last, time.process_time() - started)


def _tell_of_contests(world: Any) -> None:
    communities = Communities(world.stack.tables()["CommunityTable"])
    contests = tuple(
        Post(platform="facebook", account=PAGE, id=f"{PAGE}_{number}", mechanic="contest", solicits=2)
        for number in range(1, CONTESTS + 1)
    )
    communities.write(communities.load("garance").model_copy(update={"posts": contests}))


class _Nowhere(io.StringIO):
    """What functions log about a month would fill it."""

    def write(self, text: str) -> int:
        return len(text)


@dataclass(slots=True)
class _Month:
    world: Any
    truth: Truth
    dice: random.Random
    later: defaultdict[datetime, list[Told]] = field(default_factory=lambda: defaultdict(list))
    """Hour -> what will be delivered in it besides."""
    made: int = 0
    deliveries: int = 0
    kills: int = 0
    calls: list[tuple[int, int]] = field(default_factory=list)
    """(deliveries, calls) of each hour."""

    def hour(self, begin: datetime, wanted: int) -> None:
        """One hour of the platform, up to the moment when nothing of it is under way."""
        told = self.later.pop(begin, [])
        for _ in range(wanted):
            told += self._interaction(begin)
        self.world.calls.names = []
        for number, one in enumerate(told):
            self.world.now = begin + DELIVERED_WITHIN * number / len(told)
            self.truth.hear(one, self.world.now)
            self.world.deliver("facebook", one.body)
            self.deliveries += 1
            if number % IN_A_BATCH == IN_A_BATCH - 1:
                self._decide()
        self.world.now = max(self.world.now, begin + DELIVERED_WITHIN)
        self._decide()
        while self.world.now < begin + HOUR - MINUTE:
            self.world.calls.faults = []
            while self.world.pump():
                pass
            self.world.now += 4 * MINUTE
        self.calls.append((len(told), len(self.world.calls.names)))
        self.world.now = begin + HOUR
        self.world.invoke("seal_hours", {})

    def _decide(self) -> None:
        if self.dice.random() < KILLED:
            self.world.calls.faults = [
                import_module("world").Fault(
                    len(self.world.calls.names) + self.dice.randint(1, 5), self.dice.choice(FAULTS)
                )
            ]
            self.world.calls.another = lambda: None
            self.kills += 1
        self.world.pump_only("moderate_comments")
        self.world.calls.faults = []

    def _interaction(self, begin: datetime) -> list[Told]:
        """A new one; what will become of it is put aside for later."""
        self.made += 1
        number, dice = self.made, self.dice
        (kind,) = dice.choices([name for name, _ in KINDS], [share for _, share in KINDS])
        person = str(int(dice.paretovariate(0.6)) % PEOPLE)
        place = dice.randint(1, POSTS)
        post = f"{PAGE}_{place}"
        level = (dice.randint(1, 2) if place <= CONTESTS else 1) if kind == "comment" else LEVELS[kind]
        at = (
            begin
            - timedelta(hours=dice.randint(2, 60) if dice.random() < LATE else 0)
            + timedelta(seconds=number % 600)
        )
        first = self._told(kind, number, "add", at, person, post, level)
        now = [first]
        if dice.random() < DUPLICATES:
            self._afterwards(begin, first, now)
        if kind == "comment" and dice.random() < EDITED:
            edit = self._told(
                kind, number, "edited", at + timedelta(minutes=20), person, post, 3 - level if place <= CONTESTS else 1
            )
            self._afterwards(begin, edit, now)
        if kind != "share" and dice.random() < DELETED:
            gone = self._told(kind, number, "remove", at + timedelta(minutes=30), person, post, level)
            self._afterwards(begin, gone, now)
        if dice.random() < SWAPPED:
            now.reverse()
        return now

    def _afterwards(self, begin: datetime, told: Told, now: list[Told]) -> None:
        """At once, within hours, or within days."""
        wait = self.dice.choice((0, 0, 1, 5, 30, 200))
        (self.later[begin + wait * HOUR] if wait else now).append(told)

    def _told(  # noqa: PLR0913, PLR0917  one delivery, field by field
        self, kind: str, number: int, verb: str, at: datetime, person: str, post: str, level: int
    ) -> Told:
        value: dict[str, Any] = {"verb": verb, "post_id": post, "from": {"id": person, "name": "Une personne"}}
        value["created_time"] = int(at.timestamp())
        if kind == "comment":
            said = SAID[level][number % 2]
            value |= {"item": "comment", "comment_id": f"1_{number}", "parent_id": post, "message": said}
        elif kind == "reaction":
            value |= {"item": "reaction", "reaction_type": "like", "comment_id": f"9_{number}", "parent_id": post}
        else:
            value |= {"item": "share", "share_id": f"2_{number}"}
        if verb != "add":
            value.pop("message", None) if verb == "remove" else None
            value.pop("created_time")
        body = {
            "object": "page",
            "entry": [{"id": PAGE, "time": int(at.timestamp()), "changes": [{"field": "feed", "value": value}]}],
        }
        return Told(f"{kind} {number}", verb, at, body, level, kind, person, post)


def _judged(world: Any, month: _Month, interactions: int, first: date, last: date, seconds: float) -> Outcome:  # noqa: PLR0913, PLR0917  what was lived, and when
    sealed = Sealed(clients.dynamodb(), world.stack.tables()["CounterTable"])
    space = _space(world)
    whole = (date(2000, 1, 1), date(2100, 1, 1))
    kept = sealed.days("garance", space, *whole)
    compared = _Compared()
    by_hour: defaultdict[datetime, Counter[tuple[str, int]]] = defaultdict(Counter)
    by_day: defaultdict[date, Counter[Any]] = defaultdict(Counter)
    by_post: Counter[str] = Counter()
    people: defaultdict[date | None, set[str]] = defaultdict(set)
    for hour, told in month.truth.standing():
        day = hour.astimezone(ZONE).date()
        by_hour[hour][told.kind, told.level] += 1
        by_day[day][told.kind, told.level] += 1
        by_day[day][f"{hour.astimezone(ZONE):%H}"] += 1
        by_post[f"facebook/{PAGE}/{told.post}"] += 1
        people[day].add(told.person)
        people[None].add(told.person)
    live = _live(world)
    hours = sealed.hours("garance", space, "2000-01-01T00", "2100-01-01T00")
    for hour in by_hour.keys() | live.keys() | {hour_start(name) for name in hours}:
        slices = hours.get(f"{hour:%Y-%m-%dT%H}", {})
        compared.same(f"live {hour}", +live[hour], by_hour[hour])
        compared.same(f"sealed {hour}", sum(slices.values(), Figures()).by_kind_and_level(), by_hour[hour])
    for day in by_day.keys() | kept.keys():
        figures = kept.get(day, Figures())
        clock: Counter[Any] = Counter()
        for (name, _), n in figures.clock.items():
            clock[name] += n
        compared.same(f"day {day}", figures.by_kind_and_level() + clock, by_day[day])
        compared.crowd(f"people of {day}", figures.size(), len(people[day]))
    total = sum(kept.values(), Figures())
    compared.same("posts", total.by_post(), by_post)
    compared.crowd("people of all", total.size(), len(people[None]))
    tenth = max(1, len(month.calls) // 10)
    ratios = [
        sum(c for _, c in some) / max(1, sum(n for n, _ in some))
        for some in (month.calls[:tenth], month.calls[-tenth:])
    ]
    pages = _pages(world, sealed, space, first, last, kept)
    return Outcome(
        interactions=interactions,
        deliveries=month.deliveries,
        kills=month.kills,
        wrong=tuple(compared.wrong),
        figures=compared.figures,
        hours=dict(Counter(hour.astimezone(ZONE).date() for hour in map(hour_start, hours))),
        people=compared.crowds,
        calls=(ratios[0], ratios[1]),
        pages=pages,
        seconds=seconds,
    )


@dataclass(slots=True)
class _Compared:
    wrong: list[str] = field(default_factory=list)
    crowds: dict[str, tuple[int, int]] = field(default_factory=dict)
    figures: int = 0

    def same(self, name: str, ours: Counter[Any], true: Counter[Any]) -> None:
        self.figures += len(ours.keys() | true.keys())
        self.wrong += [
            f"{name}, {slot}: {ours[slot]} instead of {true[slot]}"
            for slot in ours.keys() | true.keys()
            if ours[slot] != true[slot]
        ]

    def crowd(self, name: str, ours: int, true: int) -> None:
        self.figures += 1
        self.crowds[name] = ours, true
        if abs(ours - true) > (3 * STANDARD_ERROR * true if true >= MOST else 0):
            self.wrong.append(f"{name}: {ours} instead of {true}")


def _space(world: Any) -> str:
    heads = (world.head("garance", "facebook", PAGE, f"1_{number}") for number in range(1, 200))
    return str(next(head.space for head in heads if head))


def _live(world: Any) -> defaultdict[datetime, Counter[tuple[str, int]]]:
    """Every live counter, summed over environments."""
    found: defaultdict[datetime, Counter[tuple[str, int]]] = defaultdict(Counter)
    client: Any = clients.dynamodb()
    for item in client.scan(TableName=world.stack.tables()["CounterTable"])["Items"]:
        parts = item["sk"]["S"].split("#")
        if parts[0] == "hour" and len(parts) == 4:  # noqa: PLR2004  hour#…#env#…
            for name, value in item.items():
                kind, dot, level = name.partition(".")
                if dot:
                    found[hour_start(parts[1])][kind, int(level)] += int(value["N"])
    return found


def _pages(  # noqa: PLR0913, PLR0917  what is read, and beside what
    world: Any, sealed: Sealed, space: str, first: date, last: date, kept: dict[date, Figures]
) -> tuple[int, int]:
    def requests() -> int:
        world.calls.names, world.calls.inside = [], True
        sealed.days("garance", space, first, last - timedelta(days=1))
        world.calls.inside = False
        return len(world.calls.names)

    alone = requests()
    for months in range(1, 10):
        for day, figures in kept.items():
            sealed.keep_day("garance", space, day - timedelta(days=31 * months), figures, world.now)
    return alone, requests()


def main() -> None:
    """Print what came of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--interactions", type=int, default=200_000)
    parser.add_argument("--seed", type=int, default=2026)
    told = parser.parse_args()
    found = run(date(2026, 10, 1), 31, told.interactions, told.seed)
    print(
        f"{found.interactions} interactions, {found.deliveries} deliveries, {found.kills} faults, {found.seconds:.0f} s"
    )
    print(f"{found.figures} figures compared with the recount: {len(found.wrong)} differ")
    print(*found.wrong[:20], sep="\n")
    days = [day for name, day in found.people.items() if name != "people of all"]
    exact = sum(ours == true for ours, true in days)
    ours, true = found.people["people of all"]
    print(f"people of a day: {exact} of {len(days)} exact, at most {max(n for _, n in days)} of them")
    print(
        f"people of the month: {ours} for {true}, {abs(ours / true - 1):.2%} off (standard error {STANDARD_ERROR:.2%})"
    )
    print(f"hours of 25 October: {found.hours.get(date(2026, 10, 25))}")
    print(
        f"AWS calls a delivery: {found.calls[0]:.3f}, then {found.calls[1]:.3f}, ratio {found.calls[1] / found.calls[0]:.2f}"
    )
    print(f"requests to read the month: {found.pages[0]}, with ten times the history {found.pages[1]}")
    sys.exit(bool(found.wrong))


if __name__ == "__main__":
    main()
