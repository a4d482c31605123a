"""The proof: stories that each make one function work, what anybody can see of their endings, and what is wrong.

A story is lived without a fault, then with every fault at every call that its function makes. The faultless world is
the oracle: the same decisions, the same counters, each effect once, nobody forgotten, nothing left over. Where a
platform makes it impossible to know whether something left, the other right ending is UNCERTAIN, with a person told.
"""

import gzip
import json
import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from pathlib import Path
from typing import Any

import pytest
import redress
import square
from memory_world import memory_world
from world import FAULTS, PAGE, THROTTLED, Calls, Fault, Killed, World

from tribune.aws import clients, keys, secrets
from tribune.errors import TribuneError
from tribune.journal import ActionState
from tribune.platforms import facebook

ROOT = Path(__file__).resolve().parents[2]
EVERYTHING = os.environ.get("CRASH") == "all"
"""`make crash`: every world there is, not the part that fits into every run of the tests."""
MODES = (*FAULTS, THROTTLED)
INSULT = "@Karim t'es vraiment un abruti si tu crois ça"
SPAM = "Grâce à Mme Lefèvre j'ai obtenu mon prêt de 20 000 € en 48 h, WhatsApp +33 6 39 98 56 78"
ANGRY = "Vous êtes des voleurs, un mois que j'attends mon remboursement !!!!"
CALM = "Super vélo, merci !"
THREAT = "On sait où est ton magasin, on va venir te défoncer"
FUNCTIONS = tuple(sorted(path.parent.name for path in ROOT.glob("functions/*/app.py")))


@dataclass(frozen=True)
class Ending:
    """What a member, a CM and an accountant can see of a world at rest."""

    effects: tuple[tuple[tuple[str, str, str], int], ...]
    """(kind, object, text): how often it took effect on a platform."""
    decided: tuple[tuple[str, str, str], ...]
    """(object, kind, measure) of everything that was said."""
    states: tuple[tuple[str, str, str], ...]
    """(object, kind of act, its state)."""
    counters: tuple[tuple[str, int], ...]
    cases: tuple[tuple[str, str, str], ...]
    """(object, reason, state)."""
    calls: tuple[str, ...]
    """What somebody is or was called for."""
    rung: tuple[tuple[str, int], ...]
    """(who, of which call): how often."""
    left: int
    """Messages that still wait, and work that is still due."""
    special: Any = None
    """What only this story shows."""


@dataclass(frozen=True)
class Story:
    """A function at work."""

    function: str
    name: str
    live: Callable[[World], None]
    """What happens, faults included; it ends at rest."""
    before: Callable[[World], None] = lambda _: None
    """What happened before, without faults."""
    special: Callable[[World], Any] = lambda _: None
    may_call: frozenset[str] = frozenset()
    """What a person may be told besides, where an answer was not heard."""
    any_order: bool = False
    """A fault may change the order in which the comments are decided, and with it who is answered."""
    on_square: bool = False
    """It takes a platform that can be asked and whose accesses end."""


# --- living a story ---


@contextmanager
def joined(world: World) -> Iterator[None]:
    """The village square is on the list of platforms."""
    with pytest.MonkeyPatch.context() as patch:
        square.join(patch, pushes=False)
        twin = square.Square(refresh_tokens={"refresh-0": ""})
        world.join("square", twin, "square-secret", square.CHANNEL)
        world.apply()
        yield


@contextmanager
def as_it_is(_world: World) -> Iterator[None]:
    yield


type MakeWorld = Callable[[], AbstractContextManager[World]]


@dataclass
class Lived:
    """An ending, the calls that the function made on the way, and how long it took by the world's clock."""

    ending: Ending
    names: list[str]
    took: timedelta


def lived(story: Story, faults: Sequence[Fault] = (), make: MakeWorld = memory_world) -> Lived:
    """Live a story in a world of its own."""
    with make() as world, (joined if story.on_square else as_it_is)(world):
        story.before(world)
        world.calls = Calls(faults=list(faults))
        world.uncounted = set(FUNCTIONS) - {story.function}
        began = world.now
        story.live(world)
        return Lived(seen(world, story.special(world)), world.calls.names, world.now - began)


