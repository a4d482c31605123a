"""What a week comes to: every figure is a sum of what was counted, and nothing is said of too few."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from local.configuration import read
from tribune.channel import ActKind
from tribune.charter import Findings
from tribune.charter.findings import Signal
from tribune.comment import Audience
from tribune.community import Post
from tribune.crowd import Crowd
from tribune.decision import Mode, Urgency
from tribune.errors import BadConfiguration
from tribune.figures import Figures, Slot
from tribune.journal import Action, ActionState, Call, CallState, Case, CaseState, Head, HeadKind, Promised, Verdict
from tribune.notice import Appeal, AppealState
from tribune.proposals import Heard, may_be_quoted
from tribune.report import Material, Period, Report, Thanked, build
from tribune.workflow.reporting import packed, unpacked

WEEK = Period.read("2026-W47")
MONDAY = datetime(2026, 11, 23, 9, tzinfo=UTC)
TUESDAY = datetime(2026, 11, 17, 10, tzinfo=UTC)
GARANCE = read("community: {id: garance, name: Garance}\n").community
FINE = Verdict(measure="nothing", reason="conversation", mode=Mode.ACT)


def slot(
    post: str = "1", kind: str = "comment", level: int = 1, mechanic: str = "", *, sponsored: bool = False
) -> Slot:
    return Slot(f"facebook/1001/{post}", mechanic, 0, sponsored, kind, level)


def drew(counts: dict[Slot, int], **more: Any) -> Figures:
    weights = {"comment": 3, "reaction": 1, "share": 4}
    points = Counter({one: n * weights[one.kind] for one, n in counts.items()})
    return Figures(counts=Counter(counts), points=points, **more)


NOTHING = Figures()


def reported(figures: Figures = NOTHING, before: Figures = NOTHING, **more: Any) -> Report:
    material = Material(days={WEEK.first: figures}, before=before, counted_to=MONDAY, **more)
    return build(GARANCE, WEEK, material, MONDAY)


def said(
    name: str, text: str, *signals: Signal, asks: tuple[str, ...] = (), reason: str = "conversation", **more: Any
) -> tuple[Head, Heard]:
    head = Head(
        community="garance", platform="facebook", account="1001", object=name, kind=HeadKind.COMMENT, v="1", rev=1,
        space="page", thread=name, post="1", audience=Audience.PUBLIC, posted_at=TUESDAY, received_at=TUESDAY,
        author=more.pop("author", f"author-{name}"), verdict=replace(FINE, reason=reason),
    )  # fmt: skip
    head = replace(head, **more)
    findings = Findings(signals=frozenset(signals), asks=asks)
    return head, Heard(head.at[1:], head.author or name, TUESDAY, reason, waits=False, text=text, findings=findings)


# --- periods ---


@pytest.mark.parametrize(
    ("name", "first", "last", "before"),
    [
        ("2026-W47", date(2026, 11, 16), date(2026, 11, 22), "2026-W46"),
        ("2026-W01", date(2025, 12, 29), date(2026, 1, 4), "2025-W52"),
        ("2026-W53", date(2026, 12, 28), date(2027, 1, 3), "2026-W52"),
        ("2026-01", date(2026, 1, 1), date(2026, 1, 31), "2025-12"),
        ("2028-02", date(2028, 2, 1), date(2028, 2, 29), "2028-01"),
    ],
)
def test_a_period_is_named_and_follows_another(name: str, first: date, last: date, before: str) -> None:
    period = Period.read(name)
    assert (period.first, period.last, period.name, period.before.name) == (first, last, name, before)


@pytest.mark.parametrize("name", ["", "2026", "2026-W54", "2026-W00", "2026-13", "2026-11-22", "2025-W53", "0000-01"])
def test_what_is_no_period_is_refused(name: str) -> None:
    with pytest.raises(BadConfiguration, match="neither a week"):
        Period.read(name)


def test_a_week_with_a_change_of_the_hour_has_its_167_or_169_hours() -> None:
    spring, autumn = (Period.read(name).bounds(GARANCE.zone) for name in ("2026-W13", "2026-W43"))
    assert (spring[1] - spring[0], autumn[1] - autumn[0]) == (timedelta(hours=167), timedelta(hours=169))


# --- figures ---

SLOTS = st.builds(
    slot,
    st.sampled_from("123"),
    st.sampled_from(["comment", "reaction", "share"]),
    st.sampled_from([0, 1, 2, 3]),
    st.sampled_from(["", "question", "contest"]),
    sponsored=st.booleans(),
)
WEEKS = st.dictionaries(
    st.sampled_from(WEEK.days),
    st.builds(
        lambda counts, marks, talk: drew(counts, clauses=Counter(marks), talk=Counter(talk)),
        st.dictionaries(SLOTS, st.integers(0, 50), max_size=6),
        st.dictionaries(
            st.tuples(st.sampled_from(["respect", "spam", ""]), st.sampled_from(["cited", "hidden", "reminded"])),
            st.integers(0, 9),
        ),
        st.dictionaries(st.sampled_from(["asked", "comments"]), st.integers(0, 9)),
    ),
)


@settings(max_examples=50, deadline=None)  # the first one reads the words of the measures
@given(days=WEEKS)
def test_every_figure_is_a_sum_of_what_was_counted(days: dict[date, Figures]) -> None:
    report = build(GARANCE, WEEK, Material(days=days, before=Figures(), counted_to=MONDAY), MONDAY)
    whole = sum(days.values(), Figures())

    assert report.total("interactions").n == whole.counts.total() == sum(sum(one.levels) for one in report.days)
    for level in range(4):
        assert report.total(f"level_{level}").n == sum(one.levels[level] for one in report.days)
    for kind in ("comment", "reaction", "share"):
        assert report.total(kind).n == sum(n for one, n in whole.counts.items() if one.kind == kind)
    for mark in ("cited", "hidden", "reminded"):
        by_clause = sum(getattr(one, mark) for one in report.clauses)
        assert report.total(mark).n == by_clause == sum(n for (_, what), n in whole.clauses.items() if what == mark)
    organic = sum(n for one, n in whole.counts.items() if not one.sponsored)
    assert sum(one.interactions for one in report.mechanics) == organic
    assert all(total.source for total in report.totals)


@settings(max_examples=50, deadline=None)  # the first one reads the words of the measures
@given(days=WEEKS)
def test_a_report_travels_whole_and_is_the_same_from_the_same_material(days: dict[date, Figures]) -> None:
    material = Material(days=days, before=Figures(), counted_to=MONDAY)
    report = build(GARANCE, WEEK, material, MONDAY)
    assert unpacked(packed(report)) == report == build(GARANCE, WEEK, material, MONDAY)


# --- posts ---


def posts(*drawn: tuple[str, int]) -> Figures:
    return drew({slot(str(number), mechanic=mechanic): n for number, (mechanic, n) in enumerate(drawn, 1)})


def test_one_post_is_compared_with_nothing() -> None:
    report = reported(posts(("question", 9)))
    assert report.best is not None
    assert (report.best.why, report.best.small, report.worst) == ("alone", True, None)


def test_posts_of_a_kind_that_draw_more_are_no_accident_and_one_of_a_kind_proves_nothing() -> None:
    report = reported(posts(("question", 30), ("question", 28), ("story", 10), ("story", 8), ("story", 9)))
    assert report.best is not None
    assert report.worst is not None
    assert (report.best.why, report.worst.why, report.best.small) == ("mechanic", "mechanic", False)

    lonely = reported(posts(("question", 30), ("story", 10), ("story", 8), ("", 9), ("", 7)))
    assert lonely.best is not None
    assert lonely.best.why != "mechanic"


def test_of_a_handful_nobody_says_why_and_a_crowd_that_did_more_than_click_is_a_reason() -> None:
    def contest(times: int) -> Report:
        entries, likes = slot("1", "comment", 2, "contest"), slot("2", "reaction")
        return reported(drew({entries: 3 * times, likes: 2 * times, slot("3"): times}))

    few, enough = contest(4), contest(8)
    assert few.best is not None
    assert few.worst is not None
    assert enough.best is not None
    assert (few.best.why, few.worst.why, few.best.small) == ("few", "few", True)
    assert (enough.best.why, dict(enough.best.figures)) == ("level", {"deep": 24, "n": 24})


def test_a_paid_post_is_neither_the_best_nor_the_worst() -> None:
    paid = drew({slot("ad", sponsored=True): 900, slot("1"): 4, slot("2"): 5})
    report = reported(paid)
    assert report.best is not None
    assert (report.best.post, report.posts) == ("facebook/1001/2", 2)


# --- what was said ---

LINE = "Bravo pour le vélo, il roule tout seul"


def test_two_praise_and_two_criticise_each_in_a_line_of_their_own() -> None:
    read = tuple(said(str(n), f"{LINE} {'!' * n}", Signal.PRAISE) for n in range(4))
    read += tuple(said(f"c{n}", f"Livraison nulle, {n} semaines de retard", Signal.CRITICISM) for n in range(3))
    report = reported(read=read)
    assert (len(report.praise), len(report.criticism)) == (2, 2)


@pytest.mark.parametrize(
    "unfit",
    [
        {"confidential": True},
        {"deleted": True},
        {"hidden": True},
        {"audience": Audience.PRIVATE},
        {"verdict": replace(FINE, clause="respect")},
        {"verdict": replace(FINE, ground="law")},
        {"verdict": None},
        {"kind": HeadKind.TEAM},
        {"actions": (Action("a", ActKind.HIDE, "p", ActionState.SENT, "1", TUESDAY, TUESDAY),)},
        {"actions": (Action("a", ActKind.HIDE, "p", ActionState.PROPOSED, "1", TUESDAY, TUESDAY),)},
    ],
    ids=str,
)
def test_what_is_confidential_private_gone_hidden_or_held_against_somebody_is_quoted_nowhere(unfit: Any) -> None:
    one = said("1", LINE, Signal.PRAISE, **unfit)
    report = reported(read=(one,))
    assert not may_be_quoted(one[0])
    assert (report.praise, report.questions) == ((), ())


def test_praise_with_a_grievance_is_irony_and_misfortune_is_nobodys_quotation() -> None:
    ironic = said("1", "Bravo, encore trois semaines de retard", Signal.PRAISE, Signal.GRIEVANCE)
    sad = said("2", "Mon père est mort sur ce vélo", Signal.CRITICISM, Signal.HARM)
    report = reported(read=(ironic, sad))
    assert (report.praise, report.criticism) == ((), ())


def test_what_three_people_ask_is_a_question_and_what_one_asks_three_times_is_not() -> None:
    asks = [f"Le pneu du G3 tient en cabine d'avion ? {n}" for n in range(3)]
    three = tuple(said(str(n), text, Signal.QUESTION, reason="question") for n, text in enumerate(asks))
    alone = tuple(said(str(n), text, Signal.QUESTION, reason="question", author="x") for n, text in enumerate(asks))
    (asked,) = reported(read=three).questions
    assert (asked.people, asked.times, asked.faq) == (3, 3, None)
    assert reported(read=alone).questions == ()


def test_three_are_thanked_who_gave_most() -> None:
    def gave(name: str, helped: int, days: int) -> Thanked:
        return Thanked(("facebook", "1001", name), helped, days, ambassador=False, may_be_named=False)

    report = reported(thanks=(gave("a", 2, 1), gave("c", 0, 3), gave("d", 1, 1), gave("e", 1, 1)))
    assert [one.source[2] for one in report.thanks] == ["a", "c", "d"]
    assert suggestions(report) == ["thank"]
    assert report.suggestions[0].figures == {"n": "2"}


# --- what the team did ---


def called(name: str, at: datetime, reason: str = "threat", urgency: str = Urgency.NOW, **more: Any) -> Call:
    return Call("garance", name, reason, urgency, at, at, CallState.TAKEN, 1, tried=("marie",), **more)


def test_nights_are_counted_for_whoever_was_rung_and_digests_are_no_alerts() -> None:
    night, day = datetime(2026, 11, 18, 2, tzinfo=UTC), datetime(2026, 11, 18, 10, tzinfo=UTC)
    calls = (
        called("1", night, taken_by="marie", taken_at=night + timedelta(minutes=8)),
        called("2", day),
        called("3", day, reason="digest"),
        called("4", night, reason="breach", urgency=Urgency.HOURS),
        called("5", night - timedelta(days=30)),
    )
    alerts = reported(calls=calls).alerts
    assert (alerts.calls, dict(alerts.reasons), alerts.nights) == (3, {"threat": 2, "breach": 1}, (("marie", 1),))
    assert alerts.taken.median == 480


def test_distress_is_no_reason_and_the_night_it_took_still_counts() -> None:
    alerts = reported(calls=(called("1", datetime(2026, 11, 18, 2, tzinfo=UTC), reason="distress"),)).alerts
    assert (alerts.calls, alerts.reasons, alerts.taken.sample, alerts.nights) == (0, (), 0, (("marie", 1),))


def test_appeals_are_those_of_the_week() -> None:
    def appeal(
        name: str, at: datetime, decided: datetime | None = None, state: AppealState = AppealState.OPEN
    ) -> Appeal:
        return Appeal("garance", name, "facebook", "1001", name, at, at, state, decided_at=decided)

    day = timedelta(days=1)
    appeals = (
        appeal("a", TUESDAY),
        appeal("b", TUESDAY - 9 * day, TUESDAY, AppealState.OVERTURNED),
        appeal("c", TUESDAY - 30 * day, TUESDAY - 20 * day, AppealState.OVERTURNED),
    )
    told = reported(appeals=appeals).appeals
    assert (told.received, told.decided, told.overturned, told.took.median) == (1, 1, 1, 9 * 86400)


def test_only_the_promises_that_fell_due_in_the_week_count() -> None:
    def case(due: datetime, kept: datetime | None) -> Case:
        promise = Promised("17 h", due - timedelta(hours=1), due, kept)
        return Case(
            "garance", "c", "facebook", "1001", "1", "1", "page", CaseState.OPEN, "question", TUESDAY, TUESDAY, 1,
            promises=(promise,),
        )  # fmt: skip

    cases = (case(TUESDAY, TUESDAY), case(TUESDAY, None), case(TUESDAY - timedelta(days=30), None))
    kept = reported(cases=cases).measure("promises_kept").now
    assert (kept.numerator, kept.denominator) == (1, 2)


# --- what to do next ---


def suggestions(report: Report) -> list[str]:
    return [one.kind for one in report.suggestions]


def test_a_calm_week_asks_for_nothing() -> None:
    assert suggestions(reported()) == []
    assert suggestions(reported(posts(("question", 9), ("story", 8)))) == []


def test_at_most_three_things_the_most_urgent_first_each_with_what_it_rests_on() -> None:
    figures = drew(
        {slot(str(n)): 9 for n in range(6)},
        talk=Counter({"asked": 9}),
        said=Counter({("person", "police"): 9}),
        clauses=Counter({("respect", "cited"): 5, ("respect", "reversed"): 3}),
    )
    report = reported(figures, articles={"respect": 10})
    assert suggestions(report) == ["unanswered", "unclear", "lead"]
    known = {one.name for one in report.totals} | {one.now.name for one in report.measures} | {"clauses"}
    assert all(set(one.because) <= known for one in report.suggestions)


@pytest.mark.parametrize(
    ("reversed_", "cited", "kind"),
    [(1, 2, []), (2, 10, ["unclear"]), (2, 11, ["explain"]), (0, 5, ["explain"]), (0, 4, [])],
)
def test_an_article_is_unclear_when_a_fifth_is_undone_and_explained_when_it_is_half(
    reversed_: int, cited: int, kind: list[str]
) -> None:
    marks = Counter({("respect", "cited"): cited, ("respect", "reversed"): reversed_})
    assert suggestions(reported(Figures(clauses=marks), articles={"respect": 10})) == kind


def test_a_post_that_the_team_named_is_told_by_its_title() -> None:
    named = GARANCE.model_copy(
        update={"posts": (Post(platform="facebook", account="1001", id="1", title="Et vous ?", mechanic="question"),)}
    )
    material = Material(days={WEEK.first: posts(("question", 9))}, before=Figures(), counted_to=MONDAY)
    best = build(named, WEEK, material, MONDAY).best
    assert best is not None
    assert best.title == "Et vous ?"


def test_it_says_whether_everything_was_counted() -> None:
    material = Material(days={}, before=Figures())
    assert not build(GARANCE, WEEK, material, MONDAY).complete
    late = replace(material, counted_to=WEEK.bounds(GARANCE.zone)[1] - timedelta(hours=1))
    assert not build(GARANCE, WEEK, late, MONDAY).complete
    assert build(GARANCE, WEEK, replace(material, counted_to=MONDAY), MONDAY).complete


def test_people_of_several_days_are_counted_once() -> None:
    crowd = {"": Crowd.of(["a", "b"])}
    days = {day: drew({slot(): 2}, people=crowd) for day in WEEK.days[:3]}
    report = build(GARANCE, WEEK, Material(days=days, before=Figures(), counted_to=MONDAY), MONDAY)
    assert report.total("people").n == 2
