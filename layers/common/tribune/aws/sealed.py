"""What was counted, in DynamoDB: which objects a batch touched, which ones an hour has, its figures, those of its days.

A note of what a batch touches is written before the batch is decided, beside the words: one write unit for ten
comments, no index, no scan. Repeating it is harmless, and so is a note about what was never written.
"""

import gzip
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from boto3.dynamodb.types import TypeDeserializer, TypeSerializer
from botocore.exceptions import ClientError

from tribune.aws import keys
from tribune.aws.kept import answered
from tribune.aws.keys import Key
from tribune.conversation import Thread, Threads
from tribune.crowd import Crowd
from tribune.errors import Conflict
from tribune.figures import MOST_WAITING, Figures, Slot
from tribune.journal import Head
from tribune.partaking import Partaking, Taken
from tribune.thanks import Contribution, Members

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

NOTES_KEPT = timedelta(days=30)
"""So long the hours may stay unsealed without anything being lost."""
OBJECTS_KEPT = timedelta(days=396)
"""As long as the heads: an edit or a deletion of any of them recounts its hour."""
MOST_IN_PART = 4000
"""Objects in one item: 400 KB even where a platform's ids are long."""
LAST_PART = 99
"""30 MB of people who took part in one day of one space."""
MOST_OF_CROWDS = 300_000
"""Bytes of crowds in one item: beside them stands what single members gave."""
_to_item = TypeSerializer().serialize
_from_item = TypeDeserializer().deserialize

type Place = tuple[str, str, str]
"""(platform, account, object)."""
type Slices = Mapping[date, Figures]


def notes(heads: Iterable[Head], at: str, name: str) -> Iterator[dict[str, Any]]:
    """An item for each community of which a batch touches objects; `name` is unique, `at` when it is written (ISO)."""
    touched: dict[str, dict[str, list[list[str]]]] = {}
    for head in heads:
        hours = touched.setdefault(head.community, {})
        hours.setdefault(head.hour, []).append([head.platform, head.account, head.object])
    for community, hours in touched.items():
        kept = datetime.fromisoformat(at) + NOTES_KEPT
        content = {**keys.touched(community, at, name), "hours": hours, "ttl": int(kept.timestamp())}
        yield {attribute: _to_item(value) for attribute, value in content.items()}


