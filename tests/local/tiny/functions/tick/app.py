"""Counts how often it ran."""

import os
from typing import Any

import botocore.session

client = botocore.session.get_session().create_client("dynamodb")


def handler(event: dict[str, Any], _context: Any) -> None:
    client.update_item(
        TableName=os.environ["DONE_TABLE"],
        Key={"pk": {"S": "tick"}, "sk": {"S": str(event["detail-type"])}},
        UpdateExpression="ADD n :one",
        ExpressionAttributeValues={":one": {"N": "1"}},
    )
