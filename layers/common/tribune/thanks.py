"""thanks: who gave most to the conversation, so that somebody thanks them. Pure; never a ranking that anybody publishes.

What somebody gave is weighed as all engagement is (`engagement.Scale`), under posts that nobody paid for; who helped
another member gave more than their words weigh; who came on several days more than who came once. Who they are, whether
a reminder of theirs still counts and whether they agreed to be named is looked up by whoever shows them to the team.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final, NamedTuple

MOST: Final = 250
"""Members kept of one day: helpers first, then those who gave most."""
HELPED: Final = 10
"""What helping another member adds to what the words weigh: as much as a commitment."""
COMES_BACK: Final = 3
"""Who came on so many days came back; who came once deserves no more than a welcome."""


class Contribution(NamedTuple):
    """What one member gave."""

    points: int = 0
    helps: int = 0
    """How often they helped another member."""
    days: frozenset[date] = frozenset()
    """On which days of the community's zone."""

    def and_(self, other: "Contribution") -> "Contribution":
        """Both together; a day that is in both is one day."""
        return Contribution(self.points + other.points, self.helps + other.helps, self.days | other.days)

    @property
    def score(self) -> int:
        """What it comes to: what they gave, times the days on which they came."""
        return (self.points + HELPED * self.helps) * len(self.days)


@dataclass(frozen=True, slots=True)
class Members:
    """Pseudonym -> what they gave."""

    of: Mapping[str, Contribution] = field(default_factory=dict)

    def __add__(self, other: "Members") -> "Members":
        """Both together."""
        both = dict(self.of)
        for name, one in other.of.items():
            known = both.get(name)
            both[name] = one.and_(known) if known else one
        return Members(both)

    def most(self, n: int = MOST) -> "Members":
        """The `n` who helped or gave most; all of them, where there are no more."""
        if len(self.of) <= n:
            return self
        first = sorted(self.of, key=lambda name: (-self.of[name].helps, -self.of[name].points, name))
        return Members({name: self.of[name] for name in sorted(first[:n])})


class Contributor(NamedTuple):
    """Somebody to thank, if nothing speaks against it."""

    author: str
    """Their pseudonym."""
    gave: Contribution


def contributors(members: Members) -> list[Contributor]:
    """Who helped another member or came back, those who gave most first; ambassadors are among them."""
    deserving = ((name, gave) for name, gave in members.of.items() if gave.helps or len(gave.days) >= COMES_BACK)
    found = [Contributor(name, gave) for name, gave in deserving if gave.score > 0]
    return sorted(found, key=lambda one: (-one.gave.score, one.author))
