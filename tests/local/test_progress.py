"""What `tribune serve` says where there is no terminal: plain lines, on the stream it is given."""

import io
from datetime import UTC, datetime

from local.progress import Progress
from local.pump import Batch
from local.runtime import Ending
from local.twins import Entry

NOW = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)


def entry(to: str, kind: str, text: str | None) -> Entry:
    return Entry(1, NOW, to, kind, "garance", "1001", "1001_1", text, "action-1", 200)


def test_acts_calls_and_failures_are_lines() -> None:
    out = io.StringIO()
    progress = Progress(out)
    with progress.shown():
        progress.watcher.delivered("POST", "/webhooks/facebook", 200)
        progress.watcher.settled(Batch("ModerateComments", 10, 0, Ending.RETURNED))
        progress.watcher.settled(Batch("PerformAction", 3, 3, Ending.KILLED))
        progress.watcher.received(entry("facebook", "reply", "[red]words of a reply"))
        progress.watcher.received(entry("console:marie", "call", "Menace\nRegardez le fil."))

    assert out.getvalue().splitlines() == [
        "PerformAction: 3 of 3 come back (killed)",
        "facebook: reply 1001_1 200",
        "console:marie: Menace",
        "Regardez le fil.",
    ]


def test_the_words_of_members_and_replies_are_not_shown() -> None:
    out = io.StringIO()
    progress = Progress(out)
    progress.watcher.received(entry("facebook", "reply", "a private matter"))

    assert "private" not in out.getvalue()
