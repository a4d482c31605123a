"""tally: what one head adds to the figures that the brake looks at. Pure.

Whoever writes a head moves the figures by the difference, in the same transaction: an edit moves them from the
version and clause of before to those of now, and a decision, like its reversal, counts once whatever repeats.
A deletion moves nothing: what the clause did to the comment, it did.
"""

from collections import Counter
from collections.abc import Iterator

from tribune.journal import Head, Tally

type _Slot = tuple[str, str, str, int, str, str]
"""A Tally without its figure."""


def difference(before: Head | None, after: Head | None) -> Iterator[Tally]:
    """What changes in the figures when a head takes the place of an earlier one."""
    moved = _footprint(after)
    moved.subtract(_footprint(before))
    return (Tally(*slot, n=n) for slot, n in moved.items() if n)


def _footprint(head: Head | None) -> Counter[_Slot]:
    """Nothing for what no charter judged, and nothing for distress: no figure holds it."""
    verdict = head.verdict if head and not head.confidential else None
    if head is None or verdict is None or verdict.charter_version is None:
        return Counter()
    clause = verdict.clause
    marks = [("", "seen")]
    if clause is not None:
        told = (("cited", True), ("alone", verdict.alone), ("reversed", verdict.reversed))
        marks += [(clause, what) for what, true in told if true]
    place = (head.community, head.space, head.hour, verdict.charter_version)
    return Counter((*place, clause, what) for clause, what in marks)