def seen(world: World, special: Any = None) -> Ending:
    """Look at a world at rest."""
    heads, cases, calls, due = [], [], [], 0
    for item in items(world, "JournalTable"):
        at, sk = item["pk"]["S"].split("#"), item["sk"]["S"]
        if sk == "head":
            heads.append(item)
            due += "due_pk" in item
        elif sk == "case":
            cases.append((at[-1], item["reason"]["S"], item["state"]["S"]))
        elif sk == "call":
            calls.append(item["reason"]["S"])
            due += item["state"]["S"] in ("READY", "SENDING")
    said = [head for head in heads if head["kind"]["S"] in ("comment", "team")]
    return Ending(
        effects=tuple(sorted(Counter(effects(world)).items())),
        decided=tuple(sorted((object_of(head), head["kind"]["S"], measure_of(head)) for head in said)),
        states=tuple(sorted(acts(heads))),
        counters=tuple(sorted(world.counters().items())),
        cases=tuple(sorted(cases)),
        calls=tuple(sorted(calls)),
        rung=tuple(sorted(Counter((told["to"], told["subject"]) for told in world.rung).items())),  # a tuple of two
        left=due + waiting(world),
        special=special,
    )


def items(world: World, table: str) -> list[dict[str, Any]]:
    """Every item of a table."""
    pages = clients.dynamodb().get_paginator("scan").paginate(TableName=world.stack.tables()[table])
    return [item for page in pages for item in page["Items"]]


def object_of(item: Mapping[str, Any]) -> str:
    return str(item["pk"]["S"].split("#", 4)[4])


def measure_of(head: Mapping[str, Any]) -> str:
    if head.get("deleted", {}).get("BOOL"):
        return "deleted"
    return str(head["verdict"]["M"]["measure"]["S"]) if "verdict" in head else "-"


def acts(heads: Sequence[Mapping[str, Any]]) -> Iterator[tuple[str, str, str]]:
    for head in heads:
        for action in head.get("actions", {"L": []})["L"]:
            yield object_of(head), action["M"]["kind"]["S"], action["M"]["state"]["S"]


def effects(world: World) -> Iterator[tuple[str, str, str]]:
    """What took effect on the platforms. To hide what is hidden, or delete what is gone, changes nothing."""
    done = set()
    for entry in world.outbox.effects:
        effect = (entry.kind, str(entry.object), entry.text or "")
        if entry.to == "line":
            yield ("private", "", entry.text or "")  # whether by a reply token or by a push
        elif entry.kind in ("reply", "private"):
            yield effect
        elif effect not in done:
            done.add(effect)
            yield effect
    if "square" in world.twins:
        yield from (("reply", one["to"], one["text"]) for one in world.twins["square"].replies)


def waiting(world: World) -> int:
    """Messages in any queue, the dead letters included."""
    total = 0
    for url in world.stack.queues().values():
        answer = clients.sqs().get_queue_attributes(QueueUrl=url, AttributeNames=["ApproximateNumberOfMessages"])
        total += int(answer["Attributes"]["ApproximateNumberOfMessages"])
    return total


# --- what is wrong ---


def wrong(story: Story, right: Ending, end: Ending, faults: Sequence[Fault]) -> list[str]:  # noqa: C901, PLR0912  one look each
    """What an ending shows that it must not, given the faultless one and the faults that struck."""
    found = []
    spoken = [(effect, n) for effect, n in end.effects if effect[0] in ("reply", "private") and n > 1]
    if spoken:
        found.append("twice in public")
    if end.counters != right.counters:
        found.append("counted otherwise")
    if end.left > right.left:
        found.append("something is left over")
    if end.special != right.special:
        found.append("its own ending is another one")
    if story.any_order:
        if Counter(kind for (kind, _, _), _ in end.effects) - Counter(kind for (kind, _, _), _ in right.effects):
            found.append("more was said than the budgets allow")
        return found
    if set(dict(end.effects)) - set(dict(right.effects)):
        found.append("something else was done")
    if end.decided != right.decided:
        found.append("decided otherwise")
    uncertain = Counter((at, kind) for at, kind, state in end.states if state == ActionState.UNCERTAIN)
    settled = Counter((at, kind) for at, kind, state in end.states if state != ActionState.UNCERTAIN)
    if Counter((at, kind) for at, kind, _ in right.states) - settled - uncertain:
        found.append("an action is missing")
    if {(at, kind, state) for at, kind, state in end.states if state != ActionState.UNCERTAIN} - set(right.states):
        found.append("an action ended otherwise")
    if uncertain:
        if "uncertain" not in end.calls:
            found.append("uncertain, and nobody was told")
        if not {at for at, _ in uncertain} <= {at for at, _, state in end.cases if state == "open"}:
            found.append("uncertain, and no case is open")
    elif set(dict(right.effects)) - set(dict(end.effects)):
        found.append("something was not done")
    if set(right.cases) - set(end.cases):
        found.append("a case is missing")
    if not uncertain and end.cases != right.cases:
        found.append("a case too many")
    unheard = {"error_after", "kill_before", "kill_after"} & {fault.kind for fault in faults}
    may_call = {"uncertain"} | (story.may_call if unheard else frozenset())
    if Counter(right.calls) - Counter(end.calls) or set(end.calls) - set(right.calls) - may_call:
        found.append("others were called, or nobody")
    if len(end.calls) != len(set(end.calls)) and len(right.calls) == len(set(right.calls)):
        found.append("called twice for one thing")
    if set(dict(right.rung)) - set(dict(end.rung)):
        found.append("somebody was not rung")
    most, refused = dict(right.rung), any(fault.kind == THROTTLED for fault in faults)
    if not refused and any(n > most[told] + len(faults) for told, n in end.rung if told in most):
        found.append("rung again without need")
    return found


