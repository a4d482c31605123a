"""Threads through the real doors: what our people answer under somebody else's post is an answer."""

from datetime import timedelta

from world import World

from local.twins.graph import moment
from local.twins.threads import Known, ThreadsTwin, delivery
from tribune.aws import keys
from tribune.journal import CaseState, HeadKind

USER, MENTION, OWN = "26000000000000001", "18070000000000001", "18060000000000010"
CHANNEL = f"""
  - platform: threads
    accounts: [{{id: "{USER}", space: threads, name: Threads, username: velosgarance}}]
    verify: {{current: its-secret}}
    act: {{token: threads-token, base_url: "http://threads.test"}}
"""


def state_of_case(world: World) -> CaseState:
    at = ("garance", "threads", USER, MENTION)
    case = world.journal.read([keys.case(*at)]).case(*at)
    assert case is not None
    return case.state


def test_an_answer_of_our_people_to_a_mention_settles_it(world: World) -> None:
    twin = ThreadsTwin(world.outbox, {"threads-token": (USER,)})
    world.join("threads", twin, "its-secret", CHANNEL)
    world.apply()
    said = {
        "id": MENTION,
        "username": "amina.roux",
        "text": "@velosgarance ma commande n'est jamais arrivée, que faites-vous ?",
        "media_type": "TEXT_POST",
        "timestamp": moment(world.now),
    }
    assert world.deliver_raw("threads", delivery(USER, world.now, said, field="mentions")) == 200
    world.settle()
    assert state_of_case(world) is CaseState.OPEN

    world.now += timedelta(minutes=5)
    text = "Bonjour Amina, je regarde tout de suite. ^MC"
    twin.posts[OWN] = Known(OWN, USER, MENTION, MENTION, "velosgarance", text, world.now, ours=True)
    published = {"id": OWN, "username": "velosgarance", "media_type": "TEXT_POST", "timestamp": moment(world.now)}
    assert world.deliver_raw("threads", delivery(USER, world.now, published, field="publish")) == 200
    world.settle()

    own = world.head("garance", "threads", USER, OWN)
    assert own is not None
    assert own.kind is HeadKind.TEAM
    assert state_of_case(world) is not CaseState.OPEN, "a person answered: nobody waits there any more"
