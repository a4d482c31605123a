"""What people change in a rota without its file: who takes whose place, who is on leave. Pure.

The file says how a team works; such changes are a day's. They carry the name of who made them, and outlive the file
being applied again, until they are over.
"""

from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

from tribune.duty import Away, Person, Rota, Span, Swap

type RotaChange = Callable[[Rota], Rota | None]
"""A rota as changed; None where there is nothing of the kind to change."""
type Change = Callable[[tuple[Away, ...]], tuple[Away, ...]]


def swapped(rota: Rota, swap: Swap) -> Rota:
    """The rota with one more swap."""
    return rota.model_copy(update={"swaps": (*rota.swaps, swap)})


def unswapped(rota: Rota, swap: Swap) -> Rota | None:
    """The rota without that swap, None when nobody entered it."""
    left = tuple(one for one in rota.swaps if not _same(one, swap))
    return None if left == rota.swaps else rota.model_copy(update={"swaps": left})


def away(rota: Rota, person_id: str, leave: Away) -> Rota:
    """The rota with somebody on leave."""
    return _changed(rota, person_id, lambda leaves: (*leaves, leave))


def back(rota: Rota, person_id: str, leave: Away) -> Rota | None:
    """The rota without that leave, None when nobody entered it."""
    after = _changed(rota, person_id, lambda leaves: tuple(one for one in leaves if not _same(one, leave)))
    return None if after == rota else after


def kept(before: Rota, after: Rota, now: datetime, zone: ZoneInfo) -> Rota:
    """The rota of a file, with what people entered into the one before and is not over, as far as they are still there."""
    people = {person.id for person in after.everybody}
    swaps = [one for one in before.swaps if _lasts(one, now, zone) and {one.gives, one.takes} <= people]
    rota = after.model_copy(update={"swaps": (*after.swaps, *swaps)})
    for person in before.everybody:
        for leave in person.away:
            if _lasts(leave, now, zone):
                rota = away(rota, person.id, leave)
    return rota


def _changed(rota: Rota, person_id: str, change: Change) -> Rota:
    def one(person: Person) -> Person:
        return person.model_copy(update={"away": change(person.away)}) if person.id == person_id else person

    fallback = one(rota.fallback) if rota.fallback else None
    return rota.model_copy(update={"people": tuple(one(person) for person in rota.people), "fallback": fallback})


def _same(one: Span, other: Span) -> bool:
    return bool(one.by) and one.model_copy(update={"by": other.by}) == other


def _lasts(span: Span, now: datetime, zone: ZoneInfo) -> bool:
    return bool(span.by) and span.bounds(zone)[1] > now
