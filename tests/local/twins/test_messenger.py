"""Messenger's twin takes messages for a day, and tells us of our own."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from local.twins import Outbox
from local.twins.messenger import Known, MessengerTwin, delivery
from tribune.channel import Access, Verdict
from tribune.comment import Comment
from tribune.platforms import messenger
from tribune.platforms.body import parse

PAGE = "102030405060708"
ACCESS = Access(PAGE, {"token": "page-token", "app_secret": "app-secret", "base_url": "http://127.0.0.1/v25.0"})


@pytest.fixture
def twin(outbox: Outbox, now: datetime) -> MessengerTwin:
    made = MessengerTwin(outbox, {"page-token": (PAGE,), "other": ("777",)}, app_secret="app-secret")
    made.hear(delivery(Known("m_1", PAGE, "7", "Bonjour", now)), now)
    return made


@pytest.fixture
def act(twin: MessengerTwin, order: Any, carried: Any, answer_of: Any, now: datetime) -> Callable[..., Any]:
    def perform(after_s: float = 0, access: Access = ACCESS, **fields: Any) -> Any:
        sent = order(**({"target": "m_1", "thread": "7", "recipient": "7"} | fields))
        answer = carried(twin, messenger.act(sent, access, now).call, now, after_s)
        return messenger.judge(sent, answer_of(answer), now)

    return perform


def test_an_answer_arrives_once_and_comes_back_as_an_echo(
    act: Any, twin: MessengerTwin, outbox: Outbox, shown: Any
) -> None:
    outcome = act()
    assert shown(outbox) == [("messenger", "reply", PAGE, "7", "Bonjour 🚲", "act-1", 200)]
    body = twin.echo(outbox.entries[0])
    assert body is not None
    (said,) = [one for item in messenger.split(parse(body)) for one in messenger.read(item)]
    assert isinstance(said, Comment)
    assert (said.object, said.author.is_ours, said.thread.id) == (outcome.id, True, "7")


def test_after_a_day_nothing_is_taken_until_the_person_writes_again(act: Any, outbox: Outbox) -> None:
    late = act(after_s=24 * 3600 + 1)
    assert (late.verdict, late.why, len(outbox.effects)) == (Verdict.REFUSED, "window_closed", 0)
    assert act(after_s=24 * 3600).verdict is Verdict.DONE


def test_nobody_is_written_to_first(act: Any) -> None:
    assert act(recipient="8").verdict is Verdict.GONE


def test_an_unsent_message_opens_no_window(act: Any, twin: MessengerTwin, now: datetime) -> None:
    twin.hear(delivery(Known("m_1", PAGE, "7", "", now), is_deleted=True), now)
    assert act().verdict is Verdict.GONE


@pytest.mark.parametrize(
    ("values", "verdict"),
    [
        ({"token": "stolen"}, Verdict.TOKEN_DEAD),
        ({"token": "other"}, Verdict.REFUSED),
        ({"app_secret": ""}, Verdict.REFUSED),
    ],
)
def test_the_right_to_act_is_checked(values: dict[str, str], verdict: Verdict, act: Any, outbox: Outbox) -> None:
    assert act(access=Access(PAGE, {**ACCESS.values, **values})).verdict is verdict
    assert not outbox.effects


def test_the_conversation_can_be_read_back_once_it_shows(
    *, act: Any, twin: MessengerTwin, order: Any, carried: Any, answer_of: Any, now: datetime
) -> None:
    twin.fail({"consistency_s": 30})
    created = act().id
    asked = order(thread="7", recipient="7", since=now)
    call = messenger.look_back(asked, ACCESS)
    assert call is not None
    seen = [messenger.settle(asked, answer_of(carried(twin, call, now, after_s))) for after_s in (29, 30)]
    assert [(one.verdict, one.id) for one in seen] == [(Verdict.LATER, None), (Verdict.DONE, created)]


@pytest.mark.parametrize(
    ("mode", "verdict"),
    [("500", Verdict.UNKNOWN), ("429", Verdict.LIMITED), ("spam", Verdict.BLOCKED), ("token", Verdict.TOKEN_DEAD)],
)
def test_a_refusal_leaves_no_trace(mode: str, verdict: Verdict, act: Any, twin: MessengerTwin, outbox: Outbox) -> None:
    twin.fail(mode)
    assert (act().verdict, len(outbox.effects)) == (verdict, 0)
    assert act().verdict is Verdict.DONE
