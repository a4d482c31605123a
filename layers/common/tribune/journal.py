"""What is kept of a comment: the head item of its object, its actions, the thread, the case, the call.

A head is the decision, the outbox and the version at once. Every change carries `rev`: whoever writes
second reads again. No words of people stand here; they are in the text item, with a life of their own.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from tribune.channel import ActKind
from tribune.climate import Bucket, Tone, Weather
from tribune.comment import Audience
from tribune.decision import Mode, Unconfirmed, Urgency
from tribune.ledger import Seal, Sealed
from tribune.notice import Appeal, Notice
from tribune.operation import Mark
from tribune.question import Question
from tribune.standing import Standing, Strike, Utterance


class ActionState(StrEnum):
    """The life of one action. READY and SENDING are unfinished and stand in the index `due`."""

    READY = "READY"
    SENDING = "SENDING"
    SENT = "SENT"
    FAILED = "FAILED"
    UNCERTAIN = "UNCERTAIN"
    CANCELLED = "CANCELLED"
    PROPOSED = "PROPOSED"
    OBSERVED = "OBSERVED"


UNFINISHED = frozenset({ActionState.READY, ActionState.SENDING})
"""Somebody still has to carry it out, or to settle it."""
NOT_BEGUN = frozenset({ActionState.READY, ActionState.PROPOSED, ActionState.OBSERVED})
"""It was planned, or only thought of: nothing of it has left."""
BEGUN = frozenset({ActionState.SENDING, ActionState.SENT, ActionState.UNCERTAIN})
"""It has left, or may have."""
IN_EFFECT = BEGUN | {ActionState.READY}
"""It was carried out, or is on its way."""
FELT = frozenset({ActionState.SENT, ActionState.UNCERTAIN})
"""Whoever it is about may feel it."""
IN_DOUBT = frozenset({ActionState.SENDING, ActionState.UNCERTAIN})
"""Whether it arrived is not known, or not yet."""


@dataclass(frozen=True, slots=True)
class Action:
    """One effect on the platform, decided once, carried out once."""

    id: str
    kind: ActKind
    purpose: str
    state: ActionState
    target: str
    created_at: datetime
    due_at: datetime
    """When somebody has to look at it next, while it is unfinished."""
    words: str | None = None
    """Hash of the text it sends; the text itself is a text item."""
    variant: str | None = None
    """Reply situation and variant, so that nobody reads the same sentence twice."""
    signed_by: str | None = None
    """The person who wrote or approved it; None when the machine speaks."""
    confirmed_by: str | None = None
    """The second person, where an act takes two (an exclusion)."""
    clause: str | None = None
    """The clause that a restriction rests on, in the version that judged the words."""
    clause_hash: str | None = None
    """Which words of it."""
    charter_version: int | None = None
    """Which version: an edit may be judged by a later one."""
    notice: str | None = None
    """For a restriction, the token of the page that gives its reason (`notice.token`)."""
    urgent: bool = False
    asks: bool = False
    """What a person says in it asks something."""
    reply_token: str | None = None
    reply_token_at: datetime | None = None
    quote: str | None = None
    attempts: int = 0
    way: str = ""
    step: str = ""
    """The way that a finished step of several gave: whatever becomes of the next one, it goes on from here."""
    lease_until: datetime | None = None
    since: datetime | None = None
    """When the first attempt began."""
    platform_id: str | None = None
    """The platform's id of what was created (our reply)."""
    why: str = ""
    """Why it failed, waits or was cancelled: a bounded word."""
    confirm_by: datetime | None = None
    """A provisional hide: until when a person confirms it; None once somebody decided, and for what is not provisional."""
    unconfirmed: Unconfirmed | None = None
    """…and what becomes of it after that."""
    asked: str = ""
    """The last call made because nobody had confirmed it."""
    withdraw: bool = False
    """Its ground is gone while it was being sent: take it back as soon as its fate is known."""
    done_at: datetime | None = None

    @property
    def reminds(self) -> bool:
        """Is it a reminder or a warning: does whoever reads it learn that it counts?"""
        return (self.variant or "").startswith(("reminder", "warning"))

    @property
    def may_be_read(self) -> bool:
        """Has it left, or may it have? What the machine only planned has not; what a person signed will."""
        return self.state in BEGUN or (self.state is ActionState.READY and self.signed_by is not None)


