"""Does what each message says: `ok`, `fail`, `raise`, `hang`, `nap`, `scan`; every attempt is counted in the table."""

import json
import os
import time
from typing import Any

import botocore.session

client = botocore.session.get_session().create_client("dynamodb")


def handler(event: dict[str, Any], _context: Any) -> dict[str, Any]:
    failed = []
    for record in event["Records"]:
        job = json.loads(record["body"])
        note(f"{job['id']}.tried")
        match job["do"]:
            case "fail":
                failed.append({"itemIdentifier": record["messageId"]})
                continue
            case "raise":
                raise ValueError(job["id"])
            case "hang":
                time.sleep(60)
            case "nap":
                time.sleep(0.6)
            case "scan":
                client.scan(TableName=os.environ["DONE_TABLE"])
        note(f"{job['id']}.done")
    return {"batchItemFailures": failed}


def note(name: str) -> None:
    client.update_item(
        TableName=os.environ["DONE_TABLE"],
        Key={"pk": {"S": "work"}, "sk": {"S": name}},
        UpdateExpression="ADD n :one",
        ExpressionAttributeValues={":one": {"N": "1"}},
    )
