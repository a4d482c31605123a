"""relay_alarm: a CloudWatch alarm becomes a call to each community's person on duty; a storm of them, one incident.

The first alarm rings at once. Whatever goes off within a quarter of an hour of it joins its incident, and is told a
little later in one summary with exact counts, which also says what is over. What an incident has heard is a set of
marks (`alarm.Mark`): however often and through however many roads the same news comes, it counts once.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any, Protocol

from tribune.community import Community
from tribune.decision import Urgency
from tribune.errors import Conflict, TribuneError, Unavailable
from tribune.journal import Call, CallState, Changes
from tribune.workflow.alarm import ALARM, OK, AlarmNews, Directions, directions, mark, marks, read, sentence, still_on
from tribune.workflow.opening import wake_up

TOGETHER = timedelta(minutes=15)
"""Alarms that are not further apart are one incident."""
FOLLOWS = timedelta(minutes=10)
"""When what joined an incident is told; each further time in the same incident, twice as late."""
NEAR = timedelta(minutes=1)
"""Closer than this to its time, a summary may be on its way."""
_LOOK_BACK = 4
"""How many quarters of an hour an incident may go on growing: then what still goes off rings anew."""
_SLOWEST = 3
_COLLISIONS = 4
_OVER = frozenset({CallState.TAKEN, CallState.CLOSED})


class Store(Protocol):
    """Where calls are kept."""

    def commit(self, changes: Changes, now: datetime) -> None:
        """Write all or nothing; a call that exists only gains its `objects`."""

    def load_call(self, community: str, call_id: str) -> Call | None:
        """One incident, None when there is none."""

    def save_call(self, call: Call, now: datetime) -> Call:
        """Replace a call read at `call.rev`. Raises Conflict."""


class Wake(Protocol):
    """The queue of call_manager."""

    def send(self, messages: Sequence[Mapping[str, Any]]) -> None:
        """Send every message. Raises Unavailable."""


@dataclass(frozen=True, slots=True)
class Relaying:
    """The use case, with its edges. Repeating it is harmless."""

    store: Store
    communities: Callable[[], Sequence[str]]
    community: Callable[[str], Community]
    calls: Wake

    def relay(self, event: Mapping[str, Any], now: datetime) -> int:
        """Tell each community that the event concerns; answers how many times.

        Raises Unreadable, Unavailable, BadConfiguration: whoever could be told was told, and the alarm is mailed as it is.
        """
        told = 0
        failed: TribuneError | None = None
        for news in list(read(event)):
            if news.state != ALARM and not (news.state == OK and news.was == ALARM):
                continue
            wanted, description = directions(news.description)
            known = self.communities()
            meant = [one for one in known if one in wanted.communities]
            wanted = replace(wanted, readable=wanted.readable and len(meant) == len(wanted.communities))
            for community in meant or known:
                try:
                    told += self._tell(replace(news, description=description), wanted, community, now)
                except TribuneError as error:  # what cannot be read of one community keeps no other from hearing of it
                    failed = failed or error
        if failed is not None:
            raise failed
        return told

    def _tell(self, news: AlarmNews, wanted: Directions, community: str, now: datetime) -> bool:
        if news.state == OK:
            return self._over(news, wanted.urgency, community, now)
        heard = str(mark(news.name, ALARM, news.at))
        incident = self._near(news, wanted.urgency, community)
        if incident is None or incident.figures.get("first") == heard:
            call_id = incident.id if incident else next(_ids(wanted.urgency, news.at))
            words = sentence(news, wanted, self.community(community), now)
            opened = replace(
                _joined(community, call_id, wanted.urgency, heard, now), received_at=news.at, sentence=words
            )
            self.store.commit(Changes(calls=(replace(opened, figures={"first": heard}),)), now)
            incident = self._known(community, call_id)
        else:
            self.store.commit(Changes(calls=(_joined(community, incident.id, wanted.urgency, heard, now),)), now)
        if incident.figures.get("first") == heard:
            self.calls.send([wake_up(community, incident.id)])
        else:
            self._open_again(incident, heard, now)
            self._tell_later(incident, heard, now)
        return True

    def _near(self, news: AlarmNews, urgency: Urgency, community: str) -> Call | None:
        """The incident that the alarm belongs to: of its own quarter of an hour, else one that is hardly quiet."""
        own, *others = _ids(urgency, news.at)
        if call := self.store.load_call(community, own):
            return call
        for call_id in others:
            call = self.store.load_call(community, call_id)
            if call is not None and any(abs(one.at - news.at) < TOGETHER for one in marks(call)):
                return call
        return None

    def _known(self, community: str, call_id: str) -> Call:
        call = self.store.load_call(community, call_id)
        if call is None:
            raise Unavailable("an incident that was just written cannot be read")
        return call

    def _open_again(self, incident: Call, heard: str, now: datetime) -> None:
        """An alarm that comes back before anybody could believe its end rings again, unless it ends meanwhile."""
        for _ in range(_COLLISIONS):
            happened = marks(replace(incident, objects=tuple({*incident.objects, heard})))
            if incident.state is not CallState.CLOSED or not still_on(happened):
                return
            again = replace(incident, state=CallState.READY, due_at=now + FOLLOWS, lease_until=None)
            try:
                self.store.save_call(again, now)
            except Conflict:
                incident = self._known(incident.community, incident.id)
            else:
                return
        raise Unavailable("the incident keeps changing")

    def _tell_later(self, incident: Call, heard: str, now: datetime) -> None:
        """Put the mark into the first summary that is not on its way yet; keep_watch wakes it when it is due."""
        for turn in count():
            call_id = f"{incident.id}-{turn}"
            known = self.store.load_call(incident.community, call_id)
            if known is not None and heard in known.objects:
                return
            if known is not None and known.state is not CallState.READY:
                continue
            self._keep_summary(
                replace(incident, id=call_id, figures={} if turn else incident.figures),
                heard,
                now,
                now + FOLLOWS * 2 ** min(turn, _SLOWEST),
            )
            if known is not None and known.due_at - now > NEAR:
                return
            if self._known(incident.community, call_id).state is CallState.READY:
                return  # otherwise it may have left without this one: said twice rather than never

    def _keep_summary(self, about: Call, heard: str, now: datetime, due_at: datetime) -> None:
        summary = Call(
            community=about.community,
            id=about.id,
            reason="alarm_over",
            urgency=about.urgency,
            created_at=now,
            due_at=due_at,
            objects=(heard,),
            figures=about.figures,
        )
        self.store.commit(Changes(calls=(summary,)), now)

    # --- the end of it ---

    def _over(self, news: AlarmNews, urgency: Urgency, community: str, now: datetime) -> bool:
        """Whoever was told of an alarm is told of its end; an incident that nobody was told of ends silently."""
        heard = str(mark(news.name, OK, news.at))
        call_id = self._of(news, urgency, community)
        if call_id is None:
            if news.was_at is not None:
                return False
            self._keep_summary(_nameless(community, urgency, news), heard, now, now)
            return True
        self.store.commit(Changes(calls=(_joined(community, call_id, urgency, heard, now),)), now)
        for _ in range(_COLLISIONS):
            incident = self._known(community, call_id)
            all_over = not still_on(marks(incident))
            known = bool(incident.tried or incident.taken_by) or incident.state is CallState.SENDING
            if all_over and incident.state not in _OVER:
                try:
                    self.store.save_call(replace(incident, state=CallState.CLOSED, lease_until=None), now)
                except Conflict:
                    continue
            if known or not all_over:
                self._tell_later(incident, heard, now)
                return True
            return self._forget(incident, now)
        raise Unavailable("the incident keeps changing")

    def _of(self, news: AlarmNews, urgency: Urgency, community: str) -> str | None:
        """The incident that heard this alarm go off."""
        rung = None if news.was_at is None else mark(news.name, ALARM, news.was_at)
        for call_id in _ids(urgency, news.was_at or news.at):
            call = self.store.load_call(community, call_id)
            for one in marks(call) if call else ():
                if one == rung or (rung is None and (one.name, one.state) == (news.name, ALARM)):
                    return call_id
        return None

    def _forget(self, incident: Call, now: datetime) -> bool:
        """All is over and nobody was told: the summary that waits is not told either. False unless it was."""
        summary = self.store.load_call(incident.community, f"{incident.id}-0")
        if summary is None or summary.state is not CallState.READY:
            return False
        try:
            self.store.save_call(replace(summary, state=CallState.CLOSED), now)
        except Conflict:  # it leaves at this moment, and says that all is over
            return True
        return False


def _ids(urgency: Urgency, at: datetime) -> Iterator[str]:
    """The incidents that something at this moment may belong to: of its own quarter of an hour, then those around."""
    own = int(at.timestamp() // TOGETHER.total_seconds())
    around: Iterable[int] = (own, *(own - back for back in range(1, _LOOK_BACK + 1)), own + 1)
    for slot in around:
        began = datetime.fromtimestamp(slot * TOGETHER.total_seconds(), UTC)
        yield f"alarm-{began:%Y%m%dT%H%M}-{urgency}"


def _joined(community: str, call_id: str, urgency: Urgency, heard: str, now: datetime) -> Call:
    """What an incident gains: of one that exists, nothing else is touched."""
    return Call(community, call_id, "alarm", urgency, now, now, objects=(heard,))


def _nameless(community: str, urgency: Urgency, news: AlarmNews) -> Call:
    """Where an end is told whose beginning is not known: SNS does not say when the alarm went off."""
    call_id = f"alarm-{news.at:%Y%m%dT%H%M%S%f}-over"
    return Call(community, call_id, "alarm_over", urgency, news.at, news.at)
