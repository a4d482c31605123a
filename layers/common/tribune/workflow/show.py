"""Showing the charter: each published version for ever, one anchor per clause, what is in force at a stable address.

    /charter                              the communities, or the only one
    /charter/{community}                  the version in force, in the reader's language (a redirection)
    /charter/{community}/versions         every version
    /charter/{community}/v{n}             the same version in the reader's language (a redirection)
    /charter/{community}/v{n}/{language}  the version, `#article-10` for a clause
    /charter/{community}/v{n}.json        the same for machines
    /charter/{community}/register         the public registers
    /charter/{community}/register/{month}             how the charter was applied in a month (a redirection)
    /charter/{community}/register/{month}/{language}  the same as a page, or `{language}.csv` for a spreadsheet
    /charter/{community}/register/{month}.json        the same for machines
    /erasure/{code}                       that a request to be forgotten was received, or done

A version's page holds nothing that changes after its publication, so that it may be kept for ever; what is in
force today, and the versions that came later, have addresses of their own. Links are relative: the same pages
are right under any prefix.
"""

import hashlib
import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from http import HTTPStatus
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from tribune import pages
from tribune.charter import Charter, Clause, PublishedCharter
from tribune.charter.document import Kind, fill
from tribune.community import Community
from tribune.errors import BadConfiguration, CharterUnreadable, NotFound, Unavailable
from tribune.words import LANGUAGES, spoken, table
from tribune.workflow.registers import Showed, unpacked

FOR_EVER = "public, max-age=31536000, immutable"
FOR_A_MINUTE = "public, max-age=60"
NOT_KEPT = "no-store"

_PATH = re.compile(
    r".*?/charter(?:/(?P<community>[a-z0-9][a-z0-9-]{0,39})"
    r"(?:/(?:(?P<versions>versions)|(?P<register>register)(?:/(?P<month>\d{4}-\d{2})(?:(?P<month_json>\.json)|/(?P<told>[a-z]{2})(?P<csv>\.csv)?)?)?|v(?P<version>[1-9][0-9]{0,5})(?:(?P<json>\.json)|/(?P<language>[a-z]{2}))?))?)?(?P<slash>/?)"
)
_ERASURE = re.compile(r".*?/erasure/(?P<code>[a-z2-7]{32})/?")
_BY_LANGUAGE = "Accept-Language"
_SAFE = {"x-content-type-options": "nosniff", "referrer-policy": "no-referrer"}
_OF_A_304 = ("etag", "cache-control", "vary")
_SPACE = (Kind.FRAME, Kind.PROTECT, Kind.THANK)


# ruff: disable[D102]  what each of these does is said where it is done
class Version(Protocol):
    """A published version without its content."""

    @property
    def version(self) -> int: ...
    @property
    def effective_from(self) -> datetime: ...


class Charters(Protocol):
    """The published charters."""

    def versions(self, community: str) -> Sequence[Version]: ...
    def version(self, community: str, version: int) -> PublishedCharter: ...
    def load(self, community: str, at: datetime) -> PublishedCharter | None: ...


class Registers(Protocol):
    """The public registers."""

    def months(self, community: str) -> Sequence[str]: ...
    def load(self, community: str, month: str) -> str: ...


class Communities(Protocol):
    """The communities of this stack."""

    def all(self) -> Sequence[str]: ...
    def load(self, community_id: str) -> Community: ...


# ruff: enable[D102]


@dataclass(frozen=True, slots=True)
class Request:
    """What a reader asks for: header values as they came, empty when there were none."""

    path: str
    accept_language: str = ""
    if_none_match: str = ""

    @property
    def language(self) -> str:
        """Which of our own languages they read best."""
        return preferred(self.accept_language, LANGUAGES)


