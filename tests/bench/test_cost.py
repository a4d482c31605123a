"""The rules by which DynamoDB charges, and the bill that follows from a run."""

from datetime import date

import pytest

from bench import cost
from bench.cost import Standby, Usage, Work, index_write_units, item_bytes, read_units, write_units


def item(size: int) -> dict[str, dict[str, str]]:
    """An item of so many bytes: a name of one, the rest text."""
    return {"t": {"S": "x" * (size - 1)}}


@pytest.mark.parametrize(
    ("value", "size"),
    [
        ({"S": "héhé"}, 6),
        ({"N": "0"}, 2),
        ({"N": "1234"}, 3),
        ({"N": "-12300"}, 3),
        ({"N": "100000000"}, 2),
        ({"B": b"12345"}, 5),
        ({"BOOL": True}, 1),
        ({"NULL": True}, 1),
        ({"L": []}, 3),
        ({"M": {}}, 3),
        ({"L": [{"S": "ab"}, {"BOOL": False}]}, 3 + 1 + 2 + 1 + 1),
        ({"M": {"ab": {"S": "cd"}}}, 3 + 1 + 2 + 2),
        ({"SS": ["ab", "cde"]}, 5),
    ],
)
def test_an_item_is_as_large_as_its_names_and_values(value: dict[str, object], size: int) -> None:
    assert item_bytes({"name": value}) == len("name") + size


@pytest.mark.parametrize(
    ("before", "after", "units"), [(0, 100, 1), (0, 1024, 1), (0, 1025, 2), (3000, 100, 3), (100, 0, 1), (0, 0, 1)]
)
def test_a_write_costs_the_larger_of_before_and_after(before: int, after: int, units: int) -> None:
    assert write_units(item(before) if before else None, item(after) if after else None) == units


def test_an_index_costs_only_when_its_entry_changes() -> None:
    here, there = {"due_pk": {"S": "action#1"}}, {"due_pk": {"S": "action#2"}}

    assert index_write_units(None, None) == 0
    assert index_write_units(here, here) == 0
    assert index_write_units(None, here) == 1
    assert index_write_units(here, None) == 1
    assert index_write_units(here, there) == 2


def test_a_batch_rounds_each_item_and_a_query_their_sum() -> None:
    assert read_units([1500, 6500], consistent=True) == 3
    assert read_units([1500, 6500], consistent=True, together=True) == 2
    assert read_units([1500, 6500], consistent=False) == 1.5


def test_reading_nothing_costs_as_much_as_a_small_item() -> None:
    assert read_units([0], consistent=True) == 1
    assert read_units([], consistent=False, together=True) == 0.5


def test_duration_is_a_share_of_a_processor_and_the_waiting() -> None:
    half = Work(memory_mb=cost.WHOLE_PROCESSOR_MB // 2, invocations=1, processor_s=1.0)
    waiting = Work(memory_mb=1024, invocations=1, processor_s=0.0, calls={"sqs": 100})

    assert half.gigabyte_seconds == pytest.approx(2 * (cost.WHOLE_PROCESSOR_MB // 2) / 1024, rel=0.01)
    assert waiting.gigabyte_seconds == pytest.approx(100 * cost.LATENCY_S["sqs"])


USAGE = Usage(
    comments=1000,
    acts=70,
    deliveries=1100,
    sqs_requests=1500,
    write_units=12_000,
    read_units=6000,
    work={"ModerateComments": Work(1024, 100, 3.0, {"dynamodb": 300}), "ReceiveWebhook": Work(512, 1100, 2.0)},
    log_bytes=1_000_000,
    log_events=3000,
    metrics=30,
    stored_bytes={"JournalTable": 2_000_000},
)
STANDBY = Standby(
    alarm_metrics=16,
    composite_alarms=2,
    mappings=3,
    watch=Work(256, 1, 0.004, {"dynamodb": 7}),
    watch_read_units=4,
)


def test_a_million_comments_cost_a_thousand_times_a_thousand() -> None:
    dollars = {line.what: line.dollars for line in cost.processing(USAGE)}

    assert dollars["HTTP API"] == pytest.approx(1.10)
    assert dollars["SQS"] == pytest.approx(0.60)
    assert dollars["DynamoDB, writes"] == pytest.approx(7.50)
    assert dollars["DynamoDB, reads"] == pytest.approx(0.75)
    assert dollars["Lambda, requests"] == pytest.approx(0.24)


def test_an_idle_month_pays_for_alarms_and_empty_queues_first() -> None:
    dollars = {line.what: line.dollars for line in cost.idle(STANDBY)}

    assert dollars["CloudWatch alarms"] == pytest.approx(1.60)
    assert dollars["CloudWatch alarms, composite"] == pytest.approx(1.00)
    assert dollars["SQS, Lambda polling empty queues"] == pytest.approx(0.79, abs=0.01)
    assert 0 < cost.total(cost.idle(STANDBY)) < 5


def test_the_document_says_what_it_rests_on() -> None:
    text = cost.document(USAGE, USAGE, STANDBY, date(2026, 11, 22))

    assert "2026-11-22" in text
    assert "estimate" in text
    assert all(price.source for price in cost.PRICES.values())
    rows = [line for line in text.splitlines() if line.startswith("|")]
    assert {row.count("|") for row in rows[:9]} == {4}
    assert f"{cost.total(cost.processing(USAGE)):.2f}" in text
