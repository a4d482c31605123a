"""send_report: the week is told once, to everybody of the team, in their words; the month is published once, masked."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from browser import Browser, open_desk
from memory_world import memory_world
from publishing import in_force, publish, say
from world import PAGE, World

from tribune.aws import clients
from tribune.aws.registers import Registers

MONDAY = datetime(2026, 11, 30, 9, tzinfo=UTC)
"""Ten o'clock in Paris: the week of the first comments is over, the team is there."""


@pytest.fixture(name="world")
def in_memory() -> Iterator[World]:
    with memory_world() as world:
        yield world


def a_week(world: World) -> None:
    """Praise, criticism, a question of three people, help for a member; then the hours are counted."""
    said = [
        "Bravo pour le vélo, il roule vraiment tout seul, merci !",
        "Livraison nulle, trois semaines de retard et personne au téléphone",
        "Le G3 tient en cabine d'avion ?",
        "Le G3 est accepté en cabine, en avion ?",
        "G3 en cabine d'avion : possible ?",
    ]
    for number, text in enumerate(said, 1):
        world.deliver("facebook", world.comment(number, text, author=str(7000 + number)))
    world.deliver("facebook", world.comment(9, "@Karim il faut resserrer le moyeu, ça marche", author="7009", parent=1))
    world.deliver("facebook", world.comment(10, "J'en peux plus, j'ai envie d'en finir", author="7010"))
    world.settle(minutes=20)
    while world.now < MONDAY:
        world.now = min(world.now + timedelta(hours=30), MONDAY)
        world.invoke("seal_hours", {})


def told(world: World, to: str = "marie") -> list[str]:
    return [one["text"].replace("\u00a0", " ") for one in world.rung if one["to"] == to and "bilan" in one["text"]]


def tick(world: World) -> None:
    world.invoke("send_report", {})
    world.settle(minutes=10)


def test_on_monday_everybody_of_the_team_reads_the_week_once(world: World) -> None:
    a_week(world)
    for _ in range(3):
        tick(world)
        world.forget()
        world.now += timedelta(hours=1)

    assert (len(told(world, "marie")), len(told(world, "lea"))) == (1, 1)
    (text,) = told(world)
    assert text.startswith("Bonjour Marie,\n\n6 commentaires de 6 personnes cette semaine.")
    assert "Demandé par 3 personnes (la FAQ n'y répond pas) : « Le G3 tient en cabine d'avion ? »" in text
    assert "Bravo : « Bravo pour le vélo" in text
    assert "Critique, toujours affichée : « Livraison nulle" in text
    assert "Quelqu'un a aidé un autre membre : « ••• il faut resserrer" in text
    assert text.count("\n3. ") == 1
    assert "engagement?period=2026-W48" in text


def test_at_the_desk_the_report_is_a_file_whose_every_figure_says_where_it_comes_from(world: World) -> None:
    open_desk(world)
    a_week(world)
    browser = Browser(world)
    browser.sign_in("marie@garance.example")

    file = browser.get("/desk/garance/report.json?period=2026-W48")
    assert file.headers["content-type"] == "application/json; charset=utf-8"
    assert file.headers["content-disposition"] == 'attachment; filename="garance-report.json"'
    found = json.loads(file.body)["report"]
    assert (found["period"]["name"], found["totals"][0]["n"], found["totals"][0]["source"]) == (
        "2026-W48", 6, "counts: kind comment",
    )  # fmt: skip
    assert all(one["formula"] for one in found["measures"])
    assert not any(word in file.body for word in ("cabine", "moyeu", "Bravo"))
    for unknown in ("", "?period=2026-W60", "?period=2031-01", "?period=1999-01"):
        assert browser.get(f"/desk/garance/report.json{unknown}").status == 404


def test_distress_stands_in_no_report_not_even_as_a_figure(world: World) -> None:
    a_week(world)
    tick(world)

    (text,) = told(world)
    assert "finir" not in text
    assert "Personne n'a été appelé cette semaine." in text


def test_what_was_hidden_or_deleted_after_the_report_was_made_is_quoted_no_more(world: World) -> None:
    a_week(world)
    world.invoke("send_report", {})
    world.deliver("facebook", world.comment(2, "", verb="remove", author="7002"))
    world.deliver("facebook", world.comment(1, "@Karim t'es vraiment un abruti", verb="edited", author="7001"))
    world.settle(minutes=10)

    (text,) = told(world)
    assert "Livraison" not in text
    assert "abruti" not in text


def test_words_of_members_are_kept_in_no_report(world: World) -> None:
    a_week(world)
    world.invoke("send_report", {})

    kept = str(clients.dynamodb().scan(TableName=world.stack.tables()["JournalTable"])["Items"])
    assert "report-2026-W48-marie" in kept
    assert not any(word in kept for word in ("Livraison nulle", "cabine", "moyeu", "Bravo"))


def test_what_was_heard_of_in_a_later_hour_than_it_was_said_is_read_too(world: World) -> None:
    said_at = world.now - timedelta(minutes=5)
    for number, text in enumerate(("Le G3 tient en cabine ?", "Le G3 va en cabine ?", "G3 en cabine ?"), 1):
        world.deliver("facebook", world.comment(number, text, author=str(7000 + number), at=said_at))
    world.settle(minutes=20)
    while world.now < MONDAY:
        world.now = min(world.now + timedelta(hours=30), MONDAY)
        world.invoke("seal_hours", {})
    tick(world)

    assert "Demandé par 3 personnes" in told(world)[0]


