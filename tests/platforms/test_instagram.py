"""Instagram: what is read beyond the contract, the Graph calls, and what Graph's answers mean."""

import hashlib
import hmac
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

import pytest

from tribune.channel import Access, ActKind, HttpAnswer, HttpCall, Item, Verdict
from tribune.comment import Comment
from tribune.errors import CannotDo, Unreadable, UnreadableBody
from tribune.platforms import instagram

ACCOUNT = "17841400000000001"
MEDIA = "17900000000000001"
FIRST = "18000000000000001"
SAID = datetime(2026, 9, 1, 9, 0, tzinfo=UTC)
V = "/v25.0"


@pytest.fixture
def read(sent: Callable[[str], Any]) -> Callable[[str], Any]:
    def first(name: str) -> Any:
        (said, *_) = [one for item in instagram.split(sent(name).body) for one in instagram.read(item)]
        return said

    return first


@pytest.fixture
def item(sent: Callable[[str], Any]) -> Callable[[str], Item]:
    return lambda name: next(iter(instagram.split(sent(name).body)))


# --- what is read ---


def test_a_comment_is_dated_by_its_delivery(read: Callable[[str], Any]) -> None:
    said = read("instagram__comments")
    assert (said.account, said.object, said.text) == (ACCOUNT, FIRST, "Vous livrez en Belgique ?")
    assert (said.said_at, said.posted_at) == (SAID, SAID)
    assert (said.thread.id, said.thread.post, said.parent) == (FIRST, MEDIA, None)
    assert (said.author.id, said.author.name, said.author.is_ours) == ("5300000000000001", "amina.roux", False)
    assert read("instagram__comments__milliseconds").said_at == SAID + timedelta(milliseconds=417)


def test_a_reply_belongs_to_the_comment_above_it(read: Callable[[str], Any]) -> None:
    said = read("instagram__comments__reply")
    assert (said.thread.id, said.parent) == (FIRST, FIRST)


def test_we_are_known_under_both_of_our_ids_and_nobody_else_is_taken_for_us(read: Callable[[str], Any]) -> None:
    names = ("own", "own_scoped", "self_named")
    assert [read(f"instagram__comments__{name}").author.is_ours for name in names] == [True, True, False]


def test_a_comment_told_for_the_post_and_for_its_advertisement_is_one_comment(sent: Callable[[str], Any]) -> None:
    body = sent("instagram__comments__ad_twice").body
    first, second = [one for item in instagram.split(body) for one in instagram.read(item)]
    assert isinstance(first, Comment)
    assert isinstance(second, Comment)
    assert (first.object, first.version, first.thread) == (second.object, second.version, second.thread)
    assert second.thread.post == MEDIA


def test_what_an_event_withholds_is_looked_up_and_nothing_else(everything_sent: list[Any]) -> None:
    too_little = {
        one.name
        for one in everything_sent
        if one.platform == "instagram" and any(item.incomplete for item in instagram.split(one.body))
    }
    assert too_little == {
        "instagram__comments__minimal", "instagram__mentions", "instagram__mentions__caption",
    }  # fmt: skip


@pytest.mark.parametrize(
    "payload",
    [None, [], {}, {"object": "instagram"}, {"object": "instagram", "entry": {}}, {"object": "instagram", "entry": [1]},
     {"object": "instagram", "entry": [{"field": "comments", "value": {}}]},
     {"object": "instagram", "entry": [{"id": "1", "changes": {}}]}],
)  # fmt: skip
def test_an_envelope_that_meta_does_not_document_is_an_unreadable_body(payload: Any) -> None:
    with pytest.raises(UnreadableBody):
        list(instagram.split(payload))


@pytest.mark.parametrize("field", ["id", "time"])
def test_a_comment_without_what_identifies_it_is_unreadable(field: str, sent: Callable[[str], Any]) -> None:
    (item,) = instagram.split(sent("instagram__comments").body)
    value = {name: one for name, one in item.payload["change"]["value"].items() if name not in {field, "media"}}
    entry = {"id": ACCOUNT} | ({"time": 1788253200} if field != "time" else {})
    with pytest.raises(Unreadable, match=field):
        list(instagram.read(Item(ACCOUNT, {"entry": entry, "change": {"field": "comments", "value": value}})))


# --- what is looked up ---


def fields(call: HttpCall) -> str:
    return parse_qs(urlsplit(call.url).query)["fields"][0]


