"""A contest, from its first comment to what the team reads and enters: at the desk and on the command line."""

import csv
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest
from browser import Browser, open_desk
from commanding import Tribune, tribune
from memory_world import memory_world
from redress import handling
from world import PAGE, START, World

from tribune.aws import clients, keys
from tribune.aws.communities import Communities
from tribune.aws.operations import Operations as Store
from tribune.aws.sealed import Sealed
from tribune.community import Community, Mode, Modes
from tribune.errors import Conflict
from tribune.operation import Article, Entered, Entry, Operation, PlacedPost
from tribune.workflow.deed import case_id
from tribune.workflow.operations import Operations

__all__ = ["tribune"]

ONE = "/desk/garance/operations/noel"
EVIL = '=HYPERLINK("http://evil.example")<script>alert(1)</script>'


@pytest.fixture(name="world")
def in_memory() -> Iterator[World]:
    with memory_world() as world:
        open_desk(world)
        Communities(world.stack.tables()["CommunityTable"]).change("garance", _with_a_contest)
        yield world


def _with_a_contest(community: Community) -> Community:
    begins, ends = (START + timedelta(days=days) for days in (-1, 5))
    contest = Operation.model_validate(
        {
            "id": "noel",
            "kind": "contest",
            "name": {"fr": "Le concours", "en": "The contest"},
            "start": f"{begins:%Y-%m-%dT%H:%M}",
            "end": f"{ends:%Y-%m-%dT%H:%M}",
            "posts": [PlacedPost(platform="facebook", account=PAGE, id=f"{PAGE}_1")],
            "hashtags": ["#NoelGarance"],
            "rules_url": "https://garance.example/concours",
            "cost": 30,
            "teams": [{"id": "ville", "name": {"fr": "Ville", "en": "Town"}, "hashtag": "#GaranceVille"}],
        }
    )
    return community.model_copy(update={"operations": (contest,)})


@pytest.fixture
def marie(world: World) -> Browser:
    browser = Browser(world)
    assert browser.sign_in("marie@garance.example").status == 200
    return browser


def lived(world: World) -> None:
    """Three people enter, one of them twice; one insults, one deletes, one only talks, one comes a day later."""
    said = {
        1: "Le rouge #GaranceVille",
        2: "Le bleu !",
        3: "Le vert",
        4: "@Karim t'es vraiment un abruti",
        5: "Le noir",
    }
    for number, text in said.items():
        world.deliver("facebook", world.comment(number, text, author=f"70{min(number, 4)}"))
    world.deliver("facebook", world.comment(2, "Le bleu !", author="702"))
    world.deliver("facebook", world.comment(6, "Moi aussi !", author="709", parent=1))
    world.deliver("facebook", world.comment(7, "Le mauve", author="707", post=f"{PAGE}_2"))
    world.deliver("facebook", world.comment(3, "", verb="remove", author="703"))
    sealed(world, hours=24)
    world.deliver("facebook", world.comment(8, "Le rouge, alors", author="702"))
    sealed(world)


def sealed(world: World, hours: float = 2) -> None:
    while world.pump():
        pass
    world.now += timedelta(hours=hours)
    world.invoke("seal_hours", {})


def later(browser: Browser) -> None:
    """The next hour is counted, and somebody comes back to their desk."""
    sealed(browser.world)
    assert browser.sign_in("marie@garance.example").status == 200


def counts(browser: Browser, part: str = "counts") -> dict[str, float]:
    return {one["name"]: one["value"] for one in browser.json(ONE)["summary"][part]}


