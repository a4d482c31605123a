"""consult: a CM asks somebody outside the team about one comment; the answer comes back as a draft, never further.

`Consulting` asks, `Following` mails, reminds and tells who asked, `Answering` takes the answer. The mail holds no word
of the member's and no name of theirs; the page behind it shows the comment with contact data masked.
"""

import re
import secrets
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from html import escape
from typing import Any, Protocol

from tribune import words
from tribune.channel import ActKind
from tribune.comment import same_words
from tribune.community import Community
from tribune.decision import Urgency
from tribune.errors import AlreadyDone, BadConfiguration, CannotDo, Conflict, Gone, NotFound, Unavailable
from tribune.journal import BY_COLLEAGUE, Call, Case, CaseState, Changes, Draft, Head, SaidWords
from tribune.notice import token_of
from tribune.question import MOST_OPEN, Question, QuestionState, QuestionWords
from tribune.voice import moment_words
from tribune.workflow.deed import named
from tribune.workflow.masking import masked
from tribune.workflow.opening import call_about, wake_up
from tribune.workflow.ports import Communities, Key, Keys, Queue
from tribune.workflow.worksheet import Known, ObjectId

TRY_AGAIN = timedelta(minutes=5)
MOST_ATTEMPTS = 5
"""At a mail that will not leave; then whoever asked is told."""
_TRIES = 6
_TOLD = {QuestionState.PASSED: "colleague_late", QuestionState.UNSENT: "colleague_unsent"}
"""Of what whoever asked hears, and the reason of that call."""
_WORD = re.compile(r"\w+(?:-\w+)*")
"""A part of a name, without the flower or the bracket beside it."""
_SHORTEST_NAME = 3
"""Shorter parts of a name are ordinary words too."""


# ruff: disable[D102]  what each of these does is said where it is done
class Around(Known, Protocol):
    """What was read of a question, with its comment and its case."""

    def question(self, community: str, token: str) -> Question | None: ...
    def question_words(
        self, community: str, platform: str, account: str, object_id: str, token: str
    ) -> QuestionWords | None: ...


class Journal(Protocol):
    """What questions need of the journal."""

    def read(self, wanted: Iterable[Key]) -> Around: ...
    def commit(self, changes: Changes, now: datetime) -> None: ...
    def keep_question_words(self, question: Question, words: QuestionWords) -> None: ...
    def said_of(self, heads: Iterable[Head]) -> Mapping[ObjectId, SaidWords]: ...


# ruff: enable[D102]


@dataclass(frozen=True, slots=True)
class Consulting:
    """How a CM asks."""

    journal: Journal
    keys: Keys
    now: Callable[[], datetime]

    def ask(  # noqa: PLR0913  each is named at the call
        self, at: ObjectId, by: str, words: QuestionWords, within: timedelta, language: str, *, seen: int = 0
    ) -> Question:
        """Ask one person about the comment of an open case; keep_watch mails it within the minute.

        `seen`: the `rev` of the case that was looked at, so that a form sent twice asks nobody twice; 0: unknown.
        Raises Gone, AlreadyDone, CannotDo (`questions`: there are enough), Conflict, Unavailable.
        """
        token = token_of(secrets.token_bytes(16))
        for _ in range(_TRIES):
            known = self.journal.read([self.keys.head(*at), self.keys.case(*at)])
            head, case, now = known.head(*at), known.case(*at), self.now()
            if head is None or case is None or head.deleted:
                raise Gone("its author deleted the comment")
            if case.state is CaseState.CLOSED:
                raise AlreadyDone(case.closed_by or "", case.closed_at or now)
            if seen and case.rev != seen:
                raise Conflict("the case changed since it was looked at")
            if sum(question.waits for question, _ in asked_about(self.journal, self.keys, case)) >= MOST_OPEN:
                raise CannotDo("questions")
            community, platform, account, object_id = at
            question = Question(
                community,
                token,
                platform,
                account,
                object_id,
                v=head.v,
                asked_by=by,
                asked_at=now,
                answer_by=now + within,
                due_at=now,
                language=language,
            )
            self.journal.keep_question_words(question, words)
            asking = replace(case, questions=(*case.questions, token), rev=case.rev + 1)
            try:
                self.journal.commit(Changes(cases=(asking,), questions=(question,)), now)
            except Conflict:
                continue
            return question
        raise Conflict("the case keeps changing")


def asked_about(journal: Journal, keys: Keys, case: Case) -> list[tuple[Question, QuestionWords | None]]:
    """What was asked about a case, oldest first; without its words once these are gone."""
    if not case.questions:
        return []
    at = (case.community, case.platform, case.account, case.object)
    known = journal.read(
        key
        for token in case.questions
        for key in (keys.question(case.community, token), keys.question_words(*at, token))
    )
    found = ((known.question(case.community, token), known.question_words(*at, token)) for token in case.questions)
    return [(question, asked) for question, asked in found if question is not None]


