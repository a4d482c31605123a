"""The brake: a clause that was just changed and gets out of line stops acting alone; from then on it proposes. Pure.

Three tests, each borrowed from a system that lives with it; one is enough (`judge`):

- *reversed*: people of the team undid what the clause did. The one test that needs no figures from before.
- *share*: AbuseFilter's emergency brake. A filter changed within 24 h that matches more than 2 actions and more than
  5 % of all actions since loses its restricted actions (`$wgAbuseFilterEmergencyDisableAge`, `…Count`, `…Threshold`):
  https://www.mediawiki.org/wiki/Extension:AbuseFilter#Emergency_throttling
- *jump*: Coop's misfire alarm. The rate is at least 1.25 times the earlier one, and chance alone would bring this
  many less often than 5 times in 1,000 (one-sided binomial test). https://github.com/roostorg/coop

A share that is what it always was is not out of line: where there is history enough, *share* asks for the 1.25 times
as well. The first version of a charter follows none, so nothing in it was changed: there only *reversed* applies (a
person switched its clauses to `act`, and the safe start comes before that).
"""

import math
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any

from tribune.charter.document import Charter, Clause, Kind

WATCHED = timedelta(hours=24)
"""How long after it took effect a changed clause is watched."""
HISTORY = timedelta(days=7)
"""How far back the clause's earlier share is measured."""
NOT_ITS_WEIGHT = frozenset({"number", "title", "examples", "replies", "legal_basis", "dsa"})
"""What can change in a clause without changing whom it hits and what happens to them."""


class Why(StrEnum):
    """Which test found a clause out of line."""

    REVERSED = "reversed"
    SHARE = "share"
    JUMP = "jump"


@dataclass(frozen=True, slots=True)
class Limits:
    """Where the line runs."""

    reversals: int = 3
    """At least so many acts of the clause undone by people…"""
    reversed_share: float = 0.2
    """…and at least this share of what it did alone."""
    cited: int = 2
    """More decisions than this cite the clause…"""
    share: float = 0.05
    """…and more than this share of all decisions."""
    times: float = 1.25
    """At least so many times the earlier rate."""
    chance: float = 0.005
    """Chance alone brings so many less often than this."""
    history: int = 200
    """Earlier decisions without which there is no rate to compare with (Coop, on far larger platforms: 4,000)."""


LIMITS = Limits()


@dataclass(frozen=True, slots=True)
class Record:
    """What a clause did since it was changed, and before, in decisions."""

    seen: int
    """Every decision since the change."""
    cited: int
    """Those that cite the clause."""
    alone: int
    """Those in which it let the machine act by itself."""
    reversed: int
    """Those of which a person undid what the machine did."""
    seen_before: int = 0
    cited_before: int = 0
    first: bool = False
    """No version came before the one in which it stands."""

    @property
    def share(self) -> float:
        """The clause's share of the decisions since the change."""
        return self.cited / self.seen if self.seen else 0.0

    @property
    def rate_before(self) -> float:
        """Its rate before: Laplace's rule of succession, so that a clause that never fired does not count as impossible."""
        return (self.cited_before + 1) / (self.seen_before + 2)

    @property
    def times(self) -> float:
        """How many times its earlier rate the share is."""
        return self.share / self.rate_before


def judge(record: Record, limits: Limits = LIMITS) -> Why | None:
    """Why a clause is out of line; None when it is not, or does nothing alone that could be stopped."""
    if not record.alone:
        return None
    if record.reversed >= limits.reversals and record.reversed >= limits.reversed_share * record.alone:
        return Why.REVERSED
    if record.first or record.cited <= limits.cited:
        return None
    known = record.seen_before >= limits.history
    risen = record.times >= limits.times
    if record.share > limits.share and (risen or not known):
        return Why.SHARE
    if known and risen and tail(record.cited, record.seen, record.rate_before) < limits.chance:
        return Why.JUMP
    return None


def tail(hits: int, trials: int, rate: float) -> float:
    """P(X ≥ hits) for X binomial(trials, rate), 0 < rate < 1: how often chance alone brings as many."""
    if hits <= 0:
        return 1.0
    if hits > trials:
        return 0.0
    odds = rate / (1 - rate)
    logarithm = (
        math.lgamma(trials + 1)
        - math.lgamma(hits + 1)
        - math.lgamma(trials - hits + 1)
        + hits * math.log(rate)
        + (trials - hits) * math.log1p(-rate)
    )
    term = total = math.exp(logarithm)
    for n in range(hits, trials):
        factor = (trials - n) / (n + 1) * odds
        term *= factor
        total += term
        if factor < 1 and term < total * 1e-17:
            break  # what follows no longer changes the sum
    return min(total, 1.0)


def changed(before: Charter | None, after: Charter) -> dict[str, int]:
    """The rules of `after` that weigh otherwise than in `before` or are new: clause id -> article number."""
    return {
        clause.id: clause.number
        for clause in after.clauses
        if clause.kind is Kind.RULE and _weight(clause) != _weight(before.clause(clause.id) if before else None)
    }


def _weight(clause: Clause | None) -> dict[str, Any] | None:
    if clause is None:
        return None
    return {name: getattr(clause, name) for name in Clause.model_fields if name not in NOT_ITS_WEIGHT}
