"""`tribune serve`: apply a configuration to moto, then run it until somebody ends it."""

import errno
import os
import signal
import threading
from argparse import Namespace
from typing import Any

from local.apply import Target, apply
from local.configuration import EXAMPLE_FILE, Configuration, read
from local.progress import Progress
from local.running import announced, fresh_logs
from local.stack import LocalStack
from tribune.aws.stack import QUEUES
from tribune.errors import BadConfiguration

_LAST_PORT = 65_535


def run(arguments: Namespace) -> int:
    """The `tribune serve` command: `--config FILE` (else the working example), `--port`, `--alarms`. Raises BadConfiguration."""
    if not 0 <= arguments.port <= _LAST_PORT:
        raise BadConfiguration(f"a port is a number up to {_LAST_PORT}", field="--port")
    configuration = read(arguments.config or EXAMPLE_FILE)
    try:
        return serve(configuration, arguments.port, alarms=arguments.alarms)
    except OSError as error:
        if error.errno != errno.EADDRINUSE:
            raise
        raise BadConfiguration(f"somebody listens on port {arguments.port} already", field="--port") from error


def serve(configuration: Configuration, port: int = 0, *, alarms: bool = False) -> int:
    """Run until SIGINT or SIGTERM; the exit status. The first line on stdout is `ready http://127.0.0.1:PORT`.

    Raises OSError when the port is taken, BadConfiguration when the configuration cannot be applied.
    """
    end = threading.Event()
    before = {name: signal.signal(name, lambda *_: end.set()) for name in (signal.SIGINT, signal.SIGTERM)}
    progress = Progress()
    try:
        with LocalStack(port=port, folder=fresh_logs(), alarms=alarms, watcher=progress.watcher) as stack:
            for line in applied(stack, configuration):
                progress.say(line)
            with announced(description(stack)):
                print(f"ready {stack.url}", flush=True)
                with progress.shown():
                    end.wait()
    finally:
        for name, handler in before.items():
            signal.signal(name, handler)
    return 0


def applied(stack: LocalStack, configuration: Configuration) -> list[str]:
    """Apply a configuration to a local stack, pointed at the stack's own twins; what changed."""
    tables = stack.created.tables()
    target = Target(stack.stage, tables["CommunityTable"], tables["CharterTable"])
    return apply(stack.host(configuration), target, stack.clock.now())


def description(stack: LocalStack) -> dict[str, Any]:
    """How to reach a running stack: where it answers, the environment its functions have, its clock."""
    environment: dict[str, str] = {}
    for function in stack.created.functions():
        environment |= function.environment
    queues = stack.created.queues()
    environment |= {f"{short.upper()}_QUEUE_URL": queues[logical] for short, logical in QUEUES.items()}
    environment |= stack.reach
    return {
        "url": stack.url,
        "pid": os.getpid(),
        "stage": stack.stage,
        "clock": str(stack.clock.file),
        "environment": environment,
    }
