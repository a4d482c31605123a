# ruff: noqa: ARG001  every platform has the same shape, whatever it needs of it
"""A made-up platform that does everything a platform may do: a village square with a town crier.

It pushes and can be asked, some of its events say too little, its tokens are renewed, a reply takes two steps, its
quota is small, and it passes on who wants to be forgotten. `joined` puts it on the list; `Square` is its twin.
"""

import json
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlencode

import pytest

from local.twins import Fate, TwinAnswer, TwinRequest
from tribune import platforms
from tribune.channel import (
    Access,
    ActKind,
    Answer,
    Asked,
    Card,
    Delivery,
    Gathered,
    HttpAnswer,
    HttpCall,
    Item,
    Order,
    Outcome,
    Plan,
    Secrets,
    Sweep,
    Verdict,
)
from tribune.comment import Audience, Author, Comment, Said, Thread, Verb
from tribune.errors import CannotDo, UnreadableBody
from tribune.platforms import signatures

CARD = Card(
    name="square",
    title="Village square",
    audience=Audience.PUBLIC,
    can=frozenset({ActKind.REPLY, ActKind.HIDE, ActKind.UNHIDE}),
    answer_within_s=5,
    text_limit=500,
    text_unit="codepoints",
    citation="link",
    reads_back=True,
    note="Made up.",
    pushes=True,
    polls=True,
    looks_up=True,
    refreshes=True,
    erases=True,
)
ACCOUNT = "sq-1"
URL = "http://square.test"


def handshake(_delivery: Delivery, _secrets: Secrets) -> Answer | None:
    return None


def verify(delivery: Delivery, secrets: Secrets, now: datetime) -> None:
    signatures.verify_hex(delivery.headers.get("x-square"), delivery.body, secrets, "")


def sign(body: bytes, secret: str, now: datetime, delivery_id: str) -> dict[str, str]:
    return {"x-square": signatures.sign_hex(body, secret, "")}


def split(payload: Any) -> Iterable[Item]:
    if not isinstance(payload, list):
        raise UnreadableBody("no list")
    return [_item(one) for one in payload]


def _item(said: Mapping[str, Any]) -> Item:
    return Item(said["account"], said, incomplete="text" not in said)


def read(item: Item) -> Iterable[Said]:
    said = item.payload
    at = datetime.fromisoformat(said["at"])
    return [
        Comment(
            platform=CARD.name,
            account=item.account,
            object=said["id"],
            verb=Verb(said.get("verb", "created")),
            said_at=at,
            posted_at=at,
            author=Author(said["by"], said["by"], is_ours=said["by"] == item.account),
            thread=Thread(said.get("parent") or said["id"], "post"),
            text=said["text"],
            parent=said.get("parent"),
        )
    ]


def act(order: Order, access: Access, now: datetime) -> Plan:
    if order.kind not in CARD.can or not access.values.get("token"):
        raise CannotDo(order.kind)
    if order.kind is not ActKind.REPLY:
        return Plan(_call("POST", f"/{order.kind}/{order.target}", access), order.kind, repeatable=True)
    if order.way.startswith("publish:"):
        return Plan(
            _call("POST", f"/publish/{order.way.removeprefix('publish:')}", access), order.way, repeatable=False
        )
    body = {"to": order.target, "text": order.text}
    return Plan(_call("POST", "/prepare", access, body), "prepare", repeatable=True)


def _call(method: str, path: str, access: Access, body: Any = None) -> HttpCall:
    headers = {"authorization": f"Bearer {access.values.get('token', '')}"}
    return HttpCall(method, URL + path, headers, None if body is None else json.dumps(body).encode())


_VERDICTS = {
    401: Outcome(Verdict.TOKEN_DEAD),
    403: Outcome(Verdict.REFUSED, why="forbidden"),
    404: Outcome(Verdict.GONE),
    405: Outcome(Verdict.REFUSED, why="not_for_you", unable=True),
    418: Outcome(Verdict.BLOCKED),
    503: Outcome(Verdict.LATER),
}


