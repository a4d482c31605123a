"""Instagram's twin answers our own calls as Graph would, and keeps what an account keeps."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from local.twins import Outbox
from local.twins.instagram import InstagramTwin, Known, comment_value, delivery
from tribune.channel import Access, ActKind, Verdict
from tribune.comment import Comment
from tribune.platforms import instagram
from tribune.platforms.body import parse

ACCOUNT = "17841400000000001"
FIRST = "18000000000000001"
LIVE = "18000000000000002"
ACCESS = Access(ACCOUNT, {"token": "ig-token", "app_secret": "app-secret", "base_url": "http://127.0.0.1/v25.0"})


@pytest.fixture
def twin(outbox: Outbox, now: datetime) -> InstagramTwin:
    made = InstagramTwin(outbox, {"ig-token": (ACCOUNT,), "other": ("777",)}, app_secret="app-secret")
    comment = Known(FIRST, ACCOUNT, "179", FIRST, "53", "amina", "Vous livrez ?", now)
    live = Known(LIVE, ACCOUNT, "178", LIVE, "53", "amina", "Coucou", now)
    made.hear(delivery(ACCOUNT, now, comment_value(comment)), now)
    made.hear(delivery(ACCOUNT, now, comment_value(live), field="live_comments"), now)
    return made


@pytest.fixture
def act(twin: InstagramTwin, order: Any, carried: Any, answer_of: Any, now: datetime) -> Callable[..., Any]:
    def perform(kind: ActKind = ActKind.REPLY, after_s: float = 0, access: Access = ACCESS, **fields: Any) -> Any:
        sent = order(kind, **({"account": ACCOUNT, "target": FIRST, "thread": FIRST} | fields))
        answer = carried(twin, instagram.act(sent, access, now).call, now, after_s)
        return instagram.judge(sent, answer_of(answer), now)

    return perform


def test_a_reply_stands_in_the_thread_and_comes_back_as_ours(
    act: Any, twin: InstagramTwin, outbox: Outbox, shown: Any
) -> None:
    outcome = act()
    assert outcome.verdict is Verdict.DONE
    assert shown(outbox) == [("instagram", "reply", ACCOUNT, FIRST, "Bonjour 🚲", "act-1", 200)]
    body = twin.echo(outbox.entries[0])
    assert body is not None
    (said,) = [one for item in instagram.split(parse(body)) for one in instagram.read(item)]
    assert isinstance(said, Comment)
    assert (said.object, said.author.is_ours, said.thread.id) == (outcome.id, True, FIRST)


def test_hide_and_delete_change_the_comment_and_nobody_tells(act: Any, twin: InstagramTwin, outbox: Outbox) -> None:
    assert act(ActKind.HIDE).verdict is Verdict.DONE
    assert act().verdict is Verdict.REFUSED  # nobody answers a hidden comment
    assert act(ActKind.UNHIDE).verdict is Verdict.DONE
    assert act(ActKind.DELETE).verdict is Verdict.DONE
    assert act().verdict is Verdict.GONE
    assert [twin.echo(entry) for entry in outbox.entries] == [None] * 5


def test_a_private_reply_is_written_once_within_a_week_and_on_the_air(act: Any, twin: InstagramTwin) -> None:
    assert act(ActKind.PRIVATE, after_s=8 * 86400).verdict is Verdict.REFUSED
    assert [act(ActKind.PRIVATE).verdict for _ in range(2)] == [Verdict.DONE, Verdict.REFUSED]
    twin.on_air.clear()
    assert act(ActKind.PRIVATE, target=LIVE, thread=f"live:{LIVE}").verdict is Verdict.REFUSED
    twin.on_air.add(LIVE)
    assert act(ActKind.PRIVATE, target=LIVE, thread=f"live:{LIVE}").verdict is Verdict.DONE


@pytest.mark.parametrize(
    ("values", "verdict"),
    [
        ({"token": "stolen"}, Verdict.TOKEN_DEAD),
        ({"token": "other"}, Verdict.REFUSED),
        ({"app_secret": ""}, Verdict.REFUSED),
    ],
)
def test_the_right_to_act_is_checked(values: dict[str, str], verdict: Verdict, act: Any, outbox: Outbox) -> None:
    assert act(access=Access(ACCOUNT, {**ACCESS.values, **values})).verdict is verdict
    assert not outbox.effects


def test_the_thread_can_be_read_back_once_it_shows(
    *, act: Any, twin: InstagramTwin, order: Any, carried: Any, answer_of: Any, now: datetime
) -> None:
    twin.fail({"consistency_s": 30})
    created = act().id
    asked = order(account=ACCOUNT, target=FIRST, thread=FIRST, since=now)
    call = instagram.look_back(asked, ACCESS)
    assert call is not None
    seen = [instagram.settle(asked, answer_of(carried(twin, call, now, after_s))) for after_s in (29, 30)]
    assert [(one.verdict, one.id) for one in seen] == [(Verdict.LATER, None), (Verdict.DONE, created)]


def test_a_mention_is_looked_up_and_answered(
    *, act: Any, twin: InstagramTwin, carried: Any, answer_of: Any, now: datetime
) -> None:
    body = delivery(ACCOUNT, now, {"media_id": "17918", "comment_id": "17894"}, field="mentions")
    (item,) = instagram.split(parse(body))

    def completed() -> Any:
        return instagram.completed(item, answer_of(carried(twin, instagram.lookup(item, ACCESS))), now)

    assert completed()[1].verdict is Verdict.GONE
    twin.elsewhere["17894"] = {"id": "17894", "text": "@nous ?", "username": "tom", "media": {"id": "17918"}}
    (said,) = instagram.read(completed()[0])
    assert isinstance(said, Comment)
    assert act(target=said.object, thread=said.thread.id).verdict is Verdict.DONE


def test_a_token_is_renewed_and_the_new_one_works(
    *, act: Any, twin: InstagramTwin, carried: Any, answer_of: Any, now: datetime
) -> None:
    ending = Access(ACCOUNT, {**ACCESS.values, "expires_at": (now + timedelta(days=1)).isoformat()})
    call = instagram.refresh(ending, now)
    assert call is not None
    values, outcome = instagram.refreshed(ending, answer_of(carried(twin, call)), now)
    assert (outcome.verdict, values["token"] != "ig-token") == (Verdict.DONE, True)
    assert act(access=Access(ACCOUNT, values)).verdict is Verdict.DONE


@pytest.mark.parametrize(
    ("mode", "verdict"),
    [("500", Verdict.UNKNOWN), ("429", Verdict.LIMITED), ("spam", Verdict.BLOCKED), ("token", Verdict.TOKEN_DEAD)],
)
def test_a_refusal_leaves_no_trace(mode: str, verdict: Verdict, act: Any, twin: InstagramTwin, outbox: Outbox) -> None:
    twin.fail(mode)
    assert (act().verdict, len(outbox.effects)) == (verdict, 0)
    assert act().verdict is Verdict.DONE


def test_what_was_missed_is_fetched_with_its_replies_and_only_what_is_new(
    twin: InstagramTwin, swept: Any, now: datetime
) -> None:
    yesterday = now - timedelta(days=1)
    for number in range(120):
        one = Known(f"old{number}", ACCOUNT, "179", f"old{number}", "53", "amina", "hier", yesterday)
        twin.hear(delivery(ACCOUNT, yesterday, comment_value(one)), now)
    late = Known("r1", ACCOUNT, "179", "old0", "54", "karim", "moi aussi", now)
    own = Known("r2", ACCOUNT, "179", FIRST, ACCOUNT, "nous", "oui", now)
    for one in (late, own):
        twin.hear(delivery(ACCOUNT, now, comment_value(one)), now)
    said, asked = swept(instagram, twin, ACCESS, now - timedelta(minutes=15))
    assert {(one.object, one.thread.id, one.author.is_ours) for one in said} == {
        (FIRST, FIRST, False), ("r1", "old0", False), ("r2", FIRST, True),
    }  # fmt: skip
    assert asked == 2  # the posts, then one page of the only one: what is older on it ends it
