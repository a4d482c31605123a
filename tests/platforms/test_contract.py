"""The contract of every platform: a new module joins the list and is judged by these."""

import inspect
import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast, get_type_hints
from urllib.parse import urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tribune.channel import (
    Access,
    ActKind,
    Delivery,
    Erasing,
    HttpAnswer,
    Item,
    LookedUp,
    Order,
    Platform,
    Polled,
    Refreshed,
    Secrets,
    Sweep,
    Verdict,
)
from tribune.comment import Comment, Media, Reaction, Said, TeamAct
from tribune.errors import BadConfiguration, CannotDo, Forged, UnknownChannel, Unreadable, UnreadableBody
from tribune.lengths import UNITS
from tribune.platforms import PLATFORMS, platform
from tribune.platforms.body import parse

BODY = '{"note":"Où est ma commande ? 😤"}'.encode()
DECLARED = {"polls": Polled, "looks_up": LookedUp, "refreshes": Refreshed, "erases": Erasing}
"""What a card says -> the shape that its module then has."""
HEAVY = ("pydantic", "boto3", "botocore", "urllib3", "http.client", "requests", "email")


def as_sent(body: Any) -> list[bytes]:
    """The same JSON as different platforms write it: escaped as Meta does, compact, and spaced in UTF-8."""
    escaped = json.dumps(body, separators=(",", ":")).replace("/", "\\/")
    forms = [escaped.encode(), json.dumps(body).encode()]
    with suppress(UnicodeEncodeError):  # half an emoji can only travel escaped
        forms.append(json.dumps(body, ensure_ascii=False).encode("utf-8"))
    return forms


def signed(name: str, body: bytes, secret: str, at: datetime) -> Delivery:
    return Delivery("POST", platform(name).sign(body, secret, at, "msg_1"), body)


def told(said: Said) -> str:
    """What was read, in the words of `events/webhooks/README.md`."""
    match said:
        case Comment():
            words = [said.verb.value, said.object]
            words += ["ours"] * said.author.is_ours + ["sponsored"] * said.sponsored
            words += [said.media.value] * (said.media is not Media.NONE)
        case Reaction():
            words = [said.kind, said.object] + ["undone"] * said.undone
        case _:
            words = [said.kind, said.object]
    return " ".join(words)


def items_of(delivery: Any, body: bytes) -> list[Item]:
    """The items of what was pushed to us, or of a page that we asked for."""
    module = platform(delivery.platform)
    if module.CARD.pushes:
        return list(module.split(parse(body)))
    sweep = Sweep(delivery.account, datetime(2026, 1, 1, tzinfo=UTC))
    return list(cast("Polled", module).gather(sweep, HttpAnswer(200, {}, body), datetime.now(UTC)).items)


def reader(delivery: Any, item: Item) -> str:
    """The platform that reads an item: where one address serves several, not the one that was spoken to."""
    return item.platform or str(delivery.platform)


def read_all(delivery: Any, body: bytes) -> list[Said]:
    return [said for item in items_of(delivery, body) for said in platform(reader(delivery, item)).read(item)]


def functions_of(protocol: type) -> dict[str, Any]:
    return {name: one for name, one in vars(protocol).items() if inspect.isfunction(one) and not name.startswith("_")}


def parameters(function: Any) -> list[tuple[str, Any]]:
    return [(one.name, one.kind) for one in inspect.signature(function).parameters.values() if one.name != "self"]


def test_a_platform_has_the_shape_that_its_card_declares(name: str) -> None:
    module = platform(name)
    shapes = [Platform] + [shape for flag, shape in DECLARED.items() if getattr(module.CARD, flag)]
    for function, wanted in (pair for shape in shapes for pair in functions_of(shape).items()):
        found = getattr(module, function)
        assert (parameters(found), get_type_hints(found)) == (parameters(wanted), get_type_hints(wanted)), function


# --- what is recorded is understood ---


def test_a_recorded_delivery_is_verified_split_and_read(delivery: Any, secret: str, now: datetime) -> None:
    module = platform(delivery.platform)
    for body in as_sent(delivery.body):
        if module.CARD.pushes:
            module.verify(signed(delivery.platform, body, secret, now), Secrets(secret), now)
        assert [told(said) for said in read_all(delivery, body)] == delivery.reads


