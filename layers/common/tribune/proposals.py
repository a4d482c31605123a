"""What a community manager could say this morning: at most three things, each with the comments that it comes from. Pure.

A helper to thank, a member's question to put to everyone, a question that many ask to turn into a post; then somebody
who answered a question of ours, and a newcomer to welcome. Words of members are looked at here and repeated nowhere.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from tribune.channel import ActKind
from tribune.charter import text as reading
from tribune.charter.findings import Findings, Signal
from tribune.charter.questions import weighing
from tribune.comment import Audience
from tribune.decision import COMPLAINS, NEVER_AUTOMATIC
from tribune.journal import ActionState, Case, CaseState, Head, HeadKind

MOST = 3
"""A morning: more is a list that nobody reads."""
LOOK_BACK = timedelta(days=4)
"""A long weekend, and the day before."""
MOST_SOURCES = 5
"""That one proposal names."""
MANY = 3
"""How many different people make a question one that many ask."""
ALIKE = 0.6
"""Which part of the shorter question's words the other one has to share."""
SHARED = 2
"""…and how many words at least: one word in common is a subject, not a question."""

type Source = tuple[str, str, str]
"""(platform, account, object)."""


class Kind(StrEnum):
    """What is proposed, in the order in which the three places are given: one of each kind before two of any."""

    THANK = "thank"
    """Somebody helped another member."""
    EVERYONE = "everyone"
    """A member's question that nobody answered, and that others could."""
    POST = "post"
    """A question that many ask."""
    ASK_BACK = "ask_back"
    """Somebody answered a question of ours."""
    WELCOME = "welcome"


SITUATIONS = {
    Kind.THANK: "thanks.help",
    Kind.EVERYONE: "lead.answered_by_members",
    Kind.POST: "lead.post",
    Kind.ASK_BACK: "lead.ask_back",
    Kind.WELCOME: "welcome",
}
"""The reply situation that prepares each kind."""

_REASONS = {"helps_member": Kind.THANK, "conversation": Kind.ASK_BACK, "newcomer": Kind.WELCOME}
_QUESTIONS = frozenset({"question", "faq"})
REASONS = frozenset({*_REASONS, *_QUESTIONS})
"""What a case has to be about for anything to be proposed."""
_NOT_FOR_EVERYONE = frozenset({*NEVER_AUTOMATIC, *COMPLAINS, Signal.DEALINGS, Signal.CONTACT_REQUEST})
"""What makes a question its author's own affair."""
_ASKS = frozenset({Signal.QUESTION, Signal.SHORT_QUESTION})


@dataclass(frozen=True, slots=True)
class Heard:
    """A comment that something could be said about."""

    source: Source
    person: str
    """Whoever said it, as far as we can tell one from another."""
    said_at: datetime
    reason: str
    """Why it stands in a case (`decision.REASONS`)."""
    waits: bool
    """Nobody of the team settled it, nor said that they come back."""
    text: str
    findings: Findings


@dataclass(frozen=True, slots=True)
class Chosen:
    """One thing to say, and where it comes from."""

    kind: Kind
    sources: tuple[Source, ...]
    people: int
    faq: str | None = None
    """The entry of the FAQ that answers what many ask."""


def may_be_source(head: Head, case: Case, now: datetime, *, sensitive: bool, silent: bool) -> bool:
    """Can a comment be the ground of something said in public?

    Never under a `sensitive` post, nor where it is better to be `silent`: something grave stands in its thread, or a
    storm is on.
    """
    return still_a_source(head, case) and now - head.posted_at <= LOOK_BACK and not (sensitive or silent)


def still_a_source(head: Head, case: Case | None) -> bool:
    """Does a comment still say what something could be said about: not hidden, nor edited into anything else, since?"""
    about = case is None or (case.reason in REASONS and not case.ended_by_author)
    return about and may_be_quoted(head)


def nobody_answered(case: Case) -> bool:
    """Is it open, and did nobody of the team say that they come back?"""
    asks_anew = case.awaits_answer and case.remind_at is not None
    return case.state is CaseState.OPEN and (asks_anew or not case.owes_a_word)


def may_be_quoted(head: Head) -> bool:
    """May a line of it be shown to the team? Nothing confidential, private, deleted, hidden or held against anybody."""
    verdict = head.verdict
    return (
        head.kind is HeadKind.COMMENT
        and head.audience is Audience.PUBLIC
        and not (head.confidential or head.deleted or head.hidden)
        and verdict is not None
        and verdict.clause is None
        and verdict.ground != "law"
        and not any(a.kind is ActKind.HIDE and a.state is not ActionState.CANCELLED for a in head.actions)
    )


def heard(head: Head, case: Case, text: str, findings: Findings) -> Heard | None:
    """What may be said about a comment that may be a source; None where its words say that nothing should."""
    if findings.breaches or not findings.signals.isdisjoint(NEVER_AUTOMATIC):
        return None
    source = (head.platform, head.account, head.object)
    return Heard(
        source=source,
        person=head.author or "|".join(source),
        said_at=head.posted_at,
        reason=case.reason,
        waits=nobody_answered(case),
        text=text,
        findings=findings,
    )


