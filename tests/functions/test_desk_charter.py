"""The charter at the desk: read, tried, drafted by a community manager, published by whoever directs."""

from datetime import timedelta
from urllib.parse import urlencode

import pytest
from browser import Answered, Browser, open_desk
from publishing import charters, in_force, publish, with_term
from world import World

CHARTER, DRAFT = "/desk/garance/charter", "/desk/garance/draft"
ARTICLE = f"{DRAFT}/article/respect"
INSULT = "@Karim t'es vraiment un abruti. Et ma commande n'est jamais arrivée, personne ne répond !"
EVIL = '<script>alert(1)</script>"><img src=x> abruti'


@pytest.fixture
def marie(world: World) -> Browser:
    """A community manager, signed in."""
    open_desk(world)
    return signed_in(world, "marie")


def signed_in(world: World, who: str) -> Browser:
    browser = Browser(world)
    assert browser.sign_in(f"{who}@garance.example").status == 200
    return browser


def edit(browser: Browser, text: str, act: str = "add", **where: str) -> Answered:
    """Words into the draft, or out of it, from the page as it stands."""
    page = browser.get(ARTICLE)
    wanted = {"clause": "respect", "part": "exceptions", "language": "fr", "text": text, "act": act} | where
    return browser.send(f"{DRAFT}/edit", page, seen=page.field("seen"), **wanted)


def proposed(browser: Browser) -> None:
    """A draft that could be published: an expression, and the example that says it."""
    assert edit(browser, "vieux briscard").status == 303
    assert edit(browser, "vieux briscard", part="allowed").status == 303


# --- reading and trying ---


def test_the_charter_in_force_is_there_with_what_the_machine_may_do(marie: Browser) -> None:
    seen = marie.json(CHARTER)
    (respect,) = [one for one in seen["articles"] if one["id"] == "respect"]

    assert seen["version"] == 1
    assert respect["number"] == 10
    assert respect["facts"][0] == "Gravité 2\u00a0: un rappel."
    assert "Réglage\u00a0: agir." in respect["facts"]
    assert respect["allowed"]
    assert respect["forbidden"]
    assert '<article id="article-10">' in marie.get(CHARTER).body


def test_a_sentence_is_tried_in_each_mode_and_says_why_and_nothing_is_kept(marie: Browser) -> None:
    form = marie.get(CHARTER)
    asked = len(marie.world.calls.names)
    page = marie.send(f"{CHARTER}/try", form, text="@Karim t'es vraiment un abruti")

    assert page.status == 200
    assert "<mark>abruti</mark>" in page.body
    assert "Article 10, Respect des personnes" in page.body
    for done in ("Rappel de la charte : la machine le fait seule.", "préparé, une personne décide", "rien ne part"):
        assert done.replace(" :", "\u00a0:") in page.body
    assert "retenu." in page.body
    assert {name for name in marie.world.calls.names[asked:] if not name.endswith(("Query", "GetItem"))} == set()


def test_a_tried_sentence_is_text_and_never_a_page(marie: Browser) -> None:
    page = marie.send(f"{CHARTER}/try", marie.get(CHARTER), text=EVIL)

    assert page.status == 200
    assert "<script>alert" not in page.body
    assert "<img" not in page.body


def test_trying_needs_the_form_of_ones_own_session(marie: Browser) -> None:
    assert marie.ask("POST", f"{CHARTER}/try", urlencode({"text": "x"})).status == 403
    assert marie.get(f"{CHARTER}/try").status == 405


# --- drafting ---


def test_a_draft_shows_what_it_changes_and_changes_nothing_for_members(marie: Browser) -> None:
    before = in_force(marie.world)
    proposed(marie)
    seen = marie.json(DRAFT)

    assert [change["text"] for change in seen["changes"]] == ["vieux briscard"] * 2
    assert "« vieux briscard » (français) n'est plus jamais un manquement" in seen["changes"][0]["said"].replace(
        "\u00a0", " "
    )
    assert (seen["failures"], seen["remarks"], seen["overtaken"]) == ([], [], False)
    assert "Marie" in seen["line"]
    assert in_force(marie.world) == before
    assert "Marie" in marie.json(CHARTER)["drafted"]


def test_a_sentence_is_tried_on_the_draft_too(marie: Browser) -> None:
    edit(marie, "abruti")
    page = marie.get(CHARTER)
    headers = {"accept": "application/json", "content-type": "application/json", "x-csrf-token": page.field("csrf")}
    tried = marie.ask("POST", f"{CHARTER}/try", '{"text": "@Karim t\'es vraiment un abruti"}', headers).json["tried"]

    assert [bool(one["article"]) for one in tried] == [True, False]


def test_examples_that_a_draft_contradicts_are_shown_at_once(marie: Browser) -> None:
    edit(marie, "t'es vraiment un abruti", part="allowed")

    (failure,) = marie.json(DRAFT)["failures"]
    assert "t'es vraiment un abruti" in failure


