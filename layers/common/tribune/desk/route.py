"""The doors of the desk: who may come in, what they bring, what they see.

`Desk.answer` is the one way in. It opens the session, finds the community and the person's role in it, checks the
right, and on POST that the form was made in this session and sent from this very site. Whatever goes wrong becomes
a sentence with the right status, as a page or as JSON.
"""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from http import HTTPStatus
from typing import Any, Literal
from urllib.parse import urlencode, urlsplit

from pydantic import BaseModel, ConfigDict, ValidationError

from tribune import pages, words
from tribune.community import Community
from tribune.desk import session as sessions
from tribune.desk import signin
from tribune.desk.request import NOT_KEPT, Request, Response, dropped, kept, redirection
from tribune.desk.session import Session
from tribune.desk.signin import Attempt, Provider, SignInRefused, at_the_desk
from tribune.desk.visit import Parts, Reach, Refused, Visit
from tribune.errors import (
    AlreadyDone,
    BadConfiguration,
    CannotDo,
    CharterUnreadable,
    Conflict,
    Gone,
    NoGround,
    NotFound,
    TribuneError,
    Unavailable,
    Unreadable,
    UnreadableBody,
)
from tribune.team import Member, Right

HOME = "/desk"
_INSIDE = ("missing", "method", "no_right", "other_site", "form", "unavailable")
"""Refusals after which one goes on at the desk; after the others one signs in."""
_WORDS = ("title", "text", "note", "question", "questions", "answer", "signature", "because", "summary", "expressions")
"""The fields into which people write words of their own, some in each language (`answer_fr`)."""
_LONGEST_QUERY = 500
"""Of a page that one comes back to after signing in: a cookie holds no more than 4 KB."""
_JSON = "application/json; charset=utf-8"
_HTML = "text/html; charset=utf-8"
_TEXT = "text/markdown; charset=utf-8"
_SAFE = {
    "x-content-type-options": "nosniff",
    # Not `no-referrer`: a browser would then send our own forms with the origin `null`.
    "referrer-policy": "same-origin",
    "x-frame-options": "DENY",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
    "x-robots-tag": "noindex",
}


class View(BaseModel):
    """What a door answers with: shown as a page, or as JSON."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Form(BaseModel):
    """What a door takes: the fields of a form, or JSON of the same shape."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Done(View):
    """Something was done; `next` is where to look now."""

    said: str
    """A key of `screens.yaml`, `done`."""
    next: str


@dataclass(frozen=True, slots=True)
class Door:
    """One method and path of the desk."""

    method: Literal["GET", "POST"]
    path: str
    """Below `/desk/{community}`: `unanswered`, `case/{at}`; each part is one step of the path."""
    right: Right
    does: Callable[..., View]
    """(visit, parts) on GET, (visit, parts, form) on POST."""
    answers: type[View]
    summary: str
    """For the JSON API's description, in English."""
    template: str = ""
    """The page of a view."""
    takes: type[Form] | None = None
    file: str = ""
    """Under which name the view is downloaded as a text, made from the template, or as JSON where there is none; empty: it
    is a page.
    """

    @property
    def pattern(self) -> re.Pattern[str]:
        """The path as a pattern; a part holds no slash."""
        return re.compile(re.sub(r"\\\{([a-z]+)\\\}", r"(?P<\1>[^/]+)", re.escape(self.path)))