def of_the_day(comments: Iterable[Heard], already: Iterable[Source] = (), known: Iterable[str] = ()) -> list[Chosen]:
    """At most three things to say, one of each kind before two of any; always the same from the same comments.

    `already`: what was a source on an earlier morning. `known`: words that tell no question from another here, the
    brand's name.
    """
    used = frozenset(already)
    said = sorted(comments, key=lambda one: (one.said_at, one.source))
    asked = asked_by_many(said, known)
    in_a_post = frozenset(one.source for group in asked for one in group)
    waiting = [one for one in said if one.waits and one.source not in used]
    queues = {
        Kind.THANK: _thanks(waiting),
        Kind.EVERYONE: [
            _alone(Kind.EVERYONE, one) for one in waiting if one.source not in in_a_post and _for_everyone(one)
        ],
        # A post that was proposed some days ago is not proposed again because one more person asks.
        Kind.POST: [_post(group) for group in asked if used.isdisjoint(one.source for one in group)],
        Kind.ASK_BACK: _latest(waiting, Kind.ASK_BACK),
        Kind.WELCOME: _latest(waiting, Kind.WELCOME),
    }
    return _in_turn(list(queues.values()), {one.source: one.person for one in said})


def _in_turn(queues: Sequence[list[Chosen]], person_of: dict[Source, str]) -> list[Chosen]:
    """Round after round, the first of each queue; whoever is spoken to once is not spoken to twice."""
    chosen: list[Chosen] = []
    spoken_to: set[str] = set()
    for place in range(max(map(len, queues), default=0)):
        for queue in queues:
            one = queue[place] if place < len(queue) else None
            if one is None or len(chosen) == MOST:
                continue
            person = person_of[one.sources[0]] if one.kind is not Kind.POST else None
            if person not in spoken_to:
                chosen.append(one)
                spoken_to |= {person} if person else set()
    return chosen


# --- each kind ---


def _alone(kind: Kind, one: Heard) -> Chosen:
    return Chosen(kind, (one.source,), people=1)


def _latest(waiting: Sequence[Heard], kind: Kind) -> list[Chosen]:
    return [_alone(kind, one) for one in reversed(waiting) if _REASONS.get(one.reason) is kind]


def _thanks(waiting: Sequence[Heard]) -> list[Chosen]:
    """Whoever helped most often first, by all that they did; then whoever helped last."""
    helps: dict[str, list[Heard]] = {}
    for one in waiting:
        if _REASONS.get(one.reason) is Kind.THANK:
            helps.setdefault(one.person, []).append(one)
    ranked = sorted(helps.values(), key=lambda given: (len(given), given[-1].said_at), reverse=True)
    return [Chosen(Kind.THANK, tuple(one.source for one in given[::-1][:MOST_SOURCES]), people=1) for given in ranked]


def _for_everyone(one: Heard) -> bool:
    """A question that other members may know the answer to: no answer of ours, no order of their own."""
    signals = one.findings.signals
    return (
        one.reason in _QUESTIONS
        and not one.findings.asks
        and not signals.isdisjoint(_ASKS)
        and signals.isdisjoint(_NOT_FOR_EVERYONE)
    )


def _post(group: Sequence[Heard]) -> Chosen:
    latest = tuple(one.source for one in group[::-1][:MOST_SOURCES])
    return Chosen(Kind.POST, latest, people=_people(group), faq=next(iter(group[0].findings.asks), None))


# --- what many ask ---


def asked_by_many(comments: Sequence[Heard], known: Iterable[str] = ()) -> list[list[Heard]]:
    """The questions that at least three different people ask, those of most people first; each group in order.

    Questions are one when they ask the same entry of the FAQ; else when they share at least two of the words that
    weigh, and three fifths of those of the shorter one: with the first question of a group, so that groups do not
    drift, and the same comments always make the same groups. `comments` in the order in which they were said.
    """
    common = weighing(word for name in known for word in reading.keys(name))
    groups: list[tuple[str, frozenset[str], list[Heard]]] = []
    for one in comments:
        if one.reason not in _QUESTIONS or one.findings.signals.isdisjoint(_ASKS):
            continue
        entry = next(iter(one.findings.asks), "")
        about = frozenset() if entry else question_words(one.text) - common
        group = next((g for g in groups if (entry and g[0] == entry) or (not entry and _alike(g[1], about))), None)
        if group is None:
            groups.append((entry, about, [one]))
        else:
            group[2].append(one)
    many = [group for _, _, group in groups if _people(group) >= MANY]
    return sorted(many, key=lambda group: (-_people(group), group[0].said_at, group[0].source))


def _people(group: Iterable[Heard]) -> int:
    return len({one.person for one in group})


def _alike(first: frozenset[str], second: frozenset[str]) -> bool:
    shared = len(first & second)
    return shared >= SHARED and shared >= ALIKE * min(len(first), len(second))


def question_words(text: str) -> frozenset[str]:
    """The words that weigh in the sentences that end with a question mark; in all of them where none does."""
    read = reading.read(text)
    sentences = list(_sentences(read))
    asking = [words for words, asks in sentences if asks] or [words for words, _ in sentences]
    return weighing(word for words in asking for word in words)


def _sentences(read: reading.Text) -> Iterator[tuple[tuple[str, ...], bool]]:
    """The words of each sentence, and whether it asks."""
    for number in dict.fromkeys(read.sentences):
        places = [place for place, sentence in enumerate(read.sentences) if sentence == number]
        asks = "?" in read.between(places[-1])
        yield tuple(read.keys[place] for place in places), asks
