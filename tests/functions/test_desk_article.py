"""desk: an article of the next version: said otherwise, proven by its examples, published with approval."""

from collections.abc import Iterator
from datetime import timedelta
from urllib.parse import urlencode

import pytest
from browser import Answered, Browser, open_desk
from memory_world import memory_world
from publishing import charters, in_force, publish, with_term
from world import World

DRAFT = "/desk/garance/draft"
ARTICLE = f"{DRAFT}/article/respect"
EVIL = '<script>alert(1)</script>"><img src=x> abruti'


@pytest.fixture
def marie() -> Iterator[Browser]:
    """A community manager, signed in."""
    with memory_world() as world:
        open_desk(world)
        yield signed_in(world, "marie")


def signed_in(world: World, who: str) -> Browser:
    browser = Browser(world)
    assert browser.sign_in(f"{who}@garance.example").status == 200
    return browser


def published_by(browser: Browser, summary: str = "On le dit autrement.") -> Answered:
    page = browser.get(DRAFT)
    return browser.send(f"{DRAFT}/publish", page, seen=page.field("seen"), summary=summary)


def reword(browser: Browser, **fields: str) -> Answered:
    page = browser.get(ARTICLE)
    (said,) = [one for one in browser.json(ARTICLE)["said"] if one["language"] == fields.get("language", "fr")]
    own = {
        "seen": page.field("seen"),
        "clause": "respect",
        "language": "fr",
        "title": said["title"],
        "text": said["text"],
    }
    return browser.send(f"{DRAFT}/reword", page, **own | fields)


def test_an_article_is_said_otherwise_in_the_draft_published_with_approval_and_nothing_else_changes(
    marie: Browser,
) -> None:
    world, lea = marie.world, signed_in(marie.world, "lea")
    before = charters(world).version("garance", 1).charter
    text = marie.json(ARTICLE)["said"][0]["text"]

    again = reword(marie, text=f"{text}\r\n\r\n\r\nOn se tutoie ou non, on se respecte.  ")
    assert again.headers["location"] == f"{ARTICLE}?done=drafted"
    assert reword(marie, title="  Le respect   des gens ").status == 303
    seen = marie.json(DRAFT)
    assert [(one["part"], one["language"]) for one in seen["changes"]] == [("title", "fr"), ("text", "fr")]
    assert ["new", "gens"] in seen["changes"][0]["pieces"]
    assert "<ins>" in marie.get(DRAFT).body
    assert in_force(world).clause("respect") == before.clause("respect"), "nothing changes for members"
    assert [one["changed"] for one in marie.json(ARTICLE)["said"]] == [True, False]

    page = marie.get(DRAFT)
    wanted = {"clause": "respect", "part": "title", "language": "fr", "seen": page.field("seen")}
    assert marie.send(f"{DRAFT}/restore", page, **wanted).status == 303
    assert [one["part"] for one in marie.json(DRAFT)["changes"]] == ["text"]
    assert published_by(marie).status == 403
    assert published_by(lea, "L'article 10 dit pourquoi.").status == 303
    after = charters(world).version("garance", 2).charter
    clause, was = after.clause("respect"), before.clause("respect")
    assert clause is not None
    assert was is not None
    assert clause.text["fr"] == f"{text}\n\nOn se tutoie ou non, on se respecte."
    assert clause.model_copy(update={"text": was.text}) == was


def test_an_article_shows_its_examples_and_what_they_prove_at_once(marie: Browser) -> None:
    page = marie.get(ARTICLE)
    held = {(one["part"], one["language"]): one["texts"] for one in marie.json(ARTICLE)["held"]}
    assert held["allowed", "fr"]
    sent = {"clause": "respect", "part": "allowed", "language": "fr", "text": "t'es vraiment un abruti", "act": "add"}

    assert marie.send(f"{DRAFT}/edit", page, seen="", **sent).headers["location"] == f"{ARTICLE}?done=drafted"
    seen = marie.json(ARTICLE)
    assert len(seen["failures"]) == 1
    assert "abruti" in seen["failures"][0]
    assert marie.json(f"{DRAFT}/article/bienvenue")["held"] == []
    assert marie.json(f"{DRAFT}/article/bienvenue")["failures"] == []


def test_what_no_article_can_say_is_refused_and_what_is_wrong_is_said_in_the_readers_language(marie: Browser) -> None:
    for fields, sentence in (
        ({"title": " "}, "dans chaque langue"),
        ({"text": "x" * 6_001}, "trop long"),
        ({"language": "de", "title": "x", "text": "x"}, "langue"),
        ({"clause": "none"}, "existe pas dans le brouillon"),
    ):
        refused = reword(marie, **fields) if "language" not in fields else sent_as_is(marie, fields)
        assert (refused.status, sentence in refused.body) == (422, True), fields
    assert marie.json(DRAFT)["exists"] is False
    assert marie.get(f"{DRAFT}/article/none").status == 404

    reword(marie, text="Le respect de {marque} va sans dire.")
    (remark,) = marie.json(DRAFT)["remarks"]
    assert remark.replace("\u00a0", " ").startswith("Article 10, Respect des personnes : rien ne remplit {marque}")


def sent_as_is(browser: Browser, fields: dict[str, str]) -> Answered:
    page = browser.get(ARTICLE)
    return browser.send(f"{DRAFT}/reword", page, seen=page.field("seen"), clause="respect", **fields)


def test_who_only_reads_says_no_article_otherwise_and_an_evil_text_is_a_text(marie: Browser) -> None:
    sam = signed_in(marie.world, "sam")
    page = sam.get(ARTICLE)
    assert "<textarea" not in page.body
    sent = urlencode({"csrf": page.field("csrf"), "clause": "respect", "language": "fr", "title": "x", "text": "x"})
    assert sam.ask("POST", f"{DRAFT}/reword", sent).status == 403
    assert marie.get(ARTICLE.replace("garance", "autre")).status == 404

    reword(marie, text=EVIL, title=EVIL)
    for screen in (DRAFT, ARTICLE):
        assert "<script>alert" not in marie.get(screen).body
        assert "<img" not in marie.get(screen).body


def test_a_text_is_carried_to_the_version_published_meanwhile(marie: Browser) -> None:
    world, lea = marie.world, signed_in(marie.world, "lea")
    reword(marie, title="Le respect des gens")
    publish(world, with_term(in_force(world), "respect", "bougre"))
    page = lea.get(DRAFT)

    assert lea.send(f"{DRAFT}/move", page, seen=page.field("seen")).status == 303
    seen = lea.json(DRAFT)
    assert (seen["beside"], [one["text"] for one in seen["changes"]]) == (2, ["Le respect des gens"])


def test_an_article_whose_title_names_the_brand_is_called_by_its_name_everywhere(marie: Browser) -> None:
    lea = signed_in(marie.world, "lea")
    assert reword(marie, title="Respect chez {brand}").status == 303
    assert published_by(lea).status == 303
    marie.world.now += timedelta(days=16)
    lea, marie = signed_in(marie.world, "lea"), signed_in(marie.world, "marie")

    for path in ("/desk/garance/charter", "/desk/garance/modes", DRAFT, "/desk/garance/handover"):
        page = lea.get(path).body
        assert "Respect chez Vélos Garance" in page, path
        assert "chez {brand}" not in page, path
