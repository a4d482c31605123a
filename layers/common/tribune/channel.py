"""What passes between us and a platform, both ways: Card, Delivery, Secrets, Order, HttpCall, Outcome.

A platform module is pure: it reads bytes and answers with values; whoever holds the network sends them.
Standard library only, for the same reason as `comment`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Protocol

from tribune.comment import Audience, Said


class ActKind(StrEnum):
    """What we can do on a platform."""

    REPLY = "reply"
    HIDE = "hide"
    UNHIDE = "unhide"
    DELETE = "delete"
    PRIVATE = "private"
    LIKE = "like"
    BLOCK = "block"
    """The person may not write here any more: a person's decision only."""


@dataclass(frozen=True, slots=True)
class Card:
    """What a platform is and can do; what it cannot do is declared here and the decision escalates instead."""

    name: str
    title: str
    audience: Audience
    can: frozenset[ActKind]
    answer_within_s: float
    """How long the platform waits for our answer to a delivery."""
    text_limit: int
    text_unit: str
    """How the platform counts: one of `lengths.UNITS`."""
    citation: str
    """`link` where links work in a reply, else `name`."""
    reads_back: bool
    """Can the thread be read again, to settle whether a reply arrived?"""
    note: str
    """One sentence for the README's table."""
    signs_body: bool = True
    """False: only a secret beside the body proves the sender, and a body that was changed on its way cannot be told."""
    pushes: bool = True
    """Does it deliver events to us? What it does not is polled."""
    polls: bool = False
    """Can it be asked what was said since a moment (`Polled`): by schedule where nothing is pushed, else after silence."""
    looks_up: bool = False
    """Do some of its events have to be completed by asking it (`LookedUp`)?"""
    refreshes: bool = False
    """Do its tokens have to be renewed (`Refreshed`)?"""
    deletes_only_ours: bool = False
    """What others said there, nobody but themselves and the platform can delete."""
    erases: bool = False
    """Does it tell us, by a signed request of its own, that somebody wants to be forgotten (`Erasing`)?"""
    private_within: timedelta | None = None
    """How long after a public comment its author can be written to alone; None: as long as one likes."""
    private_limit: int = 0
    """How long a text to the author of a comment alone may be, in `text_unit`; 0: as long as any other."""
    words_kept: timedelta | None = None
    """How long the platform lets us keep what members wrote; None: as long as the community says."""
    daily_units: int = 0
    """What its quota allows a channel in a day, in its own units (`HttpCall.units`); 0: it counts none."""
    day_begins_in: str = "UTC"
    """The time zone whose midnight begins a new day of that quota."""

    def limit(self, kind: ActKind) -> int:
        """How long the words of such an act may be, in `text_unit`."""
        return self.private_limit if kind is ActKind.PRIVATE and self.private_limit else self.text_limit


@dataclass(frozen=True, slots=True)
class Delivery:
    """One HTTP request from a platform: raw bytes, header names in lower case."""

    method: str
    headers: Mapping[str, str]
    body: bytes = b""
    query: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Secrets:
    """What proves a sender: the current secret, the previous one during a rotation, the handshake's token."""

    current: str
    previous: str | None = None
    token: str | None = None

    def all(self) -> tuple[str, ...]:
        """Every secret that may sign today."""
        return tuple(secret for secret in (self.current, self.previous) if secret)


@dataclass(frozen=True, slots=True)
class Answer:
    """What we answer to a handshake."""

    status: int
    body: str
    content_type: str = "text/plain; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Item:
    """One event of a delivery, still in the platform's words, with the account it concerns.

    `payload` is JSON; `account` decides which community it belongs to, if any of ours.
    """

    account: str
    payload: Mapping[str, Any]
    incomplete: bool = False
    """The platform has to be asked for the rest (`LookedUp`) before it can be read."""
    platform: str = ""
    """Which of our platforms reads it, where one address serves several (Meta's private messages); empty: the one spoken to."""


