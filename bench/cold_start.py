"""How long a platform waits for receive_webhook when it starts cold, beside a bare handler with the same clients.

Both run with the real runtime client (awslambdaric) against a small Runtime API, each start a new process, the
two taking turns so that a busy machine slows both. Counted is the time on a processor until the process asks
for its first event: what Lambda calls the initialisation. The bare handler makes boto3 clients for SQS, DynamoDB
and SSM, as any receiver must, and does nothing else.

The receiver is taken as built: the layer from `sam build` (precompiled), the function's folder as it is. boto3
and the runtime client come from this environment, as Lambda's runtime brings them.
"""

import argparse
import json
import os
import socket
import statistics
import subprocess
import sys
import sysconfig
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
RUNTIME = Path(sysconfig.get_path("purelib"))
BARE = """
import boto3

sqs, dynamodb, ssm = boto3.client("sqs"), boto3.client("dynamodb"), boto3.client("ssm")


def handler(event, context):
    return {"statusCode": 200, "body": ""}
"""
UNKNOWN_CHANNEL = {
    "version": "2.0",
    "routeKey": "POST /webhooks/{platform}",
    "rawPath": "/webhooks/nobody",
    "headers": {"content-type": "application/json"},
    "requestContext": {"http": {"method": "POST", "path": "/webhooks/nobody"}},
    "pathParameters": {"platform": "nobody"},
    "isBase64Encoded": False,
    "body": "{}",
}
"""Answered without AWS: the work of a bad signature, then 404."""


@dataclass(frozen=True)
class Start:
    """One cold start: on-processor and wall milliseconds of the initialisation, wall milliseconds of the first event."""

    cpu_ms: float
    init_ms: float
    first_ms: float
    status: int


