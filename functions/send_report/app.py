"""send_report: tells the team what the week, or the month, that is over came to; publishes the month's register."""

from functools import cache
from typing import Any

from tribune import clock
from tribune.aws import clients, keys
from tribune.aws.charters import Charters
from tribune.aws.communities import Communities
from tribune.aws.journal import Journal
from tribune.aws.queues import Queue
from tribune.aws.registers import Registers
from tribune.aws.sealed import Sealed
from tribune.settings import ReportSettings
from tribune.telemetry import count, logger
from tribune.workflow.registers import Publishing
from tribune.workflow.reporting import Gathering, Reporting


@cache
def _edges() -> tuple[Reporting, Publishing, Communities]:
    settings = ReportSettings.read()
    communities, charters = Communities(settings.community_table), Charters(settings.charter_table)
    journal = Journal(clients.dynamodb(), settings.journal_table, settings.text_table)
    gathering = Gathering(journal, keys, Sealed(clients.dynamodb(), settings.counter_table), charters)
    registers = Registers(clients.dynamodb(), settings.charter_table)
    return (
        Reporting(gathering, communities, journal, Queue(clients.sqs(), settings.calls_queue_url)),
        Publishing(gathering, communities, charters, registers),
        communities,
    )


def handler(_event: dict[str, Any], _context: object) -> None:
    """A tick of the schedule: by the clocks of the communities, something is over in one of them or in none."""
    reporting, publishing, communities = _edges()
    known = communities.all()
    told = reporting.send(known, clock.now())
    published = publishing.publish(known, clock.now())
    if told:
        count("ReportsSent", told)
    logger().info("reported", people=told, registers=published)
