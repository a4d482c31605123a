"""Strict JSON: what a platform may send us, read from verified bytes with the standard library alone.

Legal JSON can still hurt what comes after it: half an emoji kills a hash, a queue and a log; a number of five
thousand digits, a hundred thousand brackets, half a million numbers or a key given twice are no platform's. All of
these stop here.
Source: RFC 8259, and what Amazon SQS accepts as characters.
"""

import json
import re
from typing import Any

from tribune.errors import UnreadableBody

MOST_DEPTH = 40
MOST_DIGITS = 20
"""Enough for an unsigned 64-bit id."""
MOST_VALUES = 25_000
"""Meta puts at most a thousand updates into a delivery; what holds more would cost a platform's patience to read."""
_MOST_NUMBER = 64

_STRING = re.compile(rb'"(?:[^"\\]++|\\.)*+"?', re.DOTALL)
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_HALF = re.compile("[\ud800-\udfff\ufffe\uffff]")


def parse(body: bytes) -> Any:
    """The JSON value of `body`: UTF-8 without a mark, MOST_DEPTH deep and MOST_VALUES long at most, free of what stores refuse.

    Lone surrogates become U+FFFD; control characters other than tab and line ends are dropped. Raises UnreadableBody.
    """
    _refuse_excess(body)
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
    except RecursionError:
        raise UnreadableBody("nested too deep") from None
    return _clean(value, 0)


def _refuse_excess(body: bytes) -> None:
    """Too many values, counted without looking into strings where there are too few marks to matter."""
    if body.count(b"[") + body.count(b"{") + body.count(b",") <= MOST_VALUES:
        return
    # A value has two strings at most, and only an escaped quote is none of a string's two.
    if body.count(b'"') - body.count(b'\\"') > 4 * MOST_VALUES:
        raise UnreadableBody("too many values")
    marks = _STRING.sub(b"", body)
    if marks.count(b"[") + marks.count(b"{") + marks.count(b",") > MOST_VALUES:
        raise UnreadableBody("too many values")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = {key if key.isprintable() else _mended(key): value for key, value in pairs}
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


def _clean(value: Any, depth: int) -> Any:
    """Text is cleaned all the way down. Raises UnreadableBody beyond MOST_DEPTH."""
    if isinstance(value, str):
        return value if value.isprintable() else _mended(value)
    if not isinstance(value, (dict, list)):
        return value
    if depth == MOST_DEPTH:
        raise UnreadableBody("nested too deep")
    # A leaf that is fine as it is, as almost all are, costs no call.
    if isinstance(value, dict):
        return {
            key: one if type(one) is str and one.isprintable() else _clean(one, depth + 1) for key, one in value.items()
        }
    return [_clean(one, depth + 1) for one in value]


def _mended(text: str) -> str:
    """Of text that cannot all be printed; almost all can, and looking costs less than substituting."""
    return _HALF.sub("\ufffd", _CONTROL.sub("", text))
