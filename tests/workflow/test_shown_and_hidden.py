"""Who hid or showed a comment last is right, at the desk or on the platform itself, and everybody else knows it."""

from datetime import timedelta
from itertools import product

import pytest
from redress import handling
from world import PAGE, World

from tribune.desk.offers import offered
from tribune.errors import AlreadyDone
from tribune.journal import Head
from tribune.workflow.deed import case_id

THREAT = "On sait où est ton magasin, on va venir te défoncer"
NUMBER = "Appelez la caissière chez elle, au 06 39 98 12 34"
GRIEVANCE = "Vous êtes des voleurs, un mois que j'attends mon remboursement !!!!"
CALM = "Bonne journée à tous"
NAME = case_id(("garance", "facebook", PAGE, "1_1"))
SHOWS = {"shown at the desk", "shown on the platform"}


def did(world: World, act: str) -> None:
    """A person of the team hides or shows the comment, and the world comes to rest."""
    if act.endswith("on the platform"):
        world.deliver("facebook", world.comment(1, "", verb="unhide" if act in SHOWS else "hide"))
    elif act in SHOWS:
        handling(world).show("garance", NAME, "marie")
    else:
        handling(world).hide("garance", NAME, "marie", "10")
    rest(world)


def rest(world: World) -> None:
    world.settle(minutes=6, quiet_minutes=4)
    world.now += timedelta(minutes=5)


def edited(world: World, text: str) -> None:
    world.deliver("facebook", world.comment(1, text, verb="edited"))
    rest(world)


def hidden(world: World) -> bool:
    return world.facebook.comments["1_1"].hidden


def head(world: World) -> Head:
    return world.kept()


ACTS = ("hidden at the desk", "hidden on the platform", *sorted(SHOWS))


@pytest.mark.parametrize("text", [THREAT, GRIEVANCE], ids=["hidden by the machine", "left by the machine"])
@pytest.mark.parametrize("acts", [*product(ACTS, repeat=3)], ids=", ".join)
def test_the_last_who_hid_or_showed_it_is_right(world: World, text: str, acts: tuple[str, ...]) -> None:
    world.deliver("facebook", world.comment(1, text))
    rest(world)

    for act in acts:
        try:
            did(world, act)
        except AlreadyDone:  # only who wants what is there is told so
            assert hidden(world) is (act not in SHOWS)
        assert hidden(world) is (act not in SHOWS)


def test_our_own_hide_told_again_after_somebody_showed_it_on_the_platform_hides_nothing(world: World) -> None:
    world.deliver("facebook", world.comment(1, THREAT))
    rest(world)
    (hide,) = world.outbox.effects
    echo = world.facebook.echo(hide)
    assert echo is not None
    did(world, "shown on the platform")
    world.deliver_raw("facebook", echo)
    rest(world)

    assert head(world).hidden is False


@pytest.mark.parametrize("again", [THREAT + " !", NUMBER], ids=["the same", "another breach"])
def test_what_the_team_showed_on_the_platform_though_it_stood_accused_is_not_hidden_again_by_a_machine(
    world: World, again: str
) -> None:
    world.deliver("facebook", world.comment(1, THREAT))
    rest(world)
    did(world, "shown on the platform")
    edited(world, again)

    assert not hidden(world)


def test_danger_edited_into_words_that_the_team_showed_on_the_platform_and_that_were_clean_since_is_hidden(
    world: World,
) -> None:
    world.deliver("facebook", world.comment(1, THREAT))
    rest(world)
    did(world, "shown on the platform")
    edited(world, CALM)
    edited(world, THREAT + " demain")

    assert hidden(world)
    assert head(world).unconfirmed is not None, "a person confirms it, or shows it again"


@pytest.mark.parametrize("act", ["hidden on the platform", "shown on the platform"])
def test_the_desk_offers_what_is_left_to_do_about_what_was_done_on_the_platform(world: World, act: str) -> None:
    world.deliver("facebook", world.comment(1, THREAT))
    rest(world)
    did(world, "shown on the platform")
    did(world, act)

    shown = handling(world).find("garance", NAME)
    offers = offered(shown, handling(world).able(shown.head))
    assert ("unhide" in offers) is hidden(world)
    assert "hide" in offers, "what was hidden there may still be given its reason"
