"""`tribune connect PLATFORM`: what it takes to connect a platform, and a signed trial against the stack that runs.

What it says is in `words/<language>/connect.yaml`; what it tries, a delivery that concerns nobody and the platform's
own subscription check, in `trials.yaml` beside this file. Secrets are read from where the functions read them.
"""

import http.client
import json
import ssl
import uuid
from argparse import Namespace
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode, urlsplit

import yaml

from local.running import running
from tribune import clock, words
from tribune.aws import clients, keys, secrets, stack
from tribune.errors import BadConfiguration, Unavailable
from tribune.platforms import PLATFORMS, platform

if TYPE_CHECKING:
    from mypy_boto3_ssm import SSMClient

TRIALS = Path(__file__).resolve().parent / "trials.yaml"
_WAIT_S = 10


@dataclass(frozen=True, slots=True)
class Trial:
    """One request, and what became of it."""

    what: str
    status: int
    well: bool


@dataclass(frozen=True, slots=True)
class _Target:
    """Where a stack listens and where its secrets are."""

    url: str
    stage: str
    ssm: "SSMClient"


def run(arguments: Namespace) -> int:
    """Say what it takes, try what can be tried; 0 when everything answers. Raises BadConfiguration, Unavailable."""
    name, channel = arguments.platform, arguments.channel
    if name not in PLATFORMS:
        raise BadConfiguration(f"the platforms are: {', '.join(PLATFORMS)}", field="PLATFORM")
    target = _target(arguments)
    say = words.table(words.spoken(arguments.lang), "connect")
    told = say["platforms"].get(name, {"needs": (), "secrets": {}, "webhook": ()})
    given = {purpose: _stored(target, purpose, name, channel) for purpose in ("verify", "act")}
    print(say["head"].format(title=platform(name).CARD.title), end="\n\n")
    _list(say["needs"], told["needs"])
    _list(
        say["secrets"],
        (
            f"{say['given'] if _has(given, field) else say['missing']} {field}: {meaning}"
            for field, meaning in told["secrets"].items()
        ),
    )
    path = name if channel == "main" else f"{name}/{channel}"
    addresses = {"url": "webhooks", "erasure": "erasure", "deauthorise": "deauthorise"}
    _list(
        say["webhook"],
        (
            step.format(**{key: f"{target.url}/{part}/{path}" for key, part in addresses.items()})
            for step in told["webhook"]
        ),
    )
    url = f"{target.url}/webhooks/{path}"
    print(say["test"].format(url=url))
    if not given["verify"]:
        print(say["unasked"].format(platform=name, channel=channel))
        return 1
    trials = list(tried(url, name, given["verify"], clock.now()))
    for trial in trials:
        print(say["ok" if trial.well else "bad"].format(what=say[trial.what], status=trial.status))
    well = all(trial.well for trial in trials)
    print(f"\n{say['done' if well else 'undone']}")
    return 0 if well else 1


def tried(url: str, name: str, verify: Mapping[str, str], now: datetime) -> Iterator[Trial]:
    """Deliver, signed and badly signed, and check the subscription, as the platform would. Raises Unavailable."""
    trial = _trials().get(name)
    if trial is None:
        return  # nothing is pushed
    body = json.dumps(trial["body"]).encode()
    for what, secret, right in (
        ("genuine", verify["current"], HTTPStatus.OK),
        ("forged", _another(verify["current"]), HTTPStatus.UNAUTHORIZED),
    ):
        headers = platform(name).sign(body, secret, now, f"trial_{uuid.uuid4().hex}")
        status = _request("POST", url, {"content-type": "application/json", **headers}, body)
        yield Trial(what, status, status == right)
    if "check" in trial:
        query = {key: value.format(token=verify.get("token", "")) for key, value in trial["check"].items()}
        status = _request("GET", f"{url}?{urlencode(query)}", {}, b"")
        yield Trial("handshake", status, status == HTTPStatus.OK)


@cache
def _trials() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(TRIALS.read_text(encoding="utf-8"))
    return found


def _another(secret: str) -> str:
    """A secret of the same shape that is not this one."""
    body = secret.removeprefix("whsec_")
    return secret.removesuffix(body) + ("B" if body.startswith("A") else "A") + body[1:]


def _request(method: str, url: str, headers: Mapping[str, str], body: bytes) -> int:
    parts = urlsplit(url)
    path = f"{parts.path}?{parts.query}" if parts.query else parts.path
    connection = (
        http.client.HTTPSConnection(parts.netloc, timeout=_WAIT_S, context=ssl.create_default_context())
        if parts.scheme == "https"
        else http.client.HTTPConnection(parts.netloc, timeout=_WAIT_S)
    )
    try:
        connection.request(method, path, body, dict(headers))
        return connection.getresponse().status
    except OSError as error:
        raise Unavailable(f"nobody answers at {parts.netloc}: {type(error).__name__}") from error
    finally:
        connection.close()


def _target(given: Namespace) -> _Target:
    if given.stage:
        return _Target(stack.address(given.stage), given.stage, clients.ssm())
    found = next((one for one in running() if given.port in (None, urlsplit(one["url"]).port)), None)
    if found is None:
        raise Unavailable("no stack runs on this machine: start `tribune serve`, or name a deployed one with --stage")
    environment = found["environment"]
    ssm = clients.beside("ssm", environment["AWS_ENDPOINT_URL"], environment["AWS_REGION"])
    return _Target(found["url"], found["stage"], ssm)


def _stored(target: _Target, purpose: str, name: str, channel: str) -> dict[str, str]:
    text = secrets.stored(keys.secret_path(target.stage, purpose, name, channel), target.ssm)
    return dict(json.loads(text)) if text else {}


def _has(given: Mapping[str, Mapping[str, str]], field: str) -> bool:
    purpose, _, name = field.partition(".")
    return bool(given.get(purpose, {}).get(name))


def _list(head: str, lines: Any) -> None:
    print(head)
    for line in lines:
        print(f"  - {line}")
    print()
