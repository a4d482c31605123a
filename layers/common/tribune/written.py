"""Files that a person wrote: YAML in, a checked model out, or every mistake in a sentence: where, and what would be right.

The dialect is the YAML that people believe they write: only `true`/`false` are booleans, only plain digits are
numbers, times and dates and phone numbers stay the strings they look like. Anchors, tags, duplicate keys, deep
nesting and huge files are refused, so that reading a stranger's file costs no more than its length.
"""

import difflib
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic.json_schema import GenerateJsonSchema
from pydantic_core import ErrorDetails, PydanticCustomError

from tribune.errors import BadConfiguration

MAX_CHARACTERS = 1_048_576
MAX_DEPTH = 32

_Parser = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_INTEGER = re.compile(r"-?(?:0|[1-9][0-9]{0,17})\Z")
_DECIMAL = re.compile(r"-?(?:0|[1-9][0-9]{0,17})\.[0-9]{1,17}\Z")
_WORDS = {"true": True, "false": False, "null": None, "~": None, "": None}

type Location = tuple[str | int, ...]

_ASIDE = (
    "this line, or one just above, does not stand in its place: count the spaces before it, "
    "and close every quote and bracket"
)


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


def misplaced(sentence: str, location: Location) -> PydanticCustomError:
    """For a validator of a whole to raise: what is wrong with one of its parts, and which."""
    return PydanticCustomError("misplaced", "{sentence}", {"sentence": sentence, "location": location})


def load[M: BaseModel](source: Path | str, model: type[M], *, file: str = "") -> M:
    """The model that a YAML file (a Path) or text (a str) describes; `file` is the name that errors give it.

    Raises BadConfiguration with file, line, dotted field and a sentence, for each mistake.
    """
    name = file or (str(source) if isinstance(source, Path) else "")
    document = parse(source if isinstance(source, str) else text_of(source, file=name), file=name)
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
        problem = _unreadable(getattr(broken, "problem", None) or "it cannot be read")
        raise BadConfiguration(
            f"this is not valid YAML: {problem}", file=file, line=mark.line + 1 if mark else None
        ) from broken


_YAML_SAYS = {
    "mapping values are not allowed": "a colon and a space inside a text would begin another field: put the text in quotes",
    "did not find expected": _ASIDE,
    "expected <block end>": _ASIDE,
    "could not find expected ':'": "a field name is followed by a colon and a space",
    "unexpected end of stream": "a quote is opened and never closed",
    "while scanning a quoted scalar": "a quote is opened and never closed",
    "cannot start any token": "a text cannot begin with this sign: put it in quotes",
    "found a tab": "a tab stands where spaces are needed: indent with spaces",
    "unknown escape": "a \\ in double quotes means something else: use single quotes",
    "control characters": "it holds a character that no text has",
    "not allowed": "it holds a character that no text has",
}
"""What the YAML reader says, and what it means for somebody who writes a charter."""


def _unreadable(problem: str) -> str:
    return next((sentence for said, sentence in _YAML_SAYS.items() if said in problem), problem)


def text_of(path: Path, *, file: str = "") -> str:
    """What a file says. Raises BadConfiguration when it is not there, or no UTF-8 text."""
    name = file or str(path)
    try:
        return path.read_text(encoding="utf-8")
    except OSError as missing:
        raise BadConfiguration(f"the file cannot be read: {missing.strerror or missing}", file=name) from missing
    except UnicodeDecodeError as broken:
        raise BadConfiguration("the file is not UTF-8 text: save it as UTF-8", file=name) from broken


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

PATTERN_SENTENCE = "patternErrorMessage"
"""Where a field's JSON Schema says in words what its pattern asks for: editors show it, and so do we."""

type _Schema = dict[str, Any]


def written_like(sentence: str) -> dict[str, Any]:
    """For `Field(pattern=…, json_schema_extra=written_like("small letters and digits, like “a1”"))`."""
    return {PATTERN_SENTENCE: f"write {sentence}"}


def _explained(refused: ValidationError, document: Document, model: type[BaseModel], file: str) -> BadConfiguration:
    """Every mistake, in the order of the file."""
    shape = _Shape(model)
    mistakes = [_Mistake(error, document, shape) for error in refused.errors()]
    first, *others = (
        BadConfiguration(one.sentence, file=file, line=one.line, field=_dotted(one.location, document.value))
        for one in _worth_saying(mistakes)
    )
    return first.with_others(others)


def _worth_saying(mistakes: list["_Mistake"]) -> list["_Mistake"]:
    """One mistake for each place: a union complains once for each of its members, and a misspelt field twice."""
    suggested = {(*one.location[:-1], near) for one in mistakes if (near := one.meant) is not None}
    below = {one.location[:end] for one in mistakes for end in range(len(one.location))}
    told: dict[Location, _Mistake] = {}
    for one in mistakes:
        misspelt = one.error["type"] == "missing" and one.location in suggested
        if not misspelt and one.location not in below:
            told.setdefault(one.location, one)
    return sorted(told.values(), key=lambda one: (one.line or 0, one.error["type"] == "missing"))


