"""The twins' server: what a configuration would reach out there, on this machine instead.

Twins are made from the configuration, and the configuration is redirected to them before it is applied: no
request of the stack leaves the loopback.
"""

import json
import queue
import threading
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from http import HTTPStatus
from types import MappingProxyType
from typing import Any, TypedDict
from urllib.parse import parse_qsl, unquote, urlsplit

from local.configuration import Calls, ChannelSecrets, Configuration
from local.faults import Kills, When
from local.twins import Entry, Outbox, Twin, TwinAnswer, TwinRequest
from local.twins import Fate as TwinFate
from local.twins.carried import CarriedTwin, MailTwin, SmsTwin
from local.twins.facebook import FacebookTwin
from local.twins.generic import GenericTwin
from local.twins.instagram import InstagramTwin
from local.twins.line import LineTwin
from local.twins.line_calls import LineCallsTwin
from local.twins.linkedin import LinkedInTwin
from local.twins.mastodon import MastodonTwin
from local.twins.messenger import MessengerTwin
from local.twins.slack import SlackTwin
from local.twins.teams import TeamsTwin
from local.twins.telegram import TelegramTwin
from local.twins.telegram_calls import TelegramCallsTwin
from local.twins.threads import ThreadsTwin
from local.twins.wordpress import WordpressTwin
from local.twins.x import XTwin
from local.twins.youtube import YoutubeTwin
from local.wire import RESET, Fate, Reply, Request
from tribune.platforms import PLATFORMS

PREFIX = "/twins/"
CALLS = "CallManager"
ACTS = "PerformAction"
"""Only these two functions begin to talk to anybody: the one to persons, the other to platforms."""
_CARRIED: Mapping[str, str] = MappingProxyType({"ses.SendRawEmail": "email", "sns.Publish": "sms"})
"""Which twin brings to a person what AWS is given by a call."""

_FATES: Mapping[TwinFate, Fate] = MappingProxyType(
    {TwinFate.ANSWER: Fate.ANSWER, TwinFate.HANG: Fate.HANG, TwinFate.RESET: Fate.RESET}
)
LOOPBACK = "127.0.0.1"
_ADDRESS_OF: Mapping[str, str] = MappingProxyType(
    {"generic": "reply_url", "wordpress": "rest_url", "mastodon": "server"}
)
"""Which value of `act` says where a platform is reached."""
_HEARS_TOO: Mapping[str, tuple[str, ...]] = MappingProxyType({"facebook": ("messenger",), "instagram": ("messenger",)})
NO_TWIN = Reply(HTTPStatus.NOT_FOUND, b'{"message":"no such twin"}', {"Content-Type": "application/json"})


class ConsoleTwin:
    """The console: a call to the CM is shown on this machine."""

    name = "console"

    def __init__(self, outbox: Outbox) -> None:
        """`outbox`: where calls are written down."""
        self._outbox = outbox
        self._refuse = 0

    def handle(self, request: TwinRequest) -> TwinAnswer:
        """Take one call."""
        try:
            told = json.loads(request.body)
            to, text = str(told["to"]), f"{told['subject']}\n{told['text']}"
        except (ValueError, KeyError, TypeError):
            return TwinAnswer(HTTPStatus.BAD_REQUEST)
        status = HTTPStatus.SERVICE_UNAVAILABLE if self._refuse else HTTPStatus.NO_CONTENT
        self._refuse = max(0, self._refuse - 1)
        self._outbox.record(at=request.now, to=f"console:{to}", kind="call", status=status, text=text)
        return TwinAnswer(status)

    def fail(self, spec: object) -> None:
        """`{"mode": "500", "next": n}`: the next n calls are not taken; None ends it. Raises ValueError."""
        wanted = spec if isinstance(spec, Mapping) else {"mode": spec}
        times = wanted.get("next", 1)
        if wanted.get("mode") not in {None, "500"} or not isinstance(times, int):
            raise ValueError("fail: the console knows mode 500; next is a number")
        self._refuse = times if wanted.get("mode") else 0

    def hear(self, body: bytes, now: datetime) -> None:
        """Nothing is delivered in the console's name."""

    def echo(self, entry: Entry) -> bytes | None:  # noqa: ARG002  the twins' shape
        """The console tells us nothing."""
        return None


