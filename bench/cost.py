"""What a comment costs on AWS: DynamoDB's capacity rules, list prices, and the bill of a measured run. Pure.

Prices are those of us-east-1, without any free tier; each says where it was read and when. The AWS pricing pages
themselves could not be read from here: the sources are copies of them and what others quote from them.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from math import ceil
from types import MappingProxyType
from typing import Any

type Typed = Mapping[str, Mapping[str, Any]]
"""An item as DynamoDB's protocol writes it: attribute -> {type: value}."""

WRITE_UNIT, READ_UNIT = 1024, 4096
"""Bytes. Source: DynamoDB developer guide, *DynamoDB read and write operations*."""
STORED_PER_ITEM = 100
"""Bytes that each item takes beyond its own, in storage only. Source: *DynamoDB item sizes and formats*."""
MINUTES_A_MONTH = 730 * 60
GIGABYTE = 2**30
MILLION = 1_000_000

# --- DynamoDB's rules -----------------------------------------------------------------------------------


def item_bytes(item: Typed) -> int:
    """The size of an item by DynamoDB's own rules (*DynamoDB item sizes and formats*)."""
    return sum(len(name.encode()) + _value_bytes(value) for name, value in item.items())


def _value_bytes(value: Mapping[str, Any]) -> int:
    ((kind, content),) = value.items()
    if kind == "M":
        return 3 + sum(1 + len(name.encode()) + _value_bytes(one) for name, one in content.items())
    if kind == "L":
        return 3 + sum(1 + _value_bytes(one) for one in content)
    if kind in {"SS", "NS", "BS"}:
        return sum(_value_bytes({kind[0]: one}) for one in content)
    if kind in {"BOOL", "NULL"}:
        return 1
    return _number_bytes(content) if kind == "N" else len(content.encode() if kind == "S" else content)


def _number_bytes(number: str) -> int:
    digits = number.lstrip("-").replace(".", "").strip("0") or "0"
    return 1 + ceil(len(digits) / 2)


def write_units(before: Typed | None, after: Typed | None) -> int:
    """Units of one standard write: the larger of the item before and after, in whole kilobytes, at least one."""
    return max(1, ceil(max(item_bytes(before or {}), item_bytes(after or {})) / WRITE_UNIT))


def index_write_units(before: Typed | None, after: Typed | None) -> int:
    """Units of what a write does to one index entry: nothing when it stays the same, a delete and a put when it moves.

    `before` and `after` are the projected entries, None where the item stands not in the index. Source: *Using
    global secondary indexes*, write capacity units. Indexes follow a transaction; their writes are not doubled.
    """
    if before == after:
        return 0
    return sum(write_units(None, entry) for entry in (before, after) if entry is not None)


def read_units(sizes: Iterable[int], *, consistent: bool, together: bool = False) -> float:
    """Units of reading items of these sizes, in bytes (0 for one that is absent, which costs as much as a small one).

    `together`: as Query does, the sizes are summed before they are rounded.
    """
    sizes = list(sizes)
    blocks = [sum(sizes)] if together else sizes
    return sum(max(1, ceil(size / READ_UNIT)) for size in blocks) * (1.0 if consistent else 0.5)


# --- prices ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Price:
    """Dollars for one of something."""

    dollars: float
    source: str
    verified: bool = True
    """Found in what could be read; else from memory."""


PRICES: Mapping[str, Price] = MappingProxyType(
    {
        "http request": Price(1.00e-6, "apigatewaycost.com/aws and go-cloud.io (2026): HTTP API, first 300 million"),
        "lambda request": Price(0.20e-6, "cloudchipr.com/blog/aws-lambda-pricing (2024)"),
        "lambda GB-s": Price(0.0000133334, "cloudchipr.com/blog/aws-lambda-pricing (2024): arm64"),
        "sqs request": Price(0.40e-6, "cloudburn.io/blog/amazon-sqs-pricing (March 2026): standard queues"),
        "write unit": Price(0.625e-6, "airbyte.com, DynamoDB pricing (July 2025): on demand, since November 2024"),
        "read unit": Price(0.125e-6, "airbyte.com, DynamoDB pricing (July 2025): on demand, since November 2024"),
        "stored GB-month": Price(0.25, "aws.amazon.com/dynamodb/pricing (stored copy): beyond the first 25 GB"),
        "PITR GB-month": Price(0.20, "from memory", verified=False),
        "log GB": Price(0.50, "factualminds.com, CloudWatch pricing (June 2026): ingestion"),
        "metric": Price(0.30, "signoz.io/guides/cloudwatch-pricing (February 2026): a month, first 10,000"),
        "alarm metric": Price(0.10, "c3x.dev/resources/aws/aws_cloudwatch_metric_alarm: a month, standard resolution"),
        "composite alarm": Price(
            0.50, "c3x.dev/resources/aws/aws_cloudwatch_metric_alarm: a month, its metrics beside"
        ),
        "decryption": Price(0.03e-4, "wring.co/blog/aws-kms-pricing-guide (March 2026): KMS, a secret that is read"),
    }
)

