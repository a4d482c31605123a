"""The logger, and the metrics with their names. Ids and bounded words only: no text, name, secret or header.

The README's table of metrics is checked against `METRICS`.
"""

import json
import os
import sys
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from tribune import clock

if TYPE_CHECKING:
    from aws_lambda_powertools.logging import Logger

NAMESPACE = "Tribune"


@dataclass(frozen=True, slots=True)
class Metric:
    """A metric: its name, what it counts, the bounded dimensions it carries besides `service`."""

    name: str
    counts: str
    dimensions: tuple[str, ...] = ()
    unit: str = "Count"
    """As CloudWatch writes it; `None` for minutes, which it does not know."""


METRICS = (
    Metric("DeliveriesAccepted", "deliveries whose sender was proven", ("platform",)),
    Metric("ItemsReceived", "items put in the inbox", ("platform",)),
    Metric("ItemsDropped", "items of accounts that the channel may not speak for", ("platform",)),
    Metric("ItemsPolled", "items that a platform was asked for", ("platform",)),
    Metric("CommentsMissed", "comments that a platform should have delivered and did not", ("platform",)),
    Metric("ItemsLookedUp", "items whose rest a platform was asked for", ("platform",)),
    Metric("LookupsRefused", "items whose rest a platform refused to tell", ("platform",)),
    Metric("UnknownEvents", "genuine events that concern no comment", ("platform",)),
    Metric("SignaturesRefused", "deliveries refused: forged, wrong token", ("platform",)),
    Metric("DeliveriesUnreadable", "genuine deliveries that are not what the platform documents", ("platform",)),
    Metric(
        "DeliveriesNotKept", "genuine deliveries that could not be kept: the platform sends them again", ("platform",)
    ),
    Metric("CommentsDecided", "decisions taken", ("platform", "measure")),
    Metric("InteractionsCounted", "interactions, less those that were deleted or taken back", ("level",)),
    Metric("AnswersAwaited", "comments that wait for a person's answer", ()),
    Metric("TeamAnswers", "messages that people of the team wrote or approved", ()),
    Metric("CasesOpen", "cases that wait for a person at this moment", ()),
    Metric("ClimatesTurned", "times that the climate of a page became another one", ("climate",)),
    Metric("BreachesFound", "comments in which a clause is breached", ("platform",)),
    Metric("DuplicatesDropped", "items already decided", ("platform",)),
    Metric("ItemsUnreadable", "items that could not be read", ("platform",)),
    Metric("ClausesBraked", "changed clauses that got out of line and only propose since", ()),
    Metric("CharterMissing", "decisions taken without a published charter", ()),
    Metric("ActionsSent", "acts carried out", ("platform", "kind")),
    Metric("ActionsFailed", "acts that a platform refused", ("platform", "kind")),
    Metric("ActionsUncertain", "acts whose outcome a person has to look at", ("platform", "kind")),
    Metric("BreakersOpened", "pauses that a platform asked for", ("platform",)),
    Metric("AccessRenewed", "accesses that were renewed before they ended", ("platform",)),
    Metric("ErasuresDone", "requests to be forgotten that were carried out", ("platform",)),
    Metric("AppealsReceived", "decisions that a member contests", ()),
    Metric("CallsSent", "calls that reached a person's device", ("way",)),
    Metric("CallsFailed", "calls that no way could deliver", ()),
    Metric("PressesReceived", "buttons pressed in a call's message", ("outcome",)),
    Metric("PressesRefused", "presses that nothing proved: forged, stale", ("way",)),
    Metric("GraveWaits", "minutes that something grave has waited while nobody of the team took its call", (), "None"),
    Metric("AlarmsRelayed", "CloudWatch alarms turned into a call", ()),
    Metric("LedgersAnchored", "communities whose ledger was signed for the hour", ()),
    Metric("HoursSealed", "hours counted to the last detail, again or for the first time", ()),
    Metric("ReportsSent", "reports of a week or a month, one for each person", ()),
    Metric("Woken", "unfinished work that keep_watch woke again", ("kind",)),
)
_KNOWN = {metric.name: metric for metric in METRICS}


@cache
def logger() -> "Logger":
    """The one logger of this process (service and level come from the POWERTOOLS_ variables).

    Loaded by the first line that is logged: a delivery that is simply kept logs none, and a platform waits for its
    cold start.
    """
    from aws_lambda_powertools.logging import Logger  # noqa: PLC0415  see above

    return Logger()


def count(name: str, n: int = 1, **dimensions: str) -> None:
    """Count `n` of a declared metric, or say how much of it there is: one line of CloudWatch's embedded metric format on standard output.

    The metric is counted under `service` alone, which is what an alarm watches, and under `service` with its
    dimensions. Raises ValueError for other dimensions than the declared ones.
    """
    metric = _KNOWN[name]
    if set(dimensions) != set(metric.dimensions):
        raise ValueError(f"{name} carries exactly the dimensions {metric.dimensions}")
    sets = [["service"], ["service", *dimensions]] if dimensions else [["service"]]
    definition = {"Namespace": NAMESPACE, "Dimensions": sets, "Metrics": [{"Name": name, "Unit": metric.unit}]}
    line = {
        "_aws": {"Timestamp": int(clock.now().timestamp() * 1000), "CloudWatchMetrics": [definition]},
        "service": os.environ.get("POWERTOOLS_SERVICE_NAME", "tribune"),
        **dimensions,
        name: n,
    }
    sys.stdout.write(json.dumps(line, separators=(",", ":")) + "\n")
