"""register: what everybody may read each month of how the charter was applied. Pure, and written once.

Few cases could point at somebody: a count of one to four is told as "fewer than five", and nothing is told from which
such a count could be worked out. Whatever is published is made of the figures that are shown and of nothing else: two
months that differ only in counts below five, zero apart, have the same register. So a sum counts only what is shown,
and the share of comments left visible is a lower bound wherever a count is not shown.

Source: the transparency reports of the DSA (articles 15 and 24), for a page that is bound by neither.
"""

import csv
import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import floor
from typing import Final

from tribune.figures import HIDDEN_ELSEWHERE, LAW, Figures
from tribune.measures import Spread, spread
from tribune.notice import Appeal
from tribune.report import Period

LEAST: Final = 5
"""The smallest count that is told."""
COLUMNS: Final = (
    "cited",
    "reminded",
    "hidden_by_machine",
    "hidden_by_person",
    "shown",
    "deleted",
    "excluded",
    "reversed",
)
"""Of each clause, in the order in which they are read."""
_LEADS: Final = ("=", "+", "-", "@", "\t", "\r")
"""How a cell begins that a spreadsheet takes for a formula (OWASP, CSV injection)."""

type Shown = int | None
"""A count as it is told; None: from one to four."""


@dataclass(frozen=True, slots=True)
class Line:
    """What was done under one clause."""

    clause: str
    """Empty: the law, where no charter was in force."""
    article: int | None
    """None for the law, and for a clause that the charter no longer has."""
    titles: Mapping[str, str]
    ground: str
    """`charter` or `law`."""
    counts: tuple[Shown, ...]
    """One for each of COLUMNS."""


@dataclass(frozen=True, slots=True)
class Register:
    """One month of a community."""

    community: str
    month: str
    made_at: datetime
    received: Shown
    """Comments in public."""
    visible: float | None
    """Which share of them was left visible; None where that cannot be told."""
    at_least: bool
    """Is that share a lower bound?"""
    lines: tuple[Line, ...]
    sums: tuple[int, ...]
    """Of each column, the counts that are shown and no others."""
    appeals: Shown
    overturned: Shown
    appeal_time_s: float | None
    """Median until a contested decision was reviewed; None under five."""
    answered: Shown
    """First answers of persons to what waited for one."""
    answer_time_s: float | None
    """Their median, in hours of presence; None under five."""
    hidden_elsewhere: Shown = 0
    """What the team hid on the platform itself, under no article."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A clause as the register names it."""

    clause: str
    article: int
    titles: Mapping[str, str]


def masked(n: int) -> Shown:
    """The count, where it points at nobody."""
    return n if n == 0 or n >= LEAST else None


def register(  # noqa: PLR0913  what it is made of, each named at the call
    community: str,
    month: Period,
    figures: Figures,
    *,
    rules: Sequence[Rule],
    former: Mapping[str, Mapping[str, str]],
    appeals: Iterable[Appeal],
    answers: Spread,
    bounds: tuple[datetime, datetime],
    now: datetime,
) -> Register:
    """The register of a month; `answers`: response times in hours of presence, `bounds`: when the month began and ended.

    `former`: what the clauses are called that the charter has no more.
    """
    begin, end = bounds
    known = tuple(appeals)
    received_appeals = sum(begin <= one.at < end for one in known)
    decided = [one for one in known if one.decided_at is not None and begin <= one.decided_at < end]
    overturned = sum(one.state == "overturned" for one in decided)
    took = spread("appeal_time", (((one.decided_at or one.at) - one.at).total_seconds() for one in decided))
    comments = sum(n for (kind, _), n in figures.by_kind_and_level().items() if kind == "comment")
    lines = tuple(_lines(figures, rules, former))
    received = masked(comments)
    elsewhere = masked(figures.talk[HIDDEN_ELSEWHERE])
    visible, at_least = _visible(received, lines, elsewhere)
    return Register(
        community=community,
        month=month.name,
        made_at=now,
        received=received,
        visible=visible,
        at_least=at_least,
        lines=lines,
        sums=tuple(sum(line.counts[column] or 0 for line in lines) for column in range(len(COLUMNS))),
        appeals=masked(received_appeals),
        overturned=masked(overturned),
        appeal_time_s=_median(took),
        answered=masked(answers.sample),
        answer_time_s=_median(answers),
        hidden_elsewhere=elsewhere,
    )


