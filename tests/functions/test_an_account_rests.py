"""What a platform's answers mean for the whole account, through perform_action's real door; and acts of several steps."""

from collections import Counter
from datetime import datetime, timedelta

import pytest
import square
from world import FAULTS, START, Fault, World

from tribune.channel import ActKind, Outcome, Verdict
from tribune.decision import Urgency
from tribune.journal import ActionState, Breaker
from tribune.workflow.gate import REOPENING, spread
from tribune.workflow.rest import rested

INSULT = "@{} t'es vraiment un abruti si tu crois ça"
THREAT = "On sait où est ton magasin, on va venir te défoncer"
SPAM = "Grâce à Mme Lefèvre j'ai obtenu mon prêt de 20 000 € en 48 h, WhatsApp +33 6 39 98 {:02} 78"


@pytest.fixture
def place(world: World, monkeypatch: pytest.MonkeyPatch) -> square.Square:
    square.join(monkeypatch)
    twin = square.Square()
    world.join("square", twin, "square-secret", square.CHANNEL)
    world.apply()
    return twin


def insult(world: World, twin: square.Square, *numbers: int) -> None:
    said = [twin.say(f"c{number}", INSULT.format(f"Nom{number}"), world.now) for number in numbers]
    assert world.deliver("square", said) == 200  # the square sends a list
    world.pump_only("moderate_comments")


def spam(world: World, twin: square.Square, number: int) -> None:
    said = twin.say(f"s{number}", SPAM.format(number), world.now)
    assert world.deliver("square", [said]) == 200
    world.pump_only("moderate_comments")


def states(world: World, *numbers: int) -> list[ActionState]:
    heads = [world.head("garance", "square", square.ACCOUNT, f"c{number}") for number in numbers]
    return [action.state for head in heads if head for action in head.actions if action.kind is ActKind.REPLY]


def reasons(world: World) -> list[str]:
    return [call.reason for call in world.calls_of("garance")]


# --- danger that has to wait ---


@pytest.mark.parametrize("obstacle", ["quota", "limit"])
def test_whoever_is_on_duty_hears_that_danger_stays_visible_while_the_platform_takes_nothing(
    world: World, monkeypatch: pytest.MonkeyPatch, obstacle: str
) -> None:
    square.join(monkeypatch, daily_units=1 if obstacle == "quota" else 0)
    twin = square.Square()
    world.join("square", twin, "square-secret", square.CHANNEL)
    world.apply()
    if obstacle == "limit":
        twin.fail("/hide", 429, times=2, retry_after="7200")
    said = [twin.say(f"c{number}", f"{THREAT} {number}", world.now) for number in (1, 2)]
    assert world.deliver("square", said) == 200
    world.settle(minutes=60, quiet_minutes=10)

    waiting = [call for call in world.calls_of("garance") if call.reason == "hide_waits"]
    assert len(waiting) == (1 if obstacle == "quota" else 2)
    assert {call.urgency for call in waiting} == {Urgency.NOW}
    rung = [str(one["text"]) for one in world.rung]
    assert any("une limite est atteinte" in text and "n'est pas encore masqué" in text for text in rung)

    world.now += timedelta(hours=24)
    world.settle(minutes=60, quiet_minutes=10)
    assert sum(call.reason == "hide_waits" for call in world.calls_of("garance")) == len(waiting)


# --- several steps ---


def test_a_reply_of_two_steps_is_made_at_once(world: World, place: square.Square) -> None:
    insult(world, place, 1)
    world.pump_only("perform_action")

    assert place.requests == ["POST /prepare", "POST /publish/draft-1"]
    assert states(world, 1) == [ActionState.SENT]


def test_what_a_step_gave_is_kept_when_the_next_one_has_to_wait(world: World, place: square.Square) -> None:
    place.fail("/publish", 503)
    insult(world, place, 1)
    world.settle()

    assert Counter(place.requests)["POST /prepare"] == 1
    assert [reply["id"] for reply in place.replies] == ["ours-1"]


