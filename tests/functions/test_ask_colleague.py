"""ask_colleague: somebody outside the team answers one question, once; their answer is a draft, and nothing leaves."""

import re
from dataclasses import dataclass
from datetime import timedelta
from email import message_from_bytes
from email.policy import SMTP
from html import unescape
from typing import Any
from urllib.parse import urlencode

import pytest
from browser import Browser, open_desk
from world import PAGE, Fault, World

from tribune.aws import clients, directory, keys

SAID = "Bonjour, je suis Paul Durand, mon vélo G3 a le cadre fissuré, rappelez-moi au 06 39 98 12 34. Est-ce garanti ?"
QUESTION = "Le cadre de Durand est-il couvert ? Son numéro : 06 39 98 12 34"
UNANSWERED = "/desk/garance/unanswered"
FORM = {"content-type": "application/x-www-form-urlencoded", "host": "ask.example", "origin": "https://ask.example"}


@dataclass(frozen=True)
class Mail:
    """What SES took."""

    to: list[str]
    subject: str
    body: str


def mails(world: World) -> list[Mail]:
    """The oldest first."""
    read = [(mail["Destinations"], message_from_bytes(mail["RawMessage"]["Data"], policy=SMTP)) for mail in world.mail]
    return [
        Mail(to, letter["Subject"], body.get_content())
        for to, letter in read
        if (body := letter.get_body(("plain",))) is not None
    ]


@pytest.fixture(name="marie")
def signed_in(world: World) -> Browser:
    """Marie at the desk, in front of one question."""
    open_desk(world)
    body = world.comment(1, SAID)
    body["entry"][0]["changes"][0]["value"]["from"]["name"] = "Paul Durand"
    world.deliver("facebook", body)
    world.pump_only("moderate_comments")
    browser = Browser(world)
    browser.sign_in("marie@garance.example")
    return browser


def case_of(browser: Browser) -> str:
    seen = browser.json(UNANSWERED)
    (line,) = seen["waiting"] + seen["others"]
    return f"/desk/garance/case/{line['at']}"


def asked(browser: Browser, **fields: str) -> str:
    """Marie asks; the path of the page in the mail that leaves with the next minute."""
    case = case_of(browser)
    given = {"name": "Ana, atelier", "address": "ana@atelier.example", "question": QUESTION, "within": "1d"} | fields
    assert browser.send(f"{case}/ask", browser.get(case), **given).status == 303
    browser.world.invoke("keep_watch", {})
    return "/ask/garance/" + re.findall(r"/ask/garance/([a-z2-7]{26})", mails(browser.world)[-1].body)[0]


def page(world: World, path: str, method: str = "GET", body: str = "", headers: dict[str, str] | None = None) -> Any:
    event = {
        "routeKey": f"{method} /ask/{{community}}/{{question}}",
        "rawPath": path,
        "headers": {"accept-language": "fr"} | (FORM if headers is None else headers),
        "requestContext": {"http": {"method": method}},
        "body": body,
        "isBase64Encoded": False,
    }
    return world.invoke("ask_colleague", event)


def proof(world: World, path: str) -> str:
    found = re.search(r'name="proof" value="([^"]+)"', page(world, path)["body"])
    assert found is not None
    return found[1]


def answered(world: World, path: str, text: str = "Oui, cinq ans sur le cadre.", **fields: str) -> Any:
    return page(world, path, "POST", urlencode({"proof": proof(world, path), "text": text, "mine": "1"} | fields))


def test_the_answer_comes_back_as_a_draft_and_nothing_leaves_by_itself(marie: Browser) -> None:
    path = asked(marie)
    case = case_of(marie)
    drafts = marie.json(case)["drafts"]

    answer = answered(marie.world, path)

    assert answer["statusCode"] == 303
    (draft,) = [one for one in marie.json(case)["drafts"] if one not in drafts]
    assert (draft["text"], draft["by_colleague"]) == ("Oui, cinq ans sur le cadre.", True)
    marie.world.settle()
    assert list(marie.world.outbox.effects) == []
    assert "Votre collègue a répondu" in str(marie.world.rung[-1])
    sent = marie.send(f"{case}/send", marie.get(case), text=draft["text"], draft=draft["id"])
    assert sent.status == 303
    marie.world.pump_only("perform_action")
    assert [one.text for one in marie.world.outbox.effects] == ["Oui, cinq ans sur le cadre. ^MC"]


