"""The desk attacked from outside: other sites, other communities, other people's words. Each tried, each refused."""

import json
import re
from collections.abc import Iterator
from datetime import timedelta
from html import unescape
from html.parser import HTMLParser
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from browser import Browser, open_desk
from redress import contest, restrictions
from world import CONFIGURATION, World

from local.apply import Target, apply
from local.configuration import read
from tribune.aws import clients
from tribune.aws.communities import Communities
from tribune.desk.case import safe_link
from tribune.team import Member, Role

EVIL = "<script>alert(1)</script>\"><img src=x onerror=alert(1)>'{{191*7}}<svg/onload=alert(1)> javascript:alert(1)"
QUESTION = f"Où est ma commande G3-118 ? Deux semaines de retard {EVIL}"
UNANSWERED = "/desk/{}/unanswered"
OTHERS = (
    CONFIGURATION.replace("id: garance\n", "id: autre\n")
    .replace("garance.example", "autre.example")
    .split("channels:")[0]
    + f"""
  posts: [{{platform: facebook, account: "2002", id: "2002_1", title: {json.dumps(EVIL)}}}]
channels:
  - platform: facebook
    channel: autre
    accounts: [{{id: "2002", space: facebook, name: Page}}]
    verify: {{current: facebook-app-secret, token: verify-token}}
    act: {{token: page-token, base_url: http://facebook.test}}
"""
)


class Page(HTMLParser):
    """What a browser would make of a page: its scripts, its handlers, where its links lead."""

    def __init__(self, body: str) -> None:
        super().__init__()
        self.bad: list[str] = []
        self.feed(body)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if (tag == "script" and not (values.get("src") or "").startswith("/desk/desk-")) or tag in ("img", "svg"):
            self.bad.append(tag)
        self.bad += [name for name in values if name.startswith("on")]
        for name in ("href", "action", "src"):
            address = (values.get(name) or "").strip().lower()
            if address.startswith(("javascript:", "data:", "vbscript:")):
                self.bad.append(address)


@pytest.fixture(name="two")
def two_communities(world: World) -> tuple[Browser, Browser]:
    """Marie of `garance` and Marie of `autre`, each with a case; names, words, titles and addresses are hostile."""
    target = Target(
        stage="test",
        community_table=world.stack.tables()["CommunityTable"],
        charter_table=world.stack.tables()["CharterTable"],
        dynamodb=clients.dynamodb(),
        ssm=clients.ssm(),
    )
    apply(read(OTHERS, file="autre"), target, world.now - timedelta(30))
    open_desk(world)
    for page, number in (("1001", 1), ("2002", 2)):
        body = world.comment(number, QUESTION, author=f"70{number}", post=f"{page}_1")
        body["entry"][0]["id"] = page
        body["entry"][0]["changes"][0]["value"]["from"]["name"] = EVIL
        world.deliver("facebook", body, channel="main" if number == 1 else "autre")
    world.pump_only("moderate_comments")
    ours, theirs = Browser(world), Browser(world)
    ours.sign_in("marie@garance.example")
    theirs.sign_in("marie@autre.example")
    return ours, theirs


def cases(browser: Browser, community: str) -> list[str]:
    seen = browser.json(UNANSWERED.format(community))
    return [line["at"] for part in ("mine", "waiting", "not_read", "others") for line in seen[part]]


def screens(browser: Browser, community: str, case: str) -> Iterator[str]:
    for path in ("unanswered", "settled", "calls", "say", "appeals", f"case/{case}"):
        yield browser.get(f"/desk/{community}/{path}").body


def test_nobody_reads_or_touches_another_communitys_case(two: tuple[Browser, Browser]) -> None:
    ours, theirs = two
    (case,) = cases(theirs, "autre")
    assert cases(ours, "garance") != [case]
    page = ours.get(f"/desk/garance/case/{cases(ours, 'garance')[0]}")
    form = urlencode({"csrf": page.field("csrf"), "rev": "1", "text": "Bonjour", "to": "lea", "scope": "all"})

    for community in ("garance", "autre"):
        assert ours.get(f"/desk/{community}/case/{case}").status == 404
        for act in ("send", "hide", "close", "take", "give", "ask", "private", "delete"):
            assert ours.ask("POST", f"/desk/{community}/case/{case}/{act}", form).status in (400, 404)
    for path in ("unanswered", "calls", "appeals", "settled", "charter", "draft/article/respect", "rota", "nothing"):
        assert ours.get(f"/desk/autre/{path}").status == 404
    for path in ("pause", "resume", "calls/some/take", "calls/some/mute", "unmute", "release", "draft/reword"):
        assert ours.ask("POST", f"/desk/autre/{path}", form).status == 404
    assert theirs.json("/desk/autre/calls")["pauses"] == []
    assert len(cases(theirs, "autre")) == 1
    # What a case of ours asked a colleague cannot be read under the other community's name, nor the reverse.
    ours.world.settle()
    assert list(ours.world.outbox.effects) == []


