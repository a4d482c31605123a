"""One clock for every process of a stack."""

import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from local.clock import SharedClock

A_MOMENT = timedelta(seconds=5)


@pytest.fixture
def clock(tmp_path: Path) -> Iterator[SharedClock]:
    made = SharedClock.create(tmp_path / "clock")
    yield made
    made.close()


def test_a_new_clock_shows_the_real_time_and_runs(clock: SharedClock) -> None:
    first = clock.now()

    assert abs(first - datetime.now(UTC)) < A_MOMENT
    assert clock.now() > first


def test_it_can_be_moved_both_ways(clock: SharedClock) -> None:
    clock.advance(timedelta(days=40))
    assert abs(clock.now() - datetime.now(UTC) - timedelta(days=40)) < A_MOMENT

    then = datetime(2001, 2, 3, 4, 5, tzinfo=UTC)
    clock.set(then)
    assert timedelta(0) <= clock.now() - then < A_MOMENT


def test_another_process_sees_it_move(clock: SharedClock) -> None:
    program = (
        "import sys; from pathlib import Path; from local.clock import SharedClock\n"
        "clock = SharedClock(Path(sys.argv[1]))\n"
        "for _ in sys.stdin: print(clock.now().year, flush=True)"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program, str(clock.file)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        for year in (2031, 2042):
            clock.set(datetime(year, 6, 1, tzinfo=UTC))
            process.stdin.write("\n")
            process.stdin.flush()
            assert process.stdout.readline() == f"{year}\n"
        process.stdin.close()
