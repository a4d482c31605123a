"""The brake's line: what keeps a changed clause acting, and what stops it."""

import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tribune.charter import Charter
from tribune.charter.brake import LIMITS, Limits, Record, Why, changed, judge, tail
from tribune.charter.document import Ceiling

CALM = Record(seen=200, cited=4, alone=4, reversed=0, seen_before=1000, cited_before=20)


@pytest.mark.parametrize(
    ("what", "record", "expected"),
    [
        ("as before", CALM, None),
        ("nothing was decided yet", Record(0, 0, 0, 0), None),
        ("two of two: too few to say", Record(2, 2, 2, 0), None),
        ("three of three, nothing before", Record(3, 3, 3, 0), Why.SHARE),
        ("exactly 5 %", Record(60, 3, 3, 0), None),
        ("a hair above 5 %", Record(59, 3, 3, 0), Why.SHARE),
        ("31 of 200, 2 % before", replace(CALM, cited=31, alone=31), Why.SHARE),
        ("it proposes already", replace(CALM, cited=31, alone=0), None),
        ("8 %, as it always was", Record(100, 8, 8, 0, 1000, 80), None),
        ("8 %, too little known to compare", Record(100, 8, 8, 0, 199, 16), Why.SHARE),
        ("8 %, just enough known", Record(100, 8, 8, 0, 200, 16), None),
        ("4 %, four times as much as before", Record(200, 8, 8, 0, 1000, 10), Why.JUMP),
        ("4 % of too few to exclude chance", Record(75, 3, 3, 0, 1000, 15), None),
        ("never fired before, 3 of 100 now", Record(100, 3, 3, 0, 1000, 0), Why.JUMP),
        ("1.2 times as much, however sure", Record(100_000, 3_600, 3_600, 0, 100_000, 3_000), None),
        ("two undone", Record(200, 4, 4, 2, 1000, 20), None),
        ("three undone of fifteen", Record(400, 15, 15, 3, 400, 15), Why.REVERSED),
        ("three undone of sixteen", Record(400, 16, 16, 3, 400, 16), None),
        ("the first version: nothing was changed", Record(20, 10, 10, 0, first=True), None),
        ("the first version, people disagree", Record(20, 10, 10, 3, first=True), Why.REVERSED),
    ],
)
def test_where_the_line_runs(what: str, record: Record, expected: Why | None) -> None:
    assert judge(record) == expected, what


records = st.builds(
    Record,
    seen=st.integers(0, 3000),
    cited=st.integers(0, 300),
    alone=st.integers(0, 300),
    reversed=st.integers(0, 300),
    seen_before=st.integers(0, 5000),
    cited_before=st.integers(0, 500),
    first=st.booleans(),
)


@given(records, st.integers(1, 50))
def test_more_reversals_never_let_it_act_again(record: Record, more: int) -> None:
    if judge(record):
        assert judge(replace(record, reversed=record.reversed + more))


@given(records)
def test_a_clause_that_does_nothing_alone_has_nothing_to_be_stopped(record: Record) -> None:
    assert judge(replace(record, alone=0)) is None


@given(records)
def test_stricter_limits_never_let_it_act_again(record: Record) -> None:
    strict = Limits(
        reversals=1, reversed_share=0.1, cited=1, share=0.01, times=1.1, chance=0.05, history=LIMITS.history
    )

    if judge(record):
        assert judge(record, strict)


@given(st.integers(0, 60), st.integers(0, 60), st.floats(0.001, 0.999))
def test_the_tail_is_the_binomials(hits: int, trials: int, rate: float) -> None:
    exact = sum(math.comb(trials, n) * rate**n * (1 - rate) ** (trials - n) for n in range(hits, trials + 1))

    assert tail(hits, trials, rate) == pytest.approx(min(exact, 1.0), rel=1e-9, abs=1e-12)


def test_the_tail_of_many_is_quick_and_no_overflow() -> None:
    assert tail(1_000_000, 20_000_000, 0.04) == 0.0
    assert 0.4 < tail(800_000, 20_000_000, 0.04) < 0.6


# --- what counts as a change ---


def test_every_rule_of_a_first_version_is_new(model: Charter) -> None:
    rules = {clause.id: clause.number for clause in model.rules() + model.rules(private=True)}

    assert changed(None, model) == rules
    assert changed(model, model) == {}


@pytest.mark.parametrize(
    ("change", "counts"),
    [
        ({"text": {"fr": "Autre chose.", "en": "Something else."}}, True),
        ({"detectors": ()}, True),
        ({"exceptions": {"fr": ("abruti de travail",)}}, True),
        ({"gravity": 3}, True),
        ({"ceiling": Ceiling.PROPOSE}, True),
        ({"first_action": "hide"}, True),
        ({"title": {"fr": "Respect !", "en": "Respect!"}}, False),
        ({"replies": ()}, False),
        ({"legal_basis": ("article 1",)}, False),
    ],
)
def test_a_change_of_weight_counts_and_a_change_of_dress_does_not(
    model: Charter, change: dict[str, object], *, counts: bool
) -> None:
    clauses = tuple(clause.model_copy(update=change) if clause.id == "respect" else clause for clause in model.clauses)
    after = model.model_copy(update={"clauses": clauses})

    assert (set(changed(model, after)) == {"respect"}) is counts
