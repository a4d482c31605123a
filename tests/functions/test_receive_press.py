"""receive_press through its real door: a signed press in, a call taken or a thread silent, from the template's tables."""

import base64
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from types import ModuleType
from typing import Any
from urllib.parse import urlencode

import pytest
from duty_room import GARANCE, PARIS
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from local.resources import Stack
from tribune import clock, web
from tribune.aws import clients, keys, secrets
from tribune.aws.communities import Communities
from tribune.aws.journal import Journal
from tribune.channel import HttpAnswer, HttpCall
from tribune.community import Community
from tribune.errors import NotSent, Unavailable
from tribune.journal import Call, CallState, Changes
from tribune.managers import slack

NOW = datetime(2026, 11, 24, 14, 6, 2, tzinfo=PARIS)
SECRET = "the app's signing secret"
MARIE, LEA = "U0MARIE01", "U0LEA0001"
THREAD = "thread#facebook#1001#1001_1"
ANSWERED_AT = "https://hooks.slack.com/actions/T0/1/x"


def team() -> Community:
    """Garance, whose two people Slack knows."""
    told = json.loads(json.dumps(GARANCE))
    for person, user in zip(told["rota"]["people"], (MARIE, LEA), strict=True):
        person["ways"] = [{"kind": "slack", "user": user}, *person["ways"][-1:]]
    return Community.model_validate(told)


class Desk:
    """The door, what it writes, and Slack."""

    def __init__(self, stack: Stack, door: ModuleType) -> None:
        self.tables = stack.tables()
        self.journal = Journal(clients.dynamodb(), self.tables["JournalTable"], self.tables["TextTable"])
        self.door, self.now = door, NOW
        self.said: list[tuple[str, dict[str, Any]]] = []
        self.slack_is_down = False

    def hear(self, call: HttpCall, _seconds: float) -> HttpAnswer:
        if self.slack_is_down:
            raise NotSent("refused")
        self.said.append((call.url, json.loads(call.body or b"")))
        return HttpAnswer(200, {}, b"ok")

    def payload(self, does: str = "take", user: str = MARIE, **changes: Any) -> dict[str, Any]:
        action = {"action_id": does, "value": "garance threat-1", "action_ts": f"{self.now.timestamp():.6f}"}
        told = {
            "type": "block_actions",
            "user": {"id": user, "team_id": "T0"},
            "response_url": ANSWERED_AT,
            "actions": [action],
        }
        return told | changes

    def body(self, *given: Any, **changes: Any) -> bytes:
        return urlencode({"payload": json.dumps(self.payload(*given, **changes), ensure_ascii=False)}).encode()

    def post(self, body: bytes, headers: dict[str, str] | None = None, *, secret: str = SECRET) -> dict[str, Any]:
        signed = slack.sign(body, secret, self.now) if headers is None else headers
        event = {
            "requestContext": {"http": {"method": "POST"}},
            "rawPath": "/press/slack",
            "headers": {"Content-Type": "application/x-www-form-urlencoded", **signed},
            "body": base64.b64encode(body).decode(),
            "isBase64Encoded": True,
        }
        answer: dict[str, Any] = self.door.handler(event, None)
        return answer

    def press(self, *given: Any, **changes: Any) -> dict[str, Any]:
        return self.post(self.body(*given, **changes))

    def call(self) -> Call:
        known = self.journal.load_call("garance", "threat-1")
        assert known is not None
        return known

    def paused(self) -> datetime | None:
        return self.journal.pauses("garance").until.get(THREAD)

    def dump(self) -> str:
        """Every item of every table."""
        scans = (clients.dynamodb().scan(TableName=table)["Items"] for table in sorted(self.tables.values()))
        return json.dumps([sorted(json.dumps(item, sort_keys=True, default=str) for item in items) for items in scans])

    @property
    def words(self) -> list[tuple[str, str]]:
        """(to whom, what) was said under the message."""
        return [(told["response_type"], told["text"]) for _, told in self.said]


