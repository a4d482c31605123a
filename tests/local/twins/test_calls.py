"""The twins of the ways to a person: they refuse what the real services refuse, in their words."""

import json
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlencode

import pytest

from local.twins import Outbox, TwinAnswer, TwinRequest
from local.twins.carried import MailTwin, SmsTwin
from local.twins.line_calls import LineCallsTwin
from local.twins.slack import SlackTwin
from local.twins.teams import TeamsTwin
from local.twins.telegram_calls import TelegramCallsTwin
from tribune.channel import Delivery, Secrets
from tribune.managers import slack as way

CARD = "application/vnd.microsoft.card.adaptive"
WHO = "U" + "0" * 32


def post(twin: Any, path: str, body: Any, now: datetime, **headers: str) -> TwinAnswer:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    answer: TwinAnswer = twin.handle(TwinRequest("POST", path, headers, content, now))
    return answer


def card(*body: Any, version: str = "1.4", **more: Any) -> dict[str, Any]:
    content = {"type": "AdaptiveCard", "version": version, "body": list(body), **more}
    return {"type": "message", "attachments": [{"contentType": CARD, "content": content}]}


def test_teams_takes_a_card_and_shows_its_words_and_links(outbox: Outbox, now: datetime) -> None:
    teams = TeamsTwin(outbox, {"/workflows/marie": "marie"})
    words = {"type": "RichTextBlock", "inlines": [{"type": "TextRun", "text": "Menace"}]}
    link = {"type": "Action.OpenUrl", "title": "Ouvrir", "url": "https://desk.example"}

    assert post(teams, "/workflows/marie", card(words, actions=[link]), now).status == 202
    (entry,) = outbox.effects
    assert (entry.to, entry.kind, entry.text) == ("teams:marie", "call", "Menace\nOuvrir\nhttps://desk.example")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        {"text": "a connector's message"},
        {"@type": "MessageCard", "text": "a connector's card"},
        card(version="1.6"),
        card({"type": "Html", "text": "x"}),
        card(actions=[{"type": "Action.Submit", "title": "x"}]),
        card(actions=[{"type": "Action.OpenUrl", "title": "x", "url": "javascript:x"}]),
    ],
)
def test_teams_refuses_what_is_no_card_of_its_own(outbox: Outbox, now: datetime, body: Any) -> None:
    assert post(TeamsTwin(outbox, {"/workflows/marie": "marie"}), "/workflows/marie", body, now).status == 400
    assert not outbox.effects


def test_teams_refuses_what_is_too_large_and_a_workflow_that_is_gone(outbox: Outbox, now: datetime) -> None:
    teams = TeamsTwin(outbox, {"/workflows/marie": "marie"})

    assert post(teams, "/workflows/marie", b"x" * 28_673, now).status == 413
    assert post(teams, "/workflows/left", card(), now).status == 404
    assert not outbox.effects


def test_line_pushes_to_its_friends_once_for_a_key(outbox: Outbox, now: datetime) -> None:
    line = LineCallsTwin(outbox, {("token", WHO): "marie"})
    body = {"to": WHO, "messages": [{"type": "text", "text": "Menace"}]}
    key = "123e4567-e89b-12d3-a456-426614174000"

    def push(told: Any = body, token: str = "token", retry: str = key) -> TwinAnswer:
        headers = {"authorization": f"Bearer {token}", "x-line-retry-key": retry}
        return post(line, "/v2/bot/message/push", told, now, **headers)

    assert (push().status, push().status) == (200, 409)
    assert push(token="other").status == 401
    assert push(body | {"to": "U" + "1" * 32}).status == 400
    assert push(retry="no uuid").status == 400
    assert push({"to": WHO, "messages": [{"type": "text", "text": "x" * 5001}]}).status == 400
    assert push({"to": WHO}).status == 400
    assert [(entry.to, entry.text) for entry in outbox.effects] == [("line:marie", "Menace")]


def test_telegram_writes_to_who_started_the_bot(outbox: Outbox, now: datetime) -> None:
    telegram = TelegramCallsTwin(outbox, {("1:bot", "42"): "marie"})

    def send(told: Any, bot: str = "1:bot") -> int:
        return post(telegram, f"/bot{bot}/sendMessage", told, now).status

    assert send({"chat_id": 42, "text": "Menace"}) == 200
    assert send({"chat_id": 43, "text": "Menace"}) == 400
    assert send({"chat_id": 42, "text": "Menace"}, "2:bot") == 401
    assert send({"chat_id": 42, "text": ""}) == 400
    assert send({"chat_id": 42, "text": "🚲" * 2049}) == 400
    assert send({"chat_id": 42, "text": "*x", "parse_mode": "MarkdownV2"}) == 400
    assert post(telegram, "/bot1:bot/getUpdates", {}, now).status == 404
    assert [(entry.to, entry.text) for entry in outbox.effects] == [("telegram:marie", "Menace")]


def request(now: datetime, **told: str) -> TwinRequest:
    return TwinRequest("POST", "/", {}, urlencode(told).encode(), now)


