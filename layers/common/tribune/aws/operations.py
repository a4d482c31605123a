"""What people entered of an operation, in DynamoDB: one item each, so that whoever reads it reads all of it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from tribune.aws import keys
from tribune.aws.directory import typed
from tribune.aws.kept import answered
from tribune.errors import Conflict
from tribune.operation import Entered

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

KEPT = timedelta(days=396)
"""It names people who sign articles."""


@dataclass(frozen=True, slots=True)
class Operations:
    """The journal table, as whoever runs an operation sees it."""

    client: "DynamoDBClient"
    table: str

    def entered(self, community: str, operation: str) -> Entered:
        """Everything that people entered so far. Raises Unavailable."""
        key = keys.operation(community, operation)
        with answered("journal"):
            found = self.client.query(
                TableName=self.table,
                KeyConditionExpression="pk = :p AND sk = :s",
                ExpressionAttributeValues={":p": {"S": key["pk"]}, ":s": {"S": key["sk"]}},
                ConsistentRead=True,
            )["Items"]
        return Entered.model_validate_json(found[0]["entered"]["S"]) if found else Entered()

    def keep(self, community: str, operation: str, after: Entered, now: datetime) -> None:
        """Put it in the place of what was read one `rev` before. Raises Conflict where that changed since, Unavailable."""
        item: dict[str, Any] = {
            **typed(keys.operation(community, operation)),
            "rev": {"N": str(after.rev)},
            "entered": {"S": after.model_dump_json()},
            "ttl": {"N": str(int((now + KEPT).timestamp()))},
        }
        condition: dict[str, Any] = {"ConditionExpression": "attribute_not_exists(pk)"}
        if after.rev > 1:
            condition = {
                "ConditionExpression": "rev = :before",
                "ExpressionAttributeValues": {":before": {"N": str(after.rev - 1)}},
            }
        with answered("journal"):
            try:
                self.client.put_item(TableName=self.table, Item=item, **condition)
            except ClientError as error:
                if error.response["Error"]["Code"] == "ConditionalCheckFailedException":
                    raise Conflict("put_item") from error
                raise