@dataclass(frozen=True, slots=True)
class Sealed:
    """The counter table, as whoever seals hours and whoever reads them sees it."""

    client: "DynamoDBClient"
    table: str

    # --- what was touched ---

    def first_note(self, community: str) -> datetime | None:
        """When the oldest note was written, None where there is none. Raises Unavailable."""
        pk = keys.touched(community, "", "")["pk"]
        with answered("counters"):
            found = self.client.query(
                TableName=self.table,
                KeyConditionExpression="pk = :p",
                ExpressionAttributeValues={":p": {"S": pk}},
                Limit=1,
            )["Items"]
        return datetime.fromisoformat(found[0]["sk"]["S"].split("#")[1]) if found else None

    def touched(self, community: str, since: str, until: str) -> dict[str, set[Place]]:
        """Hour -> what was touched of it, by the notes of a time (ISO). Raises Unavailable."""
        first, last = keys.touched(community, since, ""), keys.touched(community, until, "")
        hours: dict[str, set[Place]] = {}
        for item in self._between(first["pk"], first["sk"], last["sk"]):
            for hour, objects in item["hours"].items():
                hours.setdefault(hour, set()).update((one[0], one[1], one[2]) for one in objects)
        return hours

    def sealed_to(self, community: str) -> datetime | None:
        """Up to when the notes were read, None before the first time. Raises Unavailable."""
        item = self._get(keys.sealing(community))
        return datetime.fromisoformat(item["to"]) if item else None

    def keep_sealed_to(self, community: str, before: datetime | None, after: datetime) -> None:
        """Raises Conflict where somebody else came further meanwhile, Unavailable."""
        condition: dict[str, Any] = {"ConditionExpression": "attribute_not_exists(pk)"}
        if before is not None:
            condition = {
                "ConditionExpression": "#to = :before",
                "ExpressionAttributeNames": {"#to": "to"},
                "ExpressionAttributeValues": {":before": {"S": before.isoformat()}},
            }
        self._put(keys.sealing(community), {"to": after.isoformat()}, condition)

    # --- which objects an hour has ---

    def objects(self, community: str, hour: str) -> tuple[set[Place], int]:
        """Everything that is known to be of an hour, and in how many parts it is kept. Raises Unavailable."""
        found: set[Place] = set()
        parts = 0
        first = keys.roster(community, hour, 0)
        for item in self._between(first["pk"], first["sk"], keys.roster(community, hour, 9999)["sk"]):
            found.update((one[0], one[1], one[2]) for one in json.loads(gzip.decompress(bytes(item["objects"]))))
            parts += 1
        return found, parts

    def add_objects(self, community: str, hour: str, parts: int, objects: Iterable[Place], now: datetime) -> None:
        """More objects of an hour, after the parts that are there. Raises Conflict where somebody added some, Unavailable."""
        there = sorted(objects)
        for number, start in enumerate(range(0, len(there), MOST_IN_PART), parts):
            packed = _zipped(there[start : start + MOST_IN_PART])
            content = {"objects": packed, "ttl": int((now + OBJECTS_KEPT).timestamp())}
            new = {"ConditionExpression": "attribute_not_exists(pk)"}
            self._put(keys.roster(community, hour, number), content, new)

    # --- figures ---

    def keep_hour(self, community: str, space: str, hour: str, slices: Slices, now: datetime) -> None:
        """Put the figures of an hour in the place of what stood there. Raises Unavailable."""
        # The people first: figures without them would be read as whole.
        self._keep_people(keys.crowd_of_hour(community, space, hour), slices, now)
        figures = {day.isoformat(): _packed(one) for day, one in slices.items()}
        self._put(keys.sealed_hour(community, space, hour), {"days": figures})

    def hours(self, community: str, space: str, first: str, last: str) -> dict[str, dict[date, Figures]]:
        """The sealed hours of a space, both ends included (`2026-11-22T08`, UTC). Raises Unavailable."""
        low, high = keys.sealed_hour(community, space, first), keys.sealed_hour(community, space, last)
        people = keys.crowd_of_hour(community, space, first), keys.crowd_of_hour(community, space, last)
        crowds = self._people(*people)
        found = {}
        for item in self._range(low, high):
            hour = item["sk"].rpartition("#")[2]
            found[hour] = {
                date.fromisoformat(day): _figures(bytes(packed), crowds.get((hour, day), _NOBODY))
                for day, packed in item["days"].items()
            }
        return found

    def keep_day(self, community: str, space: str, day: date, figures: Figures, now: datetime) -> None:
        """The same for a day of the community's zone. Raises Unavailable."""
        self._keep_people(keys.crowd_of_day(community, space, day), {day: figures}, now)
        self._put(keys.sealed_day(community, space, day), {"figures": _packed(figures)})

    def days(self, community: str, space: str, first: date, last: date) -> dict[date, Figures]:
        """The sealed days of a space, both ends included: two requests for a month, and one more for each MB.

        Raises Unavailable.
        """
        low, high = keys.sealed_day(community, space, first), keys.sealed_day(community, space, last)
        people = keys.crowd_of_day(community, space, first), keys.crowd_of_day(community, space, last)
        crowds = self._people(*people)
        return {
            date.fromisoformat(name): _figures(bytes(item["figures"]), crowds.get((name, name), _NOBODY))
            for item in self._range(low, high)
            if (name := item["sk"].rpartition("#")[2])
        }

    # --- people ---

    def _keep_people(self, key: Key, slices: Slices, now: datetime) -> None:
        """As many items as it takes, the one that says how many they are last."""
        ttl = int((now + OBJECTS_KEPT).timestamp())
        first, *others = _parts(slices)
        for number, days in enumerate(others, 1):
            self._put(keys.crowd_part(key, number), {"days": days, "ttl": ttl})
        persons = {day.isoformat(): _persons(one) for day, one in slices.items()}
        self._put(key, {"days": first, "persons": persons, "parts": len(others), "ttl": ttl})

    def _people(self, low: Key, high: Key) -> dict[tuple[str, str], "_People"]:
        """(hour or day, day) -> whoever took part; what an earlier, larger crowd left behind is not read."""
        found: dict[tuple[str, str], _People] = {}
        parts: dict[str, int] = {}
        for item in self._between(low["pk"], low["sk"], keys.crowd_part(high, LAST_PART)["sk"]):
            _, name, *part = item["sk"].split("#")
            if part and int(part[-1]) > parts.get(name, 0):
                continue
            parts.setdefault(name, int(item.get("parts", 0)))
            for day, crowds in item["days"].items():
                people = found.setdefault((name, day), _People({}, item.get("persons", {}).get(day)))
                people.crowds.update(crowds)
        return found

    # --- requests ---

    def _range(self, low: Key, high: Key) -> Iterator[Mapping[str, Any]]:
        return self._between(low["pk"], low["sk"], high["sk"])

    def _between(self, pk: str, first: str, last: str) -> Iterator[Mapping[str, Any]]:
        """The items of a partition between two sort keys, consistently, page after page."""
        request: dict[str, Any] = {
            "TableName": self.table,
            "KeyConditionExpression": "pk = :p AND sk BETWEEN :from AND :to",
            "ExpressionAttributeValues": {":p": {"S": pk}, ":from": {"S": first}, ":to": {"S": last}},
            "ConsistentRead": True,
        }
        while True:
            with answered("counters"):
                page = self.client.query(**request)
            yield from ({name: _from_item(value) for name, value in item.items()} for item in page["Items"])
            if "LastEvaluatedKey" not in page:
                return
            request["ExclusiveStartKey"] = page["LastEvaluatedKey"]

    def _get(self, key: Key) -> Mapping[str, Any] | None:
        found = list(self._between(key["pk"], key["sk"], key["sk"]))
        return found[0] if found else None

    def _put(self, key: Key, content: Mapping[str, Any], condition: Mapping[str, Any] | None = None) -> None:
        item = {name: _to_item(value) for name, value in {**key, **content}.items()}
        with answered("counters"):
            try:
                self.client.put_item(TableName=self.table, Item=item, **(condition or {}))
            except ClientError as error:
                if error.response["Error"]["Code"] == "ConditionalCheckFailedException":
                    raise Conflict("put_item") from error
                raise


