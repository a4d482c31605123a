"""Facebook Pages: what is read beyond the contract, the Graph calls, and what Graph's answers mean."""

import base64
import hashlib
import hmac
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from tribune.channel import Access, ActKind, Delivery, HttpAnswer, HttpCall, Item, Order, Secrets, Verdict
from tribune.comment import Comment, Media, Reaction, TeamAct, Verb
from tribune.errors import CannotDo, Forged, Unreadable, UnreadableBody, WrongToken
from tribune.platforms import facebook

PAGE = "102030405060708"
POST = f"{PAGE}_900100200300400"
FIRST = "900100200300400_1001"
SAID = datetime(2026, 9, 1, 9, 0, tzinfo=UTC)
SPEAKING = (ActKind.REPLY, ActKind.PRIVATE)


@pytest.fixture
def read(sent: Callable[[str], Any]) -> Callable[[str], Any]:
    def first(name: str) -> Any:
        (said, *_) = [one for item in facebook.split(sent(name).body) for one in facebook.read(item)]
        return said

    return first


# --- the handshake ---


def asked(**query: str) -> Delivery:
    given = {"hub.mode": "subscribe", "hub.challenge": "1158201444", "hub.verify_token": "jeton-é"}
    return Delivery("GET", {}, b"", given | {f"hub.{name}": value for name, value in query.items()})


def test_the_challenge_is_echoed_to_whoever_knows_the_token() -> None:
    answer = facebook.handshake(asked(), Secrets("s", token="jeton-é"))
    assert answer is not None
    assert (answer.status, answer.body) == (200, "1158201444")
    assert answer.content_type.startswith("text/plain")


@pytest.mark.parametrize(
    "query",
    [
        {"verify_token": "wrong"},
        {"verify_token": ""},
        {"mode": "unsubscribe"},
        {"challenge": "<script>alert(1)</script>"},
        {"challenge": "1" * 257},
        {"challenge": ""},
        {"challenge": "é"},
    ],
)
def test_anything_else_is_not_our_subscription(query: dict[str, str]) -> None:
    with pytest.raises(WrongToken):
        facebook.handshake(asked(**query), Secrets("s", token="jeton-é"))


@pytest.mark.parametrize("token", [None, ""])
def test_a_channel_without_a_token_shakes_no_hand(token: str | None) -> None:
    with pytest.raises(WrongToken):
        facebook.handshake(asked(verify_token=""), Secrets("s", token=token))


def test_a_get_without_a_mode_is_no_handshake() -> None:
    assert facebook.handshake(Delivery("GET", {}, b"", {}), Secrets("s", token="t")) is None


# --- what is read ---


def test_a_comment_is_read_whole(read: Callable[[str], Any]) -> None:
    said = read("facebook__comment_add")
    assert isinstance(said, Comment)
    assert said.text == "Je l'emmènerais sur la Loire à vélo, Nantes–Saumur avec les enfants ! 🚲"
    assert (said.author.id, said.author.name, said.author.is_ours) == ("7000000000000001", "Amina Roux", False)
    assert (said.thread.id, said.thread.post, said.parent) == (FIRST, POST, None)
    assert said.thread.url == "https://www.facebook.com/102030405060708/posts/900100200300400"
    assert (said.said_at, said.posted_at) == (SAID, SAID)


def test_a_reply_belongs_to_the_thread_of_the_comment_it_answers(read: Callable[[str], Any]) -> None:
    said = read("facebook__comment_add__reply")
    assert (said.thread.id, said.parent, said.object) == (FIRST, FIRST, "900100200300400_1002")


def test_who_withholds_their_name_is_nobody_and_not_us(read: Callable[[str], Any]) -> None:
    said = read("facebook__comment_add__no_from")
    author = said.author
    assert (author.id, author.name, author.is_ours) == (None, None, False)
    assert said.led_elsewhere, "it may be one of our people: the machine does not answer"
    assert not read("facebook__comment_add").led_elsewhere


