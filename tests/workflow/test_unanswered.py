"""Who waits for an answer comes first, and whoever has waited longest before them all."""

from datetime import timedelta

import pytest
from duty_room import Messages
from redress import handling
from world import PAGE, START, World

from local.configuration import EXAMPLE_FILE, read
from tribune.aws import keys
from tribune.charter import Charter
from tribune.desk.telling import Telling
from tribune.desk.unanswered import line
from tribune.errors import NotFound
from tribune.journal import Case, CaseState
from tribune.platforms import platform
from tribune.workflow.cases import Handling


def case_of(world: World, number: int) -> Case:
    at = ("garance", "facebook", PAGE, f"1_{number}")
    case = world.journal.read([keys.case(*at)]).case(*at)
    assert case is not None
    return case


@pytest.mark.parametrize(
    ("text", "hours"),
    [
        ("La pédale de mon G3 est cassée au bout de deux mois, SAV ?", 4),
        ("Toujours rien pour ma commande, 3e message", 0),
        ("Bravo, encore trois semaines de retard, quelle réactivité 👏👏", -21 * 24),
        ("Vous êtes des voleurs, un mois que j'attends mon remboursement !!!!", -30 * 24),
        ("On sait où est ton magasin, on va venir te défoncer", 0),
    ],
)
def test_our_promise_runs_from_when_the_person_says_they_began_to_wait(world: World, text: str, hours: int) -> None:
    world.deliver("facebook", world.comment(1, text))
    world.pump()

    assert round((case_of(world, 1).promise_at - START).total_seconds() / 3600) == hours


@pytest.mark.parametrize(
    ("text", "french", "english"),
    [
        (
            "Vous êtes des voleurs, un mois que j'attends mon remboursement !!!!",
            "dit attendre depuis 30 j",
            "says they have waited 30 d",
        ),
        (
            "Toujours rien pour ma commande, 3e message",
            "promesse dépassée depuis 11 h",
            "promise overdue since 11 am",
        ),
    ],
)
def test_how_long_somebody_says_they_have_waited_is_not_told_as_a_promise_of_ours(
    world: World, text: str, french: str, english: str
) -> None:
    world.deliver("facebook", world.comment(1, text))
    world.pump()
    case, community = case_of(world, 1), read(EXAMPLE_FILE).community

    assert Telling(community, world.now, "fr").promise(case).replace("\u00a0", " ").replace("\u202f", " ") == french
    assert Telling(community, world.now, "en").promise(case).replace("\u00a0", " ") == english
    [shown] = handling(world).open("garance")
    assert line(shown, Telling(community, world.now, "fr")).overdue is ("dépassée" in french)


@pytest.mark.parametrize("hours", [0, 5])
@pytest.mark.parametrize(
    "text",
    [
        "@Nadia appelle l'atelier au 01 99 00 12 34, dépannée en dix minutes",
        "On sait où est ton magasin, on va venir te défoncer",
    ],
)
def test_where_nobody_waits_for_an_answer_none_is_told_as_promised_or_late(world: World, text: str, hours: int) -> None:
    world.deliver("facebook", world.comment(1, text))
    world.pump()
    world.now += timedelta(hours=hours)
    [shown] = handling(world).open("garance")

    told = line(shown, Telling(read(EXAMPLE_FILE).community, world.now, "fr"))
    assert (told.promise, told.overdue) == ("aucune réponse promise", False)


def test_danger_stands_first_then_who_waited_longest_then_what_nobody_waits_for(world: World) -> None:
    said = (
        "@Nadia appelle l'atelier au 01 99 00 12 34, dépannée en dix minutes",
        "Bravo, encore trois semaines de retard, quelle réactivité 👏👏",
        "Vous êtes des voleurs, un mois que j'attends mon remboursement !!!!",
        "Toujours rien pour ma commande, 3e message",
        "La pédale de mon G3 est cassée au bout de deux mois, SAV ?",
        "On sait où est ton magasin, on va venir te défoncer",
    )
    for number, text in enumerate(said):
        world.deliver("facebook", world.comment(number, text, author=f"70{number}"))
    world.pump()

    def nobody(_community: str, _version: int) -> Charter:
        raise NotFound("looking needs no charter")

    handling = Handling(world.journal, keys, Messages(), lambda: world.now, platform, nobody)
    assert [said.index(shown.words or "") for shown in handling.open("garance")] == [5, 2, 1, 3, 4, 0]


@pytest.mark.parametrize("answer", ["Oui, le samedi aussi. ^MC", "Je regarde, et je reviens ici à 17 h. ^MC"])
def test_words_edited_after_the_answer_was_written_wait_for_one_of_their_own(world: World, answer: str) -> None:
    world.deliver("facebook", world.comment(1, "Vous réparez aussi les vélos d'une autre marque ?"))
    world.settle()
    handling(world).send("garance", case_of(world, 1).id, "marie", answer)
    world.now += timedelta(seconds=5)
    complaint = "Vous êtes des voleurs, un mois que j'attends mon remboursement !!!!"
    world.deliver("facebook", world.comment(1, complaint, verb="edited"))
    world.pump_only("moderate_comments")
    world.settle()

    assert [entry.text for entry in world.outbox.effects] == [answer]
    case = case_of(world, 1)
    assert (case.state, case.awaits_answer, bool(case.drafts)) == (CaseState.OPEN, True, True)
    assert case.promised == ("à 17 h" if "17 h" in answer else None)
    handling(world).send("garance", case.id, "marie", "Votre remboursement part ce soir. ^MC")
    world.settle()
    assert case_of(world, 1).state is CaseState.CLOSED
