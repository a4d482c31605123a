"""The last look before anything leaves: what only a person may do takes a person's name, whatever wrote it."""

from datetime import UTC, datetime, timedelta

import pytest

from tribune.channel import ActKind
from tribune.comment import Audience
from tribune.community import Community, Modes
from tribune.decision import Mode
from tribune.duty import Person, Rota
from tribune.journal import Action, ActionState, Brakes, Breaker, Head, HeadKind, Pauses, ThreadRecord
from tribune.voice import Voice
from tribune.workflow.gate import Drop, Go, Surroundings, Wait, gate

NOW = datetime(2026, 3, 4, 10, 0, tzinfo=UTC)
OBSERVING, ACTING = (
    Community(
        id="garance",
        name="Vélos Garance",
        modes=Modes(default=mode),
        voice=Voice(team_signature={"fr": "Garance"}),
        rota=Rota(people=(Person(id="marie", name="Marie"),)),
    )
    for mode in (Mode.OBSERVE, Mode.ACT)
)
PLACE = ("garance", "facebook", "1001")
HEAD = Head(
    *PLACE,
    object="1_1",
    kind=HeadKind.COMMENT,
    v="0",
    rev=1,
    space="page",
    thread="1_1",
    post="1",
    audience=Audience.PUBLIC,
    posted_at=NOW,
    received_at=NOW,
)


def action(kind: ActKind, purpose: str, *, target: str = "1_1", signed_by: str | None = None) -> Action:
    return Action("a", kind, purpose, ActionState.READY, target, NOW, NOW, signed_by=signed_by)


def asked(act: Action, community: Community = ACTING, pauses: Pauses | None = None) -> object:
    around = Surroundings(ThreadRecord(*PLACE, id="1_1"), community, Breaker(*PLACE), pauses or Pauses(), Brakes())
    return gate(act, HEAD, around, NOW)


@pytest.mark.parametrize("purpose", ["provisional", "breach", "withdraw", "restore", "release", "protect"])
@pytest.mark.parametrize("kind", [ActKind.DELETE, ActKind.BLOCK])
def test_no_purpose_lets_a_machine_delete_what_a_member_wrote_or_exclude_them(kind: ActKind, purpose: str) -> None:
    assert asked(action(kind, purpose)) == Drop("a_persons_alone", tell=True)
    assert asked(action(kind, purpose, signed_by="marie")) == Go()


def test_our_own_message_is_taken_back_by_the_machine() -> None:
    assert asked(action(ActKind.DELETE, "withdraw", target="1_2"), OBSERVING) == Go()


def test_a_hide_that_is_over_ends_in_every_mode_and_after_a_pause() -> None:
    over = action(ActKind.UNHIDE, "release")
    paused = Pauses({"all": NOW + timedelta(hours=1)})
    assert asked(over, OBSERVING) == Go()
    assert isinstance(asked(over, pauses=paused), Wait)
