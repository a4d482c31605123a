"""The meter beside moto: units as DynamoDB would charge them, for the function that asked."""

from collections.abc import Iterator

import pytest
from botocore.exceptions import ClientError

from bench.meter import Meter, Units
from local.resources import REGION, Stack
from tribune.aws import clients, keys

HEAD = keys.head("garance", "facebook", "1", "2")


def typed(key: keys.Key, **attributes: str) -> dict[str, dict[str, str]]:
    return {name: {"S": value} for name, value in {**key, **attributes}.items()}


@pytest.fixture
def meter(stack: Stack) -> Iterator[Meter]:  # noqa: ARG001  the tables must exist
    meter = Meter(REGION, lambda _access_key: "ModerateComments")
    with meter.installed():
        yield meter


@pytest.fixture
def used(meter: Meter) -> Units:
    return meter.used["ModerateComments"]


@pytest.fixture
def journal(stack: Stack) -> str:
    return stack.tables()["JournalTable"]


def test_a_small_item_costs_one_unit_and_its_place_in_an_index_another(journal: str, used: Units) -> None:
    clients.dynamodb().put_item(TableName=journal, Item=typed(HEAD))
    clients.dynamodb().put_item(TableName=journal, Item=typed(HEAD, due_pk="action#1", due_at="2026"))
    clients.dynamodb().put_item(TableName=journal, Item=typed(HEAD, due_pk="action#1", due_at="2027"))

    assert used.writes == {"head": 3, "due index": 3, "author index": 0}
    assert used.written == {"head": 3}
    assert used.indexed == {"head": 3}


def test_a_transaction_costs_twice_but_not_in_its_indexes(journal: str, used: Units) -> None:
    item = typed(HEAD, due_pk="action#1", due_at="2026", text="x" * 1500)
    clients.dynamodb().transact_write_items(
        TransactItems=[
            {"Put": {"TableName": journal, "Item": item}},
            {"Put": {"TableName": journal, "Item": typed(keys.pauses("garance"))}},
        ]
    )

    assert used.writes == {"head": 4, "pauses": 2, "due index": 1, "author index": 0}


def test_a_condition_that_fails_costs_what_stands_there(journal: str, used: Units) -> None:
    clients.dynamodb().put_item(TableName=journal, Item=typed(HEAD, text="x" * 2500))
    with pytest.raises(ClientError):
        clients.dynamodb().put_item(TableName=journal, Item=typed(HEAD), ConditionExpression="attribute_not_exists(pk)")

    assert used.writes["head"] == 6


def test_reads_cost_by_four_kilobytes_and_absent_items_too(journal: str, used: Units) -> None:
    clients.dynamodb().put_item(TableName=journal, Item=typed(HEAD, text="x" * 5000))
    wanted = [typed(HEAD), typed(keys.pauses("garance"))]
    clients.dynamodb().batch_get_item(RequestItems={journal: {"Keys": wanted, "ConsistentRead": True}})
    clients.dynamodb().get_item(TableName=journal, Key=typed(HEAD))

    assert used.read_units == 3 + 1


def test_a_query_of_an_index_costs_what_stands_in_the_index(journal: str, used: Units) -> None:
    clients.dynamodb().put_item(TableName=journal, Item=typed(HEAD, due_pk="action#1", due_at="2026", text="x" * 9000))
    clients.dynamodb().query(
        TableName=journal,
        IndexName="due",
        KeyConditionExpression="due_pk = :p",
        ExpressionAttributeValues={":p": {"S": "action#1"}},
    )

    assert used.read_units == 0.5


def test_what_is_stored_counts_the_index_and_the_overhead(stack: Stack, meter: Meter, journal: str) -> None:
    clients.dynamodb().put_item(TableName=journal, Item=typed(HEAD))
    alone = meter.stored_bytes(journal)
    clients.dynamodb().put_item(TableName=journal, Item=typed(HEAD, due_pk="action#1", due_at="2026"))

    assert alone == sum(len(name) + len(value) for name, value in HEAD.items()) + 100
    assert meter.stored_bytes(journal) > 2 * alone
    assert meter.stored_bytes(stack.tables()["TextTable"]) == 0
