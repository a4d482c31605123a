"""perform_action through its real door: wake-ups that are too many, too early or about nothing do no harm."""

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError
from redress import handling
from world import LINE_ACCOUNT, PAGE, Calls, Fault, Killed, World

from tribune.journal import ActionState, Changes
from tribune.workflow.deed import case_id
from tribune.workflow.perform import Performing

INSULT = "@Karim t'es vraiment un abruti si tu crois ça"
SPAM = "Grâce à Mme Lefèvre j'ai obtenu mon prêt de 20 000 € en 48 h, WhatsApp +33 6 39 98 56 78"


def wake(world: World, object_id: str = "1_1") -> object:
    body = {"schema": 1, "community": "garance", "platform": "facebook", "account": PAGE, "object": object_id}
    return world.invoke("perform_action", {"Records": [{"messageId": "m", "body": json.dumps(body)}]})


def decided(world: World) -> None:
    world.deliver("facebook", world.comment(1, INSULT))
    world.pump_only("moderate_comments")


def test_however_often_it_is_woken_it_acts_once(world: World) -> None:
    decided(world)
    for _ in range(4):
        assert wake(world) == {"batchItemFailures": []}

    assert [entry.kind for entry in world.outbox.effects] == ["reply"]


def test_woken_about_nothing_it_does_nothing(world: World) -> None:
    assert wake(world, "unknown") == {"batchItemFailures": []}
    assert world.outbox.entries == ()


