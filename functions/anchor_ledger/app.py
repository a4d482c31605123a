"""anchor_ledger: every hour, signs how far the chains of decisions have come, and puts it out of everybody's reach."""

from functools import cache, partial
from typing import Any

from tribune import clock
from tribune.aws import anchors, clients, directory, ledger
from tribune.settings import AnchorSettings
from tribune.telemetry import count, logger
from tribune.workflow.anchor import Anchoring


@cache
def _settings() -> AnchorSettings:
    return AnchorSettings.read()


def handler(_event: dict[str, Any], _context: object) -> None:
    """A tick of the schedule."""
    settings = _settings()
    anchoring = Anchoring(
        anchors=anchors.Anchors(clients.s3(), settings.anchor_bucket),
        ends=partial(ledger.ends, clients.dynamodb(), settings.journal_table),
        sign=partial(anchors.sign, clients.kms(), settings.anchor_key),
        key=partial(anchors.public_key, clients.kms(), settings.anchor_key),
    )
    kept = [anchoring.anchor(community, clock.now()) for community in directory.communities(settings.community_table)]
    if any(kept):
        count("LedgersAnchored", sum(kept))
    logger().info("anchored", extra={"anchored": sum(kept), "communities": len(kept)})
