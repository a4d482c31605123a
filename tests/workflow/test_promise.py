"""A promise that a person makes in an answer, at the desk or on the platform itself, is kept in mind until it is kept."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from memory_world import memory_world
from redress import contest, handling, kept, restrictions, reviewing
from world import PAGE, START, World

from tribune.aws import keys
from tribune.aws.communities import Communities
from tribune.desk.telling import Telling
from tribune.desk.unanswered import line
from tribune.journal import Case, CaseState, Promised
from tribune.proposals import nobody_answered
from tribune.workflow.call import summary
from tribune.workflow.promise import answered, is_old_news, made_in

NOW = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)
PARIS = ZoneInfo("Europe/Paris")
GRIEVANCE = "Vous êtes des voleurs, un mois que j'attends mon remboursement !!!!"


def a_case(*promises: Promised, **more: Any) -> Case:
    base = Case(
        community="garance", id="c1", platform="facebook", account="1001", object="1_1", thread="1_1", space="page",
        state=CaseState.OPEN, reason="complaint", opened_at=NOW, promise_at=NOW, rev=1, awaits_answer=True,
        promises=promises,
    )  # fmt: skip
    return replace(base, **more)


def a_promise(at: datetime = NOW) -> Promised:
    made = made_in("Je regarde et je reviens ici à 17 h.", ("fr", "en"), at, PARIS)
    assert made is not None
    return made


def test_a_promise_is_read_in_each_language_of_the_house_and_runs_out_on_the_wall_clock() -> None:
    assert a_promise().due_at == datetime(2026, 11, 24, 16, 0, tzinfo=UTC)
    english = made_in("I'll be back at 5 pm.", ("fr", "en"), NOW, PARIS)
    assert english is not None
    assert english.due_at == a_promise().due_at
    assert made_in("C'est remboursé.", ("fr", "en"), NOW, PARIS) is None


def test_a_promise_to_a_visitor_is_read_though_the_house_speaks_another_language() -> None:
    made = made_in("I'll be back at 5 pm.", ("fr",), NOW, PARIS)

    assert made is not None
    assert made.due_at == a_promise().due_at


def test_an_answer_without_a_promise_settles_the_case() -> None:
    case = answered(a_case(), "marie", None, spoken_at=NOW, now=NOW)

    assert (case.state, case.closed_by, case.promises) == (CaseState.CLOSED, "marie", ())


def test_an_answer_with_one_keeps_it_open_until_then_even_a_case_that_was_settled() -> None:
    settled = a_case(state=CaseState.CLOSED, closed_at=NOW, closed_by="team")

    for before in (a_case(), settled):
        case = answered(before, "team", a_promise(), spoken_at=NOW, now=NOW)
        assert (case.state, case.awaits_answer, case.remind_at) == (CaseState.OPEN, False, a_promise().due_at)
        assert case.closed_by is None


@pytest.mark.parametrize(("hours", "kept"), [(5, True), (6, True), (7, False)])
def test_the_next_word_of_a_person_keeps_it_in_time_or_late(hours: int, *, kept: bool) -> None:
    back = NOW + timedelta(hours=hours)
    case = answered(a_case(a_promise()), "team", None, spoken_at=back, now=back)

    assert case.state is CaseState.CLOSED
    assert [promise.kept(back) for promise in case.promises] == [kept]


def test_a_promise_was_kept_when_the_word_was_said_not_when_we_heard_of_it() -> None:
    case = answered(a_case(a_promise()), "team", None, spoken_at=NOW + timedelta(hours=5), now=NOW + timedelta(days=1))

    assert [promise.kept(NOW + timedelta(days=1)) for promise in case.promises] == [True]


def test_a_promise_that_nobody_kept_is_broken_once_its_time_is_over() -> None:
    promise = a_promise()

    assert promise.kept(NOW + timedelta(hours=5)) is None
    assert promise.kept(NOW + timedelta(hours=7)) is False


def test_a_second_promise_keeps_the_first_and_is_counted_beside_it() -> None:
    back = NOW + timedelta(hours=2)
    case = answered(a_case(a_promise()), "team", a_promise(back), spoken_at=back, now=back)

    assert [promise.kept(back) for promise in case.promises] == [True, None]
    assert case.promised == case.promises[1].words


def test_a_message_that_is_delivered_again_or_late_changes_nothing() -> None:
    case = a_case(a_promise(), remind_at=None)

    assert is_old_news(case, NOW)
    assert is_old_news(case, NOW - timedelta(hours=1))
    assert not is_old_news(case, NOW + timedelta(seconds=1))


def test_a_day_that_is_over_is_no_promise_but_what_the_answer_is_about() -> None:
    said = "Je vous réponds sur votre colis, parti le 20 novembre à 10 h."
    assert made_in(said, ("fr", "en"), NOW, PARIS) is None

    made = made_in(f"{said} Je reviens ici demain à 9 h.", ("fr", "en"), NOW, PARIS)
    assert made is not None
    assert (made.words, made.due_at) == ("demain à 9 h", datetime(2026, 11, 25, 8, 0, tzinfo=UTC))


# --- through the doors ---


def case_of(world: World) -> Case:
    at = ("garance", "facebook", PAGE, "1_1")
    case = world.journal.read([keys.case(*at)]).case(*at)
    assert case is not None
    return case


def ours(world: World, number: int, text: str) -> dict[str, Any]:
    """A person of the team answers from the page's own application."""
    return world.comment(number, text, author=PAGE, parent=1)


