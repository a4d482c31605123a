"""LINE's twin: a token works once and for a minute, a retry key makes a push happen once."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from local.twins import Outbox, TwinRequest
from local.twins.line import LineTwin
from tribune.channel import Access, Order, Verdict
from tribune.platforms import line

BOT, MEMBER = "U00000000000000000000000000000b01", "U00000000000000000000000000000a01"
ACCESS = Access(BOT, {"token": "channel-token"})


@pytest.fixture
def twin(outbox: Outbox, now: datetime) -> LineTwin:
    made = LineTwin(outbox, {"channel-token": (BOT,)}, monthly_limit=2)
    made.hear(message(now), now)
    return made


def message(at: datetime) -> bytes:
    event = {
        "type": "message",
        "mode": "active",
        "timestamp": int(at.timestamp() * 1000),
        "source": {"type": "user", "userId": MEMBER},
        "replyToken": "tok-1",
        "message": {"id": "561", "type": "text", "text": "Do you ship to Belgium?"},
    }
    return json.dumps({"destination": BOT, "events": [event]}).encode()


@pytest.fixture
def answer(order: Any, now: datetime) -> Order:
    made: Order = order(
        account=BOT, target="561", thread="~pseudonym", recipient=MEMBER, reply_token="tok-1", reply_token_at=now
    )
    return made


@pytest.fixture
def act(twin: LineTwin, carried: Any, answer_of: Any, now: datetime) -> Callable[..., Any]:
    def perform(order: Order, after_s: float = 0, planned_s: float = 0, access: Access = ACCESS) -> Any:
        """Plan at `planned_s`, arrive at `after_s`."""
        plan = line.act(order, access, now + timedelta(seconds=planned_s))
        return line.judge(replace(order, way=plan.way), answer_of(carried(twin, plan.call, now, after_s)), now)

    return perform


def test_a_token_works_once(act: Any, answer: Order, outbox: Outbox, shown: Any) -> None:
    assert act(answer).verdict is Verdict.DONE
    second = act(answer)
    assert (second.verdict, second.why) == (Verdict.REFUSED, "reply_token")
    assert shown(outbox) == [
        ("line", "reply", BOT, "561", "Bonjour 🚲", "act-1", 200),
        ("line", "reply", BOT, None, "Bonjour 🚲", "act-1", 400),
    ]


@pytest.mark.parametrize(("after_s", "verdict"), [(60, Verdict.DONE), (61, Verdict.REFUSED)])
def test_a_token_lives_a_minute(after_s: int, verdict: Verdict, act: Any, answer: Order) -> None:
    assert act(answer, after_s=after_s).verdict is verdict


def test_a_redelivery_does_not_make_a_token_younger(twin: LineTwin, act: Any, answer: Order, now: datetime) -> None:
    later = now + timedelta(seconds=50)
    twin.hear(message(now), later)
    assert act(answer, after_s=70).verdict is Verdict.REFUSED


def test_a_token_that_line_never_gave_is_refused(act: Any, answer: Order) -> None:
    assert act(replace(answer, reply_token="invented")).verdict is Verdict.REFUSED


def test_a_push_under_one_key_happens_once(act: Any, answer: Order, outbox: Outbox) -> None:
    push = replace(answer, reply_token=None)
    first, again = act(push), act(replace(push, way="push"))
    assert (first.verdict, again.verdict, again.why) == (Verdict.DONE, Verdict.DONE, "already_accepted")
    assert first.id == again.id
    assert [one.status for one in outbox.entries] == [200, 409]
    assert len(outbox.effects) == 1


def test_the_month_s_pushes_run_out_and_replies_go_on(act: Any, twin: LineTwin, answer: Order, now: datetime) -> None:
    pushes = [act(replace(answer, reply_token=None, action_id=f"act-{number}")) for number in range(3)]
    assert [one.verdict for one in pushes] == [Verdict.DONE, Verdict.DONE, Verdict.REFUSED]
    assert pushes[2].why == "monthly_limit"
    assert act(answer).verdict is Verdict.DONE
    assert twin.pushed_in_month_of(now) == 2
    assert twin.pushed_in_month_of(now + timedelta(days=31)) == 0


def test_the_quota_can_be_asked_for(twin: LineTwin, now: datetime, said_by: Any) -> None:
    def ask(path: str, token: str = "channel-token") -> Any:
        return twin.handle(TwinRequest("GET", path, {"authorization": f"Bearer {token}"}, b"", now))

    assert said_by(ask("/v2/bot/message/quota")) == {"type": "limited", "value": 2}
    assert said_by(ask("/v2/bot/message/quota/consumption")) == {"totalUsage": 0}
    assert ask("/v2/bot/message/quota", token="x").status == 401
    assert ask("/v2/bot/elsewhere").status == 404


def test_nobody_is_pushed_to_who_never_wrote(act: Any, answer: Order) -> None:
    assert act(replace(answer, reply_token=None, recipient="U0stranger")).verdict is Verdict.REFUSED


def test_a_dead_channel_token_is_said(act: Any, answer: Order, outbox: Outbox) -> None:
    assert act(answer, access=Access(BOT, {"token": "old"})).verdict is Verdict.TOKEN_DEAD
    assert not outbox.effects


@pytest.mark.parametrize(
    ("mode", "verdict"),
    [("500", Verdict.UNKNOWN), ("429", Verdict.LIMITED), ("token", Verdict.TOKEN_DEAD), ("quota", Verdict.REFUSED)],
)
def test_told_to_fail_it_fails_in_line_s_own_words(
    *, mode: str, verdict: Verdict, act: Any, twin: LineTwin, answer: Order, outbox: Outbox
) -> None:
    twin.fail({"mode": mode})
    assert act(answer).verdict is verdict
    assert not outbox.effects
    assert act(answer).verdict is Verdict.DONE


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("reply", {"replyToken": "tok-1", "messages": []}, 400),
        ("reply", {"replyToken": "tok-1", "messages": [{"type": "text", "text": ""}]}, 400),
        ("reply", {"replyToken": "tok-1", "messages": [{"type": "text", "text": "😀" * 2501}]}, 400),
        ("reply", {"messages": [{"type": "text", "text": "x"}]}, 400),
        ("push", {"to": MEMBER, "messages": [{"type": "text", "text": "x"}] * 6}, 400),
        ("push", [], 400),
        ("multicast", {"to": [MEMBER], "messages": [{"type": "text", "text": "x"}]}, 404),
    ],
)
def test_what_line_would_not_accept_is_refused(
    *, path: str, body: Any, status: int, twin: LineTwin, outbox: Outbox, now: datetime
) -> None:
    headers = {"authorization": "Bearer channel-token"}
    content = json.dumps(body).encode()
    assert twin.handle(TwinRequest("POST", f"/v2/bot/message/{path}", headers, content, now)).status == status
    assert not outbox.entries


def test_a_retry_key_is_a_uuid(twin: LineTwin, now: datetime) -> None:
    headers = {"authorization": "Bearer channel-token", "x-line-retry-key": "act-1"}
    body = json.dumps({"to": MEMBER, "messages": [{"type": "text", "text": "x"}]}).encode()
    assert twin.handle(TwinRequest("POST", "/v2/bot/message/push", headers, body, now)).status == 400


def test_line_never_tells_us_about_our_own_messages(act: Any, answer: Order, twin: LineTwin, outbox: Outbox) -> None:
    act(answer)
    assert twin.echo(outbox.entries[0]) is None
