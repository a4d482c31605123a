"""AWS in the memory of one process: DynamoDB, SQS, SSM, SES and SNS as dictionaries, under botocore's names.

The journal on these tables is the real one, its requests are evaluated as DynamoDB documents them: conditions,
updates, transactions, indexes, pages. So whole worlds cost milliseconds, where moto takes a second: every pair of
faults, every interleaving, a day of 10,000 comments. moto stays the judge: one contract holds for both
(`tests/aws/test_journal_contract.py`), and random requests get the same answers from both (`tests/local/test_memory.py`).

What is not written here is refused by name: a fake that nods at what it does not know proves nothing.
Not simulated: throughput, TransactionConflict (one lock serialises everything), what IAM allows.
"""

import heapq
import json
import re
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from types import SimpleNamespace
from typing import Any

from botocore.exceptions import ClientError

from tribune import clock

type Value = Mapping[str, Any]
"""An attribute as the protocol writes it: `{"S": "…"}`."""
type Item = Mapping[str, Value]
type Request = Mapping[str, Any]
type Around = Callable[[str, Callable[[], Any]], Any]
"""(operation, carry it out) -> its answer: where a harness counts, stops or breaks calls."""

MOST_IN_TRANSACTION = 100
MOST_IN_READ = 100
MOST_IN_WRITE = 25
MOST_MESSAGES = 10
LARGEST_ITEM = 400 * 1024
LARGEST_REQUEST = 1024 * 1024
_ORDERED = ("S", "N", "B")


class NotInMemory(NotImplementedError):
    """A request that nobody taught this memory: teach it, or do not use it."""


class ConditionalCheckFailed(ClientError):
    """As botocore's client raises it."""


class ParameterNotFound(ClientError):
    """The same, of SSM."""


class ParameterAlreadyExists(ClientError):
    """The same, of SSM."""


def _refused(code: str, operation: str, message: str = "", **more: Any) -> ClientError:
    kinds: dict[str, type[ClientError]] = {
        "ConditionalCheckFailedException": ConditionalCheckFailed,
        "ParameterNotFound": ParameterNotFound,
        "ParameterAlreadyExists": ParameterAlreadyExists,
    }
    answer: Any = {"Error": {"Code": code, "Message": message}, **more}
    return kinds.get(code, ClientError)(answer, operation)


def _only(request: Request, *known: str) -> None:
    unknown = request.keys() - set(known)
    if unknown:
        raise NotInMemory(f"parameters {sorted(unknown)}")


class Client:
    """What botocore calls a client: one method an operation, `exceptions`, `get_paginator`."""

    exceptions = SimpleNamespace(
        ConditionalCheckFailedException=ConditionalCheckFailed,
        ParameterNotFound=ParameterNotFound,
        ParameterAlreadyExists=ParameterAlreadyExists,
    )

    def __init__(self, memory: "Memory", service: object) -> None:
        self._memory = memory
        self._service = service

    def __getattr__(self, name: str) -> Callable[..., Any]:
        carry_out: Callable[[Request], Any] | None = getattr(self._service, name, None)
        if name.startswith("_") or carry_out is None:
            raise NotInMemory(f"{type(self._service).__name__}.{name}")
        operation = "".join(word.capitalize() for word in name.split("_"))

        def call(**request: Any) -> Any:
            def locked() -> Any:
                with self._memory.lock:
                    return carry_out(request)

            return self._memory.around(operation, locked)

        return call

    def get_paginator(self, name: str) -> SimpleNamespace:
        """Pages of an operation that answers with `LastEvaluatedKey`."""

        def paginate(**request: Any) -> Iterator[Any]:
            while True:
                answer = getattr(self, name)(**request)
                yield answer
                if "LastEvaluatedKey" not in answer:
                    return
                request["ExclusiveStartKey"] = answer["LastEvaluatedKey"]

        return SimpleNamespace(paginate=paginate)


