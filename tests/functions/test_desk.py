"""desk through its real door: signing in, what each role may do, and what a person decides reaching the platform."""

import json
import re
from datetime import timedelta
from urllib.parse import parse_qs, urlencode, urlsplit

import jsonschema
import pytest
from browser import Browser, open_desk
from openapi_spec_validator import validate
from redress import contest, restrictions, reviewing, statement
from world import PAGE, World

from tribune.aws.communities import Communities
from tribune.community import Community, Modes
from tribune.decision import Mode
from tribune.desk.doors import DOORS

QUESTION = "Bonjour, où en est ma commande G3-118 ? Je l'attends depuis deux semaines"
INSULT = "@Karim t'es vraiment un abruti. Et ma commande n'est jamais arrivée, personne ne répond !"
UNANSWERED = "/desk/garance/unanswered"


@pytest.fixture
def browser(world: World) -> Browser:
    """Marie's browser, not yet signed in; one question waits."""
    open_desk(world)
    world.deliver("facebook", world.comment(1, QUESTION))
    world.pump_only("moderate_comments")
    return Browser(world)


def marie(browser: Browser) -> Browser:
    assert browser.sign_in("marie@garance.example").status == 200
    return browser


def case_of(browser: Browser) -> str:
    return f"/desk/garance/case/{browser.json(UNANSWERED)['waiting'][0]['at']}"


# --- who gets in ---


def test_nobody_is_inside_before_they_signed_in(browser: Browser) -> None:
    answer = browser.get(UNANSWERED)

    assert answer.status == 303
    assert answer.headers["location"] == "/desk/sign-in?to=%2Fdesk%2Fgarance%2Funanswered"
    assert browser.ask("GET", UNANSWERED, headers={"accept": "application/json"}).status == 401
    assert browser.ask("POST", f"{UNANSWERED}", "csrf=x").status == 401


def test_one_comes_back_to_the_page_one_wanted(browser: Browser) -> None:
    assert UNANSWERED in browser.sign_in("marie@garance.example", to=UNANSWERED).body
    assert browser.get(UNANSWERED).status == 200


def test_a_link_of_a_mail_leads_to_the_period_it_names_and_to_no_act_that_was_done_before(browser: Browser) -> None:
    week = "/desk/garance/engagement?period=2026-W47"
    leaving = browser.get(f"{week}&done=sent")
    (to,) = parse_qs(urlsplit(leaving.headers["location"]).query)["to"]

    assert to == week
    assert f'content="0;url={week}"' in browser.sign_in("marie@garance.example", to=to).body
    evil = Browser(browser.world).get("/desk/garance/settled?name=//evil.example/..%2F&x=%22%3E%3Cscript%3E")
    (to,) = parse_qs(urlsplit(evil.headers["location"]).query)["to"]
    assert to == "/desk/garance/settled?name=%2F%2Fevil.example%2F..%2F&x=%22%3E%3Cscript%3E"
    long = Browser(browser.world).get(f"/desk/garance/settled?name={'x' * 5_000}")
    assert long.headers["location"].endswith("to=%2Fdesk%2Fgarance%2Fsettled"), "what no cookie holds"


@pytest.mark.parametrize("to", ["https://evil.example/desk", "//evil.example", "/desk/../charter", "/desk\\@evil", "x"])
def test_nobody_is_sent_elsewhere_after_signing_in(browser: Browser, to: str) -> None:
    assert 'content="0;url=/desk"' in browser.sign_in("marie@garance.example", to=to).body


def test_whoever_is_in_no_team_sees_nothing(browser: Browser) -> None:
    browser.sign_in("eve@garance.example")

    assert browser.get("/desk").status == 403
    assert browser.get(UNANSWERED).status == 404


def test_signing_in_again_makes_another_session(browser: Browser) -> None:
    marie(browser)
    first = dict(browser.cookies)
    marie(browser)

    assert browser.cookies != first


def test_a_state_that_somebody_else_began_lets_nobody_in(browser: Browser) -> None:
    other = Browser(browser.world)
    leaving = other.get("/desk/sign-in")
    code = browser.get("/desk/sign-in")

    assert leaving.status == code.status == 303
    assert browser.get("/desk/signed-in?code=stolen&state=guessed").status == 403
    assert "__Host-desk" not in browser.cookies


@pytest.mark.parametrize(
    "change", [lambda c: c[:-2] + "AA", lambda c: "x" + c, lambda _: "", lambda c: c.split(".")[0]]
)
def test_a_cookie_that_we_did_not_seal_opens_nothing(browser: Browser, change: object) -> None:
    marie(browser)
    browser.cookies["__Host-desk"] = change(browser.cookies["__Host-desk"])

    assert browser.get(UNANSWERED).status == 303


def test_a_session_ends_after_half_an_hour_without_a_click_and_after_a_working_day(browser: Browser) -> None:
    marie(browser)
    for _ in range(25):
        browser.world.now += timedelta(minutes=24)
        if browser.get(UNANSWERED).status != 200:
            break
    assert browser.get(UNANSWERED).status == 303

    marie(browser)
    browser.world.now += timedelta(minutes=31)
    assert browser.get(UNANSWERED).status == 303


