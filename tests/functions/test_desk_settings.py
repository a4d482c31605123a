"""What a team sets at the desk: modes, rota, voice, FAQ; each by whoever may, each seen at once where it matters."""

from collections import Counter
from datetime import timedelta
from urllib.parse import urlencode

import pytest
from browser import Answered, Browser, open_desk
from world import World

from tribune.aws import clients
from tribune.aws.communities import Communities
from tribune.aws.sealed import Sealed
from tribune.community import Community
from tribune.decision import Mode
from tribune.desk.handover import MOST_CASES
from tribune.duty import on_duty
from tribune.figures import Figures

MODES, ROTA, VOICE = "/desk/garance/modes", "/desk/garance/rota", "/desk/garance/voice"
INSULT = "@Karim t'es vraiment un abruti. Et ma commande n'est jamais arrivée, personne ne répond !"
EVIL = '<script>alert(1)</script>"><img src=x>'


@pytest.fixture
def lea(world: World) -> Browser:
    """The social media manager, signed in."""
    open_desk(world)
    return signed_in(world, "lea")


def signed_in(world: World, who: str) -> Browser:
    browser = Browser(world)
    assert browser.sign_in(f"{who}@garance.example").status == 200
    return browser


def stored(browser: Browser) -> Community:
    found = Communities(browser.world.stack.tables()["CommunityTable"]).stored("garance")
    assert found is not None
    return found


def test_who_only_reads_sees_it_and_sets_nothing(lea: Browser) -> None:
    acts = {MODES: ("switch",), ROTA: ("leave", "back", "swap", "unswap"), VOICE: ("manner", "faq", "faq/dimanche")}
    before = stored(lea)
    sam = signed_in(lea.world, "sam")

    for screen, named in acts.items():
        page = sam.get(screen)
        assert page.status == 200
        assert "<select" not in page.body
        for act in named:
            assert sam.ask("POST", f"{screen}/{act}", urlencode({"csrf": page.field("csrf")})).status == 403
            assert sam.get(f"{screen}/{act}").status == 405
    assert stored(lea) == before


# --- modes ---


def test_an_article_is_switched_and_the_next_comment_is_judged_so(lea: Browser) -> None:
    world, page = lea.world, lea.get(MODES)

    assert lea.send(f"{MODES}/switch", page, clause="respect", mode="observe").status == 303
    assert stored(lea).modes.clauses == {"respect": Mode.OBSERVE}
    (respect,) = [one for one in lea.json(MODES)["clauses"] if one["id"] == "respect"]
    assert (respect["mode"], respect["own"]) == ("observe", True)
    world.deliver("facebook", world.comment(2, "@Karim t'es vraiment un abruti", author="7002"))
    world.pump_only("moderate_comments")
    head = world.head("garance", "facebook", "1001", "1_2")
    assert head is not None
    assert head.verdict is not None
    assert head.verdict.mode is Mode.OBSERVE
    assert lea.send(f"{MODES}/switch", page, clause="respect", mode="default").status == 303
    assert stored(lea).modes.clauses == {}


def test_to_act_takes_judged_cases_or_somebody_who_says_so(lea: Browser) -> None:
    page = lea.get(MODES)
    refused = lea.send(f"{MODES}/switch", page, clause="respect", mode="act")

    assert refused.status == 422
    assert "20" in refused.body
    assert stored(lea).modes.clauses == {}
    assert lea.send(f"{MODES}/switch", page, clause="respect", mode="act", explicit="yes").status == 303
    assert stored(lea).modes.clauses == {"respect": Mode.ACT}
    marie = signed_in(lea.world, "marie")
    assert marie.send(f"{MODES}/switch", marie.get(MODES), clause="respect", mode="observe").status == 403
    assert lea.send(f"{MODES}/switch", page, clause="no-such", mode="observe").status == 422
    assert lea.send(f"{MODES}/switch", page, clause="*", mode="propose").status == 303
    assert stored(lea).modes.default is Mode.PROPOSE


def test_what_people_made_of_each_article_is_counted_beside_its_switch(lea: Browser) -> None:
    world = lea.world
    for number in (2, 3, 4):
        world.deliver("facebook", world.comment(number, INSULT, author=f"70{number}"))
    world.pump_only("moderate_comments")
    cases = [f"/desk/garance/case/{line['at']}" for line in lea.json("/desk/garance/unanswered")["waiting"]]
    lea.send(f"{cases[0]}/hide", lea.get(cases[0]))
    lea.send(f"{cases[1]}/hide", lea.get(cases[1]))
    world.pump_only("perform_action")
    lea.send(f"{cases[1]}/unhide", lea.get(cases[1]))
    for case in cases:
        lea.send(f"{case}/close", lea.get(case))
    (respect,) = [one for one in lea.json(MODES)["clauses"] if one["id"] == "respect"]

    assert {name: respect[name] for name in ("judged", "followed", "left", "reversed", "enough")} == {
        "judged": 3,
        "followed": 1,
        "left": 1,
        "reversed": 1,
        "enough": False,
    }