def test_whoever_belongs_to_two_communities_goes_from_one_to_the_other_and_nobody_else_sees_it(
    two: tuple[Browser, Browser],
) -> None:
    ours, theirs = two
    world = ours.world
    marie = Member(email="marie@garance.example", role=Role.READER)
    Communities(world.stack.tables()["CommunityTable"]).change(
        "autre", lambda one: one.model_copy(update={"team": (*one.team, marie)})
    )
    world.now += timedelta(minutes=1)

    assert "<details" not in theirs.get("/desk/autre/say").body.split("<nav")[0]
    assert 'href="/desk/autre/unanswered"' in ours.get("/desk/garance/say").body
    there = ours.get("/desk/autre/unanswered")
    assert (there.status, 'href="/desk/garance/unanswered"' in there.body) == (200, True)
    (case,) = cases(ours, "autre")
    form = urlencode({"csrf": there.field("csrf"), "rev": "1"})
    assert ours.ask("POST", f"/desk/autre/case/{case}/close", form).status == 403, "each with the rights of its own"
    assert theirs.get("/desk/garance/unanswered").status == 404


def test_whatever_came_from_outside_is_text_on_every_screen(two: tuple[Browser, Browser]) -> None:
    browser, theirs = two
    world = browser.world
    (case,) = cases(browser, "garance")
    path = f"/desk/garance/case/{case}"
    asked = {"name": EVIL[:80], "address": "ana@atelier.example", "question": EVIL, "within": "1d"}
    assert browser.send(f"{path}/ask", browser.get(path), **asked).status == 303
    assert browser.send(f"{path}/give", browser.get(path), to="lea", note=EVIL).status == 303
    journal = world.stack.tables()["JournalTable"]
    (pk,) = [
        one["pk"]["S"] for one in clients.dynamodb().scan(TableName=journal)["Items"] if one["sk"]["S"] == "question"
    ]
    address = f"/ask/garance/{pk.rpartition('#')[2]}"
    ana = ask(world, address)
    form = urlencode({"proof": hidden(ana["body"], "proof"), "text": EVIL, "mine": "1"})
    assert ask(world, address, "POST", form)["statusCode"] == 303
    world.deliver("facebook", world.comment(3, "Rappelez-moi au 06 39 98 12 34", author="703"))
    world.settle()
    head = world.head("garance", "facebook", "1001", "1_3")
    assert head is not None
    (hide,) = restrictions(head)
    assert hide.notice is not None
    contest(world, hide.notice, EVIL)
    lea = Browser(world)
    lea.sign_in("lea@garance.example")
    (appeal,) = lea.json("/desk/garance/appeals")["waiting"]

    shown = [*screens(lea, "garance", case), lea.get(f"/desk/garance/appeals/{appeal['code']}").body, ana["body"]]
    titled = theirs.get(f"/desk/autre/case/{cases(theirs, 'autre')[0]}").body
    assert unescape(titled).count("onerror") >= 2, "the words, and the title of the post"
    shown += [titled, browser.send(f"{path}/hide", browser.get(path), clause=EVIL).body]
    assert sum(unescape(body).count("onerror") for body in shown) >= 5
    for body in shown:
        assert Page(body).bad == []
        assert "1337" not in body


def ask(world: World, path: str, method: str = "GET", body: str = "") -> Any:
    event = {
        "routeKey": f"{method} /ask/{{community}}/{{question}}",
        "rawPath": path,
        "headers": {"accept-language": "fr", "content-type": "application/x-www-form-urlencoded"},
        "requestContext": {"http": {"method": method}},
        "body": body,
        "isBase64Encoded": False,
    }
    return world.invoke("ask_colleague", event)