# --- the answer ---


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as whoever is asked sees it."""

    question: Question
    community: Community
    words: QuestionWords | None
    """None once nobody needs an answer any more."""
    said: str
    """The comment, contact data masked; empty when it holds no words."""

    @property
    def open(self) -> bool:
        """Does somebody still want to know?"""
        return self.words is not None


@dataclass(frozen=True, slots=True)
class Answering:
    """How an answer is taken, with its edges."""

    journal: Journal
    keys: Keys
    communities: Communities
    calls: Queue

    def find(self, community: str, token: str, now: datetime) -> Asked:
        """What its holder may read: nothing but what they were asked about. Raises NotFound, Unavailable."""
        question = self.journal.read([self.keys.question(community, token)]).question(community, token)
        if question is None:
            raise NotFound("there is no such question")
        settings = self.communities.load(community)
        known = self._around(question)
        head, asked = known.head(*question.at), known.question_words(*question.at, token)
        if head is None or _over(question, head, known.case(*question.at), asked) or now > question.ends_at:
            return Asked(question, settings, None, "")
        said = self.journal.said_of([head]).get(head.at)
        return Asked(question, settings, asked, masked(said.text) if said else "")

    def _around(self, question: Question) -> Around:
        at = question.at
        places = (self.keys.head(*at), self.keys.case(*at), self.keys.question(question.community, question.token))
        return self.journal.read([*places, self.keys.question_words(*at, question.token)])

    def answer(self, community: str, token: str, text: str, now: datetime) -> bool:
        """Take the answer, once: a draft of the case, and a word to whoever asked; False when it comes too late.

        Raises NotFound, Conflict, Unavailable.
        """
        for _ in range(_TRIES):
            asked = self.find(community, token, now)
            question = asked.question
            known = self._around(question)
            fresh, case = known.question(community, token), known.case(*question.at)
            if asked.words is None or fresh is None or case is None or not fresh.waits:
                return False
            draft = Draft(named(token, BY_COLLEAGUE), ActKind.REPLY, text, BY_COLLEAGUE)
            call = _call(fresh, case, "colleague_answered", now)
            changes = Changes(
                cases=(replace(case, drafts=(*case.drafts, draft), rev=case.rev + 1),),
                questions=(
                    replace(fresh, state=QuestionState.ANSWERED, answered_at=now, due_at=now, rev=fresh.rev + 1),
                ),
                calls=(_for_them(call, question.asked_by, asked.community),),
            )
            try:
                self.journal.commit(changes, now)
            except Conflict:
                continue
            self.calls.send([wake_up(community, call.id)])
            return True
        raise Conflict("the case keeps changing")


def _over(question: Question, head: Head | None, case: Case | None, asked: QuestionWords | None) -> bool:
    """Does nobody need an answer any more?"""
    if head is None or head.deleted or asked is None or not same_words(head.v, question.v):
        return True
    return case is None or case.state is CaseState.CLOSED or not question.waits


# --- the mail, the reminder, the deadline ---


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail, in plain text and HTML."""

    to: str
    subject: str
    text: str
    html: str


@dataclass(frozen=True, slots=True)
class Following:
    """keep_watch's part."""

    journal: "Watched"
    keys: Keys
    communities: Communities
    calls: Queue
    mail: "Mailing"
    pages: str
    """Where the questions' pages are: `https://…/ask`."""

    def run(self, now: datetime) -> int:
        """Do whatever is due; answers how much. Raises Unavailable."""
        tokens = [self.keys.question_of(key) for key in self.journal.due("question", now)]
        known = self.journal.read(self.keys.question(*named_so) for named_so in tokens)
        due = [found for named_so in tokens if (found := known.question(*named_so)) and found.due_at <= now]
        return sum(self._follow(question, now) for question in due)

    def _follow(self, question: Question, now: datetime) -> bool:
        at = question.at
        known = self.journal.read(
            [self.keys.head(*at), self.keys.case(*at), self.keys.question_words(*at, question.token)]
        )
        head, case, asked = known.head(*at), known.case(*at), known.question_words(*at, question.token)
        try:
            community = self.communities.load(question.community)
        except NotFound:
            community = None
        except BadConfiguration:
            return False  # settings that nobody can read at this moment: the question waits for them
        over = _over(question, head, case, asked)
        if over or community is None or head is None or case is None or asked is None:
            return self._commit(Changes(questions=(_next(question, QuestionState.OVER, now),)), now)
        if now >= question.answer_by:
            return self._tell(question, case, community, QuestionState.PASSED, now)
        said = self.journal.said_of([head]).get(head.at)
        page = f"{self.pages}/{community.id}/{question.token}"
        letter = composed(question, asked, community, now, page=page, author=said.author_name if said else None)
        return self._send(question, case, community, letter, now)

    def _send(self, question: Question, case: Case, community: Community, letter: Letter, now: datetime) -> bool:
        """First written down, then sent: a worker that dies in between leaves a mail out, never a mail twice."""
        first = question.state is QuestionState.ASKED
        sent = _next(question, QuestionState.MAILED if first else QuestionState.CHASED, now)
        sent = replace(sent, due_at=question.chase_at if first else question.answer_by)
        if not self._commit(Changes(questions=(sent,)), now):
            return False
        try:
            self.mail(to=letter.to, subject=letter.subject, text=letter.text, html=letter.html)
        except Unavailable:
            again = replace(sent, state=question.state, due_at=now + TRY_AGAIN, attempts=sent.attempts + 1)
            again = replace(again, rev=sent.rev + 1)
            if again.attempts < MOST_ATTEMPTS:
                self._commit(Changes(questions=(again,)), now)
            else:
                self._tell(sent, case, community, QuestionState.UNSENT, now)
            return False
        return True

    def _tell(self, question: Question, case: Case, community: Community, state: QuestionState, now: datetime) -> bool:
        """Whoever asked hears of it, once."""
        call = _for_them(_call(question, case, _TOLD[state], now), question.asked_by, community)
        if not self._commit(Changes(questions=(_next(question, state, now),), calls=(call,)), now):
            return False
        self.calls.send([wake_up(call.community, call.id)])
        return True

    def _commit(self, changes: Changes, now: datetime) -> bool:
        """What somebody changed meanwhile is the next minute's."""
        try:
            self.journal.commit(changes, now)
        except Conflict:
            return False
        return True


