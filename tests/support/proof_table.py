"""The crash table at the end of a run: what was tried on each function, and that nothing was wrong; which mutants fell."""

from collections.abc import Iterable
from typing import Any

import pytest

COLUMNS = ("points", "single faults", "on moto", "pairs", "interleavings", "any order", "wrong worlds")
WIDTHS = {"points": 6, "wrong worlds": 12}
_TRIED, _FELL = "tried", "mutant"


def tell(record_property: Any, function: str, column: str, n: int) -> None:
    """How many worlds of a kind a test lived for a function."""
    record_property(_TRIED, [function, column, n])


def fell(record_property: Any, mutant: str, by: str) -> None:
    """By which sentence a mutant was caught."""
    record_property(_FELL, [mutant, by])


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Print it, if any of it was tried."""
    reports = [one for kind in ("passed", "failed") for one in terminalreporter.stats.get(kind, ())]
    properties = [entry for one in reports if isinstance(one, pytest.TestReport) for entry in one.user_properties]
    write = terminalreporter.write_line
    rows = [content for name, content in properties if name == _TRIED]
    if rows:
        write("")
        for line in table(rows):
            write(line)
    mutants = sorted(tuple(content) for name, content in properties if name == _FELL)
    if mutants:
        survived = [name for name, by in mutants if not by]
        write("")
        write(f"mutants of the design: {len(mutants)} · caught: {len(mutants) - len(survived)}")
        for name, by in mutants:
            write(f"  {name:<62} {by or 'SURVIVED'}")


def table(rows: Iterable[Any]) -> list[str]:
    """The rows, summed by function."""
    total: dict[str, dict[str, int]] = {}
    for function, column, n in rows:
        cells = total.setdefault(function, dict.fromkeys(COLUMNS, 0))
        cells[column] += n
    widths = [max(len(column), 6) for column in COLUMNS]
    lines = [
        f"{'function':<18} " + " ".join(f"{column:>{width}}" for column, width in zip(COLUMNS, widths, strict=True))
    ]
    whole = dict.fromkeys(COLUMNS, 0)
    for function, cells in [*sorted(total.items()), ("all of them", whole)]:
        lines.append(
            f"{function:<18} "
            + " ".join(f"{cells[column]:>{width},}" for column, width in zip(COLUMNS, widths, strict=True))
        )
        for column in COLUMNS:
            whole[column] += cells[column] if cells is not whole else 0
    return lines
