"""The climate and the morning, through the real doors: what waits for the digest, what rings at three in the morning."""

from datetime import UTC, datetime, timedelta

import pytest
from memory_world import memory_world
from world import PAGE, World

from tribune import managers
from tribune.aws.communities import Communities
from tribune.duty import CallMessage, Person, Way, read_schedule
from tribune.journal import CallState
from tribune.managers import line
from tribune.managers.edge import Edge

ANGRY = "Livraison nulle, service client injoignable, commande {n} jamais reçue, c'est une honte"
NIGHT = datetime.fromisoformat("2026-11-25T03:00:00+01:00").astimezone(UTC)
MORNING = datetime.fromisoformat("2026-11-25T09:00:00+01:00").astimezone(UTC)


def crowd(world: World, first: int, n: int) -> None:
    for number in range(first, first + n):
        world.deliver("facebook", world.comment(number, ANGRY.format(n=number), author=f"8{number}"))
    world.pump_only("moderate_comments")


def tick(world: World) -> None:
    world.invoke("keep_watch", {})
    world.pump_only("call_manager")


def subjects(world: World) -> list[tuple[str, str]]:
    return [(told["to"], told["subject"].split()[0]) for told in world.rung]


def test_at_three_a_yellow_waits_for_the_digest_and_a_red_does_not() -> None:
    with memory_world() as world:
        world.now = NIGHT
        crowd(world, 1, 8)
        tick(world)
        assert subjects(world) == [], "yellow"
        (yellow,) = [call for call in world.calls_of("garance") if call.reason == "climate_yellow"]

        crowd(world, 100, 30)
        tick(world)
        assert subjects(world) == [("marie", "ROUGE"), ("lea", "ROUGE")]
        (red,) = [call for call in world.calls_of("garance") if call.reason.startswith("climate")]
        assert red.id == yellow.id, "one incident, updated"

        for _ in range(3):
            world.now += timedelta(minutes=15)
            tick(world)
        assert [told["subject"].split()[0] for told in world.rung].count("VERT") == 0, "good news lets people sleep"
        closed = world.journal.load_call("garance", red.id)
        assert closed is not None
        assert closed.state is CallState.CLOSED


def test_what_rises_is_no_repetition_to_line_which_would_not_show_it(monkeypatch: pytest.MonkeyPatch) -> None:
    shown = []

    def take(message: CallMessage, person: Person, _way: Way, _secret: str | None, edge: Edge) -> None:
        del edge
        shown.append((person.id, message.subject.split()[0], line.retry_key(message, person)))

    monkeypatch.setattr(managers, "deliver", take)
    with memory_world() as world:
        crowd(world, 1, 8)
        tick(world)
        crowd(world, 100, 30)
        tick(world)

    (_, yellow, first), (_, red, second) = [one for one in shown if one[0] == "marie"]
    assert (yellow, red) == ("JAUNE", "ROUGE")
    assert first != second


def test_the_digest_comes_once_when_the_team_arrives_and_tells_what_was_held() -> None:
    with memory_world() as world:
        world.now = NIGHT
        crowd(world, 1, 8)
        world.deliver(
            "facebook", world.comment(50, "Je vais vous attaquer en justice, mon avocat vous écrira", author="950")
        )
        world.pump_only("moderate_comments")
        tick(world)
        for _ in range(3):
            world.now += timedelta(minutes=15)
            tick(world)
        assert world.rung == []
        world.now = MORNING
        for _ in range(4):
            tick(world)
            world.now += timedelta(minutes=1)
        digests = [told for told in world.rung if "attendent une réponse" in told["subject"]]

        assert sorted(told["to"] for told in digests) == ["lea", "marie"]
        said = digests[0]["text"].replace("\u00a0", " ")
        assert "9 attendent une réponse" in digests[0]["subject"]
        assert "Appels retenus cette nuit : 2 (" in said
        assert "1 × climat tendu, revenu au calme" in said
        assert "1 × avocat ou justice" in said
        assert said.count("À répondre") == 3, "the first three"
        assert len(world.rung) == len(digests), "nothing else rings"

        world.now = MORNING + timedelta(minutes=31)
        tick(world)
        last = world.rung[len(digests) :]
        assert [told["to"] for told in last] == ["lea"], "nobody took it: it rings, and the news do not"
        assert "avocat" in last[0]["subject"]


def test_a_team_that_arrives_before_the_quiet_hours_end_reads_its_digest_when_they_do() -> None:
    with memory_world() as world:
        communities = Communities(world.stack.tables()["CommunityTable"])
        garance = communities.load("garance")
        early = garance.rota.model_copy(update={"presence": read_schedule(["mon-fri 06:30-15:00"])})
        communities.write(garance.model_copy(update={"rota": early}))
        world.now = NIGHT + timedelta(hours=3)
        world.deliver("facebook", world.comment(50, "Je vais vous attaquer en justice", author="950"))
        world.pump_only("moderate_comments")
        rung = {}
        while world.now < MORNING:
            world.now += timedelta(minutes=1)
            tick(world)
            if world.rung:
                rung.setdefault(world.now, [told["text"].replace("\u00a0", " ") for told in world.rung])
                world.rung.clear()

        eight, later, *_ = sorted(rung)
        assert eight == MORNING - timedelta(hours=1)
        assert ["Appels retenus cette nuit : 1 (1 × avocat ou justice)" in said for said in rung[eight]] == [True, True]
        assert later == eight + timedelta(minutes=30), "nobody took it"


def test_the_digest_tells_no_promise_of_ours_to_whoever_says_that_they_have_waited_for_a_month() -> None:
    with memory_world() as world:
        world.now = NIGHT
        world.deliver(
            "facebook", world.comment(1, "Vous êtes des voleurs, un mois que j'attends mon remboursement !!!!")
        )
        world.pump_only("moderate_comments")
        world.now = MORNING
        tick(world)

        told = world.rung[0]
        assert told["subject"].endswith("1 attend une réponse, sans retard")
        assert "À répondre à 13 h." in told["text"].replace("\u00a0", " ")


@pytest.mark.parametrize("answered", [False, True])
def test_the_digest_proposes_to_say_only_what_nobody_said_since(*, answered: bool) -> None:
    with memory_world() as world:
        communities = Communities(world.stack.tables()["CommunityTable"])
        garance = communities.load("garance")
        early = garance.rota.model_copy(update={"presence": read_schedule(["mon-fri 06:30-15:00"])})
        communities.write(garance.model_copy(update={"rota": early}))
        world.now = NIGHT
        world.deliver("facebook", world.comment(50, "Quels pneus pour rouler sur des pavés mouillés ?", author="950"))
        world.deliver("facebook", world.comment(60, ANGRY.format(n=60), author="960"))
        world.pump_only("moderate_comments")
        world.now = MORNING - timedelta(hours=2, minutes=30)
        tick(world)
        if answered:
            world.deliver("facebook", world.comment(51, "Des pneus larges, à 3 bars.", author=PAGE, parent=50))
            world.pump_only("moderate_comments")
        while world.now < MORNING - timedelta(minutes=55):
            world.now += timedelta(minutes=1)
            tick(world)

        told = world.rung[0]["text"]
        assert ("pavés mouillés" in told) is not answered
        assert ("Ce que vous pourriez dire" in told) is not answered


def test_a_quiet_morning_sends_nobody_anything() -> None:
    with memory_world() as world:
        world.now = MORNING
        tick(world)
        assert world.rung == []
