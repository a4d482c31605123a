"""The charter, the voice, the rota and the hand-over in a real browser: on a phone, without script, for everybody."""

from collections import Counter
from collections.abc import Callable

import pytest
from accessible import serious
from playwright.sync_api import Page, expect

from local import configuration
from local.stack import LocalStack
from tribune.aws import clients
from tribune.aws.journal import Journal
from tribune.aws.sealed import Sealed
from tribune.figures import Figures, Slot
from tribune.journal import BrakeNote, Changes, Held
from tribune.thanks import Contribution, Members

MARIE, LEA = "marie@velosgarance.example", "lea@velosgarance.example"

type Say = Callable[..., None]
type NewPage = Callable[..., Page]


@pytest.mark.parametrize("screen", ["charter", "draft", "modes", "voice", "rota", "engagement", "handover"])
def test_nobody_is_kept_out_of_the_screens_of_the_house(new_page: NewPage, stack: LocalStack, screen: str) -> None:
    page = new_page(LEA, color_scheme="dark" if screen in ("draft", "rota", "engagement") else "light")
    page.goto(f"{stack.url}/desk/garance/{screen}")
    for folded in page.locator("details > summary").all()[:3]:
        folded.click()

    assert serious(page) == []
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide == 0, "one has to scroll sideways"


def test_a_sentence_is_tried_without_script(new_page: NewPage) -> None:
    page = new_page(MARIE, java_script_enabled=False)
    page.get_by_role("link", name="Charte", exact=True).click()
    page.get_by_label("La phrase").fill("@Karim t'es vraiment un abruti")
    page.get_by_role("button", name="Essayer").click()

    expect(page.locator("mark").first).to_have_text("abruti")
    expect(page.locator(".tried").first).to_contain_text("Rappel de la charte")


def test_not_a_breach_and_the_next_version_is_proposed(say: Say, new_page: NewPage, stack: LocalStack) -> None:
    say("h-1", "@Karim t'es vraiment un abruti. Et ma commande n'est jamais arrivée !", author="u-9", thread="fil-9")
    marie = new_page(MARIE)
    marie.get_by_text("abruti").first.click()
    marie.wait_for_url("**/case/**")
    marie.get_by_text("Pas un manquement").first.click()
    marie.get_by_label("Expressions à ne plus retenir").fill("vieux briscard")
    marie.get_by_role("button", name="Pas un manquement").click()
    expect(marie.get_by_role("status")).to_contain_text("proposée pour la version suivante")

    lea = new_page(LEA)
    lea.goto(f"{stack.url}/desk/garance/draft")
    expect(lea.locator(".changes")).to_contain_text("vieux briscard")
    assert serious(lea) == []


def test_a_result_is_entered_and_stands_beside_the_conversation(new_page: NewPage) -> None:
    page = new_page(LEA)
    page.get_by_role("link", name="Opérations", exact=True).click()
    assert serious(page) == []
    page.get_by_role("link", name="Le concours de Noël").click()
    page.get_by_label("Quoi").select_option(label="Place dans un moteur de recherche")
    page.get_by_label("Précisément").fill("vélo pliant")
    page.get_by_label("Le nombre").fill("3")
    page.get_by_label("Où vous l'avez vu").fill("un moteur de recherche")
    page.get_by_role("button", name="Inscrire ce résultat").click()

    expect(page.get_by_role("status")).to_contain_text("avec votre nom et l'heure")
    expect(page.get_by_text("(vélo pliant)").first).to_be_visible()
    expect(page.get_by_text("relevé par Léa")).to_be_visible()
    expect(page.get_by_role("heading", name="La conversation, à côté")).to_be_visible()
    assert serious(page) == []
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide == 0, "one has to scroll sideways"


def test_a_week_is_chosen_by_keyboard_without_script_and_its_figures_unfold(
    new_page: NewPage, stack: LocalStack
) -> None:
    now = stack.clock.now()
    slot = Slot("facebook/1001/1", "question", 1, sponsored=False, kind="comment", level=1)
    gave = Members({"somebody": Contribution(points=3702, days=frozenset({now.date()}))})
    figures = Figures(Counter({slot: 1234}), Counter({slot: 3702}), Counter({("09", 1): 1234}), members=gave)
    kept = Sealed(clients.dynamodb(), stack.created.tables()["CounterTable"])
    space = configuration.read(configuration.EXAMPLE_FILE).community.spaces[0]
    kept.keep_day("garance", space, now.date(), figures, now)
    page = new_page(MARIE, java_script_enabled=False)
    page.get_by_role("link", name="Engagement", exact=True).click()
    year, week, _ = now.date().isocalendar()
    page.get_by_label("Période", exact=True).select_option(value=f"{year}-W{week:02d}")
    page.get_by_label("Période", exact=True).press("Tab")
    page.keyboard.press("Enter")

    page.wait_for_url("**/engagement?period=*")
    expect(page.get_by_role("img", name="Interactions par jour et par niveau")).to_be_visible()
    page.get_by_text("Les chiffres Interactions par jour et par niveau").click()
    expect(page.get_by_role("table").first.get_by_text("1\u202f234")).to_be_visible()


def test_an_article_is_said_otherwise_by_one_and_published_by_another(new_page: NewPage, stack: LocalStack) -> None:
    marie, lea = new_page(MARIE), new_page(LEA)
    lea.goto(f"{stack.url}/desk/garance/draft")
    for drop in lea.get_by_role("button", name="Abandonner le brouillon").all():
        lea.get_by_label("ses changements ne reviendront pas").check()
        drop.click()  # another test's
    marie.get_by_role("link", name="Charte", exact=True).click()
    marie.get_by_role("link", name="Le changer dans la version suivante (Rester dans le sujet)").click()
    title = marie.get_by_label("Titre").first
    title.fill("Rester dans le sujet, ou presque")
    marie.get_by_role("button", name="Mettre dans le brouillon").first.click()
    expect(marie.get_by_role("status")).to_contain_text("Rien ne change pour les membres")
    expect(marie.get_by_text("sont jugés comme le dit le brouillon")).to_be_visible()
    assert serious(marie) == []

    lea.goto(f"{stack.url}/desk/garance/draft")
    expect(lea.locator("ins").last).to_have_text("sujet, ou presque")
    lea.get_by_label("Ce qui change, en une phrase").fill("L'article 12 est dit autrement.")
    lea.get_by_role("button", name="Publier cette version").click()
    expect(lea.get_by_role("status")).to_contain_text("La version est publiée")
    expect(lea.get_by_text("Annoncée")).to_contain_text("version 2")


def test_what_the_brake_holds_is_let_go_in_a_persons_name(new_page: NewPage, stack: LocalStack) -> None:
    tables, now = stack.created.tables(), stack.clock.now()
    journal = Journal(
        clients.dynamodb(), tables["JournalTable"], tables["TextTable"], tables["CounterTable"], "a-browser"
    )
    held = Held("respect", 1, 1, now, "reversed")
    journal.commit(Changes(brakes=(BrakeNote("garance", 0, (held,)),)), now)
    lea = new_page(LEA)
    lea.goto(f"{stack.url}/desk/garance/modes")
    lea.get_by_role("link", name="Pourquoi, et le relâcher").click()
    expect(lea.get_by_text("L'équipe défait souvent")).to_be_visible()
    assert serious(lea) == []
    lea.get_by_role("button", name="Le laisser agir de nouveau").click()

    expect(lea.get_by_role("status")).to_contain_text("en votre nom")
    expect(lea.get_by_text("Léa l'a laissé agir de nouveau")).to_be_visible()
