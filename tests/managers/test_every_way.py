"""One contract for every way to reach a person: the message arrives whole, once, harmless; or the caller is told.

What a way refuses, its twin refuses; what leaves here goes to the twins.
"""

import json
import re
from base64 import b64encode
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from dataclasses import replace as changed
from datetime import UTC, datetime
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from local.hosting import ConsoleTwin
from local.twins import Fate, Outbox, TwinRequest
from local.twins.carried import MailTwin, SmsTwin
from local.twins.line_calls import LineCallsTwin
from local.twins.slack import SlackTwin
from local.twins.teams import MOST_BYTES, TeamsTwin
from local.twins.telegram_calls import TelegramCallsTwin
from tribune import words
from tribune.aws.mail import written
from tribune.channel import HttpAnswer, HttpCall
from tribune.duty import Button, CallMessage, Person, Way
from tribune.errors import BadConfiguration, NotSent, PerhapsSent, TribuneError, Unavailable
from tribune.lengths import length
from tribune.managers import MANAGERS, deliver, line, sms, teams, telegram
from tribune.managers.edge import Edge, address, as_text
from tribune.managers.email import as_html
from tribune.managers.slack import payload
from tribune.words import LANGUAGES

NOW = datetime(2026, 11, 24, 14, 5, tzinfo=UTC)
HOOK = "https://hooks.slack.example/services/marie"
FLOW = "https://flows.teams.example/workflows/marie"
CONSOLE = "http://127.0.0.1:8123/console"
LINE_ID, LINE_TOKEN = "U" + "0123456789abcdef" * 2, "line-channel/token+of=the-house"
BOT = "1234567890:bot-token"
CHAT = "4815162342"
NUMBER = "+33639980001"
DESK = "https://charte.garance.example/desk/garance"


@dataclass
class Outside:
    """The twins of every way, behind the network and AWS; what AWS or the network does can be replaced."""

    answers: Callable[[HttpCall], HttpAnswer] | None = None
    aws_fails: TribuneError | None = None
    requests: list[HttpCall] = field(default_factory=list)
    letters: list[dict[str, str]] = field(default_factory=list)
    outbox: Outbox = field(default_factory=Outbox)

    def __post_init__(self) -> None:
        self.twins: dict[str, Any] = {
            "127.0.0.1": ConsoleTwin(self.outbox),
            "hooks.slack.example": SlackTwin(self.outbox, {"/services/marie": "marie"}),
            "flows.teams.example": TeamsTwin(self.outbox, {"/workflows/marie": "marie"}),
            "api.line.me": LineCallsTwin(self.outbox, {(LINE_TOKEN, LINE_ID): "marie"}),
            "api.telegram.org": TelegramCallsTwin(self.outbox, {(BOT, CHAT): "marie"}),
        }
        self.mail_twin, self.sms_twin = MailTwin(self.outbox), SmsTwin(self.outbox)

    def send(self, call: HttpCall) -> HttpAnswer:
        self.requests.append(call)
        if self.answers:
            return self.answers(call)
        parts = urlsplit(call.url)
        request = TwinRequest(call.method, parts.path, call.headers, call.body or b"", NOW)
        answer = self.twins[parts.hostname].handle(request)
        assert answer.fate is Fate.ANSWER
        return HttpAnswer(answer.status, answer.headers, answer.body)

    def mail(self, *, to: str, subject: str, text: str, html: str) -> None:
        self.letters.append({"to": to, "subject": subject, "text": text, "html": html})
        letter = written("tribune@garance.example", to, subject, text, html)
        self._aws(self.mail_twin, {"Destinations.member.1": to, "RawMessage.Data": b64encode(letter).decode()})

    def sms(self, *, to: str, text: str) -> None:
        self.letters.append({"to": to, "text": text})
        self._aws(self.sms_twin, {"PhoneNumber": to, "Message": text})

    def _aws(self, twin: Any, told: dict[str, str]) -> None:
        if self.aws_fails:
            raise self.aws_fails
        request = TwinRequest("POST", "/", {}, urlencode(told).encode(), NOW)
        if refused := twin.refusal(request):
            raise Unavailable(str(refused.status))
        twin.took(request)

    @property
    def edge(self) -> Edge:
        return Edge(self.send, self.mail, self.sms)

    @property
    def shown(self) -> str:
        """What the person sees of the one message that arrived."""
        (entry,) = self.outbox.effects
        assert entry.kind == "call"
        return entry.text or ""

    @property
    def everything(self) -> str:
        """All that left, addresses and headers left out."""
        bodies = [json.dumps(json.loads(call.body or b""), ensure_ascii=False) for call in self.requests]
        return "\n".join([*bodies, *(part for letter in self.letters for part in letter.values())])


