"""Threads' twin publishes a container once, hides at the top, and tells us of our own replies."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from local.twins import Fate, Outbox
from local.twins.threads import Known, ThreadsTwin, delivery, post_value
from tribune.channel import Access, ActKind, Verdict
from tribune.comment import Comment
from tribune.platforms import threads
from tribune.platforms.body import parse

USER = "26000000000000001"
ROOT = "18050000000000001"
FIRST = "18060000000000001"
NESTED = "18060000000000005"
ACCESS = Access(USER, {"token": "th-token", "app_secret": "app-secret", "base_url": "http://127.0.0.1/v1.0"})


@pytest.fixture
def twin(outbox: Outbox, now: datetime) -> ThreadsTwin:
    made = ThreadsTwin(outbox, {"th-token": (USER,), "other": ("777",)}, app_secret="app-secret")
    for identity, parent in ((FIRST, ROOT), (NESTED, FIRST)):
        made.hear(delivery(USER, now, post_value(Known(identity, USER, ROOT, parent, "amina", "Bonjour ?", now))), now)
    return made


@pytest.fixture
def step(twin: ThreadsTwin, order: Any, carried: Any, answer_of: Any, now: datetime) -> Callable[..., Any]:
    """One attempt, as perform makes it: the outcome, and the order that comes next."""

    def attempt(kind: ActKind = ActKind.REPLY, after_s: float = 0, access: Access = ACCESS, **fields: Any) -> Any:
        sent = order(kind, **({"account": USER, "target": FIRST, "thread": FIRST, "since": now} | fields))
        plan = threads.act(sent, access, now)
        return threads.judge(replace(sent, way=plan.way), answer_of(carried(twin, plan.call, now, after_s)), now)

    return attempt


def test_a_reply_is_seen_once_it_is_published(*, step: Any, twin: ThreadsTwin, outbox: Outbox, shown: Any) -> None:
    made = step()
    assert (made.verdict, len(outbox.entries)) == (Verdict.NEXT, 0)
    done = step(way=made.way)
    assert done.verdict is Verdict.DONE
    assert shown(outbox) == [("threads", "reply", USER, FIRST, "Bonjour 🚲", "act-1", 200)]
    body = twin.echo(outbox.entries[0])
    assert body is not None
    (said,) = [one for item in threads.split(parse(body)) for one in threads.read(item)]
    assert isinstance(said, Comment)
    assert (said.object, said.author.is_ours, said.thread.id) == (done.id, True, FIRST)


def test_a_container_is_published_once_whatever_is_repeated(step: Any, outbox: Outbox) -> None:
    made = step()
    assert [step(way=made.way).verdict for _ in range(2)] == [Verdict.DONE, Verdict.UNKNOWN]
    assert len(outbox.effects) == 1


def test_an_ambiguous_publication_is_settled_by_reading_back(
    *, step: Any, twin: ThreadsTwin, outbox: Outbox, order: Any, carried: Any, answer_of: Any, now: datetime
) -> None:
    made = step()
    twin.fail("502_after")
    assert step(way=made.way).verdict is Verdict.UNKNOWN
    asked = order(account=USER, target=FIRST, thread=FIRST, way=made.way, since=now)
    call = threads.look_back(asked, ACCESS)
    assert call is not None
    assert threads.settle(asked, answer_of(carried(twin, call, now, 1))).verdict is Verdict.DONE
    assert len(outbox.effects) == 1


@pytest.mark.parametrize(
    ("mode", "fate", "made"),
    [("timeout_before", Fate.HANG, 0), ("reset_after", Fate.RESET, 1), ("502_after", Fate.ANSWER, 1)],
)
def test_a_container_whose_answer_is_lost_is_seen_by_nobody(
    *, mode: str, fate: Fate, made: int, twin: ThreadsTwin, outbox: Outbox, order: Any, carried: Any, now: datetime
) -> None:
    twin.fail(mode)
    plan = threads.act(order(account=USER, target=FIRST, thread=FIRST), ACCESS, now)
    assert carried(twin, plan.call).fate is fate
    assert (len(twin.containers), len(outbox.entries)) == (made, 0)


def test_a_container_that_is_not_ready_is_published_later(step: Any, twin: ThreadsTwin, outbox: Outbox) -> None:
    twin.fail({"processing_s": 30})
    made = step()
    assert step(way=made.way, after_s=10).verdict is Verdict.UNKNOWN
    assert step(way=made.way, after_s=30).verdict is Verdict.DONE
    assert len(outbox.effects) == 1


def test_a_container_of_yesterday_is_gone(step: Any, outbox: Outbox) -> None:
    made = step()
    assert step(way=made.way, after_s=86400).verdict is Verdict.UNKNOWN
    assert not outbox.effects


def test_only_the_top_is_hidden_and_only_our_own_is_deleted(step: Any, twin: ThreadsTwin) -> None:
    assert step(ActKind.HIDE).verdict is Verdict.DONE
    assert twin.posts[FIRST].hidden
    assert step(ActKind.UNHIDE).verdict is Verdict.DONE
    assert step(ActKind.HIDE, target=NESTED, thread=NESTED).verdict is Verdict.REFUSED
    assert step(ActKind.DELETE).verdict is Verdict.REFUSED
    own = step(way=step().way).id
    assert step(ActKind.DELETE, target=own).verdict is Verdict.DONE
    assert step(ActKind.DELETE, target=own).verdict is Verdict.GONE


@pytest.mark.parametrize(
    ("values", "verdict"),
    [
        ({"token": "stolen"}, Verdict.TOKEN_DEAD),
        ({"token": "other"}, Verdict.REFUSED),
        ({"app_secret": ""}, Verdict.REFUSED),
    ],
)
def test_the_right_to_act_is_checked(values: dict[str, str], verdict: Verdict, step: Any, twin: ThreadsTwin) -> None:
    assert step(access=Access(USER, {**ACCESS.values, **values})).verdict is verdict
    assert not twin.containers


def test_what_we_published_can_be_looked_up(
    *, step: Any, twin: ThreadsTwin, carried: Any, answer_of: Any, now: datetime
) -> None:
    own = step(way=step().way).id
    value = {"id": own, "media_type": "TEXT_POST", "timestamp": "2026-09-01T09:00:05+0000", "username": "nous"}
    (item,) = threads.split(parse(delivery(USER, now, value, field="publish")))
    whole, _ = threads.completed(item, answer_of(carried(twin, threads.lookup(item, ACCESS))), now)
    assert whole is not None
    (said,) = threads.read(whole)
    assert isinstance(said, Comment)
    assert (said.author.is_ours, said.thread.id, said.text) == (True, FIRST, "Bonjour 🚲")


def test_a_token_is_renewed_and_the_new_one_works(
    *, step: Any, twin: ThreadsTwin, carried: Any, answer_of: Any, now: datetime
) -> None:
    ending = Access(USER, {**ACCESS.values, "expires_at": (now + timedelta(days=1)).isoformat()})
    call = threads.refresh(ending, now)
    assert call is not None
    values, _ = threads.refreshed(ending, answer_of(carried(twin, call)), now)
    assert step(access=Access(USER, values)).verdict is Verdict.NEXT


@pytest.mark.parametrize(
    ("mode", "making", "publishing"),
    [
        ("500", Verdict.LATER, Verdict.UNKNOWN),
        ("429", Verdict.LIMITED, Verdict.LIMITED),
        ("token", Verdict.TOKEN_DEAD, Verdict.TOKEN_DEAD),
    ],
)
def test_each_step_can_fail(
    *, mode: str, making: Verdict, publishing: Verdict, step: Any, twin: ThreadsTwin, outbox: Outbox
) -> None:
    twin.fail(mode)
    assert step().verdict is making
    made = step()
    twin.fail(mode)
    assert (step(way=made.way).verdict, len(outbox.effects)) == (publishing, 0)
    assert step(way=made.way).verdict is Verdict.DONE


def test_what_was_missed_is_fetched_as_if_it_had_been_pushed(
    *, step: Any, twin: ThreadsTwin, swept: Any, now: datetime
) -> None:
    yesterday = now - timedelta(days=1)
    for number in range(150):
        old = Known(f"9{number}", USER, ROOT, ROOT, "amina", "hier", yesterday)
        twin.hear(delivery(USER, yesterday, post_value(old)), now)
    own = step(way=step().way).id
    said, asked = swept(threads, twin, ACCESS, now - timedelta(minutes=15))
    assert {(one.object, one.thread.id, one.author.is_ours) for one in said} == {
        (FIRST, FIRST, False), (NESTED, FIRST, False), (own, FIRST, True),
    }  # fmt: skip
    assert asked == 2
    (pushed,) = [one for item in threads.split(parse(delivery(USER, now, post_value(twin.posts[FIRST]))))
                 for one in threads.read(item)]  # fmt: skip
    assert isinstance(pushed, Comment)
    assert pushed.version == next(one.version for one in said if one.object == FIRST)
