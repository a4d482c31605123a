"""X: what is read beyond the contract, what is asked, and what its refusals mean."""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from tribune.channel import Access, ActKind, Delivery, HttpAnswer, Item, Order, Secrets, Sweep, Verdict
from tribune.comment import Comment, Media, Reaction, Said, Verb
from tribune.errors import CannotDo, Forged, Unreadable, UnreadableBody, WrongToken
from tribune.platforms import x
from tribune.platforms.body import parse

US, AMINA, KARIM = "2244994945001", "1790000000000000001", "1790000000000000002"
POST = "2094681661240246275"
REPLY = "2094711860229046279"
OUR_REPLY = "2094712111887286279"


@pytest.fixture
def read(sent: Callable[[str], Any]) -> Callable[[str], Any]:
    def first(name: str) -> Said:
        found: Said = next(one for item in x.split(sent(f"x__{name}").body) for one in x.read(item))
        return found

    return first


@pytest.fixture
def asked(order: Any) -> Callable[..., Order]:
    def make(kind: ActKind = ActKind.REPLY, **fields: Any) -> Order:
        made: Order = order(kind, **({"account": US, "target": REPLY, "thread": REPLY} | fields))
        return made

    return make


# --- the challenge ---


def test_the_challenge_is_signed_with_the_consumer_secret() -> None:
    token = "9b4507b3-9040-4669-9ca3-6b94edb50553"
    answer = x.handshake(Delivery("GET", {}, query={"crc_token": token, "nonce": "x"}), Secrets("consumer", "old"))
    right = base64.b64encode(hmac.new(b"consumer", token.encode(), hashlib.sha256).digest()).decode()
    assert answer is not None
    assert (answer.status, answer.content_type) == (200, "application/json")
    assert json.loads(answer.body) == {"response_token": f"sha256={right}"}


@pytest.mark.parametrize("body", ['{"data":{}}', '{"for_user_id":"1"}', "[]", '"a"', "", "ü", "a" * 257, "a\n"])
def test_the_challenge_signs_nothing_that_could_be_a_delivery(body: str) -> None:
    with pytest.raises(WrongToken):
        x.handshake(Delivery("GET", {}, query={"crc_token": body}), Secrets("consumer"))


def test_a_signed_challenge_opens_no_door(now: datetime) -> None:
    answer = x.handshake(Delivery("GET", {}, query={"crc_token": "1234567890"}), Secrets("consumer"))
    assert answer is not None
    stolen = {x.SIGNATURE: json.loads(answer.body)["response_token"]}
    x.verify(Delivery("POST", stolen, b"1234567890"), Secrets("consumer"), now)  # a genuine signature, of a number
    with pytest.raises(UnreadableBody):
        list(x.split(parse(b"1234567890")))


def test_a_signature_is_of_the_documented_shape(now: datetime) -> None:
    body = b'{"for_user_id":"1"}'
    header = x.sign(body, "consumer", now, "")[x.SIGNATURE]
    assert header == "sha256=" + base64.b64encode(hmac.new(b"consumer", body, hashlib.sha256).digest()).decode()
    sha1 = "sha1=" + base64.b64encode(hmac.new(b"consumer", body, hashlib.sha1).digest()).decode()
    hexadecimal = "sha256=" + hmac.new(b"consumer", body, hashlib.sha256).hexdigest()
    for other in (
        header.removeprefix("sha256="),
        "SHA256=" + header[7:],
        header[:7] + header[7:].swapcase(),
        sha1,
        hexadecimal,
    ):
        with pytest.raises(Forged):
            x.verify(Delivery("POST", {x.SIGNATURE: other}, body), Secrets("consumer"), now)


# --- what is read ---


def test_the_name_that_a_reply_carries_by_itself_is_none_of_its_words(read: Callable[[str], Comment]) -> None:
    said = read("post_reply_create")
    assert said.text == "Vous êtes ouverts le dimanche ? Mon fils & moi passerions bien <3"
    assert (said.account, said.author.id, said.author.name, said.author.is_ours) == (US, AMINA, "Amina Roux", False)
    assert (said.tagged, said.language, said.media) == ((), "fr", Media.NONE)
    assert said.said_at == said.posted_at == datetime(2026, 9, 1, 9, tzinfo=UTC)
    assert said.url == f"https://x.com/i/web/status/{REPLY}"