def test_what_an_event_withholds_is_looked_up_and_nothing_else(everything_sent: list[Any]) -> None:
    too_little = {
        one.name
        for one in everything_sent
        if one.platform == "facebook" and any(item.incomplete for item in facebook.split(one.body))
    }
    assert too_little == {
        "facebook__comment_add__no_from", "facebook__comment_edited__no_from",
        "facebook__mention", "facebook__mention__post",
    }  # fmt: skip


def test_a_lookup_asks_for_the_author_by_the_documented_fields(sent: Callable[[str], Any], access: Access) -> None:
    (item,) = facebook.split(sent("facebook__mention").body)
    call = facebook.lookup(item, access)
    asked_for = parse_qs(urlsplit(call.url).query)["fields"][0].split(",")
    assert (call.method, urlsplit(call.url).path, call.body) == ("GET", "/v25.0/55_66", None)
    assert {"from", "parent", "message", "can_hide", "can_reply_privately"} <= set(asked_for)
    (post,) = facebook.split(sent("facebook__mention__post").body)
    assert urlsplit(facebook.lookup(post, access).url).path == "/v25.0/7000000000000001_5501"


def test_what_the_lookup_found_completes_the_item(sent: Callable[[str], Any], answered: Any, now: datetime) -> None:
    (item,) = facebook.split(sent("facebook__mention").body)
    found = {"id": "55_66", "from": {"id": PAGE, "name": "Vélos Garance"}, "parent": {"id": "55_60"}, "message": "…"}
    whole, outcome = facebook.completed(item, answered(200, found), now)
    assert whole is not None
    (said,) = facebook.read(whole)
    assert isinstance(said, Comment)
    assert (outcome.verdict, whole.incomplete, said.author.is_ours, said.thread.id) == (
        Verdict.DONE,
        False,
        True,
        "55_60",
    )


@pytest.mark.parametrize(("code", "subcode"), [(10, None), (100, 33)], ids=["no permission", "not visible to us"])
def test_an_author_who_stays_withheld_is_nobody(
    *, code: int, subcode: int | None, sent: Callable[[str], Any], answered: Any, now: datetime
) -> None:
    (item,) = facebook.split(sent("facebook__mention").body)
    whole, outcome = facebook.completed(item, graph(answered, code, subcode=subcode), now)
    assert whole is not None
    (said,) = facebook.read(whole)
    assert isinstance(said, Comment)
    assert (outcome.verdict, said.author.id, said.text) == (Verdict.DONE, None, "Vu chez Vélos Garance")


@pytest.mark.parametrize(
    ("code", "status", "verdict"),
    [(190, 401, Verdict.TOKEN_DEAD), (4, 400, Verdict.LIMITED), (1, 500, Verdict.LATER), (803, 400, Verdict.GONE)],
)
def test_a_lookup_that_fails_says_what_to_do(
    *, code: int, status: int, verdict: Verdict, sent: Callable[[str], Any], answered: Any, now: datetime
) -> None:
    (item,) = facebook.split(sent("facebook__mention").body)
    whole, outcome = facebook.completed(item, graph(answered, code, status), now)
    assert (whole, outcome.verdict) == (None, verdict)


def test_a_review_is_a_thread_of_its_own_by_its_author(read: Callable[[str], Any]) -> None:
    review, under = read("facebook__ratings__review"), read("facebook__ratings__comment")
    assert (review.author.id, review.author.name, review.thread.id) == ("7000000000000001", "Amina Roux", review.object)
    assert (under.thread.post, under.thread.id, under.parent) == (review.object, under.object, None)
    assert review.version < read("facebook__ratings__review_edited").version


def test_one_post_told_twice_is_one_version(sent: Callable[[str], Any]) -> None:
    body = sent("facebook__post_add__visitor_photo").body
    first, second = [one for item in facebook.split(body) for one in facebook.read(item)]
    assert isinstance(first, Comment)
    assert isinstance(second, Comment)
    assert (first.version, first.thread.id) == (second.version, first.object)


# --- somebody wants to be forgotten ---


