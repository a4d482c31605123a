"""Files that a person wrote: YAML in, a checked model out, or one sentence saying where and what would be right.

The dialect is the YAML that people believe they write: only `true`/`false` are booleans, only plain digits are
numbers, times and dates and phone numbers stay the strings they look like. Anchors, tags, duplicate keys, deep
nesting and huge files are refused, so that reading a stranger's file costs no more than its length.
"""

import difflib
import re
import typing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic_core import ErrorDetails

from tribune.errors import BadConfiguration

MAX_CHARACTERS = 1_048_576
MAX_DEPTH = 32

_Parser = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_INTEGER = re.compile(r"-?(?:0|[1-9][0-9]{0,17})\Z")
_DECIMAL = re.compile(r"-?(?:0|[1-9][0-9]{0,17})\.[0-9]{1,17}\Z")
_WORDS = {"true": True, "false": False, "null": None, "~": None, "": None}

type Location = tuple[str | int, ...]


class Written(BaseModel):
    """A part of a file that a person writes: unknown fields are an error, so that a typing mistake is seen."""

    model_config = ConfigDict(extra="forbid", frozen=True)


@dataclass(slots=True)
class Document:
    """What a YAML text says, and on which line (from 1) each of its values stands."""

    value: Any = None
    lines: dict[Location, int] = field(default_factory=dict)

    def line_of(self, location: Location) -> int | None:
        """The line of the nearest value written at or above `location`."""
        for end in range(len(location), -1, -1):
            if (line := self.lines.get(location[:end])) is not None:
                return line
        return None


@dataclass(slots=True)
class _Open:
    """A mapping or a list whose end has not come yet."""

    container: dict[str, Any] | list[Any]
    location: Location
    key: str | None = None


def load[M: BaseModel](source: Path | str, model: type[M], *, file: str = "") -> M:
    """The model that a YAML file (a Path) or text (a str) describes; `file` is the name that errors give it.

    Raises BadConfiguration with file, line, dotted field and a sentence.
    """
    name = file or (str(source) if isinstance(source, Path) else "")
    document = parse(_text_of(source, name), file=name)
    return check(document, model, file=name)


def check[M: BaseModel](document: Document, model: type[M], *, file: str = "") -> M:
    """The model that an already parsed document describes. Raises BadConfiguration."""
    try:
        return model.model_validate(document.value)
    except ValidationError as refused:
        raise _explained(refused, document, model, file) from refused


def parse(text: str, *, file: str = "") -> Document:
    """The value of one YAML document and the line of each part. Raises BadConfiguration."""
    if len(text) > MAX_CHARACTERS:
        raise BadConfiguration(f"the file is longer than {MAX_CHARACTERS} characters", file=file)
    try:
        return _read_events(text, file)
    except yaml.YAMLError as broken:
        mark = getattr(broken, "problem_mark", None)
        problem = getattr(broken, "problem", None) or "it cannot be read"
        raise BadConfiguration(
            f"this is not valid YAML: {problem}", file=file, line=mark.line + 1 if mark else None
        ) from broken


def _text_of(source: Path | str, file: str) -> str:
    if isinstance(source, str):
        return source
    try:
        return source.read_text(encoding="utf-8")
    except OSError as missing:
        raise BadConfiguration(f"the file cannot be read: {missing.strerror or missing}", file=file) from missing
    except UnicodeDecodeError as broken:
        raise BadConfiguration("the file is not UTF-8 text: save it as UTF-8", file=file) from broken


def _read_events(text: str, file: str) -> Document:
    """Builds the value from parser events with a stack of its own: no recursion, no aliases, each line kept."""
    document = Document()
    stack: list[_Open] = []
    documents = 0
    for event in yaml.parse(text, Loader=_Parser):
        line = event.start_mark.line + 1 if event.start_mark else 1
        if isinstance(event, yaml.DocumentStartEvent):
            documents += 1
            if documents > 1:
                raise BadConfiguration("one file holds one document: remove the line « --- »", file=file, line=line)
        elif isinstance(event, yaml.AliasEvent):
            raise BadConfiguration("aliases (*name) are not accepted: write the value again", file=file, line=line)
        elif isinstance(event, yaml.CollectionEndEvent):
            stack.pop()
        elif isinstance(event, yaml.NodeEvent):
            _add(event, document, stack, file, line)
    return document


def _add(event: yaml.NodeEvent, document: Document, stack: list[_Open], file: str, line: int) -> None:
    if event.anchor is not None:
        raise BadConfiguration("anchors (&name) are not accepted: write the value again", file=file, line=line)
    if tag := getattr(event, "tag", None):
        raise BadConfiguration(f"tags ({tag}) are not accepted: remove it", file=file, line=line)
    parent = stack[-1] if stack else None
    if parent is not None and isinstance(parent.container, dict) and parent.key is None:
        parent.key = _key(event, parent, document, file, line)
        return
    location = _next_location(parent)
    document.lines.setdefault(location, line)
    value: Any
    if isinstance(event, yaml.ScalarEvent):
        value = _scalar(event)
    else:
        if len(stack) >= MAX_DEPTH:
            raise BadConfiguration(f"values are nested more than {MAX_DEPTH} deep", file=file, line=line)
        value = {} if isinstance(event, yaml.MappingStartEvent) else []
    if parent is None:
        document.value = value
    elif isinstance(parent.container, dict):
        parent.container[str(parent.key)] = value
        parent.key = None
    else:
        parent.container.append(value)
    if isinstance(value, dict | list):
        stack.append(_Open(value, location))