# --- what was measured ----------------------------------------------------------------------------------

LATENCY_S: Mapping[str, float] = MappingProxyType(
    {"dynamodb": 0.006, "sqs": 0.010, "ssm": 0.020, "ses": 0.100, "platform": 0.300}
)
"""How long a call to each is assumed to take from inside AWS: nothing here could measure it."""
WHOLE_PROCESSOR_MB = 1769
"""The memory at which a function has one processor. Source: Lambda developer guide, *Configure function memory*."""
LOG_EVENT_BYTES = 26
"""What CloudWatch Logs counts for each event beyond its message."""
PLATFORM_LOG_BYTES = 750
"""Lambda's own start and report events of one invocation in JSON: assumed."""
ACCESS_LOG_BYTES = 90
"""One line of the HTTP API's access log, as the template formats it."""
POLLERS, POLL_S = 5, 20
"""How many connections Lambda polls an idle queue with, and how long each poll waits: assumed from AWS's descriptions."""


@dataclass(frozen=True, slots=True)
class Work:
    """What one function did."""

    memory_mb: int
    invocations: int
    processor_s: float
    """On a whole processor of this machine."""
    calls: Mapping[str, int] = field(default_factory=dict)
    """Service -> how many calls it waited for."""

    @property
    def gigabyte_seconds(self) -> float:
        """Estimated billed GB-s: the processor's time at this memory's share of it, and the waiting."""
        share = min(1.0, self.memory_mb / WHOLE_PROCESSOR_MB)
        waiting = sum(n * LATENCY_S[service] for service, n in self.calls.items())
        return (self.processor_s / share + waiting) * self.memory_mb / 1024


@dataclass(frozen=True, slots=True)
class Usage:
    """What a run used, apart from what runs by the clock."""

    comments: int
    acts: int
    """What was done on the platforms."""
    deliveries: int
    """Requests at the door."""
    sqs_requests: int
    write_units: float
    read_units: float
    work: Mapping[str, Work]
    log_bytes: int
    log_events: int
    metrics: int
    """Distinct custom metrics (name and dimensions)."""
    stored_bytes: Mapping[str, int] = field(default_factory=dict)
    """Table -> bytes that remained, indexes and overhead included."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a bill."""

    what: str
    amount: str
    dollars: float


def processing(usage: Usage) -> list[Line]:
    """What a million such comments cost to receive, decide, answer and write down."""
    each = MILLION / usage.comments
    invocations = sum(work.invocations for work in usage.work.values()) * each
    gigabyte_seconds = sum(work.gigabyte_seconds for work in usage.work.values()) * each
    secrets = sum(work.calls.get("ssm", 0) for work in usage.work.values())
    logged = usage.log_bytes + usage.log_events * LOG_EVENT_BYTES
    logged += sum(work.invocations for work in usage.work.values()) * (PLATFORM_LOG_BYTES + 2 * LOG_EVENT_BYTES)
    logged += usage.deliveries * (ACCESS_LOG_BYTES + LOG_EVENT_BYTES)
    return [
        _line("HTTP API", usage.deliveries * each, "http request", "requests"),
        _line("Lambda, requests", invocations, "lambda request", "invocations"),
        _line("Lambda, duration (estimated)", gigabyte_seconds, "lambda GB-s", "GB-s"),
        _line("SQS", usage.sqs_requests * each, "sqs request", "requests"),
        _line("DynamoDB, writes", usage.write_units * each, "write unit", "write units"),
        _line("DynamoDB, reads", usage.read_units * each, "read unit", "read units"),
        _line("CloudWatch Logs", logged * each / GIGABYTE, "log GB", "GB"),
        _line("KMS, reading secrets", secrets * each, "decryption", "requests"),
    ]


def keeping(usage: Usage) -> list[Line]:
    """What it costs a month to keep what a million such comments leave behind (point-in-time recovery included)."""
    each = MILLION / usage.comments / GIGABYTE
    total = sum(usage.stored_bytes.values()) * each
    return [
        _line("DynamoDB, storage", total, "stored GB-month", "GB"),
        _line("DynamoDB, point-in-time recovery", total, "PITR GB-month", "GB"),
    ]


@dataclass(frozen=True, slots=True)
class Standby:
    """What is there while nobody says anything."""

    alarm_metrics: int
    """Metrics that the template's alarms watch."""
    composite_alarms: int
    mappings: int
    """Queues that Lambda polls."""
    watch: Work
    """One round of keep_watch that finds nothing."""
    watch_read_units: float


