"""The climate: a space beside its own usual, people rather than shouting, up at once and down slowly."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tribune.charter.findings import Signal
from tribune.climate import (
    BUCKET,
    FACES,
    WEEKS,
    Bucket,
    Level,
    Thresholds,
    Tone,
    Weather,
    bucket_of,
    bucket_start,
    hour_number,
    judge,
    people,
    seen,
    tone_of,
)
from tribune.words import shared

PARIS = ZoneInfo("Europe/Paris")
NOW = datetime(2026, 11, 24, 14, 5, tzinfo=PARIS)


def crowd(n: int, *, negative: int = 0, authors: int | None = None, alarming: int = 0) -> Bucket:
    """`n` comments by so many people, of whom `negative` complain."""
    whole = Bucket()
    for number in range(n):
        signals = {Signal.GRIEVANCE} if number < negative else set()
        signals |= {Signal.SAFETY} if number < alarming else set()
        whole += bucket_of(f"u{number % (authors or n)}", frozenset(signals), hostile=False)
    return whole


def used_to(quarterly: int, weeks: int = WEEKS) -> Weather:
    """A space in which so many comments come in each quarter of an hour, for so many weeks."""
    last = hour_number(NOW) - 1
    first = last - weeks * 7 * 24
    return Weather().remembering(dict.fromkeys(range(first, last + 1), 4 * quarterly), first, last)


QUIET = Weather().remembering({}, hour_number(NOW) - 30, hour_number(NOW) - 1)
"""A space in which nobody spoke for thirty hours."""


def level(bucket: Bucket, weather: Weather | None = None, before: Bucket | None = None, **own: Any) -> Level:
    start = bucket_start(NOW)
    buckets = {start: bucket} | ({start - BUCKET: before} if before else {})
    return judge(weather or QUIET, buckets, Thresholds.model_validate(own), PARIS, NOW)[0]


@pytest.mark.parametrize(
    ("bucket", "usual", "expected"),
    [
        (crowd(9, negative=2), 1, Level.GREEN),
        (crowd(12, negative=2), 2, Level.YELLOW),
        (crowd(12, negative=2), 10, Level.GREEN),
        (crowd(8, negative=4), 8, Level.YELLOW),
        (crowd(5, negative=5), 0, Level.GREEN),
        (crowd(31, negative=18), 10, Level.ORANGE),
        (crowd(31), 10, Level.YELLOW),
        (crowd(14, negative=9), 6, Level.ORANGE),
        (crowd(60, negative=20), 8, Level.RED),
        (crowd(60, negative=20), 25, Level.YELLOW),
        (crowd(30, negative=24), 9, Level.RED),
        (crowd(8, negative=2, alarming=2), 2, Level.RED),
        (crowd(8, negative=2, alarming=1), 8, Level.GREEN),
        (crowd(400), 10, Level.YELLOW),
    ],
)
def test_a_level_is_relative_to_what_is_usual_there(bucket: Bucket, usual: int, expected: Level) -> None:
    assert level(bucket, used_to(usual)) is expected


def test_one_angry_person_is_no_climate_however_much_they_write() -> None:
    assert level(crowd(80, negative=80, authors=1)) is Level.GREEN
    assert level(crowd(80, negative=80, authors=3)) is Level.GREEN


def test_a_space_without_history_goes_by_the_figures_alone() -> None:
    assert level(crowd(12, negative=2)) is Level.YELLOW
    assert level(crowd(9)) is Level.GREEN


def test_with_fewer_than_four_weeks_the_day_before_is_the_usual() -> None:
    assert used_to(10, weeks=1).usual(NOW, PARIS) == 10
    assert level(crowd(12), used_to(10, weeks=1)) is Level.GREEN


def test_the_usual_is_the_median_of_the_same_hour_by_the_clock_on_the_wall() -> None:
    """The clocks went back on 25 October: four weeks before is another distance in hours."""
    at = datetime(2026, 11, 3, 14, 0, tzinfo=PARIS)
    same = [datetime(2026, 10, day, 14, 0, tzinfo=PARIS) for day in (6, 13, 20, 27)]
    counted = dict(zip(map(hour_number, same), (4, 400, 40, 60), strict=True))
    last = hour_number(at) - 1
    weather = Weather(hours=counted, known_from=last - 28 * 24, known_to=last)

    assert weather.usual(at, PARIS) == 50 / 4


def test_two_who_speak_of_danger_may_do_so_on_both_sides_of_the_quarter() -> None:
    one, other = (bucket_of(who, frozenset({Signal.SAFETY}), hostile=False) for who in ("u900", "u901"))

    assert level(crowd(6) + one, before=other) is Level.RED
    assert level(crowd(6) + one, before=one) is not Level.RED


def test_a_community_sets_its_own_lines_and_keeps_the_others() -> None:
    calm = {"yellow": [{"comments": 100}]}

    assert level(crowd(60), **calm) is Level.GREEN
    assert level(crowd(60, negative=30), **calm) is Level.RED


def life(*levels: Bucket) -> list[Level]:
    """What is judged in the middle of each quarter of an hour of this life."""
    weather, buckets, told = QUIET, dict[datetime, Bucket](), []
    for number, bucket in enumerate(levels):
        now = NOW + number * BUCKET
        buckets[bucket_start(now)] = bucket
        found, _ = judge(weather, buckets, Thresholds(), PARIS, now)
        if found is not weather.level:
            weather = weather.after(found, now)
        told.append(found)
    return told


def test_it_comes_down_after_two_calm_quarters_of_an_hour_and_not_before() -> None:
    storm, calm = crowd(30, negative=10), crowd(2)
    green, orange = Level.GREEN, Level.ORANGE

    assert life(calm, storm, calm, calm, calm, calm) == [green, orange, orange, orange, green, green]
    assert life(storm, calm, storm, calm, calm, calm) == [orange] * 5 + [green]


def test_it_comes_down_to_what_the_calm_ones_still_are() -> None:
    red, yellow = crowd(60, negative=30), crowd(12, negative=1)

    assert life(red, yellow, yellow, yellow) == [Level.RED, Level.RED, Level.RED, Level.YELLOW]


def test_hours_older_than_four_weeks_are_forgotten() -> None:
    weather = used_to(3, weeks=6)

    assert len(weather.hours) == 28 * 24
    assert weather.known_from == min(weather.hours)


def test_whoever_counts_apart_counts_together() -> None:
    whole = crowd(20, negative=5)
    half = crowd(10, negative=5)

    assert (half + half).comments == whole.comments
    assert (half + half).faces == half.faces


@given(st.integers(0, 300))
def test_people_are_counted_about_right_in_a_bounded_space(n: int) -> None:
    marks = crowd(n).faces

    assert len(marks) <= FACES
    assert abs(people(marks) - n) <= max(3, 0.35 * n)


@pytest.mark.parametrize("n", [26, 46, 75, 110])
def test_nobody_is_told_of_more_people_than_comments(n: int) -> None:
    assert people(crowd(n).faces) > n, "the estimate alone would say so"
    assert seen(crowd(n), Bucket(), 1.0).authors == n


def test_the_levels_of_the_file_are_those_of_the_code() -> None:
    assert list(shared("climate")) == [*(level.value for level in Level if level is not Level.GREEN), "unknown", "echo"]


def test_nobody_is_in_a_bucket_but_by_a_mark() -> None:
    bucket = bucket_of("7a1f", frozenset({Signal.HARM}), hostile=False)

    assert (bucket.comments, bucket.negative, bucket.alarming) == (1, 1, bucket.faces)
    assert all(isinstance(mark, int) and mark < FACES for mark in bucket.faces)
    assert NOW.astimezone(UTC) - bucket_start(NOW) < timedelta(minutes=15)


@pytest.mark.parametrize(
    ("angry", "expected"), [(8, Level.YELLOW), (20, Level.YELLOW), (30, Level.ORANGE), (40, Level.RED)]
)
def test_where_nobody_knows_what_is_usual_it_takes_a_crowd(angry: int, expected: Level) -> None:
    assert level(crowd(angry, negative=angry), Weather()) is expected


def test_a_community_says_itself_what_is_usual_where_nobody_knows() -> None:
    assert level(crowd(20, negative=20), Weather(), unknown=2) is Level.ORANGE


@pytest.mark.parametrize(
    ("signals", "hostile", "tone"),
    [
        ({Signal.PRAISE}, False, Tone.POSITIVE),
        ({Signal.PRAISE, Signal.GRIEVANCE}, False, Tone.NEGATIVE),
        ({Signal.THANKS}, True, Tone.NEGATIVE),
        ({Signal.QUESTION}, False, Tone.NEITHER),
    ],
)
def test_praise_beside_a_grievance_is_no_praise(signals: set[Signal], hostile: bool, tone: Tone) -> None:
    assert tone_of(frozenset(signals), hostile=hostile) is tone
