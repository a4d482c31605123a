"""Facebook's twin answers our own calls as Graph would, and keeps what a Page keeps."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from local.twins import Fate, Outbox, TwinRequest
from local.twins.facebook import FacebookTwin, Known, comment_value, delivery
from tribune.channel import Access, ActKind, Delivery, Outcome, Secrets, Sweep, Verdict
from tribune.comment import Comment, TeamAct, Verb
from tribune.platforms import facebook
from tribune.platforms.body import parse

PAGE = "102030405060708"
POST = f"{PAGE}_900"
ACCESS = Access(PAGE, {"token": "page-token", "app_secret": "app-secret", "base_url": "http://127.0.0.1/v25.0"})


@pytest.fixture
def twin(outbox: Outbox, now: datetime) -> FacebookTwin:
    made = FacebookTwin(outbox, {"page-token": (PAGE,), "other": ("777",)}, app_secret="app-secret")
    comment = Known("900_1001", PAGE, POST, None, "7", "Vous êtes ouverts le dimanche ?", now - timedelta(seconds=5))
    made.hear(delivery(PAGE, now, comment_value(comment, "add")), now)
    return made


@pytest.fixture
def act(twin: FacebookTwin, order: Any, carried: Any, answer_of: Any, now: datetime) -> Callable[..., Any]:
    def perform(kind: ActKind = ActKind.REPLY, after_s: float = 0, access: Access = ACCESS, **fields: Any) -> Any:
        sent = order(kind, **fields)
        answer = carried(twin, facebook.act(sent, access, now).call, now, after_s)
        return facebook.judge(sent, answer_of(answer), now)

    return perform


def heard(body: bytes | None) -> Any:
    assert body is not None
    (said,) = [one for item in facebook.split(parse(body)) for one in facebook.read(item)]
    return said


def test_a_reply_stands_in_the_thread_once_and_is_written_down(
    act: Any, twin: FacebookTwin, outbox: Outbox, shown: Any
) -> None:
    outcome = act()
    assert outcome.verdict is Verdict.DONE
    assert twin.comments[outcome.id].parent == "900_1001"
    assert shown(outbox) == [("facebook", "reply", PAGE, "900_1001", "Bonjour 🚲", "act-1", 200)]
    assert outbox.entries[0].shown()["community"] == "garance"
    assert outbox.entries[0].seq == 1


def test_hide_unhide_and_delete_change_the_comment(act: Any, twin: FacebookTwin, outbox: Outbox) -> None:
    hidden = []
    for kind in (ActKind.HIDE, ActKind.UNHIDE):
        assert act(kind).verdict is Verdict.DONE
        hidden.append(twin.comments["900_1001"].hidden)
    assert hidden == [True, False]
    assert act(ActKind.DELETE).verdict is Verdict.DONE
    assert act().verdict is Verdict.GONE
    assert [(one.kind, one.happened) for one in outbox.entries] == [
        ("hide", True), ("unhide", True), ("delete", True), ("reply", False),
    ]  # fmt: skip
    assert len(outbox.effects) == 3


def test_a_like_and_a_block_reach_the_page_and_can_be_repeated(act: Any, twin: FacebookTwin, outbox: Outbox) -> None:
    for kind in (ActKind.LIKE, ActKind.LIKE):
        assert act(kind).verdict is Verdict.DONE
    for _ in range(2):
        assert act(ActKind.BLOCK, recipient="7").verdict is Verdict.DONE
    assert twin.comments["900_1001"].liked
    assert twin.blocked == {(PAGE, "7")}
    assert [(one.kind, one.object) for one in outbox.effects][1:3] == [("like", "900_1001"), ("block", "7")]
    assert act(ActKind.BLOCK, recipient="7", account="777").verdict is Verdict.REFUSED


def test_a_private_reply_is_written_once_and_within_a_week(act: Any, outbox: Outbox) -> None:
    assert act(ActKind.PRIVATE, after_s=8 * 86400).verdict is Verdict.REFUSED
    assert act(ActKind.PRIVATE).verdict is Verdict.DONE
    assert act(ActKind.PRIVATE).verdict is Verdict.REFUSED
    assert [one.text for one in outbox.effects] == ["Bonjour 🚲"]


def test_a_comment_nobody_wrote_or_that_was_deleted_is_gone(act: Any, twin: FacebookTwin, now: datetime) -> None:
    assert act(target="900_9999").verdict is Verdict.GONE
    twin.hear(delivery(PAGE, now, comment_value(twin.comments["900_1001"], "remove")), now)
    assert act().verdict is Verdict.GONE


def test_a_deletion_heard_before_its_comment_stays_a_deletion(act: Any, twin: FacebookTwin, now: datetime) -> None:
    late = Known("900_5", PAGE, POST, None, "7", "…", now)
    for verb in ("remove", "add"):
        twin.hear(delivery(PAGE, now, comment_value(late, verb)), now)
    assert act(target="900_5").verdict is Verdict.GONE


@pytest.mark.parametrize(
    ("values", "verdict"),
    [
        ({"token": "stolen"}, Verdict.TOKEN_DEAD),
        ({"token": "other"}, Verdict.REFUSED),
        ({"app_secret": "wrong"}, Verdict.REFUSED),
        ({"app_secret": ""}, Verdict.REFUSED),
    ],
)
def test_the_right_to_act_is_checked(values: dict[str, str], verdict: Verdict, act: Any, outbox: Outbox) -> None:
    assert act(access=Access(PAGE, {**ACCESS.values, **values})).verdict is verdict
    assert not outbox.effects


def test_the_thread_can_be_read_back(
    *, act: Any, twin: FacebookTwin, order: Any, carried: Any, answer_of: Any, now: datetime
) -> None:
    asked = order(since=now)
    call = facebook.look_back(asked, ACCESS)
    assert call is not None

    def settled() -> Any:
        return facebook.settle(asked, answer_of(carried(twin, call, now, 1)))

    assert settled().verdict is Verdict.LATER
    created = act().id
    assert (settled().verdict, settled().id) == (Verdict.DONE, created)


def test_a_reply_to_a_reply_is_found_under_the_top_level_comment(
    *, act: Any, twin: FacebookTwin, order: Any, carried: Any, answer_of: Any, now: datetime
) -> None:
    member = Known("900_1002", PAGE, POST, "900_1001", "8", "@x", now)
    twin.hear(delivery(PAGE, now, comment_value(member, "add")), now)
    created = act(target="900_1002").id
    asked = order(target="900_1002", since=now)
    call = facebook.look_back(asked, ACCESS)
    assert call is not None
    assert facebook.settle(asked, answer_of(carried(twin, call, now, 1))).id == created


def test_a_platform_that_is_a_little_behind_shows_the_reply_later(
    *, act: Any, twin: FacebookTwin, order: Any, carried: Any, answer_of: Any, now: datetime
) -> None:
    twin.fail({"consistency_s": 30})
    act()
    call = facebook.look_back(order(), ACCESS)
    assert call is not None
    for after_s, verdict in ((29, Verdict.LATER), (30, Verdict.DONE)):
        assert facebook.settle(order(since=now), answer_of(carried(twin, call, now, after_s))).verdict is verdict


def test_what_a_delivery_withheld_can_be_looked_up(
    *, twin: FacebookTwin, carried: Any, answer_of: Any, now: datetime
) -> None:
    secret = Known("900_1003", PAGE, POST, None, None, "Bonjour", now)
    twin.hear(delivery(PAGE, now, comment_value(secret, "add")), now)
    (item,) = facebook.split(parse(delivery(PAGE, now, comment_value(secret, "add") | {"from": None})))
    assert item.incomplete

    def completed() -> Any:
        return facebook.completed(item, answer_of(carried(twin, facebook.lookup(item, ACCESS))), now)

    whole, outcome = completed()
    assert (outcome.verdict, heard_in(whole).author.id) == (Verdict.DONE, None)
    twin.comments["900_1003"] = replace(twin.comments["900_1003"], author=PAGE, name="Garance")
    whole, outcome = completed()
    assert (heard_in(whole).author.is_ours, heard_in(whole).text, whole.incomplete) == (True, "Bonjour", False)
    twin.comments["900_1003"] = replace(twin.comments["900_1003"], deleted=True)
    assert completed() == (None, Outcome(Verdict.GONE, why="gone"))
    twin.fail({"mode": "token", "of": "reads"})
    assert completed()[1].verdict is Verdict.TOKEN_DEAD


def heard_in(item: Any) -> Any:
    (said,) = facebook.read(item)
    return said


def test_what_was_missed_is_fetched_page_by_page_as_if_it_had_been_pushed(
    twin: FacebookTwin, swept: Any, now: datetime
) -> None:
    for post in range(60):
        for number in range(3 if post else 130):
            one = Known(f"{post}_{number}", PAGE, f"{PAGE}_{post}", None, "7", f"mot {number}", now)
            twin.hear(delivery(PAGE, now, comment_value(one, "add")), now)
    reply = Known("0_reply", PAGE, f"{PAGE}_0", "0_1", "8", "oui", now)
    old = Known("70_1", PAGE, f"{PAGE}_70", None, "7", "hier", now - timedelta(days=1))
    for one in (reply, old):
        twin.hear(delivery(PAGE, now, comment_value(one, "add")), now)
    said, asked = swept(facebook, twin, ACCESS, now - timedelta(minutes=15))
    assert len(said) == 59 * 3 + 130 + 1 + 1  # and the comment of the fixture
    assert asked == 2 + 61 + 1  # two pages of the feed, each post that moved, one of them twice
    pushed = delivery(PAGE, now, comment_value(twin.comments["0_reply"], "add"))
    assert heard(pushed).version == next(one.version for one in said if one.object == "0_reply")
    assert next(one.thread.id for one in said if one.object == "0_reply") == "0_1"


def test_what_a_visitor_posted_is_fetched_too_and_what_we_posted_is_not(
    twin: FacebookTwin, swept: Any, now: datetime
) -> None:
    for post, author, at in (("8", "7", now), ("9", PAGE, now), ("10", "7", now - timedelta(days=1))):
        name = f"{PAGE}_{post}"
        twin.comments[name] = Known(name, PAGE, name, None, author, "Où trouver le manuel ?", at)
        twin.comments[f"{post}_1"] = Known(f"{post}_1", PAGE, name, None, "6", "Oui", now)
    said, _ = swept(facebook, twin, ACCESS, now - timedelta(minutes=15))
    assert {one.object for one in said if one.object.startswith(f"{PAGE}_")} == {f"{PAGE}_8"}
    assert next(one for one in said if one.object == f"{PAGE}_8").thread.id == f"{PAGE}_8"


def test_a_sweep_stops_where_the_account_has_to_rest(
    *, twin: FacebookTwin, carried: Any, answer_of: Any, now: datetime
) -> None:
    sweep = Sweep(PAGE, now - timedelta(minutes=15))
    for mode, verdict in (("429", Verdict.LIMITED), ("token", Verdict.TOKEN_DEAD), ("500", Verdict.LATER)):
        twin.fail({"mode": mode, "of": "reads"})
        gathered = facebook.gather(sweep, answer_of(carried(twin, facebook.poll(sweep, ACCESS, now))), now)
        assert (gathered.outcome.verdict, gathered.items, gathered.page) == (verdict, (), "")


def test_near_the_limit_an_act_is_done_and_the_account_slows_down(
    act: Any, twin: FacebookTwin, outbox: Outbox, now: datetime
) -> None:
    twin.fail({"usage": 79})
    assert act().until is None
    twin.fail({"usage": 80})
    outcome = act()
    assert (outcome.verdict, outcome.until) == (Verdict.DONE, now + timedelta(minutes=5))
    twin.fail({"usage": 100})
    assert (act().verdict, len(outbox.effects)) == (Verdict.LIMITED, 2)


# --- told to fail ---


@pytest.mark.parametrize(
    ("mode", "verdict"),
    [
        ("500", Verdict.UNKNOWN),
        ("502", Verdict.UNKNOWN),
        ("429", Verdict.LIMITED),
        ("spam", Verdict.BLOCKED),
        ("token", Verdict.TOKEN_DEAD),
    ],
)
def test_a_refusal_leaves_no_trace_on_the_page_and_ends_by_itself(
    mode: str, verdict: Verdict, act: Any, twin: FacebookTwin, outbox: Outbox
) -> None:
    twin.fail({"mode": mode, "next": 2})
    assert [act().verdict, act().verdict] == [verdict, verdict]
    assert not outbox.effects
    assert act().verdict is Verdict.DONE
    assert [one.happened for one in outbox.entries] == [False, False, True]


@pytest.mark.parametrize(("mode", "fate"), [("timeout_after", Fate.HANG), ("reset_after", Fate.RESET)])
def test_an_answer_that_is_lost_leaves_its_effect(
    *, mode: str, fate: Fate, twin: FacebookTwin, outbox: Outbox, order: Any, carried: Any, now: datetime
) -> None:
    twin.fail(mode)
    assert carried(twin, facebook.act(order(), ACCESS, now).call).fate is fate
    assert [one.text for one in outbox.effects] == ["Bonjour 🚲"]


@pytest.mark.parametrize(("mode", "fate"), [("timeout_before", Fate.HANG), ("reset_before", Fate.RESET)])
def test_a_call_that_never_arrives_leaves_nothing(
    *, mode: str, fate: Fate, twin: FacebookTwin, outbox: Outbox, order: Any, carried: Any, now: datetime
) -> None:
    twin.fail({"mode": mode})
    assert carried(twin, facebook.act(order(), ACCESS, now).call).fate is fate
    assert not outbox.entries


def test_a_gateway_that_fails_after_the_fact_hides_the_effect(act: Any, twin: FacebookTwin, outbox: Outbox) -> None:
    twin.fail("502_after")
    assert act().verdict is Verdict.UNKNOWN
    assert len(outbox.effects) == 1


def test_reads_fail_only_when_reads_are_meant(
    *, act: Any, twin: FacebookTwin, order: Any, carried: Any, answer_of: Any, now: datetime
) -> None:
    call = facebook.look_back(order(), ACCESS)
    assert call is not None
    twin.fail({"mode": "500", "of": "reads"})
    assert act().verdict is Verdict.DONE
    assert facebook.settle(order(since=now), answer_of(carried(twin, call))).verdict is Verdict.UNKNOWN
    assert facebook.settle(order(since=now), answer_of(carried(twin, call))).verdict is Verdict.DONE


def test_failing_can_be_called_off(act: Any, twin: FacebookTwin) -> None:
    twin.fail({"mode": "500", "next": 100})
    twin.fail(None)
    assert act().verdict is Verdict.DONE


@pytest.mark.parametrize("spec", ["quota", {"mode": "500", "next": 0}, {"mode": "500", "of": "both"}, 7])
def test_an_unknown_way_to_fail_is_said(spec: object, twin: FacebookTwin) -> None:
    with pytest.raises(ValueError, match="mode is one of"):
        twin.fail(spec)


# --- what it pushes back ---


def test_our_own_reply_comes_back_as_a_genuine_delivery(
    act: Any, twin: FacebookTwin, outbox: Outbox, now: datetime
) -> None:
    created = act().id
    body = twin.echo(outbox.entries[0])
    assert body is not None
    assert b"\\u" in body or body.isascii()
    said = heard(body)
    assert isinstance(said, Comment)
    assert (said.object, said.author.is_ours, said.text, said.thread.id) == (created, True, "Bonjour 🚲", "900_1001")
    headers = facebook.sign(body, "s", now, "")
    facebook.verify(Delivery("POST", headers, body), Secrets("s"), now)


def test_what_we_did_to_a_comment_comes_back_too(act: Any, twin: FacebookTwin, outbox: Outbox) -> None:
    act(ActKind.HIDE)
    act(ActKind.UNHIDE)
    act(ActKind.DELETE)
    hidden, shown_again, deleted = [heard(twin.echo(entry)) for entry in outbox.entries]
    assert isinstance(hidden, TeamAct)
    assert (hidden.kind, shown_again.kind) == ("hide", "unhide")
    assert (deleted.verb, deleted.object) == (Verb.DELETED, "900_1001")


def test_what_did_not_happen_or_was_private_is_never_pushed(act: Any, twin: FacebookTwin, outbox: Outbox) -> None:
    act(ActKind.PRIVATE)
    twin.fail("500")
    act()
    assert [twin.echo(entry) for entry in outbox.entries] == [None, None]
    assert twin.echo(replace(outbox.entries[0], kind="reply", created="900_404")) is None


# --- what is no act ---


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/v25.0/900_1001/comments", b"message=+"),
        ("POST", "/v25.0/900_1001", b"message=edits+and+is+no+reply"),
        ("POST", "/v25.0/900_1001/reactions", b""),
        ("POST", f"/v25.0/{PAGE}/messages", b"recipient=7&message=x"),
        ("PUT", "/v25.0/900_1001", b""),
        ("POST", "/", b""),
    ],
)
def test_what_graph_would_not_understand_is_refused_and_not_written_down(
    *, method: str, path: str, body: bytes, twin: FacebookTwin, outbox: Outbox, now: datetime, said_by: Any
) -> None:
    answer = twin.handle(TwinRequest(method, path, {"authorization": "Bearer page-token"}, body, now))
    assert answer.status == 400
    assert said_by(answer)["error"]["type"] == "OAuthException"
    assert not outbox.entries


def test_a_delivery_it_cannot_read_teaches_it_nothing(twin: FacebookTwin, now: datetime) -> None:
    before = dict(twin.comments)
    for body in (
        b"",
        b"{",
        b"[]",
        b'{"object":"page","entry":[{"id":"1","changes":[{"field":"feed","value":{"item":"comment"}}]}]}',
    ):
        twin.hear(body, now)
    assert twin.comments == before
