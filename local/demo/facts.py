"""What really happened: read from the running stack (journal, words, outbox, the platforms' own state), never from the story."""

import http.client
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from local import views
from local.demo.story import MAY_BE_UNSAID, Expected
from local.desk import readable
from local.stack import LocalStack
from local.twins import Entry
from local.twins.facebook import FacebookTwin
from local.twins.generic import GenericTwin
from tribune import duty
from tribune.aws import clients, keys
from tribune.aws.charters import Charters
from tribune.aws.journal import Journal
from tribune.channel import ActKind
from tribune.charter import Clause
from tribune.community import Community
from tribune.decision import Measure, Urgency
from tribune.journal import Action, ActionState, AuthorRecord, Call, Case, CaseState, Head, HeadKind, ThreadRecord
from tribune.workflow.opening import answer_due
from tribune.workflow.worksheet import ObjectId

CONFIDENTIAL_KEPT = timedelta(days=30)
ANSWERS_WITHIN_S = 30.0


@dataclass(frozen=True, slots=True)
class Seen:
    """Everything that is known of one comment at one moment, and what was done since another."""

    head: Head
    case: Case | None
    thread: ThreadRecord
    author: AuthorRecord | None
    hidden: bool
    """On the platform itself."""
    acts: tuple[Entry, ...]
    """What reached a platform since, in order."""
    rung: tuple[Entry, ...]
    """The calls that reached a person since."""
    calls: tuple[Call, ...]
    """The incidents that are about it."""
    clause: Clause | None
    words: str
    """As Marie reads them: contact data masked."""
    place_in_list: int | None
    now: datetime

    @property
    def at(self) -> ObjectId:
        """Where it stands in the journal."""
        return self.head.at

    def action(self, entry: Entry) -> Action | None:
        """The action of this comment's outbox that an act carried out."""
        return self.head.action(entry.action_id or "")

    @property
    def automatic(self) -> tuple[Entry, ...]:
        """What the machine said by itself."""
        return tuple(one for one in self._said if (action := self.action(one)) and action.signed_by is None)

    @property
    def by_hand(self) -> tuple[Entry, ...]:
        """What a person of the team said."""
        return tuple(one for one in self._said if (action := self.action(one)) and action.signed_by is not None)

    @property
    def _said(self) -> tuple[Entry, ...]:
        return tuple(one for one in self.acts if one.kind in (ActKind.REPLY, ActKind.PRIVATE))

    @property
    def taken_back(self) -> tuple[Entry, ...]:
        """Our own messages that were deleted."""
        ours = {action.platform_id for action in self.head.actions if action.platform_id}
        return tuple(one for one in self.acts if one.kind == ActKind.DELETE and one.object in ours)

    @property
    def known_at(self) -> datetime | None:
        """When we knew of a danger."""
        return next((call.known_at for call in self.calls if call.known_at), None)

    @property
    def hidden_at(self) -> datetime | None:
        """When the comment was hidden."""
        hides = (action for action in self.head.actions if action.kind is ActKind.HIDE)
        return next((action.done_at for action in hides if action.state is ActionState.SENT), None)


class Facts:
    """The stack, read."""

    def __init__(self, stack: LocalStack, community: Community) -> None:
        self.stack, self.community = stack, community
        self.tables = stack.created.tables()
        self.journal = Journal(
            clients.dynamodb(), self.tables["JournalTable"], self.tables["TextTable"], self.tables["CounterTable"]
        )
        self.charters = Charters(self.tables["CharterTable"])

    # --- one comment ---

    def seen(self, at: ObjectId, waiting: Sequence[ObjectId], since: int) -> Seen:
        """A comment as it stands, with every act after the outbox's entry `since`. Raises LookupError when it is unknown."""
        head = self.head(at)
        thread_at = (head.community, head.platform, head.account, head.thread)
        known = self.journal.read([keys.case(*at), keys.thread(*thread_at)])
        said = self.journal.said_words(*at, head.v)
        now = self.stack.clock.now()
        effects = [entry for entry in self.stack.outbox.effects if entry.seq > since]
        return Seen(
            head=head,
            case=known.case(*at),
            thread=known.thread(*thread_at),
            author=self.author(head, now),
            hidden=self.is_hidden(at),
            acts=tuple(entry for entry in effects if entry.kind != "call"),
            rung=tuple(entry for entry in effects if entry.kind == "call"),
            calls=tuple(call for call in self.calls() if at[3] in call.objects),
            clause=self.clause(head),
            words=readable(said.text if said else "", head.language),
            place_in_list=waiting.index(at) + 1 if at in waiting else None,
            now=now,
        )

    def head(self, at: ObjectId) -> Head:
        """The head of a comment. Raises LookupError when the journal knows none."""
        head = self.journal.head_of(*at)
        if head is None:
            raise LookupError(f"the journal knows nothing of {at[3]}")
        return head

    def author(self, head: Head, now: datetime) -> AuthorRecord | None:
        """What is kept of its author; None where nothing may be."""
        if head.author is None:
            return None
        return self.journal.read([keys.author(head.community, head.author)]).author(head.community, head.author, now)

    def clause(self, head: Head) -> Clause | None:
        """The clause that was cited, in the version that judged the words."""
        verdict = head.verdict
        if verdict is None or verdict.clause is None or verdict.charter_version is None:
            return None
        return self.charters.version(head.community, verdict.charter_version).charter.clause(verdict.clause)

    def is_hidden(self, at: ObjectId) -> bool:
        """Is it hidden where members would read it? The platform knows."""
        twin = self.stack.hosting.twins[at[1]]
        if isinstance(twin, FacebookTwin | GenericTwin):
            return twin.comments[at[3]].hidden
        return False

    def words_kept(self, at: ObjectId) -> int:
        """How many texts stand in the table of words under a comment: its own, and ours about it."""
        partition = keys.object_pk(*at)
        return sum(item["pk"] == partition for item in views.items(self.tables["TextTable"], self.stack.region))

    # --- everything ---

    def heads(self) -> list[Head]:
        """Every object of the journal, in the order in which it was received."""
        places = [keys.object_of({"pk": str(item["pk"]), "sk": "head"}) for item in self._items("head")]
        known = self.journal.read([keys.head(*at) for at in places])
        heads = [head for at in places if (head := known.head(*at))]
        return sorted(heads, key=lambda head: (head.received_at, head.object))

    def comments(self) -> list[Head]:
        """What members wrote."""
        return [head for head in self.heads() if head.kind is HeadKind.COMMENT]

    def calls(self) -> list[Call]:
        """Every incident, in order."""
        found = [self.journal.load_call(str(item["community"]), str(item["id"])) for item in self._items("call")]
        return sorted((call for call in found if call), key=lambda call: call.created_at)

    def texts(self) -> int:
        """How many versions of members' words are kept."""
        items = views.items(self.tables["TextTable"], self.stack.region)
        return sum(str(item["sk"]).startswith("said#") for item in items)

    def size(self) -> tuple[int, int]:
        """How many items the journal and the table of words hold."""
        journal, text = (self.tables[name] for name in ("JournalTable", "TextTable"))
        return len(list(views.items(journal, self.stack.region))), len(list(views.items(text, self.stack.region)))

    def page(self, path: str) -> str:
        """A public page of ours, over HTTP."""
        connection = http.client.HTTPConnection(urlsplit(self.stack.url).netloc, timeout=ANSWERS_WITHIN_S)
        try:
            connection.request("GET", path)
            return connection.getresponse().read().decode("utf-8")
        finally:
            connection.close()

    def _items(self, kind: str) -> Iterator[Mapping[str, Any]]:
        return (item for item in views.items(self.tables["JournalTable"], self.stack.region) if item["sk"] == kind)

    def person(self, entry: Entry) -> str:
        """Whom a call reached: the id of a person of the rota."""
        way, _, address = entry.to.partition(":")
        people = self.community.rota.people
        written_to = (person.id for person in people if any(known.address == address for known in person.ways))
        return address if way == "console" else next(written_to, entry.to)


