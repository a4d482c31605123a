"""When somebody last spoke in a space: read from the live counters, so that no delivery costs a write more."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from tribune.aws import keys
from tribune.aws.kept import answered

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_HOUR = "hour#"


@dataclass(frozen=True, slots=True)
class Heard:
    """The live counters of this stack, read only."""

    client: "DynamoDBClient"
    table: str

    def last(self, community: str, space: str) -> datetime | None:
        """The beginning of the last hour in which something of this space was counted, None within eight days.

        Raises Unavailable.
        """
        with answered("dynamodb"):
            items = self.client.query(
                TableName=self.table,
                KeyConditionExpression="pk = :pk AND begins_with(sk, :hour)",
                ExpressionAttributeValues={
                    ":pk": {"S": keys.live_counter(community, space, "", "")["pk"]},
                    ":hour": {"S": _HOUR},
                },
                ProjectionExpression="sk",
                ScanIndexForward=False,
                Limit=1,
            )["Items"]
        if not items:
            return None
        hour = items[0]["sk"]["S"].removeprefix(_HOUR).split("#", 1)[0]
        return datetime.strptime(hour, "%Y-%m-%dT%H").replace(tzinfo=UTC)
