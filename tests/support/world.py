"""A whole Tribune in one process: the real template's resources, the real doors, twins for platforms.

Queues move only when a test says so, time only when a test says so; every AWS and platform call that a door makes
is numbered, and a fault can be put before or after any of them.
"""

import base64
import json
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache, partial
from http import HTTPStatus
from types import ModuleType
from typing import Any
from urllib.parse import parse_qsl

import botocore.client
from botocore.exceptions import ClientError, ReadTimeoutError

from local.apply import Target, apply
from local.configuration import Configuration, read
from local.resources import Stack
from local.twins import Fate, Outbox, TwinRequest
from local.twins.facebook import FacebookTwin
from local.twins.generic import GenericTwin
from local.twins.line import LineTwin
from tribune import clock, web
from tribune.aws import clients, directory, keys, secrets
from tribune.aws.journal import Journal
from tribune.channel import HttpAnswer, HttpCall
from tribune.errors import NotSent, PerhapsSent, Unavailable
from tribune.journal import Call, Head
from tribune.platforms import platform

START = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)
"""A Tuesday, eleven o'clock in Paris."""
STEP = timedelta(minutes=2)
"""How time passes while nothing moves."""
PAGE = "1001"
LINE_ACCOUNT = "U" + "0" * 32
BLOG = "blog-1"
GENERIC_SECRET = "whsec_" + base64.b64encode(b"generic-test-secret-of-32-bytes!").decode()
QUEUES = {
    "LookupsQueue": "poll_platforms",
    "ErasuresQueue": "erase_person",
    "InboxQueue": "moderate_comments",
    "ActionsQueue": "perform_action",
    "CallsQueue": "call_manager",
}
FAULTS = ("error_before", "error_after", "kill_before", "kill_after", "another_worker")
"""What can happen at a call. `another_worker`: just before it, a second process handles the same event from start to end."""
THROTTLED = "throttled"
"""Besides: AWS says that it is too much, a transaction meets another one, the platform answers 429."""


CONFIGURATION = f"""
community:
  id: garance
  name: Vélos Garance
  languages: [fr, en]
  timezone: Europe/Paris
  mode: act
  charter: model
  charter_base_url: https://charte.garance.example
  own_contacts: ["01 99 00 12 34"]
  own_domains: [garance.example]
  faq:
    - id: dimanche
      questions:
        fr: ["ouverts le dimanche", "ouvert le dimanche"]
        en: ["open on Sundays", "open on Sunday"]
      answer:
        fr: "le dimanche de 10 h à 13 h"
        en: "on Sundays from 10 am to 1 pm"
      url: https://garance.example/horaires
      reviewed_at: 2026-11-01
    - id: belgique
      questions:
        fr: ["livrez-vous en Belgique", "livraison en Belgique"]
        en: ["ship to Belgium", "deliver to Belgium"]
      answer:
        fr: "oui, sous trois jours"
        en: "yes, within three days"
      url: https://garance.example/livraison
      reviewed_at: 2026-11-01
  rota:
    people:
      - {{id: marie, name: Marie Castel, initials: MC, role: cm, languages: [fr, en], ways: [{{kind: console, address: "http://127.0.0.1:9/console"}}]}}
      - {{id: lea, name: Léa Roy, initials: LR, role: smm, languages: [fr], ways: [{{kind: console, address: "http://127.0.0.1:9/console"}}]}}
  team:
    - {{email: marie@garance.example, role: cm, person: marie}}
    - {{email: lea@garance.example, role: smm, person: lea}}
    - {{email: nora@garance.example, role: reviewer}}
    - {{email: sam@garance.example, role: reader}}
channels:
  - platform: facebook
    accounts: [{{id: "{PAGE}", space: facebook, name: Page}}]
    verify: {{current: facebook-app-secret, token: verify-token}}
    act: {{token: page-token, base_url: http://facebook.test}}
  - platform: line
    accounts: [{{id: {LINE_ACCOUNT}, space: line, name: LINE}}]
    verify: {{current: line-channel-secret}}
    act: {{token: line-token, base_url: http://line.test}}
  - platform: generic
    accounts: [{{id: {BLOG}, space: blog, name: Blog, username: "@VelosGarance"}}]
    verify: {{current: {GENERIC_SECRET}}}
    act: {{secret: {GENERIC_SECRET}}}
    reply_url: http://generic.test/replies
"""


class Killed(BaseException):
    """The process is gone: nothing catches this."""