def test_no_mail_names_the_member_or_quotes_them(marie: Browser) -> None:
    asked(marie)
    (mail,) = mails(marie.world)

    assert mail.to == ["ana@atelier.example"]
    assert "Marie Castel" in mail.subject
    for private in ("Durand", "Paul", "06 39", "fissuré"):
        assert private not in mail.subject + mail.body


@pytest.mark.parametrize("name", ["🌸Paul🌸 «Durand»", "@paul.durand (le vrai)", "𝓟𝓪𝓾𝓵 𝓓𝓾𝓻𝓪𝓷𝓭"])
def test_no_mail_names_the_member_however_they_dress_their_name(marie: Browser, name: str) -> None:
    first = case_of(marie)
    body = marie.world.comment(2, SAID, author="7002")
    body["entry"][0]["changes"][0]["value"]["from"]["name"] = name
    marie.world.deliver("facebook", body)
    marie.world.pump_only("moderate_comments")
    seen = marie.json(UNANSWERED)
    cases = [f"/desk/garance/case/{line['at']}" for line in seen["waiting"] + seen["others"]]
    (case,) = [one for one in cases if one != first]
    given = {"name": "Ana", "address": "ana@atelier.example", "question": "Que dire à Paul Durand ?", "within": "1d"}
    assert marie.send(f"{case}/ask", marie.get(case), **given).status == 303
    marie.world.invoke("keep_watch", {})
    (mail,) = mails(marie.world)

    assert "Que dire à … … ?" in mail.body


def test_the_page_shows_the_comment_without_contact_data_and_the_question(marie: Browser) -> None:
    body = unescape(page(marie.world, asked(marie))["body"])

    assert "le cadre fissuré" in body
    assert "Le cadre de Durand est-il couvert" in body
    assert "06 39 98 12 34" not in re.sub(r"Son numéro.*", "", body)


def test_what_opens_links_by_itself_changes_nothing(marie: Browser) -> None:
    world, path = marie.world, asked(marie)
    real = proof(world, path)
    for _ in range(3):
        assert page(world, path)["statusCode"] == 200

    for form in (
        "",
        urlencode({"text": "scan"}),
        urlencode({"text": "scan", "mine": "1"}),
        urlencode({"text": "scan", "mine": "1", "proof": "guessed"}),
        urlencode({"text": "", "mine": "1", "proof": real}),
        urlencode({"text": "scan", "proof": real}),
    ):
        assert page(world, path, "POST", form)["statusCode"] == 422
    good = urlencode({"text": "scan", "mine": "1", "proof": real})
    assert page(world, path, "POST", good, FORM | {"origin": "https://evil.example"})["statusCode"] == 403
    assert page(world, path, "POST", good, FORM | {"content-type": "text/plain"})["statusCode"] == 400
    assert page(world, path, "POST", good + "&a" * 20)["statusCode"] == 400
    assert page(world, path, "POST", urlencode({"text": "x" * 2001, "mine": "1", "proof": real}))["statusCode"] == 413
    assert not any(draft["by_colleague"] for draft in marie.json(case_of(marie))["drafts"])
    assert answered(world, path)["statusCode"] == 303


def test_one_answer_and_no_more(marie: Browser) -> None:
    world, path = marie.world, asked(marie)
    form = urlencode({"proof": proof(world, path), "text": "Oui.", "mine": "1"})
    page(world, path, "POST", form)

    again = page(world, path, "POST", form.replace("Oui", "Non"))

    assert "Merci" in again["body"]
    assert [draft["text"] for draft in marie.json(case_of(marie))["drafts"] if draft["by_colleague"]] == ["Oui."]


