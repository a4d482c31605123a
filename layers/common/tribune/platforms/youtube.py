"""YouTube: nothing is pushed, so the comments of a channel are asked for, within its daily quota.

Set-up: a Google Cloud project with the YouTube Data API v3, an OAuth client, and one consent of the channel's owner for
the scope `https://www.googleapis.com/auth/youtube.force-ssl`. An account is a channel id (`UC…`). `act` holds
`client_id`, `client_secret` and `refresh_token`; `token` and `expires_at` are kept there by the refresher.

A day has 10,000 units, and begins at midnight in California: a page of comments costs 1, an act 50.
New threads come first; answers under older threads are noticed for a few days by the number of answers of each thread.
Where one came and another went, or one was changed, that number says nothing: so the two threads that were not read for
longest are read again in each sweep, none twice within an hour for each page of its answers: some 600 units a day.
Source: developers.google.com/youtube/v3 (CommentThreads, Comments, Errors).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from json import dumps, loads
from re import ASCII
from re import compile as pattern
from typing import Any, ClassVar, Final, NamedTuple
from urllib.parse import urlencode

from tribune.channel import (
    Access,
    ActKind,
    Answer,
    Card,
    Delivery,
    Gathered,
    HttpAnswer,
    HttpCall,
    Item,
    Order,
    Outcome,
    Plan,
    Secrets,
    Sweep,
    Verdict,
)
from tribune.comment import Audience, Author, Comment, Said, Thread, Verb, words_hash
from tribune.errors import CannotDo, Forged, Unreadable, UnreadableBody
from tribune.platforms import answers, calls, oauth, shapes

CARD: Final = Card(
    name="youtube",
    title="YouTube channel",
    audience=Audience.PUBLIC,
    can=frozenset({ActKind.REPLY, ActKind.HIDE, ActKind.UNHIDE, ActKind.DELETE, ActKind.BLOCK}),
    answer_within_s=10,
    text_limit=10000,
    text_unit="codepoints",
    citation="link",
    reads_back=True,
    deletes_only_ours=True,
    pushes=False,
    polls=True,
    refreshes=True,
    daily_units=10_000,
    day_begins_in="America/Los_Angeles",
    note="Comments and answers under a channel's videos, asked for within the daily quota; answers, holds, deletes, bans.",
)

BASE_URL: Final = "https://www.googleapis.com"
TOKEN_URL: Final = "https://oauth2.googleapis.com/token"  # noqa: S105  an address
ACT_UNITS: Final = 50
ANSWERS_COME_FOR: Final = timedelta(days=3)
"""How long a thread is watched for new answers after it began."""
READ_AGAIN_AFTER: Final = timedelta(hours=1)
"""How long the answers of a thread, for each page of them, are trusted to be the same because they are as many."""
_READ_AGAIN: Final = 2
"""How many threads a sweep reads for that reason."""
_PAGE: Final = 100
MOST_WATCHED: Final = 300
"""Of how many threads, the latest, more answers are asked for than are shown with them: what is kept of a sweep is small."""

# --- who speaks: nobody does, we ask ---


def handshake(delivery: Delivery, secrets: Secrets) -> Answer | None:  # noqa: ARG001  the shape of every platform
    """There is none."""
    return None


def verify(delivery: Delivery, secrets: Secrets, now: datetime) -> None:  # noqa: ARG001  the shape of every platform
    """YouTube sends no comments: whoever says so is not YouTube. Raises Forged."""
    raise Forged("nothing is pushed on this channel")


def sign(body: bytes, secret: str, now: datetime, delivery_id: str) -> dict[str, str]:  # noqa: ARG001  the shape of every platform
    """There is nothing to sign."""
    return {}


def split(payload: Any) -> Iterable[Item]:  # noqa: ARG001  the shape of every platform
    """Nothing is pushed. Raises UnreadableBody."""
    raise UnreadableBody("nothing is pushed on this channel")


# --- asking ---


@dataclass(frozen=True, slots=True)
class _Page:
    """Where a sweep stands: the next page of threads, the threads whose answers are still to be read."""

    threads: str = ""
    """A page token; empty for the first page."""
    ended: bool = False
    """No more threads are wanted."""
    answers: tuple[str, ...] = ()
    """Thread ids, the one being read first."""
    answers_page: str = ""
    watched: Mapping[str, "_Watched"] = field(default_factory=dict)
    """The threads that have more answers than a page of threads shows, as they are once this sweep is over."""

    def written(self) -> str:
        """As `Sweep.page`."""
        return dumps([self.threads, self.ended, self.answers, self.answers_page, self.watched])

    @classmethod
    def read(cls, sweep: Sweep) -> "_Page":
        if not sweep.page:
            return cls()
        threads, ended, waiting, answers_page, watched = loads(sweep.page)
        return cls(threads, ended, tuple(waiting), answers_page, _watched(watched, sweep.since))


class _Watched(NamedTuple):
    answers: int
    """How many answers the thread has."""
    read_to: float
    """The moment (in seconds) before which none of them is new to us."""


def _watched(kept: Mapping[str, Any], since: datetime) -> dict[str, _Watched]:
    """The threads of a mark or of a page; those that an earlier version kept say only how many answers there were."""
    return {
        name: _Watched(*known) if isinstance(known, list) else _Watched(known, since.timestamp())
        for name, known in kept.items()
    }


def poll(sweep: Sweep, access: Access, now: datetime) -> HttpCall:  # noqa: ARG001  the shape of every platform
    """The next page of threads, else of one thread's answers. Raises CannotDo."""
    page = _Page.read(sweep)
    if page.ended and page.answers:
        query = {"part": "snippet", "parentId": page.answers[0], "textFormat": "plainText", "maxResults": _PAGE}
        return _get("comments", query | ({"pageToken": page.answers_page} if page.answers_page else {}), access)
    query = {
        "part": "snippet,replies",
        "allThreadsRelatedToChannelId": sweep.account,
        "order": "time",
        "textFormat": "plainText",
        "maxResults": _PAGE,
    }
    return _get("commentThreads", query | ({"pageToken": page.threads} if page.threads else {}), access)


