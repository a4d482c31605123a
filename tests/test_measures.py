"""The named formulas: numerator, denominator, and no value where nothing was there."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from local.configuration import read
from tribune import measures, words
from tribune.community import Community, Fans, Mentions, Post
from tribune.conversation import Thread, Threads
from tribune.crowd import Crowd
from tribune.duty import Rota
from tribune.figures import ANSWERED, EVERYBODY, THREADS, Figures, Slot
from tribune.journal import Case, CaseState, Promised
from tribune.measures import Better, Card, Measure, Period, Presence, Spread, spread, told
from tribune.notice import Appeal, AppealState

PARIS = ZoneInfo("Europe/Paris")
ROTA = Rota.model_validate(
    {
        "people": [{"id": "ana", "name": "Ana"}],
        "fallback": {"id": "bo", "name": "Bo"},
        "presence": "mon-fri 09:00-18:00",
        "holidays": ["2026-11-11"],
    }
)


A, B, AD = (f"facebook/1001/{post}" for post in ("a", "b", "ad"))
WEEK = date(2026, 11, 23), date(2026, 11, 29)
NOW = datetime(2026, 12, 1, 12, tzinfo=UTC)


def slot(kind: str, level: int = 1, post: str = A, mechanic: str = "", *, sponsored: bool = False) -> Slot:
    return Slot(post, mechanic, 0, sponsored, kind, level)


MONTH = Figures(
    counts=Counter(
        {
            slot("reaction"): 60,
            slot("comment"): 20,
            slot("comment", 2, B, "contest"): 10,
            slot("share", 2, B, "contest"): 4,
            slot("reaction", 1, AD, sponsored=True): 900,
        }
    ),
    points=Counter(
        {
            slot("reaction"): 60,
            slot("comment"): 60,
            slot("comment", 2, B, "contest"): 50,
            slot("share", 2, B, "contest"): 16,
            slot("reaction", 1, AD, sponsored=True): 900,
        }
    ),
    rungs=Counter(
        {("respect", 1, "remind"): 3, ("respect", 1, "hide"): 1, ("respect", 2, "hide"): 1, ("spam", 0, "hide"): 2}
    ),
    waiting={"late": 0, "in the night": 86_400},
    threads=Threads(
        {
            "1": Thread(members=1),
            "2": Thread(members=2, ours=1, asked=100, heard=200),
            "3": Thread(members=3, ours=3, asked=300, heard=200),
            "4": Thread(ours=1, asked=400),
        }
    ),
    first={A: int(datetime(2026, 11, 27, 8, tzinfo=UTC).timestamp())},
    clauses=Counter({("respect", "cited"): 8, ("respect", "reversed"): 1, ("spam", "cited"): 2, ("spam", "alone"): 2}),
    talk=Counter(
        {
            "comments": 40,
            "to_member": 9,
            "to_us": 5,
            "asked": 8,
            "measures": 5,
            "cited": 5,
            "negative": 12,
            "positive": 9,
            "criticism": 4,
            "criticism_kept": 3,
            "paid.comments": 10,
            "paid.to_member": 3,
            "paid.to_us": 2,
            "paid.negative": 6,
            "paid.positive": 1,
        }
    ),
    said=Counter({("person", "lead"): 6, ("person", "serve"): 2, ("person", "police"): 2, ("machine", "police"): 40}),
    answers={str(number): (0, 60 * number) for number in range(1, 7)},
    people={
        EVERYBODY: Crowd.of(map(str, range(71))),
        f"post#{A}": Crowd.of(map(str, range(30))),
        f"post#{B}": Crowd.of(map(str, range(20, 47))),
        f"post#{AD}": Crowd.of(map(str, range(40, 71))),
        THREADS: Crowd.of(map(str, range(20))),
        ANSWERED: Crowd.of(map(str, range(15, 30))),
    },
)


def figures_of(name: str, found: list[Measure]) -> tuple[float, float]:
    (one,) = [measure for measure in found if measure.name == name]
    return one.numerator, one.denominator


def community(**more: Any) -> Community:
    base = read("community: {id: garance, name: Garance, timezone: Europe/Paris}\n").community
    return base.model_copy(update={"rota": ROTA, **more})


TOLD = community(
    posts=(Post(platform="facebook", account="1001", id="a", reach=12_000), Post(platform="facebook", account="1001", id="b", published_at=datetime(2026, 11, 24, 9, tzinfo=PARIS))),
    fans=(Fans(platform="facebook", account="1001", since=date(2026, 1, 1), fans=4000), Fans(platform="facebook", account="1001", since=date(2026, 11, 25), fans=6000)),
    mentions=(Mentions(first=WEEK[0], last=WEEK[1], ours=24, others=76), Mentions(first=date(2026, 11, 1), last=date(2026, 11, 30), ours=999, others=1)),
)  # fmt: skip
CASE = Case(
    "garance", "c", "facebook", "1001", "1", "1", "page", CaseState.OPEN, "question", NOW, NOW, 1,
    promises=(Promised("17 h", NOW, NOW - timedelta(hours=1), NOW - timedelta(hours=2)),),
)  # fmt: skip


def appeal(due: int, decided: int | None = None) -> Appeal:
    """One whose answer is promised for a day of November, and given on another."""
    at = [datetime(2026, 11, day, tzinfo=UTC) if day else None for day in (1, due, decided)]
    assert at[0] is not None
    assert at[1] is not None
    state = AppealState.UPHELD if decided else AppealState.OPEN
    return Appeal("garance", "t", "facebook", "1001", "1", at[0], at[1], state, decided_at=at[2])


EVERYTHING = Period(
    MONTH,
    TOLD,
    *WEEK,
    NOW,
    answer_within=timedelta(hours=4),
    heads=(),
    cases=(CASE,),
    appeals=(appeal(8, 7), appeal(8, 9), appeal(10), replace(appeal(10), due_at=NOW + timedelta(days=2))),
)


def every(period: Period = EVERYTHING) -> list[Measure | Spread]:
    return [one for group in measures.of(period) for one in group.measures]


@pytest.mark.parametrize(
    ("name", "numerator", "denominator"),
    [
        ("conversation_rate", 30, 2),
        ("amplification_rate", 4, 2),
        ("applause_rate", 60, 2),
        ("weighted_engagement", 186, 2),
        ("weight_of_an_interaction", 186, 94),
        ("interactions_per_participant", 94, 47),  # whoever only reacted to the sponsored post is not in it
        ("weighted_engagement.contest", 66, 1),
        ("weighted_engagement.unsaid", 120, 1),
        ("paid.applause_rate", 900, 1),
        ("paid.weighted_engagement.unsaid", 900, 1),
        ("paid.interactions_per_participant", 900, 31),
        ("paid.negative_share", 6, 10),
        ("paid.dialogue", 3, 10),
        ("leader_ratio", 8, 10),
        ("said_by_a_person", 10, 50),
        ("presence", 5, 20),
        ("dialogue", 6, 30),
        ("answers_to_us", 3, 30),
        ("our_questions_answered", 1, 3),
        ("our_share_of_a_thread", 4, 9),
        ("charter_citation", 5, 5),
        ("criticism_kept", 3, 4),
        ("consistency", 3 + 2, 4 + 2),  # nothing stands beside the one second strike
        ("reversal_rate", 1, 10),
        ("decided_alone", 2, 10),
        ("response_rate", 6, 8),
        ("very_responsive", 6, 8),
        ("answered_in_time", 6, 8),
        ("promises_kept", 1, 1),
        ("appeals_in_time", 1, 3),  # the third is overdue; the time of the fourth is not over
        ("engagement_rate_by_fans", 80 + 14, 6000 + 4000),
        ("conversation_per_thousand", 30, 10),
        ("amplification_per_thousand", 4, 10),
        ("applause_per_thousand", 60, 10),
        ("engagement_rate_by_reach", 80, 12_000),
        ("reach_rate", 12_000, 6000),
        ("negative_share", 6, 30),
        ("net_sentiment", 8 - 6, 30),
        ("share_of_voice", 24, 100),  # what was counted over other days is left out
    ],
)
def test_a_formula_shows_both_of_its_figures(name: str, numerator: float, denominator: float) -> None:
    assert figures_of(name, [one for one in every() if isinstance(one, Measure)]) == (numerator, denominator)


def test_of_four_threads_the_median_of_those_in_which_a_member_spoke_is_three_messages() -> None:
    (depth,) = [one for one in every() if one.name == "thread_depth"]
    assert isinstance(depth, Spread)
    assert (depth.sample, depth.median, depth.unit) == (3, 3, measures.Unit.EACH)


def test_where_nothing_was_there_nothing_has_a_value() -> None:
    empty = Period(Figures(), community(), *WEEK, NOW, timedelta(hours=4), heads=(), cases=(), appeals=())
    found = every(empty)
    assert {one.value for one in found if isinstance(one, Measure)} == {None}
    assert {one.median for one in found if isinstance(one, Spread)} == {None}
    assert spread("x", ()).median is None


def test_what_nobody_looked_at_is_left_out_and_so_is_what_nobody_entered() -> None:
    names = {one.name for one in every(Period(MONTH, community(), *WEEK, NOW))}
    unknown = {"answered_in_time", "promises_kept", "appeals_in_time", "reminder_success", "share_of_voice"}
    assert names.isdisjoint(unknown | {"engagement_rate_by_fans", "reach_rate", "engagement_rate_by_reach"})


def test_what_facebook_asks_of_a_week_is_not_asked_of_a_month() -> None:
    month = replace(EVERYTHING, first=date(2026, 11, 1), last=date(2026, 11, 30))
    assert "very_responsive" not in {one.name for one in every(month)}


def test_a_group_without_sponsored_posts_is_left_out_and_the_first_one_is_how_we_lead() -> None:
    organic = Figures(counts=Counter({slot("comment"): 1}))
    names = [group.name for group in measures.of(Period(organic, community(), *WEEK, NOW))]
    assert names == ["leadership", "commitments", "charter", "engagement", "mechanics", "tone"]


# --- their words ---


def test_every_formula_that_can_be_shown_is_told_in_both_languages_and_no_other_is() -> None:
    shown = {one.name.removeprefix("paid.").partition(".")[0] for one in every()}
    assert shown == words.shared("measures").keys()
    for language in words.LANGUAGES:
        table = words.table(language, "measures")
        assert table["measures"].keys() == shown
        assert table["groups"].keys() == {group.name for group in measures.of(EVERYTHING)}
        for one in every():
            said = told(one.name, language)
            assert said.name
            assert said.formula.endswith(".")
            assert said.read.endswith(".")


def test_a_target_and_what_is_rough_are_said() -> None:
    assert told("leader_ratio", "en").read.startswith("Higher is better. Target: 80% at least.")
    assert "Objectif\u00a0: 100\u00a0%, sans exception." in told("charter_citation", "fr").read
    assert told("negative_share", "en").read.endswith("Rough: lists of words do not understand irony.")
    assert measures.card("presence") == Card(better=Better.HIGHER)


def test_what_posts_ask_for_is_called_by_its_name_and_somebodys_own_as_they_wrote_it() -> None:
    assert told("weighted_engagement.contest", "fr").name == "Engagement pondéré par post\u00a0: concours"
    assert told("paid.weighted_engagement.troc", "en").name == "Weighted engagement per post: troc (sponsored posts)"


# --- our word ---

MONDAY = datetime(2026, 11, 23, tzinfo=PARIS)


def at(day: int, hour: float) -> int:
    """Seconds of an hour of a day of the week, 0 for Monday."""
    return int((MONDAY + timedelta(days=day, hours=hour)).timestamp())


def kept(answers: dict[str, tuple[int, int]], waiting: dict[str, int], now: datetime = NOW) -> tuple[float, float]:
    figures = Figures(answers=answers, waiting=waiting, talk=Counter(asked=len(answers) + len(waiting)))
    found = measures.answered_in_time(figures, ROTA, PARIS, timedelta(hours=4), now)
    return found.numerator, found.denominator


def test_a_question_of_friday_evening_answered_on_monday_morning_is_answered_in_time() -> None:
    assert kept({"q": (at(4, 17.5), at(7, 10))}, {}) == (1, 1)
    assert kept({"q": (at(4, 9), at(4, 14))}, {}) == (0, 1)


def test_a_question_without_an_answer_counts_once_its_time_is_over() -> None:
    asked = {"q": at(0, 17)}
    assert kept({}, asked, MONDAY + timedelta(days=1, hours=11)) == (0, 0)
    assert kept({}, asked, MONDAY + timedelta(days=1, hours=13)) == (0, 1)


def test_of_a_flood_some_questions_stand_for_all() -> None:
    figures = Figures(waiting={str(n): at(0, 9) for n in range(1000)}, talk=Counter(asked=5000))
    found = measures.answered_in_time(figures, ROTA, PARIS, timedelta(hours=4), NOW)
    assert (found.numerator, found.denominator, found.estimated) == (0, 5000, True)


@pytest.mark.parametrize(
    ("asked", "answered", "kept", "called"),
    [
        (at(0, 8), at(0, 10), 1, 1),
        (at(0, 10), at(1, 10), 1, 2),  # nobody came on Monday
        (at(0, 17.5), at(1, 10), 1, 1),  # in the last hour of Monday's
        (at(4, 19), at(5, 10), 0, 0),  # on Saturday nothing is announced
        (at(3, 12), None, 0, 2),
    ],
)
def test_presence_is_kept_when_somebody_waited_and_a_person_answered(
    asked: int, answered: int | None, kept: int, called: int
) -> None:
    figures = Figures(answers={"q": (asked, answered)}) if answered else Figures(waiting={"q": asked})
    found = measures.presence_kept(figures, ROTA, PARIS, MONDAY, MONDAY + timedelta(weeks=1))
    assert (found.numerator, found.denominator) == (kept, called)


@given(st.lists(st.tuples(st.integers(0, 40 * 24), st.integers(0, 100)), max_size=4))
def test_presence_over_many_days_is_the_sum_of_that_over_each_part_of_them(waits: list[tuple[int, int]]) -> None:
    since, until = datetime(2026, 10, 1, tzinfo=UTC), datetime(2026, 12, 1, tzinfo=UTC)
    there = Presence.of(ROTA, PARIS, since, until)
    for hour, lasts in waits:
        begin = since + timedelta(hours=hour)
        parts = [begin + timedelta(hours=n) for n in range(lasts + 1)]
        told = sum((there.between(a, b) for a, b in pairwise(parts)), timedelta())
        around = Presence.of(ROTA, PARIS, begin, parts[-1])
        assert there.between(begin, parts[-1]) == told == around.between(begin, parts[-1])


# --- when to speak ---


def posts(*told: tuple[datetime, int], **more: Any) -> Period:
    """A year in which posts appeared and drew so many points."""
    names = [f"facebook/1001/{n}" for n in range(len(told))]
    written = [
        Post(platform="facebook", account="1001", id=str(n), published_at=when, **more)
        for n, (when, _) in enumerate(told)
    ]
    figures = Figures(
        counts=Counter({slot("comment", post=name, sponsored=more.get("sponsored", False), mechanic=more.get("mechanic", "")): 1 for name, (_, points) in zip(names, told, strict=True) if points}),
        points=Counter({slot("comment", post=name, sponsored=more.get("sponsored", False), mechanic=more.get("mechanic", "")): points for name, (_, points) in zip(names, told, strict=True) if points}),
    )  # fmt: skip
    return Period(figures, community(posts=tuple(written)), date(2026, 1, 1), date(2026, 12, 31), NOW)


def test_five_posts_of_a_tuesday_evening_are_drawn_towards_what_a_usual_post_does() -> None:
    tuesday, friday = (datetime(2026, 2, day, 18, 30, tzinfo=PARIS) for day in (3, 6))
    evenings = [(tuesday + week * timedelta(weeks=1), 30) for week in range(5)]
    lucky = [(friday, 500)]
    first, second = measures.best_times(posts(*evenings, *lucky))

    usual = (5 * 30 + 500) / 6
    assert (first.weekday, first.hour, first.posts, first.points) == (1, 18, 5, 150)
    assert first.value == pytest.approx((150 + 5 * usual) / 10)
    assert (second.posts, second.value) == (1, None), "one lucky post is no advice"


def test_the_hour_that_comes_twice_is_one_hour_and_winter_and_summer_have_the_same_clock() -> None:
    night = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    (cell,) = measures.best_times(posts((night, 1), (night + timedelta(hours=1), 1)))
    assert (cell.weekday, cell.hour, cell.posts) == (6, 2, 2)
    july, january = datetime(2026, 7, 6, 7, tzinfo=UTC), datetime(2026, 1, 5, 8, tzinfo=UTC)
    (cell,) = measures.best_times(posts((july, 1), (january, 1)))
    assert (cell.weekday, cell.hour, cell.posts) == (0, 9, 2)


@pytest.mark.parametrize("more", [{"sponsored": True}, {"mechanic": "contest"}])
def test_a_contest_and_what_was_paid_for_say_nothing_of_the_hour(more: dict[str, Any]) -> None:
    assert measures.best_times(posts((NOW, 50), (NOW, 0), **more)) == []


def test_a_post_that_drew_nothing_counts_and_one_of_which_nobody_told_is_said_to_be_estimated() -> None:
    (silent,) = measures.best_times(posts((NOW, 0)))
    assert (silent.posts, silent.points, silent.estimated) == (1, 0, False)
    (heard,) = measures.best_times(Period(MONTH, community(), *WEEK, NOW))
    assert (heard.weekday, heard.hour, heard.posts, heard.estimated) == (4, 9, 1, True)


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
    assert Presence.of(ROTA, PARIS, begin, end).between(begin, end) == timedelta(hours=hours)
