"""Where the day is played: the running stack, its clock, the platforms that push, Marie's hand, and the story it is held against."""

import uuid
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from http import HTTPStatus
from typing import Any

from local.configuration import Configuration
from local.demo import members
from local.demo.facts import Facts, Seen, differ
from local.demo.members import Utterance
from local.demo.story import Hand, Person, Row, Story, Words, moment
from local.demo.telling import Teller
from local.desk import Desk, operations_in
from local.stack import LocalStack
from tribune import duty
from tribune.aws import clients
from tribune.aws.communities import Communities
from tribune.aws.queues import Queue
from tribune.aws.stack import TABLES
from tribune.journal import Call, CallState, Case, CaseState
from tribune.workflow.call import take
from tribune.workflow.cases import Shown
from tribune.workflow.deed import case_id
from tribune.workflow.worksheet import ObjectId

GATHERING = timedelta(seconds=1)
"""How long the inbox gathers a batch: the clock runs over it."""
SETTLED_WITHIN_S = 60.0


class Stopped(Exception):
    """The day cannot go on; says where and why."""


@dataclass(slots=True)
class Tally:
    """What the day itself did and saw, and what it will have overwritten by the end."""

    broken: int = 0
    """How much is not as the story says."""
    said: set[str] = field(default_factory=set)
    """Comments that members wrote, by id."""
    prepared: set[str] = field(default_factory=set)
    """Those for which a draft lay on a case."""
    uncited: set[str] = field(default_factory=set)
    """Those whose measure does not cite clause, version and appeal."""
    answers: Counter[int] = field(default_factory=Counter)
    """HTTP status of every delivery that came to the door, the platforms' own echoes included."""

    def delivered(self, method: str, path: str, status: int) -> None:
        """The door answered a request."""
        if method == "POST" and path.startswith("/webhooks/"):
            self.answers[status] += 1


