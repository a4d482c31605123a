"""The codes by which an author may contest measures: the newest twenty, whatever was measured before."""

from datetime import UTC, datetime, timedelta
from typing import Any, cast

from tribune.journal import AuthorNote, AuthorRecord
from tribune.workflow.worksheet import MOST_CODES, Known, Worksheet

NOW = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)


class Remembered:
    """A journal that knows one author."""

    def __init__(self, record: AuthorRecord) -> None:
        self.record = record

    def author(self, _community: str, _author: str, _now: datetime) -> AuthorRecord:
        return self.record

    def __getattr__(self, name: str) -> Any:
        raise AssertionError(f"nobody asks for {name}")


def test_the_oldest_code_gives_way_to_a_new_one() -> None:
    full = {f"OLD{n:03d}": (f"token{n}", NOW - timedelta(days=n + 1)) for n in range(MOST_CODES)}
    sheet = Worksheet(cast("Known", Remembered(AuthorRecord("garance", "3f2a", notices=full))), NOW)

    sheet.note_author(AuthorNote("garance", "3f2a", notices={"NEWEST": ("token", NOW)}))

    (note,) = sheet.changes().authors
    assert note.lapsed == {f"OLD{MOST_CODES - 1:03d}"}
    kept = sheet.author(("garance", "3f2a")).notices
    assert len(kept) == MOST_CODES
    assert "NEWEST" in kept
