"""How fast the whole system works on this machine, and whether every comment comes out of it exactly once.

Deliveries of three platforms, genuinely signed, over HTTP into the local stack: the real functions, each a process
with the real Lambda runtime client, moto behind real botocore. Some deliveries come twice, some comments are edited
or deleted. Whoever sends is held to at most WAITING messages in the queues. After each part the stack comes to rest;
at the end every comment must have been decided once, counted once and answered at most once.
"""

import argparse
import http.client
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import urlsplit

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


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of the run, up to rest."""

    deliveries: int
    seconds: float
    calls: int


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
        while (waiting := self._waiting()) >= WAITING - SENDERS:
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


def run(stack: LocalStack, configuration: Configuration, whole: Traffic) -> tuple[list[Part], Senders]:
    """Send everything, part by part."""
    senders = Senders(stack, configuration)
    parts = []
    for start in range(0, len(whole.deliveries), PART):
        events = whole.deliveries[start : start + PART]
        calls, began = stack.cloud.calls.total(), time.monotonic()
        senders.send(events)
        stack.settle(REST_WITHIN_S)
        parts.append(Part(len(events), time.monotonic() - began, stack.cloud.calls.total() - calls))
        print(f"  {start + len(events):6}  {parts[-1].seconds:6.1f} s  {parts[-1].calls:6} calls", flush=True)
    return parts, senders


def checks(stack: LocalStack, whole: Traffic, senders: Senders) -> list[tuple[str, bool]]:
    """What must hold: a sentence, and whether it does."""
    journal = {(entry["platform"], entry["object"]): entry for entry in stack.journal()}
    counted = sum(counter["n"] for counter in stack.counters())
    acts = [entry for entry in stack.outbox.effects if entry.to in PLATFORMS]
    twice = [act for act, n in Counter((act.to, act.kind, act.object) for act in acts).items() if n > 1]
    sent = sum(action["state"] == ActionState.SENT for entry in journal.values() for action in entry["actions"])
    lost, unknown = whole.comments - journal.keys(), journal.keys() - whole.comments
    refused = {status: n for status, n in senders.statuses.items() if status != HTTPStatus.OK}
    parked = stack.state()["parked"]
    dead = {name: n for name, n in parked.items() if name.endswith("Unhandled")}
    return [
        (f"every delivery was answered 200{f': {refused}' if refused else ''}", not refused),
        (f"0 lost: {len(whole.comments)} distinct comments, {len(lost)} without a decision", not lost),
        (f"nothing was invented: {len(unknown)} decisions about no comment of ours", not unknown),
        (f"0 double: {len(acts)} acts on the platforms, {len(twice)} of them more than once", not twice),
        (f"acts and journal agree: {len(acts)} received, {sent} marked as sent", len(acts) == sent),
        (f"counters exact: {counted} counted, {len(whole.standing)} comments stand", counted == len(whole.standing)),
        (f"nothing unhandled{f': {dead}' if dead else ''}", not dead),
        (f"nothing was refused for want of a permission{stack.cloud.denied or ''}", not stack.cloud.denied),
    ]


def main() -> int:
    """Run, print, and fail when a check does."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--deliveries", type=int, default=5000)
    parser.add_argument("--environments", type=int, default=1, help="processes of each function")
    given = parser.parse_args()
    whole, configuration = traffic(given.deliveries), read(EXAMPLE_FILE)
    batches: Counter[str] = Counter()
    messages: Counter[str] = Counter()

    def settled(batch: Batch) -> None:
        batches[batch.function] += 1
        messages[batch.function] += batch.messages

    with LocalStack(watcher=Watcher(settled=settled), environments=given.environments) as stack:
        applied(stack, configuration)
        pointed = configuration
        stack.cloud.calls.clear()
        began = time.monotonic()
        parts, senders = run(stack, pointed, whole)
        seconds = time.monotonic() - began
        found = checks(stack, whole, senders)
        calls = stack.cloud.calls.copy()
    comments = len(whole.comments)
    print(f"{len(whole.deliveries)} deliveries in {seconds:.1f} s: {len(whole.deliveries) / seconds:.1f} a second")
    print(f"{calls.total()} AWS calls: {calls.total() / comments:.3f} a comment; most waiting {senders.most_waiting}")
    for (function, call), n in sorted(calls.items(), key=lambda entry: -entry[1]):
        print(f"  {function or '-':18} {call:28} {n:7}  {n / comments:.3f}")
    for function in batches:
        print(f"  {function}: {batches[function]} batches of {messages[function] / batches[function]:.1f}")
    for sentence, holds in found:
        print(f"{'ok  ' if holds else 'FAIL'} {sentence}")
    return 0 if all(holds for _, holds in found) else 1


if __name__ == "__main__":
    sys.exit(main())
