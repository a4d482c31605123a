"""What every test stands on: no network but this machine's own, nobody's credentials, AWS as moto makes it.

The environment is set here, before anything of ours is imported, so that no client can be made for anybody's
real account; moto is imported before the doors, so that their module-level clients are its own.
"""

import importlib.util
import os
import socket
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import declared
import hypothesis
import pytest
from proof_table import pytest_terminal_summary

__all__ = ["fresh_world", "pytest_terminal_summary"]

ROOT = Path(__file__).resolve().parent.parent

for name in list(os.environ):
    if name.startswith(("AWS_", "POWERTOOLS_", "TRIBUNE_")) and name != "AWS_CA_BUNDLE":
        del os.environ[name]
os.environ |= {
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing",
    "AWS_REGION": "eu-west-3",
    "AWS_DEFAULT_REGION": "eu-west-3",
    "AWS_EC2_METADATA_DISABLED": "true",
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    "POWERTOOLS_SERVICE_NAME": "tribune-test",
    "POWERTOOLS_LOG_LEVEL": "INFO",
}

hypothesis.settings.register_profile("tribune", deadline=None)  # a busy machine fails no test
hypothesis.settings.load_profile("tribune")

# ruff: disable[E402]  after the environment
from memory_world import fresh_world
from moto import mock_aws

from local import moto_patch
from local.resources import Stack, Template, create
from tribune.aws import clients, directory, secrets

# ruff: enable[E402]

PARAMETERS = {"Stage": "test", "AlertAddress": "alerts@example.test", "MailSender": "tribune@example.test"}
"""What a deployment has to say; every other parameter has its default."""


class NetworkReached(AssertionError):
    """A test tried to leave this machine."""


_connect = socket.socket.connect
_getaddrinfo = socket.getaddrinfo
_HERE = ("127.", "::1", "localhost", "0.0.0.0")  # noqa: S104  compared with, not bound to


def _only_here(host: object) -> None:
    if not str(host or "localhost").startswith(_HERE):
        raise NetworkReached(f"a test may only reach this machine, not {host}")


def _guarded_connect(self: socket.socket, address: Any) -> None:
    if self.family != socket.AF_UNIX:
        _only_here(address[0])
    _connect(self, address)


def _guarded_getaddrinfo(host: Any, *args: Any, **kwargs: Any) -> Any:
    _only_here(host.decode() if isinstance(host, bytes) else host)
    return _getaddrinfo(host, *args, **kwargs)


socket.socket.connect = _guarded_connect
socket.getaddrinfo = _guarded_getaddrinfo


@pytest.fixture(scope="session")
def template() -> Template:
    """The real template."""
    return Template.read(ROOT / "template.yaml")


@pytest.fixture
def stack(template: Template) -> Iterator[Stack]:
    """The template's tables, queues and topics in moto, and a process that remembers nothing of another stack."""
    moto_patch.apply()
    _forget()
    with mock_aws():
        made = create(
            template,
            dynamodb=clients.dynamodb(),
            sqs=clients.sqs(),
            sns=_sns(),
            name="test",
            parameters=PARAMETERS,
        )
        declared.watch(clients.dynamodb(), made.tables())
        yield made
    _forget()


@pytest.fixture
def function(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], ModuleType]:
    """Loads functions/<name>/app.py as a new process of Lambda would: its environment, nothing cached."""

    def load(name: str) -> ModuleType:
        logical_id = "".join(word.capitalize() for word in name.split("_"))
        for key, value in stack.environment(logical_id).items():
            monkeypatch.setenv(key, value)
        spec = importlib.util.spec_from_file_location(f"functions.{name}.app", ROOT / "functions" / name / "app.py")
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return module

    return load


@cache
def _sns() -> Any:
    return clients._client("sns")


def _forget() -> None:
    # The clients stay: they reach whatever moto holds, and making them anew takes longer than most tests.
    secrets.forget()
    directory.forget()
