"""What a person ordered at the desk leaves, whatever a colleague does on the platform itself meanwhile."""

import pytest
from redress import handling
from world import PAGE, World

from tribune.channel import ActKind
from tribune.journal import ActionState
from tribune.workflow.deed import case_id

GRIEVANCE = "Vous êtes des voleurs, un mois que j'attends mon remboursement !!!!"
THREAT = "On sait où est ton magasin, on va venir te défoncer"
NAME = case_id(("garance", "facebook", PAGE, "1_1"))


def moved(world: World, verb: str) -> None:
    world.deliver("facebook", world.comment(1, "", verb=verb))
    world.pump_only("moderate_comments")


@pytest.mark.parametrize("verb", ["hide", "unhide"])
def test_an_answer_that_waits_leaves_though_a_colleague_hides_or_shows_the_comment(world: World, verb: str) -> None:
    world.deliver("facebook", world.comment(1, GRIEVANCE))
    world.settle()
    handling(world).send("garance", NAME, "marie", "Votre remboursement part ce soir. ^MC")
    moved(world, verb)
    world.settle()

    assert [entry.text for entry in world.outbox.effects] == ["Votre remboursement part ce soir. ^MC"]


def test_an_exclusion_that_two_people_decided_is_carried_out_though_a_colleague_shows_the_comment(world: World) -> None:
    world.deliver("facebook", world.comment(1, THREAT))
    world.settle()
    handling(world).block("garance", NAME, "marie", "lea")
    moved(world, "unhide")
    world.settle()

    assert world.facebook.blocked == {(PAGE, "7001")}


def test_a_hide_under_an_article_keeps_its_reason_though_a_colleague_hides_the_comment_too(world: World) -> None:
    world.deliver("facebook", world.comment(1, GRIEVANCE))
    world.settle()
    handling(world).hide("garance", NAME, "marie", "10")
    moved(world, "hide")
    world.settle()

    head = world.kept()
    (hide,) = [action for action in head.actions if action.kind is ActKind.HIDE]
    assert (hide.state, hide.signed_by) == (ActionState.SENT, "marie")
    assert hide.notice is not None
    assert world.journal.reason("garance", hide.notice)[0] is not None, "its author can read why, and contest it"


def test_a_hide_that_waits_is_off_once_a_colleague_shows_the_comment(world: World) -> None:
    world.deliver("facebook", world.comment(1, GRIEVANCE))
    world.settle()
    handling(world).hide("garance", NAME, "marie", "10")
    moved(world, "unhide")
    world.settle()

    assert not world.facebook.comments["1_1"].hidden