@dataclass(frozen=True, slots=True)
class Sweep:
    """Where a poll stands: what was said on an account since a moment, page by page."""

    account: str
    since: datetime
    """Nothing older is asked for; the caller already went back by the overlap."""
    cursor: str = ""
    """The platform's own mark of how far the last finished sweep came; empty at first."""
    page: str = ""
    """What the next request needs (the module's own writing); empty for the first page."""


@dataclass(frozen=True, slots=True)
class Gathered:
    """One page of a poll, read."""

    items: tuple[Item, ...]
    outcome: "Outcome"
    """DONE when the page was read; else what to do about the account."""
    page: str = ""
    """The next page, empty after the last one."""
    cursor: str = ""
    """The mark to keep once everything up to here is safely in the inbox; empty: keep the old one."""


@dataclass(frozen=True, slots=True)
class Access:
    """What it takes to act on an account: tokens and, where a platform has them, its other settings.

    `values` is the `act` mapping of the channel: `token`, and per platform `app_secret`, `base_url`,
    `reply_url`, `signing_secret`…
    """

    account: str
    values: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Asked:
    """Somebody asked a platform to be forgotten by us, proven."""

    person: str
    """The platform's id of the person, as `Author.id` has it where the platform allows the comparison."""
    at: datetime | None = None
    """When they asked, where the request says so."""


@dataclass(frozen=True, slots=True)
class Order:
    """One act to carry out, complete: nothing has to be looked up to perform it."""

    action_id: str
    kind: ActKind
    account: str
    target: str
    """The object acted on: the comment answered or hidden, our own reply when it is withdrawn."""
    thread: str
    text: str = ""
    recipient: str | None = None
    """The platform's id of the person, where the act needs one (LINE push)."""
    reply_token: str | None = None
    reply_token_at: datetime | None = None
    quote: str | None = None
    """What makes the answer show the words it answers, where the platform gave it (LINE)."""
    attempt: int = 1
    way: str = ""
    """How an earlier attempt was made (`reply`, `push`…); empty when none began."""
    since: datetime | None = None
    """When the first attempt began: a read-back looks no further back."""


@dataclass(frozen=True, slots=True)
class HttpCall:
    """A request to a platform, ready to send."""

    method: str
    url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = None
    units: int = 1
    """What it costs of the platform's daily quota (`Card.daily_units`), counted before it is sent."""


@dataclass(frozen=True, slots=True)
class HttpAnswer:
    """What a platform answered; header names in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Plan:
    """How an order will be carried out. `repeatable`: sending it twice has the effect of sending it once.

    `way`: what `Order.way` says from now on. A later step of several gives back the `Order.way` it was given.
    """

    call: HttpCall
    way: str
    repeatable: bool


class Verdict(StrEnum):
    """What became of an attempt."""

    DONE = "done"
    GONE = "gone"
    """What we answered no longer exists: final, nobody to blame."""
    REFUSED = "refused"
    """A definite no: a person has to look."""
    LATER = "later"
    """Certainly not applied, and worth trying again."""
    LIMITED = "limited"
    """Slow down: nothing more to this account until `until`."""
    BLOCKED = "blocked"
    """The platform thinks we spam: replies stop for a day, hides go on."""
    TOKEN_DEAD = "token_dead"  # noqa: S105  the name of an outcome
    """Nothing works on this account until a person renews the access."""
    UNKNOWN = "unknown"
    """It may or may not have happened."""
    NEXT = "next"
    """One step of several is made: go on with `Outcome.way`, nothing is visible yet."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """The verdict of one attempt; `id` is the platform's id of what we created; `why` a bounded word, no content."""

    verdict: Verdict
    id: str | None = None
    why: str = ""
    until: datetime | None = None
    """Nothing more to this account before; beside DONE: it was done, and the platform's usage says to slow down."""
    way: str = ""
    """With NEXT: what the next attempt's `Order.way` must say (the id of what the step created…)."""
    unable: bool = False
    """With REFUSED: this account may never do this kind of thing; decisions escalate instead for a while."""


