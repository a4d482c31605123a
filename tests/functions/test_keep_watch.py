"""keep_watch through its real door: whatever lost its wake-up is woken again, and nothing else is touched."""

import json
import re
from dataclasses import replace
from datetime import timedelta

import pytest
from pydantic import ValidationError
from world import PAGE, World

from tribune.aws import clients, keys
from tribune.journal import ActionState, CaseState, Changes
from tribune.workflow.call import take


def lose_wake_ups(world: World) -> None:
    for queue in ("ActionsQueue", "CallsQueue"):
        clients.sqs().purge_queue(QueueUrl=world.stack.queues()[queue])


def test_a_lost_wake_up_costs_a_minute_or_two(world: World) -> None:
    world.deliver("facebook", world.comment(1, "@Karim t'es vraiment un abruti si tu crois ça"))
    world.pump_only("moderate_comments")
    lose_wake_ups(world)
    world.invoke("keep_watch", {})
    world.pump()
    assert world.outbox.entries == (), "not due yet"

    world.now += timedelta(minutes=2)
    world.invoke("keep_watch", {})
    world.pump()

    assert [entry.kind for entry in world.outbox.effects] == ["reply"]


def test_a_lost_call_is_made(world: World) -> None:
    world.deliver("facebook", world.comment(1, "On sait où est ton magasin, on va venir te défoncer"))
    world.pump_only("moderate_comments")
    lose_wake_ups(world)
    world.now += timedelta(minutes=2)
    world.invoke("keep_watch", {})
    world.pump()

    (call,) = world.calls_of("garance")
    assert call.tried == ("marie",)


def test_what_is_done_is_not_woken_again(world: World) -> None:
    world.deliver("facebook", world.comment(1, "@Karim t'es vraiment un abruti si tu crois ça"))
    world.settle()
    head = world.kept()
    assert head.actions[0].state is ActionState.SENT
    world.now += timedelta(hours=1)
    world.invoke("keep_watch", {})

    assert world.pump() == 0


def test_what_is_grave_and_waits_is_told_until_somebody_takes_it_although_nobody_is_rung_any_more(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    def told_for(minutes: int) -> list[int]:
        capsys.readouterr()
        for _ in range(minutes // 5):
            world.now += timedelta(minutes=5)
            world.invoke("keep_watch", {})
            world.pump()
        return [int(n) for n in re.findall(r'"GraveWaits":(\d+)', capsys.readouterr().out)]

    world.now = world.now.replace(hour=22)
    world.deliver("facebook", world.comment(1, "On sait où est ton magasin, on va venir te défoncer", at=world.now))
    world.pump()
    world.pump()

    assert told_for(minutes=150) == list(range(5, 155, 5))
    rung = len(world.rung)
    assert told_for(minutes=15) == [155, 160, 165]
    assert len(world.rung) == rung, "in the night the line is rung a few times, and then no more"

    (call,) = world.calls_of("garance")
    take(world.journal, "garance", call.id, "marie", world.now)
    assert told_for(minutes=15) == []


def test_a_digest_that_cannot_be_made_keeps_nobody_from_hearing_that_something_grave_waits(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    world.now = world.now.replace(hour=8, minute=50)
    world.deliver("facebook", world.comment(1, "On sait où est ton magasin, on va venir te défoncer", at=world.now))
    world.deliver("facebook", world.comment(2, "Mon colis n'est jamais arrivé, c'est inadmissible", at=world.now))
    world.pump()
    spoil(world, keys.case("garance", "facebook", PAGE, "1_2"), "opened_at")
    world.now = world.now.replace(hour=9, minute=5)
    with pytest.raises(ValidationError):
        world.invoke("keep_watch", {})

    assert '"GraveWaits":15' in capsys.readouterr().out


def test_what_is_grave_and_settled_waits_for_nobody_although_its_call_was_not_taken(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    world.deliver("facebook", world.comment(1, "On sait où est ton magasin, on va venir te défoncer"))
    world.pump()
    case = world.journal.case_of("garance", "facebook", PAGE, "1_1")
    assert case is not None
    closed = replace(case, state=CaseState.CLOSED, closed_by="marie", closed_at=world.now, rev=case.rev + 1)
    world.journal.commit(Changes(cases=(closed,)), world.now)
    world.now += timedelta(minutes=1)
    world.invoke("keep_watch", {})

    assert "GraveWaits" not in capsys.readouterr().out


def spoil(world: World, key: keys.Key, attribute: str = "created_at") -> None:
    """Something that no version of ours can read."""
    clients.dynamodb().update_item(
        TableName=world.stack.tables()["JournalTable"],
        Key={name: {"S": value} for name, value in key.items()},
        UpdateExpression=f"SET {attribute} = :x",
        ExpressionAttributeValues={":x": {"S": "hier"}},
    )


def test_a_call_that_nobody_can_read_goes_to_the_dead_letters_and_everything_else_goes_on(
    world: World, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    world.deliver("facebook", world.comment(1, "Je vais saisir mon avocat"))
    world.pump()
    (unreadable,) = world.calls_of("garance")
    spoil(world, keys.call("garance", unreadable.id))
    world.deliver("facebook", world.comment(2, "On sait où est ton magasin, on va venir te défoncer"))
    world.pump()
    lose_wake_ups(world)
    capsys.readouterr()
    for _ in range(55):
        world.now += timedelta(minutes=1)
        world.invoke("keep_watch", {})
        world.pump()

    (threat,) = world.journal.open_calls()
    assert (threat.reason, threat.tried[0]) == ("threat", "marie")
    assert [int(n) for n in re.findall(r'"GraveWaits":(\d+)', capsys.readouterr().out)] == list(range(1, 56))
    told = [vars(line)["call"] for line in caplog.records if line.message == "a call cannot be read"]
    dead = world.stack.queues()["CallsUnhandled"]
    letters = clients.sqs().receive_message(QueueUrl=dead, MaxNumberOfMessages=10).get("Messages", [])
    assert (told, [json.loads(letter["Body"])["call"] for letter in letters]) == ([unreadable.id] * 5, [unreadable.id])


def test_a_case_that_nobody_can_read_keeps_no_lost_wake_up_from_being_sent_again(world: World) -> None:
    world.deliver("facebook", world.comment(1, "Mon colis n'est jamais arrivé, c'est inadmissible"))
    world.pump()
    case = world.journal.case_of("garance", "facebook", PAGE, "1_1")
    assert case is not None
    promised = replace(case, remind_at=world.now, rev=case.rev + 1)
    world.journal.commit(Changes(cases=(promised,)), world.now)
    spoil(world, keys.case("garance", "facebook", PAGE, "1_1"), "opened_at")
    world.deliver("facebook", world.comment(2, "@Karim t'es vraiment un abruti si tu crois ça"))
    world.pump_only("moderate_comments")
    lose_wake_ups(world)
    world.now += timedelta(minutes=2)
    with pytest.raises(ValidationError):
        world.invoke("keep_watch", {})
    world.pump()

    assert [entry.kind for entry in world.outbox.effects] == ["reply"]


def test_settings_that_cannot_be_read_any_more_end_no_round(world: World) -> None:
    world.invoke("keep_watch", {})
    world.deliver("facebook", world.comment(1, "Mon colis n'est jamais arrivé, c'est inadmissible"))
    world.pump_only("moderate_comments")
    world.unreadable("garance")
    world.now += timedelta(minutes=2)

    world.invoke("keep_watch", {})
