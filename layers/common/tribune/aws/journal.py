"""The journal in DynamoDB: heads, cases, threads, authors, calls, breakers, pauses, counters and words.

Everything is read together (one BatchGetItem), decided in memory, and written together (one
TransactWriteItems); a record that somebody changed in between makes the whole write a Conflict.
"""

import random
import time
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from boto3.dynamodb.types import TypeDeserializer, TypeSerializer
from botocore.exceptions import BotoCoreError, ClientError
from pydantic import TypeAdapter

from tribune import clock
from tribune.aws import keys, ledger, sealed
from tribune.aws.keys import Key
from tribune.budgets import PER_ACCOUNT_AND_HOUR, PER_POST_AND_HOUR
from tribune.climate import BUCKET, Bucket, Weather
from tribune.errors import Conflict, Unavailable
from tribune.journal import (
    UNFINISHED,
    AuthorNote,
    AuthorRecord,
    BrakeNote,
    Brakes,
    Breaker,
    Budget,
    BudgetNote,
    Call,
    CallState,
    Case,
    CaseState,
    Changes,
    ClimateNote,
    Count,
    Head,
    Held,
    Lately,
    NoticeEnd,
    OutgoingWords,
    Pauses,
    Proposals,
    Pulse,
    Renewal,
    Ringing,
    SaidWords,
    ShadowCount,
    ShadowNote,
    SpaceRecord,
    SweepRecord,
    Tally,
    ThreadNote,
    ThreadRecord,
    Turn,
)
from tribune.ledger import Chain, Link, day_of, following
from tribune.notice import Appeal, AppealState, Notice
from tribune.question import LATE, Question, QuestionState, QuestionWords
from tribune.standing import Standing, Strike, Utterance

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

KEPT = timedelta(days=396)
"""13 months: covers the year in which a discriminatory insult can be brought to court (`facts`, 2.3)."""
FORGOTTEN_KEPT = timedelta(days=60)
"""Longer than any queue and any platform keeps a delivery."""
COUNTERS_KEPT = timedelta(days=8)
SHADOWS_KEPT = timedelta(days=30)
BUDGETS_KEPT = timedelta(days=2)
PROPOSALS_KEPT = timedelta(days=90)
QUESTIONS_KEPT = timedelta(days=30)
_QUARTER = "quarter#"
_OBSERVED = "observed#"
_SEEN = "seen#"
"""Beside the counters of kinds and levels, in the same write: it costs nothing more."""
MOST_IN_TRANSACTION = 100
MOST_IN_READ = 100
MOST_IN_WRITE = 25
_RETRY_CODES = {"TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"}
_ATTEMPTS = 4

type ObjectId = tuple[str, str, str, str]
"""(community, platform, account, object)."""

_HEAD = TypeAdapter(Head)
_IN_THE_KEYS = {"community", "platform", "account", "object", "author"}
"""Of a head: its own key says where it stands, its key in the index `author` whose it is."""
_CASE = TypeAdapter(Case)
_CALL = TypeAdapter(Call)
_BREAKER = TypeAdapter(Breaker)
_HELD = TypeAdapter(Held)
_SHADOW = TypeAdapter(ShadowNote)
_NOTICE = TypeAdapter(Notice)
_APPEAL = TypeAdapter(Appeal)
_SWEEP = TypeAdapter(SweepRecord)
_RENEWAL = TypeAdapter(Renewal)
_PROPOSALS = TypeAdapter(Proposals)
_QUESTION = TypeAdapter(Question)
_WEATHER = TypeAdapter(Weather)
_to_item = TypeSerializer().serialize
_from_item = TypeDeserializer().deserialize


