"""What people and we do to the comments of a blog, which tells of both in the same words."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from everywhere import PLACES
from memory_world import memory_world
from redress import handling
from world import World

from local.twins.wordpress import WordpressTwin
from tribune.journal import Head
from tribune.workflow.deed import case_id

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


def test_what_a_colleague_threw_away_in_the_blog_is_hidden(place: World) -> None:
    told(place)
    told(place, "comment.trashed")

    assert seen(place).hidden is True