class _Shape:
    """The JSON Schema of a model, walked along a location: made only when there is something to explain."""

    def __init__(self, model: type[BaseModel]) -> None:
        self._root: _Schema = model.model_json_schema(schema_generator=_Tolerant)

    def at(self, location: Location) -> list[_Schema]:
        """The schemas that may stand at a location that pydantic gives: names of members of a union included."""
        found = self._alternatives(self._root)
        for step in location:
            found = [below for above in found for below in self._below(above, step)]
        return found

    def names_at(self, location: Location) -> list[_Schema]:
        """What the names of what stands at a location are like, where they are free."""
        return [name for above in self.at(location) for name in self._alternatives(above.get("propertyNames", {}))]

    def fields_at(self, location: Location) -> list[str]:
        """The fields of what stands at a location."""
        return [name for schema in self.at(location) for name in schema.get("properties", ())]

    def _below(self, schema: _Schema, step: str | int) -> list[_Schema]:
        if isinstance(step, int):
            return self._alternatives(schema.get("items", {}))
        if step in schema.get("properties", {}):
            return self._alternatives(schema["properties"][step])
        if isinstance(schema.get("additionalProperties"), dict):
            return self._alternatives(schema["additionalProperties"])
        # What pydantic calls the member of a union: by its tag, or by its type, of which any may be meant.
        name = schema.get("properties", {}).get("name", {})
        tags = name.get("enum", [name.get("const", step)])
        return [schema] if step in tags else []

    def _alternatives(self, schema: _Schema) -> list[_Schema]:
        if "$ref" in schema:
            referred = self._root["$defs"][schema["$ref"].rpartition("/")[2]]
            return self._alternatives(referred | {key: value for key, value in schema.items() if key != "$ref"})
        members = schema.get("anyOf") or schema.get("oneOf") or ()
        return [found for member in members for found in self._alternatives(member)] if members else [schema]


class _Tolerant(GenerateJsonSchema):
    """A schema for explaining mistakes: what JSON cannot express is anything at all."""

    def handle_invalid_for_json_schema(self, schema: Any, error_info: str) -> dict[str, Any]:  # noqa: ARG002  pydantic's
        return {}


class _Mistake:
    """One thing that pydantic refused, placed in the document."""

    def __init__(self, error: ErrorDetails, document: Document, shape: _Shape) -> None:
        self.error, self._shape, self._document = error, shape, document
        self.location = _written_part(error, document)
        self.line = document.line_of(self.location)

    @property
    def meant(self) -> str | None:
        """The field that an unknown one was probably meant to be."""
        if self.error["type"] != "extra_forbidden":
            return None
        return _nearest(str(self.error["loc"][-1]), self._shape.fields_at(self.error["loc"][:-1]))

    @property
    def sentence(self) -> str:
        """What is wrong and what would be right."""
        return _SAID.get(self.error["type"], _Mistake._as_pydantic)(self)

    @property
    def given(self) -> Any:
        """What was written."""
        return self.error["input"]

    @property
    def context(self) -> dict[str, Any]:
        """The bounds, the choices."""
        return self.error.get("ctx", {})

    @property
    def described(self) -> str:
        """What the field is for, in brackets, empty when nothing says it."""
        texts = [schema.get("description", "") for schema in self._shape.at(self.error["loc"])]
        said = next((text for text in texts if text), "").partition(". ")[0].rstrip(".")
        return f" ({said})" if said else ""

    def message(self) -> str:
        """What pydantic, or a validator of ours, says."""
        message = self.error["msg"].removeprefix("Value error, ")
        return message[:1].lower() + message[1:]

    def unknown_field(self) -> str:
        """The nearest name, or all of them."""
        known = list(dict.fromkeys(self._shape.fields_at(self.error["loc"][:-1])))
        if near := self.meant:
            return f"unknown field; did you mean “{near}”?"
        return (
            f"unknown field; the fields here are: {', '.join(sorted(known))}" if known else "unknown field: remove it"
        )

    def unlike_pattern(self) -> str:
        """What the pattern asks for in words, where the field says it."""
        location = self.error["loc"]
        schemas = self._shape.names_at(location[:-2]) if location[-1] == "[key]" else self._shape.at(location)
        said = next((str(schema[PATTERN_SENTENCE]) for schema in schemas if PATTERN_SENTENCE in schema), "")
        return f"{said}, not {_shown(self.given)}" if said else self._as_pydantic()

    def _as_pydantic(self) -> str:
        return self.message() if isinstance(self.given, dict | list) else f"{self.message()}, not {_shown(self.given)}"


