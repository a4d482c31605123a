"""How words are written on a telephone: « jveux », « tjrs », "cant", and the words they stand for.

Data in `words/<language>/spellings.yaml`. Terms go through the same table as texts, so both always agree.
"""

from functools import cache
from importlib import resources

from pydantic import Field

from tribune import written

_LANGUAGES = ("fr", "en")


class Spellings(written.Written):
    """One file of spellings."""

    purpose: str = Field(min_length=1)
    """What it is for, for the person who edits it."""
    spellings: dict[str, str]
    """What is written, without accents -> the folded words it stands for, never more words than it has letters."""


@cache
def table() -> dict[str, tuple[str, ...]]:
    """Every short spelling, folded -> the words it stands for. Raises BadConfiguration."""
    found: dict[str, tuple[str, ...]] = {}
    for language in _LANGUAGES:
        label = f"words/{language}/spellings.yaml"
        file = resources.files("tribune").joinpath("words", language, "spellings.yaml")
        words = written.load(file.read_text(encoding="utf-8"), Spellings, file=label)
        found.update({short: tuple(meant.split()) for short, meant in words.spellings.items()})
    return found
