"""Floods and loops: whatever bots and crowds do, what the machine says is bounded by constants, and one call says so.

`python -m bench.floods` prints the same figures for ten thousand people.
"""

import pytest
from floods import echo_bot, echo_bot_in_private, viral_post

from tribune.budgets import PER_ACCOUNT_AND_HOUR, PER_PERSON_AND_DAY, PER_POST_AND_HOUR, PER_THREAD

RETRY_AFTER_S = 120
"""What Facebook's twin asks for."""


def test_a_viral_post_gets_the_hour_s_answers_and_one_call_and_no_case_for_each() -> None:
    seen = viral_post(600)

    assert seen.replies == PER_POST_AND_HOUR
    assert (seen.calls, seen.rung, seen.named) == (("climate_yellow + flood_post",), 1, 1)
    assert (seen.counted, seen.cases) == (600, 0)
    assert seen.unsaid == (("post", 600 - PER_POST_AND_HOUR),)


def test_the_next_hours_have_their_own_answers_and_the_day_one_call() -> None:
    seen = viral_post(10, hours=3)

    assert seen.replies == 3 * PER_POST_AND_HOUR
    assert (seen.calls, seen.rung, seen.counted) == (("flood_post",), 1, 120)


def test_a_crowd_under_many_posts_gets_the_account_s_answers_and_a_person_has_the_others() -> None:
    seen = viral_post(100, posts=100)

    assert seen.replies == PER_ACCOUNT_AND_HOUR
    assert (seen.calls, seen.rung, seen.cases) == (("climate_yellow + flood_account",), 1, 100 - PER_ACCOUNT_AND_HOUR)
    assert seen.unsaid == (("account", 100 - PER_ACCOUNT_AND_HOUR),)


def test_under_each_post_of_a_flood_one_case_stands_for_all_who_ask_the_same() -> None:
    seen = viral_post(160, posts=80)

    assert (seen.replies, seen.calls) == (PER_ACCOUNT_AND_HOUR, ("climate_yellow + flood_account",))
    assert seen.cases == 80 - PER_ACCOUNT_AND_HOUR


def test_after_a_429_nothing_is_asked_before_the_platform_s_own_time() -> None:
    seen = viral_post(100, posts=100, refused=True)

    assert seen.replies == 0
    assert seen.refused > 1, "it is tried again, once it may be"
    assert seen.closest_s is not None
    assert seen.closest_s >= RETRY_AFTER_S


@pytest.mark.parametrize(
    ("faces", "threads", "most"),
    [
        (False, False, PER_PERSON_AND_DAY),
        (False, True, PER_PERSON_AND_DAY),
        (True, False, PER_THREAD),
        (True, True, PER_POST_AND_HOUR),
    ],
)
def test_a_bot_that_answers_every_answer_is_answered_a_constant_number_of_times(
    *, faces: bool, threads: bool, most: int
) -> None:
    seen = echo_bot(faces=faces, threads=threads)

    assert seen.replies == most
    assert (seen.said, seen.counted) == (most + 1, most + 1)


def test_in_private_a_bot_is_answered_as_often_as_a_thread_allows() -> None:
    seen = echo_bot_in_private()

    assert (seen.replies, seen.calls) == (PER_THREAD, ())


def test_who_comes_back_again_and_again_after_the_machine_spoke_meets_silence_and_one_call() -> None:
    seen = echo_bot_in_private(talks_on=5)

    assert (seen.replies, seen.calls, seen.rung) == (PER_THREAD, ("loop",), 1)
