"""Strict JSON: what a platform may send us, read from verified bytes with the standard library alone.

Legal JSON can still hurt what comes after it: half an emoji kills a hash, a queue and a log; a number of five
thousand digits, a hundred thousand brackets or a key given twice are no platform's. All of these stop here.
Source: RFC 8259, and what Amazon SQS accepts as characters.
"""

import json
import re
from typing import Any

from tribune.errors import UnreadableBody

MOST_DEPTH = 40
MOST_DIGITS = 20
"""Enough for an unsigned 64-bit id."""
_MOST_NUMBER = 64

_STRING_OR_BRACKET = re.compile(rb'"(?:[^"\\]++|\\.)*+"?|[\[\]{}]', re.DOTALL)
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_HALF = re.compile("[\ud800-\udfff\ufffe\uffff]")


def parse(body: bytes) -> Any:
    """The JSON value of `body`: UTF-8 without a mark, at most MOST_DEPTH deep, its text free of what stores refuse.

    Lone surrogates become U+FFFD; control characters other than tab and line ends are dropped. Raises UnreadableBody.
    """
    if _too_deep(body):
        raise UnreadableBody("nested too deep")
    try:
        text = body.decode("utf-8")
        value = json.loads(
            text,
            object_pairs_hook=_object,
            parse_int=_integer,
            parse_float=_number,
            parse_constant=_constant,
        )
    except ValueError:
        raise UnreadableBody("not JSON in UTF-8") from None
    return _clean(value)


def _too_deep(body: bytes) -> bool:
    """Counted without recursion, and without reading strings where there are too few brackets to matter."""
    if body.count(b"[") + body.count(b"{") <= MOST_DEPTH:
        return False
    depth = 0
    for token in _STRING_OR_BRACKET.finditer(body):
        mark = token.group()
        if mark in (b"[", b"{"):
            depth += 1
            if depth > MOST_DEPTH:
                return True
        elif mark in (b"]", b"}"):
            depth -= 1
    return False


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = {_text(key): value for key, value in pairs}
    if len(found) != len(pairs):
        raise UnreadableBody("a key is given twice")
    return found


def _integer(digits: str) -> int:
    if len(digits.removeprefix("-")) > MOST_DIGITS:
        raise UnreadableBody("a number is too long")
    return int(digits)


def _number(digits: str) -> float:
    value = float(digits) if len(digits) <= _MOST_NUMBER else float("inf")
    if value in (float("inf"), float("-inf")):
        raise UnreadableBody("a number is too large")
    return value


def _constant(_name: str) -> Any:
    raise UnreadableBody("not a number")


def _clean(value: Any) -> Any:
    """Text is cleaned all the way down; the depth is known to be small."""
    match value:
        case str():
            return _text(value)
        case list():
            return [_clean(one) for one in value]
        case dict():
            return {key: _clean(one) for key, one in value.items()}
    return value


def _text(text: str) -> str:
    return _HALF.sub("\ufffd", _CONTROL.sub("", text))
