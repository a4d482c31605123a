"""One case, one person at a time: who looks at it is seen by the others, and it can be left to a colleague."""

from datetime import timedelta
from urllib.parse import urlencode

import pytest
from browser import Browser, open_desk
from world import World

UNANSWERED = "/desk/garance/unanswered"


@pytest.fixture(name="team")
def signed_in(world: World) -> tuple[Browser, Browser, str]:
    """Marie, Léa, and a case."""
    open_desk(world)
    world.deliver("facebook", world.comment(1, "Bonjour, où en est ma commande G3-118 ? Deux semaines de retard"))
    world.deliver(
        "facebook", world.comment(2, "Et la mienne, toujours rien, je l'attends depuis un mois", author="7002")
    )
    world.pump_only("moderate_comments")
    marie, lea = Browser(world), Browser(world)
    marie.sign_in("marie@garance.example")
    lea.sign_in("lea@garance.example")
    (line,) = [one for one in marie.json(UNANSWERED)["waiting"] if "G3-118" in one["quote"]]
    return marie, lea, f"/desk/garance/case/{line['at']}"


def test_the_others_see_who_looks_at_a_case_for_a_quarter_of_an_hour(team: tuple[Browser, Browser, str]) -> None:
    marie, lea, case = team
    seen_before = lea.get(case)
    assert marie.get(case).status == 200
    assert lea.json(case)["in_hand"] == "", "nothing is taken by looking"

    assert marie.send(f"{case}/take", marie.get(case)).status == 303

    assert "Marie Castel regarde ce dossier depuis 11" in lea.json(case)["in_hand"]
    assert "l'équipe le voit" in marie.json(case)["in_hand"]
    late = lea.send(f"{case}/take", seen_before)
    assert late.status == 409
    assert "Marie Castel" in late.body
    marie.world.now += timedelta(minutes=16)
    assert lea.json(case)["in_hand"] == ""
    assert lea.send(f"{case}/take", lea.get(case)).status == 303


def test_looking_forbids_nothing_the_first_decision_wins(team: tuple[Browser, Browser, str]) -> None:
    marie, lea, case = team
    marie.send(f"{case}/take", marie.get(case))
    answer = lea.send(f"{case}/send", lea.get(case), text="Elle part demain.", draft="")

    assert answer.status == 303
    lea.world.pump_only("perform_action")
    assert marie.send(f"{case}/take", marie.get(case)).status == 409


def test_a_case_that_is_left_stands_on_top_and_only_its_new_keeper_hears(team: tuple[Browser, Browser, str]) -> None:
    marie, lea, case = team
    assert marie.send(f"{case}/give", marie.get(case), to="lea", note="Elle te connaît.").status == 303

    assert [f"/desk/garance/case/{one['at']}" for one in lea.json(UNANSWERED)["mine"]] == [case]
    assert marie.json(UNANSWERED)["mine"] == []
    page = lea.get(UNANSWERED).body
    left, others, waits = (page.index(said) for said in ("Laissés pour vous", "Attendent une réponse", "un mois"))
    assert left < page.index("G3-118") < others < waits, "what waits for anybody is not said to be left to one"
    assert "Attendent une réponse" not in marie.get(UNANSWERED).body
    assert lea.json(case)["note"] == "Elle te connaît."
    marie.world.settle()
    heard = [call for call in marie.world.rung if "laisse un dossier" in str(call)]
    assert len(heard) == 1
    assert "Marie Castel vous laisse" in str(heard)

    for to in ("marie", "nobody", ""):
        assert marie.send(f"{case}/give", marie.get(case), to=to, note="").status == 422
    assert lea.send(f"{case}/give", lea.get(case), to="marie", note="x" * 501).status == 422
    lea.sign_in("lea@garance.example")
    lea.send(f"{case}/close", lea.get(case))
    assert lea.json(case)["note"] == "", "what colleagues wrote to each other goes with the case"


def test_a_form_that_is_sent_twice_rings_a_colleague_once_and_asks_somebody_outside_once(
    team: tuple[Browser, Browser, str],
) -> None:
    marie, _, case = team
    asked = {"name": "Dr Petit", "address": "petit@expert.example", "question": "Est-ce sans danger ?", "within": "1d"}
    for act, fields in (("ask", asked), ("give", {"to": "lea", "note": "Elle te connaît."})):
        page = marie.get(case)
        assert marie.send(f"{case}/{act}", page, **fields).status == 303
        again = marie.send(f"{case}/{act}", page, **fields)
        assert again.status == 409
        assert "a changé depuis" in again.body
    marie.world.settle()

    assert len(marie.json(case)["questions"]) == 1
    assert len([call for call in marie.world.rung if "laisse un dossier" in str(call)]) == 1
    assert marie.send(f"{case}/give", marie.get(case), to="lea", note="Toujours pour toi.").status == 303


def test_who_only_reads_takes_and_leaves_nothing(team: tuple[Browser, Browser, str]) -> None:
    marie, _, case = team
    sam = Browser(marie.world)
    sam.sign_in("sam@garance.example")
    form = urlencode({"csrf": sam.get(case).field("csrf")})

    for act in ("take", "give", "ask"):
        assert sam.ask("POST", f"{case}/{act}", form).status == 403
