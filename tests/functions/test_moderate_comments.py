"""moderate_comments through its real door: a batch, its failures, what it counts and what it never says."""

import json
import re
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

import pytest
from world import PAGE, Fault, World

from tribune.aws import keys
from tribune.aws.communities import Communities
from tribune.channel import Item
from tribune.charter import Circumstances, Findings, Reader
from tribune.comment import Said
from tribune.platforms import facebook

CANARY = "Bernadette Lemoine-Durandel"


def record(identity: str, body: dict[str, Any] | str) -> dict[str, str]:
    return {"messageId": identity, "body": body if isinstance(body, str) else json.dumps(body)}


def envelope(world: World, number: int, text: str, **more: Any) -> dict[str, Any]:
    """An inbox message about one comment."""
    entry = world.comment(number, text)["entry"][0]
    return {
        "schema": 1,
        "platform": "facebook",
        "channel": "main",
        "account": PAGE,
        "community": "garance",
        "space": "facebook",
        "received_at": world.now.isoformat(),
        "payload": {"entry": {"id": PAGE, "time": entry["time"]}, "change": entry["changes"][0]},
    } | more


def everything_logged(caplog: pytest.LogCaptureFixture) -> str:
    """Each log line with all of its fields, whatever stream the logger was born with."""
    return "\n".join(str(vars(line)) for line in caplog.records)


def test_one_that_cannot_be_read_fails_alone(world: World) -> None:
    broken = envelope(world, 2, "…")
    del broken["payload"]["change"]["value"]["comment_id"]
    batch = [
        record("a", envelope(world, 1, "Bonjour")),
        record("b", broken),
        record("c", "not JSON"),
        record("d", "{}"),
    ]

    answer = world.invoke("moderate_comments", {"Records": batch})

    assert answer == {"batchItemFailures": [{"itemIdentifier": name} for name in ("b", "c", "d")]}
    assert world.counters() == {"comment.1": 1}