def test_the_cookie_is_of_this_host_alone_and_no_script_reads_it(browser: Browser) -> None:
    (session, _) = browser.sign_in("marie@garance.example").cookies

    assert session.startswith("__Host-desk=")
    for part in ("Secure", "HttpOnly", "SameSite=Strict", "Path=/"):
        assert part in session
    assert "Domain" not in session


# --- who may do what ---


def test_a_form_that_was_not_made_in_this_session_is_refused(browser: Browser) -> None:
    marie(browser)
    case = case_of(browser)
    rev = browser.get(case).field("rev")

    assert browser.ask("POST", f"{case}/close", urlencode({"rev": rev})).status == 403
    assert browser.ask("POST", f"{case}/close", urlencode({"rev": rev, "csrf": "guessed"})).status == 403
    other = Browser(browser.world)
    other.sign_in("lea@garance.example")
    theirs = other.get(case).field("csrf")
    assert browser.ask("POST", f"{case}/close", urlencode({"rev": rev, "csrf": theirs})).status == 403


def test_a_form_sent_from_another_site_is_refused(browser: Browser) -> None:
    marie(browser)
    page = browser.get(case_of(browser))
    body = urlencode({"rev": page.field("rev"), "csrf": page.field("csrf")})

    assert browser.ask("POST", f"{case_of(browser)}/close", body, origin="https://evil.example").status == 403
    assert browser.ask("POST", f"{case_of(browser)}/close", body).status == 303


@pytest.mark.parametrize("email", ["sam@garance.example", "nora@garance.example"])
def test_who_only_reads_decides_nothing(browser: Browser, email: str) -> None:
    browser.sign_in(email)
    case = case_of(browser)
    page = browser.get(case)

    assert page.status == 200
    assert "<textarea" not in page.body
    assert browser.json(case)["can"] == []
    sent = browser.ask("POST", f"{case}/close", urlencode({"rev": "1", "csrf": page.field("csrf")}))
    assert sent.status == 403


def test_another_communitys_case_does_not_exist(browser: Browser) -> None:
    marie(browser)

    assert browser.get(case_of(browser).replace("garance", "autre")).status == 404
    assert browser.get("/desk/garance/case/WyJhIiwiYiIsImMiXQ").status == 404
    assert browser.get("/desk/garance/case/!!!").status == 404


def test_nothing_changes_on_get(browser: Browser) -> None:
    marie(browser)

    assert browser.get(f"{case_of(browser)}/close").status == 405
    assert browser.json(UNANSWERED)["waiting"]


def test_every_answer_forbids_scripts_frames_and_keeping(browser: Browser) -> None:
    marie(browser)
    for target in (UNANSWERED, "/desk/none", "/desk/garance/case/x", "/desk/sign-in"):
        headers = browser.get(target).headers
        assert "script-src 'self'" in headers["content-security-policy"]
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert headers["cache-control"] == "no-store"
        assert headers["x-frame-options"] == "DENY"


# --- what one sees, and what one decides ---


def test_what_a_member_wrote_is_text_and_never_a_page(browser: Browser) -> None:
    world = browser.world
    evil = "<script>alert(1)</script> \"><img src=x onerror=alert(1)> ' {{7*7}} où est ma commande ?"
    world.deliver("facebook", world.comment(9, evil, author="7009"))
    world.pump_only("moderate_comments")
    marie(browser)

    for line in browser.json(UNANSWERED)["waiting"]:
        page = browser.get(f"/desk/garance/case/{line['at']}").body + browser.get(UNANSWERED).body
        assert "<script>alert" not in page
        assert "<img" not in page
        assert "49" not in page


def test_an_answer_leaves_under_the_persons_signature(browser: Browser) -> None:
    marie(browser)
    case = case_of(browser)
    answer = browser.send(f"{case}/send", browser.get(case), text="Bonjour, votre vélo part demain.", draft="")

    assert answer.status == 303
    assert answer.headers["location"] == f"{UNANSWERED}?done=sent"
    browser.world.pump_only("perform_action")
    assert [(entry.kind, entry.text) for entry in browser.world.outbox.effects] == [
        ("reply", "Bonjour, votre vélo part demain. ^MC")
    ]
    assert "La réponse part" in browser.get(answer.headers["location"]).body
    assert browser.json(UNANSWERED)["waiting"] == []


def test_where_the_brand_signs_nobody_is_told_that_their_name_went_out(browser: Browser) -> None:
    def under_the_brand(community: Community) -> Community:
        voice = community.voice.model_copy(update={"identity_mode": "brand"})
        return community.model_copy(update={"voice": voice})

    Communities(browser.world.stack.tables()["CommunityTable"]).change("garance", under_the_brand)
    marie(browser)
    case = case_of(browser)
    page = browser.get(case)
    assert "aucun nom dans ce fil" in page.body

    answer = browser.send(f"{case}/send", page, text="Bonjour, votre vélo part demain.", draft="")
    browser.world.pump_only("perform_action")

    assert [entry.text for entry in browser.world.outbox.effects] == ["Bonjour, votre vélo part demain."]
    assert "votre nom" not in browser.get(answer.headers["location"]).body


