"""The generic channel: comments of any site, and the signed webhooks we answer with."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tribune.channel import Access, ActKind, Delivery, Item, Secrets, Verdict
from tribune.comment import Comment, Verb
from tribune.errors import CannotDo, Unreadable, UnreadableBody
from tribune.platforms import generic

SAID = datetime(2026, 9, 1, 9, 0, tzinfo=UTC)


@pytest.fixture
def read(sent: Callable[[str], Any]) -> Callable[[str], Comment]:
    def first(name: str) -> Comment:
        (said,) = [one for item in generic.split(sent(name).body) for one in generic.read(item)]
        assert isinstance(said, Comment)
        return said

    return first


# --- what is read ---


def test_a_comment_is_read_whole(read: Callable[[str], Comment]) -> None:
    said = read("generic__comment_created")
    assert (said.account, said.object, said.verb) == ("blog-garance", "c-1", Verb.CREATED)
    assert said.text == "Toujours rien pour ma commande, 3e message 😤"
    assert (said.author.id, said.author.name, said.author.is_ours) == ("u-77", "Amélie O'Brien", False)
    assert (said.thread.id, said.thread.post) == ("article-42", "article-42")
    assert said.thread.url == "https://blog.velosgarance.example/g3-pliant"
    assert (said.said_at, said.posted_at, said.language) == (SAID, SAID, "fr")


def test_an_edit_and_a_deletion_are_dated_by_the_event(read: Callable[[str], Comment]) -> None:
    created, edited, offset, deleted = (
        read(f"generic__comment_{name}") for name in ("created", "edited", "edited__offset", "deleted")
    )
    assert (edited.said_at, edited.posted_at) == (SAID + timedelta(minutes=10),) * 2
    assert offset.said_at == SAID + timedelta(minutes=12)
    assert (deleted.verb, deleted.text, deleted.author.id) == (Verb.DELETED, "", None)
    assert created.version < edited.version < offset.version < deleted.version


def test_a_reply_names_its_parent_and_stays_in_the_thread(read: Callable[[str], Comment]) -> None:
    said = read("generic__comment_created__reply")
    assert (said.parent, said.thread.id, said.said_at) == ("c-1", "article-42", SAID)


def test_our_own_comment_is_ours(read: Callable[[str], Comment]) -> None:
    assert read("generic__comment_created__self").author.is_ours


def test_numbers_become_text_and_nobody_is_nobody(read: Callable[[str], Comment]) -> None:
    said = read("generic__comment_created__anonymous")
    assert (said.object, said.thread.id, said.author.id, said.author.name) == ("4711", "42", None, None)


def test_an_address_that_is_not_of_the_web_is_not_kept(sent: Callable[[str], Any]) -> None:
    body = sent("generic__comment_created").body
    body["data"] |= {"url": "javascript:alert(1)", "thread": {"id": "a", "url": "file:///etc/passwd"}}
    (said,) = [one for item in generic.split(body) for one in generic.read(item)]
    assert isinstance(said, Comment)
    assert (said.url, said.thread.url) == (None, None)


@pytest.mark.parametrize(
    ("field", "value"),
    [("id", None), ("id", ""), ("id", "x" * 257), ("text", None), ("thread", None), ("thread", {}), ("author", "moi"),
     ("created_at", "hier"), ("created_at", "2026-09-01T09:00:00"), ("created_at", "0001-01-01T00:00:00+14:00")],
)  # fmt: skip
def test_a_comment_without_what_it_needs_is_unreadable(field: str, value: Any, sent: Callable[[str], Any]) -> None:
    body = sent("generic__comment_created").body
    body["data"] |= {field: value}
    with pytest.raises(Unreadable, match=field):
        [list(generic.read(item)) for item in generic.split(body)]


def test_an_edit_without_a_time_cannot_be_ordered(sent: Callable[[str], Any]) -> None:
    body = sent("generic__comment_edited").body
    del body["timestamp"]
    del body["data"]["created_at"]
    with pytest.raises(Unreadable, match="timestamp"):
        [list(generic.read(item)) for item in generic.split(body)]


def test_an_edit_that_only_says_when_the_comment_was_written_follows_it(sent: Callable[[str], Any]) -> None:
    created, edited = sent("generic__comment_created").body, sent("generic__comment_edited").body
    del edited["timestamp"]
    edited["data"]["created_at"] = created["data"]["created_at"]
    first, second = (one for body in (created, edited) for item in generic.split(body) for one in generic.read(item))
    assert isinstance(first, Comment)
    assert isinstance(second, Comment)
    assert second.version > first.version


@pytest.mark.parametrize(
    "payload",
    [None, [], {}, {"type": 1}, {"type": "comment.created"}, {"type": "comment.created", "data": []},
     {"type": "comment.created", "data": {}}, {"type": "comment.created", "data": {"space": ""}},
     {"type": "comment.created", "data": {"space": 7}}],
)  # fmt: skip
def test_an_event_that_does_not_say_whose_it_is_is_an_unreadable_body(payload: Any) -> None:
    with pytest.raises(UnreadableBody):
        list(generic.split(payload))


def test_another_type_read_by_mistake_says_nothing() -> None:
    assert list(generic.read(Item("blog", {"type": "post.published"}))) == []


# --- what we do ---

TYPES = {ActKind.REPLY: "reply.create", ActKind.HIDE: "comment.hide", ActKind.UNHIDE: "comment.unhide"}


@pytest.mark.parametrize("kind", list(TYPES))
def test_an_act_is_a_webhook_that_anybody_with_the_secret_can_verify(
    kind: ActKind, order: Any, access: Access, secret: str, now: datetime
) -> None:
    plan = generic.act(order(kind, target="c-1", thread="article-42"), access, now)
    body = plan.call.body or b""
    assert (plan.call.method, plan.call.url) == ("POST", "https://blog.example/tribune")
    generic.verify(Delivery("POST", plan.call.headers, body), Secrets(secret), now)
    assert plan.call.headers["webhook-id"] == "act-1"
    data = {"id": "act-1", "target": "c-1", "thread": "article-42"}
    if kind is ActKind.REPLY:
        data["text"] = order().text
    assert json.loads(body) == {"type": TYPES[kind], "timestamp": now.isoformat(), "data": data}
    assert plan.repeatable


def test_an_act_repeated_later_keeps_its_id_and_is_signed_anew(
    order: Any, access: Access, secret: str, now: datetime
) -> None:
    first = generic.act(order(), access, now).call
    later = now + timedelta(hours=1)
    again = generic.act(order(attempt=2, way="reply"), access, later).call
    assert again.headers["webhook-id"] == first.headers["webhook-id"]
    generic.verify(Delivery("POST", again.headers, again.body or b""), Secrets(secret), later)


@pytest.mark.parametrize("values", [{}, {"reply_url": "https://x.example"}, {"secret": "s"},
                                    {"reply_url": "https://x.example", "secret": "whsec_é"}])  # fmt: skip
def test_a_channel_that_is_not_set_up_cannot_act(values: dict[str, str], order: Any, now: datetime) -> None:
    with pytest.raises(CannotDo, match="not_configured"):
        generic.act(order(), Access("blog", values), now)


# --- what the site answers ---


@pytest.mark.parametrize(
    ("status", "verdict"),
    [(200, Verdict.DONE), (201, Verdict.DONE), (202, Verdict.DONE), (204, Verdict.DONE), (409, Verdict.DONE),
     (301, Verdict.REFUSED), (400, Verdict.REFUSED), (401, Verdict.REFUSED), (403, Verdict.REFUSED),
     (404, Verdict.REFUSED), (410, Verdict.REFUSED), (422, Verdict.REFUSED), (429, Verdict.LIMITED),
     (408, Verdict.LATER), (500, Verdict.LATER), (502, Verdict.LATER), (503, Verdict.LATER), (504, Verdict.LATER)],
)  # fmt: skip
def test_each_status_has_its_verdict(status: int, verdict: Verdict, order: Any, answered: Any, now: datetime) -> None:
    assert generic.judge(order(), answered(status), now).verdict is verdict


def test_the_id_of_a_reply_is_taken_from_the_answer_when_there_is_one(order: Any, answered: Any, now: datetime) -> None:
    assert generic.judge(order(), answered(201, {"id": 4712}), now).id == "4712"
    assert generic.judge(order(), answered(409, {"id": "r-1"}), now).id == "r-1"
    for body in (b"", b"ok", b"[1]", b'{"id":null}', b'{"id":true}'):
        assert generic.judge(order(), answered(200, body), now).id is None


def test_a_site_that_asks_for_time_gets_it(order: Any, answered: Any, now: datetime) -> None:
    assert generic.judge(order(), answered(429), now).until == now + timedelta(minutes=1)
    assert generic.judge(order(), answered(429, retry_after="300"), now).until == now + timedelta(minutes=5)


def test_nothing_is_read_back(order: Any, access: Access, answered: Any) -> None:
    assert generic.look_back(order(), access) is None
    assert generic.settle(order(), answered(200)).verdict is Verdict.UNKNOWN
