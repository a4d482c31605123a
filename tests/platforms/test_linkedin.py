"""LinkedIn: what is read beyond the contract, what is asked for, and what its refusals mean."""

import hashlib
import hmac
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs

import pytest

from tribune.channel import Access, ActKind, Delivery, HttpAnswer, Item, Order, Secrets, Sweep, Verdict
from tribune.comment import Comment, Media, Reaction, Verb
from tribune.errors import BadConfiguration, CannotDo, Forged, Unreadable, UnreadableBody, WrongToken
from tribune.platforms import linkedin
from tribune.platforms.body import parse

PAGE, MEMBER, TEAM = "urn:li:organization:96072893", "urn:li:person:kRm2xWq7aB", "urn:li:person:zLqTygBP8S"
POST = "urn:li:activity:7094637247890620418"
COMMENT = f"urn:li:comment:({POST},7094977717598625792)"
NESTED = f"urn:li:comment:({POST},7094980000000000001)"
SHARE = "urn:li:share:7094984444444444444"
ENCODED = COMMENT.replace(":", "%3A").replace("(", "%28").replace(")", "%29").replace(",", "%2C")
ENCODED_POST = POST.replace(":", "%3A")


@pytest.fixture
def read(sent: Callable[[str], Any]) -> Callable[[str], Any]:
    return lambda name: next(
        one for item in linkedin.split(sent(f"linkedin__{name}").body) for one in linkedin.read(item)
    )


@pytest.fixture
def asked(order: Any) -> Callable[..., Order]:
    def make(kind: ActKind = ActKind.REPLY, **fields: Any) -> Order:
        made: Order = order(kind, **({"account": PAGE, "target": COMMENT, "thread": COMMENT} | fields))
        return made

    return make


# --- the challenge and the signature ---

CODE = "890e4665-4dfe-4ab1-b689-ed553bceeed0"


def test_the_challenge_is_answered_with_its_signature() -> None:
    answer = linkedin.handshake(
        Delivery("GET", {}, query={"challengeCode": CODE, "applicationId": "1"}), Secrets("client")
    )
    assert answer is not None
    assert (answer.status, answer.content_type) == (200, "application/json")
    right = hmac.new(b"client", CODE.encode(), hashlib.sha256).hexdigest()
    assert json.loads(answer.body) == {"challengeCode": CODE, "challengeResponse": right}


@pytest.mark.parametrize("code", ["", "1", 'hmacsha256={"type":"x"}', f"hmacsha256={CODE}", f"{CODE}\n", "ü"])
def test_the_challenge_signs_nothing_that_could_be_a_delivery(code: str) -> None:
    with pytest.raises(WrongToken):
        linkedin.handshake(Delivery("GET", {}, query={"challengeCode": code}), Secrets("client"))


def test_a_challenge_to_a_channel_without_a_secret_is_a_mistake_of_ours() -> None:
    with pytest.raises(BadConfiguration):
        linkedin.handshake(Delivery("GET", {}, query={"challengeCode": CODE}), Secrets(""))


def test_the_prefix_is_part_of_what_is_signed(now: datetime) -> None:
    body = b'{"type":"ORGANIZATION_SOCIAL_ACTION_NOTIFICATIONS","notifications":[]}'
    right = hmac.new(b"client", b"hmacsha256=" + body, hashlib.sha256).hexdigest()
    assert linkedin.sign(body, "client", now, "")[linkedin.SIGNATURE] == right
    for header in (right, f"hmacsha256={right}"):
        linkedin.verify(Delivery("POST", {linkedin.SIGNATURE: header}, body), Secrets("client"), now)
    without = hmac.new(b"client", body, hashlib.sha256).hexdigest()
    for header in (
        without,
        f"hmacsha256={without}",
        right.upper(),
        f"sha256={right}",
        f"hmacsha256=hmacsha256={right}",
    ):
        with pytest.raises(Forged):
            linkedin.verify(Delivery("POST", {linkedin.SIGNATURE: header}, body), Secrets("client"), now)


