"""call_manager through its real door: SQS in, a person reached, from the tables of the template."""

import json
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from email import message_from_string
from email.policy import SMTP
from types import ModuleType
from typing import Any

import pytest
from botocore.exceptions import ReadTimeoutError
from duty_room import GARANCE, PARIS
from moto.core import DEFAULT_ACCOUNT_ID
from moto.ses.models import ses_backends

from local.resources import Stack
from tribune import clock, web
from tribune.aws import clients, keys, secrets
from tribune.aws.communities import Communities
from tribune.aws.journal import Journal
from tribune.channel import HttpAnswer, HttpCall
from tribune.community import Community
from tribune.errors import NotSent
from tribune.journal import Call, CallState, Changes
from tribune.workflow.call import take

NOW = datetime(2026, 11, 24, 14, 5, tzinfo=PARIS)
HOOK = "https://hooks.slack.example/services/T0/B0/marie"


class Slack:
    """Incoming webhooks, with a memory."""

    def __init__(self) -> None:
        self.received: list[HttpCall] = []
        self.down = False

    def send(self, call: HttpCall, _seconds: float) -> HttpAnswer:
        if self.down:
            raise NotSent("refused")
        self.received.append(call)
        return HttpAnswer(200, {}, b"ok")


class Room:
    """The door, its journal and everybody's devices."""

    def __init__(self, stack: Stack, door: ModuleType, slack: Slack) -> None:
        tables = stack.tables()
        self.journal = Journal(clients.dynamodb(), tables["JournalTable"], tables["TextTable"])
        self.door, self.slack, self.now = door, slack, NOW

    def call(self, reason: str = "threat", urgency: str = "now") -> None:
        call = Call(
            community="garance",
            id=f"{reason}-1",
            reason=reason,
            urgency=urgency,
            state=CallState.READY,
            created_at=self.now,
            due_at=self.now + timedelta(minutes=2),
            rev=0,
        )
        self.journal.commit(Changes(calls=(call,)), self.now)

    def ring(self, *calls: str) -> list[str]:
        """One batch; answers the ids of what must come again."""
        records = [
            {"messageId": call, "body": json.dumps({"schema": 1, "community": "garance", "call": call})}
            for call in calls or ("threat-1",)
        ]
        answer: dict[str, list[dict[str, str]]] = self.door.handler({"Records": records}, None)
        return [item["itemIdentifier"] for item in answer["batchItemFailures"]]

    def state(self, call: str = "threat-1") -> Call:
        known = self.journal.load_call("garance", call)
        assert known is not None
        return known

    @property
    def letters(self) -> list[Any]:
        """What SES took, as its readers get it."""
        sent = ses_backends[DEFAULT_ACCOUNT_ID]["eu-west-3"].sent_messages
        return [message_from_string(one.raw_data, policy=SMTP) for one in sent]


@pytest.fixture
def room(stack: Stack, function: Callable[[str], ModuleType], monkeypatch: pytest.MonkeyPatch) -> Iterator[Room]:
    slack = Slack()
    Communities(stack.tables()["CommunityTable"]).write(Community.model_validate(GARANCE))
    secrets.put(keys.secret_path("test", "call", "garance"), secrets.as_text({"marie.slack": HOOK}))
    clients.ses().verify_email_identity(EmailAddress="tribune@example.test")
    monkeypatch.setattr(web, "send", slack.send)
    room = Room(stack, function("call_manager"), slack)
    monkeypatch.setattr(clock, "now", lambda: room.now)
    yield room
    secrets.forget()


def test_a_call_reaches_the_person_on_duty_and_waits_for_their_answer(room: Room) -> None:
    room.call()

    assert room.ring() == []
    assert [call.url for call in room.slack.received] == [HOOK]
    assert room.state().state is CallState.SENT
    assert room.state().tried == ("marie",)


def test_the_same_message_again_reaches_nobody(room: Room) -> None:
    room.call()
    room.ring()
    room.ring()

    assert len(room.slack.received) == 1


def test_when_slack_is_down_the_call_goes_by_mail_from_the_verified_address(room: Room) -> None:
    room.slack.down = True
    room.call()
    room.ring()
    (letter,) = room.letters

    assert (letter["From"], letter["To"]) == ("tribune@example.test", "marie@garance.example")
    assert letter["Subject"].startswith("Menace sous une publication")
    assert letter["Auto-Submitted"] == "auto-generated", "nobody's absence is answered to a machine"