def hidden(body: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', body)
    assert found is not None
    return unescape(found[1])


@pytest.mark.parametrize(
    ("url", "leads"),
    [
        ("https://facebook.com/1", True),
        ("http://blog.example/1", True),
        ("javascript:alert(1)", False),
        (" javascript:alert(1)", False),
        ("JaVaScRiPt:alert(1)", False),
        ("data:text/html,<script>alert(1)</script>", False),
        ("//evil.example", False),
        ("https://[evil", False),
        ("https://\u2100.example", False),
        ("", False),
        (None, False),
    ],
)
def test_an_address_from_outside_is_a_link_only_if_it_is_an_address(url: str | None, *, leads: bool) -> None:
    assert bool(safe_link(url)) is leads


def test_an_address_that_is_none_keeps_nobody_from_opening_the_case(world: World) -> None:
    open_desk(world)
    body = world.blog_comment("c-9", "Bonjour, où en est ma commande G3-118 ?")
    body["data"]["url"] = "https://[evil"
    world.deliver("generic", body)
    world.pump_only("moderate_comments")
    marie = Browser(world)
    marie.sign_in("marie@garance.example")

    (case,) = cases(marie, "garance")
    page = marie.get(f"/desk/garance/case/{case}")
    assert page.status == 200
    assert "[evil" not in page.body


def test_a_session_that_was_there_before_signing_in_is_not_the_one_after(world: World) -> None:
    open_desk(world)
    attacker, victim = Browser(world), Browser(world)
    attacker.sign_in("sam@garance.example")
    planted = dict(attacker.cookies)
    victim.cookies |= planted

    victim.sign_in("lea@garance.example")

    assert victim.cookies["__Host-desk"] != planted["__Host-desk"]
    page = victim.get("/desk/garance/calls")
    attackers = attacker.get("/desk/garance/calls")
    assert page.field("csrf") != attackers.field("csrf")


def test_nobody_is_signed_in_as_somebody_else_by_a_link(world: World) -> None:
    """Login CSRF: the attacker's own way back from the provider, opened in the victim's browser."""
    open_desk(world)
    attacker, victim = Browser(world), Browser(world)
    leaving = attacker.get("/desk/sign-in")
    asked = parse_qs(urlsplit(leaving.headers["location"]).query)

    way_back = f"/desk/signed-in?{urlencode({'code': 'attackers', 'state': asked['state'][0]})}"
    assert victim.get(way_back).status == 403
    victim.get("/desk/sign-in")
    assert victim.get(way_back).status == 403
    assert "__Host-desk" not in victim.cookies


@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example"])
def test_a_form_of_another_host_is_refused_whatever_it_carries(world: World, host: str) -> None:
    open_desk(world)
    browser = Browser(world)
    browser.sign_in("marie@garance.example")
    csrf = browser.get("/desk/garance/calls").field("csrf")
    form = urlencode({"csrf": csrf, "scope": "all", "lasting": "1h"})

    assert browser.ask("POST", "/desk/garance/pause", form, origin=f"http://{host}").status == 403
    assert browser.ask("POST", "/desk/garance/pause", form, origin="null").status == 403
    assert browser.json("/desk/garance/calls")["pauses"] == []
    assert browser.ask("POST", "/desk/garance/pause", form).status == 303


def test_a_cookie_of_yesterday_opens_nothing_and_no_role_outlives_the_team(world: World) -> None:
    open_desk(world)
    browser = Browser(world)
    browser.sign_in("marie@garance.example")
    kept = dict(browser.cookies)
    world.now += timedelta(hours=11)
    browser.cookies = kept

    assert browser.get("/desk/garance/unanswered").status == 303
    world.now -= timedelta(hours=22)
    browser.cookies = dict(kept)
    assert browser.get("/desk/garance/unanswered").status == 303, "a session of the future"


@pytest.mark.parametrize("path", ["/desk/garance/unanswered", "/desk/sign-in", "/desk/nothing", "/desk/desk-x.css"])
def test_no_page_of_ours_is_framed(world: World, path: str) -> None:
    open_desk(world)
    headers = Browser(world).get(path).headers

    assert headers["x-frame-options"] == "DENY"
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
