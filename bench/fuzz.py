"""What a stranger can make receive_webhook do: mutated deliveries of every platform through the real handler.

Each case starts from a recorded delivery. Its body is changed or not, signed with a secret that is ours or not by the
scheme of its platform or of another, changed again or not; headers are spoilt, the envelope of the gateway is twisted.
What must come out is known beforehand: an oracle of its own, written from the platforms' documentation with the
standard library, looks at the bytes as they are sent and says which statuses may be answered. Only the three AWS
clients are replaced, by memory; the clock stands still. The same seed gives the same cases, and a case is found again
by its number.
"""

import argparse
import base64
import gc
import hmac
import importlib.util
import io
import json
import logging
import os
import random
import re
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, redirect_stdout
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from unittest.mock import patch

from bench.seals import META, SILENT, WAYS, mac, sealed, text
from tribune import clock, telemetry
from tribune.aws import clients, directory, secrets
from tribune.errors import UnreadableBody
from tribune.platforms import PLATFORMS
from tribune.platforms.body import parse

ROOT = Path(__file__).resolve().parents[1]
RECORDED = ROOT / "events" / "webhooks"
SEED = 2026
NOW = datetime(2026, 9, 1, 9, 0, 5, tzinfo=UTC)
ALLOWED = frozenset({200, 400, 401, 403, 404, 413})
MOST_CPU_MS = 50.0
AGAIN = 5
"""How often a case over MOST_CPU_MS is measured again: a neighbour's cache or a page of memory is not its own doing."""
MOST_BODY = 1024 * 1024
WINDOW = timedelta(seconds=300)
MOST_SIGNATURES = 16
"""Nobody rotates through more secrets at once; the specification names no number."""
CANARY = "polichinelle tient un secret 0123456789"
"""A text that stands in bodies and headers, and must stand nowhere else."""

CURRENT, PREVIOUS, TOKEN, GUESSED = (
    "whsec_" + base64.b64encode(f"the fuzzer's {name} secret, 32 bytes".encode()).decode()
    for name in ("current", "previous", "token", "guessed")
)

type Dice = random.Random
type Headers = dict[str, str]


# --- the oracle: who speaks, by the platforms' documentation ---


def authentic(platform: str, headers: Mapping[str, str], body: bytes) -> bool:
    """Is that what the platform sends with this body, under one of the two secrets, now?"""
    way = WAYS[platform]
    if way in SILENT:
        return False
    if way == "standard":
        return _authentic_standard(headers, body)
    given = dict(headers)
    if way == "linkedin":  # "tolerate it also in the header value"
        given["x-li-signature"] = given.get("x-li-signature", "").removeprefix("hmacsha256=")
    wanted = [sealed(way, body, secret, NOW) for secret in (CURRENT, PREVIOUS)]
    return any(all(given.get(name) == value for name, value in one.items()) for one in wanted)


def _authentic_standard(headers: Mapping[str, str], body: bytes) -> bool:
    identity, stamp = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    if not re.fullmatch(r"[\x21-\x2d\x2f-\x7e]{1,256}", identity) or not re.fullmatch(r"[0-9]{10}", stamp):
        return False
    at = datetime.fromtimestamp(int(stamp), UTC)
    listed = headers.get("webhook-signature", "").split(" ")
    right = {sealed("standard", body, secret, at, identity)["webhook-signature"] for secret in (CURRENT, PREVIOUS)}
    return abs(at - NOW) <= WINDOW and len(listed) <= MOST_SIGNATURES and bool(right & set(listed))


@dataclass(frozen=True, slots=True)
class Expected:
    """What may be answered: the statuses; the body, where it is known; whether anything may be kept."""

    statuses: frozenset[int]
    body: str | None = None
    genuine: bool = False