def test_a_contest_is_counted_and_an_entry_set_aside_is_counted_apart(marie: Browser) -> None:
    world = marie.world
    lived(world)
    later(marie)

    assert {name: counts(marie)[name] for name in ("entries", "invalid", "participants", "comments")} == {
        "entries": 4, "invalid": 1, "participants": 3, "comments": 6,
    }  # fmt: skip
    assert {name: counts(marie, "conversation")[name] for name in ("voices", "returning", "to_member")} == {
        "voices": 4, "returning": 1, "to_member": 1,
    }  # fmt: skip
    page = marie.get(ONE)
    assert "À côté de ces nombres" in page.body
    blue = world.head("garance", "facebook", PAGE, "1_2")
    assert blue
    assert blue.counted == ("comment", 2), "an entry is an operation, what it costs its author"

    day = marie.json(ONE)["days"][-1][0]
    looked_at = marie.get(f"{ONE}/entries/{day}")
    assert "Le noir" in looked_at.body
    (black,) = [one for one in marie.json(f"{ONE}/entries/{day}")["entries"] if one["text"] == "Le noir"]
    assert marie.send(f"{ONE}/rule", looked_at, entry=black["name"], ruling="invalid").status == 303
    (again,) = [one for one in marie.json(f"{ONE}/entries/{day}")["entries"] if one["text"] == "Le noir"]
    assert (again["valid"], again["told"]) == (False, "écartée\u00a0: décidé par Marie Castel")
    later(marie)
    assert (counts(marie)["entries"], counts(marie)["invalid"], counts(marie)["participants"]) == (3, 2, 2)
    world.deliver("facebook", world.comment(5, "Le noir mat", verb="edited", author="704"))
    later(marie)
    assert counts(marie)["invalid"] == 2, "what a person ruled stays"


@pytest.mark.parametrize(
    "when", ["0001-01-01", "9999-12-31", "0001-01-01T00", "9999-12-31T23", "2026-11-24T99", "2026-11-25", "x"]
)
def test_a_day_on_which_there_can_be_no_entry_is_not_found(marie: Browser, when: str) -> None:
    assert marie.get(f"{ONE}/entries/{when}").status == 404
    assert marie.get(f"{ONE}/entries/2026-11-24").status == 200


def test_the_entries_of_an_hour_that_two_days_share_are_shown_under_the_day_they_came_in(world: World) -> None:
    Communities(world.stack.tables()["CommunityTable"]).change(
        "garance", lambda one: one.model_copy(update={"timezone": "America/St_Johns"})
    )
    world.forget()
    sealed(world, hours=0)
    world.now = world.now.replace(hour=3, minute=45) + timedelta(days=1)  # 0:15 by that clock
    world.deliver("facebook", world.comment(1, "Le rouge"))
    sealed(world)
    marie = Browser(world)
    later(marie)

    day = marie.json(ONE)["days"][0][0]
    (hour, _), *_ = marie.json(f"{ONE}/entries/{day}")["hours"]
    shown = marie.json(f"{ONE}/entries/{hour}")
    assert [one["text"] for one in shown["entries"]] == ["Le rouge"]
    assert shown["day"] == marie.json(f"{ONE}/entries/{day}")["day"]


def test_what_is_edited_after_the_end_enters_nothing_and_changes_no_team(world: World) -> None:
    def by_hashtag(community: Community) -> Community:
        (contest,) = community.operations
        return community.model_copy(update={"operations": (contest.model_copy(update={"entry": Entry.HASHTAG}),)})

    Communities(world.stack.tables()["CommunityTable"]).change("garance", by_hashtag)
    world.forget()
    for number, text in {1: "Le rouge", 2: "Le bleu #NoelGarance", 3: "Le vert #NoelGarance"}.items():
        world.deliver("facebook", world.comment(number, text, author=f"70{number}"))
    sealed(world, hours=24 * 6)
    world.deliver("facebook", world.comment(1, "Le rouge #NoelGarance", verb="edited", author="701"))
    world.deliver("facebook", world.comment(2, "Le bleu #NoelGarance #GaranceVille", verb="edited", author="702"))
    world.deliver("facebook", world.comment(3, "Le vert", verb="edited", author="703"))
    sealed(world)
    marie = Browser(world)
    later(marie)

    assert (counts(marie)["entries"], counts(marie)["participants"]) == (1, 1)
    assert [team["entries"] for team in marie.json(ONE)["summary"]["teams"]] == [0]


def test_a_reaction_that_is_changed_after_the_end_was_given_while_it_lasted(marie: Browser) -> None:
    world = marie.world
    world.deliver("facebook", reacted(world, "like", "add"))
    sealed(world, hours=24 * 6)
    world.deliver("facebook", reacted(world, "love", "edit"))
    later(marie)
    assert counts(marie)["likes"] == 1

    world.deliver("facebook", reacted(world, "love", "remove"))
    later(marie)
    assert counts(marie)["likes"] == 0
    world.deliver("facebook", reacted(world, "like", "add"))
    later(marie)
    assert counts(marie)["likes"] == 0, "given again after the end"


