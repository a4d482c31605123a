"""How fast the whole system works on this machine, whether every comment comes out of it exactly once, and its cost.

Deliveries of three platforms, genuinely signed, over HTTP into the local stack: the real functions, each a process
with the real Lambda runtime client, moto behind real botocore. Some deliveries come twice, some comments are edited
or deleted. Whoever sends is held to at most WAITING messages in the queues. After each part the stack comes to rest;
at the end every comment must have been decided once, counted once and answered at most once.

From the same run, `--cost FILE` writes what a million such comments cost on AWS, beside a run in which every
delivery comes alone: then no batch is shared, as in a community where somebody speaks now and then.
"""

import argparse
import http.client
import json
import os
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from itertools import count
from pathlib import Path
from urllib.parse import urlsplit

from bench import cost
from bench.meter import Meter
from bench.traffic import Event, Traffic, traffic
from local import views
from local.configuration import EXAMPLE_FILE, Configuration, read
from local.pump import Batch
from local.serve import applied
from local.stack import LocalStack, Watcher
from tribune.journal import ActionState
from tribune.platforms import PLATFORMS

WAITING = 200
"""How many messages may wait in the queues before a sender waits too."""
SENDERS = 2
LOOK_EVERY = 5
"""Looking at the queues costs as much as half a delivery."""
PART = 1000
REST_WITHIN_S = 120.0
FLAT = 1.15
"""How many times the AWS calls per comment of the first part the last one may take."""
ALONE = 200
"""Deliveries of the run in which each comes alone."""
WINDOW, APART = timedelta(seconds=2), timedelta(minutes=1)
"""How far the clock moves for a batch's window to be over, and before the next delivery comes alone."""
BY_THE_CLOCK = "KeepWatch"
"""The function that runs whether or not anybody speaks: no comment pays for it."""
ROUNDS = 20
"""Rounds of keep_watch over an idle stack, to know what one costs."""


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of the run, up to rest."""

    deliveries: int
    comments: int
    seconds: float
    calls: int

    @property
    def per_second(self) -> float:
        """Deliveries."""
        return self.deliveries / self.seconds

    @property
    def per_comment(self) -> float:
        """AWS calls for each comment that was new in this part."""
        return self.calls / self.comments


@dataclass(slots=True)
class Heard:
    """What the stack told while it worked."""

    batches: Counter[str] = field(default_factory=Counter)
    messages: Counter[str] = field(default_factory=Counter)
    requests: int = 0

    def watcher(self) -> Watcher:
        """Whom the stack tells."""
        return Watcher(delivered=self._delivered, settled=self._settled)

    def _delivered(self, _method: str, _path: str, _status: int) -> None:
        self.requests += 1

    def _settled(self, batch: Batch) -> None:
        self.batches[batch.function] += 1
        self.messages[batch.function] += batch.messages


class Senders:
    """Threads that deliver, each on a connection of its own."""

    def __init__(self, stack: LocalStack, configuration: Configuration) -> None:
        self._stack = stack
        self._secrets = {channel.platform: channel.verify["current"] for channel in configuration.channels}
        self._queues = [stack.created.refs[name].rpartition("/")[2] for name in stack.created.queues()]
        self._bodies: dict[str, bytes] = {}
        self.statuses: Counter[int] = Counter()
        self.most_waiting = 0

    def send(self, events: Sequence[Event]) -> None:
        """Deliver them all, in order as far as two senders keep one."""
        rest, lock = iter(events), threading.Lock()
        threads = [threading.Thread(target=self._run, args=(rest, lock)) for _ in range(SENDERS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def _run(self, rest: Iterator[Event], lock: threading.Lock) -> None:
        connection = http.client.HTTPConnection(urlsplit(self._stack.url).netloc, timeout=60)
        for number in count():
            if number % LOOK_EVERY == 0:
                self._hold()
            with lock:
                event = next(rest, None)
            if event is None:
                break
            status = self._deliver(connection, event)
            with lock:
                self.statuses[status] += 1
        connection.close()

    def _hold(self) -> None:
        """Wait until another LOOK_EVERY messages of each sender have their place."""
        while (waiting := self._waiting()) > WAITING - SENDERS * LOOK_EVERY:
            time.sleep(0.01)
        self.most_waiting = max(self.most_waiting, waiting)

    def _waiting(self) -> int:
        return sum(views.depth(queue, self._stack.region).waiting for queue in self._queues)

    def _deliver(self, connection: http.client.HTTPConnection, event: Event) -> int:
        now, platform = self._stack.clock.now(), event.spoken.platform
        body = self._bodies.setdefault(event.id, event.body(now))
        headers = PLATFORMS[platform].sign(body, self._secrets[platform], now, f"msg_{event.id}")
        connection.request("POST", event.path, body, {"content-type": "application/json", **headers})
        response = connection.getresponse()
        response.read()
        return response.status


@dataclass(frozen=True, slots=True)
class Run:
    """A run and what came of it."""

    whole: Traffic
    parts: tuple[Part, ...]
    most_waiting: int
    calls: Mapping[tuple[str, str], int]
    heard: Heard
    checks: tuple[tuple[str, bool], ...]
    writes: Mapping[str, int]
    """Item type or index -> write units."""
    usage: cost.Usage
    standby: cost.Standby


def run(whole: Traffic, environments: int = 1, *, alone: bool = False) -> Run:
    """Send everything into a stack of its own. `alone`: each delivery a minute after the one before."""
    configuration, heard = read(EXAMPLE_FILE), Heard()
    with (
        tempfile.TemporaryDirectory() as logs,
        LocalStack(watcher=heard.watcher(), environments=environments, folder=Path(logs)) as stack,
    ):
        applied(stack, configuration)
        meter = Meter(stack.region, stack.cloud.function_of)
        with meter.installed():
            standby = _standby(stack, meter)
            for file in Path(logs).glob("*.log"):
                os.truncate(file, 0)
            before, earlier = _processor_s(), Counter(stack.cloud.calls)
            senders = Senders(stack, configuration)
            parts = tuple((_one_by_one if alone else _together)(stack, senders, whole))
            processor_s = {name: spent - before.get(name, 0.0) for name, spent in _processor_s().items()}
        calls = stack.cloud.calls - earlier
        writes: Counter[str] = Counter()
        for function, units in meter.used.items():
            writes += units.writes if function != BY_THE_CLOCK else Counter()
        return Run(
            whole=whole,
            parts=parts,
            most_waiting=senders.most_waiting,
            calls=calls,
            heard=heard,
            checks=tuple(_checks(stack, whole, senders)),
            writes=writes,
            usage=_usage(stack, calls, meter, heard, processor_s, len(whole.comments), _lines(Path(logs))),
            standby=standby,
        )


def _together(stack: LocalStack, senders: Senders, whole: Traffic) -> Iterator[Part]:
    known: set[tuple[str, str]] = set()
    for start in range(0, len(whole.deliveries), PART):
        events = whole.deliveries[start : start + PART]
        calls, began, before = _calls(stack), time.monotonic(), len(known)
        senders.send(events)
        stack.settle(REST_WITHIN_S)
        known.update(event.spoken.at for event in events)
        part = Part(len(events), len(known) - before, time.monotonic() - began, _calls(stack) - calls)
        print(f"{start + len(events):6} {part.per_second:7.1f} a second {part.per_comment:6.3f} calls", flush=True)
        yield part


def _one_by_one(stack: LocalStack, senders: Senders, whole: Traffic) -> Iterator[Part]:
    calls, began = _calls(stack), time.monotonic()
    for event in whole.deliveries:
        senders.send([event])
        stack.clock.advance(WINDOW)
        stack.settle(REST_WITHIN_S)
        stack.clock.advance(APART)
    stack.settle(REST_WITHIN_S)
    yield Part(len(whole.deliveries), len(whole.comments), time.monotonic() - began, _calls(stack) - calls)


def _calls(stack: LocalStack) -> int:
    return sum(n for (function, _), n in list(stack.cloud.calls.items()) if function != BY_THE_CLOCK)


def _checks(stack: LocalStack, whole: Traffic, senders: Senders) -> Iterator[tuple[str, bool]]:
    """What must hold: a sentence, and whether it does."""
    journal = {(entry["platform"], entry["object"]): entry for entry in stack.journal()}
    counted = sum(counter["n"] for counter in stack.counters())
    acts = [entry for entry in stack.outbox.effects if entry.to in PLATFORMS]
    twice = [act for act, n in Counter((act.to, act.kind, act.object) for act in acts).items() if n > 1]
    sent = sum(action["state"] == ActionState.SENT for entry in journal.values() for action in entry["actions"])
    lost, invented = whole.comments - journal.keys(), journal.keys() - whole.comments
    refused = {status: n for status, n in senders.statuses.items() if status != HTTPStatus.OK}
    dead = {name: n for name, n in stack.state()["parked"].items() if name.endswith("Unhandled")}
    denied = dict(stack.cloud.denied)
    yield f"every delivery was answered 200{f', but {refused}' if refused else ''}", not refused
    yield f"{len(lost)} lost of {len(whole.comments)} distinct comments", not lost
    yield f"{len(invented)} decisions about nobody's comment", not invented
    yield f"{len(twice)} double of {len(acts)} acts on the platforms", not twice
    yield f"{sent} acts marked as sent, {len(acts)} received", len(acts) == sent
    yield f"{counted} counted, {len(whole.standing)} comments stand", counted == len(whole.standing)
    yield f"nothing unhandled{f', but {dead}' if dead else ''}", not dead
    yield f"no function lacks a permission{f', but {denied}' if denied else ''}", not denied


# --- what it used ---------------------------------------------------------------------------------------


def _standby(stack: LocalStack, meter: Meter) -> cost.Standby:
    """What is there while nobody speaks; a round of keep_watch that finds nothing, averaged. Begins to count anew."""
    stack.invoke(BY_THE_CLOCK, {})
    meter.clear()
    before, earlier = _processor_s()["keep_watch"], Counter(stack.cloud.calls)
    for _ in range(ROUNDS):
        stack.invoke(BY_THE_CLOCK, {})
    spent = (_processor_s()["keep_watch"] - before) / ROUNDS
    made = _by_service(stack.cloud.calls - earlier, BY_THE_CLOCK)
    calls = {service: n // ROUNDS for service, n in made.items()}
    standby = cost.Standby(
        alarm_metrics=_alarm_metrics(stack),
        composite_alarms=len(list(stack.created.template.of_type("AWS::CloudWatch::CompositeAlarm"))),
        mappings=len(stack.created.mappings()),
        watch=cost.Work(stack.created.function(BY_THE_CLOCK).memory_mb, 1, spent, calls),
        watch_read_units=meter.used[BY_THE_CLOCK].read_units / ROUNDS,
    )
    meter.clear()
    return standby


def _usage(  # noqa: PLR0913, PLR0917  a bill is made of everything
    stack: LocalStack,
    made: Mapping[tuple[str, str], int],
    meter: Meter,
    heard: Heard,
    processor_s: Mapping[str, float],
    comments: int,
    lines: Sequence[str],
) -> cost.Usage:
    acts = sum(entry.to in PLATFORMS for entry in stack.outbox.entries)
    work = {}
    for name, n in (heard.batches | {"ReceiveWebhook": heard.requests}).items():
        function = stack.created.function(name)
        calls = _by_service(made, name) | ({"platform": acts} if name == "PerformAction" else {})
        work[name] = cost.Work(function.memory_mb, n, processor_s[function.code.name], calls)
    used = [meter.used[name] for name in work]
    return cost.Usage(
        comments=comments,
        acts=acts,
        deliveries=heard.requests,
        # Lambda receives a batch and deletes it, in one request each.
        sqs_requests=sum(_by_service(made, name).get("sqs", 0) for name in work) + 2 * heard.batches.total(),
        write_units=sum(units.write_units for units in used),
        read_units=sum(units.read_units for units in used),
        work=work,
        log_bytes=sum(len(line.encode()) for line in lines),
        log_events=len(lines),
        metrics=len(_metrics(lines)),
        stored_bytes={name: meter.stored_bytes(table) for name, table in stack.created.tables().items()},
    )


def _by_service(made: Mapping[tuple[str, str], int], function: str) -> dict[str, int]:
    services: Counter[str] = Counter()
    for (caller, call), n in made.items():
        if caller == function:
            services[call.partition(".")[0]] += n
    return dict(services)


def _lines(logs: Path) -> list[str]:
    """What the functions logged, except the one that runs by the clock."""
    files = (file for file in logs.glob("*.log") if file.stem != BY_THE_CLOCK)
    return [line for file in files for line in file.read_text(encoding="utf-8").splitlines()]


def _metrics(lines: Sequence[str]) -> set[tuple[str, ...]]:
    """Every custom metric that these log lines made: its name and its dimensions' values."""
    return {
        (metric["Name"], *(f"{name}={told[name]}" for name in names))
        for told in (json.loads(line) for line in lines if line.startswith('{"_aws"'))
        for directive in told["_aws"]["CloudWatchMetrics"]
        for metric in directive["Metrics"]
        for names in directive["Dimensions"]
    }


