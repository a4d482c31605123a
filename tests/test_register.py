"""The public register: nothing that is told gives away a count from one to four."""

import csv
import io
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from local.configuration import read
from tribune.figures import LAW, Figures, Slot
from tribune.measures import spread
from tribune.notice import Appeal, AppealState
from tribune.register import COLUMNS, Register, Rule, as_csv, harmless, masked, register
from tribune.report import Period
from tribune.workflow.registers import Showed, packed, unpacked

MONTH = Period.read("2026-11")
BOUNDS = (datetime(2026, 10, 31, 23, tzinfo=UTC), datetime(2026, 11, 30, 23, tzinfo=UTC))
NOW = datetime(2026, 12, 9, 9, tzinfo=UTC)
RULES = (
    Rule("respect", 10, {"fr": "Respect des personnes", "en": "Respect for people"}),
    Rule("publicite", 15, {"fr": "Pas de publicité", "en": "No advertising"}),
)
MARKS = ("cited", "reminded", "hidden", "by_person", "shown", "deleted", "excluded", "reversed")
GARANCE = read("community: {id: garance, name: Garance}\n").community

type Counts = dict[tuple[str, str], int]


def made(
    comments: int, counts: Counts, appeals: int = 0, *, overturned: int = 0, answers: int = 0, elsewhere: int = 0
) -> Register:
    slot = Slot("facebook/1001/1", "", 0, False, "comment", 1)
    told = [
        Appeal(
            "garance", f"t{n}", "facebook", "1001", f"{n}", BOUNDS[0], BOUNDS[1],
            AppealState.OVERTURNED if n < overturned else AppealState.UPHELD, decided_at=BOUNDS[0] + timedelta(days=1),
        )
        for n in range(appeals)
    ]  # fmt: skip
    return register(
        "garance",
        MONTH,
        Figures(counts=Counter({slot: comments}), clauses=Counter(counts), talk=Counter(hidden_elsewhere=elsewhere)),
        former={},
        rules=RULES,
        appeals=told,
        answers=spread("response_time_working", [3600.0] * answers),
        bounds=BOUNDS,
        now=NOW,
    )


def hidden(counts: Counts, clause: str) -> Counts:
    """What people hid is a part of what was hidden."""
    machine, person = counts.get((clause, "hidden"), 0), counts.get((clause, "by_person"), 0)
    return {**counts, (clause, "hidden"): machine + person}


COUNTS = st.dictionaries(
    st.tuples(st.sampled_from(["respect", "publicite", LAW, "gone"]), st.sampled_from(MARKS)), st.integers(0, 12)
)
FEW = st.integers(1, 4)


@settings(deadline=None)
@given(comments=st.integers(0, 60), counts=COUNTS, few=st.lists(FEW, min_size=64, max_size=64))
@example(comments=7, counts={("respect", "hidden"): 2, ("publicite", "hidden"): 5}, few=[3] * 64)
def test_whatever_the_few_were_the_same_is_published(comments: int, counts: Counts, few: list[int]) -> None:
    """The law: whoever knows everything that is published cannot tell one from two, three or four."""
    others = iter(few)
    changed = {at: next(others) if 0 < n < 5 else n for at, n in counts.items()}
    one, other = counts, changed
    for clause in ("respect", "publicite", LAW, "gone"):
        one, other = hidden(one, clause), hidden(other, clause)

    first, second = made(comments, one), made(comments, other)
    assert packed(first) == packed(second)
    for language in ("fr", "en"):
        shown = [Showed(told, GARANCE, language, lambda _: "9") for told in (first, second)]
        assert shown[0].as_csv() == shown[1].as_csv()
        assert shown[0].as_html() == shown[1].as_html()


@settings(deadline=None)
@given(comments=st.integers(0, 60), counts=COUNTS)
def test_no_count_from_one_to_four_is_told_and_every_other_one_is(comments: int, counts: Counts) -> None:
    counts = hidden(hidden(counts, "respect"), "publicite")
    told = made(comments, counts)

    assert told.received == masked(comments)
    for line in told.lines:
        if line.clause in ("respect", "publicite"):
            found = dict(zip(COLUMNS, line.counts, strict=True))
            assert found["reminded"] == masked(counts.get((line.clause, "reminded"), 0))
            assert found["hidden_by_person"] == masked(counts.get((line.clause, "by_person"), 0))
        assert not any(n in range(1, 5) for n in line.counts)
    assert all(total == sum(line.counts[at] or 0 for line in told.lines) for at, total in enumerate(told.sums))


