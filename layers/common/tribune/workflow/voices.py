"""voices: what complains in public within the hour, as far as it could be an echo: which words, by whom; no text is kept.

keep_watch reads it, where enough different people speak: each comment once, from the notes of what was touched. So an
ordinary comment costs nothing more, and a quiet minute neither.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Protocol

from tribune.climate import HOUR, Tone
from tribune.comment import Audience
from tribune.community import Community
from tribune.echo import Voiced, words_of
from tribune.journal import Head, HeadKind, SaidWords
from tribune.workflow.deed import NO_WEATHER
from tribune.workflow.ports import Key, Keys
from tribune.workflow.worksheet import ObjectId

MOST_READ = 400
"""In one round, and the most that is compared: of a larger crowd, a part says as much."""
CLOCKS_APART = timedelta(minutes=2)
"""A note is written by another clock, and before its decision."""

type Place = tuple[str, str, str]
"""(platform, account, object)."""


# ruff: disable[D102]  what each of these does is said where it is done
class Heads(Protocol):
    """What was read of the journal."""

    def head(self, community: str, platform: str, account: str, object_id: str, /) -> Head | None: ...


class Journal(Protocol):
    """What this needs of the journal."""

    def read(self, wanted: Iterable[Key]) -> Heads: ...
    def said_of(self, heads: Iterable[Head]) -> Mapping[ObjectId, SaidWords]: ...


class Notes(Protocol):
    """The notes of what was touched."""

    def touched(self, community: str, since: str, until: str) -> Mapping[str, set[Place]]: ...


# ruff: enable[D102]


@dataclass(slots=True)
class _Remembered:
    """Of one community: everything that was looked at, and up to when."""

    looked_to: datetime
    voices: dict[Place, tuple[datetime, str, Voiced | None]] = field(default_factory=dict)
    """Place -> (when it was heard, its space, what can be compared of it)."""


@dataclass(frozen=True, slots=True)
class Voices:
    """keep_watch's memory of the last hour, one a process; another process reads the hour again."""

    journal: Journal
    keys: Keys
    notes: Notes
    _known: dict[str, _Remembered] = field(default_factory=dict)

    def lately(self, community: Community, space: str, now: datetime) -> Sequence[Voiced]:
        """What was said in a space within the hour. Raises Unavailable."""
        known = self._known.setdefault(community.id, _Remembered(now - HOUR))
        if known.looked_to < now:
            self._listen(community, known, now)
        return [voice for _, where, voice in known.voices.values() if voice is not None and where == space]

    def _listen(self, community: Community, known: _Remembered, now: datetime) -> None:
        known.voices = {place: one for place, one in known.voices.items() if now - one[0] < HOUR}
        since = max(known.looked_to - CLOCKS_APART, now - HOUR)
        noted = self.notes.touched(community.id, _iso(since), _iso(now + CLOCKS_APART))
        new = sorted({place for places in noted.values() for place in places} - known.voices.keys())[:MOST_READ]
        read = self.journal.read(self.keys.head(community.id, *place) for place in new)
        heads = {place: head for place in new if (head := read.head(community.id, *place))}
        fresh = (head for head in heads.values() if now - head.received_at < HOUR)
        said = self.journal.said_of(head for head in fresh if _complains(head, community))
        for place, head in heads.items():
            words = said.get(head.at)
            voice = None
            if words and head.author:
                voice = Voiced(*place, head.author, head.received_at, words_of(words.text))
            known.voices[place] = (head.received_at, head.space, voice)
        known.looked_to = now


def _complains(head: Head, community: Community) -> bool:
    """Is it public, somebody's, and a complaint, criticism or breach, outside of contests and operations?"""
    verdict = head.verdict
    if verdict is None or head.kind is not HeadKind.COMMENT or head.audience is not Audience.PUBLIC:
        return False
    if head.author is None or head.deleted or head.confidential or head.marks or verdict.reason in NO_WEATHER:
        return False
    post = community.post(head.platform, head.account, head.post)
    if post is not None and post.mechanic == "contest":
        return False
    return verdict.tone is Tone.NEGATIVE or verdict.clause is not None


def _iso(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
