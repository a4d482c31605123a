"""YouTube: asked, never pushed, within a daily quota."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from local.twins import Outbox, TwinRequest
from local.twins.youtube import ROOT, SEEN_AFTER, YoutubeTwin
from tribune.channel import Access, ActKind, HttpAnswer, HttpCall, Order, Outcome, Sweep, Verdict
from tribune.comment import Comment, Verb
from tribune.errors import CannotDo
from tribune.platforms import youtube

CHANNEL = "UCgarance"
OWNER = {"client_id": "client", "client_secret": "secret", "refresh_token": "1//refresh"}
VIDEO = "https://www.youtube.com/watch?v=dQw4w9WgXcQ"


def ordered(kind: ActKind = ActKind.REPLY, **fields: Any) -> Order:
    given = {"action_id": "act-1", "account": CHANNEL, "target": "Ugx1", "thread": "Ugx1", "text": "Oui, dès lundi."}
    return Order(kind=kind, **(given | fields))


@pytest.fixture
def twin() -> YoutubeTwin:
    return YoutubeTwin(Outbox(), {"1//refresh": (CHANNEL,)})


@pytest.fixture
def carried(twin: YoutubeTwin, now: datetime) -> Callable[..., HttpAnswer]:
    def carry(call: HttpCall | None, after: timedelta = timedelta(0)) -> HttpAnswer:
        assert call is not None
        parts = urlsplit(call.url)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        headers = {name.lower(): value for name, value in call.headers.items()}
        request = TwinRequest(call.method, parts.path, headers, call.body or b"", now + after, query)
        answer = twin.handle(request)
        return HttpAnswer(answer.status, answer.headers, answer.body)

    return carry


@pytest.fixture
def access(carried: Callable[..., HttpAnswer], now: datetime) -> Access:
    """An access with a token, got as the refresher gets it."""
    owner = Access(CHANNEL, OWNER)
    values, outcome = youtube.refreshed(owner, carried(youtube.refresh(owner, now)), now)
    assert outcome.verdict is Verdict.DONE
    return Access(CHANNEL, values)


@pytest.fixture
def swept(carried: Callable[..., HttpAnswer], access: Access, now: datetime) -> Callable[..., tuple[list[str], str]]:
    """A whole sweep: what it read, and the mark it leaves."""

    def sweep(since: datetime, cursor: str = "") -> tuple[list[str], str]:
        at, found = Sweep(CHANNEL, since, cursor), []
        while True:
            page = youtube.gather(at, carried(youtube.poll(at, access, now), SEEN_AFTER), now)
            assert page.outcome.verdict is Verdict.DONE
            found += [said.object for item in page.items for said in youtube.read(item) if isinstance(said, Comment)]
            if not page.page:
                return found, page.cursor
            at = replace(at, page=page.page)

    return sweep


# --- what is read ---


def first_read(sent: Callable[[str], Any], name: str) -> Comment:
    page, now = sent(name), datetime.now(UTC)
    answer = HttpAnswer(200, {}, json.dumps(page.body).encode())
    gathered = youtube.gather(Sweep(page.account, datetime(2026, 1, 1, tzinfo=UTC)), answer, now)
    said = next(iter(youtube.read(gathered.items[0])))
    assert isinstance(said, Comment)
    return said


def test_a_comment_is_read_whole(sent: Callable[[str], Any]) -> None:
    said = first_read(sent, "youtube__threads")
    assert (said.object, said.verb, said.text) == ("Ugx1", Verb.CREATED, "Vous livrez en Belgique ?")
    assert (said.author.id, said.author.name) == ("UCmember00000000000000001", "@karim")
    assert (said.thread.id, said.thread.post, said.parent) == ("Ugx1", "dQw4w9WgXcQ", None)
    assert said.url == f"{VIDEO}&lc=Ugx1"


def test_changed_words_are_an_edit_of_that_moment(sent: Callable[[str], Any]) -> None:
    said = first_read(sent, "youtube__threads__edited")
    assert (said.verb, said.posted_at) == (Verb.EDITED, datetime(2026, 9, 1, 10, tzinfo=UTC))


# --- a sweep ---


def test_a_sweep_reads_every_new_comment_once_and_nothing_older(
    twin: YoutubeTwin, swept: Callable[..., tuple[list[str], str]], now: datetime
) -> None:
    twin.say(CHANNEL, "d'avant", now - timedelta(hours=3))
    new = [twin.say(CHANNEL, f"n° {number}", now - timedelta(seconds=number)) for number in range(230)]
    found, _ = swept(now - timedelta(minutes=20))
    assert found == new


def test_an_answer_under_an_older_thread_is_found_although_the_page_does_not_show_it(
    twin: YoutubeTwin, swept: Callable[..., tuple[list[str], str]], now: datetime
) -> None:
    thread = twin.say(CHANNEL, "d'hier", now - timedelta(days=1))
    for number in range(7):
        twin.say(CHANNEL, f"réponse {number}", now - timedelta(hours=20), parent=thread)
    nothing, mark = swept(now - timedelta(minutes=15))
    late = twin.say(CHANNEL, "et aujourd'hui", now - timedelta(minutes=1), parent=thread)
    found, _ = swept(now - timedelta(minutes=15), mark)
    assert (nothing, found) == ([], [late])


def test_a_thread_whose_answers_did_not_change_is_not_asked_for_again(
    twin: YoutubeTwin, swept: Callable[..., tuple[list[str], str]], now: datetime
) -> None:
    thread = twin.say(CHANNEL, "d'hier", now - timedelta(days=1))
    for number in range(7):
        twin.say(CHANNEL, f"réponse {number}", now - timedelta(hours=20), parent=thread)
    _, mark = swept(now - timedelta(minutes=15))
    before = twin.units_left
    swept(now - timedelta(minutes=15), mark)
    assert before - twin.units_left == 1


@pytest.fixture
def watched(twin: YoutubeTwin, now: datetime) -> str:
    """A thread with more answers than a page of threads shows; its id."""
    thread = twin.say(CHANNEL, "d'hier", now - timedelta(days=1))
    for number in range(7):
        twin.say(CHANNEL, f"réponse {number}", now - timedelta(hours=20), parent=thread)
    return thread


def test_an_answer_that_came_while_another_went_is_found_within_the_hour(
    twin: YoutubeTwin, watched: str, swept: Callable[..., tuple[list[str], str]], now: datetime
) -> None:
    _, mark = swept(now - timedelta(hours=2), json.dumps({watched: [7, (now - timedelta(hours=2)).timestamp()]}))
    del twin.comments[f"{watched}.r8"]
    late = twin.say(CHANNEL, "et une autre", now - timedelta(minutes=90), parent=watched)
    too_soon, mark = swept(now - timedelta(minutes=70), mark)
    found, mark = swept(now - timedelta(minutes=15), mark)
    once, _ = swept(now - timedelta(minutes=10), mark)
    assert (too_soon, found, once) == ([], [late], [])


def test_an_answer_that_was_changed_out_of_sight_is_found_too(
    twin: YoutubeTwin, watched: str, swept: Callable[..., tuple[list[str], str]], now: datetime
) -> None:
    _, mark = swept(now - timedelta(hours=2))
    changed = f"{watched}.r8"
    twin.comments[changed] = replace(twin.comments[changed], text="autre chose", changed=now - timedelta(minutes=80))
    found, _ = swept(now - timedelta(minutes=15), mark)
    assert found == [changed]


@pytest.mark.parametrize(("status", "reason"), [(404, "commentNotFound"), (403, "commentsDisabled")])
def test_a_thread_that_shows_nothing_any_more_keeps_no_other_from_being_read(
    *,
    watched: str,
    carried: Callable[..., HttpAnswer],
    access: Access,
    now: datetime,
    status: int,
    reason: str,
) -> None:
    at = Sweep(CHANNEL, now - timedelta(minutes=15))
    first = youtube.gather(at, carried(youtube.poll(at, access, now), SEEN_AFTER), now)
    assert watched in first.page
    gone = HttpAnswer(status, {}, json.dumps({"error": {"errors": [{"reason": reason}]}}).encode())
    last = youtube.gather(replace(at, page=first.page), gone, now)
    assert (last.outcome.verdict, last.page, watched in last.cursor) == (Verdict.DONE, "", True)


def test_threads_are_read_again_two_at_a_time(
    twin: YoutubeTwin, swept: Callable[..., tuple[list[str], str]], now: datetime
) -> None:
    for thread in [twin.say(CHANNEL, f"n° {number}", now - timedelta(days=1)) for number in range(5)]:
        for number in range(7):
            twin.say(CHANNEL, f"réponse {number}", now - timedelta(hours=20), parent=thread)
    _, mark = swept(now - timedelta(hours=3))
    spent = []
    for minutes in (25, 20, 15, 10):
        before = twin.units_left
        _, mark = swept(now - timedelta(minutes=minutes), mark)
        spent.append(before - twin.units_left)
    assert spent == [3, 3, 2, 1]


def test_more_threads_than_can_be_watched_are_not_read_in_every_sweep(
    twin: YoutubeTwin,
    swept: Callable[..., tuple[list[str], str]],
    now: datetime,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(youtube, "MOST_WATCHED", 3)
    threads = [twin.say(CHANNEL, f"n° {number}", now - timedelta(days=1)) for number in range(9)]
    for thread in threads:
        for number in range(7):
            twin.say(CHANNEL, f"réponse {number}", now - timedelta(hours=20), parent=thread)
    _, mark = swept(now - timedelta(minutes=20))
    before = twin.units_left
    swept(now - timedelta(minutes=15), mark)
    assert before - twin.units_left == 1


def test_a_mark_of_an_earlier_version_is_understood(
    twin: YoutubeTwin, watched: str, swept: Callable[..., tuple[list[str], str]], now: datetime
) -> None:
    late = twin.say(CHANNEL, "et aujourd'hui", now - timedelta(minutes=1), parent=watched)
    found, mark = swept(now - timedelta(minutes=15), json.dumps({watched: 7}))
    assert (found, json.loads(mark)) == ([late], {watched: [8, (now - timedelta(minutes=15)).timestamp()]})


def test_the_end_of_the_quota_is_the_end_of_the_day_in_california(
    twin: YoutubeTwin, carried: Callable[..., HttpAnswer], access: Access, now: datetime
) -> None:
    twin.units_left = 0
    sweep = Sweep(CHANNEL, now)
    outcome = youtube.gather(sweep, carried(youtube.poll(sweep, access, now)), now).outcome
    assert (outcome.verdict, outcome.why) == (Verdict.LIMITED, "quota")
    assert outcome.until == datetime(2026, 9, 2, 7, tzinfo=UTC)


# --- what we do, byte for byte ---


def test_an_answer_goes_to_the_comment_that_opened_the_thread(access: Access, now: datetime) -> None:
    plan = youtube.act(ordered(target="Ugx1.r7"), access, now)
    assert plan.call == HttpCall(
        "POST",
        "https://www.googleapis.com/youtube/v3/comments?part=snippet",
        {"authorization": f"Bearer {access.values['token']}", "content-type": "application/json"},
        '{"snippet": {"parentId": "Ugx1", "textOriginal": "Oui, dès lundi."}}'.encode(),
        units=50,
    )
    assert not plan.repeatable


@pytest.mark.parametrize(
    ("kind", "method", "path"),
    [
        (ActKind.HIDE, "POST", "comments/setModerationStatus?id=Ugx1&moderationStatus=heldForReview"),
        (ActKind.UNHIDE, "POST", "comments/setModerationStatus?id=Ugx1&moderationStatus=published"),
        (ActKind.BLOCK, "POST", "comments/setModerationStatus?id=Ugx1&moderationStatus=rejected&banAuthor=true"),
        (ActKind.DELETE, "DELETE", "comments?id=Ugx1"),
    ],
)
def test_an_act_on_a_comment_costs_fifty_units(
    kind: ActKind, method: str, path: str, access: Access, now: datetime
) -> None:
    plan = youtube.act(ordered(kind), access, now)
    assert (plan.call.method, plan.call.url) == (method, f"https://www.googleapis.com{ROOT}{path}")
    assert (plan.call.units, plan.repeatable) == (50, True)


def test_what_cannot_be_done_is_not_tried(access: Access, now: datetime) -> None:
    for order in (ordered(ActKind.PRIVATE), ordered(ActKind.LIKE), ordered(thread="../x"), ordered(target="a b")):
        with pytest.raises(CannotDo):
            youtube.act(order, access, now)
    with pytest.raises(CannotDo):
        youtube.act(ordered(), Access(CHANNEL, OWNER), now)


# --- against the twin ---


@pytest.fixture
def done(
    twin: YoutubeTwin, carried: Callable[..., HttpAnswer], access: Access, now: datetime
) -> Callable[[Order], Outcome]:
    del twin
    return lambda order: youtube.judge(order, carried(youtube.act(order, access, now).call), now)


def test_an_answer_whose_outcome_was_lost_is_found_once_youtube_shows_it(
    twin: YoutubeTwin,
    done: Callable[[Order], Outcome],
    carried: Callable[..., HttpAnswer],
    access: Access,
    now: datetime,
) -> None:
    thread = twin.say(CHANNEL, "?", now - timedelta(hours=1))
    order = ordered(target=thread, thread=thread, since=now)
    twin.say(CHANNEL, order.text, now - timedelta(days=1), author=CHANNEL, parent=thread)
    look = youtube.look_back(order, access)
    assert youtube.settle(order, carried(look, SEEN_AFTER)).verdict is Verdict.LATER
    sent = done(order)
    assert sent.verdict is Verdict.DONE
    assert youtube.settle(order, carried(look, SEEN_AFTER)) == sent


def test_hidden_shown_deleted_and_banned(twin: YoutubeTwin, done: Callable[[Order], Outcome], now: datetime) -> None:
    comment = twin.say(CHANNEL, "!", now)
    for kind, status in (
        (ActKind.HIDE, "heldForReview"),
        (ActKind.HIDE, "heldForReview"),
        (ActKind.UNHIDE, "published"),
    ):
        assert done(ordered(kind, target=comment)).verdict is Verdict.DONE
        assert twin.comments[comment].status == status
    assert done(ordered(ActKind.BLOCK, target=comment)).verdict is Verdict.DONE
    assert twin.banned == {"UCmember"}
    for _ in range(2):
        assert done(ordered(ActKind.DELETE, target=comment)).verdict is Verdict.DONE
    assert done(ordered(target=comment, thread=comment)).verdict is Verdict.GONE


@pytest.mark.parametrize(
    ("mode", "verdict"),
    [
        ("500", Verdict.UNKNOWN),
        ("quota", Verdict.LIMITED),
        ("rate", Verdict.LIMITED),
        ("token", Verdict.TOKEN_DEAD),
        ("disabled", Verdict.REFUSED),
    ],
)
def test_told_to_fail_the_twin_answers_as_youtube(
    mode: str, verdict: Verdict, twin: YoutubeTwin, done: Callable[[Order], Outcome], now: datetime
) -> None:
    thread = twin.say(CHANNEL, "?", now)
    twin.fail(mode)
    assert done(ordered(target=thread, thread=thread)).verdict is verdict


# --- tokens ---


def test_a_token_is_renewed_before_it_ends_and_not_earlier(access: Access, now: datetime) -> None:
    assert youtube.refresh(access, now + timedelta(minutes=40)) is None
    assert youtube.refresh(access, now + timedelta(minutes=50)) is not None
    assert youtube.refresh(Access(CHANNEL, {"token": "only"}), now) is None


def test_a_consent_that_was_taken_back_is_a_dead_token(carried: Callable[..., HttpAnswer], now: datetime) -> None:
    revoked = Access(CHANNEL, OWNER | {"refresh_token": "1//revoked"})
    values, outcome = youtube.refreshed(revoked, carried(youtube.refresh(revoked, now)), now)
    assert (values, outcome.verdict) == (revoked.values, Verdict.TOKEN_DEAD)