def reacted(world: World, which: str, verb: str) -> dict[str, Any]:
    body = world.comment(1, "")
    value = body["entry"][0]["changes"][0]["value"]
    value |= {"item": "reaction", "reaction_type": which, "verb": verb}
    del value["comment_id"]
    return body


def test_an_entry_edited_while_its_operation_is_out_of_the_file_is_there_when_it_is_back(marie: Browser) -> None:
    world = marie.world
    store = Communities(world.stack.tables()["CommunityTable"])
    for number, text in {1: "Le rouge #GaranceVille", 2: "Le bleu"}.items():
        world.deliver("facebook", world.comment(number, text, author=f"70{number}"))
    later(marie)
    assert counts(marie)["entries"] == 2

    store.change("garance", lambda one: one.model_copy(update={"operations": ()}))
    world.forget()
    world.deliver("facebook", world.comment(1, "Le rouge vif #GaranceVille", verb="edited", author="701"))
    sealed(world)
    store.change("garance", _with_a_contest)
    world.forget()
    later(marie)
    assert counts(marie)["entries"] == 2
    assert marie.json(ONE)["summary"]["teams"][0]["entries"] == 1
    world.deliver("facebook", world.comment(1, "", verb="remove", author="701"))
    later(marie)
    assert counts(marie)["entries"] == 1


def test_under_a_contest_it_is_the_game_to_repeat_and_elsewhere_it_is_flood(marie: Browser) -> None:
    world = marie.world
    placed = {1: f"{PAGE}_1", 11: f"{PAGE}_9", 21: f"{PAGE}_9"}
    said = {1: "Rouge !", 11: "Rouge, #NoelGarance !", 21: "Rouge"}
    for first, post in placed.items():
        for number in range(first, first + 4):
            world.deliver("facebook", world.comment(number, said[first], author=f"80{first}", post=post))
            world.now += timedelta(minutes=3)
    while world.pump():
        pass

    clauses = {}
    for first in placed:
        heads = [world.head("garance", "facebook", PAGE, f"1_{number}") for number in range(first, first + 4)]
        clauses[first] = {head.verdict.clause for head in heads if head and head.verdict} - {None}
    assert clauses == {1: set(), 11: set(), 21: {"flood"}}


INSULT = "@Karim t'es vraiment un abruti. Et ma commande n'est jamais arrivée, personne ne répond !"


def entry_said(browser: Browser, text: str) -> tuple[bool, str]:
    """Does the entry stand, and who says so?"""
    day = browser.json(ONE)["days"][-1][0]
    (one,) = [line for line in browser.json(f"{ONE}/entries/{day}")["entries"] if line["text"] == text]
    return one["valid"], one["told"]


@pytest.mark.parametrize("mode", ["propose", "act"])
def test_an_entry_stands_once_somebody_said_that_it_is_no_breach(world: World, mode: str) -> None:
    Communities(world.stack.tables()["CommunityTable"]).change(
        "garance", lambda one: one.model_copy(update={"modes": Modes(default=Mode(mode))})
    )
    world.forget()
    world.deliver("facebook", world.comment(1, INSULT))
    sealed(world)
    marie = Browser(world)
    later(marie)
    assert entry_said(marie, INSULT) == (False, "écartée\u00a0: elle contrevient à la charte")

    (line,) = marie.json("/desk/garance/unanswered")["waiting"]
    case = f"/desk/garance/case/{line['at']}"
    assert marie.send(f"{case}/acquit", marie.get(case), expressions="").status == 303
    later(marie)
    assert entry_said(marie, INSULT) == (True, "valable")
    assert (counts(marie)["entries"], counts(marie)["invalid"], counts(marie)["participants"]) == (1, 0, 1)
    world.deliver("facebook", world.comment(1, f"{INSULT} !!", verb="edited"))
    later(marie)
    assert (counts(marie)["entries"], counts(marie)["invalid"]) == (0, 1), "other words, another look"


def test_an_entry_that_a_person_hid_under_an_article_is_set_aside_until_one_shows_it(marie: Browser) -> None:
    world, text, name = marie.world, "Vous êtes des voleurs, un mois que j'attends mon remboursement !", "1_1"
    world.deliver("facebook", world.comment(1, text))
    sealed(world)
    later(marie)
    assert entry_said(marie, text)[0]

    handling(world).hide("garance", case_id(("garance", "facebook", PAGE, name)), "marie", "10")
    later(marie)
    assert entry_said(marie, text) == (False, "écartée\u00a0: elle contrevient à la charte")
    assert (counts(marie)["entries"], counts(marie)["invalid"], counts(marie)["participants"]) == (0, 1, 0)
    handling(world).show("garance", case_id(("garance", "facebook", PAGE, name)), "marie")
    later(marie)
    assert entry_said(marie, text) == (True, "valable")
    assert (counts(marie)["entries"], counts(marie)["invalid"]) == (1, 0)


