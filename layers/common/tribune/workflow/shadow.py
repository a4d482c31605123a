"""shadow: a version on trial, judged beside the one in force; what it would have changed is noted, never done.

One more reading of each comment; one small item where the two differ, and one counter item for a batch. What is wrong
with the version on trial costs the real decision nothing: it is counted as failed.
"""

from collections.abc import Callable
from dataclasses import dataclass

from tribune.charter import PublishedCharter, Reader
from tribune.decision import Decision, Leave
from tribune.journal import Judged


@dataclass(frozen=True, slots=True)
class Shadow:
    """The version on trial of a community."""

    name: str
    """How its results are kept: the beginning of its content's hash."""
    opened: Callable[[], tuple[PublishedCharter, Reader]]
    """Its words and their reader, made once a process. Raises whatever is wrong with it."""


def judged(decision: Decision) -> Judged:
    """What the two decisions are compared by."""
    return Judged(
        measure=decision.measure,
        reason=decision.reason,
        clause=decision.clause,
        alone=any(act.leave is Leave.ALONE for act in decision.acts),
    )
