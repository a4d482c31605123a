"""A slice of the fuzz of the receiver; and that it would find what is wrong."""

import pytest

from bench import fuzz
from tribune import telemetry
from tribune.platforms import PLATFORMS, body, signatures

SLICE = range(3000)


@pytest.fixture(scope="module")
def fuzzed() -> fuzz.Fuzzed:
    return fuzz.run(SLICE)


def test_nothing_that_a_stranger_sends_gets_in_or_makes_us_stumble(fuzzed: fuzz.Fuzzed) -> None:
    assert fuzzed.failures == []


def test_each_platform_was_spoken_for_by_itself_and_by_impostors(fuzzed: fuzz.Fuzzed) -> None:
    assert fuzzed.rows.keys() == set(PLATFORMS)
    for name, row in fuzzed.rows.items():
        assert row.statuses[401] > 10
        assert (row.statuses[200] > 10, row.genuine > 20) == (PLATFORMS[name].CARD.pushes,) * 2
    statuses = {status for row in fuzzed.rows.values() for status in row.statuses}
    assert statuses == fuzz.ALLOWED


def test_the_same_seed_gives_the_same_cases() -> None:
    assert [fuzz.case(number) for number in range(50)] == [fuzz.case(number) for number in range(50)]
    assert [fuzz.case(number) for number in range(50)] != [fuzz.case(number, seed=1) for number in range(50)]


def test_a_receiver_that_lets_strangers_in_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(signatures, "_one_of", lambda _given, _expected: None)

    failures = fuzz.run(range(300)).failures

    assert [failure for failure in failures if "answered 200 instead of 401" in failure]
    assert [failure for failure in failures if "of a stranger" in failure]


def test_one_that_stumbles_logs_or_dawdles_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    def careless(raw: bytes) -> object:
        telemetry.logger().info(raw.decode("utf-8", "replace"))
        if not raw.startswith(b"{"):
            raise LookupError
        return body.parse(raw)

    monkeypatch.setattr(fuzz, "MOST_CPU_MS", 0.0)
    with fuzz.receiver() as door:
        receiving = door.handler.__globals__["_receiving"]()
        object.__setattr__(receiving, "parse", careless)
        rows = fuzz.Fuzzed()
        wrong = [one for number in range(300) for one in fuzz._judge(door, number, *fuzz.case(number), rows)]

    assert "LookupError escaped" in wrong
    assert "something private was logged" in wrong
    assert [one for one in wrong if one.startswith("took ")]


def test_the_table_says_what_came_out(fuzzed: fuzz.Fuzzed) -> None:
    lines = list(fuzz.table(fuzzed))

    assert [line.split()[0] for line in lines] == ["cases", *PLATFORMS, "all"]
    assert lines[-1].split()[1] == str(len(SLICE))
