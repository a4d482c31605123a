"""The local stack, really running on a template of three functions."""

import json
import os
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from local.runtime import Ending

TINY = Path(__file__).resolve().parent / "tiny" / "template.yaml"


def test_a_request_reaches_its_function_in_a_process_of_its_own(tiny: Any) -> None:
    told = tiny.ask("GET", "/echo/hello?x=1").json()

    assert told["event"]["routeKey"] == "GET /echo/{name}"
    assert told["event"]["pathParameters"] == {"name": "hello"}
    assert told["event"]["rawQueryString"] == "x=1"
    assert told["pid"] != os.getpid()
    assert told["name"] == "Echo"
    assert 0 < told["left_ms"] <= 20_000


def test_a_function_has_the_environment_that_the_template_declares(tiny: Any) -> None:
    environment = tiny.ask("GET", "/echo/environment").json()["environment"]

    declared = tiny.stack.created.environment("Echo")
    assert declared == {
        "STAGE": "tiny",
        "LEVEL": "high",
        "JOBS_QUEUE_URL": tiny.stack.created.queues()["JobsQueue"],
        "NAME": "tribune-tiny/tribune-tiny-JobsQueue",
    }
    assert declared.items() <= environment.items()
    others = environment.keys() - declared.keys()
    assert all(
        name.startswith(("AWS_", "LAMBDA_", "_", "LC_"))
        for name in others - {"PATH", "HOME", "LANG", "TZ", "PYTHONPATH"}
    )
    assert environment["AWS_ENDPOINT_URL"] == tiny.stack.cloud.url


def test_an_unknown_path_is_not_found(tiny: Any) -> None:
    answer = tiny.ask("GET", "/nowhere")

    assert (answer.status, answer.json()) == (404, {"message": "Not Found"})


def test_work_that_is_done_leaves_the_queue(tiny: Any) -> None:
    tiny.send(*({"id": f"ok{number}", "do": "ok"} for number in range(9)))
    tiny.stack.settle(10)

    assert [tiny.count(f"ok{number}.done") for number in range(9)] == [1] * 9
    assert max(batch.messages for batch in tiny.batches) <= 4


def test_only_the_reported_failures_come_back_and_only_after_their_visibility(tiny: Any) -> None:
    parked = tiny.depth("JobsUnhandled").total
    tiny.send({"id": "good", "do": "ok"}, {"id": "bad", "do": "fail"})
    tiny.until(lambda: tiny.count("bad.tried") == 1 and tiny.depth("JobsQueue").total == 1)

    assert tiny.depth("JobsQueue").in_flight == 1
    assert not tiny.stack.state()["idle"]

    tiny.stack.clock.advance(timedelta(seconds=13))
    tiny.until(lambda: tiny.count("bad.tried") == 2 and tiny.depth("JobsQueue").in_flight == 1)
    tiny.stack.clock.advance(timedelta(seconds=13))
    state = tiny.stack.settle(10)

    assert (tiny.count("bad.tried"), tiny.count("good.done")) == (2, 1)
    assert state["parked"]["JobsUnhandled"] == parked + 1


def test_an_exception_brings_the_whole_batch_back(tiny: Any) -> None:
    tiny.send({"id": "first", "do": "ok"}, {"id": "second", "do": "raise"})
    tiny.until(lambda: tiny.count("second.tried") >= 1 and not tiny.stack.functions.busy())

    assert tiny.batches[-1].ending is Ending.RAISED
    assert tiny.depth("JobsQueue").in_flight == tiny.batches[-1].failed
    clear(tiny)


def test_a_function_that_outlives_its_timeout_is_killed(tiny: Any) -> None:
    tiny.send({"id": "slow", "do": "hang"})
    tiny.until(lambda: bool(tiny.batches) and tiny.batches[-1].ending is Ending.TIMED_OUT)

    assert tiny.count("slow.done") == 0
    clear(tiny)


