"""A call of ours, carried to a twin and back as the host would."""

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from local.twins import Entry, Fate, Outbox, Twin, TwinAnswer, TwinRequest
from tribune.channel import Access, ActKind, HttpAnswer, HttpCall, Order, Sweep, Verdict

NOW = datetime(2026, 9, 1, 9, 0, 5, tzinfo=UTC)


@pytest.fixture
def now() -> datetime:
    return NOW


@pytest.fixture
def outbox() -> Outbox:
    return Outbox(lambda _to, account: "garance" if account else None)


@pytest.fixture
def carried() -> Callable[..., TwinAnswer]:
    def carry(twin: Twin, call: HttpCall, at: datetime = NOW, after_s: float = 0) -> TwinAnswer:
        """What the twin answers to one of our calls, `after_s` seconds later."""
        address = urlsplit(call.url)
        query = dict(parse_qsl(address.query, keep_blank_values=True))
        moment = at + timedelta(seconds=after_s)
        return twin.handle(TwinRequest(call.method, address.path, call.headers, call.body or b"", moment, query))

    return carry


@pytest.fixture
def answer_of() -> Callable[[TwinAnswer], HttpAnswer]:
    def convert(answer: TwinAnswer) -> HttpAnswer:
        assert answer.fate is Fate.ANSWER
        return HttpAnswer(answer.status, answer.headers, answer.body)

    return convert


@pytest.fixture
def swept(carried: Callable[..., TwinAnswer], answer_of: Callable[[TwinAnswer], HttpAnswer]) -> Callable[..., Any]:
    """Everything that a sweep of an account reads, page after page; how many requests it took."""

    def sweep(module: Any, twin: Twin, access: Access, since: datetime, at: datetime = NOW) -> tuple[list[Any], int]:
        said, page, asked = [], "", 0
        while asked == 0 or page:
            step = Sweep(access.account, since, page=page)
            gathered = module.gather(step, answer_of(carried(twin, module.poll(step, access, at), at)), at)
            assert gathered.outcome.verdict is Verdict.DONE
            said += [one for item in gathered.items for one in module.read(item)]
            page, asked = gathered.page, asked + 1
        return said, asked

    return sweep


@pytest.fixture
def said_by() -> Callable[[TwinAnswer], Any]:
    return lambda answer: json.loads(answer.body)


@pytest.fixture
def order() -> Callable[..., Order]:
    def make(kind: ActKind = ActKind.REPLY, **fields: Any) -> Order:
        given: Mapping[str, Any] = {
            "action_id": "act-1",
            "account": "102030405060708",
            "target": "900_1001",
            "thread": "900_1001",
            "text": "Bonjour 🚲",
        }
        return Order(kind=kind, **{**given, **fields})

    return make


@pytest.fixture
def shown() -> Callable[[Outbox], list[tuple[Any, ...]]]:
    """The outbox in short."""

    def short(entry: Entry) -> tuple[Any, ...]:
        return entry.to, entry.kind, entry.account, entry.object, entry.text, entry.action_id, entry.status

    return lambda outbox: [short(entry) for entry in outbox.entries]
