"""One contract for every way to reach a person: the message arrives whole, once, harmless; or the caller is told."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tribune.channel import HttpAnswer, HttpCall
from tribune.duty import CallMessage, Person, Way
from tribune.errors import BadConfiguration, NotSent, PerhapsSent, TribuneError, Unavailable
from tribune.managers import MANAGERS, deliver
from tribune.managers.edge import Edge
from tribune.managers.email import as_html
from tribune.managers.slack import payload

HOOK = "https://hooks.slack.example/services/T0/B0/secret"
CONSOLE = "http://127.0.0.1:8123/console"


@dataclass
class Outside:
    """The network and the mail service, with a memory; both can be told to fail."""

    answers: Callable[[HttpCall], HttpAnswer] = lambda _: HttpAnswer(200, {}, b"ok")
    mail_fails: TribuneError | None = None
    requests: list[HttpCall] = field(default_factory=list)
    letters: list[dict[str, str]] = field(default_factory=list)

    def send(self, call: HttpCall) -> HttpAnswer:
        self.requests.append(call)
        return self.answers(call)

    def mail(self, *, to: str, subject: str, text: str, html: str) -> None:
        if self.mail_fails:
            raise self.mail_fails
        self.letters.append({"to": to, "subject": subject, "text": text, "html": html})

    @property
    def edge(self) -> Edge:
        return Edge(self.send, self.mail)

    @property
    def everything(self) -> str:
        """All that left, as text."""
        bodies = [json.dumps(json.loads(call.body or b""), ensure_ascii=False) for call in self.requests]
        return "\n".join([*bodies, *(part for letter in self.letters for part in letter.values())])


MARIE = Person(id="marie", name="Marie Caron", initials="MC")
WAYS = {
    "console": (Way(kind="console"), CONSOLE),
    "email": (Way(kind="email", address="marie@garance.example"), None),
    "slack": (Way(kind="slack"), HOOK),
}


def message(
    *paragraphs: str, subject: str = "Menace sous une publication de Vélos Garance", link: str = ""
) -> CallMessage:
    return CallMessage(
        community="garance",
        call="threat-1",
        subject=subject,
        paragraphs=paragraphs or ("Un commentaire menace quelqu'un.", "Le commentaire est masqué."),
        link=link,
        link_words="Voir le commentaire" if link else "",
    )


def send(kind: str, outside: Outside, sent: CallMessage | None = None) -> None:
    way, secret = WAYS[kind]
    deliver(sent or message(), MARIE, way, secret, outside.edge)


def test_each_way_a_rota_can_name_has_its_manager_and_its_case_here() -> None:
    kinds = {manager.KIND for manager in MANAGERS}

    assert kinds == set(Way.model_fields["kind"].annotation.__args__) == set(WAYS)  # type: ignore[union-attr]


@pytest.mark.parametrize("kind", WAYS)
def test_the_message_arrives_whole_and_once(kind: str) -> None:
    outside = Outside()

    send(kind, outside, message("Un.", "Deux.", link="https://facebook.example/1"))

    assert len(outside.requests) + len(outside.letters) == 1
    for part in ("Menace sous une publication", "Un.", "Deux.", "https://facebook.example/1", "Voir le commentaire"):
        assert part in outside.everything


@pytest.mark.parametrize("kind", ["console", "slack"])
@pytest.mark.parametrize("status", [301, 400, 403, 404, 429, 500, 503])
def test_a_refusal_is_told(kind: str, status: int) -> None:
    with pytest.raises(Unavailable):
        send(kind, Outside(answers=lambda _: HttpAnswer(status, {}, b"no")))


@pytest.mark.parametrize("kind", ["console", "slack"])
@pytest.mark.parametrize("error", [NotSent("refused"), PerhapsSent("timeout")])
def test_silence_is_told(kind: str, error: TribuneError) -> None:
    def silent(_: HttpCall) -> HttpAnswer:
        raise error

    with pytest.raises(type(error)):
        send(kind, Outside(answers=silent))


def test_a_mail_service_that_refuses_is_told() -> None:
    with pytest.raises(Unavailable):
        send("email", Outside(mail_fails=Unavailable("ses: Throttling")))


@pytest.mark.parametrize("kind", WAYS)
def test_a_way_without_an_address_is_told_before_anything_leaves(kind: str) -> None:
    outside = Outside()

    with pytest.raises(BadConfiguration, match=f"marie.{kind}"):
        deliver(message(), MARIE, Way.model_validate({"kind": kind}), None, outside.edge)

    assert not outside.requests
    assert not outside.letters


@pytest.mark.parametrize(
    ("kind", "address"),
    [
        ("slack", "http://hooks.slack.example/services/T0"),
        ("slack", "ftp://hooks.slack.example"),
        ("slack", "http://[broken"),
        ("slack", "http://127.0.0.1.evil.example/x"),
        ("console", "https://console.example"),
        ("console", "http://console.example"),
        ("console", "http://127.0.0.1@console.example/"),
    ],
)
def test_a_call_leaves_over_https_or_stays_on_this_machine(kind: str, address: str) -> None:
    outside = Outside()

    with pytest.raises(BadConfiguration) as told:
        deliver(message(), MARIE, Way.model_validate({"kind": kind}), address, outside.edge)

    assert not outside.requests
    assert address not in str(told.value), "an address may be a secret"


# --- nobody else's characters become markup ---


class Tags(HTMLParser):
    """What a mail program would make of it."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.links: list[str] = []
        self.words = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.links += [value or "" for name, value in attrs if name == "href"]

    def handle_data(self, data: str) -> None:
        self.words += data