@dataclass(frozen=True, slots=True)
class Page:
    """An answer over HTTP; header names in lower case; `why` is for the log when we could not answer."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True)
class Showing:
    """The public charter of every community of this stack."""

    charters: Charters
    communities: Communities
    registers: Registers
    confirmed: Callable[[str], tuple[datetime, datetime | None] | None] = lambda _code: None
    """The code of a request to be forgotten -> (when it was asked, when it was done), None for an unknown one."""

    def answer(self, request: Request, now: datetime) -> Page:  # noqa: PLR0911  one return a kind of page
        """The page; 404 for what does not exist, 503 for what cannot be shown right now."""
        if erasure := _ERASURE.fullmatch(request.path):
            return self._erasure(erasure["code"], request)
        wanted = _PATH.fullmatch(request.path)
        if wanted is None:
            return _sentence("missing", request, HTTPStatus.NOT_FOUND)
        if wanted["slash"]:
            return _redirection("../" + request.path.rstrip("/").rpartition("/")[2])
        try:
            page = self._page(request, wanted, now)
        except NotFound:
            return _sentence("missing", request, HTTPStatus.NOT_FOUND)
        except (CharterUnreadable, BadConfiguration, Unavailable) as error:
            return _sentence("unavailable", request, HTTPStatus.SERVICE_UNAVAILABLE, f"{error.reason}: {error}")
        if page.status == HTTPStatus.OK and _matches(request.if_none_match, page.headers["etag"]):
            kept = {name: value for name, value in page.headers.items() if name in _OF_A_304}
            return Page(HTTPStatus.NOT_MODIFIED, kept)
        return page

    def _erasure(self, code: str, request: Request) -> Page:
        """That somebody was forgotten, to whoever holds the code; kept by no cache, found by no search engine."""
        try:
            known = self.confirmed(code)
        except Unavailable as error:
            return _sentence("unavailable", request, HTTPStatus.SERVICE_UNAVAILABLE, f"{error.reason}: {error}")
        which, status = ("erasure_unknown", HTTPStatus.NOT_FOUND) if known is None else ("erasure_asked", HTTPStatus.OK)
        if known and known[1]:
            which = "erasure_done"
        days = {"asked": known[0], "done": known[1] or known[0]} if known else {}
        dates = {name: date_words(day, request.language, ZoneInfo("UTC")) for name, day in days.items()}
        page = _sentence(which, request, status, fields=dates)
        return replace(page, headers={**page.headers, "cache-control": NOT_KEPT, "x-robots-tag": "noindex"})

    def _page(self, request: Request, wanted: re.Match[str], now: datetime) -> Page:  # noqa: PLR0911  one return a kind of page
        if wanted["community"] is None:
            return self._directory(request)
        community = self.communities.load(wanted["community"])
        if wanted["versions"]:
            return self._versions(request, community, now)
        if wanted["register"]:
            return self._register(request, community, wanted)
        if wanted["version"] is None:
            return self._in_force(request, community, now)
        published = self.charters.version(community.id, int(wanted["version"]))
        if wanted["json"]:
            return _found(as_json(published, community.zone), "application/json", FOR_EVER)
        language = wanted["language"]
        if language is None:
            return _redirection(f"v{published.version}/{_readable(request, published)}")
        if language not in published.charter.languages:
            raise NotFound(request.path)
        earlier = [known for known in self.charters.versions(community.id) if known.version < published.version]
        return _html(as_html(published, community, language, earlier), language, FOR_EVER)

    def _register(self, request: Request, community: Community, wanted: re.Match[str]) -> Page:
        month, language = wanted["month"], wanted["told"]
        if month is None:
            return self._registers(request, community)
        content = self.registers.load(community.id, month)
        if wanted["month_json"]:
            return _found(content, "application/json", FOR_EVER)
        if language is None:
            return _redirection(f"{month}/{request.language}")
        if language not in LANGUAGES:
            raise NotFound(request.path)
        shown = Showed(
            unpacked(content), community, language, lambda moment: date_words(moment, language, community.zone)
        )
        if not wanted["csv"]:
            return _html(shown.as_html(), language, FOR_EVER)
        file = _found(shown.as_csv(), "text/csv; charset=utf-8", FOR_EVER)
        name = f'attachment; filename="{community.id}-{month}.csv"'
        return replace(file, headers={**file.headers, "content-disposition": name, "content-language": language})

    def _registers(self, request: Request, community: Community) -> Page:
        words, months = table(request.language, "register"), table(request.language, "time")["months"]
        entries = [
            {"href": f"register/{one}", "name": f"{months[int(one[5:]) - 1]} {one[:4]}", "note": ""}
            for one in self.registers.months(community.id)
        ]
        nothing = [] if entries else [{"href": f"../{community.id}", "name": words["charter"], "note": words["none"]}]
        return _list(request, words["list"].format(brand=community.name), entries + nothing)

    def _directory(self, request: Request) -> Page:
        known = self.communities.all()
        if len(known) == 1:
            return _redirection(f"charter/{known[0]}")
        words, entries = table(request.language, "pages")["communities"], []
        for one in known:
            with suppress(NotFound, BadConfiguration):  # one that cannot be read stands in nobody's way
                entries.append({"href": f"charter/{one}", "name": self.communities.load(one).name, "note": ""})
        return _list(request, words["title"], entries)

    def _in_force(self, request: Request, community: Community, now: datetime) -> Page:
        published = self.charters.load(community.id, now)
        if published is None:
            announced = self.charters.versions(community.id)
            if not announced:
                return _sentence("unpublished", request, HTTPStatus.NOT_FOUND)
            published = self.charters.version(community.id, announced[0].version)
        return _redirection(f"{community.id}/v{published.version}/{_readable(request, published)}")

    def _versions(self, request: Request, community: Community, now: datetime) -> Page:
        words = table(request.language, "pages")
        current = self.charters.load(community.id, now)
        entries = []
        for known in reversed(self.charters.versions(community.id)):
            note = words["announced"] if known.effective_from > now else ""
            if current and known.version == current.version:
                note = words["in_force"]
            name = _version_name(known, request.language, community.zone)
            entries.append({"href": f"v{known.version}", "name": name, "note": note})
        entries.append({"href": "register", "name": table(request.language, "register")["list_entry"], "note": ""})
        return _list(request, words["versions"]["title"].format(brand=community.name), entries)


# --- what a version says ---


def as_html(published: PublishedCharter, community: Community, language: str, earlier: Iterable[Version] = ()) -> str:
    """One version in one language, as members are shown it."""
    charter, words = published.charter, table(spoken(language), "pages")
    values = _values(published, language, community.zone)
    return pages.render(
        "charter",
        language=language,
        words=words,
        brand=values.get("brand", community.name),
        title=fill(charter.title.get(language, ""), values),
        summary=published.summary,
        version_line=words["version_line"].format(
            version=published.version,
            published=date_words(published.published_at, language, community.zone),
            effective=date_words(published.effective_from, language, community.zone),
        ),
        languages=[{"code": code, "name": words["names"].get(code, code), "href": code} for code in charter.languages],
        commitments=_commitments(charter, values, words, language),
        sections=_sections(charter, values, words, language),
        content_hash=published.content_hash,
        json_href=f"../v{published.version}.json",
        current_href=f"../../{community.id}",
        versions_href="../versions",
        earlier=[  # in a language that the reader reads: an earlier version may not be written in this one
            {"href": f"../v{known.version}", "name": _version_name(known, language, community.zone)}
            for known in sorted(earlier, key=lambda known: -known.version)
        ],
    )


def as_json(published: PublishedCharter, zone: ZoneInfo) -> str:
    """One version for machines: what members are shown and what follows from a breach, without the lists of words."""
    charter = published.charter
    value = {
        "schema": 1,
        "version": published.version,
        "published_at": published.published_at.isoformat(),
        "effective_from": published.effective_from.isoformat(),
        "notice_days": published.notice_days,
        "summary": published.summary,
        "content_hash": published.content_hash,
        "type": charter.type,
        "title": _filled(charter.title, published, zone),
        "languages": charter.languages,
        "commitments": charter.commitments.model_dump(mode="json"),
        "families": {family: _filled(texts, published, zone) for family, texts in charter.families.items()},
        "clauses": [_clause_as_json(published, clause, zone) for clause in charter.clauses],
    }
    return json.dumps(value, ensure_ascii=False, indent=1) + "\n"


def _filled(texts: Mapping[str, str], published: PublishedCharter, zone: ZoneInfo) -> dict[str, str]:
    return {language: fill(text, published.values(language, zone)) for language, text in texts.items()}


def _clause_as_json(published: PublishedCharter, clause: Clause, zone: ZoneInfo) -> dict[str, Any]:
    shown = clause.model_dump(
        mode="json",
        exclude_none=True,
        include={
            "number", "id", "kind", "family", "title", "applies_to", "gravity", "ceiling", "first_action", "ladder",
            "strike", "silent", "legal_basis", "dsa",
        },
    )  # fmt: skip
    text = {language: published.words_of(clause, language, zone) for language in published.charter.languages}
    return shown | {"title": _filled(clause.title, published, zone), "anchor": anchor(clause), "text": text}


def anchor(clause: Clause) -> str:
    """The fragment under which a clause is cited."""
    return f"article-{clause.number}"


def _values(published: PublishedCharter, language: str, zone: ZoneInfo) -> dict[str, str]:
    return published.values(language, zone) | {"date": date_words(published.effective_from, language, zone)}


def _commitments(
    charter: Charter, values: Mapping[str, str], words: Mapping[str, Any], language: str
) -> list[dict[str, str]]:
    labels = words["commitments"]
    shown = {
        "host": values.get("cm_public_name"),
        "moderation_hours": values.get("moderation_hours"),
        "response_target": values.get("response_target"),
        "appeal_contact": values.get("appeal_contact"),
        "strike_ttl": values.get("strike_ttl"),
        "retention": values.get("retention"),
        "notice_days": str(charter.commitments.notice_days),
    }
    delay = charter.commitments.appeal_delay.text.get(language, "")
    return [
        {"label": labels[name], "value": labels.get(f"{name}_value", "{value}").format(value=value, delay=delay)}
        for name, value in shown.items()
        if value
    ]


def _sections(
    charter: Charter, values: dict[str, str], words: Mapping[str, Any], language: str
) -> list[dict[str, Any]]:
    """The clauses under their headings, in the order in which the charter first comes to each."""
    sections: dict[str, dict[str, Any]] = {}
    for clause in sorted(charter.clauses, key=lambda clause: clause.number):
        name = "space" if clause.kind in _SPACE else clause.family or "measures"
        own = charter.families.get(clause.family, {}).get(language) if clause.family else None
        section = sections.setdefault(
            name, {"id": f"section-{name}", "heading": fill(own or words["sections"][name], values), "clauses": []}
        )
        section["clauses"].append(_clause(clause, values, words, language))
    return list(sections.values())


def _clause(clause: Clause, values: dict[str, str], words: Mapping[str, Any], language: str) -> dict[str, Any]:
    return {
        "anchor": anchor(clause),
        "number": clause.number,
        "name": words["article"].format(number=clause.number),
        "title": fill(clause.title.get(language, ""), values),
        "paragraphs": [
            part for part in re.split(r"\n\s*\n", fill(clause.text.get(language, ""), values)) if part.strip()
        ],
        "lines": list(_what_follows(clause, words)),
    }


def _what_follows(clause: Clause, words: Mapping[str, Any]) -> Iterable[str]:
    """What a breach leads to, how far the tool goes alone, where the rule comes from."""
    if clause.first_action is None:
        return
    yield f"{words['first_action'][clause.first_action]} {words['ceiling'][clause.ceiling]}"
    if where := words["applies_to"].get(clause.applies_to):
        yield where
    if clause.legal_basis:
        yield words["legal_basis"].format(basis=" ; ".join(clause.legal_basis))


def _version_name(known: Version, language: str, zone: ZoneInfo) -> str:
    words = table(spoken(language), "pages")
    return str(
        words["version_name"].format(version=known.version, effective=date_words(known.effective_from, language, zone))
    )


def date_words(moment: datetime, language: str, zone: ZoneInfo) -> str:
    """`1er décembre 2026`, `1 December 2026`: the day on the community's own clock."""
    words, day = table(spoken(language), "pages"), moment.astimezone(zone).date()
    month = table(spoken(language), "time")["months"][day.month - 1]
    return str(words["date"].format(day=words["first"] if day.day == 1 else day.day, month=month, year=day.year))


