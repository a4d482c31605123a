"""tribune report: the week on a terminal, and as JSON whose every figure says where it comes from."""

import json
import os
from datetime import timedelta

import pytest
from commanding import Tribune, ordinary
from world import World


def test_the_week_on_a_narrow_terminal_and_as_json(
    world: World, tribune: Tribune, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(1, 4):
        said = world.comment(number, "Très beau vélo, il roule tout seul", author=str(7000 + number))
        world.deliver("facebook", said)
    world.settle(minutes=10)
    world.now += timedelta(hours=2)
    world.invoke("seal_hours", {})
    monkeypatch.setattr("shutil.get_terminal_size", lambda *_: os.terminal_size((40, 24)))

    shown = tribune("report", "--week", "2026-W48")
    assert shown.code == 0
    assert "3 commentaires de 3 personnes cette semaine." in " ".join(ordinary(shown.out).split())
    assert "mar 24 3 ███" in shown.out
    assert max(map(len, shown.out.splitlines())) <= 40

    content = json.loads(tribune("report", "--month", "2026-11", "--json", "--lang", "en").out)
    assert (content["period"]["name"], content["complete"]) == ("2026-11", False)
    totals = {one["name"]: one for one in content["totals"]}
    assert (totals["comment"]["n"], totals["comment"]["source"]) == (3, "counts: kind comment")
    assert all(one["formula"] and "denominator" in one["now"] for one in content["measures"])

    assert "tout est resté calme" in " ".join(ordinary(tribune("report").out).split()), "the last week that is over"


@pytest.mark.parametrize("arguments", [("--week", "2026-W60"), ("--month", "novembre")])
def test_what_is_no_period_is_refused_with_a_sentence(tribune: Tribune, arguments: tuple[str, ...]) -> None:
    refused = tribune("report", *arguments)
    assert (refused.code, "neither a week" in refused.err) == (2, True)
