"""refresh_tokens through its real door: renewed in time, by one process at a time, and never lost."""

from datetime import timedelta

import pytest
import square
from world import Fault, Killed, World

from tribune.aws import secrets
from tribune.aws.communities import Communities
from tribune.errors import Unavailable


@pytest.fixture
def place(world: World, monkeypatch: pytest.MonkeyPatch) -> square.Square:
    """The square, whose access ends at noon; it is ten o'clock."""
    square.join(monkeypatch)
    twin = square.Square(refresh_tokens={"refresh-0": ""})
    world.join("square", twin, "square-secret", square.CHANNEL)
    world.apply()
    return twin


def tick(world: World) -> None:
    try:
        world.invoke("refresh_tokens", {})
    except Unavailable:
        pass
    except Killed:
        world.doors.pop("refresh_tokens", None)


def access() -> dict[str, str]:
    secrets.forget()
    return secrets.access("test", "square", "main")


def test_an_access_is_renewed_before_it_ends_and_not_sooner(world: World, place: square.Square) -> None:
    tick(world)
    assert place.renewals == 0

    world.now += timedelta(minutes=95)
    for _ in range(3):
        tick(world)

    assert place.renewals == 1
    assert access()["token"] == "token-1"
    assert access()["refresh_token"] == "refresh-1"


def test_two_processes_never_renew_at_once(world: World, place: square.Square) -> None:
    world.now += timedelta(minutes=95)
    for call in ("PutItem", "POST", "GetParameter"):
        world.calls.faults = [Fault(call, "another_worker")]
        tick(world)

    assert place.renewals == 1
    assert list(place.refresh_tokens) == ["refresh-1"], "the one that is stored is the one that is good"


def test_a_community_whose_settings_nobody_can_read_lets_nobody_else_s_access_end(
    world: World, place: square.Square
) -> None:
    world.unreadable("atelier")
    world.now += timedelta(minutes=95)
    tick(world)

    assert place.renewals == 1


def test_an_access_that_nobody_can_read_lets_no_other_one_end(world: World, place: square.Square) -> None:
    other = square.CHANNEL.replace("- platform: square", "- platform: square\n    channel: above")
    world.more = other.replace(square.ACCOUNT, "p9") + square.CHANNEL
    world.apply()
    secrets.put("/tribune/test/act/square/above", "no JSON")
    world.now += timedelta(minutes=95)
    tick(world)

    assert place.renewals == 1


@pytest.mark.parametrize("kind", ["error_before", "error_after", "kill_before"])
@pytest.mark.parametrize("at_call", range(1, 12))
def test_one_fault_loses_no_access(world: World, place: square.Square, at_call: int, kind: str) -> None:
    world.now += timedelta(minutes=95)
    world.calls.faults = [Fault(at_call, kind)]
    world.calls.names.clear()
    for _ in range(3):
        tick(world)
        world.now += timedelta(minutes=3)

    lost = kind != "error_before" and any(
        call.reason == "refresh_failed" for call in world.calls_of("garance")
    )  # the platform renewed it and we could not hear it: a person knows
    assert lost or access()["refresh_token"] in place.refresh_tokens


def test_a_refusal_calls_somebody_once_and_is_tried_every_hour(world: World, place: square.Square) -> None:
    place.refresh_tokens.clear()
    world.now += timedelta(minutes=95)
    for _ in range(18):
        tick(world)
        world.now += timedelta(minutes=10)

    assert [call.reason for call in world.calls_of("garance")] == ["refresh_failed"]
    assert len(place.requests) == 3


def test_a_renewal_that_succeeds_after_all_ends_the_call_about_it(world: World, place: square.Square) -> None:
    good = dict(place.refresh_tokens)
    place.refresh_tokens.clear()
    world.now += timedelta(minutes=95)
    tick(world)
    world.settle()
    assert [(call.reason, bool(call.tried)) for call in world.calls_of("garance")] == [("refresh_failed", True)]

    place.refresh_tokens |= good
    world.now += timedelta(minutes=61)
    tick(world)
    world.settle()

    told = {call.reason: call.state for call in world.calls_of("garance")}
    assert told == {"refresh_failed": "CLOSED", "access_renewed": "CLOSED"}


def test_an_access_that_somebody_gave_anew_ends_the_call_and_its_own_end_calls_again(
    world: World, place: square.Square
) -> None:
    place.refresh_tokens.clear()
    world.now += timedelta(minutes=95)
    tick(world)
    world.settle()

    given = square.CHANNEL.replace("square-token", "a-new-one").replace("T12:00:00", "T18:00:00")
    world.more = given
    world.apply()
    world.now += timedelta(minutes=61)
    tick(world)
    world.settle()
    told = {call.reason: call.state for call in world.calls_of("garance")}
    assert told == {"refresh_failed": "CLOSED", "access_renewed": "CLOSED"}

    world.now += timedelta(hours=5)
    tick(world)
    reasons = [call.reason for call in world.calls_of("garance")]
    assert sorted(reasons) == ["access_renewed", "refresh_failed", "refresh_failed"], "it fails anew: that is news"


def test_who_read_of_the_failure_in_a_summary_reads_that_it_is_over(world: World, place: square.Square) -> None:
    communities = Communities(world.stack.tables()["CommunityTable"])
    garance = communities.load("garance")
    few = garance.rota.model_copy(update={"most_calls": 1})
    communities.write(garance.model_copy(update={"rota": few}))
    good = dict(place.refresh_tokens)
    place.refresh_tokens.clear()
    world.now += timedelta(minutes=95)
    world.deliver("facebook", world.comment(1, "Mon avocat vous écrira demain matin"))
    world.pump()
    tick(world)
    world.pump()
    assert {call.reason: call.state for call in world.calls_of("garance")}["refresh_failed"] == "FOLDED"

    place.refresh_tokens |= good
    world.now += timedelta(minutes=61)
    tick(world)
    world.settle()
    told = {call.reason: call.state for call in world.calls_of("garance")}
    assert (told["refresh_failed"], "access_renewed" in told) == ("CLOSED", True)


@pytest.mark.usefixtures("place")
def test_what_was_renewed_outlives_another_apply_until_a_person_gives_another(world: World) -> None:
    world.now += timedelta(minutes=95)
    tick(world)
    world.apply()
    assert access()["token"] == "token-1"

    world.more = square.CHANNEL.replace("square-token", "a-new-one")
    world.apply()
    assert access()["token"] == "a-new-one"


def test_an_account_that_rested_with_a_dead_token_wakes_up_with_the_new_one(world: World, place: square.Square) -> None:
    place.tokens.clear()
    said = place.say("c1", "@Karim t'es vraiment un abruti si tu crois ça", world.now)
    world.deliver("square", [said])  # the square sends a list
    world.pump()
    world.pump()
    assert place.replies == []
    world.now += timedelta(minutes=95)
    tick(world)
    world.forget()
    world.settle()

    assert len(place.replies) == 1


def test_a_token_that_was_renewed_meanwhile_is_read_again_before_it_is_called_dead(
    world: World, place: square.Square
) -> None:
    said = place.say("c0", "@Karim t'es vraiment un abruti si tu crois ça", world.now)
    world.deliver("square", [said])
    world.settle()
    world.now += timedelta(minutes=95)
    tick(world)
    place.tokens = {"token-1"}
    said = place.say("c1", "@Léa t'es vraiment une abrutie si tu crois ça", world.now)
    world.deliver("square", [said])
    world.settle()

    assert len(place.replies) == 2
    assert [call.reason for call in world.calls_of("garance")] == []
