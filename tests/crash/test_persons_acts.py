"""One fault while a person likes, deletes or excludes, or while that is carried out: it happens, and is decided once.

The fault strikes every call of the command and of perform_action that changes something; the person then types the command again, and is told
that it is done or does it.
"""

from collections.abc import Callable
from functools import partial

import pytest
from world import PAGE, Calls, Fault, Killed, World

from tribune.aws import clients, keys
from tribune.aws.charters import Charters
from tribune.aws.queues import Queue
from tribune.channel import ActKind
from tribune.errors import AlreadyDone, TribuneError
from tribune.journal import ActionState
from tribune.platforms import platform
from tribune.workflow.cases import Handling
from tribune.workflow.deed import case_id

EFFECTS = (7, 8, 9, 18, 19, 20, 28, 29, 30, 31, 34, 35, 37, 41, 42, 44, 48, 49, 51)
"""Which of the calls that the three commands lead to write, send or act; a test keeps the figures honest."""
_READS = ("Query", "GetItem", "BatchGetItem", "GetParameter", "ReceiveMessage")
DECIDED = ((1, ActKind.LIKE), (2, ActKind.DELETE), (3, ActKind.BLOCK))

type Act = Callable[[], object]


def acts(world: World) -> list[Act]:
    charters = Charters(world.stack.tables()["CharterTable"], clients.dynamodb())
    handling = Handling(
        journal=world.journal,
        keys=keys,
        actions=Queue(clients.sqs(), world.stack.queues()["ActionsQueue"]),
        now=lambda: world.now,
        platform=platform,
        charter=lambda community, version: charters.version(community, version).charter,
    )
    first, second, third = (case_id(("garance", "facebook", PAGE, f"1_{number}")) for number in (1, 2, 3))
    return [
        partial(handling.like, "garance", first, "marie"),
        partial(handling.delete, "garance", second, "marie"),
        partial(handling.block, "garance", third, "marie", "lea"),
    ]


def live(world: World, fault: Fault | None = None) -> None:
    """Three people spoke; a person decides about each."""
    words = ("Super vélo, merci !", "On sait où est ton magasin, on va venir te défoncer", "On va venir te tuer, toi")
    for number, text in enumerate(words, start=1):
        world.deliver("facebook", world.comment(number, text, author=f"70{number}"))
    while world.pump():
        pass
    world.calls = Calls(faults=[fault] if fault else [])
    world.uncounted = {"keep_watch"}
    for act in acts(world):
        typed(world, act)
    world.settle()


def typed(world: World, act: Act) -> None:
    """The command, until it says that it is done; or somebody else was faster."""
    for _ in range(3):
        world.calls.another = partial(by_somebody_else, act)
        world.calls.inside = True
        try:
            act()
        except AlreadyDone:
            return
        except (TribuneError, Killed):
            continue
        else:
            return
        finally:
            world.calls.inside = False
    raise AssertionError("one fault cannot refuse three times")


def by_somebody_else(act: Act) -> None:
    try:
        act()
    except AlreadyDone:
        return


def test_the_harness_reaches_every_effect(world: World) -> None:
    live(world)

    names = world.calls.names
    effects = tuple(number for number, name in enumerate(names, start=1) if not name.startswith(_READS))
    assert effects == EFFECTS, names
    assert [name for name in names if "facebook.test" in name] == [
        "POST http://facebook.test/1_1/likes",
        "DELETE http://facebook.test/1_2",
        f"POST http://facebook.test/{PAGE}/blocked",
    ]


@pytest.mark.parametrize("kind", ["kill_before", "kill_after", "another_worker"])
@pytest.mark.parametrize("at_call", EFFECTS)
def test_one_fault_changes_nothing(world: World, at_call: int, kind: str) -> None:
    live(world, Fault(at_call, kind))

    twin = world.facebook
    assert twin.comments["1_1"].liked
    assert twin.comments["1_2"].deleted
    assert twin.blocked == {(PAGE, "703")}
    for number, decided in DECIDED:
        head = world.kept(number)
        (action,) = [action for action in head.actions if action.kind is decided]
        assert (action.state, action.signed_by) == (ActionState.SENT, "marie")