def idle(standby: Standby) -> list[Line]:
    """What a month costs in which nobody says anything."""
    polls = standby.mappings * POLLERS * MINUTES_A_MONTH * 60 / POLL_S
    logged = MINUTES_A_MONTH * (PLATFORM_LOG_BYTES + 2 * LOG_EVENT_BYTES) / GIGABYTE
    reads = MINUTES_A_MONTH * standby.watch_read_units
    return [
        _line("CloudWatch alarms", standby.alarm_metrics, "alarm metric", "metrics watched"),
        _line("CloudWatch alarms, composite", standby.composite_alarms, "composite alarm", "alarms"),
        _line("SQS, Lambda polling empty queues", polls, "sqs request", "requests"),
        _line("keep_watch, requests", MINUTES_A_MONTH, "lambda request", "invocations"),
        _line(
            "keep_watch, duration (estimated)",
            MINUTES_A_MONTH * standby.watch.gigabyte_seconds,
            "lambda GB-s",
            "GB-s",
        ),
        _line("keep_watch, DynamoDB reads", reads, "read unit", "read units"),
        _line("keep_watch, logs", logged, "log GB", "GB"),
    ]


def _line(what: str, amount: float, price: str, unit: str) -> Line:
    return Line(what, f"{_rounded(amount)} {unit}", amount * PRICES[price].dollars)


def _rounded(amount: float) -> str:
    if amount >= MILLION:
        return f"{amount / MILLION:.2f} million"
    return f"{amount:,.0f}" if amount >= 100 else f"{amount:.2f}".rstrip("0").rstrip(".")  # noqa: PLR2004  three figures need no cents


# --- as a document --------------------------------------------------------------------------------------


def table(titles: Sequence[str], columns: Sequence[Sequence[Line]]) -> str:
    """Bills side by side, which have the same lines; `titles` name the first column and each bill."""
    rows = [f"| {titles[0]} | " + " | ".join(f"{name} | $" for name in titles[1:]) + " |"]
    rows.append("|---|" + "---:|" * (2 * len(columns)))
    for lines in zip(*columns, strict=True):
        cells = " | ".join(f"{line.amount} | {line.dollars:.2f}" for line in lines)
        rows.append(f"| {lines[0].what} | {cells} |")
    totals = "".join(f" | **{total(lines):.2f}** |" for lines in columns)
    return "\n".join([*rows, f"| **together** |{totals}"])


def total(lines: Iterable[Line]) -> float:
    """Dollars."""
    return sum(line.dollars for line in lines)


def document(full: Usage, alone: Usage, standby: Standby, measured: date) -> str:
    """What it costs, in Markdown. `full`: batches were full; `alone`: each delivery came a minute after the other."""
    idle_lines, full_lines, alone_lines, kept = idle(standby), processing(full), processing(alone), keeping(full)
    metric = PRICES["metric"].dollars
    from_memory = ", ".join(f"{name} ${price.dollars}" for name, price in PRICES.items() if not price.verified)
    stored = sum(full.stored_bytes.values()) / full.comments / 1024
    paragraphs = (
        f"A month in which nobody speaks costs **${total(idle_lines):.2f}**.",
        table(("a month, idle", "amount"), [idle_lines]),
        (
            f"A million comments cost **${total(full_lines):.2f}** when they come in full batches, "
            f"**${total(alone_lines):.2f}** when each comes a minute after the other."
        ),
        table(("a million comments", "full batches", "each alone"), [full_lines, alone_lines]),
        (
            f"To keep what a million comments leave behind costs **${total(kept):.2f}** a month: {stored:.1f} KB a comment "
            "in tables and indexes, with point-in-time recovery (decisions stay 13 months, words 30 days)."
        ),
        (
            f"Besides, {full.metrics} custom metrics were written, at ${metric:.2f} a month each for the hours in which "
            f"they are: at most ${full.metrics * metric:.2f} a month where somebody speaks at every hour."
        ),
        (
            f"Measured on {measured.isoformat()} by `python -m bench.throughput --cost`: {full.comments} comments with "
            f"{100 * full.acts / full.comments:.1f} acts on a platform per hundred, and {alone.comments} with "
            f"{100 * alone.acts / alone.comments:.1f}. DynamoDB's units follow its documented rules, from the real items. "
            "Lambda's duration is an estimate: processor time of the run itself, at the memory's share of a processor, "
            "and assumed waiting times (DynamoDB 6 ms, SQS 10 ms, a platform 300 ms). List prices of us-east-1 without any "
            f"free tier; from memory: {from_memory}. Left out: data transfer out and mail."
        ),
    )
    return "\n\n".join(paragraphs) + "\n"