@dataclass
class Fault:
    """One fault: at the call of this number, or at the first call of this name."""

    at_call: int | str
    kind: str
    done: bool = False

    def strikes(self, number: int, name: str) -> bool:
        """Is this the call?"""
        return not self.done and (
            self.at_call == number or (isinstance(self.at_call, str) and name.startswith(self.at_call))
        )


@dataclass
class Calls:
    """Every call that doors make, numbered; at most one fault."""

    names: list[str] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    inside: bool = False
    another: Callable[[], None] = lambda: None
    step: Callable[[str], None] = lambda _: None
    """Called before each of them: where two workers take turns."""

    def around(
        self,
        name: str,
        make: Callable[[], Any],
        before: Callable[[], BaseException],
        after: Callable[[], BaseException],
        too_much: Callable[[], Any],
    ) -> Any:
        if not self.inside:
            return make()
        self.step(name)
        self.names.append(name)
        number = len(self.names)
        fault = next((f for f in self.faults if f.strikes(number, name)), None)
        if fault is None:
            return make()
        fault.done = True
        if fault.kind == "another_worker":
            self.inside = False
            try:
                self.another()
            finally:
                self.inside = True
            return make()
        if fault.kind == THROTTLED:
            return too_much()
        if fault.kind == "kill_before":
            raise Killed(name)
        if fault.kind == "error_before":
            raise before()
        make()
        if fault.kind == "kill_after":
            raise Killed(name)
        raise after()


class Context:
    """What Lambda tells a function about itself."""

    aws_request_id = "request"
    function_name = "function"

    def get_remaining_time_in_millis(self) -> int:
        return 25_000