@dataclass(frozen=True, slots=True)
class Verdict:
    """The decision as it is kept: which words of which charter, what, why, under which mode."""

    measure: str
    reason: str
    mode: Mode
    clause: str | None = None
    clause_hash: str | None = None
    charter_version: int | None = None
    ground: str = "charter"
    detectors: tuple[str, ...] = ()
    trace: str = ""
    """What became of every match, packed (`charter.unpack`): clauses, detectors and offsets, never a word."""
    strike: bool = False
    awaits_answer: bool = False
    at: datetime | None = None
    alone: bool = False
    """The clause let the machine act by itself."""
    reversed: bool = False
    """A person of the team undid what the machine did."""
    acquitted: bool = False
    """A person of the team said that it is no breach, or showed it again, whoever had held it to be one."""
    unsaid: str = ""
    """Why the machine did not say what it would have said by itself (`budgets.Silence`, `no_words`)."""
    foresees: str = ""
    """What the charter foresees next and only people decide: `suspend`, `exclude`."""
    strike_no: int | None = None
    """Which of the author's strikes that had not lapsed this one was, where it counts."""
    salt: str = ""
    """What it was sealed with in the ledger; empty when it cannot be found there any more."""
    tone: Tone = Tone.NEITHER
    helps: bool = False
    """It helps another member."""
    judged: str = ""
    """The version whose words it judged, once the head has gone on to another with the same words."""


class HeadKind(StrEnum):
    """Whose object it is."""

    COMMENT = "comment"
    REACTION = "reaction"
    OURS = "ours"
    """A message the machine or the desk sent."""
    TEAM = "team"
    """A message a person of the team sent from the platform's own application."""


@dataclass(frozen=True, slots=True)
class Head:
    """The head item of one object."""

    community: str
    platform: str
    account: str
    object: str
    kind: HeadKind
    v: str
    rev: int
    space: str
    thread: str
    post: str
    audience: Audience
    posted_at: datetime
    received_at: datetime
    author: str | None = None
    """HMAC of the author's id with the community's key."""
    parent: str | None = None
    url: str | None = None
    channel: str = "main"
    deleted: bool = False
    counted: tuple[str, int] | None = None
    """(kind, level) under which it was counted, None while it counts for nothing."""
    hour: str = ""
    """The hour of receipt in whose counter it stands."""
    marks: tuple[Mark, ...] = ()
    """The operations that it belongs to."""
    verdict: Verdict | None = None
    actions: tuple[Action, ...] = ()
    case: bool = False
    language: str = "fr"
    confidential: bool = False
    hidden: bool | None = None
    """A person of the team hid it, or showed it again, on the platform itself; None: nobody did either there last."""
    acted_at: datetime | None = None
    """When somebody last did either there, by the platform's clock: what is told later of before is old."""
    asks: bool = False
    """For a message of the team: it asks something."""
    by_hand: bool = False
    """A person of the team hid, showed or settled it: the machine only proposes from here on."""
    expires: datetime | None = None
    """When the store may forget it."""
    sealed: tuple[Sealed, ...] = ()
    """What persons decided about it and what an edit replaced, as the ledger sealed it; it goes with the author."""

    @property
    def at(self) -> tuple[str, str, str, str]:
        """Where it stands: (community, platform, account, object)."""
        return (self.community, self.platform, self.account, self.object)

    @property
    def thread_at(self) -> tuple[str, str, str, str]:
        """Where its thread stands: (community, platform, account, thread)."""
        return (self.community, self.platform, self.account, self.thread)

    def action(self, action_id: str) -> Action | None:
        """One of its actions, None when there is no such one."""
        return next((action for action in self.actions if action.id == action_id), None)

    @property
    def carried_out(self) -> tuple[Action, ...]:
        """What was done about the comment itself: to hide or to delete words of our own restricts nobody."""
        done = (action for action in self.actions if action.state is ActionState.SENT)
        return tuple(action for action in done if action.purpose != "withdraw")

    @property
    def reminded(self) -> bool:
        """Has its author read a reminder about it, or may they have?"""
        return any(action.reminds and action.may_be_read for action in self.actions)

    @property
    def unsaid(self) -> tuple[Action, ...]:
        """The machine's messages that were planned and have not begun to leave."""
        speaking = (ActKind.REPLY, ActKind.PRIVATE)
        ready = (action for action in self.actions if action.state is ActionState.READY and action.signed_by is None)
        return tuple(action for action in ready if action.kind in speaking)

    @property
    def unconfirmed(self) -> Action | None:
        """The machine's provisional hide that stands, and that no person confirmed or undid."""
        seen = [a for a in self.actions if a.kind in (ActKind.HIDE, ActKind.UNHIDE) and a.state in IN_EFFECT]
        last = next((a for a in reversed(seen) if a.target == self.object), None)
        if self.deleted or last is None or last.kind is ActKind.UNHIDE or last.signed_by is not None:
            return None
        return last if last.confirm_by is not None and last.state not in UNFINISHED else None

    @property
    def unfinished(self) -> tuple[Action, ...]:
        """The actions that still have to be carried out or settled."""
        return tuple(action for action in self.actions if action.state in UNFINISHED)


