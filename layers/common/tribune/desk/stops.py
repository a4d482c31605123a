"""What holds the machine back without anybody having paused it: the climate, the brake, what a platform asks for.

The climate goes by itself and a platform's rest ends when it says; the brake is released by whoever directs, in their
name, and holds the article again only once it changes.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus

from tribune.climate import Level
from tribune.desk.charter import named
from tribune.desk.route import Done, Door, Form, View
from tribune.desk.visit import Parts, Refused, Visit
from tribune.errors import AlreadyDone
from tribune.journal import Brakes, Breaker, Held
from tribune.team import Right
from tribune.workflow.brake import braked
from tribune.workflow.weather import incident_of

TOLD_FOR = timedelta(days=7)
"""How long it is said who released what."""


class SpaceLine(View):
    """How it is in a space."""

    name: str
    level: Level
    line: str
    """The level and since when."""
    why: str
    """What was seen when it came to that; empty while it is calm."""
    stops: str
    """What this level stops."""


class StopLine(View):
    """An article that the brake holds."""

    clause: str
    name: str
    why: str
    since: str


class Release(Form):
    """Which article acts again."""

    clause: str


@dataclass(frozen=True, slots=True)
class Around:
    """What holds the machine back now."""

    spaces: tuple[SpaceLine, ...]
    stops: tuple[StopLine, ...]
    released: tuple[str, ...]
    resting: tuple[str, ...]


def look(visit: Visit) -> Around:
    """All of it, in one request and one for each space that is not calm."""
    community, keys = visit.community, visit.reach.handling.keys
    accounts = [(community.id, channel.platform, one.id) for channel in community.channels for one in channel.accounts]
    known = visit.reach.journal.read(
        [
            keys.brakes(community.id),
            *(keys.climate(community.id, space) for space in community.spaces),
            *(keys.breaker(*at) for at in accounts),
        ]
    )
    brakes = known.brakes(community.id)
    spaces = [
        _space(space, brakes, known.climate(community.id, space).weather.since, visit) for space in community.spaces
    ]
    return Around(
        spaces=tuple(sorted(spaces, key=lambda line: -line.level.height)),
        stops=tuple(_stop(held, visit) for held in held_now(brakes, visit)),
        released=tuple(_released(brakes, visit)),
        resting=tuple(line for at in accounts for line in _resting(known.breaker(*at), visit)),
    )


def _space(space: str, brakes: Brakes, since: datetime | None, visit: Visit) -> SpaceLine:
    level, said = Level(brakes.climate.get(space, Level.GREEN)), visit.screen["climate"]
    why = ""
    if level is not Level.GREEN and since is not None:
        incident = visit.reach.journal.load_call(visit.community.id, incident_of(space, since))
        if incident is not None and incident.figures:
            unusual = incident.figures["times"] != "1"
            why = str(said["why" if unusual else "why_negative"].format_map(incident.figures))
    line = said["since"] if level is not Level.GREEN and since is not None else said["calm"]
    return SpaceLine(
        name=visit.telling.space(space),
        level=level,
        line=str(line.format(level=said["levels"][level], since=visit.telling.since(since or visit.now))),
        why=why,
        stops=str(said["stops"][level]),
    )


def held_now(brakes: Brakes, visit: Visit) -> tuple[Held, ...]:
    """What the brake holds under the version in force."""
    charters, community = visit.reach.charters, visit.community.id
    published = charters.load(community, visit.now) if brakes.held else None
    if published is None:
        return ()
    held = braked(brakes, published.version, charters.changes(community))
    return tuple(brakes.held[clause] for clause in sorted(held))


def _stop(held: Held, visit: Visit) -> StopLine:
    return StopLine(
        clause=held.clause,
        name=_article(held.clause, visit),
        why=str(visit.screen["stops"]["why"][held.why]),
        since=visit.telling.since(held.at),
    )


def _released(brakes: Brakes, visit: Visit) -> Iterator[str]:
    said = visit.screen["stops"]["released"]
    for clause, (by, at) in sorted(brakes.released_by.items(), key=lambda one: one[1][1], reverse=True):
        if visit.now - at < TOLD_FOR:
            person, time = visit.telling.called(by), visit.telling.at(at)
            yield str(said.format(article=_article(clause, visit), person=person, time=time))


def _article(clause_id: str, visit: Visit) -> str:
    published = visit.reach.charters.load(visit.community.id, visit.now)
    clause = published.charter.clause(clause_id) if published else None
    return named(clause, published.charter, visit) if published and clause else clause_id


def _resting(breaker: Breaker, visit: Visit) -> Iterator[str]:
    said, telling = visit.screen["stops"]["resting"], visit.telling
    name = visit.community.name_of(breaker.platform, breaker.account) or breaker.account
    ends = ((breaker.open_until, said.get(breaker.reason, said["limited"])), (breaker.replies_until, said["blocked"]))
    for until, why in ends:
        if until is not None and until > visit.now:
            yield str(visit.screen["stops"]["rests"].format(name=name, why=why, until=telling.until(until)))


def release(visit: Visit, _parts: Parts, form: Release) -> Done:
    """An article acts again, in somebody's name. Whoever comes second is told who was first."""
    journal, community = visit.reach.journal, visit.community.id
    brakes = journal.read([visit.reach.handling.keys.brakes(community)]).brakes(community)
    held = brakes.held.get(form.clause)
    if held is None:
        if form.clause in brakes.released_by:
            raise AlreadyDone(*brakes.released_by[form.clause])
        raise Refused(HTTPStatus.UNPROCESSABLE_ENTITY, "not_braked")
    journal.release_brake(held, community, visit.signature, visit.now)
    return Done(said="released", next=f"/desk/{community}/calls")


DOORS = (
    Door(
        "POST", "release", Right.DIRECT, release, Done, "Let an article act again that the brake holds", takes=Release
    ),
)