def test_a_reply_to_our_post_begins_a_thread_and_the_next_one_belongs_to_it(read: Callable[[str], Comment]) -> None:
    first, ours, second = (
        read(name) for name in ("post_reply_create", "post_create__own_reply", "post_reply_create__to_our_reply")
    )
    assert (first.thread.id, first.thread.post, first.parent) == (REPLY, POST, None)
    assert (ours.thread.id, ours.thread.post, ours.parent, ours.author.is_ours) == (REPLY, POST, REPLY, True)
    assert (second.thread.id, second.thread.post, second.parent) == (OUR_REPLY, POST, OUR_REPLY)
    assert ours.text == "Oui, de 10 h à 13 h."


def test_a_mention_is_a_thread_of_its_own_and_names_persons(read: Callable[[str], Comment]) -> None:
    said = read("post_mention_create")
    assert (said.thread.id, said.thread.post, said.parent) == (said.object, said.object, None)
    assert said.text == "Quelqu'un a essayé le longtail de @velosgarance avec @karim_velo ?"
    assert said.tagged == ("karim_velo",)


def test_a_mention_under_the_post_of_somebody_else_answers_that_person(read: Callable[[str], Comment]) -> None:
    said = read("post_mention_create__under_another_post")
    assert said.text == "demande à @velosgarance, ils répondent"
    assert said.parent == said.thread.id == said.thread.post != said.object
    assert said.tagged == ()


def test_an_edit_is_a_later_version_of_the_same_comment(read: Callable[[str], Comment]) -> None:
    first, edited = read("post_mention_create"), read("post_mention_create__edited")
    assert (edited.object, edited.verb, first.verb) == (first.object, Verb.EDITED, Verb.CREATED)
    assert first.version < edited.version
    assert edited.said_at - first.said_at == timedelta(minutes=15)
    assert edited.url != first.url


def test_links_stand_as_people_wrote_them_and_pictures_and_quoted_posts_are_no_words(
    read: Callable[[str], Comment],
) -> None:
    picture, quoted = read("post_mention_create__photo"), read("post_quote_create")
    assert picture.text == "Reçu avec une fourche voilée @velosgarance, détails sur https://blog.exemple.fr/fourche"
    assert picture.media is Media.IMAGE
    assert quoted.text == "Voilà une marque qui répond"
    assert (quoted.thread.id, quoted.thread.post, quoted.parent) == (quoted.object, POST, None)


@pytest.mark.parametrize(
    "shown", ["https://x.com/amina_roux/status/1/photo/1", f"https://x.com/velosgarance/status/{POST}"]
)
def test_a_post_that_only_shows_something_is_not_silence(sent: Callable[[str], Any], shown: str) -> None:
    body = sent("x__post_quote_create").body
    link = {"start": 0, "end": 23, "url": "https://t.co/pIc7uRe001", "expanded_url": shown}
    body["data"]["payload"] |= {"text": link["url"], "entities": {"urls": [link]}, "display_text_range": [0, 23]}
    (said,) = [said for item in x.split(body) for said in x.read(item)]
    assert isinstance(said, Comment)
    assert (said.text, said.media) == ("", Media.FILE)


def test_the_same_post_told_as_a_reply_and_as_a_mention_is_one_version(sent: Callable[[str], Any]) -> None:
    body = sent("x__post_reply_create").body
    again = {"data": {**body["data"], "event_type": "post.mention.create", "event_uuid": "-1"}}
    one, other = ([said for item in x.split(each) for said in x.read(item)] for each in (body, again))
    assert one == other


def test_what_others_delete_is_not_told_and_what_we_delete_follows_every_edit(read: Callable[[str], Comment]) -> None:
    gone, ours = read("post_delete"), read("post_create__own_reply")
    assert (gone.verb, gone.object, gone.author.is_ours, gone.text) == (Verb.DELETED, ours.object, True, "")
    assert gone.version > ours.version
    payload = {"id": REPLY, "author_id": AMINA}
    assert list(x.read(Item(US, {"type": "post.delete", "payload": payload}))) == []


def test_who_reposted_is_known_and_who_liked_is_not(read: Callable[[str], Any]) -> None:
    repost, like = read("post_repost_create"), read("like_create__inbound")
    assert isinstance(repost, Reaction)
    assert (repost.kind, repost.author.id, repost.author.name, repost.thread.id) == ("share", KARIM, "Karim", POST)
    assert (like.kind, like.author.id, like.thread.post) == ("reaction", None, POST)


