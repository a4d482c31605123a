"""show_charter: anybody reads the charter, any version, at an address that never changes; and why something was hidden."""

from functools import cache
from typing import Any

from tribune import clock
from tribune.aws import clients
from tribune.aws.charters import Charters
from tribune.aws.communities import Communities
from tribune.aws.confirmations import Confirmations
from tribune.aws.journal import Journal
from tribune.aws.registers import Registers
from tribune.settings import ShowSettings
from tribune.telemetry import logger
from tribune.workflow.decisions import Decisions
from tribune.workflow.notices import Reading
from tribune.workflow.show import Request, Showing

# Made while the runtime starts: there the processor is whole, in the first invocation it is a fraction.
clients.dynamodb()


@cache
def _showing() -> Showing:
    settings = ShowSettings.read()
    return Showing(
        charters=Charters(settings.charter_table),
        communities=Communities(settings.community_table),
        registers=Registers(clients.dynamodb(), settings.charter_table),
        confirmed=Confirmations(clients.dynamodb(), settings.community_table).confirmed,
    )


@cache
def _reading() -> Reading:
    settings = ShowSettings.read()
    decisions = Decisions(
        kept=Journal(clients.dynamodb(), settings.journal_table).reason,
        communities=Communities(settings.community_table),
        charters=Charters(settings.charter_table),
    )
    return Reading(decisions)


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """HTTP API v2 event -> a page, or where to find it."""
    headers = {name.lower(): value for name, value in (event.get("headers") or {}).items()}
    request = Request(event["rawPath"], headers.get("accept-language", ""), headers.get("if-none-match", ""))
    reason = event["routeKey"].startswith("GET /decisions/")
    page = (_reading() if reason else _showing()).answer(request, clock.now())
    if page.why:
        logger().error("not shown", reason=page.why)
    return {"statusCode": int(page.status), "headers": dict(page.headers), "body": page.body}
