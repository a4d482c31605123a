"""`tribune serve` with one channel of every platform, from outside: who gets in, how, and what comes of it.

Nothing of ours is imported: deliveries are signed by the platforms' documentation (`bench.seals`), and every answer
is read over HTTP.
"""

import hashlib
import hmac
import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

import pytest
from everywhere import PLACES, Place, body
from outside import ROOT, Caller, serving

from bench.seals import META, SILENT, STANDARD, WAYS, mac, sealed, text

PUSHING = sorted(PLACES.keys() - set(SILENT))
SIGNED = sorted(set(PUSHING) - {"telegram"})
"""Telegram signs nothing: a secret beside the body is all there is."""
A_POLL = timedelta(minutes=5)


@dataclass
class Everywhere(Caller):
    """Every platform, speaking to us."""

    def secret(self, name: str) -> str:
        return str(self.channel(name)["verify"]["current"])

    def seal(self, name: str, raw: bytes, *, minutes_ago: int = 0) -> dict[str, str]:
        at = self.now - timedelta(minutes=minutes_ago)
        return sealed(WAYS[name], raw, self.secret(name), at, f"msg_{next(self.numbers)}")

    def speak(self, place: Place, delivery: Any) -> int:
        raw = body(delivery)
        name = place.path or place.name
        return self.send(name, raw, self.seal(name, raw))

    def shake(self, name: str, **query: str) -> tuple[int, str, bytes]:
        answer = self.ask("GET", f"/webhooks/{name}?{urlencode(query)}")
        return answer.status, answer.kind, answer.body

    def said(self, name: str, number: int, words: str = "") -> bytes:
        place = PLACES[name]
        assert place.said is not None
        return body(place.said(number, words or place.text, self.now))

    def acts_so_far(self, name: str) -> int:
        """How much reached a platform's twin, once nothing of what came before is on its way."""
        self.settle()
        return len(self.acts(name))

    def acts(self, name: str) -> list[dict[str, Any]]:
        return self.outbox(to=name)

    def advance(self, by: timedelta) -> None:
        self.order("clock", advance_s=by.total_seconds())

    def until(self, name: str, count: int) -> list[dict[str, Any]]:
        """What reached a platform's twin, once so much did and nothing moves any more; time passes by polls."""
        for _ in range(8):
            self.settle()
            if len(self.acts(name)) >= count:
                break
            self.advance(A_POLL)
            time.sleep(0.3)  # the schedules look at the clock when they wake
        self.settle()
        return self.acts(name)


@pytest.fixture(scope="module")
def outside(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Everywhere]:
    """One `serve` for the whole module, on the working example: it has a channel of every platform."""
    configuration = (ROOT / "local" / "example.yaml").read_text(encoding="utf-8")
    yield from serving(Everywhere, configuration, tmp_path_factory.mktemp("everywhere"))


def test_the_configuration_has_one_channel_of_every_platform(outside: Everywhere) -> None:
    modules = Path(ROOT / "layers/common/tribune/platforms/__init__.py").read_text(encoding="utf-8")

    configured = [channel["platform"] for channel in outside.configuration["channels"]]
    assert sorted(configured) == sorted(PLACES)
    assert all(outside.account(name) == place.account for name, place in PLACES.items())
    assert all(f'"tribune.platforms.{name}"' in modules for name in PLACES)
    assert modules.count('": "tribune.platforms.') == len(PLACES)


# --- the handshakes, as documented ---


@pytest.mark.parametrize("name", META)
def test_metas_challenge_is_echoed_to_whoever_knows_the_token(outside: Everywhere, name: str) -> None:
    asked = {"hub.mode": "subscribe", "hub.challenge": "1158201444"}
    token = outside.channel(name)["verify"]["token"]

    assert outside.shake(name, **asked, **{"hub.verify_token": token}) == (200, "text/plain", b"1158201444")
    assert outside.shake(name, **asked, **{"hub.verify_token": token.upper()})[0] == 403
    assert outside.shake(name, **asked)[0] == 403
    assert outside.shake(name, **asked | {"hub.challenge": "<b>1</b>"}, **{"hub.verify_token": token})[0] == 403