@pytest.mark.parametrize("settled", [False, True], ids=["while it runs", "once it was kept"])
def test_a_member_who_edits_their_words_takes_no_promise_away(*, settled: bool) -> None:
    with memory_world() as place:
        place.deliver("facebook", place.comment(1, GRIEVANCE))
        place.settle()
        place.deliver("facebook", ours(place, 50, "Je regarde et je reviens ici à 17 h."))
        place.settle()
        before = case_of(place)
        if settled:
            place.deliver("facebook", ours(place, 51, "C'est remboursé, désolée pour l'attente."))
            place.settle()
        place.deliver("facebook", place.comment(1, f"{GRIEVANCE} Et toujours rien.", verb="edited"))
        place.settle()

        case = case_of(place)
        assert case.state is CaseState.OPEN
        assert [promise.words for promise in case.promises] == [before.promised]
        assert case.remind_at == (None if settled else before.remind_at)


@pytest.mark.parametrize("at", [timedelta(hours=1), timedelta(hours=7)], ids=["while it runs", "once it ran out"])
def test_a_member_who_asks_for_nothing_any_more_is_still_owed_what_was_promised(at: timedelta) -> None:
    with memory_world() as place:
        place.deliver("facebook", place.comment(1, GRIEVANCE))
        place.settle()
        place.deliver("facebook", ours(place, 50, BACK_AT_FIVE))
        place.settle()
        place.now = START + at
        place.settle(minutes=2)
        before = case_of(place)
        place.deliver("facebook", place.comment(1, "Le mien est bleu", verb="edited"))
        place.settle()

        case = case_of(place)
        assert (case.state, case.remind_at, case.drafts) == (CaseState.OPEN, before.remind_at, ())
        assert case.awaits_answer is before.awaits_answer
        place.now = START + timedelta(hours=8)
        place.settle(minutes=2)
        assert [call.reason for call in place.calls_of("garance")].count("promise") == 1
        place.deliver("facebook", ours(place, 51, "Voilà, c'est réglé."))
        place.settle()
        assert case_of(place).state is CaseState.CLOSED


def test_a_promise_made_on_the_platform_reminds_the_cm_once_and_the_case_says_that_it_was_kept_late(
    world: World,
) -> None:
    world.deliver("facebook", world.comment(1, GRIEVANCE))
    world.settle()
    promised = ours(world, 50, "Je regarde et je reviens ici à 17 h.")
    world.deliver("facebook", promised)
    world.settle()
    case = case_of(world)
    assert (case.state, case.drafts, case.awaits_answer) == (CaseState.OPEN, (), False)
    assert case.remind_at == datetime(2026, 11, 24, 16, 0, tzinfo=UTC)
    assert [call.reason for call in world.calls_of("garance")] == []

    world.now = START.replace(hour=16, minute=1)
    world.settle(minutes=6)
    world.deliver("facebook", promised)
    world.settle(minutes=20)
    assert [call.reason for call in world.calls_of("garance")] == ["promise"]
    assert case_of(world).remind_at is None

    world.deliver("facebook", ours(world, 51, "C'est remboursé, désolée pour l'attente."))
    world.settle()
    case = case_of(world)
    assert (case.state, case.closed_by) == (CaseState.CLOSED, "team")
    assert [promise.kept(world.now) for promise in case.promises] == [False]