class CaseState(StrEnum):
    """A case is open until a person settled it."""

    OPEN = "open"
    CLOSED = "closed"


_BY_ITS_AUTHOR = frozenset({"deleted", "edited", "erased"})
"""What stands in the place of a person of the team where nobody of them settled a case."""
BY_COLLEAGUE = "colleague"
"""The variant of a draft that somebody outside the team wrote."""


@dataclass(frozen=True, slots=True)
class Draft:
    """What the CM could say: prepared, never sent without them."""

    id: str
    kind: ActKind
    text: str
    variant: str = ""


@dataclass(frozen=True, slots=True)
class Promised:
    """A promise to come back that a person of the team made in an answer."""

    words: str
    """As they wrote it ("17 h")."""
    made_at: datetime
    due_at: datetime
    kept_at: datetime | None = None
    """When a person spoke there again."""
    guessed: bool = False
    """Their words name no moment that exists, or none exactly: `due_at` is when they are asked, and nobody is late."""

    def kept(self, now: datetime) -> bool | None:
        """In time (True), late or not at all (False); None while there is still time, and where nobody can say."""
        if self.guessed or (self.kept_at is None and now <= self.due_at):
            return None
        return self.kept_at is not None and self.kept_at <= self.due_at


@dataclass(frozen=True, slots=True)
class InHand:
    """That somebody of the team looks at a case, for a while: the others see it, nothing is forbidden to them."""

    person: str
    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class Given:
    """That somebody of the team left a case to a colleague."""

    to: str
    by: str
    at: datetime
    note: str = ""
    """What they wrote to the colleague; it goes when the case is settled."""


@dataclass(frozen=True, slots=True)
class Case:
    """What waits for a person about one object."""

    community: str
    id: str
    platform: str
    account: str
    object: str
    thread: str
    space: str
    state: CaseState
    reason: str
    opened_at: datetime
    promise_at: datetime
    """When our own promise to answer runs out: the unanswered list is sorted by it."""
    rev: int
    clause: str | None = None
    drafts: tuple[Draft, ...] = ()
    awaits_answer: bool = False
    awaits_since: datetime | None = None
    closed_at: datetime | None = None
    closed_by: str | None = None
    promises: tuple[Promised, ...] = ()
    """What persons promised in their answers, the last one last."""
    remind_at: datetime | None = None
    """When the CM is reminded of the last promise; None once they were."""
    language: str = "fr"
    in_hand: InHand | None = None
    given: Given | None = None
    questions: tuple[str, ...] = ()
    """The tokens of what somebody outside the team was asked about it."""

    @property
    def says_waited(self) -> timedelta | None:
        """How long its author says that they have waited for us, where they say so: that is no promise of ours."""
        if self.awaits_since is None or self.promise_at >= self.awaits_since:
            return None
        return self.awaits_since - self.promise_at

    @property
    def owes_a_word(self) -> bool:
        """Did a person say that they come back, and has nobody come back yet?"""
        return any(promise.kept_at is None for promise in self.promises)

    @property
    def ended_by_author(self) -> bool:
        """Did its author leave nothing to settle: took the words back, wrote others, or asked to be forgotten?"""
        return self.closed_by in _BY_ITS_AUTHOR

    @property
    def of_colleagues(self) -> tuple[Draft, ...]:
        """What somebody outside the team answered: it stays while the case is open, whatever else is said meanwhile."""
        return tuple(draft for draft in self.drafts if draft.variant == BY_COLLEAGUE)

    @property
    def promised(self) -> str | None:
        """The last promise, as it was written ("17 h"); None when nobody promised anything."""
        return self.promises[-1].words if self.promises else None


