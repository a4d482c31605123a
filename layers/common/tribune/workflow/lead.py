"""lead: each morning, once, what the community manager could say; and what became of it. Nothing here is ever sent.

At the start of presence, in the community's zone. The item of the day is written first come, first served: whoever
comes second, or comes back after a crash, finds it there. What is read for it is bounded, however much was said: two
queries for the latest cases, then their heads, threads and words a hundred at a time: thirteen requests at most, the
last of them the write.
"""

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Protocol

from tribune import duty, voice, words
from tribune.budgets import UNQUIET
from tribune.channel import Platform
from tribune.charter import Circumstances, Findings, Reader
from tribune.community import Community
from tribune.errors import AlreadyDone, Conflict, NotFound
from tribune.journal import Brakes, Case, Head, Proposal, Proposals, ProposalState, SaidWords, ThreadRecord
from tribune.proposals import (
    LOOK_BACK,
    SITUATIONS,
    Chosen,
    Heard,
    Kind,
    heard,
    may_be_source,
    nobody_answered,
    of_the_day,
    still_a_source,
)
from tribune.workflow.ports import Communities, Key, Keys, readable
from tribune.workflow.speech import answer_of
from tribune.workflow.worksheet import ObjectId

MOST_LOOKED_AT = 100
"""Open cases, and settled ones, the latest first."""
NOT_AGAIN = 7
"""For how many days a comment that was a source is none again, nor a text the same."""
LOOK_AGAIN = timedelta(minutes=15)
"""How long a changed rota may go unseen."""
_SHORT = 6
_TRIES = 4


# ruff: disable[D102]  what each of these does is said where it is done
class Known(Protocol):
    """What was read in one go."""

    def head(self, community: str, platform: str, account: str, object_id: str, /) -> Head | None: ...
    def case(self, community: str, platform: str, account: str, object_id: str, /) -> Case | None: ...
    def thread(self, community: str, platform: str, account: str, thread_id: str, /) -> ThreadRecord: ...
    def brakes(self, community: str, /) -> Brakes: ...
    def proposals(self, community: str, day: date, /) -> Proposals | None: ...


class Journal(Protocol):
    """What the proposals need of the journal."""

    def read(self, wanted: Iterable[Key]) -> Known: ...
    def latest_cases(self, community: str, since: datetime, limit: int) -> list[ObjectId]: ...
    def current_words(self, heads: Iterable[Head]) -> Mapping[ObjectId, str]: ...
    def keep_proposals(self, proposals: Proposals) -> None: ...


# ruff: enable[D102]


def as_written(community: Community) -> Callable[[str], Findings]:
    """How a community's words are read where no charter is asked."""
    reader = Reader(None, community.vocabulary)
    return lambda text: reader.read(text, Circumstances())


