"""Threads: what is read beyond the contract, the reply in two steps, and what the API's answers mean."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

import pytest

from tribune.channel import Access, ActKind, HttpAnswer, HttpCall, Item, Verdict
from tribune.comment import Comment, Verb
from tribune.errors import CannotDo, Unreadable, UnreadableBody
from tribune.platforms import threads

USER = "26000000000000001"
ROOT = "18050000000000001"
FIRST = "18060000000000001"
SAID = datetime(2026, 9, 1, 9, 0, tzinfo=UTC)


@pytest.fixture
def read(sent: Callable[[str], Any]) -> Callable[[str], Any]:
    def first(name: str) -> Any:
        (said, *_) = [one for item in threads.split(sent(name).body) for one in threads.read(item)]
        return said

    return first


# --- what is read ---


def test_a_reply_hangs_from_our_post_and_its_author_has_a_name_alone(read: Callable[[str], Any]) -> None:
    said = read("threads__replies")
    assert (said.account, said.object, said.thread.id, said.thread.post, said.parent) == (
        USER,
        FIRST,
        FIRST,
        ROOT,
        None,
    )
    assert (said.author.id, said.author.name, said.author.is_ours) == ("amina.roux", "amina.roux", False)
    assert (said.said_at, said.url) == (SAID, f"https://www.threads.com/@amina.roux/post/{FIRST}")


def test_a_nested_reply_belongs_to_what_it_answers(read: Callable[[str], Any]) -> None:
    said = read("threads__replies__nested")
    assert (said.parent, said.thread.id, said.thread.post) == (FIRST, FIRST, ROOT)


def test_numbers_become_text(read: Callable[[str], Any]) -> None:
    said = read("threads__replies__numeric_ids")
    assert (said.account, said.thread.post) == (USER, ROOT)


def test_a_mention_elsewhere_is_a_thread_of_its_own(read: Callable[[str], Any]) -> None:
    for name in ("threads__mentions", "threads__mentions__reply"):
        said = read(name)
        assert (said.account, said.thread.id, said.parent) == (USER, f"mention:{said.object}", None)
        assert not said.author.is_ours


def test_a_mention_under_our_own_post_is_the_reply_it_is(sent: Callable[[str], Any]) -> None:
    body = sent("threads__mentions__under_our_post").body
    first, second = [one for item in threads.split(body) for one in threads.read(item)]
    assert first == second


def test_what_we_took_down_is_gone(read: Callable[[str], Any]) -> None:
    said = read("threads__delete")
    assert (said.account, said.verb, said.said_at) == (USER, Verb.DELETED, SAID + timedelta(minutes=5))


@pytest.mark.parametrize(
    "payload",
    [None, [], {}, {"values": "x"}, {"values": ["x"]}, {"object": "threads", "entry": [1]}, {"object": "threads"}],
)
def test_an_envelope_that_is_none_is_an_unreadable_body(payload: Any) -> None:
    with pytest.raises(UnreadableBody):
        list(threads.split(payload))


@pytest.mark.parametrize("part", ["id", "timestamp"])
def test_a_reply_without_what_identifies_it_is_unreadable(part: str, sent: Callable[[str], Any]) -> None:
    (item,) = threads.split(sent("threads__replies").body)
    value = {name: one for name, one in item.payload["value"].items() if name != part}
    with pytest.raises(Unreadable, match=part):
        list(threads.read(Item(USER, {**item.payload, "value": value})))


# --- what is looked up ---


def test_what_we_published_is_looked_up_and_may_be_an_answer_of_our_people(
    sent: Callable[[str], Any], access: Access, answered: Any, now: datetime
) -> None:
    (item,) = threads.split(sent("threads__publish").body)
    assert item.incomplete
    call = threads.lookup(item, access)
    assert (call.method, urlsplit(call.url).path) == ("GET", "/v1.0/18060000000000010")
    assert {"text", "replied_to", "root_post"} <= set(parse_qs(urlsplit(call.url).query)["fields"][0].split(","))
    found = {"id": "18060000000000010", "text": "Oui ! ^MC", "username": "velosgarance", "root_post": {"id": ROOT}}
    whole, _ = threads.completed(item, answered(200, found | {"replied_to": {"id": FIRST}, "is_reply": True}), now)
    assert whole is not None
    (said,) = threads.read(whole)
    assert isinstance(said, Comment)
    assert (said.author.is_ours, said.thread.id, said.text, said.parent) == (True, FIRST, "Oui ! ^MC", FIRST)
    post, _ = threads.completed(item, answered(200, {"id": "18060000000000010", "text": "Nouveau"}), now)
    assert post is not None
    assert list(threads.read(post)) == []
    assert threads.completed(item, graph(answered, 10), now)[0] is None
    assert threads.completed(item, graph(answered, 190), now)[1].verdict is Verdict.TOKEN_DEAD


# --- what we do ---


def form(call: HttpCall) -> dict[str, str]:
    return dict(parse_qsl((call.body or b"").decode(), keep_blank_values=True))


def test_a_reply_is_a_container_first_and_nobody_sees_it(order: Any, access: Access, now: datetime) -> None:
    plan = threads.act(order(account=USER, target=FIRST, thread=FIRST), access, now)
    assert (plan.call.method, plan.call.url) == ("POST", f"https://graph.threads.net/v1.0/{USER}/threads")
    assert form(plan.call) == {"media_type": "TEXT", "text": order().text, "reply_to_id": FIRST}
    assert plan.repeatable


def test_the_container_made_is_the_one_published(order: Any, access: Access, answered: Any, now: datetime) -> None:
    first = order(account=USER, target=FIRST, thread=FIRST)
    made = threads.judge(replace(first, way=threads.act(first, access, now).way), answered(200, {"id": "555"}), now)
    assert (made.verdict, made.id) == (Verdict.NEXT, None)
    second = replace(first, way=made.way)
    plan = threads.act(second, access, now)
    assert urlsplit(plan.call.url).path == f"/v1.0/{USER}/threads_publish"
    assert (form(plan.call), plan.way, plan.repeatable) == ({"creation_id": "555"}, made.way, False)
    done = threads.judge(second, answered(200, {"id": "777"}), now)
    assert (done.verdict, done.id) == (Verdict.DONE, "777")


def test_only_the_publication_can_be_in_doubt(order: Any, answered: Any, now: datetime) -> None:
    making, publishing = order(way="container"), order(way="publish:555")
    for answer in (answered(502, b"<html>"), graph(answered, 2, 500), graph(answered, 10, 500)):
        assert threads.judge(making, answer, now).verdict is Verdict.LATER
        assert threads.judge(publishing, answer, now).verdict is Verdict.UNKNOWN
    assert threads.judge(making, answered(200, b"?"), now).verdict is Verdict.LATER
    assert threads.judge(publishing, answered(200, b"?"), now).verdict is Verdict.UNKNOWN


def test_a_container_that_is_not_found_may_have_been_published(order: Any, answered: Any, now: datetime) -> None:
    lost = graph(answered, 24, subcode=4279009, is_transient=False)
    assert threads.judge(order(way="publish:555"), lost, now).verdict is Verdict.UNKNOWN


@pytest.mark.parametrize(("kind", "hidden"), [(ActKind.HIDE, "true"), (ActKind.UNHIDE, "false")])
def test_a_top_level_reply_is_hidden_and_no_other(
    kind: ActKind, hidden: str, order: Any, access: Access, now: datetime
) -> None:
    plan = threads.act(order(kind, target=FIRST, thread=FIRST), access, now)
    assert (plan.call.method, urlsplit(plan.call.url).path) == ("POST", f"/v1.0/{FIRST}/manage_reply")
    assert (form(plan.call), plan.repeatable) == ({"hide": hidden}, True)
    for target, thread, why in (("2", FIRST, "not_at_top"), ("2", "mention:2", "not_our_post")):
        with pytest.raises(CannotDo, match=why):
            threads.act(order(kind, target=target, thread=thread), access, now)


def test_what_is_ours_is_deleted(order: Any, access: Access, now: datetime) -> None:
    plan = threads.act(order(ActKind.DELETE, target="777"), access, now)
    assert (plan.call.method, urlsplit(plan.call.url).path, plan.repeatable) == ("DELETE", "/v1.0/777", True)


# --- what the API answers ---


def graph(answered: Any, code: int, status: int = 400, subcode: int | None = None, **more: Any) -> HttpAnswer:
    error = {"message": "…", "type": "THApiException", "code": code, "fbtrace_id": "A", **more}
    answer = answered(status, {"error": error | ({} if subcode is None else {"error_subcode": subcode})})
    assert isinstance(answer, HttpAnswer)
    return answer


@pytest.mark.parametrize(
    ("code", "subcode", "verdict"),
    [
        (4, None, Verdict.LIMITED), (613, None, Verdict.LIMITED), (368, None, Verdict.BLOCKED),
        (190, 463, Verdict.TOKEN_DEAD), (10, None, Verdict.REFUSED), (100, 33, Verdict.GONE),
        (100, None, Verdict.REFUSED), (2, None, Verdict.LATER),
    ],
)  # fmt: skip
def test_each_class_of_errors_has_its_verdict(
    *, code: int, subcode: int | None, verdict: Verdict, order: Any, answered: Any, now: datetime
) -> None:
    for asked in (order(), order(way="publish:5"), order(ActKind.HIDE), order(ActKind.DELETE)):
        assert threads.judge(asked, graph(answered, code, subcode=subcode), now).verdict is verdict


# --- reading back ---


def test_our_words_under_what_we_answered_settle_it(order: Any, access: Access, answered: Any, now: datetime) -> None:
    asked = order(account=USER, target=FIRST, thread=FIRST, since=now, way="publish:555")
    call = threads.look_back(asked, access)
    assert call is not None
    assert urlsplit(call.url).path == f"/v1.0/{FIRST}/replies"
    assert threads.look_back(replace(asked, way="container"), access) is None
    at = now.strftime("%Y-%m-%dT%H:%M:%S+0000")
    reply = {"id": "777", "text": asked.text, "timestamp": at, "is_reply_owned_by_me": True}

    def settled(**more: Any) -> Verdict:
        return threads.settle(asked, answered(200, {"data": [reply | more]})).verdict

    assert settled() is Verdict.DONE
    assert settled(is_reply_owned_by_me=False) is Verdict.LATER
    assert settled(text="autre chose") is Verdict.LATER
    assert threads.settle(asked, graph(answered, 100, subcode=33)).verdict is Verdict.GONE


# --- tokens ---


def test_a_token_is_renewed_by_the_grant_of_threads(answered: Any, now: datetime) -> None:
    ending = Access(USER, {"token": "t", "expires_at": (now + timedelta(days=3)).isoformat()})
    call = threads.refresh(ending, now)
    assert call is not None
    assert call.url == "https://graph.threads.net/refresh_access_token?grant_type=th_refresh_token&access_token=t"
    assert call.headers["authorization"] == "Bearer t"
    values, outcome = threads.refreshed(ending, answered(200, {"access_token": "new", "expires_in": 5184000}), now)
    assert (values["token"], outcome.verdict) == ("new", Verdict.DONE)