def shown_or_hidden_there(world: World, verb: str) -> None:
    world.deliver("facebook", world.comment(1, "", verb=verb))


MEANWHILE: dict[str, Callable[[World], Any]] = {
    "hidden at the desk": lambda world: handling(world).hide("garance", case_of(world).id, "lea", "10"),
    "found to be no breach": lambda world: handling(world).acquit("garance", case_of(world).id, "lea"),
    "hidden on the platform": lambda world: shown_or_hidden_there(world, "hide"),
    "shown on the platform": lambda world: shown_or_hidden_there(world, "unhide"),
}


@pytest.mark.parametrize("meanwhile", MEANWHILE.values(), ids=MEANWHILE)
def test_a_promise_is_kept_in_mind_though_a_colleague_moderates_the_comment_meanwhile(
    world: World, meanwhile: Callable[[World], Any]
) -> None:
    world.deliver("facebook", world.comment(1, GRIEVANCE))
    world.settle()
    world.deliver("facebook", ours(world, 50, "Je regarde et je reviens ici à 17 h."))
    world.settle()
    meanwhile(world)
    world.settle()

    case = case_of(world)
    assert (case.state, case.promised) == (CaseState.OPEN, "à 17 h")
    assert case.remind_at == datetime(2026, 11, 24, 16, 0, tzinfo=UTC)


def test_a_promise_from_the_desk_is_kept_in_mind_in_whichever_language_of_the_house_it_is_written(world: World) -> None:
    world.deliver("facebook", world.comment(1, GRIEVANCE))
    world.settle()
    handling(world).send("garance", case_of(world).id, "marie", "I will be back here at 17:00. ^MC")
    world.settle()

    assert (case_of(world).state, case_of(world).promised) == (CaseState.OPEN, "at 17:00")


def test_a_promise_in_a_private_message_is_kept_in_mind_though_the_public_answer_settled_the_case(
    world: World,
) -> None:
    world.deliver("facebook", world.comment(1, GRIEVANCE))
    world.settle()
    name = case_of(world).id
    handling(world).send("garance", name, "marie", "Je vous écris en privé. ^MC")
    world.settle()
    assert case_of(world).state is CaseState.CLOSED
    handling(world).write("garance", name, "marie", "Je regarde, et je reviens vers vous à 17 h. ^MC")
    world.settle()

    case = case_of(world)
    assert (case.state, case.promised) == (CaseState.OPEN, "à 17 h")
    assert case.remind_at == datetime(2026, 11, 24, 16, 0, tzinfo=UTC)
    world.deliver("facebook", ours(world, 51, "C'est remboursé, désolée pour l'attente."))
    world.settle()
    case = case_of(world)
    assert (case.state, [promise.kept(world.now) for promise in case.promises]) == (CaseState.CLOSED, [True])


def subjects_of(world: World) -> list[str]:
    """What the calls about promises say on a lock screen."""
    house = Communities(world.stack.tables()["CommunityTable"]).load("garance")
    calls = [call for call in world.calls_of("garance") if call.reason.startswith("promise")]
    return [summary(call, house, world.now, "fr")[0] for call in calls]


@pytest.mark.parametrize(
    ("said", "at", "told"),
    [
        ("à 17 h", START.replace(hour=16, minute=1), "Vous avez promis de revenir à 17 h ("),
        (
            "demain à 9 h",
            START.replace(day=25, hour=8, minute=1),
            "Vous avez promis le 24 novembre de revenir « demain à 9 h » (",
        ),
    ],
)
def test_a_call_says_what_was_promised_and_on_which_day_once_that_is_over(
    world: World, said: str, at: datetime, told: str
) -> None:
    world.deliver("facebook", world.comment(1, GRIEVANCE))
    world.settle()
    world.deliver("facebook", ours(world, 50, f"Je regarde et je reviens ici {said}."))
    world.settle()
    world.now = at
    world.settle(minutes=2)

    [subject] = subjects_of(world)
    assert subject.replace("\u00a0", " ").startswith(told)