def test_what_waits_in_a_queue_in_between_is_read_the_same(delivery: Any) -> None:
    for item in items_of(delivery, as_sent(delivery.body)[0]):
        module = platform(reader(delivery, item))
        waited = Item(item.account, json.loads(json.dumps(item.payload)))
        assert list(module.read(waited)) == list(module.read(item))


def test_a_delivery_made_again_reads_as_the_same_versions(delivery: Any) -> None:
    first, second = (read_all(delivery, body) for body in as_sent(delivery.body)[:2])
    assert [one.version for one in first if not isinstance(one, TeamAct)] == [
        one.version for one in second if not isinstance(one, TeamAct)
    ]


def test_whatever_is_read_belongs_to_the_account_and_the_platform(delivery: Any) -> None:
    for item in items_of(delivery, as_sent(delivery.body)[0]):
        for said in platform(reader(delivery, item)).read(item):
            assert (said.platform, said.account) == (reader(delivery, item), item.account)
            assert said.said_at.tzinfo is not None
            assert said.thread.id
            assert said.thread.post


def test_no_recorded_delivery_belongs_to_a_platform_we_do_not_have(everything_sent: list[Any]) -> None:
    assert {one.platform for one in everything_sent} == set(PLATFORMS)


def test_our_own_comment_is_recorded_as_ours_where_the_platform_sends_it(everything_sent: list[Any]) -> None:
    ours = {one.platform for one in everything_sent if any(line.endswith(" ours") for line in one.reads)}
    assert set(PLATFORMS) - ours == {"line"}  # LINE never delivers what we wrote ourselves


def test_every_platform_has_unknown_genuine_events_that_read_as_nothing(
    pushing: str, everything_sent: list[Any]
) -> None:
    assert any(one.platform == pushing and not one.reads for one in everything_sent)


def test_every_platform_has_a_test_file_of_its_own(name: str) -> None:
    assert (Path(__file__).parent / f"test_{name}.py").is_file()


# --- nobody unproven gets in ---


def test_a_tampered_body_is_forged(pushing: str, secret: str, now: datetime) -> None:
    genuine = signed(pushing, BODY, secret, now)
    if not platform(pushing).CARD.signs_body:
        platform(pushing).verify(replace(genuine, body=b"anything"), Secrets(secret), now)
        return
    for place in range(len(BODY)):
        tampered = BODY[:place] + bytes([BODY[place] ^ 1]) + BODY[place + 1 :]
        with pytest.raises(Forged):
            platform(pushing).verify(replace(genuine, body=tampered), Secrets(secret), now)
    for tampered in (b"", BODY[:-1], BODY + b" "):
        with pytest.raises(Forged):
            platform(pushing).verify(replace(genuine, body=tampered), Secrets(secret), now)


def test_a_wrong_secret_is_forged(pushing: str, secret: str, old_secret: str, now: datetime) -> None:
    with pytest.raises(Forged):
        platform(pushing).verify(signed(pushing, BODY, old_secret, now), Secrets(secret), now)


def test_the_previous_secret_is_accepted_during_a_rotation(
    pushing: str, secret: str, old_secret: str, now: datetime
) -> None:
    rotating = Secrets(current=secret, previous=old_secret)
    platform(pushing).verify(signed(pushing, BODY, secret, now), rotating, now)
    platform(pushing).verify(signed(pushing, BODY, old_secret, now), rotating, now)


def test_a_delivery_that_is_too_old_or_from_the_future_is_forged_where_the_time_is_signed(
    pushing: str, secret: str, now: datetime
) -> None:
    signs_time = platform(pushing).sign(BODY, secret, now, "m") != platform(pushing).sign(
        BODY, secret, now + timedelta(seconds=1), "m"
    )
    assert signs_time is (pushing in {"generic", "wordpress"})
    for seconds in (-301, 301, -86400, 86400):
        stale = signed(pushing, BODY, secret, now + timedelta(seconds=seconds))
        if signs_time:
            with pytest.raises(Forged):
                platform(pushing).verify(stale, Secrets(secret), now)
        else:
            platform(pushing).verify(stale, Secrets(secret), now)
    for seconds in (-300, 300):
        platform(pushing).verify(signed(pushing, BODY, secret, now + timedelta(seconds=seconds)), Secrets(secret), now)


