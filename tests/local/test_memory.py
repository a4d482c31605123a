"""AWS in memory answers as moto does, request by request; what it does not know, it refuses by name."""

from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from moto import mock_aws

from local import moto_patch
from local.memory import Memory, NotInMemory
from tribune import clock

NOW = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)
TABLE = {
    "TableName": "journal",
    "BillingMode": "PAY_PER_REQUEST",
    "AttributeDefinitions": [
        {"AttributeName": name, "AttributeType": "S"} for name in ("pk", "sk", "due_pk", "due_at")
    ],
    "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
    "GlobalSecondaryIndexes": [
        {
            "IndexName": "due",
            "KeySchema": [
                {"AttributeName": "due_pk", "KeyType": "HASH"},
                {"AttributeName": "due_at", "KeyType": "RANGE"},
            ],
            "Projection": {"ProjectionType": "KEYS_ONLY"},
        }
    ],
}


@pytest.fixture(scope="module")
def moto() -> Iterator[Any]:
    moto_patch.apply()
    with mock_aws():
        yield boto3.client("dynamodb")


@pytest.fixture
def memory() -> Iterator[Memory]:
    clock.follow(lambda: NOW)
    made = Memory()
    made.dynamodb.create_table(**TABLE)
    yield made
    clock.follow(lambda: datetime.now(UTC))


# --- the same requests, the same answers ---

KEYS = st.builds(lambda pk, sk: {"pk": {"S": pk}, "sk": {"S": sk}}, st.sampled_from("pq"), st.sampled_from("abc"))
STRINGS = st.sampled_from(["", "a", "ab", "b"]).map(lambda text: {"S": text})
NUMBERS = st.integers(-2, 12).map(lambda number: {"N": str(number)})
OF_ANY_KIND = st.one_of(STRINGS, NUMBERS, st.just({"BOOL": True}), st.just({"M": {"x": {"N": "1"}}}))
TYPED = {"text": STRINGS, "number": NUMBERS, "any": OF_ANY_KIND}
"""moto breaks down where two types are compared by order: there, an attribute keeps its type, as ours do."""
NAMES = st.sampled_from(sorted(TYPED))
ATTRIBUTES = st.fixed_dictionaries({}, optional=TYPED)
PLACES = st.one_of(
    st.just({}),
    st.builds(
        lambda pk, at: {"due_pk": {"S": pk}, "due_at": {"S": at}},
        st.sampled_from(["d0", "d1"]),
        st.sampled_from("12345"),
    ),
)
ITEMS = st.builds(lambda key, more, place: {**more, **place, **key}, KEYS, ATTRIBUTES, PLACES)


@st.composite
def conditions(draw: st.DrawFn) -> dict[str, Any]:
    """Nothing, or a condition of one or two terms."""
    names: dict[str, str] = {}
    values: dict[str, Any] = {}

    def term() -> str:
        name, value = f"#c{len(names)}", f":c{len(values)}"
        kind = draw(st.sampled_from(["exists", "absent", "compare", "equal", "begins", "between", "not"]))
        names[name] = draw(NAMES if kind in ("exists", "absent", "equal") else st.sampled_from(["text", "number"]))
        if kind in ("exists", "absent"):
            return f"attribute_{'not_' if kind == 'absent' else ''}exists({name})"
        if kind == "begins":
            names[name], values[value] = "text", draw(STRINGS.filter(lambda one: one["S"]))
            return f"begins_with({name}, {value})"
        if kind == "between":
            names[name], values[value], values[f"{value}b"] = "number", {"N": "1"}, {"N": "9"}
            return f"{name} BETWEEN {value} AND {value}b"
        values[value] = draw(TYPED[names[name]])
        signs = ["=", "<>"] if kind == "equal" else ["=", "<>", "<", "<=", ">", ">="]
        compared = f"{name} {draw(st.sampled_from(signs))} {value}"
        return f"NOT ({compared})" if kind == "not" else compared

    shape = draw(st.sampled_from(["", "one", "AND", "OR"]))
    if not shape:
        return {}
    expression = term() if shape == "one" else f"({term()}) {shape} {term()}"
    found: dict[str, Any] = {"ConditionExpression": expression, "ExpressionAttributeNames": names}
    return found | ({"ExpressionAttributeValues": values} if values else {})