def test_a_body_that_was_written_again_is_forged(sent: Callable[[str], Any], now: datetime) -> None:
    body = json.dumps(sent("linkedin__comment").body).encode()
    again = json.dumps(sent("linkedin__comment").body, separators=(",", ":")).encode()
    headers = linkedin.sign(body, "client", now, "")
    with pytest.raises(Forged):
        linkedin.verify(Delivery("POST", headers, again), Secrets("client"), now)


# --- what is read ---


def test_a_comment_has_no_name_and_its_own_address(read: Callable[[str], Comment]) -> None:
    said = read("comment")
    assert (said.account, said.author.id, said.author.name, said.author.is_ours) == (PAGE, MEMBER, None, False)
    assert (said.object, said.thread.id, said.thread.post, said.parent) == (COMMENT, COMMENT, POST, None)
    assert said.text == "Vous êtes ouverts le dimanche ?"
    assert said.said_at == said.posted_at == datetime(2026, 9, 1, 9, tzinfo=UTC)
    assert said.url == f"https://www.linkedin.com/feed/update/{POST}/?commentUrn={ENCODED}"


def test_both_forms_of_a_urn_name_the_same_comment(read: Callable[[str], Comment]) -> None:
    assert read("comment").version == read("comment__long_urn").version
    assert read("comment").object == read("comment__long_urn").object
    first, edited, deleted = (read(name) for name in ("comment", "comment_edit", "comment_delete"))
    assert first.object == edited.object == deleted.object
    assert first.version < edited.version < deleted.version
    assert (deleted.verb, deleted.text, deleted.media) == (Verb.DELETED, "", Media.NONE)


def test_the_page_is_we_and_an_administrator_as_a_person_is_not(read: Callable[[str], Comment]) -> None:
    assert [read(name).author.is_ours for name in ("admin_comment", "comment__owned_by_the_page")] == [True, True]
    person = read("comment__as_a_person_of_the_team")
    assert (person.author.id, person.author.is_ours) == (TEAM, False)


def test_a_post_that_names_us_is_a_thread_of_its_own(read: Callable[[str], Comment]) -> None:
    said = read("share_mention")
    assert (said.object, said.thread.id, said.thread.post, said.parent) == (SHARE, SHARE, SHARE, None)
    assert said.text.startswith("Trois semaines d'attente")


def test_likes_and_shares_hang_from_our_post(read: Callable[[str], Any]) -> None:
    like, share = read("like"), read("share")
    assert isinstance(like, Reaction)
    assert (like.kind, like.author.id, like.thread.post) == ("reaction", MEMBER, POST)
    assert (share.kind, share.author.id, share.thread.post) == ("share", MEMBER, POST)


def test_members_words_are_kept_no_longer_than_the_terms_allow() -> None:
    assert linkedin.CARD.words_kept == timedelta(hours=48)


@pytest.mark.parametrize(
    "payload", [None, [], {}, {"type": "ORGANIZATION_SOCIAL_ACTION_NOTIFICATIONS"}, {"notifications": []},
                {"type": "ORGANIZATION_SOCIAL_ACTION_NOTIFICATIONS", "notifications": {}},
                {"type": "ORGANIZATION_SOCIAL_ACTION_NOTIFICATIONS", "notifications": [{"action": "COMMENT"}]}]
)  # fmt: skip
def test_an_envelope_that_linkedin_does_not_document_is_an_unreadable_body(payload: Any) -> None:
    with pytest.raises(UnreadableBody):
        list(linkedin.split(payload))


@pytest.mark.parametrize(
    "urn", ["", "urn:li:comment:7", "urn:li:comment:(activity:1)", "urn:li:comment:(activity:1,2/..)", None]
)
def test_a_comment_without_a_urn_of_a_comment_is_unreadable(urn: Any, sent: Callable[[str], Any]) -> None:
    (item,) = linkedin.split(sent("linkedin__comment__no_text").body)
    with pytest.raises(Unreadable, match="generatedActivity"):
        list(linkedin.read(Item(PAGE, {**item.payload, "generatedActivity": urn})))


# --- what a notification leaves out ---

