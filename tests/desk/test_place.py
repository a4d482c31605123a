"""The addresses of the desk's pages, as messages carry them: each leads back to what it is about, and nowhere else."""

from dataclasses import replace
from datetime import UTC, datetime
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tribune.desk.place import Screens, found
from tribune.errors import NotFound
from tribune.journal import Call, CallState

NOW = datetime(2026, 11, 24, 14, 5, tzinfo=UTC)
SCREENS = Screens("https://charte.garance.example/desk")
CALL = Call(
    community="garance",
    id="threat-1",
    reason="threat",
    urgency="now",
    state=CallState.READY,
    created_at=NOW,
    due_at=NOW,
    rev=0,
    platform="facebook",
    account="1001",
    thread="1001_1",
    objects=("1_14",),
)


@given(account=st.text(min_size=1, max_size=30), name=st.text(min_size=1, max_size=30))
def test_a_call_about_one_comment_leads_to_its_case(account: str, name: str) -> None:
    address = SCREENS.about(replace(CALL, account=account, objects=(name,)))
    parts = urlsplit(address)
    *_, community, screen, at = parts.path.split("/")

    assert (parts.scheme, parts.netloc, screen) == ("https", "charte.garance.example", "case")
    assert found(community, at) == ("garance", "facebook", account, name)
    assert (parts.query, parts.fragment) == ("", ""), "nobody's right to do anything travels in an address"


@pytest.mark.parametrize("changes", [{"objects": ()}, {"objects": ("1", "2")}, {"platform": None}, {"account": None}])
def test_a_call_about_several_or_about_none_leads_to_the_list_of_calls(changes: dict[str, object]) -> None:
    assert SCREENS.about(replace(CALL, **changes)) == "https://charte.garance.example/desk/garance/calls"


def test_what_names_no_comment_is_not_found() -> None:
    for name in ("", "x", "WzFd", "W10", "%%", "é"):
        with pytest.raises(NotFound):
            found("garance", name)
