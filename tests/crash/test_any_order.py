"""Whatever happens, in whatever order, with whatever breaking on the way: a state machine lives it, and the laws hold.

Members speak, edit, delete, and every delivery may come again, late, or twice; a person of the team answers; somebody
asks to be forgotten; the platform limits, fails, or answers into the void; processes die at any call; the clock jumps.
A thousand lives in `make crash`, a few in every run.
"""

import contextlib
import io
import itertools
import json
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from memory_world import memory_world
from proof import EVERYTHING, MODES, Ending, asks_to_be_forgotten, items, seen, waiting
from proof_table import fell, tell
from world import PAGE, QUEUES, Calls, Fault, Killed, World

from tribune import telemetry
from tribune.aws import clients
from tribune.aws.journal import Journal
from tribune.budgets import PER_POST_AND_HOUR, PER_THREAD
from tribune.comment import Comment
from tribune.errors import TribuneError
from tribune.journal import ActionState
from tribune.platforms import facebook
from tribune.workflow.worksheet import Worksheet

AUTHORS = ("7001", "7002", "7003")
SAID = (
    "@Karim t'es vraiment un abruti si tu crois ça, {}",
    "Vous êtes des voleurs, un mois que j'attends mon remboursement {} !!!!",
    "Super vélo, merci {} !",
    "Vous êtes ouverts le dimanche ? {}",
    "Grâce à Mme Lefèvre j'ai obtenu mon prêt de 20 000 € en 48 h, WhatsApp +33 6 39 98 56 78 {}",
)
FAILURES = ("429", "500", "502_after", "timeout_after", "timeout_before", "reset_after", "reset_before")
MOST_ROUNDS = 60
"""Within so many rounds of every queue a world must have come to rest."""
LIVES = 1000 if EVERYTHING else 12
STEPS = 25
ORDERS = 2000 if EVERYTHING else 30

lives: list[int] = []