def test_the_first_decision_wins_and_the_second_person_is_told(browser: Browser) -> None:
    marie(browser)
    lea = Browser(browser.world)
    lea.sign_in("lea@garance.example")
    case = case_of(browser)
    seen_by_lea = lea.get(case)
    browser.send(f"{case}/send", browser.get(case), text="Je regarde.", draft="")
    browser.world.pump_only("perform_action")

    late = lea.send(f"{case}/send", seen_by_lea, text="Moi aussi.", draft="")

    assert late.status == 409
    assert "Marie" in late.body
    assert len(browser.world.outbox.effects) == 1


def test_a_case_that_changed_since_it_was_seen_is_read_again_first(browser: Browser) -> None:
    marie(browser)
    case = case_of(browser)
    page = browser.get(case)
    stale = browser.ask("POST", f"{case}/close", urlencode({"csrf": page.field("csrf"), "rev": "99"}))

    assert stale.status == 409
    assert "a changé" in stale.body


@pytest.mark.parametrize("act", ["hide", "delete", "block", "like", "private", "unhide"])
def test_nothing_is_done_from_a_page_on_which_a_colleague_had_not_settled_the_case_yet(
    browser: Browser, act: str
) -> None:
    world = marie(browser).world
    world.deliver("facebook", world.comment(2, INSULT, author="7002"))
    world.pump_only("moderate_comments")
    world.pump_only("perform_action")
    left = len(world.outbox.effects)
    waiting = browser.json(UNANSWERED)["waiting"]
    (case,) = [f"/desk/garance/case/{line['at']}" for line in waiting if "abruti" in line["quote"]]
    lea = Browser(world)
    lea.sign_in("lea@garance.example")
    seen_by_lea = lea.get(case)
    assert browser.send(f"{case}/close", browser.get(case)).status == 303

    fields = {"delete": {"sure": "yes"}, "block": {"second": "marie"}, "private": {"text": "Bonjour."}}
    late = lea.send(f"{case}/{act}", seen_by_lea, **fields.get(act, {}))
    world.pump_only("perform_action")

    assert late.status == 409
    assert "Marie" in late.body
    assert len(world.outbox.effects) == left
    if act == "hide":
        assert lea.send(f"{case}/{act}", lea.get(case)).status == 303, "who has seen that may still decide otherwise"


def test_nothing_is_offered_about_words_that_their_author_deleted(browser: Browser) -> None:
    world = marie(browser).world
    world.deliver("facebook", world.comment(2, INSULT, author="7002"))
    world.pump_only("moderate_comments")
    cases = [f"/desk/garance/case/{line['at']}" for line in browser.json(UNANSWERED)["waiting"]]
    for number, author in ((1, "7001"), (2, "7002")):
        world.deliver("facebook", world.comment(number, "", verb="remove", author=author))
    world.pump_only("moderate_comments")

    assert len(cases) == 2
    for case in cases:
        seen = browser.json(case)
        assert (seen["can"], seen["acquittal"]) == ([], None)


def hidden_number(browser: Browser) -> tuple[str, str]:
    """A telephone number is hidden: its case, and the token of the decision's page."""
    world = browser.world
    world.deliver("facebook", world.comment(2, "Rappelez-moi au 06 39 98 12 34", author="7002"))
    world.settle()
    head = world.head("garance", "facebook", PAGE, "1_2")
    assert head is not None
    (token,) = [action.notice for action in head.actions if action.notice]
    lines = [
        line for part in ("waiting", "others") for line in browser.json(UNANSWERED)[part] if "•••" in line["quote"]
    ]
    return f"/desk/garance/case/{lines[0]['at']}", token


def test_who_decided_gives_in_to_an_appeal_though_its_author_deleted_the_words(browser: Browser) -> None:
    world = marie(browser).world
    case, token = hidden_number(browser)
    browser.send(f"{case}/hide", browser.get(case))
    contest(world, token)
    world.deliver("facebook", world.comment(2, "", verb="remove", author="7002"))
    world.pump_only("moderate_comments")

    assert browser.json(case)["can"] == ["unhide"]
    assert browser.send(f"{case}/unhide", browser.get(case)).status == 303
    assert reviewing(world).waiting() == []


@pytest.mark.parametrize("language", ["fr", "en"])
def test_a_contested_case_leads_to_the_appeals_not_to_a_command(browser: Browser, language: str) -> None:
    case, token = hidden_number(marie(browser))
    assert '/appeals">Relire' not in browser.get(case).body
    contest(browser.world, token)

    reader = Browser(browser.world, language=language)
    reader.sign_in("sam@garance.example")
    page = reader.get(case).body
    assert f'/desk/garance/appeals">{"Relire" if language == "fr" else "Review"}</a>' in page
    assert "tribune " not in page


