"""Sending to SQS within its limits: at most 10 messages and 1 MiB a request, and no partial failure unseen."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from tribune.aws.kept import answered
from tribune.errors import TooLarge, Unavailable

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

MOST_ENTRIES = 10
LONGEST_DELAY = timedelta(minutes=15)
LONGEST_HIDDEN = timedelta(hours=12) - timedelta(minutes=10)
"""SQS counts its 12 hours from the moment a message was received."""
MOST_BYTES = 1024 * 1024 - 16 * 1024
"""SQS allows 1 MiB for a whole request, attributes included; the margin is for the envelope."""
_WRITTEN = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))


@dataclass(frozen=True, slots=True)
class Queue:
    """One queue we send to."""

    client: "SQSClient"
    url: str

    def send(self, messages: Sequence[Mapping[str, Any]]) -> None:
        """Send every message. Raises TooLarge for one that no request can carry, Unavailable if any was not taken."""
        bodies = [_WRITTEN.encode(message) for message in messages]
        for batch in _batches(bodies):
            entries = [{"Id": str(number), "MessageBody": body} for number, body in enumerate(batch)]
            try:
                answer = self.client.send_message_batch(QueueUrl=self.url, Entries=entries)  # type: ignore[arg-type]  # the stub wants its TypedDict
            except (BotoCoreError, ClientError) as error:
                raise Unavailable(f"queue: {type(error).__name__}") from error
            if answer.get("Failed"):
                raise Unavailable(f"queue: {len(answer['Failed'])} of {len(entries)} messages were not taken")

    def send_later(self, message: Mapping[str, Any], wait: timedelta) -> None:
        """Send one message that nobody sees for a while (15 minutes at most). Raises Unavailable."""
        seconds = int(min(wait, LONGEST_DELAY).total_seconds())
        with answered("sqs"):
            self.client.send_message(QueueUrl=self.url, MessageBody=json.dumps(message), DelaySeconds=seconds)

    def hide(self, receipt: str, wait: timedelta) -> None:
        """Let a message that is being worked on come again after a while (12 h at most). Raises Unavailable."""
        seconds = int(min(max(wait, timedelta()), LONGEST_HIDDEN).total_seconds())
        with answered("sqs"):
            self.client.change_message_visibility(QueueUrl=self.url, ReceiptHandle=receipt, VisibilityTimeout=seconds)

    def waiting(self) -> int:
        """About how many messages wait here. Raises Unavailable."""
        name = "ApproximateNumberOfMessages"
        with answered("sqs"):
            found = self.client.get_queue_attributes(QueueUrl=self.url, AttributeNames=[name])  # type: ignore[list-item]  # a literal by another way
        return int(found["Attributes"][name])  # type: ignore[index]  # the same


def _batches(bodies: Sequence[str]) -> Iterator[list[str]]:
    batch: list[str] = []
    size = 0
    for body in bodies:
        length = len(body.encode())
        if length > MOST_BYTES:
            raise TooLarge("one item is larger than a queue can carry")
        if batch and (len(batch) == MOST_ENTRIES or size + length > MOST_BYTES):
            yield batch
            batch, size = [], 0
        batch.append(body)
        size += length
    if batch:
        yield batch
