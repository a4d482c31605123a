"""A month of interactions through the whole system: is every counter what an independent recount says?

Reactions, comments and shares of a page, signed and delivered through the real door, decided and counted by the real
functions. Some deliveries come twice, some late, an edit before the comment that it edits; comments are edited and
deleted days later, likes are taken back, workers are killed at any call. Whoever recounts reads what the platform
knows and nothing of ours: the latest version of each object, in the hour in which something of it first arrived.

`python -m bench.month` lives 200,000 interactions of October 2027, whose last day has 25 hours in Paris, on AWS in memory;
`--stack 5000` lives so many within two days through the local stack, over HTTP, with processes that are killed.
"""

import argparse
import io
import json
import random
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import redirect_stdout
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from http import HTTPStatus
from importlib import import_module
from pathlib import Path
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from bench import traffic
from local.configuration import EXAMPLE_FILE, Configuration, read
from local.faults import When
from local.serve import applied
from local.stack import LocalStack
from tribune.aws import clients, keys
from tribune.aws.communities import Communities
from tribune.aws.journal import Journal
from tribune.aws.sealed import Sealed
from tribune.community import Post
from tribune.crowd import MOST, STANDARD_ERROR
from tribune.figures import Figures, hour_start
from tribune.operation import Operation
from tribune.partaking import ENTRIES, entrants, voices
from tribune.platforms import facebook
from tribune.thanks import MOST as MOST_MEMBERS
from tribune.workflow.sealing import AGAIN_AFTER

SUPPORT = Path(__file__).resolve().parents[1] / "tests/support"
COMMUNITY, OPERATION = "garance", "month"
FIRST = date(2027, 10, 1)
"""Long after the charter of the world in memory came into force."""
ZONE = ZoneInfo("Europe/Paris")
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
SAID = {1: ("Très beau vélo", "Bravo à toute l'équipe"), 2: ("Je participe !", "Je participe au concours !")}
"""Level -> words that count so."""
CRITICISM, QUESTION = "Service lamentable", "Le G3 existe en rouge ?"
"""What else is said where nobody is asked to take part."""
WEIGHTS = {("reaction", 1): 1, ("comment", 1): 3, ("comment", 2): 5, ("share", 2): 4}
TALKATIVE = 20
"""The first people of the page say so much that it is a flood, which is no criticism and waits for nothing."""
ANSWERED = 0.3
"""Which part of the questions a person of the team answers, hours later."""
KINDS = (("reaction", 70), ("comment", 27), ("share", 3))
LEVELS = {"reaction": 1, "share": 2}
DUPLICATES, SWAPPED, EDITED, DELETED, LATE = 0.05, 0.02, 0.03, 0.02, 0.01
KILLED, KILLED_ON_STACK = 0.01, 0.1
"""Which part of the batches meets a fault."""
FAULTS = ("kill_before", "kill_after", "error_before", "error_after", "another_worker", "throttled")
DELIVERED_WITHIN = 45 * MINUTE
"""Of each hour; what was killed comes again in the rest of it, so that whoever recounts knows the hour."""
PEOPLE, POSTS, CONTESTS = 6000, 30, 10
"""The first posts ask to take part."""
IN_A_BATCH = 10
ALL = "people of all"
WHOLE = date(2000, 1, 1), date(2100, 1, 1)
REST_WITHIN_S = 6.0
MOST_DEATHS = 20
"""How often the clock goes on by what a dead worker's messages stay invisible, before an hour is given up."""
DECIDE = ("ReceiveWebhook", "ModerateComments")
FLAT = 1.1
"""How many times what an interaction took at first it may take ten times of history later."""
COUNTED_THRICE = max(AGAIN_AFTER)
"""From then on each hour is counted when it is over, a day and eight days later."""


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
    said: str = ""
    answers: str = ""
    """The object that a message of the team answers."""