BELONGS_IN_NO_CHARTER: tuple[tuple[str, dict[str, str], str], ...] = (
    ("appelez le 06 39 98 12 34", {}, "coordonnées"),
    ("@Karim", {}, "coordonnées"),
    ("mot", {"clause": "bienvenue"}, "règle"),
    ("mot", {"part": "terms", "clause": "langage"}, "mots"),
    ("mot", {"language": "de"}, "langue"),
    ("?!", {}, "lettre"),
)


def test_what_belongs_in_no_charter_is_refused_with_a_sentence(marie: Browser) -> None:
    for text, where, sentence in BELONGS_IN_NO_CHARTER:
        refused = edit(marie, text, **where)
        assert refused.status == 422, text
        assert sentence in refused.body

    assert marie.json(DRAFT)["exists"] is False


def test_words_that_came_from_outside_are_text_on_the_drafts_page(marie: Browser) -> None:
    edit(marie, EVIL)
    page = marie.get(DRAFT).body

    assert "&lt;script&gt;alert(1)" in page
    assert "<script>alert" not in page
    assert "<img" not in page


def test_giving_up_the_last_change_gives_up_the_draft(marie: Browser) -> None:
    edit(marie, "vieux briscard")
    (change,) = marie.json(DRAFT)["changes"]
    page = marie.get(DRAFT)
    wanted = {name: change[name] for name in ("clause", "part", "language", "text")}

    assert marie.send(f"{DRAFT}/undo", page, seen=page.field("seen"), act="add", **wanted).status == 303
    assert marie.json(DRAFT)["exists"] is False


def test_an_example_with_a_number_in_it_that_was_taken_away_can_be_put_back(marie: Browser) -> None:
    (privacy,) = (one for one in in_force(marie.world).clauses if one.id == "vie-privee")
    first = privacy.examples.forbidden["fr"][0]
    edit(marie, first, act="remove", clause="vie-privee", part="forbidden")
    (change,) = marie.json(DRAFT)["changes"]
    page = marie.get(DRAFT)
    wanted = {name: change[name] for name in ("clause", "part", "language", "text")}

    assert marie.send(f"{DRAFT}/undo", page, seen=page.field("seen"), act="remove", **wanted).status == 303
    assert marie.json(DRAFT)["exists"] is False


def test_who_looked_at_another_draft_changes_nothing(marie: Browser) -> None:
    lea, stale = signed_in(marie.world, "lea"), marie.get(DRAFT)
    edit(lea, "vieux briscard")
    wanted = {"clause": "respect", "part": "exceptions", "language": "fr", "text": "bougre", "act": "add"}

    late = marie.send(f"{DRAFT}/edit", stale, seen="", **wanted)

    assert late.status == 409
    assert "changé le brouillon" in late.body
    assert [change["text"] for change in marie.json(DRAFT)["changes"]] == ["vieux briscard"]
    assert marie.send(f"{DRAFT}/drop", stale, seen="0" * 64, sure="yes").status == 409
    page = marie.get(DRAFT)
    untold = marie.send(f"{DRAFT}/drop", page, seen=page.field("seen"))
    assert (untold.status, "ne revient pas" in untold.body) == (422, True)
    assert marie.json(DRAFT)["exists"] is True, "nobody loses the work of a team by one tap"
    assert marie.send(f"{DRAFT}/drop", page, seen=page.field("seen"), sure="yes").status == 303
    assert marie.json(DRAFT)["exists"] is False


def test_who_only_reads_drafts_nothing(marie: Browser) -> None:
    edit(marie, "vieux briscard")
    for who in ("sam", "nora"):
        browser = signed_in(marie.world, who)
        page = browser.get(DRAFT)
        assert page.status == 200
        assert "<textarea" not in page.body
        for act in ("edit", "undo", "drop", "move", "publish"):
            assert browser.ask("POST", f"{DRAFT}/{act}", urlencode({"csrf": page.field("csrf")})).status == 403


# --- publishing ---


def published_by(browser: Browser, summary: str = "« Vieux briscard » n'est pas une insulte.") -> Answered:
    page = browser.get(DRAFT)
    return browser.send(f"{DRAFT}/publish", page, seen=page.field("seen"), summary=summary)


def test_a_community_manager_proposes_and_the_social_media_manager_publishes_with_the_notice_promised(
    marie: Browser,
) -> None:
    proposed(marie)
    world, lea = marie.world, signed_in(marie.world, "lea")

    assert published_by(marie).status == 403
    assert published_by(lea, " ").status == 422
    assert published_by(lea).status == 303
    (first, second) = charters(world).stored_versions("garance")
    assert second.effective_from == world.now.replace(microsecond=0) + timedelta(days=first.notice_days)
    assert second.summary == "« Vieux briscard » n'est pas une insulte."
    clause = charters(world).version("garance", 2).charter.clause("respect")
    assert clause is not None
    assert clause.exceptions["fr"] == ("vieux briscard",)
    assert lea.json(DRAFT)["exists"] is False
    assert "version 2" in lea.json(CHARTER)["announced"]


def test_nothing_is_published_while_the_draft_contradicts_itself(marie: Browser) -> None:
    edit(marie, "vieux briscard")
    lea = signed_in(marie.world, "lea")

    refused = published_by(lea)

    assert refused.status == 422
    assert "se contredit" in refused.body
    assert len(charters(marie.world).stored_versions("garance")) == 1


