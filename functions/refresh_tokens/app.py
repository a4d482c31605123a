"""refresh_tokens: renews the accesses that end soon, before anybody meets a dead one."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from tribune import clock, web
from tribune.aws import clients, keys, secrets
from tribune.aws.communities import Communities
from tribune.aws.journal import Journal
from tribune.aws.queues import Queue
from tribune.platforms import platform
from tribune.settings import RefreshSettings
from tribune.telemetry import count, logger
from tribune.workflow.refresh import Refreshing


@dataclass(frozen=True, slots=True)
class _Accesses:
    stage: str

    def read(self, name: str, channel: str) -> Mapping[str, str]:
        secrets.forget()  # under the lease nothing older than the lease may serve
        return secrets.access(self.stage, name, channel)

    def renew(self, name: str, channel: str, values: Mapping[str, str]) -> None:
        secrets.renew(self.stage, name, channel, values)


@cache
def _refreshing() -> Refreshing:
    settings = RefreshSettings.read()
    communities = Communities(settings.community_table)
    return Refreshing(
        journal=Journal(clients.dynamodb(), settings.journal_table),
        keys=keys,
        communities=communities,
        names=communities.all,
        platform=platform,
        accesses=_Accesses(settings.stage),
        send=web.send,
        calls=Queue(clients.sqs(), settings.calls_queue_url),
        now=clock.now,
        opened=lambda name: count("BreakersOpened", platform=name),
    )


def handler(_event: dict[str, Any], context: Any) -> None:
    """A tick of the schedule."""
    for renewed in _refreshing().refresh(lambda: context.get_remaining_time_in_millis() / 1000):
        if renewed.why == "renewed":
            count("AccessRenewed", platform=renewed.platform)
        logger().info("renewed", platform=renewed.platform, reason=renewed.why)
