"""What the platform's side sees of `tribune serve`: black boxes over HTTP, written from design.md alone.

Nothing of ours is imported: deliveries are signed here as the platforms document it, and every answer is read from
the outside. Comments are written now, by different people, delivered late, twice, in parallel and out of order.
"""

import base64
import hashlib
import hmac
import json
import random
import re
import subprocess
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest
from outside import ROOT, TRIBUNE, Answer, Caller, conforms, serving

INSULT = "@Karim t'es vraiment un abruti si tu crois ça"
STILL_AN_INSULT = "@Karim t'es vraiment un abruti, et un crétin"
CALM = "@Karim je ne suis pas d'accord avec toi"
QUESTION = "Vous êtes ouverts le dimanche ?"
GRIEVANCE = "Vous êtes des voleurs, un mois que j'attends mon remboursement !!!!"
SPAM = "Grâce à Mme Lefèvre j'ai obtenu mon prêt de 20 000 € en 48 h, WhatsApp +33 6 39 98 56 78"
ON_THE_WAY = ("ReceiveWebhook", "ModerateComments", "PerformAction")
KILLED_AT = (1, 2, 3, 4)
"""Of each function's calls; a test of its own strikes at every single one."""


@dataclass
class Outside(Caller):
    """Three platforms, and who speaks there."""

    post: str = "777000777"
    """Of the page, what people comment on."""

    # --- delivering ---

    def facebook(self, *values: dict[str, Any], at: datetime | None = None, secret: str | None = None) -> int:
        """One delivery of Meta: its entry is dated when it is sent."""
        body = delivery(self.account("facebook"), at or self.now, *values)
        return self.send("facebook", body, self.meta_headers(body, secret))

    def meta_headers(self, body: bytes, secret: str | None = None) -> dict[str, str]:
        key = secret or self.channel("facebook")["verify"]["current"]
        return {"X-Hub-Signature-256": "sha256=" + hmac.new(key.encode(), body, hashlib.sha256).hexdigest()}

    def line(self, *events: dict[str, Any], destination: str | None = None) -> int:
        body = json.dumps(
            {"destination": destination or self.account("line"), "events": list(events)}, ensure_ascii=False
        ).encode()
        key = self.channel("line")["verify"]["current"].encode()
        signature = base64.b64encode(hmac.new(key, body, hashlib.sha256).digest()).decode()
        return self.send("line", body, {"X-Line-Signature": signature})

    def generic(self, kind: str, **data: Any) -> int:
        now = self.now
        full = {"space": self.channel("generic")["accounts"][0]["space"], **data}
        body = json.dumps({"type": kind, "timestamp": now.isoformat(), "data": full}, ensure_ascii=False).encode()
        return self.send("generic", body, self.standard_headers(body, f"msg_{next(self.numbers)}", now))

    def standard_headers(self, body: bytes, delivery_id: str, now: datetime) -> dict[str, str]:
        key = base64.b64decode(self.channel("generic")["verify"]["current"].removeprefix("whsec_"))
        stamp = str(int(now.timestamp()))
        signed = f"{delivery_id}.{stamp}.".encode() + body
        signature = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
        return {"webhook-id": delivery_id, "webhook-timestamp": stamp, "webhook-signature": f"v1,{signature}"}

    # --- people ---

    def comment(self, text: str, **more: Any) -> dict[str, Any]:
        """A comment by somebody who never wrote before, as the value of a change of the field `feed`."""
        number = next(self.numbers)
        post = more.pop("post", f"{self.account('facebook')}_{self.post}")
        at = more.pop("at", self.now)
        return {
            "item": "comment",
            "verb": "add",
            "comment_id": f"{self.post}_{number}",
            "post_id": post,
            "parent_id": post,
            "created_time": int(at.timestamp()),
            "message": text,
            "from": {"id": str(next(self.numbers)), "name": "Une personne"},
            **more,
        }

    def ours(self, text: str, **more: Any) -> dict[str, Any]:
        """A comment in the Page's own name."""
        return self.comment(text, **{"from": {"id": self.account("facebook"), "name": "Vélos Garance"}}, **more)

    def message(self, text: str, **more: Any) -> dict[str, Any]:
        """A text message to the official account."""
        number = next(self.numbers)
        return {
            "type": "message",
            "mode": "active",
            "timestamp": int(self.now.timestamp() * 1000),
            "source": {"type": "user", "userId": f"U{number:032x}"},
            "webhookEventId": f"01{number:024d}",
            "deliveryContext": {"isRedelivery": False},
            "replyToken": f"{number:032x}",
            "message": {"id": str(number), "type": "text", "text": text, "quoteToken": "q"},
            **more,
        }


