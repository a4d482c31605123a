"""`tribune appeal`: the decisions that members contest, and the person who reviews them."""

from argparse import Namespace
from collections.abc import Iterator

from local.desk import Desk, opened, readable
from tribune import words
from tribune.duty import Person
from tribune.errors import BadConfiguration, NotFound, OwnDecision, TribuneError
from tribune.journal import ActionState
from tribune.notice import Appeal, AppealState, facts, link
from tribune.workflow.appeal import Contested, Reviewing, place, reviewers
from tribune.workflow.deed import case_id


def run(arguments: Namespace) -> int:
    """One action. Raises TribuneError with a sentence in the team's language, BadConfiguration for bad input."""
    person = getattr(arguments, "person", None)
    with opened(arguments, person) as desk:
        review = desk.reviewing
        if arguments.action == "list":
            return _list(review, desk)
        if arguments.action == "show":
            return _show(arguments.code, review, desk)
        return _decide(arguments, review, desk, desk.person(arguments.person))


def _list(review: Reviewing, desk: Desk) -> int:
    waiting = review.waiting()
    if not waiting:
        print(desk.say("appeal", "none"))
        return 0
    for appeal in waiting:
        late = "late" if appeal.due_at < desk.now() else "line"
        since, due = desk.since(appeal.at), desk.at(appeal.due_at)
        print(desk.say("appeal", late, code=appeal.code, since=since, time=due, place=_where(appeal, desk)))
    print(desk.say("appeal", "open", code=waiting[0].code))
    return 0


def _where(appeal: Appeal, desk: Desk) -> str:
    return desk.community.name_of(appeal.platform, appeal.account) or desk.community.name


def _show(code: str, review: Reviewing, desk: Desk) -> int:
    print("\n\n".join("\n".join(lines) for lines in _paragraphs(_found(code, review, desk), desk) if lines))
    return 0


def _found(code: str, review: Reviewing, desk: Desk) -> Contested:
    try:
        return review.find(code)
    except NotFound as error:
        raise BadConfiguration(desk.say("refused", "no_appeal", code=code.upper())) from error


def _paragraphs(contested: Contested, desk: Desk) -> Iterator[list[str]]:
    appeal, notice = contested.appeal, contested.notice
    since, due = desk.since(appeal.at), desk.at(appeal.due_at)
    yield [desk.say("appeal", "line", code=appeal.code, since=since, time=due, place=_where(appeal, desk))]
    said = readable(contested.words or "", notice.language)
    yield [desk.say("appeal", "said"), desk.say("list", "quote", words=said) if said else desk.say("erased")]
    text = readable(contested.text or "", notice.language)
    yield [desk.say("appeal", "why"), desk.say("list", "quote", words=text) if text else desk.say("appeal", "no_words")]
    act = desk.table["acts"][notice.kind]
    by = desk.say("appeal", "machine") if not notice.decided_by else _names(notice.decided_by, desk)
    clause = notice.clause or desk.say("law")
    decided = {"act": act, "by": by, "time": desk.at(notice.applied_at), "clause": clause}
    yield [desk.say("appeal", "decided", **decided), facts(notice, words.spoken(desk.language))]
    address = link(desk.community.charter_base_url, desk.community.id, notice.token)
    case = desk.say("call", "case", id=case_id(place(notice)))
    yield [*([desk.say("appeal", "page", url=address)] if address else []), case]
    yield list(_outcome(appeal, desk)) if appeal.state is not AppealState.OPEN else list(_next(contested, desk))


def _names(people: tuple[str, ...], desk: Desk) -> str:
    return ", ".join(desk.called(person) for person in people)


def _next(contested: Contested, desk: Desk) -> Iterator[str]:
    """The lines that a reviewer may type now; or that nobody may."""
    able = reviewers(desk.community, contested.notice)
    if not able:
        yield desk.say("appeal", "alone", person=_names(contested.notice.decided_by, desk))
        return
    fields = {"code": contested.appeal.code, "person": able[0].id}
    yield desk.say("appeal", "uphold", **fields)
    yield desk.say("appeal", "overturn", **fields)


def _outcome(appeal: Appeal, desk: Desk) -> Iterator[str]:
    person, time = desk.called(appeal.decided_by), desk.at(appeal.decided_at or appeal.at)
    yield desk.say("appeal", appeal.state.value, person=person, time=time)
    if appeal.because:
        yield desk.say("list", "quote", words=appeal.because)


def _decide(arguments: Namespace, review: Reviewing, desk: Desk, person: Person) -> int:
    because = (arguments.because or "").strip()
    upholds = arguments.action == "uphold"
    if upholds and not because:
        raise BadConfiguration(desk.say("appeal", "no_reason"))
    contested = _found(arguments.code, review, desk)
    decide = review.uphold if upholds else review.overturn
    try:
        with desk.refusing(arguments.code):
            appeal = decide(arguments.code, person.id, because)
    except OwnDecision as own:
        others = ", ".join(own.others)
        which = "own" if others else "alone"
        raise TribuneError(desk.say("appeal", which, person=person.name, people=others)) from own
    print("\n".join(_outcome(appeal, desk)))
    for line in _undone(contested, desk) if not upholds else ():
        print(line)
    return 0


def _undone(contested: Contested, desk: Desk) -> Iterator[str]:
    """What is being done about it, and what is left to a person."""
    at = place(contested.notice)
    head = desk.journal.head_of(*at)
    for action in head.actions if head else ():
        if action.state is ActionState.READY and action.purpose in ("appeal_won", "withdraw"):
            yield f"{desk.table['acts'][action.kind]}{desk.table['purposes'].get(action.purpose, '')}"
    yield desk.say("call", "case", id=case_id(at))
