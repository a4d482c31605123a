"""What moto needs before it can stand for AWS here.

- one lock around every DynamoDB and SQS action: moto's server is threaded, its models are not thread-safe;
- `TransactWriteItems` undoes what it touched instead of copying whole tables, and honours `ClientRequestToken`;
- `Query` looks at one partition of the table or of the index, instead of at every item;
- an item's size is summed once when it is made, not once per attribute;
- some attributes of an item are taken as they stand: moto wrote the whole item as JSON once for each of them;
- a queue does not count all its messages for each one that is sent or received;
- update expressions are validated in one pass each, and answers about items are written as they are: both took
  longer than all the rest;
- time is whatever `tribune.clock` says (visibility, delays, retention), and `expire` does what TTL does.

Not simulated: TransactionConflict (calls are serialised), capacity figures, stream records of an undone transaction.
"""

import base64
import copy
import hashlib
import inspect
import json
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from typing import Any
from weakref import WeakKeyDictionary

import moto.core.utils
import moto.sqs.models
from moto.core.responses import ActionResult
from moto.dynamodb.exceptions import DynamodbException, ItemSizeTooLarge
from moto.dynamodb.models import DynamoDBBackend, dynamodb_backends
from moto.dynamodb.models.dynamo_type import DynamoType, Item, LimitedSizeDict
from moto.dynamodb.models.table import Table
from moto.dynamodb.parsing.ast_nodes import DepthFirstTraverser, Node  # type: ignore[attr-defined]  # moto types none of it
from moto.dynamodb.parsing.validators import ActionCountValidator, OverlappingPathsValidator
from moto.dynamodb.responses import DynamoHandler
from moto.sqs.models import Message, Queue, SQSBackend
from moto.sqs.responses import SQSResponse

from tribune import clock

LOCK = threading.RLock()
"""Held during every DynamoDB and SQS action, and by whoever looks at moto's memory directly."""

TOKEN_LIVES_S = 600
"""How long DynamoDB remembers a ClientRequestToken."""

ITEM_LIMIT = 405_000
"""moto's own figure for the 400 KB limit of an item."""

type Plain = tuple[str, Any]
type ItemKey = tuple[Plain, Plain | None]


def apply() -> None:
    """Patch moto; once per process is enough, again is harmless. Call it before the first request."""
    if Table.query.__module__ == __name__:
        return
    moto.core.utils.utcnow = _utcnow
    setattr(moto.sqs.models, "unix_time_millis", _milliseconds)  # noqa: B010  moto exports it to nobody
    _count_when_asked(Queue)
    _replace(SQSBackend, "is_message_valid_based_on_retention_period", lambda _: _is_retained)
    for responses in (DynamoHandler, SQSResponse):
        _replace(responses, "call_action", _serial)
    _replace(DynamoHandler, "transact_write_items", _once_per_token)
    _replace(DynamoDBBackend, "transact_write_items", _undoing)
    _replace(DynamoDBBackend, "update_item", _then_reindex_updated)
    _replace(Table, "put_item", _then_reindex_put)
    _replace(Table, "delete_item", _then_reindex_deleted)
    _replace(Table, "query", _in_one_partition)
    _replace(Table, "all_items", _only_that_partition)
    Table.__deepcopy__ = _table_deepcopy  # type: ignore[attr-defined]  # moto gives it none
    _replace(Item, "__init__", lambda _: _item_of)
    _replace(Item, "project", _by_name)
    _replace(DynamoHandler, "serialized", _as_it_is)
    _replace(DepthFirstTraverser, "nodes_to_be_processed", _asked_once)
    _replace(ActionCountValidator, "traverse", lambda _: lambda self, node: self.verify_action_counts(node))
    _replace(OverlappingPathsValidator, "traverse", lambda _: lambda self, node: self.check_for_overlapping_paths(node))
    Node.__deepcopy__ = _node_deepcopy


def expire(account: str, region: str) -> int:
    """Delete what TTL would have deleted by now; how many items that were."""
    now = clock.now().timestamp()
    gone = 0
    with LOCK:
        for table in dynamodb_backends[account][region].tables.values():
            attribute = table.ttl.get("AttributeName")
            if attribute is None or table.ttl["TimeToLiveStatus"] != "ENABLED":
                continue
            for item in table.all_items():
                ttl = item.attrs.get(attribute)
                if ttl is not None and ttl.type == "N" and float(ttl.value) < now:
                    table.delete_item(item.hash_key, item.range_key)
                    gone += 1
    return gone