@pytest.mark.parametrize(
    ("how", "said"),
    [
        ("answered", "réglé à 11\u00a0h\u00a001 par quelqu'un de l'équipe, depuis la plateforme"),
        ("edited", "clos à 11\u00a0h\u00a001\u00a0: le commentaire a été modifié"),
        ("deleted", "clos à 11\u00a0h\u00a001\u00a0: son auteur l'a supprimé"),
    ],
)
def test_a_case_that_nobody_settled_at_the_desk_says_how_it_ended(browser: Browser, how: str, said: str) -> None:
    world = marie(browser).world
    case = case_of(browser)
    page = browser.get(case)
    world.now += timedelta(minutes=1)
    happens = {
        "answered": world.comment(9, "Bonjour, il part demain.", author="1001", parent=1),
        "edited": world.comment(1, "Je roule en bleu.", verb="edited"),
        "deleted": world.comment(1, "", verb="remove"),
    }
    world.deliver("facebook", happens[how])
    world.pump_only("moderate_comments")

    (line,) = browser.json("/desk/garance/settled")["cases"]
    assert line["promise"].endswith(said)
    assert browser.json(case)["settled"] == line["promise"]
    assert line["reason"].startswith("Quand il s'est ouvert\u00a0: «\u00a0"), "nobody waits for an answer any more"
    for act in ("take", "close"):
        late = browser.send(f"{case}/{act}", page)
        assert late.status in (409, 410)
        assert not {f" {word}," for word in ("team", "edited", "deleted")} & set(re.findall(r" \w+,", late.body))


def test_what_is_written_to_its_author_alone_is_as_short_as_a_message_has_to_be(browser: Browser) -> None:
    marie(browser)
    case = case_of(browser)
    page, longer = browser.get(case), "Bonjour, voici ce que nous avons trouvé. " * 60
    alone = browser.send(f"{case}/private", page, text=longer)

    assert re.findall(r'id="(private|own)".*data-limit="(\d+)"', page.body) == [("own", "8000"), ("private", "2000")]
    assert (alone.status, "la plateforme en accepte 2000" in alone.body) == (422, True)
    assert browser.send(f"{case}/send", page, text=longer, draft="").status == 303
    browser.world.pump_only("perform_action")
    assert [effect.kind for effect in browser.world.outbox.effects] == ["reply"]


def test_a_measure_on_a_member_demands_a_clause(browser: Browser) -> None:
    marie(browser)
    case = case_of(browser)

    assert browser.send(f"{case}/hide", browser.get(case)).status == 422
    assert browser.send(f"{case}/hide", browser.get(case), clause="10").status == 303
    browser.world.pump_only("perform_action")
    assert [entry.kind for entry in browser.world.outbox.effects] == ["hide"]


def test_who_hides_what_nothing_is_held_against_chooses_the_article_by_its_name(browser: Browser) -> None:
    marie(browser)
    case = case_of(browser)
    page = browser.get(case)

    assert '<option value="respect">Article 10, Respect des personnes</option>' in page.body
    unnamed = browser.send(f"{case}/hide", page)
    assert unnamed.status == 422
    assert "Dites sous quel article" in unnamed.body
    assert "--clause" not in unnamed.body
    assert browser.send(f"{case}/hide", page, clause="respect").status == 303
    browser.world.pump_only("perform_action")
    assert [entry.kind for entry in browser.world.outbox.effects] == ["hide"]


def test_what_a_pause_holds_back_is_not_said_to_leave_and_no_like_is_lost_in_it(browser: Browser) -> None:
    case = case_of(marie(browser))
    browser.send("/desk/garance/pause", browser.get("/desk/garance/calls"), scope="all", lasting="1h")
    liked = browser.send(f"{case}/like", browser.get(case))
    assert liked.status == 409
    assert "Recommencez après." in liked.body

    sent = browser.send(f"{case}/send", browser.get(case), text="Elle part demain.", draft="")
    assert "partira dans les cinq minutes après sa fin" in browser.get(sent.headers["location"]).body
    browser.world.pump_only("perform_action")
    assert browser.json(case)["done"][-1].endswith("attend, une pause est en cours")
    assert not browser.world.outbox.effects


def test_what_is_hidden_already_is_not_said_to_wait_for_an_agreement(browser: Browser) -> None:
    world = marie(browser).world
    world.deliver("facebook", world.comment(2, "@Karim t'es qu'un gros connard", author="7002"))
    world.settle()
    seen = [browser.json(f"/desk/garance/case/{line['at']}") for line in browser.json(UNANSWERED)["others"]]

    (hidden,) = [one for one in seen if "connard" in one["line"]["quote"]]
    assert "c'est fait" in hidden["done"][0]
    assert "votre accord" not in hidden["line"]["reason"]