def gone(figures: Figures, rules: Iterable[Rule]) -> list[str]:
    """The clauses that were cited and are in the charter no more."""
    return sorted({clause for clause, _ in figures.clauses} - {rule.clause for rule in rules} - {LAW})


def _lines(figures: Figures, rules: Sequence[Rule], former: Mapping[str, Mapping[str, str]]) -> Iterable[Line]:
    """Every rule of the charter, used or not; then what was cited and is in it no more; then the law."""
    for rule in sorted(rules, key=lambda one: one.article):
        yield Line(rule.clause, rule.article, rule.titles, "charter", _counts(figures, rule.clause))
    for clause in gone(figures, rules):
        yield Line(clause, None, former.get(clause, {}), "charter", _counts(figures, clause))
    if any(figures.clauses[LAW, mark] for mark in ("cited", "hidden", "deleted")):
        yield Line(LAW, None, {}, "law", _counts(figures, LAW))


def _counts(figures: Figures, clause: str) -> tuple[Shown, ...]:
    n = {mark: figures.clauses[clause, mark] for mark in ("cited", "reminded", "hidden", "by_person", "shown")}
    n |= {mark: figures.clauses[clause, mark] for mark in ("deleted", "excluded", "reversed")}
    told = n | {"hidden_by_machine": n["hidden"] - n["by_person"], "hidden_by_person": n["by_person"]}
    return tuple(masked(told[column]) for column in COLUMNS)


def _visible(received: Shown, lines: Sequence[Line], elsewhere: Shown) -> tuple[float | None, bool]:
    """The share left visible, from what is shown; each count that is not is taken for the one that leaves least."""
    if not received:
        return None, False
    gone, bound = LEAST - 1 if elsewhere is None else elsewhere, elsewhere is None
    for line in lines:
        counts = dict(zip(COLUMNS, line.counts, strict=True))
        for column in ("hidden_by_machine", "hidden_by_person", "deleted"):
            n = counts[column]
            gone += LEAST - 1 if n is None else n
            bound |= n is None
        gone -= counts["shown"] or 0
        # What was hidden and then deleted was taken away once.
        bound |= counts["shown"] is None or counts["deleted"] != 0
    share = min(max(1 - gone / received, 0.0), 1.0)
    return (floor(share * 100) / 100, True) if bound else (share, False)


def _median(times: Spread) -> float | None:
    return times.median if times.sample >= LEAST else None


# --- as a file ---


def as_csv(
    rows: Iterable[Sequence[str]],
) -> str:
    """Rows as a spreadsheet reads them: UTF-8 with its mark, lines that end as RFC 4180 says, no cell a formula."""
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\r\n")
    for row in rows:
        writer.writerow([harmless(cell) for cell in row])
    return "\ufeff" + file.getvalue()


def harmless(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if cell.startswith(_LEADS) else cell


def rows(
    told: Register, names: Mapping[str, str], *, clause: Callable[[Line], str], count: Callable[[Shown], str]
) -> Iterable[tuple[str, ...]]:
    """The register as a table: the names of the columns, a row for each clause, the sums of what is shown."""
    yield (names["article"], names["clause"], names["ground"], *(names[column] for column in COLUMNS))
    for line in told.lines:
        article = str(line.article) if line.article is not None else ""
        yield (article, clause(line), names[f"ground_{line.ground}"], *map(count, line.counts))
    yield ("", names["sums"], "", *map(count, told.sums))
