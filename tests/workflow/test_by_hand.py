"""What a person of the team hides and shows in the platform's own application, again, late, and after us."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from memory_world import memory_world
from redress import handling
from world import PAGE, World

from tribune.journal import ActionState, Changes, Head, HeadKind
from tribune.workflow.deed import case_id
from tribune.workflow.takeback import is_hidden

CALM = "Bonjour à tous"
GRIEVANCE = "Vous êtes des voleurs, un mois que j'attends mon remboursement !!!!"
PHONE = "Rappelez-moi au 06 39 98 12 34"
THREAT = "On sait où est ton magasin, on va venir te défoncer"
INSULT = "@Karim t'es vraiment un abruti si tu crois ça"
HOUR = timedelta(hours=1)


@pytest.fixture
def place() -> Iterator[World]:
    """A community in mode act, in memory."""
    with memory_world() as world:
        yield world


def seen(world: World) -> Head:
    return world.kept()


def acted(world: World, verb: str, at: datetime | None = None) -> None:
    """Somebody hides or shows it in the Page's own application; Facebook tells."""
    world.deliver("facebook", world.comment(1, "", verb=verb, at=at))
    world.settle(minutes=4, quiet_minutes=2)


def said(world: World, text: str) -> datetime:
    world.deliver("facebook", world.comment(1, text))
    world.settle(minutes=4, quiet_minutes=2)
    world.now += HOUR
    return world.now


@pytest.mark.parametrize(("first", "then", "hidden"), [("unhide", "hide", True), ("hide", "unhide", False)])
@pytest.mark.parametrize("apart", [timedelta(), timedelta(minutes=5)])
def test_two_acts_in_one_batch_count_in_the_order_of_their_time(
    place: World, first: str, then: str, hidden: bool, apart: timedelta
) -> None:
    now = said(place, CALM)
    acts = [(first, now - apart), (then, now)]
    for verb, at in acts if not apart else acts[::-1]:
        place.deliver("facebook", place.comment(1, "", verb=verb, at=at))
    place.pump_only("moderate_comments")

    assert seen(place).hidden is hidden


def test_an_act_that_is_told_again_or_late_undoes_nothing_that_was_done_since(place: World) -> None:
    first = said(place, CALM)
    acted(place, "hide")
    place.now += HOUR
    acted(place, "unhide")
    before = seen(place)
    for verb, at in (("hide", first), ("unhide", first - HOUR), ("hide", first + HOUR / 2)):
        acted(place, verb, at)

    assert seen(place) == before
    assert before.hidden is False


def test_what_we_hid_and_a_person_showed_there_can_be_hidden_there_again(place: World) -> None:
    said(place, PHONE)
    acted(place, "hide")
    assert seen(place).hidden is None, "our own hide came back"
    for verb, hidden in (("unhide", False), ("hide", True), ("unhide", False)):
        place.now += HOUR
        acted(place, verb)
        assert seen(place).hidden is hidden


def test_what_a_person_showed_there_before_we_noted_when_can_be_hidden_there_again(place: World) -> None:
    said(place, PHONE)
    acted(place, "unhide")
    head = seen(place)
    place.journal.commit(Changes(heads=(replace(head, acted_at=None, rev=head.rev + 1),)), place.now)
    place.now += HOUR

    acted(place, "hide")
    assert seen(place).hidden is True


def test_what_we_hid_and_showed_again_can_be_hidden_there_by_a_person(place: World) -> None:
    said(place, PHONE)
    handling(place).show("garance", case_id(("garance", "facebook", PAGE, "1_1")), "marie")
    place.settle(minutes=4, quiet_minutes=2)
    ours: list[Any] = [action.done_at for action in seen(place).actions if action.kind in ("hide", "unhide")]
    for verb, at in zip(("hide", "unhide"), ours, strict=True):
        acted(place, verb, at + timedelta(seconds=30))
        assert seen(place).hidden is None, "our own acts came back, a little late"

    place.now += HOUR
    acted(place, "hide")

    assert (seen(place).hidden, seen(place).by_hand) == (True, True)