def test_xs_crc_is_answered_with_a_base64_signature(outside: Everywhere) -> None:
    expected = "sha256=" + text(mac(b"local-x-consumer-secret", b"MTcxNDU2Nzg5MA"))

    status, kind, answer = outside.shake("x", crc_token="MTcxNDU2Nzg5MA", nonce="n")

    assert (status, kind, json.loads(answer)) == (200, "application/json", {"response_token": expected})


def test_linkedins_challenge_is_answered_with_a_hexadecimal_signature(outside: Everywhere) -> None:
    code = str(uuid4())
    expected = hmac.new(b"local-linkedin-client-secret", code.encode(), hashlib.sha256).hexdigest()

    status, kind, answer = outside.shake("linkedin", challengeCode=code, applicationId="86abc")

    told = {"challengeCode": code, "challengeResponse": expected}
    assert (status, kind, json.loads(answer)) == (200, "application/json", told)


@pytest.mark.parametrize(("name", "field"), [("x", "crc_token"), ("linkedin", "challengeCode")])
def test_a_challenge_signs_no_delivery_for_a_stranger(outside: Everywhere, name: str, field: str) -> None:
    for prefix in ("", "hmacsha256="):
        assert outside.shake(name, **{field: prefix + outside.said(name, 1).decode()})[0] == 403


def test_lines_verify_button_is_a_signed_delivery_of_nothing(outside: Everywhere) -> None:
    raw = body({"destination": PLACES["line"].account, "events": []})

    assert outside.send("line", raw, outside.seal("line", raw)) == 200


# --- the signatures, as documented ---


@pytest.mark.parametrize("name", PUSHING)
def test_what_is_signed_as_documented_gets_in_and_nothing_else_does(outside: Everywhere, name: str) -> None:
    raw = outside.said(name, next(outside.numbers), "Bonjour à tous")
    good = outside.seal(name, raw)
    spoilt = [{}, {header: value + "A" for header, value in good.items()}]
    spoilt += [{header: value[:-1] for header, value in good.items()}]
    spoilt += [{header: value.swapcase() for header, value in good.items()}]
    spoilt += [{header: f"{value[:-1]}é" for header, value in good.items()}]
    spoilt += [sealed(WAYS[name], raw, "bG9jYWwtdGVzdC1ndWVzc2VkLWEtc2VjcmV0", outside.now)]

    assert [outside.send(name, raw, headers) for headers in spoilt] == [401] * len(spoilt)
    assert outside.send(name, raw, {header.title(): value for header, value in good.items()}) == 200


@pytest.mark.parametrize("name", SIGNED)
def test_the_same_json_written_otherwise_is_another_body(outside: Everywhere, name: str) -> None:
    raw = outside.said(name, next(outside.numbers))
    rewritten = json.dumps(json.loads(raw), separators=(",", ":")).encode()

    assert json.loads(rewritten) == json.loads(raw)
    assert outside.send(name, rewritten, outside.seal(name, raw)) == 401


@pytest.mark.parametrize("name", META)
def test_sha_1_alone_proves_nothing(outside: Everywhere, name: str) -> None:
    raw = outside.said(name, next(outside.numbers))
    digest = hmac.new(outside.secret(name).encode(), raw, hashlib.sha1).hexdigest()

    assert outside.send(name, raw, {"X-Hub-Signature": f"sha1={digest}"}) == 401
    assert outside.send(name, raw, {"X-Hub-Signature-256": f"sha1={digest}"}) == 401


@pytest.mark.parametrize("name", ["line", "x", *STANDARD])
def test_a_base64_signature_has_its_case(outside: Everywhere, name: str) -> None:
    raw = outside.said(name, next(outside.numbers), "Bonjour à tous")
    good = outside.seal(name, raw)
    header = next(one for one in good if "signature" in one)
    prefix, signature = good[header][:-44], good[header][-44:]
    place = next(at for at, letter in enumerate(signature) if letter.isalpha())
    altered = signature[:place] + signature[place].swapcase() + signature[place + 1 :]

    assert outside.send(name, raw, good | {header: prefix + altered}) == 401
    assert outside.send(name, raw, good) == 200


