"""Who asks to be forgotten is forgotten, through the real doors: no word of theirs stays, every decision does."""

import gzip
import json
from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import square
from redress import contest, decision_about, handling, reviewing
from world import LINE_ACCOUNT, PAGE, Fault, World

from tribune.aws import clients, keys
from tribune.journal import CaseState
from tribune.platforms import facebook
from tribune.workflow.deed import case_id

INSULT = "@Karim t'es vraiment un abruti si tu crois ça"
THREAT = "On sait où est ton magasin, on va venir te défoncer"
COMPLAINT = "Un mois que j'attends mon remboursement, répondez-moi enfin"
CANARIES = ("abruti", "remboursement", "Une personne")


def spoke(world: World) -> None:
    world.deliver("facebook", world.comment(1, INSULT))
    world.deliver("facebook", world.comment(2, COMPLAINT))
    world.deliver("facebook", world.comment(3, "Bravo pour la nouvelle boutique", author="7002"))
    world.settle()


POSTED = {"http": {"method": "POST"}}


def asks(world: World, person: str = "7001", kind: str = "erasure", secret: str = "facebook-app-secret") -> Any:
    delivery = facebook.ask(person, secret, world.now)
    event = {
        "routeKey": f"POST /{kind}/{{platform}}",
        "pathParameters": {"platform": "facebook"},
        "headers": {"host": "api.example", **delivery.headers},
        "body": delivery.body.decode(),
        "isBase64Encoded": False,
        "requestContext": POSTED,
    }
    answer = world.invoke("receive_erasure", event)
    return answer["statusCode"], json.loads(answer["body"])


def page(world: World, code: str, language: str = "fr") -> Any:
    event = {
        "routeKey": "GET /erasure/{code}",
        "rawPath": f"/erasure/{code}",
        "headers": {"accept-language": language},
    }
    return world.invoke("show_charter", event)


def everything(world: World) -> str:
    """Every table and every queue, as text."""
    tables = [clients.dynamodb().scan(TableName=name)["Items"] for name in world.stack.tables().values()]
    return json.dumps(tables, default=str, ensure_ascii=False)


def test_nothing_that_they_wrote_is_left_and_the_decisions_are(world: World) -> None:
    spoke(world)
    assert "abruti" in everything(world)
    before = [world.head("garance", "facebook", PAGE, f"1_{n}") for n in (1, 2)]
    status, told = asks(world)
    world.settle()

    left = everything(world)
    assert status == 200
    assert [canary for canary in CANARIES[:2] if canary in left] == []
    assert "nouvelle boutique" in left, "what somebody else wrote stays"
    for number, old in zip((1, 2), before, strict=True):
        head = world.kept(number)
        assert old is not None
        assert old.verdict is not None
        assert old.verdict.salt, "it could be found in the ledger"
        assert head.verdict == replace(old.verdict, salt=""), "nobody finds it there any more"
        assert head.author is None
        assert head.author != old.author
    assert told["confirmation_code"] in told["url"]


def test_their_open_cases_close_and_no_draft_quotes_them(world: World) -> None:
    spoke(world)
    asks(world)
    world.settle()

    key = keys.case("garance", "facebook", PAGE, "1_2")
    case = world.journal.read([key]).case("garance", "facebook", PAGE, "1_2")
    assert case is not None
    assert (case.state, case.drafts, case.closed_by) == (CaseState.CLOSED, (), "erased")


@pytest.mark.parametrize("decided", ["hidden", "shown", "won"])
def test_what_was_decided_about_the_comment_itself_is_still_carried_out(world: World, decided: str) -> None:
    world.deliver("facebook", world.comment(1, THREAT))
    world.pump_only("moderate_comments")
    if decided != "hidden":
        world.settle()
        head = world.kept()
        if decided == "shown":
            handling(world).show("garance", case_id(head.at), "marie")
        else:
            contest(world, decision_about(head))
            (appeal,) = reviewing(world).waiting()
            reviewing(world).overturn(appeal.code, "lea")

    asks(world)
    world.pump_only("erase_person")
    world.settle()

    assert world.facebook.comments["1_1"].hidden is (decided == "hidden")
    head = world.kept()
    assert (head.author, head.unfinished) == (None, ())


def test_their_standing_is_forgotten(world: World) -> None:
    spoke(world)
    head = world.kept()
    assert head.author is not None
    asks(world)
    world.settle()

    known = world.journal.read([keys.author("garance", head.author), keys.lately("garance", head.author)])
    record = known.author("garance", head.author, world.now)
    assert (record.standing.strikes, record.standing.said, record.standing.first_seen) == ((), (), None)


