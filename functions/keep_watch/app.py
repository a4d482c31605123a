"""keep_watch: every minute, wakes whatever is due and unfinished, and listens how it is; each morning, what could be said."""

import uuid
from collections.abc import Callable
from functools import cache
from typing import Any

from tribune import clock
from tribune.aws import clients, directory, keys
from tribune.aws.charters import Charters
from tribune.aws.communities import Communities
from tribune.aws.journal import Journal
from tribune.aws.queues import Queue
from tribune.charter import Circumstances, Findings, Reader
from tribune.community import Community
from tribune.platforms import platform
from tribune.settings import WatchSettings
from tribune.telemetry import count, logger
from tribune.workflow.brake import Braking
from tribune.workflow.lead import Leading
from tribune.workflow.provisional import Timers
from tribune.workflow.watch import Watching
from tribune.workflow.weather import Listening


@cache
def _settings() -> WatchSettings:
    return WatchSettings.read()


@cache
def _leading() -> Leading:
    """One a process: it remembers which mornings are over."""
    settings = _settings()
    return Leading(
        journal=Journal(clients.dynamodb(), settings.journal_table, settings.text_table),
        keys=keys,
        communities=Communities(settings.community_table),
        platform=platform,
        reading=_reading,
    )


@cache
def _listening() -> Listening:
    """One a process: it remembers what it heard, and leaves alone a space that did not move."""
    settings = _settings()
    return Listening(
        journal=Journal(clients.dynamodb(), settings.journal_table, counter_table=settings.counter_table),
        keys=keys,
        communities=Communities(settings.community_table),
        calls=Queue(clients.sqs(), settings.calls_queue_url),
    )


def _reading(community: Community) -> Callable[[str], Findings]:
    reader = Reader(None, community.vocabulary)
    return lambda text: reader.read(text, Circumstances())


def handler(_event: dict[str, Any], _context: object) -> None:
    """A tick of the schedule."""
    settings = _settings()
    # A chain of its own in the ledger for each round: few of them show anything again.
    name = uuid.uuid4().hex
    journal = Journal(
        clients.dynamodb(), settings.journal_table, counter_table=settings.counter_table, environment=name
    )
    communities = Communities(settings.community_table)
    known = directory.communities(settings.community_table)
    actions, calls = (Queue(clients.sqs(), url) for url in (settings.actions_queue_url, settings.calls_queue_url))
    woken = Watching(
        journal=journal,
        actions=actions,
        calls=calls,
        communities=known,
        timers=Timers(journal, keys, communities, actions, calls),
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
    turned = _listening().listen(known, clock.now())
    led = _leading().mornings(known, clock.now())
    logger().info("watched", extra={**woken, "climate": turned, "lead": led})
