"""seal_hours: an hour is counted to the last detail, once, whatever came twice, late, edited or deleted."""

import gzip
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from memory_world import memory_world
from redress import contest, decision_about, handling, reviewing
from world import FAULTS, LINE_ACCOUNT, PAGE, THROTTLED, Fault, Killed, World

from tribune.aws import clients
from tribune.aws.sealed import Sealed
from tribune.conversation import Threads
from tribune.errors import TribuneError
from tribune.figures import Figures
from tribune.thanks import Members
from tribune.workflow.deed import case_id

HOUR = timedelta(hours=1)
SPACE = "page"


@pytest.fixture(name="world")
def in_memory() -> Iterator[World]:
    with memory_world() as world:
        yield world


def sealed(world: World) -> Sealed:
    return Sealed(clients.dynamodb(), world.stack.tables()["CounterTable"])


def later(world: World, hours: float = 1.5) -> None:
    """Time passes, and the schedule comes."""
    world.settle(minutes=20)
    world.now += timedelta(hours=hours)
    world.invoke("seal_hours", {})


def days(world: World, space: str = SPACE) -> dict[date, Figures]:
    return sealed(world).days("garance", space, date(2020, 1, 1), date(2030, 1, 1))


def total(world: World, space: str = SPACE) -> Figures:
    return sum(days(world, space).values(), Figures())


def space_of(world: World) -> str:
    head = world.kept()
    return head.space


def test_an_hour_adds_up_to_the_live_counters(world: World) -> None:
    for number in range(1, 8):
        world.deliver("facebook", world.comment(number, f"Très beau vélo numéro {number}", author=f"{number % 3}"))
    world.deliver("facebook", world.comment(3, "Très beau vélo numéro 3", author="0"))
    later(world)
    figures = total(world, space_of(world))

    live = world.counters()
    assert {f"{kind}.{level}": n for (kind, level), n in figures.by_kind_and_level().items()} == live
    assert (figures.counts.total(), figures.size(), figures.points.total()) == (7, 3, 21)


def test_what_is_edited_or_deleted_a_week_later_is_counted_again(world: World) -> None:
    for number in (1, 2, 3):
        world.deliver("facebook", world.comment(number, "Très beau vélo", author=f"{number}"))
    later(world)
    space, day = space_of(world), world.now.date()
    assert total(world, space).counts.total() == 3

    world.now += timedelta(days=7)
    world.deliver("facebook", world.comment(2, "", verb="remove", author="2"))
    later(world)

    again = days(world, space)
    assert (list(again), again[day].counts.total(), again[day].size()) == ([day], 2, 2)


def test_an_hour_that_is_not_over_waits(world: World) -> None:
    world.deliver("facebook", world.comment(1, "Très beau vélo"))
    later(world, hours=0)

    assert days(world, space_of(world)) == {}


def test_whoever_is_forgotten_leaves_the_crowd_and_the_figures_stay(world: World) -> None:
    world.deliver("facebook", world.comment(1, "Très beau vélo", author="7001"))
    later(world)
    space = space_of(world)
    assert (total(world, space).size(), len(total(world, space).members.of)) == (1, 1)

    request = {
        "schema": 1, "kind": "erasure", "platform": "facebook", "channel": "main", "person": "7001", "code": "a" * 32,
        "asked_at": world.now.isoformat(),
    }  # fmt: skip
    world.invoke("erase_person", {"Records": [{"messageId": "1", "body": json.dumps(request)}]})
    later(world)

    assert (total(world, space).counts.total(), total(world, space).size()) == (1, 0)
    assert total(world, space).members.of == {}


INSULT = "@Karim t'es vraiment un abruti si tu crois ça"


def marks_of(world: World, clause: str = "respect") -> set[str]:
    """What the figures say was done under a clause to the one comment there is."""
    of_space = total(world, space_of(world)).clauses
    assert set(of_space.values()) <= {1}
    return {what for (name, what), n in of_space.items() if name == clause and n}