# --- HTTP ---


def preferred(accept_language: str, available: Sequence[str]) -> str:
    """The first of the reader's languages that is available (`Accept-Language`, RFC 9110), else the first available."""
    weighted = []
    for rank, part in enumerate(accept_language.split(",")[:32]):
        name, _, weight = part.strip().partition(";")
        quality = re.fullmatch(r"\s*q\s*=\s*([01](?:\.[0-9]{0,3})?)\s*", weight)
        weighted.append((-float(quality[1]) if quality else -1.0, rank, name.strip().lower().partition("-")[0]))
    return next((name for quality, _, name in sorted(weighted) if quality and name in available), available[0])


def _readable(request: Request, published: PublishedCharter) -> str:
    return preferred(request.accept_language, published.charter.languages)


def _redirection(location: str) -> Page:
    """To an address relative to the one asked for."""
    return Page(HTTPStatus.FOUND, {"location": location, "cache-control": FOR_A_MINUTE, "vary": _BY_LANGUAGE, **_SAFE})


def _found(body: str, content_type: str, cache: str) -> Page:
    digest = hashlib.sha256(body.encode()).hexdigest()[:32]
    headers = {"content-type": content_type, "cache-control": cache, "etag": f'"{digest}"', **_SAFE}
    return Page(HTTPStatus.OK, headers, body)


