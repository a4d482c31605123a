"""receive_webhook through its real door: who is let in, with which status, and what is kept."""

import base64
import json
from datetime import timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from world import PAGE, World

from tribune.aws import clients, secrets
from tribune.platforms import PLATFORMS, platform


def event(
    name: str,
    raw: bytes,
    headers: dict[str, str],
    *,
    channel: str | None = None,
    encoded: bool = False,
    method: str = "POST",
    query: dict[str, str] | None = None,
) -> dict[str, Any]:
    """An HTTP API v2 event as the gateway makes it."""
    return {
        "requestContext": {"http": {"method": method}},
        "pathParameters": {"platform": name} | ({"channel": channel} if channel else {}),
        "headers": headers,
        "queryStringParameters": query or {},
        "body": base64.b64encode(raw).decode() if encoded else raw.decode("utf-8", "surrogateescape"),
        "isBase64Encoded": encoded,
    }


def signed(world: World, raw: bytes, name: str = "facebook", secret: str | None = None) -> dict[str, str]:
    return platform(name).sign(raw, secret or world.secrets[name], world.now, "msg_1")


def post(world: World, raw: bytes, headers: dict[str, str], **more: Any) -> int:
    return int(world.invoke("receive_webhook", event(more.pop("name", "facebook"), raw, headers, **more))["statusCode"])


def waiting(world: World) -> int:
    """How many items the inbox holds."""
    url = world.stack.queues()["InboxQueue"]
    found = clients.sqs().get_queue_attributes(QueueUrl=url, AttributeNames=["ApproximateNumberOfMessages"])
    return int(found["Attributes"]["ApproximateNumberOfMessages"])


def body(world: World, text: str = "Où trouver des sacoches ?") -> bytes:
    return json.dumps(world.comment(1, text)).encode()


def test_a_genuine_delivery_is_kept_and_answered_200(world: World) -> None:
    raw = body(world)

    assert post(world, raw, signed(world, raw)) == 200
    assert waiting(world) == 1


