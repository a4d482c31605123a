"""A site's twin does what our signed webhooks say, once each; Slack's takes our calls."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from local.twins import Outbox, Twin, TwinRequest
from local.twins.facebook import FacebookTwin
from local.twins.generic import GenericTwin, Known, comment_data, delivery
from local.twins.line import LineTwin
from local.twins.slack import SlackTwin
from tribune.channel import Access, ActKind, Verdict
from tribune.comment import Comment
from tribune.platforms import generic
from tribune.platforms.body import parse

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
ACCESS = Access("blog", {"reply_url": "http://127.0.0.1/", "secret": SECRET})


@pytest.fixture
def twin(outbox: Outbox, now: datetime) -> GenericTwin:
    made = GenericTwin(outbox, ("another secret", SECRET))
    comment = Known("900_1001", "blog", "article-42", "Toujours rien ?", now)
    made.hear(delivery("comment.created", now, comment_data(comment, {"id": "u-1"})), now)
    return made


@pytest.fixture
def act(twin: GenericTwin, order: Any, carried: Any, answer_of: Any, now: datetime) -> Callable[..., Any]:
    def perform(kind: ActKind = ActKind.REPLY, access: Access = ACCESS, after_s: float = 0, **fields: Any) -> Any:
        sent = order(kind, account="blog", thread="article-42", **fields)
        call = generic.act(sent, access, now).call
        return generic.judge(sent, answer_of(carried(twin, call, now, after_s)), now)

    return perform


def test_a_reply_is_written_once_however_often_it_is_sent(act: Any, outbox: Outbox, shown: Any) -> None:
    first, again = act(), act()
    assert (first.verdict, again.verdict, again.why) == (Verdict.DONE, Verdict.DONE, "already_accepted")
    assert first.id == again.id == "reply-1"
    assert shown(outbox) == [
        ("generic", "reply", "blog", "900_1001", "Bonjour 🚲", "act-1", 201),
        ("generic", "reply", "blog", "900_1001", "Bonjour 🚲", "act-1", 409),
    ]
    assert len(outbox.effects) == 1


def test_a_comment_is_hidden_and_shown(act: Any, twin: GenericTwin) -> None:
    hidden = []
    for kind in (ActKind.HIDE, ActKind.UNHIDE):
        assert act(kind, action_id=kind.value).verdict is Verdict.DONE
        hidden.append(twin.comments["900_1001"].hidden)
    assert hidden == [True, False]


def test_a_webhook_that_we_did_not_sign_or_signed_too_long_ago_is_refused(act: Any, outbox: Outbox) -> None:
    forged = Access("blog", {**ACCESS.values, "secret": "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"})
    assert act(access=forged).verdict is Verdict.REFUSED
    assert act(after_s=301).verdict is Verdict.REFUSED
    assert not outbox.entries


def test_a_comment_that_is_not_there_cannot_be_answered(act: Any, twin: GenericTwin, now: datetime) -> None:
    assert act(target="c-404").verdict is Verdict.REFUSED
    gone = comment_data(twin.comments["900_1001"], {})
    twin.hear(delivery("comment.deleted", now, gone), now)
    assert act(action_id="act-2").verdict is Verdict.REFUSED


@pytest.mark.parametrize(
    ("mode", "verdict"), [("500", Verdict.LATER), ("429", Verdict.LIMITED), ("gone", Verdict.REFUSED)]
)
def test_told_to_fail_it_does_nothing(mode: str, verdict: Verdict, act: Any, twin: GenericTwin, outbox: Outbox) -> None:
    twin.fail(mode)
    assert act().verdict is verdict
    assert not outbox.effects
    assert act().verdict is Verdict.DONE


def test_our_own_reply_comes_back_as_ours(act: Any, twin: GenericTwin, outbox: Outbox) -> None:
    act()
    act(ActKind.HIDE, action_id="h")
    body = twin.echo(outbox.entries[0])
    assert body is not None
    (said,) = [one for item in generic.split(parse(body)) for one in generic.read(item)]
    assert isinstance(said, Comment)
    assert (said.object, said.author.is_ours, said.text, said.parent) == ("reply-1", True, "Bonjour 🚲", "900_1001")
    assert twin.echo(outbox.entries[1]) is None


@pytest.mark.parametrize(
    "body",
    [
        {"type": "reply.create", "data": {"id": "x", "target": "900_1001", "thread": "t", "text": "y"}},
        {"type": "reply.create", "data": {"id": "act-1", "target": "900_1001", "thread": "t"}},
        {"type": "comment.hide", "data": {"id": "act-1", "target": "900_1001", "thread": "t", "text": "y"}},
        {"type": "comment.like", "data": {"id": "act-1", "target": "900_1001", "thread": "t"}},
        [],
    ],
)
def test_an_event_of_another_shape_is_refused(body: Any, twin: GenericTwin, outbox: Outbox, now: datetime) -> None:
    content = json.dumps(body).encode()
    headers = generic.sign(content, SECRET, now, "act-1")
    assert twin.handle(TwinRequest("POST", "/", headers, content, now)).status == 422
    assert not outbox.entries


# --- Slack ---


@pytest.fixture
def slack(outbox: Outbox) -> SlackTwin:
    return SlackTwin(outbox, {"/services/T0/B0/marie": "marie"})


def post(slack: SlackTwin, body: Any, now: datetime, path: str = "/services/T0/B0/marie") -> tuple[int, bytes]:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    answer = slack.handle(TwinRequest("POST", path, {"content-type": "application/json"}, content, now))
    return answer.status, answer.body


def test_a_call_reaches_whose_webhook_it_is(slack: SlackTwin, outbox: Outbox, now: datetime) -> None:
    assert post(slack, {"text": "Menace sous le post A"}, now) == (200, b"ok")
    (entry,) = outbox.entries
    assert (entry.to, entry.kind, entry.text, entry.status) == ("slack:marie", "call", "Menace sous le post A", 200)


def test_slack_refuses_in_its_own_words(slack: SlackTwin, outbox: Outbox, now: datetime) -> None:
    assert post(slack, b"payload", now) == (400, b"invalid_payload")
    assert post(slack, {"blocks": []}, now) == (400, b"no_text")
    assert post(slack, {"text": "x"}, now, path="/elsewhere") == (404, b"no_service")
    assert not outbox.entries
    assert post(slack, {"text": "x"}, now, path="/services/T0/B0/left") == (404, b"no_service")
    for mode, status in (("429", 429), ("token", 403), ("500", 500)):
        slack.fail(mode)
        assert post(slack, {"text": "x"}, now)[0] == status
    assert not outbox.effects


# --- what they have in common ---


def test_every_twin_is_a_twin(outbox: Outbox, now: datetime) -> None:
    twins: list[Twin] = [
        FacebookTwin(outbox, {}),
        LineTwin(outbox, {}),
        GenericTwin(outbox, ()),
        SlackTwin(outbox, {}),
    ]
    assert [twin.name for twin in twins] == ["facebook", "line", "generic", "slack"]
    for twin in twins:
        assert twin.handle(TwinRequest("GET", "/nothing/here", {}, b"", now)).status >= 400
        twin.hear(b"not json", now)


def test_the_outbox_numbers_what_all_of_them_receive(act: Any, slack: SlackTwin, outbox: Outbox, now: datetime) -> None:
    act()
    post(slack, {"text": "appel"}, now + timedelta(seconds=1))
    assert [(one.seq, one.to, one.at) for one in outbox.entries] == [
        (1, "generic", now),
        (2, "slack:marie", now + timedelta(seconds=1)),
    ]
