"""tribune duty: who is called, until when, who is next; and a day's changes, which outlive the file."""

import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from commanding import Tribune
from world import World

from local.apply import Target, apply
from local.configuration import Configuration, read
from tribune.aws.communities import Communities
from tribune.duty import on_duty
from tribune.errors import BadConfiguration

ROOT = Path(__file__).resolve().parents[2]
ALONE = """
community:
  id: garance
  name: Vélos Garance
  languages: [fr, en]
  timezone: Europe/Paris
  rota:
    people:
      - {id: marie, name: Marie Castel, initials: MC, languages: [fr], ways: [{kind: console}]}
    holidays_of: [FR]
"""
TEAM = """
community:
  id: garance
  name: Vélos Garance
  languages: [fr, en]
  timezone: Europe/Paris
  rota:
    people:
      - {id: marie, name: Marie Castel, initials: MC, languages: [fr], ways: [{kind: console}]}
      - {id: tom, name: Tom Diaz, initials: TD, languages: [en], ways: [{kind: console}]}
      - {id: lea, name: Léa Roy, initials: LR, role: smm, ways: [{kind: console}]}
    fallback: {id: equipe, name: L'équipe, ways: [{kind: console}]}
    weeks: {since: "2026-11-23T09:00", people: [marie, tom]}
    regular: [{when: "sat 09:00-18:00", people: [tom]}]
    default: [lea]
    holidays_of: [FR]
    holidays: [2026-11-27]
"""
type Duty = Callable[..., str]


@pytest.fixture
def duty(tribune: Tribune) -> Duty:
    """`tribune duty …` on the stack of the world; what it says, with ordinary spaces."""

    def said(*arguments: str, code: int = 0) -> str:
        told = tribune("duty", *arguments)
        assert told.code == code
        return told.plain.strip()

    return said


def configured(world: World, told: str) -> list[str]:
    target = Target("test", *(world.stack.tables()[f"{name}Table"] for name in ("Community", "Charter")))
    return apply(_read(told), target, world.now)


def _read(told: str) -> Configuration:
    return read(told, file="world")


def rota_of(world: World) -> list[str]:
    community = _communities(world).load("garance")
    return [person.id for person in on_duty(community.rota, world.now, community.zone)]


def _communities(world: World) -> Communities:
    return Communities(world.stack.tables()["CommunityTable"])


# --- a lone community manager -------------------------------------------------------------------------------


def test_a_lone_community_manager_is_told_plainly_that_nobody_else_is_there(world: World, duty: Duty) -> None:
    configured(world, ALONE)
    assert duty("who").splitlines() == [
        "D'astreinte à 11 h : Marie Castel, tant que le planning ne change pas.",
        "Sans réponse : Marie Castel encore. Le planning n'a personne d'autre, ni recours (fallback).",
        "L'équipe est là jusqu'à 18 h.",
    ]


def test_at_night_and_on_a_holiday_it_says_so_and_in_english_too(world: World, duty: Duty) -> None:
    configured(world, ALONE)
    assert duty("who", "--at", "2026-12-25T23:00").splitlines()[2:] == [
        "Jour férié : Noël.",
        "L'équipe n'est pas là : elle revient le 28 décembre à 9 h.",
        "Heures calmes jusqu'au 28 décembre à 8 h : seuls un danger ou une détresse sonnent.",
    ]
    assert "Public holiday: Christmas Day." in duty("who", "--at", "2026-12-25T23:00", "--lang", "en")


def test_the_reader_is_told_when_the_known_holidays_run_out(world: World, duty: Duty) -> None:
    configured(world, ALONE)
    assert "connus que" not in duty("who", "--at", "2028-09-01T10:00")
    assert "Les jours fériés ne sont connus que jusqu'au 31 décembre 2028" in duty("who", "--at", "2028-12-01T10:00")


def test_when_everybody_is_away_and_there_is_no_fallback_it_says_that_nobody_is_called(
    world: World, duty: Duty
) -> None:
    configured(world, ALONE)
    duty("away", "marie", "--from", "2026-12-21", "--to", "2026-12-24", "--as", "marie")
    first, then, leave, *_ = duty("who", "--at", "2026-12-22T10:00").splitlines()
    assert first.startswith("D'astreinte le 22 décembre à 10 h : personne.")
    assert (then, leave) == ("Ensuite : Marie Castel.", "En congé : Marie Castel.")


# --- a team -------------------------------------------------------------------------------------------------


def test_a_team_reads_who_until_when_and_who_is_next(world: World, duty: Duty) -> None:
    configured(world, TEAM)
    assert duty("who").splitlines()[:3] == [
        "D'astreinte à 11 h : Marie Castel, jusqu'au 28 novembre à 9 h.",
        "Ensuite : Tom Diaz.",
        "Sans réponse : Tom Diaz, puis Léa Roy, puis L'équipe (recours).",
    ]
    assert duty("who", "--role", "smm").startswith("D'astreinte à 11 h : Léa Roy")
    assert "D'astreinte le 30 novembre à 9 h : Tom Diaz" in duty("who", "--at", "2026-11-30T09:00")