MARIE = Person(id="marie", name="Marie Caron", initials="MC")
WAYS: dict[str, tuple[Way, str | None]] = {
    "console": (Way(kind="console"), CONSOLE),
    "email": (Way(kind="email", address="marie@garance.example"), None),
    "slack": (Way(kind="slack", user="U0MARIE01"), HOOK),
    "teams": (Way(kind="teams"), FLOW),
    "sms": (Way(kind="sms", address="+33 6 39 98 00 01"), None),
    "line": (Way(kind="line", address=LINE_ID), LINE_TOKEN),
    "telegram": (Way(kind="telegram", address=CHAT), BOT),
}
BY_AWS = ("email", "sms")
BY_HTTP = tuple(kind for kind in WAYS if kind not in BY_AWS)
WHOLE = tuple(kind for kind in WAYS if kind != "sms")
"""A text message says what it is about and where to read on."""


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
        desk=f"{DESK}/case/abc",
        desk_words="Ouvrir au bureau",
        calls=f"{DESK}/calls",
        buttons=(Button("take", "Je m'en occupe"), Button("pause", "Pause 1 h du fil")),
    )


def send(kind: str, outside: Outside, sent: CallMessage | None = None) -> None:
    way, secret = WAYS[kind]
    deliver(sent or message(), MARIE, way, secret, outside.edge)


def test_each_way_a_rota_can_name_has_its_manager_and_its_case_here() -> None:
    kinds = {manager.KIND for manager in MANAGERS}

    assert kinds == set(Way.model_fields["kind"].annotation.__args__) == set(WAYS)


@pytest.mark.parametrize("kind", WHOLE)
def test_the_message_arrives_whole_and_once(kind: str) -> None:
    outside = Outside()

    send(kind, outside, message("Un.", "Deux.", link="https://facebook.example/1"))

    for part in ("Menace sous une publication", "Un.", "Deux.", "https://facebook.example/1", "Voir le commentaire"):
        assert part in outside.shown
    assert f"{DESK}/case/abc" in outside.shown


def test_a_text_message_says_what_it_is_about_and_where_to_read_on() -> None:
    outside = Outside()

    send("sms", outside)

    assert outside.letters == [
        {"to": NUMBER, "text": f"Menace sous une publication de Vélos Garance\n{DESK}/calls"},
    ]


def every_message() -> Iterator[CallMessage]:
    """What is said for each reason, in both languages, everything that is filled in being long."""
    for language in LANGUAGES:
        for told in words.table(language, "calls")["reasons"].values():
            said = {
                key: re.sub(r"\{\w+\}", "L'Œuvre d'été « à Nîmes »", told[key]) for key in ("subject", "what", "todo")
            }
            yield changed(
                message(said["what"] or "…", said["todo"] or "…", link="https://facebook.example/1?a=1&b=2"),
                subject=said["subject"][:100],
                language=language,
            )


@pytest.mark.parametrize("kind", WAYS)
def test_every_message_in_both_languages_is_taken_by_the_way(kind: str) -> None:
    for sent in every_message():
        outside = Outside()
        send(kind, outside, sent)
        assert sms.folded(sent.subject)[:40] in sms.folded(outside.shown)


