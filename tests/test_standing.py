"""An author's standing: what they had been told when they wrote, and for how long it counts."""

import random
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tribune import written
from tribune.charter import Charter
from tribune.standing import Standing, Strike

NOW = datetime(2026, 3, 4, 10, 0, tzinfo=UTC)
NINETY_DAYS = timedelta(days=90)
ages = st.timedeltas(timedelta(days=-30), timedelta(days=400))
told = st.lists(st.tuples(st.sampled_from("abcdefgh"), ages), max_size=8, unique_by=lambda one: one[0]).map(
    lambda found: tuple(Strike("respect", name, NOW - age) for name, age in found)
)


def count(strikes: tuple[Strike, ...], at: datetime = NOW, *, besides: str = "now") -> int:
    return Standing(strikes=strikes).told_before(at, NINETY_DAYS, besides=besides)


def strikes_of(*days: float) -> tuple[Strike, ...]:
    """Somebody who was told that many days ago."""
    return tuple(Strike("respect", f"o-{n}", NOW - timedelta(days=ago)) for n, ago in enumerate(days))


@pytest.mark.parametrize(
    ("days", "counted"),
    [
        ((), 0),
        ((89.9,), 1),
        ((90,), 0),
        ((1, 2, 3), 3),
        ((80, 160), 2),  # a reminder lapses after ninety days without a breach, and there were not ninety such days
        ((80, 171), 1),
        ((91, 92, 93), 0),
        ((-1,), 0),  # told after they wrote this: they could not know
        ((0,), 0),
        ((-1, 89), 1),
    ],
)
def test_a_strike_lapses_after_ninety_days_without_another(days: tuple[float, ...], counted: int) -> None:
    assert count(strikes_of(*days)) == counted


@given(told, st.randoms())
def test_the_order_in_which_things_became_known_changes_nothing(
    strikes: tuple[Strike, ...], order: random.Random
) -> None:
    mixed = list(strikes)
    order.shuffle(mixed)
    assert count(tuple(mixed)) == count(strikes)


@given(told, st.sampled_from("abcdefgh"))
def test_no_comment_is_its_own_earlier_breach(strikes: tuple[Strike, ...], name: str) -> None:
    others = tuple(strike for strike in strikes if strike.object != name)
    assert count(strikes, besides=name) == count(others)


@given(told, told)
def test_one_more_strike_never_makes_it_fewer(strikes: tuple[Strike, ...], more: tuple[Strike, ...]) -> None:
    known = {strike.object for strike in strikes}
    assert count(strikes) <= count(strikes + tuple(strike for strike in more if strike.object not in known))


@given(told)
def test_after_ninety_days_in_which_nobody_had_to_be_told_anything_all_is_forgotten(
    strikes: tuple[Strike, ...],
) -> None:
    last = max((strike.at for strike in strikes), default=NOW)
    assert count(strikes, last + NINETY_DAYS) == 0


def test_the_machine_keeps_the_number_that_members_read() -> None:
    charter = written.load(Path(__file__).parents[1] / "charters" / "model.fr-en.yaml", Charter)
    clause = charter.clause("mesures")
    assert clause is not None
    assert charter.commitments.strike_ttl.lasting == NINETY_DAYS
    for language, words in (("fr", "quatre-vingt-dix jours"), ("en", "ninety days")):
        assert words in charter.words_of(clause, language)
