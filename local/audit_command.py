"""`tribune audit`: the ledger of decisions, out of a stack into a file, and what such a file proves without any stack."""

from argparse import Namespace
from collections.abc import Iterator
from datetime import UTC, datetime

from local.desk import Desk, opened
from local.signed import holds
from tribune import ledger, words
from tribune.aws import ledger as kept
from tribune.ledger import Anchor, Fault, Link, Record, Report, Sealed
from tribune.workflow.seal import decisions

_EVER = datetime.min.replace(tzinfo=UTC)
_SHORT = 8
"""Characters of a writer's id: enough to tell two of one day apart."""


def run(arguments: Namespace) -> int:
    """Export: 0. Verify: 0 when everything holds, 1 when something does not. Raises TribuneError, OSError."""
    if arguments.action == "export":
        with opened(arguments) as desk:
            return _export(arguments, desk)
    return _verify(arguments)


def _export(arguments: Namespace, desk: Desk) -> int:
    records = list(_records(desk))
    lines = [ledger.heading(desk.community.id), *map(ledger.line, records)]
    arguments.file.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    told = words.table(desk.language, "audit")
    n = {
        name: str(sum(isinstance(record, kind) for record in records))
        for name, kind in (("decisions", Sealed), ("links", Link), ("anchors", Anchor))
    }
    print(words.fill(told["exported"], {"file": str(arguments.file), **n}))
    print(words.fill(told["next"], {"file": str(arguments.file)}))
    return 0


def _records(desk: Desk) -> Iterator[Record]:
    """Anchors, then decisions, then links: what is written meanwhile is in what is read last, and proves the rest."""
    community, journal = desk.community.id, desk.journal
    if desk.anchors:
        yield from desk.anchors.all(community)
    for head in journal.heads(community, _EVER):
        yield from decisions(head)
    links = kept.links(journal.client, journal.journal_table, community)
    yield from sorted(links, key=lambda link: (link.chain, link.seq))


def _verify(arguments: Namespace) -> int:
    told = words.table(arguments.lang, "audit")
    with arguments.file.open(encoding="utf-8", errors="replace", newline="\n") as file:
        report = ledger.verify((line.removesuffix("\n") for line in file), holds, arguments.key)
    community = {"community": report.community or told["nobody"]}
    if report.faults:
        print(words.fill(told["broken"], {**community, "faults": str(len(report.faults))}))
        print(f"  {_told(report.faults[0], arguments.lang)}")
    else:
        print(words.fill(told["holds"], community))
    for line in _figures(report, arguments.lang):
        print(line)
    return 1 if report.faults else 0


def _figures(report: Report, language: str) -> Iterator[str]:
    told = words.table(language, "audit")
    n = {name: str(getattr(report, name)) for name in ("decisions", "chains", "links", "silent", "anchors")}
    yield words.fill(told["counted"], n)
    if report.silent:
        yield words.fill(told["silent"], n)
    if report.anchored_at is None:
        yield told["not_anchored"]
    else:
        yield words.fill(told["anchored"], {**n, "time": f"{report.anchored_at:%Y-%m-%d %H:%M} UTC"})
    for key in report.keys:
        yield words.fill(told["key"], {"key": key})


def _told(fault: Fault, language: str) -> str:
    chain = f"{fault.chain.day}/{fault.chain.writer[:_SHORT]}" if fault.chain else ""
    fields = {"line": str(fault.line), "chain": chain, "seq": str(fault.seq), "time": f"{fault.hour} UTC"}
    return words.fill(words.table(language, "audit")["faults"][fault.why], fields)
