"""The `tribune` command on a world, as on a deployed stack whose names CloudFormation knows."""

import re
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from world import World

from local.command import main
from tribune.aws import stack
from tribune.aws.stack import QUEUES, TABLES, Place


@dataclass(frozen=True)
class Said:
    """What a command said, and its exit code."""

    code: int
    out: str
    err: str

    @property
    def plain(self) -> str:
        """All of it, to look for words in: with ordinary spaces."""
        return ordinary(self.out + self.err)


def ordinary(text: str) -> str:
    """A text whose spaces break."""
    return re.sub(r"[\u00a0\u202f]", " ", text)


type Tribune = Callable[..., Said]


def place_of(world: World, *bucket: str) -> Place:
    """Where a world's resources are; `bucket`: of its anchors, if it signs any."""
    tables, queues = world.stack.tables(), world.stack.queues()
    return Place(
        "test",
        {short: tables[logical] for short, logical in TABLES.items()},
        {short: queues[logical] for short, logical in QUEUES.items()},
        *bucket,
    )


@pytest.fixture
def tribune(world: World, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Tribune:
    """Runs a command on the world, whose stage is `test`; `stage=""` for a command that asks no stack."""
    monkeypatch.setattr(stack, "locate", lambda stage: place_of(world) if stage == "test" else None)

    def run(*arguments: str, stage: str = "test") -> Said:
        capsys.readouterr()  # what the functions logged is no answer
        try:
            code = main([*arguments, *(["--stage", stage] if stage else [])])
        except SystemExit as ended:
            code = int(ended.code or 0)
        said = capsys.readouterr()
        return Said(code, said.out, said.err)

    return run
