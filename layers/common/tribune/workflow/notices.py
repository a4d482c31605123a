"""notices: the public page of a decision, at an address that nobody can guess, and the same for machines.

    /decisions/{community}/{token}        why something was hidden, and how to contest it
    /decisions/{community}/{token}.json   the statement of reasons of the DSA's schema v2

Four parts, as the member reads them: what we did and until when, which words and when, which rule, how to contest.
No word of the member's, no name, no label. The page is kept by no cache and found by no search engine.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Any

from tribune import pages, words
from tribune.channel import ActKind
from tribune.community import COMMUNITY_ID
from tribune.errors import BadConfiguration, CharterUnreadable, NotFound, Unavailable
from tribune.notice import ADDRESS, MOST_CHARACTERS, AppealState, Notice, beside, facts, how, link, stated
from tribune.workflow.decisions import Decision, Decisions
from tribune.workflow.show import NOT_KEPT, Page, Request, date_words

PATH = re.compile(
    rf".*?/decisions/(?P<community>{COMMUNITY_ID.strip('^$')})/(?P<token>{ADDRESS})(?P<more>\.json|/appeal|)"
)


@dataclass(frozen=True, slots=True)
class Reading:
    """show_charter's use case for the page of a decision."""

    decisions: Decisions

    def answer(self, request: Request, now: datetime) -> Page:
        """The page; 404 for what does not exist, 503 for what cannot be shown right now."""
        asked = PATH.fullmatch(request.path)
        if asked is None or asked["more"] == "/appeal":
            return refused("missing", request.language, HTTPStatus.NOT_FOUND)
        try:
            decision = self.decisions.find(asked["community"], asked["token"])
            if asked["more"]:
                return page(HTTPStatus.OK, as_json(decision, request.language), request.language, "application/json")
            return page(HTTPStatus.OK, as_html(decision, request.language, now), request.language)
        except NotFound:
            return refused("missing", request.language, HTTPStatus.NOT_FOUND)
        except (CharterUnreadable, BadConfiguration, Unavailable) as error:
            return unavailable(request.language, f"{error.reason}: {error}")


def page(status: HTTPStatus, body: str, language: str, kind: str = "text/html; charset=utf-8", why: str = "") -> Page:
    """An answer that nobody keeps or finds; its form leads to ourselves only."""
    headers = {
        "content-type": kind,
        "cache-control": NOT_KEPT,
        "x-robots-tag": "noindex",
        "x-content-type-options": "nosniff",
        "referrer-policy": "no-referrer",
        "content-language": language,
        "content-security-policy": pages.policy("'self'"),
    }
    return Page(status, headers, body, why)


def refused(which: str, language: str, status: HTTPStatus, **fields: str) -> Page:
    """A page that says in a sentence why there is no other."""
    sentences = words.table(language, "notices")["refused"][which]
    told = {name: words.fill(text, fields) for name, text in sentences.items()}
    return page(status, pages.render("sentence", language=language, **told), language)


def unavailable(language: str, why: str) -> Page:
    """A page that asks to come back in a minute; `why` is for the log."""
    body = pages.render("sentence", language=language, **words.table(language, "pages")["unavailable"])
    return page(HTTPStatus.SERVICE_UNAVAILABLE, body, language, why=why)


# --- the page ---


def as_html(decision: Decision, language: str, now: datetime) -> str:
    """The page, in one of our languages."""
    table, ground = words.table(language, "notices"), decision.ground(language)
    appeal = table["appeal"] if decision.appeal else table["contest"]
    return pages.render(
        "decision",
        language=language,
        words=table,
        brand=decision.community.name,
        title=table["title"][_title(decision.notice)],
        told=list(told(decision, language)),
        quoted=[part for part in re.split(r"\n\s*\n", ground.quoted) if part.strip()],
        quoted_in=ground.told_in,
        clause_href=ground.reference,
        clause_link=words.fill(table["rule"]["link"], {"n": str(ground.clause.number)}) if ground.clause else "",
        heading=appeal["heading"],
        answer=list(answered(decision, language, now) if decision.appeal else contest(decision, language, now)),
        form_href=f"{decision.notice.token}/appeal" if decision.open(now) else "",
        label=words.fill(table["contest"]["label"], {"limit": str(MOST_CHARACTERS)}),
        limit=MOST_CHARACTERS,
        beside=list(_beside(decision, language)),
        json_href=f"{decision.notice.token}.json",
    )


