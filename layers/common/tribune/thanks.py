"""thanks: who gave most to the conversation, so that somebody thanks them. Pure; never a ranking that anybody publishes.

What somebody gave is weighed as all engagement is (`engagement.Scale`), under posts that nobody paid for; who helped
another member gave more than their words weigh; who came on several days more than who came once. Nobody is named to
the public who did not agree to it (`Community.may_be_named`); whoever has a reminder that still counts is left in peace.
"""

from collections.abc import Container, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final, NamedTuple

MOST: Final = 250
"""Members kept of one day: helpers first, then those who gave most."""
HELPED: Final = 10
"""What helping another member adds to what the words weigh: as much as a commitment."""


class Contribution(NamedTuple):
    """What one member gave."""

    points: int = 0
    helps: int = 0
    """How often they helped another member."""
    days: frozenset[date] = frozenset()
    """On which days of the community's zone."""

    @property
    def score(self) -> int:
        """What it comes to: what they gave, times the days on which they came."""
        return (self.points + HELPED * self.helps) * len(self.days)


@dataclass(frozen=True, slots=True)
class Members:
    """Pseudonym -> what they gave."""

    of: Mapping[str, Contribution] = field(default_factory=dict)

    def __add__(self, other: "Members") -> "Members":
        """Both together; a day that is in both is one day."""
        both = dict(self.of)
        for name, one in other.of.items():
            known = both.get(name, Contribution())
            both[name] = Contribution(known.points + one.points, known.helps + one.helps, known.days | one.days)
        return Members(both)

    def most(self, n: int = MOST) -> "Members":
        """The `n` who helped or gave most; all of them, where there are no more."""
        if len(self.of) <= n:
            return self
        first = sorted(self.of, key=lambda name: (-self.of[name].helps, -self.of[name].points, name))
        return Members({name: self.of[name] for name in sorted(first[:n])})


@dataclass(frozen=True, slots=True)
class Contributor:
    """Somebody to thank."""

    author: str
    """Their pseudonym."""
    gave: Contribution
    ambassador: bool
    """Of the house, or paid by it: thanked apart."""
    may_be_named: bool
    """They agreed to be thanked by name. Everybody else is shown to the team only."""


def contributors(
    members: Members,
    *,
    reminded: Container[str] = (),
    ambassadors: Container[str] = (),
    may_be_named: Container[str] = (),
) -> list[Contributor]:
    """Who gave most, first; pseudonyms. `reminded`: those with a reminder that still counts (`Standing.told_before`)."""
    found = [
        Contributor(name, gave, name in ambassadors, name in may_be_named)
        for name, gave in members.of.items()
        if gave.score > 0 and name not in reminded
    ]
    return sorted(found, key=lambda one: (-one.gave.score, one.author))
