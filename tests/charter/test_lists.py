"""The packaged lists: terms that stand for several phrases, and one file instead of many."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tribune.charter import lists


@pytest.mark.parametrize(
    ("term", "phrases"),
    [
        ("abruti", ("abruti",)),
        ("prendre pour (un/une) con", ("prendre pour un con", "prendre pour une con")),
        ("je (ne/) vois plus", ("je ne vois plus", "je vois plus")),
        (
            "je (n'/)y arrive (pas/plus)",
            ("je n'y arrive pas", "je n'y arrive plus", "je y arrive pas", "je y arrive plus"),
        ),
        ("0/10", ("0/10",)),
    ],
)
def test_a_term_with_choices_stands_for_each_of_them(term: str, phrases: tuple[str, ...]) -> None:
    assert lists.alternatives(term) == phrases


def test_no_list_is_empty() -> None:
    assert [
        f"{words.language}/{name}"
        for name, by_language in lists.packaged().items()
        for words in by_language
        if not words.terms
    ] == []


# --- one file instead of a hundred and fifty ---


@pytest.fixture
def compiled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """What the layer's Makefile writes, read in place of the files."""
    path = tmp_path / "lists.json"
    path.write_text(lists.compiled_text(), "utf-8")
    monkeypatch.setattr(lists, "COMPILED", path)
    lists.loaded.cache_clear()
    yield path
    lists.loaded.cache_clear()


def test_the_compiled_lists_are_those_of_the_files(compiled: Path) -> None:
    from_one_file = lists.loaded()
    compiled.unlink()
    lists.loaded.cache_clear()

    assert lists.loaded() == from_one_file


def test_lists_compiled_from_other_files_are_not_read(compiled: Path) -> None:
    compiled.write_text(compiled.read_text("utf-8").replace("connard", "canard"), "utf-8")
    assert any("canard" in one.words.terms for one in lists.loaded())

    lists.loaded.cache_clear()
    stale = json.loads(compiled.read_text("utf-8"))
    compiled.write_text(json.dumps(stale | {"digest": "0" * 64}), "utf-8")

    assert not any("canard" in one.words.terms for one in lists.loaded())