def delivery(page: str, at: datetime, *values: dict[str, Any]) -> bytes:
    changes = [{"field": "feed", "value": value} for value in values]
    entry = {"id": page, "time": int(at.timestamp()), "changes": changes}
    return json.dumps({"object": "page", "entry": [entry]}).encode()


@pytest.fixture(scope="module")
def printed() -> str:
    """The complete working example."""
    said = subprocess.run([*TRIBUNE, "serve", "--print-config"], cwd=ROOT, capture_output=True, text=True, check=True)
    return said.stdout


@pytest.fixture(scope="module")
def served(printed: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Outside]:
    """One `serve` for the whole module, on the configuration that it prints itself."""
    folder = tmp_path_factory.mktemp("serve")
    file = folder / "printed.yaml"
    file.write_text(printed, encoding="utf-8")
    yield from serving(Outside, printed, folder, "--config", str(file))


@pytest.fixture
def outside(served: Outside) -> Outside:
    """Whoever stands outside of it, under a post and in an hour of each test's own: a post has twenty answers an hour,
    and what all of them say together would be a crisis, on which only the brand signs and nobody is reminded in public.
    """
    served.post = str(next(served.numbers))
    served.order("clock", advance_s=60 * 60)
    served.settle()
    return served


def clause_link(outside: Outside, number: int) -> str:
    community = outside.configuration["community"]
    return f"{community['charter_base_url']}/charter/{community['id']}/v1/fr#article-{number}"


def replies_to(outside: Outside, comment: dict[str, Any]) -> list[str]:
    return [entry["text"] for entry in outside.outbox(to="facebook", kind="reply", object=comment["comment_id"])]


def in_parallel(calls: Sequence[Callable[[], int]]) -> list[int]:
    with ThreadPoolExecutor(8) as pool:
        return list(pool.map(lambda call: call(), calls))


# --- a comment that breaches §10 ---


def test_many_people_breach_article_10_under_one_post_delivered_often_edited_and_out_of_order(outside: Outside) -> None:
    before = outside.counted()["facebook-garance"]
    now = outside.now
    comments = [outside.comment(INSULT, at=now - timedelta(seconds=30)) for _ in range(6)]
    edits = [one | {"verb": "edited", "message": STILL_AN_INSULT} for one in comments]
    sent = [lambda v=value: outside.facebook(v, at=now - timedelta(seconds=30)) for value in comments * 4]
    sent += [lambda v=value: outside.facebook(v, at=now - timedelta(seconds=10)) for value in edits * 3]
    sent += [lambda: outside.facebook(*comments), lambda: outside.facebook(*reversed(comments))]
    random.Random(10).shuffle(sent)  # noqa: S311  an order, not a secret

    assert set(in_parallel(sent)) == {200}
    outside.settle()

    for comment in comments:
        (text,) = replies_to(outside, comment)
        assert clause_link(outside, 10) in text
    journal = outside.journal(*(one["comment_id"] for one in comments))
    assert len(journal) == len(comments)
    assert {(entry["clause"], entry["charter_version"]) for entry in journal} == {("respect", 1)}
    assert outside.counted()["facebook-garance"] - before == len(comments)


def test_one_reply_although_every_function_on_its_way_is_killed(outside: Outside) -> None:
    before = outside.counted()["facebook-garance"]
    comments = []
    for call in KILLED_AT:
        comment = outside.comment(INSULT)
        comments.append(comment)
        for function in ON_THE_WAY:
            outside.order("kill", function=function, at_call=call, when="after" if call % 2 else "before")
        while (status := outside.facebook(comment)) != 200:
            assert status >= 500, "the platform is asked to try again"
        outside.recover()
    for function in ON_THE_WAY:  # one that makes fewer calls was not struck
        outside.order("kill", function=function, at_call=1_000_000)

    for comment in comments:
        (text,) = replies_to(outside, comment)
        assert clause_link(outside, 10) in text
    assert outside.counted()["facebook-garance"] - before == len(KILLED_AT)
    states = [entry["actions"] for entry in outside.journal(*(one["comment_id"] for one in comments))]
    assert states == [[{"kind": "reply", "state": "SENT"}]] * len(KILLED_AT)