def test_what_a_colleague_did_on_the_platform_itself_stands_among_what_was_done(browser: Browser) -> None:
    world, case = marie(browser).world, case_of(browser)
    assert browser.json(case)["done"] == ["la machine n'a rien fait"]
    for verb, said in (("hide", "Masquage"), ("unhide", "Rétablissement")):
        world.now += timedelta(minutes=5)
        world.deliver("facebook", world.comment(1, QUESTION, verb=verb, at=world.now))
        world.pump_only("moderate_comments")
        assert browser.json(case)["done"] == [f"{said}, par quelqu'un de l'équipe, depuis la plateforme"]


def test_a_case_says_that_its_author_changed_the_words_and_when(browser: Browser) -> None:
    world, case = marie(browser).world, case_of(browser)
    assert browser.json(case)["edited"] == ""
    world.now += timedelta(minutes=7)
    world.deliver("facebook", world.comment(1, f"{QUESTION} !!", verb="edited", at=world.now))
    world.pump_only("moderate_comments")

    assert browser.json(case)["edited"] == "modifié par son auteur à 11\u00a0h\u00a007"
    assert "modifié par son auteur" in browser.get(case).body


def test_a_hide_is_said_to_be_done_only_where_it_is(browser: Browser) -> None:
    case, _ = hidden_number(marie(browser))
    confirmed = browser.send(f"{case}/hide", browser.get(case))
    assert "est masqué en votre nom" in browser.get(confirmed.headers["location"]).body
    shown = browser.send(f"{case}/unhide", browser.get(case))
    assert "va être rétabli" in browser.get(shown.headers["location"]).body
    hidden = browser.send(f"{case}/hide", browser.get(case))
    assert "va être masqué" in browser.get(hidden.headers["location"]).body


def test_what_a_cut_access_holds_is_said_to_wait_not_to_leave_in_a_moment(browser: Browser) -> None:
    marie(browser)
    case = case_of(browser)
    browser.world.facebook.fail({"mode": "token", "next": 1})
    answer = browser.send(f"{case}/hide", browser.get(case), clause="respect")
    assert browser.json(case)["done"][0].endswith("part dans un instant")
    browser.world.pump_only("perform_action")

    (said,) = browser.json(case)["done"]
    assert said.endswith("\u00a0: attend, l'accès à la page est coupé")
    assert "est masqué" not in browser.get(answer.headers["location"]).body, "nor was it said to be done before"


def test_the_words_that_breach_are_marked_and_the_article_is_there_to_read(browser: Browser) -> None:
    browser.world.deliver("facebook", browser.world.comment(2, INSULT, author="7002"))
    browser.world.pump_only("moderate_comments")
    marie(browser)
    (line,) = [one for one in browser.json(UNANSWERED)["waiting"] if "abruti" in one["quote"]]
    case = f"/desk/garance/case/{line['at']}"
    seen = browser.json(case)

    assert "abruti" in "".join(piece["text"] for piece in seen["said"] if piece["clause"] == 10)
    assert seen["cited"]["number"] == 10
    assert seen["cited"]["url"] == "https://charte.garance.example/charter/garance/v1/fr#article-10"
    assert "<mark" in browser.get(case).body


def test_programs_see_and_send_the_same_as_json(browser: Browser) -> None:
    marie(browser)
    case = case_of(browser)
    csrf = browser.get(case).field("csrf")
    seen = browser.json(case)
    headers = {"accept": "application/json", "content-type": "application/json", "x-csrf-token": csrf}

    answer = browser.ask("POST", f"{case}/close", json.dumps({"rev": seen["rev"]}), headers)

    assert answer.status == 200
    assert answer.json == {"said": "closed", "next": UNANSWERED}
    again = browser.ask("POST", f"{case}/close", json.dumps({"rev": seen["rev"]}), headers)
    assert again.status == 409
    assert "Marie" in again.json["error"]["sentence"]


@pytest.mark.parametrize("body", ["{", "[]", '{"rev": "x"}', '{"rev": 1, "more": 1}'])
def test_what_is_no_form_is_refused(browser: Browser, body: str) -> None:
    marie(browser)
    case = case_of(browser)
    headers = {"content-type": "application/json", "x-csrf-token": browser.get(case).field("csrf")}

    assert browser.ask("POST", f"{case}/close", body, headers).status == 400


# --- calls and pauses ---


def threatened(browser: Browser) -> Browser:
    world = browser.world
    world.deliver("facebook", world.comment(7, "Je vais venir vous casser la gueule", author="7007"))
    world.pump_only("moderate_comments")
    world.pump_only("call_manager")
    return marie(browser)


def test_danger_stands_above_the_calls_that_were_there_before(browser: Browser) -> None:
    world = marie(browser).world
    world.deliver("facebook", world.comment(2, "Mon avocat vous écrira demain matin.", author="7002"))
    world.settle()
    world.now += timedelta(minutes=5)
    world.deliver("facebook", world.comment(3, "J'en peux plus, j'ai envie d'en finir", author="7003"))
    world.settle()

    first, second = browser.json("/desk/garance/calls")["calls"]
    assert "ne va pas bien" in first["about"]
    assert "avocat" in second["about"]