# --- a way that fails says so ---


@pytest.mark.parametrize("kind", BY_HTTP)
@pytest.mark.parametrize("status", [301, 400, 403, 404, 410, 429, 500, 503])
def test_a_refusal_is_told(kind: str, status: int) -> None:
    with pytest.raises(Unavailable):
        send(kind, Outside(answers=lambda _: HttpAnswer(status, {}, b"no")))


@pytest.mark.parametrize("kind", BY_HTTP)
@pytest.mark.parametrize("error", [NotSent("refused"), PerhapsSent("timeout")])
def test_silence_is_told(kind: str, error: TribuneError) -> None:
    def silent(_: HttpCall) -> HttpAnswer:
        raise error

    with pytest.raises(type(error)):
        send(kind, Outside(answers=silent))


@pytest.mark.parametrize("kind", BY_AWS)
def test_what_aws_refuses_is_told(kind: str) -> None:
    with pytest.raises(Unavailable):
        send(kind, Outside(aws_fails=Unavailable("Throttling")))


@pytest.mark.parametrize(
    ("kind", "host", "modes"),
    [
        ("slack", "hooks.slack.example", ["500", "429", "token", "502"]),
        ("teams", "flows.teams.example", ["500", "429", "token", "502"]),
        ("line", "api.line.me", ["500", "429", "token", "quota", "502"]),
        ("telegram", "api.telegram.org", ["500", "429", "token", "blocked", "502"]),
    ],
)
def test_each_failure_of_a_service_is_told_and_the_next_message_arrives(kind: str, host: str, modes: list[str]) -> None:
    outside = Outside()
    for mode in modes:
        outside.twins[host].fail(mode)
        with pytest.raises(Unavailable):
            send(kind, outside)
    send(kind, outside)

    assert outside.shown.startswith("Menace sous une publication")


def test_telegram_s_own_no_is_one_whatever_the_status() -> None:
    for body in (b'{"ok":false,"error_code":400}', b"", b"[]", b'{"ok":"true"}'):
        with pytest.raises(Unavailable):
            send("telegram", Outside(answers=lambda _, body=body: HttpAnswer(200, {}, body)))


@pytest.mark.parametrize("kind", WAYS)
def test_a_way_without_an_address_is_told_before_anything_leaves(kind: str) -> None:
    outside = Outside()

    with pytest.raises(BadConfiguration, match=f"marie.{kind}"):
        deliver(message(), MARIE, Way.model_validate({"kind": kind}), None, outside.edge)

    assert not outside.requests
    assert not outside.letters


INSIDE = [
    "https://169.254.169.254/latest/meta-data",
    "https://10.0.0.7/hook",
    "https://[fd00::1]/hook",
    "https://metadata/hook",
    "https://127.1/hook",
    "https://0x7f.1/hook",
    "https://hooks.slack.com@10.0.0.7/hook",
    "https://user:password@hooks.example/hook",
    "https://hooks.example/a b",
    "https://hooks.example/a\r\nhost: evil",
    "http://hooks.slack.example/services/T0",
    "ftp://hooks.slack.example",
    "http://[broken",
    "http://127.0.0.1.evil.example/x",
    "//hooks.slack.example/x",
    "javascript:alert(1)",
]