def test_of_a_profile_nothing_but_the_name_goes_any_further(sent: Callable[[str], Any]) -> None:
    (item,) = x.split(sent("x__post_reply_create").body)
    assert item.payload["users"] == {AMINA: "Amina Roux", US: "Vélos Garance"}
    assert "profile_image_url" not in json.dumps(item.payload)


def test_numbers_of_64_bits_are_read_exactly_and_as_text(sent: Callable[[str], Any]) -> None:
    body = json.dumps(sent("x__post_reply_create").body)
    bare = body.replace(f'"id": "{REPLY}"', f'"id": {REPLY}').replace(f'["{REPLY}"]', f"[{REPLY}]")
    assert bare != body
    (said,) = [one for item in x.split(parse(bare.encode())) for one in x.read(item)]
    assert said.object == REPLY


# --- the older API ---


def test_an_older_reply_says_nothing_of_its_conversation_until_it_is_looked_up(
    sent: Callable[[str], Any], access: Access, answered: Any, now: datetime
) -> None:
    (item,) = x.split(sent("x__tweet_create_events__reply").body)
    assert item.incomplete
    call = x.lookup(item, access)
    identity = item.payload["payload"]["id_str"]
    assert (call.method, call.url) == ("GET", f"https://api.x.com/2/tweets/{identity}?tweet.fields=conversation_id")

    whole, outcome = x.completed(item, answered(200, {"data": {"id": identity, "conversation_id": POST}}), now)
    assert whole is not None
    (said,) = x.read(whole)
    assert isinstance(said, Comment)
    assert (outcome.verdict, whole.incomplete) == (Verdict.DONE, False)
    assert (said.text, said.parent, said.thread.id, said.thread.post) == ("Et le samedi ?", None, identity, POST)

    (unknown,) = x.read(item)
    assert isinstance(unknown, Comment)
    assert (unknown.parent, unknown.thread.id) == (POST, POST)


@pytest.mark.parametrize(
    ("status", "body", "verdict", "read"),
    [
        (200, {"errors": [{"type": "https://api.twitter.com/2/problems/resource-not-found"}]}, Verdict.GONE, False),
        (
            200,
            {"errors": [{"type": "https://api.twitter.com/2/problems/not-authorized-for-resource"}]},
            Verdict.DONE,
            True,
        ),
        (403, {"title": "Forbidden"}, Verdict.DONE, True),
        (429, {}, Verdict.LIMITED, False),
        (401, {}, Verdict.TOKEN_DEAD, False),
        (503, b"<html>", Verdict.LATER, False),
    ],
)
def test_a_post_that_x_does_not_show_is_read_as_it_came_or_waits(
    *, status: int, body: Any, verdict: Verdict, read: bool, sent: Callable[[str], Any], answered: Any, now: datetime
) -> None:
    (item,) = x.split(sent("x__tweet_create_events__reply").body)
    whole, outcome = x.completed(item, answered(status, body), now)
    assert (outcome.verdict, whole is not None) == (verdict, read)
    assert whole is None or not whole.incomplete


def test_only_a_reply_to_us_is_looked_up(everything_sent: list[Any]) -> None:
    bodies = {one.name: one.body for one in everything_sent if one.platform == "x"}
    incomplete = {name for name, body in bodies.items() if any(item.incomplete for item in x.split(body))}
    assert incomplete == {"x__tweet_create_events__reply"}


def test_of_a_long_post_every_word_is_read(read: Callable[[str], Comment], access: Access, now: datetime) -> None:
    said = read("post_mention_create__long")
    assert said.text.endswith("est un abruti : https://velos.example/avis")
    assert said.tagged == ("karim_velo",)
    asked_for = parse_qs(urlsplit(x.poll(Sweep(US, now), access, now).url).query)["tweet.fields"][0]
    assert "note_tweet" in asked_for.split(","), "a poll is told all of it too"


def test_a_long_older_post_is_read_whole(read: Callable[[str], Comment]) -> None:
    said = read("tweet_create_events__long")
    assert said.text.endswith("on ne dit jamais que ce qui ne va pas.")
    assert "t.co" not in said.text
    assert said.said_at == datetime(2026, 9, 1, 9, 16, 41, tzinfo=UTC)  # from `created_at`: no `timestamp_ms`
    assert said.author.name == "Karim"