def test_a_call_is_taken_with_one_tap_and_nobody_else_is_rung(browser: Browser) -> None:
    threatened(browser)
    (call,) = browser.json("/desk/garance/calls")["calls"]
    page = browser.get("/desk/garance/calls")

    assert "menace" in call["about"].lower()
    assert browser.get(f"/desk/garance/case/{call['cases'][0]}").status == 200
    assert browser.send(f"/desk/garance/calls/{call['id']}/take", page).status == 303
    assert browser.json("/desk/garance/calls")["calls"] == []
    lea = Browser(browser.world)
    lea.sign_in("lea@garance.example")
    late = lea.send(f"/desk/garance/calls/{call['id']}/take", lea.get("/desk/garance/calls"))
    assert late.status == 409
    assert "Marie" in late.body


def test_one_tap_from_a_case_pauses_its_post_and_another_lifts_it(browser: Browser) -> None:
    marie(browser)
    case = case_of(browser)
    scopes = dict(browser.json(case)["scopes"])
    (post,) = [scope for scope in scopes if scope.startswith("post#")]
    assert [name for scope, name in scopes.items() if scope.startswith("thread#")] == ["ce fil"], "not a number"

    assert browser.send("/desk/garance/pause", browser.get(case), scope=post, lasting="4h").status == 303
    pauses = browser.world.journal.pauses("garance").until
    assert pauses == {post: browser.world.now + timedelta(hours=4)}
    assert browser.send("/desk/garance/resume", browser.get("/desk/garance/calls"), scope=post).status == 303
    assert browser.world.journal.pauses("garance").until == {}


@pytest.mark.parametrize("scope", ["", "space#other", "post#x", "thread#a#b", "everything", "all#x"])
def test_a_pause_of_nothing_we_know_is_refused(browser: Browser, scope: str) -> None:
    marie(browser)

    page = browser.get("/desk/garance/calls")
    assert (
        browser.ask("POST", "/desk/garance/pause", urlencode({"csrf": page.field("csrf"), "scope": scope})).status
        == 400
    )


# --- the JSON behind the screens ---


def test_the_json_is_described_and_the_description_is_valid(browser: Browser) -> None:
    described = browser.get("/desk/openapi.json").json

    validate(described)
    marie(browser)
    seen = browser.json(case_of(browser))
    schema = {"$ref": "#/components/schemas/CaseView", "components": described["components"]}
    jsonschema.validate(seen, schema)
    assert set(described["paths"]) == {f"/desk/{{community}}/{door.path}" for door in DOORS}


# --- what could be said, and what is contested ---


def test_every_screen_opens_for_whoever_reads(browser: Browser) -> None:
    browser.sign_in("sam@garance.example")
    for screen in ("unanswered", "calls", "say", "appeals"):
        page = browser.get(f"/desk/garance/{screen}")
        assert page.status == 200
        assert f'href="/desk/garance/{screen}" aria-current="page"' in page.body


def test_an_idea_of_the_morning_names_its_sources_and_is_settled_once(browser: Browser) -> None:
    world = browser.world
    world.deliver(
        "facebook", world.comment(11, "@Karim pour la selle il suffit de desserrer la vis dessous", author="7011")
    )
    world.pump_only("moderate_comments")
    world.now = world.now.replace(hour=8, minute=5) + timedelta(days=1)
    world.invoke("keep_watch", {})
    marie(browser)
    seen = browser.json("/desk/garance/say")

    assert seen["ideas"], seen
    idea = seen["ideas"][0]
    assert idea["sources"]
    assert all(text for _, text in idea["drafts"])
    page = browser.get("/desk/garance/say")
    assert browser.send(f"/desk/garance/say/{idea['id']}/done", page).status == 303
    assert browser.send(f"/desk/garance/say/{idea['id']}/drop", page).status == 409
    assert idea["id"] not in [one["id"] for one in browser.json("/desk/garance/say")["ideas"]]


def contested(browser: Browser) -> str:
    """Léa hid a comment under article 10; its author contests that. The code of the appeal."""
    world = browser.world
    lea = Browser(world)
    lea.sign_in("lea@garance.example")
    case = case_of(lea)
    lea.send(f"{case}/hide", lea.get(case), clause="10")
    world.pump_only("perform_action")
    head = world.head("garance", "facebook", "1001", "1_1")
    assert head is not None
    token = head.actions[-1].notice
    event = {
        "rawPath": f"/decisions/garance/{token}/appeal",
        "routeKey": "POST /decisions/{community}/{token}/appeal",
        "pathParameters": {"community": "garance", "token": token},
        "headers": {"content-type": "application/x-www-form-urlencoded", "host": "charte.garance.example"},
        "requestContext": {"http": {"method": "POST", "path": "/"}},
        "body": urlencode({"text": "Je posais seulement une question."}),
        "isBase64Encoded": False,
    }
    assert world.invoke("receive_appeal", event)["statusCode"] == 303
    lea_sees = lea.json("/desk/garance/appeals")["waiting"]
    return str(lea_sees[0]["code"])


