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
from datetime import date, timedelta
from http import HTTPStatus
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
PART = 1000
REST_WITHIN_S = 120.0
FLAT = 1.15
"""How many times the AWS calls per comment of the first part the last one may take."""
ALONE = 300
"""Deliveries of the run in which each comes alone."""
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
        while True:
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
        while (waiting := self._waiting()) > WAITING - SENDERS:
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
    usage: cost.Usage
    writes: Mapping[str, int]
    """Item type or index -> write units."""
    watch: cost.Work
    """One round of keep_watch over an idle stack."""
    watch_read_units: float
    alarm_metrics: int
    mappings: int


def run(whole: Traffic, environments: int = 1, *, alone: bool = False) -> Run:
    """Send everything into a stack of its own. `alone`: each delivery once the one before is carried to its end."""
    configuration, heard = read(EXAMPLE_FILE), Heard()
    with (
        tempfile.TemporaryDirectory() as logs,
        LocalStack(watcher=heard.watcher(), environments=environments, folder=Path(logs)) as stack,
    ):
        applied(stack, configuration)
        meter = Meter(stack.region)
        with meter.installed():
            watch, watch_read_units = _watch(stack, meter)
            _truncate(Path(logs))
            stack.cloud.calls.clear()
            meter.clear()
            before = _processor_s()
            senders = Senders(stack, configuration)
            parts = tuple(_one_by_one(stack, senders, whole) if alone else _parts(stack, senders, whole))
            processor_s = {name: spent - before.get(name, 0.0) for name, spent in _processor_s().items()}
        calls = Counter(stack.cloud.calls)
        return Run(
            whole=whole,
            parts=parts,
            most_waiting=senders.most_waiting,
            calls=calls,
            heard=heard,
            checks=tuple(_checks(stack, whole, senders)),
            usage=_usage(stack, whole, meter, heard, processor_s, Path(logs)),
            writes=meter.writes + meter.index_writes,
            watch=watch,
            watch_read_units=watch_read_units,
            alarm_metrics=_alarm_metrics(stack),
            mappings=len(stack.created.mappings()),
        )


def _parts(stack: LocalStack, senders: Senders, whole: Traffic) -> Iterator[Part]:
    known: set[tuple[str, str]] = set()
    for start in range(0, len(whole.deliveries), PART):
        events = whole.deliveries[start : start + PART]
        calls, began, before = stack.cloud.calls.total(), time.monotonic(), len(known)
        senders.send(events)
        stack.settle(REST_WITHIN_S)
        known.update(event.spoken.at for event in events)
        part = Part(
            deliveries=len(events),
            comments=len(known) - before,
            seconds=time.monotonic() - began,
            calls=stack.cloud.calls.total() - calls,
        )
        print(f"{start + len(events):6}   {part.per_second:7.1f} a second   {part.per_comment:6.3f} calls", flush=True)
        yield part


def _one_by_one(stack: LocalStack, senders: Senders, whole: Traffic) -> Iterator[Part]:
    began = time.monotonic()
    for event in whole.deliveries:
        senders.send([event])
        # The poller's window is over at once: nobody else is coming.
        stack.clock.advance(timedelta(seconds=2))
        stack.settle(REST_WITHIN_S)
    yield Part(len(whole.deliveries), len(whole.comments), time.monotonic() - began, stack.cloud.calls.total())


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
    yield f"every delivery was answered 200{f', but {refused}' if refused else ''}", not refused
    yield f"{len(lost)} lost of {len(whole.comments)} distinct comments", not lost
    yield f"{len(invented)} decisions about nobody's comment", not invented
    yield f"{len(twice)} double of {len(acts)} acts on the platforms", not twice
    yield f"{sent} acts marked as sent, {len(acts)} received", len(acts) == sent
    yield f"{counted} counted, {len(whole.standing)} comments stand", counted == len(whole.standing)
    yield f"nothing unhandled{f', but {dead}' if dead else ''}", not dead
    yield (
        f"no function lacks a permission{f', but {dict(stack.cloud.denied)}' if stack.cloud.denied else ''}",
        not (stack.cloud.denied),
    )


# --- what it used ---------------------------------------------------------------------------------------


