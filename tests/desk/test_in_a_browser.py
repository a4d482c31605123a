"""The desk in a real browser: on a phone and on a desk, light and dark, by keyboard, without script, for everybody."""

from collections.abc import Callable

import pytest
from accessible import serious
from playwright.sync_api import Page, expect

from local.stack import LocalStack

MARIE, LEA, SAM = "marie@velosgarance.example", "lea@velosgarance.example", "nora@velosgarance.example"
PHONE, DESKTOP = {"width": 390, "height": 844}, {"width": 1280, "height": 900}

type Say = Callable[..., None]
type NewPage = Callable[..., Page]


def test_marie_answers_from_her_phone_and_it_stands_there_under_her_initials(
    say: Say, new_page: NewPage, stack: LocalStack
) -> None:
    say("b-1", "Bonjour, ma commande n'est jamais arrivée, personne ne répond !", thread="fil-1")
    page = new_page(MARIE)
    page.get_by_text("jamais arrivée").click()
    page.get_by_label("Avec vos mots").fill("Bonjour, je regarde et je reviens vers vous ce soir.")
    page.get_by_role("button", name="Envoyer").last.click()

    expect(page.get_by_role("status")).to_contain_text("La réponse part")
    stack.settle()
    assert stack.outbox.entries[-1].text == "Bonjour, je regarde et je reviens vers vous ce soir. ^MC"
    assert stack.outbox.entries[-1].kind == "reply"


def test_the_second_person_is_told_who_was_first(say: Say, new_page: NewPage, stack: LocalStack) -> None:
    say("b-2", "Où en est ma commande ? Trois semaines de retard, c'est long.", thread="fil-2")
    marie, lea = new_page(MARIE), new_page(LEA)
    for page in (marie, lea):
        page.get_by_text("Trois semaines").click()
    marie.get_by_label("Avec vos mots").fill("Je regarde tout de suite.")
    marie.get_by_role("button", name="Envoyer").last.click()
    stack.settle()
    lea.get_by_label("Avec vos mots").fill("Moi aussi.")
    lea.get_by_role("button", name="Envoyer").last.click()

    expect(lea.get_by_role("alert")).to_contain_text("Marie")


@pytest.mark.parametrize("viewport", [PHONE, DESKTOP], ids=["phone", "desktop"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nobody_is_kept_out(say: Say, new_page: NewPage, viewport: dict[str, int], scheme: str) -> None:
    say("b-3", "@Karim t'es vraiment un abruti. Et ma commande n'est jamais arrivée !", author="u-3", thread="fil-3")
    page = new_page(MARIE, viewport=viewport, color_scheme=scheme)

    assert serious(page) == []
    page.get_by_text("abruti").click()
    page.wait_for_url("**/case/**")
    assert serious(page) == []
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide == 0, "one has to scroll sideways"


def test_everything_works_without_script(say: Say, new_page: NewPage) -> None:
    say("b-4", "Vous comptez me rembourser un jour ? Ma commande est perdue.", author="u-4", thread="fil-4")
    page = new_page(MARIE, java_script_enabled=False)
    page.get_by_text("rembourser").click()
    page.get_by_role("button", name="Rien à faire").click()

    expect(page.get_by_role("status")).to_contain_text("Le dossier est réglé")


def test_a_case_is_answered_by_keyboard_alone(say: Say, new_page: NewPage) -> None:
    say("b-5", "Ma selle est arrivée cassée, que faites-vous ?", author="u-5", thread="fil-5")
    page = new_page(MARIE, viewport=DESKTOP)

    def tab_to(name: str) -> None:
        for _ in range(80):
            page.keyboard.press("Tab")
            if name in page.evaluate(
                "document.activeElement.textContent + (document.activeElement.labels?.[0]?.textContent || '')"
            ):
                return
        raise AssertionError(f"Tab never comes to {name}")

    tab_to("selle est arrivée")
    page.keyboard.press("Enter")
    page.wait_for_url("**/case/**")
    tab_to("Avec vos mots")
    page.keyboard.type("Nous vous en renvoyons une.")
    tab_to("Envoyer")
    page.keyboard.press("Enter")

    expect(page.get_by_role("status")).to_contain_text("La réponse part")


def test_who_only_reads_is_offered_nothing(say: Say, new_page: NewPage) -> None:
    say("b-6", "Mon casque est fendu, à qui écrire ?", author="u-6", thread="fil-6")
    page = new_page(SAM)
    page.get_by_text("casque est fendu").click()

    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert page.get_by_role("textbox").count() == 0


def test_the_first_page_is_light(new_page: NewPage) -> None:
    page = new_page()
    sizes: list[int] = []
    page.on("response", lambda answer: sizes.append(len(answer.body())) if answer.status == 200 else None)
    page.get_by_role("button", name=MARIE).click()
    page.wait_for_url("**/unanswered*")
    page.wait_for_load_state("networkidle")

    assert sum(sizes) < 100_000