def iso(moment: datetime) -> str:
    """A sortable UTC timestamp with milliseconds."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


@dataclass(slots=True)
class _Update:
    """Changes to one item, attribute by attribute; two updates of the same item merge."""

    sets: dict[str, Any] = field(default_factory=dict)
    defaults: dict[str, Any] = field(default_factory=dict)
    removes: set[str] = field(default_factory=set)
    adds: dict[str, int] = field(default_factory=dict)
    gathers: dict[str, frozenset[int]] = field(default_factory=dict)
    """What to put into sets of numbers."""
    expected_rev: int | None = None
    most: dict[str, int] = field(default_factory=dict)
    """Numbers that `adds` may not bring above this."""

    def merge(self, other: "_Update") -> None:
        self.removes = (self.removes - other.sets.keys()) | other.removes
        self.sets = {name: value for name, value in (self.sets | other.sets).items() if name not in other.removes}
        self.defaults |= {name: value for name, value in other.defaults.items() if name not in self.defaults}
        for name, n in other.adds.items():
            self.adds[name] = self.adds.get(name, 0) + n
        for name, marks in other.gathers.items():
            self.gathers[name] = self.gathers.get(name, frozenset()) | marks
        self.expected_rev = other.expected_rev if self.expected_rev is None else self.expected_rev
        self.most |= other.most

    def request(self, table: str, key: Key) -> dict[str, Any]:
        names: dict[str, str] = {}
        values: dict[str, Any] = {}

        def name(attribute: str) -> str:
            return next((alias for alias, known in names.items() if known == attribute), None) or _alias(
                names, "#n", attribute
            )

        def value(content: Any) -> str:
            return _alias(values, ":v", _to_item(content))

        clauses = []
        sets = [f"{name(attribute)} = {value(content)}" for attribute, content in self.sets.items()]
        sets += [
            f"{name(attribute)} = if_not_exists({name(attribute)}, {value(content)})"
            for attribute, content in self.defaults.items()
        ]
        if sets:
            clauses.append("SET " + ", ".join(sets))
        adds = [f"{name(attribute)} {value(n)}" for attribute, n in self.adds.items()]
        adds += [f"{name(attribute)} {value(set(marks))}" for attribute, marks in self.gathers.items() if marks]
        if adds:
            clauses.append("ADD " + ", ".join(adds))
        if self.removes:
            clauses.append("REMOVE " + ", ".join(name(attribute) for attribute in sorted(self.removes)))
        request: dict[str, Any] = {"TableName": table, "Key": _key(key), "UpdateExpression": " ".join(clauses)}
        if self.expected_rev == 0:
            request["ConditionExpression"] = f"attribute_not_exists({name('rev')})"
        elif self.expected_rev is not None:
            request["ConditionExpression"] = f"{name('rev')} = {value(self.expected_rev)}"
        elif self.most:
            request["ConditionExpression"] = " AND ".join(
                f"(attribute_not_exists({name(number)}) OR {name(number)} <= {value(most - self.adds[number])})"
                for number, most in self.most.items()
            )
        request["ExpressionAttributeNames"] = names
        if values:
            request["ExpressionAttributeValues"] = values
        return request


def _alias(known: dict[str, Any], prefix: str, content: Any) -> str:
    alias = f"{prefix}{len(known)}"
    known[alias] = content
    return alias


def _key(key: Key) -> dict[str, Any]:
    return {"pk": {"S": key["pk"]}, "sk": {"S": key["sk"]}}


@dataclass(frozen=True, slots=True)
class Known:
    """What was read in one go; whatever does not exist is absent."""

    items: Mapping[tuple[str, str], Mapping[str, Any]]

    def _get(self, key: Key) -> Mapping[str, Any] | None:
        return self.items.get((key["pk"], key["sk"]))

    def head(self, community: str, platform: str, account: str, object_id: str) -> Head | None:
        """The head of an object."""
        item = self._get(keys.head(community, platform, account, object_id))
        return _head_of(item) if item else None

    def case(self, community: str, platform: str, account: str, object_id: str) -> Case | None:
        """The case about an object."""
        item = self._get(keys.case(community, platform, account, object_id))
        return _CASE.validate_python(item) if item else None

    def thread(self, community: str, platform: str, account: str, thread_id: str) -> ThreadRecord:
        """What is known of a thread; an unknown thread is an empty one."""
        item = self._get(keys.thread(community, platform, account, thread_id)) or {}
        return ThreadRecord(
            community=community,
            platform=platform,
            account=account,
            id=thread_id,
            rev=int(item.get("rev", 0)),
            human_at=_moment(item.get("human_at")),
            silent=item.get("silent", ""),
            attacked=bool(item.get("attacked")),
            automatic={name: _when(at) for name, at in _family(item, "auto.")},
            used=frozenset(name for name, _ in _family(item, "used.")),
            open=frozenset(name for name, _ in _family(item, "open.")),
            explaining=dict(_family(item, "explains.")),
        )

    def author(self, community: str, author: str, now: datetime) -> AuthorRecord:
        """An author's standing at `now`; an unknown author is an empty one."""
        item, lately = (
            self._get(key) or {} for key in (keys.author(community, author), keys.lately(community, author))
        )
        forgotten_at = _moment(item.get("forgotten_at"))
        remembered = tuple(said for said in _said(lately) if forgotten_at is None or said.at > forgotten_at)
        first, again = (
            at if at and (forgotten_at is None or at > forgotten_at) else None
            for at in (_moment(item.get("first_at")), _moment(lately.get("first_at")))
        )
        waiting = {name: _when(at) for name, at in _family(item, "waiting.")}
        automatic = {name: _when(at) for name, at in _family(item, "auto.")}
        standing = Standing(
            first_seen=min((at for at in (first, again) if at), default=None),
            first_object=lately.get("first_object") if again and (first is None or again < first) else None,
            strikes=tuple(
                Strike(clause=entry["clause"], object=name, at=_when(entry["at"]))
                for name, entry in _family(item, "strike.")
            ),
            said=tuple({said.object: said for said in (*_said(item), *remembered)}.values()),
            waiting_since=min(waiting.values(), default=None),
            human_requested_at=_unheard(_moment(item.get("human_at")), _moment(item.get("heard_at"))),
            last_automatic_at=max(automatic.values(), default=None),
            automatic_today=sum(now - at < timedelta(days=1) for at in automatic.values()),
            variants=frozenset(name for name, at in _family(item, "used.") if now - _when(at) < timedelta(days=30)),
        )
        return AuthorRecord(
            community,
            author,
            standing,
            waiting,
            automatic,
            notices={name: (entry["token"], _when(entry["at"])) for name, entry in _family(item, "notice.")},
            forgotten_at=forgotten_at,
            lately=remembered,
            heard_at=_moment(item.get("heard_at")),
            rev=int(item.get("rev", 0)),
            turns=tuple(Turn(entry["thread"], name, _when(entry["at"])) for name, entry in _family(item, "turn.")),
        )

    def breaker(self, community: str, platform: str, account: str) -> Breaker:
        """What an account's platform asks of us; one that never asked anything has an empty one."""
        item = self._get(keys.breaker(community, platform, account))
        return _BREAKER.validate_python(item) if item else Breaker(community, platform, account)

    def outgoing(
        self, community: str, platform: str, account: str, object_id: str, action_id: str
    ) -> tuple[str, str | None] | None:
        """(text, recipient) of an action, None when they are gone."""
        item = self.alive(keys.outgoing(community, platform, account, object_id, action_id))
        return (item["text"], item.get("recipient")) if item else None

    def sweep(self, community: str, platform: str, account: str) -> SweepRecord:
        """How far an account was asked; one that never was has an empty record."""
        item = self._get(keys.sweep(community, platform, account))
        return _SWEEP.validate_python(item) if item else SweepRecord(community, platform, account)

    def renewal(self, community: str, platform: str, channel: str) -> Renewal:
        """Who is renewing a channel's access; one that never was renewed has an empty record."""
        item = self._get(keys.renewal(community, platform, channel))
        return _RENEWAL.validate_python(item) if item else Renewal(community, platform, channel)

    def brakes(self, community: str) -> Brakes:
        """The brakes of a community."""
        item = self._get(keys.brakes(community)) or {}
        return Brakes(
            rev=int(item.get("rev", 0)),
            held={clause: _HELD.validate_python(held) for clause, held in _family(item, "held.")},
            released={clause: int(version) for clause, version in _family(item, "released.")},
            climate=dict(_family(item, "climate.")),
        )

    def budget(self, community: str, platform: str, account: str, hour: str) -> Budget:
        """What the machine planned to say on an account within an hour."""
        item = self._get(keys.budget(community, platform, account, hour)) or {}
        posts = {post: int(n) for post, n in _family(item, "post.")}
        return Budget(community, platform, account, hour, posts, frozenset(name for name, _ in _family(item, "told.")))

    def proposals(self, community: str, day: date) -> Proposals | None:
        """What was proposed to say on a day, None when nobody looked yet."""
        item = self._get(keys.proposals(community, day))
        return _PROPOSALS.validate_python(item) if item else None

    def climate(self, community: str, space: str) -> SpaceRecord:
        """The climate of a space; one that nobody listened to yet is green."""
        item = self._get(keys.climate(community, space))
        if not item:
            return SpaceRecord(community, space)
        return SpaceRecord(community, space, int(item["rev"]), _WEATHER.validate_python(item["weather"]))

    def notice(self, community: str, token: str) -> Notice | None:
        """The reason of a measure, None when there is none or its time is over."""
        found = self.alive(keys.notice(community, token))
        # Without its measure, it is the end of one that was forgotten before it ended.
        return _NOTICE.validate_python(found) if found and "kind" in found else None

    def appeal(self, community: str, token: str) -> Appeal | None:
        """That the member contests it."""
        found = self.alive(keys.appeal(community, token))
        return _APPEAL.validate_python(found) if found else None

    def question(self, community: str, token: str) -> Question | None:
        """What somebody outside the team is asked, None when there is no such question."""
        found = self.alive(keys.question(community, token))
        return _QUESTION.validate_python(found) if found else None

    def question_words(
        self, community: str, platform: str, account: str, object_id: str, token: str
    ) -> QuestionWords | None:
        """What they are asked, in words; None when these are gone."""
        found = self.alive(keys.question_words(community, platform, account, object_id, token))
        if found is None:
            return None
        return QuestionWords(found["text"], found["name"], found["address"], found["proof"])

    def alive(self, key: Key) -> Mapping[str, Any] | None:
        """An item as it stands, None when there is none or its time is over."""
        item = self._get(key)
        # DynamoDB takes days to take away what has expired; nobody reads it any more.
        return item if item and int(item["ttl"]) > clock.now().timestamp() else None

    def pauses(self, community: str) -> Pauses:
        """The pauses of a community."""
        item = self._get(keys.pauses(community)) or {}
        return Pauses({scope: _when(until) for scope, until in _family(item, "until.")})


def _unheard(asked_at: datetime | None, heard_at: datetime | None) -> datetime | None:
    """Since when somebody asks for a human and none answered."""
    return None if asked_at and heard_at and asked_at <= heard_at else asked_at


def _family(item: Mapping[str, Any], prefix: str) -> Iterator[tuple[str, Any]]:
    return ((name.removeprefix(prefix), value) for name, value in item.items() if name.startswith(prefix))


def _said_words(at: ObjectId, v: str, item: Mapping[str, Any]) -> SaidWords:
    return SaidWords(
        *at,
        v=v,
        text=item["text"],
        expires=datetime.fromtimestamp(int(item["ttl"]), UTC),
        author_id=item.get("author_id"),
        author_name=item.get("author_name"),
        conversation=item.get("conversation"),
        url=item.get("url"),
    )