class Memory:
    """One account of AWS. `fork` copies it in no time, so that a world is furnished once."""

    def __init__(self, *, page: int | None = None) -> None:
        """`page`: how many items a page of Query and Scan holds; DynamoDB's 1 MB is never reached here."""
        self.lock = threading.RLock()
        self.around: Around = lambda _operation, carry_out: carry_out()
        self.tables: dict[str, Table] = {}
        self.queues: dict[str, Queue] = {}
        self.parameters: dict[str, str] = {}
        self.mail: list[Request] = []
        self.page = page
        self.dynamodb: Any = Client(self, DynamoDB(self))
        self.sqs: Any = Client(self, SQS(self))
        self.ssm: Any = Client(self, SSM(self))
        self.ses: Any = Client(self, SES(self))
        self.sns: Any = Client(self, SNS())

    def fork(self) -> "Memory":
        """Another account that holds the same, and changes alone."""
        other = Memory(page=self.page)
        other.tables = {name: table.fork() for name, table in self.tables.items()}
        other.queues = {url: queue.fork() for url, queue in self.queues.items()}
        other.parameters = dict(self.parameters)
        other.mail = list(self.mail)
        return other

    def expire(self, now: datetime) -> int:
        """Take away what TTL takes away, at once; DynamoDB needs days. Answers how many items went."""
        gone = [
            (table, item["pk"]["S"], item["sk"]["S"])
            for table in self.tables.values()
            for item in table.all()
            if "ttl" in item and int(item["ttl"]["N"]) < now.timestamp()
        ]
        for table, pk, sk in gone:
            table.delete(pk, sk)
        return len(gone)


# --- DynamoDB: tables -------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Table:
    """Items by partition and sort key; each index knows who stands in it. An item is never changed, only replaced."""

    indexes: Mapping[str, tuple[str, str]]
    """Index: (its partition attribute, its sort attribute); all of them hold keys only."""
    partitions: dict[str, dict[str, Item]] = field(default_factory=dict)
    standing: dict[str, dict[str, dict[tuple[str, str], str]]] = field(default_factory=dict)
    """Index: partition: key of an item: where it stands."""

    def fork(self) -> "Table":
        return Table(
            self.indexes,
            {pk: dict(items) for pk, items in self.partitions.items()},
            {index: {pk: dict(keys) for pk, keys in parts.items()} for index, parts in self.standing.items()},
        )

    def get(self, pk: str, sk: str) -> Item | None:
        return self.partitions.get(pk, {}).get(sk)

    def put(self, pk: str, sk: str, item: Item) -> None:
        self._leave_indexes(pk, sk)
        self.partitions.setdefault(pk, {})[sk] = item
        for index, (partition, sort) in self.indexes.items():
            if partition in item and sort in item:
                place = self.standing.setdefault(index, {}).setdefault(item[partition]["S"], {})
                place[pk, sk] = item[sort]["S"]

    def delete(self, pk: str, sk: str) -> None:
        self._leave_indexes(pk, sk)
        items = self.partitions.get(pk, {})
        items.pop(sk, None)
        if not items:
            self.partitions.pop(pk, None)

    def all(self) -> Iterator[Item]:
        """Every item, by key."""
        return (items[sk] for _, items in sorted(self.partitions.items()) for sk in sorted(items))

    def _leave_indexes(self, pk: str, sk: str) -> None:
        before = self.get(pk, sk)
        for index, (partition, sort) in self.indexes.items():
            if before and partition in before and sort in before:
                del self.standing[index][before[partition]["S"]][pk, sk]


# --- DynamoDB: expressions --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Bound:
    """What an expression is evaluated on."""

    item: Item
    names: Mapping[str, str]
    values: Mapping[str, Value]

    def path(self, path: tuple[str, ...]) -> Value | None:
        """The attribute at a document path, None when there is none."""
        found: Value | None = {"M": self.item}
        for step in path:
            if found is None or "M" not in found:
                return None
            found = found["M"].get(self.name(step))
        return found

    def name(self, step: str) -> str:
        return self.names[step] if step.startswith("#") else step


type Operand = Callable[[Bound], Value | None]
type Condition = Callable[[Bound], bool]
type Deed = Callable[[Bound, dict[str, Value]], None]
"""Changes the item under construction, looking at the item as it was."""

_TOKEN = re.compile(r"\s*(<>|<=|>=|[=<>(),+\-.]|[#:]?[A-Za-z0-9_]+)")
_WORDS = {"SET", "ADD", "REMOVE", "DELETE"}