def _alarm_metrics(stack: LocalStack) -> int:
    """How many metrics the template's alarms watch, those left out that a condition switches off by default."""
    count = 0
    for name, resource in stack.created.template.of_type("AWS::CloudWatch::Alarm"):
        condition = stack.created.template.resources[name].get("Condition")
        if condition and not stack.created.resolve({"Condition": condition}, name):
            continue
        metrics = resource.get("Metrics")
        count += sum("MetricStat" in metric for metric in metrics) if metrics else 1
    return count


def _processor_s() -> dict[str, float]:
    """Function's folder -> seconds that its processes have spent on a processor."""
    spent: dict[str, float] = {}
    for task in Path("/proc/self/task").iterdir():
        for pid in (task / "children").read_text().split():
            try:
                threads = list(Path(f"/proc/{pid}/task").glob("*/schedstat"))
                name = Path(f"/proc/{pid}/cwd").readlink().name
                spent[name] = spent.get(name, 0.0) + sum(int(one.read_text().split()[0]) for one in threads) / 1e9
            except OSError:
                continue  # it ended meanwhile
    return spent


# --- what is said ---------------------------------------------------------------------------------------


def report(done: Run) -> Iterator[str]:
    """The figures of a run, and what must hold of them."""
    first, last = done.parts[0], done.parts[-1]
    deliveries, comments = len(done.whole.deliveries), len(done.whole.comments)
    seconds, calls = sum(part.seconds for part in done.parts), sum(part.calls for part in done.parts)
    yield f"{deliveries} deliveries, {done.whole.duplicates} of them again, about {comments} comments"
    yield f"{seconds:.1f} s, {deliveries / seconds:.1f} deliveries a second; at most {done.most_waiting} messages waited"
    yield (
        f"{calls} AWS calls, {calls / comments:.3f} a comment; last part / first: "
        f"{last.per_comment / first.per_comment:.2f} (deliveries a second: {last.per_second / first.per_second:.2f})"
    )
    for (function, call), n in sorted(done.calls.items(), key=lambda entry: -entry[1]):
        yield f"  {n / comments:6.3f} {function} {call}"
    for function, work in sorted(done.usage.work.items()):
        size = done.heard.messages[function] / work.invocations
        batches = f"{size:.1f} messages, " if size else ""
        yield f"  {function}: {batches}{1e3 * work.processor_s / work.invocations:.1f} ms of processor an invocation"
    used = done.usage
    yield f"  DynamoDB: {used.read_units / comments:.2f} read units, {used.write_units / comments:.2f} write units a comment"
    for name, units in sorted(done.writes.items(), key=lambda entry: -entry[1]):
        yield f"  {units / comments:6.3f} {name}"
    yield from (f"{'ok  ' if holds else 'FAIL'} {sentence}" for sentence, holds in must_hold(done))


def must_hold(done: Run) -> list[tuple[str, bool]]:
    """Every check of a run: a sentence, and whether it does."""
    first, last = done.parts[0].per_comment, done.parts[-1].per_comment
    flat = f"calls per comment stay flat: {first:.3f} in the first part, {last:.3f} in the last", last <= FLAT * first
    return [*done.checks, flat]


def main() -> int:
    """Run, print, and fail when a check does."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--deliveries", type=int, default=5000)
    parser.add_argument("--environments", type=int, default=2, help="processes of each function")
    parser.add_argument("--cost", type=Path, metavar="FILE", help="write what it costs there, in Markdown")
    given = parser.parse_args()
    runs = [run(traffic(given.deliveries), given.environments)]
    print("\n".join(report(runs[0])))
    if given.cost:
        runs.append(run(traffic(ALONE), alone=True))
        print("\n".join(("", "each delivery alone:", *report(runs[1]))))
        today = datetime.now(UTC).date()
        document = cost.document(runs[0].usage, runs[1].usage, runs[0].standby, today)
        given.cost.write_text(document, encoding="utf-8")
    return 0 if all(holds for done in runs for _, holds in must_hold(done)) else 1


if __name__ == "__main__":
    sys.exit(main())