def _said(item: Mapping[str, Any]) -> Iterator[Utterance]:
    return (Utterance(entry["words"], name, _when(entry["at"])) for name, entry in _family(item, "said."))


def _head_of(item: Mapping[str, Any]) -> Head:
    community, platform, account, object_id = keys.object_of({"pk": item["pk"], "sk": item["sk"]})
    author = str(item["author_pk"]).rpartition("#")[2] if "author_pk" in item else None
    place = {"community": community, "platform": platform, "account": account, "object": object_id, "author": author}
    implied, of_actions = _implied(object_id, item)
    actions = [{**of_actions, **action} for action in item.get("actions", ())]
    return _HEAD.validate_python({**implied, **item, **place, "actions": actions})


def _implied(object_id: str, item: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """What a head mostly is, the first of its thread and counted in its hour; and its actions, about it and of its verdict."""
    head = {"thread": object_id, "hour": str(item["received_at"])[:13]}
    return head, {"target": object_id, "created_at": item.get("verdict", {}).get("at")}


def _moment(value: str | None) -> datetime | None:
    return None if value is None else _when(value)


def _when(value: str) -> datetime:
    return datetime.fromisoformat(value)


@dataclass(frozen=True, slots=True)
class Journal:
    """The journal, text and counter tables. Functions that have no right to a table pass no name for it."""

    client: "DynamoDBClient"
    journal_table: str
    text_table: str = ""
    counter_table: str = ""
    environment: str = ""
    """The id of this execution environment: the only writer of its counters and of its chains."""
    _ends: dict[Chain, Link | None] = field(default_factory=dict, repr=False, compare=False)
    """How far this environment's chains came; None while nobody knows whether the last link was written."""

    # --- reading ---

    def read(self, wanted: Iterable[Key]) -> Known:
        """Read any number of items of the journal and of words, consistently. Raises Unavailable."""
        unique = list({(key["pk"], key["sk"]): key for key in wanted}.values())
        found: dict[tuple[str, str], Mapping[str, Any]] = {}
        for start in range(0, len(unique), MOST_IN_READ):
            for item in self._batch_read(unique[start : start + MOST_IN_READ]):
                found[item["pk"], item["sk"]] = item
        return Known(found)

    def _batch_read(self, wanted: Iterable[Key]) -> Iterator[dict[str, Any]]:
        """The items behind at most a hundred keys, consistently, whatever tables they are in."""
        pending: dict[str, Any] = {}
        for key in wanted:
            table = self.text_table if key["sk"].startswith(keys.WORDS) else self.journal_table
            pending.setdefault(table, {"Keys": [], "ConsistentRead": True})["Keys"].append(_key(key))
        for attempt in range(_ATTEMPTS):
            answer = self._call("batch_get_item", RequestItems=pending)
            yield from (_plain(item) for items in answer["Responses"].values() for item in items)
            pending = answer.get("UnprocessedKeys", {})
            if not pending:
                return
            _pause(attempt)
        raise Unavailable("journal: reads were throttled")

    def due(self, kind: str, now: datetime, limit: int = 100) -> list[Key]:
        """The unfinished work of a kind whose time has come, at most `limit` a shard, oldest first."""
        return [key for shard in range(keys.SHARDS[kind]) for key in self._index("due", f"{kind}#{shard}", now, limit)]

    def open_cases(self, community: str) -> list[Case]:
        """The open cases of a community, the promise that runs out first on top."""
        return self._cases(self._open(community))

    def cases(self, community: str, state: CaseState) -> list[ObjectId]:
        """The objects of every open case, the promise that runs out first on top; of every settled one, the latest first."""
        if state is CaseState.OPEN:
            return [keys.object_of(key) for key in self._open(community)]
        return [keys.object_of(key) for key in self._index("due", keys.closed_cases(community), None, None)][::-1]

    def latest_cases(self, community: str, since: datetime, limit: int) -> list[ObjectId]:
        """The objects of the latest open cases and of those settled since a moment, at most `limit` of each.

        Two requests, however many cases there are.
        """
        found = self._latest(keys.open_cases(community), None, limit)
        found += self._latest(keys.closed_cases(community), since, limit)
        return [keys.object_of(key) for key in found]

    def _latest(self, partition: str, since: datetime | None, limit: int) -> list[Key]:
        request: dict[str, Any] = {
            "TableName": self.journal_table,
            "IndexName": "due",
            "KeyConditionExpression": "due_pk = :p",
            "ExpressionAttributeValues": {":p": {"S": partition}},
            "ScanIndexForward": False,
            "Limit": limit,
        }
        if since is not None:
            request["KeyConditionExpression"] += " AND due_at >= :t"
            request["ExpressionAttributeValues"][":t"] = {"S": iso(since)}
        return [{"pk": item["pk"]["S"], "sk": item["sk"]["S"]} for item in self._call("query", **request)["Items"]]

    def _open(self, community: str) -> list[Key]:
        promised = self._index("due", keys.promises(community), None, None)
        return promised + self._index("due", keys.open_cases(community), None, None)

    def promises_due(self, community: str, now: datetime) -> list[Case]:
        """The cases of a community in which a person promised to come back by now, oldest first."""
        return self._cases(self._index("due", keys.promises(community), now, MOST_IN_READ))

    def _cases(self, found: Sequence[Key]) -> list[Case]:
        known = self.read(found)
        return [
            _CASE.validate_python(item)
            for key in found
            if (item := known.items.get((key["pk"], key["sk"]))) and item["state"] == CaseState.OPEN
        ]

    def _index(self, index: str, partition: str, until: datetime | None, limit: int | None) -> list[Key]:
        """The keys of a partition in order, up to a time, at most `limit` (None: all of them, page after page)."""
        request: dict[str, Any] = {
            "TableName": self.journal_table,
            "IndexName": index,
            "KeyConditionExpression": f"{index}_pk = :p",
            "ExpressionAttributeValues": {":p": {"S": partition}},
        }
        if until is not None:
            request["KeyConditionExpression"] += f" AND {index}_at <= :t"
            request["ExpressionAttributeValues"][":t"] = {"S": iso(until)}
        if limit is not None:
            request["Limit"] = limit
        found: list[Key] = []
        while True:
            answer = self._call("query", **request)
            found += [{"pk": item["pk"]["S"], "sk": item["sk"]["S"]} for item in answer["Items"]]
            if limit is not None or "LastEvaluatedKey" not in answer:
                return found
            request["ExclusiveStartKey"] = answer["LastEvaluatedKey"]

    def reason(self, community: str, token: str) -> tuple[Notice | None, Appeal | None]:
        """What is kept of a measure, and that the member contests it. Raises Unavailable."""
        known = self.read([keys.notice(community, token), keys.appeal(community, token)])
        return known.notice(community, token), known.appeal(community, token)

    def appeals(self, community: str, state: AppealState) -> list[Appeal]:
        """The appeals of a community: those that wait, the first promised on top; or those reviewed, the latest first."""
        waits = state is AppealState.OPEN
        partition = (keys.open_appeals if waits else keys.closed_appeals)(community)
        found = self._index("due", partition, None, None)
        known = self.read(found)
        appeals = (known.appeal(community, key["pk"].rpartition("#")[2]) for key in found[:: 1 if waits else -1])
        return [appeal for appeal in appeals if appeal and (appeal.state is AppealState.OPEN) == waits]

    def load_call(self, community: str, call_id: str) -> Call | None:
        """One incident."""
        key = keys.call(community, call_id)
        item = self.read([key]).items.get((key["pk"], key["sk"]))
        return _call_of(item) if item else None

    def open_calls(self, community: str) -> list[Call]:
        """The calls of a community that nobody took yet, the oldest first."""
        found = [
            key
            for shard in range(keys.SHARDS["call"])
            for key in self._index("due", f"call#{shard}", None, None)
            if key["pk"].startswith(keys.call(community, "")["pk"])
        ]
        items = self.read(found).items.values()
        calls = [
            _call_of(item) for item in items if item["state"] in (CallState.READY, CallState.SENDING, CallState.SENT)
        ]
        return sorted(calls, key=lambda call: call.created_at)

    def ringing(self, community: str) -> Ringing:
        """How often people were called lately, and what is muted."""
        key = keys.ringing(community)
        item = self.read([key]).items.get((key["pk"], key["sk"])) or {}
        return Ringing(
            community=community,
            rev=int(item.get("rev", 0)),
            rung=tuple((person, _when(at)) for person, at in item.get("rung", ())),
            summary=item.get("summary", ""),
            until=_moment(item.get("until")),
            muted={scope: _when(until) for scope, until in _family(item, "muted.")},
        )

    def mute(self, community: str, scope: str, until: datetime | None) -> None:
        """Ring nobody about a call, a reason or a space until a time; None ends that."""
        name = f"muted.{scope}"
        change = _Update(sets={name: iso(until)}) if until else _Update(removes={name})
        self._write([("Update", change.request(self.journal_table, keys.ringing(community)))])

    def pauses(self, community: str) -> Pauses:
        """What a person paused in a community."""
        return self.read([keys.pauses(community)]).pauses(community)

    # --- the brake ---

    def clause_tallies(self, community: str, since: datetime) -> Iterator[Tally]:
        """What the clauses of a community did, by version, in comments received since an hour."""
        first = keys.clause_tally(community, _hour(since), "")
        for item in self._counters(first["pk"], _hour(since)):
            hour = _hour_of(item)
            for name, n in item.items():
                if "#" in name:
                    version, clause, what = name.split("#")
                    yield Tally(community, "", hour, int(version), clause, what, int(n))

    def decisions_seen(self, community: str, spaces: Iterable[str], since: datetime) -> Iterator[Tally]:
        """How many decisions were taken under each version, in comments received since an hour."""
        for space in spaces:
            for item in self._counters(keys.live_counter(community, space, "", "")["pk"], _hour(since)):
                for name, n in item.items():
                    if name.startswith(_SEEN):
                        version = int(name.removeprefix(_SEEN))
                        yield Tally(community, space, _hour_of(item), version, "", "seen", int(n))

    # --- the climate ---

    def buckets(self, community: str, space: str, since: datetime) -> dict[datetime, Bucket]:
        """What was said in a space, by quarters of an hour, from the hour of a moment on."""
        found: dict[datetime, Bucket] = {}
        for item in self._counters(keys.live_counter(community, space, "", "")["pk"], _hour(since)):
            hour = datetime.strptime(_hour_of(item), "%Y-%m-%dT%H").replace(tzinfo=UTC)
            for quarter in range(4):
                if counted := dict(_family(item, f"{_QUARTER}{quarter}#")):
                    at = hour + quarter * BUCKET
                    found[at] = found.get(at, Bucket()) + _bucket(counted)
        return found

    def observed(self, community: str, spaces: Iterable[str], since: datetime) -> dict[str, int]:
        """Kind of act -> how many would have left in another mode than observe, from the hour of a moment on."""
        total: dict[str, int] = {}
        for space in spaces:
            for item in self._counters(keys.live_counter(community, space, "", "")["pk"], _hour(since)):
                for kind, n in _family(item, _OBSERVED):
                    total[kind] = total.get(kind, 0) + int(n)
        return total

    def _counters(self, partition: str, hour: str) -> Iterator[Mapping[str, Any]]:
        return self._partition(self.counter_table, partition, f"hour#{hour}", "hour#~")

    def _partition(self, table: str, partition: str, first: str, last: str) -> Iterator[Mapping[str, Any]]:
        """The items of a partition between two sort keys, page after page."""
        request: dict[str, Any] = {
            "TableName": table,
            "KeyConditionExpression": "pk = :p AND sk BETWEEN :from AND :to",
            "ExpressionAttributeValues": {":p": {"S": partition}, ":from": {"S": first}, ":to": {"S": last}},
        }
        while True:
            answer = self._call("query", **request)
            yield from (_plain(item) for item in answer["Items"])
            if "LastEvaluatedKey" not in answer:
                return
            request["ExclusiveStartKey"] = answer["LastEvaluatedKey"]

    def release_brake(self, held: Held, community: str) -> None:
        """A person lets a clause act again: the brake leaves it alone until it changes."""
        change = _Update(sets={f"released.{held.clause}": held.since}, removes={f"held.{held.clause}"}, adds={"rev": 1})
        self._write([("Update", change.request(self.journal_table, keys.brakes(community)))])

    # --- the people of the house ---

    def acknowledge(self, community: str, who: str, version: int, now: datetime) -> None:
        """Somebody read a version of the internal charter; confirming again changes nothing. Raises Unavailable."""
        change = _Update(defaults={f"read.{version}": iso(now)})
        self._write([("Update", change.request(self.journal_table, keys.ambassador(community, who)))])

    def forget_ambassador(self, community: str, who: str) -> None:
        """Nothing is kept of what somebody of the house confirmed. Raises Unavailable."""
        self._call("delete_item", TableName=self.journal_table, Key=_key(keys.ambassador(community, who)))

    def acknowledged(self, community: str) -> dict[str, dict[int, datetime]]:
        """Who read which versions of the internal charter, and when. Raises Unavailable."""
        first = keys.ambassador(community, "")
        found = self._partition(self.journal_table, first["pk"], first["sk"], f"{first['sk']}~")
        return {
            item["sk"].removeprefix(first["sk"]): {int(version): _when(at) for version, at in _family(item, "read.")}
            for item in found
        }

    # --- a version on trial ---

    def shadow_notes(self, community: str, shadow: str) -> list[ShadowNote]:
        """Where a version on trial differs from the one in force, in the order of decision."""
        partition = keys.shadow_note(community, shadow, "", "", "")["pk"]
        notes = [
            _SHADOW.validate_python(item)
            for item in self._partition(self.journal_table, partition, "object#", "object$")
        ]
        return sorted((note for note in notes if note.was != note.would), key=lambda note: (note.at, note.object))

    def shadow_counts(self, community: str, shadow: str) -> dict[str, int]:
        """What was counted of a version on trial: see ShadowCount."""
        total: dict[str, int] = {}
        partition = keys.shadow_counter(community, shadow, "")["pk"]
        for item in self._partition(self.counter_table, partition, "env#", "env$"):
            for what, n in _family(item, "n."):
                total[what] = total.get(what, 0) + int(n)
        return total

    # --- writing ---

    def commit(self, changes: Changes, now: datetime) -> None:
        """Write everything or nothing. Raises Conflict when a record was changed meanwhile, Unavailable.

        At most 100 items in one go: the caller cuts larger work (`cost`).
        """
        links = [self._next_link(chain, leaves, now) for chain, leaves in self._sealed(changes, now).items()]
        put = [("Put", ledger.put(self.journal_table, link)) for link in links]
        self._write(self._requests(changes, now) + put)
        self._ends.update({link.chain: link for link in links})

    def _sealed(self, changes: Changes, now: datetime) -> dict[Chain, list[bytes]]:
        chains: dict[Chain, list[bytes]] = {}
        for seal in changes.seals:
            chains.setdefault(Chain(seal.community, day_of(now), self.environment), []).append(seal.digest)
        return chains

    def _next_link(self, chain: Chain, leaves: Sequence[bytes], now: datetime) -> Link:
        """The next link of a chain. What comes of it is not known before the write is answered: then it is looked up."""
        end = self._ends.get(chain)
        if end is None and chain in self._ends:
            end = ledger.last(self.client, self.journal_table, chain)
        self._ends[chain] = None
        return following(end, chain, leaves, now)

    @staticmethod
    def cost(changes: Changes) -> int:
        """An upper bound of the items that `changes` touches."""
        return (
            len(changes.heads)
            + len(changes.cases)
            + len(changes.threads)
            + len(changes.authors)
            + len(changes.calls)
            + len(changes.counts)
            + len({(tally.community, tally.hour, tally.clause == "" and tally.space) for tally in changes.tallies})
            + len(_hours_of(changes.pulses) - _hours_of(changes.counts))
            + len(changes.spaces)
            + len(changes.climates)
            + len(changes.resumed)
            + len(changes.ringings)
            + len(changes.brakes)
            + len(changes.budgets)
            + len(changes.shadows)
            + len({(count.community, count.shadow) for count in changes.shadow_counts})
            + len(changes.notices)
            + len(changes.notice_ends)
            + len(changes.appeals)
            + len(changes.questions)
            + len({seal.community for seal in changes.seals})
        )

    def save_call(self, call: Call, now: datetime) -> Call:
        """Replace a call that was read at `call.rev`; answers it with its new rev. Raises Conflict."""
        saved = replace(call, rev=call.rev + 1)
        item = _call_item(saved, now)
        self._write([("Put", self._put(keys.call(call.community, call.id), item, call.rev))])
        return saved

    def pause(self, community: str, scope: str, until: datetime | None) -> None:
        """Pause a scope until a time; None lifts the pause."""
        name = f"until.{scope}"
        change = _Update(sets={name: iso(until)}) if until else _Update(removes={name})
        self._write([("Update", change.request(self.journal_table, keys.pauses(community)))])

    def pause_once(self, community: str, scope: str, until: datetime, pressed_at: datetime) -> bool:
        """Pause a scope for a button that was pressed; False when a press as new as this one did, or it lasts longer."""
        request = {
            "TableName": self.journal_table,
            "Key": _key(keys.pauses(community)),
            "UpdateExpression": "SET #until = :until, #pressed = :pressed",
            "ConditionExpression": "(attribute_not_exists(#pressed) OR #pressed < :pressed)"
            " AND (attribute_not_exists(#until) OR #until < :until)",
            "ExpressionAttributeNames": {"#until": f"until.{scope}", "#pressed": f"pressed.{scope}"},
            "ExpressionAttributeValues": {":until": _to_item(iso(until)), ":pressed": _to_item(iso(pressed_at))},
        }
        try:
            self._write([("Update", request)])
        except Conflict:
            return False
        return True

    def keep_breaker(self, breaker: Breaker) -> None:
        """Replace a breaker that was read one `rev` before. Raises Conflict when somebody was faster."""
        item = _BREAKER.dump_python(breaker, mode="json", exclude_none=True)
        open_until = max((until for until in (breaker.open_until, breaker.replies_until) if until), default=None)
        if open_until:
            item |= {"due_pk": keys.due_shard("breaker", breaker.account), "due_at": iso(open_until)}
        key = keys.breaker(breaker.community, breaker.platform, breaker.account)
        self._write([("Put", self._put(key, item, breaker.rev - 1))])

    def keep_proposals(self, proposals: Proposals) -> None:
        """Replace a day's proposals that were read one `rev` before. Raises Conflict when somebody was faster."""
        item = _PROPOSALS.dump_python(proposals, mode="json", exclude_none=True)
        item["ttl"] = _expiry(proposals.made_at, PROPOSALS_KEPT)
        key = keys.proposals(proposals.community, proposals.day)
        self._write([("Put", self._put(key, item, proposals.rev - 1))])

    def keep_renewal(self, renewal: Renewal) -> None:
        """Replace a renewal that was read one `rev` before. Raises Conflict when somebody was faster."""
        key = keys.renewal(renewal.community, renewal.platform, renewal.channel)
        item = _RENEWAL.dump_python(renewal, mode="json", exclude_none=True)
        self._write([("Put", self._put(key, item, renewal.rev - 1))])

    def said_by(self, community: str, author: str) -> list[ObjectId]:
        """Every object that an author said, oldest first."""
        return [keys.object_of(key) for key in self._index("author", keys.author_index(community, author), None, None)]

    def forget_author(self, community: str, author: str, now: datetime) -> None:
        """Nothing is held for or against an author any more; only that they asked, and when, for as long as a late
        delivery could bring their words back.
        """
        mark: dict[str, Any] = {"ttl": _expiry(now, FORGOTTEN_KEPT)}
        items = (
            _item(keys.author(community, author), {**mark, "forgotten_at": iso(now)}),
            _item(keys.lately(community, author), mark),
        )
        self._write([("Put", {"TableName": self.journal_table, "Item": item}) for item in items])

    def keep_sweep(self, sweep: SweepRecord) -> None:
        """Replace a sweep that was read one `rev` before. Raises Conflict when somebody was faster."""
        key = keys.sweep(sweep.community, sweep.platform, sweep.account)
        item = _SWEEP.dump_python(sweep, mode="json", exclude_none=True)
        self._write([("Put", self._put(key, item, sweep.rev - 1))])

    def end_pause(self, key: Key) -> None:
        """The pause of an account is over: its breaker no longer stands in the index."""
        self._write([("Update", _Update(removes={"due_pk", "due_at"}).request(self.journal_table, key))])

    def keep_words(
        self,
        said: Sequence[SaidWords],
        outgoing: Sequence[OutgoingWords],
        lately: Sequence[Lately] = (),
        touched: Sequence[Head] = (),
    ) -> None:
        """Write words and what authors said lately, before the decision that refers to them, in one request for 25.

        `touched`: what the decision will change, noted for whoever counts the hours again. Writing them again is
        harmless. Raises Unavailable.
        """
        items: dict[tuple[str, str], tuple[str, dict[str, Any]]] = {}
        for words in said:
            key = keys.words(words.community, words.platform, words.account, words.object, words.v)
            content = {
                "text": words.text,
                "author_id": words.author_id,
                "author_name": words.author_name,
                "conversation": words.conversation,
                "url": words.url,
                "ttl": int(words.expires.timestamp()),
            }
            items[key["pk"], key["sk"]] = (self.text_table, _item(key, content))
        for out in outgoing:
            key = keys.outgoing(out.community, out.platform, out.account, out.object, out.action_id)
            content = {"text": out.text, "recipient": out.recipient, "ttl": int(out.expires.timestamp())}
            items[key["pk"], key["sk"]] = (self.text_table, _item(key, content))
        for person in lately:
            key = keys.lately(person.community, person.author)
            items[key["pk"], key["sk"]] = (self.journal_table, _item(key, _lately(person)))
        noted = sealed.notes(touched, iso(clock.now()), uuid.uuid4().hex[:12])
        requests = [*items.values(), *((self.counter_table, item) for item in noted)]
        self._batch_write([(table, {"PutRequest": {"Item": item}}) for table, item in requests])

    def erase_words(self, community: str, platform: str, account: str, object_id: str) -> None:
        """Erase everything that was said under an object, and what we were about to say there."""
        request: dict[str, Any] = {
            "TableName": self.text_table,
            "KeyConditionExpression": "pk = :p",
            "ExpressionAttributeValues": {":p": {"S": keys.object_pk(community, platform, account, object_id)}},
            "ProjectionExpression": "pk, sk",
            "ConsistentRead": True,
        }
        while True:
            answer = self._call("query", **request)
            self._batch_write([(self.text_table, {"DeleteRequest": {"Key": item}}) for item in answer["Items"]])
            if "LastEvaluatedKey" not in answer:
                return
            request["ExclusiveStartKey"] = answer["LastEvaluatedKey"]

    def keep_appeal_words(self, at: ObjectId, words: str, text: str, expires: datetime) -> None:
        """Keep why a member contests a measure, under the hash of what they wrote. Raises Unavailable."""
        item = _item(keys.appeal_words(*at, words), {"text": text, "ttl": int(expires.timestamp())})
        self._batch_write([(self.text_table, {"PutRequest": {"Item": item}})])

    def keep_question_words(self, question: Question, words: QuestionWords) -> None:
        """Keep what is asked of whom, beside the comment's own words. Raises Unavailable."""
        said = {"text": words.text, "name": words.name, "address": words.address, "proof": words.proof}
        ttl = _expiry(question.answer_by, LATE)
        item = _item(keys.question_words(*question.at, question.token), {**said, "ttl": ttl})
        self._batch_write([(self.text_table, {"PutRequest": {"Item": item}})])

    def appeal_words(self, at: ObjectId, words: str) -> str | None:
        """Why a member contests a measure, None when it is gone. Raises Unavailable."""
        item = self._text(keys.appeal_words(*at, words))
        return str(item["text"]) if item else None

    def outgoing_words(
        self, community: str, platform: str, account: str, object_id: str, action_id: str
    ) -> tuple[str, str | None] | None:
        """(text, recipient) of an action, None when they are gone."""
        item = self._text(keys.outgoing(community, platform, account, object_id, action_id))
        return (item["text"], item.get("recipient")) if item else None

    def said_words(self, community: str, platform: str, account: str, object_id: str, v: str) -> SaidWords | None:
        """The words of one version of an object, None when they were erased."""
        item = self._text(keys.words(community, platform, account, object_id, v))
        return _said_words((community, platform, account, object_id), v, item) if item else None

    def said_of(self, heads: Iterable[Head]) -> dict[ObjectId, SaidWords]:
        """The words of many objects as they stand, those that were erased left out: one request for a hundred."""
        wanted = [(head.at, head.v, keys.words(*head.at, head.v)) for head in heads]
        known = self.read(key for _, _, key in wanted)
        return {at: _said_words(at, v, item) for at, v, key in wanted if (item := known.alive(key))}

    def current_words(self, heads: Iterable[Head]) -> dict[ObjectId, str]:
        """The same, the texts alone."""
        return {at: said.text for at, said in self.said_of(heads).items()}

    def head_of(self, community: str, platform: str, account: str, object_id: str) -> Head | None:
        """The head of one object, None when there is none."""
        known = self.read([keys.head(community, platform, account, object_id)])
        return known.head(community, platform, account, object_id)

    def heads(self, community: str, since: datetime) -> Iterator[Head]:
        """Every object of a community posted since a moment, in no order: reads the whole table, for a person who asks.

        Raises Unavailable.
        """
        start: dict[str, Any] = {}
        while True:
            page = self._call(
                "scan",
                TableName=self.journal_table,
                FilterExpression="begins_with(pk, :objects) AND sk = :head",
                ExpressionAttributeValues={
                    ":objects": {"S": f"{community}#object#"},
                    ":head": {"S": "head"},
                },
                **start,
            )
            heads = (_head_of(_plain(raw)) for raw in page["Items"])
            yield from (head for head in heads if head.posted_at >= since)
            if "LastEvaluatedKey" not in page:
                return
            start = {"ExclusiveStartKey": page["LastEvaluatedKey"]}

    def words_of(self, community: str, platform: str, account: str, object_id: str) -> str | None:
        """The current words of an object, None when they were erased."""
        head = self.head_of(community, platform, account, object_id)
        words = self.said_words(community, platform, account, object_id, head.v) if head else None
        return words.text if words else None

    def _text(self, key: Key) -> Mapping[str, Any] | None:
        answer = self._call("get_item", TableName=self.text_table, Key=_key(key), ConsistentRead=True)
        item = _plain(answer["Item"]) if "Item" in answer else None
        # DynamoDB takes days to take away what has expired; nobody reads it any more.
        return item if item and int(item["ttl"]) > clock.now().timestamp() else None

    # --- requests ---

    def _requests(self, changes: Changes, now: datetime) -> list[tuple[str, dict[str, Any]]]:
        requests = [("Put", self._head(head, now)) for head in changes.heads]
        requests += [("Put", self._case(case, now)) for case in changes.cases]
        requests += [("Put", self._appeal(appeal, now)) for appeal in changes.appeals]
        requests += [("Put", self._question(question)) for question in changes.questions]
        requests += [("Put", self._space(space)) for space in changes.spaces]
        requests += [("Put", self._resumed(call, now)) for call in changes.resumed]
        updates: dict[tuple[str, str, str], _Update] = {}
        for table, key, update in self._updates(changes, now):
            slot = (table, key["pk"], key["sk"])
            if slot in updates:
                updates[slot].merge(update)
            else:
                updates[slot] = update
        requests += [
            ("Update", update.request(table, {"pk": pk, "sk": sk})) for (table, pk, sk), update in updates.items()
        ]
        return requests

    def _updates(self, changes: Changes, now: datetime) -> Iterator[tuple[str, Key, _Update]]:
        for note in changes.threads:
            yield (
                self.journal_table,
                keys.thread(note.community, note.platform, note.account, note.id),
                _thread(note, now),
            )
        for person in changes.authors:
            yield self.journal_table, keys.author(person.community, person.author), _author(person, now)
        for call in changes.calls:
            yield self.journal_table, keys.call(call.community, call.id), _new_call(call, now)
        for count in changes.counts:
            yield (
                self.counter_table,
                keys.live_counter(count.community, count.space, count.hour, self.environment),
                _count(count, now),
            )
        for tally in changes.tallies:
            yield self.counter_table, self._tally_key(tally), _tally(tally, now)
        yield from self._climate(changes, now)
        yield from self._notices(changes, now)
        for brake in changes.brakes:
            yield self.journal_table, keys.brakes(brake.community), _brake(brake)
        for shadow in changes.shadows:
            at = (shadow.community, shadow.shadow, shadow.platform, shadow.account, shadow.object)
            yield self.journal_table, keys.shadow_note(*at), _shadow(shadow, now)
        for counted in changes.shadow_counts:
            key = keys.shadow_counter(counted.community, counted.shadow, self.environment)
            yield self.counter_table, key, _shadow_count(counted, now)
        for budget in changes.budgets:
            key = keys.budget(budget.community, budget.platform, budget.account, budget.hour)
            yield self.journal_table, key, _budget(budget, now)

    def _climate(self, changes: Changes, now: datetime) -> Iterator[tuple[str, Key, _Update]]:
        for pulse in changes.pulses:
            key = keys.live_counter(pulse.community, pulse.space, pulse.hour, self.environment)
            yield self.counter_table, key, _pulse(pulse, now)
        for ringing in changes.ringings:
            yield self.journal_table, keys.ringing(ringing.community), _ringing(ringing)
        for climate in changes.climates:
            yield self.journal_table, keys.brakes(climate.community), _climate(climate)

    def _notices(self, changes: Changes, now: datetime) -> Iterator[tuple[str, Key, _Update]]:
        for notice in changes.notices:
            yield self.journal_table, keys.notice(notice.community, notice.token), _notice(notice, now)
        for end in changes.notice_ends:
            yield self.journal_table, keys.notice(end.community, end.token), _notice_end(end, now)

    def _tally_key(self, tally: Tally) -> Key:
        if tally.clause:
            return keys.clause_tally(tally.community, tally.hour, self.environment)
        return keys.live_counter(tally.community, tally.space, tally.hour, self.environment)

    def _put(self, key: Key, item: Mapping[str, Any], previous_rev: int) -> dict[str, Any]:
        request: dict[str, Any] = {"TableName": self.journal_table, "Item": _item(key, item)}
        if previous_rev == 0:
            request["ConditionExpression"] = "attribute_not_exists(pk)"
        else:
            request["ConditionExpression"] = "rev = :rev"
            request["ExpressionAttributeValues"] = {":rev": {"N": str(previous_rev)}}
        return request

    def _head(self, head: Head, now: datetime) -> dict[str, Any]:
        # What is as it is by default, or stands twice, is left out: most heads stay under a kilobyte, one unit.
        item = _HEAD.dump_python(head, mode="json", exclude_none=True, exclude_defaults=True, exclude=_IN_THE_KEYS)
        item["hour"] = head.hour
        implied, of_actions = _implied(head.object, item)
        for part, known in ((item, implied), *((action, of_actions) for action in item.get("actions", ()))):
            for name in [name for name, value in known.items() if part[name] == value]:
                del part[name]
        item["ttl"] = int((head.expires or now + KEPT).timestamp())
        waiting = [action.due_at for action in head.actions if action.state in UNFINISHED]
        provisional = head.unconfirmed
        if waiting:
            item |= {"due_pk": keys.due_shard("action", head.object), "due_at": iso(min(waiting))}
        elif provisional is not None and provisional.confirm_by is not None:
            item |= {"due_pk": keys.due_shard("provisional", head.object), "due_at": iso(provisional.confirm_by)}
        if head.author:
            item |= {"author_pk": keys.author_index(head.community, head.author), "author_at": iso(head.posted_at)}
        return self._put(keys.head(head.community, head.platform, head.account, head.object), item, head.rev - 1)

    def _case(self, case: Case, now: datetime) -> dict[str, Any]:
        item = _CASE.dump_python(case, mode="json", exclude_none=True)
        if case.state is CaseState.OPEN:
            partition = keys.promises if case.remind_at else keys.open_cases
            item |= {"due_pk": partition(case.community), "due_at": iso(case.remind_at or case.promise_at)}
        else:
            item |= {"due_pk": keys.closed_cases(case.community), "due_at": iso(case.closed_at or now)}
            item["ttl"] = int((now + KEPT).timestamp())
        return self._put(keys.case(case.community, case.platform, case.account, case.object), item, case.rev - 1)

    def _appeal(self, appeal: Appeal, now: datetime) -> dict[str, Any]:
        item = _APPEAL.dump_python(appeal, mode="json", exclude_none=True)
        waits = appeal.state is AppealState.OPEN
        item["due_pk"] = (keys.open_appeals if waits else keys.closed_appeals)(appeal.community)
        item["due_at"] = iso(appeal.due_at if waits else appeal.decided_at or now)
        item["ttl"] = _expiry(now, KEPT)
        return self._put(keys.appeal(appeal.community, appeal.token), item, appeal.rev - 1)

    def _space(self, record: SpaceRecord) -> dict[str, Any]:
        weather = record.weather
        item: dict[str, Any] = {
            "rev": record.rev,
            "weather": _WEATHER.dump_python(weather, mode="json", exclude_none=True),
        }
        if weather.look_at:
            name = f"{record.community}#{record.space}"
            item |= {"due_pk": keys.due_shard("climate", name), "due_at": iso(weather.look_at)}
        return self._put(keys.climate(record.community, record.space), item, record.rev - 1)

    def _resumed(self, call: Call, now: datetime) -> dict[str, Any]:
        return self._put(keys.call(call.community, call.id), _call_item(call, now), call.rev - 1)

    def _question(self, question: Question) -> dict[str, Any]:
        item = _QUESTION.dump_python(question, mode="json", exclude_none=True)
        if question.waits and question.state is not QuestionState.PASSED:
            item |= {"due_pk": keys.due_shard("question", question.token), "due_at": iso(question.due_at)}
        item["ttl"] = _expiry(question.answer_by, QUESTIONS_KEPT)
        return self._put(keys.question(question.community, question.token), item, question.rev - 1)

    def _write(self, requests: list[tuple[str, dict[str, Any]]]) -> None:
        if not requests:
            return
        if len(requests) == 1:
            kind, request = requests[0]
            self._call("put_item" if kind == "Put" else "update_item", **request)
            return
        self._call("transact_write_items", TransactItems=[{kind: request} for kind, request in requests])

    def _batch_write(self, requests: list[tuple[str, dict[str, Any]]]) -> None:
        for start in range(0, len(requests), MOST_IN_WRITE):
            pending: dict[str, Any] = {}
            for table, request in requests[start : start + MOST_IN_WRITE]:
                pending.setdefault(table, []).append(request)
            for attempt in range(_ATTEMPTS):
                pending = self._call("batch_write_item", RequestItems=pending).get("UnprocessedItems", {})
                if not pending:
                    break
                _pause(attempt)
            else:
                raise Unavailable("words: writes were throttled")

    def _call(self, operation: str, **request: Any) -> Any:
        """One DynamoDB request; botocore does not retry a cancelled transaction, so this does."""
        for attempt in range(_ATTEMPTS):
            try:
                return getattr(self.client, operation)(**request)
            except ClientError as error:
                code = error.response["Error"]["Code"]
                if code == "ConditionalCheckFailedException":
                    raise Conflict(operation) from error
                if code != "TransactionCanceledException":
                    raise Unavailable(f"journal: {code}") from error
                reasons = {reason.get("Code") for reason in error.response.get("CancellationReasons", ())}
                if "ConditionalCheckFailed" in reasons:
                    raise Conflict(operation) from error
                if not reasons & _RETRY_CODES:
                    raise Unavailable(f"journal: {sorted(str(reason) for reason in reasons)}") from error
                _pause(attempt)
            except BotoCoreError as error:
                raise Unavailable(f"journal: {type(error).__name__}") from error
        raise Unavailable("journal: transactions keep colliding")


def _pause(attempt: int) -> None:
    """Full jitter, at most 50, 100, 200… ms."""
    time.sleep(random.uniform(0, 0.05 * 2**attempt))  # noqa: S311  spreading load, not secrecy


def _plain(raw: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _from_item(value) for name, value in raw.items()}


def _item(key: Key, content: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _to_item(value) for name, value in {**content, **key}.items() if value is not None}


def _expiry(now: datetime, kept: timedelta) -> int:
    return int((now + kept).timestamp())


def _thread(note: ThreadNote, now: datetime) -> _Update:
    update = _Update(adds={"rev": 1}, expected_rev=note.expected_rev, sets={"ttl": _expiry(now, KEPT)})
    if note.human_at:
        update.sets["human_at"] = iso(note.human_at)
    if note.silent:
        update.sets["silent"] = note.silent
    if note.attacked:
        update.sets["attacked"] = True
    update.sets |= {f"auto.{action}": iso(at) for action, at in note.automatic.items()}
    update.sets |= {f"used.{variant}": iso(now) for variant in note.used}
    update.sets |= {f"open.{object_id}": iso(now) for object_id in note.opened}
    update.sets |= {f"explains.{clause}": action for clause, action in note.explaining.items()}
    update.removes = {f"open.{object_id}" for object_id in note.closed} | {
        f"auto.{action}" for action in note.forgotten
    }
    return update


def _author(note: AuthorNote, now: datetime) -> _Update:
    update = _Update(sets={"ttl": _expiry(now, KEPT)}, expected_rev=note.expected_rev)
    if note.expected_rev is not None:
        update.adds["rev"] = 1
    if note.heard_at:
        update.sets["heard_at"] = iso(note.heard_at)
    update.sets |= {f"turn.{turn.object}": {"thread": turn.thread, "at": iso(turn.at)} for turn in note.turns}
    if note.first_at:
        update.defaults["first_at"] = iso(note.first_at)
    if note.human_requested_at:
        update.sets["human_at"] = iso(note.human_requested_at)
    update.sets |= {f"said.{said.object}": {"words": said.words, "at": iso(said.at)} for said in note.said}
    update.sets |= {
        f"strike.{strike.object}": {"clause": strike.clause, "at": iso(strike.at)} for strike in note.strikes
    }
    update.sets |= {f"waiting.{object_id}": iso(since) for object_id, since in note.waiting.items()}
    update.sets |= {f"auto.{action}": iso(at) for action, at in note.automatic.items()}
    update.sets |= {f"used.{variant}": iso(at) for variant, at in note.used.items()}
    update.sets |= {f"notice.{code}": {"token": token, "at": iso(at)} for code, (token, at) in note.notices.items()}
    update.removes = (
        {f"said.{object_id}" for object_id in note.unsaid}
        | {f"strike.{object_id}" for object_id in note.lifted}
        | {f"waiting.{object_id}" for object_id in note.answered}
        | {f"turn.{object_id}" for object_id in note.over}
        | {f"auto.{action}" for action in note.forgotten}
        | {f"notice.{code}" for code in note.lapsed}
    )
    return update


def _budget(note: BudgetNote, now: datetime) -> _Update:
    update = _Update(sets={"ttl": _expiry(now, BUDGETS_KEPT)} | {f"told.{scope}": iso(now) for scope in note.told})
    if note.posts:
        update.adds = {"n": sum(note.posts.values())} | {f"post.{post}": n for post, n in note.posts.items()}
        update.most = {name: PER_ACCOUNT_AND_HOUR if name == "n" else PER_POST_AND_HOUR for name in update.adds}
    return update


def _lately(person: Lately) -> dict[str, Any]:
    said = {f"said.{said.object}": {"words": said.words, "at": iso(said.at)} for said in person.said}
    first = {"first_at": iso(person.first_at), "first_object": person.first_object}
    return {**said, **first, "ttl": _expiry(max((said.at for said in person.said), default=person.first_at), KEPT)}


def _count(count: Count, now: datetime) -> _Update:
    return _Update(adds={f"{count.kind}.{count.level}": count.n}, sets={"ttl": _expiry(now, COUNTERS_KEPT)})


def _ringing(ringing: Ringing) -> _Update:
    """Nothing of what is muted: that is written beside it."""
    sets: dict[str, Any] = {"rung": [[person, iso(at)] for person, at in ringing.rung], "summary": ringing.summary}
    if ringing.until:
        sets["until"] = iso(ringing.until)
    return _Update(sets=sets, adds={"rev": 1}, expected_rev=ringing.rev - 1)


def _pulse(pulse: Pulse, now: datetime) -> _Update:
    """In the live counter, which is written anyway: it costs nothing more."""
    at, bucket = f"{_QUARTER}{pulse.quarter}#", pulse.bucket
    figures = {f"{at}comments": bucket.comments, f"{at}negative": bucket.negative}
    figures |= {f"{_OBSERVED}{kind}": n for kind, n in pulse.observed.items()}
    return _Update(
        adds={name: n for name, n in figures.items() if n},
        gathers={f"{at}faces": bucket.faces, f"{at}alarming": bucket.alarming},
        sets={"ttl": _expiry(now, COUNTERS_KEPT)},
    )


def _hours_of(figures: Iterable[Pulse | Count]) -> set[tuple[str, str, str]]:
    """The live counters that these figures stand in."""
    return {(one.community, one.space, one.hour) for one in figures}


def _bucket(counted: Mapping[str, Any]) -> Bucket:
    return Bucket(
        comments=int(counted.get("comments", 0)),
        negative=int(counted.get("negative", 0)),
        faces=frozenset(map(int, counted.get("faces", ()))),
        alarming=frozenset(map(int, counted.get("alarming", ()))),
    )


def _climate(note: ClimateNote) -> _Update:
    name = f"climate.{note.space}"
    return _Update(removes={name}) if note.level == "green" else _Update(sets={name: note.level})


def _tally(tally: Tally, now: datetime) -> _Update:
    name = f"{tally.version}#{tally.clause}#{tally.what}" if tally.clause else f"{_SEEN}{tally.version}"
    return _Update(adds={name: tally.n}, sets={"ttl": _expiry(now, COUNTERS_KEPT)})


def _notice(notice: Notice, now: datetime) -> _Update:
    """When it took effect stays; what was decided is as it was decided last."""
    item = _NOTICE.dump_python(notice, mode="json", exclude_none=True)
    ended = {name: item.pop(name) for name in ("ended_at", "reversed_at") if name in item}
    began = {"applied_at": item.pop("applied_at"), "ttl": _expiry(now, KEPT)}
    return _Update(sets=item, defaults=began | ended)


def _notice_end(end: NoticeEnd, now: datetime) -> _Update:
    over = {"ended_at": iso(end.at)} | ({"reversed_at": iso(end.at)} if end.reversed else {})
    return _Update(sets={"ttl": _expiry(now, KEPT)}, defaults=over)


def _brake(note: BrakeNote) -> _Update:
    return _Update(
        sets={f"held.{held.clause}": _HELD.dump_python(held, mode="json") for held in note.held},
        removes={f"released.{held.clause}" for held in note.held},
        adds={"rev": 1},
        expected_rev=note.rev,
    )


def _shadow(note: ShadowNote, now: datetime) -> _Update:
    return _Update(sets={**_SHADOW.dump_python(note, mode="json"), "ttl": _expiry(now, SHADOWS_KEPT)})


def _shadow_count(count: ShadowCount, now: datetime) -> _Update:
    return _Update(adds={f"n.{count.what}": count.n}, sets={"ttl": _expiry(now, SHADOWS_KEPT)})


def _hour(moment: datetime) -> str:
    return iso(moment)[:13]


def _hour_of(item: Mapping[str, Any]) -> str:
    return str(item["sk"]).split("#")[1]


def _due_of(call: Call) -> dict[str, str]:
    if call.state in (CallState.READY, CallState.SENDING, CallState.SENT):
        return {"due_pk": keys.due_shard("call", call.id), "due_at": iso(call.due_at)}
    return {}


def _call_item(call: Call, now: datetime) -> dict[str, Any]:
    item: dict[str, Any] = _CALL.dump_python(call, mode="json", exclude_none=True, exclude={"objects"})
    item |= {f"object.{object_id}": iso(now) for object_id in call.objects}
    item |= _due_of(call)
    item["ttl"] = _expiry(now, timedelta(days=30) if call.reason == "distress" else KEPT)
    return item


def _new_call(call: Call, now: datetime) -> _Update:
    item = _call_item(replace(call, rev=0), now)
    objects = {name: value for name, value in item.items() if name.startswith("object.")}
    del item["rev"]
    return _Update(
        sets=objects, defaults={name: value for name, value in item.items() if name not in objects}, adds={"rev": 1}
    )


def _call_of(item: Mapping[str, Any]) -> Call:
    objects = tuple(sorted(name for name, _ in _family(item, "object.")))
    return _CALL.validate_python({**item, "objects": objects})
