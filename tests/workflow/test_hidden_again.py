"""Second times: what the desk hides and shows, and what people hide and show on the platform itself, in turns."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from memory_world import memory_world
from redress import contest, decision_about, handling, kept, restrictions, reviewing
from world import PAGE, World

from tribune.channel import ActKind
from tribune.errors import AlreadyDone
from tribune.journal import ActionState, CaseState, Head
from tribune.workflow.deed import case_id

THREAT = "On sait où est ton magasin, on va venir te défoncer"
PHONE = "Mon numéro est le 06 39 98 12 34, bonne journée à tous"
CALM = "Bonne journée à tous"
CASE = case_id(("garance", "facebook", PAGE, "1_1"))


@pytest.fixture
def place() -> Iterator[World]:
    """A community in mode act, in memory."""
    with memory_world() as world:
        yield world


def said(world: World, text: str, verb: str = "add") -> None:
    world.deliver("facebook", world.comment(1, text, verb=verb))
    passes(world)


def in_the_app(world: World, *verbs: str) -> None:
    """Somebody of the team hides or shows the comment in Facebook's own application."""
    for verb in verbs:
        world.now += timedelta(seconds=5)
        event = world.comment(1, "", verb=verb)
        world.facebook.comments["1_1"] = replace(world.facebook.comments["1_1"], hidden=verb == "hide")
        world.deliver("facebook", event)
    passes(world)


def passes(world: World) -> None:
    world.settle(minutes=6, quiet_minutes=4)
    world.now += timedelta(minutes=5)


def seen(world: World) -> Head:
    return world.kept()


def is_hidden(world: World) -> bool:
    return world.facebook.comments["1_1"].hidden


@pytest.mark.parametrize("confirmed", [True, False])
def test_what_a_colleague_showed_in_the_app_can_be_hidden_from_the_desk_with_a_reason_of_its_own(
    place: World, *, confirmed: bool
) -> None:
    said(place, THREAT)
    if confirmed:
        handling(place).hide("garance", CASE, "marie")
    in_the_app(place, "unhide")

    handling(place).hide("garance", CASE, "lea")
    passes(place)

    assert is_hidden(place)
    first, second = (kept(place, action.notice or "")[0] for action in restrictions(seen(place)))
    assert first is not None
    assert second is not None
    assert (first.ended_at is None, second.ended_at is None) == (False, True)
    assert second.decided_by == ("lea",)
    with pytest.raises(AlreadyDone):
        handling(place).hide("garance", CASE, "marie")


def test_what_is_hidden_again_in_the_app_can_be_shown_from_the_desk(place: World) -> None:
    said(place, THREAT)
    handling(place).show("garance", CASE, "marie")
    passes(place)
    in_the_app(place, "hide")
    assert seen(place).hidden is True

    handling(place).show("garance", CASE, "lea")
    passes(place)

    assert not is_hidden(place)


@pytest.mark.parametrize("verbs", [("unhide", "hide"), ("unhide", "hide", "unhide")])
def test_what_people_do_in_the_app_one_after_the_other_is_known(place: World, verbs: tuple[str, ...]) -> None:
    said(place, THREAT)
    place.now += timedelta(minutes=5)
    in_the_app(place, *verbs)

    assert seen(place).hidden is is_hidden(place)


def test_an_act_of_ours_that_comes_back_late_is_nobody_else_s(place: World) -> None:
    said(place, THREAT)
    (hide,) = restrictions(seen(place))
    assert hide.done_at is not None
    ours = place.comment(1, "", at=hide.done_at + timedelta(seconds=3), verb="hide")
    handling(place).show("garance", CASE, "marie")
    passes(place)
    before = seen(place)

    place.deliver("facebook", ours)
    passes(place)

    assert seen(place) == before