def test_a_promise_for_a_date_reminds_on_that_date_and_not_before(world: World) -> None:
    world.deliver("facebook", world.comment(1, GRIEVANCE))
    world.settle()
    world.deliver("facebook", ours(world, 50, "Je regarde et je reviens ici le 30 novembre à 10 h."))
    world.settle()
    case = case_of(world)
    assert (case.state, case.promised) == (CaseState.OPEN, "le 30 novembre à 10 h")
    assert case.remind_at == datetime(2026, 11, 30, 9, 0, tzinfo=UTC)

    world.now = datetime(2026, 11, 30, 9, 1, tzinfo=UTC)
    world.settle(minutes=6)
    assert [call.reason for call in world.calls_of("garance")] == ["promise"]


def test_a_promise_for_a_day_that_does_not_exist_is_asked_about_and_counts_nobody_as_late(world: World) -> None:
    world.deliver("facebook", world.comment(1, GRIEVANCE))
    world.settle()
    world.deliver("facebook", ours(world, 50, "Je regarde et je reviens ici lundi 29 à 9 h."))
    world.settle()

    world.now = START + timedelta(days=2)
    world.settle(minutes=6)
    [subject] = subjects_of(world)
    assert subject.startswith("Quand\u00a0? Vous avez promis le 24 novembre de revenir «\u00a0lundi 29 à 9 h\u00a0» (")
    assert [(call.reason, call.sentence) for call in world.calls_of("garance")] == [
        ("promise_unclear", "lundi 29 à 9 h")
    ]
    assert [promise.kept(world.now) for promise in case_of(world).promises] == [None]
    assert not case_of(world).awaits_answer, "it may be Monday that was meant"


def test_whoever_was_promised_a_word_that_did_not_come_waits_again_at_the_head_of_the_list(world: World) -> None:
    for number, text in ((1, GRIEVANCE), (2, "Ma commande est arrivée cassée, je fais comment ?")):
        world.deliver("facebook", world.comment(number, text, author=f"80{number}"))
    world.settle()
    world.deliver("facebook", ours(world, 50, "Je regarde et je reviens ici à 13 h."))
    world.settle()
    world.now = START + timedelta(hours=2, minutes=1)
    world.settle(minutes=2)

    house = Communities(world.stack.tables()["CommunityTable"]).load("garance")
    first, _ = handling(world).open("garance")
    assert first.case == case_of(world)
    told = line(first, Telling(house, world.now, "fr"))
    assert (told.promise.replace("\u00a0", " "), told.overdue) == ("promesse dépassée depuis 13 h", True)
    assert not nobody_answered(first.case), "what is owed is an answer, not a question put to everybody"

    world.deliver("facebook", ours(world, 51, "C'est remboursé, désolée pour l'attente."))
    world.settle()
    assert case_of(world).state is CaseState.CLOSED


@pytest.mark.parametrize("upheld", [True, False], ids=["upheld", "overturned"])
def test_a_promise_is_kept_in_mind_though_the_appeal_that_waits_is_decided_meanwhile(
    world: World, *, upheld: bool
) -> None:
    world.deliver("facebook", world.comment(1, "Mon numéro est le 06 39 98 12 34"))
    world.settle()
    head = world.head("garance", "facebook", PAGE, "1_1")
    assert head is not None
    [hidden] = restrictions(head)
    assert hidden.notice is not None
    contest(world, hidden.notice, "C'est le numéro de mon magasin.")
    world.settle()
    world.deliver("facebook", ours(world, 50, "Je regarde, et je reviens vers vous à 17 h."))
    world.settle()
    _, appeal = kept(world, hidden.notice)
    assert appeal is not None
    if upheld:
        reviewing(world).uphold(appeal.code, "lea", "Le numéro est à vous.")
    else:
        reviewing(world).overturn(appeal.code, "lea")
    world.settle()

    case = case_of(world)
    assert (case.state, case.remind_at) == (CaseState.OPEN, datetime(2026, 11, 24, 16, 0, tzinfo=UTC))


BACK_AT_FIVE = "Je regarde et je reviens ici à 17 h."