@dataclass(frozen=True)
class Desk:
    """The desk of every community of a stack."""

    doors: Sequence[Door]
    reach: Reach
    provider: Provider
    keys: Callable[[], Sequence[bytes]]
    """The keys that seal sessions, the current one first. Raises Unavailable, BadConfiguration."""
    description: Callable[[], Mapping[str, Any]]
    """What the JSON behind the screens is, for programs."""

    @cached_property
    def _patterns(self) -> list[tuple[Door, re.Pattern[str]]]:
        return [(door, door.pattern) for door in self.doors]

    def answer(self, request: Request, now: datetime) -> Response:
        """The answer to any request below `/desk`."""
        language = _language(request)
        try:
            return _guarded(self._answer(request, now))
        except Refused as refused:
            return _guarded(_refusal(request, language, refused.status, refused.reason, refused.fields))
        except UnreadableBody:
            return _guarded(_refusal(request, language, HTTPStatus.BAD_REQUEST, "form"))
        except NotFound:
            return _guarded(_refusal(request, language, HTTPStatus.NOT_FOUND, "missing"))
        except (Unavailable, BadConfiguration, CharterUnreadable, Unreadable) as error:
            failed = _refusal(request, language, HTTPStatus.SERVICE_UNAVAILABLE, "unavailable")
            return _guarded(replace(failed, why=error.reason))

    def _answer(self, request: Request, now: datetime) -> Response:
        path = request.path.rstrip("/")
        if request.method == "GET":
            if asset := pages.asset(path.removeprefix(f"{HOME}/")):
                kept_for_ever = {"content-type": asset.kind, "cache-control": pages.FOR_EVER}
                return Response(HTTPStatus.OK, kept_for_ever, asset.body)
            if path == f"{HOME}/openapi.json":
                return _json(HTTPStatus.OK, self.description())
            if outside := {f"{HOME}/sign-in": self._leave, f"{HOME}/signed-in": self._come_back}.get(path):
                return outside(request, now)
        return self._inside(request, path, now)

    def _inside(self, request: Request, path: str, now: datetime) -> Response:
        session = sessions.opened(request.cookies.get(sessions.COOKIE, ""), self.keys(), now)
        if session is None:
            return _to_sign_in(request)
        if request.method != "GET":
            self._check_form(request, session)
        if path == f"{HOME}/sign-out" and request.method == "POST":
            return redirection(f"{HOME}/sign-in", (dropped(sessions.COOKIE),))
        answer = self._home(session) if path == HOME else self._at(request, session, now)
        renewed = session.renewed(now)
        if renewed is None:
            return answer
        cookie = kept(sessions.COOKIE, renewed.sealed(self.keys()[0]), int(sessions.IDLE.total_seconds()))
        return replace(answer, cookies=(*answer.cookies, cookie))

    # --- signing in ---

    def _leave(self, request: Request, now: datetime) -> Response:
        attempt = Attempt.begin(request.query.get("to", HOME), now)
        door = sessions.seal("door", attempt.as_content(), self.keys()[0])
        # Lax: the way back from the provider begins on the provider's site.
        cookie = kept(signin.COOKIE, door, int(signin.AT_MOST.total_seconds()), same_site="Lax")
        return redirection(self.provider.leave(attempt, _redirect(request)), (cookie,))

    def _come_back(self, request: Request, now: datetime) -> Response:
        content = sessions.unseal("door", request.cookies.get(signin.COOKIE, ""), self.keys())
        attempt = Attempt.of(content)
        try:
            email = self.provider.come_back(request.query, attempt, _redirect(request), now)
        except SignInRefused as refused:
            answer = _refusal(request, _language(request), HTTPStatus.FORBIDDEN, "sign_in")
            return replace(answer, cookies=(dropped(signin.COOKIE),), why=refused.reason)
        session = Session.begin(email, now)
        cookie = kept(sessions.COOKIE, session.sealed(self.keys()[0]), int(sessions.IDLE.total_seconds()))
        # A page and not a redirection: a strict cookie does not travel on one that began on another site.
        language = _language(request)
        body = pages.render(
            "desk/signed_in",
            language=language,
            words=words.table(language, "screens"),
            next=at_the_desk(attempt.back_to if attempt else HOME),
        )
        return Response(HTTPStatus.OK, {"content-type": _HTML, **NOT_KEPT}, body, (cookie, dropped(signin.COOKIE)))

    def _check_form(self, request: Request, session: Session) -> None:
        """Made in this session, and sent from this site. Raises Refused."""
        if request.headers.get("origin", "") and not _is_ours(request):
            raise Refused(HTTPStatus.FORBIDDEN, "other_site")
        token = request.headers.get("x-csrf-token", "") if request.sends_json else request.form().get("csrf", "")
        if not session.sent(token, self.keys()):
            raise Refused(HTTPStatus.FORBIDDEN, "other_site")

    # --- inside ---

    def _home(self, session: Session) -> Response:
        """The first community of whoever signed in. Raises Refused."""
        first = next(self._of(session.email, self.reach.communities.all()), None)
        if first is None:
            raise Refused(HTTPStatus.FORBIDDEN, "no_member")
        return redirection(f"{HOME}/{first.id}/unanswered")

    def _of(self, email: str, names: Iterable[str]) -> Iterator[Community]:
        """Those of these communities that somebody belongs to; one that cannot be read stands in nobody's way."""
        for name in names:
            with suppress(NotFound, BadConfiguration):
                community = self.reach.communities.load(name)
                if community.member(email):
                    yield community

    def _at(self, request: Request, session: Session, now: datetime) -> Response:
        name, _, rest = request.path.rstrip("/").removeprefix(f"{HOME}/").partition("/")
        names = self.reach.communities.all()
        community, member = self._member(name, session.email, names)
        matches = [(door, match.groupdict()) for door, pattern in self._patterns if (match := pattern.fullmatch(rest))]
        if not matches:
            raise NotFound(rest)
        door, parts = next(((d, p) for d, p in matches if d.method == request.method), (None, {}))
        if door is None:
            raise Refused(HTTPStatus.METHOD_NOT_ALLOWED, "method")
        if not member.may(door.right):
            raise Refused(HTTPStatus.FORBIDDEN, "no_right")
        visit = Visit(
            request=request,
            reach=self.reach,
            community=community,
            member=member,
            now=now,
            language=_language_of(member, community, request),
            csrf=session.csrf(self.keys()[0]),
            elsewhere=tuple((one.id, one.name) for one in self._of(session.email, names) if one.id != community.id),
        )
        return self._shown(visit, door, parts)

    def _member(self, name: str, email: str, names: Sequence[str]) -> tuple[Community, Member]:
        """A community one does not belong to is one that does not exist. Raises NotFound."""
        if name not in names:
            raise NotFound(name)
        community = self.reach.communities.load(name)
        member = community.member(email)
        if member is None:
            raise NotFound(name)
        return community, member

    def _shown(self, visit: Visit, door: Door, parts: Parts) -> Response:
        request = visit.request
        try:
            view = door.does(visit, parts, _form(request, door)) if door.takes else door.does(visit, parts)
        except TribuneError as error:
            status, sentence = _why_not(error, visit)
            if request.wants_json:
                return _json(status, {"error": {"reason": error.reason, "sentence": sentence}})
            return _page(
                visit, "desk/refused", status, sentence=sentence, back=_came_from(request), written=_written(request)
            )
        if request.wants_json:
            return _json(HTTPStatus.OK, view.model_dump(mode="json"))
        if isinstance(view, Done):
            return redirection(f"{view.next}?{urlencode({'done': view.said})}")
        if door.file:
            return _file(visit, door, view)
        return _page(visit, door.template, HTTPStatus.OK, view=view)