def test_an_older_deletion_has_its_time(read: Callable[[str], Comment]) -> None:
    gone = read("tweet_delete_events")
    assert (gone.verb, gone.said_at) == (Verb.DELETED, datetime(2026, 9, 1, 9, 18, 20, tzinfo=UTC))


@pytest.mark.parametrize(
    "payload", [None, [], {}, {"data": {}}, {"data": []}, {"for_user_id": ""}, {"for_user_id": 1},
                {"for_user_id": "1", "tweet_create_events": {}}, {"for_user_id": "1", "tweet_create_events": [1]}]
)  # fmt: skip
def test_an_envelope_that_x_does_not_document_is_an_unreadable_body(payload: Any) -> None:
    with pytest.raises(UnreadableBody):
        list(x.split(payload))


@pytest.mark.parametrize("field", ["id", "author_id", "created_at"])
def test_a_post_without_what_identifies_it_is_unreadable(field: str, sent: Callable[[str], Any]) -> None:
    (item,) = x.split(sent("x__post_reply_create").body)
    event = {name: one for name, one in item.payload["payload"].items() if name != field}
    with pytest.raises(Unreadable, match=field):
        list(x.read(Item(item.account, {**item.payload, "payload": event})))


# --- what we do ---


def test_each_act_is_the_documented_request(asked: Any, access: Access, now: datetime) -> None:
    reply, hide, unhide, delete = (
        x.act(asked(kind), access, now) for kind in (ActKind.REPLY, ActKind.HIDE, ActKind.UNHIDE, ActKind.DELETE)
    )
    assert (reply.call.method, reply.call.url) == ("POST", "https://api.x.com/2/tweets")
    assert (
        reply.call.body
        == (
            f'{{"text": "Bonjour, le dimanche de 10 h à 13 h 🚲", "reply": {{"in_reply_to_tweet_id": "{REPLY}"}}}}'
        ).encode()
    )
    hidden = f"https://api.x.com/2/tweets/{REPLY}/hidden"
    assert (hide.call.method, hide.call.url, hide.call.body) == ("PUT", hidden, b'{"hidden": true}')
    assert (unhide.call.method, unhide.call.url, unhide.call.body) == ("PUT", hidden, b'{"hidden": false}')
    assert (delete.call.method, delete.call.url, delete.call.body) == ("DELETE", hidden.removesuffix("/hidden"), None)
    for plan in (reply, hide, unhide, delete):
        assert plan.call.headers["authorization"] == "Bearer a-token"
        assert plan.call.headers.get("content-type") == (None if plan is delete else "application/json")
    assert [plan.repeatable for plan in (reply, hide, unhide, delete)] == [False, True, True, True]


@pytest.mark.parametrize("kind", [ActKind.PRIVATE, ActKind.LIKE, ActKind.BLOCK])
def test_x_lets_an_app_do_nothing_else(kind: ActKind, asked: Any, access: Access, now: datetime) -> None:
    with pytest.raises(CannotDo):
        x.act(asked(kind), access, now)


# --- what X answers ---

PROBLEM = "https://api.twitter.com/2/problems/"
REFUSED_REPLY = (
    "Reply to this conversation is not allowed because you have not been mentioned or otherwise engaged by the author "
    "of the post you are replying to."
)
R, H, D = ActKind.REPLY, ActKind.HIDE, ActKind.DELETE


