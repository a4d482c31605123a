"""What the machine hid provisionally waits for a person, in presence hours: then it is shown again, or somebody is called."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from duty_room import Messages
from hypothesis import example, given, settings
from hypothesis import strategies as st
from memory_world import memory_world
from publishing import charters, decide, head, in_force, publish, say, with_clause
from world import PAGE, World

from tribune import duty
from tribune.aws import keys
from tribune.aws.communities import Communities
from tribune.channel import ActKind
from tribune.community import Community
from tribune.decision import Unconfirmed
from tribune.journal import Action, ActionState, CallState
from tribune.platforms import platform
from tribune.workflow.call import take
from tribune.workflow.cases import Handling
from tribune.workflow.decisions import Decision
from tribune.workflow.provisional import CONFIRMED_WITHIN, confirm_by

INSULT = "@Karim t'es vraiment un abruti si tu crois ça"
THREAT = "On sait où est ton magasin, on va venir te défoncer"
BEFORE_TERM, TERM = timedelta(hours=3, minutes=50), timedelta(hours=4, minutes=10)
"""Around four hours of presence after eleven o'clock in Paris, on a Tuesday."""


@pytest.fixture
def place() -> Iterator[World]:
    """A community whose charter hides an insult provisionally, and lets it be shown again."""
    with memory_world() as world:
        stern(world)
        yield world


def stern(world: World) -> None:
    harsh = {"gravity": 3, "ceiling": "partial", "first_action": "hide_and_remind"}
    publish(world, with_clause(in_force(world), "respect", **harsh))


def hidden(world: World, text: str = INSULT) -> Action:
    say(world, 1, text)
    decide(world)
    world.settle(minutes=4)
    found = head(world, 1).unconfirmed
    assert found is not None
    assert seen(world) == ["hide"]
    return found


def seen(world: World) -> list[str]:
    return [entry.kind for entry in world.outbox.effects if entry.kind in ("hide", "unhide")]


def shows(world: World) -> list[Action]:
    return [action for action in head(world, 1).actions if action.kind is ActKind.UNHIDE]


def watch(world: World, passed: timedelta = timedelta()) -> None:
    """Some time later keep_watch looks twice, and what it woke is carried out."""
    world.now += passed
    for _ in range(2):
        world.invoke("keep_watch", {})
        world.pump_only("perform_action")
        world.now += timedelta(minutes=1)


def unconfirmed_calls(world: World) -> list[tuple[str, ...]]:
    return [call.tried for call in world.calls_of("garance") if call.reason == "unconfirmed"]


def by_hand(world: World) -> Handling:
    charter = in_force(world)
    return Handling(world.journal, keys, Messages(), lambda: world.now, platform, lambda _c, _v: charter)


def name_of(world: World) -> str:
    case = world.journal.read([keys.case("garance", "facebook", PAGE, "1_1")]).case("garance", "facebook", PAGE, "1_1")
    assert case is not None
    return case.id


# --- nobody confirmed ---------------------------------------------------------------------------------------


def test_what_nobody_confirms_in_time_is_shown_again_once(place: World) -> None:
    hide = hidden(place)
    assert (hide.purpose, hide.unconfirmed, hide.confirm_by) == (
        "breach",
        Unconfirmed.RELEASE,
        hide.created_at + CONFIRMED_WITHIN,
    )
    watch(place, BEFORE_TERM)
    assert seen(place) == ["hide"]

    for hours in (timedelta(minutes=20), timedelta(hours=1), timedelta(days=2)):
        watch(place, hours)

    assert seen(place) == ["hide", "unhide"]
    last = head(place, 1).actions[-1]
    assert (last.kind, last.purpose, last.signed_by, last.state) == (
        ActKind.UNHIDE,
        "release",
        None,
        ActionState.SENT,
    )
    assert name_of(place), "the case stays open: a person still looks"
    assert not unconfirmed_calls(place)


def test_danger_and_what_the_law_forbids_stay_hidden_and_the_next_person_is_called(place: World) -> None:
    hide = hidden(place, THREAT)
    assert (hide.purpose, hide.unconfirmed) == ("provisional", Unconfirmed.CALL)
    (threat,) = place.calls_of("garance")
    place.pump_only("call_manager")
    take(place.journal, "garance", threat.id, "marie", place.now)

    watch(place, TERM)
    assert unconfirmed_calls(place) == [("marie",)]
    place.pump_only("call_manager")
    assert unconfirmed_calls(place) == [("marie", "lea")], "whoever took the first call comes after the others"

    for _ in range(30):
        watch(place, timedelta(minutes=5))
    assert len(unconfirmed_calls(place)) == 1, "once for each term, not for each minute"
    assert seen(place) == ["hide"]