def indexed(table: Table, index_name: str) -> list[Item]:
    """Every item that stands in a secondary index; hold LOCK."""
    partitions = _partitions_of(table).items
    return [item for (name, _), found in partitions.items() if name == index_name for item in found.values()]


def _utcnow() -> Any:
    return clock.now().replace(tzinfo=None)


def _milliseconds(_moment: datetime | None = None) -> float:
    return clock.now().timestamp() * 1000


def _count_when_asked(queue: type) -> None:
    count = vars(queue)["attributes"].fget
    setattr(queue, "attributes", property(lambda self: _Attributes(self, count)))  # noqa: B010  a property, to mypy a method


class _Attributes(Mapping[str, Any]):
    """A queue's attributes. moto asks each time whether a standard queue is a FIFO one: nothing is counted for that."""

    def __init__(self, queue: Queue, count: Callable[[Queue], dict[str, Any]]) -> None:
        self._queue, self._count = queue, count
        self._counted: dict[str, Any] | None = None

    def _all(self) -> dict[str, Any]:
        if self._counted is None:
            self._counted = self._count(self._queue)
        return self._counted

    def get(self, key: str, default: Any = None) -> Any:
        if not self._queue.fifo_queue and key in Queue.FIFO_ATTRIBUTES:
            return default
        return self._all().get(key, default)

    def __getitem__(self, key: str) -> Any:
        return self._all()[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._all())

    def __len__(self) -> int:
        return len(self._all())


def _is_retained(backend: SQSBackend, queue_name: str, message: Message) -> bool:
    retained_s = float(backend.queues[queue_name].message_retention_period)  # type: ignore[attr-defined]  # set by name
    sent: float = message.sent_timestamp  # type: ignore[assignment]  # a number once it is sent
    return sent + retained_s * 1000 > _milliseconds()


# --- what takes long -----------------------------------------------------------------------------------

_ABOUT_ITEMS = frozenset(
    {
        "GetItem",
        "PutItem",
        "UpdateItem",
        "DeleteItem",
        "Query",
        "Scan",
        "BatchGetItem",
        "BatchWriteItem",
        "TransactGetItems",
        "TransactWriteItems",
    }
)


def _as_it_is(serialized: Callable[..., Any]) -> Callable[..., Any]:
    """What these operations answer is DynamoDB's own JSON already; moto would look each attribute up in the model."""

    def direct(self: DynamoHandler, action_result: ActionResult) -> Any:
        content = action_result.result
        if self._get_action() not in _ABOUT_ITEMS or not isinstance(content, dict):
            return serialized(self, action_result)
        body = json.dumps({name: value for name, value in content.items() if value is not None}, default=_base64)
        return 200, {"Content-Type": "application/x-amz-json-1.0", **self.response_headers}, body

    return direct


def _base64(value: Any) -> str:
    if isinstance(value, bytes):
        return base64.b64encode(value).decode("ascii")
    raise TypeError(f"{type(value).__name__} is no part of an item")


def _asked_once(nodes: Callable[..., Any]) -> Callable[..., Any]:
    """Moto calls this its cached accessor, and works it out for every node."""

    def nodes_to_be_processed(self: Any) -> Any:
        if "_nodes" not in vars(self):
            self._nodes = nodes(self)
        return self._nodes

    return nodes_to_be_processed


def _node_deepcopy(node: Node, memo: dict[int, Any]) -> Node:
    """A tree has one way to each node: nothing to look up on the way."""
    twin = copy.copy(node)
    if node.children is not None:
        twin.children = [copy.deepcopy(child, memo) for child in node.children]
        for child in twin.children:
            if isinstance(child, Node):
                child.set_parent(twin)
    return twin


def _replace(owner: type, name: str, around: Callable[[Callable[..., Any]], Callable[..., Any]]) -> None:
    original = getattr(owner, name)
    replacement = wraps(original)(around(original))
    replacement.__module__ = __name__
    setattr(owner, name, replacement)


def _serial(call: Callable[..., Any]) -> Callable[..., Any]:
    def one_at_a_time(*args: Any, **kwargs: Any) -> Any:
        with LOCK:
            return call(*args, **kwargs)

    return one_at_a_time


# --- transactions --------------------------------------------------------------------------------------

_here = threading.local()
"""What this thread is in the middle of: `transaction` (bool), `partition` (items of the query's partition)."""


@dataclass(frozen=True, slots=True)
class _Spent:
    """A ClientRequestToken that was used: when, for which items, with which result."""

    at: float
    digest: str
    result: Any


