"""keep_watch through its real door: whatever lost its wake-up is woken again, and nothing else is touched."""

from datetime import timedelta

from world import PAGE, World

from tribune.aws import clients
from tribune.journal import ActionState


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
    head = world.head("garance", "facebook", PAGE, "1_1")
    assert head is not None
    assert head.actions[0].state is ActionState.SENT
    world.now += timedelta(hours=1)
    world.invoke("keep_watch", {})

    assert world.pump() == 0