# --- every single fault, every pair ---


def singles(story: Story, modes: Sequence[str] = MODES) -> Iterator[list[Fault]]:
    """Each fault at each call that the faultless story makes."""
    for number in range(1, len(lived(story).names) + 1):
        yield from ([Fault(number, mode)] for mode in modes)


def pairs(story: Story, first_mode: str, every: int = 1) -> Iterator[list[Fault]]:
    """After each fault of a mode, each fault at each call that is then still made; of them, one in `every`."""
    number = 0
    for first in range(1, len(lived(story).names) + 1):
        after = len(lived(story, [Fault(first, first_mode)]).names) if every == 1 else None
        for second in range(first + 1, (after or len(lived(story).names)) + 1):
            for mode in MODES:
                number += 1
                if number % every == 0:
                    yield [Fault(first, first_mode), Fault(second, mode)]


def tried(story: Story, worlds: Iterable[list[Fault]], make: MakeWorld = memory_world) -> tuple[int, list[str]]:
    """(how many worlds, what is wrong with those that are); without a fault, all clouds make the same world."""
    right, number, found = lived(story).ending, 0, []
    for faults in worlds:
        number += 1
        one = lived(story, faults, make)
        struck = ", ".join(f"{fault.kind} at {fault.at_call} ({_name(one, fault)})" for fault in faults)
        found += [
            f"{story.function}, {story.name}: {struck}: {what}" for what in wrong(story, right, one.ending, faults)
        ]
    return number, found


def _name(one: Lived, fault: Fault) -> str:
    number = int(fault.at_call)
    return one.names[number - 1] if number <= len(one.names) else "not reached"


# --- the stories ---


def delivered(world: World, *bodies: dict[str, Any]) -> None:
    """The platform delivers, and tries again while we do not answer."""
    for body in bodies:
        for _ in range(5):
            try:
                status = world.deliver("facebook", body)
            except Killed:
                world.doors.pop("receive_webhook", None)
                status = 0
            if status == 200:
                break
            world.now += timedelta(seconds=30)


def at_rest(world: World) -> None:
    """Until nothing moves: longer than any lease and visibility; than an hour's rest where a platform asked for one."""
    world.settle(minutes=60, quiet_minutes=8)
    if any(fault.kind == THROTTLED and fault.done for fault in world.calls.faults) and left_to_do(world):
        world.settle(minutes=240, quiet_minutes=70)


def left_to_do(world: World) -> bool:
    return any("due_pk" in item and item["sk"]["S"] in ("head", "breaker") for item in items(world, "JournalTable"))


def until_done(world: World, door: str, event: Any, every: timedelta) -> None:
    """A schedule, or whoever tries an asynchronous invocation again: until it ends without an error."""
    for _ in range(4):
        try:
            world.invoke(door, event)
        except Killed:
            world.doors.pop(door, None)
        except TribuneError:
            pass
        else:
            return
        world.now += every
    raise AssertionError(f"{door} never ended well")


def first_comments(world: World) -> None:
    """A breach of clause 10, twice; spam; harsh criticism; a threat; praise."""
    insult = world.comment(1, INSULT)
    spam = world.comment(2, SPAM, author="7002")
    angry = world.comment(3, ANGRY, author="7003")
    delivered(world, insult, spam, insult, angry, world.comment(4, CALM, author="7004"))


def three_decisions(world: World) -> None:
    first_comments(world)
    at_rest(world)


def life_goes_on(world: World) -> None:
    """An insult is edited into thanks, spam is deleted by its author, a person of the team answers the criticism."""
    world.now += timedelta(minutes=1)
    delivered(
        world,
        world.comment(1, "@Karim merci pour ton avis", verb="edited"),
        world.comment(2, "", verb="remove", author="7002"),
        world.comment(9, "Bonjour, je regarde cela tout de suite.", author=PAGE, parent=3),
    )
    at_rest(world)


