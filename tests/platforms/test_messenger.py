"""Messenger and Instagram direct: what is read beyond the contract, the Send API, and what its answers mean."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from tribune.channel import Access, ActKind, HttpAnswer, Item, Verdict
from tribune.comment import Audience, Media, Verb
from tribune.errors import CannotDo, Unreadable, UnreadableBody
from tribune.platforms import messenger

PAGE = "102030405060708"
PERSON = "7000000000000001"
SAID = datetime(2026, 9, 1, 9, 0, tzinfo=UTC)


@pytest.fixture
def read(sent: Callable[[str], Any]) -> Callable[[str], Any]:
    def first(name: str) -> Any:
        (said, *_) = [one for item in messenger.split(sent(name).body) for one in messenger.read(item)]
        return said

    return first


# --- what is read ---


def test_a_message_is_private_and_its_thread_is_the_person(read: Callable[[str], Any]) -> None:
    said = read("messenger__message")
    assert (said.account, said.author.id, said.thread.id, said.audience) == (PAGE, PERSON, PERSON, Audience.PRIVATE)
    assert said.said_at == SAID + timedelta(milliseconds=417)
    assert (said.parent, said.led_elsewhere) == (None, False)


def test_what_our_people_type_in_the_inbox_is_ours_and_in_the_person_s_thread(read: Callable[[str], Any]) -> None:
    for name in ("messenger__message__echo", "messenger__standby__echo"):
        said = read(name)
        assert (said.author.is_ours, said.author.id, said.thread.id) == (True, PAGE, PERSON)


def test_a_conversation_that_another_application_leads_says_so(read: Callable[[str], Any]) -> None:
    assert read("messenger__standby").led_elsewhere
    assert not read("messenger__message__reply").led_elsewhere


def test_an_edit_keeps_the_message_and_an_unsent_one_has_no_words(read: Callable[[str], Any]) -> None:
    first, edited = read("messenger__message"), read("messenger__message_edit")
    assert (edited.verb, edited.object, first.version < edited.version) == (Verb.EDITED, first.object, True)
    unsent = read("messenger__message__unsent")
    assert (unsent.verb, unsent.text, unsent.media) == (Verb.DELETED, "", Media.NONE)
    assert read("messenger__instagram").version < unsent.version


def test_an_event_s_time_may_be_text_or_seconds(read: Callable[[str], Any]) -> None:
    assert read("messenger__instagram__changes").said_at == SAID
    assert read("messenger__instagram__direct").said_at == SAID


@pytest.mark.parametrize(
    "payload",
    [None, {}, {"object": "page", "entry": {}}, {"object": "page", "entry": [{"id": "1", "messaging": {}}]},
     {"object": "page", "entry": [{"id": "1", "standby": ["x"]}]},
     {"object": "page", "entry": [{"messaging": [{"message": {"mid": "m"}}]}]}],
)  # fmt: skip
def test_an_envelope_that_meta_does_not_document_is_an_unreadable_body(payload: Any) -> None:
    with pytest.raises(UnreadableBody):
        list(messenger.split(payload))


@pytest.mark.parametrize("part", ["sender", "timestamp", "mid"])
def test_a_message_without_what_identifies_it_is_unreadable(part: str, sent: Callable[[str], Any]) -> None:
    (item,) = messenger.split(sent("messenger__message").body)
    event = {name: one for name, one in item.payload["event"].items() if name != part}
    event["message"] = {name: one for name, one in event["message"].items() if name != part}
    with pytest.raises(Unreadable, match=part):
        list(messenger.read(Item(PAGE, {"standby": False, "event": event})))


# --- what we do ---


def test_an_answer_goes_to_the_person_as_a_response(order: Any, access: Access, now: datetime) -> None:
    plan = messenger.act(order(recipient=PERSON, text="Elle arrive demain 🙂"), access, now)
    assert (plan.call.method, plan.call.url) == ("POST", f"https://graph.facebook.com/v25.0/{PAGE}/messages")
    assert (plan.call.body or b"").decode() == (
        f'{{"recipient": {{"id": "{PERSON}"}}, "messaging_type": "RESPONSE", '
        '"message": {"text": "Elle arrive demain 🙂"}}'
    )
    assert (plan.call.headers["content-type"], plan.repeatable) == ("application/json", False)


def test_instagram_s_own_host_gets_the_message_alone(order: Any, now: datetime) -> None:
    access = Access(PAGE, {"token": "t", "base_url": "https://graph.instagram.com/v25.0"})
    body = messenger.act(order(recipient="53", text="Oui"), access, now).call.body
    assert body == b'{"recipient": {"id": "53"}, "message": {"text": "Oui"}}'


def test_without_the_person_nothing_is_attempted(order: Any, access: Access, now: datetime) -> None:
    with pytest.raises(CannotDo):
        messenger.act(order(recipient=None), access, now)


# --- what Graph answers ---


def graph(answered: Any, code: int, status: int = 400, subcode: int | None = None) -> HttpAnswer:
    error = {"message": "…", "type": "OAuthException", "code": code, "fbtrace_id": "A"}
    answer = answered(status, {"error": error | ({} if subcode is None else {"error_subcode": subcode})})
    assert isinstance(answer, HttpAnswer)
    return answer


@pytest.mark.parametrize(
    ("code", "subcode", "verdict", "why"),
    [
        (10, 2018278, Verdict.REFUSED, "window_closed"), (10, 2534022, Verdict.REFUSED, "window_closed"),
        (10, None, Verdict.REFUSED, "permission"), (551, 1545041, Verdict.REFUSED, "person_unavailable"),
        (551, None, Verdict.REFUSED, "refused"), (100, 2018001, Verdict.GONE, "gone"),
        (613, None, Verdict.LIMITED, "throttled"), (4, None, Verdict.LIMITED, "throttled"),
        (368, None, Verdict.BLOCKED, "spam"), (190, 460, Verdict.TOKEN_DEAD, "token"),
        (100, None, Verdict.REFUSED, "refused"),
    ],
)  # fmt: skip
def test_each_class_of_errors_has_its_verdict(
    *, code: int, subcode: int | None, verdict: Verdict, why: str, order: Any, answered: Any, now: datetime
) -> None:
    outcome = messenger.judge(order(), graph(answered, code, subcode=subcode), now)
    assert (outcome.verdict, outcome.why) == (verdict, why)


def test_a_success_carries_the_message_s_id(order: Any, answered: Any, now: datetime) -> None:
    outcome = messenger.judge(order(), answered(200, {"recipient_id": PERSON, "message_id": "m_77"}), now)
    assert (outcome.verdict, outcome.id) == (Verdict.DONE, "m_77")
    assert messenger.judge(order(), answered(200, {}), now).verdict is Verdict.UNKNOWN


# --- reading back ---


def test_the_conversation_is_read_back(order: Any, access: Access, answered: Any, now: datetime) -> None:
    asked = order(recipient=PERSON, since=now)
    call = messenger.look_back(asked, access)
    assert call is not None
    assert (call.method, urlsplit(call.url).path) == ("GET", f"/v25.0/{PAGE}/conversations")
    assert parse_qs(urlsplit(call.url).query)["user_id"] == [PERSON]

    def settled(*messages: Any) -> Any:
        return messenger.settle(asked, answered(200, {"data": [{"id": "t_1", "messages": {"data": list(messages)}}]}))

    at = now.strftime("%Y-%m-%dT%H:%M:%S+0000")
    mine = {"id": "m_9", "message": asked.text, "created_time": at, "from": {"id": PAGE}}
    assert (settled(mine).verdict, settled(mine).id) == (Verdict.DONE, "m_9")
    assert settled(mine | {"from": {"id": PERSON}}).verdict is Verdict.LATER
    assert settled().verdict is Verdict.LATER


def test_a_conversation_that_is_not_shown_proves_nothing(order: Any, answered: Any, now: datetime) -> None:
    for answer in (answered(200, {"data": []}), answered(500, b""), answered(200, b"[]"), graph(answered, 10)):
        assert messenger.settle(order(since=now), answer).verdict is Verdict.UNKNOWN
    for kind in set(ActKind) - {ActKind.REPLY}:
        assert messenger.look_back(order(kind), Access(PAGE, {"token": "t"})) is None
