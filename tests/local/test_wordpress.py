"""A comment written in a real WordPress's own page is answered in its own thread.

Debian's WordPress, MariaDB and PHP, our plugin, the whole local stack: skipped where they are not installed.
"""

import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from local import wordpress
from local.wordpress import SECRET, SPACE, Site
from tribune import web
from tribune.channel import Access, ActKind, Order, Outcome, Sweep, Verdict
from tribune.platforms import wordpress as platform

pytestmark = pytest.mark.skipif(bool(wordpress.missing()), reason=wordpress.missing() or "all is there")

ROOT = Path(__file__).resolve().parents[2]
QUESTION = "Bonjour, vous êtes ouverts le dimanche ?"
INSULT = "@Karim t'es vraiment un abruti si tu crois ça"


@dataclass
class Blog:
    """The site and the stack that it tells about its comments."""

    site: Site
    url: str

    def told(self, name: str) -> Any:
        connection = HTTPConnection(urlsplit(self.url).netloc, timeout=30)
        try:
            connection.request("GET", f"/_local/{name}")
            return json.loads(connection.getresponse().read())
        finally:
            connection.close()

    def comment(self, text: str, *, name: str, parent: int = 0) -> int:
        """Say it in the page; the comment's number."""
        self.site.say(text, name=name, parent=parent)
        return max(int(str(one["id"])) for one in self.site.comments(parent=parent))

    def answers_to(self, number: int, within_s: float = 20.0) -> list[str]:
        """What stands under a comment, once something does."""
        until = time.monotonic() + within_s
        while not (found := self.site.comments(parent=number)) and time.monotonic() < until:
            time.sleep(0.2)
        return [str(one["content"]["rendered"]) for one in found]

    def journal(self, number: int, within_s: float = 20.0) -> list[dict[str, Any]]:
        until = time.monotonic() + within_s
        while time.monotonic() < until:
            found = [one for one in self.told("journal") if one["object"] == f"1_{number}"]
            if found:
                return found
            time.sleep(0.2)
        return []


@pytest.fixture(scope="module")
def blog(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Blog]:
    port, file = wordpress.free_port(), tmp_path_factory.mktemp("wordpress") / "garance.yaml"
    with wordpress.running(f"http://127.0.0.1:{port}/webhooks/wordpress", SECRET, SPACE) as site:
        file.write_text(wordpress.configured(site), encoding="utf-8")
        process = subprocess.Popen(
            [sys.executable, "-m", "local.command", "serve", "--port", str(port), "--config", str(file)],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        try:
            assert process.stdout is not None
            ready = process.stdout.readline()
            assert ready.startswith("ready "), ready
            yield Blog(site, ready.split()[1])
        finally:
            process.send_signal(signal.SIGINT)
            process.communicate(timeout=60)


def test_a_question_asked_in_the_page_is_answered_under_it(blog: Blog) -> None:
    number = blog.comment(QUESTION, name="Nadia")
    (answer,) = blog.answers_to(number)
    assert "le dimanche de 10 h à 13 h" in answer
    assert "message automatique" in answer


def test_an_insult_gets_a_reminder_that_links_to_the_article(blog: Blog) -> None:
    number = blog.comment(INSULT, name="Paul")
    (answer,) = blog.answers_to(number)
    assert "#article-10" in answer


def test_our_own_answer_is_ours_when_the_plugin_tells_of_it(blog: Blog) -> None:
    number = blog.comment("Vous ouvrez à quelle heure ?", name="Zoé")
    blog.answers_to(number)
    time.sleep(1.0)
    measures = {one["measure"] for one in blog.told("journal") if one["community"] and one["object"] == f"1_{number}"}
    assert measures == {"lead"}
    assert len(blog.site.comments(parent=number)) == 1


def test_what_the_site_really_answers_is_what_we_take_it_for(blog: Blog) -> None:
    number = blog.comment("Joli vélo, merci.", name="Inès")
    values = {"rest_url": blog.site.rest_url, "user": blog.site.user, "password": blog.site.password}
    target, now = f"1_{number}", datetime.now(UTC)

    def carried(order: Order, **other: str) -> Outcome:
        call = platform.act(order, Access(SPACE, values | other), now).call
        return platform.judge(order, web.send(call, 10), now)

    def ordered(kind: ActKind, action_id: str, text: str = "") -> Order:
        return Order(action_id, kind, SPACE, target, target, text)

    reply = ordered(ActKind.REPLY, "act-real", "Avec plaisir : « 10 h » & <suite>")
    done = carried(reply)
    assert done.verdict is Verdict.DONE
    look = platform.look_back(reply, Access(SPACE, values))
    assert look is not None
    assert platform.settle(reply, web.send(look, 10)) == done
    assert carried(reply).why == "comment_duplicate"
    assert carried(ordered(ActKind.REPLY, "act-x", "Autre"), password="revoked").verdict is Verdict.TOKEN_DEAD
    for kind in (ActKind.HIDE, ActKind.HIDE, ActKind.UNHIDE, ActKind.DELETE, ActKind.DELETE):
        assert carried(ordered(kind, f"act-{kind}")).verdict is Verdict.DONE
    sweep = Sweep(SPACE, now - timedelta(hours=1))
    page = platform.gather(sweep, web.send(platform.poll(sweep, Access(SPACE, values), now), 10), now)
    assert page.outcome.verdict is Verdict.DONE
    assert done.id in {said.object for item in page.items for said in platform.read(item)}