_tokens: dict[str, _Spent] = {}


def _once_per_token(write: Callable[..., Any]) -> Callable[..., Any]:
    def remembering(self: DynamoHandler) -> Any:
        body: dict[str, Any] = self.body
        token = body.get("ClientRequestToken")
        if not token:
            return write(self)
        now = clock.now().timestamp()
        _forget_tokens(before=now - TOKEN_LIVES_S)
        digest = hashlib.sha256(json.dumps(body["TransactItems"], sort_keys=True, default=repr).encode()).hexdigest()
        known = _tokens.pop(token, None)
        if known is None or now - known.at >= TOKEN_LIVES_S:
            known = _Spent(now, digest, write(self))
        _tokens[token] = known
        if known.digest != digest:
            raise DynamodbException(
                error_type="com.amazonaws.dynamodb.v20120810#IdempotentParameterMismatchException",
                message="The request uses the same client token as a previous, but non-identical request.",
            )
        return known.result

    return remembering


def _forget_tokens(before: float) -> None:
    while _tokens:
        token, spent = next(iter(_tokens.items()))
        if spent.at > before:
            return
        del _tokens[token]


def _undoing(write: Callable[..., Any]) -> Callable[..., Any]:
    def transact(self: DynamoDBBackend, transact_items: list[dict[str, Any]]) -> None:
        with LOCK, _transaction():
            before = [known for op in transact_items if (known := _state(self, op)) is not None]
            try:
                write(self, transact_items)
            except Exception:
                for table, hash_key, range_key, item in before:
                    _restore(table, hash_key, range_key, item)
                raise

    return transact


@contextmanager
def _transaction() -> Iterator[None]:
    _here.transaction = True
    try:
        yield
    finally:
        _here.transaction = False


def _state(
    backend: DynamoDBBackend, transact_item: dict[str, Any]
) -> tuple[Table, DynamoType, DynamoType | None, Item | None] | None:
    """The item an operation is about to touch, as it is; None where moto will refuse the operation itself."""
    kind, operation = next(iter(transact_item.items()))
    table = backend.tables.get(operation.get("TableName"))
    key = operation.get("Item") if kind == "Put" else operation.get("Key")
    if table is None or key is None or any(attribute not in key for attribute in table.table_key_attrs):
        return None
    hash_key = DynamoType(key[table.hash_key_attr])
    range_key = DynamoType(key[table.range_key_attr]) if table.range_key_attr else None
    item = table.get_item(hash_key, range_key)
    # An update changes the item in place; a put or a delete leaves the old one as it was.
    return table, hash_key, range_key, copy.deepcopy(item) if kind == "Update" else item


def _restore(table: Table, hash_key: DynamoType, range_key: DynamoType | None, item: Item | None) -> None:
    if range_key is None:
        if item is None:
            table.items.pop(hash_key, None)
        else:
            table.items[hash_key] = item  # type: ignore[assignment]  # moto keeps items themselves where there is no sort key
    elif item is None:
        table.items[hash_key].pop(range_key, None)
    else:
        table.items[hash_key][range_key] = item
    _reindex(table, hash_key, range_key)


def _table_deepcopy(table: Table, memo: dict[int, Any]) -> Table:
    """In a transaction the table itself, which `_undoing` restores; else a copy."""
    if getattr(_here, "transaction", False):
        return table
    twin = copy.copy(table)
    memo[id(table)] = twin
    twin.__dict__.update(copy.deepcopy(table.__dict__, memo))
    return twin


# --- queries -------------------------------------------------------------------------------------------


class _Partitions:
    """Where each item stands in the secondary indexes of one table."""

    def __init__(self, table: Table) -> None:
        self.hash_attributes = {
            index.name: next(key["AttributeName"] for key in index.schema if key["KeyType"] == "HASH")
            for index in table.all_indexes()
        }
        self.items: dict[tuple[str, Plain], dict[ItemKey, Item]] = {}
        self.places: dict[ItemKey, frozenset[tuple[str, Plain]]] = {}

    def place(self, key: ItemKey, item: Item | None) -> None:
        """Put the item where its attributes say it belongs, and nowhere else."""
        attributes = item.attrs if item is not None else {}
        now = frozenset(
            (name, _plain(attributes[attribute]))
            for name, attribute in self.hash_attributes.items()
            if attribute in attributes
        )
        for place in self.places.pop(key, frozenset()) - now:
            partition = self.items[place]
            del partition[key]
            if not partition:
                del self.items[place]
        if item is not None and now:
            self.places[key] = now
            for place in now:
                self.items.setdefault(place, {})[key] = item


