"""WordPress: what our plugin tells, and what the site's REST API is asked to do."""

import json
from base64 import b64encode
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from local.twins import Outbox, TwinRequest
from local.twins.wordpress import COMMENTS, Known, WordpressTwin
from tribune.channel import Access, ActKind, HttpAnswer, HttpCall, Item, Order, Sweep, Verdict
from tribune.comment import Comment, TeamAct, Verb
from tribune.errors import CannotDo
from tribune.platforms import wordpress

SAID = datetime(2026, 9, 1, 9, 0, tzinfo=UTC)
REST = "https://blog.velosgarance.example/wp-json"
ACCESS = Access("blog-garance", {"rest_url": REST, "user": "tribune", "password": "abcd EFGH"})


def ordered(kind: ActKind = ActKind.REPLY, **fields: Any) -> Order:
    given = {"action_id": "act-1", "account": "blog-garance", "target": "12_345", "thread": "12_345", "text": "Bonjour"}
    return Order(kind=kind, **(given | fields))


@pytest.fixture
def read(sent: Callable[[str], Any]) -> Callable[[str], Any]:
    def first(name: str) -> Any:
        (said,) = [one for item in wordpress.split(sent(name).body) for one in wordpress.read(item)]
        return said

    return first


# --- what is read ---


def test_a_comment_is_read_whole(read: Callable[[str], Comment]) -> None:
    said = read("wordpress__comment_created")
    assert (said.account, said.object, said.verb) == ("blog-garance", "12_345", Verb.CREATED)
    assert (said.author.id, said.author.name) == ("guest-f51b04fce622185b9adcd5d5262def40", "Amélie O'Brien")
    assert (said.thread.id, said.thread.post, said.parent) == ("12_345", "12", None)
    assert (said.said_at, said.posted_at) == (SAID, SAID)


def test_an_answer_far_down_belongs_to_the_comment_that_opened_the_thread(read: Callable[[str], Comment]) -> None:
    said = read("wordpress__comment_created__reply")
    assert (said.object, said.parent, said.thread.id) == ("12_348", "12_347", "12_345")


def test_whoever_may_moderate_speaks_for_the_house(read: Callable[[str], Comment]) -> None:
    assert read("wordpress__comment_created__own").author.is_ours


def test_an_edit_and_a_deletion_are_dated_by_the_event(read: Callable[[str], Comment]) -> None:
    created, edited, deleted = (read(f"wordpress__comment_{name}") for name in ("created", "edited", "deleted"))
    assert created.version < edited.version < deleted.version
    assert (edited.text, deleted.text) == ("Reçu, merci !", "")


def test_what_the_team_does_in_the_dashboard_is_the_teams(read: Callable[[str], TeamAct]) -> None:
    acts = [read(f"wordpress__comment_{name}") for name in ("held", "trashed", "approved")]
    assert [(act.kind, act.object) for act in acts] == [
        ("hide", "12_345"), ("hide", "12_345"), ("unhide", "12_345"),
    ]  # fmt: skip


# --- what we do, byte for byte ---


def test_a_reply_names_the_post_and_the_comment_and_carries_the_actions_id(now: datetime) -> None:
    plan = wordpress.act(ordered(text="« 10 h » & <suite>"), ACCESS, now)
    assert plan.call == HttpCall(
        "POST",
        f"{REST}/wp/v2/comments",
        {
            "authorization": "Basic " + b64encode(b"tribune:abcd EFGH").decode(),
            "user-agent": "Tribune/act-1",
            "content-type": "application/json",
        },
        '{"post": 12, "parent": 345, "content": "« 10 h » &amp; &lt;suite&gt;"}'.encode(),
    )
    assert not plan.repeatable


@pytest.mark.parametrize(
    ("kind", "method", "path", "body"),
    [
        (ActKind.HIDE, "POST", "/wp/v2/comments/345", b'{"status": "hold"}'),
        (ActKind.UNHIDE, "POST", "/wp/v2/comments/345", b'{"status": "approved"}'),
        (ActKind.DELETE, "DELETE", "/wp/v2/comments/345", None),
    ],
)
def test_an_act_on_a_comment_is_a_status(kind: ActKind, method: str, path: str, body: Any, now: datetime) -> None:
    plan = wordpress.act(ordered(kind), ACCESS, now)
    assert (plan.call.method, plan.call.url, plan.call.body) == (method, REST + path, body)
    assert plan.repeatable


def test_a_site_without_pretty_addresses_is_asked_by_a_parameter(now: datetime) -> None:
    plain = Access("blog-garance", {**ACCESS.values, "rest_url": "https://blog.velosgarance.example/?rest_route="})
    assert wordpress.act(ordered(), plain, now).call.url.endswith("/?rest_route=/wp/v2/comments")
    look = wordpress.look_back(ordered(), plain)
    assert look is not None
    assert parse_qs(urlsplit(look.url).query)["rest_route"] == ["/wp/v2/comments"]
    assert parse_qs(urlsplit(look.url).query)["parent"] == ["345"]