@st.composite
def updates(draw: st.DrawFn) -> dict[str, Any]:
    """An update of one to three attributes, each once."""
    chosen = draw(st.lists(NAMES, min_size=1, max_size=3, unique=True))
    names = {f"#u{number}": name for number, name in enumerate(chosen)}
    clauses: dict[str, list[str]] = {}
    values: dict[str, Any] = {}
    for alias, name in names.items():
        value, words = f":u{len(values)}", ["set", "default", "remove", *(["add"] if name == "number" else [])]
        word = draw(st.sampled_from(words))
        if word == "remove":
            clauses.setdefault("REMOVE", []).append(alias)
            continue
        values[value] = draw(TYPED[name])
        if word == "add":
            clauses.setdefault("ADD", []).append(f"{alias} {value}")
        else:
            written = value if word == "set" else f"if_not_exists({alias}, {value})"
            clauses.setdefault("SET", []).append(f"{alias} = {written}")
    expression = " ".join(f"{word} {', '.join(entries)}" for word, entries in clauses.items())
    request: dict[str, Any] = {"UpdateExpression": expression, "ExpressionAttributeNames": names}
    return request | ({"ExpressionAttributeValues": values} if values else {})


def _with(request: dict[str, Any], condition: dict[str, Any]) -> dict[str, Any]:
    merged = {**request}
    for name, content in condition.items():
        merged[name] = {**merged.get(name, {}), **content} if isinstance(content, dict) else content
    return merged


PUTS = st.builds(lambda item, when: _with({"Item": item}, when), ITEMS, conditions())
UPDATES = st.builds(lambda key, change, when: _with({"Key": key, **change}, when), KEYS, updates(), conditions())
DELETES = st.builds(lambda key, when: _with({"Key": key}, when), KEYS, conditions())


def _place(single: dict[str, Any]) -> tuple[str, str]:
    key = single.get("Key") or single["Item"]
    return key["pk"]["S"], key["sk"]["S"]


TRANSACTIONS = st.lists(
    st.one_of(
        PUTS.map(lambda one: ("Put", one)),
        UPDATES.map(lambda one: ("Update", one)),
        DELETES.map(lambda one: ("Delete", one)),
    ),
    min_size=2,
    max_size=4,
    unique_by=lambda entry: _place(entry[1]),
)
QUERIES = st.one_of(
    st.builds(
        lambda pk, low, high: {
            "KeyConditionExpression": "pk = :p AND sk BETWEEN :a AND :b",
            "ExpressionAttributeValues": {":p": {"S": pk}, ":a": {"S": min(low, high)}, ":b": {"S": max(low, high)}},
        },
        st.sampled_from("pq"),
        st.sampled_from("abc"),
        st.sampled_from("abc"),
    ),
    st.builds(
        lambda pk, until, forward: {
            "IndexName": "due",
            "KeyConditionExpression": "due_pk = :p AND due_at <= :t",
            "ExpressionAttributeValues": {":p": {"S": pk}, ":t": {"S": until}},
            "ScanIndexForward": forward,
        },
        st.sampled_from(["d0", "d1"]),
        st.sampled_from("12345"),
        st.booleans(),
    ),
)
REQUESTS = st.one_of(
    PUTS.map(lambda one: ("put_item", one)),
    UPDATES.map(lambda one: ("update_item", one)),
    DELETES.map(lambda one: ("delete_item", one)),
    TRANSACTIONS.map(lambda entries: ("transact_write_items", {"TransactItems": entries})),
    QUERIES.map(lambda one: ("query", one)),
)


def asked(client: Any, operation: str, request: dict[str, Any]) -> Any:
    """What the client answers, without what each of them says in its own way."""
    if operation == "transact_write_items":
        entries = [{kind: {"TableName": "journal", **single}} for kind, single in request["TransactItems"]]
        request = {"TransactItems": entries}
    else:
        request = {"TableName": "journal", **request}
    try:
        answer = getattr(client, operation)(**request)
    except ClientError as error:
        reasons = error.response.get("CancellationReasons", ())
        return error.response["Error"]["Code"], [str(reason.get("Code")) for reason in reasons]
    if operation != "query":
        return None
    # Items that stand at the same time in an index have no order among themselves.
    return sorted(
        answer["Items"], key=lambda item: (item.get("due_at", {"S": ""})["S"], item["pk"]["S"], item["sk"]["S"])
    )


