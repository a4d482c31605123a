"""Who waits for an answer comes first, and whoever has waited longest before them all."""

import pytest
from world import PAGE, START, World

from tribune.aws import keys
from tribune.journal import Case


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