class _Parser:
    def __init__(self, expression: str) -> None:
        self.expression = expression
        self.tokens: list[str] = []
        end = 0
        while expression[end:].strip():
            match = _TOKEN.match(expression, end)
            if match is None:
                raise NotInMemory(f"expression {expression!r}")
            self.tokens.append(match[1])
            end = match.end()

    @property
    def next(self) -> str:
        return self.tokens[0] if self.tokens else ""

    def take(self, wanted: str = "") -> str:
        if not self.tokens or (wanted and self.next.upper() != wanted):
            raise NotInMemory(f"expression {self.expression!r} at {self.next!r}")
        return self.tokens.pop(0)

    def has(self, wanted: str) -> bool:
        if self.next.upper() != wanted:
            return False
        self.tokens.pop(0)
        return True

    # --- conditions ---

    def condition(self) -> Condition:
        found = self.either()
        if self.tokens:
            raise NotInMemory(f"expression {self.expression!r} at {self.next!r}")
        return found

    def either(self) -> Condition:
        first = self.both()
        while self.has("OR"):
            first = _or(first, self.both())
        return first

    def both(self) -> Condition:
        first = self.one()
        while self.has("AND"):
            first = _and(first, self.one())
        return first

    def one(self) -> Condition:
        if self.has("NOT"):
            inner = self.one()
            return lambda bound: not inner(bound)
        if self.has("("):
            nested = self.either()
            self.take(")")
            return nested
        if self.next in ("attribute_exists", "attribute_not_exists"):
            wanted = self.take() == "attribute_exists"
            (path,) = self.arguments()
            return lambda bound: (path(bound) is not None) == wanted
        if self.next in ("begins_with", "contains"):
            compare = _BEGINS if self.take() == "begins_with" else _CONTAINS
            left, right = self.arguments()
            return lambda bound: compare(left(bound), right(bound))
        return self.comparison()

    def comparison(self) -> Condition:
        left = self.operand()
        if self.has("BETWEEN"):
            low = self.operand()
            self.take("AND")
            high = self.operand()
            return lambda bound: _ORDER[">="](left(bound), low(bound)) and _ORDER["<="](left(bound), high(bound))
        if self.has("IN"):
            members = self.arguments()
            return lambda bound: any(_equal(left(bound), member(bound)) for member in members)
        compare = _ORDER[self.take()]
        right = self.operand()
        return lambda bound: compare(left(bound), right(bound))

    # --- operands ---

    def arguments(self) -> list[Operand]:
        self.take("(")
        found = [self.operand()]
        while self.has(","):
            found.append(self.operand())
        self.take(")")
        return found

    def operand(self) -> Operand:
        if self.next == "size":
            self.take()
            (sized,) = self.arguments()
            return lambda bound: _size(sized(bound))
        if self.next == "if_not_exists":
            self.take()
            there, otherwise = self.arguments()
            return lambda bound: otherwise(bound) if (value := there(bound)) is None else value
        if self.next.startswith(":"):
            alias = self.take()
            return lambda bound: bound.values[alias]
        path = self.path()
        return lambda bound: bound.path(path)

    def path(self) -> tuple[str, ...]:
        steps = [self.take()]
        while self.has("."):
            steps.append(self.take())
        if any(step[0] in ":(),<>=+-" for step in steps):
            raise NotInMemory(f"expression {self.expression!r} at {steps}")
        return tuple(steps)

    # --- updates ---

    def update(self) -> list[Deed]:
        deeds: list[Deed] = []
        while self.tokens:
            word = self.take().upper()
            if word not in _WORDS - {"DELETE"}:
                raise NotInMemory(f"update {self.expression!r} at {word!r}")
            deeds.append(self.deed(word))
            while self.has(","):
                deeds.append(self.deed(word))
        return deeds

    def deed(self, word: str) -> Deed:
        path = self.path()
        if word == "REMOVE":
            return lambda bound, item: _place(item, bound, path, None)
        if word == "ADD":
            more = self.operand()
            return lambda bound, item: _place(item, bound, path, _added(bound.path(path), more(bound)))
        self.take("=")
        first = self.operand()
        if self.has("+"):
            second = self.operand()
            return lambda bound, item: _place(item, bound, path, _sum(first(bound), second(bound)))
        return lambda bound, item: _place(item, bound, path, _there(first(bound)))


def _and(left: Condition, right: Condition) -> Condition:
    return lambda bound: left(bound) and right(bound)


def _or(left: Condition, right: Condition) -> Condition:
    return lambda bound: left(bound) or right(bound)


def _there(value: Value | None) -> Value:
    if value is None:
        raise _refused("ValidationException", "UpdateItem", "an operand refers to an attribute that does not exist")
    return value