def _zipped(content: Sequence[Any] | Mapping[str, Any]) -> bytes:
    """The same content gives the same bytes."""
    return gzip.compress(json.dumps(content, separators=(",", ":"), ensure_ascii=False).encode(), mtime=0)


def _packed(figures: Figures) -> bytes:
    return _zipped(
        {
            "counts": [[*slot, n, figures.points[slot]] for slot, n in sorted(figures.counts.items())],
            "clock": [[*slot, n] for slot, n in sorted(figures.clock.items())],
            "posted": [[slot, n] for slot, n in sorted(figures.posted.items())],
            "clauses": [[*slot, n] for slot, n in sorted(figures.clauses.items())],
            "talk": [[slot, n] for slot, n in sorted(figures.talk.items())],
            "said": [[*slot, n] for slot, n in sorted(figures.said.items())],
            "answers": [[name, *when] for name, when in sorted(figures.answers.items())],
            "rungs": [[*slot, n] for slot, n in sorted(figures.rungs.items())],
            "waiting": sorted(figures.waiting.items())[:MOST_WAITING],
            "elsewhere": sorted(figures.asked_elsewhere),
            "threads": _threads(figures.threads),
            "first": sorted(figures.first.items()),
        }
        | _partaking(figures.operations)
    )


def _partaking(of: Partaking) -> dict[str, Any]:
    """Nothing where there is no operation: most hours have none."""
    counts = [[*taken, n] for taken, n in sorted(of.counts.items())]
    threads = {name: _threads(said) for name, said in sorted(of.threads.items())}
    return {name: value for name, value in (("operations", counts), ("threads_of", threads)) if value}