@dataclass
class World:
    """The stack, its doors, its clock and its twins."""

    stack: Stack
    load: Callable[[str], ModuleType]
    now: datetime = START
    calls: Calls = field(default_factory=Calls)
    outbox: Outbox = field(default_factory=Outbox)
    doors: dict[str, ModuleType] = field(default_factory=dict)
    rung: list[dict[str, str]] = field(default_factory=list)
    """What the people on duty received, in order."""
    mail: list[Any] = field(default_factory=list)
    """What SES was asked to send, in order."""
    uncounted: set[str] = field(default_factory=set)
    """Doors whose calls are neither numbered nor struck."""
    more: str = ""
    """Channels beside the three that every world has, as the configuration writes them."""
    secrets: dict[str, str] = field(
        default_factory=lambda: {
            "facebook": "facebook-app-secret",
            "line": "line-channel-secret",
            "generic": GENERIC_SECRET,
        }
    )

    def __post_init__(self) -> None:
        self.facebook = FacebookTwin(self.outbox, {"page-token": ("1001",)})
        self.line = LineTwin(self.outbox, {"line-token": (LINE_ACCOUNT,)})
        self.generic = GenericTwin(self.outbox, (self.secrets["generic"],))
        self.twins: dict[str, Any] = {"facebook": self.facebook, "line": self.line, "generic": self.generic}

    def join(self, name: str, twin: Any, secret: str, channel: str) -> None:
        """One platform more, with its twin; `channel` as the configuration writes it."""
        self.twins[name], self.secrets[name], self.more = twin, secret, self.more + channel

    def apply(self, mode: str = "act") -> None:
        """The world's one community, as `tribune apply` writes it."""
        target = Target(
            stage="test",
            community_table=self.stack.tables()["CommunityTable"],
            charter_table=self.stack.tables()["CharterTable"],
            dynamodb=clients.dynamodb(),
            ssm=clients.ssm(),
        )
        published = self.now - timedelta(days=30)
        apply(_configuration(mode, self.more), target, published)

    def unreadable(self, community: str) -> None:
        """Another community, whose settings a version of before or after this one wrote."""
        table = self.stack.tables()["CommunityTable"]
        for key, more in ((keys.directory(community), {}), (keys.community(community), {"settings": {"S": "{}"}})):
            clients.dynamodb().put_item(TableName=table, Item=directory.typed(key) | more)

    # --- a platform speaks ---

    def deliver(self, name: str, body: dict[str, Any], *, channel: str = "main", secret: str | None = None) -> int:
        """A genuine signed delivery through the door; answers the HTTP status."""
        return self.deliver_raw(name, json.dumps(body).encode(), channel=channel, secret=secret)

    def deliver_raw(self, name: str, raw: bytes, *, channel: str = "main", secret: str | None = None) -> int:
        """The same for a body as it stands."""
        self.twins[name].hear(raw, self.now)
        headers = platform(name).sign(raw, secret or self.secrets[name], self.now, f"msg_{len(self.calls.names)}")
        event = {
            "requestContext": {"http": {"method": "POST"}},
            "pathParameters": {"platform": name, "channel": channel},
            "headers": headers,
            "body": raw.decode(),
            "isBase64Encoded": False,
        }
        return int(self.invoke("receive_webhook", event)["statusCode"])

    def comment(
        self,
        number: int,
        text: str,
        *,
        verb: str = "add",
        author: str = "7001",
        parent: int | None = None,
        at: datetime | None = None,
        post: str = f"{PAGE}_1",
    ) -> dict[str, Any]:
        """A delivery of Facebook about one comment, as its documentation shows it.

        `verb`: it was `add`ed, `edited` or `remove`d; or somebody of the team `hide`s or `unhide`s it in Facebook's own
        application.
        """
        moment = at or self.now
        value: dict[str, Any] = {
            "item": "comment",
            "verb": verb,
            "comment_id": f"1_{number}",
            "post_id": post,
            "parent_id": f"1_{parent}" if parent else post,
            "from": {"id": author, "name": "Une personne"},
        }
        if verb != "remove":
            value |= {"message": text, "created_time": int(moment.timestamp())}
        entry = {"id": PAGE, "time": int(moment.timestamp()), "changes": [{"field": "feed", "value": value}]}
        return {"object": "page", "entry": [entry]}

    def line_message(self, number: int, text: str, *, user: str = "Uaaa", at: datetime | None = None) -> dict[str, Any]:
        """A delivery of LINE about one text message."""
        event = {
            "type": "message",
            "mode": "active",
            "timestamp": int((at or self.now).timestamp() * 1000),
            "webhookEventId": f"01EVENT{number:019d}",
            "deliveryContext": {"isRedelivery": False},
            "source": {"type": "user", "userId": user},
            "replyToken": f"reply-token-{number}",
            "message": {"id": str(number), "type": "text", "text": text, "quoteToken": "q"},
        }
        return {"destination": LINE_ACCOUNT, "events": [event]}

    def blog_comment(self, identity: str, text: str, *, kind: str = "created", author: str = "u-1") -> dict[str, Any]:
        """A delivery of the generic channel about one comment."""
        data = {
            "id": identity,
            "text": text,
            "created_at": self.now.isoformat(),
            "author": {"id": author, "name": "Une personne"},
            "thread": {"id": "billet-1"},
            "space": BLOG,
        }
        return {"type": f"comment.{kind}", "timestamp": self.now.isoformat(), "data": data}

    # --- the cloud moves ---

    def invoke(self, name: str, event: Any) -> Any:
        """One invocation of a door, as Lambda makes it."""
        if name not in self.doors:
            self.doors[name] = self.load(name)
        self.calls.inside = name not in self.uncounted
        self.calls.another = lambda: self.load(name).handler(event, Context())
        try:
            return self.doors[name].handler(event, Context())
        finally:
            self.calls.inside = False

    def pump(self) -> int:
        """Hand every visible message to its door, once; answers how many messages moved."""
        return sum(self._pump(queue, door) for queue, door in QUEUES.items())

    def poll(self) -> None:
        """A tick of poll_platforms' schedule; one that fails is nobody's but the next one's."""
        try:
            self.invoke("poll_platforms", {})
        except Unavailable:
            return
        except Killed:
            self.doors.pop("poll_platforms", None)

    def _pump(self, queue: str, door: str) -> int:
        url = self.stack.queues()[queue]
        answer = clients.sqs().receive_message(QueueUrl=url, MaxNumberOfMessages=10)
        messages = answer.get("Messages", [])
        if not messages:
            return 0
        records = [
            {"messageId": m["MessageId"], "body": m["Body"], "receiptHandle": m["ReceiptHandle"]} for m in messages
        ]
        try:
            failed = {item["itemIdentifier"] for item in self.invoke(door, {"Records": records})["batchItemFailures"]}
        except Killed:
            self.doors.pop(door, None)
            return len(messages)
        for record in records:
            if record["messageId"] not in failed:
                clients.sqs().delete_message(QueueUrl=url, ReceiptHandle=record["receiptHandle"])
        return len(messages)

    def pump_only(self, door: str) -> None:
        """Hand every visible message of one queue to its door."""
        queue = next(queue for queue, name in QUEUES.items() if name == door)
        while self._pump(queue, door):
            pass

    def forget(self) -> None:
        """Every process starts anew: nothing that was read is remembered."""
        self.doors.clear()
        secrets.forget()
        directory.forget()

    def settle(self, minutes: int = 30, quiet_minutes: int = 8) -> None:
        """Pump, watch and let time pass until nothing moved for longer than any lease or visibility lasts."""
        until = self.now + timedelta(minutes=minutes)
        quiet = timedelta()
        while self.now < until:
            if self.pump():
                quiet = timedelta()
                continue
            if quiet >= timedelta(minutes=quiet_minutes):
                return
            self.now += STEP
            quiet += STEP
            try:
                self.invoke("keep_watch", {})
            except Killed:
                self.doors.pop("keep_watch", None)
            except Unavailable:
                continue  # the next tick is the retry

    # --- what there is to see ---

    @property
    def journal(self) -> Journal:
        tables = self.stack.tables()
        return Journal(
            clients.dynamodb(), tables["JournalTable"], tables["TextTable"], tables["CounterTable"], uuid.uuid4().hex
        )

    def head(self, community: str, name: str, account: str, object_id: str) -> Head | None:
        return self.journal.read([keys.head(community, name, account, object_id)]).head(
            community, name, account, object_id
        )

    def kept(self, number: int = 1) -> Head:
        """What is kept of a `comment` of the page that was heard."""
        head = self.head("garance", "facebook", PAGE, f"1_{number}")
        assert head is not None
        return head

    def counters(self) -> dict[str, int]:
        """Every live counter, summed over spaces, hours and environments."""
        total: dict[str, int] = {}
        for item in clients.dynamodb().scan(TableName=self.stack.tables()["CounterTable"])["Items"]:
            for name, value in item.items():
                if "." in name and int(value["N"]):
                    total[name] = total.get(name, 0) + int(value["N"])
        return total

    def calls_of(self, community: str) -> list[Call]:
        """Everybody who was called, or is to be."""
        table = self.stack.tables()["JournalTable"]
        items = clients.dynamodb().scan(TableName=table)["Items"]
        names = sorted(item["id"]["S"] for item in items if item["sk"]["S"] == "call")
        return [call for name in names if (call := self.journal.load_call(community, name))]

    def send(self, call: HttpCall, _seconds: float) -> HttpAnswer:
        """The wire between perform_action and the twins."""
        return self.calls.around(
            f"{call.method} {call.url.split('?', maxsplit=1)[0]}",
            lambda: self._send(call),
            lambda: NotSent("planted"),
            lambda: PerhapsSent("planted"),
            lambda: HttpAnswer(HTTPStatus.TOO_MANY_REQUESTS, {"retry-after": "60"}, b'{"error": {"code": 4}}'),
        )

    def _send(self, call: HttpCall) -> HttpAnswer:
        host, _, rest = call.url.removeprefix("http://").partition("/")
        if host.startswith("127.0.0.1"):
            self.rung.append(json.loads(call.body or b"{}"))
            return HttpAnswer(200, {}, b"ok")
        path, _, query = rest.partition("?")
        pairs = dict(parse_qsl(query, keep_blank_values=True))
        headers = {name.lower(): value for name, value in call.headers.items()}
        answer = self.twins[host.removesuffix(".test")].handle(
            TwinRequest(call.method, "/" + path, headers, call.body or b"", self.now, pairs)
        )
        if answer.fate is not Fate.ANSWER:
            raise PerhapsSent(answer.fate)
        return HttpAnswer(answer.status, {name.lower(): value for name, value in answer.headers.items()}, answer.body)