def test_one_that_breaks_us_fails_alone_and_the_engineer_reads_what_broke(
    world: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    read = Reader.read

    def brittle(self: Reader, text: str, circumstances: Circumstances) -> Findings:
        if text == "le mot qui nous casse":
            raise ZeroDivisionError
        return read(self, text, circumstances)

    monkeypatch.setattr(Reader, "read", brittle)
    batch = [record(str(n), envelope(world, n, f"Bonjour {n}")) for n in range(9)]
    batch.insert(4, record("poison", envelope(world, 99, "le mot qui nous casse")))

    answer = world.invoke("moderate_comments", {"Records": batch})

    assert answer == {"batchItemFailures": [{"itemIdentifier": "poison"}]}
    assert world.counters() == {"comment.1": 9}
    logged = everything_logged(caplog)
    assert "ZeroDivisionError" in logged
    assert "casse" not in logged


def test_an_item_of_a_community_that_is_gone_waits_for_the_engineer(world: World) -> None:
    answer = world.invoke("moderate_comments", {"Records": [record("a", envelope(world, 1, "x", community="gone"))]})

    assert answer == {"batchItemFailures": [{"itemIdentifier": "a"}]}


def test_a_community_whose_settings_nobody_can_read_fails_alone(world: World, caplog: pytest.LogCaptureFixture) -> None:
    world.unreadable("velo-club")
    batch = [record("a", envelope(world, 1, "x", community="velo-club")), record("b", envelope(world, 2, "Bonjour"))]

    assert world.invoke("moderate_comments", {"Records": batch}) == {"batchItemFailures": [{"itemIdentifier": "a"}]}
    assert world.counters() == {"comment.1": 1}
    assert "BadConfiguration" in everything_logged(caplog)


def test_one_that_breaks_who_reads_it_fails_alone(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    read = facebook.read

    def brittle(item: Item) -> Iterable[Said]:
        if "casse" in str(item.payload):
            raise ZeroDivisionError
        return read(item)

    monkeypatch.setattr(facebook, "read", brittle)
    batch = [record("poison", envelope(world, 1, "le mot qui nous casse")), record("b", envelope(world, 2, "Bonjour"))]

    answer = world.invoke("moderate_comments", {"Records": batch})

    assert answer == {"batchItemFailures": [{"itemIdentifier": "poison"}]}
    assert world.counters() == {"comment.1": 1}


def test_versions_of_one_comment_in_one_batch_are_taken_in_their_order(world: World) -> None:
    first = envelope(world, 1, "@Karim t'es vraiment un abruti")
    value = world.comment(1, "@Karim je ne suis pas d'accord", verb="edited")["entry"][0]
    later = {"entry": {"id": PAGE, "time": value["time"] + 60}, "change": value["changes"][0]}
    edited = first | {"payload": later}

    world.invoke("moderate_comments", {"Records": [record("b", edited), record("a", first), record("a2", first)]})
    world.settle()

    head = world.kept()
    assert head.verdict is not None
    assert head.verdict.clause is None
    assert [entry.kind for entry in world.outbox.effects] == []


def test_fifty_comments_fit_in_a_batch_whatever_they_open(world: World) -> None:
    batch = [
        record(str(n), envelope(world, n, f"Vous êtes des voleurs, remboursez la commande {n} !!")) for n in range(50)
    ]

    assert world.invoke("moderate_comments", {"Records": batch}) == {"batchItemFailures": []}
    assert world.counters() == {"comment.1": 50}


def test_it_counts_what_it_decided_and_prints_nobodys_words_or_name(
    world: World, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    spoken = envelope(world, 1, f"@Karim t'es vraiment un abruti, signé {CANARY}, 06 39 98 12 34")
    spoken["payload"]["change"]["value"]["from"]["name"] = CANARY

    world.invoke("moderate_comments", {"Records": [record("a", spoken)]})
    world.settle()

    printed = capsys.readouterr().out + everything_logged(caplog)
    assert '"CommentsDecided":1' in printed
    assert "performed" in printed
    for private in (CANARY, "abruti", "06 39 98 12 34", "page-token", "facebook-app-secret"):
        assert private not in printed
    assert not re.search(r"(?<!\d)7001(?!\d)", printed), "the fractions of a clock hold any four digits"


def test_whoever_speaks_for_the_first_time_is_new_however_often_their_words_are_taken_up(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    load = Communities.load
    year = timedelta(days=365)
    monkeypatch.setattr(Communities, "load", lambda *asked: load(*asked).model_copy(update={"since": world.now - year}))
    world.calls.faults.append(Fault("TransactWriteItems", "error_before"))
    for number in (1, 2):
        world.deliver("facebook", world.comment(number, f"Hier {number}e tour du lac avec les enfants"))
        world.pump_only("moderate_comments")
        world.now += timedelta(minutes=10)
        world.pump_only("moderate_comments")

    heads = [world.head("garance", "facebook", PAGE, f"1_{number}") for number in (1, 2)]
    assert [head.verdict.reason for head in heads if head and head.verdict] == ["newcomer", "nothing"]


def test_a_third_time_the_same_words_are_seen_whichever_item_remembers_them(world: World) -> None:
    for number in (1, 2, 3):
        world.deliver("facebook", world.comment(number, "On roule ensemble dimanche autour du lac"))
        world.pump_only("moderate_comments")

    author = world.kept(3)
    assert author.author is not None
    known = world.journal.read([keys.lately("garance", author.author), keys.author("garance", author.author)])
    standing = known.author("garance", author.author, world.now).standing
    assert len({said.object for said in standing.said}) == 3
    assert standing.repetitions(standing.said[0].words, "1_3", world.now) == 2


def test_one_whose_words_no_store_can_hold_fails_alone(world: World, caplog: pytest.LogCaptureFixture) -> None:
    batch = [record(str(n), envelope(world, n, f"Bonjour {n}")) for n in range(9)]
    batch.insert(4, record("poison", envelope(world, 99, "casse " * 75_000)))

    answer = world.invoke("moderate_comments", {"Records": batch})

    assert answer == {"batchItemFailures": [{"itemIdentifier": "poison"}]}
    assert world.counters() == {"comment.1": 9}
    assert "Unwritable" in everything_logged(caplog)
