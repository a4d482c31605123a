"""The desk in a real browser: on a phone and on a desk, light and dark, by keyboard, without script, for everybody."""

import json
import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from accessible import serious
from playwright.sync_api import Dialog, Locator, Page, expect

from local import configuration
from local.stack import LocalStack
from tribune.platforms import graph

MARIE, LEA, NORA = "marie@velosgarance.example", "lea@velosgarance.example", "nora@velosgarance.example"
PHONE, DESKTOP = {"width": 390, "height": 844}, {"width": 1280, "height": 900}

type Say = Callable[..., None]
type NewPage = Callable[..., Page]


def test_marie_answers_from_her_phone_and_it_stands_there_under_her_initials(
    say: Say, new_page: NewPage, stack: LocalStack
) -> None:
    say("b-1", "Bonjour, ma commande n'est jamais arrivée, personne ne répond !", thread="fil-1")
    page = new_page(MARIE)
    page.get_by_text("personne ne répond").click()
    page.get_by_label("Votre réponse").fill("Bonjour, je regarde et je reviens vers vous ce soir.")
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
    marie.get_by_label("Votre réponse").fill("Je regarde tout de suite.")
    marie.get_by_role("button", name="Envoyer").last.click()
    stack.settle()
    lea.get_by_label("Votre réponse").fill("Moi aussi.")
    lea.get_by_role("button", name="Envoyer").last.click()

    expect(lea.get_by_role("alert")).to_contain_text("Marie")


@pytest.mark.parametrize("language", ["fr", "en"])
def test_nobody_is_kept_out_of_any_screen(say: Say, new_page: NewPage, stack: LocalStack, language: str) -> None:
    say("b-3", "@Karim t'es vraiment un abruti. Et ma commande n'est jamais arrivée !", author="u-3", thread="fil-3")
    page = new_page(NORA if language == "en" else MARIE, locale=language)
    addresses = ["calls", "say", "appeals", "settled", "unanswered"]
    case = page.locator(".cases a", has_text="abruti").get_attribute("href")
    open_to_all = ["/charter/garance", f"/erasure/{'a' * 32}", "/decisions/garance/x"]
    for address in (*(f"/desk/garance/{one}" for one in addresses), f"{case}", "/desk/garance/none", *open_to_all):
        page.goto(f"{stack.url}{address}")
        assert page.locator("html").get_attribute("lang") == language
        for folded in page.locator("details > summary").all():
            folded.click()
        for viewport, scheme in ((PHONE, "light"), (DESKTOP, "dark")):
            page.set_viewport_size(viewport)
            page.emulate_media(color_scheme=scheme)
            assert serious(page) == [], address
            wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            assert wide == 0, f"one has to scroll sideways at {address}"


def test_a_hide_is_released_and_the_post_falls_silent(say: Say, new_page: NewPage, stack: LocalStack) -> None:
    say("b-7", "Rappelez-moi au 06 39 98 12 34, ma commande n'arrive pas", author="u-7", thread="fil-7")
    page = new_page(MARIE)
    page.get_by_text("ma commande n'arrive pas").click()
    page.get_by_role("button", name="Rétablir").click()
    expect(page.get_by_role("status")).to_contain_text("Le commentaire va être rétabli")
    stack.settle()
    assert [entry.kind for entry in stack.outbox.entries if entry.object == "b-7"] == ["hide", "unhide"]

    page.get_by_text("Pauses").click()
    page.get_by_label("Mettre en pause").select_option(index=1)
    page.get_by_role("button", name="Mettre en pause").click()
    expect(page.get_by_role("status")).to_contain_text("C'est en pause")
    page.get_by_role("button", name="Reprendre").click()
    expect(page.get_by_role("status")).to_contain_text("La pause est levée")


def test_a_draft_fills_the_box_and_is_signed_by_who_sends_it(say: Say, new_page: NewPage, stack: LocalStack) -> None:
    say("b-8", "Ma commande G3-119 a deux semaines de retard, où est-elle ?", author="u-8", thread="fil-8")
    page = new_page(LEA)
    page.get_by_text("G3-119").click()
    prepared = page.get_by_label("Votre réponse").input_value()

    assert prepared
    assert "^" not in prepared
    expect(page.get_by_text("Publique")).to_contain_text("^LD")
    page.get_by_role("button", name="Envoyer").click()
    expect(page.get_by_role("status")).to_contain_text("La réponse part")
    stack.settle()
    assert stack.outbox.entries[-1].text == f"{prepared} ^LD"


