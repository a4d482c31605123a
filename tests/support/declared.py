"""Every key that reaches DynamoDB must be one of `tribune.aws.keys.ITEMS`: keys on retained tables are for ever."""

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from tribune.aws import keys

KINDS = {
    "JournalTable": "journal",
    "TextTable": "text",
    "CounterTable": "counter",
    "CharterTable": "charter",
    "CommunityTable": "community",
}


class UndeclaredKey(AssertionError):
    """An access that the table of item types does not know."""


def watch(client: Any, tables: dict[str, str]) -> None:
    """From now on, refuse every request of this client whose key nobody declared; `tables`: logical id -> name."""
    kinds = kinds_of(tables)

    def check(params: dict[str, Any], **_: Any) -> None:
        refuse_undeclared(params, kinds)

    client.meta.events.register("provide-client-params.dynamodb", check, unique_id="declared-keys")


def kinds_of(tables: dict[str, str]) -> dict[str, str]:
    """Which of `ITEMS`' tables each name is; `tables`: logical id -> name."""
    return {name: KINDS[logical_id] for logical_id, name in tables.items()}


def refuse_undeclared(params: dict[str, Any], kinds: dict[str, str]) -> None:
    """Raises UndeclaredKey for a request whose key nobody declared."""
    for table, pk, sk in accesses(params):
        kind = kinds.get(table)
        if kind and not _declared(kind, pk, sk):
            raise UndeclaredKey(f"{kind}: pk {pk!r}, sk {sk!r}: declare it in tribune/aws/keys.py")


@lru_cache(maxsize=100_000)
def _declared(kind: str, pk: str, sk: str | None) -> bool:
    return keys.type_of(kind, pk, sk) is not None


def accesses(params: dict[str, Any]) -> Iterator[tuple[str, str, str | None]]:
    """(table, pk, sk) of everything a request touches by key; a query names its pk only."""
    table = params.get("TableName", "")
    if "IndexName" in params:
        return
    if "Key" in params or "Item" in params:
        yield table, *_pair(params.get("Key") or params["Item"])
    if "KeyConditionExpression" in params:
        values = params["ExpressionAttributeValues"]
        yield table, next(v["S"] for v in values.values() if "S" in v and "#" in v["S"]), None
    for item in params.get("TransactItems", ()):
        yield from (found for request in item.values() for found in accesses(request))
    for name, requests in params.get("RequestItems", {}).items():
        entries = requests["Keys"] if isinstance(requests, dict) else [next(iter(one.values())) for one in requests]
        for entry in entries:
            yield name, *_pair(entry.get("Key") or entry.get("Item") or entry)


def _pair(key: dict[str, Any]) -> tuple[str, str]:
    return key["pk"]["S"], key["sk"]["S"]
