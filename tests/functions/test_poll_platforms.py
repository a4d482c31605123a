"""poll_platforms through its real door: what is asked for reaches the same inbox, once, and nothing is lost on the way."""

import json
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
import square
from world import Fault, World

from tribune.aws import clients, keys, secrets
from tribune.channel import Gathered, HttpAnswer, Outcome, Sweep, Verdict
from tribune.journal import SweepRecord

TICK = timedelta(minutes=5)


@pytest.fixture
def place(world: World, monkeypatch: pytest.MonkeyPatch) -> Iterator[square.Square]:
    """The square, which pushes nothing here; the mark of its account is set."""
    yield from _joined(world, monkeypatch, pushes=False)


@pytest.fixture
def crier(world: World, monkeypatch: pytest.MonkeyPatch) -> Iterator[square.Square]:
    """The square, which pushes."""
    yield from _joined(world, monkeypatch, pushes=True)


def _joined(world: World, patch: pytest.MonkeyPatch, **card: bool) -> Iterator[square.Square]:
    square.join(patch, **card)
    twin = square.Square()
    world.join("square", twin, "square-secret", square.CHANNEL)
    world.apply()
    world.poll()
    world.now += TICK
    yield twin


def decided(world: World, *names: str) -> list[str]:
    return [name for name in names if world.head("garance", "square", square.ACCOUNT, name)]


def record(world: World) -> SweepRecord:
    at = ("garance", "square", square.ACCOUNT)
    return world.journal.read([keys.sweep(*at)]).sweep(*at)


def ages(world: World, by: timedelta) -> datetime:
    world.now += by
    return world.now


# --- where nothing is pushed ---


def test_what_was_said_between_two_rounds_is_decided_once(world: World, place: square.Square) -> None:
    for number in range(5):
        place.say(f"c{number}", "Bonjour à tous", world.now - timedelta(minutes=1))
    for _ in range(3):
        world.poll()
        world.pump()
        world.now += TICK

    assert decided(world, *(f"c{number}" for number in range(5))) == [f"c{number}" for number in range(5)]
    assert world.counters() == {"comment.1": 5}


def test_a_community_or_an_access_that_nobody_can_read_keeps_no_other_from_being_heard(
    world: World, place: square.Square
) -> None:
    world.unreadable("atelier")
    other = square.CHANNEL.replace("- platform: square", "- platform: square\n    channel: above")
    world.more = other.replace(square.ACCOUNT, "p9") + square.CHANNEL
    world.apply()
    secrets.put("/tribune/test/act/square/above", "no JSON")
    place.say("c1", "Bonjour à tous", world.now - timedelta(minutes=1))
    world.poll()
    world.pump()

    assert decided(world, "c1") == ["c1"]


def test_a_comment_that_the_platform_shows_late_is_not_missed(world: World, place: square.Square) -> None:
    world.poll()
    said_at = world.now - timedelta(minutes=1)
    world.now += timedelta(minutes=10)
    place.say("late", "Bonjour", said_at)
    world.poll()
    world.pump()

    assert decided(world, "late") == ["late"]


def test_what_was_said_long_ago_is_no_longer_answered_alone(world: World, crier: square.Square) -> None:
    world.now += timedelta(hours=20)
    crier.say("c1", "@Karim t'es vraiment un abruti si tu crois ça", world.now - timedelta(hours=10))
    world.now += timedelta(hours=5)
    world.poll()
    world.settle()

    assert decided(world, "c1") == ["c1"]
    assert crier.replies == []
    (case,) = world.journal.open_cases("garance")
    assert (case.reason, bool(case.drafts)) == ("insult_at_person", True)


def test_the_mark_moves_only_when_everything_is_in_the_inbox(world: World, place: square.Square) -> None:
    before = record(world).swept_to
    place.say("c1", "Bonjour", world.now)
    world.calls.faults = [Fault("SendMessageBatch", "error_before")]
    world.poll()
    assert record(world).swept_to == before

    world.now += TICK
    world.poll()
    world.pump()

    assert before is not None
    assert (record(world).swept_to or before) > before
    assert record(world).cursor == "mark-1"
    assert decided(world, "c1") == ["c1"]