def _html(body: str, language: str, cache: str) -> Page:
    page = _found(body, "text/html; charset=utf-8", cache)
    return replace(page, headers={**page.headers, **_html_headers(language)})


def _html_headers(language: str) -> dict[str, str]:
    return {"content-language": language, "content-security-policy": pages.policy()}


def _list(request: Request, title: str, entries: list[dict[str, str]]) -> Page:
    page = _html(
        pages.render("list", language=request.language, title=title, entries=entries), request.language, FOR_A_MINUTE
    )
    return replace(page, headers={**page.headers, "vary": _BY_LANGUAGE})


def _sentence(
    which: str, request: Request, status: HTTPStatus, why: str = "", fields: Mapping[str, str] | None = None
) -> Page:
    cache = NOT_KEPT if status >= HTTPStatus.INTERNAL_SERVER_ERROR else FOR_A_MINUTE
    words = {name: text.format(**fields or {}) for name, text in table(request.language, "pages")[which].items()}
    body = pages.render("sentence", language=request.language, **words)
    headers = {"content-type": "text/html; charset=utf-8", "cache-control": cache, "vary": _BY_LANGUAGE, **_SAFE}
    return Page(status, headers | _html_headers(request.language), body, why)


def _matches(if_none_match: str, etag: str) -> bool:
    return any(part.strip().removeprefix("W/") in (etag, "*") for part in if_none_match.split(","))