def test_work_that_was_given_up_meanwhile_is_finished_without_harm(tiny: Any) -> None:
    tiny.send({"id": "napper", "do": "nap"})
    for times in (1, 2):
        tiny.until(lambda times=times: tiny.count("napper.tried") == times)
        tiny.stack.clock.advance(timedelta(seconds=13))
    tiny.until(lambda: tiny.count("napper.done") == 2)
    tiny.send({"id": "after", "do": "ok"}, {"id": "wards", "do": "ok"})
    tiny.stack.settle(10)

    assert (tiny.count("after.done"), tiny.count("wards.done")) == (1, 1)


@pytest.mark.parametrize(("when", "tried"), [("before", 0), ("after", 1)])
def test_a_function_is_killed_at_the_call_that_was_asked_for(tiny: Any, when: str, tried: int) -> None:
    name = f"killed-{when}"
    order = json.dumps({"function": "Work", "at_call": 1, "when": when}).encode()
    assert tiny.ask("POST", "/_local/kill", order).status == 200

    tiny.send({"id": name, "do": "ok"})
    tiny.until(lambda: bool(tiny.batches) and tiny.batches[-1].ending is Ending.KILLED)
    assert tiny.count(f"{name}.tried") == tried

    tiny.stack.clock.advance(timedelta(seconds=13))
    tiny.stack.settle(10)
    assert (tiny.count(f"{name}.tried"), tiny.count(f"{name}.done")) == (tried + 1, 1)


def test_what_the_policies_do_not_allow_is_refused(tiny: Any) -> None:
    tiny.send({"id": "nosy", "do": "scan"})
    tiny.until(lambda: bool(tiny.batches) and tiny.batches[-1].ending is Ending.RAISED)

    assert tiny.count("nosy.done") == 0
    clear(tiny)


def test_schedules_follow_the_clock(tiny: Any) -> None:
    before = tiny.count("Scheduled Event", "tick")
    tiny.stack.clock.advance(timedelta(minutes=59))
    tiny.stack.settle(10)
    almost = tiny.count("Scheduled Event", "tick")
    tiny.stack.clock.advance(timedelta(hours=5))
    tiny.stack.settle(10)

    assert tiny.count("Scheduled Event", "tick") == almost + 1
    assert almost <= before + 1


def test_every_process_tells_the_same_time(tiny: Any) -> None:
    tiny.stack.clock.advance(timedelta(days=3))

    before = tiny.stack.clock.now()
    told = tiny.ask("GET", "/echo/time").json()["now"]

    assert before.isoformat() <= told <= tiny.stack.clock.now().isoformat()


def test_a_function_can_be_invoked_as_any_trigger_would(tiny: Any) -> None:
    result = tiny.stack.invoke("Echo", {"anything": "é"})

    assert result.ending is Ending.RETURNED
    assert json.loads(result.value()["body"])["event"] == {"anything": "é"}


@pytest.mark.skipif(not Path("/proc").exists(), reason="looks for orphans in /proc")
def test_a_stack_that_is_killed_leaves_no_process_behind() -> None:
    program = (
        "import sys, time; from pathlib import Path; from local.stack import LocalStack\n"
        "with LocalStack(template=Path(sys.argv[1]), parameters={'Stage': 'killed'}) as stack:\n"
        "    print(*(environment.pid for environment in stack.functions.all()), flush=True)\n"
        "    time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", program, str(TINY)], stdout=subprocess.PIPE, text=True) as stack:
        assert stack.stdout is not None
        pids = [int(pid) for pid in stack.stdout.readline().split()]
        assert len(pids) == 3
        stack.kill()
        stack.wait()

    until = time.monotonic() + 10
    while any(runs(pid) for pid in pids):
        assert time.monotonic() < until
        time.sleep(0.02)


def runs(pid: int) -> bool:
    """A zombie, which only waits for its new parent, runs no more."""
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def clear(tiny: Any) -> None:
    """Let what failed go to the dead letters, so that the next test starts with an empty queue."""
    for _ in range(3):
        tiny.until(lambda: tiny.depth("JobsQueue").waiting == 0 and not tiny.stack.state()["pending"]["running"])
        tiny.stack.clock.advance(timedelta(seconds=13))
    tiny.stack.settle(15)
