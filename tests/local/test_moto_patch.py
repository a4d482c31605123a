"""moto, once it is patched: transactions that hold, tokens that count, queries that stay fast, one clock."""

import json
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from moto import mock_aws

from local import moto_patch
from local.resources import ACCOUNT, REGION, Stack, Template, create
from tribune import clock
from tribune.aws import clients

TINY = Path(__file__).resolve().parent / "tiny" / "template.yaml"


@pytest.fixture
def stack() -> Iterator[Stack]:
    """The tiny template's table and queues: the keys of these tests are no keys of Tribune's."""
    moto_patch.apply()
    clients.forget()
    with mock_aws():
        yield create(
            Template.read(TINY),
            dynamodb=clients.dynamodb(),
            sqs=clients.sqs(),
            sns=clients.beside("sns", "https://sns.eu-west-3.amazonaws.com", REGION),
            name="patched",
            parameters={"Stage": "patched"},
        )
    clients.forget()


@pytest.fixture
def table(stack: Stack) -> str:
    return stack.tables()["DoneTable"]


@pytest.fixture
def now() -> Iterator[list[datetime]]:
    told = [datetime(2026, 11, 22, 9, 0, tzinfo=UTC)]
    clock.follow(lambda: told[0])
    yield told
    clock.follow(clock.system)


def put(table: str, pk: str, **values: str) -> dict[str, Any]:
    item = {"pk": {"S": pk}, "sk": {"S": "head"}} | {name: {"S": value} for name, value in values.items()}
    return {"Put": {"TableName": table, "Item": item, "ConditionExpression": "attribute_not_exists(pk)"}}


def add(table: str, pk: str) -> dict[str, Any]:
    return {
        "Update": {
            "TableName": table,
            "Key": {"pk": {"S": pk}, "sk": {"S": "count"}},
            "UpdateExpression": "ADD n :one SET due_pk = :due, due_at = :due",
            "ExpressionAttributeValues": {":one": {"N": "1"}, ":due": {"S": "later"}},
        }
    }


def read(stack: Stack, table: str, pk: str, sk: str = "head") -> dict[str, Any] | None:
    answer = stack.dynamodb.get_item(TableName=table, Key={"pk": {"S": pk}, "sk": {"S": sk}})
    return answer.get("Item")


def test_a_cancelled_transaction_leaves_nothing_behind(stack: Stack, table: str) -> None:
    stack.dynamodb.transact_write_items(TransactItems=[put(table, "a", text="old"), add(table, "n")])

    with pytest.raises(ClientError) as cancelled:
        stack.dynamodb.transact_write_items(
            TransactItems=[put(table, "b"), add(table, "n"), put(table, "a", text="new")]
        )

    reasons = [reason["Code"] for reason in cancelled.value.response["CancellationReasons"]]
    assert reasons == ["None", "None", "ConditionalCheckFailed"]
    assert read(stack, table, "b") is None
    assert read(stack, table, "a") == {"pk": {"S": "a"}, "sk": {"S": "head"}, "text": {"S": "old"}}
    assert (read(stack, table, "n", "count") or {})["n"] == {"N": "1"}
    assert due(stack, table, "later") == ["n"]


def test_the_same_token_counts_once(stack: Stack, table: str) -> None:
    for _ in range(3):
        stack.dynamodb.transact_write_items(TransactItems=[add(table, "n")], ClientRequestToken="token")

    assert (read(stack, table, "n", "count") or {})["n"] == {"N": "1"}
    with pytest.raises(ClientError, match="IdempotentParameterMismatch"):
        stack.dynamodb.transact_write_items(TransactItems=[add(table, "m")], ClientRequestToken="token")


def test_a_token_is_forgotten_after_ten_minutes(stack: Stack, table: str, now: list[datetime]) -> None:
    stack.dynamodb.transact_write_items(TransactItems=[add(table, "n")], ClientRequestToken="token-ten")
    now[0] += timedelta(seconds=moto_patch.TOKEN_LIVES_S)
    stack.dynamodb.transact_write_items(TransactItems=[add(table, "n")], ClientRequestToken="token-ten")

    assert (read(stack, table, "n", "count") or {})["n"] == {"N": "2"}


