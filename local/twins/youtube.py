"""YouTube's twin: comment threads as the Data API v3 shows them, with its quota, its tokens and its slowness.

A new answer is seen by reads only a little later, as on the real service. Told to fail: besides the connection's modes
`500`, `quota` (the day's units are used up), `rate`, `token` (the access was revoked), `disabled` (comments are closed).
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import count
from typing import Any, ClassVar, Final
from urllib.parse import parse_qs

from local.twins import Outbox, TwinAnswer, TwinRequest
from local.twins.acting import ActingTwin, Call, Done, Refusal, as_json, bearer, json_of
from tribune.platforms.youtube import ACT_UNITS, CARD

ROOT: Final = "/youtube/v3/"
_KINDS: Final = {"heldForReview": "hide", "published": "unhide", "rejected": "block"}
SHOWN_WITH_THREAD: Final = 5
SEEN_AFTER: Final = timedelta(seconds=2)
TOKEN_LASTS: Final = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Known:
    """A comment on the channel."""

    id: str
    channel: str
    text: str
    author: str
    at: datetime
    changed: datetime
    parent: str = ""
    video: str = "v-1"
    status: str = "published"


class YoutubeTwin(ActingTwin):
    """`refresh_tokens`: refresh token -> the channels its owner consented for."""

    name: ClassVar[str] = "youtube"
    modes: ClassVar[frozenset[str]] = frozenset({"500", "quota", "rate", "token", "disabled"})

    def __init__(
        self, outbox: Outbox, refresh_tokens: Mapping[str, tuple[str, ...]], units: int = CARD.daily_units
    ) -> None:
        """`units`: what a day allows."""
        super().__init__(outbox)
        self._owners = dict(refresh_tokens)
        self._access: dict[str, tuple[str, datetime]] = {}
        self.comments: dict[str, Known] = {}
        self.banned: set[str] = set()
        self.units_left = units
        self._numbers = count(1)

    def say(  # noqa: PLR0913  a comment, field by field
        self,
        channel: str,
        text: str,
        at: datetime,
        *,
        author: str = "UCmember",
        parent: str = "",
        changed: datetime | None = None,
    ) -> str:
        """Somebody comments under a video; the comment's id."""
        with self._lock:
            number = next(self._numbers)
            identity = f"{parent}.r{number}" if parent else f"Ugthread{number}"
            self.comments[identity] = Known(identity, channel, text, author, at, changed or at, parent)
        return identity

    def said(self, what: Mapping[str, Any], now: datetime) -> str:
        """A member comments; see `Peopled`."""
        match what:
            case {"account": str(channel), "text": str(text), **rest} if set(rest) <= {"author", "parent"}:
                return self.say(
                    channel, text, now, author=rest.get("author", "UCmember"), parent=rest.get("parent", "")
                )
        raise ValueError("say: account and text, perhaps author and parent")

    # --- tokens ---

    def _handle(self, request: TwinRequest) -> TwinAnswer:
        if request.path == "/token":
            return self._renew(request)
        return super()._handle(request)

    def _renew(self, request: TwinRequest) -> TwinAnswer:
        given = {name: values[0] for name, values in parse_qs(request.body.decode()).items()}
        owner = given.get("refresh_token", "")
        if given.get("grant_type") != "refresh_token" or not given.get("client_id") or owner not in self._owners:
            return as_json(400, {"error": "invalid_grant", "error_description": "Token has been expired or revoked."})
        token = f"ya29.{next(self._numbers)}"
        self._access[token] = (owner, request.now + TOKEN_LASTS)
        return as_json(
            200, {"access_token": token, "expires_in": int(TOKEN_LASTS.total_seconds()), "token_type": "Bearer"}
        )

    def _channels(self, request: TwinRequest) -> tuple[str, ...]:
        owner, ends = self._access.get(bearer(request), ("", request.now))
        if ends <= request.now:
            raise Refusal(_error(401, "authError", "Invalid Credentials"))
        return self._owners[owner]

    def _spend(self, units: int) -> None:
        if self.units_left < units:
            raise Refusal(self._refusal("quota"))
        self.units_left -= units

    # --- reading ---

    def _look(self, request: TwinRequest) -> TwinAnswer:
        channels = self._channels(request)
        self._spend(1)
        seen = [
            one for one in self.comments.values() if one.at + SEEN_AFTER <= request.now and one.status == "published"
        ]
        if request.path == ROOT + "commentThreads":
            channel = request.query.get("allThreadsRelatedToChannelId", "")
            if channel not in channels:
                raise Refusal(_error(404, "channelNotFound", "The channel could not be found."))
            found = [one for one in seen if one.channel == channel and not one.parent]
            return _page(request, sorted(found, key=lambda one: one.at, reverse=True), lambda one: _thread(one, seen))
        if request.path == ROOT + "comments":
            found = [one for one in seen if one.parent == request.query.get("parentId")]
            return _page(request, sorted(found, key=lambda one: one.at, reverse=True), _comment)
        raise Refusal(_error(404, "notFound", "Not Found"))

    # --- acting ---

    def _understand(self, request: TwinRequest) -> Call:
        self._channels(request)
        token, query = bearer(request), request.query
        match request.method, request.path.removeprefix(ROOT), json_of(request.body) if request.body else None:
            case "POST", "comments", {"snippet": {"parentId": str(parent), "textOriginal": str(text)}}:
                return Call("reply", parent, text, credential=token)
            case "POST", "comments/setModerationStatus", None if query.get("moderationStatus") in _KINDS:
                kind = _KINDS[query["moderationStatus"]]
                if (kind == "block") == (query.get("banAuthor") == "true"):
                    return Call(kind, query.get("id"), credential=token)
            case "DELETE", "comments", None:
                return Call("delete", query.get("id"), credential=token)
        raise Refusal(_error(400, "badRequest", "Bad Request"))

    def _apply(self, call: Call, now: datetime) -> Done:
        known = self.comments.get(call.object or "")
        owner, _ = self._access[call.credential]
        self._spend(ACT_UNITS)
        if known is None:
            missing = "parentCommentNotFound" if call.kind == "reply" else "commentNotFound"
            raise Refusal(_error(404, missing, "The comment could not be found."))
        if known.channel not in self._owners[owner]:
            raise Refusal(_error(403, "forbidden", "Not yours."))
        if call.kind == "reply":
            created = self.say(known.channel, call.text or "", now, author=known.channel, parent=known.id)
            return Done(as_json(200, _comment(self.comments[created])), known.channel, created)
        if call.kind == "delete":
            del self.comments[known.id]
        else:
            status = "published" if call.kind == "unhide" else "heldForReview" if call.kind == "hide" else "rejected"
            self.comments[known.id] = replace(known, status=status)
            if call.kind == "block":
                self.banned.add(known.author)
        return Done(TwinAnswer(204), known.channel)

    def _account_of(self, call: Call) -> str | None:
        known = self.comments.get(call.object or "")
        return known.channel if known else None

    def _refusal(self, mode: str) -> TwinAnswer:
        match mode:
            case "quota":
                return _error(
                    403, "quotaExceeded", "The request cannot be completed because you have exceeded your quota."
                )
            case "rate":
                return _error(403, "rateLimitExceeded", "Rate Limit Exceeded")
            case "token":
                return _error(401, "authError", "Invalid Credentials")
            case "disabled":
                return _error(403, "commentsDisabled", "The video has disabled comments.")
        return _error(500, "backendError", "Backend Error")


