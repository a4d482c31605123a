"""The named formulas: numerator, denominator, and no value where nothing was there."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tribune import measures
from tribune.crowd import Crowd
from tribune.duty import Rota
from tribune.figures import ANSWERED, EVERYBODY, THREADS, Figures, Slot
from tribune.measures import Measure, spread

PARIS = ZoneInfo("Europe/Paris")
ROTA = Rota.model_validate(
    {
        "people": [{"id": "ana", "name": "Ana"}],
        "fallback": {"id": "bo", "name": "Bo"},
        "presence": "mon-fri 09:00-18:00",
        "holidays": ["2026-11-11"],
    }
)


def slot(kind: str, level: int = 1, post: str = "a", mechanic: str = "", *, sponsored: bool = False) -> Slot:
    return Slot(post, mechanic, 0, sponsored, kind, level)


MONTH = Figures(
    counts=Counter(
        {
            slot("reaction"): 60,
            slot("comment"): 20,
            slot("comment", 2, "b", "contest"): 10,
            slot("share", 2, "b", "contest"): 4,
            slot("reaction", 1, "ad", sponsored=True): 900,
        }
    ),
    points=Counter(
        {
            slot("reaction"): 60,
            slot("comment"): 60,
            slot("comment", 2, "b", "contest"): 50,
            slot("share", 2, "b", "contest"): 16,
            slot("reaction", 1, "ad", sponsored=True): 900,
        }
    ),
    clauses=Counter({("respect", "cited"): 8, ("respect", "reversed"): 1, ("spam", "cited"): 2, ("spam", "alone"): 2}),
    talk=Counter({"comments": 30, "to_member": 6, "to_us": 3, "asked": 8, "measures": 5, "cited": 5}),
    said=Counter({("person", "lead"): 6, ("person", "serve"): 2, ("person", "police"): 2, ("machine", "police"): 40}),
    answers={str(number): (0, 60 * number) for number in range(1, 7)},
    people={
        EVERYBODY: Crowd.of(map(str, range(71))),
        THREADS: Crowd.of(map(str, range(20))),
        ANSWERED: Crowd.of(map(str, range(15, 30))),
    },
)


def figures_of(name: str, found: list[Measure]) -> tuple[float, float]:
    (one,) = [measure for measure in found if measure.name == name]
    return one.numerator, one.denominator


@pytest.mark.parametrize(
    ("name", "numerator", "denominator"),
    [
        ("conversation_rate", 30, 2),
        ("amplification_rate", 4, 2),
        ("applause_rate", 60, 2),
        ("weighted_engagement", 186, 2),
        ("weight_of_an_interaction", 186, 94),
        ("interactions_per_participant", 994, 71),
        ("leader_ratio", 8, 10),
        ("said_by_a_person", 10, 50),
        ("presence", 5, 20),
        ("dialogue", 6, 30),
        ("answers_to_us", 3, 30),
        ("charter_citation", 5, 5),
        ("reversal_rate", 1, 10),
        ("decided_alone", 2, 10),
        ("response_rate", 6, 8),
        ("weighted_engagement.contest", 66, 1),
        ("weighted_engagement.unsaid", 120, 1),
        ("engagement_rate_by_fans", 994, 5000),
        ("reach_rate", 20_000, 5000),
    ],
)
def test_a_formula_shows_both_of_its_figures(name: str, numerator: float, denominator: float) -> None:
    found = [
        *measures.engagement(MONTH),
        *measures.by_mechanic(MONTH),
        *measures.per_audience(MONTH, fans=5000, reach=20_000),
        *measures.leadership(MONTH),
        *measures.charter(MONTH),
        measures.response_rate(MONTH),
    ]
    assert figures_of(name, found) == (numerator, denominator)


def test_what_was_paid_for_is_measured_apart() -> None:
    (paid,) = measures.by_mechanic(MONTH, sponsored=True)
    assert (paid.numerator, paid.denominator) == (900, 1)


def test_where_nothing_was_there_nothing_has_a_value() -> None:
    found = [*measures.engagement(Figures()), *measures.leadership(Figures()), *measures.charter(Figures())]
    assert {one.value for one in found} == {None}
    assert spread("x", ()).median is None


@given(st.lists(st.integers(0, 10**6), min_size=1))
def test_the_ninetieth_is_one_that_happened_and_no_less_than_the_median(values: list[int]) -> None:
    found = spread("x", values)
    assert found.median is not None
    assert found.ninetieth in values
    assert found.ninetieth >= found.median
    assert sum(value <= found.ninetieth for value in values) >= 0.9 * len(values)


@pytest.mark.parametrize(
    ("since", "until", "hours"),
    [
        ("2026-11-24T10:00", "2026-11-24T12:00", 2),
        ("2026-11-24T17:00", "2026-11-25T10:00", 2),
        ("2026-11-27T17:00", "2026-11-30T09:30", 1.5),
        ("2026-11-10T17:00", "2026-11-12T10:00", 2),  # the 11th is a public holiday
        ("2026-11-24T20:00", "2026-11-24T22:00", 0),
    ],
)
def test_working_time_is_when_the_team_is_there(since: str, until: str, hours: float) -> None:
    begin, end = (datetime.fromisoformat(one).replace(tzinfo=PARIS).astimezone(UTC) for one in (since, until))
    assert measures.present_between(ROTA, begin, end, PARIS) == timedelta(hours=hours)
