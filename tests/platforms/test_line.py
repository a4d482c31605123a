"""LINE: what is read beyond the contract, and the one try that a reply token allows."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from tribune.channel import Access, ActKind, Delivery, Item, Order, Secrets, Verdict
from tribune.comment import Audience, Comment, Media, Verb
from tribune.errors import CannotDo, Forged, Unreadable, UnreadableBody
from tribune.platforms import line

BOT = "Ubbbbbbbbbbbbbbbbbbbbbbbbbbbbbb01"
MEMBER = "U4af4980629aaaabbbbccccddddeeee01"
GROUP = "C56f94637cc4347f90a25382909b24b9a"


@pytest.fixture
def read(sent: Callable[[str], Any]) -> Callable[[str], Comment]:
    def first(name: str) -> Comment:
        (said, *_) = [one for item in line.split(sent(name).body) for one in line.read(item)]
        assert isinstance(said, Comment)
        return said

    return first


@pytest.fixture
def fresh(order: Any, now: datetime) -> Order:
    """An answer whose token came ten seconds ago."""
    made: Order = order(
        account=BOT, thread=MEMBER, recipient=MEMBER, reply_token="tok", reply_token_at=now - timedelta(seconds=10)
    )
    return made


# --- what is read ---


def test_a_message_is_private_and_carries_its_right_to_answer(read: Callable[[str], Comment]) -> None:
    said = read("line__message_text")
    assert (said.account, said.author.id, said.author.name) == (BOT, MEMBER, None)
    assert (said.audience, said.text) == (Audience.PRIVATE, "Hi! Do you ship to Belgium? 📦")
    assert (said.thread.id, said.thread.post, said.parent) == (MEMBER, MEMBER, None)
    assert said.reply_token == "nHuyWiB7yP5Zw52FIkcQobQuGDXCT001"
    assert said.quote == "q3Plxr4AgKd1"
    assert said.said_at == said.posted_at == datetime(2026, 9, 1, 9, 0, 0, 418000, tzinfo=UTC)


def test_the_conversation_is_the_group_or_the_room(read: Callable[[str], Comment]) -> None:
    assert read("line__message_text__group").thread.id == GROUP
    assert read("line__message_text__room").thread.id == "Ra8dbf4673c4c812cd491258042226c99"


def test_somebody_without_an_id_is_nobody(read: Callable[[str], Comment]) -> None:
    said = read("line__message_text__no_user_id")
    assert (said.author.id, said.thread.id) == (None, GROUP)


def test_in_standby_nobody_answers(read: Callable[[str], Comment]) -> None:
    said = read("line__message_text__standby")
    assert (said.reply_token, said.led_elsewhere) == (None, True)
    assert not read("line__message_text").led_elsewhere


def test_a_token_that_came_in_standby_is_not_kept_either(sent: Callable[[str], Any]) -> None:
    (item,) = line.split(sent("line__message_text").body)
    (said,) = line.read(Item(item.account, {**item.payload, "mode": "standby"}))
    assert isinstance(said, Comment)
    assert said.reply_token is None


def test_members_are_tagged_and_we_are_not(read: Callable[[str], Comment]) -> None:
    assert read("line__message_text__mention").tagged == ("Karim",)


def test_an_edit_and_an_unsend_are_versions_of_the_same_message(read: Callable[[str], Comment]) -> None:
    first, edited, unsent = (read(f"line__{name}") for name in ("message_text__group", "message_edited", "unsend"))
    assert first.object == edited.object
    assert first.version < edited.version
    assert (unsent.verb, unsent.object, unsent.text, unsent.reply_token) == (Verb.DELETED, "56100001", "", None)


def test_a_redelivery_is_the_same_version(read: Callable[[str], Comment]) -> None:
    assert read("line__message_text__redelivered").version == read("line__message_text").version


def test_a_place_is_words_and_a_voice_is_not(read: Callable[[str], Comment]) -> None:
    assert read("line__message_location").text == "Atelier Garance\n12 quai de la Fosse, Nantes"
    assert (read("line__message_audio").text, read("line__message_audio").media) == ("", Media.VOICE)


def test_a_place_without_a_name_is_not_taken_for_silence(sent: Callable[[str], Any]) -> None:
    (item,) = line.split(sent("line__message_location").body)
    message = {name: one for name, one in item.payload["message"].items() if name not in {"title", "address"}}
    (said,) = line.read(Item(item.account, {**item.payload, "message": message}))
    assert isinstance(said, Comment)
    assert (said.text, said.media) == ("", Media.FILE), "a person looks at what the machine cannot read"


@pytest.mark.parametrize("field", ["timestamp", "source", "message"])
def test_a_message_without_what_identifies_it_is_unreadable(field: str, sent: Callable[[str], Any]) -> None:
    (item,) = line.split(sent("line__message_text").body)
    with pytest.raises(Unreadable, match=field):
        list(line.read(Item(item.account, {name: one for name, one in item.payload.items() if name != field})))


def test_the_verify_button_sends_nothing_to_read(sent: Callable[[str], Any]) -> None:
    assert list(line.split(sent("line__verify").body)) == []


@pytest.mark.parametrize(
    "payload", [None, [], {}, {"destination": BOT}, {"events": []}, {"destination": 1, "events": []},
                {"destination": BOT, "events": [1]}, {"destination": BOT, "events": {}}]
)  # fmt: skip
def test_an_envelope_that_line_does_not_document_is_an_unreadable_body(payload: Any) -> None:
    with pytest.raises(UnreadableBody):
        list(line.split(payload))


def test_a_signature_whose_case_was_altered_is_no_signature(now: datetime) -> None:
    body = b'{"destination":"U1","events":[]}'
    header = line.sign(body, "secret", now, "")["x-line-signature"]
    line.verify(Delivery("POST", {"x-line-signature": header}, body), Secrets("secret"), now)
    for altered in (header.swapcase(), header.upper(), header.lower()):
        with pytest.raises(Forged):
            line.verify(Delivery("POST", {"x-line-signature": altered}, body), Secrets("secret"), now)


# --- what we do ---


def sent_body(plan: Any) -> Any:
    return json.loads(plan.call.body)


def test_a_fresh_token_is_used_for_a_reply(fresh: Order, access: Access, now: datetime) -> None:
    plan = line.act(fresh, access, now)
    assert (plan.call.method, plan.call.url) == ("POST", "https://api.line.me/v2/bot/message/reply")
    assert sent_body(plan) == {"replyToken": "tok", "messages": [{"type": "text", "text": fresh.text}]}
    assert plan.call.headers["authorization"] == "Bearer a-token"
    assert (plan.way, plan.repeatable) == ("reply", False)
    assert "x-line-retry-key" not in plan.call.headers


@pytest.mark.parametrize("seconds", [50, 51, 3600])
def test_an_old_token_is_not_tried_and_a_push_takes_its_place(
    seconds: int, fresh: Order, access: Access, now: datetime
) -> None:
    old = replace(fresh, reply_token_at=now - timedelta(seconds=seconds))
    plan = line.act(old, access, now)
    assert plan.call.url.endswith("/v2/bot/message/push")
    assert sent_body(plan) == {"to": MEMBER, "messages": [{"type": "text", "text": fresh.text}]}
    assert (plan.way, plan.repeatable) == ("push", True)


def test_an_answer_quotes_the_message_it_answers_by_either_way(fresh: Order, access: Access, now: datetime) -> None:
    quoting = replace(fresh, quote="q3Plxr4AgKd1")
    for order in (quoting, replace(quoting, reply_token=None)):
        (message,) = sent_body(line.act(order, access, now))["messages"]
        assert message == {"type": "text", "text": fresh.text, "quoteToken": "q3Plxr4AgKd1"}


def test_the_last_moment_of_a_token_is_still_a_reply(fresh: Order, access: Access, now: datetime) -> None:
    young = replace(fresh, reply_token_at=now - timedelta(seconds=49, milliseconds=999))
    assert line.act(young, access, now).way == "reply"


@pytest.mark.parametrize("seconds", [0, 10, 3600])
def test_after_a_reply_that_began_nothing_is_ever_sent_again(
    seconds: int, fresh: Order, access: Access, now: datetime
) -> None:
    for token in ("tok", None):
        tried = replace(fresh, way="reply", attempt=2, reply_token=token)
        with pytest.raises(CannotDo, match="uncertain"):
            line.act(tried, access, now + timedelta(seconds=seconds))


def test_a_push_repeats_under_the_same_key_and_another_action_has_another(
    fresh: Order, access: Access, now: datetime
) -> None:
    untried = replace(fresh, reply_token=None)
    first = line.act(untried, access, now).call
    again = line.act(replace(untried, way="push", attempt=2, since=now), access, now + timedelta(hours=23)).call
    other = line.act(replace(untried, action_id="act-2"), access, now).call
    key = first.headers["x-line-retry-key"]
    assert UUID(key).version == 5
    assert again.headers["x-line-retry-key"] == key
    assert other.headers["x-line-retry-key"] != key


def test_a_push_goes_on_as_a_push_although_the_token_is_fresh(fresh: Order, access: Access, now: datetime) -> None:
    assert line.act(replace(fresh, way="push"), access, now).way == "push"


def test_a_push_is_not_repeated_once_line_forgot_its_key(fresh: Order, access: Access, now: datetime) -> None:
    begun = replace(fresh, reply_token=None, way="push", since=now - timedelta(hours=24))
    with pytest.raises(CannotDo, match="uncertain"):
        line.act(begun, access, now)


def test_a_push_goes_to_the_conversation_it_is_given_and_never_to_a_pseudonym(
    fresh: Order, access: Access, now: datetime
) -> None:
    plan = line.act(replace(fresh, reply_token=None, recipient=GROUP, thread="~pseudonym"), access, now)
    assert sent_body(plan)["to"] == GROUP
    with pytest.raises(CannotDo, match="no_recipient"):
        line.act(replace(fresh, reply_token=None, recipient=None), access, now)


@pytest.mark.parametrize("kind", [ActKind.HIDE, ActKind.UNHIDE, ActKind.DELETE])
def test_line_hides_and_deletes_nothing(kind: ActKind, order: Any, access: Access, now: datetime) -> None:
    with pytest.raises(CannotDo):
        line.act(order(kind), access, now)


# --- what LINE answers ---

REPLY, PUSH = "reply", "push"


@pytest.mark.parametrize(
    ("way", "status", "message", "verdict", "why"),
    [
        (REPLY, 400, "Invalid reply token", Verdict.REFUSED, "reply_token"),
        (REPLY, 400, "The request body has 1 error(s)", Verdict.REFUSED, "refused"),
        (REPLY, 401, "Authentication failed", Verdict.TOKEN_DEAD, "token"),
        (PUSH, 403, "Not available on this plan", Verdict.REFUSED, "plan"),
        (PUSH, 409, "The retry key is already accepted", Verdict.DONE, "already_accepted"),
        (PUSH, 429, "You have reached your monthly limit.", Verdict.REFUSED, "monthly_limit"),
        (REPLY, 429, "The API rate limit has been exceeded. Try again later.", Verdict.LIMITED, "throttled"),
        (REPLY, 500, "Internal server error", Verdict.UNKNOWN, "server_error"),
        (PUSH, 500, "Internal server error", Verdict.UNKNOWN, "server_error"),
        (PUSH, 503, "", Verdict.UNKNOWN, "server_error"),
        (PUSH, 404, "Not found", Verdict.REFUSED, "refused"),
    ],
)
def test_each_answer_has_its_verdict(
    *, way: str, status: int, message: str, verdict: Verdict, why: str, order: Any, answered: Any, now: datetime
) -> None:
    outcome = line.judge(order(way=way), answered(status, {"message": message}), now)
    assert (outcome.verdict, outcome.why) == (verdict, why)


def test_a_message_sent_has_an_id_also_when_it_had_been_accepted_before(
    order: Any, answered: Any, now: datetime
) -> None:
    for status in (200, 409):
        outcome = line.judge(order(way=PUSH), answered(status, {"sentMessages": [{"id": "461230966842064897"}]}), now)
        assert (outcome.verdict, outcome.id) == (Verdict.DONE, "461230966842064897")


def test_the_rate_limit_ends_soon_and_the_monthly_one_with_the_month_in_japan(
    order: Any, answered: Any, now: datetime
) -> None:
    soon = line.judge(order(way=REPLY), answered(429, {"message": "rate"}), now).until
    assert soon == now + timedelta(minutes=1)
    monthly = answered(429, {"message": "You have reached your monthly limit."})
    assert line.judge(order(way=PUSH), monthly, now).until == datetime(2026, 9, 30, 15, tzinfo=UTC)
    new_years_eve = datetime(2026, 12, 31, 16, tzinfo=UTC)  # already January in Japan
    assert line.judge(order(way=PUSH), monthly, new_years_eve).until == datetime(2027, 1, 31, 15, tzinfo=UTC)


def test_nothing_is_read_back(order: Any, access: Access, answered: Any) -> None:
    assert line.look_back(order(), access) is None
    assert line.settle(order(), answered(200)).verdict is Verdict.UNKNOWN