def test_a_signed_request_says_who_wants_to_be_forgotten(now: datetime) -> None:
    request = facebook.ask("10158", "app-secret", now)
    asked_for = facebook.asked(request, Secrets("new-secret", previous="app-secret"), now)
    assert (asked_for.person, asked_for.at) == ("10158", now.replace(microsecond=0))


def test_the_documented_request_is_understood(now: datetime) -> None:
    payload = base64.urlsafe_b64encode(
        b'{"algorithm":"HMAC-SHA256","expires":1291840400,"issued_at":1291836800,"user_id":"218471"}'
    )
    encoded = payload.rstrip(b"=")
    signature = base64.urlsafe_b64encode(hmac.new(b"appsecret", encoded, hashlib.sha256).digest()).rstrip(b"=")
    body = b"signed_request=" + signature + b"." + encoded
    delivery = Delivery("POST", {"content-type": "application/x-www-form-urlencoded"}, body)
    assert facebook.asked(delivery, Secrets("appsecret"), now).person == "218471"


def test_a_request_that_the_app_did_not_sign_is_forged(now: datetime) -> None:
    genuine = facebook.ask("10158", "app-secret", now)
    name, _, value = genuine.body.decode().partition("=")
    signature, _, payload = value.partition(".")
    other = facebook.ask("666", "other", now).body.decode().partition("=")[2].partition(".")[2]
    for spoilt in ("", ".", signature, f"{signature}.", f".{payload}", f"{signature}.{other}", f"{signature}=.{payload}",
                   f"{signature.swapcase()}.{payload}", f"é.{payload}", f"%C3%A9.{payload}", f"{signature[:-1]}.{payload}"):  # fmt: skip
        body = f"{name}={spoilt}".encode()
        with pytest.raises((Forged, UnreadableBody)):
            facebook.asked(Delivery("POST", {}, body), Secrets("app-secret"), now)
    with pytest.raises(Forged):
        facebook.asked(genuine, Secrets("wrong"), now)


# --- the times and numbers of old versions ---


def test_numbers_and_the_old_sender_fields_become_text(read: Callable[[str], Any]) -> None:
    said = read("facebook__comment_add__numeric_ids")
    assert (said.account, said.author.id, said.author.name) == (PAGE, "7000000000000003", "Zoé Ünal")


def test_an_edit_is_dated_by_its_delivery_and_a_removal_has_no_words(read: Callable[[str], Any]) -> None:
    edited, removed = read("facebook__comment_edited"), read("facebook__comment_remove")
    assert edited.said_at == edited.posted_at == SAID + timedelta(seconds=65)
    assert (removed.verb, removed.text, removed.media) == (Verb.DELETED, "", Media.NONE)
    assert read("facebook__comment_add").version < edited.version < removed.version


def test_nothing_is_edited_before_it_was_written(sent: Callable[[str], Any], read: Callable[[str], Any]) -> None:
    body = sent("facebook__comment_edited").body
    body["entry"][0]["time"] = 1
    (edited,) = (one for item in facebook.split(body) for one in facebook.read(item))
    assert isinstance(edited, Comment)
    assert edited.version > read("facebook__comment_add").version


def test_milliseconds_are_no_seconds(read: Callable[[str], Any]) -> None:
    assert read("facebook__comment_add__milliseconds").said_at == SAID + timedelta(seconds=3, milliseconds=417)


def test_two_edits_in_one_delivery_are_two_versions(sent: Callable[[str], Any]) -> None:
    first, second = [
        one for item in facebook.split(sent("facebook__comment_edited__twice").body) for one in facebook.read(item)
    ]
    assert isinstance(first, Comment)
    assert isinstance(second, Comment)
    assert (first.text, second.text) == ("un", "deux")
    assert first.version < second.version


def test_only_persons_are_tagged(read: Callable[[str], Any]) -> None:
    assert read("facebook__comment_add__tagged").tagged == ("Léa Martin", "Tom B.")


def test_what_the_team_did_is_dated_by_its_delivery(read: Callable[[str], Any]) -> None:
    hidden, shown = read("facebook__comment_hide"), read("facebook__comment_unhide")
    assert isinstance(hidden, TeamAct)
    assert (hidden.kind, shown.kind, hidden.thread.id) == ("hide", "unhide", FIRST)
    assert hidden.said_at < shown.said_at