def test_a_mention_is_looked_up_through_the_account_that_was_named(item: Callable[[str], Item], access: Access) -> None:
    call = instagram.lookup(item("instagram__mentions"), access)
    assert (call.method, urlsplit(call.url).path) == ("GET", f"{V}/{ACCOUNT}")
    assert urlsplit(call.url).netloc == "graph.instagram.com"
    assert fields(call) == "mentioned_comment.comment_id(17894227972186120){id,text,timestamp,username,media{id}}"
    caption = instagram.lookup(item("instagram__mentions__caption"), access)
    assert fields(caption) == "mentioned_media.media_id(17918195224117852){id,caption,timestamp,username,permalink}"


@pytest.mark.parametrize("identity", ["", "1){id},media{owner", "é", "1,2"])
def test_an_id_asks_for_nothing_else(identity: str, item: Callable[[str], Item], access: Access) -> None:
    spoilt = item("instagram__mentions__caption")
    spoilt.payload["change"]["value"]["media_id"] = identity
    with pytest.raises(CannotDo):
        instagram.lookup(spoilt, access)


def test_what_was_found_of_a_mention_is_read_and_can_be_answered_where_it_stands(
    *, item: Callable[[str], Item], answered: Any, order: Any, access: Access, now: datetime
) -> None:
    found = {
        "id": "17894227972186120",
        "text": "@velosgarance vous confirmez ?",
        "timestamp": "2026-09-01T08:59:00+0000",
        "username": "tom.b",
        "media": {"id": "17918195224117851"},
    }
    answer = answered(200, {"mentioned_comment": found, "id": ACCOUNT})
    whole, outcome = instagram.completed(item("instagram__mentions"), answer, now)
    assert whole is not None
    (said,) = instagram.read(whole)
    assert isinstance(said, Comment)
    assert (outcome.verdict, said.object, said.text) == (Verdict.DONE, found["id"], found["text"])
    assert (said.author.name, said.author.is_ours, said.said_at) == ("tom.b", False, SAID - timedelta(minutes=1))
    sent = order(account=ACCOUNT, target=said.object, thread=said.thread.id)
    call = instagram.act(sent, access, now).call
    assert urlsplit(call.url).path == f"{V}/{ACCOUNT}/mentions"
    assert form(call) == {"media_id": "17918195224117851", "comment_id": said.object, "message": sent.text}
    assert instagram.look_back(sent, access) is None
    for kind in (ActKind.HIDE, ActKind.DELETE, ActKind.PRIVATE):
        with pytest.raises(CannotDo):
            instagram.act(order(kind, thread=said.thread.id), access, now)


def test_a_caption_that_names_us_is_answered_under_its_post(
    *, item: Callable[[str], Item], answered: Any, order: Any, access: Access, now: datetime
) -> None:
    found = {"id": "17918195224117852", "caption": "Avec @velosgarance", "timestamp": "2026-09-01T08:59:00+0000"}
    answer = answered(200, {"mentioned_media": found | {"username": "lea.m"}, "id": ACCOUNT})
    whole, _ = instagram.completed(item("instagram__mentions__caption"), answer, now)
    assert whole is not None
    (said,) = instagram.read(whole)
    assert isinstance(said, Comment)
    call = instagram.act(order(account=ACCOUNT, target=said.object, thread=said.thread.id), access, now).call
    assert form(call) == {"media_id": "17918195224117852", "message": order().text}


def test_the_minimal_form_is_completed_and_our_own_comment_known_by_user(
    item: Callable[[str], Item], answered: Any, access: Access, now: datetime
) -> None:
    minimal = item("instagram__comments__minimal")
    assert urlsplit(instagram.lookup(minimal, access).url).path == f"{V}/18000000000000007"
    found = {"id": "18000000000000007", "text": "joli", "timestamp": "2026-09-01T08:59:00+0000", "media": {"id": MEDIA}}
    for more, ours in (
        ({"from": {"id": "5300000000000001", "username": "amina.roux"}}, False),
        ({"username": "amina.roux"}, False),
        ({"user": {"id": ACCOUNT}, "username": "velosgarance"}, True),
    ):
        whole, _ = instagram.completed(minimal, answered(200, found | more), now)
        assert whole is not None
        (said,) = instagram.read(whole)
        assert isinstance(said, Comment)
        assert (said.author.is_ours, said.thread.post, whole.incomplete) == (ours, MEDIA, False)


def test_what_may_not_be_read_is_nobody_s_comment_and_no_mention(
    item: Callable[[str], Item], answered: Any, now: datetime
) -> None:
    refused = graph(answered, 10)
    whole, outcome = instagram.completed(item("instagram__comments__minimal"), refused, now)
    assert whole is not None
    (said,) = (one for one in instagram.read(whole) if isinstance(one, Comment))
    assert (said.author.id, said.led_elsewhere) == (None, True)
    assert outcome.verdict is Verdict.DONE
    assert instagram.completed(item("instagram__mentions"), refused, now)[0] is None
    assert instagram.completed(item("instagram__mentions"), answered(200, {"id": ACCOUNT}), now)[0] is None
    assert instagram.completed(item("instagram__mentions"), graph(answered, 190), now)[1].verdict is Verdict.TOKEN_DEAD