def test_who_decided_does_not_review_and_a_reviewer_gives_it_back(browser: Browser) -> None:
    code = contested(browser)
    lea, nora = Browser(browser.world), Browser(browser.world)
    lea.sign_in("lea@garance.example")
    nora.sign_in("nora@garance.example")
    appeal = f"/desk/garance/appeals/{code}"

    assert lea.json(appeal)["mine"] is False
    assert lea.send(f"{appeal}/overturn", lea.get("/desk/garance/appeals"), because="").status == 403
    assert nora.json(appeal)["why"] == "Je posais seulement une question."
    assert nora.send(f"{appeal}/uphold", nora.get(appeal), because=" ").status == 422
    assert nora.send(f"{appeal}/overturn", nora.get(appeal), because="").status == 303
    browser.world.pump_only("perform_action")
    assert [entry.kind for entry in browser.world.outbox.effects] == ["hide", "unhide"]
    assert nora.json("/desk/garance/appeals")["waiting"] == []


def test_who_only_reads_is_not_told_that_they_decided_what_a_member_contests(browser: Browser) -> None:
    appeal = f"/desk/garance/appeals/{contested(browser)}"
    lea, sam = Browser(browser.world), Browser(browser.world)
    lea.sign_in("lea@garance.example")
    sam.sign_in("sam@garance.example")

    assert "Vous avez décidé" in lea.get(appeal).body
    assert "Vous avez décidé" not in sam.get(appeal).body
    assert "Votre rôle ne le permet pas" in sam.get(appeal).body


def test_whoever_shows_it_again_grants_the_appeal_that_waits_even_against_their_own_decision(browser: Browser) -> None:
    code, world = contested(browser), browser.world
    lea = Browser(world)
    lea.sign_in("lea@garance.example")
    (line,) = [one for part in ("waiting", "others") for one in lea.json(UNANSWERED)[part]]
    case = f"/desk/garance/case/{line['at']}"

    shown = lea.send(f"{case}/unhide", lea.get(case))
    assert shown.headers["location"].endswith("done=shown_granted")
    world.pump_only("perform_action")
    assert [entry.kind for entry in world.outbox.effects] == ["hide", "unhide"]
    assert lea.json("/desk/garance/appeals")["waiting"] == []
    assert "est annulée par Léa" in lea.json(f"/desk/garance/appeals/{code}")["outcome"]
    assert lea.send(f"{case}/unhide", lea.get(case)).status == 409


def test_a_reminder_that_was_drafted_loses_its_ground_once_the_comment_is_hidden_or_shown(browser: Browser) -> None:
    world = browser.world
    careful = Modes(default=Mode.PROPOSE)
    Communities(world.stack.tables()["CommunityTable"]).change(
        "garance", lambda one: one.model_copy(update={"modes": careful})
    )
    world.now += timedelta(minutes=1)
    for number in (2, 3):
        world.deliver(
            "facebook", world.comment(number, f"@Karim t'es vraiment un abruti {number}", author=f"700{number}")
        )
    world.pump_only("moderate_comments")
    lea = Browser(world)
    lea.sign_in("lea@garance.example")
    hidden, shown = (f"/desk/garance/case/{one['at']}" for one in lea.json(UNANSWERED)["others"])
    assert [one["kind"] for one in lea.json(hidden)["drafts"]] == ["reply"]

    lea.send(f"{hidden}/hide", lea.get(hidden))
    seen = lea.json(hidden)
    assert (seen["drafts"], seen["open"]) == ([], False)
    lea.send(f"{shown}/acquit", lea.get(shown), expressions="")
    assert lea.json(shown)["drafts"] == []


def test_a_case_shows_what_it_answers_what_came_before_and_how_the_same_was_judged(browser: Browser) -> None:
    world = browser.world
    for number, author in ((20, "7020"), (21, "7021")):
        world.deliver("facebook", world.comment(number, INSULT, author=author))
        world.pump_only("moderate_comments")
        world.pump_only("perform_action")
    marie(browser)
    first = next(one for one in browser.json(UNANSWERED)["waiting"] if "abruti" in one["quote"])
    case = f"/desk/garance/case/{first['at']}"
    browser.send(f"{case}/hide", browser.get(case))
    browser.send(f"{case}/close", browser.get(case))
    world.deliver("facebook", world.comment(22, INSULT, author="7020", parent=20))
    world.pump_only("moderate_comments")
    last = next(
        one for one in browser.json(UNANSWERED)["waiting"] if "abruti" in one["quote"] and one["at"] != first["at"]
    )
    cases = [browser.json(f"/desk/garance/case/{one['at']}") for one in browser.json(UNANSWERED)["waiting"]]
    (answer,) = [one for one in cases if one["thread"]]

    assert last
    assert "abruti" in answer["thread"][0][2]
    assert answer["standing"]
    assert answer["precedents"]


