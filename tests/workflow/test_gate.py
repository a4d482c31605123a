"""The last moment before something leaves: much can have happened since it was decided."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from tribune.budgets import PER_ACCOUNT_AND_HOUR, PER_POST_AND_HOUR, UNQUIET
from tribune.channel import ActKind
from tribune.comment import Audience
from tribune.community import Community, Modes
from tribune.decision import Mode
from tribune.journal import (
    Action,
    ActionState,
    Brakes,
    Breaker,
    Budget,
    Head,
    HeadKind,
    Held,
    Pauses,
    ThreadRecord,
    Verdict,
)
from tribune.workflow.gate import Drop, Go, Propose, Surroundings, Wait, counts_anew, gate

NOW = datetime(2026, 11, 24, 10, 1, tzinfo=UTC)
AN_HOUR_AGO = NOW - timedelta(minutes=2)
AT = ("garance", "facebook", "1001")
ANSWER = Action(
    id="a-1",
    kind=ActKind.REPLY,
    purpose="faq",
    state=ActionState.READY,
    target="c-1",
    created_at=AN_HOUR_AGO,
    due_at=NOW,
    why="courtesy",
)
HIDE = replace(ANSWER, id="h-1", kind=ActKind.HIDE, purpose="breach", state=ActionState.SENT, why="")
COMMENT = Head(
    *AT,
    object="c-1",
    kind=HeadKind.COMMENT,
    v="1.0.x",
    rev=1,
    space="facebook",
    thread="c-1",
    post="p-1",
    audience=Audience.PUBLIC,
    posted_at=NOW,
    received_at=NOW,
    author="a",
    actions=(ANSWER,),
)
FULL = Budget(*AT, hour="2026-11-24T10", posts={"p-1": PER_POST_AND_HOUR})
BUSY = Budget(*AT, hour="2026-11-24T10", posts={f"other-{n}": 1 for n in range(PER_ACCOUNT_AND_HOUR)})


@pytest.fixture
def around() -> Surroundings:
    """A community in mode act where nothing stands in the way."""
    community = Community.model_construct(id="garance", name="Garance", modes=Modes(default=Mode.ACT))
    return Surroundings(ThreadRecord(*AT, id="c-1"), community, Breaker(*AT), Pauses(), Brakes())


def test_where_nothing_stands_in_the_way_it_leaves(around: Surroundings) -> None:
    assert gate(ANSWER, COMMENT, around, NOW) == Go()


@pytest.mark.parametrize(
    ("purpose", "leaves"),
    [("breach", False), ("withdraw", True), ("restore", True), ("release", True), ("provisional", True)],
)
def test_what_takes_back_our_own_act_leaves_under_a_clause_that_the_brake_holds(
    around: Surroundings, purpose: str, *, leaves: bool
) -> None:
    held = Held("respect", since=3, until=4, at=NOW, why="jump")
    verdict = Verdict(measure="hide", reason="breach", mode=Mode.ACT, clause="respect", charter_version=3)
    action = replace(HIDE, purpose=purpose, state=ActionState.READY)
    under_the_brake = replace(around, brakes=Brakes(held={"respect": held}))

    way = gate(action, replace(COMMENT, verdict=verdict, actions=(action,)), under_the_brake, NOW)

    assert way == (Go() if leaves else Propose("brake"))


@pytest.mark.parametrize("level", UNQUIET)
def test_what_the_machine_would_say_waits_for_a_person_once_the_climate_has_turned(
    around: Surroundings, level: str
) -> None:
    tense = replace(around, brakes=Brakes(climate={"facebook": level, "instagram": "green"}))

    assert gate(ANSWER, COMMENT, tense, NOW) == Propose("climate")
    assert gate(replace(ANSWER, signed_by="marie"), COMMENT, tense, NOW) == Go()
    assert gate(replace(HIDE, state=ActionState.READY), COMMENT, tense, NOW) == Go()
    assert gate(ANSWER, replace(COMMENT, space="instagram"), tense, NOW) == Go()


def test_nothing_is_said_in_public_under_what_is_hidden(around: Surroundings) -> None:
    hidden = replace(COMMENT, actions=(ANSWER, HIDE))
    notice = replace(ANSWER, kind=ActKind.PRIVATE, purpose="protect")
    shown = replace(COMMENT, actions=(ANSWER, HIDE, replace(HIDE, id="u-1", kind=ActKind.UNHIDE)))

    assert gate(ANSWER, hidden, around, NOW) == Drop("hidden")
    assert gate(notice, hidden, around, NOW) == Go(), "whoever was hidden is told so"
    assert gate(ANSWER, shown, around, NOW) == Go()
    assert gate(replace(ANSWER, signed_by="marie"), hidden, around, NOW) == Go(), "a person may"


def test_under_what_was_deleted_nothing_is_said_by_anybody(around: Surroundings) -> None:
    gone = replace(COMMENT, deleted=True)

    assert gate(ANSWER, gone, around, NOW) == Drop("deleted")
    assert gate(replace(ANSWER, signed_by="marie"), gone, around, NOW) == Drop("deleted")


@pytest.mark.parametrize("budget", [FULL, BUSY])
def test_what_leaves_in_an_hour_that_is_used_up_waits_for_the_next_one(around: Surroundings, budget: Budget) -> None:
    waits = gate(ANSWER, COMMENT, replace(around, budget=budget), NOW)

    assert isinstance(waits, Wait)
    assert timedelta(minutes=59) <= waits.until - NOW <= timedelta(minutes=61)
    assert waits.why == "budget"


def test_only_what_the_machine_says_in_public_in_another_hour_is_counted_again() -> None:
    assert counts_anew(ANSWER, COMMENT, NOW)
    assert not counts_anew(replace(ANSWER, created_at=NOW), COMMENT, NOW)
    assert not counts_anew(replace(ANSWER, signed_by="marie"), COMMENT, NOW)
    assert not counts_anew(ANSWER, replace(COMMENT, audience=Audience.PRIVATE), NOW)
    assert not counts_anew(HIDE, COMMENT, NOW)
