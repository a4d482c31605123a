"""Two workers at once: who meets whom, over what, and what the world may look like when both are done."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import permutations
from typing import Any

from memory_world import loader, memory_world
from proof import ANGRY, CALM, INSULT, THREAT, Ending, Story, asks_to_be_forgotten, seen, three_decisions, wrong
from turns import Turns
from world import PAGE, QUEUES, Calls, Context, World

from tribune.aws import clients
from tribune.errors import TribuneError
from tribune.workflow.call import take

SETTINGS = frozenset({"GetItem", "GetParameter", "Query"})
"""What a worker reads of communities, charters, secrets and words: nobody changes them here."""
type Work = Callable[[], None]


@dataclass(frozen=True)
class Meeting:
    """Two workers, and what they meet over."""

    function: str
    name: str
    before: Callable[[World], None]
    works: Callable[[World], tuple[Work, ...]]
    unseen: frozenset[str] = SETTINGS
    minutes: int = 60


def batch(world: World, door: str, n: int = 1) -> Work:
    """A new process of a function takes the next `n` messages; what it could not do comes again."""
    queue = next(queue for queue, name in QUEUES.items() if name == door)
    url = world.stack.queues()[queue]
    found = clients.sqs().receive_message(QueueUrl=url, MaxNumberOfMessages=n)["Messages"]
    assert found, f"nothing waits for {door}"
    records = [{"messageId": m["MessageId"], "body": m["Body"], "receiptHandle": m["ReceiptHandle"]} for m in found]
    module = loader(world.stack)(door)

    def work() -> None:
        failed = {
            entry["itemIdentifier"] for entry in module.handler({"Records": records}, Context())["batchItemFailures"]
        }
        for record in records:
            if record["messageId"] not in failed:
                memory_queue(world, url).messages = [
                    message for message in memory_queue(world, url).messages if message.id != record["messageId"]
                ]

    return work


def memory_queue(_world: World, url: str) -> Any:
    """Behind the client: taking a finished message away is no call of the worker's."""
    memory: Any = clients.sqs()
    return memory._memory.queues[url]


def tick(world: World, door: str) -> Work:
    """A new process of a function that a schedule calls."""
    module = loader(world.stack)(door)

    def work() -> None:
        try:
            module.handler({}, Context())
        except TribuneError:
            return  # the next tick is the retry

    return work


def said(world: World, *bodies: dict[str, Any]) -> None:
    for body in bodies:
        assert world.deliver("facebook", body) == 200


def decided(world: World, *bodies: dict[str, Any]) -> None:
    said(world, *bodies)
    world.pump_only("moderate_comments")


def planned(world: World) -> None:
    """A reminder that waits for its moment, which has come."""
    decided(world, world.comment(1, INSULT))
    world.now += timedelta(minutes=2)


def again(world: World, queue: str) -> None:
    """The messages of a queue are there twice."""
    url = world.stack.queues()[queue]
    for message in list(memory_queue(world, url).messages):
        clients.sqs().send_message(QueueUrl=url, MessageBody=message.body)


# --- who meets whom ---


def twice(world: World) -> None:
    said(world, world.comment(1, INSULT), world.comment(1, INSULT))


def calm_twice(world: World) -> None:
    said(world, world.comment(1, CALM), world.comment(1, CALM))


def edited_at_once(world: World) -> None:
    said(world, world.comment(1, INSULT))
    world.now += timedelta(seconds=2)
    said(world, world.comment(1, "@Karim merci pour ton avis", verb="edited"))


def deleted_at_once(world: World) -> None:
    said(world, world.comment(1, INSULT))
    world.now += timedelta(seconds=2)
    said(world, world.comment(1, "", verb="remove"))


def two_of_one_author(world: World) -> None:
    said(world, world.comment(1, INSULT), world.comment(2, f"{INSULT} !"))


def two_in_one_thread(world: World) -> None:
    decided(world, world.comment(1, ANGRY, author="7003"))
    said(world, world.comment(2, INSULT, parent=1), world.comment(3, INSULT, author="7002", parent=1))


def two_answers_in_one_thread(world: World) -> None:
    decided(world, world.comment(1, "Super vélo, merci !", author="7003"))
    decided(
        world,
        world.comment(2, INSULT, parent=1),
        world.comment(3, f"{INSULT} !", author="7002", parent=1),
        world.comment(4, f"{INSULT} !!", author="7005", parent=1),
    )
    world.now += timedelta(minutes=2)


def a_person_answers(world: World) -> None:
    planned(world)
    said(world, world.comment(9, "Bonjour, on se calme.", author=PAGE, parent=1))


def it_is_deleted(world: World) -> None:
    planned(world)
    said(world, world.comment(1, "", verb="remove"))


def it_is_edited(world: World) -> None:
    planned(world)
    said(world, world.comment(1, "@Karim merci pour ton avis", verb="edited"))


def a_threat_waits(world: World) -> None:
    decided(world, world.comment(1, THREAT))


def taken(world: World) -> Work:
    (call,) = world.calls_of("garance")
    journal = world.journal

    def work() -> None:
        take(journal, "garance", call.id, "marie", world.now)

    return work