def _text_expected(mistake: _Mistake) -> str:
    if mistake.given is None:
        return f"a text is expected here, and nothing is written{mistake.described}"
    if isinstance(mistake.given, int | float):
        return f"a text is expected here: put {_as_written(mistake.given)} in quotes"
    return f"a text is expected here{mistake.described}, not {_kind(mistake.given)}"


def _one_of(mistake: _Mistake) -> str:
    known = [word or number for word, number in re.findall(r"'([^']*)'|([0-9]+)", str(mistake.context["expected"]))]
    near = _nearest(str(mistake.given), known)
    right = f"did you mean “{near}”?" if near else f"write one of: {', '.join(known)}"
    return f"{_shown(mistake.given)} is not known here{mistake.described}; {right}"


def _unknown_tag(mistake: _Mistake) -> str:
    known, given = re.findall(r"'([^']*)'", str(mistake.context["expected_tags"])), mistake.context["tag"]
    near = _nearest(str(given), known)
    right = f"did you mean “{near}”?" if near else f"there are: {', '.join(known)}"
    return f"nothing is called “{given}” here; {right}"


def _expected(what: str) -> Callable[[_Mistake], str]:
    """« {ge} or more is expected here (…), not 0 »: what stands in braces comes from the field's bounds."""
    return lambda mistake: (
        f"{what.format_map(mistake.context)} is expected here{mistake.described}, not {_kind(mistake.given)}"
    )


def _number_expected(bound: str, least_or_most: str) -> Callable[[_Mistake], str]:
    return lambda mistake: (
        f"{least_or_most} {mistake.context[bound]} must be written here{mistake.described}; "
        f"there are {mistake.context['actual_length']}"
    )


_SAID: dict[str, Callable[[_Mistake], str]] = {
    "extra_forbidden": _Mistake.unknown_field,
    "missing": lambda mistake: f"this field is missing: add it{mistake.described}",
    "value_error": _Mistake.message,
    "misplaced": _Mistake.message,
    "string_pattern_mismatch": _Mistake.unlike_pattern,
    "string_type": _text_expected,
    "string_too_short": _expected("a text"),
    "enum": _one_of,
    "literal_error": _one_of,
    "union_tag_invalid": _unknown_tag,
    "union_tag_not_found": lambda mistake: (
        f"the field {mistake.context['discriminator']} is missing: it says what this is"
    ),
    "int_type": _expected("a whole number"),
    "int_parsing": _expected("a whole number"),
    "int_from_float": _expected("a whole number"),
    "float_type": _expected("a number"),
    "float_parsing": _expected("a number"),
    "date_type": _expected("a day, like 2026-12-31,"),
    "date_parsing": _expected("a day, like 2026-12-31,"),
    "date_from_datetime_parsing": _expected("a day, like 2026-12-31,"),
    "date_from_datetime_inexact": _expected("a day, like 2026-12-31,"),
    "bool_type": _expected("true or false"),
    "bool_parsing": _expected("true or false"),
    "greater_than": _expected("more than {gt}"),
    "greater_than_equal": _expected("{ge} or more"),
    "less_than": _expected("less than {lt}"),
    "less_than_equal": _expected("{le} or less"),
    "tuple_type": _expected("a list, like [one, another],"),
    "list_type": _expected("a list, like [one, another],"),
    "dict_type": _expected("one value for each name, like {{fr: …, en: …}},"),
    "model_type": _expected("a group of fields"),
    "model_attributes_type": _expected("a group of fields"),
    "too_short": _number_expected("min_length", "at least"),
    "too_long": _number_expected("max_length", "at most"),
}
"""What we say for each kind of mistake that pydantic knows; its own words for those that are not here."""


def _kind(given: object) -> str:
    if given is None:
        return "nothing"
    return "a list" if isinstance(given, list) else "fields" if isinstance(given, dict) else _shown(given)


def _nearest(word: str, known: list[str]) -> str | None:
    near = difflib.get_close_matches(word.casefold(), known, n=1) or difflib.get_close_matches(word, known, n=1)
    return near[0] if near else None


def _as_written(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _shown(value: object) -> str:
    text = _as_written(value) if isinstance(value, bool | int | float) else f"“{value}”"
    return text if len(text) <= 60 else text[:57] + "…" + text[-1]  # noqa: PLR2004 - a line on a phone


def _written_part(mistake: ErrorDetails, document: Document) -> Location:
    """The location without what pydantic adds: the names of a union's members, and « [key] »."""
    *above, last = mistake["loc"] or ("",)
    if mistake["type"] == "misplaced":
        return (*mistake["loc"], *mistake["ctx"]["location"])
    if not mistake["loc"]:
        return ()
    found: list[str | int] = []
    value = document.value
    for step in above:
        if _has(value, step):
            found.append(step)
            value = value[step]
    if mistake["type"] == "missing" or _has(value, last):
        found.append(last)
    if mistake["type"] == "union_tag_invalid":
        found.append(mistake["ctx"]["discriminator"].strip("'"))
    return tuple(found)


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