class Outline(NamedTuple):
    """What of an open case says where it stands among the others."""

    at: tuple[str, str, str, str]
    """(community, platform, account, object)."""
    reason: str
    awaits_answer: bool
    promise_at: datetime
    given_to: str | None
    """The colleague to whom it was left."""


class ProposalState(StrEnum):
    """A proposal waits until a person said it, or let it be."""

    OPEN = "open"
    DONE = "done"
    DROPPED = "dropped"


@dataclass(frozen=True, slots=True)
class Proposal:
    """Something that the CM could say today; the machine never says it."""

    id: str
    kind: str
    """Of `proposals.Kind`."""
    sources: tuple[tuple[str, str, str], ...]
    """(platform, account, object) of each comment that it comes from: at least one."""
    drafts: Mapping[str, str]
    """Language -> words, none of them a member's."""
    variant: str = ""
    people: int = 1
    """How many different persons said it."""
    faq: str | None = None
    """The answer of ours that people ask for."""
    state: ProposalState = ProposalState.OPEN
    settled_by: str | None = None
    settled_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Proposals:
    """What was proposed on one day: kept even when it is nothing, so that a day is proposed once."""

    community: str
    day: date
    """In the community's zone."""
    made_at: datetime
    rev: int
    proposals: tuple[Proposal, ...] = ()


class CallState(StrEnum):
    """READY, SENDING and SENT (until somebody takes it) stand in the index `due`."""

    READY = "READY"
    SENDING = "SENDING"
    SENT = "SENT"
    TAKEN = "TAKEN"
    FOLDED = "FOLDED"
    """Somebody has had enough calls for this hour: it is told in a summary (`Call.folded`)."""
    CLOSED = "CLOSED"
    FAILED = "FAILED"


@dataclass(frozen=True, slots=True)
class Call:
    """One incident that a person is called for."""

    community: str
    id: str
    reason: str
    urgency: str
    created_at: datetime
    due_at: datetime
    state: CallState = CallState.READY
    rev: int = 0
    roles: tuple[str, ...] = ("cm",)
    without: tuple[str, ...] = ()
    """Whom it is not for (person ids): who took the decision that it is about."""
    platform: str | None = None
    account: str | None = None
    space: str | None = None
    thread: str | None = None
    objects: tuple[str, ...] = ()
    received_at: datetime | None = None
    """Received / known / acted: the clock that the law looks at (gravity 4)."""
    known_at: datetime | None = None
    acted_at: datetime | None = None
    figures: Mapping[str, str] = field(default_factory=dict)
    """What its words are filled with besides."""
    sentence: str = ""
    """For alarms: what happened to the community, as the alarm's description says."""
    tried: tuple[str, ...] = ()
    """Who was reached so far, in order (person ids)."""
    anew: int = 0
    """How often it began anew, as the climate does when it rises: whoever was reached before is told again."""
    lease_until: datetime | None = None
    taken_by: str | None = None
    taken_at: datetime | None = None
    attempts: int = 0
    trying: tuple[str, ...] = ()
    """While it is being rung: the ways (`marie.slack`) through which it may have left by now. Whoever takes it up after
    a crash goes on with the next one.
    """
    only: str = ""
    """The one person whom it is for (a digest); empty: whoever is on duty."""
    folded: str = ""
    """The summary that tells of it."""
    beside: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """What else is to be told of the same incident: reason -> its figures."""
    places: Mapping[str, tuple[tuple[str, str, str], ...]] = field(default_factory=dict)
    """For a digest, by its parts: (platform, account, object) of each comment that it names."""

    @property
    def heard(self) -> bool:
        """Did somebody of the team hear of it? Of what was folded a summary tells."""
        return bool(self.tried or self.taken_by) or self.state is CallState.FOLDED