def test_a_draft_overtaken_by_another_version_begins_again_from_that_one(marie: Browser) -> None:
    proposed(marie)
    world, lea = marie.world, signed_in(marie.world, "lea")
    publish(world, with_term(in_force(world), "respect", "bougre"))

    refused = published_by(lea)
    assert refused.status == 409
    assert "version 2" in refused.body
    page = lea.get(DRAFT)
    assert lea.json(DRAFT)["overtaken"] is True
    assert lea.send(f"{DRAFT}/move", page, seen=page.field("seen")).status == 303
    seen = lea.json(DRAFT)
    assert (seen["beside"], seen["overtaken"], len(seen["changes"])) == (2, False, 2)
    assert published_by(lea).status == 303
    assert len(charters(world).stored_versions("garance")) == 3


# --- "not a breach" ---


def case_of(browser: Browser) -> str:
    browser.world.deliver("facebook", browser.world.comment(2, INSULT, author="7002"))
    browser.world.pump_only("moderate_comments")
    (line,) = [one for one in browser.json("/desk/garance/unanswered")["waiting"] if "abruti" in one["quote"]]
    return f"/desk/garance/case/{line['at']}"


def test_not_a_breach_shows_it_again_and_proposes_the_expression(marie: Browser) -> None:
    case = case_of(marie)
    marie.send(f"{case}/hide", marie.get(case))
    marie.world.pump_only("perform_action")
    assert marie.json(case)["acquittal"] == {"expressions": ["abruti"]}

    done = marie.send(f"{case}/acquit", marie.get(case), expressions="abruti")

    assert done.headers["location"].endswith("done=acquitted_drafted")
    marie.world.pump_only("perform_action")
    assert [entry.kind for entry in marie.world.outbox.effects] == ["hide", "unhide"]
    changes = marie.json(DRAFT)["changes"]
    assert [(change["part"], change["text"]) for change in changes] == [("exceptions", "abruti"), ("allowed", "abruti")]
    head = marie.world.head("garance", "facebook", "1001", "1_2")
    assert head is not None
    assert head.verdict is not None
    assert head.verdict.strike is False
    assert marie.json(case)["acquittal"] is None


def test_not_a_breach_where_nothing_is_hidden_takes_back_what_was_prepared(marie: Browser) -> None:
    case = case_of(marie)

    assert marie.send(f"{case}/acquit", marie.get(case), expressions="").status == 303
    assert marie.json(DRAFT)["exists"] is False
    head = marie.world.head("garance", "facebook", "1001", "1_2")
    assert head is not None
    assert head.verdict is not None
    assert head.verdict.strike is False
    assert head.by_hand
    assert marie.json(case)["acquittal"] is None
    assert marie.send(f"{case}/acquit", marie.get(case), expressions="abruti").status in (409, 422)


def test_not_a_breach_is_ruled_also_of_an_article_that_the_charter_has_no_more(marie: Browser) -> None:
    case, world = case_of(marie), marie.world
    marie.send(f"{case}/hide", marie.get(case))
    world.pump_only("perform_action")
    before = in_force(world)
    without = tuple(clause for clause in before.clauses if clause.id != "respect")
    publish(world, before.model_copy(update={"clauses": without}))

    assert marie.json(case)["acquittal"] == {"expressions": ["abruti"]}
    done = marie.send(f"{case}/acquit", marie.get(case), expressions="abruti")

    assert done.headers["location"].endswith("done=acquitted")
    world.pump_only("perform_action")
    assert [entry.kind for entry in world.outbox.effects] == ["hide", "unhide"]
    assert marie.json(DRAFT)["exists"] is False


def test_neither_contact_data_nor_names_come_into_the_charter_from_a_case(marie: Browser) -> None:
    case = case_of(marie)

    for expressions in ("le 06 39 98 12 34", "@Karim abruti", "Karim.B@example.org"):
        assert marie.send(f"{case}/acquit", marie.get(case), expressions=expressions).status == 422
    assert marie.json(DRAFT)["exists"] is False
    assert marie.json(case)["open"]


def test_who_only_reads_acquits_nobody(marie: Browser) -> None:
    case = case_of(marie)
    sam = signed_in(marie.world, "sam")
    page = sam.get(case)

    assert sam.json(case)["acquittal"] is None
    sent = urlencode({"csrf": page.field("csrf"), "rev": "1"})
    assert sam.ask("POST", f"{case}/acquit", sent).status == 403


def test_another_communitys_charter_does_not_exist(marie: Browser) -> None:
    page = marie.get(DRAFT)

    for screen in ("charter", "draft", "modes", "voice", "rota", "handover", "handover.md"):
        assert marie.get(f"/desk/autre/{screen}").status == 404
    for act in ("draft/edit", "draft/publish", "modes/switch", "voice/manner", "rota/leave"):
        assert marie.ask("POST", f"/desk/autre/{act}", urlencode({"csrf": page.field("csrf")})).status == 404
