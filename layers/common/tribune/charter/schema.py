"""The JSON Schema of a charter file, for editors: `python -m tribune.charter.schema > charters/charter.schema.json`."""

import json
from typing import Any

from tribune.charter.document import Charter


def json_schema() -> dict[str, Any]:
    """What `charters/charter.schema.json` holds."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema"} | Charter.model_json_schema()


if __name__ == "__main__":
    print(json.dumps(json_schema(), ensure_ascii=False, indent=2))  # noqa: T201 - a command's output