def test_a_second_step_whose_answer_is_lost_is_found_by_reading_back(world: World, place: square.Square) -> None:
    place.fail("/publish")
    insult(world, place, 1)
    world.settle()

    assert len(place.replies) == 1
    assert states(world, 1) == [ActionState.SENT]


@pytest.mark.parametrize("kind", FAULTS)
@pytest.mark.parametrize("at_call", range(1, 14))
def test_one_fault_in_the_middle_of_the_steps_never_answers_twice(
    world: World, place: square.Square, at_call: int, kind: str
) -> None:
    insult(world, place, 1)
    world.uncounted = {"moderate_comments", "call_manager", "keep_watch", "receive_webhook", "poll_platforms"}
    world.calls.names.clear()
    world.calls.faults = [Fault(at_call, kind)]
    world.settle()

    assert len(place.replies) == 1
    assert states(world, 1) == [ActionState.SENT]


# --- the account rests ---


def test_nothing_is_sent_after_the_first_refusal_and_all_of_it_after_the_pause(
    world: World, place: square.Square
) -> None:
    place.fail("/prepare", 429, retry_after="900")
    insult(world, place, *range(1, 9))
    world.pump_only("perform_action")
    assert place.requests == ["POST /prepare"]

    world.settle(minutes=40, quiet_minutes=18)
    assert len(place.replies) == 8
    assert Counter(states(world, *range(1, 9))) == {ActionState.SENT: 8}


def test_near_the_limit_only_protection_still_leaves(world: World, place: square.Square) -> None:
    place.headers = {"x-slow-down": "1800"}
    insult(world, place, 1)
    world.pump_only("perform_action")
    place.headers = {}
    place.requests.clear()
    insult(world, place, 2)
    spam(world, place, 3)
    world.pump_only("perform_action")
    assert place.requests == [], "neither is urgent"

    said = place.say("p1", "Rappelez ma voisine Julie au 06 39 98 12 34", world.now)
    world.deliver("square", [said])
    world.pump()
    world.pump_only("perform_action")
    assert place.requests == ["POST /hide/p1"]


def test_a_spam_warning_stops_replies_for_a_day_and_hides_go_on(world: World, place: square.Square) -> None:
    place.fail("/prepare", 418)
    insult(world, place, 1, 2)
    spam(world, place, 3)
    world.pump_only("perform_action")

    assert place.requests.count("POST /prepare") == 1
    assert place.hidden == ["s3"]
    assert reasons(world) == ["blocked"]


def test_a_dead_token_calls_once_however_many_comments_come(world: World, place: square.Square) -> None:
    place.tokens.clear()
    for number in range(1, 5):
        insult(world, place, number)
        world.pump_only("perform_action")
        world.settle(minutes=65, quiet_minutes=65)

    assert reasons(world).count("token_dead") == 1


def test_a_dead_token_that_hides_behind_a_limit_for_a_while_calls_once(world: World, place: square.Square) -> None:
    place.tokens.clear()
    insult(world, place, 1)
    world.pump_only("perform_action")
    place.fail("/prepare", 429, retry_after="3600")
    for _ in range(3):
        world.settle(minutes=65, quiet_minutes=65)

    assert place.fails == [], "it was met"
    assert reasons(world).count("token_dead") == 1
    assert place.requests.count("POST /prepare") <= 6, "tried again every hour"
    assert place.replies == []


def test_an_access_that_works_again_ends_its_call_and_whoever_heard_of_it_hears_that_too(
    world: World, place: square.Square
) -> None:
    tokens = set(place.tokens)
    place.tokens.clear()
    insult(world, place, 1)
    world.settle(minutes=10)
    (cut,) = (call for call in world.calls_of("garance") if call.reason == "token_dead")
    assert cut.tried

    place.tokens |= tokens
    world.settle(minutes=90, quiet_minutes=70)

    assert states(world, 1) == [ActionState.SENT]
    calls = {call.reason: call for call in world.calls_of("garance")}
    assert {reason: call.state for reason, call in calls.items()} == {"token_dead": "CLOSED", "access_back": "CLOSED"}
    assert calls["access_back"].tried
    assert len(world.calls_of("garance")) == 2


