"""Engagement: what an interaction costs the member who gives it, as data."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from tribune.charter.findings import Findings, Signal
from tribune.comment import Audience
from tribune.engagement import LevelsChange, scale
from tribune.words import shared

PACKAGED = scale((), date(2026, 11, 24))
count_of, count_of_reaction = PACKAGED.count_of, PACKAGED.count_of_reaction


def says(*signals: Signal) -> Findings:
    """A reading with these signals."""
    return Findings(signals=frozenset(signals), words=5)


def test_a_comment_is_content() -> None:
    assert count_of(Audience.PUBLIC, says(Signal.QUESTION)) == ("comment", 1)


def test_a_private_message_is_content() -> None:
    assert count_of(Audience.PRIVATE, says()) == ("message", 1)


def test_a_comment_under_a_contest_that_takes_no_part_is_content() -> None:
    assert count_of(Audience.PUBLIC, says(Signal.QUESTION), mechanic="contest") == ("comment", 1)


@pytest.mark.parametrize(("mechanic", "level"), [("contest", 2), ("", 2), ("question", 2), ("event", 3)])
def test_taking_part_counts_as_much_as_the_post_asks_for(mechanic: str, level: int) -> None:
    assert count_of(Audience.PUBLIC, says(Signal.PARTICIPATES), mechanic=mechanic) == ("comment", level)


def test_helping_another_member_is_an_operation() -> None:
    assert count_of(Audience.PUBLIC, says(Signal.HELPS_MEMBER)) == ("comment", 2)


def test_distress_counts_for_nothing() -> None:
    assert count_of(Audience.PUBLIC, says(Signal.DISTRESS, Signal.HELPS_MEMBER)) is None


@pytest.mark.parametrize(
    ("kind", "level"), [("reaction", 1), ("save", 1), ("share", 2), ("purchase", 3), ("view", 0), ("unheard-of", 0)]
)
def test_an_interaction_without_words_has_the_level_of_its_kind(kind: str, level: int) -> None:
    assert count_of_reaction(kind) == (kind, level)


@given(
    st.sampled_from(Audience),
    st.frozensets(st.sampled_from(Signal)),
    st.sampled_from(["", "contest", "event", "unheard-of"]),
)
def test_every_comment_has_a_coarse_kind_and_a_level_of_its_own(
    audience: Audience, signals: frozenset[Signal], mechanic: str
) -> None:
    counted = count_of(audience, Findings(signals=signals), mechanic=mechanic)
    assert counted is None or (counted[0] in {"comment", "message"} and counted[1] in {1, 2, 3})


def test_the_table_holds_levels_and_known_signals_only() -> None:
    table = shared("engagement")
    levels = [table[name] for name in ("kinds", "signals", "mechanics")]
    assert {level for one in levels for level in one.values()} <= {0, 1, 2, 3}
    assert set(table["signals"]) <= set(Signal)
    assert set(table["weights"]) == set(table["kinds"])


@pytest.mark.parametrize(
    ("kind", "level", "weight"),
    [("view", 0, 0), ("reaction", 1, 1), ("comment", 1, 3), ("comment", 2, 5), ("comment", 3, 10), ("share", 2, 4)],
)
def test_what_costs_a_member_more_weighs_more(kind: str, level: int, weight: int) -> None:
    assert PACKAGED.weight(kind, level) == weight


@given(st.sampled_from(sorted(shared("engagement")["kinds"])), st.integers(0, 3), st.integers(0, 3))
def test_a_higher_level_never_weighs_less(kind: str, one: int, other: int) -> None:
    assert PACKAGED.weight(kind, min(one, other)) <= PACKAGED.weight(kind, max(one, other))


def test_a_change_holds_from_its_day_on_and_leaves_the_days_before_alone() -> None:
    changes = (
        LevelsChange(since=date(2026, 12, 1), kinds={"share": 3}, weights={"share": 9}),
        LevelsChange(since=date(2027, 1, 1), kinds={"save": 2}),
    )

    before, first, both = (scale(changes, day) for day in (date(2026, 11, 30), date(2026, 12, 1), date(2027, 1, 2)))

    assert (before.count_of_reaction("share"), before.since) == (("share", 2), "")
    assert (first.count_of_reaction("share"), first.weight("share", 3), first.since) == (("share", 3), 9, "2026-12-01")
    assert (both.count_of_reaction("share"), both.count_of_reaction("save")) == (("share", 3), ("save", 2))


@pytest.mark.parametrize("wrong", [{"kinds": {"share": 4}}, {"weights": {"share": -1}}, {"signals": {"unheard": 1}}])
def test_what_is_no_level_is_refused(wrong: dict[str, dict[str, int]]) -> None:
    with pytest.raises(ValidationError):
        LevelsChange.model_validate({"since": "2026-12-01", **wrong})