def _sum(left: Value | None, right: Value | None) -> Value:
    left, right = _there(left), _there(right)
    if "N" not in left or "N" not in right:
        raise _refused("ValidationException", "UpdateItem", "an operand has an incorrect data type")
    return {"N": str(Decimal(left["N"]) + Decimal(right["N"]))}


def _added(known: Value | None, more: Value | None) -> Value:
    """What ADD makes of a number, or of a set of numbers or texts."""
    for kind in ("NS", "SS"):
        if more is not None and kind in more and (known is None or kind in known):
            return {kind: sorted({*(known or {kind: ()})[kind], *more[kind]})}
    return _sum(known or {"N": "0"}, more)


def _place(item: dict[str, Value], bound: Bound, path: tuple[str, ...], value: Value | None) -> None:
    """Put a value at a document path, copying the maps on the way; None removes what stands there."""
    here: dict[str, Any] = item
    for step in path[:-1]:
        name = bound.name(step)
        if "M" not in here.get(name, {}):
            raise _refused("ValidationException", "UpdateItem", "the document path is invalid for update")
        here[name] = {"M": dict(here[name]["M"])}
        here = here[name]["M"]
    if value is None:
        here.pop(bound.name(path[-1]), None)
    else:
        here[bound.name(path[-1])] = value


def _plain(value: Value) -> tuple[str, Any]:
    ((kind, content),) = value.items()
    return kind, Decimal(content) if kind == "N" else content


def _equal(left: Value | None, right: Value | None) -> bool:
    return left is not None and right is not None and _plain(left) == _plain(right)


def _ordered(compare: Callable[[Any, Any], bool]) -> Callable[[Value | None, Value | None], bool]:
    def check(left: Value | None, right: Value | None) -> bool:
        if left is None or right is None:
            return False
        (one, a), (other, b) = _plain(left), _plain(right)
        return one == other and one in _ORDERED and compare(a, b)

    return check


_ORDER: Mapping[str, Callable[[Value | None, Value | None], bool]] = {
    "=": _equal,
    "<>": lambda left, right: not _equal(left, right),
    "<": _ordered(lambda a, b: a < b),
    "<=": _ordered(lambda a, b: a <= b),
    ">": _ordered(lambda a, b: a > b),
    ">=": _ordered(lambda a, b: a >= b),
}
_BEGINS = _ordered(lambda whole, start: whole.startswith(start))


def _CONTAINS(whole: Value | None, part: Value | None) -> bool:  # noqa: N802  beside _BEGINS
    if whole is None or part is None:
        return False
    (kind, content), (other, wanted) = _plain(whole), _plain(part)
    return (kind == other == "S" and wanted in content) or (kind == f"{other}S" and wanted in content)


def _size(value: Value | None) -> Value | None:
    return None if value is None else {"N": str(len(next(iter(value.values()))))}


@lru_cache(maxsize=4096)
def _condition(expression: str) -> Condition:
    return _Parser(expression).condition()


@lru_cache(maxsize=4096)
def _update(expression: str) -> list[Deed]:
    return _Parser(expression).update()


def _bound(item: Item | None, request: Request) -> Bound:
    return Bound(item or {}, request.get("ExpressionAttributeNames", {}), request.get("ExpressionAttributeValues", {}))


# --- DynamoDB: operations ---------------------------------------------------------------------------------------

_EXPRESSIONS = ("ExpressionAttributeNames", "ExpressionAttributeValues")
_WRITES = ("TableName", "ConditionExpression", "ReturnValuesOnConditionCheckFailure", "ReturnValues", *_EXPRESSIONS)