def test_danger_edited_into_words_that_a_colleague_showed_clean_in_the_app_is_hidden(place: World) -> None:
    said(place, THREAT)
    in_the_app(place, "unhide")
    said(place, CALM, "edited")
    said(place, THREAT + " demain", "edited")

    assert is_hidden(place)
    assert seen(place).hidden is None


def test_what_a_colleague_showed_in_the_app_though_it_stood_accused_is_only_proposed_to_be_hidden(place: World) -> None:
    said(place, THREAT)
    in_the_app(place, "unhide")
    said(place, THREAT + " demain", "edited")

    assert not is_hidden(place)
    assert [action.state for action in seen(place).actions if action.kind is ActKind.HIDE][-1] is ActionState.PROPOSED


def test_what_was_shown_again_is_not_proposed_to_be_shown_by_an_edit(place: World) -> None:
    said(place, THREAT)
    handling(place).show("garance", CASE, "marie")
    passes(place)
    said(place, CALM, "edited")

    assert not any(action.state is ActionState.PROPOSED for action in seen(place).actions)
    assert handling(place).find("garance", CASE).case.state is CaseState.CLOSED


def test_an_appeal_won_about_a_number_does_not_show_the_threat_that_was_edited_beside_it(place: World) -> None:
    said(place, PHONE)
    (protected,) = restrictions(seen(place))
    assert protected.notice is not None
    contest(place, protected.notice)
    said(place, f"{PHONE} {THREAT}", "edited")
    *_, danger = restrictions(seen(place))
    assert danger.notice is not None
    (appeal,) = reviewing(place).waiting()

    reviewing(place).overturn(appeal.code, "lea")
    passes(place)

    assert is_hidden(place)
    first, second = (kept(place, token)[0] for token in (protected.notice, danger.notice))
    assert first is not None
    assert second is not None
    assert (first.reversed_at is None, second.ended_at) == (False, None)
    case = handling(place).find("garance", CASE).case
    assert (case.state, case.reason, case.drafts) == (CaseState.OPEN, "threat", ())
    assert seen(place).unconfirmed == danger

    contest(place, danger.notice)
    (appeal,) = reviewing(place).waiting()
    reviewing(place).overturn(appeal.code, "lea")
    passes(place)
    assert is_hidden(place) is False


def test_whoever_shows_it_shows_it_whatever_else_hides_it(place: World) -> None:
    said(place, PHONE)
    contest(place, decision_about(seen(place)))
    said(place, f"{PHONE} {THREAT}", "edited")

    assert reviewing(place).give_in(seen(place).at, "lea")
    passes(place)

    assert not is_hidden(place)
    assert all(
        notice and notice.ended_at for notice in (kept(place, a.notice or "")[0] for a in restrictions(seen(place)))
    )


@pytest.mark.parametrize("way", ["desk", "app"])
def test_whoever_shows_it_grants_each_appeal_that_waits_about_it(place: World, way: str) -> None:
    said(place, PHONE)
    said(place, f"{PHONE} {THREAT}", "edited")
    hides = list(restrictions(seen(place)))
    for hide in hides:
        contest(place, hide.notice or "")
    assert len(reviewing(place).waiting()) == len(hides) == 2

    if way == "desk":
        assert reviewing(place).give_in(seen(place).at, "lea")
        passes(place)
    else:
        in_the_app(place, "unhide")

    assert not is_hidden(place)
    assert reviewing(place).waiting() == []
    assert all(notice and notice.reversed_at for notice in (kept(place, hide.notice or "")[0] for hide in hides))


def test_an_appeal_won_shows_what_was_hidden_after_a_colleague_had_shown_it(place: World) -> None:
    said(place, PHONE)
    in_the_app(place, "unhide")
    said(place, CALM, "edited")
    said(place, THREAT, "edited")
    *_, hide = restrictions(seen(place))
    assert hide.notice is not None
    contest(place, hide.notice)
    (appeal,) = reviewing(place).waiting()

    reviewing(place).overturn(appeal.code, "lea")
    passes(place)

    assert not is_hidden(place)
