"""What a function's process runs: the stack's clock, then the real Lambda runtime client. `bootstrap CLOCK HANDLER`."""

import os
import sys
import threading
from pathlib import Path

from awslambdaric.__main__ import main as run_runtime  # type: ignore[import-untyped]  # it brings no types

from local.clock import SharedClock
from tribune import clock


def main(clock_file: str, handler: str) -> None:
    """Never returns while the function lives."""
    threading.Thread(target=_die_with_the_stack, name="stack", daemon=True).start()
    clock.follow(SharedClock(Path(clock_file)).now)
    run_runtime(["bootstrap", handler])


def _die_with_the_stack() -> None:
    # The stack holds the other end of this pipe; it closes however the stack ends, SIGKILL included.
    os.read(0, 1)
    os._exit(1)


if __name__ == "__main__":
    main(*sys.argv[1:])
