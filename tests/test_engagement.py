"""Engagement: what an interaction costs the member who gives it, as data."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tribune.charter.findings import Findings, Signal
from tribune.comment import Audience
from tribune.engagement import count_of, count_of_reaction
from tribune.words import shared


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
    assert {level for levels in table.values() for level in levels.values()} <= {0, 1, 2, 3}
    assert set(table["signals"]) <= set(Signal)