def gather(sweep: Sweep, answer: HttpAnswer, now: datetime) -> Gathered:
    """What was written or changed since the sweep's moment; the comments of one page as items.

    A thread that is gone meanwhile, or whose answers are not shown, is passed over: the others are read all the same.
    """
    page = _Page.read(sweep)
    if not answers.succeeded(answer):
        refused = _refusal(answer, now, wrote=False)
        begun = bool(page.answers_page)  # the mark of a later page may have expired: then the sweep begins anew
        if page.ended and page.answers and refused.verdict in (Verdict.GONE, Verdict.REFUSED) and not begun:
            return _gathered((), _Page(ended=True, answers=page.answers[1:], watched=page.watched))
        return Gathered((), refused)
    found = answers.json_object(answer.body)
    listed = found.get("items")
    if not isinstance(listed, list):
        return Gathered((), Outcome(Verdict.LATER, why="unreadable"))
    resources = [one for one in listed if isinstance(one, dict)]
    following = answers.text_of(found.get("nextPageToken")) or ""
    if page.ended and page.answers:
        thread, *others = page.answers
        known = _marked(sweep).get(thread)
        since = sweep.since.timestamp()
        items = _fresh(sweep, resources, min(since, known.read_to) if known else since)
        left = page.answers if following else tuple(others)
        return _gathered(items, _Page(ended=True, answers=left, answers_page=following, watched=page.watched))
    return _threads(sweep, page, resources, following)


def _threads(sweep: Sweep, page: _Page, threads: list[dict[str, Any]], following: str) -> Gathered:
    known, since = _marked(sweep), sweep.since.timestamp()
    items: list[Item] = []
    waiting, watched = list(page.answers), dict(page.watched)
    last: datetime | None = None
    for thread in threads:
        top, shown, total = _parts(thread)
        fresh = _fresh(sweep, [*([top] if top else []), *shown], since)
        items += fresh
        last = _moment(top, "publishedAt") or last
        name = answers.text_of(thread.get("id"))
        if not name or total <= len(shown):
            continue
        before = known.get(name)
        if before and before.answers == total:
            watched[name] = before
        elif before or fresh or len(watched) < MOST_WATCHED:
            watched[name] = _Watched(total, since)
            waiting.append(name)
    ended = not following or (last is not None and last < sweep.since - ANSWERS_COME_FOR)
    if ended:
        again = _read_long_ago(watched, sweep.since)
        waiting += again
        watched |= {name: watched[name]._replace(read_to=since) for name in again}
    return _gathered(tuple(items), _Page("" if ended else following, ended, tuple(waiting), "", watched))


