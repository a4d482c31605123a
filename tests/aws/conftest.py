"""What the tests of the cloud edge share, besides the stack."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest

from tribune import clock


@pytest.fixture
def advance() -> Iterator[Callable[[timedelta], None]]:
    """Stops the clock at 9:00 and moves it on by what it is told."""
    moment = [datetime(2026, 11, 22, 9, 0, tzinfo=UTC)]
    clock.follow(lambda: moment[0])

    def step(by: timedelta) -> None:
        moment[0] += by

    yield step
    clock.follow(lambda: datetime.now(UTC))
