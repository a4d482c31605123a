"""Whom to thank: who gave most and came back, not who gave most at once."""

from datetime import date

from tribune.thanks import MOST, Contribution, Members, contributors

MONDAY, TUESDAY, FRIDAY = date(2026, 11, 23), date(2026, 11, 24), date(2026, 11, 27)


def gave(points: int, *days: date, helps: int = 0) -> Contribution:
    return Contribution(points, helps, frozenset(days))


def test_who_helped_or_came_back_is_thanked_and_who_came_once_is_welcome() -> None:
    members = Members(
        {
            "regular": gave(9, MONDAY, TUESDAY, FRIDAY),
            "helper": gave(3, MONDAY, TUESDAY, helps=1),
            "helps": gave(2, FRIDAY, helps=1),
            "once": gave(170, MONDAY),
            "twice": gave(90, MONDAY, FRIDAY),
        }
    )
    found = [(one.author, one.gave.score) for one in contributors(members)]
    assert found == [("regular", 27), ("helper", 26), ("helps", 12)]


def test_who_only_looked_is_thanked_by_nobody() -> None:
    days = (MONDAY, TUESDAY, FRIDAY)
    members = Members({"ana": gave(5, *days), "looks": gave(0, *days)})
    assert [one.author for one in contributors(members)] == ["ana"]


def test_a_day_that_is_told_twice_is_one_day() -> None:
    one = Members({"ana": gave(2, MONDAY)}) + Members({"ana": gave(3, MONDAY, TUESDAY), "bo": gave(1, TUESDAY)})
    assert one.of == {"ana": gave(5, MONDAY, TUESDAY), "bo": gave(1, TUESDAY)}


def test_of_a_day_with_too_many_helpers_are_kept_first() -> None:
    crowd = Members({f"{n:03}": gave(n, MONDAY) for n in range(MOST + 10)} | {"helper": gave(0, MONDAY, helps=1)})
    found = crowd.most().of
    assert len(found) == MOST
    assert "helper" in found
    assert "000" not in found
