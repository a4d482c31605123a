"""When the machine keeps silent, for how long, and what is written down about it."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from types import ModuleType
from typing import Any

import pytest
from memory_world import memory_world
from publishing import in_force
from world import BLOG, PAGE, Context, Fault, World

from tribune.aws import clients, keys
from tribune.aws.queues import Queue
from tribune.budgets import PER_POST_AND_HOUR, PER_THREAD
from tribune.channel import ActKind
from tribune.journal import ActionState, Head
from tribune.platforms import generic, platform
from tribune.workflow.cases import Handling
from tribune.workflow.deed import case_id

INSULT = "@Karim t'es vraiment un abruti si tu crois ça"
CALM = "@Karim je ne suis pas d'accord avec toi"
QUESTION = "Vous êtes ouverts le dimanche ?"
ANOTHER = "Livrez-vous en Belgique ?"
HUMAN = "Je veux parler à un humain, pas à un robot"
COURTESY = timedelta(seconds=40), timedelta(seconds=180)


@pytest.fixture
def place() -> Iterator[World]:
    """A community in mode act, in memory."""
    with memory_world() as world:
        yield world


def say(world: World, number: int, text: str, **how: Any) -> None:
    world.deliver("facebook", world.comment(number, text, **{"author": "7001", **how}))
    world.pump_only("moderate_comments")


def head(world: World, number: int) -> Head:
    return world.kept(number)


def unsaid(world: World, number: int) -> str:
    verdict = head(world, number).verdict
    assert verdict is not None
    return verdict.unsaid


def replies(world: World) -> list[str]:
    """What we said and where, in order."""
    return [entry.object or "" for entry in world.outbox.effects if entry.kind == "reply"]


def passes(world: World, time: timedelta) -> None:
    """Some time later keep_watch looks, and whatever it wakes is done."""
    world.now += time
    world.invoke("keep_watch", {})
    world.pump()
    world.pump()


def at_the_desk(world: World) -> Handling:
    actions = Queue(clients.sqs(), world.stack.queues()["ActionsQueue"])
    return Handling(world.journal, keys, actions, lambda: world.now, platform, lambda _c, _v: in_force(world))


def answer(world: World, number: int) -> None:
    """Marie answers a comment from the desk."""
    at_the_desk(world).send("garance", case_id(head(world, number).at), "marie", "Bonjour, c'est Marie. Dites-moi.")
    world.settle(minutes=4, quiet_minutes=2)


def climate(world: World, level: str) -> None:
    """What the climate helper writes when the climate of a space turns."""
    clients.dynamodb().update_item(
        TableName=world.stack.tables()["JournalTable"],
        Key={name: {"S": value} for name, value in keys.brakes("garance").items()},
        UpdateExpression="SET #space = :level",
        ExpressionAttributeNames={"#space": "climate.facebook"},
        ExpressionAttributeValues={":level": {"S": level}},
    )


# --- a human on request ---


def test_who_asked_for_a_human_is_free_again_once_one_answered_at_the_desk(place: World) -> None:
    say(place, 1, HUMAN)
    place.now += timedelta(minutes=1)
    say(place, 2, QUESTION)
    assert unsaid(place, 2) == "human_request"

    answer(place, 1)
    say(place, 3, ANOTHER)
    place.settle(minutes=6, quiet_minutes=6)

    assert (unsaid(place, 3), replies(place)[1:]) == ("", ["1_3"])


def test_who_asked_for_a_human_is_free_again_once_one_answered_in_the_platform_s_own_app(place: World) -> None:
    say(place, 1, HUMAN)
    place.now += timedelta(minutes=1)
    say(place, 900, "Bonjour, c'est Marie, je vous écoute", author=PAGE, parent=1)
    place.settle(minutes=4, quiet_minutes=2)
    say(place, 2, QUESTION)
    place.settle(minutes=6, quiet_minutes=6)

    assert (unsaid(place, 2), replies(place)) == ("", ["1_2"])


def test_an_answer_to_what_they_wrote_before_is_not_the_human_they_asked_for(place: World) -> None:
    say(place, 1, "La pédale de mon G3 est cassée, SAV ?")
    place.now += timedelta(minutes=5)
    say(place, 2, HUMAN)
    place.now += timedelta(minutes=1)
    answer(place, 1)
    say(place, 3, QUESTION)
    assert unsaid(place, 3) == "human_request"

    answer(place, 2)
    say(place, 4, QUESTION)
    assert unsaid(place, 4) == ""


# --- a courtesy takes its time ---


def test_a_known_answer_waits_as_a_person_would_however_often_it_is_woken(place: World) -> None:
    say(place, 1, QUESTION)
    (action,) = head(place, 1).actions
    assert COURTESY[0] <= action.due_at - place.now <= COURTESY[1]

    Queue(clients.sqs(), place.stack.queues()["ActionsQueue"]).send(
        [{"schema": 1, "community": "garance", "platform": "facebook", "account": PAGE, "object": "1_1"}]
    )
    place.pump()
    assert replies(place) == []
    passes(place, timedelta(seconds=39))
    assert replies(place) == []
    passes(place, timedelta(seconds=141))
    assert replies(place) == ["1_1"]


def test_neither_a_reminder_nor_a_private_answer_waits(place: World) -> None:
    say(place, 1, INSULT)
    place.deliver("line", place.line_message(500, QUESTION))
    place.pump()
    place.pump()

    assert [entry.to for entry in place.outbox.effects] == ["facebook", "line"]


@pytest.mark.parametrize("verb", ["remove", "hide"])
def test_what_was_deleted_or_hidden_meanwhile_is_not_answered(place: World, verb: str) -> None:
    say(place, 1, QUESTION)
    place.now += timedelta(seconds=20)
    say(place, 1, QUESTION, verb=verb, at=place.now)
    place.settle(minutes=10, quiet_minutes=8)

    assert replies(place) == []
    (action,) = head(place, 1).actions
    assert (action.state, action.why) == (ActionState.CANCELLED, "deleted" if verb == "remove" else "by_hand")


def test_what_was_interrupted_and_lost_its_ground_meanwhile_is_taken_back(place: World) -> None:
    say(place, 1, INSULT)
    place.calls.faults = [Fault("POST http://facebook.test/1_1/comments", "kill_after")]
    place.pump_only("perform_action")
    assert (replies(place), head(place, 1).actions[0].state) == (["1_1"], ActionState.SENDING)

    say(place, 1, CALM, verb="edited", at=place.now + timedelta(seconds=5))
    place.settle(minutes=20, quiet_minutes=8)

    assert [entry.kind for entry in place.outbox.effects] == ["reply", "delete"]
    assert [action.state for action in head(place, 1).actions] == [ActionState.SENT, ActionState.SENT]


def test_what_was_interrupted_before_it_left_is_not_said_once_a_person_answered(place: World) -> None:
    say(place, 1, INSULT)
    place.calls.faults = [Fault("POST http://facebook.test/1_1/comments", "kill_before")]
    place.pump_only("perform_action")
    assert head(place, 1).actions[0].state is ActionState.SENDING

    say(place, 50, "Bonjour, restons courtois. Marie", author=PAGE, parent=1)
    place.settle(minutes=20, quiet_minutes=8)

    assert replies(place) == []
    assert [(action.state, action.why) for action in head(place, 1).actions] == [
        (ActionState.CANCELLED, "human_answered")
    ]


def test_what_a_person_signed_leaves_though_a_colleague_answered_meanwhile(place: World) -> None:
    say(place, 1, HUMAN)
    place.journal.pause("garance", "all", place.now + timedelta(minutes=5))
    answer(place, 1)
    place.pump()
    say(place, 50, "Bonjour, je regarde. Léa", author=PAGE, parent=1)
    place.settle(minutes=20, quiet_minutes=8)

    assert replies(place) == ["1_1"]


def paused(world: World) -> None:
    world.journal.pause("garance", "all", world.now + timedelta(minutes=5))
    passes(world, timedelta(minutes=4))


def hidden_by_hand(world: World) -> None:
    say(world, 1, QUESTION, verb="hide", at=world.now)


@pytest.mark.parametrize("meanwhile", [paused, hidden_by_hand])
def test_what_never_left_counts_in_nobodys_budget(place: World, meanwhile: Callable[[World], None]) -> None:
    say(place, 1, QUESTION)
    place.now += timedelta(seconds=20)
    meanwhile(place)
    cancelled = head(place, 1)
    assert cancelled.actions[0].state is ActionState.CANCELLED
    thread = place.journal.read([keys.thread(*cancelled.thread_at)]).thread(*cancelled.thread_at)
    assert thread.automatic == {}

    place.now += timedelta(minutes=5)
    say(place, 2, QUESTION)
    assert unsaid(place, 2) == ""


def test_a_reminder_planned_again_for_edited_words_takes_no_second_place_under_the_post(place: World) -> None:
    for number in range(PER_POST_AND_HOUR - 1):
        say(place, number, INSULT, author=f"8{number}", at=place.now)
        place.now += timedelta(seconds=1)
        say(place, number, INSULT + ", pauvre crétin", author=f"8{number}", at=place.now, verb="edited")
    say(place, 50, INSULT, author="9050")
    say(place, 51, INSULT, author="9051")

    assert {unsaid(place, number) for number in (*range(PER_POST_AND_HOUR - 1), 50)} == {""}
    assert unsaid(place, 51) == "post"


def test_what_leaves_in_the_next_hour_is_taken_from_the_next_hour_too(place: World) -> None:
    place.now += timedelta(minutes=59, seconds=50)
    for number in range(PER_POST_AND_HOUR):
        say(place, number, QUESTION, author=f"8{number}")
    place.settle(minutes=8, quiet_minutes=6)
    assert len(replies(place)) == PER_POST_AND_HOUR
    assert place.now.hour == 11

    for number in range(20, 25):
        say(place, number, QUESTION, author=f"8{number}")
    assert {unsaid(place, number) for number in range(20, 25)} == {"post"}


# --- whoever keeps answering the machine ---


def test_three_answers_to_the_machine_within_minutes_end_what_it_says_in_that_thread(place: World) -> None:
    say(place, 1, QUESTION)
    passes(place, timedelta(minutes=4))
    assert replies(place) == ["1_1"]
    for number in (2, 3):
        say(place, number, "Et le lundi ?", parent=1)
        assert place.calls_of("garance") == []
    say(place, 4, "Et le mardi ?", parent=1)
    say(place, 5, QUESTION, parent=1, author="7009")

    assert [call.reason for call in place.calls_of("garance")] == ["loop"]
    assert unsaid(place, 5) == "silent"


def test_a_lively_conversation_among_members_is_no_loop(place: World) -> None:
    say(place, 1, QUESTION)
    passes(place, timedelta(minutes=4))
    say(place, 2, "Moi j'y vais samedi", author="7008", parent=1)
    for number in range(3, 8):
        say(place, number, "Samedi aussi, on se retrouve là-bas", parent=2)

    assert place.calls_of("garance") == []


def test_the_same_three_answers_over_a_day_are_a_conversation(place: World) -> None:
    say(place, 1, QUESTION)
    passes(place, timedelta(minutes=4))
    for number in range(2, 6):
        say(place, number, "Et le lundi ?", parent=1)
        place.now += timedelta(minutes=11)

    assert place.calls_of("garance") == []


# --- the climate ---


def test_when_the_climate_has_turned_nothing_is_said_alone_and_a_person_has_the_words(place: World) -> None:
    climate(place, "orange")
    say(place, 1, QUESTION)
    place.settle(minutes=6, quiet_minutes=6)

    assert (unsaid(place, 1), replies(place)) == ("climate", [])
    (case,) = place.journal.open_cases("garance")
    assert len(case.drafts) == 1


def test_a_courtesy_that_waits_when_the_climate_turns_becomes_a_person_s_draft(place: World) -> None:
    say(place, 1, QUESTION)
    climate(place, "red")
    place.settle(minutes=8, quiet_minutes=6)

    assert replies(place) == []
    (action,) = head(place, 1).actions
    assert (action.state, action.why) == (ActionState.CANCELLED, "climate")
    (case,) = place.journal.open_cases("garance")
    assert [draft.variant for draft in case.drafts] == [action.variant]


def test_a_tense_climate_is_not_yet_silence(place: World) -> None:
    climate(place, "yellow")
    say(place, 1, INSULT)
    place.settle(minutes=6, quiet_minutes=6)

    assert replies(place) == ["1_1"]


# --- explained once ---


def test_a_clause_is_explained_once_in_a_thread_and_pointed_at_after_that(place: World) -> None:
    say(place, 1, "Belle journée à vélo, merci à l'équipe")
    for number, author in ((2, "7002"), (3, "7003"), (4, "7004")):
        say(place, number, INSULT, author=author, parent=1)
    say(place, 5, INSULT, author="7005")
    place.settle(minutes=6, quiet_minutes=6)

    said = [action.variant.rpartition("/")[0] for n in (2, 3, 5) for action in head(place, n).actions if action.variant]
    assert said == ["reminder1.respect", "reminder1.pointer", "reminder1.respect"]
    assert unsaid(place, 4) == "thread"


def test_a_pointer_counts_like_the_reminder_that_it_is(place: World) -> None:
    say(place, 1, INSULT, author="7002")
    say(place, 2, INSULT, author="7003", parent=1)
    place.settle(minutes=6, quiet_minutes=6)

    pointed = head(place, 2)
    assert pointed.reminded
    assert pointed.author is not None
    record = place.journal.read([keys.author("garance", pointed.author)]).author("garance", pointed.author, place.now)
    assert [strike.clause for strike in record.standing.strikes] == ["respect"]


# --- our words do not outlive their ground ---


@pytest.fixture
def speechless_blog(monkeypatch: pytest.MonkeyPatch) -> None:
    """A platform on which nothing that was said can be taken back."""
    monkeypatch.setattr(generic, "CARD", replace(generic.CARD, can=frozenset({ActKind.REPLY})))


def edited_twice(world: World) -> Head:
    """An insult on the blog, our reminder, then two edits without any."""
    world.deliver("generic", world.blog_comment("b-1", INSULT))
    world.settle(minutes=6, quiet_minutes=4)
    for text in (CALM, CALM + ", vraiment"):
        world.now += timedelta(minutes=1)
        world.deliver("generic", world.blog_comment("b-1", text, kind="edited"))
        world.settle(minutes=6, quiet_minutes=4)
    found = world.head("garance", "generic", BLOG, "b-1")
    assert found is not None
    return found


@pytest.mark.usefixtures("speechless_blog")
def test_where_our_reminder_cannot_be_taken_back_a_person_is_told_once(place: World) -> None:
    withdrawals = [a for a in edited_twice(place).actions if a.purpose == "withdraw"]

    assert [(a.state, a.why) for a in withdrawals] == [(ActionState.FAILED, "unable")]
    (call,) = place.calls_of("garance")
    assert (call.reason, call.objects, len(place.rung)) == ("failed", ("b-1",), 1)
    assert [case.reason for case in place.journal.open_cases("garance")] == ["reminder_stands"]


def test_our_reminder_is_taken_back_once_however_often_the_words_are_edited_after_that(place: World) -> None:
    withdrawals = [a for a in edited_twice(place).actions if a.purpose == "withdraw"]

    assert [a.state for a in withdrawals] == [ActionState.SENT]
    assert [entry.kind for entry in place.outbox.effects] == ["reply", "hide"]


# --- two workers never plan the same last message ---


def batch(world: World, *bodies: dict[str, Any]) -> dict[str, Any]:
    """What SQS hands to a worker for these deliveries."""
    for body in bodies:
        world.deliver("facebook", body)
    url = world.stack.queues()["InboxQueue"]
    messages = clients.sqs().receive_message(QueueUrl=url, MaxNumberOfMessages=10)["Messages"]
    return {"Records": [{"messageId": m["MessageId"], "body": m["Body"], "receiptHandle": "r"} for m in messages]}


def together(world: World, first: dict[str, Any], second: dict[str, Any]) -> None:
    """One worker reads and decides; before it writes, another one does all of its work."""
    one, other = (world.load("moderate_comments") for _ in range(2))
    world.calls.faults = [Fault("TransactWriteItems", "another_worker")]
    world.calls.another = lambda: answered(other, second)
    world.calls.inside = True
    answered(one, first)
    world.calls.inside = False


def answered(door: ModuleType, event: dict[str, Any]) -> None:
    assert door.handler(event, Context()) == {"batchItemFailures": []}


Place = Callable[[World, int], dict[str, Any]]


def under_one_post(world: World, number: int) -> dict[str, Any]:
    return world.comment(number, QUESTION, author=f"8{number}")


def by_one_person(world: World, number: int) -> dict[str, Any]:
    return world.comment(number, QUESTION if number % 2 else ANOTHER, author="9", post=f"{PAGE}_{number}")


def in_one_thread(world: World, number: int) -> dict[str, Any]:
    return world.comment(number, QUESTION, author=f"8{number}", parent=300)


@pytest.mark.parametrize(
    ("where", "before", "why"),
    [
        (under_one_post, PER_POST_AND_HOUR - 1, "post"),
        (by_one_person, 0, "person"),
        (in_one_thread, PER_THREAD - 1, "thread"),
    ],
)
def test_of_two_workers_at_once_one_plans_the_last_message(place: World, where: Place, before: int, why: str) -> None:
    say(place, 300, "Belle journée à vélo")
    for number in range(1, before + 1):
        place.deliver("facebook", where(place, number))
    place.pump_only("moderate_comments")
    together(place, batch(place, where(place, 101)), batch(place, where(place, 102)))

    assert (unsaid(place, 102), unsaid(place, 101)) == ("", why)
    place.settle(minutes=10, quiet_minutes=8)
    assert len(replies(place)) == before + 1
