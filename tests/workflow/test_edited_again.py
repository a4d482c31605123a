"""What an edit brings back: a danger is hidden again, a number is hidden again, a question again has its answer."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from memory_world import memory_world
from redress import decision_about, handling, kept
from world import BLOG, PAGE, World

from tribune.aws import keys
from tribune.channel import ActKind
from tribune.journal import ActionState, Case, CaseState, Head
from tribune.workflow.deed import case_id

THREAT = "On sait où est ton magasin, on va venir te défoncer"
PHONE = "Mon numéro est le 06 39 98 12 34, bonne journée à tous"
INSULT = "@Karim t'es vraiment un abruti"
CALM = "Bonne journée à tous"
INSULT = "@Karim t'es vraiment un abruti si tu crois ça"
QUESTION, ANOTHER = "Vous êtes ouverts le dimanche ?", "Livrez-vous en Belgique ?"
A_DAY = timedelta(hours=26)


@pytest.fixture
def place() -> Iterator[World]:
    """A community in mode act, in memory."""
    with memory_world() as world:
        yield world


def said(world: World, *versions: str, apart: timedelta = timedelta(minutes=5)) -> Head:
    """One comment, edited some time apart: its head in the end."""
    for number, text in enumerate(versions):
        world.deliver("facebook", world.comment(1, text, verb="edited" if number or seen(world) else "add"))
        world.settle(minutes=6, quiet_minutes=4)
        world.now += apart
    found = seen(world)
    assert found is not None
    return found


def seen(world: World) -> Head | None:
    return world.head("garance", "facebook", PAGE, "1_1")


def case_of(head: Head, world: World) -> Case:
    case = world.journal.read([keys.case(*head.at)]).case(*head.at)
    assert case is not None
    return case


def shown_by_marie(world: World) -> None:
    handling(world).show("garance", case_id(("garance", "facebook", PAGE, "1_1")), "marie")
    world.settle(minutes=6, quiet_minutes=4)


def test_a_number_that_comes_back_is_hidden_again(place: World) -> None:
    said(place, PHONE, CALM)
    assert not place.facebook.comments["1_1"].hidden
    said(place, PHONE.replace("34", "35"))

    assert place.facebook.comments["1_1"].hidden


def test_danger_edited_into_words_that_a_person_showed_clean_is_hidden_and_rings(place: World) -> None:
    said(place, THREAT, CALM)
    shown_by_marie(place)
    head = said(place, THREAT + " demain")

    assert place.facebook.comments["1_1"].hidden
    hides = [action for action in head.actions if action.kind is ActKind.HIDE]
    assert [action.state for action in hides] == [ActionState.SENT, ActionState.SENT]
    assert len({action.notice for action in hides}) == len(hides)
    assert len([call for call in place.calls_of("garance") if call.reason == "threat"]) == len(hides)


def test_what_a_person_showed_though_it_stood_accused_is_not_hidden_again_by_a_machine(place: World) -> None:
    said(place, THREAT)
    shown_by_marie(place)
    head = said(place, THREAT + " !")

    assert not place.facebook.comments["1_1"].hidden
    assert [action.state for action in head.actions if action.kind is ActKind.HIDE][-1] is ActionState.PROPOSED
    assert case_of(head, place).state is CaseState.OPEN


def test_a_reminder_that_was_hidden_when_an_edit_took_its_ground_away_hides_no_comment(place: World) -> None:
    for text, kind in ((INSULT, "created"), (CALM, "edited"), (INSULT + " !", "edited")):
        place.deliver("generic", place.blog_comment("c-1", text, kind=kind))
        place.settle(minutes=6, quiet_minutes=4)
        place.now += timedelta(minutes=5)
    assert [(entry.kind, entry.object) for entry in place.outbox.effects][1:] == [("hide", "reply-1")]

    handling(place).hide("garance", case_id(("garance", "generic", BLOG, "c-1")), "marie")
    place.settle(minutes=6, quiet_minutes=4)

    assert [(entry.kind, entry.object) for entry in place.outbox.effects][2:] == [("hide", "c-1")]
    head = place.head("garance", "generic", BLOG, "c-1")
    assert head is not None
    assert kept(place, decision_about(head))[0] is not None


@pytest.mark.parametrize("apart", [timedelta(minutes=10), A_DAY])
def test_a_question_edited_into_another_one_has_a_person_s_answer_prepared(place: World, apart: timedelta) -> None:
    head = said(place, QUESTION, ANOTHER, apart=apart)

    assert [entry.kind for entry in place.outbox.effects] == ["reply"]
    case = case_of(head, place)
    assert (case.state, case.awaits_answer) == (CaseState.OPEN, True)
    assert any("trois jours" in draft.text for draft in case.drafts)


@pytest.mark.parametrize(("breach", "undone"), [(PHONE, "unhide"), (INSULT, "delete")])
@pytest.mark.parametrize("between", [(), (CALM + " !",), (CALM + " !", CALM + " !!"), (None, CALM + " !")])
def test_what_lost_its_ground_is_taken_back_once_however_often_the_words_are_edited_before_that(
    place: World, breach: str, undone: str, between: tuple[str | None, ...]
) -> None:
    said(place, breach)
    before = len(place.outbox.effects)
    for text in (CALM, *between):
        place.deliver("facebook", place.comment(1, text or breach + " !", verb="edited"))
        place.pump_only("moderate_comments")
        place.now += timedelta(seconds=5)
    place.settle()

    assert [entry.kind for entry in place.outbox.effects[before:]] == [undone]


def test_an_un_hide_that_is_proposed_stays_proposed_when_the_clean_words_are_edited_again(place: World) -> None:
    head = said(place, THREAT, CALM, CALM + " !")

    assert place.facebook.comments["1_1"].hidden
    assert [action.state for action in head.actions if action.kind is ActKind.UNHIDE] == [ActionState.PROPOSED]
    assert case_of(head, place).state is CaseState.OPEN


REMINDED, CLEAN = "@Karim t'es vraiment un abruti si tu crois ça", "@Karim je ne suis pas d'accord avec toi"


@pytest.mark.parametrize(
    "again", [("",), (" !", " vraiment"), (" !", None, " vraiment")], ids=["twice", "thrice", "back"]
)
def test_words_that_are_edited_again_before_our_act_is_taken_back_have_it_taken_back_all_the_same(
    place: World, again: tuple[str | None, ...]
) -> None:
    for number, (accused, clean) in enumerate(((PHONE, CALM), (REMINDED, CLEAN)), start=1):
        author = f"700{number}"
        place.deliver("facebook", place.comment(number, accused, author=author))
        place.settle(minutes=6, quiet_minutes=4)
        place.now += timedelta(minutes=5)
        for more in ("…", *again):
            text = accused if more is None else clean + more
            place.deliver("facebook", place.comment(number, text, verb="edited", author=author))
            place.pump_only("moderate_comments")
            place.now += timedelta(seconds=2)
        place.settle(minutes=6, quiet_minutes=4)

    assert not place.facebook.comments["1_1"].hidden
    assert [one.deleted for one in place.facebook.comments.values() if one.ours] == [True]


def test_a_danger_that_is_gone_waits_to_be_shown_again_however_often_the_words_are_edited(place: World) -> None:
    head = said(place, THREAT, CALM, CALM + " !")

    assert [action.state for action in head.actions if action.kind is ActKind.UNHIDE] == [ActionState.PROPOSED]
    assert case_of(head, place).state is CaseState.OPEN


def test_what_a_person_left_hidden_is_not_proposed_again_after_another_edit(place: World) -> None:
    said(place, THREAT, CALM)
    handling(place).close("garance", case_id(("garance", "facebook", PAGE, "1_1")), "marie")
    head = said(place, CALM + " !")

    assert [action.why for action in head.actions if action.kind is ActKind.UNHIDE] == ["by_hand"]


def test_a_head_does_not_grow_with_every_edit(place: World) -> None:
    """It is one item, which holds 400 KB: past that nobody could decide about the comment any more."""
    said(place, CALM)
    for number in range(60):
        place.now += timedelta(seconds=5)
        text = INSULT if number % 2 else THREAT
        place.deliver("facebook", place.comment(1, f"{text} {number}", verb="edited"))
        place.pump_only("moderate_comments")
    place.settle()

    head = seen(place)
    assert head is not None
    assert len(head.actions) < 20


INSULT = "@Karim t'es vraiment un abruti si tu crois ça"


def strikes_of(head: Head, world: World) -> int:
    assert head.author is not None
    known = world.journal.read([keys.author("garance", head.author)]).author("garance", head.author, world.now)
    return len(known.standing.strikes)


def test_an_insult_edited_into_one_s_own_number_is_forgiven_and_the_number_protected(place: World) -> None:
    head = said(place, INSULT, PHONE)

    assert place.facebook.comments["1_1"].hidden
    assert [entry.kind for entry in place.outbox.effects].count("delete") == 1
    assert strikes_of(head, place) == 0


def test_an_insult_edited_into_a_graver_one_stays_reminded_of(place: World) -> None:
    head = said(place, INSULT, "@Karim t'es un connard")

    assert "delete" not in [entry.kind for entry in place.outbox.effects]
    assert strikes_of(head, place) == 1


def test_what_was_hidden_for_a_number_alone_is_shown_once_the_number_is_gone(place: World) -> None:
    head = said(place, f"{INSULT}. {PHONE}", INSULT)

    assert not place.facebook.comments["1_1"].hidden
    assert head.verdict is not None
    assert head.verdict.reason == "insult_at_person"
    assert [entry.kind for entry in place.outbox.effects] == ["hide", "private", "unhide"]


def test_after_a_reminder_was_taken_back_the_next_one_in_the_thread_explains_itself(place: World) -> None:
    said(place, INSULT, CALM)
    place.deliver("facebook", place.comment(2, "@Karim quel abruti tu es", author="7002", parent=1))
    place.settle(minutes=6, quiet_minutes=4)

    head = place.kept(2)
    assert [str(action.variant).partition("/")[0] for action in head.actions] == ["reminder1.respect"]


def test_the_reminder_that_was_taken_back_explains_nothing_whichever_clause_the_words_broke_since(place: World) -> None:
    said(place, INSULT, "@Karim ta gueule connard", CALM)
    place.deliver("facebook", place.comment(2, "@Karim quel abruti tu es", author="7002", parent=1))
    place.settle(minutes=6, quiet_minutes=4)

    head = place.kept(2)
    assert [str(action.variant).partition("/")[0] for action in head.actions] == ["reminder1.respect"]


def test_a_reminder_that_is_taken_back_once_it_left_explains_nothing_either(place: World) -> None:
    place.deliver("facebook", place.comment(1, INSULT))
    place.facebook.fail({"mode": "timeout_after", "next": 1})
    place.facebook.fail({"consistency_s": 3600})
    place.pump()
    place.now += timedelta(minutes=1)
    place.deliver("facebook", place.comment(1, CALM, verb="edited"))
    place.pump()
    (reminder,) = place.outbox.effects
    echo = place.facebook.echo(reminder)
    assert echo is not None
    place.deliver_raw("facebook", echo)
    place.settle(minutes=6, quiet_minutes=4)
    assert [entry.kind for entry in place.outbox.effects] == ["reply", "delete"]

    place.deliver("facebook", place.comment(2, "@Karim quel abruti tu es", author="7002", parent=1))
    place.settle(minutes=6, quiet_minutes=4)
    head = place.kept(2)
    assert [str(action.variant).partition("/")[0] for action in head.actions] == ["reminder1.respect"]