def _verdict(answer: HttpAnswer, now: datetime) -> Outcome:
    if answer.status == 429:
        return Outcome(Verdict.LIMITED, until=now + timedelta(seconds=int(answer.headers.get("retry-after", "600"))))
    if answer.status in _VERDICTS:
        return _VERDICTS[answer.status]
    if answer.status >= 500:
        return Outcome(Verdict.UNKNOWN)
    slow = answer.headers.get("x-slow-down")
    return Outcome(Verdict.DONE, until=now + timedelta(seconds=int(slow)) if slow else None)


def judge(order: Order, answer: HttpAnswer, now: datetime) -> Outcome:
    outcome = _verdict(answer, now)
    if outcome.verdict is not Verdict.DONE or order.kind is not ActKind.REPLY:
        return outcome
    told = json.loads(answer.body)
    if "prepared" in told:
        return Outcome(Verdict.NEXT, way=f"publish:{told['prepared']}")
    return replace(outcome, id=told["id"])


def look_back(order: Order, access: Access) -> HttpCall | None:
    return _call("GET", f"/replies/{order.target}", access)


def settle(order: Order, answer: HttpAnswer) -> Outcome:
    if answer.status != 200:
        return Outcome(Verdict.UNKNOWN)
    found = [one["id"] for one in json.loads(answer.body) if one["text"] == order.text]
    return Outcome(Verdict.DONE, id=found[0]) if found else Outcome(Verdict.LATER)


def poll(sweep: Sweep, access: Access, now: datetime) -> HttpCall:
    asked = {"account": sweep.account, "since": sweep.since.isoformat(), "page": sweep.page, "after": sweep.cursor}
    return _call("GET", f"/said?{urlencode(asked)}", access)


def gather(sweep: Sweep, answer: HttpAnswer, now: datetime) -> Gathered:
    outcome = _verdict(answer, now)
    if outcome.verdict is not Verdict.DONE:
        return Gathered((), outcome)
    told = json.loads(answer.body)
    return Gathered(tuple(_item(one) for one in told["said"]), outcome, told["next"], told["mark"])


def lookup(item: Item, access: Access) -> HttpCall:
    return _call("GET", f"/one/{item.payload['id']}", access)


def completed(item: Item, answer: HttpAnswer, now: datetime) -> tuple[Item | None, Outcome]:
    outcome = _verdict(answer, now)
    return (_item(json.loads(answer.body)) if outcome.verdict is Verdict.DONE else None), outcome


def refresh(access: Access, now: datetime) -> HttpCall | None:
    if datetime.fromisoformat(access.values["expires_at"]) - now > timedelta(minutes=30):
        return None
    return _call("POST", "/renew", access, {"refresh": access.values["refresh_token"]})


def refreshed(access: Access, answer: HttpAnswer, now: datetime) -> tuple[Mapping[str, str], Outcome]:
    if answer.status != 200:
        verdict = Verdict.TOKEN_DEAD if answer.status == 400 else Verdict.LATER
        return access.values, Outcome(verdict)
    return {**access.values, **json.loads(answer.body)}, Outcome(Verdict.DONE)


def asked(delivery: Delivery, secrets: Secrets, now: datetime) -> Asked:
    form = dict(parse_qsl(delivery.body.decode("utf-8", "replace")))
    person = form.get("person", "")
    signatures.verify_hex(form.get("proof"), person.encode(), secrets, "")
    if not person:
        raise UnreadableBody("nobody")
    return Asked(person)


def ask(person: str, secret: str, now: datetime) -> Delivery:
    form = {"person": person, "proof": signatures.sign_hex(person.encode(), secret, "")}
    return Delivery("POST", {"content-type": "application/x-www-form-urlencoded"}, urlencode(form).encode())


CHANNEL = f"""
  - platform: square
    accounts: [{{id: {ACCOUNT}, space: square, name: La place}}]
    verify: {{current: square-secret}}
    act: {{token: square-token, refresh_token: refresh-0, expires_at: "2026-11-24T12:00:00+00:00"}}
"""


def join(patch: pytest.MonkeyPatch, **card: Any) -> None:
    """The square is on the list of platforms, with its card changed."""
    patch.setattr(platforms, "_MODULES", {**platforms._MODULES, "square": __name__})
    patch.setattr(sys.modules[__name__], "CARD", replace(CARD, **card))


