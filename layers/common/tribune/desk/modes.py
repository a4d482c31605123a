"""Observe, propose, act: how far the machine may go, article by article, with the cases people judged beside it."""

from collections import Counter
from datetime import timedelta
from http import HTTPStatus
from typing import Literal

from tribune import words
from tribune.channel import ActKind
from tribune.charter import Charter, Clause
from tribune.community import Community, Modes
from tribune.decision import Mode
from tribune.desk.charter import named
from tribune.desk.route import Done, Door, Form, View
from tribune.desk.stops import held_now
from tribune.desk.visit import Parts, Refused, Visit
from tribune.journal import CaseState, Head
from tribune.team import Right
from tribune.workflow.takeback import is_shown_again

LOOK_BACK = timedelta(days=90)
MOST_LOOKED_AT = 100
"""Settled cases that are counted, the latest ones."""
ENOUGH = 20
"""Judged cases after which a clause may act without anybody having to say that they decide it all the same."""
WHOLE = "*"
"""The name under which the whole community is set."""
_MEASURES = (ActKind.HIDE, ActKind.DELETE, ActKind.BLOCK)


class ClauseMode(View):
    """How an article is set, and what people made of what the machine found under it."""

    id: str
    name: str
    mode: str
    own: bool
    """Is it set apart, or as the whole community?"""
    ceiling: str
    judged: int
    followed: int
    left: int
    """Settled without a measure."""
    reversed: int
    enough: bool
    braked: bool
    """The brake holds it: it only proposes, whatever is set."""


class ModesView(View):
    """The switches."""

    default: str
    hide_gravity_4: bool
    clauses: tuple[ClauseMode, ...]
    days: int


class Switch(Form):
    """A switch; `clause`: `*` for the whole community. `mode` `default`: as the whole community again."""

    clause: str
    mode: Literal["observe", "propose", "act", "default"]
    explicit: Literal["", "yes"] = ""
    """`yes`: it is to act although people judged fewer than twenty cases."""


def modes(visit: Visit, _parts: Parts) -> ModesView:
    """Every rule of the charter in force."""
    community, journal = visit.as_stored, visit.reach.journal
    published = visit.reach.charters.load(community.id, visit.now)
    brakes = journal.read([visit.reach.handling.keys.brakes(community.id)]).brakes(community.id)
    held = {one.clause for one in held_now(brakes, visit)}
    ends = _ends(visit)
    return ModesView(
        default=community.modes.default,
        hide_gravity_4=community.modes.hide_gravity_4,
        clauses=tuple(
            _clause(clause, published.charter, modes=community.modes, ends=ends, braked=clause.id in held, visit=visit)
            for clause in published.charter.rules_anywhere
        )
        if published
        else (),
        days=LOOK_BACK.days,
    )


def _clause(  # noqa: PLR0913  each is named at the call
    clause: Clause, charter: Charter, *, modes: Modes, ends: Counter[tuple[str, str]], braked: bool, visit: Visit
) -> ClauseMode:
    found = {end: ends[clause.id, end] for end in ("followed", "left", "reversed")}
    judged = sum(found.values())
    return ClauseMode(
        id=clause.id,
        name=named(clause, charter, visit),
        mode=modes.clauses.get(clause.id, modes.default),
        own=clause.id in modes.clauses,
        ceiling=words.table(visit.language, "pages")["ceiling"][clause.ceiling],
        judged=judged,
        enough=judged >= ENOUGH,
        braked=braked,
        **found,
    )


def _ends(visit: Visit) -> Counter[tuple[str, str]]:
    """(clause, what people made of it) -> how many of the latest cases that people settled."""
    handling, community = visit.reach.handling, visit.community
    places = visit.reach.journal.latest_cases(community.id, visit.now - LOOK_BACK, MOST_LOOKED_AT)
    known = handling.journal.read([key for at in places for key in (handling.keys.head(*at), handling.keys.case(*at))])
    ends: Counter[tuple[str, str]] = Counter()
    for at in places:
        head, case = known.head(*at), known.case(*at)
        if head is None or case is None or case.state is CaseState.OPEN or head.confidential:
            continue
        if head.verdict is not None and head.verdict.clause is not None and _is_person(case.closed_by, community):
            ends[head.verdict.clause, _end(head)] += 1
    return ends


def _is_person(closed_by: str | None, community: Community) -> bool:
    who = closed_by or ""
    return community.rota.person(who) is not None or community.voice.retired(who) is not None


def _end(head: Head) -> str:
    """`reversed`: people undid it or said that it was none; `followed`: they did what it was about; else `left`."""
    verdict = head.verdict
    if is_shown_again(head) or (verdict is not None and (verdict.reversed or verdict.acquitted)):
        return "reversed"
    return (
        "followed" if any(one.signed_by and (one.kind in _MEASURES or one.reminds) for one in head.actions) else "left"
    )


def switch(visit: Visit, _parts: Parts, form: Switch) -> Done:
    """A switch is set, by a person: to act only after enough judged cases, or because they say so."""
    if form.clause == WHOLE and form.mode == "default":
        raise Refused(HTTPStatus.BAD_REQUEST, "form")
    known = {one.id: one for one in modes(visit, {}).clauses}
    if form.clause not in known and form.clause != WHOLE:
        raise Refused(HTTPStatus.UNPROCESSABLE_ENTITY, "draft_no_clause")
    if (
        form.mode == Mode.ACT.value
        and form.explicit != "yes"
        and not (form.clause in known and known[form.clause].enough)
    ):
        judged = known[form.clause].judged if form.clause in known else 0
        raise Refused(HTTPStatus.UNPROCESSABLE_ENTITY, "not_enough", n=str(judged), enough=str(ENOUGH))

    def changed(community: Community) -> Community:
        set_so = community.modes
        if form.clause == WHOLE:
            after = set_so.model_copy(update={"default": Mode(form.mode)})
        else:
            others = {clause: mode for clause, mode in set_so.clauses.items() if clause != form.clause}
            own = {} if form.mode == "default" else {form.clause: Mode(form.mode)}
            after = set_so.model_copy(update={"clauses": others | own})
        return community.model_copy(update={"modes": after})

    visit.change(changed)
    return Done(said="switched", next=f"/desk/{visit.community.id}/modes")


DOORS = (
    Door("GET", "modes", Right.READ, modes, ModesView, "How far the machine may go, article by article", "desk/modes"),
    Door("POST", "modes/switch", Right.DIRECT, switch, Done, "Let an article observe, propose or act", takes=Switch),
)
