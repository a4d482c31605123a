"""A platform's daily quota, counted before it is used: what was not counted is not spent."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from tribune.aws import keys
from tribune.aws.directory import typed
from tribune.aws.kept import answered
from tribune.channel import Card

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

KEPT = timedelta(days=3)


@dataclass(frozen=True, slots=True)
class Quotas:
    """The quotas of this stack's channels, in the journal table."""

    client: "DynamoDBClient"
    table: str
    share: float = 1.0
    """How much of a day's quota this function may use up: what is read must leave enough for what is answered."""

    def spend(self, community: str, card: Card, channel: str, units: int, now: datetime) -> datetime | None:
        """Count `units` of today's quota: None when they are granted, else when a new day begins. Raises Unavailable."""
        here = now.astimezone(ZoneInfo(card.day_begins_in))
        room = int(card.daily_units * self.share) - units
        tomorrow = datetime.combine(here.date() + timedelta(days=1), time(0), here.tzinfo)
        with answered("dynamodb"):
            try:
                if room >= 0:
                    self.client.update_item(
                        TableName=self.table,
                        Key=typed(keys.quota(community, card.name, channel, here.date().isoformat())),
                        UpdateExpression="ADD #units :units SET #ttl = :ttl",
                        ConditionExpression="attribute_not_exists(#units) OR #units <= :room",
                        ExpressionAttributeNames={"#units": "units", "#ttl": "ttl"},
                        ExpressionAttributeValues={
                            ":units": {"N": str(units)},
                            ":room": {"N": str(room)},
                            ":ttl": {"N": str(int((now + KEPT).timestamp()))},
                        },
                    )
                    return None
            except self.client.exceptions.ConditionalCheckFailedException:
                pass
        return tomorrow.astimezone(now.tzinfo)