@dataclass(frozen=True, slots=True)
class Ringing:
    """How often people were called lately, and what somebody does not want to hear of for a while."""

    community: str
    rev: int = 0
    rung: tuple[tuple[str, datetime], ...] = ()
    """(person, when) of the last hour."""
    summary: str = ""
    """The call in which whatever is too much is told…"""
    until: datetime | None = None
    """…while it gathers."""
    muted: Mapping[str, datetime] = field(default_factory=dict)
    """`call#…`, `reason#…` or `space#…` -> until when."""

    def times(self, person: str, now: datetime) -> list[datetime]:
        """When somebody was called within the last hour."""
        return [at for name, at in self.rung if name == person and now - at < timedelta(hours=1)]

    def muted_until(self, call: Call, now: datetime) -> datetime | None:
        """Until when this call is muted; danger and distress only where they themselves are."""
        scopes = [f"call#{call.id}"]
        if call.urgency != Urgency.NOW:
            scopes += [f"reason#{call.reason}", f"space#{call.space}"]
        return max((self.muted[one] for one in scopes if self.muted.get(one, now) > now), default=None)


@dataclass(frozen=True, slots=True)
class Breaker:
    """What an account's platform asks of us: to rest for a while, to stop replying, never to try something again."""

    community: str
    platform: str
    account: str
    rev: int = 0
    open_until: datetime | None = None
    """Nothing is asked of the platform before."""
    reason: str = ""
    """`limited`, `token_dead`, or `usage`: its own figures say that we come near a limit."""
    since: datetime | None = None
    """When that began: a dead token that is tried again every hour stays one incident."""
    replies_until: datetime | None = None
    """The platform thinks we spam: no word before; hides go on."""
    blocked_at: datetime | None = None
    """When it last said so."""
    level: int = 0
    """1 the first time, 2 when it said so again within a week."""
    unable: Mapping[str, datetime] = field(default_factory=dict)
    """Kind of act -> until when we remember that this account may not do it."""

    def cannot(self, now: datetime) -> frozenset[ActKind]:
        """What the account may not do, as far as we learned."""
        return frozenset(ActKind(kind) for kind, until in self.unable.items() if until > now)


@dataclass(frozen=True, slots=True)
class SweepRecord:
    """How far an account was asked for what was said on it."""

    community: str
    platform: str
    account: str
    rev: int = 0
    cursor: str = ""
    """The platform's own mark of how far the last finished sweep came."""
    swept_to: datetime | None = None
    """Whatever was said before is in the inbox."""
    lease_until: datetime | None = None
    begun_at: datetime | None = None
    """When the sweep under way began; None between two sweeps."""
    since: datetime | None = None
    """Where the sweep under way goes back to."""
    page: str = ""
    """The next page of the sweep under way."""
    missed: int = 0
    """How many comments the sweep under way found that nobody had delivered."""
    delivered: int = 0
    """How many it found, said since the last sweep, that had been delivered."""
    deaf_since: datetime | None = None
    """Since when the platform delivers nothing although people speak: it is asked instead."""
    wanted_since: datetime | None = None
    """Somebody asked for everything since then."""
    not_before: datetime | None = None
    """The platform does not want to be asked before."""


@dataclass(frozen=True, slots=True)
class Renewal:
    """Who is renewing a channel's access, and since when that fails."""

    community: str
    platform: str
    channel: str
    rev: int = 0
    not_before: datetime | None = None
    """Somebody renews it until then, or it is not tried before."""
    failed_since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Pauses:
    """What a person paused: `all`, `space#…`, `post#…`, `thread#…` -> until when."""

    until: Mapping[str, datetime] = field(default_factory=dict)

    def over(self, head: Head, now: datetime) -> datetime | None:
        """Until when the place of `head` is paused, None when it is not."""
        scopes = (
            "all",
            f"space#{head.space}",
            f"post#{head.platform}#{head.account}#{head.post}",
            f"thread#{head.platform}#{head.account}#{head.thread}",
        )
        ends = [self.until[scope] for scope in scopes if scope in self.until and self.until[scope] > now]
        return max(ends, default=None)


