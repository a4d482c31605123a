"""relay_alarm's use case: an alarm in any of its three shapes, said to a community manager in plain words, once."""

import contextlib
import json
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from duty_room import PARIS, MemoryJournal, Messages, Phones, communities, no_tools
from hypothesis import given
from hypothesis import strategies as st

from tribune.desk.place import Screens
from tribune.errors import Unavailable, Unreadable
from tribune.journal import Call, CallState
from tribune.workflow.alarm import directions, marks, read, told_of
from tribune.workflow.call import Calling
from tribune.workflow.relay import Relaying

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


def alarm(
    name: str,
    state: str,
    at: datetime,
    shape: str = "eventbridge",
    *,
    description: str = "",
    was_at: datetime | None = None,
) -> dict[str, Any]:
    """A state change in one of the three shapes, as documented."""
    was, moment = "ALARM" if state == "OK" else "OK", at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f+0000")
    if shape == "sns":
        message = {
            "AlarmName": name,
            "AlarmDescription": description,
            "NewStateValue": state,
            "OldStateValue": was,
            "NewStateReason": "Threshold Crossed",
            "StateChangeTime": moment,
            "Trigger": {"Period": 60, "EvaluationPeriods": 1},
        }
        return {"Records": [{"Sns": {"Message": json.dumps(message)}}]}
    data = {
        "alarmName": name,
        "state": {"value": state, "reason": "Threshold Crossed", "timestamp": moment},
        "previousState": {"value": was} | ({"timestamp": was_at.isoformat()} if was_at else {}),
        "configuration": {"description": description},
    }
    if shape == "action":
        return {"source": "aws.cloudwatch", "alarmData": data}
    return {"source": "aws.cloudwatch", "detail-type": "CloudWatch Alarm State Change", "detail": data}


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

    def told(self, call: Call, language: str = "fr") -> list[str]:
        return [plain(line) for line in told_of(call, self.load(call.community), self.now, language)]

    def after(self, **time: float) -> "Tower":
        self.now += timedelta(**time)
        return self

    def hears(self, name: str, state: str = "ALARM", *, shape: str = "eventbridge", **said: Any) -> int:
        """An alarm of any name changes its state at this moment."""
        return self.relay(alarm(name, state, self.now, shape, **said))

    def ring(self, phones: Phones) -> None:
        """keep_watch's round at this moment."""
        calling = Calling(
            self.journal, self.load, lambda _: {}, phones.deliver, Screens("https://desk.example/desk"), no_tools
        )
        for call in self.calls:
            if call.state is CallState.READY and call.due_at <= self.now:
                calling.ring(call.community, call.id, self.now)


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
    assert tower.told(over)[:1] == ["C'est revenu à la normale : Facebook muet"]
    assert tower.told(over)[1].startswith("L'alarme s'est arrêtée à 20 h 12.")


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
    calling = Calling(
        tower.journal, tower.load, lambda _: {}, phones.deliver, Screens("https://desk.example/desk"), no_tools
    )
    calling.ring("garance", tower.calls[0].id, NOW)

    assert (
        plain(phones.last.subject) == "Facebook ne nous livre plus rien depuis 13 h 40 : surveillez la page à la main"
    )
    assert "vérifiez que l'application y est toujours abonnée" in phones.last.text
    assert plain("Sans réponse le 25 novembre à 9 h") in plain(phones.last.text)


def test_times_are_those_of_the_event_not_of_its_reading() -> None:
    (news,) = read(event(SHAPES["action"]))

    assert news.at == datetime(2026, 11, 24, 18, 41, 12, 351000, tzinfo=UTC)
    assert news.since == datetime(2026, 11, 24, 12, 40, tzinfo=UTC)


# --- a storm ---

FACEBOOK, REPLIES = "tribune-FacebookSilentAlarm-1K2J3H4G5F6D", "tribune-RepliesStuckAlarm-9Z8Y7X6W5V4U"


def storm(tower: Tower, n: int, names: int) -> None:
    """`n` alarms of so many names within five minutes, each told through two roads, every tenth road repeated."""
    shapes = ("action", "eventbridge", "sns")
    for i in range(n):
        name = f"cm-shop-{i % names:03d}"
        for road in range(2 + (i % 10 == 0)):
            tower.hears(name, shape=shapes[(i + road) % 3])
        tower.after(seconds=300 / n)


@pytest.mark.parametrize("names", [1, 7, 500])
def test_a_storm_of_500_alarms_is_one_incident_and_one_summary_with_exact_counts(
    tower: Tower, phones: Phones, names: int
) -> None:
    tower.now = datetime(2026, 11, 24, 11, 58, tzinfo=PARIS)  # over the turn of an hour
    storm(tower, 500, names)
    tower.ring(phones)
    for _ in range(30):
        tower.after(minutes=1).ring(phones)

    first, summary = (message for _, _, message in phones.received)
    assert plain(first.subject) == "Une alarme technique s'est déclenchée : cm-shop-000"
    assert "500 alarmes en tout depuis 11 h 58." in plain(first.text)
    assert plain(summary.subject) == "499 autres alarmes depuis 11 h 58, dites ici en une fois"
    assert "Avec la première, cela fait 500." in plain(summary.text)
    counted = [int(n) for n in re.findall(r"déclenchée (\d+) fois", summary.text)]
    rest = re.findall(r"Et (\d+) déclenchements", summary.text)
    assert sum(counted) + sum(map(int, rest)) == 499


