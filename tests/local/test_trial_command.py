"""tribune charter shadow, release and publish --shadow, on a world that lives."""

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from commanding import Tribune, ordinary
from publishing import charters, decide, in_force, publish, say, with_clause, with_term
from world import World

from tribune.aws import keys
from tribune.charter import Charter

JEST = "@Karim t'es vraiment un tandem si tu crois ça"

type Published = Callable[..., tuple[int, str]]


@pytest.fixture
def charter(tribune: Tribune) -> Published:
    """Runs `tribune charter …` on the world: (exit code, what it said with ordinary spaces)."""

    def run(*arguments: str) -> tuple[int, str]:
        said = tribune("charter", *arguments, "--community", "garance")
        return said.code, said.plain

    return run


def written(charter: Charter, folder: Path) -> str:
    file = folder / "charter.yaml"
    file.write_text(charter.model_dump_json(exclude_none=True, exclude_defaults=True), "utf-8")
    return str(file)


@pytest.fixture(name="on_trial")
def tried(world: World, charter: Published, tmp_path: Path) -> World:
    file = written(with_term(in_force(world), "respect", "tandem"), tmp_path)
    code, said = charter("publish", file, "--shadow")
    assert (code, "beside version 1" in said) == (0, True), said
    world.now += timedelta(minutes=1)
    for number in (1, 2, 3):
        say(world, number, f"{JEST}, {number}")
    say(world, 4, "@Karim t'es vraiment un abruti si tu crois ça")
    decide(world)
    return world


def test_the_report_counts_and_lists_what_would_change(on_trial: World, charter: Published) -> None:
    code, said = charter("shadow")

    assert code == 0
    assert on_trial.rung == []
    assert "Décisions comparées : 4 · changeraient : 3 · comparaisons impossibles : 0" in said
    assert re.search(r"3 × \w+ → rappel, sans personne \(respect\)", said)
    assert "L'article 10 toucherait 4 commentaires sur 4 (1 aujourd'hui) : le frein l'arrêterait" in said
    assert "facebook 1_2" in said
    assert "tandem" not in said


def test_words_are_shown_when_they_are_asked_for_and_still_kept(on_trial: World, charter: Published) -> None:
    on_trial.deliver("facebook", on_trial.comment(2, "", verb="remove", author="7002"))
    decide(on_trial)
    _, said = charter("shadow", "--show-text")

    assert said.count("tandem") == 2
    assert "(effacé par son auteur)" in said


def test_a_trial_is_stopped(on_trial: World, charter: Published) -> None:
    assert charter("shadow", "--stop")[0] == 0
    assert charters(on_trial).shadow("garance") is None
    assert charter("shadow") == (1, "Aucune version de la charte n'est à l'essai.\n")


def test_a_clause_that_the_brake_holds_is_listed_and_released(world: World, charter: Published) -> None:
    assert charter("release") == (0, "Le frein ne retient aucun article.\n")
    publish(world, with_term(in_force(world), "respect", "tandem"))
    for number in (1, 2, 3):
        say(world, number, f"{JEST}, {number}")
    decide(world)
    world.now += timedelta(minutes=1)
    world.invoke("keep_watch", {})

    assert charter("release")[1].startswith("respect : changé en version 2, ne fait que proposer depuis")
    code, said = charter("release", "menace")
    assert (code, "Il retient : respect" in said) == (2, True)
    assert "agit de nouveau" in charter("release", "respect")[1]
    brakes = world.journal.read([keys.brakes("garance")]).brakes("garance")
    assert (brakes.held, brakes.released) == ({}, {"respect": 2})


def test_what_says_the_same_is_not_tried(world: World, charter: Published, tmp_path: Path) -> None:
    code, said = charter("publish", written(with_clause(in_force(world), "menace"), tmp_path), "--shadow")

    assert (code, "nothing to try" in said) == (2, True)


@pytest.mark.parametrize(
    "command",
    [
        ("charter", "shadow", "--stop"),
        ("charter", "release", "respect"),
        ("case", "list"),
        ("call", "list"),
        ("pause", "all"),
        ("duty", "who"),
        ("appeal", "list"),
        ("say", "list"),
        ("operation", "list"),
        ("report",),
        ("backfill",),
    ],
)
def test_a_community_that_does_not_exist_is_named_with_those_that_do(
    tribune: Tribune, command: tuple[str, ...]
) -> None:
    refused = tribune(*command, "--community", "garence", "--lang", "fr")

    assert (refused.code, refused.out) == (2, "")
    assert ordinary(refused.err) == "« garence » n'est aucune communauté d'ici. Il y a : garance.\n"