def test_what_was_only_proposed_and_found_no_breach_is_counted_as_such_beside_its_switch(lea: Browser) -> None:
    world = lea.world
    assert lea.send(f"{MODES}/switch", lea.get(MODES), clause="*", mode="propose").status == 303
    world.forget()
    world.deliver("facebook", world.comment(2, INSULT, author="702"))
    world.pump_only("moderate_comments")
    (line,) = lea.json("/desk/garance/unanswered")["waiting"]
    case = f"/desk/garance/case/{line['at']}"
    assert lea.send(f"{case}/acquit", lea.get(case), expressions="").status == 303
    lea.send(f"{case}/close", lea.get(case))
    (respect,) = [one for one in lea.json(MODES)["clauses"] if one["id"] == "respect"]

    assert {name: respect[name] for name in ("judged", "followed", "left", "reversed")} == {
        "judged": 1,
        "followed": 0,
        "left": 0,
        "reversed": 1,
    }


@pytest.mark.parametrize(("language", "wanted"), [("fr", "24 novembre 2026"), ("en", "24 November 2026")])
def test_what_is_a_year_old_says_of_which_year_it_is(lea: Browser, language: str, wanted: str) -> None:
    world = lea.world
    community = stored(lea)
    spoken = community.rota.model_copy(
        update={"people": tuple(one.model_copy(update={"languages": (language,)}) for one in community.rota.people)}
    )
    Communities(world.stack.tables()["CommunityTable"]).change(
        "garance", lambda one: one.model_copy(update={"rota": spoken})
    )
    assert rewritten(lea, answer_fr="le dimanche de 9 h à 12 h").status == 303
    assert wanted not in lea.get(VOICE).body, "today's year is no news"
    world.now += timedelta(days=365)
    lea = signed_in(world, "lea")

    assert wanted in lea.get(VOICE).body, "when the answer was reviewed"
    assert "2026" in lea.json("/desk/garance/charter")["line"], "since when the charter has been in force"
    week = lea.json("/desk/garance/engagement?period=2026-W48")["period"]["said"]
    assert week.count("2026") == 2, week
    assert "2027" not in lea.json("/desk/garance/engagement?period=2027-W47")["period"]["said"]


# --- the rota ---


def test_one_enters_ones_own_leave_and_a_manager_everybodys(lea: Browser) -> None:
    world, marie = lea.world, signed_in(lea.world, "marie")
    page = marie.get(ROTA)
    days = {"start": "2026-11-24", "end": "2026-11-25"}

    assert marie.send(f"{ROTA}/leave", page, who="lea", **days).status == 403
    assert marie.send(f"{ROTA}/leave", page, who="marie", **days).status == 303
    community = stored(lea)
    assert [one.id for one in on_duty(community.rota, world.now, community.zone)] == ["lea"]
    (planned,) = lea.json(ROTA)["planned"]
    assert planned["said"] == "Marie Castel est en congé, du 24 novembre au 25 novembre."
    assert planned["by"] == "Marie Castel"
    assert any("Marie Castel" in line for line in marie.json(ROTA)["now"] if line.startswith("En congé"))
    assert lea.send(f"{ROTA}/back", lea.get(ROTA), who="marie", **days).status == 303
    assert lea.json(ROTA)["planned"] == []
    assert lea.send(f"{ROTA}/back", lea.get(ROTA), who="marie", **days).status == 409


def test_one_takes_anothers_place_oneself(lea: Browser) -> None:
    marie = signed_in(lea.world, "marie")
    page, days = marie.get(ROTA), {"start": "2026-11-24", "end": "2026-11-24"}

    assert marie.send(f"{ROTA}/swap", page, gives="marie", takes="lea", **days).status == 403
    assert marie.send(f"{ROTA}/swap", page, gives="marie", takes="marie", **days).status == 422
    assert marie.send(f"{ROTA}/swap", page, gives="nobody", takes="marie", **days).status == 403
    backwards = {"start": "2026-11-25", "end": "2026-11-24"}
    assert marie.send(f"{ROTA}/swap", page, gives="lea", takes="marie", **backwards).status == 422
    assert marie.send(f"{ROTA}/swap", page, gives="lea", takes="marie", start=EVIL[:20], end="x").status == 422
    assert marie.send(f"{ROTA}/swap", page, gives="lea", takes="marie", **days).status == 303
    assert "prend la place de Léa Roy" in lea.get(ROTA).body
    assert lea.send(f"{ROTA}/unswap", lea.get(ROTA), gives="lea", takes="marie", **days).status == 303
    assert stored(lea).rota.swaps == ()