class Platform(Protocol):
    """The shape of every module in `tribune.platforms`; the modules are the implementations."""

    @property
    def CARD(self) -> Card:  # noqa: N802  a module's constant
        """What the platform is and can do."""

    def handshake(self, delivery: Delivery, secrets: Secrets) -> Answer | None:
        """The answer to a subscription check, None if this is none. Raises WrongToken."""

    def verify(self, delivery: Delivery, secrets: Secrets, now: datetime) -> None:
        """Prove on raw bytes who speaks, in constant time over every secret. Raises Forged."""

    def sign(self, body: bytes, secret: str, now: datetime, delivery_id: str) -> dict[str, str]:
        """The headers a genuine sender would add to `body`."""

    def split(self, payload: Any) -> Iterable[Item]:
        """One item per event of the (verified, parsed) body. Raises UnreadableBody when it is not the documented envelope."""

    def read(self, item: Item) -> Iterable[Said]:
        """What the item says, in our words; nothing for events that do not concern comments. Raises Unreadable."""

    def act(self, order: Order, access: Access, now: datetime) -> Plan:
        """The request that carries out the order. Raises CannotDo."""

    def judge(self, order: Order, answer: HttpAnswer, now: datetime) -> Outcome:
        """What the platform's answer means."""

    def look_back(self, order: Order, access: Access) -> HttpCall | None:
        """The request that shows whether the order was carried out; None where there is none."""

    def settle(self, order: Order, answer: HttpAnswer) -> Outcome:
        """What the read-back shows: DONE with the id, LATER when it certainly did not arrive, UNKNOWN otherwise."""


class Polled(Platform, Protocol):
    """A platform that can be asked what was said (`CARD.polls`)."""

    def poll(self, sweep: Sweep, access: Access, now: datetime) -> HttpCall:
        """The request for the sweep's next page."""

    def gather(self, sweep: Sweep, answer: HttpAnswer, now: datetime) -> Gathered:
        """What the page holds: items that `read` understands, the same as if they had been pushed."""


class LookedUp(Platform, Protocol):
    """A platform of which some events say too little (`CARD.looks_up`)."""

    def lookup(self, item: Item, access: Access) -> HttpCall:
        """The request for what an incomplete item lacks."""

    def completed(self, item: Item, answer: HttpAnswer, now: datetime) -> tuple[Item | None, Outcome]:
        """The whole item; None with DONE or GONE when there is nothing to read, else with what to do about it."""


class Refreshed(Platform, Protocol):
    """A platform whose tokens live shorter than we do (`CARD.refreshes`)."""

    def refresh(self, access: Access, now: datetime) -> HttpCall | None:
        """The request for new tokens, None while the present ones are good."""

    def refreshed(self, access: Access, answer: HttpAnswer, now: datetime) -> tuple[Mapping[str, str], Outcome]:
        """The new `act` mapping, whole; the old one with TOKEN_DEAD or LATER when there is none."""


class Erasing(Platform, Protocol):
    """A platform that passes on, signed, that somebody wants to be forgotten (`CARD.erases`)."""

    def asked(self, delivery: Delivery, secrets: Secrets, now: datetime) -> Asked:
        """Who asks, proven on raw bytes over every secret. Raises Forged, UnreadableBody.

        The same request comes to `/erasure/{platform}/{channel}` when a person wants their data deleted, and to
        `/deauthorise/{platform}/{channel}` when somebody took our access away (Meta: the form field
        `signed_request` = base64url(HMAC-SHA256(app secret, encoded payload)) + "." + encoded payload, which is
        base64url(JSON with `user_id` and `issued_at`), no padding).
        """

    def ask(self, person: str, secret: str, now: datetime) -> Delivery:
        """The request a genuine sender would make; it stands beside `asked` as `sign` stands beside `verify`."""
