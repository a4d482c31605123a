"""One crowd, one incident: figures, floods and echoes in one call that is updated, whichever comes first."""

from datetime import timedelta

import pytest
from duty_room import Messages
from memory_world import memory_world
from world import PAGE, World

from tribune.aws import keys
from tribune.aws.communities import Communities
from tribune.budgets import PER_POST_AND_HOUR
from tribune.community import Post
from tribune.journal import Call, CallState
from tribune.operation import Operation
from tribune.platforms import platform
from tribune.workflow.call import take
from tribune.workflow.cases import Handling

QUESTION = "Vous êtes ouverts le dimanche ?"
COMPLAINT = (
    "Livraison nulle, service client injoignable, mon vélo commandé jamais reçu depuis {n} semaines, {word}",
    "{word}, service client injoignable et livraison nulle : mon vélo commandé depuis {n} semaines jamais reçu",
    "Depuis {n} semaines mon vélo commandé jamais reçu, livraison nulle, service client toujours injoignable, {word}",
)
WORDS = ("quelle honte", "une honte", "c'est honteux", "scandaleux")
ORDINARY = "Le tour du lac en {n} km, livraison de la selle nulle part ailleurs aussi soignée, numéro {n}"
ANGRY = "Commande {n} jamais arrivée, c'est une honte"


def say(world: World, first: int, texts: list[str], *, author: str = "", post: str = f"{PAGE}_1") -> None:
    for number, text in enumerate(texts, first):
        said = world.comment(number, text, author=author or f"6{number}", post=post)
        world.deliver("facebook", said)
    world.pump_only("moderate_comments")


def tick(world: World) -> None:
    world.now += timedelta(minutes=1)
    world.invoke("keep_watch", {})
    world.pump_only("call_manager")


def incidents(world: World) -> list[Call]:
    return [call for call in world.calls_of("garance") if call.reason.startswith(("climate", "flood", "echo"))]


def reworded(n: int) -> list[str]:
    return [COMPLAINT[i % 3].format(n=i + 2, word=WORDS[i % 4]) for i in range(n)]


def told(world: World) -> list[str]:
    return [ring["subject"].split()[0] for ring in world.rung if ring["to"] == "marie"]


def test_twelve_who_say_nearly_the_same_are_one_alert_with_their_words_and_no_sanction() -> None:
    with memory_world() as world:
        say(world, 1, ["06 39 98 12 34 rappelez " + text for text in reworded(12)])
        before = [world.head("garance", "facebook", PAGE, f"1_{n}") for n in range(1, 13)]
        tick(world)
        tick(world)
        (call,) = incidents(world)
        (ring,) = [one for one in world.rung if one["to"] == "marie"]

        assert (call.reason, dict(call.beside)) == ("climate_yellow", {"echo": {"voices": "12"}})
        assert call.objects[:1] == ("1_1",)
        assert len(call.objects) == 12
        assert "12 comptes différents" in ring["text"]
        assert ring["text"].count("•••") == 3, "three of them quoted, masked"
        assert "06 39 98" not in ring["text"]
        assert [world.head("garance", "facebook", PAGE, f"1_{n}") for n in range(1, 13)] == before, "nobody is touched"


def test_an_echo_alone_makes_a_page_yellow_and_says_so() -> None:
    with memory_world() as world:
        say(world, 1, [ORDINARY.format(n=n) for n in range(40, 49)])
        say(world, 101, reworded(5))
        tick(world)
        (call,) = incidents(world)

        assert (call.reason, call.figures["voices"], dict(call.beside)) == ("echo", "5", {})
        assert world.rung[0]["subject"].startswith("5 personnes écrivent presque la même chose")


def test_one_author_a_contest_a_song_and_a_hashtag_are_no_echo() -> None:
    song = "Sous le pont Mirabeau coule la Seine et nos amours, faut-il qu'il m'en souvienne, la joie venait toujours"
    tagged = "#RoulezGarance mon plus beau souvenir de vélo, merci à toute l'équipe pour cette belle journée en forêt"
    with memory_world() as world:
        communities = Communities(world.stack.tables()["CommunityTable"])
        contest = Post(platform="facebook", account=PAGE, id=f"{PAGE}_9", mechanic="contest", solicits=2)
        garance = communities.load("garance")
        usual = garance.climate.model_copy(update={"unknown": 1000.0})
        communities.write(garance.model_copy(update={"posts": (contest,), "climate": usual}))
        say(world, 1, ["moi !"] * 200, post=f"{PAGE}_9")
        say(world, 301, [song] * 12)
        say(world, 401, [tagged] * 12)
        say(world, 501, reworded(10), author="777")
        tick(world)

        assert [call.reason for call in incidents(world) if "echo" in (call.reason, *call.beside)] == []


