"""relay_alarm's use case: an alarm in any of its three shapes, said to a community manager in plain words, once."""

import contextlib
import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from duty_room import PARIS, MemoryJournal, Messages, Phones, communities
from hypothesis import given
from hypothesis import strategies as st

from tribune.desk.place import Screens
from tribune.errors import Unavailable, Unreadable
from tribune.journal import Call, CallState
from tribune.workflow.call import Calling
from tribune.workflow.relay import Relaying, read

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT / "tests/functions/data"
NOW = datetime(2026, 11, 24, 19, 41, 15, tzinfo=PARIS)
SHAPES = {
    "action": ROOT / "events/relay_alarm.json",
    "eventbridge": DATA / "alarm__eventbridge.json",
    "sns": DATA / "alarm__sns.json",
}


def event(path: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return content


class Tower:
    """One or more communities, a journal and a queue."""

    def __init__(self, journal: MemoryJournal, queue: Messages, *names: str, **changes: Any) -> None:
        self.journal, self.queue, self.now = journal, queue, NOW
        self.names = names or ("garance",)
        self.load = {name: communities(id=name, **changes)(name) for name in self.names}.__getitem__

    def relay(self, what: Mapping[str, Any]) -> int:
        return Relaying(self.journal, lambda: self.names, self.load, self.queue).relay(what, self.now)

    @property
    def calls(self) -> list[Call]:
        return list(self.journal.calls.values())


@pytest.fixture
def tower(journal: MemoryJournal, queue: Messages) -> Tower:
    return Tower(journal, queue)


def plain(text: str) -> str:
    return text.replace("\u00a0", " ").replace("\u202f", " ")


@pytest.mark.parametrize("shape", SHAPES)
def test_the_same_alarm_says_the_same_in_each_of_its_three_shapes(tower: Tower, shape: str) -> None:
    assert tower.relay(event(SHAPES[shape])) == 1
    (call,) = tower.calls
    subject, *rest = plain(call.sentence).split("\n")

    began = "13 h 41" if shape == "sns" else "13 h 40"  # SNS tells how long, not when it began
    assert subject == f"Facebook ne nous livre plus rien depuis {began} : surveillez la page à la main"
    assert rest[0].startswith("Facebook ne nous livre plus rien depuis 6 h : surveillez la page à la main, puis")
    assert "Facebook has delivered" not in call.sentence
    assert rest[-1] == "Signalé à 19 h 41."
    assert call.reason == "alarm"
    assert call.urgency == "hours"
    assert call.state is CallState.READY


def test_each_shape_makes_the_same_call(tower: Tower) -> None:
    for path in SHAPES.values():
        tower.relay(event(path))

    assert len(tower.calls) == 1


def test_an_alarm_repeated_is_one_call_woken_again(tower: Tower) -> None:
    for _ in range(3):
        tower.relay(event(SHAPES["action"]))

    assert len(tower.calls) == 1
    assert {(message["community"], message["call"]) for message in tower.queue.sent} == {
        (call.community, call.id) for call in tower.calls
    }


def test_every_community_of_the_directory_is_told(journal: MemoryJournal, queue: Messages) -> None:
    tower = Tower(journal, queue, "garance", "lisbeth")

    assert tower.relay(event(SHAPES["action"])) == 2
    assert {call.community for call in tower.calls} == {"garance", "lisbeth"}


def test_a_house_that_speaks_english_is_told_in_english(journal: MemoryJournal, queue: Messages) -> None:
    tower = Tower(journal, queue, languages=["en", "fr"])
    tower.relay(event(SHAPES["action"]))
    subject, what, when = tower.calls[0].sentence.split("\n")

    assert subject == "Facebook has delivered nothing since 1:40 pm: watch the page by hand"
    assert what.startswith("Facebook has delivered nothing for 6 h: watch the page by hand")
    assert when == "Reported at 7:41 pm."


def test_an_alarm_of_another_stack_without_a_description_is_named(tower: Tower) -> None:
    tower.relay(event(DATA / "alarm__sns__of_another_stack.json"))
    subject, reason, _ = tower.calls[0].sentence.split("\n")

    assert plain(subject) == "Une alarme technique s'est déclenchée : shop-checkout-errors"
    assert reason.startswith("Threshold Crossed")


def test_an_alarm_of_another_stack_speaks_with_its_own_description(tower: Tower) -> None:
    other = event(DATA / "alarm__sns__of_another_stack.json")
    message = json.loads(other["Records"][0]["Sns"]["Message"]) | {
        "AlarmDescription": "Le paiement ne marche plus : prévenez la boutique."
    }
    other["Records"][0]["Sns"]["Message"] = json.dumps(message)
    tower.relay(other)

    assert tower.calls[0].sentence.startswith("Le paiement ne marche plus : prévenez la boutique.\n")
    assert "shop-checkout-errors" in tower.calls[0].sentence


# --- the end of it ---


def test_when_it_is_over_before_anybody_was_told_nobody_is_told(tower: Tower) -> None:
    tower.relay(event(SHAPES["action"]))

    assert tower.relay(event(DATA / "alarm_over__eventbridge.json")) == 0
    assert [call.state for call in tower.calls] == [CallState.CLOSED]


@pytest.mark.parametrize("taken", [True, False])
def test_when_it_is_over_whoever_was_told_is_told_so(tower: Tower, *, taken: bool) -> None:
    tower.relay(event(SHAPES["action"]))
    (call,) = tower.calls
    told = replace(call, state=CallState.SENT, tried=("marie",))
    if taken:
        told = replace(told, state=CallState.TAKEN, taken_by="marie", taken_at=NOW)
    tower.journal.calls[call.community, call.id] = told
    tower.relay(event(DATA / "alarm_over__eventbridge.json"))
    first, over = tower.calls

    assert first.state is (CallState.TAKEN if taken else CallState.CLOSED)
    assert over.reason == "alarm_over"
    assert plain(over.sentence).startswith(
        "C'est revenu à la normale : Facebook muet\nL'alarme s'est arrêtée à 20 h 12."
    )


def test_the_shape_that_does_not_say_which_alarm_is_over_says_that_it_is(tower: Tower) -> None:
    assert tower.relay(event(DATA / "alarm_over__sns.json")) == 1
    assert tower.calls[0].reason == "alarm_over"


@pytest.mark.parametrize(("state", "was"), [("OK", "INSUFFICIENT_DATA"), ("INSUFFICIENT_DATA", "ALARM"), ("OK", "OK")])
def test_a_state_that_changes_nothing_for_anybody_calls_nobody(tower: Tower, state: str, was: str) -> None:
    news = event(SHAPES["action"])
    news["alarmData"]["state"]["value"] = state
    news["alarmData"]["previousState"]["value"] = was

    assert tower.relay(news) == 0
    assert tower.calls == []


# --- trouble ---


@pytest.mark.parametrize(
    "strange",
    [
        {},
        {"Records": []},
        {"Records": [{"Sns": {"Message": "Hello"}}]},
        {"Records": [{"Sns": {"Message": "{}"}}]},
        {"Records": [{"Sns": {}}]},
        {"Records": [{"body": "{}"}]},
        {"alarmData": {"alarmName": "x"}},
        {"alarmData": {"alarmName": "x", "state": {"value": "ALARM", "timestamp": "yesterday"}}},
        {"detail-type": "CloudWatch Alarm State Change", "detail": {"alarmName": "x", "state": 3}},
        {"detail-type": "EC2 Instance State-change Notification", "detail": {"alarmName": "x"}},
    ],
)
def test_what_is_no_alarm_is_refused_so_that_it_is_mailed_as_it_is(tower: Tower, strange: dict[str, Any]) -> None:
    with pytest.raises(Unreadable):
        tower.relay(strange)
    assert tower.calls == []


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=6),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(
                    ["alarmData", "alarmName", "state", "value", "timestamp", "Records", "Sns", "Message", "detail"]
                ),
                inner,
                max_size=4,
            )
        ),
        max_leaves=12,
    )
)
def test_nothing_that_arrives_breaks_the_reader(what: Any) -> None:
    with contextlib.suppress(Unreadable):
        list(read(what if isinstance(what, dict) else {"Records": what}))


