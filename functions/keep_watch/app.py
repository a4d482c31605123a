"""keep_watch: every minute, wakes whatever is due and unfinished."""

from functools import cache
from typing import Any

from tribune import clock
from tribune.aws import clients, directory
from tribune.aws.journal import Journal
from tribune.aws.queues import Queue
from tribune.settings import WatchSettings
from tribune.telemetry import count, logger
from tribune.workflow.watch import Watching


@cache
def _settings() -> WatchSettings:
    return WatchSettings.read()


def handler(_event: dict[str, Any], _context: object) -> None:
    """A tick of the schedule."""
    settings = _settings()
    woken = Watching(
        journal=Journal(clients.dynamodb(), settings.journal_table),
        actions=Queue(clients.sqs(), settings.actions_queue_url),
        calls=Queue(clients.sqs(), settings.calls_queue_url),
        communities=directory.communities(settings.community_table),
    ).watch(clock.now())
    for kind, n in woken.items():
        if n:
            count("Woken", n, kind=kind)
    logger().info("watched", extra=woken)
