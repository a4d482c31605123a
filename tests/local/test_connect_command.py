"""tribune connect: what it takes, said in both languages, and a signed trial against a stack that really runs."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib import import_module
from typing import cast

import pytest
import yaml

from local import configuration, connect_command
from local.command import main
from local.connect_command import TRIALS
from local.serve import applied, description
from local.stack import LocalStack
from tribune import words
from tribune.channel import Access, Refreshed
from tribune.platforms import PLATFORMS, platform


@pytest.fixture(scope="module")
def running() -> Iterator[LocalStack]:
    """The local stack with the example configuration."""
    with LocalStack() as stack:
        applied(stack, configuration.read(configuration.EXAMPLE_FILE))
        yield stack


@pytest.fixture(autouse=True)
def only_this_one(running: LocalStack, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connect_command, "running", lambda: (description(running),))
    monkeypatch.setattr(connect_command.clock, "now", running.clock.now)


CONFIGURED = sorted({one.platform for one in configuration.read(configuration.EXAMPLE_FILE).channels})


@pytest.mark.parametrize("name", CONFIGURED)
def test_a_channel_that_was_applied_answers_every_trial(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    code = main(["connect", name, "--lang", "en"])

    said = capsys.readouterr().out
    assert code == 0, said
    assert "fails" not in said
    assert "[ ]" not in said or name in {"x", "linkedin", "youtube"}, "every secret that is asked for is there"


def test_a_channel_that_was_never_applied_is_said_to_be_missing(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["connect", "generic", "--channel", "shop"]) == 1
    assert "generic/shop" in capsys.readouterr().out


def test_a_secret_that_the_stack_does_not_have_is_a_trial_that_fails(
    running: LocalStack, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    stored = connect_command._stored
    monkeypatch.setattr(
        connect_command,
        "_stored",
        lambda target, purpose, *name: (
            {"current": "another"} if purpose == "verify" else stored(target, purpose, *name)
        ),
    )
    assert main(["connect", "line", "--lang", "en"]) == 1
    assert "fails a signed delivery is received (answer 401)" in capsys.readouterr().out
    assert running.cloud.denied == {}


def test_no_secret_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    example = configuration.read(configuration.EXAMPLE_FILE)
    for channel in example.channels:
        main(["connect", channel.platform])
        said = capsys.readouterr().out
        assert not [one for one in (*channel.verify.values(), *channel.act.values()) if len(one) > 8 and one in said]


def test_an_unknown_platform_and_an_absent_stack_are_said(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["connect", "myspace"]) == 2
    monkeypatch.setattr(connect_command, "running", lambda: ())
    assert main(["connect", "line"]) == 1
    assert "tribune serve" in capsys.readouterr().err


@pytest.mark.parametrize("language", ["fr", "en"])
def test_every_platform_has_its_page_and_both_languages_name_the_same_secrets(language: str) -> None:
    told = words.table(language, "connect")["platforms"]
    other = words.table("en", "connect")["platforms"]

    assert set(told) == set(PLATFORMS)
    assert {name: list(page["secrets"]) for name, page in told.items()} == {
        name: list(page["secrets"]) for name, page in other.items()
    }


RIGHTS = re.compile(
    r"\b(?:(?:pages|instagram|threads|rw|r|w)_[a-z_]{6,}|(?:tweet|users|post)\.[a-z.]+[a-z]|offline\.access"
    r"|live_comments|message_echoes|message_edits|allowed_updates)\b"
)
"""What a platform's documents call a permission, or an event that has to be asked for."""


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("name", PLATFORMS)
def test_what_a_module_says_it_takes_is_asked_of_the_operator(name: str, language: str) -> None:
    page = str(words.table(language, "connect")["platforms"][name])
    wanted = set(RIGHTS.findall(import_module(f"tribune.platforms.{name}").__doc__ or ""))

    assert {right for right in wanted if right not in page} == set()


@pytest.mark.parametrize("name", [name for name in PLATFORMS if platform(name).CARD.refreshes])
def test_whatever_a_renewal_needs_is_asked_for(name: str) -> None:
    asked = words.table("en", "connect")["platforms"][name]["secrets"]
    given = {secret.removeprefix("act."): "2026-01-01T00:00:00Z" for secret in asked if secret.startswith("act.")}

    renewal = cast("Refreshed", platform(name)).refresh(Access("1", given), datetime(2026, 1, 1, tzinfo=UTC))

    assert renewal is not None


def test_a_trial_concerns_nobody_and_every_platform_that_pushes_has_one() -> None:
    trials = yaml.safe_load(TRIALS.read_text(encoding="utf-8"))

    assert set(trials) == {name for name in PLATFORMS if platform(name).CARD.pushes}
    for name, trial in trials.items():
        body = yaml.safe_dump(trial["body"])
        assert [said for item in platform(name).split(trial["body"]) for said in platform(name).read(item)] == [], body
