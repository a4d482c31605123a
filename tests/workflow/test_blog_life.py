"""What people and we do to the comments of a blog, which tells of both in the same words."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from everywhere import PLACES
from memory_world import memory_world
from redress import contest, handling, kept, restrictions, reviewing, statement
from world import World

from local.twins.wordpress import WordpressTwin
from tribune.journal import Head
from tribune.workflow.deed import case_id
from tribune.workflow.takeback import is_hidden

SECRET = "whsec_Z2VuZXJpYy10ZXN0LXNlY3JldC1vZi0zMi1ieXRlcyE="
BLOG = PLACES["wordpress"]
CHANNEL = f"""
  - platform: wordpress
    accounts: [{{id: {BLOG.account}, space: blog, name: le blog}}]
    verify: {{current: {SECRET}}}
    act: {{user: tribune, password: a password, rest_url: http://wordpress.test}}
"""
GRIEVANCE = "Vous êtes des voleurs, un mois que j'attends mon remboursement !!!!"
AT = ("garance", "wordpress", BLOG.account, "12_1")


@pytest.fixture
def place() -> Iterator[World]:
    """A community in mode act, in memory, with a blog."""
    with memory_world() as world:
        world.join("wordpress", WordpressTwin(world.outbox, {"tribune": "a password"}), SECRET, CHANNEL)
        world.apply()
        yield world


def told(world: World, kind: str = "comment.created") -> None:
    """The blog tells what became of the comment."""
    assert BLOG.said is not None
    world.deliver("wordpress", BLOG.said(1, GRIEVANCE, world.now) | {"type": kind})
    world.settle(minutes=6, quiet_minutes=4)
    world.now += timedelta(minutes=5)


def seen(world: World) -> Head:
    head = world.head(*AT)
    assert head is not None
    return head


def test_what_we_deleted_and_the_blog_calls_thrown_away_was_hidden_by_nobody(place: World) -> None:
    told(place)
    handling(place).delete("garance", case_id(AT), "marie", "10")
    place.settle(minutes=6, quiet_minutes=4)
    before = seen(place)
    told(place, "comment.trashed")

    assert [effect.kind for effect in place.outbox.effects] == ["delete"]
    assert seen(place) == before


@pytest.mark.parametrize("thrown", ["comment.trashed", "comment.held"])
def test_what_a_colleague_hid_in_the_blog_can_be_given_its_article_and_be_contested(place: World, thrown: str) -> None:
    told(place)
    told(place, thrown)
    assert seen(place).hidden is True
    assert list(restrictions(seen(place))) == []

    handling(place).hide("garance", case_id(AT), "marie", "10")
    place.settle(minutes=6, quiet_minutes=4)
    told(place, "comment.held")
    (hide,) = restrictions(seen(place))
    assert hide.notice is not None
    assert seen(place).hidden is None, "what the blog tells of is our own act"
    assert statement(place, hide.notice)["beside"]["clause_number"] == 10
    assert seen(place).sealed[-1].decision.clause == "respect"

    assert contest(place, hide.notice)["statusCode"] == 303
    appeal = kept(place, hide.notice)[1]
    assert appeal is not None
    reviewing(place).overturn(appeal.code, "lea")
    place.settle(minutes=6, quiet_minutes=4)
    told(place, "comment.approved")
    verdict = seen(place).verdict
    assert verdict is not None
    assert (is_hidden(seen(place)), verdict.strike) == (False, False)
    assert [effect.kind for effect in place.outbox.effects] == ["hide", "unhide"]
