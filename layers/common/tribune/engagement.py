"""The three levels of engagement: what an interaction costs the member who gives it. Pure; the levels are data.

`words/engagement.yaml` maps kinds, signals and mechanics to levels: 0 exposure, 1 content, 2 operation,
3 commitment. Kinds are coarse on purpose: the live counters hold (kind, level) and nothing finer. A community may
change the table from a day on; whatever was received before keeps the table of its day.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Annotated, Final, Literal

from pydantic import Field

from tribune.charter.findings import Findings, Signal
from tribune.comment import Audience
from tribune.words import shared
from tribune.written import Written

EXPOSURE: Final = 0

type Counted = tuple[str, int]
"""(kind, level), as the counters hold it."""

type Level = Literal[0, 1, 2, 3]
type Weight = Annotated[int, Field(ge=0, le=1000)]


class LevelsChange(Written):
    """What a community changes in the table, from a day of its own zone on; what is left out stays as it was."""

    since: date
    kinds: dict[str, Level] = Field(default_factory=dict)
    signals: dict[Signal, Level] = Field(default_factory=dict)
    mechanics: dict[str, Level] = Field(default_factory=dict)
    weights: dict[str, Weight] = Field(default_factory=dict)
    raised: dict[Literal["operation", "commitment"], Weight] = Field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Scale:
    """The table that is in force: levels, and what each interaction weighs in a sum."""

    since: str
    """The day from which on it is in force; empty for the packaged one."""
    kinds: Mapping[str, int]
    signals: Mapping[str, int]
    mechanics: Mapping[str, int]
    weights: Mapping[str, int]
    raised: Mapping[str, int]

    def count_of(
        self, audience: Audience, findings: Findings, *, mechanic: str = "", enters: Iterable[str] = ()
    ) -> Counted | None:
        """Under which kind and level a comment counts; None for one that counts for nothing (distress is confidential).

        A comment is content (1) until it says more: an entry counts as much as the post's `mechanic` asks for, or as
        the operations do that it enters (their kinds), help given to another member is an operation (2).
        """
        if Signal.DISTRESS in findings.signals:
            return None
        kind = "message" if audience is Audience.PRIVATE else "comment"
        raised = (self._raised(signal, mechanic) for signal in findings.signals)
        entered = (self.mechanics.get(one, EXPOSURE) for one in enters)
        return kind, max(self.kinds.get(kind, EXPOSURE), *raised, *entered, EXPOSURE)

    def count_of_reaction(self, kind: str) -> Counted:
        """Under which kind and level an interaction without words counts (`reaction`, `share`, `save`…)."""
        return kind, self.kinds.get(kind, EXPOSURE)

    def weight(self, kind: str, level: int) -> int:
        """What one such interaction weighs; more than its kind where it was raised above the level of its kind."""
        if level == EXPOSURE:
            return 0
        of_kind = self.weights.get(kind, 0)
        if level <= self.kinds.get(kind, EXPOSURE):
            return of_kind
        return max(of_kind, self.raised.get(("", "", "operation", "commitment")[level], 0))

    def _raised(self, signal: Signal, mechanic: str) -> int:
        level = self.signals.get(signal, EXPOSURE)
        return max(level, self.mechanics.get(mechanic, EXPOSURE)) if signal is Signal.PARTICIPATES else level


def scale(changes: Iterable[LevelsChange], day: date) -> Scale:
    """The table in force on a day, after the changes up to then; `changes` in the order of their days."""
    known = tuple(change for change in changes if change.since <= day)
    packaged = _packaged()
    return _after(packaged, known) if known else packaged


@cache
def _packaged() -> Scale:
    return Scale(since="", **shared("engagement"))


def _after(before: Scale, changes: tuple[LevelsChange, ...]) -> Scale:
    kinds, signals, mechanics = dict(before.kinds), dict(before.signals), dict(before.mechanics)
    weights, raised = dict(before.weights), dict(before.raised)
    for change in changes:
        kinds |= change.kinds
        signals |= {signal.value: level for signal, level in change.signals.items()}
        mechanics |= change.mechanics
        weights |= change.weights
        raised |= {str(level): weight for level, weight in change.raised.items()}
    return Scale(changes[-1].since.isoformat(), kinds, signals, mechanics, weights, raised)
