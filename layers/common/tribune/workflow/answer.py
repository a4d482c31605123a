"""answer: the public page of a question to somebody outside the team; no account, and nothing else behind it.

    GET  /ask/{community}/{token}   the comment, the question, a box
    POST /ask/{community}/{token}   the answer, once

What opens links by itself (mail filters, previews, some of them running scripts and sending forms) changes nothing:
a GET never does, and an answer takes what only a person brings: words, a ticked box, and the proof that the page was
opened, sent from the page itself.
"""

import hmac
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from http import HTTPStatus
from typing import Final
from urllib.parse import urlsplit

from tribune import forms, pages, words
from tribune.channel import Delivery
from tribune.community import COMMUNITY_ID
from tribune.errors import BadConfiguration, Conflict, NotFound, Unavailable, UnreadableBody
from tribune.notice import ADDRESS
from tribune.question import MOST_CHARACTERS, QuestionState
from tribune.voice import moment_words
from tribune.words import LANGUAGES
from tribune.workflow.consult import Answering, Asked
from tribune.workflow.notices import page, unavailable
from tribune.workflow.show import Page, preferred

PATH = re.compile(rf".*?/ask/(?P<community>{COMMUNITY_ID.strip('^$')})/(?P<token>{ADDRESS})")
MOST_BYTES: Final = 32_768
"""Of a form: two thousand characters, however they are encoded, and the rest of it."""


@dataclass(frozen=True, slots=True)
class Replying:
    """ask_colleague's use case, with its edges."""

    answering: Answering

    def answer(
        self, method: str, path: str, asked_with: Callable[[], Delivery], accept_language: str, now: datetime
    ) -> Page:
        """The page of a question, or what became of an answer."""
        language, wanted = preferred(accept_language, LANGUAGES), PATH.fullmatch(path)
        if wanted is None:
            return _refused("missing", language, HTTPStatus.NOT_FOUND)
        try:
            asked = self.answering.find(wanted["community"], wanted["token"], now)
            if asked.open and method == "POST":
                return self._taken(asked, asked_with(), language, now)
            return (
                _own(page(HTTPStatus.OK, as_html(asked, language, now), language))
                if asked.open
                else _ended(asked, language)
            )
        except UnreadableBody:
            return _refused("unreadable", language, HTTPStatus.BAD_REQUEST)
        except NotFound:
            return _refused("missing", language, HTTPStatus.NOT_FOUND)
        except (BadConfiguration, Conflict, Unavailable) as error:
            return unavailable(language, f"{error.reason}: {error}")

    def _taken(self, asked: Asked, posted: Delivery, language: str, now: datetime) -> Page:
        origin = posted.headers.get("origin", "")
        if origin and urlsplit(origin).netloc != posted.headers.get("host", ""):
            return _refused("unreadable", language, HTTPStatus.FORBIDDEN)
        given = forms.fields(posted.body, posted.headers.get("content-type", ""), most_bytes=MOST_BYTES)
        text = given.get("text", "").strip()
        proof = asked.words.proof if asked.words else ""
        opened = hmac.compare_digest(given.get("proof", "").encode(), proof.encode())
        if not opened or not text or given.get("mine") != "1":
            return _refused("incomplete", language, HTTPStatus.UNPROCESSABLE_ENTITY)
        if len(text) > MOST_CHARACTERS:
            return _refused("too_long", language, HTTPStatus.CONTENT_TOO_LARGE, limit=str(MOST_CHARACTERS))
        question = asked.question
        if not self.answering.answer(question.community, question.token, text, now):
            return _ended(asked, language)
        back = page(HTTPStatus.SEE_OTHER, "", language)
        return replace(back, headers={**back.headers, "location": question.token})


def as_html(asked: Asked, language: str, now: datetime) -> str:
    """The page, in one of our languages."""
    table, question, community = words.table(language, "question")["page"], asked.question, asked.community
    zone = community.zone
    by_when = moment_words(question.answer_by.astimezone(zone), now.astimezone(zone), language)
    fields = {
        "person": community.called(question.asked_by) or community.name,
        "community": community.name,
        "name": asked.words.name if asked.words else "",
        "time": by_when,
        "limit": str(MOST_CHARACTERS),
    }
    return pages.render(
        "question",
        language=language,
        words=table,
        brand=community.name,
        said=asked.said,
        question=asked.words.text if asked.words else "",
        proof=asked.words.proof if asked.words else "",
        limit=MOST_CHARACTERS,
        **{name: words.fill(table[name], fields) for name in ("title", "hello", "label", "button", "until")},
    )


def _own(answer: Page) -> Page:
    """`no-referrer` would make browsers send our own form with the origin `null`."""
    return replace(answer, headers={**answer.headers, "referrer-policy": "same-origin"})


def _refused(which: str, language: str, status: HTTPStatus, **fields: str) -> Page:
    return _sentence(words.table(language, "question")["refused"][which], language, status, fields)


def _ended(asked: Asked, language: str) -> Page:
    """Thanks: for the answer, or because none is needed any more."""
    answered = asked.question.state is QuestionState.ANSWERED
    told = words.table(language, "question")["answered" if answered else "over"]
    return _sentence(told, language, HTTPStatus.OK if answered else HTTPStatus.GONE, {})


def _sentence(told: dict[str, str], language: str, status: HTTPStatus, fields: dict[str, str]) -> Page:
    filled = {name: words.fill(text, fields) for name, text in told.items()}
    return page(status, pages.render("sentence", language=language, **filled), language)
