"""That somebody asked to be forgotten, and when it was done; not who."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from tribune.aws import keys
from tribune.aws.directory import typed
from tribune.aws.kept import answered

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

KEPT = timedelta(days=396)


@dataclass(frozen=True, slots=True)
class Confirmations:
    """The requests of this stack, in the community table."""

    client: "DynamoDBClient"
    table: str

    def confirm(self, code: str, asked_at: datetime, done_at: datetime | None) -> None:
        """Keep that a request was received, or done; what was done stays done. Raises Unavailable."""
        values = {":asked": {"S": asked_at.isoformat()}, ":ttl": {"N": str(int((asked_at + KEPT).timestamp()))}}
        sets = "SET asked_at = if_not_exists(asked_at, :asked), #ttl = :ttl"
        if done_at is not None:
            values[":done"] = {"S": done_at.isoformat()}
            sets += ", done_at = if_not_exists(done_at, :done)"
        with answered("dynamodb"):
            self.client.update_item(
                TableName=self.table,
                Key=typed(keys.erasure(code)),
                UpdateExpression=sets,
                ExpressionAttributeNames={"#ttl": "ttl"},
                ExpressionAttributeValues=values,
            )

    def confirmed(self, code: str) -> tuple[datetime, datetime | None] | None:
        """(when it was asked, when it was done), None for an unknown code. Raises Unavailable."""
        with answered("dynamodb"):
            item = self.client.get_item(TableName=self.table, Key=typed(keys.erasure(code))).get("Item")
        if item is None:
            return None
        done = item.get("done_at")
        return datetime.fromisoformat(item["asked_at"]["S"]), datetime.fromisoformat(done["S"]) if done else None
