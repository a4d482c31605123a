"""A few days of interactions through the whole workflow: every counter is what an independent recount says."""

from datetime import date

import pytest

from bench import month


@pytest.mark.parametrize(
    ("first", "short_or_long", "hours"),
    [(date(2027, 3, 27), date(2027, 3, 28), 23), (date(2027, 10, 30), date(2027, 10, 31), 25)],
)
def test_every_counter_is_what_the_recount_says(
    first: date, short_or_long: date, hours: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(month._InMemory, "killed", 0.5)

    found = month.run(first, 3, 500)

    assert found.wrong == ()
    assert found.hours[short_or_long] == hours
    assert found.kills > 20
    assert found.figures > 200
    assert found.pages[1] == found.pages[0]
