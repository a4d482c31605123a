"""What the platforms' tests share: recorded deliveries, secrets, and an order ready to be carried out."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tribune.channel import Access, ActKind, HttpAnswer, Order

RECORDED = Path(__file__).resolve().parents[2] / "events" / "webhooks"
NOW = datetime(2026, 9, 1, 9, 0, 5, tzinfo=UTC)
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
OLD_SECRET = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"


@dataclass(frozen=True)
class Recorded:
    """A file of `events/webhooks`."""

    name: str
    body: Any
    reads: list[str]
    account: str = ""
    """Whose page it is, where a platform does not push and was asked."""

    @property
    def platform(self) -> str:
        return self.name.partition("__")[0]


def recorded(pattern: str = "*") -> list[Recorded]:
    found = []
    for path in sorted(RECORDED.glob(f"{pattern}.json")):
        content = json.loads(path.read_text(encoding="utf-8"))
        found.append(Recorded(path.stem, content["body"], content["reads"], content.get("account", "")))
    return found


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A test that asks for `delivery` runs once for each recorded delivery; for `name`, once for each
    platform; for `pushing`, once for each that delivers events to us."""
    from tribune.platforms import PLATFORMS  # noqa: PLC0415  once AWS is out of reach

    if "delivery" in metafunc.fixturenames:
        metafunc.parametrize("delivery", recorded(), ids=lambda one: one.name)
    if "name" in metafunc.fixturenames:
        metafunc.parametrize("name", list(PLATFORMS))
    if "pushing" in metafunc.fixturenames:
        metafunc.parametrize("pushing", [name for name, module in PLATFORMS.items() if module.CARD.pushes])


@pytest.fixture
def now() -> datetime:
    return NOW


@pytest.fixture
def secret() -> str:
    return SECRET


@pytest.fixture
def old_secret() -> str:
    return OLD_SECRET


@pytest.fixture
def sent() -> Callable[[str], Recorded]:
    """One recorded delivery by its name."""
    return lambda name: recorded(name)[0]


@pytest.fixture(scope="session")
def everything_sent() -> list[Recorded]:
    return recorded()


COMMENTS = {"linkedin": "urn:li:comment:(urn:li:activity:7094637247890620418,7094977717598625792)"}
"""What a comment is called where any name will not do."""
RECIPIENTS = {"mastodon": "public @amina@autre.example"}
"""To whom an answer goes where any id will not do."""


@pytest.fixture
def order(request: pytest.FixtureRequest) -> Callable[..., Order]:
    """An order for the platform of the test's `name` (or `named`), where it has one."""
    params = request.node.callspec.params if hasattr(request.node, "callspec") else {}
    name = str(params.get("name") or params.get("named"))
    comment = COMMENTS.get(name, "900100200300400_1001")
    recipient = RECIPIENTS.get(name, "7000000000000001")

    def make(kind: ActKind = ActKind.REPLY, **fields: Any) -> Order:
        given = {
            "action_id": "act-1",
            "account": "102030405060708",
            "target": comment,
            "thread": comment,
            "recipient": recipient,
            "text": "Bonjour, le dimanche de 10 h à 13 h 🚲",
        }
        return Order(kind=kind, **(given | fields))

    return make


@pytest.fixture
def access() -> Access:
    """Everything any platform wants."""
    values = {
        "token": "a-token",
        "reply_url": "https://blog.example/tribune",
        "secret": SECRET,
        "rest_url": "https://blog.example/wp-json",
        "server": "https://social.example",
        "user": "tribune",
        "password": "a-password",
    }
    return Access("102030405060708", values)


@pytest.fixture
def answered() -> Callable[..., HttpAnswer]:
    def make(status: int, body: Any = b"", **headers: str) -> HttpAnswer:
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        return HttpAnswer(status, {name.replace("_", "-"): value for name, value in headers.items()}, content)

    return make
