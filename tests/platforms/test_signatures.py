"""Signature recipes, against the published examples and against people who do not play fair."""

import base64
import hashlib
import hmac
from datetime import UTC, datetime, timedelta

import pytest

from tribune.channel import Secrets
from tribune.errors import BadConfiguration, Forged
from tribune.platforms import signatures

# The example of the Standard Webhooks reference libraries.
KNOWN_SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
KNOWN_ID = "msg_p5jXN8AQM9LWM0D4loKWxJek"
KNOWN_BODY = b'{"test": 2432232314}'
KNOWN_TIME = datetime.fromtimestamp(1614265330, UTC)
KNOWN_SIGNATURE = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
KNOWN = {"webhook-id": KNOWN_ID, "webhook-timestamp": "1614265330", "webhook-signature": KNOWN_SIGNATURE}


def accepts(secret: str = KNOWN_SECRET, now: datetime = KNOWN_TIME, **changed: str) -> None:
    headers = KNOWN | {name.replace("_", "-"): value for name, value in changed.items()}
    signatures.verify_standard(headers, KNOWN_BODY, Secrets(secret), now)


def test_the_published_standard_webhooks_example_is_signed_and_accepted() -> None:
    assert signatures.sign_standard(KNOWN_BODY, KNOWN_SECRET, KNOWN_TIME, KNOWN_ID) == KNOWN
    accepts()


def test_meta_s_recipe_is_the_hexadecimal_hmac_of_the_raw_body() -> None:
    body = rb'{"message":"\u00e4\u00f6\u00e5 \/ 5 %"}'
    expected = "sha256=" + hmac.new(b"app secret", body, hashlib.sha256).hexdigest()
    assert signatures.sign_hex(body, "app secret", "sha256=") == expected
    signatures.verify_hex(expected, body, Secrets("app secret"), "sha256=")


def test_line_s_recipe_is_the_base64_hmac_of_the_raw_body() -> None:
    body = '{"destination":"U1","events":[],"note":"é"}'.encode()
    expected = base64.b64encode(hmac.new(b"channel secret", body, hashlib.sha256).digest()).decode()
    assert signatures.sign_base64(body, "channel secret") == expected
    signatures.verify_base64(expected, body, Secrets("channel secret"))


@pytest.mark.parametrize("secret", [KNOWN_SECRET, KNOWN_SECRET.removeprefix("whsec_")])
def test_a_standard_secret_comes_with_or_without_its_prefix(secret: str) -> None:
    accepts(secret)


def test_a_standard_secret_may_lack_its_padding() -> None:
    padded = base64.b64encode(b"twenty-five bytes of key!").decode()
    assert padded.endswith("=")
    assert signatures.standard_key(f"whsec_{padded.rstrip('=')}") == b"twenty-five bytes of key!"


def test_a_secret_that_is_no_base64_is_the_bytes_it_is_unless_it_promised_base64() -> None:
    assert signatures.standard_key("une phrase, pas du base64") == b"une phrase, pas du base64"
    with pytest.raises(BadConfiguration):
        signatures.standard_key("whsec_une phrase")


@pytest.mark.parametrize("secret", ["", "whsec_"])
def test_an_empty_secret_is_a_mistake(secret: str) -> None:
    with pytest.raises(BadConfiguration):
        signatures.standard_key(secret)


def test_one_good_signature_in_a_list_is_enough_and_unknown_versions_are_skipped() -> None:
    other = "v1,AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="
    for listed in (
        f"{other} {KNOWN_SIGNATURE}",
        f"{KNOWN_SIGNATURE} {other}",
        f"v1a,hnO3f9T8Ytu9HwrXslvumlUpqtNVqkhqw/enGzPCXe5BdqzCInXqYXFymVJaA7AZdpXwVLPo3mNl8EM+m7TBAg== {KNOWN_SIGNATURE}",
        f"v2,etc {KNOWN_SIGNATURE}",
    ):
        accepts(webhook_signature=listed)


@pytest.mark.parametrize(
    "listed",
    [
        "",
        KNOWN_SIGNATURE.removeprefix("v1,"),
        KNOWN_SIGNATURE.replace("v1,", "v2,"),
        KNOWN_SIGNATURE.replace("v1,", "v1a,"),
        KNOWN_SIGNATURE.replace("v1,", "v1="),
        KNOWN_SIGNATURE.replace("OE=", "OF="),  # decodes to the same bytes: a text that nobody sent
        f"\t{KNOWN_SIGNATURE}",
        "v1,é",
        KNOWN_SIGNATURE[:-2] + "é=",
        " ".join([KNOWN_SIGNATURE] * 17),
    ],
)
def test_a_list_without_a_genuine_signature_is_forged(listed: str) -> None:
    with pytest.raises(Forged):
        accepts(webhook_signature=listed)


@pytest.mark.parametrize(
    "timestamp",
    ["", "1614265330 ", " 1614265330", "16142653_30", "١٦١٤٢٦٥٣٣٠", "1614265330.0", "nan", "-1614265330", "+1614265330",
     "0x60378A72", "161426533", "16142653300", "1614265330\n"],
)  # fmt: skip
def test_a_timestamp_is_ten_ascii_digits_and_nothing_else(timestamp: str) -> None:
    with pytest.raises(Forged):
        signatures.timely(timestamp, KNOWN_TIME)


def test_a_timestamp_lies_within_five_minutes_of_now_in_both_directions() -> None:
    accepts(now=KNOWN_TIME + timedelta(seconds=300))
    accepts(now=KNOWN_TIME - timedelta(seconds=300))
    for far in (timedelta(seconds=300, microseconds=1), timedelta(seconds=-300, microseconds=-1), timedelta(days=9000)):
        with pytest.raises(Forged):
            accepts(now=KNOWN_TIME + far)


def test_an_id_and_a_timestamp_cannot_trade_characters() -> None:
    content = f"{KNOWN_ID}.1614265330.".encode() + KNOWN_BODY
    digest = hmac.digest(signatures.standard_key(KNOWN_SECRET), content, "sha256")
    assert f"v1,{base64.b64encode(digest).decode()}" == KNOWN_SIGNATURE
    with pytest.raises(Forged):
        accepts(webhook_id=f"{KNOWN_ID}.1614265330")
    with pytest.raises(BadConfiguration):
        signatures.sign_standard(KNOWN_BODY, KNOWN_SECRET, KNOWN_TIME, "two.parts")


def test_every_secret_is_tried_even_when_the_first_one_matches(monkeypatch: pytest.MonkeyPatch) -> None:
    tried: list[str] = []
    compare = hmac.compare_digest

    def noted(given: str, expected: str) -> bool:
        tried.append(expected)
        return compare(given, expected)

    monkeypatch.setattr(hmac, "compare_digest", noted)
    rotating = Secrets(current="new", previous="old")
    for secret in ("new", "old"):
        tried.clear()
        signatures.verify_base64(signatures.sign_base64(b"x", secret), b"x", rotating)
        assert len(tried) == 2


def test_sha_1_is_not_accepted_in_place_of_sha_256() -> None:
    legacy = "sha1=" + hmac.new(b"s", b"x", "sha1").hexdigest()
    for header in (legacy, legacy.replace("sha1=", "sha256=")):
        with pytest.raises(Forged):
            signatures.verify_hex(header, b"x", Secrets("s"), "sha256=")


def test_secrets_are_compared_whatever_they_are_made_of() -> None:
    assert signatures.same("jeton-é", "jeton-é")
    assert not signatures.same("jeton-é", "jeton-è")
    assert not signatures.same("\ud83d", "")