@pytest.mark.parametrize(("edited_since", "effects"), [(False, []), (True, ["hide"])])
def test_danger_that_a_person_showed_before_we_heard_of_it_is_theirs_but_not_what_was_edited_into_it_since(
    place: World, edited_since: bool, effects: list[str]
) -> None:
    created = place.comment(1, THREAT)
    place.now += timedelta(minutes=1)
    acted(place, "unhide")
    edited = place.comment(1, THREAT, verb="edited", at=place.now + timedelta(minutes=5))
    place.now += timedelta(minutes=6)
    place.deliver("facebook", edited if edited_since else created)
    place.settle(minutes=4, quiet_minutes=2)

    assert [entry.kind for entry in place.outbox.effects] == effects
    assert "threat" in [call.reason for call in place.calls_of("garance")], "somebody is called all the same"


def test_what_a_person_hid_before_we_heard_of_it_stands_in_the_thread_of_its_comment(place: World) -> None:
    place.deliver("facebook", place.comment(2, CALM))
    place.deliver("facebook", place.comment(3, CALM, author="7002", parent=2))
    place.pump()
    place.deliver("facebook", place.comment(1, "", verb="hide", parent=3))
    place.pump()
    place.deliver("facebook", place.comment(1, INSULT, author="7003", parent=3))
    place.settle(minutes=4, quiet_minutes=2)

    assert (seen(place).thread, seen(place).hidden) == ("1_2", True)


def test_what_a_person_hid_before_we_heard_of_it_makes_the_weather_too(place: World) -> None:
    created = place.comment(1, INSULT)
    acted(place, "hide")
    place.deliver("facebook", created)
    place.settle(minutes=4, quiet_minutes=2)

    felt = place.journal.buckets("garance", "facebook", place.now - HOUR)
    assert sum(bucket.comments for bucket in felt.values()) == 1


def test_a_reminder_that_was_leaving_while_a_person_hid_the_comment_is_still_the_machine_s_to_take_back(
    place: World,
) -> None:
    place.deliver("facebook", place.comment(1, INSULT))
    place.facebook.fail({"mode": "timeout_after", "next": 1})
    place.facebook.fail({"consistency_s": 60})
    place.pump()
    assert [action.state for action in seen(place).actions] == [ActionState.SENDING]
    acted(place, "hide")
    assert [action.state for action in seen(place).actions] == [ActionState.SENT]
    place.now += HOUR
    place.deliver("facebook", place.comment(1, CALM, verb="edited"))
    place.settle(minutes=6, quiet_minutes=4)

    assert [entry.kind for entry in place.outbox.effects] == ["reply", "delete"]


def test_our_own_reply_that_a_person_hid_before_we_knew_it_left_is_still_ours(place: World) -> None:
    place.deliver("facebook", place.comment(1, INSULT))
    place.facebook.fail({"mode": "timeout_after", "next": 1})
    place.facebook.fail({"consistency_s": 60})
    place.pump()
    (reply,) = place.outbox.effects
    hidden = place.comment(1, "", verb="hide")
    hidden["entry"][0]["changes"][0]["value"] |= {"comment_id": reply.created, "parent_id": "1_1"}
    place.deliver("facebook", hidden)
    place.settle(minutes=6, quiet_minutes=4)
    echo = place.facebook.echo(reply)
    assert echo is not None
    place.deliver_raw("facebook", echo)
    place.settle(minutes=6, quiet_minutes=4)

    own = place.head("garance", "facebook", PAGE, reply.created or "")
    assert own is not None
    assert own.kind is HeadKind.OURS
    assert [action.state for action in seen(place).actions] == [ActionState.SENT]


@pytest.mark.parametrize(("text", "verb", "hidden"), [(GRIEVANCE, "hide", True), (THREAT, "unhide", False)])
def test_what_a_person_hid_or_showed_there_stays_so_when_its_author_is_excluded(
    place: World, text: str, verb: str, hidden: bool
) -> None:
    said(place, text)
    acted(place, verb)
    handling(place).block("garance", case_id(("garance", "facebook", PAGE, "1_1")), "marie", "lea", "10")
    place.settle(minutes=4, quiet_minutes=2)

    assert is_hidden(seen(place)) is hidden