def test_a_round_that_runs_out_of_time_goes_on_where_it_stopped(
    world: World, place: square.Square, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(6):
        place.say(f"c{number}", "Bonjour", world.now)
    left = iter([25_000, 25_000, 25_000, 25_000, 3_000])
    monkeypatch.setattr("world.Context.get_remaining_time_in_millis", lambda _self: next(left, 3_000))
    place.requests.clear()
    world.poll()
    assert len(place.requests) == 1
    monkeypatch.undo()
    square.join(monkeypatch, pushes=False)
    world.poll()
    world.pump()

    assert place.requests == ["GET /said"] * 3, "three pages of two, none of them twice"
    assert len(decided(world, *(f"c{number}" for number in range(6)))) == 6


def test_two_rounds_at_once_ask_once(world: World, place: square.Square) -> None:
    place.requests.clear()
    world.calls.faults = [Fault("PutItem", "another_worker")]
    world.poll()

    assert len(place.requests) == 1


def test_a_days_quota_is_never_exceeded(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    square.join(monkeypatch, pushes=False, daily_units=20, day_begins_in="America/Los_Angeles")
    twin = square.Square()
    world.join("square", twin, "square-secret", square.CHANNEL)
    world.apply()
    for _ in range(40):  # from two in the morning there to half past five
        world.poll()
        world.now += TICK
    assert len(twin.requests) == 10, "half of it is for answering"
    assert [call.reason for call in world.calls_of("garance")] == ["quota_spent"]

    world.now += timedelta(hours=19)
    world.poll()
    assert len(twin.requests) == 11
    assert len(world.calls_of("garance")) == 1


@pytest.mark.parametrize("kind", ["error_after", "kill_before", "kill_after"])
@pytest.mark.parametrize("at_call", range(1, 13))
def test_one_fault_at_any_call_loses_nothing_and_doubles_nothing(
    world: World, place: square.Square, at_call: int, kind: str
) -> None:
    for number in range(3):
        place.say(f"c{number}", "Bonjour", world.now)
    world.calls.faults = [Fault(at_call, kind)]
    world.calls.names.clear()
    world.uncounted = {"moderate_comments", "perform_action", "call_manager", "keep_watch"}
    for _ in range(4):
        world.poll()
        while world.pump():
            pass
        world.now += TICK

    assert len(decided(world, "c0", "c1", "c2")) == 3
    assert world.counters() == {"comment.1": 3}
    assert record(world).swept_to is not None
    assert record(world).begun_at is None


# --- the account rests ---


def test_a_platform_that_wants_to_be_left_alone_is_left_alone_until_then(world: World, place: square.Square) -> None:
    place.fail("/said", 429, retry_after="1200")
    world.poll()
    place.requests.clear()
    for _ in range(4):
        world.now += TICK
        world.poll()

    assert len(place.requests) == 1, "after twenty minutes"


def test_a_dead_token_calls_once_and_what_was_said_meanwhile_is_fetched_when_it_lives_again(
    world: World, place: square.Square
) -> None:
    place.tokens.clear()
    for _ in range(36):
        world.poll()
        world.now += TICK
    assert [call.reason for call in world.calls_of("garance")] == [Verdict.TOKEN_DEAD]
    assert len(place.requests) <= 1 + 1 + 3, "tried again every hour"
    place.say("meanwhile", "Bonjour", world.now - timedelta(hours=2))
    place.tokens.add("square-token")
    world.now += timedelta(hours=1)
    world.poll()
    world.pump()

    assert decided(world, "meanwhile") == ["meanwhile"]


@pytest.mark.parametrize("status", [500, 429])
def test_a_platform_that_gives_no_answer_for_a_day_calls_somebody_once(
    world: World, place: square.Square, status: int
) -> None:
    place.fail("/said", status, times=100)
    for _ in range(24):
        world.poll()
        world.now += timedelta(hours=1)
    assert [call.reason for call in world.calls_of("garance")] == []

    for _ in range(24):
        world.poll()
        world.now += timedelta(hours=1)
    assert [call.reason for call in world.calls_of("garance")] == ["unheard"]

    place.fails.clear()
    place.say("meanwhile", "Bonjour", world.now - timedelta(hours=30))
    world.poll()
    world.pump()
    assert decided(world, "meanwhile") == ["meanwhile"]


def test_a_sweep_that_never_comes_to_its_end_calls_somebody_once(
    world: World, place: square.Square, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = square.gather

    def first_page_only(sweep: Sweep, answer: HttpAnswer, now: datetime) -> Gathered:
        return Gathered((), Outcome(Verdict.REFUSED)) if sweep.page else whole(sweep, answer, now)

    monkeypatch.setattr(square, "gather", first_page_only)
    for number in range(3):
        place.say(f"c{number}", "Bonjour", world.now)
    for _ in range(30):
        world.poll()
        world.now += timedelta(hours=1)

    assert [call.reason for call in world.calls_of("garance")] == ["unheard"]


def test_a_platform_that_refuses_to_tell_calls_somebody_once_a_day(world: World, place: square.Square) -> None:
    place.fail("/said", 403, times=100)
    for _ in range(24):
        world.poll()
        world.now += TICK

    assert [call.reason for call in world.calls_of("garance")] == ["poll_refused"]
    assert sum(request == "GET /said" for request in place.requests) <= 4


# --- where it pushes, and fell silent ---


def delivered(world: World, name: str, twin: square.Square) -> None:
    said = twin.say(name, "Bonjour", world.now)
    assert world.deliver("square", [said]) == 200  # the square sends a list
    world.pump()


def test_a_platform_that_delivers_is_not_asked(world: World, crier: square.Square) -> None:
    for number in range(6):
        delivered(world, f"c{number}", crier)
        world.poll()
        world.now += timedelta(hours=5)

    assert [request for request in crier.requests if "said" in request] == []


def test_after_a_days_silence_it_is_asked_and_nobody_is_called_when_nobody_spoke(
    world: World, crier: square.Square
) -> None:
    delivered(world, "c1", crier)
    world.now += timedelta(hours=26)
    world.poll()

    assert "GET /said" in crier.requests
    assert world.calls_of("garance") == []


def test_a_subscription_that_died_is_noticed_once_and_its_comments_are_fetched_without_a_double(
    world: World, crier: square.Square
) -> None:
    delivered(world, "c1", crier)
    crier.say("unheard", "Bonjour", ages(world, timedelta(hours=12)))
    world.now += timedelta(hours=14)
    world.poll()
    world.pump()
    assert decided(world, "c1", "unheard") == ["c1", "unheard"]
    assert [call.reason for call in world.calls_of("garance")] == ["subscription_dead"]

    crier.say("next", "Bonjour", ages(world, TICK))
    world.poll()
    world.pump()
    assert decided(world, "next") == ["next"], "from then on it is asked every round"
    assert world.counters() == {"comment.1": 3}

    world.now += TICK
    delivered(world, "c2", crier)
    world.now += TICK
    world.poll()
    crier.requests.clear()
    world.now += TICK
    world.poll()
    assert crier.requests == [], "it delivers again: it is no longer asked"
    assert len(world.calls_of("garance")) == 1


def test_what_happened_while_the_access_was_cut_is_fetched_once_it_is_renewed(
    world: World, crier: square.Square
) -> None:
    insult = crier.say("c1", "@Karim t'es vraiment un abruti si tu crois ça", world.now)
    crier.tokens.clear()
    world.deliver("square", [insult])
    world.pump()
    assert [call.reason for call in world.calls_of("garance")] == [Verdict.TOKEN_DEAD]
    world.poll()
    crier.say("unheard", "Bonjour", ages(world, timedelta(minutes=10)))
    crier.tokens.add("square-token")
    world.now += timedelta(hours=2)
    world.poll()
    world.pump()

    assert decided(world, "unheard") == ["unheard"]
    told = {call.reason for call in world.calls_of("garance")}
    assert told == {Verdict.TOKEN_DEAD, "access_back"}, "nobody is told that the subscription died"


def test_a_platform_that_cannot_be_asked_calls_once_for_each_silence(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    square.join(monkeypatch, pushes=True, polls=False)
    channel = square.CHANNEL.replace("name: La place", "name: La place, silence_hours: 6")
    world.join("square", square.Square(), "square-secret", channel)
    world.apply()
    for _ in range(100):
        world.poll()
        world.now += TICK

    assert [call.reason for call in world.calls_of("garance")] == ["silent"]


# --- items that say too little ---


def announced(world: World, name: str) -> None:
    event = {"id": name, "at": world.now.isoformat(), "account": square.ACCOUNT}
    assert world.deliver("square", [event]) == 200


def test_an_item_that_says_too_little_is_completed_and_decided(world: World, crier: square.Square) -> None:
    crier.say("m1", "Bonjour", world.now)
    announced(world, "m1")
    world.pump()
    world.pump()

    assert decided(world, "m1") == ["m1"]


def test_an_access_that_nobody_can_read_keeps_no_neighbour_from_being_completed(
    world: World, crier: square.Square
) -> None:
    crier.say("m1", "Bonjour", world.now)
    place = {"platform": "square", "account": square.ACCOUNT, "community": "garance", "space": "square"}
    body = {**place, "payload": {"id": "m1", "account": square.ACCOUNT}, "received_at": world.now.isoformat()}
    secrets.put("/tribune/test/act/square/above", "no JSON")
    records = [
        {"messageId": channel, "receiptHandle": "r", "body": json.dumps({**body, "channel": channel})}
        for channel in ("above", "main")
    ]

    assert world.invoke("poll_platforms", {"Records": records}) == {"batchItemFailures": [{"itemIdentifier": "above"}]}


@pytest.mark.usefixtures("crier")
def test_what_no_longer_exists_is_dropped(world: World) -> None:
    announced(world, "gone")
    world.pump()

    assert world.pump() == 0
    assert waiting(world, "LookupsUnhandled") == 0


def waiting(world: World, queue: str) -> int:
    found = clients.sqs().get_queue_attributes(
        QueueUrl=world.stack.queues()[queue],
        AttributeNames=["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"],
    )
    return sum(int(n) for n in found["Attributes"].values())


def test_a_refusal_is_put_aside_and_somebody_is_called_once(world: World, crier: square.Square) -> None:
    crier.fail("/one", 403, times=9)
    for number in range(3):
        announced(world, f"m{number}")
    world.pump_only("poll_platforms")

    assert waiting(world, "LookupsUnhandled") == 3
    assert waiting(world, "LookupsQueue") == 0
    assert [call.reason for call in world.calls_of("garance")] == ["lookup_refused"]


def test_while_an_account_rests_its_messages_wait_without_being_asked(world: World, crier: square.Square) -> None:
    crier.fail("/one", 429, retry_after="1800")
    for number in range(3):
        crier.say(f"m{number}", "Bonjour", world.now)
        announced(world, f"m{number}")
    world.pump_only("poll_platforms")

    assert sum("one" in request for request in crier.requests) == 1, "nothing after the first refusal"
    assert waiting(world, "LookupsQueue") == 3


@pytest.mark.parametrize("kind", ["error_after", "kill_before", "kill_after"])
@pytest.mark.parametrize("at_call", range(1, 6))
def test_one_fault_while_looking_up_loses_nothing(world: World, crier: square.Square, at_call: int, kind: str) -> None:
    crier.say("m1", "Bonjour", world.now)
    announced(world, "m1")
    world.calls.faults = [Fault(at_call, kind)]
    world.calls.names.clear()
    world.uncounted = {"moderate_comments", "perform_action", "call_manager", "keep_watch"}
    world.settle(minutes=40, quiet_minutes=20)

    assert decided(world, "m1") == ["m1"]
    assert world.counters() == {"comment.1": 1}


def test_a_message_that_nobody_understands_comes_again_until_it_lies_with_the_dead_letters(world: World) -> None:
    records = [{"messageId": "m", "receiptHandle": "r", "body": body} for body in ("{", json.dumps({"platform": "x"}))]
    answer = world.invoke("poll_platforms", {"Records": records})

    assert answer == {"batchItemFailures": [{"itemIdentifier": "m"}] * 2}