@dataclass(slots=True)
class Truth:
    """What the platform knows."""

    hour: dict[str, datetime] = field(default_factory=dict)
    """Object -> the hour in which something of it first arrived."""
    latest: dict[str, Told] = field(default_factory=dict)
    gone: set[str] = field(default_factory=set)
    askers: set[str] = field(default_factory=set)
    """Who ever asked or criticised something."""
    answered: dict[str, Told] = field(default_factory=dict)
    """Question -> the message of the team that answered it."""

    def hear(self, told: Told, now: datetime) -> None:
        """Something was delivered."""
        if told.answers:
            self.answered.setdefault(told.answers, told)
            return
        self.hour.setdefault(told.object, now.replace(minute=0, second=0, microsecond=0))
        if told.said in {QUESTION, CRITICISM}:
            self.askers.add(told.person)
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
class Taken:
    """What an hour took."""

    deliveries: int
    deciding: int
    """AWS calls, until nothing of the hour was under way any more."""
    sealing: int
    """AWS calls to count what is due."""


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
    taken: tuple[Taken, ...]
    """By the hour."""
    pages: tuple[int, int]
    """Requests to read the month: alone, and with nine more months of history beside it; nothing of the local stack."""
    seconds: float

    def ratios(self) -> tuple[tuple[float, float], tuple[float, float]]:
        """(at first, at last) of the calls a delivery: to decide; and to seal, once each hour is counted thrice."""
        steady = self.taken[COUNTED_THRICE // HOUR :]
        return (
            _first_and_last(self.taken, lambda one: one.deciding),
            _first_and_last(steady or self.taken, lambda one: one.sealing),
        )


def _first_and_last(hours: Sequence[Taken], of: Callable[[Taken], int]) -> tuple[float, float]:
    tenth = max(1, len(hours) // 10)
    first, last = (
        sum(map(of, some)) / max(1, sum(one.deliveries for one in some)) for some in (hours[:tenth], hours[-tenth:])
    )
    return first, last


class Life(Protocol):
    """Where it is lived."""

    page: str
    """Of Facebook."""
    killed: float
    tables: Mapping[str, str]
    kills: int

    def at(self, moment: datetime) -> datetime:
        """It is that late, or later; when."""

    def deliver(self, body: dict[str, Any]) -> None:
        """The platform says something, until it is taken."""

    def decide(self, dice: random.Random, *, faulty: bool) -> None:
        """A batch is decided, or a fault comes between."""

    def finish(self, until: datetime) -> tuple[int, int]:
        """Nothing is under way any more, and what is due is counted; AWS calls (deciding, sealing) since the last time."""


def run(first: date, days: int, interactions: int, seed: int = 2027) -> Outcome:
    """Live it on AWS in memory. `first`: a local day."""
    if str(SUPPORT) not in sys.path:
        sys.path.insert(0, str(SUPPORT))
    with import_module("memory_world").memory_world() as world, redirect_stdout(_Nowhere()):
        life = _InMemory(world)
        month, seconds = _lived(life, first, days, interactions, seed)
        return _judged(life, month, interactions, seconds, life.requests(first, days))


def run_on_stack(interactions: int, seed: int = 2027, days: int = 2) -> Outcome:
    """Live it on the local stack, in the days after tomorrow. Raises TimeoutError when it does not come to rest."""
    configuration = read(EXAMPLE_FILE)
    with LocalStack(environments=2) as stack:
        applied(stack, configuration)
        life = _OnStack(stack, configuration)
        first = stack.clock.now().astimezone(ZONE).date() + timedelta(days=1)
        month, seconds = _lived(life, first, days, interactions, seed)
        return _judged(life, month, interactions, seconds, (0, 0))


def _lived(life: Life, first: date, days: int, interactions: int, seed: int) -> tuple["_Month", float]:
    begins, ends = (
        datetime(day.year, day.month, day.day, tzinfo=ZONE).astimezone(UTC) for day in (first, first + timedelta(days))
    )
    started = time.process_time()
    month = _Month(life, Truth(), random.Random(seed))  # noqa: S311  a simulation, not a secret
    _tell_of_contests(life, begins.astimezone(ZONE).date(), (ends - HOUR).astimezone(ZONE).date())
    hours = int((ends - begins) / HOUR)
    for number in range(hours):
        wanted = interactions * (number + 1) // hours - interactions * number // hours
        month.hour(begins + number * HOUR, wanted)
    life.finish(ends + 2 * HOUR)
    return month, time.process_time() - started


def _tell_of_contests(life: Life, first: date, last: date) -> None:
    """The first posts are a contest of their own, and together the posts of an operation."""
    communities = Communities(life.tables["CommunityTable"])
    contests = tuple(
        Post(platform="facebook", account=life.page, id=f"{life.page}_{number}", mechanic="contest", solicits=2)
        for number in range(1, CONTESTS + 1)
    )
    operation = Operation.model_validate(
        {
            "id": OPERATION,
            "kind": "contest",
            "name": {"en": "The contest of the month"},
            "start": first,
            "end": last,
            "posts": [{"platform": "facebook", "account": life.page, "id": post.id} for post in contests],
            "entry": "participates",
            "rules_url": "https://garance.example/rules",
        }
    )
    told = {"posts": contests, "operations": (operation,)}
    communities.write(communities.load(COMMUNITY).model_copy(update=told))


class _Nowhere(io.StringIO):
    """What functions log about a month would fill it."""

    def write(self, text: str) -> int:
        return len(text)


class _InMemory:
    """The world of the tests: every call can be struck, and nothing waits for real."""

    page, killed = "1001", KILLED

    def __init__(self, world: Any) -> None:
        self._world, self.kills = world, 0
        self.tables: Mapping[str, str] = world.stack.tables()

    def at(self, moment: datetime) -> datetime:
        now: datetime = max(self._world.now, moment)
        self._world.now = now
        return now

    def deliver(self, body: dict[str, Any]) -> None:
        self._world.deliver("facebook", body)

    def decide(self, dice: random.Random, *, faulty: bool) -> None:
        calls = self._world.calls
        if faulty:
            calls.faults = [import_module("world").Fault(len(calls.names) + dice.randint(1, 5), dice.choice(FAULTS))]
            calls.another = lambda: None
            self.kills += 1
        self._world.pump_only("moderate_comments")
        calls.faults = []

    def finish(self, until: datetime) -> tuple[int, int]:
        world = self._world
        while world.now < until - MINUTE:
            world.calls.faults = []
            while world.pump():
                pass
            world.now += 4 * MINUTE
        deciding, world.calls.names = len(world.calls.names), []
        world.now = until
        world.invoke("seal_hours", {})
        sealing, world.calls.names = len(world.calls.names), []
        return deciding, sealing

    def requests(self, first: date, days: int) -> tuple[int, int]:
        """To read the month: alone, then with nine more months of the same beside it."""
        sealed, space = Sealed(clients.dynamodb(), self.tables["CounterTable"]), _space(self)
        last = first + timedelta(days=days - 1)

        def asked() -> int:
            self._world.calls.names, self._world.calls.inside = [], True
            sealed.days(COMMUNITY, space, first, last)
            self._world.calls.inside = False
            return len(self._world.calls.names)

        alone, kept = asked(), sealed.days(COMMUNITY, space, *WHOLE)
        for months in range(1, 10):
            for day, figures in kept.items():
                earlier = day - timedelta(days=(days + 1) * months)
                sealed.keep_day(COMMUNITY, space, earlier, figures, self._world.now)
        return alone, asked()


class _OnStack:
    """The local stack: HTTP, queues, processes that die at a call; the clock goes on while they work."""

    killed = KILLED_ON_STACK
    _MORTAL = ("ModerateComments", "ModerateComments", "ModerateComments", "ReceiveWebhook", "SealHours")

    def __init__(self, stack: LocalStack, configuration: Configuration) -> None:
        channel = next(one for one in configuration.channels if one.platform == "facebook")
        self._stack, self._secret, self.page = stack, channel.verify["current"], traffic.PAGE
        self.tables: Mapping[str, str] = stack.created.tables()
        self.kills, self._delivered, self._seen = 0, 0, (0, 0)

    def at(self, moment: datetime) -> datetime:
        clock = self._stack.clock
        clock.advance(max(moment - clock.now(), timedelta()))
        now = clock.now()
        over = now.replace(minute=59, second=30, microsecond=0)
        return clock.advance(MINUTE) if now > over else now  # what is delivered now is received in this hour

    def deliver(self, body: dict[str, Any]) -> None:
        raw, self._delivered = json.dumps(body).encode(), self._delivered + 1
        status = 0
        while status != HTTPStatus.OK:
            signed = facebook.sign(raw, self._secret, self._stack.clock.now(), f"msg_{self._delivered}")
            headers = {"content-type": "application/json", **signed}
            status = self._stack.deliver("/webhooks/facebook", headers, raw)

    def decide(self, dice: random.Random, *, faulty: bool) -> None:
        function = dice.choice(self._MORTAL)
        if faulty and function not in self._stack.kills.armed():
            self._stack.kills.arm(function, dice.randint(1, 4), dice.choice(list(When)))
            self.kills += 1

    def finish(self, until: datetime) -> tuple[int, int]:
        self._rest()
        self.at(until)
        self._rest()
        calls = self._stack.cloud.calls
        sealing = sum(n for (function, _), n in list(calls.items()) if function == "SealHours")
        deciding = sum(n for (function, _), n in list(calls.items()) if function in DECIDE)
        before, self._seen = self._seen, (deciding, sealing)
        return deciding - before[0], sealing - before[1]

    def _rest(self) -> None:
        """Until nothing moves: what a dead process held is visible again after six minutes, what is due is woken."""
        for _ in range(MOST_DEATHS):
            try:
                self._stack.settle(REST_WITHIN_S)
            except TimeoutError:
                self._stack.clock.advance(7 * MINUTE)
            else:
                return
        raise TimeoutError("it does not come to rest")


@dataclass(slots=True)
class _Month:
    life: Life
    truth: Truth
    dice: random.Random
    later: defaultdict[datetime, list[Told]] = field(default_factory=lambda: defaultdict(list))
    """Hour -> what will be delivered in it besides."""
    made: int = 0
    taken: list[Taken] = field(default_factory=list)

    def hour(self, begin: datetime, wanted: int) -> None:
        """One hour of the platform, up to the moment when nothing of it is under way."""
        told = self.later.pop(begin, [])
        for _ in range(wanted):
            told += self._interaction(begin)
        for number, one in enumerate(told):
            now = self.life.at(begin + DELIVERED_WITHIN * number / len(told))
            self.truth.hear(one, now)
            self.life.deliver(one.body)
            if number % IN_A_BATCH == IN_A_BATCH - 1:
                self._decide()
        self.life.at(begin + DELIVERED_WITHIN)
        self._decide()
        self.taken.append(Taken(len(told), *self.life.finish(begin + HOUR)))

    def _decide(self) -> None:
        self.life.decide(self.dice, faulty=self.dice.random() < self.life.killed)

    def _interaction(self, begin: datetime) -> list[Told]:
        """A new one; what will become of it is put aside for later."""
        self.made += 1
        number, dice = self.made, self.dice
        (kind,) = dice.choices([name for name, _ in KINDS], [share for _, share in KINDS])
        drawn = int(dice.paretovariate(0.6)) % PEOPLE
        person = str(PEOPLE if str(drawn) == self.life.page else drawn)  # what the page itself does is not counted
        place = dice.randint(1, POSTS)
        post = f"{self.life.page}_{place}"
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
        if first.said == QUESTION and dice.random() < ANSWERED:
            self.later[begin + dice.choice((2, 40)) * HOUR].append(self._answer(number, begin, post))
        if dice.random() < SWAPPED:
            now.reverse()
        return now

    def _answer(self, number: int, begin: datetime, post: str) -> Told:
        """A person of the team answers under their own name, on the platform itself."""
        at = begin + timedelta(hours=2, minutes=5)
        value = {
            "verb": "add",
            "item": "comment",
            "post_id": post,
            "from": {"id": self.life.page, "name": "Garance"},
            "comment_id": f"3_{number}",
            "parent_id": f"1_{number}",
            "message": "Oui, et vous le voulez en quoi ?",
            "created_time": int(at.timestamp()),
        }
        change = {"id": self.life.page, "time": int(at.timestamp()), "changes": [{"field": "feed", "value": value}]}
        body = {"object": "page", "entry": [change]}
        return Told(f"team {number}", "add", at, body, 0, "team", self.life.page, post, answers=f"comment {number}")

    def _afterwards(self, begin: datetime, told: Told, now: list[Told]) -> None:
        """At once, within hours, or within days."""
        wait = self.dice.choice((0, 0, 1, 5, 30, 200))
        (self.later[begin + wait * HOUR] if wait else now).append(told)

    def _told(  # noqa: PLR0913, PLR0917  one delivery, field by field
        self, kind: str, number: int, verb: str, at: datetime, person: str, post: str, level: int
    ) -> Told:
        value: dict[str, Any] = {"verb": verb, "post_id": post, "from": {"id": person, "name": "Une personne"}}
        value["created_time"] = int(at.timestamp())
        said = self._words(
            kind, number, level, place=int(post.rpartition("_")[2]), person=int(person), edited=verb == "edited"
        )
        if kind == "comment":
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
            "entry": [
                {"id": self.life.page, "time": int(at.timestamp()), "changes": [{"field": "feed", "value": value}]}
            ],
        }
        return Told(f"{kind} {number}", verb, at, body, level, kind, person, post, said)

    @staticmethod
    def _words(kind: str, number: int, level: int, *, place: int, person: int, edited: bool) -> str:  # noqa: PLR0913  who, where, what
        if kind != "comment":
            return ""
        if edited:
            # Always other words: which ones stand then depends on no order of arrival.
            return SAID[level][(number + 1) % 2]
        if place > CONTESTS and person >= TALKATIVE and number % 3:
            return CRITICISM if number % 3 == 1 else QUESTION
        return SAID[level][number % 2]


def _judged(life: Life, month: _Month, interactions: int, seconds: float, pages: tuple[int, int]) -> Outcome:
    sealed, space = Sealed(clients.dynamodb(), life.tables["CounterTable"]), _space(life)
    days = {hour.astimezone(ZONE).date() for hour, _ in month.truth.standing()}
    kept = sealed.days(COMMUNITY, space, min(days), max(days) + timedelta(days=1))
    compared = _Compared()
    by_hour: defaultdict[datetime, Counter[tuple[str, int]]] = defaultdict(Counter)
    by_day: defaultdict[date, Counter[Any]] = defaultdict(Counter)
    by_post: Counter[str] = Counter()
    people: defaultdict[date | None, set[str]] = defaultdict(set)
    finer: defaultdict[date, _Finer] = defaultdict(_Finer)
    for hour, told in month.truth.standing():
        finer[hour.astimezone(ZONE).date()].add(told)
        day = hour.astimezone(ZONE).date()
        by_hour[hour][told.kind, told.level] += 1
        by_day[day][told.kind, told.level] += 1
        by_day[day][f"{hour.astimezone(ZONE):%H}"] += 1
        by_post[f"facebook/{life.page}/{told.post}"] += 1
        people[day].add(told.person)
        people[None].add(told.person)
    live = _live(life)
    hours = sealed.hours(COMMUNITY, space, "2000-01-01T00", "2100-01-01T00")
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
        _finer_is_same(compared, day, figures, finer[day])
    total = sum(kept.values(), Figures())
    _whole_is_same(compared, life.page, month.truth, total)
    community = Communities(life.tables["CommunityTable"]).load(COMMUNITY)
    _operation_is_same(compared, community.operations[0], month.truth, total)
    drawn: Counter[str] = Counter()
    for slot, n in (*total.under_posts().items(), *total.under_posts(sponsored=True).items()):
        drawn[slot.post] += n
    compared.same("posts", drawn, by_post)
    compared.crowd(ALL, total.size(), len(people[None]))
    return Outcome(
        interactions=interactions,
        deliveries=sum(one.deliveries for one in month.taken),
        kills=life.kills,
        wrong=tuple(compared.wrong),
        figures=compared.figures,
        hours=dict(Counter(hour.astimezone(ZONE).date() for hour in map(hour_start, hours))),
        people=compared.crowds,
        taken=tuple(month.taken),
        pages=pages,
        seconds=seconds,
    )


@dataclass(slots=True)
class _Finer:
    """What a day comes to beside how many, by the platform's own word."""

    talk: Counter[str] = field(default_factory=Counter)
    heard: Counter[int] = field(default_factory=Counter)
    """When something was said in a thread -> how many threads."""
    points: Counter[str] = field(default_factory=Counter)
    """Person -> what they gave."""

    def add(self, told: Told) -> None:
        """One interaction."""
        self.points[told.person] += WEIGHTS[told.kind, told.level]
        if told.kind == "comment":
            self.heard[int(told.at.timestamp())] += 1
            self.talk["comments"] += 1
            if told.said == CRITICISM:
                self.talk.update(("negative", "criticism", "criticism_kept"))
            elif told.said in SAID[1]:
                self.talk["positive"] += 1


def _finer_is_same(compared: "_Compared", day: date, figures: Figures, true: _Finer) -> None:
    names = ("comments", "negative", "positive", "criticism", "criticism_kept")
    compared.same(f"talk of {day}", Counter({name: figures.talk[name] for name in names}), true.talk)
    gave = sorted((one.points for one in figures.members.of.values()), reverse=True)
    compared.same(
        f"members of {day}", Counter(gave), Counter(sorted(true.points.values(), reverse=True)[:MOST_MEMBERS])
    )
    # Threads of that day are one comment each, or what the team said in it; of many, some are kept.
    kept = Counter(one.heard for one in figures.threads.of.values() if one.members)
    compared.same(f"threads of {day}", kept & true.heard, kept)
    if figures.threads.is_exact:
        compared.same(f"all threads of {day}", kept, true.heard)


def _whole_is_same(compared: "_Compared", page: str, truth: Truth, total: Figures) -> None:
    """What still waits, what was answered and when, and since when each post stands."""
    waits = (told for _, told in truth.standing() if told.said in {QUESTION, CRITICISM})
    asked = {told.object: int(told.at.timestamp()) for told in waits}
    waiting = Counter(at for name, at in asked.items() if name not in truth.answered)
    found = Counter(total.waiting.values())
    compared.same("waiting", found & waiting, waiting)
    # Whoever waits for an answer waits with whatever they say next.
    theirs = Counter(int(told.at.timestamp()) for _, told in truth.standing() if told.person in truth.askers)
    compared.same("waiting besides", found & theirs, found)
    answered = Counter(
        (at, int(truth.answered[name].at.timestamp())) for name, at in asked.items() if name in truth.answered
    )
    # A question that was answered, then deleted, stays answered.
    compared.same("answered", Counter(total.answers.values()) & answered, answered)
    heard: dict[str, int] = {}
    for _, told in truth.standing():
        post, at = f"facebook/{page}/{told.post}", int(told.at.timestamp())
        heard[post] = min(at, heard.get(post, at))
    compared.same("first heard", Counter(total.first), Counter(heard))


def _operation_is_same(compared: "_Compared", operation: Operation, truth: Truth, total: Figures) -> None:
    """What belongs to the operation, who entered it, who spoke in it."""
    begins, ends = operation.bounds(ZONE)
    posts = {post.id for post in operation.posts}
    true: Counter[str] = Counter()
    entered, spoke = set(), set()
    for _, told in truth.standing():
        if told.post not in posts or not begins <= told.at < ends:
            continue
        true[told.kind] += 1
        if told.kind == "comment":
            spoke.add(told.person)
            if told.level > 1:
                true[ENTRIES] += 1
                entered.add(told.person)
    found = Counter({taken.what: n for taken, n in total.operations.counts.items() if taken.operation == operation.id})
    compared.same("operation", found, true)
    compared.crowd("who entered", total.size(entrants(operation.id)), len(entered))
    compared.crowd("who spoke", total.size(voices(operation.id)), len(spoke))


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


def _space(life: Life) -> str:
    wanted = [(COMMUNITY, "facebook", life.page, f"1_{number}") for number in range(1, 200)]
    known = Journal(clients.dynamodb(), life.tables["JournalTable"]).read(keys.head(*at) for at in wanted)
    return next(head.space for at in wanted if (head := known.head(*at)))


def _live(life: Life) -> defaultdict[datetime, Counter[tuple[str, int]]]:
    """Every live counter, summed over environments."""
    found: defaultdict[datetime, Counter[tuple[str, int]]] = defaultdict(Counter)
    client = clients.dynamodb()
    request: dict[str, Any] = {"TableName": life.tables["CounterTable"]}
    while True:
        page = client.scan(**request)
        for item in page["Items"]:
            parts = item["sk"]["S"].split("#")
            if parts[0] == "hour" and len(parts) == 4:  # noqa: PLR2004  hour#…#env#…
                for name, value in item.items():
                    kind, dot, level = name.partition(".")
                    if dot:
                        found[hour_start(parts[1])][kind, int(level)] += int(value["N"])
        if "LastEvaluatedKey" not in page:
            return found
        request["ExclusiveStartKey"] = page["LastEvaluatedKey"]


def main() -> None:
    """Print what came of it; 1 where a figure differs, or the cost of an interaction grows."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--interactions", type=int, default=200_000)
    parser.add_argument("--stack", type=int, metavar="N", help="so many through the local stack instead")
    parser.add_argument("--seed", type=int, default=2027)
    told = parser.parse_args()
    found = run_on_stack(told.stack, told.seed) if told.stack else run(FIRST, 31, told.interactions, told.seed)
    print("\n".join(report(found)))
    sys.exit(not all(holds for _, holds in must_hold(found)))


def report(found: Outcome) -> Iterator[str]:
    """The figures of a run, then what must hold."""
    yield f"{found.interactions} interactions, {found.deliveries} deliveries, {found.kills} faults, {found.seconds:.0f} s"
    yield from found.wrong[:20]
    days = [day for name, day in found.people.items() if name != ALL]
    exact = sum(ours == true for ours, true in days)
    ours, true = found.people[ALL]
    yield f"people of a day: {exact} of {len(days)} exact, at most {max(n for _, n in days)} of them"
    yield f"people of all days: {ours} for {true}, {abs(ours / true - 1):.2%} off (standard error {STANDARD_ERROR:.2%})"
    yield "hours of a day: " + ", ".join(
        f"{n} days of {hours}" for hours, n in sorted(Counter(found.hours.values()).items())
    )
    yield from (f"{'ok  ' if holds else 'FAIL'} {sentence}" for sentence, holds in must_hold(found))


def must_hold(found: Outcome) -> list[tuple[str, bool]]:
    """A sentence, and whether it holds."""
    held = [(f"{len(found.wrong)} of {found.figures} figures differ from the recount", not found.wrong)]
    if not any(found.pages):
        return held
    for name, (first, last) in zip(("decide", "seal"), found.ratios(), strict=True):
        if name == "seal" and len(found.taken) <= 2 * COUNTED_THRICE // HOUR:
            continue  # too short to compare
        ratio = last / first if first else 0.0
        sentence = f"AWS calls a delivery to {name}: {first:.3f}, then {last:.3f}: ratio {ratio:.2f}, at most {FLAT}"
        held.append((sentence, ratio <= FLAT))
    alone, beside = found.pages
    held.append((f"requests to read the month: {alone}, beside ten times the history {beside}", beside <= FLAT * alone))
    return held


if __name__ == "__main__":
    main()