def expected(event: Mapping[str, Any]) -> Expected:
    """What the documentation says of an event, whoever made it."""
    path, method = event["pathParameters"], event["requestContext"]["http"]["method"]
    try:
        body = _raw(event)
    except ValueError:
        return Expected(frozenset({400}))
    if len(body) > MOST_BODY:
        return Expected(frozenset({413}))
    if path["platform"] not in PLATFORMS or path.get("channel", "main") != "main":
        return Expected(frozenset({404}))
    greeted = _greeted(path["platform"], event.get("queryStringParameters") or {}) if method == "GET" else None
    if greeted is not None:
        return greeted
    headers = {name.lower(): value for name, value in (event["headers"] or {}).items()}
    if authentic(path["platform"], headers, body):
        return Expected(frozenset({200, 400, 413}), genuine=True)
    return Expected(frozenset({401}))


def _raw(event: Mapping[str, Any]) -> bytes:
    body = event["body"] or ""
    raw: bytes = base64.b64decode(body, validate=True) if event["isBase64Encoded"] else body.encode()
    return raw


def _greeted(platform: str, query: Mapping[str, str]) -> Expected | None:
    """A subscription check; None when it is none. What X and LinkedIn ask, anybody may ask: it must prove nothing else."""
    refused = Expected(frozenset({403}))
    if platform in META and "hub.mode" in query:
        challenge = query.get("hub.challenge", "")
        known = query["hub.mode"] == "subscribe" and query.get("hub.verify_token") == TOKEN
        harmless = re.fullmatch(r"[A-Za-z0-9]{1,256}", challenge) is not None
        return Expected(frozenset({200}), challenge) if known and harmless else refused
    if platform == "x" and "crc_token" in query:
        token = query["crc_token"]
        if not re.fullmatch(r"[A-Za-z0-9._~+/=-]{1,256}", token):
            return refused
        answer = "sha256=" + text(mac(CURRENT.encode(), token.encode()))
        return Expected(frozenset({200}), json.dumps({"response_token": answer}))
    if platform == "linkedin" and "challengeCode" in query:
        code = query["challengeCode"]
        if not re.fullmatch(r"[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}", code):
            return refused
        response = mac(CURRENT.encode(), code.encode()).hex()
        return Expected(frozenset({200}), json.dumps({"challengeCode": code, "challengeResponse": response}))
    return None


# --- the cases ---


@dataclass(frozen=True, slots=True)
class Recording:
    """A recorded delivery, as its platform writes it and as others would."""

    platform: str
    value: Any
    forms: tuple[bytes, ...]
    words: tuple[str, ...]
    """What people wrote and are called in it: never to be logged."""


@cache
def recordings() -> tuple[Recording, ...]:
    """Everything in `events/webhooks`."""
    found = []
    for file in sorted(RECORDED.glob("*.json")):
        value = json.loads(file.read_text(encoding="utf-8"))["body"]
        escaped = json.dumps(value, separators=(",", ":")).replace("/", "\\/").encode()
        forms = (escaped, json.dumps(value).encode(), json.dumps(value, ensure_ascii=False).encode("utf-8", "replace"))
        words = tuple({leaf for leaf in _leaves(value) if isinstance(leaf, str) and " " in leaf and len(leaf) > 7})  # noqa: PLR2004  longer than any word of ours
        found.append(Recording(file.stem.partition("__")[0], value, forms, words))
    return tuple(found)


def _leaves(value: Any) -> Iterator[Any]:
    if isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _leaves(inner)
    else:
        yield value


