"""`tribune charter shadow` and `tribune charter release`: a version on trial, and the brake of a clause."""

from argparse import Namespace
from collections import Counter
from collections.abc import Iterator

from local.desk import Desk, opened, readable
from tribune.aws import keys
from tribune.aws.charters import Charters, VersionMeta
from tribune.charter import Charter
from tribune.charter.brake import Record, changed, judge
from tribune.clock import now
from tribune.errors import BadConfiguration
from tribune.journal import Judged, ShadowNote


def try_beside(charters: Charters, community: str, charter: Charter) -> int:
    """`tribune charter publish --shadow`: judge by it too from now on, and act on none of it."""
    meta = charters.publish_shadow(community, charter, now=now())
    print(f"on trial beside version {meta.version}, unseen by members; see: tribune charter shadow")
    return 0


def shadow(arguments: Namespace) -> int:
    """What the version on trial would have changed so far; with --stop, its end. 1 when nothing is on trial."""
    with opened(arguments) as desk:
        meta = desk.charters.shadow_meta(desk.community.id)
        if meta is None:
            print(desk.say("shadow", "none"))
            return 1
        if arguments.stop:
            desk.charters.stop_shadow(desk.community.id, meta.content_hash)
            print(desk.say("shadow", "stopped"))
            return 0
        for line in _report(desk, meta, show_text=arguments.show_text):
            print(line)
    return 0


def _report(desk: Desk, meta: VersionMeta, *, show_text: bool) -> Iterator[str]:
    community, name = desk.community.id, desk.charters.shadow(desk.community.id) or ""
    counts, notes = desk.journal.shadow_counts(community, name), desk.journal.shadow_notes(community, name)
    yield desk.say("shadow", "head", version=str(meta.version), since=desk.since(meta.published_at))
    figures = {"judged": counts.get("judged", 0), "changed": len(notes), "failed": counts.get("failed", 0)}
    yield desk.say("shadow", "counted", **{what: str(n) for what, n in figures.items()})
    lines = Counter(_change(desk, note) for note in notes)
    yield from (f"  {n} × {line}" for line, n in sorted(lines.items(), key=lambda entry: (-entry[1], entry[0])))
    yield from _braked(desk, meta, counts)
    for note in notes:
        yield f"{note.platform} {note.object}  {_change(desk, note)}"
        if show_text:
            said = desk.journal.words_of(community, note.platform, note.account, note.object)
            yield f"    {readable(said, desk.language) if said else desk.say('erased')}"


def _change(desk: Desk, note: ShadowNote) -> str:
    return f"{_made(desk, note.was)} → {_made(desk, note.would)}"


def _made(desk: Desk, judged: Judged) -> str:
    """`masquer, seule (respect)`."""
    alone = desk.say("shadow", "alone") if judged.alone else ""
    clause = f" ({judged.clause})" if judged.clause else ""
    return desk.say("shadow", "measures", judged.measure) + alone + clause


def _braked(desk: Desk, meta: VersionMeta, counts: dict[str, int]) -> Iterator[str]:
    """What the brake would say of each changed clause, against the version in force on the same comments."""
    tried = desk.charters.shadow_charter(desk.community.id).charter
    seen = counts.get("judged", 0)
    for clause, article in changed(desk.charters.version(desk.community.id, meta.version).charter, tried).items():
        cited, before = counts.get(f"would#{clause}", 0), counts.get(f"was#{clause}", 0)
        record = Record(seen=seen, cited=cited, alone=cited, reversed=0, seen_before=seen, cited_before=before)
        figures = {"article": str(article), "cited": str(cited), "seen": str(seen), "before": str(before)}
        yield desk.say("shadow", "brake" if judge(record) else "no_brake", **figures)


def release(arguments: Namespace) -> int:
    """A clause that the brake holds acts again; without one, which it holds. Raises BadConfiguration."""
    with opened(arguments) as desk:
        community = desk.community.id
        held = desk.journal.read([keys.brakes(community)]).brakes(community).held
        if arguments.clause is None:
            for clause, one in sorted(held.items()):
                print(desk.say("brake", "held", clause=clause, version=str(one.since), since=desk.since(one.at)))
            if not held:
                print(desk.say("brake", "none"))
            return 0
        if arguments.clause not in held:
            known = ", ".join(sorted(held)) or "–"
            raise BadConfiguration(desk.say("brake", "not_held", clause=arguments.clause, clauses=known))
        desk.journal.release_brake(held[arguments.clause], community, "", desk.now())
        print(desk.say("brake", "released", clause=arguments.clause))
    return 0
