"""Which way the arrows point. A floor imports only lower floors; each conviction is shown code that breaks it."""

import ast
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "layers/common/tribune"

FLOORS = (
    # What everything stands on: no word of the trade here.
    ("errors",),
    ("clock", "settings", "written", "forms"),
    ("telemetry",),
    # What a platform said, in our words, and what passes between us and it.
    ("comment", "lengths"),
    ("channel",),
    # What people read, as data.
    ("words", "pages", "charts"),
    # The heart, the texts, and beside them whatever a decision weighs.
    ("charter", "replies"),
    ("statement", "explained", "numerals", "promises", "echo"),
    ("standing", "budgets", "crowd", "engagement", "climate", "duty", "voice", "team", "ledger", "notice", "question"),
    ("decision", "operation"),
    ("journal", "community", "checking", "rota_changes"),
    # What a person could say, and what of it counts as leading.
    ("proposals", "leadership", "thanks"),
    ("conversation",),
    # What an hour, a day, a month comes to, also for a contest or an event.
    ("partaking",),
    ("figures",),
    ("measures",),
    ("results",),
    # What is told of it, to the team and to everybody.
    ("report",),
    ("reported", "register"),
    # The use cases and the edges: siblings that never import one another.
    ("workflow", "platforms", "managers", "aws", "web"),
    # The screens of the team, on top of the use cases.
    ("desk",),
)
PURE = {
    "comment",
    "lengths",
    "channel",
    "charter",
    "replies",
    "statement",
    "explained",
    "checking",
    "rota_changes",
    "notice",
    "standing",
    "budgets",
    "engagement",
    "climate",
    "echo",
    "duty",
    "voice",
    "promises",
    "team",
    "question",
    "ledger",
    "decision",
    "journal",
    "proposals",
    "leadership",
    "crowd",
    "operation",
    "partaking",
    "conversation",
    "thanks",
    "figures",
    "measures",
    "results",
    "report",
    "reported",
    "register",
    "charts",
    "numerals",
}
"""They take `now` as an argument, log nothing, touch no network."""
IMPURE_IMPORTS = {
    "logging", "time", "random", "socket", "ssl", "http", "urllib", "urllib3", "asyncio", "threading", "subprocess",
    "os", "aws_lambda_powertools", "tribune.clock", "tribune.telemetry", "tribune.settings",
}  # fmt: skip
AWS_SDK = {"boto3", "botocore"}
HTTP_CLIENTS = {"urllib3", "requests", "http.client", "urllib.request", "httpx", "aiohttp", "smtplib"}
DOOR_LINES = 70
"""Not counting the empty ones."""


@dataclass(frozen=True)
class Import:
    """One import: who, whom, and the line."""

    module: str
    imported: str
    line: int

    def __str__(self) -> str:
        return f"{self.module}:{self.line} imports {self.imported}"


def sources() -> dict[str, str]:
    """Every module of ours: its dotted name and its source."""
    folders = {"tribune": PACKAGE, "local": ROOT / "local", "functions": ROOT / "functions"}
    found = {}
    for name, folder in folders.items():
        for file in folder.rglob("*.py"):
            parts = file.relative_to(folder).with_suffix("").parts
            found[".".join((name, *parts)).removesuffix(".__init__")] = file.read_text(encoding="utf-8")
    return found


def imports(modules: dict[str, str]) -> Iterator[Import]:
    """Every import of every module, wherever it stands, `from tribune import x` as tribune.x."""
    for module, source in modules.items():
        for node in ast.walk(ast.parse(source)):
            match node:
                case ast.Import(names=names):
                    yield from (Import(module, alias.name, node.lineno) for alias in names)
                case ast.ImportFrom(module=str(origin), level=0, names=names):
                    if origin in {"tribune", "local"}:
                        yield from (Import(module, f"{origin}.{alias.name}", node.lineno) for alias in names)
                    else:
                        yield Import(module, origin, node.lineno)
                case ast.ImportFrom(level=level) if level:
                    yield Import(module, "." * level, node.lineno)


