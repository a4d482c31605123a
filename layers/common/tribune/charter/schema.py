"""The JSON Schema of a charter file, for editors: `python -m tribune.charter.schema > charters/charter.schema.json`.

It describes the file, which may say one thing more than the charter that was read from it: `terms_from`.
"""

import json
from typing import Any

from tribune.charter.document import Charter, Clause
from tribune.charter.terms import FROM

_FROM = {
    "type": "string",
    "minLength": 1,
    "description": "A CSV file of terms (columns term, language, clause, note), by its path relative to this file.",
}


def json_schema() -> dict[str, Any]:
    """What `charters/charter.schema.json` holds."""
    schema = Charter.model_json_schema()
    for part in schema["$defs"].values():
        if "terms" in part.get("properties", {}):
            part["properties"][FROM] = _FROM
    # pydantic takes a field called `examples` for the keyword of JSON Schema, and drops what describes it.
    schema["$defs"]["Clause"]["properties"]["examples"]["description"] = Clause.model_fields["examples"].description
    return {"$schema": "https://json-schema.org/draft/2020-12/schema"} | schema


if __name__ == "__main__":
    print(json.dumps(json_schema(), ensure_ascii=False, indent=2))  # noqa: T201 - a command's output