_partitions: WeakKeyDictionary[Table, _Partitions] = WeakKeyDictionary()


def _partitions_of(table: Table) -> _Partitions:
    known = _partitions.get(table)
    if known is None:
        known = _partitions[table] = _Partitions(table)
        for item in table.all_items():
            known.place(_key(item.hash_key, item.range_key), item)
    return known


def _reindex(table: Table, hash_key: DynamoType, range_key: DynamoType | None) -> None:
    if table.all_indexes():
        _partitions_of(table).place(_key(hash_key, range_key), table.get_item(hash_key, range_key))


def _key(hash_key: DynamoType, range_key: DynamoType | None) -> ItemKey:
    return _plain(hash_key), None if range_key is None else _plain(range_key)


def _plain(value: DynamoType) -> Plain:
    return value.type, value.cast_value


def _then_reindex_put(put: Callable[..., Any]) -> Callable[..., Any]:
    def put_item(self: Table, *args: Any, **kwargs: Any) -> Item:
        item: Item = put(self, *args, **kwargs)
        _reindex(self, item.hash_key, item.range_key)
        return item

    return put_item


def _then_reindex_deleted(delete: Callable[..., Any]) -> Callable[..., Any]:
    def delete_item(self: Table, hash_key: DynamoType, range_key: DynamoType | None) -> Item | None:
        item: Item | None = delete(self, hash_key, range_key)
        _reindex(self, hash_key, range_key)
        return item

    return delete_item


def _then_reindex_updated(update: Callable[..., Any]) -> Callable[..., Any]:
    def update_item(self: DynamoDBBackend, table_name: str, *args: Any, **kwargs: Any) -> Item:
        item: Item = update(self, table_name, *args, **kwargs)
        _reindex(self.get_table(table_name), item.hash_key, item.range_key)
        return item

    return update_item


def _in_one_partition(query: Callable[..., Any]) -> Callable[..., Any]:
    parameters = inspect.signature(query)

    def query_partition(self: Table, hash_key: DynamoType | None, *args: Any, **kwargs: Any) -> Any:
        given = parameters.bind(self, hash_key, *args, **kwargs).arguments
        conditions = dict(given.get("hash_key_conditions") or ())
        _here.partition = _candidates(self, hash_key, given.get("index_name"), conditions)
        try:
            return query(self, hash_key, *args, **kwargs)
        finally:
            _here.partition = None

    return query_partition


def _candidates(
    table: Table,
    hash_key: DynamoType | None,
    index_name: str | None,
    conditions: dict[str, DynamoType],
) -> Iterable[Item] | None:
    """Every item that can be in the answer; None when that is any item."""
    if index_name is None:
        if hash_key is None:
            return None
        if not table.has_range_key:
            item = table.get_item(hash_key)
            return [] if item is None else [item]
        return table.items.get(hash_key, {}).values()
    partitions = _partitions_of(table)
    wanted = conditions.get(partitions.hash_attributes.get(index_name, ""))
    if wanted is None:
        return None
    return partitions.items.get((index_name, _plain(wanted)), {}).values()


def _only_that_partition(all_items: Callable[..., Any]) -> Callable[..., Any]:
    def items(self: Table) -> list[Item]:
        partition: Iterable[Item] | None = getattr(_here, "partition", None)
        found: list[Item] = all_items(self) if partition is None else list(partition)
        return found

    return items


def _item_of(
    item: Item,
    hash_key: DynamoType,
    range_key: DynamoType | None,
    attrs: dict[str, Any],
) -> None:
    item.hash_key = hash_key
    item.range_key = range_key
    item.attrs = LimitedSizeDict()
    for name, value in attrs.items():
        dict.__setitem__(item.attrs, name, DynamoType(value))
    if item.size() > ITEM_LIMIT:
        raise ItemSizeTooLarge


def _by_name(project: Callable[..., Any]) -> Callable[..., Any]:
    def some(self: Item, projection_expressions: list[list[str]]) -> Item:
        if any(len(path) > 1 or path[0].endswith("]") for path in projection_expressions):
            found: Item = project(self, projection_expressions)
            return found
        part = Item(self.hash_key, self.range_key, {})
        for (name,) in projection_expressions:
            if name in self.attrs:
                dict.__setitem__(part.attrs, name, self.attrs[name])
        return part

    return some
