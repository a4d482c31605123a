"""seal_hours: every hour, counts the hour that is over to the last detail, and every one that something late touched."""

from functools import cache
from typing import Any

from tribune import clock
from tribune.aws import clients, keys
from tribune.aws.communities import Communities
from tribune.aws.journal import Journal
from tribune.aws.sealed import Sealed
from tribune.settings import SealSettings
from tribune.telemetry import count, logger
from tribune.workflow.sealing import Sealing


@cache
def _edges() -> tuple[Sealing, Communities]:
    settings = SealSettings.read()
    communities = Communities(settings.community_table)
    sealing = Sealing(
        journal=Journal(clients.dynamodb(), settings.journal_table),
        keys=keys,
        communities=communities,
        sealed=Sealed(clients.dynamodb(), settings.counter_table),
    )
    return sealing, communities


def handler(_event: dict[str, Any], context: Any) -> None:
    """A tick of the schedule."""
    sealing, communities = _edges()
    sealed = sealing.seal(communities.all(), clock.now(), lambda: context.get_remaining_time_in_millis() / 1000)
    if sealed:
        count("HoursSealed", sealed)
    logger().info("sealed", hours=sealed)