@pytest.mark.parametrize("target", ["", "345", "12_", "12_345_6", "١٢_345", "../../users_1"])
def test_what_is_no_comment_of_a_site_is_not_acted_on(target: str, now: datetime) -> None:
    with pytest.raises(CannotDo):
        wordpress.act(ordered(target=target), ACCESS, now)


# --- what the site answers ---


@pytest.mark.parametrize(
    ("status", "code", "verdict"),
    [
        (409, "comment_duplicate", Verdict.DONE),
        (410, "rest_already_trashed", Verdict.DONE),
        (404, "rest_comment_invalid_id", Verdict.GONE),
        (403, "rest_comment_invalid_post_id", Verdict.GONE),
        (403, "rest_comment_trash_post", Verdict.GONE),
        (400, "comment_flood", Verdict.LIMITED),
        (429, "", Verdict.LIMITED),
        (401, "incorrect_password", Verdict.TOKEN_DEAD),
        (401, "rest_comment_login_required", Verdict.TOKEN_DEAD),
        (401, "", Verdict.TOKEN_DEAD),
        (401, "rest_cannot_edit", Verdict.REFUSED),
        (403, "rest_cannot_edit", Verdict.REFUSED),
        (403, "rest_comment_closed", Verdict.REFUSED),
        (403, "rest_comment_draft_post", Verdict.REFUSED),
        (400, "rest_comment_content_invalid", Verdict.REFUSED),
        (302, "", Verdict.REFUSED),
        (500, "rest_comment_failed_create", Verdict.UNKNOWN),
    ],
)
def test_every_documented_refusal_has_its_verdict(
    status: int, code: str, verdict: Verdict, answered: Any, now: datetime
) -> None:
    outcome = wordpress.judge(ordered(), answered(status, {"code": code, "message": "…"}), now)
    assert outcome.verdict is verdict
    assert "…" not in outcome.why


# --- against the twin ---


@pytest.fixture
def twin(now: datetime) -> WordpressTwin:
    made = WordpressTwin(Outbox(), {"tribune": "abcd EFGH"})
    made.comments[345] = Known(345, 12, 0, "blog-garance", "Vous ouvrez quand ?", now)
    return made


@pytest.fixture
def carried(twin: WordpressTwin, now: datetime) -> Callable[[HttpCall | None], HttpAnswer]:
    def carry(call: HttpCall | None) -> HttpAnswer:
        assert call is not None
        parts = urlsplit(call.url)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        headers = {name.lower(): value for name, value in call.headers.items()}
        path = parts.path.removeprefix("/wp-json")
        answer = twin.handle(TwinRequest(call.method, path, headers, call.body or b"", now, query))
        return HttpAnswer(answer.status, answer.headers, answer.body)

    return carry


def test_a_reply_that_arrived_is_found_again_by_its_action_and_no_other(
    carried: Callable[[HttpCall | None], HttpAnswer], now: datetime
) -> None:
    order = ordered(text="Le dimanche de 10 h à 13 h & plus")
    before = carried(wordpress.look_back(order, ACCESS))
    assert wordpress.settle(order, before).verdict is Verdict.LATER
    done = wordpress.judge(order, carried(wordpress.act(order, ACCESS, now).call), now)
    after = carried(wordpress.look_back(order, ACCESS))
    assert wordpress.settle(order, after) == replace(done, why="")
    assert wordpress.settle(ordered(action_id="act-2"), after).verdict is Verdict.LATER


def test_the_same_words_twice_are_refused_by_the_site_and_done_for_us(
    carried: Callable[[HttpCall | None], HttpAnswer], twin: WordpressTwin, now: datetime
) -> None:
    call = wordpress.act(ordered(), ACCESS, now).call
    outcomes = [wordpress.judge(ordered(), carried(call), now) for _ in range(2)]
    assert [outcome.verdict for outcome in outcomes] == [Verdict.DONE, Verdict.DONE]
    assert len([one for one in twin.comments.values() if one.ours]) == 1


def test_a_wrong_password_parks_the_channel(carried: Callable[[HttpCall | None], HttpAnswer], now: datetime) -> None:
    wrong = Access("blog-garance", {**ACCESS.values, "password": "revoked"})
    outcome = wordpress.judge(ordered(), carried(wordpress.act(ordered(), wrong, now).call), now)
    assert outcome.verdict is Verdict.TOKEN_DEAD