def test_a_queue_that_does_not_answer_is_told_and_the_call_is_kept_for_the_watch(tower: Tower) -> None:
    class Out(Messages):
        def send(self, messages: Any) -> None:  # noqa: ARG002  the queue's shape
            raise Unavailable("queue")

    tower.queue = Out()
    with pytest.raises(Unavailable):
        tower.relay(event(SHAPES["action"]))

    assert [call.state for call in tower.calls] == [CallState.READY]


def test_what_the_person_on_duty_reads(tower: Tower, phones: Phones) -> None:
    tower.relay(event(SHAPES["action"]))
    calling = Calling(tower.journal, tower.load, lambda _: {}, phones.deliver, Screens("https://desk.example/desk"))
    calling.ring("garance", tower.calls[0].id, NOW)

    assert (
        plain(phones.last.subject) == "Facebook ne nous livre plus rien depuis 13 h 40 : surveillez la page à la main"
    )
    assert "vérifiez que l'application y est toujours abonnée" in phones.last.text
    assert plain("Sans réponse le 25 novembre à 8 h") in plain(phones.last.text)


def test_times_are_those_of_the_event_not_of_its_reading() -> None:
    (news,) = read(event(SHAPES["action"]))

    assert news.at == datetime(2026, 11, 24, 18, 41, 12, 351000, tzinfo=UTC)
    assert news.since == datetime(2026, 11, 24, 12, 40, tzinfo=UTC)
