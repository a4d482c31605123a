"""`/_local/…`: how whoever stands outside looks into a running stack, moves its clock, and breaks it.

Shapes: `local/schemas/*.json`.
"""

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from local.faults import When
from local.runtime import Ending
from local.twins import Peopled
from local.wire import Reply, Request

if TYPE_CHECKING:
    from local.stack import LocalStack

PREFIX = "/_local/"


class _Refused(Exception):
    """The request is wrong; says how."""


class Endpoints:
    """The local endpoints of one stack."""

    def __init__(self, stack: "LocalStack") -> None:
        self._stack = stack
        self._routes: dict[tuple[str, str], Callable[[Request], tuple[int, Any]]] = {
            ("GET", "outbox"): self._outbox,
            ("GET", "journal"): lambda _: (HTTPStatus.OK, stack.journal()),
            ("GET", "counters"): lambda _: (HTTPStatus.OK, stack.counters()),
            ("GET", "idle"): self._idle,
            ("GET", "clock"): lambda _: (HTTPStatus.OK, self._time()),
            ("POST", "clock"): self._move_clock,
            ("POST", "kill"): self._kill,
            ("GET", "alarms"): lambda _: (HTTPStatus.OK, stack.alarms.shown()),
            ("POST", "alarms"): self._relay,
        }

    def handle(self, request: Request) -> Reply:
        """Answer in JSON; 400 says what is wrong with the request."""
        name = request.path.removeprefix(PREFIX).strip("/")
        route = self._routes.get((request.method, name))
        if route is None and request.method == "POST" and name.startswith("twin/"):
            route = self._tell_twin
        if route is None:
            return _json(HTTPStatus.NOT_FOUND, {"message": "Not Found"})
        try:
            status, content = route(request)
        except _Refused as refused:
            return _json(HTTPStatus.BAD_REQUEST, {"message": str(refused)})
        return _json(status, content)

    def _outbox(self, _request: Request) -> tuple[int, Any]:
        return HTTPStatus.OK, [entry.shown() for entry in self._stack.outbox.entries]

    def _idle(self, _request: Request) -> tuple[int, Any]:
        state = self._stack.state()
        return (HTTPStatus.OK if state["idle"] else HTTPStatus.CONFLICT), state

    def _time(self) -> dict[str, str]:
        return {"now": self._stack.clock.now().isoformat()}

    def _move_clock(self, request: Request) -> tuple[int, Any]:
        match _body(request):
            case {"advance_s": int() | float() as seconds, **rest} if not rest and not isinstance(seconds, bool):
                self._stack.clock.advance(timedelta(seconds=seconds))
            case {"now": str(moment), **rest} if not rest:
                self._stack.clock.set(_moment(moment))
            case _:
                raise _Refused('send {"advance_s": seconds} or {"now": "2026-11-22T09:00:00Z"}')
        return HTTPStatus.OK, self._time()

    def _kill(self, request: Request) -> tuple[int, Any]:
        match _body(request):
            case {"function": str(function), "at_call": int(call), **rest} if call > 0 and not rest.keys() - {"when"}:
                function = _logical_id(function)
                if function not in self._stack.functions.names():
                    raise _Refused(f"function is one of {', '.join(self._stack.functions.names())}")
                try:
                    when = When(rest.get("when", When.BEFORE))
                except ValueError as error:
                    raise _Refused("when is before or after") from error
                self._stack.kills.arm(function, call, when)
                return HTTPStatus.OK, {"armed": self._stack.kills.armed()}
        raise _Refused('send {"function": "PerformAction", "at_call": 1, "when": "before"}')

    def _relay(self, request: Request) -> tuple[int, Any]:
        """An alarm as CloudWatch, EventBridge or SNS hands it to relay_alarm."""
        if "RelayAlarm" not in self._stack.functions.names():
            raise _Refused("nothing here relays alarms")
        result = self._stack.invoke("RelayAlarm", _body(request))
        if result.ending is not Ending.RETURNED:
            raise _Refused("relay_alarm could not read it; CloudWatch would have mailed it to the alert address")
        return HTTPStatus.OK, {"relayed": True}

    def _tell_twin(self, request: Request) -> tuple[int, Any]:
        name = request.path.removeprefix(PREFIX).removeprefix("twin/").strip("/")
        twin = self._stack.hosting.twins.get(name)
        if twin is None:
            raise _Refused(f"the twins are: {', '.join(self._stack.hosting.twins)}")
        told: dict[str, str] = {"twin": name}
        try:
            match _body(request):
                case {"fail": fail, **rest} if not rest:
                    twin.fail(fail)
                case {"say": dict() as what, **rest} if not rest and isinstance(twin, Peopled):
                    told["said"] = twin.said(what, self._stack.clock.now())
                case {"press": dict() as what, **rest} if not rest:
                    told["status"] = str(self._stack.hosting.press(name, what))
                case _:
                    raise _Refused(
                        'send {"fail": …}, null ends it; {"say": …} to a platform that we ask; {"press": …} to slack'
                    )
        except (ValueError, TypeError) as error:
            raise _Refused(str(error)) from error
        return HTTPStatus.OK, told


def _json(status: int, content: Any) -> Reply:
    body = json.dumps(content, ensure_ascii=False).encode("utf-8", "replace")
    return Reply(status, body, {"Content-Type": "application/json; charset=utf-8"})


def _body(request: Request) -> Mapping[str, Any]:
    try:
        body = json.loads(request.body)
    except ValueError as error:
        raise _Refused("the body is JSON") from error
    if not isinstance(body, dict):
        raise _Refused("the body is a JSON object")
    return body


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise _Refused(f"{text} is no time such as 2026-11-22T09:00:00Z") from error
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _logical_id(function: str) -> str:
    """A function by either of its names: the folder `perform_action` is `PerformAction` in the template."""
    return "".join(word.capitalize() for word in function.split("_")) if function.islower() else function
