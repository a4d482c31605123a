"""The Engagement page: what a week or a month comes to, the same as a page and as JSON, from figures that were counted."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import jsonschema
import pytest
from browser import Browser, open_desk
from memory_world import memory_world
from world import World

from tribune import words
from tribune.aws import clients
from tribune.aws.communities import Communities
from tribune.aws.sealed import Sealed
from tribune.community import Post
from tribune.crowd import MOST, Crowd
from tribune.figures import EVERYBODY, Figures, Slot
from tribune.report import totals

PAGE = "/desk/garance/engagement"
EVIL = '<script>alert(1)</script>"><img src=x>'
TODAY = date(2026, 11, 24)


@pytest.fixture(name="world")
def in_memory() -> Iterator[World]:
    with memory_world() as world:
        open_desk(world)
        yield world


@pytest.fixture
def browser(world: World) -> Browser:
    """Marie, signed in."""
    browser = Browser(world)
    browser.sign_in("marie@garance.example")
    return browser


def sealed(world: World) -> Sealed:
    return Sealed(clients.dynamodb(), world.stack.tables()["CounterTable"])


def a_day(n: int, people: int = 3) -> Figures:
    """Two posts, `n` times what one draws."""
    figures = Figures()
    for post, mechanic, kind, level, weight in (
        ("1001_1", "question", "comment", 1, 3),
        ("1001_2", "contest", "share", 2, 4),
        ("1001_2", "contest", "attendance", 3, 8),
    ):
        slot = Slot(f"facebook/1001/{post}", mechanic, 0, sponsored=False, kind=kind, level=level)
        figures.counts[slot], figures.points[slot] = n, n * weight
        figures.clock["09", level] += n
    figures.said.update({("person", "lead"): 3, ("person", "police"): 1, ("machine", "police"): 9})
    figures.clauses.update({("respect", "cited"): 2, ("respect", "hidden"): 1})
    crowd = Crowd.of(map(str, range(people)))
    return replace(figures, people={EVERYBODY: crowd, "post#facebook/1001/1001_1": crowd})


def keep(world: World, days: dict[date, Figures]) -> None:
    space = Communities(world.stack.tables()["CommunityTable"]).load("garance").spaces[0]
    for day, figures in days.items():
        sealed(world).keep_day("garance", space, day, figures, world.now)
    if sealed(world).sealed_to("garance") is None:
        sealed(world).keep_sealed_to("garance", None, datetime(2026, 11, 24, 8, tzinfo=UTC))


def test_a_month_is_the_sum_of_its_days_beside_the_month_before(browser: Browser) -> None:
    keep(browser.world, {date(2026, 11, 2): a_day(5), date(2026, 11, 3): a_day(7), date(2026, 10, 31): a_day(2)})
    view = browser.json(PAGE)

    assert (view["period"]["name"], view["first"], view["last"]) == ("2026-11", "2026-11-01", "2026-11-30")
    (interactions,) = [one for one in view["totals"] if one["name"] == "interactions"]
    assert (interactions["n"], interactions["before"]) == (36, 6)
    assert {day["day"]: day["levels"] for day in view["days"] if sum(day["levels"])} == {
        "2026-11-02": [0, 5, 5, 5],
        "2026-11-03": [0, 7, 7, 7],
    }
    assert [(one["level"], one["total"]["n"]) for one in view["levels"]] == [(0, 0), (1, 12), (2, 12), (3, 12)]
    assert [(one["mechanic"], one["posts"], one["points"]) for one in view["mechanics"]] == [
        ("contest", 1, 144),
        ("question", 1, 36),
    ]
    assert [(one["post"], one["points"]) for one in view["posts"]] == [
        ("facebook/1001/1001_2", 144),
        ("facebook/1001/1001_1", 36),
    ]
    assert [(one["clause"], one["cited"], one["hidden"]) for one in view["clauses"]] == [("respect", 4, 2)]
    assert view["clock"][9] == sum(view["clock"]) == 36
    assert view["counted"] == "Compté jusqu'à 9\u00a0h."


def test_the_leader_ratio_is_that_of_persons_and_the_machine_stands_beside_it(browser: Browser) -> None:
    keep(browser.world, {date(2026, 11, 2): a_day(5), date(2026, 11, 3): a_day(7)})
    view = browser.json(PAGE)
    ratio = next(one for group in view["groups"] for one in group["measures"] if one["name"] == "leader_ratio")

    assert (ratio["numerator"], ratio["denominator"], ratio["value"]) == (6, 8, 0.75)
    assert ratio["told"] == "75\u00a0%"
    assert ratio["facts"].startswith("6 ÷ 8")
    assert [(one["part"], one["person"], one["machine"]) for one in view["roles"]] == [
        ("lead", 6, 0),
        ("serve", 0, 0),
        ("police", 2, 18),
    ]


def test_every_measure_says_its_name_its_formula_and_both_of_its_figures(browser: Browser) -> None:
    keep(browser.world, {date(2026, 11, 2): a_day(5), date(2026, 10, 2): a_day(5)})
    view, page = browser.json(PAGE), browser.get(PAGE).body
    shown = [one for group in view["groups"] for one in group["measures"]]

    assert {"leadership", "commitments", "charter", "engagement", "mechanics"} <= {
        one["name"] for one in view["groups"]
    }
    for one in shown:
        assert one["said"]
        assert one["formula"]
        assert str(one["formula"]).replace("'", "&#39;") in page
        if one["kind"] == "measure":
            assert (one["value"] is None) == (one["denominator"] == 0)
            assert "÷" in one["facts"]


def test_what_is_estimated_is_said_to_be(browser: Browser) -> None:
    keep(browser.world, {date(2026, 11, 2): a_day(5000, people=3 * MOST)})
    each = next(
        one
        for group in browser.json(PAGE)["groups"]
        for one in group["measures"]
        if one["name"] == "interactions_per_participant"
    )

    assert each["estimated"]
    assert "estimation, à 2,2\u00a0% près" in each["facts"]


@pytest.mark.parametrize(
    ("asked", "first", "last"),
    [
        ("2026-W47", "2026-11-16", "2026-11-22"),
        ("2026-10", "2026-10-01", "2026-10-31"),
        ("", "2026-11-01", "2026-11-30"),
        ("2027-01", "2026-11-01", "2026-11-30"),
        ("2026-W99", "2026-11-01", "2026-11-30"),
        ("0001-01", "2026-11-01", "2026-11-30"),
        ("9999-12", "2026-11-01", "2026-11-30"),
        ("%3Cscript%3E", "2026-11-01", "2026-11-30"),
    ],
)
def test_the_address_says_which_period_and_what_is_none_is_the_current_month(
    browser: Browser, asked: str, first: str, last: str
) -> None:
    view = browser.json(f"{PAGE}?period={asked}")

    assert (view["first"], view["last"]) == (first, last)
    assert browser.get(f"{PAGE}?period={view['earlier']}").status == 200
    assert view["later"] == "" or view["later"] > view["period"]["name"]


def test_a_month_takes_as_many_requests_beside_a_year_of_history(browser: Browser) -> None:
    def asked() -> int:
        before = len(browser.world.calls.names)
        browser.get(f"{PAGE}?period=2026-11")
        return len(browser.world.calls.names) - before

    keep(browser.world, {TODAY - timedelta(days=n): a_day(3) for n in range(60)})
    browser.get(PAGE)
    first = asked()
    keep(browser.world, {TODAY - timedelta(days=n): a_day(3) for n in range(60, 365, 5)})

    spaces = Communities(browser.world.stack.tables()["CommunityTable"]).load("garance").spaces
    assert asked() == first <= 2 * len(spaces) + 4


@pytest.mark.parametrize(
    ("language", "thousands", "share"), [("fr", "36\u202f000", "75\u00a0%"), ("en", "36,000", "75%")]
)
def test_the_page_is_written_as_its_reader_writes_figures(
    world: World, language: str, thousands: str, share: str
) -> None:
    keep(world, {date(2026, 11, 2): a_day(12000)})
    reader = Browser(world, language=language)
    reader.sign_in("sam@garance.example")
    page = reader.get(PAGE).body
    said = words.table(language, "engagement")

    assert f'<html lang="{language}"' in page
    for wanted in (thousands, share, said["levels"]["2"]["means"], said["charts"]["days"]["title"]):
        assert wanted.replace("'", "&#39;") in page
    assert page.count("<svg") == 7
    assert page.count("<table>") == 6, "no hour of the week is told of posts that stood before"
    assert 'aria-current="page"' in page


def test_who_helps_is_there_to_be_thanked_unless_they_were_reminded_complain_or_wait(browser: Browser) -> None:
    world = browser.world
    helps = "@Nadia {}, ça marche"
    said = {
        "1": ("7001", helps.format("il suffit de resserrer le moyeu")),
        "2": ("7001", "Je participe au concours"),
        "3": ("7002", helps.format("regonfle à 6 bars, tu peux demander la pompe")),
        "4": ("7003", "@Karim t'es vraiment un abruti"),
        "5": ("7003", helps.format("essaie un pignon de 38")),
        "6": ("7004", helps.format("va voir l'atelier")),
        "7": ("7004", "Vous êtes des voleurs, un mois que j'attends mon remboursement !!!!"),
        "8": ("7005", "Le G3 tient en cabine d'avion ?"),
        "9": ("7005", helps.format("vérifie la tension du câble")),
        "10": ("7006", "Très beau vélo, bravo à toute l'équipe"),
    }
    for number, (author, text) in said.items():
        world.deliver("facebook", world.comment(int(number), text, author=author))
    world.settle(minutes=20)
    world.now += timedelta(hours=1.5)
    world.invoke("seal_hours", {})
    browser.sign_in("marie@garance.example")
    seen = browser.json(PAGE)["thanks"]

    assert [(one["quote"], one["points"] > 0, one["may_be_named"]) for one in seen] == [
        ("Je participe au concours", True, False),
        ("••• regonfle à 6 bars, tu peux demander la pompe, ça marche", True, False),
    ]
    assert seen[0]["points"] > seen[1]["points"]
    assert "tu peux demander la pompe" in browser.get(PAGE).body


def test_what_came_from_outside_stays_text(browser: Browser) -> None:
    communities = Communities(browser.world.stack.tables()["CommunityTable"])
    evil = Post(platform="facebook", account="1001", id="1001_2", title=EVIL, mechanic=EVIL)
    communities.write(communities.load("garance").model_copy(update={"posts": (evil,)}))
    day = a_day(5)
    slot = Slot(f"facebook/1001/{EVIL}", EVIL, 0, sponsored=False, kind="comment", level=1)
    day.counts[slot] = day.points[slot] = 7
    keep(browser.world, {date(2026, 11, 2): day})
    page = browser.get(PAGE).body

    assert EVIL in [one["said"] for one in browser.json(PAGE)["posts"]]
    assert "<img" not in page
    assert len(re.findall("<script", page)) == 1


def test_a_quiet_month_says_that_nothing_was_counted(browser: Browser) -> None:
    page = browser.get(PAGE)

    assert page.status == 200
    assert "Rien n&#39;a encore été compté." in page.body
    assert "NaN" not in page.body
    assert "None" not in page.body


def test_the_json_is_what_its_description_says(browser: Browser) -> None:
    keep(browser.world, {date(2026, 11, 2): a_day(5)})
    described = browser.get("/desk/openapi.json").json

    schema = {"$ref": "#/components/schemas/Engagement", "components": described["components"]}
    jsonschema.validate(browser.json(PAGE), schema)
    assert "period" in described["paths"]["/desk/{community}/engagement"]["get"]["summary"]


@pytest.mark.parametrize("language", words.LANGUAGES)
def test_every_total_of_a_report_has_its_name(language: str) -> None:
    assert {one.name for one in totals(Figures(), Figures())} <= set(words.table(language, "engagement")["totals"])
