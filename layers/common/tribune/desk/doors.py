"""The explicit list of the desk's doors."""

from tribune.desk import (
    appeals,
    article,
    calls,
    case,
    charter,
    draft,
    engagement,
    handover,
    modes,
    operations,
    report,
    rota,
    say,
    stops,
    together,
    unanswered,
    voice,
)
from tribune.desk.route import Door

DOORS: tuple[Door, ...] = (
    *unanswered.DOORS,
    *case.DOORS,
    *together.DOORS,
    *calls.DOORS,
    *stops.DOORS,
    *say.DOORS,
    *operations.DOORS,
    *appeals.DOORS,
    *charter.DOORS,
    *draft.DOORS,
    *article.DOORS,
    *modes.DOORS,
    *voice.DOORS,
    *rota.DOORS,
    *engagement.DOORS,
    *report.DOORS,
    *handover.DOORS,
)
