"""AWS in this process's memory (moto): nothing leaves the machine, nothing is taken from its environment."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
from moto import mock_aws

from tribune import clock
from tribune.aws import clients, directory, secrets


@pytest.fixture
def advance() -> Iterator[Callable[[timedelta], None]]:
    """Stops the clock at 9:00 and moves it on by what it is told."""
    moment = [datetime(2026, 11, 22, 9, 0, tzinfo=UTC)]
    clock.follow(lambda: moment[0])

    def step(by: timedelta) -> None:
        moment[0] += by

    yield step
    clock.follow(lambda: datetime.now(UTC))


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """An empty account of AWS, and a process that remembers nothing of another one."""
    for name in ("AWS_PROFILE", "AWS_ENDPOINT_URL", "AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-3")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    makers = (clients._session, clients.dynamodb, clients.sqs, clients.ssm, clients.ses)  # noqa: SLF001  made anew for each test
    with mock_aws():
        for maker in makers:
            maker.cache_clear()
        secrets.forget()
        directory.forget()
        yield
    for maker in makers:
        maker.cache_clear()


@pytest.fixture
def make_table(aws: None) -> Callable[[str], str]:
    """Makes a table keyed like every one of ours (pk, sk) and gives its name."""

    def make(name: str) -> str:
        clients.dynamodb().create_table(
            TableName=name,
            BillingMode="PAY_PER_REQUEST",
            AttributeDefinitions=[{"AttributeName": key, "AttributeType": "S"} for key in ("pk", "sk")],
            KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
        )
        return name

    return make
