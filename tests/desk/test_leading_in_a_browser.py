"""The charter, the voice, the rota and the hand-over in a real browser: on a phone, without script, for everybody."""

from collections.abc import Callable

import pytest
from accessible import serious
from playwright.sync_api import Page, expect

from local.stack import LocalStack

MARIE, LEA = "marie@velosgarance.example", "lea@velosgarance.example"

type Say = Callable[..., None]
type NewPage = Callable[..., Page]


@pytest.mark.parametrize("screen", ["charter", "draft", "modes", "voice", "rota", "handover"])
def test_nobody_is_kept_out_of_the_screens_of_the_house(new_page: NewPage, stack: LocalStack, screen: str) -> None:
    page = new_page(LEA, color_scheme="dark" if screen in ("draft", "rota") else "light")
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
