"""The hand-over: what whoever comes next has to know, on a page and as a file. No member's name, words or address."""

import re
from collections.abc import Iterator

from tribune import measures, numerals, words
from tribune.charter import PublishedCharter
from tribune.desk import place
from tribune.desk.appeals import AppealLine, appeals
from tribune.desk.calls import PauseLine, paused
from tribune.desk.charter import named
from tribune.desk.draft import draft_changes
from tribune.desk.modes import ClauseMode, modes
from tribune.desk.rota import RotaView, rota
from tribune.desk.route import Door, View
from tribune.desk.visit import Parts, Visit
from tribune.desk.voice import VoiceView, voice
from tribune.figures import Figures
from tribune.report import Period
from tribune.team import Right
from tribune.workflow.cases import Shown

MOST_CASES = 50
_SENTENCE_ENDS = re.compile(r"(?<=[.!?]) (?=[^\W\d_a-z])")


class OpenCase(View):
    """A case that waits: where, why, what was promised. Never who, nor what they said."""

    at: str
    id: str
    place: str
    since: str
    reason: str
    """Empty where nothing may be said of it outside its own page."""
    promise: str


class Short(View):
    """An article in a line, and how the team judged under it."""

    name: str
    first: str
    """The first sentence of what members read."""
    mode: str
    record: ClauseMode | None
    """None for what is no rule."""


class Handover(View):
    """Everything a successor starts from."""

    community: str
    written: str
    version: int | None
    page: str
    articles: tuple[Short, ...]
    next_version: tuple[str, ...]
    """What the draft of the next version changes."""
    cases: tuple[OpenCase, ...]
    more: int
    appeals: tuple[AppealLine, ...]
    paused: tuple[PauseLine, ...]
    month: str
    """The month before this one…"""
    led: tuple[str, ...]
    """…and how the team led in it, a formula with both of its figures a line; empty where nothing was counted."""
    ambassadors: int | None
    """How many of the house declared themselves; None without a registry."""
    team: tuple[tuple[str, str], ...]
    """(name, role)."""
    rota: RotaView
    voice: VoiceView


def handover(visit: Visit, parts: Parts) -> Handover:
    """The state of the house, as one would tell it to somebody who takes over."""
    community, telling = visit.as_stored, visit.telling
    published = visit.reach.charters.load(community.id, visit.now)
    found = visit.reach.handling.open(community.id)
    draft = visit.reach.charters.draft(community.id)
    roles = visit.screen["handover"]["roles"]
    month = Period.month(visit.now.astimezone(community.zone).date()).before
    return Handover(
        community=community.name,
        written=telling.day(visit.now.astimezone(community.zone).date()),
        version=published.version if published else None,
        page=f"{community.charter_base_url}/charter/{community.id}" if community.charter_base_url else "",
        articles=tuple(_articles(published, visit)) if published else (),
        next_version=tuple(change.said for change in draft_changes(draft, visit)) if draft else (),
        cases=tuple(_case(shown, visit) for shown in found[:MOST_CASES]),
        more=max(0, len(found) - MOST_CASES),
        appeals=appeals(visit, parts).waiting,
        paused=paused(visit),
        month=_named(month, visit),
        led=tuple(_led(month, visit)),
        ambassadors=None if community.ambassadors is None else len(community.ambassadors),
        team=tuple(
            (community.called(one.person) if one.person else one.name, roles[one.role]) for one in community.team
        ),
        rota=rota(visit, parts),
        voice=voice(visit, parts),
    )


def _articles(published: PublishedCharter, visit: Visit) -> list[Short]:
    language = published.charter.shown_in(visit.language)
    records = {one.id: one for one in modes(visit, {}).clauses}
    modes_said = visit.screen["charter"]["modes"]
    return [
        Short(
            name=named(clause, published.charter, visit),
            first=_SENTENCE_ENDS.split(
                " ".join(published.words_of(clause, language, visit.community.zone).split()), maxsplit=1
            )[0],
            mode=modes_said[records[clause.id].mode] if clause.id in records else "",
            record=records.get(clause.id),
        )
        for clause in published.charter.clauses
    ]


def _led(month: Period, visit: Visit) -> Iterator[str]:
    """Whether the team led, and whether it answered."""
    community, language, said = visit.community, visit.language, visit.screen["handover"]["figure"]
    days = (visit.reach.sealed.days(community.id, space, month.first, month.last) for space in community.spaces)
    figures = sum((figures for found in days for figures in found.values()), Figures())
    for one in (*measures.leadership(figures), measures.response_rate(figures)):
        if one.value is not None:
            yield str(
                said.format(
                    name=measures.told(one.name, language).name,
                    value=numerals.share(one.value, language),
                    numerator=numerals.count(one.numerator, language),
                    denominator=numerals.count(one.denominator, language),
                )
            )


def _named(month: Period, visit: Visit) -> str:
    months = words.table(visit.language, "time")["months"]
    return f"{months[month.first.month - 1]} {month.first.year}"


def _case(shown: Shown, visit: Visit) -> OpenCase:
    telling, case = visit.telling, shown.case
    return OpenCase(
        at=place.named(shown.at),
        id=case.id,
        place=telling.place(shown.head),
        since=telling.since(case.awaits_since or shown.head.posted_at),
        reason="" if shown.head.confidential else telling.reason(case.reason),
        promise=telling.promise(case),
    )


DOORS = (
    Door("GET", "handover", Right.READ, handover, Handover, "What a successor has to know", "desk/handover"),
    Door(
        "GET",
        "handover.md",
        Right.READ,
        handover,
        Handover,
        "The same as a file in Markdown",
        "desk/handover",
        file="handover.md",
    ),
)