def _watch(stack: LocalStack, meter: Meter) -> tuple[cost.Work, float]:
    """One round of keep_watch while there is nothing to do, averaged: its work, its read units."""
    stack.invoke("KeepWatch", {})
    stack.cloud.calls.clear()
    meter.clear()
    before = _processor_s()["keep_watch"]
    for _ in range(ROUNDS):
        stack.invoke("KeepWatch", {})
    spent = (_processor_s()["keep_watch"] - before) / ROUNDS
    calls = {service: n // ROUNDS for service, n in _by_service(stack, "KeepWatch").items()}
    memory = stack.created.function("KeepWatch").memory_mb
    return cost.Work(memory, 1, spent, calls), meter.read_units / ROUNDS


def _usage(  # noqa: PLR0913  a bill is made of everything
    stack: LocalStack, whole: Traffic, meter: Meter, heard: Heard, processor_s: Mapping[str, float], logs: Path
) -> cost.Usage:
    acts = [entry for entry in stack.outbox.entries if entry.to in PLATFORMS]
    invocations = heard.batches | {"ReceiveWebhook": heard.requests}
    work = {}
    for name, n in invocations.items():
        function = stack.created.function(name)
        calls = _by_service(stack, name) | ({"platform": len(acts)} if name == "PerformAction" else {})
        work[name] = cost.Work(function.memory_mb, n, processor_s[function.code.name], calls)
    lines = [line for file in logs.glob("*.log") for line in file.read_text(encoding="utf-8").splitlines()]
    sends = sum(n for (_, call), n in stack.cloud.calls.items() if call.startswith("sqs."))
    return cost.Usage(
        comments=len(whole.comments),
        acts=len(acts),
        deliveries=heard.requests,
        # Lambda receives a batch and deletes it, in one request each.
        sqs_requests=sends + 2 * heard.batches.total(),
        write_units=meter.write_units,
        read_units=meter.read_units,
        work=work,
        log_bytes=sum(len(line.encode()) for line in lines),
        log_events=len(lines),
        metrics=len(_metrics(lines)),
        stored_bytes={name: meter.stored_bytes(table) for name, table in stack.created.tables().items()},
    )


def _by_service(stack: LocalStack, function: str) -> dict[str, int]:
    services: Counter[str] = Counter()
    for (caller, call), n in stack.cloud.calls.items():
        if caller == function:
            services[call.partition(".")[0]] += n
    return dict(services)


def _metrics(lines: Sequence[str]) -> set[tuple[str, ...]]:
    """Every custom metric that these log lines made: its name and its dimensions' values."""
    found = set()
    for line in lines:
        if '"_aws"' not in line:
            continue
        told = json.loads(line)
        for directive in told["_aws"]["CloudWatchMetrics"]:
            for metric in directive["Metrics"]:
                for names in directive["Dimensions"]:
                    found.add((metric["Name"], *(f"{name}={told[name]}" for name in names)))
    return found


def _alarm_metrics(stack: LocalStack) -> int:
    """How many metrics the template's alarms watch, those of its conditions left out that are off by default."""
    count = 0
    for name, resource in stack.created.template.resources.items():
        if resource["Type"] != "AWS::CloudWatch::Alarm":
            continue
        condition = resource.get("Condition")
        if condition and not stack.created.resolve({"Condition": condition}, name):
            continue
        metrics = resource["Properties"].get("Metrics")
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


def _truncate(logs: Path) -> None:
    for file in logs.glob("*.log"):
        os.truncate(file, 0)


# --- what is said ---------------------------------------------------------------------------------------


def report(done: Run) -> Iterator[str]:
    """The figures of a run."""
    first, last = done.parts[0], done.parts[-1]
    deliveries, seconds = len(done.whole.deliveries), sum(part.seconds for part in done.parts)
    total = sum(done.calls.values())
    yield f"{deliveries} deliveries, {done.whole.duplicates} of them again, {len(done.whole.comments)} comments"
    yield f"{seconds:.1f} s, {deliveries / seconds:.1f} deliveries a second"
    yield f"{total} AWS calls, {total / len(done.whole.comments):.3f} a comment; at most {done.most_waiting} waited"
    yield (
        f"last part / first: {last.per_second / first.per_second:.2f} in deliveries a second, "
        f"{last.per_comment / first.per_comment:.2f} in calls per comment"
    )
    for (function, call), n in sorted(done.calls.items(), key=lambda entry: -entry[1]):
        yield f"  {function:18} {call:28} {n:7}  {n / len(done.whole.comments):.3f} a comment"
    for function, n in sorted(done.heard.batches.items()):
        yield f"  {function:18} {n} batches of {done.heard.messages[function] / n:.1f}"
    for function, work in sorted(done.usage.work.items()):
        yield f"  {function:18} {1e3 * work.processor_s / work.invocations:.1f} ms of processor an invocation"
    used = done.usage
    yield f"  DynamoDB {used.read_units / used.comments:.2f} read units, {used.write_units / used.comments:.2f} write units a comment:"
    for name, units in sorted(done.writes.items(), key=lambda entry: -entry[1]):
        yield f"    {units / used.comments:6.3f} {name}"
    for sentence, holds in (*done.checks, _flatness(done)):
        yield f"{'ok  ' if holds else 'FAIL'} {sentence}"


def _flatness(done: Run) -> tuple[str, bool]:
    first, last = done.parts[0].per_comment, done.parts[-1].per_comment
    return f"calls per comment stay flat: {first:.3f} at first, {last:.3f} at last", last <= FLAT * first


def bill(busy: Run, alone: Run) -> str:
    """What it costs, as a piece of a README."""
    used, single = busy.usage, alone.usage
    idle = cost.idle(
        alarm_metrics=busy.alarm_metrics,
        mappings=busy.mappings,
        watch=busy.watch,
        watch_read_units=busy.watch_read_units,
    )
    month = cost.keeping(used)
    unverified = ", ".join(f"{name} (${price.dollars})" for name, price in cost.PRICES.items() if not price.verified)
    return "\n".join(
        (
            f"A month in which nobody speaks: **${sum(line.dollars for line in idle):.2f}**",
            "",
            cost.markdown(("a month, idle", "amount"), [idle]),
            "",
            f"A million comments: **${sum(line.dollars for line in cost.processing(used)):.2f}** in full batches, "
            f"**${sum(line.dollars for line in cost.processing(single)):.2f}** when every comment comes alone.",
            "",
            cost.markdown(
                ("a million comments", "full batches", "each alone"),
                [cost.processing(used), cost.processing(single)],
            ),
            "",
            f"To keep what a million comments leave behind: **${sum(line.dollars for line in month):.2f}** a month "
            f"({sum(used.stored_bytes.values()) / used.comments / 1024:.1f} KB a comment; journal 13 months, words 30 days).",
            "",
            f"Besides: {used.metrics} custom metrics at ${cost.PRICES['metric'].dollars:.2f} a month each, by the hour in which "
            f"they are written: at most ${used.metrics * cost.PRICES['metric'].dollars:.2f} a month for a community "
            "that is busy at every hour.",
            "",
            f"Measured {date.today().isoformat()} by `bench/throughput.py` "  # noqa: DTZ011  a date for people
            f"({len(busy.whole.deliveries)} deliveries, {100 * used.acts / used.comments:.1f} acts on a platform per hundred comments; "
            f"alone: {len(alone.whole.deliveries)} deliveries, {100 * single.acts / single.comments:.1f} acts), "
            "DynamoDB's units by its documented rules from the real items. Lambda's duration is estimated: processor time "
            "measured here, at the memory's share of a processor, and assumed waiting times. List prices of us-east-1, no "
            f"free tier; not verified: {unverified}. Left out: data transfer to platforms, KMS for the secrets, mail.",
        )
    )


def main() -> int:
    """Run, print, and fail when a check does."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--deliveries", type=int, default=5000)
    parser.add_argument("--environments", type=int, default=1, help="processes of each function")
    parser.add_argument("--cost", type=Path, metavar="FILE", help="write what it costs there, in Markdown")
    given = parser.parse_args()
    busy = run(traffic(given.deliveries), given.environments)
    print("\n".join(report(busy)))
    runs = [busy]
    if given.cost:
        alone = run(traffic(ALONE), alone=True)
        print("\n".join(("", "each delivery alone:", *report(alone))))
        given.cost.write_text(bill(busy, alone) + "\n", encoding="utf-8")
        runs.append(alone)
    return 0 if all(holds for done in runs for _, holds in (*done.checks, _flatness(done))) else 1


if __name__ == "__main__":
    sys.exit(main())