def test_a_reaction_is_one_interaction_given_and_taken_back(read: Callable[[str], Any]) -> None:
    given, taken = read("facebook__reaction_add"), read("facebook__reaction_remove")
    assert isinstance(given, Reaction)
    assert given.object == taken.object
    assert (given.undone, taken.undone, given.version < taken.version) == (False, True, True)
    assert read("facebook__reaction_add__on_comment").thread.id == FIRST


@pytest.mark.parametrize("field", ["comment_id", "post_id", "created_time", "verb"])
def test_a_comment_without_what_identifies_it_is_unreadable(field: str, sent: Callable[[str], Any]) -> None:
    (item,) = facebook.split(sent("facebook__comment_add").body)
    value = {name: one for name, one in item.payload["change"]["value"].items() if name != field}
    spoilt = Item(item.account, {"entry": {"id": PAGE}, "change": {"field": "feed", "value": value}})
    with pytest.raises(Unreadable, match=field if field != "created_time" else "time"):
        list(facebook.read(spoilt))


@pytest.mark.parametrize(
    "payload",
    [None, [], {}, {"object": "page"}, {"object": "page", "entry": {}}, {"object": "page", "entry": [1]}, {"entry": []},
     {"object": "page", "entry": [{"changes": [{}]}]}, {"object": "page", "entry": [{"id": True, "changes": [{}]}]},
     {"object": "page", "entry": [{"id": "1", "changes": ["x"]}]}],
)  # fmt: skip
def test_an_envelope_that_meta_does_not_document_is_an_unreadable_body(payload: Any) -> None:
    with pytest.raises(UnreadableBody):
        list(facebook.split(payload))


# --- what we do ---


def form(call: HttpCall) -> dict[str, str]:
    return {name: one for name, (one,) in parse_qs((call.body or b"").decode()).items()}


def test_a_reply_goes_under_the_comment_and_not_over_it(order: Any, access: Access, now: datetime) -> None:
    plan = facebook.act(order(), access, now)
    assert (plan.call.method, plan.call.url) == ("POST", f"https://graph.facebook.com/v25.0/{FIRST}/comments")
    assert form(plan.call) == {"message": order().text}
    assert plan.call.headers["authorization"] == "Bearer a-token"
    assert not plan.repeatable


@pytest.mark.parametrize(("kind", "hidden"), [(ActKind.HIDE, "true"), (ActKind.UNHIDE, "false")])
def test_hiding_and_showing_can_be_repeated(
    kind: ActKind, hidden: str, order: Any, access: Access, now: datetime
) -> None:
    plan = facebook.act(order(kind), access, now)
    assert (plan.call.method, urlsplit(plan.call.url).path) == ("POST", f"/v25.0/{FIRST}")
    assert form(plan.call) == {"is_hidden": hidden}
    assert plan.repeatable


def test_our_own_reply_is_deleted(order: Any, access: Access, now: datetime) -> None:
    plan = facebook.act(order(ActKind.DELETE, target="900100200300400_1003"), access, now)
    assert (plan.call.method, urlsplit(plan.call.url).path) == ("DELETE", "/v25.0/900100200300400_1003")
    assert (plan.call.body, plan.repeatable) == (None, True)


def test_a_private_reply_names_the_comment_and_can_happen_once(order: Any, access: Access, now: datetime) -> None:
    plan = facebook.act(order(ActKind.PRIVATE, text="Votre numéro est masqué 🙂"), access, now)
    assert urlsplit(plan.call.url).path == f"/v25.0/{PAGE}/messages"
    assert plan.call.headers["content-type"] == "application/json"
    assert (plan.call.body or b"").decode() == (
        f'{{"recipient": {{"comment_id": "{FIRST}"}}, "message": {{"text": "Votre numéro est masqué 🙂"}}}}'
    )
    assert not plan.repeatable


