"""The local stack refuses a function what AWS would refuse it."""

import json
from collections.abc import Callable

import pytest

from local.permissions import Permissions
from local.resources import Stack
from tribune.errors import BadConfiguration

type Ask = Callable[[str, str, str, object], list[str]]


@pytest.fixture
def missing(stack: Stack) -> Ask:
    """What a function lacks for a request, as sentences without the account."""
    permissions = Permissions.of(stack)

    def ask(function: str, service: str, operation: str, told: object) -> list[str]:
        body = told if isinstance(told, bytes) else json.dumps(told).encode()
        return [
            str(need).replace(":eu-west-3:123456789012", "")
            for need in permissions.missing(function, service, operation, body)
        ]

    return ask


def test_a_function_may_do_what_its_policies_say(missing: Ask, stack: Stack) -> None:
    told = {"QueueUrl": stack.queues()["InboxQueue"], "Entries": []}

    assert missing("ReceiveWebhook", "sqs", "SendMessageBatch", told) == []


def test_another_queue_is_refused(missing: Ask, stack: Stack) -> None:
    told = {"QueueUrl": stack.queues()["CallsQueue"], "MessageBody": "{}"}

    assert missing("ReceiveWebhook", "sqs", "SendMessage", told) == ["sqs:SendMessage on arn:aws:sqs:test-CallsQueue"]


def test_a_function_reads_its_own_secrets_and_no_others(missing: Ask) -> None:
    for function, purpose in (
        ("ReceiveWebhook", "verify"),
        ("PerformAction", "act"),
        ("PollPlatforms", "act"),
        ("RefreshTokens", "act"),
        ("ReceiveErasure", "verify"),
        ("ErasePerson", "pseudonym"),
        ("CallManager", "call"),
        ("ModerateComments", "pseudonym"),
    ):
        for kept in ("verify", "act", "call", "pseudonym"):
            name = f"/tribune/test/{kept}/facebook/main"
            expected = [] if kept == purpose else [f"ssm:GetParameter on arn:aws:ssm:parameter{name}"]
            assert missing(function, "ssm", "GetParameter", {"Name": name}) == expected


def test_another_stage_is_another_world(missing: Ask) -> None:
    assert missing("ReceiveWebhook", "ssm", "GetParameter", {"Name": "/tribune/prod/verify/line/main"})


def test_a_transaction_needs_what_it_is_made_of(missing: Ask, stack: Stack) -> None:
    journal, counter = stack.tables()["JournalTable"], stack.tables()["CounterTable"]
    parts = [{"Put": {"TableName": journal}}, {"Delete": {"TableName": journal}}, {"Update": {"TableName": counter}}]

    needs = missing("ModerateComments", "dynamodb", "TransactWriteItems", {"TransactItems": parts})

    assert needs == ["dynamodb:DeleteItem on arn:aws:dynamodb:table/test-JournalTable"]


def test_an_index_is_asked_for_by_name(missing: Ask, stack: Stack) -> None:
    journal = stack.tables()["JournalTable"]

    assert missing("ErasePerson", "dynamodb", "Query", {"TableName": journal, "IndexName": "author"}) == []
    assert missing("ErasePerson", "dynamodb", "Query", {"TableName": journal, "IndexName": "due"})
    assert missing("ErasePerson", "dynamodb", "Query", {"TableName": journal})


def test_nobody_scans(missing: Ask, stack: Stack) -> None:
    for function, _ in stack.template.of_type("AWS::Serverless::Function"):
        for table in stack.tables().values():
            assert missing(function, "dynamodb", "Scan", {"TableName": table})


def test_mail_leaves_from_one_address(missing: Ask) -> None:
    assert missing("CallManager", "ses", "SendRawEmail", b"Action=SendRawEmail&Source=tribune%40example.test") == []
    assert missing("CallManager", "ses", "SendRawEmail", b"Action=SendRawEmail&Source=boss%40example.test")


def test_text_messages_go_to_telephones_and_to_no_topic(missing: Ask) -> None:
    topic = b"Action=Publish&TopicArn=arn%3Aaws%3Asns%3Aeu-west-3%3A123456789012%3Atest-AlertTopic&Message=x"

    assert missing("CallManager", "sns", "Publish", b"Action=Publish&PhoneNumber=%2B33639980001&Message=x") == []
    assert missing("CallManager", "sns", "Publish", topic)
    assert missing("KeepWatch", "sns", "Publish", b"Action=Publish&PhoneNumber=%2B33639980001&Message=x")


def test_a_service_that_no_policy_names_is_refused(missing: Ask) -> None:
    assert missing("ReceiveWebhook", "sts", "GetCallerIdentity", {}) == ["sts:GetCallerIdentity on *"]


def test_a_policy_that_cannot_be_read_is_an_error(stack: Stack) -> None:
    stack.template.resources["KeepWatch"]["Properties"]["Policies"].append("AmazonDynamoDBFullAccess")
    try:
        with pytest.raises(BadConfiguration, match="is not written out in statements"):
            Permissions.of(stack)
    finally:
        stack.template.resources["KeepWatch"]["Properties"]["Policies"].pop()
