"""What DynamoDB would have charged for the requests that moto answers: units by AWS's rules, from the items themselves.

moto reports constants whatever the size. Here each request is looked at with the items as they are before and after
it, under the lock that makes every request atomic.
"""

import base64
import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from moto.dynamodb.models import DynamoDBBackend, dynamodb_backends
from moto.dynamodb.models.dynamo_type import DynamoType, Item
from moto.dynamodb.models.table import Table
from moto.dynamodb.responses import DynamoHandler

from bench.cost import STORED_PER_ITEM, Typed, index_write_units, item_bytes, read_units, write_units
from local import moto_patch
from local.resources import ACCOUNT
from tribune.aws import keys

_IN_TRANSACTION = 2
"""Each item of a transaction is written twice: to prepare and to commit."""
_READS = ("GetItem", "BatchGetItem", "Query")

type _Place = tuple[str, str, str]
"""(table, pk, sk)."""


@dataclass(slots=True)
class Units:
    """What one function used."""

    reads: Counter[str] = field(default_factory=Counter)
    """Operation -> halves of a read unit: an eventually consistent read takes one."""
    writes: Counter[str] = field(default_factory=Counter)
    """Item type (`head`, `author`… of the table of keys) or index (`due index`) -> write units."""
    written: Counter[str] = field(default_factory=Counter)
    """Item type -> how often one was written."""
    indexed: Counter[str] = field(default_factory=Counter)
    """Item type -> those of the units of indexes that writing it took."""

    @property
    def read_units(self) -> float:
        """All of them."""
        return self.reads.total() / 2

    @property
    def write_units(self) -> int:
        """All of them, those of indexes included."""
        return self.writes.total()


class Meter:
    """Units by function, since it was made or cleared."""

    def __init__(self, region: str, function_of: Callable[[str], str]) -> None:
        """`function_of` knows the functions by their access keys."""
        self._region, self._function_of = region, function_of
        self.used: defaultdict[str, Units] = defaultdict(Units)

    def clear(self) -> None:
        """Begin anew."""
        self.used.clear()

    def stored_bytes(self, table: str) -> int:
        """What a table takes, its indexes and DynamoDB's overhead included."""
        with moto_patch.LOCK:
            found = self._backend.tables[table]
            entries = [_typed(item) for item in found.all_items()]
        indexes = _indexes(found).values()
        indexed = [entry for item in entries for index in indexes if (entry := _entry(item, index)) is not None]
        return sum(item_bytes(one) + STORED_PER_ITEM for one in (*entries, *indexed))

    @contextmanager
    def installed(self) -> Iterator[None]:
        """Count every request while the block runs."""
        original = DynamoHandler.call_action
        setattr(DynamoHandler, "call_action", self._counting(original))  # noqa: B010  to mypy a method
        try:
            yield
        finally:
            setattr(DynamoHandler, "call_action", original)  # noqa: B010  as above

    @property
    def _backend(self) -> DynamoDBBackend:
        return dynamodb_backends[ACCOUNT][self._region]

    def _counting(self, call: Callable[[DynamoHandler], Any]) -> Callable[[DynamoHandler], Any]:
        def counted(handler: DynamoHandler) -> Any:
            operation = str(handler._get_action())  # noqa: SLF001  moto says it nowhere else
            told: Mapping[str, Any] = handler.params  # as moto parsed it
            units = self.used[self._function_of(handler.get_access_key())]
            with moto_patch.LOCK:
                places = _written(operation, told)
                before = [self._item(place) for place in places]
                try:
                    answer = call(handler)
                finally:
                    # A write whose condition failed has cost as much.
                    self._note_writes(units, operation, places, before)
                if operation in _READS:
                    units.reads[operation] += round(2 * self._read_units(operation, told, json.loads(answer[2])))
            return answer

        return counted

    def _item(self, place: _Place) -> Typed | None:
        table = self._backend.tables[place[0]]
        item = table.get_item(DynamoType({"S": place[1]}), DynamoType({"S": place[2]}))
        return None if item is None else _typed(item)

    def _note_writes(self, units: Units, operation: str, places: list[_Place], before: list[Typed | None]) -> None:
        times = _IN_TRANSACTION if operation == "TransactWriteItems" else 1
        for place, was in zip(places, before, strict=True):
            now, kind = self._item(place), _type(place)
            units.written[kind] += 1
            units.writes[kind] += times * write_units(was, now)
            for name, attributes in _indexes(self._backend.tables[place[0]]).items():
                taken = index_write_units(_entry(was, attributes), _entry(now, attributes))
                units.writes[f"{name} index"] += taken
                units.indexed[kind] += taken

    def _read_units(self, operation: str, told: Mapping[str, Any], answer: Mapping[str, Any]) -> float:
        units = 0.0
        if operation == "Query":
            index = told.get("IndexName")
            found = [item if index else self._item(_place(told["TableName"], item)) for item in answer["Items"]]
            sizes = [item_bytes(item or {}) for item in found]
            units = read_units(sizes, consistent=told.get("ConsistentRead", False), together=True)
        for table, wanted, consistent in _asked(operation, told):
            sizes = [item_bytes(self._item(_place(table, key)) or {}) for key in wanted]
            units += read_units(sizes, consistent=consistent)
        return units