def test_sns_takes_a_message_to_a_number_and_nothing_else(outbox: Outbox, now: datetime) -> None:
    sms = SmsTwin(outbox)
    for wrong in (
        {"Message": "x"},
        {"PhoneNumber": "0639980001", "Message": "x"},
        {"PhoneNumber": "+33639980001"},
        {"PhoneNumber": "+33639980001", "Message": "x" * 1601},
        {"TopicArn": "arn:aws:sns:eu-west-3:1:t", "Message": "x"},
    ):
        refused = sms.refusal(request(now, **wrong))
        assert refused is not None
        assert b"InvalidParameter" in refused.body
    good = request(now, PhoneNumber="+33639980001", Message="Menace")
    assert sms.refusal(good) is None
    sms.took(good)

    assert [(entry.to, entry.text) for entry in outbox.effects] == [("sms:+33639980001", "Menace")]


@pytest.mark.parametrize("twin", [MailTwin, SmsTwin])
def test_aws_fails_as_often_as_it_is_told_to(outbox: Outbox, now: datetime, twin: Any) -> None:
    carried = twin(outbox)
    good = request(now, PhoneNumber="+33639980001", Message="Menace")
    carried.fail({"mode": "refused", "next": 2})

    assert [carried.refusal(good) is None for _ in range(3)] == [False, False, True]
    carried.fail("500")
    carried.fail(None)
    assert carried.refusal(good) is None
    assert not outbox.effects
    for wrong in ("nonsense", {"mode": "500", "next": 0}, {"mode": "500", "next": "x"}):
        with pytest.raises(ValueError, match="fail: mode is one of"):
            carried.fail(wrong)


# --- Slack: blocks, and buttons that somebody presses ---


def button(**changes: Any) -> dict[str, Any]:
    words = {"type": "plain_text", "text": "Je m'en occupe"}
    return {"type": "button", "action_id": "take", "text": words, "value": "garance c-1"} | changes


def blocks(*listed: Any) -> dict[str, Any]:
    return {"text": "Menace", "blocks": list(listed)}


HEADER = {"type": "header", "text": {"type": "plain_text", "text": "Menace"}}


@pytest.fixture
def slack(outbox: Outbox) -> SlackTwin:
    return SlackTwin(outbox, {"/services/marie": "marie"}, url="http://127.0.0.1:9/slack", signing_secret="secret")


@pytest.mark.parametrize(
    "listed",
    [
        [],
        [HEADER] * 51,
        [{"type": "header", "text": {"type": "plain_text", "text": "x" * 151}}],
        [{"type": "header", "text": {"type": "mrkdwn", "text": "x"}}],
        [{"type": "section", "text": {"type": "plain_text", "text": ""}}],
        [{"type": "section", "text": {"type": "plain_text", "text": "x" * 3001}}],
        [{"type": "actions", "elements": []}],
        [{"type": "actions", "elements": [button(value="x" * 2001)]}],
        [{"type": "actions", "elements": [button(text={"type": "plain_text", "text": "x" * 76})]}],
        [{"type": "iframe"}],
    ],
)
def test_slack_refuses_blocks_that_are_none(slack: SlackTwin, now: datetime, listed: list[Any]) -> None:
    assert post(slack, "/services/marie", blocks(*listed), now).body == b"invalid_blocks"


def test_a_press_is_signed_and_answered_under_the_message(slack: SlackTwin, outbox: Outbox, now: datetime) -> None:
    assert (
        post(slack, "/services/marie", blocks(HEADER, {"type": "actions", "elements": [button()]}), now).status == 200
    )
    headers, body = slack.press({"user": "U0MARIE01", "button": "take"}, now)

    way.verify(Delivery("POST", headers, body), Secrets(current="secret"), now + timedelta(seconds=2))
    read = way.read_press(body, now)
    assert read is not None
    press, answered_at = read
    assert (press.user, press.does, press.community, press.call, press.at) == (
        "U0MARIE01",
        "take",
        "garance",
        "c-1",
        now,
    )
    assert json.loads(parse_qs(body.decode())["payload"][0])["type"] == "block_actions"

    told = {"text": "Marie s'en occupe", "response_type": "in_channel"}
    assert post(slack, answered_at.removeprefix("http://127.0.0.1:9/slack"), told, now).status == 200
    assert post(slack, "/actions/T0LOCAL/7", told, now).body == b"used_url"
    assert [(entry.to, entry.text) for entry in outbox.effects] == [
        ("slack:marie", "Menace"),
        ("slack:marie", "Marie s'en occupe"),
    ]


def test_only_a_button_that_is_there_can_be_pressed(slack: SlackTwin, now: datetime) -> None:
    with pytest.raises(ValueError, match="there are 0 messages"):
        slack.press({"user": "U0MARIE01", "button": "take"}, now)
    post(slack, "/services/marie", blocks(HEADER, {"type": "actions", "elements": [button()]}), now)
    for wrong in (
        {},
        {"user": "U0MARIE01"},
        {"user": "U0MARIE01", "button": "erase"},
        {"user": "x", "button": "take", "message": 2},
    ):
        with pytest.raises(ValueError, match="press:"):
            slack.press(wrong, now)
