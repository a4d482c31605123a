"""The world of `world.py` on AWS in memory (`local/memory.py`): the real doors, the real journal, milliseconds.

moto judges each form of request that it makes (`judged.py`), and lives the same stories (`crash/test_single_faults.py`).
What every process reads anew from the same bytes (a charter, a community, a reader) is made once for all worlds.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import cache, partial
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any
from unittest.mock import patch

import pytest
from botocore.exceptions import ClientError, ReadTimeoutError
from judged import SERVICES, Judged
from world import START, World, living, throttled

from local.memory import Memory
from local.resources import Stack, Template
from tribune import charter, clock
from tribune.aws import charters, clients, journal
from tribune.community import Community
from tribune.workflow import lead, moderate

ROOT = Path(__file__).resolve().parents[2]
PARAMETERS = {"Stage": "test", "AlertAddress": "alerts@example.test", "MailSender": "tribune@example.test"}


class InMemory(Stack):
    """The template's resources in memory; what it resolves to is worked out once."""

    @cache  # noqa: B019  it lives as long as the process
    def tables(self) -> dict[str, str]:
        return super().tables()

    @cache  # noqa: B019  the same
    def queues(self) -> dict[str, str]:
        return super().queues()

    @cache  # noqa: B019  the same
    def environment(self, function: str) -> dict[str, str]:
        return super().environment(function)

    __hash__ = object.__hash__


@cache
def _stack() -> tuple[InMemory, Memory]:
    memory = Memory()
    template = Template.read(ROOT / "template.yaml")
    stack = InMemory(template, memory.dynamodb, memory.sqs, memory.sns, "test", "eu-west-3", dict(PARAMETERS))
    stack.create()
    return stack, memory


@cache
def _door(name: str) -> CodeType:
    file = ROOT / "functions" / name / "app.py"
    return compile(file.read_text(encoding="utf-8"), str(file), "exec")


def loader(stack: Stack) -> Callable[[str], ModuleType]:
    """Loads functions/<name>/app.py as a new process of Lambda would: its environment, nothing cached."""

    def load(name: str) -> ModuleType:
        logical_id = "".join(word.capitalize() for word in name.split("_"))
        os.environ.update(stack.environment(logical_id))
        module = ModuleType(f"functions.{name}.app")
        exec(_door(name), module.__dict__)  # noqa: S102  our own door
        return module

    return load


@contextmanager
def remembered() -> Iterator[None]:
    """What is pure and dear is worked out once for all worlds: the same bytes give the same charter."""
    with ExitStack() as stack:
        stack.enter_context(patch.object(charters, "_published", _charter))
        stack.enter_context(patch.object(Community, "model_validate_json", staticmethod(_community)))
        for module in (moderate, lead, charter):  # the second for doors, which are loaded anew
            stack.enter_context(patch.object(module, "Reader", _reader))
        stack.enter_context(patch.dict(os.environ))
        yield


_read_charter, _read_community, _make_reader = charters._published, Community.model_validate_json, moderate.Reader
_charters: dict[Any, Any] = {}
_readers: dict[Any, Any] = {}


def _charter(meta: charters.VersionMeta, packed: bytes) -> Any:
    slot = (meta.version, meta.published_at, meta.effective_from, meta.summary, packed)
    if slot not in _charters:
        _charters[slot] = _read_charter(meta, packed)
    return _charters[slot]


@cache
def _community(text: str, **understood: Any) -> Community:
    return _read_community(text, **understood)


def _reader(rules: Any, vocabulary: Any) -> Any:
    slot = (id(rules), repr(vocabulary))
    if slot not in _readers:
        _readers[slot] = (rules, _make_reader(rules, vocabulary))
    return _readers[slot][1]


@contextmanager
def memory_world(mode: str = "act", more: str = "") -> Iterator[World]:
    """A world with one community, on tables of its own; one at a time in a process."""
    stack, _ = _stack()
    memory = _furnished(mode, more).fork()
    fresh = World(stack, loader(stack), more=more, mail=memory.mail)

    def around(operation: str, carry_out: Callable[[], Any]) -> Any:
        return fresh.calls.around(
            operation,
            carry_out,
            lambda: ClientError({"Error": {"Code": "InternalServerError"}}, operation),
            lambda: ReadTimeoutError(endpoint_url="http://aws.test"),
            partial(throttled, operation),
        )

    memory.around = around
    with remembered(), _reached(memory), living(fresh):
        fresh.forget()
        yield fresh
    fresh.forget()


@pytest.fixture(name="world")
def fresh_world() -> Iterator[World]:
    """A world with one community in mode act, for every test that asks for one."""
    with memory_world() as world:
        yield world


@contextmanager
def _reached(memory: Memory) -> Iterator[None]:
    """Whoever asks for a client of this process gets the memory's, judged; nobody sleeps between two attempts."""
    tables = _stack()[0].tables()
    with ExitStack() as stack:
        for name in SERVICES:
            stack.enter_context(patch.object(clients, name, partial(_itself, Judged(memory, name, tables))))
        stack.enter_context(patch.object(journal, "_pause", lambda _attempt: None))
        yield


def _itself[Client](client: Client) -> Client:
    return client


@cache
def _furnished(mode: str, more: str) -> Memory:
    """Everything as `tribune apply` leaves it."""
    stack, empty = _stack()
    memory = empty.fork()
    world = World(stack, loader(stack), more=more)
    clock.follow(lambda: START)
    with remembered(), _reached(memory):
        world.apply(mode)
    return memory