def told(decision: Decision, language: str) -> Iterator[str]:
    """What we did and until when · which words and when · which rule: the first three parts."""
    table, notice, ground = words.table(language, "notices"), decision.notice, decision.ground(language)
    days = _days(decision, language)
    yield words.fill(table["did"][_did(notice)], days)
    yield words.fill(table["lasts"][_lasts(decision)], days)
    place = decision.community.name_of(notice.platform, notice.account) or decision.community.name
    about = words.fill(table["about"], days | {"place": place})
    yield about if notice.reversed_at else f"{about} {facts(notice, language)}"  # what was wrong is not said again
    if ground.clause and ground.published:
        cited = {"n": str(ground.clause.number), "title": ground.title, "version": str(ground.published.version)}
        yield words.fill(table["rule"]["charter"], cited)
    else:
        yield table["rule"]["law"]
    yield how(notice, language)


def contest(decision: Decision, language: str, now: datetime) -> Iterator[str]:
    """How to contest, the fourth part: where, until when, who answers and how soon."""
    table, days = words.table(language, "notices")["contest"], _days(decision, language)
    if not decision.contestable:
        yield table["moot"]
    elif not decision.open(now):
        yield words.fill(table["over"], days | {"until": days["contest"]})
    else:
        yield words.fill(table["open"], days | {"until": days["contest"], "delay": _delay(decision, language)})
        yield words.fill(table["code"], {"code": decision.notice.code})


def answered(decision: Decision, language: str, now: datetime) -> Iterator[str]:
    """What became of the appeal."""
    table, appeal = words.table(language, "notices")["appeal"], decision.appeal
    if appeal is None:
        return
    days = _days(decision, language)
    if appeal.state is AppealState.OPEN:
        yield words.fill(table["open" if now <= appeal.due_at else "late"], days | {"until": days["due"]})
        return
    yield words.fill(table[appeal.state.value], days)
    if appeal.because:
        yield words.fill(table["because"], {"because": appeal.because})
    if appeal.state is AppealState.OVERTURNED:
        restored = {ActKind.HIDE: "restored", ActKind.DELETE: "lost", ActKind.BLOCK: "readmitted"}
        yield table[restored[decision.notice.kind]]


def _beside(decision: Decision, language: str) -> Iterator[str]:
    table, contact = words.table(language, "notices")["contest"], _contact(decision)
    if contact:
        yield words.fill(table["contact"], {"contact": contact})
    yield table["court"]


def _title(notice: Notice) -> str:
    if notice.reversed_at:
        return "reversed"
    if notice.ended_at:
        return "ended"
    return "suspend" if notice.until else notice.kind.value


def _did(notice: Notice) -> str:
    """What we did, and whether it is over: a key of `did`."""
    did = notice.kind.value if notice.until is None else "suspend"
    over = notice.ended_at or notice.reversed_at
    if over and notice.kind is not ActKind.DELETE:
        return f"was_{did}"
    return did if notice.certain else "uncertain"


def _lasts(decision: Decision) -> str:
    """Until when: a key of `lasts`."""
    notice = decision.notice
    if notice.reversed_at:
        return "reversed"
    if notice.ended_at:
        return "ended"
    if notice.kind is ActKind.DELETE:
        return "final"
    if notice.until:
        return "suspend"
    return "provisional" if decision.provisional else "indefinite"


def _days(decision: Decision, language: str) -> dict[str, str]:
    notice, appeal, zone = decision.notice, decision.appeal, decision.community.zone
    moments = {
        "applied": notice.applied_at,
        "posted": notice.posted_at,
        "until": notice.until,
        "ended": notice.reversed_at or notice.ended_at,
        "contest": notice.contestable_until(zone),
        "asked": appeal.at if appeal else None,
        "due": appeal.due_at if appeal else None,
        "answered": appeal.decided_at if appeal else None,
    }
    return {name: date_words(moment, language, zone) for name, moment in moments.items() if moment}


def _delay(decision: Decision, language: str) -> str:
    """How soon an appeal is answered, as the charter promises it: in its own words where it has none in this language."""
    charter = decision.published.charter if decision.published else None
    promised = charter.commitments.appeal_delay.text.get(charter.shown_in(language)) if charter else None
    return promised or words.table(language, "notices")["contest"]["delay"]


def _contact(decision: Decision) -> str:
    return decision.published.charter.commitments.appeal_contact if decision.published else ""


# --- for machines ---


def as_json(decision: Decision, language: str) -> str:
    """The statement of reasons of the DSA's schema v2, and what we add to it."""
    notice, community, ground = decision.notice, decision.community, decision.ground(language)
    url = link(community.charter_base_url, community.id, notice.token)
    value: dict[str, Any] = {
        "schema": 1,
        "statement": stated(notice, ground, community.zone),
        "beside": beside(notice, ground, url, _contact(decision), community.zone),
        "appeal": {"state": decision.appeal.state.value} if decision.appeal else None,
    }
    return json.dumps(value, ensure_ascii=False, indent=1) + "\n"
