"""desk: what one does not want to hear of, and what holds the machine back without anybody having paused it."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from browser import Browser, open_desk
from memory_world import memory_world
from world import PAGE, World

from tribune.aws import clients, keys
from tribune.journal import BrakeNote, Breaker, Changes, Held

CALLS = "/desk/garance/calls"
NIGHT = datetime.fromisoformat("2026-11-25T03:00:00+01:00").astimezone(UTC)
ANGRY = "Livraison nulle, service client injoignable, commande {n} jamais reçue, c'est une honte"


@pytest.fixture
def world() -> Iterator[World]:
    with memory_world() as made:
        open_desk(made)
        yield made


def signed_in(world: World, name: str) -> Browser:
    browser = Browser(world)
    assert browser.sign_in(f"{name}@garance.example").status == 200
    return browser


def threatened(world: World, number: int = 7) -> None:
    world.deliver("facebook", world.comment(number, "Mon avocat vous écrira demain matin", author=f"70{number}"))
    world.pump_only("moderate_comments")


def test_a_call_that_nobody_can_read_stands_in_nobody_s_way_and_is_refused_with_a_sentence(world: World) -> None:
    threatened(world, 7)
    marie = signed_in(world, "marie")
    (unreadable,) = marie.json(CALLS)["calls"]
    page = marie.get(CALLS)
    clients.dynamodb().update_item(
        TableName=world.stack.tables()["JournalTable"],
        Key={name: {"S": value} for name, value in keys.call("garance", unreadable["id"]).items()},
        UpdateExpression="SET created_at = :x",
        ExpressionAttributeValues={":x": {"S": "hier"}},
    )
    threatened(world, 8)

    (call,) = marie.json(CALLS)["calls"]
    assert call["id"] != unreadable["id"]
    refused = marie.send(f"{CALLS}/{unreadable['id']}/take", page)
    assert refused.status == 503
    assert "<html" in refused.body


def test_a_call_that_was_muted_rings_nobody_until_then_and_is_heard_of_again_by_a_tap(world: World) -> None:
    threatened(world)
    marie = signed_in(world, "marie")
    (call,) = marie.json(CALLS)["calls"]
    page = marie.get(CALLS)
    assert call["mutes"] == ["call", "reason", "space"]
    assert call["muted"] == ""

    muted = marie.send(f"{CALLS}/{call['id']}/mute", page, of="space", lasting="4h")
    assert muted.headers["location"] == f"{CALLS}?done=muted"
    world.pump_only("call_manager")
    assert world.rung == []
    assert world.journal.ringing("garance").muted == {"space#facebook": world.now + timedelta(hours=4)}
    seen = marie.json(CALLS)
    assert seen["calls"][0]["muted"]
    assert seen["calls"][0]["mutes"] == ["call", "reason"]
    assert [one["scope"] for one in seen["muted"]] == ["space#facebook"]
    assert "sourdine" in marie.get(CALLS).body

    assert marie.send("/desk/garance/unmute", page, scope="space#facebook").status == 303
    assert world.journal.ringing("garance").muted == {}
    assert marie.send("/desk/garance/unmute", page, scope="rev").status == 303, (
        "nothing is taken from the book but mutes"
    )
    world.pump_only("call_manager")
    assert [told["to"] for told in world.rung] == ["marie", "lea"], "what waited only for the end of it rings at once"


def test_what_is_heard_of_again_stays_as_silent_as_whatever_else_is_muted_asks_for(world: World) -> None:
    threatened(world)
    marie = signed_in(world, "marie")
    (call,) = marie.json(CALLS)["calls"]
    page = marie.get(CALLS)
    for of, lasting in (("reason", "1h"), ("space", "4h")):
        marie.send(f"{CALLS}/{call['id']}/mute", page, of=of, lasting=lasting)
    world.pump_only("call_manager")
    marie.send("/desk/garance/unmute", page, scope="space#facebook")
    world.pump_only("call_manager")
    assert world.rung == []

    world.now += timedelta(hours=1, minutes=1)
    world.invoke("keep_watch", {})
    world.pump_only("call_manager")
    assert [told["to"] for told in world.rung] == ["marie", "lea"]


def test_whoever_only_reads_mutes_nothing_and_nobody_mutes_what_is_not_there(world: World) -> None:
    threatened(world)
    sam, marie = signed_in(world, "sam"), signed_in(world, "marie")
    (call,) = sam.json(CALLS)["calls"]

    assert "/mute" not in sam.get(CALLS).body
    assert sam.send(f"{CALLS}/{call['id']}/mute", sam.get(CALLS), of="call").status == 403
    assert marie.send(f"{CALLS}/none/mute", marie.get(CALLS), of="call").status == 404
    assert marie.send(f"{CALLS}/{call['id']}/mute", marie.get(CALLS), of="all").status == 400
    assert world.journal.ringing("garance").muted == {}


def test_the_climate_is_told_for_each_space_with_its_figures_and_what_it_stops(world: World) -> None:
    world.now = NIGHT
    for number in range(100, 130):
        world.deliver("facebook", world.comment(number, ANGRY.format(n=number), author=f"8{number}"))
    world.pump_only("moderate_comments")
    world.invoke("keep_watch", {})
    marie = signed_in(world, "marie")
    first, *others = marie.json(CALLS)["climate"]

    assert (first["name"], first["level"]) == ("Page", "orange")
    assert first["line"].startswith("Orange depuis")
    assert first["why"].startswith("30 commentaires en un quart d'heure")
    assert "aucune réponse automatique" in first["stops"]
    assert {one["level"] for one in others} == {"green"}
    assert "Vert, calme\u00a0: " in marie.get(CALLS).body


def braked(world: World) -> None:
    held = Held("respect", 1, 1, world.now, "share")
    world.journal.commit(Changes(brakes=(BrakeNote("garance", 0, (held,)),)), world.now)


def test_the_brake_is_released_by_whoever_directs_once_in_their_name(world: World) -> None:
    braked(world)
    marie, lea = signed_in(world, "marie"), signed_in(world, "lea")
    (stop,) = marie.json(CALLS)["stops"]
    page = lea.get(CALLS)

    assert stop["clause"] == "respect"
    assert "trop de monde" in stop["why"]
    assert "Votre responsable" in marie.get(CALLS).body
    assert marie.send("/desk/garance/release", marie.get(CALLS), clause="respect").status == 403
    assert lea.send("/desk/garance/release", page, clause="menace").status == 422
    assert lea.send("/desk/garance/release", page, clause="respect").headers["location"] == f"{CALLS}?done=released"
    brakes = world.journal.read([keys.brakes("garance")]).brakes("garance")
    assert (brakes.held, brakes.released) == ({}, {"respect": 1})
    assert brakes.released_by == {"respect": ("lea", world.now)}
    again = lea.send("/desk/garance/release", page, clause="respect")
    assert (again.status, "Léa" in again.body) == (409, True)
    seen = marie.json(CALLS)
    assert seen["stops"] == []
    assert "Léa Roy l'a laissé agir de nouveau" in seen["released"][0]


def test_an_account_that_its_platform_keeps_waiting_says_why_and_until_when(world: World) -> None:
    at = ("garance", "facebook", PAGE)
    world.journal.keep_breaker(Breaker(*at, rev=1, open_until=world.now + timedelta(hours=1), reason="token_dead"))

    (sentence,) = signed_in(world, "marie").json(CALLS)["resting"]
    assert sentence.startswith("Page se repose jusqu'à")
    assert "refuse notre accès" in sentence
