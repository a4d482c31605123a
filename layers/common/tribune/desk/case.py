"""A case: what was said and where, what it breaches, what was done, and whatever a person decides about it."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from http import HTTPStatus
from typing import Literal
from urllib.parse import urlsplit

from pydantic import Field

from tribune.channel import ActKind
from tribune.charter import Charter, unpack
from tribune.charter.document import Clause
from tribune.charter.drafting import personal
from tribune.comment import Audience, edited_at
from tribune.desk import around, draft, place
from tribune.desk.appeals import reviewing
from tribune.desk.calls import scopes_of
from tribune.desk.charter import named
from tribune.desk.offers import offered
from tribune.desk.route import Done, Door, Form, View
from tribune.desk.signing import Unfit, prepared, signed
from tribune.desk.together import left, looked_at, questions, teammates
from tribune.desk.unanswered import NOT_READ, Line, line
from tribune.desk.visit import Parts, Refused, Visit
from tribune.errors import AlreadyDone, CharterUnreadable, Conflict, NotFound
from tribune.explained import sentences
from tribune.journal import BY_COLLEAGUE, ActionState, CaseState, Draft
from tribune.team import Right
from tribune.workflow.cases import ACQUITTED, Shown
from tribune.workflow.deed import clause_link
from tribune.workflow.takeback import CONTESTED, is_hidden, last_visibility, visibility_changed
from tribune.workflow.worksheet import ObjectId

LONGEST_EXPRESSION = 60
"""Characters: what a machine held that is longer is no expression but a whole comment."""


class Piece(View):
    """A stretch of what was said; `clause`: the number of the article that it is held against, 0 for none."""

    text: str
    clause: int = 0


class Cited(View):
    """The article that was cited, in the version that judged the words."""

    number: int
    title: str
    text: str
    version: int
    url: str


class Prepared(View):
    """A draft."""

    id: str
    kind: str
    text: str
    by_colleague: bool
    """Somebody outside the team wrote it, for the team."""


class Acquittal(View):
    """Which words the machine took for a breach, contact data and names left out: what the charter could learn."""

    expressions: tuple[str, ...]


class CaseView(View):
    """One case, whole."""

    line: Line
    rev: int
    open: bool
    contested: bool
    """Does an appeal about it wait for a review?"""
    settled: str
    """Who settled it and when; empty while it is open."""
    said: tuple[Piece, ...]
    """Empty when its author erased it, or when there were no words."""
    edited: str
    """When its author last changed the words; empty when they never did."""
    not_read: bool
    """A picture, a GIF, a voice: the machine has not read it."""
    url: str
    private: bool
    thread: tuple[tuple[str, str, str], ...]
    """(who, since when, what) of what it answers, oldest first."""
    standing: tuple[str, ...]
    """What its author's history says that matters here."""
    precedents: str
    """How the same was judged lately; empty when it was not."""
    cited: Cited | None
    by_law: bool
    articles: tuple[tuple[str, str], ...]
    """(id, name) of the rules of that charter, one of which a measure names where none is cited."""
    done: tuple[str, ...]
    pages: tuple[str, ...]
    """Where the member reads why, and contests it."""
    why: tuple[str, ...]
    """What the machine looked at, and what became of each thing it found."""
    in_hand: str
    """Who looks at it now; empty when nobody says so."""
    given: str
    """Who left it to whom; empty when nobody did."""
    note: str
    """What they wrote with it."""
    questions: tuple[str, ...]
    """What somebody outside the team was asked, and what became of it."""
    team: tuple[tuple[str, str], ...]
    """(id, name) of those to whom this person may leave it."""
    to_decide: tuple[str, ...]
    """Until when a provisional hide waits; which measure the charter foresees now."""
    drafts: tuple[Prepared, ...]
    can: tuple[str, ...]
    """What this person may do here now: `send private like confirm hide unhide delete block close`."""
    limit: int
    """How long an answer may be, in the platform's own unit."""
    private_limit: int
    """How long what is written to its author alone may be."""
    unit: str
    signature: str
    """What will stand under this person's answer; empty where the brand speaks."""
    colleagues: tuple[tuple[str, str], ...]
    """(id, name) of those who could be the second person of an exclusion."""
    scopes: tuple[tuple[str, str], ...]
    """(scope, name): what can fall silent with one tap."""
    acquittal: Acquittal | None
    """What "not a breach" would propose for the charter; None where nothing is held against the words any more."""


