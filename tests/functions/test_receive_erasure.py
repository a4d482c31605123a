"""receive_erasure: what is no request of a platform's is refused, whatever it is made of."""

import pytest
from world import World


def ask(
    world: World, body: str, *, encoded: bool = False, platform: str = "facebook", channel: str | None = None
) -> int:
    event = {
        "routeKey": "POST /erasure/{platform}",
        "pathParameters": {"platform": platform} | ({"channel": channel} if channel else {}),
        "headers": {"host": "api.example", "content-type": "application/x-www-form-urlencoded"},
        "body": body,
        "isBase64Encoded": encoded,
        "requestContext": {"http": {"method": "POST"}},
    }
    return int(world.invoke("receive_erasure", event)["statusCode"])


def test_nothing_but_a_proven_request_is_kept(world: World) -> None:
    for body in (
        "",
        "signed_request=",
        "signed_request=a",
        "signed_request=.",
        "signed_request=é.é",
        "x" * 20_000,
        "{}",
    ):
        assert ask(world, body) in {400, 401, 413}
    assert ask(world, "no base64!", encoded=True) == 400
    assert ask(world, "signed_request=a.b", platform="myspace") == 404
    assert world.pump() == 0


@pytest.mark.parametrize("channel", ["main:1", "shop é", "x" * 65, "../act"])
def test_what_no_channel_is_called_is_404_and_no_store_is_asked_for_it(world: World, channel: str) -> None:
    # SSM refuses some of these names; a refusal of a store is a 503, and a few of those ring the person on duty.
    asked = len(world.calls.names)

    assert ask(world, "signed_request=a.b", channel=channel) == 404
    assert world.calls.names[asked:] == []