@pytest.mark.parametrize(
    ("kind", "given", "secret"),
    [
        *(("slack", "", url) for url in INSIDE),
        *(("teams", "", url) for url in INSIDE),
        *(("line", LINE_ID, f"{url} {LINE_TOKEN}") for url in INSIDE),
        *(("telegram", CHAT, f"{url} {BOT}") for url in INSIDE),
        ("console", "", "https://console.example"),
        ("console", "", "http://console.example"),
        ("console", "", "http://127.0.0.1@console.example/"),
        ("line", "marie", LINE_TOKEN),
        ("line", "u" + "0" * 32, LINE_TOKEN),
        ("line", LINE_ID, "a token\nwith a line"),
        ("telegram", "@marie", BOT),
        ("telegram", "12a", BOT),
        ("telegram", CHAT, "1234/../sendMessage?x="),
        ("sms", "0639980001", None),
        ("sms", "+0639980001", None),
        ("sms", "+336399800011234567", None),
        ("sms", "+33639980001,+33639980002", None),
        ("email", "nobody-at-all", None),
        ("email", "marie@garance.example, eve@evil.example", None),
        ("email", "marie@garance.example\r\nbcc: eve@evil.example", None),
        ("email", "marie@garance.example eve@evil.example", None),
    ],
)
def test_a_call_leaves_for_one_known_place_or_not_at_all(kind: str, given: str, secret: str | None) -> None:
    outside = Outside()

    with pytest.raises(BadConfiguration) as told:
        deliver(message(), MARIE, Way.model_validate({"kind": kind, "address": given}), secret, outside.edge)

    assert not outside.requests
    assert not outside.letters
    assert (secret or given) not in str(told.value), "an address may be a secret"


@pytest.mark.parametrize(
    "url", ["https://hooks.slack.com/services/T0/B0/x", "http://127.0.0.1:9/x", "https://93.184.216.34/x"]
)
def test_an_address_of_the_world_or_of_this_machine_is_one(url: str) -> None:
    assert address(url, "field") == url


@pytest.mark.parametrize("kind", WAYS)
def test_no_secret_stands_in_what_the_person_reads(kind: str) -> None:
    outside = Outside()
    send(kind, outside)

    for secret in (HOOK, FLOW, LINE_TOKEN, BOT, CONSOLE):
        assert secret not in outside.everything


# --- nobody else's characters become markup ---