@dataclass(slots=True)
class DynamoDB:
    """The operations, as the API reference of DynamoDB describes them."""

    memory: Memory

    def create_table(self, request: Request) -> Any:
        _only(request, "TableName", "AttributeDefinitions", "KeySchema", "GlobalSecondaryIndexes", "BillingMode")
        indexes = {
            index["IndexName"]: (index["KeySchema"][0]["AttributeName"], index["KeySchema"][1]["AttributeName"])
            for index in request.get("GlobalSecondaryIndexes", ())
        }
        if any(
            index["Projection"]["ProjectionType"] != "KEYS_ONLY" for index in request.get("GlobalSecondaryIndexes", ())
        ):
            raise NotInMemory("an index that projects more than keys")
        self.memory.tables[request["TableName"]] = Table(indexes)
        return {"TableDescription": {"TableArn": f"arn:aws:dynamodb:::table/{request['TableName']}"}}

    def update_time_to_live(self, request: Request) -> Any:
        if request["TimeToLiveSpecification"] != {"AttributeName": "ttl", "Enabled": True}:
            raise NotInMemory("a time to live that is not `ttl`")
        return {}

    def delete_table(self, request: Request) -> Any:
        del self.memory.tables[request["TableName"]]
        return {}

    def get_item(self, request: Request) -> Any:
        _only(request, "TableName", "Key", "ConsistentRead", "ProjectionExpression", *_EXPRESSIONS)
        item = self._table(request).get(*_key(request["Key"]))
        return {} if item is None else {"Item": _projected(item, request)}

    def batch_get_item(self, request: Request) -> Any:
        _only(request, "RequestItems")
        if sum(len(wanted["Keys"]) for wanted in request["RequestItems"].values()) > MOST_IN_READ:
            raise _refused("ValidationException", "BatchGetItem", "too many items requested")
        found: dict[str, list[Item]] = {}
        for name, wanted in request["RequestItems"].items():
            _only(wanted, "Keys", "ConsistentRead", "ProjectionExpression", "ExpressionAttributeNames")
            keys = [_key(key) for key in wanted["Keys"]]
            if len(set(keys)) < len(keys):
                raise _refused("ValidationException", "BatchGetItem", "provided list of item keys contains duplicates")
            items = (self.memory.tables[name].get(*key) for key in keys)
            found[name] = [_projected(item, wanted) for item in items if item is not None]
        return {"Responses": found, "UnprocessedKeys": {}}

    def query(self, request: Request) -> Any:
        _only(
            request,
            *("TableName", "IndexName", "KeyConditionExpression", "FilterExpression", "ProjectionExpression", "Limit"),
            *("ExclusiveStartKey", "ScanIndexForward", "ConsistentRead", "Select", *_EXPRESSIONS),
        )
        table, index = self._table(request), request.get("IndexName")
        partition, sort = table.indexes[index] if index else ("pk", "sk")
        wanted = _partition(request, partition)
        condition = _condition(request["KeyConditionExpression"])
        if index:
            standing = table.standing.get(index, {}).get(wanted, {})
            rows: Iterable[tuple[str, str, str, Item]] = [
                (at, pk, sk, {partition: {"S": wanted}, sort: {"S": at}, "pk": {"S": pk}, "sk": {"S": sk}})
                for (pk, sk), at in standing.items()
            ]
        else:
            rows = [(sk, wanted, sk, item) for sk, item in table.partitions.get(wanted, {}).items()]
        found = (row for row in rows if condition(_bound(row[3], request)))
        return self._paged(found, request, sort, index)

    def scan(self, request: Request) -> Any:
        _only(
            request,
            *("TableName", "FilterExpression", "ProjectionExpression", "Limit", "ExclusiveStartKey", "ConsistentRead"),
            *_EXPRESSIONS,
        )
        rows = ((item["pk"]["S"], item["pk"]["S"], item["sk"]["S"], item) for item in self._table(request).all())
        return self._paged(rows, request, "pk", None)

    def _paged(self, rows: Iterable[tuple[str, str, str, Item]], request: Request, sort: str, index: str | None) -> Any:
        """One page in order; what a filter leaves out was read all the same, and counts in the page."""
        forward, start = request.get("ScanIndexForward", True), request.get("ExclusiveStartKey")
        if start is not None:
            after = (start[sort]["S"], start["pk"]["S"], start["sk"]["S"])
            rows = (row for row in rows if (row[:3] > after if forward else row[:3] < after))
        # Whoever limits a page asks for less than 1 MB: only the others learn to turn pages here.
        sizes = [size for size in (request.get("Limit", self.memory.page),) if size is not None]
        if sizes:
            take = heapq.nsmallest if forward else heapq.nlargest
            page = take(min(sizes) + 1, rows, key=_order)
        else:
            page = sorted(rows, key=_order, reverse=not forward)
        answer: dict[str, Any] = {}
        if sizes and len(page) > min(sizes):
            page = page[: min(sizes)]
            last = page[-1]
            answer["LastEvaluatedKey"] = {"pk": {"S": last[1]}, "sk": {"S": last[2]}}
            if index:
                answer["LastEvaluatedKey"] |= {name: last[3][name] for name in self._table(request).indexes[index]}
        items = [row[3] for row in page]
        if "FilterExpression" in request:
            kept = _condition(request["FilterExpression"])
            items = [item for item in items if kept(_bound(item, request))]
        return answer | {"Items": [_projected(item, request) for item in items], "Count": len(items)}

    def put_item(self, request: Request) -> Any:
        _only(request, "Item", *_WRITES)
        return self._write("PutItem", request, self._put(request))

    def update_item(self, request: Request) -> Any:
        _only(request, "Key", "UpdateExpression", *_WRITES)
        return self._write("UpdateItem", request, self._updated(request))

    def delete_item(self, request: Request) -> Any:
        _only(request, "Key", *_WRITES)
        return self._write("DeleteItem", request, None)

    def _write(self, operation: str, request: Request, after: Item | None) -> Any:
        before = self._before(request)
        if not self._holds(request, before):
            old = {"Item": before} if before and "ReturnValuesOnConditionCheckFailure" in request else {}
            raise _refused("ConditionalCheckFailedException", operation, "the conditional request failed", **old)
        self._keep(request, after)
        wanted = request.get("ReturnValues", "NONE")
        if wanted not in ("NONE", "ALL_OLD", "ALL_NEW"):
            raise NotInMemory(f"ReturnValues {wanted}")
        answer = {"ALL_OLD": before, "ALL_NEW": after}.get(wanted)
        return {"Attributes": answer} if answer else {}

    def batch_write_item(self, request: Request) -> Any:
        _only(request, "RequestItems")
        if sum(len(entries) for entries in request["RequestItems"].values()) > MOST_IN_WRITE:
            raise _refused("ValidationException", "BatchWriteItem", "too many items")
        for name, entries in request["RequestItems"].items():
            singles = [{"TableName": name, **next(iter(entry.values()))} for entry in entries]
            keys = [_key(single.get("Key") or single["Item"]) for single in singles]
            if len(set(keys)) < len(keys):
                raise _refused(
                    "ValidationException", "BatchWriteItem", "provided list of item keys contains duplicates"
                )
            for single in singles:
                self._keep(single, self._put(single) if "Item" in single else None)
        return {"UnprocessedItems": {}}

    def transact_write_items(self, request: Request) -> Any:
        _only(request, "TransactItems")
        entries = [next(iter(entry.items())) for entry in request["TransactItems"]]
        places = [(single["TableName"], _key(single.get("Key") or single["Item"])) for _, single in entries]
        if len(entries) > MOST_IN_TRANSACTION or len(set(places)) < len(places):
            raise _refused("ValidationException", "TransactWriteItems", "one operation an item, a hundred at most")
        reasons: list[dict[str, Any]] = []
        for _, single in entries:
            before = self._before(single)
            if self._holds(single, before):
                reasons.append({"Code": "None"})
            else:
                old = {"Item": before} if before and "ReturnValuesOnConditionCheckFailure" in single else {}
                reasons.append({"Code": "ConditionalCheckFailed", "Message": "the conditional request failed", **old})
        if any(reason["Code"] != "None" for reason in reasons):
            raise _refused("TransactionCanceledException", "TransactWriteItems", CancellationReasons=reasons)
        after = [self._after(kind, single) for kind, single in entries]
        for (kind, single), item in zip(entries, after, strict=True):
            if kind != "ConditionCheck":
                self._keep(single, item)
        return {}

    def _after(self, kind: str, single: Request) -> Item | None:
        if kind == "Put":
            return self._put(single)
        return self._updated(single) if kind == "Update" else None

    def _table(self, request: Request) -> Table:
        try:
            return self.memory.tables[request["TableName"]]
        except KeyError as missing:
            raise _refused("ResourceNotFoundException", "DynamoDB", "requested resource not found") from missing

    def _before(self, request: Request) -> Item | None:
        return self._table(request).get(*_key(request.get("Key") or request["Item"]))

    @staticmethod
    def _holds(request: Request, before: Item | None) -> bool:
        condition = request.get("ConditionExpression")
        return condition is None or _condition(condition)(_bound(before, request))

    @staticmethod
    def _put(request: Request) -> Item:
        item = dict(request["Item"])
        if any(value == "" for name in ("pk", "sk") for value in item[name].values()):
            raise _refused("ValidationException", "PutItem", "a key attribute cannot be an empty string")
        return _small_enough(item)

    def _updated(self, request: Request) -> Item:
        before = self._before(request)
        item: dict[str, Value] = dict(before) if before else dict(request["Key"])
        bound = _bound(before, request)
        for deed in _update(request["UpdateExpression"]):
            deed(bound, item)
        return _small_enough(item)

    def _keep(self, request: Request, item: Item | None) -> None:
        key = _key(request.get("Key") or request["Item"])
        if item is None:
            self._table(request).delete(*key)
        else:
            self._table(request).put(*key, item)