def test_what_a_colleague_hid_in_the_app_can_be_given_its_reason(browser: Browser) -> None:
    world = browser.world
    marie(browser)
    case = case_of(browser)
    event = world.comment(1, "")
    event["entry"][0]["changes"][0]["value"] |= {"verb": "hide"}
    world.deliver("facebook", event)
    world.pump_only("moderate_comments")

    page = browser.get(case)
    assert {"hide", "unhide"} <= set(browser.json(case)["can"])
    assert browser.send(f"{case}/hide", page, clause="10").status == 303
    assert "hide" not in browser.json(case)["can"]
    world.pump_only("perform_action")
    head = world.head("garance", "facebook", PAGE, "1_1")
    assert head is not None
    (hide,) = restrictions(head)
    assert statement(world, hide.notice or "")["beside"]["clause_number"] == 10


def test_what_cannot_be_undone_is_asked_for_twice(browser: Browser) -> None:
    world = browser.world
    world.deliver("facebook", world.comment(2, INSULT, author="7002"))
    world.pump_only("moderate_comments")
    marie(browser)
    (line,) = [one for one in browser.json(UNANSWERED)["waiting"] if "abruti" in one["quote"]]
    case = f"/desk/garance/case/{line['at']}"
    page = browser.get(case)
    once = browser.send(f"{case}/delete", page)

    assert once.status == 422
    assert "ne se défait pas" in once.body
    world.pump_only("perform_action")
    assert "delete" not in [entry.kind for entry in world.outbox.effects]
    assert 'name="sure" value="yes" required' in page.body
    described = browser.get("/desk/openapi.json").json["components"]["schemas"]["Delete"]["properties"]["sure"]
    assert described["enum"] == ["", "yes"]
    assert browser.send(f"{case}/delete", page, sure="yes").status == 303
    world.pump_only("perform_action")
    assert [entry.kind for entry in world.outbox.effects][-1] == "delete"


def test_what_was_written_and_refused_is_there_to_copy_with_the_way_back(browser: Browser) -> None:
    marie(browser)
    case = case_of(browser)
    page = browser.get(case)
    sent = urlencode({"csrf": page.field("csrf"), "rev": "99", "draft": "", "text": "Bonjour <Ana>, je regarde."})

    refused = browser.ask("POST", f"{case}/send", sent, {"referer": f"http://localhost{case}?done=x"})
    assert refused.status == 409
    assert "Bonjour &lt;Ana&gt;, je regarde.</textarea>" in refused.body
    assert f'<a href="{case}">' in refused.body
    elsewhere = browser.ask("POST", f"{case}/send", sent, {"referer": "https://evil.example/x"})
    assert "evil.example" not in elsewhere.body


def test_what_was_written_is_there_to_copy_when_the_session_ended_or_another_began_meanwhile(browser: Browser) -> None:
    marie(browser)
    case = case_of(browser)
    page = browser.get(case)
    sent = urlencode({name: page.field(name) for name in ("csrf", "rev")} | {"text": "Bonjour <Ana>, je regarde."})
    browser.world.now += timedelta(minutes=31)

    signed_out = browser.ask("POST", f"{case}/send", sent)
    assert signed_out.status == 401
    marie(browser)
    other_session = browser.ask("POST", f"{case}/send", sent)
    assert other_session.status == 403
    for answer in (signed_out, other_session):
        assert "Bonjour &lt;Ana&gt;, je regarde.</textarea>" in answer.body
        assert page.field("csrf") not in answer.body
    for origin in ("https://evil.example", "null", "http://["):
        elsewhere = browser.ask("POST", f"{case}/send", sent, origin=origin)
        assert elsewhere.status == 403
        assert "Ana" not in elsewhere.body, "nobody else writes on a page of ours"


def test_whose_session_ended_while_they_wrote_comes_back_to_that_very_page(browser: Browser) -> None:
    marie(browser)
    case = case_of(browser)
    page = browser.get(case)
    sent = urlencode({"csrf": page.field("csrf"), "rev": page.field("rev"), "text": "Bonjour, je regarde."})
    there = {"referer": f"http://localhost{case}"}
    browser.world.now += timedelta(minutes=31)

    signed_out = browser.ask("POST", f"{case}/send", sent, there)
    assert f'href="/desk/sign-in?to={case}"' in signed_out.body
    assert f'content="0;url={case}"' in browser.sign_in("marie@garance.example", to=case).body
    other_session = browser.ask("POST", f"{case}/send", sent, there)
    assert f'href="{case}"' in other_session.body
    for unknown in ({}, {"referer": "https://evil.example/x"}):
        browser.cookies.clear()
        assert 'href="/desk/sign-in?to=/desk"' in browser.ask("POST", f"{case}/send", sent, unknown).body
