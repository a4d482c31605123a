"""A journal with a memory, and a team that can be reached or not."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from tribune.community import Community
from tribune.duty import CallMessage, Person, Way
from tribune.errors import Conflict, NotFound, Unavailable
from tribune.journal import Call, Case, Changes, Head, Ringing

PARIS = ZoneInfo("Europe/Paris")


class Died(BaseException):
    """The process is gone: nothing catches this."""


@dataclass
class MemoryJournal:
    """Keeps calls, heads and words as the journal does: a write that was not read last is a Conflict."""

    calls: dict[tuple[str, str], Call] = field(default_factory=dict)
    heads: dict[tuple[str, str, str, str], Head] = field(default_factory=dict)
    cases: dict[tuple[str, str, str, str], Case] = field(default_factory=dict)
    words: dict[tuple[str, str, str, str], str] = field(default_factory=dict)
    ringings: dict[str, Ringing] = field(default_factory=dict)
    saves: int = 0
    before_save: list[Any] = field(default_factory=list)
    """What happens, once each, just before a write: another writer, an outage, the death of the process."""

    def commit(self, changes: Changes, now: datetime) -> None:
        del now
        if changes.resumed:
            self._before_a_write()
        if any(self.calls[call.community, call.id].rev != call.rev - 1 for call in changes.resumed):
            raise Conflict("call")
        if any(self.ringing(one.community).rev != one.rev - 1 for one in changes.ringings):
            raise Conflict("ringing")
        self.calls |= {(call.community, call.id): call for call in changes.resumed}
        for one in changes.ringings:
            self.ringings[one.community] = replace(one, muted=self.ringing(one.community).muted)
        for call in changes.calls:
            known = self.calls.get((call.community, call.id))
            if known is None:
                self.calls[call.community, call.id] = replace(call, rev=1)
            else:
                objects = tuple(sorted({*known.objects, *call.objects}))
                self.calls[call.community, call.id] = replace(known, objects=objects, rev=known.rev + 1)

    def load_call(self, community: str, call_id: str) -> Call | None:
        return self.calls.get((community, call_id))

    def ringing(self, community: str) -> Ringing:
        return self.ringings.get(community, Ringing(community))

    def mute(self, community: str, scope: str, until: datetime | None) -> None:
        known = self.ringing(community)
        muted = {one: at for one, at in known.muted.items() if one != scope} | ({scope: until} if until else {})
        self.ringings[community] = replace(known, muted=muted)

    def _before_a_write(self) -> None:
        self.saves += 1
        if self.before_save:
            self.before_save.pop(0)()

    def save_call(self, call: Call, now: datetime) -> Call:
        del now
        self._before_a_write()
        if self.calls[call.community, call.id].rev != call.rev:
            raise Conflict("call")
        saved = replace(call, rev=call.rev + 1)
        self.calls[call.community, call.id] = saved
        return saved

    def head_of(self, community: str, platform: str, account: str, object_id: str) -> Head | None:
        return self.heads.get((community, platform, account, object_id))

    def case_of(self, community: str, platform: str, account: str, object_id: str) -> Case | None:
        return self.cases.get((community, platform, account, object_id))

    def words_of(self, community: str, platform: str, account: str, object_id: str) -> str | None:
        return self.words.get((community, platform, account, object_id))


def no_tools(_url: str, _secret: str, _id: str, _body: bytes, _now: datetime) -> None:
    """Nothing listens to the climate here."""
    raise Unavailable("no tools")


@dataclass
class Phones:
    """Everybody's devices: what reached whom, and which ways are dead."""

    received: list[tuple[str, str, CallMessage]] = field(default_factory=list)
    secrets_seen: list[str | None] = field(default_factory=list)
    dead: set[str] = field(default_factory=set)
    """`marie.slack`, or `marie` for all her ways."""
    then: list[Any] = field(default_factory=list)
    """What happens, once each, just after a message arrived."""

    def deliver(self, message: CallMessage, person: Person, way: Way, secret: str | None) -> None:
        if {person.id, f"{person.id}.{way.kind}"} & self.dead:
            raise Unavailable("no answer")
        self.received.append((person.id, way.kind, message))
        self.secrets_seen.append(secret)
        if self.then:
            self.then.pop(0)()

    @property
    def rung(self) -> list[str]:
        """Who was reached, in order."""
        return [person for person, _, _ in self.received]

    @property
    def last(self) -> CallMessage:
        return self.received[-1][2]


@dataclass
class Messages:
    """A queue with a memory."""

    sent: list[Mapping[str, Any]] = field(default_factory=list)

    def send(self, messages: Sequence[Mapping[str, Any]]) -> None:
        self.sent += messages


GARANCE: dict[str, Any] = {
    "id": "garance",
    "name": "Vélos Garance",
    "voice": {"team_signature": {"fr": "L'équipe Garance (message automatique)"}},
    "rota": {
        "people": [
            {
                "id": "marie",
                "name": "Marie",
                "initials": "MC",
                "ways": [{"kind": "slack"}, {"kind": "email", "address": "marie@garance.example"}],
            },
            {
                "id": "lea",
                "name": "Léa",
                "initials": "LR",
                "role": "smm",
                "languages": ["en"],
                "ways": [{"kind": "email", "address": "lea@garance.example"}],
            },
        ],
        "fallback": {
            "id": "equipe",
            "name": "L'équipe",
            "ways": [{"kind": "email", "address": "team@garance.example"}],
        },
    },
    "channels": [
        {"platform": "facebook", "accounts": [{"id": "1001", "space": "page", "name": "Vélos Garance"}]},
    ],
}


def communities(**changes: Any) -> Any:
    """A loader that knows one community."""
    garance = Community.model_validate(GARANCE | changes)

    def load(community: str) -> Community:
        if community != garance.id:
            raise NotFound(community)
        return garance

    return load
