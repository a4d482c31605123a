"""The explicit list of the desk's doors."""

from tribune.desk import calls, case, unanswered
from tribune.desk.route import Door

DOORS: tuple[Door, ...] = (*unanswered.DOORS, *case.DOORS, *calls.DOORS)