def test_articles_and_results_are_entered_by_hand_and_the_latest_stands(marie: Browser) -> None:
    page = marie.get(ONE)
    article = {"url": "https://blog.example/un", "author": EVIL, "title": "", "team": "ville"}

    assert marie.send(f"{ONE}/article", page, **article).status == 303
    assert marie.send(f"{ONE}/article", page, **article | {"url": "https://www.blog.example/un/#x"}).status == 409
    assert marie.send(f"{ONE}/article", page, **article | {"url": "javascript:alert(1)"}).status == 422
    assert marie.send(f"{ONE}/article", page, **article | {"team": "nulle"}).status == 422
    for value in ("1 200", "1 250,5"):
        seen = {"kind": "followers", "label": "", "value": value, "source": "la page"}
        assert marie.send(f"{ONE}/outcome", page, **seen).status == 303
        marie.world.now += timedelta(minutes=1)
    assert marie.send(f"{ONE}/outcome", page, kind="other", label="", value="3", source="x").status == 422
    assert marie.send(f"{ONE}/outcome", page, kind="cost", label="", value="beaucoup", source="x").status == 422

    assert (counts(marie)["followers"], counts(marie)["sites"]) == (1250.5, 1)
    shown = marie.get(ONE)
    assert "<script>alert" not in shown.body
    assert "valeur antérieure" in shown.body
    name = marie.json(ONE)["summary"]["articles"][0]["id"]
    assert marie.send(f"{ONE}/out", page, name=name).status == 303
    assert marie.send(f"{ONE}/out", page, name=name).status == 404
    assert counts(marie)["articles"] == 0


@pytest.mark.parametrize(
    ("language", "value", "meant"),
    [
        ("en", "12,345", 12345),
        ("en", "1,234,567.5", 1234567.5),
        ("en", "12.5", 12.5),
        ("en", "12,50", 12.5),
        ("fr", "12\u202f345", 12345),
        ("fr", "12,345", 12.345),
    ],
)
def test_a_result_is_read_as_its_reader_writes_numbers(marie: Browser, language: str, value: str, meant: float) -> None:
    def spoken(community: Community) -> Community:
        people = (one.model_copy(update={"languages": (language,)}) for one in community.rota.people)
        return community.model_copy(update={"rota": community.rota.model_copy(update={"people": tuple(people)})})

    Communities(marie.world.stack.tables()["CommunityTable"]).change("garance", spoken)
    seen = {"kind": "followers", "label": "", "value": value, "source": "the page"}

    assert marie.send(f"{ONE}/outcome", marie.get(ONE), **seen).status == 303
    assert counts(marie)["followers"] == meant


def test_a_corrected_result_replaces_the_earlier_one_however_its_label_is_typed(marie: Browser) -> None:
    page = marie.get(ONE)
    for label, value in (("Dotation, été", "100"), ("dotation,  e\u0301te\u0301 ", "90"), ("Publicité", "20")):
        assert marie.send(f"{ONE}/outcome", page, kind="cost", label=label, value=value, source="facture").status == 303
        marie.world.now += timedelta(minutes=1)

    assert counts(marie)["cost"] == 110
    assert marie.get(ONE).body.count("valeur antérieure") == 1


def test_who_only_reads_sees_it_and_enters_nothing(marie: Browser) -> None:
    sam = Browser(marie.world)
    sam.sign_in("sam@garance.example")
    page = sam.get(ONE)

    assert page.status == 200
    assert f'action="{ONE}' not in page.body
    for act in ("article", "outcome", "out", "rule"):
        assert sam.ask("POST", f"{ONE}/{act}", f"csrf={page.field('csrf')}").status == 403
    assert sam.get("/desk/garance/operations").body.count("Le concours") == 1
    assert [sam.get(f"{ONE}/{bad}").status for bad in ("entries/nonsense", "entries/2026-13-01")] == [404, 404]
    assert sam.get("/desk/garance/operations/none").status == 404
    english = Browser(marie.world, language="en")
    english.sign_in("sam@garance.example")
    assert "Different people who took part" in english.get(ONE).body


