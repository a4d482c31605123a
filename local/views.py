"""What the tables hold, as `GET /_local/journal`, `/counters` and `/idle` show it: read from moto's own memory."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from moto.dynamodb.models import dynamodb_backends
from moto.sqs.models import sqs_backends

from local import moto_patch
from local.resources import ACCOUNT
from tribune.aws import keys
from tribune.aws.items import iso

_NO_WORK = (keys.CLOSED, "climate")
"""Settled cases; and how it is in a space, which keep_watch looks at again each minute, for as long as it is not calm."""
WAITS_FOR_A_PERSON = ("case", "appeal")
"""Kinds in the index `due` that no machine finishes: an open case is parked, however late it is."""


@dataclass(frozen=True, slots=True)
class Depth:
    """How many messages of a queue wait, are being worked on, or are delayed."""

    waiting: int
    in_flight: int
    delayed: int

    @property
    def total(self) -> int:
        """All of them."""
        return self.waiting + self.in_flight + self.delayed

    def shown(self) -> dict[str, int]:
        """As JSON."""
        return {"waiting": self.waiting, "in_flight": self.in_flight, "delayed": self.delayed}


def items(table: str, region: str) -> Iterator[Mapping[str, Any]]:
    """Every item of a table, in plain values."""
    with moto_patch.LOCK:
        found = [item.to_regular_json() for item in dynamodb_backends[ACCOUNT][region].tables[table].all_items()]
    return iter(found)


def journal(table: str, region: str) -> list[dict[str, Any]]:
    """One entry per comment that was decided, in the order of decision."""
    heads = (item for item in items(table, region) if item["sk"] == "head" and item.get("kind") == "comment")
    return [_entry(head) for head in sorted(heads, key=lambda head: (str(head["received_at"]), str(head["pk"])))]


def _entry(head: Mapping[str, Any]) -> dict[str, Any]:
    verdict = head.get("verdict") or {}
    version = verdict.get("charter_version")
    community, platform, account, object_id = keys.object_of({"pk": str(head["pk"]), "sk": str(head["sk"])})
    return {
        "community": community,
        "platform": platform,
        "account": account,
        "object": object_id,
        "v": head["v"],
        "posted_at": head["posted_at"],
        "charter_version": None if version is None else int(version),
        "clause": verdict.get("clause"),
        "measure": verdict.get("measure"),
        "reason": verdict.get("reason"),
        "actions": [{"kind": action["kind"], "state": action["state"]} for action in head.get("actions") or ()],
    }


def counters(table: str, region: str) -> list[dict[str, Any]]:
    """The live counters, summed over their writers."""
    sums: Counter[tuple[str, str, str, int]] = Counter()
    for item in items(table, region):
        kept = keys.type_of("counter", str(item["pk"]), str(item["sk"]))
        if kept is None or kept.name != "live counter":
            continue
        space = str(item["pk"]).split("#space#", 1)[1]
        hour = str(item["sk"]).removeprefix("hour#").split("#env#", 1)[0]
        for name, n in item.items():
            kind, dot, level = name.rpartition(".")
            if dot and level.isdigit():
                sums[space, hour, kind, int(level)] += int(n)
    return [
        {"space": space, "hour": hour, "kind": kind, "level": level, "n": n}
        for (space, hour, kind, level), n in sorted(sums.items())
    ]


def due(table: str, region: str, now: datetime) -> tuple[Counter[str], Counter[str]]:
    """(due now, parked) by kind of unfinished work: `action`, `call`, `breaker`, `case`."""
    ready: Counter[str] = Counter()
    parked: Counter[str] = Counter()
    limit = iso(now)
    with moto_patch.LOCK:
        entries = [
            (str(item.attrs["due_pk"].value), str(item.attrs["due_at"].value))
            for item in moto_patch.indexed(dynamodb_backends[ACCOUNT][region].tables[table], "due")
        ]
    for partition, at in entries:
        kind = partition.split("#", 1)[0]
        if kind in _NO_WORK:
            continue
        (parked if at > limit or kind in WAITS_FOR_A_PERSON else ready)[kind] += 1
    return ready, parked


def depth(queue: str, region: str) -> Depth:
    """What stands in a queue, by its physical name."""
    with moto_patch.LOCK:
        messages = sqs_backends[ACCOUNT][region].queues[queue]._messages  # noqa: SLF001  moto counts only for a request
        delayed = sum(message.delayed for message in messages)
        in_flight = sum(not message.visible for message in messages)
        return Depth(len(messages) - delayed - in_flight, in_flight, delayed)
