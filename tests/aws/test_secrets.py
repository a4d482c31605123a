"""Secrets: kept for five minutes, read again on a mismatch, and never lost to an outage of SSM."""

import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError, ConnectTimeoutError

from tribune.aws import clients, secrets
from tribune.aws.kept import MOST
from tribune.channel import Secrets
from tribune.errors import BadConfiguration, Unavailable

PATH = "/tribune/test/verify/facebook/main"
OUTAGES = [
    ConnectTimeoutError(endpoint_url="ssm"),
    ClientError({"Error": {"Code": "ThrottlingException"}}, "GetParameter"),
]

type Advance = Callable[[timedelta], None]

pytestmark = pytest.mark.usefixtures("stack")


class Reads(list[str]):
    """What was asked of SSM, in order; `outage` is what it answers instead, once set."""

    outage: Exception | None = None


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> Reads:
    client, asked = clients.ssm(), Reads()
    real = client.get_parameter

    def get_parameter(**request: Any) -> Any:
        asked.append(request["Name"])
        if asked.outage:
            raise asked.outage
        return real(**request)

    monkeypatch.setattr(client, "get_parameter", get_parameter)
    return asked


def facebook(*, refresh: bool = False) -> Secrets | None:
    return secrets.verify_secrets("test", "facebook", "main", refresh=refresh)


def rotate_elsewhere(current: str, previous: str | None = None) -> None:
    """Another process writes the secret: this one is not told."""
    values = {"current": current} | ({"previous": previous} if previous else {})
    clients.ssm().put_parameter(Name=PATH, Value=secrets.as_text(values), Type="SecureString", Overwrite=True)


def test_a_secret_comes_back_as_it_was_written_and_is_encrypted_at_rest() -> None:
    secrets.put(PATH, secrets.as_text({"current": "új kulcs", "previous": "old", "token": "t"}))
    assert facebook() == Secrets(current="új kulcs", previous="old", token="t")
    assert clients.ssm().get_parameter(Name=PATH)["Parameter"]["Type"] == "SecureString"


def test_an_unknown_channel_has_no_secret() -> None:
    assert secrets.verify_secrets("test", "facebook", "nowhere") is None
    assert secrets.access("test", "facebook", "nowhere") == {}
    assert secrets.call_secrets("test", "nobody") == {}


def test_a_secret_is_read_once_in_five_minutes(reads: Reads, advance: Advance) -> None:
    rotate_elsewhere("one")
    assert facebook() == facebook() == Secrets("one")
    advance(timedelta(minutes=4, seconds=59))
    assert facebook() == Secrets("one")
    assert len(reads) == 1
    rotate_elsewhere("two", "one")
    advance(timedelta(seconds=1))
    assert facebook() == Secrets("two", "one")


def test_after_a_mismatch_it_is_read_again_but_once_a_minute_only(reads: Reads, advance: Advance) -> None:
    rotate_elsewhere("one")
    facebook()
    rotate_elsewhere("two", "one")
    advance(timedelta(seconds=59))
    assert facebook(refresh=True) == Secrets("one")
    advance(timedelta(seconds=1))
    assert facebook(refresh=True) == Secrets("two", "one")
    for _ in range(50):  # somebody forges
        facebook(refresh=True)
    assert len(reads) == 2


@pytest.mark.parametrize("outage", OUTAGES, ids=["silence", "throttling"])
def test_an_outage_leaves_the_last_known_secret_in_force(reads: Reads, advance: Advance, outage: Exception) -> None:
    rotate_elsewhere("one")
    facebook()
    reads.outage = outage
    advance(timedelta(hours=3))
    assert facebook() == Secrets("one")
    assert facebook() == Secrets("one")
    assert len(reads) == 2, "one attempt per minute while it lasts"
    reads.outage = None
    rotate_elsewhere("two")
    advance(timedelta(minutes=1))
    assert facebook() == Secrets("two")


def test_an_outage_before_anything_is_known_is_unavailable_not_unknown(reads: Reads) -> None:
    reads.outage = OUTAGES[0]
    with pytest.raises(Unavailable):
        facebook()


def test_a_channel_created_a_minute_ago_is_found(advance: Advance) -> None:
    assert facebook() is None
    rotate_elsewhere("one")
    advance(timedelta(minutes=1))
    assert facebook() == Secrets("one")


def test_strangers_who_invent_channels_push_no_real_secret_out(reads: Reads) -> None:
    rotate_elsewhere("one")
    facebook()
    for number in range(MOST + 20):
        secrets.verify_secrets("test", "facebook", f"invented-{number}")
    reads.clear()
    assert facebook() == Secrets("one")
    assert not reads


def test_the_pseudonym_key_is_made_once_and_for_all() -> None:
    path = "/tribune/test/pseudonym/garance"
    with pytest.raises(BadConfiguration, match="tribune apply"):
        secrets.pseudonym_key("test", "garance")
    assert secrets.put_once(path, "first")
    assert not secrets.put_once(path, "second")
    assert secrets.pseudonym_key("test", "garance") == b"first"


def test_a_removed_secret_is_gone_and_removing_it_twice_is_harmless() -> None:
    rotate_elsewhere("one")
    secrets.remove(PATH)
    secrets.remove(PATH)
    assert facebook() is None


def test_what_is_no_mapping_is_a_bad_configuration_and_never_shown() -> None:
    clients.ssm().put_parameter(Name=PATH, Value="hunter2", Type="SecureString")
    with pytest.raises(BadConfiguration) as caught:
        facebook()
    assert "hunter2" not in str(caught.value)


def test_importing_it_loads_neither_pydantic_nor_boto3() -> None:
    script = "import sys, tribune.aws.secrets, tribune.aws.directory; print([m for m in ('pydantic', 'boto3', 'yaml', 'jinja2') if m in sys.modules])"
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"