def test_without_an_answer_the_next_person_is_mailed(room: Room) -> None:
    room.call()
    room.ring()
    room.now += timedelta(minutes=15)
    room.ring()

    assert [letter["To"] for letter in room.letters] == ["lea@garance.example"]
    assert room.state().tried == ("marie", "lea")


def test_a_call_that_waits_for_the_morning_stands_in_the_index_until_then(room: Room) -> None:
    room.now = NOW.replace(hour=22)
    room.call("legal", "hours")

    assert room.ring("legal-1") == []
    assert room.journal.due("call", room.now + timedelta(hours=10, minutes=50)) == []
    assert room.journal.due("call", room.now + timedelta(hours=11)) == [keys.call("garance", "legal-1")]


def test_a_call_that_was_taken_leaves_the_index(room: Room) -> None:
    room.call()
    room.ring()
    take(room.journal, "garance", "threat-1", "marie", room.now)

    assert room.journal.due("call", room.now + timedelta(days=9)) == []


def test_when_nobody_can_be_reached_that_is_counted_the_message_comes_again_and_the_call_stays_due(
    room: Room, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    room.slack.down = True
    monkeypatch.setattr("tribune.aws.mail.Mail.__call__", lambda *_, **__: (_ for _ in ()).throw(NotSent("ses")))
    room.call()

    assert room.ring() == ["threat-1"]
    assert '"CallsFailed":1' in capsys.readouterr().out
    assert room.state().state is CallState.READY
    assert room.journal.due("call", room.now + timedelta(minutes=10))


def test_one_message_that_fails_does_not_hold_up_the_others(room: Room) -> None:
    room.call()
    bad = {"messageId": "bad", "body": json.dumps({"schema": 1, "community": "nobody", "call": "x"})}
    good = {"messageId": "good", "body": json.dumps({"schema": 1, "community": "garance", "call": "threat-1"})}
    answer = room.door.handler({"Records": [bad, good]}, None)

    assert answer == {"batchItemFailures": []}
    assert len(room.slack.received) == 1


@pytest.mark.parametrize("body", ["", "[]", "{", '{"schema": 1}', '"x"'])
def test_a_message_that_cannot_be_read_goes_to_the_dead_letters_alone(room: Room, body: str) -> None:
    room.call()
    good = {"messageId": "good", "body": json.dumps({"schema": 1, "community": "garance", "call": "threat-1"})}
    answer = room.door.handler({"Records": [{"messageId": "bad", "body": body}, good]}, None)

    assert answer == {"batchItemFailures": [{"itemIdentifier": "bad"}]}
    assert len(room.slack.received) == 1


def test_neither_a_secret_nor_a_name_nor_what_is_said_reaches_the_log(
    room: Room, capsys: pytest.CaptureFixture[str]
) -> None:
    room.call()
    room.ring()
    room.slack.down = True
    room.call("distress")
    room.ring("distress-1")
    printed = capsys.readouterr()

    assert '"CallsSent"' in printed.out
    for private in ("hooks.slack", "Marie", "marie@", "Menace", "3114"):
        assert private not in printed.out + printed.err


def test_a_call_that_cannot_be_read_takes_no_other_of_its_batch_with_it(room: Room, stack: Stack) -> None:
    room.call("hate")
    room.call()
    key = {name: {"S": value} for name, value in keys.call("garance", "hate-1").items()}
    broken = {"Key": key, "UpdateExpression": "SET created_at = :x", "ExpressionAttributeValues": {":x": {"S": "hier"}}}
    clients.dynamodb().update_item(TableName=stack.tables()["JournalTable"], **broken)

    assert room.ring("hate-1", "threat-1") == ["hate-1"]
    assert room.state().tried == ("marie",)


def test_what_is_mended_by_a_retry_is_no_call_that_failed(
    room: Room, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    room.call()
    with monkeypatch.context() as database:
        database.setattr(
            clients.dynamodb(), "batch_get_item", lambda **_: (_ for _ in ()).throw(ReadTimeoutError(endpoint_url=""))
        )
        assert room.ring() == ["threat-1"]
    assert '"CallsFailed"' not in capsys.readouterr().out

    assert room.ring() == []
    assert room.state().tried == ("marie",)