def test_what_belongs_to_an_operation_is_no_echo_and_beside_it_the_same_words_are() -> None:
    campaign = Operation.model_validate(
        {
            "id": "rattrapage",
            "kind": "campaign",
            "name": {"fr": "Racontez vos retards"},
            "start": "2026-11-01",
            "end": "2026-12-31",
            "hashtags": ["#RetardGarance"],
        }
    )
    with memory_world() as world:
        communities = Communities(world.stack.tables()["CommunityTable"])
        garance = communities.load("garance")
        usual = garance.climate.model_copy(update={"unknown": 1000.0})
        communities.write(garance.model_copy(update={"operations": (campaign,), "climate": usual}))
        say(world, 1, [f"{text} #RetardGarance" for text in reworded(8)])
        tick(world)
        asked = [call for call in incidents(world) if "echo" in (call.reason, *call.beside)]
        say(world, 101, reworded(8))
        tick(world)
        (call,) = incidents(world)

        assert asked == []
        assert dict(call.beside) == {"echo": {"voices": "8"}}


def test_a_flood_before_the_storm_is_one_call_that_rings_again_when_it_is_worse() -> None:
    with memory_world() as world:
        say(world, 1, [QUESTION] * (PER_POST_AND_HOUR + 1))
        tick(world)
        (flood,) = incidents(world)
        assert (flood.reason, flood.state) == ("flood_post", CallState.CLOSED), "news: nobody has to take it"

        say(world, 101, [ANGRY.format(n=n) for n in range(60)])
        tick(world)
        (call,) = incidents(world)

        assert (call.id, call.reason, set(call.beside)) == (flood.id, "climate_red", {"flood_post"})
        assert told(world) == ["Une", "ROUGE"]
        assert f"répondu {PER_POST_AND_HOUR} fois" in world.rung[-1]["text"]


def test_a_flood_in_a_storm_joins_its_call_without_ringing_and_danger_keeps_its_own() -> None:
    with memory_world() as world:
        say(world, 1, [ORDINARY.format(n=n) for n in range(30, 70)])
        tick(world)
        (storm,) = incidents(world)
        take(world.journal, "garance", storm.id, "marie", world.now)
        say(world, 101, [QUESTION] * (PER_POST_AND_HOUR + 1))
        say(world, 201, ["On sait où est ton magasin, on va venir te défoncer"])
        tick(world)
        (call,) = incidents(world)

        assert (call.reason, set(call.beside), call.state) == ("climate_yellow", {"flood_post"}, CallState.TAKEN)
        assert told(world) == ["JAUNE", "Menace"]


def test_what_was_only_yellow_ends_without_news() -> None:
    with memory_world() as world:
        say(world, 1, [ORDINARY.format(n=n) for n in range(30, 70)])
        tick(world)
        for _ in range(4):
            world.now += timedelta(minutes=15)
            tick(world)
        (call,) = incidents(world)

        assert (call.state, [one for one in told(world) if one == "VERT"]) == (CallState.CLOSED, [])


def test_a_climate_that_was_told_in_a_summary_is_not_said_to_have_gone_unheard() -> None:
    with memory_world() as world:
        communities = Communities(world.stack.tables()["CommunityTable"])
        garance = communities.load("garance")
        few = garance.rota.model_copy(update={"most_calls": 1})
        communities.write(garance.model_copy(update={"rota": few}))
        say(world, 1, ["Mon avocat vous écrira demain matin"])
        tick(world)
        say(world, 101, [ANGRY.format(n=n) for n in range(100, 130)])
        tick(world)
        (call,) = incidents(world)
        assert (call.reason, call.state) == ("climate_orange", CallState.FOLDED)

        for _ in range(4):
            world.now += timedelta(minutes=15)
            tick(world)
        told_of = {call.reason: call.state for call in incidents(world)}
        assert told_of["climate_orange"] is CallState.CLOSED
        assert "climate_green" in told_of, "the summary told of it: that replies go out again is news"


@pytest.mark.parametrize("by", ["answering on the platform", "closing the case"])
def test_what_a_person_settled_without_taking_the_call_rings_nobody_else(by: str) -> None:
    with memory_world() as world:
        say(world, 1, ["Mon avocat vous écrira demain matin"], author="950")
        tick(world)
        assert [ring["to"] for ring in world.rung] == ["marie", "lea"]
        world.now += timedelta(minutes=10)
        if by == "closing the case":
            handling = Handling(world.journal, keys, Messages(), lambda: world.now, platform, lambda _c, _v: None)
            handling.close("garance", ("garance", "facebook", PAGE, "1_1"), "marie")
        else:
            world.deliver("facebook", world.comment(50, "Écrivez-moi en privé, je regarde.", author=PAGE, parent=1))
            world.pump_only("moderate_comments")
        for _ in range(60):
            tick(world)

        assert len(world.rung) == 2
        (call,) = [call for call in world.calls_of("garance") if call.reason == "legal"]
        assert call.state is CallState.CLOSED