@dataclass(frozen=True, slots=True)
class Leading:
    """The morning's proposals, with the edges they need."""

    journal: Journal
    keys: Keys
    communities: Communities
    platform: Callable[[str], Platform]
    reading: Callable[[Community], Callable[[str], Findings]]
    """How the words of a community are read."""
    _not_before: dict[str, datetime] = field(default_factory=dict)
    """Community -> when there may be something to do again: an ordinary minute reads nothing."""

    def mornings(self, communities: Sequence[str], now: datetime) -> int:
        """Propose wherever the day's presence has begun and nobody did yet; answers in how many communities.

        Raises Unavailable.
        """
        due = (name for name in communities if now >= self._not_before.get(name, now))
        return sum(self._morning(community, now) for community in readable(self.communities, due))

    def _morning(self, community: Community, now: datetime) -> bool:
        day = now.astimezone(community.zone).date()
        begins = duty.next_presence(community.rota, now, community.zone)
        due = begins == now and self._made(community.id, day) is None
        proposed = due and self._propose(community, day, now)
        later = now + LOOK_AGAIN
        self._not_before[community.id] = min(begins, later) if begins > now else later
        return proposed

    def _made(self, community: str, day: date) -> Proposals | None:
        return self.journal.read([self.keys.proposals(community, day)]).proposals(community, day)

    def _propose(self, community: Community, day: date, now: datetime) -> bool:
        """False when somebody else did meanwhile."""
        made = self.proposed(community, day, now)
        try:
            self.journal.keep_proposals(made)
        except Conflict:
            return False
        return True

    def proposed(self, community: Community, day: date, now: datetime) -> Proposals:
        """What could be said on `day`, from what the journal knows of the last days. Raises Unavailable."""
        earlier = self._earlier(community.id, day)
        sources = {source for one in earlier for source in one.sources}
        pairs = self._looked_at(community, now)
        chosen = of_the_day(self._heard(community, pairs), sources, (community.name, *community.vocabulary.names))
        heads = {head.at[1:]: head for head, _ in pairs}
        drafting = _Drafting(community, self.platform, day, now, {one.variant for one in earlier})
        written = (drafting.written(one, heads[one.sources[0]]) for one in chosen)
        return Proposals(community.id, day, made_at=now, rev=1, proposals=tuple(one for one in written if one))

    def _earlier(self, community: str, day: date) -> list[Proposal]:
        days = [day - timedelta(days=n) for n in range(1, NOT_AGAIN + 1)]
        known = self.journal.read([self.keys.proposals(community, one) for one in days])
        return [proposal for one in days if (made := known.proposals(community, one)) for proposal in made.proposals]

    def _looked_at(self, community: Community, now: datetime) -> list[tuple[Head, Case]]:
        """The comments that may be sources, and their cases."""
        places = self.journal.latest_cases(community.id, now - LOOK_BACK, MOST_LOOKED_AT)
        known = self.journal.read([key for at in places for key in (self.keys.case(*at), self.keys.head(*at))])
        pairs = [(head, case) for at in places if (head := known.head(*at)) and (case := known.case(*at))]
        threads = self.journal.read(
            [self.keys.brakes(community.id), *(self.keys.thread(*head.thread_at) for head, _ in pairs)]
        )
        climate = threads.brakes(community.id).climate
        return [
            (head, case)
            for head, case in pairs
            if may_be_source(
                head,
                case,
                now,
                sensitive=_sensitive(community, head),
                silent=bool(threads.thread(*head.thread_at).silent) or climate.get(head.space) in UNQUIET,
            )
        ]

    def _heard(self, community: Community, pairs: Sequence[tuple[Head, Case]]) -> list[Heard]:
        said = self.journal.current_words(head for head, _ in pairs)
        read = self.reading(community)
        found = (heard(head, case, said[head.at], read(said[head.at])) for head, case in pairs if head.at in said)
        return [one for one in found if one is not None]


@dataclass(frozen=True, slots=True)
class _Drafting:
    """The drafts of one morning: words without a name and without a member's word, which nobody has signed yet."""

    community: Community
    platform: Callable[[str], Platform]
    day: date
    now: datetime
    read: set[str]
    """Texts that were proposed lately."""

    def written(self, chosen: Chosen, first: Head) -> Proposal | None:
        """The proposal with its drafts; None when no text says it in any language."""
        name = _named(self.community.id, self.day, chosen)
        spoken = dict.fromkeys(words.spoken(language) for language in self.community.languages)
        drafts = {language: self._draft(chosen, first, language, name) for language in spoken}
        told = {language: draft for language, draft in drafts.items() if draft}
        if not told:
            return None
        variant = next(iter(told.values())).variant
        self.read.add(variant)
        return Proposal(
            id=name,
            kind=chosen.kind,
            sources=chosen.sources,
            drafts={language: draft.text for language, draft in told.items()},
            variant=variant,
            people=chosen.people,
            faq=chosen.faq,
        )

    def _draft(self, chosen: Chosen, first: Head, language: str, key: str) -> voice.Written | None:
        card = self.platform(first.platform).CARD
        return voice.compose(
            SITUATIONS[chosen.kind],
            language=language,
            voice=self.community.voice,
            fields=_fields(self.community, chosen, first, language, self.now),
            key=key,
            avoid=self.read,
            automatic=False,
            signer=None,
            limit=card.text_limit,
            unit=card.text_unit,
            citation=card.citation,
            today=self.now.astimezone(self.community.zone).date(),
        )


def _fields(community: Community, chosen: Chosen, first: Head, language: str, now: datetime) -> dict[str, str]:
    """What a draft may say: the title that the team gave to a post, the answer that it reviewed and that still holds."""
    if chosen.faq and (answer := answer_of(community, chosen.faq, language, now)):
        return answer
    post = community.post(first.platform, first.account, first.post)
    return {"topic": post.title} if post and post.title and chosen.kind is not Kind.POST else {}