def an_impatient_member(world: World) -> None:
    """The same author three times, then in another's thread: reminders meet their budgets."""
    delivered(world, world.comment(1, INSULT), world.comment(2, f"{INSULT} !"), world.comment(3, ANGRY, author="7003"))
    delivered(world, world.comment(4, f"{INSULT} !!", parent=3))
    at_rest(world)


def a_question_on_line(world: World) -> None:
    """A reply token is tried once, and nothing can be read back."""
    assert world.deliver("line", world.line_message(1, "Vous êtes ouverts le dimanche ?")) == HTTPStatus.OK
    at_rest(world)


def a_threat(world: World) -> None:
    delivered(world, world.comment(1, THREAT))
    world.settle(minutes=40, quiet_minutes=36)  # nobody takes the call: the next one is rung


def nobody_was_woken(world: World) -> None:
    """Everything was decided, and every message that should have woken somebody was lost."""
    first_comments(world)
    delivered(world, world.comment(5, THREAT, author="7005"))
    world.pump_only("moderate_comments")
    for queue in ("ActionsQueue", "CallsQueue"):
        url = world.stack.queues()[queue]
        while found := clients.sqs().receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
            for message in found:
                clients.sqs().delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])


def watched(world: World) -> None:
    """keep_watch's rounds; one that fails is the next minute's."""
    world.now += timedelta(minutes=10)
    until_done(world, "keep_watch", {}, timedelta(minutes=1))
    at_rest(world)


def an_alarm(world: World) -> None:
    event = json.loads((ROOT / "events/relay_alarm.json").read_text("utf-8"))
    until_done(world, "relay_alarm", event, timedelta(minutes=1))
    at_rest(world)


def somebody_speaks_where_nothing_is_pushed(world: World) -> None:
    tick = timedelta(minutes=5)
    world.poll()
    world.now += tick
    for number in range(3):
        world.twins["square"].say(f"c{number}", "Bonjour" if number else INSULT, world.now - timedelta(minutes=1))


def swept(world: World) -> None:
    for _ in range(4):
        with suppress(TribuneError):
            world.poll()
        while world.pump():
            pass
        world.now += timedelta(minutes=5)
    at_rest(world)
    world.calls.faults = []  # the round after the last one
    world.poll()
    at_rest(world)


def how_far(world: World) -> Any:
    at = ("garance", "square", square.ACCOUNT)
    record = world.journal.read([keys.sweep(*at)]).sweep(*at)
    return record.cursor, record.begun_at


def an_access_ends_soon(world: World) -> None:
    world.now += timedelta(minutes=95)


def renewed(world: World) -> None:
    for _ in range(4):
        try:
            world.invoke("refresh_tokens", {})
        except Killed:
            world.doors.pop("refresh_tokens", None)
        except TribuneError:
            pass
        world.now += timedelta(minutes=3)
    at_rest(world)


def the_access_is_good(world: World) -> Any:
    """The one that is stored is the one that the platform takes; else a person was told."""
    secrets.forget()
    good = secrets.access("test", "square", "main")["refresh_token"] in world.twins["square"].refresh_tokens
    return good or any(call.reason == "refresh_failed" for call in world.calls_of("garance"))


def asks_to_be_forgotten(world: World, person: str = "7001") -> None:
    delivery = facebook.ask(person, "facebook-app-secret", world.now)
    event = {
        "routeKey": "POST /erasure/{platform}",
        "pathParameters": {"platform": "facebook"},
        "headers": {"host": "api.example", **delivery.headers},
        "body": delivery.body.decode(),
        "isBase64Encoded": False,
        "requestContext": {"http": {"method": "POST"}},
    }
    for _ in range(4):
        try:
            if world.invoke("receive_erasure", event)["statusCode"] == 200:
                break
        except Killed:
            world.doors.pop("receive_erasure", None)
        world.now += timedelta(seconds=30)
    world.settle(minutes=60, quiet_minutes=20)


def nothing_of_them_is_left(world: World) -> Any:
    kept = json.dumps([items(world, name) for name in world.stack.tables()], default=str, ensure_ascii=False)
    done = [item for item in items(world, "CommunityTable") if "#erasure#" in item["pk"]["S"] and "done_at" in item]
    return "abruti" in kept, "prêt de 20 000" in kept, bool(done)