@pytest.mark.parametrize(
    ("start", "end"),
    [
        ("0001-01-01", "2026-11-30"),
        ("0206-11-23", "2026-11-30"),
        ("2026-11-24", "9999-12-31"),
        ("0001-01-01T00:00", "9999-12-31T23:59"),
    ],
)
def test_a_year_that_nobody_meant_is_refused_with_a_sentence_and_the_rota_still_works(
    lea: Browser, start: str, end: str
) -> None:
    world, page = lea.world, lea.get(ROTA)

    for act, who in (("leave", {"who": "marie"}), ("swap", {"gives": "marie", "takes": "lea"})):
        refused = lea.send(f"{ROTA}/{act}", page, start=start, end=end, **who)
        assert refused.status == 422
        assert "Il faut deux jours, année comprise" in refused.body
    community = stored(lea)
    assert [one.id for one in on_duty(community.rota, world.now, community.zone)] == ["marie", "lea"]
    assert lea.get(ROTA).status == 200


# --- voice and FAQ ---


def faq(browser: Browser, name: str = "dimanche") -> dict[str, str]:
    (entry,) = [one for one in browser.json(VOICE)["faq"] if one["id"] == name]
    asked = {f"questions_{language}": "\n".join(lines) for language, lines in entry["questions"].items()}
    return asked | {f"answer_{language}": text for language, text in entry["answer"].items()} | {"seen": entry["seen"]}


def rewritten(browser: Browser, **fields: str) -> Answered:
    return browser.send(f"{VOICE}/faq/dimanche", browser.get(VOICE), **(faq(browser) | fields))


def test_an_answer_is_rewritten_reviewed_today_and_ends_on_its_last_day(lea: Browser) -> None:
    first = faq(lea)

    assert rewritten(lea, answer_fr="le dimanche de 9 h à 12 h", valid_until="2026-11-23").status == 303
    entry = next(one for one in stored(lea).faq if one.id == "dimanche")
    assert entry.answer["fr"] == "le dimanche de 9 h à 12 h"
    assert str(entry.reviewed_at) == "2026-11-24"
    assert "Plus envoyée" in lea.get(VOICE).body
    late = lea.send(f"{VOICE}/faq/dimanche", lea.get(VOICE), **first)
    assert late.status == 409
    assert "changé entre-temps" in late.body


FOR_NO_MEMBER: tuple[dict[str, str], ...] = (
    {"answer_fr": "le dimanche à {heure}"},
    {"answer_fr": "", "answer_en": ""},
    {"questions_fr": "", "questions_en": " \n"},
    {"url": "javascript:alert(1)"},
    {"valid_until": "demain"},
)


def test_what_no_member_should_read_is_not_stored(lea: Browser) -> None:
    before = stored(lea).faq

    for wrong in FOR_NO_MEMBER:
        assert rewritten(lea, **wrong).status == 422, wrong
    assert stored(lea).faq == before


def test_an_answer_that_was_refused_or_overtaken_is_there_to_copy(lea: Browser) -> None:
    seen = faq(lea)["seen"]
    for wrong in ({"answer_fr": "le dimanche à {heure}, sans <rendez-vous>"}, {"seen": "0" * 16}):
        refused = rewritten(lea, **{"seen": seen, "questions_fr": "ouvert dimanche ?\nle 15 août ?"} | wrong)
        assert refused.status in (409, 422)
        assert "ouvert dimanche ?\nle 15 août ?</textarea>" in refused.body
    refused = rewritten(lea, answer_fr="le dimanche à {heure}, sans <rendez-vous>")
    assert "le dimanche à {heure}, sans &lt;rendez-vous&gt;</textarea>" in refused.body
    assert seen not in refused.body, "what nobody wrote is not there to copy"


def test_answers_come_and_go_and_are_text_whatever_is_in_them(lea: Browser) -> None:
    page = lea.get(VOICE)
    new = {"id": "casque", "questions_fr": EVIL, "answer_fr": "oui"}

    assert lea.send(f"{VOICE}/faq", page, **new).status == 303
    assert lea.send(f"{VOICE}/faq", page, **new).status == 409
    assert lea.send(f"{VOICE}/faq", page, **(new | {"id": "Pas Un Nom"})).status == 422
    body = lea.get(VOICE).body
    assert "&lt;script&gt;alert(1)" in body
    assert "<script>alert" not in body
    assert "<img" not in body
    seen = faq(lea, "casque")["seen"]
    untold = lea.send(f"{VOICE}/faq/casque/remove", lea.get(VOICE), seen=seen)
    assert (untold.status, "ne revient pas" in untold.body) == (422, True), "no words are lost by one tap"
    assert lea.send(f"{VOICE}/faq/casque/remove", lea.get(VOICE), seen=seen, sure="yes").status == 303
    assert [entry.id for entry in stored(lea).faq] == ["dimanche", "belgique"]