def test_linkedin_signs_a_prefix_with_its_body(outside: Everywhere) -> None:
    raw = outside.said("linkedin", next(outside.numbers))
    bare = mac(outside.secret("linkedin").encode(), raw).hex()

    assert outside.send("linkedin", raw, {"X-LI-Signature": bare}) == 401
    assert outside.send("linkedin", raw, {"X-LI-Signature": f"hmacsha256={bare}"}) == 401


@pytest.mark.parametrize("name", STANDARD)
def test_what_was_signed_long_ago_is_not_played_again(outside: Everywhere, name: str) -> None:
    raw = outside.said(name, next(outside.numbers))
    now = str(int(outside.now.timestamp()))

    assert outside.send(name, raw, outside.seal(name, raw, minutes_ago=6)) == 401
    assert outside.send(name, raw, outside.seal(name, raw, minutes_ago=-6)) == 401
    assert outside.send(name, raw, outside.seal(name, raw, minutes_ago=6) | {"webhook-timestamp": now}) == 401


@pytest.mark.parametrize("name", SILENT)
def test_in_the_name_of_who_pushes_nothing_nobody_gets_in(outside: Everywhere, name: str) -> None:
    raw = b'{"items": []}'

    for scheme in set(WAYS.values()):
        assert outside.send(name, raw, sealed(scheme, raw, outside.secret(name), outside.now)) == 401


@pytest.mark.parametrize("name", [*PUSHING, "myspace"])
def test_where_nobody_listens_is_404(outside: Everywhere, name: str) -> None:
    raw = b"{}"
    headers = sealed(WAYS.get(name, "meta"), raw, "c29tZWJvZHkgZWxzZSdzIHNlY3JldA==", outside.now)

    assert outside.send(name, raw, headers, f"/webhooks/{name}/nowhere") == 404
    assert outside.send("myspace", raw, headers) == 404


# --- what comes of it ---


@pytest.mark.parametrize("name", PUSHING)
def test_somebody_is_answered_once_where_they_spoke_however_often_it_is_delivered(
    outside: Everywhere, name: str
) -> None:
    place, number = PLACES[name], next(outside.numbers)
    assert place.said is not None
    before = outside.acts_so_far(name)
    delivery = place.said(number, place.text, outside.now)

    assert [outside.speak(place, delivery) for _ in range(3)] == [200] * 3
    acts = outside.until(name, before + 1)[before:]

    assert [(act["kind"], act["object"]) for act in acts if act["status"] < 300] == [("reply", place.target(number))]
    assert acts[0]["account"] == place.account


@pytest.mark.parametrize("name", SILENT)
def test_who_speaks_where_nothing_is_pushed_is_answered_once_too(outside: Everywhere, name: str) -> None:
    place = PLACES[name]
    before = outside.acts_so_far(name)

    told = outside.order(f"twin/{name}", say={"account": place.account, "text": place.text})
    assert told.status == 200
    outside.until(name, before + 1)
    outside.advance(A_POLL)
    acts = outside.until(name, before + 2)[before:]

    assert [(act["kind"], act["object"], act["status"]) for act in acts] == [("reply", told.json["said"], 200)]


@pytest.mark.parametrize("name", [name for name in PUSHING if PLACES[name].ours])
def test_our_own_comment_is_never_answered(outside: Everywhere, name: str) -> None:
    place, number = PLACES[name], next(outside.numbers)
    assert place.ours is not None
    before = outside.acts_so_far(name)

    assert outside.speak(place, place.ours(number, place.text, outside.now)) == 200
    outside.settle()

    assert outside.acts(name)[before:] == []
    assert outside.journal(place.target(number)) == []


def test_nothing_is_left_behind(outside: Everywhere) -> None:
    state = outside.settle()

    assert not [name for name in state["parked"] if name.endswith("Unhandled")]
