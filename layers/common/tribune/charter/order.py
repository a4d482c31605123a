"""What becomes of what the detectors found: the order in which clauses give way, to be read from top to bottom.

`STEPS` says it for one match, `settle` for all those that are left: the gravest first, the same words once.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from tribune.charter.detectors import OTHER, OVER_ALL, Match
from tribune.charter.document import Gravity
from tribune.charter.findings import Breach, Signal, Trace, Why
from tribune.charter.reading import Reading, Spans

MAX_BREACHES = 50
"""Nobody needs more to decide, and sorting them out stays cheap."""
ADVERTISING = frozenset({"spam", "scam", "links"})
PERSONAL = "contact_data"


@dataclass(frozen=True, slots=True)
class Claim:
    """What a detector found for a clause."""

    clause: str
    gravity: int
    detector: str
    rank: int
    """The detector's place in `DETECTORS`."""
    match: Match
    here: bool = True
    """Does the clause hold in this place?"""


@dataclass(frozen=True, slots=True)
class Shields:
    """Which words no clause may touch."""

    allowed: Spans
    exceptions: Spans
    """Those of the clause."""
    protected: Spans


type Step = Callable[[Claim, Shields, Reading], bool]

STEPS: tuple[tuple[Why, Step], ...] = (
    # A clause that does not hold in this place says nothing here.
    (Why.NOT_HERE, lambda claim, _, __: not claim.here),
    # What a person declared harmless, for the community or in the clause, is no match at all: each one is tested.
    (Why.ALLOWED, lambda claim, shields, _: shields.allowed.hold(claim.match.start, claim.match.end)),
    (Why.EXCEPTION, lambda claim, shields, _: shields.exceptions.hold(claim.match.start, claim.match.end)),
    # Care: to somebody in distress no charter is opposed.
    (Why.CARE, lambda _, __, reading: Signal.DISTRESS in reading.signals),
    # A victim's account or quotation: a person looks, nothing is ever hidden for it.
    (Why.QUOTED, lambda claim, _, __: claim.match.quoted),
    # What endangers people, and what shows where they live, holds whatever stands around it.
    (Why.HELD, lambda claim, _, __: claim.gravity >= Gravity.GRAVE or claim.detector == PERSONAL),
    # Criticism stays: exactly the words that criticise, against respect, language, topic, repetition, advertising.
    (Why.PROTECTED, lambda claim, shields, _: shields.protected.hold(claim.match.start, claim.match.end)),
)
"""The first that applies says why; what passes them all is held, and settled by gravity."""


def fate(claim: Claim, shields: Shields, reading: Reading) -> Why:
    """Why a claim is held, or is not, before all those that are held are settled."""
    return next((why for why, applies in STEPS if applies(claim, shields, reading)), Why.HELD)


def settle(claims: Iterable[Claim]) -> tuple[tuple[Breach, ...], list[Trace]]:
    """The breaches that stand, the gravest first, then in the order of the text; and what became of every claim.

    The same words are held against a person once; a number in an advertisement is no privacy.
    """
    ordered = sorted(claims, key=lambda claim: (-_gravity(claim), claim.rank, claim.match.start))
    advertised = any(claim.detector in ADVERTISING for claim in ordered)
    kept: list[Breach] = []
    traces: list[Trace] = []
    for place, claim in enumerate(ordered):
        breach = _breach(claim)
        if place >= MAX_BREACHES:
            why = Why.ENOUGH
        elif advertised and claim.detector == PERSONAL:
            why = Why.ADVERTISED
        else:
            why = _take(breach, kept)
        traces.append(traced(claim, why))
    return tuple(sorted(kept, key=lambda breach: (-breach.gravity, breach.start, breach.end))), traces


def traced(claim: Claim, why: Why) -> Trace:
    """What became of this claim."""
    return Trace(claim.clause, claim.detector, claim.match.start, claim.match.end, why)


def _take(breach: Breach, kept: list[Breach]) -> Why:
    beside = next((at for at, other in enumerate(kept) if _same_words(other, breach)), None)
    if beside is None:
        kept.append(breach)
        return Why.HELD
    if kept[beside].clause == breach.clause:
        kept[beside] = replace(
            kept[beside],
            start=min(kept[beside].start, breach.start),
            end=max(kept[beside].end, breach.end),
            doubtful=kept[beside].doubtful and breach.doubtful,
        )
    return Why.SAME_WORDS


def _same_words(kept: Breach, breach: Breach) -> bool:
    """Do two breaches speak of the same words? Of one clause when they overlap, of another when one holds the other."""
    if kept.detector in OVER_ALL or breach.detector in OVER_ALL:
        return False
    if kept.clause == breach.clause:
        return kept.start < breach.end and breach.start < kept.end
    return kept.start <= breach.start and breach.end <= kept.end


def _gravity(claim: Claim) -> int:
    """Another person's contact data is grave."""
    return max(claim.gravity, Gravity.GRAVE) if claim.match.whose == OTHER else claim.gravity


def _breach(claim: Claim) -> Breach:
    match = claim.match
    return Breach(
        clause=claim.clause,
        detector=claim.detector,
        start=match.start,
        end=match.end,
        gravity=int(_gravity(claim)),
        independent=match.independent,
        whose=match.whose,
        doubtful=match.doubtful,
    )