WHOLE = {
    "actor": MEMBER,
    "object": POST,
    "parentComment": "urn:li:comment:(activity:7094637247890620418,7094977717598625792)",
    "message": {
        "attributes": [{"start": 0, "length": 5, "value": {"person": {"person": TEAM}}},
                       {"start": 6, "length": 7, "value": {"organization": {"organization": PAGE}}}],
        "text": "Marie Garance répond vite",
    },
    "id": "7094980000000000001",
}  # fmt: skip


def test_every_comment_is_asked_for_since_what_it_answers_is_told_nowhere(sent: Callable[[str], Any]) -> None:
    for name, incomplete in (("comment", True), ("comment_edit", True), ("admin_comment", True), ("comment_delete", False),
                             ("like", False), ("share_mention", False)):  # fmt: skip
        assert [item.incomplete for item in linkedin.split(sent(f"linkedin__{name}").body)] == [incomplete]


def test_what_is_asked_for_completes_the_comment(
    sent: Callable[[str], Any], access: Access, answered: Any, now: datetime
) -> None:
    (item,) = linkedin.split(sent("linkedin__comment__no_text").body)
    call = linkedin.lookup(item, access)
    assert (call.method, call.url) == (
        "GET",
        f"https://api.linkedin.com/rest/socialActions/{ENCODED_POST}/comments/7094980000000000001",
    )
    assert call.headers["linkedin-version"] == "202607"
    whole, outcome = linkedin.completed(item, answered(200, WHOLE), now)
    assert whole is not None
    assert (outcome.verdict, whole.incomplete) == (Verdict.DONE, False)
    (said,) = linkedin.read(whole)
    assert isinstance(said, Comment)
    assert (said.text, said.author.id, said.media) == ("Marie Garance répond vite", MEMBER, Media.NONE)
    assert (said.object, said.parent, said.thread.id, said.thread.post) == (NESTED, COMMENT, COMMENT, POST)
    assert said.tagged == ("Marie",)


def test_the_words_of_the_notification_stay_although_the_comment_was_edited_since(
    sent: Callable[[str], Any], answered: Any, now: datetime
) -> None:
    (item,) = linkedin.split(sent("linkedin__comment").body)
    edited = {**WHOLE, "message": {"text": "Autre chose"}, "parentComment": None}
    whole, _ = linkedin.completed(item, answered(200, edited), now)
    assert whole is not None
    assert [one.version for one in linkedin.read(whole) if isinstance(one, Comment)] == [
        one.version for one in linkedin.read(item) if isinstance(one, Comment)
    ]


@pytest.mark.parametrize(("content", "media"), [([{"type": "IMAGE"}], Media.IMAGE), ([{"type": "VIDEO"}], Media.VIDEO)])
def test_a_picture_beside_the_words_is_told(
    content: Any, media: Media, sent: Callable[[str], Any], answered: Any, now: datetime
) -> None:
    (item,) = linkedin.split(sent("linkedin__comment").body)
    whole, _ = linkedin.completed(item, answered(200, {**WHOLE, "content": content}), now)
    assert whole is not None
    assert [one.media for one in linkedin.read(whole) if isinstance(one, Comment)] == [media]


@pytest.mark.parametrize(
    ("event", "status", "verdict", "read"),
    [
        ("comment", 403, Verdict.DONE, True),
        ("comment__no_text", 403, Verdict.REFUSED, False),
        ("comment", 404, Verdict.GONE, False),
        ("comment", 401, Verdict.TOKEN_DEAD, False),
        ("comment", 429, Verdict.LIMITED, False),
        ("comment", 503, Verdict.LATER, False),
        ("comment__no_text", 200, Verdict.REFUSED, False),
    ],
)
def test_a_comment_that_is_not_shown_is_read_as_it_came_or_waits(
    *, event: str, status: int, verdict: Verdict, read: bool, sent: Callable[[str], Any], answered: Any, now: datetime
) -> None:
    (item,) = linkedin.split(sent(f"linkedin__{event}").body)
    whole, outcome = linkedin.completed(item, answered(status, {}), now)
    assert (outcome.verdict, whole is not None) == (verdict, read)


# --- what we do ---