def _asked(operation: str, told: Mapping[str, Any]) -> Iterator[tuple[str, list[Typed], bool]]:
    """(table, keys, consistently) of every read by key."""
    if operation == "GetItem":
        yield told["TableName"], [told["Key"]], told.get("ConsistentRead", False)
    elif operation == "BatchGetItem":
        for table, request in told["RequestItems"].items():
            yield table, request["Keys"], request.get("ConsistentRead", False)


def _written(operation: str, told: Mapping[str, Any]) -> list[_Place]:
    """What a request writes."""
    match operation:
        case "PutItem":
            return [_place(told["TableName"], told["Item"])]
        case "UpdateItem" | "DeleteItem":
            return [_place(told["TableName"], told["Key"])]
        case "BatchWriteItem":
            return [_place(table, _keyed(one)) for table, some in told["RequestItems"].items() for one in some]
        case "TransactWriteItems":
            return [_place(next(iter(item.values()))["TableName"], _keyed(item)) for item in told["TransactItems"]]
    return []


def _keyed(request: Mapping[str, Any]) -> Typed:
    """The item or the key of `{"Put": …}`, `{"Update": …}`, `{"DeleteRequest": …}`."""
    ((_, told),) = request.items()
    found: Typed = told.get("Item") or told["Key"]
    return found


def _type(place: _Place) -> str:
    """The table of keys names a table by its kind: `…-JournalTable` is `journal`."""
    kind = place[0].rpartition("-")[2].removesuffix("Table").lower()
    known = keys.type_of(kind, place[1], place[2])
    return known.name if known else "unknown"


def _place(table: str, key: Typed) -> _Place:
    return table, key["pk"]["S"], key["sk"]["S"]


def _indexes(table: Table) -> dict[str, tuple[str, ...]]:
    """Index -> what of an item stands in it: every index of ours projects keys only."""
    return {
        index.name: (*table.table_key_attrs, *(key["AttributeName"] for key in index.schema))
        for index in table.all_indexes()
    }


def _entry(item: Typed | None, attributes: tuple[str, ...]) -> Typed | None:
    if item is None or any(name not in item for name in attributes):
        return None
    return {name: item[name] for name in attributes}


def _typed(item: Item) -> Typed:
    return {name: _value(value) for name, value in item.attrs.items()}


def _value(value: DynamoType) -> dict[str, Any]:
    content = value.value
    if value.type == "M":
        content = {name: _value(one) for name, one in content.items()}
    elif value.type == "L":
        content = [_value(one) for one in content]
    elif value.type == "B" and isinstance(content, str):
        content = base64.b64decode(content)
    return {value.type: content}
