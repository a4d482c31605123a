"""What every twin does the same way: understand a request, fail when told to, apply it, write it down."""

import json
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from threading import RLock
from typing import Any, ClassVar

from local.twins import Entry, Fate, Outbox, TwinAnswer, TwinRequest
from tribune.channel import Platform
from tribune.comment import Comment, Said, TeamAct
from tribune.errors import TribuneError
from tribune.platforms.body import parse

# How a twin can be told to fail. `before`: nothing happens. `after`: it happens, and the caller does not learn it.
UNSEEN_BEFORE = {"timeout_before": Fate.HANG, "reset_before": Fate.RESET}
UNSEEN_AFTER = {"timeout_after": Fate.HANG, "reset_after": Fate.RESET, "502_after": Fate.ANSWER}
BAD_GATEWAY = TwinAnswer(502, {"content-type": "text/html"}, b"<html><body><h1>502 Bad Gateway</h1></body></html>")
_OF = ("acts", "reads")


class Refusal(Exception):
    """The real service would say no, with this answer."""

    def __init__(self, answer: TwinAnswer) -> None:
        self.answer = answer
        super().__init__(answer.status)


@dataclass(frozen=True, slots=True)
class Call:
    """An act as the request asks for it: what to do, to what, with which right."""

    kind: str
    object: str | None
    text: str | None = None
    credential: str = ""
    action_id: str | None = None
    key: str | None = None
    """What makes a repetition harmless or a use single: a retry key, a reply token."""


@dataclass(frozen=True, slots=True)
class Done:
    """What came of an act: the answer, whose account it was, the id of what was created."""

    answer: TwinAnswer
    account: str | None
    created: str | None = None
    object: str | None = None
    """What was acted on, where the request itself does not name it (a reply token)."""


class Failures:
    """What a twin was told to fail at: a mode, and for how many of the next acts or reads."""

    def __init__(self, modes: frozenset[str]) -> None:
        """`modes`: those this twin knows besides the ones every connection has."""
        self._modes = modes | set(UNSEEN_BEFORE) | set(UNSEEN_AFTER) | {"502"}
        self._mode: str | None = None
        self._left = 0
        self._of = "acts"

    def tell(self, spec: object) -> None:
        """`"429"`, `{"mode": "429", "next": 3, "of": "acts"}`, or None to stop. Raises ValueError."""
        wanted = spec if isinstance(spec, Mapping) else {"mode": spec}
        mode, count, of = wanted.get("mode"), wanted.get("next", 1), wanted.get("of", "acts")
        if mode is None:
            self._mode = None
            return
        if str(mode) not in self._modes or of not in _OF or not isinstance(count, int) or count < 1:
            raise ValueError(
                f"fail: mode is one of {', '.join(sorted(self._modes))}; next is 1 or more; of is acts or reads"
            )
        self._mode, self._left, self._of = str(mode), count, of

    def take(self, of: str) -> str | None:
        """The mode of this request, if it is one of those to fail."""
        if self._mode is None or of != self._of:
            return None
        mode, self._left = self._mode, self._left - 1
        if self._left == 0:
            self._mode = None
        return mode