def it_is_gone(world: World) -> None:
    """The platform no longer knows the comment when the reminder is given."""
    delivered(world, world.comment(1, INSULT))
    world.pump_only("moderate_comments")
    world.facebook.comments["1_1"] = replace(world.facebook.comments["1_1"], deleted=True)
    at_rest(world)


def struck(world: World) -> Any:
    """What counts against whom."""
    standings = [item for item in items(world, "JournalTable") if item["sk"]["S"] == "standing"]
    return sum(name.startswith("strike.") for item in standings for name in item)


def every_restriction_has_its_reason(world: World) -> Any:
    heads = [item for item in items(world, "JournalTable") if item["sk"]["S"] == "head"]
    actions = [action["M"] for head in heads for action in head.get("actions", {"L": []})["L"]]
    return all("notice" in action for action in actions if action["kind"]["S"] == "hide")


def hidden(world: World) -> None:
    delivered(world, world.comment(2, SPAM, author="7002"))
    at_rest(world)


def contested(world: World) -> None:
    """The member contests on the page, and tries again while it does not answer."""
    token = redress.decision_about(world.kept(2))
    for _ in range(4):
        try:
            if redress.contest(world, token, "C'est une erreur")["statusCode"] < HTTPStatus.BAD_REQUEST:
                break
        except Killed:
            world.doors.pop("receive_appeal", None)
        world.now += timedelta(minutes=1)
    at_rest(world)


def appeals(world: World) -> Any:
    return sum(item["sk"]["S"] == "appeal" for item in items(world, "JournalTable"))


def a_week_is_over(world: World) -> None:
    """Something was said in its last hour, which was counted; the team has just arrived."""
    world.now = datetime(2026, 11, 29, 22, tzinfo=UTC)
    delivered(world, world.comment(1, CALM, author="7004"), world.comment(2, SPAM, author="7002"))
    world.settle(minutes=30)
    world.now = datetime(2026, 11, 29, 23, 30, tzinfo=UTC)
    world.invoke("seal_hours", {})
    world.now = datetime(2026, 11, 30, 10, tzinfo=UTC)
    world.settle(minutes=20)


def reported(world: World) -> None:
    """The week is told; ten days later the register of the month is published."""
    until_done(world, "send_report", {}, timedelta(hours=1))
    at_rest(world)
    world.now += timedelta(days=10)
    until_done(world, "send_report", {}, timedelta(hours=1))


def registers(world: World) -> Any:
    """What everybody reads, without the moment at which it was made."""
    found = [item for item in items(world, "CharterTable") if "#register" in item["pk"]["S"]]
    content = [json.loads(gzip.decompress(bytes(item["content"]["B"]))) for item in found]
    return [{name: value for name, value in one.items() if name != "made_at"} for one in content]


STORIES = (
    Story("receive_webhook", "four comments, one of them twice", three_decisions),
    Story(
        "moderate_comments",
        "four comments, one of them twice",
        three_decisions,
        special=every_restriction_has_its_reason,
    ),
    Story("moderate_comments", "an edit, a deletion, a person answers", life_goes_on, before=three_decisions),
    Story("moderate_comments", "one author, again and again", an_impatient_member, any_order=True),
    Story("perform_action", "a reminder and a hide", three_decisions),
    Story("perform_action", "what was said is taken back", life_goes_on, before=three_decisions),
    Story("perform_action", "one author, again and again", an_impatient_member, any_order=True),
    Story("perform_action", "the comment is gone", it_is_gone, special=struck),
    Story("perform_action", "a reply token", a_question_on_line),
    Story("call_manager", "a threat that nobody takes", a_threat),
    Story("relay_alarm", "an alarm", an_alarm),
    Story("keep_watch", "every wake-up was lost", watched, before=nobody_was_woken),
    Story(
        "poll_platforms",
        "three comments to fetch",
        swept,
        somebody_speaks_where_nothing_is_pushed,
        how_far,
        on_square=True,
    ),
    Story(
        "refresh_tokens",
        "an access that ends soon",
        renewed,
        an_access_ends_soon,
        the_access_is_good,
        may_call=frozenset({"refresh_failed"}),
        on_square=True,
    ),
    Story("send_report", "a week and a month", reported, a_week_is_over, registers),
    Story("receive_appeal", "a member contests", contested, hidden, appeals),
    Story("receive_erasure", "somebody asks", asks_to_be_forgotten, three_decisions, nothing_of_them_is_left),
    Story("erase_person", "somebody asks", asks_to_be_forgotten, three_decisions, nothing_of_them_is_left),
)