def test_a_reply_is_the_documented_request(asked: Any, access: Access, now: datetime) -> None:
    plan = linkedin.act(asked(), Access(PAGE, {**access.values, "version": "202609"}), now)
    assert (plan.call.method, plan.call.url) == (
        "POST",
        f"https://api.linkedin.com/rest/socialActions/{ENCODED}/comments",
    )
    assert plan.call.headers == {
        "authorization": "Bearer a-token",
        "linkedin-version": "202609",
        "x-restli-protocol-version": "2.0.0",
        "x-request-id": "act-1",
        "content-type": "application/json",
    }
    assert (
        plan.call.body
        == (
            f'{{"actor": "{PAGE}", "object": "{POST}", '
            '"message": {"text": "Bonjour, le dimanche de 10 h à 13 h 🚲"}, '
            f'"parentComment": "{COMMENT}"}}'
        ).encode()
    )
    assert (plan.way, plan.repeatable) == ("reply", False)


def test_a_reply_to_a_reply_hangs_from_the_comment_that_begins_the_thread(
    asked: Any, access: Access, now: datetime
) -> None:
    plan = linkedin.act(asked(target=NESTED), access, now)
    assert plan.call.url.endswith(f"/{ENCODED}/comments")
    assert json.loads(plan.call.body or b"")["parentComment"] == COMMENT


def test_a_post_that_names_us_is_answered_under_it(asked: Any, access: Access, now: datetime) -> None:
    plan = linkedin.act(asked(target=SHARE, thread=SHARE), access, now)
    assert plan.call.url.endswith("/socialActions/urn%3Ali%3Ashare%3A7094984444444444444/comments")
    body = json.loads(plan.call.body or b"")
    assert (body["object"], "parentComment" in body) == (SHARE, False)


def test_a_deletion_and_a_like_name_the_page_that_acts(asked: Any, access: Access, now: datetime) -> None:
    delete, like = (linkedin.act(asked(kind), access, now) for kind in (ActKind.DELETE, ActKind.LIKE))
    actor = PAGE.replace(":", "%3A")
    assert (delete.call.method, delete.call.url, delete.call.body) == (
        "DELETE",
        f"https://api.linkedin.com/rest/socialActions/{ENCODED_POST}/comments/7094977717598625792?actor={actor}",
        None,
    )
    assert (like.call.method, like.call.url) == ("POST", f"https://api.linkedin.com/rest/reactions?actor={actor}")
    assert like.call.body == f'{{"root": "{COMMENT}", "reactionType": "LIKE"}}'.encode()
    assert delete.repeatable
    assert like.repeatable


@pytest.mark.parametrize("kind", [ActKind.HIDE, ActKind.UNHIDE, ActKind.PRIVATE, ActKind.BLOCK])
def test_linkedin_does_nothing_else(kind: ActKind, asked: Any, access: Access, now: datetime) -> None:
    with pytest.raises(CannotDo):
        linkedin.act(asked(kind), access, now)


def test_a_post_is_not_deleted_as_if_it_were_a_comment(asked: Any, access: Access, now: datetime) -> None:
    with pytest.raises(CannotDo, match="no_such_object"):
        linkedin.act(asked(ActKind.DELETE, target=SHARE), access, now)


# --- what LinkedIn answers ---

R, D, L = ActKind.REPLY, ActKind.DELETE, ActKind.LIKE


@pytest.mark.parametrize(
    ("kind", "status", "message", "verdict", "why"),
    [
        (D, 204, "", Verdict.DONE, ""),
        (L, 201, "", Verdict.DONE, ""),
        (L, 409, "The reaction already exists", Verdict.DONE, "already_accepted"),
        (R, 201, "", Verdict.UNKNOWN, "unreadable_answer"),
        (R, 400, "…", Verdict.REFUSED, "refused"),
        (R, 400, "Duplicate comment", Verdict.REFUSED, "duplicate"),
        (R, 401, "The token used in the request has been revoked by the user", Verdict.TOKEN_DEAD, "token"),
        (R, 403, "Not enough permissions", Verdict.REFUSED, "permission"),
        (R, 404, "Could not find entity", Verdict.GONE, "gone"),
        (D, 404, "Could not find entity", Verdict.GONE, "gone"),
        (R, 426, "Requested version 20250101 is not active", Verdict.TOKEN_DEAD, "version"),
        (R, 429, "Comment create throttled", Verdict.LIMITED, "throttled"),
        (R, 500, "Internal Server Error", Verdict.UNKNOWN, "server_error"),
        (R, 504, "", Verdict.UNKNOWN, "server_error"),
        (D, 503, "", Verdict.LATER, "server_error"),
        (L, 500, "", Verdict.LATER, "server_error"),
    ],
)
def test_each_answer_has_its_verdict(
    *, kind: ActKind, status: int, message: str, verdict: Verdict, why: str, asked: Any, answered: Any, now: datetime
) -> None:
    outcome = linkedin.judge(asked(kind), answered(status, {"status": status, "message": message}), now)
    assert (outcome.verdict, outcome.why) == (verdict, why)