OURS = {"html", "head", "meta", "title", "body", "p", "strong", "br", "a"}


@given(said=st.text(max_size=80), url=st.text(max_size=40))
def test_no_word_of_a_member_becomes_html(said: str, url: str) -> None:
    page = Tags()
    page.feed(as_html(message(f"Extrait : {said}", subject=said, link="https://x.example/" + url)))

    assert page.tags <= OURS
    assert len(page.links) == 1
    assert page.links[0].startswith("https://x.example/")


def test_html_shows_the_words_as_they_were_said() -> None:
    page = Tags()
    page.feed(as_html(message("<script>alert(1)</script> & « non »")))

    assert "script" not in page.tags
    assert "<script>alert(1)</script> & « non »" in page.words


HOSTILE = "<!channel> <https://evil.example|cliquez> *gras* `code` & <@U123>"


def test_no_word_of_a_member_becomes_slack_markup_or_calls_a_whole_channel() -> None:
    sent = payload(message(HOSTILE, subject=HOSTILE, link="https://x.example/a|b?c=<d>"))
    blocks: list[Mapping[str, Mapping[str, str]]] = sent["blocks"]  # type: ignore[assignment]

    assert "<" not in str(sent["text"]).replace("&lt;", "")
    assert [block["text"]["type"] for block in blocks] == ["plain_text", "plain_text", "mrkdwn"]
    assert blocks[2]["text"]["text"] == "<https://x.example/a%7Cb?c=&lt;d&gt;|Voir le commentaire>"
    assert sent["unfurl_links"] is False
    assert sent["unfurl_media"] is False


def test_slack_s_limits_are_kept() -> None:
    sent = payload(message("x" * 5000, subject="y" * 400))
    blocks: list[Mapping[str, Mapping[str, str]]] = sent["blocks"]  # type: ignore[assignment]

    assert len(blocks[0]["text"]["text"]) <= 150
    assert len(blocks[1]["text"]["text"]) <= 3000


def test_a_subject_is_one_line_whatever_it_was_made_of() -> None:
    outside = Outside()

    send("email", outside, message(subject="Menace\r\nBcc: x@evil.example"))

    assert "\n" not in outside.letters[0]["subject"]
    assert "\r" not in outside.letters[0]["subject"]