@dataclass(frozen=True, slots=True)
class Held:
    """A clause that the brake holds: whatever its mode says, it only proposes."""

    clause: str
    since: int
    """The version in which it changed."""
    until: int
    """The last version that was in force when the brake took hold."""
    at: datetime
    why: str
    """Which of the brake's tests (`charter.brake.Why`)."""


@dataclass(frozen=True, slots=True)
class Brakes:
    """The brakes of a community."""

    rev: int = 0
    held: Mapping[str, Held] = field(default_factory=dict)
    released: Mapping[str, int] = field(default_factory=dict)
    """Clause -> the version in which it changed and in which a person let it act again."""
    released_by: Mapping[str, tuple[str, datetime]] = field(default_factory=dict)
    """Clause -> who let it act again last, and when."""
    climate: Mapping[str, str] = field(default_factory=dict)
    """Space -> `yellow`, `orange` or `red`; a space that is not there is green."""


@dataclass(frozen=True, slots=True)
class BrakeNote:
    """That the brake takes hold of clauses, in brakes that were read at `rev`."""

    community: str
    rev: int
    held: tuple[Held, ...]


# --- what changes commute: threads and authors are written by many at once, attribute by attribute ---


@dataclass(frozen=True, slots=True)
class ThreadRecord:
    """What the machine must know of a thread before it speaks there."""

    community: str
    platform: str
    account: str
    id: str
    rev: int = 0
    human_at: datetime | None = None
    """When a person of the team last spoke here."""
    silent: str = ""
    """Why the machine says nothing here (a bounded word), empty when it may."""
    attacked: bool = False
    """Somebody was attacked here, or wanted a name: nobody of the team is named in this thread."""
    automatic: Mapping[str, datetime] = field(default_factory=dict)
    """Action id -> when, for each automatic message here, sent or about to be."""
    used: frozenset[str] = frozenset()
    open: frozenset[str] = frozenset()
    """Objects here with an open case or an action whose fate is not known."""
    explaining: Mapping[str, str] = field(default_factory=dict)
    """Clause -> the action whose reminder cites it, or the one that takes that reminder back."""

    @property
    def explained(self) -> frozenset[str]:
        """The clauses that a reminder here cites, sent or about to be."""
        return frozenset(clause for clause, action in self.explaining.items() if action in self.automatic)


@dataclass(frozen=True, slots=True)
class ThreadNote:
    """What happened in a thread; notes commute, except one that expects a `rev` (a claim)."""

    community: str
    platform: str
    account: str
    id: str
    human_at: datetime | None = None
    silent: str = ""
    attacked: bool = False
    automatic: Mapping[str, datetime] = field(default_factory=dict)
    used: frozenset[str] = frozenset()
    opened: frozenset[str] = frozenset()
    closed: frozenset[str] = frozenset()
    forgotten: frozenset[str] = frozenset()
    """Automatic messages that were planned and will not be sent."""
    explaining: Mapping[str, str] = field(default_factory=dict)
    expected_rev: int | None = None
    """Nobody may have written here since it was read: whoever plans a message, or claims one."""


@dataclass(frozen=True, slots=True)
class Turn:
    """That somebody came back to a thread right after the machine had spoken to them there."""

    thread: str
    object: str
    at: datetime


@dataclass(frozen=True, slots=True)
class AuthorRecord:
    """An author's standing and the attributes that may be forgotten with the next note."""

    community: str
    author: str
    standing: Standing = field(default_factory=Standing)
    waiting: Mapping[str, datetime] = field(default_factory=dict)
    """Objects of this author that wait for a human answer, since when."""
    automatic: Mapping[str, datetime] = field(default_factory=dict)
    """Action id -> when, for each automatic message to this author, sent or about to be."""
    notices: Mapping[str, tuple[str, datetime]] = field(default_factory=dict)
    """The short code of a measure about them -> its token, and when it was ordered: writing the code contests it."""
    forgotten_at: datetime | None = None
    """They asked to be forgotten: no word of before is kept any more, however late it comes."""
    lately: tuple[Utterance, ...] = ()
    """Those of the standing's utterances that stand in an item of their own."""
    heard_at: datetime | None = None
    """When they wrote what a person of the team last answered."""
    rev: int = 0
    """How many messages the machine ever planned to them: two workers never plan the same one."""
    turns: tuple[Turn, ...] = ()


