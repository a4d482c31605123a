"""HTTP on the loopback: keep-alive, limits, and answers that stay out."""

import http.client
import socket
from collections.abc import Iterator

import pytest

from local.wire import BODY_LIMIT, HOST, Fate, Listener, Reply, Request


def handle(request: Request) -> Reply:
    match request.path:
        case "/hang":
            return Reply(0, fate=Fate.HANG)
        case "/reset":
            return Reply(0, fate=Fate.RESET)
    shown = f"{request.method} {request.target} {len(request.body)} {[v for k, v in request.headers if k == 'X-A']}"
    return Reply(200, shown.encode(), {"X-B": "é"})


@pytest.fixture(scope="module")
def listener() -> Iterator[Listener]:
    made = Listener(handle, "test")
    made.start()
    yield made
    made.stop()


@pytest.fixture
def connection(listener: Listener) -> Iterator[http.client.HTTPConnection]:
    made = http.client.HTTPConnection(listener.address, timeout=10)
    yield made
    made.close()


def test_one_connection_serves_many_requests(connection: http.client.HTTPConnection) -> None:
    for number in range(3):
        connection.request("POST", f"/p%20{number}?q", b"x" * number)
        assert connection.getresponse().read().decode() == f"POST /p%20{number}?q {number} []"
        assert connection.sock is not None


def test_repeated_headers_stay_apart(listener: Listener) -> None:
    with socket.create_connection((HOST, int(listener.address.split(":")[1])), timeout=10) as raw:
        raw.sendall(b"GET / HTTP/1.1\r\nHost: h\r\nX-A: 1\r\nX-A: \xfc\r\nConnection: close\r\n\r\n")
        received = b"".join(iter(lambda: raw.recv(4096), b""))

    assert received.endswith("GET / 0 ['1', 'ü']".encode())


def test_a_chunked_body_is_put_together(connection: http.client.HTTPConnection) -> None:
    connection.request(
        "POST", "/", iter([b"abc", b"de"]), encode_chunked=True, headers={"Transfer-Encoding": "chunked"}
    )

    assert connection.getresponse().read() == b"POST / 5 []"


def test_a_body_over_the_limit_is_refused_and_its_sender_hears_it(connection: http.client.HTTPConnection) -> None:
    connection.request("POST", "/", b"x" * (BODY_LIMIT + 1))
    response = connection.getresponse()

    assert response.status == 413
    assert response.read() == b'{"message":"Request Entity Too Large"}'


@pytest.mark.parametrize("length", ["-1", "1_0", "ten", "1.0"])
def test_a_length_that_is_no_length_is_a_bad_request(connection: http.client.HTTPConnection, length: str) -> None:
    connection.putrequest("POST", "/")
    connection.putheader("Content-Length", length)
    connection.endheaders()

    assert connection.getresponse().status == 400


def test_a_reset_breaks_the_connection(connection: http.client.HTTPConnection) -> None:
    connection.request("GET", "/reset")

    with pytest.raises(http.client.RemoteDisconnected):
        connection.getresponse()


def test_a_hang_answers_nothing(connection: http.client.HTTPConnection) -> None:
    connection.timeout = 0.3
    connection.request("GET", "/hang")

    with pytest.raises(TimeoutError):
        connection.getresponse()


def test_a_stopped_listener_leaves_its_port() -> None:
    first = Listener(handle, "first")
    first.start()
    connection = http.client.HTTPConnection(first.address, timeout=10)
    connection.request("GET", "/")
    connection.getresponse().read()
    port = int(first.address.split(":")[1])
    first.stop()
    second = Listener(handle, "second", port)
    second.stop()
    connection.close()

    with pytest.raises(ConnectionRefusedError):
        socket.create_connection((HOST, port), timeout=1)
