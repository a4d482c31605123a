"""The whole of Tribune on this machine: the template's resources in moto, each function in a process of its own,
pollers, schedules, the HTTP door, twins for everything outside, and one clock for all of it.
"""

import http.client
import json
import os
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import unquote, urlsplit

from local import views
from local.alarms import Alarms
from local.clock import SharedClock
from local.cloud import Cloud
from local.configuration import Configuration
from local.door import UNAVAILABLE, Door
from local.endpoints import PREFIX as LOCAL
from local.endpoints import Endpoints
from local.faults import Kills
from local.hosting import PREFIX as TWINS
from local.hosting import Hosting
from local.permissions import Permissions
from local.provider import CLIENT, Provider
from local.provider import PREFIX as SIGN_IN
from local.pump import Batch, Poller, Scheduler
from local.resources import REGION, TEMPLATE, Template, create
from local.resources import Stack as Created
from local.runtime import Environment, Functions, Result, Stopped, Surroundings
from local.twins import Entry, Outbox
from local.wire import Listener, Reply, Request
from tribune import clock as tribune_clock
from tribune.aws import clients, directory, keys, secrets

PARAMETERS: Mapping[str, Any] = {
    "Stage": "local",
    "AlertAddress": "alerts@tribune.invalid",
    "MailSender": "tribune@tribune.invalid",
}
"""What a deployment has to say; every other parameter has its default."""

_JOURNAL, _COUNTERS = "JournalTable", "CounterTable"
_OWN_KEY = "AKIALOCALSTACK000000"


@dataclass(frozen=True, slots=True)
class Watcher:
    """Who wants to hear what happens, as it happens; called from the threads in which it happens."""

    delivered: Callable[[str, str, int], None] = lambda _method, _path, _status: None
    """(method, path, status) of every request at the door."""
    settled: Callable[[Batch], None] = lambda _batch: None
    """Every batch that a function was given."""
    received: Callable[[Entry], None] = lambda _entry: None
    """Every act that a twin received."""


