"""Unanswered: who still waits for a human answer, sorted by our own promise. The first thing a CM opens."""

from collections.abc import Sequence

from tribune.decision import DANGER
from tribune.desk.place import named
from tribune.desk.route import Door, View
from tribune.desk.telling import Telling
from tribune.desk.visit import Parts, Visit
from tribune.journal import Case, CaseState
from tribune.team import Right
from tribune.workflow.cases import Shown
from tribune.workflow.masking import masked_line
from tribune.workflow.opening import answer_due, is_promised
from tribune.workflow.share import in_hand

A_PAGE = 30
MOST_DIGITS = 6
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
    in_hand: str
    """Who looks at it now; empty when nobody says so."""
    promise: str
    """Until when it is promised, or who settled it and when."""
    overdue: bool
    danger: bool
    drafts: int


class Paging(View):
    """Where one is in a long list."""

    number: int
    last: int
    all: int


class Settled(View):
    """Cases that were settled."""

    cases: tuple[Line, ...]
    name: str
    """How the short names begin that were asked for."""
    page: Paging


class Unanswered(View):
    """The first screen."""

    mine: tuple[Line, ...]
    """What a colleague left to this person."""
    waiting: tuple[Line, ...]
    """Danger first, then who waits for words."""
    not_read: tuple[Line, ...]
    """Pictures, GIFs, voices: the machine has not read them, so they are never clean."""
    others: tuple[Line, ...]
    """Open cases in which nobody waits for words."""
    page: Paging


def unanswered(visit: Visit, _parts: Parts) -> Unanswered:
    """Danger first, then who waits, by the promise that runs out first."""
    handling, me = visit.reach.handling, visit.member.person
    found = sorted(handling.waiting(visit.community.id), key=lambda one: not me or one.given_to != me)
    page, here = paged(found, visit)
    parts: dict[str, list[Line]] = {"mine": [], "waiting": [], "not_read": [], "others": []}
    for shown in handling.look_at(one.at for one in here):
        one = line(shown, visit.telling)
        first = shown.case.awaits_answer or one.danger
        which = "not_read" if shown.case.reason == NOT_READ else "waiting" if first else "others"
        parts["mine" if _left_to(shown.case, me) else which].append(one)
    return Unanswered(**{name: tuple(lines) for name, lines in parts.items()}, page=page)


def _left_to(case: Case, person: str) -> bool:
    return bool(person) and case.given is not None and case.given.to == person


def paged[T](found: Sequence[T], visit: Visit) -> tuple[Paging, Sequence[T]]:
    """The page that the address asks for, and what stands on it."""
    asked = visit.request.query.get("page", "1")
    last = max(1, -(-len(found) // A_PAGE))
    number = min(max(int(asked), 1), last) if asked.isascii() and asked.isdigit() and len(asked) < MOST_DIGITS else 1
    return Paging(number=number, last=last, all=len(found)), found[(number - 1) * A_PAGE : number * A_PAGE]


def settled(visit: Visit, _parts: Parts) -> Settled:
    """What the team settled, the latest first."""
    handling, name = visit.reach.handling, visit.request.query.get("name", "").strip().lower()
    page, here = paged(handling.settled(visit.community.id, name), visit)
    return Settled(cases=tuple(line(shown, visit.telling) for shown in handling.look_at(here)), name=name, page=page)


def line(shown: Shown, telling: Telling) -> Line:
    """A case as a list shows it."""
    case = shown.case
    is_open = case.state is CaseState.OPEN
    return Line(
        at=named(shown.at),
        id=case.id,
        author=telling.author(shown.author),
        place=telling.place(shown.head),
        since=telling.since(case.awaits_since or shown.head.posted_at),
        in_hand=_in_hand(case, telling),
        quote=masked_line(shown.words) if shown.words else "",
        reason=telling.reason_of(case),
        promise=telling.promise(case) if is_open else telling.settled(case),
        overdue=is_open and _is_overdue(case, telling),
        danger=case.reason in DANGER,
        drafts=len(case.drafts),
    )


def _is_overdue(case: Case, telling: Telling) -> bool:
    waits = is_promised(case) and case.remind_at is None
    return waits and answer_due(case, telling.community) <= telling.now


def _in_hand(case: Case, telling: Telling) -> str:
    held = in_hand(case, telling.now)
    return telling.say("in_hand", "short", person=telling.called(held.person)) if held else ""


DOORS = (
    Door("GET", "unanswered", Right.READ, unanswered, Unanswered, "Who waits for a human answer", "desk/unanswered"),
    Door(
        "GET", "settled", Right.READ, settled, Settled, "What the team settled; ?name= its short name", "desk/settled"
    ),
)
