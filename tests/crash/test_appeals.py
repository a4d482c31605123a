"""One fault while a member contests a decision, while it is reviewed, or while that is carried out: it happens once.

The fault strikes every call of receive_appeal, of the review and of perform_action that changes something; the member
then sends the form again, the reviewer types the command again.
"""

from contextlib import suppress
from functools import partial

import pytest
from redress import contest, decision_about, handling, kept, reviewing
from world import PAGE, Calls, Fault, Killed, World

from tribune.channel import ActKind
from tribune.errors import AlreadyDone, TribuneError
from tribune.journal import ActionState, CaseState
from tribune.notice import AppealState
from tribune.workflow.deed import case_id

THREAT = "On sait où est ton magasin, on va venir te défoncer"
EFFECTS = (6, 7, 8, 18, 19, 23, 25, 26, 31, 32, 34)
"""Which of the calls write, send or act; a test keeps the figures honest."""
_READS = ("Query", "GetItem", "BatchGetItem", "GetParameter", "ReceiveMessage")


def confirmed(world: World) -> str:
    """A threat is hidden, and a person confirms that. The token of the page."""
    world.deliver("facebook", world.comment(1, THREAT, author="701"))
    world.settle()
    handling(world).hide("garance", case_id(("garance", "facebook", PAGE, "1_1")), "marie")
    return decision_about(world.kept())


def live(world: World, fault: Fault | None = None) -> str:
    """A threat is hidden and confirmed; its author contests; it is overturned. The token of the page."""
    address = confirmed(world)
    world.calls = Calls(faults=[fault] if fault else [])
    world.uncounted = {"keep_watch", "call_manager", "show_charter"}
    insisted(world, partial(contest, world, address, "C'était pour rire."))
    insisted(world, partial(overturned, world))
    world.settle()
    return address


def overturned(world: World) -> dict[str, int]:
    """The command; whoever types it again finds nothing left to review."""
    for appeal in reviewing(world).waiting():
        world.calls.another = partial(by_somebody_else, world, appeal.code)
        world.calls.inside = True
        try:
            reviewing(world).overturn(appeal.code, "lea")
        except AlreadyDone:
            break
        finally:
            world.calls.inside = False
    return {"statusCode": 303}


def by_somebody_else(world: World, code: str) -> None:
    """A second reviewer, from start to end, in between."""
    with suppress(AlreadyDone):
        reviewing(world).overturn(code, "lea")


def insisted(world: World, act: object) -> None:
    """Until it says that it is done: one fault cannot refuse three times."""
    assert callable(act)
    for _ in range(3):
        try:
            if act()["statusCode"] == 303:
                return
        except (TribuneError, Killed):
            world.doors.pop("receive_appeal", None)
    raise AssertionError("one fault cannot refuse three times")


def test_the_harness_reaches_every_effect(world: World) -> None:
    live(world)

    names = world.calls.names
    effects = tuple(number for number, name in enumerate(names, start=1) if not name.startswith(_READS))
    assert effects == EFFECTS, names


FAULTS = ((7, "kill_after"), (25, "kill_before"), (25, "kill_after"), (25, "another_worker"))
"""Dead right after the appeal, right before and after the review, a second reviewer in between; every other call is
struck by tests of its own.
"""


@pytest.mark.parametrize(("at_call", "kind"), FAULTS)
def test_one_fault_changes_nothing(world: World, at_call: int, kind: str) -> None:
    token = live(world, Fault(at_call, kind))

    notice, appeal = kept(world, token)
    assert notice is not None
    assert appeal is not None
    assert (appeal.state, appeal.decided_by, appeal.rev) == (AppealState.OVERTURNED, "lea", 2)
    assert notice.reversed_at is not None
    head = world.kept()
    assert not world.facebook.comments["1_1"].hidden
    shown = [action for action in head.actions if action.kind is ActKind.UNHIDE]
    assert [(action.state, action.signed_by) for action in shown] == [(ActionState.SENT, "lea")]
    assert reviewing(world).waiting() == []
    case = handling(world).find("garance", case_id(head.at)).case
    assert (case.state, case.reason) == (CaseState.OPEN, "appeal_won")
    calls = [call for call in world.calls_of("garance") if call.reason == "appeal"]
    assert len(calls) == 1


# --- shown again on the platform itself ---

CALLS_TO_GRANT = 12
"""How many calls lead from the platform's event to an appeal that is granted; a test keeps the figure honest."""


def granted(world: World, fault: Fault | None = None) -> str:
    """A threat is hidden and confirmed; its author contests; somebody of the team shows it again. The token of the page."""
    address = confirmed(world)
    contest(world, address)
    world.settle()
    again = world.comment(1, "", verb="unhide")
    world.deliver("facebook", again)
    world.calls = Calls(faults=[fault] if fault else [])
    world.uncounted = {"keep_watch", "call_manager", "perform_action"}
    world.settle()
    return address


def test_the_harness_reaches_every_call_that_grants(world: World) -> None:
    granted(world)

    assert len(world.calls.names) == CALLS_TO_GRANT, world.calls.names


@pytest.mark.parametrize("kind", ["kill_before", "kill_after"])
@pytest.mark.parametrize("at_call", range(1, CALLS_TO_GRANT + 1))
def test_what_the_team_shows_again_grants_the_appeal_whatever_dies(world: World, at_call: int, kind: str) -> None:
    token = granted(world, Fault(at_call, kind))

    _, appeal = kept(world, token)
    assert appeal is not None
    assert (appeal.state, appeal.decided_by, appeal.rev) == (AppealState.OVERTURNED, "team", 2)
    case = handling(world).find("garance", case_id(("garance", "facebook", PAGE, "1_1"))).case
    assert (case.state, case.reason, len(case.drafts)) == (CaseState.OPEN, "appeal_won", 1)