class Send(Form):
    """An answer, or a private message."""

    rev: int
    text: str
    draft: str = ""
    """The id of the draft it began from."""


class Measure(Form):
    """What is done about a member's words; `clause`: an id or number, where none or another was cited."""

    rev: int
    clause: str = ""


class Delete(Measure):
    """A deletion is asked for twice."""

    sure: Literal["", "yes"] = Field("", description="`yes`: it is meant. Without it nothing is deleted (422).")


class Exclude(Measure):
    """An exclusion takes a second person."""

    second: str


class Look(Form):
    """What was seen when the button was pressed."""

    rev: int


class Acquit(Look):
    """It was no breach; `expressions`: the words that are never one, one a line."""

    expressions: str = ""


def case(visit: Visit, parts: Parts) -> CaseView:
    """A case as this person sees it."""
    shown = _find(visit, parts)
    head, one, telling = shown.head, shown.case, visit.telling
    cited = _cited(shown, visit)
    card = visit.reach.handling.platform(head.platform).CARD
    can, (given, note), (mark, drafts) = _can(shown, visit), left(one, visit), _prepared(shown, visit)
    return CaseView(
        line=line(shown, telling),
        rev=one.rev,
        open=one.state is CaseState.OPEN,
        contested=one.state is CaseState.OPEN and one.reason == CONTESTED,
        settled="" if one.state is CaseState.OPEN else telling.settled(one),
        said=_pieces(shown, visit),
        edited=telling.say("show", "edited", time=telling.at(changed)) if (changed := edited_at(head.v)) else "",
        not_read=one.reason == NOT_READ,
        url=safe_link(head.url),
        private=head.audience is Audience.PRIVATE,
        thread=around.thread(shown, visit),
        standing=around.standing(head, visit),
        precedents=around.precedents(head, visit),
        cited=cited,
        by_law=bool(head.verdict and head.verdict.ground == "law"),
        articles=_articles(shown, visit),
        done=tuple(telling.acts(head)),
        pages=tuple(telling.pages(head)),
        why=_why(shown, visit),
        in_hand=looked_at(one, visit),
        given=given,
        note=note,
        questions=questions(one, visit),
        team=teammates(visit) if "send" in can or "close" in can else (),
        to_decide=(*telling.provisional(head), *telling.foreseen(head, _charter(shown, visit))),
        drafts=drafts,
        can=can,
        limit=card.limit(ActKind.REPLY),
        private_limit=card.limit(ActKind.PRIVATE),
        unit=card.text_unit,
        signature=mark,
        colleagues=tuple(
            (person.id, person.name) for person in visit.community.rota.people if person.id != visit.member.person
        ),
        scopes=scopes_of(head, visit) if visit.member.may(Right.HANDLE) else (),
        acquittal=_acquittal(shown, visit),
    )


def safe_link(url: str | None) -> str:
    """An address that came from outside, if it is one that a page may lead to."""
    try:
        return url if url and urlsplit(url).scheme in ("https", "http") else ""
    except ValueError:  # `https://[`, which a platform may pass on as its member wrote it
        return ""


def _prepared(shown: Shown, visit: Visit) -> tuple[str, tuple[Prepared, ...]]:
    """This person's signature, and the drafts as they would sign them."""
    person = visit.community.rota.person(visit.member.person)
    mark = ""
    texts: Mapping[str, str] = {draft.id: draft.text for draft in shown.case.drafts}
    if person is not None:
        reach = visit.reach
        mark, texts = prepared(shown, person=person, community=visit.community, handling=reach.handling)
    drafts = (
        Prepared(id=one.id, kind=one.kind, text=texts[one.id], by_colleague=one.variant == BY_COLLEAGUE)
        for one in shown.case.drafts
    )
    return mark, tuple(drafts)


