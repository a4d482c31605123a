"""Strict JSON: whatever arrives is read, or refused in one way only."""

import json
import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tribune.errors import UnreadableBody
from tribune.platforms.body import MOST_DEPTH, parse


@given(st.binary(max_size=400))
@settings(max_examples=500)
def test_any_bytes_are_parsed_or_unreadable(body: bytes) -> None:
    try:
        parse(body)
    except UnreadableBody:
        return


PIECES = st.sampled_from(
    [b"{", b"}", b"[", b"]", b'"', b"\\", b",", b":", b'"a"', b"1", b"1e9", b"-", b".5", b"NaN", b"\\u0000", b"\\ud83d",
     b"true", b"null", b" ", b"\xc3\xa9", b"\xff", b"\xef\xbb\xbf", b"\x00", b"9" * 30, b"[" * 50]
)  # fmt: skip


@given(st.lists(PIECES, max_size=40).map(b"".join))
@settings(max_examples=500)
def test_anything_that_looks_like_json_is_parsed_or_unreadable(body: bytes) -> None:
    try:
        value = parse(body)
    except UnreadableBody:
        return
    json.dumps(value, ensure_ascii=False).encode("utf-8")


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers(-(10**19), 10**19) | st.floats(allow_nan=False, allow_infinity=False)
        | st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff"), max_size=10),
        lambda inner: st.lists(inner, max_size=3)
        | st.dictionaries(st.text(st.characters(categories=["L", "N"]), max_size=5), inner, max_size=3),
        max_leaves=20,
    ),
    st.booleans(),
)  # fmt: skip
def test_what_is_harmless_comes_out_as_it_went_in(value: Any, escaped: bool) -> None:
    assert parse(json.dumps(value, ensure_ascii=escaped).encode()) == value


def test_half_an_emoji_is_replaced_and_a_whole_one_kept() -> None:
    assert parse(rb'{"a":"\ud83d","b":"\ud83d\ude00","c":"\ude00\ud83d"}') == {"a": "�", "b": "😀", "c": "��"}


def test_control_characters_are_dropped_and_line_ends_kept() -> None:
    assert parse(rb'["a\u0000b\u0007c\u001b\u007f\u0085d\te\nf\rg"]') == ["abcd\te\nf\rg"]


def test_characters_that_a_queue_refuses_are_replaced() -> None:
    assert parse(rb'["\uffff\ufffe"]') == ["��"]


def test_keys_are_cleaned_like_words() -> None:
    assert parse(rb'{"a\u0000":{"\ud83d":1}}') == {"a": {"�": 1}}


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b" ",
        b"\xef\xbb\xbf{}",
        '{"a":1}'.encode("utf-16"),
        '{"a":1}'.encode("utf-16-le"),
        '{"a":"é"}'.encode("latin-1"),
        b'{"a":"\xed\xa0\xbd"}',
        b'{"a":1,"a":2}',
        b'{"a":{"b":1,"b":1}}',
        b'{"a":1,"a\\u0000":2}',
        b"NaN",
        b"[Infinity]",
        b"[-Infinity]",
        b"[1e999]",
        b"[-1e999]",
        b"[123456789012345678901]",
        b"[" + b"9" * 5000 + b"]",
        b"[0." + b"1" * 5000 + b"]",
        b'["raw \x00 control"]',
        b'["raw \n line"]',
        b"{}{}",
        b"{} trailing",
        b"{'a':1}",
        b'{"a":1,}',
        b"// comment\n{}",
    ],
)
def test_what_no_platform_sends_is_unreadable(body: bytes) -> None:
    with pytest.raises(UnreadableBody):
        parse(body)


def test_ids_of_64_bits_are_read_exactly() -> None:
    assert parse(b"[7000000000000000001,18446744073709551615,-9223372036854775808]") == [
        7000000000000000001,
        18446744073709551615,
        -9223372036854775808,
    ]


def test_depth_is_counted_outside_of_strings() -> None:
    assert parse(b"[" * MOST_DEPTH + b"]" * MOST_DEPTH)
    assert parse(json.dumps(["[" * 500, '"' * 50 + "{" * 500, "\\" * 99 + "["]).encode())
    with pytest.raises(UnreadableBody):
        parse(b"[" * (MOST_DEPTH + 1) + b"]" * (MOST_DEPTH + 1))


@pytest.mark.parametrize(
    "body",
    [b"[" * 1_000_000, b'{"a":' * 170_000, b'["a\\"' * 150_000, b'"' * 1_000_000, b"[" * 100 + b'"\\"' * 300_000],
)
def test_a_million_brackets_or_quotes_take_no_time_and_no_stack(body: bytes) -> None:
    begun = time.perf_counter()
    with pytest.raises(UnreadableBody):
        parse(body)
    assert time.perf_counter() - begun < 1.0


def test_a_thousand_updates_are_read() -> None:
    update = {"field": "feed", "value": {f"key {number}": ['text, with "commas"', number] for number in range(6)}}
    body = json.dumps([update] * 1000).encode()

    assert len(parse(body)) == 1000


@pytest.mark.parametrize("piece", [b"0,", b"1.5,", b'"",', b"{},", b'{"a":1},', b"[[]],", b'"\\\\",', b'"[",'])
def test_what_holds_more_values_than_any_platform_sends_is_not_read(piece: bytes) -> None:
    body = b"[" + piece * (1_000_000 // len(piece)) + b"0]"
    begun = time.process_time()
    with pytest.raises(UnreadableBody):
        parse(body)
    assert time.process_time() - begun < 0.2
