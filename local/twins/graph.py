"""What the twins of Meta's products share: the token and its proof, Graph's errors, its usage headers, its failures.

Told to fail: besides the connection's modes `500`, `429`, `spam`, `token`. `{"consistency_s": n}`: a new reply stays
invisible to readers for so long. `{"usage": p}`: p percent of the application's calls are used; from 100 on every call
is refused until it is told less.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from hashlib import sha256
from hmac import compare_digest, digest
from itertools import count
from typing import Any, ClassVar, Final
from urllib.parse import parse_qsl

from local.twins import Outbox, TwinAnswer, TwinRequest
from local.twins.acting import ActingTwin, Refusal, as_json, bearer, json_of

_TIMES: Final = "%Y-%m-%dT%H:%M:%S+0000"
_ALL: Final = 100


class GraphTwin(ActingTwin):
    """A product of Meta, for the accounts whose tokens it is given."""

    modes: ClassVar[frozenset[str]] = frozenset({"500", "429", "spam", "token"})
    error_type: ClassVar[str] = "OAuthException"

    def __init__(
        self,
        outbox: Outbox,
        tokens: Mapping[str, tuple[str, ...]],
        app_secret: str | None = None,
        consistency_s: float = 0,
    ) -> None:
        """`tokens`: access token -> the accounts it may act for. `app_secret`: demand a proof of it with every call."""
        super().__init__(outbox)
        self._tokens, self._app_secret = dict(tokens), app_secret
        self.consistency_s = consistency_s
        self.usage = 0
        self._numbers = count(880_000_000_000_001)

    def fail(self, spec: object) -> None:
        """As every twin; see the module for `consistency_s` and `usage`."""
        if isinstance(spec, Mapping) and "consistency_s" in spec:
            self.consistency_s = float(spec["consistency_s"])
        elif isinstance(spec, Mapping) and "usage" in spec:
            self.usage = int(spec["usage"])
        else:
            super().fail(spec)

    def handle(self, request: TwinRequest) -> TwinAnswer:
        """Answer as the real service would, with how much of the limit is used."""
        if self.usage >= _ALL:
            answer = self._error(400, 4, "(#4) Application request limit reached", is_transient=True)
        else:
            answer = super().handle(request)
        if not self.usage:
            return answer
        used = {"call_count": self.usage, "total_time": self.usage // 2, "total_cputime": self.usage // 3}
        return replace(answer, headers={**answer.headers, "x-app-usage": json.dumps(used)})

    def _accounts(self, credential: str) -> tuple[str, ...]:
        """The accounts of a token. Raises Refusal."""
        accounts = self._tokens.get(credential)
        if accounts is None:
            raise Refusal(self._dead_token())
        return accounts

    def _allowed(self, account: str, credential: str) -> None:
        """May the token act for that account? Raises Refusal."""
        if account not in self._accounts(credential):
            raise Refusal(
                self._error(403, 200, "(#200) The user has not authorized application to perform this action")
            )

    def _credential(self, request: TwinRequest, form: Mapping[str, str]) -> str:
        """The token of a request, once its proof is right. Raises Refusal."""
        token = bearer(request) or form.get("access_token") or request.query.get("access_token", "")
        if self._app_secret is None or not token:
            return token
        given = form.get("appsecret_proof") or request.query.get("appsecret_proof", "")
        right = digest(self._app_secret.encode(), token.encode(), sha256).hex()
        if not compare_digest(given.encode(), right.encode()):
            raise Refusal(self._error(400, 100, "Invalid appsecret_proof provided in the API argument"))
        return token

    def _names_its_token(self, request: TwinRequest) -> None:
        """A renewal says in its address, which has no version, what it renews. Raises Refusal."""
        if "access_token" not in request.query or request.path != "/refresh_access_token":
            raise self._invalid("The parameter access_token is required")

    def _visible(self, written: datetime, *, ours: bool, now: datetime) -> bool:
        """Can a reader see it yet? What we wrote takes a while."""
        return not ours or (now - written).total_seconds() >= self.consistency_s

    # --- Graph's own words ---

    def _refusal(self, mode: str) -> TwinAnswer:
        match mode:
            case "429":
                return self._error(400, 32, "(#32) Page request limit reached", headers={"retry-after": "120"})
            case "spam":
                return self._error(400, 368, "The action attempted has been deemed abusive or is otherwise disallowed")
            case "token":
                return self._dead_token()
        sentence = "An unexpected error has occurred. Please retry your request later."
        return self._error(500, 2, sentence, is_transient=True)

    def _dead_token(self) -> TwinAnswer:
        return self._error(401, 190, "Error validating access token: Session has expired", error_subcode=463)

    def _gone(self, identity: str | None) -> TwinAnswer:
        sentence = (
            f"Unsupported post request. Object with ID '{identity}' does not exist, cannot be loaded due to missing "
            "permissions, or does not support this operation"
        )
        return self._error(400, 100, sentence, error_subcode=33)

    def _invalid(self, sentence: str = "Invalid parameter") -> Refusal:
        return Refusal(self._error(400, 100, sentence))

    def _error(
        self, status: int, code: int, sentence: str, headers: Mapping[str, str] | None = None, **more: object
    ) -> TwinAnswer:
        error = {"message": sentence, "type": self.error_type, "code": code, "fbtrace_id": "ATwin", **more}
        return as_json(status, {"error": error}, headers)


@dataclass(frozen=True, slots=True)
class Written:
    """What somebody is to be told in `POST /{account}/messages`."""

    to: str
    """`comment_id`, `post_id` or `id`."""
    whom: str
    text: str
    kind: str = ""


def message_of(form: Mapping[str, str]) -> Written | None:
    """The message of a form or JSON body, None when it is none."""
    match json_of(form.get("recipient", "").encode()), json_of(form.get("message", "").encode()):
        case {"comment_id": str(whom)}, {"text": str(text)} if text.strip():
            return Written("comment_id", whom, text)
        case {"post_id": str(whom)}, {"text": str(text)} if text.strip():
            return Written("post_id", whom, text)
        case {"id": str(whom)}, {"text": str(text)} if text.strip():
            return Written("id", whom, text, form.get("messaging_type", ""))
    return None


def form_of(request: TwinRequest) -> dict[str, str]:
    """The fields of a form or of a JSON object, as text."""
    if request.headers.get("content-type", "").startswith("application/json"):
        body = json_of(request.body)
        fields = body if isinstance(body, dict) else {}
        return {name: value if isinstance(value, str) else json.dumps(value) for name, value in fields.items()}
    return dict(parse_qsl(request.body.decode("utf-8", "replace"), keep_blank_values=True))


def moment(at: datetime) -> str:
    """A time as Graph writes it."""
    return at.astimezone(UTC).strftime(_TIMES)


def page_of(results: Sequence[Mapping[str, Any]], request: TwinRequest, default: int = 25) -> TwinAnswer:
    """One page of results with its cursors, as `limit` and `after` ask for it."""
    limit, start = int(request.query.get("limit", str(default))), int(request.query.get("after", "0"))
    paging: dict[str, Any] = {"cursors": {"before": str(start), "after": str(start + limit)}}
    if start + limit < len(results):
        paging["next"] = f"https://graph.facebook.com{request.path}?after={start + limit}"
    return as_json(200, {"data": list(results[start : start + limit]), "paging": paging})


def chosen(shown: Mapping[str, Any], request: TwinRequest) -> dict[str, Any]:
    """The fields that were asked for; the id always comes."""
    wanted = {one.partition("{")[0] for one in request.query.get("fields", "").split(",")} | {"id"}
    return {name: value for name, value in shown.items() if name in wanted}


def escaped(body: Mapping[str, Any]) -> bytes:
    r"""JSON as Meta writes it: compact, `\uXXXX` in lower case, `\/`."""
    return json.dumps(body, separators=(",", ":")).replace("/", "\\/").encode("ascii")