def test_as_long_as_a_call_about_it_rings_there_is_no_second_one(place: World) -> None:
    hidden(place, THREAT)
    place.pump_only("call_manager")
    watch(place, TERM)
    assert not unconfirmed_calls(place)

    (threat,) = place.calls_of("garance")
    take(place.journal, "garance", threat.id, "marie", place.now)
    watch(place, timedelta(days=1))
    assert len(unconfirmed_calls(place)) == 1


def test_who_took_the_last_call_and_did_not_decide_is_followed_by_the_next_one(place: World) -> None:
    hidden(place, THREAT)
    for person, term in (("marie", TERM), ("lea", timedelta(days=1)), ("marie", timedelta(days=1))):
        place.pump_only("call_manager")
        ringing = [call for call in place.calls_of("garance") if call.state is CallState.SENT]
        take(place.journal, "garance", ringing[-1].id, person, place.now)
        watch(place, term)
    tried = sorted(len(one) for one in unconfirmed_calls(place))
    assert len(tried) == 3
    assert seen(place) == ["hide"]


# --- somebody decided ---------------------------------------------------------------------------------------


def test_what_a_person_confirms_stays_hidden(place: World) -> None:
    hidden(place)
    by_hand(place).hide("garance", name_of(place), "marie")
    watch(place, TERM)
    assert seen(place) == ["hide"]
    assert not unconfirmed_calls(place)


def test_a_case_that_a_person_closes_stays_as_it_is_and_its_page_says_that_somebody_decided(place: World) -> None:
    token = hidden(place).notice
    assert token is not None
    assert provisional(place, token)
    by_hand(place).close("garance", name_of(place), "marie")
    watch(place, TERM)
    assert seen(place) == ["hide"]
    assert not unconfirmed_calls(place)
    assert not provisional(place, token)
    notice, _ = place.journal.reason("garance", token)
    assert notice is not None
    assert notice.decided_by == ("marie",), "and somebody else reviews it"


def provisional(world: World, token: str) -> bool:
    """Does the member's page say that it is provisional?"""
    notice, appeal = world.journal.reason("garance", token)
    assert notice is not None
    community = Communities(world.stack.tables()["CommunityTable"]).load("garance")
    published = charters(world).version("garance", notice.charter_version or 0)
    return Decision(notice, community, published, appeal).provisional


def test_what_a_person_shows_again_is_shown_once(place: World) -> None:
    hidden(place)
    by_hand(place).show("garance", name_of(place), "marie")
    place.now += timedelta(minutes=3)
    watch(place, TERM)
    assert seen(place) == ["hide", "unhide"]


def test_a_person_who_answered_and_did_not_decide_is_called_and_never_contradicted(place: World) -> None:
    hidden(place)
    by_hand(place).send("garance", name_of(place), "marie", "Parlons-en autrement. ^MC")
    watch(place, TERM)
    assert seen(place) == ["hide"]
    assert len(unconfirmed_calls(place)) == 1


def test_what_its_author_deletes_is_nobodys_matter(place: World) -> None:
    hidden(place, THREAT)
    place.deliver("facebook", place.comment(1, "", verb="remove", author="7001"))
    decide(place)
    watch(place, TERM)
    assert seen(place) == ["hide"]
    assert not unconfirmed_calls(place)


# --- edited meanwhile ---------------------------------------------------------------------------------------


def test_an_insult_edited_into_a_threat_is_not_shown_again_by_a_clock(place: World) -> None:
    hidden(place)
    place.now += timedelta(minutes=5)
    place.deliver("facebook", place.comment(1, THREAT, verb="edited", author="7001"))
    decide(place)
    watch(place, TERM + timedelta(days=1))
    assert "unhide" not in seen(place)


def test_what_is_drafted_after_an_edit_leads_to_the_reason_of_the_hide_that_stands(place: World) -> None:
    hide = hidden(place)
    place.now += timedelta(minutes=5)
    place.deliver("facebook", place.comment(1, f"{INSULT}, vraiment", verb="edited", author="7001"))
    decide(place)

    assert [action.id for action in head(place, 1).actions if action.kind is ActKind.HIDE] == [hide.id]
    case = place.journal.read([keys.case("garance", "facebook", PAGE, "1_1")]).case("garance", "facebook", PAGE, "1_1")
    assert case is not None
    assert [f"/decisions/garance/{hide.notice}" in draft.text for draft in case.drafts] == [True]