class AnyLife(RuleBasedStateMachine):
    """A community's page, and everything that can happen to it."""

    def __init__(self) -> None:
        super().__init__()
        self.closing = contextlib.ExitStack()
        self.output = io.StringIO()
        self.closing.enter_context(contextlib.redirect_stdout(self.output))
        for handler in telemetry.logger().handlers:
            before = handler.setStream(self.output)
            self.closing.callback(handler.setStream, before)
        self.world: World = self.closing.enter_context(memory_world())
        self.numbers = itertools.count(1)
        self.bodies: list[dict[str, Any]] = []
        self.texts: dict[int, list[str]] = {}
        """Comment: the mark of each version of its words."""
        self.author: dict[int, str] = {}
        self.deleted: set[int] = set()
        self.forgotten: set[str] = set()
        lives.append(1)

    # --- members and the platform ---

    @rule(author=st.sampled_from(AUTHORS), said=st.sampled_from(SAID), answers=st.integers(0, 4))
    def says(self, author: str, said: str, answers: int) -> None:
        if author in self.forgotten:
            return
        number = next(self.numbers)
        parent = answers if answers in self.texts else None
        self.author[number] = author
        self.texts[number] = [f"canari{number}v0"]
        self._deliver(self.world.comment(number, said.format(self.texts[number][0]), author=author, parent=parent))

    @rule(which=st.integers(1, 8), said=st.sampled_from(SAID))
    def edits(self, which: int, said: str) -> None:
        if which not in self.texts or which in self.deleted or self.author[which] in self.forgotten:
            return
        self.world.now += timedelta(seconds=5)
        self.texts[which].append(f"canari{which}v{len(self.texts[which])}")
        body = self.world.comment(which, said.format(self.texts[which][-1]), verb="edited", author=self.author[which])
        self._deliver(body)

    @rule(which=st.integers(1, 8))
    def deletes(self, which: int) -> None:
        if which not in self.texts:
            return
        self.world.now += timedelta(seconds=5)
        self.deleted.add(which)
        self._deliver(self.world.comment(which, "", verb="remove", author=self.author[which]))

    @rule(which=st.integers(0, 30))
    def is_delivered_again(self, which: int) -> None:
        if which < len(self.bodies):
            self._deliver(self.bodies[which], keep=False)

    @rule(thread=st.integers(1, 8))
    def a_person_of_the_team_answers(self, thread: int) -> None:
        if thread in self.texts:
            number = 1000 + next(self.numbers)
            self._deliver(self.world.comment(number, "Bonjour, je m'en occupe.", author=PAGE, parent=thread))

    @rule(author=st.sampled_from(AUTHORS))
    def asks_to_be_forgotten(self, author: str) -> None:
        settle, self.world.settle = self.world.settle, lambda **_: None  # only asked for
        try:
            asks_to_be_forgotten(self.world, author)
        finally:
            self.world.settle = settle
        self.forgotten.add(author)

    # --- what goes wrong ---

    @rule(mode=st.sampled_from(FAILURES), times=st.integers(1, 3))
    def the_platform_fails(self, mode: str, times: int) -> None:
        self.world.facebook.fail({"mode": mode, "next": times, "of": "acts"})

    @rule(at_call=st.integers(1, 12), mode=st.sampled_from(MODES))
    def something_breaks_while_everybody_works(self, at_call: int, mode: str) -> None:
        self.world.calls = Calls(faults=[Fault(at_call, mode)])
        self._work()
        self.world.calls = Calls()

    @rule(minutes=st.sampled_from([1, 3, 8, 70]))
    def time_passes(self, minutes: int) -> None:
        self.world.now += timedelta(minutes=minutes)

    # --- everybody works ---

    @rule(queue=st.sampled_from(sorted(QUEUES)), backwards=st.booleans())
    def one_queue_moves(self, queue: str, backwards: bool) -> None:
        memory: Any = clients.sqs()
        messages = memory._memory.queues[self.world.stack.queues()[queue]].messages
        if backwards:
            messages.reverse()
        self.world._pump(queue, QUEUES[queue])

    @rule()
    def the_minute_strikes(self) -> None:
        with contextlib.suppress(TribuneError):
            self.world.invoke("keep_watch", {})

    def _work(self) -> None:
        self.world.pump()
        try:
            self.world.invoke("keep_watch", {})
        except Killed:
            self.world.doors.pop("keep_watch", None)
        except TribuneError:
            pass

    def _deliver(self, body: dict[str, Any], *, keep: bool = True) -> None:
        assert self.world.deliver("facebook", body) == 200
        if keep:
            self.bodies.append(body)

    # --- what always holds ---

    @invariant()
    def nothing_is_said_twice(self) -> None:
        said = [(entry.object, entry.text) for entry in self.world.outbox.effects if entry.kind == "reply"]
        assert len(said) == len(set(said))

    @invariant()
    def nobody_is_reminded_twice_of_one_comment(self) -> None:
        cited = [entry.object for entry in self.world.outbox.effects if "#article-" in (entry.text or "")]
        assert len(cited) == len(set(cited))

    @invariant()
    def the_budgets_are_kept(self) -> None:
        hour = [
            e for e in self.world.outbox.effects if e.kind == "reply" and self.world.now - e.at < timedelta(hours=1)
        ]
        assert len(hour) <= PER_POST_AND_HOUR
        for item in items(self.world, "JournalTable"):
            if item["sk"]["S"] == "thread":
                assert sum(name.startswith("auto.") for name in item) <= PER_THREAD

    @invariant()
    def no_word_is_in_the_journal_nor_in_a_log(self) -> None:
        # What the CM could say stands in the case, with the name it would begin with, until the case is settled.
        tables = [items(self.world, name) for name in ("JournalTable", "CounterTable", "CommunityTable")]
        kept = json.dumps([{**item, "drafts": None} for table in tables for item in table], default=str)
        for place in (kept, self.output.getvalue()):
            assert "canari" not in place
            assert "Une personne" not in place

    # --- and in the end ---

    def teardown(self) -> None:
        try:
            self._comes_to_rest()
        finally:
            self.closing.close()

    def _comes_to_rest(self) -> None:
        world = self.world
        world.facebook.fail(None)
        rounds = 0
        while rounds < MOST_ROUNDS:
            rounds += 1
            self._work()
            if not waiting(world) and rounds > MOST_ROUNDS // 2:
                break
            world.now += timedelta(minutes=8)
        assert waiting(world) == 0, "messages are left over"
        heads = [item for item in items(world, "JournalTable") if item["sk"]["S"] == "head"]
        states = [action["M"]["state"]["S"] for head in heads for action in head.get("actions", {"L": []})["L"]]
        assert not {ActionState.READY, ActionState.SENDING} & set(states), "something is unfinished"
        standing = set(self.texts) - self.deleted
        assert sum(world.counters().values()) == len(standing), "counters are not the comments that stand"
        gone = {number for number in self.texts if number in self.deleted or self.author[number] in self.forgotten}
        words = json.dumps(items(world, "TextTable"), default=str)
        assert not [mark for number in gone for mark in self.texts[number] if mark in words], "erased words are left"
        cases = [item for item in items(world, "JournalTable") if item["sk"]["S"] == "case"]
        assert not [case for case in cases if number_of(case) in gone and case.get("drafts", {"L": []})["L"]]
        self.no_word_is_in_the_journal_nor_in_a_log()