@pytest.mark.parametrize("where", ["on the platform", "at the desk"])
def test_a_person_who_corrects_their_promise_is_reminded_of_what_they_say_now(world: World, where: str) -> None:
    world.deliver("facebook", world.comment(1, GRIEVANCE))
    world.settle()
    if where == "at the desk":
        handling(world).send("garance", case_of(world).id, "marie", BACK_AT_FIVE)
        world.settle()
        [reply] = world.outbox.effects
        number = int((reply.created or "").rpartition("_")[2])
    else:
        number = 50
        world.deliver("facebook", ours(world, number, BACK_AT_FIVE))
        world.settle()
    first = case_of(world).promises
    world.now += timedelta(minutes=10)
    corrected = world.comment(number, "Je regarde et je reviens ici à 18 h.", author=PAGE, parent=1, verb="edited")
    for _ in range(2):
        world.deliver("facebook", corrected)
        world.settle()

    case = case_of(world)
    assert [(one.words, one.made_at, one.kept_at) for one in case.promises] == [("à 18 h", first[0].made_at, None)]
    assert case.remind_at == datetime(2026, 11, 24, 17, 0, tzinfo=UTC)

    world.now = datetime(2026, 11, 24, 17, 1, tzinfo=UTC)
    world.settle(minutes=2)
    world.deliver("facebook", corrected)
    world.settle(minutes=2)
    assert [call.reason for call in world.calls_of("garance")] == ["promise"]


def test_a_promise_that_a_person_takes_out_of_their_answer_is_none_any_more_though_the_answer_is_told_again(
    world: World,
) -> None:
    world.deliver("facebook", world.comment(1, GRIEVANCE))
    world.settle()
    promised = ours(world, 50, BACK_AT_FIVE)
    world.deliver("facebook", promised)
    world.settle()
    world.now += timedelta(minutes=10)
    world.deliver("facebook", world.comment(50, "C'est remboursé.", author=PAGE, parent=1, verb="edited"))
    world.settle()
    world.deliver("facebook", promised)
    world.settle()

    case = case_of(world)
    assert (case.state, case.closed_by, case.promises, case.remind_at) == (CaseState.CLOSED, "team", (), None)


def test_a_promise_that_a_person_adds_to_their_answer_opens_its_case_again(world: World) -> None:
    world.deliver("facebook", world.comment(1, GRIEVANCE))
    world.settle()
    world.deliver("facebook", ours(world, 50, "Je regarde."))
    world.settle()
    assert case_of(world).state is CaseState.CLOSED
    world.now += timedelta(minutes=10)
    world.deliver("facebook", world.comment(50, BACK_AT_FIVE, author=PAGE, parent=1, verb="edited"))
    world.settle()

    case = case_of(world)
    assert (case.state, case.remind_at) == (CaseState.OPEN, datetime(2026, 11, 24, 16, 0, tzinfo=UTC))


def test_a_word_that_a_person_corrects_elsewhere_in_the_thread_keeps_no_promise(world: World) -> None:
    world.deliver("facebook", world.comment(1, GRIEVANCE))
    world.settle()
    for number, text in ((50, "Bonjuor."), (51, BACK_AT_FIVE)):
        world.deliver("facebook", ours(world, number, text))
        world.settle()
    before = case_of(world)
    world.deliver("facebook", world.comment(50, "Bonjour.", author=PAGE, parent=1, verb="edited"))
    world.settle()

    assert case_of(world) == before


def test_a_promise_to_somebody_of_whom_the_machine_expected_nothing_is_kept_in_mind_too(world: World) -> None:
    world.deliver("facebook", world.comment(1, "Le mien est bleu"))
    world.settle()
    at = ("garance", "facebook", PAGE, "1_1")
    assert world.journal.read([keys.case(*at)]).case(*at) is None
    promised = ours(world, 50, BACK_AT_FIVE)
    for _ in range(2):
        world.deliver("facebook", promised)
        world.settle()

    world.deliver("facebook", world.comment(1, "Le mien est bleu !", verb="edited"))
    world.settle()

    case, house = case_of(world), Communities(world.stack.tables()["CommunityTable"]).load("garance")
    assert (case.state, case.promised, case.awaits_answer) == (CaseState.OPEN, "à 17 h", False)
    telling = Telling(house, world.now, "fr")
    assert telling.reason(case.reason) == "Quelqu'un de l'équipe a promis de revenir ici."
    world.now = START + timedelta(hours=6, minutes=1)
    world.settle(minutes=2)
    assert [call.reason for call in world.calls_of("garance")] == ["promise"]

    world.deliver("facebook", ours(world, 51, "Voilà la photo."))
    world.settle()
    assert case_of(world).state is CaseState.CLOSED