def test_a_week_is_seven_lines(world: World, duty: Duty) -> None:
    configured(world, TEAM)
    assert duty("week", "--from", "2026-11-26").splitlines() == [
        "jeudi 26 novembre : Marie Castel",
        "vendredi 27 novembre : Marie Castel · Jour de repos de la maison · personne n'est attendu",
        "samedi 28 novembre : Marie Castel, Tom Diaz dès 9 h, Marie Castel dès 18 h · personne n'est attendu",
        "dimanche 29 novembre : Marie Castel · personne n'est attendu",
        "lundi 30 novembre : Marie Castel, Tom Diaz dès 9 h",
        "mardi 1er décembre : Tom Diaz",
        "mercredi 2 décembre : Tom Diaz",
    ]


# --- changes ------------------------------------------------------------------------------------------------


def test_a_swap_holds_at_once_outlives_the_file_and_ends(world: World, duty: Duty) -> None:
    configured(world, TEAM)
    said = duty("swap", "MC", "tom", "--from", "2026-11-24", "--to", "2026-11-25", "--as", "marie")
    assert said.startswith("Tom Diaz prend la place de Marie Castel, du 2026-11-24 au 2026-11-25.")
    assert rota_of(world)[0] == "tom"

    assert configured(world, TEAM) == [], "the file is applied again: nothing changes"
    assert rota_of(world)[0] == "tom"

    world.now += timedelta(days=2)
    assert rota_of(world)[0] == "marie"
    configured(world, TEAM)
    assert _communities(world).load("garance").rota.swaps == (), "what is over is forgotten"


def test_a_leave_of_an_afternoon_is_entered_and_taken_back(world: World, duty: Duty) -> None:
    configured(world, TEAM)
    leave = ("away", "marie", "--from", "2026-11-24T11:00", "--to", "2026-11-24T14:00", "--as", "tom")
    assert "Marie Castel is on leave" in duty(*leave)
    assert rota_of(world)[0] == "tom"
    assert "En congé : Marie Castel." in duty("who")

    duty(*leave, "--undo")
    assert rota_of(world)[0] == "marie"
    assert "is changed in the file" in duty(*leave, "--undo", code=2)


def test_the_fallback_goes_on_leave_like_anybody_else(world: World, duty: Duty) -> None:
    configured(world, TEAM)
    leave = ("away", "equipe", "--from", "2026-11-24", "--to", "2026-11-25", "--as", "tom")
    assert rota_of(world)[-1] == "equipe"
    duty(*leave)
    assert "equipe" not in rota_of(world)
    assert configured(world, TEAM) == [], "the file is applied again: nothing changes"
    assert "equipe" not in rota_of(world)

    duty(*leave, "--undo")
    assert rota_of(world)[-1] == "equipe"


@pytest.mark.parametrize(
    "wrong",
    [
        ("swap", "marie", "marie", "--from", "2026-11-24", "--as", "marie"),
        ("swap", "marie", "nadia", "--from", "2026-11-24", "--as", "marie"),
        ("swap", "marie", "tom", "--from", "24/11/2026", "--as", "marie"),
        ("away", "marie", "--from", "2026-11-24", "--to", "2026-11-23", "--as", "marie"),
        ("away", "marie", "--from", "2026-11-24T10:00+01:00", "--as", "marie"),
        ("away", "marie", "--from", "2026-11-24", "--as", "marie", "--undo"),
        ("who", "--at", "hier"),
        ("week", "--from", "lundi"),
    ],
    ids=" ".join,
)
def test_what_cannot_be_is_refused_and_nothing_changes(world: World, duty: Duty, wrong: tuple[str, ...]) -> None:
    configured(world, TEAM)
    before = _communities(world).load("garance")
    assert duty(*wrong, code=2)
    assert _communities(world).load("garance") == before


def test_a_week_from_a_day_that_is_none_is_refused_with_that_day_alone(tribune: Tribune) -> None:
    said = tribune("duty", "week", "--from", "2026-02-30")
    assert (said.code, said.plain) == (2, "--from: « 2026-02-30 » n'est pas un jour : écrivez-le comme 2026-12-24.\n")


@pytest.mark.parametrize(
    "beyond",
    [
        ("duty", "week", "--from", "9999-12-30"),
        ("duty", "week", "--from", "0001-01-01"),
        ("duty", "who", "--at", "9999-12-31T23:59"),
        ("report", "--week", "0001-W01"),
        ("report", "--month", "0001-01"),
    ],
)
def test_a_day_that_no_calendar_goes_beyond_is_a_sentence(tribune: Tribune, beyond: tuple[str, ...]) -> None:
    said = tribune(*beyond)
    assert (said.code, said.err) == (2, "no calendar reaches that far: write a day of our time\n")


def test_a_country_that_nobody_knows_is_refused(world: World) -> None:
    with pytest.raises(BadConfiguration, match="XX-1 is no country"):
        configured(world, TEAM.replace("[FR]", "[XX-1]"))


def test_who_left_the_team_takes_their_swaps_along(world: World, duty: Duty) -> None:
    configured(world, TEAM)
    duty("swap", "marie", "tom", "--from", "2026-11-24", "--as", "marie")
    configured(world, ALONE)
    assert rota_of(world) == ["marie"]


def test_no_function_carries_the_library_of_holidays() -> None:
    layer = (ROOT / "layers" / "common" / "requirements.txt").read_text(encoding="utf-8")
    assert "holidays" not in layer
    loads = "import sys, local.apply, tribune.duty; print('holidays' in sys.modules)"
    ran = subprocess.run([sys.executable, "-c", loads], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "False"