@dataclass
class Square:
    """The twin: what is said there, who may ask, and how it fails."""

    tokens: set[str] = field(default_factory=lambda: {"square-token"})
    refresh_tokens: dict[str, str] = field(default_factory=dict)
    """Refresh token -> nothing; used once."""
    said: list[dict[str, Any]] = field(default_factory=list)
    prepared: dict[str, dict[str, str]] = field(default_factory=dict)
    replies: list[dict[str, str]] = field(default_factory=list)
    hidden: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)
    fails: list[tuple[str, TwinAnswer]] = field(default_factory=list)
    """What the next request whose path begins so is answered instead; `Fate.RESET` after it took effect."""
    headers: dict[str, str] = field(default_factory=dict)
    page_size: int = 2
    renewals: int = 0

    def say(self, identity: str, text: str, at: datetime, by: str = "") -> dict[str, Any]:
        """Somebody says something; everybody speaks once unless `by` says otherwise."""
        person = by or f"u-{identity}"
        self.said.append({"id": identity, "text": text, "at": at.isoformat(), "by": person, "account": ACCOUNT})
        return self.said[-1]

    def fail(self, path: str, status: int = 0, times: int = 1, **headers: str) -> None:
        """The next requests to a path fail: with a status before anything happens, with 0 after it happened, unseen."""
        fate = Fate.ANSWER if status else Fate.RESET
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self.fails += [(path, TwinAnswer(status, named, b"{}", fate))] * times

    def hear(self, body: bytes, now: datetime) -> None:
        """What is delivered is said."""

    def handle(self, request: TwinRequest) -> TwinAnswer:
        """Answer one request."""
        self.requests.append(f"{request.method} {request.path}")
        failure = next((one for one in self.fails if request.path.startswith(one[0])), None)
        if failure:
            self.fails.remove(failure)
            if failure[1].fate is Fate.ANSWER:
                return failure[1]
            self._answer(request)
            return failure[1]
        return self._answer(request)

    def _answer(self, request: TwinRequest) -> TwinAnswer:  # noqa: PLR0911  one return a request
        body = json.loads(request.body) if request.body else None
        verb, _, rest = request.path.strip("/").partition("/")
        if verb == "renew":
            return self._renew(body["refresh"], request.now)
        if request.headers["authorization"].removeprefix("Bearer ") not in self.tokens:
            return TwinAnswer(401)
        match verb:
            case "prepare":
                name = f"draft-{len(self.prepared) + 1}"
                self.prepared[name] = body
                return self._json({"prepared": name})
            case "publish":
                number = f"ours-{len(self.replies) + 1}"
                self.replies.append({"id": number, **self.prepared[rest]})
                return self._json({"id": number})
            case "hide" | "unhide":
                self.hidden.append(rest)
                return self._json({})
            case "replies":
                return self._json([one for one in self.replies if one["to"] == rest])
            case "one":
                found = next((one for one in self.said if one["id"] == rest), None)
                return self._json(found) if found else TwinAnswer(404)
        return self._page(request)

    def _page(self, request: TwinRequest) -> TwinAnswer:
        asked = request.query
        since = datetime.fromisoformat(asked["since"])
        found = [one for one in self.said if datetime.fromisoformat(one["at"]) >= since]
        start = int(asked["page"] or "0")
        rest = found[start + self.page_size :]
        said = found[start : start + self.page_size]
        return self._json(
            {"said": said, "next": str(start + self.page_size) if rest else "", "mark": f"mark-{len(self.said)}"}
        )

    def _renew(self, token: str, now: datetime) -> TwinAnswer:
        if token not in self.refresh_tokens:
            return TwinAnswer(400)
        del self.refresh_tokens[token]
        self.renewals += 1
        fresh = {"token": f"token-{self.renewals}", "refresh_token": f"refresh-{self.renewals}"}
        self.tokens.add(fresh["token"])
        self.refresh_tokens[fresh["refresh_token"]] = ""
        return self._json({**fresh, "expires_at": (now + timedelta(hours=2)).astimezone(UTC).isoformat()})

    def _json(self, body: Any) -> TwinAnswer:
        return TwinAnswer(200, self.headers, json.dumps(body).encode())