def test_the_first_alarm_of_a_storm_does_not_wait_for_it(tower: Tower, phones: Phones) -> None:
    tower.now = NOW.replace(hour=11)
    tower.hears(FACEBOOK)
    tower.ring(phones)
    tower.after(minutes=2).hears(REPLIES)
    tower.ring(phones)

    assert [plain(message.subject)[:30] for _, _, message in phones.received] == ["Facebook ne nous livre plus ri"]
    assert len(tower.queue.sent) == 1

    tower.after(minutes=10).ring(phones)
    assert plain(phones.last.subject) == "Une autre alarme depuis 11 h 43 : réponses bloquées"
    assert "Dure encore (déclenchée 1 fois) : Nos réponses ne partent plus" in plain(phones.last.text)


def test_what_we_know_the_meaning_of_is_named_first(tower: Tower) -> None:
    for number in range(12):
        tower.hears(f"cm-shop-{number}")
    tower.hears(REPLIES)
    named = [line for line in tower.told(tower.calls[1]) if line.startswith("Dure encore")]

    assert "Nos réponses ne partent plus" in named[0]
    assert len(named) == 8


def test_alarms_that_are_far_apart_are_two_incidents(tower: Tower) -> None:
    tower.hears(FACEBOOK)
    tower.after(minutes=31).hears(REPLIES)

    assert [call.reason for call in tower.calls] == ["alarm", "alarm"]
    assert len(tower.queue.sent) == 2


def test_an_incident_that_never_ends_rings_again_after_an_hour(tower: Tower) -> None:
    for _ in range(40):
        tower.hears(FACEBOOK)
        tower.after(minutes=3)

    assert len([call for call in tower.calls if call.reason == "alarm"]) == 2


def test_an_alarm_that_flaps_rings_once_and_is_counted(tower: Tower, phones: Phones) -> None:
    tower.now = NOW.replace(hour=11)
    for _ in range(4):
        tower.hears(FACEBOOK)
        tower.ring(phones)
        rung = tower.now
        tower.after(minutes=1).hears(FACEBOOK, "OK", was_at=rung)
        tower.ring(phones)
        tower.after(minutes=1)
    for _ in range(20):
        tower.after(minutes=1).ring(phones)

    assert [plain(message.subject) for _, _, message in phones.received] == [
        "Facebook ne nous livre plus rien depuis 11 h 41 : surveillez la page à la main",
        "3 autres alarmes depuis 11 h 43, dites ici en une fois",
    ]
    assert "Plus rien n'est en cours." in plain(phones.last.text)
    assert "Terminée à 11 h 48 (déclenchée 3 fois) : Facebook muet" in plain(phones.last.text)


def test_an_alarm_that_comes_back_before_anybody_could_believe_its_end_rings_again(
    tower: Tower, phones: Phones
) -> None:
    tower.now = NOW.replace(hour=11)
    tower.hears(FACEBOOK)
    tower.ring(phones)
    tower.after(minutes=3).hears(FACEBOOK, "OK", was_at=tower.now - timedelta(minutes=3))
    tower.after(minutes=3).hears(FACEBOOK)
    for _ in range(11):
        tower.after(minutes=1).ring(phones)

    subjects = [plain(message.subject) for _, _, message in phones.received]
    assert subjects.count("Facebook ne nous livre plus rien depuis 11 h 41 : surveillez la page à la main") == 2
    assert tower.calls[0].state is CallState.SENT


def test_an_end_that_arrives_before_its_beginning_leaves_the_alarm_on(tower: Tower) -> None:
    rung = tower.now
    tower.relay(alarm(FACEBOOK, "OK", rung + timedelta(minutes=2), was_at=rung))
    tower.relay(alarm(FACEBOOK, "ALARM", rung))

    assert [call.state for call in tower.calls] == [CallState.READY]


def test_alarms_that_are_over_before_anybody_was_told_are_told_to_nobody(tower: Tower, phones: Phones) -> None:
    tower.now = datetime(2026, 11, 24, 2, 0, tzinfo=PARIS)
    began = tower.now
    for name in (FACEBOOK, REPLIES):
        tower.hears(name)
    tower.after(minutes=5)
    for name in (FACEBOOK, REPLIES):
        tower.hears(name, "OK", was_at=began)
    tower.now = tower.now.replace(hour=9)
    tower.ring(phones)

    assert phones.received == []