def test_a_comment_written_before_serve_was_started_is_judged_by_the_charter_that_was_public(outside: Outside) -> None:
    late = outside.comment(INSULT, at=outside.now - timedelta(days=2))

    assert outside.facebook(late) == 200
    outside.settle()

    (entry,) = outside.journal(late["comment_id"])
    assert (entry["charter_version"], entry["clause"], entry["measure"]) == (1, "respect", "remind")
    (text,) = replies_to(outside, late)
    assert clause_link(outside, 10) in text


def test_ids_may_be_numbers_or_have_no_prefix(outside: Outside) -> None:
    bare = outside.comment(INSULT, comment_id=str(next(outside.numbers)))
    number = outside.comment(INSULT, comment_id=next(outside.numbers))
    number["from"] = {"id": int(number["from"]["id"]), "name": "Une personne"}

    assert [outside.facebook(one) for one in (bare, number, bare, number)] == [200] * 4
    outside.settle()

    assert [len(outside.outbox(object=str(one["comment_id"]), kind="reply")) for one in (bare, number)] == [1, 1]


def test_an_edit_that_removes_the_breach_takes_our_reminder_back(outside: Outside) -> None:
    comment = outside.comment(INSULT, at=outside.now - timedelta(seconds=5))
    outside.facebook(comment)
    outside.settle()
    outside.facebook(comment | {"verb": "edited", "message": CALM})
    outside.settle()

    assert len(replies_to(outside, comment)) == 1
    (entry,) = outside.journal(comment["comment_id"])
    assert entry["clause"] is None
    assert entry["actions"] == [{"kind": "reply", "state": "SENT"}, {"kind": "delete", "state": "SENT"}]


def test_who_removed_their_comment_before_we_heard_of_it_gets_no_answer_and_is_not_counted(outside: Outside) -> None:
    before = outside.counted()
    comment = outside.comment(INSULT, at=outside.now - timedelta(seconds=5))
    removal = {name: value for name, value in comment.items() if name not in ("message", "created_time")}

    assert outside.facebook(removal | {"verb": "remove"}) == 200
    outside.settle()
    assert outside.facebook(comment) == 200
    outside.settle()

    assert replies_to(outside, comment) == []
    assert outside.counted() == before


def test_criticism_stays_and_nothing_is_said_alone(outside: Outside) -> None:
    comment = outside.comment(GRIEVANCE)
    outside.facebook(comment)
    outside.settle()

    assert outside.outbox(object=comment["comment_id"]) == []
    (entry,) = outside.journal(comment["comment_id"])
    assert (entry["clause"], entry["measure"]) == (None, "draft")


# --- our own voice, and that of the team ---


def test_our_own_comment_is_neither_judged_nor_counted_nor_answered(outside: Outside) -> None:
    before = outside.counted()
    ours = outside.ours(INSULT)

    assert [outside.facebook(ours) for _ in range(3)] == [200] * 3
    outside.settle()

    assert outside.outbox(object=ours["comment_id"]) == []
    assert outside.journal(ours["comment_id"]) == []
    assert outside.counted() == before


def test_a_reply_that_a_person_types_on_the_page_silences_the_thread(outside: Outside) -> None:
    top = outside.comment("Quelqu'un a monté le porte-bagages du G3 ?", at=outside.now - timedelta(seconds=20))
    outside.facebook(top)
    outside.settle()
    answer = outside.ours("Oui, je vous montre ça demain.", parent_id=top["comment_id"])
    outside.facebook(answer)
    outside.settle()

    insult = outside.comment(INSULT, parent_id=top["comment_id"])
    question = outside.comment(QUESTION, parent_id=top["comment_id"])
    elsewhere = outside.comment(INSULT)
    outside.facebook(insult, question, elsewhere)
    outside.settle()

    assert replies_to(outside, insult) == replies_to(outside, question) == []
    assert len(replies_to(outside, elsewhere)) == 1, "the other threads go on"