def test_a_case_opens_at_its_top_and_its_draft_is_read_whole(say: Say, new_page: NewPage) -> None:
    say("b-10", "Je n'en peux plus, j'ai envie d'en finir", author="u-10", thread="fil-10")
    page = new_page(MARIE)
    page.get_by_text("envie d'en finir").click()
    page.get_by_role("button", name="Brouillon 1").wait_for()

    assert page.evaluate("scrollY") == 0, "what was said comes first"
    beyond = page.get_by_label("Votre réponse").evaluate("box => box.scrollHeight - box.clientHeight")
    assert beyond <= 1, "what one sends is seen from its first word to its last"


def test_what_one_wrote_is_not_lost_by_another_button_without_a_question(say: Say, new_page: NewPage) -> None:
    say("b-13", "Ma commande 79 n'est jamais arrivée, où est-elle ?", author="u-13", thread="fil-13")
    page = new_page(MARIE)
    asked: list[str] = []

    def stays(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    page.on("dialog", stays)
    page.get_by_text("Ma commande 79").click()
    box, take = page.get_by_label("Votre réponse"), page.get_by_role("button", name="Je m'en occupe")
    box.click()
    box.press_sequentially("Je regarde. ")
    written = box.input_value()
    take.click()
    expect(take).to_be_enabled()
    expect(box).to_have_value(written)
    assert asked == ["beforeunload"]

    page.get_by_role("button", name="Envoyer").click()
    expect(page.get_by_role("status")).to_contain_text("La réponse part")
    assert asked == ["beforeunload"], "what is sent is not asked about"


def test_one_sign_too_many_is_told_as_one(say: Say, new_page: NewPage) -> None:
    say("b-14", "Ma commande 80 n'est jamais arrivée, où est-elle ?", author="u-14", thread="fil-14")
    page = new_page(MARIE)
    page.get_by_text("Ma commande 80").click()
    box = page.get_by_label("Votre réponse")
    most = int(box.get_attribute("data-limit") or 0) - len(" ^MC")
    for more, said in ((1, "Signes en trop\u00a0: 1."), (-1, "Signes restants\u00a0: 1.")):
        box.fill("a" * (most + more))
        expect(page.locator(".own .count")).to_have_text(said)


def test_what_was_done_is_said_once_not_at_each_reload(say: Say, new_page: NewPage) -> None:
    say("b-12", "Ma commande 78 n'est jamais arrivée, où est-elle ?", author="u-12", thread="fil-12")
    page = new_page(MARIE)
    page.get_by_text("Ma commande 78").click()
    page.get_by_role("button", name="Rien à faire").click()
    expect(page.get_by_role("status")).to_contain_text("Le dossier est réglé")

    page.reload()
    expect(page.get_by_role("heading", level=1)).to_have_text("Sans réponse")
    expect(page.get_by_role("status")).to_have_count(0)


def test_what_is_written_from_right_to_left_is_read_from_right_to_left(say: Say, new_page: NewPage) -> None:
    say("b-11", "שלום, איפה ההזמנה שלי? commande 77 jamais arrivée!", author="u-11", thread="fil-11")
    page = new_page(MARIE)
    ends = """said => {
      const at = (text, n) => { const r = document.createRange(); r.setStart(text, n); r.setEnd(text, n + 1); return r.getBoundingClientRect(); };
      const text = document.createTreeWalker(said, NodeFilter.SHOW_TEXT).nextNode();
      return [at(text, 0).left, said.getBoundingClientRect().right];
    }"""

    def begins_at_the_right(of: Locator) -> bool:
        first, right = of.evaluate(ends)
        return bool(right - first < 40)

    line = page.locator(".quote", has_text="commande 77")
    assert begins_at_the_right(line)
    line.click()
    assert begins_at_the_right(page.locator("blockquote .said"))


def test_a_colleague_is_asked_answers_once_and_the_case_is_left_to_another(
    say: Say, new_page: NewPage, stack: LocalStack
) -> None:
    say("b-9", "Mon cadre est fissuré, est-ce garanti ? 06 39 98 12 35", author="u-9", thread="fil-19")
    marie, lea = new_page(MARIE), new_page(LEA)
    marie.get_by_text("Mon cadre est fissuré").click()
    marie.get_by_role("button", name="Je m'en occupe").click()
    lea.get_by_text("Mon cadre est fissuré").click()
    expect(lea.get_by_text("Marie regarde ce dossier")).to_be_visible()

    marie.get_by_text("Demander à quelqu'un hors de l'équipe").click()
    marie.get_by_label("Son nom").fill("Ana")
    marie.get_by_label("Son adresse").fill("ana@atelier.example")
    marie.get_by_label("Votre question").fill("Garanti ou non ?")
    marie.get_by_role("button", name="Demander").click()
    stack.clock.advance(timedelta(seconds=61))
    stack.settle()
    (mail,) = [entry.text for entry in stack.outbox.entries if entry.to == "email:ana@atelier.example"]
    address = re.search(r"/ask/garance/[a-z2-7]{26}", mail)
    assert address is not None

    ana = new_page()
    ana.goto(f"{stack.url}{address[0]}")
    expect(ana.get_by_text("Mon cadre est fissuré")).to_be_visible()
    assert "06 39" not in ana.content()
    assert serious(ana) == []
    ana.get_by_label("Votre réponse").fill("Oui, cinq ans.")
    ana.get_by_role("button", name="Répondre").click()
    expect(ana.get_by_label("Votre réponse")).to_be_visible()
    ana.get_by_label("C'est ma réponse").check()
    ana.get_by_role("button", name="Répondre").click()
    expect(ana.get_by_role("heading", name="Merci")).to_be_visible()

    marie.reload()
    box = marie.get_by_label("Votre réponse")
    box.fill("À moitié écrit.")
    marie.get_by_role("button", name="Réponse de votre collègue").click()
    expect(box).to_have_value("Oui, cinq ans.")
    marie.get_by_role("button", name="Brouillon 1").click()
    expect(box).to_have_value("À moitié écrit.")
    marie.get_by_role("button", name="Réponse de votre collègue").click()
    marie.get_by_text("Laisser ce dossier à quelqu'un").click()
    marie.get_by_label("Un mot").fill("Je pars en réunion.")
    marie.get_by_role("button", name="Laisser le dossier").click()
    lea.goto(f"{stack.url}/desk/garance/unanswered")
    lea.get_by_role("heading", name="Laissés pour vous").wait_for()
    lea.get_by_text("Mon cadre est fissuré").click()
    expect(lea.get_by_text("Je pars en réunion.")).to_be_visible()


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
    tab_to("Votre réponse")
    page.keyboard.type("Nous vous en renvoyons une.")
    tab_to("Envoyer")
    page.keyboard.press("Enter")

    expect(page.get_by_role("status")).to_contain_text("La réponse part")


def test_who_only_reads_is_offered_nothing(say: Say, new_page: NewPage) -> None:
    say("b-6", "Mon casque est fendu, à qui écrire ?", author="u-6", thread="fil-6")
    page = new_page(NORA)
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


def test_a_call_is_muted_and_heard_of_again(say: Say, new_page: NewPage) -> None:
    say("b-20", "Mon avocat vous écrira demain matin.", author="u-20", thread="fil-20")
    page = new_page(MARIE)
    page.get_by_role("link", name="Appels", exact=True).click()
    call = page.locator("article.call", has_text="avocat")
    call.get_by_text("Ne plus en entendre parler").click()
    call.get_by_label("De quoi").select_option(label="les appels de ce genre")
    call.get_by_role("button", name="Ne plus m'appeler").click()
    expect(page.get_by_role("status")).to_contain_text("vous n'en entendrez plus parler")
    expect(page.locator("article.call", has_text="avocat")).to_contain_text("Personne n'est appelé pour ceci")
    assert serious(page) == []

    page.get_by_role("button", name="Entendre de nouveau").click()
    expect(page.get_by_role("heading", name="Appels mis en sourdine")).to_have_count(0)


def test_a_deletion_takes_a_tick_before_its_button(new_page: NewPage, stack: LocalStack) -> None:
    now = stack.clock.now()
    page_id, facebook = "102030405060708", configuration.read(configuration.EXAMPLE_FILE).channels
    secret = next(one for one in facebook if one.platform == "facebook").verify["current"]
    value = {
        "item": "comment",
        "verb": "add",
        "comment_id": "9_1",
        "post_id": f"{page_id}_900100200300400",
        "parent_id": f"{page_id}_900100200300400",
        "from": {"id": "7001", "name": "Zoé"},
        "message": "@Karim t'es vraiment un abruti. Et ma commande 77 n'est jamais arrivée !",
        "created_time": int(now.timestamp()),
    }
    change = {"id": page_id, "time": int(now.timestamp()), "changes": [{"field": "feed", "value": value}]}
    body = json.dumps({"object": "page", "entry": [change]}).encode()
    assert stack.deliver("/webhooks/facebook", graph.sign(body, secret, now, "d-1"), body) == 200
    stack.settle()
    page = new_page(MARIE)
    page.get_by_text("ma commande 77").click()
    page.get_by_text("Supprimer, exclure").click()
    page.get_by_role("button", name="Supprimer pour toujours").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Dossier\u00a0: Zoé")
    stack.settle()
    assert "delete" not in [entry.kind for entry in stack.outbox.entries]

    page.get_by_label("je sais que rien ne le ramènera").check()
    page.get_by_role("button", name="Supprimer pour toujours").click()
    expect(page.get_by_role("status")).to_contain_text("Le commentaire va être supprimé")
    stack.settle()
    assert stack.outbox.entries[-1].kind == "delete"
