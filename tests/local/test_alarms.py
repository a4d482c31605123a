"""The template's alarms over what the functions count: evaluated as CloudWatch documents it."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from local.alarms import Alarm, Alarms, Counted, declared
from local.resources import Stack
from local.runtime import Ending, Result

NOON = datetime(2026, 11, 24, 12, 0, 30, tzinfo=UTC)
SERVICE = frozenset({("service", "tribune-test")})
HITS = ("Hits", SERVICE)


class Functions:
    """Logs that functions write, and what they are invoked with."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.told = folder, list[tuple[str, dict[str, Any]]]()

    def write(self, metric: str, n: float, at: datetime, end: str = "\n", **dimensions: str) -> None:
        sets = [["service"], ["service", *dimensions]] if dimensions else [["service"]]
        line = {
            "_aws": {
                "Timestamp": int(at.timestamp() * 1000),
                "CloudWatchMetrics": [{"Namespace": "Tribune", "Dimensions": sets, "Metrics": [{"Name": metric}]}],
            },
            "service": "tribune-test",
            **dimensions,
            metric: n,
        }
        with (self.folder / "Counting.log").open("a") as log:
            log.write(json.dumps(line, separators=(",", ":")) + end)

    def invoke(self, function: str, event: Any) -> Result:
        self.told.append((function, event))
        return Result(Ending.RETURNED)


@pytest.fixture
def functions(tmp_path: Path) -> Functions:
    return Functions(tmp_path)


def alarm(**changes: Any) -> Alarm:
    said: dict[str, Any] = {"watches": (HITS,), "threshold": 3.0, "compares": float.__ge__}
    return Alarm("HitsAlarm", "", "RelayAlarm", **said | changes)


def state(functions: Functions, one: Alarm, now: datetime = NOON) -> str:
    counted = Counted(functions.folder)
    counted.look()
    return one.evaluated(counted, {}, now)


def test_a_sum_counts_only_its_period(functions: Functions) -> None:
    functions.write("Hits", 2, NOON)
    functions.write("Hits", 1, NOON - timedelta(seconds=61))
    assert state(functions, alarm()) == "OK"

    functions.write("Hits", 1, NOON - timedelta(seconds=59))
    assert state(functions, alarm()) == "ALARM"
    assert state(functions, alarm(maximum=True)) == "OK"


@pytest.mark.parametrize(("breaching", "expected"), [(2, "ALARM"), (3, "OK")])
def test_so_many_of_the_periods_must_breach(functions: Functions, breaching: int, expected: str) -> None:
    for minutes in (0, 2):
        functions.write("Hits", 5, NOON - timedelta(minutes=minutes))

    assert state(functions, alarm(periods=3, breaching=breaching)) == expected


@pytest.mark.parametrize(("breaches", "expected"), [(True, "ALARM"), (False, "OK")])
def test_silence_is_what_the_alarm_says_it_is(functions: Functions, expected: str, *, breaches: bool) -> None:
    assert state(functions, alarm(silence_breaches=breaches)) == expected


def test_other_dimensions_are_another_metric(functions: Functions) -> None:
    functions.write("Hits", 5, NOON, platform="line")

    assert state(functions, alarm()) == "ALARM"
    assert state(functions, alarm(watches=(("Hits", SERVICE | {("platform", "facebook")}),))) == "OK"


def test_a_line_that_is_still_being_written_is_read_when_it_is_whole(functions: Functions) -> None:
    counted = Counted(functions.folder)
    functions.write("Hits", 5, NOON, end="")
    counted.look()
    assert counted.values(HITS, NOON - timedelta(minutes=1), NOON) == []

    with (functions.folder / "Counting.log").open("a") as log:
        log.write("\nsomething else that was printed\n")
    counted.look()
    counted.look()
    assert counted.values(HITS, NOON - timedelta(minutes=1), NOON) == [5.0]


def test_what_watches_our_own_metrics_is_evaluated_and_nothing_else(stack: Stack) -> None:
    found = {one.logical_id: one for one in declared(stack)}

    assert {"SignaturesRefusedAlarm", "BreachesSurgeAlarm", "CallsFailedAlarm", "ReceiveFailingAlarm"} <= found.keys()
    assert not found.keys() & {"InboxLateAlarm", "WatchStoppedAlarm", "FacebookSilentAlarm"}
    assert found["RepliesStuckAlarm"].hears == ("RepliesFailingAlarm",)
    assert found["RepliesFailingAlarm"].invokes == ""
    assert found["GraveWaitingAlarm"].maximum
    assert (found["BreachesSurgeAlarm"].threshold, found["BreachesSurgeAlarm"].period) == (20.0, timedelta(minutes=10))
    assert all(
        service == ("service", "tribune-test") for one in found.values() for _, who in one.watches for service in who
    )


def test_a_change_is_told_once_and_its_end_says_when_it_began(stack: Stack, functions: Functions) -> None:
    now = NOON
    alarms = Alarms(stack, functions.folder, invoke=functions.invoke, now=lambda: now)
    functions.write("ActionsFailed", 3, NOON, platform="facebook", kind="reply")
    for _ in range(20):
        now += timedelta(minutes=1)
        alarms.evaluate(now)
    (_, rang), (_, ended) = functions.told

    assert [function for function, _ in functions.told] == ["RelayAlarm", "RelayAlarm"]
    assert "RepliesStuckAlarm" in rang["alarmData"]["alarmName"]
    assert ended["alarmData"]["state"]["value"] == "OK"
    assert ended["alarmData"]["previousState"] == {
        "value": "ALARM",
        "timestamp": rang["alarmData"]["state"]["timestamp"],
    }