def test_base64_and_header_case_are_only_wrapping(world: World) -> None:
    raw = body(world, "Été à vélo 🚲")
    headers = {name.upper(): value for name, value in signed(world, raw).items()}

    assert post(world, raw, headers, encoded=True) == 200
    assert waiting(world) == 1


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"x-hub-signature-256": "sha256=" + "0" * 64},
        {"x-hub-signature-256": "sha256=é" + "0" * 63},
        {"x-hub-signature-256": "SHA256=" + "0" * 64},
        {"x-hub-signature": "sha1=" + "0" * 40},
    ],
    ids=["missing", "wrong", "not ASCII", "another prefix", "SHA-1 only"],
)
def test_a_forged_or_missing_signature_is_401_and_nothing_is_kept(
    world: World, headers: dict[str, str], capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    raw = body(world, "un secret de polichinelle")

    assert post(world, raw, headers) == 401
    assert waiting(world) == 0
    printed = capsys.readouterr().out + "".join(str(vars(line)) for line in caplog.records)
    assert '"SignaturesRefused":1' in printed
    assert "refused" in printed
    assert "polichinelle" not in printed


def test_the_previous_secret_is_good_during_a_rotation_and_the_next_one_at_once(world: World) -> None:
    raw = body(world)
    path = "/tribune/test/verify/facebook/main"
    secrets.put(path, json.dumps({"current": "new-secret", "previous": "facebook-app-secret"}))

    assert post(world, raw, signed(world, raw)) == 200
    assert post(world, raw, signed(world, raw, secret="new-secret")) == 200
    assert post(world, raw, signed(world, raw, secret="older-secret")) == 401


def test_a_secret_rotated_elsewhere_is_found_without_waiting_for_the_cache(world: World) -> None:
    raw = body(world)
    assert post(world, raw, signed(world, raw)) == 200
    clients.ssm().put_parameter(
        Name="/tribune/test/verify/facebook/main",
        Value=json.dumps({"current": "rotated"}),
        Type="SecureString",
        Overwrite=True,
    )
    world.now = world.now.replace(minute=2)

    assert post(world, raw, signed(world, raw, secret="rotated")) == 200


def test_a_handshake_echoes_the_challenge_to_who_knows_the_token_and_to_nobody_else(world: World) -> None:
    query = {"hub.mode": "subscribe", "hub.challenge": "1158201444", "hub.verify_token": "verify-token"}
    answer = world.invoke("receive_webhook", event("facebook", b"", {}, method="GET", query=query))
    assert (answer["statusCode"], answer["body"]) == (200, "1158201444")
    assert answer["headers"]["content-type"].startswith("text/plain")

    wrong = query | {"hub.verify_token": "guess"}
    assert world.invoke("receive_webhook", event("facebook", b"", {}, method="GET", query=wrong))["statusCode"] == 403


def test_a_handshake_is_answered_with_what_was_given_last_without_waiting_for_the_cache(world: World) -> None:
    raw = body(world)
    assert post(world, raw, signed(world, raw)) == 200
    clients.ssm().put_parameter(
        Name="/tribune/test/verify/facebook/main",
        Value=json.dumps({"current": "facebook-app-secret", "token": "another-token"}),
        Type="SecureString",
        Overwrite=True,
    )
    world.now += timedelta(minutes=2)
    query = {"hub.mode": "subscribe", "hub.challenge": "1158201444"}
    said = [
        world.invoke(
            "receive_webhook", event("facebook", b"", {}, method="GET", query=query | {"hub.verify_token": token})
        )["statusCode"]
        for token in ("another-token", "verify-token")
    ]
    assert said == [200, 403]


def test_a_line_verify_call_gets_200(world: World) -> None:
    raw = json.dumps({"destination": "U" + "0" * 32, "events": []}).encode()

    assert post(world, raw, signed(world, raw, "line"), name="line") == 200
    assert waiting(world) == 0


@pytest.mark.parametrize(
    ("name", "channel"), [("myspace", None), ("facebook", "elsewhere"), ("facebook", "../act/facebook é"), ("", None)]
)
def test_an_unknown_platform_or_channel_is_404(world: World, name: str, channel: str | None) -> None:
    raw = body(world)

    assert post(world, raw, signed(world, raw), name=name, channel=channel) == 404
    assert waiting(world) == 0


@pytest.mark.parametrize("name", sorted(name for name, module in PLATFORMS.items() if module.CARD.pushes))
def test_an_unknown_channel_is_404_although_something_of_the_right_shape_proves_the_sender(
    world: World, name: str
) -> None:
    raw = body(world)
    headers = platform(name).sign(raw, "whsec_c29tZWJvZHkgZWxzZSdzIHNlY3JldA==", world.now, "msg_1")

    assert post(world, raw, headers, name=name, channel="shop") == 404


def test_a_body_whose_base64_is_broken_is_400(world: World) -> None:
    for text in ("été", "a", "!!!!", "\ud83d"):
        broken = event("facebook", b"", {}) | {"body": text, "isBase64Encoded": True}

        assert world.invoke("receive_webhook", broken)["statusCode"] == 400


@pytest.mark.parametrize(("encoded", "status"), [(False, 404), (True, 400)])
def test_what_a_stranger_writes_in_an_address_stands_in_no_log_and_names_no_metric(
    world: World, encoded: bool, status: int, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    for name, channel in (("telegram", "110201543:AAHdqTcvCH1vGWJxfSeo"), ("+33612345678", "AAHdqTcvCH1vGWJxfSeo")):
        asked = event(name, b"", {}, channel=channel) | {"body": "no base64!", "isBase64Encoded": encoded}
        assert world.invoke("receive_webhook", asked)["statusCode"] == status

    printed = capsys.readouterr().out + "".join(str(vars(line)) for line in caplog.records)
    assert [told for told in ("AAHdqTcvCH1vGWJxfSeo", "33612345678", "CloudWatchMetrics") if told in printed] == []


def test_more_than_a_mebibyte_is_413_before_anything_is_verified(world: World) -> None:
    raw = b" " * (1024 * 1024 + 1)

    assert post(world, raw, {}) == 413


POISON = {
    "not JSON": b"hello",
    "half a surrogate cut": b'{"object": "page", "entry": "\xff"}',
    "deep": b'{"object":"page","entry":' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    "a huge integer": b'{"object":"page","entry":[{"id":' + b"9" * 5000 + b"}]}",
    "NaN": b'{"object":"page","entry":NaN}',
    "twice the same key": b'{"object":"page","object":"page","entry":[]}',
    "UTF-16": '{"object":"page","entry":[]}'.encode("utf-16"),
    "another envelope": b'{"hello":"world"}',
}


@pytest.mark.parametrize("raw", POISON.values(), ids=POISON.keys())
def test_a_genuine_signature_under_an_unreadable_body_is_400(world: World, raw: bytes) -> None:
    assert post(world, raw, signed(world, raw), encoded=True) == 400
    assert waiting(world) == 0


def test_a_truncated_emoji_and_a_nul_are_mended_and_the_comment_is_read(world: World) -> None:
    raw = body(world, "X").replace(b'"X"', b'"vu \\ud83d ici \\u0000 !"')

    assert post(world, raw, signed(world, raw)) == 200
    world.settle()
    assert world.head("garance", "facebook", PAGE, "1_1") is not None


def test_what_the_channel_may_not_speak_for_is_dropped_and_counted(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    delivery = world.comment(1, "Bonjour")
    delivery["entry"].append(delivery["entry"][0] | {"id": "4004"})
    raw = json.dumps(delivery).encode()

    assert post(world, raw, signed(world, raw)) == 200
    assert waiting(world) == 1
    assert '"ItemsDropped":1' in capsys.readouterr().out


def test_a_delivery_of_a_thousand_comments_is_split_within_the_queues_limits(world: World) -> None:
    delivery = world.comment(0, "x")
    change = delivery["entry"][0]["changes"][0]
    delivery["entry"][0]["changes"] = [
        {"field": "feed", "value": change["value"] | {"comment_id": f"1_{number}", "message": "à" * 300}}
        for number in range(1000)
    ]
    raw = json.dumps(delivery, ensure_ascii=False).encode()

    assert post(world, raw, signed(world, raw)) == 200
    assert waiting(world) == 1000


def test_when_the_queue_takes_only_a_part_the_platform_is_asked_to_come_again(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    raw = body(world)
    monkeypatch.setattr(
        clients.sqs(),
        "send_message_batch",
        lambda **_: {"Successful": [], "Failed": [{"Id": "0", "SenderFault": False}]},
    )

    assert post(world, raw, signed(world, raw)) == 503


def test_when_the_queue_is_down_the_platform_is_asked_to_come_again(
    world: World, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def down(**_: Any) -> None:
        raise ClientError({"Error": {"Code": "ServiceUnavailable"}}, "SendMessageBatch")

    raw = body(world)
    monkeypatch.setattr(clients.sqs(), "send_message_batch", down)

    assert post(world, raw, signed(world, raw)) == 503
    assert '"DeliveriesNotKept":1' in capsys.readouterr().out


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(raw=st.binary(max_size=200), signature=st.text(max_size=90), genuine=st.booleans())
def test_no_bytes_whatever_make_it_answer_anything_but_a_documented_status(
    world: World, *, raw: bytes, signature: str, genuine: bool
) -> None:
    headers = signed(world, raw) if genuine else {"x-hub-signature-256": signature}

    answer = world.invoke("receive_webhook", event("facebook", raw, headers, encoded=True))

    assert answer["statusCode"] in ({200, 400} if genuine else {401})