def room(module: str) -> str:
    """The room of the house that a module of tribune stands in: `tribune.charter.text` -> `charter`."""
    return module.split(".")[1] if module.startswith("tribune.") else ""


def height(name: str) -> int:
    """The floor of a room. Raises AssertionError for a room that stands on none."""
    for number, floor in enumerate(FLOORS):
        if name in floor:
            return number
    raise AssertionError(f"tribune.{name} stands on no floor: give it one in FLOORS")


# --- the convictions --------------------------------------------------------------------------------------------


def climbs(modules: dict[str, str]) -> list[str]:
    """Imports that do not go down."""
    return [
        str(found)
        for found in imports(modules)
        if room(found.module)
        and room(found.imported)
        and room(found.module) != room(found.imported)
        and height(room(found.imported)) >= height(room(found.module))
    ]


def leaves_the_house(modules: dict[str, str]) -> list[str]:
    """The deployed code knows nothing of what runs on one machine, and no door opens another."""
    top = [(found, found.module.split(".")[0], found.imported.split(".")[0]) for found in imports(modules)]
    forbidden = {("tribune", "local"), ("tribune", "functions"), ("functions", "local"), ("functions", "functions")}
    return [str(found) for found, ours, theirs in top if (ours, theirs) in forbidden or theirs == ""]


def reaches_for_aws(modules: dict[str, str]) -> list[str]:
    """The cloud edge is the only importer of the SDK; the local stack, which stands in for AWS, may too."""
    return [
        str(found)
        for found in imports(modules)
        if found.imported.split(".")[0] in AWS_SDK
        and room(found.module) != "aws"
        and not found.module.startswith("local.")
    ]


def reaches_for_the_network(modules: dict[str, str]) -> list[str]:
    """The network edge is the only HTTP client of what is deployed."""
    return [
        str(found)
        for found in imports(modules)
        if (found.imported in HTTP_CLIENTS or found.imported.split(".")[0] in HTTP_CLIENTS)
        and room(found.module) != "web"
        and not found.module.startswith("local.")
    ]


def is_impure(modules: dict[str, str]) -> list[str]:
    """Clocks, logs and networks in the pure floors."""
    pure = {module: source for module, source in modules.items() if room(module) in PURE}
    found = [
        str(one)
        for one in imports(pure)
        if one.imported in IMPURE_IMPORTS or one.imported.split(".")[0] in IMPURE_IMPORTS
    ]
    for module, source in pure.items():
        for node in _walk_what_is_imported(ast.parse(source)):
            match node:
                case ast.Call(func=ast.Attribute(attr="now" | "utcnow" | "today" as clock)):
                    found.append(f"{module}:{node.lineno} looks at the clock: {clock}")
                case ast.Call(func=ast.Name(id="print" | "open" as call)):
                    found.append(f"{module}:{node.lineno} calls {call}")
    return found


def _walk_what_is_imported(module: ast.Module) -> Iterator[ast.AST]:
    """Everything but what only `python -m` runs."""
    for statement in module.body:
        match statement:
            case ast.If(test=ast.Compare(left=ast.Name(id="__name__"))):
                continue
            case _:
                yield from ast.walk(statement)


def is_more_than_a_door(modules: dict[str, str]) -> list[str]:
    """A door parses, calls and maps: it is short and reads no environment of its own."""
    doors = {module: source for module, source in modules.items() if module.startswith("functions.")}
    lines = {module: sum(bool(line.strip()) for line in source.splitlines()) for module, source in doors.items()}
    long = [f"{module} has {count} lines" for module, count in lines.items() if count > DOOR_LINES]
    return long + [str(found) for found in imports(doors) if found.imported.split(".")[0] == "os"]


CONVICTIONS = (climbs, leaves_the_house, reaches_for_aws, reaches_for_the_network, is_impure, is_more_than_a_door)


@pytest.mark.parametrize("broken_by", CONVICTIONS)
def test_the_house_stands(broken_by: object) -> None:
    assert callable(broken_by)
    assert broken_by(sources()) == []


