"""promise: what a person of the team said they would do ("je reviens à 18 h") is kept in mind until they did it. Pure.

From the desk or from the platform's own application, a promise keeps its case open until its time, when keep_watch
reminds whoever is on duty; the next answer of a person keeps it, in time or late, and the case says which.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from tribune import promises, words
from tribune.journal import Case, CaseState, Promised
from tribune.workflow.opening import is_promised
from tribune.workflow.takeback import CONTESTED, closed


def made_in(text: str, languages: Iterable[str], at: datetime, zone: ZoneInfo) -> Promised | None:
    """The promise that a person's words make, said at a moment; None when they make none. The `languages` of the house
    are read first: whoever answers a visitor in another one promises all the same.
    """
    local = at.astimezone(zone)
    for language in dict.fromkeys((*languages, *words.LANGUAGES)):
        for promise in promises.promises_in(text, language):
            if not promise.is_over(local):
                return Promised(promise.words, at, promise.at(local), guessed=promise.guessed(local))
    return None


def is_old_news(case: Case, spoken_at: datetime) -> bool:
    """Were words said no later than the last promise? A message of ours that is delivered again changes nothing."""
    return any(promise.made_at >= spoken_at for promise in case.promises)


def answered(case: Case, by: str, made: Promised | None, *, spoken_at: datetime, now: datetime) -> Case:
    """The case once a person answered: settled, or open until the promise that the answer made is kept, or the appeal
    that waits is reviewed.
    """
    case = spoken(case, made, spoken_at)
    if made is None and case.reason != CONTESTED:
        return closed(case, by, now)
    return replace(
        case,
        state=CaseState.OPEN,
        closed_at=None,
        closed_by=None,
        drafts=case.of_colleagues,
        in_hand=None,
        awaits_answer=False,
    )


def spoken(case: Case, made: Promised | None, at: datetime) -> Case:
    """The case, whatever becomes of it, with its promises kept by a person's words and the one that they made."""
    kept = tuple(promise if promise.kept_at else replace(promise, kept_at=at) for promise in case.promises)
    return replace(case, promises=(*kept, made) if made else kept, remind_at=made.due_at if made else None)


def run_out(case: Case) -> Case:
    """The case, once the time of its last promise is there: whoever was promised a word waits for it again, first of all.
    Where the time is a guess of ours, nobody is late.
    """
    last, told = case.promises[-1], replace(case, remind_at=None, rev=case.rev + 1)
    if last.guessed:
        return told
    since = min(last.due_at, case.promise_at) if is_promised(case) else last.due_at
    return replace(told, awaits_answer=True, promise_at=since)


def made_then(case: Case, at: datetime) -> Promised | None:
    """The promise that a person made in the words of that moment, unless they kept it since."""
    return next((promise for promise in case.promises if promise.made_at == at and promise.kept_at is None), None)


def reworded(case: Case, by: str, made: Promised | None, *, said_at: datetime, now: datetime) -> Case:
    """The case once a person rewrote the words of that moment, in which they had promised something: what they promise
    now is kept in mind in its place; nothing, and their answer settles it as any other.
    """
    before = made_then(case, said_at)
    if before is None or made == before or case.state is not CaseState.OPEN:
        return case
    new = tuple(made if promise is before else promise for promise in case.promises)
    told = replace(case, promises=tuple(promise for promise in new if promise), remind_at=made.due_at if made else None)
    asks_anew = case.awaits_answer and case.remind_at is not None
    if made is None and not asks_anew and case.reason != CONTESTED:
        return closed(told, by, now)
    return replace(told, awaits_answer=asks_anew)