@pytest.mark.parametrize(
    ("kind", "status", "body", "verdict", "why"),
    [
        (R, 201, {"data": {"id": "1", "text": "…"}}, Verdict.DONE, ""),
        (R, 201, {"data": {}}, Verdict.UNKNOWN, "unreadable_answer"),
        (R, 200, b"<html>", Verdict.UNKNOWN, "unreadable_answer"),
        (H, 200, {"data": {"hidden": True}}, Verdict.DONE, ""),
        (H, 200, {"data": {"hidden": False}}, Verdict.REFUSED, "refused"),
        (H, 200, {"errors": [{"type": PROBLEM + "resource-not-found"}]}, Verdict.GONE, "gone"),
        (H, 200, {"errors": [{"type": PROBLEM + "not-authorized-for-resource"}]}, Verdict.REFUSED, "refused"),
        (D, 200, {"data": {"deleted": True}}, Verdict.DONE, ""),
        (D, 200, {"data": {"deleted": False}}, Verdict.REFUSED, "refused"),
        (R, 400, {"type": PROBLEM + "invalid-request", "detail": "…"}, Verdict.REFUSED, "refused"),
        (R, 401, {"title": "Unauthorized", "type": "about:blank"}, Verdict.TOKEN_DEAD, "token"),
        (R, 402, {"title": "CreditsDepleted"}, Verdict.TOKEN_DEAD, "credits"),
        (R, 403, {"type": "about:blank", "detail": REFUSED_REPLY}, Verdict.REFUSED, "not_summoned"),
        (R, 403, {"detail": "You are not permitted to perform this action."}, Verdict.REFUSED, "not_summoned"),
        (R, 403, {"detail": "You are not allowed to create a Tweet with duplicate content."}, Verdict.REFUSED, "duplicate"),
        (R, 403, {"detail": "You attempted to reply to a Tweet that is deleted or not visible to you."}, Verdict.GONE, "gone"),
        (R, 403, {"detail": "Your account is suspended and is not permitted to access this feature."}, Verdict.TOKEN_DEAD,
         "suspended"),
        (R, 403, {"detail": "To protect our users from spam… your account is temporarily locked."}, Verdict.TOKEN_DEAD,
         "suspended"),
        (R, 403, {"detail": "You have been blocked from the author of this Tweet."}, Verdict.REFUSED, "person_unavailable"),
        (R, 403, {"detail": "User has been suspended: [karim]."}, Verdict.REFUSED, "person_unavailable"),
        (R, 403, {"detail": "The original Tweet author restricted who can reply to this Tweet."}, Verdict.REFUSED,
         "person_unavailable"),
        (R, 403, {"detail": "This request looks like it might be automated."}, Verdict.BLOCKED, "spam"),
        (R, 403, {"detail": "User is over daily status update limit."}, Verdict.LIMITED, "throttled"),
        (R, 403, {"detail": "Your Tweet text is too long."}, Verdict.REFUSED, "too_long"),
        (H, 403, {"detail": "You are not permitted to perform this action."}, Verdict.REFUSED, "permission"),
        (D, 403, {"detail": "You are not authorized to delete this Tweet."}, Verdict.REFUSED, "permission"),
        (H, 404, {"type": PROBLEM + "resource-not-found"}, Verdict.GONE, "gone"),
        (R, 404, b"", Verdict.REFUSED, "refused"),
        (R, 429, {"title": "Too Many Requests"}, Verdict.LIMITED, "throttled"),
        (R, 500, b"", Verdict.UNKNOWN, "server_error"),
        (R, 503, {"title": "Service Unavailable"}, Verdict.UNKNOWN, "server_error"),
        (H, 503, b"<html>", Verdict.LATER, "server_error"),
        (D, 500, b"", Verdict.LATER, "server_error"),
    ],
)  # fmt: skip
def test_each_answer_has_its_verdict(
    *, kind: ActKind, status: int, body: Any, verdict: Verdict, why: str, asked: Any, answered: Any, now: datetime
) -> None:
    outcome = x.judge(asked(kind), answered(status, body), now)
    assert (outcome.verdict, outcome.why) == (verdict, why)
    assert outcome.unable is (why == "not_summoned")


def test_a_refused_twin_of_an_earlier_attempt_is_looked_for(asked: Any, answered: Any, now: datetime) -> None:
    said = answered(403, {"detail": "You are not allowed to create a Tweet with duplicate content."})
    assert x.judge(asked(attempt=2), said, now).verdict is Verdict.UNKNOWN


@pytest.mark.parametrize(
    ("headers", "minutes"),
    [
        ({}, 15),
        ({"retry_after": "120"}, 2),
        ({"x_rate_limit_reset": "1788253505", "x_rate_limit_remaining": "0"}, 5),
        ({"x_rate_limit_reset": "1788253505"}, 5),
        ({"x_rate_limit_reset": "1788253505", "x_rate_limit_remaining": "3",
          "x_user_limit_24hour_reset": "1788256805", "x_user_limit_24hour_remaining": "0"}, 60),
        ({"x_rate_limit_reset": "99999999999"}, 24 * 60),
        ({"x_rate_limit_reset": "soon"}, 15),
    ],
)  # fmt: skip
def test_a_limit_ends_when_its_window_does(
    headers: dict[str, str], minutes: int, asked: Any, answered: Any, now: datetime
) -> None:
    outcome = x.judge(asked(), answered(429, {}, **headers), now)
    assert outcome.until == now + timedelta(minutes=minutes)


