"""What an hour comes to: recounted from its heads, by the community's clock, and two hours make a third."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from local.configuration import read
from tribune import measures
from tribune.channel import ActKind
from tribune.climate import Tone
from tribune.comment import Audience
from tribune.community import Community, Post
from tribune.decision import Mode
from tribune.figures import ANSWERED, LAW, THREADS, Figures, hours_of, recount
from tribune.journal import Action, ActionState, Case, CaseState, Head, HeadKind, Promised, Verdict
from tribune.measures import commitments_kept, reminder_success
from tribune.report import ranked_posts

NOW = datetime(2026, 11, 24, 10, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
INSULT = Verdict(measure="remind", reason="insult_at_person", mode=Mode.ACT, clause="respect", alone=True)
QUESTION = Verdict(measure="draft", reason="question", mode=Mode.ACT, awaits_answer=True)


def community(zone: str = "Europe/Paris", *posts: Post) -> Community:
    told = read(f"community: {{id: garance, name: Garance, timezone: {zone}}}\n").community
    return told.model_copy(update={"posts": posts})


def head(name: str, *actions: Action, at: datetime = NOW, **more: Any) -> Head:
    base = Head(
        community="garance", platform="facebook", account="1001", object=name, kind=HeadKind.COMMENT, v="1", rev=1,
        space="page", thread=name, post="1", audience=Audience.PUBLIC, posted_at=at, received_at=at, author=name,
        counted=("comment", 1), hour=f"{at:%Y-%m-%dT%H}", actions=actions,
    )  # fmt: skip
    return replace(base, **more)


def act(kind: ActKind = ActKind.REPLY, by: str | None = None, variant: str = "draft/1", at: datetime = NOW) -> Action:
    return Action(
        f"{kind}{at}", kind, "answer", ActionState.SENT, "1", at, at, variant=variant, signed_by=by, done_at=at
    )


def figures(*heads: Head, of: Community | None = None) -> Figures:
    known = {one.at: one for one in heads}
    return sum(recount(heads, known, of or community()).values(), Figures())


def test_the_first_answer_of_a_person_counts_and_an_automatic_one_does_not() -> None:
    automatic = head("1", act(at=NOW + HOUR / 60), verdict=QUESTION)
    signed = head("2", act(by="marie", at=NOW + 2 * HOUR), act(by="marie", at=NOW + HOUR), verdict=QUESTION)
    elsewhere = head("3", verdict=QUESTION)
    team = head("4", at=NOW + 3 * HOUR, kind=HeadKind.TEAM, counted=None, parent="3", thread="3", author=None)

    found = figures(automatic, signed, elsewhere, team)

    assert found.talk["asked"] == 3
    assert sorted(at - asked for asked, at in found.answers.values()) == [3600, 3 * 3600]


def test_a_second_hour_with_a_later_answer_changes_nothing() -> None:
    asked = head("1", act(by="marie", at=NOW + HOUR), verdict=QUESTION)
    later = replace(asked, actions=(act(by="marie", at=NOW + 5 * HOUR),))
    both = figures(asked) + figures(later)
    assert [at - asked for asked, at in both.answers.values()] == [3600]


def test_members_speak_with_one_another_with_us_and_with_themselves() -> None:
    heads = [
        head("1"),
        head("2", parent="1", thread="1"),
        head("3", parent="1", thread="1", author="1"),
        head("4", kind=HeadKind.TEAM, counted=None, author=None, parent="1", thread="1"),
        head("5", parent="4", thread="1"),
        head("6"),
    ]
    found = figures(*heads)
    assert (found.talk["comments"], found.talk["to_member"], found.talk["to_us"]) == (5, 1, 1)
    assert (found.size(THREADS), found.size(ANSWERED)) == (2, 1)


def test_what_a_clause_did_stays_when_the_comment_is_deleted() -> None:
    gone = head("1", act(ActKind.HIDE), verdict=INSULT, deleted=True, counted=None)
    found = figures(gone)
    assert dict(found.clauses) == {("respect", "cited"): 1, ("respect", "alone"): 1, ("respect", "hidden"): 1}
    assert (found.talk["measures"], found.talk["cited"], found.counts.total()) == (1, 1, 0)


def test_what_people_hid_under_a_clause_and_what_the_law_alone_forbids_are_told_apart() -> None:
    by_law = Verdict(measure="hide", reason="hate", mode=Mode.ACT, ground="law")
    signed = replace(act(ActKind.HIDE, by="marie"), clause="respect")
    found = figures(
        head("1", signed, verdict=QUESTION),
        head("2", act(ActKind.HIDE), verdict=by_law),
        head("3", act(ActKind.HIDE), act(ActKind.UNHIDE, at=NOW + HOUR), verdict=INSULT),
    )
    assert {name: n for name, n in found.clauses.items() if name[1] in ("hidden", "by_person", "shown")} == {
        ("respect", "hidden"): 2,
        ("respect", "by_person"): 1,
        ("respect", "shown"): 1,
        (LAW, "hidden"): 1,
    }


def test_what_is_written_to_us_alone_counts_and_is_no_post() -> None:
    private = {"audience": Audience.PRIVATE, "counted": ("message", 1), "post": "pseudonym", "author": "pseudonym"}
    found = figures(head("1"), head("2"), head("3", **private), head("4", **private))
    rates = {one.name: (one.numerator, one.denominator) for one in measures.engagement(found)}

    assert found.by_kind_and_level() == {("comment", 1): 2, ("message", 1): 2}
    assert [one.n for one in ranked_posts(found)] == [2]
    assert rates["conversation_rate"] == (2, 1)
    assert rates["weighted_engagement"] == (6, 1)
    assert rates["interactions_per_participant"] == (4, 3)
    assert [one.denominator for one in measures.by_mechanic(found)] == [1]
    assert found.first.keys() == {slot.post for slot in found.under_posts()} == {"facebook/1001/1"}


def test_distress_is_in_no_figure() -> None:
    assert figures(head("1", act(by="marie"), verdict=QUESTION, counted=None, confidential=True)) == Figures()


def test_a_post_says_what_it_asks_for_and_whether_it_was_paid_for() -> None:
    post = Post(platform="facebook", account="1001", id="1", mechanic="contest", solicits=2, sponsored=True)
    (slot,) = figures(head("1"), of=community("Europe/Paris", post)).counts
    assert (slot.post, slot.mechanic, slot.solicits, slot.sponsored) == ("facebook/1001/1", "contest", 2, True)


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        ("Europe/Paris", date(2026, 11, 24), 24),
        ("Europe/Paris", date(2026, 3, 29), 23),
        ("Europe/Paris", date(2026, 10, 25), 25),
        ("Asia/Kolkata", date(2026, 11, 24), 25),
        ("Pacific/Auckland", date(2026, 4, 5), 25),
    ],
)
def test_a_day_has_the_hours_of_its_zone(zone: str, day: date, hours: int) -> None:
    assert len(hours_of(day, community(zone))) == hours


def test_where_the_zone_is_off_by_half_an_hour_an_hour_has_two_days() -> None:
    kolkata = community("Asia/Kolkata")
    before, after = (head(str(minute), at=datetime(2026, 11, 24, 18, minute, tzinfo=UTC)) for minute in (29, 31))
    found = recount([before, after], {}, kolkata)
    assert {day.day: one.counts.total() for (_, day), one in found.items()} == {24: 1, 25: 1}


def test_a_reminder_succeeds_when_the_member_speaks_again_and_breaks_no_rule() -> None:
    reminder = act(variant="reminder1.respect/1")
    heads = [
        head("1", reminder, verdict=INSULT, author="better"),
        head("2", at=NOW + DAY, author="better"),
        head("3", reminder, verdict=INSULT, author="worse"),
        head("4", at=NOW + DAY, author="worse", verdict=INSULT),
        head("5", reminder, verdict=INSULT, author="silent"),
        head("6", at=NOW + DAY, author="never reminded"),
    ]
    before, then = (reminder_success(heads, since, since + DAY) for since in (NOW - DAY, NOW))
    assert (before.numerator, before.denominator) == (0, 0)
    assert (then.numerator, then.denominator) == (1, 3)


def test_a_reminder_that_never_left_starts_no_thirty_days_and_what_was_no_breach_ends_none() -> None:
    reminder = act(variant="reminder1.respect/1", at=NOW)
    unsent = replace(act(variant="reminder1.respect/1", at=NOW - 40 * DAY), state=ActionState.CANCELLED)
    heads = [
        head("1", unsent, at=NOW - 40 * DAY, author="ana", verdict=INSULT),
        head("2", reminder, author="ana", verdict=INSULT),
        head("3", at=NOW + DAY, author="ana", verdict=replace(INSULT, reversed=True)),
    ]
    found = reminder_success(heads, NOW - DAY, NOW + DAY)
    assert (found.numerator, found.denominator) == (1, 1)


@pytest.mark.parametrize(("minutes", "counted"), [(-5, 0), (5, 1)], ids=["before its time", "after it"])
def test_a_promise_to_somebody_who_took_their_words_back_is_not_broken_unless_it_was_already(
    minutes: int, counted: int
) -> None:
    due = NOW + HOUR
    case = Case(
        "garance", "c", "facebook", "1001", "1", "1", "page", CaseState.CLOSED, "question", NOW, NOW, 1,
        promises=(Promised("17 h", NOW, due),), closed_at=due + timedelta(minutes=minutes), closed_by="deleted",
    )  # fmt: skip

    assert commitments_kept([case], NOW + 3 * HOUR).denominator == counted


def test_a_promise_counts_once_its_time_is_over() -> None:
    kept = Promised("17 h", NOW, NOW + HOUR, NOW + HOUR / 2)
    late = Promised("17 h", NOW, NOW + HOUR, NOW + 2 * HOUR)
    running = Promised("18 h", NOW, NOW + 9 * HOUR)
    case = Case(
        "garance", "c", "facebook", "1001", "1", "1", "page", CaseState.OPEN, "question", NOW, NOW, 1,
        promises=(kept, late, running),
    )  # fmt: skip
    found = commitments_kept([case], NOW + 3 * HOUR)
    assert (found.numerator, found.denominator) == (1, 2)


# --- tone, threads, rungs, members ---

CRITICISM = Verdict(measure="draft", reason="criticism", mode=Mode.ACT, tone=Tone.NEGATIVE)


def kept(*heads: Head) -> tuple[int, int]:
    """(criticism that stands, criticism)."""
    talk = figures(*heads).talk
    return talk["criticism_kept"], talk["criticism"]


@pytest.mark.parametrize(
    ("actions", "more", "stands"),
    [
        ((), {}, (1, 1)),
        ((act(ActKind.HIDE),), {}, (0, 1)),
        ((act(ActKind.HIDE), act(ActKind.UNHIDE)), {}, (1, 1)),
        ((act(ActKind.DELETE),), {}, (0, 1)),
        ((), {"hidden": True, "by_hand": True}, (0, 1)),
        ((act(ActKind.HIDE),), {"hidden": False, "by_hand": True}, (1, 1)),
        ((replace(act(ActKind.HIDE), clause="respect"),), {}, (0, 0)),
        ((), {"deleted": True, "counted": None}, (0, 0)),
        ((), {"audience": Audience.PRIVATE}, (0, 0)),
    ],
    ids=[
        "it stands",
        "hidden without a clause",
        "shown again",
        "deleted by us without a clause",
        "hidden on the platform itself",
        "shown on the platform itself",
        "hidden under a clause: a breach, as a person found",
        "taken away, nobody knows by whom",
        "private",
    ],
)
def test_criticism_without_a_breach_is_kept_as_long_as_it_stands(
    actions: tuple[Action, ...], more: dict[str, Any], stands: tuple[int, int]
) -> None:
    assert kept(head("1", *actions, verdict=CRITICISM, **more)) == stands


def test_an_insult_is_no_criticism_however_it_sounds() -> None:
    assert kept(head("1", verdict=replace(INSULT, tone=Tone.NEGATIVE))) == (0, 0)


def test_how_comments_sound_under_a_post_that_was_paid_for_is_told_apart_too() -> None:
    ad = Post(platform="facebook", account="1001", id="ad", sponsored=True)
    praise = replace(CRITICISM, tone=Tone.POSITIVE)
    found = figures(
        head("1", verdict=CRITICISM),
        head("2", verdict=praise, post="ad"),
        head("3", post="ad", parent="2"),
        of=community("Europe/Paris", ad),
    ).talk
    told = {name: found[name] for name in ("comments", "negative", "positive", "to_member")}
    paid = {name: found[f"paid.{name}"] for name in told}
    assert told == {"comments": 3, "negative": 1, "positive": 1, "to_member": 1}
    assert paid == {"comments": 2, "negative": 0, "positive": 1, "to_member": 1}


def test_what_is_done_is_told_by_clause_and_strike_and_what_was_reversed_is_not() -> None:
    first, second = replace(INSULT, strike_no=1), replace(INSULT, strike_no=2)
    reminder, hide = act(variant="reminder1.respect/1"), act(ActKind.HIDE)
    found = figures(
        head("1", reminder, verdict=first),
        head("2", reminder, hide, verdict=second),
        head("3", hide, verdict=replace(first, reversed=True)),
        head("4", verdict=first),
        head("5", hide, verdict=INSULT),
    )
    assert dict(found.rungs) == {("respect", 1, "remind"): 1, ("respect", 2, "hide"): 1, ("respect", 0, "hide"): 1}


def test_what_waits_is_told_until_a_person_answers_in_whatever_hour() -> None:
    asked, late = head("1", verdict=QUESTION), head("2", verdict=QUESTION)
    answer = head("3", at=NOW + HOUR, kind=HeadKind.TEAM, counted=None, parent="1", thread="1", author=None)
    known = {one.at: one for one in (asked, late, answer)}
    first, second = (sum(recount(some, known, community()).values(), Figures()) for some in ([asked, late], [answer]))
    assert (len(first.waiting), len(second.waiting)) == (2, 0)
    assert len((first + second).waiting) == len((second + first).waiting) == 1
    assert (first + second).waiting.keys().isdisjoint(second.answers)


def test_an_answer_counts_where_its_question_was_asked_whatever_else_was_answered_then() -> None:
    asked, other = head("1", verdict=QUESTION), head("2", at=NOW + HOUR, verdict=QUESTION)
    answer = head("3", at=NOW + HOUR, kind=HeadKind.TEAM, counted=None, parent="1", thread="1", author=None)
    known = {one.at: one for one in (asked, other, answer)}
    first, second = (sum(recount(some, known, community()).values(), Figures()) for some in ([asked], [other, answer]))
    assert [(one.talk["asked"], one.answered) for one in (first, second)] == [(1, 0), (1, 0)]
    assert measures.response_rate(second).value == measures.very_responsive(second).value == 0
    for both in (first + second, second + first, second + (first + first)):
        assert both.answered == 1
        assert both.asked_elsewhere == frozenset()


def test_what_its_author_took_back_waits_for_nobody_unless_it_had_been_answered() -> None:
    answered = head("1", act(by="marie", at=NOW + HOUR), verdict=QUESTION, deleted=True, counted=None)
    found = figures(answered, head("2", verdict=QUESTION, deleted=True, counted=None))
    assert (found.talk["asked"], found.answered, len(found.waiting)) == (1, 1, 0)


def test_a_member_gives_points_days_and_help_and_nothing_under_what_was_paid_for() -> None:
    ad = Post(platform="facebook", account="1001", id="ad", sponsored=True)
    helps = replace(QUESTION, awaits_answer=False, helps=True)
    found = figures(
        head("1", author="ana"),
        head("2", author="ana", verdict=helps, counted=("comment", 2)),
        head("3", author="ana", at=NOW + DAY),
        head("4", author="ana", post="ad"),
        head("5", author="bo", counted=("reaction", 1), kind=HeadKind.REACTION),
        of=community("Europe/Paris", ad),
    ).members.of
    assert found["ana"] == (3 + 5 + 3, 1, {date(2026, 11, 24), date(2026, 11, 25)})
    assert found["bo"] == (1, 0, {date(2026, 11, 24)})


def test_who_read_a_reminder_is_known_by_when_they_first_did() -> None:
    reminder = act(variant="reminder1.respect/1")
    again = act(variant="warning1.respect/1", at=NOW + HOUR)
    found = figures(head("1", again, author="ana"), head("2", reminder, author="ana"), head("3", act(), author="bo"))
    assert found.reminded == {"ana": int(NOW.timestamp())}


def test_a_post_stands_since_the_first_thing_that_was_said_under_it() -> None:
    found = figures(head("1", at=NOW + HOUR), head("2", at=NOW), head("3", at=NOW + DAY))
    assert found.first == {"facebook/1001/1": int(NOW.timestamp())}


@st.composite
def heads_of_some_days(draw: st.DrawFn) -> list[Head]:
    """Comments, reactions and messages of ours, around the day on which the clocks of Paris change."""
    begins, found = datetime(2026, 10, 24, tzinfo=UTC), []
    for n in range(draw(st.integers(0, 12))):
        at = begins + draw(st.integers(0, 72 * 4)) * HOUR / 4
        parent = draw(st.sampled_from([None, *(str(m) for m in range(n))]))
        ours = draw(st.booleans()) and parent is not None
        found.append(
            head(
                str(n),
                at=at,
                parent=parent,
                thread=parent or str(n),
                author=None if ours else draw(st.sampled_from("abc")),
                kind=HeadKind.TEAM if ours else HeadKind.COMMENT,
                counted=None if ours else ("comment", draw(st.integers(1, 2))),
                asks=ours and draw(st.booleans()),
                verdict=None if ours else draw(st.sampled_from([None, QUESTION, CRITICISM, INSULT])),
            )
        )
    return found


@given(heads_of_some_days())
@settings(max_examples=60, deadline=None)
def test_hours_make_days_and_days_make_a_month_in_whatever_order(heads: list[Head]) -> None:
    known, paris = {one.at: one for one in heads}, community()
    hours: dict[str, list[Head]] = {}
    for one in heads:
        hours.setdefault(one.hour, []).append(one)
    slices = [cut for hour in hours.values() for cut in recount(hour, known, paris).items()]
    days: dict[date, Figures] = {}
    for (_, day), of_hour in slices:
        days[day] = days.get(day, Figures()) + of_hour
    at_once = recount(heads, known, paris)

    assert days == {day: Figures() + figures for (_, day), figures in at_once.items()}
    months = [sum(some, Figures()) for some in (days.values(), reversed(days.values()))]
    assert months[0] == months[1] == sum((of_hour for _, of_hour in reversed(slices)), Figures())
    assert recount(heads, known, paris) == at_once


@given(heads_of_some_days())
@settings(max_examples=60, deadline=None)
def test_no_share_is_more_than_all_and_none_divides_by_nothing(heads: list[Head]) -> None:
    days = date(2026, 10, 24), date(2026, 10, 30)
    period = measures.Period(figures(*heads), community(), *days, NOW, HOUR, heads=heads, cases=(), appeals=())
    shares = [one for group in measures.of(period) for one in group.measures if one.unit is measures.Unit.SHARE]
    assert shares
    for one in shares:
        assert isinstance(one, measures.Measure)
        assert -one.denominator <= one.numerator <= one.denominator, one.name
        assert one.value is None or -1 <= one.value <= 1, one.name
