"""What a world asks of the memory is judged: what AWS would not take, or what nobody declared, fails the test."""

from typing import Any

import declared
import pytest
from judged import Judged, JudgedOtherwise
from world import PAGE, World

from local.memory import DynamoDB
from tribune.aws import clients, keys


@pytest.fixture
def head(world: World) -> dict[str, Any]:
    """Where the head of a comment stands."""
    key = keys.head("garance", "facebook", PAGE, "1_1")
    return {"TableName": world.stack.tables()["JournalTable"], "Key": {name: {"S": at} for name, at in key.items()}}


def test_what_dynamodb_takes_passes_and_is_carried_out(head: dict[str, Any]) -> None:
    clients.dynamodb().update_item(
        **head,
        UpdateExpression="SET #state = :new",
        ExpressionAttributeNames={"#state": "state"},
        ExpressionAttributeValues={":new": {"S": "READY"}},
    )

    assert clients.dynamodb().get_item(**head)["Item"]["state"] == {"S": "READY"}


@pytest.mark.parametrize(
    "request_of",
    [
        {"UpdateExpression": "SET state = :new", "ExpressionAttributeValues": {":new": {"S": "x"}}},
        {
            "UpdateExpression": "SET place = :new",
            "ConditionExpression": "hour = :new",
            "ExpressionAttributeValues": {":new": {"S": "x"}},
        },
        {
            "UpdateExpression": "SET place = :new",
            "ExpressionAttributeValues": {":new": {"S": "x"}, ":unused": {"S": "x"}},
        },
        {
            "UpdateExpression": "SET place = :new",
            "ExpressionAttributeNames": {"#unused": "state"},
            "ExpressionAttributeValues": {":new": {"S": "x"}},
        },
        {"UpdateExpression": "SET place = :new", "ExpressionAttributeValues": {":new": {"N": 5}}},
    ],
    ids=["a reserved word", "one in a condition", "a value nobody uses", "a name nobody uses", "a number as a number"],
)
def test_what_dynamodb_would_refuse_is_refused(head: dict[str, Any], request_of: dict[str, Any]) -> None:
    for _ in range(2):  # what was refused once is asked again
        with pytest.raises(JudgedOtherwise):
            clients.dynamodb().update_item(**head, **request_of)


def test_a_memory_that_forgets_what_it_is_told_is_found_out(
    head: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(DynamoDB, "update_item", lambda _self, _request: {})

    with pytest.raises(JudgedOtherwise, match="on moto"):
        clients.dynamodb().update_item(
            **head, UpdateExpression="SET forgotten = :new", ExpressionAttributeValues={":new": {"S": "x"}}
        )


def test_a_transaction_is_judged_operation_by_operation(head: dict[str, Any]) -> None:
    check = {**head, "ConditionExpression": "attribute_exists(status)"}

    with pytest.raises(JudgedOtherwise):
        clients.dynamodb().transact_write_items(TransactItems=[{"ConditionCheck": check}])


@pytest.mark.usefixtures("world")
def test_a_parameter_that_aws_does_not_know_is_refused_for_every_service() -> None:
    with pytest.raises(JudgedOtherwise, match="MessageBody"):
        clients.sqs().send_message(QueueUrl="https://sqs.test/x")


def test_a_key_that_nobody_declared_is_refused(head: dict[str, Any]) -> None:
    with pytest.raises(declared.UndeclaredKey, match="declare it"):
        clients.dynamodb().get_item(**{**head, "Key": {"pk": {"S": "garance#mystery"}, "sk": {"S": "x"}}})


@pytest.mark.usefixtures("world")
def test_every_client_of_a_world_is_judged() -> None:
    made = (clients.dynamodb(), clients.sqs(), clients.ssm(), clients.ses(), clients.sns())

    assert all(isinstance(client, Judged) for client in made)
