"""Functions as Lambda runs them: a process each, the real runtime client in it, a small Runtime API in front of it.

The Runtime API is the documented one (`/2018-06-01/runtime/…`): the process asks for the next event and posts a
response or an error. A process that outlives its timeout is killed, and a killed process is a failed invocation.
"""

import json
import queue
import signal
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass
from enum import StrEnum
from http import HTTPStatus
from pathlib import Path
from typing import Any

from local.resources import ACCOUNT, Function
from local.wire import RESET, Listener, Reply, Request

API = "/2018-06-01/runtime"
INIT_WITHIN_S = 20.0
"""Lambda gives an initialisation 10 s of a whole processor; here several start at once on two."""


class Ending(StrEnum):
    """How an invocation ended."""

    RETURNED = "returned"
    RAISED = "raised"
    TIMED_OUT = "timed_out"
    KILLED = "killed"
    """The process died: it was killed, or it exited."""
    NEVER_STARTED = "never_started"


@dataclass(frozen=True, slots=True)
class Result:
    """What came of one invocation."""

    ending: Ending
    payload: bytes = b"null"
    """What the function returned, or the error as the runtime client describes it (JSON)."""

    def value(self) -> Any:
        """The payload, parsed. Raises ValueError when it is no JSON."""
        return json.loads(self.payload)


@dataclass(frozen=True, slots=True)
class _Invocation:
    id: str
    event: bytes
    deadline_ms: int
    result: Future[Result]


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What every process of the stack needs besides its own environment variables."""

    endpoint: str
    region: str
    clock_file: Path
    home: Path
    """A folder for logs, and the HOME of the processes: nobody's AWS profile is in reach."""


class Environment:
    """One execution environment: one process, one invocation at a time."""

    def __init__(self, function: Function, access_key: str, around: Surroundings) -> None:
        """Start the process at once."""
        self.function = function.logical_id
        self.access_key = access_key
        self._declared = function
        self._region = around.region
        self._next: queue.SimpleQueue[_Invocation | None] = queue.SimpleQueue()
        self._current: _Invocation | None = None
        self._lock = threading.Lock()
        self._ready = threading.Event()
        self._init_error = b""
        self._api = Listener(self._handle, f"runtime-{function.logical_id}")
        self._api.start()
        log = around.home / f"{function.logical_id}.log"
        with log.open("ab") as output:
            self._process = subprocess.Popen(  # noqa: S603  our own module, our own environment
                [sys.executable, "-m", "local.bootstrap", str(around.clock_file), function.handler],
                cwd=function.code,
                env=self._variables(around),
                stdin=subprocess.PIPE,
                stdout=output,
                stderr=subprocess.STDOUT,
                # Ctrl-C ends the stack, and the stack ends its functions.
                start_new_session=True,
            )
        threading.Thread(target=self._bury, name=f"{function.logical_id}-bury", daemon=True).start()

    @property
    def pid(self) -> int:
        """The process."""
        return self._process.pid

    @property
    def alive(self) -> bool:
        """Does the process run?"""
        return self._process.poll() is None

    def invoke(self, event: bytes) -> Result:
        """Hand one event to the process and wait for what becomes of it."""
        self._ready.wait(INIT_WITHIN_S)
        timeout = float(self._declared.timeout_s)
        result: Future[Result] = Future()
        deadline = int((time.time() + timeout) * 1000)
        invocation = _Invocation(str(uuid.uuid4()), event, deadline, result)
        with self._lock:
            if not self._ready.is_set() or not self.alive:
                self.kill()
                return Result(Ending.NEVER_STARTED, self._init_error or b"null")
            self._current = invocation
        self._next.put(invocation)
        try:
            return result.result(timeout)
        except TimeoutError:
            self.kill()
            return self._settled(invocation, Result(Ending.TIMED_OUT))

    def kill(self) -> None:
        """SIGKILL, as the machine under a function would."""
        if self.alive:
            self._process.send_signal(signal.SIGKILL)

    def stop(self) -> None:
        """End the process and its Runtime API."""
        self.kill()
        self._process.wait()
        self._next.put(None)
        self._api.stop()
        if self._process.stdin:
            self._process.stdin.close()

    def _bury(self) -> None:
        self._process.wait()
        with self._lock:
            current = self._current
        if current is not None:
            self._settled(current, Result(Ending.KILLED))
        self._ready.set()

    def _settled(self, invocation: _Invocation, result: Result) -> Result:
        """The invocation's result: the first one said stays."""
        with self._lock:
            if not invocation.result.done():
                invocation.result.set_result(result)
            if self._current is invocation:
                self._current = None
        return invocation.result.result()

    def _handle(self, request: Request) -> Reply:
        path = request.path.removeprefix(API)
        if path == "/invocation/next":
            return self._hand_out()
        if path == "/init/error":
            self._init_error = request.body
            return Reply(HTTPStatus.ACCEPTED)
        current = self._current
        if current is None or path.rpartition("/")[0] != f"/invocation/{current.id}":
            return Reply(HTTPStatus.BAD_REQUEST)
        ending = Ending.RETURNED if path.endswith("/response") else Ending.RAISED
        self._settled(current, Result(ending, request.body))
        return Reply(HTTPStatus.ACCEPTED)

    def _hand_out(self) -> Reply:
        self._ready.set()
        invocation = self._next.get()
        if invocation is None:
            return RESET
        headers = {
            "Content-Type": "application/json",
            "Lambda-Runtime-Aws-Request-Id": invocation.id,
            "Lambda-Runtime-Deadline-Ms": str(invocation.deadline_ms),
            "Lambda-Runtime-Invoked-Function-Arn": (
                f"arn:aws:lambda:{self._region}:{ACCOUNT}:function:{self.function}"
            ),
            "Lambda-Runtime-Trace-Id": f"Root=1-{int(time.time()):08x}-{invocation.id.replace('-', '')[:24]};Sampled=0",
        }
        return Reply(HTTPStatus.OK, invocation.event, headers)

    def _variables(self, around: Surroundings) -> dict[str, str]:
        function = self._declared
        given_by_lambda = {
            "PATH": "/usr/local/bin:/usr/bin:/bin",
            "HOME": str(around.home),
            "LANG": "en_US.UTF-8",
            "TZ": ":UTC",
            "PYTHONPATH": str(function.code),
            "LAMBDA_TASK_ROOT": str(function.code),
            "_HANDLER": function.handler,
            "AWS_EXECUTION_ENV": "AWS_Lambda_python3.13",
            "AWS_LAMBDA_RUNTIME_API": self._api.address,
            "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
            "AWS_LAMBDA_FUNCTION_NAME": function.logical_id,
            "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(function.memory_mb),
            "AWS_LAMBDA_LOG_GROUP_NAME": f"/aws/lambda/{function.logical_id}",
            "AWS_LAMBDA_LOG_STREAM_NAME": f"local/{self.access_key}",
            "AWS_REGION": around.region,
            "AWS_DEFAULT_REGION": around.region,
            "AWS_ACCESS_KEY_ID": self.access_key,
            "AWS_SECRET_ACCESS_KEY": "local",
            "AWS_SESSION_TOKEN": "local",
        }
        return given_by_lambda | function.environment | {"AWS_ENDPOINT_URL": around.endpoint}


