"""The JSON behind the screens, described: made from the doors themselves, so that it cannot say anything else.

https://spec.openapis.org/oas/v3.1.0. The same addresses answer a page or JSON, by what the `accept` header wants.
"""

import re
from collections.abc import Iterable
from typing import Any

from pydantic.json_schema import models_json_schema

from tribune.desk import session
from tribune.desk.route import HOME, Door

_WHERE = "#/components/schemas/{model}"
_REFUSALS = {
    "400": "The form is not what this door takes.",
    "401": "Nobody is signed in.",
    "403": "The role does not allow it, or the form was not made in this session.",
    "404": "There is no such thing in this community.",
    "409": "Somebody decided first, or it changed since it was looked at.",
    "410": "Its author deleted the comment.",
    "422": "It cannot be done there, or not in this way; the sentence says why.",
    "503": "Something we depend on does not answer.",
}


def description(doors: Iterable[Door]) -> dict[str, Any]:
    """The OpenAPI document of these doors."""
    doors = tuple(doors)
    models = {door.answers for door in doors} | {door.takes for door in doors if door.takes}
    _, schemas = models_json_schema(
        [(model, "serialization") for model in sorted(models, key=lambda model: model.__name__)], ref_template=_WHERE
    )
    error = {"type": "object", "properties": {"reason": {"type": "string"}, "sentence": {"type": "string"}}}
    definitions = schemas["$defs"] | {"Refused": {"type": "object", "properties": {"error": error}}}
    paths: dict[str, dict[str, Any]] = {}
    for door in doors:
        path = paths.setdefault(f"{HOME}/{{community}}/{door.path}", {})
        path[door.method.lower()] = _operation(door)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Tribune, the desk",
            "version": "1",
            "description": "Sign in at the desk; its cookie opens these doors. Ask with `accept: application/json`. "
            "What changes something is a POST with the session's token in `x-csrf-token`, which every page carries.",
        },
        "paths": paths,
        "components": {
            "schemas": definitions,
            "securitySchemes": {
                "session": {"type": "apiKey", "in": "cookie", "name": session.COOKIE},
                "proof": {"type": "apiKey", "in": "header", "name": "x-csrf-token"},
            },
        },
        "security": [{"session": []}],
    }


def _operation(door: Door) -> dict[str, Any]:
    names = ("community", *re.findall(r"\{([a-z]+)\}", door.path))
    operation: dict[str, Any] = {
        "operationId": re.sub(r"[^a-z]+", "_", f"{door.method.lower()} {door.path}").strip("_"),
        "summary": door.summary,
        "description": f"Takes the right `{door.right}`.",
        "parameters": [{"name": name, "in": "path", "required": True, "schema": {"type": "string"}} for name in names],
        "responses": {"200": {"description": "Done, or what is there.", "content": _content(door.answers.__name__)}}
        | {status: {"description": what, "content": _content("Refused")} for status, what in _REFUSALS.items()},
    }
    if door.takes:
        operation["requestBody"] = {"required": True, "content": _content(door.takes.__name__)}
        operation["security"] = [{"session": [], "proof": []}]
    return operation


def _content(model: str) -> dict[str, Any]:
    return {"application/json": {"schema": {"$ref": _WHERE.format(model=model)}}}