class Scene:
    """The small steps that every part of the day is made of."""

    def __init__(
        self, story: Story, configuration: Configuration, stack: LocalStack, teller: Teller, tally: Tally
    ) -> None:
        self.story, self.stack, self.teller, self.tally = story, stack, teller, tally
        self.community = configuration.community
        self.facts: Facts = teller.facts
        self.marie = duty.on_duty(self.community.rota, stack.clock.now(), self.community.zone)[0]
        self._secrets = {channel.platform: channel.verify["current"] for channel in configuration.channels}
        queues, named = stack.created.queues(), stack.created.tables()
        tables = {short: named[logical] for short, logical in TABLES.items()}
        self._desk = Desk(
            community=self.community,
            journal=self.facts.journal,
            charters=self.facts.charters,
            actions=Queue(clients.sqs(), queues["ActionsQueue"]),
            unhandled=Queue(clients.sqs(), queues["InboxUnhandled"]),
            now=stack.clock.now,
            language=self.community.language,
            communities=Communities(named["CommunityTable"]),
            operations=operations_in(tables, self.facts.journal, clients.dynamodb()),
        )

    # --- time ---

    def clock_to(self, day: date, at: time) -> datetime:
        """Let it be that time of that day; the time, in the community's zone."""
        return self.stack.clock.set(moment(day, at, self.community.zone)).astimezone(self.community.zone)

    def settle(self, where: str) -> None:
        """Wait until everything that follows is done. Raises Stopped."""
        self.stack.clock.advance(GATHERING)
        try:
            self.stack.settle(SETTLED_WITHIN_S)
        except TimeoutError as error:
            raise Stopped(f"{where}: {error}") from error

    # --- what members and platforms do ---

    def place(self, words: Words) -> ObjectId:
        """Where the comment stands in the journal."""
        place = self.story.places[words.place]
        return (self.community.id, place.platform, place.account, words.id)

    def deliver(self, said: Utterance, where: str, times: int = 1) -> None:
        """The platform pushes it, `times` times the same bytes, and everything that follows is done. Raises Stopped."""
        body = members.pushed(said)
        for _ in range(times):
            self.hold(where, "HTTP", HTTPStatus.OK, self.push(said.place.platform, body))
        if said.words.by.id != said.place.account:
            self.tally.said.add(said.words.id)
        self.settle(where)

    def push(self, platform: str, body: bytes, secret: str = "") -> int:
        """POST a signed delivery to our door; the HTTP status. With another `secret` than the channel's it is forged."""
        now, delivery = self.stack.clock.now(), f"msg_{uuid.uuid4().hex}"
        signed = members.headers(platform, body, secret or self._secrets[platform], now, delivery)
        return self.stack.deliver(f"/webhooks/{platform}", signed, body)

    # --- what Marie does ---

    def hand(self, row: Row, hand: Hand, seen: Seen, *, promised: bool = False) -> None:
        """Marie takes the calls about a comment, or answers from the case, as the story says. Raises Stopped."""
        at, where = self.clock_to(self.story.day, hand.at), f"{row.row}, {self.marie.name}"
        if hand.takes_the_call:
            taken = self._take(seen.calls)
            self.hold(where, "calls taken", True, bool(taken) and all(call.taken_by == self.marie.id for call in taken))
            self.teller.hand("takes", at)
        text = seen.case.drafts[0].text if hand.sends_the_draft and seen.case and seen.case.drafts else hand.sends
        if not text:
            self.hold(where, "a draft to send", hand.sends_the_draft, False)
            return
        drafts = seen.case.drafts if seen.case else ()
        draft = next((draft for draft in drafts if draft.text == text), None)
        before = self.seq()
        with self.teller.waiting(at):
            self._desk.handling.send(self.community.id, case_id(seen.at), self.marie.id, text, draft)
            self.settle(where)
        sent = self.seen(seen.at, before, where)
        self.hold(where, "sent", [text], [entry.text for entry in sent.by_hand])
        self.hold(where, "and nothing else", 1, len(sent.acts))
        self.hold(where, "the case", hand.then, _became(sent.case, self.marie.id))
        self.teller.hand("sends" if draft else "answers" if promised else "rewrites", at, text)
        if sent.case and sent.case.remind_at:
            self.teller.promised(sent.case.remind_at)

    def _take(self, calls: Sequence[Call]) -> list[Call]:
        now = self.stack.clock.now()
        open_calls = [call for call in calls if call.state is not CallState.TAKEN]
        return [take(self.facts.journal, call.community, call.id, self.marie.id, now) for call in open_calls]

    # --- what came of it ---

    def seq(self) -> int:
        """The number of the last entry of the outbox."""
        entries = self.stack.outbox.entries
        return entries[-1].seq if entries else 0

    def waiting(self) -> Sequence[Shown]:
        """What waits for Marie, as she is shown it."""
        return self._desk.handling.open(self.community.id)

    def seen(self, at: ObjectId, since: int, where: str) -> Seen:
        """A comment as it stands, with every act since the outbox's entry `since`. Raises Stopped when it is unknown."""
        try:
            return self.facts.seen(at, [shown.at for shown in self.waiting()], since)
        except LookupError as error:
            raise Stopped(f"{where}: {error}") from error

    def hold(self, where: str, what: str, wanted: Any, found: Any) -> None:
        """Note and tell where the story and the facts disagree."""
        if differ(wanted, found):
            self.tally.broken += 1
            self.teller.broke(where, (what, wanted, found))

    def page(self, place: Words) -> Person:
        """The account itself, as the author of what its team writes from the platform's own application."""
        return Person(id=self.story.places[place.place].account, name=self.community.name)


def _became(case: Case | None, person: str) -> str:
    """What became of a case after a person answered, in the words of the story."""
    if case is None:
        return "no case"
    if case.state is CaseState.OPEN:
        return "promised" if case.remind_at else "open"
    return "settled" if case.closed_by == person else f"settled by {case.closed_by}"
