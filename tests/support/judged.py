"""moto judges what worlds ask of the memory: each form of request, the first time that a process makes it.

A form is a request without its contents: the operation, the table, the expressions and the kinds of the values in them.
botocore holds it against AWS's own description of the operation. DynamoDB's is carried out by moto as well, on the same
items: both must refuse it alike, answer it alike and leave the same behind. So no world stands on a request that
DynamoDB would not take. (What both do with random requests is `tests/local/test_memory.py`.)
"""

import threading
from collections.abc import Callable, Iterable
from functools import cache
from itertools import islice
from typing import Any

import botocore.session
from botocore.client import BaseClient
from botocore.exceptions import ClientError
from botocore.validate import ParamValidator
from declared import accesses, kinds_of, refuse_undeclared
from moto import mock_aws

from local import moto_patch
from local.memory import Client, Item, Memory, Table, _partition

type Request = dict[str, Any]

SERVICES = ("dynamodb", "sqs", "ssm", "ses", "sns")
MOST_ITEMS = 25
"""Of what a query or a scan walks through, so many items are laid before both."""
_EXPRESSIONS = (
    "UpdateExpression",
    "ConditionExpression",
    "KeyConditionExpression",
    "FilterExpression",
    "ProjectionExpression",
)
_ask = BaseClient._make_api_call
"""As botocore makes it: worlds count and break what they see, and they do not see this."""
_seen: set[tuple[Any, ...]] = set()
_one_at_a_time = threading.Lock()


class JudgedOtherwise(AssertionError):
    """The memory takes what AWS does not, or does something else with it."""


class Judged(Client):
    """A client of the memory that refuses undeclared keys, and lays each new form of request before the judge."""

    def __init__(self, memory: Memory, service: str, tables: dict[str, str]) -> None:
        super().__init__(memory, getattr(memory, service)._service)
        self._name, self._kinds = service, kinds_of(tables)

    def __getattr__(self, name: str) -> Callable[..., Any]:
        carry_out = super().__getattr__(name)

        def call(**request: Any) -> Any:
            refuse_undeclared(request, self._kinds)
            for one in _each(request):
                form = (self._name, name, *_form(one))
                if form not in _seen:
                    with _one_at_a_time:
                        judge(self._memory, self._name, name, one)
                    _seen.add(form)
            return carry_out(**request)

        vars(self)[name] = call
        return call


def judge(memory: Memory, service: str, name: str, request: Request) -> None:
    """Raises JudgedOtherwise where AWS does not take the request, or the memory does with it what moto does not."""
    operation = "".join(word.capitalize() for word in name.split("_"))
    shape = _client(service).meta.service_model.operation_model(operation).input_shape
    report = ParamValidator().validate(request, shape)
    if report.has_errors():
        raise JudgedOtherwise(f"{operation}: {report.generate_report()}")
    if service == "dynamodb" and not name.endswith("_table"):
        ours, theirs = _in_memory(memory, name, request), _on_moto(memory, operation, request)
        if ours != theirs:
            raise JudgedOtherwise(f"{operation} {request}\nin memory {ours}\non moto   {theirs}")


def _in_memory(memory: Memory, name: str, request: Request) -> Any:
    mine = Memory()
    for table, items in _laid_out(memory, request).items():
        mine.tables[table] = Table(memory.tables[table].indexes)
        for item in items:
            mine.tables[table].put(item["pk"]["S"], item["sk"]["S"], item)
    said = _said(lambda: getattr(mine.dynamodb, name)(**request))
    return said, {table: _plain(mine.tables[table].all()) for table in mine.tables}


def _on_moto(memory: Memory, operation: str, request: Request) -> Any:
    client = _client("dynamodb")
    moto_patch.apply()
    with mock_aws():
        laid_out = _laid_out(memory, request)
        try:
            for table, items in laid_out.items():
                _ask(client, "CreateTable", _creation(table, memory.tables[table]))
                for item in items:
                    _ask(client, "PutItem", {"TableName": table, "Item": item})
            said = _said(lambda: _ask(client, operation, request))
            return said, {table: _plain(_ask(client, "Scan", {"TableName": table})["Items"]) for table in laid_out}
        finally:
            for table in laid_out:
                _ask(client, "DeleteTable", {"TableName": table})


