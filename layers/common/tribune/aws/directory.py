"""Which account belongs to whom: read on every delivery, so it needs neither pydantic nor a resource layer."""

from datetime import timedelta
from typing import TYPE_CHECKING

from tribune.aws import clients, keys
from tribune.aws.kept import Kept, answered

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

KEEP = timedelta(seconds=60)

type Accounts = dict[str, tuple[str, str]]
"""Account id -> (community, space)."""

_kept: Kept[Accounts] = Kept(KEEP)


def channel_accounts(table: str, platform: str, channel: str) -> Accounts:
    """The accounts this channel may speak for; empty when the channel is unknown. Raises Unavailable."""
    return _kept.get(f"{table} {platform} {channel}", lambda: stored_accounts(table, platform, channel)) or {}


def stored_accounts(table: str, platform: str, channel: str) -> Accounts | None:
    """The same, read right now; None when the channel is unknown. Raises Unavailable."""
    with answered("dynamodb"):
        item = clients.dynamodb().get_item(TableName=table, Key=typed(keys.channel(platform, channel))).get("Item")
    if item is None:
        return None
    return {
        account: (entry["M"]["community"]["S"], entry["M"]["space"]["S"])
        for account, entry in item["accounts"]["M"].items()
    }


def communities(table: str, client: "DynamoDBClient | None" = None) -> tuple[str, ...]:
    """The id of every community, in order. Raises Unavailable."""
    pages = (client or clients.dynamodb()).get_paginator("query")
    with answered("dynamodb"):
        return tuple(
            item["sk"]["S"].removeprefix("community#")
            for page in pages.paginate(
                TableName=table,
                KeyConditionExpression="pk = :pk",
                ExpressionAttributeValues={":pk": {"S": keys.directory("")["pk"]}},
            )
            for item in page["Items"]
        )


def forget() -> None:
    """Read everything anew from now on."""
    _kept.forget()


def typed(key: keys.Key) -> dict[str, dict[str, str]]:
    """A key as DynamoDB's protocol writes it."""
    return {name: {"S": value} for name, value in key.items()}