def test_a_refused_twin_of_an_earlier_attempt_is_looked_for(asked: Any, answered: Any, now: datetime) -> None:
    said = answered(400, {"message": "Duplicate comment"})
    assert linkedin.judge(asked(attempt=2), said, now).verdict is Verdict.UNKNOWN


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        ({"$URN": f"urn:li:comment:({POST},77)", "id": "77"}, {}),
        ({"$URN": "urn:li:comment:(activity:7094637247890620418,77)"}, {}),
        ({"id": "77"}, {}),
        (b"", {"x_restli_id": "77"}),
    ],
)
def test_what_we_wrote_has_the_name_under_which_it_comes_back(
    body: Any, headers: dict[str, str], asked: Any, answered: Any, now: datetime
) -> None:
    outcome = linkedin.judge(asked(), answered(201, body, **headers), now)
    assert (outcome.verdict, outcome.id) == (Verdict.DONE, f"urn:li:comment:({POST},77)")


@pytest.mark.parametrize(
    ("message", "headers", "wait"),
    [
        ("Comment create throttled", {}, timedelta(minutes=1)),
        ("Resource level throttle MEMBER limit", {}, timedelta(minutes=1)),
        ("Resource level throttle APPLICATION DAY limit", {}, timedelta(hours=14, minutes=59, seconds=55)),
        ("…", {"retry_after": "90"}, timedelta(seconds=90)),
    ],
)
def test_a_limit_ends_with_the_minute_or_with_the_day(
    *, message: str, headers: dict[str, str], wait: timedelta, asked: Any, answered: Any, now: datetime
) -> None:
    outcome = linkedin.judge(asked(), answered(429, {"message": message}, **headers), now)
    assert outcome.until == now + wait


# --- reading back ---


def ours(text: str, **fields: Any) -> dict[str, Any]:
    made = {
        "$URN": f"urn:li:comment:({POST},77)",
        "actor": PAGE,
        "message": {"text": text},
        "created": {"time": 1788253205000},
    }
    return made | fields


def test_the_thread_is_read_back(asked: Any, access: Access) -> None:
    call = linkedin.look_back(asked(target=NESTED), access)
    assert call is not None
    assert call.url == f"https://api.linkedin.com/rest/socialActions/{ENCODED}/comments?start=0&count=100"
    assert linkedin.look_back(asked(D), access) is None


@pytest.mark.parametrize(
    ("status", "body", "verdict"),
    [
        (200, {"elements": [ours("Bonjour 🚲")]}, Verdict.DONE),
        (200, {"elements": []}, Verdict.LATER),
        (200, {"elements": [ours("Bonsoir")]}, Verdict.LATER),
        (200, {"elements": [ours("Bonjour 🚲", actor=MEMBER)]}, Verdict.LATER),
        (200, {"elements": [ours("Bonjour 🚲", created={"time": 1788253005000})]}, Verdict.LATER),
        (200, {"elements": [], "paging": {"links": [{"rel": "next", "href": "/x"}]}}, Verdict.UNKNOWN),
        (200, {"elements": [1] * 100}, Verdict.UNKNOWN),
        (200, {}, Verdict.UNKNOWN),
        (404, {}, Verdict.GONE),
        (503, b"", Verdict.UNKNOWN),
    ],
)
def test_what_the_thread_shows_settles_it(
    *, status: int, body: Any, verdict: Verdict, asked: Any, answered: Any, now: datetime
) -> None:
    outcome = linkedin.settle(asked(text="Bonjour 🚲", since=now), answered(status, body))
    assert outcome.verdict is verdict
    assert outcome.id == (f"urn:li:comment:({POST},77)" if verdict is Verdict.DONE else None)