@pytest.fixture
def desk(stack: Stack, function: Callable[[str], ModuleType], monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    Communities(stack.tables()["CommunityTable"]).write(team())
    secrets.put(keys.secret_path("test", "press", "slack"), secrets.as_text({"current": SECRET}))
    desk = Desk(stack, function("receive_press"))
    monkeypatch.setattr(web, "send", desk.hear)
    monkeypatch.setattr(clock, "now", lambda: desk.now)
    rung = Call(
        community="garance",
        id="threat-1",
        reason="threat",
        urgency="now",
        state=CallState.SENT,
        created_at=NOW,
        due_at=NOW + timedelta(minutes=15),
        rev=0,
        platform="facebook",
        account="1001",
        space="page",
        thread="1001_1",
        objects=("1_14",),
        tried=("marie",),
    )
    desk.journal.commit(Changes(calls=(rung,)), NOW)
    yield desk
    secrets.forget()


# --- what a press does ---


def test_who_presses_takes_the_call_and_everybody_who_sees_the_message_knows(desk: Desk) -> None:
    assert desk.press() == {"statusCode": 200}

    assert (desk.call().state, desk.call().taken_by, desk.call().taken_at) == (CallState.TAKEN, "marie", NOW)
    assert desk.said[0][0] == ANSWERED_AT
    assert desk.words == [("in_channel", "Marie s'en occupe\u00a0: personne d'autre n'est appelé.")]
    assert desk.said[0][1]["replace_original"] is False


def test_the_second_one_is_told_who_was_first_in_their_own_language(desk: Desk) -> None:
    desk.press()
    desk.now += timedelta(minutes=2)
    desk.press("take", LEA)

    assert desk.call().taken_by == "marie"
    assert desk.words[1] == ("ephemeral", "Marie took it before you, at 2:06 pm.")


def test_a_call_about_an_account_with_an_accent_in_its_id_can_be_taken_too(desk: Desk) -> None:
    call = replace(desk.call(), id="failed-generic-vélos-du-nord-2026-11-24", reason="failed", platform="generic")
    desk.journal.commit(Changes(calls=(replace(call, account="vélos-du-nord"),)), NOW)
    action = {"action_id": "take", "value": f"garance {call.id}", "action_ts": f"{NOW.timestamp():.6f}"}

    assert desk.press(actions=[action]) == {"statusCode": 200}
    taken = desk.journal.load_call("garance", call.id)
    assert taken is not None
    assert taken.taken_by == "marie"


def test_the_same_press_again_changes_nothing(desk: Desk) -> None:
    body = desk.body()
    desk.post(body)
    before = desk.dump()
    signed = slack.sign(body, SECRET, desk.now)
    desk.now += timedelta(minutes=4)

    assert desk.post(body, {**signed, "X-Slack-Retry-Num": "1", "X-Slack-Retry-Reason": "http_timeout"}) == {
        "statusCode": 200
    }
    assert desk.dump() == before
    assert desk.words[1] == ("ephemeral", "Vous l'avez déjà pris, à 14\u00a0h\u00a006.")


def test_a_thread_falls_silent_for_an_hour_from_the_press_on(desk: Desk) -> None:
    desk.press("pause")

    assert desk.paused() == NOW + timedelta(hours=1)
    assert desk.words == [("in_channel", "Le fil est en pause jusqu'à 15\u00a0h\u00a006, par Marie.")]
    assert desk.call().taken_by is None, "a pause takes no call"


def test_a_pause_that_is_played_back_neither_lasts_longer_nor_comes_back(desk: Desk) -> None:
    body = desk.body("pause")
    signed = slack.sign(body, SECRET, desk.now)
    desk.post(body, signed)
    desk.now += timedelta(minutes=4)
    desk.post(body, signed)
    assert desk.paused() == NOW + timedelta(hours=1)

    desk.journal.pause("garance", THREAD, None)
    desk.post(body, signed)
    assert desk.paused() is None, "somebody let it speak again"
    assert [to for to, _ in desk.words] == ["in_channel", "ephemeral", "ephemeral"]

    desk.press("pause")
    assert desk.paused() == NOW + timedelta(hours=1, minutes=4), "a new press counts"


def test_a_longer_pause_is_not_made_shorter(desk: Desk) -> None:
    tomorrow = NOW + timedelta(days=1)
    desk.journal.pause("garance", THREAD, tomorrow)
    desk.press("pause")

    assert desk.paused() == tomorrow
    assert desk.words == [("ephemeral", "C'était déjà fait.")]


def test_only_a_person_of_the_rota_may_press(desk: Desk) -> None:
    before = desk.dump()

    for does in ("take", "pause"):
        assert desk.press(does, "U0EVE0001") == {"statusCode": 200}

    assert desk.dump() == before
    assert set(desk.words) == {("ephemeral", "Seule une personne du planning peut répondre à un appel.")}


def test_a_person_of_one_community_has_no_say_in_another(desk: Desk) -> None:
    other = team().model_copy(update={"id": "autre", "channels": ()})
    rota = other.rota.model_copy(update={"people": other.rota.people[1:]})
    Communities(desk.tables["CommunityTable"]).write(other.model_copy(update={"rota": rota}))
    before = desk.dump()

    for community in ("autre", "nobody"):
        action = {"action_id": "take", "value": f"{community} threat-1", "action_ts": f"{desk.now.timestamp():.6f}"}
        desk.press(actions=[action])

    assert desk.dump() == before
    assert {to for to, _ in desk.words} == {"ephemeral"}


def test_a_call_that_is_gone_is_said_to_be(desk: Desk) -> None:
    for does in ("take", "pause"):
        action = {"action_id": does, "value": "garance never-1", "action_ts": f"{desk.now.timestamp():.6f}"}
        desk.press(actions=[action])

    assert set(desk.words) == {("ephemeral", "Cet appel n'existe plus, ou ne porte sur aucun fil.")}


NO_BUTTONS: list[dict[str, Any]] = [
    {"type": "view_submission"},
    {"type": "block_actions", "actions": []},
    {"actions": [{"action_id": "take", "value": "garance", "action_ts": "1795529162.000000"}]},
    {"actions": [{"action_id": "erase", "value": "garance threat-1", "action_ts": "1795525562.000000"}]},
    {"user": {"id": "nobody we know"}},
]


def test_what_is_no_button_of_ours_is_acknowledged_and_does_nothing(desk: Desk) -> None:
    before = desk.dump()

    for changes in NO_BUTTONS:
        assert desk.press(**changes) == {"statusCode": 200}, changes
    assert desk.dump() == before
    assert desk.said == []


# --- who may speak for Slack ---

FORGERIES: dict[str, Callable[[bytes, datetime], dict[str, str]]] = {
    "no header": lambda _, __: {},
    "another secret": lambda body, now: slack.sign(body, "another", now),
    "another body": lambda body, now: slack.sign(body + b"x", SECRET, now),
    "stale": lambda body, now: slack.sign(body, SECRET, now - timedelta(seconds=301)),
    "from the future": lambda body, now: slack.sign(body, SECRET, now + timedelta(seconds=302)),
    "another moment": lambda body, now: (
        slack.sign(body, SECRET, now) | {"x-slack-request-timestamp": str(int(now.timestamp()) - 1)}
    ),
    "digits of another script": lambda body, now: (
        slack.sign(body, SECRET, now) | {"x-slack-request-timestamp": "١٧٩٥٥٢٥٥٦٢"}
    ),
    "a float": lambda body, now: slack.sign(body, SECRET, now) | {"x-slack-request-timestamp": "nan"},
    "another version": lambda body, now: {
        **slack.sign(body, SECRET, now),
        "x-slack-signature": "v1=" + slack.sign(body, SECRET, now)["x-slack-signature"][3:],
    },
    "not ASCII": lambda body, now: slack.sign(body, SECRET, now) | {"x-slack-signature": "v0=" + "é" * 64},
    "in capitals": lambda body, now: {
        **slack.sign(body, SECRET, now),
        "x-slack-signature": slack.sign(body, SECRET, now)["x-slack-signature"].upper(),
    },
    "empty secret": lambda body, now: slack.sign(body, "", now),
}


def test_a_press_that_slack_did_not_sign_just_now_is_refused(desk: Desk) -> None:
    before, body = desk.dump(), desk.body()

    for forgery, headers in FORGERIES.items():
        assert desk.post(body, headers(body, desk.now)) == {"statusCode": 401}, forgery
    assert desk.dump() == before
    assert desk.said == []


def test_an_old_press_under_a_new_signature_is_refused(desk: Desk) -> None:
    body = desk.body("pause")
    desk.now += timedelta(minutes=6)

    assert desk.post(body) == {"statusCode": 401}
    assert desk.paused() is None


def test_without_a_secret_nobody_gets_in(desk: Desk) -> None:
    secrets.remove(keys.secret_path("test", "press", "slack"))

    assert desk.press() == {"statusCode": 401}
    for known in ("None", "nobody", SECRET):
        assert desk.post(desk.body(), secret=known) == {"statusCode": 401}


def test_while_the_secret_is_changed_both_are_good_and_the_new_one_is_found_by_itself(desk: Desk) -> None:
    assert desk.press() == {"statusCode": 200}
    path, client = keys.secret_path("test", "press", "slack"), clients.ssm()
    client.put_parameter(
        Name=path,
        Value=json.dumps({"current": "new", "previous": SECRET}),
        Type="SecureString",
        Overwrite=True,
    )
    desk.now += timedelta(minutes=2)

    assert desk.post(desk.body("take", LEA), secret="new") == {"statusCode": 200}
    assert desk.press() == {"statusCode": 200}


UNREADABLE = [
    b"",
    b"payload=",
    b"payload={",
    b"payload=[]",
    b"payload=%22x%22",
    b"x=1",
    b"payload=\xff",
    b"payload=" + b"[" * 9000,
]


def test_what_slack_would_not_send_is_unreadable(desk: Desk) -> None:
    for body in UNREADABLE:
        assert desk.post(body) == {"statusCode": 400}, body[:40]


def test_a_body_beyond_all_measure_is_refused(desk: Desk) -> None:
    assert desk.post(b"payload=" + b"x" * 300_000) == {"statusCode": 413}


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    payload=st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(st.sampled_from(["type", "user", "id", "actions", "value", "response_url"]), inner)
        ),
        max_leaves=12,
    )
)
def test_no_genuine_body_breaks_the_door(desk: Desk, payload: Any) -> None:
    assert desk.post(urlencode({"payload": json.dumps(payload)}).encode())["statusCode"] in (200, 400)


