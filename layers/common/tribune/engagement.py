"""The three levels of engagement: what an interaction costs the member who gives it. Pure; the levels are data.

`words/engagement.yaml` maps kinds, signals and mechanics to levels: 0 exposure, 1 content, 2 operation,
3 commitment. Kinds are coarse on purpose: the live counters hold (kind, level) and nothing finer.
"""

from typing import Final

from tribune.charter.findings import Findings, Signal
from tribune.comment import Audience
from tribune.words import shared

EXPOSURE: Final = 0

type Counted = tuple[str, int]
"""(kind, level), as the counters hold it."""


def count_of(audience: Audience, findings: Findings, *, mechanic: str = "") -> Counted | None:
    """Under which kind and level a comment counts; None for one that counts for nothing (distress is confidential).

    A comment is content (1) until it says more: an entry counts as much as the post's `mechanic` asks for, help
    given to another member is an operation (2).
    """
    if Signal.DISTRESS in findings.signals:
        return None
    kind = "message" if audience is Audience.PRIVATE else "comment"
    raised = (_raised(signal, mechanic) for signal in findings.signals)
    return kind, max(_level("kinds", kind), *raised, EXPOSURE)


def count_of_reaction(kind: str) -> Counted:
    """Under which kind and level an interaction without words counts (`reaction`, `share`, `save`…)."""
    return kind, _level("kinds", kind)


def _raised(signal: Signal, mechanic: str) -> int:
    level = _level("signals", signal)
    return max(level, _level("mechanics", mechanic)) if signal is Signal.PARTICIPATES else level


def _level(table: str, name: str) -> int:
    level: int = shared("engagement")[table].get(name, EXPOSURE)
    return level