def _threads(threads: Threads) -> list[list[Any]]:
    return [[name, *thread] for name, thread in sorted(threads.of.items())]


def _persons(figures: Figures) -> bytes:
    """What is kept of single members: at most 250 of a day, by their pseudonyms, and who was reminded."""
    gave = sorted(figures.members.most().of.items())
    return _zipped(
        {
            "gave": [[name, one.points, one.helps, sorted(day.isoformat() for day in one.days)] for name, one in gave],
            "reminded": sorted(figures.reminded.items()),
        }
    )


def _parts(slices: Slices) -> list[dict[str, dict[str, bytes]]]:
    """The crowds of each day, cut into items."""
    parts: list[dict[str, dict[str, bytes]]] = [{day.isoformat(): {} for day in slices}]
    held = 0
    for day, figures in slices.items():
        for scope, crowd in figures.people.items():
            packed = crowd.pack()
            held += len(packed) + len(scope.encode())
            if held > MOST_OF_CROWDS:
                parts.append({})
                held = len(packed) + len(scope.encode())
            parts[-1].setdefault(day.isoformat(), {})[scope] = packed
    return parts


@dataclass(frozen=True, slots=True)
class _People:
    """Who took part, as it is kept."""

    crowds: dict[str, Any]
    persons: Any


_NOBODY = _People({}, None)


def _figures(packed: bytes, people: _People) -> Figures:
    """What was packed; by an earlier version of ours too, which kept less."""
    told = json.loads(gzip.decompress(packed))
    persons = json.loads(gzip.decompress(bytes(people.persons))) if people.persons else {"gave": (), "reminded": ()}
    slots = {Slot(*row[:6]): (row[6], row[7]) for row in told["counts"]}
    return Figures(
        counts=Counter({slot: n for slot, (n, _) in slots.items()}),
        points=Counter({slot: points for slot, (_, points) in slots.items()}),
        clock=Counter({(hour, level): n for hour, level, n in told["clock"]}),
        posted=Counter(dict(told["posted"])),
        clauses=Counter({(clause, what): n for clause, what, n in told["clauses"]}),
        talk=Counter(dict(told["talk"])),
        said=Counter({(who, part): n for who, part, n in told["said"]}),
        answers={name: (asked, at) for name, asked, at in told["answers"]},
        rungs=Counter({(clause, strike, done): n for clause, strike, done, n in told.get("rungs", ())}),
        waiting=dict(told.get("waiting", ())),
        asked_elsewhere=frozenset(told.get("elsewhere", ())),
        threads=_unthreaded(told.get("threads", ())),
        first=dict(told.get("first", ())),
        members=Members(
            {
                name: Contribution(points, helps, frozenset(map(date.fromisoformat, days)))
                for name, points, helps, days in persons["gave"]
            }
        ),
        reminded=dict(persons["reminded"]),
        people={scope: Crowd.unpack(bytes(marks)) for scope, marks in people.crowds.items()},
        operations=Partaking(
            Counter({Taken(*row[:3]): row[3] for row in told.get("operations", ())}),
            {name: _unthreaded(rows) for name, rows in told.get("threads_of", {}).items()},
        ),
    )


def _unthreaded(rows: Iterable[Sequence[Any]]) -> Threads:
    return Threads({row[0]: Thread(*row[1:]) for row in rows})