def speaks_while_forgotten(world: World) -> None:
    three_decisions(world)
    said(world, world.comment(6, ANGRY))
    inbox = memory_queue(world, world.stack.queues()["InboxQueue"]).messages[:]
    memory_queue(world, world.stack.queues()["InboxQueue"]).messages.clear()
    asked(world)
    memory_queue(world, world.stack.queues()["InboxQueue"]).messages.extend(inbox)


def asked(world: World) -> None:
    settle, world.settle = world.settle, lambda **_: None  # it is only asked for
    asks_to_be_forgotten(world)
    world.settle = settle


def forgotten_while_answered(world: World) -> None:
    planned(world)
    asked(world)


MEETINGS = (
    Meeting(
        "moderate_comments",
        "the same comment",
        twice,
        lambda w: (batch(w, "moderate_comments"), batch(w, "moderate_comments")),
    ),
    Meeting(
        "moderate_comments",
        "the same calm comment",
        calm_twice,
        lambda w: (batch(w, "moderate_comments"), batch(w, "moderate_comments")),
    ),
    Meeting(
        "moderate_comments",
        "a comment, its edit",
        edited_at_once,
        lambda w: (batch(w, "moderate_comments"), batch(w, "moderate_comments")),
    ),
    Meeting(
        "moderate_comments",
        "a comment, its deletion",
        deleted_at_once,
        lambda w: (batch(w, "moderate_comments"), batch(w, "moderate_comments")),
    ),
    Meeting(
        "moderate_comments",
        "two comments of one author",
        two_of_one_author,
        lambda w: (batch(w, "moderate_comments"), batch(w, "moderate_comments")),
    ),
    Meeting(
        "moderate_comments",
        "two comments in one thread",
        two_in_one_thread,
        lambda w: (batch(w, "moderate_comments"), batch(w, "moderate_comments")),
    ),
    Meeting(
        "perform_action",
        "the same reminder",
        lambda w: (planned(w), again(w, "ActionsQueue"))[0],
        lambda w: (batch(w, "perform_action"), batch(w, "perform_action")),
    ),
    Meeting(
        "perform_action",
        "two answers in one thread",
        two_answers_in_one_thread,
        lambda w: (batch(w, "perform_action"), batch(w, "perform_action")),
    ),
    Meeting(
        "perform_action",
        "a person of the team answers",
        a_person_answers,
        lambda w: (batch(w, "perform_action"), batch(w, "moderate_comments")),
    ),
    Meeting(
        "perform_action",
        "the comment is deleted",
        it_is_deleted,
        lambda w: (batch(w, "perform_action"), batch(w, "moderate_comments")),
    ),
    Meeting(
        "perform_action",
        "the comment is edited",
        it_is_edited,
        lambda w: (batch(w, "perform_action"), batch(w, "moderate_comments")),
    ),
    Meeting(
        "perform_action",
        "its author is forgotten",
        forgotten_while_answered,
        lambda w: (batch(w, "perform_action"), batch(w, "erase_person")),
    ),
    Meeting(
        "keep_watch",
        "what is being carried out",
        planned,
        lambda w: (tick(w, "keep_watch"), batch(w, "perform_action")),
    ),
    Meeting("keep_watch", "another round", planned, lambda w: (tick(w, "keep_watch"), tick(w, "keep_watch"))),
    Meeting(
        "call_manager",
        "the same call",
        lambda w: (a_threat_waits(w), again(w, "CallsQueue"))[0],
        lambda w: (batch(w, "call_manager"), batch(w, "call_manager")),
    ),
    Meeting("call_manager", "somebody takes it", a_threat_waits, lambda w: (batch(w, "call_manager"), taken(w))),
    Meeting(
        "erase_person",
        "they speak again",
        speaks_while_forgotten,
        lambda w: (batch(w, "erase_person"), batch(w, "moderate_comments")),
    ),
)


def met(meeting: Meeting, schedule: Sequence[int]) -> tuple[Turns, Ending]:
    """One world in which they take turns as the schedule says."""
    with memory_world() as world:
        meeting.before(world)
        world.calls = Calls()
        turns = Turns(world, meeting.unseen, schedule)
        turns.run(*meeting.works(world))
        world.calls.inside = False
        world.settle(minutes=meeting.minutes, quiet_minutes=20)
        return turns, seen(world)


def one_after_the_other(meeting: Meeting) -> list[Ending]:
    """The serial worlds."""
    endings = []
    for first, second in permutations((0, 1)):
        turns, ending = met(meeting, [first] * 100)
        who = [chosen for chosen, _ in turns.taken]
        assert who == sorted(who, reverse=first > second), "one was interrupted"
        endings.append(ending)
    return endings


def amiss(meeting: Meeting, serial: Sequence[Ending], ending: Ending) -> list[str]:
    """What is wrong with an ending, beside the serial one that it is closest to; nothing when it is as one of them."""
    story = Story(meeting.function, meeting.name, lambda _: None)
    return min((wrong(story, right, ending, ()) for right in serial), key=len)