@pytest.mark.parametrize(
    ("mode", "verdict"),
    [("500", Verdict.UNKNOWN), ("429", Verdict.LIMITED), ("flood", Verdict.LIMITED), ("token", Verdict.TOKEN_DEAD),
     ("closed", Verdict.REFUSED)],
)  # fmt: skip
def test_told_to_fail_the_twin_answers_as_the_site(
    mode: str,
    verdict: Verdict,
    carried: Callable[[HttpCall | None], HttpAnswer],
    twin: WordpressTwin,
    now: datetime,
) -> None:
    twin.fail(mode)
    assert wordpress.judge(ordered(), carried(wordpress.act(ordered(), ACCESS, now).call), now).verdict is verdict
    assert not [one for one in twin.comments.values() if one.ours]


# --- what the plugin could not tell ---


def test_what_was_missed_is_read_as_if_the_plugin_had_told_it(
    carried: Callable[[HttpCall | None], HttpAnswer], twin: WordpressTwin, now: datetime
) -> None:
    for number in range(346, 346 + 150):
        at = now + timedelta(seconds=number)
        twin.comments[number] = Known(number, 12, 0, "blog-garance", f"n° {number}", at)
    found = swept(carried, now)
    assert list(dict.fromkeys(found)) == [f"12_{number}" for number in range(345, 496)]


def swept(
    carried: Callable[[HttpCall | None], HttpAnswer], now: datetime, meanwhile: Callable[[], None] = lambda: None
) -> list[str]:
    """The objects of a whole sweep; `meanwhile` happens after each page."""
    sweep, found = Sweep("blog-garance", now - timedelta(minutes=15)), list[str]()
    for _ in range(9):
        page = wordpress.gather(sweep, carried(wordpress.poll(sweep, ACCESS, now)), now)
        assert page.outcome.verdict is Verdict.DONE
        for item in page.items:
            (said,) = wordpress.read(item)
            found.append(said.object)
        if not page.page:
            return found
        sweep = replace(sweep, page=page.page)
        meanwhile()
    raise AssertionError("a sweep without an end")


@pytest.mark.parametrize("seconds", [1, 0], ids=["one after the other", "all in one second"])
def test_what_is_hidden_while_a_blog_is_swept_hides_nothing_else(
    *, seconds: int, carried: Callable[[HttpCall | None], HttpAnswer], twin: WordpressTwin, now: datetime
) -> None:
    for number in range(346, 346 + 250):
        at = now + timedelta(seconds=number * seconds)
        twin.comments[number] = Known(number, 12, 0, "blog-garance", f"n° {number}", at)

    def hidden() -> None:
        """The machine found spam on the page before."""
        for number in range(346, 376):
            twin.comments[number] = replace(twin.comments[number], status="hold")

    found = swept(carried, now, hidden if seconds else lambda: None)
    assert set(found) >= {f"12_{number}" for number in range(376, 596)}


def test_a_page_that_shows_less_than_it_holds_is_not_the_last(
    carried: Callable[[HttpCall | None], HttpAnswer], now: datetime
) -> None:
    sweep = Sweep("blog-garance", now - timedelta(minutes=15))
    one = carried(wordpress.poll(sweep, ACCESS, now))
    page = wordpress.gather(sweep, replace(one, headers={"x-wp-totalpages": "2"}), now)
    assert (len(page.items), bool(page.page)) == (1, True), "ninety-nine stand under posts that we may not read"


def test_a_site_without_our_plugin_says_so(answered: Any, now: datetime) -> None:
    page = wordpress.gather(Sweep("blog-garance", now), answered(200, [{"id": 1, "post": 1}]), now)
    assert (page.items, page.outcome.verdict, page.outcome.why) == ((), Verdict.REFUSED, "plugin_missing")


def test_a_page_beyond_the_last_is_the_end(answered: Any, now: datetime) -> None:
    refusal = answered(400, {"code": "rest_comment_invalid_page_number", "data": {"status": 400}})
    page = wordpress.gather(Sweep("blog-garance", now, page="2"), refusal, now)
    assert (page.items, page.page, page.outcome.verdict) == ((), "", Verdict.DONE)


def test_the_twin_speaks_only_of_comments(twin: WordpressTwin, now: datetime) -> None:
    headers = {"authorization": "Basic " + b64encode(b"tribune:abcd EFGH").decode()}
    for method, path in (("GET", "/wp/v2/users"), ("POST", COMMENTS), ("PUT", f"{COMMENTS}/345")):
        answer = twin.handle(TwinRequest(method, path, headers, json.dumps({"x": 1}).encode(), now))
        assert answer.status == 404


def test_an_item_of_another_type_reads_as_nothing() -> None:
    assert list(wordpress.read(Item("blog-garance", {"type": "post.published", "data": {}}))) == []