class Tags(HTMLParser):
    """What a mail program would make of it."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.links: list[str] = []
        self.words = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self.links += [value or "" for name, value in attrs if name == "href"]

    def handle_data(self, data: str) -> None:
        self.words += data


OURS = {"html", "head", "meta", "title", "style", "body", "table", "tr", "td", "h1", "p", "br", "a"}


def read(sent: CallMessage) -> Tags:
    page = Tags()
    page.feed(as_html(sent))
    return page


@given(said=st.text(max_size=80), url=st.text(max_size=40))
def test_no_word_of_a_member_becomes_html(said: str, url: str) -> None:
    page = read(message(f"Extrait : {said}", subject=said, link="https://x.example/" + url))

    assert {tag for tag, _ in page.tags} <= OURS
    assert len(page.links) == 2
    assert page.links[0] == f"{DESK}/case/abc"
    assert page.links[1].startswith("https://x.example/")


def test_html_shows_the_words_as_they_were_said() -> None:
    page = read(message("<script>alert(1)</script> & « non »"))

    assert "<script>alert(1)</script> & « non »" in page.words


def test_a_mail_is_one_narrow_table_that_fetches_nothing_and_can_be_read_in_the_dark() -> None:
    html = as_html(message("Un.\nDeux."))
    page = read(message("Un.\nDeux."))
    styled = [tag for tag, attrs in page.tags if tag in {"body", "h1", "p", "a"} and "style" not in attrs]

    assert html.startswith("<!doctype html>")
    assert styled == [], "a mail program that drops style sheets loses nothing but the dark colours"
    assert 'width="600"' in html
    assert "max-width:600px" in html
    assert "prefers-color-scheme: dark" in html
    assert ("html", {"lang": "fr"}) in page.tags
    assert not re.search(r"src=|url\(|@import|<link|<script", html)
    assert "Un.<br>Deux." in html


HOSTILE = "<!channel> <https://evil.example|cliquez> *gras* `code` & <@U123> [clic](https://evil.example) {{DATE(2026-01-01T00:00:00Z)}} <at>tous</at>"


def blocks(sent: CallMessage, *, buttons: bool = False) -> list[Any]:
    listed: list[Any] = payload(sent, buttons=buttons)["blocks"]
    return listed


def test_no_word_of_a_member_becomes_slack_markup_or_calls_a_whole_channel() -> None:
    sent = payload(message(HOSTILE, subject=HOSTILE, link="https://x.example/a|b?c=<d>"))
    told = blocks(message(HOSTILE, subject=HOSTILE, link="https://x.example/a|b?c=<d>"))

    assert "<" not in str(sent["text"]).replace("&lt;", "")
    assert [block["text"]["type"] for block in told] == ["plain_text", "plain_text", "mrkdwn"]
    assert told[2]["text"]["text"] == (
        f"<{DESK}/case/abc|Ouvrir au bureau> · <https://x.example/a%7Cb?c=&lt;d&gt;|Voir le commentaire>"
    )
    assert told[2]["text"]["verbatim"] is True
    assert sent["unfurl_links"] is False
    assert sent["unfurl_media"] is False


def test_no_word_of_a_member_becomes_markdown_a_mention_or_a_date_in_teams() -> None:
    card = json.loads(teams.body(message(HOSTILE, subject=HOSTILE)))["attachments"][0]["content"]

    assert {element["type"] for element in card["body"]} == {"RichTextBlock"}
    assert {run["type"] for element in card["body"] for run in element["inlines"]} == {"TextRun"}
    assert "{{" not in json.dumps(card)
    assert "msteams" not in card, "nobody is mentioned"


@pytest.mark.parametrize("kind", ["line", "telegram"])
def test_where_text_is_plain_nothing_asks_for_markup_or_a_preview(kind: str) -> None:
    outside = Outside()
    send(kind, outside, message(HOSTILE))
    (told,) = [json.loads(call.body or b"") for call in outside.requests]

    assert "parse_mode" not in told
    assert "entities" not in told
    if kind == "telegram":
        assert told["link_preview_options"] == {"is_disabled": True}
    assert HOSTILE in outside.shown


# --- how long it may be, in each way's own units ---

LONG = message(*("🚲é" * 3000 for _ in range(60)), subject="🚲" * 400, link="https://x.example/" + "y" * 300)


@pytest.mark.parametrize("kind", WAYS)
def test_a_message_that_is_too_long_still_arrives_with_its_links(kind: str) -> None:
    outside = Outside()

    send(kind, outside, LONG)

    assert f"{DESK}/" in outside.shown
    assert "…" in outside.shown or kind in ("console", "email")


def test_slack_s_limits_are_kept() -> None:
    told = blocks(LONG, buttons=True)

    assert len(told) == 50
    assert len(told[0]["text"]["text"]) <= 150
    assert all(len(block["text"]["text"]) <= 3000 for block in told[1:-1])


def test_teams_takes_28_kilobytes() -> None:
    assert len(teams.body(LONG)) <= MOST_BYTES


@pytest.mark.parametrize("way", [line, telegram])
def test_line_and_telegram_count_in_utf_16(way: Any) -> None:
    assert way.LIMIT - 10 <= length(as_text(LONG, way.LIMIT, way.UNIT), way.UNIT) <= way.LIMIT


@given(text=st.text(max_size=300), limit=st.integers(1, 200))
def test_a_text_is_never_longer_than_it_may_be(text: str, limit: int) -> None:
    sent = changed(message(text, subject=text), desk="", calls="")

    assert length(as_text(sent, limit, "utf16"), "utf16") <= limit


@pytest.mark.parametrize(
    ("text", "segments"),
    [
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 306, 2),
        ("a" * 307, 3),
        ("é" * 160, 1),
        ("€" * 80, 1),
        ("€" * 81, 2),
        # 153 septets: the 77th euro would stand in both segments.
        ("€" * 76 + "a" + "€" * 76 + "a", 2),
        ("€" * 153, 3),
        ("ê" * 70, 1),
        ("ê" * 71, 2),
        ("ê" * 134, 2),
        ("ê" * 135, 3),
        ("🚲" * 35, 1),
        ("🚲" * 36, 2),
        # 67 units: the 34th bicycle would stand in both.
        ("🚲" * 67, 3),
    ],
)
def test_segments_are_counted_as_operators_do(text: str, segments: int) -> None:
    assert sms.segments(text) == segments


def test_french_is_written_in_the_alphabet_of_gsm() -> None:
    said = "L’été, ça\u00a0: «\u00a0Œuvre\u00a0» à l'hôtel — bientôt… 5\u202f€"

    assert sms.folded(said) == "L'été, ca : \" OEuvre \" à l'hotel - bientot... 5 €"
    assert sms.is_gsm(sms.folded(said))


def test_what_cannot_be_written_so_stays_as_it_is() -> None:
    assert sms.folded("脅迫 à voir…") == "脅迫 à voir…"


@given(subject=st.text(max_size=200))
def test_a_text_message_costs_three_segments_at_most(subject: str) -> None:
    text = sms.as_sms(message(subject=subject))

    assert sms.segments(text) <= sms.SEGMENTS
    assert text.endswith(f"{DESK}/calls")


def test_each_subject_of_ours_fits_two_segments_with_its_link() -> None:
    assert {sms.segments(sms.as_sms(sent)) for sent in every_message()} <= {1, 2}


def test_an_address_too_long_for_a_text_message_is_left_out() -> None:
    text = sms.as_sms(changed(message(), calls="https://x.example/" + "y" * 900))

    assert text == "Menace sous une publication de Vélos Garance"


# --- what each way can besides ---


def test_a_subject_is_one_line_whatever_it_was_made_of() -> None:
    outside = Outside()

    send("email", outside, message(subject="Menace\r\nBcc: x@evil.example"))

    assert "\n" not in outside.letters[0]["subject"]
    assert "\r" not in outside.letters[0]["subject"]


def test_slack_shows_buttons_to_whom_it_knows_and_to_nobody_else() -> None:
    (actions,) = [block for block in blocks(message(), buttons=True) if block["type"] == "actions"]
    pressed = [(one["action_id"], one["text"]["text"], one["value"]) for one in actions["elements"]]

    assert pressed == [
        ("take", "Je m'en occupe", "garance threat-1"),
        ("pause", "Pause 1 h du fil", "garance threat-1"),
    ]
    assert all("url" not in one for one in actions["elements"])
    assert not [block for block in blocks(message()) if block["type"] == "actions"]

    outside = Outside()
    deliver(message(), MARIE, Way(kind="slack"), HOOK, outside.edge)
    assert "actions" not in outside.everything


def test_line_takes_the_same_call_once_however_often_it_is_sent_and_a_later_ring_anew() -> None:
    outside = Outside()
    for sent in (message(), message("Un autre texte, le même appel."), changed(message(), turn=1)):
        send("line", outside, sent)

    assert [entry.status for entry in outside.outbox.entries] == [200, 409, 200]
    assert len({line.retry_key(message(), person) for person in (MARIE, Person(id="lea", name="Léa"))}) == 2


def test_a_service_behind_another_address_is_asked_there() -> None:
    seen = []

    def answers(call: HttpCall) -> HttpAnswer:
        seen.append((call.url, call.headers.get("authorization")))
        return HttpAnswer(200, {}, b'{"ok":true}')

    outside = Outside(answers=answers)
    deliver(message(), MARIE, WAYS["line"][0], f"https://proxy.example/line/ {LINE_TOKEN}", outside.edge)
    deliver(message(), MARIE, WAYS["telegram"][0], f"http://127.0.0.1:9/tg {BOT}", outside.edge)

    assert seen == [
        ("https://proxy.example/line/v2/bot/message/push", f"Bearer {LINE_TOKEN}"),
        (f"http://127.0.0.1:9/tg/bot{BOT}/sendMessage", None),
    ]