def test_two_who_enter_at_once_both_have_entered(world: World) -> None:
    store, at = Store(clients.dynamodb(), world.stack.tables()["JournalTable"]), world.now
    first, second = (
        Article(url=f"https://blog.example/{number}", author="Ana", by="marie", at=at) for number in range(2)
    )
    read = store.entered("garance", "noel")
    store.keep("garance", "noel", read.model_copy(update={"rev": 1, "articles": (first,)}), at)
    with pytest.raises(Conflict):
        store.keep("garance", "noel", read.model_copy(update={"rev": 1, "articles": (second,)}), at)

    outdated = iter([read, store.entered("garance", "noel")])
    slow = Slow(store, lambda: next(outdated))
    journal, sealed_figures = world.journal, Sealed(clients.dynamodb(), world.stack.tables()["CounterTable"])
    Operations(slow, sealed_figures, journal, keys).add_article("garance", "noel", second, at)
    assert store.entered("garance", "noel").articles == (first, second)


@dataclass
class Slow:
    """A store that tells what stood there a moment ago."""

    store: Store
    read: Callable[[], Entered]

    def entered(self, _community: str, _operation: str) -> Entered:
        return self.read()

    def keep(self, community: str, operation: str, after: Entered, now: datetime) -> None:
        self.store.keep(community, operation, after, now)


# --- on the command line --------------------------------------------------------------------------------------------


def test_the_command_tells_and_enters_the_same(world: World, tribune: Tribune) -> None:
    def run(*arguments: str) -> tuple[int, str]:
        said = tribune("operation", *arguments)
        return said.code, said.plain

    assert "rien n'a encore été compté" in run("show", "noel")[1]
    lived(world)
    assert run("list")[1].startswith("noel  Le concours · Concours")
    assert run("show", "nowhere") == (
        2,
        "OPERATION: Il n'y a pas d'opération nowhere ici. Celles que l'on connaît : noel.\n",
    )
    code, said = run("article", "noel", "https://blog.example/un", "--author", EVIL, "--as", "marie")
    assert (code, said) == (0, "L'article est inscrit.\n")
    assert run("article", "noel", "https://blog.example/un", "--author", "Bo", "--as", "marie")[0] == 1
    assert run("outcome", "noel", "search_rank", "3", "--source", "un moteur", "--label", "vélo", "--as", "lea")[0] == 0
    assert run("outcome", "noel", "cost", "cher", "--source", "x", "--as", "lea")[0] == 2

    day = (START + timedelta(hours=1)).date().isoformat()
    entry = next(line.split()[0] for line in run("entries", "noel", "--day", day)[1].splitlines() if "Le bleu" in line)
    assert run("rule", "noel", entry, "invalid", "--as", "lea")[0] == 0
    assert "écartée : décidé par Léa" in run("entries", "noel", "--day", day)[1]
    assert run("rule", "noel", "WyJ4Il0", "valid", "--as", "lea")[0] == 2
    sealed(world)

    text = run("show", "noel")[1]
    assert "Le concours : 3 participations, de 3 personnes différentes. 2 participations écartées." in text
    assert "À côté de ces nombres, la conversation : 6 commentaires, dont 1 répond à un autre membre" in text
    assert "Place dans un moteur de recherche (vélo) : 3 · vu sur un moteur, relevé par Léa" in text
    told = json.loads(run("show", "noel", "--json", "--lang", "en")[1])
    assert told["sentence"].startswith("The contest: 3 entries from 3 different people.")
    rows = list(csv.DictReader(run("show", "noel", "--csv")[1].splitlines()))
    assert {row["name"]: row["value"] for row in rows if row["part"] == "counts"}["invalid"] == "2"
    assert next(row["name"] for row in rows if row["part"] == "articles").startswith("'=HYPERLINK")
    assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r")) for row in rows for cell in row.values())


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
def test_the_command_finds_no_entry_on_a_day_that_nobody_meant(world: World, tribune: Tribune, day: str) -> None:
    lived(world)
    said = tribune("operation", "entries", "noel", "--day", day)

    assert (said.code, said.plain) == (0, "Aucune participation comptée ce jour-là.\n")
