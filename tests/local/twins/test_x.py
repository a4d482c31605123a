"""X's twin answers our own calls as X would: windows, summons, duplicates, a timeline that is a little behind."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from local.twins import Fate, Outbox
from local.twins.x import LIMITS, XTwin, delivery
from tribune.channel import Access, ActKind, Item, Order, Sweep, Verdict
from tribune.comment import Comment, Verb
from tribune.platforms import x
from tribune.platforms.body import parse

US, AMINA = "2244994945001", "1790000000000000001"
POST, REPLY, MENTION = "2094681661240246275", "2094711860229046279", "2094712699089486279"
VALUES: Mapping[str, str] = {
    "token": "access-0",
    "refresh_token": "refresh-0",
    "client_id": "client",
    "client_secret": "secret",
    "expires_at": "2026-09-01T09:05:00+00:00",
    "base_url": "http://127.0.0.1",
}
ACCESS = Access(US, VALUES)


def post(identity: str, text: str, **fields: Any) -> dict[str, Any]:
    made = {
        "id": identity,
        "text": text,
        "author_id": AMINA,
        "conversation_id": identity,
        "created_at": "2026-09-01T09:00:00.000Z",
        "edit_history_tweet_ids": [identity],
        "display_text_range": [0, len(text)],
    }
    return made | fields


def under_our_post(identity: str, text: str) -> dict[str, Any]:
    return post(
        identity,
        f"@velosgarance {text}",
        conversation_id=POST,
        in_reply_to_user_id=US,
        referenced_tweets=[{"type": "replied_to", "id": POST}],
        display_text_range=[14, 14 + len(text)],
        entities={"mentions": [{"start": 0, "end": 13, "username": "velosgarance", "id": US}]},
    )


@pytest.fixture
def twin(outbox: Outbox, now: datetime) -> XTwin:
    made = XTwin(
        outbox,
        {"access-0": (US,), "other": ("777",)},
        clients={"client": "secret"},
        refresh_tokens={"refresh-0": "access-0"},
    )
    named = {"mentions": [{"start": 4, "end": 17, "username": "velosgarance", "id": US}]}
    made.hear(delivery("post.reply.create", US, under_our_post(REPLY, "Ouverts le dimanche ?")), now)
    made.hear(delivery("post.mention.create", US, post(MENTION, "Hé, @velosgarance ?", entities=named)), now)
    return made


@pytest.fixture
def asked(order: Any) -> Callable[..., Order]:
    def make(kind: ActKind = ActKind.REPLY, **fields: Any) -> Order:
        made: Order = order(kind, **({"account": US, "target": REPLY, "thread": REPLY} | fields))
        return made

    return make


@pytest.fixture
def act(twin: XTwin, asked: Any, carried: Any, answer_of: Any, now: datetime) -> Callable[..., Any]:
    def perform(kind: ActKind = ActKind.REPLY, after_s: float = 0, access: Access = ACCESS, **fields: Any) -> Any:
        sent = asked(kind, **fields)
        answer = carried(twin, x.act(sent, access, now).call, now, after_s)
        return x.judge(sent, answer_of(answer), now + timedelta(seconds=after_s))

    return perform


@pytest.fixture
def settled(twin: XTwin, carried: Any, answer_of: Any, now: datetime) -> Callable[..., Any]:
    def look(sent: Order, after_s: float = 1) -> Any:
        call = x.look_back(sent, ACCESS)
        assert call is not None
        return x.settle(sent, answer_of(carried(twin, call, now, after_s)))

    return look


def heard(body: bytes | None) -> Any:
    assert body is not None
    (said,) = [one for item in x.split(parse(body)) for one in x.read(item)]
    return said


def test_a_reply_stands_under_the_post_once_and_is_written_down(
    act: Any, twin: XTwin, outbox: Outbox, shown: Any
) -> None:
    outcome = act()
    assert outcome.verdict is Verdict.DONE
    assert (twin.posts[outcome.id].answers, twin.posts[outcome.id].conversation) == (REPLY, POST)
    assert shown(outbox) == [("x", "reply", US, REPLY, "Bonjour 🚲", "act-1", 201)]


def test_the_same_words_are_refused_until_x_forgot_them(act: Any, outbox: Outbox) -> None:
    assert act().verdict is Verdict.DONE
    again = act(target=MENTION)
    assert (again.verdict, again.why) == (Verdict.REFUSED, "duplicate")
    assert act(target=MENTION, after_s=3600).verdict is Verdict.DONE
    assert len(outbox.effects) == 2


def test_a_reply_under_our_post_is_hidden_and_shown_again(act: Any, twin: XTwin) -> None:
    hidden = []
    for kind in (ActKind.HIDE, ActKind.UNHIDE):
        assert act(kind).verdict is Verdict.DONE
        hidden.append(twin.posts[REPLY].hidden)
    assert hidden == [True, False]


def test_what_stands_elsewhere_is_not_ours_to_hide_nor_what_others_wrote_to_delete(act: Any, outbox: Outbox) -> None:
    refused = [act(ActKind.HIDE, target=MENTION), act(ActKind.DELETE)]
    assert [(one.verdict, one.why, one.unable) for one in refused] == [(Verdict.REFUSED, "permission", False)] * 2
    assert not outbox.effects


def test_we_delete_what_we_wrote(act: Any, twin: XTwin) -> None:
    created = act().id
    assert act(ActKind.DELETE, target=created).verdict is Verdict.DONE
    assert twin.posts[created].deleted
    assert act(ActKind.DELETE, target=created).verdict is Verdict.GONE


def test_what_is_gone_is_gone(act: Any) -> None:
    assert act(target="1").verdict is Verdict.GONE
    assert act(ActKind.HIDE, target="1").verdict is Verdict.GONE


def test_an_app_that_pays_by_use_answers_only_those_who_summon_it(act: Any, twin: XTwin) -> None:
    twin.summoned_only = True
    refused = act()
    assert (refused.verdict, refused.why, refused.unable) == (Verdict.REFUSED, "not_summoned", True)
    assert act(target=MENTION).verdict is Verdict.DONE


def test_a_text_that_weighs_too_much_is_refused(act: Any) -> None:
    outcome = act(text="日" * 141)
    assert (outcome.verdict, outcome.why, outcome.unable) == (Verdict.REFUSED, "too_long", False)
    assert act(text="日" * 140).verdict is Verdict.DONE


@pytest.mark.parametrize(("token", "verdict"), [("stolen", Verdict.TOKEN_DEAD), ("other", Verdict.REFUSED)])
def test_the_right_to_act_is_checked(token: str, verdict: Verdict, act: Any, outbox: Outbox) -> None:
    access = Access(US, {**VALUES, "token": token})
    assert act(ActKind.HIDE, access=access).verdict is verdict
    assert not outbox.effects


def test_a_window_is_counted_and_told_before_it_is_full(act: Any, now: datetime) -> None:
    full = now.replace(microsecond=0) + timedelta(minutes=15)
    outcomes = [act(ActKind.HIDE) for _ in range(LIMITS["hide"] + 1)]
    assert {one.verdict for one in outcomes[:-1]} == {Verdict.DONE}
    assert [one.until for one in outcomes[-3:]] == [None, full, full]
    assert outcomes[-1].verdict is Verdict.LIMITED
    assert act().verdict is Verdict.DONE  # each kind has a window of its own
    assert act(ActKind.HIDE, after_s=900).verdict is Verdict.DONE


def test_our_reply_is_found_on_our_own_timeline_as_x_shows_it(
    act: Any, asked: Any, settled: Any, now: datetime
) -> None:
    text = "Lou & Bo : voir https://garance.exemple.fr/charte/v3#article-10"
    assert settled(asked(text=text, since=now)).verdict is Verdict.LATER
    created = act(text=text).id
    assert settled(asked(text=text, since=now)).id == created
    assert settled(asked(text=text, target=MENTION, since=now)).verdict is Verdict.LATER


def test_a_timeline_that_is_behind_shows_the_reply_later(
    act: Any, twin: XTwin, asked: Any, settled: Any, now: datetime
) -> None:
    twin.fail({"consistency_s": 30})
    created = act().id
    assert settled(asked(since=now), 10).verdict is Verdict.LATER
    assert settled(asked(since=now), 31).id == created


def test_a_timeline_longer_than_a_page_is_not_taken_for_the_whole(asked: Any, settled: Any, act: Any) -> None:
    for number in range(101):
        made = act(text=f"Bonjour {number}", after_s=number * 20)
        assert made.verdict is Verdict.DONE
    assert settled(asked(text="Jamais dit"), 3000).verdict is Verdict.UNKNOWN


def test_nothing_is_read_that_need_not_be(act: Any, twin: XTwin, asked: Any, settled: Any, now: datetime) -> None:
    for kind in (ActKind.REPLY, ActKind.HIDE, ActKind.UNHIDE):
        act(kind)
    assert twin.billed == 0
    settled(asked(since=now))
    assert twin.billed == 1


@pytest.mark.parametrize("mode", ["timeout_after", "reset_after", "502_after"])
def test_an_answer_that_never_came_is_settled_by_reading(
    *, mode: str, twin: XTwin, asked: Any, carried: Any, settled: Any, outbox: Outbox, now: datetime
) -> None:
    twin.fail(mode)
    sent = asked(since=now)
    answer = carried(twin, x.act(sent, ACCESS, now).call, now)
    assert answer.fate is not Fate.ANSWER or answer.status == 502
    assert settled(sent).verdict is Verdict.DONE
    assert len(outbox.effects) == 1


@pytest.mark.parametrize(
    ("mode", "verdict"),
    [("500", Verdict.UNKNOWN), ("429", Verdict.LIMITED), ("token", Verdict.TOKEN_DEAD), ("spam", Verdict.BLOCKED),
     ("credits", Verdict.TOKEN_DEAD), ("unsummoned", Verdict.REFUSED), ("502", Verdict.UNKNOWN)],
)  # fmt: skip
def test_told_to_fail_it_fails_once_in_x_s_own_words(mode: str, verdict: Verdict, twin: XTwin, act: Any) -> None:
    twin.fail(mode)
    assert act().verdict is verdict
    assert act().verdict is Verdict.DONE


def test_an_access_is_renewed_once_per_token_and_the_old_one_dies(
    twin: XTwin, act: Any, carried: Any, answer_of: Any, now: datetime
) -> None:
    call = x.refresh(ACCESS, now)
    assert call is not None
    values, outcome = x.refreshed(ACCESS, answer_of(carried(twin, call, now)), now)
    assert outcome.verdict is Verdict.DONE
    assert act().verdict is Verdict.TOKEN_DEAD
    renewed = Access(US, values)
    assert act(access=renewed).verdict is Verdict.DONE
    assert act(access=renewed, text="Bonsoir", after_s=7201).verdict is Verdict.TOKEN_DEAD

    spent, refused = x.refreshed(ACCESS, answer_of(carried(twin, call, now)), now)
    assert (dict(spent), refused.verdict) == (dict(VALUES), Verdict.TOKEN_DEAD)
    following = x.refresh(renewed, now + timedelta(hours=2))
    assert following is not None
    again, outcome = x.refreshed(renewed, answer_of(carried(twin, following, now, 7200)), now + timedelta(hours=2))
    assert (outcome.verdict, act(access=Access(US, again), after_s=7300, text="Bonsoir").verdict) == (
        Verdict.DONE, Verdict.DONE,
    )  # fmt: skip


@pytest.mark.parametrize("secret", ["", "wrong"])
def test_only_the_app_itself_renews(secret: str, twin: XTwin, carried: Any, answer_of: Any, now: datetime) -> None:
    access = Access(US, {**VALUES, "client_secret": secret})
    call = x.refresh(access, now)
    assert call is not None
    assert x.refreshed(access, answer_of(carried(twin, call, now)), now)[1].verdict is Verdict.TOKEN_DEAD


def test_it_tells_us_of_our_own_posts_and_deletions(act: Any, twin: XTwin, outbox: Outbox) -> None:
    created = act().id
    act(ActKind.HIDE)
    act(ActKind.DELETE, target=created)
    answered, hidden, deleted = (twin.echo(entry) for entry in outbox.entries)
    assert hidden is None
    said, gone = heard(answered), heard(deleted)
    assert isinstance(said, Comment)
    assert (said.object, said.author.is_ours, said.text, said.parent) == (created, True, "Bonjour 🚲", REPLY)
    assert (gone.object, gone.verb, gone.author.is_ours) == (created, Verb.DELETED, True)
    assert gone.version > said.version


def test_missed_mentions_are_asked_for_and_read(twin: XTwin, carried: Any, answer_of: Any, now: datetime) -> None:
    sweep, found = Sweep(US, now - timedelta(hours=1)), list[Item]()
    while True:
        gathered = x.gather(sweep, answer_of(carried(twin, x.poll(sweep, ACCESS, now), now)), now)
        assert gathered.outcome.verdict is Verdict.DONE
        found += gathered.items
        if not gathered.page:
            break
        sweep = replace(sweep, page=gathered.page)
    said = [one for item in found for one in x.read(item)]
    assert {(one.object, one.thread.id) for one in said} == {(REPLY, REPLY), (MENTION, MENTION)}


def test_the_conversation_of_an_older_reply_is_told(twin: XTwin, carried: Any, answer_of: Any, now: datetime) -> None:
    for identity, conversation in ((REPLY, POST), ("1", None)):
        item = Item(US, {"type": "tweet_create_events", "payload": {"id_str": identity}}, incomplete=True)
        whole, outcome = x.completed(item, answer_of(carried(twin, x.lookup(item, ACCESS), now)), now)
        assert outcome.verdict is (Verdict.DONE if conversation else Verdict.GONE)
        assert (whole.payload["payload"]["conversation_id"] if whole else None) == conversation