class ActingTwin(ABC):
    """A service that is asked to act; one request at a time, as its own state is."""

    name: ClassVar[str]
    speaks: ClassVar[Platform | None] = None
    """Whose deliveries teach it what exists."""
    modes: ClassVar[frozenset[str]] = frozenset({"500", "429", "token"})

    def __init__(self, outbox: Outbox) -> None:
        """`outbox`: where acts are written down."""
        self._outbox = outbox
        self._failures = Failures(self.modes)
        self._lock = RLock()

    def handle(self, request: TwinRequest) -> TwinAnswer:
        """Answer one request as the real service would."""
        with self._lock:
            try:
                return self._handle(request)
            except Refusal as refusal:
                return refusal.answer

    def fail(self, spec: object) -> None:
        """See `Failures.tell`."""
        with self._lock:
            self._failures.tell(spec)

    def hear(self, body: bytes, now: datetime) -> None:
        """Learn what a delivery in the service's name speaks of; from one that cannot be read, nothing."""
        if self.speaks is None:
            return
        said = said_in(body, self.speaks)
        with self._lock:
            for one in said:
                if isinstance(one, Comment):
                    self._learn(one, now)
                elif isinstance(one, TeamAct):
                    self._see(one)

    def _learn(self, said: Comment, now: datetime) -> None:  # noqa: B027  a service that speaks says what it learns
        """Somebody wrote, changed or took something back."""

    def _see(self, act: TeamAct) -> None:  # noqa: B027  most services tell of none
        """Somebody of the team did something."""

    def echo(self, entry: Entry) -> bytes | None:  # noqa: ARG002  for a twin to override
        """Most services never tell us about our own acts."""
        return None

    def _handle(self, request: TwinRequest) -> TwinAnswer:
        reading = request.method == "GET"
        mode = self._failures.take("reads" if reading else "acts") or ""
        if mode in UNSEEN_BEFORE:
            return TwinAnswer(0, fate=UNSEEN_BEFORE[mode])
        if reading:
            answer = self._refuse(mode)
            return self._look(request) if answer is None else answer
        return self._act(request, mode)

    def _act(self, request: TwinRequest, mode: str) -> TwinAnswer:
        call = self._understand(request)
        refused = self._refuse(mode)
        done = self._applied(call, request.now) if refused is None else Done(refused, self._account_of(call))
        self._outbox.record(
            at=request.now,
            to=self._receiver(call),
            kind=call.kind,
            status=done.answer.status,
            account=done.account,
            object=done.object or call.object,
            text=call.text,
            action_id=call.action_id,
            created=done.created,
        )
        if mode in UNSEEN_AFTER:
            fate = UNSEEN_AFTER[mode]
            return BAD_GATEWAY if fate is Fate.ANSWER else TwinAnswer(0, fate=fate)
        return done.answer

    def _applied(self, call: Call, now: datetime) -> Done:
        try:
            return self._apply(call, now)
        except Refusal as refusal:
            return Done(refusal.answer, self._account_of(call))

    def _refuse(self, mode: str) -> TwinAnswer | None:
        if mode == "502":
            return BAD_GATEWAY
        return self._refusal(mode) if mode in self.modes else None

    def _receiver(self, call: Call) -> str:  # noqa: ARG002  for a twin to override
        return self.name

    def _account_of(self, call: Call) -> str | None:  # noqa: ARG002  for a twin to override
        """Whose act a refused call was, where that is known."""
        return None

    def _look(self, request: TwinRequest) -> TwinAnswer:  # noqa: ARG002  for a twin to override
        """A read; most services offer none."""
        return TwinAnswer(405)

    @abstractmethod
    def _understand(self, request: TwinRequest) -> Call:
        """What the request asks for. Raises Refusal when it is no act at all."""

    @abstractmethod
    def _apply(self, call: Call, now: datetime) -> Done:
        """Do it. Raises Refusal."""

    @abstractmethod
    def _refusal(self, mode: str) -> TwinAnswer:
        """The service's own words for a failure it was told to show."""


def said_in(body: bytes, spoken: Platform) -> list[Said]:
    """What a delivery says in a platform's own words; what it hands on to another platform is left to that one's twin."""
    try:
        items = [item for item in spoken.split(parse(body)) if item.platform in ("", spoken.CARD.name)]
        return [one for item in items for one in spoken.read(item)]
    except TribuneError:
        return []


def as_json(status: int, body: Mapping[str, Any], headers: Mapping[str, str] | None = None) -> TwinAnswer:
    """A JSON answer."""
    return TwinAnswer(
        status, {"content-type": "application/json", **(headers or {})}, json.dumps(body, ensure_ascii=False).encode()
    )


def json_of(body: bytes) -> Any:
    """The JSON of a request body, None when it is none."""
    try:
        return json.loads(body)
    except ValueError:
        return None


def bearer(request: TwinRequest) -> str:
    """The token of the Authorization header, empty when there is none."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token if scheme.lower() == "bearer" else ""
