"""Every documented error of every platform leads where the facts say: tried again, waited for, parked, or to the CM.

`errors/<platform>.yaml` is the table; what each word then does to the account is shown through the real door in
`tests/functions/test_an_account_rests.py`. Several words mean that the documentation allows either.
"""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from tribune.channel import Access, ActKind, HttpAnswer, Order, Outcome, Verdict
from tribune.platforms import PLATFORMS, platform

TABLES = Path(__file__).parent / "errors"
WORDS: dict[str, Callable[[Outcome], bool]] = {
    "retry": lambda outcome: outcome.verdict is Verdict.LATER,
    "wait": lambda outcome: outcome.verdict is Verdict.LIMITED,
    "silence": lambda outcome: outcome.verdict is Verdict.BLOCKED,
    "park": lambda outcome: outcome.verdict is Verdict.TOKEN_DEAD,
    "cm": lambda outcome: outcome.verdict is Verdict.REFUSED and not outcome.unable,
    "learn": lambda outcome: outcome.verdict is Verdict.REFUSED and outcome.unable,
    "gone": lambda outcome: outcome.verdict is Verdict.GONE,
    "done": lambda outcome: outcome.verdict is Verdict.DONE,
    "doubt": lambda outcome: outcome.verdict is Verdict.UNKNOWN,
}
ROWS = [
    (table.stem, row) for table in sorted(TABLES.glob("*.yaml")) for row in yaml.safe_load(table.read_text("utf-8"))
]


def answer(row: dict[str, Any], now: datetime) -> HttpAnswer:
    soon = str(int((now + timedelta(seconds=600)).timestamp()))
    headers = {name: value.replace("{in 600}", soon) for name, value in row.get("headers", {}).items()}
    body = json.dumps(row["body"]).encode() if "body" in row else b"<html><body>nothing</body></html>"
    return HttpAnswer(row["status"], headers, body)


@pytest.mark.parametrize(("named", "row"), ROWS, ids=[f"{named}: {row['what']}" for named, row in ROWS])
def test_an_error_leads_where_the_facts_say(
    named: str, row: dict[str, Any], order: Callable[..., Order], access: Access, now: datetime
) -> None:
    module = platform(named)
    asked = order(ActKind(row.get("kind", "reply")), since=now, reply_token="t", reply_token_at=now)
    asked = replace(asked, way=row.get("way") or module.act(asked, access, now).way)

    outcome = module.judge(asked, answer(row, now), now)

    allowed = [row["leads_to"]] if isinstance(row["leads_to"], str) else row["leads_to"]
    assert any(WORDS[word](outcome) for word in allowed), (row["what"], outcome)
    if outcome.verdict is Verdict.LIMITED:
        assert outcome.until is None or now < outcome.until <= now + timedelta(days=2)


@pytest.mark.parametrize("named", list(PLATFORMS))
def test_every_platform_has_its_table(named: str) -> None:
    rows = [row for table, row in ROWS if table == named]
    words = {
        word for row in rows for word in ([row["leads_to"]] if isinstance(row["leads_to"], str) else row["leads_to"])
    }

    assert words >= {"wait", "park", "cm"}, "waited for, parked, or to the CM"
    assert words & {"doubt", "retry"}