def test_the_register_does_not_call_visible_what_the_team_hid_on_the_platform_itself(world: World) -> None:
    for number in range(1, 11):
        world.deliver("facebook", world.comment(number, "Très beau vélo", author=str(7000 + number)))
    world.settle(minutes=20)
    for number in range(1, 7):
        world.deliver("facebook", world.comment(number, "Très beau vélo", verb="hide", author=str(7000 + number)))
    world.settle(minutes=20)
    world.now += timedelta(hours=3)
    world.invoke("seal_hours", {})
    world.now = datetime(2026, 12, 10, 9, tzinfo=UTC)
    world.invoke("send_report", {})

    kept = json.loads(Registers(clients.dynamodb(), world.stack.tables()["CharterTable"]).load("garance", "2026-11"))
    assert (kept["received"], kept["visible"], kept["hidden_elsewhere"]) == (10, 0.4, 6)


def test_an_article_that_the_charter_lost_within_the_month_keeps_its_name_in_the_register(world: World) -> None:
    say(world, 1, "@Karim t'es vraiment un abruti si tu crois ça")
    world.settle(minutes=20)
    before = in_force(world)
    without = tuple(clause for clause in before.clauses if clause.id != "respect")
    publish(world, before.model_copy(update={"clauses": without}))
    world.now += timedelta(hours=3)
    world.invoke("seal_hours", {})
    world.now = datetime(2026, 12, 10, 9, tzinfo=UTC)
    world.invoke("send_report", {})

    kept = json.loads(Registers(clients.dynamodb(), world.stack.tables()["CharterTable"]).load("garance", "2026-11"))
    (respect,) = (line for line in kept["lines"] if line["clause"] == "respect")
    assert (respect["article"], respect["titles"]["fr"]) == (None, "Respect des personnes")


def test_an_answer_to_last_weeks_question_is_none_to_this_weeks(world: World) -> None:
    world.now = datetime(2026, 11, 29, 20, tzinfo=UTC)
    world.deliver("facebook", world.comment(1, "Le G3 tient en cabine d'avion ?", author="7001"))
    world.settle(minutes=20)
    world.now = MONDAY + timedelta(hours=1)
    world.deliver("facebook", world.comment(2, "Oui, plié il passe en cabine.", author=PAGE, parent=1))
    world.deliver("facebook", world.comment(3, "Le vélo G3 est livré sous combien de jours ?", author="7002"))
    world.deliver("facebook", world.comment(4, "Livrez-vous aussi en Suisse ?", author="7003"))
    world.settle(minutes=20)
    world.deliver("facebook", world.comment(4, "", verb="remove", author="7003"))
    world.settle(minutes=20)
    next_monday = MONDAY + timedelta(days=7)
    while world.now < next_monday:
        world.now = min(world.now + timedelta(hours=30), next_monday)
        world.invoke("seal_hours", {})
    tick(world)

    (text,) = told(world)
    assert "Une personne attendait une réponse. Elle l'attend encore." in text


def test_figures_that_are_not_all_counted_wait_some_hours_then_say_up_to_when_they_count(world: World) -> None:
    world.deliver("facebook", world.comment(1, "Très beau vélo"))
    world.settle(minutes=20)
    world.now += timedelta(hours=2)
    world.invoke("seal_hours", {})

    world.now = MONDAY - timedelta(hours=8)
    world.invoke("send_report", {})
    assert world.calls_of("garance") == []
    world.now = MONDAY
    tick(world)
    (text,) = told(world)
    assert "Tout n'est pas encore compté : ces chiffres s'arrêtent le 24 novembre à 12 h." in text.replace(
        "\u202f", " "
    )


def test_a_community_in_which_nobody_ever_spoke_has_no_report_and_no_register(world: World) -> None:
    world.now = MONDAY
    tick(world)

    assert world.calls_of("garance") == []
    assert Registers(clients.dynamodb(), world.stack.tables()["CharterTable"]).months("garance") == ()


def test_a_week_of_silence_is_told_and_the_next_one_is_not(world: World) -> None:
    a_week(world)
    for _ in range(3):
        world.now += timedelta(days=7)
        world.invoke("seal_hours", {})
        tick(world)

    subjects = [one["subject"] for one in world.rung if one["to"] == "marie" and "la semaine du" in one["subject"]]
    assert len(subjects) == 1
    assert "30 novembre au 6 décembre, tout est resté calme" in subjects[0]


def test_nine_days_after_a_month_its_register_is_published_once_and_anybody_reads_it(world: World) -> None:
    for number in range(1, 8):
        world.deliver("facebook", world.comment(number, "Très beau vélo", author=str(7000 + number)))
    world.settle(minutes=20)
    world.now += timedelta(hours=3)
    world.invoke("seal_hours", {})
    kept = Registers(clients.dynamodb(), world.stack.tables()["CharterTable"])

    world.now = datetime(2026, 12, 9, 9, tzinfo=UTC)
    world.invoke("send_report", {})
    assert kept.months("garance") == ()
    world.now += timedelta(days=1)
    world.invoke("send_report", {})
    first = kept.load("garance", "2026-11")
    world.now += timedelta(hours=1)
    world.invoke("send_report", {})

    assert kept.months("garance") == ("2026-11",)
    assert kept.load("garance", "2026-11") == first
    event = {
        "rawPath": "/charter/garance/register/2026-11/fr",
        "routeKey": "GET /charter/{proxy+}",
        "headers": {"accept-language": "fr"},
    }
    page = world.invoke("show_charter", event)
    assert page["statusCode"] == 200
    assert "novembre 2026" in page["body"]
    assert "<dd>7</dd>" in page["body"]
