"""Mastodon's twin answers our own calls as a server would: idempotent for an hour, in windows, in HTML."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from local.twins import Fate, Outbox
from local.twins.mastodon import MOST_IN_A_WINDOW, MastodonTwin
from tribune.channel import Access, ActKind, Item, Order, Sweep, Verdict
from tribune.comment import Comment
from tribune.platforms import mastodon

US, AMINA = "109348684185010001", "110100000000000002"
MENTION = "115130000000000001"
VALUES: Mapping[str, str] = {"token": "access-0", "server": "http://127.0.0.1"}
ACCESS = Access(US, VALUES)


def said(identity: str, text: str, at: datetime, **fields: Any) -> dict[str, Any]:
    status = {
        "id": identity,
        "created_at": at.isoformat(),
        "content": f"<p>@<span>garance</span> {text}</p>",
        "account": {"id": AMINA, "acct": "amina@autre.example", "username": "amina"},
        "mentions": [{"id": US, "username": "garance", "acct": "garance"}],
        "visibility": "unlisted",
        "in_reply_to_id": None,
        "in_reply_to_account_id": None,
    }
    return {"id": f"9{identity}", "type": "mention", "created_at": at.isoformat(), "status": status | fields}


@pytest.fixture
def twin(outbox: Outbox, now: datetime) -> MastodonTwin:
    made = MastodonTwin(outbox, {"access-0": (US,)})
    made.tell(said(MENTION, "Ouverts le dimanche ?", now), US)
    return made


@pytest.fixture
def asked(order: Any) -> Callable[..., Order]:
    def make(kind: ActKind = ActKind.REPLY, **fields: Any) -> Order:
        given = {"account": US, "target": MENTION, "thread": MENTION, "recipient": "unlisted @amina@autre.example"}
        made: Order = order(kind, **(given | fields))
        return made

    return make


@pytest.fixture
def act(twin: MastodonTwin, asked: Any, carried: Any, answer_of: Any, now: datetime) -> Callable[..., Any]:
    def perform(kind: ActKind = ActKind.REPLY, after_s: float = 0, access: Access = ACCESS, **fields: Any) -> Any:
        sent = asked(kind, **fields)
        answer = carried(twin, mastodon.act(sent, access, now).call, now, after_s)
        return mastodon.judge(sent, answer_of(answer), now + timedelta(seconds=after_s))

    return perform


@pytest.fixture
def settled(twin: MastodonTwin, carried: Any, answer_of: Any, now: datetime) -> Callable[..., Any]:
    def look(sent: Order, after_s: float = 1) -> Any:
        call = mastodon.look_back(sent, ACCESS)
        assert call is not None
        return mastodon.settle(sent, answer_of(carried(twin, call, now, after_s)))

    return look


@pytest.fixture
def swept(twin: MastodonTwin, carried: Any, answer_of: Any, now: datetime) -> Callable[..., list[Item]]:
    def sweep(since: datetime) -> list[Item]:
        at, found = Sweep(US, since), list[Item]()
        for _ in range(9):
            page = mastodon.gather(at, answer_of(carried(twin, mastodon.poll(at, ACCESS, now), now)), now)
            assert page.outcome.verdict is Verdict.DONE
            found += page.items
            if not page.page:
                return found
            at = replace(at, page=page.page)
        raise AssertionError("a sweep without an end")

    return sweep


def test_an_answer_stands_under_the_post_in_kind_and_is_written_down(
    act: Any, twin: MastodonTwin, outbox: Outbox, shown: Any
) -> None:
    outcome = act()
    assert outcome.verdict is Verdict.DONE
    post = twin.posts[outcome.id]
    assert (post.answers, post.visibility, post.text) == (MENTION, "unlisted", "@amina@autre.example Bonjour 🚲")
    assert shown(outbox) == [("mastodon", "reply", US, MENTION, "@amina@autre.example Bonjour 🚲", "act-1", 200)]


def test_the_same_key_is_the_same_post_for_an_hour(act: Any, twin: MastodonTwin) -> None:
    first, again, later = act(), act(after_s=3599), act(after_s=3600)
    assert first.id == again.id != later.id
    assert sum(post.ours for post in twin.posts.values()) == 2


def test_a_private_answer_is_a_direct_post(act: Any, twin: MastodonTwin, outbox: Outbox) -> None:
    created = act(ActKind.PRIVATE).id
    assert twin.posts[created].visibility == "direct"
    assert outbox.entries[0].kind == "private"


def test_a_post_is_favourited_and_only_ours_is_deleted(act: Any, twin: MastodonTwin) -> None:
    assert act(ActKind.LIKE).verdict is Verdict.DONE
    assert twin.posts[MENTION].favourited
    assert act(ActKind.DELETE).verdict is Verdict.GONE
    created = act().id
    assert [act(ActKind.DELETE, target=created).verdict for _ in range(2)] == [Verdict.DONE, Verdict.GONE]
    assert act(target="1", action_id="act-2").verdict is Verdict.GONE


def test_who_is_blocked_is_blocked_for_that_account(act: Any, twin: MastodonTwin, outbox: Outbox) -> None:
    assert act(ActKind.BLOCK, recipient="110100000000000002").verdict is Verdict.DONE
    assert twin.blocked == {(US, "110100000000000002")}
    assert outbox.entries[0].kind == "block"


def test_a_name_counts_without_its_server_and_500_is_the_longest(act: Any) -> None:
    assert act(text="é" * 494).verdict is Verdict.REFUSED
    assert act(text="é" * 493).verdict is Verdict.DONE  # "@amina " is seven


def test_the_longest_text_we_write_fits_with_any_name(act: Any) -> None:
    name = f"public @{'a' * 30}@{'b' * 60}.example"
    assert act(text="é" * mastodon.CARD.text_limit, recipient=name).verdict is Verdict.DONE


def test_the_right_to_act_is_checked(act: Any, outbox: Outbox) -> None:
    assert act(access=Access(US, {**VALUES, "token": "stolen"})).verdict is Verdict.TOKEN_DEAD
    assert not outbox.effects


def test_a_window_is_told_before_it_is_full(act: Any, now: datetime) -> None:
    outcomes = [act(ActKind.LIKE) for _ in range(MOST_IN_A_WINDOW + 1)]
    ends = now + timedelta(minutes=5)
    assert [one.until for one in outcomes[-3:]] == [None, ends, ends]
    assert (outcomes[-2].verdict, outcomes[-1].verdict) == (Verdict.DONE, Verdict.LIMITED)
    assert act(after_s=300).verdict is Verdict.DONE


@pytest.mark.parametrize("mode", ["timeout_after", "reset_after", "502_after"])
def test_an_answer_that_never_came_is_settled_by_reading_or_by_its_key(
    *, mode: str, twin: MastodonTwin, asked: Any, act: Any, carried: Any, settled: Any, now: datetime
) -> None:
    assert settled(asked(since=now)).verdict is Verdict.LATER
    twin.fail(mode)
    sent = asked(since=now, text="Lou & Bo <3\nÀ bientôt")
    answer = carried(twin, mastodon.act(sent, ACCESS, now).call, now)
    assert answer.fate is not Fate.ANSWER or answer.status == 502
    seen = settled(sent)
    assert seen.verdict is Verdict.DONE
    assert act(text=sent.text).id == seen.id
    assert sum(post.ours for post in twin.posts.values()) == 1


def test_a_page_that_is_behind_shows_the_post_later(
    act: Any, twin: MastodonTwin, asked: Any, settled: Any, now: datetime
) -> None:
    twin.fail({"consistency_s": 30})
    created = act().id
    assert settled(asked(since=now), 10).verdict is Verdict.LATER
    assert settled(asked(since=now), 31).id == created


@pytest.mark.parametrize(
    ("mode", "verdict"),
    [("500", Verdict.UNKNOWN), ("429", Verdict.LIMITED), ("token", Verdict.TOKEN_DEAD),
     ("disabled", Verdict.TOKEN_DEAD), ("502", Verdict.UNKNOWN)],
)  # fmt: skip
def test_told_to_fail_it_fails_once_in_a_server_s_own_words(
    mode: str, verdict: Verdict, twin: MastodonTwin, act: Any
) -> None:
    twin.fail(mode)
    assert act().verdict is verdict
    assert act().verdict is Verdict.DONE


def test_a_sweep_reads_every_mention_and_what_we_answered_ourselves(
    twin: MastodonTwin, act: Any, swept: Any, now: datetime
) -> None:
    for number in range(1, 120):
        twin.tell(said(str(number), f"Numéro {number}", now), US)
    created = act().id
    found = [one for item in swept(now - timedelta(minutes=15)) for one in mastodon.read(item)]
    assert len({one.object for one in found}) == 121
    ours = [one for one in found if isinstance(one, Comment) and one.author.is_ours]
    assert [(one.object, one.parent, one.text) for one in ours] == [(created, MENTION, "Bonjour 🚲")]
    assert [one.object for item in swept(now + timedelta(seconds=1)) for one in mastodon.read(item)] == []


def test_a_member_speaks_and_is_read(twin: MastodonTwin, swept: Any, now: datetime) -> None:
    identity = twin.said({"account": US, "text": "Lou & Bo <3", "author": "karim"}, now)
    told = next(one for item in swept(now) for one in mastodon.read(item) if one.object == identity)
    assert isinstance(told, Comment)
    assert (told.text, told.author.id, told.thread.id) == ("Lou & Bo <3", "member-karim", identity)
    for wrong in ({}, {"account": "1", "text": "…"}, {"account": US, "text": ""}):
        with pytest.raises(ValueError, match="say"):
            twin.said(wrong, now)


def test_what_a_reply_answers_is_told(
    twin: MastodonTwin, act: Any, carried: Any, answer_of: Any, now: datetime
) -> None:
    answer = act().id
    twin.said({"account": US, "text": "Merci", "parent": answer}, now)
    (item,) = mastodon.gather(
        Sweep(US, now), answer_of(carried(twin, mastodon.poll(Sweep(US, now), ACCESS, now), now)), now
    ).items[:1]
    assert item.incomplete
    whole, outcome = mastodon.completed(item, answer_of(carried(twin, mastodon.lookup(item, ACCESS), now)), now)
    assert outcome.verdict is Verdict.DONE
    assert whole is not None
    (told,) = mastodon.read(whole)
    assert isinstance(told, Comment)
    assert (told.parent, told.thread.id) == (answer, answer)