def _key(key: Item) -> tuple[str, str]:
    return key["pk"]["S"], key["sk"]["S"]


def _order(row: tuple[str, str, str, Item]) -> tuple[str, str, str]:
    return row[:3]


_FIRST = re.compile(r"\s*(#?\w+)\s*=\s*(:\w+)")


def _partition(request: Request, attribute: str) -> str:
    """The partition that a query names first."""
    match = _FIRST.match(request["KeyConditionExpression"])
    named = request.get("ExpressionAttributeNames", {}).get(match[1], match[1]) if match else None
    if match is None or named != attribute:
        raise NotInMemory(f"key condition {request['KeyConditionExpression']!r}")
    partition: str = request["ExpressionAttributeValues"][match[2]]["S"]
    return partition


def _projected(item: Item, request: Request) -> Item:
    wanted = request.get("ProjectionExpression")
    if wanted is None:
        return item
    names = request.get("ExpressionAttributeNames", {})
    kept = {names.get(name.strip(), name.strip()) for name in wanted.split(",")}
    return {name: value for name, value in item.items() if name in kept}


def _small_enough(item: Item) -> Item:
    # Only what comes near the limit is measured: an item of a few attributes never does.
    if sum(len(next(iter(value.values()))) for value in item.values() if "S" in value or "B" in value) > LARGEST_ITEM:
        raise _refused("ValidationException", "PutItem", "item size has exceeded the maximum allowed size")
    return item