# --- asking what was missed ---


def test_missed_notifications_are_read_as_if_they_had_been_pushed(
    sent: Callable[[str], Any], access: Access, answered: Any, now: datetime
) -> None:
    sweep = Sweep(PAGE, now - timedelta(hours=1))
    call = linkedin.poll(sweep, access, now)
    assert call.url == (
        "https://api.linkedin.com/rest/organizationalEntityNotifications?q=criteria"
        "&actions=List(COMMENT,COMMENT_EDIT,COMMENT_DELETE,ADMIN_COMMENT,SHARE_MENTION)"
        "&organizationalEntity=urn%3Ali%3Aorganization%3A96072893"
        "&timeRange=(start:1788249605000,end:1788253205000)&start=0&count=100"
    )
    pushed = sent("linkedin__comment").body
    page = {"elements": pushed["notifications"], "paging": {"links": [{"rel": "next", "href": "/x"}]}}
    gathered = linkedin.gather(sweep, answered(200, page), now)
    assert (gathered.items, gathered.page) == (tuple(linkedin.split(pushed)), "1")
    assert "&start=1&" in linkedin.poll(replace(sweep, page="1"), access, now).url
    last = linkedin.gather(sweep, answered(200, {"elements": []}), now)
    assert (last.items, last.page, last.outcome.verdict) == ((), "", Verdict.DONE)


@pytest.mark.parametrize(
    ("status", "verdict"),
    [
        (401, Verdict.TOKEN_DEAD),
        (403, Verdict.REFUSED),
        (429, Verdict.LIMITED),
        (503, Verdict.LATER),
        (200, Verdict.LATER),
    ],
)
def test_a_page_that_is_refused_says_why(status: int, verdict: Verdict, answered: Any, now: datetime) -> None:
    gathered = linkedin.gather(Sweep(PAGE, now), answered(status, b""), now)
    assert (gathered.items, gathered.outcome.verdict) == ((), verdict)


# --- renewing the access ---

VALUES = {
    "token": "old-access",
    "refresh_token": "the-refresh",
    "client_id": "client",
    "client_secret": "s&cret",
    "expires_at": "2026-09-07T09:00:00+00:00",
}


def test_an_access_is_renewed_a_week_before_it_ends(answered: Callable[..., HttpAnswer], now: datetime) -> None:
    call = linkedin.refresh(Access(PAGE, VALUES), now)
    assert call is not None
    assert (call.method, call.url) == ("POST", "https://www.linkedin.com/oauth/v2/accessToken")
    assert parse_qs((call.body or b"").decode()) == {
        "grant_type": ["refresh_token"],
        "refresh_token": ["the-refresh"],
        "client_id": ["client"],
        "client_secret": ["s&cret"],
    }
    body = {"access_token": "new-access", "expires_in": 5184000, "refresh_token": "the-refresh",
            "refresh_token_expires_in": 439200}  # fmt: skip
    values, outcome = linkedin.refreshed(Access(PAGE, VALUES), answered(200, body), now)
    assert outcome.verdict is Verdict.DONE
    assert values == {**VALUES, "token": "new-access", "expires_at": "2026-10-31T09:00:05+00:00"}
    assert linkedin.refresh(Access(PAGE, values), now) is None


def test_a_consent_that_ended_needs_a_person(answered: Callable[..., HttpAnswer], now: datetime) -> None:
    body = {
        "error": "invalid_grant",
        "error_description": "The provided authorization grant or refresh token is invalid",
    }
    values, outcome = linkedin.refreshed(Access(PAGE, VALUES), answered(400, body), now)
    assert (dict(values), outcome.verdict) == (VALUES, Verdict.TOKEN_DEAD)


def test_numbers_of_64_bits_are_read_exactly(sent: Callable[[str], Any]) -> None:
    body = json.dumps(sent("linkedin__like").body).replace("5603453340", "9223372036854775807")
    (item,) = linkedin.split(parse(body.encode()))
    assert item.payload["notificationId"] == 9223372036854775807
