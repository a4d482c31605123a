"""Telegram: groups and discussions under a channel's posts, answered by a bot."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest

from local.twins import Outbox, TwinRequest
from local.twins.telegram import Known, TelegramTwin
from tribune.channel import Access, ActKind, Delivery, HttpAnswer, HttpCall, Order, Outcome, Secrets, Verdict
from tribune.comment import Audience, Comment, Media, Verb
from tribune.errors import BadConfiguration, CannotDo, Forged, UnreadableBody
from tribune.platforms import telegram

GROUP = "-1001234567890"
M41, M42 = f"{GROUP}_41", f"{GROUP}_42"
TOKEN = "110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw"
ACCESS = Access(GROUP, {"token": TOKEN})


def ordered(kind: ActKind = ActKind.REPLY, **fields: Any) -> Order:
    given = {"action_id": "act-1", "account": GROUP, "target": M41, "thread": M41, "text": "Le dimanche, oui 🚲"}
    return Order(kind=kind, **(given | fields))


@pytest.fixture
def read(sent: Callable[[str], Any]) -> Callable[[str], Any]:
    def first(name: str) -> Any:
        (said,) = [one for item in telegram.split(sent(name).body) for one in telegram.read(item)]
        return said

    return first


# --- who speaks ---


def test_the_secret_in_the_header_is_all_that_proves_telegram(now: datetime) -> None:
    secrets = Secrets("A-secret_1", previous="The-one-before")
    for secret in secrets.all():
        telegram.verify(Delivery("POST", {telegram.SECRET: secret}), secrets, now)
    for header in ({}, {telegram.SECRET: ""}, {telegram.SECRET: "a-secret_1"}, {telegram.SECRET: "A-secret_1 "}):
        with pytest.raises(Forged):
            telegram.verify(Delivery("POST", header), secrets, now)
    with pytest.raises(BadConfiguration):
        telegram.sign(b"", "un secret à accents", now, "")


# --- what is read ---


def test_a_message_of_a_group_is_read_whole(read: Callable[[str], Comment]) -> None:
    said = read("telegram__message_text")
    assert (said.account, said.object, said.verb, said.text) == (
        GROUP, M41, Verb.CREATED, "Vous êtes ouverts le dimanche ?",
    )  # fmt: skip
    assert (said.author.id, said.author.name, said.language) == ("7001", "Karim B.", "fr")
    assert (said.thread.id, said.thread.post, said.parent) == (M41, GROUP, None)
    assert said.posted_at == datetime.fromtimestamp(1788253200, UTC)
    assert (said.url, said.audience) == ("https://t.me/velosgarance/41", Audience.PUBLIC)


def test_a_comment_under_a_post_opens_a_thread_of_its_own_under_that_post(read: Callable[[str], Comment]) -> None:
    said = read("telegram__message_text__under_a_post")
    assert (said.object, said.parent, said.thread.id, said.thread.post) == (M42, None, M42, f"{GROUP}_40")


def test_an_answer_names_what_it_answers_and_whom(read: Callable[[str], Comment]) -> None:
    said = read("telegram__message_text__reply")
    assert (said.parent, said.thread.id, said.thread.post) == (M42, M42, f"{GROUP}_40")
    assert said.tagged == ("karimb", "karimb")


@pytest.mark.parametrize("voice", ["anonymous_admin", "as_channel"])
def test_who_speaks_as_the_group_or_as_the_channel_speaks_for_the_house(
    voice: str, read: Callable[[str], Comment]
) -> None:
    assert read(f"telegram__message_text__{voice}").author.is_ours


def test_a_member_who_speaks_as_a_channel_is_a_member_whomever_they_answer(read: Callable[[str], Comment]) -> None:
    said = read("telegram__message_text__as_a_members_channel")
    assert (said.author.id, said.author.is_ours) == ("-1005555555555", False)
    assert said.author.username == "bonsplans", "the one name by which an operator may say that it is ours"
    assert said.led_elsewhere, "it may be ours all the same: the machine does not answer"


def test_what_is_no_text_is_said_all_the_same(read: Callable[[str], Comment], sent: Callable[[str], Any]) -> None:
    assert read("telegram__message_poll").text == "Garance répond-elle un jour ?\nOui\nJamais"
    assert (read("telegram__message_contact").text, read("telegram__message_contact").media) == ("", Media.FILE)
    body = sent("telegram__message_contact").body
    del body["message"]["contact"]
    place = {"location": {"latitude": 48.8, "longitude": 2.3}}
    for said, text, media in (
        (place, "", Media.FILE),
        (place | {"venue": {"title": "Gare", "address": "Lyon", **place}}, "Gare\nLyon", Media.FILE),
        ({"dice": {"emoji": "🎲", "value": 3}}, "", Media.STICKER),
        ({"story": {"id": 1, "chat": {"id": 7001, "type": "private"}}}, "", Media.FILE),
    ):
        (item,) = telegram.split(body | {"message": body["message"] | said})
        (comment,) = telegram.read(item)
        assert isinstance(comment, Comment)
        assert (comment.text, comment.media) == (text, media)


def test_what_is_written_to_the_bot_itself_is_private(read: Callable[[str], Comment]) -> None:
    said = read("telegram__message_text__private")
    assert (said.account, said.object, said.audience) == (telegram.DIRECT, "7001_3", Audience.PRIVATE)
    assert (said.thread.id, said.author.id) == ("7001", "7001")


def test_an_edit_is_newer_than_the_words_it_changes(read: Callable[[str], Comment]) -> None:
    first, edited = read("telegram__message_text"), read("telegram__edited_message")
    assert (edited.object, edited.verb) == (first.object, Verb.EDITED)
    assert first.version < edited.version


def test_a_private_group_is_linked_by_its_number(sent: Callable[[str], Any]) -> None:
    body = sent("telegram__message_text").body
    del body["message"]["chat"]["username"]
    (said,) = [one for item in telegram.split(body) for one in telegram.read(item)]
    assert isinstance(said, Comment)
    assert said.url == "https://t.me/c/1234567890/41"


@pytest.mark.parametrize("body", [[], {}, {"update_id": "1"}, {"update_id": 1, "message": {"chat": 7}}])
def test_what_is_no_update_is_unreadable(body: Any) -> None:
    with pytest.raises(UnreadableBody):
        telegram.split(body)


# --- what we do, byte for byte ---


@pytest.mark.parametrize(
    ("kind", "method", "body", "repeatable"),
    [
        (
            ActKind.REPLY,
            "sendMessage",
            {
                "chat_id": -1001234567890,
                "text": "Le dimanche, oui 🚲",
                "reply_parameters": {"message_id": 41},
                "link_preview_options": {"is_disabled": True},
            },
            False,
        ),
        (ActKind.DELETE, "deleteMessage", {"chat_id": -1001234567890, "message_id": 41}, True),
        (
            ActKind.LIKE,
            "setMessageReaction",
            {"chat_id": -1001234567890, "message_id": 41, "reaction": [{"type": "emoji", "emoji": "👍"}]},
            True,
        ),
        (ActKind.BLOCK, "banChatMember", {"chat_id": -1001234567890, "user_id": 7001}, True),
    ],
)
def test_an_act_is_one_method_of_the_bot(
    kind: ActKind, method: str, body: dict[str, Any], *, repeatable: bool, now: datetime
) -> None:
    plan = telegram.act(ordered(kind, recipient="7001"), ACCESS, now)
    assert plan.call.url == f"https://api.telegram.org/bot{TOKEN}/{method}"
    assert plan.call.headers == {"content-type": "application/json"}
    assert plan.call.body == json.dumps(body, ensure_ascii=False).encode()
    assert plan.repeatable is repeatable


def test_who_speaks_as_a_channel_is_banned_as_one(
    done: Callable[..., Outcome], twin: TelegramTwin, now: datetime
) -> None:
    as_channel = ordered(ActKind.BLOCK, recipient="-1009876543210")
    call = telegram.act(as_channel, ACCESS, now).call
    assert urlsplit(call.url).path.endswith("/banChatSenderChat")
    assert json.loads(call.body or b"") == {"chat_id": -1001234567890, "sender_chat_id": -1009876543210}
    assert done(as_channel).verdict is Verdict.DONE
    assert twin.banned == {(GROUP, "-1009876543210")}


def test_a_private_answer_goes_to_the_person(now: datetime) -> None:
    plan = telegram.act(ordered(account=telegram.DIRECT, target="7001_3"), ACCESS, now)
    body = json.loads(plan.call.body or b"")
    assert (body["chat_id"], body["reply_parameters"]) == (7001, {"message_id": 3})


@pytest.mark.parametrize(
    ("order", "token"),
    [
        (ordered(ActKind.HIDE), TOKEN),
        (ordered(ActKind.PRIVATE), TOKEN),
        (ordered(target="../1"), TOKEN),
        (ordered(ActKind.BLOCK), TOKEN),
        (ordered(), ""),
        (ordered(), "../../evil"),
    ],
)
def test_what_cannot_be_done_is_not_tried(order: Order, token: str, now: datetime) -> None:
    with pytest.raises(CannotDo):
        telegram.act(order, Access(GROUP, {"token": token}), now)


# --- against the twin ---


@pytest.fixture
def twin() -> TelegramTwin:
    made = TelegramTwin(Outbox(), {TOKEN: (GROUP, telegram.DIRECT)})
    made.messages[M41] = Known(GROUP, M41, "?")
    made.messages["7001_3"] = Known(telegram.DIRECT, "7001_3", "?")
    return made


@pytest.fixture
def done(twin: TelegramTwin, now: datetime) -> Callable[..., Outcome]:
    def carry(order: Order, access: Access = ACCESS) -> Outcome:
        call: HttpCall = telegram.act(order, access, now).call
        headers = {name.lower(): value for name, value in call.headers.items()}
        answer = twin.handle(TwinRequest(call.method, urlsplit(call.url).path, headers, call.body or b"", now))
        return telegram.judge(order, HttpAnswer(answer.status, answer.headers, answer.body), now)

    return carry


def test_an_answer_gets_the_id_under_which_it_stands(done: Callable[..., Outcome], twin: TelegramTwin) -> None:
    public, private = done(ordered()), done(ordered(account=telegram.DIRECT, target="7001_3"))
    assert (public.verdict, private.verdict) == (Verdict.DONE, Verdict.DONE)
    assert public.id in twin.messages
    assert str(private.id).startswith("7001_")


def test_what_was_deleted_meanwhile_is_no_failure(done: Callable[..., Outcome]) -> None:
    assert done(ordered(ActKind.DELETE)).verdict is Verdict.DONE
    assert done(ordered(ActKind.DELETE)).why == "gone_already"
    assert done(ordered()).verdict is Verdict.GONE
    assert done(ordered(ActKind.LIKE)).verdict is Verdict.GONE


@pytest.mark.parametrize(
    ("mode", "verdict", "unable"),
    [
        ("500", Verdict.UNKNOWN, False),
        ("429", Verdict.LIMITED, False),
        ("token", Verdict.TOKEN_DEAD, False),
        ("rights", Verdict.REFUSED, True),
        ("kicked", Verdict.REFUSED, True),
    ],
)
def test_told_to_fail_the_twin_answers_as_telegram(
    mode: str, verdict: Verdict, *, unable: bool, done: Callable[..., Outcome], twin: TelegramTwin, now: datetime
) -> None:
    twin.fail(mode)
    outcome = done(ordered())
    assert (outcome.verdict, outcome.unable) == (verdict, unable)
    if verdict is Verdict.LIMITED:
        assert outcome.until == now + timedelta(seconds=35)


def test_a_bot_that_nobody_knows_parks_the_channel(done: Callable[..., Outcome]) -> None:
    assert done(ordered(), Access(GROUP, {"token": "1:unknown"})).verdict is Verdict.TOKEN_DEAD


@pytest.mark.parametrize("said", ["bot was blocked by the user", "user is deactivated"])
def test_one_person_who_cannot_be_reached_says_nothing_of_the_others(said: str, answered: Any, now: datetime) -> None:
    refusal = answered(403, {"ok": False, "error_code": 403, "description": f"Forbidden: {said}"})
    outcome = telegram.judge(ordered(account=telegram.DIRECT, target="7001_3"), refusal, now)
    assert (outcome.verdict, outcome.why, outcome.unable) == (Verdict.REFUSED, "person_unavailable", False)


def test_a_group_that_moved_goes_to_a_person(answered: Any, now: datetime) -> None:
    moved = answered(
        400,
        {"ok": False, "error_code": 400, "description": "Bad Request: group chat was upgraded to a supergroup chat",
         "parameters": {"migrate_to_chat_id": -1009}},
    )  # fmt: skip
    outcome = telegram.judge(ordered(), moved, now)
    assert (outcome.verdict, outcome.why) == (Verdict.REFUSED, "chat_moved")
