"""Where a deployed stack keeps things, as CloudFormation tells it."""

import json
from collections.abc import Callable

import pytest

from tribune.aws import clients, stack
from tribune.errors import BadConfiguration


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
