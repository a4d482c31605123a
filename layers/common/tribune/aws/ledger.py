"""The ledger in DynamoDB: an item for each link, a partition for each community and day.

Whoever looks for the ends of a day's chains jumps from one writer to the next, one request each: no index is written.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from boto3.dynamodb.types import TypeDeserializer, TypeSerializer

from tribune.aws import keys
from tribune.aws.kept import answered
from tribune.ledger import Chain, Link

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_DIGEST = 32
_to_item = TypeSerializer().serialize
_from_item = TypeDeserializer().deserialize


def put(table: str, link: Link) -> dict[str, Any]:
    """The request that adds a link, and fails where one stands already: a chain has one end."""
    content = {
        **keys.link(link.chain.community, link.chain.day, link.chain.writer, link.seq),
        "prev": link.prev,
        "root": link.root,
        "leaves": b"".join(link.leaves),
        "at": link.at.isoformat(timespec="milliseconds"),
        "hash": link.hash,
    }
    item = {name: _to_item(value) for name, value in content.items()}
    return {"TableName": table, "Item": item, "ConditionExpression": "attribute_not_exists(pk)"}


def last(client: "DynamoDBClient", table: str, chain: Chain) -> Link | None:
    """The last link of a chain, None before its first one. Raises Unavailable."""
    return _last(client, table, chain.community, chain.day, (f"{chain.writer}#", f"{chain.writer}#~"))


def ends(client: "DynamoDBClient", table: str, community: str, day: str) -> Iterator[Link]:
    """The last link of every chain of a day, in no order that matters. Raises Unavailable."""
    before = "~"
    while found := _last(client, table, community, day, (" ", before)):
        yield found
        before = f"{found.chain.writer}#"


def links(client: "DynamoDBClient", table: str, community: str) -> Iterator[Link]:
    """Every link of a community: reads the whole table, for a person who asks. Raises Unavailable."""
    partitions = keys.link(community, "", "", 0)["pk"]
    request: dict[str, Any] = {
        "TableName": table,
        "FilterExpression": "begins_with(pk, :partitions)",
        "ExpressionAttributeValues": {":partitions": {"S": partitions}},
    }
    while True:
        with answered("ledger"):
            page = client.scan(**request)
        yield from (_link(item) for item in page["Items"])
        if "LastEvaluatedKey" not in page:
            return
        request["ExclusiveStartKey"] = page["LastEvaluatedKey"]


def _last(client: "DynamoDBClient", table: str, community: str, day: str, between: tuple[str, str]) -> Link | None:
    first, final = between
    with answered("ledger"):
        found = client.query(
            TableName=table,
            KeyConditionExpression="pk = :p AND sk BETWEEN :from AND :to",
            ExpressionAttributeValues={
                ":p": {"S": keys.link(community, day, "", 0)["pk"]},
                ":from": {"S": first},
                ":to": {"S": final},
            },
            ScanIndexForward=False,
            Limit=1,
            ConsistentRead=True,
        )["Items"]
    return _link(found[0]) if found else None


def _link(raw: Mapping[str, Any]) -> Link:
    item = {name: _from_item(value) for name, value in raw.items()}
    chain, seq = keys.link_of(item)
    leaves = bytes(item["leaves"])
    return Link(
        chain=Chain(*chain),
        seq=seq,
        prev=bytes(item["prev"]),
        root=bytes(item["root"]),
        leaves=tuple(leaves[start : start + _DIGEST] for start in range(0, len(leaves), _DIGEST)),
        at=datetime.fromisoformat(item["at"]),
        hash=bytes(item["hash"]),
    )