def test_a_reply_to_a_member_in_a_thread_is_answered_in_that_thread(outside: Outside) -> None:
    top = outside.comment("Je l'emmènerais sur la Loire à vélo !", at=outside.now - timedelta(seconds=20))
    reply = outside.comment(INSULT, parent_id=top["comment_id"])
    outside.facebook(top)
    outside.facebook(reply)
    outside.settle()

    (text,) = replies_to(outside, reply)
    assert clause_link(outside, 10) in text


# --- LINE ---


def test_lines_verify_button_gets_200(outside: Outside) -> None:
    assert outside.line() == 200


@pytest.mark.parametrize(
    ("question", "answer", "address"),
    [
        ("Hi! Do you ship to Belgium?", "delivery to Belgium", "velosgarance.example/livraison"),
        (QUESTION, "le dimanche de 10 h à 13 h", "velosgarance.example/horaires"),
    ],
)
def test_a_question_on_line_gets_one_reply_however_often_it_is_delivered(
    outside: Outside, question: str, answer: str, address: str
) -> None:
    asked = outside.message(question)
    again = asked | {"deliveryContext": {"isRedelivery": True}}

    assert in_parallel([lambda: outside.line(asked), lambda: outside.line(again), lambda: outside.line(asked)]) == [
        200,
        200,
        200,
    ]
    outside.settle()

    (reply,) = [one for one in outside.outbox(to="line", kind="reply") if one["object"] == asked["message"]["id"]]
    assert reply["status"] == 200
    assert answer in reply["text"].replace("\u00a0", " ")
    assert address in reply["text"]


def test_follow_unsend_and_stickers_are_no_questions(outside: Outside) -> None:
    before = len(outside.outbox(to="line"))
    sticker = outside.message("")
    sticker["message"] = {"id": sticker["message"]["id"], "type": "sticker", "packageId": "1", "stickerId": "2"}
    follow = {name: value for name, value in outside.message("").items() if name != "message"} | {"type": "follow"}

    assert outside.line(sticker, follow) == 200
    outside.settle()

    assert len(outside.outbox(to="line")) == before


# --- the generic channel ---


def test_a_hide_on_the_generic_channel_reaches_the_site_signed(outside: Outside) -> None:
    identity = f"c-{next(outside.numbers)}"
    told = {
        "id": identity,
        "text": SPAM,
        "created_at": outside.now.isoformat(),
        "author": {"id": "u-1", "name": "Mme L."},
        "thread": {"id": "billet-3", "url": "https://blog.velosgarance.example/billet-3"},
    }

    assert [outside.generic("comment.created", **told) for _ in range(3)] == [200] * 3
    outside.settle()

    # The site's twin refuses with 401 whatever is not signed with the secret it shares with us.
    (hide,) = outside.outbox(to="generic", object=identity)
    assert (hide["kind"], hide["status"], hide["account"]) == ("hide", 200, "blog-garance")
    assert hide["action_id"]


def test_the_site_says_that_it_did_it_already_and_that_is_the_end_of_it(outside: Outside) -> None:
    assert outside.order("twin/generic", fail={"mode": "reset_after", "next": 1}).status == 200
    identity = f"c-{next(outside.numbers)}"
    outside.generic(
        "comment.created",
        id=identity,
        text=SPAM.replace("Lefèvre", "Martin"),
        created_at=outside.now.isoformat(),
        author={"id": "u-2"},
        thread={"id": "billet-4"},
    )
    outside.recover()

    sent = outside.outbox(to="generic", object=identity)
    assert [entry["status"] for entry in sent] == [200, 409]
    assert len({entry["action_id"] for entry in sent}) == 1


# --- who does not get in ---


def test_metas_handshake_is_answered_to_whoever_knows_the_token(outside: Outside) -> None:
    def shake(token: str, path: str = "/webhooks/facebook") -> Answer:
        query = {"hub.mode": "subscribe", "hub.challenge": "1158201444", "hub.verify_token": token}
        return outside.ask("GET", f"{path}?{urlencode(query)}")

    token = outside.channel("facebook")["verify"]["token"]
    assert (shake(token).status, shake(token).body) == (200, b"1158201444")
    assert shake(token, "/webhooks/facebook/main").status == 200
    assert shake("guessed").status == 403
    assert shake("jeton-à-accents").status == 403


