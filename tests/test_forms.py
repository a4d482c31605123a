"""Every form comes in through one door, and whatever is no form is refused there."""

import ast
from pathlib import Path
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tribune import forms
from tribune.errors import UnreadableBody

PACKAGE = Path(forms.__file__).parent
TEXTS = st.text(st.characters(exclude_categories=["Cs"])).filter(lambda text: "\r" not in text)


@given(st.dictionaries(TEXTS, TEXTS, max_size=8))
def test_what_was_written_is_what_is_read(written: dict[str, str]) -> None:
    body = urlencode(written).encode()

    assert forms.fields(body, "application/x-www-form-urlencoded; charset=utf-8", most_bytes=len(body)) == written


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"text=a", "text/plain"),
        (b"text=a", ""),
        (b'{"text": "a"}', "application/json"),
        (b"text", forms.KIND),
        (b"text=%ff", forms.KIND),
        (b"text=\xff", forms.KIND),
        (b"&".join(b"a=1" for _ in range(forms.MOST_FIELDS + 1)), forms.KIND),
        (b"text=" + b"a" * 1000, forms.KIND),
    ],
)
def test_what_is_no_form_or_too_much_of_one_is_refused(body: bytes, kind: str) -> None:
    with pytest.raises(UnreadableBody):
        forms.fields(body, kind, most_bytes=1000)


def test_a_field_left_empty_is_there_and_a_line_ends_as_ours_do() -> None:
    assert forms.fields(b"a=&b=x%0D%0Ay&b=1%0D%0A2", "Application/X-WWW-Form-Urlencoded", most_bytes=99) == {
        "a": "",
        "b": "1\n2",
    }


def test_no_screen_and_no_use_case_parses_a_form_by_itself() -> None:
    modules = [file for room in ("desk", "workflow") for file in (PACKAGE / room).rglob("*.py")]
    parsing = [
        file.name
        for file in modules
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(node, ast.ImportFrom) and any(one.name in ("parse_qs", "parse_qsl") for one in node.names)
    ]

    assert modules
    assert parsing == []
