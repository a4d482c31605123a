"""What a brand has set: its registry of ambassadors, its periods of reserve."""

from datetime import date

import pytest

from tribune.charter.uses import Reserve
from tribune.community import Community
from tribune.duty import Person, Rota
from tribune.voice import Voice


def community(**fields: object) -> Community:
    rota = Rota(people=(Person(id="team", name="Garance"),))
    told = {"id": "garance", "name": "Vélos Garance", "voice": Voice(team_signature={"fr": "Garance"}), "rota": rota}
    return Community.model_validate(told | fields)


@pytest.mark.parametrize(
    ("registry", "platform", "author", "known"),
    [
        (None, "facebook", "1234", None),
        ((), "facebook", "1234", False),
        (("1234",), "facebook", "1234", True),
        (("1234",), "line", "1234", True),
        (("facebook:1234",), "facebook", "1234", True),
        (("facebook:1234",), "line", "1234", False),
        (("p-1",), "facebook", "1234", True),
        (("1234",), "facebook", None, None),
    ],
)
def test_the_registry_knows_an_ambassador_or_has_no_opinion(
    registry: tuple[str, ...] | None,
    platform: str,
    author: str | None,
    known: bool | None,
) -> None:
    assert community(ambassadors=registry).is_ambassador(platform, author, "p-1") is known


def test_without_a_declared_period_nothing_is_known_of_a_reserve() -> None:
    assert community().in_reserve(date(2026, 3, 2)) is None
    declared = community(reserve=(Reserve(start=date(2026, 3, 1), end=date(2026, 3, 8)),))
    assert [declared.in_reserve(date(2026, 3, day)) for day in (8, 9)] == [True, False]
