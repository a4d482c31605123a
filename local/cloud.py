"""moto behind real HTTP: what the functions take for AWS.

Requests go straight to moto's own service handlers: Flask and its routing would cost as much again. Callers are
known by their access keys, so that calls are counted per function and a function can be killed at one of them.
"""

import io
import json
import sys
import threading
import traceback
from collections import Counter
from collections.abc import Callable, Mapping
from http import HTTPStatus
from types import MappingProxyType
from typing import Any, Protocol
from xml.sax.saxutils import escape

from moto.core.request import Request as MotoRequest
from moto.dynamodb.responses import DynamoHandler
from moto.ses.responses import EmailResponse
from moto.sns.responses import SNSResponse
from moto.sqs.responses import SQSResponse
from moto.ssm.responses import SimpleSystemManagerResponse
from werkzeug.exceptions import HTTPException

from local import moto_patch
from local.faults import Kills, When
from local.permissions import Permissions
from local.wire import RESET, Listener, Reply, Request

SERVICES: Mapping[str, Any] = MappingProxyType(
    {
        "dynamodb": DynamoHandler.dispatch,
        "sqs": SQSResponse.dispatch,
        "ssm": SimpleSystemManagerResponse.dispatch,
        "ses": EmailResponse.dispatch,
        "sns": SNSResponse.dispatch,
    }
)
"""The services that the stack uses; calling another one is an error that says so."""


class Caller(Protocol):
    """A process that calls AWS under an access key of its own."""

    @property
    def function(self) -> str:
        """The function it runs."""

    def kill(self) -> None:
        """SIGKILL it."""


class Carrier(Protocol):
    """Who brings to a person what AWS was given."""

    def refusal(self, request: Request) -> Reply | None:
        """AWS's no; None when AWS may have it."""

    def took(self, request: Request) -> None:
        """AWS took it; its sender does not see the answer yet."""


class _Served(MotoRequest):
    from_wsgi_server = True


