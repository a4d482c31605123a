"""What a report is made of: what became of the reminders whose thirty days came to an end in its time."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any, cast

import pytest

from local.configuration import read
from tribune.aws import keys
from tribune.channel import ActKind
from tribune.comment import Audience
from tribune.decision import Mode
from tribune.figures import Figures, recount
from tribune.journal import Action, ActionState, AuthorRecord, Head, HeadKind, Verdict
from tribune.report import Period, build
from tribune.workflow.reporting import Gathering

COMMUNITY = read(
    "community: {id: garance, name: Garance}\n"
    "channels: [{platform: facebook, accounts: [{id: '1001', space: page}], verify: {current: x}, act: {token: y}}]\n"
).community
WEEK = Period.week(date(2026, 11, 23))
NOW = datetime(2026, 11, 30, 9, tzinfo=UTC)
REMINDED_AT = datetime(2026, 10, 27, 10, tzinfo=UTC)
DAY = timedelta(days=1)
FINE = Verdict(measure="nothing", reason="conversation", mode=Mode.ACT)


@dataclass
class Kept:
    """A journal, its figures and no charter, in memory."""

    heads: list[Head]
    figures: dict[date, Figures] = field(default_factory=dict)

    def days(self, _community: str, _space: str, first: date, last: date) -> dict[date, Figures]:
        return {day: figures for day, figures in self.figures.items() if first <= day <= last}

    def last_said(self, _community: str, author: str, limit: int) -> list[tuple[str, str, str, str]]:
        return [head.at for head in self.heads if head.author == author][::-1][:limit]

    def read(self, _wanted: Iterable[Mapping[str, str]]) -> "Kept":
        return self

    def head(self, *at: str) -> Head | None:
        return next((head for head in self.heads if head.at == at), None)

    def author(self, community: str, author: str, _now: datetime) -> AuthorRecord:
        return AuthorRecord(community, author)

    def load(self, _community: str, _at: datetime) -> None:
        return None

    def sealed_to(self, _community: str) -> datetime:
        return NOW

    def latest_cases(self, *_: Any, **__: Any) -> list[Any]:
        return []

    latest_calls = appeals = latest_cases

    def said_of(self, _heads: Iterable[Head]) -> dict[Any, Any]:
        return {}

    current_words = said_of


@dataclass
class Heard(Kept):
    """The same, with the words of every comment and what each hour has."""

    def objects(self, _community: str, hour: str) -> tuple[set[tuple[str, str, str]], int]:
        return {head.at[1:] for head in self.heads if head.hour == hour}, 1

    def current_words(self, heads: Iterable[Head]) -> dict[Any, str]:
        return {head.at: "Le G3 tient en cabine d'avion ?" for head in heads}


def comment(name: str, author: str, at: datetime, *, reminded: bool = False, breach: bool = False) -> Head:
    told = Action(
        name, ActKind.REPLY, "remind", ActionState.SENT, name, at, at, variant="reminder1.respect/1", done_at=at
    )
    held = Verdict(measure="remind", reason="insult_at_person", mode=Mode.ACT, clause="respect")
    return Head(
        community="garance", platform="facebook", account="1001", object=name, kind=HeadKind.COMMENT, v="1", rev=1,
        space="page", thread=name, post="1", audience=Audience.PUBLIC, posted_at=at, received_at=at, author=author,
        verdict=held if reminded or breach else None, actions=(told,) if reminded else (),
    )  # fmt: skip


def test_a_report_tells_what_became_of_those_who_were_reminded_a_month_before() -> None:
    heads = [
        comment("1", "better", REMINDED_AT, reminded=True),
        comment("2", "better", REMINDED_AT + DAY),
        comment("3", "worse", REMINDED_AT, reminded=True),
        comment("4", "worse", REMINDED_AT + DAY, breach=True),
        comment("5", "lately", NOW - DAY, reminded=True),
        comment("6", "lately", NOW - DAY / 2),
        comment("7", "never", REMINDED_AT),
    ]
    first = {"better": int(REMINDED_AT.timestamp()), "worse": int(REMINDED_AT.timestamp())}
    kept = Kept(
        heads,
        {REMINDED_AT.date(): Figures(reminded=first), (NOW - DAY).date(): Figures(reminded={"lately": 1})},
    )
    anything = cast("Any", kept)
    material = Gathering(anything, keys, anything, anything).material(COMMUNITY, WEEK, NOW)

    found = build(COMMUNITY, WEEK, material, NOW).measure("reminder_success")

    assert (found.now.numerator, found.now.denominator) == (1, 2)
    assert found.before.denominator == 0


@pytest.mark.parametrize(
    ("zone", "at"),
    [
        ("Asia/Kolkata", datetime(2026, 11, 25, 4, 15, tzinfo=UTC)),  # a quarter to ten
        ("Asia/Kathmandu", datetime(2026, 11, 24, 18, 30, tzinfo=UTC)),  # a quarter past midnight
        ("Europe/Paris", datetime(2026, 10, 25, 1, 15, tzinfo=UTC)),  # the second quarter past two of that night
    ],
)
def test_words_are_read_wherever_the_clock_stands(zone: str, at: datetime) -> None:
    there = COMMUNITY.model_copy(update={"timezone": zone})
    heads = [
        replace(comment(name, name, at), counted=("comment", 1), hour=f"{at:%Y-%m-%dT%H}", verdict=FINE)
        for name in "abc"
    ]
    days = {day: figures for (_, day), figures in recount(heads, {}, there).items()}
    kept = cast("Any", Heard(heads, days))
    week = Period.week(at.astimezone(there.zone).date())

    material = Gathering(kept, keys, kept, kept).material(there, week, at + 7 * DAY)

    assert len(material.read) == 3
