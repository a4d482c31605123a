"""thanking: who gave most to the conversation, with the last thing that they said in public, so that somebody thanks them.

Figures know pseudonyms alone: the name is read where it still stands, with the words, and goes when they go. Nobody is
shown who has a reminder that still counts, nor whose last comments are private, hidden, deleted or held against them.
Nobody is thanked who complained last or still waits for our answer: they would take it for mockery.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Protocol

from tribune.climate import Tone
from tribune.community import Community
from tribune.journal import AuthorRecord, Head, SaidWords
from tribune.proposals import may_be_quoted
from tribune.thanks import Contribution, Members, contributors
from tribune.workflow.ports import Key, Keys
from tribune.workflow.worksheet import ObjectId

MOST: Final = 5
LOOKED_AT: Final = 10
"""Of so many it is read whether they can be thanked…"""
LAST_SAID: Final = 5
"""…and of each so many of their latest comments."""


# ruff: disable[D102]  what each of these does is said where it is done
class Known(Protocol):
    """What was read in one go."""

    def head(self, community: str, platform: str, account: str, object_id: str, /) -> Head | None: ...
    def author(self, community: str, author: str, now: datetime, /) -> AuthorRecord: ...


class Journal(Protocol):
    """What is read of it."""

    def read(self, wanted: Iterable[Key]) -> Any: ...
    def last_said(self, community: str, author: str, limit: int) -> list[ObjectId]: ...
    def said_of(self, heads: Iterable[Head]) -> Mapping[ObjectId, SaidWords]: ...


# ruff: enable[D102]


@dataclass(frozen=True, slots=True)
class ToThank:
    """Somebody to thank."""

    gave: Contribution
    head: Head
    """The last comment of theirs that may be shown."""
    said: SaidWords
    ambassador: bool
    """Of the house, or paid by it."""
    may_be_named: bool
    """They agreed to be thanked by name where everybody reads it."""


@dataclass(frozen=True, slots=True)
class Thanking:
    """Reads whom to thank."""

    journal: Journal
    keys: Keys

    def most(self, community: Community, members: Members, now: datetime, lapse: timedelta) -> list[ToThank]:
        """At most five, who gave most first: a request for each of the ten looked at, and three. `lapse`: of strikes."""
        first = [one.author for one in contributors(members)[:LOOKED_AT]]
        places = {author: self.journal.last_said(community.id, author, LAST_SAID) for author in first}
        heads = [self.keys.head(*at) for found in places.values() for at in found]
        known: Known = self.journal.read([*heads, *(self.keys.author(community.id, author) for author in first)])
        shown: dict[str, Head] = {}
        for author in first:
            there = (head for at in places[author] if (head := known.head(*at)) and may_be_quoted(head))
            last, record = next(there, None), known.author(community.id, author, now)
            if last is not None and _would_be_pleased(last, record, now, lapse):
                shown[author] = last
        said = self.journal.said_of(shown.values())
        found = ((author, head, words) for author, head in shown.items() if (words := said.get(head.at)))
        return [_to_thank(community, members.of[author], head, words) for author, head, words in found][:MOST]


def _to_thank(community: Community, gave: Contribution, head: Head, said: SaidWords) -> ToThank:
    who = (head.platform, said.author_id, head.author)
    return ToThank(
        gave,
        head,
        said,
        ambassador=bool(community.is_ambassador(*who)),
        may_be_named=community.agreed_to_be_named(*who),
    )


def _would_be_pleased(last: Head, author: AuthorRecord, now: datetime, lapse: timedelta) -> bool:
    complains = last.verdict is not None and last.verdict.tone is Tone.NEGATIVE
    waits = author.standing.waiting_since is not None
    return not (complains or waits or author.standing.told_before(now, lapse, besides=""))