def forgeries(outside: Outside) -> list[tuple[str, bytes, dict[str, str]]]:
    body = delivery(outside.account("facebook"), outside.now, outside.comment(INSULT))
    genuine = outside.meta_headers(body)
    sha1 = hmac.new(outside.channel("facebook")["verify"]["current"].encode(), body, hashlib.sha1).hexdigest()
    line = json.dumps({"destination": outside.account("line"), "events": [outside.message(QUESTION)]}).encode()
    blog = json.dumps({"type": "comment.created", "data": {"id": "x", "space": "blog-garance"}}).encode()
    old = outside.standard_headers(blog, "msg_1", outside.now - timedelta(minutes=10))
    return [
        ("facebook", body, {}),
        ("facebook", body, outside.meta_headers(body, "another secret")),
        ("facebook", body.replace(b"abruti", b"genial"), genuine),
        ("facebook", body, {"X-Hub-Signature": f"sha1={sha1}"}),
        ("facebook", body, {"X-Hub-Signature-256": "sha256=é".encode().decode("latin-1")}),
        ("line", line, {"X-Line-Signature": "AAAA"}),
        ("line", line, {}),
        ("generic", blog, {}),
        ("generic", blog, old),
    ]


def test_what_is_forged_gets_401_and_nothing_is_kept(outside: Outside) -> None:
    before = outside.told("journal"), outside.told("outbox"), outside.counted()

    assert [outside.send(*forgery) for forgery in forgeries(outside)] == [401] * 9
    outside.settle()

    assert (outside.told("journal"), outside.told("outbox"), outside.counted()) == before


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b'{"object": "page", "entry": [', 400),
        (b"\xff\xfe\x00", 400),
        (b'{"object": "page"}', 400),
        (b"[" * 100_000, 400),
        (b'{"object": "page", "entry": [], "n": ' + b"9" * 5000 + b"}", 400),
        (b'{"object": "page", "entry": []}' + b" " * 1024 * 1024, 413),
    ],
    ids=["cut off", "not UTF-8", "no entry", "deep", "huge number", "over 1 MiB"],
)
def test_a_genuine_signature_does_not_make_a_body_readable(outside: Outside, body: bytes, status: int) -> None:
    before = outside.told("journal")

    assert outside.send("facebook", body, outside.meta_headers(body)) == status
    outside.settle()

    assert outside.told("journal") == before


def test_so_it_is_on_every_platform(outside: Outside) -> None:
    body = b'{"destination": '
    line = base64.b64encode(hmac.new(b"local-line-channel-secret", body, hashlib.sha256).digest()).decode()

    assert outside.send("line", body, {"X-Line-Signature": line}) == 400
    assert outside.send("generic", body, outside.standard_headers(body, "msg_unreadable", outside.now)) == 400


@pytest.mark.parametrize("path", ["/webhooks/myspace", "/webhooks/facebook/nowhere", "/webhooks/generic/shop"])
def test_an_unknown_platform_or_channel_gets_404(outside: Outside, path: str) -> None:
    body = delivery(outside.account("facebook"), outside.now, outside.comment(INSULT))

    assert outside.send("facebook", body, outside.meta_headers(body), path) == 404


def test_genuine_but_none_of_our_business_is_200_and_dropped(outside: Outside) -> None:
    before = outside.told("journal"), len(outside.told("outbox")), outside.counted()
    foreign = delivery("999999999999999", outside.now, outside.comment(INSULT))
    album = delivery(outside.account("facebook"), outside.now, {"item": "album", "verb": "add", "album_id": "1"})
    instagram = json.dumps({"object": "instagram", "entry": [{"id": "1", "changes": []}]}).encode()

    for body in (foreign, album, instagram):
        assert outside.send("facebook", body, outside.meta_headers(body)) == 200
    assert outside.line({"type": "membership", "timestamp": 1, "source": {"type": "user"}}) == 200
    assert outside.line(outside.message(QUESTION), destination="U" + "f" * 32) == 200
    assert outside.generic("post.published", id="p-1") == 200
    assert outside.generic("comment.created", id="c-1", space="somebody-elses-blog") == 200
    outside.settle()

    assert (outside.told("journal"), len(outside.told("outbox")), outside.counted()) == before


# --- everything together ---