@pytest.mark.parametrize("spoil", ["missing", "empty", "ü", "١٢٣٤٥", "swapped case", "cut", "longer", "newline"])
def test_a_spoilt_header_is_forged_and_nothing_else(pushing: str, spoil: str, secret: str, now: datetime) -> None:
    genuine = signed(pushing, BODY, secret, now)
    spoilt_something = False
    for header, value in genuine.headers.items():
        if header == "content-type":
            continue
        spoilt = {
            "missing": None,
            "empty": "",
            "swapped case": value.swapcase(),
            "cut": value[:-1],
            "longer": value + "A",
            "newline": value + "\n",
        }.get(spoil, spoil + value)
        headers = {key: one for key, one in genuine.headers.items() if key != header}
        if spoilt is not None:
            headers[header] = spoilt
        if spoilt == value:
            continue  # digits have no case
        spoilt_something = True
        with pytest.raises(Forged):
            platform(pushing).verify(Delivery("POST", headers, BODY), Secrets(secret), now)
    assert spoilt_something


@given(header=st.text(max_size=120))
@settings(max_examples=60, deadline=None)
def test_no_header_makes_verification_raise_anything_but_forged(pushing: str, header: str) -> None:
    at, key = datetime.fromisoformat("2026-09-01T09:00:00Z"), "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    genuine = platform(pushing).sign(BODY, key, at, "m")
    for spoilt in genuine.keys() - {"content-type"}:
        if header != genuine[spoilt]:
            with pytest.raises(Forged):
                platform(pushing).verify(Delivery("POST", genuine | {spoilt: header}, BODY), Secrets(key), at)


def test_a_channel_without_a_secret_is_a_mistake_of_ours_not_an_open_door(
    pushing: str, secret: str, now: datetime
) -> None:
    genuine = signed(pushing, BODY, secret, now)
    with pytest.raises(BadConfiguration):
        platform(pushing).verify(genuine, Secrets(""), now)
    with pytest.raises(BadConfiguration):
        platform(pushing).sign(BODY, "", now, "m")


def test_an_ordinary_delivery_is_no_handshake(pushing: str, secret: str, now: datetime) -> None:
    assert platform(pushing).handshake(signed(pushing, BODY, secret, now), Secrets(secret, token="t")) is None


# --- nothing that a genuine sender can write breaks us ---

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**64), 2**64) | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                [
                    "object", "entry", "id", "time", "changes", "field", "value", "item", "verb", "comment_id", "post_id",
                    "from", "destination", "events", "type", "timestamp", "message", "source", "data", "space", "thread",
                ]
            ),
            inner,
            max_size=6,
        )
    ),
    max_leaves=25,
)  # fmt: skip


@given(payload=JSON)
@settings(max_examples=150, deadline=None)
def test_any_json_is_split_or_unreadable_body(name: str, payload: Any) -> None:
    try:
        items = list(platform(name).split(payload))
    except UnreadableBody:
        return
    assert all(isinstance(item.account, str) for item in items)


@given(data=st.data())
@settings(max_examples=150, deadline=None)
def test_a_recorded_delivery_with_one_part_replaced_is_read_or_unreadable(
    name: str, data: st.DataObject, everything_sent: list[Any]
) -> None:
    one = data.draw(st.sampled_from([one for one in everything_sent if one.platform == name and one.reads]))
    spoilt = _with_one_part_replaced(one.body, data)
    try:
        read_all(one, json.dumps(spoilt).encode())
    except (UnreadableBody, Unreadable):
        return


def _with_one_part_replaced(value: Any, data: st.DataObject) -> Any:
    if isinstance(value, dict) and value and data.draw(st.integers(0, 5)):
        key = data.draw(st.sampled_from(sorted(value)))
        return value | {key: _with_one_part_replaced(value[key], data)}
    if isinstance(value, list) and value and data.draw(st.integers(0, 5)):
        return [_with_one_part_replaced(value[0], data), *value[1:]]
    return data.draw(JSON)


def test_an_item_that_cannot_be_read_names_fields_and_never_their_content(
    name: str, everything_sent: list[Any]
) -> None:
    refusals = []
    for one in (one for one in everything_sent if one.platform == name and one.reads):
        for spoilt in _with_each_value_replaced(one.body, ["un secret"]):
            try:
                read_all(one, json.dumps(spoilt).encode())
            except Unreadable as refusal:
                refusals.append(str(refusal))
            except UnreadableBody:
                continue
    assert refusals
    assert not [refusal for refusal in refusals if "secret" in refusal]