def test_signatures_change_and_a_blank_left_open_is_refused(lea: Browser) -> None:
    seen = lea.json(VOICE)
    manner = {
        "seen": seen["seen"],
        "identity": "first_name",
        "address": "tu",
        "signature_fr": "L'équipe Garance (auto)",
    }
    page = lea.get(VOICE)

    assert lea.send(f"{VOICE}/manner", page, **(manner | {"signature_fr": "{team}"})).status == 422
    assert lea.send(f"{VOICE}/manner", page, **(manner | {"identity": "persona"})).status == 422
    assert lea.send(f"{VOICE}/manner", page, **manner).status == 303
    own = stored(lea).voice
    assert (own.identity_mode, own.address) == ("first_name", "tu")
    assert own.team_signature == {"fr": "L'équipe Garance (auto)"}
    assert lea.send(f"{VOICE}/manner", page, **manner).status == 409


# --- the hand-over ---


def test_a_successor_finds_what_waits_and_how_the_house_works_and_nothing_of_any_member(lea: Browser) -> None:
    world = lea.world
    world.deliver("facebook", world.comment(5, "Bonjour, où en est ma commande G3-118 ? Karim Benali", author="7005"))
    world.pump_only("moderate_comments")
    (line,) = lea.json("/desk/garance/unanswered")["waiting"]
    lea.send("/desk/garance/pause", lea.get("/desk/garance/calls"), scope="space#facebook", lasting="ever")
    spoken = Figures(said=Counter({("person", "lead"): 6, ("person", "police"): 2, ("machine", "police"): 8}))
    day = world.now.date().replace(day=1) - timedelta(days=3)
    Sealed(clients.dynamodb(), world.stack.tables()["CounterTable"]).keep_day(
        "garance", "facebook", day, spoken, world.now
    )
    sam = signed_in(world, "sam")

    file = sam.get("/desk/garance/handover.md")

    assert file.headers["content-type"] == "text/markdown; charset=utf-8"
    assert file.headers["content-disposition"] == 'attachment; filename="garance-handover.md"'
    for said in (
        line["id"],
        "Page",
        "Article 10, Respect des personnes",
        "Marie Castel",
        "le dimanche de 10 h à 13 h",
        "jusqu'à nouvel ordre",
        "Part de l'animation\u00a0: 75\u00a0% (6 sur 8)",
        "Mener les échanges, en octobre 2026",
    ):
        assert said in file.body
    page, seen = sam.get("/desk/garance/handover").body, sam.json("/desk/garance/handover")
    for told in (file.body, page, str(seen)):
        assert "&#39;" not in file.body
        for private in ("G3-118", "Karim", "Benali", "7005"):
            assert private not in told


def test_a_successor_who_finds_more_cases_than_the_page_holds_reads_how_many_more(lea: Browser) -> None:
    world = lea.world
    for number in range(1, MOST_CASES + 2):
        text = f"Bonjour, où en est ma commande {number} ? Deux semaines de retard"
        world.deliver("facebook", world.comment(number, text, author=f"7{number}"))
    world.pump_only("moderate_comments")

    for screen in ("handover", "handover.md"):
        told = lea.get(f"/desk/garance/{screen}")
        assert told.status == 200
        assert "Et 1 de plus, sous «\u00a0Sans réponse\u00a0»." in told.body


def test_two_who_set_something_at_the_same_moment_are_told_to_look_again(
    lea: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = lea.get(MODES)
    before = Communities._settings

    def overtaken(self: Communities, community_id: str) -> str | None:
        """What stands there was changed just after it was read."""
        found = before(self, community_id)
        return found.replace("Europe/Paris", "Europe/Brussels") if found else None

    monkeypatch.setattr(Communities, "_settings", overtaken)
    late = lea.send(f"{MODES}/switch", page, clause="respect", mode="observe")
    monkeypatch.undo()

    assert late.status == 409
    assert "changé entre-temps" in late.body
    assert stored(lea).modes.clauses == {}
    assert lea.send(f"{ROTA}/leave", lea.get(ROTA), who="nobody", start="2026-11-24", end="2026-11-24").status == 403