def _why(shown: Shown, visit: Visit) -> tuple[str, ...]:
    """Every match, and what became of it; the words themselves are marked above."""
    traces = unpack(shown.head.verdict.trace) if shown.head.verdict else ()
    said = shown.words or ""
    return tuple(sentences(traces, _charter(shown, visit), visit.language, lambda start, end: said[start:end]))


def _charter(shown: Shown, visit: Visit) -> Charter | None:
    """The charter that judged the words."""
    verdict = shown.head.verdict
    if verdict is None or verdict.charter_version is None:
        return None
    with suppress(NotFound, CharterUnreadable):
        return visit.charter(verdict.charter_version)
    return None


def _pieces(shown: Shown, visit: Visit) -> tuple[Piece, ...]:
    """What was said, the breaches marked."""
    words, verdict, charter = shown.words or "", shown.head.verdict, _charter(shown, visit)
    held = [trace for trace in unpack(verdict.trace) if trace.outcome == "held"] if verdict else []
    pieces: list[Piece] = []
    end = 0
    for trace in sorted(held, key=lambda trace: (trace.start, -trace.end)):
        clause = charter.clause(trace.clause) if charter else None
        if trace.start < end or trace.end > len(words) or clause is None:
            continue
        pieces += [
            Piece(text=words[end : trace.start]),
            Piece(text=words[trace.start : trace.end], clause=clause.number),
        ]
        end = trace.end
    return tuple(piece for piece in (*pieces, Piece(text=words[end:])) if piece.text)


def _cited(shown: Shown, visit: Visit) -> Cited | None:
    head = shown.head
    clause: Clause | None = None
    with suppress(NotFound, CharterUnreadable):
        clause = visit.reach.handling.clause(head)
    if clause is None or head.verdict is None or head.verdict.charter_version is None:
        return None
    version = head.verdict.charter_version
    published = visit.reach.charters.version(visit.community.id, version)
    base, language = visit.community.charter_base_url, published.charter.shown_in(visit.language)
    return Cited(
        number=clause.number,
        title=published.charter.title_of(clause, language),
        text=published.words_of(clause, language, visit.community.zone),
        version=version,
        url=clause_link(visit.community, version, language, clause.number) if base else "",
    )


def _articles(shown: Shown, visit: Visit) -> tuple[tuple[str, str], ...]:
    """What a measure may rest on, where no article is cited yet."""
    charter = _charter(shown, visit)
    if charter is None or shown.head.verdict is None or shown.head.verdict.clause is not None:
        return ()
    rules = charter.rules(private=shown.head.audience is Audience.PRIVATE)
    return tuple((rule.id, named(rule, charter, visit)) for rule in rules)


def _can(shown: Shown, visit: Visit) -> tuple[str, ...]:
    """What is offered to this person; whoever wants to hide what nothing is held against, or to give its reason to what a
    colleague hid on the platform itself, names the article.
    """
    if not visit.member.may(Right.HANDLE):
        return ()
    can = visit.reach.handling.able(shown.head)
    acts, last = offered(shown, can), last_visibility(shown.head)
    hidden_by_us = last is not None and last.kind is ActKind.HIDE
    cannot_hide = ActKind.HIDE not in can or shown.head.deleted
    return acts if hidden_by_us or "hide" in acts or cannot_hide else (*acts, "hide")


