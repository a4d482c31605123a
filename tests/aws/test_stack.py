"""Where a deployed stack keeps things, as CloudFormation tells it."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError, ConnectTimeoutError, NoCredentialsError

from tribune.aws import clients, stack
from tribune.errors import BadConfiguration, TribuneError, Unavailable


@pytest.fixture
def deploy() -> Callable[..., None]:
    """Deploys a template of tables and queues under a name."""

    def run(name: str, *missing: str) -> None:
        key = {"AttributeName": "pk", "AttributeType": "S"}
        table = {
            "Type": "AWS::DynamoDB::Table",
            "Properties": {
                "AttributeDefinitions": [key],
                "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
                "BillingMode": "PAY_PER_REQUEST",
            },
        }
        resources = dict.fromkeys(stack.TABLES.values(), table)
        resources |= {logical: {"Type": "AWS::SQS::Queue"} for logical in stack.QUEUES.values()}
        kept = {logical: resource for logical, resource in resources.items() if logical not in missing}
        clients.cloudformation.cache_clear()
        clients.cloudformation().create_stack(StackName=name, TemplateBody=json.dumps({"Resources": kept}))

    return run


@pytest.mark.usefixtures("stack")
def test_the_names_that_cloudformation_gave_are_found_by_the_stage(deploy: Callable[..., None]) -> None:
    deploy("tribune-prod")
    place = stack.locate("prod")
    assert set(place.tables) == {"journal", "text", "counter", "charter", "community"}
    assert place.tables["charter"] in clients.dynamodb().list_tables()["TableNames"]
    assert place.queues["calls"].startswith("http")


@pytest.mark.usefixtures("stack")
def test_a_stage_that_is_not_deployed_is_said_so(deploy: Callable[..., None]) -> None:
    deploy("tribune-prod")
    with pytest.raises(BadConfiguration, match="there is no stack tribune-test"):
        stack.locate("test")


@pytest.mark.usefixtures("stack")
def test_an_older_stack_without_a_table_is_said_so(deploy: Callable[..., None]) -> None:
    deploy("tribune-prod", "CharterTable")
    with pytest.raises(BadConfiguration, match="has no CharterTable"):
        stack.locate("prod")


@pytest.mark.parametrize(
    ("missing", "there"), [("AWS_DEFAULT_REGION", {}), ("AWS_PROFILE", {"AWS_PROFILE": "nobody-s"})]
)
def test_whoever_has_not_told_aws_where_they_are_reads_what_is_missing(missing: str, there: dict[str, str]) -> None:
    around = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    files = {"AWS_CONFIG_FILE": os.devnull, "AWS_SHARED_CREDENTIALS_FILE": os.devnull}
    said = subprocess.run(
        [sys.executable, "-m", "local.command", "case", "list", "--stage", "prod"],
        env={**around, **files, **there},
        capture_output=True,
        text=True,
        check=False,
    )
    assert said.returncode == 2
    assert said.stderr.startswith(f"{missing}: ")
    assert len(said.stderr.splitlines()) == 1


def refused(code: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": "…"}}, "ListStackResources")


@pytest.mark.parametrize("ask", [stack.locate, stack.address])
@pytest.mark.parametrize(
    ("met", "kind", "said"),
    [
        (NoCredentialsError(), BadConfiguration, "AWS has no credentials here: sign in"),
        (
            refused("ExpiredToken"),
            BadConfiguration,
            r"AWS does not take these credentials \(ExpiredToken\): sign in again",
        ),
        (refused("AccessDenied"), BadConfiguration, "your AWS credentials may not look at the stack tribune-prod"),
        (refused("Throttling"), Unavailable, "could not be asked about the stack tribune-prod: Throttling"),
        (
            ConnectTimeoutError(endpoint_url="https://…"),
            Unavailable,
            "could not be asked about the stack tribune-prod: Conn",
        ),
    ],
)
def test_whatever_keeps_aws_from_answering_is_a_sentence(
    ask: Callable[[str], object], met: Exception, kind: type[TribuneError], said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Deaf:
        def describe_stacks(self, **_asked: Any) -> Any:
            raise met

        def get_paginator(self, _operation: str) -> Any:
            raise met

    monkeypatch.setattr(clients, "cloudformation", Deaf)
    with pytest.raises(kind, match=said):
        ask("prod")