def test_taking_back_our_own_reminder_deletes_nobodys_comment(world: World) -> None:
    world.deliver("facebook", world.comment(1, INSULT))
    world.settle(minutes=20)
    world.deliver("facebook", world.comment(1, "On sait où est ton magasin, on va venir te défoncer", verb="edited"))
    world.settle(minutes=20)
    contest(world, decision_about(world.kept()))
    reviewing(world).overturn(reviewing(world).waiting()[0].code, "lea")
    later(world)

    assert {entry.kind for entry in world.outbox.effects} == {"reply", "hide", "delete", "unhide"}
    (clause,) = {name for name, _ in total(world, space_of(world)).clauses}
    assert marks_of(world, clause) >= {"reminded", "hidden", "shown"}
    assert "deleted" not in marks_of(world, clause)


def test_an_appeal_that_is_won_weeks_later_is_told_of_the_hour_of_the_comment(world: World) -> None:
    world.deliver("facebook", world.comment(1, "On sait où est ton magasin, on va venir te défoncer"))
    later(world, 24 * 20)
    contest(world, decision_about(world.kept()))
    reviewing(world).overturn(reviewing(world).waiting()[0].code, "lea")
    later(world)

    (clause,) = {name for name, _ in total(world, space_of(world)).clauses}
    assert marks_of(world, clause) >= {"hidden", "shown", "reversed"}


def test_what_a_person_decides_at_the_desk_weeks_later_is_told_of_the_hour_of_the_comment(world: World) -> None:
    world.deliver("facebook", world.comment(1, "Un mois que j'attends mon remboursement, répondez-moi enfin"))
    later(world, 24 * 20)
    case = case_id(("garance", "facebook", PAGE, "1_1"))
    handling(world).send("garance", case, "marie", "Pardon, c'est remboursé ce matin.")
    later(world)

    assert total(world, space_of(world)).answered == 1


def test_what_the_team_hid_or_showed_on_the_platform_itself_is_told_like_what_it_did_here(world: World) -> None:
    world.deliver("facebook", world.comment(1, INSULT))
    world.settle(minutes=20)
    world.deliver("facebook", world.comment(1, INSULT, verb="hide"))
    later(world)
    assert marks_of(world) >= {"reminded", "hidden", "by_person"}

    world.now += 25 * HOUR
    world.invoke("seal_hours", {})
    world.deliver("facebook", world.comment(1, INSULT, verb="unhide"))
    later(world, 24 * 8)
    assert marks_of(world).isdisjoint({"hidden", "by_person", "shown"})


def test_what_the_machine_hid_and_the_team_showed_on_the_platform_itself_is_visible_again(world: World) -> None:
    world.deliver("facebook", world.comment(1, "Rappelez-moi au 06 39 98 12 34"))
    world.settle(minutes=20)
    world.deliver("facebook", world.comment(1, "Rappelez-moi au 06 39 98 12 34", verb="unhide"))
    later(world)

    (clause,) = {name for name, _ in total(world, space_of(world)).clauses}
    assert marks_of(world, clause) >= {"hidden", "shown"}
    assert "by_person" not in marks_of(world, clause)


def test_who_wrote_to_us_alone_is_named_in_no_figure_that_stays(world: World) -> None:
    world.deliver("line", world.line_message(1, "Bonjour, vous livrez quand ?"))
    later(world)
    head = world.head("garance", "line", LINE_ACCOUNT, "1")
    assert head is not None
    assert head.author is not None

    assert total(world, head.space).counts.total() == 1
    for item in _items(clients.dynamodb(), world.stack.tables()["CounterTable"]):
        if "ttl" not in item:
            packed = [
                item.get("figures", {}).get("B"),
                *(one["B"] for one in item.get("days", {}).get("M", {}).values()),
            ]
            assert all(head.author.encode() not in gzip.decompress(bytes(one)) for one in packed if one)


