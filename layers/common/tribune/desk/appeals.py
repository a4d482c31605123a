"""Appeals: what members contest, reviewed by somebody who did not decide."""

from http import HTTPStatus

from tribune.desk import place
from tribune.desk.route import Done, Door, Form, View
from tribune.desk.visit import Parts, Refused, Visit
from tribune.errors import OwnDecision
from tribune.notice import Appeal, AppealState, facts, link
from tribune.team import Right
from tribune.workflow.appeal import Reviewing, reviewers
from tribune.workflow.appeal import place as place_of


class AppealLine(View):
    """An appeal that waits."""

    code: str
    place: str
    since: str
    due: str
    late: bool


class Appeals(View):
    """What members contest."""

    waiting: tuple[AppealLine, ...]


class AppealView(View):
    """One appeal."""

    line: AppealLine
    said: str
    """What the member had said; empty when it is gone."""
    why: str
    """What they write; empty when nothing."""
    decided: str
    facts: str
    page: str
    """The address of the reason that the member reads."""
    at: str
    """The comment, as addresses name it."""
    reviewers: tuple[str, ...]
    """Who may review it, by name; nobody when the team has only who decided."""
    mine: bool
    """May this person review it?"""
    outcome: str
    """Empty while it is open."""


class Uphold(Form):
    """The decision stands; the member reads why."""

    because: str


class Overturn(Form):
    """The decision is reversed."""

    because: str = ""


def appeals(visit: Visit, _parts: Parts) -> Appeals:
    """The appeals that nobody has reviewed, the first promised on top."""
    return Appeals(waiting=tuple(_line(appeal, visit) for appeal in reviewing(visit).waiting()))


def _line(appeal: Appeal, visit: Visit) -> AppealLine:
    community, telling = visit.community, visit.telling
    return AppealLine(
        code=appeal.code,
        place=community.name_of(appeal.platform, appeal.account) or community.name,
        since=telling.since(appeal.at),
        due=telling.at(appeal.due_at),
        late=appeal.due_at < visit.now,
    )


def reviewing(visit: Visit) -> Reviewing:
    """What one does about appeals."""
    reach = visit.reach
    handling = reach.handling
    return Reviewing(reach.journal, handling.keys, handling.actions, handling.platform, visit.community, handling.now)


def appeal(visit: Visit, parts: Parts) -> AppealView:
    """One appeal, with what was decided and why."""
    contested, telling = reviewing(visit).find(parts["code"]), visit.telling
    one, notice = contested.appeal, contested.notice
    able = reviewers(visit.community, notice)
    by = ", ".join(telling.called(person) for person in notice.decided_by)
    decided = telling.say(
        "appeal",
        "decided",
        act=telling.table["acts"][notice.kind],
        by=by or telling.say("appeal", "machine"),
        time=telling.at(notice.applied_at),
        clause=notice.clause or telling.say("law"),
    )
    closed = one.state is not AppealState.OPEN
    when = telling.at(one.decided_at or one.at)
    return AppealView(
        line=_line(one, visit),
        said=contested.words or "",
        why=contested.text or "",
        decided=decided,
        facts=facts(notice, visit.language),
        page=link(visit.community.charter_base_url, visit.community.id, notice.token) or "",
        at=place.named(place_of(notice)),
        reviewers=tuple(person.name for person in able),
        mine=not closed and visit.member.may(Right.REVIEW) and visit.signature not in notice.decided_by,
        outcome=telling.say("appeal", one.state, person=telling.called(one.decided_by), time=when) if closed else "",
    )


def uphold(visit: Visit, parts: Parts, form: Uphold) -> Done:
    """The decision stands."""
    if not form.because.strip():
        raise Refused(HTTPStatus.UNPROCESSABLE_ENTITY, "no_reason")
    return _reviewed(visit, parts, form.because, stands=True)


def overturn(visit: Visit, parts: Parts, form: Overturn) -> Done:
    """The decision is reversed, and all it did undone as far as that can be."""
    return _reviewed(visit, parts, form.because, stands=False)


def _reviewed(visit: Visit, parts: Parts, because: str, *, stands: bool) -> Done:
    review = reviewing(visit)
    decide = review.uphold if stands else review.overturn
    try:
        decide(parts["code"], visit.signature, because)
    except OwnDecision as own:
        raise Refused(HTTPStatus.FORBIDDEN, "own_decision" if own.others else "alone") from own
    return Done(said="upheld" if stands else "overturned", next=f"/desk/{visit.community.id}/appeals")


DOORS = (
    Door("GET", "appeals", Right.READ, appeals, Appeals, "What members contest", "desk/appeals"),
    Door("GET", "appeals/{code}", Right.READ, appeal, AppealView, "One appeal", "desk/appeal"),
    Door("POST", "appeals/{code}/uphold", Right.REVIEW, uphold, Done, "Let the decision stand", takes=Uphold),
    Door("POST", "appeals/{code}/overturn", Right.REVIEW, overturn, Done, "Reverse the decision", takes=Overturn),
)
