"""How many different people: exact for few, within the stated error for many, and never twice."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tribune.crowd import MOST, STANDARD_ERROR, Crowd


def people(first: int, last: int) -> Crowd:
    return Crowd.of(f"person {number}" for number in range(first, last))


@pytest.mark.parametrize("n", [0, 1, 2, 500, MOST - 1])
def test_few_are_counted_exactly(n: int) -> None:
    assert (people(0, n).size, people(0, n).is_exact) == (n, True)


@pytest.mark.parametrize("n", [MOST, 3000, 20_000, 60_000])
def test_many_are_counted_within_the_error(n: int) -> None:
    crowd = people(0, n)
    assert not crowd.is_exact
    assert crowd.size == pytest.approx(n, rel=3 * STANDARD_ERROR)


def test_hours_make_a_day_and_nobody_is_counted_twice() -> None:
    together = people(0, 5000) | people(2500, 7500) | people(0, 100)
    assert together == people(0, 7500)


@given(st.sets(st.integers(0, 50)), st.sets(st.integers(0, 50)), st.sets(st.integers(0, 50)))
@settings(max_examples=50)
def test_together_is_the_same_in_any_order(one: set[int], two: set[int], three: set[int]) -> None:
    a, b, c = (Crowd.of(map(str, names)) for names in (one, two, three))
    assert (a | b) | c == a | (b | c) == c | (b | a)
    assert (a | a, (a | b).size, a.common(b)) == (a, len(one | two), len(one & two))


def test_who_is_in_both_is_estimated() -> None:
    assert people(0, 20_000).common(people(10_000, 30_000)) == pytest.approx(10_000, rel=0.15)


def test_a_crowd_is_small_and_comes_back_as_it_was() -> None:
    crowd = people(0, 9000)
    assert len(crowd.pack()) == 8 * MOST
    assert Crowd.unpack(crowd.pack()) == crowd
