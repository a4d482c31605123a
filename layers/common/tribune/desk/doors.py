"""The explicit list of the desk's doors."""

from tribune.desk import appeals, calls, case, charter, draft, modes, say, unanswered
from tribune.desk.route import Door

DOORS: tuple[Door, ...] = (
    *unanswered.DOORS,
    *case.DOORS,
    *calls.DOORS,
    *say.DOORS,
    *appeals.DOORS,
    *charter.DOORS,
    *draft.DOORS,
    *modes.DOORS,
)
