"""What Lambda's pollers and EventBridge's schedules do, as the template says.

A poller gathers up to BatchSize messages for at most the window, runs the function, and deletes what was
processed; everything else comes back when its visibility timeout is over, and moto moves what was received too
often to the dead letters. Times are our clock's.
"""

import threading
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from moto.sqs.exceptions import ReceiptHandleIsInvalid
from moto.sqs.models import Message, Queue, SQSBackend, sqs_backends

from local import moto_patch
from local.resources import ACCOUNT, EventMapping, Schedule
from local.rounds import Rounds
from local.runtime import Ending, Result, Stopped

IDLE_POLL_S = 0.05
"""How long a poller sleeps at most while its queue is empty; a new message wakes it."""
EXPIRE_EVERY = timedelta(minutes=1)

type Invoke = Callable[[str, Mapping[str, Any]], Result]
type Now = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class Batch:
    """One batch that a function was given: how many messages, how many of them come back."""

    function: str
    messages: int
    failed: int
    ending: Ending


class Poller:
    """One event source mapping, one batch at a time for each of its threads."""

    def __init__(  # noqa: PLR0913  all of it is the mapping's world
        self,
        mapping: EventMapping,
        queue_name: str,
        region: str,
        *,
        invoke: Invoke,
        now: Now,
        seen: Callable[[Batch], None],
        threads: int = 1,
    ) -> None:
        """`seen` hears of every batch when it is settled."""
        self.mapping = mapping
        self._name, self._region = queue_name, region
        self._invoke, self._now, self._seen = invoke, now, seen
        self._in_hand = 0
        self._stopping = threading.Event()
        count = min(threads, mapping.maximum_concurrency or threads)
        self._threads = [
            threading.Thread(target=self._run, name=f"{mapping.queue}-{number}", daemon=True) for number in range(count)
        ]

    def start(self) -> None:
        """Poll from now on."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Finish the batch in hand and poll no more."""
        self._stopping.set()
        for thread in self._threads:
            if thread.is_alive():
                thread.join()

    def in_hand(self) -> int:
        """How many batches were received and are not settled; a message may leave the queue before they are."""
        with moto_patch.LOCK:
            return self._in_hand

    @property
    def _backend(self) -> SQSBackend:
        return sqs_backends[ACCOUNT][self._region]

    @property
    def _queue(self) -> Queue:
        return self._backend.queues[self._name]

    def _run(self) -> None:
        while not self._stopping.is_set():
            messages = self._gather()
            if not messages:
                self._wait(IDLE_POLL_S)
                continue
            try:
                result = self._invoke(self.mapping.function, {"Records": [self._record(one) for one in messages]})
            except Stopped:
                return
            failed = failures(result, [one.id for one in messages], reports=self.mapping.reports_failures)
            self._delete([one for one in messages if one.id not in failed])
            with moto_patch.LOCK:
                self._in_hand -= 1
            self._seen(Batch(self.mapping.function, len(messages), len(failed), result.ending))

    def _gather(self) -> list[Message]:
        with moto_patch.LOCK:
            messages = self._receive(self.mapping.batch_size)
            self._in_hand += bool(messages)
        if not messages or self.mapping.window_s <= 0:
            return messages
        until = self._now() + timedelta(seconds=self.mapping.window_s)
        while len(messages) < self.mapping.batch_size and self._now() < until and not self._stopping.is_set():
            self._wait(IDLE_POLL_S)
            messages += self._receive(self.mapping.batch_size - len(messages))
        return messages

    def _receive(self, count: int) -> list[Message]:
        with moto_patch.LOCK:
            visibility = int(self._queue.visibility_timeout)  # type: ignore[attr-defined]  # moto sets it by name
            received: list[Message] = self._backend.receive_message(self._name, count, 0, visibility, ["All"])
        return received

    def _delete(self, messages: list[Message]) -> None:
        with moto_patch.LOCK:
            for message in messages:
                try:
                    self._backend.delete_message(self._name, message.receipt_handle or "")
                except ReceiptHandleIsInvalid:
                    # Its visibility ran out while the function worked, and it went to the dead letters.
                    continue

    def _wait(self, seconds: float) -> None:
        self._queue.wait_for_messages(seconds)  # type: ignore[arg-type]  # moto hands it to Condition.wait_for

    def _record(self, message: Message) -> dict[str, Any]:
        attributes = {
            "ApproximateReceiveCount": str(message.approximate_receive_count),
            "SentTimestamp": str(message.sent_timestamp),
            "SenderId": message.sender_id,
            "ApproximateFirstReceiveTimestamp": str(message.approximate_first_receive_timestamp),
        }
        if message.group_id is not None:
            attributes["MessageGroupId"] = message.group_id
        return {
            "messageId": message.id,
            "receiptHandle": message.receipt_handle,
            "body": message.body,
            "attributes": attributes,
            "messageAttributes": {
                name: {
                    "stringValue": value.get("StringValue"),
                    "binaryValue": value.get("BinaryValue"),
                    "stringListValues": [],
                    "binaryListValues": [],
                    "dataType": value["DataType"],
                }
                for name, value in message.message_attributes.items()
            },
            "md5OfBody": message.body_md5,
            "eventSource": "aws:sqs",
            "eventSourceARN": self._queue.queue_arn,
            "awsRegion": self._region,
        }