def _with_each_value_replaced(value: Any, other: Any) -> Iterator[Any]:
    """The value as often as it has leaves, each time with another of them replaced."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from ({**value, key: one} for one in _with_each_value_replaced(inner, other))
    elif isinstance(value, list) and value:
        yield from ([one, *value[1:]] for one in _with_each_value_replaced(value[0], other))
    else:
        yield other


# --- what a platform cannot do is declared ---


def test_what_the_card_declares_can_be_done_and_nothing_else(
    name: str, order: Any, access: Access, now: datetime
) -> None:
    module = platform(name)
    for kind in ActKind:
        if kind in module.CARD.can:
            plan = module.act(order(kind), access, now)
            assert plan.call.url.startswith("https://")
            assert plan.way
        else:
            with pytest.raises(CannotDo):
                module.act(order(kind), access, now)


def test_no_secret_travels_in_an_address(name: str, order: Any, access: Access, now: datetime) -> None:
    if name == "telegram":
        return  # the Bot API has no other place for it; that addresses are never logged is a test of its own
    module = platform(name)
    for kind in module.CARD.can:
        calls = [module.act(order(kind), access, now).call, module.look_back(order(kind), access)]
        for call in calls:
            if call is not None:
                assert access.values["token"] not in call.url
                assert access.values["secret"] not in call.url
                assert access.values["password"] not in call.url


def test_without_access_nothing_is_attempted(name: str, order: Any, now: datetime) -> None:
    for kind in platform(name).CARD.can:
        with pytest.raises(CannotDo):
            platform(name).act(order(kind), Access("1", {}), now)


def test_an_object_id_cannot_lead_a_call_elsewhere(name: str, order: Any, access: Access, now: datetime) -> None:
    module = platform(name)
    for kind in module.CARD.can:
        plain = urlsplit(module.act(order(kind), access, now).call.url)
        evil = order(kind, target="../../me?x=1#", account="../a", thread="/../b")
        try:
            led = urlsplit(module.act(evil, access, now).call.url)
        except CannotDo:
            continue
        assert (led.scheme, led.netloc, led.query, led.fragment) == (plain.scheme, plain.netloc, plain.query, "")
        assert len(led.path.split("/")) == len(plain.path.split("/"))


@given(status=st.integers(100, 599), body=st.binary(max_size=60) | JSON.map(lambda one: json.dumps(one).encode()))
@settings(max_examples=150, deadline=None)
def test_any_answer_has_a_verdict(name: str, status: int, body: bytes) -> None:
    at = datetime.fromisoformat("2026-09-01T09:00:00Z")
    for kind in ActKind:
        asked = Order("a", kind, "1", "2", "3", "mots")
        outcome = platform(name).judge(asked, HttpAnswer(status, {"retry-after": "soon"}, body), at)
        assert outcome.verdict in Verdict
        assert (outcome.until is not None and outcome.until > at) or outcome.verdict is not Verdict.LIMITED
        assert platform(name).settle(asked, HttpAnswer(status, {}, body)).verdict in Verdict


def test_a_message_that_a_broken_server_may_have_sent_is_never_simply_repeated(
    name: str, order: Any, access: Access, answered: Any, now: datetime
) -> None:
    plan = platform(name).act(order(), access, now)
    if not plan.repeatable:
        for status in (500, 502, 503, 504, 408):
            outcome = platform(name).judge(replace(order(), way=plan.way), answered(status, b"<html>"), now)
            assert outcome.verdict is Verdict.UNKNOWN


# --- the list ---


def test_an_unknown_platform_is_an_unknown_channel() -> None:
    for name in ("myspace", "", "__init__", "signatures", "Facebook"):
        with pytest.raises(UnknownChannel):
            platform(name)


def test_a_platform_is_called_by_its_own_name(name: str) -> None:
    card = platform(name).CARD
    assert (card.name, name in PLATFORMS) == (name, True)
    assert card.text_unit in UNITS
    assert card.citation in ("link", "name")
    assert card.note.endswith(".")


def test_importing_a_platform_loads_nothing_heavy_and_no_other_platform(name: str) -> None:
    program = f"""
import sys
from tribune.platforms import platform, body
platform({name!r})
print(*(module for module in {HEAVY!r} if module in sys.modules))
print(*(other for other in {tuple(PLATFORMS)!r} if "tribune.platforms." + other in sys.modules))
"""
    shown = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
    assert shown.splitlines() == ["", name]