# --- what we do ---


def form(call: HttpCall) -> dict[str, str]:
    return dict(parse_qsl((call.body or b"").decode(), keep_blank_values=True))


def test_a_reply_goes_under_the_comment(order: Any, access: Access, now: datetime) -> None:
    plan = instagram.act(order(target=FIRST, thread=FIRST), access, now)
    assert (plan.call.method, plan.call.url) == ("POST", f"https://graph.instagram.com{V}/{FIRST}/replies")
    assert (form(plan.call), plan.repeatable) == ({"message": order().text}, False)
    assert plan.call.headers["authorization"] == "Bearer a-token"


@pytest.mark.parametrize(("kind", "hidden"), [(ActKind.HIDE, "true"), (ActKind.UNHIDE, "false")])
def test_hiding_and_showing_can_be_repeated(
    kind: ActKind, hidden: str, order: Any, access: Access, now: datetime
) -> None:
    plan = instagram.act(order(kind, target=FIRST), access, now)
    assert (plan.call.method, urlsplit(plan.call.url).path, form(plan.call)) == (
        "POST",
        f"{V}/{FIRST}",
        {"hide": hidden},
    )
    assert plan.repeatable


def test_a_comment_is_deleted(order: Any, access: Access, now: datetime) -> None:
    plan = instagram.act(order(ActKind.DELETE, target=FIRST), access, now)
    assert (plan.call.method, urlsplit(plan.call.url).path, plan.call.body) == ("DELETE", f"{V}/{FIRST}", None)
    assert plan.repeatable


def test_a_private_reply_names_the_comment_and_can_happen_once(order: Any, access: Access, now: datetime) -> None:
    plan = instagram.act(order(ActKind.PRIVATE, account=ACCOUNT, target=FIRST, text="Bonjour 🙂"), access, now)
    assert (plan.call.method, urlsplit(plan.call.url).path) == ("POST", f"{V}/{ACCOUNT}/messages")
    expected = f'{{"recipient": {{"comment_id": "{FIRST}"}}, "message": {{"text": "Bonjour 🙂"}}}}'
    assert ((plan.call.body or b"").decode(), plan.repeatable) == (expected, False)


def test_under_a_broadcast_nothing_is_said_in_public(
    read: Callable[[str], Any], order: Any, access: Access, now: datetime
) -> None:
    live = read("instagram__live_comments")
    with pytest.raises(CannotDo, match="live"):
        instagram.act(order(target=live.object, thread=live.thread.id), access, now)
    for kind in (ActKind.HIDE, ActKind.PRIVATE):
        assert instagram.act(order(kind, target=live.object, thread=live.thread.id), access, now).call.method == "POST"


def test_the_other_host_and_a_proof_of_the_secret(order: Any, now: datetime) -> None:
    access = Access(ACCOUNT, {"token": "t", "app_secret": "s", "base_url": "https://graph.facebook.com/v26.0"})
    proof = hmac.new(b"s", b"t", hashlib.sha256).hexdigest()
    for kind in instagram.CARD.can:
        call = instagram.act(order(kind), access, now).call
        assert call.url.startswith("https://graph.facebook.com/v26.0/")
        given = dict(parse_qsl(urlsplit(call.url).query)) | (form(call) if b"=" in (call.body or b"") else {})
        assert given["appsecret_proof"] == proof


# --- what Graph answers ---


def graph(answered: Any, code: int, status: int = 400, subcode: int | None = None, **more: Any) -> HttpAnswer:
    error = {"message": "…", "type": "IGApiException", "code": code, "fbtrace_id": "A", **more}
    answer = answered(status, {"error": error | ({} if subcode is None else {"error_subcode": subcode})})
    assert isinstance(answer, HttpAnswer)
    return answer


@pytest.mark.parametrize(
    ("code", "subcode", "verdict"),
    [
        (4, None, Verdict.LIMITED), (17, None, Verdict.LIMITED), (613, None, Verdict.LIMITED),
        (368, None, Verdict.BLOCKED), (4, 2207051, Verdict.BLOCKED), (190, 463, Verdict.TOKEN_DEAD),
        (10, None, Verdict.REFUSED), (200, None, Verdict.REFUSED), (100, 33, Verdict.GONE), (24, 2207006, Verdict.GONE),
        (100, None, Verdict.REFUSED), (10900, None, Verdict.REFUSED), (10901, None, Verdict.REFUSED),
        (2, None, Verdict.LATER),
    ],
)  # fmt: skip
def test_each_class_of_errors_has_its_verdict(
    *, code: int, subcode: int | None, verdict: Verdict, order: Any, answered: Any, now: datetime
) -> None:
    for kind in instagram.CARD.can:
        assert instagram.judge(order(kind), graph(answered, code, subcode=subcode), now).verdict is verdict