def number_of(item: dict[str, Any]) -> int:
    """The comment that an item is about."""
    return int(item["pk"]["S"].rsplit("_", 1)[1])


LIVED = settings(
    max_examples=LIVES,
    stateful_step_count=STEPS,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.generate],
    derandomize=not EVERYTHING,
)


def test_whatever_happens_the_laws_hold(record_property: Any) -> None:
    before = len(lives)
    run_state_machine_as_test(AnyLife, settings=LIVED)

    tell(record_property, "all at once", "any order", len(lives) - before)


def words_are_not_erased(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Journal, "erase_words", lambda *_: None)


def what_is_deleted_is_still_counted(patch: pytest.MonkeyPatch) -> None:
    count = Worksheet.count
    patch.setattr(Worksheet, "count", lambda self, one: count(self, one) if one.n > 0 else None)


def a_name_is_logged(patch: pytest.MonkeyPatch) -> None:
    read = facebook.read

    def telling(item: Any) -> Any:
        said = list(read(item))
        telemetry.logger().info("read", extra={"who": [one.author.name for one in said if isinstance(one, Comment)]})
        return said

    patch.setattr(facebook, "read", telling)


@pytest.mark.parametrize("mutant", [words_are_not_erased, what_is_deleted_is_still_counted, a_name_is_logged])
def test_the_lives_bite(mutant: Any, monkeypatch: pytest.MonkeyPatch, record_property: Any) -> None:
    mutant(monkeypatch)

    # The same sixty lives each time: a mutant is not to be missed by chance.
    hunted = settings(LIVED, max_examples=60, derandomize=True, print_blob=False)
    with pytest.raises(AssertionError) as seen_by:
        run_state_machine_as_test(AnyLife, settings=hunted)

    fell(record_property, mutant.__name__.replace("_", " "), str(seen_by.value).split("\n", maxsplit=1)[0][:60])


# --- any order of the same events is one state ---

STORIES_OF_TWO = (("edited", "edited"), ("edited", "remove"), ("remove",), ("edited", "edited", "remove"))


def told(world: World, number: int, verbs: tuple[str, ...]) -> list[dict[str, Any]]:
    """A comment and what became of it, each a moment after the other."""
    texts = (SAID[0], SAID[2], SAID[4])
    bodies = [world.comment(number, SAID[1].format(number), author=f"70{number}", at=world.now)]
    for step, verb in enumerate(verbs, start=1):
        at = world.now + timedelta(seconds=step)
        body = world.comment(number, texts[step % 3].format(number), verb=verb, author=f"70{number}", at=at)
        body["entry"][0]["time"] = int(at.timestamp())
        bodies.append(body)
    return bodies


def ended(first: tuple[str, ...], second: tuple[str, ...], order: list[int], batches: int) -> Ending:
    """The events delivered in an order, decided in so many batches, then carried out."""
    with memory_world() as world:
        bodies = told(world, 1, first) + told(world, 2, second)
        world.now += timedelta(minutes=1)
        for number, which in enumerate(order):
            assert world.deliver("facebook", bodies[which % len(bodies)]) == 200
            if batches and number % batches == 0:
                world.pump_only("moderate_comments")
        world.pump_only("moderate_comments")
        world.settle(minutes=60, quiet_minutes=10)
        return seen(world)


@st.composite
def orders(draw: st.DrawFn) -> tuple[tuple[str, ...], tuple[str, ...], list[int], int]:
    first, second = draw(st.sampled_from(STORIES_OF_TWO)), draw(st.sampled_from(STORIES_OF_TWO))
    events = len(first) + len(second) + 2
    order = draw(st.permutations(range(events)))
    again = draw(st.lists(st.integers(0, events - 1), max_size=4))
    return first, second, [*order, *again], draw(st.integers(0, 3))


def test_any_order_of_the_same_events_is_one_state(record_property: Any) -> None:
    number = itertools.count()

    @settings(max_examples=ORDERS, deadline=None, derandomize=not EVERYTHING, phases=[Phase.generate])
    @given(one=orders())
    def in_any_order(one: tuple[tuple[str, ...], tuple[str, ...], list[int], int]) -> None:
        first, second, order, batches = one
        next(number)
        right = ended(first, second, list(range(len(first) + len(second) + 2)), 0)
        end = ended(first, second, order, batches)
        assert (end.effects, end.decided, end.counters, end.left) == (
            right.effects,
            right.decided,
            right.counters,
            right.left,
        )
        assert [case for case in end.cases if case[2] == "open"] == [case for case in right.cases if case[2] == "open"]

    in_any_order()
    tell(record_property, "moderate_comments", "any order", next(number))