def test_threads_lose_nothing(stack: Stack, table: str) -> None:
    won: list[str] = []

    def writer(name: str) -> None:
        for number in range(8):
            try:
                stack.dynamodb.transact_write_items(TransactItems=[put(table, f"key{number}"), add(table, "n")])
            except ClientError:
                continue
            won.append(name)

    threads = [threading.Thread(target=writer, args=(str(number),)) for number in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(won) == 8
    assert (read(stack, table, "n", "count") or {})["n"] == {"N": "8"}


def due(stack: Stack, table: str, partition: str, until: str = "~") -> list[str]:
    answer = stack.dynamodb.query(
        TableName=table,
        IndexName="due",
        KeyConditionExpression="due_pk = :p AND due_at <= :t",
        ExpressionAttributeValues={":p": {"S": partition}, ":t": {"S": until}},
    )
    return [item["pk"]["S"] for item in answer["Items"]]


operations = st.lists(
    st.tuples(
        st.sampled_from(["put", "set", "remove", "delete", "cancelled"]),
        st.sampled_from("abcd"),
        st.sampled_from(["p", "q"]),
        st.sampled_from("123"),
    ),
    max_size=12,
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(operations)
def test_an_index_holds_exactly_what_the_items_say(stack: Stack, table: str, done: list[tuple[str, ...]]) -> None:
    expected: dict[str, tuple[str, str]] = {}
    for pk in "abcd":
        stack.dynamodb.delete_item(TableName=table, Key={"pk": {"S": pk}, "sk": {"S": "head"}})
    for what, pk, partition, at in done:
        key = {"pk": {"S": pk}, "sk": {"S": "head"}}
        values = {"due_pk": {"S": partition}, "due_at": {"S": at}}
        match what:
            case "put":
                stack.dynamodb.put_item(TableName=table, Item=key | values)
                expected[pk] = (partition, at)
            case "set":
                stack.dynamodb.update_item(
                    TableName=table,
                    Key=key,
                    UpdateExpression="SET due_pk = :p, due_at = :a",
                    ExpressionAttributeValues={":p": {"S": partition}, ":a": {"S": at}},
                )
                expected[pk] = (partition, at)
            case "remove":
                stack.dynamodb.update_item(TableName=table, Key=key, UpdateExpression="REMOVE due_pk, due_at")
                expected.pop(pk, None)
            case "delete":
                stack.dynamodb.delete_item(TableName=table, Key=key)
                expected.pop(pk, None)
            case _:
                never = {"TableName": table, "Key": {"pk": {"S": "z"}, "sk": {"S": "z"}}}
                check = {"ConditionCheck": never | {"ConditionExpression": "attribute_exists(pk)"}}
                update = {
                    "Update": {
                        "TableName": table,
                        "Key": key,
                        "UpdateExpression": "SET due_pk = :p, due_at = :a",
                        "ExpressionAttributeValues": {":p": {"S": partition}, ":a": {"S": at}},
                    }
                }
                with pytest.raises(ClientError):
                    stack.dynamodb.transact_write_items(TransactItems=[update, check])

    for partition in ("p", "q"):
        wanted = sorted((at, pk) for pk, (place, at) in expected.items() if place == partition)
        assert due(stack, table, partition) == [pk for _, pk in wanted]
        assert due(stack, table, partition, "2") == [pk for at, pk in wanted if at <= "2"]


def test_queries_and_transactions_cost_the_same_in_a_large_table(stack: Stack, table: str) -> None:
    def seconds() -> float:
        begin = time.thread_time()
        for number in range(5):
            due(stack, table, "p")
            stack.dynamodb.transact_write_items(TransactItems=[put(table, f"{begin}-{number}-{n}") for n in range(5)])
        return time.thread_time() - begin

    seconds()
    small = min(seconds() for _ in range(3))
    for number in range(0, 2000, 25):
        items = [{"PutRequest": {"Item": {"pk": {"S": f"i{number + n}"}, "sk": {"S": "head"}}}} for n in range(25)]
        stack.dynamodb.batch_write_item(RequestItems={table: items})
    large = min(seconds() for _ in range(3))

    assert large < 3 * small


def test_an_item_over_the_limit_is_refused(stack: Stack, table: str) -> None:
    with pytest.raises(ClientError, match="exceeded"):
        stack.dynamodb.transact_write_items(TransactItems=[put(table, "big", text="x" * 410_000)])


def test_bytes_come_back_as_they_went(stack: Stack, table: str) -> None:
    item = {
        "pk": {"S": "b"},
        "sk": {"S": "head"},
        "packed": {"B": b"\x00\xff"},
        "deep": {"M": {"l": {"L": [{"N": "1"}]}}},
    }
    stack.dynamodb.put_item(TableName=table, Item=item)

    assert read(stack, table, "b") == item


def test_what_ttl_says_is_over_is_deleted_by_our_clock(stack: Stack, table: str, now: list[datetime]) -> None:
    soon = int((now[0] + timedelta(days=30)).timestamp())
    for pk, ttl in (("mortal", soon), ("later", soon + 10**6)):
        stack.dynamodb.put_item(TableName=table, Item={"pk": {"S": pk}, "sk": {"S": "head"}, "ttl": {"N": str(ttl)}})

    assert moto_patch.expire(ACCOUNT, REGION) == 0
    now[0] += timedelta(days=31)
    assert moto_patch.expire(ACCOUNT, REGION) == 1
    assert read(stack, table, "mortal") is None
    assert read(stack, table, "later") is not None


def test_visibility_and_delay_follow_our_clock(stack: Stack, now: list[datetime]) -> None:
    url = stack.queues()["JobsQueue"]
    stack.sqs.send_message(QueueUrl=url, MessageBody=json.dumps({"delayed": True}), DelaySeconds=600)

    def received() -> int:
        return len(stack.sqs.receive_message(QueueUrl=url, WaitTimeSeconds=0).get("Messages", []))

    assert received() == 0
    now[0] += timedelta(seconds=601)
    assert received() == 1
    assert received() == 0
    now[0] += timedelta(seconds=13)
    assert received() == 1


def test_a_queue_still_tells_its_attributes(stack: Stack) -> None:
    url = stack.queues()["JobsQueue"]
    stack.sqs.send_message(QueueUrl=url, MessageBody="one")

    told = stack.sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]

    assert told["ApproximateNumberOfMessages"] == "1"
    assert json.loads(told["RedrivePolicy"])["maxReceiveCount"] == 2


def test_some_attributes_of_an_item_are_what_they_were_and_changing_them_changes_nothing_kept(
    stack: Stack, table: str
) -> None:
    item = {
        "pk": {"S": "a"}, "sk": {"S": "head"}, "due_pk": {"S": "p"}, "due_at": {"S": "1"},
        "n": {"N": "12.50"}, "packed": {"B": b"\x00\xff"}, "tags": {"SS": ["x", "y"]}, "nothing": {"NULL": True},
        "deep": {"M": {"list": {"L": [{"N": "1"}, {"BOOL": False}]}}}, "beside": {"S": "not asked for"},
    }  # fmt: skip
    stack.dynamodb.put_item(TableName=table, Item=item)
    key = {name: item[name] for name in ("pk", "sk")}

    def asked(names: str) -> dict[str, Any]:
        read = stack.dynamodb.batch_get_item(RequestItems={table: {"Keys": [key], "ProjectionExpression": names}})
        (found,) = read["Responses"][table]
        return dict(found)

    assert asked("n, packed, deep, tags, nothing, absent") == {
        name: item[name] for name in ("n", "packed", "deep", "tags", "nothing")
    }
    assert asked("deep.list[1]") == {"deep": {"M": {"list": {"L": [{"BOOL": False}]}}}}
    index = stack.dynamodb.query(
        TableName=table,
        IndexName="due",
        KeyConditionExpression="due_pk = :p",
        ExpressionAttributeValues={":p": {"S": "p"}},
    )["Items"]
    assert index == [{name: item[name] for name in ("pk", "sk", "due_pk", "due_at")}]
    assert stack.dynamodb.get_item(TableName=table, Key=key)["Item"] == item
