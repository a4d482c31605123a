"""An operation under everything that happens to deliveries: its counts are what somebody who knows the truth counts."""

import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from memory_world import memory_world
from world import PAGE, START, Fault, World

from tribune.aws import clients, keys
from tribune.aws.communities import Communities
from tribune.aws.operations import Operations as Store
from tribune.aws.sealed import Sealed
from tribune.operation import Operation
from tribune.partaking import ENTRIES
from tribune.results import Results
from tribune.workflow.operations import Operations

OURS, OTHER = f"{PAGE}_1", f"{PAGE}_2"
WORDS = {
    "Très beau vélo": (False, ""),
    "Le rouge #noelgarance": (True, ""),
    "Le bleu #NoëlGarance #GaranceVille": (True, "ville"),
    "Pour l'équipe #garanceville": (True, "ville"),
}
"""Words -> do they bear a hashtag, and whose team's?"""
ZONE = ZoneInfo("Europe/Paris")
HOURS, PER_HOUR = 7, 16
KINDS = {"comment": 1, "share": 2, "reaction": 9}
FAULTS = ("kill_before", "kill_after", "error_before", "error_after", "throttled")


@dataclass(slots=True)
class Told:
    """One version of one object, as the platform knows it."""

    name: str
    kind: str
    verb: str
    at: datetime
    person: str
    post: str
    words: str = ""

    def body(self) -> dict[str, Any]:
        value: dict[str, Any] = {"verb": self.verb, "post_id": self.post, "parent_id": self.post}
        value |= {"from": {"id": self.person, "name": "Une personne"}, "created_time": int(self.at.timestamp())}
        if self.kind == "comment":
            value |= {"item": "comment", "comment_id": self.name, "message": self.words}
        elif self.kind == "reaction":
            value |= {"item": "reaction", "reaction_type": "like", "comment_id": self.name}
        else:
            value |= {"item": "share", "share_id": self.name}
        entry = {"id": PAGE, "time": int(self.at.timestamp()), "changes": [{"field": "feed", "value": value}]}
        return {"object": "page", "entry": [entry]}


@dataclass(slots=True)
class Truth:
    """What somebody counts who sees the platform and nothing of ours."""

    begins: datetime
    ends: datetime
    latest: dict[str, Told] = field(default_factory=dict)
    gone: set[str] = field(default_factory=set)

    def hear(self, told: Told) -> None:
        known = self.latest.get(told.name)
        if known is None or told.at > known.at:
            self.latest[told.name] = told
        if told.verb == "remove" and told.kind == "comment":
            self.gone.add(told.name)

    def counts(self) -> tuple[Counter[str], set[str], dict[str, int]]:
        found: Counter[str] = Counter()
        people: set[str] = set()
        of_team: Counter[str] = Counter()
        for told in self.latest.values():
            tagged, team = WORDS.get(told.words, (False, ""))
            inside = self.begins <= told.at < self.ends and (told.post == OURS or tagged)
            if not inside or told.verb == "remove" or told.name in self.gone:
                continue
            found[told.kind] += 1
            if tagged:
                found[ENTRIES] += 1
                people.add(told.person)
                of_team[team] += 1
        return found, people, of_team


def test_every_count_is_what_the_truth_says() -> None:
    dice = random.Random(12)  # noqa: S311  a simulation, not a secret
    truth = Truth(*(START + timedelta(hours=hours, minutes=30) for hours in (1, HOURS - 2)))
    with memory_world() as world:
        operation = _opened(world, truth)
        due: dict[int, list[Told]] = {}
        for hour in range(HOURS):
            for delivered, told in _lived(hour, dice):
                due.setdefault(delivered, []).append(told)
        for hour in range(max(due) + 3):
            world.now = START + timedelta(hours=hour)
            for number, told in enumerate(dice.sample(due.get(hour, []), len(due.get(hour, [])))):
                truth.hear(told)
                world.deliver("facebook", told.body())
                if number % 7 == 0:
                    world.calls.faults = [Fault(len(world.calls.names) + dice.randint(1, 5), dice.choice(FAULTS))]
                    world.pump_only("moderate_comments")
                    world.calls.faults = []
            for _ in range(10):
                world.now += timedelta(minutes=4)
                world.pump_only("moderate_comments")
            world.now = START + timedelta(hours=hour + 1)
            world.invoke("seal_hours", {})
        found = _results(world, operation)

    true, people, of_team = truth.counts()
    assert true[ENTRIES] > 20, "something was lived"
    assert {what: found.kinds.get(what, 0) for what in ("comment", "reaction", "share")} == {
        what: true[what] for what in ("comment", "reaction", "share")
    }
    assert (found.entries, found.invalid, found.participants) == (true[ENTRIES], 0, len(people))
    assert {one.team: one.entries for one in found.teams} == {"ville": of_team["ville"]}


def _opened(world: World, truth: Truth) -> Operation:
    written = {
        "id": "noel",
        "kind": "contest",
        "entry": "hashtag",
        "rules_url": "https://garance.example/concours",
        "name": {"fr": "Noël"},
        "start": f"{truth.begins.astimezone(ZONE):%Y-%m-%dT%H:%M}",
        "end": f"{truth.ends.astimezone(ZONE):%Y-%m-%dT%H:%M}",
        "posts": [{"platform": "facebook", "account": PAGE, "id": OURS}],
        "hashtags": ["#NoelGarance"],
        "teams": [{"id": "ville", "name": {"fr": "Ville"}, "hashtag": "#GaranceVille"}],
    }
    one = Operation.model_validate(written)
    communities = Communities(world.stack.tables()["CommunityTable"])
    communities.change("garance", lambda community: community.model_copy(update={"operations": (one,)}))
    world.forget()
    return one


def _lived(hour: int, dice: random.Random) -> Iterator[tuple[int, Told]]:
    """(in which hour it is delivered, what): twice, late, an edit before what it edits, taken back."""
    for number in range(PER_HOUR):
        kind = dice.choice(("comment", "comment", "comment", "reaction", "share"))
        name = f"{KINDS[kind]}_{hour * PER_HOUR + number}"
        at = START + timedelta(hours=hour, minutes=dice.randint(0, 10), seconds=number)
        told = Told(name, kind, "add", at, str(7000 + dice.randint(1, 15)), dice.choice((OURS, OTHER)))
        if kind == "comment":
            told = replace(told, words=dice.choice(sorted(WORDS)))
        versions = [told]
        if kind == "comment" and dice.random() < 0.3:
            edited = {"verb": "edited", "at": at + timedelta(minutes=5), "words": dice.choice(sorted(WORDS))}
            versions.append(replace(told, **edited))
        if kind != "share" and dice.random() < 0.1:
            versions.append(replace(told, verb="remove", at=at + timedelta(minutes=8)))
        for version in versions:
            for _ in range(dice.choice((1, 1, 1, 2))):
                yield hour + dice.choice((0, 0, 0, 1, 4)), version


def _results(world: World, operation: Operation) -> Results:
    tables, journal = world.stack.tables(), world.journal
    sealed = Sealed(clients.dynamodb(), tables["CounterTable"])
    running = Operations(Store(clients.dynamodb(), tables["JournalTable"]), sealed, journal, keys)
    community = Communities(tables["CommunityTable"]).load("garance")
    return running.counted(community, operation, world.now).results
