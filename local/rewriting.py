"""Changing one value of a YAML file that a person wrote: every character outside of it, comments too, stays as it is.

What comes out is read again before it is given back: it says what the file said, with that value in its place.
"""

import copy
import json
from collections.abc import Mapping, Sequence
from typing import Any

import yaml

from tribune import written
from tribune.errors import BadConfiguration
from tribune.written import Location

type Value = Sequence[str] | Mapping[str, Sequence[str]]
"""A list of texts, or one for each language."""

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_STEP = "  "


def with_value(text: str, location: Location, value: Value, *, file: str = "") -> str:
    """`text` with `value` at a location, which need not be there yet; what contains it must be.

    Raises BadConfiguration for an unreadable file, or one written so unusually that a person has to change it.
    """
    before = written.parse(text, file=file).value
    *above, name = location
    parent = _node(yaml.compose(text, Loader=_LOADER), tuple(above))
    if not isinstance(parent, yaml.MappingNode):
        raise _by_hand(file, location)
    return _checked(_replaced(text, parent, str(name), value), before, location, value, file)


def with_one_more(text: str, location: Location, item: str, *, file: str = "") -> str:
    """`text` with one more entry in the list at a location, which need not be there yet. Raises BadConfiguration."""
    before = written.parse(text, file=file).value
    listed = _value(before, location)
    wanted = [*(listed or ()), item]
    node = _node(yaml.compose(text, Loader=_LOADER), location)
    if not isinstance(node, yaml.SequenceNode) or not node.value:
        return with_value(text, location, wanted, file=file)
    last = _end(node.value[-1])
    if node.flow_style:
        changed = f"{text[:last]}, {_quoted(item)}{text[last:]}"
    else:
        column = text[: node.value[0].start_mark.index].rpartition("\n")[2].index("-")
        line_end = text.find("\n", last)
        line_end = len(text) if line_end < 0 else line_end
        changed = f"{text[:line_end]}\n{' ' * column}- {_quoted(item)}{text[line_end:]}"
    return _checked(changed, before, location, wanted, file)


def _replaced(text: str, parent: yaml.MappingNode, name: str, value: Value) -> str:
    for key, old in parent.value:
        if key.value == name:
            start, end = key.end_mark.index, max(_end(old), key.end_mark.index)
            if old.start_mark.index == old.end_mark.index:  # nothing is written behind the colon
                end = text.index(":", start) + 1
            said = _flow(value) if parent.flow_style else _block(value, parent.start_mark.column)
            return f"{text[:start]}:{_gap(said)}{said}{text[end:]}"
    last = _end(parent.value[-1][1])
    if parent.flow_style:
        return f"{text[:last]}, {name}: {_flow(value)}{text[last:]}"
    said = _block(value, parent.start_mark.column)
    line_end = text.find("\n", last)
    line_end = len(text) if line_end < 0 else line_end
    return f"{text[:line_end]}\n{' ' * parent.start_mark.column}{name}:{_gap(said)}{said}{text[line_end:]}"


def _gap(said: str) -> str:
    return "" if said.startswith("\n") else " "


def _block(value: Value, column: int) -> str:
    """What stands behind « name: » in a block whose fields begin at a column."""
    if not value:
        return _flow(value)
    inner = " " * column + _STEP
    if isinstance(value, Mapping):
        return "".join(f"\n{inner}{name}:{_entries(entries, inner + _STEP)}" for name, entries in value.items())
    return _entries(value, inner)


def _entries(entries: Sequence[str], indentation: str) -> str:
    return "".join(f"\n{indentation}- {_quoted(entry)}" for entry in entries) or " []"


def _flow(value: Value) -> str:
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{name}: {_flow(entries)}" for name, entries in value.items()) + "}"
    return "[" + ", ".join(map(_quoted, value)) + "]"


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _node(node: yaml.Node | None, location: Location) -> yaml.Node | None:
    for step in location:
        if isinstance(node, yaml.MappingNode):
            node = next((value for key, value in node.value if key.value == step), None)
        elif isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
            node = node.value[int(step)]
        else:
            return None
    return node


def _end(node: yaml.Node) -> int:
    """Where the last character of a value stands: a block ends with its last entry, not where the next field begins."""
    if not isinstance(node, yaml.CollectionNode) or node.flow_style or not node.value:
        return int(node.end_mark.index)
    last = node.value[-1]
    return _end(last[1] if isinstance(last, tuple) else last)


def _value(value: Any, location: Location) -> Any:
    for step in location:
        if isinstance(value, dict):
            value = value.get(step)
        elif isinstance(value, list) and isinstance(step, int) and step < len(value):
            value = value[step]
        else:
            return None
    return value


def _checked(changed: str, before: Any, location: Location, value: Value, file: str) -> str:
    """The changed text, once it is sure that it says what is wanted and nothing else."""
    wanted = copy.deepcopy(before)
    *above, name = location
    _value(wanted, tuple(above))[name] = (
        {key: list(entries) for key, entries in value.items()} if isinstance(value, Mapping) else list(value)
    )
    try:
        if written.parse(changed).value == wanted:
            return changed
    except BadConfiguration:
        pass  # said below: the file itself is right
    raise _by_hand(file, location)


def _by_hand(file: str, location: Location) -> BadConfiguration:
    return BadConfiguration(
        "this part of the file is written in a way that only a person can change: write it by hand",
        file=file,
        field=".".join(map(str, location)),
    )