def test_a_private_reply_to_a_visitor_s_post_names_the_post(order: Any, access: Access, now: datetime) -> None:
    plan = facebook.act(order(ActKind.PRIVATE, target=f"{PAGE}_900100200300555"), access, now)
    assert f'"recipient": {{"post_id": "{PAGE}_900100200300555"}}' in (plan.call.body or b"").decode()


def test_a_comment_is_liked(order: Any, access: Access, now: datetime) -> None:
    plan = facebook.act(order(ActKind.LIKE), access, now)
    assert (plan.call.method, urlsplit(plan.call.url).path) == ("POST", f"/v25.0/{FIRST}/likes")
    assert (plan.call.body, plan.repeatable) == (b"", True)


def test_a_person_is_blocked_from_the_page_and_nobody_else(order: Any, access: Access, now: datetime) -> None:
    plan = facebook.act(order(ActKind.BLOCK, recipient="7000000000000001"), access, now)
    assert (plan.call.method, urlsplit(plan.call.url).path) == ("POST", f"/v25.0/{PAGE}/blocked")
    assert (form(plan.call), plan.repeatable) == ({"user": '["7000000000000001"]'}, True)
    with pytest.raises(CannotDo):
        facebook.act(order(ActKind.BLOCK, recipient=None), access, now)


def test_host_and_version_can_be_set(order: Any, now: datetime) -> None:
    access = Access(PAGE, {"token": "t", "base_url": "https://graph.example/v31.0/"})
    assert facebook.act(order(), access, now).call.url == f"https://graph.example/v31.0/{FIRST}/comments"


def test_a_proof_of_the_app_s_secret_goes_with_every_call_when_there_is_one(order: Any, now: datetime) -> None:
    access = Access(PAGE, {"token": "t", "app_secret": "s", "base_url": "http://127.0.0.1:8000/twins/facebook/"})
    proof = hmac.new(b"s", b"t", hashlib.sha256).hexdigest()
    for kind in ActKind:
        call = facebook.act(order(kind), access, now).call
        assert call.url.startswith("http://127.0.0.1:8000/twins/facebook/")
        given = form(call) or {name: one for name, (one,) in parse_qs(urlsplit(call.url).query).items()}
        assert given["appsecret_proof"] == proof
    back = facebook.look_back(order(), access)
    assert back is not None
    assert parse_qs(urlsplit(back.url).query)["appsecret_proof"] == [proof]


# --- what Graph answers ---


def graph(answered: Any, code: int, status: int = 400, subcode: int | None = None, **more: Any) -> HttpAnswer:
    headers = more.pop("headers", {})
    error = {"message": "…", "type": "OAuthException", "code": code, "fbtrace_id": "A", **more}
    if subcode is not None:
        error["error_subcode"] = subcode
    answer = answered(status, {"error": error}, **headers)
    assert isinstance(answer, HttpAnswer)
    return answer


@pytest.mark.parametrize(
    ("code", "subcode", "verdict"),
    [
        (4, None, Verdict.LIMITED), (17, None, Verdict.LIMITED), (32, None, Verdict.LIMITED),
        (341, None, Verdict.LIMITED), (613, None, Verdict.LIMITED), (368, None, Verdict.BLOCKED),
        (190, 463, Verdict.TOKEN_DEAD), (190, None, Verdict.TOKEN_DEAD), (102, None, Verdict.TOKEN_DEAD),
        (3, None, Verdict.REFUSED), (10, None, Verdict.REFUSED), (200, None, Verdict.REFUSED),
        (299, None, Verdict.REFUSED), (100, 33, Verdict.GONE), (100, None, Verdict.REFUSED),
        (803, None, Verdict.GONE), (506, None, Verdict.UNKNOWN), (1, None, Verdict.LATER), (2, None, Verdict.LATER),
        (10900, None, Verdict.REFUSED), (99999, None, Verdict.REFUSED),
    ],
)  # fmt: skip
def test_each_class_of_graph_errors_has_its_verdict(
    *, code: int, subcode: int | None, verdict: Verdict, order: Any, answered: Any, now: datetime
) -> None:
    for kind in ActKind:
        assert facebook.judge(order(kind), graph(answered, code, subcode=subcode), now).verdict is verdict


