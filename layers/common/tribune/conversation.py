"""conversation: how deep threads go, how much of them is ours, and whether anybody answers what we ask. Pure.

Of each thread are kept how many public messages members and we left in it, and two moments; of 512 threads at most,
those whose names hash smallest. Which ones these are depends on their names alone, so two times keep the same ones and
add up: whatever is kept is whole, and drawn at random.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from heapq import nsmallest
from typing import Final, NamedTuple

from tribune.comment import Audience
from tribune.journal import Head, HeadKind
from tribune.leadership import messages_of
from tribune.ledger import object_digest

MOST: Final = 512


class Thread(NamedTuple):
    """What was said in public in one thread; moments are seconds since 1970, 0: never."""

    members: int = 0
    ours: int = 0
    asked: int = 0
    """When a person of the team first asked something in it."""
    heard: int = 0
    """When a member last spoke in it."""

    def and_(self, other: "Thread") -> "Thread":
        """Both together."""
        asked = min((at for at in (self.asked, other.asked) if at), default=0)
        return Thread(self.members + other.members, self.ours + other.ours, asked, max(self.heard, other.heard))


@dataclass(frozen=True, slots=True)
class Threads:
    """Threads by the hash of their names."""

    of: Mapping[str, Thread] = field(default_factory=dict)

    @classmethod
    def counted(cls, of: Mapping[str, Thread]) -> "Threads":
        """Those that are kept."""
        return cls(of if len(of) <= MOST else {name: of[name] for name in nsmallest(MOST, of)})

    def __add__(self, other: "Threads") -> "Threads":
        """Both together."""
        both = dict(self.of)
        for name, thread in other.of.items():
            both[name] = both[name].and_(thread) if name in both else thread
        return Threads.counted(both)

    @property
    def is_exact(self) -> bool:
        """Is every thread here?"""
        return len(self.of) < MOST


def threads(heads: Iterable[Head], known: Mapping[tuple[str, str, str, str], Head]) -> Threads:
    """What some objects say in public; `known`: also what they may answer."""
    found: dict[str, Thread] = {}
    for head in heads:
        if head.audience is not Audience.PUBLIC or head.confidential:
            continue
        name = object_digest(*head.thread_at[1:])[:16]
        if head.kind is HeadKind.COMMENT and head.counted is not None and not head.deleted:
            spoken = Thread(members=1, heard=int(head.posted_at.timestamp()))
            found[name] = found.get(name, Thread()).and_(spoken)
        for message in messages_of(head, known):
            asked = int(message.at.timestamp()) if message.at and message.asks and message.by_person else 0
            found[name] = found.get(name, Thread()).and_(Thread(ours=1, asked=asked))
    return Threads.counted(found)