def test_the_end_is_told_once_whichever_road_brings_it(tower: Tower, phones: Phones) -> None:
    tower.now = NOW.replace(hour=11)
    tower.hears(FACEBOOK)
    tower.ring(phones)
    began = tower.now
    tower.after(minutes=5)
    for shape in ("action", "eventbridge", "sns", "action"):
        tower.hears(FACEBOOK, "OK", shape=shape, was_at=began)
    for _ in range(15):
        tower.after(minutes=1).ring(phones)

    assert [plain(message.subject)[:30] for _, _, message in phones.received] == [
        "Facebook ne nous livre plus ri",
        "C'est revenu à la normale : Fa",
    ]


def test_a_composite_alarm_began_with_the_first_of_its_children() -> None:
    what = alarm("tribune-prod-X", "ALARM", NOW)
    children = [{"arn": "a", "state": {"value": "ALARM", "timestamp": "2026-11-24T18:30:00.000+0000"}}]
    what["detail"]["state"]["reasonData"] = json.dumps({"triggeringAlarms": children})
    what["detail"]["configuration"]["alarmRule"] = "ALARM(a)"

    (news,) = read(what)
    assert news.since == datetime(2026, 11, 24, 18, 30, tzinfo=UTC)


@given(st.permutations(range(12)), st.lists(st.integers(0, 11), max_size=8))
def test_in_whatever_order_and_however_often_they_come_each_alarm_counts_once(
    order: list[int], repeated: list[int]
) -> None:
    tower = Tower(MemoryJournal(), Messages())
    for i in [*order, *repeated]:
        tower.relay(alarm(f"cm-{i % 3}", "ALARM", NOW + timedelta(seconds=i), "sns" if i % 2 else "action"))
    incident, summary = tower.calls

    assert len(marks(incident)) == 12
    assert len(marks(summary)) == 11
    assert {incident.figures["first"], *summary.objects} == set(incident.objects)


# --- an operator's own line ---


def described(line: str) -> str:
    return f"Errors of the checkout, see runbook 12\ntribune: {line}"


def test_a_line_says_whom_it_concerns_how_urgent_it_is_and_what_they_read(
    journal: MemoryJournal, queue: Messages
) -> None:
    tower = Tower(journal, queue, "garance", "lisbeth")
    line = 'community=garance urgency=now fr="Le paiement ne marche plus : dites-le." en="Payment is down: say so."'
    tower.hears("shop-checkout", description=described(line))
    (call,) = tower.calls

    assert (call.community, call.urgency) == ("garance", "now")
    assert tower.told(call) == [
        "Le paiement ne marche plus : dites-le.",
        "Errors of the checkout, see runbook 12",
        "Une alarme technique s'est déclenchée : shop-checkout",
        "Signalé à 19 h 41.",
    ]


@pytest.mark.parametrize(
    "line",
    [
        "community=nobody",
        "community=garance,nobody",
        "urgency=yesterday",
        'fr="never closed',
        "colour=red",
        'fr="a" fr="b"',
        "community",
        'community=garance; urgency=now"',
    ],
)
def test_a_line_that_cannot_be_read_reaches_somebody_and_says_so(tower: Tower, line: str) -> None:
    assert tower.hears("shop-checkout", description=described(line)) == 1
    assert "faites-la corriger par l'équipe technique" in tower.calls[0].sentence


def test_an_unknown_community_is_everybody(journal: MemoryJournal, queue: Messages) -> None:
    tower = Tower(journal, queue, "garance", "lisbeth")

    assert tower.hears("shop-checkout", description=described("community=garence")) == 2


def test_an_urgent_alarm_does_not_join_an_incident_that_can_wait(tower: Tower) -> None:
    tower.hears("shop-reports")
    tower.hears("shop-checkout", description=described("urgency=now"))

    assert [call.urgency for call in tower.calls] == ["hours", "now"]
    assert len(tower.queue.sent) == 2


def test_what_an_alarm_says_is_words_and_nothing_else(tower: Tower) -> None:
    evil = 'fr="{time} \u202egro \x1b[31m <!channel> {0.__class__} \\" tribune: community=x" en="x"'
    tower.hears("cm-{name}\r\nSubject: x", description=described(evil))
    lines = tower.told(tower.calls[0])

    assert lines[0] == '{time} gro [31m <!channel> {0.__class__} " tribune: community=x'
    assert "Une alarme technique s'est déclenchée : cm-{name} Subject: x" in lines
    assert all(one.isprintable() for line in lines for one in line)


@given(st.text(max_size=300))
def test_no_description_breaks_the_relay_or_hides_an_alarm(text: str) -> None:
    tower = Tower(MemoryJournal(), Messages())

    assert tower.hears("cm-x", description=f"tribune:{text}") == 1
    told, rest = directions(f"first\ntribune:{text}")
    assert rest.startswith("first")
    assert told.urgency in {"digest", "hours", "now"}