def test_an_access_that_works_again_before_anybody_heard_of_it_is_no_news(world: World, place: square.Square) -> None:
    tokens = set(place.tokens)
    place.tokens.clear()
    insult(world, place, 1)
    world.pump_only("perform_action")
    place.tokens |= tokens
    world.now += timedelta(minutes=75)
    world.invoke("keep_watch", {})
    world.pump_only("perform_action")

    assert states(world, 1) == [ActionState.SENT]
    assert [(call.reason, call.state) for call in world.calls_of("garance")] == [("token_dead", "CLOSED")]


def test_what_an_account_may_not_do_is_learned_and_goes_to_a_person(world: World, place: square.Square) -> None:
    place.fail("/prepare", 405)
    insult(world, place, 1, 2)
    world.pump_only("perform_action")
    assert place.requests == ["POST /prepare"]
    assert states(world, 1, 2) == [ActionState.FAILED, ActionState.CANCELLED]

    world.now += timedelta(days=1)
    insult(world, place, 3)
    head = world.head("garance", "square", square.ACCOUNT, "c3")
    assert head is not None
    assert head.verdict is not None
    assert (head.verdict.measure, head.case) == ("escalate", True)

    world.now += timedelta(days=7)
    insult(world, place, 4)
    world.settle()
    assert states(world, 4) == [ActionState.SENT], "rights are given: after a week it is tried again"


# --- the memory itself, pure ---


def after(breaker: Breaker, verdict: Verdict, now: datetime, **more: object) -> Breaker:
    return rested(breaker, Outcome(verdict, **more), ActKind.REPLY, now)


EMPTY = Breaker("garance", "square", "sq-1")


def test_a_second_warning_within_a_week_lasts_two_days_and_one_after_that_a_day() -> None:
    first = after(EMPTY, Verdict.BLOCKED, START)
    assert first.replies_until == START + timedelta(hours=24)
    assert after(first, Verdict.BLOCKED, START + timedelta(seconds=5)) == first, "it was in flight"
    again = after(first, Verdict.BLOCKED, START + timedelta(days=3))
    assert again.replies_until == START + timedelta(days=5)
    later = after(first, Verdict.BLOCKED, START + timedelta(days=8))
    assert later.replies_until == START + timedelta(days=9)


def test_a_shorter_pause_never_shortens_a_longer_one() -> None:
    long = after(EMPTY, Verdict.LIMITED, START, until=START + timedelta(hours=5))
    assert after(long, Verdict.LIMITED, START, until=START + timedelta(minutes=5)) == long


def test_a_dead_token_is_one_incident_until_something_succeeds() -> None:
    dead = after(EMPTY, Verdict.TOKEN_DEAD, START)
    still = after(dead, Verdict.TOKEN_DEAD, START + timedelta(days=2))
    assert still.since == dead.since == START
    alive = after(still, Verdict.DONE, START + timedelta(days=3))
    assert (alive.open_until, alive.reason) == (None, "")
    assert after(alive, Verdict.TOKEN_DEAD, START + timedelta(days=4)).since == START + timedelta(days=4)


def test_a_dead_token_stays_one_incident_when_the_platform_is_too_busy_to_say_so_again() -> None:
    dead = after(EMPTY, Verdict.TOKEN_DEAD, START)
    busy = after(dead, Verdict.LIMITED, START + timedelta(hours=1), until=START + timedelta(hours=3))
    assert (busy.reason, busy.open_until) == ("token_dead", START + timedelta(hours=3))
    assert after(busy, Verdict.TOKEN_DEAD, START + timedelta(hours=3)).since == START
    alive = after(busy, Verdict.DONE, START + timedelta(hours=4))
    assert (alive.open_until, alive.reason) == (None, "")


def test_a_pause_ends_at_a_ramp() -> None:
    moments = [spread(f"action-{number}") / REOPENING for number in range(2000)]
    halves = [sum(start <= moment < start + 0.5 for moment in moments) for start in (0.0, 0.5)]
    assert halves[0] < halves[1] / 2
