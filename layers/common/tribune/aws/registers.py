"""The public registers: one item a month beside the charter, written once, kept for ever."""

import gzip
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from tribune.aws import keys
from tribune.aws.directory import typed
from tribune.aws.kept import answered
from tribune.errors import Conflict, NotFound

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


@dataclass(frozen=True, slots=True)
class Registers:
    """The registers of one stack's communities."""

    client: "DynamoDBClient"
    table: str

    def months(self, community: str) -> tuple[str, ...]:
        """The months that are published, the latest first: twelve a year. Raises Unavailable."""
        with answered("dynamodb"):
            found = self.client.query(
                TableName=self.table,
                KeyConditionExpression="pk = :p",
                ExpressionAttributeValues={":p": {"S": keys.register(community, "")["pk"]}},
                ProjectionExpression="sk",
                ScanIndexForward=False,
            )["Items"]
        return tuple(item["sk"]["S"].removeprefix("month#") for item in found)

    def load(self, community: str, month: str) -> str:
        """The content of one. Raises NotFound, Unavailable."""
        key = keys.register(community, month)
        with answered("dynamodb"):
            found = self.client.query(
                TableName=self.table,
                KeyConditionExpression="pk = :p AND sk = :s",
                ExpressionAttributeValues={":p": {"S": key["pk"]}, ":s": {"S": key["sk"]}},
            )["Items"]
        if not found:
            raise NotFound(f"{community} has no register of {month}")
        return gzip.decompress(found[0]["content"]["B"]).decode()

    def keep(self, community: str, month: str, content: str) -> None:
        """Publish one. Raises Conflict where it is published, Unavailable."""
        item: dict[str, Any] = {
            **typed(keys.register(community, month)),
            "content": {"B": gzip.compress(content.encode(), mtime=0)},
        }
        with answered("dynamodb"):
            try:
                self.client.put_item(TableName=self.table, Item=item, ConditionExpression="attribute_not_exists(pk)")
            except ClientError as error:
                if error.response["Error"]["Code"] == "ConditionalCheckFailedException":
                    raise Conflict("put_item") from error
                raise
