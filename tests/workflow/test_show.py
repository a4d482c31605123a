"""What a member reads: the charter, each version for ever, at addresses that are cited."""

import base64
import hashlib
import json
import re
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from html import unescape
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urljoin
from zoneinfo import ZoneInfo

import pytest

from tribune.charter import Charter, PublishedCharter, in_force
from tribune.community import Community
from tribune.duty import Person, Rota
from tribune.errors import BadConfiguration, CharterUnreadable, NotFound, Unavailable
from tribune.figures import Figures, Slot
from tribune.measures import spread
from tribune.register import register
from tribune.report import Period
from tribune.voice import Voice
from tribune.workflow.registers import packed
from tribune.workflow.show import FOR_A_MINUTE, FOR_EVER, Page, Request, Showing, preferred

NOW = datetime(2026, 12, 1, 9, 0, tzinfo=UTC)
DAY = timedelta(days=1)
FRENCH, ENGLISH = "fr-FR,fr;q=0.9,en;q=0.5", "en-GB,en;q=0.9"
HERE = "https://charte.example"


def charter(**changes: Any) -> Charter:
    delay = {"minutes": 60, "text": {"fr": "une heure", "en": "one hour"}}
    delays = dict.fromkeys(("response_target", "appeal_delay", "temp_ban", "strike_ttl", "retention"), delay)

    def both(fr: str, en: str) -> dict[str, str]:
        return {"fr": fr, "en": en}

    return Charter.model_validate(
        {
            "title": both("Charte de la communauté", "Community charter"),
            "languages": ["fr", "en"],
            "commitments": {
                "moderation_hours": both("du lundi au vendredi", "Monday to Friday"),
                "appeal_contact": "charte@garance.example",
                **delays,
            },
            "fields": {"brand": "Vélos Garance", "cm_public_name": both("Marie", "Marie")},
            "families": {"indigne": both("Respecter les personnes", "Respect people")},
            "clauses": [
                {
                    "number": 1,
                    "id": "objet",
                    "kind": "frame",
                    "title": both("Objet", "Purpose"),
                    "text": both("{brand} vous écoute.\n\nÀ tous.", "{brand} listens to you.\n\nTo all."),
                },
                {
                    "number": 10,
                    "id": "respect",
                    "kind": "rule",
                    "family": "indigne",
                    "title": both("Respect <des> personnes", "Respect for <people>"),
                    "text": both("Aucune attaque contre une personne & ses proches.", "No attack on a person."),
                    "gravity": 2,
                    "ceiling": "partial",
                    "first_action": "remind",
                    "legal_basis": ["Code civil art. 9"],
                    "dsa": {"category": "STATEMENT_CATEGORY_CYBER_VIOLENCE"},
                    "detectors": [{"name": "insult_at_person", "terms": {"fr": ["motsecret"]}}],
                },
                {
                    "number": 19,
                    "id": "vie",
                    "kind": "measure",
                    "title": both("Vie de la charte", "Life of the charter"),
                    "text": both(
                        "Charte version {version} du {date}, annoncée {notice_days} jours avant.",
                        "Charter version {version} of {date}, announced {notice_days} days ahead.",
                    ),
                },
            ],
        }
        | changes
    )


def published(version: int = 1, effective: datetime = NOW, **more: Any) -> PublishedCharter:
    return PublishedCharter(
        version=version,
        published_at=min(NOW, effective),
        effective_from=effective,
        notice_days=15,
        content_hash=f"{version:064d}",
        charter=charter(),
        **more,
    )


@dataclass
class Shelf:
    """Charters in memory; `trouble` is what reading one raises."""

    kept: dict[str, list[PublishedCharter]] = field(default_factory=dict)
    trouble: Exception | None = None

    def versions(self, community: str) -> list[PublishedCharter]:
        return self.kept.get(community, [])

    def version(self, community: str, version: int) -> PublishedCharter:
        if self.trouble:
            raise self.trouble
        for one in self.versions(community):
            if one.version == version:
                return one
        raise NotFound(str(version))

    def load(self, community: str, at: datetime) -> PublishedCharter | None:
        return in_force(self.versions(community), at)


class Town:
    """Communities in memory."""

    def __init__(self, *names: str) -> None:
        self.names = names

    def all(self) -> tuple[str, ...]:
        return self.names

    def load(self, community_id: str) -> Community:
        if community_id not in self.names:
            raise NotFound(community_id)
        return Community(
            id=community_id,
            name=f"Vélos {community_id.title()}",
            voice=Voice(team_signature={"fr": "L'équipe"}),
            rota=Rota(people=(Person(id="marie", name="Marie"),)),
        )