class Functions:
    """Every function of the stack and its environments; one starts when an event finds none free."""

    def __init__(
        self,
        functions: tuple[Function, ...],
        around: Surroundings,
        *,
        started: Callable[[Environment], None],
        ended: Callable[[Environment], None],
        at_most: int = 1,
    ) -> None:
        """`at_most` environments per function; `started` and `ended` hear of each one."""
        self._declared = {function.logical_id: function for function in functions}
        self._around = around
        self._started, self._ended = started, ended
        self._free: dict[str, list[Environment]] = {name: [] for name in self._declared}
        self._turns = {name: threading.BoundedSemaphore(at_most) for name in self._declared}
        self._all: set[Environment] = set()
        self._busy: dict[str, list[Environment]] = {name: [] for name in self._declared}
        self._lock = threading.Lock()
        self._numbers = iter(range(1, 10**9))
        self._stopping = False

    def names(self) -> tuple[str, ...]:
        """The logical ids."""
        return tuple(self._declared)

    def all(self) -> tuple[Environment, ...]:
        """Every environment there is."""
        with self._lock:
            return tuple(self._all)

    def warm(self) -> None:
        """Start one environment of each, at once; the first event of each then finds it initialised."""
        for name in self._declared:
            environment = self._start(name)
            with self._lock:
                self._free[name].append(environment)

    def invoke(self, name: str, event: Mapping[str, Any]) -> Result:
        """Run a function on an event (JSON) and wait. Raises KeyError for an unknown function."""
        payload = json.dumps(event).encode()
        with self._turns[name]:
            environment = self._take(name)
            try:
                return environment.invoke(payload)
            finally:
                self._give_back(environment)

    def busy(self) -> dict[str, int]:
        """Function: how many invocations run now."""
        with self._lock:
            return {name: len(environments) for name, environments in self._busy.items() if environments}

    def kill_busy(self, name: str) -> None:
        """Kill the environments of a function that are in an invocation."""
        with self._lock:
            doomed = list(self._busy.get(name, ()))
        for environment in doomed:
            environment.kill()

    def stop(self) -> None:
        """End every process."""
        with self._lock:
            self._stopping = True
            everyone = list(self._all)
        for environment in everyone:
            environment.kill()
        for environment in everyone:
            self._bury(environment)

    def _take(self, name: str) -> Environment:
        while True:
            with self._lock:
                free = self._free[name].pop() if self._free[name] else None
                if free is not None and free.alive:
                    self._busy[name].append(free)
                    return free
            if free is not None:
                self._bury(free)
                continue
            environment = self._start(name)
            with self._lock:
                self._busy[name].append(environment)
            return environment

    def _give_back(self, environment: Environment) -> None:
        with self._lock:
            self._busy[environment.function].remove(environment)
            if environment.alive and not self._stopping:
                self._free[environment.function].append(environment)
                return
        self._bury(environment)

    def _start(self, name: str) -> Environment:
        with self._lock:
            if self._stopping:
                raise Stopped(name)
            access_key = f"AKIA{next(self._numbers):016d}"
            environment = Environment(self._declared[name], access_key, self._around)
            self._all.add(environment)
        self._started(environment)
        return environment

    def _bury(self, environment: Environment) -> None:
        with self._lock:
            if environment not in self._all:
                return
            self._all.remove(environment)
        environment.stop()
        self._ended(environment)


class Stopped(Exception):
    """The stack is ending; nothing starts any more."""
