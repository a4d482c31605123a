"""The report that a mail brought, as a file for machines: every figure with its counter or its formula."""

from datetime import date
from typing import Any

from tribune.desk.route import Door, View
from tribune.desk.visit import Parts, Visit
from tribune.errors import BadConfiguration, NotFound
from tribune.report import Period
from tribune.team import Right
from tribune.workflow.reporting import Gathering, as_json

EARLIEST = date(2020, 1, 1)


class ReportFile(View):
    """A report."""

    report: dict[str, Any]


def report(visit: Visit, _parts: Parts) -> ReportFile:
    """Of the period that the address asks for (`?period=2026-W47`). Raises NotFound for what is none, or not yet."""
    written = visit.request.query.get("period", "")
    try:
        period = Period.read(written)
    except BadConfiguration as error:
        raise NotFound(written) from error
    if not EARLIEST <= period.first <= visit.now.astimezone(visit.community.zone).date():
        raise NotFound(written)
    reach = visit.reach
    gathering = Gathering(reach.journal, reach.handling.keys, reach.sealed, reach.charters)
    made = gathering.report(visit.community, period, visit.now)
    return ReportFile(report=as_json(made, visit.language))


DOORS = (
    Door(
        "GET",
        "report.json",
        Right.READ,
        report,
        ReportFile,
        "A week or a month as its report tells it, every figure with where it comes from; ?period= 2026-W47 or 2026-11",
        file="report.json",
    ),
)
