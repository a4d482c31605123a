"""Mastodon: what a page of notifications says, and an answer that reaches whom it is meant for, and nobody else."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from tribune.channel import Access, ActKind, Delivery, Item, Order, Secrets, Sweep, Verdict
from tribune.comment import Audience, Comment, Media, Reaction, Verb
from tribune.errors import CannotDo, Forged, Unreadable, UnreadableBody
from tribune.platforms import mastodon

US, AMINA = "109348684185010001", "110100000000000002"
MENTION = "115130000000000001"
TO = "unlisted @amina@autre.example"


@pytest.fixture
def items(sent: Callable[[str], Any], answered: Any, now: datetime) -> Callable[[str], tuple[Item, ...]]:
    def gathered(name: str) -> tuple[Item, ...]:
        page = mastodon.gather(Sweep(US, now - timedelta(days=2)), answered(200, sent(f"mastodon__{name}").body), now)
        assert page.outcome.verdict is Verdict.DONE
        return page.items

    return gathered


@pytest.fixture
def read(items: Callable[[str], tuple[Item, ...]]) -> Callable[[str], Any]:
    return lambda name: next(one for item in items(name) for one in mastodon.read(item))


@pytest.fixture
def asked(order: Any) -> Callable[..., Order]:
    def make(kind: ActKind = ActKind.REPLY, **fields: Any) -> Order:
        made: Order = order(kind, **({"account": US, "target": MENTION, "thread": MENTION, "recipient": TO} | fields))
        return made

    return make


# --- nobody speaks ---


def test_whoever_pushes_is_not_mastodon(now: datetime) -> None:
    delivery = Delivery("POST", {"x-hub-signature": "sha256=00"}, b"{}")
    assert mastodon.handshake(delivery, Secrets("s")) is None
    with pytest.raises(Forged):
        mastodon.verify(delivery, Secrets("s"), now)
    with pytest.raises(UnreadableBody):
        list(mastodon.split({}))


# --- what is read ---


def test_html_is_read_as_people_see_it_and_a_link_whole(read: Callable[[str], Comment]) -> None:
    said = read("mention")
    assert said.text == (
        "Vous êtes ouverts le dimanche\u00a0? Mon fils & moi passerions bien.\n"
        "Vu sur https://velo.exemple.fr/ateliers/nantes/longue-page\nÀ bientôt"
    )
    assert (said.author.id, said.author.name, said.author.is_ours) == (AMINA, "Amina Roux", False)
    assert (said.thread.id, said.thread.post, said.parent) == (MENTION, MENTION, None)
    assert (said.audience, said.language, said.tagged) == (Audience.PUBLIC, "fr", ())
    assert said.said_at == datetime(2026, 9, 1, 9, tzinfo=UTC)


def test_what_is_put_to_the_vote_is_read_with_the_question(items: Callable[[str], tuple[Item, ...]]) -> None:
    item = items("mention")[0]
    poll = {"id": "1", "expired": False, "options": [{"title": "Un escroc"}, {"title": "Un voleur", "votes_count": 3}]}
    status = {**item.payload["status"], "content": "<p>Le patron est :</p>", "poll": poll}
    (said,) = mastodon.read(replace(item, payload={**item.payload, "status": status}))
    assert isinstance(said, Comment)
    assert said.text == "Le patron est :\nUn escroc\nUn voleur"


def test_what_stands_apart_is_not_glued_together(items: Callable[[str], tuple[Item, ...]]) -> None:
    item = items("mention")[0]
    written = "<p>Bonjour<br/>vous</p><blockquote><p>êtes ouverts</p></blockquote><ul>\n<li>lundi</li><li>mardi</li></ul><p>?</p>"
    (said,) = mastodon.read(
        replace(item, payload=item.payload | {"status": item.payload["status"] | {"content": written}})
    )
    assert isinstance(said, Comment)
    assert said.text == "Bonjour\nvous\nêtes ouverts\nlundi\nmardi\n?"


def test_how_an_answer_reaches_the_person_is_kept_beside_the_words(read: Callable[[str], Comment]) -> None:
    assert read("mention").answered_at == "public @amina@autre.example"
    assert read("mention__reply").answered_at == "unlisted @amina@autre.example"
    assert read("mention__direct").answered_at == "direct @amina@autre.example"
    assert read("own_posts").answered_at is None


def test_a_direct_post_is_a_private_conversation_with_that_person(read: Callable[[str], Comment]) -> None:
    said = read("mention__direct")
    assert (said.audience, said.thread.id, said.text) == (
        Audience.PRIVATE,
        "amina@autre.example",
        "Ma commande 4711, en privé",
    )


def test_an_edit_is_a_later_version(read: Callable[[str], Comment]) -> None:
    first, edited = read("mention"), read("mention__edited")
    assert (first.verb, edited.verb, first.object) == (Verb.CREATED, Verb.EDITED, edited.object)
    assert first.version < edited.version


def test_a_warning_is_read_and_only_our_own_name_is_left_out(read: Callable[[str], Comment]) -> None:
    said = read("mention__warning_and_picture")
    assert said.text == "casse\n@amina regarde la fourche de @garance"
    assert (said.tagged, said.media, said.author.name) == (("amina",), Media.IMAGE, "karim")


def test_boosts_and_favourites_say_who(items: Callable[[str], tuple[Item, ...]]) -> None:
    found = [one for item in items("notifications") for one in mastodon.read(item)]
    assert [(one.kind, one.author.name) for one in found if isinstance(one, Reaction)] == [
        ("reaction", "Amina Roux"),
        ("share", "karim"),
    ]


def test_our_own_answer_belongs_to_what_it_answers(read: Callable[[str], Comment]) -> None:
    said = read("own_posts")
    assert (said.author.is_ours, said.parent, said.thread.id) == (True, MENTION, MENTION)
    assert said.text == "Oui, de 10 h à 13 h."


@pytest.mark.parametrize(
    ("status", "body", "parent", "thread"),
    [
        (200, {"id": "115120000000000001", "in_reply_to_id": None}, None, "115130000000000002"),
        (200, {"id": "115120000000000001", "in_reply_to_id": "1"}, "115120000000000001", "115120000000000001"),
        (404, {"error": "Record not found"}, "115120000000000001", "115120000000000001"),
    ],
)
def test_a_reply_to_our_post_begins_a_thread_and_one_to_our_answer_does_not(
    *, status: int, body: Any, parent: Any, thread: str, items: Any, access: Access, answered: Any, now: datetime
) -> None:
    (item,) = items("mention__reply")
    assert item.incomplete
    assert mastodon.lookup(item, access).url == "https://social.example/api/v1/statuses/115120000000000001"
    whole, outcome = mastodon.completed(item, answered(status, body), now)
    assert whole is not None
    assert (outcome.verdict, whole.incomplete) == (Verdict.DONE, False)
    (said,) = mastodon.read(whole)
    assert isinstance(said, Comment)
    assert (said.parent, said.thread.id, said.thread.post) == (parent, thread, "115120000000000001")


@pytest.mark.parametrize(
    ("status", "verdict"),
    [(401, Verdict.TOKEN_DEAD), (429, Verdict.LIMITED), (503, Verdict.LATER), (200, Verdict.LATER)],
)
def test_a_reply_waits_while_the_server_cannot_say(
    status: int, verdict: Verdict, items: Any, answered: Any, now: datetime
) -> None:
    (item,) = items("mention__reply")
    whole, outcome = mastodon.completed(item, answered(status, b""), now)
    assert (whole, outcome.verdict) == (None, verdict)


def test_what_only_names_us_needs_no_question(items: Any) -> None:
    for name in ("mention", "mention__direct", "notifications", "own_posts"):
        assert not any(item.incomplete for item in items(name))


@pytest.mark.parametrize("field", ["id", "created_at", "account"])
def test_a_post_without_what_identifies_it_is_unreadable(field: str, items: Any) -> None:
    (item,) = items("mention")
    status = {name: one for name, one in item.payload["status"].items() if name != field}
    with pytest.raises(Unreadable, match=field):
        list(mastodon.read(Item(US, {**item.payload, "status": status})))


# --- a sweep ---


def note(identity: int, at: datetime, kind: str = "follow") -> dict[str, Any]:
    return {"id": str(identity), "type": kind, "created_at": at.isoformat()}


def test_a_whole_page_of_posts_with_all_that_a_post_may_have_is_read(
    access: Access, answered: Any, now: datetime
) -> None:
    query = parse_qs(urlsplit(mastodon.poll(Sweep(US, now), access, now).url).query)
    emoji = {"shortcode": "velo", "url": "u", "static_url": "s", "visible_in_picker": True}
    person = {f"fact {number}": "x" for number in range(30)} | {"emojis": [emoji] * 12}
    picture = {f"size {number}": 1 for number in range(25)}
    named = {"id": "1", "username": "u", "url": "u", "acct": "u"}
    heavy = {"media_attachments": [picture] * 4, "mentions": [named] * 20, "card": picture, "emojis": [emoji] * 5}
    status = heavy | {"account": person}
    page = [note(200 - number, now) | {"account": person, "status": status} for number in range(int(query["limit"][0]))]
    assert mastodon.gather(Sweep(US, now), answered(200, page), now).outcome.verdict is Verdict.DONE


def test_notifications_come_first_then_our_own_posts(access: Access, answered: Any, now: datetime) -> None:
    sweep = Sweep(US, now - timedelta(hours=1))
    first = mastodon.poll(sweep, access, now)
    assert (first.method, first.url) == (
        "GET",
        (
            "https://social.example/api/v1/notifications?limit=30"
            "&types%5B%5D=mention&types%5B%5D=favourite&types%5B%5D=reblog"
        ),
    )
    assert first.headers["authorization"] == "Bearer a-token"
    full = [note(200 - number, now) for number in range(30)]
    more = mastodon.gather(sweep, answered(200, full), now)
    assert (len(more.items), more.page) == (30, "notifications:171")
    assert "max_id=171" in mastodon.poll(replace(sweep, page=more.page), access, now).url

    older = [*full[:29], note(1, now - timedelta(hours=2))]
    enough = mastodon.gather(replace(sweep, page=more.page), answered(200, older), now)
    assert (len(enough.items), enough.page) == (29, "own:")
    own = mastodon.poll(replace(sweep, page="own:"), access, now)
    assert own.url == f"https://social.example/api/v1/accounts/{US}/statuses?limit=40&exclude_reblogs=true"
    last = mastodon.gather(replace(sweep, page="own:"), answered(200, []), now)
    assert (last.items, last.page, last.outcome.verdict) == ((), "", Verdict.DONE)


@pytest.mark.parametrize(
    ("status", "body", "verdict"),
    [
        (401, {"error": "The access token was revoked"}, Verdict.TOKEN_DEAD),
        (403, {"error": "Your login is currently disabled"}, Verdict.TOKEN_DEAD),
        (403, {"error": "This action is outside the authorized scopes"}, Verdict.REFUSED),
        (429, {"error": "Too many requests"}, Verdict.LIMITED),
        (503, b"<html>", Verdict.LATER),
        (200, b"<html>", Verdict.LATER),
        (200, {"error": "?"}, Verdict.LATER),
        (200, [1], Verdict.LATER),
    ],
)
def test_a_page_that_is_refused_says_why(
    status: int, body: Any, verdict: Verdict, answered: Any, now: datetime
) -> None:
    gathered = mastodon.gather(Sweep(US, now), answered(status, body), now)
    assert (gathered.items, gathered.outcome.verdict) == ((), verdict)


# --- what we do ---


def test_an_answer_names_the_person_and_is_as_visible_as_what_it_answers(
    asked: Any, access: Access, now: datetime
) -> None:
    plan = mastodon.act(asked(), access, now)
    assert (plan.call.method, plan.call.url) == ("POST", "https://social.example/api/v1/statuses")
    assert plan.call.headers["idempotency-key"] == "act-1"
    assert (
        plan.call.body
        == (
            '{"status": "@amina@autre.example Bonjour, le dimanche de 10 h à 13 h 🚲", '
            f'"in_reply_to_id": "{MENTION}", "visibility": "unlisted"}}'
        ).encode()
    )
    private = mastodon.act(asked(ActKind.PRIVATE), access, now)
    assert json.loads(private.call.body or b"")["visibility"] == "direct"


@pytest.mark.parametrize("recipient", [None, "", "7000000000000001", "everybody @amina", "public amina"])
def test_without_knowing_whom_and_how_nothing_is_said(
    recipient: Any, asked: Any, access: Access, now: datetime
) -> None:
    with pytest.raises(CannotDo, match="no_recipient"):
        mastodon.act(asked(recipient=recipient), access, now)


def test_a_post_is_repeatable_while_the_server_remembers_its_key(asked: Any, access: Access, now: datetime) -> None:
    for minutes, repeatable in ((0, True), (54, True), (55, False), (600, False)):
        begun = asked(since=now - timedelta(minutes=minutes), attempt=2)
        assert mastodon.act(begun, access, now).repeatable is repeatable
    first, other = (mastodon.act(asked(action_id=name), access, now).call.headers for name in ("a", "b"))
    assert first["idempotency-key"] != other["idempotency-key"]


def test_the_other_acts_are_the_documented_requests(asked: Any, access: Access, now: datetime) -> None:
    like, delete = (mastodon.act(asked(kind), access, now).call for kind in (ActKind.LIKE, ActKind.DELETE))
    assert (like.method, like.url) == ("POST", f"https://social.example/api/v1/statuses/{MENTION}/favourite")
    assert (delete.method, delete.url) == ("DELETE", f"https://social.example/api/v1/statuses/{MENTION}")
    block = mastodon.act(asked(ActKind.BLOCK, recipient=AMINA), access, now).call
    assert (block.method, block.url) == ("POST", f"https://social.example/api/v1/accounts/{AMINA}/block")
    for impossible in (asked(ActKind.HIDE), asked(ActKind.UNHIDE), asked(ActKind.BLOCK, recipient=None)):
        with pytest.raises(CannotDo):
            mastodon.act(impossible, access, now)


R, L, D = ActKind.REPLY, ActKind.LIKE, ActKind.DELETE


@pytest.mark.parametrize(
    ("kind", "status", "body", "verdict", "why"),
    [
        (R, 200, {"id": "77"}, Verdict.DONE, ""),
        (R, 200, b"<html>", Verdict.UNKNOWN, "unreadable_answer"),
        (L, 200, {"id": MENTION}, Verdict.DONE, ""),
        (D, 200, {"id": "77"}, Verdict.DONE, ""),
        (R, 401, {"error": "The access token is invalid"}, Verdict.TOKEN_DEAD, "token"),
        (R, 403, {"error": "Your login is currently disabled"}, Verdict.TOKEN_DEAD, "suspended"),
        (R, 403, {"error": "This action is not allowed"}, Verdict.REFUSED, "permission"),
        (R, 404, {"error": "The post you are trying to reply to does not appear to exist."}, Verdict.GONE, "gone"),
        (D, 404, {"error": "Record not found"}, Verdict.GONE, "gone"),
        (R, 422, {"error": "Validation failed: Text character limit of 500 exceeded"}, Verdict.REFUSED, "refused"),
        (R, 429, {"error": "Too many requests"}, Verdict.LIMITED, "throttled"),
        (R, 500, b"", Verdict.UNKNOWN, "server_error"),
        (R, 503, b"<html>", Verdict.UNKNOWN, "server_error"),
        (L, 503, b"", Verdict.LATER, "server_error"),
    ],
)
def test_each_answer_has_its_verdict(
    *, kind: ActKind, status: int, body: Any, verdict: Verdict, why: str, asked: Any, answered: Any, now: datetime
) -> None:
    outcome = mastodon.judge(asked(kind), answered(status, body), now)
    assert (outcome.verdict, outcome.why) == (verdict, why)
    assert outcome.id == ("77" if kind is R and verdict is Verdict.DONE else None)


@pytest.mark.parametrize(
    ("headers", "minutes"),
    [({}, 5), ({"x_ratelimit_reset": "2026-09-01T09:02:05.000000Z"}, 2), ({"retry_after": "60"}, 1),
     ({"x_ratelimit_reset": "soon"}, 5)],
)  # fmt: skip
def test_a_limit_ends_when_its_window_does(
    headers: dict[str, str], minutes: int, asked: Any, answered: Any, now: datetime
) -> None:
    outcome = mastodon.judge(asked(), answered(429, {}, **headers), now)
    assert outcome.until == now + timedelta(minutes=minutes)


def test_the_last_call_of_a_window_says_so(asked: Any, answered: Any, now: datetime) -> None:
    reset = {"x_ratelimit_reset": "2026-09-01T09:02:05.000000Z"}
    last, more = (
        mastodon.judge(asked(), answered(200, {"id": "77"}, x_ratelimit_remaining=left, **reset), now) for left in "01"
    )
    assert (last.verdict, last.until, more.until) == (Verdict.DONE, now + timedelta(minutes=2), None)


def ours(text: str, **fields: Any) -> dict[str, Any]:
    made = {
        "id": "77",
        "content": f"<p>{text}</p>",
        "in_reply_to_id": MENTION,
        "created_at": "2026-09-01T09:00:06.000Z",
    }
    return made | fields


@pytest.mark.parametrize(
    ("body", "verdict"),
    [
        ([ours('<a href="x">@<span>amina</span></a> Lou &amp; Bo<br>À bientôt')], Verdict.DONE),
        ([ours("@amina@autre.example Lou &amp; Bo<br>À bientôt")], Verdict.DONE),
        ([ours("@amina Autre chose")], Verdict.LATER),
        ([ours("@amina Lou &amp; Bo<br>À bientôt", in_reply_to_id="1")], Verdict.LATER),
        ([ours("@amina Lou &amp; Bo<br>À bientôt", created_at="2026-09-01T08:00:00.000Z")], Verdict.LATER),
        ([], Verdict.LATER),
        ([ours("@amina …")] * 40, Verdict.UNKNOWN),
        ({"error": "?"}, Verdict.UNKNOWN),
    ],
)
def test_what_we_posted_last_settles_it(body: Any, verdict: Verdict, asked: Any, answered: Any, now: datetime) -> None:
    outcome = mastodon.settle(asked(text="Lou & Bo\nÀ bientôt", since=now), answered(200, body))
    assert (outcome.verdict, outcome.id) == (verdict, "77" if verdict is Verdict.DONE else None)


def test_only_what_was_said_is_read_back(asked: Any, access: Access, answered: Any) -> None:
    call = mastodon.look_back(asked(), access)
    assert call is not None
    assert call.url == f"https://social.example/api/v1/accounts/{US}/statuses?limit=40&exclude_reblogs=true"
    assert mastodon.look_back(asked(L), access) is None
    assert mastodon.settle(asked(), answered(503, b"")).verdict is Verdict.UNKNOWN