@cache
def _client(service: str) -> Any:
    # A region of its own: the tables of a test that uses moto itself are elsewhere. Nobody's keys: benches have none.
    session = botocore.session.get_session()
    session.set_credentials("testing", "testing")
    return session.create_client(service, region_name="eu-north-1")


def _creation(name: str, table: Table) -> Request:
    def keys(partition: str, sort: str) -> list[Request]:
        return [{"AttributeName": partition, "KeyType": "HASH"}, {"AttributeName": sort, "KeyType": "RANGE"}]

    attributes = {"pk", "sk"}.union(*table.indexes.values())
    indexes = [
        {"IndexName": index, "KeySchema": keys(*attributes), "Projection": {"ProjectionType": "KEYS_ONLY"}}
        for index, attributes in table.indexes.items()
    ]
    return {
        "TableName": name,
        "BillingMode": "PAY_PER_REQUEST",
        "KeySchema": keys("pk", "sk"),
        "AttributeDefinitions": [{"AttributeName": one, "AttributeType": "S"} for one in sorted(attributes)],
        **({"GlobalSecondaryIndexes": indexes} if indexes else {}),
    }


# --- what a request is about ---


def _each(request: Request) -> Iterable[Request]:
    """A transaction's operations, one by one: what they are together only their number says."""
    return [{"TransactItems": [one]} for one in request["TransactItems"]] if "TransactItems" in request else [request]


def _form(request: Request) -> tuple[Any, ...]:
    kind, single = next(iter(request["TransactItems"][0].items())) if "TransactItems" in request else ("", request)
    return (
        kind,
        single.get("TableName"),
        single.get("IndexName"),
        *single,
        *[single.get(expression) for expression in _EXPRESSIONS],
        *[kind for value in single.get("ExpressionAttributeValues", {}).values() for kind in value],
        *single.get("RequestItems", ()),
    )


def _laid_out(memory: Memory, request: Request) -> dict[str, list[Item]]:
    """Table: the items that the request finds there, or the first of them."""
    if "IndexName" in request:
        name, table = request["TableName"], memory.tables[request["TableName"]]
        standing = table.standing.get(request["IndexName"], {}).get(
            _partition(request, table.indexes[request["IndexName"]][0]), {}
        )
        return {name: [item for key in islice(standing, MOST_ITEMS) if (item := table.get(*key)) is not None]}
    found: dict[str, list[Item]] = {}
    for name, pk, sk in accesses(request):
        table = memory.tables[name]
        items = table.partitions.get(pk, {}).values() if sk is None else [item for item in [table.get(pk, sk)] if item]
        found.setdefault(name, []).extend(islice(items, MOST_ITEMS))
    return found or {request["TableName"]: list(islice(memory.tables[request["TableName"]].all(), MOST_ITEMS))}


# --- what came of it ---


def _said(ask: Callable[[], Any]) -> Any:
    """The answer, or what it was refused for, without what each of them says in its own way."""
    try:
        answer = ask()
    except ClientError as error:
        reasons: Any = error.response.get("CancellationReasons", ())
        return error.response["Error"]["Code"], [str(reason.get("Code")) for reason in reasons]
    found = answer.get("Items") or [answer[one] for one in ("Item", "Attributes") if answer.get(one)]
    return _plain([*found, *(item for items in answer.get("Responses", {}).values() for item in items)])


def _plain(items: Iterable[Item]) -> list[str]:
    return sorted(repr(sorted((name, _value(value)) for name, value in item.items())) for item in items)


def _value(value: Any) -> Any:
    ((kind, content),) = value.items()
    if kind == "M":
        return kind, sorted((name, _value(one)) for name, one in content.items())
    if kind == "L":
        return kind, [_value(one) for one in content]
    return kind, sorted(content) if kind.endswith("S") and kind != "S" else content