def test_is_transient_outweighs_the_codes_that_can_mean_anything(order: Any, answered: Any, now: datetime) -> None:
    def verdict(code: int, *, transient: bool) -> Verdict:
        return facebook.judge(order(), graph(answered, code, is_transient=transient), now).verdict

    assert verdict(1, transient=False) is Verdict.REFUSED
    assert verdict(99999, transient=True) is Verdict.LATER
    assert verdict(190, transient=True) is Verdict.TOKEN_DEAD


@pytest.mark.parametrize("kind", list(ActKind))
def test_after_a_5xx_only_what_may_be_repeated_is_repeated(
    kind: ActKind, order: Any, answered: Any, now: datetime
) -> None:
    expected = Verdict.UNKNOWN if kind in SPEAKING else Verdict.LATER
    for answer in (graph(answered, 2, 500, is_transient=True), graph(answered, 1, 500), answered(502, b"<html>")):
        assert facebook.judge(order(kind), answer, now).verdict is expected


def test_a_throttled_account_waits_as_long_as_it_is_told(order: Any, answered: Any, now: datetime) -> None:
    def until(**headers: str) -> datetime | None:
        return facebook.judge(order(), graph(answered, 32, headers=headers), now).until

    usage = f'{{"{PAGE}":[{{"type":"pages","estimated_time_to_regain_access":19}},{{"type":"pages"}}]}}'
    assert until() == now + timedelta(hours=1)
    assert until(retry_after="120") == now + timedelta(seconds=120)
    assert until(retry_after="Tue, 01 Sep 2026 09:10:05 GMT") == now + timedelta(minutes=10)
    assert until(x_business_use_case_usage=usage) == now + timedelta(minutes=19)
    assert until(retry_after="120", x_business_use_case_usage=usage) == now + timedelta(seconds=120)
    for odd in ("99999999999999", "-5", "0", "never", "١٢"):
        wait = until(retry_after=odd)
        assert wait is not None
        assert now < wait <= now + timedelta(days=1)
    assert facebook.judge(order(), answered(429), now).verdict is Verdict.LIMITED


def test_before_the_limit_an_act_says_to_slow_down(order: Any, answered: Any, now: datetime) -> None:
    def until(**headers: str) -> datetime | None:
        outcome = facebook.judge(order(), answered(200, {"id": "9_1"}, **headers), now)
        assert outcome.verdict is Verdict.DONE
        return outcome.until

    def used(percent: int) -> str:
        return f'{{"call_count":{percent},"total_time":1,"total_cputime":2}}'

    business = f'{{"{PAGE}":[{{"type":"pages","call_count":100,"estimated_time_to_regain_access":42}}]}}'
    assert until() is None
    assert until(x_app_usage=used(79), x_page_usage=used(10)) is None
    assert until(x_app_usage=used(80)) == now + timedelta(minutes=5)
    assert until(x_page_usage=used(93)) == now + timedelta(minutes=5)
    assert until(x_business_use_case_usage=business) == now + timedelta(minutes=42)
    for odd in ("", "{", "[]", "é", '{"call_count":"many"}', '{"1":[7]}'):
        assert until(x_app_usage=odd, x_business_use_case_usage=odd) is None


def test_an_application_without_the_capability_is_told_apart_from_a_refusal(
    order: Any, answered: Any, now: datetime
) -> None:
    assert [facebook.judge(order(), graph(answered, code), now).unable for code in (3, 10, 200, 100)] == [
        True, False, False, False,
    ]  # fmt: skip


def test_a_spam_warning_stops_replies_for_a_day(order: Any, answered: Any, now: datetime) -> None:
    assert facebook.judge(order(), graph(answered, 368), now).until == now + timedelta(days=1)


