"""keep_watch: every minute, wakes whatever is due and unfinished."""

from functools import cache
from typing import Any

from tribune import clock
from tribune.aws import clients, directory, keys
from tribune.aws.charters import Charters
from tribune.aws.communities import Communities
from tribune.aws.journal import Journal
from tribune.aws.queues import Queue
from tribune.settings import WatchSettings
from tribune.telemetry import count, logger
from tribune.workflow.brake import Braking
from tribune.workflow.watch import Watching


@cache
def _settings() -> WatchSettings:
    return WatchSettings.read()


def handler(_event: dict[str, Any], _context: object) -> None:
    """A tick of the schedule."""
    settings = _settings()
    journal = Journal(clients.dynamodb(), settings.journal_table, counter_table=settings.counter_table)
    communities = Communities(settings.community_table)
    woken = Watching(
        journal=journal,
        actions=Queue(clients.sqs(), settings.actions_queue_url),
        calls=Queue(clients.sqs(), settings.calls_queue_url),
        communities=directory.communities(settings.community_table),
        braking=Braking(
            journal=journal,
            keys=keys,
            charters=Charters(settings.charter_table),
            spaces=lambda community: communities.load(community).spaces,
        ),
    ).watch(clock.now())
    if braked := woken.pop("brake", 0):
        count("ClausesBraked", braked)
    for kind, n in woken.items():
        if n:
            count("Woken", n, kind=kind)
    logger().info("watched", extra=woken)
