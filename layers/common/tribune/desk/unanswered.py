"""Unanswered: who still waits for a human answer, sorted by our own promise. The first thing a CM opens."""

from tribune.decision import DANGER
from tribune.desk.place import named
from tribune.desk.route import Door, View
from tribune.desk.telling import Telling
from tribune.desk.visit import Parts, Visit
from tribune.team import Right
from tribune.workflow.call import masked_line
from tribune.workflow.cases import Shown

MOST_SHOWN = 30
NOT_READ = "not_read"


class Line(View):
    """One case in a list."""

    at: str
    id: str
    author: str
    place: str
    since: str
    quote: str
    """A line of what was said, contact data masked; empty when there is nothing to read."""
    reason: str
    promise: str
    overdue: bool
    danger: bool
    drafts: int


class Unanswered(View):
    """The first screen."""

    waiting: tuple[Line, ...]
    """Danger first, then who waits for words."""
    not_read: tuple[Line, ...]
    """Pictures, GIFs, voices: the machine has not read them, so they are never clean."""
    others: tuple[Line, ...]
    """Open cases in which nobody waits for words."""
    more: int
    """Open cases beyond those shown."""


def unanswered(visit: Visit, _parts: Parts) -> Unanswered:
    """Danger first, then who waits, by the promise that runs out first."""
    handling, telling = visit.reach.handling, visit.telling
    found = handling.open(visit.community.id)
    lines = [line(shown, telling) for shown in found[:MOST_SHOWN]]
    parts: dict[str, list[Line]] = {"waiting": [], "not_read": [], "others": []}
    for one, shown in zip(lines, found, strict=False):
        first = shown.case.awaits_answer or one.danger
        parts["not_read" if shown.case.reason == NOT_READ else "waiting" if first else "others"].append(one)
    return Unanswered(
        waiting=tuple(parts["waiting"]),
        not_read=tuple(parts["not_read"]),
        others=tuple(parts["others"]),
        more=max(0, len(found) - MOST_SHOWN),
    )


def line(shown: Shown, telling: Telling) -> Line:
    """A case as a list shows it."""
    case = shown.case
    return Line(
        at=named(shown.at),
        id=case.id,
        author=telling.author(shown.author),
        place=telling.place(shown.head),
        since=telling.since(case.awaits_since or shown.head.posted_at),
        quote=masked_line(shown.words) if shown.words else "",
        reason=telling.reason(case.reason),
        promise=telling.promise(case),
        overdue=case.remind_at is None and case.promise_at <= telling.now,
        danger=case.reason in DANGER,
        drafts=len(case.drafts),
    )


DOORS = (
    Door("GET", "unanswered", Right.READ, unanswered, Unanswered, "Who waits for a human answer", "desk/unanswered"),
)
