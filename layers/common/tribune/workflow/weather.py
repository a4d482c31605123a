"""weather: every minute, how it is in each space where something was said: the level is kept, one incident calls a person.

What a crowd does besides (the machine has answered enough, several say nearly the same) belongs to the same incident,
whichever comes first. A quiet space costs one query, and nothing is written for it. What is kept of a space changes with its level and once an
hour; the level itself stands where whoever is about to speak reads it (`Brakes.climate`).
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Protocol

from tribune.budgets import PER_ACCOUNT_AND_HOUR, PER_POST_AND_HOUR
from tribune.climate import (
    HOUR,
    Bucket,
    Level,
    Matter,
    Seen,
    Weather,
    echo_matter,
    flood_matters,
    hour_number,
    judge,
    people,
    totals,
)
from tribune.community import Community
from tribune.decision import Urgency
from tribune.echo import Voiced, loudest
from tribune.errors import BadConfiguration, Conflict, NotFound
from tribune.journal import Call, CallState, Case, Changes, ClimateNote, SpaceRecord
from tribune.workflow.opening import call_due, wake_up
from tribune.workflow.ports import Communities, Key, Keys, Queue
from tribune.workflow.worksheet import ObjectId

LOOK_BACK = timedelta(days=7)
"""How far a space that nobody listened to yet is looked at: as long as its counters are kept."""
LOOK_AGAIN = timedelta(minutes=15)
"""How long a new space may go unheard."""
VERBATIMS = 3
LATEST_CASES = 30
RINGING = frozenset({CallState.READY, CallState.SENDING, CallState.SENT})
ENOUGH = {"post": PER_POST_AND_HOUR, "account": PER_ACCOUNT_AND_HOUR}
ECHO = "echo"
_TELL = {
    Level.YELLOW: (Urgency.HOURS, ("cm",)),
    Level.ORANGE: (Urgency.HOURS, ("cm", "smm")),
    Level.RED: (Urgency.NOW, ("cm", "smm")),
}
_NEGATIVE = frozenset(
    {"criticism", "criticism_sourced", "complaint", "still_waiting", "irony", "safety", "harm", "legal"}
)


# ruff: disable[D102]  what each of these does is said where it is done
class Known(Protocol):
    """What was read in one go."""

    def climate(self, community: str, space: str, /) -> SpaceRecord: ...
    def case(self, community: str, platform: str, account: str, object_id: str, /) -> Case | None: ...


class Journal(Protocol):
    """What the climate needs of the journal."""

    def due(self, kind: str, now: datetime, limit: int = 100) -> list[Key]: ...
    def read(self, wanted: Sequence[Key]) -> Known: ...
    def buckets(self, community: str, space: str, since: datetime) -> Mapping[datetime, Bucket]: ...
    def latest_cases(self, community: str, since: datetime, limit: int) -> list[ObjectId]: ...
    def load_call(self, community: str, call_id: str) -> Call | None: ...
    def commit(self, changes: Changes, now: datetime) -> None: ...


class Voices(Protocol):
    """Who said what lately, as far as it could be an echo."""

    def lately(self, community: Community, space: str, now: datetime) -> Sequence[Voiced]: ...


# ruff: enable[D102]


@dataclass(frozen=True, slots=True)
class Listening:
    """keep_watch's ear, with its edges."""

    journal: Journal
    keys: Keys
    communities: Communities
    calls: Queue
    voices: Voices
    _heard: dict[tuple[str, str], Mapping[datetime, Bucket]] = field(default_factory=dict)
    """What this process saw last: a space that did not move is left alone."""
    _spaces: dict[str, tuple[datetime, tuple[str, ...]]] = field(default_factory=dict)

    def listen(self, communities: Sequence[str], now: datetime) -> list[Level]:
        """Keep the level of every space; answers what those became that changed. Raises Unavailable."""
        due = {self.keys.climate_of(key) for key in self.journal.due("climate", now)}
        spaces = ((name, space) for name in communities for space in self._spaces_of(name, now))
        return [level for name, space in spaces if (level := self._space(name, space, now, due))]

    def _spaces_of(self, name: str, now: datetime) -> tuple[str, ...]:
        """Read anew once in a while: a quiet minute reads no settings."""
        until, known = self._spaces.get(name, (now, ()))
        if now < until:
            return known
        try:
            known = self.communities.load(name).spaces
        except (NotFound, BadConfiguration):
            return ()  # whoever decides there says so
        self._spaces[name] = (now + LOOK_AGAIN, known)
        return known

    def _space(self, name: str, space: str, now: datetime, due: set[tuple[str, str]]) -> Level | None:
        at = (name, space)
        buckets = self.journal.buckets(*at, now - HOUR)
        if at not in due and (not buckets or buckets == self._heard.get(at)):
            return None
        try:
            community = self.communities.load(name)
        except (NotFound, BadConfiguration):
            return None  # its spaces were remembered; whoever decides there says so
        record = self.journal.read([self.keys.climate(*at)]).climate(*at)
        weather = self._remembering(record, buckets, now)
        fresh = weather.new(self._matters(community, space, buckets, now), community.climate.echo, now)
        judged, what = judge(weather, buckets, community.climate, community.zone, now)
        level = Level.YELLOW if fresh and judged is Level.GREEN else judged
        turned = level is not weather.level
        after = (weather.after(level, now) if turned else weather).looked(now).telling(fresh, now)
        turn = _Turn(community, space, record.weather, after, what, fresh, judged, now)
        changes = Changes()
        if after != record.weather:
            changes = Changes(spaces=(replace(record, rev=record.rev + 1, weather=after),))
        if turned:
            changes += Changes(climates=(ClimateNote(*at, str(level)),))
            changes += self._told(turn)
        elif fresh:
            changes += self._joined(turn)
        try:
            if changes != Changes():
                self.journal.commit(changes, now)
        except Conflict:
            return None  # another round did, or the call is being rung at this moment: the next minute looks again
        self._heard[at] = buckets
        woken = [call for call in (*changes.calls, *changes.resumed) if call.state is CallState.READY]
        self.calls.send([wake_up(call.community, call.id) for call in woken])
        return level if turned else None

    def _remembering(self, record: SpaceRecord, buckets: Mapping[datetime, Bucket], now: datetime) -> Weather:
        """With every hour that is over."""
        weather, last = record.weather, hour_number(now) - 1
        if weather.known_to is not None and weather.known_to >= last:
            return weather
        if weather.known_to == last - 1:
            return weather.remembering(
                {hour: n for hour, n in totals(buckets.items()).items() if hour == last}, last, last
            )
        since = now - LOOK_BACK
        if weather.known_to is not None:
            since = max(since, datetime.fromtimestamp(3600 * (weather.known_to + 1), UTC))
        hours = totals(self.journal.buckets(record.community, record.space, since).items())
        first = min(hours, default=last + 1) if weather.known_to is None else weather.known_to + 1
        return weather.remembering(hours, first, last)

    def _matters(
        self, community: Community, space: str, buckets: Mapping[datetime, Bucket], now: datetime
    ) -> list[Matter]:
        """What the figures do not say; who said what is only asked where enough people speak."""
        found = flood_matters(buckets.values(), ENOUGH)
        limits = community.climate.echo
        faces = frozenset(face for bucket in buckets.values() for face in bucket.faces)
        if people(faces) >= limits.people and (echo := loudest(self.voices.lately(community, space, now), limits)):
            found.insert(0, echo_matter(echo))
        return found

    # --- what a person is told ---

    def _told(self, turn: "_Turn") -> Changes:
        """The incident and, where tools listen, the event: in the transaction that keeps the level."""
        name = turn.incident
        known = self.journal.load_call(turn.community.id, name)
        changes = self._event(turn)
        if turn.after.level is Level.GREEN:
            return changes + _over(turn, known)
        if known is None:
            return changes + Changes(calls=(self._incident(turn, name),))
        return changes + self._updated(turn, known)

    def _updated(self, turn: "_Turn", known: Call) -> Changes:
        """It rises: it rings anew, whoever took it. It comes down a step: whoever is called next reads the new figures."""
        fresh = self._incident(turn, known.id)
        if turn.after.level.height > turn.before.level.height:
            return Changes(resumed=(_anew(fresh, known),))
        if known.state not in RINGING:
            return Changes()
        kept = replace(
            known,
            reason=fresh.reason,
            urgency=fresh.urgency,
            figures=fresh.figures,
            objects=fresh.objects,
            rev=known.rev + 1,
        )
        return Changes(resumed=(kept,))

    def _joined(self, turn: "_Turn") -> Changes:
        """Something more of an incident that goes on: whoever is called next reads it too.

        Where it was only news until now, an echo rings: that is another matter than a crowd.
        """
        known = self.journal.load_call(turn.community.id, turn.incident)
        fresh = self._incident(turn, turn.incident)
        if known is None:
            return Changes(calls=(fresh,))
        if known.state is CallState.CLOSED and any(matter.reason == ECHO for matter in turn.matters):
            return Changes(resumed=(_anew(fresh, known),))
        beside = {**known.beside, **{one.reason: one.figures for one in turn.matters if one.reason != known.reason}}
        return Changes(resumed=(replace(known, beside=beside, rev=known.rev + 1),))

    def _incident(self, turn: "_Turn", name: str) -> Call:
        """The call as it begins: its reason is the level, where the figures alone make it; else the first matter."""
        urgency, roles = _TELL[turn.after.level]
        first = turn.matters[0] if turn.matters else None
        seen = _places(turn, first) if first and first.reason == ECHO else self._verbatims(turn)
        if first and not seen:
            seen = _places(turn, first)
        platform, account = seen[0][1:3] if seen else (None, None)
        by_figures = turn.judged is not Level.GREEN
        reason = f"climate_{turn.after.level}" if by_figures or first is None else first.reason
        return replace(
            call_due(turn.community.id, name, reason, urgency, turn.now),
            roles=roles,
            platform=platform,
            account=account,
            space=turn.space,
            objects=tuple(at[3] for at in seen),
            received_at=turn.after.since,
            figures={**turn.figures, **(first.figures if first and first.reason == reason else {})},
            beside={one.reason: one.figures for one in turn.matters if one.reason != reason},
        )

    def _verbatims(self, turn: "_Turn") -> list[ObjectId]:
        """The latest comments of the space that complain, of one account."""
        found = self.journal.latest_cases(turn.community.id, turn.now - HOUR, LATEST_CASES)
        known = self.journal.read([self.keys.case(*at) for at in found])
        cases = [(at, case) for at in found if (case := known.case(*at)) and case.space == turn.space]
        latest = sorted((one for one in cases if one[1].reason in _NEGATIVE), key=lambda one: one[1].opened_at)[::-1]
        return [at for at, _ in latest if at[:3] == latest[0][0][:3]][:VERBATIMS]

    @staticmethod
    def _event(turn: "_Turn") -> Changes:
        """A call to the tools that plan posts: they may pause."""
        if not turn.community.climate.url:
            return Changes()
        event = replace(
            call_due(
                turn.community.id,
                f"event-{_short(turn.space)}-{turn.now:%Y%m%dT%H%M%S%f}",
                "climate_event",
                Urgency.NOW,
                turn.now,
            ),
            roles=(),
            space=turn.space,
            figures={"level": str(turn.after.level), "was": str(turn.before.level)},
        )
        return Changes(calls=(event,))