def test_a_success_carries_the_id_of_what_was_created(order: Any, answered: Any, now: datetime) -> None:
    def judged(kind: ActKind, body: Any) -> Any:
        outcome = instagram.judge(order(kind), answered(200, body), now)
        return outcome.verdict, outcome.id

    assert judged(ActKind.REPLY, {"id": "18"}) == (Verdict.DONE, "18")
    assert judged(ActKind.PRIVATE, {"recipient_id": "5", "message_id": "m"}) == (Verdict.DONE, "m")
    assert judged(ActKind.HIDE, {"success": True}) == (Verdict.DONE, None)
    assert judged(ActKind.REPLY, {}) == (Verdict.UNKNOWN, None)


# --- reading back ---


def test_our_words_in_the_thread_settle_it(order: Any, access: Access, answered: Any, now: datetime) -> None:
    asked = order(account=ACCOUNT, target="18", thread=FIRST, since=now)
    call = instagram.look_back(asked, access)
    assert call is not None
    assert urlsplit(call.url).path == f"{V}/{FIRST}/replies"

    def settled(**reply: Any) -> Verdict:
        written = {"id": "19", "text": asked.text, "timestamp": now.strftime("%Y-%m-%dT%H:%M:%S+0000")}
        return instagram.settle(asked, answered(200, {"data": [written | reply]})).verdict

    assert settled(user={"id": ACCOUNT}) is Verdict.DONE
    assert settled(**{"from": {"id": ACCOUNT, "username": "velosgarance"}}) is Verdict.DONE
    assert settled(**{"from": {"id": "53", "username": "amina"}}) is Verdict.LATER
    assert settled(username="amina") is Verdict.LATER
    assert settled(user={"id": ACCOUNT}, timestamp="2026-08-30T09:00:00+0000") is Verdict.LATER
    assert settled(**{"from": {"id": ["?"]}}) is Verdict.UNKNOWN


def test_a_page_of_the_oldest_replies_does_not_say_that_ours_is_missing(
    order: Any, answered: Any, now: datetime
) -> None:
    asked = order(account=ACCOUNT, target="18", thread=FIRST, since=now)
    said = [
        {"id": str(n), "text": "…", "timestamp": (now - timedelta(hours=n)).isoformat(), "username": "amina"}
        for n in range(1, 50)
    ]

    def settled(replies: list[dict[str, str]], **paging: str) -> Verdict:
        return instagram.settle(asked, answered(200, {"data": replies, "paging": paging})).verdict

    assert settled(said[::-1], next="https://…") is Verdict.UNKNOWN, "ours would stand on the last page"
    assert settled(said[::-1]) is Verdict.LATER
    assert settled(said, next="https://…") is Verdict.LATER


# --- tokens ---


def test_a_token_is_renewed_ten_days_before_it_ends_and_never_without_a_date(now: datetime) -> None:
    def asked(**values: str) -> HttpCall | None:
        return instagram.refresh(Access(ACCOUNT, {"token": "t", **values}), now)

    soon, late = (now + timedelta(days=9)).isoformat(), (now + timedelta(days=11)).isoformat()
    assert [asked(), asked(expires_at=late), asked(expires_at="?")] == [None, None, None]
    call = asked(expires_at=soon)
    assert call is not None
    assert (call.method, call.url.partition("?")[0]) == ("GET", "https://graph.instagram.com/refresh_access_token")
    assert dict(parse_qsl(urlsplit(call.url).query)) == {"grant_type": "ig_refresh_token", "access_token": "t"}


def test_a_new_token_takes_the_place_of_the_old_one(answered: Any, now: datetime) -> None:
    old = Access(ACCOUNT, {"token": "t", "expires_at": now.isoformat(), "app_secret": "s"})
    values, outcome = instagram.refreshed(old, answered(200, {"access_token": "new", "expires_in": 5184000}), now)
    assert (values["token"], values["app_secret"], outcome.verdict) == ("new", "s", Verdict.DONE)
    assert values["expires_at"] == (now + timedelta(days=60)).isoformat()
    for answer, verdict in (
        (graph(answered, 190, 401), Verdict.TOKEN_DEAD),
        (graph(answered, 100), Verdict.TOKEN_DEAD),
        (graph(answered, 2, 500), Verdict.LATER),
        (answered(200, b"<html>"), Verdict.LATER),
    ):
        values, outcome = instagram.refreshed(old, answer, now)
        assert (values, outcome.verdict) == (old.values, verdict)