@dataclass(frozen=True, slots=True)
class _Echo:
    """What a platform pushes back about our own act, on the channel whose account acted."""

    platform: str
    channel: str
    body: bytes


@dataclass(frozen=True, slots=True)
class _Carrier:
    """A twin behind AWS."""

    twin: CarriedTwin
    now: Callable[[], datetime]
    look: Callable[[], None]

    def refusal(self, request: Request) -> Reply | None:
        answer = self.twin.refusal(self._asked(request))
        self.look()
        return Reply(answer.status, answer.body, answer.headers) if answer else None

    def took(self, request: Request) -> None:
        self.twin.took(self._asked(request))
        self.look()

    def _asked(self, request: Request) -> TwinRequest:
        return TwinRequest(request.method, request.path, {}, request.body, self.now())


class Hosting:
    """The twins of one configuration, their outbox, and what they push back."""

    def __init__(
        self,
        url: str,
        *,
        now: Callable[[], datetime],
        kills: Kills,
        kill: Callable[[str], None],
        seen: Callable[[Entry], None] = lambda _entry: None,
    ) -> None:
        """`url`: where `handle` is reachable; `kill(function)` kills it; `seen` hears of every entry of the outbox."""
        self._url, self._now = url, now
        self._kills, self._kill, self._seen = kills, kill, seen
        self._configuration: Configuration | None = None
        self.outbox = Outbox(self._community_of)
        self.twins: dict[str, Twin] = {}
        self._shown = 0
        self._lock = threading.Lock()
        self._echoes: queue.SimpleQueue[_Echo | None] = queue.SimpleQueue()
        self._owed = 0
        self._deliver: Callable[[str, Mapping[str, str], bytes], int] | None = None
        self._thread = threading.Thread(target=self._push_back, name="echoes", daemon=True)

    def host(self, configuration: Configuration) -> Configuration:
        """Make the twins of a configuration; the same configuration, pointed at them."""
        self._configuration = configuration
        outbox = self.outbox
        people = _people(configuration)
        twins: tuple[Twin, ...] = (
            *(
                twin(outbox, _tokens(configuration, twin.name), _app_secret(configuration, twin.name))
                for twin in (FacebookTwin, InstagramTwin, MessengerTwin, ThreadsTwin)
            ),
            LineTwin(outbox, _tokens(configuration, "line")),
            XTwin(outbox, _tokens(configuration, "x"), **_renewals(configuration, "x")),
            LinkedInTwin(outbox, _tokens(configuration, "linkedin"), **_renewals(configuration, "linkedin")),
            MastodonTwin(outbox, _tokens(configuration, "mastodon")),
            GenericTwin(outbox, tuple(c.act["secret"] for c in configuration.channels if "secret" in c.act)),
            TelegramTwin(outbox, _tokens(configuration, "telegram")),
            WordpressTwin(outbox, _pairs(configuration, "wordpress", "user", "password")),
            YoutubeTwin(outbox, _tokens(configuration, "youtube", "refresh_token")),
            SlackTwin(
                outbox,
                {f"/services/{person}": person for person in people},
                url=self._at("slack"),
                signing_secret=configuration.press.get("current", ""),
            ),
            TeamsTwin(outbox, {f"/workflows/{person}": person for person in people}),
            LineCallsTwin(outbox, _reached_by(configuration, "line")),
            TelegramCallsTwin(outbox, _reached_by(configuration, "telegram")),
            MailTwin(outbox),
            SmsTwin(outbox),
            ConsoleTwin(outbox),
        )
        self.twins = {twin.name: twin for twin in twins}
        return replace(
            configuration,
            channels=tuple(self._pointed_here(channel) for channel in configuration.channels),
            calls=Calls(
                configuration.calls
                | {f"{person}.slack": f"{self._at('slack')}/services/{person}" for person in people}
                | {f"{person}.teams": f"{self._at('teams')}/workflows/{person}" for person in people}
                | {f"{person}.console": self._at("console") for person in people}
                | {
                    f"{person}.{way}": f"{self._at(f'{way}-calls')} {_token(configuration, person, way)}"
                    for way in ("line", "telegram")
                    for person in people
                    if f"{person}.{way}" in configuration.calls
                }
            ),
        )

    def start(self, deliver: Callable[[str, Mapping[str, str], bytes], int]) -> None:
        """Push echoes through `deliver(path, headers, body)` from now on; it answers the HTTP status."""
        self._deliver = deliver
        self._thread.start()

    def stop(self) -> None:
        """Push nothing more."""
        if self._thread.is_alive():
            self._echoes.put(None)
            self._thread.join()

    def owed(self) -> int:
        """How many echoes are not delivered yet."""
        with self._lock:
            return self._owed

    def hear(self, platform: str, body: bytes) -> None:
        """A delivery is coming in that platform's name; Meta's private messages come beside the comments."""
        for name in (platform, *_HEARS_TOO.get(platform, ())):
            if twin := self.twins.get(name):
                twin.hear(body, self._now())

    def handle(self, request: Request) -> Reply:
        """One request to a twin: `/twins/<name>/…`."""
        name, _, rest = request.path.removeprefix(PREFIX).partition("/")
        twin = self.twins.get(name)
        if twin is None:
            return NO_TWIN
        function = ACTS if name in PLATFORMS else CALLS
        struck = self._kills.count(function)
        if struck is When.BEFORE:
            self._kill(function)
            return RESET
        answer = twin.handle(
            TwinRequest(
                method=request.method,
                path=unquote(f"/{rest}"),
                headers={key.lower(): value for key, value in request.headers},
                body=request.body,
                now=self._now(),
                query=dict(parse_qsl(request.query, keep_blank_values=True)),
            )
        )
        self._look()
        if struck is When.AFTER:
            self._kill(function)
            return RESET
        return Reply(answer.status, answer.body, answer.headers, _FATES[answer.fate])

    def carrier(self, call: str) -> "_Carrier | None":
        """Who brings to a person what AWS is given to send, None for any other call."""
        twin = self.twins.get(_CARRIED.get(call, ""))
        return _Carrier(twin, self._now, self._look) if isinstance(twin, CarriedTwin) else None

    def press(self, name: str, what: Mapping[str, Any]) -> int:
        """A person presses a button of a message; the status of our answer. Raises ValueError, in a sentence."""
        twin = self.twins.get(name)
        if not isinstance(twin, SlackTwin) or self._deliver is None:
            raise ValueError("press: only Slack has buttons")
        headers, body = twin.press(what, self._now())
        return self._deliver(f"/press/{name}", headers, body)

    def _look(self) -> None:
        """Show what is new in the outbox, and owe the echoes of it."""
        with self._lock:
            entries = self.outbox.entries[self._shown :]
            self._shown += len(entries)
        for entry in entries:
            self._seen(entry)
            twin = self.twins.get(entry.to)
            body = twin.echo(entry) if twin else None
            if body is not None:
                with self._lock:
                    self._owed += 1
                self._echoes.put(_Echo(entry.to, self._channel_of(entry.to, entry.account), body))

    def _push_back(self) -> None:
        while (echo := self._echoes.get()) is not None:
            try:
                self._send(echo)
            finally:
                with self._lock:
                    self._owed -= 1

    def _send(self, echo: _Echo) -> None:
        secret = next(
            (
                channel.verify["current"]
                for channel in (self._configuration.channels if self._configuration else ())
                if (channel.platform, channel.channel) == (echo.platform, echo.channel)
            ),
            None,
        )
        if secret is None or self._deliver is None:
            return
        headers = PLATFORMS[echo.platform].sign(echo.body, secret, self._now(), f"echo_{uuid.uuid4().hex}")
        self._deliver(
            f"/webhooks/{echo.platform}/{echo.channel}", {"content-type": "application/json", **headers}, echo.body
        )

    def _at(self, name: str) -> str:
        return f"{self._url}{PREFIX}{name}"

    def _pointed_here(self, channel: ChannelSecrets) -> ChannelSecrets:
        if not channel.act:
            return channel
        key = _ADDRESS_OF.get(channel.platform, "base_url")
        if urlsplit(channel.act.get(key, "")).hostname == LOOPBACK:
            return channel  # a real one, on this machine: `make wordpress`
        return replace(channel, act={**channel.act, key: self._at(channel.platform)})

    def _community_of(self, to: str, account: str | None) -> str | None:
        """The configuration has one community: what is sent for one of its accounts, or to its people, is its own."""
        if self._configuration is None:
            return None
        community = self._configuration.community
        known = {entry.id for channel in community.channels if channel.platform == to for entry in channel.accounts}
        return community.id if to not in PLATFORMS or account in known else None

    def _channel_of(self, platform: str, account: str | None) -> str:
        channels = self._configuration.community.channels if self._configuration else ()
        return next(
            (
                channel.channel
                for channel in channels
                if channel.platform == platform and any(entry.id == account for entry in channel.accounts)
            ),
            "main",
        )


