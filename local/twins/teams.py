"""Teams' twin: workflows that take a message with one Adaptive Card, the way a CM is called there.

Told to fail: besides the connection's modes `500`, `429`, `token` (the workflow was removed, or its owner left).
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, ClassVar, Final

from local.twins import Outbox, TwinAnswer, TwinRequest
from local.twins.acting import ActingTwin, Call, Done, Refusal, as_json, json_of

_CARD: Final = "application/vnd.microsoft.card.adaptive"
_VERSIONS: Final = ("1.0", "1.1", "1.2", "1.3", "1.4", "1.5")
MOST_BYTES: Final = 28 * 1024


class TeamsTwin(ActingTwin):
    """Each path is the workflow of one person (or channel)."""

    name: ClassVar[str] = "teams"

    def __init__(self, outbox: Outbox, workflows: Mapping[str, str]) -> None:
        """`workflows`: path (`/workflows/x`) -> who reads it, shown as `teams:<who>` in the outbox."""
        super().__init__(outbox)
        self._workflows = dict(workflows)

    def _understand(self, request: TwinRequest) -> Call:
        if request.method != "POST":
            raise Refusal(_error(404, "WorkflowNotFound", "The requested workflow could not be found."))
        if len(request.body) > MOST_BYTES:
            raise Refusal(_error(413, "RequestEntityTooLarge", "Message size too large."))
        match json_of(request.body):
            case {"type": "message", "attachments": [{"contentType": contained, "content": dict(card)}]} if (
                contained == _CARD
            ):
                return Call("call", None, "\n".join(_shown(card)), credential=request.path.rstrip("/"))
        raise Refusal(_error(400, "TriggerInputSchemaMismatch", "The input body does not match the schema."))

    def _apply(self, call: Call, now: datetime) -> Done:
        del now
        if call.credential not in self._workflows:
            raise Refusal(_error(404, "WorkflowNotFound", "The requested workflow could not be found."))
        return Done(TwinAnswer(202), None)

    def _receiver(self, call: Call) -> str:
        return f"{self.name}:{self._workflows.get(call.credential, 'nobody')}"

    def _refusal(self, mode: str) -> TwinAnswer:
        match mode:
            case "429":
                return TwinAnswer(429, {"retry-after": "10"}, b"")
            case "token":
                return _error(400, "WorkflowTriggerIsNotEnabled", "Could not execute workflow trigger.")
        return _error(500, "InternalServerError", "Encountered internal server error.")


def _shown(card: Mapping[str, Any]) -> Iterator[str]:
    """What a reader sees of a card. Raises Refusal for what Teams does not show."""
    if card.get("type") != "AdaptiveCard" or card.get("version") not in _VERSIONS:
        raise Refusal(_error(400, "BadRequest", "Only AdaptiveCard up to 1.5 is shown."))
    for element in card.get("body", ()):
        match element:
            case {"type": "RichTextBlock", "inlines": list(runs)} if all(_is_run(run) for run in runs):
                yield "".join(run["text"] for run in runs)
            case {"type": "TextBlock", "text": str(text)}:
                yield text
            case _:
                raise Refusal(_error(400, "BadRequest", "An element of the card is not known."))
    for action in card.get("actions", ()):
        match action:
            case {"type": "Action.OpenUrl", "title": str(title), "url": str(url)} if url.startswith("http"):
                yield f"{title}\n{url}"
            case _:
                raise Refusal(_error(400, "BadRequest", "An action of the card is not known."))


def _is_run(run: object) -> bool:
    return isinstance(run, dict) and run.get("type") == "TextRun" and isinstance(run.get("text"), str)


def _error(status: int, code: str, message: str) -> TwinAnswer:
    return as_json(status, {"error": {"code": code, "message": message}})