class Cloud:
    """moto on a loopback address, its callers counted."""

    def __init__(self, kills: Kills, carrier: Callable[[str], Carrier | None] = lambda _call: None) -> None:
        """`carrier(call)`: who carries what `ses.SendRawEmail` or `sns.Publish` sends to a person; None for other calls."""
        moto_patch.apply()
        self.calls: Counter[tuple[str, str]] = Counter()
        """(function, `dynamodb.Query`): how often; whoever is no function of the stack is ``."""
        self.denied: Counter[str] = Counter()
        """`ShowCharter: dynamodb:Scan on arn:…`: how often a function was refused what its policies do not allow."""
        self.answered = 0
        """How many of the calls are over; the others are still being made."""
        self._callers: dict[str, Caller] = {}
        self._permissions: Permissions | None = None
        self._kills = kills
        self._carrier = carrier
        self._lock = threading.Lock()
        self._listener = Listener(self._handle, "cloud")
        self._host, _, self._port = self._listener.address.partition(":")

    @property
    def url(self) -> str:
        """The endpoint."""
        return self._listener.url

    def start(self) -> None:
        """Serve."""
        self._listener.start()

    def stop(self) -> None:
        """Serve no more."""
        self._listener.stop()

    def enforce(self, permissions: Permissions) -> None:
        """From now on a function may only do what its policies allow."""
        self._permissions = permissions

    def know(self, access_key: str, caller: Caller) -> None:
        """Calls under this key are that caller's."""
        self._callers[access_key] = caller

    def forget(self, access_key: str) -> None:
        """That caller is gone."""
        self._callers.pop(access_key, None)

    def function_of(self, access_key: str) -> str:
        """The function that calls under this key, empty for whoever is none."""
        caller = self._callers.get(access_key)
        return caller.function if caller else ""

    def _handle(self, request: Request) -> Reply:
        access_key, service = _credential(request)
        caller = self._callers.get(access_key)
        function = caller.function if caller else ""
        call = f"{service}.{_action(request)}"
        with self._lock:
            self.calls[function, call] += 1
        try:
            return self._make(request, service, call, caller)
        finally:
            with self._lock:
                self.answered += 1

    def _make(self, request: Request, service: str, call: str, caller: Caller | None) -> Reply:
        function = caller.function if caller else ""
        struck = self._kills.count(function) if caller else None
        if caller is not None and struck is When.BEFORE:
            caller.kill()
            return RESET
        carrier = self._carrier(call)
        reply = self._refusal(function, service, request) or (carrier.refusal(request) if carrier else None)
        reply = reply or self._answer(service, request)
        if carrier and reply.status == HTTPStatus.OK:
            carrier.took(request)
        if caller is not None and struck is When.AFTER:
            caller.kill()
            return RESET
        return reply

    def _refusal(self, function: str, service: str, request: Request) -> Reply | None:
        if not function or self._permissions is None:
            return None
        missing = self._permissions.missing(function, service, _action(request), request.body)
        if not missing:
            return None
        with self._lock:
            self.denied.update(f"{function}: {need}" for need in missing)
        sentence = f"{function} is not authorized to perform: {', '.join(map(str, missing))}"
        print(sentence, file=sys.stderr)
        if request.header("x-amz-target"):
            return Reply(
                HTTPStatus.BAD_REQUEST, json.dumps({"__type": "AccessDeniedException", "message": sentence}).encode()
            )
        error = f"<Error><Code>AccessDenied</Code><Message>{escape(sentence)}</Message></Error>"
        return Reply(HTTPStatus.FORBIDDEN, f"<ErrorResponse>{error}</ErrorResponse>".encode())

    def _answer(self, service: str, request: Request) -> Reply:
        dispatch = SERVICES.get(service)
        if dispatch is None:
            return Reply(HTTPStatus.NOT_IMPLEMENTED, f"the local stack has no service “{service}”".encode())
        moto_request = _Served(self._environ(request))
        try:
            status, headers, body = dispatch(moto_request, moto_request.raw_url, dict(moto_request.headers))
        except HTTPException as refused:
            answer = refused.get_response()
            status, headers, body = answer.status_code, dict(answer.headers), answer.get_data()
        except Exception:  # noqa: BLE001  moto does not know the call: the caller gets AWS's own word for it
            traceback.print_exc(file=sys.stderr)
            return Reply(HTTPStatus.INTERNAL_SERVER_ERROR, b'{"__type":"InternalFailure"}')
        content = body.encode() if isinstance(body, str) else bytes(body)
        return Reply(int(status), content, {str(name): str(value) for name, value in headers.items()})

    def _environ(self, request: Request) -> dict[str, Any]:
        environ: dict[str, Any] = {
            "REQUEST_METHOD": request.method,
            "SCRIPT_NAME": "",
            "PATH_INFO": request.path,
            "QUERY_STRING": request.query,
            "RAW_URI": request.target,
            "SERVER_NAME": self._host,
            "SERVER_PORT": self._port,
            "SERVER_PROTOCOL": "HTTP/1.1",
            "wsgi.url_scheme": "http",
            "wsgi.input": io.BytesIO(request.body),
        }
        for name, value in request.headers:
            environ[f"HTTP_{name.upper().replace('-', '_')}"] = value
        environ["CONTENT_TYPE"] = environ.pop("HTTP_CONTENT_TYPE", "")
        environ["CONTENT_LENGTH"] = str(len(request.body))
        return environ


def _credential(request: Request) -> tuple[str, str]:
    """(access key, service) of a signed request: `AWS4-HMAC-SHA256 Credential=KEY/20261122/eu-west-3/sqs/aws4_request, …`."""
    _, _, scope = request.header("authorization").partition("Credential=")
    parts = scope.split(",", 1)[0].split("/")
    signed = 5
    return (parts[0], parts[3]) if len(parts) == signed else ("", "")


def _action(request: Request) -> str:
    target = request.header("x-amz-target")
    if target:
        return target.rpartition(".")[2]
    pairs = (pair.partition(b"=") for pair in request.body.split(b"&"))
    return next((value.decode("ascii", "replace") for name, _, value in pairs if name == b"Action"), "")