def test_a_community_whose_settings_nobody_can_read_keeps_nobody_else_from_acting(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    decided(world)
    stranded = world.kept()
    world.journal.commit(Changes(heads=(replace(stranded, community="velo-club", rev=1),)), world.now)
    world.unreadable("velo-club")
    place = {"schema": 1, "platform": "facebook", "account": PAGE, "object": "1_1"}
    records = [
        {"messageId": community, "body": json.dumps({"community": community, **place})}
        for community in ("velo-club", "garance")
    ]

    answer = world.invoke("perform_action", {"Records": records})

    assert answer == {"batchItemFailures": [{"itemIdentifier": "velo-club"}]}
    assert [entry.kind for entry in world.outbox.effects] == ["reply"]
    assert "BadConfiguration" in str([vars(line) for line in caplog.records])


def test_a_reply_cites_the_clause_in_the_version_that_judged_the_words(world: World) -> None:
    decided(world)
    wake(world)

    (reply,) = world.outbox.effects
    assert "https://charte.garance.example/charter/garance/v1/fr#article-10" in (reply.text or "")
    assert "message automatique" in (reply.text or "")
    assert " je " not in f" {reply.text} ".lower()


def test_an_answer_that_got_lost_is_found_by_reading_the_thread(world: World) -> None:
    world.facebook.fail({"mode": "timeout_after", "next": 1})
    decided(world)
    wake(world)

    head = world.kept()
    (action,) = head.actions
    assert action.state is ActionState.SENT
    assert action.platform_id == world.outbox.effects[0].created


def test_a_thread_that_is_a_little_behind_is_not_answered_twice(world: World) -> None:
    world.facebook.fail({"mode": "timeout_after", "next": 1})
    world.facebook.fail({"consistency_s": 60})
    decided(world)
    wake(world)
    wake(world)
    head = world.kept()
    assert head.actions[0].state is ActionState.SENDING

    world.now += timedelta(minutes=3)
    wake(world)

    assert [entry.kind for entry in world.outbox.effects] == ["reply"]
    head = world.kept()
    assert head.actions[0].state is ActionState.SENT


def test_a_dead_token_rests_the_account_and_calls_somebody(world: World) -> None:
    world.facebook.fail({"mode": "token", "next": 1})
    decided(world)
    wake(world)

    assert [call.reason for call in world.calls_of("garance")] == ["token_dead"]
    world.settle(minutes=120, quiet_minutes=90)
    assert [entry.kind for entry in world.outbox.effects] == ["reply"]


def test_a_platform_that_never_answers_is_not_asked_for_ever(world: World) -> None:
    world.facebook.fail({"mode": "timeout_before", "next": 1000})
    world.deliver("facebook", world.comment(1, SPAM))
    world.settle(minutes=24 * 60, quiet_minutes=180)

    head = world.kept()
    assert [action.state for action in head.actions] == [ActionState.UNCERTAIN]
    assert [case.reason for case in world.journal.open_cases("garance")] == ["act_uncertain"]
    assert len(world.outbox.entries) <= 10


def test_what_has_no_words_any_more_is_not_said_and_troubles_nobody(world: World) -> None:
    decided(world)
    world.now += timedelta(minutes=2)
    world.journal.erase_words("garance", "facebook", PAGE, "1_1")
    wake(world)

    head = world.kept()
    assert [(action.state, action.why) for action in head.actions] == [(ActionState.CANCELLED, "words_gone")]
    assert world.outbox.entries == ()
    assert world.calls_of("garance") == []


def test_what_may_have_left_and_has_no_words_any_more_is_uncertain(world: World) -> None:
    decided(world)
    world.now += timedelta(minutes=2)
    world.calls = Calls(faults=[Fault("POST", "kill_after")])
    with pytest.raises(Killed):
        wake(world)
    world.journal.erase_words("garance", "facebook", PAGE, "1_1")
    world.forget()
    world.now += timedelta(minutes=10)
    wake(world)

    head = world.kept()
    assert [(action.state, action.why) for action in head.actions] == [(ActionState.UNCERTAIN, "words_gone")]
    assert [entry.kind for entry in world.outbox.effects] == ["reply"]
    assert [call.reason for call in world.calls_of("garance")] == ["uncertain"]


def test_what_moderate_wakes_takes_one_read_one_claim_one_call_and_one_mark(world: World) -> None:
    decided(world)
    wake(world, "nothing")  # the community and the access are known now
    world.calls.names.clear()
    world.pump_only("perform_action")

    made = [name.partition(" ")[0] for name in world.calls.names if not name.startswith("GetParameter")]
    assert made == ["BatchGetItem", "GetItem", "PutItem", "POST", "TransactWriteItems"], "GetItem: the community, once"


def test_a_person_who_answers_between_the_look_and_the_claim_is_not_contradicted(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    decided(world)
    claim = Performing._claim

    def interrupted(self: Performing, errand: Any, around: Any, plan: Any) -> Any:
        monkeypatch.setattr(Performing, "_claim", claim)
        world.deliver("facebook", world.comment(50, "Bonjour, je regarde ça avec vous.", author=PAGE, parent=1))
        world.pump_only("moderate_comments")
        return claim(self, errand, around, plan)

    monkeypatch.setattr(Performing, "_claim", interrupted)
    wake(world)

    head = world.kept()
    assert [(action.state, action.why) for action in head.actions] == [(ActionState.CANCELLED, "human_answered")]
    assert world.outbox.effects == ()


def test_a_wake_up_during_the_lease_changes_nothing_and_one_after_it_finds_out_what_became_of_it(world: World) -> None:
    decided(world)
    world.calls.faults.append(Fault("POST", "kill_after"))
    with pytest.raises(Killed):
        wake(world)
    world.doors.clear()
    world.now += timedelta(seconds=70)
    world.invoke("keep_watch", {})
    world.pump_only("perform_action")
    head = world.kept()
    assert [action.state for action in head.actions] == [ActionState.SENDING], "the lease runs"

    world.now += timedelta(seconds=60)
    world.invoke("keep_watch", {})
    world.pump_only("perform_action")
    head = world.kept()
    assert [action.state for action in head.actions] == [ActionState.SENT]
    assert len(world.outbox.effects) == 1


def test_a_claim_that_meets_somebody_s_transaction_is_made_again_at_once(world: World) -> None:
    """What answers in LINE has fifty seconds; a message that comes back takes three minutes."""
    met: list[str] = []

    def meets(name: str) -> None:
        if name == "PutItem":
            met.append(name)
            if len(met) == 1:
                raise ClientError({"Error": {"Code": "TransactionConflictException"}}, name)

    world.deliver("line", world.line_message(1, "Vous êtes ouverts le dimanche ?"))
    world.pump_only("moderate_comments")
    world.calls.step = meets
    world.pump_only("perform_action")

    assert len(met) == 2
    assert [entry.kind for entry in world.outbox.effects] == ["reply"]


def test_a_push_that_may_have_arrived_is_not_sent_again_once_line_forgot_its_key(world: World) -> None:
    world.deliver("line", world.line_message(1, "Ma commande 4711 n'est toujours pas arrivée, que se passe-t-il ?"))
    world.settle(minutes=4, quiet_minutes=2)
    place = ("garance", "line", LINE_ACCOUNT, "1")
    before = len(world.outbox.effects)
    world.line.fail({"mode": "502_after", "next": 1})
    handling(world).send("garance", case_id(place), "marie", "Bonjour, elle part demain.")
    world.pump_only("perform_action")
    world.line.fail({"mode": "token", "next": 100})
    for hour in range(30):
        if hour == 27:
            world.line.fail(None)
        world.now += timedelta(minutes=63)
        world.invoke("keep_watch", {})
        world.pump()

    head = world.head(*place)
    assert head is not None
    assert [action.state for action in head.actions if action.signed_by] == [ActionState.UNCERTAIN]
    assert len(world.outbox.effects) == before + 1
