"""The ledger in DynamoDB: one link a transaction, one end a chain, whatever is lost on the way."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ReadTimeoutError

from local.resources import Stack
from tribune import ledger
from tribune.aws import clients
from tribune.aws import ledger as kept
from tribune.aws.journal import Journal
from tribune.errors import Conflict, Unavailable
from tribune.journal import Call, Changes
from tribune.ledger import Chain, Link, Seal

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)


def journal(stack: Stack, environment: str = "env-a") -> Journal:
    return Journal(clients.dynamodb(), stack.tables()["JournalTable"], environment=environment)


def table(stack: Stack) -> str:
    return stack.tables()["JournalTable"]


def seals(*numbers: int, community: str = "garance") -> Changes:
    return Changes(seals=tuple(Seal(community, bytes([number]) * 32) for number in numbers))


def links(stack: Stack, community: str = "garance") -> list[Link]:
    found = kept.links(clients.dynamodb(), table(stack), community)
    return sorted(found, key=lambda link: (link.chain, link.seq))


def whole(stack: Stack) -> ledger.Report:
    written = [ledger.heading("garance"), *map(ledger.line, links(stack))]
    return ledger.verify(written, lambda *_: False)


@contextmanager
def answers_lost(journal: Journal, *, written: bool) -> Iterator[None]:
    """Nobody hears of what is written, if it is."""
    client: Any = journal.client
    put = client.put_item

    def lost(**request: Any) -> None:
        if written:
            put(**request)
        raise ReadTimeoutError(endpoint_url="dynamodb")

    client.put_item = lost
    try:
        yield
    finally:
        client.put_item = put


def test_what_is_committed_is_chained_as_it_was_sealed(stack: Stack) -> None:
    ours = journal(stack)
    ours.commit(seals(1, 2), NOW)
    ours.commit(seals(3), NOW + timedelta(minutes=1))

    first, second = links(stack)

    assert first.chain == Chain("garance", "2026-11-22", "env-a")
    assert (first.leaves, second.leaves) == ((b"\x01" * 32, b"\x02" * 32), (b"\x03" * 32,))
    assert (first.seq, second.seq, second.prev) == (1, 2, first.hash)
    assert whole(stack).faults == ()


def test_what_decides_nothing_writes_no_link(stack: Stack) -> None:
    call = Call("garance", "c", "threat", "now", NOW, NOW)
    journal(stack).commit(Changes(calls=(call,)), NOW)

    assert links(stack) == []


def test_two_communities_of_one_batch_have_a_link_each(stack: Stack) -> None:
    ours = journal(stack)
    changes = seals(1) + seals(2, community="other") + seals(3)
    ours.commit(changes, NOW)

    assert ours.cost(changes) == 2
    assert [link.leaves for link in links(stack)] == [(b"\x01" * 32, b"\x03" * 32)]
    assert [link.leaves for link in links(stack, "other")] == [(b"\x02" * 32,)]


def test_each_environment_has_its_chain_and_each_day_a_new_one(stack: Stack) -> None:
    ours, theirs = journal(stack), journal(stack, "env-b")
    ours.commit(seals(1), NOW)
    theirs.commit(seals(2), NOW)
    ours.commit(seals(3), NOW + timedelta(days=1))

    assert [(link.chain.day, link.chain.writer, link.seq) for link in links(stack)] == [
        ("2026-11-22", "env-a", 1),
        ("2026-11-22", "env-b", 1),
        ("2026-11-23", "env-a", 1),
    ]


def test_an_answer_that_was_lost_does_not_fork_the_chain(stack: Stack) -> None:
    ours = journal(stack)
    ours.commit(seals(1), NOW)
    with answers_lost(ours, written=True), pytest.raises(Unavailable):
        ours.commit(seals(2), NOW)
    ours.commit(seals(3), NOW)

    assert [link.seq for link in links(stack)] == [1, 2, 3]
    assert whole(stack).faults == ()


def test_a_write_that_failed_leaves_no_hole(stack: Stack) -> None:
    ours = journal(stack)
    ours.commit(seals(1), NOW)
    with answers_lost(ours, written=False), pytest.raises(Unavailable):
        ours.commit(seals(2), NOW)
    ours.commit(seals(3), NOW)

    assert [link.seq for link in links(stack)] == [1, 2]
    assert whole(stack).faults == ()


def test_who_shares_a_writers_name_is_refused_once_and_goes_on_behind(stack: Stack) -> None:
    journal(stack).commit(seals(1), NOW)
    again = journal(stack)
    with pytest.raises(Conflict):
        again.commit(seals(2), NOW)
    again.commit(seals(2), NOW)

    assert [link.seq for link in links(stack)] == [1, 2]
    assert whole(stack).faults == ()


def test_a_day_without_trouble_asks_for_nothing_more(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> None:
    ours = journal(stack)
    asked: list[str] = []
    client: Any = ours.client
    client.meta.events.register("provide-client-params.dynamodb", lambda model, **_: asked.append(model.name), "asked")
    monkeypatch.setattr(kept, "last", lambda *_: pytest.fail("nobody has to look the end up"))
    try:
        for number in range(5):
            ours.commit(seals(number), NOW)
    finally:
        client.meta.events.unregister("provide-client-params.dynamodb", unique_id="asked")

    assert asked == ["PutItem"] * 5


def test_the_ends_of_a_days_chains_are_found_with_one_request_each(stack: Stack) -> None:
    for writer, n in (("a", 3), ("ab", 1), ("f", 12)):
        ours = journal(stack, writer)
        for number in range(n):
            ours.commit(seals(number), NOW)
    journal(stack, "z").commit(seals(1), NOW + timedelta(days=1))

    found = list(kept.ends(clients.dynamodb(), table(stack), "garance", "2026-11-22"))

    assert sorted((link.chain.writer, link.seq) for link in found) == [("a", 3), ("ab", 1), ("f", 12)]


def test_a_link_of_ten_decisions_is_one_write_unit() -> None:
    request = kept.put(
        "t", ledger.following(None, Chain("a" * 20, "2026-11-22", "e" * 32), [bytes([n]) * 32 for n in range(10)], NOW)
    )
    size = sum(len(name) + len(next(iter(value.values()))) for name, value in request["Item"].items())

    assert size < 1024