@pytest.mark.parametrize(
    ("broken_by", "module", "source"),
    [
        (climbs, "tribune.charter.text", "from tribune.aws import clients"),
        (climbs, "tribune.comment", "import tribune.decision"),
        (climbs, "tribune.platforms.facebook", "from tribune import managers"),
        (climbs, "tribune.workflow.moderate", "def f():\n    from tribune.aws.journal import Journal"),
        (climbs, "tribune.voice", "from tribune.duty import Rota"),
        (leaves_the_house, "tribune.clock", "from local import clock"),
        (leaves_the_house, "functions.keep_watch.app", "from local.resources import Stack"),
        (leaves_the_house, "tribune.charter.text", "from . import lexicon"),
        (reaches_for_aws, "tribune.workflow.receive", "import boto3.dynamodb.types"),
        (reaches_for_aws, "functions.keep_watch.app", "from botocore.exceptions import ClientError"),
        (reaches_for_the_network, "tribune.managers.slack", "from urllib3 import PoolManager"),
        (reaches_for_the_network, "functions.perform_action.app", "import urllib.request"),
        (is_impure, "tribune.charter.reader", "import time"),
        (is_impure, "tribune.decision", "from datetime import datetime\nx = datetime.now()"),
        (is_impure, "tribune.standing", "from tribune import telemetry"),
        (is_impure, "tribune.voice", "print('hello')"),
        (is_more_than_a_door, "functions.keep_watch.app", "x = 1\n" * (DOOR_LINES + 1)),
        (is_more_than_a_door, "functions.keep_watch.app", "import os"),
    ],
)
def test_what_breaks_it_is_seen(broken_by: object, module: str, source: str) -> None:
    assert callable(broken_by)
    assert broken_by({module: source})


def test_every_room_stands_on_a_floor() -> None:
    assert {room(module) for module in sources() if room(module)} <= {name for floor in FLOORS for name in floor}


# --- in an interpreter of their own -----------------------------------------------------------------------------

GIVEN_BY_LAMBDA = {"AWS_REGION": "eu-west-3", "AWS_DEFAULT_REGION": "eu-west-3"}
HEAVY = {"pydantic", "boto3", "botocore", "urllib3", "requests", "http.client", "jinja2", "yaml", "phonenumbers"}


def python(code: str, environment: dict[str, str] | None = None) -> str:
    """What a new interpreter with nothing in its environment prints."""
    finished = subprocess.run(
        [sys.executable, "-c", code],
        env={"PATH": os.defpath, "PYTHONPATH": str(PACKAGE.parent)} | (environment or {}),
        capture_output=True,
        text=True,
        check=False,
    )
    assert finished.returncode == 0, finished.stderr
    return finished.stdout


def loaded_by(code: str, environment: dict[str, str] | None = None) -> set[str]:
    return set(python(f"{code}\nimport sys\nprint(*sys.modules)", environment).split())


def test_every_module_is_imported_with_nothing_in_the_environment() -> None:
    modules = sorted(module for module in sources() if module.split(".")[0] == "tribune")

    python("\n".join(f"import {module}" for module in modules))


@pytest.mark.parametrize("door", sorted((ROOT / "functions").glob("*/app.py")), ids=lambda door: door.parent.name)
def test_a_door_is_imported_with_nothing_of_ours_in_the_environment(door: Path) -> None:
    python(f"import sys; sys.path.insert(0, {str(door.parent)!r}); import app", GIVEN_BY_LAMBDA)


@pytest.mark.parametrize("platform", [file.stem for file in (PACKAGE / "platforms").glob("[!_]*.py")])
def test_a_platform_is_light(platform: str) -> None:
    assert loaded_by(f"import tribune.platforms.{platform}") & HEAVY == set()


def test_the_receiver_loads_nothing_that_a_platform_would_wait_for() -> None:
    door = ROOT / "functions/receive_webhook"

    loaded = loaded_by(f"import sys; sys.path.insert(0, {str(door)!r}); import app", GIVEN_BY_LAMBDA)

    assert loaded & {"pydantic", "boto3", "requests", "jinja2", "yaml", "phonenumbers", "asyncio"} == set()
    assert "botocore.session" in loaded