# --- SQS --------------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Message:
    """A message, when it may be seen again, and how often it was."""

    id: str
    body: str
    visible_at: datetime
    received: int = 0
    receipt: str = ""


@dataclass(slots=True)
class Queue:
    """Messages in the order they came; a standard queue promises no order, whoever wants none shuffles them."""

    visibility: timedelta
    dead_letters: str = ""
    """The address of the queue that takes what came back too often."""
    most_received: int = 0
    messages: list[Message] = field(default_factory=list)
    sent: int = 0

    def fork(self) -> "Queue":
        messages = [Message(m.id, m.body, m.visible_at, m.received, m.receipt) for m in self.messages]
        return Queue(self.visibility, self.dead_letters, self.most_received, messages, self.sent)


@dataclass(slots=True)
class SQS:
    """The operations of a standard queue; its time is `tribune.clock`'s."""

    memory: Memory

    def create_queue(self, request: Request) -> Any:
        given = request.get("Attributes", {})
        url = f"https://sqs.test/{request['QueueName']}"
        queue = Queue(timedelta(seconds=int(given.get("VisibilityTimeout", 30))))
        if "RedrivePolicy" in given:
            policy = json.loads(given["RedrivePolicy"])
            queue.dead_letters = f"https://sqs.test/{policy['deadLetterTargetArn'].rsplit(':', 1)[1]}"
            queue.most_received = int(policy["maxReceiveCount"])
        self.memory.queues[url] = queue
        return {"QueueUrl": url}

    def delete_queue(self, request: Request) -> Any:
        del self.memory.queues[request["QueueUrl"]]
        return {}

    def send_message(self, request: Request) -> Any:
        _only(request, "QueueUrl", "MessageBody", "DelaySeconds")
        _fits([request["MessageBody"]], "SendMessage")
        self._add(request["QueueUrl"], request["MessageBody"], request.get("DelaySeconds", 0))
        return {}

    def send_message_batch(self, request: Request) -> Any:
        _only(request, "QueueUrl", "Entries")
        entries = request["Entries"]
        if not 0 < len(entries) <= MOST_MESSAGES or len({entry["Id"] for entry in entries}) < len(entries):
            raise _refused("AWS.SimpleQueueService.TooManyEntriesInBatchRequest", "SendMessageBatch")
        _fits([entry["MessageBody"] for entry in entries], "SendMessageBatch")
        for entry in entries:
            _only(entry, "Id", "MessageBody", "DelaySeconds")
            self._add(request["QueueUrl"], entry["MessageBody"], entry.get("DelaySeconds", 0))
        return {"Successful": [{"Id": entry["Id"]} for entry in entries]}

    def receive_message(self, request: Request) -> Any:
        _only(request, "QueueUrl", "MaxNumberOfMessages", "WaitTimeSeconds")
        queue, now = self._queue(request), clock.now()
        seen: list[Message] = []
        for message in list(queue.messages):
            if message.visible_at > now or len(seen) == request.get("MaxNumberOfMessages", 1):
                continue
            if queue.most_received and message.received >= queue.most_received:
                queue.messages.remove(message)
                self.memory.queues[queue.dead_letters].messages.append(message)
                message.visible_at = now
                continue
            message.received += 1
            message.visible_at = now + queue.visibility
            message.receipt = f"{message.id}#{message.received}"
            seen.append(message)
        return {"Messages": [{"MessageId": m.id, "Body": m.body, "ReceiptHandle": m.receipt} for m in seen]}

    def delete_message(self, request: Request) -> Any:
        _only(request, "QueueUrl", "ReceiptHandle")
        queue = self._queue(request)
        # The receipt of an earlier delivery still deletes: SQS promises neither that it does nor that it does not.
        gone = request["ReceiptHandle"].split("#")[0]
        queue.messages = [message for message in queue.messages if message.id != gone]
        return {}

    def change_message_visibility(self, request: Request) -> Any:
        _only(request, "QueueUrl", "ReceiptHandle", "VisibilityTimeout")
        for message in self._queue(request).messages:
            if message.id == request["ReceiptHandle"].split("#")[0]:
                message.visible_at = clock.now() + timedelta(seconds=request["VisibilityTimeout"])
        return {}

    def get_queue_attributes(self, request: Request) -> Any:
        _only(request, "QueueUrl", "AttributeNames")
        queue, now = self._queue(request), clock.now()
        waiting = sum(message.visible_at <= now for message in queue.messages)
        counted = {
            "ApproximateNumberOfMessages": str(waiting),
            "ApproximateNumberOfMessagesNotVisible": str(len(queue.messages) - waiting),
        }
        return {"Attributes": {name: counted[name] for name in request["AttributeNames"]}}

    def purge_queue(self, request: Request) -> Any:
        _only(request, "QueueUrl")
        self._queue(request).messages.clear()
        return {}

    def _add(self, url: str, body: str, delay_s: int) -> None:
        queue = self.memory.queues[url]
        queue.sent += 1
        name = f"{url.rsplit('/', 1)[1]}-{queue.sent}"
        queue.messages.append(Message(name, body, clock.now() + timedelta(seconds=delay_s)))

    def _queue(self, request: Request) -> Queue:
        return self.memory.queues[request["QueueUrl"]]


