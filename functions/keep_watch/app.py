"""keep_watch: every minute, wakes whatever is due and unfinished, and listens how it is; each morning, what there is to do."""

import uuid
from functools import cache
from typing import Any

from tribune import clock
from tribune.aws import clients, directory, keys
from tribune.aws.charters import Charters
from tribune.aws.communities import Communities
from tribune.aws.journal import Journal
from tribune.aws.mail import Mail
from tribune.aws.queues import Queue
from tribune.aws.sealed import Sealed
from tribune.platforms import platform
from tribune.settings import WatchSettings
from tribune.telemetry import count, logger
from tribune.workflow.brake import Braking
from tribune.workflow.call import longest_wait
from tribune.workflow.consult import Following
from tribune.workflow.digest import Digesting
from tribune.workflow.lead import Leading, as_written
from tribune.workflow.provisional import Timers
from tribune.workflow.voices import Voices
from tribune.workflow.watch import Watching
from tribune.workflow.weather import Listening

_OWN = {"brake": "ClausesBraked", "open": "CasesOpen"}


@cache
def _settings() -> WatchSettings:
    return WatchSettings.read()


@cache
def _remembering() -> tuple[Listening, Leading, Digesting]:
    """One each a process: they remember what they heard, and which mornings are over."""
    settings = _settings()
    journal = Journal(clients.dynamodb(), settings.journal_table, settings.text_table, settings.counter_table)
    communities, calls = Communities(settings.community_table), Queue(clients.sqs(), settings.calls_queue_url)
    voices = Voices(journal, keys, Sealed(clients.dynamodb(), settings.counter_table))
    return (
        Listening(journal, keys, communities, calls, voices),
        Leading(journal, keys, communities, platform, as_written),
        Digesting(journal, keys, communities, calls),
    )


def handler(_event: dict[str, Any], _context: object) -> None:
    """A tick of the schedule."""
    settings = _settings()
    name = uuid.uuid4().hex  # a chain of its own in the ledger for each round: few of them show anything again
    journal = Journal(clients.dynamodb(), settings.journal_table, settings.text_table, settings.counter_table, name)
    communities = Communities(settings.community_table)
    known = directory.communities(settings.community_table)
    actions, calls = (Queue(clients.sqs(), url) for url in (settings.actions_queue_url, settings.calls_queue_url))
    mail = Mail(clients.ses(), settings.mail_sender)
    charters = Charters(settings.charter_table)
    woken = Watching(
        journal=journal,
        keys=keys,
        actions=actions,
        calls=calls,
        communities=known,
        timers=Timers(journal, keys, communities, actions, calls),
        questions=Following(journal, keys, communities, calls, mail, settings.ask_url),
        braking=Braking(journal, keys, charters, lambda community: communities.load(community).spaces),
    ).watch(clock.now())
    for kind, n in ((kind, n) for kind, n in woken.items() if n):
        count(_OWN.get(kind, "Woken"), n, **({} if kind in _OWN else {"kind": kind}))
    if (waited := longest_wait(journal, known, communities.load, clock.now())) is not None:
        count("GraveWaits", int(waited.total_seconds() // 60))
    listening, leading, digesting = _remembering()
    turned = listening.listen(known, clock.now())
    for level in turned:
        count("ClimatesTurned", climate=level)
    told = {"lead": leading.mornings(known, clock.now()), "digest": digesting.mornings(known, clock.now())}
    logger().info("watched", extra={**woken, "climate": len(turned), **told})
