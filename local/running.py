"""Which stacks `tribune serve` runs on this machine: what the commands of another terminal need to reach them."""

import json
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parent.parent / ".tribune"
RUNNING = FOLDER / "running"
"""One file for each running stack, named after its process."""
LOGS = FOLDER / "logs"
"""One folder for each, likewise; it stays until another stack is started."""


def fresh_logs() -> Path:
    """Where this process keeps its functions' logs; those of stacks that run no more are taken away."""
    for folder in LOGS.glob("*"):
        if folder.name.isdecimal() and not _lives(int(folder.name)):
            shutil.rmtree(folder, ignore_errors=True)
    return LOGS / str(os.getpid())


@contextmanager
def announced(description: Mapping[str, Any]) -> Iterator[None]:
    """This process runs the stack that is described, while the block lasts."""
    RUNNING.mkdir(parents=True, exist_ok=True)
    file = RUNNING / f"{os.getpid()}.json"
    file.write_text(json.dumps(description, indent=2), encoding="utf-8")
    try:
        yield
    finally:
        file.unlink(missing_ok=True)


def running() -> tuple[dict[str, Any], ...]:
    """The stacks that run, the latest first."""
    found = [one for file in RUNNING.glob("*.json") if _lives(int(file.stem)) and (one := _read(file))]
    return tuple(description for _, description in sorted(found, key=lambda one: one[0], reverse=True))


def _read(file: Path) -> tuple[float, dict[str, Any]] | None:
    """(when it was written, the description); None for one that is being written or taken away at this moment."""
    try:
        return file.stat().st_mtime, json.loads(file.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return None


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except (ProcessLookupError, PermissionError):
        # Gone, or somebody else's process got the number.
        return False
    return True