def _acquittal(shown: Shown, visit: Visit) -> Acquittal | None:
    verdict = shown.head.verdict
    hidden = is_hidden(shown.head)
    if verdict is None or verdict.clause is None or shown.head.deleted or not visit.member.may(Right.HANDLE):
        return None
    acquitted = visibility_changed(shown.head) or any(one.decision.reason == ACQUITTED for one in shown.head.sealed)
    if not hidden and (acquitted or shown.case.state is not CaseState.OPEN):
        return None
    words = shown.words or ""
    found = (
        words[one.start : one.end]
        for one in unpack(verdict.trace)
        if (one.clause, one.outcome) == (verdict.clause, "held")
    )
    fit = (text for text in found if len(text) <= LONGEST_EXPRESSION and not personal(text, [shown.author or ""]))
    return Acquittal(expressions=tuple(dict.fromkeys(fit)))


# --- deciding: the first decision wins, and each act is signed ---


def send(visit: Visit, parts: Parts, form: Send) -> Done:
    """Answer as oneself, from a draft or in one's own words."""
    shown = _seen(visit, parts, form.rev)
    prepared = next((one for one in shown.case.drafts if one.id == form.draft), None)
    text = _signed(form.text, prepared, prepared.kind if prepared else ActKind.REPLY, shown, visit)
    visit.reach.handling.send(visit.community.id, shown.at, visit.person.id, text, prepared)
    return _done(_unless_paused("sent", shown, visit), visit)


def private(visit: Visit, parts: Parts, form: Send) -> Done:
    """Write to the author alone."""
    shown = _seen(visit, parts, form.rev)
    text = _signed(form.text, None, ActKind.PRIVATE, shown, visit)
    visit.reach.handling.write(visit.community.id, shown.at, visit.person.id, text)
    return _done(_unless_paused("sent", shown, visit), visit)


def _signed(text: str, draft: Draft | None, kind: ActKind, shown: Shown, visit: Visit) -> str:
    person, community, handling = visit.person, visit.community, visit.reach.handling
    try:
        return signed(text, draft, shown, kind=kind, person=person, community=community, handling=handling)
    except Unfit as unfit:
        raise Refused(HTTPStatus.UNPROCESSABLE_ENTITY, unfit.reason, **unfit.fields) from unfit


def hide(visit: Visit, parts: Parts, form: Measure) -> Done:
    """Hide, or confirm what the machine hid provisionally."""
    shown = _seen(visit, parts, form.rev)
    act = visit.reach.handling.hide(visit.community.id, shown.at, visit.person.id, form.clause or None)
    return _done("hidden" if act.state is ActionState.SENT else "hides", visit, parts)


def unhide(visit: Visit, parts: Parts, form: Look) -> Done:
    """Show it again; an appeal that waits about it is granted."""
    shown = _seen(visit, parts, form.rev)
    if reviewing(visit).give_in(shown.at, visit.person.id):
        return _done("shown_granted", visit, parts)
    visit.reach.handling.show(visit.community.id, shown.at, visit.person.id)
    return _done("shown", visit, parts)


def delete(visit: Visit, parts: Parts, form: Delete) -> Done:
    """Delete for ever, whoever says twice that they mean it."""
    if form.sure != "yes":
        raise Refused(HTTPStatus.UNPROCESSABLE_ENTITY, "not_sure")
    shown = _seen(visit, parts, form.rev)
    visit.reach.handling.delete(visit.community.id, shown.at, visit.person.id, form.clause or None)
    return _done(_unless_paused("deleted", shown, visit), visit, parts)


def block(visit: Visit, parts: Parts, form: Exclude) -> Done:
    """Exclude the author, with a second person."""
    shown = _seen(visit, parts, form.rev)
    second = visit.community.rota.person(form.second)
    if second is None or second.id == visit.person.id:
        raise Refused(HTTPStatus.UNPROCESSABLE_ENTITY, "second_person")
    handling = visit.reach.handling
    handling.block(visit.community.id, shown.at, visit.person.id, second.id, form.clause or None)
    return _done(_unless_paused("blocked", shown, visit), visit, parts)