def case(number: int, seed: int = SEED) -> tuple[Recording, dict[str, Any]]:
    """The case of that number: what it is made from, and the event of the gateway."""
    dice = random.Random(f"{seed} {number}")  # noqa: S311  a simulation, not a secret
    recording = dice.choice(recordings())
    body = dice.choice(recording.forms)
    if _happens(dice, 0.55):
        body = _mutated(recording, body, dice)
    way = WAYS[recording.platform] if _happens(dice, 0.92) else dice.choice(list(WAYS.values()))
    secret = dice.choices((CURRENT, PREVIOUS, GUESSED, TOKEN, ""), (70, 12, 10, 6, 2))[0]
    at = NOW + timedelta(seconds=dice.choice((0, 0, 0, 0, -300, 300, -301, 301, -86400)))
    headers = sealed(way, body, secret, at)
    if _happens(dice, 0.2):
        body = _mutated(recording, body, dice)
    if _happens(dice, 0.25):
        headers = dice.choice(HEADERS)(headers, body, dice)
    event = {
        "requestContext": {"http": {"method": "POST"}},
        "pathParameters": {"platform": recording.platform, "channel": "main"},
        "headers": {"content-type": "application/json", "user-agent": CANARY, **headers},
        "queryStringParameters": {},
        "body": base64.b64encode(body).decode(),
        "isBase64Encoded": True,
    }
    if _happens(dice, 0.15):
        dice.choice(ENVELOPES)(event, body, dice)
    return recording, event


def _happens(dice: Dice, probability: float) -> bool:
    return dice.random() < probability


def _mutated(recording: Recording, body: bytes, dice: Dice) -> bytes:
    if _happens(dice, 0.004):
        return dice.choice(LARGE)(recording.value, dice)
    structured = _happens(dice, 0.5)
    for _ in range(dice.choice((1, 1, 1, 2, 5))):
        body = _restructured(body, dice) if structured else dice.choice(BYTES)(body, dice)
    return body


WEIRD: Sequence[Any] = (
    None, True, -1, 0, 1.5, 2**63, 10**19, 10**30, 1e308, float("nan"), float("inf"), "", " ", "0", "-1", "é" * 300,
    "\ud83d", "\x00", "\uffff", "a" * 5000, "../../me?x=1#", "urn:li:comment:(a,b)", "2026-13-45T99:99:99Z", CANARY,
    [], {}, [[]], [None], [{}], {"": ""}, {"id": {"id": {"id": 1}}}, list(range(300)),
)  # fmt: skip


def _restructured(body: bytes, dice: Dice) -> bytes:
    """One node of the JSON replaced, left out, named otherwise, wrapped or repeated; then written anew."""
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        return dice.choice(BYTES)(body, dice)
    held = {"body": value}
    holder, key = dice.choice(list(_places(held)))
    match dice.randrange(6):
        case 0 | 1:
            holder[key] = dice.choice(WEIRD)
        case 2 if holder is not held:
            del holder[key]
        case 3 if isinstance(holder, dict) and holder is not held:
            holder[dice.choice((key.upper(), key + " ", "id", "", CANARY))] = holder.pop(key)
        case 4:
            holder[key] = dice.choice(([holder[key]], {"value": holder[key]}, [holder[key]] * 40, str(holder[key])))
        case _:
            holder[key] = _deep(holder[key], dice.choice((5, 39, 60)))
    return json.dumps(held["body"], ensure_ascii=_happens(dice, 0.5)).encode("utf-8", "surrogatepass")


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    for key in list(value) if isinstance(value, dict) else range(len(value)):
        yield value, key
        if isinstance(value[key], dict | list):
            yield from _places(value[key])


def _deep(value: Any, depth: int) -> Any:
    for _ in range(depth):
        value = [value]
    return value


def _flip(body: bytes, dice: Dice) -> bytes:
    at = dice.randrange(max(len(body), 1))
    return body[:at] + bytes([(*body[at : at + 1], 0)[0] ^ (1 << dice.randrange(8))]) + body[at + 1 :]


def _insert(body: bytes, dice: Dice) -> bytes:
    at = dice.randrange(len(body) + 1)
    return body[:at] + dice.choice(PIECES) + body[at:]


def _drop(body: bytes, dice: Dice) -> bytes:
    at = dice.randrange(len(body) + 1)
    return body[:at] + body[at + dice.choice((1, 1, 2, 20)) :]


def _twice(body: bytes, dice: Dice) -> bytes:
    at, length = dice.randrange(len(body) + 1), dice.choice((1, 10, 100))
    return body[:at] + body[at : at + length] * 2 + body[at + length :]