class Client:
    """The runtime client's side of one connection."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._rest = b""

    def request(self) -> tuple[str, bytes]:
        """(request line, body) of the next request."""
        while b"\r\n\r\n" not in self._rest:
            self._rest += self._received()
        head, _, self._rest = self._rest.partition(b"\r\n\r\n")
        first, *lines = head.decode().split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        length = int(headers.get("content-length", 0))
        while len(self._rest) < length:
            self._rest += self._received()
        body, self._rest = self._rest[:length], self._rest[length:]
        return first, body

    def answer(self, status: str, body: bytes = b"", headers: str = "") -> None:
        """Send a response."""
        self._connection.sendall(f"HTTP/1.1 {status}\r\n{headers}Content-Length: {len(body)}\r\n\r\n".encode() + body)

    def _received(self) -> bytes:
        data = self._connection.recv(65536)
        if not data:
            raise ConnectionError("the function's process went away before it asked for an event")
        return data


def start(folder: Path, path: list[Path], event: bytes) -> Start:
    """Start the handler in `folder` once and give it one event."""
    with socket.create_server(("127.0.0.1", 0)) as api:
        api.settimeout(60)
        environment = {
            "PATH": os.defpath,
            "LANG": "en_US.UTF-8",
            "TZ": ":UTC",
            "AWS_LAMBDA_RUNTIME_API": f"127.0.0.1:{api.getsockname()[1]}",
            "AWS_LAMBDA_FUNCTION_NAME": folder.name,
            "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "512",
            "AWS_EXECUTION_ENV": "AWS_Lambda_python3.13",
            "AWS_REGION": "eu-west-3",
            "AWS_DEFAULT_REGION": "eu-west-3",
            "AWS_ACCESS_KEY_ID": "bench",
            "AWS_SECRET_ACCESS_KEY": "bench",
            "LAMBDA_TASK_ROOT": str(folder),
            "_HANDLER": "app.handler",
            "PYTHONPATH": os.pathsep.join(map(str, [folder, *path, RUNTIME])),
            "PYTHONDONTWRITEBYTECODE": "1",
            "STAGE": "bench",
            "INBOX_QUEUE_URL": "http://127.0.0.1:9/inbox",
            "COMMUNITY_TABLE": "community",
            "POWERTOOLS_SERVICE_NAME": "tribune-bench",
            "POWERTOOLS_LOG_LEVEL": "CRITICAL",
        }
        began = time.perf_counter()
        process = subprocess.Popen(
            # -S: Lambda's runtime has no development environment to look through.
            [sys.executable, "-S", "-m", "awslambdaric", "app.handler"],
            env=environment,
            cwd=folder,
            stdout=subprocess.DEVNULL,
        )
        try:
            connection, _ = api.accept()
            with connection:
                connection.settimeout(60)
                connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                return _observe(Client(connection), process.pid, began, event)
        finally:
            process.kill()
            process.wait()


def _observe(client: Client, pid: int, began: float, event: bytes) -> Start:
    asked, _ = client.request()
    init_ms, cpu_ms = (time.perf_counter() - began) * 1e3, _on_processor_ms(pid)
    if "/invocation/next" not in asked:
        raise RuntimeError(f"the initialisation failed: {asked}")
    deadline = int(time.time() * 1000) + 10_000
    given = time.perf_counter()
    client.answer(
        "200 OK",
        event,
        "Content-Type: application/json\r\n"
        "Lambda-Runtime-Aws-Request-Id: bench\r\n"
        f"Lambda-Runtime-Deadline-Ms: {deadline}\r\n"
        "Lambda-Runtime-Invoked-Function-Arn: arn:aws:lambda:eu-west-3:123456789012:function:bench\r\n",
    )
    said, body = client.request()
    first_ms = (time.perf_counter() - given) * 1e3
    client.answer("202 Accepted")
    if not said.split()[1].endswith("/response"):
        raise RuntimeError(f"the first event failed: {body.decode()}")
    return Start(cpu_ms, init_ms, first_ms, json.loads(body)["statusCode"])


def _on_processor_ms(pid: int) -> float:
    """What every thread of the process has spent on a processor."""
    return sum(int(stat.read_text().split()[0]) for stat in Path(f"/proc/{pid}/task").glob("*/schedstat")) / 1e6


def measure(layer: Path, rounds: int) -> float:
    """Print the two side by side; the ratio of the medians of their time on a processor."""
    event = json.dumps(UNKNOWN_CHANNEL).encode()
    with tempfile.TemporaryDirectory() as folder:
        bare = Path(folder)
        (bare / "app.py").write_text(BARE, encoding="utf-8")
        candidates = {
            "bare boto3 handler": (bare, []),
            "receive_webhook": (ROOT / "functions/receive_webhook", [layer]),
        }
        starts: dict[str, list[Start]] = {name: [] for name in candidates}
        for number in range(rounds + 1):
            for name, (code, path) in candidates.items():
                one = start(code, path, event)
                if number:  # the first round fills the page cache
                    starts[name].append(one)
    if any(one.status != 404 for one in starts["receive_webhook"]):  # noqa: PLR2004  an unknown channel is 404
        raise RuntimeError("receive_webhook did not answer 404 to an unknown channel")
    print(
        f"{'':20} {'CPU min':>8} {'median':>8} {'max':>8}   {'init median':>11}   {'first event':>11}   (ms, {rounds} starts)"
    )
    for name, ones in starts.items():
        cpu = [one.cpu_ms for one in ones]
        init, first = (statistics.median(getattr(one, what) for one in ones) for what in ("init_ms", "first_ms"))
        print(f"{name:20} {min(cpu):8.1f} {statistics.median(cpu):8.1f} {max(cpu):8.1f}   {init:11.1f}   {first:11.1f}")
    ours, theirs = ([one.cpu_ms for one in starts[name]] for name in reversed(starts))
    print(f"undisturbed (of the minima): {min(ours) / min(theirs):.2f}")
    return statistics.median(ours) / statistics.median(theirs)


def main() -> int:
    """Measure, print the ratio, and fail when it is over the limit."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--layer", type=Path, required=True, help="the python folder of the built layer")
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--limit", type=float, default=1.1)
    given = parser.parse_args()
    ratio = measure(given.layer.resolve(), given.rounds)
    print(f"receive_webhook / bare boto3 handler: {ratio:.2f} (limit {given.limit:.2f}, target 1.00)")
    return 0 if ratio <= given.limit else 1


if __name__ == "__main__":
    sys.exit(main())