def test_a_link_opens_one_comment_in_one_community_and_nothing_else(marie: Browser) -> None:
    path = asked(marie)

    assert page(marie.world, path.replace("garance", "autre"))["statusCode"] == 404
    assert page(marie.world, path[:-1] + ("a" if path[-1] != "a" else "b"))["statusCode"] == 404
    assert page(marie.world, path + "/more")["statusCode"] == 404
    for header, value in (("cache-control", "no-store"), ("x-robots-tag", "noindex")):
        assert page(marie.world, path)["headers"][header] == value


def test_a_link_ends_with_the_case_with_the_words_and_with_time(marie: Browser) -> None:
    world, path = marie.world, asked(marie)
    world.now += timedelta(days=4, minutes=1)
    assert page(world, path)["statusCode"] == 410
    world.now -= timedelta(days=4)
    assert page(world, path)["statusCode"] == 200

    world.deliver("facebook", world.comment(1, "Est-ce que mon cadre est garanti ?", verb="edited"))
    world.pump_only("moderate_comments")
    assert page(world, path)["statusCode"] == 410

    marie.sign_in("marie@garance.example")
    path = asked(marie)
    case = case_of(marie)
    marie.send(f"{case}/close", marie.get(case))
    assert page(world, path)["statusCode"] == 410


@pytest.mark.parametrize(
    "meanwhile",
    [
        {"number": 50, "text": "Je regarde et je reviens ici à 17 h.", "author": PAGE, "parent": 1},
        {"number": 1, "text": f"{SAID} Merci d'avance", "verb": "edited"},
    ],
    ids=["who asked promises to come back", "the member edits"],
)
def test_an_answer_stays_below_for_as_long_as_the_case_is_open(marie: Browser, meanwhile: dict[str, Any]) -> None:
    world = marie.world
    answered(world, asked(marie))
    world.now += timedelta(minutes=5)
    world.deliver("facebook", world.comment(**meanwhile))
    world.pump_only("moderate_comments")

    case = marie.json(case_of(marie))
    assert "tant que le dossier est ouvert" in str(case["questions"])
    assert [one["text"] for one in case["drafts"] if one["by_colleague"]] == ["Oui, cinq ans sur le cadre."]


def test_an_answer_that_was_sent_is_no_draft_any_more_though_the_case_stays_open(marie: Browser) -> None:
    world = marie.world
    answered(world, asked(marie))
    case = case_of(marie)
    (draft,) = [one for one in marie.json(case)["drafts"] if one["by_colleague"]]
    words = f"{draft['text']} Je reviens ici à 17 h."
    assert marie.send(f"{case}/send", marie.get(case), text=words, draft=draft["id"]).status == 303
    world.settle()

    assert (marie.json(case)["open"], marie.json(case)["drafts"]) == (True, [])


def test_a_link_holds_though_the_platform_tells_the_same_words_again_as_an_edit(marie: Browser) -> None:
    world, path = marie.world, asked(marie)
    world.now += timedelta(minutes=5)
    world.deliver("facebook", world.comment(1, SAID, verb="edited"))
    world.pump_only("moderate_comments")

    assert answered(world, path)["statusCode"] == 303
    assert [one["text"] for one in marie.json(case_of(marie))["drafts"] if one["by_colleague"]] == [
        "Oui, cinq ans sur le cadre."
    ]


def test_who_asked_to_be_forgotten_takes_the_question_along(marie: Browser) -> None:
    world, path = marie.world, asked(marie)
    world.deliver("facebook", world.comment(1, "", verb="remove"))
    world.pump_only("moderate_comments")

    assert page(world, path)["statusCode"] == 410
    texts = clients.dynamodb().scan(TableName=world.stack.tables()["TextTable"])["Items"]
    assert not any("ask#" in item["sk"]["S"] for item in texts)
    world.now += timedelta(days=1)
    world.invoke("keep_watch", {})
    assert len(mails(world)) == 1


