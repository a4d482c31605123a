"""Answers with what it was told: the event, its environment, the time, who it is."""

import json
import os
from typing import Any

from tribune import clock


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    told = {
        "event": event,
        "environment": dict(os.environ),
        "now": clock.now().isoformat(),
        "pid": os.getpid(),
        "name": context.function_name,
        "left_ms": context.get_remaining_time_in_millis(),
    }
    return {
        "statusCode": 200,
        "headers": {"content-type": "application/json"},
        "cookies": ["a=1", "b=2"],
        "body": json.dumps(told),
    }
