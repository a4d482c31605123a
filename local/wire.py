"""HTTP on the loopback for every door of the local stack: threads, keep-alive, and answers that can stay out.

The standard library's server, with one `handle` instead of one method per verb.
"""

import socket
import sys
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

HOST = "127.0.0.1"
BODY_LIMIT = 10 * 1024 * 1024
"""API Gateway's own limit for a request; a larger one is answered 413 unread."""
_DRAINED = 4 * BODY_LIMIT
"""How much of a refused body is still read, so that its sender gets to see the answer."""


@dataclass(frozen=True, slots=True)
class Request:
    """One request as it came; header names as written, in order, repeated ones repeated."""

    method: str
    target: str
    """Path and query, still encoded."""
    headers: tuple[tuple[str, str], ...]
    body: bytes

    @property
    def path(self) -> str:
        """The path, still encoded."""
        return urlsplit(self.target).path

    @property
    def query(self) -> str:
        """The query, still encoded."""
        return urlsplit(self.target).query

    def header(self, name: str) -> str:
        """The first header of that name (any case), empty when there is none."""
        return next((value for key, value in self.headers if key.lower() == name), "")


class Fate(StrEnum):
    """What the client gets to see."""

    ANSWER = "answer"
    HANG = "hang"
    """Nothing, until it gives up."""
    RESET = "reset"
    """The connection breaks."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What is answered."""

    status: int
    body: bytes = b""
    headers: Mapping[str, str] | tuple[tuple[str, str], ...] = field(default_factory=dict)
    fate: Fate = Fate.ANSWER


RESET = Reply(0, fate=Fate.RESET)


class Listener:
    """A loopback HTTP server whose requests all go to `handle`, each in its connection's thread."""

    def __init__(self, handle: Callable[[Request], Reply], name: str, port: int = 0) -> None:
        """Listen at once (port 0: any free one); answer from `start` on. Raises OSError when the port is taken."""
        self._server = _Server(handle, port)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.1,), name=name, daemon=True)

    @property
    def address(self) -> str:
        """`127.0.0.1:port`."""
        return f"{HOST}:{self._server.server_address[1]}"

    @property
    def url(self) -> str:
        """`http://127.0.0.1:port`."""
        return f"http://{self.address}"

    def start(self) -> None:
        """Answer from now on."""
        self._thread.start()

    def stop(self) -> None:
        """Answer no more and close every connection."""
        if self._thread.is_alive():
            self._server.shutdown()
            self._thread.join()
        self._server.close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 256

    def __init__(self, handle: Callable[[Request], Reply], port: int) -> None:
        self.handle = handle
        self.stopping = threading.Event()
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()
        super().__init__((HOST, port), _Connection)

    def server_bind(self) -> None:
        # HTTPServer would ask the resolver for this machine's name.
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind(self.server_address)
        self.server_address = self.socket.getsockname()
        self.server_name, self.server_port = HOST, self.server_address[1]

    def process_request(self, request: Any, client_address: Any) -> None:
        with self._lock:
            self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        with self._lock:
            self._open.discard(request)
        super().shutdown_request(request)

    def close(self) -> None:
        self.stopping.set()
        self.server_close()
        with self._lock:
            still_open, self._open = list(self._open), set()
        for connection in still_open:
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                # The peer was faster.
                continue

    def handle_error(self, request: Any, client_address: Any) -> None:
        # A peer that went away (a killed function, a client that gave up) is daily life here.
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)


class _Connection(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Server

    def __getattr__(self, name: str) -> Any:
        if name.startswith("do_"):
            return self._answer
        raise AttributeError(name)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  the base class's name
        """The stack has its own progress."""

    def _answer(self) -> None:
        body = self._body()
        if isinstance(body, Reply):
            self.close_connection = True
            self._send(body)
            return
        headers = tuple((name, value) for name, value in self.headers.items())
        reply = self.server.handle(Request(self.command, self.path, headers, body))
        if reply.fate is Fate.HANG:
            self._wait_for_the_client_to_leave()
        if reply.fate is not Fate.ANSWER:
            self.close_connection = True
            return
        self._send(reply)

    def _body(self) -> bytes | Reply:
        if "chunked" in self.headers.get("Transfer-Encoding", "").lower():
            return self._chunks()
        length = self.headers.get("Content-Length", "0")
        if not (length.isascii() and length.isdigit()):
            return Reply(HTTPStatus.BAD_REQUEST)
        if int(length) > BODY_LIMIT:
            self._drain(int(length))
            return _too_large()
        return self.rfile.read(int(length))

    def _chunks(self) -> bytes | Reply:
        body = bytearray()
        while True:
            size = self.rfile.readline(100).split(b";")[0].strip()
            try:
                n = int(size, 16)
            except ValueError:
                return Reply(HTTPStatus.BAD_REQUEST)
            if len(body) + n > BODY_LIMIT:
                return _too_large()
            body += self.rfile.read(n)
            self.rfile.readline(100)
            if n == 0:
                return bytes(body)

    def _drain(self, length: int) -> None:
        left = min(length, _DRAINED)
        while left > 0 and (piece := self.rfile.read(min(left, 1 << 16))):
            left -= len(piece)

    def _wait_for_the_client_to_leave(self) -> None:
        self.connection.settimeout(0.2)
        while not self.server.stopping.is_set():
            try:
                if not self.connection.recv(1):
                    return
            except TimeoutError:
                continue

    def _send(self, reply: Reply) -> None:
        pairs = reply.headers.items() if isinstance(reply.headers, Mapping) else reply.headers
        lines = [f"HTTP/1.1 {reply.status} {self.responses.get(HTTPStatus(reply.status), ('',))[0]}"]
        lines += [f"{name}: {value}" for name, value in pairs if name.lower() not in {"content-length", "connection"}]
        lines += [
            f"Content-Length: {len(reply.body)}",
            f"Connection: {'close' if self.close_connection else 'keep-alive'}",
        ]
        head = "\r\n".join((*lines, "", "")).encode("latin-1", "replace")
        # One write: a head and a body sent apart would wait for one another's acknowledgement.
        self.wfile.write(head if self.command == "HEAD" else head + reply.body)


def _too_large() -> Reply:
    return Reply(
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        b'{"message":"Request Entity Too Large"}',
        {"Content-Type": "application/json"},
    )