def test_a_success_carries_the_id_of_what_was_created(order: Any, answered: Any, now: datetime) -> None:
    reply = facebook.judge(order(), answered(200, {"id": "900_2"}), now)
    private = facebook.judge(order(ActKind.PRIVATE), answered(200, {"recipient_id": "7", "message_id": "m_1"}), now)
    hidden = facebook.judge(order(ActKind.HIDE), answered(200, {"success": True}), now)
    assert (reply.verdict, reply.id) == (Verdict.DONE, "900_2")
    assert (private.verdict, private.id) == (Verdict.DONE, "m_1")
    assert (hidden.verdict, hidden.id) == (Verdict.DONE, None)


def test_a_success_that_says_no_is_none(order: Any, answered: Any, now: datetime) -> None:
    assert facebook.judge(order(ActKind.HIDE), answered(200, {"success": False}), now).verdict is Verdict.REFUSED
    assert facebook.judge(order(ActKind.BLOCK), answered(200, {"7": False}), now).verdict is Verdict.REFUSED
    assert facebook.judge(order(ActKind.BLOCK), answered(200, {"7": True}), now).verdict is Verdict.DONE
    assert facebook.judge(order(), graph(answered, 190, 200), now).verdict is Verdict.TOKEN_DEAD
    assert facebook.judge(order(), answered(200, b"<html>ok"), now).verdict is Verdict.UNKNOWN


# --- reading back ---


def reply(identity: str, text: str, at: datetime, author: str = PAGE) -> dict[str, Any]:
    created = at.strftime("%Y-%m-%dT%H:%M:%S+0000")
    return {"id": identity, "message": text, "from": {"id": author, "name": "…"}, "created_time": created}


@pytest.fixture
def settled(order: Any, answered: Any, now: datetime) -> Callable[..., Any]:
    def settle(*replies: Any, status: int = 200, **more: Any) -> Any:
        sent: Order = order(since=now)
        return facebook.settle(sent, answered(status, {"data": list(replies), **more}))

    return settle


def test_the_thread_is_read_and_not_only_the_comment_answered(order: Any, access: Access) -> None:
    call = facebook.look_back(order(target="900_reply", thread="900_head"), access)
    assert call is not None
    assert (call.method, urlsplit(call.url).path) == ("GET", "/v25.0/900_head/comments")
    for kind in ActKind:
        assert (facebook.look_back(order(kind), access) is not None) is (kind is ActKind.REPLY)


def test_our_words_in_the_thread_settle_it(settled: Any, order: Any, now: datetime) -> None:
    respaced = order().text.replace(" ", "  ")
    outcome = settled(reply("1", "autre chose", now), reply("2", respaced, now - timedelta(seconds=1)))
    assert (outcome.verdict, outcome.id) == (Verdict.DONE, "2")


def test_the_same_words_of_somebody_else_or_of_yesterday_settle_nothing(
    settled: Any, order: Any, now: datetime
) -> None:
    assert settled(reply("1", order().text, now, author="7")).verdict is Verdict.LATER
    assert settled(reply("1", order().text, now - timedelta(days=1))).verdict is Verdict.LATER
    assert settled().verdict is Verdict.LATER


def test_what_cannot_be_read_whole_is_unknown(settled: Any, order: Any, answered: Any, now: datetime) -> None:
    paging = {"next": "https://graph.facebook.com/…"}
    assert settled(reply("1", "autre", now), paging=paging).verdict is Verdict.UNKNOWN
    assert settled(reply("1", "autre", now - timedelta(days=1)), paging=paging).verdict is Verdict.LATER
    assert settled(status=500).verdict is Verdict.UNKNOWN
    assert facebook.settle(order(since=now), answered(200, b"<html>")).verdict is Verdict.UNKNOWN
    assert facebook.settle(order(since=now), answered(200, {"data": "?"})).verdict is Verdict.UNKNOWN
    assert facebook.settle(order(since=now), graph(answered, 190)).verdict is Verdict.UNKNOWN
    assert facebook.settle(order(since=now), graph(answered, 100, subcode=33)).verdict is Verdict.GONE


def test_a_reply_without_a_readable_date_counts_as_ours(settled: Any, order: Any, now: datetime) -> None:
    undated = reply("9", order().text, now) | {"created_time": "?"}
    assert settled(undated).verdict is Verdict.DONE
