"""To say: what the team could say today, at most three things, each with the comments it comes from. Nothing is sent."""

from datetime import date

from tribune.desk import place
from tribune.desk.calls import Nothing
from tribune.desk.route import Done, Door, View
from tribune.desk.telling import Telling
from tribune.desk.visit import Parts, Visit
from tribune.duty import next_presence
from tribune.journal import ProposalState
from tribune.team import Right
from tribune.workflow import lead
from tribune.workflow.masking import masked_line


class Source(View):
    """A comment that an idea comes from."""

    at: str
    author: str
    place: str
    since: str
    quote: str
    """Empty once its words are gone."""
    url: str
    open: bool
    """Does it have a case, in which it can be answered?"""


class Idea(View):
    """Something that could be said."""

    id: str
    what: str
    drafts: tuple[tuple[str, str], ...]
    """(language, words)."""
    sources: tuple[Source, ...]


class Ending(View):
    """An answer of the FAQ that is no longer sent, or soon will not be."""

    id: str
    sentence: str


class Say(View):
    """Today's ideas."""

    ideas: tuple[Idea, ...]
    not_yet: str
    """When they come, before the team is there; empty afterwards."""
    endings: tuple[Ending, ...]


def say(visit: Visit, _parts: Parts) -> Say:
    """What could be said today."""
    telling, community, day = visit.telling, visit.community, _day(visit)
    journal, keys = visit.reach.journal, visit.reach.handling.keys
    made = journal.read([keys.proposals(community.id, day)]).proposals(community.id, day)
    waiting = [one for one in made.proposals if one.state is ProposalState.OPEN] if made else []
    found = [(one, sources) for one in waiting if (sources := lead.sources(journal, keys, community.id, one))]
    begins = next_presence(community.rota, visit.now, community.zone)
    endings = ((one.id, one.valid_until) for one in community.ending_answers(day))
    return Say(
        ideas=tuple(
            Idea(
                id=one.id,
                what=telling.say("say", "kinds", one.kind, people=str(one.people)),
                drafts=tuple(one.drafts.items()),
                sources=tuple(_source(source, telling) for source in sources),
            )
            for one, sources in found
        ),
        not_yet="" if made else telling.at(begins),
        endings=tuple(
            Ending(
                id=name,
                sentence=telling.say("say", "expired" if until < day else "expires", id=name, day=telling.day(until)),
            )
            for name, until in endings
            if until is not None
        ),
    )


def _day(visit: Visit) -> date:
    return visit.now.astimezone(visit.community.zone).date()


def _source(source: lead.Source, telling: Telling) -> Source:
    head, said = source.head, source.said
    return Source(
        at=place.named(head.at),
        author=telling.author(said.author_name if said else None),
        place=telling.place(head),
        since=telling.since(head.posted_at),
        quote=masked_line(said.text) if said else "",
        url=head.url or "",
        open=source.case is not None,
    )


def said(visit: Visit, parts: Parts, _form: Nothing) -> Done:
    """It was said."""
    return _settled(visit, parts, ProposalState.DONE)


def dropped(visit: Visit, parts: Parts, _form: Nothing) -> Done:
    """Not today."""
    return _settled(visit, parts, ProposalState.DROPPED)


def _settled(visit: Visit, parts: Parts, state: ProposalState) -> Done:
    at = (visit.community.id, _day(visit))
    journal, keys = visit.reach.journal, visit.reach.handling.keys
    lead.settle(journal, keys, at, parts["idea"], state=state, person=visit.person.id, now=visit.now)
    return Done(said=f"idea_{state}", next=f"/desk/{visit.community.id}/say")


DOORS = (
    Door("GET", "say", Right.READ, say, Say, "What could be said today", "desk/say"),
    Door("POST", "say/{idea}/done", Right.HANDLE, said, Done, "It was said", takes=Nothing),
    Door("POST", "say/{idea}/drop", Right.HANDLE, dropped, Done, "Not today", takes=Nothing),
)