class LocalStack:
    """Starts with `with`, and leaves nothing behind when that ends."""

    def __init__(  # noqa: PLR0913  everything has its default
        self,
        *,
        template: Path = TEMPLATE,
        parameters: Mapping[str, Any] = PARAMETERS,
        port: int = 0,
        region: str = REGION,
        folder: Path | None = None,
        environments: int = 1,
        alarms: bool = False,
        watcher: Watcher = Watcher(),
    ) -> None:
        """`port` of the door (0: any free one); `folder` for logs (None: one that goes when the stack ends);
        `environments`: how many processes of each function may run at once; `alarms`: whether what the functions count
        sets off the template's alarms.
        """
        self._template_file, self._parameters = template, dict(parameters)
        self._port, self.region = port, region
        self._folder, self._environments, self._watcher = folder, environments, watcher
        self._listens = alarms
        self.kills = Kills()
        self._own = ExitStack()
        self._team: list[str] = []

    # --- beginning and end -----------------------------------------------------------------------------

    def __enter__(self) -> Self:
        """Start everything; requests are answered when this returns. Raises OSError when the port is taken."""
        with ExitStack() as own:
            self._start(own)
            self._own = own.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Stop everything, processes first."""
        self._own.close()

    def _start(self, own: ExitStack) -> None:
        temporary = Path(own.enter_context(tempfile.TemporaryDirectory(prefix="tribune-")))
        folder = self._folder or temporary
        folder.mkdir(parents=True, exist_ok=True)
        self.clock = SharedClock.create(temporary / "clock")
        own.callback(self.clock.close)
        tribune_clock.follow(self.clock.now)
        own.callback(tribune_clock.follow, tribune_clock.system)

        self._door_listener = Listener(self._answer, "door", self._port)
        own.callback(self._door_listener.stop)
        self.url = self._door_listener.url
        self.hosting = Hosting(
            self.url,
            now=self.clock.now,
            kills=self.kills,
            kill=self._kill,
            seen=self._watcher.received,
        )
        self.cloud = Cloud(self.kills, self.hosting.carrier)
        self.cloud.start()
        own.callback(self.cloud.stop)
        own.enter_context(self._own_environment())
        self.created = self._create()
        self.cloud.enforce(Permissions.of(self.created))
        own.callback(self.created.delete)

        self.functions = Functions(
            self.created.functions(),
            Surroundings(self.cloud.url, self.region, self.clock.file, folder),
            started=self._know,
            ended=self._forget,
            at_most=self._environments,
        )
        own.callback(self.functions.stop)
        self.functions.warm()
        self._door = Door(self.created.routes(), self.region, invoke=self.functions.invoke, now=self.clock.now)
        self._endpoints = Endpoints(self)
        self._provider = Provider(self.url, self.clock.now, lambda: self._team)
        secrets.put(
            keys.secret_path(self.stage, "desk", "provider"),
            secrets.as_text({"issuer": self._provider.issuer, "client_id": CLIENT}),
        )
        self.scheduler = Scheduler(
            self.created.schedules(), self.region, invoke=self.functions.invoke, now=self.clock.now
        )
        self.alarms = Alarms(self.created, folder, invoke=self.functions.invoke, now=self.clock.now)
        self.pollers = self._pollers()
        self._door_listener.start()
        own.callback(self.scheduler.stop)
        self.scheduler.start()
        own.callback(self.alarms.stop)
        if self._listens:
            self.alarms.start()
        for poller in self.pollers:
            own.callback(poller.stop)
            poller.start()
        own.callback(self.hosting.stop)
        self.hosting.start(self.deliver)
        # Whatever waits for a function hears at once that there is none any more.
        own.callback(self.functions.stop)

    @contextmanager
    def _own_environment(self) -> Iterator[None]:
        """This process talks to the same AWS as the functions: `tribune apply` runs in it."""
        before = {name: os.environ.get(name) for name in self.reach}
        os.environ.update(self.reach)
        clients.forget()
        try:
            yield
        finally:
            for name, value in before.items():
                if value is None:
                    os.environ.pop(name, None)
                else:
                    os.environ[name] = value
            clients.forget()
            secrets.forget()
            directory.forget()

    def _create(self) -> Created:
        created = create(
            Template.read(self._template_file),
            dynamodb=clients.dynamodb(),
            sqs=clients.sqs(),
            sns=clients.beside("sns", self.cloud.url, self.region),
            name=f"tribune-{self._parameters.get('Stage', 'local')}",
            region=self.region,
            parameters={"CharterBaseUrl": self.url, **self._parameters},
        )
        if sender := self._parameters.get("MailSender"):
            clients.ses().verify_email_identity(EmailAddress=sender)
        return created

    def _pollers(self) -> list[Poller]:
        return [
            Poller(
                mapping,
                self._physical(mapping.queue),
                self.region,
                invoke=self.functions.invoke,
                now=self.clock.now,
                seen=self._watcher.settled,
                threads=self._environments,
            )
            for mapping in self.created.mappings()
        ]

    def _know(self, environment: Environment) -> None:
        self.cloud.know(environment.access_key, environment)

    def _forget(self, environment: Environment) -> None:
        self.cloud.forget(environment.access_key)

    def _kill(self, function: str) -> None:
        self.functions.kill_busy(function)

    # --- using it --------------------------------------------------------------------------------------

    @property
    def stage(self) -> str:
        """The stage that the template was given."""
        return str(self._parameters.get("Stage", "local"))

    @property
    def reach(self) -> dict[str, str]:
        """The environment variables that point an AWS client at this stack."""
        return {
            "AWS_ENDPOINT_URL": self.cloud.url,
            "AWS_REGION": self.region,
            "AWS_DEFAULT_REGION": self.region,
            "AWS_ACCESS_KEY_ID": _OWN_KEY,
            "AWS_SECRET_ACCESS_KEY": "local",
            "AWS_SESSION_TOKEN": "local",
        }

    @property
    def outbox(self) -> Outbox:
        """Everything that left the functions for a platform or a person."""
        return self.hosting.outbox

    def host(self, configuration: Configuration) -> Configuration:
        """Make the twins of a configuration; the configuration to apply, pointed at them."""
        self._team = [member.email for member in configuration.community.team]
        return self.hosting.host(configuration)

    def invoke(self, function: str, event: Mapping[str, Any]) -> Result:
        """Run a function on an event, as whatever triggers it would, and wait. Raises KeyError for an unknown one."""
        return self.functions.invoke(function, event)

    def deliver(self, path: str, headers: Mapping[str, str], body: bytes) -> int:
        """POST to our own door; the HTTP status."""
        connection = http.client.HTTPConnection(urlsplit(self.url).netloc, timeout=60)
        try:
            connection.request("POST", path, body, dict(headers))
            return connection.getresponse().status
        except OSError:
            # The stack is ending: nobody answers any more.
            return HTTPStatus.SERVICE_UNAVAILABLE
        finally:
            connection.close()

    def journal(self) -> list[dict[str, Any]]:
        """As `GET /_local/journal`."""
        return views.journal(self.created.refs[_JOURNAL], self.region)

    def counters(self) -> list[dict[str, Any]]:
        """As `GET /_local/counters`."""
        return views.counters(self.created.refs[_COUNTERS], self.region)

    def state(self) -> dict[str, Any]:
        """What is being done, what waits, what is parked: as `GET /_local/idle`."""
        marks = self._activity()
        dead = self.created.dead_letters()
        depths = {name: views.depth(self._physical(name), self.region) for name in self.created.queues()}
        due, parked = (
            views.due(self.created.refs[_JOURNAL], self.region, self.clock.now())
            if _JOURNAL in self.created.refs
            else (Counter[str](), Counter[str]())
        )
        parked.update({name: depth.total for name, depth in depths.items() if name in dead and depth.total})
        pending: dict[str, Any] = {
            "echoes": self.hosting.owed(),
            "schedules": [*self.scheduler.pending(), *self.alarms.pending()],
            "running": dict(Counter(self.functions.busy()) | self._in_hand()),
            "queues": {name: one.shown() for name, one in depths.items() if name not in dead and one.total},
            "due": dict(due),
        }
        # Work only moves on by a call to somebody: none while we looked, none half made, and nothing slipped past us.
        quiet = marks == self._activity() and marks[0] == marks[1]
        calls: dict[str, int] = {}
        for (function, _), n in list(self.cloud.calls.items()):
            calls[function or "others"] = calls.get(function or "others", 0) + n
        return {
            "idle": quiet and not any(pending.values()),
            "now": self.clock.now().isoformat(),
            "pending": pending,
            "parked": dict(parked),
            "calls": calls,
        }

    def settle(self, within_s: float = 60.0) -> dict[str, Any]:
        """Wait until the stack is idle; its state then. Raises TimeoutError with what is pending."""
        until = time.monotonic() + within_s
        while not (state := self.state())["idle"]:
            if time.monotonic() > until:
                raise TimeoutError(json.dumps(state["pending"]))
            time.sleep(0.02)
        return state

    def _in_hand(self) -> Counter[str]:
        return Counter({poller.mapping.function: n for poller in self.pollers if (n := poller.in_hand())})

    def _activity(self) -> tuple[int, int, int]:
        """Calls begun, calls answered, acts that twins received."""
        return self.cloud.calls.total(), self.cloud.answered, len(self.outbox.entries)

    def _physical(self, queue: str) -> str:
        return self.created.refs[queue].rpartition("/")[2]

    # --- the door --------------------------------------------------------------------------------------

    def _answer(self, request: Request) -> Reply:
        path = request.path
        if path.startswith(TWINS):
            return self.hosting.handle(request)
        if path.startswith(SIGN_IN):
            return self._provider.handle(request)
        if path.startswith(LOCAL):
            return self._endpoints.handle(request)
        parts = unquote(path).strip("/").split("/")
        if request.method == "POST" and parts[0] == "webhooks" and len(parts) > 1:
            # The platform knows what it sends us before we do.
            self.hosting.hear(parts[1], request.body)
        try:
            reply = self._door.handle(request)
        except Stopped:
            reply = UNAVAILABLE
        self._watcher.delivered(request.method, path, reply.status)
        return reply