def acquit(visit: Visit, parts: Parts, form: Acquit) -> Done:
    """Not a breach: shown again, nothing counts, and the expression is proposed for the charter's next version."""
    shown = _seen(visit, parts, form.rev)
    head, expressions = shown.head, [line for line in form.expressions.splitlines() if line.strip()]
    if _acquittal(shown, visit) is None or head.verdict is None or head.verdict.clause is None:
        raise Refused(HTTPStatus.UNPROCESSABLE_ENTITY, "nothing_held")
    if any(personal(line, [shown.author or ""]) for line in expressions):
        raise Refused(HTTPStatus.UNPROCESSABLE_ENTITY, "draft_personal")
    drafted = draft.allowed(visit, head.verdict.clause, head.language, expressions)
    if not reviewing(visit).give_in(shown.at, visit.person.id):
        visit.reach.handling.acquit(visit.community.id, shown.at, visit.person.id)
    return _done("acquitted_drafted" if drafted else "acquitted", visit, parts)


def like(visit: Visit, parts: Parts, form: Look) -> Done:
    """Like it in the page's name; not during a pause: late, a courtesy is none."""
    shown = _seen(visit, parts, form.rev)
    if _is_paused(shown, visit):
        raise Refused(HTTPStatus.CONFLICT, "like_paused")
    visit.reach.handling.like(visit.community.id, shown.at, visit.person.id)
    return _done("liked", visit, parts)


def close(visit: Visit, parts: Parts, form: Look) -> Done:
    """Nothing to do here."""
    shown = _seen(visit, parts, form.rev)
    visit.reach.handling.close(visit.community.id, shown.at, visit.person.id)
    return _done("closed", visit)


def _is_paused(shown: Shown, visit: Visit) -> bool:
    return visit.reach.journal.pauses(visit.community.id).over(shown.head, visit.now) is not None


def _unless_paused(said: str, shown: Shown, visit: Visit) -> str:
    """What is said of an act that leaves at once, unless a pause holds it back."""
    return f"{said}_paused" if _is_paused(shown, visit) else said


def _at(visit: Visit, parts: Parts) -> ObjectId:
    return place.found(visit.community.id, parts["at"])


def _find(visit: Visit, parts: Parts) -> Shown:
    return visit.reach.handling.find(visit.community.id, _at(visit, parts))


def _seen(visit: Visit, parts: Parts, rev: int) -> Shown:
    """The case, as it was when the person looked at it. Raises Conflict when it is another by now, AlreadyDone when
    somebody settled it meanwhile.
    """
    shown = _find(visit, parts)
    case = shown.case
    if case.rev != rev:
        if case.state is CaseState.OPEN:
            raise Conflict("the case changed since it was looked at")
        raise AlreadyDone(case.closed_by or "", case.closed_at or case.opened_at)
    return shown


def _done(said: str, visit: Visit, parts: Parts | None = None) -> Done:
    where = f"case/{parts['at']}" if parts else "unanswered"
    return Done(said=said, next=f"/desk/{visit.community.id}/{where}")


def _post(act: str, does: Callable[..., View], takes: type[Form], summary: str) -> Door:
    return Door("POST", f"case/{{at}}/{act}", Right.HANDLE, does, Done, summary, takes=takes)


DOORS = (
    Door("GET", "case/{at}", Right.READ, case, CaseView, "One case, whole", "desk/case"),
    _post("send", send, Send, "Answer as oneself"),
    _post("private", private, Send, "Write to the author alone"),
    _post("hide", hide, Measure, "Hide the comment, or confirm that it was hidden provisionally"),
    _post("unhide", unhide, Look, "Show the comment again"),
    _post("acquit", acquit, Acquit, "It was no breach: show it again, propose the expression for the charter"),
    _post("delete", delete, Delete, "Delete the comment, for ever: asked for twice"),
    _post("block", block, Exclude, "Exclude the author, with a second person"),
    _post("like", like, Look, "Like the comment in the page's name"),
    _post("close", close, Look, "Settle the case without doing anything"),
)