@pytest.mark.parametrize("kind", [*FAULTS, THROTTLED])
def test_whatever_fails_at_whatever_call_the_figures_are_the_same(world: World, kind: str) -> None:
    for number in range(1, 5):
        world.deliver("facebook", world.comment(number, "Très beau vélo", author=f"{number}"))
    world.settle(minutes=20)
    world.now += 2 * HOUR
    at_call = 0
    while True:
        at_call += 1
        world.calls.names, world.calls.faults = [], [fault := Fault(at_call, kind)]
        world.calls.another = lambda: world.load("seal_hours").handler({}, object())
        _again(world)
        struck = fault.done
        world.calls.faults = []
        world.invoke("seal_hours", {})
        figures = total(world, space_of(world))
        assert (figures.counts.total(), figures.size()) == (4, 4)
        if not struck:
            break
        _forget_what_was_sealed(world)
    assert at_call > 5


def _again(world: World) -> None:
    try:
        world.invoke("seal_hours", {})
    except (TribuneError, Killed):
        world.doors.pop("seal_hours", None)


def _forget_what_was_sealed(world: World) -> None:
    table = world.stack.tables()["CounterTable"]
    client: Any = clients.dynamodb()
    for item in client.scan(TableName=table)["Items"]:
        if "touched" not in item["pk"]["S"] and not item["sk"]["S"].startswith("hour#20"):
            client.delete_item(TableName=table, Key={"pk": item["pk"], "sk": item["sk"]})


def test_an_hour_tells_what_became_of_criticism_and_of_what_we_asked(world: World) -> None:
    world.deliver("facebook", world.comment(1, "Livraison nulle, votre service est lamentable", author="7001"))
    world.deliver("facebook", world.comment(2, "Service lamentable, je suis très déçue", author="7002"))
    world.deliver("facebook", world.comment(3, "Merci, superbe vélo, bravo !", author="7003"))
    world.settle(minutes=5)
    world.deliver("facebook", world.comment(4, "Et vous, vous roulez en ville ?", author=PAGE, parent=3))
    world.deliver("facebook", world.comment(2, "Service lamentable, je suis très déçue", author="7002", verb="hide"))
    world.settle(minutes=5)
    world.deliver("facebook", world.comment(5, "Oui, tous les jours", author="7003", parent=4))
    later(world)

    found = total(world, space_of(world))

    assert (found.talk["negative"], found.talk["positive"]) == (2, 1)
    assert (found.talk["criticism"], found.talk["criticism_kept"]) == (2, 1)
    (asked,) = [one for one in found.threads.of.values() if one.asked]
    assert (asked.members, asked.ours, asked.heard > asked.asked) == (2, 1, True)


def test_what_an_earlier_version_sealed_can_still_be_read(world: World) -> None:
    world.deliver("facebook", world.comment(1, "Très beau vélo"))
    later(world)
    space, client, table = space_of(world), clients.dynamodb(), world.stack.tables()["CounterTable"]
    before = total(world, space)
    for item in _items(client, table):
        kept: Any = item.get("figures", {}).get("B")
        if kept is not None:
            told = json.loads(gzip.decompress(bytes(kept)))
            earlier = {name: told[name] for name in ("counts", "clock", "posted", "clauses", "talk", "said", "answers")}
            item["figures"] = {"B": gzip.compress(json.dumps(earlier).encode())}
        item.pop("persons", None)
        client.put_item(TableName=table, Item=item)

    after = total(world, space)

    assert before.first and before.members.of and before.threads.of  # noqa: PT018  all three
    assert after == replace(before, threads=Threads(), first={}, members=Members())


def _items(client: Any, table: str) -> list[dict[str, Any]]:
    return list(client.scan(TableName=table)["Items"])


def test_a_days_figures_are_those_of_the_communitys_zone(world: World) -> None:
    """23:30 in Paris is still the day before in UTC's evening, and half past midnight the next day."""
    world.now = datetime(2026, 11, 24, 22, 30, tzinfo=UTC)
    world.deliver("facebook", world.comment(1, "Très beau vélo"))
    world.settle(minutes=20)
    world.now = datetime(2026, 11, 24, 23, 30, tzinfo=UTC)
    world.deliver("facebook", world.comment(2, "Très beau vélo aussi", author="7002"))
    later(world)

    found = days(world, space_of(world))
    assert {day.day: dict(one.clock) for day, one in found.items()} == {24: {("23", 1): 1}, 25: {("00", 1): 1}}
