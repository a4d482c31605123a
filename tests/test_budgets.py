"""The constants that bound what the machine says, and how long a courtesy waits."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tribune.budgets import (
    FLOODS,
    PER_ACCOUNT_AND_HOUR,
    PER_PERSON_AND_DAY,
    PER_POST_AND_HOUR,
    PER_THREAD,
    Silence,
    courtesy_delay,
    over,
)

USED = {
    Silence.THREAD: {"thread": PER_THREAD},
    Silence.PERSON: {"person": PER_PERSON_AND_DAY},
    Silence.POST: {"post": PER_POST_AND_HOUR},
    Silence.ACCOUNT: {"account": PER_ACCOUNT_AND_HOUR},
}
NOTHING = {"thread": 0, "person": 0, "post": 0, "account": 0}


@pytest.mark.parametrize(("silence", "used"), USED.items())
def test_each_budget_is_used_up_at_its_constant_and_not_before(silence: Silence, used: dict[str, int]) -> None:
    ((name, most),) = used.items()

    assert over(**NOTHING | used, private=False) is silence
    assert over(**NOTHING | {name: most - 1}, private=False) is None


@pytest.mark.parametrize("silence", [Silence.PERSON, Silence.POST, Silence.ACCOUNT])
def test_in_private_only_the_conversation_s_own_budget_counts(silence: Silence) -> None:
    assert over(**NOTHING | USED[silence], private=True) is None
    assert over(**NOTHING | USED[Silence.THREAD], private=True) is Silence.THREAD


def test_what_a_person_should_read_is_told_before_what_is_a_flood() -> None:
    """The same person in the same thread: a draft and a case, whatever else goes on under the post."""
    everything = {name: n for used in USED.values() for name, n in used.items()}

    assert over(**everything, private=False) is Silence.THREAD
    assert over(**everything | {"thread": 0}, private=False) is Silence.PERSON
    assert over(**everything | {"thread": 0, "person": 0}, private=False) in FLOODS


@given(st.text(), st.integers(0, 600), st.integers(0, 600))
def test_a_courtesy_waits_within_its_bounds_and_always_as_long(action: str, one: int, other: int) -> None:
    least, most = sorted((one, other))
    waits = courtesy_delay(action, (least, most))

    assert timedelta(seconds=least) <= waits <= timedelta(seconds=most)
    assert waits == courtesy_delay(action, (least, most))


def test_courtesies_do_not_all_leave_at_once() -> None:
    assert len({courtesy_delay(str(number), (40, 180)) for number in range(60)}) > 30