def failures(result: Result, ids: list[str], *, reports: bool) -> frozenset[str]:
    """Which messages of a batch come back, by the rules of `ReportBatchItemFailures`.

    https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html: a response that cannot be read,
    an identifier that is empty, null or of no message of the batch fail the whole batch.
    """
    everything = frozenset(ids)
    if result.ending is not Ending.RETURNED:
        return everything
    if not reports:
        return frozenset()
    try:
        reported = (result.value() or {}).get("batchItemFailures") or []
        failed = frozenset(str(entry["itemIdentifier"]) for entry in reported)
    except (ValueError, TypeError, KeyError, AttributeError):
        return everything
    return everything if failed - everything else failed


class Scheduler(Rounds):
    """Every schedule of the template, and what time itself does: TTL."""

    def __init__(self, schedules: tuple[Schedule, ...], region: str, *, invoke: Invoke, now: Now) -> None:
        """The first run of each schedule is one period from now."""
        super().__init__("scheduler", IDLE_POLL_S)
        self._region = region
        self._invoke, self._now = invoke, now
        start = now()
        self._next = {schedule: start + timedelta(seconds=schedule.every_s) for schedule in schedules}
        self._expire_at = start + EXPIRE_EVERY
        self._at_work = False

    def pending(self) -> list[str]:
        """The functions whose hour has come, or that run now."""
        now = self._now()
        due = [schedule.function for schedule, at in self._next.items() if at <= now]
        return due or (["a schedule"] if self._at_work else [])

    def _round(self) -> None:
        self._at_work = True
        try:
            self._tick()
        finally:
            self._at_work = False

    def _tick(self) -> None:
        now = self._now()
        if now >= self._expire_at or self._expire_at - now > EXPIRE_EVERY:
            moto_patch.expire(ACCOUNT, self._region)
            self._expire_at = now + EXPIRE_EVERY
        for schedule, at in self._next.items():
            every = timedelta(seconds=schedule.every_s)
            if at - now > every:
                # The clock was set back.
                self._next[schedule] = now + every
            elif at <= now:
                # However far the clock jumped, it ran past this moment once.
                self._invoke(schedule.function, self._event(schedule, now))
                self._next[schedule] = max(at + every * ((now - at) // every + 1), self._now())

    def _event(self, schedule: Schedule, now: datetime) -> dict[str, Any]:
        return {
            "version": "0",
            "id": str(uuid.uuid4()),
            "detail-type": "Scheduled Event",
            "source": "aws.events",
            "account": ACCOUNT,
            "time": now.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "region": self._region,
            "resources": [f"arn:aws:events:{self._region}:{ACCOUNT}:rule/{schedule.function}{schedule.name}"],
            "detail": {},
        }