def _named(community: str, day: date, chosen: Chosen) -> str:
    """The short name of a proposal, the same for ever: what a CM types."""
    parts = (community, day.isoformat(), chosen.kind, *chosen.sources[0])
    return hashlib.sha256("|".join(parts).encode()).hexdigest()[:_SHORT]


def _sensitive(community: Community, head: Head) -> bool:
    post = community.post(head.platform, head.account, head.post)
    return bool(post and post.sensitive)


# --- what a person makes of it ---


@dataclass(frozen=True, slots=True)
class Source:
    """A comment that a proposal comes from, as far as it is still there."""

    head: Head
    case: Case | None
    said: SaidWords | None
    """None once its words are gone."""


# ruff: disable[D102]  what each of these does is said where it is done
class Shelf(Protocol):
    """Where the sources of a proposal are looked up."""

    def read(self, wanted: Iterable[Key]) -> Known: ...
    def said_of(self, heads: Iterable[Head]) -> Mapping[ObjectId, SaidWords]: ...


# ruff: enable[D102]


def sources(shelf: Shelf, keys: Keys, community: str, proposal: Proposal) -> list[Source]:
    """Where a proposal comes from; nothing once there is nothing left to say. Two requests."""
    places = [(community, *source) for source in proposal.sources]
    known = shelf.read([key for at in places for key in (keys.head(*at), keys.case(*at))])
    there = grounds(known, community, proposal)
    said = shelf.said_of(head for head, _ in there)
    return [Source(head, case, said.get(head.at)) for head, case in there]


class Around(Protocol):
    """What was read of the comments that a proposal comes from, and of their cases."""

    def head(self, community: str, platform: str, account: str, object_id: str, /) -> Head | None: ...  # noqa: D102
    def case(self, community: str, platform: str, account: str, object_id: str, /) -> Case | None: ...  # noqa: D102


def grounds(known: Around, community: str, proposal: Proposal) -> list[tuple[Head, Case | None]]:
    """The comments that it comes from, as far as they are still there; none once there is nothing left to say."""
    places = [(community, *source) for source in proposal.sources]
    heads, cases = [known.head(*at) for at in places], [known.case(*at) for at in places]
    return _still_there(heads, cases) if still_holds(proposal, heads, cases) else []


def still_holds(proposal: Proposal, heads: Sequence[Head | None], cases: Sequence[Case | None]) -> bool:
    """Is there still something to say? Not once its sources are gone, hidden or edited into something else, or a person
    settled the only one to answer.
    """
    there = _still_there(heads, cases)
    if proposal.kind == Kind.POST:
        return bool(there)
    return any(case is not None and nobody_answered(case) for _, case in there)


def _still_there(heads: Sequence[Head | None], cases: Sequence[Case | None]) -> list[tuple[Head, Case | None]]:
    pairs = zip(heads, cases, strict=True)
    return [(head, case) for head, case in pairs if head is not None and still_a_source(head, case)]


def settle(  # noqa: PLR0913  each is named at the call
    journal: Journal, keys: Keys, at: tuple[str, date], name: str, *, state: ProposalState, person: str, now: datetime
) -> Proposal:
    """`person` said it (DONE) or lets it be (DROPPED); `at`: community and day.

    Raises NotFound for no such proposal, AlreadyDone (by whom, when), Conflict, Unavailable.
    """
    for _ in range(_TRIES):
        made = journal.read([keys.proposals(*at)]).proposals(*at)
        known = next((one for one in made.proposals if one.id == name), None) if made else None
        if made is None or known is None:
            raise NotFound(f"there is no proposal {name!r}")
        if known.state is not ProposalState.OPEN:
            raise AlreadyDone(known.settled_by or "", known.settled_at or made.made_at)
        settled = replace(known, state=state, settled_by=person, settled_at=now)
        kept = tuple(settled if one.id == name else one for one in made.proposals)
        try:
            journal.keep_proposals(replace(made, proposals=kept, rev=made.rev + 1))
        except Conflict:
            continue
        return settled
    raise Conflict("the proposals keep changing: look at them again")
