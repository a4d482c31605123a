"""What stands around a case: the thread as far as it is known, its author's history, how the same was judged before."""

from collections import Counter
from datetime import timedelta

from tribune.desk.visit import Visit
from tribune.journal import CaseState, Head, HeadKind
from tribune.workflow.cases import Shown
from tribune.workflow.masking import masked_line
from tribune.workflow.takeback import is_hidden, visibility_changed

LOOK_BACK = timedelta(days=90)
MOST_PRECEDENTS = 50
"""Settled cases that are looked at, the latest ones."""

type Line = tuple[str, str, str]
"""(who, since when, what), each a short text."""


def thread(shown: Shown, visit: Visit) -> tuple[Line, ...]:
    """What the comment answers, oldest first: the beginning of its thread, then what it replies to."""
    head, handling, telling = shown.head, visit.reach.handling, visit.telling
    above = dict.fromkeys(one for one in (head.thread, head.parent) if one and one != head.object)
    places = [(*head.at[:3], one) for one in above]
    known = handling.journal.read([handling.keys.head(*at) for at in places])
    heads = [found for at in places if (found := known.head(*at))]
    lines = []
    for one in sorted(heads, key=lambda found: found.posted_at):
        said = None if one.deleted else visit.reach.journal.said_words(*one.at, one.v)
        ours = one.kind in (HeadKind.OURS, HeadKind.TEAM)
        who = visit.community.name if ours else telling.author(said.author_name if said else None)
        lines.append((who, telling.since(one.posted_at), masked_line(said.text) if said else ""))
    return tuple(lines)


def standing(head: Head, visit: Visit) -> tuple[str, ...]:
    """What the author's history says that matters here, in sentences; nothing in distress, never a label."""
    if head.confidential or head.author is None:
        return ()
    handling, telling = visit.reach.handling, visit.telling
    record = handling.journal.read([handling.keys.author(head.community, head.author)]).author(
        head.community, head.author, visit.now
    )
    told = len({strike.object for strike in record.standing.strikes if strike.object != head.object})
    sentences = [telling.say("standing", "told" if told > 1 else "told_once", n=str(told))] if told else []
    waits = [since for at, since in record.waiting.items() if at != head.object]
    if waits:
        sentences.append(telling.say("standing", "waits", since=telling.since(min(waits))))
    if record.standing.human_requested_at is not None:
        sentences.append(telling.say("standing", "human", since=telling.since(record.standing.human_requested_at)))
    return tuple(sentences)


def precedents(head: Head, visit: Visit) -> str:
    """How the team settled the latest cases under the same article: the same measure for the same thing."""
    clause = head.verdict.clause if head.verdict else None
    if clause is None or head.confidential:
        return ""
    handling, journal = visit.reach.handling, visit.reach.journal
    places = journal.latest_cases(visit.community.id, visit.now - LOOK_BACK, MOST_PRECEDENTS)
    known = handling.journal.read([key for at in places for key in (handling.keys.head(*at), handling.keys.case(*at))])
    ends: Counter[str] = Counter()
    for at in places:
        other, case = known.head(*at), known.case(*at)
        if other is None or case is None or case.state is CaseState.OPEN or other.at == head.at:
            continue
        if other.verdict is not None and other.verdict.clause == clause and not other.confidential:
            ends[_end(other)] += 1
    total = ends.total()
    if not total:
        return ""
    told = ", ".join(visit.telling.say("precedents", end, n=str(n)) for end, n in ends.most_common())
    return visit.telling.say("precedents", "same" if len(ends) == 1 else "several", n=str(total), ends=told)


def _end(head: Head) -> str:
    """What became of a comment in the end."""
    if head.deleted or any(action.kind == "delete" and action.done_at for action in head.actions):
        return "deleted"
    if visibility_changed(head):
        return "hidden" if is_hidden(head) else "shown"
    return "reminded" if head.reminded else "stayed"