# --- what is refused, and how it is said ---


def _why_not(error: TribuneError, visit: Visit) -> tuple[int, str]:
    """The status and the sentence of something that could not be done. Raises what is not ours to say."""
    telling = visit.telling
    match error:
        case Refused():
            said = words.table(visit.language, "screens")["refused"][error.reason]
            return error.status, words.fill(said, error.fields)
        case AlreadyDone():
            return HTTPStatus.CONFLICT, telling.refused(error)
        case Conflict():
            return HTTPStatus.CONFLICT, words.table(visit.language, "screens")["refused"]["changed"]
        case Gone():
            return HTTPStatus.GONE, telling.refused(error)
        case NoGround(why="which_clause"):
            return HTTPStatus.UNPROCESSABLE_ENTITY, words.table(visit.language, "screens")["refused"]["which_clause"]
        case CannotDo() | NoGround():
            return HTTPStatus.UNPROCESSABLE_ENTITY, telling.refused(error)
        case _:
            raise error


def _refusal(request: Request, language: str, status: int, reason: str, fields: Mapping[str, str] = {}) -> Response:
    """A refusal to whoever is not, or not yet, inside."""
    table = words.table(language, "screens")
    sentence = words.fill(table["refused"][reason], fields)
    if request.wants_json:
        return _json(status, {"error": {"reason": reason, "sentence": sentence}})
    ours = request.method == "POST" and _is_ours(request)
    body = pages.render(
        "desk/outside",
        language=language,
        words=table,
        sentence=sentence,
        inside=reason in _INSIDE,
        written=_written(request) if ours else (),
        back=(ours and _came_from(request)) or HOME,
    )
    return Response(status, {"content-type": _HTML, **NOT_KEPT}, body)


