"""The twins' server: nothing that a configuration names is reached but on this machine."""

import json
import time
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from urllib.parse import urlsplit

import pytest

from local.cloud import Cloud
from local.configuration import EXAMPLE_FILE, Configuration, read
from local.faults import Kills, When
from local.hosting import Hosting
from local.twins import Entry
from local.wire import Fate, Request
from tribune.aws import clients
from tribune.aws.mail import Mail
from tribune.channel import Delivery, Secrets
from tribune.errors import Unavailable
from tribune.platforms import PLATFORMS

NOW = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)
URL = "http://127.0.0.1:4999"
PAGE = "102030405060708"


@pytest.fixture(scope="module")
def configuration() -> Configuration:
    return read(EXAMPLE_FILE)


class World:
    """A hosting, and what it did to the rest of the stack."""

    def __init__(self) -> None:
        self.kills = Kills()
        self.killed: list[str] = []
        self.seen: list[Entry] = []
        self.delivered: list[tuple[str, Mapping[str, str], bytes]] = []
        self.hosting = Hosting(URL, now=lambda: NOW, kills=self.kills, kill=self.killed.append, seen=self.seen.append)

    def deliver(self, path: str, headers: Mapping[str, str], body: bytes) -> int:
        self.delivered.append((path, headers, body))
        return 200


@pytest.fixture
def world() -> Iterator[World]:
    made = World()
    made.hosting.start(made.deliver)
    yield made
    made.hosting.stop()


def comment() -> bytes:
    value = {
        "item": "comment",
        "verb": "add",
        "comment_id": f"{PAGE}_1",
        "post_id": f"{PAGE}_9",
        "parent_id": f"{PAGE}_9",
        "from": {"id": "7001", "name": "Karim"},
        "message": "Bonjour",
        "created_time": int(NOW.timestamp()),
    }
    entry = {"id": PAGE, "time": int(NOW.timestamp()), "changes": [{"field": "feed", "value": value}]}
    return json.dumps({"object": "page", "entry": [entry]}).encode()


def reply(world: World, configuration: Configuration) -> Request:
    """What perform_action sends for a reply, to where the redirected configuration says."""
    from tribune.channel import Access, ActKind, Order  # noqa: PLC0415  only this test speaks as a function

    pointed = world.hosting.host(configuration)
    act = next(channel.act for channel in pointed.channels if channel.platform == "facebook")
    world.hosting.hear("facebook", comment())
    order = Order("action-1", ActKind.REPLY, PAGE, f"{PAGE}_1", f"{PAGE}_1", "Merci !")
    call = PLATFORMS["facebook"].act(order, Access(PAGE, act), NOW).call
    parts = urlsplit(call.url)
    assert f"{parts.scheme}://{parts.netloc}" == URL
    target = parts.path + (f"?{parts.query}" if parts.query else "")
    return Request(call.method, target, tuple(call.headers.items()), call.body or b"")


def test_every_address_of_a_configuration_is_one_of_this_machine(world: World, configuration: Configuration) -> None:
    pointed = world.hosting.host(configuration)

    for channel in pointed.channels:
        places = {channel.act[name] for name in ("base_url", "reply_url", "rest_url", "server") if name in channel.act}
        assert places == {f"{URL}/twins/{channel.platform}"}
    assert pointed.calls
    assert all(secret.startswith(f"{URL}/twins/") for secret in pointed.calls.values())
    assert {name.split(".")[0] for name in pointed.calls} == {"marie", "lea"}
    untouched = [(channel.platform, channel.verify) for channel in configuration.channels]
    assert [(channel.platform, channel.verify) for channel in pointed.channels] == untouched


def test_a_reply_is_written_down_and_pushed_back_signed(world: World, configuration: Configuration) -> None:
    answer = world.hosting.handle(reply(world, configuration))

    assert answer.status == 200
    (entry,) = world.hosting.outbox.entries
    assert (entry.to, entry.kind, entry.community, entry.text) == ("facebook", "reply", "garance", "Merci !")
    assert world.seen == [entry]
    until = time.monotonic() + 5
    while world.hosting.owed():
        assert time.monotonic() < until
        time.sleep(0.01)
    ((path, headers, body),) = world.delivered
    assert path == "/webhooks/facebook/main"
    secret = next(channel.verify["current"] for channel in configuration.channels if channel.platform == "facebook")
    lowered = {name.lower(): value for name, value in headers.items()}
    PLATFORMS["facebook"].verify(Delivery("POST", lowered, body), Secrets(secret), NOW)


@pytest.mark.parametrize(("when", "written"), [(When.BEFORE, 0), (When.AFTER, 1)])
def test_a_call_to_a_platform_can_be_the_last_one(
    world: World, configuration: Configuration, when: When, written: int
) -> None:
    request = reply(world, configuration)
    world.kills.arm("PerformAction", 1, when)

    assert world.hosting.handle(request).fate is Fate.RESET
    assert world.killed == ["PerformAction"]
    assert len(world.hosting.outbox.entries) == written


def test_the_console_shows_a_call_and_can_refuse_one(world: World, configuration: Configuration) -> None:
    world.hosting.host(configuration)
    told = {"to": "marie", "community": "garance", "call": "c1", "subject": "Menace", "text": "Regardez le fil."}
    call = Request("POST", "/twins/console", (), json.dumps(told).encode())

    world.hosting.twins["console"].fail({"mode": "500", "next": 1})
    assert [world.hosting.handle(call).status for _ in range(2)] == [503, 204]

    shown = [(entry.to, entry.kind, entry.community, entry.status) for entry in world.hosting.outbox.entries]
    assert shown == [("console:marie", "call", "garance", 503), ("console:marie", "call", "garance", 204)]
    assert world.hosting.outbox.effects[0].text == "Menace\nRegardez le fil."


def test_whoever_is_no_twin_is_not_found(world: World, configuration: Configuration) -> None:
    world.hosting.host(configuration)

    assert world.hosting.handle(Request("POST", "/twins/myspace/x", (), b"")).status == 404


def test_a_mail_that_ses_took_is_a_call_in_the_outbox(
    world: World, configuration: Configuration, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.hosting.host(configuration)
    cloud = Cloud(world.kills, world.hosting.carrier)
    cloud.start()
    monkeypatch.setenv("AWS_ENDPOINT_URL", cloud.url)
    clients.forget()
    send = Mail(clients.ses(), "house@example.test")
    with pytest.raises(Unavailable):
        send(to="lea@example.test", subject="before the sender is verified", text="", html="")
    clients.ses().verify_email_identity(EmailAddress="house@example.test")
    send(to="lea@example.test", subject="Menace", text="Le fil : é", html="<p>Le fil</p>")
    clients.forget()
    cloud.stop()

    (entry,) = world.seen
    assert (entry.to, entry.kind, entry.community) == ("email:lea@example.test", "call", "garance")
    assert entry.text == "Menace\nLe fil : é"