@settings(deadline=None)
@given(comments=st.integers(5, 200), n=st.integers(0, 12), m=st.integers(0, 12), shown=st.integers(0, 12))
def test_the_share_left_visible_is_never_flattered(comments: int, n: int, m: int, shown: int) -> None:
    shown = min(shown, n)
    told = made(comments, {("respect", "hidden"): n, ("respect", "shown"): shown, ("publicite", "hidden"): m})
    truth = 1 - min(comments, n - shown + m) / comments
    assert told.visible is not None
    assert told.visible <= truth + 1e-9
    if not told.at_least:
        assert told.visible == pytest.approx(truth)


@settings(deadline=None)
@given(comments=st.integers(5, 200), elsewhere=st.integers(0, 12), few=FEW)
def test_what_the_team_hid_on_the_platform_itself_is_not_left_visible(comments: int, elsewhere: int, few: int) -> None:
    told = made(comments, {}, elsewhere=elsewhere)
    assert told.visible is not None
    assert told.visible <= 1 - min(comments, elsewhere) / comments + 1e-9
    page = Showed(told, GARANCE, "fr", lambda _: "9").as_html()
    assert ("sur le réseau même" in page) is (elsewhere > 0)
    if 0 < elsewhere < 5:
        assert packed(told) == packed(made(comments, {}, elsewhere=few))


def test_a_median_of_few_is_not_told() -> None:
    few, enough = made(9, {}, appeals=4, answers=4), made(9, {}, appeals=5, answers=5)
    assert (few.appeals, few.appeal_time_s, few.answered, few.answer_time_s) == (None, None, None, None)
    assert (enough.appeals, enough.appeal_time_s, enough.answered, enough.answer_time_s) == (5, 86400.0, 5, 3600.0)
    assert made(9, {}, appeals=9, overturned=2).overturned is None


def test_what_the_law_alone_forbade_has_a_line_of_its_own_where_there_was_any() -> None:
    assert [line.ground for line in made(9, {}).lines] == ["charter", "charter"]
    assert [line.ground for line in made(9, {(LAW, "hidden"): 9}).lines] == ["charter", "charter", "law"]


def test_it_is_kept_and_read_again() -> None:
    told = made(40, {("respect", "hidden"): 9, ("respect", "by_person"): 3})
    assert unpacked(packed(told)) == told


# --- as a file ---


@given(st.text(max_size=20))
def test_no_cell_is_a_formula_and_each_is_read_back(cell: str) -> None:
    (row,) = csv.reader(io.StringIO(as_csv([(harmless(cell), "x")]).removeprefix("\ufeff"), newline=""))
    assert not row[0].startswith(("=", "+", "-", "@", "\t", "\r"))
    assert row[0].removeprefix("'") == cell.removeprefix("'")


def test_a_spreadsheet_reads_it_in_french_and_in_english() -> None:
    told = made(4000, {("respect", "hidden"): 9, ("respect", "reminded"): 3, ("publicite", "hidden"): 6})
    french, english = (Showed(told, GARANCE, language, lambda _: "9").as_csv() for language in ("fr", "en"))

    assert french.startswith("\ufeffCommentaires reçus,4000\r\n")
    assert "10,Respect des personnes,charte,0,moins de 5,9,0,0,0,0,0\r\n" in french
    assert "15,No advertising,charter,0,0,6,0,0,0,0,0\r\n" in english
    assert "Sum of what is told,,0,0,15" in english


def test_a_page_tells_what_was_done_and_what_was_not_needed() -> None:
    told = made(40, {("respect", "hidden"): 9, ("respect", "reminded"): 3})
    page = Showed(told, GARANCE, "fr", lambda _: "9 décembre 2026").as_html()
    assert "comment la charte a été appliquée en novembre 2026" in page
    assert "<dt>Masqués par l&#39;outil</dt>\n<dd>9</dd>" in page
    assert "<dt>Rappels</dt>\n<dd>moins de 5</dd>" in page
    assert page.index("N&#39;ont pas eu à servir") < page.index("Pas de publicité")