def _to_sign_in(request: Request) -> Response:
    if request.wants_json or request.method != "GET":
        return _refusal(request, _language(request), HTTPStatus.UNAUTHORIZED, "signed_out")
    return redirection(f"{HOME}/sign-in?{urlencode({'to': at_the_desk(_asked_for(request))})}")


def _asked_for(request: Request) -> str:
    """The page with what its address asks for (`?period=2026-W47`), less that something was done; it waits in a cookie."""
    query = urlencode([(name, value) for name, value in request.query.items() if name != "done"])
    return f"{request.path}?{query}" if query and len(query) < _LONGEST_QUERY else request.path


# --- answers ---


def _form(request: Request, door: Door) -> Form:
    """What was sent, in its shape. Raises Refused."""
    takes = door.takes
    assert takes is not None  # noqa: S101  for the type checker: the caller asked
    try:
        if request.sends_json:
            return takes.model_validate_json(request.body)
        fields = request.form()
        fields.pop("csrf", None)
        return takes.model_validate(fields)
    except ValidationError as error:
        raise Refused(HTTPStatus.BAD_REQUEST, "form") from error


def _came_from(request: Request) -> str:
    """The page of the desk on which the form stood; empty when it is not known."""
    path = urlsplit(request.headers.get("referer", "")).path
    return path if path and at_the_desk(path) == path else ""


def _written(request: Request) -> tuple[str, ...]:
    """What somebody wrote that was refused: a page that is not kept by the browser would lose it."""
    if request.method != "POST" or request.sends_json:
        return ()
    with suppress(UnreadableBody):
        return tuple(text for name, text in request.form().items() if name.partition("_")[0] in _WORDS and text.strip())
    return ()


def _is_ours(request: Request) -> bool:
    """Did a page of this very site send it? (What another one made up is not shown on a page of ours.)"""
    try:
        return urlsplit(request.headers.get("origin", "")).netloc == request.headers.get("host", "")
    except ValueError:
        return False


def _page(visit: Visit, template: str, status: int, **values: object) -> Response:
    table = words.table(visit.language, "screens")
    done = table["done"].get(visit.request.query.get("done", ""), "")
    here = f"{HOME}/{visit.community.id}"
    body = pages.render(template, language=visit.language, words=table, visit=visit, here=here, done=done, **values)
    return Response(status, {"content-type": _HTML, "content-language": visit.language, **NOT_KEPT}, body)


def _file(visit: Visit, door: Door, view: View) -> Response:
    named = {"content-disposition": f'attachment; filename="{visit.community.id}-{door.file}"'}
    if not door.template:
        file = _json(HTTPStatus.OK, view.model_dump(mode="json"))
        return replace(file, headers={**file.headers, **named})
    body = pages.plain(door.template, words=words.table(visit.language, "screens"), view=view)
    return Response(HTTPStatus.OK, {"content-type": _TEXT, **named, **NOT_KEPT}, body)


def _json(status: int, content: object) -> Response:
    return Response(status, {"content-type": _JSON, **NOT_KEPT}, json.dumps(content, ensure_ascii=False))


def _guarded(response: Response) -> Response:
    return replace(response, headers={**response.headers, "content-security-policy": pages.desk_policy(), **_SAFE})


def _redirect(request: Request) -> str:
    """Where the provider sends people back to: this host, as it was called."""
    host = request.headers.get("host", "")
    scheme = "http" if host.startswith(("127.0.0.1", "localhost")) else "https"
    return f"{scheme}://{host}{HOME}/signed-in"


def _language(request: Request) -> str:
    wanted = (part.partition(";")[0].strip() for part in request.headers.get("accept-language", "").split(","))
    known = (words.spoken(one) for one in wanted if one.partition("-")[0].lower() in words.LANGUAGES)
    return next(known, words.LANGUAGES[0])


def _language_of(member: Member, community: Community, request: Request) -> str:
    """The person's own language, else the browser's."""
    person = community.rota.person(member.person)
    return words.spoken(person.languages[0]) if person and person.languages else _language(request)