# --- what is said, and where ---


ELSEWHERE = [
    "https://evil.example/actions",
    "http://hooks.slack.com/x",
    "https://hooks.slack.com:8443/x",
    "https://hooks.slack.com@evil.example/x",
    "https://169.254.169.254/latest",
    "http://[broken",
]


def test_nothing_is_said_to_where_a_payload_wishes(desk: Desk) -> None:
    for address in ELSEWHERE:
        assert desk.press(response_url=address) == {"statusCode": 200}
    assert desk.said == []
    assert desk.call().taken_by == "marie", "what was pressed is done all the same"


def test_a_name_is_no_markup(desk: Desk) -> None:
    rota = team().rota
    people = (rota.people[0].model_copy(update={"name": "<!channel> & co"}), *rota.people[1:])
    changed = team().model_copy(update={"rota": rota.model_copy(update={"people": people})})
    Communities(desk.tables["CommunityTable"]).write(changed)
    desk.press()

    assert desk.words[0][1].startswith("&lt;!channel&gt; &amp; co s'en occupe")


def test_when_slack_does_not_listen_the_call_is_taken_all_the_same(desk: Desk) -> None:
    desk.slack_is_down = True

    assert desk.press() == {"statusCode": 200}
    assert desk.call().taken_by == "marie"


def test_when_the_journal_is_out_slack_shows_that_it_did_not_work(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def out(*_: Any) -> None:
        raise Unavailable("dynamodb")

    monkeypatch.setattr(Journal, "load_call", out)

    assert desk.press() == {"statusCode": 503}
    assert desk.said == []


def test_neither_a_secret_nor_a_name_reaches_the_log(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    desk.press()
    desk.press("pause", "U0EVE0001")
    desk.post(desk.body(), {})
    desk.slack_is_down = True
    desk.press("take", LEA)
    printed = capsys.readouterr()

    assert '"PressesReceived"' in printed.out
    assert '"PressesRefused"' in printed.out
    for private in (SECRET, MARIE, "U0EVE", "Marie", "hooks.slack", "threat-1"):
        assert private not in printed.out + printed.err
