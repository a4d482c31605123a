"""LinkedIn's twin answers our own calls as LinkedIn would: one level deep, versioned, a minute's window, retold by the API."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from local.twins import Fate, Outbox
from local.twins.linkedin import MOST_A_MINUTE, LinkedInTwin, delivery, notification
from tribune.channel import Access, ActKind, Item, Order, Sweep, Verdict
from tribune.comment import Comment, Verb
from tribune.platforms import linkedin
from tribune.platforms.body import parse

PAGE, MEMBER = "urn:li:organization:96072893", "urn:li:person:kRm2xWq7aB"
POST = "urn:li:activity:7094637247890620418"
COMMENT, NESTED = (f"urn:li:comment:({POST},{number})" for number in (7094977717598625792, 7094980000000000001))
SHARE = "urn:li:share:7094984444444444444"
VALUES: Mapping[str, str] = {
    "token": "access-0",
    "refresh_token": "refresh-0",
    "client_id": "client",
    "client_secret": "secret",
    "base_url": "http://127.0.0.1",
}
ACCESS = Access(PAGE, VALUES)


def commented(urn: str, text: str, at: datetime, action: str = "COMMENT") -> dict[str, Any]:
    told = notification(action, PAGE, urn, at, 1)
    return told | {
        "decoratedGeneratedActivity": {"comment": {"entity": urn, "owner": MEMBER, "text": text, "object": POST}}
    }


@pytest.fixture
def twin(outbox: Outbox, now: datetime) -> LinkedInTwin:
    made = LinkedInTwin(
        outbox,
        {"access-0": (PAGE,), "other": ("urn:li:organization:777",)},
        clients={"client": "secret"},
        refresh_tokens={"refresh-0": "access-0"},
    )
    made.parents[NESTED] = COMMENT
    named = {**notification("SHARE_MENTION", PAGE, SHARE, now, 3), "decoratedGeneratedActivity": {
        "share": {"entity": SHARE, "owner": MEMBER, "text": "Bravo à cette page"}}}  # fmt: skip
    made.hear(delivery(commented(COMMENT, "Ouverts le dimanche ?", now), commented(NESTED, "Oui ?", now), named), now)
    return made


@pytest.fixture
def asked(order: Any) -> Callable[..., Order]:
    def make(kind: ActKind = ActKind.REPLY, **fields: Any) -> Order:
        made: Order = order(kind, **({"account": PAGE, "target": COMMENT, "thread": COMMENT} | fields))
        return made

    return make


@pytest.fixture
def act(twin: LinkedInTwin, asked: Any, carried: Any, answer_of: Any, now: datetime) -> Callable[..., Any]:
    def perform(kind: ActKind = ActKind.REPLY, after_s: float = 0, access: Access = ACCESS, **fields: Any) -> Any:
        sent = asked(kind, **fields)
        answer = carried(twin, linkedin.act(sent, access, now).call, now, after_s)
        return linkedin.judge(sent, answer_of(answer), now + timedelta(seconds=after_s))

    return perform


@pytest.fixture
def settled(twin: LinkedInTwin, carried: Any, answer_of: Any, now: datetime) -> Callable[..., Any]:
    def look(sent: Order, after_s: float = 1) -> Any:
        call = linkedin.look_back(sent, ACCESS)
        assert call is not None
        return linkedin.settle(sent, answer_of(carried(twin, call, now, after_s)))

    return look


@pytest.fixture
def whole(twin: LinkedInTwin, carried: Any, answer_of: Any, now: datetime) -> Callable[..., Any]:
    """A comment as it is read once what it lacks was asked for."""

    def complete(body: bytes | None, after_s: float = 0) -> Any:
        assert body is not None
        (item,) = linkedin.split(parse(body))
        if not item.incomplete:
            return next(iter(linkedin.read(item)))
        answer = carried(twin, linkedin.lookup(item, ACCESS), now, after_s)
        found, outcome = linkedin.completed(item, answer_of(answer), now)
        return next(iter(linkedin.read(found))) if found else outcome

    return complete


def test_a_reply_stands_under_the_comment_once_and_is_written_down(
    act: Any, twin: LinkedInTwin, outbox: Outbox, shown: Any
) -> None:
    outcome = act()
    assert outcome.verdict is Verdict.DONE
    assert twin.comments[outcome.id].parent == COMMENT
    assert shown(outbox) == [("linkedin", "reply", PAGE, COMMENT, "Bonjour 🚲", "act-1", 201)]


def test_a_reply_to_a_reply_stands_beside_it(act: Any, twin: LinkedInTwin) -> None:
    outcome = act(target=NESTED)
    assert (outcome.verdict, twin.comments[outcome.id].parent) == (Verdict.DONE, COMMENT)
    assert act(target=NESTED, thread=NESTED).verdict is Verdict.REFUSED  # replies nest one level deep


def test_a_post_that_names_us_is_answered(act: Any, twin: LinkedInTwin) -> None:
    outcome = act(target=SHARE, thread=SHARE)
    assert (outcome.verdict, twin.comments[outcome.id].parent) == (Verdict.DONE, None)
    assert outcome.id.startswith(f"urn:li:comment:({SHARE},")


def test_a_comment_is_liked_once_and_deleted_once(act: Any, twin: LinkedInTwin, outbox: Outbox) -> None:
    likes = [act(ActKind.LIKE) for _ in range(2)]
    assert [(one.verdict, one.why) for one in likes] == [(Verdict.DONE, ""), (Verdict.DONE, "already_accepted")]
    assert [act(ActKind.DELETE).verdict for _ in range(2)] == [Verdict.DONE, Verdict.GONE]
    assert twin.comments[COMMENT].deleted
    assert [(one.kind, one.status) for one in outbox.entries] == [
        ("like", 201), ("like", 409), ("delete", 204), ("delete", 404),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("values", "verdict"),
    [
        ({"token": "stolen"}, Verdict.TOKEN_DEAD),
        ({"token": "other"}, Verdict.REFUSED),
        ({"version": "202401"}, Verdict.TOKEN_DEAD),
        ({"version": "latest"}, Verdict.REFUSED),
    ],
)
def test_the_right_to_act_is_checked(values: dict[str, str], verdict: Verdict, act: Any, outbox: Outbox) -> None:
    assert act(access=Access(PAGE, {**VALUES, **values})).verdict is verdict
    assert not outbox.effects


def test_a_text_of_1250_characters_is_the_longest(act: Any) -> None:
    assert act(text="é" * 1251).verdict is Verdict.REFUSED
    assert act(text="é" * 1250).verdict is Verdict.DONE


def test_too_many_comments_in_a_minute_wait_for_the_next(act: Any, now: datetime) -> None:
    outcomes = [act(text=f"Bonjour {number}") for number in range(MOST_A_MINUTE + 1)]
    assert {one.verdict for one in outcomes[:-1]} == {Verdict.DONE}
    assert (outcomes[-1].verdict, outcomes[-1].until) == (Verdict.LIMITED, now + timedelta(minutes=1))
    assert act(after_s=60).verdict is Verdict.DONE


def test_our_reply_is_found_where_it_stands(act: Any, asked: Any, settled: Any, now: datetime) -> None:
    for place in ({"target": COMMENT}, {"target": NESTED}, {"target": SHARE, "thread": SHARE}):
        text = f"Bonjour {place['target']}"
        assert settled(asked(text=text, since=now, **place)).verdict is Verdict.LATER
        created = act(text=text, **place).id
        assert settled(asked(text=text, since=now, **place)).id == created


def test_a_comment_that_is_behind_is_read_later(
    act: Any, twin: LinkedInTwin, asked: Any, settled: Any, now: datetime
) -> None:
    twin.fail({"consistency_s": 30})
    created = act().id
    assert settled(asked(since=now), 10).verdict is Verdict.LATER
    assert settled(asked(since=now), 31).id == created


def test_a_thread_longer_than_a_page_is_not_taken_for_the_whole(act: Any, asked: Any, settled: Any) -> None:
    for number in range(101):
        assert act(text=f"Bonjour {number}", after_s=number * 3).verdict is Verdict.DONE
    assert settled(asked(text="Jamais dit"), 400).verdict is Verdict.UNKNOWN


def test_a_thread_that_is_gone_is_gone(act: Any, asked: Any, settled: Any, now: datetime) -> None:
    act(ActKind.DELETE)
    assert settled(asked(since=now)).verdict is Verdict.GONE


@pytest.mark.parametrize("mode", ["timeout_after", "reset_after", "502_after"])
def test_an_answer_that_never_came_is_settled_by_reading(
    *, mode: str, twin: LinkedInTwin, asked: Any, carried: Any, settled: Any, outbox: Outbox, now: datetime
) -> None:
    twin.fail(mode)
    sent = asked(since=now)
    answer = carried(twin, linkedin.act(sent, ACCESS, now).call, now)
    assert answer.fate is not Fate.ANSWER or answer.status == 502
    assert settled(sent).verdict is Verdict.DONE
    assert len(outbox.effects) == 1


@pytest.mark.parametrize(
    ("mode", "verdict"),
    [("500", Verdict.UNKNOWN), ("429", Verdict.LIMITED), ("quota", Verdict.LIMITED), ("token", Verdict.TOKEN_DEAD),
     ("role", Verdict.REFUSED), ("version", Verdict.TOKEN_DEAD), ("502", Verdict.UNKNOWN)],
)  # fmt: skip
def test_told_to_fail_it_fails_once_in_linkedin_s_own_words(
    mode: str, verdict: Verdict, twin: LinkedInTwin, act: Any
) -> None:
    twin.fail(mode)
    assert act().verdict is verdict
    assert act().verdict is Verdict.DONE


def test_what_a_comment_answers_is_told_to_whoever_asks(whole: Any, now: datetime) -> None:
    top, nested = (whole(delivery(notification("COMMENT", PAGE, urn, now, 9))) for urn in (COMMENT, NESTED))
    assert (top.text, top.parent, top.thread.id, top.author.id) == ("Ouverts le dimanche ?", None, COMMENT, MEMBER)
    assert (nested.text, nested.parent, nested.thread.id) == ("Oui ?", COMMENT, COMMENT)
    gone = whole(delivery(notification("COMMENT", PAGE, COMMENT.replace("70949777", "1"), now, 9)))
    assert gone.verdict is Verdict.GONE


def test_it_tells_us_of_our_own_comments_and_deletions(
    act: Any, twin: LinkedInTwin, outbox: Outbox, whole: Any
) -> None:
    created = act().id
    answered = whole(twin.echo(outbox.entries[-1]))
    act(ActKind.LIKE)
    assert twin.echo(outbox.entries[-1]) is None
    act(ActKind.DELETE, target=created, after_s=5)
    deleted = whole(twin.echo(outbox.entries[-1]))
    assert isinstance(answered, Comment)
    assert (answered.object, answered.author.is_ours, answered.text) == (created, True, "Bonjour 🚲")
    assert (answered.parent, answered.thread.id) == (COMMENT, COMMENT)
    assert (deleted.object, deleted.verb) == (created, Verb.DELETED)
    assert deleted.version > answered.version


def test_an_edit_and_a_deletion_are_heard(act: Any, twin: LinkedInTwin, now: datetime) -> None:
    twin.hear(delivery(commented(COMMENT, "Ouverts le samedi ?", now, "COMMENT_EDIT")), now)
    assert twin.comments[COMMENT].text == "Ouverts le samedi ?"
    twin.hear(delivery(notification("COMMENT_DELETE", PAGE, COMMENT, now, 2)), now)
    assert act().verdict is Verdict.GONE


def test_missed_notifications_are_asked_for_page_by_page(
    twin: LinkedInTwin, carried: Any, answer_of: Any, now: datetime
) -> None:
    for number in range(120):
        twin.hear(delivery(commented(f"urn:li:comment:({POST},{number + 1})", f"Numéro {number}", now)), now)
    sweep, found = Sweep(PAGE, now - timedelta(minutes=15)), list[Item]()
    for _ in range(3):
        gathered = linkedin.gather(sweep, answer_of(carried(twin, linkedin.poll(sweep, ACCESS, now), now)), now)
        assert gathered.outcome.verdict is Verdict.DONE
        found += gathered.items
        if not gathered.page:
            break
        sweep = replace(sweep, page=gathered.page)
    assert len(found) == 123
    assert len({one.object for item in found for one in linkedin.read(item)}) == 123
    later = Sweep(PAGE, now + timedelta(seconds=1))
    call = linkedin.poll(later, ACCESS, now + timedelta(minutes=1))
    assert linkedin.gather(later, answer_of(carried(twin, call, now)), now).items == ()


def test_an_access_is_renewed_by_the_app_alone_as_often_as_it_wants(
    twin: LinkedInTwin, act: Any, carried: Any, answer_of: Any, now: datetime
) -> None:
    call = linkedin.refresh(ACCESS, now)
    assert call is not None
    first, second = (linkedin.refreshed(ACCESS, answer_of(carried(twin, call, now)), now) for _ in range(2))
    assert (first[1].verdict, second[1].verdict) == (Verdict.DONE, Verdict.DONE)
    assert first[0]["token"] != second[0]["token"]
    renewed = Access(PAGE, first[0])
    assert act(access=renewed).verdict is Verdict.DONE
    assert act(access=renewed, after_s=60 * 86400).verdict is Verdict.TOKEN_DEAD

    for name in ("client_secret", "refresh_token"):
        wrong = Access(PAGE, {**VALUES, name: "wrong"})
        refused = linkedin.refresh(wrong, now)
        assert refused is not None
        assert linkedin.refreshed(wrong, answer_of(carried(twin, refused, now)), now)[1].verdict is Verdict.TOKEN_DEAD
