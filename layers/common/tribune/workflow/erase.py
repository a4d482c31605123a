"""erase: what `forget` proved is done. Every step may be repeated: whatever interrupts it, it begins again."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Protocol

from tribune.channel import ActKind, Outcome, Verdict
from tribune.comment import Audience
from tribune.errors import Conflict, Unavailable, Unreadable
from tribune.journal import (
    ActionState,
    Breaker,
    Call,
    CaseState,
    Changes,
    Head,
    ThreadNote,
)
from tribune.workflow.forget import DEAUTHORISATION
from tribune.workflow.ports import Key, Keys, Noting, Queue
from tribune.workflow.rest import Resting
from tribune.workflow.seal import unsealed
from tribune.workflow.takeback import cancelled, closed
from tribune.workflow.worksheet import Known, ObjectId, Worksheet

LEAST_SECONDS = 3.0
LATECOMERS_AFTER = timedelta(minutes=15)
"""What was being decided while we erased is erased then: the longest that SQS keeps a message back."""
_ABOUT_THE_COMMENT = (ActKind.HIDE, ActKind.UNHIDE, ActKind.DELETE)
_TRIES = 6


# ruff: disable[D102]  what each of these does is said where it is done
class KnownMore(Known, Protocol):
    """What was read of the journal."""

    def breaker(self, community: str, platform: str, account: str) -> Breaker: ...


class Journal(Noting, Protocol):
    """What erasing needs of the journal."""

    def read(self, wanted: Iterable[Key]) -> KnownMore: ...
    def commit(self, changes: Changes, now: datetime) -> None: ...
    def keep_breaker(self, breaker: Breaker) -> None: ...
    def load_call(self, community: str, call_id: str) -> Call | None: ...
    def said_by(self, community: str, author: str) -> list[ObjectId]: ...
    def erase_words(self, community: str, platform: str, account: str, object_id: str) -> None: ...
    def forget_author(self, community: str, author: str, now: datetime) -> None: ...


# ruff: enable[D102]


class Confirmations(Protocol):
    """What the page under a code says."""

    def confirm(self, code: str, asked_at: datetime, done_at: datetime | None) -> None:
        """Keep that a request was received, or done. Raises Unavailable."""


class Later(Queue, Protocol):
    """The queue of these requests."""

    def send_later(self, message: Mapping[str, Any], wait: timedelta) -> None:
        """Keep a message back for at most fifteen minutes. Raises Unavailable."""


@dataclass(frozen=True, slots=True)
class Erasing:
    """erase_person's use case, with its edges."""

    journal: Journal
    keys: Keys
    accounts: Callable[[str, str], Mapping[str, tuple[str, str]]]
    """(platform, channel) -> account -> (community, space)."""
    pseudonym: Callable[[str, str], str]
    """(community, platform's id of a person) -> the pseudonym."""
    confirmations: Confirmations
    again: Later
    calls: Queue
    now: Callable[[], datetime]
    opened: Callable[[str], None]
    """Counts a pause that a platform asked for."""

    def erase(self, body: str, seconds_left: Callable[[], float]) -> int:
        """Do what one message asks; answers how many objects lost their words. Raises Unavailable, Conflict, Unreadable."""
        try:
            request = json.loads(body)
            kind, platform, channel = request["kind"], request["platform"], request["channel"]
            person, code = request["person"], request["code"]
            asked_at = datetime.fromisoformat(request["asked_at"])
        except (KeyError, TypeError, ValueError) as error:
            raise Unreadable("this is no request to be forgotten") from error
        self.confirmations.confirm(code, asked_at, None)
        owners = self.accounts(platform, channel)
        if kind == DEAUTHORISATION:
            self._take_access_away(platform, owners)
        erased = 0
        for community in sorted({community for community, _ in owners.values()}):
            erased += self._forget(community, self.pseudonym(community, person), seconds_left)
        if request.get("late"):
            return erased
        self.again.send_later({**request, "late": True}, LATECOMERS_AFTER)
        self.confirmations.confirm(code, asked_at, self.now())
        return erased

    def _take_access_away(self, platform: str, owners: Mapping[str, tuple[str, str]]) -> None:
        """Our access may be gone with it: the accounts rest until a call shows whether it is, and somebody knows."""
        resting = Resting(self.journal, self.keys, self.calls, self.opened)
        for account, (community, space) in owners.items():
            resting.rest((community, platform, account), Outcome(Verdict.TOKEN_DEAD), self.now(), space=space)

    def _forget(self, community: str, author: str, seconds_left: Callable[[], float]) -> int:
        # First the mark: what is decided from now on keeps no word of before.
        self.journal.forget_author(community, author, self.now())
        objects: Sequence[ObjectId] = self.journal.said_by(community, author)
        for at in objects:
            if seconds_left() < LEAST_SECONDS:
                raise Unavailable("there is more to erase than fits in one invocation")
            self.journal.erase_words(*at)
            self._without_author(at)
        return len(objects)

    def _without_author(self, at: ObjectId) -> None:
        """The decision stays, nobody's: it leaves the author's index last, so that an interrupted round finds it again."""
        for _ in range(_TRIES):
            sheet = Worksheet(self.journal.read([self.keys.head(*at), self.keys.case(*at)]), self.now())
            head, case = sheet.head(at), sheet.case(at)
            if head is None:
                return
            sheet.put_head(_nobodys(head, sheet.now))
            sheet.note_thread(ThreadNote(*head.thread_at, closed=frozenset({head.object})))
            private = head.audience is Audience.PRIVATE
            if case is not None and (case.drafts or case.state is CaseState.OPEN or private):
                over = closed(case, "erased", sheet.now) if case.state is CaseState.OPEN else replace(case, drafts=())
                sheet.put_case(replace(over, thread=head.object) if private else over)
            changes = sheet.changes()
            self.journal.keep_words((), (), (), changes.heads)
            try:
                self.journal.commit(changes, sheet.now)
            except Conflict:
                continue
            return
        raise Conflict("a head keeps changing")


def _nobodys(head: Head, now: datetime) -> Head:
    """The head without its author; what was still to be said or only proposed is off, what was decided about the comment
    itself is carried out: it stands there for others to read.
    """
    actions, _ = cancelled(
        head.actions,
        "erased",
        now,
        only=lambda action: (
            action.purpose not in ("withdraw", "restore")
            and not (action.state is ActionState.READY and action.kind in _ABOUT_THE_COMMENT)
        ),
    )
    nobodys = replace(unsealed(head), author=None, actions=actions, url=None)
    # A private conversation is named after whoever we have it with.
    return replace(nobodys, thread=head.object, post=head.object) if head.audience is Audience.PRIVATE else nobodys