@cache
def _configuration(mode: str, more: str) -> Configuration:
    return read(CONFIGURATION.replace("mode: act", f"mode: {mode}") + more.lstrip("\n"), file="world")


def throttled(operation: str) -> Any:
    """What AWS says when it is too much; a transaction is then cancelled, and botocore does not try it again."""
    if operation == "TransactWriteItems":
        answer: Any = {
            "Error": {"Code": "TransactionCanceledException"},
            "CancellationReasons": [{"Code": "TransactionConflict"}],
        }
        raise ClientError(answer, operation)
    raise ClientError({"Error": {"Code": "ThrottlingException"}}, operation)


@contextmanager
def living(world: World) -> Iterator[World]:
    """The world with its clock, its wire and its counted calls in place."""
    original = botocore.client.BaseClient._make_api_call
    wire = web.send

    def counted(self: Any, operation: str, request: Any) -> Any:
        return world.calls.around(
            operation,
            lambda: original(self, operation, request),
            lambda: ClientError({"Error": {"Code": "InternalServerError"}}, operation),
            lambda: ReadTimeoutError(endpoint_url="http://aws.test"),
            partial(throttled, operation),
        )

    botocore.client.BaseClient._make_api_call = counted
    web.send = world.send
    clock.follow(lambda: world.now)
    try:
        yield world
    finally:
        botocore.client.BaseClient._make_api_call = original
        web.send = wire
        clock.follow(lambda: datetime.now(UTC))