# --- in the words of the story ---


def came_of(seen: Seen, facts: Facts) -> Expected:
    """What came of a comment."""
    head, verdict, case, community = seen.head, seen.head.verdict, seen.case, facts.community
    standing = seen.author.standing if seen.author else None
    is_open = case is not None and case.state is CaseState.OPEN
    automatic = [action for entry in seen.automatic if (action := seen.action(entry))]
    return Expected(
        decision=(Measure(verdict.measure), verdict.reason) if verdict else (Measure.NOTHING, ""),
        version=verdict.charter_version if verdict else None,
        article=seen.clause.number if seen.clause else None,
        counted=head.counted,
        hidden=seen.hidden,
        replies=tuple(entry.text or "" for entry in seen.automatic),
        taken_back=bool(seen.taken_back),
        other_acts=tuple(entry.kind for entry in seen.acts if seen.action(entry) is None),
        drafts=tuple(draft.text for draft in case.drafts) if case and is_open else (),
        case="open" if is_open else "none",
        awaits_answer=bool(case and is_open and case.awaits_answer),
        calls=tuple(call.reason for call in seen.calls),
        called=tuple(facts.person(entry) for entry in seen.rung),
        strike=any(strike.object == head.object for strike in standing.strikes) if standing else False,
        thread_silent=bool(seen.thread.silent),
        person_silent=bool(standing and standing.human_requested_at),
        confidential=head.confidential and head.author is None and _forgotten_soon(head),
        way=automatic[0].way if automatic else "",
        shown_as=seen.words,
        place_in_list=seen.place_in_list,
        overdue=bool(case and answer_due(case, community) <= seen.now),
        law_clock=_law_clock(seen),
        in_quiet_hours=duty.may_ring(community.rota, seen.now, community.zone, Urgency.HOURS) > seen.now,
    )


def _forgotten_soon(head: Head) -> bool:
    return head.expires is not None and head.expires - head.received_at <= CONFIDENTIAL_KEPT + timedelta(minutes=1)


def _law_clock(seen: Seen) -> bool:
    """Received, known, acted: all three are known, in this order."""
    if seen.known_at is None or seen.hidden_at is None:
        return False
    return seen.head.received_at <= seen.known_at <= seen.hidden_at


type Difference = tuple[str, Any, Any]
"""What it is about, what was expected, what happened."""


def differences(expected: Expected, happened: Expected) -> list[Difference]:
    """Where the two disagree; of what a story may leave unsaid, only what it says is asked."""
    pairs = ((name, getattr(expected, name), getattr(happened, name)) for name in Expected.model_fields)
    return [
        (name, wanted, found)
        for name, wanted, found in pairs
        if differ(wanted, found) and not (wanted is None and name in MAY_BE_UNSAID)
    ]


def differ(wanted: Any, found: Any) -> bool:
    """True unless both are the same; in texts every kind of space is as good as a plain one."""
    return bool(_plain(wanted) != _plain(found))


def _plain(value: Any) -> Any:
    match value:
        case str():
            return value.replace("\u00a0", " ").replace("\u202f", " ")
        case tuple() | list():
            return [_plain(one) for one in value]
    return value