@dataclass(frozen=True, slots=True)
class AuthorNote:
    """What an author did or received."""

    community: str
    author: str
    first_at: datetime | None = None
    said: tuple[Utterance, ...] = ()
    unsaid: frozenset[str] = frozenset()
    """Objects too old to count as repetitions, or deleted."""
    strikes: tuple[Strike, ...] = ()
    lifted: frozenset[str] = frozenset()
    """Objects whose strike is gone."""
    waiting: Mapping[str, datetime] = field(default_factory=dict)
    answered: frozenset[str] = frozenset()
    automatic: Mapping[str, datetime] = field(default_factory=dict)
    forgotten: frozenset[str] = frozenset()
    """Automatic messages that were planned and will not be sent."""
    used: Mapping[str, datetime] = field(default_factory=dict)
    human_requested_at: datetime | None = None
    heard_at: datetime | None = None
    """A person of the team answered what they wrote then: whoever had asked for a human by then got one."""
    turns: tuple[Turn, ...] = ()
    over: frozenset[str] = frozenset()
    """Objects whose turn is too long ago to matter."""
    expected_rev: int | None = None
    """The machine plans a message to them: nobody else may have, since `rev` was read."""
    notices: Mapping[str, tuple[str, datetime]] = field(default_factory=dict)
    """Code -> token of a measure that is ordered, and when."""
    lapsed: frozenset[str] = frozenset()
    """Codes that can contest nothing any more."""


@dataclass(frozen=True, slots=True)
class NoticeEnd:
    """That a restriction is over; `reversed`: an appeal was won."""

    community: str
    token: str
    at: datetime
    reversed: bool = False


@dataclass(frozen=True, slots=True)
class Budget:
    """How much the machine planned to say in public on an account within one hour."""

    community: str
    platform: str
    account: str
    hour: str
    posts: Mapping[str, int] = field(default_factory=dict)
    """Post -> messages under it."""
    told: frozenset[str] = frozenset()
    """The posts (`*`: the account) of which a person was told that the machine says nothing more there, and the answers
    that stand under a post or wait for a person there (`asked_under`).
    """

    @property
    def spent(self) -> int:
        """Messages on the whole account."""
        return sum(self.posts.values())


def asked_under(post: str, entry: str) -> str:
    """How `Budget.told` names an entry of the FAQ that was asked under a post."""
    return f"{entry}?{post}"


@dataclass(frozen=True, slots=True)
class BudgetNote:
    """Messages that are planned, or somebody who is told; what is over the budget makes the write a Conflict."""

    community: str
    platform: str
    account: str
    hour: str
    posts: Mapping[str, int] = field(default_factory=dict)
    told: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Count:
    """A difference in one live counter."""

    community: str
    space: str
    hour: str
    kind: str
    level: int
    n: int


@dataclass(frozen=True, slots=True)
class Tally:
    """A difference in what one version of a charter did, by the hour of receipt: what the brake looks at."""

    community: str
    space: str
    hour: str
    version: int
    clause: str
    """Empty for `seen`."""
    what: str
    """`seen`: a decision taken; `cited`, `alone`, `reversed`: what it says of its clause."""
    n: int


@dataclass(frozen=True, slots=True)
class Pulse:
    """What was said in a space within a quarter of an hour, by the hour of receipt: what the climate looks at."""

    community: str
    space: str
    hour: str
    quarter: int
    """0 to 3."""
    bucket: Bucket
    observed: Mapping[str, int] = field(default_factory=dict)
    """Kind of act -> how many would have left in another mode than observe."""


@dataclass(frozen=True, slots=True)
class SpaceRecord:
    """The climate of a space."""

    community: str
    space: str
    rev: int = 0
    weather: Weather = field(default_factory=Weather)