def whole(client: Any) -> list[Any]:
    items = client.scan(TableName="journal")["Items"]
    return sorted(items, key=lambda item: (item["pk"]["S"], item["sk"]["S"]))


# Shrinking would run for minutes against moto; the request that differs is shown as it is.
@settings(max_examples=25, deadline=None, phases=[Phase.explicit, Phase.generate])
@given(requests=st.lists(REQUESTS, min_size=6, max_size=14))
def test_any_requests_get_the_answers_that_moto_gives(moto: Any, requests: list[tuple[str, dict[str, Any]]]) -> None:
    ours = Memory().dynamodb
    with ExitStack() as made:
        for client in (moto, ours):
            client.create_table(**TABLE)
        made.callback(moto.delete_table, TableName="journal")
        for operation, request in requests:
            assert asked(ours, operation, request) == asked(moto, operation, request), (operation, request)
        assert whole(ours) == whole(moto)


# --- what no random request says ---


def test_what_it_does_not_know_it_refuses_by_name(memory: Memory) -> None:
    key = {"pk": {"S": "p"}, "sk": {"S": "a"}}
    with pytest.raises(NotInMemory, match="export_table"):
        memory.dynamodb.export_table_to_point_in_time()
    with pytest.raises(NotInMemory, match="ReturnConsumedCapacity"):
        memory.dynamodb.get_item(TableName="journal", Key=key, ReturnConsumedCapacity="TOTAL")
    with pytest.raises(NotInMemory, match="list_append"):
        memory.dynamodb.update_item(
            TableName="journal",
            Key=key,
            UpdateExpression="SET x = list_append(x, :more)",
            ExpressionAttributeValues={":more": {"L": []}},
        )


def test_a_failed_transaction_says_which_condition_failed_and_what_stood_there(memory: Memory) -> None:
    item = {"pk": {"S": "p"}, "sk": {"S": "a"}, "rev": {"N": "3"}}
    memory.dynamodb.put_item(TableName="journal", Item=item)
    absent = {"TableName": "journal", "ConditionExpression": "attribute_not_exists(pk)"}
    puts = [
        {"Put": {**absent, "Item": {"pk": {"S": "p"}, "sk": {"S": "b"}}}},
        {"Put": {**absent, "Item": item, "ReturnValuesOnConditionCheckFailure": "ALL_OLD"}},
    ]

    with pytest.raises(ClientError) as failed:
        memory.dynamodb.transact_write_items(TransactItems=puts)

    reasons: Any = failed.value.response["CancellationReasons"]
    assert [reason["Code"] for reason in reasons] == ["None", "ConditionalCheckFailed"]
    assert reasons[1]["Item"] == item


def test_a_transaction_holds_an_item_once_and_a_hundred_at_most(memory: Memory) -> None:
    def puts(names: list[str]) -> list[Any]:
        return [{"Put": {"TableName": "journal", "Item": {"pk": {"S": "p"}, "sk": {"S": name}}}} for name in names]

    memory.dynamodb.transact_write_items(TransactItems=puts([str(number) for number in range(100)]))
    for names in (["a", "a"], [str(number) for number in range(101)]):
        with pytest.raises(ClientError, match="ValidationException"):
            memory.dynamodb.transact_write_items(TransactItems=puts(names))


def test_pages_follow_one_another_in_both_directions(memory: Memory) -> None:
    for name in "cabed":
        memory.dynamodb.put_item(TableName="journal", Item={"pk": {"S": "p"}, "sk": {"S": name}})
    memory.page = 2
    asked_for = {"KeyConditionExpression": "pk = :p", "ExpressionAttributeValues": {":p": {"S": "p"}}}

    for forward, order in ((True, "abcde"), (False, "edcba")):
        pages = memory.dynamodb.get_paginator("query").paginate(
            TableName="journal", ScanIndexForward=forward, **asked_for
        )
        found = [[item["sk"]["S"] for item in page["Items"]] for page in pages]
        assert ["".join(page) for page in found] == [order[:2], order[2:4], order[4:]]
    scanned = memory.dynamodb.get_paginator("scan").paginate(TableName="journal")
    assert "".join(item["sk"]["S"] for page in scanned for item in page["Items"]) == "abcde"


