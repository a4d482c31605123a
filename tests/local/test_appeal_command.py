"""tribune appeal: what a reviewer types, on a stack whose members contest."""

import re
from collections.abc import Callable

import pytest
from redress import contest, handling, restrictions
from world import PAGE, World

from local.command import main
from tribune.aws import stack
from tribune.aws.stack import QUEUES, TABLES, Place
from tribune.notice import code
from tribune.workflow.deed import case_id

THREAT = "On sait où est ton magasin, on va venir te défoncer"
CASE = case_id(("garance", "facebook", PAGE, "1_1"))

type Tribune = Callable[..., tuple[int, str, str]]


@pytest.fixture
def tribune(world: World, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Tribune:
    """Runs `tribune appeal` on the world: (exit code, what it says with ordinary spaces, what it complains of)."""
    tables, queues = world.stack.tables(), world.stack.queues()
    place = Place(
        stage="test",
        tables={short: tables[logical] for short, logical in TABLES.items()},
        queues={short: queues[logical] for short, logical in QUEUES.items()},
    )
    monkeypatch.setattr(stack, "locate", lambda _stage: place)

    def run(*arguments: str) -> tuple[int, str, str]:
        capsys.readouterr()
        result = main(["appeal", *arguments, "--stage", "test"])
        said = capsys.readouterr()
        return result, re.sub(r"[\u00a0\u202f]", " ", said.out), re.sub(r"[\u00a0\u202f]", " ", said.err)

    return run


def contested(world: World, text: str = "C'était pour rire, mon numéro : 06 39 98 12 34") -> str:
    """A threat is hidden, Marie confirms, its author contests: the code."""
    world.deliver("facebook", world.comment(1, THREAT, author="701"))
    world.settle()
    handling(world).hide("garance", CASE, "marie")
    head = world.head("garance", "facebook", PAGE, "1_1")
    assert head is not None
    (action,) = restrictions(head)
    assert action.notice is not None
    assert contest(world, action.notice, text)["statusCode"] == 303
    return code(action.notice)


def test_a_reviewer_reads_the_whole_story_and_reverses_it(world: World, tribune: Tribune) -> None:
    assert tribune("list")[1].strip() == "Aucune contestation n'attend de relecture."
    letters = contested(world)

    _, listed, _ = tribune("list")
    assert letters in listed
    assert f"tribune appeal show {letters}" in listed
    _, shown, _ = tribune("show", letters.lower())
    for part in (
        THREAT,
        "C'était pour rire",
        "par Marie Castel",
        "/decisions/garance/",
        f"overturn {letters} --by lea",
    ):
        assert part in shown, part
    assert "06 39" not in shown
    refused, _, why = tribune("overturn", letters, "--by", "marie")
    assert refused == 1
    assert "une autre personne la relit. Il y a : lea" in why

    done, said, _ = tribune("overturn", letters, "--by", "LR", "--because", "Relu avec le fil.")
    assert done == 0
    assert "annulée par Léa Roy" in said
    assert "Rétablissement (recours gagné)" in said
    world.settle()
    assert not world.facebook.comments["1_1"].hidden
    refused, _, why = tribune("uphold", letters, "--by", "lea", "--because", "Non.")
    assert refused == 1
    assert "C'est déjà fait : Léa Roy" in why
    assert "annulée par Léa Roy" in tribune("show", letters)[1]


def test_a_decision_stands_only_with_a_reason(world: World, tribune: Tribune) -> None:
    letters = contested(world, "")

    assert tribune("uphold", letters, "--by", "lea")[0] == 2
    assert "(nothing: a review is asked for)" in tribune("show", letters, "--lang", "en")[1]
    assert tribune("show", "ZZZZZZ")[0] == 2
    done, said, _ = tribune("uphold", letters, "--by", "lea", "--because", "Une menace, même pour rire.")
    assert done == 0
    assert "maintenue par Léa Roy" in said
