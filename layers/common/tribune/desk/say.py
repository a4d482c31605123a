"""To say: what the team could say today, at most three things, each with the comments it comes from. Nothing is sent."""

from datetime import date

from tribune.desk import place
from tribune.desk.calls import Nothing
from tribune.desk.route import Done, Door, View
from tribune.desk.visit import Parts, Visit
from tribune.duty import next_presence
from tribune.journal import Proposal, ProposalState
from tribune.team import Right
from tribune.workflow.call import masked_line
from tribune.workflow.lead import settle, still_holds


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
    found = [(one, sources) for one in waiting if (sources := _sources(one, visit))]
    begins = next_presence(community.rota, visit.now, community.zone)
    endings = ((one.id, one.valid_until) for one in community.ending_answers(day))
    return Say(
        ideas=tuple(
            Idea(
                id=one.id,
                what=telling.say("say", "kinds", one.kind, people=str(one.people)),
                drafts=tuple(one.drafts.items()),
                sources=tuple(sources),
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


def _sources(proposal: Proposal, visit: Visit) -> list[Source]:
    """Where it comes from; nothing once there is nothing left to say."""
    journal, keys, telling = visit.reach.journal, visit.reach.handling.keys, visit.telling
    places = [(visit.community.id, *source) for source in proposal.sources]
    known = journal.read([key for at in places for key in (keys.head(*at), keys.case(*at))])
    heads = [known.head(*at) for at in places]
    cases = [known.case(*at) for at in places]
    if not still_holds(proposal, heads, cases):
        return []
    found = []
    for at, head, case in zip(places, heads, cases, strict=True):
        if head is None or head.deleted:
            continue
        said = journal.said_words(*at, head.v)
        found.append(
            Source(
                at=place.named(at),
                author=telling.author(said.author_name if said else None),
                place=telling.place(head),
                since=telling.since(head.posted_at),
                quote=masked_line(said.text) if said else "",
                url=head.url or "",
                open=case is not None,
            )
        )
    return found


def said(visit: Visit, parts: Parts, _form: Nothing) -> Done:
    """It was said."""
    return _settled(visit, parts, ProposalState.DONE)


def dropped(visit: Visit, parts: Parts, _form: Nothing) -> Done:
    """Not today."""
    return _settled(visit, parts, ProposalState.DROPPED)


def _settled(visit: Visit, parts: Parts, state: ProposalState) -> Done:
    at = (visit.community.id, _day(visit))
    journal, keys = visit.reach.journal, visit.reach.handling.keys
    settle(journal, keys, at, parts["idea"], state=state, person=visit.person.id, now=visit.now)
    return Done(said=f"idea_{state}", next=f"/desk/{visit.community.id}/say")


DOORS = (
    Door("GET", "say", Right.READ, say, Say, "What could be said today", "desk/say"),
    Door("POST", "say/{idea}/done", Right.HANDLE, said, Done, "It was said", takes=Nothing),
    Door("POST", "say/{idea}/drop", Right.HANDLE, dropped, Done, "Not today", takes=Nothing),
)
