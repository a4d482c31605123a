"""relay_alarm through its real door: an alarm in each of its three shapes, from CloudWatch to the queue of calls."""

import json
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from duty_room import GARANCE
from moto.events.models import EventPattern
from world import World

from local.resources import Stack
from tribune.aws import clients
from tribune.aws.communities import Communities
from tribune.aws.journal import Journal
from tribune.community import Community
from tribune.errors import BadConfiguration, Unreadable
from tribune.journal import CallState

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT / "tests/functions/data"
SHAPES = [ROOT / "events/relay_alarm.json", DATA / "alarm__eventbridge.json", DATA / "alarm__sns.json"]


@pytest.fixture
def door(stack: Stack, function: Callable[[str], ModuleType]) -> ModuleType:
    Communities(stack.tables()["CommunityTable"]).write(Community.model_validate(GARANCE))
    return function("relay_alarm")


def woken(stack: Stack) -> list[dict[str, Any]]:
    answer = clients.sqs().receive_message(QueueUrl=stack.queues()["CallsQueue"], MaxNumberOfMessages=10)
    return [json.loads(message["Body"]) for message in answer.get("Messages", [])]


@pytest.mark.parametrize("shape", SHAPES, ids=lambda path: path.stem)
def test_an_alarm_becomes_one_call_and_one_wake_up(stack: Stack, door: ModuleType, shape: Path) -> None:
    door.handler(json.loads(shape.read_text("utf-8")), None)
    (message,) = woken(stack)
    call = Journal(clients.dynamodb(), stack.tables()["JournalTable"]).load_call(message["community"], message["call"])

    assert call is not None
    assert call.state is CallState.READY
    assert call.sentence.startswith("Facebook ne nous livre plus rien")


def test_the_same_alarm_through_every_road_is_one_call(stack: Stack, door: ModuleType) -> None:
    for shape in SHAPES:
        door.handler(json.loads(shape.read_text("utf-8")), None)

    assert len({message["call"] for message in woken(stack)}) == 1


def test_a_community_whose_settings_nobody_can_read_keeps_no_other_from_hearing_of_an_alarm(world: World) -> None:
    world.unreadable("atelier")
    event = json.loads(SHAPES[0].read_text("utf-8"))
    with pytest.raises(BadConfiguration):  # so that Lambda mails it as it is
        world.invoke("relay_alarm", event)

    (call,) = world.calls_of("garance")
    assert call.reason == "alarm"


def test_what_is_no_alarm_fails_so_that_lambda_mails_it_as_it_is(door: ModuleType) -> None:
    with pytest.raises(Unreadable):
        door.handler({"hello": "world"}, None)


@pytest.mark.parametrize(
    ("name", "description", "state", "heard"),
    [
        ("cm-checkout", "", "ALARM", True),
        ("cm-checkout", "", "OK", True),
        ("cm-checkout", "", "INSUFFICIENT_DATA", False),
        ("shop-checkout", "", "ALARM", False),
        ("shop-checkout", "See runbook 12", "ALARM", False),
        ("shop-checkout", "tribune: urgency=now", "ALARM", True),
        ("tribune-FacebookSilentAlarm-1K2J", "Facebook ne nous livre plus rien", "ALARM", False),
    ],
)
def test_eventbridge_hands_over_the_alarms_that_are_named_or_marked_for_it(
    stack: Stack, name: str, description: str, state: str, *, heard: bool
) -> None:
    events = stack.template.resources["RelayAlarm"]["Properties"]["Events"]
    pattern = stack.resolve(events["OtherAlarmsByNameOrLine"]["Properties"]["Pattern"], "RelayAlarm")
    event = json.loads((DATA / "alarm__eventbridge.json").read_text("utf-8"))
    event["detail"]["alarmName"] = name
    event["detail"]["configuration"]["description"] = description
    event["detail"]["state"]["value"] = state

    assert EventPattern.load(json.dumps(pattern)).matches_event(event) is heard