class Mailing(Protocol):
    """How a mail leaves."""

    def __call__(self, *, to: str, subject: str, text: str, html: str) -> None:
        """Send one mail in plain text and HTML. Raises Unavailable."""


# ruff: disable[D102]  what each of these does is said where it is done
class Watched(Journal, Protocol):
    """What following needs of the journal."""

    def due(self, kind: str, now: datetime, limit: int = 100) -> list[Key]: ...


# ruff: enable[D102]


def _next(question: Question, state: QuestionState, now: datetime) -> Question:
    return replace(question, state=state, due_at=now, rev=question.rev + 1)


def composed(  # noqa: PLR0913  a mail depends on all of these
    question: Question, asked: QuestionWords, community: Community, now: datetime, *, page: str, author: str | None
) -> Letter:
    """The mail, or the reminder, in the name of whoever asks; the member's name and contact data are left out."""
    zone = community.zone
    fields = {
        "person": community.called(question.asked_by) or community.name,
        "community": community.name,
        "name": asked.name,
        "question": without_name(masked(asked.text), author),
        "time": moment_words(question.answer_by.astimezone(zone), now.astimezone(zone), question.language),
        "page": page,
    }
    table: Mapping[str, Any] = words.table(question.language, "question")
    told = table["mail" if question.state is QuestionState.ASKED else "reminder"]
    paragraphs = [words.fill(line, fields) for line in told["lines"]]
    closing = words.fill(table["closing"], fields)
    subject = words.fill(told["subject"], fields)
    link = f'<p><a href="{escape(page)}">{escape(table["link"])}</a></p>'
    shown = "".join(f"<p>{escape(line).replace('\n', '<br>')}</p>" for line in paragraphs)
    html = (
        f'<!doctype html><html lang="{escape(question.language)}"><head><meta charset="utf-8">'
        f"<title>{escape(subject)}</title></head>"
        f'<body style="font-family:sans-serif;max-width:36em">{shown}{link}<p>{escape(closing)}</p></body></html>'
    )
    text = "\n\n".join([*paragraphs, words.fill(table["address"], fields), closing])
    return Letter(asked.address, " ".join(subject.split()), text, html)


def without_name(text: str, name: str | None) -> str:
    """The text with every part of a person's name left out."""
    written = f"{name or ''} {unicodedata.normalize('NFKC', name or '')}"  # in letters that only look like letters, too
    parts = {part for part in _WORD.findall(written) if len(part) >= _SHORTEST_NAME}
    for part in sorted(parts, key=len, reverse=True):
        text = re.sub(rf"(?<!\w){re.escape(part)}(?!\w)", "…", text, flags=re.IGNORECASE)
    return text


# --- whoever asked hears of it ---


def _call(question: Question, case: Case, reason: str, now: datetime) -> Call:
    return call_about(case, f"{reason}-{case.id}-{question.token[:8]}", reason, Urgency.HOURS, now)


def _for_them(call: Call, person: str, community: Community) -> Call:
    return replace(call, without=everybody_but(person, community))


def everybody_but(person: str, community: Community) -> tuple[str, ...]:
    """Whom a call is not for, when it is one person's; for everybody when the rota does not know them (any more)."""
    rota = community.rota
    others = rota.everybody
    known = any(one.id == person for one in others)
    return tuple(one.id for one in others if one.id != person) if known else ()