def _fits(bodies: Iterable[str], operation: str) -> None:
    if sum(len(body.encode()) for body in bodies) > LARGEST_REQUEST:
        raise _refused("AWS.SimpleQueueService.BatchRequestTooLong", operation)


# --- SSM, SES, SNS ----------------------------------------------------------------------------------------------


@dataclass(slots=True)
class SSM:
    """Parameters by name."""

    memory: Memory

    def get_parameter(self, request: Request) -> Any:
        _only(request, "Name", "WithDecryption")
        if request["Name"] not in self.memory.parameters:
            raise _refused("ParameterNotFound", "GetParameter")
        return {"Parameter": {"Value": self.memory.parameters[request["Name"]]}}

    def put_parameter(self, request: Request) -> Any:
        _only(request, "Name", "Value", "Type", "Overwrite")
        if request["Name"] in self.memory.parameters and not request["Overwrite"]:
            raise _refused("ParameterAlreadyExists", "PutParameter")
        self.memory.parameters[request["Name"]] = request["Value"]
        return {}

    def delete_parameters(self, request: Request) -> Any:
        _only(request, "Names")
        for name in request["Names"]:
            self.memory.parameters.pop(name, None)
        return {}


@dataclass(slots=True)
class SES:
    """What was mailed."""

    memory: Memory

    def send_raw_email(self, request: Request) -> Any:
        _only(request, "Source", "Destinations", "RawMessage")
        self.memory.mail.append(request)
        return {"MessageId": str(len(self.memory.mail))}


class SNS:
    """Topics have an address; what CloudWatch says there is none of ours."""

    @staticmethod
    def create_topic(request: Request) -> Any:
        return {"TopicArn": f"arn:aws:sns:::{request['Name']}"}