class _Renewals(TypedDict):
    clients: dict[str, str]
    refresh_tokens: dict[str, str]


def _tokens(configuration: Configuration, platform: str, name: str = "token") -> dict[str, tuple[str, ...]]:
    """What stands under `name` in a channel's access -> the accounts it may act for."""
    tokens: dict[str, Any] = {}
    for channel, secrets in zip(configuration.community.channels, configuration.channels, strict=True):
        if channel.platform == platform and name in secrets.act:
            accounts = tuple(account.id for account in channel.accounts)
            tokens[secrets.act[name]] = (*tokens.get(secrets.act[name], ()), *accounts)
    return tokens


def _app_secret(configuration: Configuration, platform: str) -> str | None:
    """What Meta demands a proof of with every call, where a channel has it."""
    channels = (one for one in configuration.channels if one.platform == platform and "app_secret" in one.act)
    return next((channel.act["app_secret"] for channel in channels), None)


def _renewals(configuration: Configuration, platform: str) -> _Renewals:
    """By which apps and refresh tokens an access of a platform can be renewed."""
    return {
        "clients": _pairs(configuration, platform, "client_id", "client_secret"),
        "refresh_tokens": _pairs(configuration, platform, "refresh_token", "token"),
    }


def _pairs(configuration: Configuration, platform: str, name: str, value: str) -> dict[str, str]:
    """Of each channel of a platform that has both, one value of its access -> another."""
    acts = [channel.act for channel in configuration.channels if channel.platform == platform]
    return {act[name]: act[value] for act in acts if name in act and value in act}


def _people(configuration: Configuration) -> tuple[str, ...]:
    rota = configuration.community.rota
    return tuple(person.id for person in rota.everybody)


def _reached_by(configuration: Configuration, way: str) -> dict[tuple[str, str], str]:
    """(token of the account that calls, address of the person there) -> who that is."""
    rota = configuration.community.rota
    return {
        (_token(configuration, person.id, way), one.address): person.id
        for person in rota.everybody
        for one in person.ways
        if one.kind == way
    }


def _token(configuration: Configuration, person: str, way: str) -> str:
    """The token in a way's secret, whatever address stands before it."""
    return configuration.calls.get(f"{person}.{way}", "").rpartition(" ")[2]
