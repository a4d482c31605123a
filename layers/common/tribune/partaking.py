"""partaking: what the heads of an hour come to for each operation that they are marked with. Pure.

Entries and the people who gave them; beside them, always, how people talked: with one another, with us, how long.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from tribune.channel import ActKind
from tribune.comment import Audience
from tribune.conversation import Threads, threads
from tribune.crowd import Crowd
from tribune.journal import Head, HeadKind
from tribune.leadership import answered, messages_of
from tribune.operation import Mark, Ruled

ENTRIES: Final = "entries"
INVALID: Final = "invalid"
"""Entries that a person declared so, or that break the charter and were not found right since."""
TO_MEMBER: Final = "to_member"
TO_US: Final = "to_us"
"""Comments that answer another member, or us."""
BY_PERSON: Final = "by_person"
BY_MACHINE: Final = "by_machine"
"""Our public answers."""
_JUDGING: Final = frozenset({ActKind.HIDE, ActKind.UNHIDE, ActKind.DELETE, ActKind.BLOCK})
"""By these a person says what they think of a comment, whatever the machine found."""

type Known = Mapping[tuple[str, str, str, str], Head]


class Taken(NamedTuple):
    """What is counted of an operation."""

    operation: str
    team: str
    """Empty for whoever is in none."""
    what: str
    """ENTRIES, INVALID, TO_MEMBER, TO_US, BY_PERSON, BY_MACHINE, or a kind of interaction (`comment`, `reaction`…)."""


def entrants(operation: str, team: str | None = None) -> str:
    """Under which name stand those who gave a valid entry; of one team, where one is named."""
    return f"operation#{operation}" if team is None else f"operation#{operation}#{team}"


def voices(operation: str) -> str:
    """Under which name stand those who wrote something in it, an entry or not."""
    return f"voices#{operation}"


def speaks_to(head: Head, known: Known) -> str:
    """TO_MEMBER, TO_US, or empty for a comment that answers nobody, or its own author."""
    spoken_to = known.get((*head.at[:3], head.parent)) if head.parent else None
    if spoken_to is None:
        return ""
    if spoken_to.kind in (HeadKind.TEAM, HeadKind.OURS):
        return TO_US
    return TO_MEMBER if spoken_to.author is not None and spoken_to.author != head.author else ""


def is_valid(head: Head, mark: Mark) -> bool:
    """Does this entry stand? What a person said of it, else whether neither charter nor law has anything to say of it."""
    if mark.ruled is not None:
        return mark.ruled is Ruled.VALID
    verdict = head.verdict
    if verdict is not None and (verdict.clause is not None or verdict.ground == "law"):
        return verdict.reversed or verdict.acquitted
    return not _held_by_hand(head)


def _held_by_hand(head: Head) -> bool:
    """Did a person hide or delete it, or exclude its author, under an article, and did nobody show it since?"""
    last = next((one for one in reversed(head.carried_out) if one.kind in _JUDGING), None)
    return last is not None and last.clause is not None and last.kind is not ActKind.UNHIDE and head.hidden is not False


@dataclass(frozen=True, slots=True)
class Partaking:
    """What was taken part in; two of them make a third."""

    counts: Counter[Taken] = field(default_factory=Counter)
    threads: Mapping[str, Threads] = field(default_factory=dict)
    """Operation -> what was said in public in each of its threads."""

    def __add__(self, other: "Partaking") -> "Partaking":
        """Both together."""
        counts, none = Counter(self.counts), Threads()
        counts.update(other.counts)
        names = sorted(self.threads.keys() | other.threads.keys())
        return Partaking(counts, {name: self.threads.get(name, none) + other.threads.get(name, none) for name in names})


def partaking(heads: Iterable[Head], known: Known) -> tuple[Partaking, dict[str, Crowd]]:
    """What heads come to, and who took part; `known`: also what they answer."""
    counts: Counter[Taken] = Counter()
    crowds: dict[str, set[str]] = {}
    talk: dict[str, list[Head]] = {}
    for head in heads:
        if head.confidential:
            continue
        for mark in head.marks:
            if head.counted is not None:
                counts.update(Taken(mark.operation, mark.team, what) for what in _counted(head, mark, known))
                for scope in _scopes(head, mark) if head.author else ():
                    crowds.setdefault(scope, set()).add(head.author or "")
        for mark in _asked(head, known):
            talk.setdefault(mark.operation, []).append(head)
            messages = [BY_PERSON if one.by_person else BY_MACHINE for one in messages_of(head, known)]
            counts.update(Taken(mark.operation, mark.team, what) for what in messages)
    said = {name: threads(of, known) for name, of in sorted(talk.items())}
    return Partaking(counts, said), {scope: Crowd.of(names) for scope, names in sorted(crowds.items())}


def _counted(head: Head, mark: Mark, known: Known) -> Iterable[str]:
    if head.counted is not None:
        yield head.counted[0]
    if mark.entry:
        yield ENTRIES if is_valid(head, mark) else INVALID
    if _is_talk(head) and (to := speaks_to(head, known)):
        yield to


def _scopes(head: Head, mark: Mark) -> Iterable[str]:
    if mark.entry and is_valid(head, mark):
        yield entrants(mark.operation)
        if mark.team:
            yield entrants(mark.operation, mark.team)
    if head.kind is HeadKind.COMMENT:
        yield voices(mark.operation)


def _is_talk(head: Head) -> bool:
    return head.kind is HeadKind.COMMENT and head.audience is Audience.PUBLIC


def _asked(head: Head, known: Known) -> tuple[Mark, ...]:
    """The marks of what was said: its own, or for a message of the team of what it answers."""
    asked = answered(head, known) if head.kind is HeadKind.TEAM else head
    return () if asked is None or asked.confidential or head.kind is HeadKind.REACTION else asked.marks