PIECES = (
    b'"', b"\\", b"{", b"}", b"[", b"]", b",", b":", b"0", b"-", b"e", b" ", b"\n", b"\x00", b"\x1b", b"\x7f", b"\xff",
    b"\xc3\xa9", b"\xed\xa0\xbd", b"\xef\xbb\xbf", b"\\ud83d", b"\\u0000", b'"id":1,', b'"entry":[],', b"NaN", b"9" * 30,
    b"[" * 200, b"/*" + CANARY.encode() + b"*/",
)  # fmt: skip
BYTES: Sequence[Callable[[bytes, Dice], bytes]] = (
    _flip,
    _flip,
    _insert,
    _insert,
    _drop,
    _twice,
    lambda body, dice: body[: dice.randrange(len(body) + 1)],
    lambda body, dice: body + dice.choice(PIECES),
    lambda body, dice: dice.choice(PIECES) + body,
    lambda body, _: body[::-1],
    lambda body, _: body.decode("utf-8", "replace").encode("utf-16"),
    lambda body, dice: dice.choice((b"", b" ", b"null", b"0", b'""', b"[]", b"{}", CANARY.encode(), body * 2)),
)


def _one_list_filled(value: Any, dice: Dice) -> bytes:
    """As many of its own events as fit."""
    copy = json.loads(json.dumps(value))
    lists = [holder[key] for holder, key in _places({"body": copy}) if isinstance(holder[key], list) and holder[key]]
    one = len(json.dumps(value)) + 2
    if not lists:
        return json.dumps([copy] * (MOST_BODY // one)).encode()
    chosen = dice.choice(lists)
    chosen *= (MOST_BODY - one) // len(json.dumps(chosen))
    return json.dumps(copy).encode()


def _filled(piece: bytes, dice: Dice) -> bytes:
    room = MOST_BODY - dice.choice((-1, 0, 1, 20_000, 500_000))
    return b"[" + piece * ((room - 3) // len(piece)) + b"0]"


LARGE: Sequence[Callable[[Any, Dice], bytes]] = (
    _one_list_filled,
    _one_list_filled,
    _one_list_filled,
    lambda value, dice: json.dumps(value).encode().ljust(MOST_BODY + dice.choice((-1, 0, 1, 5000))),
    lambda value, dice: json.dumps({"object": dice.choice(("page", "é"))} | {"pad": ["," * 1000, "é[{" * 300] * 200, "body": value}).encode(),
    lambda _, dice: dice.choice((b"[", b"{", b'"', b"\\", b'{"a":', b"9", b"-", b" ")) * MOST_BODY,
    lambda _, dice: _filled(dice.choice((b"0,", b"{},", b'"",', b'{"a":1},', b"1.5,", b'"\\u0000[",', b"[[]],")), dice),
    lambda _, __: b"{" + b",".join(b'"%d":0' % number for number in range(80_000)) + b"}",
)  # fmt: skip


# --- headers ---


def _spoilt(headers: Headers, _body: bytes, dice: Dice) -> Headers:
    """One of the headers, changed a little."""
    if not headers:
        return {"x-hub-signature-256": CANARY}
    name = dice.choice(list(headers))
    value = headers[name]
    at = dice.randrange(len(value) + 1)
    changed = dice.choice(
        (
            "", value[:-1], value + "A", value + "\n", " " + value, value.swapcase(), value.upper(), value.lower(),
            value + "é", "é" + value, value[:at] + "\u0661" + value[at:], value[::-1], value * 2, value * 500,
            value.partition("=")[2], value.partition(",")[2], "sha256=" + value, "v1," + value, value + " " + value,
            "v2," + value + " " + value, "v1,AAAA " * 20 + value, value + " v1," + "A" * 43 + "=", "0", CANARY,
            value[:at] + chr(dice.randrange(1, 0x2FF)) + value[at + 1 :],
        )
    )  # fmt: skip
    return {**headers, name: changed}


def _missing(headers: Headers, _body: bytes, dice: Dice) -> Headers:
    gone = dice.choice([*headers, ""])
    return {name: value for name, value in headers.items() if name != gone} if _happens(dice, 0.7) else {}


def _sha1(_headers: Headers, body: bytes, dice: Dice) -> Headers:
    """The legacy header of Meta, with the right secret."""
    digest = hmac.new(CURRENT.encode(), body, "sha1").hexdigest()
    return {dice.choice(("x-hub-signature", "x-hub-signature-256")): dice.choice(("sha1=", "sha256=")) + digest}


def _other_strings(_headers: Headers, body: bytes, dice: Dice) -> Headers:
    """The right secret over something else than what is signed, in each platform's header."""
    secret = CURRENT.encode()
    signed = dice.choice((body + b"\n", b"hmacsha256=" + body, body.strip(), b"", b"msg_1." + body, body.upper()))
    digest = mac(secret, signed)
    return {
        "x-hub-signature-256": f"sha256={digest.hex()}",
        "x-li-signature": mac(secret, body).hex(),
        "x-twitter-webhooks-signature": f"sha256={digest.hex()}",
        "x-line-signature": digest.hex(),
        "x-telegram-bot-api-secret-token": digest.hex(),
        "webhook-id": "msg_1",
        "webhook-timestamp": str(int(NOW.timestamp())),
        "webhook-signature": f"v1,{text(digest)}",
    }


def _renamed(headers: Headers, _body: bytes, dice: Dice) -> Headers:
    """Names of headers have no case."""
    change = dice.choice((str.upper, str.title, str.swapcase))
    return {change(name): value for name, value in headers.items()}


def _prefixed(headers: Headers, _body: bytes, _dice: Dice) -> Headers:
    """LinkedIn's prefix in the header itself."""
    return {name: f"hmacsha256={value}" for name, value in headers.items()}


HEADERS: Sequence[Callable[[Headers, bytes, Dice], Headers]] = (
    *[_spoilt] * 6, _missing, _sha1, _other_strings, _renamed, _prefixed
)  # fmt: skip


# --- the gateway's envelope ---


def _elsewhere(event: dict[str, Any], _body: bytes, dice: Dice) -> None:
    paths: Sequence[dict[str, str]] = (
        {"platform": "myspace"}, {"platform": ""}, {"platform": "Facebook"}, {"platform": "signatures"},
        {"platform": "__init__"}, {"platform": "../act"}, {"platform": "é" * 100}, {"platform": dice.choice(list(PLATFORMS))},
        {"channel": "shop"}, {"channel": ""}, {"channel": "../act/main"}, {"channel": "MAIN"}, {"channel": "m" * 65},
        {"channel": f"c{dice.randrange(10**9)}"}, {"channel": "main\n"}, {"channel": "\u0661"},
    )  # fmt: skip
    event["pathParameters"] |= dice.choice(paths)


def _in_the_clear(event: dict[str, Any], body: bytes, dice: Dice) -> None:
    """Not base64; or said to be and not."""
    event["body"], event["isBase64Encoded"] = body.decode("utf-8", "replace"), _happens(dice, 0.3)
    if _happens(dice, 0.2):
        event["body"] += dice.choice(("\ud83d", "é", "=", "\x00"))


def _nothing(event: dict[str, Any], _body: bytes, dice: Dice) -> None:
    for name in dice.sample(("body", "headers", "queryStringParameters"), dice.randrange(1, 4)):
        event[name] = None


def _another_method(event: dict[str, Any], _body: bytes, dice: Dice) -> None:
    event["requestContext"] = {"http": {"method": dice.choice(("GET", "PUT", "DELETE", "HEAD", "OPTIONS", "get", ""))}}


def _check(event: dict[str, Any], body: bytes, dice: Dice) -> None:
    """A subscription check, true or not; also one that would have us sign a body for a stranger."""
    said = body.decode("utf-8", "replace")[: dice.choice((200, 10**6))]
    token = dice.choice((TOKEN, TOKEN, TOKEN, TOKEN.lower(), GUESSED, "", "é", TOKEN + " ", CURRENT))
    code = f"{dice.getrandbits(128):032x}"
    uuid = f"{code[:8]}-{code[8:12]}-{code[12:16]}-{code[16:20]}-{code[20:]}"
    queries: Sequence[dict[str, str]] = (
        {"hub.mode": "subscribe", "hub.challenge": "1158201444", "hub.verify_token": token},
        {"hub.mode": dice.choice(("subscribe", "unsubscribe", "")), "hub.challenge": said, "hub.verify_token": token},
        {"hub.mode": "subscribe", "hub.challenge": "<script>alert(1)</script>", "hub.verify_token": TOKEN},
        {"hub.mode": "subscribe", "hub.challenge": "a" * 300, "hub.verify_token": TOKEN},
        {"hub.mode": "subscribe"},
        {"crc_token": dice.choice((code, uuid, said, "", "é", "a b", "\n", code + "\n", "a" * 257, '{"data":{}}'))},
        {"challengeCode": dice.choice((uuid, uuid, uuid.upper(), code, said, "", "é", uuid + "\n", "hmacsha256=" + said))},
        {"crc_token": code, "challengeCode": uuid, "hub.mode": "subscribe", "nonce": CANARY},
    )  # fmt: skip
    event["requestContext"] = {"http": {"method": "GET"}}
    event["queryStringParameters"] = dice.choice(queries)
    if _happens(dice, 0.7):
        asked = next(iter(event["queryStringParameters"]))
        event["pathParameters"]["platform"] = {"crc_token": "x", "challengeCode": "linkedin"}.get(
            asked, dice.choice(META)
        )


ENVELOPES: Sequence[Callable[[dict[str, Any], bytes, Dice], None]] = (
    _elsewhere, _in_the_clear, _in_the_clear, _nothing, _another_method, _check, _check
)  # fmt: skip


# --- the receiver, with memory where AWS would be ---

_NO_QUEUE_TAKES = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that SQS refuses, and a whole batch with them."""
MOST_ENTRIES = 10


@dataclass
class Sqs:
    """A queue that keeps the batches of one delivery."""

    batches: list[Sequence[Mapping[str, str]]] = field(default_factory=list)

    def send_message_batch(self, *, QueueUrl: str, Entries: Sequence[Mapping[str, str]]) -> dict[str, Any]:  # noqa: ARG002, N803  botocore's names
        """Take a batch."""
        self.batches.append(Entries)
        return {}

    def taken(self) -> tuple[int, bool]:
        """How many messages came since it was last asked, and whether SQS would have taken each of their batches."""
        count, good = sum(map(len, self.batches)), all(map(_is_taken, self.batches))
        self.batches.clear()
        return count, good


def _is_taken(batch: Sequence[Mapping[str, str]]) -> bool:
    bodies = [entry["MessageBody"] for entry in batch]
    return (
        len(bodies) <= MOST_ENTRIES
        and sum(len(body.encode()) for body in bodies) <= MOST_BODY
        and not any(map(_NO_QUEUE_TAKES.search, bodies))
    )


class Ssm:
    """The secrets of one channel of each platform."""

    class exceptions:  # noqa: N801  botocore's name
        """As botocore's clients carry them."""

        ParameterNotFound = KeyError

    def get_parameter(self, *, Name: str, WithDecryption: bool) -> dict[str, Any]:  # noqa: ARG002, N803  botocore's names
        """What is stored under a name."""
        platform, channel = Name.removeprefix("/tribune/fuzz/verify/").split("/")
        if platform not in PLATFORMS or channel != "main":
            raise KeyError(Name)
        values = {"current": CURRENT, "previous": PREVIOUS, "token": TOKEN}
        return {"Parameter": {"Value": json.dumps(values)}}


@dataclass
class Dynamodb:
    """The accounts: every one that a recorded delivery speaks of is ours."""

    accounts: Mapping[str, Any]

    def get_item(self, *, TableName: str, Key: Mapping[str, Any]) -> dict[str, Any]:  # noqa: ARG002, N803  botocore's names
        """The same accounts on every channel."""
        return {"Item": {"accounts": {"M": self.accounts}}}


def _accounts() -> dict[str, Any]:
    named = set()
    for recording in recordings():
        try:
            named |= {item.account for item in PLATFORMS[recording.platform].split(parse(recording.forms[0]))}
        except UnreadableBody:
            continue  # what is polled is never split
    return {name: {"M": {"community": {"S": "garance"}, "space": {"S": f"at-{name}"}}} for name in sorted(named)}


class Printed(io.StringIO):
    """Everything that was printed or logged since it was last asked."""

    def taken(self) -> str:
        """What there is, and forget it."""
        text = self.getvalue()
        self.seek(0)
        self.truncate()
        return text


class _Records(logging.Handler):
    """Each log record with all that it carries."""

    def __init__(self, printed: Printed) -> None:
        super().__init__()
        self._printed = printed

    def emit(self, record: logging.LogRecord) -> None:
        self._printed.write(str(vars(record)))


@dataclass
class Receiver:
    """The door, what it kept and what it printed."""

    handler: Callable[[dict[str, Any], object], dict[str, Any]]
    sqs: Sqs
    printed: Printed


@contextmanager
def receiver() -> Iterator[Receiver]:
    """functions/receive_webhook as Lambda loads it, over memory."""
    settings = {
        "STAGE": "fuzz",
        "INBOX_QUEUE_URL": "inbox",
        "LOOKUPS_QUEUE_URL": "lookups",
        "COMMUNITY_TABLE": "community",
        "POWERTOOLS_SERVICE_NAME": "tribune-fuzz",
    }
    sqs, printed = Sqs(), Printed()
    ssm, dynamodb = Ssm(), Dynamodb(_accounts())
    records = _Records(printed)
    with ExitStack() as stack:
        stack.enter_context(patch.dict(os.environ, settings))
        stack.enter_context(redirect_stdout(printed))
        for name, client in (("sqs", sqs), ("ssm", ssm), ("dynamodb", dynamodb)):
            stack.enter_context(patch.object(clients, name, lambda client=client: client))
        stack.callback(clock.follow, clock.system)
        clock.follow(lambda: NOW)
        for forget in (secrets.forget, directory.forget):
            forget()
            stack.callback(forget)
        # A logger of this run, which prints where this run looks.
        telemetry.logger.cache_clear()
        stack.callback(telemetry.logger.cache_clear)
        telemetry.logger().addHandler(records)
        stack.callback(logging.getLogger(settings["POWERTOOLS_SERVICE_NAME"]).removeHandler, records)
        spec = importlib.util.spec_from_file_location("fuzzed", ROOT / "functions" / "receive_webhook" / "app.py")
        if spec is None or spec.loader is None:
            raise FileNotFoundError("functions/receive_webhook/app.py")
        door = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(door)
        yield Receiver(door.handler, sqs, printed)


# --- the run ---


@dataclass
class Row:
    """What came out for one platform."""

    statuses: Counter[int] = field(default_factory=Counter)
    genuine: int = 0
    kept: int = 0
    worst_ms: float = 0.0
    worst_case: int = -1


@dataclass
class Fuzzed:
    """A run: a row a platform, and each case in which something did not hold, as a sentence."""

    rows: dict[str, Row] = field(default_factory=lambda: {name: Row() for name in PLATFORMS})
    failures: list[str] = field(default_factory=list)


def run(cases: Sequence[int], seed: int = SEED) -> Fuzzed:
    """Every case through the door."""
    fuzzed = Fuzzed()
    with receiver() as door:
        for number in cases:
            recording, event = case(number, seed)
            fuzzed.failures += [f"case {number} ({recording.platform}): {wrong}" for wrong in _judge(door, number, recording, event, fuzzed)]  # fmt: skip
    return fuzzed


def _judge(door: Receiver, number: int, recording: Recording, event: dict[str, Any], fuzzed: Fuzzed) -> Iterator[str]:
    wanted, row = expected(event), fuzzed.rows[recording.platform]
    try:
        answer, spent_ms = _timed(door, event)
    except Exception as error:  # noqa: BLE001  whatever escapes is a 500 out there, and this run is about to find it
        door.printed.taken(), door.sqs.taken()
        yield f"{type(error).__name__} escaped"
        return
    status, printed, (kept, good) = answer["statusCode"], door.printed.taken(), door.sqs.taken()
    for _ in range(AGAIN if spent_ms > MOST_CPU_MS else 0):
        spent_ms = min(spent_ms, _timed(door, event)[1])
        door.sqs.taken()
    row.statuses[status] += 1
    row.genuine += wanted.genuine
    row.kept += kept
    if spent_ms > row.worst_ms:
        row.worst_ms, row.worst_case = spent_ms, number
    if status not in wanted.statuses:
        yield f"answered {status} instead of {', '.join(map(str, sorted(wanted.statuses)))}"
    if not good:
        yield "sent what no queue takes"
    if kept and not wanted.genuine:
        yield f"kept {kept} items of a stranger"
    if wanted.body is not None and answer["body"] != wanted.body:
        yield "a subscription check was answered otherwise than documented"
    if spent_ms > MOST_CPU_MS:
        yield f"took {spent_ms:.1f} ms"
    if any(secret in printed for secret in _never_printed(recording, event)):
        yield "something private was logged"


def _timed(door: Receiver, event: dict[str, Any]) -> tuple[dict[str, Any], float]:
    began = time.thread_time_ns()
    answer = door.handler(event, None)
    return answer, (time.thread_time_ns() - began) / 1e6


def _never_printed(recording: Recording, event: Mapping[str, Any]) -> Iterator[str]:
    yield from (CURRENT, PREVIOUS, TOKEN, GUESSED, CANARY)
    yield from recording.words
    yield from (value for value in (event["headers"] or {}).values() if len(value) > 30)  # noqa: PLR2004  a signature


def table(fuzzed: Fuzzed) -> Iterator[str]:
    """The run, platform by platform."""
    statuses = sorted(ALLOWED | {status for row in fuzzed.rows.values() for status in row.statuses})
    heads = "".join(f"{status:>8}" for status in statuses)
    yield f"{'':10}{'cases':>8}{'genuine':>9}{heads}{'kept':>9}{'worst CPU':>12}"
    for name, row in fuzzed.rows.items():
        counts = "".join(f"{row.statuses[status]:8}" for status in statuses)
        yield (
            f"{name:10}{row.statuses.total():8}{row.genuine:9}{counts}{row.kept:9}{row.worst_ms:9.2f} ms"
            f"  case {row.worst_case}"
        )
    whole = sum((row.statuses for row in fuzzed.rows.values()), Counter[int]())
    counts = "".join(f"{whole[status]:8}" for status in statuses)
    genuine, kept = (sum(getattr(row, name) for row in fuzzed.rows.values()) for name in ("genuine", "kept"))
    worst = max(row.worst_ms for row in fuzzed.rows.values())
    yield f"{'all':10}{whole.total():8}{genuine:9}{counts}{kept:9}{worst:9.2f} ms"


def main() -> int:
    """Run, print the table, and fail when something did not hold."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("cases", type=int, nargs="?", default=200_000)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--case", type=int, help="only the case of this number")
    given = parser.parse_args()
    gc.freeze()
    began = time.monotonic()
    fuzzed = run(range(given.cases) if given.case is None else [given.case], given.seed)
    print("\n".join(table(fuzzed)))
    print("\n".join(fuzzed.failures[:50]))
    print(f"{len(fuzzed.failures)} failures; {time.monotonic() - began:.0f} s")
    return 1 if fuzzed.failures else 0


if __name__ == "__main__":
    sys.exit(main())