def _next_location(parent: _Open | None) -> Location:
    if parent is None:
        return ()
    if isinstance(parent.container, dict):
        return (*parent.location, str(parent.key))
    return (*parent.location, len(parent.container))


def _key(event: yaml.NodeEvent, parent: _Open, document: Document, file: str, line: int) -> str:
    if not isinstance(event, yaml.ScalarEvent):
        raise BadConfiguration("a field name must be a word, not a list or a mapping", file=file, line=line)
    key = str(event.value)
    location = (*parent.location, key)
    if key in parent.container:
        first = document.lines[location]
        raise BadConfiguration(
            f"this field is written twice (first on line {first}): keep one",
            file=file,
            line=line,
            field=_dotted(location, document.value),
        )
    document.lines[location] = line
    return key


def _scalar(event: yaml.ScalarEvent) -> str | int | float | bool | None:
    text = str(event.value)
    if not event.implicit[0]:
        return text
    if text in _WORDS:
        return _WORDS[text]
    if _INTEGER.match(text):
        return int(text)
    if _DECIMAL.match(text):
        return float(text)
    return text


# --- saying what is wrong ---


def _explained(refused: ValidationError, document: Document, model: type[BaseModel], file: str) -> BadConfiguration:
    """The first mistake in the order of the file, and how many more there are."""
    mistakes = refused.errors()
    unknown = {mistake["loc"][:-1]: mistake["loc"] for mistake in mistakes if mistake["type"] == "extra_forbidden"}
    # A misspelt field is both unknown and missing: the word that was written says more than the one that was not.
    mistakes.sort(
        key=lambda mistake: (
            document.line_of(unknown.get(mistake["loc"][:-1], mistake["loc"])) or 0,
            mistake["type"] == "missing",
        )
    )
    first, others = mistakes[0], len(mistakes) - 1
    sentence = _sentence(first, document, model)
    if others:
        sentence += f" (and {others} more mistake{'s' if others > 1 else ''} after this one)"
    location = _written_part(first, document)
    return BadConfiguration(
        sentence, file=file, line=document.line_of(location), field=_dotted(location, document.value)
    )


def _written_part(mistake: ErrorDetails, document: Document) -> Location:
    """The location without the names that pydantic adds for the members of a union."""
    location = mistake["loc"]
    if mistake["type"] == "missing":
        return location
    for end in range(len(location), 0, -1):
        if location[:end] in document.lines:
            return location[:end]
    return location


def _sentence(mistake: ErrorDetails, document: Document, model: type[BaseModel]) -> str:
    kind, location = mistake["type"], mistake["loc"]
    if kind == "extra_forbidden":
        return _unknown_field(location, model)
    if kind == "missing":
        return "this field is missing: add it"
    if kind == "string_type" and isinstance(mistake["input"], int | float):
        return f"a text is expected here: put {mistake['input']} in quotes"
    if kind == "string_type" and mistake["input"] is None:
        return "a text is expected here, and nothing is written"
    message = mistake["msg"].removeprefix("Value error, ")
    message = message[:1].lower() + message[1:]
    if kind == "value_error" or document.line_of(location) is None or isinstance(mistake["input"], dict | list):
        return message
    return f"{message}, not {_shown(mistake['input'])}"


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 40 else text[:37] + "…" + text[-1]  # noqa: PLR2004 - a line on a phone


def _unknown_field(location: Location, model: type[BaseModel]) -> str:
    known = _fields_at(model, location[:-1])
    near = difflib.get_close_matches(str(location[-1]), known, n=1)
    if near:
        return f"unknown field; did you mean “{near[0]}”?"
    return f"unknown field; the fields here are: {', '.join(sorted(known))}" if known else "unknown field: remove it"


def _fields_at(annotation: Any, location: Location) -> list[str]:
    """The fields of the model that stands at `location` below `annotation`, empty when there is none."""
    models = [annotation]
    for step in location:
        models = [below for above in models for below in _below(above, step)]
    return [name for found in models if _is_model(found) for name in found.model_fields]


def _below(annotation: Any, step: str | int) -> list[Any]:
    if _is_model(annotation):
        known = annotation.model_fields.get(str(step))
        return _alternatives(known.annotation) if known else []
    arguments = typing.get_args(annotation)
    if not arguments:
        return [annotation] if _is_model(annotation) else []
    return _alternatives(arguments[-1] if isinstance(step, str) else arguments[0])


def _alternatives(annotation: Any) -> list[Any]:
    origin = typing.get_origin(annotation)
    if origin is typing.Annotated:
        return _alternatives(typing.get_args(annotation)[0])
    if origin is typing.Union or type(annotation).__name__ == "UnionType":
        return [found for member in typing.get_args(annotation) for found in _alternatives(member)]
    return [annotation]


def _is_model(annotation: Any) -> bool:
    return isinstance(annotation, type) and issubclass(annotation, BaseModel)


def _dotted(location: Location, value: Any) -> str:
    """`clauses[respect].gravity`: the path, with the `id` of a list's entry instead of its rank where it has one."""
    path = ""
    for step in location:
        inner = value[step] if _has(value, step) else None
        if isinstance(step, int):
            name = inner.get("id", step) if isinstance(inner, dict) else step
            path += f"[{name}]"
        else:
            path += f".{step}" if path else str(step)
        value = inner
    return path


def _has(value: Any, step: str | int | None) -> bool:
    if isinstance(value, dict):
        return step in value
    return isinstance(value, list) and isinstance(step, int) and step < len(value)
