"""Several people and one case: who looks at it, leaving it to a colleague, asking somebody outside the team."""

import secrets
from collections.abc import Callable
from datetime import timedelta
from http import HTTPStatus
from typing import Literal

from tribune.desk import place
from tribune.desk.route import Done, Door, Form
from tribune.desk.visit import Parts, Refused, Visit
from tribune.errors import CannotDo
from tribune.journal import Case
from tribune.question import MOST_CHARACTERS, QuestionWords
from tribune.team import Right
from tribune.workflow.consult import Consulting, asked_about
from tribune.workflow.share import InHandAlready, Sharing, in_hand

MOST_IN_A_NOTE = 500
MOST_IN_A_NAME = 80
MOST_IN_AN_ADDRESS = 254
"""RFC 5321, 4.5.3.1.3."""
_WITHIN = {"4h": timedelta(hours=4), "1d": timedelta(days=1), "3d": timedelta(days=3), "7d": timedelta(days=7)}


class Nothing(Form):
    """A button and no more: taking what one has in hand changes nothing, whichever page (`rev`) it was on."""

    rev: int = 0


class Give(Form):
    """To whom a case is left, with a word to them; `rev`: the case as it was seen, for a form that is sent twice."""

    rev: int = 0
    to: str
    note: str = ""


class Ask(Form):
    """What is asked of whom, and until when; `rev`: the case as it was seen, for a form that is sent twice."""

    rev: int = 0
    name: str
    address: str
    question: str
    within: Literal["4h", "1d", "3d", "7d"] = "1d"


def take(visit: Visit, parts: Parts, _form: Nothing) -> Done:
    """Take a case in hand for a while: the others see it."""
    try:
        _sharing(visit).take(place.found(visit.community.id, parts["at"]), visit.person.id)
    except InHandAlready as other:
        fields = {"person": visit.telling.called(other.by), "time": visit.telling.since(other.at)}
        raise Refused(HTTPStatus.CONFLICT, "in_hand", **fields) from other
    return _done("in_hand", visit, parts)


def give(visit: Visit, parts: Parts, form: Give) -> Done:
    """Leave a case to a colleague."""
    if form.to not in dict(teammates(visit)):
        raise Refused(HTTPStatus.UNPROCESSABLE_ENTITY, "no_colleague")
    if len(form.note) > MOST_IN_A_NOTE:
        raise Refused(HTTPStatus.UNPROCESSABLE_ENTITY, "too_many_words", limit=str(MOST_IN_A_NOTE))
    at = place.found(visit.community.id, parts["at"])
    _sharing(visit).give(at, visit.person.id, form.to, form.note, form.rev)
    return _done("given", visit)


def _sharing(visit: Visit) -> Sharing:
    handling = visit.reach.handling
    return Sharing(visit.reach.journal, handling.keys, visit.reach.calls, visit.community, handling.now)


def ask(visit: Visit, parts: Parts, form: Ask) -> Done:
    """Ask somebody outside the team, who gets a mail with a link and needs no account."""
    name, address, question = " ".join(form.name.split()), form.address.strip(), form.question.strip()
    if not name or not question or not _is_address(address):
        raise Refused(HTTPStatus.UNPROCESSABLE_ENTITY, "no_question")
    if len(name) > MOST_IN_A_NAME or len(question) > MOST_CHARACTERS:
        raise Refused(HTTPStatus.UNPROCESSABLE_ENTITY, "too_many_words", limit=str(MOST_CHARACTERS))
    handling = visit.reach.handling
    words = QuestionWords(question, name, address, secrets.token_urlsafe(16))
    at = place.found(visit.community.id, parts["at"])
    try:
        Consulting(visit.reach.journal, handling.keys, handling.now).ask(
            at, visit.person.id, words, _WITHIN[form.within], visit.language, seen=form.rev
        )
    except CannotDo as enough:
        raise Refused(HTTPStatus.CONFLICT, "asked_enough") from enough
    return _done("asked", visit, parts)


def _is_address(address: str) -> bool:
    """One address, and nothing that a mail's head could take for more."""
    local, _, domain = address.partition("@")
    plain = address.isprintable() and not set(address) & set(' ,;:<>()[]\\"')
    return plain and bool(local) and "." in domain and "@" not in domain and len(address) <= MOST_IN_AN_ADDRESS


def _done(said: str, visit: Visit, parts: Parts | None = None) -> Done:
    where = f"case/{parts['at']}" if parts else "unanswered"
    return Done(said=said, next=f"/desk/{visit.community.id}/{where}")


# --- what a case shows of it ---


def teammates(visit: Visit) -> tuple[tuple[str, str], ...]:
    """(id, name) of those who could take a case over."""
    team = {member.person for member in visit.community.team if member.may(Right.HANDLE)}
    people = visit.community.rota.people
    return tuple((one.id, one.name) for one in people if one.id in team and one.id != visit.member.person)


def looked_at(case: Case, visit: Visit) -> str:
    """Who looks at it now, since when; empty when nobody said so."""
    held = in_hand(case, visit.now)
    if held is None:
        return ""
    which, telling = "you" if held.person == visit.member.person else "other", visit.telling
    return telling.say("in_hand", which, person=telling.called(held.person), since=telling.since(held.since))


def left(case: Case, visit: Visit) -> tuple[str, str]:
    """(who left it to whom, what they wrote); empty when nobody did."""
    if case.given is None:
        return "", ""
    telling = visit.telling
    people = {"person": telling.called(case.given.by), "to": telling.called(case.given.to)}
    return telling.say("given", **people, time=telling.at(case.given.at)), case.given.note


def questions(case: Case, visit: Visit) -> tuple[str, ...]:
    """What was asked of whom, and what became of it, a sentence each."""
    telling = visit.telling
    lines = []
    for question, asked in asked_about(visit.reach.journal, visit.reach.handling.keys, case):
        time, name = telling.at(question.answered_at or question.answer_by), asked.name if asked else ""
        lines.append(telling.say("questions", question.state, name=name or telling.say("somebody"), time=time))
    return tuple(lines)


def _post(act: str, does: Callable[..., Done], takes: type[Form], summary: str) -> Door:
    return Door("POST", f"case/{{at}}/{act}", Right.HANDLE, does, Done, summary, takes=takes)


DOORS = (
    _post("take", take, Nothing, "Say that one looks at the case, so that nobody writes the same answer"),
    _post("give", give, Give, "Leave the case to a colleague, with a note"),
    _post("ask", ask, Ask, "Ask somebody outside the team, by a link that needs no account"),
)
