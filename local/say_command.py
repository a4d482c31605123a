"""`tribune say`: what the team could say today, where each idea comes from, and what became of it. Nothing is sent."""

from argparse import Namespace
from collections.abc import Iterator
from datetime import date

from local.desk import Desk, opened
from tribune.aws import keys
from tribune.duty import next_presence, on_duty
from tribune.journal import CaseState, Proposal, ProposalState
from tribune.proposals import Kind
from tribune.workflow import lead
from tribune.workflow.masking import masked_line

_STATES = {"done": ProposalState.DONE, "drop": ProposalState.DROPPED}


def run(arguments: Namespace) -> int:
    """One action. Raises TribuneError with a sentence in the team's language, BadConfiguration for bad input."""
    person = getattr(arguments, "person", None)
    with opened(arguments, person) as desk:
        return _list(desk) if person is None else _settle(arguments, desk)


def _list(desk: Desk) -> int:
    for line in (*_today(desk), *_answers(desk)):
        print(line)
    return 0


def _day(desk: Desk) -> date:
    return desk.now().astimezone(desk.community.zone).date()


def _today(desk: Desk) -> Iterator[str]:
    community, day = desk.community, _day(desk)
    made = desk.journal.read([keys.proposals(community.id, day)]).proposals(community.id, day)
    if made is None:
        begins = next_presence(community.rota, desk.now(), community.zone)
        yield desk.say("say", "not_yet", time=desk.at(begins))
        return
    waiting = [one for one in made.proposals if one.state is ProposalState.OPEN]
    told = [(one, sources) for one in waiting if (sources := lead.sources(desk.journal, keys, community.id, one))]
    yield desk.say("say", "head" if told else "none")
    for proposal, sources in told:
        yield from _lines(proposal, sources, desk)


def _lines(proposal: Proposal, sources: list[lead.Source], desk: Desk) -> Iterator[str]:
    duty = on_duty(desk.community.rota, desk.now(), desk.community.zone)
    person = duty[0].id if duty else "…"
    yield ""
    yield f"{proposal.id}  {desk.say('say', 'kinds', proposal.kind, people=str(proposal.people))}"
    for source in sources:
        yield f"        {_from(source, desk)}"
    for language, text in proposal.drafts.items():
        yield f"        {language} : {text}" if len(proposal.drafts) > 1 else f"        {text}"
    answered = next((one.case for one in sources if one.case and one.case.state is CaseState.OPEN), None)
    if answered and proposal.kind != Kind.POST:
        yield f"        {desk.say('say', 'answer', id=answered.id, person=person)}"
    yield f"        {desk.say('say', 'settle', id=proposal.id, person=person)}"


def _from(source: lead.Source, desk: Desk) -> str:
    head, said, telling = source.head, source.said, desk.telling
    name = telling.author(said.author_name if said else None)
    quote = desk.say("list", "quote", words=masked_line(said.text)) if said else desk.say("erased")
    by = desk.say("list", "by", name=name, place=telling.place(head), since=desk.since(head.posted_at))
    return " · ".join(part for part in (quote, by, head.url) if part)


def _answers(desk: Desk) -> Iterator[str]:
    """The answers of the FAQ that are no longer sent, or soon will not be."""
    today = _day(desk)
    for entry in desk.community.ending_answers(today):
        if entry.valid_until is not None:
            which = "expired" if entry.valid_until < today else "expires"
            yield desk.say("say", which, id=entry.id, day=desk.telling.day(entry.valid_until))


def _settle(arguments: Namespace, desk: Desk) -> int:
    person = desk.person(arguments.person)
    state = _STATES[arguments.action]
    at = (desk.community.id, _day(desk))
    with desk.refusing(arguments.proposal, "no_proposal"):
        lead.settle(desk.journal, keys, at, arguments.proposal, state=state, person=person.id, now=desk.now())
    print(desk.say("say", state, id=arguments.proposal, person=person.name))
    return 0
