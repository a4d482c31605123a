"""A real browser at the desk of a real local stack; skipped with a sentence where no Chromium is installed."""

import json
import shutil
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from local import configuration
from local.serve import applied
from local.stack import LocalStack
from tribune.platforms import generic

BLOG = "blog-garance"


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Chromium, headless."""
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if found is None:
        pytest.skip("no Chromium on this machine: the desk is not tried in a real browser")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def stack() -> Iterator[LocalStack]:
    """The whole local stack with the example's community."""
    with LocalStack() as running:
        applied(running, configuration.read(configuration.EXAMPLE_FILE))
        yield running


@pytest.fixture
def say(stack: LocalStack) -> Callable[..., None]:
    """Somebody comments on the example's blog, and the stack comes to rest."""
    example = configuration.read(configuration.EXAMPLE_FILE)
    channel = next(one for one in example.channels if one.platform == "generic")
    account = next(one for one in example.community.channels if one.platform == "generic").accounts[0].id

    def speak(identity: str, text: str, author: str = "u-1", thread: str = "billet-1") -> None:
        now = stack.clock.now()
        data: dict[str, Any] = {
            "id": identity,
            "text": text,
            "created_at": now.isoformat(),
            "author": {"id": author, "name": "Karim B."},
            "thread": {"id": thread},
            "space": account,
        }
        body = json.dumps({"type": "comment.created", "timestamp": now.isoformat(), "data": data}).encode()
        assert (
            stack.deliver("/webhooks/generic", generic.sign(body, channel.verify["current"], now, identity), body)
            == 200
        )
        stack.settle()

    return speak


@pytest.fixture
def new_page(chromium: Browser, stack: LocalStack) -> Iterator[Callable[..., Page]]:
    """A page of a browser of one's own: `email` signs in; every script error fails the test."""
    contexts: list[BrowserContext] = []
    errors: list[str] = []

    def opened(email: str = "", **options: Any) -> Page:
        context = chromium.new_context(**{"locale": "fr", "viewport": {"width": 390, "height": 844}} | options)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(10_000)
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(f"{stack.url}/desk")
        if email:
            page.get_by_role("button", name=email).click()
            page.wait_for_url("**/unanswered*")
        return page

    yield opened
    for context in contexts:
        context.close()
    assert errors == []
