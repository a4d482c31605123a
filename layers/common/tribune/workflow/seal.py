"""seal: what of a decision goes into the ledger, and what stays with the comment so that it can be found there again.

The machine's verdict is sealed as it stands in the head, with its salt beside it; what an edit replaced, and what a
person decided, is kept in the head as it was sealed. Whoever is forgotten, and whoever deletes what they said, takes
the salts with them. Distress is sealed too, and its salt is kept nowhere: no figure and no audit holds it.
"""

import hashlib
import secrets
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from tribune.comment import same_words
from tribune.journal import Head, Verdict
from tribune.ledger import MACHINE, Decision, Seal, Sealed, object_digest

MOST_KEPT = 10
"""Decisions about one comment that can still be opened beside the verdict: somebody may edit it a thousand times."""


@dataclass(frozen=True, slots=True)
class Measure:
    """What was decided about a comment beside its verdict."""

    measure: str
    reason: str
    person: str | None
    """Their id in the rota: a pseudonym is sealed. None: the machine, at the end of a term."""
    confirmed_by: str | None = None
    clause: str | None = None
    clause_hash: str | None = None
    reverses: bool = False
    """It undoes the decision that stood."""


def sealed_verdict(before: Head | None, after: Head) -> tuple[Head, tuple[Seal, ...]]:
    """The head as it is kept, and what is sealed of the change: the machine's decision, where it is a new one."""
    if after.deleted:
        return unsealed(after), ()
    earlier = before.verdict if before else None
    if before is not None and earlier is not None and after.verdict is not None:
        # The moment alone does not tell them apart: an edit may come in the same one.
        if after.verdict.at == earlier.at and same_words(before.v, after.v):
            return _as_judged(before, after), ()
        after = _remembering(after, _of_verdict(before))
    if after.verdict is None or after.verdict.salt or after.verdict.at is None:
        return after, ()
    salted = replace(after, verdict=replace(after.verdict, salt=_fresh()))
    new = _of_verdict(salted)
    if new is None:
        return after, ()
    return (unsealed(after) if after.confidential else salted), (new.seal,)


def sealed(head: Head, taken: Measure, now: datetime) -> tuple[Head, Seal]:
    """The head that can still tell what was decided about it, and the seal of that for `Changes.seals`."""
    verdict = head.verdict
    standing = max(decisions(head), key=lambda one: one.decision.at, default=None) if taken.reverses else None
    clause = taken.clause or (verdict.clause if verdict else None)
    cited = verdict.clause_hash if verdict and clause == verdict.clause else None
    made = Sealed(
        Decision(
            community=head.community,
            object=object_digest(head.platform, head.account, head.object),
            v=head.v,
            measure=taken.measure,
            reason=taken.reason,
            at=now,
            by=staff(head.community, taken.person) if taken.person is not None else MACHINE,
            confirmed_by=staff(head.community, taken.confirmed_by) if taken.confirmed_by else None,
            clause=clause,
            clause_hash=taken.clause_hash or cited,
            charter_version=verdict.charter_version if verdict else None,
            reverses=standing.digest.hex() if standing else None,
        ),
        _fresh(),
    )
    return (head if head.confidential else _remembering(head, made)), made.seal


def decisions(head: Head) -> Iterator[Sealed]:
    """Every decision about a comment that can still be found in the ledger."""
    yield from head.sealed
    current = _of_verdict(head)
    if current is not None:
        yield current


def unsealed(head: Head) -> Head:
    """The head without its salts: what the ledger holds of it says nothing any more."""
    verdict = replace(head.verdict, salt="", judged="") if head.verdict else None
    return replace(head, verdict=verdict, sealed=())


def staff(community: str, person: str) -> str:
    """The pseudonym of a person of the team: the rota alone says who it is."""
    return hashlib.sha256(f"tribune staff\n{community}\n{person}".encode("utf-8", "replace")).hexdigest()[:16]


def _of_verdict(head: Head) -> Sealed | None:
    verdict = head.verdict
    if verdict is None or not verdict.salt or verdict.at is None:
        return None
    return Sealed(
        Decision(
            community=head.community,
            object=object_digest(head.platform, head.account, head.object),
            v=verdict.judged or head.v,
            measure=verdict.measure,
            reason=verdict.reason,
            at=verdict.at,
            mode=verdict.mode.value,
            ground=verdict.ground,
            clause=verdict.clause,
            clause_hash=verdict.clause_hash,
            charter_version=verdict.charter_version,
        ),
        verdict.salt,
    )


def _as_judged(before: Head, after: Head) -> Head:
    """The platform re-spaced the words: the verdict stays that of the version it judged."""
    verdict: Verdict | None = after.verdict
    if verdict is None or not verdict.salt or verdict.judged or after.v == before.v:
        return after
    return replace(after, verdict=replace(verdict, judged=before.v))


def _remembering(head: Head, one: Sealed | None) -> Head:
    return replace(head, sealed=(*head.sealed, one)[-MOST_KEPT:]) if one else head


def _fresh() -> str:
    """128 bits that nobody can guess."""
    return secrets.token_urlsafe(16)
