"""tribune appeal: what a reviewer types, on a stack whose members contest."""

from collections.abc import Callable

import pytest
from commanding import Tribune, ordinary
from redress import contest, decision_about, handling
from world import PAGE, World

from tribune.notice import code
from tribune.workflow.deed import case_id

THREAT = "On sait où est ton magasin, on va venir te défoncer"
CASE = case_id(("garance", "facebook", PAGE, "1_1"))

type Appeal = Callable[..., tuple[int, str, str]]


@pytest.fixture
def appeal(tribune: Tribune) -> Appeal:
    """Runs `tribune appeal` on the world: (exit code, what it says with ordinary spaces, what it complains of)."""

    def run(*arguments: str) -> tuple[int, str, str]:
        said = tribune("appeal", *arguments)
        return said.code, ordinary(said.out), ordinary(said.err)

    return run


def contested(world: World, text: str = "C'était pour rire, mon numéro : 06 39 98 12 34") -> str:
    """A threat is hidden, Marie confirms, its author contests: the code."""
    world.deliver("facebook", world.comment(1, THREAT, author="701"))
    world.settle()
    handling(world).hide("garance", CASE, "marie")
    token = decision_about(world.kept())
    assert contest(world, token, text)["statusCode"] == 303
    return code(token)


def test_a_reviewer_reads_the_whole_story_and_reverses_it(world: World, appeal: Appeal) -> None:
    assert appeal("list")[1].strip() == "Aucune contestation n'attend de relecture."
    letters = contested(world)

    _, listed, _ = appeal("list")
    assert letters in listed
    assert f"tribune appeal show {letters}" in listed
    _, shown, _ = appeal("show", letters.lower())
    for part in (
        THREAT,
        "C'était pour rire",
        "par Marie Castel",
        "/decisions/garance/",
        f"overturn {letters} --by lea",
    ):
        assert part in shown, part
    assert "06 39" not in shown
    refused, _, why = appeal("overturn", letters, "--by", "marie")
    assert refused == 1
    assert "une autre personne la relit. Il y a : lea" in why

    done, said, _ = appeal("overturn", letters, "--by", "LR", "--because", "Relu avec le fil.")
    assert done == 0
    assert "annulée par Léa Roy" in said
    assert "Rétablissement (recours gagné)" in said
    world.settle()
    assert not world.facebook.comments["1_1"].hidden
    refused, _, why = appeal("uphold", letters, "--by", "lea", "--because", "Non.")
    assert refused == 1
    assert "C'est déjà fait : Léa Roy" in why
    assert "annulée par Léa Roy" in appeal("show", letters)[1]


def test_a_decision_stands_only_with_a_reason(world: World, appeal: Appeal) -> None:
    letters = contested(world, "")

    assert appeal("uphold", letters, "--by", "lea")[0] == 2
    assert "(nothing: a review is asked for)" in appeal("show", letters, "--lang", "en")[1]
    assert appeal("show", "ZZZZZZ")[0] == 2
    done, said, _ = appeal("uphold", letters, "--by", "lea", "--because", "Une menace, même pour rire.")
    assert done == 0
    assert "maintenue par Léa Roy" in said
