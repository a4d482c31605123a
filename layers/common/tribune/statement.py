"""Statements of reasons in the DSA's vocabulary: what schema v2 allows, and what is wrong with a statement. Pure.

Source: the public submission schema of the DSA Transparency Database (names and limits only), kept as data in
`words/statement.yaml` and `words/dsa.yaml`.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import Any, Final

from tribune import words

_MEASURES: Final = "one_of_the_measures"
_YES_NO: Final = ("Yes", "No")
_EAN_13 = re.compile(r"[0-9]{13}")
_ADDRESS = re.compile(r"https?://[^\s/?#]+\S*")
_LANGUAGE = re.compile(r"[A-Z]{2}")


def problems(statement: Mapping[str, Any]) -> list[str]:
    """What keeps a statement from being one of schema v2, each as `field: what`; empty when nothing does."""
    rules = words.shared("statement")["fields"]
    found = [f"{name}: unknown" for name in statement if name not in rules]
    for name, rule in rules.items():
        found += [f"{name}: {what}" for what in _presence(name, rule, statement)]
        if name in statement:
            found += [f"{name}: {what}" for what in _KINDS[rule["type"]](statement[name], rule)]
            found += [f"{name}: {what}" for what in _bounds(statement[name], rule, statement)]
    measures = [name for name, rule in rules.items() if rule.get("required") == _MEASURES]
    if not any(statement.get(name) for name in measures):
        found.append(f"{measures[0]}: none of the four measures is named")
    return found


def allowed(field: str) -> tuple[str, ...]:
    """The values that a field of schema v2 may hold. KeyError for one that has no list."""
    return _values(words.shared("statement")["fields"][field])


def _values(rule: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(words.shared("dsa")[rule["of"]] if "of" in rule else rule["values"])


def _presence(name: str, rule: Mapping[str, Any], statement: Mapping[str, Any]) -> Iterator[str]:
    there = name in statement
    if rule.get("required") == "always" and not there:
        yield "missing"
    for condition in ("when", "only"):
        if condition in rule:
            holds = _holds(rule[condition], statement)
            if there and not holds:
                yield "has no place here"
            if condition == "when" and holds and not there:
                yield "missing"
    if there and "unless" in rule and _holds(rule["unless"], statement):
        yield "has no place here"


def _holds(condition: Mapping[str, str], statement: Mapping[str, Any]) -> bool:
    ((field, value),) = condition.items()
    given = statement.get(field)
    return value in given if isinstance(given, list) else given == value


def _text(value: object, rule: Mapping[str, Any]) -> Iterator[str]:
    if not isinstance(value, str) or not value.strip():
        yield "no text"
    elif len(value) > rule["max"]:
        yield f"{len(value)} characters, at most {rule['max']}"
    elif "pattern" in rule and not re.fullmatch(rule["pattern"], value):
        yield "other characters than allowed"


def _url(value: object, rule: Mapping[str, Any]) -> Iterator[str]:
    yield from _text(value, rule)
    if isinstance(value, str) and not _ADDRESS.fullmatch(value):
        yield "no address"


def _one(value: object, rule: Mapping[str, Any]) -> Iterator[str]:
    if value not in _values(rule):
        yield f"{value!r} is no value of it"


def _many(value: object, rule: Mapping[str, Any]) -> Iterator[str]:
    if not isinstance(value, list) or not value:
        yield "no list of values"
        return
    if len(set(map(str, value))) < len(value):
        yield "a value stands twice"
    for one in value:
        yield from _one(one, rule)


def _yes_no(value: object, _rule: Mapping[str, Any]) -> Iterator[str]:
    if value not in _YES_NO:
        yield f"{value!r} is neither Yes nor No"


def _language(value: object, _rule: Mapping[str, Any]) -> Iterator[str]:
    if not isinstance(value, str) or not _LANGUAGE.fullmatch(value):
        yield f"{value!r} is no ISO 639-1 code in capitals"


def _ean_13(value: object, _rule: Mapping[str, Any]) -> Iterator[str]:
    match value:
        case {"EAN-13": str(code), **rest} if not rest and _EAN_13.fullmatch(code):
            return
    yield "only an EAN-13 of 13 digits"


def _date(value: object, _rule: Mapping[str, Any]) -> Iterator[str]:
    if _day(value) is None:
        yield f"{value!r} is no date like 2026-11-22"


def _bounds(value: object, rule: Mapping[str, Any], statement: Mapping[str, Any]) -> Iterator[str]:
    """A date lies between two others; the first may be that of another field."""
    day = _day(value)
    if rule["type"] != "date" or day is None:
        return
    first = rule["min"] if isinstance(rule["min"], date) else _day(statement.get(rule["min"]))
    if first is not None and day < first:
        yield f"before {first}"
    if day > rule["max"]:
        yield f"after {rule['max']}"


def _day(value: object) -> date | None:
    if not isinstance(value, str) or not re.fullmatch(r"\d{4}-\d{2}-\d{2}", value):
        return None
    try:
        return date.fromisoformat(value)
    except ValueError:
        return None


_KINDS: Final[Mapping[str, Callable[[object, Mapping[str, Any]], Iterator[str]]]] = {
    "one": _one,
    "many": _many,
    "text": _text,
    "url": _url,
    "date": _date,
    "language": _language,
    "yes_no": _yes_no,
    "ean_13": _ean_13,
}