def test_a_delivery_that_comes_late_brings_no_word_back(world: World) -> None:
    said_at = world.now
    asks(world)
    world.settle()
    world.deliver("facebook", world.comment(9, INSULT, at=said_at))
    world.settle()

    assert world.head("garance", "facebook", PAGE, "1_9") is not None
    assert "abruti" not in everything(world)


def test_the_page_confirms_in_the_readers_language_and_says_nothing_about_anybody(world: World) -> None:
    spoke(world)
    _, told = asks(world)
    code = told["confirmation_code"]
    assert page(world, code)["statusCode"] == 404, "not even received yet"
    world.settle()

    assert "ont été effacées" in page(world, code)["body"]
    assert "are gone" in page(world, code, "en")["body"]
    assert "7001" not in page(world, code)["body"]
    assert page(world, code)["headers"]["cache-control"] == "no-store"
    assert page(world, "a" * 32)["statusCode"] == 404


def test_the_same_request_is_confirmed_by_the_same_code_and_another_by_another(world: World) -> None:
    first, again, other = (asks(world, person)[1]["confirmation_code"] for person in ("7001", "7001", "7002"))

    assert first == again != other


def test_a_request_that_nobody_signed_is_refused(world: World) -> None:
    assert asks(world, secret="wrong")[0] == 401
    event: dict[str, Any] = {
        "routeKey": "POST /erasure/{platform}",
        "pathParameters": {"platform": "line"},
        "headers": {},
        "body": "",
        "requestContext": POSTED,
    }
    assert world.invoke("receive_erasure", event)["statusCode"] == 404
    event["pathParameters"] = {"platform": "facebook", "channel": "other"}
    event["body"] = "signed_request=%FF.x"
    assert world.invoke("receive_erasure", event)["statusCode"] == 404


def test_an_access_that_was_taken_away_calls_somebody_and_the_page_rests(world: World) -> None:
    asks(world, kind="deauthorise")
    world.pump()
    world.deliver("facebook", world.comment(5, INSULT, author="7005"))
    world.pump()
    world.pump()

    assert [call.reason for call in world.calls_of("garance")] == ["token_dead"]
    assert world.outbox.entries == ()
    world.settle(minutes=120, quiet_minutes=90)
    assert [entry.kind for entry in world.outbox.effects] == ["reply"], "the access was another person's after all"


@pytest.mark.parametrize("kind", ["error_after", "kill_before"])
@pytest.mark.parametrize("at_call", range(1, 14))
def test_one_fault_while_erasing_leaves_nothing_behind(world: World, at_call: int, kind: str) -> None:
    spoke(world)
    asks(world)
    world.uncounted = {"moderate_comments", "perform_action", "call_manager", "keep_watch", "receive_webhook"}
    world.calls.names.clear()
    world.calls.faults = [Fault(at_call, kind)]
    world.settle(minutes=60, quiet_minutes=20)

    assert [canary for canary in CANARIES[:2] if canary in everything(world)] == []


