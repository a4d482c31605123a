"""numerals: figures as people write them, in French and in English."""

import pytest

from tribune.numerals import count, decimal, lasting, share

MINUTE, HOUR, DAY = 60, 3600, 86400


@pytest.mark.parametrize(
    ("value", "fr", "en"),
    [(0, "0", "0"), (999, "999", "999"), (12345, "12\u202f345", "12,345"), (-1234567, "−1\u202f234\u202f567", "−1,234,567")],
)  # fmt: skip
def test_thousands_are_parted_as_the_language_does(value: int, fr: str, en: str) -> None:
    assert (count(value, "fr"), count(value, "en")) == (fr, en)


@pytest.mark.parametrize(
    ("value", "fr", "en"),
    [(4.25, "4,2", "4.2"), (4.0, "4", "4"), (0.04, "0", "0"), (-0.04, "0", "0"), (1234.56, "1\u202f234,6", "1,234.6"), (100.0, "100", "100")],
)  # fmt: skip
def test_decimals_that_say_nothing_are_left_out(value: float, fr: str, en: str) -> None:
    assert (decimal(value, "fr"), decimal(value, "en")) == (fr, en)


@pytest.mark.parametrize(
    ("value", "fr", "en"),
    [
        (0, "0\u00a0%", "0%"),
        (1, "100\u00a0%", "100%"),
        (0.823, "82\u00a0%", "82%"),
        (0.0042, "0,4\u00a0%", "0.4%"),
        (0.00001, "0,1\u00a0%", "0.1%"),
        (0.9999, "99\u00a0%", "99%"),
        (1.5, "150\u00a0%", "150%"),
        (-0.25, "−25\u00a0%", "−25%"),
    ],
)
def test_a_share_that_is_not_all_is_never_said_to_be_all_nor_some_to_be_none(value: float, fr: str, en: str) -> None:
    assert (share(value, "fr"), share(value, "en")) == (fr, en)


@pytest.mark.parametrize(
    ("seconds", "fr", "en"),
    [
        (10, "moins d'une minute", "less than a minute"),
        (42 * MINUTE, "42\u00a0min", "42\u00a0min"),
        (3 * HOUR, "3\u00a0h", "3\u00a0h"),
        (3 * HOUR + 5 * MINUTE, "3\u00a0h\u00a005", "3\u00a0h 05\u00a0min"),
        (HOUR - 1, "1\u00a0h", "1\u00a0h"),
        (2 * DAY + 4 * HOUR + MINUTE, "2\u00a0j\u00a04\u00a0h", "2\u00a0d 4\u00a0h"),
        (1500 * DAY, "1\u202f500\u00a0j", "1,500\u00a0d"),
    ],
)
def test_a_length_of_time_is_told_in_its_two_largest_units(seconds: float, fr: str, en: str) -> None:
    assert (lasting(seconds, "fr"), lasting(seconds, "en")) == (fr, en)