def test_a_fork_changes_alone(memory: Memory) -> None:
    item = {"pk": {"S": "p"}, "sk": {"S": "a"}, "due_pk": {"S": "d0"}, "due_at": {"S": "1"}}
    memory.dynamodb.put_item(TableName="journal", Item=item)
    other = memory.fork()
    other.dynamodb.delete_item(TableName="journal", Key={"pk": {"S": "p"}, "sk": {"S": "a"}})
    other.ssm.put_parameter(Name="/x", Value="1", Type="SecureString", Overwrite=True)

    due = {"KeyConditionExpression": "due_pk = :p", "ExpressionAttributeValues": {":p": {"S": "d0"}}}
    assert [one.dynamodb.query(TableName="journal", IndexName="due", **due)["Count"] for one in (memory, other)] == [
        1,
        0,
    ]
    assert memory.parameters == {}


def test_what_expired_is_there_until_it_is_taken_away(memory: Memory) -> None:
    for name, ttl in (("old", NOW - timedelta(days=1)), ("new", NOW + timedelta(days=1))):
        item = {"pk": {"S": "p"}, "sk": {"S": name}, "ttl": {"N": str(int(ttl.timestamp()))}}
        memory.dynamodb.put_item(TableName="journal", Item=item)

    assert len(whole(memory.dynamodb)) == 2
    assert memory.expire(NOW) == 1
    assert [item["sk"]["S"] for item in whole(memory.dynamodb)] == ["new"]


# --- queues ---


def test_a_message_comes_again_until_it_is_deleted_or_lies_with_the_dead_letters(memory: Memory) -> None:
    sqs, now = memory.sqs, [NOW]
    clock.follow(lambda: now[0])
    dead = sqs.create_queue(QueueName="dead")["QueueUrl"]
    policy = '{"deadLetterTargetArn": "arn:aws:sqs:x:1:dead", "maxReceiveCount": 2}'
    url = sqs.create_queue(QueueName="q", Attributes={"VisibilityTimeout": "60", "RedrivePolicy": policy})["QueueUrl"]
    sqs.send_message_batch(QueueUrl=url, Entries=[{"Id": str(n), "MessageBody": f"m{n}"} for n in range(3)])
    sqs.send_message(QueueUrl=url, MessageBody="late", DelaySeconds=900)

    def received(queue: str) -> list[Any]:
        return list(sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10)["Messages"])

    first = received(url)
    assert [message["Body"] for message in first] == ["m0", "m1", "m2"]
    assert received(url) == []
    sqs.delete_message(QueueUrl=url, ReceiptHandle=first[0]["ReceiptHandle"])
    sqs.change_message_visibility(QueueUrl=url, ReceiptHandle=first[1]["ReceiptHandle"], VisibilityTimeout=600)
    now[0] += timedelta(seconds=61)
    assert [message["Body"] for message in received(url)] == ["m2"]
    now[0] += timedelta(seconds=61)
    assert received(url) == []
    assert [message["Body"] for message in received(dead)] == ["m2"]
    now[0] += timedelta(minutes=15)
    assert [message["Body"] for message in received(url)] == ["m1", "late"]


def test_a_request_to_a_queue_has_its_limits(memory: Memory) -> None:
    url = memory.sqs.create_queue(QueueName="q")["QueueUrl"]
    with pytest.raises(ClientError, match="TooManyEntries"):
        memory.sqs.send_message_batch(QueueUrl=url, Entries=[{"Id": str(n), "MessageBody": "m"} for n in range(11)])
    with pytest.raises(ClientError, match="TooLong"):
        memory.sqs.send_message(QueueUrl=url, MessageBody="x" * (1024 * 1024 + 1))


def test_a_parameter_that_must_never_change_does_not(memory: Memory) -> None:
    memory.ssm.put_parameter(Name="/key", Value="1", Type="SecureString", Overwrite=False)
    with pytest.raises(memory.ssm.exceptions.ParameterAlreadyExists):
        memory.ssm.put_parameter(Name="/key", Value="2", Type="SecureString", Overwrite=False)
    memory.ssm.delete_parameters(Names=["/key"])
    with pytest.raises(memory.ssm.exceptions.ParameterNotFound):
        memory.ssm.get_parameter(Name="/key", WithDecryption=True)