def test_the_last_call_of_a_window_says_so_before_the_next_one_is_refused(
    asked: Any, answered: Any, now: datetime
) -> None:
    body, reset = {"data": {"id": "1"}}, {"x_rate_limit_reset": "1788253505"}
    last = x.judge(asked(), answered(201, body, x_rate_limit_remaining="0", **reset), now)
    more = x.judge(asked(), answered(201, body, x_rate_limit_remaining="1", **reset), now)
    assert (last.verdict, last.until, more.until) == (Verdict.DONE, now + timedelta(minutes=5), None)


# --- reading back ---


def test_only_our_own_timeline_since_the_attempt_is_read(asked: Any, access: Access, now: datetime) -> None:
    call = x.look_back(asked(since=now), access)
    assert call is not None
    address = urlsplit(call.url)
    assert (call.method, address.path) == ("GET", f"/2/users/{US}/tweets")
    assert parse_qs(address.query) == {
        "max_results": ["100"],
        "tweet.fields": ["referenced_tweets,entities"],
        "start_time": ["2026-09-01T08:58:05Z"],
    }
    assert all(x.look_back(asked(kind), access) is None for kind in (H, ActKind.UNHIDE, D))


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Bonjour 🚲", "Bonjour 🚲"),
        ("Bonjour 🚲", "@amina_roux Bonjour 🚲"),
        ("Lou & Bo <3", "@amina_roux Lou &amp; Bo &lt;3"),
        ("Voir https://garance.exemple.fr/charte/v3#article-10 !", "Voir https://t.co/aB3dE5gH7j !"),
        ("Voir garance.exemple.fr/charte", "@amina_roux Voir https://t.co/aB3dE5gH7j"),
        ("Https://garance.exemple.fr/charte", "@amina_roux https://t.co/aB3dE5gH7j"),
        ("Voir https://exemple.fr/Selle_(velo).", "@amina_roux Voir https://t.co/aB3dE5gH7j."),
    ],
)
def test_our_reply_is_found_whatever_x_made_of_its_text(text: str, shown: str, asked: Any, answered: Any) -> None:
    post = {"id": "77", "text": shown, "referenced_tweets": [{"type": "replied_to", "id": REPLY}]}
    outcome = x.settle(asked(text=text), answered(200, {"data": [post], "meta": {"result_count": 1}}))
    assert (outcome.verdict, outcome.id) == (Verdict.DONE, "77")


@pytest.mark.parametrize(
    ("body", "verdict"),
    [
        ({"meta": {"result_count": 0}}, Verdict.LATER),
        ({"data": [], "meta": {"result_count": 0, "next_token": "b26v"}}, Verdict.UNKNOWN),
        ({"data": [{"id": "1", "text": "Bonjour 🚲", "referenced_tweets": [{"type": "replied_to", "id": "9"}]}],
          "meta": {}}, Verdict.LATER),
        ({"data": [{"id": "1", "text": "Autre chose", "referenced_tweets": [{"type": "replied_to", "id": REPLY}]}],
          "meta": {}}, Verdict.LATER),
        ({"data": [{"id": "1", "text": "Bonjour 🚲", "referenced_tweets": {}}], "meta": {}}, Verdict.LATER),
        ({"errors": [{}]}, Verdict.UNKNOWN),
    ],
)  # fmt: skip
def test_what_is_not_there_certainly_did_not_arrive(body: Any, verdict: Verdict, asked: Any, answered: Any) -> None:
    assert x.settle(asked(text="Bonjour 🚲"), answered(200, body)).verdict is verdict
    assert x.settle(asked(text="Bonjour 🚲"), answered(429, body)).verdict is Verdict.UNKNOWN


# --- asking what was missed ---


def test_missed_mentions_are_read_as_if_they_had_been_pushed(
    sent: Callable[[str], Any], access: Access, answered: Any, now: datetime
) -> None:
    sweep = Sweep(US, now - timedelta(hours=1))
    call = x.poll(sweep, access, now)
    assert urlsplit(call.url).path == f"/2/users/{US}/mentions"
    assert parse_qs(urlsplit(call.url).query)["start_time"] == ["2026-09-01T08:00:05Z"]
    pushed = sent("x__post_reply_create").body
    page = {
        "data": [pushed["data"]["payload"]],
        "includes": {"users": pushed["data"]["includes"]["users"]},
        "meta": {"result_count": 1, "next_token": "7140"},
    }
    gathered = x.gather(sweep, answered(200, page), now)
    assert (gathered.outcome.verdict, gathered.page) == (Verdict.DONE, "7140")
    assert [one for item in gathered.items for one in x.read(item)] == [
        one for item in x.split(pushed) for one in x.read(item)
    ]
    following = x.poll(replace(sweep, page=gathered.page), access, now)
    assert parse_qs(urlsplit(following.url).query)["pagination_token"] == ["7140"]
    nothing = x.gather(sweep, answered(200, {"meta": {"result_count": 0}}), now)
    assert (nothing.items, nothing.page, nothing.outcome.verdict) == ((), "", Verdict.DONE)