def test_what_is_drafted_after_a_second_hide_leads_to_its_reason_and_not_to_that_of_the_first(place: World) -> None:
    first = hidden(place)
    for act in (by_hand(place).show, by_hand(place).hide):
        act("garance", name_of(place), "marie")
        watch(place, timedelta(minutes=5))
    assert seen(place) == ["hide", "unhide", "hide"]
    place.deliver("facebook", place.comment(1, f"{INSULT}, vraiment", verb="edited", author="7001"))
    decide(place)

    second = [action for action in head(place, 1).actions if action.kind is ActKind.HIDE][-1]
    assert second.id != first.id
    case = place.journal.read([keys.case("garance", "facebook", PAGE, "1_1")]).case("garance", "facebook", PAGE, "1_1")
    assert case is not None
    assert [f"/decisions/garance/{second.notice}" in draft.text for draft in case.drafts] == [True]


def test_an_insult_edited_into_what_may_be_a_threat_is_a_person_s_to_show_again(place: World) -> None:
    hidden(place)
    place.now += timedelta(minutes=5)
    place.deliver("facebook", place.comment(1, f"{THREAT} mdr 😂", verb="edited", author="7001"))
    decide(place)
    verdict = head(place, 1).verdict
    assert verdict is not None
    assert verdict.reason == "doubtful"

    watch(place, TERM + timedelta(days=1))

    assert seen(place) == ["hide"]


def test_the_clock_takes_the_place_of_what_was_only_proposed(place: World) -> None:
    hidden(place)
    place.now += timedelta(minutes=5)
    place.deliver("facebook", place.comment(1, "@Karim merci pour ton avis", verb="edited", author="7001"))
    decide(place)
    assert [action.state for action in shows(place)] == [ActionState.PROPOSED]

    watch(place, TERM)

    assert [(action.purpose, action.state, action.why) for action in shows(place)] == [
        ("restore", ActionState.CANCELLED, "released"),
        ("release", ActionState.SENT, ""),
    ]
    assert seen(place) == ["hide", "unhide"]


# --- hours --------------------------------------------------------------------------------------------------


def test_the_clock_of_a_friday_evening_goes_on_on_monday(place: World) -> None:
    place.now = datetime(2026, 11, 27, 16, 0, tzinfo=UTC)
    hidden(place)
    watch(place, timedelta(days=2))
    assert seen(place) == ["hide"]

    place.now = datetime(2026, 11, 30, 10, 50, tzinfo=UTC)
    watch(place)
    assert seen(place) == ["hide"]
    watch(place, timedelta(minutes=15))
    assert seen(place) == ["hide", "unhide"]


def test_a_hide_that_left_late_has_its_whole_time(place: World) -> None:
    say(place, 1, INSULT)
    decide(place)
    place.now += timedelta(hours=2)
    place.settle(minutes=4)
    watch(place, TERM - timedelta(hours=2))
    assert seen(place) == ["hide"]
    watch(place, timedelta(hours=2))
    assert seen(place) == ["hide", "unhide"]


@settings(max_examples=12, deadline=None)
@example(begins=135, rounds=[1, 1, 1, 1, 1, 356, 1800])  # somebody arrives between its two looks
@given(
    begins=st.integers(0, 7 * 24 * 4),
    rounds=st.lists(st.integers(1, 30 * 60), min_size=1, max_size=12),
)
def test_whenever_keep_watch_comes_by_danger_stays_and_the_rest_is_shown_in_presence_hours(
    begins: int, rounds: list[int]
) -> None:
    with memory_world() as world:
        stern(world)
        community = _community(world)
        world.now += timedelta(minutes=15 * begins)
        for number, text in ((1, INSULT), (2, THREAT)):
            say(world, number, text)
        decide(world)
        world.pump_only("perform_action")
        since = max(a.done_at for n in (1, 2) for a in head(world, n).actions if a.done_at)
        for minutes in rounds:
            world.now += timedelta(minutes=minutes)
            before = seen(world)
            watch(world)
            if seen(world) != before:
                assert confirm_by(community, since) <= world.now
                looked = (world.now - timedelta(minutes=2), world.now - timedelta(minutes=1))
                assert any(duty.is_present(community.rota, at, community.zone) for at in looked)
        assert seen(world) in (["hide", "hide"], ["hide", "hide", "unhide"])
        shown = [entry.object for entry in world.outbox.effects if entry.kind == "unhide"]
        assert shown in ([], ["1_1"])


def _community(world: World) -> Community:
    return Communities(world.stack.tables()["CommunityTable"]).load("garance")