def test_counters_equal_the_number_of_distinct_comments(outside: Outside) -> None:
    before = outside.counted()
    now = outside.now
    texts = ["Bonjour à tous", "Merci !", GRIEVANCE, QUESTION, "Super vélo 🚲", "Il existe en rouge ?"]
    comments = [outside.comment(f"{texts[n % len(texts)]} ({n})", at=now) for n in range(40)]
    again = [comments[n] for n in (3, 5, 8, 13, 21)]
    sent = [lambda v=value: outside.facebook(v) for value in [*comments, *again]]

    assert set(in_parallel(sent)) == {200}
    outside.settle(60)

    assert outside.counted()["facebook-garance"] - before["facebook-garance"] == len(comments)
    assert len(outside.journal(*(one["comment_id"] for one in comments))) == len(comments)


def test_the_local_endpoints_keep_to_their_schemas(outside: Outside) -> None:
    for name in ("outbox", "journal", "counters", "clock", "idle"):
        conforms(outside.ask("GET", f"/_local/{name}").json, name)
    for name, order in (
        ("clock", {"advance_s": 1}),
        ("clock", {"now": (outside.now + timedelta(seconds=1)).isoformat()}),
        ("kill", {"function": "KeepWatch", "at_call": 1_000_000}),
        ("twin/line", {"fail": None}),
    ):
        schema = name.partition("/")[0]
        conforms(order, f"{schema}.request")
        answer = outside.order(name, **order)
        assert answer.status == 200
        conforms(answer.json, schema)
    for name, order in (("clock", {"now": "noon"}), ("kill", {"function": "Nobody", "at_call": 1}), ("dance", {})):
        answer = outside.order(name, **order)
        assert answer.status in (400, 404)
        conforms(answer.json, "error")


def test_nothing_waits_in_the_dead_letters(outside: Outside) -> None:
    assert not [name for name in outside.settle()["parked"] if name.endswith("Unhandled")]


def test_the_versioned_link_is_one_that_opens(outside: Outside) -> None:
    path = urlsplit(clause_link(outside, 10)).path
    page = outside.ask("GET", path)

    assert (page.status, page.kind) == (200, "text/html")
    assert b'id="article-10"' in page.body


# --- the CM's commands, from another terminal ---


def test_a_cm_answers_from_another_terminal(outside: Outside) -> None:
    comment = outside.comment(GRIEVANCE.replace("un mois", "deux semaines"))
    comment["from"]["name"] = "Solène"
    outside.facebook(comment)
    outside.settle()

    listed = cli(outside, "case", "list", "--all")
    (case,) = re.findall(r"^([0-9a-f]{10})  Solène", listed, re.MULTILINE)
    said = cli(outside, "case", "send", case, "--as", "LD")
    outside.settle()

    (text,) = replies_to(outside, comment)
    assert " ".join(text.split()) in " ".join(said.split())
    assert text.endswith("^LD")
    entry = cli(outside, "case", "list", "--all").partition(case)[2].partition("\n\n")[0]
    assert not entry or "c'est fait" in entry, "it is over, unless the answer promises to come back"
    assert outside.settle()["parked"].keys() <= {"case", "call", "action", "promise"}, "a settled case waits for nobody"


def cli(outside: Outside, *arguments: str) -> str:
    port = str(urlsplit(outside.url).port)
    done = subprocess.run([*TRIBUNE, *arguments, "--port", port], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


# --- observe ---


def test_in_mode_observe_nothing_leaves(printed: str, tmp_path: Path) -> None:
    configuration = printed.replace("\n  mode: act\n", "\n  mode: observe\n")
    assert configuration != printed
    file = tmp_path / "observe.yaml"
    file.write_text(configuration, encoding="utf-8")
    for outside in serving(Outside, configuration, tmp_path, "--config", str(file)):
        insult, question, advert = (outside.comment(text) for text in (INSULT, QUESTION, SPAM))
        assert outside.facebook(insult, question, advert) == 200
        assert outside.line(outside.message("Do you ship to Belgium?")) == 200
        outside.settle()

        assert outside.told("outbox") == []
        journal = outside.journal(*(one["comment_id"] for one in (insult, question, advert)))
        assert [entry["measure"] for entry in journal] == ["remind", "lead", "hide"]
        assert {action["state"] for entry in journal for action in entry["actions"]} == {"OBSERVED"}
        assert outside.counted() == {"facebook-garance": 3, "line-garance": 1}
