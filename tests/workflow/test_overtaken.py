"""A hide or an un-hide that waits, or whose fate is not known, when a person decides the contrary: theirs holds."""

from datetime import timedelta
from typing import Any

import pytest
from redress import handling
from world import PAGE, Fault, World

from tribune.channel import ActKind
from tribune.journal import ActionState, Head
from tribune.workflow.deed import case_id

THREAT = "On sait où est ton magasin, on va venir te défoncer"
CALM = "Bonne journée à tous"
NAME = case_id(("garance", "facebook", PAGE, "1_1"))


def moved(world: World, verb: str) -> dict[str, Any]:
    """Somebody of the team hides or shows the comment on the platform itself."""
    return world.comment(1, "", verb=verb)


def head(world: World) -> Head:
    return world.kept()


def ends(world: World) -> dict[ActKind, ActionState]:
    return {action.kind: action.state for action in head(world).actions}


def threatened(world: World, *, arrives: bool) -> None:
    """A threat is hidden by the machine, and no answer comes; or nothing arrives, and it is tried again later."""
    if arrives:
        world.facebook.fail({"mode": "timeout_after", "next": 1})
    else:
        world.calls.faults = [Fault("POST http://facebook.test", "error_before")]
    world.deliver("facebook", world.comment(1, THREAT))
    while world.pump():
        pass
    assert ends(world) == {ActKind.HIDE: ActionState.SENDING if arrives else ActionState.READY}
    assert world.facebook.comments["1_1"].hidden is arrives


@pytest.mark.parametrize("arrives", [True, False], ids=["its fate is not known", "it never left"])
def test_what_a_person_shows_at_the_desk_stays_shown_though_the_hide_was_not_finished(
    world: World, *, arrives: bool
) -> None:
    threatened(world, arrives=arrives)
    handling(world).show("garance", NAME, "marie")
    world.settle(minutes=60)

    assert not world.facebook.comments["1_1"].hidden
    assert ends(world) == {ActKind.HIDE: ActionState.CANCELLED, ActKind.UNHIDE: ActionState.SENT}


def test_what_the_team_shows_on_the_platform_stays_shown_though_the_hides_fate_was_not_known(world: World) -> None:
    threatened(world, arrives=True)
    (hide,) = world.outbox.effects
    echo = world.facebook.echo(hide)
    assert echo is not None
    world.deliver("facebook", moved(world, "unhide"))
    world.settle(minutes=60)
    assert not world.facebook.comments["1_1"].hidden
    world.deliver_raw("facebook", echo)
    world.settle()

    assert ends(world) == {ActKind.HIDE: ActionState.CANCELLED}
    assert head(world).hidden is False, "our own hide, told late, is nobody's hand"


def test_what_a_person_hides_stays_hidden_though_it_was_about_to_be_shown_again(world: World) -> None:
    world.deliver("facebook", world.comment(1, THREAT))
    world.settle()
    world.calls.faults = [Fault("POST http://facebook.test", "error_before")]
    handling(world).show("garance", NAME, "marie")
    while world.pump():
        pass
    handling(world).hide("garance", NAME, "lea")
    world.settle(minutes=60)

    assert world.facebook.comments["1_1"].hidden
    assert ends(world) == {ActKind.HIDE: ActionState.SENT, ActKind.UNHIDE: ActionState.CANCELLED}


def test_danger_edited_in_before_a_calm_comment_was_shown_again_stays_hidden(world: World) -> None:
    world.deliver("facebook", world.comment(1, THREAT))
    world.settle()
    world.now += timedelta(minutes=5)
    world.deliver("facebook", world.comment(1, CALM, verb="edited"))
    world.settle()
    world.now += timedelta(minutes=5)
    handling(world).show("garance", NAME, "marie")
    world.deliver("facebook", world.comment(1, THREAT + " demain", verb="edited"))
    world.pump_only("moderate_comments")
    world.settle()

    assert world.facebook.comments["1_1"].hidden