@dataclass(frozen=True, slots=True)
class _Turn:
    """The climate of a space changes."""

    community: Community
    space: str
    before: Weather
    after: Weather
    what: Seen
    matters: tuple[Matter, ...]
    """What nobody was told of yet, an echo first."""
    judged: Level
    """By the figures alone."""
    now: datetime

    @property
    def incident(self) -> str:
        """The call about it."""
        return incident_of(self.space, self.after.since or self.before.since or self.now)

    @property
    def figures(self) -> dict[str, str]:
        return {
            "n": str(self.what.comments),
            "share": str(self.what.share),
            "people": str(self.what.authors),
            "times": f"{self.what.times:.0f}" if self.what.times >= 1 else "1",
            "alarming": str(self.what.alarming),
        }


def _over(turn: _Turn, known: Call | None) -> Changes:
    """The incident is closed; whoever heard of it hears that it is over."""
    if known is None or known.state is CallState.CLOSED:
        return Changes()
    closed = replace(known, state=CallState.CLOSED, lease_until=None, rev=known.rev + 1)
    if turn.before.highest is Level.YELLOW and known.heard:
        return Changes(resumed=(closed,))  # nothing was stopped: that it is over is no news
    if not known.heard:
        # It came and went while nobody was to be called: news for the morning.
        past = replace(known, reason="climate_past", urgency=Urgency.HOURS, state=CallState.READY, rev=known.rev + 1)
        return Changes(resumed=(past,))
    news = replace(
        call_due(known.community, f"{known.id}-over", "climate_green", Urgency.HOURS, turn.now),
        roles=known.roles,
        space=turn.space,
        received_at=turn.before.since,
    )
    return Changes(resumed=(closed,), calls=(news,))


def _places(turn: _Turn, matter: Matter) -> list[ObjectId]:
    return [(turn.community.id, matter.platform, matter.account, one) for one in matter.objects]


def _anew(fresh: Call, known: Call) -> Call:
    """The incident rings again, whoever took it, with all that was told of it before."""
    earlier = {} if known.reason.startswith("climate_") else {known.reason: known.figures}
    beside = {
        reason: told for reason, told in {**known.beside, **earlier, **fresh.beside}.items() if reason != fresh.reason
    }
    return replace(fresh, created_at=known.created_at, beside=beside, anew=known.anew + 1, rev=known.rev + 1)


def incident_of(space: str, began: datetime) -> str:
    """The call about a climate that has not been green in a space since a moment."""
    return f"climate-{_short(space)}-{began:%Y%m%dT%H%M%S}"


def _short(space: str) -> str:
    return hashlib.sha256(space.encode()).hexdigest()[:8]