def test_words_are_kept_no_longer_than_the_platform_allows(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    square.join(monkeypatch, words_kept=timedelta(hours=48))
    twin = square.Square()
    world.join("square", twin, "square-secret", square.CHANNEL)
    world.apply()
    world.deliver("square", [twin.say("c1", INSULT, world.now)])  # the square sends a list
    world.deliver("facebook", world.comment(1, INSULT))
    world.settle()

    def words(name: str, account: str, object_id: str) -> str | None:
        return world.journal.words_of("garance", name, account, object_id)

    assert words("square", square.ACCOUNT, "c1") == INSULT
    world.now += timedelta(hours=49)
    assert words("square", square.ACCOUNT, "c1") is None
    assert words("facebook", PAGE, "1_1") == INSULT


def test_what_its_author_deletes_is_gone_from_cases_and_calls_too(world: World) -> None:
    spoke(world)
    world.now += timedelta(minutes=1)
    world.deliver("facebook", world.comment(2, "", verb="remove"))
    world.deliver("facebook", world.comment(1, "", verb="remove"))
    world.settle()

    assert [canary for canary in CANARIES[:2] if canary in everything(world)] == []


def test_what_was_decided_by_hand_is_found_in_the_ledger_through_no_answer_of_ours_either(world: World) -> None:
    spoke(world)
    case = case_id(("garance", "facebook", PAGE, "1_2"))
    handling(world).hide("garance", case, "marie", "respect")
    handling(world).send("garance", case, "marie", "Nous regardons cela pour vous.")
    world.settle()
    asks(world)
    world.settle()

    left = [
        item
        for item in clients.dynamodb().scan(TableName=world.stack.tables()["JournalTable"])["Items"]
        if item.get("sealed", {}).get("L")
    ]
    assert [item["pk"]["S"] for item in left] == []


def test_what_they_wrote_to_us_alone_does_not_tell_who_it_was_by_the_name_of_the_conversation(world: World) -> None:
    world.deliver("line", world.line_message(1, COMPLAINT))
    world.deliver("line", world.line_message(2, "Bonjour, vous livrez quand ?"))
    world.settle()
    before = world.head("garance", "line", LINE_ACCOUNT, "1")
    assert before is not None
    request = {
        "schema": 1, "kind": "erasure", "platform": "line", "channel": "main", "person": "Uaaa", "code": "a" * 32,
        "asked_at": world.now.isoformat(),
    }  # fmt: skip
    world.invoke("erase_person", {"Records": [{"messageId": "1", "body": json.dumps(request)}]})
    world.settle(quiet_minutes=20)

    items = clients.dynamodb().scan(TableName=world.stack.tables()["JournalTable"])["Items"]
    about = [item for item in items if item["pk"]["S"].startswith("garance#object#line#")]
    assert {item["sk"]["S"] for item in about} == {"head", "case"}
    assert before.author is not None
    assert before.author not in json.dumps(about, default=str)

    edited = world.line_message(1, "Toujours rien reçu, ma commande a un mois de retard")
    edited["events"][0] |= {"type": "messageEdited", "webhookEventId": "01EVENT-edited"}
    world.deliver("line", edited)
    world.settle()
    after = world.head("garance", "line", LINE_ACCOUNT, "1")
    assert after is not None
    assert (after.author, after.thread, after.post) == (before.author, before.thread, before.post), "they speak again"


NAME, PERSON, WORD = "Zorglub Canari", "700142", "canarimot"


def by_canary(world: World, number: int, text: str, **more: Any) -> None:
    said = world.comment(number, f"{text} {WORD}", author=PERSON, **more)
    said["entry"][0]["changes"][0]["value"]["from"]["name"] = NAME
    world.deliver("facebook", said)


def kept_of(world: World, needles: Iterable[str]) -> set[tuple[str, str, str]]:
    """(needle, pk, sk) of every item that holds one of these, packed or not."""

    def opened(value: Any) -> str:
        packed = bytes(value)
        return gzip.decompress(packed).decode() if packed[:2] == b"\x1f\x8b" else packed.hex()

    found = set()
    for table in world.stack.tables().values():
        for item in clients.dynamodb().scan(TableName=table)["Items"]:
            text = json.dumps(item, default=opened, ensure_ascii=False)
            found |= {(one, item["pk"]["S"], item["sk"]["S"]) for one in needles if one in text}
    return found


def test_whatever_was_done_about_them_no_table_and_no_later_message_holds_name_id_word_or_pseudonym(
    world: World,
) -> None:
    by_canary(world, 1, INSULT)
    by_canary(world, 2, COMPLAINT)
    by_canary(world, 3, "Bravo pour le vélo, il roule vraiment tout seul, merci !")
    by_canary(world, 4, "Vous êtes ouverts le dimanche ?", post=f"{PAGE}_2")
    by_canary(world, 5, "Je suis journaliste au Monde, qui peut me répondre ?", post=f"{PAGE}_3")
    by_canary(world, 6, "Rappelez-moi au 06 39 98 12 34", post=f"{PAGE}_4")
    by_canary(world, 7, "On sait où est ton magasin, on va venir te défoncer", post=f"{PAGE}_5")
    by_canary(world, 8, "@Karim il faut resserrer le moyeu, ça marche", parent=1)
    world.settle()
    by_canary(world, 2, f"{COMPLAINT} encore", verb="edited")
    world.deliver("facebook", world.comment(20, "Nous regardons", author=PAGE, parent=5))
    world.settle()
    handling(world).send("garance", case_id(("garance", "facebook", PAGE, "1_2")), "marie", f"{NAME}, {WORD} ? À 17 h.")
    head = world.kept(7)
    contest(world, decision_about(head), f"C'était {WORD}, signé {NAME}")
    world.settle()
    world.now += timedelta(hours=3)
    world.invoke("seal_hours", {})
    needles = (NAME.split(maxsplit=1)[0], PERSON, WORD, head.author or "")
    assert {one for one, _, _ in kept_of(world, needles)} == set(needles)

    asks(world, PERSON)
    world.settle(quiet_minutes=20)
    told = len(world.rung)
    for _ in range(7):
        world.now += timedelta(hours=24)
        for door in ("seal_hours", "keep_watch", "send_report"):
            world.invoke(door, {})
        world.settle()

    assert {(one, pk) for one, pk, _ in kept_of(world, needles)} == {(head.author, f"garance#author#{head.author}")}, (
        "only that they asked"
    )
    assert len(world.rung) > told
    assert [needle for needle in needles if needle in json.dumps(world.rung[told:], ensure_ascii=False)] == []