@pytest.mark.parametrize(
    ("status", "verdict"),
    [(401, Verdict.TOKEN_DEAD), (403, Verdict.REFUSED), (429, Verdict.LIMITED), (503, Verdict.LATER)],
)
def test_a_page_that_is_refused_says_why(status: int, verdict: Verdict, answered: Any, now: datetime) -> None:
    gathered = x.gather(Sweep(US, now), answered(status, b""), now)
    assert (gathered.items, gathered.outcome.verdict) == ((), verdict)


# --- renewing the access ---

VALUES = {
    "token": "old-access",
    "refresh_token": "old-refresh",
    "client_id": "client",
    "client_secret": "s:ecret",
    "expires_at": "2026-09-01T09:05:00+00:00",
    "base_url": "https://api.x.com",
}


def test_an_access_is_renewed_before_it_ends_and_not_sooner(now: datetime) -> None:
    call = x.refresh(Access(US, VALUES), now)
    assert call is not None
    assert (call.method, call.url) == ("POST", "https://api.x.com/2/oauth2/token")
    assert call.headers["authorization"] == "Basic " + base64.b64encode(b"client:s:ecret").decode()
    assert call.body == b"grant_type=refresh_token&refresh_token=old-refresh"
    later = {**VALUES, "expires_at": "2026-09-01T10:05:00+00:00"}
    assert x.refresh(Access(US, later), now) is None
    for unknown in ("", "soon"):
        assert x.refresh(Access(US, {**VALUES, "expires_at": unknown}), now) is not None


def test_a_public_client_names_itself_in_the_form(now: datetime) -> None:
    values = {name: value for name, value in VALUES.items() if name != "client_secret"}
    call = x.refresh(Access(US, values), now)
    assert call is not None
    assert "authorization" not in call.headers
    assert call.body == b"grant_type=refresh_token&refresh_token=old-refresh&client_id=client"


@pytest.mark.parametrize("missing", ["refresh_token", "client_id"])
def test_an_access_that_cannot_be_renewed_is_left_alone(missing: str, now: datetime) -> None:
    assert x.refresh(Access(US, {**VALUES, missing: ""}), now) is None


def test_a_renewed_access_is_whole_and_its_spent_token_is_gone(answered: Any, now: datetime) -> None:
    body = {"token_type": "bearer", "expires_in": 7200, "access_token": "new-access", "refresh_token": "new-refresh"}
    values, outcome = x.refreshed(Access(US, VALUES), answered(200, body), now)
    assert outcome.verdict is Verdict.DONE
    assert values == {
        **VALUES,
        "token": "new-access",
        "refresh_token": "new-refresh",
        "expires_at": "2026-09-01T11:00:05+00:00",
    }
    assert x.refresh(Access(US, values), now + timedelta(minutes=109)) is None
    assert x.refresh(Access(US, values), now + timedelta(minutes=111)) is not None


@pytest.mark.parametrize(
    ("status", "body", "verdict"),
    [
        (400, {"error": "invalid_request", "error_description": "Value passed for the token was invalid."},
         Verdict.TOKEN_DEAD),
        (401, {"error": "unauthorized_client"}, Verdict.TOKEN_DEAD),
        (429, {}, Verdict.LATER),
        (503, b"<html>", Verdict.LATER),
        (200, b"<html>", Verdict.LATER),
        (200, {"access_token": "", "expires_in": 7200}, Verdict.LATER),
    ],
)  # fmt: skip
def test_what_is_not_renewed_stays_as_it_was(
    status: int, body: Any, verdict: Verdict, answered: Callable[..., HttpAnswer], now: datetime
) -> None:
    values, outcome = x.refreshed(Access(US, VALUES), answered(status, body), now)
    assert (dict(values), outcome.verdict) == (VALUES, verdict)