class Monthly:
    """Registers in memory."""

    def __init__(self) -> None:
        self.kept: dict[str, str] = {}

    def months(self, _community: str) -> list[str]:
        return sorted(self.kept, reverse=True)

    def load(self, community: str, month: str) -> str:
        if month not in self.kept:
            raise NotFound(community)
        return self.kept[month]


class Visitor:
    """A reader who follows links as a browser does."""

    def __init__(self, *versions: PublishedCharter, communities: tuple[str, ...] = ("garance",)) -> None:
        self.shelf = Shelf({"garance": list(versions)})
        self.registers = Monthly()
        self.showing = Showing(charters=self.shelf, communities=Town(*communities), registers=self.registers)
        self.at = ""

    def get(self, path: str, language: str = FRENCH, etag: str = "") -> Page:
        self.at = path
        return self.showing.answer(Request(path, language, etag), NOW)

    def follow(self, path: str, language: str = FRENCH) -> Page:
        page = self.get(path, language)
        for _ in range(5):
            if page.status != 302:
                return page
            page = self.get(urljoin(HERE + self.at, page.headers["location"]).removeprefix(HERE), language)
        raise AssertionError(f"{path} redirects in circles")


class Outline(HTMLParser):
    """The tags of a page: all closed, each id once."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self.tags: list[str] = []
        self.feed(html)
        assert not self.open, f"left open: {self.open}"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        if tag not in ("meta", "link", "br"):
            self.open.append(tag)
        values = dict(attrs)
        self.ids += [value for value in [values.get("id")] if value]
        self.links += [value for value in [values.get("href")] if value]

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def text_of(page: Page) -> str:
    return re.sub(r"\s+", " ", unescape(re.sub(r"<style>.*?</style>|<[^>]+>", " ", page.body, flags=re.DOTALL)))


# --- finding the charter ---


@pytest.mark.parametrize(("language", "expected"), [(FRENCH, "fr"), (ENGLISH, "en"), ("de", "fr"), ("", "fr")])
def test_the_stable_address_leads_to_the_version_in_force_in_the_reader_s_language(
    language: str, expected: str
) -> None:
    visitor = Visitor(published(1, NOW - DAY), published(2, NOW), published(3, NOW + DAY))
    page = visitor.follow("/charter/garance", language)
    assert (visitor.at, page.status) == (f"/charter/garance/v2/{expected}", 200)
    assert page.headers["content-language"] == expected
    assert f'<html lang="{expected}">' in page.body


def test_a_lone_community_is_found_from_the_root() -> None:
    visitor = Visitor(published())
    visitor.follow("/charter")
    assert visitor.at == "/charter/garance/v1/fr"


def test_several_communities_are_listed_at_the_root() -> None:
    visitor = Visitor(published(), communities=("garance", "atelier"))
    page = visitor.follow("/charter")
    assert [urljoin(f"{HERE}/charter", link) for link in Outline(page.body).links] == [
        f"{HERE}/charter/garance",
        f"{HERE}/charter/atelier",
    ]


def test_a_community_that_cannot_be_read_now_hides_no_other_one(monkeypatch: pytest.MonkeyPatch) -> None:
    visitor, load = Visitor(published(), communities=("garance", "atelier")), Town.load

    def loaded(town: Town, community_id: str) -> Community:
        if community_id == "atelier":
            raise BadConfiguration("what is stored is not a community of this version")
        return load(town, community_id)

    monkeypatch.setattr(Town, "load", loaded)
    page = visitor.follow("/charter")

    assert (page.status, Outline(page.body).links) == (200, ["charter/garance"])


def test_a_version_without_language_leads_to_the_reader_s() -> None:
    visitor = Visitor(published(1, NOW - DAY), published(2))
    visitor.follow("/charter/garance/v1", ENGLISH)
    assert visitor.at == "/charter/garance/v1/en"


@pytest.mark.parametrize("path", ["/charter/", "/charter/garance/", "/charter/garance/v1/", "/charter/garance/v1/fr/"])
def test_a_slash_too_many_is_forgiven(path: str) -> None:
    visitor = Visitor(published())
    assert visitor.follow(path).status == 200
    assert visitor.at == "/charter/garance/v1/fr"


def test_links_are_right_below_any_prefix() -> None:
    visitor = Visitor(published(1, NOW - DAY), published(2))
    page = visitor.follow("/aide/charter/garance")
    assert visitor.at == "/aide/charter/garance/v2/fr"
    for link in Outline(page.body).links:
        address = urljoin(HERE + visitor.at, link).removeprefix(HERE).partition("#")[0]
        assert address.startswith("/aide/charter/garance"), link


def test_a_charter_that_is_announced_but_not_in_force_yet_can_be_read() -> None:
    visitor = Visitor(published(1, NOW + DAY))
    assert "applicable à partir du 2 décembre 2026" in text_of(visitor.follow("/charter/garance"))


# --- reading it ---


def test_a_page_has_an_anchor_for_each_clause_and_every_link_inside_it_leads_somewhere() -> None:
    page = Visitor(published()).get("/charter/garance/v1/fr")
    outline = Outline(page.body)
    assert {"article-1", "article-10", "article-19"} <= set(outline.ids)
    assert len(outline.ids) == len(set(outline.ids))
    assert {link[1:] for link in outline.links if link.startswith("#")} <= set(outline.ids)


def test_every_link_of_a_page_can_be_followed() -> None:
    visitor = Visitor(published(1, NOW - DAY), published(2))
    for start in ("/charter/garance/v2/fr", "/charter/garance/versions"):
        for link in Outline(visitor.get(start).body).links:
            address = urljoin(HERE + start, link).removeprefix(HERE).partition("#")[0]
            assert visitor.follow(address).status == 200, link


def test_titles_and_headings_are_filled_like_texts() -> None:
    named = charter(title={"fr": "Charte de {brand}", "en": "Charter of {brand}"})
    clauses = tuple(
        one.model_copy(update={"title": {"fr": "Chez {brand}", "en": "At {brand}"}}) for one in named.clauses
    )
    families = {"indigne": {"fr": "Respecter {brand}", "en": "Respect {brand}"}}
    named = named.model_copy(update={"clauses": clauses, "families": families})
    visitor = Visitor(published().model_copy(update={"charter": named}))
    told = text_of(visitor.get("/charter/garance/v1/fr"))
    for said in ("Charte de Vélos Garance", "Chez Vélos Garance", "Respecter Vélos Garance"):
        assert said in told
    assert "{" not in told
    machine = visitor.get("/charter/garance/v1.json").body
    assert {clause["title"]["en"] for clause in json.loads(machine)["clauses"]} == {"At Vélos Garance"}
    assert "{brand}" not in machine


def test_machines_read_titles_and_headings_filled_with_the_version_and_its_day_too() -> None:
    dated = {"fr": "Version {version} du {date}", "en": "Version {version} of {date}"}
    named = charter(title=dated, families={"indigne": dated})
    told = json.loads(Visitor(published().model_copy(update={"charter": named})).get("/charter/garance/v1.json").body)
    assert told["title"] == told["families"]["indigne"]
    assert re.fullmatch(r"Version 1 of 2026-1[12]-\d\d", told["title"]["en"])


def test_an_earlier_version_that_speaks_fewer_languages_is_still_read_from_the_later_ones() -> None:
    only_french = charter(languages=["fr"])
    first = published(1, NOW - DAY).model_copy(update={"charter": only_french})
    visitor = Visitor(first, published(2))
    links = [link for link in Outline(visitor.get("/charter/garance/v2/en", ENGLISH).body).links if "v1" in link]
    assert links
    for link in links:
        address = urljoin(f"{HERE}/charter/garance/v2/en", link).removeprefix(HERE)
        assert visitor.follow(address, ENGLISH).status == 200, link


def test_a_page_says_who_hosts_when_what_is_promised_and_how_to_appeal() -> None:
    text = text_of(Visitor(published()).get("/charter/garance/v1/en"))
    for said in (
        "Vélos Garance",
        "Your host Marie",
        "Monday to Friday",
        "within one hour",
        "charte@garance.example: answered within one hour, free of charge",
        "Respect people",
        "a reminder of the rule first",
        "Legal basis: Code civil art. 9",
        "Version 1, published on 1 December 2026, in effect from 1 December 2026",
        "Charter version 1 of 1 December 2026, announced 15 days ahead.",
    ):
        assert said in text


def test_dates_are_those_of_the_community_s_own_clock() -> None:
    late = published(1, datetime(2026, 11, 30, 23, 30, tzinfo=UTC))
    assert "1er décembre 2026" in text_of(Visitor(late).get("/charter/garance/v1/fr"))


def test_machines_read_the_same_day_as_members() -> None:
    late = published(1, datetime(2026, 11, 30, 23, 30, tzinfo=UTC))
    told = json.loads(Visitor(late).get("/charter/garance/v1.json").body)["clauses"][-1]["text"]
    assert told["fr"].startswith("Charte version 1 du 2026-12-01,")


def test_what_people_wrote_is_escaped() -> None:
    body = Visitor(published(summary="<script>alert(1)</script>")).get("/charter/garance/v1/fr").body
    assert "Respect &lt;des&gt; personnes" in body
    assert "personne &amp; ses proches" in body
    assert "<script" not in body


def test_no_page_has_a_script_or_an_inline_style_or_loads_anything() -> None:
    visitor = Visitor(published(), communities=("garance", "atelier"))
    for path in ("/charter", "/charter/garance/v1/fr", "/charter/garance/versions", "/charter/nobody"):
        page = visitor.follow(path)
        assert not {"script", "img", "iframe", "form", "object"} & set(Outline(page.body).tags)
        assert not re.search(r"\son\w+=|\sstyle=|url\(|@import", page.body)
        assert page.headers["content-security-policy"].startswith("default-src 'none'; style-src 'sha256-")
        assert "unsafe" not in page.headers["content-security-policy"]


def test_the_style_sheet_is_the_one_that_the_policy_allows() -> None:
    page = Visitor(published()).get("/charter/garance/v1/fr")
    style = re.search(r"<style>(.*?)</style>", page.body, re.DOTALL)
    assert style
    digest = base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
    assert f"'sha256-{digest}'" in page.headers["content-security-policy"]


# --- versions ---


def test_a_version_s_page_is_kept_for_ever_and_stays_the_same_when_others_follow() -> None:
    first = published(1, NOW - DAY)
    before = Visitor(first).get("/charter/garance/v1/fr")
    after = Visitor(first, published(2), published(3, NOW + DAY)).get("/charter/garance/v1/fr")
    assert before == after
    assert before.headers["cache-control"] == FOR_EVER


def test_a_page_names_the_versions_before_it() -> None:
    page = Visitor(published(1, NOW - DAY), published(2)).get("/charter/garance/v2/fr")
    assert "Version 1, applicable à partir du 30 novembre 2026" in text_of(page)


def test_the_list_of_versions_says_which_one_is_in_force_today_and_which_is_announced() -> None:
    page = Visitor(published(1, NOW - DAY), published(2), published(3, NOW + DAY)).get("/charter/garance/versions")
    text = text_of(page)
    assert re.search(r"Version 3.*Annoncée, pas encore en vigueur.*Version 2.*En vigueur aujourd'hui.*Version 1", text)
    assert page.headers["cache-control"] == FOR_A_MINUTE


def test_a_reader_who_has_the_page_is_told_so() -> None:
    visitor = Visitor(published())
    page = visitor.get("/charter/garance/v1/fr")
    again = visitor.get("/charter/garance/v1/fr", etag=f'"other", W/{page.headers["etag"]}')
    assert (again.status, again.body) == (304, "")
    assert again.headers["etag"] == page.headers["etag"]
    assert visitor.get("/charter/garance/v1/en", etag=page.headers["etag"]).status == 200


def test_what_leads_to_the_version_in_force_is_kept_for_a_minute_and_depends_on_the_language() -> None:
    for path in ("/charter", "/charter/garance", "/charter/garance/v1"):
        headers = Visitor(published()).get(path).headers
        assert (headers["cache-control"], headers["vary"]) == (FOR_A_MINUTE, "Accept-Language")


# --- for machines ---


def test_machines_read_the_same_version_with_every_word_filled_in_and_no_list_of_words() -> None:
    page = Visitor(published()).get("/charter/garance/v1.json")
    value = json.loads(page.body)
    assert page.headers["content-type"] == "application/json"
    assert (value["schema"], value["version"], value["languages"]) == (1, 1, ["fr", "en"])
    rule = next(clause for clause in value["clauses"] if clause["id"] == "respect")
    assert (rule["anchor"], rule["gravity"], rule["first_action"]) == ("article-10", 2, "remind")
    assert value["clauses"][0]["text"]["fr"].startswith("Vélos Garance vous écoute.")
    assert "{" not in "".join(text for clause in value["clauses"] for text in clause["text"].values())
    assert "motsecret" not in page.body


# --- what is not there ---


@pytest.mark.parametrize(
    "path",
    [
        "/charter/nobody",
        "/charter/garance/v9",
        "/charter/garance/v9/fr",
        "/charter/garance/v9.json",
        "/charter/garance/v1/de",
        "/charter/garance/v0",
        "/charter/garance/v1/fr/more",
        "/charter/GARANCE",
        "/charter/..%2f..%2fetc",
        "/charter/garance/v1\n",
        "/elsewhere",
        "",
    ],
)
def test_an_address_that_leads_nowhere_says_so_in_the_reader_s_language(path: str) -> None:
    page = Visitor(published()).follow(path, ENGLISH)
    assert page.status == 404
    assert "does not exist" in text_of(page)
    Outline(page.body)


def test_a_community_without_a_charter_says_that_nothing_can_be_sanctioned() -> None:
    page = Visitor().follow("/charter/garance")
    assert page.status == 404
    assert "rien ne peut être sanctionné" in text_of(page)


@pytest.mark.parametrize("trouble", [CharterUnreadable("part missing"), Unavailable("dynamodb")])
def test_a_charter_that_cannot_be_shown_now_is_not_taken_for_an_absent_one(trouble: Exception) -> None:
    visitor = Visitor(published())
    visitor.shelf.trouble = trouble
    page = visitor.get("/charter/garance/v1/fr")
    assert (page.status, page.headers["cache-control"]) == (503, "no-store")
    assert page.why


# --- languages ---


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        ("en", "en"),
        ("EN-us", "en"),
        ("de, en;q=0.2, fr;q=0.8", "fr"),
        ("en;q=0, fr", "fr"),
        ("en;q=0", "fr"),
        ("*", "fr"),
        ("en;q=banana", "en"),
        (";;;,,,q=1", "fr"),
        ("é\ud800", "fr"),
    ],
)
def test_the_reader_s_order_of_languages_is_respected(accept: str, expected: str) -> None:
    assert preferred(accept, ("fr", "en")) == expected


# --- the public register ---


def with_a_register() -> Visitor:
    visitor = Visitor(published())
    figures = Figures(counts=Counter({Slot("facebook/1/1", "", 0, False, "comment", 1): 40}))
    month = Period.read("2026-10")
    told = register(
        "garance", month, figures, rules=[], former={}, appeals=[], answers=spread("response_time_working", []),
        bounds=month.bounds(ZoneInfo("Europe/Paris")), now=NOW,
    )  # fmt: skip
    visitor.registers.kept["2026-10"] = packed(told)
    return visitor


def test_the_register_of_a_month_is_read_in_the_readers_language_and_kept_for_ever() -> None:
    visitor = with_a_register()
    french, english = (visitor.follow("/charter/garance/register/2026-10", one) for one in ("fr", "en"))
    assert ("octobre 2026" in french.body, "October 2026" in english.body) == (True, True)
    assert french.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert "script" not in french.headers["content-security-policy"]
    Outline(french.body)


def test_the_register_is_a_file_for_spreadsheets_and_for_machines() -> None:
    visitor = with_a_register()
    file, machines = (visitor.get(f"/charter/garance/register/2026-10{end}") for end in ("/fr.csv", ".json"))
    assert file.headers["content-type"] == "text/csv; charset=utf-8"
    assert file.headers["content-disposition"] == 'attachment; filename="garance-2026-10.csv"'
    assert file.body.startswith("\ufeffCommentaires reçus,40\r\n")
    assert json.loads(machines.body)["received"] == 40


def test_every_month_that_is_published_is_listed_and_the_versions_lead_there() -> None:
    visitor = with_a_register()
    assert 'href="register/2026-10"' in visitor.follow("/charter/garance/register").body
    assert 'href="register"' in visitor.follow("/charter/garance/versions").body
    assert "Aucun mois" in Visitor(published()).follow("/charter/garance/register").body


@pytest.mark.parametrize("end", ["2026-09/fr", "2026-10/de", "2026-10/fr.pdf", "2026-1/fr", "../2026-10"])
def test_a_register_that_is_none_is_missing(end: str) -> None:
    assert with_a_register().get(f"/charter/garance/register/{end}").status == 404