@dataclass(frozen=True, slots=True)
class ClimateNote:
    """That the climate of a space is another one: whoever is about to speak there reads it."""

    community: str
    space: str
    level: str


@dataclass(frozen=True, slots=True)
class Judged:
    """What one charter makes of a comment."""

    measure: str
    reason: str
    clause: str | None
    alone: bool
    """Without a person."""


@dataclass(frozen=True, slots=True)
class ShadowNote:
    """What a version on trial would have made of a comment; the same as was done when an edit ended the difference."""

    community: str
    shadow: str
    platform: str
    account: str
    object: str
    at: datetime
    was: Judged
    would: Judged


@dataclass(frozen=True, slots=True)
class ShadowCount:
    """How often: `judged`, `failed`; `was#` and `would#` a clause: decisions that cite it, or would."""

    community: str
    shadow: str
    what: str
    n: int


@dataclass(frozen=True, slots=True)
class OutgoingWords:
    """The words an action sends, kept apart from the journal."""

    community: str
    platform: str
    account: str
    object: str
    action_id: str
    text: str
    recipient: str | None
    expires: datetime


@dataclass(frozen=True, slots=True)
class Lately:
    """What an author said lately, where nothing else of them changes; whoever writes last has written all of it."""

    community: str
    author: str
    said: tuple[Utterance, ...]
    first_at: datetime
    """When they were first heard."""
    first_object: str | None
    """…and in which object, None where the standing says since when."""


@dataclass(frozen=True, slots=True)
class SaidWords:
    """What somebody said, kept apart from the journal, with a life of its own."""

    community: str
    platform: str
    account: str
    object: str
    v: str
    text: str
    expires: datetime
    author_id: str | None = None
    author_name: str | None = None
    conversation: str | None = None
    """The platform's own id of a private conversation (a person, a group): where an answer goes."""
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Changes:
    """What one decision changes, all or nothing. A record with `rev` 1 must be new, `rev` n must follow n - 1."""

    heads: tuple[Head, ...] = ()
    cases: tuple[Case, ...] = ()
    threads: tuple[ThreadNote, ...] = ()
    authors: tuple[AuthorNote, ...] = ()
    calls: tuple[Call, ...] = ()
    """Upserts: an incident that exists only gains an object."""
    counts: tuple[Count, ...] = ()
    tallies: tuple[Tally, ...] = ()
    brakes: tuple[BrakeNote, ...] = ()
    shadows: tuple[ShadowNote, ...] = ()
    shadow_counts: tuple[ShadowCount, ...] = ()
    budgets: tuple[BudgetNote, ...] = ()
    notices: tuple[Notice, ...] = ()
    """Upserts: when it began stays, who decided follows."""
    notice_ends: tuple[NoticeEnd, ...] = ()
    appeals: tuple[Appeal, ...] = ()
    seals: tuple[Seal, ...] = ()
    """Decisions for the ledger: one more link of each community's chain."""
    questions: tuple[Question, ...] = ()
    pulses: tuple[Pulse, ...] = ()
    spaces: tuple[SpaceRecord, ...] = ()
    climates: tuple[ClimateNote, ...] = ()
    resumed: tuple[Call, ...] = ()
    """Calls that were read one `rev` before, in the place of what stood there."""
    ringings: tuple[Ringing, ...] = ()
    """The same."""

    def __add__(self, other: "Changes") -> "Changes":
        """Both, in order."""
        return Changes(
            self.heads + other.heads,
            self.cases + other.cases,
            self.threads + other.threads,
            self.authors + other.authors,
            self.calls + other.calls,
            self.counts + other.counts,
            self.tallies + other.tallies,
            self.brakes + other.brakes,
            self.shadows + other.shadows,
            self.shadow_counts + other.shadow_counts,
            self.budgets + other.budgets,
            self.notices + other.notices,
            self.notice_ends + other.notice_ends,
            self.appeals + other.appeals,
            self.seals + other.seals,
            self.questions + other.questions,
            self.pulses + other.pulses,
            self.spaces + other.spaces,
            self.climates + other.climates,
            self.resumed + other.resumed,
            self.ringings + other.ringings,
        )