def test_a_question_waits_while_nobody_can_read_the_settings_of_its_community(marie: Browser) -> None:
    world, case = marie.world, case_of(marie)
    fields = {"name": "Ana", "address": "ana@atelier.example", "question": "Garanti ?", "within": "1d"}
    assert marie.send(f"{case}/ask", marie.get(case), **fields).status == 303
    table = world.stack.tables()["CommunityTable"]
    settings = clients.dynamodb().get_item(TableName=table, Key=directory.typed(keys.community("garance")))["Item"]
    world.unreadable("garance")
    world.forget()
    world.invoke("keep_watch", {})
    assert mails(world) == []

    clients.dynamodb().put_item(TableName=table, Item=settings)
    world.now += timedelta(minutes=1)
    world.invoke("keep_watch", {})
    assert [mail.to for mail in mails(world)] == [["ana@atelier.example"]]


def test_one_reminder_before_the_deadline_and_one_word_to_who_asked_after_it(marie: Browser) -> None:
    world, _ = marie.world, asked(marie)
    rung = len(world.rung)
    for _ in range(26):
        world.invoke("keep_watch", {})
        world.invoke("keep_watch", {})
        world.pump_only("call_manager")
        world.now += timedelta(hours=1)

    assert ["Rappel" in mail.subject for mail in mails(world)] == [False, True]
    told = [call for call in world.rung[rung:] if "sans réponse" in str(call)]
    assert len(told) == 1
    marie.sign_in("marie@garance.example")
    assert "n'a pas répondu à temps" in str(marie.json(case_of(marie))["questions"])


@pytest.mark.parametrize("fault", ["kill_after", "error_before"])
def test_no_mail_twice_whatever_breaks(marie: Browser, fault: str) -> None:
    world, case = marie.world, case_of(marie)
    fields = {"name": "Ana", "address": "ana@atelier.example", "question": "Garanti ?", "within": "4h"}
    marie.send(f"{case}/ask", marie.get(case), **fields)
    world.calls.faults = [Fault("SendRawEmail", fault)]
    world.settle()

    assert len([mail for mail in mails(world) if "Rappel" not in mail.subject]) == 1


def test_who_asked_hears_that_no_mail_can_leave(marie: Browser) -> None:
    world, case = marie.world, case_of(marie)
    world.calls.faults = [Fault("SendRawEmail", "error_before") for _ in range(100)]
    fields = {"name": "Ana", "address": "ana@atelier.example", "question": "Garanti ?", "within": "1d"}
    marie.send(f"{case}/ask", marie.get(case), **fields)
    for _ in range(8):
        world.invoke("keep_watch", {})
        world.pump_only("call_manager")
        world.now += timedelta(minutes=6)

    assert len([call for call in world.rung if "n'est pas partie" in str(call)]) == 1


def test_what_is_no_question_is_refused(marie: Browser) -> None:
    case = case_of(marie)
    page_seen = marie.get(case)
    for change in (
        {"address": "nobody"},
        {"address": "a@b.example, c@d.example"},
        {"address": "a@b.example\r\nBcc: c@d.example"},
        {"address": "<a@b.example>"},
        {"question": "  "},
        {"name": " "},
        {"question": "x" * 2001},
    ):
        given = {"name": "Ana", "address": "ana@atelier.example", "question": "Garanti ?", "within": "1d"} | change
        assert marie.send(f"{case}/ask", page_seen, **given).status == 422, change
    assert marie.json(case)["questions"] == []


def test_three_people_are_asked_at_most(marie: Browser) -> None:
    case = case_of(marie)
    given = {"name": "Ana", "address": "ana@atelier.example", "question": "Garanti ?", "within": "1d"}

    said = [marie.send(f"{case}/ask", marie.get(case), **given).status for _ in range(4)]

    assert said == [303, 303, 303, 409]