def _read_long_ago(watched: Mapping[str, _Watched], since: datetime) -> list[str]:
    """The threads that are read again although they have as many answers as they had, whichever waits longest first."""
    waits = {
        name: known.read_to
        for name, known in watched.items()
        if known.read_to <= (since - READ_AGAIN_AFTER * -(-known.answers // _PAGE)).timestamp()
    }
    return sorted(waits, key=waits.__getitem__)[:_READ_AGAIN]


def _gathered(items: Iterable[Item], page: _Page) -> Gathered:
    done = page.ended and not page.answers
    latest = dict(list(page.watched.items())[:MOST_WATCHED])
    return Gathered(
        tuple(items),
        Outcome(Verdict.DONE),
        page="" if done else page.written(),
        cursor=dumps(latest) if done else "",
    )


def _marked(sweep: Sweep) -> Mapping[str, _Watched]:
    """What the last sweep left."""
    return _watched(loads(sweep.cursor), sweep.since) if sweep.cursor else {}


def _parts(thread: Mapping[str, Any]) -> tuple[dict[str, Any] | None, list[dict[str, Any]], int]:
    """The comment that opened a thread, the answers shown with it, how many there are."""
    snippet = thread.get("snippet")
    replies = thread.get("replies")
    top = snippet.get("topLevelComment") if isinstance(snippet, dict) else None
    total = snippet.get("totalReplyCount") if isinstance(snippet, dict) else 0
    shown = replies.get("comments") if isinstance(replies, dict) else []
    return (
        top if isinstance(top, dict) else None,
        [one for one in shown if isinstance(one, dict)] if isinstance(shown, list) else [],
        total if isinstance(total, int) else 0,
    )


def _fresh(sweep: Sweep, comments: Iterable[dict[str, Any]], since: float) -> tuple[Item, ...]:
    """Those that are new or changed since a moment; one without a time is left to `read` to refuse."""
    return tuple(
        Item(sweep.account, comment)
        for comment in comments
        if (changed := _moment(comment, "updatedAt")) is None or changed.timestamp() >= since
    )


def _moment(comment: Mapping[str, Any] | None, field: str) -> datetime | None:
    snippet = comment.get("snippet") if comment else None
    value = snippet.get(field) if isinstance(snippet, dict) else None
    if not isinstance(value, str):
        return None
    try:
        return shapes.instant(value, field)
    except Unreadable:
        return None


# --- what was said ---


@dataclass(frozen=True, slots=True)
class _Channel:
    __pydantic_config__: ClassVar = shapes.SHAPE
    value: str | None = None


@dataclass(frozen=True, slots=True)
class _Snippet:
    __pydantic_config__: ClassVar = shapes.SHAPE
    # ruff: disable[N815]  YouTube's spelling
    textDisplay: str
    publishedAt: str
    updatedAt: str
    videoId: str | None = None
    channelId: str | None = None
    parentId: str | None = None
    textOriginal: str | None = None
    authorDisplayName: str | None = None
    authorChannelId: _Channel | None = None
    # ruff: enable[N815]


@dataclass(frozen=True, slots=True)
class _Comment:
    __pydantic_config__: ClassVar = shapes.SHAPE
    id: str
    snippet: _Snippet


def read(item: Item) -> Iterable[Said]:
    """The comment, as written or as changed since. Raises Unreadable."""
    comment = shapes.fit(_Comment, item.payload)
    snippet = comment.snippet
    object_id = shapes.identifier(comment.id, "id")
    written = shapes.instant(snippet.publishedAt, "snippet.publishedAt")
    changed = shapes.instant(snippet.updatedAt, "snippet.updatedAt")
    verb = Verb.EDITED if changed > written else Verb.CREATED
    author = snippet.authorChannelId.value if snippet.authorChannelId else None
    thread = shapes.identifier(snippet.parentId or comment.id, "snippet.parentId")
    post = snippet.videoId or snippet.channelId or item.account
    return [
        Comment(
            platform=CARD.name,
            account=item.account,
            object=object_id,
            verb=verb,
            said_at=changed,
            posted_at=changed,
            author=Author(author, snippet.authorDisplayName, is_ours=author == item.account),
            thread=Thread(id=thread, post=post, url=_address(snippet.videoId, thread)),
            text=snippet.textOriginal or snippet.textDisplay,
            parent=snippet.parentId,
            url=_address(snippet.videoId, object_id),
        )
    ]


def _address(video: str | None, comment: str) -> str | None:
    if video is None or not _ID.fullmatch(video) or not _ID.fullmatch(comment):
        return None
    return f"https://www.youtube.com/watch?{urlencode({'v': video, 'lc': comment})}"


_ID: Final = pattern(r"[A-Za-z0-9_\-.]{1,128}", ASCII)


# --- what we do ---

_STATUS: Final = {ActKind.HIDE: "heldForReview", ActKind.UNHIDE: "published"}


def act(order: Order, access: Access, now: datetime) -> Plan:  # noqa: ARG001  the shape of every platform
    """An answer in the thread, a moderation status, a deletion. Raises CannotDo."""
    target = _plain(order.target)
    if order.kind is ActKind.REPLY:
        # YouTube has one level of answers: they all belong to the comment that opened the thread.
        body = {"snippet": {"parentId": _plain(order.thread), "textOriginal": order.text}}
        return Plan(_write("POST", "comments", {"part": "snippet"}, access, body), "reply", repeatable=False)
    if order.kind in _STATUS:
        query = {"id": target, "moderationStatus": _STATUS[order.kind]}
        return Plan(_write("POST", "comments/setModerationStatus", query, access), order.kind.value, repeatable=True)
    if order.kind is ActKind.BLOCK:
        query = {"id": target, "moderationStatus": "rejected", "banAuthor": "true"}
        return Plan(_write("POST", "comments/setModerationStatus", query, access), "block", repeatable=True)
    if order.kind is ActKind.DELETE:
        return Plan(_write("DELETE", "comments", {"id": target}, access), "delete", repeatable=True)
    raise CannotDo(order.kind.value)


def _plain(identifier: str) -> str:
    if not _ID.fullmatch(identifier):
        raise CannotDo("no_such_object")
    return identifier


def _get(what: str, query: Mapping[str, object], access: Access) -> HttpCall:
    return calls.bearer("GET", _url(what, query, access), access)


def _write(
    method: str, what: str, query: Mapping[str, object], access: Access, content: Mapping[str, Any] | None = None
) -> HttpCall:
    empty = {"content-length": "0"} if content is None else {}
    return calls.bearer(method, _url(what, query, access), access, content=content, headers=empty, units=ACT_UNITS)


def _url(what: str, query: Mapping[str, object], access: Access) -> str:
    return f"{calls.base(access, BASE_URL)}/youtube/v3/{what}?{urlencode(query)}"


# --- what YouTube answers ---

_RATE: Final = timedelta(minutes=1)
_LIMITED: Final = frozenset({"rateLimitExceeded", "userRateLimitExceeded"})
_GONE: Final = frozenset({"commentNotFound", "parentCommentNotFound", "videoNotFound", "commentThreadNotFound"})
_REASON: Final = pattern(r"[A-Za-z]{1,40}", ASCII)


def judge(order: Order, answer: HttpAnswer, now: datetime) -> Outcome:
    """2xx is done; the day's quota is over until midnight in California; what is gone is gone."""
    if answers.succeeded(answer):
        created = answers.text_of(answers.json_object(answer.body).get("id"))
        return Outcome(Verdict.DONE, id=created if order.kind is ActKind.REPLY else None)
    if answer.status == answers.NOT_FOUND and order.kind is ActKind.DELETE:
        return Outcome(Verdict.DONE, why="gone_already")
    return _refusal(answer, now, wrote=order.kind is ActKind.REPLY)


def _refusal(answer: HttpAnswer, now: datetime, *, wrote: bool) -> Outcome:
    reason = _reason(answer)
    if reason in ("quotaExceeded", "dailyLimitExceeded"):
        return Outcome(Verdict.LIMITED, why="quota", until=_midnight(now))
    if reason in _LIMITED or answer.status == answers.TOO_MANY:
        return Outcome(Verdict.LIMITED, why="throttled", until=answers.come_back(answer, now, _RATE))
    if answers.in_doubt(answer):
        return Outcome(Verdict.UNKNOWN if wrote else Verdict.LATER, why="server_error")
    if reason in _GONE or answer.status == answers.NOT_FOUND:
        return Outcome(Verdict.GONE, why=reason or "not_found")
    verdict = _VERDICTS.get(reason) or (
        Verdict.TOKEN_DEAD if answer.status == answers.UNAUTHORIZED else Verdict.REFUSED
    )
    return Outcome(verdict, why=reason or "refused", unable=reason in _NEVER)


_VERDICTS: Final = {"processingFailure": Verdict.LATER, "authError": Verdict.TOKEN_DEAD}
_NEVER: Final = frozenset({"insufficientPermissions", "forbidden"})


def _reason(answer: HttpAnswer) -> str:
    """YouTube's own word for an error, empty when there is none."""
    match answers.json_object(answer.body):
        case {"error": {"errors": [{"reason": str(reason)}, *_]}} if _REASON.fullmatch(reason):
            return reason
    return ""


def _midnight(now: datetime) -> datetime:
    """When the next day of the quota begins."""
    from zoneinfo import ZoneInfo  # noqa: PLC0415  only where a quota is over

    there = now.astimezone(ZoneInfo(CARD.day_begins_in))
    tomorrow = (there + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
    return tomorrow.astimezone(now.tzinfo)


def look_back(order: Order, access: Access) -> HttpCall | None:
    """The answers of the thread; the other acts are simply repeated."""
    if order.kind is not ActKind.REPLY:
        return None
    query = {"part": "snippet", "parentId": _plain(order.thread), "textFormat": "plainText", "maxResults": _PAGE}
    return _get("comments", query, access)


def settle(order: Order, answer: HttpAnswer) -> Outcome:
    """Ours has our words, our channel as its author, and is not older than the first attempt."""
    listed = answers.json_object(answer.body).get("items")
    if not answers.succeeded(answer) or not isinstance(listed, list):
        return Outcome(Verdict.UNKNOWN, why="unreadable")
    for comment in listed:
        match comment:
            case {"id": str(found), "snippet": {"authorChannelId": {"value": str(author)}, **snippet}} if (
                author == order.account and _same_words(snippet.get("textOriginal"), order.text)
            ):
                written = _moment(comment, "publishedAt")
                if order.since is None or written is None or written >= order.since - answers.CLOCKS_DIFFER:
                    return Outcome(Verdict.DONE, id=found)
    if answers.json_object(answer.body).get("nextPageToken"):
        return Outcome(Verdict.UNKNOWN, why="too_many_answers")
    return Outcome(Verdict.LATER, why="not_there")


def _same_words(theirs: object, ours: str) -> bool:
    return isinstance(theirs, str) and words_hash(theirs) == words_hash(ours)


# --- tokens ---


def refresh(access: Access, now: datetime) -> HttpCall | None:
    """The request for a new access token; None while the present one is good, or where none can be had."""
    if not oauth.due(access, now, _BEFORE_IT_ENDS):
        return None
    values = access.values
    form = {name: values.get(name, "") for name in ("client_id", "client_secret")}
    return oauth.renewal(
        f"{values['base_url'].rstrip('/')}/token" if "base_url" in values else TOKEN_URL, access, form, {}
    )


_BEFORE_IT_ENDS: Final = timedelta(minutes=15)


def refreshed(access: Access, answer: HttpAnswer, now: datetime) -> tuple[Mapping[str, str], Outcome]:
    """The access with its new token; Google's refresh token stays the same."""
    return oauth.renewed(access, answer, now)
