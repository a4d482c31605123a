"""The harness bites: each mutant breaks one line that a promise of the design rests on, and a named check sees it.

In memory; what is caught there is caught by the same worlds that the proof lives through.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import count
from typing import Any

import pytest
from meetings import MEETINGS, amiss, met, one_after_the_other
from proof import STORIES, lived, wrong
from proof_table import fell
from turns import Turns, schedules
from world import Fault

from local import memory
from tribune.aws import items
from tribune.aws.journal import Journal
from tribune.aws.queues import Queue
from tribune.channel import Verdict
from tribune.comment import Comment, words_hash
from tribune.errors import Conflict, TribuneError
from tribune.journal import ActionState, CallState, Changes
from tribune.platforms import facebook, line
from tribune.workflow import call as calling
from tribune.workflow import perform, weigh
from tribune.workflow.call import Calling
from tribune.workflow.erase import Erasing
from tribune.workflow.marking import Marking
from tribune.workflow.moderate import Moderation
from tribune.workflow.perform import Performing
from tribune.workflow.refresh import Refreshing
from tribune.workflow.watch import Watching

type Break = Callable[[pytest.MonkeyPatch], None]
type Trial = Callable[[Break, pytest.MonkeyPatch], list[str]]


def in_story(function: str, name: str, *faults: Fault) -> Trial:
    """The story beside its faultless world, which the mutant does not live in."""

    def trial(mutant: Break, patch: pytest.MonkeyPatch) -> list[str]:
        story = next(story for story in STORIES if (story.function, story.name) == (function, name))
        right = lived(story).ending
        mutant(patch)
        return wrong(story, right, lived(story, faults).ending, faults)

    return trial


def in_meeting(function: str, name: str) -> Trial:
    """Two workers, until an order of theirs shows it."""

    def trial(mutant: Break, patch: pytest.MonkeyPatch) -> list[str]:
        meeting = next(meeting for meeting in MEETINGS if (meeting.function, meeting.name) == (function, name))
        serial = one_after_the_other(meeting)
        mutant(patch)
        ended = []

        def live(schedule: Sequence[int]) -> Turns:
            turns, ending = met(meeting, schedule)
            ended.append(ending)
            return turns

        return next((what for _ in schedules(live, 2) if (what := amiss(meeting, serial, ended[-1]))), [])

    return trial


# --- the mutants ---


def without_conditions(request: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in request.items() if not name.startswith(("Condition", "Expression"))}


def a_head_is_written_without_a_condition(patch: pytest.MonkeyPatch) -> None:
    put = Journal._put
    patch.setattr(Journal, "_put", lambda self, *given: without_conditions(put(self, *given)))


def counters_stand_outside_the_transaction(patch: pytest.MonkeyPatch) -> None:
    commit = Journal.commit

    def twofold(self: Journal, changes: Changes, now: Any) -> None:
        if changes.counts:
            commit(self, Changes(counts=changes.counts), now)
        commit(self, replace(changes, counts=()), now)

    patch.setattr(Journal, "commit", twofold)


def a_comment_is_known_by_its_delivery(patch: pytest.MonkeyPatch) -> None:
    read, deliveries = facebook.read, count()
    patch.setattr(
        facebook,
        "read",
        lambda item: [replace(said, object=f"{said.object}_{next(deliveries)}") for said in read(item)],
    )


def a_failed_batch_is_reported_as_done(patch: pytest.MonkeyPatch) -> None:
    decide = Moderation.moderate

    def silent(self: Moderation, *given: Any) -> Any:
        tally = decide(self, *given)
        tally.failed.clear()
        return tally

    patch.setattr(Moderation, "moderate", silent)


def a_conflict_is_swallowed(patch: pytest.MonkeyPatch) -> None:
    write = Journal._write

    def careless(self: Journal, requests: Any) -> None:
        try:
            write(self, requests)
        except Conflict:
            return

    patch.setattr(Journal, "_write", careless)


def whatever_comes_last_wins(patch: pytest.MonkeyPatch) -> None:
    arrivals = count()
    patch.setattr(
        Comment,
        "version",
        property(lambda said: f"{next(arrivals):015d}.{said.verb.rank}.{words_hash(said.text)}"),
    )


def a_persons_budget_is_taken_from_without_looking(patch: pytest.MonkeyPatch) -> None:
    noted = items.author
    patch.setattr(items, "author", lambda note, now: noted(replace(note, expected_rev=None), now))


def a_restriction_has_no_notice(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(weigh._Weighing, "_reasoned", lambda _self, action, *_: action)


def a_reminder_that_nobody_read_is_a_strike(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Marking, "_lift_unless_told", staticmethod(lambda *_: None))


def it_acts_without_a_claim(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Performing, "_claim", lambda _self, errand, _around, _plan: errand)


def a_lease_is_shorter_than_the_function(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(perform, "LEASE_MARGIN", timedelta(seconds=-26))


def it_sends_again_without_reading_back(patch: pytest.MonkeyPatch) -> None:
    act = facebook.act
    patch.setattr(facebook, "act", lambda *given: replace(act(*given), repeatable=True))


def a_reply_token_is_tried_again_by_a_push(patch: pytest.MonkeyPatch) -> None:
    act = line.act
    patch.setattr(
        line, "act", lambda order, *given: replace(act(replace(order, attempt=1, way=""), *given), repeatable=True)
    )


def what_was_interrupted_counts_as_sent(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(
        Performing,
        "_take_up_again",
        lambda self, errand, _plan, _around: self._marking.finish(
            errand.head, errand.action, ActionState.SENT, "", tell=False
        ),
    )


def what_is_uncertain_is_told_to_nobody(patch: pytest.MonkeyPatch) -> None:
    finish = Marking.finish

    def silent(self: Marking, head: Any, action: Any, state: ActionState, why: str, *, tell: bool) -> Any:
        del tell
        return finish(
            self, head, action, ActionState.CANCELLED if state is ActionState.UNCERTAIN else state, why, tell=False
        )

    patch.setattr(Marking, "finish", silent)


def what_was_sent_is_not_marked(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Marking, "sent", lambda *_: None)


def a_refusal_for_now_is_taken_for_success(patch: pytest.MonkeyPatch) -> None:
    judge = facebook.judge

    def hopeful(*given: Any) -> Any:
        outcome = judge(*given)
        return replace(outcome, verdict=Verdict.DONE) if outcome.verdict is Verdict.LIMITED else outcome

    patch.setattr(facebook, "judge", hopeful)


def nobody_watches(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Watching, "watch", lambda *_: {})


def what_is_unfinished_stands_in_no_index(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Journal, "due", lambda *_, **__: [])


def a_call_is_not_claimed(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Calling, "_claim", lambda _self, call, *_: call)


def a_call_rings_once_and_is_forgotten(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(calling, "_answer_by", lambda *given: given[-1] + timedelta(days=30))


def a_call_that_reached_nobody_counts_as_made(patch: pytest.MonkeyPatch) -> None:
    settle = Calling._settle
    patch.setattr(
        Calling,
        "_settle",
        lambda self, call, now, **what: settle(self, call, now, **{**what, "state": CallState.CLOSED}),
    )


def a_delivery_is_acknowledged_before_it_is_kept(patch: pytest.MonkeyPatch) -> None:
    send = Queue.send

    def hopeful(self: Queue, messages: Any) -> None:
        try:
            send(self, messages)
        except TribuneError:
            return

    patch.setattr(Queue, "send", hopeful)


def a_queue_that_took_a_part_took_all(patch: pytest.MonkeyPatch) -> None:
    """moto and SQS answer `Failed` for a part: the memory does it once here, and nobody looks."""
    kept, batches = memory.SQS.send_message_batch, count()

    def partly(self: memory.SQS, request: Any) -> Any:
        if next(batches) == 1:
            return {"Successful": [], "Failed": [{"Id": entry["Id"]} for entry in request["Entries"]]}
        return kept(self, request)

    patch.setattr(memory.SQS, "send_message_batch", partly)
    unseen = Queue.send

    def blind(self: Queue, messages: Any) -> None:
        try:
            unseen(self, messages)
        except TribuneError:
            return

    patch.setattr(Queue, "send", blind)


def the_latecomers_of_a_forgotten_person_stay(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Journal, "forget_author", lambda *_: None)
    patch.setattr(Queue, "send_later", lambda *_: None)


def an_erasure_stops_at_the_decision(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Journal, "erase_words", lambda *_: None)
    patch.setattr(Erasing, "_without_author", lambda *_: None)


def two_may_renew_an_access_at_once(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Refreshing, "_keep", lambda _self, record, **_: record)


@dataclass(frozen=True)
class Mutant:
    """One broken line, and the world that shows it."""

    breaks: Break
    seen: Trial

    @property
    def name(self) -> str:
        return self.breaks.__name__.replace("_", " ")


MODERATE, PERFORM = "moderate_comments", "perform_action"
COMMENTS, REMINDER = "four comments, one of them twice", "a reminder and a hide"
MUTANTS = (
    Mutant(a_head_is_written_without_a_condition, in_meeting(MODERATE, "the same calm comment")),
    Mutant(
        counters_stand_outside_the_transaction,
        in_story(MODERATE, COMMENTS, Fault("TransactWriteItems", "error_before")),
    ),
    Mutant(a_comment_is_known_by_its_delivery, in_story(MODERATE, COMMENTS)),
    Mutant(a_failed_batch_is_reported_as_done, in_story(MODERATE, COMMENTS, Fault("BatchGetItem", "error_before"))),
    Mutant(a_conflict_is_swallowed, in_meeting(PERFORM, "the same reminder")),
    Mutant(whatever_comes_last_wins, in_meeting(MODERATE, "a comment, its edit")),
    Mutant(a_persons_budget_is_taken_from_without_looking, in_meeting(MODERATE, "two comments of one author")),
    Mutant(a_restriction_has_no_notice, in_story(MODERATE, COMMENTS)),
    Mutant(a_reminder_that_nobody_read_is_a_strike, in_story(PERFORM, "the comment is gone")),
    Mutant(it_acts_without_a_claim, in_meeting(PERFORM, "the same reminder")),
    Mutant(a_lease_is_shorter_than_the_function, in_story(PERFORM, REMINDER, Fault("POST", "another_worker"))),
    Mutant(
        it_sends_again_without_reading_back,
        in_story(PERFORM, REMINDER, Fault("POST http://facebook.test/1_1/comments", "kill_after")),
    ),
    Mutant(a_reply_token_is_tried_again_by_a_push, in_story(PERFORM, "a reply token", Fault("POST", "kill_after"))),
    Mutant(
        what_was_interrupted_counts_as_sent,
        in_story(PERFORM, REMINDER, Fault("POST http://facebook.test/1_1/comments", "kill_before")),
    ),
    Mutant(what_is_uncertain_is_told_to_nobody, in_story(PERFORM, "a reply token", Fault("POST", "kill_after"))),
    Mutant(what_was_sent_is_not_marked, in_story(PERFORM, REMINDER)),
    Mutant(a_refusal_for_now_is_taken_for_success, in_story(PERFORM, REMINDER, Fault("POST", "throttled"))),
    Mutant(nobody_watches, in_story("keep_watch", "every wake-up was lost")),
    Mutant(what_is_unfinished_stands_in_no_index, in_story("keep_watch", "every wake-up was lost")),
    Mutant(a_call_is_not_claimed, in_meeting("call_manager", "the same call")),
    Mutant(a_call_rings_once_and_is_forgotten, in_story("call_manager", "a threat that nobody takes")),
    Mutant(a_call_that_reached_nobody_counts_as_made, in_story("call_manager", "a threat that nobody takes")),
    Mutant(
        a_delivery_is_acknowledged_before_it_is_kept,
        in_story("receive_webhook", COMMENTS, Fault(4, "error_before")),
    ),
    Mutant(a_queue_that_took_a_part_took_all, in_story("receive_webhook", COMMENTS)),
    Mutant(the_latecomers_of_a_forgotten_person_stay, in_meeting("erase_person", "they speak again")),
    Mutant(an_erasure_stops_at_the_decision, in_story("erase_person", "somebody asks")),
    Mutant(
        two_may_renew_an_access_at_once,
        in_story("refresh_tokens", "an access that ends soon", Fault("POST", "another_worker")),
    ),
)


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_a_broken_promise_is_seen(mutant: Mutant, monkeypatch: pytest.MonkeyPatch, record_property: Any) -> None:
    found = mutant.seen(mutant.breaks, monkeypatch)

    fell(record_property, mutant.name, "; ".join(found))
    assert found, "nothing showed it"