def _page(request: TwinRequest, found: list[Known], shown: Any) -> TwinAnswer:
    size, start = int(request.query.get("maxResults", "20")), int(request.query.get("pageToken", "0"))
    body: dict[str, Any] = {
        "kind": "youtube#listResponse",
        "items": [shown(one) for one in found[start : start + size]],
    }
    if len(found) > start + size:
        body["nextPageToken"] = str(start + size)
    return as_json(200, body)


def _comment(known: Known) -> dict[str, Any]:
    snippet: dict[str, Any] = {
        "channelId": known.channel,
        "videoId": known.video,
        "textDisplay": known.text,
        "textOriginal": known.text,
        "authorDisplayName": f"@{known.author}",
        "authorChannelId": {"value": known.author},
        "publishedAt": known.at.isoformat(),
        "updatedAt": known.changed.isoformat(),
    }
    return {
        "kind": "youtube#comment",
        "id": known.id,
        "snippet": snippet | ({"parentId": known.parent} if known.parent else {}),
    }


def _thread(known: Known, seen: list[Known]) -> dict[str, Any]:
    below = [one for one in seen if one.parent == known.id]
    snippet = {
        "channelId": known.channel,
        "videoId": known.video,
        "topLevelComment": _comment(known),
        "totalReplyCount": len(below),
    }
    return {
        "kind": "youtube#commentThread",
        "id": known.id,
        "snippet": snippet,
        "replies": {"comments": [_comment(one) for one in below[:SHOWN_WITH_THREAD]]},
    }


def _error(status: int, reason: str, message: str) -> TwinAnswer:
    error = {
        "code": status,
        "message": message,
        "errors": [{"message": message, "domain": "youtube", "reason": reason}],
    }
    return as_json(status, {"error": error})
